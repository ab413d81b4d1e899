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

import numpy as np
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
_ENCODINGS = {
    **dict.fromkeys(["", "system", "1200"], ""),
    **dict.fromkeys(["utf8", "65001"], "utf-8"),
    **dict.fromkeys(["936", "gbk", "gb2312", "gb231280", "gb18030", "euccn"], "gb18030"),
    **dict.fromkeys(["950", "big5"], "big5"),
    **dict.fromkeys(["88591", "iso88591", "latin1", "88591default"], "latin-1"),
    **dict.fromkeys(["1252"], "cp1252"),
    **dict.fromkeys(["ascii", "usascii"], "ascii"),
}
"""What a .cpg may state, without ANSI, OEM, cp or windows before it -> Python's name; empty where it says nothing."""


@dataclass
class Layer:
    """What a file holds, as it stands there.

    Attributes
    ----------
    name : str
        File, as shown to the reader.
    columns : dict
        Column -> texts, empty where nothing stands.
    shapes : list
        Shapes in the same order, None where there is none.
    crs : pyproj.CRS or None
        Stated coordinate reference system.
    warnings : list of str
        What was unusual, as sentences.
    faults : list of Fault
        What refuses the file, collected until :meth:`stop`.
    """

    name: str
    columns: dict[str, list[str]]
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
        files = {other.name: _content(other) for other in beside if _belongs(other, path)}
        journal = path.with_name(f"{path.name}-wal")
        if ending == ".gpkg" and journal.is_file() and journal.stat().st_size:
            _refuse("changes not yet in the GeoPackage stand beside it in a file -wal. "
                    "Close the program that has it open, or save the layer anew.", name)  # fmt: skip
    except OSError as error:
        _refuse(
            f"the file cannot be read ({error.strerror or type(error).__name__}). Check its permissions.",
            name,
        )
    if ending != ".zip":
        return _layer(files, PurePath(path.name), name)
    members = _unzipped(files[path.name], name)
    main = [member for member in members if PurePosixPath(member).suffix.casefold() in KINDS[:-1]]
    if len(main) != 1:
        _refuse(f"the zip holds {len(main)} boundary files. Pack one .shp with its parts, one .gpkg or one .geojson.",
                name)  # fmt: skip
    return _layer(members, PurePosixPath(main[0]), f"{name}/{main[0]}")


def _refuse(text: str, name: str) -> NoReturn:
    refuse([fault(text, name)])


def _content(path: Path) -> bytes:
    state, name = path.stat(), shown_path(path)
    if not stat.S_ISREG(state.st_mode):
        _refuse("the file cannot be read (no regular file). Check the path.", name)
    if state.st_size > LARGEST:
        _refuse(f"the file holds {state.st_size} bytes, more than {LARGEST}. Simplify it or split it.", name)
    return path.read_bytes()


def _belongs(other: PurePath, main: PurePath) -> bool:
    """Whether a file is the main one or another part of the same shapefile, its ending in either case."""
    ending, kind = other.suffix.casefold(), main.suffix.casefold()
    part = other.parent == main.parent and other.stem == main.stem and ending in PARTS
    return other == main or (kind == ".shp" and part and ending != ".shp")


def _layer(files: Mapping[str, bytes], main: PurePath, name: str) -> Layer:
    ending = main.suffix.casefold()
    if ending == ".shp":
        parts = {PurePath(m).suffix.casefold(): files[m] for m in files if _belongs(type(main)(m), main)}
        layer = _shapefile(parts, name, name.removesuffix(main.suffix))
    else:
        layer = (_geopackage if ending == ".gpkg" else _geojson)(files[str(main)], name)
    if not layer.shapes:
        _refuse("the file holds no area. Give a file with one polygon for each area.", name)
    if any(shape is not None and shape.has_z for shape in layer.shapes):
        layer.shapes = shapely.force_2d(layer.shapes).tolist()
        layer.warnings.append("Heights or measures of the points were dropped.")
    return layer


