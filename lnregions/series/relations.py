"""Relations that hold between figures, each with its tolerance; docs/checks.md explains them.

Each relation yields ``(area, indicator, year, what, difference, low, high)``: what is compared, by how much it
differs from what it should be, and the limits of that difference. They hold the shipped figures, by tests, and those of
one's own, by `lnregions check`; the first line of each is its rule in words.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from typing import NamedTuple

import pandas as pd

from lnregions.series.extent import Extent
from lnregions.series.growth import half_unit
from lnregions.tables import LINE_BREAKS, break_scopes, load_areas, load_breaks

INDUSTRIES = ["va_primary", "va_secondary", "va_tertiary"]
ADDED = {
    "gdp", *INDUSTRIES, "population", "fdi_usd", "fdi_rmb", "trade_total", "tourism_revenue", "forest_stock",
}  # fmt: skip
"""Indicators whose parts add up to the whole."""
SUM_TOLERANCE = 0.0005  # share of the whole: rounding, not another release
MEAN_TOLERANCE = {"urbanisation_rate": ("population", 0, 0.05), "gdp_growth_real": ("gdp", 1, 0.5)}
"""Rate of a province: its weight, how many years the weight lags, and points by which the cities' mean may differ."""
HEAD_BAND = (0.3, 2.5)  # GDP a head of a city against the province's; a wrong unit is off by far more
DEFLATOR_BAND = (-5.0, 6.5)  # points between growth at current prices and real growth
RATES = {
    "trade_growth": ("trade_total", 5.0), "fdi_growth_usd": ("fdi_usd", 1.0), "fdi_growth_cny": ("fdi_rmb", 1.0),
    "tourism_growth": ("tourism_revenue", 1.0),
}  # fmt: skip
"""Growth: its level, and points by which they may differ, as rates are on revised or comparable bases."""
LEAST_SHARE = 1.0  # per cent; a share below is rare, and a fraction of one common
JUMPS = {
    "gdp": 15.0, "va_primary": 25.0, "va_secondary": 30.0, "va_tertiary": 15.0, "population": 3.0,
    "trade_total": 35.0, "fdi_usd": 900.0, "fdi_rmb": 25.0,
}  # fmt: skip
"""Most by which a figure may change in a year, in per cent of the smaller one. They are set just beyond what the bulk
of the figures does; foreign investment of a small city changes tenfold."""
POINTS = {"urbanisation_rate": 2.0, "forest_coverage": 2.0}
"""The same for rates, in points."""
ANY_JUMP, ANY_POINTS = 400.0, {"share": 20.0, "growth": 60.0}
"""The same for figures of one's own that the tables above do not name: levels, and points of shares and growth."""
REVISED, REVISED_POINTS = 3.0, 0.5
"""By which preliminary, revised and final values may differ: per cent, or points."""


class Figures:
    """Figures used by default, and what they are compared by: breaks, areas, limits of change by indicator."""

    def __init__(self, observations: pd.DataFrame, breaks: pd.DataFrame | None = None, *, plan=None):
        codes = {} if plan is None else plan.indicators.groupby("measure")["indicator"].agg(list)
        self.observations, self.shares = observations, {*codes.get("share", []), *POINTS}
        self.jumps = dict.fromkeys(codes.get("level", []), ANY_JUMP) | JUMPS
        self.points = {one: most for kind, most in ANY_POINTS.items() for one in codes.get(kind, [])} | POINTS
        rows = observations[observations["default"]]
        keys = zip(rows["area"], rows["indicator"], rows["year"], strict=True)
        self.known = dict(zip(keys, rows["value"], strict=True))
        self.source = dict(zip(self.known, rows["source"], strict=True))
        areas = load_areas() if plan is None else plan.areas
        self.above = dict(zip(areas["area"], areas["parent"], strict=True))
        self.cities = areas[areas["level"] == "city"].groupby("parent")["area"].agg(list).to_dict()
        breaks = load_breaks() if breaks is None else breaks
        self.breaks = breaks[breaks["kind"].isin(LINE_BREAKS)].to_dict("records")

    def is_broken(self, area, indicator, first, last):
        """Whether a break lies between two years."""
        scopes = break_scopes(area)
        return any(
            one["indicator"] == indicator and one["area"] in scopes
            and one["last_year"] >= first and one["first_year"] <= last
            for one in self.breaks
        )  # fmt: skip

    def get(self, area, indicator, year):
        """Figure used by default, or None."""
        return self.known.get((area, indicator, year))

    def growth(self, area, indicator, year):
        """Growth of a level from the year before in per cent; None across a break or without both levels."""
        now, before = self.get(area, indicator, year), self.get(area, indicator, year - 1)
        if now is None or not before or before < 0 or self.is_broken(area, indicator, year - 1, year):
            return None
        return (now / before - 1) * 100

    def of(self, indicators):
        """Area, indicator, year, source and value of the figures of some indicators."""
        return [(*key, self.source[key], value) for key, value in self.known.items() if key[1] in indicators]


