"""A region's map as SVG inside a page, for paper and for browsers without scripts: the first layer of the live map.

Every city carries its figure as a tooltip and leads to its page.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

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
    """Return the map of all cities with some of them as members.

    `layers` are those of `lnregions.explorer.map_data`.
    """
    outlines, height, corner_taken = _drawing(site.plan)
    cities = tuple(
        City(area, site.tables.name(area, language), path, x, y, area in members)
        for area, path, x, y in outlines
    )
    if corner_taken and any(one["circles"] for one in layers):
        height += LARGEST * 2 + 20
    return RegionMap(cities, tuple(layers), WIDTH, height, (WIDTH - LARGEST, height - 10))


_LAST: dict[tuple, tuple] = {}
"""The last drawing: a site has one plan, and every page the same outlines."""


def _drawing(plan):
    """Outline and place of the name of each area, height, and whether the corner for the key is taken."""
    mark = boundaries_mark(plan)
    if mark not in _LAST:
        _LAST.clear()
        _LAST[mark] = _draw(boundaries_of(plan))
    return _LAST[mark]


def _draw(frame):
    flat = simplify_coverage(project(frame), TOLERANCE_M)
    west, south, east, north = flat.total_bounds
    scale = WIDTH / (east - west)
    corner = shapely.box(east - KEY_WIDTH / scale, south, east, south + (LARGEST * 2 + 20) / scale)
    drawn = shapely.transform(flat.geometry.to_numpy(), lambda xy: (xy - (west, north)) * (scale, -scale))
    points = label_points(flat)
    outlines = [
        (area, _path(shape), round((point.x - west) * scale, 1), round((north - point.y) * scale, 1))
        for area, shape, point in zip(flat["area"], drawn, points, strict=True)
    ]
    return outlines, math.ceil((north - south) * scale), bool(flat.intersects(corner).any())


def _path(shape) -> str:
    """Outline as path data in tenths, each step relative to the last."""
    out = []
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            points = [(round(x, 1), round(y, 1)) for x, y in ring.coords[:-1]]
            steps = [
                f"l{round(b[0] - a[0], 1):g} {round(b[1] - a[1], 1):g}" for a, b in pairwise(points) if a != b
            ]
            out.append(f"M{points[0][0]:g} {points[0][1]:g}{''.join(steps)}z")
    return "".join(out)
