"""Judging a plan: its clauses and the published figures brought together, as known on a date.

Every reading that the plan's wording leaves open is judged. The first reading of a target is the main one; where
another comes to a different status, the verdict says so.
"""

import hashlib
import pickle

import pandas as pd

from lnregions.assess.method_verdicts import VALUE_KINDS, assess_by_methods, by_method
from lnregions.assess.plan_figures import (
    clause_of,
    figures_of,
    growth_figures,
    knowledge_date,
    load_tables,
    members_of,
)
from lnregions.assess.readings import (
    GROWTH_OF,
    LINKED,
    REAL_GROWTH,
    judge_target,
    linked_figures,
    mark_disagreement,
)
from lnregions.assess.verdicts import METHODS, Verdict, verdict_table
from lnregions.errors import unknown
from lnregions.assess.display import Verdicts
from lnregions.tables import load_indicators, plans

__all__ = [
    "GROWTH_OF", "JUDGES", "LINKED", "REAL_GROWTH", "VALUE_KINDS", "assess_by_methods", "clause_of",
    "compare_methods", "figures_of", "growth_figures", "judge", "judge_all", "judge_main", "judge_readings",
    "judge_row", "knowledge_date", "linked_figures", "load_tables", "members_of", "places_on",
    "plans_on",
]  # fmt: skip

JUDGES = ("plan", *METHODS)
"""By what a plan can be judged: its own clauses, or a published method."""


