"""Evaluators of clauses that ask for growth a year, of its own or against a benchmark area."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from lnregions._clause_parts import (
    Clause,
    Figures,
    both,
    close,
    frame_of,
    keep_open,
    mean_rate,
    no_benchmark,
    plan_years,
    rates_text,
    rows_used,
    without_figures,
)
from lnregions._words import format_value
from lnregions.growth import real_level


def growth_rates(figures: Figures, *, measure: str) -> pd.DataFrame:
    """Yearly growth in per cent: the figures themselves, or steps of levels within one segment.

    Returns columns ``year rate grade source``; a step across a break or a missing year has no rate, nor has one
    from a level that is not above zero or to one below.
    """
    frame = figures.frame.sort_values("year")
    if measure == "growth":
        frame = frame.rename(columns={"value": "rate"})
        return frame[["year", "rate", "grade", "source"]].reset_index(drop=True)
    columns = [frame[name].tolist() for name in ("year", "segment", "value", "grade", "source")]
    rows = list(zip(*columns, strict=True))
    joined = [place for place in range(1, len(rows)) if _is_step(rows[place - 1], rows[place])]
    pairs = [(rows[place - 1], rows[place]) for place in joined]
    weaker = [place - (before[3] > after[3]) for place, (before, after) in zip(joined, pairs, strict=True)]
    return pd.DataFrame({
        "year": frame["year"].iloc[joined].array,
        "rate": np.array([(after[2] / before[2] - 1) * 100 for before, after in pairs], float),
        "grade": frame["grade"].iloc[weaker].array,
        "source": [_joined((before[4], after[4])) for before, after in pairs],
    })  # fmt: skip


def _is_step(before, after):
    """Whether growth may be worked out from one row of year, segment and value to the next."""
    return after[0] - before[0] == 1 and after[1] == before[1] and before[2] > 0 and after[2] >= 0


def _joined(sources):
    """Source ids of several figures, each once."""
    return " ".join(sorted({one for ids in sources for one in str(ids).split()}))


@dataclass(frozen=True)
class Link:
    """How a level was carried over a break: the year it starts from, in words, and the numbers used."""

    year: int
    text: tuple[str, str]
    numbers: dict


def link_by_growth(figures: Figures, rates: Figures, *, clause: Clause) -> tuple[Figures, Link] | None:
    """Levels carried by published real growth over a break between the clause's baseline and horizon.

    The level of the last year before the break goes on at that year's prices as far as there is a rate for every
    year; from the first year without one there is no figure, for that reason. None where the series does not
    break.
    """
    frame = figures.frame.sort_values("year")
    inside = frame[frame["year"].between(clause.baseline_year, clause.horizon)]
    if inside["segment"].nunique() < 2:
        return None
    before = frame[frame["segment"] == inside["segment"].iloc[0]]
    start = before.iloc[-1]
    first, own = int(start["year"]), rates.frame.set_index("year")
    years = []
    while first + len(years) + 1 in own.index:
        years.append(first + len(years) + 1)
    growth = {year: float(own.loc[year, "value"]) for year in years}
    stop = first + len(years) + 1
    reason = (f"no published real growth for {stop}", f"{stop}年实际增速未见公布")
    holes = dict.fromkeys(range(stop, max(stop, int(frame["year"].max()), clause.horizon) + 1), reason)
    parts = [before, _carried(start, growth, own)] if growth else [before]
    frame = pd.concat(parts, ignore_index=True)
    numbers = {f"value {first}": float(start["value"])} | {f"real growth {y}": r for y, r in growth.items()}
    return Figures(frame, figures.coverage, holes, figures.name), Link(
        first, _link_text(clause, start, growth), numbers
    )


def _carried(start, growth, rates):
    """Rows of the linked years, each resting on the level and on all rates up to it."""
    levels = real_level(float(start["value"]), growth).iloc[1:]
    used = [rates.loc[rates.index.isin(range(min(growth), year + 1))] for year in growth]
    return pd.DataFrame({
        "year": list(growth), "value": levels["value"].to_numpy(), "segment": start["segment"],
        "grade": [max(start["grade"], *rows["grade"]) for rows in used], "vintage": "",
        "source": [_joined([start["source"], *rows["source"]]) for rows in used],
    })  # fmt: skip


def _link_text(clause, start, growth):
    """The link in words: the level it starts from and the growth of each year."""
    year = int(start["year"])
    level = [format_value(float(start["value"]), clause.unit, lang) for lang in ("en", "zh")]
    english = ", ".join(f"{y} {_percent(r, 'en')}" for y, r in growth.items()) or "none"
    chinese = "，".join(f"{y}年{_percent(r, 'zh')}" for y, r in growth.items()) or "无"
    return (
        f"{year}: {level[0]} carried on at {year} prices by published real growth ({english})",
        f"{year}年{level[1]}按公布的实际增速推算（{year}年价格；{chinese}）",
    )


def judge_growth(clause, figures, benchmark, closed, reading):
    """So many per cent a year over the plan's years."""
    needed = dict.fromkeys(plan_years(clause), clause.value)
    rates = _Rates(clause, figures, needed, reading or "average", _by_year(clause, figures))
    return _with_sources(rates, _judge(rates, closed))


def judge_relative_growth(clause, figures, benchmark, closed, reading):
    """Growth a year above that of the benchmark area."""
    benchmark = benchmark or Figures()
    needed, seen = (_by_year(clause, one) for one in (benchmark, figures))
    rates = _Rates(clause, figures, needed, reading or "average", seen, benchmark)
    return _with_sources(rates, _judge(rates, closed))


