"""Polygons of a .shp with its .shx, read byte by byte; what the format states twice is compared.

The format is that of the ESRI Shapefile Technical Description (July 1998). Common readers skip over a broken
record or a swapped index entry without a word; here each is a fault.
"""

import struct

import numpy as np
import shapely

from lnregions.errors import Fault, add_messages

_HEADER = 100
_CODE = 9994
_VERSION = 1000
_POLYGONS = {5: 0, 15: 2, 25: 1}
"""Shape type -> further values a point carries after x and y (Z has Z and, where given, M)."""
_OTHER = {1: "points", 3: "lines", 8: "points", 11: "points", 13: "lines", 18: "points", 21: "points", 23: "lines",
          28: "points", 31: "surfaces"}  # fmt: skip
_OTHER_ZH = {"points": "点", "lines": "线", "surfaces": "曲面"}
_BOX_TOLERANCE = 1e-9
"""Share of the largest coordinate by which a record's stated box may differ from its points'."""

add_messages(
    {
        "shp short": (
            "the file states a length of {stated} bytes but has {value}",
            "It was cut or damaged; copy it again",
        ),
        "shp header": (
            "the file does not begin like a shapefile ({value})",
            "Give a shapefile, or copy it again",
        ),
        "shp kind": ("the shapes are {value}, not polygons", "Give the areas as polygons"),
        "shp record": ("record {value} is damaged: {detail}", "Copy the file again from where it came from"),
        "shx entry": (
            "the index entry {value} does not point at record {value} of the .shp",
            "The parts belong to different files or are damaged; copy all parts again",
        ),
        "shx count": (
            "the index has {value} entries for {stated} records of the .shp",
            "The parts belong to different files or are damaged; copy all parts again",
        ),
    }
)


class Damaged(Exception):
    """A record that contradicts itself; the texts say how, in both languages."""

    def __init__(self, en: str, zh: str):
        super().__init__(en)
        self.zh = zh


def read_polygons(
    shp: bytes, shx: bytes, *, names: tuple[str, str]
) -> tuple[list[shapely.Geometry | None], list[Fault], bool]:
    """Shapes of a shapefile's polygons in file order, None for a null shape.

    Parameters
    ----------
    shp, shx : bytes
        Content of the two parts.
    names : tuple of str
        The parts' paths, for the faults.

    Returns
    -------
    shapes : list
    faults : list of Fault
        When there is any, the shapes are not to be used.
    further : bool
        Whether points carry Z or M, which were dropped.
    """
    faults = _header_faults(shp, names[0]) or _header_faults(shx, names[1])
    if faults:
        return [], faults, False
    if len(shp) == _HEADER:
        return [], [], False
    kind = struct.unpack_from("<i", shp, 32)[0]
    if kind in _OTHER:
        return [], [Fault("shp kind", names[0], value=_OTHER[kind], extra=_said(_OTHER[kind]))], False
    if kind not in _POLYGONS or struct.unpack_from("<i", shx, 32)[0] != kind:
        return [], [Fault("shp header", names[0], value=f"shape type {kind}")], False
    shapes, places, faults = _records(shp, kind, names[0])
    faults = faults or _index_faults(shx, places, names[1])
    return shapes, faults, kind != 5


def _said(kind: str) -> dict[str, str]:
    return {"value": kind, "value_zh": _OTHER_ZH[kind]}


def _header_faults(data: bytes, name: str) -> list[Fault]:
    if len(data) < _HEADER:
        return [Fault("shp short", name, value=len(data), extra={"stated": f"at least {_HEADER}"})]
    code, words = struct.unpack_from(">i20xi", data)
    version = struct.unpack_from("<i", data, 28)[0]
    if code != _CODE or version != _VERSION:
        return [Fault("shp header", name, value=f"file code {code}, version {version}")]
    if words * 2 != len(data):
        return [Fault("shp short", name, value=len(data), extra={"stated": words * 2})]
    return []


def _records(data: bytes, kind: int, name: str) -> tuple[list, list[tuple[int, int]], list[Fault]]:
    """Shapes, and each record's place and length in the file, until the first damage."""
    shapes, places, at = [], [], _HEADER
    while at < len(data):
        number = len(shapes) + 1
        try:
            if at + 12 > len(data):
                raise Damaged("it is cut short", "记录被截断")
            stated, words = struct.unpack_from(">ii", data, at)
            if stated != number:
                raise Damaged(f"it is numbered {stated}", f"编号为 {stated}")
            if words < 2 or at + 8 + 2 * words > len(data):
                raise Damaged("it reaches beyond the end of the file", "超出文件末尾")
            shapes.append(_shape(data[at + 8 : at + 8 + 2 * words], kind))
        except Damaged as damage:
            extra = {"detail": str(damage), "detail_zh": damage.zh}
            return shapes, places, [Fault("shp record", name, value=number, extra=extra)]
        places.append((at, words))
        at += 8 + 2 * words
    return shapes, places, []


