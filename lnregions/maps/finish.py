"""What finishes a map: title, scale bar, true north, source and projection, the land around, the locator."""

import math
from collections.abc import Sequence
from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.transforms import Affine2D
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from lnregions.boundaries import EQUAL_AREA, remembered, union
from lnregions.errors import DataError, quote, unknown
from lnregions.maps import base, drawing
from lnregions.style import MM, palette, size_on, wrap
from lnregions.words import check_language
from lnregions.words.catalogue import tr

ROUND_KM = tuple(lead * 10**power for power in range(-1, 4) for lead in (1, 2, 5))
SEAS = {  # corners (longitude, latitude); the Liaodong peninsula and the strait off its tip part the two
    "Bohai Sea": ((117, 37), (121, 37.8), (121.1, 38.7), (121.8, 39.6), (122.6, 41.2), (117, 41.2)),
    "Yellow Sea": ((121.3, 36.5), (121.3, 38.6), (122.2, 39.5), (124.8, 40.3), (127, 39), (127, 36.5)),
}
_TITLE_GAP_MM = 1.6
_FOOT_GAP_MM = 1.4
_KEPT_FREE_POINTS = 4.3  # between a name of the ground and the areas of the map


def _crs(given):
    """Coordinate reference system of whatever names one, such as "EPSG:4490"; None stays."""
    try:
        return None if given is None else CRS.from_user_input(given)
    except CRSError as error:
        raise DataError(
            f"There is no coordinate reference system {quote(given)}. Give one such as EPSG:32651, "
            "or the .crs of the areas drawn."
        ) from error


def add_scale_bar(ax: Axes, *, crs, language: str = "en", corner: str = "lower left") -> ScaleBar:
    """Scale bar of a round number of kilometres, about a fifth of the map's width.

    Raises
    ------
    DataError
        On longitudes and latitudes, where a kilometre has no fixed length.
    """
    crs = _crs(crs)
    if crs is None or not crs.is_projected:
        name = "no coordinate reference system" if crs is None else f"longitudes and latitudes ({crs.name})"
        raise DataError(
            f"The map is drawn in {name}, where a scale bar would be wrong. "
            "Project the areas first, with lnregions.boundaries.project(frame)."
        )
    metres = crs.axis_info[0].unit_conversion_factor
    widest = np.ptp(ax.get_xlim()) * metres / 4000
    unit = tr("km", check_language(language))
    bar = ScaleBar(
        metres,
        fixed_value=max((km for km in ROUND_KM if km <= widest), default=ROUND_KM[0]),
        fixed_units="km",
        location=corner,
        width_fraction=0.008,
        border_pad=0.3,
        sep=2,
        frameon=False,
        color=palette.INK,
        font_properties={"family": base.FONT, "size": size_on(ax).small},
        scale_formatter=lambda value, _: f"{value:g} {unit}",
    )
    bar.set_zorder(7)
    return ax.add_artist(bar)


def north_angle(ax: Axes, crs, *, at: tuple[float, float] = (0.5, 0.5)) -> float:
    """Direction of true north, in degrees clockwise from the top, at a point of the axes (0 to 1)."""
    x, y = ax.transData.inverted().transform(ax.transAxes.transform(at))
    to_degrees = _to_degrees(crs)
    lon, lat = to_degrees.transform(x, y)
    x_north, y_north = to_degrees.transform(lon, lat + 0.01, direction="INVERSE")
    return math.degrees(math.atan2(x_north - x, y_north - y))


@cache
def _to_degrees(crs):
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def add_north_arrow(ax: Axes, *, crs, language: str = "en", corner: str = "upper left") -> Polygon:
    """Arrow that points to true north at its own place on the map, with its letter at the tip."""
    right, up = "right" in corner, "upper" in corner
    points, at = size_on(ax).normal, (0.95 if right else 0.05, 0.93 if up else 0.07)
    angle = north_angle(ax, _crs(crs), at=at)
    room = 2.6 * points / base.POINTS_PER_MM
    middle = (-room if right else room, -room if up else room)
    place = Affine2D().scale(points / base.POINTS_PER_MM).rotate_deg(-angle).translate(*middle)
    place += base.mm_from(ax, (float(right), float(up)))
    looks = {"transform": place, "zorder": 7, "clip_on": False}
    tip, east, notch, west = (0, 1.2), (0.42, -1.2), (0, -0.72), (-0.42, -1.2)
    whole = {"facecolor": "white", "edgecolor": palette.INK, "linewidth": 0.7, "gid": "north arrow"}
    arrow = ax.add_patch(Polygon([tip, east, notch, west], **whole, **looks))
    ax.add_patch(Polygon([tip, east, notch], facecolor=palette.INK, edgecolor="none", **looks))
    letter = tr("N", language, context="north")
    ax.text(0, 1.95, letter, ha="center", va="center", **looks, **base.text_looks(ax, small=False))
    return arrow


