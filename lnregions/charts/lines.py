"""Lines of a chart: series with their breaks, axes of values and years, and labels at the lines' ends."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox, offset_copy

from lnregions.charts.sheet import Sheet, hide_frame, need, text_height
from lnregions.errors import DataError
from lnregions.style import BORDER, GROUND, INK, MUTED, ROLES, tint, wrap

ACTUAL = ROLES["actual"].colour
ACTUAL_LINE = {"color": ACTUAL, "linewidth": 1.4, "marker": "o", "markersize": 3.6}
QUIET = tint(ACTUAL, 0.45)
"""Colour of a member that is not highlighted."""
BRIDGE = (0, (0.8, 2.0))
"""Dots of a line over years without a value."""
GRID = "#e3e6ea"
POSSIBLE = {"facecolor": "none", "edgecolor": MUTED, "hatch": "....", "linewidth": 0.4}
"""Looks of what a missing figure can be."""


def tidy_series(sheet: Sheet, series: pd.DataFrame, *, what: str) -> pd.DataFrame:
    """Series in the unit shown: ``year value grade segment reason former mean`` by year, without missing values.

    Raises
    ------
    DataError
        If `year` or `value` lacks, or a year has two values.
    """
    amounts, words = ["value", "former", "mean"], {"grade": "", "segment": 0, "reason": ""}
    tidy = need(series, ("year", "value"), what=what).reindex(columns=["year", *amounts, *words])
    tidy = tidy.astype({"year": int} | dict.fromkeys(amounts, float)).astype(dict.fromkeys(words, object))
    tidy = tidy.fillna(words).astype({"grade": str, "segment": int, "reason": str})
    tidy[amounts] = tidy[amounts].apply(sheet.scaled)
    tidy = tidy[np.isfinite(tidy["value"])].sort_values("year", ignore_index=True)
    twice = tidy["year"][tidy["year"].duplicated()]
    if len(twice):
        raise DataError(f"The {what} has several values for {twice.iloc[0]}. Give one value a year.")
    return tidy


def series_by_area(sheet: Sheet, frame: pd.DataFrame, areas: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Tidy series of each area; one that the frame lacks has an empty series."""
    codes = frame["area"].astype(str)
    return {area: tidy_series(sheet, frame[codes == area], what=f"series of {area}") for area in areas}


