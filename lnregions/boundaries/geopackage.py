"""Polygons of a GeoPackage, each compared with the envelope that stands beside it."""

import contextlib
import re
import sqlite3
import struct
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lnregions.errors import Fault, add_messages

_ENVELOPES = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8}
"""Envelope code of a geometry's header -> how many numbers follow."""
_LARGEST_VALUE = 100_000_000
"""Bytes of one value, such as a shape."""
_LONGEST = 30.0
"""Seconds that reading may take; Liaoning's counties take 0.02."""

add_messages(
    {
        "gpkg damaged": ("the GeoPackage is damaged: {value}", "Copy it again from where it came from"),
        "gpkg layers": (
            "the GeoPackage holds {value} layers of shapes ({layers})",
            "Save the one with the areas as a file of its own",
        ),
        "gpkg open": (
            "changes that are not yet in the GeoPackage stand beside it in a file -wal",
            "Close the program that has it open, or save the layer anew",
        ),
        "gpkg view": (
            "{value} is no ordinary table of the GeoPackage",
            "Save the layer anew as a table of its own",
        ),
        "gpkg shape": (
            "shape {value} is damaged or does not fill the envelope it states",
            "Copy the file again from where it came from",
        ),
    }
)


def read_geopackage(
    path: Path, *, name: str
) -> tuple[dict[str, list[str]], list[shapely.Geometry | None], CRS | None, list[Fault]]:
    """Columns as text, shapes and coordinate reference system of the one layer, and the faults."""
    empty = ({}, [], None)
    unsaved = path.with_name(path.name + "-wal")
    if unsaved.is_file() and unsaved.stat().st_size:
        return *empty, [Fault("gpkg open", name)]
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as base:
            _confine(base)
            base.text_factory = lambda data: data.decode("utf-8")
            sound = base.execute("PRAGMA quick_check(1)").fetchone()[0]
            if sound != "ok":
                return *empty, [Fault("gpkg damaged", name, value=str(sound))]
            return _read_layer(base, path, name)
    except (
        sqlite3.Error,
        UnicodeDecodeError,
        ValueError,
        TypeError,
        IndexError,
        MemoryError,
        OverflowError,
    ) as error:
        return *empty, [Fault("gpkg damaged", name, value=str(error))]


def _confine(base: sqlite3.Connection) -> None:
    """Keep what a file may bring along (views, checks, computed columns) from running long or large."""
    base.execute("PRAGMA trusted_schema=OFF")
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    base.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 16)
    until = time.monotonic() + _LONGEST
    base.set_progress_handler(lambda: time.monotonic() > until, 100_000)


def _check_tables(base: sqlite3.Connection, tables: Iterable[str], name: str) -> list[Fault]:
    """Faults of tables that are views or virtual, and so could be anything."""
    rows = base.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
    virtual = re.compile(r"\s*CREATE\s+VIRTUAL", re.IGNORECASE)
    plain = {table: kind == "table" and not virtual.match(str(sql)) for table, kind, sql in rows}
    faults = [
        Fault("gpkg damaged", name, value=f"no table {table}") for table in tables if table not in plain
    ]
    return faults or [Fault("gpkg view", name, value=table) for table in tables if not plain[table]]


def _read_layer(base: sqlite3.Connection, path: Path, name: str) -> tuple:
    faults = _check_tables(base, ("gpkg_geometry_columns", "gpkg_spatial_ref_sys"), name)
    if faults:
        return {}, [], None, faults
    layers = base.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    if len(layers) != 1:
        listed = ", ".join(str(layer[0]) for layer in layers)
        return (
            {},
            [],
            None,
            [Fault("gpkg layers", name, value=len(layers), extra={"layers": listed or "none"})],
        )
    table, column, srs = layers[0]
    faults = _check_tables(base, [str(table)], name)
    if faults:
        return {}, [], None, faults
    quoted = '"' + str(table).replace('"', '""') + '"'
    rows = base.execute(f"SELECT * FROM {quoted}")
    labels = [item[0] for item in rows.description]
    rows, place = rows.fetchall(), labels.index(column)
    shapes, bad = [], []
    for n, row in enumerate(rows):
        try:
            shapes.append(_shape(row[place], srs))
        except NotImplementedError:
            return _columns(rows, labels, place), _straightened(path, table), _crs(base, srs), []
        except (ValueError, struct.error, shapely.errors.GEOSException, TypeError):
            bad.append(Fault("gpkg shape", name, value=n + 1))
    return _columns(rows, labels, place), shapes, _crs(base, srs), bad


def _columns(rows: list[tuple], labels: list[str], place: int) -> dict[str, list[str]]:
    return {
        label: ["" if row[n] is None else str(row[n]).strip() for row in rows]
        for n, label in enumerate(labels)
        if n != place
    }


def _shape(blob: bytes | None, srs: int) -> shapely.Geometry | None:
    if blob is None:
        return None
    if blob[:3] != b"GP\0":
        raise ValueError("no GeoPackage geometry")
    flags = blob[3]
    order = "<" if flags & 1 else ">"
    numbers = _ENVELOPES.get((flags >> 1) & 7, -1)
    if numbers < 0 or struct.unpack_from(f"{order}i", blob, 4)[0] != srs:
        raise ValueError("its header is damaged")
    shape = shapely.from_wkb(blob[8 + 8 * numbers :])
    if numbers and not shape.is_empty:
        west, east, south, north = struct.unpack_from(f"{order}4d", blob, 8)
        own = np.array(shape.bounds)
        if not (np.abs(own - (west, south, east, north)) <= 1e-9 * np.abs(own).max()).all():
            raise ValueError("it does not fill its envelope")
    return shape


def _straightened(path: Path, table: str) -> list[shapely.Geometry | None]:
    """Shapes with arcs as short straight segments, as GDAL makes them."""
    import pyogrio

    try:
        return pyogrio.read_dataframe(path, layer=table).geometry.tolist()
    except Exception as error:  # GDAL's and pyogrio's errors have no common class
        raise ValueError(str(error)) from error


def _crs(base: sqlite3.Connection, srs: int) -> CRS | None:
    row = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        [srs],
    ).fetchone()
    if row is None or srs in (0, -1):
        return None
    for text in (f"{row[0]}:{row[1]}", row[2]):
        with contextlib.suppress(CRSError):
            return CRS.from_user_input(text)
    raise ValueError(f"coordinate reference system {srs} cannot be read")
