"""Charts as pictures: members, cities, and how well the figures are attested."""

from dataclasses import replace

import pandas as pd

from lnregions import charts, series
from lnregions.errors import DataError
from lnregions.figures.drawn_rows import roled, trajectory_rows
from lnregions.figures.pictures import Head, Picture, RegionData, recent_years
from lnregions.figures.target_pictures import clause_columns
from lnregions.words import RATE_DECIMALS, text
from lnregions.words.catalogue import tr

CITIES = ("210100", "210200")
NATION, PROVINCE = "100000", "210000"
GROWTH = "gdp_growth_real"


# -- members of a region ----------------------------------------------------------------------------------


def draw_members(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Small multiples of a region's member cities: the same years and the same scale."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    rows, head = recent_years(data.figures()), data.head("member cities")
    axes = charts.plot_member_panels(rows, members=data.members, **data.labels(rows, head))
    return data.picture(axes, f"members-{region}-{indicator}", rows, head)


def draw_indexed_growth(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Index of the real GDP of a region and its members, chained from yearly growth, beside the province."""
    data = RegionData.load(plan, as_of, region=region, indicator=GROWTH, language=language, width=width)
    base = int(data.plan.facts["first_year"]) - 6
    members, province = data.figures(), data.figures([PROVINCE])
    head = Head(data.words("{area}: real GDP, {year} = 100", year=base), data.subtitle())
    labels = data.labels(pd.concat([members, province], ignore_index=True), head)
    labels |= {"unit": "", "decimals": RATE_DECIMALS}
    whole = _chained(data.series().frame.assign(area=region), base)
    chained, beside = pd.concat([whole, _chained(members, base)], ignore_index=True), _chained(province, base)
    axes = charts.plot_indexed_growth(
        chained, base_year=base, benchmark=beside.assign(name=data.tables.name(PROVINCE, data.language)),
        highlight=[region], names=data.names, **labels,
    )  # fmt: skip
    rows = pd.concat([chained, beside], ignore_index=True).assign(unit="index", base_year=base)
    return data.picture(axes, f"indexed-growth-{region}", rows, head)


def _chained(rates: pd.DataFrame, base: int) -> pd.DataFrame:
    """Indices chained from yearly rates, 100 in the base year, with the sources of all; an area stops at a gap."""
    rows = []
    for area, own in rates[rates["year"] > base].groupby("area", sort=False):
        if base + 1 not in own["year"].values:
            continue
        chain = series.chain_index(dict(zip(own["year"].astype(int), own["value"], strict=True)))
        for year, index in (
            chain[["year", "index"]].dropna().itertuples(index=False)
        ):  # up to a year without a rate
            used = own[own["year"] <= year]
            cited = series.joined_sources(used["source"])
            rows.append((area, int(year), index, used["grade"].max(), used["vintage"].max(), cited))
    return pd.DataFrame(rows, columns=["area", "year", "value", "grade", "vintage", "source"])


def draw_dumbbells(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Members of a region in two years of one unbroken segment that all have, against its target.

    Where no two years may be compared, each member's latest figure stands alone.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    found = data.figures()
    years = data.comparable_years(found)
    rows, head = found.drop_duplicates("area", keep="last"), data.head("latest figures of its members")
    if years is not None:
        rows, head = (
            found[found["year"].isin(years)],
            data.head("{first} and {last}", first=years[0], last=years[1]),
        )
    targets = data.plan.targets
    own = targets[(targets["region"] == region) & (targets["indicator"] == indicator)]
    goals = [
        clause_columns(data.plan, row) | {"value": row["value"], "area": row["area"], "year": row["horizon"]}
        for row in own[own["kind"].isin(["level", "share"])].head(1).to_dict("records")
    ]
    axes = charts.plot_dots(rows, target=next(iter(goals), None), names=data.names, **data.labels(rows, head))
    rows = trajectory_rows([roled(rows, "member"), roled(pd.DataFrame(goals), "target")])
    return data.picture(axes, f"dumbbells-{region}-{indicator}", rows, head)


def draw_contributions(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """What each member adds to the change of its region, over the plan's years that one release covers."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    rows_of_region = data.series().rows
    start = data.plan.facts["first_year"] - 1
    segment = max((row.segment for row in rows_of_region if row.year <= start), default=None)
    years = sorted(row.year for row in rows_of_region if row.segment == segment and row.year >= start)
    head = data.head("what each member added")
    rows = pd.DataFrame(columns=["area", "value", "source"])
    if len(years) > 1:
        observed = [one for one in data.tables.observed_of(indicator) if one.area in data.members]
        ends = ([one for one in observed if one.year == year] for year in (years[0], years[-1]))
        pairs = zip(*(series.common_release(end, data.members)[1] for end in ends), strict=True)
        columns = ["area", "value", "first_year", "last_year", "grade", "vintage", "source"]
        added = [
            (b.area, b.value - a.value, a.year, b.year, max(a.grade, b.grade), max(a.vintage, b.vintage),
             series.joined_sources((a.source, b.source)))
            for a, b in pairs
        ]  # fmt: skip
        rows = pd.DataFrame(added, columns=columns)
        head = data.head("what each member added, {first}-{last}", first=years[0], last=years[-1])
    axes = charts.plot_contributions(rows, names=data.names, **data.labels(rows, head))
    return data.picture(axes, f"contributions-{region}-{indicator}", rows, head)


def draw_coverage(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Which of the region's targets has a figure for which year, and how well it is attested."""
    data = RegionData.load(plan, as_of, region=region, language=language, width=width)
    own = data.plan.targets
    own = own[(own["region"] == region) & (own["kind"] != "qualitative")]
    years = range(int(own["first_year"].min()) - 2, int(own["horizon"].max()) + 2)
    rows = []
    for target, area, indicator in zip(own["target"], own["area"], own["indicator"], strict=True):
        found = replace(data, area=area, indicator=indicator).series()
        known = {row.year: (row.grade, row.source) for row in found.rows}
        rows += [(target, year, *known.get(year, ("", ""))) for year in years]
    rows = pd.DataFrame(rows, columns=["area", "year", "grade", "source"])
    head = Head(data.words("{area}: figures for its targets"), data.subtitle())
    names = dict(zip(own["target"], own[f"label_{data.language}"], strict=True))
    axes = charts.plot_coverage(rows, names=names, **data.labels(rows, head))
    return data.picture(axes, f"coverage-{region}", rows, head)


# -- cities -----------------------------------------------------------------------------------------------


def draw_dual_core(plan, *, as_of: str = "", language: str = "en", width: str = "double") -> Picture:
    """Shenyang and Dalian side by side, against their target for gross domestic product where the plan has one."""
    data = RegionData.load(plan, as_of, indicator="gdp", language=language, width=width)
    rows = recent_years(data.figures(CITIES))
    own = data.plan.targets
    own = own[own["area"].isin(CITIES) & (own["indicator"] == "gdp")]
    line, message = None, "Shenyang and Dalian: gross domestic product"
    if len(own):
        years = range(int(own["first_year"].min()) - 1, int(own["horizon"].max()) + 1)
        name = text("target", data.language)
        line = pd.DataFrame({"year": list(years), "value": float(own["value"].max()), "name": name})
        message = "Shenyang and Dalian: gross domestic product against the target"
    head = Head(data.words(message))
    labels = data.labels(rows, head) | {"unit": "亿元"}
    axes = charts.plot_member_panels(rows, members=list(CITIES), benchmark=line, names=data.names, **labels)
    names = {"value": "value", "horizon": "year", "first_year": "first_year", "area": "area"}
    targets = [
        {new: row[old] for old, new in names.items()} | clause_columns(data.plan, row)
        for row in own.to_dict("records")
    ]
    parts = [roled(rows, "actual"), roled(pd.DataFrame(targets), "target")]
    return data.picture(axes, "dual-core", trajectory_rows(parts), head)


def draw_city_growth(
    adcode: str, *, as_of: str = "", language: str = "en", plan="ln-2022", width: str = "double"
) -> Picture:
    """A city's real growth beside the province, the nation and the other cities."""
    data = RegionData.load(plan, as_of, indicator=GROWTH, adcode=adcode, language=language, width=width)
    province, cities = _province_and_cities(data)
    rates, beside = data.figures(cities), data.figures([province, NATION])
    own, others = rates[rates["area"] == adcode], rates[rates["area"] != adcode]
    rows = pd.concat([own, beside, others], ignore_index=True)
    head = data.head("beside the province, the nation and the other cities")
    axes = charts.plot_growth_trajectory(
        own, benchmark=beside.assign(name=beside[f"name_{data.language}"]), members=others,
        name=data.tables.name(adcode, data.language), **data.labels(rows, head),
    )  # fmt: skip
    return data.picture(axes, f"growth-{adcode}", rows, head)


def draw_ranks(
    adcode: str, *, as_of: str = "", language: str = "en", plan="ln-2022", width: str = "double"
) -> Picture:
    """Rank of each city by gross domestic product, year by year, one city in full colour."""
    data = RegionData.load(plan, as_of, indicator="gdp", adcode=adcode, language=language, width=width)
    province, cities = _province_and_cities(data)
    rows = recent_years(data.figures(cities), first=2019)
    rows = rows[rows.groupby("year")["area"].transform("nunique") == len(cities)]
    head = replace(data, area=province).head("rank of its cities")
    labels = data.labels(rows, head) | {"unit": ""}
    ranks = rows.groupby("year")["value"].rank(ascending=False, method="first")
    rows = rows.assign(drawn=ranks, drawn_unit=tr("rank", data.language))
    axes = charts.plot_ranks(rows, highlight=[adcode], names=data.names, **labels)
    return data.picture(axes, f"ranks-{adcode}", rows, head)


def draw_dots(
    adcode: str, indicator: str, *, as_of: str = "", language: str = "en", plan="ln-2022", width: str = "double"
) -> Picture:  # fmt: skip
    """All cities against the province, in the latest year that all have."""
    data = RegionData.load(plan, as_of, adcode=adcode, indicator=indicator, language=language, width=width)
    province, cities = _province_and_cities(data)
    rates = data.figures(cities)
    if rates.empty:
        known = data.tables.observations
        known = sorted(known.loc[known["area"].isin(cities) & known["default"], "indicator"].unique())
        raise DataError(f"No city has a figure of {indicator!r}. Choose one that has: {', '.join(known)}.")
    counts = rates.groupby("year")["area"].nunique()
    year = int(counts[counts == counts.max()].index.max())
    cities_then, beside = (one[one["year"] == year] for one in (rates, data.figures([province])))
    benchmark = dict.fromkeys(beside[f"name_{data.language}"], float(beside["value"].sum())) or None
    rows = pd.concat([cities_then, beside], ignore_index=True)
    head = replace(data, area=province).head("its cities in {year}", year=year)
    labels = {"names": data.names, "highlight": [adcode]} | data.labels(rows, head)
    axes = charts.plot_dots(cities_then.drop(columns="year"), benchmark=benchmark, **labels)
    return data.picture(axes, f"dots-{adcode}-{indicator}", rows, head)


def _province_and_cities(data: RegionData) -> tuple[str, list[str]]:
    """The province that an area lies in, and its cities."""
    areas = data.tables.areas.set_index("area")
    province = data.area
    while areas.loc[province, "level"] in ("city", "county"):
        province = areas.loc[province, "parent"]
    return province, list(areas.index[(areas["level"] == "city") & (areas["parent"] == province)])
