"""Tables as files: CSV, Excel, Word, HTML, LaTeX and Markdown, of one or several tables at a time.

Cells are those that readers see. In CSV and Excel a printed number is one that a spreadsheet can count with, and a
dash is an empty cell; the unit stands in a column of its own or in the heading.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from wcwidth import wcswidth

from lnregions.errors import DataError, unknown
from lnregions.figures import data_csv, dateless_office, plain_markdown
from lnregions.files import save_file
from lnregions.words.catalogue import tr

FORMATS = {
    "csv": ".csv", "xlsx": ".xlsx", "docx": ".docx", "html": ".html", "latex": ".tex", "markdown": ".md",
}  # fmt: skip
"""Ending of each format."""
DASH = "—"
"""Printed where there is nothing to print."""
WIDEST = 40
"""Columns of text up to which a column of a file is made wide; longer cells are wrapped."""
_NUMBER = re.compile(r"([−+-]?)(\d[\d,]*)(\.\d+)?(%?)", re.ASCII)
_AMOUNT = r"^([−+-]?\d[\d,]*(?:\.\d+)?) ?([^\W\d][^\d]*)$"
_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_{}"
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_EAST_ASIAN = "Microsoft YaHei"


def save_tables(tables: Sequence, path: Path | str, *, form: str = "") -> Path:
    """Write tables into one file; of CSV each further table into its own, ``name-2.csv``.

    Parameters
    ----------
    tables : sequence of Table
    path : path
        Its folder is made; its ending is the format where `form` names none.
    form : {"csv", "xlsx", "docx", "html", "latex", "markdown"}
        CSV begins with a byte order mark, without which Excel takes Chinese for another encoding.

    Raises
    ------
    DataError
        If the format is unknown, or Word is wanted and python-docx is missing.
    """
    path = Path(path)
    if not form:
        names = {ending: name for name, ending in FORMATS.items()}
        if path.suffix.lower() not in names:
            raise unknown("ending of a table's file", path.suffix or path.name, list(names))
        form = names[path.suffix.lower()]
    parts = [[table] for table in tables] if form == "csv" else [list(tables)]
    contents = [table_content(part, form) for part in parts]
    for number, content in enumerate(contents, 1):
        save_file(path.with_stem(f"{path.stem}-{number}") if number > 1 else path, content)
    return path


def table_content(tables: Sequence, form: str) -> str | bytes:
    """Return the content of a file of tables in a format; text for all but Excel and Word."""
    if form not in FORMATS:
        raise unknown("format", form, list(FORMATS))
    make = {"csv": _csv, "xlsx": _xlsx, "docx": _docx, "html": _html, "latex": _latex, "markdown": _markdown}
    return make[form](tables)


def cell_number(cell: str) -> tuple[float, str] | None:
    """Return the value of a printed number and how a spreadsheet shows it alike; None for any other text.

    Examples
    --------
    >>> cell_number("−1,234.50"), cell_number("85.5%"), cell_number("≥85")
    ((-1234.5, '0.00'), (0.855, '0.0%'), None)
    """
    hit = _NUMBER.fullmatch(cell)
    if not hit:
        return None
    sign, whole, fraction, percent = (part or "" for part in hit.groups())
    places = len(fraction) - 1 if fraction else 0
    value = float(f"{'-' * (sign in ('−', '-'))}{whole.replace(',', '')}{fraction}")
    shown = "0." + "0" * places if places else "0"
    return (round(value / 100, places + 2), shown + "%") if percent else (value, shown)


def _csv(tables) -> str:
    tables = map(units_apart, tables)
    return "\ufeff" + "\n".join(data_csv(table.frame.apply(_counted, args=(table,))) for table in tables)


def units_apart(table):
    """Return the table with the unit of each printed amount in a column of its own, beside the number."""
    frame = table.frame.astype(str)
    for name in table.numbers:
        amounts = frame[name].str.extract(_AMOUNT)
        printed = amounts[0].notna()
        if printed.any():
            unit = tr("{name}, unit", table.language, name=name)
            frame.insert(frame.columns.get_loc(name) + 1, unit, amounts[1].fillna(""))
            frame[name] = amounts[0].where(printed, frame[name])
    return replace(table, frame=frame)


def _counted(column, table):
    """Cells of a column as a spreadsheet reads them: numbers of columns of numbers, without dashes."""
    if column.name not in table.numbers:
        return column.astype(str)
    plain = column.astype(str).replace(DASH, "")
    return plain.map(
        lambda cell: cell.replace("−", "-").replace(",", "").lstrip("+") if cell_number(cell) else cell
    )


def _widths(table) -> list[int]:
    """Columns of text that each column wants, within limits."""
    return [
        min(max(map(wcswidth, [str(name), *table.frame[name].astype(str)])), WIDEST) + 2
        for name in table.frame
    ]


# -- for reading --------------------------------------------------------------------------------------------


def _html(tables) -> str:
    """Page that needs nothing beside it."""
    title = escape(tables[0].title or "lnregions")
    style = (
        "@page{size:A4 landscape;margin:10mm}body{margin:1.5em;font:13px/1.4 'Noto Sans SC','Microsoft YaHei',"
        "'Helvetica Neue',Arial,sans-serif}table{margin-top:1em}thead{background:#f1f3f5}"
        "@media print{body{margin:0;font-size:11px}tr,table~table{break-inside:avoid}}"
    )
    body = "\n".join(table.to_html() for table in tables)
    return (
        f'<!DOCTYPE html>\n<html lang="{_code(tables)}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _code(tables) -> str:
    return "zh-CN" if tables[0].language == "zh" else "en-GB"


def _markdown(tables) -> str:
    from tabulate import tabulate

    parts = []
    for table in tables:
        rows = [[_markdown_cell(cell) for cell in row] for row in table.frame.astype(str).to_numpy()]
        sides = ["right" if name in table.numbers else "left" for name in table.frame]
        drawn = tabulate(
            rows, [_markdown_cell(str(name)) for name in table.frame], tablefmt="pipe", disable_numparse=True,
            colalign=sides if rows else None,
        )  # fmt: skip
        title = f"**{plain_markdown(table.title)}**" if table.title else ""
        parts += [part for part in (title, drawn, plain_markdown(table.note)) if part]
    return "\n\n".join(parts) + "\n"


def _markdown_cell(cell: str) -> str:
    return plain_markdown(cell).replace("|", "\\|")


def _latex(tables) -> str:
    """Long tables to input, their columns as wide as what they hold, together a line."""
    lines = ["% Needs the packages array, booktabs, caption and longtable; Chinese needs ctex and XeLaTeX."]
    for table in tables:
        widths = _widths(table)
        columns = "".join(
            rf">{{\{'raggedleft' if name in table.numbers else 'raggedright'}\arraybackslash}}"
            rf"p{{\dimexpr {width / sum(widths):.4f}\linewidth-2\tabcolsep}}"
            for name, width in zip(table.frame, widths, strict=True)
        )
        head = " & ".join(rf"\textbf{{{_latex_text(str(name))}}}" for name in table.frame)
        lines += [
            r"{\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
        ]
        lines += [rf"\caption*{{{_latex_text(table.title)}}}\\"] if table.title else []
        lines += [r"\toprule", rf"{head} \\", r"\midrule\endhead"]
        for row in table.frame.astype(str).to_numpy():
            lines.append(" & ".join(_latex_text(cell) for cell in row) + r" \\")
        lines += [r"\bottomrule", r"\end{longtable}"]
        lines += [_latex_text(table.note) + r"\par}" if table.note else "}"]
    return "\n".join(lines) + "\n"


def _latex_text(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in " ".join(text.split()))


# -- Word ---------------------------------------------------------------------------------------------------


def _docx(tables) -> bytes:
    try:
        import docx
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm
    except ImportError:
        raise DataError(
            "A Word file needs python-docx, which is not installed. "
            "Install it with: pip install 'lnregions[docx]'."
        ) from None
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(12)
    _set_language(document, _code(tables))
    document.core_properties.title = _clean(tables[0].title)
    for table in tables:
        if table.title:
            document.add_heading(_clean(table.title), level=2)
        _add_table(document, table, width=Mm(273))
        document.add_paragraph(_clean(table.note))
    return dateless_office(document)


def _add_table(document, table, *, width) -> None:
    """Add a table with ruled cells, as wide as the page, whose heading stands on every page again."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Emu, Pt

    widths = _widths(table)
    drawn = document.add_table(rows=0, cols=len(widths))
    drawn.style, drawn.autofit = "Table Grid", False
    for place, row in enumerate([list(table.frame), *table.frame.to_numpy()]):
        added = drawn.add_row()
        if not place:
            added._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, name, value, share in zip(added.cells, table.frame, row, widths, strict=True):
            cell.width = Emu(int(width * share / sum(widths)))
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(_clean(value))
            run.font.size, run.bold = Pt(7), not place
            paragraph.paragraph_format.space_after = Pt(0)
            if name in table.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _set_language(document, code: str) -> None:
    """Set the language for spelling checks and screen readers, and a font that has Chinese characters."""
    from docx.oxml.ns import qn

    document.core_properties.language = code
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
        fonts.set(qn("w:eastAsia"), _EAST_ASIAN)
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), code)
        lang.set(qn("w:eastAsia"), "zh-CN")