def judge(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> pd.DataFrame:
    """Judge every target of a plan: one row a target, under the main reading.

    Parameters
    ----------
    plan : Plan or str
        A plan from `load_plan`, or its name.
    as_of : date or str, optional
        Only what was published by then counts; without it, all that is in the tables.
    observations : DataFrame, optional
        Figures to judge by instead of the shipped ones, from `load_observations`.
    method : {"plan", "open_sdg", "unsd", "escap"}
        By what the status is given: the clause itself, or a published method. A method looks at the figures of the
        baseline's segment only, and its status and reason stand in place of the clause's; what cannot be put to it
        is ``not assessable``. Targets without a figure or a number keep ``no data`` and ``not quantified``.

    Returns
    -------
    DataFrame
        The attributes of `lnregions.assess.verdicts.Verdict` as columns: ``target region area indicator kind reading
        reading_zh status closing strength baseline_year baseline horizon required actual_year actual gap unit
        reached_in rate_needed method coverage coverage_zh grade as_of disagree reason_en reason_zh sources``.

    Raises
    ------
    DataError
        If the plan, the date or the method is unknown.

    Examples
    --------
    >>> verdicts = judge("ln-2022", as_of="2026-06-30").set_index("target")
    >>> verdicts.loc["belt-dalian-gdp", ["status", "closing", "grade"]].tolist()
    ['missed', 'missed', 'B']
    """
    return Verdicts(verdict_table(judge_main(plan, as_of=as_of, observations=observations, method=method)))


def judge_readings(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> pd.DataFrame:
    """Judge every target under every reading: one row a reading, with the columns of `judge`."""
    return Verdicts(verdict_table(judge_all(plan, as_of=as_of, observations=observations, method=method)))


def judge_main(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> list[Verdict]:
    """Verdicts on the main reading of each target, marked where another reading disagrees."""
    out: dict[str, Verdict] = {}
    for verdict in judge_all(plan, as_of=as_of, observations=observations, method=method):
        out.setdefault(verdict.target, verdict)
    return list(out.values())


def judge_all(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> list[Verdict]:
    """Verdicts on every reading of every target, main readings first within each target."""
    if method not in JUDGES:
        raise unknown("method", str(method), JUDGES)
    plan = plans.plan_of(plan)
    tables = load_tables(plan, as_of=as_of, observations=observations)
    key = ("judged", method, _content(plan.targets), _content(plan.membership))
    if key not in tables.made:
        rows = [row for _, row in plan.targets.iterrows()]
        tables.made[key] = tuple(
            verdict for row in rows for verdict in judge_row(plan, row, tables=tables, method=method)
        )
    return list(tables.made[key])


def _content(frame):
    """What is in a table, in a few bytes."""
    return hashlib.sha256(pickle.dumps([frame[name].tolist() for name in frame])).digest()


def judge_row(
    plan, target: pd.Series, *, tables, closed: bool | None = None, method: str = "plan"
) -> list[Verdict]:
    """Verdicts on every reading of one row of a plan's targets, the main reading first.

    `closed` is whether the horizon year counts as over; without it, the date of the tables tells.
    """
    if closed is None:
        closed = int(tables.as_of[:4]) > int(target["horizon"])
    found = judge_target(plan, target, tables, closed=closed)
    if method != "plan":
        found = [by_method(plan, one, tables=tables, method=method) for one in found]
    return mark_disagreement(found)


def compare_methods(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Status of each target by the plan's own clause and by each published method.

    The methods see the figures of one segment, from the baseline to the horizon, so that no census break enters
    a growth rate. Targets without a value to reach have no methods.

    Returns
    -------
    DataFrame
        ``target plan open_sdg unsd escap ratio_open_sdg ratio_unsd ratio_escap agree``; a status is empty where a
        method does not apply.
    """
    plan = plans.plan_of(plan)
    tables = load_tables(plan, as_of=as_of, observations=observations)
    rows = []
    for _, target in plan.targets.iterrows():
        verdict = judge_row(plan, target, tables=tables)[0]
        row = {"target": verdict.target, "plan": verdict.status} | dict.fromkeys(METHODS, "")
        row |= {f"ratio_{name}": None for name in METHODS}
        for name, found in assess_by_methods(plan, verdict, tables=tables).items():
            row |= {name: found.status, f"ratio_{name}": found.ratio}
        said = {row[name] for name in METHODS if row[name]}
        rows.append(row | {"agree": len(said) <= 1})
    return pd.DataFrame(rows)


def places_on(targets: pd.DataFrame, indicator: str, *, area: str = "") -> list[int]:
    """Places of the targets on an indicator and, where one is named, an area, as `plans_on` takes them."""
    named = zip(*(targets[name].tolist() for name in ("indicator", "area", "other_area")), strict=True)
    rows = enumerate(named)
    return [place for place, (own, *areas) in rows if own == indicator and (not area or area in areas)]


def plans_on(indicator: str, *, area: str = "") -> pd.DataFrame:
    """Targets of all shipped plans on one indicator, so that they can be set side by side or drawn together.

    Parameters
    ----------
    indicator : str
        Code of an indicator.
    area : str, optional
        Only targets of this area or region, also where it is the other area that a clause may mean.

    Returns
    -------
    DataFrame
        ``plan target region area other_area kind comparator value unit strength benchmark baseline_year first_year
        horizon label_en label_zh``, by horizon; no rows where no plan has such a target.

    Raises
    ------
    DataError
        If the indicator is unknown.

    Examples
    --------
    >>> plans_on("sei_share", area="belt")[["plan", "value", "horizon"]].values.tolist()
    [['ln-2022', 15.0, 2024], ['belt-2025', 8.5, 2025]]
    """
    known = load_indicators()["indicator"]
    if indicator not in set(known):
        raise unknown("indicator", str(indicator), list(known))
    columns = ["target", "region", "area", "other_area", "kind", "comparator", "value", "unit", "strength",
               "benchmark", "baseline_year", "first_year", "horizon", "label_en", "label_zh"]  # fmt: skip
    shipped = plans.shipped_plans()
    places = {plan.id: places_on(plan.targets, indicator, area=area) for plan in shipped}
    naming = [plan for plan in shipped if places[plan.id]] or shipped[:1]
    parts = [plan.targets[columns].iloc[places[plan.id]].assign(plan=plan.id) for plan in naming]
    found = pd.concat(parts, ignore_index=True)[["plan", *columns]]
    return found.sort_values(["horizon", "plan"], kind="stable", ignore_index=True)
