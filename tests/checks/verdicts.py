"""Whether every number of every verdict goes back to observations or to the clause, and its sources are listed."""

import math
import re
from collections import Counter

import pandas as pd

from checks.result import Check
from checks.traces import Trace, Tracer
from lnregions.assess import GROWTH_OF, REAL_GROWTH, Verdict, judge_all, load_tables
from lnregions.errors import Fault, add_messages
from lnregions.tables.codebook import load_sources
from lnregions.tables.plans import list_plans, load_plan

__all__ = ["check_verdicts"]

GROWING = ("growth", "average_growth", "relative_growth")
_OF_YEAR = re.compile(r"(.+) (\d{4})")
_SAME = {"rel_tol": 1e-9, "abs_tol": 1e-9}

add_messages(
    {
        "verdict": ("the verdict on {target} ({reading}): {quantity} {value} {text}",
                   "Find the figure, the clause or the formula that it rests on"),
    }
)  # fmt: skip


def check_verdicts(*, as_of: str = "") -> list[Check]:
    """Trace every number of every verdict, under every reading, for every plan.

    Returns
    -------
    list of Check
        One, with how many numbers are figures, the clause's own, and formulas over figures.
    """
    counts, faults, known = Counter(), [], set(load_sources()["source"])
    for name in list_plans():
        plan = load_plan(name)
        tracer = Tracer(plan, load_tables(plan, as_of=as_of))
        ids = known | set(plan.sources["source"])
        targets = plan.targets.set_index("target")
        codes = dict(zip(plan.areas["short_en"], plan.areas["area"], strict=True))
        for verdict in judge_all(plan, as_of=as_of):
            book = _Book(verdict, targets.loc[verdict.target], tracer, ids, codes)
            faults += book.faults()
            counts.update(book.counts)
    name = (
        f"every number of a verdict goes back to its source: {counts['figure']} are figures, {counts['clause']} of "
        f"the clause, {counts['formula']} formulas over figures, and the verdict lists their sources",
        f"判断中的每个数字均可追溯：{counts['figure']}个为数据，{counts['clause']}个出自条文，"
        f"{counts['formula']}个为算式所得，来源均已列出",
    )
    return [Check("verdicts", name, sum(counts.values()) + len(faults), tuple(faults))]


