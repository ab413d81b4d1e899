"""Evaluators of clauses that ask for a value, a multiple, a direction or a quality."""

import math
from dataclasses import replace

from lnregions.assess.clause_parts import (
    Figures,
    baseline_of,
    both,
    break_between,
    close,
    frame_of,
    gap_text,
    keep_open,
    no_benchmark,
    rows_used,
    same_segment,
    value_text,
    without_figures,
)
from lnregions.assess.verdicts import Verdict, open_sdg
from lnregions.words import format_number, format_value


def judge_level(clause, figures, benchmark, closed, reading):
    """A value to reach by the horizon."""
    base = baseline_of(clause, figures)
    verdict = frame_of(clause, figures, reading) | base | {"required": clause.value}
    return _judge_value(clause, figures, verdict, clause.value, closed)


def judge_doubling(clause, figures, benchmark, closed, reading):
    """Twice the baseline by the horizon (or `value` times, where the clause says another multiple)."""
    multiple = clause.value if clause.value and math.isfinite(clause.value) else 2.0
    return _multiple(clause, figures, closed, reading, multiple)


def judge_cumulative(clause, figures, benchmark, closed, reading):
    """Growth over the baseline of so many per cent by the horizon."""
    return _multiple(clause, figures, closed, reading, 1 + clause.value / 100)


def _multiple(clause, figures, closed, reading, multiple):
    """A value that is a multiple of the baseline's, within one segment."""
    base = baseline_of(clause, figures)
    verdict = frame_of(clause, figures, reading) | base
    if base["baseline"] is None:
        return without_figures(clause, figures, verdict, closed)
    if base["baseline"] <= 0:
        seen = value_text(clause, base["baseline_year"], base["baseline"])
        text = both(
            ("growth is not measured from a value that is not above zero", "基期数值不大于零，无法衡量增长"),
            seen,
        )
        verdict |= rows_used(figures, [base["baseline_year"]])
        return (close if closed else keep_open)(verdict, "not assessable", text)
    required = base["baseline"] * multiple
    verdict |= {
        "required": required,
        "numbers": {**base["numbers"], "multiple": multiple, "required": required},
    }
    comparable, parted = _comparable(figures, base["baseline_year"])
    inside = [year for year in parted if clause.first_year <= year <= clause.horizon]
    latest = comparable.latest(until=clause.horizon)
    if inside and latest == base["baseline_year"] < clause.first_year:
        verdict |= rows_used(figures, [base["baseline_year"], inside[-1]])
        text = both(parted[inside[-1]], value_text(clause, inside[-1], figures.value_of(inside[-1])))
        return (close if closed else keep_open)(verdict, "not assessable", text)
    return _judge_value(clause, comparable, verdict, required, closed)


def _comparable(figures, year):
    """Figures of the segment of a year, and the reason for every year that a break parts from it."""
    same = same_segment(figures, year)
    others = sorted({row.year for row in figures.rows} - {row.year for row in same})
    parted = {other: _break_text(*sorted((year, other))) for other in others}
    return Figures(same, figures.coverage, figures.holes | parted, figures.name), parted


def _judge_value(clause, figures, verdict, required, closed):
    """Compare the horizon's figure with what is required, or say where things stand before it."""
    inside = [row for row in figures.rows if row.year >= clause.first_year]
    reached = [row.year for row in inside if clause.holds(row.value, required)]
    at = figures.value_of(clause.horizon)
    latest = figures.latest(until=clause.horizon)
    verdict["reached_in"] = reached[0] if reached else None
    if at is not None:
        return _at_horizon(clause, figures, verdict, at, required, closed)
    if latest is None or latest < clause.first_year:
        return without_figures(clause, figures, verdict, closed)
    value = figures.value_of(latest)
    verdict |= rows_used(figures, [verdict["baseline_year"], latest])
    verdict |= {"actual_year": latest, "actual": value, "gap": value - required}
    verdict["numbers"] = {
        **verdict["numbers"],
        f"value {latest}": value,
        "required": required,
        "gap": value - required,
    }
    if not closed:
        return _on_the_way(clause, figures, verdict, value, required)
    hole = figures.hole(clause.horizon)
    seen = value_text(clause, latest, value)
    return close(verdict, "not assessable", both(hole, seen))


