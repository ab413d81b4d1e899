"""How firm a verdict is: what it would be by other figures, how it came about, and what later figures changed.

`sensitivity` varies what a verdict rests on, `status_on_the_way` follows it through the plan's years,
`revision_trail` through the dates on which figures were published, and `closing_words` says how it ended.
"""

import math

import numpy as np
import pandas as pd

from lnregions.assess.judgement import VALUE_KINDS, assess_by_methods, judge_row
from lnregions.assess.on_the_way import status_on_the_way
from lnregions.assess.plan_figures import clause_of, figures_of, load_tables
from lnregions.assess.readings import main_verdict
from lnregions.assess.related import (
    horizon_is_over,
    judged_areas,
    judged_indicators,
    narrow_tables,
    plan_and_target,
    untouched,
)
from lnregions.assess.revisions import revision_trail
from lnregions.assess.verdicts import Verdict
from lnregions.tables import Observation
from lnregions.words import format_value, text, to_unit

__all__ = ["closing_words", "revision_trail", "sensitivity", "sensitivity_words", "status_on_the_way"]

COLUMNS = ("variant", "change_en", "change_zh", "value", "unit", "status", "gap", "differs")
VARIANTS = {
    "as judged": "原判断", "base year": "其他基期", "baseline figure": "基期数据", "horizon figure": "期末数据",
    "figure": "其他年份数据", "rounding": "取整", "reading": "其他理解", "method": "其他方法",
}  # fmt: skip
"""What is varied, with its Chinese name."""
_EARLIER_BASES = 3
"""How many years before the plan's base year are tried as base years."""
_METHOD_NAMES = {"open_sdg": "Open SDG", "unsd": "UNSD", "escap": "ESCAP"}


