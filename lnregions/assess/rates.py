"""Evaluators of clauses of yearly growth: on average, in every year, or in the last year.

Where the rate of a year is missing, the first and the last level of the same series tell the average as well. A region
whose rates cannot be combined is judged by its members: each of them has to fulfil the clause.
"""

import itertools
import math
from dataclasses import dataclass, replace
from functools import cached_property

from lnregions.assess.bounds import possible_of
from lnregions.assess.cases import Case, figures_of, growth_figures
from lnregions.assess.reasons import (
    HOW,
    STATUS_OF,
    about_text,
    close_text,
    how_text,
    names_text,
    nearest_text,
    rate_text,
    required_text,
    result,
    sentences,
    subject_text,
    years_text,
)
from lnregions.series.figures import (
    Figures,
    Rate,
    growth_between,
    joined_sources,
    rate_between,
    rows_used,
)
from lnregions.series.growth import mean_growth
from lnregions.words import RATE_DECIMALS, places_apart, year_span
from lnregions.words.texts import NO_TEXT, Text, joined, percent, printed, rates_text, say


def judge_growth(case: Case) -> dict:
    """So many per cent a year over the plan's years, or more than in the benchmark area."""
    if case.clause.kind == "relative_growth":
        return _judge_rates(case, _rates_by_year(case, case.benchmark or Figures()))
    return _judge_rates(case, dict.fromkeys(case.clause.years, Rate(*[case.clause.value] * 3)))


def _rates_by_year(case, figures):
    return {
        row.year: Rate(row.value, max(row.low, -100.0), row.high, row.levels)
        for row in figures.rows if row.year in case.clause.years
    }  # fmt: skip


@dataclass(frozen=True)
class _Rates:
    """Growth seen and growth required by year, to be compared in the years of the case's rule."""

    case: Case
    seen: dict[int, Rate]
    needed: dict[int, Rate]

    @cached_property
    def years(self) -> list[int]:
        """Years in which the growth has to hold."""
        clause = self.case.clause
        return [clause.horizon] if self.case.rule == "last year" else list(clause.years)

    @cached_property
    def missing(self) -> list[int]:
        """Those of them without a rate."""
        return [year for year in self.years if year not in self.seen]

    @cached_property
    def pairs(self) -> dict[int, tuple[Rate, Rate]]:
        """Growth seen and required in the years that have both; the latest one, where none is of the rule."""
        known = sorted(set(self.seen) & set(self.needed))
        common = [year for year in known if year in self.years] or known[-1:]
        return {year: (self.seen[year], self.needed[year]) for year in common}

    @cached_property
    def in_a_row(self) -> bool:
        """Whether no year is missing between them, so that their mean is that of the years from first to last."""
        return max(self.pairs) - min(self.pairs) == len(self.pairs) - 1

    @cached_property
    def complete(self) -> bool:
        """Whether every year has both."""
        return set(self.years) <= set(self.pairs)

    @cached_property
    def means(self) -> tuple[Rate, Rate]:
        """Mean growth seen and required in those years."""
        return tuple(_mean(self.case, [pair[place] for pair in self.pairs.values()]) for place in (0, 1))

    def outcome(self) -> bool | str | None:
        """Whether the clause holds; None where rounding hides it, ``open`` where years are missing."""
        holds = self.case.clause.outcome
        if self.case.rule == "every year":
            each = [holds(*seen[1:3], *needed[1:3]) for seen, needed in self.pairs.values()]
            if False in each:
                return False  # no later year can mend one below
            return "open" if not self.complete else None if None in each else True
        return holds(*self.means[0][1:3], *self.means[1][1:3]) if self.complete else "open"

    def fields(self) -> dict:
        """Numbers, sources and grade of what is compared."""
        numbers = {f"growth {year}": rate.value for year, rate in self.seen.items()}
        numbers |= {f"needed {year}": self.needed[year].value for year in sorted(self.needed)}
        used = rows_used(self.case.figures, self.pairs or self.seen, beside=self.case.benchmark)
        found = {"unit": "%", "numbers": numbers} | used
        return found | _compared(self.pairs, self.means, numbers) if self.pairs and self.in_a_row else found

    def text(self) -> Text:
        """What growth was, beside what is required."""
        if self.case.rule != "every year" and self.in_a_row:
            return _mean_text(self.case, self.pairs, self.means)
        text = _yearly_text(self)
        return text if self.case.of_member else joined([about_text(self.case, text), _asked_each(self.case)])


