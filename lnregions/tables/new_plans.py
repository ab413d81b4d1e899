"""New plan folders: an empty one, a copy of a shipped one, and one made of a workbook."""

import csv
import datetime as dt
import difflib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

from lnregions.errors import DataError, Fault, home, quote, refuse_any, shown_path, warn_input
from lnregions.files import save_file
from lnregions.paths import WORKBOOK
from lnregions.tables.codebook import load_areas, load_indicators, load_units
from lnregions.tables.plan_files import ALL_TABLES, FACTS, SOURCE_COLUMNS, TEMPLATE, plan_folder, read_yaml
from lnregions.tables.rows import decode, parse_rows, read_bytes
from lnregions.tables.schemas import is_required, kind_of, table_schema
from lnregions.tables.tables import REFERENCES

_ROWS = 2000
"""Rows of a sheet that have drop-downs, and most codes that they offer."""
_LISTS = {"area": load_areas, "indicator": load_indicators, "unit": load_units}
"""Codes that drop-downs offer, each a column of the sheet ``codes``; codes of one's own may be typed in."""
_NEEDED_SHEETS = ("plan", "regions", "positioning", "membership", "targets")


def write_plan_template(folder: str | Path, *, plan: str = "") -> Path:
    """Write an empty, commented plan folder, or a copy of a plan, with a workbook of its tables; return its path.

    `plan` is the id of a shipped plan, or a plan folder, to copy. A folder that holds anything or cannot be written
    is refused; nothing is left half-written.
    """
    folder, source = Path(folder), plan_folder(plan, None) if plan else TEMPLATE
    try:
        taken = os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))
        if not taken:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".plan-", dir=folder.parent) as beside:
                made = Path(beside, "plan")
                made.mkdir(mode=0o755)
                for path in filter(Path.is_file, source.iterdir()):
                    shutil.copyfile(path, made / path.name)
                _write_workbook(made)
                if folder.is_dir():
                    folder.rmdir()
                os.replace(made, folder)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = getattr(error, "strerror", None) or "not a possible name"
        what = f"The folder {shown_path(folder)} cannot be written ({reason})"
        raise DataError(f"{what}. Choose another place.") from error
    if taken:
        what = f"{shown_path(folder)} is there and not empty"
        raise DataError(f"{what}. Name a new folder; nothing is written.")
    return folder


def example_of(name: str) -> list[str]:
    """Example of each column of a table, as the template has it in a row behind a number sign."""
    *_, header, example = csv.reader((TEMPLATE / f"{name}.csv").read_text("utf-8").splitlines())
    given = dict(zip(header, [example[0].removeprefix("#"), *example[1:]], strict=True))
    return [given.get(field["name"], "") for field in table_schema(name)["fields"]]


# -- to a workbook ----


def _write_workbook(folder: Path) -> None:
    """Write the tables of a plan folder as a workbook, a sheet each, with remarks, examples and drop-downs."""
    facts, *_ = read_yaml(folder / "plan.yaml")
    keys = [(key, facts.get(key, ""), kind) for key, kind in FACTS.items()]
    sources = pd.DataFrame(facts.get("sources") or [{}]).rename(columns={"id": "source"})
    codes = [pd.Series(load()[kind], name=kind) for kind, load in _LISTS.items()]
    frames = {
        "plan": pd.DataFrame(keys, columns=["key", "value", "remark"]),
        "sources": sources.reindex(columns=SOURCE_COLUMNS),
        **{name: _rows_of(folder / f"{name}.csv") for name in ALL_TABLES},
        "codes": pd.concat(codes, axis=1),
    }
    with pd.ExcelWriter(folder / WORKBOOK, engine="openpyxl") as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
        for name in ALL_TABLES:
            _annotate(book.sheets[name], name)
        for cell in (one for sheet in book.sheets.values() for row in sheet for one in row):
            if cell.data_type == "f":  # a text that begins like a formula
                cell.data_type = "s"


