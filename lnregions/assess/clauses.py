"""One evaluator for each kind of clause: a case in, the fields of its verdict out.

A clause is judged at its horizon. Before the horizon, where the plan still runs, the status is that of the Open SDG
method; after it, a clause is ``met`` or ``missed``, or the reason is given why neither holds. Levels are
compared within one segment of a series only (no census break between); the level that the clause names is compared
with the published figure of the horizon, and the reason tells of a break.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from lnregions.assess.cases import Case
from lnregions.assess.growth import mean_growth
from lnregions.assess.methods import Progress, open_sdg
from lnregions.assess.series import Figures, growth_rates, joined_sources
from lnregions.errors import unknown
from lnregions.words import RATE_DECIMALS, format_number, places_apart
from lnregions.words.texts import NO_TEXT, Text, joined, percent, printed, rates_text, say


def evaluate(case: Case) -> dict:
    """Fields of the verdict on a case: `status`, `reason` (a `Text`), `closes`, and the numbers used.

    `closes` is whether the status is final although the horizon year may not be over.

    Raises
    ------
    DataError
        If the kind of the clause has no evaluator.
    """
    if case.clause.kind not in EVALUATORS:
        raise unknown("kind", case.clause.kind, sorted(EVALUATORS))
    return EVALUATORS[case.clause.kind](case)


def _found(status: str, *texts: Text, closes: bool = False, **fields) -> dict:
    return fields | {"status": status, "reason": joined(texts), "closes": closes}


# -- a value at the horizon --------------------------------------------------------------------------------


def _level(case):
    """A value to reach by the horizon."""
    return _judge_value(case, case.figures, _baseline(case), required=case.clause.value)


def _doubling(case):
    """Twice the baseline by the horizon, or `value` times, where the clause names another multiple."""
    value = case.clause.value
    return _multiple(case, value if value and math.isfinite(value) else 2.0)


def _cumulative_growth(case):
    """Growth over the baseline of so many per cent by the horizon."""
    return _multiple(case, 1 + case.clause.value / 100)


def _multiple(case, multiple):
    """A value that is a multiple of the baseline's, within one segment."""
    clause, figures, fields = case.clause, case.figures, _baseline(case)
    base_year, baseline = fields["baseline_year"], fields["baseline"]
    if baseline is None:
        return _without_figures(case, fields)
    if baseline <= 0:
        why = say("growth is not measured from a value that is not above zero")
        fields |= rows_used(figures, [base_year])
        return _found("not assessable", why, _value_text(clause, base_year, baseline), **fields)
    required = baseline * multiple
    fields["required"] = required
    fields["numbers"] |= {"multiple": multiple, "required": required}
    same = figures.segment(base_year)
    others = sorted({row.year for row in figures.rows} - {row.year for row in same})
    parted = {year: _break_text(*sorted((year, base_year))) for year in others}
    comparable = replace(figures, rows=same, holes=figures.holes | parted)
    inside = [year for year in parted if year in clause.years]
    if inside and comparable.latest(until=clause.horizon) == base_year < clause.first_year:
        year = inside[-1]
        fields |= rows_used(figures, [base_year, year])
        seen = _value_text(clause, year, figures.value_of(year))
        return _found("not assessable", parted[year], seen, **fields)
    return _judge_value(case, comparable, fields, required=required)


def _relative_level(case):
    """A level above that of the benchmark area in the horizon year."""
    horizon, benchmark = case.clause.horizon, case.benchmark or Figures()
    required = benchmark.value_of(horizon)
    if required is None:
        return _found("not assessable", _no_benchmark([horizon]), **_baseline(case))
    found = _judge_value(case, case.figures, _baseline(case), required=required)
    if found.get("actual_year") is None:
        return found
    used = [found["baseline_year"], found["actual_year"], horizon]
    return found | rows_used(case.figures, used, beside=benchmark)


def _judge_value(case, figures, fields, *, required):
    """Compare the horizon's figure with what is required, or tell where things stand before it."""
    clause = case.clause
    reached = [row.year for row in figures.rows if row.year >= clause.first_year
               and clause.holds(row.value, required)]  # fmt: skip
    fields |= {"required": required, "reached_in": reached[0] if reached else None}
    latest = figures.latest(until=clause.horizon)
    if latest is None or latest < clause.first_year:
        return _without_figures(replace(case, figures=figures), fields)
    value = figures.value_of(latest)
    gap = value - required
    fields |= rows_used(figures, [fields["baseline_year"], latest])
    fields |= {"actual_year": latest, "actual": value, "gap": gap}
    fields["numbers"] |= {f"value {latest}": value, "required": required, "gap": gap}
    if latest == clause.horizon:
        return _at_horizon(clause, figures, fields)
    if not case.closed:
        return _before_horizon(clause, figures, fields)
    return _found(
        "not assessable", figures.hole(clause.horizon), _value_text(clause, latest, value), **fields
    )