def _compared(years, means, numbers):
    """Fields of two means over some years, added to other numbers."""
    actual, required = (one.value for one in means)
    found = {"actual": actual, "required": required, "gap": actual - required, "actual_year": max(years)}
    found["mean_from"] = min(years) if len(years) > 1 else None
    added = {"mean growth": actual, "mean needed": required, "gap": actual - required}
    return found | {"numbers": numbers | added}


def _judge_rates(case, needed):
    """Compare yearly growth with what each year requires, in the years of the case's rule."""
    if case.members and case.figures.missing.en:
        return _by_members(case, needed)
    rates = _Rates(case, _rates_by_year(case, case.figures), needed)
    fields, outcome = rates.fields(), rates.outcome()
    if outcome != "open":
        fields["by_bounds"] = case.closed and not rates.complete  # every year, and some are missing
        texts = [rates.text(), _settled_early(rates)]
        found = _settled(case, outcome, texts, rates.means, fields, closes=rates.complete)
    else:
        found = _by_levels(rates, fields) or _by_bounds(rates, fields) or _undecided(rates, fields)
    # the sources also of years that have no pair
    every = rows_used(case.figures, [*rates.seen, *needed], beside=case.benchmark)
    return found | {"sources": joined_sources([found.get("sources", ""), every.get("sources", "")])}


def _mean(case, rates):
    """Mean of some rates; its range is open where one of theirs is.

    Of steps of levels, one after the other, the first and the last level alone leave a range.
    """
    steps = [rate.levels for rate in rates]
    in_a_row = all(steps) and all(one[1] == other[0] for one, other in itertools.pairwise(steps))
    if in_a_row and steps[0][0].low > 0:
        return rate_between(steps[0][0], steps[-1][1])
    return Rate(*(
        mean_growth(ends, chained=case.chained) if all(map(math.isfinite, ends)) else sum(ends)
        for ends in zip(*(rate[:3] for rate in rates), strict=True)
    ))  # fmt: skip


def _settled(case, outcome, texts, means, fields, *, closes):
    """A closing status, with the interval of the gap where rounding hides which it is."""
    if outcome is None:
        (_, low, high, *_), required = means
        fields = fields | {"low": low, "high": high}
        texts = [*texts, close_text(case.clause, low - required.high, high - required.low)]
    return result(STATUS_OF[outcome], *texts, closes=closes, **fields)


# -- where rates are missing -------------------------------------------------------------------------------


def _by_levels(rates, fields):
    """Judge an average by the first and the last level of one series; None where either is missing.

    Rates of some indicators are published on revised bases. There the levels decide only where the gap is wider than
    the largest difference ever seen between the two (``rate_difference`` of the bounds).
    """
    case, clause, tables = rates.case, rates.case.clause, rates.case.tables
    names = (*case.indicators, clause.indicator)
    levels = [name for name in names if tables.indicator(name)["measure"] == "level"]
    if case.rule != "average" or not levels:
        return None
    areas = [area for area in (clause.area, case.row["benchmark"]) if area]
    ends = (clause.first_year - 1, clause.horizon)
    own, *beside = (figures_of(case.plan, area, indicator=levels[0], tables=tables) for area in areas)
    actual, required = growth_between(own, *ends), beside and growth_between(beside[0], *ends)
    by_level = beside if required else []
    if not required and set(clause.years) <= set(rates.needed):
        required = _mean(case, [rates.needed[year] for year in clause.years])
    if not actual or not required:
        return None
    means, margin = (actual, required), tables.rate_difference(levels[0])
    text = _mean_text(case, ends, means, by_levels=True)
    values = {f"level {year}": own.value_of(year) for year in ends}
    fields = fields | rows_used(own, ends, beside=next(iter(by_level), None)) | {"names_zh": {}}
    for at, (area, value, _) in ((year, part) for year in ends for part in own.parts.get(year, ())):
        shown = say("level of {area} in {year}", area=tables.name_text(area), year=at)
        values[shown.en], fields["names_zh"][shown.en] = value, shown.zh
    fields |= _compared(clause.years, means, fields["numbers"] | values)
    texts, decides = [text], abs(fields["gap"]) > margin
    if margin:
        message = "levels have differed from published rates by up to {margin} a year and do not decide"
        if decides:
            message = "the gap is wider than levels have differed from published rates, {margin} a year"
        texts.append(say(message, margin=printed(margin, "pp", decimals=RATE_DECIMALS)))
    if not decides:
        return result("not assessable", *texts, **fields)
    return _settled(case, clause.outcome(*actual[1:3], *required[1:3]), texts, means, fields, closes=True)


