"""A CSV file made a checked frame by its schema: cells read by type, all faults of the file in one report.

A shipped table whose checksum is in ``data/datapackage.json`` was validated when it was sealed (``data/seal.py``)
and is only converted, at once by pandas.
"""

import difflib
import functools
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from lnregions.errors import Fault, quote, refuse_any, shorten, shown_path, unknown_fault
from lnregions.paths import data_dir
from lnregions.tables.rows import Rows, decode, parse_rows, read_bytes
from lnregions.tables.schemas import dtype_of, kind_of, parse_cell, sealed_tables, table_schema, value_faults
from lnregions.words import is_day, narrow

_MOST_GUESSED = 100
"""Faults of a column after which no likeliest name is sought any more, as that takes time."""
NO_DAY = "is no day of the calendar from 1949 to 2100. Give a date such as 2024-01-19, 2024-01 or 2024."
_UNSEALED = "the table is not the one that was sealed; if the change is meant, run: python data/seal.py"
REFERENCES = {
    "areas": {"parent": "area"},
    "indicators": {"unit": "unit", "weight": "indicator"},
    "breaks": {"indicator": "indicator", "area": "group area region", "source": "source"},
    "caveats": {"indicator": "all indicator", "area": "group area region", "source": "source"},
    "observations": {"area": "area region", "indicator": "indicator", "source": "source"},
    "derived": {"area": "area region", "indicator": "indicator", "source": "source"},
    "bounds": {"indicator": "indicator", "area": "group area region", "source": "source"},
    "regions": {"lead_city": "area"},
    "positioning": {"region": "all region"},
    "membership": {"region": "region", "area": "area", "sources": "source"},
    "statements": {"region": "all region", "target": "target", "source": "source"},
    "targets": {
        "region": "region", "indicator": "indicator", "sources": "source",
        "area": "region area", "other_area": "region area", "benchmark": "region area",
    },
}  # fmt: skip
"""Columns of each table that refer to codes, and the kinds of code that each may hold."""
_ALWAYS = {"all": ["*"], "group": ["*", "nation", "province", "cities"]}
"""What a column may hold besides codes."""
_KINDS = {"sources": "source", "parent": "area", "other_area": "area", "benchmark": "area"}
"""Columns whose name is not that of what they refer to."""


@dataclass
class Table:
    """A table that was read, with the line of each row and what is wrong with it so far.

    Where there are faults, a cell that could not be read is missing, and the frame serves only to find more of them.
    """

    frame: pd.DataFrame
    path: str
    lines: list[int]
    faults: list[Fault] = field(default_factory=list)

    def report(self, row: int | None, column: str, text: str) -> None:
        """Add a fault of a cell; row None is the whole file."""
        self.faults.append(Fault(text, self.path, None if row is None else self.lines[row], column))

    def report_where(self, wrong: pd.Series, column: str, text: str, **further: pd.Series) -> None:
        """Add a fault of a column for each row that is wrong.

        The text may name columns of the frame and of `further` in braces, such as ``{unit!r} of {indicator}``.
        """
        places = np.flatnonzero(wrong.astype("boolean").fillna(False))
        if not len(places):
            return
        rows = self.frame.assign(**further).iloc[places]
        for place, row in zip(places, rows.to_dict("records"), strict=True):
            self.report(place, column, text.format_map({name: shorten(value) for name, value in row.items()}))

    def is_doubtful(self, column: str) -> bool:
        """Whether anything is wrong with a column, or with the file as a whole."""
        return any(one.line is None or column in one.column.split(", ") for one in self.faults)

    def sorted_faults(self) -> list[Fault]:
        """Return the faults in the order of lines, the first of each cell."""
        first: dict[tuple, Fault] = {}
        for one in self.faults:
            first.setdefault((one.line, one.column), one)
        return sorted(first.values(), key=lambda one: one.line or 0)

    def checked(self) -> pd.DataFrame:
        """Return the frame, or raise :class:`DataError` with every fault."""
        refuse_any(self.sorted_faults())
        return self.frame

    def check_references(self, name: str, known: Mapping[str, Iterable[str] | None]) -> None:
        """Report every code (several apart by blanks) that is none of those that :data:`REFERENCES` allows.

        `known` holds the codes of each kind; None where their own file could not be read, so that one fault does not
        bring others. Zones of a plan need no code.
        """
        for column, kinds in REFERENCES[name].items():
            codes = [(_ALWAYS | known)[kind] for kind in kinds.split()]
            if any(one is None for one in codes):
                continue
            choices, cells = list(dict.fromkeys(chain(*codes))), self.frame[column]
            if (name, column) == ("membership", "area"):
                cells = cells.mask(self.frame["level"] == "zone", "")
            sound, kind = set(choices), _KINDS.get(column, column)
            wrong = {w for cell in cells.unique() for w in cell.split() if w not in sound}
            unknown = [(row, w) for row, cell in enumerate(cells) for w in cell.split() if w in wrong]
            for count, (row, word) in enumerate(unknown):
                text = f"unknown {kind} {quote(word)}. Choose a known one."
                guess = count < _MOST_GUESSED
                self.report(row, column, unknown_fault(kind, word, choices, path="-").text if guess else text)

    def report_names(self, name: str, codes: Mapping[str, str]) -> None:
        """Report names of areas that stand where their codes belong, before what else is wrong with these cells."""
        for column in (column for column, kinds in REFERENCES[name].items() if "area" in kinds.split()):
            for row, cell in enumerate(self.frame[column]):
                if code := codes.get(cell.casefold()):
                    text = f"{column} {quote(cell)} is the name of an area. Write its code, {code}."
                    self.faults.insert(0, Fault(text, self.path, self.lines[row], column))

    def check_dates(self, column: str) -> None:
        """Report dates of a column that are no day of the calendar; an empty one is none."""
        wrong = {date: bool(date) and not is_day(date) for date in self.frame[column].unique()}
        self.report_where(self.frame[column].map(wrong), column, f"{column} {{{column}!r}} {NO_DAY}")