def _gdal(data: bytes, name: str, **options: str) -> tuple[dict, dict[str, list[str]], list]:
    """Metadata, columns as text and shapes of a file, as GDAL reads it from memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, geometry, fields = pyogrio.raw.read(data, datetime_as_string=True, **options)
            shapes = shapely.from_wkb(geometry).tolist()
        except Exception as error:  # those of GDAL, pyogrio and GEOS have no common class
            _refuse(f"the file is damaged ({str(error)[:200]}). {_COPY}", name)
    columns = {
        label: ["" if value is None or value != value else str(value).strip() for value in values.tolist()]
        for label, values in zip(meta["fields"], fields, strict=True)
    }
    return meta, columns, shapes


# ---- shapefile ----


def _shapefile(parts: Mapping[str, bytes], name: str, stem: str) -> Layer:
    refuse_any(
        fault(
            f"the part {part} of the shapefile is missing. Put it beside the .shp under the same name.", name
        )
        for part in PARTS[:3]
        if part not in parts
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for part in PARTS[:3]:
            pack.writestr(f"layer{part}", parts[part])
    try:
        boxes, points = stated_by_shapefile(parts)
    except Contradiction as error:
        _refuse(f"{error}. {_COPY}", f"{stem}{error.part}")
    if not boxes:
        return Layer(name, {}, [], None)
    _, columns, shapes = _gdal(packed.getvalue(), name, encoding="ISO-8859-1")
    mismatch = first_mismatch(shapes, boxes, points)
    if mismatch:
        _refuse(f"record {mismatch} does not have the points, or fill the box, that it states. {_COPY}", name)
    columns, notes = _decoded(columns, parts, f"{stem}.dbf")
    try:
        text = parts.get(".prj", b"").strip(b" \r\n\t\0").decode("utf-8-sig").strip()
        crs = CRS.from_wkt(text) if text else None
    except (CRSError, ValueError):
        _refuse("the .prj cannot be read as a coordinate reference system. "
                "Replace it, or remove it if the coordinates are degrees.", f"{stem}.prj")  # fmt: skip
    if parts[".shp"][32:36] == struct.pack("<i", 25):
        notes.append("Heights or measures of the points were dropped.")
    return Layer(name, columns, shapes, crs, notes)


def _decoded(columns: dict, parts: Mapping[str, bytes], name: str) -> tuple[dict[str, list[str]], list[str]]:
    """Columns of a .dbf, given as Latin-1, in the encoding that the .cpg states or that the bytes leave no doubt of."""
    raw = {label: [text.encode("latin-1") for text in texts] for label, texts in columns.items()}
    values = [value for column in raw.values() for value in column]
    stated, notes = parts.get(".cpg", b"")[:40].decode("utf-8-sig", "replace").strip("\0 \r\n\t"), []
    plain = re.sub(r"^(ansi|oem|cp|windows|x)|[\s_-]", "", re.sub(r"[\s_-]", "", stated.casefold()))
    encoding = "ascii" if all(map(bytes.isascii, values)) else _ENCODINGS.get(plain)
    if encoding is None:
        _refuse(f"the encoding {stated!r} is not known. Write UTF-8 or GB18030 into the .cpg, "
                "whichever the table is in.", name)  # fmt: skip
    if not encoding:
        driver = parts[".dbf"][29]
        encoding = next(
            (one for one in ("utf-8", "gb18030") if _is_in(values, one, driver)), "UTF-8 or GB18030"
        )
        notes.append(f"No .cpg states the encoding; the text of the table was read as {encoding.upper()}.")
    try:
        found = {_label(label): [_text(value, encoding) for value in column] for label, column in raw.items()}
    except (UnicodeDecodeError, LookupError):
        odd = next(label for label, column in raw.items() if not all(map(bytes.isascii, column)))
        _refuse(f"the text in column {_label(odd)} is not {encoding.upper()}. Write the table's true encoding, "
                "UTF-8 or GB18030, into a .cpg beside it.", name)  # fmt: skip
    return found, notes


def _is_in(values: Sequence[bytes], encoding: str, driver: int) -> bool:
    """Whether texts are in UTF-8, or in GB18030 as the table's driver byte or Chinese signs alone tell."""
    try:
        signs = "".join(_text(value, encoding) for value in values)
    except UnicodeDecodeError:
        return False
    return encoding == "utf-8" or driver == 0x4D or not re.search(r"[^\x00-\x7f\u4e00-\u9fff]", signs)


def _text(value: bytes, encoding: str) -> str:
    """Text of a field; a character cut off at the field's end is left out."""
    return codecs.getincrementaldecoder(encoding)().decode(value).strip()


