"""Shapes of a boundary file made plain: polygons in degrees of CGCS2000, valid, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from lnregions.errors import Fault, add_messages

if TYPE_CHECKING:
    from lnregions.boundaries.files import Layer

MOST_REPAIR = 0.001
"""Share of a polygon's area that repairing it may change."""
_MOST_COMMON = 0.01
"""Share of the smaller of two polygons that they may have in common; more would be counted twice."""
_CGCS2000 = 4490
_PLACE = (118.0, 38.0, 127.0, 44.0)
"""Degrees west, south, east, north, around Liaoning."""

add_messages(
    {
        "metres": (
            "the coordinates reach {value}, so they are no degrees",
            "State their coordinate reference system in the file (.prj)",
        ),
        "swapped": ("longitude and latitude are swapped (first {value})", "Write the longitude first"),
        "no polygon": ("row {value} holds a {kind}, not a polygon", "Give the areas as polygons"),
        "invalid": (
            "the polygon of row {value} is invalid ({detail}), and repair would change its area by {percent} %",
            "Mend it in a GIS",
        ),
        "overlap": (
            "{value} and {other} overlap by {percent} % of the smaller",
            "Mend their common border in a GIS",
        ),
        "not reprojected": (
            "the coordinates cannot be brought from {value} to degrees",
            "Check that the stated coordinate reference system is the true one",
        ),
    }
)


@dataclass
class Plain:
    """Shapes made plain.

    Attributes
    ----------
    shapes : list
        Valid polygons in degrees of CGCS2000, None where a row has no shape.
    drawn : list
        The same before any repair.
    faults : list of Fault
        When there is any, the shapes are not to be used.
    said : list of tuple
        What was put right, in English and Chinese.
    """

    shapes: list[shapely.Geometry | None]
    drawn: list[shapely.Geometry | None]
    faults: list[Fault]
    said: list[tuple[str, str]]


def plain_polygons(layer: "Layer") -> Plain:
    """Shapes of a file as valid polygons in degrees, with the faults and what was put right."""
    shapes, faults = _only_polygons(layer)
    present = [n for n, shape in enumerate(shapes) if shape is not None]
    if faults or not present:
        return Plain(shapes, shapes, faults, [])
    moved, faults, said = _to_degrees(np.array([shapes[n] for n in present], dtype=object), layer)
    if faults:
        return Plain(shapes, shapes, faults, said)
    drawn = list(shapes)
    for n, shape in zip(present, moved, strict=True):
        drawn[n] = shape
        shapes[n], fault = _valid(shape, row=n + 1, name=layer.name)
        faults += fault
    repaired = [n + 1 for n in present if shapes[n] is not drawn[n]]
    if repaired and not faults:
        rows = ", ".join(map(str, repaired))
        said.append(
            (f"Invalid polygons were repaired, their areas kept within 0.1 %: row {rows}.",
             f"已修复无效多边形（面积变化小于 0.1%）：第 {rows} 行。")
        )  # fmt: skip
    return Plain(shapes, drawn, faults, said)


def _only_polygons(layer: "Layer") -> tuple[list[shapely.Geometry | None], list[Fault]]:
    shapes, faults = [], []
    for n, shape in enumerate(layer.shapes, 1):
        if shape is None or shape.is_empty:
            shapes.append(None)
            continue
        parts = _parts(shape)
        if any(part.geom_type != "Polygon" for part in parts):
            faults.append(Fault("no polygon", layer.name, value=n, extra={"kind": shape.geom_type}))
        shapes.append(
            shape
            if shape.geom_type in ("Polygon", "MultiPolygon")
            else shapely.MultiPolygon([p for p in parts if p.geom_type == "Polygon"])
        )
    return shapes, faults


def _parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    if shape.geom_type == "GeometryCollection":
        return [part for inner in shape.geoms for part in _parts(inner) if not part.is_empty]
    return shapely.get_parts(shape).tolist()


