"""Amounts as circles: their areas carry the value, whatever the size of the land."""

from dataclasses import dataclass
from itertools import product

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, OffsetBox, TextArea, VPacker
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Text

from lnregions.errors import DataError
from lnregions.maps import base, drawing
from lnregions.maps.classes import Scale, class_labels
from lnregions.style import palette, size_on, text_width, wrap
from lnregions.words import format_number, to_unit
from lnregions.words.catalogue import tr

FILL = "#7fb2dd"
_LAND = "#f4f5f6"
_LARGEST = 0.066  # radius of the largest circle, as a share of the map's width
_LEAST = 2.5  # points across; a smaller circle is a speck, and only its label is written
_GAP = 1.0  # points between a circle and its label
_REACHES = (3.0, 44.0)  # points from a circle to its label; beyond the first at the end of a line
_STEPS = {1: (1, 0.2, 0.05), 1.5: (1.5, 0.5, 0.1), 2: (2, 0.5, 0.1), 3: (3, 1, 0.2), 4: (4, 1, 0.2),
          5: (5, 1, 0.2), 6: (6, 1, 0.2), 8: (8, 2, 0.5), 10: (10, 2, 0.5)}  # fmt: skip


@dataclass
class _Spot:
    """Circle (middle, radius) and the box of its label, in the units of the axes; no label without room."""

    middle: tuple[float, float]
    radius: float
    words: str = ""
    label: object = None
    size: float = 0.0
    inside: bool = False

    @property
    def circle(self):
        middle = shapely.Point(self.middle)
        return middle.buffer(self.radius) if self.radius > 0 else middle


def plot_symbols(
    frame: gpd.GeoDataFrame, column: str, *, largest: float | None = None, scale: Scale | None = None,
    scale_legend: str = "", **options,
) -> Axes:  # fmt: skip
    """Amounts as circles whose area is proportional to the value, with nested circles as legend.

    A circle too small to be seen is left out, and the legend says for how many areas; a low-confidence figure has a
    hollow one, or with a scale of colours one with a dashed outline.

    Parameters
    ----------
    frame
        One row an area: geometry, `column`, ``short_en``/``short_zh`` for labels, and if there are ``grade`` and
        ``year``.
    column
        Amounts of zero or more; a missing one leaves its area hatched.
    largest
        Value of the largest circle; give the same to maps that should compare.
    scale
        Classes and colours of a rate, in the column that it names, by which circles are filled: see `rate_scale`.
    scale_legend
        Title of its part of the legend, to which its unit is added.
    options
        Unit, labels, legend, axes and language: see `Options`.

    Raises
    ------
    DataError
        For negative values, which no circle can show, or none at all.
    """
    own = base.Options(**options)
    frame = drawing.prepare(frame)
    values = frame[column].to_numpy(dtype=float)
    missing = np.isnan(values)
    if missing.all() or np.nanmin(values) < 0 or not np.nanmax(values) > 0:
        raise DataError(
            f"{column!r} cannot be drawn as circles: it has no positive value, or a negative one. "
            "Draw losses and gains with plot_change."
        )
    largest = float(np.nanmax(values) if largest is None else largest)
    ax = drawing.start(own.ax, frame, own.language, column=column, unit=own.unit, largest_circle=largest)
    drawing.draw_ground(ax, frame.geometry, missing, fills=_LAND)
    reach = _LARGEST * np.ptp(ax.get_xlim()) / np.sqrt(largest)  # radius on the ground of an amount of one
    printed = drawing.printed_values(values, own, years=frame.get("year"))
    words = [preferred for preferred, *_ in drawing.wordings(frame, own.language, printed)]
    radii = reach * np.sqrt(np.nan_to_num(values))
    specks = (values > 0) & (2 * radii < _LEAST * drawing.units_per_point(ax))
    spots, key = _places(ax, frame.geometry, np.where(specks, 0, radii), words)
    weak = drawing.weak_rows(frame) & ~missing
    fills, colours = np.where(weak, _LAND, FILL), np.full(len(frame), 0)
    if scale:
        colours = scale.classes.index(frame[scale.column])
        fills = np.array([*scale.ramp, _LAND])[colours]
        base.drawn_on(ax).facts["colours"] = scale.facts()
    _draw_circles(ax, spots, fills, weak)
    for spot, gone, fill in zip(spots, missing, fills, strict=True):
        ground = None if gone else str(fill) if spot.inside else _LAND
        drawing.write(ax, spot.words, spot.label, size=spot.size, fill=ground)
    base.drawn_on(ax).facts["key"] = dict(key)
    counts = {
        "no data": missing,
        "too small for a circle": specks,
        "hollow: no data for the colour": ~missing & ~specks & (colours < 0),
        "dashed outline: low-confidence figure" if scale else "hollow: low-confidence figure": weak & ~specks,
    }
    counts = {tr(what, own.language): int(one.sum()) for what, one in counts.items() if one.any()}
    notes = [base.counted(*pair, own.language) for pair in counts.items()]
    notes += [*own.notes, *drawing.key_lines(key, own.language)]
    parts = [(own.title, _nested_circles(ax, reach, largest, own, fill=_LAND if scale else FILL))]
    if scale:
        title = base.Options(unit=scale.unit, legend=scale_legend, language=own.language).title
        parts.append((title, _class_rows(ax, scale, own.language)))
    base.add_notes(ax, _add_circle_legend(ax, parts), notes)
    return ax


