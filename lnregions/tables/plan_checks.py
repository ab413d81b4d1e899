"""What must hold inside a plan folder beyond the types of its columns."""

import re

import pandas as pd

from lnregions.errors import Fault, add_messages, narrow, parse_year, refuse_any, unknown_fault
from lnregions.tables.codebook import load_indicators, load_units
from lnregions.tables.rows import text_fault
from lnregions.tables.tables import check_references
from lnregions.tables.vintages import date_faults
from lnregions.words import parse_date

RESERVED = {"con", "prn", "aux", "nul", "*"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
"""Names that cannot be folders on Windows, in lower case."""

FACTS = (
    "id", "title_zh", "title_en", "short_zh", "short_en", "number", "issuer_zh", "issuer_en", "signed",
    "issued", "press_conference", "first_year", "horizon", "base_stated", "baseline_year", "sources",
)  # fmt: skip
"""Keys of ``plan.yaml``."""
_YEARS = ("first_year", "horizon", "baseline_year")
_DAYS = ("signed", "issued", "press_conference")
_NEEDED = ("id", "title_en", "first_year", "horizon")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_GROWTH = {"growth", "average_growth", "cumulative_growth"}
_RELATIVE = {"relative_growth", "relative_level"}
_VALUED = {"level", "share", "count"} | _GROWTH

add_messages(
    {
        "fact missing": ("{column} is missing", "Add a line '{column}: ...'"),
        "area otherwise": (
            "{column} {value} is not what the shipped table has for {area}, {stated}",
            "Give an area of your own a code of its own, and leave shipped ones out",
        ),
        "no rows": ("the table has no row", "Write at least one; a row behind a number sign is a remark"),
        "slug": ("{column} {value} cannot be the name of a folder", "Use up to 40 of a-z, 0-9 and hyphens"),
        "horizon": ("horizon {value} is before first_year {first}", "Give the last year of the plan"),
        "baseline": ("baseline_year {value} is not before the horizon {horizon}", "Give an earlier year"),
        "target unit": ("unit {value} does not fit {kind} of {indicator}", "Write {wanted}"),
        "target needs": (
            "a target of kind {kind} needs {column}",
            "Fill in {column}, or choose another kind",
        ),
        "fact text": ("{column} is a list where a text is meant", "Write one value behind the colon"),
        "url": (
            "{column} {value} is no address of a page",
            "Give one that begins with https:// or http://",
        ),
        "plan sources": (
            "sources is not a list of entries with id and title",
            "Write '- id: p1' and 'title: ...' for each",
        ),
    }
)


def is_folder_name(name: str) -> bool:
    """Whether a code can name a folder on every system."""
    return bool(_SLUG.fullmatch(name)) and name not in RESERVED


def check_plan_facts(
    facts: dict, lines: dict[str, int], *, path: str, tidied: list[tuple[str, str]]
) -> tuple[dict, list[dict]]:
    """Return the facts of ``plan.yaml`` with years as numbers, and its sources; refuse what is wrong.

    What was untidy about a year or a date is added to `tidied`.
    """
    faults = [
        unknown_fault("key", key, FACTS, path=path, line=lines[key], column=key)
        for key in facts
        if key not in FACTS
    ]
    faults += [Fault("fact missing", path, None, key) for key in _NEEDED if not facts.get(key)]
    out = {}
    for key, value in facts.items():
        if key != "sources" and not isinstance(value, str):
            faults.append(Fault("fact text", path, lines[key], key))
        elif key != "sources" and (fault := text_fault(value, key, path=path, line=lines[key])):
            faults.append(fault)
        elif key in _YEARS and value:
            out[key] = _year_of(value, faults, path=path, line=lines[key], column=key)
        elif key == "base_stated":
            if narrow(value).lower() not in ("yes", "no", "true", "false", ""):
                faults.append(Fault("boolean", path, lines[key], key, value))
            out[key] = narrow(value).lower() in ("yes", "true")
        elif key in _DAYS and value:
            out[key] = _date_of(value, faults, path=path, line=lines[key], column=key)
        elif key != "sources":
            out[key] = value
    sources = _sources_of(facts.get("sources") or [], faults, path=path, line=lines.get("sources"))
    tidied += [
        (f"{key} was written {facts[key]!r} and read as {value}", f"{key} 写作 {facts[key]!r}，读作 {value}")
        for key, value in out.items()
        if key in (*_YEARS, *_DAYS) and facts[key] != str(value)
    ]
    name = out.get("id")
    if name and not is_folder_name(name):
        faults.append(Fault("slug", path, lines["id"], "id", name))
    first, last = out.get("first_year"), out.get("horizon")
    if first and last and last < first:
        faults.append(Fault("horizon", path, lines["horizon"], "horizon", last, {"first": first}))
    refuse_any(faults)
    out.setdefault("base_stated", False)
    out.setdefault("baseline_year", first - 1)
    return {key: out.get(key, "") for key in FACTS if key != "sources"}, sources


def _year_of(value: str, faults: list[Fault], *, path: str, line: int, column: str) -> int | None:
    try:
        year = parse_year(value)
    except ValueError:
        year = 0
    if 1949 <= year <= 2100:
        return year
    faults.append(Fault("year", path, line, column, value))
    return None


def _date_of(value: str, faults: list[Fault], *, path: str, line: int, column: str) -> str:
    date = parse_date(value)
    faults += date_faults([date], column, path=path, lines=[line])
    return date


def _sources_of(entries: object, faults: list[Fault], *, path: str, line: int | None) -> list[dict]:
    if not isinstance(entries, list) or not all(
        isinstance(e, dict) and e.get("id") and e.get("title") for e in entries
    ):
        faults.append(Fault("plan sources", path, line, "sources"))
        return []
    out = []
    for entry in entries:
        row = {key: str(entry.get(key, "")) for key in ("title", "publisher", "url", "published")}
        if row["published"]:
            row["published"] = _date_of(row["published"], faults, path=path, line=line, column="published")
        texts = (text_fault(text, key, path=path, line=line) for key, text in row.items())
        faults += [fault for fault in texts if fault]
        if row["url"] and not re.match(r"https?://[^\s\"'<>]+\Z", row["url"]):
            faults.append(Fault("url", path, line, "url", row["url"]))
        if not re.fullmatch(r"[a-z0-9-]{1,40}", str(entry["id"])):
            faults.append(Fault("slug", path, line, "id", str(entry["id"])))
        if any(entry["id"] == other["source"] for other in out):
            faults.append(Fault("duplicate yaml key", path, line, f"source {entry['id']}"))
        out.append({"source": str(entry["id"]), **row})
    return out


def check_regions(frame: pd.DataFrame, lines: list[int], *, path: str, known: dict) -> list[Fault]:
    """Faults of ``regions.csv``: codes that cannot be folders, leading cities that are no areas."""
    faults = [] if len(frame) else [Fault("no rows", path)]
    faults += [
        Fault("slug", path, line, "region", code)
        for line, code in zip(lines, frame["region"], strict=True)
        if not is_folder_name(code) or code in (known["area"] or ())
    ]
    return faults + _references(frame, {"lead_city": known["area"]}, path=path, lines=lines)


def check_membership(frame: pd.DataFrame, lines: list[int], *, path: str, known: dict) -> list[Fault]:
    """Faults of ``membership.csv`` and ``positioning.csv``: unknown regions, areas and sources."""
    if "area" not in frame:
        regions = None if known["region"] is None else ["*", *known["region"]]
        return _references(frame, {"region": regions}, path=path, lines=lines)
    choices = {"region": known["region"], "sources": known["source"]}
    faults = _references(frame, choices, path=path, lines=lines)
    counted = frame["level"] != "zone"
    kept = [line for line, keep in zip(lines, counted, strict=True) if keep]
    return faults + _references(frame[counted], {"area": known["area"]}, path=path, lines=kept)


def _references(frame: pd.DataFrame, choices: dict, *, path: str, lines: list[int]) -> list[Fault]:
    """Faults of references, but for what cannot be told because its own file could not be read."""
    told = {column: known for column, known in choices.items() if known is not None}
    return check_references(frame, told, path=path, lines=lines)


def check_targets(frame: pd.DataFrame, lines: list[int], *, path: str, known: dict) -> list[Fault]:
    """Faults of ``targets.csv``: unknown names, years out of order, units that do not fit, missing parts."""
    indicators = load_indicators().set_index("indicator")
    entities = None if None in (known["region"], known["area"]) else [*known["region"], *known["area"]]
    choices = {"region": known["region"], "area": entities, "other_area": entities, "benchmark": entities}
    choices |= {"indicator": indicators.index, "sources": known["source"]}
    faults = _references(frame, choices, path=path, lines=lines)
    for line, row in zip(lines, frame.itertuples(), strict=True):
        if line in known.get("unread", ()):  # a cell of it could not be read
            continue
        faults += _check_years(row, path=path, line=line)
        if row.indicator in indicators.index:
            faults += _check_unit(row, indicators["unit"][row.indicator], path=path, line=line)
        faults += _check_parts(row, path=path, line=line)
    return faults


def _check_years(row: tuple, *, path: str, line: int) -> list[Fault]:
    if row.horizon < row.first_year:
        return [Fault("horizon", path, line, "horizon", row.horizon, {"first": row.first_year})]
    if not pd.isna(row.baseline_year) and row.baseline_year >= row.horizon:
        return [Fault("baseline", path, line, "baseline_year", row.baseline_year, {"horizon": row.horizon})]
    return []


def _check_unit(row: tuple, unit: str, *, path: str, line: int) -> list[Fault]:
    if row.kind in _GROWTH or row.kind == "relative_growth":
        wanted = "%" if row.kind in _GROWTH else row.unit if row.unit in ("", "%") else "%"
    elif row.kind in ("qualitative", "direction", "doubling", "relative_level"):
        wanted = row.unit if row.unit in ("", *load_units()["unit"]) else unit
    elif row.kind == "count":
        wanted = row.unit if row.unit in ("个", unit) else "个"
    else:
        wanted = unit
    if row.unit == wanted:
        return []
    extra = {"kind": row.kind, "indicator": row.indicator, "wanted": repr(wanted)}
    return [Fault("target unit", path, line, "unit", row.unit, extra)]


def _check_parts(row: tuple, *, path: str, line: int) -> list[Fault]:
    needed = []
    if row.kind in _VALUED:
        needed += [] if row.comparator else ["comparator"]
        needed += ["value"] if pd.isna(row.value) else []
    if row.kind in _RELATIVE:
        needed += [] if row.comparator else ["comparator"]
        needed += [] if row.benchmark else ["benchmark"]
    if row.kind == "direction" and row.comparator not in ("up", "down"):
        needed.append("comparator")
    if row.kind not in ("qualitative",) and not row.indicator:
        needed.append("indicator")
    return [Fault("target needs", path, line, column, extra={"kind": row.kind}) for column in needed]


def area_faults(own: pd.DataFrame, shared: pd.DataFrame, *, path: str) -> list[Fault]:
    """Faults of a plan's ``areas.csv``: a shipped area under another name, of another rank or elsewhere."""
    shipped = shared.set_index("area")
    faults = []
    for row in own[own["area"].isin(shipped.index)].to_dict("records"):
        for column in ("level", "parent", "name_zh"):
            stated = shipped.loc[row["area"], column]
            if row[column] != stated:
                extra = {"area": row["area"], "stated": stated}
                faults.append(Fault("area otherwise", path, column=column, value=row[column], extra=extra))
    return faults
