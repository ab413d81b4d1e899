"""Pure geometry: projecting, simplifying with shared borders, points for labels, areas, outlines, neighbours.

Results for the same shapes are remembered within a process, by the shapes' content, so that a run of many
maps projects and simplifies each layer once.
"""

import hashlib
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lnregions.errors import DataError, unknown

if TYPE_CHECKING:
    import geopandas as gpd

EQUAL_AREA = CRS.from_proj4(
    "+proj=aea +lat_1=39.5 +lat_2=43 +lat_0=39 +lon_0=122.5 +ellps=GRS80 +units=m +type=crs"
)
"""Albers equal-area projection of Liaoning, metres, on the ellipsoid of CGCS2000.

Standard parallels a sixth of the province's height (38.7 to 43.5 degrees north) from its edges, rounded, the
rule J. P. Snyder gives for conic projections (Map Projections: A Working Manual, USGS 1395, 1987).
"""
_KEPT = 256
_RESULTS: OrderedDict[tuple, object] = OrderedDict()
_DIGESTS: dict[int, tuple[weakref.ref, bytes]] = {}
_Result = TypeVar("_Result")


def equal_area_crs(bounds: tuple[float, float, float, float]) -> CRS:
    """Albers equal-area projection for any place, its standard parallels a sixth in from south and north.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees.

    Raises
    ------
    DataError
        When the bounds are no degrees, or in the wrong order.

    Examples
    --------
    >>> equal_area_crs((118, 38, 126, 44)).coordinate_operation.params[2].value
    39.0
    """
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise DataError(
            f"The bounds {tuple(bounds)} are no degrees. Give west, south, east, north.",
        )
    sixth = (north - south) / 6
    first, second = round(south + sixth, 4), round(north - sixth, 4)
    if abs(first + second) < 1e-3:  # parallels mirrored at the equator have no cone
        second += 0.01
    return CRS.from_dict(
        {
            "proj": "aea", "lat_1": first, "lat_2": second, "lat_0": round((south + north) / 2, 4),
            "lon_0": round((west + east) / 2, 4), "ellps": "GRS80", "units": "m",
        }
    )  # fmt: skip


def project(frame: "gpd.GeoDataFrame", *, crs: CRS | None = None) -> "gpd.GeoDataFrame":
    """Return the frame in metres on the equal-area grid of Liaoning, or on another one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = gpd.GeoDataFrame({"area": ["x"]}, geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> [round(float(v), -3) for v in project(square).total_bounds]
    [-42000.0, 222000.0, 42000.0, 333000.0]
    """
    target = EQUAL_AREA if crs is None else crs
    if frame.crs is None:
        raise DataError(
            "The frame states no coordinate reference system. Set it, for degrees with frame.set_crs(4490).",
        )
    if frame.crs == target:
        return frame.copy()
    moved = remembered(
        ("project", frame.crs.srs, target.srs),
        frame.geometry.to_numpy(),
        lambda: frame.geometry.to_crs(target).to_numpy(),
    )
    return with_geometry(frame, moved, target)


def simplify_coverage(frame: "gpd.GeoDataFrame", tolerance_m: float) -> "gpd.GeoDataFrame":
    """Return the frame with fewer points and every shared border still shared: no gap, no overlap.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Areas in metres.
    tolerance_m : float
        Metres; corners whose triangle is smaller than its square go (Visvalingam-Whyatt).

    Returns
    -------
    geopandas.GeoDataFrame
        Areas that overlap or leave slivers cannot share borders; they come back as they were.

    Raises
    ------
    DataError
        When the frame is in degrees, or the tolerance is negative or no number.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> line = [(0, 0), (10, 0), (10, 5), (10.1, 7), (10, 10), (0, 10)]
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(line)], crs=EQUAL_AREA)
    >>> int(simplify_coverage(frame, 2).count_coordinates().iloc[0])
    5
    """
    if frame.crs is None or frame.crs.is_geographic:
        raise DataError(
            "Shapes in degrees cannot be simplified by metres. Project them first: project(frame).",
        )
    if not (np.isfinite(tolerance_m) and tolerance_m >= 0):
        raise DataError(
            f"The tolerance {tolerance_m} is not a distance. Give metres, zero or more.",
        )
    shapes = frame.geometry.to_numpy()
    thin = remembered(("simplify", float(tolerance_m)), shapes, lambda: _simplified(frame, tolerance_m))
    return with_geometry(frame, thin, frame.crs)


def _simplified(frame: "gpd.GeoDataFrame", tolerance_m: float) -> np.ndarray:
    shapes = frame.geometry.to_numpy()
    if not shapely.coverage_is_valid(shapes):
        return shapes.copy()
    thin = shapely.coverage_simplify(shapes, tolerance_m)
    lost = shapely.is_empty(thin) | ~shapely.is_valid(thin)
    return shapes.copy() if lost.any() else thin


