"""Save a figure with all that belongs to it: PNG, SVG, PDF, data, caption, sources, machine-readable facts.

The same input gives the same bytes: no dates of making, no random identifiers.
"""

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text
from PIL import Image, PngImagePlugin

from lnregions import __version__
from lnregions.errors import DataError, quote, unknown
from lnregions.files import write_json, write_whole
from lnregions.style import (
    FAMILY,
    MM,
    PRINT_DPI,
    StyledFigure,
    font_files,
    missing_glyphs,
    quick_pdf_fonts,
    rc,
)
from lnregions.words import LANGUAGES
from lnregions.words.catalogue import tr

FORMATS = ("png", "svg", "pdf")

_METADATA = {
    "svg": {"Date": None, "Creator": "lnregions"},
    "pdf": {"CreationDate": None, "Creator": "lnregions", "Producer": "lnregions"},
}
COMPRESSION = 4
"""zlib level of PNG files: 9 is 5 % smaller and takes four times as long (benchmarks/bench_figures.py)."""
_MOST_COLOURS = 20_000
"""Colours above which a picture is taken for a photograph, and saved without a palette."""
_VISIBLE = 32
"""Difference of a channel, of 255, from which a pixel counts as changed by a palette."""
_MOST_CHANGED = 0.004
"""Share of pixels, at the edges of lines and letters, that a palette may change."""
_FIRST_CHINESE = 0x2E80
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n|＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*)(\.\d+)?([eE][+-]?\d+)?%?\Z", re.ASCII)
_RECORDED = ("source", "title", "publisher", "url", "kind", "published", "licence")


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
) -> dict[str, Path]:
    """Write a figure and all that goes with it beside one another, each file whole or not at all.

    Parameters
    ----------
    fig
        The figure, in the style of this package or any other.
    stem
        Path without an ending; its folder is made. An ending that is a format means that format only.
    data
        The table that is drawn; written as CSV without its geometry. Text that a spreadsheet would take for
        a formula gets an apostrophe before it.
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
    _prepare_text(fig)
    title = next(iter(caption.values()), stem.name)
    contents = {f".{name}": drawn for name, drawn in encode(fig, formats, title=title).items()}
    if data is not None:
        contents[".csv"] = data_csv(data)
    if caption:
        contents[".caption.md"] = caption_text(caption, records, data)
    files = {ending: stem.with_name(stem.name + ending) for ending in (*contents, ".json")}
    stem.parent.mkdir(parents=True, exist_ok=True)
    for ending, content in contents.items():
        write_whole(files[ending], content)
    facts = _facts(fig, stem.name, parameters) | {
        "sources": records,
        "files": [files[ending].name for ending in contents],
        "caption": dict(caption),
        "alt": dict(alt),
    }
    write_json(files[".json"], facts)
    return {ending.split(".")[1]: path for ending, path in files.items()}


def encode(fig: Figure, formats: Sequence[str] = FORMATS, *, title: str = "") -> dict[str, bytes]:
    """Bytes of a figure by format, of the figure's own size: no margin is cut."""
    return {name: _encode(fig, name, title) for name in formats}


def _encode(fig: Figure, name: str, title: str) -> bytes:
    if name == "png":
        return screen_png(
            fig, dpi=PRINT_DPI, texts={"Software": "lnregions"} | ({"Title": title} if title else {})
        )
    metadata = _METADATA[name] | ({"Title": title} if title else {})
    stream = io.BytesIO()
    with _in_style(fig), quick_pdf_fonts() if name == "pdf" else nullcontext():
        fig.savefig(stream, format=name, metadata=metadata, dpi=PRINT_DPI)
    return stream.getvalue()


def _in_style(fig: Figure):
    """Block in which a figure's own style is in force, or that of its width."""
    own = isinstance(fig, StyledFigure)
    return fig.in_style() if own else mpl.rc_context(rc(width=fig.get_figwidth() / MM))


def screen_png(fig: Figure, *, dpi: int, texts: Mapping[str, str] | None = None) -> bytes:
    """Figure as PNG at some resolution, its sides the nearest whole numbers of pixels."""
    width, height = (round(side * dpi) for side in fig.get_size_inches())
    renderer, own_dpi = RendererAgg(width, height, dpi), fig.dpi
    try:
        fig.dpi = dpi
        with _in_style(fig):
            fig.draw(renderer)
    finally:
        fig.dpi = own_dpi
    return encode_png(np.asarray(renderer.buffer_rgba()), dpi=dpi, texts=texts or {})


