"""What must hold inside a plan folder beyond its columns: the facts of plan.yaml, and the sense of its tables.

YAML is read by the safe loader only, without the traps of YAML 1.1: every plain value is kept as its text, so
``no`` stays ``no`` and ``015000`` stays ``015000``; what a key must be is decided here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

from lnregions.errors import Fault, fault, narrow, quote, refuse, refuse_any, shown_path, unknown_fault
from lnregions.tables.codebook import load_indicators, load_units
from lnregions.tables.rows import decode, read_bytes, text_fault
from lnregions.tables.tables import NO_DAY, Table
from lnregions.words import is_day, parse_date, parse_year
from lnregions.words.values import FIRST_YEAR, LAST_YEAR

FACTS = {
    "id": "text", "title_zh": "text", "title_en": "text", "short_zh": "text", "short_en": "text", "number": "text",
    "issuer_zh": "text", "issuer_en": "text", "signed": "date", "issued": "date", "press_conference": "date",
    "first_year": "year", "horizon": "year", "base_stated": "yes or no", "baseline_year": "year",
    "sources": "list",
}  # fmt: skip
"""Keys of ``plan.yaml`` and what each holds."""
SOURCE_COLUMNS = ["source", "title", "publisher", "url", "published"]
_NEEDED = ("id", "title_en", "first_year", "horizon")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""Names that cannot be folders on Windows, in lower case."""
_FOLDER_NAME = "cannot be the name of a folder. Use up to 40 of a-z, 0-9 and hyphens."
_GROWTH = {"growth", "average_growth", "cumulative_growth"}
_RELATIVE = {"relative_growth", "relative_level"}
_VALUED = {"level", "share", "count"} | _GROWTH
_DEEPEST, _LARGEST = 6, 2**16


class _TextLoader(yaml.SafeLoader):
    """Safe loader without implicit types."""

    yaml_implicit_resolvers = {}  # noqa: RUF012


def read_yaml(path: Path) -> tuple[dict, dict[str, int], list[str]]:
    """Return the keys and values of a YAML file as text, the line of each top-level key, and warnings.

    Raises
    ------
    DataError
        For text that is no YAML, two equal keys, anchors, tags and documents nested too deep.
    """
    shown = shown_path(path)
    text, warnings = decode(read_bytes(path, largest=_LARGEST), path=shown)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_TextLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=event.start_mark)
            anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
            if anchor or tag:
                sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
                refuse([_not_allowed(f"{sign}{anchor}" if anchor else tag, event, shown)])
        node = yaml.compose(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        what = f"the text is not valid YAML ({reason}). Write 'key: value' lines, indented by blanks."
        refuse([fault(what, shown, mark.line + 1 if mark else None)])
    if not isinstance(node, yaml.MappingNode):
        refuse(
            [
                fault(
                    "the file does not hold 'key: value' lines. Write one key and its value a line.", shown, 1
                )
            ]
        )
    return _value(node, shown), {key.value: key.start_mark.line + 1 for key, _ in node.value}, warnings


def _not_allowed(what: str, node: yaml.Event | yaml.Node, path: str) -> Fault:
    text = f"{quote(what)} is not allowed in a plan. Write the value out as plain text."
    return fault(text, path, node.start_mark.line + 1)


def _value(node: yaml.Node, path: str) -> dict | list | str:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.style is None and node.value in ("null", "~") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path) for item in node.value]
    out = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            refuse([_not_allowed("a key that is a list", key, path)])
        if key.value in out:
            refuse([fault(f"{key.value} stands twice. Keep one of the two.", path, key.start_mark.line + 1)])
        out[key.value] = _value(value, path)
    return out


