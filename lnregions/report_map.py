"""A region's map as SVG inside a page: cities to point at, to step to and to follow, with an indicator to choose.

No script is needed to read it: the first indicator is drawn, and every city carries its figure as a tooltip.
"""

import itertools
import math
from dataclasses import dataclass

import pandas as pd
import shapely

from lnregions._words import format_value, to_unit, unit_label
from lnregions.boundaries import load_boundaries
from lnregions.geometry import label_points, project, simplify_coverage
from lnregions.map_classes import Classes, change_breaks, class_labels, round_breaks
from lnregions.palette import diverging, sequential
from lnregions.report_site import Site

WIDTH = 640
"""Units of the drawing, about one a pixel on a wide screen."""
TOLERANCE_M = 900
LARGEST_RADIUS = 38
KEY_WIDTH = 190
_PREFERRED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "manufacturing_share", "fdi_usd",
              "trade_total", "forest_coverage")  # fmt: skip
PLAIN = "#dbe7f3"
"""Fill of a member under its circle."""


@dataclass(frozen=True)
class City:
    """One city on the map: its outline as path data, where its name stands, whether it is a member."""

    area: str
    name: str
    path: str
    x: float
    y: float
    member: bool


@dataclass(frozen=True)
class Layer:
    """One indicator on the map.

    Attributes
    ----------
    indicator, title, year : str
        Code, name with unit, and the year of the figures (several where no year serves).
    legend : tuple of (str, str)
        Fill or circle radius of each step, and its label.
    circles : bool
        Whether the figures are circles (amounts) or fills (rates and shares).
    cities : dict
        For each area: ``text`` (its figure with unit and year), ``fill``, ``radius``.
    """

    indicator: str
    title: str
    year: str
    circles: bool
    legend: tuple[tuple[str, str], ...]
    cities: dict


@dataclass(frozen=True)
class RegionMap:
    """Cities and layers of one map, in a drawing of ``width`` by ``height``; ``key``: where its circles' key stands."""

    cities: tuple[City, ...]
    layers: tuple[Layer, ...]
    width: int
    height: int
    key: tuple[int, int]


def region_map(site: Site, members: list[str], *, language: str = "en", layers: bool = True) -> RegionMap:
    """Map of all cities with some of them as members, and a layer for each indicator that two of them have.

    Circles and classes are those of all cities, so that the maps of the regions compare.
    """
    frame = load_boundaries(path=site.plan.boundaries) if site.plan.boundaries else load_boundaries()
    flat = simplify_coverage(project(frame), TOLERANCE_M)
    tables = site.tables
    west, south, east, north = flat.total_bounds
    scale = WIDTH / (east - west)
    points = label_points(flat)
    cities = tuple(
        City(
            area=area, name=tables.name(area, language), path=_path(shape, west, north, scale),
            x=round((point.x - west) * scale, 1), y=round((north - point.y) * scale, 1), member=area in members,
        )
        for area, shape, point in zip(flat["area"], flat.geometry, points, strict=True)
    )  # fmt: skip
    held = [row for _, row in tables.indicators.iterrows() if row["indicator"] in _PREFERRED]
    held.sort(key=lambda row: _PREFERRED.index(row["indicator"]))
    drawn = [_layer(row, list(flat["area"]), members, site.known, language) for row in held if layers]
    height = math.ceil((north - south) * scale)
    corner = shapely.box(east - KEY_WIDTH / scale, south, east, south + (LARGEST_RADIUS * 2 + 20) / scale)
    if any(one is not None and one.circles for one in drawn) and flat.intersects(corner).any():
        height += LARGEST_RADIUS * 2 + 20
    key = (WIDTH - LARGEST_RADIUS, height - 10)
    return RegionMap(cities, tuple(one for one in drawn if one is not None), WIDTH, height, key)


