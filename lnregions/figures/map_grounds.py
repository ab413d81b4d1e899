"""What map pictures share: level, year and classes of their figures, the ground, an inset, a zone, their caption."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lnregions import maps
from lnregions.assess import members_of, stand_ins
from lnregions.boundaries import CHINESE_CODE, boundary_words, ground_around, land_within, union
from lnregions.errors import DataError
from lnregions.figures.bundles import Picture
from lnregions.figures.region_data import NO_MAP, NothingToShow, RegionData
from lnregions.series import Tables
from lnregions.series.growth import whole_year
from lnregions.style import DrawingOptions, palette, region_colour
from lnregions.tables import lineage, parents_of
from lnregions.words import LANGUAGES
from lnregions.words.catalogue import tr, trn

INSET_M = (1.5e6, 3e6, 4.5e6)
"""Metres across that an inset of land and sea may show, the first with enough of both."""
LEAST_SHARE = 0.04
"""Share of water, and of land, from which on an inset tells where it is."""
ELSEWHERE = 0.9
"""Share of all areas that a map may show for an inset to show it among them."""
FIRST_CLASSED = 2019
"""First year that classes are made from: the first on the basis of the fourth economic census."""
MANY_VALUES = 30
"""Values from which growth gets six classes, its outer twentieths left to the open end classes."""


# -- figures and their classes -----------------------------------------------------------------------------


def level_of(plan, region: str, indicator: str, tables: Tables) -> tuple[str, list[str]]:
    """Level to draw a region at, and its members there: counties if any has a figure, or there is nothing else.

    A region of cities and counties of which none stands in for another is drawn as cities, with these counties.
    """
    counties, found = plan.members(region, level="county"), tables.observations
    if counties == plan.members(region):
        return "county", counties
    known = (found["area"].isin(counties) & (found["indicator"] == indicator)).any()
    if known and shown_members(plan, region) == counties:
        return "county", counties
    return "city", members_of(plan, region)


def shown_members(plan, region: str) -> list[str]:
    """Members that maps show: counties instead of the areas that stand in for them, else all."""
    counties = plan.members(region, level="county")
    return plan.members(region) if set(counties) <= set(members_of(plan, region)) else counties


def with_counties(
    cities: gpd.GeoDataFrame, counties: gpd.GeoDataFrame, members: Iterable[str]
) -> gpd.GeoDataFrame:
    """Boundaries of the cities, and of the counties among some members."""
    further = counties["area"].isin(set(members) - {*cities["area"]})
    return pd.concat([cities, counties[further]], ignore_index=True) if further.any() else cities


def one_year(found: pd.DataFrame, areas: int, year: int | None) -> pd.DataFrame:
    """Rows of a year: the latest of those with the most areas; of each area's latest year if none has half of them."""
    if found.empty:
        return found
    if year in (None, ""):
        counts = found.groupby("year")["area"].nunique()
        if counts.max() < areas / 2:
            return found.sort_values("year").drop_duplicates("area", keep="last")
        year = counts.index[counts == counts.max()].max()
    return found[found["year"] == whole_year(year)]


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
    if np.iterable(classes):
        if scheme:
            raise DataError(
                "The breaks are given as classes, so no scheme finds them. Leave scheme or classes out."
            )
        return list(classes)
    classes = classes and int(classes)
    if scheme:
        return maps.scheme_breaks(values, scheme, classes=classes or 5)
    if len(values) < 2:
        return None
    if measure != "growth" or len(values) < MANY_VALUES:
        return maps.round_breaks(values, classes=classes or 5)
    low, high = values.quantile([0.05, 0.95])
    return maps.round_breaks(values[values.between(low, high)], classes=classes or 6)


# -- areas and what lies around them -----------------------------------------------------------------------


def all_areas(data: RegionData) -> gpd.GeoDataFrame:
    """All areas of the plan: its cities, or its counties where it has only these."""
    return data.cities if len(data.cities) else data.counties


