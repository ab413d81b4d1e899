"""What a boundary file states twice, compared, as GDAL does not.

GDAL leaves out deleted rows, follows swapped index entries, closes open rings and ignores the box stated for each
shape, all without an error; a shape would then stand beside another area's code, or out of place. Formats: ESRI
Shapefile Technical Description (July 1998), dBASE III table, OGC GeoPackage 1.3.
"""

import contextlib
import io
import re
import sqlite3
import stat
import struct
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
import shapely

_NOTHING = (np.nan,) * 4
_TOLERANCE = 1e-9
"""Share of the largest coordinate by which a stated box may differ from that of the points."""
MOST_SQUEEZED = 200
"""Times a zip's member may grow; real boundary files grow less than tenfold."""
MOST_MEMBERS = 1000
LARGEST_VALUE = 100_000_000
"""Bytes of one value of a GeoPackage, such as a shape."""
LONGEST = 30.0
"""Seconds that the check of a GeoPackage may take; Liaoning's counties take 0.02."""


class Contradiction(ValueError):
    """What a file states in two places does not agree; `part` is the ending of the shapefile's part."""

    remedy = "Copy it again, with all its parts, from where it came from."

    def __init__(self, text: str, part: str = "", remedy: str = ""):
        self.remedy = remedy or self.remedy
        super().__init__(text)
        self.part = part


def stated_by_shapefile(parts: Mapping[str, bytes]) -> tuple[list[tuple], list[int]]:
    """Box and number of points that each record of a .shp states, after the parts were held against each other.

    A Contradiction is a wrong length, an index that does not point at the records one after the other, a deleted row,
    or another number of rows than of shapes.
    """
    shp, shx, dbf = (parts[part] for part in (".shp", ".shx", ".dbf"))
    for part in (".shp", ".shx"):
        _check_head(parts[part], part)
    boxes, points, end = [], [], 100
    whole = len(shx) - (len(shx) - 100) % 8
    for number, (start, words) in enumerate(struct.iter_unpack(">ii", shx[100:whole]), 1):
        head = shp[2 * start : 2 * start + 52].ljust(52, b"\0")
        if 2 * start != end or struct.unpack_from(">ii", head) != (number, words):
            raise Contradiction(f"the index entry {number} does not point at its record of the .shp", ".shx")
        kind, *box, _, count = struct.unpack_from("<i4dii", head, 8)
        if head[8:12] != shp[32:36] and (kind, words) != (0, 2):
            raise Contradiction(f"record {number} is damaged: its shape type is {kind}", ".shp")
        boxes.append(tuple(box) if kind else _NOTHING)
        points.append(count if kind else 0)
        end += 8 + 2 * words
    if end != len(shp):
        raise Contradiction(f"the index ends at byte {end} of the .shp, which has {len(shp)}", ".shx")
    rows = _checked_rows(dbf)
    if rows != len(boxes):
        raise Contradiction(f"the .dbf has {rows} rows for {len(boxes)} shapes of the .shp", ".dbf")
    return boxes, points


def _check_head(data: bytes, part: str) -> None:
    if len(data) < 100:
        raise Contradiction(f"the file has {len(data)} bytes, but its header alone takes 100", part)
    code, words, version, kind = *struct.unpack_from(">i20xi", data), *struct.unpack_from("<ii", data, 28)
    if (code, version) != (9994, 1000):
        raise Contradiction(f"the file does not begin like a shapefile ({code}, {version})", part)
    if 2 * words != len(data):
        raise Contradiction(f"the file states a length of {2 * words} bytes but has {len(data)}", part)
    if kind not in (5, 15, 25) and len(data) > 100:
        drawn = {1: "points", 3: "lines", 8: "points"}.get(kind % 10, "something else")
        what = f"the shapes are no polygons (shape type {kind}, {drawn})"
        raise Contradiction(what, part, "Give the file that has the areas themselves, as polygons.")


def _checked_rows(dbf: bytes) -> int:
    """Number of rows of a table whose header, row width and length agree, and in which no row is deleted."""
    rows, start, width = struct.unpack_from("<IHH", dbf.ljust(12), 4)
    end = next((at for at in range(32, min(start, len(dbf)), 32) if dbf[at] == 0x0D), 32)
    taken, size = 1 + sum(dbf[at + 16] for at in range(32, end, 32)), start + rows * width
    if end == 32 or taken != width:
        raise Contradiction(f"the columns take {taken} bytes a row, the header states {width}", ".dbf")
    if len(dbf) != size and dbf[size:] != b"\x1a":
        raise Contradiction(f"the table states {size} bytes for {rows} rows but has {len(dbf)}", ".dbf")
    marks = dbf[start:size:width]
    if marks.strip(b" "):
        row = len(marks) - len(marks.lstrip(b" ")) + 1
        raise Contradiction(f"row {row} is marked as deleted, so rows and shapes do not match", ".dbf")
    return rows


