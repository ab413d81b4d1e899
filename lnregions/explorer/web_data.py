"""What the script of an interactive map is given: areas with shapes, membership, figures and words, as plain data.

Its layers, one an indicator, have the classes, circles and legend of the printed map.
"""

import math
import re
import textwrap

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lnregions import boundaries
from lnregions.errors import unknown
from lnregions.figures import class_breaks, drawn_values, level_of, one_year, shown_members, with_counties
from lnregions.maps import FILL, circle_steps, class_labels, rate_scale
from lnregions.series import Tables, member_frame
from lnregions.show import figure_words, source_titles
from lnregions.tables import name_beside_unit, with_cities, with_region
from lnregions.words import format_number, text, to_unit, unit_label, year_span
from lnregions.words.catalogue import tr

LARGEST = 34
"""Pixels from the middle of the largest circle to its edge."""
PREFERRED = (
    "gdp", "population", "gdp_growth_real", "urbanisation_rate", "manufacturing_share", "fdi_usd", "trade_total",
    "forest_coverage",
)  # fmt: skip
"""Indicators offered where none is given, in this order."""
STATUSES = {
    "confirmed": "region, membership confirmed",
    "likely": "membership likely",
    "unverified": "membership unverified",
}
SCRIPT_WORDS = {
    "colon": ": ", "year": " ({year})", "year_word": "Year", "grade": "Grade", "source": "Source",
    "membership": "Membership", "no_data": "no data", "no_data_count": "no data ({count})",
    "not_member": "not a member", "zoom_in": "Zoom in", "zoom_out": "Zoom out", "close": "Close", "legend": "Legend",
    "indicator": "Indicator", "to_page": "All figures of this city",
}  # fmt: skip
"""Words of the map's script; ``{year}`` and ``{count}`` are filled in there."""
DECIMALS = 4
"""Places of the degrees that shapes are given in: 11 m from south to north."""
_MOST_POINTS = 4500
_FINEST_M, _COARSEST_M = 250.0, 8000.0
_NAMED_SOURCES = 2
_LONGEST_SOURCE = 80


def map_data(
    plan, tables: Tables, region: str = "", *, indicator: str = "", year: int | None = None,
    language: str = "en",
) -> dict:  # fmt: skip
    """Return all that one interactive map needs: the areas of the province, a region's members, its layers.

    Parameters are those of `draw_web_map`. A layer has no areas where there is no figure. A page may add an area's
    ``href``, a notebook ``picks``.

    Raises
    ------
    DataError
        When the region or indicator is unknown.
    """
    plan = with_cities(with_region(plan, region) if region else plan)
    codes = tables.indicators["indicator"].tolist()
    if indicator and indicator not in codes:
        raise unknown("indicator", indicator, codes)
    level, members = level_of(plan, region, indicator, tables) if region else ("city", [])
    frame = boundaries.boundaries_of(plan, level)
    if not set(members) <= set(frame["area"]):
        frame = with_counties(frame, boundaries.boundaries_of(plan, "county"), members)
    areas = frame["area"]
    if region:
        frame = boundaries.nearest_areas(frame, areas[_inside(frame, members)])
    frame = thin(frame)
    inside = _inside(frame, members) if region else np.full(len(frame), True)
    rows = plan.membership[plan.membership["region"] == region].set_index("area")
    given = {"year": year, "language": language}
    layers = [
        _layer(tables, one, areas, frame.loc[inside, "area"], **given)
        for one in ([indicator] if indicator else (*PREFERRED, *plan.own_indicators))
        if one in codes
    ]
    if not indicator:  # those that at least two members, or the only one, have a figure of
        layers = [one for one in layers if len(one["areas"]) >= min(2, inside.sum())]
    area = tables.name(region, language) if region else plan.name(language)
    label = tr("Interactive map: {area}", language, area=area)
    if len(layers) == 1:
        title = layers[0]["title"]
        label = tr("Interactive map: {area}, {indicator}", language, area=area, indicator=title)
    proxies = rows.loc[rows.index.isin(frame.loc[inside, "area"]), "proxy"].astype(bool)
    land, credit = ground(plan, frame), [boundaries.boundary_words(plan, language)]
    credit += [tr("Land: Natural Earth.", language)] if land else []
    note = tr("Figures are those of whole cities, which stand in for the counties outlined.", language)
    return {
        "language": language,
        "label": label,
        "words": {name: tr(words, language) for name, words in SCRIPT_WORDS.items()},
        "ground": land,
        "grid": grid(frame.crs),
        "areas": _areas(frame, inside, tables, rows, language),
        "outlines": _outlines(plan, region, frame, rows["status"], language),
        "layers": layers,
        "notes": [note] if len(proxies) and proxies.all() else [],
        "credit": (" " if language == "en" else "").join(credit),
    }


