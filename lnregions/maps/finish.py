"""What finishes a map: title, scale bar, true north, source and projection, the land around, the locator."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.transforms import Affine2D
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Proj

from lnregions.boundaries import EQUAL_AREA, remembered, union
from lnregions.errors import DataError
from lnregions.maps import base, drawing
from lnregions.style import MM, palette, size_on, wrap
from lnregions.words.catalogue import tr

ROUND_KM = tuple(lead * 10**power for power in range(-1, 4) for lead in (1, 2, 5))
SEAS = {  # corners (longitude, latitude); the Liaodong peninsula and the strait off its tip part the two
    "Bohai Sea": ((117, 37), (121, 37.8), (121.1, 38.7), (121.8, 39.6), (122.6, 41.2), (117, 41.2)),
    "Yellow Sea": ((121.3, 36.5), (121.3, 38.6), (122.2, 39.5), (124.8, 40.3), (127, 39), (127, 36.5)),
}
_TITLE_GAP_MM = 1.6
_FOOT_GAP_MM = 1.4
_KEPT_FREE_POINTS = 4.3  # between a name of the ground and the areas of the map


def _add_scale_bar(ax: Axes, corner: str, language: str) -> None:
    """Scale bar of a round number of kilometres, about a fifth of the map's width."""
    metres = base.drawn_on(ax).crs.axis_info[0].unit_conversion_factor
    widest = np.ptp(ax.get_xlim()) * metres / 4000
    unit = tr("km", language)
    bar = ScaleBar(
        metres, fixed_value=max((km for km in ROUND_KM if km <= widest), default=ROUND_KM[0]),
        fixed_units="km", location=corner, width_fraction=0.008, border_pad=0.3, sep=2, frameon=False,
        color=palette.INK, font_properties={"family": base.FONT, "size": size_on(ax).small},
        scale_formatter=lambda value, _: f"{value:g} {unit}",
    )  # fmt: skip
    bar.set_zorder(7)
    ax.add_artist(bar)


def _add_north_arrow(ax: Axes, corner: str, language: str) -> None:
    """Arrow that points to true north at its own place on the map, with its letter at the tip."""
    right, up = "right" in corner, "upper" in corner
    millimetres = size_on(ax).normal / base.POINTS_PER_MM
    at = ax.transAxes.transform((0.95 if right else 0.05, 0.93 if up else 0.07))
    projection = Proj(base.drawn_on(ax).crs)
    place = projection(*ax.transData.inverted().transform(at), inverse=True)
    angle = -projection.get_factors(*place).meridian_convergence  # of true north, clockwise from the top
    room = 2.6 * millimetres
    place = Affine2D().scale(millimetres).rotate_deg(-angle)
    place = place.translate(-room if right else room, -room if up else room)
    looks = {"transform": place + base.mm_from(ax, (right, up)), "zorder": 7, "clip_on": False}
    tip, east, notch, west = (0, 1.2), (0.42, -1.2), (0, -0.72), (-0.42, -1.2)
    whole = {"facecolor": "white", "edgecolor": palette.INK, "linewidth": 0.7, "gid": "north arrow"}
    ax.add_patch(Polygon([tip, east, notch, west], **whole, **looks))
    ax.add_patch(Polygon([tip, east, notch], facecolor=palette.INK, edgecolor="none", **looks))
    letter = tr("N", language, context="north")
    ax.text(0, 1.95, letter, ha="center", va="center", **looks, **base.text_looks(ax, small=False))


def projection_line(crs, language: str = "en") -> str:
    """Projection of a map in words: its kind, its parallels and meridian, its datum.

    Examples
    --------
    >>> projection_line(EQUAL_AREA)
    'Projection: Albers equal area (39.5°N, 43°N; 122.5°E), CGCS2000.'
    """
    if crs != EQUAL_AREA:
        return tr("Projection: {name}.", language, name=crs.name)
    values = {p.name: f"{p.value:g}" for p in crs.coordinate_operation.params}
    return tr(
        "Projection: Albers equal area ({first}°N, {second}°N; {meridian}°E), CGCS2000.",
        language,
        first=values["Latitude of 1st standard parallel"],
        second=values["Latitude of 2nd standard parallel"],
        meridian=values["Longitude of false origin"],
    )


