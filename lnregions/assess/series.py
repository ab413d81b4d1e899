"""The figures of one area or region for one indicator, year by year, with breaks, coverage and what is missing.

An area has its own figures (the default one a year). A region has none published: its figures are summed or
averaged over its members, as the codebook says the indicator aggregates, or are missing for a stated reason.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from lnregions.assess.totals import yearly_rows
from lnregions.errors import DataError
from lnregions.tables import LINE_BREAKS, Observation, break_scopes, load_sources, observed
from lnregions.words.texts import NO_TEXT, Text, joined, say


class FigureRow(NamedTuple):
    """One figure of a series."""

    year: int
    value: float
    segment: int
    grade: str
    vintage: str
    source: str
    status: str = "computed"
    """Standing of a published figure: preliminary, revised, final or unknown."""


@dataclass(frozen=True)
class Figures:
    """Figures of one area and indicator, a row a year, and what is missing.

    `coverage` says on how many members a total rests, `holes` why a year has no figure, `missing` why no year has one.
    """

    rows: tuple[FigureRow, ...] = ()
    coverage: Text = NO_TEXT
    holes: dict[int, Text] = field(default_factory=dict)
    missing: Text = NO_TEXT

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The figures as a frame ``year value segment grade vintage source status``; nothing may be written into it."""
        rows = pd.DataFrame(self.rows, columns=FigureRow._fields)
        return rows.astype(FigureRow.__annotations__)

    def value_of(self, year: int) -> float | None:
        """Value of one year, or None."""
        return next((float(row.value) for row in self.rows if row.year == year), None)

    def latest(self, *, until: int) -> int | None:
        """Latest year with a figure, not after `until`."""
        return max((row.year for row in self.rows if row.year <= until), default=None)

    def why(self, year: int) -> Text:
        """Recorded reason why a year has no figure; empty where there is none."""
        return self.holes.get(year, self.missing)

    def hole(self, year: int) -> Text:
        """Why a year has no figure."""
        return self.why(year) if self.why(year).en else say("no figure for {year}", year=year)

    def segment(self, year: int) -> tuple[FigureRow, ...]:
        """Rows that may be compared with that of `year`; none where it has no figure."""
        own = {row.segment for row in self.rows if row.year == year}
        return tuple(row for row in self.rows if row.segment in own)

    def breaks(self, first: int | None, last: int | None) -> bool:
        """Whether the series breaks between two of its years."""
        return len({row.segment for row in self.rows if row.year in (first, last)}) > 1


def growth_rates(figures: Figures, *, measure: str) -> tuple[FigureRow, ...]:
    """Yearly growth in per cent: the figures themselves, or steps of levels within one segment.

    All rates are of one segment. A step across a break or a missing year has no rate, nor has one from a level that
    is not above zero or to one below. A step is graded as the weaker of its two figures.
    """
    rows = sorted(figures.rows, key=lambda row: row.year)
    if measure == "growth":
        return tuple(row._replace(segment=0) for row in rows)
    return tuple(
        FigureRow(after.year, (after.value / before.value - 1) * 100, 0, max(before.grade, after.grade),
                  max(before.vintage, after.vintage),
                  joined_sources((before.source, after.source)))
        for before, after in itertools.pairwise(rows)
        if after.year - before.year == 1 and after.segment == before.segment
        and before.value > 0 and after.value >= 0
    )  # fmt: skip


def joined_sources(ids: Iterable[str]) -> str:
    """Source ids of several figures, each once, in order."""
    return " ".join(sorted({source for one in ids for source in one.split()}))


