"""Outlines of all cities as SVG paths, for the map of a page on paper and in browsers without scripts."""

import math
from dataclasses import dataclass
from itertools import pairwise

import shapely

from lnregions.boundaries import label_points, project, simplify_coverage
from lnregions.explorer import LARGEST

WIDTH = 640
"""Units of the drawing, about one a pixel on a wide screen."""
TOLERANCE_M = 900
KEY_WIDTH, KEY_HEIGHT = 130, LARGEST * 2 + 20
"""Units that the key of the circles takes in the lower right corner."""


@dataclass(frozen=True)
class CityMap:
    """Outlines of all cities in a drawing of `width` by `height` units.

    Attributes
    ----------
    cities : tuple of dict
        ``area``, ``path`` (path data), ``x y`` (where the name stands).
    width, height : int
    key_x : int
        Where the key of the circles stands.
    key_height : int
        Units to add to the height for the key: none where the corner is free.
    """

    cities: tuple[dict, ...]
    width: int
    height: int
    key_x: int
    key_height: int


def city_map(boundaries) -> CityMap:
    """Return the outlines of a frame of boundaries with the column ``area``, simplified for a page."""
    flat = simplify_coverage(project(boundaries), TOLERANCE_M)
    west, south, east, north = flat.total_bounds
    scale = WIDTH / (east - west)
    corner = shapely.box(east - KEY_WIDTH / scale, south, east, south + KEY_HEIGHT / scale)
    drawn = shapely.transform(flat.geometry.to_numpy(), lambda xy: (xy - (west, north)) * (scale, -scale))
    cities = tuple(
        {"area": area, "path": _path(shape), "x": round((point.x - west) * scale, 1),
         "y": round((north - point.y) * scale, 1)}
        for area, shape, point in zip(flat["area"], drawn, label_points(flat), strict=True)
    )  # fmt: skip
    taken = flat.intersects(corner).any()
    height = math.ceil((north - south) * scale)
    return CityMap(cities, WIDTH, height, WIDTH - LARGEST, KEY_HEIGHT if taken else 0)


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
