"""Save a figure with everything that goes with it: pictures, data, caption, sources, machine-readable facts.

The same input gives the same bytes: no dates of making, no random identifiers.
"""

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.text import Text

from lnregions import __version__
from lnregions import errors as _checks
from lnregions.figures.figure_words import caption_text, source_records, speaking
from lnregions.files import write_json, write_whole
from lnregions.style import (
    MM,
    drawn_pdf,
    drawn_pixels,
    drawn_svg,
    encode_png,
    keep_drawing,
    lean_fonts,
    style,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
DPI = 300
FIRST_CHINESE = 0x2E7F  # code point before the first block of Chinese characters and punctuation
_AIR = 1e-6  # of a pixel, so that no side falls short of its whole number
_SCREEN_COMPRESSION = 2  # of 9
_PNG_COMPRESSION = 3  # of 9; both measured in benchmarks/bench_figures.py
_METADATA = {
    "png": {"Software": "lnregions"},
    "svg": {"Date": None, "Creator": "lnregions"},
    "pdf": {"CreationDate": None, "Creator": "lnregions", "Producer": "lnregions"},
}
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n|＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*)(\.\d+)?([eE][+-]?\d+)?%?\Z", re.ASCII)


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
        The figure, drawn in the style of `lnregions.style.style.figure` or any other.
    stem
        Path without an ending; its folder is made. An ending that is a format means that format only.
    data
        The table that is drawn; written as CSV without its geometry. Text that a spreadsheet would take for
        a formula gets an apostrophe before it.
    caption
        What the figure shows, by language ("en", "zh"); sources and grades are added from what is given here.
    alt
        Description for those who cannot see it, by language; the caption where left out.
    sources
        Table of sources (``source title url kind published licence``) or a list of such records. Where
        `data` has a column ``source`` or ``sources``, only those it cites are kept, and each of them must
        be known.
    parameters
        What the figure was made with, such as region, plan, as_of, width; goes into the sidecar as it is.
    formats
        Some of "png" (300 dpi), "svg" (text as outlines), "pdf" (fonts embedded, text selectable), or one of
        them; all where left out.

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
    _refuse_no_figure(fig)
    stem, formats = _stem_and_formats(stem, formats)
    caption, alt = speaking(caption, "caption"), speaking(alt, "alt text") or speaking(caption, "caption")
    records = source_records(sources, data)
    _refuse_missing_glyphs(fig)
    _set_chinese(fig)
    title = next(iter(caption.values()), stem.name)
    pictures = pictures_of(fig, formats, title=title)
    contents: dict[str, tuple[str, bytes | str]] = {k: (f".{k}", drawn) for k, drawn in pictures.items()}
    if data is not None:
        contents["csv"] = (".csv", data_csv(data))
    if caption:
        contents["caption"] = (".caption.md", caption_text(caption, records, data))
    stem.parent.mkdir(parents=True, exist_ok=True)
    written = {}
    for kind, (ending, content) in contents.items():
        written[kind] = stem.with_name(stem.name + ending)
        write_whole(written[kind], content)
    facts = _facts(fig, stem, parameters, records)
    facts |= {"files": [p.name for p in written.values()], "caption": dict(caption), "alt": dict(alt)}
    written["json"] = stem.with_name(stem.name + ".json")
    write_json(written["json"], facts)
    return written


def picture(fig: "Figure", name: str, *, title: str = "") -> bytes:
    """Figure as the bytes of one format, the same every time.

    The layout is taken as it is: no margin is cut or solved anew, so the size is that of the figure.
    """
    return pictures_of(fig, (name,), title=title)[name]


def pictures_of(fig: "Figure", formats: Sequence[str], *, title: str = "") -> dict[str, bytes]:
    """Figure as the bytes of several formats, by format; a figure of ours is gone through once for all of them."""
    with _in_style(fig):
        drawing = _drawing(fig)
        return {name: _drawn(fig, name, title=title, drawing=drawing) for name in formats}


def screen_png(fig: "Figure", *, dpi: int) -> bytes:
    """Figure as PNG for a screen, made quickly."""
    with _in_style(fig):
        pixels = _pixels(fig, _drawing(fig), dpi=dpi)
    return encode_png(pixels, dpi=dpi, compression=_SCREEN_COMPRESSION, metadata={})


def _in_style(fig):
    """Block in which a figure's own style is in force, or that of its width."""
    own = isinstance(fig, style.StyledFigure)
    return fig.in_style() if own else mpl.rc_context(style.rc(width=fig.get_figwidth() / MM))


def _drawing(fig):
    return keep_drawing(fig) if isinstance(fig, style.StyledFigure) else None


def _drawn(fig, name, *, title, drawing) -> bytes:
    """Figure in one format, from its drawing if it has one."""
    metadata = _METADATA[name] | ({"Title": title} if title else {})
    if name == "png":
        words = {key: value for key, value in metadata.items() if value}
        return encode_png(
            _pixels(fig, drawing, dpi=DPI), dpi=DPI, compression=_PNG_COMPRESSION, metadata=words
        )
    fonts = lean_fonts() if name == "pdf" else nullcontext()  # which loads the tools that cut fonts
    with fonts:
        if drawing is not None:
            write = {"svg": drawn_svg, "pdf": drawn_pdf}[name]
            return write(drawing, dpi=DPI, metadata=metadata)
        stream = io.BytesIO()
        fig.savefig(stream, format=name, metadata=metadata, dpi=DPI)
    return stream.getvalue()