def _label(label: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return label.encode("latin-1").decode(encoding)
        except UnicodeDecodeError:
            continue
    return label


# ---- GeoPackage, GeoJSON, zip ----


def _geopackage(data: bytes, name: str) -> Layer:
    if data[18:20] == b"\2\2":  # write-ahead log, empty: opened in memory as an ordinary file
        data = data[:18] + b"\1\1" + data[20:]
    try:
        table, boxes = stated_by_geopackage(data)
    except (
        sqlite3.Error,
        struct.error,
        ValueError,
        TypeError,
        IndexError,
        MemoryError,
        OverflowError,
    ) as error:
        _refuse(f"the GeoPackage is damaged: {error}. {_COPY}", name)
    if not boxes:
        return Layer(name, {}, [], None)
    meta, columns, shapes = _gdal(data, name, layer=table)
    mismatch = first_mismatch(shapes, boxes)
    if mismatch:
        _refuse(f"shape {mismatch} does not fill the envelope stated for it. {_COPY}", name)
    return Layer(name, columns, shapes, CRS(meta["crs"]) if meta["crs"] else None)


def _geojson(data: bytes, name: str) -> Layer:
    text, notes = decode(data, path=name)
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        _refuse(f"the file is no JSON: {str(error)[:120]}. It may have been cut; {_COPY.lower()}", name)
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        _refuse("the file is JSON but no GeoJSON FeatureCollection. Give one feature for each area.", name)
    try:
        stated = content.get("crs")
        crs = CRS.from_user_input(
            stated["properties"]["name"] if stated else "OGC:CRS84"
        )  # RFC 7946, section 4
    except (CRSError, KeyError, TypeError):
        _refuse(f"the stated coordinate reference system {str(stated)[:60]} is not known. "
                "State an EPSG code, or none for WGS 84.", name)  # fmt: skip
    rows, shapes, faults = [], [], []
    for number, feature in enumerate(features, 1):
        try:
            rows.append(_properties(feature))
            shapes.append(
                shapely.from_geojson(json.dumps(feature.get("geometry"))) if feature.get("geometry") else None
            )
        except (ValueError, RecursionError, shapely.GEOSException) as error:
            faults.append(fault(f"feature {number} has no proper polygon: {str(error)[:200]}. "
                                "Save the layer anew as GeoJSON polygons.", name))  # fmt: skip
    refuse_any(faults)
    columns = {
        label: [row.get(label, "") for row in rows] for label in dict.fromkeys(k for row in rows for k in row)
    }
    return Layer(name, columns, shapes, crs, [f"{note[0][:1].upper()}{note[0][1:]}." for note in notes])


def _once(pairs: list[tuple]) -> dict:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _properties(feature: object) -> dict[str, str]:
    """Simple properties of a feature, and its id, as text."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError("it is no Feature")
    given = feature.get("properties") or {}
    if not isinstance(given, dict):
        raise ValueError("its properties are no object")
    given = {"id": feature.get("id"), **given}
    return {
        k: "" if v is None else str(v).strip() for k, v in given.items() if not isinstance(v, list | dict)
    }


def _unzipped(data: bytes, name: str) -> dict[str, bytes]:
    """Content of the members of a zip by name, checksums verified, after a check for what no boundary file has."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            if len(pack.infolist()) > MOST_MEMBERS:
                raise Contradiction(f"{len(pack.infolist())} members")
            members = {}
            for member in pack.infolist():
                place = _checked_member(member)
                if place in members:
                    raise Contradiction(f"{place!r} stands there twice")
                if place:
                    members[place] = member
            if sum(member.file_size for member in members.values()) > LARGEST:
                raise Contradiction(f"it unpacks to more than {LARGEST} bytes")
            for place, member in members.items():
                with pack.open(member) as file:
                    found[place] = file.read(member.file_size + 1)
                if len(found[place]) != member.file_size:
                    raise Contradiction(f"{place!r} is not as long as it states")
    except Contradiction as error:
        _refuse(f"the zip is not one of boundaries: {error}. Pack only the parts of one boundary file.", name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        _refuse(
            f"the zip is damaged: {str(error)[:120] or type(error).__name__}. Download or pack it again.",
            name,
        )
    return found


def _checked_member(member: zipfile.ZipInfo) -> str:
    """Place of a member within a zip, empty for a folder and what macOS adds."""
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
