"""What finishes a map: title, scale bar, true north, source and projection, the ground around, the inset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Proj

from lnregions.boundaries import remembered, simplify_coverage, union
from lnregions.errors import DataError
from lnregions.maps import base, drawing
from lnregions.style import MM, StyledFigure, palette, set_fonts, size_on, wrap
from lnregions.words.catalogue import tr

ROUND_KM = tuple(lead * 10**power for power in range(-1, 4) for lead in (1, 2, 5))
STATE_BORDER = (0, (7, 1.6, 1.2, 1.6))  # dashes and dots, in points, of a line of a state's border
_FINEST_MM = 0.05  # of the detail of an inset
_MOST_HIDDEN = 0.05  # share of an inset, or of an arrow that can stand elsewhere, that may lie over areas
_MOST_LINES = 7  # of a source on a user's own figure
_TITLE_GAP_MM = 1.6
_FOOT_GAP_MM = 1.4
_KEPT_FREE_POINTS = 4.3  # between a name of the ground and the areas of the map


@dataclass(frozen=True)
class Inset:
    """A small map that shows where the areas of a map lie.

    Parameters
    ----------
    ground
        Land or areas around, in grey.
    here
        Shapes to point out, on the grid of the ground.
    label
        What the ground is, written above it.
    sea
        Whether what the ground leaves free is sea.
    """

    ground: gpd.GeoDataFrame
    here: Sequence[shapely.Geometry]
    label: str
    sea: bool = False


def _add_scale_bar(ax: Axes, corner: str, language: str, *, beside: Axes | None = None) -> None:
    """Scale bar of a round number of kilometres, about a fifth of the map's width.

    On small multiples it may stand `beside` the axes of their legend, below the arrow.
    """
    metres = base.drawn_on(ax).crs.axis_info[0].unit_conversion_factor
    widest = np.ptp(ax.get_xlim()) * metres / 4000
    unit, aside = tr("km", language), {}
    if beside is not None:
        place = Affine2D().translate(0, -_arrow_mm(ax)) + base.mm_from(beside, (1, 1))
        corner, aside = "upper left", {"bbox_to_anchor": (0, 0), "bbox_transform": place}
    bar = ScaleBar(
        metres, fixed_value=max((km for km in ROUND_KM if km <= widest), default=ROUND_KM[0]),
        fixed_units="km", location=corner, width_fraction=0.008, border_pad=0.3, sep=2, frameon=False,
        color=palette.INK, font_properties={"family": base.FONT, "size": size_on(ax).small},
        scale_formatter=lambda value, _: f"{value:g} {unit}", **aside,
    )  # fmt: skip
    bar.set_zorder(7)
    ax.add_artist(bar)


def _add_north_arrow(ax: Axes, corner: str, language: str, *, beside: Axes | None = None) -> None:
    """Arrow that points to true north at its own place on the map, with its letter at the tip.

    On small multiples it may stand `beside` the axes of their legend.
    """
    right, up = "right" in corner, "upper" in corner
    millimetres = size_on(ax).normal / base.POINTS_PER_MM
    at = ax.transAxes.transform((0.95 if right else 0.05, 0.93 if up else 0.07))
    projection = Proj(base.drawn_on(ax).crs)
    place = projection(*ax.transData.inverted().transform(at), inverse=True)
    angle = -projection.get_factors(*place).meridian_convergence  # of true north, clockwise from the top
    room, up = 2.6 * millimetres, up or beside is not None
    place = Affine2D().scale(millimetres).rotate_deg(-angle)
    place = place.translate(-room if right and beside is None else room, -room if up else room)
    place += base.mm_from(beside or ax, (right or beside is not None, up))
    looks = {"transform": place, "zorder": 7, "clip_on": False}
    tip, east, notch, west = (0, 1.2), (0.42, -1.2), (0, -0.72), (-0.42, -1.2)
    whole = {"facecolor": "white", "edgecolor": palette.INK, "linewidth": 0.7, "gid": "north arrow"}
    ax.add_patch(Polygon([tip, east, notch, west], **whole, **looks))
    ax.add_patch(Polygon([tip, east, notch], facecolor=palette.INK, edgecolor="none", **looks))
    letter = tr("N", language, context="north")
    looks |= {"ha": "center", "va": "center", **base.text_looks(ax, small=False)}
    drawing.write_with_halo(ax, 0, 1.95, letter, gid="north", **looks)


def projection_line(crs, language: str = "en") -> str:
    """Projection of a map in words: its kind, its parallels and meridian or its middle, its datum.

    Examples
    --------
    >>> from lnregions.boundaries import equal_area
    >>> projection_line(equal_area((118.8, 38.7, 125.8, 43.5)))
    'Projection: Albers equal area (39.5°N, 42.5°N; 122.5°E), CGCS2000.'
    """
    if crs.name != "unknown":
        return tr("Projection: {name}.", language, name=crs.name)
    values = {param.name: param.value for param in crs.coordinate_operation.params}

    def place(name: str, signs: str = "NS") -> str:
        return f"{abs(values[name]):g}°{signs[values[name] < 0]}"

    if "Latitude of 1st standard parallel" not in values:
        words = "Projection: Lambert azimuthal equal area ({latitude}, {longitude}), CGCS2000."
        latitude, longitude = (f"{one} of natural origin" for one in ("Latitude", "Longitude"))
        return tr(words, language, latitude=place(latitude), longitude=place(longitude, "EW"))
    first, second = (place(f"Latitude of {one} standard parallel") for one in ("1st", "2nd"))
    words = "Projection: Albers equal area ({first}, {second}; {meridian}), CGCS2000."
    return tr(words, language, first=first, second=second, meridian=place("Longitude of false origin", "EW"))


def finish_map(
    ax: Axes | Sequence[Axes], *, title: str, source: str | None, language: str = "en",
    context: gpd.GeoDataFrame | None = None, inset: Inset | None = None,
) -> Axes | Sequence[Axes]:  # fmt: skip
    """Finish a map in one call: title, scale bar, arrow to true north, source and projection line.

    Scale bar, arrow and inset take the corners where they hide least of the areas; an inset that would hide
    more than a little is left away. The legend comes with the map function itself. Returns the axes given.

    Parameters
    ----------
    ax
        Axes that a map function drew on, or those of small multiples.
    title
        What, where and when, in two lines at most.
    source
        Source and vintage of figures and boundaries, to which the projection is added; None for no such line.
    context
        Ground around the areas, drawn pale under the map: ``short_en short_zh kind``, geometry. What it leaves free
        is sea where it has a row of the kind "sea" (whose name is written) or "land"; the border of a "state" is
        drawn as such.
    inset
        Where the areas lie.

    Raises
    ------
    DataError
        When the title or source line is too long.
    """
    axes = list(np.ravel(ax))
    first, lowest = axes[0], _lowest_mm(axes[0])
    room, (_, bottom, across, up) = base.legend_room(first), base.mm_box(first)
    side = min(30.0, room.across_mm, 0.3 * up)  # of an inset at the foot of the legend's column
    in_column = room.place == "right" and lowest - bottom >= side + base.GAP_MM
    side = side if in_column else min(20.0, 0.21 * across)
    corners = _corners(first, 0.0 if inset is None or in_column else side)
    legend = next((one for one in first.figure.axes if one.get_label() == base.LEGEND_ROOM), None)
    beside = {name: legend for name, corner in corners.items() if corner.hidden > _MOST_HIDDEN}
    if legend is None or base.beside_mm(legend) < max(_arrow_mm(first), base.mm_box(first)[2] / 4):
        beside = {}
    _add_scale_bar(first, corners["bar"].name, language, beside=beside.get("bar"))
    _add_north_arrow(first, corners["arrow"].name, language, beside=beside.get("arrow"))
    for one in axes if context is not None else ():
        _add_context(one, context, [corner.box for corner in corners.values()], language)
    if source is not None:
        projection = projection_line(base.drawn_on(first).crs, language)
        source = tr("{source} {projection}", language, source=source.rstrip(), projection=projection)
    write_around(axes, title=title, source=source or "")
    if inset is not None and (in_column or "inset" in corners):  # else it would hide areas
        _draw_inset(first, inset, side, "" if in_column else corners["inset"].name)
    return ax


def write_around(axes: Sequence[Axes], *, title: str, source: str) -> None:
    """Write title and source above and below maps and their legend, and give the sheet the height of all.

    Raises
    ------
    DataError
        When one of them is too long.
    """
    first, lowest = axes[0], min(base.mm_box(one)[1] for one in axes)
    # axes of a row differ in their last digits
    row = [one for one in axes if base.mm_box(one)[1] < lowest + 1]
    low = min(row, key=lambda one: base.mm_box(one)[0])
    size, below = size_on(first), max(0.0, base.mm_box(low)[1] - _lowest_mm(first))
    heading = _write_lines(first, title, "title", at=(1, _TITLE_GAP_MM))
    foot = _write_lines(low, source, "source", at=(0, -below - _FOOT_GAP_MM))
    above = heading * base.line_mm(size.title) + _TITLE_GAP_MM + 1.0
    below += foot * base.line_mm(size.small) + _FOOT_GAP_MM + 1.0
    base.fit_sheet(first.get_figure(root=True), above_mm=above, below_mm=below)


def _lowest_mm(ax: Axes) -> float:
    """Height above the foot of the sheet of the lowest legend or note on it; infinite without any."""
    fig = ax.get_figure(root=True)
    for text in fig.findobj(Text):
        set_fonts(text)
    parts = [part for one in fig.axes for part in (*one.artists, *one.texts)]
    hanging = [part for part in parts if part.get_gid() in ("note", "circle legend")]
    hanging += [ax.get_legend() for ax in fig.axes if ax.get_legend()]
    return min((a.get_window_extent().y0 for a in hanging), default=np.inf) / fig.dpi / MM


class _Corner(NamedTuple):
    """Corner of a map, the box in it in the units of the axes, and the share of the box that hides areas."""

    name: str
    box: shapely.Polygon
    hidden: float


def _arrow_mm(ax: Axes) -> float:
    """Width and height of the arrow with its letter, whichever way it points."""
    return 5.2 * size_on(ax).normal / base.POINTS_PER_MM


def _corners(ax: Axes, inset_mm: float) -> dict[str, _Corner]:
    """Corners of scale bar, arrow and inset, each where it hides least."""
    size, (left, bottom, right, top) = size_on(ax), drawing.map_frame(ax).bounds
    arrow = _arrow_mm(ax)
    sides = {"bar": (base.mm_box(ax)[2] / 4 + 4, base.line_mm(size.small) + 5), "arrow": (arrow, arrow)}
    sides |= {"inset": (inset_mm, inset_mm)} if inset_mm else {}
    areas, unit = np.asarray(base.drawn_on(ax).geometry), base.units_per_mm(ax)
    free = ["lower left", "upper left", "upper right", "lower right"]
    if any(words.get_gid() == "panel" for words in ax.texts):
        free.remove("upper left")
    found = {}
    for name, (across, up) in sides.items():
        rather, hidden = "upper" if name == "arrow" else "lower", {}
        for corner in free:
            x = left if "left" in corner else right - across * unit
            y = bottom if "lower" in corner else top - up * unit
            box = shapely.box(x, y, x + across * unit, y + up * unit)
            share = shapely.area(shapely.intersection(areas, box)).sum() / box.area
            hidden[corner] = (round(float(share), 3), rather not in corner, box)
        best = min(free, key=lambda corner: hidden[corner][:2])
        if name != "inset" or hidden[best][0] <= _MOST_HIDDEN:
            found[name] = _Corner(best, hidden[best][2], hidden[best][0])
            free.remove(best)
    return found


def _write_lines(ax: Axes, words: str, part: str, *, at: tuple[int, float]) -> int:
    """Write title or source so far above or below a map, over the width of the sheet; the number of lines."""
    if not words:
        return 0
    fig, size, (left, _, across, _) = ax.get_figure(root=True), size_on(ax), base.mm_box(ax)
    room, most = fig.get_figwidth() / MM - 2 * left, base.foot_lines(size.width_mm)
    if not isinstance(fig, StyledFigure):  # a user's own, on which other maps may stand
        room, most = across + base.beside_mm(ax) - 2.0, _MOST_LINES
    points, bold = (size.title, True) if part == "title" else (size.small, False)
    most = 2 if bold else most
    lines = wrap(words, room * base.POINTS_PER_MM, points, bold=bold)
    if len(lines) > most:
        raise DataError(
            f"The {part} {words[:40]!r} needs {len(lines)} lines on this width. "
            f"Shorten it to {most} lines; the caption has room for full sources."
        )
    looks = {**base.text_looks(ax), "fontsize": points, "linespacing": 1.1, "gid": part, "clip_on": False}
    looks |= {"fontweight": "bold", "va": "bottom"} if bold else {"color": palette.MUTED, "va": "top"}
    corner, up = at
    ax.text(0, up, "\n".join(lines), transform=base.mm_from(ax, (0, corner)), **looks)
    return len(lines)


def _add_context(ax: Axes, context: gpd.GeoDataFrame, kept: Sequence, language: str) -> None:
    """Ground in pale grey within the frame of a map, on a pale sea if it is known, with names and states' borders.

    Names are written where they are clear of the areas, of lines and of the boxes `kept` free; those without room are
    left out.
    """
    drawn, frame = base.drawn_on(ax), drawing.map_frame(ax)
    ground = context if context.crs == drawn.crs else drawing.printed(context, drawn.crs)
    unit, size = drawing.units_per_point(ax), size_on(ax).small
    areas, named_sea, state = union(drawn.geometry), ground["kind"] == "sea", ground["kind"] == "state"
    kept = [*kept, *drawn.leads]
    shapes = ground.geometry.to_numpy()

    def parts() -> tuple:
        seen = shapely.intersection(shapely.make_valid(shapes), frame)
        land = shapely.union_all(seen[~named_sea])
        seen[named_sea] = shapely.difference(seen[named_sea], land)
        free = shapely.union_all([areas, *kept]).buffer(_KEPT_FREE_POINTS * unit)
        rooms = [drawing.largest_part(room) for room in shapely.difference(seen, free)]
        inland = shapely.union_all([areas, *seen[~named_sea & ~state]])
        return seen, rooms, shapely.intersection(shapely.boundary(seen[state]), inland.buffer(unit))

    shown = [*shapes, frame, areas, *kept]
    seen, rooms, borders = remembered(("context", unit, *ground["kind"]), shown, parts)
    sea = ground["kind"].isin(["sea", "land"]).any()
    _frame(ax, ground=palette.SEA if sea else "#ffffff", edge=palette.HAIRLINE)
    land = seen[~named_sea & ~shapely.is_empty(seen)]
    drawing.draw_areas(ax, land, fills=palette.LAND, edge=palette.HAIRLINE, zorder=1, gid="context")
    for line in shapely.get_parts(shapely.line_merge(shapely.union_all(borders))):
        if line.length == 0:
            continue
        xy = shapely.get_coordinates(line).T
        ax.plot(*xy, color="#ffffff", linewidth=1.7, zorder=4.4, solid_capstyle="butt")
        looks = {"color": palette.INK, "linewidth": 1.2, "linestyle": STATE_BORDER, "dash_capstyle": "butt"}
        ax.plot(*xy, zorder=4.5, gid="state border", **looks)
    looks = {**base.text_looks(ax), "color": palette.MUTED, "ha": "center", "va": "center", "zorder": 1.5}
    taken: list = []
    for words, room in zip(ground[f"short_{language}"], rooms, strict=True):
        sides = np.array(drawing.label_box(words, size, unit)) + 2 * unit
        place = drawing.find_place(room, sides, taken=taken) if words else None
        if place is not None:
            taken.append(place)
            ax.text(place.centroid.x, place.centroid.y, words, gid="context name", **looks)


def _frame(ax: Axes, *, ground: str, edge: str) -> None:
    """Give a map its ground and a thin line around it."""
    ax.set_axis_on()
    ax.set(facecolor=ground, xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color=edge, linewidth=0.5)


def _draw_inset(first: Axes, inset: Inset, side: float, corner: str) -> None:
    """Ground in grey, the shapes to point out in the colour of a region, the label above.

    It stands in a corner of the map, or without one at the foot of the column beside it.
    """
    left, bottom, across, up = base.mm_box(first)
    x = left + (across - side if "right" in corner else 0.0 if corner else across + base.GAP_MM)
    y = bottom + (up - side if "upper" in corner else 0.0)
    ax = base.add_axes_mm(first.get_figure(root=True), (x, y, side, side), zorder=9, label="inset")
    base.set_extent(ax, inset.ground.total_bounds, margin=0.0 if inset.sea else 0.04)
    _frame(ax, ground=palette.SEA if inset.sea else "#ffffff", edge=palette.BORDER)
    looks = {"linewidths": 0.3, "edge": "#ffffff"}
    finest = _FINEST_MM * base.units_per_mm(ax)
    ground = inset.ground if inset.sea else simplify_coverage(inset.ground, finest)
    drawing.draw_areas(ax, ground.geometry, fills="#cfd4da", gid="elsewhere", **looks)
    here = palette.REGION_COLOURS["belt"]
    drawing.draw_areas(ax, inset.here, fills=here, zorder=3, gid="here", **looks)
    looks = {**base.text_looks(ax), "ha": "left", "va": "top", "transform": base.mm_from(ax, (0, 1))}
    drawing.write_with_halo(ax, 0.6, -0.5, inset.label, zorder=6, gid="inset label", **looks)
