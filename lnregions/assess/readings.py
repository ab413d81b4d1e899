"""The readings that a plan's wording leaves open, each judged: which area, every year or on average, which basis."""

from dataclasses import replace

import pandas as pd

from lnregions.assess.clause_growth import Link, link_by_growth
from lnregions.assess.clause_parts import joined_sources
from lnregions.assess.clauses import Figures, judge_clause
from lnregions.assess.plan_figures import clause_of, figures_of, growth_figures, members_of
from lnregions.assess.verdicts import Verdict
from lnregions.words import format_value, text

GROWTH_OF = {
    "trade_total": {"published rates": ("trade_growth",)},
    "fdi_usd": {"in dollars": ("fdi_growth_usd", "fdi_usd"), "in yuan": ("fdi_growth_cny", "fdi_rmb")},
}
"""For a level whose growth is judged: reading -> indicators tried in this order, published rates first.

Trade levels are never divided: its rates are on revised bases. Dollar and yuan growth differ, and the plan does
not say which it means.
"""
REAL_GROWTH = {"gdp": "gdp_growth_real"}
"""Indicator of the published real growth that links a level across a break of its series."""
LINKED = "linked by real growth"
"""Reading of a level carried over a break by published real growth."""
READINGS_ZH = {
    "as written": "按原文", "average": "年均", "every year": "每年", "last year": "末年",
    "published rates": "公布增速", "in dollars": "以美元计", "in yuan": "以人民币计", LINKED: "按实际增速衔接",
}  # fmt: skip
_GROWTH_READINGS = ("average", "every year", "last year")


def judge_target(plan, target, tables, *, closed: bool) -> list[Verdict]:
    """Verdicts of one row of a plan's targets, one a reading, the main reading first."""
    found = [replace(one, as_of=tables.as_of) for one in _readings(plan, target, tables, closed)]
    return [_with_wording(one, target) for one in found]


def main_verdict(plan, target, tables, *, closed: bool) -> Verdict:
    """Verdict under the main reading alone, the others left unjudged and unnamed."""
    return next(_readings(plan, target, tables, closed, linked=False))


def _readings(plan, target, tables, closed, *, linked=True):
    """Verdicts one after the other, each judged when it is asked for."""
    kind, written = target["kind"], "as written"
    if kind in ("growth", "average_growth", "relative_growth"):
        readings = {"growth": 3, "average_growth": 1, "relative_growth": 2}[kind]
        ways = GROWTH_OF.get(target["indicator"], {"": (target["indicator"],)})
        for way, indicators in ways.items():
            for reading in _GROWTH_READINGS[:readings]:
                yield _growth_verdict(plan, target, tables, closed, (reading, way), indicators)
        return
    words = (written, READINGS_ZH[written])
    main = _value_verdict(plan, target, tables, closed, str(target["area"]), words)
    carried = _linked_verdict(plan, target, tables, closed, main) if linked else None
    yield carried[0] if carried else main
    other = str(target["other_area"] or "")
    if other:
        names = tuple(tables.name(other, lang) for lang in ("en", "zh"))
        yield _value_verdict(plan, target, tables, closed, other, names)
    if carried:
        yield carried[1]


def _growth_verdict(plan, target, tables, closed, readings, indicators):
    """Verdict on a clause of growth under one reading of its wording and one way of measuring."""
    clause = replace(clause_of(target, tables=tables, indicator=indicators[0]), measure="growth")
    years = range(clause.first_year, clause.horizon + 1)
    figures = growth_figures(plan, clause.area, indicators=indicators, tables=tables, years=years)
    benchmark = None
    if target["benchmark"]:
        benchmark = growth_figures(
            plan, target["benchmark"], indicators=indicators, tables=tables, years=years
        )
    verdict = judge_clause(clause, figures, benchmark=benchmark, closed=closed, reading=readings[0])
    named = [r for r in readings if r]
    words = (", ".join(named), "，".join(READINGS_ZH[r] for r in named))
    verdict = replace(verdict, indicator=target["indicator"], coverage_zh=figures.coverage[1])
    return _with_members(_named(verdict, words), plan, tables, indicators)


def _value_verdict(plan, target, tables, closed, area, words):
    """Verdict on a clause of a value, for one of the areas it may mean."""
    clause = clause_of(target, tables=tables, area=area)
    figures = _no_count(target, clause) if target["kind"] == "count" else None
    if figures is None:
        figures = figures_of(plan, area, indicator=clause.indicator, tables=tables)
    benchmark = None
    if target["benchmark"]:
        benchmark = figures_of(plan, target["benchmark"], indicator=clause.indicator, tables=tables)
    verdict = judge_clause(clause, figures, benchmark=benchmark, closed=closed)
    verdict = replace(verdict, unit=_unit(target, clause), coverage_zh=figures.coverage[1])
    return _with_members(_named(verdict, words), plan, tables, (clause.indicator,))


def _unit(target, clause):
    return str(target["unit"]) if target["kind"] == "count" and target["unit"] else clause.unit


def _no_count(target, clause):
    """No figures, with the reason, for a clause that counts what the indicator measures in another unit."""
    if _unit(target, clause) == clause.unit:
        return None
    reason = (
        f"the clause counts, and the figures are in {clause.unit}",
        f"条文要求的是个数，而现有数据的单位是{clause.unit}",
    )
    return Figures(holes=dict.fromkeys(range(clause.first_year, clause.horizon + 1), reason))