def benchmark_series(sheet: Sheet, benchmark: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tidy series by the ``name`` of the benchmark."""
    groups = benchmark.groupby("name", sort=False) if len(benchmark) else ()
    return {str(name): tidy_series(sheet, rows, what=f"benchmark {name}") for name, rows in groups}


def draw_series(sheet: Sheet, tidy: pd.DataFrame, **looks):
    """Draw a series: solid over consecutive years, dotted over missing ones, open at a break.

    Values of grade C have hollow markers. `looks` are those of a Line2D, its ``label`` included, and ``ax``.
    """
    ax = looks.pop("ax", sheet.ax)
    looks = {"linewidth": 1.4, "marker": "o", "markersize": 3.6, "zorder": 3, "label": "_series"} | looks
    years, values = tidy["year"].to_numpy(float), tidy["value"].to_numpy(float)
    missing, broken = np.diff(years) > 1, np.diff(tidy["segment"]) != 0
    ends = np.flatnonzero(missing | broken) + 1
    looks["markeredgewidth"] = 0.65 * looks["linewidth"]
    ax.plot(np.insert(years, ends, np.nan), np.insert(values, ends, np.nan), **looks)
    bridges = np.flatnonzero(missing & ~broken)
    if len(bridges):
        pairs = np.column_stack([bridges, bridges + 1])
        across = [np.insert(part[pairs], 2, np.nan, axis=1).ravel() for part in (years, values)]
        dotted = {"linewidth": 0.7 * looks["linewidth"], "linestyle": BRIDGE, "marker": ""}
        dotted["label"] = sheet.tr("no figure for the years between")
        ax.plot(*across, **looks | dotted)
    weak = tidy["grade"].eq("C").to_numpy()
    if looks["marker"] and weak.any():
        draw_weak(sheet, years[weak], values[weak], **looks | {"ax": ax})


def draw_weak(sheet: Sheet, x: np.ndarray, y: np.ndarray, **looks):
    """Draw the hollow markers of grade C over others."""
    hollow = {"markerfacecolor": GROUND, "linestyle": "", "zorder": looks["zorder"] + 0.1}
    hollow["label"] = sheet.tr("low-confidence figure (grade C)")
    looks.pop("ax", sheet.ax).plot(x, y, **looks | hollow)


def draw_possible(sheet: Sheet, row: float, low: float, high: float, *, height: float, zorder: float):
    """Draw the band of what a missing figure can be on a row of a list."""
    looks = POSSIBLE | {"zorder": zorder, "label": sheet.tr("what is possible, not a forecast")}
    sheet.ax.barh([row], [high - low], height, left=[low], **looks)


def mark_breaks(sheet: Sheet, tidy: pd.DataFrame) -> bool:
    """Mark each break by a letter above the axes, and note the reason; whether there is any."""
    after = tidy[tidy["segment"].diff().fillna(0) != 0]
    before = tidy["year"][after.index - 1]
    for letter, row, year in zip("abcdefghij", after.itertuples(), before, strict=False):
        middle, years = (year + row.year) / 2, f"{year}/{row.year % 100:02}"
        sheet.ax.axvline(middle, color=MUTED, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1, label="_break")
        above = {"transform": sheet.ax.get_xaxis_transform(), "va": "bottom", "color": MUTED}
        sheet.write(middle, 1, letter, name="break", **above)
        note = sheet.tr("{letter} {years}: break in the series", letter=letter, years=years)
        reason = sheet.tr(" ({reason})", reason=row.reason) if row.reason else ""
        sheet.notes.append(note + reason)
    return len(after) > 0


def limits(values: Iterable[float], *, zero: bool | None = None, pad: float = 0.08) -> tuple:
    """Low and high end of a value axis, and whether it leaves out zero.

    With ``zero=None`` zero is left out where all values are farther from it than two fifths of the farthest.
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, 1.0, False
    low, high = float(known.min()), float(known.max())
    near, far = sorted((abs(low), abs(high)))
    cut = low < high and low * high > 0 and (near > 0.4 * far if zero is None else not zero)
    if not cut:
        low, high = min(low, 0.0), max(high, 0.0)
    room = pad * ((high - low) or abs(high) or 1.0)
    return low - (room if low < 0 or cut else 0.0), high + (room if high > 0 or cut else 0.0), cut


def value_axis(
    sheet: Sheet, values: Iterable[float], *, axis: str = "y", bins: int = 5, panels: Sequence[Axes] = (), **wanted
):  # fmt: skip
    """Axis that shows the values, with few ticks, pale lines, and a mark and a note where it leaves out zero.

    `wanted` are the keywords of `limits`; the panels named, or all of the sheet, get the same axis.
    """
    low, high, cut = limits(values, **wanted)
    noted = cut and axis == "y" and "zero" not in wanted
    for number, ax in enumerate(panels or sheet.axes):
        which = ax.yaxis if axis == "y" else ax.xaxis
        ax.set(**{f"{axis}lim": (low, high)})
        which.set_major_locator(MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]))
        ticks = [tick for tick in which.get_majorticklocs() if low <= tick <= high]
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
        decimals = next((places for places in range(4) if abs(step - round(step, places)) < 1e-9), 4)
        printed = FuncFormatter(lambda value, _, places=decimals: sheet.number(value, decimals=places))
        which.set_major_formatter(printed)
        ax.tick_params(axis=axis, length=0, pad=3, labelcolor=MUTED, **tick_font(sheet))
        ax.grid(True, axis=axis, color=GRID, linewidth=0.5)
        ax.set_axisbelow(True)
        hide_frame(ax, keep=("bottom",))
        if noted and number % sheet.columns == 0:
            _mark_cut(sheet, ax)
    if noted:
        sheet.notes.append(sheet.tr("The vertical axis does not start at zero."))


def tick_font(sheet: Sheet) -> dict:
    """Font of tick labels, for ``tick_params``."""
    return {"labelsize": sheet.size.small, "labelfontfamily": sheet.font["fontfamily"]}


def _mark_cut(sheet: Sheet, ax: Axes):
    """Draw two strokes at the foot of the value axis, left of all points."""
    for lift in (1.0, 3.0):
        place = offset_copy(ax.transAxes, sheet.figure, x=0, y=lift, units="points")
        looks = {"marker": [(-1, -0.4), (1, 0.4)], "markersize": 5, "color": BORDER, "markeredgewidth": 0.8}
        ax.add_artist(Line2D([0], [0], transform=place, clip_on=False, label="_axis_cut", **looks))


