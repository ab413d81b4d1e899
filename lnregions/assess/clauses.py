"""One evaluator for each kind of clause: a case in, the fields of its verdict out.

A clause is judged at its horizon. Before the horizon, where the plan still runs, the status is that of the Open SDG
method; after it, a clause is ``met`` or ``missed``, or ``too close to call`` where rounding hides which, or the reason
is given why none of these holds. A figure that is missing settles nothing, unless every value that it can have by
the declared bounds leads to the same status. Levels are compared within one segment of a series only (no census
break between); the level that the clause names is compared with the published figure of the horizon, and the reason
tells of a break.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from lnregions.assess.bounds import Possible, possible_of
from lnregions.assess.cases import MULTIPLES, Case
from lnregions.assess.rates import judge_growth
from lnregions.assess.reasons import (
    STATUS_OF,
    about_text,
    break_text,
    change_unit,
    changes_text,
    close_text,
    figure_text,
    gap_text,
    missing_text,
    nearest_text,
    pace_text,
    required_text,
    result,
    seen_text,
    value_printed,
)
from lnregions.series.figures import Figures, rows_used
from lnregions.series.methods import Progress, open_sdg
from lnregions.words import format_number, places_apart
from lnregions.words.texts import NO_TEXT, joined, percent, printed, say, with_article


def _level(case):
    """A value to reach by the horizon."""
    return _judge_value(case, _baseline(case), required=case.clause.value)


def _multiple(case):
    """A value that is a multiple of the baseline's, within one segment: twice, or as the clause names it."""
    clause, figures, fields = case.clause, case.figures, _baseline(case)
    base_year, baseline = fields["baseline_year"], fields["baseline"]
    multiple = 1 + clause.value / 100
    if clause.kind == "doubling":
        multiple = clause.value if clause.value and math.isfinite(clause.value) else 2.0
    if baseline is None:
        growth = format_number(abs(100 * (multiple - 1)), decimals=1)
        message = "the {horizon} figure would have to be {growth}% above that of {year}"
        if multiple < 1:
            message = "the {horizon} figure would have to be {growth}% below that of {year}"
        text = say(message, horizon=clause.horizon, growth=growth, year=clause.baseline_year)
        text = joined([text, pace_text(case, multiple)], english=", ", chinese="，")
        return _without_figures(case, fields, text)
    if baseline <= 0:
        why = say("growth is not measured from a value that is not above zero")
        fields |= rows_used(figures, [base_year])
        return result("not assessable", figure_text(case, base_year, baseline), why, **fields)
    required = baseline * multiple
    fields["required"] = required
    fields["numbers"] |= {"multiple": multiple, "required": required}
    same = figures.segment(base_year)
    others = sorted({row.year for row in figures.rows} - {row.year for row in same})
    parted = {year: break_text(case, *sorted((year, base_year))) for year in others}
    comparable = replace(figures, rows=same, holes=figures.holes | parted)
    inside = [year for year in parted if year in clause.years]
    if inside and comparable.latest(until=clause.horizon) == base_year < clause.first_year:
        year = inside[-1]
        fields |= rows_used(figures, [base_year, year])
        seen = figure_text(case, year, figures.value_of(year))
        return result("not assessable", parted[year], seen, **fields)
    span = tuple(multiple * end for end in figures.span_of(base_year))
    return _judge_value(replace(case, figures=comparable), fields, required=required, span=span)


def _relative_level(case):
    """A level above that of the benchmark area in the horizon year."""
    horizon, benchmark = case.clause.horizon, case.benchmark or Figures()
    required = benchmark.value_of(horizon)
    if required is None:
        why = say("no benchmark figure for {years}", years=horizon)
        return result("not assessable", about_text(case, required_text(case)), why, **_baseline(case))
    found = _judge_value(case, _baseline(case), required=required, span=benchmark.span_of(horizon))
    if found.get("actual_year") is None:
        return found
    return found | rows_used(case.figures, [found["actual_year"], horizon], beside=benchmark)


def _judge_value(case, fields, *, required, span=()):
    """Compare the horizon's figure with what is required, or tell where things stand before it.

    `span` is what the value required may be, where it rests on rounded figures.
    """
    clause, figures, span = case.clause, case.figures, span or (required, required)
    reached = [row.year for row in figures.rows if row.year >= clause.first_year
               and clause.holds(row.value, required)]  # fmt: skip
    fields |= {"required": required, "reached_in": reached[0] if reached else None}
    latest = figures.latest(until=clause.horizon)
    if latest is not None and latest >= clause.first_year:
        value = figures.value_of(latest)
        fields |= {"actual_year": latest, "actual": value, "gap": value - required}
        fields["numbers"] |= {f"value {latest}": value, "required": required, "gap": value - required}
        if latest == clause.horizon:
            return _at_horizon(case, fields, span)
    possible = possible_of(case, clause.horizon) if case.closed and clause.kind not in MULTIPLES else None
    if possible and (found := _by_bounds(case, possible, fields)):
        return found
    if "actual" not in fields:
        return _without_figures(case, fields, possible=possible)
    fields |= rows_used(figures, [fields["baseline_year"], latest])
    if not case.closed:
        return _before_horizon(case, fields, span)
    why = missing_text(case, possible, required) if possible else figures.hole(clause.horizon)
    seen = seen_text(case, latest) if case.members or not possible else NO_TEXT
    return result("not assessable", about_text(case, _asked(case, fields)), why, seen, **fields)