def _inside(frame, areas) -> np.ndarray:
    """Which rows are some areas, or lie in one of them, such as the province."""
    return (frame["area"].isin(areas) | frame["parent"].isin(areas)).to_numpy()


def _areas(frame, inside, tables, rows, language: str) -> list[dict]:
    """Name, shape, place of the name and membership of each area."""
    notes, statuses = rows["note_zh" if language == "zh" else "note"].fillna(""), rows["status"]
    middles = boundaries.label_points(frame).to_crs(4490)
    names, shapes, found = frame[f"short_{language}"], coordinates(frame.geometry), []
    for area, short, shape, middle, member in zip(frame["area"], names, shapes, middles, inside, strict=True):
        known, status = tables.name(area, language), statuses.get(area, "")
        found.append({
            "id": area, "name": known if known != area else str(short), "member": bool(member), "shape": shape,
            "middle": [round(middle.y, DECIMALS), round(middle.x, DECIMALS)], "status": status,
            "status_word": text(status, language) if status else "", "note": notes.get(area, ""),
        })  # fmt: skip
    return found


def _outlines(plan, region: str, frame, statuses: pd.Series, language: str) -> list[dict]:
    """Outline of a region's members of each status, so that what is not attested can be seen."""
    if not region:
        return [{"status": "confirmed", "word": "", "shape": _outline(frame)}]
    areas = shown_members(plan, region)
    if not _inside(frame, areas).any():
        frame = thin(boundaries.boundaries_of(plan, "county"))
    found = []
    for status, word in STATUSES.items():
        own = frame[_inside(frame, [area for area in areas if statuses.get(area) == status])]
        if len(own):
            found.append({"status": status, "word": tr(word, language), "shape": _outline(own)})
    return found


def _outline(frame) -> list:
    return coordinates(gpd.GeoSeries([boundaries.union(frame.geometry)], crs=frame.crs))[0]


# -- layers -------------------------------------------------------------------------------------------------


