"""What a view shows: the figures, pictures and tables of a region or city, and why there may be none."""

from dataclasses import replace

import pandas as pd

from lnregions import maps
from lnregions.assess import figures_of, judge_row, load_tables, member_frame, members_of, verdict_table
from lnregions.boundaries import boundaries_of
from lnregions.figures import (
    Picture,
    RegionData,
    draw_map,
    draw_no_data,
    draw_plain_series,
    draw_verdict,
    in_sentence,
    level_of,
    one_year,
)
from lnregions.maps import draw_areas
from lnregions.show import Table, figure_words, grades, head, headed, show_verdicts, source_titles
from lnregions.style import ROLES
from lnregions.tables import Plan, load_indicators
from lnregions.words.catalogue import LANGUAGES, tr

WIDTH = "onehalf"
"""Two such pictures stand side by side on a screen, with text that can be read."""
CHOSEN_POINTS = 2.2
PROVINCE = "210000"


# -- what can be chosen -------------------------------------------------------------------------------------


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


def years_of(view) -> list[int]:
    """Return the years that any area on the map has a figure for."""
    return sorted({int(year) for year in member_figures(view)["year"]})


# -- figures ------------------------------------------------------------------------------------------------


def level_and_members(view) -> tuple[str, list[str]]:
    """Return the level that a view's map is drawn at, and the region's areas there."""
    return level_of(with_cities(view.plan), view.region, view.indicator, view.tables)


def member_figures(view) -> pd.DataFrame:
    """Return the figures of all years of the areas on a view's map, as `member_frame` has them."""
    level, members = level_and_members(view)
    return _figures_at(view, level)[lambda frame: frame["area"].isin(members)]


def shown_figures(view) -> pd.DataFrame:
    """Return the figures on a view's map, a row each area, also those without: ``area year value grade source``."""
    level, members = level_and_members(view)
    found = one_year(_figures_at(view, level), len(boundaries_of(view.plan, level)), view.year)
    return found.set_index("area").reindex(members).rename_axis("area").reset_index()


def drawn_areas(view) -> pd.DataFrame:
    """Return the boundaries of the areas on a view's map, projected and simplified as they are drawn."""
    level, members = level_and_members(view)
    return maps.prepare(boundaries_of(view.plan, level)[lambda frame: frame["area"].isin(members)])


def _figures_at(view, level: str) -> pd.DataFrame:
    """Figures of all years and all areas of a level; made once for each set of tables."""
    made, key = view.tables.made, ("explore", level, view.indicator)
    if key not in made:
        areas = boundaries_of(view.plan, level)["area"]
        made[key] = member_frame(view.tables, areas, indicator=view.indicator)
    return made[key]


def areas_of(view) -> list[str]:
    """Return the area whose series a view shows: the city or region, and the province under its own code."""
    if view.city:
        return [view.city]
    return [view.region, PROVINCE] if members_of(view.plan, view.region) == [PROVINCE] else [view.region]


def verdicts_on(view) -> list[list]:
    """Return the verdicts on the targets of a view's indicator: for each its interpretations, the main one first."""
    rows = view.plan.targets
    near = (rows["region"] == view.region) | (rows["area"] == view.area)
    own = rows[(rows["indicator"] == view.indicator) & near]
    found = [judge_row(view.plan, row, tables=view.tables) for _, row in own.iterrows()]
    about = {view.city, view.region}
    return [readings for readings in found if not view.city or about & {one.area for one in readings}]


def why_nothing(view) -> str:
    """Return why the map, or the chart of a chosen city, has nothing to show; empty where it has."""
    language, tables = view.language, view.tables
    own = member_figures(view)
    own = own[own["area"] == view.city] if view.city else own
    name = tables.indicator(view.indicator)[f"name_{language}"]
    known = {
        "indicator": in_sentence(name) if language == "en" else name,
        "area": tables.name(view.area, language),
    }
    if own.empty:
        return tr(
            "No data: the tables hold no figure of {indicator} for {area} as known on {date}.",
            language, date=tables.as_of, **known,
        )  # fmt: skip
    years = sorted({int(year) for year in own["year"]})
    if view.year is None or view.year in years:
        return ""
    return tr(
        "No data: no figure of {indicator} for {area} in {year}; there are figures for {years}.",
        language, year=view.year, years=_span(years), **known,
    )  # fmt: skip


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
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


# -- pictures -----------------------------------------------------------------------------------------------