def _at_horizon(case, fields, span):
    """The closing verdict: the horizon has a figure."""
    clause, figures, value, required = case.clause, case.figures, fields["actual"], fields["required"]
    later = fields["reached_in"]
    low, high = (value, value) if clause.kind == "count" else figures.span_of(clause.horizon)
    outcome = clause.outcome(low, high, *span)
    status, base_year = STATUS_OF[outcome], fields["baseline_year"]
    places = places_apart(value, required, clause.decimals)
    texts = [figure_text(case, clause.horizon, value, decimals=places), _asked(case, fields)]
    years = [clause.horizon]
    if clause.kind in MULTIPLES:
        years.insert(0, base_year)
    if outcome is None:
        fields |= {"low": low, "high": high}
        texts.append(close_text(clause, low - span[1], high - span[0]))
    else:
        texts.append(gap_text(clause, fields["gap"], met=outcome, decimals=places))
    if status == "missed" and later and later > clause.horizon:
        reached = figures.value_of(later)
        fields["numbers"][f"value {later}"] = reached
        years.append(later)
        texts.append(say("reached in {year} with {value}", year=later, value=value_printed(clause, reached)))
    fields |= rows_used(figures, years)
    if figures.breaks(base_year, clause.horizon):
        texts.append(break_text(case, base_year, clause.horizon))
    return result(status, *texts, closes=True, **fields)


def _by_bounds(case, possible: Possible, fields):
    """The verdict where every possible value of the missing figures leads to the same one; None where not."""
    clause, required = case.clause, fields["required"]
    outcome = clause.outcome(possible.low, possible.high, required, required)
    if outcome is None:
        return None
    low, high = (value_printed(clause, end) for end in (possible.low, possible.high))
    texts = [about_text(case, _asked(case, fields)), missing_text(case, possible, required)]
    if case.members:
        texts.append(say("that leaves {low} to {high} for {area}", low=low, high=high,
                         area=with_article(case.tables.name_text(clause.area))))  # fmt: skip
    known = case.figures.latest(until=clause.horizon - 1)
    if known is not None:
        texts.append(seen_text(case, known))
    fields["numbers"] |= {
        "needed of the missing": possible.needed(required),
        "lowest possible": possible.low, "highest possible": possible.high,
    }  # fmt: skip
    fields |= {"low": possible.low, "high": possible.high, "actual": None, "actual_year": None, "gap": None}
    fields |= {"grade": possible.grade, "sources": possible.sources, "by_bounds": True}
    return result(STATUS_OF[outcome], *texts, closes=True, **fields)


def _before_horizon(case, fields, span):
    """Status before the horizon, by the Open SDG method within one segment."""
    clause, year, value, required = case.clause, fields["actual_year"], fields["actual"], fields["required"]
    figures, base_year, places = (
        case.figures,
        fields["baseline_year"],
        places_apart(value, required, clause.decimals),
    )
    texts = [figure_text(case, year, value, decimals=places), _asked(case, fields)]
    if clause.outcome(*figures.span_of(year), *span):
        return result("met", *texts, gap_text(clause, fields["gap"], met=True, decimals=places), **fields)
    if base_year is None or base_year >= year:
        return result("not assessable", *texts, say("no earlier figure to measure progress from"), **fields)
    if figures.breaks(base_year, year):
        return result("not assessable", *texts, say("the series breaks after the baseline year"), **fields)
    if clause.measure == "growth":
        why = say("The values are growth rates, and a compound growth rate of growth rates means nothing.")
        return result("not assessable", *texts, why, **fields)
    known = {row.year: row.value for row in figures.rows}
    given = {"baseline_year": base_year, "target": required, "horizon": clause.horizon}
    found = open_sdg(Progress.of(known, direction=clause.sign, **given))
    fields["numbers"] |= found.numbers
    texts, left = [*texts, found.text], clause.horizon - year
    if value > 0 and required > 0:
        fields["rate_needed"] = ((required / value) ** (1 / left) - 1) * 100
        if not found.text.en:
            rate = percent(abs(fields["rate_needed"]))
            if clause.measure == "share":
                rate = printed(abs(required - value) / left, "pp", decimals=clause.decimals)
            fall = "a fall of {rate} a year still needed"
            texts.append(say("{rate} a year still needed" if required > value else fall, rate=rate))
    return result(found.status, *texts, **fields)


