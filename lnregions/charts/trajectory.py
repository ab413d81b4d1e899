"""Chart of one area over the years: its actual values against the path that a target requires."""

import math
import operator
from collections.abc import Mapping, Sequence
from numbers import Real

import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.lines import ACTUAL, ACTUAL_LINE, Label
from lnregions.charts.sheet import Sheet, need
from lnregions.errors import DataError, quote
from lnregions.style import BAND, GROUND, INK, ROLES
from lnregions.words import format_number, format_value, places_apart
from lnregions.words.catalogue import tr

COMPARISONS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
ASKED = {
    ">=": "at least {number}", ">": "above {number}", "<=": "at most {number}", "<": "below {number}"
}  # fmt: skip
"""What each comparator asks for, in words."""
INSIDE = ("gap", "baseline")
"""Labels that stand within the axes."""


def plot_trajectory(
    actual: pd.DataFrame, *, path: pd.DataFrame | None = None,
    target: Mapping | Sequence[Mapping] | None = None, projection: pd.DataFrame | None = None,
    bounds: pd.DataFrame | None = None, **labels,
) -> Axes:  # fmt: skip
    r"""Axes with actual values against the path that a target requires.

    Actual values are solid with markers, hollow for grade C, open where the series breaks, dotted over missing
    years. The required path is dashed, its band filled. The gap is bracketed at the horizon, with the value of that
    year, or at the last year known if that is earlier. Beyond the last value stands only a projection.

    Parameters
    ----------
    actual
        `year`, `value`; optional `grade` (C: hollow), `segment` (a new number after a break), `reason` (of the break
        before this row), `former` (value on the basis before the break: a marked point). Without values: empty.
    path
        `year`, `required`; optional `low`, `high`.
    target
        Mapping with `value`, `horizon`; optional `comparator`, `baseline_year`, `label`, `gap` (None where
        levels may not be compared: no gap is drawn). Of a sequence only the first has a gap.
    projection
        `year`, `value`; optional `low`, `high` (the prediction interval).
    bounds
        `year`, `low`, `high`: what years without a figure can be at least and at most, a band from the last value on.

    Raises
    ------
    DataError
        If a frame lacks a column or has two values for a year, or a target its value or horizon.

    Examples
    --------
    >>> actual = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "value": [7250.0, 7696.0, 8122.0, 9027.0]})
    >>> goal = {"value": 10000, "horizon": 2024, "comparator": ">="}
    >>> ax = plot_trajectory(actual, target=goal, unit="亿元", title="Shenyang: GDP")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_gap"]
    ['gap\n−97.3']
    """
    sheet = Sheet(labels)
    goals = [_goal(sheet, one) for one in ([target] if isinstance(target, Mapping | str) else target or [])]
    known = lines.tidy_series(sheet, actual, what="actual series")
    if known.empty:
        return sheet.empty()
    path = _shown(sheet, path, "required", what="required path")
    projection = _shown(sheet, projection, "value", what="projection")
    bounds = _shown(sheet, bounds, "low", what="bounds")
    frames, horizons = [known, path, projection, bounds], [goal["horizon"] for goal in goals]
    columns = ("value", "required", "low", "high", "former")
    values = [value for frame in frames for name in columns if name in frame for value in frame[name]]
    lines.value_axis(sheet, [*values, *(goal["value"] for goal in goals)], pad=0.1)
    lines.draw_series(sheet, known, **ACTUAL_LINE, label=sheet.tr("actual"))
    _draw_path(sheet, path)
    _draw_bounds(sheet, bounds, known.iloc[-1])
    ends, inner = _draw_labelled(sheet, known, path, projection, goals)
    broken, column = lines.mark_breaks(sheet, known), lines.LabelColumn(sheet, ends, share=0.25)
    sheet.settle(right=column.width, top=sheet.size.small + 3 if broken else 3)
    years, anchor = [year for frame in frames for year in frame["year"]], [*horizons, known["year"].max()][0]
    lines.year_axis(sheet, [*years, *horizons], anchor=anchor, strong=horizons, after=0.12)
    column.write(inner)
    return sheet.ax


def _draw_labelled(
    sheet: Sheet, known: pd.DataFrame, path: pd.DataFrame, projection: pd.DataFrame, goals: list[dict]
) -> tuple[list[Label], list[Label]]:
    """Draw projection, targets, gap and baseline; give the labels beside the axes and those within them."""
    last = known.iloc[-1]
    ends = _draw_projection(sheet, projection, last)
    ends += [_draw_goal(sheet, goal, order) for order, goal in enumerate(goals)]
    inner = _draw_assessment(sheet, goals[0], known, path) if goals else []
    ends += [one for one in inner if one.name not in INSIDE] + _draw_former(sheet, known)
    if not any(one.name == "reached" and one.xy[0] == last.year for one in inner):
        against = [goal["value"] for goal in goals[:1] if goal["horizon"] == last.year]
        ends.append(_end(sheet, last, ACTUAL, "bold", against=against))
    return ends, [one for one in inner if one.name in INSIDE]


