"""Tables as files: CSV, Excel, Word, HTML, LaTeX, Markdown and PNG, of one or several tables at a time.

Cells are those that readers see. In CSV and Excel a printed number is one that a spreadsheet can count with, and a
dash is an empty cell; the unit stands in a column of its own or in the heading.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from matplotlib.lines import Line2D
from wcwidth import wcswidth

from lnregions.errors import unknown
from lnregions.files import save_file
from lnregions.formats import LOCALES, data_csv, dateless_office, encode, plain_markdown, word_document
from lnregions.style import (
    BORDER,
    MM,
    SIMPLIFIED,
    figure,
    font_files,
    missing_glyphs,
    set_fonts,
    text_width,
    wrap,
)
from lnregions.words.catalogue import tr

FORMATS = {
    "csv": ".csv", "xlsx": ".xlsx", "docx": ".docx", "html": ".html", "latex": ".tex", "markdown": ".md",
    "png": ".png",
}  # fmt: skip
"""Ending of each format."""
BINARY = ("xlsx", "docx", "png")
"""Formats that are no text."""
DASH = "—"
"""Printed where there is nothing to print."""
WIDEST = 60
"""Columns of text up to which a column of a file is made wide; longer cells are wrapped."""
_ROW_POINTS, _FILLED, _MOST_POINTS = 15, 0.9, 409
"""Height of a line of a spreadsheet, which not all programs find by themselves, part of a wrapped line in use, and
height of a row that Excel allows (its specifications and limits)."""
_NUMBER = re.compile(r"([−+-]?)(\d[\d,]*)(\.\d+)?(%?)", re.ASCII)
_AMOUNT = r"^(?:([^\W\d][^\d−+-]*?) ?)?([−+-]?\d[\d,]*(?:\.\d+)?) ?((?:%|[^\W\d])\D*|(?<=\d))$"
"""How a printed amount is meant, such as ``at least``, its number, and its unit."""
_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "[": "{[}"}
_LATEX |= {"−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$"}
_LATEX = str.maketrans(_LATEX | {sign: f"\\{sign}" for sign in "&%$#_{}"})
_SHEET_NAME = 28
"""Characters of a sheet's name, less than the 31 that Excel allows, so that a number may follow."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_STYLE = (
    "@page{size:A4 landscape;margin:10mm}body{margin:1.5em;font:13px/1.4 'Noto Sans SC','Microsoft YaHei',"
    "'Helvetica Neue',Arial,sans-serif}table{margin-top:1em}thead{background:#f1f3f5}"
    "@media print{body{margin:0;font-size:11px}tr,table~table{break-inside:avoid}}"
)
PAGE_MM = 273
"""Width of a table in Word: that of a landscape A4 page within its margins."""
PRINTED, _MARGINS = 7, 7
"""Points of the letters of a table in Word, and of the margins of a cell, left and right together."""
_POINTS, _WIDEST_POINTS = 8, 280
"""Size of the letters of a table as a picture, and width of a column from which on its cells are wrapped."""
_WORD = re.compile(r"\d{4}-\d{4}|[^\s\u2e80-\uffef-]+-?|[\u2e80-\uffef]{1,5}")
"""What stays on one line: years, a word, five Chinese characters."""


