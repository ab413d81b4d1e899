"""Whether every number that is drawn goes back to observations whose sources the picture lists.

Each plotting function has its way of being explained; one without is a fault, so that a new kind of picture
cannot come in unchecked.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from checks.drawn import PlotCall, undrawn
from checks.result import Check
from checks.traces import Trace, Tracer, numbers_of
from lnregions.assess.judgement import GROWTH_OF, load_tables, plans_on
from lnregions.assess.outlook import last_segment, project_segment
from lnregions.errors import Fault, add_messages
from lnregions.figures import chart_pictures as city
from lnregions.figures import map_pictures as maps
from lnregions.figures import map_pictures as years
from lnregions.figures.kinds import COMPARING, PLAN_KINDS, REGION_KINDS
from lnregions.tables.codebook import load_sources
from lnregions.tables.plans import list_plans, load_plan

__all__ = ["CITY_KINDS", "EXPLAINERS", "check_pictures"]

PROVINCE = "210000"
CITY_KINDS: dict[str, Callable] = {
    "location": lambda plan, code, **own: maps.draw_city_location(plan, code, **own),
    "gdp": lambda plan, code, **own: city.draw_series(code, "gdp", plan=plan, **own),
    "population": lambda plan, code, **own: city.draw_series(code, "population", plan=plan, **own),
    "growth": lambda plan, code, **own: city.draw_city_growth(code, plan=plan, **own),
    "ranks": lambda plan, code, **own: city.draw_ranks(code, plan=plan, **own),
    "dots": lambda plan, code, **own: city.draw_dots(code, "gdp_growth_real", plan=plan, **own),
}
"""Pictures of one city, as its notebook draws them."""

add_messages(
    {
        "untraced": ("in {picture}: {value} of {place} goes back to no observation",
                   "Find the figure or the formula that it rests on"),
        "source not listed": ("in {picture}: {value} of {place} rests on {ids}, which it does not list",
                   "Add the source of every figure used to the picture's data"),
        "unexplained plot": ("in {picture}: nothing tells how the numbers of {value} are traced",
                   "Add it to EXPLAINERS in lnregions/check_pictures.py"),
    }
)  # fmt: skip


@dataclass
class Book:
    """Numbers of one picture: what they are of, and what was found."""

    name: str
    tracer: Tracer
    listed: set[str]
    indicator: str = ""
    area: str = ""
    target: pd.Series | None = None
    counts: Counter = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    values: set[float] = field(default_factory=set)

    def settle(self, value: float, place: str, found: list[Trace]) -> None:
        """Count a number by what it rests on; a fault where there is nothing, or its source is not listed."""
        self.counts["numbers"] += 1
        self.values.add(float(value))
        words = {"picture": self.name, "place": place, "value": f"{value:.6g}"}
        listed = [trace for trace in found if trace.listed_in(self.listed)]
        if listed:
            self.counts[listed[0].kind] += 1
        elif found:
            lacking = [one for one in found[0].sources if not one & self.listed]
            words["ids"] = " ".join(sorted(set().union(*lacking)))
            self.faults.append(Fault("source not listed", extra=words))
        else:
            self.faults.append(Fault("untraced", extra=words))

    def formula(self, value: float, place: str, holds: bool) -> None:
        """Count a number that is a formula over numbers settled already."""
        self.settle(value, place, [Trace("formula", ())] if holds else [])

    def figures(
        self, frame: pd.DataFrame, column: str = "value", *, area: str = "", growth: bool = False
    ) -> None:
        """Settle every number of a frame with an area (or this one's) and a year a row."""
        indicators = self._indicators() if growth else (self.indicator,)
        for row in numbers_of(frame, column).to_dict("records"):
            own = area or str(row.get("area") or self.area)
            trace = self.tracer.growth if growth else self.tracer.figure
            value, year = float(row[column]), int(row["year"])
            found = [t for one in indicators for t in trace(value, own, indicator=one, year=year)]
            self.settle(value, f"{own} {' or '.join(indicators)} {year}", found)

    def _indicators(self) -> tuple[str, ...]:
        ways = GROWTH_OF.get(self.indicator, {"": (self.indicator,)})
        return tuple(dict.fromkeys(one for way in ways.values() for one in way))


# -- one explainer for each plotting function ---------------------------------------------------------------


def _series(book: Book, given: dict) -> None:
    """Members, slopes, ranks, maps by year: figures as they are."""
    for name in ("series", "values"):
        if name in given:
            book.figures(given[name])
    line = given.get("benchmark")
    if isinstance(line, pd.DataFrame):  # the target, as a line through all years
        goals = set(book.tracer.plan.targets["value"].dropna())
        for value in numbers_of(line)["value"]:
            book.formula(float(value), "target", value in goals)
    elif line:
        year = int(given["values"]["year"].max())
        for value in line.values():
            found = book.tracer.figure(float(value), PROVINCE, indicator=book.indicator, year=year)
            book.settle(float(value), f"{PROVINCE} {book.indicator} {year}", found)


def _trajectory(book: Book, given: dict) -> None:
    """Actual figures, the path between baseline and target, targets of other plans, a projection."""
    actual = given["actual"]
    book.figures(actual)
    _path(book, given.get("path"))
    _goals(book, given.get("target"))
    ahead = given.get("projection")
    if ahead is not None and len(ahead):
        figures = numbers_of(actual)
        measure = book.tracer.indicators.loc[book.indicator, "measure"]
        again = project_segment(last_segment(figures), to=int(ahead["year"].max()), measure=measure).frame
        for column in ("value", "low", "high"):
            for year, value, other in zip(ahead["year"], ahead[column], again[column], strict=True):
                if pd.notna(value):
                    book.formula(float(value), f"projection {year}", math.isclose(value, other, rel_tol=1e-9))


def _path(book: Book, path: pd.DataFrame | None) -> None:
    """Each year of a path: between its ends in equal steps, or at equal rates."""
    if path is None:
        return
    first, last = path.iloc[0], path.iloc[-1]
    book.figures(path.iloc[[0]], "required")
    start, end, span = first["required"], last["required"], last["year"] - first["year"]
    book.formula(end, "end of the path", _is_asked(book, end, start))
    for row in path.iloc[1:].to_dict("records"):
        part = (row["year"] - first["year"]) / span
        straight, curved = start + (end - start) * part, start * (end / start) ** part
        shown = {"required": straight, "low": min(straight, curved), "high": max(straight, curved)}
        for column, value in shown.items():
            if column in row:
                same = math.isclose(row[column], value, rel_tol=1e-9)
                book.formula(row[column], f"path {column} {row['year']}", same)


def _is_asked(book: Book, value: float, start: float) -> bool:
    """Whether the clause asks for a value: its own, or its multiple of the baseline."""
    asked = book.target["value"] if book.target is not None else math.nan
    grown = {"doubling": 2.0 if pd.isna(asked) else asked, "cumulative_growth": 1 + asked / 100}
    kind = book.target["kind"] if book.target is not None else ""
    return math.isclose(value, start * grown[kind] if kind in grown else asked, rel_tol=1e-9)


def _goals(book: Book, goals: object) -> None:
    """Targets that are marked: the clause's own, then those of other plans on the same indicator."""
    goals = [goals] if isinstance(goals, dict) else list(goals or [])
    known = set(plans_on(book.indicator)["value"].dropna()) if goals else set()
    if book.target is not None and pd.notna(book.target["value"]):
        known.add(float(book.target["value"]))
    for goal in goals:
        value = goal.get("value")
        if value is not None and not pd.isna(value):
            book.formula(float(value), "target", any(math.isclose(value, one) for one in known))


def _growth(book: Book, given: dict) -> None:
    """Yearly growth of an area, its benchmark, its members, and the rate asked for."""
    book.figures(given["actual"], growth=True)
    beside = given.get("benchmark")
    if beside is not None:
        area = "" if "area" in beside else str(book.target["benchmark"])
        book.figures(beside, area=area, growth=True)
    if given.get("members") is not None:
        book.figures(given["members"], growth=True)
    _goals(book, given.get("target"))


def _index(book: Book, given: dict) -> None:
    """Growth chained from a base year, for each area and the benchmark."""
    base, beside = given["base_year"], given.get("benchmark")
    for frame in (given["index"], beside if beside is not None else given["index"].iloc[:0]):
        for row in numbers_of(frame).to_dict("records"):
            span = range(base + 1, int(row["year"]) + 1)
            rates = [book.tracer.figures.get((row["area"], "gdp_growth_real", year), []) for year in span]
            found = [Trace("formula", tuple(used)) for used in _chains(rates, float(row["value"]) / 100)]
            book.settle(float(row["value"]), f"{row['area']} index {int(row['year'])}", found)


def _chains(rates: list[list], product: float) -> list[list[frozenset]]:
    """Sources of one rate a year, for every choice of readings whose product is the index."""
    ways = [(1.0, [])]
    for known in rates:
        ways = [
            (so_far * (1 + rate / 100), [*used, sources])
            for so_far, used in ways
            for rate, sources, *_ in known
        ]
    return [used for value, used in ways if math.isclose(value, product, rel_tol=1e-9)]


def _contributions(book: Book, given: dict) -> None:
    """What each member added: the difference of two of its figures from one release."""
    for row in numbers_of(given["contributions"]).to_dict("records"):
        ends = [book.tracer.figures.get((row["area"], book.indicator, int(row[end])), [])
                for end in ("last_year", "first_year")]  # fmt: skip
        found = [
            Trace("formula", (high[1], low[1]))
            for high in ends[0]
            for low in ends[1]
            if math.isclose(high[0] - low[0], row["value"], rel_tol=1e-9, abs_tol=1e-9)
        ]
        book.settle(
            row["value"], f"{row['area']} {book.indicator} {row['first_year']}-{row['last_year']}", found
        )


def _change(book: Book, given: dict) -> None:
    """Change between two figures: in per cent for amounts, in points for rates."""
    amount = book.tracer.indicators.loc[book.indicator, "measure"] == "level"
    for row in numbers_of(given["frame"], "change").to_dict("records"):
        for column, year in (("before", "first_year"), ("after", "last_year")):
            found = book.tracer.figure(
                row[column], row["area"], indicator=book.indicator, year=int(row[year])
            )
            book.settle(row[column], f"{row['area']} {book.indicator} {int(row[year])}", found)
        step = row["after"] - row["before"]
        change = step / row["before"] * 100 if amount else step
        book.formula(
            row["change"], f"{row['area']} change", math.isclose(row["change"], change, rel_tol=1e-9)
        )


def _map(book: Book, given: dict) -> None:
    """Figures on a map; its largest circle is a figure, too, though not always of the areas drawn."""
    book.figures(given["frame"], given["column"])
    if given.get("largest") is not None:
        known = {f[0] for key, rows in book.tracer.figures.items() if key[1] == book.indicator for f in rows}
        book.formula(float(given["largest"]), "largest circle", float(given["largest"]) in known)


def _nothing(book: Book, given: dict) -> None:
    """No number but those of verdicts, which have checks of their own, or none at all."""


EXPLAINERS: dict[str, Callable[[Book, dict], None]] = {
    "plot_trajectory": _trajectory, "plot_growth_trajectory": _growth, "plot_member_panels": _series,
    "plot_slope": _series, "plot_ranks": _series, "plot_dots": _series, "plot_small_multiples": _series,
    "plot_indexed_growth": _index, "plot_contributions": _contributions, "plot_change": _change,
    "plot_choropleth": _map, "plot_symbols": _map, "plot_membership": _nothing, "plot_coverage": _nothing,
    "plot_plan_status": _nothing, "plot_scorecard": _nothing, "plot_no_data": _nothing,
}  # fmt: skip
"""How the numbers given to each plotting function are explained."""


# -- all pictures -------------------------------------------------------------------------------------------


def check_pictures(*, as_of: str = "") -> list[Check]:
    """Trace every number of every kind of picture, for every region of every plan and every city.

    Returns
    -------
    list of Check
        Pictures put together, and numbers traced, with the counts of figures and formulas.
    """
    counts, faults = Counter(), []
    for name in list_plans():
        plan = load_plan(name)
        tracer = Tracer(plan, load_tables(plan, as_of=as_of))
        with undrawn() as drawn:
            for picture in _pictures(plan, as_of=as_of):
                counts["pictures"] += len(picture.pictures) if hasattr(picture, "pictures") else 1
        for picture, calls in drawn.made:
            book = trace_picture(picture, calls, tracer)
            counts.update(book.counts)
            faults += book.faults
    traced = counts["figure"], counts["formula"]
    return [
        Check("pictures", ("pictures were put together, each kind for each region of each plan and each city",
                           "已按类型、区域和城市组成各图（不绘制）"), counts["pictures"]),
        Check("pictures", (f"every number drawn goes back to observations: {traced[0]:,} are figures, {traced[1]:,} "
                           "formulas over figures, and the picture lists their sources",
                           f"图中每个数字均可追溯：{traced[0]:,}个为数据本身，{traced[1]:,}个为算式所得，来源均已列出"),
              counts["numbers"], tuple(faults)),
        Check("pictures", ("the table saved beside a picture holds no other numbers", "图旁所存表中没有其他数字"),
              counts["saved"]),
    ]  # fmt: skip


def _pictures(plan, *, as_of: str) -> Iterator:
    """Every kind for the plan, each of its regions, and (for the plan in the title) each city."""
    own = {"as_of": as_of, "language": "en", "width": "double"}
    for draw in PLAN_KINDS.values() if len(plan.targets) else ():
        yield draw(plan, **own)
    for region in plan.regions["region"] if len(plan.membership) else ():
        for kind, draw in REGION_KINDS.items():
            if kind not in COMPARING or years.has_change(plan, region, COMPARING[kind], as_of=as_of):
                yield draw(plan, region, **own)
    cities = plan.areas.loc[plan.areas["level"] == "city", "area"] if plan.id == "ln-2022" else ()
    for code in cities:
        for draw in CITY_KINDS.values():
            yield draw(plan, code, **own)


def trace_picture(picture, calls: list[PlotCall], tracer: Tracer) -> Book:
    """Trace the numbers of one picture that was put together."""
    facts, targets = picture.parameters, tracer.plan.targets.set_index("target")
    known = set(load_sources()["source"]) | set(tracer.plan.sources["source"])
    book = Book(picture.name, tracer, set(picture.sources["source"]) & known)
    named = [one for one in tracer.indicators.index if picture.name.endswith(f"-{one}")]
    growing = picture.name.startswith(("growth-", "indexed-growth-"))
    usual = "gdp_growth_real" if growing else max(named, key=len, default="gdp")
    book.indicator = facts.get("indicator", usual)
    book.area = facts.get("area", facts.get("adcode", facts.get("region", "")))
    if facts.get("target") in targets.index:
        book.target = targets.loc[facts["target"]]
    for call in calls:
        if call.name not in EXPLAINERS:
            words = {"picture": picture.name, "value": call.name}
            book.faults.append(Fault("unexplained plot", extra=words))
        else:
            EXPLAINERS[call.name](book, call.given)
    _file(book, picture.data)
    return book


def _file(book: Book, data: pd.DataFrame) -> None:
    """The table that is saved beside the picture: it holds no number but those that are drawn."""
    for row in numbers_of(data).to_dict("records"):
        book.counts["saved"] += 1
        if float(row["value"]) not in book.values:
            place = f"{row.get('area', book.area)} {row.get('year', '')} of its table".strip()
            words = {"picture": book.name, "place": place, "value": f"{row['value']:.6g}"}
            book.faults.append(Fault("untraced", extra=words))
