"""Bytes of a comma-separated file turned into rows of text, each with its line number; nothing guessed.

What is merely untidy (byte order mark, GB18030, UTF-16, CRLF, tabs or semicolons for commas, blank lines, empty
trailing columns) is accepted and recorded in plain sentences, English and Chinese; what could move or cut a value
(NUL, open quote, ragged row) is refused.
"""

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from lnregions.errors import Fault, add_messages, narrow, refuse, refuse_any, shown_path

LARGEST = 16 * 2**20
"""Largest file that is read, in bytes."""
_LONGEST_CELL = 4000

add_messages(
    {
        "no file": ("the file does not exist", "Check the path, or put the file back"),
        "not a file": ("this is not a readable file ({reason})", "Give the path of a file"),
        "too large": ("the file has {value} bytes", "Give one of at most {most} bytes"),
        "nul byte": (
            "a NUL byte stands in the file",
            "Save it again as UTF-8 text; it may be UTF-16 or damaged",
        ),
        "encoding": (
            "the bytes {value} are not valid {encoding}",
            "Save the file as UTF-8; it may be damaged here",
        ),
        "no header": ("the file has no header line", "Write the column names in the first line"),
        "quote": (
            "a quotation mark is not closed or stands inside a value",
            "Double it inside a quoted value",
        ),
        "line break": (
            "column {column} holds a line break",
            "Close the quotation mark, or put the value in one line",
        ),
        "ragged": ("the row has {value} values where the header has {wanted}", "Give {wanted} values"),
        "control": ("{column} {value} holds a control character", "Take it out"),
        "long cell": ("{column} has a value of {length} characters", "Keep it within {most}"),
    }
)


@dataclass
class Rows:
    """Header and rows of a file, as text, with the line of each row and what was untidy."""

    path: str
    header: list[str]
    records: list[list[str]]
    lines: list[int]
    tidied: list[tuple[str, str]] = field(default_factory=list)
    separator: str = ","


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a regular file, refusing what is missing, a folder, a device or too large."""
    path, shown = Path(path), shown_path(path)
    try:
        if not path.exists():
            refuse([Fault("no file", shown)])
        if not path.is_file():
            refuse(
                [
                    Fault(
                        "not a file", shown, extra={"reason": "folder or device", "reason_zh": "文件夹或设备"}
                    )
                ]
            )
        if path.stat().st_size > LARGEST:
            refuse([Fault("too large", shown, value=path.stat().st_size, extra={"most": LARGEST})])
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        refuse([Fault("not a file", shown, extra={"reason": reason, "reason_zh": reason})])
    except ValueError as error:
        if isinstance(error, UnicodeError) or "null" in str(error):
            refuse([Fault("no file", shown)])
        raise


def decode(data: bytes, *, path: str, encoding: str | None = None) -> tuple[str, list[tuple[str, str]]]:
    """Return the text of a file's bytes and what was untidy about them, in English and Chinese.

    UTF-8 with or without byte order mark; UTF-16 with one; GB18030 when declared, or when few bytes can be
    meant as UTF-8. A UTF-8 file with a damaged character is refused, never read as GB18030.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_wide(data, path)
    if b"\x00" in data:
        refuse([Fault("nul byte", path, data[: data.find(b"\x00")].count(b"\n") + 1)])
    tidied = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        tidied.append(BOM)
    if encoding:
        try:
            return data.decode(codecs.lookup(encoding).name), tidied
        except (UnicodeDecodeError, LookupError) as error:
            refuse([_encoding_fault(error, data, path=path, encoding=encoding)])
    try:
        return data.decode("utf-8"), tidied
    except UnicodeDecodeError as error:
        if not tidied and _meant_as_utf8(data) < 0.5:
            try:
                return data.decode("gb18030"), [_read_as("GB18030")]
            except UnicodeDecodeError:
                pass
        refuse([_encoding_fault(error, data, path=path, encoding="UTF-8")])


BOM = ("a byte order mark was left out", "已略去字节顺序标记")


def _read_as(encoding: str) -> tuple[str, str]:
    return f"the text was read as {encoding}", f"文字按 {encoding} 读取"


def _decode_wide(data: bytes, path: str) -> tuple[str, list[tuple[str, str]]]:
    """Text that states by its byte order mark that it is UTF-16, as Excel's "Unicode text" does."""
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        refuse([_encoding_fault(error, data, path=path, encoding="UTF-16")])
    if "\0" in text:
        refuse([Fault("nul byte", path, text[: text.find("\0")].count("\n") + 1)])
    return text, [_read_as("UTF-16")]