def label_points(frame: "gpd.GeoDataFrame", *, aspect: float = 2.0) -> "gpd.GeoSeries":
    """Point in each area where a label that is `aspect` times wider than high has most room.

    The centre of the largest circle inside the area's largest part, found after squeezing the area
    horizontally by the label's aspect: the circle becomes an ellipse of the label's shape.

    Raises
    ------
    DataError
        When the aspect is not a positive number, or an area is empty.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 40, 10)], crs=EQUAL_AREA)
    >>> print(label_points(frame).iloc[0].y)
    5.0
    """
    import geopandas as gpd

    if not (np.isfinite(aspect) and aspect > 0):
        raise DataError(
            f"The aspect {aspect} is not a positive number. Give a label's width over its height, such as 2.",
        )
    if frame.geometry.isna().any() or frame.geometry.is_empty.any():
        raise DataError(
            "An area without a shape has no place for a label. Drop it first.",
        )
    points = remembered(
        ("label", float(aspect)), frame.geometry.to_numpy(), lambda: _label_points(frame, aspect)
    )
    return gpd.GeoSeries(points, index=frame.index, crs=frame.crs)


def _label_points(frame: "gpd.GeoDataFrame", aspect: float) -> np.ndarray:
    largest = [max(shapely.get_parts(shape), key=shapely.area) for shape in frame.geometry]
    squeezed = shapely.transform(np.array(largest), lambda xy: xy / (aspect, 1))
    width = np.diff(shapely.bounds(squeezed).reshape(-1, 2, 2), axis=1)[:, 0].min(axis=1)
    circles = [
        shapely.maximum_inscribed_circle(shape, tolerance=size / 200)
        for shape, size in zip(squeezed, width, strict=True)
    ]
    return shapely.transform(shapely.get_point(circles, 0), lambda xy: xy * (aspect, 1))


def area_km2(frame: "gpd.GeoDataFrame") -> pd.Series:
    """Areas on the ground in km², whatever the frame's coordinates are.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.box(122, 41, 123, 42)], crs=4490)
    >>> round(float(area_km2(frame).iloc[0]))
    9273
    """
    areas = shapely.area(project(frame).geometry.to_numpy()) / 1e6
    return pd.Series(areas, index=frame.index, name="area_km2")


def dissolve_areas(frame: "gpd.GeoDataFrame", areas: Iterable[str]) -> shapely.Geometry:
    """Outline of a region: the union of its member areas, named by the frame's `area` column.

    Raises
    ------
    DataError
        When there is no member, or one is not in the frame.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1)]
    >>> frame = gpd.GeoDataFrame({"area": ["a", "b"]}, geometry=shapes, crs=EQUAL_AREA)
    >>> dissolve_areas(frame, ["a", "b"]).area
    3.0
    """
    wanted = [areas] if isinstance(areas, str) else list(areas)
    held = set(frame["area"])
    for area in wanted:
        if area not in held:
            raise unknown("area", area, sorted(held))
    if not wanted:
        raise DataError(
            "A region without members has no outline. Give at least one area.",
        )
    return union(frame.loc[frame["area"].isin(wanted), "geometry"].to_numpy())


def neighbours(frame: "gpd.GeoDataFrame") -> pd.DataFrame:
    """Which areas share a border, and how long it is on the equal-area grid.

    Returns
    -------
    pandas.DataFrame
        `area`, `other`, `border_km`; each pair stands there both ways. Areas that meet in a point only are
        no neighbours.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> shapes = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 3000, 1000)]
    >>> frame = gpd.GeoDataFrame({"area": ["a", "b"]}, geometry=shapes, crs=EQUAL_AREA)
    >>> neighbours(frame)
      area other  border_km
    0    a     b        1.0
    1    b     a        1.0
    """
    shapes = project(frame).geometry.to_numpy()
    borders = shapely.boundary(shapes)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = left != right
    left, right = left[apart], right[apart]
    length = shapely.length(shapely.intersection(borders[left], borders[right])) / 1000
    names = frame["area"].to_numpy()
    table = pd.DataFrame({"area": names[left], "other": names[right], "border_km": length})
    return table[table["border_km"] > 0].sort_values(["area", "other"], ignore_index=True)


def remembered(task: tuple, shapes: Sequence, work: Callable[[], _Result]) -> _Result:
    """Result of some work on shapes, done once a process for the same task and shapes; not to be written into."""
    key = (*task, b"".join(map(_digest, shapes)))
    if key in _RESULTS:
        _RESULTS.move_to_end(key)
        return _RESULTS[key]
    _RESULTS[key] = result = work()
    if len(_RESULTS) > _KEPT:
        _RESULTS.popitem(last=False)
    return result


def _digest(shape: shapely.Geometry | None) -> bytes:
    """Mark of what a shape is, found once while it lives: a shape never changes."""
    number = id(shape)
    known = _DIGESTS.get(number)
    if known is None:
        mark = hashlib.sha256(shapely.to_wkb(shape) or b"").digest()
        if shape is None:
            return mark
        known = _DIGESTS[number] = weakref.ref(shape, lambda _: _DIGESTS.pop(number, None)), mark
    return known[1]


def union(shapes: Sequence) -> shapely.Geometry:
    """Union of shapes, found once a process for the same shapes.

    Examples
    --------
    >>> union([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1)]).area
    3.0
    """
    return remembered(("union",), shapes, lambda: shapely.union_all(np.asarray(shapes, dtype=object)))


def with_geometry(frame: "gpd.GeoDataFrame", shapes: np.ndarray, crs: CRS) -> "gpd.GeoDataFrame":
    """Return the frame with other shapes, of another reference system."""
    from geopandas.array import GeometryArray

    result = frame.copy(deep=False)
    result[frame.geometry.name] = GeometryArray(shapes.copy(), crs=crs)
    result.attrs = dict(frame.attrs)
    return result
