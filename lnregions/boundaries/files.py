"""Files of boundaries, opened: shapefile, GeoPackage, GeoJSON, or a zip of one of them."""

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lnregions.boundaries import dbf as _dbf
from lnregions.boundaries import geojson as _geojson
from lnregions.boundaries import geopackage as _geopackage
from lnregions.boundaries import shapefile as _shapefile
from lnregions.errors import DataError, Fault, add_messages, home, refuse, refuse_any, shown_path, unknown
from lnregions.tables import decode

KINDS = (".shp", ".gpkg", ".geojson", ".json", ".zip")
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = (".shp", ".shx", ".dbf")
_LARGEST = 300_000_000
"""Bytes of a file, or of all that a zip holds, that are read; Liaoning's counties take 0.2 million."""
_MOST_SQUEEZED = 200
"""Times a zip's member may grow; real boundary files grow less than tenfold."""
_MOST_MEMBERS = 1000

add_messages(
    {
        "file missing": ("the file is not there", "Check the path"),
        "file unreadable": (
            "the file cannot be read ({value})",
            "Check its permissions and that it is no folder",
        ),
        "file large": ("the file holds {value} bytes, more than {stated}", "Simplify it or split it"),
        "file empty": ("the file holds no area", "Give a file with one polygon for each area"),
        "boundary part missing": (
            "the part {value} of the shapefile is missing",
            "Put it beside the .shp under the same name",
        ),
        "boundary parts disagree": (
            "the .dbf has {value} rows for {stated} shapes of the .shp",
            "The parts belong to different files or are damaged; copy all parts again",
        ),
        "prj unreadable": (
            "the .prj cannot be read as a coordinate reference system",
            "Replace it, or remove it if the coordinates are degrees",
        ),
        "zip damaged": ("the zip is damaged: {value}", "Download or pack it again"),
        "zip hostile": (
            "the zip is not one of boundaries: {value}",
            "Pack only the parts of one boundary file",
        ),
        "zip content": (
            "the zip holds {value} boundary files",
            "Pack one .shp with its parts, one .gpkg or one .geojson",
        ),
    }
)


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
    tidied : list of tuple
        What was put right while reading, in English and Chinese.
    """

    name: str
    columns: dict[str, list[str]]
    shapes: list[shapely.Geometry | None]
    crs: CRS | None
    tidied: list[tuple[str, str]] = field(default_factory=list)


def read_layer(path: Path | str) -> Layer:
    """Read a boundary file whole.

    Raises
    ------
    DataError
        When it is missing, damaged, incomplete, too large or of another kind; the text names it.
    """
    if "\0" in str(path):
        refuse([Fault("file missing", str(path).replace("\0", "\\0"))])
    path = home(path)
    name, ending = shown_path(path), path.suffix.casefold()
    if ending not in KINDS:
        raise unknown("format", ending or path.name, KINDS)
    try:
        if not path.exists():
            refuse([Fault("file missing", name)])
        if ending == ".shp":
            return _shapefile_layer(_parts_beside(path), path, name)
        if ending == ".gpkg":
            _check_size(path, name)
            return _geopackage_layer(path, name)
        data = _content(path, name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        refuse([Fault("file unreadable", name, extra={"value": reason, "value_zh": reason})])
    return _zip_layer(path, name) if ending == ".zip" else _geojson_layer(data, name)


def _check_size(path: Path, name: str) -> None:
    size = path.stat().st_size
    if not stat.S_ISREG(path.stat().st_mode):
        refuse(
            [Fault("file unreadable", name, extra={"value": "no regular file", "value_zh": "不是普通文件"})]
        )
    if size > _LARGEST:
        refuse([Fault("file large", name, value=size, extra={"stated": _LARGEST})])


def _content(path: Path, name: str) -> bytes:
    _check_size(path, name)
    return path.read_bytes()


# ---- shapefile ----


def _parts_beside(path: Path) -> dict[str, bytes]:
    """Content of the parts beside a .shp, endings in either case."""
    parts = {}
    for other in sorted(path.parent.iterdir()):
        ending = other.suffix.casefold()
        if other.stem == path.stem and ending in _PARTS and (ending != ".shp" or other.name == path.name):
            parts[ending] = _content(other, shown_path(other))
    return parts


def _shapefile_layer(parts: Mapping[str, bytes], path: Path | PurePosixPath, name: str) -> Layer:
    stem = name[: -len(path.suffix)]
    refuse_any(
        Fault("boundary part missing", name, extra={"value": part}) for part in _NEEDED if part not in parts
    )
    shapes, faults, further = _shapefile.read_polygons(
        parts[".shp"], parts[".shx"], names=(name, f"{stem}.shx")
    )
    columns, more, tidied = _dbf.read_table(parts[".dbf"], name=f"{stem}.dbf", cpg=parts.get(".cpg"))
    refuse_any([*faults, *more])
    rows = len(next(iter(columns.values())))
    if rows != len(shapes):
        refuse([Fault("boundary parts disagree", f"{stem}.dbf", value=rows, extra={"stated": len(shapes)})])
    crs = _projection(parts.get(".prj"), f"{stem}.prj")
    if further:
        tidied = [*tidied, _DROPPED]
    return _filled(Layer(name, columns, shapes, crs, tidied))


_DROPPED = ("Heights or measures of the points were dropped.", "已去除坐标点的高程或度量值。")


def _projection(prj: bytes | None, name: str) -> CRS | None:
    if prj is None or not prj.strip(b" \r\n\t\0"):
        return None
    try:
        return CRS.from_wkt(prj.decode("utf-8-sig").strip())
    except (CRSError, UnicodeDecodeError, ValueError):
        refuse([Fault("prj unreadable", name)])


def _filled(layer: Layer) -> Layer:
    if not layer.shapes:
        refuse([Fault("file empty", layer.name)])
    return layer


# ---- GeoPackage, GeoJSON, zip ----


def _geopackage_layer(path: Path, name: str) -> Layer:
    columns, shapes, crs, faults = _geopackage.read_geopackage(path, name=name)
    refuse_any(faults)
    return _filled(_flat(Layer(name, columns, shapes, crs)))


def _geojson_layer(data: bytes, name: str) -> Layer:
    text, tidied = decode(data, path=name)
    columns, shapes, crs, faults = _geojson.read_geojson(text, name=name)
    refuse_any(faults)
    said = [(f"{en[0].upper()}{en[1:]}.", "") for en in tidied]
    return _filled(_flat(Layer(name, columns, shapes, crs, said)))


def _flat(layer: Layer) -> Layer:
    high = [shape is not None and (shape.has_z or shape.has_m) for shape in layer.shapes]
    if any(high):
        layer.shapes = [shape if shape is None else shapely.force_2d(shape) for shape in layer.shapes]
        layer.tidied.append(_DROPPED)
    return layer


def _zip_layer(path: Path, name: str) -> Layer:
    try:
        with zipfile.ZipFile(path) as pack:
            members = _members(pack, name)
            content = {member: _unpacked(pack, members[member], name) for member in members}
    except DataError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        refuse([Fault("zip damaged", name, extra={"value": str(error)[:120] or type(error).__name__})])
    main = [member for member in content if PurePosixPath(member).suffix.casefold() in KINDS[:-1]]
    if len(main) != 1:
        refuse([Fault("zip content", name, value=len(main))])
    inner, place = PurePosixPath(main[0]), f"{name}/{main[0]}"
    if inner.suffix.casefold() == ".shp":
        beside = {
            PurePosixPath(m).suffix.casefold(): data for m, data in content.items() if _is_part(m, inner)
        }
        return _shapefile_layer(beside, inner, place)
    if inner.suffix.casefold() != ".gpkg":
        return _geojson_layer(content[main[0]], place)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "layer.gpkg").write_bytes(content[main[0]])
        return _geopackage_layer(Path(folder, "layer.gpkg"), place)


def _is_part(member: str, main: PurePosixPath) -> bool:
    other = PurePosixPath(member)
    return other.parent == main.parent and other.stem == main.stem and other.suffix.casefold() in _PARTS


def _members(pack: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Members by name, after a look at all of them for what no boundary file has."""
    every = pack.infolist()
    if len(every) > _MOST_MEMBERS:
        _hostile(name, f"{len(every)} members", f"有 {len(every)} 个成员")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in every:
        shown = repr(member.filename[:60])
        place = member.filename.replace("\\", "/")  # as some older programs for Windows write it
        parts = PurePosixPath(place).parts
        if ".." in parts or (parts and (parts[0] == "/" or parts[0].endswith(":"))):
            _hostile(name, f"the member {shown} leads out of it", f"成员 {shown} 指向其外")
        if member.flag_bits & 1:
            _hostile(name, f"the member {shown} is encrypted", f"成员 {shown} 已加密")
        if stat.S_ISLNK(member.external_attr >> 16):
            _hostile(name, f"the member {shown} is a link", f"成员 {shown} 是链接")
        if member.file_size > 1_000_000 and member.file_size > _MOST_SQUEEZED * max(member.compress_size, 1):
            times = member.file_size // max(member.compress_size, 1)
            _hostile(name, f"{shown} grows {times} times", f"{shown} 解压后增大 {times} 倍")
        if not parts or place.endswith("/") or parts[0] == "__MACOSX" or parts[-1].startswith("._"):
            continue
        if place in found:
            _hostile(name, f"{shown} stands there twice", f"{shown} 出现两次")
        found[place] = member
    if sum(member.file_size for member in found.values()) > _LARGEST:
        _hostile(name, f"it unpacks to more than {_LARGEST} bytes", f"解压后超过 {_LARGEST} 字节")
    return found


def _unpacked(pack: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """Content of a member, its checksum verified, never more than it states."""
    with pack.open(member) as file:
        data = file.read(member.file_size + 1)
    if len(data) != member.file_size:
        shown = repr(member.filename[:60])
        _hostile(name, f"{shown} is not as long as it states", f"{shown} 的长度与所标不符")
    return data


def _hostile(name: str, what: str, what_zh: str) -> NoReturn:
    refuse([Fault("zip hostile", name, extra={"value": what, "value_zh": what_zh})])
