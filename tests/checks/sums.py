"""Relations between figures of one year: parts and wholes, means, shares, amounts a head.

Each relation takes the figures and gives comparisons: a row for each, with what was found, what it should be,
and the difference that is allowed.
"""

import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd

INDUSTRIES = ["va_primary", "va_secondary", "va_tertiary"]
SUM_TOLERANCE = 0.0005
"""Share of the whole by which a sum of parts may differ: rounding, not another release."""
MEAN_TOLERANCE = {"urbanisation_rate": 0.05, "gdp_growth_real": 0.5}
"""Percentage points between a province's rate and the weighted mean of its cities'; real growth of the province
is computed at its own constant prices, so that it is not the mean of its cities' exactly."""
HEAD_BAND = (0.3, 2.5)
"""GDP a head of a city against the province's; a wrong unit is off by far more."""


@dataclass(frozen=True)
class Comparison:
    """One number beside what it should be; `difference` may lie between `low` and `high`."""

    area: str
    indicator: str
    year: int
    reading: str
    found: float
    expected: float
    difference: float
    low: float
    high: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the difference is allowed."""
        return self.low - 1e-9 <= self.difference <= self.high + 1e-9


def half_unit(value: float) -> float:
    """Half of the last digit of a number as it is printed: the rounding it may carry.

    Examples
    --------
    >>> half_unit(7695.8), half_unit(53.0)
    (0.05, 0.5)
    """
    digits = re.fullmatch(r"-?\d+(?:\.(\d+))?", f"{value:.15g}")
    return 0.5 * 10.0 ** -len(digits[1] or "") if digits else 0.5


def defaults(observations: pd.DataFrame) -> dict[tuple[str, str, int], tuple[float, str]]:
    """Value and source of the figure used by default, by area, indicator and year."""
    rows = observations[observations["default"]]
    keys = zip(rows["area"], rows["indicator"], rows["year"].astype(int), strict=True)
    return dict(zip(keys, zip(rows["value"].astype(float), rows["source"], strict=True), strict=True))


def industries_of_a_release(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Value added of the three sectors of one release against the GDP of the same release."""
    releases, printed = _releases(observations)
    out, seen = [], set()
    for (area, year, release, vintage), values in releases.items():
        if len(values) < len(INDUSTRIES) + 1:
            continue
        numbers = tuple(values[name] for name in [*INDUSTRIES, "gdp"])
        if (area, year, numbers) in seen:  # two sources of the same figures
            continue
        seen.add((area, year, numbers))
        allowed = 0.0
        for name, value in values.items():  # a whole number among tenths is 7696.0, not 7696
            allowed += min(half_unit(value), Counter(printed[name, release, year]).most_common(1)[0][0])
        reading = " ".join(filter(None, (release, vintage)))
        out.append(_sum_of(area, "gdp", year, reading, sum(numbers[:3]), numbers[3], allowed))
    return out


def _releases(observations: pd.DataFrame) -> tuple[dict, dict]:
    """Sectors and GDP by area, year and release, and the rounding that each release prints."""
    named = observations[observations["indicator"].isin([*INDUSTRIES, "gdp"])]
    columns = (named[name] for name in ("area", "year", "indicator", "value", "vintage", "source"))
    releases: dict[tuple, dict[str, float]] = {}
    printed: dict[tuple, list[float]] = {}
    for area, year, indicator, value, vintage, sources in zip(*columns, strict=True):
        for release in sources.split():
            releases.setdefault((area, year, release, vintage), {}).setdefault(indicator, float(value))
            printed.setdefault((indicator, release, year), []).append(half_unit(value))
    return dict(sorted(releases.items())), printed