def _draw_circles(ax: Axes, spots: list[_Spot], fills: np.ndarray, weak: np.ndarray) -> None:
    """Circles, the large ones first; the sizes of matplotlib's scatter are squared diameters in points."""
    drawn = sorted((k for k, spot in enumerate(spots) if spot.radius > 0), key=lambda k: -spots[k].radius)
    if not drawn:
        return
    x, y = np.array([spots[k].middle for k in drawn]).T
    sizes = (2 * np.array([spots[k].radius for k in drawn]) / drawing.units_per_point(ax)) ** 2
    lines = [(0, (2, 1.2)) if weak[k] else "-" for k in drawn]
    looks = {"edgecolor": palette.OUTLINE, "linewidth": 0.5, "zorder": 5, "gid": "circles"}
    ax.scatter(x, y, s=sizes, facecolors=fills[drawn], linestyles=lines, **looks)


def _places(ax: Axes, geometry, radii, words: list[str]) -> tuple[list[_Spot], list[tuple[str, str]]]:
    """A place for every circle and label: the label in its circle, else beside it, else a number with a key.

    Circles and labels lie inside their areas where these have room for both; only a label beside a circle
    in a narrow area may reach over its border, never over another circle or label.
    """
    rooms = [drawing.largest_part(g) for g in geometry]
    order = [int(k) for k in np.argsort(-radii, kind="stable")]  # the large ones choose first
    spots: dict[int, _Spot] = {}
    taken: list = []
    for k in order:
        spot = _inside(ax, rooms[k], radii[k], words[k], taken)
        spots[k] = spot or _Spot(_roomiest(rooms[k], radii[k], taken), radii[k])
        taken += [spots[k].circle, *([spot.label] if spot else [])]
    key: list[tuple[str, str]] = []
    for k in order:
        if not spots[k].words and not _label_beside(ax, spots[k], words[k], taken):
            key.append((str(len(key) + 1), words[k].replace("\n", " ")))
            spots[k].words, spots[k].label, spots[k].inside = key[-1][0], spots[k].circle, True
    return [spots[k] for k in range(len(rooms))], key


def _inside(ax, room, radius: float, words: str, taken) -> _Spot | None:
    """Circle and label inside an area: one in the other, or in one block with the label below."""
    unit, size = drawing.units_per_point(ax), size_on(ax).small
    wide, high = drawing.label_box(words, size, unit)
    if np.hypot(wide / 2, 0.35 * size * unit * (words.count("\n") + 1)) <= radius:
        spot = _Spot(_roomiest(room, radius, taken), radius, words, size=size, inside=True)
        spot.label = spot.circle
        return spot
    gap, across = _GAP * unit, 2 * radius
    block = drawing.find_place(room, (max(across, wide), across + gap + high), taken=taken)
    if block is None:
        return None
    x, (bottom, top) = block.centroid.x, block.bounds[1::2]
    label = shapely.box(x - wide / 2, bottom, x + wide / 2, bottom + high)
    return _Spot((x, top - radius), radius, words, label, size)


def _roomiest(room, radius: float, taken) -> tuple[float, float]:
    """Middle for a circle: where most of it fits, else the widest place."""
    box = drawing.find_place(room, (1.6 * radius, 1.6 * radius), taken=taken) if radius else None
    return drawing.widest_place(room) if box is None else (box.centroid.x, box.centroid.y)


