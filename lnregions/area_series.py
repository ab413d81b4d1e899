"""The figures of one area or region for one indicator, year by year, with breaks, coverage and what lacks.

An area has its own figures (the default one a year). A region has none published: its figures are summed or
averaged over its members, as the codebook says the indicator aggregates, or lack for a stated reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from lnregions.clauses import EMPTY, Figures
from lnregions.codebook import LINE_BREAKS, load_sources
from lnregions.observations import break_scopes
from lnregions.totals import coverage_text, region_mean, region_total

_COLUMNS = list(EMPTY.columns)
_MEMBER_COLUMNS = ["area", "name_zh", "name_en", *_COLUMNS]
_TAKEN = ["indicator", "area", *(name for name in _COLUMNS if name != "segment")]
_NO_FIGURES = EMPTY.astype({"year": int, "value": float, "segment": "int64"})


@dataclass(frozen=True)
class Tables:
    """The checked frames that a series is made from, and the date of knowledge (``YYYY-MM-DD``)."""

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
        return self._codebook.loc[name]

    def name(self, area: str, language: str) -> str:
        """Short name of an area; the code itself for one that the tables do not know."""
        return str(self._names[language].get(area, area))

    def names(self, language: str) -> dict[str, str]:
        """Short names by area."""
        return dict(self._names[language])

    def rows(self, *indicators: str) -> pd.DataFrame:
        """Observations of some indicators, all areas and readings."""
        places = [self._places[name] for name in indicators if name in self._places]
        return self.observations.iloc[sorted(place for group in places for place in group)]

    @cached_property
    def _codebook(self):
        return self.indicators.set_index("indicator")

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
        held = {
            area: self._defaults[indicator, area] for area in areas if (indicator, area) in self._defaults
        }
        if not held:
            return pd.DataFrame(columns=_MEMBER_COLUMNS)
        frame = self._by_year.iloc[np.concatenate(list(held.values()))].reset_index(drop=True)
        years, ends = frame["year"].tolist(), np.cumsum([0, *map(len, held.values())])
        segments = []
        for area, start, end in zip(held, ends[:-1], ends[1:], strict=True):
            segments += self._segments_of(area, indicator, years[start:end])
        frame["segment"] = segments
        for lang in ("zh", "en"):
            frame[f"name_{lang}"] = [self.name(area, lang) for area in frame["area"].tolist()]
        return frame[_MEMBER_COLUMNS]

    def _segments_of(self, area, indicator, years):
        """Segment of each year of an area's series."""
        scopes = break_scopes(area)
        firsts = {first for scope, first in self._breaks.get(indicator, ()) if scope in scopes}
        return [sum(first <= year for first in firsts) for year in years]

    def with_observations(self, observations: pd.DataFrame, *, as_of: str = "") -> "Tables":
        """The same tables with other observations, and another date of knowledge where one is given."""
        found = replace(self, observations=observations, as_of=as_of or self.as_of, made={})
        found.__dict__.update({name: getattr(self, name) for name in ("_codebook", "_names", "_breaks")})
        return found

    @cached_property
    def _places(self):
        return _places_of(self.observations["indicator"].tolist())

    @cached_property
    def _by_year(self):
        """Default figures by year, as far as series need them."""
        rows = self.observations
        return rows.loc[rows["default"], _TAKEN].sort_values("year", kind="stable").astype({"year": int})

    @cached_property
    def _defaults(self):
        rows = self._by_year
        return _places_of(zip(rows["indicator"].tolist(), rows["area"].tolist(), strict=True))

    @cached_property
    def _breaks(self):
        """Area and first year of every break that parts a line, by indicator."""
        rows = self.breaks[self.breaks["kind"].isin(LINE_BREAKS)]
        found: dict[str, list[tuple[str, int]]] = {}
        for indicator, area, first in zip(rows["indicator"], rows["area"], rows["first_year"], strict=True):
            found.setdefault(indicator, []).append((area, int(first)))
        return found


def _places_of(keys):
    """Places of each key, in their order."""
    found = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return found


def area_figures(tables: Tables, area: str, *, indicator: str) -> Figures:
    """Figures of one area: the default figure of each year, numbered by segment."""
    names = (tables.name(area, "en"), tables.name(area, "zh"))
    frame = tables.default_figures_of([area], indicator)
    return Figures(frame[_COLUMNS] if len(frame) else _NO_FIGURES.copy(), ("", ""), {}, names)


def region_figures(
    tables: Tables, members: Sequence[str], *, indicator: str, region: str, names: tuple[str, str] = ("", "")
) -> Figures:
    """Figures of a region from its members', with the reason for every year that has none.

    `members` are the areas added up; `region` is the code under which breaks of its total are recorded.
    """
    total, lacking = _aggregate(tables, members, indicator)
    if total is None:
        holes = dict.fromkeys(range(1949, 2101), lacking)
        return Figures(EMPTY.copy(), ("", ""), holes, names)
    good = total[total["value"].notna()]
    segment = _segments(good["year"], tables, indicator=indicator, scopes=[region, *members])
    frame = good.assign(segment=segment)[_COLUMNS].reset_index(drop=True)
    refused = total[total["value"].isna()].to_dict("records")
    holes = {int(row["year"]): _hole(tables, row) for row in refused}
    coverage = ("", "")
    if len(total):
        last = (good if len(good) else total).iloc[-1:].to_dict("records")[0]
        coverage = tuple(coverage_text(last, tables.names(lang), language=lang) for lang in ("en", "zh"))
    return Figures(frame, coverage, holes, names)


def member_frame(tables: Tables, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Default figures of several areas: columns ``area name_zh name_en year value segment grade vintage source``."""
    return tables.default_figures_of(members, indicator)


def _segments(years, tables, *, indicator, scopes):
    """Segment of each year of a total: one more after every break of the region or of any member."""
    named = {name for scope in scopes for name in break_scopes(scope)}
    firsts = {first for area, first in tables._breaks.get(indicator, ()) if area in named}
    return [sum(first <= int(year) for first in firsts) for year in years]


def _aggregate(tables, members, indicator):
    """Total or mean of the members, or (None, why there is none)."""
    row = tables.indicator(indicator)
    if row["aggregation"] == "sum":
        return region_total(tables.rows(indicator), members, indicator=indicator), None
    if row["aggregation"] == "weighted":
        lag = 1 if row["measure"] == "growth" else 0
        weight = row["weight"]
        rows = tables.rows(*dict.fromkeys((indicator, weight)))
        return region_mean(rows, members, indicator=indicator, weight=weight, lag=lag), None
    name = row["name_en"][:1].lower() + row["name_en"][1:]
    return None, (
        f"{name} cannot be combined over areas and no figure of the region is published",
        f"{row['name_zh']}不能跨地区合计，也未见该区域的公布数",
    )


def _hole(tables, row):
    """Why a year of a region has no figure, in both languages."""
    year = int(row["year"])
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
