"""Charts as pictures: members, cities, and how well the figures are attested."""

from contextlib import suppress
from dataclasses import replace

import pandas as pd

from lnregions import assess, charts, series
from lnregions.assess import load_tables
from lnregions.figures.bundles import Picture
from lnregions.figures.drawn_rows import recent_years, roled, trajectory_rows
from lnregions.figures.messages import coverage_text
from lnregions.figures.region_data import Head, NothingToShow, RegionData, or_reason
from lnregions.figures.target_pictures import clause_columns, verdict_in_words
from lnregions.paths import PLAN
from lnregions.tables import areas_around, with_region
from lnregions.words import LANGUAGES, RATE_DECIMALS, text
from lnregions.words.catalogue import tr
from lnregions.words.texts import listed

GROWTH = "gdp_growth_real"
BEFORE_PLAN = 6
"""Years before the first of the plan from which growth is chained, where there are figures."""
MOST_NAMED = 3
"""Leading cities that a title names."""


# -- members of a region ----------------------------------------------------------------------------------


@or_reason
def draw_members(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """Small multiples of a region's member cities: the same years and the same scale."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    rows, head = recent_years(data.known(data.figures())), data.head("member cities")
    axes = charts.plot_member_panels(rows, members=data.members, **data.labels(rows, head, panels=True))
    return data.picture(axes, f"members-{region}-{indicator}", rows, head)


@or_reason
def draw_indexed_growth(plan, region: str, *, compare: str = "", as_of: str = "", **options) -> Picture:
    """Index of the real growth of a region and its members, chained from one year, beside the area in which all lie.

    It starts where that area's figures go on without a gap. `compare` is another region, area or group: then it and
    the region are drawn, each as a whole; the region itself is compared with nothing.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=GROWTH, **options)
    compare = "" if compare == region else compare
    wholes, members = [region], data.figures()
    if compare:
        data = replace(data, plan=with_region(data.plan, compare))
        data = replace(data, tables=load_tables(data.plan, as_of=as_of))
        wholes, members = [region, str(compare)], data.figures([])
    wholes = [replace(data, area=one).series().frame.assign(area=one) for one in wholes]
    for one, own in zip([region, compare], wholes, strict=False) if compare else ():
        replace(data, area=one).known(own)
    members = pd.concat([*wholes, members], ignore_index=True)
    around = [[one] for one in areas_around(data.plan, region) if one != compare]
    province = next((one for one in map(data.figures, around) if len(one)), data.figures([]))
    known, first = set(province["year"]), int(data.plan.facts["first_year"])
    base = first - BEFORE_PLAN
    if len(members):
        base = max(base, int(members["year"].min()) - 1)
    base = max([base, *(year for year in range(base + 1, first) if known and year not in known)])
    message = "{area} and {other}: real GDP, {year} = 100" if compare else "{area}: real GDP, {year} = 100"
    other = {language: data.tables.name(compare, language) for language in LANGUAGES}
    head = Head(data.words(message, year=base, other=other), data.subtitle())
    labels = data.labels(pd.concat([members, province], ignore_index=True), head)
    labels |= {"unit": "", "decimals": RATE_DECIMALS}
    chained, beside = data.known(_chained(members, base)), _chained(province, base)
    axes = charts.plot_indexed_growth(
        chained, base_year=base, benchmark=beside.assign(name=beside["area"].map(data.names)),
        highlight=[region], **labels,
    )  # fmt: skip
    rows = pd.concat([chained, beside], ignore_index=True).assign(unit="index", base_year=base)
    name = "-".join(["indexed-growth", region, *(["against", compare] if compare else [])])
    return data.picture(axes, name, rows, head, compare=str(compare))


