"""Office files: an empty Word file in the language of its text, and bytes without dates of making."""

import io
import re
import zipfile
from datetime import datetime

from lnregions.errors import not_installed

LOCALES = {"en": "en-GB", "zh": "zh-CN"}
"""Language and country of each language, as pages and Word files state them."""
_EAST_ASIAN = "Microsoft YaHei"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that an archive can carry, so that its bytes do not depend on when it is made."""
EMU = 36_000
"""Units of Office files to a millimetre."""


def word_document(language: str, *, title: str = "", landscape: bool = False):
    """Empty A4 Word file that states its language, for spelling checks and screen readers, and a font with Chinese.

    Raises
    ------
    DataError
        If python-docx is not installed.
    """
    try:
        import docx
        from docx.oxml.ns import qn
    except ImportError:
        raise not_installed("A Word file", "python-docx", "docx") from None
    document = docx.Document()
    document.core_properties.title, document.core_properties.language = title, LOCALES[language]
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
        fonts.set(qn("w:eastAsia"), _EAST_ASIAN)
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), LOCALES[language])
        lang.set(qn("w:eastAsia"), LOCALES["zh"])
    for name in ("Caption", "Quote"):
        font = document.styles[name].font
        font.bold = font.italic = False  # captions are long, and Chinese has no italics
        font.color.rgb = docx.shared.RGBColor(0x40, 0x40, 0x40)
    [section] = document.sections
    section.page_width, section.page_height = 210 * EMU, 297 * EMU
    margin = 25 * EMU
    if landscape:
        section.orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height, margin = 297 * EMU, 210 * EMU, 12 * EMU
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
    return document


def dateless_office(document) -> bytes:
    """Word file, workbook or presentation without dates of making, inside and in its archive."""
    stream = io.BytesIO()
    document.save(stream)
    return _dateless(stream.getvalue())


def _dateless(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made, core = f"{datetime(*_EPOCH).isoformat()}Z".encode(), "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + made, parts[core])
    inside = {name: _dateless(part) for name, part in parts.items() if name.endswith(".xlsx")}
    return archive_bytes(parts | inside)


def archive_bytes(entries: dict[str, bytes]) -> bytes:
    """Zip archive that depends on names and contents only."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, entries[name], compresslevel=6)
    return stream.getvalue()
