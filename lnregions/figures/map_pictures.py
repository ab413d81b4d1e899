"""Maps as pictures: the plan's regions, the figures of their members, changes, years side by side, verdicts."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.patches import Patch

from lnregions import maps
from lnregions.assess import judge
from lnregions.boundaries import boundary_words
from lnregions.figures import map_grounds as grounds
from lnregions.figures.bundles import Picture, Pictures
from lnregions.figures.drawn_rows import check_verdicts, paired_years
from lnregions.figures.messages import source_words
from lnregions.figures.region_data import NO_MAP, Head, NothingToShow, RegionData, or_reason
from lnregions.sentences import counted_sentence
from lnregions.style import BORDER
from lnregions.tables import name_beside_unit, place_code, plan_of
from lnregions.words import RATE_DECIMALS, year_span
from lnregions.words.catalogue import tr, trn

PLAIN = "#f1e8d2"
MONEY = "元"
"""Sign of a unit of money: a change of such an amount at current prices is a nominal one."""
MOST_YEARS = 6
LEAST_OF_ALL = 0.02
"""Share of the largest amount of all areas below which a circle is a speck."""
_JOINED = ["area", "year", "value", "grade"]
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
    cities, counties = grounds.all_areas(data), data.counties
    known = {*cities["area"], *counties["area"]}
    drawn = membership[membership["area"].isin(known) | (membership["level"] == "zone")]
    if known.isdisjoint(drawn["area"]):
        raise NothingToShow(NO_MAP)
    axes = maps.plot_membership(
        cities, drawn, counties=counties,
        regions=data.plan.regions, **grounds.map_options(data),
    )  # fmt: skip
    sources, english = data.plan.sources, data.language == "en"
    issuers = sources["publisher"].where(sources["publisher"] != "", sources["title"]).drop_duplicates()
    named = ("; " if english else "；").join(issuers.head(2).astype(str))
    line = tr("Source: {sources}", data.language, sources=named) + (". " if english else "。")
    line += boundary_words(data.plan, data.language)
    grounds.finish(data, axes, title, line)
    return grounds.map_picture(data, axes, name, membership[_MEMBERSHIP], caption)


@or_reason
def draw_city_location(plan, adcode: str, *, as_of: str = "", **options) -> Picture:
    """Map of a city's counties and districts within the province; of the city alone where they have no boundaries."""
    data = RegionData.load(plan, as_of, adcode=adcode, **options)
    cities, counties = grounds.all_areas(data), data.counties
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
    axes = maps.start(grounds.map_options(data)["ax"], frame, data.language)
    fills = [PLAIN] * len(frame)
    maps.draw_areas(axes, frame.geometry, fills=fills)
    maps.draw_outline(axes, frame.geometry)
    key = maps.label_areas(axes, frame, maps.wordings(frame, data.language), fills)
    if key:
        patch, word = Patch(facecolor=PLAIN, edgecolor=BORDER), tr("districts and counties", data.language)
        maps.add_legend(axes, [patch], [word], title="", notes=key)
    line, others = boundary_words(data.plan, data.language), cities[cities["area"] != adcode]
    grounds.finish(data, axes, title, line, others=others)
    rows = pd.DataFrame(own[["area", "name_en", "name_zh"]])
    return grounds.map_picture(data, axes, f"location-{adcode}", rows, caption)


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
    drawn, rows, others = _member_figures(data, year)
    zone, looks = grounds.zone_of(data, drawn["area"].tolist()), _looks(data)
    notes = [*zone.notes, *data.expected(rows)]
    if _is_amount(data, drawn):
        axes = maps.plot_symbols(drawn, "value", **_sized(data, drawn, notes), **looks)
    else:
        looks |= {"breaks": _breaks(data), "ramp": data.options.ramp, "notes": notes}
        axes = maps.plot_choropleth(drawn, "value", **looks)
    zone.draw(axes)
    title = zone.titled(data.words("{area}: {indicator}, {years}", years=_span(rows)))
    grounds.finish(data, axes, title, data.source_line(rows), others=others)
    return grounds.map_picture(data, axes, f"map-{region}-{indicator}", rows, title, **_facts(axes))


@or_reason
def draw_maps(plan, region: str, indicators: Sequence[str], *, as_of: str = "", **options) -> Pictures:
    """Maps of several indicators over a region's members, and of those that the plan adds itself.

    The reason names each indicator of which no member has a figure.
    """
    plan = plan_of(plan)
    names = [*indicators, *plan.own_indicators]
    codes = dict.fromkeys(place_code(plan, one, kind="indicator") for one in names)
    found = [draw_map(plan, region, one, as_of=as_of, **options) for one in codes]
    missing = [one.reason for one in found if not isinstance(one, Picture)]
    drawn = [one for one in found if isinstance(one, Picture)]
    return Pictures(drawn, reason="\n".join(dict.fromkeys(missing)))


