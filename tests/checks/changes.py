"""Relations between figures of several years and between several readings of one: growth, jumps, agreement."""

import functools
import math
from collections.abc import Callable

import pandas as pd

from checks.sums import Comparison, defaults, half_unit
from lnregions.tables.observations import applying_breaks

DEFLATOR_BAND = (-5.0, 6.5)
"""Percentage points between the growth of levels and real growth: the rise of prices of a year, generously."""
RATES = {
    "trade_growth": ("trade_total", 5.0),
    "fdi_growth_usd": ("fdi_usd", 1.0),
    "fdi_growth_cny": ("fdi_rmb", 1.0),
    "tourism_growth": ("tourism_revenue", 1.0),
}
"""Growth -> its level, and percentage points by which they may differ: rates are on revised or comparable bases."""
JUMPS = {
    "gdp": 15.0, "va_primary": 25.0, "va_secondary": 30.0, "va_tertiary": 15.0, "population": 3.0,
    "urbanisation_rate": 2.0, "trade_total": 35.0, "fdi_usd": 900.0, "fdi_rmb": 25.0, "forest_coverage": 2.0,
}  # fmt: skip
"""Most by which a figure may change in a year: per cent of the smaller one; for rates percentage points.

They are set just beyond what the bulk of the figures does; foreign investment of a small city changes tenfold."""
POINTS = {"urbanisation_rate", "forest_coverage"}
REVISED = 3.0
"""Per cent by which readings of different standing (preliminary, final, revised) may differ: a revision."""
REVISED_POINTS = 0.5
"""The same for rates, in percentage points."""


def growth_of_levels(
    observations: pd.DataFrame, areas: pd.DataFrame, breaks: pd.DataFrame
) -> list[Comparison]:
    """Growth of GDP at current prices minus published real growth, within one segment."""
    known, listed, out = defaults(observations), _breaks_of(breaks), []
    for (area, indicator, year), (value, source) in known.items():
        rate, before = known.get((area, "gdp_growth_real", year)), known.get((area, "gdp", year - 1))
        if indicator != "gdp" or not rate or not before or before[0] <= 0:
            continue
        if not _lies_between(listed(area, "gdp"), (year - 1, year)):
            nominal = (value / before[0] - 1) * 100
            out.append(Comparison(area, "gdp", year, source, nominal, rate[0], nominal - rate[0],
                                  *DEFLATOR_BAND, "pp"))  # fmt: skip
    return out


def rates_of_levels(
    observations: pd.DataFrame, areas: pd.DataFrame, breaks: pd.DataFrame
) -> list[Comparison]:
    """Published growth against the growth of the published levels, within one segment."""
    known, listed, out = defaults(observations), _breaks_of(breaks), []
    for (area, indicator, year), (rate, source) in known.items():
        level, allowed = RATES.get(indicator, ("", 0.0))
        now, before = known.get((area, level, year)), known.get((area, level, year - 1))
        if not now or not before or before[0] <= 0:
            continue
        if not _lies_between(listed(area, level), (year - 1, year)):
            grown = (now[0] / before[0] - 1) * 100
            out.append(
                Comparison(area, indicator, year, source, grown, rate, grown - rate, -allowed, allowed, "pp")
            )
    return out


def jumps(observations: pd.DataFrame, areas: pd.DataFrame, breaks: pd.DataFrame) -> list[Comparison]:
    """Change from the figure before, a year, where no break is listed."""
    known, listed, out = defaults(observations), _breaks_of(breaks), []
    years: dict[tuple[str, str], list[int]] = {}
    for area, indicator, year in known:
        years.setdefault((area, indicator), []).append(year)
    for (area, indicator), own in years.items():
        if indicator not in JUMPS:
            continue
        for first, last in zip(sorted(own), sorted(own)[1:], strict=False):
            if not _lies_between(listed(area, indicator), (first, last)):
                pair = (known[area, indicator, first][0], known[area, indicator, last])
                out += _jump(area, indicator, (first, last), pair)
    return out


def _jump(area, indicator, years, pair) -> list[Comparison]:
    before, (after, source) = pair
    span, limit = years[1] - years[0], JUMPS[indicator]
    if indicator in POINTS:
        change, unit = (after - before) / span, "pp"
        low, high = -limit, limit
    else:
        if min(before, after) <= 0:
            return []
        change, unit = (math.exp(math.log(after / before) / span) - 1) * 100, "%"
        low, high = -100 * limit / (100 + limit), limit
    return [Comparison(area, indicator, years[1], source, after, before, change, low, high, unit)]


def readings_agree(observations: pd.DataFrame, areas: pd.DataFrame, breaks: pd.DataFrame) -> list[Comparison]:
    """Every other reading against the one used by default: the same but for rounding, or a revision of it."""
    rows = observations[observations.duplicated(["area", "indicator", "year"], keep=False)]
    used = {(row.area, row.indicator, row.year): row for row in rows[rows["default"]].itertuples()}
    out = []
    for row in rows[~rows["default"]].itertuples():
        default = used[row.area, row.indicator, row.year]
        allowed = half_unit(row.value) + half_unit(default.value)
        if row.status != default.status and "unknown" not in (row.status, default.status):
            allowed += REVISED_POINTS if row.unit == "%" else abs(default.value) * REVISED / 100
        reading = " ".join(filter(None, (row.vintage, row.source)))
        difference = row.value - default.value
        out.append(Comparison(row.area, row.indicator, int(row.year), reading, row.value, default.value, difference,
                              -allowed, allowed, row.unit))  # fmt: skip
    return out


def _breaks_of(breaks: pd.DataFrame) -> Callable[[str, str], list[tuple[int, int]]]:
    """Breaks of an area and indicator, the rows of each area looked for once."""
    any_indicator = breaks.assign(indicator="any")
    columns = [breaks[name].tolist() for name in ("indicator", "last_year", "first_year")]
    rows = list(zip(*columns, strict=True))

    @functools.cache
    def of_area(area: str) -> list[tuple[str, int, int]]:
        applying = applying_breaks(any_indicator, area, indicator="any").tolist()
        return [row for row, own in zip(rows, applying, strict=True) if own]

    return lambda area, indicator: [row[1:] for row in of_area(area) if row[0] == indicator]


def _lies_between(listed: list[tuple[int, int]], years: tuple[int, int]) -> bool:
    return any(last >= years[0] and first <= years[1] for last, first in listed)