class _Book:
    """Numbers of one verdict and what each rests on."""

    def __init__(
        self, verdict: Verdict, target: pd.Series, tracer: Tracer, ids: set[str], codes: dict[str, str]
    ):
        self.verdict, self.target, self.tracer, self.codes = verdict, target, tracer, codes
        self.listed = set(verdict.sources.split()) & ids
        self.unknown = set(verdict.sources.split()) - ids
        numbers = ("baseline", "actual", "required", "baseline_year", "actual_year", "horizon")
        self.own = {name: _or_nan(getattr(verdict, name)) for name in numbers}
        self.counts = Counter()

    def faults(self) -> list[Fault]:
        """What is wrong with the verdict's numbers; counts the others."""
        verdict, out = self.verdict, []
        own = {name: getattr(verdict, name) for name in ("baseline", "actual", "required", "gap")}
        for name, value in [*own.items(), *verdict.numbers.items()]:
            if value is None or isinstance(value, str) or pd.isna(value):
                continue
            found = self._found(name, float(value))
            listed = [trace for trace in found if trace.listed_in(self.listed)]
            if listed:
                self.counts[listed[0].kind] += 1
            else:
                text = ("rests on a source that is not listed", "所依据的来源未列出") if found else (
                    "goes back to no figure", "无法追溯")  # fmt: skip
                out.append(self._fault(name, f"{value:.6g}", text))
        out += [
            self._fault("source", one, ("is not in the table of sources", "不在来源表中"))
            for one in self.unknown
        ]
        return out

    def _fault(self, quantity, value, text):
        words = {"target": self.verdict.target, "reading": self.verdict.reading, "quantity": quantity}
        return Fault("verdict", extra={**words, "value": value, "text": text[0], "text_zh": text[1]})

    def _found(self, name: str, value: float) -> list[Trace]:
        """Ways in which a number is a figure, the clause's or a formula; none where it is nothing."""
        verdict, growing = self.verdict, self.verdict.kind in GROWING
        hit = _OF_YEAR.fullmatch(name)
        if hit:
            return self._of_year(hit[1], int(hit[2]), value)
        if name in ("actual", "mean growth") and growing:
            return self._if(value, _mean(self._rates("growth")))
        if name in ("required", "mean needed") and growing:
            return self._if(value, _mean(self._rates("needed")))
        if name == "gap":
            start = self.own["baseline" if verdict.kind == "direction" else "required"]
            return self._if(value, self.own["actual"] - start)
        if name == "change":
            return self._if(value, self.own["actual"] - self.own["baseline"])
        if name == "baseline":
            return self._level(value, verdict.baseline_year)
        if name == "actual":
            return self._level(value, verdict.actual_year)
        if name == "multiple":
            return [Trace("clause", ())] if math.isclose(value, self._multiple(), **_SAME) else []
        return self._asked(value) if name == "required" else self._of_method(name, value)

    def _of_method(self, name: str, value: float) -> list[Trace]:
        """A number of the Open SDG method: one of the verdict's own once more, or growth between two of them."""
        own = self.own
        again = {
            "asked": "baseline_year",
            "latest_year": "actual_year",
            "latest": "actual",
            "target": "required",
        }
        if name in again or name in own:
            return self._if(value, own[again.get(name, name)])
        if name == "direction":
            return [Trace("clause", ())] if value in (1, -1) else []
        ends = {"cagr_observed": ("actual", "actual_year"), "cagr_required": ("required", "horizon")}
        if name not in ends or not own["baseline"]:
            return []
        end, year = (own[one] for one in ends[name])
        return self._if(value, (end / own["baseline"]) ** (1 / (year - own["baseline_year"])) - 1)

    def _of_year(self, name: str, year: int, value: float) -> list[Trace]:
        """A number of a year: a level, a rate, what is needed, or a member's own figure."""
        if name in ("baseline", "value"):
            return self._level(value, year)
        if name == "real growth":
            return self._growth(value, self.verdict.area, year, (REAL_GROWTH[self.verdict.indicator],))
        if name == "growth":
            return self._growth(value, self.verdict.area, year, self._indicators())
        if name == "needed":
            benchmark = str(self.target["benchmark"] or "")
            asked = [Trace("clause", ())] if value == self.target["value"] else []
            return asked or self._growth(value, benchmark, year, self._indicators())
        area = self.codes.get(name, "")
        ways = (self.tracer.figure(value, area, indicator=one, year=year) for one in self._indicators())
        return [trace for found in ways for trace in found]

    def _indicators(self) -> tuple[str, ...]:
        ways = GROWTH_OF.get(self.verdict.indicator, {}).values()
        return tuple(dict.fromkeys([self.verdict.indicator, *(one for way in ways for one in way)]))

    def _growth(self, value, area, year, indicators) -> list[Trace]:
        ways = (self.tracer.growth(value, area, indicator=one, year=year) for one in indicators)
        return [trace for found in ways for trace in found]

    def _level(self, value: float, year: int) -> list[Trace]:
        """A level of the verdict's area: a figure, or one carried on by real growth over a break."""
        found = self.tracer.figure(value, self.verdict.area, indicator=self.verdict.indicator, year=year)
        carried = self._rates("real growth")
        if found or not carried:
            return found
        start = min(carried) - 1
        level = self.verdict.numbers.get(f"value {start}", math.nan)
        grown = level * math.prod(1 + rate / 100 for one, rate in carried.items() if one <= year)
        return self._if(value, grown)

    def _asked(self, value: float) -> list[Trace]:
        """What the clause asks for: its value, a multiple of the baseline, or the benchmark's figure."""
        kind, benchmark = self.verdict.kind, str(self.target["benchmark"] or "")
        if kind == "relative_level":
            year = self.verdict.horizon
            return self.tracer.figure(value, benchmark, indicator=self.verdict.indicator, year=year)
        if kind in ("doubling", "cumulative_growth"):
            return self._if(value, self.own["baseline"] * self._multiple())
        return [Trace("clause", ())] if math.isclose(value, self.target["value"], **_SAME) else []

    def _multiple(self) -> float:
        asked = self.target["value"]
        return (
            1 + asked / 100 if self.verdict.kind == "cumulative_growth" else 2.0 if pd.isna(asked) else asked
        )

    def _rates(self, name: str) -> dict[int, float]:
        """Numbers of one name by year; of growth and need the years that both have, and the reading asks about."""
        named = {one: self._named(one) for one in ("growth", "needed", name)}
        if name not in ("growth", "needed"):
            return named[name]
        both = sorted(set(named["growth"]) & set(named["needed"]))
        last = self.verdict.reading.startswith("last year")
        asked = [year for year in both if year == self.verdict.horizon] if last else both
        return {year: named[name][year] for year in asked or both[-1:]}

    def _named(self, name: str) -> dict[int, float]:
        hits = ((_OF_YEAR.fullmatch(key), value) for key, value in self.verdict.numbers.items())
        return {int(hit[2]): value for hit, value in hits if hit and hit[1] == name}

    def _if(self, value: float, formula: float) -> list[Trace]:
        return [Trace("formula", ())] if math.isclose(value, formula, **_SAME) else []


def _mean(rates: dict[int, float]) -> float:
    """Geometric mean of rates in per cent."""
    if not rates:
        return math.nan
    return (math.prod(1 + rate / 100 for rate in rates.values()) ** (1 / len(rates)) - 1) * 100


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
