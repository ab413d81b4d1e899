"""Checks of a table's columns by pandera, from its Table Schema, and of its key; faults in our words."""

import pandas as pd

from lnregions.errors import Fault, add_messages, unknown_fault
from lnregions.tables.rows import Rows

add_messages(
    {
        "required": ("{column} is empty", "Give a value"),
        "pattern": ("{column} {value} is not written as it must be", "Write it as {rule}"),
        "minimum": ("{column} {value} is too small", "Give {rule} or more"),
        "maximum": ("{column} {value} is too large", "Give {rule} or less"),
        "duplicate key": (
            "{column} {value} stands already in line {first}, with other content",
            "Keep one of the two rows",
        ),
    }
)
RULES_ZH = {
    "a six-digit adcode such as 210100, or a region code": "六位区划代码，例如 210100，或区域代码",
    "a code of indicators.csv such as gdp": "indicators.csv 中的代码，例如 gdp",
    "a code of indicators.csv": "indicators.csv 中的代码",
    "2024, 2024-01 or 2024-01-19": "2024、2024-01 或 2024-01-19",
    "source ids apart by blanks, such as s001 s002": "来源编号，以空格分隔，例如 s001 s002",
    "an adcode, a region code, *, nation, province or cities": "区划代码、区域代码、*、nation、province 或 cities",
    "a code of indicators.csv, or *": "indicators.csv 中的代码，或 *",
    "lower-case letters, digits and hyphens, such as circle": "小写字母、数字和连字符，例如 circle",
    "a region code, or *": "区域代码，或 *",
    "lower-case letters, digits and hyphens, such as belt-trade": "小写字母、数字和连字符，例如 belt-trade",
}
"""How values are written, as the descriptor's examples say it, in Chinese."""


def _pandera_schema(fields: list[dict]):
    import pandera.pandas as pa

    columns = {}
    for field in fields:
        limits = field.get("constraints", {})
        required, text = bool(limits.get("required")), field["type"] == "string"
        checks = []
        if text and required:
            checks.append(pa.Check.str_length(min_value=1, error="required"))
        if "pattern" in limits:
            rule = limits["pattern"].replace(r"\d", "[0-9]")  # digits of other scripts are none of ours
            checks.append(pa.Check.str_matches(rf"^(?:|{rule})\Z", error="pattern"))
        if "enum" in limits:
            checks.append(pa.Check.isin(["", *limits["enum"]], error="enum"))
        if "minimum" in limits:
            checks.append(pa.Check.ge(limits["minimum"], error="minimum"))
        if "maximum" in limits:
            checks.append(pa.Check.le(limits["maximum"], error="maximum"))
        dtype = {"string": str, "number": float, "boolean": bool}.get(field["type"])
        columns[field["name"]] = pa.Column(dtype, checks, nullable=not required, coerce=False)
    return pa.DataFrameSchema(columns)


def check_columns(frame: pd.DataFrame, rows: Rows, *, fields: list[dict], known: list[Fault]) -> list[Fault]:
    """Faults that pandera finds, in our words; a cell that could not be read is not reported twice."""
    import pandera.errors

    try:
        _pandera_schema(fields).validate(frame, lazy=True)
        return []
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
    named = {field["name"]: field for field in fields}
    reported = {(fault.line, fault.column) for fault in known}
    faults = []
    for case in cases.itertuples():
        if pd.isna(case.index):
            continue
        code = {"not_nullable": "required"}.get(case.check, case.check)
        line, field = rows.lines[int(case.index)], named[case.column]
        if (line, case.column) not in reported:
            faults.append(_column_fault(code, field, case.failure_case, path=rows.path, line=line))
    return faults


def _column_fault(code: str, field: dict, value: object, *, path: str, line: int) -> Fault:
    limits, column = field.get("constraints", {}), field["name"]
    if code == "enum":
        return unknown_fault(column, value, limits["enum"], path=path, line=line, column=column)
    rule = field.get("example") or field.get("description") if code == "pattern" else limits.get(code)
    return Fault(code, path, line, column, value, {"rule": rule, "rule_zh": RULES_ZH.get(rule, rule)})


def check_key(frame: pd.DataFrame, rows: Rows, key: list[str]) -> tuple[list[int], list[Fault]]:
    """Rows to keep, and a fault for every key that stands twice with different content."""
    if not key or not frame.duplicated(key).any():
        return list(range(len(frame))), []
    first, keep, faults = {}, [], []
    contents = [tuple(map(str, row)) for row in frame.itertuples(index=False, name=None)]
    places = [frame.columns.get_loc(column) for column in key]
    for place, row in enumerate(contents):
        name = tuple(row[column] for column in places)
        if name not in first:
            first[name] = place
            keep.append(place)
        elif row != contents[first[name]]:
            extra = {"first": rows.lines[first[name]]}
            faults.append(
                Fault("duplicate key", rows.path, rows.lines[place], ", ".join(key), ", ".join(name), extra)
            )
    if not faults:
        count = len(frame) - len(keep)
        rows.tidied.append((f"rows that stand twice were left out: {count}", f"已略去 {count} 个重复行"))
    return keep, faults
