"""Polygons of a GeoJSON file (RFC 7946), read strictly: nothing is guessed, closed or skipped."""

import json
import math

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lnregions.errors import Fault, add_messages

_DEFAULT = "OGC:CRS84"
"""What RFC 7946 says coordinates are in when the file does not say: WGS 84, longitude first."""

_DEEPEST = 4

add_messages(
    {
        "json syntax": (
            "the file is no JSON: {value}",
            "It may have been cut; copy it again from where it came from",
        ),
        "json kind": ("the file is JSON but no GeoJSON FeatureCollection", "Give one feature for each area"),
        "json shape": (
            "feature {value} has no proper polygon: {detail}",
            "Save the layer anew as GeoJSON polygons",
        ),
        "json crs": (
            "the stated coordinate reference system {value} is not known",
            "State an EPSG code, or none for WGS 84",
        ),
    }
)


class _Odd(Exception):
    def __init__(self, en: str, zh: str):
        super().__init__(en)
        self.zh = zh


def read_geojson(
    text: str, *, name: str
) -> tuple[dict[str, list[str]], list[shapely.Geometry | None], CRS | None, list[Fault]]:
    """Columns as text, shapes (with heights where given), coordinate reference system and faults of the features."""
    try:
        whole = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return {}, [], None, [Fault("json syntax", name, extra={"value": str(error)[:120]})]
    if (
        not isinstance(whole, dict)
        or not isinstance(whole.get("features"), list)
        or whole.get("type") != "FeatureCollection"
    ):
        return {}, [], None, [Fault("json kind", name)]
    try:
        crs = _crs(whole.get("crs"))
    except (CRSError, KeyError, TypeError):
        return {}, [], None, [Fault("json crs", name, value=str(whole.get("crs"))[:60])]
    shapes, rows, faults = [], [], []
    for number, feature in enumerate(whole["features"], 1):
        try:
            rows.append(_properties(feature))
            shapes.append(_geometry(feature.get("geometry")))
        except _Odd as odd:
            faults.append(
                Fault("json shape", name, value=number, extra={"detail": str(odd), "detail_zh": odd.zh})
            )
    labels = list(dict.fromkeys(label for row in rows for label in row))
    return {label: [row.get(label, "") for row in rows] for label in labels}, shapes, crs, faults


def _once(pairs: list[tuple]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _crs(stated: object) -> CRS:
    return CRS.from_user_input(stated["properties"]["name"] if stated else _DEFAULT)


def _properties(feature: object) -> dict[str, str]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Odd("it is no Feature", "不是 Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise _Odd("its properties are no object", "properties 不是对象")
    plain = {k: v for k, v in properties.items() if isinstance(v, str | int | float) or v is None}
    if isinstance(feature.get("id"), str | int):
        plain.setdefault("id", feature["id"])
    return {label: "" if value is None else str(value).strip() for label, value in plain.items()}


def _geometry(stated: object, *, depth: int = 0) -> shapely.Geometry | None:
    if depth > _DEEPEST:
        raise _Odd("it is a collection of collections of collections", "几何集合嵌套过深")
    if stated is None:
        return None
    if not isinstance(stated, dict):
        raise _Odd("its geometry is no object", "geometry 不是对象")
    kind, content = stated.get("type"), stated.get("coordinates")
    if kind == "GeometryCollection" and isinstance(stated.get("geometries"), list):
        parts = [p for part in stated["geometries"] for p in _inner_parts(part, depth + 1)]
    elif kind == "Polygon" and isinstance(content, list):
        parts = [_polygon(content)] if content else []
    elif kind == "MultiPolygon" and isinstance(content, list):
        parts = [_polygon(part) for part in content]
    else:
        raise _Odd(f"its type is {str(kind)[:30]}", f"类型为 {str(kind)[:30]}")
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _inner_parts(stated: object, depth: int) -> list[shapely.Geometry]:
    return shapely.get_parts(_geometry(stated, depth=depth)).tolist()


def _polygon(rings: object) -> shapely.Polygon:
    if not isinstance(rings, list) or not rings:
        raise _Odd("a polygon has no ring", "多边形没有环")
    shell, *holes = [_ring(ring) for ring in rings]
    return shapely.Polygon(shell, holes)


def _ring(ring: object) -> np.ndarray:
    if not isinstance(ring, list) or len(ring) < 4:
        raise _Odd("a ring has fewer than four points", "有环少于四个点")
    if not all(
        isinstance(point, list) and len(point) in (2, 3, 4) and all(map(_number, point)) for point in ring
    ):
        raise _Odd("a point is not two or three numbers", "有点不是两个或三个数值")
    if ring[0] != ring[-1]:
        raise _Odd("a ring is not closed", "有环未闭合")
    if all(len(point) == 2 for point in ring):
        return np.array(ring, float)
    return np.array([(*point, 0.0)[:3] for point in ring], float)


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e300 and math.isfinite(value)