def _direction(case):
    """A direction without a value: better in the last year known than in the baseline year."""
    clause, figures, fields = case.clause, case.figures, _baseline(case)
    base_year, latest = fields["baseline_year"], figures.latest(until=clause.horizon)
    if base_year is None or latest is None or latest <= base_year:
        return _without_figures(case, fields)
    value = figures.value_of(latest)
    change = value - fields["baseline"]
    fields |= rows_used(figures, [base_year, latest])
    fields |= {"actual_year": latest, "actual": value, "gap": change}
    fields["numbers"] |= {f"value {latest}": value, "change": change}
    if figures.breaks(base_year, latest):
        texts = [figure_text(case, latest, value), required_text(case), break_text(case, base_year, latest)]
        return result("not assessable", *texts, **fields)
    (start_low, start_high), (low, high) = figures.span_of(base_year), figures.span_of(latest)
    better = clause.sign * change > 0
    shown = printed(change, change_unit(clause), sign=True, decimals=clause.decimals)
    shown = say("a change of {change} since {year}", change=shown, year=base_year)
    texts = [figure_text(case, latest, value), required_text(case), shown]
    if not case.closed:
        return result("on track" if better else "deterioration", *texts, **fields)
    if latest < clause.horizon:
        return result("not assessable", figures.hole(clause.horizon), *texts, **fields)
    if low - start_high < 0 < high - start_low or (low < high and not change):
        texts.append(close_text(clause, low - start_high, high - start_low))
        return result("too close to call", *texts, **fields)
    return result("met" if better else "missed", *texts, **fields)


def _qualitative(case):
    """A clause in words only: nothing to measure."""
    return result("not quantified", say("the clause names no number that could be measured"))


# -- what the evaluators share -----------------------------------------------------------------------------


def _baseline(case):
    """The baseline's year and value.

    Where the year has no figure, the nearest earlier figure serves, if no break parts it from the first after the
    year; else the next later one before the horizon.
    """
    clause, rows = case.clause, sorted(case.figures.rows)
    later = [row for row in rows if clause.baseline_year <= row.year < clause.horizon][:1]
    earlier = [row for row in rows if row.year < clause.baseline_year][-1:]
    ahead = later or [row for row in rows if row.year >= clause.horizon][:1]
    own = bool(later) and later[0].year == clause.baseline_year
    joined_on = bool(earlier and ahead) and earlier[0].segment == ahead[0].segment
    found = earlier if joined_on and not own else later
    if not found:
        return {"baseline_year": None, "baseline": None, "numbers": {}}
    year, value = found[0].year, float(found[0].value)
    return {"baseline_year": year, "baseline": value, "numbers": {f"baseline {year}": value}}


def _asked(case, fields):
    """What the plan requires, by the fields of a verdict."""
    base = (fields["baseline_year"], fields["baseline"]) if case.clause.kind in MULTIPLES else ()
    return required_text(case, fields["required"], base=base)


def _without_figures(case, fields, asked=NO_TEXT, *, possible=None):
    """No figure in the plan's years, or none to measure from: what is required, what is missing, and the nearest."""
    clause, figures, used = case.clause, case.figures, []
    latest = figures.latest(until=clause.horizon)
    if latest is not None and latest >= clause.first_year:
        why = say("no figure for {years} is published", years=clause.baseline_year)
        texts = [about_text(case, asked if asked.en else required_text(case)), why, seen_text(case, latest)]
        return result("not assessable", *texts, **fields | rows_used(figures, [latest]))
    years = [clause.horizon, *clause.years] if case.closed else clause.years
    texts = [why for why in map(figures.why, years) if why.en][:1]
    if not texts:
        message = "no figure for {first}-{last} is published"
        texts = [say(message, first=clause.first_year, last=clause.horizon)]
    if case.link:
        earlier = figures.latest(until=clause.first_year - 1)
        later = min((row.year for row in figures.rows if row.year > clause.horizon), default=None)
        used = [year for year in (earlier, later) if year is not None]
        texts += [*(figure_text(case, year, figures.value_of(year)) for year in used), asked]
    elif clause.indicator:
        required = fields.get("required")
        if clause.kind == "direction" or required is not None:
            asked = _asked(case, {"baseline_year": None, "baseline": None} | fields | {"required": required})
        if possible:
            texts = [missing_text(case, possible, required)]
        else:
            known = changes_text(case) if clause.kind == "direction" else NO_TEXT
            texts.append(known if known.en else nearest_text(case, (), needed=required))
        texts.insert(0, about_text(case, asked))
    fields |= {"sources": rows_used(figures, [fields.get("baseline_year"), *used]).get("sources", "")}
    return result("no data", *texts, **fields)


EVALUATORS: dict[str, Callable[[Case], dict]] = {
    "level": _level,
    "share": _level,
    "count": _level,
    "doubling": _multiple,
    "cumulative_growth": _multiple,
    "growth": judge_growth,
    "average_growth": judge_growth,
    "relative_growth": judge_growth,
    "relative_level": _relative_level,
    "direction": _direction,
    "qualitative": _qualitative,
}
"""Evaluator of each kind of clause: the fields of a verdict of a case, among them the numbers used.

`reason` is a `Text`, `closes` whether the status is final although the horizon year may not be over.
"""