def _by_bounds(rates, fields):
    """The verdict where every possible rate of the missing years leads to the same one; None where not."""
    case = rates.case
    steps = case.tables.indicator(case.indicators[0])["measure"] != "growth"
    if steps or not case.closed or not set(rates.years) <= set(rates.needed):
        return None
    possible = {year: possible_of(case, year) for year in rates.missing}
    if None in possible.values():
        return None
    ranges = {year: Rate(math.nan, one.low, one.high) for year, one in possible.items()}
    outcome = replace(rates, seen=rates.seen | ranges).outcome()
    if outcome is None or outcome == "open":
        return None
    used = [row for one in possible.values() for row in one.known]
    fields = fields | {
        "by_bounds": True,
        "grade": max([fields.get("grade", ""), *(row.grade for row in used)]),
        "sources": joined_sources([fields.get("sources", ""), *(row.source for row in used)]),
    }
    return result(STATUS_OF[outcome], _seen_text(rates), _needed_text(rates), closes=True, **fields)


def _undecided(rates, fields):
    """Years of the rule are missing: where things stand, and what the missing years would have to bring."""
    case, clause = rates.case, rates.case.clause
    if rates.pairs and not case.closed:
        pairs = rates.pairs.values() if case.rule == "every year" else [rates.means]
        holds = all(clause.holds(seen.value, needed.value) for seen, needed in pairs)
        return result("on track" if holds else "acceleration needed", rates.text(), **fields)
    known = math.inf if case.closed else int(case.tables.as_of[:4])
    missing = [year for year in rates.missing if year < known] or rates.missing
    texts = list(dict.fromkeys(why for why in map(case.figures.why, missing) if why.en))
    if plain := [year for year in missing if not case.figures.why(year).en]:
        texts.append(say("no figure for {years} is published", years=years_text(plain)))
    if silent := [year for year in rates.years if year not in rates.needed and year < known]:
        texts.append(say("no benchmark figure for {years}", years=years_text(silent)))
    if not rates.seen and not case.of_member:
        texts.insert(0, about_text(case, _asked(case)))
    by_year = case.of_member or not rates.pairs
    texts += [_seen_text(rates) if by_year else rates.text(), _needed_text(rates)]
    if not rates.seen:
        texts.append(nearest_text(case, ()))
    return result("not assessable" if rates.seen else "no data", *texts, **fields)


def _needed_text(rates):
    """What the years without a rate would have to bring for the clause to be fulfilled, and how far that is."""
    case, missing, needed = rates.case, rates.missing, rates.needed
    if not missing or not set(rates.years) <= set(needed):
        return NO_TEXT
    if not rates.seen and case.clause.kind != "relative_growth":
        return NO_TEXT  # it would be what the plan asks for
    required = {year: needed[year].value for year in missing}
    if case.rule == "every year" and len(set(required.values())) > 1:
        shown = rates_text(required)
        how = say(HOW[case.clause.comparator], value=Text(shown.en, f"：{shown.zh}"))
        return say("for that, growth would have to be {how}", how=how)
    rate = _rate_left(rates) if case.rule == "average" else required[missing[0]]
    if not math.isfinite(rate):
        return NO_TEXT
    message = "for that, growth in {years} would have to be {how}"
    if case.rule == "average" and len(missing) > 1:
        message = "for that, growth in {years} would have to be {how} a year"
    text = say(message, years=years_text(missing), how=how_text(case.clause, rate, unit="%"))
    near = min(rates.seen, key=lambda year: (min(abs(year - one) for one in missing), year), default=None)
    if near is None or case.clause.direction == "down" or rate <= rates.seen[near].value:
        return text
    size = printed(rate - rates.seen[near].value, "pp", decimals=RATE_DECIMALS)
    return joined([text, say("{size} more than in {year}", size=size, year=near)], english=", ", chinese="，")


def _rate_left(rates):
    """Growth a year that the missing years would have to bring for the mean to be as required; infinite without one."""
    known = [rate.value for year, rate in rates.seen.items() if year in rates.years]
    whole = [rates.needed[year].value for year in rates.years]
    if not rates.case.chained:
        return (sum(whole) - sum(known)) / len(rates.missing)
    rest = math.prod(1 + rate / 100 for rate in whole) / math.prod(1 + rate / 100 for rate in known)
    return 100 * (rest ** (1 / len(rates.missing)) - 1) if rest > 0 else math.inf


# -- by members --------------------------------------------------------------------------------------------