def fingerprint(data: bytes) -> str:
    """SHA-256 of a table, the same whatever line ends a system gave it."""
    return "sha256:" + hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def read_table(path: Path, name: str, *, trust: bool = True) -> Table:
    """Read a table by its schema of a name: columns, types, and no value outside its limits.

    ``attrs["warnings"]`` of its frame are sentences on what was unusual and read all the same. A file that is no such
    table at all is refused; faults of cells and keys are in the result. `trust` takes a sealed table as validated.
    """
    data = read_bytes(path)
    inside = isinstance(path, Path) and path.resolve().is_relative_to(data_dir().resolve())
    kept = _read_once(data, shown_path(path), name, trust, inside)
    table = replace(kept, frame=kept.frame.copy(), lines=list(kept.lines), faults=list(kept.faults))
    table.frame.attrs = {"warnings": kept_warnings(kept.frame)}
    return table


@functools.lru_cache(maxsize=32)
def _read_once(data: bytes, shown: str, name: str, trust: bool, inside: bool) -> Table:
    """The table of a file's bytes, kept; `inside` is whether it is one of the shipped ones."""
    sealed = trust and (fingerprint(data), name) in sealed_tables()
    if sealed and (frame := _read_plain(data, name)) is not None:
        return Table(frame, shown, list(range(2, len(frame) + 2)))
    text, warnings = decode(data, path=shown)
    rows = parse_rows(text, path=shown, warnings=warnings)
    table = _converted(rows, name)
    if not sealed:
        for row, column, text in value_faults(table.frame, name):
            table.report(row, column, text)
        _check_key(table, rows, table_schema(name)["primaryKey"])
        if trust and inside:
            rows.warnings.append(_UNSEALED)
    table.frame.attrs["warnings"] = [f"{shown}: {sentence}" for sentence in rows.warnings]
    return table


def _read_plain(data: bytes, name: str) -> pd.DataFrame | None:
    """Frame of a sealed table as pandas reads it; None unless each row may be taken for a line of the file."""
    fields = table_schema(name)["fields"]
    dtypes = {one["name"]: dtype_of(one) for one in fields}
    numbers = [column for column, dtype in dtypes.items() if dtype == "float64"]
    whole = [one["name"] for one in fields if kind_of(one) in ("integer", "year")]
    header = data.partition(b"\n")[0].decode().split(",")
    absent = [column for column, dtype in dtypes.items() if column not in header and dtype is str]
    if b"\r" in data or b"#" in data or sorted(header + absent) != sorted(dtypes):
        return None
    frame = pd.read_csv(
        io.BytesIO(data), dtype=dtypes | dict.fromkeys(numbers, str), keep_default_na=False,
        na_values=dict.fromkeys(whole, ""), true_values=["yes"], false_values=["no", ""],
    )  # fmt: skip
    if data.count(b"\n") != len(frame) + 1:
        return None
    exact = {name: [float(cell or "nan") for cell in frame[name]] for name in numbers}
    return frame.assign(**exact, **dict.fromkeys(absent, ""))[[*dtypes]]


def file_state(path: Path) -> object:
    """Time and size of a file, by which a change is seen; None where there is none, which its reader then reports."""
    if hasattr(path, "read"):
        return object()  # an open file is never the same
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size


def kept_warnings(frame: pd.DataFrame) -> list[str]:
    """Sentences on what was unusual about the file of a frame."""
    return list(frame.attrs.get("warnings", []))


def own_table(plan: object, name: str) -> Path | None:
    """File of a plan's own table of a name, if its folder holds one."""
    path = None if plan is None else plan.folder / f"{name}.csv"
    return path if path is not None and path.is_file() else None


def join_tables(*frames: pd.DataFrame, key: list[str] | None = None) -> pd.DataFrame:
    """One table of several, with the warnings of all; of rows with the same key the first stays."""
    joined = pd.concat(frames, ignore_index=True)
    joined = joined.drop_duplicates(key, ignore_index=True) if key else joined
    joined.attrs["warnings"] = [one for frame in frames for one in kept_warnings(frame)]
    return joined