class _Pixels(io.RawIOBase):
    """A file that keeps the drawn pixels where they are instead of a copy."""

    def write(self, data) -> int:
        self.drawn = np.asarray(data)
        return self.drawn.nbytes


def _pixels(fig: "Figure", drawing, *, dpi: int) -> np.ndarray:
    """Figure in dots (height, width, 4; uint8), its sides the nearest whole numbers of them."""
    width, height = (round(side * dpi) for side in fig.get_size_inches())
    if drawing is not None:
        return drawn_pixels(drawing, width, height, dpi=dpi)
    pixels, size = _Pixels(), fig.get_size_inches()
    fig.set_size_inches((width + _AIR) / dpi, (height + _AIR) / dpi, forward=False)
    try:  # matplotlib cuts what is over a whole pixel
        fig.savefig(pixels, format="rgba", dpi=dpi)
    finally:
        fig.set_size_inches(size, forward=False)
    return pixels.drawn.reshape(height, width, 4)


def _stem_and_formats(stem: Path | str, formats) -> tuple[Path, tuple[str, ...]]:
    """Path without an ending, and the formats asked for, each once and known."""
    if not isinstance(stem, str | Path) or not Path(stem).name:
        raise _checks.DataError(
            f"The path {_checks.quote(stem)} names no file. Give a path such as figures/gdp.",
        )
    stem = Path(stem)
    if stem.suffix[1:].lower() in FORMATS:
        formats = stem.suffix[1:].lower() if formats is None else formats
        stem = stem.with_suffix("")
    if isinstance(formats, str) or not isinstance(formats, Iterable):
        formats = FORMATS if formats is None else (formats,)
    formats = tuple(dict.fromkeys(formats))
    for name in formats:
        if name not in FORMATS:
            raise _checks.unknown("format", str(name), FORMATS)
    return stem, formats


def _refuse_no_figure(fig: object) -> None:
    """Refuse what cannot be saved, with the way to the figure where it has one."""
    from matplotlib.figure import FigureBase

    if isinstance(fig, FigureBase) and fig.get_figure(root=True) is fig:
        return
    here = type(fig).__name__
    way = f"the {here}'s .figure" if hasattr(fig, "figure") else "ax.figure of the axes you drew on"
    way_zh = f"该 {here} 的 .figure" if hasattr(fig, "figure") else "所绘坐标轴的 ax.figure"
    raise _checks.DataError(
        f"What is to be saved is no whole figure but a {here}. Give a matplotlib figure, such as {way}.",
    )


def _refuse_missing_glyphs(fig: "Figure") -> None:
    """Refuse text that would be drawn with empty boxes."""
    for words in fig.findobj(Text):
        missing = style.missing_glyphs(words.get_text()) if words.get_visible() else ""
        if missing:
            raise _checks.DataError(
                f"The text {words.get_text()!r} has characters the bundled font lacks: {missing}. "
                "Write it with others.",
            )


def _set_chinese(fig: "Figure") -> None:
    """Set Chinese text of a figure made elsewhere in the bundled font, which its own font would draw as boxes."""
    if isinstance(fig, style.StyledFigure):
        return
    style.font_files()
    for words in fig.findobj(Text):
        if any(ord(c) > FIRST_CHINESE for c in words.get_text()):
            words.set_fontfamily([style.FAMILY])


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
        if not pd.api.types.is_numeric_dtype(kind) and any(map(_runs, table[column])):
            table[column] = table[column].map(_safe_cell)
    table.columns = [_safe_cell(str(c)) for c in table.columns]
    return table.to_csv(index=False, lineterminator="\n")


def _runs(value: object) -> bool:
    """Whether a spreadsheet would run a value."""
    return isinstance(value, str) and bool(_FORMULA.match(value)) and not _NUMBER.match(value)


def _safe_cell(value: object) -> object:
    """Value as it is, or with an apostrophe where a spreadsheet would run it."""
    return f"'{value}" if _runs(value) else value


def _facts(fig: "Figure", stem: Path, parameters, records) -> dict:
    """What the sidecar says of the figure itself."""
    drawing = sys.modules.get("lnregions.maps.base")  # a figure with a map on it has loaded it
    maps = [facts for ax in fig.axes if drawing and (facts := drawing.map_facts(ax))]
    facts: dict[str, object] = {
        "figure": stem.name,
        "package": "lnregions",
        "version": __version__,
        "size_mm": [round(side / MM, 1) for side in fig.get_size_inches()],
        "dpi": DPI,
        "language": getattr(fig, "language", None),
        "parameters": json.loads(json.dumps(dict(parameters or {}), default=str)),
    }
    if maps:
        facts["maps"] = json.loads(json.dumps(maps, default=float))
    facts["sources"] = records
    return facts
