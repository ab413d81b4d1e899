"""Evaluators of clauses that ask for growth a year, of its own or against a benchmark area."""

import itertools
from dataclasses import dataclass, field, replace

from lnregions.assess.clause_parts import (
    Clause,
    FigureRow,
    Figures,
    both,
    close,
    frame_of,
    joined_sources,
    keep_open,
    mean_rate,
    no_benchmark,
    plan_years,
    rates_text,
    rows_used,
    without_figures,
)
from lnregions.assess.growth import chained
from lnregions.words import format_value


def growth_rates(figures: Figures, *, measure: str) -> tuple[FigureRow, ...]:
    """Yearly growth in per cent: the figures themselves, or steps of levels within one segment.

    All rates are of one segment. A step across a break or a missing year has no rate, nor has one from a level that
    is not above zero or to one below.
    """
    rows = sorted(figures.rows, key=lambda row: row.year)
    if measure == "growth":
        return tuple(row._replace(segment=0, vintage="") for row in rows)
    return tuple(_step(*pair) for pair in itertools.pairwise(rows) if _is_step(*pair))


def _is_step(before, after):
    """Whether growth may be worked out from one figure to the next."""
    joined = after.year - before.year == 1 and after.segment == before.segment
    return joined and before.value > 0 and after.value >= 0


def _step(before, after):
    """Growth from one figure to the next, as well attested as the weaker of them."""
    rate, sources = (after.value / before.value - 1) * 100, joined_sources((before.source, after.source))
    return FigureRow(after.year, rate, 0, max(before.grade, after.grade), "", sources)


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
    rows = sorted(figures.rows, key=lambda row: row.year)
    inside = [row for row in rows if clause.baseline_year <= row.year <= clause.horizon]
    if len({row.segment for row in inside}) < 2:
        return None
    before = [row for row in rows if row.segment == inside[0].segment]
    start, own = before[-1], {row.year: row for row in rates.rows}
    years = []
    while start.year + len(years) + 1 in own:
        years.append(start.year + len(years) + 1)
    growth = {year: float(own[year].value) for year in years}
    stop = start.year + len(years) + 1
    reason = (f"no published real growth for {stop}", f"{stop}年实际增速未见公布")
    holes = dict.fromkeys(range(stop, max(stop, rows[-1].year, clause.horizon) + 1), reason)
    linked = Figures((*before, *_carried(start, growth, own)), figures.coverage, holes, figures.name)
    numbers = {f"value {start.year}": float(start.value)}
    numbers |= {f"real growth {year}": rate for year, rate in growth.items()}
    return linked, Link(start.year, _link_text(clause, start, growth), numbers)


def _carried(start, growth, rates):
    """Rows of the linked years, each resting on the level and on all rates up to it."""
    levels, used, out = chained(growth, base=float(start.value))[1:], [start], []
    for year, level in zip(growth, levels, strict=True):
        used.append(rates[year])
        grade, sources = max(row.grade for row in used), joined_sources(row.source for row in used)
        out.append(FigureRow(year, level, start.segment, grade, "", sources))
    return out


def _link_text(clause, start, growth):
    """The link in words: the level it starts from and the growth of each year."""
    year = start.year
    level = [format_value(float(start.value), clause.unit, lang) for lang in ("en", "zh")]
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
    rates = figures.rows if clause.measure == "growth" else growth_rates(figures, measure=clause.measure)
    years = plan_years(clause)
    known = sorted(rates, key=lambda row: row.year)
    return {row.year: float(row.value) for row in known if row.year in years}