def _at_horizon(clause, figures, fields):
    """The closing verdict: the horizon has a figure."""
    value, base_year, later = fields["actual"], fields["baseline_year"], fields["reached_in"]
    status = "met" if clause.holds(value, fields["required"]) else "missed"
    places = places_apart(value, fields["required"], clause.decimals)
    texts = [_value_text(clause, clause.horizon, value, places), _gap_text(clause, fields["gap"], places)]
    if status == "missed" and later and later > clause.horizon:
        reached = figures.value_of(later)
        fields["numbers"][f"value {later}"] = reached
        fields |= rows_used(figures, [base_year, clause.horizon, later])
        shown = printed(reached, clause.unit, decimals=clause.decimals)
        texts.append(say("reached in {year} with {value}", year=later, value=shown))
    if figures.breaks(base_year, clause.horizon):
        texts.append(_break_text(base_year, clause.horizon))
    return _found(status, *texts, closes=True, **fields)


def _before_horizon(clause, figures, fields):
    """Status before the horizon, by the Open SDG method within one segment."""
    year, value, required = fields["actual_year"], fields["actual"], fields["required"]
    seen, base_year = _value_text(clause, year, value), fields["baseline_year"]
    if clause.holds(value, required):
        return _found("met", seen, **fields)
    if base_year is None or base_year >= year:
        return _found("not assessable", say("no earlier figure to measure progress from"), **fields)
    if figures.breaks(base_year, year):
        return _found("not assessable", say("the series breaks after the baseline year"), **fields)
    if clause.measure == "growth":
        why = say("The values are growth rates, and a compound growth rate of growth rates means nothing.")
        return _found("not assessable", seen, why, **fields)
    known = [row for row in figures.rows if row.year <= year]
    progress = Progress.of(
        [row.year for row in known], [row.value for row in known], direction=clause.direction,
        baseline_year=base_year, target=required, horizon=clause.horizon,
    )  # fmt: skip
    found = open_sdg(progress)
    fields["numbers"] |= found.numbers
    texts = [seen, found.text]
    if value > 0 and required > 0:
        rate = ((required / value) ** (1 / (clause.horizon - year)) - 1) * 100
        fields["rate_needed"] = rate
        if not found.text.en:
            texts.append(say("{rate}% a year still needed", rate=format_number(rate, decimals=1)))
    return _found(found.status, *texts, **fields)


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
        return _found("not assessable", say("the series breaks between the two figures"), **fields)
    better = change > 0 if clause.direction == "up" else change < 0
    texts = [_value_text(clause, latest, value), _gap_text(clause, change, clause.decimals)]
    if not case.closed:
        return _found("on track" if better else "deterioration", *texts, **fields)
    if latest == clause.horizon:
        return _found("met" if better else "missed", *texts, **fields)
    return _found("not assessable", figures.hole(clause.horizon), *texts, **fields)


def _qualitative(case):
    """A clause in words only: nothing to measure."""
    return _found("not quantified", say("the clause names no number that could be measured"))


# -- growth a year -----------------------------------------------------------------------------------------


def _growth(case):
    """So many per cent a year over the plan's years."""
    return _judge_rates(case, dict.fromkeys(case.clause.years, case.clause.value))


def _relative_growth(case):
    """Growth a year above that of the benchmark area."""
    return _judge_rates(case, _rates_by_year(case.clause, case.benchmark or Figures()))


def _rates_by_year(clause, figures):
    rates = growth_rates(figures, measure=clause.measure)
    return {row.year: float(row.value) for row in rates if row.year in clause.years}


def _judge_rates(case, needed):
    """Compare yearly growth with what each year requires, in the years of the case's rule."""
    clause, seen = case.clause, _rates_by_year(case.clause, case.figures)
    years = [clause.horizon] if case.rule == "last year" else list(clause.years)
    known = sorted(set(seen) & set(needed))
    common = [year for year in known if year in years]
    common = common or known[-1:]  # the latest one, where none is of the rule
    numbers = {f"growth {year}": rate for year, rate in seen.items()}
    fields = {"unit": "%", "numbers": numbers | {f"needed {year}": needed[year] for year in sorted(needed)}}
    fields |= rows_used(case.figures, common or seen, beside=case.benchmark)
    if common:
        found = _compare_rates(case, [(year, seen[year], needed[year]) for year in common], years, fields)
    elif seen:
        found = _found("not assessable", say("growth seen: {rates}", rates=rates_text(seen)), **fields)
    else:
        relative = clause.kind == "relative_growth" and needed
        beside = say("benchmark: {rates}", rates=rates_text(needed)) if relative else NO_TEXT
        found = _without_figures(case, fields, beside)
    if seen and found["status"] == "not assessable":
        holes = dict.fromkeys(case.figures.hole(year) for year in years if year not in seen)
        silent = [year for year in years if year in seen and year not in needed]
        lacking = [*holes, *([_no_benchmark(silent)] if silent else [])]
        found["reason"] = joined([*lacking, found["reason"]])
    # the sources also of years that have no pair
    every = rows_used(case.figures, [*seen, *needed], beside=case.benchmark)
    return found | {"sources": joined_sources([found.get("sources", ""), every.get("sources", "")])}