def projection_line(crs, language: str = "en") -> str:
    """Projection of a map in words: its kind, its parallels and meridian, its datum.

    Examples
    --------
    >>> projection_line(EQUAL_AREA)
    'Projection: Albers equal area (39.5°N, 43°N; 122.5°E), CGCS2000.'
    """
    conversion, geodetic = crs.coordinate_operation, crs.geodetic_crs
    if conversion is None or conversion.method_name != "Albers Equal Area":
        return tr("Projection: {name}.", language, name=crs.name)
    known = "China Geodetic Coordinate System 2000" in geodetic.name or geodetic.ellipsoid.name == "GRS 1980"
    values = {p.name: f"{p.value:g}" for p in conversion.params}
    return tr(
        "Projection: Albers equal area ({first}°N, {second}°N; {meridian}°E), {datum}.",
        language,
        first=values["Latitude of 1st standard parallel"],
        second=values["Latitude of 2nd standard parallel"],
        meridian=values["Longitude of false origin"],
        datum="CGCS2000" if known else geodetic.name,
    )


def finish_map(
    ax: Axes | Sequence[Axes],
    *,
    title: str,
    source: str,
    language: str = "en",
    context: gpd.GeoDataFrame | None = None,
    inset: tuple[gpd.GeoDataFrame, Sequence[str]] | None = None,
    crs=None,
) -> Axes | Sequence[Axes]:
    """Finish a map in one call: title, scale bar, arrow to true north, source and projection line.

    Scale bar, arrow and locator take the corners where they hide least of the areas. The legend comes with
    the map function itself.

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
    crs
        The map's coordinate reference system, where it was drawn by other means than this package's.

    Returns
    -------
    Axes
        What was given.

    Raises
    ------
    DataError
        When the map is in longitudes and latitudes, or the title or source line is too long.
    """
    axes = list(np.ravel(ax)) if isinstance(ax, (list, tuple, np.ndarray)) else [ax]
    first, low = axes[0], min(axes, key=lambda one: (base.mm_box(one)[1], base.mm_box(one)[0]))
    fig, size = first.get_figure(root=True), size_on(first)
    crs = crs if base.drawn_on(first) is None else base.drawn_on(first).crs
    lowest = _lowest_mm(fig)
    room, box = base.legend_room(first), base.mm_box(first)
    side = min(30.0, room.across_mm, 0.3 * box[3])  # of a locator at the foot of the legend's column
    in_column = room.place == "right" and lowest - box[1] >= side + base.GAP_MM
    corners = _corners(first, inset is not None and not in_column)
    add_scale_bar(first, crs=crs, language=language, corner=corners["bar"][0])
    add_north_arrow(first, crs=crs, language=language, corner=corners["arrow"][0])
    if context is not None:
        free = [base.corner_box(first, *place) for place in corners.values()]
        for one in axes:
            _add_context(one, context, free, language if len(axes) == 1 else "")
    heading = _write_lines(first, title, "title", at=(1, _TITLE_GAP_MM))
    below = max(0.0, base.mm_box(low)[1] - lowest)
    line = tr(
        "{source} {projection}", language, source=source.rstrip(), projection=projection_line(crs, language)
    )
    foot = _write_lines(low, line, "source", at=(0, -below - _FOOT_GAP_MM))
    base.fit_sheet(
        fig,
        above_mm=heading * base.line_mm(size.title) + _TITLE_GAP_MM + 1.0,
        below_mm=below + _FOOT_GAP_MM + foot * base.line_mm(size.small) + 1.0,
    )
    if inset is not None:
        left, bottom, across, up = base.mm_box(first)
        corner, (side, _) = corners.get("inset", ("column", (side, side)))
        x = left + {"column": across + base.GAP_MM}.get(corner, across - side if "right" in corner else 0.0)
        y = bottom + (up - side if "upper" in corner else 0.0)
        small = base.add_axes_mm(fig, (x, y, side, side), zorder=9, label="locator")
        plot_location(*inset, ax=small, language=language)
    return ax


def _lowest_mm(fig) -> float:
    """Height above the foot of the sheet of the lowest legend or note; infinite without any."""
    hanging = [
        a for ax in fig.axes for a in (*ax.artists, *ax.texts) if a.get_gid() in ("note", "circle legend")
    ]
    hanging += [ax.get_legend() for ax in fig.axes if ax.get_legend()]
    return min((a.get_window_extent().y0 for a in hanging), default=np.inf) / fig.dpi / MM