def finish_map(
    ax: Axes | Sequence[Axes], *, title: str, source: str, language: str = "en",
    context: gpd.GeoDataFrame | None = None, inset: tuple[gpd.GeoDataFrame, Sequence[str]] | None = None,
) -> Axes | Sequence[Axes]:  # fmt: skip
    """Finish a map in one call: title, scale bar, arrow to true north, source and projection line.

    Scale bar, arrow and locator take the corners where they hide least of the areas. The legend comes with
    the map function itself. Returns the axes given.

    Parameters
    ----------
    ax
        Axes that a map function drew on, or those of small multiples.
    title
        What, where and when, in two lines at most.
    source
        Source and vintage of figures and boundaries; the projection is added.
    language
        "en" or "zh".
    context
        Neighbouring land, drawn pale under the map.
    inset
        A wider set of areas and the codes among them to point out, for a locator.

    Raises
    ------
    DataError
        When the title or source line is too long, or a code to point out is not among the wider set.
    """
    axes = list(np.ravel(ax)) if isinstance(ax, (list, tuple, np.ndarray)) else [ax]
    first, low = axes[0], min(axes, key=lambda one: (base.mm_box(one)[1], base.mm_box(one)[0]))
    fig, size, crs = first.get_figure(root=True), size_on(first), base.drawn_on(first).crs
    lowest, room, (_, bottom, across, up) = _lowest_mm(fig), base.legend_room(first), base.mm_box(first)
    side = min(30.0, room.across_mm, 0.3 * up)  # of a locator at the foot of the legend's column
    in_column = room.place == "right" and lowest - bottom >= side + base.GAP_MM
    side = side if in_column else min(20.0, 0.21 * across)
    corners = _corners(first, 0.0 if inset is None or in_column else side)
    _add_scale_bar(first, corners["bar"][0], language)
    _add_north_arrow(first, corners["arrow"][0], language)
    if context is not None:
        for one in axes:
            _add_context(one, context, [kept for _, kept in corners.values()], language)
    heading = _write_lines(first, title, "title", at=(1, _TITLE_GAP_MM))
    below = max(0.0, base.mm_box(low)[1] - lowest)
    projection = projection_line(crs, language)
    line = tr("{source} {projection}", language, source=source.rstrip(), projection=projection)
    foot = _write_lines(low, line, "source", at=(0, -below - _FOOT_GAP_MM))
    base.fit_sheet(
        fig,
        above_mm=heading * base.line_mm(size.title) + _TITLE_GAP_MM + 1.0,
        below_mm=below + _FOOT_GAP_MM + foot * base.line_mm(size.small) + 1.0,
    )
    if inset is not None:
        left, bottom, across, up = base.mm_box(first)
        x, y = left + across + base.GAP_MM, bottom
        if not in_column:
            x = left + (across - side if "right" in corners["inset"][0] else 0.0)
            y = bottom + (up - side if "upper" in corners["inset"][0] else 0.0)
        _draw_locator(base.add_axes_mm(fig, (x, y, side, side), zorder=9, label="locator"), *inset)
    return ax


def _lowest_mm(fig) -> float:
    """Height above the foot of the sheet of the lowest legend or note; infinite without any."""
    hanging = [
        a for ax in fig.axes for a in (*ax.artists, *ax.texts) if a.get_gid() in ("note", "circle legend")
    ]
    hanging += [ax.get_legend() for ax in fig.axes if ax.get_legend()]
    return min((a.get_window_extent().y0 for a in hanging), default=np.inf) / fig.dpi / MM