def _goal(sheet: Sheet, target: Mapping) -> dict:
    """Target with its value in the unit shown and its horizon as a whole number."""
    plain = isinstance(target, Mapping)
    for name in ("value", "horizon"):
        number = target.get(name) if plain else None
        if not isinstance(number, Real) or isinstance(number, bool) or not math.isfinite(number):
            raise DataError(
                f"The target {quote(dict(target) if plain else target)} has no number as its {name}. "
                'Give a mapping such as {"value": 10000, "horizon": 2024}.'
            )
    return {**target, "value": float(sheet.scaled(float(target["value"]))), "horizon": int(target["horizon"])}


def _shown(sheet: Sheet, frame: pd.DataFrame | None, column: str, *, what: str) -> pd.DataFrame:
    """Path or projection by year in the unit shown; empty when there is none."""
    if frame is None or frame.empty:
        return pd.DataFrame(columns=["year", column], dtype=float)
    need(frame, ("year", column), what=what)
    values = [name for name in dict.fromkeys((column, "low", "high")) if name in frame]
    found = frame[values].astype(float).apply(sheet.scaled)
    return found.assign(year=frame["year"].astype(int)).sort_values("year", ignore_index=True)


def _end(sheet: Sheet, row: pd.Series, *looks: str, name: str = "", against: Sequence[float] = ()) -> Label:
    """Label of a value: its year, or a name, and the number on a line below, told apart from a target."""
    places, name = sheet.places, name or sheet.tr("{year}", year=int(row.year))
    for value in against if places is not None else ():
        places = places_apart(row.value, value, places)
    return Label(f"{name}\n{sheet.number(row.value, decimals=places)}", (row.year, row.value), *looks)


def _draw_path(sheet: Sheet, path: pd.DataFrame):
    if path.empty:
        return
    role = ROLES["required"]
    looks = {"color": role.colour, "linestyle": role.linestyle, "linewidth": 1.3, "zorder": 2.5}
    sheet.ax.plot(path["year"], path["required"], **looks, label=sheet.tr("required path"))
    if {"low", "high"} <= set(path):
        looks = {"color": BAND, "linewidth": 0, "zorder": 0.9}
        looks["label"] = sheet.tr("between linear and geometric path")
        sheet.ax.fill_between(path["year"], path["low"], path["high"], **looks)


def _draw_bounds(sheet: Sheet, bounds: pd.DataFrame, last: pd.Series):
    """Draw what is possible after the last value, as a band that widens from it."""
    if bounds.empty:
        return
    start = pd.DataFrame({"year": [last.year], "low": [last.value], "high": [last.value]})
    band = pd.concat([start, bounds[bounds["year"] > last.year]], ignore_index=True)
    looks = lines.POSSIBLE | {"zorder": 0.85, "label": sheet.tr("what is possible, not a forecast")}
    sheet.ax.fill_between(band["year"], band["low"], band["high"], **looks)


def _draw_projection(sheet: Sheet, ahead: pd.DataFrame, last: pd.Series) -> list[Label]:
    """Draw a projection with its interval from the last actual value on, and give its label."""
    if ahead.empty:
        return []
    joined = last.year < ahead["year"].min()
    if joined:
        start = pd.DataFrame({name: [last.year if name == "year" else last.value] for name in ahead})
        ahead = pd.concat([start, ahead], ignore_index=True)
    role = ROLES["projection"]
    looks = {"color": role.colour, "linestyle": role.linestyle, "linewidth": 1.2, "zorder": 2.8}
    looks |= {"marker": "^", "markersize": 3, "markerfacecolor": GROUND}
    looks |= {"markevery": slice(int(joined), None)}
    label = sheet.tr("projection, not known figures")
    sheet.ax.plot(ahead["year"], ahead["value"], **looks, label=label)
    if {"low", "high"} <= set(ahead):
        looks = {"color": role.colour, "alpha": 0.25, "linewidth": 0, "zorder": 0.8}
        looks["label"] = sheet.tr("prediction interval")
        sheet.ax.fill_between(ahead["year"], ahead["low"], ahead["high"], **looks)
    year = int(ahead["year"].iloc[-1])
    return [_end(sheet, ahead.iloc[-1], name=sheet.tr("projected {year}", year=year))]


