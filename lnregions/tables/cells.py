"""Single cells of a table read by the type that its schema gives the column."""

from collections.abc import Callable

from lnregions.errors import add_messages, is_plain_number, narrow, parse_number, parse_year
from lnregions.words import parse_code, parse_date, visible

add_messages(
    {
        "number": ("{column} {value} is not a number", "Give digits with a decimal point, such as 9516.9"),
        "missing mark": (
            "{column} {value} marks a figure that is missing",
            "Leave the row out; a hole is no figure",
        ),
        "percent sign": (
            "{column} {value} carries its unit",
            "Write the number alone, and % in the column unit",
        ),
        "decimal comma": (
            "{column} {value} has a comma in a table parted by semicolons, where it could be a decimal comma",
            "Write a decimal point, and no thousands separators",
        ),
        "integer": ("{column} {value} is not a whole number", "Give digits only, such as 2"),
        "year": ("{column} {value} is not a whole number", "Give a four-digit year such as 2024"),
        "boolean": ("{column} {value} is neither yes nor no", "Write yes or no"),
    }
)
_MISSING = {
    "-",
    "--",
    "–",
    "—",
    "——",
    "…",
    "……",
    "...",
    "/",
    "\\",
    "na",
    "n/a",
    "#n/a",
    "null",
    "none",
    "无",
    "缺",
}
_DATES = r"(\d{4}(-"
"""How the pattern of a column of dates begins."""
_YES, _NO = {"yes", "true", "是"}, {"no", "false", "否"}


def cell_fault(cell: str, kind: str) -> str:
    """Code of the fault of a cell that cannot be read."""
    text = narrow(cell).casefold()
    if kind in ("number", "integer", "year") and text in _MISSING:
        return "missing mark"
    return "percent sign" if kind == "number" and text.endswith("%") else kind


def _read_text(cell: str, field: dict) -> tuple[str, bool]:
    text = visible(cell)
    if field.get("code"):
        text = parse_code(text)
    elif field.get("constraints", {}).get("pattern", "").startswith(_DATES):
        text = parse_date(text)
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
    return (parse_year(cell), cell.isascii() and cell.isdecimal()) if cell.strip() else (None, not cell)


def _read_boolean(cell: str, field: dict) -> tuple[bool, bool]:
    word = narrow(cell).lower()
    if word not in _YES | _NO and (word or field.get("constraints", {}).get("required")):
        raise ValueError(cell)
    return word in _YES, cell in ("yes", "no", "")


READERS: dict[str, Callable[[str, dict], tuple[object, bool]]] = {
    "string": _read_text,
    "number": _read_number,
    "integer": _read_integer,
    "year": _read_year,
    "boolean": _read_boolean,
}
"""Type -> reader of a cell: its value, and whether it was written as our own tables write it."""
