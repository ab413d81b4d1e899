"""The figures of one area or region for one indicator, year by year, with breaks, coverage and what lacks.

An area has its own figures (the default one a year). A region has none published: its figures are summed or
averaged over its members, as the codebook says the indicator aggregates, or lack for a stated reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from lnregions.assess.clauses import FigureRow, Figures
from lnregions.assess.totals import coverage_text, yearly_means, yearly_totals
from lnregions.errors import DataError
from lnregions.tables import LINE_BREAKS, break_scopes, load_sources
from lnregions.tables import Observation, observed

_MEMBER_COLUMNS = ["area", "name_zh", "name_en", *FigureRow._fields]


@dataclass(frozen=True)
class Tables:
    """The checked frames that a series is made from, and the date of knowledge (``YYYY-MM-DD``).

    A part of tables, from `with_observed`, has no frame of observations, only `observed`.
    """

    observations: pd.DataFrame
    indicators: pd.DataFrame
    areas: pd.DataFrame
    breaks: pd.DataFrame
    as_of: str = ""
    sources: pd.DataFrame = field(default_factory=load_sources)
    made: dict = field(
        default_factory=dict, repr=False, compare=False
    )  # series made already, by what they are of

    def indicator(self, name: str) -> pd.Series:
        """Codebook row of an indicator."""
        return self.indicators_by_code[name]

    def name(self, area: str, language: str) -> str:
        """Short name of an area; the code itself for one that the tables do not know."""
        return str(self._names[language].get(area, area))

    def names(self, language: str) -> dict[str, str]:
        """Short names by area."""
        return dict(self._names[language])

    @cached_property
    def observed(self) -> Sequence[Observation]:
        """The observations as plain rows; DataError where a column lacks."""
        lacking = [name for name in Observation._fields[1:] if name not in self.observations]
        if lacking:
            raise DataError(
                f"The observations have no column {lacking[0]!r}. Give figures from load_observations.",
            )
        return tuple(observed(self.observations))

    def observed_of(self, *indicators: str) -> Sequence[Observation]:
        """Observations of some indicators, all areas and readings, in their order."""
        found = [self._by_indicator.get(name, ()) for name in indicators]
        return found[0] if len(found) == 1 else sorted(row for rows in found for row in rows)

    @cached_property
    def _by_indicator(self):
        return _grouped((row.indicator, row) for row in self.observed)

    @cached_property
    def indicators_by_code(self) -> dict[str, pd.Series]:
        """Codebook rows by indicator."""
        return dict(self.indicators.set_index("indicator").iterrows())

    @cached_property
    def _names(self):
        pairs = {
            lang: zip(self.areas["area"], self.areas[f"short_{lang}"], strict=True) for lang in ("en", "zh")
        }
        return {lang: dict(reversed(list(rows))) for lang, rows in pairs.items()}

    def latest(self, areas: Sequence[str]) -> pd.DataFrame:
        """Latest default figure of each indicator and area: all columns of the observations, by area and year."""
        rows = self.observations[self.observations["area"].isin(areas) & self.observations["default"]]
        order = {area: place for place, area in enumerate(areas)}
        rows = rows.sort_values("year").drop_duplicates(["area", "indicator"], keep="last")
        return rows.sort_values("area", key=lambda names: names.map(order), kind="stable", ignore_index=True)

    def default_figures_of(self, areas: Sequence[str], indicator: str) -> pd.DataFrame:
        """Default figures of some areas one after the other, each by year: the columns of `member_frame`."""
        held = [(area, row) for area in areas for row in self.figures_of_area(area, indicator)]
        if not held:
            return pd.DataFrame(columns=_MEMBER_COLUMNS)
        rows = [(area, self.name(area, "zh"), self.name(area, "en"), *row) for area, row in held]
        return pd.DataFrame(rows, columns=_MEMBER_COLUMNS)

    def figures_of_area(self, area: str, indicator: str) -> list[FigureRow]:
        """Default figures of one area by year, numbered by segment."""
        rows = self._defaults.get((indicator, area), [])
        years = [int(row.year) for row in rows]
        segments = self.segments_of([area], indicator, years)
        return [
            FigureRow(year, row.value, segment, row.grade, row.vintage, row.source)
            for year, row, segment in zip(years, rows, segments, strict=True)
        ]

    def breaks_of(self, scopes: Sequence[str], indicator: str) -> dict[int, str]:
        """First year and kind of every break that parts the line of an indicator for any of the areas and regions."""
        own, found = self._breaks.get(indicator, ()), {}
        for names in map(break_scopes, scopes):
            found |= {first: kind for name, first, kind in own if name in names}
        return found

    def segments_of(self, scopes: Sequence[str], indicator: str, years: Sequence[int]) -> list[int]:
        """Segment of each year of a series: one more after every break of any of the areas and regions."""
        firsts = self.breaks_of(scopes, indicator)
        return [sum(first <= year for first in firsts) for year in years]

    def with_observed(self, rows: Sequence[Observation], *, as_of: str = "") -> "Tables":
        """The same tables with other observations, and another date of knowledge where one is given."""
        found = replace(self, observations=None, as_of=as_of or self.as_of, made={})
        kept = {name: getattr(self, name) for name in ("indicators_by_code", "_names", "_breaks")}
        found.__dict__.update(kept, observed=rows)
        return found

    @cached_property
    def _defaults(self):
        rows = sorted((row for row in self.observed if row.default), key=lambda row: row.year)
        return _grouped(((row.indicator, row.area), row) for row in rows)

    @cached_property
    def _breaks(self):
        """Area, first year and kind of every break that parts a line, by indicator."""
        columns = zip(*(self.breaks[n] for n in ("indicator", "area", "first_year", "kind")), strict=True)
        return _grouped(
            (one, (area, int(year), kind)) for one, area, year, kind in columns if kind in LINE_BREAKS
        )


def _grouped(pairs):
    """Values of each key, in their order."""
    found = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def area_figures(tables: Tables, area: str, *, indicator: str) -> Figures:
    """Figures of one area: the default figure of each year, numbered by segment."""
    names = (tables.name(area, "en"), tables.name(area, "zh"))
    return Figures(tuple(tables.figures_of_area(area, indicator)), name=names)


def region_figures(
    tables: Tables, members: Sequence[str], *, indicator: str, region: str, names: tuple[str, str] = ("", "")
) -> Figures:
    """Figures of a region from its members', with the reason for every year that has none.

    `members` are the areas added up; `region` is the code under which breaks of its total are recorded.
    """
    total, lacking = _aggregate(tables, members, indicator)
    if total is None:
        holes = dict.fromkeys(range(1949, 2101), lacking)
        return Figures(holes=holes, name=names)
    good = [row for row in total if not row["reason"]]
    segments = tables.segments_of([region, *members], indicator, [row["year"] for row in good])
    rows = tuple(
        FigureRow(row["year"], row["value"], segment, row["grade"], row["vintage"], row["source"])
        for row, segment in zip(good, segments, strict=True)
    )
    holes = {row["year"]: _hole(tables, row) for row in total if row["reason"]}
    coverage = ("", "")
    if total:
        last = (good or total)[-1]
        coverage = tuple(coverage_text(last, tables.names(lang), language=lang) for lang in ("en", "zh"))
    return Figures(rows, coverage, holes, names)


def member_frame(tables: Tables, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Default figures of several areas: columns ``area name_zh name_en year value segment grade vintage source``."""
    return tables.default_figures_of(members, indicator)


