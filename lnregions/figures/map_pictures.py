"""Maps as pictures: the plan's regions, the figures of their members, changes, years side by side, verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.patches import Patch

from lnregions import maps
from lnregions.assess import judge, members_of, stand_ins
from lnregions.boundaries import (
    boundaries_of,
    boundary_words,
    equal_area,
    ground_around,
    land_within,
    project,
    union,
)  # fmt: skip
from lnregions.errors import DataError, quote
from lnregions.figures.pictures import (
    NothingToShow,
    Picture,
    RegionData,
    check_verdicts,
    or_reason,
    paired_years,
)  # fmt: skip
from lnregions.series import Tables
from lnregions.style import BORDER, palette, region_style
from lnregions.words import RATE_DECIMALS
from lnregions.words.catalogue import tr, trn

PLAIN = "#f1e8d2"
MONEY = "元"
"""Sign of a unit of money: a change of such an amount at current prices is a nominal one."""
CHINESE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}"
"""Codes of China's areas (GB/T 2260)."""
FIRST_CLASSED = 2019
"""First year that classes are made from: the first on the basis of the fourth economic census."""
MANY_VALUES = 30
"""Values from which growth gets six classes, its outer twentieths left to the open end classes."""
MOST_YEARS = 6
INSET_M = (1.5e6, 3e6, 4.5e6)
"""Metres across that an inset of land and sea may show, the first with enough of both."""
LEAST_SHARE = 0.04
"""Share of water, and of land, from which on an inset tells where it is."""
ELSEWHERE = 0.9
"""Share of all areas that a map may show for an inset to show it among them."""
NO_MAP = "No map: the plan has no boundaries of these areas."
_MEMBERSHIP = ["region", "area", "level", "status", "proxy", "note"]
_VERDICT = ["target", "region", "area", "status", "actual_year", "actual", "required", "gap", "unit", "grade"]


# -- regions and cities -----------------------------------------------------------------------------------


@or_reason
def draw_membership(plan, *, as_of: str = "", language: str = "en", width: str = "double") -> Picture:
    """Map of all regions, where they overlap, and how well each membership is attested."""
    data = RegionData.load(plan, as_of, language=language, width=width)
    years = f"{data.plan.facts['first_year']}-{data.plan.facts['horizon']}"
    title = data.words("Who belongs to the regions of the plan, {years}", years=years)
    message = "Members of the plan's regions, {years}, and how well each is attested."
    return _draw_members(data, data.drawn.membership, "membership", title, data.words(message, years=years))


