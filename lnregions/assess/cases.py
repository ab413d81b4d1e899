"""Cases: a clause of a plan with all it is judged by, made once and handed on; the tables that cases are made from."""

import operator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from lnregions import boundaries
from lnregions.errors import DataError, unknown, warn_input
from lnregions.paths import data_dir
from lnregions.series.extent import Extent
from lnregions.series.figures import Figures, growth_rates
from lnregions.series.series import Tables, series_of
from lnregions.tables import (
    kept_warnings,
    land_areas,
    load_bounds,
    load_breaks,
    load_caveats,
    load_indicators,
    load_sources,
    parse_as_of,
    plans,
    read_observations,
)
from lnregions.words.texts import NO_TEXT, Text

VALUE_KINDS = ("level", "share", "count", "cumulative_growth", "doubling")
"""Kinds of clause that require a value at the horizon."""
MULTIPLES = ("doubling", "cumulative_growth")
"""Those of them whose value is a multiple of the baseline's."""
RULES = {
    "growth": ("average", "every year", "last year"),
    "average_growth": ("average",),
    "relative_growth": ("average", "every year"),
}
"""Kind of a clause of yearly growth -> in which years the growth may have to hold, the main interpretation first."""
_COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_DIRECTIONS = {"<": "down", "<=": "down", "down": "down", ">": "up", ">=": "up", "up": "up"}
_IN_WORDS = {"unit": "", "measure": "none", "direction": "none", "decimals": 0}
"""Codebook row of a clause in words that names no indicator."""
_KEPT: dict[tuple, tuple] = {}
_MOST_KEPT = 4
TIE_DECIMALS = 9
"""Decimals beyond which digits are those of binary fractions."""
TIE = 10.0**-TIE_DECIMALS


@dataclass(frozen=True)
class Clause:
    """What a plan requires of one area.

    `measure` is the indicator's: ``level``, ``growth`` or ``share``; `direction` is ``up`` or ``down``;
    `decimals` are those of the indicator in the codebook.
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
    decimals: int = 1

    @property
    def years(self) -> range:
        """Years of the plan, first to horizon."""
        return range(self.first_year, self.horizon + 1)

    @property
    def sign(self) -> int:
        """Sign of a change for the better."""
        return 1 if self.direction == "up" else -1

    def holds(self, value: float, against: float) -> bool:
        """Whether `value` fulfils the clause when `against` is required."""
        return _COMPARE[self.comparator](value, against)

    def outcome(self, low: float, high: float, required_low: float, required_high: float) -> bool | None:
        """Whether every value of a range fulfils the clause, or none does; None where it depends on the value.

        The value lies from `low` to `high`, what is required from `required_low` to `required_high`. Halves are
        rounded up, so that of two rounded numbers the upper end of one is never the lower end of the other.
        """
        nudge = TIE if low < high and required_low < required_high else 0.0
        pairs = ((low + nudge, required_high), (high - nudge, required_low))
        if low < high:
            pairs = (tuple(round(end, TIE_DECIMALS) for end in pair) for pair in pairs)
        found = {self.holds(*pair) for pair in pairs}
        return found.pop() if len(found) == 1 else None


class Link(NamedTuple):
    """How a level was carried over a break: the year it starts from, in words, and the numbers used."""

    year: int
    text: Text
    numbers: dict


@dataclass(frozen=True, eq=False)
class Case:
    """A clause of a plan under one interpretation, with all that it is judged by.

    Attributes
    ----------
    clause : Clause
        What is required.
    figures, benchmark : Figures
        Those of the area judged and of the area to compare with, as known on the as-of date.
    closed : bool
        Whether the horizon year is over on that date.
    rule : str
        For growth in which years it has to hold: ``average``, ``every year`` or ``last year``.
    interpretation : Text
        Name of the interpretation.
    indicators : tuple of str
        Indicators of the figures, in the order in which they were tried.
    derived : bool
        Whether values are among the figures that no page prints and that follow from published ones.
    of_member : bool
        Whether it judges one member on behalf of its region.
    link, linked : Link and Case, optional
        How the level of this case was carried over a break; the case by such a level, beside the main one.
    plan, row, tables
        The plan, the row of its targets and the tables from which the case is made.
    made : dict
        What has been made from the case.
    """

    clause: Clause
    figures: Figures
    plan: plans.Plan
    row: pd.Series
    tables: Tables
    benchmark: Figures | None = None
    closed: bool = False
    rule: str = ""
    interpretation: Text = NO_TEXT
    indicators: tuple[str, ...] = ()
    derived: bool = False
    of_member: bool = False
    link: Link | None = None
    linked: "Case | None" = None
    made: dict = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Areas that make the region judged; empty for an area with figures of its own."""
        return region_members(self.plan, self.clause.area)

    @cached_property
    def chained(self) -> bool:
        """Whether its rates build up a level; those of an indicator without levels do not (investment)."""
        row = self.tables.indicator(self.indicators[0])
        return row["measure"] != "growth" or row["aggregation"] != "none"

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """All areas whose figures it is judged by."""
        beside = str(self.row["benchmark"] or "")
        others = (region_members(self.plan, beside) or (beside,)) if beside else ()
        itself = not self.members or (self.figures.rows and not self.figures.parts)
        return *self.members, *((self.clause.area,) if itself else ()), *others


