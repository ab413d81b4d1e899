"""Save a figure with all that belongs to it: pictures, data, caption, sources, machine-readable facts.

The same input gives the same bytes: no dates of making, no random identifiers.
"""

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
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
from lnregions.figures.drawn_rows import data_csv, data_records
from lnregions.figures.messages import caption_text, source_records
from lnregions.files import save_file, write_json
from lnregions.style import MM, PRINT_DPI, StyledFigure, font_files, quick_pdf_fonts, rc, set_fonts
from lnregions.words import LANGUAGES

FORMATS, SLIDES = ("png", "svg", "pdf"), "pptx"
LEAST_DPI, MOST_DPI = 72, 1200
"""Resolutions of PNG."""
_METADATA = {
    "svg": {"Date": None, "Creator": "lnregions"},
    "pdf": {"CreationDate": None, "Creator": "lnregions", "Producer": "lnregions"},
}
COMPRESSION = 4
"""zlib level of PNG files: 9 is 5 % smaller and takes four times as long."""
_MOST_COLOURS = 20_000
"""Colours above which a picture is taken for a photograph, and saved without a palette."""
_VISIBLE = 32
"""Difference of a channel, of 255, from which a pixel counts as changed by a palette."""
_MOST_CHANGED = 0.004
"""Share of pixels, at the edges of lines and letters, that a palette may change."""
COLOURS = 64
"""Colours of a small picture."""
WIDEST = 1100
"""Pixels of a small picture; twice what a narrow screen shows and a little more than the pages' column."""
_MOST_PIXELS = 100_000_000


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


# -- as bytes -----------------------------------------------------------------------------------------------


def encode(
    fig: Figure, formats: Sequence[str] = FORMATS, *, title: str = "", dpi: int = PRINT_DPI, svg_text: bool = False
) -> dict[str, bytes]:  # fmt: skip
    """Bytes of a figure by format, of the figure's own size: no margin is cut.

    `dpi` is the resolution of PNG, 72 to 1,200; with `svg_text` letters in SVG are text in the bundled font's name and
    no outlines. DataError for another resolution.
    """
    if isinstance(dpi, bool) or not isinstance(dpi, int | float) or not LEAST_DPI <= dpi <= MOST_DPI:
        raise DataError(
            f"The resolution {dpi!r} is out of range. Give {LEAST_DPI} to {MOST_DPI} dots per inch."
        )
    titled, found = {"Title": title} if title else {}, {}
    for name in formats:
        if name == "png":
            found[name] = screen_png(fig, dpi=dpi, texts={"Software": "lnregions"} | titled)
            continue
        stream = io.BytesIO()
        with _in_style(fig, svg_text=svg_text), quick_pdf_fonts() if name == "pdf" else nullcontext():
            fig.savefig(stream, format=name, metadata=_METADATA[name] | titled, dpi=PRINT_DPI)
        found[name] = stream.getvalue()
    return found


@contextmanager
def _in_style(fig: Figure, *, svg_text: bool = False):
    """Block in which a figure made elsewhere has the style of its width; others draw in their own by themselves."""
    more = {"svg.fonttype": "none"} if svg_text else {}
    if not isinstance(fig, StyledFigure):
        with mpl.rc_context(rc(width=fig.get_figwidth() / MM) | more):
            yield
        return
    before, fig.settings = fig.settings, fig.settings | more
    try:
        yield
    finally:
        fig.settings = before


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
    pixels, metadata, stream = np.asarray(renderer.buffer_rgba()), PngImagePlugin.PngInfo(), io.BytesIO()
    for key, text in (texts or {}).items():
        metadata.add_itxt(key, text)
    image = _with_palette(pixels) or Image.fromarray(pixels).convert("RGB")
    image.save(stream, "PNG", dpi=(dpi, dpi), pnginfo=metadata, compress_level=COMPRESSION)
    return stream.getvalue()


def _with_palette(pixels: np.ndarray) -> Image.Image | None:
    """Image with a palette of its commonest colours, a third of the size; None if that would be visible.

    Colours are counted by runs of equal pixels, and grouped by the first six bits of their channels. Pillow's own
    quantizing moves the plain fills, even white, by some levels; here the commonest colour of a group stays exactly
    as it is.
    """
    flat = np.ascontiguousarray(pixels).view("<u4").ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(starts, append=flat.size)
    packed, runs = np.unique(flat[starts], return_inverse=True)
    if len(packed) > _MOST_COLOURS:
        return None
    counts = np.bincount(runs, lengths)
    commonest = np.argsort(-counts, kind="stable")
    colours = packed.view(np.uint8).reshape(-1, 4)[:, :3].astype(int)
    groups = packed >> 2 & 0x3F | packed >> 4 & 0xFC0 | packed >> 6 & 0x3F000
    _, first, members = np.unique(groups[commonest], return_index=True, return_inverse=True)
    palette = colours[commonest[np.sort(first)[:256]]]
    distances = (palette**2).sum(axis=1) - 2 * colours[commonest[first]] @ palette.T
    nearest = np.empty(len(packed), dtype=np.uint8)
    nearest[commonest] = distances.argmin(axis=1)[members]
    changed = np.abs(colours - palette[nearest]).max(axis=1) >= _VISIBLE
    if counts[changed].sum() > _MOST_CHANGED * flat.size:
        return None
    indexed = Image.fromarray(np.repeat(nearest[runs], lengths).reshape(pixels.shape[:2]))
    indexed.putpalette(palette.astype(np.uint8).tobytes())
    return indexed


@lru_cache(maxsize=128)
def small_picture(content: bytes, *, widest: int = WIDEST, colours: int = COLOURS) -> tuple[bytes, int, int]:
    """Return a picture as PNG of few colours, at most `widest` pixels wide, with its width and height in pixels.

    The last ones are kept: a render makes them for the notebooks' pages, and the pages over the runs show the same.

    Examples
    --------
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (3000, 600), "#fff").save(file, "PNG")
    >>> small_picture(file.getvalue())[1:]
    (1000, 200)
    """
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("too large a picture")
        picture.load()
    small = picture.convert("RGBA").reduce(max(1, -(-picture.width // widest)))
    small = Image.alpha_composite(Image.new("RGBA", small.size, "#ffffff"), small).convert("RGB")
    few = small.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = few.getpalette()
    triples = [palette[i : i + 3] for i in range(0, len(palette), 3)]
    white = [[255] * 3 if min(rgb) >= 250 else rgb for rgb in triples]  # paper stays white
    few.putpalette([value for rgb in white for value in rgb])
    file = io.BytesIO()
    few.save(file, "PNG")
    return file.getvalue(), small.width, small.height