def stated_by_geopackage(data: bytes) -> tuple[str, list[tuple], int]:
    """Layer of a GeoPackage, the envelope that each of its shapes states, and its reference system (0 for none).

    It raises (SQLite's, struct's and its own errors) when the database is damaged, takes longer or more memory than a
    boundary file, is more than plain tables, or does not hold exactly one layer.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data)
        base.text_factory = lambda raw: raw.decode("utf-8")
        base.execute("PRAGMA trusted_schema=OFF")
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        base.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 16)
        until = time.monotonic() + LONGEST
        base.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        sound = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if sound != "ok":
            raise Contradiction(sound)
        for name, kind, sql in base.execute("SELECT name, type, sql FROM sqlite_master").fetchall():
            if kind == "view" or re.match(r"(?is)\s*CREATE\s+VIRTUAL(?!.*\sUSING\s+rtree\b)", sql or ""):
                what = f"{name} is no ordinary table of the GeoPackage"
                raise Contradiction(what, remedy="Save the layer anew as a table of its own.")
        layers = base.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
        if len(layers) != 1:
            listed = ", ".join(str(layer[0]) for layer in layers) or "none"
            what = f"the GeoPackage holds {len(layers)} layers of shapes ({listed})"
            raise Contradiction(what, remedy="Save that of the areas as a file of its own.")
        table, column, srs = layers[0]
        rows = base.execute('SELECT * FROM "{}"'.format(str(table).replace('"', '""')))
        place = [item[0] for item in rows.description].index(column)
        boxes = [_envelope(row[place], number, srs) for number, row in enumerate(rows.fetchall(), 1)]
        known = base.execute("SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?", [srs]).fetchone()
        return table, boxes, srs if known and srs > 0 else 0


def _envelope(blob: bytes | None, number: int, srs: int) -> tuple:
    if blob is None:
        return _NOTHING
    order = "<" if blob[3] & 1 else ">"
    size = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}.get(blob[3] >> 1 & 7)
    if blob[:3] != b"GP\0" or size is None or struct.unpack_from(f"{order}i", blob, 4)[0] != srs:
        raise Contradiction(f"the header of shape {number} is damaged")
    kind = int.from_bytes(blob[9 + size : 13 + size], "little" if blob[8 + size] else "big") % 1000
    if not size or kind > 7:  # arcs, which GDAL straightens
        return _NOTHING
    west, east, south, north = struct.unpack_from(f"{order}4d", blob, 8)
    return west, south, east, north


def first_mismatch(shapes: np.ndarray, boxes: Sequence[tuple], points: Sequence[int] | None = None) -> int:
    """Number of the first shape read that does not fill its stated box, or has not as many points; 0 for none.

    A box of NaN states nothing.
    """
    if len(shapes) != len(boxes):
        return min(len(shapes), len(boxes)) + 1
    stated, found = np.reshape(boxes, (-1, 4)), shapely.bounds(shapes)
    close = np.abs(found - stated) <= _TOLERANCE * np.abs(found).max(axis=1, keepdims=True)
    same = close.all(axis=1) | np.isnan(stated).all(axis=1)
    if points is not None:
        same &= shapely.get_num_coordinates(shapes) == points
    return 0 if same.all() else int(np.argmin(same)) + 1


def unzipped(data: bytes, *, largest: int) -> dict[str, bytes]:
    """Content of a zip's members by place, checksums verified, without folders and what macOS adds.

    BadZipFile for what no zip of boundaries has: too much, links, or what leads elsewhere.
    """
    pack, files = zipfile.ZipFile(io.BytesIO(data)), {}
    members = pack.infolist()
    # older Windows programs write \ between folders
    places = {PurePosixPath(one.filename.replace("\\", "/")): one for one in members}
    problems = {
        f"it has {len(members)} members": len(members) > MOST_MEMBERS,
        f"it unpacks to more than {largest} bytes": sum(one.file_size for one in members) > largest,
        "a member stands there twice": len(places) < len(members),
    }
    for place, member in places.items():
        shown, first = repr(member.filename[:60]), (*place.parts, "")[0]
        growth = member.file_size // max(member.compress_size, 1)
        out = ".." in place.parts or first.startswith("/") or first.endswith(":")
        problems[f"the member {shown} leads out of it"] = out
        problems[f"the member {shown} is a link"] = stat.S_ISLNK(member.external_attr >> 16)
        problems[f"{shown} grows {growth} times"] = member.file_size > 1_000_000 and growth > MOST_SQUEEZED
    for problem in (text for text, there in problems.items() if there):
        raise zipfile.BadZipFile(problem)
    for place, member in places.items():
        if not member.is_dir() and place.parts[:1] != ("__MACOSX",) and place.name[:2] != "._":
            with pack.open(member) as file:
                content = file.read(member.file_size + 1)
            if len(content) != member.file_size:
                raise zipfile.BadZipFile(f"{member.filename[:60]!r} is not as long as it states")
            files[str(place)] = content
    return files
