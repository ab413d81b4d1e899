"""Boundary files opened: a shapefile, GeoPackage or GeoJSON, or a zip of one of them."""

import codecs
import contextlib
import io
import json
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import NoReturn

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lnregions.boundaries import integrity
from lnregions.boundaries.integrity import Contradiction, first_mismatch
from lnregions.errors import Fault, home, quote, refuse_any, shown_path
from lnregions.tables import decode, read_bytes
from lnregions.tables.plan_files import BOUNDARY_KINDS

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
LARGEST = 300_000_000
"""Bytes of a file, or of all that a zip holds, that are read; Liaoning's counties take 0.2 million."""
_FLATTENED = "Heights or measures of the points were dropped."
_NO_GEOJSON = {
    '"(UTF8Encoding|UTF8Scale|encodeOffsets)"':
        "the coordinates are encoded as maps of ECharts are. Decode them, such as with parseGeoJson of echarts, and "
        "save plain GeoJSON.",
    r'\A\s*\{[^[]*"geometryType"\s*:\s*"esriGeometry':
        "the file is Esri JSON. Ask the service for f=geojson, or convert it with ogr2ogr boundaries.geojson FILE.",
    r"\A\s*<": "the file is XML (such as KML) or a web page. Convert it to GeoJSON, or load it anew.",
    r"\Aversion https://git-lfs": "the file is a pointer of Git LFS, not the file itself. Get it with git lfs pull.",
}  # fmt: skip
"""What shows that a text is something else than GeoJSON, before its first list where a property could say the same."""
_SYSTEM = "State an EPSG code, or none for degrees of WGS 84."


@dataclass
class Layer:
    """What a file holds, as it stands there, and what the passes over it find."""

    name: str
    columns: pd.DataFrame = field(init=False)
    """Texts, empty where nothing stands; the index counts the rows of the file from 1."""
    shapes: np.ndarray = field(init=False)
    drawn: np.ndarray = field(init=False)
    """Shapes in degrees before any repair."""
    codes: pd.Series = field(init=False)
    crs: CRS | None = None
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, text: str, part: str = "") -> None:
        """Add a fault of the file, or of another part of the shapefile, named by its ending."""
        self.faults.append(Fault(text, str(PurePath(self.name).with_suffix(part)) if part else self.name))

    def stop(self) -> None:
        """Raise a DataError with all faults, if there is any."""
        refuse_any(self.faults)

    def refuse(self, text: str, part: str = "") -> NoReturn:
        """Raise a DataError with this fault and all others."""
        self.fault(text, part)
        self.stop()


def read_layer(path: Path | str) -> Layer:
    """Read a boundary file; refuse one that is missing, damaged, incomplete, too large or of another kind."""
    path = home(path)
    layer, ending, main = Layer(shown_path(path)), path.suffix.casefold(), path.name
    if ending not in BOUNDARY_KINDS:
        remedy = f"Save it as one of {', '.join(BOUNDARY_KINDS)}, such as with ogr2ogr areas.gpkg FILE"
        remedy = "Give the .shp beside it" if ending in PARTS else remedy
        layer.refuse(f"the format {quote(ending or main)} is not read. {remedy}.")
    files = {main: read_bytes(path, largest=LARGEST)}
    journal = path.with_name(f"{path.name}-wal")
    if ending == ".gpkg" and journal.is_file() and journal.stat().st_size:
        held = "changes not yet in the GeoPackage stand beside it in a file -wal"
        layer.refuse(f"{held}. Close the program that has it open, or save the layer anew.")
    for part in path.parent.iterdir() if ending == ".shp" else []:
        if part.name != main and _are_parts(part.name, main):
            files[part.name] = read_bytes(part, largest=LARGEST)
    if ending == ".zip":
        try:
            files = integrity.unzipped(files[main], largest=LARGEST)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
            what = f"the zip is refused: {on_one_line(error)}"
            layer.refuse(f"{what}. Pack the parts of one boundary file anew.")
        found = [name for name in files if PurePath(name).suffix.casefold() in BOUNDARY_KINDS[:-1]]
        if len(found) != 1:
            listed = ", ".join(found or files)[:200] or "nothing"
            held = f"the zip holds {len(found)} boundary files ({listed})"
            layer.refuse(f"{held}. Pack one .shp with its parts, one .gpkg or .geojson.")
        main, ending = found[0], PurePath(found[0]).suffix.casefold()
        layer.name += f"/{main}"
    try:
        if ending == ".shp":
            own = {PurePath(name).suffix.casefold(): files[name] for name in files if _are_parts(name, main)}
            _read_shapefile(layer, own)
        else:
            (_read_geopackage if ending == ".gpkg" else _read_geojson)(layer, files[main])
    except Contradiction as error:
        layer.refuse(f"{error}. {error.remedy}", error.part)
    if shapely.has_z(layer.shapes).any():
        layer.shapes = shapely.force_2d(layer.shapes)
        layer.warnings.append(_FLATTENED)
    filled = ~(shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes))
    if not filled.any():
        layer.refuse("the file holds no area. Give a file with one polygon for each area.")
    if not filled.all():
        rows = ", ".join(map(str, layer.columns.index[~filled]))
        layer.warnings.append(f"Rows without a shape were left out: {rows}.")
        layer.columns, layer.shapes = layer.columns[filled], layer.shapes[filled]
    return layer


