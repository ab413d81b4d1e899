"""The files of a plan folder: where it is, what is in it, and its facts in ``plan.yaml``, read strictly.

YAML is read by the safe loader only, without the traps of YAML 1.1: every plain value is kept as its text, so
``no`` stays ``no`` and ``015000`` stays ``015000``; what a key must be is decided here.
"""

import contextlib
import difflib
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from lnregions.errors import DataError, Fault, home, quote, refuse_any, shown_path, unknown, unknown_fault
from lnregions.files import safe_name
from lnregions.paths import WORKBOOK, data_dir
from lnregions.tables.rows import decode, read_bytes, text_fault
from lnregions.tables.tables import NO_DAY
from lnregions.words import is_day, narrow, parse_date, parse_year
from lnregions.words.values import FIRST_YEAR, LAST_YEAR

TABLES = ("regions", "positioning", "membership", "targets", "statements")
"""Tables of a plan; that of statements may be left out."""
BOUNDARY_KINDS = (".gpkg", ".geojson", ".geojsonl", ".json", ".shp", ".zip")
"""Endings of the files ``boundaries`` and ``context`` in a plan folder: its own areas, and what lies around them."""
TEMPLATE = Path(__file__).parent / "plan_template"
"""Empty plan folder; the remarks of its tables are the descriptions in the schemas, which a test holds."""
OWN_TABLES = ("areas", "indicators", "observations", "bounds")
"""Tables that a plan may lack, besides that of statements."""
ALL_TABLES = (*TABLES, *OWN_TABLES)
_NAMES = ("plan.yaml", *(f"{name}.csv" for name in ALL_TABLES))
_MEANT = 0.75
"""Likeness (difflib) from which on a file of another name is taken for a misspelt one."""
_DOCUMENTS = {".md", ".pdf", ".doc", ".docx", ".html", ".png", ".jpg", ".jpeg", ".svg", ".ipynb", ".py"}
"""Endings of files for readers, of which nothing is said."""
FACTS = {
    "id": "text", "title_zh": "text", "title_en": "text", "short_zh": "text", "short_en": "text", "number": "text",
    "issuer_zh": "text", "issuer_en": "text", "signed": "date", "issued": "date", "press_conference": "date",
    "first_year": "year", "horizon": "year", "base_stated": "yes or no", "baseline_year": "year",
    "map_approval": "text",
}  # fmt: skip
"""Keys of ``plan.yaml`` and what each holds; ``sources`` lists entries of :data:`SOURCE_COLUMNS`."""
SOURCE_COLUMNS = ["source", "title", "publisher", "url", "published"]
_NEEDED = ("id", "title_en", "first_year", "horizon")
NO_FOLDER_NAME = "cannot be the name of a folder. Use up to 40 of a-z, 0-9 and hyphens."
HORIZON = "horizon {horizon} is before first_year {first_year}. Give the last year of the plan."
_DEEPEST, _LARGEST = 6, 2**16


def list_plans() -> list[str]:
    """Return the ids of the shipped plans."""
    return sorted(path.parent.name for path in (data_dir() / "plans").glob("*/plan.yaml"))


def plan_folder(plan: str | Path, path: Path | None) -> Path:
    """Folder of a plan by its name or path."""
    names = list_plans()
    if path is None and not (isinstance(plan, Path) or (isinstance(plan, str) and plan.strip())):
        what = f"The plan {quote(plan)} is neither a plan nor the name of one"
        remedy = "Give one from load_plan, the path of a plan folder, or one of"
        raise DataError(f"{what}. {remedy} {', '.join(names)}.")
    if path is None and plan in names:
        return data_dir() / "plans" / plan
    folder = home(plan if path is None else path)
    with contextlib.suppress(OSError, ValueError):
        if folder.is_dir():
            return folder
    if path is None and not isinstance(plan, Path) and not re.search(r"[/\\.]", plan):
        raise unknown("plan", plan, names)
    what = f"The plan folder {shown_path(folder)!r} does not exist"
    raise DataError(f"{what}. Give the path of a folder with plan.yaml in it, or one of {', '.join(names)}.")


def boundary_file(folder: Path, stem: str = "boundaries") -> Path | None:
    """File of boundaries in a plan folder, or its file ``context`` of the ground around them, if there is one."""
    return next(iter(_boundary_files(folder, stem)), None)


def _boundary_files(folder: Path, stem: str) -> list[Path]:
    files = (one for one in folder.iterdir() if one.name.casefold().startswith(f"{stem}."))
    return sorted(one for one in files if one.suffix.casefold() in BOUNDARY_KINDS)


