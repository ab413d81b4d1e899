"""A plan as its folder states it: its facts, regions, members and targets, each a small table, read and checked."""

import contextlib
import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd

from lnregions.errors import DataError, Fault, unknown, warn_input
from lnregions.paths import data_dir
from lnregions.tables.checks import check_indicators, check_members, check_own, check_regions, check_targets
from lnregions.tables.codebook import LAND_AREA, load_areas, load_bounds, load_indicators, load_sources
from lnregions.tables.groups import areas_of, own_first, regions_of_areas, with_cities
from lnregions.tables.observations import load_observations
from lnregions.tables.plan_files import TABLES, boundary_file, check_files, plan_folder, read_facts
from lnregions.tables.tables import Table, empty_table, join_tables, read_table

_SAME = {
    "areas": ("level", "parent", "name_zh"),
    "indicators": ("unit", "measure", "aggregation", "decimals"),
}
"""Columns of shipped rows that a plan's own table must not describe otherwise."""


@dataclass(frozen=True)
class Plan:
    """A plan as its folder states it.

    Attributes
    ----------
    id : str
        Name of the plan.
    facts : dict
        Titles, number, issuer, dates, ``first_year``, ``horizon``, ``baseline_year`` (int),
        ``base_stated`` (bool).
    regions : pandas.DataFrame
        ``region name_zh name_en short_zh short_en nickname nickname_zh lead_city``.
    positioning : pandas.DataFrame
        ``region kind order text_zh text_en``; region ``*`` is the whole plan.
    membership : pandas.DataFrame
        ``region area level status proxy valid_from note note_zh sources``, one row for each region and area.
    targets : pandas.DataFrame
        One row a clause.
    sources : pandas.DataFrame
        ``source title publisher url published`` of the plan itself.
    statements : pandas.DataFrame
        ``region target date body_zh body_en quote said_zh said_en source note_zh note_en``: what the issuer or its
        departments have said of the outcome, of a clause, a region or (``*``) the plan; empty where none was kept.
    areas, indicators : pandas.DataFrame
        The shipped areas and indicators and those of the plan's own.
    folder : Path
        Where it was read.
    warnings : tuple of str
        What was unusual about a folder of your own and was read all the same.
    """

    id: str
    facts: dict
    regions: pd.DataFrame
    positioning: pd.DataFrame
    membership: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    statements: pd.DataFrame = field(repr=False)
    areas: pd.DataFrame = field(repr=False)
    indicators: pd.DataFrame = field(repr=False)
    folder: Path = field(repr=False)
    warnings: tuple[str, ...] = field(default=(), repr=False)

    def members(self, region: str, *, level: str | None = None) -> list[str]:
        """Return the areas that make a region; zones are left out, as they lie inside other members.

        Parameters
        ----------
        region : str
            Code of the region.
        level : str, optional
            Only areas of this rank: ``city``, ``county`` or ``province``.

        Raises
        ------
        DataError
            If the plan has no such region.

        Examples
        --------
        >>> from lnregions.tables import load_plan
        >>> load_plan("ln-2022").members("west")
        ['211300', '210900', '211400']
        """
        if region not in set(self.regions["region"]):
            raise unknown("region", region, sorted(self.regions["region"]))
        rows = self.membership[(self.membership["region"] == region) & (self.membership["level"] != "zone")]
        return (rows if level is None else rows[rows["level"] == level])["area"].tolist()

    @property
    def cities(self) -> list[str]:
        """Areas that have a profile: the cities of the members' provinces, or these where some have no cities."""
        areas, rows = self.areas.set_index("area"), with_cities(self).membership
        alone = set(rows.loc[~rows["level"].isin(["county", "zone"]), "area"])
        own = areas.loc[areas_of(self, self.membership["area"])]
        cities = (own["level"] == "city") & ~own["parent"].isin(alone)
        return own.index[cities | own.index.isin(alone)].tolist()

    def name(self, language: str, *facts: str) -> str:
        """Return a fact in a language, or else in the other: the short name of the plan, or else its title.

        `facts` are others, such as ``title``, of which the first that is given counts.
        """
        keys = [f"{fact}_{one}" for one in (language, "en", "zh") for fact in facts or ("short", "title")]
        return next((str(self.facts[key]) for key in keys if self.facts.get(key)), "" if facts else self.id)

    @property
    def own_indicators(self) -> list[str]:
        """Indicators in numbers that the shipped codebook does not have."""
        rows = self.indicators[self.indicators["measure"] != "none"]
        return rows.loc[~rows["indicator"].isin(load_indicators()["indicator"]), "indicator"].tolist()

    @property
    def shipped(self) -> bool:
        """Whether it is one of the plans that come with the package."""
        return self.folder.parent == data_dir() / "plans"

    @property
    def boundaries(self) -> Path | None:
        """File of the boundaries of the plan's own areas, if its folder holds one."""
        return boundary_file(self.folder)

    def __repr__(self) -> str:
        years = f"{self.facts.get('first_year', '')}-{self.facts.get('horizon', '')}"
        return f"<Plan {self.id}, {years}: {len(self.regions)} regions, {len(self.targets)} targets>"

    def _repr_html_(self) -> str:
        facts = {key: escape(str(value)) for key, value in self.facts.items()}
        regions, targets = self.regions["region"], self.targets
        kinds = pd.crosstab(targets["region"], targets["kind"])[list(dict.fromkeys(targets["kind"]))]
        kinds = kinds.reindex(regions, fill_value=0).reset_index(drop=True)
        kinds.insert(0, "region", self.regions["short_en"] + " " + self.regions["short_zh"])
        kinds.insert(1, "members", [len(self.members(region)) for region in regions])
        kinds.insert(2, "targets", kinds.iloc[:, 2:].sum(axis=1))
        title = f"<b>{facts['title_en']}</b><br>{facts['title_zh']} {facts['number']}"
        years = f"{facts['first_year']}-{facts['horizon']}"
        return f"<div>{title}<br>{years}{kinds.to_html(index=False, border=0)}</div>"