def _by_members(case, needed):
    """Judge a region by each of its members, where its own rates are not published and cannot be combined."""
    clause, tables, found = case.clause, case.tables, {}
    fields = {"unit": "%", "numbers": {}, "names_zh": {}}
    given = {"indicators": case.indicators, "tables": tables, "years": clause.years}
    for area in case.members:
        figures = growth_figures(case.plan, area, **given)
        member = replace(case, clause=replace(clause, area=area), figures=figures, of_member=True)
        found[area] = _judge_rates(member, needed)
        for key, value in found[area]["numbers"].items():
            if key.startswith("growth"):
                year = key.removeprefix("growth ")
                shown = say("{area} {year}", area=tables.name_text(area), year=year)
                fields["numbers"][shown.en], fields["names_zh"][shown.en] = value, shown.zh
    statuses = {one["status"] for one in found.values()}
    used = [area for area, one in found.items() if one["status"] == "missed"]
    closes = bool(used) and all(found[area]["closes"] or case.closed for area in used)
    if used:
        status, open_ = "missed", statuses & {"not assessable", "no data", "on track", "acceleration needed"}
        by_bounds = bool(open_) or any(found[area].get("by_bounds") for area in used)
        fields["by_bounds"] = case.closed and by_bounds
    else:
        order = ("no data", "not assessable", "too close to call", "acceleration needed", "on track", "met")
        status, used = next(one for one in order if one in statuses), list(found)
        if status == "no data" and len(statuses) > 1:
            status = "not assessable"
    message = (
        "{subject} is not published and cannot be computed from its members: each of them has to reach it"
    )
    texts, by_reason = [joined([say(message, subject=subject_text(case)), _asked_each(case)])], {}
    for area in used:
        by_reason.setdefault(found[area]["reason"], []).append(area)
    for reason, areas in by_reason.items():
        texts.append(say("{area}: {reason}", area=names_text(tables, areas), reason=reason))
    fields["grade"] = max((found[area].get("grade", "") for area in used), default="")
    fields["sources"] = joined_sources(one["sources"] for one in found.values())
    return result(status, sentences(texts), closes=closes, **fields)


# -- words -------------------------------------------------------------------------------------------------


def _seen_text(rates):
    """Rates of the years that have one, of the area by its name."""
    if not rates.seen:
        return NO_TEXT
    shown = [(year, rate_text(rates.case, year, rate.value)) for year, rate in sorted(rates.seen.items())]
    parts = (say("{rate} in {year}", year=year, rate=text) for year, text in shown)
    text = joined(parts, english=", ", chinese="，")
    return text if rates.case.of_member else about_text(rates.case, text)


def _asked(case, rate=NO_TEXT):
    """What the plan asks for: a rate, or more than the area to compare with, whose rate may be named."""
    return required_text(case, rate if case.clause.kind == "relative_growth" else case.clause.value)


def _asked_each(case):
    """The same, and whether in every year."""
    return say("{asked}, every year", asked=_asked(case)) if case.rule == "every year" else _asked(case)


def _yearly_text(rates):
    """Growth of the area in each year, beside what is required."""
    case, parts = rates.case, []
    beside = case.tables.name_text(str(case.row["benchmark"]))
    message = "{seen} in {year}"
    if case.clause.kind == "relative_growth":
        message = "{seen} in {year} ({area} {needed})"
    for year, pair in rates.pairs.items():
        places = places_apart(pair[0].value, pair[1].value, RATE_DECIMALS)
        seen = rate_text(case, year, pair[0].value, decimals=places)
        needed = percent(pair[1].value, decimals=places)
        parts.append(say(message, year=year, seen=seen, needed=needed, area=beside))
    return joined(parts, english=", ", chinese="，")


def _settled_early(rates):
    """That a year that falls short settles the clause although others are missing."""
    if rates.complete or rates.case.of_member:
        return NO_TEXT
    years = years_text([year for year in rates.years if year not in rates.pairs])
    return say("one year that falls short settles it, whatever the figures of {years}", years=years)


def _mean_text(case, years, means, *, by_levels=False):
    """Mean growth of the area in some years, beside what is required."""
    first, last = min(years), max(years)
    places = places_apart(*(one.value for one in means), RATE_DECIMALS)
    actual, required = (percent(one.value, decimals=places) for one in means)
    if first == last:
        actual = rate_text(case, last, means[0].value, decimals=places)
    message = "{rate} in {years}" if first == last else "{rate} a year in {years}"
    if by_levels:
        message = "{rate} a year by the levels of {first} and {last}"
    text = say(message, rate=actual, years=year_span(first, last), first=first, last=last)
    return text if case.of_member else joined([about_text(case, text), _asked(case, required)])
