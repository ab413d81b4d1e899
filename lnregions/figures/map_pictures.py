"""Maps as pictures: the plan's regions, the figures of their members, changes, years side by side, verdicts."""

import pandas as pd
from matplotlib.patches import Patch

from lnregions import maps
from lnregions.assess import judge, members_of
from lnregions.boundaries import boundary_words
from lnregions.errors import DataError, quote
from lnregions.figures.drawn_rows import check_verdicts, paired_years
from lnregions.figures.map_grounds import (
    all_areas,
    among,
    finish,
    map_options,
    map_picture,
    map_words,
    zone_of,
)
from lnregions.figures.pictures import NO_MAP, NothingToShow, Picture, RegionData, or_reason
from lnregions.sentences import counted_sentence
from lnregions.series import Tables
from lnregions.style import BORDER, DrawingOptions
from lnregions.words import RATE_DECIMALS
from lnregions.words.catalogue import tr, trn

PLAIN = "#f1e8d2"
MONEY = "元"
"""Sign of a unit of money: a change of such an amount at current prices is a nominal one."""
FIRST_CLASSED = 2019
"""First year that classes are made from: the first on the basis of the fourth economic census."""
MANY_VALUES = 30
"""Values from which growth gets six classes, its outer twentieths left to the open end classes."""
MOST_YEARS = 6
_MEMBERSHIP = ["region", "area", "level", "status", "proxy", "note"]
_VERDICT = ["target", "region", "area", "status", "actual_year", "actual", "required", "gap", "unit", "grade"]


# -- regions and cities -----------------------------------------------------------------------------------


@or_reason
def draw_membership(plan, *, as_of: str = "", **options) -> Picture:
    """Map of all regions, where they overlap, and how well each membership is attested."""
    data = RegionData.load(plan, as_of, **options)
    years = f"{data.plan.facts['first_year']}-{data.plan.facts['horizon']}"
    title = data.words("Who belongs to the regions of the plan, {years}", years=years)
    message = "Members of the plan's regions, {years}, and how well each is attested."
    return _draw_members(data, data.drawn.membership, "membership", title, data.words(message, years=years))


