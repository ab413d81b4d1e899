"""Tables read by their schema in ``data/datapackage.json``: one place for types, choices, limits and keys.

The descriptor's Table Schema (Frictionless) is turned into a pandera schema, which does the column checks;
what it finds comes out as faults with file, line, value and remedy. A shipped table whose checksum is the one
sealed in the descriptor passed these checks when it was sealed (``data/seal.py``) and is only converted.
"""

import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from lnregions._checks import (
    DataError,
    Fault,
    add_messages,
    is_plain_number,
    narrow,
    parse_number,
    parse_year,
    refuse_any,
    shown_path,
    unknown_fault,
)
from lnregions._column_checks import check_columns, check_key
from lnregions._paths import data_dir
from lnregions._rows import Rows, decode, parse_rows, read_bytes

add_messages(
    {
        "missing column": {
            "en": ("column {column} is missing", "The table needs {wanted}"),
            "zh": ("缺少 {column} 列", "该表需要 {wanted}"),
        },
        "duplicate column": {
            "en": ("column {column} stands twice", "Keep one of the two"),
            "zh": ("{column} 列出现两次", "请保留其中一列"),
        },
        "number": {
            "en": ("{column} {value} is not a number", "Give digits with a decimal point, such as 9516.9"),
            "zh": ("{column} 的值 {value} 不是数字", "请用数字和小数点，例如 9516.9"),
        },
        "integer": {
            "en": ("{column} {value} is not a whole number", "Give digits only, such as 2"),
            "zh": ("{column} 的值 {value} 不是整数", "请只用数字，例如 2"),
        },
        "year": {
            "en": ("{column} {value} is not a whole number", "Give a four-digit year such as 2024"),
            "zh": ("{column} 的值 {value} 不是年份", "请给出四位数年份，例如 2024"),
        },
        "boolean": {
            "en": ("{column} {value} is neither yes nor no", "Write yes or no"),
            "zh": ("{column} 的值 {value} 不是 yes 或 no", "请写 yes 或 no"),
        },
        "seal": {
            "en": (
                "the table is not the one that was sealed",
                "If the change is meant, run: python data/seal.py",
            ),
            "zh": ("数据表与封存时不同", "如属有意修改，请运行：python data/seal.py"),
        },
    }
)
_YES, _NO = {"yes", "true", "是"}, {"no", "false", "否"}


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
        Text columns hold ``""`` where nothing is given; ``attrs["tidied"]`` says what was untidy.

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
    data, shown = read_bytes(path), shown_path(path)
    text, tidied = decode(data, path=shown, encoding=encoding)
    rows = parse_rows(text, path=shown, tidied=tidied)
    rules = schema(resource)
    _check_header(rows, rules["fields"])
    checked = trust and fingerprint(data) in _sealed()
    frame, faults = _convert(rows, rules["fields"])
    if not checked:
        faults += check_columns(frame, rows, fields=rules["fields"], known=faults)
        lines, key_faults = check_key(frame, rows, rules.get("primaryKey", []))
        refuse_any(sorted(faults + key_faults, key=lambda fault: fault.line or 0))
        frame, rows.lines = frame.loc[lines].reset_index(drop=True), [rows.lines[i] for i in lines]
    frame.attrs["tidied"] = [f"{shown}: {sentence}" for sentence in rows.tidied]
    return frame, rows.lines


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


def _check_header(rows: Rows, fields: list[dict]) -> None:
    names = [field["name"] for field in fields]
    optional = {field["name"] for field in fields if field.get("optional")}
    faults = [
        unknown_fault("column", name, names, path=rows.path, line=1)
        for name in dict.fromkeys(rows.header)
        if name not in names
    ]
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
        values, odd = [], 0
        for line, cell in zip(rows.lines, cells, strict=True):
            try:
                value, plain = _READERS[field["type"]](cell, field)
            except ValueError:
                faults.append(Fault(field["type"], rows.path, line, field["name"], cell.strip()))
                value, plain = None, True
            values.append(value)
            odd += not plain
        if odd:
            untidy[field["name"]] = odd
        columns[field["name"]] = pd.Series(values, dtype=_dtype(field, values))
    rows.tidied += [f"{count} values of {name} were tidied" for name, count in untidy.items()]
    return pd.DataFrame(columns), faults


def _dtype(field: dict, values: list) -> object:
    if field["type"] in ("integer", "year"):
        whole = field.get("constraints", {}).get("required") and None not in values
        return "int64" if whole else "Int64"
    return {"number": "float64", "boolean": "bool", "string": str}[field["type"]]


def _read_text(cell: str, field: dict) -> tuple[str, bool]:
    text = cell.strip()
    if field.get("code"):
        text = narrow(text)
        text = text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text
    return text, text == cell


def _read_number(cell: str, field: dict) -> tuple[float | None, bool]:
    if is_plain_number(cell):
        return parse_number(cell), True
    return (None, not cell) if not cell.strip() else (parse_number(cell), False)


def _read_integer(cell: str, field: dict) -> tuple[int | None, bool]:
    number, plain = _read_number(cell, field)
    if number is not None and (number != int(number) or abs(number) > 2**53):
        raise ValueError(cell)
    return (None if number is None else int(number)), plain


def _read_year(cell: str, field: dict) -> tuple[int | None, bool]:
    return (parse_year(cell), cell.isdecimal()) if cell.strip() else (None, not cell)


def _read_boolean(cell: str, field: dict) -> tuple[bool, bool]:
    word = narrow(cell).lower()
    if word not in _YES | _NO and (word or field.get("constraints", {}).get("required")):
        raise ValueError(cell)
    return word in _YES, cell in ("yes", "no", "")


_READERS = {
    "string": _read_text,
    "number": _read_number,
    "integer": _read_integer,
    "year": _read_year,
    "boolean": _read_boolean,
}


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