def read_facts(path: Path) -> tuple[dict, pd.DataFrame, list[str]]:
    """Return the facts of ``plan.yaml`` (years as numbers), the sources it lists, and warnings.

    Raises
    ------
    DataError
        With everything that is wrong with the file.
    """
    given, lines, warnings = read_yaml(path)
    shown = shown_path(path)
    faults = [
        unknown_fault("key", k, FACTS, path=shown, line=lines[k], column=k) for k in given if k not in FACTS
    ]
    faults += [
        fault(f"{key} is missing. Add a line '{key}: ...'.", shown, column=key)
        for key in _NEEDED
        if not given.get(key)
    ]
    facts = {"base_stated": False}
    for key, value in given.items():
        if key in FACTS and key != "sources":
            facts[key], text = _fact(key, value)
            faults += [fault(text, shown, lines[key], column=key)] if text else []
            wrong = text_fault(value, key, path=shown, line=lines[key]) if isinstance(value, str) else None
            faults += [wrong] if wrong else []
            if FACTS[key] in ("date", "year") and not text and str(facts[key]) != value:
                warnings.append(f"{key} was written {value!r} and read as {facts[key]}")
    first, last = facts.get("first_year"), facts.get("horizon")
    if first and last and last < first:
        faults.append(fault(_horizon(last, first), shown, lines["horizon"], column="horizon"))
    sources = _sources(given.get("sources") or [], faults, path=shown, line=lines.get("sources"))
    refuse_any(faults)
    facts.setdefault("baseline_year", first - 1)
    table = pd.DataFrame(sources, columns=SOURCE_COLUMNS, dtype=str)
    named = {key: facts.get(key, "") for key in FACTS if key != "sources"}
    return named, table, [f"{shown}: {warning}" for warning in warnings]


def _fact(key: str, value: object) -> tuple[object, str]:
    """Value of a fact, and what is wrong with it."""
    kind = FACTS[key]
    if not isinstance(value, str):
        return "", f"{key} is a list where a text is meant. Write one value behind the colon."
    if kind == "yes or no":
        word = narrow(value).lower()
        sound = word in ("yes", "no", "true", "false", "")
        return word in (
            "yes",
            "true",
        ), "" if sound else f"{key} {quote(value)} is neither yes nor no. Write yes or no."
    if not value or kind == "text":
        wrong = kind == "text" and key == "id" and value and not is_folder_name(value)
        return value, f"id {quote(value)} {_FOLDER_NAME}" if wrong else ""
    if kind == "date":
        date = parse_date(value)
        return date, "" if is_day(date) else f"{key} {quote(date)} {NO_DAY}"
    try:
        year = parse_year(value)
    except ValueError:
        year = 0
    sound = FIRST_YEAR <= year <= LAST_YEAR
    what = f"{key} {quote(value)} is not a whole number. Give a four-digit year such as 2024."
    return (year, "") if sound else (None, what)


def _sources(entries: object, faults: list[Fault], *, path: str, line: int | None) -> list[dict]:
    """Rows of the sources that a plan lists; what is wrong with them joins the faults."""
    named = isinstance(entries, list) and all(
        isinstance(e, dict) and e.get("id") and e.get("title") for e in entries
    )
    if not named:
        what = (
            "sources is not a list of entries with id and title. Write '- id: p1' and 'title: ...' for each."
        )
        faults.append(fault(what, path, line, column="sources"))
        return []
    rows: list[dict] = []
    for entry in entries:
        row = {"source": str(entry["id"])} | {key: str(entry.get(key, "")) for key in SOURCE_COLUMNS[1:]}
        row["published"] = parse_date(row["published"]) if row["published"] else ""
        faults += [one for key, text in row.items() if (one := text_fault(text, key, path=path, line=line))]
        texts = []
        if row["published"] and not is_day(row["published"]):
            texts.append(f"published {quote(row['published'])} {NO_DAY}")
        if row["url"] and not re.match(r"https?://[^\s\"'<>]+\Z", row["url"]):
            what = f"url {quote(row['url'])} is no address of a page"
            texts.append(f"{what}. Give one that begins with https:// or http://.")
        if not re.fullmatch(r"[a-z0-9-]{1,40}", row["source"]):
            texts.append(f"id {quote(row['source'])} {_FOLDER_NAME}")
        if any(row["source"] == other["source"] for other in rows):
            texts.append(f"source {row['source']} stands twice. Keep one of the two.")
        faults += [fault(text, path, line, column="sources") for text in texts]
        rows.append(row)
    return rows


def is_folder_name(name: str) -> bool:
    """Whether a code can name a folder on every system."""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name, re.ASCII)) and name not in _RESERVED


