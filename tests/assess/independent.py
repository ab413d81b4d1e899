"""Verdicts recomputed from the tables of ``data/`` alone, by the rules of ``docs/verdicts.md`` and ``data/README.md``.

Nothing here imports the package: own reading of the tables (csv), own arithmetic (decimal, 40 digits).
A figure is a span of what its printed digits allow; whether a clause holds is decided by the ends of spans.
"""

import calendar
import csv
import datetime as dt
import operator
from collections import defaultdict
from decimal import Decimal, getcontext
from functools import cache
from itertools import pairwise, product
from math import prod
from pathlib import Path
from typing import NamedTuple

getcontext().prec = 40
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
KINDS = {"official": 0, "official, republished": 0, "yearbook, republished": 1, "press or other page": 2}
KINDS |= {"work report": 3, "compilation": 4}
STANDINGS = ("final", "revised", "preliminary", "unknown")
CURRENCIES = {
    "trade_total": {"published rates": ("trade_growth",)},
    "fdi_usd": {"in dollars": ("fdi_growth_usd", "fdi_usd"), "in yuan": ("fdi_growth_cny", "fdi_rmb")},
}
RULES = {"growth": ("average", "every year", "last year"), "relative_growth": ("average", "every year")}
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
COMPARE |= {"up": operator.gt, "down": operator.lt, "": operator.ge}
STEPS = {"on track": Decimal("0.95"), "acceleration needed": Decimal("0.60"), "limited": Decimal(0)}
WORST_FIRST = ("no data", "not assessable", "too close to call", "acceleration needed", "on track", "met")


class Span(NamedTuple):
    """Lowest, printed and highest value of a figure."""

    low: Decimal
    value: Decimal
    high: Decimal


class Answer(NamedTuple):
    """What a clause comes to; numbers are missing where there are none to show."""

    status: str
    actual: Decimal | None = None
    required: Decimal | None = None
    by_bounds: bool = False


@cache
def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def last_day(text):
    year, month = int(text[:4]), int(text[5:7] or 12)
    return dt.date(year, month, int(text[8:] or calendar.monthrange(year, month)[1]))


def settled(holds, actual, required):
    """Met or missed where all values of both spans say so, else too close to call.

    Halves are rounded up: of two rounded numbers the upper end of one is never the lower end of the other.
    """
    apart = Decimal("1e-12") if actual.low < actual.high and required.low < required.high else Decimal(0)
    ends = {holds(actual.low + apart, required.high), holds(actual.high - apart, required.low)}
    return "too close to call" if len(ends) == 2 else "met" if ends == {True} else "missed"


def growth(start, end, years):
    """Growth a year between two levels, in per cent."""
    pairs = ((start.high, end.low), (start.value, end.value), (start.low, end.high))
    return Span(*(100 * ((after / before) ** (1 / Decimal(years)) - 1) for before, after in pairs))


def average(rates, years, chained):
    """Geometric mean of growth rates; the arithmetic one of rates that build up no level (investment)."""
    count, found = Decimal(len(years)), []
    for ends in zip(*(rates[year] for year in years), strict=True):
        if chained and all(end.is_finite() for end in ends):
            found.append(100 * (prod(1 + max(end, Decimal(-100)) / 100 for end in ends) ** (1 / count) - 1))
        else:
            found.append(sum(ends) / count)
    return Span(*found)