def _draw_former(sheet: Sheet, known: pd.DataFrame) -> list[Label]:
    """Mark the values on the basis before a break, and give their labels."""
    rows = known.dropna(subset=["former"])
    looks = {"color": ACTUAL, "marker": "x", "markersize": 4.5, "linestyle": "", "zorder": 3.8}
    if len(rows):
        looks["label"] = sheet.tr("basis before the break, carried on by real growth")
        sheet.ax.plot(rows["year"], rows["former"], **looks)
    return [
        Label(sheet.tr("former basis\n{value}", value=sheet.number(value)), (year, value), ACTUAL)
        for year, value in zip(rows["year"], rows["former"], strict=True)
    ]


def share_of_base(clause: Mapping, language: str) -> str:
    """What a doubling, or another multiple, asks for: ``200% of 2021``."""
    multiple = 2.0 if pd.isna(clause.get("value")) else float(clause["value"])
    share = format_value(100 * multiple, "%", language)
    return tr("{share} of {year}", language, share=share, year=int(clause["baseline_year"]))


def compared(sheet: Sheet, value: float, comparator: str | None) -> str:
    """Value of a target as its comparator says it and as a plan writes it, such as "at least 1,000"."""
    number = format_number(float(value), language=sheet.language) + "%" * (sheet.unit == "%")
    return sheet.tr(ASKED[comparator], number=number) if comparator in ASKED else number


def _draw_goal(sheet: Sheet, goal: Mapping, order: int) -> Label:
    """Draw the mark of a target over its horizon, and give its label."""
    colour, year, value = ROLES["target"].colour, goal["horizon"], goal["value"]
    stem = {"color": colour, "linewidth": 0.6, "zorder": 1.5, "label": "_horizon"}
    sheet.ax.plot([year, year], [sheet.ax.get_ylim()[0], value], **stem)
    looks = {"color": colour, "marker": "Dsv^"[order % 4], "markersize": 5, "zorder": 4}
    sheet.ax.plot([year], [value], **looks, label="_target")
    name = goal.get("label") or sheet.tr("target {year}", year=year)
    return Label(f"{name}\n{compared(sheet, value, goal.get('comparator'))}", (year, value), colour, "bold")


def _draw_assessment(sheet: Sheet, goal: Mapping, known: pd.DataFrame, path: pd.DataFrame) -> list[Label]:
    """Draw gap, late success and baseline of a target, and give their labels, the most important first."""
    values, horizon = known.set_index("year")["value"], goal["horizon"]
    required = dict(zip(path["year"], path["required"], strict=True)) | {horizon: goal["value"]}
    labels, baseline = [], goal.get("baseline_year")
    year = horizon if horizon in values.index else min(values.index[-1], horizon)
    if year in values.index and year in required and goal.get("gap", 0) is not None:
        ends = (values[year], required[year])
        looks = {"color": INK, "linewidth": 1.1, "marker": "_", "markersize": 6, "zorder": 3.9}
        sheet.ax.plot([year, year], ends, **looks, label="_gap")
        places = None if sheet.places is None else places_apart(*ends, sheet.places)
        gap = sheet.number(ends[0] - ends[1], sign=True, decimals=places)
        gap = sheet.tr("{number} pp", number=gap) if sheet.unit == "%" else gap
        sides, words = ("e", "w", "se", "ne", "sw", "nw"), sheet.tr("gap\n{gap}", gap=gap)
        labels.append(Label(words, (year, sum(ends) / 2), INK, "bold", "gap", sides))
        if year < values.index[-1]:
            row = pd.Series({"year": year, "value": values[year]})
            labels.append(_end(sheet, row, ACTUAL, "bold", "actual", against=ends[1:]))
        labels += _draw_reached(sheet, goal, values)
    if baseline is not None and baseline in values.index:
        ring = {"markersize": 7.5, "markerfacecolor": "none", "markeredgewidth": 0.8, "zorder": 3.6}
        sheet.ax.plot([baseline], [values[baseline]], marker="o", color=INK, **ring, label="_baseline")
        words = f"{sheet.tr('baseline {year}', year=int(baseline))}\n{sheet.number(values[baseline])}"
        at, sides = (baseline, values[baseline]), ("n", "nw", "s", "se")
        labels.append(Label(words, at, INK, name="baseline", sides=sides))
    return labels


def _draw_reached(sheet: Sheet, goal: Mapping, values: pd.Series) -> list[Label]:
    """Mark the first year after a missed horizon in which the value reaches the target."""
    compare = COMPARISONS.get(goal.get("comparator", ">="))
    later = values[values.index > goal["horizon"]]
    if compare is None or compare(values.get(goal["horizon"], goal["value"]), goal["value"]):
        return []
    labels = []
    for year, value in later[compare(later, goal["value"])].head(1).items():
        looks = {"color": ACTUAL, "marker": "*", "markersize": 8, "zorder": 4.2}
        sheet.ax.plot([year], [value], **looks, label="_reached")
        words = sheet.tr("reached in {year}\n{value}", year=year, value=sheet.number(value))
        labels.append(Label(words, (year, value), ACTUAL, "bold", "reached"))
    return labels
