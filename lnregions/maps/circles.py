"""Amounts as circles: their areas carry the value, whatever the size of the land."""

from dataclasses import dataclass
from itertools import product

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, TextArea, VPacker
from matplotlib.patches import Circle
from matplotlib.text import Text

from lnregions.errors import DataError
from lnregions.maps import base, drawing
from lnregions.maps.values import unit_title
from lnregions.style import palette, size_on, text_width, wrap
from lnregions.words import format_number, to_unit
from lnregions.words.catalogue import tr

FILL = "#7fb2dd"
_LAND = "#f4f5f6"
_LARGEST = 0.066  # radius of the largest circle, as a share of the map's width
_GAP = 1.0  # points between a circle and its label
_REACHES = (0.0, 3.0, 8.0, 14.0, 22.0, 32.0, 44.0)  # points between a circle and a label beside it
_DIRECTIONS = ((0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7))
_STEPS = {1: (1, 0.2, 0.05), 1.5: (1.5, 0.5, 0.1), 2: (2, 0.5, 0.1), 3: (3, 1, 0.2), 4: (4, 1, 0.2),
          5: (5, 1, 0.2), 6: (6, 1, 0.2), 8: (8, 2, 0.5), 10: (10, 2, 0.5)}  # fmt: skip


@dataclass
class _Spot:
    """Circle (middle, radius) and the box of its label, in the units of the axes."""

    middle: tuple[float, float]
    radius: float
    words: str = ""
    label: object = None
    size: float = drawing.SMALLEST
    inside: bool = False
    led: bool = False

    @property
    def circle(self):
        return shapely.Point(self.middle).buffer(self.radius)


