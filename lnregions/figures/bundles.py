"""Pictures: a figure together with its data, caption, sources and name, ready to be shown and saved.

A notebook shows a picture as the last line of a cell; ``save`` writes the bundle first, so that what is shown is
what was written.
"""

import base64
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text

from lnregions import __version__
from lnregions.errors import DataError, quote, unknown
from lnregions.figures.kits import save_slides
from lnregions.figures.messages import caption_text, source_records
from lnregions.files import save_file, write_json
from lnregions.formats import FORMATS, SLIDES, data_csv, data_records, encode, screen_png
from lnregions.style import MM, PRINT_DPI, font_files, set_fonts
from lnregions.words import LANGUAGES

_SHOWN_DPI = 150
_OTHER_FORMATS = ("jpg", "jpeg", "tif", "tiff", "eps", "gif", "webp", "bmp")
"""Endings of pictures that are not written, so that none is taken for a folder."""


@dataclass
class Picture:
    """A figure with all that belongs to it.

    Attributes
    ----------
    name : str
        Stem of the files it is saved to.
    figure : matplotlib.figure.Figure
        What is drawn; draw on it before saving, if you like.
    data : DataFrame
        All that is drawn, each number with its unit: see `lnregions.figures.complete_rows`.
    caption, alt : dict
        Text in ``en`` and ``zh``: the caption ready to paste, and what one who cannot see it should know.
    sources : DataFrame
        Sources of the figures drawn: ``source title publisher url published``.
    parameters : dict
        What it was made from: plan, region, indicator, as-of date.
    language : str
        Language of the words in it.
    title : dict
        The caption in ``en`` and ``zh`` without what is said there of boundaries.
    ax : matplotlib.axes.Axes
        Axes that it is drawn on, the first of several.
    names : dict
        Names of areas by code.
    source_line : str
        Line of sources below a chart; empty where it was left out.
    """

    name: str
    figure: object
    data: pd.DataFrame
    caption: dict[str, str]
    alt: dict[str, str]
    sources: pd.DataFrame
    parameters: dict = field(default_factory=dict)
    language: str = "en"
    title: dict[str, str] = field(default_factory=dict)
    ax: Axes | None = field(default=None, repr=False)
    names: dict[str, str] = field(default_factory=dict)
    source_line: str = ""
    _png: bytes = field(default=b"", repr=False)

    def save(self, folder: str = "", *, formats: Sequence[str] = FORMATS, **drawn: object) -> "Picture":
        """Write the bundle into a folder, or the picture alone into a file such as ``my.png``; return the picture.

        Nothing is written if none is named; ``my.pptx`` is a slide with an editable chart. `drawn` are ``dpi`` of PNG
        (72 to 1,200; 300 if left out) and ``svg_text`` (letters as text). DataError for a file of another format.
        """
        ending = Path(folder).suffix[1:].lower()
        formats = formats.replace(" ", "").split(",") if isinstance(formats, str) else formats
        if ending in _OTHER_FORMATS:
            raise unknown("format", ending, (*FORMATS, SLIDES))
        if ending in FORMATS:
            content = encode(self.figure, [ending], title=self.caption[self.language], **drawn)[ending]
            save_file(folder, content)
        elif ending == SLIDES:
            save_slides([self], folder)
        elif folder:
            stem = Path(folder) / self.name
            save_figure(
                self.figure, stem, data=self.data, caption=self.caption, alt=self.alt, sources=self.sources,
                parameters=self.parameters, formats=[one for one in formats if one != SLIDES], **drawn,
            )  # fmt: skip
            if SLIDES in formats:
                save_slides([self], stem.with_name(f"{self.name}.{SLIDES}"))
            if "png" in formats and "dpi" not in drawn:
                self._png = stem.with_name(f"{self.name}.png").read_bytes()
        return self

    def png(self) -> bytes:
        """The picture as PNG: the very file that was saved, or a new drawing of it."""
        self._png = self._png or screen_png(self.figure, dpi=_SHOWN_DPI)
        return self._png

    def __repr__(self) -> str:
        return f"<Picture {self.name}: {(self.title or self.caption)[self.language]}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = round(self.figure.get_figwidth() * 96)
        image = base64.b64encode(self.png()).decode("ascii")
        return {"image/png": image, "text/plain": self.alt[self.language]}, {"image/png": {"width": width}}


class Pictures(list):
    """List of pictures, shown one after the other; `reason` says why there is none.

    >>> Pictures([])
    <Pictures: none>
    """

    def __init__(self, pictures=(), *, reason: str = ""):
        super().__init__(pictures)
        self.reason = reason

    def save(self, folder: str = "", *, formats: Sequence[str] = FORMATS, **drawn: object) -> "Pictures":
        """Write the bundle of each, the only one into a file, or all into one of slides; return them."""
        ending = Path(folder).suffix[1:].lower()
        if len(self) > 1 and ending in FORMATS:
            raise DataError(f"{len(self)} pictures do not go into one file {str(folder)!r}. Give a folder.")
        if ending == SLIDES:
            save_slides(self, folder)
        for picture in [] if ending == SLIDES else self:
            picture.save(folder, formats=formats, **drawn)
        return self

    def __repr__(self) -> str:
        return f"<Pictures: {', '.join(picture.name for picture in self) or self.reason or 'none'}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for picture in self:
            display(picture)
        if self.reason:
            html = f"<p><em>{escape(self.reason)}</em></p>"
            display({"text/plain": self.reason, "text/html": html}, raw=True)


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