def year_axis(
    sheet: Sheet, years: Iterable[int], *, anchor: int, strong: Sequence[int] = (), share: float = 1.0,
    after: float = 0.5,
):  # fmt: skip
    """Whole years as ticks: each, or every n-th from the anchor where they would need more than a share of the axes.

    The years in `strong` are bold; the axis ends `after` years beyond the last; all panels get the same axis.
    """
    known = [int(year) for year in years]
    first, last = min(known), max(known)
    room, needed = share * sheet.extent[0] / (last - first + 1), sheet.width_of("2024", bold=True) + 4
    step = next((n for n in (1, 2, 5, 10, 20, 50) if n * room >= needed), 100)
    shown = [year for year in range(first, last + 1) if (year - anchor) % step == 0]
    for ax in sheet.axes:
        ax.set_xlim(first - 0.5, last + after)
        ax.set_xticks(shown, [str(year) for year in shown])
        ax.tick_params(axis="x", length=2.5, pad=2, color=BORDER, labelcolor=INK, **tick_font(sheet))
        for label in ax.get_xticklabels():
            label.set_fontweight("bold" if label.get_text() in map(str, strong) else "normal")


def row_axis(sheet: Sheet, names: Sequence[str], *, bold: Sequence[int] = ()):
    """Names down the left side, one row each, the first at the top."""
    sheet.ax.set_ylim(len(names) - 0.5, -0.5)
    sheet.ax.set_yticks(range(len(names)), names, parse_math=False)
    sheet.ax.tick_params(axis="y", length=0, pad=4, labelcolor=INK, **tick_font(sheet))
    for number in bold:
        sheet.ax.get_yticklabels()[number].set_fontweight("bold")


@dataclass(frozen=True)
class Label:
    """A text wanted at a point of the data; ``sides`` to try first are named as in `SIDES`."""

    text: str
    xy: tuple[float, float]
    colour: str = MUTED
    weight: str = "normal"
    name: str = "label"
    sides: Sequence[str] = ()


SIDES: Mapping[str, tuple[int, int]] = {
    "n": (0, 1), "s": (0, -1), "ne": (1, 1), "nw": (-1, 1), "se": (1, -1), "sw": (-1, -1), "e": (1, 0), "w": (-1, 0)
}  # fmt: skip

RINGS = (3.2, 7.0, 12.2, 19.2, 28.0, 38.0, 50.0)
"""Points from a point to its label."""
NEAR_RINGS = 2
"""Last of them without a line to it."""


def spread(wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float) -> np.ndarray:
    """Centres nearest to those wanted whose boxes neither overlap nor leave the span from `low` to `high`.

    The sum of squared moves is least (isotonic regression: neighbours that collide are pooled). Boxes that cannot
    all fit are squeezed evenly, and do overlap.

    Examples
    --------
    >>> spread([1.0, 1.0, 9.0], [2.0, 2.0, 2.0], low=0, high=10).tolist()
    [1.0, 3.0, 9.0]
    """
    order = np.argsort(wanted, kind="stable")
    tall = np.asarray(heights, dtype=float)[order]
    tall = tall * min(1.0, (high - low) / tall.sum())
    offsets = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    blocks: list[tuple[float, int]] = []
    for value in np.asarray(wanted, dtype=float)[order] - offsets:
        mean, count = value, 1
        while blocks and blocks[-1][0] > mean:
            other, number = blocks.pop()
            mean, count = (mean * count + other * number) / (count + number), count + number
        blocks.append((mean, count))
    fitted = np.repeat(*zip(*blocks, strict=True))
    lowest = low + tall[0] / 2
    fitted = np.clip(fitted, lowest, max(lowest, high - tall[-1] / 2 - offsets[-1]))
    return (fitted + offsets)[np.argsort(order)]


