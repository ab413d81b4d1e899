"""What the published methods say of a verdict's figures, beside the clause or in its place."""

from dataclasses import replace

from lnregions.assess.plan_figures import clause_of, figures_of
from lnregions.assess.readings import LINKED, linked_figures
from lnregions.assess.verdicts import METHODS, Assessment, Verdict
from lnregions.words import format_number

VALUE_KINDS = ("level", "share", "count", "cumulative_growth", "doubling")
"""Kinds of clause that ask for a value at the horizon."""
_NO_VALUE = (
    "the method measures the way to a value, and this clause names none",
    "该方法衡量通向某一数值的进程，而本条没有给出数值",
)


def assess_by_methods(plan, verdict: Verdict, *, tables) -> dict[str, Assessment]:
    """What each published method says of one verdict's figures; empty where there is no value to reach.

    Only figures of the baseline's segment and up to the horizon are put to a method. The natural limit of a share,
    100, is given to ESCAP alone, whose projection uses it; with a target the others have no use for it.
    """
    if verdict.kind not in VALUE_KINDS or verdict.required is None:
        return {}
    target = plan.targets.iloc[plan.targets["target"].tolist().index(verdict.target)]
    clause = clause_of(target, tables=tables)
    rows = _rows_of(plan, verdict, target, tables)
    asked = {
        "direction": clause.direction,
        "target": verdict.required,
        "horizon": verdict.horizon,
        "baseline_year": clause.baseline_year,
    }
    years, values = [row.year for row in rows], [row.value for row in rows]
    limit = 100.0 if clause.measure == "share" else None
    return {
        name: method(years, values, limit=limit if name == "escap" else None, **asked)
        for name, method in METHODS.items()
    }


def _rows_of(plan, verdict, target, tables):
    """Figures of a verdict's reading up to its horizon, in the segment of its baseline."""
    if verdict.reading == LINKED:
        figures = linked_figures(plan, target, tables)[0]
    else:
        figures = figures_of(plan, verdict.area, indicator=verdict.indicator, tables=tables)
    rows = [row for row in figures.rows if row.year <= verdict.horizon]
    if verdict.baseline_year is None:
        return rows
    segments = {row.segment for row in rows if row.year == verdict.baseline_year}
    return [row for row in rows if row.segment in segments]


def by_method(plan, verdict: Verdict, *, tables, method: str) -> Verdict:
    """The verdict with the status, figures and reason of a published method in place of the clause's.

    ``no data`` and ``not quantified`` stay; a clause without a value to reach is ``not assessable``. `closing`
    stays the clause's: no method closes a plan.
    """
    verdict = replace(verdict, method=method)
    if verdict.status in ("no data", "not quantified"):
        return verdict
    found = assess_by_methods(plan, verdict, tables=tables).get(method)
    if found is None:
        english, chinese = _NO_VALUE[0][:1].upper() + _NO_VALUE[0][1:], _NO_VALUE[1]
        return replace(verdict, status="not assessable", reason_en=english, reason_zh=chinese)
    year, value = found.numbers["latest_year"], found.numbers["latest"]
    said = _reason(found, verdict)
    return replace(
        verdict, status=found.status, reason_en=said[0], reason_zh=said[1], rate_needed=None,
        baseline_year=found.numbers["baseline_year"], baseline=found.numbers["baseline"],
        actual_year=year, actual=value, gap=None if value is None else value - verdict.required,
        numbers=found.numbers | {"ratio": found.ratio, "score": found.score},
    )  # fmt: skip


def _reason(found, verdict):
    """The method's numbers and its own reason, and a break that keeps later figures from it."""
    english, chinese = [], []
    if found.ratio is not None:
        shown = format_number(found.ratio, decimals=2)
        english.append(f"{found.method} ratio {shown}")
        chinese.append(f"{found.method}比率{shown}")
    if found.score is not None:
        shown = format_number(found.score, decimals=1)
        english.append(f"score {shown}")
        chinese.append(f"得分{shown}")
    if found.reason:
        english.append(found.reason.rstrip("."))
        chinese.append(found.reason_zh.rstrip("。"))
    used = found.numbers["latest_year"]
    if used is not None and verdict.actual_year is not None and used < verdict.actual_year:
        english.append(f"figures after {used} are on another basis and not counted")
        chinese.append(f"{used}年以后的数据口径不同，不计入")
    words = "; ".join(english)
    return words[:1].upper() + words[1:], "；".join(chinese)
