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

import yaml

from lnregions.errors import DataError, Fault, quote, refuse_any, shown_path
from lnregions.files import write_whole
from lnregions.tables.codebook import load_areas, load_indicators, load_units
from lnregions.tables.plan_facts import FACTS, SOURCE_COLUMNS, read_yaml
from lnregions.tables.plan_folders import TABLES, TEMPLATE, WORKBOOK, plan_folder
from lnregions.tables.schemas import is_required, kind_of, table_schema
from lnregions.tables.tables import REFERENCES

OWN_TABLES = ("areas", "indicators", "observations", "bounds")
"""Tables that a plan may lack, besides that of statements."""
_ROWS = 2000
"""Rows of a sheet that have drop-downs."""
_LISTS = {"area": load_areas, "indicator": load_indicators, "unit": load_units}
"""Codes that drop-downs offer, each a column of the sheet ``codes``; codes of one's own may be typed in."""
_NEEDED_SHEETS = ("plan", *TABLES[:-1])


def write_plan_template(folder: str | Path, *, plan: str = "") -> Path:
    """Write an empty, commented plan folder, or a copy of a plan, with a workbook of its tables; return its path.

    Parameters
    ----------
    folder : str or path
        Folder to make; it may exist if it is empty.
    plan : str, optional
        Id of a shipped plan, or a plan folder, to copy.

    Raises
    ------
    DataError
        If the folder holds anything, or cannot be written, or there is no such plan. Nothing is left half-written.
    """
    folder, source = Path(folder), plan_folder(plan, None) if plan else TEMPLATE
    try:
        taken = os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir()))
        if not taken:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".plan-", dir=folder.parent) as beside:
                made = Path(beside, "plan")
                made.mkdir(mode=0o755)
                for path in source.iterdir():
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
    """Example row of a table, as its empty one in the template has it behind a number sign."""
    *_, example = csv.reader((TEMPLATE / f"{name}.csv").read_text("utf-8").splitlines())
    return [example[0].removeprefix("#"), *example[1:]]


# -- to a workbook ----


