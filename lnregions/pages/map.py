"""A region's map as SVG inside a page, for paper and for browsers without scripts: the first layer of the live map.

Every city carries its figure as a tooltip and leads to its page.
"""

import itertools
import math
from dataclasses import dataclass

import shapely

from lnregions.boundaries import boundaries_of, label_points, project, simplify_coverage
from lnregions.explorer import LARGEST, boundaries_mark
from lnregions.pages.site import Site

WIDTH = 640
"""Units of the drawing, about one a pixel on a wide screen."""
TOLERANCE_M = 900
KEY_WIDTH = 130


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
class RegionMap:
    """Cities and layers of one map in a drawing of ``width`` by ``height``; its circles' key stands at ``key``."""

    cities: tuple[City, ...]
    layers: tuple[dict, ...]
    width: int
    height: int
    key: tuple[int, int]


def region_map(site: Site, members: list[str], *, language: str = "en", layers=()) -> RegionMap:
    """Map of all cities with some of them as members; `layers` as `lnregions.explorer.web_data.map_data` gives them."""
    drawing = _drawing(site.plan)
    cities = tuple(
        City(area, site.tables.name(area, language), path, x, y, area in members)
        for area, path, x, y in drawing.areas
    )
    circles = any(one["circles"] for one in layers)
    height = drawing.height + (LARGEST * 2 + 20 if circles and drawing.corner_taken else 0)
    return RegionMap(cities, tuple(layers), WIDTH, height, (WIDTH - LARGEST, height - 10))


@dataclass(frozen=True)
class _Drawing:
    """Outlines and places of names, the same on every page of a site."""

    areas: tuple[tuple[str, str, float, float], ...]
    height: int
    corner_taken: bool


def _drawing(plan) -> _Drawing:
    """Drawing of all cities of a plan, made once as long as its areas stay the same."""
    mark = boundaries_mark(plan)
    if mark not in _DRAWINGS:
        _DRAWINGS.clear()  # a site has one plan
        _DRAWINGS[mark] = _draw(boundaries_of(plan))
    return _DRAWINGS[mark]


_DRAWINGS: dict[tuple, _Drawing] = {}


def _draw(frame) -> _Drawing:
    flat = simplify_coverage(project(frame), TOLERANCE_M)
    west, south, east, north = flat.total_bounds
    scale = WIDTH / (east - west)
    areas = tuple(
        (
            area,
            _path(shape, west, north, scale),
            round((point.x - west) * scale, 1),
            round((north - point.y) * scale, 1),
        )
        for area, shape, point in zip(flat["area"], flat.geometry, label_points(flat), strict=True)
    )
    corner = shapely.box(east - KEY_WIDTH / scale, south, east, south + (LARGEST * 2 + 20) / scale)
    return _Drawing(areas, math.ceil((north - south) * scale), bool(flat.intersects(corner).any()))


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