def _label_beside(ax, spot: _Spot, words: str, taken: list) -> bool:
    """Place a label as near to its circle as is clear of all else; its lines as one, and smaller, if need be."""
    unit, wordings = drawing.units_per_point(ax), dict.fromkeys((words, words.replace("\n", " ")))
    avoid = shapely.buffer(taken, _GAP * unit)
    sheet = size_on(ax)
    for reach, wording, size in product(_REACHES, wordings, dict.fromkeys((sheet.small, sheet.smallest))):
        sides = drawing.label_box(wording, size, unit)
        box = drawing.find_place_beside(ax, spot.circle, sides, reach * unit + max(sides), avoid=avoid)
        if box is not None:
            spot.words, spot.label, spot.size = wording, box, size
            taken.append(box)
            if shapely.distance(spot.circle, box) > _REACHES[0] * unit:
                drawing.draw_lead(ax, spot.circle, box)
            return True
    return False


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
    lead = next(lead for lead in _STEPS if lead * power >= 0.98 * top)  # 2 % less looks the same
    return [float(step * power / factor) for step in _STEPS[lead]]


def _add_circle_legend(ax: Axes, parts: list[tuple[str, OffsetBox]]) -> AnchoredOffsetbox:
    """Parts of a legend with their titles, beside one another under a map, else one below the other."""
    found, heading = base.legend_room(ax), {**base.text_looks(ax), "fontweight": "bold"}
    beside = found.place == "below"
    room = found.across_mm * base.POINTS_PER_MM / (len(parts) if beside else 1) - 6
    columns = []
    for title, content in parts:
        words = "\n".join(wrap(title, room, size_on(ax).small, bold=True))
        children = [TextArea(words, textprops=heading), content]
        columns.append(VPacker(children=children, pad=0, sep=3, align="left"))
    packer, align = (HPacker, "top") if beside else (VPacker, "left")
    packed = packer(children=columns, pad=0, sep=9, align=align)
    box = AnchoredOffsetbox(child=packed, pad=0.1, borderpad=0, **found.anchor)
    box.set(gid="circle legend", zorder=8)
    return ax.add_artist(box)


def _class_rows(ax: Axes, scale: Scale, language: str) -> OffsetBox:
    """Classes of a scale, the highest on top, each behind its colour."""
    size, rows = size_on(ax).small, []
    words = class_labels(scale.classes, factor=to_unit(1, scale.unit, language), language=language)
    for fill, label in zip(scale.ramp[::-1], words[::-1], strict=True):
        wide, high = 2.3 * size, 0.9 * size
        patch = DrawingArea(wide, high)
        patch.add_artist(Rectangle((0, 0), wide, high, facecolor=fill, edgecolor=palette.BORDER, lw=0.5))
        children = [patch, TextArea(label, textprops=base.text_looks(ax))]
        rows.append(HPacker(children=children, pad=0, sep=0.5 * size, align="center"))
    return VPacker(children=rows, pad=0, sep=1, align="left")


def _nested_circles(ax: Axes, reach: float, largest: float, own: base.Options, *, fill: str) -> OffsetBox:
    """Nested circles on one line, the largest first, each with its value."""
    looks, size = base.text_looks(ax), size_on(ax).small
    factor, point = to_unit(1, own.unit, own.language), drawing.units_per_point(ax)
    circles = [
        (reach * np.sqrt(step) / point, format_number(step * factor, language=own.language))
        for step in circle_steps(largest, own.unit, own.language)
    ]
    biggest, line = circles[0][0], 1.15 * size
    heights: list[float] = []
    for radius, _ in reversed(circles):  # lift a label that would sit on the one below it
        heights.append(max(2 * radius, heights[-1] + line) if heights else 2 * radius)
    longest = max(text_width(label, size) for _, label in circles)
    area = DrawingArea(2 * biggest + 13 + longest, heights[-1] + line / 2 + 2)
    face = {"facecolor": fill, "edgecolor": palette.OUTLINE, "linewidth": 0.5, "alpha": 0.9}
    for (radius, label), up in zip(circles, reversed(heights), strict=True):
        area.add_artist(Circle((biggest + 1, radius + 1), radius, **face))
        x, y = (biggest + 1, 2 * biggest + 6, 2 * biggest + 9), (2 * radius + 1, up + 1, up + 1)
        area.add_artist(Line2D(x, y, color=palette.BORDER, linewidth=0.4))
        area.add_artist(Text(2 * biggest + 11, up + 1, label, va="center", **looks))
    return area