def empty_table(path: Path, name: str) -> Table:
    """Table of a file that a folder may lack."""
    columns = [one["name"] for one in table_schema(name)["fields"]]
    return _converted(Rows(shown_path(path), pd.DataFrame(columns=columns, dtype=str), ",", []), name)


def _converted(rows: Rows, name: str) -> Table:
    """Table of the rows with every fault of its header (raised) and of its cells."""
    fields = table_schema(name)["fields"]
    _check_header(rows, fields)
    table = Table(pd.DataFrame(index=range(len(rows.cells))), rows.path, rows.cells.index.tolist())
    for column in fields:
        table.frame[column["name"]] = _convert(rows, column, table)
    return table


def _check_header(rows: Rows, fields: list[dict]) -> None:
    """Put names in another case right; refuse missing, misspelt and repeated columns; leave others out."""
    names, given = [one["name"] for one in fields], rows.cells.columns.tolist()
    lower = {name.casefold(): name for name in names}
    folded = [lower.get(name.casefold(), name) for name in given]
    if folded != given:
        rows.warnings.append("column names in another case were read")
        rows.cells.columns = folded
    absent = [name for name in names if name not in folded]
    needed = [one["name"] for one in fields if one["name"] in absent and not one.get("optional")]
    further = [name for name in dict.fromkeys(folded) if name not in names]
    strange = [one for one in further if needed or difflib.get_close_matches(one, absent, n=1, cutoff=0.6)]
    faults = [unknown_fault("column", name, names, path=rows.path, line=1) for name in strange]
    if further and not strange:
        rows.warnings.append(f"columns that are not used were left out: {', '.join(map(quote, further))}")
    if needed:
        what = f"column {needed[0]} is" if len(needed) == 1 else f"columns {', '.join(needed)} are"
        faults.append(Fault(f"{what} missing. The table needs {', '.join(names)}.", rows.path, 1, needed[0]))
    twice = [name for name in names if folded.count(name) > 1]
    text = "column {} stands twice. Keep one of the two."
    refuse_any(faults + [Fault(text.format(name), rows.path, 1, name) for name in twice])


def _convert(rows: Rows, schema: dict, table: Table) -> pd.Series:
    """Column of values; what cannot be read is reported, what is written unusually is warned of."""
    column, kind, values, unusual = schema["name"], kind_of(schema), [], []
    cells = rows.cells[column] if column in rows.cells else pd.Series("", rows.cells.index)
    thousands = _like_thousands(rows, cells) if kind == "number" else set()
    if rows.separator == ",":
        if len(thousands) > 2:
            what = f"all values of {column} with a point have three digits behind it"
            rows.warnings.append(f"{what} (such as {min(thousands)}); it was read as a decimal point")
        thousands = set()
    pointless = rows.separator == "\t" and not cells.map(narrow).str.contains(".", regex=False).any()
    comma = rows.separator == ";" or pointless
    read = functools.cache(functools.partial(parse_cell, kind=kind, decimal_comma=comma, thousands=thousands))
    for row, (line, cell) in enumerate(cells.items()):
        try:
            value, plain = read(cell)
        except ValueError as error:
            value, plain = None, True
            table.report(row, column, f"{column} {quote(cell.strip())} {error}")
        values.append(value)
        unusual += [] if plain else [f"{line}: {quote(cell)}"]
    if unusual:
        first = f"the first in line {unusual[0]}"
        rows.warnings.append(f"values of {column} were written unusually: {len(unusual)} ({first})")
    return pd.Series(values, dtype=dtype_of(schema, whole=None not in values))


def _like_thousands(rows: Rows, cells: pd.Series) -> set[str]:
    """Numbers whose point may part thousands: all with one, or several of an indicator, have three digits behind it."""
    dotted = cells[cells.str.contains(".", regex=False)]
    three = dotted.str.fullmatch(r"\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*")
    if not three.all() and rows.separator != "," and "indicator" in rows.cells:
        own = three.groupby(rows.cells["indicator"])
        three &= own.transform("all") & (own.transform("size") > 1)
        return set(dotted[three.astype(bool)])
    return set(dotted) if three.all() else set()


def _check_key(table: Table, rows: Rows, key: list[str]) -> None:
    """Leave out rows that stand twice, report keys that stand twice with other content."""
    repeated = table.frame.duplicated()
    if repeated.any():
        rows.warnings.append(f"rows that stand twice were left out: {repeated.sum()}")
        table.lines = [line for line, twice in zip(table.lines, repeated, strict=True) if not twice]
        table.frame = table.frame[~repeated].reset_index(drop=True)
    lines = pd.Series(table.lines, dtype=int)
    first = lines.groupby([table.frame[one] for one in key], dropna=False).transform("first")
    for row in np.flatnonzero(first != lines):
        name = quote(", ".join(map(str, table.frame.loc[row, key])))
        what = f"{', '.join(key)} {name} stands already in line {first[row]}"
        table.report(row, ", ".join(key), f"{what}, with other content. Keep one of the two rows.")
