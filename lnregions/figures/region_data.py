"""What a picture of a plan, a region or a city is made from: checked arguments, loaded tables, or why there is none."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, wraps
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from lnregions.assess import figures_of, load_tables, members_of, stand_ins
from lnregions.boundaries import boundaries_of, boundary_words, equal_area, extent, project
from lnregions.errors import unknown
from lnregions.figures.bundles import Picture, Pictures
from lnregions.figures.drawn_rows import complete_rows, figures_only, paired_years
from lnregions.figures.messages import cited_sources, in_sentence, message_of, source_words
from lnregions.series import Tables, member_frame
from lnregions.style import MM, OPTION_PARAMETERS, DrawingOptions, size_of
from lnregions.tables import Plan, plan_of, with_cities, with_region
from lnregions.words import LANGUAGES, check_language, spans_of
from lnregions.words.catalogue import tr
from lnregions.words.texts import NO_TEXT, Text, with_article

NO_MAP = "No map: the plan has no boundaries of these areas."
NO_FIGURE = "No picture: no figure of {indicator} is known for {area}."
NO_FIGURE_OF_YEAR = "No data: no figure of {indicator} for {area} in {year}; there are figures for {years}."


class NothingToShow(Exception):
    """Says why a picture of a plan cannot be drawn: in words of the catalogue, with values for their braces."""

    def __init__(self, message: str, **values: object):
        super().__init__(message)
        self.values = values


def or_reason(draw: Callable) -> Callable:
    """Make a drawing return no picture but the reason where a plan has nothing that it could show.

    A mistake in its arguments is a DataError as ever. Its signature names all `DrawingOptions`, for completion.
    """

    @wraps(draw)
    def drawn(*args, language: str = "en", **options):
        try:
            return draw(*args, language=language, **options)
        except NothingToShow as reason:
            return Pictures(reason=tr(str(reason), language or "en", **reason.values))

    *own, _ = inspect.signature(draw).parameters.values()
    drawn.__signature__ = inspect.signature(draw).replace(parameters=[*own, *OPTION_PARAMETERS])
    return drawn


class Head(NamedTuple):
    """Title and subtitle of a picture by language; the caption is made of them."""

    title: Mapping[str, str]
    subtitle: Mapping[str, str] = {"en": "", "zh": ""}

    def caption(self) -> dict[str, str]:
        """Title and subtitle as a sentence by language."""
        return {
            language: comma.join(filter(None, (self.title[language], self.subtitle[language]))) + stop
            for language, comma, stop in (("en", ", ", "."), ("zh", "，", "。"))
        }


@dataclass(frozen=True)
class RegionData:
    """What a picture of a region, a city or a whole plan is made from: checked arguments and loaded tables.

    Attributes
    ----------
    plan : Plan
    area : str
        Code of a region or a city; empty for the whole plan.
    indicator : str
        Code of the indicator; empty if there is no single one.
    tables : Tables
        Figures as known on a date.
    language, width
        Of the picture.
    options : DrawingOptions
        What the user has changed of it.
    """

    plan: Plan
    area: str
    indicator: str
    tables: Tables
    language: str = "en"
    width: str | float = "double"
    options: DrawingOptions = field(default_factory=DrawingOptions, repr=False, compare=False)

    @classmethod
    def load(
        cls, plan, as_of: str = "", *, language: str = "en", width: str | float = "double", **given: object
    ) -> "RegionData":
        """Check the arguments of a picture of a plan, of one of its regions or of a city, and load its tables.

        `given` are ``region`` or ``adcode``, and ``indicator``; the rest are `DrawingOptions`. DataError for a plan,
        place, indicator, date, language, width or option that is unknown; an empty value means the default.
        """
        plan, language, width = plan_of(plan), check_language(language or "en"), width or "double"
        codes = {name: given.pop(name) for name in ("region", "adcode", "indicator") if name in given}
        options = DrawingOptions(**given)
        width = options.given["figsize"][0] / MM if "figsize" in options.given else width
        size_of(width)
        plan = with_region(plan, codes["region"]) if "region" in codes else plan
        known = {"region": plan.regions, "adcode": plan.areas, "indicator": plan.indicators}
        for name, code in codes.items():
            kind = "area" if name == "adcode" else name
            choices, names = known[name][kind].tolist(), known[name].filter(regex="^short_")
            if not isinstance(code, str) or code not in choices:
                raise unknown(kind, str(code), choices, names=names.to_numpy().ravel().tolist())
        area = str(codes.get("region") or codes.get("adcode", ""))
        tables = load_tables(plan, as_of=as_of or "")
        return cls(plan, area, codes.get("indicator", ""), tables, language, width, options)

    @cached_property
    def drawn(self) -> Plan:
        """The plan by city: a member province is shown by its cities."""
        return with_cities(self.plan)

    @cached_property
    def members(self) -> list[str]:
        """Cities of the region."""
        return list(members_of(self.drawn, self.area))

    @cached_property
    def cities(self) -> gpd.GeoDataFrame:
        """Boundaries of all cities of the plan, on the equal-area grid that suits its areas.

        Raises
        ------
        NothingToShow
            When there are neither cities nor counties.
        """
        return self._on_grid("city")

    @cached_property
    def counties(self) -> gpd.GeoDataFrame:
        """Boundaries of all counties of the plan, on the same grid."""
        return self._on_grid("county")

    def _on_grid(self, level: str) -> gpd.GeoDataFrame:
        frames = map(partial(boundaries_of, self.plan), ("city", "county"))
        whole = next((frame for frame in frames if len(frame)), None)
        if whole is None:
            raise NothingToShow(NO_MAP)
        return project(boundaries_of(self.plan, level), crs=equal_area(extent(whole)))

    @property
    def codebook(self) -> pd.Series:
        """Codebook row of the indicator."""
        return self.tables.indicator(self.indicator)

    @property
    def names(self) -> dict[str, str]:
        """Short names by area, in the language of the picture."""
        return self.tables.names(self.language)

    def dated(self, words: Mapping[str, str]) -> dict[str, str]:
        """Words with the as-of date, as a sentence by language."""
        return self.words("{words}, as known on {date}.", words=words, date=self.tables.as_of)

    def series(self):
        """Figures of the area itself year by year; of a region they are made of those of its members."""
        return figures_of(self.plan, self.area, indicator=self.indicator, tables=self.tables)

    def figures(self, areas: Sequence[str] | None = None) -> pd.DataFrame:
        """Figures of the members, or of other areas, year by year."""
        areas = self.members if areas is None else areas
        return member_frame(self.tables, areas, indicator=self.indicator)

    def known(
        self, found: pd.DataFrame, reason: str = NO_FIGURE, *, years: Iterable[int] = (), **values: object
    ) -> pd.DataFrame:
        """Figures of the indicator as they are; NothingToShow for the reason, or that other years have some."""
        if found.empty:
            area = getattr(with_article(self.tables.name_text(self.area)), self.language)
            known = {"area": area, "indicator": self.words("{indicator}")[self.language]}
            values = known | {"years": spans_of(years, self.language)} | values
            raise NothingToShow(NO_FIGURE_OF_YEAR if values["years"] else reason, **values)
        return found

    def addable(self) -> None:
        """NothingToShow where figures of the indicator, such as rates, cannot be added."""
        if self.codebook["aggregation"] != "sum":
            self.known(pd.DataFrame(), "No picture: figures of {indicator} cannot be added.")

    def comparable_years(self, found: pd.DataFrame, *, areas: int = 0) -> tuple[int, int]:
        """Years to compare: the last before the plan, or else the first, and the latest, that all members have.

        `areas` is how many there are where the figures are not those of the members.

        If no year has all members, years with as many as any year has serve. The latest is one that a member has
        without a break since the first; NothingToShow if there is none.
        """
        counts = found.groupby("year")["area"].nunique()
        full = sorted(counts[counts >= min(areas or len(self.members), counts.max())].index)
        before = [year for year in full if year < int(self.plan.facts["first_year"])]
        first = int((before[-1:] or [*full, 0])[0])
        ends = [int(year) for year in full if year > first and len(paired_years(found, first, int(year)))]
        if not ends:
            raise NothingToShow("No picture: no two years of any member may be compared.")
        return first, ends[-1]

    def words(self, message: str, **values: object) -> dict[str, str]:
        """A message in both languages, ``{area}`` and ``{indicator}`` filled in; values may be mappings by language."""
        found = {}
        for language in LANGUAGES:
            names = {"area": self.tables.name(self.area, language)}
            if self.indicator:
                name = self.codebook[f"name_{language}"]
                names["indicator"] = in_sentence(name) if language == "en" else name
            given = {k: v[language] if isinstance(v, Mapping) else v for k, v in values.items()}
            found[language] = tr(message, language, **names | given)
        return found

    def head(self, subtitle: str = "", **values: object) -> Head:
        """Area and indicator as title; as subtitle a message, and that whole cities stand in for counties."""
        return Head(self.words("{area}: {indicator}"), self.subtitle(subtitle, **values))

    def subtitle(self, message: str = "", **values: object) -> dict[str, str]:
        """A message as subtitle, and that whole cities stand in for counties."""
        said = [self.words(message, **values)] if message else []
        if stand_ins(self.plan, self.area):
            said.append(self.words("whole-city figures; county figures unavailable"))
        return {language: tr("; ", language).join(one[language] for one in said) for language in LANGUAGES}

    def expected(self, data: pd.DataFrame) -> list[str]:
        """Note for each indicator on the figures that work reports alone print, in January and as expected."""
        notes, columns = [], ["area", "indicator", "year", "value", "source"]
        found = figures_only(data).reindex(columns=columns).dropna(subset=["value"])
        known = [isinstance(one, str) and self.tables.is_expected(one) for one in found["source"]]
        found = found[np.array(known, dtype=bool)].astype({"area": object, "indicator": object})
        found = found.fillna({"area": self.area, "indicator": self.indicator})
        for code, own in found.groupby("indicator", sort=False):
            message = "Expected values of work reports: {figures}."
            if code != self.indicator:
                message = "Expected values of work reports ({indicator}): {figures}."
            areas = [
                tr("{area} {year}", self.language, area=self.tables.name(area, self.language),
                   year=spans_of(years, self.language))
                for area, years in own.groupby("area", sort=False)["year"]
            ]  # fmt: skip
            figures = tr("; ", self.language).join(areas)
            notes.append(replace(self, indicator=code).words(message, figures=figures)[self.language])
        return notes

    def labels(
        self, data: pd.DataFrame, head: Head, *, panels: bool = False, notes: Sequence[str] = ()
    ) -> dict:
        """Words, size and axes that every chart takes; several panels have axes of their own."""
        source = self.options.take("source_line", True)
        return ({} if panels else {"ax": self.options.take("ax")}) | {
            "title": self.options.take("title", head.title[self.language]),
            "subtitle": self.options.take("subtitle", head.subtitle[self.language]),
            "height_mm": self.options.height_mm,
            "unit": self.codebook["unit"] if self.indicator else "",
            "decimals": int(self.codebook["decimals"]) if self.indicator else None,
            "width": self.width,
            "language": self.language,
            "names": self.names,
            "notes": [*notes, *self.expected(data)],
            "source": source_words(data, self.tables, language=self.language) if source else "",
        }

    def source_line(self, data: pd.DataFrame) -> str:
        """Source line of a map: from whom, how well attested, as known when, and whose its boundaries are."""
        sources = source_words(data, self.tables, language=self.language)
        space = " " if self.language == "en" else ""
        line = tr("Source: {sources}", self.language, sources=sources)
        return f"{line}{space}{boundary_words(self.plan, self.language)}"

    def picture(
        self, axes, name: str, data: pd.DataFrame, caption: "Mapping[str, str] | Head", *, message: Text = NO_TEXT,
        **parameters,
    ) -> Picture:  # fmt: skip
        """Picture of finished axes; the sources are those in the column ``source`` of the data.

        The alternative text opens with the `message`, or else with what the data say (`message_of`), and so does the
        caption, but that of a verdict, which says it already. Its parameters name the plan, the indicator, the date
        and, unless others do, the region or the city.
        """
        axes = np.ravel(axes)[0]
        self.options.finish(axes.get_figure(root=True))
        caption = caption.caption() if isinstance(caption, Head) else dict(caption)
        codes = {"area": self.area, "indicator": self.indicator, "language": self.language}
        data = complete_rows(data, unit=self.codebook["unit"] if self.indicator else "", **codes)
        said = message_of(data, self.area, plan=self.plan, tables=self.tables)
        alt, opening = {}, message if message.en else said
        for code, space in (("en", " "), ("zh", "")):
            rest = getattr(said, code) if message.en and said.en else caption[code]
            alt[code] = space.join(filter(None, (getattr(opening, code), rest)))
            if "status" not in parameters:
                caption[code] = space.join(filter(None, (getattr(opening, code), caption[code])))
        of = {"plan": self.plan.id, "indicator": self.indicator, "as_of": self.tables.as_of}
        if "region" not in parameters:
            of["region" if self.area in set(self.plan.regions["region"]) else "adcode"] = self.area
        of |= parameters | {"language": self.language}
        of = {key: value for key, value in of.items() if value not in (None, "")}
        cited = self.tables.sources["source"].isin(list(cited_sources(data)))
        sources, figure = self.tables.sources[cited].reset_index(drop=True), axes.get_figure(root=True)
        own = {"ax": axes, "names": self.names, "source_line": getattr(figure, "source_line", "")}
        return Picture(name, figure, data, caption, alt, sources, of, self.language, **own)
