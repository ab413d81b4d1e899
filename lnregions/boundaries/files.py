"""Boundary files opened: a shapefile, GeoPackage or GeoJSON, or a zip of one of them."""

import codecs
import io
import json
import re
import sqlite3
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import NoReturn

import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lnregions.boundaries.integrity import (
    Contradiction,
    first_mismatch,
    stated_by_geopackage,
    stated_by_shapefile,
)
from lnregions.errors import Fault, fault, home, refuse, refuse_any, shown_path, unknown
from lnregions.tables import decode

KINDS = (".shp", ".gpkg", ".geojson", ".json", ".zip")
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
LARGEST = 300_000_000
"""Bytes of a file, or of all that a zip holds, that are read; Liaoning's counties take 0.2 million."""
MOST_SQUEEZED = 200
"""Times a zip's member may grow; real boundary files grow less than tenfold."""
MOST_MEMBERS = 1000
_COPY = "Copy it again, with all its parts, from where it came from."
_HEIGHTS = "Heights or measures of the points were dropped."


@dataclass
class Layer:
    """What a file holds, as it stands there, and what the passes over it find."""

    name: str
    columns: dict[str, list[str]]  # as text, empty where nothing stands
    shapes: list[shapely.Geometry | None]
    crs: CRS | None
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, text: str) -> None:
        """Add a fault of the file."""
        self.faults.append(fault(text, self.name))

    def stop(self) -> None:
        """Raise a DataError with all faults, if there is any."""
        refuse_any(self.faults)

    def refuse(self, text: str) -> NoReturn:
        """Raise a DataError with this fault and all others."""
        self.fault(text)
        refuse(self.faults)


def read_layer(path: Path | str) -> Layer:
    """Read a boundary file.

    Raises
    ------
    DataError
        When it is missing, damaged, incomplete, too large or of another kind; the text names it.
    """
    if "\0" in str(path):
        _refuse("the file is not there. Check the path.", str(path).replace("\0", "\\0"))
    path = home(path)
    name, ending = shown_path(path), path.suffix.casefold()
    if ending not in KINDS:
        raise unknown("format", ending or path.name, KINDS)
    try:
        if not path.exists():
            _refuse("the file is not there. Check the path.", name)
        beside = sorted(path.parent.iterdir()) if ending == ".shp" else [path]
        files = {other.name: _content(other) for other in beside if _is_part(other, path)}
        journal = path.with_name(f"{path.name}-wal")
        if ending == ".gpkg" and journal.is_file() and journal.stat().st_size:
            _refuse(
                "changes not yet in the GeoPackage stand beside it in a file -wal. "
                "Close the program that has it open, or save the layer anew.",
                name,
            )
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _refuse(f"the file cannot be read ({reason}). Check its permissions.", name)
    if ending != ".zip":
        return _read(files, path.name, name)
    members = _unzipped(files[path.name], name)
    main = [member for member in members if PurePath(member).suffix.casefold() in KINDS[:-1]]
    if len(main) != 1:
        _refuse(
            f"the zip holds {len(main)} boundary files. Pack one .shp with its parts, one .gpkg or .geojson.",
            name,
        )
    return _read(members, main[0], f"{name}/{main[0]}")


def _refuse(text: str, name: str) -> NoReturn:
    refuse([fault(text, name)])


def _content(path: Path) -> bytes:
    state, name = path.stat(), shown_path(path)
    if not stat.S_ISREG(state.st_mode):
        _refuse("the file cannot be read (no regular file). Check the path.", name)
    if state.st_size > LARGEST:
        _refuse(f"the file holds {state.st_size} bytes, more than {LARGEST}. Simplify or split it.", name)
    return path.read_bytes()


def _is_part(other: PurePath, main: PurePath) -> bool:
    """Whether a file is the main one or, of a shapefile, another part, its ending in either case."""
    beside = main.suffix.casefold() == ".shp" and (other.parent, other.stem) == (main.parent, main.stem)
    return other == main or (beside and other.suffix.casefold() in PARTS[1:])


def _read(files: Mapping[str, bytes], main: str, name: str) -> Layer:
    ending = PurePath(main).suffix
    if ending.casefold() == ".shp":
        own = [other for other in files if _is_part(PurePath(other), PurePath(main))]
        parts = {PurePath(other).suffix.casefold(): files[other] for other in own}
        layer = _shapefile(parts, name, name.removesuffix(ending))
    else:
        layer = (_geopackage if ending.casefold() == ".gpkg" else _geojson)(files[main], name)
    if not layer.shapes:
        _refuse("the file holds no area. Give a file with one polygon for each area.", name)
    if shapely.has_z(layer.shapes).any():
        layer.shapes = shapely.force_2d(layer.shapes).tolist()
        layer.warnings.append(_HEIGHTS)
    return layer


