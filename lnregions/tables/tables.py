"""Tables read by their schema in ``data/datapackage.json``: one place for types, choices, limits and keys.

The descriptor's Table Schema (Frictionless) is turned into a pandera schema, which does the column checks;
what it finds comes out as faults with file, line, value and remedy. A shipped table whose checksum is the one
sealed in the descriptor passed these checks when it was sealed (``data/seal.py``) and is only converted.
"""

import difflib
import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lnregions.errors import (
    DataError,
    Fault,
    add_messages,
    narrow,
    quote,
    refuse_any,
    shown_path,
    unknown_fault,
)
from lnregions.paths import data_dir
from lnregions.tables.cells import READERS, cell_fault
from lnregions.tables.column_checks import check_columns, check_key
from lnregions.tables.rows import Rows, decode, parse_rows, read_bytes

add_messages(
    {
        "missing column": ("column {column} is missing", "The table needs {wanted}"),
        "duplicate column": ("column {column} stands twice", "Keep one of the two"),
        "seal": (
            "the table is not the one that was sealed",
            "If the change is meant, run: python data/seal.py",
        ),
    }
)


@functools.cache
def _descriptor() -> dict:
    return json.loads((data_dir() / "datapackage.json").read_text(encoding="utf-8"))


@functools.cache
def schema(resource: str) -> dict:
    """Table Schema of a resource, as it stands in the descriptor."""
    return next(entry["schema"] for entry in _descriptor()["resources"] if entry["name"] == resource)


def fingerprint(data: bytes) -> str:
    """SHA-256 of a table, the same whatever line ends a system gave it."""
    return "sha256:" + hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


@functools.cache
def _sealed() -> frozenset[str]:
    return frozenset(entry.get("hash", "") for entry in _descriptor()["resources"])


def read_table(path: Path, resource: str, *, encoding: str | None = None, trust: bool = True) -> pd.DataFrame:
    """Return a table as its schema has it: columns, types, and no value outside its limits.

    Parameters
    ----------
    path : path
        A comma-separated file.
    resource : str
        Name of the schema in ``data/datapackage.json``, such as ``observations`` or ``targets``.
    encoding : str, optional
        Encoding of the file where it is known; else UTF-8, or GB18030 when it can only be that.
    trust : bool
        Whether a table with a sealed checksum is taken as checked.

    Returns
    -------
    pandas.DataFrame
        Text columns hold ``""`` where nothing is given; ``attrs["tidied"]`` and ``attrs["tidied_zh"]`` say what
        was untidy.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return read_lines(path, resource, encoding=encoding, trust=trust)[0]


def read_lines(
    path: Path, resource: str, *, encoding: str | None = None, trust: bool = True
) -> tuple[pd.DataFrame, list[int]]:
    """Return the table of :func:`read_table` and the line of the file on which each row stands."""
    frame, lines, faults = read_with_faults(path, resource, encoding=encoding, trust=trust)
    refuse_any(faults)
    return frame, lines


def read_with_faults(
    path: Path, resource: str, *, encoding: str | None = None, trust: bool = True
) -> tuple[pd.DataFrame, list[int], list[Fault]]:
    """Return the table, the line of each row, and the faults of its cells and keys for a report with others.

    Where there are faults, a cell that could not be read is missing, and the frame is not to be used but for
    finding more of them. A file that is no such table at all raises at once.
    """
    path = Path(path)
    data, shown = read_bytes(path), shown_path(path)
    text, tidied = decode(data, path=shown, encoding=encoding)
    rows = parse_rows(text, path=shown, tidied=tidied)
    rules = schema(resource)
    _fold_header(rows, rules["fields"])
    _check_header(rows, rules["fields"])
    sealed = fingerprint(data) in _sealed()
    checked = trust and sealed
    if not sealed and trust and path.resolve().is_relative_to(data_dir().resolve()):
        rows.tidied.append(_UNSEALED)
    frame, faults = _convert(rows, rules["fields"])
    if not checked:
        faults += check_columns(frame, rows, fields=rules["fields"], known=faults)
        lines, key_faults = check_key(frame, rows, rules.get("primaryKey", []))
        faults = sorted(faults + key_faults, key=lambda fault: fault.line or 0)
        frame, rows.lines = frame.loc[lines].reset_index(drop=True), [rows.lines[i] for i in lines]
    keep_warnings(frame, [(f"{shown}: {en}", f"{shown}：{zh}") for en, zh in rows.tidied])
    return frame, rows.lines, faults


def joined_faults(first: list[Fault], second: list[Fault]) -> list[Fault]:
    """Faults of form and of sense in the order of lines; a cell with a fault of form is not reported twice."""
    known = {(fault.line, fault.column) for fault in first}
    further = [fault for fault in second if (fault.line, fault.column) not in known]
    return sorted(first + further, key=lambda fault: fault.line or 0)


_UNSEALED = (
    "the table is not the one that was sealed; if the change is meant, run: python data/seal.py",
    "数据表与封存时不同；如属有意修改，请运行：python data/seal.py",
)


def keep_warnings(frame: pd.DataFrame, said: Iterable[tuple[str, str]]) -> None:
    """Write into a frame's ``attrs`` what was untidy about its file, English and Chinese."""
    said = list(said)
    frame.attrs |= {"tidied": [en for en, _ in said], "tidied_zh": [zh for _, zh in said]}