@or_reason
def draw_circles(
    plan, region: str, indicator: str, rate: str, *, year: int | None = None, as_of: str = "", **options
) -> Picture:
    """Map of an amount and a rate of the same year: the area of a circle is the one, its colour the class of the other.

    Circles and classes are those of `draw_map`.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, **options)
    rated = RegionData.load(data.plan, as_of, region=region, indicator=rate, language=data.language)
    rated = replace(rated, options=data.options)
    drawn, rows, others = _member_figures(data, year)
    if not _is_amount(data, drawn):
        data.known(rows[:0], "No picture: figures of {indicator} cannot be added.")
    row, zone = rated.codebook, grounds.zone_of(data, drawn["area"].tolist())
    known = rated.figures(rows["area"].tolist())
    rates = rated.known(known.merge(rows[["area", "year"]]), years=known["year"], year=_span(rows))
    rates = rates.assign(indicator=rate, unit=row["unit"])
    beside = rates[_JOINED].rename(columns={"value": "rate", "grade": "other"})
    drawn = drawn.merge(beside, on=["area", "year"], how="left")
    drawn["grade"] = drawn[["grade", "other"]].fillna("").max(axis=1)
    scale = {"unit": row["unit"], "breaks": _breaks(rated), "ramp": data.options.ramp}
    axes = maps.plot_symbols(
        drawn, "value", scale=maps.rate_scale("rate", drawn["rate"], **scale),
        scale_legend=row[f"name_{data.language}"], **_looks(data),
        **_sized(data, drawn, [*zone.notes, *data.expected(rows), *rated.expected(rates)]),
    )  # fmt: skip
    zone.draw(axes)
    words = {"rate": rated.words("{indicator}"), "years": _span(rows)}
    title = zone.titled(data.words("{area}: {indicator} and {rate}, {years}", **words))
    rows = pd.concat([rows.assign(unit=data.codebook["unit"]), rates], ignore_index=True)
    grounds.finish(data, axes, title, data.source_line(rows), others=others)
    name = f"circles-{region}-{indicator}-{rate}"
    return grounds.map_picture(data, axes, name, rows, title, **_facts(axes))


@or_reason
def draw_tile_map(plan, indicator: str, *, year: int | None = None, as_of: str = "", **options) -> Picture:
    """All areas of a plan as equal squares, each about where it lies, in the classes of `draw_map`.

    No area counts for more than another, and there are no borders, so that it is readable small.
    """
    data = RegionData.load(plan, as_of, indicator=indicator, **options)
    frame = grounds.all_areas(data)
    found = data.figures(frame["area"].tolist())
    rows = grounds.one_year(found, len(frame), year)
    words = {"area": grounds.name_of_all(data)[data.language], "year": year}
    rows = data.known(rows, "No picture: no city has a figure of {indicator}.", years=found["year"], **words)
    rows = rows.sort_values("area")
    tiles = maps.tile_grid(frame).merge(rows[_JOINED], on="area", how="left")
    recent, breaks = found["year"] >= grounds.FIRST_CLASSED, _breaks(data)
    if _is_amount(data, rows):  # without those of smaller areas
        breaks = grounds.class_breaks(found.loc[recent, "value"], "level", data.options)
    axes = maps.plot_choropleth(tiles, "value", breaks=breaks, ramp=data.options.ramp, **_looks(data))
    title = data.words("{area}: {indicator}, {years}", area=grounds.name_of_all(data), years=_span(rows))
    sources = source_words(rows, data.tables, language=data.language)
    words = grounds.map_words(data, title, tr("Source: {sources}", data.language, sources=sources))
    maps.write_around([axes], title=words["title"], source=words["source"] or "")
    name, classes = f"tile-map-{indicator}", _facts(axes)["classes"]
    return data.picture(axes, name, rows.assign(indicator=indicator), Head(title), classes=classes)


def _member_figures(data: RegionData, year: object) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Boundaries of a region's members with their figures of one year, the rows of these, and all other areas."""
    level, members = grounds.level_of(data.drawn, data.area, data.indicator, data.tables)
    frame = data.counties
    if level == "city":
        frame = grounds.with_counties(data.cities, frame, members)
    inside = frame["area"].isin(members)
    if not inside.any():
        raise NothingToShow(NO_MAP)
    known = data.figures(frame["area"].tolist())
    found = grounds.one_year(known, len(frame), year)
    rows = found[found["area"].isin(members)].sort_values("area").assign(indicator=data.indicator)
    data.known(rows, years=known.loc[known["area"].isin(members), "year"], year=year or _span(found))
    return frame[inside].merge(found[_JOINED], on="area", how="left"), rows, frame[~inside]


def _is_amount(data: RegionData, drawn: pd.DataFrame) -> bool:
    """Whether values are amounts, of which circles tell the size."""
    return data.codebook["aggregation"] == "sum" and drawn["value"].max() > 0


def _sized(data: RegionData, drawn: pd.DataFrame, notes: Sequence[str]) -> dict:
    """Value of the largest circle: that of all areas, or where all would be specks of those drawn, as a note says."""
    own, of_all = drawn["value"].max(), grounds.drawn_values(data.tables, data.indicator).max()
    if own >= LEAST_OF_ALL * of_all:
        return {"largest": float(of_all), "notes": notes}
    message = "Circles have a scale of their own, larger than on the maps of other regions."
    return {"largest": float(own), "notes": [*notes, tr(message, data.language)]}


