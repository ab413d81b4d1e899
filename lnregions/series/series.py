"""The figures of one area or region for one indicator, year by year, with breaks, coverage and what is missing.

An area has its own figures (the default one a year). Those of a region are summed or averaged over its members, as
the codebook says the indicator aggregates; of one that does not, they are its own, or missing for a stated reason.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from lnregions.errors import DataError
from lnregions.series.figures import FIGURE_COLUMNS, FigureRow, Figures, joined_sources
from lnregions.series.growth import half_unit
from lnregions.series.totals import yearly_rows
from lnregions.tables import (
    LAND_AREA,
    LINE_BREAKS,
    Observation,
    bound_of,
    break_scopes,
    caveats_of,
    land_areas,
    load_bounds,
    load_caveats,
    load_derived,
    load_sources,
    observed,
)
from lnregions.words.texts import NO_TEXT, Text, joined, listed, say

# -- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tables:
    """The checked frames that a series is made from, and the date of knowledge (``YYYY-MM-DD``).

    Tables from `with_observed` have no frame of observations, only `observed`. `derived` are those of the observations
    that no page prints, `derivable` all such values. `land` gives square kilometres by area. `made` keeps what is
    made from them.
    """

    observations: pd.DataFrame
    indicators: pd.DataFrame
    areas: pd.DataFrame
    breaks: pd.DataFrame
    as_of: str = ""
    sources: pd.DataFrame = field(default_factory=load_sources)
    bounds: pd.DataFrame = field(default_factory=load_bounds)
    caveats: pd.DataFrame = field(default_factory=load_caveats)
    derived: Sequence[Observation] = ()
    derivable: Sequence[Observation] = field(default_factory=lambda: observed(load_derived()), repr=False)
    land: Callable[[], Mapping[str, float]] = field(default=land_areas, repr=False, compare=False)
    made: dict = field(default_factory=dict, repr=False, compare=False)

    def indicator(self, name: str) -> pd.Series:
        """Codebook row of an indicator."""
        return self.indicators_by_code[name]

    def weight_of(self, indicator: str) -> str:
        """Indicator that weighs the members of a region, empty where none does."""
        return str(self.indicator(indicator)["weight"] or "")

    def weight_unit(self, indicator: str) -> str:
        """Unit of what weighs the members: that of the other indicator, or km² of land."""
        weight = self.weight_of(indicator)
        return "km²" if weight == LAND_AREA else str(self.indicator(weight)["unit"])

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
        for name in Observation._fields[1:]:
            if name not in self.observations:
                raise DataError(
                    f"The observations have no column {name!r}. Give figures from load_observations."
                )
        return tuple(observed(self.observations))

    def observed_of(self, *indicators: str, areas: Iterable[str] | None = None) -> Sequence[Observation]:
        """Observations of some indicators, of some areas or of all, and of all vintages, in their order."""
        keys = indicators if areas is None else itertools.product(indicators, dict.fromkeys(areas))
        found = [self._by_code.get(key, ()) for key in keys]
        rows = itertools.chain.from_iterable(found)
        return sorted(rows) if len(indicators) > 1 else tuple(rows)

    @cached_property
    def _by_code(self):
        """Observations by indicator, and by indicator and area."""
        return _grouped(
            (key, row) for row in self.observed for key in (row.indicator, (row.indicator, row.area))
        )

    @cached_property
    def indicators_by_code(self) -> dict[str, pd.Series]:
        """Codebook rows by indicator."""
        return dict(self.indicators.set_index("indicator").iterrows())

    def figures_of_area(self, area: str, indicator: str) -> list[FigureRow]:
        """Default figures of one area by year, numbered by segment."""
        rows = self._defaults.get((indicator, area), [])
        segments = self.segments_of([area], indicator, [int(row.year) for row in rows])
        decimals = int(self.indicator(indicator)["decimals"])
        return [
            FigureRow(int(row.year), row.value, segment, row.grade, row.vintage, row.source, row.status,
                      *[half_unit(row.value, decimals)] * 2)
            for row, segment in zip(rows, segments, strict=True)
        ]  # fmt: skip

    def weights(self, row: pd.Series, areas: Iterable[str], years: Iterable[int]) -> Sequence[Observation]:
        """Observations that weigh the members of a region, for an indicator of which `row` is the codebook's.

        The land of an area weighs alike in all `years`.
        """
        if row["weight"] != LAND_AREA:
            return self.observed_of(row["weight"], areas=areas)
        land = self.land()
        return [
            Observation(-1, area, LAND_AREA, year, land[area], grade="A", status="final", default=True)
            for area in areas if area in land for year in years
        ]  # fmt: skip

    def bound(self, indicator: str, area: str) -> tuple[float, float, float]:
        """Lowest and highest value and largest change a year that are declared for an area; infinite where none is."""
        key = ("bound", indicator, area)
        if key not in self.made:
            ends = pd.Series({"lower": -math.inf, "upper": math.inf, "largest_change": math.inf})
            row = bound_of(self.bounds, indicator, area)
            self.made[key] = tuple(ends if row is None else row[ends.index].fillna(ends).astype(float))
        return self.made[key]

    def bound_words(self, indicator: str, area: str) -> Text:
        """Why the declared bounds of an area are what they are; empty where there are none."""
        row = bound_of(self.bounds, indicator, area)
        return NO_TEXT if row is None else Text(row["why_en"], row["why_zh"])

    def is_expected(self, source: str) -> bool:
        """Whether a figure is known from work reports alone, which print expected values in January."""
        return {self._kinds.get(one) for one in source.split()} == {"work report"}

    @cached_property
    def _kinds(self):
        return dict(zip(self.sources["source"], self.sources["kind"], strict=True))

    def value_of(self, area: str, indicator: str, year: int) -> float | None:
        """Default figure of an area in a year, or None."""
        return next((row.value for row in self.figures_of_area(area, indicator) if row.year == year), None)

    def whole_of(self, indicator: str) -> str:
        """Indicator of the amount that what a share measures is a part of, by the bounds; empty where none is known."""
        rows = self.bounds.loc[self.bounds["indicator"] == indicator]
        return next((one for one in rows.get("part_of", ()) if one), "")

    def share_of_whole(self, areas: Sequence[str], indicator: str, year: int) -> FigureRow | None:
        """Share of that whole in the indicator's weight, in %, of areas taken together; None without a figure."""
        names = (self.whole_of(indicator), self.weight_of(indicator))
        pairs = [[row for row in self.figures_of_area(area, one) if row.year == year]
                 for area in areas for one in names if names[0]]  # fmt: skip
        if not pairs or not all(pairs):
            return None
        rows = [row for [row] in pairs]
        low, value, high = (
            100 * sum(getattr(row, end) for row in rows[::2]) / sum(getattr(row, other) for row in rows[1::2])
            for end, other in (("low", "high"), ("value", "value"), ("high", "low"))
        )
        grade, sources = max(row.grade for row in rows), joined_sources(row.source for row in rows)
        return FigureRow(year, value, 0, grade, "", sources, "computed", value - low, high - value)

    def rate_difference(self, indicator: str) -> float:
        """Largest difference ever seen between published rates and those of levels, in percentage points a year."""
        most = self.bounds.loc[self.bounds["indicator"] == indicator, "rate_difference"].max()
        return 0.0 if pd.isna(most) else float(most)

    @cached_property
    def parents(self) -> dict[str, str]:
        """The area in which each area lies, empty for the largest."""
        return dict(zip(self.areas["area"], self.areas["parent"].fillna("").astype(str), strict=True))

    def doubt(self, indicator: str, area: str, year: int) -> Text:
        """The caveat that calls a published figure doubtful; empty where there is none."""
        rows, key = self._doubts.get(indicator), (indicator, area, year)
        if rows is not None and key not in self._doubts:
            found = caveats_of(rows, area=area, indicator=indicator, year=year)
            texts = zip(found["text_en"], found["text_zh"], strict=True)
            self._doubts[key] = next(itertools.starmap(Text, texts), NO_TEXT)
        return self._doubts.get(key, NO_TEXT)

    @cached_property
    def _doubts(self):
        """Caveats on doubtful figures by indicator, and those found by indicator, area and year."""
        return dict(iter(self.caveats[self.caveats["kind"] == "doubtful"].groupby("indicator")))

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
        rows = self.breaks[self.breaks["kind"].isin(LINE_BREAKS)].itertuples()
        return _grouped((row.indicator, (row.area, int(row.first_year), row.kind)) for row in rows)

    def with_observed(
        self, rows: Sequence[Observation], *, as_of: str = "", derived: Sequence[Observation] = ()
    ) -> "Tables":
        """The same tables with other observations, and another date of knowledge where one is given."""
        found = replace(self, observations=None, as_of=as_of or self.as_of, derived=derived, made={})
        found.__dict__.update({name: getattr(self, name) for name in _SHARED}, observed=rows)
        return found


