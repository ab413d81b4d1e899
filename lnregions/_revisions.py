"""How the verdicts of a plan changed as figures were published and revised."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from lnregions import plans
from lnregions._plan_figures import clause_of, load_tables
from lnregions._readings import main_verdict
from lnregions._related import (
    judged_areas,
    judged_indicators,
    narrow_tables,
    plan_and_target,
    untouched,
)
from lnregions._vintages import by_preference, parse_as_of
from lnregions._words import format_value
from lnregions.area_series import Tables

COLUMNS = ("date", "target", "from_status", "to_status", "why_en", "why_zh")
_MOST_NAMED = 3
_ROW = ["area", "indicator", "year", "value"]


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
    When a figure counts as known says `lnregions.observations.known_from`. A figure of which only the year is known
    counts from the last day of that year, so that the dates of such flips are the latest possible ones.

    Examples
    --------
    >>> trail = revision_trail("ln-2022", dates=["2023-12-31", "2025-01-31"], target="belt-dalian-gdp")
    >>> trail[["date", "from_status", "to_status"]].values.tolist()
    [['2025-01-31', 'acceleration needed', 'missed']]
    """
    plan = plans.load_plan(plan) if isinstance(plan, str) else plan
    tables = load_tables(plan, observations=observations)
    days = None if dates is None else sorted({parse_as_of(date) for date in dates})
    rows = [plan_and_target(plan, target)[1]] if target else [row for _, row in plan.targets.iterrows()]
    flips = []
    for row in rows:
        if row["kind"] != "qualitative":
            flips += _trail(plan, row, narrow_tables(plan, row, tables=tables, readings=False), days)
    frame = pd.DataFrame(flips, columns=COLUMNS)
    return frame.sort_values(["date", "target"], kind="stable", ignore_index=True)


def _trail(plan, row, tables, days):
    """Flips of one target."""
    horizon = int(row["horizon"])
    first = clause_of(row, indicators=tables.indicators).baseline_year - 1  # weights are of the year before
    rows = tables.observations[tables.observations["year"].between(first, horizon)].reset_index(drop=True)
    days = _days(plan, rows, horizon) if days is None else days
    ranks = _ranks(rows)
    flips, before, state, then = [], None, None, None
    for day, known in zip(days, _known_on(rows, days), strict=True):
        over = day.year > horizon
        now = (over, int(known.sum()))  # what is known only grows
        if now == state:
            continue
        date = f"{day:%Y-%m-%d}"
        fresh = rows[known & ~then.known] if then else rows
        found = tables.with_observations(_with_defaults(rows, known, ranks), as_of=date)
        found.made.update(untouched(then.tables, fresh) if then else {})
        status = main_verdict(plan, row, found, closed=over).status
        if before is not None and status != before:
            used = [_used(plan, row, one.observations) for one in (then.tables, found)]
            closing = over and not state[0]
            flips.append((date, row["target"], before, status, *_why(tables, *used, closing, horizon)))
        before, state, then = status, now, _State(known, found)
    return flips


class _State(NamedTuple):
    """What was known when a target was last judged: which rows, and the tables made of them."""

    known: np.ndarray
    tables: Tables


def _known_on(rows, days):
    """Which rows were known on each day."""
    known_from = rows["known_from"]
    return [(known_from <= day).to_numpy() for day in days]


def _ranks(rows):
    """Places of the rows, those to be used first, and which of them are readings of one figure."""
    return by_preference(rows).to_numpy(), rows.groupby(_ROW[:3], sort=False).ngroup().to_numpy()


def _with_defaults(rows, known, ranks):
    """The rows that are known, with those marked that are used among them."""
    order, groups = ranks
    order = order[known[order]]
    default = np.zeros(len(rows), bool)
    default[order[np.unique(groups[order], return_index=True)[1]]] = True
    return rows.assign(default=default)[known].reset_index(drop=True)


def _days(plan, rows, horizon):
    """The day of issue, the days on which a figure became known, and the day after the plan's last year."""
    start = parse_as_of(plan.facts.get("issued") or dt.date(int(plan.facts["first_year"]), 1, 1))
    later = {pd.Timestamp(day) for day in rows["known_from"].unique() if day > start}
    return [start, *sorted(later | {pd.Timestamp(horizon + 1, 1, 1)})]


def _used(plan, row, known):
    """Default figures of the plan's years that the main reading is judged by."""
    own = known[
        known["default"]
        & known["area"].isin(judged_areas(plan, row, readings=False))
        & known["indicator"].isin(judged_indicators(row, readings=False))
        & known["year"].between(int(row["first_year"]) - 1, int(row["horizon"]))
    ]
    return {tuple(one[:3]): one[3] for one in own[[*_ROW]].itertuples(index=False, name=None)}


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
