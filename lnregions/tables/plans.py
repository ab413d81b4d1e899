"""Plans: their facts, regions, members and targets, each a folder of small tables."""

import copy
import os
import re
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

import pandas as pd

from lnregions.errors import DataError, Fault, quote, refuse_any, shown_path, unknown, warn_input
from lnregions.paths import data_dir
from lnregions.tables.codebook import load_areas, load_sources
from lnregions.tables.observations import load_observations
from lnregions.tables.plan_checks import (
    area_faults,
    check_membership,
    check_plan_facts,
    check_regions,
    check_targets,
)
from lnregions.tables.plan_template import write_plan_template
from lnregions.tables.tables import joined_faults, keep_warnings, kept_warnings, read_with_faults
from lnregions.tables.yaml import read_yaml

__all__ = ["Plan", "check_plan", "list_plans", "load_plan", "write_plan_template"]

BOUNDARY_NAMES = ("boundaries.gpkg", "boundaries.geojson", "boundaries.shp")
"""Names under which a plan folder may hold the boundaries of its own areas."""
_LOADED: dict[tuple, "Plan"] = {}
_MOST_LOADED = 16
_TABLES = ("regions", "positioning", "membership", "targets")
_CHECKS = {
    "regions": check_regions,
    "membership": check_membership,
    "positioning": check_membership,
    "targets": check_targets,
}
_SOURCE_COLUMNS = ["source", "title", "publisher", "url", "published"]


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
    areas : pandas.DataFrame
        The shipped areas and those of the plan's own.
    folder : Path
        Where it was read.
    tidied, tidied_zh : tuple of str
        What was untidy about a folder of your own and was read all the same.
    """

    id: str
    facts: dict
    regions: pd.DataFrame
    positioning: pd.DataFrame
    membership: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    areas: pd.DataFrame = field(repr=False)
    folder: Path = field(repr=False)
    tidied: tuple[str, ...] = field(default=(), repr=False)
    tidied_zh: tuple[str, ...] = field(default=(), repr=False)

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
        >>> load_plan("ln-2022").members("west")
        ['211300', '210900', '211400']
        """
        if region not in set(self.regions["region"]):
            raise unknown("region", region, sorted(self.regions["region"]))
        rows = self.membership[(self.membership["region"] == region) & (self.membership["level"] != "zone")]
        return (rows if level is None else rows[rows["level"] == level])["area"].tolist()

    @property
    def boundaries(self) -> Path | None:
        """File of the boundaries of the plan's own areas, if its folder holds one."""
        return next((self.folder / name for name in BOUNDARY_NAMES if (self.folder / name).is_file()), None)

    def __repr__(self) -> str:
        years = f"{self.facts.get('first_year', '')}-{self.facts.get('horizon', '')}"
        return f"<Plan {self.id}, {years}: {len(self.regions)} regions, {len(self.targets)} targets>"

    def _repr_html_(self) -> str:
        title = escape(str(self.facts.get("title_en") or self.id))
        chinese = escape(str(self.facts.get("title_zh", "")))
        number = escape(str(self.facts.get("number", "")))
        years = escape(f"{self.facts.get('first_year', '')}-{self.facts.get('horizon', '')}")
        kinds = list(dict.fromkeys(self.targets["kind"]))
        heads = "".join(f"<th scope='col'>{escape(h)}</th>" for h in ("region", "members", "targets", *kinds))
        rows = "".join(self._row_html(row, kinds) for row in self.regions.itertuples())
        return (
            f"<div><b>{title}</b><br>{chinese} {number}<br>{years}"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _row_html(self, row, kinds) -> str:
        """One region: its names, how many members it has, and how many targets of each kind."""
        own = self.targets.loc[self.targets["region"] == row.region, "kind"]
        counts = [len(self.members(row.region)), len(own), *((own == kind).sum() or "" for kind in kinds)]
        cells = "".join(f"<td>{count}</td>" for count in counts)
        return f"<tr><td>{escape(str(row.short_en))} {escape(str(row.short_zh))}</td>{cells}</tr>"


def list_plans() -> list[str]:
    """Return the ids of the shipped plans.

    Examples
    --------
    >>> list_plans()
    ['belt-2025', 'ln-2022', 'ln-2025', 'ln-tourism-2025']
    """
    return sorted(path.parent.name for path in (data_dir() / "plans").glob("*/plan.yaml"))


def load_plan(plan: str | Path = "ln-2022", *, path: Path | None = None) -> Plan:
    """Return a plan, shipped or from a folder of your own.

    Parameters
    ----------
    plan : str or path
        Id of a shipped plan, or the path of a plan folder.
    path : path, optional
        Folder of the plan; then ``plan`` is not looked at.

    Returns
    -------
    Plan
        Facts and frames. A :class:`~lnregions.InputWarning` says what was untidy about a folder of your own.

    Raises
    ------
    DataError
        If there is no such plan, or with every fault of its folder.

    Examples
    --------
    >>> len(load_plan("ln-2022").targets)
    18
    """
    folder = _folder(plan, path)
    kept = _kept(folder)
    _say(kept)
    return _copy(kept, folder)


def shipped_plans() -> list[Plan]:
    """Return the shipped plans as they are kept, to be looked into: nothing may be written into their tables.

    Examples
    --------
    >>> [plan.id for plan in shipped_plans()] == list_plans()
    True
    """
    return [_kept(data_dir() / "plans" / name) for name in list_plans()]


def _kept(folder: Path) -> Plan:
    """The plan of a folder, read when it is new or has changed."""
    state = _state_of_files(folder)
    if state not in _LOADED:
        read, faults = _read(folder)
        refuse_any(faults)
        if len(_LOADED) >= _MOST_LOADED:
            _LOADED.pop(next(iter(_LOADED)))
        _LOADED[state] = read
    return _LOADED[state]


def _state_of_files(folder: Path) -> tuple:
    """What tells that a plan has changed: place, time and size of each file that it is read and checked by."""
    return (folder.resolve(), *_files_in(folder), *_files_in(data_dir(), ending=".csv"))


def _files_in(folder: Path, *, ending: str = "") -> list[tuple]:
    """Name, time and size of each file of a folder."""
    with os.scandir(folder) as entries:
        held = [(one.name, one.stat()) for one in entries if one.name.endswith(ending) and one.is_file()]
    return sorted((name, state.st_mtime_ns, state.st_size) for name, state in held)


def _copy(plan: Plan, folder: Path) -> Plan:
    """The plan with tables of its own, so that writing into one changes no other."""
    frames = ("regions", "positioning", "membership", "targets", "sources", "areas")
    copies = {name: getattr(plan, name).copy() for name in frames}
    return replace(plan, facts=copy.deepcopy(plan.facts), folder=folder, **copies)


def _say(plan: Plan) -> None:
    warn_input(zip(plan.tidied, plan.tidied_zh, strict=True))


def check_plan(folder: str | Path) -> list[Fault]:
    """Return everything that is wrong with a plan folder; an empty list when nothing is.

    Figures in the folder's own ``observations.csv`` are checked too. A :class:`~lnregions.InputWarning` says what
    was untidy and is read all the same.
    """
    folder = Path(folder)
    faults: list[Fault] = []
    plan, found = _gather(faults, lambda: _read(_folder(folder, folder)), (None, []))
    faults = faults or found
    if plan is not None:
        _say(plan)
    if plan is not None and (folder / "observations.csv").is_file():
        _gather(faults, lambda: load_observations(plan=plan), None)
    return faults


def plan_of(given: Plan | str | Path) -> Plan:
    """Return a plan as it is, or the one of a name or folder.

    Raises
    ------
    DataError
        If it is none of these, or there is no such plan.

    Examples
    --------
    >>> plan_of("ln-2022").id
    'ln-2022'
    """
    return given if isinstance(given, Plan) else load_plan(given)


def _folder(plan: str | Path, path: Path | None) -> Path:
    if path is None and not (isinstance(plan, Path) or (isinstance(plan, str) and plan.strip())):
        names = ", ".join(list_plans())
        raise DataError(
            f"The plan {quote(plan)} is neither a plan nor the name of one. "
            f"Give one from load_plan, the path of a plan folder, or one of {names}.",
        )
    if path is None and str(plan) in list_plans():
        return data_dir() / "plans" / str(plan)
    folder = Path(path) if path is not None else Path(plan)
    named_as_path = path is not None or isinstance(plan, Path) or re.search(r"[/\\.]", str(plan))
    try:
        if folder.is_dir():
            return folder
    except (OSError, ValueError):
        named_as_path = False
    if not named_as_path:
        raise unknown("plan", str(plan), list_plans())
    raise DataError(
        f"The plan folder {shown_path(folder)!r} does not exist. "
        f"Give the path of a folder with plan.yaml in it, or one of {', '.join(list_plans())}.",
    )


def _read(folder: Path) -> tuple[Plan | None, list[Fault]]:
    """Plan of a folder and its faults; no plan when a file of it cannot be read at all.

    What rests on a file that cannot be read is not checked, so that one fault does not bring others.
    """
    faults: list[Fault] = []
    facts, sources, said = _gather(faults, lambda: _read_facts(folder / "plan.yaml"), ({}, None, []))
    areas = _gather(faults, lambda: _read_areas(folder), None)
    tables = {}
    for name in _TABLES:
        tables[name] = _gather(faults, lambda name=name: read_with_faults(folder / f"{name}.csv", name), None)
    known = {"area": None if areas is None else list(areas["area"])}
    known["region"] = list(tables["regions"][0]["region"]) if _sound(tables["regions"]) else None
    known["source"] = None if sources is None else [*sources["source"], *load_sources()["source"]]
    for name, check in _CHECKS.items():
        if tables[name] is not None:
            frame, lines, form = tables[name]
            unread = {"unread": {fault.line for fault in form}}
            found = check(frame, lines, path=shown_path(folder / f"{name}.csv"), known=known | unread)
            faults += joined_faults(form, found)
    if sources is None or areas is None or not all(_sound(table) for table in tables.values()):
        return None, faults
    frames = {name: frame for name, (frame, _, _) in tables.items()}
    said += [sentences for frame in (*frames.values(), areas) for sentences in kept_warnings(frame)]
    tidied, tidied_zh = zip(*said, strict=True) if said else ((), ())
    for frame in (*frames.values(), areas):
        frame.attrs = {}  # pandas copies them with every selection
    own = {"sources": sources, "areas": areas, "folder": folder, "tidied": tidied, "tidied_zh": tidied_zh}
    return Plan(id=facts["id"], facts=facts, **frames, **own), faults


def _sound(table: tuple | None) -> bool:
    return table is not None and not table[2]


def _gather(faults: list[Fault], read, otherwise):
    """Result of a reader, or a stand-in while its faults join the others."""
    try:
        return read()
    except DataError as error:
        faults.extend(error.faults)
        return otherwise


def _no_sources() -> pd.DataFrame:
    return pd.DataFrame(columns=_SOURCE_COLUMNS, dtype=str)


def _read_facts(path: Path) -> tuple[dict, pd.DataFrame, list[tuple[str, str]]]:
    facts, lines, tidied = read_yaml(path)
    shown = shown_path(path)
    facts, sources = check_plan_facts(facts, lines, path=shown, tidied=tidied)
    table = pd.DataFrame(sources, columns=_SOURCE_COLUMNS, dtype=str) if sources else _no_sources()
    return facts, table, [(f"{shown}: {en}", f"{shown}：{zh}") for en, zh in tidied]


def _read_areas(folder: Path) -> pd.DataFrame:
    shared = load_areas()
    if not (folder / "areas.csv").is_file():
        return shared
    own = load_areas(path=folder / "areas.csv")
    refuse_any(area_faults(own, shared, path=shown_path(folder / "areas.csv")))
    joined = pd.concat([shared[~shared["area"].isin(own["area"])], own], ignore_index=True)
    keep_warnings(joined, kept_warnings(own))
    return joined
