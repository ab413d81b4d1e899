"""Charts of one city as pictures: its series, its growth, its place among the others."""

import pandas as pd

from lnregions import charts
from lnregions.assess import VALUE_KINDS, Tables, judge_all, load_tables, member_frame
from lnregions.errors import DataError
from lnregions.figures.asked import checked
from lnregions.figures.chart_pictures import (
    area_series_of,
    chart_picture,
    common_words,
    draw_verdict,
    head_words,
    recent_years,
)
from lnregions.figures.pictures import Picture
from lnregions.tables import plan_of

NATION = "100000"


@checked
def draw_series(
    adcode: str, indicator: str, *, plan, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """One city's figures over the years, against its target where the plan has one for it."""
    tables = load_tables(plan, as_of=as_of)
    own = [
        v
        for v in judge_all(plan, as_of=as_of)
        if (v.area, v.indicator) == (adcode, indicator) and v.kind in VALUE_KINDS
    ]
    if own:
        picture = draw_verdict(plan, own[0], tables, language, width)
        picture.name = f"series-{adcode}-{indicator}"
        return picture
    data = area_series_of(plan, adcode, indicator, tables, language)
    words = head_words(tables, indicator, adcode)
    axes = charts.plot_trajectory(
        data, language=language, **common_words(tables, data, indicator, words, language, width)
    )
    return chart_picture(axes, f"series-{adcode}-{indicator}", tables, data, words, language, adcode=adcode)


@checked
def draw_city_growth(
    adcode: str, *, as_of: str = "", language: str = "en", plan="ln-2022", width: str = "double"
) -> Picture:
    """A city's real growth beside the province, the nation and the other cities."""
    tables, cities, province = _beside(adcode, plan, as_of)
    rates = member_frame(tables, cities, indicator="gdp_growth_real")
    own, others = rates[rates["area"] == adcode], rates[rates["area"] != adcode]
    beside = member_frame(tables, [province, NATION], indicator="gdp_growth_real")
    drawn = pd.concat([own, beside, others], ignore_index=True)
    words = head_words(
        tables,
        "gdp_growth_real",
        adcode,
        ("beside the province, the nation and the other cities", "与全省、全国及其他城市比较"),
    )
    axes = charts.plot_growth_trajectory(
        own, benchmark=beside.assign(name=beside[f"name_{language}"]), members=others,
        name=tables.name(adcode, language), language=language,
        **common_words(tables, drawn, "gdp_growth_real", words, language, width),
    )  # fmt: skip
    return chart_picture(axes, f"growth-{adcode}", tables, drawn, words, language, adcode=adcode)


@checked
def draw_ranks(
    adcode: str, *, as_of: str = "", language: str = "en", plan="ln-2022", width: str = "double"
) -> Picture:
    """Rank of each city by gross domestic product, year by year, one city in full colour."""
    tables, cities, province = _beside(adcode, plan, as_of)
    data = recent_years(member_frame(tables, cities, indicator="gdp"), first=2019)
    counts = data.groupby("year")["area"].nunique()
    data = data[data["year"].isin(counts[counts == len(cities)].index)]
    words = head_words(tables, "gdp", province, ("rank of its cities", "各市位次"))
    axes = charts.plot_ranks(
        data, highlight=[adcode], names=tables.names(language), language=language,
        **common_words(tables, data, "gdp", words, language, width) | {"unit": ""},
    )  # fmt: skip
    return chart_picture(axes, f"ranks-{adcode}", tables, data, words, language, adcode=adcode)


@checked
def draw_dots(
    adcode: str,
    indicator: str,
    *,
    as_of: str = "",
    language: str = "en",
    plan="ln-2022",
    width: str = "double",
) -> Picture:
    """All cities against the province, in the latest year that all have."""
    tables, cities, above = _beside(adcode, plan, as_of)
    rates = member_frame(tables, cities, indicator=indicator)
    if rates.empty:
        own = tables.observations
        having = sorted(own.loc[own["area"].isin(cities) & own["default"], "indicator"].unique())
        raise DataError(
            f"No city has a figure of {indicator!r}. Choose one that has: {', '.join(having)}.",
        )
    counts = rates.groupby("year")["area"].nunique()
    year = int(counts[counts == counts.max()].index.max())
    data = rates[rates["year"] == year]
    province = member_frame(tables, [above], indicator=indicator)
    province = province[province["year"] == year]
    value, drawn = province["value"], pd.concat([data, province], ignore_index=True)
    words = head_words(tables, indicator, above, (f"its cities in {year}", f"各市，{year}年"))
    axes = charts.plot_dots(
        data, benchmark={tables.name(above, language): float(value.iloc[0])} if len(value) else None,
        names=tables.names(language), language=language,
        **common_words(tables, drawn, indicator, words, language, width),
    )  # fmt: skip
    return chart_picture(axes, f"dots-{adcode}-{indicator}", tables, drawn, words, language, adcode=adcode)


def _beside(adcode, plan, as_of) -> tuple[Tables, list[str], str]:
    """Tables of a plan, the cities of the province that an area lies in, and that province."""
    tables = load_tables(plan_of(plan), as_of=as_of)
    areas = tables.areas.set_index("area")
    province = adcode
    while areas.loc[province, "level"] in ("city", "county"):
        province = areas.loc[province, "parent"]
    cities = areas.index[(areas["level"] == "city") & (areas["parent"] == province)]
    return tables, list(cities), province
