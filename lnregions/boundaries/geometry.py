"""Geometry of maps: project, simplify with shared borders, find points for labels, unite.

Results for the same shapes are kept within a process, so that a run of many maps projects and simplifies each layer
once.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from lnregions.errors import DataError

_LABEL = 2.0
"""Width of a label over its height."""
_MOST_SHOWN = 120
"""Areas of an interactive map or a map of a page, unless it has more members."""
_Result = TypeVar("_Result")


def equal_area(bounds: Sequence[float]) -> CRS:
    """Equal-area projection, in metres on CGCS2000's ellipsoid, for an extent (west, south, east, north in degrees).

    Wide areas away from the equator get a conic projection (Albers) with parallels a sixth of their height from the
    edges, the rule J. P. Snyder gives (Map Projections: A Working Manual, USGS 1395, 1987), all others an azimuthal
    one (Lambert). Its numbers are rounded to half a degree.

    Examples
    --------
    >>> equal_area((118.8, 38.7, 125.8, 43.5)).srs
    '+proj=aea +lat_1=39.5 +lat_2=42.5 +lat_0=41.0 +lon_0=122.5 +ellps=GRS80 +units=m +type=crs'
    """
    west, south, east, north = bounds
    high, x, y = north - south, (west + east) / 2, (south + north) / 2
    wide = (east - west) * np.cos(np.radians(y)) >= high
    wide = wide and min(abs(south), abs(north)) >= 10 and south * north > 0
    x, y, first, second = (round(2 * one) / 2 for one in (x, y, south + high / 6, north - high / 6))
    kind = f"aea +lat_1={first} +lat_2={second}" if wide else "laea"
    return _named_system(f"+proj={kind} +lat_0={y} +lon_0={x} +ellps=GRS80 +units=m +type=crs")


_named_system = lru_cache(maxsize=256)(CRS.from_proj4)


def extent(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """West, south, east and north in degrees; the east beyond 180 where areas lie on both sides of that meridian.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> extent(gpd.GeoDataFrame(geometry=[shapely.box(179, -18, 180, -17), shapely.box(-180, -18, -179, -17)]))
    (179.0, -18.0, 181.0, -17.0)
    """
    west, south, east, north = map(float, frame.total_bounds)
    if east - west > 180:
        turned = shapely.get_coordinates(frame.geometry)[:, 0] % 360
        if np.ptp(turned) < east - west:
            west, east = float(turned.min()), float(turned.max())
    return west, south, east, north


def project(frame: gpd.GeoDataFrame, *, crs: CRS | None = None) -> gpd.GeoDataFrame:
    """Return the frame in metres on a grid, without one on that of `equal_area` for its own extent.

    A frame that states no coordinate reference system is refused.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = gpd.GeoDataFrame({"area": ["x"]}, geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> [round(float(v), -3) for v in project(square).total_bounds]
    [-42000.0, -55000.0, 42000.0, 56000.0]
    """
    if frame.crs is None:
        what = "The frame states no coordinate reference system"
        raise DataError(f"{what}. Set it, for degrees with frame.set_crs(4490).")
    degrees = frame if frame.crs.is_geographic else frame.to_crs(4490)
    target = equal_area(extent(degrees)) if crs is None else crs
    if frame.crs == target:
        return frame.copy()
    task = ("project", frame.crs.srs, target.srs)
    shapes = remembered(task, frame.geometry, lambda: frame.geometry.to_crs(target).to_numpy())
    return frame.set_geometry(gpd.GeoSeries(shapes.copy(), index=frame.index, crs=target))


def simplify_coverage(frame: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Return the frame with fewer points and every shared border still shared: no gap, no overlap.

    The frame is in metres. Corners whose triangle is smaller than the square of the tolerance go (Visvalingam-Whyatt);
    areas that overlap or leave slivers cannot share borders and come back as they were.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> line = [(0, 0), (10, 0), (10, 5), (10.1, 7), (10, 10), (0, 10)]
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(line)], crs=3857)
    >>> int(simplify_coverage(frame, 2).count_coordinates().iloc[0])
    5
    """
    if frame.crs is None or frame.crs.is_geographic:
        what = "Shapes in degrees cannot be simplified by metres"
        raise DataError(f"{what}. Project them first: project(frame).")
    if not (np.isfinite(tolerance_m) and tolerance_m >= 0):
        raise DataError(f"The tolerance {tolerance_m} is not a distance. Give metres, zero or more.")
    shapes = frame.geometry.to_numpy()

    def simplify() -> np.ndarray:
        if not shapely.coverage_is_valid(shapes):
            return shapes
        thin = shapely.coverage_simplify(shapes, tolerance_m)
        return shapes if (shapely.is_empty(thin) | ~shapely.is_valid(thin)).any() else thin

    thin = remembered(("simplify", float(tolerance_m)), shapes, simplify)
    return frame.set_geometry(gpd.GeoSeries(thin.copy(), index=frame.index, crs=frame.crs))


def nearest_areas(frame: gpd.GeoDataFrame, areas: Collection[str]) -> gpd.GeoDataFrame:
    """Some areas of a frame with those nearest to them, as many as one map can show; the whole frame if it can.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> row = [shapely.box(x, 0, x + 1, 1) for x in range(500)]
    >>> frame = gpd.GeoDataFrame({"area": map(str, range(500))}, geometry=row, crs=3857)
    >>> found = nearest_areas(frame, ["0", "1"])["area"]
    >>> found.iloc[-1], nearest_areas(frame, []) is frame
    ('119', True)
    """
    own = frame["area"].isin(areas)
    if len(frame) <= _MOST_SHOWN or not own.any():
        return frame
    # in degrees, too, of which geopandas warns
    far = shapely.distance(frame.geometry.to_numpy(), shapely.box(*frame[own].total_bounds))
    nearest = np.argsort(np.where(own, -1.0, far), kind="stable")[: max(_MOST_SHOWN, own.sum())]
    return frame.iloc[np.sort(nearest)]


def label_points(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Point in each area where a label that is twice as wide as high has most room.

    The centre of the largest circle inside the area's largest part, found after squeezing the area
    horizontally by the label's proportion: the circle becomes an ellipse of the label's shape.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 40, 10)], crs=3857)
    >>> print(label_points(frame).iloc[0].y)
    5.0
    """
    if frame.geometry.isna().any() or frame.geometry.is_empty.any():
        raise DataError("An area without a shape has no place for a label. Drop it first.")

    def find() -> np.ndarray:
        largest = [max(shapely.get_parts(shape), key=shapely.area) for shape in frame.geometry]
        squeezed = shapely.transform(np.array(largest), lambda xy: xy / (_LABEL, 1))
        west, south, east, north = shapely.bounds(squeezed).T
        tolerance = np.minimum(east - west, north - south) / 200
        centres = shapely.get_point(shapely.maximum_inscribed_circle(squeezed, tolerance=tolerance), 0)
        return shapely.transform(centres, lambda xy: xy * (_LABEL, 1))

    points = remembered(("label",), frame.geometry, find)
    return gpd.GeoSeries(points, index=frame.index, crs=frame.crs)


def union(shapes: Sequence) -> shapely.Geometry:
    """Union of shapes, found once a process for the same shapes.

    Examples
    --------
    >>> union([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1)]).area
    3.0
    """
    return remembered(("union",), shapes, lambda: shapely.union_all(np.asarray(shapes, dtype=object)))


def remembered(task: tuple, shapes: Sequence, work: Callable[[], _Result]) -> _Result:
    """Result of some work on shapes, done once a process for the same task and shapes; not to be written into."""
    content = shapely.to_wkb(np.asarray(shapes, dtype=object)).tolist()
    kept = _place_of_result(*task, hashlib.sha256(b"".join(one or b"\0" for one in content)).digest())
    if not kept:
        kept.append(work())
    return kept[0]


@lru_cache(maxsize=256)
def _place_of_result(*key) -> list:
    return []