@cache
class Evidence:
    """The figures known on a date, completed by derived values where none is published."""

    def __init__(self, as_of, *, complete=False):
        self.as_of = dt.date.fromisoformat(as_of)
        self.sources = {row["source"]: row for row in table(DATA / "sources.csv")}
        self.codebook = {row["indicator"]: row for row in table(DATA / "indicators.csv")}
        self.breaks = [row for row in table(DATA / "breaks.csv") if row["kind"] != "rates not divisible"]
        self.bounds = {(row["indicator"], row["area"]): row for row in table(DATA / "bounds.csv")}
        self.figures, self.years = defaultdict(list), defaultdict(set)
        self.add(table(DATA / "observations.csv"))
        published = set(self.figures)
        if complete:
            self.add(table(DATA / "derived.csv"), published)
        self.derived = set(self.figures) - published

    def add(self, rows, published=()):
        """Take in the rows known on the date, but not where a figure is published."""
        for row in rows:
            key = (row["indicator"], row["area"], int(row["year"]))
            if key not in published and self.known_from(row) <= self.as_of:
                self.figures[key].append(row)
                self.years[key[:2]].add(key[2])

    def known_from(self, row):
        """Day of its vintage, or 31 December of the year after, or later where all its sources state later dates."""
        if row["vintage"]:
            return last_day(row["vintage"])
        day = dt.date(int(row["year"]) + 1, 12, 31)
        stated = [self.sources[one]["published"] for one in row["source"].split()]
        return max(day, min(map(last_day, stated))) if all(stated) else day

    def default(self, indicator, area, year):
        """The figure used: grade, kind of source, vintage, status, number of sources, source id."""

        def order(row):
            sources = row["source"].split()
            kind = min(KINDS[self.sources[one]["kind"]] for one in sources)
            latest = -self.known_from(row).toordinal() if row["vintage"] else 0
            standing = STANDINGS.index(row["status"])
            return row["grade"], kind, latest, standing, -len(sources), row["source"]

        return min(self.figures.get((indicator, area, year), ()), key=order, default=None)

    def span(self, row):
        """What the printed digits allow; tables drop a final zero, so one decimal at least where any are printed."""
        value = Decimal(row["value"])
        least = min(1, int(self.codebook[row["indicator"]]["decimals"]))
        half = Decimal(5).scaleb(-1 - max(least, -value.normalize().as_tuple().exponent))
        return Span(value - half, value, value + half)

    @cache  # noqa: B019, lives as long as the tests
    def segment(self, indicator, areas, year):
        """Number of breaks up to a year, of an area or of any of the areas that make a region."""
        scopes = {"*", *areas, *map(rank, areas)}
        rows = [row for row in self.breaks if row["indicator"] == indicator and row["area"] in scopes]
        return len({row["first_year"] for row in rows if int(row["first_year"]) <= year})

    def release(self, indicator, members, year):
        """One figure a member from one release: one source, or each member's own, all of one standing; else None.

        Of two equally graded, the one with more of the figures that are used of the members themselves.
        """
        offered, used = defaultdict(dict), {area: self.default(indicator, area, year) for area in members}
        for area in members:
            rows = list(self.figures.get((indicator, area, year), ()))
            rows.sort(key=lambda row: row["vintage"], reverse=True)
            for row in sorted(rows, key=lambda row: (row["grade"], row is not used[area])):
                for name in row["source"].split():
                    offered[0, name].setdefault(area, row)
                if row["status"] != "unknown":
                    offered[1, row["status"]].setdefault(area, row)
        whole = [one for one in sorted(offered.items()) if len(one[1]) == len(members)]
        found = [one for one in whole if len({row["status"] for row in one[1].values()}) == 1]
        found.sort(key=lambda one: max(row["vintage"] for row in one[1].values()), reverse=True)

        def order(one):
            others = sum(row is not used[area] for area, row in one[1].items())
            return max(row["grade"] for row in one[1].values()), others, one[0][0]

        found.sort(key=order)
        return [found[0][1][area] for area in members] if found else None


def rank(area):
    """Rank of an area by its adcode, as breaks and bounds name it; empty for a region."""
    if not area.isdigit():
        return ""
    return "nation" if area == "100000" else "province" if area.endswith("0000") else "cities"