def save_tables(tables: Sequence, path: Path | str, *, form: str = "") -> Path:
    """Write tables into one file; of CSV each further table into its own, ``name-2.csv``.

    Parameters
    ----------
    tables : sequence of Table
    path : path
        Its folder is made; its ending is the format where `form` names none.
    form : {"csv", "xlsx", "docx", "html", "latex", "markdown", "png"}
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
    for number, content in enumerate([table_content(part, form) for part in parts], 1):
        save_file(path.with_stem(f"{path.stem}-{number}") if number > 1 else path, content)
    return path


def table_content(tables: Sequence, form: str) -> str | bytes:
    """Return the content of a file of tables in a format: bytes of the `BINARY` ones, text of the others."""
    if form not in FORMATS:
        raise unknown("format", form, list(FORMATS))
    make = {"csv": _csv, "xlsx": _xlsx, "docx": _docx, "html": _html, "latex": _latex, "markdown": _markdown}
    return (make | {"png": _png})[form](tables)


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


def _units_apart(table):
    """Table with the unit of each printed amount, and how it is meant, in columns of their own beside the number.

    A column of nothing but numbers and per cent keeps its signs, which spreadsheets count with.
    """
    frame = table.frame.astype(str)
    for name in table.numbers:
        cells, amounts = frame[name], frame[name].str.extract(_AMOUNT)
        place, meant = frame.columns.get_loc(name), amounts[0].notna().any()
        if set(amounts[2].dropna()) - {"%", ""} or meant:
            frame.insert(place + 1, tr("{name}, unit", table.language, name=name), amounts[2].fillna(""))
            frame[name] = amounts[1].fillna("" if meant else cells)
        if meant:  # words without a number, such as a rise, stand there alone
            words = amounts[0].where(amounts[1].notna(), cells).fillna("")
            frame.insert(place, tr("{name}, meant as", table.language, name=name), words)
    return replace(table, frame=frame)


def _widths(table) -> dict[str, int]:
    """Columns of text that each column of a spreadsheet wants, within limits."""
    cells = table.frame.astype(str)
    return {name: min(max(map(wcswidth, [str(name), *cells[name]])), WIDEST) + 2 for name in cells}


def _shares(table, width_mm: float = PAGE_MM) -> dict[str, float]:
    """Share of a page's width for each column: room for its longest word, and of the rest in proportion to its text.

    Together they are one, or less where the text needs no more.
    """
    least, more = {}, {}
    for name, cells in table.frame.astype(str).items():
        words = {word for cell in (str(name), *cells) for word in _WORD.findall(cell)}
        longest = max((text_width(word, PRINTED, bold=True) for word in words), default=0)
        filled = max(text_width(cell, PRINTED) for cell in (str(name), *cells))
        least[name] = _MARGINS + min(longest, _WIDEST_POINTS / 2)  # addresses break
        more[name] = max(_MARGINS + 1.1 * filled - least[name], 0)  # bold, and other fonts, are wider
    page = width_mm * 72 * MM
    room = min(max(page - sum(least.values()), 0) / max(sum(more.values()), 1), 1)
    widths = {name: least[name] + more[name] * room for name in least}
    return {name: width / max(page, sum(widths.values())) for name, width in widths.items()}


def _csv(tables) -> str:
    parts = []
    for table in map(_units_apart, tables):
        counted = table.frame[list(table.numbers)].replace(DASH, "").map(
            lambda cell: re.sub("[,+]", "", cell).replace("−", "-") if cell_number(cell) else cell
        )  # fmt: skip
        parts.append(data_csv(table.frame.assign(**counted)))
    return "\ufeff" + "\n".join(parts)


def _html(tables) -> str:
    """Page that needs nothing beside it."""
    body = "\n".join(table.to_html() for table in tables)
    return (
        f'<!DOCTYPE html>\n<html lang="{LOCALES[tables[0].language]}"><head><meta charset="utf-8">'
        f"<title>{escape(tables[0].title or 'lnregions')}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _markdown(tables) -> str:
    def cell(text: object) -> str:
        return plain_markdown(str(text)).replace("|", "\\|")

    parts = []
    for table in tables:
        sides = ["right" if name in table.numbers else "left" for name in table.frame]
        drawn = table.frame.map(cell).rename(columns=cell).to_markdown(
            index=False, disable_numparse=True, colalign=sides if len(table.frame) else None
        )  # fmt: skip
        parts += [f"**{plain_markdown(table.title)}**" * bool(table.title), drawn, plain_markdown(table.note)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _latex(tables) -> str:
    """Long tables to input, their columns as wide as what they hold, together a line."""

    def cell(text: object) -> str:
        return " ".join(str(text).split()).translate(_LATEX)

    lines = ["% Needs the packages array, booktabs, caption and longtable; Chinese needs ctex and XeLaTeX."]
    for table in tables:
        columns = "".join(
            rf">{{\{'raggedleft' if name in table.numbers else 'raggedright'}\arraybackslash{{}}}}"
            rf"p{{\dimexpr {share:.4f}\linewidth-2\tabcolsep}}"
            for name, share in _shares(table).items()
        )
        head = " & ".join(rf"\textbf{{{cell(name)}}}" for name in table.frame)
        lines += [
            r"{\footnotesize\setlength{\tabcolsep}{3.5pt}",
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            *([rf"\caption*{{{cell(table.title)}}}\\"] if table.title else ()),
            rf"\toprule {head} \\ \midrule\endhead",
            *(" & ".join(map(cell, row)) + r" \\" for row in table.frame.to_numpy()),
            r"\bottomrule\end{longtable}",
            rf"{cell(table.note)}\par}}",
        ]
    return "\n".join(lines) + "\n"


def _png(tables) -> bytes:
    """Picture of the tables one below the other, in the bundled font: as wide and high as what they hold."""
    words, rules, top, widest = [], [], 2 * _POINTS, 0.0
    for table in tables:
        frame = table.frame.astype(str).map(_printable)
        widths = {name: text_width(str(name), _POINTS, bold=True) for name in frame}
        for name, least in widths.items():
            lines = (line for cell in frame[name] for line in wrap(cell, _WIDEST_POINTS, _POINTS))
            widths[name] = _POINTS + max([least, *(text_width(line, _POINTS) for line in lines)])
        page = PAGE_MM * 72 * MM * _POINTS / PRINTED
        if sum(widths.values()) > page:
            widths = {name: share * page for name, share in _shares(table).items()}
        span = sum(widths.values())
        rows = [[table.title], list(frame), *frame.to_numpy().tolist(), [_printable(table.note)]]
        for place, row in enumerate(rows):
            columns = widths if 0 < place < len(rows) - 1 else {"": max(span, _WIDEST_POINTS)}
            left, bottom = _POINTS, top
            for (name, width), cell in zip(columns.items(), row, strict=True):
                right, room = name in table.numbers, width - _POINTS
                lines = wrap(cell, room + 0.1, _POINTS, bold=place < 2)
                for number, line in enumerate(lines if cell else ()):
                    words.append((left + room * right, top + number * 1.3 * _POINTS, line, right, place < 2))
                    bottom = max(bottom, top + (number + 1.6) * 1.3 * _POINTS)
                left += width
            rules += [(bottom - 1.4 * _POINTS, span)] * (0 < place < len(rows) - 1)
            top, widest = bottom, max(widest, left)
        top += 1.3 * _POINTS
    height = (top - 1.6 * _POINTS) / 72 / MM
    sheet = figure(max(widest / 72 / MM, 40), height_mm=height, language=tables[0].language)
    across, down = (72 * side for side in sheet.get_size_inches())
    for x, y, line, right, bold in words:
        sheet.text(
            x / across, 1 - y / down, line, size=_POINTS, weight="bold" if bold else "normal",
            ha="right" if right else "left", parse_math=False,
        )  # fmt: skip
    for y, span in rules:
        ends = [_POINTS / across, span / across], [1 - y / down] * 2
        sheet.add_artist(Line2D(*ends, color=BORDER, linewidth=0.4))
    font_files()
    for text in sheet.texts:
        set_fonts(text)
    return encode(sheet, ["png"], title=tables[0].title)["png"]


def _printable(words: str) -> str:
    """Words with a sign in place of each character that no font has."""
    words = words.translate(SIMPLIFIED)
    return words.translate(dict.fromkeys(map(ord, missing_glyphs(words)), "□"))


# -- Word and Excel -----------------------------------------------------------------------------------------


def _docx(tables) -> bytes:
    """Landscape pages with a heading, the table and its note for each."""
    document = word_document(tables[0].language, title=printable_xml(tables[0].title), landscape=True)
    for table in tables:
        if table.title:
            document.add_heading(printable_xml(table.title), level=2)
        add_word_table(document, table)
        document.add_paragraph(printable_xml(table.note))
    return dateless_office(document)


def add_word_table(document, table, *, width_mm: float = PAGE_MM) -> None:
    """Add a ruled table to a Word file, at most so wide: its headings on every page again, no row over two pages."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Mm, Pt

    shares = _shares(table, width_mm)
    drawn = document.add_table(rows=0, cols=len(shares), style="Table Grid")
    drawn.autofit = False
    sides = "".join(f'<w:{side} w:w="{_MARGINS * 10}" w:type="dxa"/>' for side in ("left", "right"))
    margins = parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>")
    drawn._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
    for column, share in zip(drawn.columns, shares.values(), strict=True):
        column.width = Mm(width_mm * share)  # which LibreOffice reads, as Word reads those of the cells
    for row in [list(table.frame), *table.frame.to_numpy()]:
        line = drawn.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, (name, share), value in zip(line.cells, shares.items(), row, strict=True):
            cell.width = Mm(width_mm * share)
            paragraph = cell.paragraphs[0]
            paragraph.add_run(printable_xml(value)).font.size = Pt(PRINTED)
            paragraph.paragraph_format.space_after = Pt(0)
            if name in table.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    drawn.rows[0]._tr.trPr.append(OxmlElement("w:tblHeader"))
    for cell in drawn.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True