def target_of(plan, target: str) -> pd.Series:
    """One row of a plan's targets by its id, or by its label in either language; DataError where there is none."""
    rows, ids = plan.targets, plan.targets["target"].tolist()
    if target in ids:
        return rows.iloc[ids.index(target)]
    labels, wanted = rows[["label_en", "label_zh"]], str(target)
    found = rows[labels.apply(lambda one: one.str.casefold().eq(wanted.strip().casefold())).any(axis=1)]
    if found.empty:
        raise unknown("target", wanted, ids, names=labels.to_numpy().ravel())
    if len(found) > 1:
        raise DataError(f"{len(found)} targets are called {wanted!r}. Choose {' or '.join(found['target'])}.")
    return found.iloc[0]


def places_on(targets: pd.DataFrame, indicator: str, *, area: str = "") -> list[int]:
    """Places of the targets on an indicator and, where one is named, an area, as `plans_on` takes them."""
    named = (targets[["area", "other_area"]] == area).any(axis=1) | (not area)
    return np.flatnonzero((targets["indicator"] == indicator) & named).tolist()


def plans_on(indicator: str, *, area: str = "") -> pd.DataFrame:
    """Targets of all shipped plans on one indicator, so that they can be compared or drawn together.

    Parameters
    ----------
    indicator : str
        Code of an indicator.
    area : str, optional
        Only targets of this area or region, also where it is the other area that a clause may mean.

    Returns
    -------
    DataFrame
        ``plan target region area other_area kind comparator value unit strength benchmark baseline_year first_year
        horizon label_en label_zh``, by horizon; no rows where no plan has such a target.

    Raises
    ------
    DataError
        If the indicator is unknown.

    Examples
    --------
    >>> plans_on("sei_share", area="belt")[["plan", "value", "horizon"]].values.tolist()
    [['ln-2022', 15.0, 2024], ['belt-2025', 8.5, 2025]]
    """
    known = load_indicators()["indicator"]
    if indicator not in set(known):
        raise unknown("indicator", str(indicator), list(known))
    columns = ["target", "region", "area", "other_area", "kind", "comparator", "value", "unit", "strength",
               "benchmark", "baseline_year", "first_year", "horizon", "label_en", "label_zh"]  # fmt: skip
    parts = [
        plan.targets[columns].iloc[places_on(plan.targets, indicator, area=area)].assign(plan=plan.id)
        for plan in plans.shipped_plans()
    ]
    found = pd.concat(parts, ignore_index=True)[["plan", *columns]]
    return found.sort_values(["horizon", "plan"], kind="stable", ignore_index=True)


