"""Judging a plan: its clauses and the published figures brought together, as known on a date.

Every reading that the plan's wording leaves open is judged. The first reading of a target is the main one; where
another comes to a different status, the verdict says so.
"""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from lnregions import plans
from lnregions._words import format_value, text
from lnregions.area_series import Tables, area_figures, region_figures
from lnregions.clauses import EMPTY, Clause, Figures, growth_rates, judge_clause
from lnregions.codebook import load_breaks, load_indicators
from lnregions.observations import load_observations, parse_as_of
from lnregions.verdicts import METHODS, Assessment, Verdict, verdict_table

GROWTH_OF = {
    "trade_total": {"published rates": ("trade_growth",)},
    "fdi_usd": {"in dollars": ("fdi_growth_usd", "fdi_usd"), "in yuan": ("fdi_growth_cny", "fdi_rmb")},
}
"""For a level whose growth is judged: reading -> indicators tried in this order, published rates first.

Trade levels are never divided: its rates are on revised bases. Dollar and yuan growth differ, and the plan does
not say which it means.
"""
READINGS_ZH = {
    "as written": "按原文", "average": "年均", "every year": "每年", "last year": "末年",
    "published rates": "公布增速", "in dollars": "以美元计", "in yuan": "以人民币计",
}  # fmt: skip
VALUE_KINDS = ("level", "share", "count", "cumulative_growth", "doubling")
"""Kinds of clause that ask for a value at the horizon."""
_GROWTH_READINGS = ("average", "every year", "last year")