def check_tables(folder: str | Path) -> tuple[list[Fault], Plan | None]:
    """Return what is wrong with the facts, tables and figures of a plan folder, and the plan if it can be read.

    Figures and bounds of the folder's own (``observations.csv``, ``bounds.csv``) are checked too. A
    :class:`~lnregions.InputWarning` says what was unusual and is read all the same.
    """
    folder = Path(folder)
    faults: list[Fault] = []
    plan = _gather(faults, lambda: read_plan(plan_folder(folder, folder), faults), None)
    if plan is not None:
        warn_input(plan.warnings)
        if (folder / "observations.csv").is_file():
            _gather(faults, lambda: load_observations(plan=plan), None)
        _gather(faults, lambda: load_bounds(plan), None)
    return faults, plan


def read_plan(folder: Path, faults: list[Fault]) -> Plan:
    """Plan of a folder, its faults joining the others.

    What rests on a file that cannot be read is not checked, so that one fault does not bring others. With faults the
    plan serves only to find more of them, and tables that others refer to may be None.
    """
    warnings = check_files(folder, faults)
    facts, sources, unusual = _gather(faults, lambda: read_facts(folder / "plan.yaml"), ({}, None, []))
    areas = _gather(faults, lambda: _with_own(folder, "areas", load_areas()), None)
    indicators = _gather(faults, lambda: _with_own(folder, "indicators", load_indicators()), None)
    tables: dict[str, Table | None] = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        read = read_table if name == "targets" or path.exists() else empty_table  # others may lack
        tables[name] = _gather(faults, functools.partial(read, path, name), None)
    regions, targets = tables["regions"], tables["targets"]
    known = {
        "area": _codes(folder, "areas", load_areas()),
        "region": None if not regions or regions.is_doubtful("region") else regions.frame["region"].tolist(),
        "target": None if targets is None else targets.frame["target"].tolist(),
        "source": None if sources is None else [*sources["source"], *load_sources()["source"]],
        "indicator": _codes(folder, "indicators", load_indicators()),
    }
    checks = {
        "regions": lambda table: check_regions(table, known["area"]),
        "targets": lambda table: check_targets(
            table, load_indicators() if indicators is None else indicators
        ),
        "statements": lambda table: table.check_dates("date"),
        "membership": lambda table: check_members(table, load_areas() if areas is None else areas),
    }
    if regions and regions.frame.empty and targets and targets.frame.empty:
        what = "the plan has no region and no target. Write at least one row in regions.csv or targets.csv."
        regions.report(None, "", what)
    named = _codes_by_name(areas, [*(known["area"] or ()), *(known["region"] or ())])
    for name, table in tables.items():
        if table:
            checks.get(name, lambda table: None)(table)
            table.check_references(name, known)
            table.report_names(name, named)
            faults += table.sorted_faults()
    frames = {name: (table or empty_table(folder, name)).frame for name, table in tables.items()}
    frames |= {"areas": areas, "indicators": indicators}
    if areas is not None:
        own = ("regions", "membership", "targets")
        frames |= dict(zip(own, regions_of_areas(*(frames[name] for name in own), areas), strict=True))
    warnings += unusual
    for frame in (one for one in frames.values() if one is not None):
        warnings += frame.attrs.pop("warnings", [])  # pandas copies attributes with every selection
    frames |= {"sources": sources} if regions else {"sources": sources, "regions": None}
    return Plan(facts.get("id", ""), facts, **frames, folder=folder, warnings=tuple(warnings))