def among(data: RegionData, areas: Sequence[str]) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """All areas of the level that some areas are of, and which of them these are."""
    frame = data.cities if data.cities["area"].isin(areas).any() else data.counties
    if not (inside := frame["area"].isin(areas)).any():
        raise NothingToShow(NO_MAP)
    return frame, inside


def map_options(data: RegionData) -> dict:
    """Axes given or shaped like the plan's areas, and the language."""
    west, south, east, north = all_areas(data).total_bounds
    size = {"aspect": (east - west) / (north - south), "height_mm": data.options.height_mm}
    axes = data.options.take("ax") or maps.map_axes(data.width, **size, language=data.language)
    return {"ax": axes, "language": data.language}


@dataclass(frozen=True)
class Zone:
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
            colour = palette.shade(region_colour(self.data.area))
            looks = {"linewidths": 1.6, "linestyles": [(0, (3, 1.4))], "zorder": 4.2, "gid": "zone"}
            maps.draw_areas(axes, [zone := union(self.shapes)], fills="none", edge=colour, **looks)
            maps.drawn_on(axes).leads.append(zone.boundary)


def zone_of(data: RegionData, drawn: Sequence[str]) -> Zone:
    """Zone of a region if all areas drawn only stand in for its members."""
    if not drawn or not set(drawn) <= set(stand_ins(data.plan, data.area)):
        return Zone(data)
    counties = data.counties
    counties = counties[counties["area"].isin(data.plan.members(data.area, level="county"))]
    return Zone(data, maps.prepare(counties).geometry if len(counties) else None)


def name_of_all(data: RegionData) -> dict[str, str]:
    """Short name in both languages of the smallest area that all areas of the plan lie in, or else of the plan."""
    parents = parents_of(data.plan)
    lines = [lineage(parents, area)[1:] for area in all_areas(data)["area"]]
    around = next((one for one in lines[0] if one in parents and all(one in line for line in lines)), "")
    return {one: data.tables.name(around, one) if around else data.plan.name(one) for one in LANGUAGES}


def finish(data: RegionData, axes, title: Mapping[str, str], line: str, *, others=None) -> None:
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
    around = pd.concat(parts, ignore_index=True) if parts else None
    maps.finish_map(axes, **map_words(data, title, line), context=around, inset=_inset(data, drawn))


def map_words(data: RegionData, title: Mapping[str, str], line: str) -> dict:
    """Title, source line and language of a map, as its user wants them."""
    source = line if data.options.take("source_line", True) else None
    title = data.options.take("title", title[data.language])
    return {"title": title, "source": source, "language": data.language}


def _inset(data: RegionData, drawn) -> maps.Inset | None:
    """Where the areas drawn lie: among all of the plan, or these between land and sea; None where neither tells."""
    whole, here = all_areas(data), union(drawn.geometry)
    name = name_of_all(data)[data.language]
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


def map_picture(data: RegionData, axes, name: str, rows: pd.DataFrame, words: Mapping, **facts) -> Picture:
    """Picture of a map, whose caption says whose its boundaries are and whether it has an approval number."""
    chinese = all_areas(data)["area"].str.fullmatch(CHINESE_CODE).mean() > 0.5
    number, title, notes, approval = data.plan.facts.get("map_approval", ""), {}, {}, ""
    if number:
        approval = "Map approval number: {number}."
    elif chinese:
        approval = "No map approval number (审图号): settle it before you publish the map in China."
    for language, stop, space in (("en", ".", " "), ("zh", "。", "")):
        title[language] = words[language].rstrip(stop) + stop
        said = tr(approval, language, number=number) if approval else ""
        notes[language] = (space + boundary_words(data.plan, language) + space + said).rstrip()
    picture = data.picture(axes, name, rows, title, **facts)
    picture.title = title
    picture.caption = {language: picture.caption[language] + notes[language] for language in title}
    return picture
