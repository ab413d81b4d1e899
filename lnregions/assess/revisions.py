"""How a verdict came about: where a target stood each year, and how verdicts changed as figures were published."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

import pandas as pd

from lnregions.assess.cases import RULES, Case, load_tables, target_of
from lnregions.assess.interpretations import (
    cases_of,
    cases_of_plan,
    cases_of_target,
    main_case,
    narrow_tables,
)
from lnregions.assess.reasons import indicator_text
from lnregions.assess.verdicts import judge_case, judge_cases
from lnregions.series.growth import growth_needed, required_path
from lnregions.series.series import Tables
from lnregions.tables import by_preference, parse_as_of, plans
from lnregions.words import places_apart
from lnregions.words.texts import Text, joined, printed, say

YEAR_COLUMNS = (
    "year", "status", "closing", "actual", "required", "gap", "share_of_way",
    "share_of_time", "growth_needed", "reached_in", "unit", "reason_en", "reason_zh",
)  # fmt: skip
"""Columns of `status_on_the_way`."""
FLIP_COLUMNS = ("date", "target", "from_status", "to_status", "why_en", "why_zh")
"""Columns of `revision_trail`."""
MOST_NAMED = 3
"""How many figures a flip names; the rest are counted."""


def status_on_the_way(
    plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Where a target stood in each year of its plan, by the figures up to that year, and how it closed.

    Returns
    -------
    DataFrame
        One row a year, from the plan's first to its horizon: ``year``, ``status`` (of that year; in the horizon year
        of a closed plan the closing verdict), ``closing`` (in that row alone), ``actual`` (the year's figure, for
        growth the year's rate), ``required`` (on the linear path), ``gap`` (actual minus required),
        ``share_of_way`` and ``share_of_time`` (fractions), ``growth_needed`` (% in each year left), ``reached_in``,
        ``unit``, ``reason_en`` and ``reason_zh``. What does not apply to a clause, and what would have to be measured
        over a break of the series, is missing.

    Raises
    ------
    DataError
        If the plan, the target or the date is unknown.

    Notes
    -----
    The figures are those known on the date of the judgement; `revision_trail` shows what was known at the time.

    Examples
    --------
    >>> way = status_on_the_way("ln-2022", "circle-shenyang-gdp", as_of="2026-06-30")
    >>> way[["year", "status", "actual"]].values.tolist()
    [[2022, 'limited', 7695.8], [2023, 'limited', 8122.1], [2024, 'missed', 9027.1]]
    """
    cases = cases_of_target(plan, target, as_of=as_of, observations=observations)
    tables, case = narrow_tables(cases), cases[0]
    clause, main = case.clause, judge_case(case)
    verdicts = {}
    for year in clause.years:  # by the figures up to it, closed only at the horizon of a plan that is over
        part = tables.with_observed([one for one in tables.observed if one.year <= year])
        closed = year == clause.horizon and case.closed
        verdicts[year] = judge_cases(cases_of(case.plan, case.row, tables=part, closed=closed))[0]
    rows = [_year_row(verdict, year, case) for year, verdict in verdicts.items()]
    frame = pd.DataFrame(rows, columns=YEAR_COLUMNS)
    frame = frame.astype(dict.fromkeys(YEAR_COLUMNS[3:9], float) | {"reached_in": "Int64"})
    if clause.kind in RULES:
        _add_growth(frame, verdicts[clause.horizon].numbers)
    else:
        _add_values(frame, main, case)
    return frame.assign(gap=frame["actual"] - frame["required"])


def _year_row(verdict, year, case):
    """Status of one year; no data where the year has no figure of its own and does not close the plan."""
    first, last = case.clause.baseline_year, case.clause.horizon
    row = {"year": year, "unit": verdict.unit, "share_of_time": (year - first) / (last - first)}
    known = verdict.actual_year == year or f"growth {year}" in verdict.numbers
    if not (known or verdict.closing or verdict.status == "not quantified"):
        hole = case.figures.hole(year).sentence()
        return row | {"status": "no data", "closing": "", "reason_en": hole.en, "reason_zh": hole.zh}
    row |= {name: getattr(verdict, name) for name in ("status", "closing", "reason_en", "reason_zh")}
    return row | {"reached_in": judge_case(case).reached_in if verdict.closing else None}


