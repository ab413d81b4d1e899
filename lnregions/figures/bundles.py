"""Save a figure with all that belongs to it: pictures, data, caption, sources, machine-readable facts; kits of them.

The same input gives the same bytes: no dates of making, no random identifiers.
"""

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text

from lnregions import __version__
from lnregions.errors import DataError, not_installed, quote, unknown
from lnregions.figures.drawn_rows import data_csv, data_records
from lnregions.figures.encoding import FORMATS, encode
from lnregions.figures.messages import caption_text, plain_markdown, source_records
from lnregions.files import save_file, write_json
from lnregions.paths import root
from lnregions.style import MM, PRINT_DPI, font_files, set_fonts
from lnregions.words import LANGUAGES, check_language
from lnregions.words.catalogue import tr

LOCALES = {"en": "en-GB", "zh": "zh-CN"}
"""Language and country of each language, as pages and Word files state them."""
_EAST_ASIAN = "Microsoft YaHei"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that an archive can carry, so that its bytes do not depend on when it is made."""
_WIDEST_MM = 160.0
"""Width of the text of a Word file, to which pictures are kept."""
_EMU = 36_000
"""Units of Office files to a millimetre."""
_ENDINGS = (".png", ".svg", ".pdf", ".csv", ".json", ".md", ".txt", ".docx", ".pptx", ".cff")


def save_figure(
    fig: "Figure",
    stem: Path | str,
    *,
    data: pd.DataFrame | None = None,
    caption: Mapping[str, str] | None = None,
    alt: Mapping[str, str] | None = None,
    sources: pd.DataFrame | Sequence[Mapping] | None = None,
    parameters: Mapping[str, object] | None = None,
    formats: Sequence[str] | str | None = None,
    **drawn: object,
) -> dict[str, Path]:
    """Write a figure and all that goes with it beside one another, each file whole or not at all.

    Parameters
    ----------
    fig
        The figure, in the style of this package or any other.
    stem
        Path without an ending; its folder is made. An ending that is a format means that format only.
    data
        The table that is drawn; written as CSV without its geometry, and as records into the sidecar, numbers
        without the digits of binary fractions. Text that a spreadsheet would take for a formula gets an apostrophe
        before it.
    caption
        What the figure shows, by language ("en", "zh"); sources and grades are added from what is given here.
    alt
        Description for those who cannot see it, by language; the caption if left out.
    sources
        Table of sources (``source title url kind published licence``) or a list of such records. If
        `data` has a column ``source`` or ``sources``, only those it cites are kept, and each of them must
        be known.
    parameters
        What the figure was made with, such as region, plan, as_of, width; goes into the sidecar as it is.
    formats
        Some of "png" (300 dpi), "svg" (text as outlines), "pdf" (fonts embedded, text selectable), or one of
        them; all if left out.
    **drawn
        ``dpi`` of PNG (72 to 1,200; 300 if left out) and ``svg_text`` (letters in SVG as text, not outlines).

    Returns
    -------
    dict of str to Path
        The files by kind: the formats, "csv", "json", "caption".

    Raises
    ------
    DataError
        For something that is no figure, an unknown format or language, texts without their language, text
        with characters the font lacks, or a cited source that is not among `sources`. Nothing is written then.
    """
    _check_figure(fig)
    stem, formats = _stem_and_formats(stem, formats)
    caption = _by_language(caption, "caption")
    alt = _by_language(alt, "alt text") or caption
    records = source_records(sources, data)
    title = next(iter(caption.values()), stem.name)
    contents = {f".{name}": made for name, made in encode(fig, formats, title=title, **drawn).items()}
    if data is not None:
        contents[".csv"] = data_csv(data)
    if caption:
        contents[".caption.md"] = caption_text(caption, records, data)
    files = {ending: stem.with_name(stem.name + ending) for ending in (*contents, ".json")}
    facts = {
        "figure": stem.name, "package": "lnregions", "version": __version__,
        "size_mm": [round(side / MM, 1) for side in fig.get_size_inches()],
        "dpi": drawn.get("dpi", PRINT_DPI),
        "language": getattr(fig, "language", None),
        "parameters": json.loads(json.dumps(dict(parameters or {}), default=str)),
        **_map_facts(fig),
        "sources": records,
        **({} if data is None else {"data": data_records(data)}),
        "files": [files[ending].name for ending in contents],
        "caption": caption, "alt": alt,
    }  # fmt: skip
    for ending, content in contents.items():
        save_file(files[ending], content)
    write_json(files[".json"], facts)
    return {ending.split(".")[1]: path for ending, path in files.items()}


def _check_figure(fig: object) -> None:
    """Refuse what is no whole figure, and text that no font has; let each other text be drawn by one that has it."""
    if not isinstance(fig, FigureBase) or fig.get_figure(root=True) is not fig:
        here = type(fig).__name__
        figure = f"the {here}'s .figure" if hasattr(fig, "figure") else "ax.figure of the axes you drew on"
        raise DataError(
            f"What is to be saved is no whole figure but a {here}. Give a matplotlib figure, such as {figure}."
        )
    font_files()
    for text in fig.findobj(Text):
        if text.get_visible() and (missing := set_fonts(text)):
            what = f"The text {text.get_text()!r} has characters that no installed font has: {missing}"
            raise DataError(f"{what}. Install a font that has them, or write it with others.")


def _map_facts(fig: Figure) -> dict:
    """Classes and projection of each map on a figure."""
    drawing = sys.modules.get("lnregions.maps")  # imported if there is one
    maps = [facts for ax in fig.axes if drawing and (facts := drawing.map_facts(ax))]
    return {"maps": json.loads(json.dumps(maps, default=float))} if maps else {}


def _stem_and_formats(stem: Path | str, formats) -> tuple[Path, tuple[str, ...]]:
    """Path without an ending, and the formats to write, each once and known."""
    given = str(stem)
    if (
        not isinstance(stem, str | Path)
        or not Path(stem).name
        or given.encode("utf-8", "ignore").decode() != given
    ):
        raise DataError(f"The path {quote(stem)} names no file. Give a path such as figures/gdp.")
    stem = Path(stem)
    if (ending := stem.suffix[1:].lower()) in FORMATS:
        formats, stem = ending if formats is None else formats, stem.with_suffix("")
    formats = FORMATS if formats is None else formats
    several = isinstance(formats, Iterable) and not isinstance(formats, str)
    formats = tuple(dict.fromkeys(formats if several else (formats,)))
    for name in formats:
        if name not in FORMATS:
            raise unknown("format", str(name), FORMATS)
    return stem, formats


def _by_language(words: Mapping[str, str] | None, what: str) -> dict[str, str]:
    """Texts by language, checked; empty for None."""
    words = {} if words is None else words
    if not isinstance(words, Mapping) or not all(isinstance(one, str) for one in words.values()):
        raise DataError(
            f"The {what} {quote(words)} is not text by language. "
            'Give it by language, such as {"en": "GDP of two cities.", "zh": "两市生产总值。"}.'
        )
    for language in words:
        if language not in LANGUAGES:
            raise unknown(f"language of the {what}", language, LANGUAGES)
    return {language: words[language] for language in LANGUAGES if language in words}


# -- kits ---------------------------------------------------------------------------------------------------


def _figures(folder: Path, language: str) -> dict[str, dict]:
    """Sidecars of the figures of a folder by their path without ending, sorted; their ``words`` are the caption."""
    found = {}
    for path in sorted(folder.rglob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict) and facts.get("package") == "lnregions" and "figure" in facts:
            words = facts["caption"].get(language) or next(iter(facts["caption"].values()), "")
            found[path.relative_to(folder).with_suffix("").as_posix()] = facts | {"words": words}
    if not found:
        raise DataError(
            f"The folder {folder.name!r} holds no figure saved by save_figure. Save at least one there first."
        )
    return found


def _archive(entries: dict[str, bytes]) -> bytes:
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


def bundle_zip(
    folder: Path | str, path: Path | str, *, title: str = "", language: str = "en", citation: str | None = None
) -> Path:  # fmt: skip
    """Pack the figures of a folder, and of those within it, with a README and a citation.

    The same folder gives the same bytes. `title` is the first line of the README, `citation` the content of
    ``CITATION.cff``: that of this package if left out. DataError if the folder holds no figure.
    """
    folder, path = Path(folder), Path(path)
    title = plain_markdown(title or tr("Figures", check_language(language)))
    lines = [f"# {title}", "", f"## {tr('What is in here', language)}", ""]
    for name, facts in _figures(folder, language).items():
        lines.append(f"- **{name}** {plain_markdown(facts['words'])}".rstrip())
        lines.append("  " + ", ".join(f"`{file}`" for file in facts["files"]))
    lines += ["", f"## {tr('How to cite', language)}", "", "CITATION.cff", ""]
    if citation is None:
        shipped = root() / "CITATION.cff"
        citation = shipped.read_text(encoding="utf-8") if shipped.is_file() else f"lnregions {__version__}\n"
    entries = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in _ENDINGS and file.resolve() != path.resolve()
    }
    entries |= {"README.md": "\n".join(lines).encode(), "CITATION.cff": citation.encode()}
    save_file(path, _archive(entries))
    return path


def bundle_docx(folder: Path | str, path: Path | str, *, title: str = "", language: str = "en") -> Path:
    """Put the figures of a folder with their captions into one Word file, each at its own size.

    Raises
    ------
    DataError
        If python-docx is not installed, or the folder holds no figure saved as PNG.
    """
    folder, path = Path(folder), Path(path)
    title = title or tr("Figures", check_language(language))
    document = word_document(language, title=title)
    document.add_heading(title, level=1)
    for name, facts in _figures(folder, language).items():
        file = folder / f"{name}.png"
        if not file.is_file():
            raise DataError(
                f"The figure {name!r} was not saved as PNG, which Word needs. Save it with format png, too."
            )
        words, width = facts["words"] or name, min(facts["size_mm"][0], _WIDEST_MM)
        document.add_picture(str(file), width=round(width * _EMU))
        document.inline_shapes[-1]._inline.docPr.set("descr", facts["alt"].get(language) or words)
        document.add_paragraph(words, style="Caption")
        if f"{Path(name).name}.csv" in facts["files"]:
            document.add_paragraph(tr("Data behind the picture: {file}", language, file=f"{name}.csv"))
    save_file(path, dateless_office(document))
    return path


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
    if landscape:
        [section] = document.sections
        section.orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = 297 * _EMU, 210 * _EMU
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = 12 * _EMU
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
    return _archive(parts | inside)