def _to_degrees(shapes: np.ndarray, layer: "Layer") -> tuple[np.ndarray, list[Fault], list[tuple[str, str]]]:
    bounds, name, said = shapely.total_bounds(shapes), layer.name, []
    geographic = layer.crs is None or layer.crs.is_geographic
    if geographic:
        faults = _degree_faults(bounds, name)
        if faults:
            return shapes, faults, []
    if layer.crs is None:
        said.append(
            ("No coordinate reference system is stated; the numbers can only be degrees and were taken as CGCS2000.",
             "未说明坐标参考系；数值只可能是经纬度，按 CGCS2000 读取。")
        )  # fmt: skip
    elif not _same(layer.crs):
        shapes = _reprojected(shapes, layer.crs)
        if shapes is None or _degree_faults(shapely.total_bounds(shapes), name):
            return np.array([]), [Fault("not reprojected", name, extra={"value": layer.crs.name})], []
        said.append(
            (
                f"Coordinates were brought from {layer.crs.name} to CGCS2000.",
                f"坐标已由 {layer.crs.name} 转换为 CGCS2000。",
            )
        )
    return shapes, [], said


def _degree_faults(bounds: np.ndarray, name: str) -> list[Fault]:
    if not np.isfinite(bounds).all():
        return [Fault("metres", name, value="infinity")]
    west, south, east, north = bounds
    if _PLACE[1] <= west and east <= _PLACE[3] and _PLACE[0] <= south and north <= _PLACE[2]:
        return [Fault("swapped", name, extra={"value": f"{west:.4f}, {south:.4f}"})]
    if max(-west, east) > 180 or max(-south, north) > 180:
        return [Fault("metres", name, extra={"value": f"{np.abs(bounds).max():.0f}"})]
    if max(-south, north) > 90:
        return [Fault("swapped", name, extra={"value": f"{west:.4f}, {south:.4f}"})]
    return []


def _same(crs: CRS) -> bool:
    """Whether degrees of a system are degrees of CGCS2000 to within a metre: itself and WGS 84."""
    if crs.is_projected:
        return False
    code = crs.to_epsg(min_confidence=60)
    return (
        code in (_CGCS2000, 4326) and crs.prime_meridian.longitude == 0 and _unit_is_degree(crs)
    ) or crs == CRS("OGC:CRS84")


def _unit_is_degree(crs: CRS) -> bool:
    return all(abs(axis.unit_conversion_factor - np.pi / 180) < 1e-9 for axis in crs.axis_info)


def _reprojected(shapes: np.ndarray, crs: CRS) -> np.ndarray | None:
    import geopandas as gpd

    try:
        moved = gpd.GeoSeries(shapes, crs=crs).to_crs(_CGCS2000).to_numpy()
    except Exception:  # the projection library's errors have no common class
        return None
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else None


def _valid(shape: shapely.Geometry, *, row: int, name: str) -> tuple[shapely.Geometry | None, list[Fault]]:
    if shapely.is_valid(shape):
        return shape, []
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in _parts(mended) if part.geom_type == "Polygon"]
    before, after = shapely.area(shape), sum(part.area for part in parts)
    change = abs(after - before) / before if before else 1.0
    crossed = shapely.make_valid(shape)  # keeps every face, so that lost ground shows
    change = max(change, abs(shapely.area(crossed) - before) / before if before else 1.0)
    if change > MOST_REPAIR or not parts:
        extra = {"detail": shapely.is_valid_reason(shape)[:60], "percent": f"{100 * change:.2f}"}
        return None, [Fault("invalid", name, value=row, extra=extra)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts), []


def overlap_faults(
    shapes: Sequence[shapely.Geometry], codes: Sequence[str], *, name: str
) -> tuple[list[Fault], list[tuple[str, str]]]:
    """Faults of polygons that cover each other, and a sentence on small overlaps."""
    array = np.array(shapes, dtype=object)
    if shapely.coverage_is_valid(array):
        return [], []
    one, two = shapely.STRtree(array).query(array, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.area(shapely.intersection(array[one], array[two]))
    share = common / np.minimum(shapely.area(array[one]), shapely.area(array[two]))
    faults = [
        Fault(
            "overlap",
            name,
            value=codes[one[n]],
            extra={"other": codes[two[n]], "percent": f"{100 * share[n]:.1f}"},
        )
        for n in np.flatnonzero(share > _MOST_COMMON)
    ]
    small = int((share > 1e-9).sum())
    if faults or not small:
        return faults, []
    worst = 100 * share.max()
    return [], [
        (f"Pairs of areas that overlap a little, left as they are: {small} (at most {worst:.3f} % of the smaller).",
         f"{small} 对地区略有重叠（最多为较小者的 {worst:.3f}%），图形未作改动。")
    ]  # fmt: skip