def _chained(rates: pd.DataFrame, base: int) -> pd.DataFrame:
    """Indices chained from yearly rates, 100 in the base year, with the sources of all; an area stops at a gap."""
    rows = []
    for area, own in rates[rates["year"] > base].groupby("area", sort=False):
        if base + 1 not in own["year"].values:
            continue
        chain = series.chain_index(dict(zip(own["year"].astype(int), own["value"], strict=True)))
        known = chain[["year", "index"]].dropna()  # up to a year without a rate
        for year, index in known.itertuples(index=False):
            used = own[own["year"] <= year]
            cited = series.joined_sources(used["source"])
            rows.append((area, int(year), index, used["grade"].max(), used["vintage"].max(), cited))
    return pd.DataFrame(rows, columns=["area", "year", "value", "grade", "vintage", "source"])


@or_reason
def draw_dumbbells(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """Members of a region in two years of one unbroken segment that all have, against its target.

    Where no two years may be compared, each member's latest figure stands alone.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    found = data.known(data.figures())
    rows, head = found.drop_duplicates("area", keep="last"), data.head("latest figures of its members")
    with suppress(NothingToShow):
        years = data.comparable_years(found)
        rows = found[found["year"].isin(years)]
        head = data.head("{first} and {last}", first=years[0], last=years[1])
    targets = data.plan.targets
    own = targets[(targets["region"] == region) & (targets["indicator"] == indicator)]
    goals = [
        clause_columns(data.plan, row) | {"value": row["value"], "area": row["area"], "year": row["horizon"]}
        for row in own[own["kind"].isin(["level", "share"])].head(1).to_dict("records")
    ]
    axes = charts.plot_dots(rows, targets=goals, **data.labels(rows, head))
    rows = trajectory_rows([roled(rows, "member"), roled(pd.DataFrame(goals), "target")])
    return data.picture(axes, f"dumbbells-{region}-{indicator}", rows, head)


@or_reason
def draw_contributions(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """What each member adds to the change of its region, over the plan's years that one release covers."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    data.addable()
    rows_of_region = data.series().rows
    start = data.plan.facts["first_year"] - 1
    segment = max((row.segment for row in rows_of_region if row.year <= start), default=None)
    years = sorted(row.year for row in rows_of_region if row.segment == segment and row.year >= start)
    observed, releases = data.tables.observed_of(indicator), {}
    for year in years:
        then = [one for one in observed if one.area in data.members and one.year == year]
        if release := series.common_release(then, data.members):
            releases[year] = release[1]
    if len(releases) < 2:
        raise NothingToShow("No picture: no release has all members in two years.")
    years = list(releases)
    pairs = zip(releases[years[0]], releases[years[-1]], strict=True)
    columns = ["area", "value", "first_year", "last_year", "grade", "vintage", "source"]
    added = [
        (b.area, b.value - a.value, a.year, b.year, max(a.grade, b.grade), max(a.vintage, b.vintage),
         series.joined_sources((a.source, b.source)))
        for a, b in pairs
    ]  # fmt: skip
    rows = pd.DataFrame(added, columns=columns)
    head = data.head("what each member added, {first}-{last}", first=years[0], last=years[-1])
    axes = charts.plot_contributions(rows, **data.labels(rows, head))
    return data.picture(axes, f"contributions-{region}-{indicator}", rows, head)


@or_reason
def draw_stack(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """Amounts of a region's members by year, one on top of the other, such as trade or foreign investment."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    found = data.known(data.figures())
    data.addable()
    rows, head = recent_years(found), data.head("amounts of its members")
    axes = charts.plot_stack(rows, **data.labels(rows, head))
    return data.picture(axes, f"stack-{region}-{indicator}", rows, head)


@or_reason
def draw_coverage(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """Which of the region's targets has a figure for which year, and how well it is attested."""
    data = RegionData.load(plan, as_of, region=region, **options)
    own = data.plan.targets
    own = own[(own["region"] == region) & (own["kind"] != "qualitative")]
    if own.empty:
        raise NothingToShow("No picture: the plan sets no target with a number here.")
    years = range(int(own["first_year"].min()) - 2, int(own["horizon"].max()) + 2)
    rows = []
    for target, area, indicator in zip(own["target"], own["area"], own["indicator"], strict=True):
        found = replace(data, area=area, indicator=indicator).series()
        known = {row.year: (row.grade, row.source) for row in found.rows}
        rows += [(target, year, *known.get(year, ("", ""))) for year in years]
    rows = pd.DataFrame(rows, columns=["area", "year", "grade", "source"])
    head = Head(data.words("{area}: figures for its targets"), data.subtitle())
    names = dict(zip(own["target"], own[f"label_{data.language}"], strict=True))
    axes = charts.plot_coverage(rows, **data.labels(rows, head) | {"names": names})
    said = coverage_text(rows, int(own["first_year"].min()), int(own["horizon"].max()))
    return data.picture(axes, f"coverage-{region}", rows, head, message=said)


# -- cities -----------------------------------------------------------------------------------------------


@or_reason
def draw_dual_core(plan, *, as_of: str = "", **options) -> Picture:
    """The leading cities of a plan's regions side by side, against their targets for gross domestic product."""
    data = RegionData.load(plan, as_of, indicator="gdp", **options)
    cities = [one for one in data.plan.regions["lead_city"].unique() if one]
    if len(cities) < 2:
        raise NothingToShow("No picture: the plan does not name the leading cities of two regions.")
    rows = recent_years(data.figures(cities))
    own = data.plan.targets
    own = own[own["area"].isin(cities) & (own["indicator"] == "gdp") & (own["kind"] == "level")]
    years = range(int(own["first_year"].min()) - 1, int(own["horizon"].max()) + 1) if len(own) else ()
    line = own[["area", "value"]].merge(pd.DataFrame({"year": years}), how="cross")
    message = "{cities}: {indicator} against the target" if len(own) else "{cities}: {indicator}"
    named = listed(map(data.tables.name_text, cities), chinese="与" if len(cities) == 2 else "、")
    verdicts = {one.target: one for one in reversed(assess.judge_all(data.plan, as_of=as_of))}
    verdicts = [verdicts[target] for target in own["target"]]
    named = named._asdict()
    if len(cities) > MOST_NAMED:
        named, verdicts = data.words("The leading cities"), []
    ends = {language: _ends(data, verdicts, language) for language in LANGUAGES}
    head = Head(data.words(message, cities=named), ends)
    line, labels = line.assign(name=text("target", data.language)), data.labels(rows, head, panels=True)
    axes = charts.plot_member_panels(rows, members=cities, target=line, **labels)
    names = {"value": "value", "horizon": "year", "first_year": "first_year", "area": "area"}
    clauses = pd.DataFrame([clause_columns(data.plan, row) for row in own.to_dict("records")], own.index)
    targets = pd.concat([own[list(names)].rename(columns=names), clauses], axis=1)
    parts = [roled(rows, "actual"), roled(targets, "target")]
    return data.picture(axes, "dual-core", trajectory_rows(parts), head)


def _ends(data: RegionData, verdicts: list[assess.Verdict], language: str) -> str:
    """What came of each target, by its city: ``Dalian: missed by 48.31 billion yuan (4.8%) in 2024``."""
    said = []
    for one in verdicts:
        words = verdict_in_words(one, language)
        values = {"area": data.tables.name(one.area, language), "reason": words[:1].lower() + words[1:]}
        said.append(tr("{area}: {reason}", language, **values))
    return tr("; ", language).join(said)


@or_reason
def draw_city_growth(adcode: str, *, as_of: str = "", plan=PLAN, **options) -> Picture:
    """A city's real growth beside the areas that it lies in (such as province and nation), and the other cities."""
    data = RegionData.load(plan, as_of, indicator=GROWTH, adcode=adcode, **options)
    rates, beside = data.figures(_siblings(data)), data.figures(areas_around(data.plan, adcode))
    own, others = rates[rates["area"] == adcode], rates[rates["area"] != adcode]
    rows = data.known(pd.concat([own, beside, others], ignore_index=True))
    names = {lang: tr(", ", lang).join(dict.fromkeys(beside[f"name_{lang}"])) for lang in ("en", "zh")}
    cities = "beside {names} and the other cities" if names["en"] else "beside the other cities"
    areas = "beside {names} and the other areas" if names["en"] else "beside the other areas"
    head = data.head(cities if _is_city(data) else areas, names=names)
    axes = charts.plot_growth_trajectory(
        own, benchmark=beside.assign(name=beside[f"name_{data.language}"]), members=others,
        name=data.tables.name(adcode, data.language), **data.labels(rows, head),
    )  # fmt: skip
    return data.picture(axes, f"growth-{adcode}", rows, head)


@or_reason
def draw_ranks(adcode: str, *, as_of: str = "", plan=PLAN, **options) -> Picture:
    """Rank of each city by gross domestic product, year by year, one city in full colour."""
    data = RegionData.load(plan, as_of, indicator="gdp", adcode=adcode, **options)
    cities = _siblings(data)
    rows = recent_years(data.figures(cities), first=2019)
    rows = rows[rows.groupby("year")["area"].transform("nunique") == len(cities)]
    if rows.empty:
        raise NothingToShow("No picture: in no year has every city a figure, so that none has a rank.")
    head = _parent_head(data, "rank of its cities" if _is_city(data) else "rank of its areas")
    labels = data.labels(rows, head) | {"unit": ""}
    ranks = rows.groupby("year")["value"].rank(ascending=False, method="first")
    rows = rows.assign(drawn=ranks, drawn_unit=tr("rank", data.language))
    axes = charts.plot_ranks(rows, highlight=[adcode], **labels)
    return data.picture(axes, f"ranks-{adcode}", rows, head)


@or_reason
def draw_dots(adcode: str, indicator: str, *, as_of: str = "", plan=PLAN, **options) -> Picture:
    """All cities against the area that they lie in, in the latest year that all have; the city itself is marked."""
    data = RegionData.load(plan, as_of, adcode=adcode, indicator=indicator, **options)
    cities, province = _siblings(data), areas_around(data.plan, adcode)[:1]
    rates = data.known(data.figures(cities), "No picture: no city has a figure of {indicator}.")
    counts = rates.groupby("year")["area"].nunique()
    year = int(counts[counts == counts.max()].index.max())
    cities_then, beside = (one[one["year"] == year] for one in (rates, data.figures(province)))
    own = rates[rates["area"] == adcode]
    data.known(own[own["year"] == year], years=own["year"], year=year)
    benchmark = dict.fromkeys(beside[f"name_{data.language}"], float(beside["value"].sum())) or None
    rows = pd.concat([cities_then, beside], ignore_index=True)
    head = _parent_head(data, "its cities in {year}" if _is_city(data) else "its areas in {year}", year=year)
    marked = {"benchmark": benchmark, "highlight": [adcode]}
    axes = charts.plot_dots(cities_then.drop(columns="year"), **marked, **data.labels(rows, head))
    return data.picture(axes, f"dots-{adcode}-{indicator}", rows, head)


def _siblings(data: RegionData) -> list[str]:
    """The areas of the same rank that lie in the same area, itself among them."""
    areas = data.plan.areas
    own = areas.set_index("area").loc[data.area]
    return areas.loc[(areas["level"] == own["level"]) & (areas["parent"] == own["parent"]), "area"].tolist()


def _is_city(data: RegionData) -> bool:
    areas = data.plan.areas
    return (areas.loc[areas["area"] == data.area, "level"] == "city").all()


def _parent_head(data: RegionData, subtitle: str, **values: object) -> Head:
    """Head of a picture of all cities of the area that one lies in, or by its own name where it lies in none."""
    return replace(data, area=(areas_around(data.plan, data.area) or [data.area])[0]).head(subtitle, **values)