def encode_png(pixels: np.ndarray, *, dpi: int, texts: Mapping[str, str]) -> bytes:
    """Pixels (height, width, 4; uint8) as PNG without transparency, with a palette if 256 colours are enough."""
    stream, metadata = io.BytesIO(), PngImagePlugin.PngInfo()
    for key, text in texts.items():
        metadata.add_itxt(key, text)
    image = _with_palette(pixels) or Image.fromarray(pixels).convert("RGB")
    image.save(stream, "PNG", dpi=(dpi, dpi), pnginfo=metadata, compress_level=COMPRESSION)
    return stream.getvalue()


def _with_palette(pixels: np.ndarray) -> Image.Image | None:
    """Image with a palette of its commonest colours, a third of the size; None if that would be visible.

    Colours are grouped by the first six bits of their channels. Pillow's own quantizing moves the plain fills,
    even white, by some levels; here the commonest colour of a group stays exactly as it is.
    """
    counted = Image.fromarray(pixels).getcolors(_MOST_COLOURS)
    if counted is None:
        return None
    counts, colours = (np.array(part) for part in zip(*sorted(counted, reverse=True), strict=True))
    groups, colours = _group(colours.astype(np.uint8)), colours[:, :3]
    found, first = np.unique(groups, return_index=True)
    palette = colours[np.sort(first)[:256]]
    distances = (palette**2).sum(axis=1) - 2 * colours[first] @ palette.T
    table = np.zeros(1 << 18, dtype=np.uint8)
    table[found] = distances.argmin(axis=1)
    changed = np.abs(colours - palette[table[groups]]).max(axis=1) >= _VISIBLE
    if counts[changed].sum() > _MOST_CHANGED * counts.sum():
        return None
    indexed = Image.fromarray(table[_group(pixels)])
    indexed.putpalette(palette.astype(np.uint8).tobytes())
    return indexed


def _group(colours: np.ndarray) -> np.ndarray:
    """Number of each colour (..., 4; uint8) made of the first six bits of red, green and blue."""
    packed = np.ascontiguousarray(colours).view("<u4")[..., 0]
    return packed >> 2 & 0x3F | packed >> 4 & 0xFC0 | packed >> 6 & 0x3F000


def _stem_and_formats(stem: Path | str, formats) -> tuple[Path, tuple[str, ...]]:
    """Path without an ending, and the formats to write, each once and known."""
    if not isinstance(stem, str | Path) or not Path(stem).name:
        raise DataError(f"The path {quote(stem)} names no file. Give a path such as figures/gdp.")
    stem = Path(stem)
    if stem.suffix[1:].lower() in FORMATS:
        formats = stem.suffix[1:].lower() if formats is None else formats
        stem = stem.with_suffix("")
    if isinstance(formats, str) or not isinstance(formats, Iterable):
        formats = FORMATS if formats is None else (formats,)
    formats = tuple(dict.fromkeys(formats))
    for name in formats:
        if name not in FORMATS:
            raise unknown("format", str(name), FORMATS)
    return stem, formats


def _check_figure(fig: object) -> None:
    if isinstance(fig, FigureBase) and fig.get_figure(root=True) is fig:
        return
    here = type(fig).__name__
    figure = f"the {here}'s .figure" if hasattr(fig, "figure") else "ax.figure of the axes you drew on"
    raise DataError(
        f"What is to be saved is no whole figure but a {here}. Give a matplotlib figure, such as {figure}."
    )


def _prepare_text(fig: Figure) -> None:
    """Refuse text with characters the font lacks; set Chinese on a figure made elsewhere in the bundled font."""
    texts = [text for text in fig.findobj(Text) if text.get_visible()]
    for text in texts:
        if missing := missing_glyphs(text.get_text()):
            raise DataError(
                f"The text {text.get_text()!r} has characters the bundled font lacks: {missing}. "
                "Write it with others."
            )
    if not isinstance(fig, StyledFigure):
        font_files()
        for text in texts:
            if any(ord(c) >= _FIRST_CHINESE for c in text.get_text()):
                text.set_fontfamily([FAMILY])


def _facts(fig: Figure, name: str, parameters: Mapping | None) -> dict:
    """What the sidecar says of the figure itself."""
    drawing = sys.modules.get("lnregions.maps")  # imported if there is a map on the figure
    maps = [facts for ax in fig.axes if drawing and (facts := drawing.map_facts(ax))]
    facts = {
        "figure": name,
        "package": "lnregions",
        "version": __version__,
        "size_mm": [round(side / MM, 1) for side in fig.get_size_inches()],
        "dpi": PRINT_DPI,
        "language": getattr(fig, "language", None),
        "parameters": json.loads(json.dumps(dict(parameters or {}), default=str)),
    }
    return facts | ({"maps": json.loads(json.dumps(maps, default=float))} if maps else {})


# -- data -------------------------------------------------------------------------------------------------


