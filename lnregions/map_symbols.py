"""Amounts as circles: their areas carry the value, whatever the size of the land."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lnregions import _checks, palette
from lnregions.map_base import draw_areas, draw_outline, drawn_on, prepare, start
from lnregions.map_fields import (
    counted,
    draw_holes,
    key_line,
    plot_choropleth,
    printed_values,
    unit_title,
    wordings,
)
from lnregions.map_labels import find_place, label_box, largest_part, paper_of, write
from lnregions.map_legend import add_circle_legend
from lnregions.style import format_number, size_on, text, to_unit

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

FILL = "#7fb2dd"
_LAND = "#f4f5f6"
_LARGEST = 0.066  # radius of the largest circle, as a share of the map's width
_GAP_POINTS = 1.0


def plot_symbols(
    frame: "gpd.GeoDataFrame",
    column: str,
    *,
    unit: str,
    largest: float | None = None,
    labels: str = "name",
    legend: str | None = None,
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Amounts as circles whose area is proportional to the value, with nested circles as legend.

    Parameters
    ----------
    frame
        One row an area: geometry, `column`, and ``short_en``/``short_zh`` for labels.
    column
        Amounts of zero or more in `unit`; a missing one leaves its area hatched.
    unit
        Unit of the values as the tables name it.
    largest
        Value of the largest circle, in `unit`; give the same to maps that should compare.
    labels
        "name", "both", "value" or "none".
    legend
        Title of the legend, to which the unit is added.
    ax
        Axes to draw on, else a new figure's.
    language
        "en" or "zh".

    Raises
    ------
    DataError
        For negative values, which no circle can show, or none at all.
    """
    frame = prepare(frame, needs=(column,))
    values = frame[column].to_numpy(dtype=float)
    missing = ~np.isfinite(values)
    if missing.all() or (values[~missing] < 0).any() or not np.nanmax(values) > 0:
        raise _checks.DataError(
            f"{column!r} cannot be drawn as circles: it has no positive value, or a negative one. "
            "Draw losses and gains with plot_change.",
            zh=f"{column!r} 不能画成圆：没有正值，或含有负值。增减请用 plot_change。",
        )
    largest = float(np.nanmax(values)) if largest is None else float(largest)
    ax = start(ax, frame, language, column=column, unit=unit, largest_circle=float(largest))
    draw_areas(ax, frame.geometry[~missing], fills=_LAND, gid="areas")
    draw_holes(ax, frame, missing)
    draw_outline(ax, frame.geometry)
    paper = paper_of(ax)
    biggest = _LARGEST * (ax.get_xlim()[1] - ax.get_xlim()[0]) * paper.scale
    radii = np.where(missing, 0.0, biggest * np.sqrt(np.nan_to_num(values) / largest))
    words = wordings(frame, labels, language, printed_values(values, unit, language))
    polygons = [paper.to_points(largest_part(g)) for g in frame.geometry]
    places, left = _places(polygons, radii, words, size_on(ax).small)
    middles = [shapely.Point(paper.to_ground(*place.middle)) for place in places]
    order = [k for k in np.argsort(-radii, kind="stable") if radii[k] > 0]
    looks = {"edge": palette.OUTLINE, "linewidths": 0.5, "zorder": 5, "gid": "circles"}
    circles = [middles[k].buffer(radii[k] / paper.scale) for k in order]
    draw_areas(ax, circles, fills=FILL, **looks)
    for place, gone in zip(places, missing, strict=True):
        if place.words:
            fill = None if gone else FILL if place.inside else _LAND
            spot = paper.to_ground(*place.label)
            write(ax, place.words, spot, size=size_on(ax).small, fill=fill, ground=not place.inside)
    key = [(str(k + 1), name) for k, name in enumerate(left)]
    drawn_on(ax).facts["key"] = dict(key)
    steps = [(biggest * np.sqrt(step / largest), step) for step in circle_steps(largest, unit, language)]
    notes = key_line(key, language)
    if missing.any():
        notes.insert(0, counted(text("no data", language), int(missing.sum()), language))
    factor = to_unit(1, unit, language)
    shown = [(radius, format_number(step * factor, language=language)) for radius, step in steps]
    add_circle_legend(ax, shown, title=unit_title(unit, language, legend), notes=notes, fill=FILL)
    return ax


@dataclass
class _Place:
    """Middle of a circle and of its label, in points."""

    middle: tuple[float, float]
    label: tuple[float, float]
    words: str
    inside: bool = False