def check_files(folder: Path, faults: list[Fault]) -> list[str]:
    """Warnings of files that are not read; a fault for each that is meant for one that is not there, or is no file."""
    (boundaries, around), unread = (_boundary_files(folder, stem) for stem in ("boundaries", "context")), []
    for files in (boundaries, around):
        if len(files) > 1:
            text = f"the folder has several files of boundaries: {', '.join(one.name for one in files)}. Keep one."
            faults.append(Fault(text, shown_path(folder)))
    for path in sorted(folder.iterdir()):
        kind, stem = path.suffix.casefold().strip(), path.name.casefold().partition(".")[0]
        if path.name.startswith((".", "~$")) or kind in _DOCUMENTS:
            continue
        if path.name in (*_NAMES, WORKBOOK) or path in [*boundaries, *around]:
            if not path.is_file():
                remedy = "Put the file itself there, or take the name away."
                what = "the link leads to nothing" if path.is_symlink() else "this is no file"
                faults.append(Fault(f"{what}. {remedy}", shown_path(path)))
        elif path.is_dir():
            unread += [f"{path.name}/{name}" for name in _NAMES if (path / name).exists()]
        elif not boundaries and stem == "boundaries":
            text = f"the file is not read in this format. Save it as one of {', '.join(BOUNDARY_KINDS)}"
            faults.append(Fault(f"{text}, such as boundaries.geojson.", shown_path(path)))
        elif kind in BOUNDARY_KINDS or stem not in ("boundaries", "context"):  # else part of a shapefile
            names = [f"boundaries{kind}"] if kind in BOUNDARY_KINDS and stem[:1] == "b" else _NAMES
            stems = {Path(name).stem: name for name in names}
            close = difflib.get_close_matches(stem.strip(), stems, n=1, cutoff=_MEANT)
            meant = stems[close[0]] if close else ""
            if not meant or (folder / meant).exists() or (boundaries and meant.startswith("boundaries")):
                unread.append(path.name)
            else:
                how = "Name it" if kind == Path(meant).suffix else "Save it as"
                text = f"the file is not read under this name. {how} {meant}."
                faults.append(Fault(text, shown_path(path)))
    return [f"{shown_path(folder)}: files that are not read: {', '.join(unread)}"] if unread else []


# -- plan.yaml ----


class _TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe loader without implicit types, that of libyaml where it is built in."""

    yaml_implicit_resolvers = {}  # noqa: RUF012


def read_facts(path: Path) -> tuple[dict, pd.DataFrame, list[str]]:
    """Return the facts of ``plan.yaml`` (years as numbers), the sources it lists, and warnings.

    Raises
    ------
    DataError
        With everything that is wrong with the file.
    """
    given, lines, warnings = read_yaml(path)
    shown, keys = shown_path(path), [*FACTS, "sources"]
    strange = [key for key in given if key not in keys]
    faults = [unknown_fault("key", key, keys, path=shown, line=lines[key], column=key) for key in strange]
    missing = [key for key in _NEEDED if not given.get(key)]
    faults += [Fault(f"{key} is missing. Add a line '{key}: ...'.", shown, None, key) for key in missing]
    facts: dict = dict.fromkeys(FACTS, "") | {"base_stated": False}
    for key in (key for key in given if key in FACTS):
        try:
            facts[key] = _fact(key, given[key])
        except ValueError as error:
            faults.append(Fault(str(error), shown, lines[key], key))
            continue
        if FACTS[key] in ("date", "year") and str(facts[key]) != given[key]:
            warnings.append(f"{key} was written {given[key]!r} and read as {facts[key]}")
    if facts["first_year"] and facts["horizon"] and facts["horizon"] < facts["first_year"]:
        faults.append(Fault(HORIZON.format_map(facts), shown, lines["horizon"], "horizon"))
    sources, wrong = _read_sources(given.get("sources") or [])
    faults += [Fault(text, shown, lines.get("sources"), "sources") for text in wrong]
    refuse_any(faults)
    facts["baseline_year"] = facts["baseline_year"] or facts["first_year"] - 1
    table = pd.DataFrame(sources, columns=SOURCE_COLUMNS, dtype=str)
    return facts, table, [f"{shown}: {warning}" for warning in warnings]


def read_yaml(
    path: Path, *, plain: Callable[[str], object] | None = None
) -> tuple[dict, dict[str, int], list[str]]:
    """Keys and values, the line of each top-level key, and warnings; no anchors, tags or deep nesting.

    Values are text; those that stand without quotes are what ``plain`` makes of them.
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
                raise _not_allowed(f"{sign}{anchor}" if anchor else tag, event, shown)
        node = yaml.compose(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        what = f"the text is not valid YAML ({reason}). Write 'key: value' lines, indented by blanks."
        raise DataError([Fault(what, shown, mark.line + 1 if mark else None)]) from None
    if plain and (node is None or node.value == ""):
        return {}, {}, warnings
    if not isinstance(node, yaml.MappingNode):
        what = "the file does not hold 'key: value' lines. Write one key and its value a line."
        raise DataError([Fault(what, shown, 1)])
    plain = plain or (lambda text: "" if text in ("null", "~") else text)
    return _value(node, shown, plain), {key.value: key.start_mark.line + 1 for key, _ in node.value}, warnings


def _not_allowed(what: str, node: yaml.Event | yaml.Node, path: str) -> DataError:
    text = f"{quote(what)} is not allowed here. Write the value out as plain text."
    return DataError([Fault(text, path, node.start_mark.line + 1)])


def _value(node: yaml.Node, path: str, plain: Callable[[str], object]) -> object:
    """Value of a node; a key twice or one that is no text is refused."""
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else plain(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path, plain) for item in node.value]
    out = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _not_allowed("a key that is a list", key, path)
        if key.value == "<<" and not key.style:
            raise _not_allowed("<<", key, path)
        name = key.value if key.style or isinstance(plain(key.value), str) else plain(key.value)
        if name in out:
            what = f"{key.value} stands twice. Keep one of the two."
            raise DataError([Fault(what, path, key.start_mark.line + 1)])
        out[name] = _value(value, path, plain)
    return out