def _rows_of(path: Path) -> pd.DataFrame:
    """Cells of a table under the columns of its schema, its example as a remark in front, plain numbers as numbers."""
    fields, example = table_schema(path.stem)["fields"], example_of(path.stem)
    rows = pd.DataFrame([["#" + example[0], *example[1:]]], columns=[field["name"] for field in fields])
    if path.is_file():
        cells = parse_rows(decode(read_bytes(path), path=path.name)[0], path=path.name).cells
        rows = pd.concat([rows, cells.reindex(columns=rows.columns)], ignore_index=True).fillna("")
    for name in (field["name"] for field in fields if kind_of(field) in ("number", "integer", "year")):
        numbers = pd.to_numeric(rows[name], errors="coerce")
        same = numbers.map("{:.15g}".format) == rows[name]  # written as the number would be
        rows[name] = rows[name].astype(object).mask(same, numbers)
    return rows


def column_remark(field: dict) -> str:
    """What a column holds, and its choices."""
    choices = field.get("constraints", {}).get("enum")
    listed = f" ({' | '.join(choices)})" if choices else ""
    return f"{field['description']}{listed}"


def _annotate(sheet, name: str) -> None:
    """Add remarks to the column names of a sheet, and drop-downs to its columns; needed columns are bold."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "A2"
    for head, field in zip(sheet[1], table_schema(name)["fields"], strict=True):
        head.comment, head.font = Comment(column_remark(field), "lnregions"), Font(bold=is_required(field))
        example, *cells = (sheet.cell(row, head.column) for row in range(2, sheet.max_row + 1))
        example.font = Font(italic=True, color="808080")
        if kind_of(field) in ("code", "date"):  # which Excel would write otherwise
            for one in (example, *cells, sheet.column_dimensions[head.column_letter]):
                one.number_format = "@"
        if listed := _choices(name, field):
            # a list of codes does not stop one of one's own, or several apart by blanks
            rule = DataValidation("list", formula1=listed, showErrorMessage=listed.startswith('"'))
            rule.add(f"{head.column_letter}3:{head.column_letter}{_ROWS}")
            sheet.add_data_validation(rule)


def _choices(name: str, field: dict) -> str:
    """What a drop-down of a column offers: words, or a range of cells with codes; empty for none."""
    words = ["yes", "no"] if kind_of(field) == "boolean" else field.get("constraints", {}).get("enum", [])
    if words:
        return "" if "," in "".join(words) else f'"{",".join(words)}"'
    kinds = ("unit",) if field["name"] == "unit" else REFERENCES.get(name, {}).get(field["name"], "").split()
    columns = {kind: f"codes!${letter}$2" for kind, letter in zip(_LISTS, "ABC", strict=True)}
    columns |= {"region": "regions!$A$3", "source": "sources!$A$2"}
    first = next((columns[kind] for kind in reversed(kinds) if kind in columns), "")
    return first and f"{first}:{first.split('!')[1][:3]}{_ROWS}"


# -- from a workbook ----


def read_plan_workbook(book: str | Path, folder: str | Path, *, replace: bool = False) -> Path:
    """Make a plan folder of a workbook with a sheet a table; row n of a sheet is line n of its file.

    The workbook has the sheets ``plan``, ``sources`` and one for each table, as a new plan folder has it. Tables that
    the folder has are written anew if `replace` is true, else refused; its other files stay, and so does a table whose
    sheet has no row. What the cells say is checked by ``lnregions check``.
    """
    folder = home(folder)
    files = _texts_of(home(book), folder)
    if not replace and any(os.path.lexists(folder / name) for name in files):
        what = f"{shown_path(folder)} has tables already"
        raise DataError(f"{what}. Name a new folder, or give --replace to write them anew from the workbook.")
    for name, text in files.items():
        save_file(folder / name, text)
    return folder


def _texts_of(path: Path, folder: Path) -> dict[str, str]:
    """Content of each file of a plan folder that a workbook describes."""
    sheets = _sheets_of(path)
    filled = {
        name: any(row and any(row) and not row[0].startswith("#") for row in sheets.get(name, [])[1:])
        for name in ALL_TABLES
    }
    if not any(filled.values()):
        what = "no sheet has a row (one that begins with a number sign is a remark)"
        warn_input([f"{shown_path(path)}: {what}. Fill in regions or targets, and read it again."])
    facts = {row[0]: row[1] for row in sheets["plan"][1:] if row and row[0] and len(row) > 1 and row[1]}
    header, *rows = sheets.get("sources") or [SOURCE_COLUMNS]
    header = ["id" if name == "source" else name for name in header]
    facts["sources"] = [dict(zip(header, row, strict=False)) for row in rows if any(row)]
    files = {"plan.yaml": yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1000)}
    for name in ALL_TABLES:
        rows, text = sheets.get(name, []), io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        if filled[name] or (name in _NEEDED_SHEETS and not (folder / f"{name}.csv").exists()):
            files[f"{name}.csv"] = text.getvalue().rstrip("\n") + "\n"
    return files


def _sheets_of(path: Path) -> dict[str, list[list[str]]]:
    """Rows of the sheets of a workbook as text, by name."""
    import openpyxl

    shown, data = shown_path(path), read_bytes(path)
    try:
        values, formulas = (openpyxl.load_workbook(io.BytesIO(data), data_only=one) for one in (True, False))
    except Exception as error:  # those of zipfile, XML and openpyxl have no common class
        what = f"this is no workbook that can be read ({type(error).__name__})"
        remedy = "Give the path of an .xlsx file, as Excel saves it."
        raise DataError([Fault(f"{what}. {remedy}", shown)]) from None
    names, sheets, faults, said = ("plan", "sources", *ALL_TABLES, "codes"), {}, [], []
    unread = []
    for sheet in values.worksheets:
        name = sheet.title.strip().casefold()
        if name in names:
            sheets[name] = list(_cells(sheet, formulas[sheet.title], shown, faults))
            said += _hidden(sheet, len(sheets[name]))
        elif close := difflib.get_close_matches(name, names, n=1, cutoff=0.6):
            faults.append(Fault(f"the sheet {quote(sheet.title)} is not read. Name it {close[0]}.", shown))
        else:
            unread.append(sheet.title)
    missing = [name for name in _NEEDED_SHEETS if name not in sheets]
    others = f" (not read are: {', '.join(unread)})" if unread else ""
    remedy = f"Name it so{others}, or take it from a new plan folder."
    refuse_any(faults + [Fault(f"the sheet {name} is missing. {remedy}", shown) for name in missing])
    said += [f"sheets that are not read: {', '.join(unread)}"] if unread else []
    warn_input(f"{shown}: {one}" for one in said)
    return sheets


def _hidden(sheet, rows: int) -> list[str]:
    """Sentence on what of a sheet is hidden in Excel, by hand or by a filter, and is read all the same."""
    lines = [f"row {n}" for n, one in sheet.row_dimensions.items() if one.hidden and n <= rows]
    columns = [f"column {name}" for name, one in sheet.column_dimensions.items() if one.hidden]
    hidden = ["the whole sheet"] * (sheet.sheet_state != "visible") + columns + lines
    more = ", ..." * (len(hidden) > 5)
    return [f"sheet {sheet.title}: hidden, but read: {', '.join(hidden[:5])}{more}"] if hidden else []


def _cells(sheet, formulas, path: str, faults: list[Fault]) -> Iterator[list[str]]:
    """Rows of a sheet as text; a fault for each formula without a value and each merged range."""
    for merged in sheet.merged_cells.ranges:
        text = f"sheet {sheet.title}: the cells {merged} are merged. Undo that, and fill in each of them."
        faults.append(Fault(text, path))
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None and formulas[cell.coordinate].value is not None:
                what = f"sheet {sheet.title}: {cell.coordinate} holds a formula that was never computed"
                faults.append(Fault(f"{what}. Save the workbook in Excel, or write the value.", path))
        cells = [_text(cell) for cell in row]
        yield cells if any(cells) else []


def _text(cell) -> str:
    """Text of a cell, as it would stand in a CSV file; a percentage keeps its sign, for the reader to refuse."""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float):
        percent = "%" in cell.number_format
        return f"{value * (100 if percent else 1):.15g}{'%' * percent}"
    return "" if value is None else " ".join(str(value).split())
