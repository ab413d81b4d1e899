"""How firm a verdict is: by another base year, figure, membership, rounding, interpretation or method."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from lnregions.assess.cases import VALUE_KINDS
from lnregions.assess.interpretations import Variant, cases_of_target, main_case, narrow_tables, variants_of
from lnregions.assess.verdicts import Verdict, assess_case, judge_case
from lnregions.series.methods import METHOD_NAMES
from lnregions.tables import Observation, printed_decimals
from lnregions.words import format_value, places_apart, rounded, text
from lnregions.words.catalogue import tr, trn
from lnregions.words.texts import printed, say

EARLIER_BASES = 3
"""How many years before the plan's base year are tried as base years."""


def sensitivity(plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """What the verdict on a target would be with one thing changed.

    Parameters and errors are those of `status_on_the_way`.

    Returns
    -------
    DataFrame
        First the verdict as it stands (``as judged``), then one row a variant: ``variant`` (``base year``, ``baseline
        figure``, ``horizon figure``, ``figure``, ``membership``, ``doubtful figure``, ``weak figure``, ``rounding``,
        ``interpretation`` or ``method``), ``change_en`` and ``change_zh`` (what is changed, in words), ``value`` (put
        in, or judged by; in ``unit``), ``status``, ``gap`` (in ``unit``; percentage points for shares and rates) and
        ``differs``.
        A variant differs when its status is another (no data and not assessable count as one); a method, which
        knows no "missed", when it says met and the verdict does not, or the other way round.

    Notes
    -----
    A figure of a member that cannot be added to those of the other members, because no one release has them all,
    is left out.

    Examples
    --------
    >>> table = sensitivity("ln-2022", "belt-dalian-gdp", as_of="2026-06-30")
    >>> table.loc[table["value"] == 9540.2, ["variant", "status", "differs"]].values.tolist()
    [['horizon figure', 'missed', False]]
    """
    cases = cases_of_target(plan, target, as_of=as_of, observations=observations)
    case, main = cases[0], judge_case(cases[0])
    variants = itertools.chain(
        [("as judged", say("the verdict as it stands"), main.actual, main)],
        _other_bases(case, main), _other_figures(case, main), _other_cases(variants_of(case)), _roundings(case, main),
        _other_cases(
            Variant("interpretation", say("interpreted as {interpretation}", interpretation=one.interpretation), one)
            for one in cases[1:]
        ),
        _methods(case, main),
    )  # fmt: skip
    rows = []
    for variant, change, value, found in variants:
        differs = _side(found.status) != _side(main.status)
        if variant == "method":
            certain = "not assessable" not in (_side(main.status), found.status)
            differs = certain and (found.status == "met") != (main.status == "met")
        rows.append((variant, *change, value, main.unit, found.status, found.gap, differs))
    columns = ["variant", "change_en", "change_zh", "value", "unit", "status", "gap", "differs"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "gap": float})


def sensitivity_words(table: pd.DataFrame, *, language: str = "en") -> str:
    """Whether any variant flips the verdict, as one sentence.

    Examples
    --------
    >>> sensitivity_words(sensitivity("ln-2022", "belt-trade", as_of="2026-08-31"))
    'None of 7 variants comes to another verdict.'
    """
    rows = table.iloc[1:]
    flips = rows[rows["differs"]]
    if rows.empty:
        return tr("There is nothing to vary.", language)
    if flips.empty:
        return tr("None of {count} variants comes to another verdict.", language, count=len(rows))
    changes = [
        tr("{change} ({status})", language, change=change, status=text(status, language))
        for change, status in zip(flips[f"change_{language}"], flips["status"], strict=True)
    ]
    return trn(
        "{number} of {count} variants comes to another verdict: {changes}.",
        "{number} of {count} variants come to another verdict: {changes}.",
        len(flips), language, count=len(rows), changes=("；" if language == "zh" else "; ").join(changes),
    )  # fmt: skip


def closing_words(verdict: Verdict, *, language: str = "en") -> str:
    """How a target ended, as one sentence: met or missed, by how much, reached later, or why it cannot be said.

    Empty while the plan runs.

    Examples
    --------
    >>> one = Verdict("t", "belt", "210200", "gdp", "level", status="missed", closing="missed", horizon=2024,
    ...     required=10000.0, actual=9516.9, gap=-483.1, unit="亿元", reached_in=2025)
    >>> closing_words(one)
    'Missed by 48.31 billion yuan (4.8%) in 2024; reached in 2025.'
    """
    if not verdict.closing:
        return ""
    status = verdict.status_words(language)
    status = status[:1].upper() + status[1:]
    if verdict.closing == "not assessable" or verdict.gap is None:
        return tr("{status}: {reason}.", language, status=status, reason=verdict.reason(language))
    unit = "pp" if verdict.unit == "%" else verdict.unit
    places = printed_decimals(verdict.indicator, verdict.unit)
    decimals = places_apart(verdict.actual, verdict.required, places)
    size = format_value(abs(verdict.gap), unit, language, decimals=decimals)
    if verdict.unit != "%" and verdict.required:
        share = format_value(100 * abs(verdict.gap / verdict.required), "%", language, decimals=1)
        size = tr("{size} ({share})", language, size=size, share=share)
    values = {"status": status, "size": size, "horizon": verdict.horizon}
    if not verdict.gap:
        return tr("{status} in {horizon}: just the value asked for.", language, **values)
    if verdict.closing != "missed":
        values["context"] = "below" if verdict.gap < 0 else ""
        return tr("{status} with a margin of {size} in {horizon}.", language, **values)
    message = "{status} by {size} in {horizon}."
    if verdict.reached_in is not None and verdict.reached_in > verdict.horizon:
        message = "{status} by {size} in {horizon}; reached in {later}."
    return tr(message, language, later=verdict.reached_in, **values)


