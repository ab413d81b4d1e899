"""Shapes of an interactive map: simplified, and packed as whole numbers for its script."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lnregions.boundaries import (
    EQUAL_AREA,
    boundaries_of,
    label_points,
    load_context,
    project,
    simplify_coverage,
)

if TYPE_CHECKING:
    import geopandas as gpd

UNITS = 10_000
"""Steps a degree that places are rounded to: 11 m from south to north."""
_MOST_POINTS = 4500
_GROUND_M = 1500
_FINEST_M, _COARSEST_M = 250.0, 8000.0
_MOST_SHAPES = 8


@dataclass(frozen=True)
class Shapes:
    """Simplified areas of one level, with all that is computed from them once a process."""

    frame: "gpd.GeoDataFrame"
    packed: list
    middles: list
    bounds: list


_SHAPES: dict[tuple, Shapes] = {}


def shapes_of(plan, level: str = "city") -> Shapes:
    """Return the shapes of all areas of a level that a plan's maps show."""
    mark = (level, *boundaries_mark(plan))
    if mark not in _SHAPES:
        if len(_SHAPES) >= _MOST_SHAPES:
            _SHAPES.clear()
        frame = thin(boundaries_of(plan, level))
        middles = [[round(float(p.y), 4), round(float(p.x), 4)] for p in _degrees(label_points(frame))]
        _SHAPES[mark] = Shapes(frame, pack(frame.geometry), middles, bounds(frame.geometry))
    return _SHAPES[mark]


def boundaries_mark(plan) -> tuple:
    """Return what changes when the areas on a plan's maps may be others: its own file, areas and members."""
    if plan.boundaries is None:
        return ()
    found = plan.boundaries.stat()
    own = (str(plan.boundaries), found.st_mtime_ns, found.st_size)
    return (*own, tuple(plan.membership["area"]), plan.areas.to_csv())


def thin(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Return areas on the equal-area grid with at most a few thousand points in all, shared borders kept."""
    flat, tolerance = project(frame), _FINEST_M
    found = simplify_coverage(flat, tolerance)
    while tolerance < _COARSEST_M and found.count_coordinates().sum() > _MOST_POINTS:
        tolerance *= 1.5
        found = simplify_coverage(flat, tolerance)
    return found


def bounds(shapes) -> list[list[float]]:
    """Return south-west and north-east corner in degrees (latitude first) of shapes on the equal-area grid."""
    west, south, east, north = (round(float(side), 4) for side in _degrees(shapes).total_bounds)
    return [[south, west], [north, east]]


def pack(shapes) -> list[list]:
    """Return shapes on the equal-area grid as polygons of rings of whole numbers in degrees: a start, then steps.

    Examples
    --------
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> pack(project(frame).geometry)
    [[[[1230000, 410000, 0, 10000, -10000, 0, 0, -10000]]]]
    """

    def steps(ring):
        corners = np.rint(shapely.get_coordinates(ring)[:-1] * UNITS).astype(int)
        return np.concatenate([corners[:1], np.diff(corners, axis=0)]).ravel().tolist()

    return [
        [[steps(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
        for shape in _degrees(shapes)
    ]


def _degrees(shapes) -> "gpd.GeoSeries":
    import geopandas as gpd

    return gpd.GeoSeries(np.asarray(shapes), crs=EQUAL_AREA).to_crs(4490)


@lru_cache(maxsize=1)
def ground() -> list[list]:
    """Return the land around the province, packed; coarse, as it only parts land from sea."""
    parts = shapely.get_parts(simplify_coverage(project(load_context()), _GROUND_M).geometry.to_numpy())
    return pack([shapely.union_all(parts[shapely.area(parts) > 1e8])])[0]