def _layer(tables: Tables, indicator: str, areas, members, *, year: int | None, language: str) -> dict:
    """One indicator over some members; classes and circles are those of all areas and years.

    ``circles`` tells amounts from rates and shares; ``legend`` has a fill, or a radius in pixels, and a label for each
    step, the highest first; ``areas`` have no member without a figure.
    """
    row, unit = tables.indicator(indicator), tables.indicator(indicator)["unit"]
    label, factor = unit_label(unit, language), to_unit(1, unit, language)
    title = name_beside_unit(row, language) + (tr(" ({unit})", language, unit=label) if label else "")
    key = ("one year", indicator, *areas, year)
    if key not in tables.made:  # every region's map has it
        tables.made[key] = one_year(member_frame(tables, areas, indicator=indicator), len(areas), year)
    found = tables.made[key]
    own = found[found["area"].isin(members) & found["value"].notna()]
    layer = {"indicator": indicator, "title": title, "year": str(year or ""), "circles": False, "legend": [],
             "method": "", "areas": {}}  # fmt: skip
    if own.empty:
        return layer
    values, figures = drawn_values(tables, indicator), own["value"]
    layer["circles"] = row["aggregation"] == "sum" and bool((figures > 0).any())
    if layer["circles"]:
        largest = float(pd.concat([figures, values]).max())
        fills, radii = [FILL] * len(own), [_radius(value, largest) for value in figures]
        layer["legend"] = [
            (str(_radius(step, largest)), format_number(step * factor, language=language))
            for step in circle_steps(largest, unit, language)
        ]
    else:
        scale = rate_scale("value", figures, unit=unit, breaks=class_breaks(values, row["measure"]))
        fills, radii = [scale.ramp[int(place)] for place in scale.classes.index(figures)], [0] * len(own)
        words = class_labels(scale.classes, factor=factor, language=language)
        layer["legend"] = list(zip(reversed(scale.ramp), reversed(words), strict=True))
        layer["method"] = scale.classes.method_label(language)
    layer["year"] = year_span(own["year"].min(), own["year"].max())
    layer["areas"] = {
        one.area: {
            "fill": fill, "radius": radius, "value": figure_words(one.value, indicator, language),
            "year": str(int(one.year)), "grade": one.grade, "source": named_sources(one.source, tables, language),
        }
        for one, fill, radius in zip(own.itertuples(), fills, radii, strict=True)
    }  # fmt: skip
    return layer


def _radius(value: float, largest: float) -> float:
    """Pixels of a circle whose area stands for the amount."""
    return round(LARGEST * math.sqrt(max(value, 0) / largest), 1)


def named_sources(ids: str, tables: Tables, language: str) -> str:
    """Return the titles of the sources of a figure: two at most, and how many more; without what is in brackets."""
    titles = source_titles(tables.sources, language)
    known = [titles[one] for one in ids.split() if one in titles]
    short = [title.split(" (")[0] or title for title in known[:_NAMED_SOURCES]]
    named = tr("; ", language).join(textwrap.shorten(one, _LONGEST_SOURCE, placeholder="…") for one in short)
    more = len(known) - _NAMED_SOURCES
    return named if more <= 0 else tr("{sources}; and {count} more", language, sources=named, count=more)


# -- shapes -------------------------------------------------------------------------------------------------


def thin(frame):
    """Return areas on the equal-area grid with at most a few thousand points in all, shared borders kept."""
    flat, tolerance = boundaries.project(frame), _FINEST_M
    found = boundaries.simplify_coverage(flat, tolerance)
    while tolerance < _COARSEST_M and found.count_coordinates().sum() > _MOST_POINTS:
        tolerance *= 1.5
        found = boundaries.simplify_coverage(flat, tolerance)
    return found


def coordinates(shapes: gpd.GeoSeries) -> list:
    """Return shapes on an equal-area grid as coordinates of GeoJSON's multipolygons, in rounded degrees."""
    rounded = shapely.transform(shapes.to_crs(4490).to_numpy(), lambda places: places.round(DECIMALS))
    whole = [shapely.MultiPolygon(shapely.get_parts(shape).tolist()) for shape in rounded]
    return [shapely.geometry.mapping(shape)["coordinates"] for shape in whole]


def grid(crs) -> dict[str, float]:
    """Return the numbers of an equal-area grid in degrees: those of PROJ, without parallels if it is azimuthal."""
    return {name: float(value) for name, value in re.findall(r"\+(l(?:at|on)_\d)=(\S+)", crs.srs)}


def ground(plan, frame) -> list | None:
    """Return the land around the areas as far as the map can be moved; None where nothing is known of it."""
    west, south, east, north = frame.total_bounds
    side = 3 * max(east - west, north - south)
    x, y = (west + east) / 2, (south + north) / 2
    around = boundaries.ground_around(
        plan, frame, shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    )
    if around is None:
        return None
    land = boundaries.union(around.geometry[around["kind"] != "sea"])
    thin = shapely.simplify([part for part in shapely.get_parts(land) if part.area > 1e8], side / 2000)
    return coordinates(gpd.GeoSeries([shapely.union_all(thin)], crs=frame.crs))[0]