# -- variants ----------------------------------------------------------------------------------------------


def _side(status):
    """The status itself; no data and not assessable are one."""
    return "not assessable" if status == "no data" else status


def _other_cases(variants):
    for one in variants:
        found = judge_case(one.case)
        yield one.kind, one.change, found.actual, found


def _other_bases(case, main):
    """The verdict from each other base year that has a figure."""
    clause = case.clause
    if clause.kind not in (*VALUE_KINDS, "direction"):
        return
    for year in range(clause.baseline_year - EARLIER_BASES, clause.horizon):
        value = case.figures.value_of(year)
        if value is not None and year != main.baseline_year:
            found = judge_case(replace(case, clause=replace(clause, baseline_year=year)))
            yield "base year", say("base year {year}", year=year), value, found


def _other_figures(case, main):
    """The verdict by each other vintage of a figure that it rests on, alone in the place of the one used."""
    clause, tables = case.clause, narrow_tables([case])
    years = [clause.first_year - 1, *clause.years]
    if clause.kind in (*VALUE_KINDS, "direction", "relative_level"):
        years = [main.baseline_year, main.actual_year, clause.horizon]
    groups: dict[tuple, list[Observation]] = {}
    for one in tables.observed:
        if one.indicator in case.indicators and one.area in case.areas and one.year in years:
            groups.setdefault((one.area, one.indicator, one.year), []).append(one)
    variant = {main.baseline_year: "baseline figure", main.horizon: "horizon figure"}
    for _, group in sorted(groups.items()):
        used = next(one for one in group if one.default)
        others = {one.value: one for one in reversed(group)}  # the first of each value
        for other in sorted(others.values()):
            if other.value == used.value:
                continue
            left_out = {one.place for one in group} - {other.place}
            rows = [one for one in tables.observed if one.place not in left_out]
            rows[rows.index(other)] = other._replace(default=True)
            found = judge_case(main_case(case.plan, case.row, tables=tables.with_observed(rows)))
            if _side(found.status) == "not assessable" != _side(main.status):
                continue
            yield variant.get(used.year, "figure"), _figure_text(tables, used, other), other.value, found


def _figure_text(tables, used, other):
    places = places_apart(other.value, used.value, tables.indicator(used.indicator)["decimals"])
    shown = [printed(one.value, one.unit, decimals=places) for one in (other, used)]
    return say(
        "{area} {year} as {value} ({vintage}, {source}, grade {grade}), not {used}",
        area=tables.name_text(used.area), year=used.year, value=shown[0], used=shown[1],
        vintage=other.vintage or say("undated"), source=other.source, grade=other.grade,
    )  # fmt: skip


def _roundings(case, main):
    """Whether the verdict holds by figures rounded to whole numbers, one decimal, or as the target is written."""
    if main.status not in ("met", "missed") or main.actual is None or main.required is None:
        return
    places, seen = {1: False, 0: False}, {main.actual}
    if case.clause.kind in ("level", "share", "count") and main.required:
        written = Decimal(f"{main.required:.6f}").normalize()  # up to its last digit but zeros
        places[-written.as_tuple().exponent] = True
    for place, as_written in sorted(places.items(), reverse=True):
        value = float(rounded(main.actual, place))
        if value not in seen:
            seen.add(value)
            relative = case.clause.kind == "relative_growth"
            required = float(rounded(main.required, place)) if relative else main.required
            status = "met" if case.clause.holds(value, required) else "missed"
            found = replace(main, status=status, gap=value - required)
            message = "figure rounded to the nearest {step}"
            if as_written:
                message = "figure rounded to the nearest {step}, as the target is written"
            step = printed(10.0**-place, "pp" if main.unit == "%" else main.unit)
            yield "rounding", say(message, step=step), value, found


def _methods(case, main):
    """Status by each published method."""
    for method, found in assess_case(case, main).items():
        value = found.numbers["latest"]
        gap = None if value is None else value - main.required
        change = say("by {method}", method=METHOD_NAMES[method])
        yield "method", change, value, replace(main, status=found.status, gap=gap)