def _shape(record: bytes, kind: int) -> shapely.Geometry | None:
    own = struct.unpack_from("<i", record)[0]
    if own == 0:
        if len(record) != 4:
            raise Damaged("a null shape carries data", "空图形带有数据")
        return None
    if own != kind:
        raise Damaged(f"its shape type is {own}, the file's {kind}", f"图形类型为 {own}，文件类型为 {kind}")
    if len(record) < 44:
        raise Damaged("it is too short for a polygon", "长度不足以构成多边形")
    parts, points = struct.unpack_from("<ii", record, 36)
    if not (0 < parts <= points and len(record) in _lengths(parts, points, kind)):
        raise Damaged("its length does not fit its counts", "长度与计数不符")
    starts = np.frombuffer(record, "<i4", parts, 44).astype(np.int64)
    ends = np.append(starts[1:], points)
    if starts[0] != 0 or (ends - starts < 4).any():
        raise Damaged("its rings do not follow one another", "各环起止位置有误")
    xy = np.frombuffer(record, "<f8", 2 * points, 44 + 4 * parts).reshape(-1, 2)
    _check_points(xy, starts, ends, np.frombuffer(record, "<f8", 4, 4))
    return polygon_from_rings([xy[start:end] for start, end in zip(starts, ends, strict=True)])


def _lengths(parts: int, points: int, kind: int) -> list[int]:
    flat = 44 + 4 * parts + 16 * points
    one = 16 + 8 * points
    return {5: [flat], 25: [flat, flat + one], 15: [flat + one, flat + 2 * one]}[kind]


def _check_points(xy: np.ndarray, starts: np.ndarray, ends: np.ndarray, box: np.ndarray) -> None:
    if not np.isfinite(xy).all():
        raise Damaged("a coordinate is not a number", "坐标不是数值")
    if (xy[starts] != xy[ends - 1]).any():
        raise Damaged("a ring is not closed", "有环未闭合")
    own = np.concatenate([xy.min(axis=0), xy.max(axis=0)])
    if not (np.abs(own - box) <= _BOX_TOLERANCE * np.abs(own).max()).all():
        raise Damaged("its points do not fill the box it states", "坐标点与所标范围不符")


def polygon_from_rings(rings: list[np.ndarray]) -> shapely.Geometry:
    """Polygon or multipolygon of closed rings in any order and direction: a ring inside another is its hole.

    Examples
    --------
    >>> outer, inner = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]], [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
    >>> polygon_from_rings([np.array(outer, float), np.array(inner, float)]).area
    77.0
    """
    faces = sorted((shapely.Polygon(ring) for ring in rings), key=lambda face: -face.area)
    if len(faces) == 1:
        return faces[0]
    inside = _containers(faces)
    shells = {n: [] for n in range(len(faces)) if len(inside[n]) % 2 == 0}
    for n, holders in inside.items():
        if n not in shells:
            shells[max(holder for holder in holders if len(inside[holder]) == len(holders) - 1)].append(n)
    polygons = [
        shapely.Polygon(faces[shell].exterior, [faces[hole].exterior for hole in holes])
        for shell, holes in shells.items()
    ]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _containers(faces: list[shapely.Polygon]) -> dict[int, list[int]]:
    """For each ring, the larger rings around it: nested like in a chain, or (crossing rings) taken as none."""
    tree = shapely.STRtree(faces)
    boxes = shapely.bounds(faces)
    found: dict[int, list[int]] = {n: [] for n in range(len(faces))}
    for inner, outer in tree.query(faces).T.tolist():
        larger = (
            outer < inner
            and (boxes[outer][:2] <= boxes[inner][:2]).all()
            and (boxes[outer][2:] >= boxes[inner][2:]).all()
        )
        if larger and _inside(faces[inner], faces[outer]):
            found[inner].append(outer)
    chained = {n: all(set(found[h]) < set(holders) for h in holders) for n, holders in found.items()}
    depths = {n: {len(found[h]) for h in holders} == set(range(len(holders))) for n, holders in found.items()}
    return {n: sorted(holders) if chained[n] and depths[n] else [] for n, holders in found.items()}


def _inside(inner: shapely.Polygon, outer: shapely.Polygon) -> bool:
    """Whether most of a ring's corners lie within another ring (they may touch it)."""
    corners = shapely.points(shapely.get_coordinates(inner)[:-1])
    return bool(
        shapely.intersects_xy(outer, *shapely.get_coordinates(corners).T).all()
    ) and not shapely.equals(inner, outer)


def _index_faults(shx: bytes, places: list[tuple[int, int]], name: str) -> list[Fault]:
    entries = np.frombuffer(shx, ">i4", offset=_HEADER) if len(shx) % 8 == 4 else np.zeros(0, ">i4")
    entries = entries.reshape(-1, 2)
    if len(entries) != len(places):
        return [Fault("shx count", name, value=len(entries), extra={"stated": len(places)})]
    return [
        Fault("shx entry", name, value=n + 1)
        for n, ((start, words), entry) in enumerate(zip(places, entries.tolist(), strict=True))
        if [start // 2, words] != entry
    ]