def _compare_rates(case, pairs, years, fields):
    """Compare the growth seen with the growth required, by year; settled where every year of the rule is known."""
    clause, common = case.clause, [year for year, *_ in pairs]
    actual, required = (mean_growth(pair[place] for pair in pairs) for place in (1, 2))
    fields |= {"actual_year": common[-1], "actual": actual, "required": required, "gap": actual - required}
    fields["numbers"] |= {"mean growth": actual, "mean needed": required, "gap": actual - required}
    if case.rule == "every year":
        holds = all(clause.holds(seen, needed) for _, seen, needed in pairs)
        text = joined(
            (say("{year} {seen} against {needed}", year=year, **_against(seen, needed))
             for year, seen, needed in pairs), english=", ", chinese="，",
        )  # fmt: skip
    else:
        holds = clause.holds(actual, required)
        text = say(
            "{years}: {seen} a year against {needed}",
            years=f"{common[0]}" if len(common) == 1 else f"{common[0]}-{common[-1]}",
            **_against(actual, required),
        )  # fmt: skip
    if common == years or (case.rule == "every year" and not holds):  # no later year can mend one below
        return _found("met" if holds else "missed", text, closes=common == years, **fields)
    if not case.closed:
        return _found("on track" if holds else "acceleration needed", text, **fields)
    return _found("not assessable", text, **fields)


# -- what the evaluators share -----------------------------------------------------------------------------


def _baseline(case):
    """The baseline's year and value; where the year has no figure, the next later one before the horizon."""
    clause = case.clause
    known = [row.year for row in case.figures.rows if clause.baseline_year <= row.year < clause.horizon]
    if not known:
        return {"baseline_year": None, "baseline": None, "numbers": {}}
    year, value = min(known), case.figures.value_of(min(known))
    return {"baseline_year": year, "baseline": value, "numbers": {f"baseline {year}": value}}


def rows_used(figures: Figures, years: Iterable[int | None], *, beside: Figures | None = None) -> dict:
    """Weakest grade and all sources of the years used, with those of the figures they are compared with."""
    used = set(years)
    rows = [row for one in (figures, beside) if one is not None for row in one.rows if row.year in used]
    if not rows:
        return {}
    return {"grade": max(row.grade for row in rows), "sources": joined_sources(row.source for row in rows)}


def _without_figures(case, fields, beside=NO_TEXT):
    """No figure in the plan's years: what there is before, after and beside them."""
    clause, figures = case.clause, case.figures
    texts = [say("no figure for {first}-{last}", first=clause.first_year, last=clause.horizon)]
    texts += [why for why in map(figures.why, clause.years) if why.en][:1]
    earlier = figures.latest(until=clause.first_year - 1)
    later = min((row.year for row in figures.rows if row.year > clause.horizon), default=None)
    for year in (earlier, later):
        if year is not None:
            texts.append(_value_text(clause, year, figures.value_of(year)))
    used = rows_used(figures, [fields.get("baseline_year"), earlier, later])
    return _found("no data", *texts, beside, **fields | {"sources": used.get("sources", "")})


def _against(seen, needed):
    """Two rates in words, with as many decimals as tell them apart."""
    places = places_apart(seen, needed, RATE_DECIMALS)
    return {"seen": percent(seen, decimals=places), "needed": percent(needed, decimals=places)}


def _value_text(clause, year, value, places=None):
    shown = printed(value, clause.unit, decimals=clause.decimals if places is None else places)
    return say("{year}: {value}", year=year, value=shown)


def _gap_text(clause, gap, places):
    """The gap in words, in percentage points for shares and rates."""
    unit = "pp" if clause.unit == "%" else clause.unit
    return say("gap {gap}", gap=printed(gap, unit, sign=True, decimals=places))


def _break_text(first, last):
    message = "the series breaks between {first} and {last}, so the growth of levels says nothing"
    return say(message, first=first, last=last)


def _no_benchmark(years):
    listed = [str(year) for year in years]
    return say("no benchmark figure for {years}", years=Text(", ".join(listed), "、".join(listed)))


EVALUATORS: dict[str, Callable[[Case], dict]] = {
    "level": _level,
    "share": _level,
    "count": _level,
    "doubling": _doubling,
    "cumulative_growth": _cumulative_growth,
    "growth": _growth,
    "average_growth": _growth,
    "relative_growth": _relative_growth,
    "relative_level": _relative_level,
    "direction": _direction,
    "qualitative": _qualitative,
}
"""Evaluator of each kind of clause."""