class LabelColumn:
    """Labels in a column beside the axes, each as near the height of its point as the others allow.

    ``width`` and ``height`` are the points it needs. Lines longer than `share` of the sheet are wrapped; `gap` is
    the points between axes and labels. Labels of points before `last` stand at their points, inside the axes, so
    that no line leads to them over years without a figure.
    """

    def __init__(
        self, sheet: Sheet, labels: Sequence[Label], *, share: float, gap: float = 8, last: float = -math.inf
    ):
        size, room = sheet.size.small, share * sheet.span
        self.inner = [one for one in labels if one.xy[0] < last]
        labels = [one for one in labels if one.xy[0] >= last]
        self.sheet, self.labels, self.gap = sheet, labels, gap
        self.texts = ["\n".join(wrap(one.text, room, size, bold=one.weight == "bold")) for one in labels]
        self.heights = [text_height(words, size) + 1 for words in self.texts]
        bold = [one.weight == "bold" for one in labels]
        widths = [sheet.width_of(words, bold=strong) for words, strong in zip(self.texts, bold, strict=True)]
        self.width, self.height = max(widths, default=-gap) + gap, sum(self.heights)

    def write(self, inner: Sequence[Label] = ()):
        """Write the labels, the axes having their final place and limits; `inner` are others inside the axes."""
        ax, (wide, tall) = self.sheet.ax, self.sheet.extent
        at = np.array([one.xy for one in self.labels], dtype=float).reshape(-1, 2)
        points = ax.transAxes.inverted().transform(ax.transData.transform(at))
        centres = spread(points[:, 1] * tall, self.heights, low=-2, high=tall + 4) / tall
        beside = {"transform": ax.transAxes, "ha": "left"}
        for label, words, (x, y), centre in zip(self.labels, self.texts, points, centres, strict=True):
            looks = {"color": label.colour, "fontweight": label.weight, "name": label.name}
            self.sheet.write(1 + self.gap / wide, centre, words, **looks, **beside)
            if abs(y - centre) * tall > 2.5 and (1 - x) * wide < 12:  # in the margin, where no data are
                ends = [max(x + 3.5 / wide, 1), 1 + (self.gap - 1.5) / wide], [y, centre]
                thin = {"color": MUTED, "linewidth": 0.4, "zorder": 1.2}
                ax.plot(*ends, **thin, clip_on=False, transform=ax.transAxes, label="_leader")
        place_labels(self.sheet, [*inner, *sorted(self.inner, key=lambda one: (one.xy[0], -one.xy[1]))])


def place_labels(sheet: Sheet, labels: Sequence[Label]):
    """Write labels beside their points, off the lines, off each other and inside the axes where there is room.

    Each in turn takes the cheapest of 56 places, with a thin line to one that is far from its point; the axes have
    their final place and limits.
    """
    if not labels:
        return
    ax, pixel, taken = sheet.ax, sheet.figure.dpi / 72, []
    paths = [line.get_transform().transform_path(line.get_path().interpolated(60)) for line in ax.lines]
    crowd = np.concatenate([path.vertices for path in paths])
    frame = ax.get_window_extent()
    for label in labels:
        width = sheet.width_of(label.text, bold=label.weight == "bold") + 4
        half = np.array([width, text_height(label.text, sheet.size.small) + 3]) * pixel / 2
        at, best = ax.transData.transform(label.xy), (np.inf, Bbox.null(), None, 0)
        sides = [*label.sides, *(side for side in SIDES if side not in label.sides)]
        for ring, distance in enumerate(RINGS):
            for rank, side in enumerate(sides):
                reach = distance * pixel * sheet.grown * (0.75 if all(SIDES[side]) else 1.0)
                centre = at + np.array(SIDES[side]) * (reach + half)
                centre = np.clip(centre, frame.min + half, np.maximum(frame.max - half, frame.min + half))
                box = Bbox([centre - half, centre + half])
                cost = 4 * ring + 0.3 * rank + 10 * box.count_contains(crowd)
                leader = Path([at, np.clip(at, box.min, box.max)])
                crossed = sum(leader.intersects_bbox(one) for one in taken) * (ring > NEAR_RINGS)
                cost += 1000 * (box.count_overlaps(taken) + crossed)
                best = min(best, (cost, box, leader, ring), key=lambda one: one[0])
        taken.append(best[1])
        if best[3] > NEAR_RINGS:
            ends = ax.transData.inverted().transform(best[2].vertices)
            ax.plot(*ends.T, color=MUTED, linewidth=0.4, zorder=2, label="_leader")
            crowd = np.concatenate([crowd, best[2].interpolated(60).vertices])
        place = ax.transData.inverted().transform(best[1].corners().mean(axis=0))
        sheet.write(*place, label.text, name=label.name, color=label.colour, fontweight=label.weight)
