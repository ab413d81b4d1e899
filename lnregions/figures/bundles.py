"""Save a figure with all that belongs to it: PNG, SVG, PDF, data, caption, sources, machine-readable facts.

The same input gives the same bytes: no dates of making, no random identifiers.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text

from lnregions import __version__
from lnregions.errors import DataError, quote, unknown
from lnregions.figures.drawn_rows import UNDATED, figures_only
from lnregions.figures.encoding import FORMATS, encode
from lnregions.files import save_file, write_json
from lnregions.style import MM, PRINT_DPI, font_files, set_fonts
from lnregions.words import LANGUAGES, without_noise
from lnregions.words.catalogue import tr

_FIRST_CHINESE = "\u2e80"
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
    _prepare_text(fig)
    title = next(iter(caption.values()), stem.name)
    contents = {f".{name}": drawn for name, drawn in encode(fig, formats, title=title, **drawn).items()}
    if data is not None:
        contents[".csv"] = data_csv(data)
    if caption:
        contents[".caption.md"] = caption_text(caption, records, data)
    files = {ending: stem.with_name(stem.name + ending) for ending in (*contents, ".json")}
    drawing = sys.modules.get("lnregions.maps")  # imported if there is a map on the figure
    maps = [facts for ax in fig.axes if drawing and (facts := drawing.map_facts(ax))]
    facts = {
        "figure": stem.name,
        "package": "lnregions",
        "version": __version__,
        "size_mm": [round(side / MM, 1) for side in fig.get_size_inches()],
        "dpi": drawn.get("dpi", PRINT_DPI),
        "language": getattr(fig, "language", None),
        "parameters": json.loads(json.dumps(dict(parameters or {}), default=str)),
        **({"maps": json.loads(json.dumps(maps, default=float))} if maps else {}),
        "sources": records,
        **({"data": data_records(data)} if data is not None else {}),
        "files": [files[ending].name for ending in contents],
        "caption": caption,
        "alt": alt,
    }
    for ending, content in contents.items():
        save_file(files[ending], content)
    write_json(files[".json"], facts)
    return {ending.split(".")[1]: path for ending, path in files.items()}


def _stem_and_formats(stem: Path | str, formats) -> tuple[Path, tuple[str, ...]]:
    """Path without an ending, and the formats to write, each once and known."""
    if (
        not isinstance(stem, str | Path)
        or not Path(stem).name
        or str(stem).encode("utf-8", "ignore").decode() != str(stem)
    ):
        raise DataError(f"The path {quote(stem)} names no file. Give a path such as figures/gdp.")
    stem = Path(stem)
    if stem.suffix[1:].lower() in FORMATS:
        formats = stem.suffix[1:].lower() if formats is None else formats
        stem = stem.with_suffix("")
    formats = FORMATS if formats is None else formats
    several = isinstance(formats, Iterable) and not isinstance(formats, str)
    formats = tuple(dict.fromkeys(formats if several else (formats,)))
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
    """Let each text be drawn by a font that has its characters; refuse those that no font has."""
    font_files()
    for text in fig.findobj(Text):
        if text.get_visible() and (missing := set_fonts(text)):
            what = f"The text {text.get_text()!r} has characters that no installed font has: {missing}"
            raise DataError(f"{what}. Install a font that has them, or write it with others.")


# -- data -------------------------------------------------------------------------------------------------


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


# -- captions and sources ---------------------------------------------------------------------------------


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
    records = [
        {k: str(row[k]) for k in _RECORDED if k in row and row[k] != "" and pd.notna(row[k])} for row in rows
    ]
    column = next((c for c in ("source", "sources") if data is not None and c in data), None)
    if column is None:
        return records
    known, found = {record.get("source"): record for record in records}, []
    cited = pd.DataFrame(data).assign(cited=data[column].fillna("").astype(str).str.split()).explode("cited")
    for name, citing in cited.groupby("cited"):  # without the rows that cite nothing
        if name not in known:
            raise unknown("source", name, [str(k) for k in known])
        marks = {}
        for key in ("grade", "vintage"):
            values = citing[key].dropna().astype(str).str[:10] if key in citing else ()
            if values := sorted({*values} - {"", UNDATED}):
                marks[f"{key}s"] = values
        found.append(known[name] | marks)
    return found


def caption_text(caption: Mapping[str, str], records: Sequence[Mapping], data: pd.DataFrame | None) -> str:
    """Caption in each language given, ready to paste: what is shown, sources, grades.

    Examples
    --------
    >>> print(caption_text({"en": "GDP of two cities."}, [{"title": "Bulletin"}], None).split(" Made")[0])
    **Figure.** GDP of two cities. Sources: Bulletin.
    """
    found = () if data is None or "grade" not in data else figures_only(data)["grade"].dropna()
    grades = Counter(grade for grade in found if str(grade).strip())
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
    """Caption in one language with its sources and grades."""
    space, semicolon, comma = (" ", "; ", ", ") if language == "en" else ("", "；", "，")
    parts = [f"**{tr('Figure.', language)}**{space}{plain_markdown(words.strip())}"]
    named = []
    for record in records:
        title, date = record.get("title", record.get("source", "")), record.get("published", "")
        named.append(tr("{title} ({date})", language, title=title, date=date) if date else title)
    if named:
        named = semicolon.join(map(plain_markdown, named))
        message = "Sources: {sources}."
        if max(named, default="") >= _FIRST_CHINESE:
            message = "Sources (titles as published, in Chinese): {sources}."
        parts.append(tr(message, language, sources=named))
    if grades:
        counted = [tr("{grade} ({number})", language, grade=g, number=n) for g, n in sorted(grades.items())]
        parts.append(tr("Grades of evidence: {grades}.", language, grades=comma.join(counted)))
    parts.append(tr("Made with lnregions {version}.", language, version=__version__))
    return space.join(parts)