def _with_sources(rates, verdict):
    """The verdict with the sources of every rate among its numbers, also of years that could not be compared."""
    used = rows_used(rates.figures, [*rates.seen, *rates.needed], beside=rates.benchmark).get("sources", "")
    return replace(verdict, sources=" ".join(sorted({*verdict.sources.split(), *used.split()})))


@dataclass(frozen=True)
class _Rates:
    """Growth seen and growth needed in the plan's years, under one reading."""

    clause: Clause
    figures: Figures
    needed: dict[int, float]
    reading: str
    seen: dict[int, float]
    benchmark: Figures = field(default_factory=Figures)

    @property
    def asked(self) -> list[int]:
        """Years that the reading asks about."""
        return [self.clause.horizon] if self.reading == "last year" else list(plan_years(self.clause))

    @property
    def common(self) -> list[int]:
        """Years asked about in which both rates are known; the latest such year where none is."""
        both_known = sorted(set(self.seen) & set(self.needed))
        return [y for y in both_known if y in self.asked] or both_known[-1:]

    def holds(self) -> bool:
        """Whether the years known fulfil the clause."""
        if self.reading == "every year":
            return all(self.clause.holds(self.seen[y], self.needed[y]) for y in self.common)
        return self.clause.holds(*self.means())

    def means(self) -> tuple[float, float]:
        """Mean growth seen and needed over the common years."""
        return mean_rate(self.seen, self.common), mean_rate(self.needed, self.common)


def _judge(rates, closed):
    """Compare yearly growth with what each year needs, under one reading."""
    clause, common = rates.clause, rates.common
    verdict = frame_of(clause, rates.figures, rates.reading) | {"unit": "%", "numbers": _numbers(rates)}
    if not common:
        return _nothing_to_compare(rates, verdict, closed)
    actual, required = rates.means()
    verdict |= rows_used(rates.figures, common, beside=rates.benchmark)
    verdict |= {"actual_year": common[-1], "actual": actual, "required": required, "gap": actual - required}
    verdict["numbers"] |= {"mean growth": actual, "mean needed": required, "gap": actual - required}
    ok, said = rates.holds(), _said(rates, actual, required)
    settled = rates.reading == "every year" and not ok  # no later year can mend one below
    if common == rates.asked or (closed and settled):
        return close(verdict, "met" if ok else "missed", both(said))
    if settled:
        return keep_open(verdict, "missed", both(said))
    if not closed:
        return keep_open(verdict, "on track" if ok else "acceleration needed", both(said))
    return close(verdict, "not assessable", both(*_lacking(rates), said))


def _nothing_to_compare(rates, verdict, closed):
    """No year in which growth and what it needs are both known."""
    beside = (
        _plain(rates.needed, ("benchmark", "比较基准"))
        if rates.clause.kind == "relative_growth"
        else ("", "")
    )
    if not rates.seen:
        return without_figures(rates.clause, rates.figures, verdict, closed, beside=beside)
    verdict |= rows_used(rates.figures, list(rates.seen))
    said = both(*_lacking(rates), _plain(rates.seen, ("growth seen", "已知增速")))
    return close(verdict, "not assessable", said) if closed else keep_open(verdict, "not assessable", said)


def _lacking(rates):
    """Why years asked about cannot be compared: figures that lack, then a benchmark that lacks."""
    missing = [y for y in rates.asked if y not in rates.seen]
    silent = [y for y in rates.asked if y in rates.seen and y not in rates.needed]
    holes = list(dict.fromkeys(rates.figures.hole(y) for y in missing))
    return holes + ([no_benchmark(silent)] if silent else [])


def _said(rates, actual, required):
    """The comparison in words: each year, or the mean of the years."""
    if rates.reading == "every year":
        pairs = [(y, rates.seen[y], rates.needed[y]) for y in rates.common]
        english = ", ".join(f"{y} {_percent(a, 'en')} against {_percent(b, 'en')}" for y, a, b in pairs)
        chinese = "，".join(f"{y}年{_percent(a, 'zh')}（比较值{_percent(b, 'zh')}）" for y, a, b in pairs)
        return english, chinese
    return rates_text(rates.common, actual, required)


def _plain(known, head):
    """Rates by year in words, under a heading; nothing where there is none."""
    if not known:
        return "", ""
    english = ", ".join(f"{y} {_percent(r, 'en')}" for y, r in sorted(known.items()))
    chinese = "，".join(f"{y}年{_percent(r, 'zh')}" for y, r in sorted(known.items()))
    return f"{head[0]}: {english}", f"{head[1]}：{chinese}"


def _percent(rate, language):
    return format_value(rate, "%", language, decimals=2 if rate != round(rate, 1) else 1)


def _numbers(rates):
    seen = {f"growth {y}": r for y, r in rates.seen.items()}
    return seen | {f"needed {y}": r for y, r in sorted(rates.needed.items())}


def _by_year(clause, figures):
    if clause.measure == "growth":
        rates = figures.frame[["year", "value"]].to_numpy(float)
    else:
        rates = growth_rates(figures, measure=clause.measure)[["year", "rate"]].to_numpy(float)
    years = plan_years(clause)
    return {
        int(year): float(rate)
        for year, rate in sorted(rates.tolist(), key=lambda one: one[0])
        if year in years
    }