def _gather(faults: list[Fault], read: Callable, otherwise: object):
    """Result of a reader, or a stand-in while its faults join the others."""
    try:
        return read()
    except DataError as error:
        faults.extend(error.faults)
        return otherwise


def _codes_by_name(areas: pd.DataFrame | None, codes: Collection[str]) -> dict[str, str]:
    """Code of each area by each of its names in small letters, of names that no other area and no code has."""
    if areas is None:
        return {}
    names = areas.melt("area", areas.filter(regex="^(name|short)_"), value_name="name")[["area", "name"]]
    names = names.assign(name=names["name"].str.casefold()).drop_duplicates()
    alone = ~names["name"].duplicated(keep=False) & ~names["name"].isin(["", *codes])
    return dict(names.loc[alone, ["name", "area"]].itertuples(index=False, name=None))


def _codes(folder: Path, name: str, shipped: pd.DataFrame) -> list[str] | None:
    """Codes of a table that has own rows, those first; None if they are not known."""
    rows, code = known_rows(folder, name, shipped), shipped.columns[0]
    return None if rows is None else own_first(rows[code], shipped[code])


def known_rows(folder: Path, name: str, shipped: pd.DataFrame) -> pd.DataFrame | None:
    """A shipped table and the plan's own rows, whatever is wrong with other columns than the code; else None."""
    path, code = folder / f"{name}.csv", shipped.columns[0]
    if not path.is_file():
        return shipped
    with contextlib.suppress(DataError):
        table = read_table(path, name)
        return None if table.is_doubtful(code) else join_tables(shipped, table.frame, key=[code])
    return None


def _with_own(folder: Path, name: str, shipped: pd.DataFrame) -> pd.DataFrame:
    """A shipped table and the rows that the plan's own one adds; `_SAME` of a shipped row must stay the same."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return shipped
    table, code = read_table(path, name), shipped.columns[0]
    codes = [*table.frame[code], *shipped[code]]
    # a unit of an indicator of one's own needs no entry: it is printed as it is written
    table.check_references(name, {"area": codes, "indicator": [*codes, LAND_AREA], "unit": None})
    check_own(table, shipped, _SAME[name])
    if name == "indicators":
        check_indicators(table)
    return join_tables(shipped, table.checked(), key=[code])