def plot_symbols(
    frame: gpd.GeoDataFrame,
    column: str,
    *,
    unit: str,
    largest: float | None = None,
    labels: str = "name",
    legend: str | None = None,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Amounts as circles whose area is proportional to the value, with nested circles as legend.

    Parameters
    ----------
    frame
        One row an area: geometry, `column`, and ``short_en``/``short_zh`` for labels.
    column
        Amounts of zero or more in `unit`; a missing one leaves its area hatched.
    unit, labels, legend, ax, language
        As in `plot_choropleth`.
    largest
        Value of the largest circle, in `unit`; give the same to maps that should compare.

    Raises
    ------
    DataError
        For negative values, which no circle can show, or none at all.
    """
    frame = drawing.prepare(frame, needs=(column,))
    values = frame[column].to_numpy(dtype=float)
    missing = np.isnan(values)
    if missing.all() or np.nanmin(values) < 0 or not np.nanmax(values) > 0:
        raise DataError(
            f"{column!r} cannot be drawn as circles: it has no positive value, or a negative one. "
            "Draw losses and gains with plot_change."
        )
    largest = float(np.nanmax(values) if largest is None else largest)
    ax = drawing.start(ax, frame, language, column=column, unit=unit, largest_circle=largest)
    drawing.draw_areas(ax, frame.geometry[~missing], fills=_LAND, gid="areas")
    drawing.draw_missing(ax, frame.geometry[missing])
    drawing.draw_outline(ax, frame.geometry)
    scale = _LARGEST * np.ptp(ax.get_xlim()) / np.sqrt(largest)  # radius on the ground of an amount of one
    words = drawing.wordings(frame, labels, language, drawing.printed_values(values, unit, language))
    spots, key = _places(ax, frame.geometry, scale * np.sqrt(np.nan_to_num(values)), words)
    _draw_circles(ax, spots)
    for spot, gone in zip(spots, missing, strict=True):
        if spot.words:
            fill = None if gone else FILL if spot.inside else _LAND
            if spot.led:
                drawing.draw_lead(ax, shapely.Point(spot.middle), spot.label)
            drawing.write(ax, spot.words, spot.label, size=spot.size, fill=fill, ground=not spot.inside)
    base.drawn_on(ax).facts["key"] = dict(key)
    notes = [base.counted(tr("no data", language), int(missing.sum()), language)] if missing.any() else []
    factor, unit_points = to_unit(1, unit, language), drawing.units_per_point(ax)
    steps = [
        (scale * np.sqrt(step) / unit_points, format_number(step * factor, language=language))
        for step in circle_steps(largest, unit, language)
    ]
    title = unit_title(unit, language, legend)
    base.add_notes(ax, _circle_legend(ax, steps, title), [*notes, *drawing.key_lines(key, language)])
    return ax


def _draw_circles(ax: Axes, spots: list[_Spot]) -> None:
    """Circles, the large ones first; the sizes of matplotlib's scatter are squared diameters in points."""
    drawn = sorted((s for s in spots if s.radius > 0), key=lambda s: -s.radius)
    x, y = np.array([s.middle for s in drawn]).T
    sizes = (2 * np.array([s.radius for s in drawn]) / drawing.units_per_point(ax)) ** 2
    looks = {"color": FILL, "edgecolor": palette.OUTLINE, "linewidth": 0.5, "zorder": 5, "gid": "circles"}
    ax.scatter(x, y, s=sizes, **looks)


def _places(ax: Axes, geometry, radii, words) -> tuple[list[_Spot], list[tuple[str, str]]]:
    """A place for every circle and label: the label in its circle, else beside it, else a number with a key.

    Circles and labels lie inside their areas where these have room for both; only a label beside a circle
    in a narrow area may reach over its border, never over another circle or label.
    """
    rooms = [drawing.largest_part(g) for g in geometry]
    wanted = [w[0] if w else "" for w in words]
    order = [int(k) for k in np.argsort(-radii, kind="stable")]  # the large ones choose first
    spots: dict[int, _Spot] = {}
    taken: list = []
    for k in order:
        spots[k] = _inside(ax, rooms[k], radii[k], wanted[k], taken) or _Spot(
            _roomiest(rooms[k], radii[k], taken), radii[k]
        )
        taken += (
            [spots[k].circle] if spots[k].inside or not spots[k].words else [spots[k].circle, spots[k].label]
        )
    key: list[tuple[str, str]] = []
    for k in order:
        if wanted[k] and not spots[k].words and not _label_beside(ax, spots[k], wanted[k], taken):
            key.append((str(len(key) + 1), wanted[k].replace("\n", " ")))
            spots[k].words, spots[k].label, spots[k].inside = key[-1][0], spots[k].circle, True
    return [spots[k] for k in range(len(rooms))], key


def _inside(ax, room, radius: float, words: str, taken) -> _Spot | None:
    """Circle and label inside an area: one in the other, or in one block with the label below or beside."""
    unit, size = drawing.units_per_point(ax), size_on(ax).small
    wide, high = drawing.label_box(words, size, unit) if words else (0.0, 0.0)
    if np.hypot(wide / 2, 0.35 * size * unit * (words.count("\n") + 1)) <= radius or not words:
        spot = _Spot(_roomiest(room, radius, taken), radius, words, size=size, inside=True)
        spot.label = spot.circle
        return spot
    gap, across = _GAP * unit, 2 * radius
    below = drawing.find_place(room, (max(across, wide), across + gap + high), taken=taken)
    if below is not None:
        x, (bottom, top) = below.centroid.x, below.bounds[1::2]
        label = shapely.box(x - wide / 2, bottom, x + wide / 2, bottom + high)
        return _Spot((x, top - radius), radius, words, label, size)
    beside = drawing.find_place(room, (across + gap + wide, max(across, high)), taken=taken)
    if beside is not None:
        y, (left, right) = beside.centroid.y, beside.bounds[::2]
        label = shapely.box(right - wide, y - high / 2, right, y + high / 2)
        return _Spot((left + radius, y), radius, words, label, size)
    return None


def _roomiest(room, radius: float, taken) -> tuple[float, float]:
    """Middle for a circle: where most of it fits, else the widest place."""
    box = drawing.find_place(room, (1.6 * radius, 1.6 * radius), taken=taken) if radius else None
    return drawing.widest_place(room) if box is None else (box.centroid.x, box.centroid.y)


def _label_beside(ax, spot: _Spot, words: str, taken: list) -> bool:
    """Place a label as near to its circle as is clear of all else, at the end of a line where it is far.

    Its lines stand over each other or, where that finds no room, as one; then they are set smaller.
    """
    unit, frame = drawing.units_per_point(ax), drawing.map_frame(ax)
    wordings = dict.fromkeys((words, words.replace("\n", " ")))
    variants = list(product(wordings, (size_on(ax).small, drawing.SMALLEST)))
    for reach, (wording, size), (x, y) in product(_REACHES, variants, _DIRECTIONS):
        wide, high = np.array(drawing.label_box(wording, size, unit)) / 2
        away = spot.radius + (_GAP + reach) * unit
        x0, y0 = spot.middle[0] + x * (away + wide), spot.middle[1] + y * (away + high)
        box = shapely.box(x0 - wide, y0 - high, x0 + wide, y0 + high)
        if shapely.contains(frame, box) and not shapely.intersects(box, taken).any():
            spot.words, spot.label, spot.size, spot.led = wording, box, size, reach > 3
            taken.append(box)
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


def _circle_legend(ax: Axes, circles: list[tuple[float, str]], title: str) -> AnchoredOffsetbox:
    """Nested circles on one line, the largest first, each with its value; radii in points."""
    looks, size = base.text_looks(ax), size_on(ax).small
    biggest, line = circles[0][0], 1.15 * size
    spots: list[float] = []
    for radius, _ in reversed(circles):  # lift a label that would sit on the one below it
        spots.append(max(2 * radius, spots[-1] + line) if spots else 2 * radius)
    longest = max(text_width(label, size) for _, label in circles)
    area = DrawingArea(2 * biggest + 13 + longest, spots[-1] + line / 2 + 2)
    for (radius, label), spot in zip(circles, reversed(spots), strict=True):
        middle = (biggest + 1, radius + 1)
        face = {"facecolor": FILL, "edgecolor": palette.OUTLINE, "linewidth": 0.5, "alpha": 0.9}
        area.add_artist(Circle(middle, radius, **face))
        x, y = (biggest + 1, 2 * biggest + 6, 2 * biggest + 9), (2 * radius + 1, spot + 1, spot + 1)
        area.add_artist(Line2D(x, y, color=palette.BORDER, linewidth=0.4))
        area.add_artist(Text(2 * biggest + 11, spot + 1, label, va="center", **looks))
    found = base.legend_room(ax)
    words = "\n".join(wrap(title, found.across_mm * base.POINTS_PER_MM - 4, size, bold=True))
    heading = TextArea(words, textprops={**looks, "fontweight": "bold"})
    packed = VPacker(children=[heading, area], pad=0, sep=3, align="left")
    box = AnchoredOffsetbox(child=packed, pad=0.1, borderpad=0, **found.anchor)
    box.patch.set(linewidth=0, alpha=0.92)
    box.set(gid="circle legend", zorder=8)
    ax.add_artist(box)
    return box
