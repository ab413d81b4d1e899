"""Evaluators of clauses of yearly growth: on average, in every year, or in the last year.

Where the rate of a year is missing, the first and the last level of the same series tell the average as well. A region
whose rates cannot be combined is judged by its members: each of them has to fulfil the clause.
"""

import itertools
import math
from dataclasses import replace
from typing import NamedTuple

from lnregions.assess.bounds import possible_rate
from lnregions.assess.cases import Case, figures_of, growth_figures
from lnregions.assess.reasons import (
    STATUS_OF,
    asked_text,
    close_text,
    how_text,
    indicator_text,
    nearest_text,
    result,
)
from lnregions.series.figures import Figures, growth_rates, joined_sources, rows_used
from lnregions.series.growth import annual_growth, mean_growth
from lnregions.words import RATE_DECIMALS, places_apart
from lnregions.words.texts import NO_TEXT, Text, joined, percent, printed, rates_text, say


class Rate(NamedTuple):
    """Growth in per cent, the range that rounding or a missing figure leaves it, and the levels on either side."""

    value: float
    low: float
    high: float
    levels: tuple | None = None


def judge_growth(case: Case) -> dict:
    """So many per cent a year over the plan's years."""
    value = case.clause.value
    return _judge_rates(case, dict.fromkeys(case.clause.years, Rate(value, value, value)))


def judge_relative_growth(case: Case) -> dict:
    """Growth a year above that of the benchmark area."""
    return _judge_rates(case, _rates_by_year(case.clause, case.benchmark or Figures()))


def _rates_by_year(clause, figures):
    rows = growth_rates(figures, measure=clause.measure)
    return {
        row.year: Rate(row.value, max(row.low, -100.0), row.high, row.levels)
        for row in rows if row.year in clause.years
    }  # fmt: skip


def _judge_rates(case, needed):
    """Compare yearly growth with what each year requires, in the years of the case's rule."""
    if case.members and case.figures.missing.en:
        return _by_members(case, needed)
    clause, seen = case.clause, _rates_by_year(case.clause, case.figures)
    years = [clause.horizon] if case.rule == "last year" else list(clause.years)
    known = sorted(set(seen) & set(needed))
    common = [year for year in known if year in years]
    common = common or known[-1:]  # the latest one, where none is of the rule
    pairs = {year: (seen[year], needed[year]) for year in common}
    numbers = {f"growth {year}": rate.value for year, rate in seen.items()}
    fields = {
        "unit": "%",
        "numbers": numbers | {f"needed {year}": needed[year].value for year in sorted(needed)},
    }
    fields |= rows_used(case.figures, common or seen, beside=case.benchmark)
    if pairs:
        actual, required = (_mean(case, [pair[place] for pair in pairs.values()]) for place in (0, 1))
        gap = actual.value - required.value
        fields |= {"actual_year": common[-1], "actual": actual.value, "required": required.value, "gap": gap}
        fields["mean_from"] = common[0] if len(common) > 1 else None
        fields["numbers"] |= {"mean growth": actual.value, "mean needed": required.value, "gap": gap}
    outcome = _outcome(case, pairs, years)
    if outcome != "open":
        fields["by_bounds"] = case.closed and set(common) < set(years)  # every year, and some are missing
        text = (
            _yearly_text(case, pairs)
            if case.rule == "every year"
            else _mean_text(case, common, actual, required)
        )
        found = _settled(case, outcome, text, actual, required, fields, closes=common == years)
    else:
        found = _by_levels(case, needed, fields) or _by_bounds(case, seen, needed, years, fields)
        found = found or _undecided(case, seen, needed, years, pairs, fields)
    # the sources also of years that have no pair
    every = rows_used(case.figures, [*seen, *needed], beside=case.benchmark)
    return found | {"sources": joined_sources([found.get("sources", ""), every.get("sources", "")])}


def _outcome(case, pairs, years):
    """Whether the clause holds by pairs of growth seen and required by year; ``open`` where years are missing."""
    complete = set(years) <= set(pairs)
    if case.rule == "every year":
        each = [case.clause.outcome(*seen[1:3], *needed[1:3]) for seen, needed in pairs.values()]
        if False in each:
            return False  # no later year can mend one below
        return "open" if not complete else None if None in each else True
    if not complete:
        return "open"
    actual, required = (_mean(case, [pairs[year][place] for year in years]) for place in (0, 1))
    return case.clause.outcome(*actual[1:3], *required[1:3])