def printable_xml(words: object) -> str:
    """Text without the control characters that XML cannot hold."""
    return _CONTROL.sub("", str(words))


def _xlsx(tables) -> bytes:
    """Workbook with a sheet a table: headings frozen, cells wrapped, numbers as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        name = re.sub(r"[\[\]:*?/\\']", " ", printable_xml(table.title)) or "Table"
        name = name if len(name) <= _SHEET_NAME else f"{name[: _SHEET_NAME - 1]}…"
        _fill_sheet(book.create_sheet(name), _units_apart(table))
    book.properties.creator = "lnregions"
    return dateless_office(book)


def _fill_sheet(sheet, table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, row in enumerate([list(table.frame), *table.frame.to_numpy()], 1):
        sheet.append([printable_xml(cell) for cell in row])
        lines = max(wcswidth(str(cell)) for cell in row) / (_FILLED * WIDEST)
        sheet.row_dimensions[number].height = min(_ROW_POINTS * max(1, math.ceil(lines)), _MOST_POINTS)
    for (name, width), column in zip(_widths(table).items(), sheet.columns, strict=True):
        sheet.column_dimensions[column[0].column_letter].width = width
        column[0].font, column[0].fill = Font(bold=True), PatternFill("solid", fgColor="F1F3F5")
        for cell in column:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if name in table.numbers and (number := cell_number(cell.value)):
                cell.value, cell.number_format = number
            elif name in table.numbers and cell.value == DASH:
                cell.value = None
            elif cell.data_type == "f":
                cell.data_type = "s"  # text that would be run as a formula
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    for number, words in enumerate(filter(None, (table.title, table.note)), sheet.max_row + 2):
        sheet.cell(number, 1, printable_xml(words))
