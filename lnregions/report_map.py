"""A region's map as SVG inside a page, for paper and for browsers without scripts: the first layer of the live map.

Every city carries its figure as a tooltip and leads to its page.
"""

import itertools
import math
from dataclasses import dataclass

import shapely

from lnregions.geometry import label_points, project, simplify_coverage
from lnregions.report_site import Site
from lnregions.web_layers import LARGEST
from lnregions.web_shapes import plan_boundaries

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
    """Map of all cities with some of them as members; `layers` as `lnregions.web_data.map_data` gives them."""
    flat = simplify_coverage(project(plan_boundaries(site.plan, "city")), TOLERANCE_M)
    west, south, east, north = flat.total_bounds
    scale = WIDTH / (east - west)
    points = label_points(flat)
    cities = tuple(
        City(
            area=area, name=site.tables.name(area, language), path=_path(shape, west, north, scale),
            x=round((point.x - west) * scale, 1), y=round((north - point.y) * scale, 1), member=area in members,
        )
        for area, shape, point in zip(flat["area"], flat.geometry, points, strict=True)
    )  # fmt: skip
    height = math.ceil((north - south) * scale)
    corner = shapely.box(east - KEY_WIDTH / scale, south, east, south + (LARGEST * 2 + 20) / scale)
    if any(one["circles"] for one in layers) and flat.intersects(corner).any():
        height += LARGEST * 2 + 20
    return RegionMap(cities, tuple(layers), WIDTH, height, (WIDTH - LARGEST, height - 10))


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