def _meant_as_utf8(data: bytes) -> float:
    """Share of the bytes beyond ASCII that form UTF-8 characters of European or Chinese text, 0 to 1.

    Pairs of GB18030 bytes often form characters of other scripts by chance.
    """
    beyond = sum(byte > 0x7F for byte in data)
    text = data.decode("utf-8", errors="ignore")
    usual = [
        char for char in text if "\xa0" <= char <= "\u024f" or "\u2000" <= char <= "\u9fff" or char > "\uff00"
    ]
    return len("".join(usual).encode()) / beyond if beyond else 1.0


def _encoding_fault(error: Exception, data: bytes, *, path: str, encoding: str) -> Fault:
    start, end = getattr(error, "start", 0), getattr(error, "end", 0)
    extra = {"encoding": encoding}
    return Fault("encoding", path, data[:start].count(b"\n") + 1, value=data[start:end].hex(" "), extra=extra)


def read_rows(path: Path, *, encoding: str | None = None) -> Rows:
    """Return the rows of a comma-separated file as text; raise :class:`DataError` with all that is wrong."""
    shown = shown_path(path)
    text, tidied = decode(read_bytes(path), path=shown, encoding=encoding)
    return parse_rows(text, path=shown, tidied=tidied)


def parse_rows(text: str, *, path: str, tidied: list[tuple[str, str]] | None = None) -> Rows:
    """Return the rows of a comma-separated text; ``#`` in front of the header or a row makes it a comment."""
    rows = Rows(path, [], [], [], list(tidied or []))
    if text and not text.endswith(("\n", "\r")):
        rows.tidied.append(
            ("the last line has no line end; if rows are missing, the file was cut",
             "最后一行没有换行符；若缺少数据行，则文件被截断")
        )  # fmt: skip
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        rows.tidied.append(("line ends of another system were read", "已转换其他系统的换行符"))
    rows.separator = _separator(text)
    if rows.separator != ",":
        name, name_zh = {"\t": ("tabs", "制表符"), ";": ("semicolons", "分号")}[rows.separator]
        rows.tidied.append((f"columns parted by {name} were read", f"列以{name_zh}分隔"))
    faults, blank, number, raw = [], 0, 0, text.split("\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=rows.separator)
    try:
        for record in reader:
            line, number = number + 1, reader.line_num
            if record and _is_comment(record, raw[line - 1]):
                continue
            if not any(map(str.strip, record)):
                blank += bool(rows.header)
            elif not rows.header:
                rows.header = [narrow(name) for name in record]
            else:
                faults += _check_record(record, rows.header, path=path, line=line)
                rows.records.append(record)
                rows.lines.append(line)
    except csv.Error:
        faults.append(Fault("quote", path, number + 1))
        refuse(faults)
    if not rows.header:
        refuse([Fault("no header", path)])
    refuse_any(faults)
    _drop_empty_columns(rows)
    if blank:
        rows.tidied.append((f"{blank} empty rows were left out", f"已略去 {blank} 个空行"))
    return rows


def _is_comment(record: list[str], line: str) -> bool:
    """Whether a row is a comment: behind a bare ``#``, or a quoted one with nothing in its other cells."""
    return line.startswith("#") or (record[0].startswith("#") and not any(map(str.strip, record[1:])))


def _separator(text: str) -> str:
    """What parts the columns, told from the header: tabs or semicolons only where it has no comma at all."""
    lines = (line for line in text.split("\n") if line.strip(" ,;\t") and not line.startswith("#"))
    header = next(lines, "")
    return "," if "," in header else max(";\t", key=header.count) if re.search("[;\t]", header) else ","


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")


def _check_record(record: list[str], header: list[str], *, path: str, line: int) -> list[Fault]:
    faults = []
    for column, value in zip(header, record, strict=False):
        fault = text_fault(value, column, path=path, line=line)
        faults += [fault] if fault else []
    if len(record) != len(header):
        faults.append(Fault("ragged", path, line, value=len(record), extra={"wanted": len(header)}))
    return faults


def text_fault(text: str, column: str, *, path: str, line: int | None) -> Fault | None:
    """Fault of a text that holds line breaks or control characters, or is too long; None if there is none."""
    if "\n" in text:
        return Fault("line break", path, line, column)
    if _CONTROL.search(text):
        return Fault("control", path, line, column, text)
    if len(text) > _LONGEST_CELL:
        return Fault("long cell", path, line, column, extra={"length": len(text), "most": _LONGEST_CELL})
    return None


def _drop_empty_columns(rows: Rows) -> None:
    width = len(rows.header)
    while width > 1 and not rows.header[width - 1] and not any(r[width - 1].strip() for r in rows.records):
        width -= 1
    if width < len(rows.header):
        rows.header = rows.header[:width]
        rows.records = [record[:width] for record in rows.records]
        rows.tidied.append(("empty columns at the end were left out", "已略去末尾的空列"))