def industries_by_default(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Value added of the three sectors used by default against the GDP used by default."""
    known, out = defaults(observations), []
    for (area, indicator, year), (value, source) in known.items():
        parts = [known.get((area, one, year)) for one in INDUSTRIES] if indicator == "gdp" else [None]
        if None not in parts:
            allowed = value * SUM_TOLERANCE + half_unit(value) + sum(half_unit(part[0]) for part in parts)
            out.append(_sum_of(area, "gdp", year, source, sum(part[0] for part in parts), value, allowed))
    return out


def cities_of_the_province(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Sum over all cities against the figure of their province, for every indicator that adds up."""
    known, out = defaults(observations), []
    cities = areas[areas["level"] == "city"].groupby("parent")["area"].agg(list)
    for (area, indicator, year), (value, source) in known.items():
        if area not in cities.index or indicator not in ADDED:
            continue
        parts = [known.get((city, indicator, year)) for city in cities[area]]
        if None not in parts:
            allowed = value * SUM_TOLERANCE + half_unit(value)
            out.append(_sum_of(area, indicator, year, source, sum(part[0] for part in parts), value, allowed))
    return out


ADDED = {
    "gdp": "亿元", "va_primary": "亿元", "va_secondary": "亿元", "va_tertiary": "亿元", "population": "万人",
    "fdi_usd": "亿美元", "fdi_rmb": "亿元", "trade_total": "亿元", "tourism_revenue": "亿元",
    "forest_stock": "亿立方米",
}  # fmt: skip
"""Indicators whose parts add up to the whole, with their unit."""


def parts_within_the_whole(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Every area's amount against that of the area it lies in: never more."""
    known, out = defaults(observations), []
    above = dict(zip(areas["area"], areas["parent"], strict=True))
    for (area, indicator, year), (value, source) in known.items():
        whole = known.get((above.get(area, ""), indicator, year))
        if indicator in ADDED and whole:
            least, unit = value - whole[0], ADDED[indicator]
            out.append(
                Comparison(area, indicator, year, source, value, whole[0], least, -whole[0], 0.0, unit)
            )
    return out


def rates_of_the_province(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Mean of all cities' rates, weighted as the codebook says, against the province's rate."""
    known, out = defaults(observations), []
    cities = areas[areas["level"] == "city"].groupby("parent")["area"].agg(list)
    weights = {"urbanisation_rate": ("population", 0), "gdp_growth_real": ("gdp", 1)}
    for (area, indicator, year), (value, source) in known.items():
        if area not in cities.index or indicator not in weights:
            continue
        weight, lag = weights[indicator]
        pairs = [(known.get((c, indicator, year)), known.get((c, weight, year - lag))) for c in cities[area]]
        if all(rate and size for rate, size in pairs):
            mean = sum(rate[0] * size[0] for rate, size in pairs) / sum(size[0] for _, size in pairs)
            allowed = MEAN_TOLERANCE[indicator]
            difference = mean - value
            out.append(
                Comparison(area, indicator, year, source, mean, value, difference, -allowed, allowed, "pp")
            )
    return out


def shares_in_order(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """Manufacturing is a part of industry, and industry of the secondary sector: shares never the other way."""
    known, out = defaults(observations), []
    for (area, indicator, year), (value, source) in known.items():
        whole = None
        if indicator == "manufacturing_share" and (area, "industry_share", year) in known:
            whole = known[area, "industry_share", year][0]
        secondary, gdp = (known.get((area, one, year)) for one in ("va_secondary", "gdp"))
        if indicator in ("manufacturing_share", "industry_share") and secondary and gdp and whole is None:
            whole = secondary[0] / gdp[0] * 100
        if whole is not None:
            out.append(
                Comparison(area, indicator, year, source, value, whole, value - whole, -whole, 0.0, "pp")
            )
    return out


def gdp_a_head(observations: pd.DataFrame, areas: pd.DataFrame) -> list[Comparison]:
    """GDP a head of a city against that of its province: within the band, or a unit is wrong."""
    known, out = defaults(observations), []
    above = dict(zip(areas["area"], areas["parent"], strict=True))
    heads = {
        (area, year): (value / known[area, "population", year][0], source)
        for (area, indicator, year), (value, source) in known.items()
        if indicator == "gdp" and known.get((area, "population", year), (0,))[0] > 0
    }
    for (area, year), (value, source) in heads.items():
        whole = heads.get((above.get(area, ""), year))
        if whole and whole[0] > 0:
            ratio = value / whole[0]
            out.append(Comparison(area, "gdp", year, source, value * 10000, whole[0] * 10000, ratio,
                                  *HEAD_BAND, "×"))  # fmt: skip
    return out


def _sum_of(area, indicator, year, reading, total, whole, allowed) -> Comparison:
    return Comparison(area, indicator, int(year), reading, total, whole, total - whole, -allowed, allowed,
                      ADDED[indicator])  # fmt: skip