def share_of_way(case: Case, year: int) -> float | None:
    """Share of the change from the baseline to the required value that is done by a year of the plan.

    None where no value is required or none but the baseline's, where the year has no figure, and over a break.
    """
    main = judge_case(case)
    start, end, first = main.baseline, main.required, main.baseline_year
    if pd.isna(start) or pd.isna(end) or start == end or not first <= year or year not in case.clause.years:
        return None
    values = {row.year: row.value for row in case.figures.segment(first)}
    return (values[year] - start) / (end - start) if year in values else None


def _add_values(frame, main, case):
    """Figures, path and rates of a clause that requires a value."""
    clause, start, end, years = case.clause, main.baseline, main.required, frame["year"]
    frame["actual"] = years.map(case.figures.value_of).astype(float)
    if pd.isna(end):
        return
    frame["required"] = years.map({clause.horizon: end})
    if start is not None and main.baseline_year < clause.horizon:
        path = required_path(start, end, baseline_year=main.baseline_year, horizon=clause.horizon)
        frame["required"] = years.map(path.set_index("year")["required"])
    frame["share_of_way"] = years.map(partial(share_of_way, case)).astype(float)
    for place, year, actual in frame[["year", "actual"]].dropna().itertuples():
        left = clause.horizon - year
        frame.loc[place, "growth_needed"] = growth_needed(actual, end, years=left, sign=clause.sign)


def _add_growth(frame, numbers):
    """Rates seen and required, and the mean that the years left must bring for the mean of all to be as required."""
    for name, quantity in (("actual", "growth"), ("required", "needed")):
        frame[name] = [float(numbers.get(f"{quantity} {year}", "nan")) for year in frame["year"]]
    left = frame["year"].iloc[-1] - frame["year"]
    done = (1 + frame["actual"] / 100).cumprod(skipna=False)
    whole = (1 + frame["required"] / 100).prod(skipna=False)
    rest = whole / done.where((done > 0) & (left > 0))
    frame["growth_needed"] = 100 * (rest ** (1 / left.where(left > 0)) - 1)


# -- through the dates of publication ----------------------------------------------------------------------