class Place:
    """An area, or a region with its members, in the light of some evidence."""

    def __init__(self, evidence, area, members=()):
        self.evidence, self.area, self.members = evidence, area, tuple(members)
        self.areas = self.members or (area,)

    def segment(self, indicator, year):
        return self.evidence.segment(indicator, (self.area, *self.members), year)

    def series(self, indicator):
        """Figures by year: defaults of an area, totals of a region."""
        evidence, found = self.evidence, {}
        for year in sorted(set().union(*(evidence.years[indicator, area] for area in self.areas))):
            if not self.members:
                found[year] = evidence.span(evidence.default(indicator, self.area, year))
                continue
            rows, weights = evidence.release(indicator, self.members, year), self.weights(indicator, year)
            if rows and weights:
                found[year] = combine(map(evidence.span, rows), weights)
        return found

    def weights(self, indicator, year):
        """Shares of the members in the whole, 1 for sums; of the year before for growth; none without a release."""
        entry, evidence = self.evidence.codebook[indicator], self.evidence
        if entry["aggregation"] != "weighted":
            return [Decimal(1)] * len(self.members) if entry["aggregation"] == "sum" else []
        year, weight = year - (entry["measure"] == "growth"), entry["weight"]
        if weight == "land_area":
            land = {row["area"]: row["shipped_km2"] for row in table(ROOT / "shapes" / "area_changes.csv")}
            sizes = [Decimal(land[area]) for area in self.members]
        else:
            sizes = [Decimal(row["value"]) for row in evidence.release(weight, self.members, year) or ()]
        return [size / sum(sizes) for size in sizes]

    def possible(self, indicator, year):
        """What a figure that is missing can be by the declared bounds; None where nothing can be said."""
        evidence, series = self.evidence, self.series(indicator)
        if self.members:
            lacking = not all(evidence.default(indicator, area, year) for area in self.members)
            weights = self.weights(indicator, year)
            spans = (Place(evidence, area).possible(indicator, year) for area in self.members)
            return combine(spans, weights) if weights and lacking else None
        if year in series:
            return series[year]
        rows = [evidence.bounds.get((indicator, one)) for one in (self.area, rank(self.area), "*")]
        bound = next(filter(None, rows), {})
        low, high = Decimal(bound.get("lower") or "-Infinity"), Decimal(bound.get("upper") or "Infinity")
        own = [one for one in series if self.segment(indicator, one) == self.segment(indicator, year)]
        nearest = [one for one in own if one < year][-1:] + [one for one in own if one > year][:1]
        for near in nearest if bound.get("largest_change") else ():
            reach = Decimal(bound["largest_change"]) * abs(near - year)
            low, high = max(low, series[near].low - reach), min(high, series[near].high + reach)
        if bound.get("part_of"):  # no larger than what it is part of
            names = (bound["part_of"], evidence.codebook[indicator]["weight"])
            whole, total = (evidence.default(name, self.area, year) for name in names)
            if whole and total:
                high = min(high, 100 * evidence.span(whole).high / evidence.span(total).low)
        return Span(low, low, high)

    def rates(self, indicators, years):
        """Yearly growth in per cent: of each year by the first indicator that has it, levels by steps of one year."""
        found = {}
        for indicator in reversed(indicators):
            series = self.series(indicator)
            if self.evidence.codebook[indicator]["measure"] == "growth":
                found |= series
                continue
            for (before, start), (year, end) in pairwise(series.items()):
                if year == before + 1 and self.segment(indicator, year) == self.segment(indicator, before):
                    found[year] = growth(start, end, 1)
        return {year: rate for year, rate in sorted(found.items()) if year in years}


def combine(spans, weights):
    """Sum of spans times weights."""
    return Span(*(sum(map(Decimal.__mul__, weights, ends)) for ends in zip(*spans, strict=True)))


class Plan:
    """A plan as its folder states it."""

    def __init__(self, name):
        self.targets = table(DATA / "plans" / name / "targets.csv")
        self.membership = table(DATA / "plans" / name / "membership.csv")
        self.names = {row["area"]: row["short_en"] for row in table(DATA / "areas.csv")}

    def place(self, evidence, area):
        """An area or region; where cities stand in for counties, the cities are used."""
        rows = [row for row in self.membership if row["region"] == area and row["level"] != "zone"]
        if any(row["proxy"] == "yes" for row in rows):
            rows = [row for row in rows if row["proxy"] == "yes" or row["level"] != "county"]
        return Place(evidence, area, [row["area"] for row in rows])

    def answers(self, as_of):
        """Answer of each target under each interpretation, by the names of both."""
        found = {}
        for complete, row in product((False, True), self.targets):
            evidence = Evidence(as_of, complete=complete)
            for name, answer, used in self.interpretations(row, evidence):
                if not complete:
                    found[row["target"], name] = answer
                elif used & evidence.derived:
                    found[row["target"], f"{name}, with derived figures"] = answer
        return found

    def interpretations(self, row, evidence):
        """Name and answer of each interpretation, and the figures in the years of the plan that bear on it."""
        clause, place = Clause(row, evidence.as_of.year), self.place(evidence, row["area"])
        span = range(clause.first - 1, clause.horizon + 1)
        if row["kind"] in RULES:
            beside = self.place(evidence, row["benchmark"]) if row["benchmark"] else None
            areas = (*place.areas, *(beside.areas if beside else ()))
            currencies = CURRENCIES.get(row["indicator"], {"": (row["indicator"],)})
            for (currency, indicators), rule in product(currencies.items(), RULES[row["kind"]]):
                name, answer = f"{rule}, {currency}", clause.by_rates(place, beside, indicators, rule)
                yield name.removesuffix(", "), answer, set(product(indicators, areas, span))
            return
        yield "as written", clause.by_value(place), set(product([row["indicator"]], place.areas, span))
        if area := row["other_area"]:
            answer = clause.by_value(self.place(evidence, area))
            yield self.names[area], answer, set(product([row["indicator"]], [area], span))
        if linked := clause.linked(place):
            yield "linked by real growth", linked, set()