def _corners(ax: Axes, inset_mm: float) -> dict:
    """Corner and box, in the units of the axes, of scale bar, arrow and locator, each where it hides least."""
    size, (left, bottom, right, top) = size_on(ax), drawing.map_frame(ax).bounds
    arrow = 5.2 * size.normal / base.POINTS_PER_MM
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
        found[name] = (best, hidden[best][2])
        free.remove(best)
    return found


def _write_lines(ax: Axes, words: str, part: str, *, at: tuple[int, float]) -> int:
    """Write title or source so far above or below a map, over the width of the sheet; the number of lines."""
    fig, size = ax.get_figure(root=True), size_on(ax)
    points, bold = (size.title, True) if part == "title" else (size.small, False)
    most = 2 if bold else base.foot_lines(size)
    room = fig.get_figwidth() / MM - base.mm_box(ax)[0] - 2.0
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
    """Neighbouring land in pale grey on a pale sea within the frame of a map, with names.

    Names are written where they are clear of the areas and of the boxes `kept` free; those without room are
    left out.
    """
    drawn, frame = base.drawn_on(ax), drawing.map_frame(ax)
    ground = drawing.printed(context, drawn.crs)
    shapes, areas = ground.geometry.to_numpy(), [union(drawn.geometry), *kept]
    unit, size = drawing.units_per_point(ax), size_on(ax).small

    def parts() -> tuple:
        land = shapely.intersection(shapely.make_valid(shapes), frame)
        water = shapely.difference(frame, shapely.union_all(land))
        named = gpd.GeoSeries([shapely.Polygon(corners) for corners in SEAS.values()], crs=4490)
        seas = shapely.intersection(water, named.to_crs(ground.crs).to_numpy())
        free = shapely.union_all(areas).buffer(_KEPT_FREE_POINTS * unit)
        return land, [drawing.largest_part(room) for room in shapely.difference([*land, *seas], free)]

    land, rooms = remembered(("context", unit), [*shapes, frame, *areas], parts)
    _frame(ax, ground=palette.SEA, edge=palette.HAIRLINE)
    seen = land[~shapely.is_empty(land)]
    drawing.draw_areas(ax, seen, fills=palette.LAND, edge=palette.HAIRLINE, zorder=1, gid="context")
    looks = {**base.text_looks(ax), "color": palette.MUTED, "ha": "center", "va": "center", "zorder": 1.5}
    taken: list = []
    names = [*ground[f"short_{language}"], *(tr(sea, language) for sea in SEAS)]
    for words, room in zip(names, rooms, strict=True):
        sides = np.array(drawing.label_box(words, size, unit)) + 2 * unit
        place = drawing.find_place(room, sides, taken=taken)
        if words and place is not None:
            taken.append(place)
            ax.text(place.centroid.x, place.centroid.y, words, gid="context name", **looks)


def _frame(ax: Axes, *, ground: str, edge: str) -> None:
    """Give a map its ground and a thin line around it."""
    ax.set_axis_on()
    ax.set(facecolor=ground, xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color=edge, linewidth=0.5)


def _draw_locator(ax: Axes, frame: gpd.GeoDataFrame, areas: Sequence[str]) -> None:
    """All areas of `frame` in grey, those whose code is in `areas` in the colour of a region."""
    frame = drawing.prepare(frame, needs=("area",))
    drawing.refuse_others("area", areas, list(frame["area"]))
    base.set_extent(ax, frame.total_bounds, margin=0.04)
    _frame(ax, ground="#ffffff", edge=palette.BORDER)
    chosen = frame["area"].isin(list(areas))
    looks = {"linewidths": 0.3, "edge": "#ffffff"}
    drawing.draw_areas(ax, frame.geometry[~chosen], fills="#cfd4da", gid="elsewhere", **looks)
    here = palette.REGION_COLOURS["belt"]
    drawing.draw_areas(ax, frame.geometry[chosen], fills=here, zorder=3, gid="here", **looks)
