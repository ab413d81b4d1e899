"""How the verdicts of a plan changed as figures were published and revised."""

import datetime as dt
from typing import NamedTuple

import pandas as pd

from lnregions.assess.area_series import Tables
from lnregions.assess.plan_figures import clause_of, load_tables
from lnregions.assess.readings import main_verdict
from lnregions.assess.related import (
    judged_areas,
    judged_indicators,
    narrow_tables,
    plan_and_target,
    untouched,
)
from lnregions.tables import Observation, by_preference, parse_as_of, plans
from lnregions.words import format_value

COLUMNS = ("date", "target", "from_status", "to_status", "why_en", "why_zh")
_MOST_NAMED = 3


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
        issue (1 January of its first year where that is not given), and every later date is looked at on which a
        figure became known that a target is judged by, and the day after the plan's last year.
    target : str, optional
        Only this target.
    observations : DataFrame, optional
        Figures to judge by instead of the shipped ones, from `load_observations` without ``as_of``.

    Returns
    -------
    DataFrame
        One row a flip of a main reading: ``date`` (YYYY-MM-DD), ``target``, ``from_status``, ``to_status``,
        ``why_en`` and ``why_zh`` (which figures became known or changed since the verdict before, or that the plan's
        last year was over).

    Raises
    ------
    DataError
        If the plan, the target or a date is unknown.

    Notes
    -----
    When a figure counts as known says `lnregions.tables.observations.known_from`. A figure of which only the year is known
    counts from the last day of that year, so that the dates of such flips are the latest possible ones.

    Examples
    --------
    >>> trail = revision_trail("ln-2022", dates=["2023-12-31", "2025-01-31"], target="belt-dalian-gdp")
    >>> trail[["date", "from_status", "to_status"]].values.tolist()
    [['2025-01-31', 'acceleration needed', 'missed']]
    """
    plan = plans.load_plan(plan) if isinstance(plan, str) else plan
    tables = load_tables(plan, observations=observations)
    days = None if dates is None else sorted({parse_as_of(date).date() for date in dates})
    rows = [plan_and_target(plan, target)[1]] if target else [row for _, row in plan.targets.iterrows()]
    ranks = _ranks(tables.observations)
    flips = []
    for row in rows:
        if row["kind"] != "qualitative":
            part = narrow_tables(plan, row, tables=tables, readings=False)
            flips += _trail(plan, row, part, days=days, ranks=ranks)
    frame = pd.DataFrame(flips, columns=COLUMNS)
    return frame.sort_values(["date", "target"], kind="stable", ignore_index=True)


def _trail(plan, row, tables, *, days, ranks):
    """Flips of one target."""
    horizon = int(row["horizon"])
    first = clause_of(row, tables=tables).baseline_year - 1  # weights are of the year before
    rows = [one for one in tables.observed if first <= one.year <= horizon]
    days = _days(plan, rows, horizon) if days is None else days
    flips, before, then = [], None, None
    for day in days:
        over = day.year > horizon
        known = [one for one in rows if one.known_from <= day]  # what is known only grows
        if then and (over, len(known)) == (then.over, len(then.known)):
            continue
        found = tables.with_observed(_with_defaults(known, ranks), as_of=f"{day:%Y-%m-%d}")
        if then:
            held = {one.place for one in then.known}
            found.made.update(untouched(then.tables, [one for one in known if one.place not in held]))
        status = main_verdict(plan, row, found, closed=over).status
        if then and status != before:
            used = [_used(plan, row, one.observed) for one in (then.tables, found)]
            why = _why(tables, *used, over and not then.over, horizon)
            flips.append((found.as_of, row["target"], before, status, *why))
        before, then = status, _State(over, known, found)
    return flips


class _State(NamedTuple):
    """When a target was last judged: whether its plan was over, what was known, and the tables made of it."""

    over: bool
    known: list[Observation]
    tables: Tables


def _ranks(observations):
    """Rank of each observation by its place, those to be used before others first."""
    places = by_preference(observations.reset_index(drop=True))
    return {place: rank for rank, place in enumerate(places)}


def _with_defaults(known, ranks):
    """The rows that are known, with those marked that are used among them."""
    used: dict[tuple, int] = {}
    for one in sorted(known, key=lambda one: ranks[one.place]):
        used.setdefault((one.area, one.indicator, one.year), one.place)
    places = set(used.values())
    marked = ((one, one.place in places) for one in known)
    return [one if one.default is default else one._replace(default=default) for one, default in marked]


def _days(plan, rows, horizon):
    """The day of issue, the days on which a figure became known, and the day after the plan's last year."""
    start = parse_as_of(plan.facts.get("issued") or dt.date(int(plan.facts["first_year"]), 1, 1)).date()
    later = {one.known_from for one in rows if one.known_from > start}
    return [start, *sorted(later | {dt.date(horizon + 1, 1, 1)})]


def _used(plan, row, known):
    """Default figures of the plan's years that the main reading is judged by."""
    areas, names = judged_areas(plan, row, readings=False), judged_indicators(row, readings=False)
    first, last = int(row["first_year"]) - 1, int(row["horizon"])
    own = [one for one in known if one.default and first <= one.year <= last]
    return {
        (one.area, one.indicator, one.year): one.value
        for one in own
        if one.area in areas and one.indicator in names
    }


def _why(tables, before, now, closing, horizon):
    """Figures that came or changed, in both languages, the latest years first; or that the plan was over."""
    changed = [key for key in sorted(now, key=lambda key: (-key[2], key[0])) if before.get(key) != now[key]]
    texts = {"en": [], "zh": []}
    for key in changed[:_MOST_NAMED]:
        for language, said in texts.items():
            said.append(_figure_words(tables, key, before.get(key), now[key], language))
    more = len(changed) - _MOST_NAMED
    if more > 0:
        texts["en"].append(f"and {more} more figures" if more > 1 else "and one more figure")
        texts["zh"].append(f"另有{more}个数据")
    if closing:
        texts["en"].insert(0, f"the plan's last year, {horizon}, was over")
        texts["zh"].insert(0, f"规划末年{horizon}年已结束")
    if not texts["en"]:
        texts = {"en": ["another reading of a figure became known"], "zh": ["公布了数据的另一版本"]}
    return "; ".join(texts["en"]), "；".join(texts["zh"])


def _figure_words(tables, key, old, new, language):
    area, indicator, year = key
    row = tables.indicator(indicator)
    name, unit = tables.name(area, language), row["unit"]
    shown = format_value(new, unit, language)
    was = "" if old is None else format_value(old, unit, language)
    if language == "zh":
        return f"{name}{year}年{row['name_zh']}{shown}" + (f"（此前为{was}）" if was else "")
    label = (
        row["name_en"] if row["name_en"][:2].isupper() else row["name_en"][:1].lower() + row["name_en"][1:]
    )
    return f"{name} {year} {label} {shown}" + (f" (before: {was})" if was else "")
