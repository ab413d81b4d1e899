"""Boundary files as other programs write them, byte by byte and without the package's own readers."""

import contextlib
import functools
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import CRS

SHAPES = Path(__file__).parents[2] / "shapes"
FOUR = ["210300", "210800", "211000", "211100"]
NAMES = {"210300": "鞍山市", "210800": "营口市", "211000": "辽阳市", "211100": "盘锦市"}

CGCS2000, WGS84 = (CRS(code).to_wkt("WKT1_ESRI") for code in (4490, 4326))


@functools.cache
def _layer(name):
    return pyogrio.read_dataframe(SHAPES / f"{name}.shp")


def shapes_of(codes=FOUR, *, layer="liaoning_cities") -> list:
    """Shipped polygons of these areas, read by GDAL."""
    return _layer(layer).set_index("area").loc[list(codes)].geometry.tolist()


def codes_of(layer="liaoning_cities") -> list[str]:
    return sorted(_layer(layer)["area"])


def rings_of(shape) -> list[np.ndarray]:
    """Rings of a polygon in the order and direction that the format asks for."""
    found = []
    for part in shapely.get_parts(shape):
        part = shapely.orient_polygons(part, exterior_cw=True)
        found += [np.array(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
    return found


def record(rings, *, kind=5, z=12.5) -> bytes:
    """One polygon record: plain (5), with measures (25) or with heights (15)."""
    if rings is None:
        return struct.pack("<i", 0)
    points = np.concatenate(rings)
    starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])])
    box = [*points.min(axis=0), *points.max(axis=0)]
    out = struct.pack("<i4d2i", kind, *box, len(rings), len(points))
    out += starts.astype("<i4").tobytes() + points.astype("<f8").tobytes()
    if kind in (15, 25):
        out += struct.pack("<2d", z, z) + np.full(len(points), z).astype("<f8").tobytes()
    return out


def shp(shapes, *, kind=5, rings=None) -> tuple[bytes, bytes]:
    """The .shp and the .shx of these polygons, None for a null shape."""
    rings = [None if s is None else rings_of(s) for s in shapes] if rings is None else rings
    body, index = b"", b""
    for number, own in enumerate(rings, 1):
        data = record(own, kind=kind)
        index += struct.pack(">2i", (100 + len(body)) // 2, len(data) // 2)
        body += struct.pack(">2i", number, len(data) // 2) + data
    points = np.concatenate([ring for own in rings if own for ring in own])
    box = [*points.min(axis=0), *points.max(axis=0), 0, 0, 0, 0]
    heads = [
        struct.pack(">i20xi", 9994, (100 + len(part)) // 2) + struct.pack("<2i8d", 1000, kind, *box)
        for part in (body, index)
    ]
    return heads[0] + body, heads[1] + index


def dbf(columns, *, encoding="utf-8", driver=0, end=b"\x1a", padding=0) -> bytes:
    """A .dbf of columns ``{name: (type, width, decimals, texts)}``; numbers stand to the right."""
    count = len(next(iter(columns.values()))[3])
    heads, rows = b"", [b" "] * count
    for name, (kind, width, decimals, texts) in columns.items():
        label = name.encode(encoding)[:10]
        heads += struct.pack("<11sc4xBB14x", label, kind.encode(), width, decimals)
        for n, text in enumerate(texts):
            data = text.encode(encoding)[:width]
            rows[n] += data.ljust(width) if kind == "C" else data.rjust(width)
    start = 33 + len(heads) + padding
    head = struct.pack("<BBBBIHH17xBxx", 3, 126, 1, 1, count, start, len(rows[0]), driver)
    return head + heads + b"\r" + b"\0" * padding + b"".join(rows) + end


def table(codes=FOUR, *, label="adcode", kind="C", form=str, encoding="utf-8", **more) -> bytes:
    """The .dbf of a boundary file: a column of codes and one of names."""
    width, decimals = (19, 11) if kind in "NF" else (12, 0)
    columns = {label: (kind, width, decimals, [form(code) for code in codes])}
    columns["NAME"] = ("C", 30, 0, [NAMES.get(code, code) for code in codes])
    return dbf(columns, encoding=encoding, **more)


def write_shapefile(folder, *, shapes=None, codes=FOUR, name="towns", kind=5, rings=None, **options) -> Path:
    """A whole shapefile; ``dbf``, ``cpg``, ``prj`` replace the usual parts, None leaves one out."""
    shapes = shapes_of(codes) if shapes is None and rings is None else shapes
    parts = dict(zip(("shp", "shx"), shp(shapes, kind=kind, rings=rings), strict=True))
    parts |= {"dbf": table(codes), "cpg": b"UTF-8", "prj": CGCS2000.encode()} | options
    upper = parts.pop("upper", False)
    for ending, data in parts.items():
        if data is not None:
            (folder / f"{name}.{ending.upper() if upper else ending}").write_bytes(data)
    return folder / f"{name}.{'SHP' if upper else 'shp'}"


def feature(shape, **properties) -> dict:
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_geojson(folder, features=None, *, name="towns.geojson", encoding="utf-8", **more) -> Path:
    """A FeatureCollection of the four cities, or of the features given."""
    if features is None:
        pairs = zip(FOUR, shapes_of(), strict=True)
        features = [feature(shape, adcode=int(code), name=NAMES[code]) for code, shape in pairs]
    content = {"type": "FeatureCollection", **more, "features": features}
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding=encoding)
    return path


def write_geopackage(folder, *, shapes=None, codes=FOUR, name="towns.gpkg", script="") -> Path:
    """A GeoPackage without indexes; ``script`` is run on it at the end."""
    path, shapes = folder / name, shapes_of(codes) if shapes is None else shapes
    columns = [np.array(codes, dtype=np.int64), np.array([NAMES.get(code) for code in codes], dtype=object)]
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)), columns, ["adcode", "name"], layer="towns",
        crs="EPSG:4490", geometry_type="Unknown", SPATIAL_INDEX="NO", GEOMETRY_NAME="geom",
    )  # fmt: skip
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.executescript(script)
    return path


def pack(path: Path, members: dict[str, bytes], *, method=zipfile.ZIP_DEFLATED) -> Path:
    """A zip of these members under these very names."""
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.filename, info.compress_type = name, method
            file.writestr(info, data)
    return path


def write(folder, content: str | bytes, name: str) -> Path:
    """A file of this text or these bytes."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


def patch(path: Path, at: int, data: bytes, part: str = "") -> Path:
    """The file with other bytes at a place, of itself or of another part of the shapefile."""
    other = path.with_suffix(f".{part}") if part else path
    content = bytearray(other.read_bytes())
    content[at : at + len(data)] = data
    other.write_bytes(bytes(content))
    return path
