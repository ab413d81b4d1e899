"""Whether the figures agree with one another: every relation the codebook allows, with its tolerance.

A difference beyond the tolerance is a fault, unless ``data/exceptions.csv`` names it with its size and a reason;
one that is named there and no longer occurs, or has another size, is a fault too.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from checks import changes, sums
from checks.result import Check
from checks.sums import Comparison
from lnregions.errors import DataError, Fault, add_messages, refuse_any, shown_path
from lnregions.paths import data_dir
from lnregions.tables.codebook import load_areas, load_breaks, load_indicators, load_sources, region_codes
from lnregions.tables.tables import check_references, read_lines

__all__ = ["RELATIONS", "Relation", "check_consistency", "compare_figures", "load_exceptions"]

add_messages(
    {
        "inconsistent": (
            "not so that {relation}: {area} {value} {year} ({reading}) is {found} against {expected}, a difference "
            "of {difference} where {low} to {high} {unit} is allowed",
            "Correct the figure, or name the difference with its reason in data/exceptions.csv",
        ),
        "exception gone": (
            "the exception {value} names a difference of {stated}, but {found}",
            "Take the row out, or state the difference that is there",
        ),
    }
)


@dataclass(frozen=True)
class Relation:
    """A relation between figures: what holds, how it is computed, what the tolerance rests on."""

    name: tuple[str, str]
    compare: Callable[..., list[Comparison]]
    with_breaks: bool = False


RELATIONS: dict[str, Relation] = {
    "release-industries": Relation(
        ("the three sectors of a release sum to its GDP, within rounding",
         "同一来源三次产业之和等于地区生产总值（舍入误差内）"),
        sums.industries_of_a_release,
    ),
    "default-industries": Relation(
        ("the three sectors used by default sum to the GDP used by default, within 0.05 %",
         "默认采用的三次产业之和等于默认采用的地区生产总值（0.05%以内）"),
        sums.industries_by_default,
    ),
    "cities-sum": Relation(
        ("all cities sum to their province, within 0.05 %", "各市之和等于全省（0.05%以内）"),
        sums.cities_of_the_province,
    ),
    "part-of-whole": Relation(
        ("no area has more than the area it lies in", "任何地区不大于其上级地区"), sums.parts_within_the_whole
    ),
    "province-rate": Relation(
        ("the province's rate is its cities' weighted mean: urbanisation within 0.05 points, real growth within 0.5",
         "全省比率等于各市加权平均：城镇化率0.05个百分点以内，实际增速0.5个百分点以内"),
        sums.rates_of_the_province,
    ),
    "shares-in-order": Relation(
        ("manufacturing is no larger than industry, industry no larger than the secondary sector",
         "制造业占比不大于工业占比，工业占比不大于第二产业占比"),
        sums.shares_in_order,
    ),
    "gdp-a-head": Relation(
        ("GDP a head of a city is 0.3 to 2.5 times its province's", "各市人均地区生产总值为全省的0.3至2.5倍"),
        sums.gdp_a_head,
    ),
    "level-growth": Relation(
        ("GDP at current prices grows by -5 to +6.5 points more than real GDP, within a segment",
         "同一统计口径内，地区生产总值现价增速与实际增速之差在-5至6.5个百分点之间"),
        changes.growth_of_levels, True,
    ),
    "rate-of-levels": Relation(
        ("a published rate is the growth of its levels: trade within 5 points, investment and tourism within 1",
         "公布增速等于水平值的增长：进出口5个百分点以内，外资和旅游1个百分点以内"),
        changes.rates_of_levels, True,
    ),
    "jump": Relation(
        ("no figure jumps from the year before where no break is listed", "未列明口径变化处，数据无跳变"),
        changes.jumps, True,
    ),
    "readings": Relation(
        ("other readings of a figure are the same but for rounding, or a revision of up to 3 %",
         "同一数据的其他读数除舍入外相同，或为3%以内的修订"),
        changes.readings_agree, True,
    ),
}  # fmt: skip
"""Relations by their code in ``data/exceptions.csv``."""

NOT_POSSIBLE = {
    ("urban and rural population sum to the population", "城镇与乡村人口之和等于常住人口"): (
        "the tables have no urban or rural population, only the rate", "数据表没有城镇、乡村人口数，只有城镇化率",
    ),
    ("exports and imports sum to trade", "出口与进口之和等于进出口总额"): (
        "the tables have the total only", "数据表只有总额",
    ),
    ("parts of a year are no more than the year", "年内累计数不大于全年数"): (
        "the tables hold whole years only", "数据表只有全年数",
    ),
    ("published GDP a head is GDP divided by population", "公布的人均地区生产总值等于总量除以人口"): (
        "no published GDP a head is among the figures", "数据中没有公布的人均地区生产总值",
    ),
    ("foreign investment in yuan is that in dollars at the year's exchange rate", "外资人民币数等于美元数乘以汇率"): (
        "the tables hold no exchange rate, and one year only has both", "数据表没有汇率，且只有一年两种币值俱全",
    ),
    ("forest stock is forest area times stock an area", "森林蓄积量等于森林面积乘以单位蓄积"): (
        "the tables hold no forest area and no land area", "数据表没有森林面积和土地面积",
    ),
}  # fmt: skip
"""Relations that cannot be checked, and why."""
_SAME = {"rel_tol": 1e-4, "abs_tol": 0.005}


def load_exceptions(*, path: Path | None = None) -> pd.DataFrame:
    """Return the differences between figures that are known, each by name with its reason.

    Returns
    -------
    pandas.DataFrame
        Columns ``check`` (a code of `RELATIONS`), ``area``, ``indicator``, ``year``, ``reading`` (source of the
        figure compared, with its vintage where it matters), ``difference`` (in ``unit``), ``unit``, ``explained``
        (whether the sources explain it), ``reason_zh``, ``reason_en``, ``source``.

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> rows = load_exceptions()
    >>> bool(rows.duplicated(["check", "area", "indicator", "year", "reading"]).any())
    False
    """
    path = Path(path) if path is not None else data_dir() / "exceptions.csv"
    frame, lines = read_lines(path, "exceptions")
    choices = {
        "area": [*load_areas()["area"], *region_codes()],
        "indicator": load_indicators()["indicator"],
        "source": load_sources()["source"],
    }
    refuse_any(check_references(frame, choices, path=shown_path(path), lines=lines))
    return frame


def compare_figures(
    observations: pd.DataFrame,
    relation: str,
    *,
    areas: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> list[Comparison]:
    """Every comparison of one relation, those that hold and those that do not.

    Parameters
    ----------
    observations : pandas.DataFrame
        From :func:`lnregions.load_observations`, shipped or your own.
    relation : str
        A code of `RELATIONS`.
    areas, breaks : pandas.DataFrame, optional
        The shipped ones if not given.

    Examples
    --------
    >>> from lnregions.tables.observations import load_observations
    >>> found = compare_figures(load_observations(), "part-of-whole")
    >>> all(one.holds for one in found)
    True
    """
    areas = load_areas() if areas is None else areas
    own = RELATIONS[relation]
    if not own.with_breaks:
        return own.compare(observations, areas)
    return own.compare(observations, areas, load_breaks() if breaks is None else breaks)


def check_consistency(
    observations: pd.DataFrame,
    *,
    exceptions: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    breaks: pd.DataFrame | None = None,
) -> list[Check]:
    """Check figures against one another: one check a relation, with its count.

    Parameters
    ----------
    observations : pandas.DataFrame
        From :func:`lnregions.load_observations`; figures of your own work as well.
    exceptions : pandas.DataFrame, optional
        Differences that are known, from :func:`load_exceptions`; none are if not given.
    areas, breaks : pandas.DataFrame, optional
        The shipped ones if not given.

    Returns
    -------
    list of Check
        One for each of `RELATIONS`, then those that cannot be made, with the reason.
    """
    known = {} if exceptions is None else _by_name(exceptions)
    checks = []
    for code, relation in RELATIONS.items():
        found = compare_figures(observations, code, areas=areas, breaks=breaks)
        named = {key: row for key, row in known.items() if key[0] == code}
        faults, excepted = _judge(code, found, named)
        checks.append(Check("consistency", relation.name, len(found), tuple(faults), excepted))
    for name, why in NOT_POSSIBLE.items():
        checks.append(Check("consistency", name, 0, why_none=why))
    return checks


def _by_name(exceptions):
    columns = ["check", "area", "indicator", "year", "reading"]
    unknown = set(exceptions["check"]) - set(RELATIONS)
    if unknown:
        raise DataError(
            f"The exceptions name the check {sorted(unknown)[0]!r}, which there is not. "
            f"Choose one of {', '.join(RELATIONS)}.",
        )
    return {tuple(row[name] for name in columns): row for _, row in exceptions.iterrows()}


def _judge(code, found, named):
    """Faults of one relation and the number of named exceptions among the comparisons."""
    faults, met = [], set()
    for one in found:
        key = (code, one.area, one.indicator, one.year, one.reading)
        if key in named and math.isclose(one.difference, named[key]["difference"], **_SAME):
            if not one.holds:
                met.add(key)
        elif not one.holds:
            faults.append(_fault(code, one))
    for key, row in named.items():
        if key not in met:
            now = [one for one in found if (code, one.area, one.indicator, one.year, one.reading) == key]
            faults.append(_gone(key, row, now))
    return faults, len(met)


def _fault(code, one):
    shown = {
        name: f"{getattr(one, name):,.6g}" for name in ("found", "expected", "difference", "low", "high")
    }
    name, name_zh = RELATIONS[code].name
    words = {
        "relation": name,
        "relation_zh": name_zh,
        "area": one.area,
        "year": one.year,
        "reading": one.reading,
    }
    return Fault(
        "inconsistent", column=code, extra={"value": one.indicator, "unit": one.unit, **words, **shown}
    )


def _gone(key, row, now):
    said = (f"it is {now[0].difference:,.6g}", f"实际为 {now[0].difference:,.6g}") if now else (
        "nothing of that name is compared", "没有这一比较")  # fmt: skip
    words = {"stated": f"{row['difference']:,.6g}", "found": said[0], "found_zh": said[1]}
    return Fault("exception gone", "data/exceptions.csv", value=" ".join(map(str, key)), extra=words)
