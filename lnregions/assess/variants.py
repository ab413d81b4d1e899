"""The same case with something uncertain changed: another membership, or without a doubtful or weak figure."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lnregions.assess.cases import RULES, Case, narrow_tables
from lnregions.assess.interpretations import same_case
from lnregions.assess.reasons import names_text
from lnregions.words.texts import Text, say

MOST_VARIED = 3
"""Uncertain members of which every combination is tried; of more, each is left out once."""


@dataclass(frozen=True)
class Variant:
    """What is changed, in words, and the case to judge instead.

    `kind` is ``membership``, ``doubtful figure`` or ``weak figure``.
    """

    kind: str
    change: Text
    case: Case


def variants_of(case: Case) -> Iterator[Variant]:
    """Variants of a case of a plan; none of one whose level is carried over a break."""
    if case.plan is None or case.link:
        return
    yield from _memberships(case)
    yield from _without_figures(case)


def _with_members(case, members):
    rows = case.plan.membership
    kept = (rows["region"] != case.clause.area) | rows["area"].isin(members)
    tables = case.tables.with_observed(case.tables.observed)  # series of regions are kept with the tables
    return same_case(case, plan=replace(case.plan, membership=rows[kept]), tables=tables)


def _memberships(case):
    """The region by other combinations of its uncertain members."""
    rows = case.plan.membership
    own = rows[(rows["region"] == case.clause.area) & rows["area"].isin(case.members)]
    sure = own["area"][own["status"] == "confirmed"].tolist()
    open_ = [area for area in case.members if area not in sure]
    sizes = range(len(open_)) if len(open_) <= MOST_VARIED else [0, len(open_) - 1]
    for added in itertools.chain.from_iterable(itertools.combinations(open_, size) for size in sizes):
        members = [area for area in case.members if area in sure or area in added]
        if members and (found := _with_members(case, members)):
            names = names_text(case.tables, members)
            message = (
                "if {names} were the only member" if len(members) == 1 else "if the members were {names}"
            )
            yield Variant("membership", say(message, names=names), found)


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
        key, values = (
            (one.area, one.indicator, one.year),
            {"area": tables.name_text(one.area), "year": one.year},
        )
        if case.rule == "average" and one.area in case.members and others:
            found = _with_members(case, others)
            change = say("without {area}, whose figure of {year} is doubtful or weak", **values)
        else:
            rest = [row for row in tables.observed if (row.area, row.indicator, row.year) != key]
            found = same_case(case, tables=tables.with_observed(rest))
            message = "without the figure of {area} of {year} (grade C)"
            if doubtful:
                message = "without the doubtful figure of {area} of {year}"
            change = say(message, **values)
        if found:
            yield Variant("doubtful figure" if doubtful else "weak figure", change, found)
