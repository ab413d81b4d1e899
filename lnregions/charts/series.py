"""Charts of one region or city over the years: the trajectory towards a target, and yearly growth."""

import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts.labels import Label, LabelColumn, draw_line, place_labels, sampled
from lnregions.charts.parts import (
    draw_series,
    dress_values,
    dress_years,
    empty_chart,
    limits,
    line_of,
    mark_breaks,
    mark_cut_axis,
    series_keys,
    tidy_series,
)
from lnregions.charts.sheet import Key, Sheet, Words, need, say
from lnregions.errors import DataError, quote
from lnregions.style import BAND, GROUND, INK, MUTED, ROLES

WORDS = {
    "actual": ("actual", "实际值"),
    "required": ("required path", "应达路径"),
    "band": ("between linear and geometric path", "线性与几何路径之间"),
    "projection": ("projection, not known figures", "推算（非实际数据）"),
    "interval": ("prediction interval", "预测区间"),
    "target": ("target {year}", "{year}年目标"),
    "baseline": ("baseline {year}", "{year}年基期"),
    "last": ("{year}", "{year}年"),
    "gap": ("gap\n{gap}", "差距\n{gap}"),
    "reached": ("reached in {year}\n{value}", "{year}年达到\n{value}"),
    "projected": ("projected {year}", "{year}年推算"),
    "benchmark": ("benchmark", "比较基准"),
    "pp": (" pp", "个百分点"),
}

COMPARED = {
    ">=": ("at least ", "不低于"),
    ">": ("above ", "超过"),
    "<=": ("at most ", "不高于"),
    "<": ("below ", "低于"),
}


def passes(value: float, target: float, comparator: str) -> bool:
    """Whether a value satisfies a target; a comparator that sets no number never does.

    Examples
    --------
    >>> passes(10002.1, 10000, ">"), passes(10000, 10000, ">")
    (True, False)
    """
    return {">=": value >= target, ">": value > target, "<=": value <= target, "<": value < target}.get(
        comparator, False
    )


def plot_trajectory(
    actual: pd.DataFrame,
    *,
    path: pd.DataFrame | None = None,
    target: Mapping | Sequence[Mapping] | None = None,
    benchmark: pd.DataFrame | None = None,
    projection: pd.DataFrame | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    r"""Axes with a series of actual figures against the path that a target requires.

    Actual figures are solid with markers, hollow for grade C, open where the series breaks (the reason is
    noted), dotted over missing years. The required path is dashed, its band filled. The gap is bracketed at
    the horizon, or at the last year known if that is earlier. Beyond the last figure lies only a projection.

    Parameters
    ----------
    actual
        `year`, `value`; optional `grade` (C: hollow), `segment` (a new number after a break), `reason` (why the
        series breaks before this row). Without any value the chart is an empty panel.
    path
        `year`, `required`; optional `low`, `high`.
    target
        Mapping with `value`, `horizon`; optional `comparator`, `baseline_year`, `label`, `gap` (None where
        levels may not be compared: no gap is drawn). Several targets: a sequence; only the first has a gap.
    benchmark
        `year`, `value`; optional `name` (one line per name) and `grade`.
    projection
        `year`, `value`; optional `low`, `high` (the prediction interval).
    reason
        Why there is no figure, for the empty panel.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        When a frame lacks a column or has two values for a year, or a target its value or horizon.

    Examples
    --------
    >>> actual = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "value": [7250.0, 7696.0, 8122.0, 9027.0]})
    >>> goal = {"value": 10000, "horizon": 2024, "comparator": ">="}
    >>> ax = plot_trajectory(actual, target=goal, unit="亿元", title="Shenyang: GDP")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_gap"]
    ['gap\n−97.3']
    """
    sheet = Sheet(ax, language, words)
    targets = _targets(target)
    tidy = tidy_series(actual, what="actual series")
    if tidy.empty:
        return empty_chart(sheet, reason)
    chart = _Trajectory(sheet, tidy, targets, named_series(benchmark, language))
    chart.scale(path=path, projection=projection)
    chart.draw_path(path)
    chart.draw_benchmarks()
    chart.draw_projection(projection)
    draw_series(sheet.ax, chart.actual, colour=ROLES["actual"].colour)
    sheet.keys.insert(0, series_keys(sheet, tidy, colour=ROLES["actual"].colour, text=chart.say("actual"))[0])
    sheet.keys.extend(series_keys(sheet, tidy, colour=ROLES["actual"].colour, text="")[1:])
    chart.draw_targets()
    broken = mark_breaks(sheet, tidy, reasons=_reasons(actual))
    chart.finish(top=sheet.size.small + 3 if broken else 3)
    return sheet.ax


def _targets(given) -> list[Mapping]:
    """Targets as a list, each with the value and the horizon that a mark needs."""
    targets = [given] if isinstance(given, Mapping | str) or not isinstance(given, Iterable) else list(given)
    targets = [] if given is None else targets
    for target in targets:
        plain = isinstance(target, Mapping)
        wrong = [name for name in ("value", "horizon") if not (plain and _is_number(target.get(name)))]
        if wrong:
            raise DataError(
                f"The target {quote(dict(target) if plain else target)} has no number as its {wrong[0]}. "
                'Give a mapping such as {"value": 10000, "horizon": 2024}.',
            )
    return targets


def _is_number(given) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given)


