"""What can be chosen: the cities of a region, and the indicators that are numbers."""

from dataclasses import replace

import pandas as pd

from lnregions.assess import load_tables, members_of
from lnregions.tables import Plan, load_indicators

PROVINCE = "210000"


def with_cities(plan: Plan) -> Plan:
    """Return the plan with the cities as members of a region that is the whole province, for its map.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> len(with_cities(load_plan("ln-2025")).members("liaoning"))
    14
    """
    rows, areas = plan.membership, plan.areas
    whole = rows[rows["area"] == PROVINCE]
    if whole.empty:
        return plan
    cities = areas.loc[(areas["level"] == "city") & (areas["parent"] == PROVINCE), "area"]
    added = pd.concat([whole.assign(area=city, level="city") for city in cities])
    return replace(plan, membership=pd.concat([rows[rows["area"] != PROVINCE], added], ignore_index=True))


def cities_of(plan: Plan, region: str) -> list[str]:
    """Return the areas of a region that can be viewed one by one; a DataError for an unknown region."""
    return members_of(with_cities(plan), region)


def known_indicators() -> list[str]:
    """Return the indicators that are numbers, in the codebook's order."""
    rows = load_indicators()
    return rows.loc[rows["measure"] != "none", "indicator"].tolist()


def indicators_with_figures(plan: Plan, region: str, *, as_of: str = "") -> set[str]:
    """Return the indicators that any member of a region, or a county of it, has a figure for."""
    rows, whole = load_tables(plan, as_of=as_of).observations, with_cities(plan)
    areas = {*members_of(whole, region), *whole.members(region)}
    return set(rows.loc[rows["area"].isin(areas) & rows["default"], "indicator"])