def _layer(row, areas, members, known, language):
    """Layer of an indicator; None where fewer than two members have a figure."""
    found = one_year(known[known["area"].isin(areas) & (known["indicator"] == row["indicator"])], len(areas))
    own = found[found["area"].isin(members)]
    if len(own) < min(2, len(members)) or own.empty:
        return None
    years = sorted(set(own["year"].astype(int)))
    unit = row["unit"]
    title = row[f"name_{language}"] + _in_unit(unit, language)
    circles = row["measure"] == "level"
    draw = _circles if circles else _fills
    legend, looks = draw(found, unit, language, growth=row["measure"] == "growth")
    cities = {
        r.area: {"text": _figure(r, unit, language)} | looks(r.value)
        for r in own.itertuples()
    }  # fmt: skip
    return Layer(row["indicator"], title, _span(years), circles, legend, cities)


def one_year(found: pd.DataFrame, areas: int) -> pd.DataFrame:
    """Figures of the latest year that half of the areas have; the latest of each area where none has that many.

    Examples
    --------
    >>> found = pd.DataFrame({"area": ["a", "b", "a"], "year": [2022, 2022, 2023], "value": [1, 2, 3]})
    >>> one_year(found, 2)["year"].tolist(), one_year(found, 9)["year"].tolist()
    ([2023], [2022, 2023])
    """
    counts = found.groupby("year")["area"].nunique() if len(found) else pd.Series(dtype=int)
    wide = counts[counts * 2 >= areas]
    if len(wide):
        return found[found["year"] == wide.index.max()]
    return found.sort_values("year", kind="stable").drop_duplicates("area", keep="last").sort_index()


def _fills(found, unit, language, *, growth):
    """Legend of classes, and the looks of a value among them."""
    values = found["value"].tolist()
    classes: Classes = change_breaks(values) if growth and min(values) < 0 else round_breaks(values)
    if growth and min(values) < 0:
        below = sum(b < 0 for b in classes.breaks) + 1
        fills = diverging(below, len(classes.breaks) + 1 - below)
    else:
        fills = sequential(len(classes.breaks) + 1)
    factor = to_unit(1.0, unit, language)
    legend = tuple(zip(fills, class_labels(classes, factor=factor, language=language), strict=True))

    def looks(value):
        fill = fills[int(classes.index([value])[0])]
        return {"fill": fill, "radius": 0}

    return legend, looks


def _circles(found, unit, language, *, growth):
    """Legend of circles, and the looks of a value: its area stands for the amount."""
    largest = max(found["value"].max(), 1e-12)
    top = _round_down(to_unit(largest, unit, language))
    steps = [top, top / 4] if top >= 4 or top < 1 else [top]
    factor = to_unit(1.0, unit, language)

    def radius(value):
        return round(LARGEST_RADIUS * math.sqrt(max(value, 0) / largest), 1)

    legend = tuple(
        (str(radius(step / factor)), format_value(step / factor, unit, language)) for step in steps
    )
    return legend, lambda value: {"fill": PLAIN, "radius": radius(value)}


def _round_down(value):
    """Largest of 1, 2, 4 times a power of ten that is not above the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(lead * power for lead in (1, 2, 4) if lead * power <= value or lead == 1)


def _figure(row, unit, language):
    figure = format_value(row.value, unit, language)
    return f"{figure}（{int(row.year)}年）" if language == "zh" else f"{figure} ({int(row.year)})"


def _in_unit(unit, language):
    label = unit_label(unit, language)
    if not label:
        return ""
    return f"（{label}）" if language == "zh" else f" ({label})"


def _span(years):
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _path(shape, west, north, scale):
    """Outline as path data in whole units and tenths, each step relative to the last."""
    out = []
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            points = [
                (round((x - west) * scale, 1), round((north - y) * scale, 1)) for x, y in ring.coords[:-1]
            ]
            steps = [f"M{_short(points[0][0])} {_short(points[0][1])}"]
            steps += [
                f"l{_short(b[0] - a[0])} {_short(b[1] - a[1])}"
                for a, b in itertools.pairwise(points)
                if a != b
            ]
            out.append("".join(steps) + "z")
    return "".join(out)


def _short(number):
    return f"{round(number, 1):g}"