def check_own_areas(table: Table, shipped: pd.DataFrame) -> None:
    """Report a shipped area that a plan's ``areas.csv`` gives another name, rank or parent."""
    known = shipped.set_index("area")
    for row, own in enumerate(table.frame.to_dict("records")):
        for column in ("level", "parent", "name_zh") if own["area"] in known.index else ():
            stated = known.loc[own["area"], column]
            if own[column] != stated:
                what = f"{column} {quote(own[column])} is not what the shipped table has for {own['area']}, {stated}"
                remedy = "Give an area of your own a code of its own, and leave shipped ones out."
                table.report(row, column, f"{what}. {remedy}")


def check_plan_table(name: str, table: Table, known: dict[str, list[str] | None]) -> None:
    """Report what makes no sense in a table of a plan.

    `known` holds the codes of areas, regions and sources; None where their own file could not be read, so that one
    fault does not bring others.
    """
    frame, areas, regions = table.frame, known["area"], known["region"]
    if name == "regions":
        if frame.empty:
            what = "the table has no row. Write at least one; a row behind a number sign is a remark."
            table.report(None, "", what)
        for row, code in enumerate(frame["region"]):
            if not is_folder_name(code) or code in (areas or ()):
                table.report(row, "region", f"region {quote(code)} {_FOLDER_NAME}")
        table.check_references({"lead_city": areas})
    elif name == "positioning":
        table.check_references({"region": None if regions is None else ["*", *regions]})
    elif name == "membership":
        table.check_references({"region": regions, "sources": known["source"]})
        table.check_references({"area": areas}, rows=frame["level"] != "zone")
    elif name == "targets":
        _check_targets(table, known)


def _check_targets(table: Table, known: dict) -> None:
    units = load_indicators().set_index("indicator")["unit"].to_dict()
    unread = {one.line for one in table.faults}
    either = None if None in (known["region"], known["area"]) else [*known["region"], *known["area"]]
    choices = {"region": known["region"], "indicator": units, "sources": known["source"]}
    table.check_references(choices | dict.fromkeys(("area", "other_area", "benchmark"), either))
    for row, (line, target) in enumerate(zip(table.lines, table.frame.itertuples(), strict=True)):
        if line not in unread:
            for column, text in _target_faults(target, units):
                table.report(row, column, text)


def _target_faults(target, units: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Column and text of what is wrong with a clause: years out of order, a unit that does not fit, missing parts."""
    if target.horizon < target.first_year:
        yield "horizon", _horizon(target.horizon, target.first_year)
    elif not pd.isna(target.baseline_year) and target.baseline_year >= target.horizon:
        what = f"baseline_year {target.baseline_year} is not before the horizon {target.horizon}"
        yield "baseline_year", f"{what}. Give an earlier year."
    if target.indicator in units:
        wanted = _units_allowed(target.kind, units[target.indicator])
        if target.unit not in wanted:
            what = f"unit {quote(target.unit)} does not fit {target.kind} of {target.indicator}"
            yield "unit", f"{what}. Write {quote(wanted[0])}."
    compares = target.comparator in ("up", "down") if target.kind == "direction" else bool(target.comparator)
    needs = {
        "comparator": target.kind in _VALUED | _RELATIVE | {"direction"} and not compares,
        "value": target.kind in _VALUED and pd.isna(target.value),
        "benchmark": target.kind in _RELATIVE and not target.benchmark,
        "indicator": target.kind != "qualitative" and not target.indicator,
    }  # fmt: skip
    for column in (column for column, lacking in needs.items() if lacking):
        what = f"a target of kind {target.kind} needs {column}"
        yield column, f"{what}. Fill in {column}, or choose another kind."


def _units_allowed(kind: str, unit: str) -> list[str]:
    """Units that a clause of this kind may have, the usual one first."""
    if kind in _GROWTH:
        return ["%"]
    if kind == "relative_growth":
        return ["%", ""]
    if kind in ("qualitative", "direction", "doubling", "relative_level"):
        return [unit, "", *load_units()["unit"]]
    return ["个", unit] if kind == "count" else [unit]


def _horizon(last: int, first: int) -> str:
    return f"horizon {last} is before first_year {first}. Give the last year of the plan."