def _breaks(data: RegionData):
    values = grounds.drawn_values(data.tables, data.indicator)
    return grounds.class_breaks(values, data.codebook["measure"], data.options)


def _looks(data: RegionData) -> dict:
    """Unit, decimals, legend, axes and language of a map of the indicator."""
    row = data.codebook
    amounts = {
        "unit": row["unit"],
        "decimals": int(row["decimals"]),
        "legend": name_beside_unit(row, data.language),
    }
    return amounts | grounds.map_options(data)


def _span(rows: pd.DataFrame) -> str:
    """Year of the rows, or the first and the last."""
    return year_span(rows["year"].min(), rows["year"].max())


def _facts(axes) -> dict:
    """Projection and classes of a map, for the sidecar."""
    facts = maps.map_facts(axes)
    return {"crs": facts.pop("crs", ""), "classes": facts}


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
    frame, inside = grounds.among(data, data.members)
    everywhere = data.figures(frame["area"].tolist())
    try:
        wide = data.comparable_years(everywhere, areas=len(frame))
    except NothingToShow:
        wide = years
    pooled = _changes(data, everywhere, wide)["change"]
    pooled = pooled if len(pooled) else rows["change"]
    nominal = amount and MONEY in data.codebook["unit"]
    span = {"first": years[0], "last": years[1]}
    zone = grounds.zone_of(data, data.members)
    legend = "Nominal change, {first}-{last}" if nominal else "Change, {first}-{last}"
    axes = maps.plot_change(
        frame[inside].merge(rows, on="area", how="left"), "change", unit=rows["change_unit"].iloc[0],
        breaks=maps.change_breaks(pooled, least=-100 if amount else -math.inf), notes=zone.notes,
        decimals=RATE_DECIMALS if amount else int(data.codebook["decimals"]),
        legend=tr(legend, data.language, **span), ramp=data.options.ramp, **grounds.map_options(data),
    )  # fmt: skip
    zone.draw(axes)
    message = "{area}: nominal change of {indicator}, {first}-{last}"
    title = data.words(message if nominal else "{area}: change of {indicator}, {first}-{last}", **span)
    title = zone.titled(title)
    grounds.finish(data, axes, title, data.source_line(rows), others=frame[~inside])
    return grounds.map_picture(data, axes, f"change-{region}-{indicator}", rows, title)


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
    rows, row = found[found["year"].isin(years)], data.codebook
    frame, inside = grounds.among(data, data.members)
    axes = maps.plot_small_multiples(
        frame[inside], rows[["area", "year", "value"]], unit=row["unit"], breaks=_breaks(data),
        legend=name_beside_unit(row, data.language), width=data.width, language=data.language, ramp=data.options.ramp,
        height_mm=data.options.height_mm,
    )  # fmt: skip
    title = data.words("{area}: {indicator}, {years}", years=f"{years[0]}-{years[-1]}")
    title = grounds.zone_of(data, data.members).titled(title)
    maps.finish_map(axes, **grounds.map_words(data, title, data.source_line(rows)))
    return grounds.map_picture(data, axes, f"years-{region}-{indicator}", rows, title)


# -- verdicts ---------------------------------------------------------------------------------------------


@or_reason
def draw_verdict_map(plan, verdicts: pd.DataFrame | None = None, *, as_of: str = "", **options) -> Picture:
    """Map of the plan's state: every region with one mark a target, whose shape and colour tell the verdict."""
    if verdicts is not None:
        check_verdicts(verdicts)
    data = RegionData.load(plan, as_of, **options)
    verdicts = judge(data.plan, as_of=as_of) if verdicts is None else verdicts
    cities, counties = grounds.all_areas(data), data.counties
    members, known = {}, {*cities["area"], *counties["area"]}
    for region in data.plan.regions["region"]:
        if own := [area for area in grounds.shown_members(data.drawn, region) if area in known]:
            members[region] = own
    if not members:
        raise NothingToShow(NO_MAP)
    axes = maps.plot_plan_status(
        grounds.with_counties(cities, counties, itertools.chain(*members.values())), verdicts, members=members,
        names=data.plan.regions.set_index("region")[f"short_{data.language}"],
        legend=tr("Verdict (targets)", data.language), **grounds.map_options(data),
    )  # fmt: skip
    one = "The plan's target and its verdict, by region"
    many = "{number} targets of the plan and their verdicts, by region"
    title = {lang: trn(one, many, len(verdicts), lang) for lang in ("en", "zh")}
    rows = verdicts[_VERDICT].assign(source=verdicts["sources"])
    grounds.finish(data, axes, title, data.source_line(rows))
    message = counted_sentence(data.plan, verdicts.itertuples())
    return grounds.map_picture(data, axes, "verdict-map", rows, data.dated(title), message=message)
