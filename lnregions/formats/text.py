"""Tables as CSV and JSON records, and words in Markdown, safe to open elsewhere."""

import re

import pandas as pd

from lnregions.words import without_noise

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n|＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*)(\.\d+)?([eE][+-]?\d+)?%?\Z", re.ASCII)


def data_csv(data: pd.DataFrame) -> str:
    """Table as CSV text, without geometry, its text safe to open in a spreadsheet.

    Examples
    --------
    >>> print(data_csv(pd.DataFrame({"area": ["210100"], "note": ["=1+1"], "value": [-3.5]})), end="")
    area,note,value
    210100,'=1+1,-3.5
    """
    table = _plain_table(data)
    for column, kind in table.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            table[column] = table[column].map(_safe_cell)
    table.columns = [_safe_cell(str(c)) for c in table.columns]
    return table.to_csv(index=False, lineterminator="\n")


def data_records(data: pd.DataFrame) -> list[dict]:
    """Rows of a table as records for JSON, without geometry and without what is missing.

    Examples
    --------
    >>> data_records(pd.DataFrame({"area": ["210100"], "gap": [85.55 - 85], "note": [None]}))
    [{'area': '210100', 'gap': 0.55}]
    """
    rows = _plain_table(data).to_dict("records")
    return [{str(name): one for name, one in row.items() if pd.notna(one) and one != ""} for row in rows]


def _plain_table(data: pd.DataFrame) -> pd.DataFrame:
    """Table without geometry, its numbers without the digits that only binary fractions have, its dates as text."""
    table = pd.DataFrame(data.loc[:, [str(kind) != "geometry" for kind in data.dtypes]])
    for column, kind in table.dtypes.items():
        if pd.api.types.is_float_dtype(kind):
            table[column] = table[column].map(without_noise, na_action="ignore")
        elif pd.api.types.is_datetime64_any_dtype(kind):
            table[column] = table[column].dt.strftime("%Y-%m-%d")
    return table


def _safe_cell(value: object) -> object:
    """Value, with an apostrophe before it if a spreadsheet would run it as a formula."""
    runs = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.match(value)
    return f"'{value}" if runs else value


def plain_markdown(text: str) -> str:
    r"""Text with what would be a link, an image or a tag in Markdown made ordinary signs.

    Examples
    --------
    >>> print(plain_markdown("[x](javascript:alert(1)) <b>"))
    \[x](javascript:alert(1)) \<b>
    """
    return re.sub(r"[\\\[<]", r"\\\g<0>", " ".join(text.split("\n")))
