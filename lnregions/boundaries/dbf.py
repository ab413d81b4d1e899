"""The table of a shapefile (.dbf), read byte by byte, with its text in the right encoding or not at all."""

import codecs
import re
import struct

from lnregions.errors import Fault, add_messages

_TYPES = set("CNFDLIOMBGPYT@+0V")
_ENCODINGS = {
    "65001": "utf-8", "utf8": "utf-8", "936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
    "cp936": "gb18030", "950": "big5", "big5": "big5", "88591": "latin-1", "iso88591": "latin-1", "1252": "cp1252",
    "cp1252": "cp1252", "windows1252": "cp1252", "ansi1252": "cp1252", "ansi936": "gb18030", "system": "",
    "oem936": "gb18030", "euccn": "gb18030", "gb231280": "gb18030", "xgbk": "gb18030", "windows936": "gb18030",
    "ansi65001": "utf-8", "oem65001": "utf-8", "cp65001": "utf-8",
    "latin1": "latin-1", "usascii": "ascii", "ascii": "ascii", "88591default": "latin-1", "1200": "",
}  # fmt: skip
_CHINESE_DRIVER = 0x4D
"""Language driver byte of a table written on a Chinese system (code page 936)."""
_NAMES = re.compile(r"[\u4e00-\u9fff]+")

add_messages(
    {
        "dbf damaged": (
            "the table is damaged: {value}",
            "Copy all parts of the file again from where it came from",
        ),
        "dbf deleted": (
            "row {value} is marked as deleted, so that shapes and rows no longer match",
            "Save the layer anew (in QGIS: Export, Save Features As)",
        ),
        "dbf encoding unknown": (
            "the encoding {value} is not known",
            "Write UTF-8 or GB18030 into the .cpg, whichever the table is in",
        ),
        "dbf encoding": (
            "the text in column {column} is not {value}",
            "Write the table's true encoding, UTF-8 or GB18030, into a .cpg beside it",
        ),
    }
)


def read_table(
    dbf: bytes, *, name: str, cpg: bytes | None = None
) -> tuple[dict[str, list[str]], list[Fault], list[tuple[str, str]]]:
    """Columns of a .dbf as text (empty where nothing stands), the faults, and what was put right.

    Parameters
    ----------
    dbf : bytes
        Content of the table.
    name : str
        Its path, for the faults.
    cpg : bytes, optional
        Content of the .cpg; without it the encoding is told from the text itself.
    """
    layout = _layout(dbf)
    if isinstance(layout, tuple) and isinstance(layout[0], str):
        return (
            {},
            [Fault("dbf damaged", name, value=layout[0], extra={"value": layout[0], "value_zh": layout[1]})],
            [],
        )
    count, start, width, fields = layout
    records = [dbf[start + n * width : start + (n + 1) * width] for n in range(count)]
    faults = [
        Fault("dbf deleted", name, value=n + 1) for n, record in enumerate(records) if record[:1] == b"*"
    ]
    odd = [n for n, record in enumerate(records) if record[:1] not in (b"*", b" ")]
    if odd:
        en, zh = f"row {odd[0] + 1} begins with {records[odd[0]][:1]!r}", f"第 {odd[0] + 1} 行的标记有误"
        faults.append(Fault("dbf damaged", name, extra={"value": en, "value_zh": zh}))
    if faults:
        return {}, faults, []
    raw = {label: [record[at : at + size].strip(b" \0") for record in records] for label, at, size in fields}
    return _decoded(raw, name=name, cpg=cpg, driver=dbf[29])


