"""Pictures: a figure together with its data, caption, sources and name, ready to be shown and saved.

A notebook shows a picture by naming it in the last line of a cell; ``save`` writes the bundle first, so that what
is shown is what was written.
"""

import base64
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from lnregions.assess import Tables
from lnregions.errors import forget_warnings
from lnregions.show import source_name
from lnregions.style import missing_glyphs

SHOWN_DPI = 150
"""Dots per inch of a picture that is shown without being saved."""
_LISTED = 2
LONGEST_NAME = 52
"""Letters of a source's name in a source line."""


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
        The figures drawn.
    caption, alt : dict
        Text in ``en`` and ``zh``: the caption ready to paste, and what one who cannot see it should know.
    sources : DataFrame
        Sources of the figures drawn: ``source title publisher url published``.
    parameters : dict
        What it was made from: plan, region, indicator, as-of date.
    language : str
        Language of the words in it.
    """

    name: str
    figure: object
    data: pd.DataFrame
    caption: dict[str, str]
    alt: dict[str, str]
    sources: pd.DataFrame
    parameters: dict = field(default_factory=dict)
    language: str = "en"
    _png: bytes = field(default=b"", repr=False)

    def save(self, folder: str = "", *, formats: Sequence[str] = ("png", "svg", "pdf")) -> "Picture":
        """Write the bundle into a folder (nothing is written where none is named), and return the picture."""
        if folder:
            from pathlib import Path

            from lnregions.figures.figures import save_figure

            save_figure(
                self.figure, Path(folder) / self.name, data=self.data, caption=self.caption, alt=self.alt,
                sources=self.sources, parameters=self.parameters, formats=formats,
            )  # fmt: skip
            if "png" in formats:
                self._png = (Path(folder) / f"{self.name}.png").read_bytes()
        return self

    def png(self) -> bytes:
        """The picture as PNG: the very file that was saved, or a new drawing of it."""
        if not self._png:
            from lnregions.figures.figures import screen_png

            self._png = screen_png(self.figure, dpi=SHOWN_DPI)
        return self._png

    def __repr__(self) -> str:
        return f"<Picture {self.name}: {self.caption[self.language]}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = round(self.figure.get_figwidth() * 96)
        image = base64.b64encode(self.png()).decode("ascii")
        return {"image/png": image, "text/plain": self.alt[self.language]}, {"image/png": {"width": width}}


class Pictures:
    """Several pictures shown one after the other.

    Examples
    --------
    >>> len(Pictures([]))
    0
    """

    def __init__(self, pictures: Sequence[Picture]):
        self.pictures = list(pictures)

    def __len__(self) -> int:
        return len(self.pictures)

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)

    def save(self, folder: str = "", *, formats: Sequence[str] = ("png", "svg", "pdf")) -> "Pictures":
        """Write the bundle of each, and return them."""
        for picture in self.pictures:
            picture.save(folder, formats=formats)
        return self

    def __repr__(self) -> str:
        return f"<Pictures: {', '.join(picture.name for picture in self.pictures) or 'none'}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for picture in self.pictures:
            display(picture)


def make_picture(
    axes, name: str, *, tables: Tables, data: pd.DataFrame, says: tuple[str, str], **parameters
) -> Picture:
    """Picture of finished axes: `says` is what it shows, in English and Chinese; the caption adds the sources.

    `data` may have a column ``source`` (ids, space-separated), from which the sources are listed.
    """
    language = parameters.pop("language", "en")
    figure = _first(axes).get_figure(root=True)
    sources = sources_of(data, tables.sources)
    caption = dict(zip(("en", "zh"), says, strict=True))
    alt = {lang: f"{words} {_counted(data, lang)}" for lang, words in zip(("en", "zh"), says, strict=True)}
    known = {key: value for key, value in parameters.items() if value not in (None, "")}
    return Picture(name, figure, data, caption, alt, sources, known | {"language": language}, language)


def sources_of(data: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table of sources for every id in the column ``source`` of some data."""
    return sources[sources["source"].isin(list(_cited(data)))].reset_index(drop=True)


def _cited(data) -> Counter:
    """How often each source is cited in the column ``source``; nothing where there is none."""
    cells = data["source"].fillna("") if "source" in data else ()
    return Counter(source for cell in cells for source in str(cell).split())


def _grades(data):
    """Grades of the rows that cite a source, each once."""
    if not {"source", "grade"} <= set(data.columns):
        return []
    rows = zip(data["grade"], data["source"].fillna(""), strict=True)
    return sorted({grade for grade, source in rows if grade and source})


def source_line(data: pd.DataFrame, tables: Tables, *, language: str = "en", boundaries: str = "") -> str:
    """Source line of a picture: from whom, how well attested, as known when; for a map, whose its boundaries are."""
    head = "资料来源：" if language == "zh" else "Source: "
    line = head + source_words(data, tables, language=language)
    return line + ((" " if language == "en" else "") + boundaries if boundaries else "")


def source_words(data: pd.DataFrame, tables: Tables, *, language: str = "en") -> str:
    """Sources of some data in a few words: the most used ones, grades, date of knowledge."""
    counts = _cited(data)
    order = sorted(counts, key=lambda source: (-counts[source], source))
    listed = tables.sources[tables.sources["source"].isin(order[:_LISTED])]
    by_id = {row["source"]: row for row in listed.to_dict("records")}
    named = [f"{_issuer(by_id[s], language)} [{s}]".strip() for s in order[:_LISTED] if s in by_id]
    more = len(order) - len(named)
    grades = ", ".join(_grades(data))
    if language == "zh":
        text = "；".join(named) + (f"；另有{more}个来源" if more > 0 else "") or "本项目数据表"
        return text + (f"（等级{grades.replace(', ', '、')}）" if grades else "") + f"，截至{tables.as_of}。"
    text = "; ".join(named) + (f"; and {more} more" if more > 0 else "") or "tables of this project"
    return text + (f" (grade {grades})" if grades else "") + f", as known on {tables.as_of}."


def _issuer(source, language):
    """Who a source is, in few words that the font can draw."""
    words = source_name(source, language)
    words = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
    return "" if missing_glyphs(words) else words


def _counted(data, language):
    return f"{len(data)}个数据。" if language == "zh" else f"{len(data)} figures."


def _first(axes):
    return axes.flat[0] if hasattr(axes, "flat") else axes[0] if isinstance(axes, list | tuple) else axes


def warm_up(plan: str = "ln-2022", as_of: str = "") -> None:
    """Load once what every notebook on a plan needs: tables, boundaries, verdicts; draw a map and a chart away.

    One is in Chinese and one in English, so that the commonest glyphs of both are at hand. What is untidy about
    the plan's files is not said: the notebooks do so.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _warm_up(plan, as_of)
    finally:
        forget_warnings()


def _warm_up(plan, as_of):
    from lnregions.assess import judge
    from lnregions.figures.chart_pictures import draw_members
    from lnregions.figures.figures import FORMATS, pictures_of
    from lnregions.figures.map_pictures import draw_map, draw_membership, draw_verdict_map
    from lnregions.tables import load_caveats, load_plan, shipped_plans

    shipped_plans()
    load_caveats()
    plan = load_plan(plan)
    judge(plan, as_of=as_of)
    draw_membership(plan, as_of=as_of)  # finds the ground that all maps of a plan share
    draw_verdict_map(plan, as_of=as_of)
    region = plan.regions["region"].iloc[0]
    for draw, language in ((draw_map, "zh"), (draw_members, "en")):
        picture = draw(plan, region, "gdp", as_of=as_of, language=language)
        pictures_of(picture.figure, FORMATS)