def revision_trail(
    plan, *, dates=None, target: str = "", observations: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Verdicts that flipped as figures were published, in the order of the dates.

    Parameters
    ----------
    plan : Plan or str
        A plan from `load_plan`, or its name.
    dates : sequence of date or str, optional
        Dates to judge on, the first being where the trail starts. Without them it starts on the day of the plan's
        issue (1 January of its first year where that is not given), and every later date counts on which a
        figure became known that a target is judged by, and the day after the plan's last year.
    target : str, optional
        Only this target.
    observations : DataFrame, optional
        Figures to judge by instead of the shipped ones, from `load_observations` without ``as_of``.

    Returns
    -------
    DataFrame
        One row a flip of a main verdict: ``date`` (YYYY-MM-DD), ``target``, ``from_status``, ``to_status``,
        ``why_en`` and ``why_zh`` (which figures became known or changed since the verdict before, or that the plan's
        last year was over).

    Raises
    ------
    DataError
        If the plan, the target or a date is unknown.

    Notes
    -----
    `lnregions.tables.observations.known_from` states when a figure counts as known. One of which only the year is
    known counts from the last day of that year, so that the dates of such flips are the latest possible ones.

    Examples
    --------
    >>> trail = revision_trail("ln-2022", dates=["2023-12-31", "2025-01-31"], target="belt-dalian-gdp")
    >>> trail[["date", "from_status", "to_status"]].values.tolist()
    [['2025-01-31', 'acceleration needed', 'missed']]
    """
    plan = plans.plan_of(plan)
    tables, name = load_tables(plan, observations=observations), target and target_of(plan, target)["target"]
    days = None if dates is None else sorted({parse_as_of(date).date() for date in dates})
    places = by_preference(tables.observations.reset_index(drop=True))
    ranks = {place: rank for rank, place in enumerate(places)}
    cases = {one.clause.target: one for one in reversed(cases_of_plan(plan, observations=observations))}
    flips, key = [], ("flips", str(days))
    for case in (cases[one] for one in ([name] if name else plan.targets["target"])):
        if key not in case.made:
            case.made[key] = list(_flips(case, days, ranks)) if case.clause.kind != "qualitative" else []
        flips += case.made[key]
    frame = pd.DataFrame(flips, columns=FLIP_COLUMNS)
    return frame.sort_values(["date", "target"], kind="stable", ignore_index=True)


def _flips(case, days, ranks):
    """Flips of one target; `ranks` tell which vintage of a figure is used before others."""
    clause, tables = case.clause, narrow_tables([case])
    first = clause.baseline_year - 1  # weights are of the year before
    rows = [one for one in tables.observed if first <= one.year <= clause.horizon]
    before = None
    for day in _days(case, rows) if days is None else days:
        over, known = day.year > clause.horizon, [one for one in rows if one.known_from <= day]
        if before and (over, len(known)) == (before.closed, len(before.tables.observed)):
            continue  # what is known only grows
        known = tables.with_observed(_marked(known, ranks), as_of=f"{day:%Y-%m-%d}")
        now = main_case(case.plan, case.row, tables=known, closed=over)
        if before and judge_case(now).status != judge_case(before).status:
            statuses = (judge_case(one).status for one in (before, now))
            yield (known.as_of, clause.target, *statuses, *_why(before, now))
        before = now


def _days(case, rows):
    """The day of issue, the days on which a figure became known, and the day after the plan's last year."""
    facts = case.plan.facts
    start = parse_as_of(facts.get("issued") or dt.date(int(facts["first_year"]), 1, 1)).date()
    later = {one.known_from for one in rows if one.known_from > start}
    return [start, *sorted(later | {dt.date(case.clause.horizon + 1, 1, 1)})]


def _marked(known, ranks):
    """What is known on a day, the vintage that is used of each figure marked."""
    used: dict[tuple, int] = {}
    for one in sorted(known, key=lambda one: ranks[one.place]):
        used.setdefault((one.area, one.indicator, one.year), one.place)
    places = set(used.values())
    return [one._replace(default=one.place in places) for one in known]


def _why(before, now):
    """Figures that came or changed, or that the plan was over."""
    old, new = _used(before), _used(now)
    pairs = {key: (old.get(key), value) for key, value in new.items() if old.get(key) != value}
    texts = [changed_text(now.tables, pairs)] if pairs else []
    if now.closed and not before.closed:
        texts.insert(0, say("the plan's last year, {horizon}, was over", horizon=now.clause.horizon))
    return joined(texts or [say("another vintage of a figure became known")])


def _used(case):
    """Default figures of the plan's years that a case is judged by."""
    first, last = case.clause.first_year - 1, case.clause.horizon
    names = {*case.indicators, case.clause.indicator}
    names |= {case.tables.weight_of(name) for name in names}
    return {
        one[1:4]: one.value for one in case.tables.observed
        if one.default and first <= one.year <= last and one.area in case.areas and one.indicator in names
    }  # fmt: skip


def changed_text(
    tables: Tables, pairs: Mapping[tuple[str, str, int], tuple[float | None, float | None]]
) -> Text:
    """Figures that came, changed or went, the latest years first; of many, how many more.

    `pairs` are the values before and after by area, indicator and year, None or NaN where there is none.
    """
    texts = []
    for area, indicator, year in sorted(pairs, key=lambda key: (-key[2], key[0]))[:MOST_NAMED]:
        old, new = (None if pd.isna(one) else one for one in pairs[area, indicator, year])
        unit, decimals = tables.indicator(indicator)[["unit", "decimals"]]
        places = decimals if old is None else places_apart(new, old, decimals)
        value, before = (printed(one, unit, decimals=places) for one in (new, old))
        message = "{area} {year} {indicator} {value}"
        if old is not None:
            message = "{area} {year} {indicator} {value} (before: {before})"
        if new is None:
            message = "{area} {year} {indicator}: no figure any more (before: {before})"
        named = {"area": tables.name_text(area), "indicator": indicator_text(tables, indicator)}
        texts.append(say(message, year=year, value=value, before=before, **named))
    if (more := len(pairs) - MOST_NAMED) > 0:
        texts.append(say("and {count} more figures", count=more) if more > 1 else say("and one more figure"))
    return joined(texts)