def _at_horizon(clause, figures, verdict, at, required, closed):
    """The closing verdict: the horizon has a figure."""
    gap = at - required
    verdict |= rows_used(figures, [verdict["baseline_year"], clause.horizon])
    verdict |= {"actual_year": clause.horizon, "actual": at, "gap": gap}
    verdict["numbers"] = {
        **verdict["numbers"],
        f"value {clause.horizon}": at,
        "required": required,
        "gap": gap,
    }
    status = "met" if clause.holds(at, required) else "missed"
    texts = [value_text(clause, clause.horizon, at), gap_text(clause, gap)]
    later = verdict["reached_in"]
    if status == "missed" and later and later > clause.horizon:
        value = figures.value_of(later)
        verdict["numbers"][f"value {later}"] = value
        verdict |= rows_used(figures, [verdict["baseline_year"], clause.horizon, later])
        shown = [format_value(value, clause.unit, lang) for lang in ("en", "zh")]
        texts.append((f"reached in {later} with {shown[0]}", f"{later}年达到{shown[1]}"))
    if break_between(figures, verdict["baseline_year"], clause.horizon):
        texts.append(_break_text(verdict["baseline_year"], clause.horizon))
    return close(verdict, status, both(*texts))


def _on_the_way(clause, figures, verdict, value, required):
    """Status before the horizon, by the Open SDG method within one segment."""
    if clause.holds(value, required):
        return keep_open(verdict, "met", both(value_text(clause, verdict["actual_year"], value)))
    base_year = verdict["baseline_year"]
    if base_year is None or base_year >= verdict["actual_year"]:
        reason = ("no earlier figure to measure progress from", "缺少可作起点的早期数据")
        return keep_open(verdict, "not assessable", both(reason))
    if break_between(figures, base_year, verdict["actual_year"]):
        reason = ("the series breaks after the baseline year", "基准年之后统计口径有变")
        return keep_open(verdict, "not assessable", both(reason))
    known = [row for row in figures.rows if row.year <= verdict["actual_year"]]
    found = open_sdg(
        [row.year for row in known], [row.value for row in known], direction=clause.direction,
        baseline_year=base_year, target=required, horizon=clause.horizon, measure=clause.measure,
    )  # fmt: skip
    verdict["numbers"] = {**verdict["numbers"], **found.numbers}
    left = clause.horizon - verdict["actual_year"]
    if value > 0 and required > 0:
        verdict["rate_needed"] = ((required / value) ** (1 / left) - 1) * 100
    texts = [value_text(clause, verdict["actual_year"], value)]
    if found.reason:
        texts.append((found.reason, found.reason_zh))
    elif "rate_needed" in verdict:
        needed = format_number(verdict["rate_needed"], decimals=1)
        texts.append((f"{needed}% a year still needed", f"此后每年尚需增长{needed}%"))
    return keep_open(verdict, found.status, both(*texts))


def _break_text(first, last):
    """What a break between two years means for their levels, in words."""
    return (
        f"the series breaks between {first} and {last}, so the growth of levels says nothing",
        f"{first}年至{last}年间统计口径有变，水平值不能相除",
    )


def judge_relative_level(clause, figures, benchmark, closed, reading):
    """A level above that of the benchmark area in the horizon year."""
    verdict = frame_of(clause, figures, reading) | baseline_of(clause, figures)
    asked = (benchmark or Figures()).value_of(clause.horizon)
    if asked is None:
        text = both(no_benchmark([clause.horizon]))
        return (close if closed else keep_open)(verdict, "not assessable", text)
    found = _judge_value(clause, figures, verdict | {"required": asked}, asked, closed)
    if found.actual_year is None:
        return found
    used = [found.baseline_year, found.actual_year, clause.horizon]
    return replace(found, **rows_used(figures, used, beside=benchmark))


def judge_direction(clause, figures, benchmark, closed, reading):
    """A direction without a value: better in the last year known than in the baseline year."""
    base = baseline_of(clause, figures)
    verdict = frame_of(clause, figures, reading) | base
    latest = figures.latest(until=clause.horizon)
    if base["baseline"] is None or latest is None or latest <= base["baseline_year"]:
        return without_figures(clause, figures, verdict, closed)
    value = figures.value_of(latest)
    change = value - base["baseline"]
    verdict |= rows_used(figures, [base["baseline_year"], latest])
    verdict |= {"actual_year": latest, "actual": value, "gap": change}
    verdict["numbers"] = {**verdict["numbers"], f"value {latest}": value, "change": change}
    if break_between(figures, base["baseline_year"], latest):
        text = both(("the series breaks between the two figures", "前后两个数据之间统计口径有变"))
        return (close if closed else keep_open)(verdict, "not assessable", text)
    better = change > 0 if clause.direction == "up" else change < 0
    said = (value_text(clause, latest, value), gap_text(clause, change))
    text = both(*said)
    if closed and latest == clause.horizon:
        return close(verdict, "met" if better else "missed", text)
    if closed:
        return close(verdict, "not assessable", both(figures.hole(clause.horizon), *said))
    return keep_open(verdict, "on track" if better else "deterioration", text)


def judge_qualitative(clause, figures, benchmark, closed, reading):
    """A clause in words only: nothing to measure."""
    verdict = frame_of(clause, figures, reading)
    text = both(("the clause names no number that could be measured", "条文未给出可衡量的数值"))
    return Verdict(
        **verdict | {"status": "not quantified", "closing": "not assessable" if closed else ""} | text
    )