def _places(polygons, radii, words, size: float) -> tuple[list[_Place], list[str]]:
    """A place for every circle and label: the label in its circle, else beside it, else a number.

    Circles and labels lie inside their areas where these have room for both; only a label beside a circle
    in a narrow area may reach over its border, never over another circle or label.
    """
    order = np.argsort(-np.asarray(radii), kind="stable")  # the large ones choose first
    places: list[_Place | None] = [None] * len(polygons)
    taken: list = []
    for k in order:
        wording = words[k][0] if words[k] else ""
        places[k], block = _together(polygons[k], radii[k], wording, size, taken)
        if places[k] is not None:
            taken += [g for g in (shapely.Point(places[k].middle).buffer(radii[k]), block) if g is not None]
    open_ones = [k for k in order if places[k] is None]
    for k in open_ones:
        middle = _roomiest(polygons[k], 2 * radii[k], taken)
        places[k] = _Place(middle, middle, "", inside=True)
        taken.append(shapely.Point(middle).buffer(radii[k]))
    left: list[str] = []
    for k in open_ones:
        wording = words[k][0].split("\n")[0]
        found = _beside(places[k].middle, radii[k], wording, size, taken)
        if found is not None:
            spot, box = found
            places[k] = _Place(places[k].middle, spot, wording)
            taken.append(box)
        else:
            left.append(wording)
            places[k].words = str(len(left))
    return places, left


def _beside(middle, radius: float, words: str, size: float, taken):
    """Place of a label touching its circle, under, over, right or left of it, clear of all else."""
    wide, high = label_box(words, size)
    for x, y in ((0, -1), (0, 1), (1, 0), (-1, 0)):
        spot = (
            middle[0] + x * (radius + _GAP_POINTS + wide / 2),
            middle[1] + y * (radius + _GAP_POINTS + high / 2),
        )
        box = shapely.box(spot[0] - wide / 2, spot[1] - high / 2, spot[0] + wide / 2, spot[1] + high / 2)
        if not any(shapely.intersects(box, other) for other in taken):
            return spot, box
    return None


def _together(polygon, radius: float, words: str, size: float, taken):
    """Circle and label in one block inside the polygon, or with the label inside the circle."""
    wide, high = label_box(words, size) if words else (0.0, 0.0)
    lines = words.count("\n") + 1
    if words and np.hypot(wide / 2, 0.35 * size * lines) <= radius:
        middle = _roomiest(polygon, 2 * radius, taken)
        return _Place(middle, middle, words, inside=True), None
    upright = (max(2 * radius, wide), 2 * radius + _GAP_POINTS + high)
    found = find_place(polygon, upright, taken=taken)
    if found is not None:
        (x, y), block = found
        shift = (upright[1] - 2 * radius) / 2
        return _Place((x, y + shift), (x, y - upright[1] / 2 + high / 2), words), block
    flat = (2 * radius + _GAP_POINTS + wide, max(2 * radius, high))
    found = find_place(polygon, flat, taken=taken)
    if found is None:
        return None, None
    (x, y), block = found
    return _Place((x - (flat[0] / 2 - radius), y), (x + flat[0] / 2 - wide / 2, y), words), block


def _roomiest(polygon, side: float, taken) -> tuple[float, float]:
    """Middle for a large circle: where a square of its size fits, else the widest place."""
    found = find_place(polygon, (0.8 * side, 0.8 * side), taken=taken)
    if found is not None:
        return found[0]
    line = shapely.maximum_inscribed_circle(polygon, tolerance=0.5)
    return tuple(shapely.get_coordinates(line)[0])


def circle_steps(largest: float, unit: str, language: str) -> list[float]:
    """Values of the legend's three circles: round in the unit printed, the largest not above the map's."""
    factor = to_unit(1, unit, language)
    top = largest * factor
    power = 10.0 ** np.floor(np.log10(top))
    lead = max(lead for lead in (1, 2, 5) if lead * power <= top * 1.0001)
    return [lead * power * share / factor for share in ((1, 0.2, 0.05) if lead != 2 else (1, 0.25, 0.05))]


def plot_values(
    frame: "gpd.GeoDataFrame", column: str, *, unit: str, aggregation: str, breaks=None, **how
) -> "Axes":
    """Map that suits an indicator: circles for amounts (``aggregation="sum"``), a choropleth for all else.

    Further keywords as in `plot_choropleth` and `plot_symbols`.
    """
    if aggregation == "sum":
        return plot_symbols(frame, column, unit=unit, **how)
    return plot_choropleth(frame, column, unit=unit, aggregation=aggregation, breaks=breaks, **how)