def _fact(key: str, value: object) -> object:
    """Value of a fact; ValueError says what is wrong with it."""
    if not isinstance(value, str):
        raise ValueError(f"{key} is a list where a text is meant. Write one value behind the colon.")
    kind, word = FACTS[key], narrow(value).lower()
    if wrong := text_fault(value, key):
        raise ValueError(wrong.text)
    if kind == "yes or no":
        if word not in ("yes", "no", "true", "false", ""):
            raise ValueError(f"{key} {quote(value)} is neither yes nor no. Write yes or no.")
        return word in ("yes", "true")
    if key == "id" and value and not is_folder_name(value):
        raise ValueError(f"id {quote(value)} {NO_FOLDER_NAME}")
    if kind == "date" and value:
        return _date(key, value)
    if kind == "year" and value:
        with contextlib.suppress(ValueError):
            if FIRST_YEAR <= (year := parse_year(value)) <= LAST_YEAR:
                return year
        raise ValueError(f"{key} {quote(value)} is not a whole number. Give a four-digit year such as 2024.")
    return value


def _date(key: str, value: str) -> str:
    date = parse_date(value)
    if not is_day(date):
        raise ValueError(f"{key} {quote(date)} {NO_DAY}")
    return date


def _read_sources(entries: object) -> tuple[list[dict], list[str]]:
    """Rows of the sources that a plan lists, and what is wrong with them."""
    listed = isinstance(entries, list) and all(isinstance(one, dict) for one in entries)
    if not listed or not all(one.get("id") and one.get("title") for one in entries):
        remedy = "Write '- id: p1' and 'title: ...' for each."
        return [], [f"sources is not a list of entries with id and title. {remedy}"]
    rows, wrong = [], []
    for entry in entries:
        row = {"source": str(entry["id"])} | {key: str(entry.get(key, "")) for key in SOURCE_COLUMNS[1:]}
        wrong += [one.text for key, text in row.items() if (one := text_fault(text, key))]
        try:
            row["published"] = _date("published", row["published"]) if row["published"] else ""
        except ValueError as error:
            wrong.append(str(error))
        if row["url"] and not re.match(r"https?://[^\s\"'<>]+\Z", row["url"]):
            what = f"url {quote(row['url'])} is no address of a page"
            wrong.append(f"{what}. Give one that begins with https:// or http://.")
        if not re.fullmatch(r"[a-z0-9-]{1,40}", row["source"]):
            wrong.append(f"id {quote(row['source'])} {NO_FOLDER_NAME}")
        if any(row["source"] == other["source"] for other in rows):
            wrong.append(f"source {row['source']} stands twice. Keep one of the two.")
        rows.append(row)
    return rows, wrong


def is_folder_name(name: str) -> bool:
    """Whether a code can name a folder on every system."""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name, re.ASCII)) and safe_name(name) == name