def release_industries(figures):
    """The three sectors of a release sum to its GDP, within the rounding of the four numbers."""
    releases, printed = defaultdict(dict), defaultdict(Counter)
    for row in figures.observations.itertuples():
        if row.indicator in (*INDUSTRIES, "gdp"):
            for release in row.source.split():
                releases[row.area, row.year, release, row.vintage].setdefault(row.indicator, row.value)
                printed[row.indicator, release, row.year][half_unit(row.value)] += 1
    seen = set()
    for (area, year, release, vintage), values in sorted(releases.items()):
        numbers = (area, year, *(values.get(name) for name in (*INDUSTRIES, "gdp")))
        if None not in numbers and numbers not in seen:  # two sources of the same figures
            seen.add(numbers)
            usual = {name: printed[name, release, year].most_common(1)[0][0] for name in values}
            allowed = sum(min(half_unit(value), usual[name]) for name, value in values.items())
            what = " ".join(filter(None, (release, vintage)))
            yield area, "gdp", year, what, sum(numbers[2:5]) - numbers[5], -allowed, allowed


def default_industries(figures):
    """The three sectors used by default sum to the GDP used by default, within 0.05% and rounding."""
    for area, _, year, source, value in figures.of({"gdp"}):
        parts = [figures.get(area, one, year) for one in INDUSTRIES]
        if None not in parts:
            allowed = value * SUM_TOLERANCE + half_unit(value) + sum(map(half_unit, parts))
            yield area, "gdp", year, source, sum(parts) - value, -allowed, allowed


def cities_sum(figures):
    """All cities sum to their province, within 0.05% and rounding."""
    for area, indicator, year, source, value in figures.of(ADDED):
        parts = [figures.get(city, indicator, year) for city in figures.cities.get(area, [None])]
        if None not in parts:
            allowed = value * SUM_TOLERANCE + half_unit(value)
            yield area, indicator, year, source, sum(parts) - value, -allowed, allowed


def part_of_whole(figures):
    """No area has more than the area it lies in."""
    for area, indicator, year, source, value in figures.of(ADDED):
        whole = figures.get(figures.above.get(area), indicator, year)
        if whole:
            yield area, indicator, year, source, value - whole, -whole, 0.0


def province_rate(figures):
    """The province's rate is its cities' weighted mean: urbanisation within 0.05 points, real growth within 0.5."""
    for area, indicator, year, source, value in figures.of(MEAN_TOLERANCE):
        weight, lag, allowed = MEAN_TOLERANCE[indicator]
        cities = figures.cities.get(area, [None])
        rates = [figures.get(city, indicator, year) for city in cities]
        sizes = [figures.get(city, weight, year - lag) for city in cities]
        if None not in rates + sizes:
            mean = sum(rate * size for rate, size in zip(rates, sizes, strict=True)) / sum(sizes)
            yield area, indicator, year, source, mean - value, -allowed, allowed


def shares_in_order(figures):
    """Manufacturing is no larger than industry, industry no larger than the secondary sector."""
    for area, indicator, year, source, value in figures.of({"manufacturing_share", "industry_share"}):
        secondary, gdp = (figures.get(area, one, year) for one in ("va_secondary", "gdp"))
        whole = secondary / gdp * 100 if secondary and gdp else None
        if indicator == "manufacturing_share":
            whole = figures.get(area, "industry_share", year) or whole
        if whole is not None:
            yield area, indicator, year, source, value - whole, -whole, 0.0


def gdp_a_head(figures):
    """GDP a head of a city is 0.3 to 2.5 times its province's."""
    heads = {
        (area, year): (value / figures.known[area, "population", year], source)
        for area, _, year, source, value in figures.of({"gdp"})
        if figures.known.get((area, "population", year), 0) > 0
    }
    for (area, year), (value, source) in heads.items():
        whole = heads.get((figures.above.get(area), year), (0,))[0]
        if whole > 0:
            yield area, "gdp", year, source, value / whole, *HEAD_BAND


def level_growth(figures):
    """GDP at current prices grows by -5 to +6.5 points more than real GDP, within a segment."""
    for area, _, year, _, rate in figures.of({"gdp_growth_real"}):
        growth = figures.growth(area, "gdp", year)
        if growth is not None:
            yield area, "gdp", year, figures.source[area, "gdp", year], growth - rate, *DEFLATOR_BAND


def rate_of_levels(figures):
    """A published rate is the growth of its levels: trade within 5 points, investment and tourism within 1."""
    for area, indicator, year, source, rate in figures.of(RATES):
        level, allowed = RATES[indicator]
        growth = figures.growth(area, level, year)
        if growth is not None:
            yield area, indicator, year, source, growth - rate, -allowed, allowed


def share_as_fraction(figures):
    """No share is below one per cent, as one that is written as a fraction is (0.62 for 62%)."""
    for area, indicator, year, source, value in figures.of(figures.shares):
        yield area, indicator, year, source, value, LEAST_SHARE if value else 0.0, math.inf


