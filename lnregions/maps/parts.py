"""What finishes a map: scale bar, arrow to true north, title, source line, context and locator."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar

from lnregions import errors as _checks
from lnregions.boundaries import union
from lnregions.maps.base import (
    crs_of,
    drawn_on,
    fit_sheet,
    foot_lines,
    line_mm,
    mm_box,
    offset,
    text_looks,
)
from lnregions.maps.context import add_context, plot_location
from lnregions.maps.legend import GAP_MM, POINTS_PER_MM, corner_box, extent, free_corners, legend_room
from lnregions.style import MM, MapAxes, palette, size_on, wrap
from lnregions.words import check_language

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

_MARGIN_MM = 2.0
_TITLE_GAP_MM = 1.6
_FOOT_GAP_MM = 1.4
_ROUND_KM = tuple(lead * 10**power for power in range(-1, 4) for lead in (1, 2, 5))


def add_scale_bar(ax: "Axes", *, crs, language: str = "en", corner: str = "lower left") -> ScaleBar:
    """Scale bar of a round number of kilometres, about a fifth of the map's width.

    Raises
    ------
    DataError
        On longitudes and latitudes, where a kilometre has no fixed length.
    """
    crs = crs_of(crs)
    if crs is None or not crs.is_projected:
        name = "no coordinate reference system" if crs is None else f"longitudes and latitudes ({crs.name})"
        raise _checks.DataError(
            f"The map is drawn in {name}, where a scale bar would be wrong. "
            "Project the areas first, with lnregions.boundaries.geometry.project(frame).",
        )
    low, high = ax.get_xlim()
    kilometres = (high - low) * crs.axis_info[0].unit_conversion_factor / 1000
    length = max((km for km in _ROUND_KM if km <= kilometres / 4), default=_ROUND_KM[0])
    unit = "km" if check_language(language) == "en" else "千米"
    looks = text_looks(ax)
    bar = ScaleBar(
        crs.axis_info[0].unit_conversion_factor,
        units="m",
        fixed_value=length,
        fixed_units="km",
        location=corner,
        width_fraction=0.008,
        border_pad=0.3,
        sep=2,
        frameon=False,
        color=palette.INK,
        font_properties={"family": looks["fontfamily"], "size": looks["fontsize"]},
        scale_formatter=lambda value, _: f"{value:g} {unit}",
    )
    bar.set_zorder(7)
    ax.add_artist(bar)
    return bar


def north_angle(ax: "Axes", crs, *, at: tuple[float, float] | None = None) -> float:
    """Direction of true north, in degrees clockwise from the top, at a point of the axes (0 to 1)."""
    across, up = at or (0.5, 0.5)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return _north_at(float(left + across * (right - left)), float(bottom + up * (top - bottom)), crs)


@lru_cache(maxsize=256)
def _north_at(x: float, y: float, crs) -> float:
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    x_north, y_north = to_degrees.transform(lon, lat + 0.01, direction="INVERSE")
    return math.degrees(math.atan2(x_north - x, y_north - y))


def add_north_arrow(ax: "Axes", *, crs, language: str = "en", corner: str = "upper left"):
    """Arrow that points to true north at its own place on the map, with its letter at the tip."""
    at = (0.05 if "left" in corner else 0.95, 0.07 if "lower" in corner else 0.93)
    crs = crs_of(crs)
    angle = math.radians(-north_angle(ax, crs, at=at))
    size = size_on(ax)
    length, wide = 2.4 * size.normal, 0.42 * size.normal
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    tail = -length / 2
    shape = np.array([(0, -tail), (wide, tail), (0, 0.6 * tail), (-wide, tail)]) @ turn.T
    room = length + 2.6 * size.normal
    middle = np.array([room / 2, length / 2 + 2])
    area = DrawingArea(room, room)
    arrow = Polygon(shape + middle, closed=True, facecolor="white", edgecolor=palette.INK, linewidth=0.7)
    arrow.set_gid("north arrow")
    area.add_artist(arrow)
    east_half = shape[[0, 1, 2]] + middle
    area.add_artist(Polygon(east_half, closed=True, facecolor=palette.INK, edgecolor="none"))
    tip = middle + turn @ np.array([0, length / 2 + 0.75 * size.normal])
    letter = "N" if language == "en" else "北"
    area.add_artist(Text(*tip, letter, ha="center", va="center", **text_looks(ax, small=False)))
    box = AnchoredOffsetbox(loc=corner, child=area, pad=0.1, borderpad=0.1, frameon=False)
    box.set_zorder(7)
    ax.add_artist(box)
    return arrow


def projection_line(crs, language: str = "en") -> str:
    """Projection of a map in words: its kind, its parallels and meridian, its datum."""
    geodetic = crs.geodetic_crs
    known = "China Geodetic Coordinate System 2000" in geodetic.name or geodetic.ellipsoid.name == "GRS 1980"
    datum = "CGCS2000" if known else geodetic.name
    conversion = crs.coordinate_operation
    if conversion is None or conversion.method_name != "Albers Equal Area":
        return f"Projection: {crs.name}." if language == "en" else f"投影：{crs.name}。"
    values = {p.name: f"{p.value:g}°" for p in conversion.params}
    one, two = (values[f"Latitude of {k} standard parallel"] for k in ("1st", "2nd"))
    middle = values["Longitude of false origin"]
    if language == "en":
        return f"Projection: Albers equal area ({one}N, {two}N; {middle}E), {datum}."
    return f"投影：阿尔伯斯等积圆锥投影（标准纬线{one}N、{two}N，中央经线{middle}E），{datum}。"


def add_title(ax: "Axes", words: str) -> Text:
    """Title over the top left of a map, in at most two lines of its sheet.

    Raises
    ------
    DataError
        When it needs more lines.
    """
    size = size_on(ax)
    fig = ax.get_figure(root=True)
    left = mm_box(ax)[0]
    room = fig.get_figwidth() / MM - left - _MARGIN_MM
    lines = wrap(words, room * POINTS_PER_MM, size.title, bold=True)
    if len(lines) > 2:
        raise _checks.DataError(
            f"The title {words!r} needs {len(lines)} lines on this width. Shorten it to two lines' length.",
        )
    looks = {**text_looks(ax), "fontsize": size.title, "fontweight": "bold", "linespacing": 1.1}
    where = offset(ax, (0, 1), (0, _TITLE_GAP_MM))
    return ax.text(0, 0, "\n".join(lines), transform=where, va="bottom", gid="title", clip_on=False, **looks)


def add_source_line(ax: "Axes", words: str, *, below_mm: float = 0.0) -> Text:
    """Source, vintage and projection in small letters, `below_mm` under a map.

    Raises
    ------
    DataError
        When they need more lines than the foot has: five at 85 mm, three at 174.
    """
    size = size_on(ax)
    fig = ax.get_figure(root=True)
    left = mm_box(ax)[0]
    room = fig.get_figwidth() / MM - left - _MARGIN_MM
    lines = wrap(words, room * POINTS_PER_MM, size.small)
    most = foot_lines(size)
    if len(lines) > most:
        raise _checks.DataError(
            f"The source line needs {len(lines)} lines on this width. "
            f"Shorten it to {most}; the sidecar and the caption hold the full sources.",
        )
    looks = {**text_looks(ax), "color": palette.MUTED, "va": "top", "linespacing": 1.1}
    where = offset(ax, (0, 0), (0, -below_mm - _FOOT_GAP_MM))
    return ax.text(0, 0, "\n".join(lines), transform=where, gid="source", clip_on=False, **looks)


def _lowest(ax: "Axes") -> float:
    """Height in millimetres above the figure's foot of the lowest legend or note; infinite without any."""
    hanging = [ax.get_legend()] if ax.get_legend() else []
    hanging += [a for a in (*ax.artists, *ax.texts) if a.get_gid() in ("note", "circle legend")]
    dpi = ax.get_figure(root=True).dpi
    return min((extent(a).y0 for a in hanging), default=np.inf) * 25.4 / dpi


