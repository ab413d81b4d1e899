"""Tables as a reader sees them: HTML in a notebook or page, text in a terminal, great-tables for the rest."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import pandas as pd

from lnregions.style import STATUSES
from lnregions.style.palette import BORDER, MUTED
from lnregions.words import text
from lnregions.words.catalogue import trn
from lnregions.words.texts import lines_within

_CELL = "padding:3px 10px 3px 0;vertical-align:top;border-bottom:1px solid #e3e6ea;text-align:"
_UNFOLD = "<style>@media print{.ln-fold::details-content{content-visibility:visible;display:block}}</style>"
ONE_LINE = 20
"""Columns of text up to which the cells of a column are kept on one line."""
MOST_STATUS = 24
"""Columns of a terminal at which a status with what qualifies it is wrapped."""
MANY = 10
"""Columns from which on a table is set small, each column as narrow as its words allow."""
LEAST_LAST = 30
"""Columns of a terminal that the last column of a table of text always has."""


def columns_of(words: Iterable[str]) -> int:
    """Columns of a terminal that the widest of some words takes."""
    from wcwidth import wcswidth  # with tables of all characters, which a picture does not need

    return max(map(wcswidth, words), default=0)


def _folded(cells: pd.Series, width: int) -> pd.Series:
    """Cells in lines of at most `width` columns: no number is broken, and no line opens with a comma."""
    return cells.map(lambda cell: "\n".join(lines_within(cell, width, lambda line: columns_of([line]))))


@dataclass(frozen=True)
class Table:
    """A table ready to be read: text in every cell, and which columns are statuses or numbers.

    Shown as HTML when it is the last line of a notebook's cell; every cell is escaped.

    Attributes
    ----------
    frame : pandas.DataFrame
        Columns under readers' headings, cells as text.
    title, note : str
        A line above and one below; may be empty.
    numbers, statuses, links : tuple of str
        Columns aligned to the right; of status words in `language`; of addresses, which become links if they are
        of the web.
    language : {"en", "zh"}
    folded : bool
        Shown as its title and number of rows until it is opened; printed open.

    Examples
    --------
    >>> print(Table(pd.DataFrame({"City": ["Dalian"], "GDP": ["952"]}), numbers=("GDP",)))
    City      GDP
    ------  -----
    Dalian    952
    """

    frame: pd.DataFrame
    title: str = ""
    note: str = ""
    numbers: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    language: str = "en"
    links: tuple[str, ...] = ()
    folded: bool = False

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"{self.title}\n{self}" if self.title else str(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_text(self, *, width: int | None = None) -> str:
        """Return aligned plain text.

        With a `width` the last column is wrapped to keep the table within it; where too little is left for that, the
        cells of a row stand one below the other.
        """
        from tabulate import tabulate

        cells, limits = self.frame.astype(str), [None] * len(self.frame.columns)
        if width is not None and limits:
            # tabulate gives a heading two more columns than it has, and parts columns by two
            wide = {name: columns_of([f"{name}  ", *cells[name]]) for name in cells.columns[:-1]}
            wide |= {name: min(wide[name], MOST_STATUS) for name in self.statuses if name in wide}
            taken = sum(wide.values()) + 2 * len(wide)
            if wide and width - taken < LEAST_LAST:
                return self._records(width)
            limits = [MOST_STATUS if name in self.statuses else None for name in cells.columns]
            limits[-1] = width - taken
            cells[cells.columns[-1]] = _folded(cells.iloc[:, -1], width - taken)
        alignment = ["right" if name in self.numbers else "left" for name in self.frame.columns]
        return tabulate(
            cells.values.tolist(), list(map(str, cells.columns)), colalign=alignment if len(cells) else None,
            disable_numparse=True, maxcolwidths=limits if len(cells) else None,
        )  # fmt: skip

    def _records(self, width: int) -> str:
        """The rows one below the other, a line a cell, for a terminal that is too narrow for the columns."""
        from tabulate import tabulate

        head = columns_of(map(str, self.frame.columns))
        limits = [None, max(width - head - 2, ONE_LINE)]
        cells = self.frame.astype(str).apply(_folded, width=limits[1])
        rows = [[one for one in row.items() if one[1]] for row in cells.to_dict("records")]
        looks = {"tablefmt": "plain", "disable_numparse": True, "maxcolwidths": limits}
        return "\n\n".join(tabulate(row, **looks) for row in rows)

    def to_html(self) -> str:
        """Return HTML that carries its own looks and nothing active."""
        looks = {name: self._looks(name) for name in self.frame.columns}
        head = "".join(
            f"<th scope='col' style='{look}'>{escape(str(name))}</th>" for name, look in looks.items()
        )
        rows = ""
        for row in self.frame.to_dict("records"):
            cells = (
                f"<td style='{look}'>{self._cell(name, str(row[name]))}</td>" for name, look in looks.items()
            )
            rows += f"<tr>{''.join(cells)}</tr>"
        size = ".9" if len(looks) < MANY else ".75"
        title = f"<caption style='text-align:left;font-weight:600'>{escape(self.title)}</caption>"
        note = f"<p style='color:{MUTED};font-size:.9em'>{escape(self.note)}</p>" if self.note else ""
        table = (
            f"<table class='ln-table' style='border-collapse:collapse;font-size:{size}em'>"
            f"{title if self.title and not self.folded else ''}"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"
        )
        if not self.folded:
            return table
        count = trn(" ({number} row)", " ({number} rows)", len(self.frame), self.language)
        line = f"<summary style='font-weight:600;cursor:pointer'>{escape(self.title)}{count}</summary>"
        return f"<details class='ln-fold'>{line}{table}</details>{_UNFOLD}"

    def to_gt(self):
        """Return a `great_tables.GT`, which writes LaTeX (``as_latex``), HTML and pictures (``save``)."""
        from great_tables import GT

        shown = GT(self.frame.astype(str)).cols_align("left")
        shown = shown.cols_align("right", columns=list(self.numbers)) if self.numbers else shown
        shown = shown.tab_header(self.title) if self.title else shown
        return shown.tab_source_note(self.note) if self.note else shown

    def save(self, path, *, form: str = ""):
        """Write the table as CSV, Excel, Word, HTML, LaTeX or Markdown, by the file's ending; return the path.

        Columns, errors and `form` are those of `lnregions.show.save_tables`.
        """
        return Tables((self,)).save(path, form=form)

    def _looks(self, column: str) -> str:
        align = "right" if column in self.numbers else "left"
        longest = columns_of(self.frame[column].astype(str))
        if len(self.frame.columns) >= MANY:
            width = "min-width:20em;" if longest > 8 * ONE_LINE else ""
            return f"{_CELL}{align};{width}word-break:keep-all;overflow-wrap:break-word"
        short = longest <= ONE_LINE
        return f"{_CELL}{align};{'white-space:nowrap' if short else 'min-width:14em;overflow-wrap:anywhere'}"

    def _cell(self, column: str, value: str) -> str:
        if column in self.statuses:
            return status_chip(value, language=self.language)
        target = web_address(value) if column in self.links else ""
        shown = escape(value)
        return f"<a href='{escape(target)}' target='_blank' rel='noopener'>{shown}</a>" if target else shown


@dataclass(frozen=True)
class Tables:
    """Several tables one after the other, shown together in a notebook."""

    tables: tuple[Table, ...]

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __repr__(self) -> str:
        return "\n\n".join(f"{one.title}\n{one}" for one in self.tables)

    def _repr_html_(self) -> str:
        return "".join(one.to_html() for one in self.tables)

    def save(self, path, *, form: str = ""):
        """Write the tables into one file by its ending, as `Table.save` does; of CSV each further into its own."""
        from lnregions.show.table_files import save_tables

        return save_tables(self.tables, path, form=form)


def web_address(address: object) -> str:
    """Return the address, quoted, if it is one of the web; empty for anything else, such as ``javascript:``.

    Examples
    --------
    >>> web_address("javascript:alert(1)"), web_address("https://tjj.ln.gov.cn/")
    ('', 'https://tjj.ln.gov.cn/')
    """
    target = quote(str(address or "").strip(), safe=":/?#[]@!$&()*+,;=%~")
    return target if re.fullmatch(r"https?://[^\s\"'<>\\]+", target) else ""


def status_chip(word: str, *, language: str = "en") -> str:
    """Return status words with their colour beside them, as HTML; any other word is only escaped."""
    for status, looks in STATUSES.items():
        if word == status or word.startswith(text(status, language)):
            dot = (
                "<span aria-hidden='true' style='display:inline-block;width:.7em;height:.7em;border-radius:50%;"
                f"margin-right:.4em;border:1px solid {BORDER};background:{looks.colour}'></span>"
            )
            shown = escape(text(status, language) if word == status else word)
            space = "nowrap" if len(shown) <= ONE_LINE else "normal"
            return f"<span style='white-space:{space}'>{dot}{shown}</span>"
    return escape(word)