def _write_workbook(folder: Path) -> None:
    """Write the tables of a plan folder as a workbook, a sheet each, with remarks, examples and drop-downs."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    facts, *_ = read_yaml(folder / "plan.yaml")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "plan"
    sheet.append(["key", "value", "remark"])
    for key, kind in FACTS.items():
        sheet.append([key, facts.get(key, ""), kind])
        sheet.cell(sheet.max_row, 2).number_format = "@"
    sources = [
        [one.get("id", ""), *(one.get(key, "") for key in SOURCE_COLUMNS[1:])]
        for one in facts["sources"] or []
    ]
    for row in (SOURCE_COLUMNS, *sources):
        (book["sources"] if "sources" in book else book.create_sheet("sources")).append(row)
    for name in (*TABLES, *OWN_TABLES):
        fields, sheet = table_schema(name)["fields"], book.create_sheet(name)
        example = example_of(name)
        sheet.append([field["name"] for field in fields])
        sheet.append(["#" + example[0], *example[1:]])
        path = folder / f"{name}.csv"
        header, *rows = _plain_rows(path) if path.is_file() else [[]]
        for row in rows:
            given = dict(zip(header, row, strict=False))
            sheet.append([given.get(field["name"], "") for field in fields])
        for column, field in enumerate(fields, 1):
            head = sheet.cell(1, column)
            head.comment, head.font = (
                Comment(column_remark(field), "lnregions"),
                Font(bold=is_required(field)),
            )
            sheet.cell(2, column).font = Font(italic=True, color="808080")
            if kind_of(field) in ("code", "date"):  # which Excel would write otherwise
                for (cell,) in sheet.iter_rows(2, sheet.max_row, column, column):
                    cell.number_format = "@"
                sheet.column_dimensions[head.column_letter].number_format = "@"
        sheet.freeze_panes = "A2"
    _add_drop_downs(book)
    book.save(folder / WORKBOOK)


def _plain_rows(path: Path) -> list[list[str]]:
    """Header and rows of a CSV file without its remarks."""
    rows = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
    return [row for row in rows if row and not row[0].startswith("#")]


def column_remark(field: dict) -> str:
    """What a column holds, and its choices."""
    choices = field.get("constraints", {}).get("enum")
    listed = f" ({' | '.join(choices)})" if choices else ""
    return f"{field['description']}{listed}"


def _add_drop_downs(book) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    codes, ranges = (
        book.create_sheet("codes"),
        {"region": f"regions!$A$3:$A${_ROWS}", "source": f"sources!$A$2:$A${_ROWS}"},
    )
    for column, (kind, load) in enumerate(_LISTS.items(), 1):
        values = [kind, *load()[kind]]
        for row, value in enumerate(values, 1):
            codes.cell(row, column, value)
        letter = codes.cell(1, column).column_letter
        ranges[kind] = f"codes!${letter}$2:${letter}${len(values)}"
    for name in (*TABLES, *OWN_TABLES):
        sheet = book[name]
        for column, field in enumerate(table_schema(name)["fields"], 1):
            choices = (
                ["yes", "no"] if kind_of(field) == "boolean" else field.get("constraints", {}).get("enum")
            )
            kinds = (
                ("unit",)
                if field["name"] == "unit"
                else REFERENCES.get(name, {}).get(field["name"], "").split()
            )
            of = next((ranges[kind] for kind in reversed(kinds) if kind in ranges), None)
            if not choices and not of:
                continue
            listed = f'"{",".join(choices)}"' if choices and all("," not in one for one in choices) else of
            if listed:
                # a list of codes does not stop one of one's own, or several apart by blanks
                rule = DataValidation(
                    "list", formula1=listed, allow_blank=True, showErrorMessage=bool(choices)
                )
                sheet.add_data_validation(rule)
                letter = sheet.cell(1, column).column_letter
                rule.add(f"{letter}3:{letter}{_ROWS}")


# -- from a workbook ----


def read_plan_workbook(book: str | Path, folder: str | Path, *, replace: bool = False) -> Path:
    """Make a plan folder of a workbook with a sheet a table; row n of a sheet is line n of its file.

    Parameters
    ----------
    book : str or path
        Workbook (.xlsx) with the sheets ``plan``, ``sources`` and one for each table, as a new plan folder has it.
    folder : str or path
        Folder to make, or whose facts and tables are replaced if `replace` is true; its other files stay, and so does
        a table that may be lacking whose sheet has no row.

    Raises
    ------
    DataError
        If it is no such workbook, with all that is wrong with its sheets; if the folder has tables and `replace` is
        false. Nothing is written then. What the cells say is checked by ``lnregions check``.
    """
    folder, files = Path(folder), _texts_of(Path(book))
    if not replace and folder.is_dir() and any((folder / name).exists() for name in files):
        what = f"{shown_path(folder)} has tables already"
        raise DataError(f"{what}. Name a new folder, or give --replace to write them anew from the workbook.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_whole(folder / name, text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible name"
        raise DataError(
            f"The folder {shown_path(folder)} cannot be written ({reason}). Choose another."
        ) from error
    return folder


def _texts_of(path: Path) -> dict[str, str]:
    """Content of each file of the plan folder that a workbook describes."""
    import openpyxl

    shown = shown_path(path)
    try:
        values, formulas = (openpyxl.load_workbook(path, data_only=plain) for plain in (True, False))
    except Exception as error:  # those of zipfile, XML and openpyxl have no common class
        what = f"this is no workbook that can be read ({type(error).__name__})"
        raise DataError(
            [Fault(f"{what}. Give the path of an .xlsx file, as Excel saves it.", shown)]
        ) from None
    names, sheets = ("plan", "sources", *TABLES, *OWN_TABLES, "codes"), {}
    faults = []
    for sheet in values:
        name = sheet.title.strip().casefold()
        if name in names:
            sheets[name] = list(_cells(sheet, formulas[sheet.title], shown, faults))
        elif close := difflib.get_close_matches(name, names, n=1, cutoff=0.6):
            faults.append(Fault(f"the sheet {quote(sheet.title)} is not read. Name it {close[0]}.", shown))
    missing = [name for name in _NEEDED_SHEETS if name not in sheets]
    faults += [
        Fault(f"the sheet {name} is missing. Take it from a new plan folder.", shown) for name in missing
    ]
    refuse_any(faults)
    facts = {row[0]: row[1] for row in sheets["plan"][1:] if row and row[0] and len(row) > 1 and row[1]}
    header, *rows = sheets.get("sources") or [SOURCE_COLUMNS]
    header = ["id" if name == "source" else name for name in header]
    facts["sources"] = [dict(zip(header, row, strict=False)) for row in rows if any(row)]
    files = {"plan.yaml": yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1000)}
    for name in (*TABLES, *OWN_TABLES):
        rows, text = sheets.get(name, []), io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        filled = any(row and any(row) and not row[0].startswith("#") for row in rows[1:])
        if filled or name in _NEEDED_SHEETS:
            files[f"{name}.csv"] = text.getvalue().rstrip("\n") + "\n"
    return files


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