def _layout(dbf: bytes) -> tuple:
    """Row count, place of the first row, row width and the fields; or a damage in both languages."""
    if len(dbf) < 33:
        return "it is cut short", "文件被截断"
    count, start, width = struct.unpack_from("<IHH", dbf, 4)
    size = start + count * width
    end = dbf.find(b"\r", 32, max(start, 32))
    while end != -1 and (end - 32) % 32:
        end = dbf.find(b"\r", end + 1, start)
    if end == -1 or start > len(dbf):
        return "its header has no end", "文件头没有结束标记"
    if not (len(dbf) == size or (len(dbf) == size + 1 and dbf[-1] == 0x1A)):
        return (
            f"it states {size} bytes for {count} rows but has {len(dbf)}",
            f"标明 {count} 行共 {size} 字节，实际为 {len(dbf)} 字节",
        )
    fields, at = [], 1
    for place in range(32, end, 32):
        label = dbf[place : place + 11].split(b"\0")[0].decode("latin-1").strip()
        if not label or chr(dbf[place + 11]) not in _TYPES or any(label == other for other, _, _ in fields):
            return (
                f"column {len(fields) + 1} has no proper name or type",
                f"第 {len(fields) + 1} 列的名称或类型有误",
            )
        fields.append((label, at, dbf[place + 16]))
        at += dbf[place + 16]
    if at != width or not fields:
        return (
            f"its columns take {at} bytes a row, its header says {width}",
            f"各列共占 {at} 字节，文件头标明 {width} 字节",
        )
    return count, start, width, [(_label(label), at, size) for label, at, size in fields]


def _label(label: str) -> str:
    """Column name; a Chinese one may stand in UTF-8 or GB18030."""
    data = label.encode("latin-1")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return label


def _decoded(raw: dict[str, list[bytes]], *, name: str, cpg: bytes | None, driver: int) -> tuple:
    texts = [value for values in raw.values() for value in values]
    if all(value.isascii() for value in texts):
        return _decode(raw, "ascii", name), [], []
    encoding, tidied = _declared(cpg), []
    if encoding is None:
        return {}, [Fault("dbf encoding unknown", name, value=_text(cpg))], []
    if not encoding:
        encoding = "gb18030" if driver == _CHINESE_DRIVER and not _fits(texts, "utf-8") else _told(texts)
        if not encoding:
            return (
                {},
                [Fault("dbf encoding", name, column=_first_odd(raw), extra={"value": "UTF-8 or GB18030"})],
                [],
            )
        shown = encoding.upper()
        tidied = [
            (
                f"No .cpg states the encoding; the text of the table was read as {shown}.",
                f"没有 .cpg 说明编码，属性表按 {shown} 读取。",
            )
        ]
    bad = [label for label, values in raw.items() if not _fits(values, encoding)]
    if bad:
        return (
            {},
            [Fault("dbf encoding", name, column=label, extra={"value": encoding.upper()}) for label in bad],
            [],
        )
    return _decode(raw, encoding, name), [], tidied


def _declared(cpg: bytes | None) -> str | None:
    """Python's name of the encoding a .cpg states; empty if it states none, None if an unknown one."""
    if cpg is None or not _text(cpg):
        return ""
    return _ENCODINGS.get(re.sub(r"[\s_-]", "", _text(cpg).casefold()))


def _text(cpg: bytes | None) -> str:
    return (cpg or b"")[:40].decode("utf-8-sig", "replace").strip("\0 \r\n\t")


def _told(texts: list[bytes]) -> str:
    """UTF-8 or GB18030, whichever the bytes are beyond doubt, or nothing."""
    if _fits(texts, "utf-8"):
        return "utf-8"
    if _fits(texts, "gb18030"):
        beyond = "".join(c for value in texts for c in _part(value, "gb18030") if not c.isascii())
        if _NAMES.fullmatch(beyond):
            return "gb18030"
    return ""


def _fits(texts: list[bytes], encoding: str) -> bool:
    try:
        for value in texts:
            _part(value, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _part(value: bytes, encoding: str) -> str:
    """Text of a field; a character cut off at the field's end is left out."""
    return codecs.getincrementaldecoder(encoding)().decode(value, final=False)


def _first_odd(raw: dict[str, list[bytes]]) -> str:
    return next((label for label, values in raw.items() if not all(v.isascii() for v in values)), "")


def _decode(raw: dict[str, list[bytes]], encoding: str, name: str) -> dict[str, list[str]]:
    return {label: [_part(value, encoding).strip() for value in values] for label, values in raw.items()}