# -- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tables:
    """The checked frames that a series is made from, and the date of knowledge (``YYYY-MM-DD``).

    Tables from `with_observed` have no frame of observations, only `observed`. `made` keeps what is made from them.
    """

    observations: pd.DataFrame
    indicators: pd.DataFrame
    areas: pd.DataFrame
    breaks: pd.DataFrame
    as_of: str = ""
    sources: pd.DataFrame = field(default_factory=load_sources)
    made: dict = field(default_factory=dict, repr=False, compare=False)

    def indicator(self, name: str) -> pd.Series:
        """Codebook row of an indicator."""
        return self.indicators_by_code[name]

    def weight_of(self, indicator: str) -> str:
        """Indicator that weighs the members of a region, empty where none does."""
        return str(self.indicator(indicator)["weight"] or "")

    def name(self, area: str, language: str) -> str:
        """Short name of an area; the code itself for one that the tables do not know."""
        return getattr(self.name_text(area), language)

    def names(self, language: str) -> dict[str, str]:
        """Short names by area."""
        return {area: getattr(name, language) for area, name in self._names.items()}

    def name_text(self, area: str) -> Text:
        """Short name of an area in both languages."""
        return self._names.get(area, Text(area, area))

    @cached_property
    def _names(self):
        areas = self.areas.drop_duplicates("area").astype(str)
        rows = zip(areas["area"], areas["short_en"], areas["short_zh"], strict=True)
        return {area: Text(*names) for area, *names in rows}

    @cached_property
    def observed(self) -> Sequence[Observation]:
        """The observations as plain rows; DataError where a column is missing."""
        absent = [name for name in Observation._fields[1:] if name not in self.observations]
        if absent:
            raise DataError(
                f"The observations have no column {absent[0]!r}. Give figures from load_observations."
            )
        return tuple(observed(self.observations))

    def observed_of(self, *indicators: str) -> Sequence[Observation]:
        """Observations of some indicators, of all areas and vintages, in their order."""
        found = [self._by_indicator.get(name, ()) for name in indicators]
        return found[0] if len(found) == 1 else sorted(row for rows in found for row in rows)

    @cached_property
    def _by_indicator(self):
        return _grouped((row.indicator, row) for row in self.observed)

    @cached_property
    def indicators_by_code(self) -> dict[str, pd.Series]:
        """Codebook rows by indicator."""
        return dict(self.indicators.set_index("indicator").iterrows())

    def latest(self, areas: Sequence[str]) -> pd.DataFrame:
        """Latest default figure of each indicator and area: all columns of the observations, by area and year."""
        rows = self.observations[self.observations["area"].isin(areas) & self.observations["default"]]
        order = {area: place for place, area in enumerate(areas)}
        rows = rows.sort_values("year").drop_duplicates(["area", "indicator"], keep="last")
        return rows.sort_values("area", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    def figures_of_area(self, area: str, indicator: str) -> list[FigureRow]:
        """Default figures of one area by year, numbered by segment."""
        rows = self._defaults.get((indicator, area), [])
        segments = self.segments_of([area], indicator, [int(row.year) for row in rows])
        return [
            FigureRow(int(row.year), row.value, segment, row.grade, row.vintage, row.source, row.status)
            for row, segment in zip(rows, segments, strict=True)
        ]

    @cached_property
    def _defaults(self):
        rows = sorted((row for row in self.observed if row.default), key=lambda row: row.year)
        return _grouped(((row.indicator, row.area), row) for row in rows)

    def breaks_of(self, scopes: Sequence[str], indicator: str) -> dict[int, str]:
        """First year and kind of every break of an indicator's line for any of the areas and regions."""
        own, found = self._breaks.get(indicator, ()), {}
        for names in map(break_scopes, scopes):
            found |= {first: kind for name, first, kind in own if name in names}
        return found

    def segments_of(self, scopes: Sequence[str], indicator: str, years: Sequence[int]) -> list[int]:
        """Segment of each year of a series: one more after every break of any of the areas and regions."""
        firsts = self.breaks_of(scopes, indicator)
        return [sum(first <= year for first in firsts) for year in years]

    @cached_property
    def _breaks(self):
        """Area, first year and kind of every break of a line, by indicator."""
        columns = zip(*(self.breaks[n] for n in ("indicator", "area", "first_year", "kind")), strict=True)
        return _grouped(
            (one, (area, int(year), kind)) for one, area, year, kind in columns if kind in LINE_BREAKS
        )

    def with_observed(self, rows: Sequence[Observation], *, as_of: str = "") -> "Tables":
        """The same tables with other observations, and another date of knowledge where one is given."""
        found = replace(self, observations=None, as_of=as_of or self.as_of, made={})
        shared = {name: getattr(self, name) for name in ("indicators_by_code", "_names", "_breaks")}
        found.__dict__.update(shared, observed=rows)
        return found


def _grouped(pairs):
    """Values of each key, in their order."""
    found = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


# -- series of areas and regions ---------------------------------------------------------------------------


def series_of(tables: Tables, area: str, *, indicator: str, members: Sequence[str] = ()) -> Figures:
    """Figures of an area, or of a region from its `members`; made once for each set of tables.

    The members of a region are added up or averaged year by year; `area` is then the code under which breaks of
    their total are recorded. Every year without a total has its reason in `holes`.
    """
    key = ("series", area, indicator, tuple(members))
    if key not in tables.made:
        if members:
            tables.made[key] = _region_figures(tables, area, indicator, members)
        else:
            tables.made[key] = Figures(tuple(tables.figures_of_area(area, indicator)))
    return tables.made[key]


def _region_figures(tables, region, indicator, members):
    row = tables.indicator(indicator)
    if row["aggregation"] == "sum":
        total = yearly_rows(tables.observed_of(indicator), members)
    elif row["aggregation"] == "weighted":
        figures, weights = (tables.observed_of(name) for name in (indicator, row["weight"]))
        total = yearly_rows(figures, members, weights=weights, lag=1 if row["measure"] == "growth" else 0)
    else:
        name = Text(row["name_en"][:1].lower() + row["name_en"][1:], row["name_zh"])
        message = "{name} cannot be combined over areas and no figure of the region is published"
        return Figures(missing=say(message, name=name))
    good = [row for row in total if not row["reason"]]
    segments = tables.segments_of([region, *members], indicator, [row["year"] for row in good])
    rows = tuple(
        FigureRow(row["year"], row["value"], segment, row["grade"], row["vintage"], row["source"])
        for row, segment in zip(good, segments, strict=True)
    )
    holes = {row["year"]: _hole(tables, row) for row in total if row["reason"]}
    return Figures(rows, _coverage(tables, (good or total)[-1]) if total else Text(), holes)


def _hole(tables, row):
    """Why a year of a region has no figure."""
    if row["reason"] == "missing members":
        return say("no {year} figure of {names}", year=row["year"], names=_missing_names(tables, row))
    if row["reason"] == "missing weights":
        return say("no weights for {year}", year=row["year"])
    message = "the members' figures of {year} are of different vintages and are not added up"
    return say(message, year=row["year"])


def _coverage(tables, row):
    """Coverage in words, such as ``6 of 7 members; without Tieling``."""
    missing = _missing_names(tables, row)
    counts = say("{present} of {members} members", present=row["present"], members=row["members"])
    return joined([counts, say("without {names}", names=missing) if missing.en else Text()])


def _missing_names(tables, row):
    names = [tables.name_text(code) for code in row["missing"].split()]
    return joined(names, english=", ", chinese="、")


def member_frame(tables: Tables, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Default figures of several areas: ``area name_zh name_en year value segment grade vintage source status``."""
    columns = ["area", "name_zh", "name_en", *FigureRow._fields]
    rows = [
        (area, tables.name(area, "zh"), tables.name(area, "en"), *row)
        for area in members
        for row in tables.figures_of_area(area, indicator)
    ]
    return pd.DataFrame(rows, columns=columns)