def kept_warnings(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """What :func:`keep_warnings` wrote."""
    return list(zip(frame.attrs.get("tidied", []), frame.attrs.get("tidied_zh", []), strict=True))


def check_references(
    frame: pd.DataFrame, choices: dict[str, Iterable[str]], *, path: str, lines: list[int]
) -> list[Fault]:
    """Return a fault for every value of a column (ids apart by blanks) that is none of the choices."""
    faults = []
    for column, known in choices.items():
        kind = {"sources": "source", "parent": "area", "other_area": "area", "benchmark": "area"}.get(
            column, column
        )
        known = list(known)
        present = {
            cell: [word for word in cell.split() if word not in set(known)] for cell in frame[column].unique()
        }
        wrong = {cell: words for cell, words in present.items() if words}
        for line, cell in zip(lines, frame[column], strict=True):
            faults += [
                unknown_fault(kind, word, known, path=path, line=line, column=column)
                for word in wrong.get(cell, ())
            ]
    return faults


def _fold_header(rows: Rows, fields: list[dict]) -> None:
    """Column names in another case made those of the schema."""
    names = {field["name"].casefold(): field["name"] for field in fields}
    folded = [name if name in names.values() else names.get(name.casefold(), name) for name in rows.header]
    if folded != rows.header:
        rows.tidied.append(("column names in another case were read", "列名大小写不同，已按小写读取"))
        rows.header = folded


def _check_header(rows: Rows, fields: list[dict]) -> None:
    names = [field["name"] for field in fields]
    optional = {field["name"] for field in fields if field.get("optional")}
    absent = [name for name in names if name not in rows.header]
    further = [name for name in dict.fromkeys(rows.header) if name not in names]
    meant = {name for name in further if difflib.get_close_matches(name, absent, n=1, cutoff=0.6)}
    strange = further if set(absent) - optional else [name for name in further if name in meant]
    faults = [unknown_fault("column", name, names, path=rows.path, line=1) for name in strange]
    if further and not strange:
        listed = ", ".join(quote(name) for name in further)
        rows.tidied.append(
            (f"columns that are not used were left out: {listed}", f"已略去未使用的列：{listed}")
        )
    for name in names:
        if rows.header.count(name) > 1:
            faults.append(Fault("duplicate column", rows.path, 1, name))
        elif name not in rows.header and name not in optional:
            faults.append(Fault("missing column", rows.path, 1, name, extra={"wanted": ", ".join(names)}))
    refuse_any(faults)


def _convert(rows: Rows, fields: list[dict]) -> tuple[pd.DataFrame, list[Fault]]:
    columns, faults, untidy = {}, [], {}
    places = {name: place for place, name in enumerate(rows.header)}
    for field in fields:
        place = places.get(field["name"])
        cells = [""] * len(rows.records) if place is None else [record[place] for record in rows.records]
        values, odd, comma = [], 0, rows.separator == ";" and field["type"] == "number"
        for line, cell in zip(rows.lines, cells, strict=True):
            try:
                if comma and "," in narrow(cell):
                    raise ValueError(cell)
                value, plain = READERS[field["type"]](cell, field)
            except ValueError:
                code = "decimal comma" if comma and "," in narrow(cell) else cell_fault(cell, field["type"])
                faults.append(Fault(code, rows.path, line, field["name"], cell.strip()))
                value, plain = None, True
            values.append(value)
            if not plain:
                odd += 1
                untidy[field["name"]] = (odd, *untidy.get(field["name"], (0, line, quote(cell)))[1:])
        columns[field["name"]] = pd.Series(values, dtype=_dtype(field, values))
    rows.tidied += [
        (
            f"values of {name} were tidied: {count} (the first in line {line}: {shown})",
            f"已整理 {name} 的 {count} 个值（首个在第 {line} 行：{shown}）",
        )
        for name, (count, line, shown) in untidy.items()
    ]
    return pd.DataFrame(columns), faults


def _dtype(field: dict, values: list) -> object:
    if field["type"] in ("integer", "year"):
        whole = field.get("constraints", {}).get("required") and None not in values
        return "int64" if whole else "Int64"
    return {"number": "float64", "boolean": "bool", "string": str}[field["type"]]


def check_seals() -> list[Fault]:
    """Check every shipped table in full, and against the size and checksum in the descriptor."""
    faults = []
    for resource in _descriptor()["resources"]:
        path = data_dir() / resource["path"]
        try:
            read_table(path, resource["name"], trust=False)
            if fingerprint(read_bytes(path)) != resource["hash"]:
                faults.append(Fault("seal", shown_path(path)))
        except DataError as error:
            faults += error.faults
    return faults