def _are_parts(name: str, main: str) -> bool:
    """Whether a file is the .shp or a part beside it, its ending in either case."""
    one, two = PurePath(name), PurePath(main)
    return name == main or (one.with_suffix("") == two.with_suffix("") and one.suffix.casefold() in PARTS[1:])


def _read_with_gdal(layer: Layer, data: bytes, /, **options: str) -> CRS | None:
    """Fill columns and shapes with what GDAL reads from a file in memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, geometry, fields = pyogrio.raw.read(data, datetime_as_string=True, **options)
            if geometry is None:
                raise ValueError("a table without shapes")
            layer.shapes = shapely.from_wkb(geometry)
        except Exception as error:  # those of GDAL, pyogrio and GEOS have no common class
            raise Contradiction(f"the file is damaged ({on_one_line(error)})") from None
    columns = pd.DataFrame(dict(zip(meta["fields"], fields, strict=True)), dtype=object)
    _set_columns(layer, columns.map(lambda one: "" if pd.isna(one) else str(one).strip()))
    return CRS(meta["crs"]) if meta["crs"] else None


def _set_columns(layer: Layer, columns: pd.DataFrame) -> None:
    layer.columns = columns.reindex(range(len(layer.shapes))).rename(lambda row: row + 1).astype(str)


def on_one_line(error: Exception) -> str:
    """Message of an error, short enough to stand in a report."""
    return " ".join(str(error).split())[:200] or type(error).__name__


# ---- shapefile ----


def _read_shapefile(layer: Layer, parts: Mapping[str, bytes]) -> None:
    if missing := ", ".join(part for part in PARTS[:3] if part not in parts):
        layer.refuse(f"the part {missing} of the shapefile is missing. Put it beside under the same name.")
    boxes, points = integrity.stated_by_shapefile(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for part in PARTS[:3]:  # without indexes of other programs
            pack.writestr(f"layer{part}", parts[part])
    _read_with_gdal(layer, packed.getvalue(), encoding="ISO-8859-1")
    if mismatch := first_mismatch(layer.shapes, boxes, points):
        raise Contradiction(f"record {mismatch} lacks points or does not fill the box that it states")
    if parts[".shp"][32:36] == struct.pack("<i", 25):  # measures, which GDAL drops
        layer.warnings.append(_FLATTENED)
    if not all(text.isascii() for column in layer.columns.items() for text in (column[0], *column[1])):
        _decode_columns(layer, parts)
    try:
        text = parts.get(".prj", b"").strip(b" \r\n\t\0").decode("utf-8-sig").strip()
        layer.crs = CRS.from_wkt(text) if text else None
    except (CRSError, ValueError):
        wrong = "the .prj cannot be read as a coordinate reference system"
        layer.refuse(f"{wrong}. Replace it, or remove it if the coordinates are degrees.", ".prj")


def _decode_columns(layer: Layer, parts: Mapping[str, bytes]) -> None:
    """Decode columns read as Latin-1 by the encoding that the .cpg states or that the bytes show."""
    stated = parts.get(".cpg", b"")[:40].decode("utf-8-sig", "replace").strip("\0 \r\n\t")
    encoding = re.sub(r"^(ansi|oem)[\s_-]*", "", stated.casefold())
    encoding = {"65001": "utf-8", "88591": "latin-1", "system": ""}.get(encoding, encoding)
    try:
        b"x".decode(encoding or "utf-8")
    except (LookupError, ValueError):
        wrong = f"the encoding {stated!r} is not known"
        layer.refuse(f"{wrong}. Write UTF-8 or GB18030, whichever the table is in, into the .cpg.", ".dbf")
    if encoding and codecs.lookup(encoding).name in ("gbk", "gb2312"):
        encoding = "gb18030"  # which includes both
    for tried in [encoding] if encoding else ["utf-8", "gb18030"]:
        with contextlib.suppress(UnicodeDecodeError):
            decoder = codecs.getincrementaldecoder(tried)  # leaves out a character cut off at the field's end

            def decoded(text: str, decoder=decoder) -> str:
                return decoder().decode(text.encode("latin-1")).strip()

            columns = layer.columns.map(decoded).rename(columns=decoded)
            signs = "".join([*columns, *columns.to_numpy().ravel()])
            plain = re.fullmatch(r"[\x00-\x7f\u4e00-\u9fff]*", signs)
            if not encoding and tried == "gb18030" and parts[".dbf"][29] != 0x4D and not plain:
                break  # neither the driver of the table nor its signs show that it is Chinese
            if not encoding:
                note = f"No .cpg states the encoding; the text of the table was read as {tried.upper()}."
                layer.warnings.append(note)
            layer.columns = columns
            return
    wrong = f"the text of the table is not {encoding.upper() or 'UTF-8 or GB18030'}"
    remedy = "Write the table's true encoding, UTF-8 or GB18030, into a .cpg beside it."
    layer.refuse(f"{wrong}. {remedy}", ".dbf")


# ---- GeoPackage, GeoJSON, zip ----


def _read_geopackage(layer: Layer, data: bytes) -> None:
    if data[18:20] == b"\2\2":  # journal mode "write-ahead", which no database in memory can be in
        data = data[:18] + b"\1\1" + data[20:]
    try:
        table, boxes, system = integrity.stated_by_geopackage(data)
    except Exception as error:  # those of SQLite, struct and of the checks have no common class
        if getattr(error, "remedy", Contradiction.remedy) != Contradiction.remedy:
            raise  # as it is whole
        raise Contradiction(f"the GeoPackage is damaged: {on_one_line(error)}") from None
    layer.crs = _read_with_gdal(layer, data, layer=table)
    if mismatch := first_mismatch(layer.shapes, boxes):
        raise Contradiction(f"shape {mismatch} does not fill the envelope stated for it")
    if system and not layer.crs:
        layer.refuse(f"the coordinate reference system {system} cannot be read. {_SYSTEM}")


def _read_geojson(layer: Layer, data: bytes) -> None:
    text, notes = decode(data, path=layer.name)
    layer.warnings += [f"{note[:1].upper()}{note[1:]}." for note in notes]
    for sign, refusal in _NO_GEOJSON.items():
        if re.search(sign, text):
            layer.refuse(refusal)
    try:
        content = _parse_geojson(layer, text)
    except (ValueError, RecursionError) as error:
        begins = f"; it begins with {quote(text.strip()[:40])}" if text.strip() else ""
        raise Contradiction(f"the file is no JSON: {on_one_line(error)}{begins}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        kind = content.get("type", "an object") if isinstance(content, dict) else "a list or value"
        if kind == "Topology":
            remedy = "Convert it to GeoJSON, such as with mapshaper -o format=geojson."
            layer.refuse(f"the file is TopoJSON. {remedy}")
        what = f"the file is JSON but no GeoJSON FeatureCollection ({str(kind)[:40]})"
        layer.refuse(f"{what}. Give a collection with one feature for each area.")
    stated = content.get("crs")
    try:
        layer.crs = CRS(stated["properties"]["name"] if stated else "OGC:CRS84")  # RFC 7946, section 4
    except (CRSError, KeyError, TypeError):
        layer.refuse(f"the stated coordinate reference system {str(stated)[:60]} is not known. {_SYSTEM}")
    shapes, rows = [], []
    for number, feature in enumerate(features, 1):
        try:
            given = {"id": feature.get("id")} | (feature.get("properties") or {})
            geometry = feature.get("geometry")
            # GEOS is strict: it closes no ring and takes nothing but numbers
            shapes.append(None if geometry is None else shapely.from_geojson(json.dumps(geometry)))
        except (AttributeError, TypeError, ValueError, RecursionError, shapely.GEOSException) as error:
            reason = on_one_line(error)
            layer.fault(f"feature {number} has no proper polygon: {reason}. Save the layer anew.")
        else:
            rows.append({label: str(one).strip() for label, one in given.items()
                         if one is not None and not isinstance(one, list | dict)})  # fmt: skip
    layer.stop()
    layer.shapes = np.array(shapes, dtype=object)
    columns = pd.DataFrame(rows, dtype=object).fillna("")
    _set_columns(layer, columns.loc[:, (columns != "").any()])


def _parse_geojson(layer: Layer, text: str) -> object:
    """Content of the text, or a collection of the features that stand on a line each (RFC 8142, GeoJSON lines)."""
    lines = [line for line in text.replace("\x1e", "").splitlines() if line.strip()]
    if len(lines) < 2 or not all(re.match(r'\s*\{.*"Feature".*\}\s*\Z', line) for line in lines):
        return json.loads(text, object_pairs_hook=_once)
    layer.warnings.append("Features that stand on a line each were read.")
    features = [json.loads(line, object_pairs_hook=_once) for line in lines]
    return {"type": "FeatureCollection", "features": features}


def _once(pairs: list[tuple]) -> dict:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)