def clause_of(target: pd.Series, *, tables: Tables, area: str = "", indicator: str = "") -> Clause:
    """Clause of a row of the plan's targets, for another area or indicator where one is named.

    A target without a base year starts from the year before its first; one without a comparator requires at
    least its value. The comparator tells the direction, and the indicator where there is none.
    """
    indicator = indicator or target["indicator"]
    row = tables.indicator(indicator) if indicator in tables.indicators_by_code else _IN_WORDS
    comparator, first = str(target["comparator"] or ""), int(target["first_year"])
    return Clause(
        target=target["target"], region=target["region"], area=area or target["area"], kind=target["kind"],
        indicator=indicator, comparator=comparator or ">=",
        value=float("nan") if pd.isna(target["value"]) else float(target["value"]),
        unit=str(row["unit"] or ""), horizon=int(target["horizon"]), first_year=first,
        baseline_year=first - 1 if pd.isna(target["baseline_year"]) else int(target["baseline_year"]),
        strength=str(target["strength"] or ""), measure=row["measure"],
        direction=_DIRECTIONS.get(comparator, "down" if row["direction"] == "down" else "up"),
        decimals=int(row["decimals"]),
    )  # fmt: skip


# -- figures of a plan's areas and regions -----------------------------------------------------------------


def members_of(plan, region: str) -> list[str]:
    """Areas whose figures make a region: all its members, but not the counties that a proxy stands in for.

    Examples
    --------
    >>> members_of(plans.load_plan("ln-2022"), "east")
    ['210400', '210500', '210600']
    """
    rows = [one for one in rows_of(plan, region, "area", "level", "proxy") if one[1] != "zone"]
    if not rows:
        plan.members(region)  # says which regions there are
    proxies = any(proxy for _, _, proxy in rows)
    return [area for area, level, proxy in rows if proxy or level != "county" or not proxies]


def rows_of(plan, region: str, *columns: str) -> list[tuple]:
    """Values of some columns of the membership in the rows of a region; taken without a copy of the table."""
    own = plan.membership["region"].to_numpy() == region
    return list(zip(*(plan.membership[name].to_numpy()[own].tolist() for name in columns), strict=True))


def stand_ins(plan, region: str) -> list[str]:
    """Areas whose figures stand in for those of the region's own members."""
    return [area for area, proxy in rows_of(plan, region, "area", "proxy") if proxy]


def region_members(plan, area: str) -> tuple[str, ...]:
    """Members of a region; none for any other area, nor for a region that is an area by itself."""
    found = tuple(members_of(plan, area)) if area in plan.regions["region"].to_numpy() else ()
    return () if found == (area,) else found


def figures_of(plan, area: str, *, indicator: str, tables: Tables) -> Figures:
    """Figures of an area or of one of the plan's regions; made once for each set of tables.

    A region of one area has the figures of that area.
    """
    if not indicator:
        return Figures()
    members = region_members(plan, area)
    area, members = (members[0], ()) if len(members) == 1 else (area, members)
    return series_of(tables, area, indicator=indicator, members=members)


def growth_figures(plan, area: str, *, indicators: tuple[str, ...], tables: Tables, years: range) -> Figures:
    """Yearly growth of an area in per cent, in one segment; of each year by the first of several indicators with it.

    Holes and coverage are those of the first indicator that knows any of `years`, or of the first of all.
    """
    every = [figures_of(plan, area, indicator=indicator, tables=tables) for indicator in indicators]
    rates = [
        growth_rates(one, measure=tables.indicator(name)["measure"])
        for one, name in zip(every, indicators, strict=True)
    ]
    known = [one for one, rows in zip(every, rates, strict=True) if any(row.year in years for row in rows)]
    rows = {row.year: row for part in reversed(rates) for row in part}
    found = replace((known or every)[0], rows=tuple(rows[year] for year in sorted(rows)))
    return found if rates[0] and known and known[0] is every[0] else replace(found, parts={})