def data_csv(data: pd.DataFrame) -> str:
    """Table as CSV text, without geometry, its text safe to open in a spreadsheet.

    Examples
    --------
    >>> print(data_csv(pd.DataFrame({"area": ["210100"], "note": ["=1+1"], "value": [-3.5]})), end="")
    area,note,value
    210100,'=1+1,-3.5
    """
    table = pd.DataFrame(data.loc[:, [str(kind) != "geometry" for kind in data.dtypes]])
    for column, kind in table.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            table[column] = table[column].map(_safe_cell)
    table.columns = [_safe_cell(str(c)) for c in table.columns]
    return table.to_csv(index=False, lineterminator="\n")


def _safe_cell(value: object) -> object:
    """Value, with an apostrophe before it if a spreadsheet would run it as a formula."""
    runs = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.match(value)
    return f"'{value}" if runs else value


# -- captions and sources ---------------------------------------------------------------------------------


def _by_language(words: Mapping[str, str] | None, what: str) -> dict[str, str]:
    """Texts by language, checked; empty for None."""
    if not isinstance(words, Mapping | None) or not all(
        isinstance(one, str) for one in (words or {}).values()
    ):
        raise DataError(
            f"The {what} {quote(words)} is not text by language. "
            'Give it by language, such as {"en": "GDP of two cities.", "zh": "两市生产总值。"}.'
        )
    words = dict(words or {})
    for language in words:
        if language not in LANGUAGES:
            raise unknown(f"language of the {what}", language, LANGUAGES)
    return {language: words[language] for language in LANGUAGES if language in words}


def source_records(
    sources: pd.DataFrame | Sequence[Mapping] | None, data: pd.DataFrame | None = None
) -> list[dict]:
    """Sources of a figure as records: those its data cite, with the grades and vintages of the rows.

    Raises
    ------
    DataError
        If the data cite a source that is not among those given.
    """
    if sources is None:
        return []
    rows = sources.to_dict("records") if isinstance(sources, pd.DataFrame) else sources
    records = [{k: str(row[k]) for k in _RECORDED if k in row and not _empty(row[k])} for row in rows]
    column = next((c for c in ("source", "sources") if data is not None and c in data), None)
    if column is None:
        return records
    known = {record.get("source"): record for record in records}
    cited: dict[str, list[dict]] = {}
    for row in data.to_dict("records"):
        for name in str("" if _empty(row[column]) else row[column]).split():
            cited.setdefault(name, []).append(row)
    found = []
    for name, citing in sorted(cited.items()):
        if name not in known:
            raise unknown("source", name, [str(k) for k in known])
        marks = {
            mark: sorted({str(row[key])[:10] for row in citing if not _empty(row.get(key))})
            for key, mark in (("grade", "grades"), ("vintage", "vintages"))
        }
        found.append(known[name] | {mark: values for mark, values in marks.items() if values})
    return found


def _empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)


def caption_text(caption: Mapping[str, str], records: Sequence[Mapping], data: pd.DataFrame | None) -> str:
    """Caption in each language given, ready to paste: what is shown, sources, grades.

    Examples
    --------
    >>> print(caption_text({"en": "GDP of two cities."}, [{"title": "Bulletin"}], None).split(" Made")[0])
    **Figure.** GDP of two cities. Sources: Bulletin.
    """
    grades = {} if data is None or "grade" not in data else Counter(data["grade"].dropna())
    return "\n\n".join(_paragraph(words, records, grades, lang) for lang, words in caption.items()) + "\n"


def plain_markdown(text: str) -> str:
    r"""Text with what would be a link, an image or a tag in Markdown made ordinary signs.

    Examples
    --------
    >>> print(plain_markdown("[x](javascript:alert(1)) <b>"))
    \[x](javascript:alert(1)) \<b>
    """
    return re.sub(r"[\\\[<]", r"\\\g<0>", " ".join(text.split("\n")))


def _paragraph(words: str, records: Sequence[Mapping], grades: Mapping[str, int], language: str) -> str:
    space, semicolon, comma = (" ", "; ", ", ") if language == "en" else ("", "；", "，")
    parts = [f"**{tr('Figure.', language)}**{space}{plain_markdown(words.strip())}"]
    if records:
        named = semicolon.join(plain_markdown(_named(record, language)) for record in records)
        parts.append(tr("Sources: {sources}.", language, sources=named))
    if grades:
        counted = [tr("{grade} ({number})", language, grade=g, number=n) for g, n in sorted(grades.items())]
        parts.append(tr("Grades of evidence: {grades}.", language, grades=comma.join(counted)))
    parts.append(tr("Made with lnregions {version}.", language, version=__version__))
    return space.join(parts)


def _named(record: Mapping, language: str) -> str:
    title, date = record.get("title", record.get("source", "")), record.get("published", "")
    return tr("{title} ({date})", language, title=title, date=date) if date else title
