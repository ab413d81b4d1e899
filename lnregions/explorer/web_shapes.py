"""Geometry of an interactive map: simplified with shared borders kept, packed as whole numbers, in degrees."""

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


def thin(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Areas on the equal-area grid with at most a few thousand points in all, shared borders kept."""
    flat, tolerance = project(frame), _FINEST_M
    found = simplify_coverage(flat, tolerance)
    while (
        shapely.get_num_coordinates(found.geometry.to_numpy()).sum() > _MOST_POINTS
        and tolerance < _COARSEST_M
    ):
        tolerance *= 1.5
        found = simplify_coverage(flat, tolerance)
    return found


def pack(shapes) -> list[list]:
    """Shapes on the equal-area grid as polygons of rings of whole numbers in degrees: a start, then steps.

    Examples
    --------
    >>> from lnregions.boundaries.geometry import EQUAL_AREA, project
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> pack(project(frame).geometry)
    [[[[1230000, 410000, 0, 10000, -10000, 0, 0, -10000]]]]
    """
    import geopandas as gpd

    degrees = gpd.GeoSeries(np.asarray(shapes), crs=EQUAL_AREA).to_crs(4490)
    return [[_rings(part) for part in shapely.get_parts(shape)] for shape in degrees]


def _rings(polygon) -> list[list[int]]:
    return [_steps(ring) for ring in (polygon.exterior, *polygon.interiors)]


def _steps(ring) -> list[int]:
    """Corners of a closed ring, the last left out: the first one, then the way to each next one."""
    corners = np.rint(shapely.get_coordinates(ring)[:-1] * UNITS).astype(int)
    return np.concatenate([corners[:1], np.diff(corners, axis=0)]).ravel().tolist()


def bounds(shapes) -> list[list[float]]:
    """South-west and north-east corner in degrees (latitude first) of shapes on the equal-area grid."""
    import geopandas as gpd

    west, south, east, north = gpd.GeoSeries(np.asarray(shapes), crs=EQUAL_AREA).to_crs(4490).total_bounds
    return [[round(float(south), 4), round(float(west), 4)], [round(float(north), 4), round(float(east), 4)]]


def middles(frame: "gpd.GeoDataFrame") -> list[list[float]]:
    """Where the name of each area stands, in degrees, latitude first."""
    import geopandas as gpd

    points = gpd.GeoSeries(label_points(frame).to_numpy(), crs=EQUAL_AREA).to_crs(4490)
    return [[round(float(p.y), 4), round(float(p.x), 4)] for p in points]


@lru_cache(maxsize=1)
def ground() -> list[list]:
    """Land around the province, packed; coarse, as it only parts land from sea."""
    context = project(load_context())
    shapes = simplify_coverage(context, _GROUND_M).geometry.to_numpy()
    parts = shapely.get_parts(shapes)
    return pack([shapely.union_all(parts[shapely.area(parts) > 1e8])])[0]


@dataclass(frozen=True)
class Shapes:
    """Thinned areas of one level, with all that is worked out from them once a process."""

    frame: "gpd.GeoDataFrame"
    packed: list
    middles: list
    bounds: list


def boundaries_mark(plan) -> tuple:
    """What changes when the areas on a plan's maps may be others: its own file, areas and members."""
    if plan.boundaries is None:
        return ()
    found = plan.boundaries.stat()
    own = (str(plan.boundaries), found.st_mtime_ns, found.st_size)
    return (*own, tuple(plan.membership["area"]), plan.areas.to_csv())


def shapes_of(plan, level: str = "city") -> Shapes:
    """Shapes of all areas of a level that a plan's maps show."""
    mark = (level, *boundaries_mark(plan))
    if mark not in _SHAPES:
        while len(_SHAPES) >= _MOST_SHAPES:
            del _SHAPES[next(iter(_SHAPES))]
        frame = thin(boundaries_of(plan, level))
        _SHAPES[mark] = Shapes(frame, pack(frame.geometry), middles(frame), bounds(frame.geometry))
    return _SHAPES[mark]


_SHAPES: dict[tuple, Shapes] = {}
_MOST_SHAPES = 8