def _named(verdict, words):
    return replace(verdict, reading=words[0], reading_zh=words[1])


# -- a level carried over a break --------------------------------------------------------------------------


def linked_figures(plan, target, tables) -> tuple[Figures, Link] | None:
    """Levels of a target's area, carried by published real growth over a break inside the plan's years.

    With the link itself; None where the series does not break there, or the indicator has no real growth of its own.
    """
    clause = clause_of(target, tables=tables)
    if target["kind"] != "level" or clause.indicator not in REAL_GROWTH:
        return None
    figures = figures_of(plan, clause.area, indicator=clause.indicator, tables=tables)
    rates = figures_of(plan, clause.area, indicator=REAL_GROWTH[clause.indicator], tables=tables)
    return link_by_growth(figures, rates, clause=clause)


def _linked_verdict(plan, target, tables, closed, main):
    """The main verdict naming the linked level, and the verdict by it; None where nothing is to be linked."""
    carried = linked_figures(plan, target, tables)
    if carried is None:
        return None
    figures, how = carried
    clause = clause_of(target, tables=tables)
    linked = judge_clause(clause, figures, closed=closed)
    used = [row.source for row in figures.rows if row.year >= how.year]
    linked = replace(linked, sources=joined_sources([*used, linked.sources]))
    linked = replace(
        _named(linked, (LINKED, READINGS_ZH[LINKED])), numbers=linked.numbers | how.numbers,
        reason_en=f"{how.text[0]}; {_lower(linked.reason_en)}", reason_zh=f"{how.text[1]}；{linked.reason_zh}",
    )  # fmt: skip
    at = figures.value_of(clause.horizon)
    said = figures.hole(clause.horizon)
    if at is not None:
        shown = [format_value(at, clause.unit, lang) for lang in ("en", "zh")]
        said = (
            f"{clause.horizon} {shown[0]} at {how.year} prices",
            f"{clause.horizon}年{shown[1]}（{how.year}年价格）",
        )
    english = f"{main.reason_en}; {LINKED}: {said[0]}"
    chinese = f"{main.reason_zh}；{READINGS_ZH[LINKED]}：{said[1]}"
    return replace(main, reason_en=english, reason_zh=chinese), linked


def _lower(sentence):
    return sentence[:1].lower() + sentence[1:]


# -- what the wording and the members add ------------------------------------------------------------------


def _with_wording(verdict, target):
    """The verdict with what the clause's own words add: that it only strives, that it names no base year."""
    said = []
    if verdict.strength == "strive" and verdict.status == "missed":
        said.append(("the plan strives for it and does not commit to it", "规划的表述是“力争”，并非承诺"))
    if pd.isna(target["baseline_year"]) and verdict.baseline_year is not None:
        year = verdict.baseline_year
        said.append((f"no base year is given, {year} is taken", f"规划未给出基期，以{year}年为基期"))
    english = "; ".join([verdict.reason_en, *(one[0] for one in said)])
    chinese = "；".join([verdict.reason_zh, *(one[1] for one in said)])
    return replace(verdict, reason_en=english, reason_zh=chinese)


def _with_members(verdict, plan, tables, indicators):
    """The verdict with the members' own figures beside it, where the region's lack."""
    if verdict.status not in ("no data", "not assessable") or verdict.area not in set(plan.regions["region"]):
        return verdict
    members = members_of(plan, verdict.area)
    own = [one for one in tables.observed_of(*indicators) if one.default and one.area in members]
    own = sorted((r for r in own if r.year >= verdict.horizon - 2), key=lambda r: (r.area, r.year))
    if not own or verdict.coverage.startswith(f"{len(members)} of"):
        return verdict
    shown = {lang: [format_value(r.value, r.unit, lang) for r in own] for lang in ("en", "zh")}
    names = {lang: [tables.name(r.area, lang) for r in own] for lang in ("en", "zh")}
    years = [r.year for r in own]
    english = ", ".join(f"{n} {y} {v}" for n, y, v in zip(names["en"], years, shown["en"], strict=True))
    chinese = "、".join(f"{n}{y}年{v}" for n, y, v in zip(names["zh"], years, shown["zh"], strict=True))
    keys = [f"{n} {y}" for n, y in zip(names["en"], years, strict=True)]
    return replace(
        verdict,
        reason_en=f"{verdict.reason_en}; single members: {english}",
        reason_zh=f"{verdict.reason_zh}；个别成员：{chinese}",
        numbers=verdict.numbers | {k: r.value for k, r in zip(keys, own, strict=True)},
        names_zh={k: f"{n}{y}年" for k, n, y in zip(keys, names["zh"], years, strict=True)},
        sources=joined_sources([verdict.sources, *(r.source for r in own)]),
    )


def mark_disagreement(verdicts: list[Verdict]) -> list[Verdict]:
    """The same verdicts, the first saying where another reading comes to a different status."""
    main = verdicts[0]
    others = [v for v in verdicts[1:] if v.status != main.status]
    if not others:
        return verdicts
    said = "; ".join(f"under the reading '{v.reading}': {text(v.status, 'en')}" for v in others)
    said_zh = "；".join(f"按“{v.reading_zh}”理解：{text(v.status, 'zh')}" for v in others)
    main = replace(
        main, disagree=True, reason_en=f"{main.reason_en}; {said}", reason_zh=f"{main.reason_zh}；{said_zh}"
    )
    return [main, *verdicts[1:]]