@or_reason
def draw_location(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """Map of one region: its members with status, within the province."""
    data = RegionData.load(plan, as_of, region=region, **options)
    own = data.drawn.membership[data.drawn.membership["region"] == region]
    title = data.words("{area}: location and members")
    caption = data.words("{area}: its members and how well each is attested.")
    return _draw_members(data, own, f"location-{region}", title, caption)


def _draw_members(data: RegionData, membership: pd.DataFrame, name: str, title, caption) -> Picture:
    cities, counties = all_areas(data), data.counties
    known = {*cities["area"], *counties["area"]}
    drawn = membership[membership["area"].isin(known) | (membership["level"] == "zone")]
    if known.isdisjoint(drawn["area"]):
        raise NothingToShow(NO_MAP)
    axes = maps.plot_membership(
        cities, drawn, counties=counties,
        regions=data.plan.regions, **map_options(data),
    )  # fmt: skip
    sources, english = data.plan.sources, data.language == "en"
    issuers = sources["publisher"].where(sources["publisher"] != "", sources["title"]).drop_duplicates()
    named = ("; " if english else "；").join(issuers.head(2).astype(str))
    line = tr("Source: {sources}", data.language, sources=named) + (". " if english else "。")
    line += boundary_words(data.plan, data.language)
    finish(data, axes, title, line)
    return map_picture(data, axes, name, membership[_MEMBERSHIP], caption)


@or_reason
def draw_city_location(plan, adcode: str, *, as_of: str = "", **options) -> Picture:
    """Map of a city's counties and districts within the province; of the city alone where they have no boundaries."""
    data = RegionData.load(plan, as_of, adcode=adcode, **options)
    cities, counties = all_areas(data), data.counties
    own = counties[counties["parent"] == adcode]
    if own.empty and adcode not in set(cities["area"]):
        raise NothingToShow(NO_MAP)
    if len(own):
        title = data.words("{area}: its districts and counties")
        caption = data.words("{area} with its {number} districts and counties.", number=len(own))
    else:
        own, title = cities[cities["area"] == adcode], data.words("{area}: where it lies")
        caption = title
    frame = maps.prepare(own)
    axes = maps.start(map_options(data)["ax"], frame, data.language)
    fills = [PLAIN] * len(frame)
    maps.draw_areas(axes, frame.geometry, fills=fills)
    maps.draw_outline(axes, frame.geometry)
    key = maps.label_areas(axes, frame, maps.wordings(frame, data.language), fills)
    if key:
        patch, word = Patch(facecolor=PLAIN, edgecolor=BORDER), tr("districts and counties", data.language)
        maps.add_legend(axes, [patch], [word], title="", notes=key)
    line, others = boundary_words(data.plan, data.language), cities[cities["area"] != adcode]
    finish(data, axes, title, line, others=others)
    return map_picture(
        data, axes, f"location-{adcode}", pd.DataFrame(own[["area", "name_en", "name_zh"]]), caption
    )


# -- figures ----------------------------------------------------------------------------------------------


@or_reason
def draw_map(
    plan, region: str, indicator: str, *, year: int | None = None, as_of: str = "", **options
) -> Picture:
    """Map of an indicator over a region's members: circles for amounts, classes for rates and shares.

    Classes, and the size of circles, are those of all areas of the level, so that the regions' maps compare. A
    region of counties is drawn by county where any of its counties has a figure. Without a year the latest one
    serves that at least half of the areas have; where no year has that many, the latest figure of each area.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    level, members = level_of(data.drawn, region, indicator, data.tables)
    frame = data.cities if level == "city" else data.counties
    if not frame["area"].isin(members).any():
        raise NothingToShow(NO_MAP)
    found = one_year(data.figures(frame["area"].tolist()), len(frame), _whole_year(year))
    inside = frame["area"].isin(members)
    drawn = frame[inside].merge(found[["area", "year", "value", "grade"]], on="area", how="left")
    data.known(drawn.dropna(subset="value"))
    values, row = drawn_values(data.tables, indicator), data.codebook
    zone, looks = zone_of(data, members), {"legend": row[f"name_{data.language}"], **map_options(data)}
    looks["notes"] = zone.notes
    amounts = {"unit": row["unit"], "decimals": int(row["decimals"])}
    if row["aggregation"] == "sum" and drawn["value"].max() > 0:
        axes = maps.plot_symbols(drawn, "value", largest=float(values.max()), **amounts, **looks)
    else:
        breaks, looks["ramp"] = class_breaks(values, row["measure"], data.options), data.options.ramp
        axes = maps.plot_choropleth(drawn, "value", breaks=breaks, **amounts, **looks)
    zone.draw(axes)
    rows = found[found["area"].isin(members)].sort_values("area").assign(indicator=indicator)
    years = sorted({*rows["year"].dropna().astype(int)})
    span = "-".join(map(str, dict.fromkeys((years[0], years[-1]))))
    title = zone.titled(data.words("{area}: {indicator}, {years}", years=span))
    facts = maps.map_facts(axes)
    facts = {"crs": facts.pop("crs", ""), "classes": facts}
    finish(data, axes, title, data.source_line(rows), others=frame[~inside])
    return map_picture(data, axes, f"map-{region}-{indicator}", rows, title, **facts)


def _whole_year(given: object) -> int | None:
    """Year as a whole number; None for none."""
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not float(given).is_integer():
        raise DataError(
            f"The year {quote(given)} is not a whole number. Give a four-digit year such as 2024."
        )
    return int(given)


def level_of(plan, region: str, indicator: str, tables: Tables) -> tuple[str, list[str]]:
    """Level to draw a region at, and its members there: counties if any has a figure, or there is nothing else."""
    counties, found = plan.members(region, level="county"), tables.observations
    if counties == plan.members(region):
        return "county", counties
    if counties and (found["area"].isin(counties) & (found["indicator"] == indicator)).any():
        return "county", counties
    return "city", members_of(plan, region)


def one_year(found: pd.DataFrame, areas: int, year: int | None) -> pd.DataFrame:
    """Rows of a year: the latest of those with the most areas; of each area's latest year if none has half of them."""
    if found.empty:
        return found
    if year is None:
        counts = found.groupby("year")["area"].nunique()
        if counts.max() < areas / 2:
            return found.sort_values("year").drop_duplicates("area", keep="last")
        year = counts.index[counts == counts.max()].max()
    return found[found["year"] == year]


def drawn_values(tables: Tables, indicator: str) -> pd.Series:
    """Values of all cities and counties in the years around the plan, which classes and circles are made from.

    A province without cities counts as one.
    """
    rows, areas = tables.observations, tables.areas
    alone = (areas["level"] == "province") & ~areas["area"].isin(areas["parent"])
    below = areas.loc[areas["level"].isin(["city", "county"]) | alone, "area"]
    kept = (rows["indicator"] == indicator) & rows["default"] & (rows["year"] >= FIRST_CLASSED)
    return rows.loc[kept & rows["area"].isin(below), "value"]


def class_breaks(values: pd.Series, measure: str, options: DrawingOptions | None = None):
    """Class breaks of all values of an indicator; rare extremes of growth do not stretch its classes."""
    values, options = values.dropna(), options or DrawingOptions()
    classes, scheme = options.take("classes"), options.take("scheme")
    if classes is not None and not isinstance(classes, int):
        return list(classes)
    if scheme:
        return maps.scheme_breaks(values, scheme, classes=classes or 5)
    if len(values) < 2:
        return None
    if measure != "growth" or len(values) < MANY_VALUES:
        return maps.round_breaks(values, classes=classes or 5)
    low, high = values.quantile([0.05, 0.95])
    return maps.round_breaks(values[values.between(low, high)], classes=classes or 6)


# -- years compared ---------------------------------------------------------------------------------------


@or_reason
def draw_change(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """Map of the change of an indicator over the plan, diverging around zero.

    Amounts change in per cent, rates and shares in percentage points, from the last year before the plan that
    all members have to the latest that all have; a member whose series breaks between them has no change.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    found = data.figures()
    years = data.comparable_years(found)
    amount = data.codebook["measure"] == "level"
    rows = _changes(data, found, years)
    frame, inside = among(data, data.members)
    everywhere = data.figures(frame["area"].tolist())
    try:
        wide = data.comparable_years(everywhere, areas=len(frame))
    except NothingToShow:
        wide = years
    pooled = _changes(data, everywhere, wide)["change"]
    nominal = amount and MONEY in data.codebook["unit"]
    span = {"first": years[0], "last": years[1]}
    zone, legend = (
        zone_of(data, data.members),
        "Nominal change, {first}-{last}" if nominal else "Change, {first}-{last}",
    )
    axes = maps.plot_change(
        frame[inside].merge(rows, on="area", how="left"), "change", unit=rows["change_unit"].iloc[0],
        breaks=maps.change_breaks([*pooled, *([] if len(pooled) else rows["change"])]), notes=zone.notes,
        decimals=RATE_DECIMALS if amount else int(data.codebook["decimals"]),
        legend=tr(legend, data.language, **span), ramp=data.options.ramp, **map_options(data),
    )  # fmt: skip
    zone.draw(axes)
    message = "{area}: nominal change of {indicator}, {first}-{last}"
    title = data.words(message if nominal else "{area}: change of {indicator}, {first}-{last}", **span)
    title = zone.titled(title)
    finish(data, axes, title, data.source_line(rows), others=frame[~inside])
    return map_picture(data, axes, f"change-{region}-{indicator}", rows, title)


def _changes(data: RegionData, found: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Change of each area between two years: of amounts in per cent, of rates and shares in percentage points."""
    pairs, amount = paired_years(found, *years), data.codebook["measure"] == "level"
    change = pairs["value_after"] - pairs["value_before"]
    return pd.DataFrame({
        "first_year": years[0],
        "last_year": years[1],
        "before": pairs["value_before"],
        "after": pairs["value_after"],
        "unit": data.codebook["unit"],
        "change": change / pairs["value_before"] * 100 if amount else change,
        "change_unit": "%" if amount else "pp",
        "grade": pairs[["grade_before", "grade_after"]].max(axis=1),
        "status": "computed",
        "vintage": pairs[["vintage_before", "vintage_after"]].max(axis=1),
        "source": pairs["source_before"] + " " + pairs["source_after"],
    }).reset_index()  # fmt: skip


@or_reason
def draw_years(plan, region: str, indicator: str, *, as_of: str = "", **options) -> Picture:
    """Maps of a rate or share side by side by year, with the same classes and one legend."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    found = data.figures()
    data.comparable_years(found)  # without two there is nothing to compare
    counts = found.groupby("year")["area"].nunique()
    years = sorted(counts[counts >= min(len(data.members) / 2, counts.max())].index)[-MOST_YEARS:]
    rows, row, (frame, inside) = found[found["year"].isin(years)], data.codebook, among(data, data.members)
    axes = maps.plot_small_multiples(
        frame[inside], rows[["area", "year", "value"]], unit=row["unit"],
        breaks=class_breaks(drawn_values(data.tables, indicator), row["measure"], data.options),
        legend=row[f"name_{data.language}"], width=data.width, language=data.language, ramp=data.options.ramp,
        height_mm=data.options.height_mm,
    )  # fmt: skip
    title = data.words("{area}: {indicator}, {years}", years=f"{years[0]}-{years[-1]}")
    title = zone_of(data, data.members).titled(title)
    maps.finish_map(axes, **map_words(data, title, data.source_line(rows)))
    return map_picture(data, axes, f"years-{region}-{indicator}", rows, title)


# -- verdicts ---------------------------------------------------------------------------------------------


@or_reason
def draw_verdict_map(plan, verdicts: pd.DataFrame | None = None, *, as_of: str = "", **options) -> Picture:
    """Map of the plan's state: every region with one mark a target, whose shape and colour tell the verdict."""
    if verdicts is not None:
        check_verdicts(verdicts)
    data = RegionData.load(plan, as_of, **options)
    verdicts = judge(data.plan, as_of=as_of) if verdicts is None else verdicts
    cities, counties = all_areas(data), data.counties
    members, known = {}, {*cities["area"], *counties["area"]}
    for region in data.plan.regions["region"]:  # drawn by county if it has any, else by city
        own = data.plan.members(region, level="county") or data.drawn.members(region, level="city")
        if own := [area for area in own if area in known]:
            members[region] = own
    if not members:
        raise NothingToShow(NO_MAP)
    counties = counties[
        counties["area"].isin({area for own in members.values() for area in own} - {*cities["area"]})
    ]
    axes = maps.plot_plan_status(
        pd.concat([cities, counties], ignore_index=True), verdicts, members=members,
        names=data.plan.regions.set_index("region")[f"short_{data.language}"],
        legend=tr("Verdict (targets)", data.language), **map_options(data),
    )  # fmt: skip
    one = "The plan's target and its verdict, by region"
    many = "{number} targets of the plan and their verdicts, by region"
    title = {lang: trn(one, many, len(verdicts), lang) for lang in ("en", "zh")}
    rows = verdicts[_VERDICT].assign(source=verdicts["sources"])
    finish(data, axes, title, data.source_line(rows))
    message = counted_sentence(data.plan, verdicts.itertuples())
    return map_picture(data, axes, "verdict-map", rows, data.dated(title), message=message)