def _mean(case, rates):
    """Mean of some rates; its range is open where one of theirs is.

    Of steps of levels, one after the other, the first and the last level alone leave a range.
    """
    steps = [rate.levels for rate in rates]
    in_a_row = all(steps) and all(one[1] == other[0] for one, other in itertools.pairwise(steps))
    if in_a_row and steps[0][0].low > 0:
        return _rate_between(steps[0][0], steps[-1][1])
    return Rate(*(
        mean_growth(ends, chained=_is_chained(case)) if all(map(math.isfinite, ends)) else sum(ends)
        for ends in zip(*(rate[:3] for rate in rates), strict=True)
    ))  # fmt: skip


def _is_chained(case):
    """Whether the rates build up a level; those of an indicator without levels do not (investment)."""
    if case.tables is None or not case.indicators:
        return True
    row = case.tables.indicator(case.indicators[0])
    return row["measure"] != "growth" or row["aggregation"] != "none"


def _settled(case, outcome, text, actual, required, fields, **other):
    """A closing status, with the interval of the gap where rounding hides which it is."""
    texts = [text]
    if outcome is None:
        fields |= {"low": actual.low, "high": actual.high}
        texts.append(close_text(case.clause, actual.low - required.high, actual.high - required.low))
    return result(STATUS_OF[outcome], *texts, **fields | other)


# -- where rates are missing -------------------------------------------------------------------------------


def _by_levels(case, needed, fields):
    """Judge an average by the first and the last level of one series; None where either is missing.

    Rates of some indicators are published on revised bases. There the levels decide only where the gap is wider than
    the largest difference ever seen between the two (``rate_difference`` of the bounds).
    """
    clause, tables, plan = case.clause, case.tables, case.plan
    if case.rule != "average" or plan is None:
        return None
    names = [
        name for name in (*case.indicators, clause.indicator) if tables.indicator(name)["measure"] == "level"
    ]
    areas = [clause.area, *([case.row["benchmark"]] if case.row["benchmark"] else [])]
    if not names or (clause.kind == "relative_growth") != (len(areas) == 2):
        return None
    first, last = clause.first_year - 1, clause.horizon
    every = [figures_of(plan, area, indicator=names[0], tables=tables) for area in areas]
    actual, *beside = (_growth_between(figures, first, last) for figures in every)
    complete = set(clause.years) <= set(needed)
    required = (beside and beside[0]) or (complete and _mean(case, [needed[year] for year in clause.years]))
    if not actual or not required:
        return None
    gap, margin = actual.value - required.value, tables.rate_difference(names[0])
    text = _mean_text(case, [first, last], actual, required, by_levels=True)
    values = {f"level {year}": every[0].value_of(year) for year in (first, last)}
    for year in (first, last):
        for area, value, _ in every[0].parts.get(year, ()):
            shown = say("level of {area} in {year}", area=tables.name_text(area), year=year)
            values[shown.en] = value
            fields["names_zh"] = fields.get("names_zh", {}) | {shown.en: shown.zh}
    fields = fields | rows_used(every[0], [first, last])
    if beside and beside[0]:
        fields |= rows_used(every[0], [first, last], beside=every[1])
    fields |= {"actual_year": last, "actual": actual.value, "required": required.value, "gap": gap}
    fields["mean_from"] = first + 1
    mean = {"mean growth": actual.value, "mean needed": required.value, "gap": gap}
    fields["numbers"] = fields["numbers"] | values | mean
    if abs(gap) <= margin:
        message = (
            "published rates have differed from levels by up to {margin} a year, so levels do not decide"
        )
        why = say(message, margin=printed(margin, "pp", decimals=RATE_DECIMALS))
        return result("not assessable", text, why, **fields)
    return _settled(
        case, clause.outcome(*actual[1:3], *required[1:3]), text, actual, required, fields, closes=True
    )


def _growth_between(figures, first, last):
    """Growth a year between two levels of one segment above zero; None where there are no such."""
    rows = {row.year: row for row in figures.rows if row.year in (first, last) and row.low > 0}
    if len(rows) < 2 or figures.breaks(first, last):
        return None
    return _rate_between(rows[first], rows[last])