def sensitivity(plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """What the verdict on a target would be by another base year, figure, rounding, reading or method.

    Parameters
    ----------
    plan : Plan or str
        A plan from `load_plan`, or its name.
    target : str
        Name of one of its targets.
    as_of : date or str, optional
        Only what was published by then counts.
    observations : DataFrame, optional
        Figures to judge by instead of the shipped ones, from `load_observations`.

    Returns
    -------
    DataFrame
        First the verdict as it stands, then one row a variant: ``variant`` (one of ``VARIANTS``), ``change_en`` and
        ``change_zh`` (what is changed, in words), ``value`` (the value that is put in, or that the variant is judged
        by; in ``unit``), ``status``, ``gap`` (in ``unit``; percentage points for shares and rates) and ``differs``.
        A variant differs when its status is another (no data and not assessable count as one); a method, which
        knows no "missed", when it says met and the verdict does not, or the other way round. ``attrs["flips"]``
        counts the variants that differ.

    Raises
    ------
    DataError
        If the plan, the target or the date is unknown.

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
    plan, row = plan_and_target(plan, target)
    tables = narrow_tables(plan, row, tables=load_tables(plan, as_of=as_of, observations=observations))
    verdicts = judge_row(plan, row, tables=tables)
    main = verdicts[0]
    said = ("the verdict as it stands", "现有判断")
    rows = [_row("as judged", said, main.actual, main, main)]
    rows += _other_bases(plan, row, tables, main)
    rows += _other_figures(plan, row, tables, main)
    rows += _roundings(row, tables, main)
    rows += [_reading(one, main) for one in verdicts[1:]]
    rows += _methods(plan, tables, main)
    columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    frame = pd.DataFrame(columns | {name: np.array(columns[name], float) for name in ("value", "gap")})
    frame.attrs["flips"] = int(frame["differs"].sum())
    return frame


def sensitivity_words(table: pd.DataFrame, *, language: str = "en") -> str:
    """Whether any variant flips the verdict, as one sentence.

    Examples
    --------
    >>> sensitivity_words(sensitivity("ln-2022", "west-gdp", as_of="2026-06-30"))
    '1 of 1 variants comes to another verdict: read as every year (missed).'
    """
    rows, zh = table.iloc[1:], language == "zh"
    flips = rows[rows["differs"]]
    if rows.empty:
        return "没有可以检验的变动。" if zh else "There is nothing to vary."
    if flips.empty:
        return (
            f"{len(rows)}种变动均得出相同判断。"
            if zh
            else f"None of {len(rows)} variants comes to another verdict."
        )
    said = [
        f"{change}（{text(status, 'zh')}）" if zh else f"{change} ({text(status, 'en')})"
        for change, status in zip(flips[f"change_{language}"], flips["status"], strict=True)
    ]
    if zh:
        return f"{len(rows)}种变动中有{len(flips)}种得出不同判断：{'；'.join(said)}。"
    verb = "comes" if len(flips) == 1 else "come"
    return f"{len(flips)} of {len(rows)} variants {verb} to another verdict: {'; '.join(said)}."


def closing_words(verdict: Verdict, *, language: str = "en") -> str:
    """How a target ended, as one sentence: met or missed, by how much, reached later, or why it cannot be said.

    Empty while the plan runs.

    Examples
    --------
    >>> one = Verdict("t", "belt", "210200", "gdp", "level", status="missed", closing="missed", horizon=2024,
    ...     required=10000.0, actual=9516.9, gap=-483.1, unit="亿元", reached_in=2025)
    >>> closing_words(one)
    'Missed by 48.3 billion yuan (4.8%) in 2024; reached in 2025.'
    """
    zh = language == "zh"
    if not verdict.closing:
        return ""
    if verdict.closing == "not assessable" or verdict.gap is None:
        why = verdict.reason(language)
        head = verdict.status_words(language)
        return f"{head}：{why}。" if zh else f"{head[:1].upper()}{head[1:]}: {why}."
    unit = "pp" if verdict.unit == "%" else verdict.unit
    size = format_value(abs(verdict.gap), unit, language)
    if verdict.unit != "%" and verdict.required:
        share = format_value(100 * abs(verdict.gap / verdict.required), "%", language)
        size += f"（{share}）" if zh else f" ({share})"
    words = verdict.status_words(language)
    if zh:
        said = f"{verdict.horizon}年{words}，{_margin(verdict)[1]}{size}"
        return said + (f"；{verdict.reached_in}年达到。" if _late(verdict) else "。")
    said = f"{words[:1].upper()}{words[1:]} {_margin(verdict)[0]} {size} in {verdict.horizon}"
    return said + (f"; reached in {verdict.reached_in}." if _late(verdict) else ".")


def _margin(verdict):
    return ("by", "相差") if verdict.closing == "missed" else ("with a margin of", "余量")


def _late(verdict):
    return (
        verdict.closing == "missed"
        and verdict.reached_in is not None
        and verdict.reached_in > verdict.horizon
    )


# -- variants ----------------------------------------------------------------------------------------------


def _side(status):
    """The status itself; no data and not assessable are one."""
    return "not assessable" if status == "no data" else status


def _row(variant, change, value, found, main):
    differs = _side(found.status) != _side(main.status)
    return (variant, *change, value, main.unit, found.status, found.gap, differs)


def _reading(verdict, main):
    change = (f"read as {verdict.reading}", f"按“{verdict.reading_zh}”理解")
    return _row("reading", change, verdict.actual, verdict, main)


def _other_bases(plan, row, tables, main):
    """The verdict from each other base year that has a figure."""
    if row["kind"] not in (*VALUE_KINDS, "direction"):
        return []
    clause = clause_of(row, tables=tables)
    figures = figures_of(plan, clause.area, indicator=clause.indicator, tables=tables)
    out = []
    for year in range(clause.baseline_year - _EARLIER_BASES, clause.horizon):
        value = figures.value_of(year)
        if value is None or year == main.baseline_year:
            continue
        found = _judged(plan, _with_base(row, year), tables)
        out.append(_row("base year", (f"base year {year}", f"以{year}年为基期"), value, found, main))
    return out


def _judged(plan, row, tables):
    """Verdict of a variant under the main reading."""
    return main_verdict(plan, row, tables, closed=horizon_is_over(row, tables))


def _with_base(row, year):
    changed = row.copy()
    changed["baseline_year"] = year
    return changed


def _other_figures(plan, row, tables, main):
    """The verdict by each other reading of a figure that it rests on, alone in the place of the one used."""
    asked = (judged_indicators(row, readings=False), judged_areas(plan, row, readings=False))
    years = _years_used(row, tables, main)
    groups: dict[tuple, list[Observation]] = {}
    for one in tables.observed:
        if one.indicator in asked[0] and one.area in asked[1] and one.year in years:
            groups.setdefault((one.area, one.indicator, one.year), []).append(one)
    out = []
    for _, group in sorted(groups.items()):
        used = next(one for one in group if one.default)
        others = {}
        for one in group:
            others.setdefault(one.value, one)
        del others[used.value]
        for other in others.values():
            found = _judged(plan, row, _with_other(tables, group, other))
            if _side(found.status) == "not assessable" != _side(main.status):
                continue
            variant = {main.baseline_year: "baseline figure", main.horizon: "horizon figure"}
            words = tuple(_figure_words(tables, used, other, lang) for lang in ("en", "zh"))
            out.append(_row(variant.get(used.year, "figure"), words, other.value, found, main))
    return out


def _with_other(tables, group, other):
    """The tables with one reading of a figure in the place of all others."""
    left_out = {one.place for one in group if one is not other}
    rows = [one for one in tables.observed if one.place not in left_out]
    varied = tables.with_observed([one._replace(default=True) if one is other else one for one in rows])
    varied.made.update(untouched(tables, group))
    return varied


def _years_used(row, tables, main):
    """Years whose figures the main reading rests on."""
    clause = clause_of(row, tables=tables)
    if row["kind"] in (*VALUE_KINDS, "direction", "relative_level"):
        return [year for year in (main.baseline_year, main.actual_year, clause.horizon) if year is not None]
    return list(range(clause.first_year - 1, clause.horizon + 1))


def _figure_words(tables, used, other, language):
    name, year = tables.name(used.area, language), used.year
    values = [format_value(one.value, one.unit, language) for one in (other, used)]
    if values[0] == values[1]:
        values = [format_value(one.value, one.unit, language, decimals=5) for one in (other, used)]
    if language == "zh":
        when = other.vintage or "未注明日期"
        return f"{name}{year}年取{values[0]}（{when}，{other.source}，{other.grade}级），而非{values[1]}"
    when = other.vintage or "undated"
    return f"{name} {year} as {values[0]} ({when}, {other.source}, grade {other.grade}), not {values[1]}"


def _roundings(row, tables, main):
    """Whether the verdict holds by figures rounded to whole numbers, one decimal, or as the target is written."""
    if main.status not in ("met", "missed") or main.actual is None or main.required is None:
        return []
    clause = clause_of(row, tables=tables)
    places = {1: None, 0: None}
    if row["kind"] in ("level", "share", "count") and main.required:
        places[-_last_place(main.required)] = "target"
    out, seen = [], {main.actual}
    for place, why in sorted(places.items(), reverse=True):
        value = round(main.actual, place)
        required = round(main.required, place) if row["kind"] == "relative_growth" else main.required
        if value in seen:
            continue
        seen.add(value)
        status = "met" if clause.holds(value, required) else "missed"
        step = 10.0**-place
        words = tuple(_rounding_words(main, step, why, lang) for lang in ("en", "zh"))
        out.append(("rounding", *words, value, main.unit, status, value - required, status != main.status))
    return out


def _last_place(number):
    """Power of ten of the last digit other than zero: 4 for 10,000, 0 for 85, -1 for 7.7."""
    digits = f"{abs(number):.6f}".rstrip("0")
    whole, decimals = digits.split(".")
    return -len(decimals) if decimals else len(whole) - len(whole.rstrip("0"))


def _rounding_words(main, step, why, language):
    unit = "pp" if main.unit == "%" else main.unit
    shown = format_value(step, unit, language, decimals=max(0, -_last_place(to_unit(step, unit, language))))
    if language == "zh":
        return f"数据取整到{shown}" + ("（与目标的写法一致）" if why else "")
    return f"figure rounded to the nearest {shown}" + (", as the target is written" if why else "")


def _methods(plan, tables, main):
    """Status by each published method; it differs where one says met and the other does not."""
    out = []
    for name, found in assess_by_methods(plan, main, tables=tables).items():
        value = found.numbers["latest"]
        gap = math.nan if value is None else value - main.required
        told = "not assessable" not in (_side(main.status), found.status)
        differs = told and (found.status == "met") != (main.status == "met")
        change = (f"by {_METHOD_NAMES[name]}", f"按{_METHOD_NAMES[name]}方法")
        out.append(("method", *change, value, main.unit, found.status, gap, differs))
    return out