def _clean(words: object) -> str:
    """Text without the control characters that XML cannot hold."""
    return _CONTROL.sub("", str(words))


# -- Excel --------------------------------------------------------------------------------------------------


def _xlsx(tables) -> bytes:
    """Workbook with a sheet a table: headings frozen, cells wrapped, numbers as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        name = re.sub(r"[\[\]:*?/\\']", " ", _clean(table.title))[:28] or "Table"
        _fill_sheet(book.create_sheet(name), table)
    book.properties.creator = "lnregions"
    return dateless_office(book)


def _fill_sheet(sheet, table) -> None:
    table = units_apart(table)
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([_clean(name) for name in table.frame])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F1F3F5")
    for row in table.frame.astype(str).to_dict("records"):
        cells = [
            (cell_number(cell) if name in table.numbers else None, name, cell) for name, cell in row.items()
        ]
        empty = {name for number, name, cell in cells if cell == DASH and name in table.numbers}
        sheet.append([
            number[0] if number else None if name in empty else _clean(cell) for number, name, cell in cells
        ])  # fmt: skip
        for (number, _, _), cell in zip(cells, sheet[sheet.max_row], strict=True):
            cell.number_format = number[1] if number else "General"
            cell.data_type = cell.data_type.replace("f", "s")  # no formula
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for place, width in enumerate(_widths(table), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    if table.note:
        sheet.append([])
        sheet.cell(sheet.max_row + 2, 1, _clean(table.note))