@or_reason
def draw_location(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of one region: its members with status, within the province."""
    data = RegionData.load(plan, as_of, region=region, language=language, width=width)
    own = data.drawn.membership[data.drawn.membership["region"] == region]
    title = data.words("{area}: location and members")
    caption = data.words("{area}: its members and how well each is attested.")
    return _draw_members(data, own, f"location-{region}", title, caption)


def _draw_members(data: RegionData, membership: pd.DataFrame, name: str, title, caption) -> Picture:
    cities, counties = _all_areas(data), _on_grid(data, "county")
    known = {*cities["area"], *counties["area"]}
    drawn = membership[membership["area"].isin(known) | (membership["level"] == "zone")]
    if known.isdisjoint(drawn["area"]):
        raise NothingToShow(NO_MAP)
    axes = maps.plot_membership(
        cities, drawn, counties=counties,
        regions=data.plan.regions, **_options(data),
    )  # fmt: skip
    sources, english = data.plan.sources, data.language == "en"
    issuers = sources["publisher"].where(sources["publisher"] != "", sources["title"]).drop_duplicates()
    named = ("; " if english else "；").join(issuers.head(2).astype(str))
    line = tr("Source: {sources}", data.language, sources=named) + (". " if english else "。")
    line += boundary_words(data.plan, data.language)
    _finish(data, axes, title, line)
    return _picture(data, axes, name, membership[_MEMBERSHIP], caption)


@or_reason
def draw_city_location(
    plan, adcode: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of a city's counties and districts within the province; of the city alone where they have no boundaries."""
    data = RegionData.load(plan, as_of, adcode=adcode, language=language, width=width)
    cities, counties = _all_areas(data), _on_grid(data, "county")
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
    axes = maps.start(_options(data)["ax"], frame, data.language)
    fills = [PLAIN] * len(frame)
    maps.draw_areas(axes, frame.geometry, fills=fills)
    maps.draw_outline(axes, frame.geometry)
    key = maps.label_areas(axes, frame, maps.wordings(frame, "name", data.language), fills)
    if key:
        patch, word = Patch(facecolor=PLAIN, edgecolor=BORDER), tr("districts and counties", data.language)
        maps.add_legend(axes, [patch], [word], title="", notes=key)
    line, others = boundary_words(data.plan, data.language), cities[cities["area"] != adcode]
    _finish(data, axes, title, line, others=others)
    return _picture(
        data, axes, f"location-{adcode}", pd.DataFrame(own[["area", "name_en", "name_zh"]]), caption
    )


# -- figures ----------------------------------------------------------------------------------------------


@or_reason
def draw_map(
    plan, region: str, indicator: str, *, year: int | None = None, as_of: str = "", language: str = "en",
    width: str = "double",
) -> Picture:  # fmt: skip
    """Map of an indicator over a region's members: circles for amounts, classes for rates and shares.

    Classes, and the size of circles, are those of all areas of the level, so that the regions' maps compare. A
    region of counties is drawn by county where any of its counties has a figure. Without a year the latest one
    serves that at least half of the areas have; where no year has that many, the latest figure of each area.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    level, members = level_of(data.drawn, region, indicator, data.tables)
    frame = _on_grid(data, level)
    if not frame["area"].isin(members).any():
        raise NothingToShow(NO_MAP)
    found = one_year(data.figures(frame["area"].tolist()), len(frame), _whole_year(year))
    inside = frame["area"].isin(members)
    drawn = frame[inside].merge(found[["area", "year", "value", "grade"]], on="area", how="left")
    values, row = drawn_values(data.tables, indicator), data.codebook
    zone, options = _zone(data, members), {"legend": row[f"name_{data.language}"], **_options(data)}
    options["notes"] = zone.notes
    amounts = {"unit": row["unit"], "decimals": int(row["decimals"]), "labels": "value"}
    if drawn["value"].isna().all():
        only_words = "described in words only, without figures"
        message = "no figure of these areas is known for it" if row["unit"] else only_words
        options["notes"] = [tr(message, data.language), *zone.notes]
        axes = maps.plot_no_data(drawn, **options)
    elif row["aggregation"] == "sum" and drawn["value"].max() > 0:
        axes = maps.plot_symbols(drawn, "value", largest=float(values.max()), **amounts, **options)
    else:
        breaks = class_breaks(values, row["measure"])
        axes = maps.plot_choropleth(drawn, "value", breaks=breaks, **amounts, **options)
    zone.draw(axes)
    rows = found[found["area"].isin(members)].sort_values("area").assign(indicator=indicator)
    years = sorted({*rows["year"].dropna().astype(int)})
    title = data.words("{area}: {indicator}, no data")
    if years:
        span = "-".join(map(str, dict.fromkeys((years[0], years[-1]))))
        title = data.words("{area}: {indicator}, {years}", years=span)
    title = zone.titled(title)
    facts = maps.map_facts(axes)
    facts = {"crs": facts.pop("crs", ""), "classes": facts}
    _finish(data, axes, title, data.source_line(rows), others=frame[~inside])
    return _picture(data, axes, f"map-{region}-{indicator}", rows, title, **facts)


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
    """Values of all cities and counties in the years around the plan, which classes and circles are made from."""
    rows = tables.observations
    below = tables.areas.loc[tables.areas["level"].isin(["city", "county"]), "area"]
    kept = (rows["indicator"] == indicator) & rows["default"] & (rows["year"] >= FIRST_CLASSED)
    return rows.loc[kept & rows["area"].isin(below), "value"]


def class_breaks(values: pd.Series, measure: str) -> list[float] | None:
    """Class breaks of all values of an indicator; rare extremes of growth do not stretch its classes."""
    values = values.dropna()
    if len(values) < 2:
        return None
    if measure != "growth" or len(values) < MANY_VALUES:
        return maps.round_breaks(values)
    low, high = values.quantile([0.05, 0.95])
    return maps.round_breaks(values[values.between(low, high)], classes=6)


# -- years compared ---------------------------------------------------------------------------------------


@or_reason
def draw_change(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of the change of an indicator over the plan, diverging around zero.

    Amounts change in per cent, rates and shares in percentage points, from the last year before the plan that
    all members have to the latest that all have; a member whose series breaks between them has no change.
    """
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    found = data.figures()
    years = data.comparable_years(found)
    amount = data.codebook["measure"] == "level"
    rows = _changes(data, found, years)
    frame, inside = _among(data, data.members)
    everywhere = data.figures(frame["area"].tolist())
    try:
        wide = data.comparable_years(everywhere, areas=len(frame))
    except NothingToShow:
        wide = years
    pooled = _changes(data, everywhere, wide)["change"]
    nominal = amount and MONEY in data.codebook["unit"]
    span = {"first": years[0], "last": years[1]}
    zone, legend = (
        _zone(data, data.members),
        "Nominal change, {first}-{last}" if nominal else "Change, {first}-{last}",
    )
    axes = maps.plot_change(
        frame[inside].merge(rows, on="area", how="left"), "change", unit=rows["change_unit"].iloc[0],
        breaks=maps.change_breaks([*pooled, *([] if len(pooled) else rows["change"])]), notes=zone.notes,
        decimals=RATE_DECIMALS if amount else int(data.codebook["decimals"]),
        legend=tr(legend, data.language, **span), **_options(data),
    )  # fmt: skip
    zone.draw(axes)
    message = "{area}: nominal change of {indicator}, {first}-{last}"
    title = data.words(message if nominal else "{area}: change of {indicator}, {first}-{last}", **span)
    title = zone.titled(title)
    _finish(data, axes, title, data.source_line(rows), others=frame[~inside])
    return _picture(data, axes, f"change-{region}-{indicator}", rows, title)


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
def draw_years(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Maps of a rate or share side by side by year, with the same classes and one legend."""
    data = RegionData.load(plan, as_of, region=region, indicator=indicator, language=language, width=width)
    found = data.figures()
    data.comparable_years(found)  # without two there is nothing to compare
    counts = found.groupby("year")["area"].nunique()
    years = sorted(counts[counts >= min(len(data.members) / 2, counts.max())].index)[-MOST_YEARS:]
    rows, row, (frame, inside) = found[found["year"].isin(years)], data.codebook, _among(data, data.members)
    axes = maps.plot_small_multiples(
        frame[inside], rows[["area", "year", "value"]], unit=row["unit"],
        breaks=class_breaks(drawn_values(data.tables, indicator), row["measure"]),
        legend=row[f"name_{data.language}"], width=data.width, language=data.language,
    )  # fmt: skip
    title = data.words("{area}: {indicator}, {years}", years=f"{years[0]}-{years[-1]}")
    title = _zone(data, data.members).titled(title)
    maps.finish_map(axes, title=title[data.language], source=data.source_line(rows), language=data.language)
    return _picture(data, axes, f"years-{region}-{indicator}", rows, title)


# -- verdicts ---------------------------------------------------------------------------------------------


@or_reason
def draw_verdict_map(
    plan, verdicts: pd.DataFrame | None = None, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:  # fmt: skip
    """Map of the plan's state: every region with one mark a target, whose shape and colour tell the verdict."""
    if verdicts is not None:
        check_verdicts(verdicts)
    data = RegionData.load(plan, as_of, language=language, width=width)
    verdicts = judge(data.plan, as_of=as_of) if verdicts is None else verdicts
    cities, counties = _all_areas(data), _on_grid(data, "county")
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
        legend=tr("Verdict (targets)", data.language), **_options(data),
    )  # fmt: skip
    one = "The plan's target and its verdict, by region"
    many = "{number} targets of the plan and their verdicts, by region"
    title = {lang: trn(one, many, len(verdicts), lang) for lang in ("en", "zh")}
    rows = verdicts[_VERDICT].assign(source=verdicts["sources"])
    _finish(data, axes, title, data.source_line(rows))
    return _picture(data, axes, "verdict-map", rows, data.dated(title))


# -- around the areas -------------------------------------------------------------------------------------


def _on_grid(data: RegionData, level: str = "city") -> gpd.GeoDataFrame:
    """Areas of a level on the equal-area grid that suits all the plan's areas."""
    frames = {each: boundaries_of(data.plan, each) for each in ("city", "county")}
    whole = next((frame for frame in frames.values() if len(frame)), None)
    if whole is None:
        raise NothingToShow(NO_MAP)
    return project(frames[level], crs=equal_area(whole.total_bounds))


def _all_areas(data: RegionData) -> gpd.GeoDataFrame:
    """All areas of the plan: its cities, or its counties where it has only these."""
    cities = _on_grid(data)
    return cities if len(cities) else _on_grid(data, "county")


def _among(data: RegionData, areas: Sequence[str]) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """All areas of the level that some areas are of, and which of them these are."""
    frames = [_on_grid(data, level) for level in ("city", "county")]
    frame = next((one for one in frames if one["area"].isin(areas).any()), None)
    if frame is None:
        raise NothingToShow(NO_MAP)
    return frame, frame["area"].isin(areas)


def _options(data: RegionData) -> dict:
    """Axes shaped like the plan's areas, and the language."""
    west, south, east, north = _all_areas(data).total_bounds
    axes = maps.map_axes(data.width, aspect=(east - west) / (north - south), language=data.language)
    return {"ax": axes, "language": data.language}


@dataclass(frozen=True)
class _Zone:
    """Members of a region for which the areas drawn stand in, as whole cities do for counties without figures."""

    data: RegionData
    shapes: gpd.GeoSeries | None = None

    @property
    def notes(self) -> list[str]:
        """What the line around them is, for the legend."""
        if self.shapes is None:
            return []
        one, many = "dashed line: the region's county", "dashed line: the region's {number} counties"
        return [trn(one, many, len(self.shapes), self.data.language)]

    def titled(self, title: Mapping[str, str]) -> Mapping[str, str]:
        """Title with the words that figures are those of whole cities."""
        return title if self.shapes is None else self.data.words("{title} (whole-city figures)", title=title)

    def draw(self, axes) -> None:
        """Draw the line."""
        if self.shapes is not None:
            colour = palette.shade(region_style(self.data.area)[0])
            looks = {
                "edge": colour,
                "linewidths": 1.6,
                "linestyles": [(0, (3, 1.4))],
                "zorder": 4.2,
                "gid": "zone",
            }
            maps.draw_areas(axes, [union(self.shapes)], fills="none", **looks)


def _zone(data: RegionData, drawn: Sequence[str]) -> _Zone:
    """Zone of a region if all areas drawn only stand in for its members."""
    if not drawn or not set(drawn) <= set(stand_ins(data.plan, data.area)):
        return _Zone(data)
    counties = _on_grid(data, "county")
    counties = counties[counties["area"].isin(data.plan.members(data.area, level="county"))]
    return _Zone(data, maps.prepare(counties).geometry if len(counties) else None)


def _finish(data: RegionData, axes, title: Mapping[str, str], line: str, *, others=None) -> None:
    """Title, scale bar, arrow, source line, inset; other areas and what lies around as ground."""
    drawn, areas = maps.drawn_on(axes), [maps.drawn_on(axes).geometry]
    if others is not None and len(others):
        others = maps.printed(others, drawn.crs).assign(kind="area")
        areas.append(others.geometry)
    shown = gpd.GeoSeries(pd.concat(areas, ignore_index=True), crs=drawn.crs)
    ground = ground_around(data.plan, shown, maps.map_frame(axes))
    if ground is not None:
        if (ground["kind"] == "land").any():
            line += (" " if data.language == "en" else "") + tr("Land: Natural Earth.", data.language)
        covered = ground.intersection(union(shown)).area > ground.area / 2  # named by its parts
        ground.loc[covered, ["short_zh", "short_en"]] = ""
    parts = [one for one in (ground, others) if one is not None and len(one)]
    maps.finish_map(
        axes, title=title[data.language], source=line, language=data.language,
        context=pd.concat(parts, ignore_index=True) if parts else None, inset=_inset(data, drawn),
    )  # fmt: skip


def _inset(data: RegionData, drawn) -> maps.Inset | None:
    """Where the areas drawn lie: among all of the plan, or these between land and sea; None where neither tells."""
    whole, here = _all_areas(data), union(drawn.geometry)
    parents = set(whole["parent"])
    name = data.tables.name(min(parents), data.language) if len(parents) == 1 else ""
    name = (
        name if name not in ("", *parents) else data.plan.facts.get(f"short_{data.language}") or data.plan.id
    )
    if here.area < ELSEWHERE * whole.area.sum():
        return maps.Inset(maps.prepare(whole), [here], tr("in {area}", data.language, area=name))
    (x, y), (west, south, east, north) = here.centroid.coords[0], here.bounds
    for across in INSET_M:
        box = shapely.box(x - across / 2, y - across / 2, x + across / 2, y + across / 2)
        land = shapely.intersection(land_within(whole.crs, box), box)
        share = land.area / box.area
        if LEAST_SHARE < share < 1 - LEAST_SHARE and max(east - west, north - south) < across / 2:
            ground = gpd.GeoDataFrame(geometry=[land, box.boundary], crs=whole.crs)
            return maps.Inset(ground, [here], name, sea=True)
    return None


def _picture(data: RegionData, axes, name: str, rows: pd.DataFrame, words: Mapping, **facts) -> Picture:
    """Picture of a map, whose caption says whose its boundaries are and whether it has an approval number."""
    chinese = _all_areas(data)["area"].str.fullmatch(CHINESE).mean() > 0.5
    number, caption = data.plan.facts.get("map_approval", ""), {}
    for language, stop, space in (("en", ".", " "), ("zh", "。", "")):
        notes = [words[language].rstrip(stop) + stop, boundary_words(data.plan, language)]
        if number:
            notes.append(tr("Map approval number: {number}.", language, number=number))
        elif chinese:
            notes.append(
                tr(
                    "No map approval number (审图号): settle it before you publish the map in China.",
                    language,
                )
            )
        caption[language] = space.join(notes)
    return data.picture(axes, name, rows, caption, **facts)