def _aggregate(tables, members, indicator):
    """Total or mean of the members, or (None, why there is none)."""
    row = tables.indicator(indicator)
    if row["aggregation"] == "sum":
        return yearly_totals(tables.observed_of(indicator), members), None
    if row["aggregation"] == "weighted":
        lag = 1 if row["measure"] == "growth" else 0
        figures, weights = (tables.observed_of(name) for name in (indicator, row["weight"]))
        return yearly_means(figures, weights, members=members, lag=lag), None
    name = row["name_en"][:1].lower() + row["name_en"][1:]
    return None, (
        f"{name} cannot be combined over areas and no figure of the region is published",
        f"{row['name_zh']}不能跨地区合计，也未见该区域的公布数",
    )


def _hole(tables, row):
    """Why a year of a region has no figure, in both languages."""
    year = row["year"]
    if row["reason"] == "missing members":
        missing = row["missing"].split()
        names = [[tables.name(code, lang) for code in missing] for lang in ("en", "zh")]
        return (f"no {year} figure of {', '.join(names[0])}", f"{year}年缺{'、'.join(names[1])}的数据")
    if row["reason"] == "missing weights":
        return (f"no weights for {year}", f"{year}年缺少权重数据")
    return (
        f"the members' figures of {year} are of different vintages and are not added up",
        f"{year}年各成员数据的发布版本不同，不予合计",
    )