def jump(figures):
    """No figure jumps from the one before where no break is listed."""
    for area, indicator, first, last in _steps(figures, figures.jumps | figures.points):
        before, after = (figures.known[area, indicator, year] for year in (first, last))
        source = figures.source[area, indicator, last]
        if indicator in figures.points:
            limit = figures.points[indicator]
            yield area, indicator, last, source, (after - before) / (last - first), -limit, limit
        elif min(before, after) > 0:
            limit = figures.jumps[indicator]
            change = ((after / before) ** (1 / (last - first)) - 1) * 100
            yield area, indicator, last, source, change, -100 * limit / (100 + limit), limit


def _steps(figures: Figures, indicators: Container[str]) -> Iterator[tuple[str, str, int, int]]:
    """Area, indicator and years of two figures next to each other between which no break lies."""
    years = defaultdict(list)
    for area, indicator, year, *_ in figures.of(indicators):
        years[indicator, area].append(year)
    for (indicator, area), own in sorted(years.items()):
        for first, last in itertools.pairwise(sorted(own)):
            if not figures.is_broken(area, indicator, first, last):
                yield area, indicator, first, last


def other_values(figures):
    """Other published values of a figure are the same but for rounding, or a revision of up to 3% (0.5 points)."""
    rows = figures.observations
    used = {(row.area, row.indicator, row.year): row for row in rows[rows["default"]].itertuples()}
    for row in rows[~rows["default"]].itertuples():
        default = used[row.area, row.indicator, row.year]
        allowed = half_unit(row.value) + half_unit(default.value)
        if row.status != default.status and "unknown" not in (row.status, default.status):
            allowed += REVISED_POINTS if row.unit == "%" else abs(default.value) * REVISED / 100
        what = " ".join(filter(None, (row.vintage, row.source)))
        yield row.area, row.indicator, row.year, what, row.value - default.value, -allowed, allowed


RELATIONS = {
    one.__name__.replace("_", "-"): one
    for one in (
        release_industries, default_industries, cities_sum, part_of_whole, province_rate, shares_in_order, gdp_a_head,
        level_growth, rate_of_levels, share_as_fraction, jump, other_values,
    )
}  # fmt: skip
"""Relations by their code in ``data/exceptions.csv``."""


def broken(figures: Figures, code: str) -> dict[tuple, tuple[float, float, float]]:
    """Comparisons of a relation that do not hold: what is compared, the difference and its limits."""
    return {
        (code, *compared): (difference, low, high)
        for *compared, difference, low, high in RELATIONS[code](figures)
        if not low - 1e-9 <= difference <= high + 1e-9
    }


class Change(NamedTuple):
    """Largest change of an indicator in a year that the published figures of a city show."""

    size: float
    area: str
    first_year: int
    last_year: int
    source: str


def largest_changes(observations: pd.DataFrame, *, breaks: pd.DataFrame | None = None) -> dict[str, Change]:
    """Return the largest change in a year of each indicator among the default figures of all cities.

    Compared are figures next to each other between which no break of the line lies; a change over several years proves
    at least its part of a year. Indicators of which no city has figures of two years running have none. The frames are
    those of `load_observations` and `load_breaks`.
    """
    figures, found = Figures(observations, breaks), {}
    known = set()  # with figures of two years running
    cities = {city for own in figures.cities.values() for city in own}
    for area, indicator, first, last in _steps(figures, {key[1] for key in figures.known}):
        keys = [(area, indicator, year) for year in (first, last)]
        before, after = (figures.known[key] for key in keys)
        size = math.ceil(abs(after - before) / (last - first) * 1e6 - 1e-3) / 1e6
        if area in cities and last == first + 1:
            known.add(indicator)
        if area in cities and (indicator not in found or size > found[indicator].size):
            sources = dict.fromkeys(" ".join(figures.source[key] for key in keys).split())
            found[indicator] = Change(size, area, first, last, " ".join(sources))
    return {indicator: change for indicator, change in found.items() if indicator in known}


def implausible(observations: pd.DataFrame, plan: object) -> dict[tuple[str, str, int], str]:
    """Return what is unlikely about the figures of a plan's areas, by area, indicator and year, one sentence each.

    A rate that a plausible change of the level contradicts is named itself, and no whole is named for one of its parts.
    """
    figures = Figures(observations, Extent(plan).breaks(load_breaks()), plan=plan)
    found, most = {}, JUMPS["gdp"]
    for code, relation in RELATIONS.items():
        rule = relation.__doc__.rstrip(".")
        for (_, area, indicator, year, _), (difference, low, high) in broken(figures, code).items():
            growth = figures.growth(area, "gdp", year) if code == "level-growth" else math.inf
            if -100 * most / (100 + most) <= growth <= most:
                indicator = "gdp_growth_real"
            limits = f"{low:,.4g} to {high:,.4g}" if math.isfinite(high) else f"at least {low:,.4g}"
            text = f"{rule}; here {difference:,.4g}, usual is {limits}"
            found.setdefault((area, indicator, year), text)
    wholes = {(figures.above.get(area), *figure) for area, *figure in found}
    return {key: text for key, text in found.items() if key not in wholes}