def view_map(view) -> Picture:
    """Return the map of a view; areas without any figure are hatched, a chosen city is outlined."""
    if shown_figures(view)["value"].isna().all():
        picture = _map_without_figures(view)
    else:
        picture = draw_map(
            with_cities(view.plan), view.region, view.indicator, year=view.year, as_of=view.as_of,
            language=view.language, width=WIDTH,
        )  # fmt: skip
    if view.city:
        frame = maps.prepare(boundaries_of(view.plan)[lambda f: f["area"] == view.city])
        draw_areas(
            picture.figure.axes[0], frame.geometry, fills="none", edge=ROLES["target"].colour,
            linewidths=CHOSEN_POINTS, zorder=4.5, gid="chosen",
        )  # fmt: skip
        picture.caption = {
            code: picture.caption[code]
            + tr(" {city} is outlined.", code, city=view.tables.name(view.city, code))
            for code in LANGUAGES
        }
    return picture


def _map_without_figures(view) -> Picture:
    """Map of the members, all hatched, where none has a figure to show."""
    data = RegionData(view.plan, view.region, view.indicator, view.tables, view.language, WIDTH)
    level, members = level_and_members(view)
    title = data.words("{area}: {indicator}, no data")
    return draw_no_data(data, "map", member_figures(view), title, areas=members, level=level)


def view_chart(view) -> Picture:
    """Return the series of a view's city or region, against its target where the plan has one."""
    area = areas_of(view)[-1]
    data = RegionData(view.plan, area, view.indicator, view.tables, view.language, WIDTH)
    own = [one for readings in verdicts_on(view) for one in readings if one.area in areas_of(view)]
    if own and own[0].kind != "qualitative":
        return draw_verdict(data, own[0])
    figures = figures_of(view.plan, view.area, indicator=view.indicator, tables=view.tables)
    reason = figures.hole(int(view.plan.facts["horizon"]))[view.language == "zh"]
    name = f"series-{area}-{view.indicator}"
    return draw_plain_series(data, name, reason=reason, region=view.region, area=area)


# -- tables -------------------------------------------------------------------------------------------------


def figures_table(view) -> Table:
    """Return the figures on a view's map, a row each area, the region last; the reason where there is none."""
    rows, tables, language = shown_figures(view), view.tables, view.language
    titles = source_titles(tables.sources)
    lines = [_line(view, row.area, row, titles) for row in rows.itertuples()]
    lines.append(_region_line(view, rows, titles))
    frame = pd.DataFrame(lines, columns=["member", "year", "value", "grade", "source"])
    title = tr(
        "{region}: {indicator}", language, region=tables.name(view.region, language),
        indicator=tables.indicator(view.indicator)[f"name_{language}"],
    )  # fmt: skip
    return Table(
        headed(frame, language), title, grades(language), (head("value", language),), language=language
    )


def _line(view, area: str, row, titles) -> tuple[str, ...]:
    """Name, year, figure, grade and source of one area, or that there is none."""
    name = view.tables.name(area, view.language)
    if pd.isna(row.year):
        return (name, "", tr("no data", view.language), "", "")
    source = titles.get(str(row.source).split()[0], str(row.source))
    value = figure_words(row.value, view.indicator, view.language)
    return (name, str(int(row.year)), value, row.grade, source)


def _region_line(view, rows: pd.DataFrame, titles) -> tuple[str, ...]:
    """The region's own figure of the year on the map, or why it has none."""
    language, name = view.language, view.tables.name(view.region, view.language)
    years = set(rows["year"].dropna().astype(int))
    if len(years) > 1:  # each area has a latest year of its own
        return (name, "", tr("no data", language), "", tr("Of several years, so not added up", language))
    year = view.year or (years.pop() if years else int(view.plan.facts["horizon"]))
    figures = figures_of(view.plan, view.region, indicator=view.indicator, tables=view.tables)
    for row in figures.rows:
        if row.year == year:
            return _line(view, view.region, row, titles)
    reason = figures.hole(year)[language == "zh"]
    return (name, str(year), tr("no data", language), "", reason[:1].upper() + reason[1:])


def verdict_view(view) -> Table:
    """Return the verdicts on the targets of a view's indicator; where there is none, the region's targets."""
    language, tables = view.language, view.tables
    if found := verdicts_on(view):
        table = show_verdicts(verdict_table(readings[0] for readings in found), language=language)
        return replace(table, note="")  # the grades stand under the figures
    own = view.plan.targets[view.plan.targets["region"] == view.region]
    title = tr(
        "The plan sets no target on this indicator ({indicator}) for {area}. Its targets for the region:", language,
        indicator=tables.indicator(view.indicator)[f"name_{language}"], area=tables.name(view.area, language),
    )  # fmt: skip
    frame = pd.DataFrame({"target": own[f"label_{language}"].tolist()})
    return Table(headed(frame, language), title, language=language)