def judge(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge every target of a plan: one row a target, under the main reading.

    Parameters
    ----------
    plan : Plan or str
        A plan from `load_plan`, or its name.
    as_of : date or str, optional
        Only what was published by then counts; without it, all that is in the tables.
    observations : DataFrame, optional
        Figures to judge by instead of the shipped ones, from `load_observations`.

    Returns
    -------
    DataFrame
        The attributes of `lnregions.verdicts.Verdict` as columns: ``target region area indicator kind reading
        status closing strength baseline_year baseline horizon required actual_year actual gap unit reached_in
        rate_needed method coverage grade as_of disagree reason_en reason_zh sources``.

    Raises
    ------
    DataError
        If the plan or the date is unknown.
    """
    return verdict_table(judge_main(plan, as_of=as_of, observations=observations))


def judge_readings(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge every target under every reading: one row a reading, with the columns of `judge`."""
    return verdict_table(judge_all(plan, as_of=as_of, observations=observations))


def judge_main(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> list[Verdict]:
    """Verdicts on the main reading of each target, marked where another reading disagrees."""
    out: dict[str, Verdict] = {}
    for verdict in judge_all(plan, as_of=as_of, observations=observations):
        out.setdefault(verdict.target, verdict)
    return list(out.values())


def judge_all(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> list[Verdict]:
    """Verdicts on every reading of every target, main readings first within each target."""
    plan = plans.load_plan(plan) if isinstance(plan, str) else plan
    tables = load_tables(plan, as_of=as_of, observations=observations)
    out = []
    for _, target in plan.targets.iterrows():
        closed = int(tables.as_of[:4]) > int(target["horizon"])
        found = [replace(one, as_of=tables.as_of) for one in _judge_target(plan, target, tables, closed)]
        out += _mark_disagreement(found)
    return out


def load_tables(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> Tables:
    """Figures known on a date with the codebook tables that go with them; a plan's own areas are added."""
    if observations is None:
        observations = load_observations(as_of=as_of or None, plan=plan)
    areas = plan.areas
    regions = plan.regions[["region", "short_zh", "short_en"]].rename(columns={"region": "area"})
    areas = pd.concat([areas, regions.assign(level="region")], ignore_index=True)
    date = f"{knowledge_date(observations, as_of):%Y-%m-%d}"
    return Tables(observations, load_indicators(), areas, load_breaks(), date)


def knowledge_date(observations: pd.DataFrame, as_of=None) -> pd.Timestamp:
    """Date of knowledge: the one asked for, or else that of the latest figure dated to the day."""
    if as_of:
        return parse_as_of(as_of)
    dated = observations.loc[observations["vintage"].fillna("").str.len() == 10, "known_from"]
    return pd.Timestamp(dated.max() if len(dated) else observations["known_from"].max())


def figures_of(plan, area: str, *, indicator: str, tables: Tables) -> Figures:
    """Figures of an area or of one of the plan's regions; made once for each set of tables."""
    key = (plan.id, area, indicator)
    if key not in tables.made:
        tables.made[key] = _figures_of(plan, area, indicator, tables)
    return tables.made[key]


def _figures_of(plan, area, indicator, tables):
    if area not in set(plan.regions["region"]):
        return area_figures(tables, area, indicator=indicator)
    names = tuple(tables.name(area, lang) for lang in ("en", "zh"))
    members = plan.members(area, level="city")
    if not members:
        return Figures(name=names)
    return region_figures(tables, members, indicator=indicator, region=area, names=names)


def clause_of(target: pd.Series, *, indicators: pd.DataFrame, area: str = "", indicator: str = "") -> Clause:
    """Clause of a row of the plan's targets, for another area or indicator where one is named."""
    indicator = indicator or target["indicator"]
    row = indicators.set_index("indicator").loc[indicator]
    return Clause(
        target=target["target"], region=target["region"], area=area or target["area"], kind=target["kind"],
        indicator=indicator, comparator=str(target["comparator"] or ""), value=_number(target["value"]),
        unit=str(row["unit"] or ""), horizon=int(target["horizon"]), first_year=int(target["first_year"]),
        baseline_year=int(target["baseline_year"]), strength=str(target["strength"] or ""),
        measure=row["measure"], direction="down" if row["direction"] == "down" else "up",
        decimals=int(row["decimals"]) if row["unit"] == "%" else None,
    )  # fmt: skip


def growth_figures(plan, area: str, *, indicators: tuple[str, ...], tables: Tables, years: range) -> Figures:
    """Yearly growth of an area from the first of several indicators that knows any of the years.

    The figures are rates in per cent, in one segment.
    """
    first = None
    for indicator in indicators:
        figures = figures_of(plan, area, indicator=indicator, tables=tables)
        rates = growth_rates(figures, measure=tables.indicator(indicator)["measure"])
        frame = rates.rename(columns={"rate": "value"}).assign(segment=0, vintage="")[list(EMPTY.columns)]
        found = replace(figures, frame=frame)
        if frame["year"].isin(years).any():
            return found
        first = first or found
    return first


def _judge_target(plan, target, tables, closed):
    """Verdicts of one target, one a reading."""
    kind, written = target["kind"], "as written"
    if kind in ("growth", "average_growth"):
        readings = _GROWTH_READINGS if kind == "growth" else _GROWTH_READINGS[:1]
        return [_growth_verdict(plan, target, tables, closed, (r,), (target["indicator"],)) for r in readings]
    if kind == "relative_growth":
        ways = GROWTH_OF.get(target["indicator"], {"": (target["indicator"],)})
        return [
            _growth_verdict(plan, target, tables, closed, (reading, way), indicators)
            for way, indicators in ways.items()
            for reading in _GROWTH_READINGS[:2]
        ]
    readings = [_value_verdict(plan, target, tables, closed, str(target["area"]), (written, written))]
    other = str(target["other_area"] or "")
    if other:
        names = tuple(tables.name(other, lang) for lang in ("en", "zh"))
        readings.append(_value_verdict(plan, target, tables, closed, other, names))
    return readings


def _growth_verdict(plan, target, tables, closed, readings, indicators):
    """Verdict on a clause of growth under one reading of its wording and one way of measuring."""
    clause = replace(
        clause_of(target, indicators=tables.indicators, indicator=indicators[0]), measure="growth"
    )
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
    verdict = replace(verdict, indicator=target["indicator"])
    return _with_members(_named(verdict, words), plan, tables, indicators)


def _value_verdict(plan, target, tables, closed, area, words):
    """Verdict on a clause of a value, for one of the areas it may mean."""
    clause = clause_of(target, indicators=tables.indicators, area=area)
    figures = figures_of(plan, area, indicator=clause.indicator, tables=tables)
    benchmark = None
    if target["benchmark"]:
        benchmark = figures_of(plan, target["benchmark"], indicator=clause.indicator, tables=tables)
    verdict = judge_clause(clause, figures, benchmark=benchmark, closed=closed)
    words = (words[0], READINGS_ZH.get(words[1], words[1]))
    return _with_members(_named(verdict, words), plan, tables, (clause.indicator,))


def _named(verdict, words):
    return replace(verdict, reading=words[0], reading_zh=words[1])


def _with_members(verdict, plan, tables, indicators):
    """The verdict with the members' own figures beside it, where the region's lack."""
    if verdict.status not in ("no data", "not assessable") or verdict.area not in set(plan.regions["region"]):
        return verdict
    members = plan.members(verdict.area, level="city")
    own = tables.observations
    own = own[own["area"].isin(members) & own["indicator"].isin(indicators) & own["default"]]
    own = own[own["year"] >= verdict.horizon - 2]
    if own.empty or verdict.coverage.startswith(f"{len(members)} of"):
        return verdict
    own = own.sort_values(["area", "year"])
    english = ", ".join(
        f"{tables.name(r.area, 'en')} {r.year} {format_value(r.value, r.unit, 'en')}"
        for r in own.itertuples()
    )
    chinese = "、".join(
        f"{tables.name(r.area, 'zh')}{r.year}年{format_value(r.value, r.unit, 'zh')}"
        for r in own.itertuples()
    )
    return replace(
        verdict,
        reason_en=f"{verdict.reason_en}; single members: {english}",
        reason_zh=f"{verdict.reason_zh}；个别成员：{chinese}",
        numbers=verdict.numbers
        | {f"{tables.name(r.area, 'en')} {r.year}": r.value for r in own.itertuples()},
        sources=" ".join(
            sorted({*verdict.sources.split(), *(s for ids in own["source"] for s in ids.split())})
        ),
    )


def _mark_disagreement(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The same verdicts, the first saying where another reading comes to a different status."""
    verdicts = list(verdicts)
    main = verdicts[0]
    others = [v for v in verdicts[1:] if v.status != main.status]
    if not others:
        return verdicts
    said = "; ".join(f"read as {v.reading}: {text(v.status, 'en')}" for v in others)
    said_zh = "；".join(f"按“{v.reading_zh}”理解：{text(v.status, 'zh')}" for v in others)
    main = replace(
        main, disagree=True, reason_en=f"{main.reason_en}; {said}", reason_zh=f"{main.reason_zh}；{said_zh}"
    )
    return [main, *verdicts[1:]]


def _number(value):
    return float(value) if value not in (None, "") else float("nan")


def compare_methods(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Status of each target by the plan's own clause and by each published method.

    The methods see the figures of one segment, from the baseline to the horizon, so that no census break enters
    a growth rate. Targets without a value to reach have no methods.

    Returns
    -------
    DataFrame
        ``target plan open_sdg unsd escap ratio_open_sdg ratio_unsd ratio_escap agree``; a status is empty where a
        method does not apply.
    """
    plan = plans.load_plan(plan) if isinstance(plan, str) else plan
    tables = load_tables(plan, as_of=as_of, observations=observations)
    rows = []
    for verdict in judge_main(plan, as_of=as_of, observations=tables.observations):
        row = {"target": verdict.target, "plan": verdict.status} | dict.fromkeys(METHODS, "")
        row |= {f"ratio_{name}": None for name in METHODS}
        for name, found in assess_by_methods(plan, verdict, tables=tables).items():
            row |= {name: found.status, f"ratio_{name}": found.ratio}
        said = {row[name] for name in METHODS if row[name]}
        rows.append(row | {"agree": len(said) <= 1})
    return pd.DataFrame(rows)


def assess_by_methods(plan, verdict: Verdict, *, tables: Tables) -> dict[str, Assessment]:
    """What each published method says of one verdict's figures; empty where there is no value to reach."""
    if verdict.kind not in VALUE_KINDS or verdict.required is None:
        return {}
    row = tables.indicator(verdict.indicator)
    frame = figures_of(plan, verdict.area, indicator=verdict.indicator, tables=tables).frame
    if verdict.baseline_year is not None:
        segment = frame.loc[frame["year"] == verdict.baseline_year, "segment"]
        frame = frame[frame["segment"].isin(segment)]
    asked = dict(
        direction="down" if row["direction"] == "down" else "up", target=verdict.required, horizon=verdict.horizon,
        baseline_year=verdict.baseline_year or verdict.horizon - 1, limit=100.0 if row["measure"] == "share" else None,
    )  # fmt: skip
    return {
        name: method(frame["year"].tolist(), frame["value"].tolist(), **asked)
        for name, method in METHODS.items()
    }