def finish_map(
    ax: "Axes | Sequence[Axes]",
    *,
    title: str,
    source: str,
    language: str = "en",
    context: "gpd.GeoDataFrame | None" = None,
    inset: "tuple[gpd.GeoDataFrame, Sequence[str]] | None" = None,
    crs=None,
) -> "Axes | Sequence[Axes]":
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
    check_language(language)
    axes = list(np.ravel(ax)) if isinstance(ax, (list, tuple, np.ndarray)) else [ax]
    first, drawn = axes[0], drawn_on(axes[0])
    crs = crs if drawn is None else drawn.crs
    lowest = {one: _lowest(one) for one in first.get_figure(root=True).axes}
    corners = _corners(first, inset is not None and not _column_free(first, lowest[first]))
    add_scale_bar(first, crs=crs, language=language, corner=corners["bar"][0])
    add_north_arrow(first, crs=crs, language=language, corner=corners["arrow"][0])
    if context is not None:
        free = [corner_box(first, *place) for place in corners.values()]
        for one in axes:
            add_context(one, context, keep_free=free, language=language, names=len(axes) == 1)
    size, low = size_on(first), min(axes, key=lambda one: (mm_box(one)[1], mm_box(one)[0]))
    glue = " " if language == "en" else ""
    heading = add_title(first, title)
    below = max(0.0, mm_box(low)[1] - min(lowest.values()))
    foot = add_source_line(low, f"{source.rstrip()}{glue}{projection_line(crs, language)}", below_mm=below)
    lines = [words.get_text().count("\n") + 1 for words in (heading, foot)]
    fit_sheet(
        first.get_figure(root=True),
        above_mm=lines[0] * line_mm(size.title) + _TITLE_GAP_MM + 1.0,
        below_mm=below + _FOOT_GAP_MM + lines[1] * line_mm(size.small) + 1.0,
    )
    if inset is not None:
        _add_inset(first, *inset, corner=corners.get("inset"), language=language)
    return ax