def _gdal(data: bytes, name: str, **options: str) -> tuple[dict, dict[str, list[str]], list]:
    """Metadata, columns as text and shapes of a file in memory, as GDAL reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, geometry, fields = pyogrio.raw.read(data, datetime_as_string=True, **options)
            shapes = shapely.from_wkb(geometry).tolist()
        except Exception as error:  # those of GDAL, pyogrio and GEOS have no common class
            _refuse(f"the file is damaged ({_on_one_line(error)}). {_COPY}", name)
    texts = [
        ["" if one is None or one != one else str(one).strip() for one in row.tolist()] for row in fields
    ]
    return meta, dict(zip(meta["fields"], texts, strict=True)), shapes


def _on_one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


# ---- shapefile ----


def _shapefile(parts: Mapping[str, bytes], name: str, stem: str) -> Layer:
    missing = [part for part in PARTS[:3] if part not in parts]
    if missing:
        listed = ", ".join(missing)
        _refuse(f"the part {listed} of the shapefile is missing. Put it beside under the same name.", name)
    try:
        boxes, points = stated_by_shapefile(parts)
    except Contradiction as error:
        _refuse(f"{error}. {_COPY}", f"{stem}{error.part}")
    if not boxes:
        return Layer(name, {}, [], None)
    packed = io.BytesIO()
    with zipfile.ZipFile(
        packed, "w"
    ) as pack:  # of the parts that belong together, and no index of another program
        for part in PARTS[:3]:
            pack.writestr(f"layer{part}", parts[part])
    _, columns, shapes = _gdal(packed.getvalue(), name, encoding="ISO-8859-1")
    mismatch = first_mismatch(shapes, boxes, points)
    if mismatch:
        _refuse(f"record {mismatch} lacks points or does not fill the box that it states. {_COPY}", name)
    columns, notes = _decoded(columns, parts, f"{stem}.dbf")
    try:
        text = parts.get(".prj", b"").strip(b" \r\n\t\0").decode("utf-8-sig").strip()
        crs = CRS.from_wkt(text) if text else None
    except (CRSError, ValueError):
        _refuse(
            "the .prj cannot be read as a coordinate reference system. "
            "Replace it, or remove it if the coordinates are degrees.",
            f"{stem}.prj",
        )
    measured = parts[".shp"][32:36] == struct.pack("<i", 25)
    return Layer(name, columns, shapes, crs, [*notes, *([_HEIGHTS] if measured else [])])


def _decoded(columns: dict, parts: Mapping[str, bytes], name: str) -> tuple[dict[str, list[str]], list[str]]:
    """Columns of a .dbf, given as Latin-1, in the encoding that the .cpg states or that the bytes show."""
    raw = [[text.encode("latin-1") for text in (label, *texts)] for label, texts in columns.items()]
    values = [value for column in raw for value in column]
    stated = parts.get(".cpg", b"")[:40].decode("utf-8-sig", "replace").strip("\0 \r\n\t")
    plain = re.sub(r"^(ansi|oem)[\s_-]*", "", stated.casefold())
    encoding, notes = {"65001": "utf-8", "88591": "latin-1", "system": ""}.get(plain, plain), []
    if all(map(bytes.isascii, values)):
        encoding = "ascii"
    elif not encoding:
        fitting = [one for one in ("utf-8", "gb18030") if _is_in(values, one, parts[".dbf"][29])]
        encoding = fitting[0] if fitting else "UTF-8 or GB18030"
        notes = [f"No .cpg states the encoding; the text of the table was read as {encoding.upper()}."]
    else:
        try:
            b"x".decode(encoding)
        except (LookupError, ValueError):
            _refuse(
                f"the encoding {stated!r} is not known. Write UTF-8 or GB18030, whichever the table is in, "
                "into the .cpg.",
                name,
            )
        encoding = codecs.lookup(encoding).name
        encoding = "gb18030" if encoding in ("gbk", "gb2312") else encoding  # which includes both
    found = {}
    for column in raw:
        try:
            label, *texts = (_text(value, encoding) for value in column)
        except (UnicodeError, LookupError):
            shown = column[0].decode("ascii", "replace")
            _refuse(
                f"the text in column {shown} is not {encoding.upper()}. "
                "Write the table's true encoding, UTF-8 or GB18030, into a .cpg beside it.",
                name,
            )
        found[label] = texts
    return found, notes


def _is_in(values: Sequence[bytes], encoding: str, driver: int) -> bool:
    """Whether texts are in UTF-8, or in GB18030 as the table's driver byte or Chinese signs alone show."""
    try:
        signs = "".join(_text(value, encoding) for value in values)
    except UnicodeDecodeError:
        return False
    return encoding == "utf-8" or driver == 0x4D or not re.search(r"[^\x00-\x7f\u4e00-\u9fff]", signs)


