"""What a view may be of: regions, cities, indicators and years that have figures; and why there may be none."""

from dataclasses import replace

import pandas as pd

from lnregions.assess import figures_of, load_tables, member_frame, members_of
from lnregions.boundaries import boundaries_of
from lnregions.figures import in_sentence, level_of
from lnregions.tables import Plan, load_indicators

PROVINCE = "210000"


def as_of_text(as_of) -> str:
    """Date as text; empty for none.

    Examples
    --------
    >>> from datetime import date
    >>> as_of_text(date(2024, 6, 30)), as_of_text(None)
    ('2024-06-30', '')
    """
    if as_of is None or isinstance(as_of, str):
        return (as_of or "").strip()
    return f"{as_of:%Y-%m-%d}"


def with_cities(plan: Plan) -> Plan:
    """The plan with the cities as members of a region that is the whole province, for its map.

    Examples
    --------
    >>> from lnregions.tables.plans import load_plan
    >>> len(with_cities(load_plan("ln-2025")).members("liaoning"))
    14
    """
    rows = plan.membership
    whole = rows[rows["area"] == PROVINCE]
    if whole.empty:
        return plan
    areas = plan.areas
    cities = areas.loc[(areas["level"] == "city") & (areas["parent"] == PROVINCE), "area"]
    added = pd.concat([whole.assign(area=city, level="city") for city in cities])
    return replace(plan, membership=pd.concat([rows[rows["area"] != PROVINCE], added], ignore_index=True))


def cities_of(plan: Plan, region: str) -> list[str]:
    """Areas of a region that can be looked at one by one; a DataError for an unknown region."""
    return members_of(with_cities(plan), region)


def known_indicators() -> list[str]:
    """Indicators that are numbers, in the codebook's order."""
    rows = load_indicators()
    return rows.loc[rows["measure"] != "none", "indicator"].tolist()


def level_and_members(view) -> tuple[str, list[str]]:
    """Level that a view's map is drawn at, and the region's areas there."""
    return level_of(with_cities(view.plan), view.region, view.indicator, view.tables)


def figures_at(view, level: str) -> pd.DataFrame:
    """Figures of all years and all areas of a level for a view's indicator; made once for each set of tables."""
    made, key = view.tables.made, ("explore", level, view.indicator)
    if key not in made:
        areas = boundaries_of(view.plan, level)["area"]
        made[key] = member_frame(view.tables, areas, indicator=view.indicator)
    return made[key]


def member_figures(view) -> pd.DataFrame:
    """Figures of all years of the areas on a view's map, as `member_frame` has them."""
    level, members = level_and_members(view)
    found = figures_at(view, level)
    return found[found["area"].isin(members)]


def years_of(view) -> list[int]:
    """Years that any area on the map has a figure for."""
    return sorted({int(year) for year in member_figures(view)["year"]})


def indicators_with_figures(plan: Plan, region: str, *, as_of: str = "") -> set[str]:
    """Indicators that any member of a region, or a county of it, has a figure for."""
    tables = load_tables(plan, as_of=as_of)
    whole = with_cities(plan)
    areas = {*members_of(whole, region), *whole.members(region)}
    rows = tables.observations
    return set(rows.loc[rows["area"].isin(areas) & rows["default"], "indicator"])


def why_nothing(view) -> str:
    """Why the map, or the chart of a chosen city, has nothing to show; empty where it has."""
    zh = view.language == "zh"
    found, tables = member_figures(view), view.tables
    own = found[found["area"] == view.city] if view.city else found
    where = tables.name(view.area, view.language)
    row = tables.indicator(view.indicator)
    what = row[f"name_{view.language}"]
    if own.empty:
        return (
            f"暂无数据：截至{tables.as_of}，数据表中没有{where}的{what}。"
            if zh
            else f"No data: the tables hold no figure of {in_sentence(what)} for {where} as known on {tables.as_of}."
        )
    years = sorted({int(year) for year in own["year"]})
    if view.year is None or view.year in years:
        return ""
    return (
        f"暂无数据：{where}没有{view.year}年的{what}；已有年份：{_span(years)}。"
        if zh
        else f"No data: no figure of {in_sentence(what)} for {where} in {view.year}; "
        f"there are figures for {_span(years)}."
    )


def why_no_series(view) -> str:
    """Why the city or region has no figures over the years, in the view's language."""
    figures = figures_of(view.plan, view.area, indicator=view.indicator, tables=view.tables)
    reasons = figures.hole(int(view.plan.facts["horizon"]))
    return reasons[view.language == "zh"]


def _span(years: list[int]) -> str:
    """Years in few words.

    Examples
    --------
    >>> _span([2018, 2020, 2021, 2022])
    '2018, 2020-2022'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