class Clause:
    """A row of a plan's targets, judged in a year of knowledge."""

    def __init__(self, row, known_in):
        self.kind, self.indicator, self.holds = row["kind"], row["indicator"], COMPARE[row["comparator"]]
        self.value = Span(*[Decimal(row["value"])] * 3) if row["value"] else None
        self.first, self.horizon = int(row["first_year"]), int(row["horizon"])
        self.base = int(row["baseline_year"] or self.first - 1)
        self.years, self.closed = range(self.first, self.horizon + 1), known_in > self.horizon

    def by_value(self, place):
        """Status of a clause that names a value, a multiple, a direction, or nothing that can be measured."""
        if self.kind == "qualitative":
            return Answer("not quantified")
        series = place.series(self.indicator)
        segment = {year: place.segment(self.indicator, year) for year in (*series, self.base)}
        before = [year for year in series if year <= self.base and segment[year] == segment[self.base]]
        after = [year for year in series if self.base < year < self.horizon]
        base = before[-1] if before else after[0] if after else None
        if self.kind == "direction":
            return self.by_direction(series, segment, base)
        required = self.value
        if self.kind == "cumulative_growth":
            if base is None:
                return Answer("not assessable" if set(series) & set(self.years) else "no data")
            required = Span(*(one * (1 + self.value.value / 100) for one in series[base]))
            series = {year: one for year, one in series.items() if segment[year] == segment[base]}
        return self.by_level(place, series, segment, base, required)

    def by_level(self, place, series, segment, base, required):
        """The horizon's figure against a value; what bounds leave; or progress by the Open SDG method."""
        latest = max((year for year in series if year in self.years), default=None)
        actual = series[latest].value if latest else None
        if latest == self.horizon:
            return Answer(settled(self.holds, series[latest], required), actual, required.value)
        possible = place.possible(self.indicator, self.horizon) if self.closed and place else None
        if possible and (status := settled(self.holds, possible, required)) != "too close to call":
            return Answer(status, None, required.value, by_bounds=True)
        status = "no data" if latest is None else "not assessable"
        if latest and not self.closed:
            comparable = base and base < latest and segment[base] == segment[latest]
            status = self.progress(base, comparable and series[base].value, latest, actual, required.value)
        return Answer(status, actual, required.value)

    def progress(self, base, start, latest, end, goal):
        """Status while the plan runs, by the growth seen over the growth required."""
        if self.holds(end, goal):
            return "met"
        if not start or min(start, end, goal) <= 0 or start == goal or self.holds(start, goal):
            return "not assessable"
        seen = (end / start) ** (1 / Decimal(latest - base)) - 1
        share = seen / ((goal / start) ** (1 / Decimal(self.horizon - base)) - 1)
        return next((name for name, least in STEPS.items() if share >= least), "deterioration")

    def by_direction(self, series, segment, base):
        """The sign of the change from the baseline to the last figure."""
        latest = max((year for year in series if year <= self.horizon), default=None)
        if base is None or latest is None or latest <= base:
            return Answer("not assessable" if set(series) & set(self.years) else "no data")
        start, end = series[base], series[latest]
        if segment[base] != segment[latest] or (self.closed and latest < self.horizon):
            return Answer("not assessable", end.value)
        running = "on track" if self.holds(end.value, start.value) else "deterioration"
        return Answer(settled(self.holds, end, start) if self.closed else running, end.value)

    def linked(self, place):
        """Answer by the level carried over a census by published real growth; None where no census parts the series."""
        if self.kind != "level" or self.indicator != "gdp":
            return None
        series, rates = place.series("gdp"), place.series("gdp_growth_real")
        segment = {year: place.segment("gdp", year) for year in series}
        inside = [year for year in series if self.base <= year <= self.horizon]
        if len({segment[year] for year in inside}) < 2:
            return None
        carried = {year: one for year, one in series.items() if segment[year] == segment[inside[0]]}
        year = max(carried)
        while year + 1 in rates:
            pairs, year = zip(carried[year], rates[year + 1], strict=True), year + 1
            carried[year] = Span(*(level * (1 + rate / 100) for level, rate in pairs))
        return self.by_level(None, carried, dict.fromkeys(carried), inside[0], self.value)

    def by_rates(self, place, beside, indicators, rule):
        """Status of a clause of yearly growth; each member's where rates of a region cannot be combined."""
        entry = place.evidence.codebook[indicators[0]]
        chained = entry["aggregation"] != "none"
        if place.members and not chained:
            return self.by_members(place, beside, indicators, rule)
        needed = beside.rates(indicators, self.years) if beside else dict.fromkeys(self.years, self.value)
        seen = place.rates(indicators, self.years)
        years = [self.horizon] if rule == "last year" else list(self.years)
        both = [year for year in seen if year in needed]
        shown = [year for year in both if year in years] or both[-1:]
        pairs = [(seen[year].value, needed[year].value) for year in shown]
        numbers = [average(of, shown, chained).value for of in (seen, needed) if shown]
        if status := self.of_pairs(seen, needed, years, rule, chained):
            lacking = self.closed and not set(years) <= set(both)
            return Answer(status, *numbers, by_bounds=lacking and status != "too close to call")
        if rule == "average" and (found := self.by_levels(place, beside, indicators, needed, chained)):
            return found
        if self.closed and set(years) <= set(needed) and entry["measure"] == "growth":
            spans = {year: place.possible(indicators[0], year) for year in years if year not in seen}
            status = None not in spans.values() and self.of_pairs(seen | spans, needed, years, rule, chained)
            if status in ("met", "missed"):
                return Answer(status, *numbers, by_bounds=True)
        if both and not self.closed:
            good = all(self.holds(*pair) for pair in (pairs if rule == "every year" else [numbers]))
            return Answer("on track" if good else "acceleration needed", *numbers)
        return Answer("not assessable" if seen else "no data", *numbers)

    def of_pairs(self, seen, needed, years, rule, chained):
        """Closing status by rates seen and needed; None while years are missing that could turn it."""
        known = [year for year in years if year in seen and year in needed]
        each = {settled(self.holds, seen[year], needed[year]) for year in known}
        if rule == "every year" and "missed" in each:
            return "missed"  # no other year can mend it
        if known != years:
            return None
        if rule == "every year":
            return "too close to call" if "too close to call" in each else "met"
        return settled(self.holds, *(average(of, years, chained) for of in (seen, needed)))

    def by_levels(self, place, beside, indicators, needed, chained):
        """The average by the first and the last level of one segment; None where either is missing."""
        evidence, ends = place.evidence, (self.first - 1, self.horizon)
        names = [one for one in (*indicators, self.indicator) if evidence.codebook[one]["measure"] == "level"]
        found = []
        for where in filter(None, (place, beside) if names else ()):
            series = where.series(names[0])
            joined = len({where.segment(names[0], year) for year in ends}) == 1 and set(ends) <= set(series)
            found.append(joined and growth(*(series[year] for year in ends), len(self.years)))
        if found[1:] in ([], [False]) and set(self.years) <= set(needed):
            found[1:] = [average(needed, self.years, chained)]
        if len(found) < 2 or not all(found):
            return None
        actual, required = found
        margins = [row["rate_difference"] for (name, _), row in evidence.bounds.items() if name == names[0]]
        wide = abs(actual.value - required.value) > max(Decimal(one or 0) for one in (*margins, 0))
        status = settled(self.holds, actual, required) if wide else "not assessable"
        return Answer(status, actual.value, required.value)

    def by_members(self, place, beside, indicators, rule):
        """Each member has to fulfil the clause."""
        each = [self.by_rates(Place(place.evidence, one), beside, indicators, rule) for one in place.members]
        statuses = {one.status for one in each}
        if "missed" in statuses:
            lacking = statuses & {"no data", "not assessable"} or any(one.by_bounds for one in each)
            return Answer("missed", by_bounds=self.closed and bool(lacking))
        if len(statuses) > 1 and "no data" in statuses:
            return Answer("not assessable")
        return Answer(min(statuses, key=WORST_FIRST.index))