# -- loading -----------------------------------------------------------------------------------------------


def load_tables(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> Tables:
    """Figures known on a date with the codebook tables that go with them; a plan's own areas are added.

    The tables of the last few plans and dates are kept while their files are unchanged, with what is made
    from them; nothing may be written into them.
    """
    if observations is not None:
        return _make_tables(plan, as_of, observations)
    key = (str(plan.folder), str(as_of or ""), *plan.regions["region"], _state_of_files(plan.folder))
    own = (plan.areas, plan.regions, plan.sources)
    kept = _KEPT.pop(key, None)
    if kept is None or not all(a.equals(b) for a, b in zip(own, kept[0], strict=True)):
        figures = read_observations(as_of=as_of or None, plan=plan)
        if not as_of and not plan.shipped:
            rests_on = Extent(plan).own(figures)  # these tell what is known, not the figures of others
            as_of = knowledge_date(figures if rests_on.empty else rests_on)
            figures = read_observations(as_of=as_of, plan=plan)
        frames = tuple(frame.copy() for frame in own)
        kept = (frames, _make_tables(plan, as_of, figures), kept_warnings(figures))
    _KEPT[key] = kept  # the latest used last
    if len(_KEPT) > _MOST_KEPT:
        del _KEPT[next(iter(_KEPT))]
    warn_input(kept[2])  # also when they are kept: a run begins with what the warm process read
    return kept[1]


def _state_of_files(folder):
    """What tells that a table has changed: time and size of every file that the tables rest on."""
    names = ("observations", "indicators", "breaks", "sources", "bounds", "caveats")
    files = [place / f"{name}.csv" for place in (data_dir(), folder) for name in names]
    states = [path.stat() for path in files if path.is_file()]
    return (str(data_dir()), *((state.st_mtime_ns, state.st_size) for state in states))


def _make_tables(plan, as_of, observations):
    regions = plan.regions[["region", "short_zh", "short_en"]].rename(columns={"region": "area"})
    areas = pd.concat([plan.areas, regions.assign(level="region")], ignore_index=True)
    tables = Tables(
        observations.copy(deep=False), plan.indicators.copy(deep=False), areas, load_breaks(),
        f"{knowledge_date(observations, as_of):%Y-%m-%d}", bounds=load_bounds(plan), caveats=load_caveats(),
        sources=pd.concat([load_sources(), plan.sources]).fillna("").drop_duplicates("source", ignore_index=True),
        land=land_areas if plan.boundaries is None else partial(boundaries.land_of, plan),
    )  # fmt: skip
    if not plan.shipped:
        tables = Extent(plan).of_tables(tables)
    for frame in (tables.observations, tables.indicators, areas, tables.sources):
        frame.attrs = {}  # pandas copies them with every selection
    return tables


def tables_with_derived(tables: Tables) -> Tables:
    """The tables with the derived values known on their date where no figure is published; made once for each set."""
    if "derived" not in tables.made:
        known = {(one.area, one.indicator, one.year) for one in tables.observed}
        day = parse_as_of(tables.as_of).date()
        derived = tuple(
            one._replace(default=True, place=-1)
            for one in tables.derivable
            if one.known_from <= day and (one.area, one.indicator, one.year) not in known
        )
        tables.made["derived"] = tables.with_observed([*tables.observed, *derived], derived=derived)
    return tables.made["derived"]


def knowledge_date(observations: pd.DataFrame, as_of=None) -> pd.Timestamp:
    """Date of knowledge: `as_of`, or else that of the latest figure dated to the day."""
    if as_of:
        return parse_as_of(as_of)
    if observations.empty:
        raise DataError("No figure could tell the date of knowledge. Give as_of, such as 2024-12-31.")
    dated = observations.loc[observations["vintage"].fillna("").str.len() == 10, "known_from"]
    return pd.Timestamp(dated.max() if len(dated) else observations["known_from"].max())
