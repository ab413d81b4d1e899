"""Figures of one area or region for one indicator, a row a year, with breaks, holes and what rounding may hide."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from lnregions.series.growth import annual_growth
from lnregions.words.texts import NO_TEXT, Text, say


class FigureRow(NamedTuple):
    """One figure of a series; what it may be in truth lies `below` to `above` of it, as printed figures are rounded.

    A step of levels keeps the two that it leads between.
    """

    year: int
    value: float
    segment: int
    grade: str
    vintage: str
    source: str
    status: str = "computed"
    below: float = 0.0
    above: float = 0.0
    levels: "tuple[FigureRow, FigureRow] | None" = None

    @property
    def low(self) -> float:
        """Least value that is printed so."""
        return self.value - self.below

    @property
    def high(self) -> float:
        """Greatest value that is printed so."""
        return self.value + self.above


FIGURE_COLUMNS = FigureRow._fields[:7]
"""Columns of the figures in frames."""


@dataclass(frozen=True)
class Figures:
    """Figures of one area and indicator, a row a year, and what is missing.

    `coverage` says on how many members a total rests, `holes` why a year has no figure, `missing` why no year has one;
    `parts` are area, figure and weight of each member, by year.
    """

    rows: tuple[FigureRow, ...] = ()
    coverage: Text = NO_TEXT
    holes: dict[int, Text] = field(default_factory=dict)
    missing: Text = NO_TEXT
    parts: dict[int, list[tuple[str, float, float | None]]] = field(default_factory=dict)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The figures as a frame ``year value segment grade vintage source status``; nothing may be written into it."""
        rows = pd.DataFrame([row[:7] for row in self.rows], columns=FIGURE_COLUMNS)
        return rows.astype({name: FigureRow.__annotations__[name] for name in FIGURE_COLUMNS})

    def value_of(self, year: int) -> float | None:
        """Value of one year, or None."""
        return next((float(row.value) for row in self.rows if row.year == year), None)

    def span_of(self, year: int) -> tuple[float, float]:
        """Least and greatest value that is printed as that of one year, which must have one."""
        return next((row.low, row.high) for row in self.rows if row.year == year)

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
    is not above zero or to one below. A step is graded as the weaker of its two figures, and rounding may hide in it
    what it may hide in both.
    """
    rows = sorted(figures.rows, key=lambda row: row.year)
    if measure == "growth":
        return tuple(row._replace(segment=0) for row in rows)
    return tuple(
        FigureRow(after.year, (after.value / before.value - 1) * 100, 0, max(before.grade, after.grade),
                  max(before.vintage, after.vintage), joined_sources((before.source, after.source)), "computed",
                  *_reach_of_step(before, after), (before, after))
        for before, after in itertools.pairwise(rows)
        if after.year - before.year == 1 and after.segment == before.segment
        and before.value > 0 and after.value >= 0
    )  # fmt: skip


class Rate(NamedTuple):
    """Growth in per cent, the range that rounding or a missing figure leaves it, and the levels on either side."""

    value: float
    low: float
    high: float
    levels: tuple[FigureRow, FigureRow] | None = None


def rate_between(start: FigureRow, end: FigureRow) -> Rate:
    """Growth a year from one level to another, in per cent, with the range that rounding leaves it."""
    ends = ((start.value, end.value), (start.high, end.low), (start.low, end.high))
    return Rate(*(100 * annual_growth(*pair, years=end.year - start.year) for pair in ends))


def growth_between(figures: Figures, first: int, last: int) -> Rate | None:
    """The same between two years of one segment with levels above zero; None where there are no such."""
    rows = {row.year: row for row in figures.rows if row.year in (first, last) and row.low > 0}
    if len(rows) < 2 or figures.breaks(first, last):
        return None
    return rate_between(rows[first], rows[last])


def _reach_of_step(before, after):
    """What rounding may hide below and above the growth between two levels, in percentage points."""
    low, middle, high = (
        100 * end / start if start > 0 else float("inf")
        for end, start in ((after.low, before.high), (after.value, before.value), (after.high, before.low))
    )
    return middle - low, high - middle


def joined_sources(ids: Iterable[str]) -> str:
    """Source ids of several figures, each once, in order."""
    return " ".join(sorted({source for one in ids for source in one.split()}))


def rows_used(figures: Figures, years: Iterable[int | None], *, beside: Figures | None = None) -> dict:
    """Weakest grade and all sources of the years used, with those of the figures they are compared with."""
    used = set(years)
    rows = [row for one in (figures, beside) if one is not None for row in one.rows if row.year in used]
    if not rows:
        return {}
    return {"grade": max(row.grade for row in rows), "sources": joined_sources(row.source for row in rows)}
