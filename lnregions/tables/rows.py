"""Text files as rows of text: bytes decoded, CSV split, nothing guessed.

What is unusual but clear (byte order mark, GB18030, UTF-16, CRLF, tabs or semicolons, blank lines, empty trailing
columns) is accepted, with a warning; what could move or cut a value (NUL, open quote, ragged row) is refused.
"""

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lnregions.errors import DataError, Fault, quote, refuse_any, shorten, shown_path
from lnregions.words import narrow

LARGEST = 16 * 2**20
"""Largest file that is read, in bytes."""
_LONGEST_CELL = 4000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")
_SEPARATORS = {"\t": "tabs", ";": "semicolons"}


@dataclass
class Rows:
    """A file as text: a column for each name of its header, the lines of the rows as index, and what was unusual."""

    path: str
    cells: pd.DataFrame
    separator: str
    warnings: list[str]


def read_bytes(path: Path, *, largest: int | None = None) -> bytes:
    """Return the bytes of a regular or open file; refuse what is missing, a folder, a device or too large."""
    most = largest or LARGEST
    if hasattr(path, "read"):
        try:
            data = path.read(most + 1)
            data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(memoryview(data))
        except Exception as error:  # whatever the stream of a stranger raises
            what = f"it cannot be read ({type(error).__name__}: {shorten(str(error))})"
            fault = Fault(f"{what}. Give one that is open for reading.", shown_path(path))
            raise DataError([fault]) from None
        refuse_any([Fault(f"there are more than {most} bytes.", shown_path(path))] * (len(data) > most))
        return data
    path = Path(path)
    text = "the file does not exist. Check the path, or put the file back."
    try:
        if path.is_file():
            size = path.stat().st_size
            if size <= most:
                return path.read_bytes()
            text = f"the file has {size} bytes. Give one of at most {most} bytes."
        elif path.exists():
            text = "this is not a readable file (folder or device). Give the path of a file."
    except OSError as error:
        text = f"this is not a readable file ({error.strerror or 'unreadable'}). Give the path of a file."
    except ValueError:  # a NUL byte or half a character in the name
        pass
    raise DataError([Fault(text, shown_path(path))])


