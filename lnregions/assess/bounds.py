"""What a figure that is not published can be: declared bounds, and what follows from them for a region.

A bound is no forecast and no figure. It tells which values of a missing figure are possible at all: the limits of
the indicator, and no larger change a year than was ever seen, from the nearest published figures of the same segment.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lnregions.assess.cases import VALUE_KINDS, Case
from lnregions.series.figures import FigureRow, joined_sources
from lnregions.series.series import Tables, weight_lag


class Range(NamedTuple):
    """Lowest and highest possible value, in the indicator's unit."""

    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Possible:
    """What the figure of a year without one can be, and what it would have to be.

    Attributes
    ----------
    low, high : float
        Range of the area's figure, in the indicator's unit.
    missing : tuple of str
        Areas without a figure in that year.
    known : tuple of FigureRow
        Figures that the range rests on: those of the year, and the nearest of the areas that are missing.
    limits : Range
        Range of the missing figures taken together: their sum, or their weighted mean.
    share : float
        Weight of the missing areas in the whole, 1 for sums.
    rest : float
        What the known figures bring to the whole.
    """

    low: float
    high: float
    missing: tuple[str, ...]
    known: tuple[FigureRow, ...]
    limits: Range
    share: float = 1.0
    rest: float = 0.0

    def needed(self, required: float) -> float:
        """What the missing figures together would have to be for the whole to be as required."""
        return (required - self.rest) / self.share

    @property
    def sources(self) -> str:
        """Sources of the figures that the range rests on."""
        return joined_sources(row.source for row in self.known)

    @property
    def grade(self) -> str:
        """Weakest grade among them."""
        return max((row.grade for row in self.known), default="")


def possible_of(case: Case, year: int) -> Possible | None:
    """What the figure that a case is judged by can be in a year without one; None where nothing can be said.

    Only figures of the clause's own indicator are tried, not levels carried over a break.
    """
    if case.link or not case.indicators:
        return None
    clause, tables = case.clause, case.tables
    if clause.kind in VALUE_KINDS and str(tables.indicator(case.indicators[0])["unit"]) != clause.unit:
        return None  # a clause that counts, and figures of sizes
    if case.members:
        return possible_total(tables, case.members, indicator=case.indicators[0], year=year)
    span, rows = possible_figure(tables, clause.area, indicator=case.indicators[0], year=year)
    return Possible(*span, (clause.area,), tuple(rows), span)


def possible_figure(tables: Tables, area: str, *, indicator: str, year: int) -> tuple[Range, list[FigureRow]]:
    """Range of an area's figure in a year, and the figures that it rests on.

    A published figure has the range that its rounding leaves. Else the declared bounds hold, from the nearest published
    figures of the same segment the largest change a year for each year between, and a part is no larger than the whole.
    """
    rows = tables.figures_of_area(area, indicator)
    own = [row for row in rows if row.year == year]
    if own:
        [row] = own
        return Range(row.low, row.high), own
    low, high, change = tables.bound(indicator, area)
    used = []
    if change < math.inf:
        [segment] = tables.segments_of([area], indicator, [year])
        same = [row for row in rows if row.segment == segment]
        used = [row for row in same if row.year < year][-1:] + [row for row in same if row.year > year][:1]
    for row in used:
        reach = change * abs(year - row.year)
        low, high = max(low, row.low - reach), min(high, row.high + reach)
    if low > high:  # the neighbours contradict the largest change
        low, high, _ = tables.bound(indicator, area)
    if whole := tables.share_of_whole([area], indicator, year):
        high = min(high, whole.high)
        used = [*used, whole]
    return Range(low, high), used


def possible_total(tables: Tables, members: Sequence[str], *, indicator: str, year: int) -> Possible | None:
    """Range of a region's figure in a year; None where the indicator cannot be combined or a weight is missing.

    Weights are those of the year, or of the year before for rates of growth.
    """
    weights = member_weights(tables, members, indicator=indicator, year=year)
    if not weights:
        return None
    ranges, used = {}, []
    for area in members:
        ranges[area], rows = possible_figure(tables, area, indicator=indicator, year=year)
        used += rows
    known = [area for area in members if tables.value_of(area, indicator, year) is not None]
    missing = [area for area in members if area not in known]

    def whole(areas, end):
        return sum(weights[area] * ranges[area][end] for area in areas)

    weighted = tables.indicator(indicator)["aggregation"] == "weighted"
    share = sum(weights[area] for area in missing) if weighted else 1.0
    if not missing or share <= 0:
        return None
    return Possible(
        whole(members, 0), whole(members, 1), tuple(missing), tuple(used),
        Range(whole(missing, 0) / share, whole(missing, 1) / share), share,
        (whole(known, 0) + whole(known, 1)) / 2,
    )  # fmt: skip


def member_weights(tables: Tables, members: Sequence[str], *, indicator: str, year: int) -> dict[str, float]:
    """What each member counts for in a region's figure, in parts of the whole or 1 for sums; empty where nothing is."""
    row = tables.indicator(indicator)
    if row["aggregation"] == "sum":
        return dict.fromkeys(members, 1.0)
    if row["aggregation"] != "weighted":
        return {}
    of_year = year - weight_lag(row)
    weighing = tables.weights(row, members, [of_year])
    own = {one.area: one.value for one in weighing if one.default and one.year == of_year}
    whole = sum(own.get(area, 0.0) for area in members)
    if not set(members) <= set(own) or whole <= 0:
        return {}
    return {area: own[area] / whole for area in members}