def _corners(ax: Axes, inset: bool) -> dict[str, tuple[str, tuple[float, float]]]:
    """Corner and size in millimetres of scale bar, arrow and locator, each where it hides least."""
    across, size = base.mm_box(ax)[2], size_on(ax)
    arrow, locator = 5.2 * size.normal / base.POINTS_PER_MM, min(20.0, 0.21 * across)
    boxes = {"bar": (across / 4 + 4, base.line_mm(size.small) + 5), "arrow": (arrow, arrow)}
    boxes |= {"inset": (locator, locator)} if inset else {}
    taken = ["upper left"] if any(words.get_gid() == "panel" for words in ax.texts) else []
    found = {}
    for name, box in boxes.items():
        rather = "upper" if name == "arrow" else "lower"
        found[name] = (base.free_corners(ax, box, taken=taken, rather=rather)[0], box)
        taken.append(found[name][0])
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


def _add_context(ax: Axes, context: gpd.GeoDataFrame, free: Sequence, language: str) -> None:
    """Neighbouring land in pale grey on a pale sea within the frame of a map, with names in a language.

    Names are written where they are clear of the areas and of what is kept `free`; those without room are
    left out, and all without a language.
    """
    drawn, frame = base.drawn_on(ax), drawing.map_frame(ax)
    ground = drawing.printed(context, drawn.crs if drawn else EQUAL_AREA)
    shapes = ground.geometry.to_numpy()
    land = remembered(
        ("land",), [*shapes, frame], lambda: shapely.intersection(shapely.make_valid(shapes), frame)
    )
    _frame(ax, ground=palette.SEA, edge=palette.HAIRLINE)
    seen = ~shapely.is_empty(land)
    drawing.draw_areas(ax, land[seen], fills=palette.LAND, edge=palette.HAIRLINE, zorder=1, gid="context")
    if not language or drawn is None or f"short_{language}" not in ground:
        return
    names = [*ground.loc[seen, f"short_{language}"], *(tr(sea, language) for sea in SEAS)]
    areas = [union(drawn.geometry), *free]
    unit, size = drawing.units_per_point(ax), size_on(ax).small

    def free_rooms() -> list:
        water = shapely.difference(frame, shapely.union_all(land))
        seas = shapely.intersection(water, [_sea(name, ground.crs) for name in SEAS])
        kept = shapely.union_all(areas).buffer(_KEPT_FREE_POINTS * unit)
        return [drawing.largest_part(room) for room in shapely.difference([*land[seen], *seas], kept)]

    looks = {**base.text_looks(ax), "color": palette.MUTED, "ha": "center", "va": "center", "zorder": 1.5}
    taken: list = []
    for words, room in zip(
        names, remembered(("rooms", unit), [*land, frame, *areas], free_rooms), strict=True
    ):
        sides = np.array(drawing.label_box(words, size, unit)) + 2 * unit
        place = drawing.find_place(room, sides, taken=taken)
        if words and place is not None:
            taken.append(place)
            ax.text(place.centroid.x, place.centroid.y, words, gid="context name", **looks)


@cache
def _sea(name: str, crs):
    """Part of the globe that bears the name of a sea, on the map's grid."""
    return gpd.GeoSeries([shapely.Polygon(SEAS[name])], crs=4490).to_crs(crs).iloc[0]


def _frame(ax: Axes, *, ground: str, edge: str) -> None:
    """Give a map its ground and a thin line around it."""
    ax.set_axis_on()
    ax.set(facecolor=ground, xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color=edge, linewidth=0.5)


def plot_location(
    frame: gpd.GeoDataFrame,
    areas: Sequence[str],
    *,
    colour: str = palette.REGION_COLOURS["belt"],
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Locator: all areas of `frame` in grey, those whose code is in `areas` filled with `colour`.

    Raises
    ------
    DataError
        When a code is not among the frame's.
    """
    frame = drawing.prepare(frame, needs=("area",))
    for area in areas:
        if area not in set(frame["area"]):
            raise unknown("area", area, list(frame["area"]))
    ax = base.map_axes("single", language=language, legend="none") if ax is None else ax
    base.set_extent(ax, frame.total_bounds, margin=0.04)
    _frame(ax, ground="#ffffff", edge=palette.BORDER)
    chosen = frame["area"].isin(list(areas))
    looks = {"linewidths": 0.3, "edge": "#ffffff"}
    drawing.draw_areas(ax, frame.geometry[~chosen], fills="#cfd4da", gid="elsewhere", **looks)
    drawing.draw_areas(ax, frame.geometry[chosen], fills=colour, zorder=3, gid="here", **looks)
    return ax
