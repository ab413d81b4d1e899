"""Amounts as circles: their areas carry the value, whatever the size of the land."""

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lnregions import errors as _checks
from lnregions.maps.base import draw_areas, draw_outline, drawn_on, prepare, start
from lnregions.maps.fields import (
    counted,
    draw_holes,
    key_line,
    plot_choropleth,
    printed_values,
    unit_title,
    wordings,
)
from lnregions.maps.labels import find_place, frame_on, label_box, paper_of, rooms, write
from lnregions.maps.legend import add_circle_legend
from lnregions.style import palette, size_on
from lnregions.words import format_number, text, to_unit

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

FILL = "#7fb2dd"
_LAND = "#f4f5f6"
_LARGEST = 0.066  # radius of the largest circle, as a share of the map's width
_GAP_POINTS = 1.0
_SMALLEST = 6.0
_REACHES = (0.0, 3.0, 8.0, 14.0, 22.0, 32.0, 44.0)  # points between a circle and a label beside it
_DIRECTIONS = ((0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7))
_STEPS = {1: (1, 0.2, 0.05), 1.5: (1.5, 0.5, 0.1), 2: (2, 0.5, 0.1), 3: (3, 1, 0.2), 4: (4, 1, 0.2),
          5: (5, 1, 0.2), 6: (6, 1, 0.2), 8: (8, 2, 0.5), 10: (10, 2, 0.5)}  # fmt: skip
_NEARLY = 0.98  # of the largest value: what reaches it for the eye


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
    polygons = rooms(frame.geometry, paper)
    places, left = _places(polygons, radii, words, size_on(ax).small, frame=frame_on(ax, paper))
    middles = [shapely.Point(paper.to_ground(*place.middle)) for place in places]
    order = [k for k in np.argsort(-radii, kind="stable") if radii[k] > 0]
    looks = {"edge": palette.OUTLINE, "linewidths": 0.5, "zorder": 5, "gid": "circles"}
    circles = [middles[k].buffer(radii[k] / paper.scale) for k in order]
    draw_areas(ax, circles, fills=FILL, **looks)
    for place, gone in zip(places, missing, strict=True):
        if place.words:
            fill = None if gone else FILL if place.inside else _LAND
            spot = paper.to_ground(*place.label)
            if place.led:
                _lead(ax, place, paper)
            size = place.size or size_on(ax).small
            write(ax, place.words, spot, size=size, fill=fill, ground=not place.inside)
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
    size: float | None = None
    led: bool = False


def _places(polygons, radii, words, size: float, *, frame) -> tuple[list[_Place], list[str]]:
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
        middle = places[k].middle
        found = _beside(middle, radii[k], words[k][0] if words[k] else "", size, taken, frame)
        if found is not None:
            places[k] = found
            taken.append(_box(found.label, label_box(found.words, found.size)))
        elif words[k]:
            left.append(words[k][0].replace("\n", " "))
            places[k].words = str(len(left))
    return places, left


def _box(middle, sides):
    (x, y), (wide, high) = middle, sides
    return shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _beside(middle, radius: float, words: str, size: float, taken, frame) -> _Place | None:
    """Place of a label beside its circle, as near as is clear of all else, at the end of a line where it is far.

    Its lines stand over each other or, where that finds no room, as one; then they are set smaller.
    """
    if not words:
        return _Place(middle, middle, "", inside=True)
    own = shapely.Point(middle).buffer(0.98 * radius)
    for reach in _REACHES:
        for wording, points in product(dict.fromkeys((words, words.replace("\n", " "))), (size, _SMALLEST)):
            wide, high = label_box(wording, points)
            for x, y in _DIRECTIONS:
                away = radius + _GAP_POINTS + reach
                spot = (middle[0] + x * (away + wide / 2), middle[1] + y * (away + high / 2))
                box = _box(spot, (wide, high))
                clear = shapely.contains(frame, box) and not shapely.intersects(box, own)
                if clear and not any(shapely.intersects(box, other) for other in taken):
                    return _Place(middle, spot, wording, size=points, led=reach > 3)
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


def _lead(ax, place: _Place, paper) -> None:
    """Thin line from a circle to its label."""
    box = _box(place.label, label_box(place.words, place.size))
    end = shapely.get_coordinates(shapely.shortest_line(box, shapely.Point(place.middle)))[0]
    points = np.array([paper.to_ground(*place.middle), paper.to_ground(*end)])
    ax.plot(*points.T, color=palette.INK, linewidth=0.5, zorder=5.5, gid="lead", scalex=False, scaley=False)


def circle_steps(largest: float, unit: str, language: str) -> list[float]:
    """Values of the legend's three circles: round in the unit printed, the largest as large as the map's.

    Examples
    --------
    >>> circle_steps(924, "万人", "zh")
    [1000.0, 200.0, 50.0]
    """
    factor = to_unit(1, unit, language)
    top = largest * factor
    power = 10.0 ** np.floor(np.log10(top))
    lead = next(lead for lead in _STEPS if lead * power >= _NEARLY * top)
    return [float(step * power / factor) for step in _STEPS[lead]]


def plot_values(
    frame: "gpd.GeoDataFrame", column: str, *, unit: str, aggregation: str, breaks=None, **how
) -> "Axes":
    """Map that suits an indicator: circles for amounts (``aggregation="sum"``), a choropleth for all else.

    Further keywords as in `plot_choropleth` and `plot_symbols`.
    """
    if aggregation == "sum":
        return plot_symbols(frame, column, unit=unit, **how)
    return plot_choropleth(frame, column, unit=unit, aggregation=aggregation, breaks=breaks, **how)