def _text(value: bytes, encoding: str) -> str:
    """Text of a field; a character cut off at the field's end is left out."""
    return codecs.getincrementaldecoder(encoding)().decode(value).strip()


# ---- GeoPackage, GeoJSON, zip ----


def _geopackage(data: bytes, name: str) -> Layer:
    if data[18:20] == b"\2\2":  # journal mode "write-ahead", which no database in memory can be in
        data = data[:18] + b"\1\1" + data[20:]
    try:
        table, boxes, system = stated_by_geopackage(data)
    except (
        sqlite3.Error,
        struct.error,
        ArithmeticError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
    ) as error:
        _refuse(f"the GeoPackage is damaged: {_on_one_line(error)}. {_COPY}", name)
    if not boxes:
        return Layer(name, {}, [], None)
    meta, columns, shapes = _gdal(data, name, layer=table)
    mismatch = first_mismatch(shapes, boxes)
    if mismatch:
        _refuse(f"shape {mismatch} does not fill the envelope stated for it. {_COPY}", name)
    if system and not meta["crs"]:
        _refuse(f"the coordinate reference system {system} cannot be read. State an EPSG code.", name)
    return Layer(name, columns, shapes, CRS(meta["crs"]) if meta["crs"] else None)


def _geojson(data: bytes, name: str) -> Layer:
    text, notes = decode(data, path=name)
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        _refuse(f"the file is no JSON: {_on_one_line(error)}. {_COPY}", name)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        _refuse("the file is JSON but no GeoJSON FeatureCollection. Give one feature for each area.", name)
    stated = content.get("crs")
    try:
        crs = CRS(stated["properties"]["name"] if stated else "OGC:CRS84")  # RFC 7946, section 4
    except (CRSError, KeyError, TypeError):
        _refuse(
            f"the stated coordinate reference system {str(stated)[:60]} is not known. "
            "State an EPSG code, or none for WGS 84.",
            name,
        )
    layer = Layer(name, {}, [], crs, [f"{note[:1].upper()}{note[1:]}." for note in notes])
    rows = []
    for number, feature in enumerate(features, 1):
        try:
            given = {"id": feature.get("id")} | (feature.get("properties") or {})
            geometry = feature.get("geometry")
            # GEOS is strict: it closes no ring and takes nothing but numbers
            layer.shapes.append(None if geometry is None else shapely.from_geojson(json.dumps(geometry)))
        except (AttributeError, TypeError, ValueError, RecursionError, shapely.GEOSException) as error:
            layer.fault(
                f"feature {number} has no proper polygon: {_on_one_line(error)}. Save the layer anew."
            )
        else:
            rows.append({label: one for label, one in given.items() if not isinstance(one, list | dict)})
    layer.stop()
    for label in dict.fromkeys(label for row in rows for label in row):
        texts = ["" if row.get(label) is None else str(row[label]).strip() for row in rows]
        layer.columns |= {label: texts} if any(texts) else {}
    return layer


def _once(pairs: list[tuple]) -> dict:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _unzipped(data: bytes, name: str) -> dict[str, bytes]:
    """Content of a zip's members by name, checksums verified, after a check for what no boundary file has."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            members = pack.infolist()
            if len(members) > MOST_MEMBERS:
                raise Contradiction(f"{len(members)} members")
            if sum(member.file_size for member in members) > LARGEST:
                raise Contradiction(f"it unpacks to more than {LARGEST} bytes")
            for member in members:
                place = _checked_place(member)
                if place in found:
                    raise Contradiction(f"{place!r} stands there twice")
                if place:
                    with pack.open(member) as file:
                        found[place] = file.read(member.file_size + 1)
                    if len(found[place]) != member.file_size:
                        raise Contradiction(f"{place!r} is not as long as it states")
    except Contradiction as error:
        _refuse(f"the zip is not one of boundaries: {error}. Pack only the parts of one boundary file.", name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        _refuse(f"the zip is damaged: {_on_one_line(error)}. Download or pack it again.", name)
    return found


def _checked_place(member: zipfile.ZipInfo) -> str:
    """Place of a member within a zip, empty for a folder and for what macOS adds."""
    place = member.filename.replace("\\", "/")  # as some older programs for Windows write it
    parts, shown = PurePosixPath(place).parts, repr(member.filename[:60])
    if ".." in parts or (parts and (parts[0] == "/" or parts[0].endswith(":"))):
        raise Contradiction(f"the member {shown} leads out of it")
    if member.flag_bits & 1:
        raise Contradiction(f"the member {shown} is encrypted")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Contradiction(f"the member {shown} is a link")
    growth = member.file_size // max(member.compress_size, 1)
    if member.file_size > 1_000_000 and growth > MOST_SQUEEZED:
        raise Contradiction(f"{shown} grows {growth} times")
    extra = not parts or place.endswith("/") or parts[0] == "__MACOSX" or parts[-1].startswith("._")
    return "" if extra else place