def named_series(benchmark: pd.DataFrame | None, language: str) -> dict[str, pd.DataFrame]:
    """Tidy benchmark series by name; one without names is called the benchmark."""
    if benchmark is None or benchmark.empty:
        return {}
    if "name" not in benchmark:
        benchmark = benchmark.assign(name=say(WORDS, "benchmark", language))
    return {
        str(name): tidy_series(rows, what=f"benchmark {name}")
        for name, rows in benchmark.groupby("name", sort=False)
    }


def _reasons(actual: pd.DataFrame) -> dict[int, str]:
    if "reason" not in actual:
        return {}
    given = actual[actual["reason"].fillna("").astype(str) != ""]
    return dict(zip(given["year"].astype(int), given["reason"].astype(str), strict=True))


class _Trajectory:
    """The parts of a trajectory chart, drawn one after the other; values here are in the unit shown."""

    def __init__(self, sheet: Sheet, tidy: pd.DataFrame, targets: list[Mapping], benchmarks: dict):
        self.sheet, self.ax, self.targets = sheet, sheet.ax, targets
        self.actual = tidy.assign(value=sheet.scaled(tidy["value"]))
        self.benchmarks = {n: b.assign(value=sheet.scaled(b["value"])) for n, b in benchmarks.items()}
        self.raw = dict(zip(tidy["year"], tidy["value"], strict=True))
        self.ends: list[Label] = []
        self.inner: list[Label] = []
        self.years: set[int] = set(tidy["year"])

    def say(self, key: str, **values) -> str:
        return say(WORDS, key, self.sheet.language, **values)

    def label(self, text: str, year: float, value: float, **looks) -> Label:
        return Label(text, (year, value), size=self.sheet.size.small, **looks)

    def scale(self, *, path: pd.DataFrame | None, projection: pd.DataFrame | None):
        """Fix the limits of both axes from all that will be drawn."""
        values, scaled = list(self.actual["value"]), self.sheet.scaled
        for frame in self.benchmarks.values():
            values += list(frame["value"])
            self.years |= set(frame["year"])
        for target in self.targets:
            values.append(scaled(float(target["value"])))
            self.years.add(int(target["horizon"]))
        for frame in (path, projection):
            if frame is not None and len(frame):
                self.years |= set(frame["year"].astype(int))
                for column in {"required", "value", "low", "high"} & set(frame.columns):
                    values += list(scaled(frame[column].astype(float)))
        low, high, cut = limits(values, pad=0.1)
        self.ax.set_ylim(low, high)
        dress_values(self.sheet, bins=5)
        if cut:
            mark_cut_axis(self.sheet)

    def draw_path(self, path: pd.DataFrame | None):
        self.path = None
        if path is None or path.empty:
            return
        need(path, ("year", "required"), what="required path")
        looks = line_of("required") | {"linewidth": 1.3, "zorder": 2.5}
        self.path = {int(y): float(v) for y, v in zip(path["year"], path["required"], strict=True)}
        draw_line(self.ax, path["year"], self.sheet.scaled(path["required"]), **looks, label="_required")
        self.sheet.keys.append(Key(self.say("required"), line=looks))
        if {"low", "high"} <= set(path.columns):
            low, high = self.sheet.scaled(path["low"]), self.sheet.scaled(path["high"])
            self.ax.fill_between(path["year"], low, high, color=BAND, linewidth=0, zorder=0.9, label="_band")
            self.sheet.keys.append(Key(self.say("band"), patch={"facecolor": BAND, "edgecolor": "none"}))

    def draw_benchmarks(self):
        colour = ROLES["benchmark"].colour
        dashes = ["-", (0, (1, 1.4)), (0, (5, 1, 1, 1))]
        for order, (name, frame) in enumerate(self.benchmarks.items()):
            looks = {"linestyle": dashes[order % 3], "width": 1.0, "marker": "s", "size": 2.6, "zorder": 2.2}
            draw_series(self.ax, frame, colour=colour, **looks)
            last = frame.iloc[-1]
            text = f"{name} {int(last.year)}\n{self.printed(last.value)}"
            self.ends.append(self.label(text, last.year, last.value, colour=MUTED))

    def printed(self, shown: float, **looks) -> str:
        """Number of a value that is already in the unit shown."""
        factor = float(self.sheet.scaled(1.0))
        return self.sheet.number(shown / factor, **looks)

    def draw_projection(self, projection: pd.DataFrame | None):
        if projection is None or projection.empty:
            return
        need(projection, ("year", "value"), what="projection")
        ahead = projection.sort_values("year").reset_index(drop=True)
        years, values = ahead["year"].astype(int), self.sheet.scaled(ahead["value"].astype(float))
        looks = line_of("projection") | {"linewidth": 1.2, "marker": "^", "markersize": 3}
        looks |= {"markerfacecolor": GROUND, "zorder": 2.8}
        last = self.actual.iloc[-1]
        joined = ([last.year, *years], [last.value, *values]) if last.year < years.min() else (years, values)
        own = slice(len(joined[0]) - len(years), None)
        draw_line(self.ax, *joined, **looks, markevery=own, label="_projection")
        self.sheet.keys.append(Key(self.say("projection"), line=looks))
        if {"low", "high"} <= set(ahead.columns):
            fill = {"color": ROLES["projection"].colour, "alpha": 0.25, "linewidth": 0}
            low, high = self.sheet.scaled(ahead["low"]), self.sheet.scaled(ahead["high"])
            if len(joined[0]) > len(years):
                low, high = [last.value, *low], [last.value, *high]
            self.ax.fill_between(joined[0], low, high, **fill, zorder=0.8, label="_interval")
            self.sheet.keys.append(Key(self.say("interval"), patch=fill))
        text = f"{self.say('projected', year=years.iloc[-1])}\n{self.printed(values.iloc[-1])}"
        self.ends.append(self.label(text, years.iloc[-1], values.iloc[-1], colour=MUTED))

    def draw_targets(self):
        colour = ROLES["target"].colour
        for order, target in enumerate(self.targets):
            value, horizon = self.sheet.scaled(float(target["value"])), int(target["horizon"])
            foot = self.ax.get_ylim()[0]
            stem = {"color": colour, "linewidth": 0.6, "zorder": 1.5, "label": "_horizon"}
            draw_line(self.ax, [horizon, horizon], [foot, value], **stem)
            looks = {"color": colour, "marker": "Dsv^"[order % 4], "markersize": 5, "linestyle": ""}
            draw_line(self.ax, [horizon], [value], **looks, zorder=4, label="_target")
            name = target.get("label") or self.say("target", year=horizon)
            than = COMPARED.get(target.get("comparator", ""), ("", ""))[self.sheet.language == "zh"]
            number = than + self.sheet.number(float(target["value"]))
            self.ends.append(self.label(f"{name}\n{number}", horizon, value, colour=colour, weight="bold"))
        if self.targets:
            self.draw_baseline(self.targets[0])
            self.draw_gap(self.targets[0])

    def draw_baseline(self, target: Mapping):
        year = target.get("baseline_year")
        if year is None or pd.isna(year) or int(year) not in self.raw:
            return
        value = self.sheet.scaled(self.raw[int(year)])
        looks = {"color": INK, "marker": "o", "markersize": 7.5, "linestyle": "", "zorder": 3.6}
        looks |= {"markerfacecolor": "none", "markeredgewidth": 0.8, "label": "_baseline"}
        draw_line(self.ax, [year], [value], **looks)
        text = f"{self.say('baseline', year=int(year))}\n{self.sheet.number(self.raw[int(year)])}"
        self.inner.append(
            self.label(text, int(year), value, colour=INK, prefer=("n", "nw", "s", "se"), name="baseline")
        )

    def draw_gap(self, target: Mapping):
        """Bracket between actual and required at the horizon, or at the last year known before it."""
        horizon, last = int(target["horizon"]), int(self.actual["year"].iloc[-1])
        required = float(target["value"])
        year = horizon
        if horizon not in self.raw and last < horizon and self.path and last in self.path:
            year, required = last, self.path[last]
        if year not in self.raw or ("gap" in target and target["gap"] is None):
            return
        gap = self.raw[year] - required
        ends = self.sheet.scaled(self.raw[year]), self.sheet.scaled(required)
        looks = {"color": INK, "linewidth": 1.1, "marker": "_", "markersize": 6, "zorder": 3.9}
        draw_line(self.ax, [year, year], ends, **looks, label="_gap")
        text = self.sheet.number(gap, sign=True) + (self.say("pp") if self.sheet.unit == "%" else "")
        text = self.say("gap", gap=text)
        prefer = ("e", "w", "se", "ne", "sw", "nw")
        label = self.label(text, year, sum(ends) / 2, colour=INK, weight="bold", prefer=prefer, name="gap")
        self.inner.insert(0, label)
        self.reached_later(target, horizon)

    def reached_later(self, target: Mapping, horizon: int):
        goal, comparator = float(target["value"]), target.get("comparator", ">=")
        if passes(self.raw.get(horizon, goal), goal, comparator):
            return
        later = [
            year for year, value in self.raw.items() if year > horizon and passes(value, goal, comparator)
        ]
        if not later:
            return
        year = min(later)
        text = self.say("reached", year=year, value=self.sheet.number(self.raw[year]))
        looks = {"colour": ROLES["actual"].colour, "weight": "bold", "name": "reached"}
        place = self.sheet.scaled(self.raw[year])
        star = {"color": looks["colour"], "marker": "*", "markersize": 8, "linestyle": "", "zorder": 4.2}
        draw_line(self.ax, [year], [place], **star, label="_reached")
        if year == self.actual["year"].iloc[-1]:
            self.last_text = text
        else:
            self.inner.insert(1, self.label(text, year, place, **looks, prefer=("n", "nw", "ne", "s")))

    def finish(self, *, top: float):
        """Settle the sheet and place the labels."""
        sheet, last = self.sheet, self.actual.iloc[-1]
        year = self.say("last", year=int(last.year))
        text = getattr(self, "last_text", "") or f"{year}\n{self.printed(last.value)}"
        colour = ROLES["actual"].colour
        self.ends.append(self.label(text, last.year, last.value, colour=colour, weight="bold"))
        column = LabelColumn(self.ends, room=0.24 * sheet.span())
        horizons = tuple(int(target["horizon"]) for target in self.targets)
        sheet.settle(right=column.width, top=top)
        anchor = horizons[0] if horizons else int(last.year)
        dress_years(sheet, self.years, anchor=anchor, width=sheet.width_of(), strong=horizons)
        column.write(self.ax)
        lines = [line for line in self.ax.lines if line.get_label() != "_axis_cut"]
        obstacles = [sampled(self.ax, line.get_xdata(), line.get_ydata()) for line in lines]
        place_labels(self.ax, self.inner, lines=obstacles)
