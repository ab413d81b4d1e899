"""What the evaluators of clauses share: the clause, its figures, and the wording of reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from lnregions.assess.growth import mean_growth
from lnregions.assess.verdicts import Verdict
from lnregions.words import format_value

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
}
_TYPES = {"year": int, "value": float, "segment": int, "grade": str, "vintage": str, "source": str}
EMPTY = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
"""Frame of no figures."""


class FigureRow(NamedTuple):
    """One figure of a series."""

    year: int
    value: float
    segment: int
    grade: str
    vintage: str
    source: str


@dataclass(frozen=True)
class Clause:
    """What a plan asks for, as the evaluators need it.

    `measure` is the indicator's: ``level``, ``growth`` or ``share``; `direction` is ``up`` or ``down``;
    `decimals` are those that reasons print, where they are not to follow the value.
    """

    target: str
    region: str
    area: str
    kind: str
    indicator: str
    comparator: str
    value: float
    unit: str
    horizon: int
    first_year: int
    baseline_year: int
    strength: str = "commit"
    measure: str = "level"
    direction: str = "up"
    decimals: int | None = None

    def holds(self, value: float, against: float) -> bool:
        """Whether `value` fulfils the clause when `against` is asked for."""
        return _COMPARE[self.comparator](value, against)


@dataclass(frozen=True)
class Figures:
    """Figures of one area and indicator, a row a year, and what lacks.

    `coverage` and the reasons in `holes` (year -> text) are pairs of English and Chinese.
    """

    rows: tuple[FigureRow, ...] = ()
    coverage: tuple[str, str] = ("", "")
    holes: dict[int, tuple[str, str]] = field(default_factory=dict)
    name: tuple[str, str] = ("", "")

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The figures as a frame ``year value segment grade vintage source``; nothing may be written into it."""
        return pd.DataFrame(self.rows, columns=EMPTY.columns) if self.rows else EMPTY.copy()

    def value_of(self, year: int) -> float | None:
        """Value of one year, or None."""
        return next((float(row.value) for row in self.rows if row.year == year), None)

    def segment_of(self, year: int) -> int | None:
        """Number of the segment that a year lies in, or None where it has no figure."""
        return next((row.segment for row in self.rows if row.year == year), None)

    def latest(self, *, until: int) -> int | None:
        """Latest year with a figure, not after `until`."""
        return max((row.year for row in self.rows if row.year <= until), default=None)

    def hole(self, year: int) -> tuple[str, str]:
        """Why a year has no figure."""
        plain = (f"no figure for {year}", f"{year}年暂无数据")
        return self.holes.get(year, plain)


def plan_years(clause):
    """Years of the plan, first to horizon."""
    return range(clause.first_year, clause.horizon + 1)


def frame_of(clause, figures, reading):
    """What every verdict on the clause carries."""
    own = ("target", "region", "area", "indicator", "kind", "unit", "horizon", "strength")
    return {k: getattr(clause, k) for k in own} | {
        "reading": reading,
        "coverage": figures.coverage[0],
        "numbers": {},
    }


def baseline_of(clause, figures):
    """The baseline's year and value; where the year has no figure, the next later one before the horizon."""
    years = [row.year for row in figures.rows if clause.baseline_year <= row.year < clause.horizon]
    if not years:
        return {"baseline_year": None, "baseline": None, "numbers": {}}
    year = min(years)
    value = figures.value_of(year)
    return {"baseline_year": year, "baseline": value, "numbers": {f"baseline {year}": value}}


def rows_used(figures, years, *, beside=None):
    """Weakest grade and all sources of the years used, with those of the figures they are compared with."""
    asked = set(years)
    rows = [row for one in (figures, beside) if one is not None for row in one.rows if row.year in asked]
    if not rows:
        return {}
    return {"grade": max(row.grade for row in rows), "sources": joined_sources(row.source for row in rows)}


def joined_sources(ids):
    """Source ids of several figures, each once, in order."""
    return " ".join(sorted({source for one in ids for source in one.split()}))


def same_segment(figures, year):
    """Rows that may be compared with those of `year`."""
    segment = figures.segment_of(year)
    return tuple(row for row in figures.rows if row.segment == segment)


def break_between(figures, first, last):
    """Whether the series breaks between two of its years."""
    return len({row.segment for row in figures.rows if row.year in (first, last)}) > 1


def mean_rate(rates, years):
    """Geometric mean of the rates of the years given, which need not follow on one another."""
    return float(mean_growth([rates[year] for year in years]).geometric)


def without_figures(clause, figures, verdict, closed, *, beside=("", "")):
    """No figure in the plan's years: what there is before, after and beside them."""
    first, last = clause.first_year, clause.horizon
    texts = [(f"no figure for {first}-{last}", f"{first}-{last}年暂无数据")]
    texts += list(dict.fromkeys(figures.hole(y) for y in plan_years(clause) if y in figures.holes))[:1]
    earlier = figures.latest(until=first - 1)
    if earlier is not None:
        texts.append(value_text(clause, earlier, figures.value_of(earlier)))
    later = min((row.year for row in figures.rows if row.year > last), default=None)
    if later is not None:
        texts.append(value_text(clause, later, figures.value_of(later)))
    closing = "not assessable" if closed else ""
    used = [verdict.get("baseline_year"), earlier, later]
    sources = {"sources": rows_used(figures, used).get("sources", "")}
    return Verdict(**verdict | sources | {"status": "no data", "closing": closing} | both(*texts, beside))


def close(verdict, status, said):
    """The verdict once the horizon is past."""
    return Verdict(**verdict | {"status": status, "closing": status} | said)


def keep_open(verdict, status, said):
    """The verdict while the plan runs."""
    return Verdict(**verdict | {"status": status, "closing": ""} | said)


def both(*texts):
    """Reasons joined, in both languages, as the fields of a verdict."""
    english = "; ".join(t[0] for t in texts if t[0])
    chinese = "；".join(t[1] for t in texts if t[1])
    return {"reason_en": english[:1].upper() + english[1:], "reason_zh": chinese}


def value_text(clause, year, value):
    """A year and its value in words."""
    english, chinese = (
        format_value(value, clause.unit, lang, decimals=clause.decimals) for lang in ("en", "zh")
    )
    return f"{year}: {english}", f"{year}年：{chinese}"


def gap_text(clause, gap):
    """The gap in words, in percentage points for shares and rates."""
    unit = "pp" if clause.unit == "%" else clause.unit
    english, chinese = (
        format_value(gap, unit, lang, sign=True, decimals=clause.decimals) for lang in ("en", "zh")
    )
    return f"gap {english}", f"差距{chinese}"


def rates_text(years, actual, required):
    """Mean growth seen and needed in words."""
    span = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
    words = {
        lang: [format_value(rate, "%", lang, decimals=2) for rate in (actual, required)]
        for lang in ("en", "zh")
    }
    return (
        f"{span}: {words['en'][0]} a year against {words['en'][1]}",
        f"{span}年：年均{words['zh'][0]}，比较值{words['zh'][1]}",
    )


def no_benchmark(years):
    """Years for which the benchmark has no figure, in words."""
    listed = ", ".join(str(year) for year in years)
    return f"no benchmark figure for {listed}", f"{listed.replace(', ', '、')}年缺少比较基准数据"
