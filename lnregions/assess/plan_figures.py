"""The figures that a plan's clauses are judged by: of its areas and regions, as known on a date."""

from collections import OrderedDict
from dataclasses import replace

import pandas as pd

from lnregions.assess.area_series import Tables, area_figures, region_figures
from lnregions.assess.clauses import Clause, Figures, growth_rates
from lnregions.errors import DataError, warn_input
from lnregions.paths import data_dir
from lnregions.tables import (
    kept_warnings,
    load_breaks,
    load_indicators,
    load_sources,
    parse_as_of,
    read_observations,
)

_DIRECTIONS = {"<": "down", "<=": "down", "down": "down", ">": "up", ">=": "up", "up": "up"}
_IN_WORDS = {"unit": "", "measure": "none", "direction": "none", "decimals": 0}
"""Codebook row of a clause in words that names no indicator."""
_KEPT: OrderedDict[tuple, tuple] = OrderedDict()
_MOST_KEPT = 4


def load_tables(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> Tables:
    """Figures known on a date with the codebook tables that go with them; a plan's own areas are added.

    The tables of the last few plans and dates are kept while their files are unchanged, with the series made
    from them; nothing may be written into them.
    """
    if observations is not None:
        return _make_tables(plan, as_of, observations)
    key = (str(plan.folder), str(as_of or ""), _state_of_files(plan.folder))
    own = (plan.areas, plan.regions, plan.sources)
    if key in _KEPT and all(a.equals(b) for a, b in zip(own, _KEPT[key][0], strict=True)):
        _KEPT.move_to_end(key)
    else:
        figures = read_observations(as_of=as_of or None, plan=plan)
        said = kept_warnings(figures)
        _KEPT[key] = (tuple(frame.copy() for frame in own), _make_tables(plan, as_of, figures), said)
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    _, tables, said = _KEPT[key]
    warn_input(said)  # also when they are kept: a run begins with what the warm process read
    return tables


def _state_of_files(folder):
    """What tells that a table has changed: time and size of every file that the tables rest on."""
    files = [data_dir() / f"{name}.csv" for name in ("observations", "indicators", "breaks", "sources")]
    states = [path.stat() for path in [*files, folder / "observations.csv"] if path.is_file()]
    return (str(data_dir()), *((state.st_mtime_ns, state.st_size) for state in states))


def _make_tables(plan, as_of, observations):
    regions = plan.regions[["region", "short_zh", "short_en"]].rename(columns={"region": "area"})
    areas = pd.concat([plan.areas, regions.assign(level="region")], ignore_index=True)
    date = f"{knowledge_date(observations, as_of):%Y-%m-%d}"
    observations = observations.copy(deep=False)
    observations.attrs = {}  # pandas copies them with every selection
    sources = pd.concat([load_sources(), plan.sources], ignore_index=True).fillna("")
    sources = sources.drop_duplicates("source", ignore_index=True)
    indicators = load_indicators()
    for frame in (indicators, areas, sources):
        frame.attrs = {}
    return Tables(observations, indicators, areas, load_breaks(), date, sources=sources)


def knowledge_date(observations: pd.DataFrame, as_of=None) -> pd.Timestamp:
    """Date of knowledge: the one asked for, or else that of the latest figure dated to the day."""
    if as_of:
        return parse_as_of(as_of)
    if observations.empty:
        raise DataError(
            "There is no figure that could tell the date of knowledge. Give as_of, such as 2024-12-31.",
        )
    dated = observations.loc[observations["vintage"].fillna("").str.len() == 10, "known_from"]
    return pd.Timestamp(dated.max() if len(dated) else observations["known_from"].max())


def members_of(plan, region: str) -> list[str]:
    """Areas whose figures make a region: all its members, but not the counties that a proxy stands in for.

    Examples
    --------
    >>> from lnregions.tables.plans import load_plan
    >>> members_of(load_plan("ln-2022"), "east")
    ['210400', '210500', '210600']
    """
    if region not in set(plan.regions["region"]):
        plan.members(region)  # says which regions there are
    columns = (plan.membership[name].tolist() for name in ("region", "area", "level", "proxy"))
    rows = [row[1:] for row in zip(*columns, strict=True) if row[0] == region and row[2] != "zone"]
    if any(proxy for _, _, proxy in rows):
        rows = [row for row in rows if row[2] or row[1] != "county"]
    return [area for area, _, _ in rows]


def figures_of(plan, area: str, *, indicator: str, tables: Tables) -> Figures:
    """Figures of an area or of one of the plan's regions; made once for each set of tables."""
    if not indicator:
        return Figures()
    members = tuple(members_of(plan, area)) if area in set(plan.regions["region"]) else None
    key = (area, indicator, members)
    if key not in tables.made:
        tables.made[key] = _figures_of(area, indicator, members, tables)
    return tables.made[key]


def _figures_of(area, indicator, members, tables):
    if members is None:
        return area_figures(tables, area, indicator=indicator)
    names = tuple(tables.name(area, lang) for lang in ("en", "zh"))
    if not members:
        return Figures(name=names)
    return region_figures(tables, members, indicator=indicator, region=area, names=names)


def growth_figures(plan, area: str, *, indicators: tuple[str, ...], tables: Tables, years: range) -> Figures:
    """Yearly growth of an area from the first of several indicators that knows any of the years.

    The figures are rates in per cent, in one segment; made once for each set of tables.
    """
    members = tuple(members_of(plan, area)) if area in set(plan.regions["region"]) else None
    key = ("growth", area, members, indicators, years)
    if key not in tables.made:
        tables.made[key] = _growth_figures(plan, area, indicators, tables, years)
    return tables.made[key]


def _growth_figures(plan, area, indicators, tables, years):
    first = None
    for indicator in indicators:
        figures = figures_of(plan, area, indicator=indicator, tables=tables)
        found = replace(figures, rows=growth_rates(figures, measure=tables.indicator(indicator)["measure"]))
        if any(row.year in years for row in found.rows):
            return found
        first = first or found
    return first


def clause_of(target: pd.Series, *, tables: Tables, area: str = "", indicator: str = "") -> Clause:
    """Clause of a row of the plan's targets, for another area or indicator where one is named.

    A target without a base year starts from the year before its first; one without a comparator asks for at
    least its value. The comparator tells the direction, and the indicator where there is none.
    """
    indicator = indicator or target["indicator"]
    row = tables.indicator(indicator) if indicator in tables.indicators_by_code else _IN_WORDS
    comparator = str(target["comparator"] or "")
    up = "down" if row["direction"] == "down" else "up"
    first = int(target["first_year"])
    return Clause(
        target=target["target"], region=target["region"], area=area or target["area"], kind=target["kind"],
        indicator=indicator, comparator=comparator or ">=", value=_number(target["value"]),
        unit=str(row["unit"] or ""), horizon=int(target["horizon"]), first_year=first,
        baseline_year=first - 1 if pd.isna(target["baseline_year"]) else int(target["baseline_year"]),
        strength=str(target["strength"] or ""), measure=row["measure"], direction=_DIRECTIONS.get(comparator, up),
        decimals=int(row["decimals"]) if row["unit"] == "%" else None,
    )  # fmt: skip


def _number(value):
    return float("nan") if value in (None, "") or pd.isna(value) else float(value)
