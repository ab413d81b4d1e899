"""What each table holds: the Table Schemas of ``data/datapackage.json``, checked by pandera.

The descriptor is the source (https://specs.frictionlessdata.io/table-schema/). A column has a name, type, description
and constraints; ``example`` is its pattern in words. Two keys are our own: ``form`` is ``code`` or ``date`` where a
spreadsheet may have changed how a text is written, and ``optional`` marks a column that a table may lack.
"""

import contextlib
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from lnregions.errors import quote, unknown_fault
from lnregions.paths import data_dir
from lnregions.words import narrow, parse_code, parse_date, parse_number, parse_year, visible

_TEXTS = {
    "not_nullable": "{column} is empty. Give a value.",
    "str_length": "{column} is empty. Give a value.",
    "str_matches": "{column} {quoted} is not written as it must be. Write it as {example}.",
    "greater_than_or_equal_to": "{column} {value} is too small. Give {minimum} or more.",
    "less_than_or_equal_to": "{column} {value} is too large. Give {maximum} or less.",
}
"""What is said of a value that fails a check of pandera."""
_PLAIN = {"number": r"(-?\d+(\.\d+)?)?", "integer": r"(-?\d+)?", "year": r"\d*", "boolean": "(yes|no)?"}
"""How our own tables write a value of each kind; anything else is read with a warning."""
_MISSING = {*"-–—…/\\无缺", "--", "——", "……", "...", "na", "n/a", "#n/a", "null", "none"}
_UNREADABLE = {
    "number": "is not a number. Give digits with a decimal point, such as 9516.9.",
    "integer": "is not a whole number. Give digits only, such as 2.",
    "year": "is not a whole number. Give a four-digit year such as 2024.",
    "boolean": "is neither yes nor no. Write yes or no.",
}


@functools.cache
def table_schema(name: str) -> dict:
    """Table Schema of a table by its name: ``fields`` and ``primaryKey``."""
    return next(one["schema"] for one in _resources() if Path(one["path"]).stem == name)


@functools.cache
def sealed_tables() -> set[tuple[str, str]]:
    """Checksum and name of each sealed table."""
    return {(one["hash"], Path(one["path"]).stem) for one in _resources()}


@functools.cache
def _resources() -> list[dict]:
    return json.loads((data_dir() / "datapackage.json").read_text(encoding="utf-8"))["resources"]


def kind_of(field: dict) -> str:
    """Kind of the values of a column: text, code, date, number, integer, year or boolean."""
    return field.get("form") or {"string": "text"}.get(field["type"], field["type"])


def is_required(field: dict) -> bool:
    """Whether every row needs a value in this column."""
    return field.get("constraints", {}).get("required", False)


def dtype_of(field: dict, *, whole: bool = True) -> object:
    """Type of the values of a column; whole numbers are nullable where one is or may be missing."""
    integer = "int64" if is_required(field) and whole else "Int64"
    kinds = {"integer": integer, "year": integer, "number": "float64", "boolean": "bool"}
    return kinds.get(kind_of(field), str)


def parse_cell(cell: str, kind: str, *, decimal_comma: bool, thousands: set[str]) -> tuple[object, bool]:
    """Value of a cell, None where a number is not given, and whether it is written as our own tables write it.

    ValueError says what is wrong with a cell.
    """
    value = _value_of(cell, kind, decimal_comma=decimal_comma, thousands=thousands)
    return value, bool(re.fullmatch(_PLAIN[kind], cell, re.ASCII)) if kind in _PLAIN else value == cell


def _value_of(cell: str, kind: str, *, decimal_comma: bool, thousands: set[str]) -> object:
    if kind in ("text", "code", "date"):
        return {"text": str, "code": parse_code, "date": parse_date}[kind](visible(cell))
    word = narrow(cell).casefold()
    if kind == "boolean":
        if word in ("yes", "true", "是"):
            return True
        if word in ("no", "false", "否", ""):
            return False
    elif not word:
        return None
    elif word in _MISSING:
        raise ValueError("marks a figure that is missing. Leave the row out; a hole is no figure.")
    elif kind == "number" and decimal_comma and "," in word:
        what = "has a comma in a table not parted by commas, where it could be a decimal comma"
        raise ValueError(f"{what}. Write a decimal point, and no thousands separators.")
    elif cell in thousands:
        what = "has three digits behind its point, as the values beside it, and could be in thousands"
        remedy = "Write it without a point, or a decimal with another digit, such as 1.1000."
        raise ValueError(f"{what}. {remedy}")
    elif kind == "number" and word.endswith("%"):
        raise ValueError("carries its unit. Write the number alone, and % in the column unit.")
    else:
        with contextlib.suppress(ValueError):
            number = parse_year(cell) if kind == "year" else parse_number(cell)
            if kind == "number":
                return number
            if number == int(number) and abs(number) <= 2**53:
                return int(number)
    raise ValueError(_UNREADABLE[kind])


def value_faults(frame: pd.DataFrame, name: str) -> Iterator[tuple[int, str, str]]:
    """Row, column and text of each value that its column does not allow."""
    import pandera.errors  # half a second, only where a table is validated

    fields = {field["name"]: field for field in table_schema(name)["fields"]}
    try:
        _pandera_schema(name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        for case in cases[cases["index"].notna() & cases["column"].isin(list(fields))].itertuples():
            column, value, kind = case.column, case.failure_case, case.check.partition("(")[0]
            limits = fields[column]["constraints"]
            if kind == "isin":
                text = unknown_fault(column, value, limits["enum"], path="-").text
            else:
                words = fields[column] | limits | {"column": column, "value": value, "quoted": quote(value)}
                text = _TEXTS[kind].format_map(words)
            yield int(case.index), column, text


@functools.cache
def _pandera_schema(name: str):
    import pandera.pandas as pa

    columns = {}
    for field in table_schema(name)["fields"]:
        limits, is_text = field.get("constraints", {}), field["type"] == "string"
        checks = [pa.Check.str_length(min_value=1)] if is_text and is_required(field) else []
        checks += [pa.Check.str_matches(rf"^(?:|{limits['pattern']})\Z")] if "pattern" in limits else []
        checks += [pa.Check.isin(["", *limits["enum"]])] if "enum" in limits else []
        checks += [pa.Check.ge(limits["minimum"])] if "minimum" in limits else []
        checks += [pa.Check.le(limits["maximum"])] if "maximum" in limits else []
        dtype = {"string": str, "number": float, "boolean": bool}.get(field["type"])  # whole: int64 or Int64
        columns[field["name"]] = pa.Column(dtype, checks, nullable=not is_text and not is_required(field))
    return pa.DataFrameSchema(columns)
