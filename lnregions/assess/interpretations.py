"""The interpretations of a clause: each is a case of its own, the main one first.

Where the wording of a clause leaves something open, each interpretation is judged: which area is meant, every year
or on average, in which currency, and a level carried over a census by real growth. A variant is the same case with
another membership, or without a doubtful or weak figure.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from lnregions.assess.cases import (
    RULES,
    Case,
    Link,
    clause_of,
    figures_of,
    growth_figures,
    load_tables,
    rows_of,
    tables_with_derived,
    target_of,
)
from lnregions.assess.reasons import names_text
from lnregions.series.figures import FigureRow, Figures, joined_sources
from lnregions.series.series import Tables
from lnregions.tables import plans
from lnregions.words.texts import Text, joined, printed, rates_text, say

GROWTH_OF = {
    "trade_total": {"published rates": ("trade_growth",)},
    "fdi_usd": {"in dollars": ("fdi_growth_usd", "fdi_usd"), "in yuan": ("fdi_growth_cny", "fdi_rmb")},
}
"""For a level whose growth is judged: interpretation -> indicators tried in this order, published rates first.

Trade levels are never divided: its rates are on revised bases. Dollar and yuan growth differ, and the plan does
not say which it means.
"""
REAL_GROWTH = {"gdp": "gdp_growth_real"}
"""Indicator of the published real growth that links a level across a break of its series."""
LINKED = "linked by real growth"
"""Interpretation of a level carried over a break by published real growth."""
_MOST_KEPT = 4
"""Sets of cases that are kept with one set of tables."""
MOST_VARIED = 3
"""Uncertain members of which every combination is tried; of more, each is left out once."""


def cases_of_plan(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> list[Case]:
    """Every clause of a plan under every interpretation, the main one first within each target.

    The cases are kept with the tables of a plan and date, and made anew when either has changed.

    Parameters and errors are those of `judge`.

    Examples
    --------
    >>> one = next(case for case in cases_of_plan("ln-2022") if case.clause.target == "belt-dalian-gdp")
    >>> one.interpretation.en, one.clause.value, one.figures.value_of(2024)
    ('as written', 10000.0, 9516.9)
    """
    plan = plans.plan_of(plan)
    tables = load_tables(plan, as_of=as_of, observations=observations)
    kept = tables.made.setdefault("cases", [])
    for before, found in kept:
        if before.targets.equals(plan.targets) and before.membership.equals(plan.membership):
            return found
    plan = replace(plan, targets=plan.targets.copy(), membership=plan.membership.copy())
    found = [one for _, row in plan.targets.iterrows() for one in cases_of(plan, row, tables=tables)]
    kept[:] = [*kept[1 - _MOST_KEPT :], (plan, found)]
    return found


def cases_of(plan, row: pd.Series, *, tables: Tables, closed: bool | None = None) -> list[Case]:
    """Cases of one row of a plan's targets, the main one first.

    `closed` is whether the horizon year counts as over; without it, the date of the tables tells.
    """
    found = list(_interpretations(plan, row, tables, closed))
    linked, derived = _linked_case(found[0]), list(_derived_cases(found))
    if linked is None:
        return [*found, *derived]
    return [replace(found[0], linked=linked), *found[1:], linked, *derived]


def same_case(case: Case, *, plan=None, tables: Tables | None = None) -> Case | None:
    """The case under the same interpretation by another plan or other tables; None where it has none."""
    made = _interpretations(plan or case.plan, case.row, tables or case.tables, case.closed)
    if case.derived:
        made = _derived_cases(list(made))
    return next((one for one in made if one.interpretation == case.interpretation), None)


def main_case(plan, row: pd.Series, *, tables: Tables, closed: bool | None = None) -> Case:
    """Case of the main interpretation alone; the others are neither made nor named."""
    return next(_interpretations(plan, row, tables, closed))


def cases_of_target(plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None) -> list[Case]:
    """Cases of one target by its name, as `cases_of_plan` makes them; DataError where there is none."""
    plan = plans.plan_of(plan)
    name = target_of(plan, target)["target"]
    cases = cases_of_plan(plan, as_of=as_of, observations=observations)
    return [one for one in cases if one.clause.target == name]


def case_of(plan, verdict, *, tables: Tables) -> Case:
    """The case that a verdict rests on, by tables of its date."""
    cases = cases_of(plan, target_of(plan, verdict.target), tables=tables)
    return next((case for case in cases if case.interpretation.en == verdict.interpretation), cases[0])


def _interpretations(plan, row, tables, closed) -> Iterator[Case]:
    """Cases one after the other, each made when it is needed."""
    if closed is None:
        closed = int(tables.as_of[:4]) > int(row["horizon"])
    made_from = {"closed": closed, "plan": plan, "row": row, "tables": tables}
    if row["kind"] in RULES:
        currencies = GROWTH_OF.get(row["indicator"], {"": (row["indicator"],)})
        for currency, rule in itertools.product(currencies, RULES[row["kind"]]):
            yield _growth_case(made_from, rule, currency, currencies[currency])
        return
    yield _value_case(made_from, str(row["area"]), say("as written", context="interpretation"))
    if row["other_area"]:
        yield _value_case(made_from, str(row["other_area"]), tables.name_text(row["other_area"]))


def _derived_cases(cases):
    """The cases that derived values bear on, by figures that these complete; a published figure is never replaced."""
    first = cases[0]
    added = tables_with_derived(first.tables)
    years = range(first.clause.first_year - 1, first.clause.horizon + 1)
    for case in _interpretations(first.plan, first.row, added, first.closed):
        own = [one for one in added.derived if one.area in case.areas and one.year in years]
        if any(one.indicator in case.indicators for one in own):
            names = [case.interpretation, say("with derived figures", context="interpretation")]
            yield replace(case, interpretation=joined(names, english=", ", chinese="，"), derived=True)


def _growth_case(made_from, rule, currency, indicators):
    """Case of a clause of yearly growth, by the rates of one of several indicators."""
    plan, row, tables = (made_from[name] for name in ("plan", "row", "tables"))
    clause = clause_of(row, tables=tables, indicator=indicators[0])
    own, beside = (
        growth_figures(plan, area, indicators=indicators, tables=tables, years=clause.years) if area else None
        for area in (clause.area, row["benchmark"])
    )
    names = [say(name, context="interpretation") for name in (rule, currency) if name]
    return Case(
        replace(clause, measure="growth", indicator=row["indicator"]), own, benchmark=beside, rule=rule,
        interpretation=joined(names, english=", ", chinese="，"), indicators=indicators, **made_from,
    )  # fmt: skip


def _value_case(made_from, area, name):
    """Case of a clause of a value, for one of the areas it may mean."""
    plan, row, tables = (made_from[name] for name in ("plan", "row", "tables"))
    clause = clause_of(row, tables=tables, area=area)
    own, beside = (
        figures_of(plan, one, indicator=clause.indicator, tables=tables) if one else None
        for one in (area, row["benchmark"])
    )
    unit = str(row["unit"]) if row["kind"] == "count" and row["unit"] else clause.unit
    if unit != clause.unit:
        own = Figures(missing=say("the clause counts, and the figures are in {unit}", unit=clause.unit))
    indicators = (clause.indicator,) if clause.indicator else ()
    clause = replace(clause, unit=unit)
    return Case(clause, own, benchmark=beside, interpretation=name, indicators=indicators, **made_from)


def _linked_case(main: Case) -> Case | None:
    """Case of a level carried by published real growth over a break between the clause's baseline and horizon.

    The level of the last year before the break goes on at that year's prices as far as there is a rate for every
    year; from the first year without one there is no figure, for that reason. None where there is no such break or
    the indicator has no real growth of its own.
    """
    clause, name = main.clause, REAL_GROWTH.get(main.clause.indicator)
    rows = sorted(main.figures.rows, key=lambda row: row.year)
    inside = [row for row in rows if clause.baseline_year <= row.year <= clause.horizon]
    if clause.kind != "level" or name is None or len({row.segment for row in inside}) < 2:
        return None
    before = [row for row in rows if row.segment == inside[0].segment]
    rates = figures_of(main.plan, clause.area, indicator=name, tables=main.tables)
    start, own = before[-1], {row.year: row for row in rates.rows}
    used, carried = [start], []
    for year in itertools.takewhile(own.__contains__, itertools.count(start.year + 1)):
        used.append(own[year])
        low, level, high = (
            getattr(start, end) * math.prod(1 + getattr(row, end) / 100 for row in used[1:])
            for end in ("low", "value", "high")
        )
        grade, sources = max(row.grade for row in used), joined_sources(row.source for row in used)
        reach = (level - low, high - level)
        carried.append(FigureRow(year, level, start.segment, grade, "", sources, "computed", *reach))
    growth = {row.year: float(row.value) for row in used[1:]}
    stop = start.year + 1 + len(growth)
    reason = say("no published real growth for {year}", year=stop)
    holes = dict.fromkeys(range(stop, max(stop, rows[-1].year, clause.horizon) + 1), reason)
    figures = Figures((*before, *carried), main.figures.coverage, holes)
    text = say(
        "{level} in {year}, carried on at {year} prices by published real growth ({rates})",
        year=start.year, level=printed(float(start.value), clause.unit, decimals=clause.decimals),
        rates=rates_text({year: rate for year, rate in growth.items() if year <= clause.horizon} or growth)
        if growth else say("none", context="rates"),
    )  # fmt: skip
    numbers = {f"value {start.year}": float(start.value)}
    numbers |= {f"real growth {year}": rate for year, rate in growth.items()}
    return replace(
        main, figures=figures, interpretation=say(LINKED, context="interpretation"),
        indicators=(*main.indicators, name), link=Link(start.year, text, numbers),
    )  # fmt: skip


def narrow_tables(cases: Sequence[Case]) -> Tables:
    """The tables with only the observations that some cases of one plan can be judged by, weights among them."""
    tables, areas = cases[0].tables, {area for one in cases for area in one.areas}
    names = dict.fromkeys(name for one in cases for name in one.indicators)
    weights = dict.fromkeys(tables.weight_of(name) for name in names)
    return tables.with_observed(tables.observed_of(*(names | weights), areas=areas))


# -- the same case with something uncertain changed ----------------------------------------------------------


class Variant(NamedTuple):
    """What is changed, in words, and the case to judge instead.

    `kind` is ``membership``, ``doubtful figure`` or ``weak figure``.
    """

    kind: str
    change: Text
    case: Case


def variants_of(case: Case) -> Iterator[Variant]:
    """Variants of a case of a plan; none of one whose level is carried over a break."""
    if case.link:
        return
    yield from _memberships(case)
    yield from _without_figures(case)


def _with_members(case, members):
    rows = case.plan.membership
    kept = (rows["region"] != case.clause.area) | rows["area"].isin(members)
    tables = narrow_tables([case])  # others, as series of regions are kept with the tables
    return same_case(case, plan=replace(case.plan, membership=rows[kept]), tables=tables)


def _memberships(case):
    """The region by other combinations of its uncertain members."""
    rows = rows_of(case.plan, case.clause.area, "area", "status")
    sure = [area for area, status in rows if status == "confirmed"]
    open_ = [area for area in case.members if area not in sure]
    sizes = range(len(open_)) if len(open_) <= MOST_VARIED else [0, len(open_) - 1]
    for added in itertools.chain.from_iterable(itertools.combinations(open_, size) for size in sizes):
        members = [area for area in case.members if area in sure or area in added]
        if members and (found := _with_members(case, members)):
            message = (
                "if {names} were the only member" if len(members) == 1 else "if the members were {names}"
            )
            yield Variant("membership", say(message, names=names_text(case.tables, members)), found)


def _without_figures(case):
    """The case without each figure that a caveat calls doubtful or that has the lowest grade.

    An average of a region is judged without the whole member, as its first and last level need every member's.
    """
    clause, tables = case.clause, narrow_tables([case])
    years = range(clause.first_year - 1, clause.horizon + 1) if clause.kind in RULES else (clause.horizon,)
    for one in sorted(tables.observed, key=lambda one: (one.area, one.indicator, one.year)):
        if not one.default or one.year not in years or one.area not in case.areas:
            continue
        doubtful = one.indicator in case.indicators and tables.doubt(one.indicator, one.area, one.year).en
        if not doubtful and one.grade != "C":
            continue
        others = [area for area in case.members if area != one.area]
        values = {"area": tables.name_text(one.area), "year": one.year}
        message = "without the figure of {area} for {year} (grade C)"
        if case.rule == "average" and one.area in case.members and others:
            found = _with_members(case, others)
            message = "without {area}, whose figure of {year} is doubtful or weak"
        else:
            rest = [row for row in tables.observed if row[1:4] != one[1:4]]
            found = same_case(case, tables=tables.with_observed(rest))
            message = "without the doubtful figure of {area} for {year}" if doubtful else message
        if found:
            yield Variant("doubtful figure" if doubtful else "weak figure", say(message, **values), found)