def decode(data: bytes, *, path: str) -> tuple[str, list[str]]:
    """Return the text of a file's bytes, and warnings of what was unusual about them.

    UTF-8 with or without byte order mark; UTF-16 with one; GB18030 when few bytes can be meant as UTF-8. A UTF-8
    file with a damaged character is refused, never read as GB18030.
    """
    warnings, encoding = [], "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, warnings = "UTF-16", ["the text was read as UTF-16"]
    elif data.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF", b"PAR1", b"{\\rtf")):
        what = "this is a workbook, as Excel saves it, or another packed file, not text"
        raise DataError([Fault(f"{what}. Save the sheet as 'CSV UTF-8' and give that file.", path)])
    elif b"\0" in data:
        raise _nul_error(data[: data.find(b"\0")].count(b"\n") + 1, path)
    elif data.startswith(codecs.BOM_UTF8):
        data, warnings = data[len(codecs.BOM_UTF8) :], ["a byte order mark was left out"]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if not warnings and _share_of_utf8(data) < 0.5:
            with contextlib.suppress(UnicodeDecodeError):
                text = data.decode("gb18030")
                beyond = re.findall(r"[^\x00-\x7f]+", text)
                # signs that are not in GB 2312, too, are rare in Chinese and usual in other text read as GB18030
                if len("".join(beyond).encode("gb2312", "ignore")) > len("".join(beyond)):  # two bytes each
                    return text, [f"the text was read as GB18030 (such as {quote(beyond[0])})"]
        wrong, line = quote(data[error.start : error.end].hex(" ")), data[: error.start].count(b"\n") + 1
        what = f"the bytes {wrong} are not valid {encoding}"
        text = f"{what}. Save the file as UTF-8; it may be damaged here."
        raise DataError([Fault(text, path, line)]) from None
    if "\0" in text:
        raise _nul_error(text[: text.find("\0")].count("\n") + 1, path)
    return text, warnings


def _nul_error(line: int, path: str) -> DataError:
    text = "a NUL byte stands in the file. Save it again as UTF-8 text; it may be UTF-16 or damaged."
    return DataError([Fault(text, path, line)])


def _share_of_utf8(data: bytes) -> float:
    """Share of the bytes beyond ASCII that form UTF-8 characters of European or Chinese text, 0 to 1.

    Pairs of GB18030 bytes often form characters of other scripts by chance.
    """
    beyond = sum(byte > 0x7F for byte in data)
    text = data.decode("utf-8", errors="ignore")
    usual = re.findall("[\xa0-\u024f\u2000-\u9fff\uff01-\U0010ffff]", text)
    return len("".join(usual).encode()) / beyond if beyond else 1.0


def parse_rows(text: str, *, path: str, warnings: Iterable[str] = ()) -> Rows:
    """Return the rows of a comma-separated text; ``#`` in front of the header or a row makes it a comment."""
    warnings = list(warnings)
    if text and not text.endswith(("\n", "\r")):
        warnings.append("the last line has no line end; if rows are missing, the file was cut")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        warnings.append("line ends of another system were read")
    if hint := re.match(r'"?(?i:sep)=([,;\t])"?[,;\t ]*(?=\n)', text):  # which Excel obeys and does not show
        text = "#" + text[hint.end() :]
        warnings.append("the line 'sep=' in front of the column names was left out")
    separator = hint[1] if hint else _separator(text)
    if separator != ",":
        warnings.append(f"columns parted by {_SEPARATORS[separator]} were read")
    _refuse_title(text, path)
    header, records, faults, blank, end, raw = [], {}, [], 0, 0, text.split("\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        for record in reader:
            line, end = end + 1, reader.line_num
            # a comment is behind a bare sign, or behind a quoted one in a row without other values
            quoted = record and record[0].startswith("#") and not any(map(str.strip, record[1:]))
            if quoted or raw[line - 1].startswith("#"):
                continue
            if not any(map(str.strip, record)):
                blank += bool(header)
            elif not header:
                header = [narrow(name) for name in record]
            else:
                cells = zip(record, header, strict=False)
                faults += filter(None, (text_fault(*cell, path=path, line=line) for cell in cells))
                if len(record) != (width := len(header)):
                    alone = len(record) == 1
                    what = f"the row has {len(record)} value{'s' * (not alone)} where the header has {width}"
                    remedy = f"Give {width} values{', or put # in front of a remark' * alone}."
                    faults.append(Fault(f"{what}. {remedy}", path, line))
                records[line] = record
    except csv.Error:
        what = "a quotation mark is not closed or stands inside a value. Double it inside a quoted value."
        raise DataError([*faults, Fault(what, path, end + 1)]) from None
    if not header:
        faults = [Fault("the file has no header line. Write the column names in the first line.", path)]
    refuse_any(faults)
    cells = pd.DataFrame(records.values(), index=list(records), columns=header, dtype=str)
    named = (cells != "").any().to_numpy() | (cells.columns != "")
    if not named.all():
        warnings.append("empty columns were left out")
    if blank:
        warnings.append(f"{blank} empty rows were left out")
    return Rows(path, cells.loc[:, named], separator, warnings)


def _separator(text: str) -> str:
    """Separator of the columns by the header: tabs or semicolons only where it has no comma at all."""
    lines = (line for line in text.split("\n") if line.strip(" ,;\t") and not line.startswith("#"))
    header = next(lines, "")
    return "," if "," in header else max(";\t", key=header.count) if re.search("[;\t]", header) else ","


def _refuse_title(text: str, path: str) -> None:
    """Refuse JSON and XML, and a text whose first line has half as many cells as one of the next, or words in one."""
    remedy = "Save the table as CSV, with commas between columns."
    if re.match(r"\s*[<{[]", text):
        raise DataError([Fault(f"the text is JSON, XML or a web page, not a table. {remedy}", path, 1)])
    numbered = enumerate(text.split("\n"), 1)
    lines = [(n, line) for n, line in numbered if line.strip(" ,;\t") and line[0] != "#"][:6]
    bare = (re.sub('"[^"]*"', "", line.strip(" ,;\t")) for _, line in lines)
    widths = [1 + len(re.findall(r"[,;\t]", line)) for line in bare]
    if widths and 2 * widths[0] < max(widths):
        number, title = lines[0]
        what = f"{quote(title.strip(' ,;'))} is a title, not the names of the columns"
        raise DataError([Fault(f"{what}. Take the line out, or put # in front of it.", path, number)])
    if widths and max(widths) == 1 and re.search(r"\w\W+(\w|$)", lines[0][1]):
        what = f"no comma, semicolon or tab parts the names of the columns {quote(lines[0][1])}"
        raise DataError([Fault(f"{what}. {remedy}", path, lines[0][0])])


def text_fault(text: str, column: str, *, path: str = "", line: int | None = None) -> Fault | None:
    """Fault of a text that holds line breaks or control characters, or is too long; None if there is none."""
    what = ""
    if "\n" in text:
        what = f"column {column} holds a line break. Close the quotation mark, or put the value in one line."
    elif _CONTROL.search(text):
        what = f"{column} {quote(text)} holds a control character. Take it out."
    elif len(text) > _LONGEST_CELL:
        what = f"{column} has a value of {len(text)} characters. Keep it within {_LONGEST_CELL}."
    return Fault(what, path, line, column) if what else None
