"""Tables as a reader sees them: HTML in a notebook or page, plain text in a terminal."""

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import pandas as pd

from lnregions.style import palette
from lnregions.words import text

_CELL = "padding:3px 10px 3px 0;text-align:{align};vertical-align:top;border-bottom:1px solid #e3e6ea"
_LONG = ";min-width:14em;overflow-wrap:anywhere"
_PRINTED = "<style>@media print{.ln-fold::details-content{content-visibility:visible;display:block}}</style>"
"""A folded table is unfolded on paper."""


LEAST_LAST = 30
"""Columns that the last column of a table of plain text always has."""
ONE_LINE = 20
"""Columns of text up to which the cells of a column are not broken."""


@dataclass(frozen=True)
class Table:
    """A table ready to be read: text in every cell, and which columns are statuses or numbers.

    Shown as HTML when it is the last line of a notebook's cell; every cell is escaped.

    Attributes
    ----------
    frame : DataFrame
        Columns as they are headed, cells as text.
    title, note : str
        A line above and one below; may be empty.
    numbers, statuses : tuple of str
        Columns set to the right; columns that hold a status word in the language `language`.
    language : str
        ``en`` or ``zh``.
    links : tuple of str
        Columns of addresses: those of the web can be followed.
    folded : bool
        Shown as its title and number of rows until it is opened; on paper it is open.

    Examples
    --------
    >>> print(Table(pd.DataFrame({"City": ["Dalian"], "GDP": ["952"]}), numbers=("GDP",)))
    City    GDP
    ------  ---
    Dalian  952
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
        return text_table(self.frame, numbers=self.numbers)

    def __repr__(self) -> str:
        return f"{self.title}\n{self}" if self.title else str(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """The table as HTML that carries its own looks and nothing active."""
        short = self._short()
        head = "".join(self._cell("th", name, name, short) for name in self.frame.columns)
        rows = "".join(
            "<tr>" + "".join(self._cell("td", name, value, short) for name, value in row.items()) + "</tr>"
            for row in self.frame.to_dict("records")
        )
        caption = (
            f"<caption style='text-align:left;font-weight:600;white-space:nowrap'>{escape(self.title)}</caption>"
            if self.title and not self.folded
            else ""
        )
        note = f"<p style='color:{palette.MUTED};font-size:.9em'>{escape(self.note)}</p>" if self.note else ""
        table = f"<table class='ln-table' style='border-collapse:collapse;font-size:.9em'>{caption}"
        whole = f"{table}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"
        return self._fold(whole) if self.folded else whole

    def _fold(self, whole: str) -> str:
        """The table behind a line that opens it."""
        count = f"（{len(self.frame)}行）" if self.language == "zh" else f" ({len(self.frame)} rows)"
        line = f"<summary style='font-weight:600;cursor:pointer'>{escape(self.title)}{count}</summary>"
        return f"<details class='ln-fold'>{line}{whole}</details>{_PRINTED}"

    def _short(self) -> set[str]:
        """Columns whose cells are all short enough to stay on one line."""
        widest = {c: max([display_width(str(v)) for v in self.frame[c]], default=0) for c in self.frame}
        return {column for column, width in widest.items() if width <= ONE_LINE}

    def _cell(self, tag, column, value, short):
        align = "right" if column in self.numbers else "left"
        align += ";white-space:nowrap" if column in short else _LONG
        scope = " scope='col'" if tag == "th" else ""
        inner = escape(str(value))
        if tag == "td" and column in self.statuses:
            inner = status_chip(str(value), language=self.language)
        elif tag == "td" and column in self.links:
            inner = web_link(str(value))
        return f"<{tag}{scope} style='{_CELL.format(align=align)}'>{inner}</{tag}>"


@dataclass(frozen=True)
class Tables:
    """Several tables one after the other, shown together in a notebook."""

    tables: tuple[Table, ...]

    def __iter__(self):
        return iter(self.tables)

    def __str__(self) -> str:
        return "\n\n".join(f"{one.title}\n{one}" for one in self.tables)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(one.to_html() for one in self.tables)


def web_link(address: str) -> str:
    """An address of the web as a link that shows itself, as HTML; anything else is only escaped.

    Examples
    --------
    >>> web_link("javascript:alert(1)")
    'javascript:alert(1)'
    """
    whole = quote(address.strip(), safe=":/?#[]@!$&()*+,;=%~")
    if not re.fullmatch(r"https?://[^\s\"'<>\\]+", whole):
        return escape(address)
    return f"<a href='{escape(whole)}' target='_blank' rel='noopener'>{escape(address)}</a>"


def status_chip(word: str, *, language: str = "en") -> str:
    """A status word with its colour beside it, as HTML; any other word is only escaped."""
    for status, looks in palette.STATUSES.items():
        if word in (status, text(status, language)):
            dot = (
                f"<span aria-hidden='true' style='display:inline-block;width:.7em;height:.7em;border-radius:50%;"
                f"margin-right:.4em;border:1px solid {palette.BORDER};background:{looks.colour}'></span>"
            )
            return f"<span style='white-space:nowrap'>{dot}{escape(text(status, language))}</span>"
    return escape(word)


def text_table(frame: pd.DataFrame, *, numbers: tuple[str, ...] = (), width: int | None = None) -> str:
    """Frame as aligned plain text; Chinese characters count for two columns.

    With a `width` the last column is broken into lines so that the table keeps to it, as far as it can.
    """
    if width is not None and len(frame.columns) > 1:
        frame = _broken(frame, width)
    cells = [[str(name) for name in frame.columns]]
    cells += [[str(value) for value in row] for row in frame.itertuples(index=False)]
    widths = [max(display_width(row[i]) for row in cells) for i in range(len(frame.columns))]
    cells.insert(1, ["-" * width for width in widths])
    right = [name in numbers for name in frame.columns]
    return "\n".join(
        "  ".join(
            _pad(cell, width, flush) for cell, width, flush in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    )


def _broken(frame, width):
    """The same rows with the text of the last column over several, so that none is wider than asked."""
    *head, last = frame.columns
    taken = sum(max([display_width(str(v)) for v in (*frame[c], c)]) + 2 for c in head)
    rows = []
    for row in frame.itertuples(index=False):
        lines = _lines(str(row[-1]), max(width - taken, LEAST_LAST))
        rows.append([*row[:-1], lines[0]])
        rows += [[""] * len(head) + [line] for line in lines[1:]]
    return pd.DataFrame(rows, columns=[*head, last])


def _lines(words, width):
    """Text in lines of at most `width` columns, broken at spaces and between Chinese characters."""
    lines, line = [], ""
    for part in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+", words):
        if display_width(line + part) > width and line.strip():
            lines.append(line.strip())
            line = ""
        line += part
    return [*lines, line.strip()] if line.strip() or not lines else lines


def display_width(words: str) -> int:
    """Columns that a text takes in a terminal.

    Examples
    --------
    >>> display_width("沈阳 a")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def _pad(cell, width, flush_right):
    space = " " * (width - display_width(cell))
    return space + cell if flush_right else cell + space
