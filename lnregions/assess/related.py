"""The figures that one target of a plan rests on, and the target itself by its name."""

from collections.abc import Iterable

import pandas as pd

from lnregions.assess.area_series import Tables
from lnregions.assess.plan_figures import members_of
from lnregions.assess.readings import GROWTH_OF, REAL_GROWTH
from lnregions.errors import unknown
from lnregions.tables import Observation, plans


def plan_and_target(plan, target: str) -> tuple:
    """A plan, loaded where only its name is given, and one row of its targets.

    Raises
    ------
    DataError
        If there is no such plan or target.
    """
    plan = plans.plan_of(plan)
    return plan, target_of(plan, target)


def target_of(plan, target: str) -> pd.Series:
    """One row of a plan's targets by its name, refused as `plan_and_target` refuses it."""
    names = plan.targets["target"].tolist()
    if target not in names:
        raise unknown("target", str(target), names)
    return plan.targets.iloc[names.index(target)]


def horizon_is_over(target: pd.Series, tables: Tables) -> bool:
    """Whether a target's last year was over on the date of knowledge."""
    return int(tables.as_of[:4]) > int(target["horizon"])


def judged_areas(plan, target: pd.Series, *, readings: bool = True) -> list[str]:
    """Areas whose figures a target is judged by: its own or its members, the benchmark's, another it may mean."""
    named = [target["area"], target["benchmark"], *([target["other_area"]] if readings else [])]
    regions = set(plan.regions["region"])
    out = []
    for area in [str(one) for one in named if one]:
        out += members_of(plan, area) if area in regions else [area]
    return list(dict.fromkeys(out))


def judged_indicators(target: pd.Series, *, readings: bool = True) -> list[str]:
    """Indicators that a target is judged by, under its main reading or all of them."""
    own = str(target["indicator"] or "")
    if "growth" in target["kind"] and own in GROWTH_OF and target["kind"] != "cumulative_growth":
        ways = list(GROWTH_OF[own].values())
        return list(dict.fromkeys(name for way in (ways if readings else ways[:1]) for name in way))
    linked = [REAL_GROWTH[own]] if readings and own in REAL_GROWTH else []
    return [own, *linked] if own else []


def narrow_tables(plan, target: pd.Series, *, tables: Tables, readings: bool = True) -> Tables:
    """The tables with only the observations that one target can be judged by, their weights among them."""
    names = judged_indicators(target, readings=readings)
    weights = [str(tables.indicator(name)["weight"] or "") for name in names]
    areas = set(judged_areas(plan, target, readings=readings))
    rows = tables.observed_of(*dict.fromkeys([*names, *(one for one in weights if one)]))
    return tables.with_observed([row for row in rows if row.area in areas])


def untouched(tables: Tables, changed: Iterable[Observation]) -> dict:
    """Series made from the tables that rest on no figure of the areas and indicators of the rows that changed."""
    places = {(row.indicator, row.area) for row in changed}
    series = ((key, key) for key in tables.made if len(key) == len(("area", "indicator", "members")))
    return {
        key: tables.made[key]
        for key, (area, indicator, members) in series
        if not any(
            (name, one) in places
            for name in (indicator, str(tables.indicator(indicator)["weight"] or ""))
            for one in (members or (area,))
        )
    }