def _corners(ax: "Axes", inset: bool) -> dict[str, tuple[str, tuple[float, float]]]:
    """Corner and size in millimetres of scale bar, arrow and locator, each where it hides least."""
    size, across = size_on(ax), mm_box(ax)[2]
    side = 5.2 * size.normal / POINTS_PER_MM
    bar, arrow = (across / 4 + 4, line_mm(size.small) + 5), (side, side)
    named = ("upper left",) if any(words.get_gid() == "panel" for words in ax.texts) else ()
    found = {"bar": (free_corners(ax, bar, taken=named)[0], bar)}
    free = free_corners(ax, arrow, taken=(found["bar"][0], *named))
    whole = union([] if drawn_on(ax) is None else drawn_on(ax).geometry)
    clear = [c for c in free if not shapely.intersects(whole, corner_box(ax, c, arrow))]
    found["arrow"] = (next((c for c in clear if "upper" in c), free[0]), arrow)
    if inset:
        box = (min(20.0, 0.21 * across),) * 2
        found["inset"] = (free_corners(ax, box, taken=[*named, *(c for c, _ in found.values())])[0], box)
    return found


def _inset_side(ax: "Axes") -> float:
    """Side in millimetres of a locator in the legend's column."""
    return min(30.0, legend_room(ax)[1], 0.3 * mm_box(ax)[3])


def _column_free(ax: "Axes", lowest: float) -> bool:
    """Whether the foot of a legend's column has room for a locator, with its legend ending so high."""
    if legend_room(ax)[0] != "right":
        return False
    return lowest - mm_box(ax)[1] >= _inset_side(ax) + GAP_MM


def _add_inset(ax: "Axes", frame, areas: Sequence[str], *, corner, language: str) -> "Axes":
    """Locator at the foot of the legend's column, or in its corner of the map."""
    fig = ax.get_figure(root=True)
    left, bottom, across, up = mm_box(ax)
    wide, high = fig.get_figwidth() / MM, fig.get_figheight() / MM
    if corner is None:
        side = _inset_side(ax)
        x, y = left + across + GAP_MM, bottom
    else:
        where, (side, _) = corner
        x = left if "left" in where else left + across - side
        y = bottom if "lower" in where else bottom + up - side
    place = (x / wide, y / high, side / wide, side / high)
    small = fig.add_axes(place, zorder=9, axes_class=MapAxes)
    small.set_label("locator")
    return plot_location(frame, areas, ax=small, language=language)