def _rate_between(start, end):
    """Growth a year from one level to another, in per cent, with the range that rounding leaves it."""
    ends = ((start.value, end.value), (start.high, end.low), (start.low, end.high))
    return Rate(*(100 * annual_growth(*pair, years=end.year - start.year) for pair in ends))


def _by_bounds(case, seen, needed, years, fields):
    """The verdict where every possible rate of the missing years leads to the same one; None where not."""
    if not case.closed or case.tables is None or not set(years) <= set(needed):
        return None
    missing = [year for year in years if year not in seen]
    possible = {year: possible_rate(case, year) for year in missing}
    if None in possible.values():
        return None
    every = seen | {year: Rate(math.nan, one.low, one.high) for year, one in possible.items()}
    outcome = _outcome(case, {year: (every[year], needed[year]) for year in years}, years)
    if outcome is None or outcome == "open":
        return None
    texts = [_seen_text(seen), _needed_text(case, seen, needed, years)]
    used = [row for one in possible.values() for row in one.known]
    fields = fields | {
        "by_bounds": True,
        "grade": max([fields.get("grade", ""), *(row.grade for row in used)]),
    }
    fields["sources"] = joined_sources([fields.get("sources", ""), *(row.source for row in used)])
    return result(STATUS_OF[outcome], *texts, closes=True, **fields)


def _undecided(case, seen, needed, years, pairs, fields):
    """Years of the rule are missing: where things stand, and what the missing years would have to bring."""
    clause = case.clause
    if pairs:
        actual, required = (_mean(case, [pair[place] for pair in pairs.values()]) for place in (0, 1))
        text = (
            _yearly_text(case, pairs)
            if case.rule == "every year"
            else _mean_text(case, list(pairs), actual, required)
        )
        if not case.closed:
            holds = (
                all(clause.holds(a.value, b.value) for a, b in pairs.values())
                if case.rule == "every year"
                else clause.holds(actual.value, required.value)
            )
            return result("on track" if holds else "acceleration needed", text, **fields)
    missing = [year for year in years if year not in seen]
    texts = list(dict.fromkeys(why for why in map(case.figures.why, missing) if why.en))
    if plain := [year for year in missing if not case.figures.why(year).en]:
        texts.append(say("no figure for {years} is published", years=_listed(plain)))
    if silent := [year for year in years if year not in needed]:
        texts.append(say("no benchmark figure for {years}", years=_listed(silent)))
    texts += [text if pairs else _seen_text(seen), _needed_text(case, seen, needed, years)]
    if not seen and case.tables is not None:
        texts.append(nearest_text(case, ()))
    return result("not assessable" if seen else "no data", *texts, **fields)


def _needed_text(case, seen, needed, years):
    """What the years without a rate would have to bring for the clause to be fulfilled."""
    missing = [year for year in years if year not in seen]
    if not missing or not set(years) <= set(needed):
        return NO_TEXT
    listed = _listed(missing)
    clause, required = case.clause, {year: needed[year].value for year in missing}
    if case.rule == "every year" and len(set(required.values())) > 1:
        return say("for that, growth would have to be above {rates}", rates=rates_text(required))
    if case.rule != "average":
        return say("for that, {years} would have to bring {how}", years=listed,
                   how=how_text(clause, required[missing[0]], unit="%"))  # fmt: skip
    known, count = [seen[year].value for year in years if year in seen], len(missing)
    if _is_chained(case):
        whole = math.prod(1 + needed[year].value / 100 for year in years)
        rest = whole / math.prod(1 + rate / 100 for rate in known)
        rate = 100 * (rest ** (1 / count) - 1) if rest > 0 else math.inf
    else:
        rate = (sum(needed[year].value for year in years) - sum(known)) / count
    if not math.isfinite(rate):
        return NO_TEXT
    message = "for that, {years} would have to bring {how}"
    if count > 1:
        message = "for that, {years} would have to bring {how} a year"
    return say(message, years=listed, how=how_text(clause, rate, unit="%"))


# -- by members --------------------------------------------------------------------------------------------