def _grouped(pairs):
    """Values of each key, in their order."""
    found = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


_SHARED = ("indicators_by_code", "_names", "_breaks", "_doubts")
"""What tables with other observations have in common."""


# -- series of areas and regions ---------------------------------------------------------------------------


def series_of(tables: Tables, area: str, *, indicator: str, members: Sequence[str] = ()) -> Figures:
    """Figures of an area, or of a region from its `members`; made once for each set of tables.

    The members of a region are added up or averaged year by year; `area` is then the code under which breaks of
    their total are recorded. Every year without a total has its reason in `holes`. Where the indicator cannot be
    combined, a region has the figures that are published of it by itself, if any.
    """
    key = ("series", area, indicator, tuple(members))
    if key not in tables.made:
        if members:
            tables.made[key] = _region_figures(tables, area, indicator, members)
        else:
            tables.made[key] = Figures(tuple(tables.figures_of_area(area, indicator)))
    return tables.made[key]


def _region_figures(tables, region, indicator, members):
    row, figures, weights = tables.indicator(indicator), tables.observed_of(indicator, areas=members), None
    if row["aggregation"] not in ("sum", "weighted"):
        if own := tables.figures_of_area(region, indicator):
            return Figures(tuple(own))
        name = Text(row["name_en"][:1].lower() + row["name_en"][1:], row["name_zh"])
        message = "{name} cannot be combined over areas and no figure of the region is published"
        return Figures(missing=say(message, name=name))
    lag = weight_lag(row)
    if row["aggregation"] == "weighted":
        weights = tables.weights(row, members, {one.year - lag for one in figures})
    total = yearly_rows(figures, members, weights=weights, lag=lag, decimals=int(row["decimals"]))
    good = [row for row in total if not row["reason"]]
    segments = tables.segments_of([region, *members], indicator, [row["year"] for row in good])
    rows = tuple(
        FigureRow(row["year"], row["value"], segment, row["grade"], row["vintage"], row["source"], "computed",
                  row["rounding"], row["rounding"])
        for row, segment in zip(good, segments, strict=True)
    )  # fmt: skip
    names = {row["year"]: listed(map(tables.name_text, row["missing"].split())) for row in total}
    holes = {
        row["year"]: say(_HOLES[row["reason"]], year=row["year"], names=names[row["year"]])
        for row in total if row["reason"]
    }  # fmt: skip
    parts = {row["year"]: row["parts"] for row in good}
    last = (good or total)[-1:]
    coverage = _coverage(last[0], names[last[0]["year"]]) if last else NO_TEXT
    return Figures(rows, coverage, holes, parts=parts)


def weight_lag(row: pd.Series) -> int:
    """Years by which the weights of an indicator precede its figures, from its codebook row."""
    return 1 if row["measure"] == "growth" else 0


_HOLES = {
    "missing members": "no {year} figure of {names} is published",
    "missing weights": "no weights for {year}",
    "mixed vintages": "the members' figures of {year} are of different vintages and are not added up",
}
"""Why a year of a region has no figure, by the reason of its total."""


def _coverage(row, missing):
    """Coverage in words, such as ``6 of 7 members; without Tieling``."""
    counts = say("{present} of {members} members", present=row["present"], members=row["members"])
    return joined([counts, say("without {names}", names=missing) if missing.en else NO_TEXT])


def member_frame(tables: Tables, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Default figures of several areas: ``area name_zh name_en year value segment grade vintage source status``."""
    columns = ["area", "name_zh", "name_en", *FIGURE_COLUMNS]
    rows = [
        (area, tables.name(area, "zh"), tables.name(area, "en"), *row[:7])
        for area in members
        for row in tables.figures_of_area(area, indicator)
    ]
    return pd.DataFrame(rows, columns=columns)