def _by_members(case, needed):
    """Judge a region by each of its members, where its own rates are not published and cannot be combined."""
    clause, tables = case.clause, case.tables
    found, fields = {}, {"unit": "%", "numbers": {}, "names_zh": {}}
    for area in case.members:
        figures = growth_figures(
            case.plan, area, indicators=case.indicators, tables=tables, years=clause.years
        )
        member = replace(case, clause=replace(clause, area=area), figures=figures, of_member=True)
        found[area] = _judge_rates(member, needed)
        name = tables.name_text(area)
        for key, value in found[area]["numbers"].items():
            if key.startswith("growth"):
                shown = say("{area} {year}", area=name, year=key.removeprefix("growth "))
                fields["numbers"][shown.en], fields["names_zh"][shown.en] = value, shown.zh
    statuses = {one["status"] for one in found.values()}
    missed = [area for area, one in found.items() if one["status"] == "missed"]
    if missed:
        open_ = statuses & {"not assessable", "no data", "on track", "acceleration needed"}
        status, used = "missed", missed
        fields["by_bounds"] = case.closed and (
            bool(open_) or any(found[area].get("by_bounds") for area in missed)
        )
    else:
        order = ("no data", "not assessable", "too close to call", "acceleration needed", "on track", "met")
        status, used = next(one for one in order if one in statuses), list(found)
        if status == "no data" and len(statuses) > 1:
            status = "not assessable"
    message = (
        "{indicator} of the region is not published and cannot be combined: each member has to fulfil it"
    )
    texts = [say(message, indicator=indicator_text(tables, case.indicators[0])).sentence()]
    if clause.kind != "relative_growth":
        texts.append(asked_text(clause, clause.value))
    texts += [
        say("{area}: {reason}", area=tables.name_text(area), reason=found[area]["reason"]) for area in used
    ]
    fields["grade"] = max((found[area].get("grade", "") for area in used), default="")
    fields["sources"] = joined_sources(one["sources"] for one in found.values())
    return result(
        status,
        *texts,
        closes=bool(missed) and all(found[a]["closes"] or case.closed for a in missed),
        **fields,
    )


# -- words -------------------------------------------------------------------------------------------------


def _listed(years):
    return Text(", ".join(map(str, years)), "、".join(map(str, years)))


def _seen_text(seen):
    rates = {year: rate.value for year, rate in seen.items()}
    return say("growth seen: {rates}", rates=rates_text(rates)) if seen else NO_TEXT


def _yearly_text(case, pairs):
    """Growth of the area in each year, beside what is required."""
    text = joined(
        (say("{year} {seen} against {needed}", year=year, **_apart(seen, needed))
         for year, (seen, needed) in pairs.items()), english=", ", chinese="，",
    )  # fmt: skip
    return text if case.tables is None or case.of_member else _named(case, text)


def _apart(seen, needed):
    """Two rates in words, with as many decimals as tell them apart."""
    places = places_apart(seen.value, needed.value, RATE_DECIMALS)
    return {"seen": percent(seen.value, decimals=places), "needed": percent(needed.value, decimals=places)}


def _named(case, rates):
    """Rates after the name of the indicator and the area."""
    tables, clause = case.tables, case.clause
    message = "growth of {indicator} of {area}: {rate}"
    if tables.indicator(clause.indicator)["measure"] == "growth":
        message = "{indicator} of {area}: {rate}"
    name = indicator_text(tables, clause.indicator)
    return say(message, indicator=name, area=tables.name_text(clause.area), rate=rates)


def _mean_text(case, years, actual, required, *, by_levels=False):
    """Mean growth of the area in some years, beside what is required."""
    span = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
    places = places_apart(actual.value, required.value, RATE_DECIMALS)
    rates = [percent(one.value, decimals=places) for one in (actual, required)]
    message = "{rate} in {years}" if len(years) == 1 else "{rate} a year in {years}"
    if by_levels:
        message = "{rate} a year in {years}, by the levels of both years"
    text = say(message, rate=rates[0], years=span)
    if case.tables is None or case.row is None:
        return joined([text, say("to compare with: {rate}", rate=rates[1])])
    if case.of_member:
        return text
    text, clause = _named(case, text), case.clause
    if clause.kind != "relative_growth":
        return joined([text, asked_text(clause, clause.value)])
    beside = say("{area}: {rate}", area=case.tables.name_text(str(case.row["benchmark"])), rate=rates[1])
    return joined([text, beside])
