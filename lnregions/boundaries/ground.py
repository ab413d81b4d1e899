"""The ground of a map, whatever place it shows: named neighbours where they are known, else land and sea."""

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from lnregions.boundaries.boundaries import COLUMNS, load_context, load_land, stated_names
from lnregions.boundaries.files import read_layer
from lnregions.boundaries.geometry import project, remembered
from lnregions.boundaries.polygons import CGCS2000, make_valid
from lnregions.tables import Plan, boundary_file

KINDS = ("province", "state", "sea", "land", "area")
"""What a polygon of the ground may be; the border of a state is drawn as such, a sea is a name only."""
LEAST_WIDTH, MOST_WIDTH = 100e3, 9e6
"""Metres: on narrower maps land of 1:50 million would be far off the true coast, on wider ones the grid is bent."""
ACCURACY = 4e3
"""Metres that the coast of 1:50 million (0.1 mm on its map is 5 km) may lie off that of the areas."""


def ground_around(plan: Plan, areas: gpd.GeoDataFrame, frame: shapely.Polygon) -> gpd.GeoDataFrame | None:
    """Ground around areas within the frame of a map; None where nothing is known of it.

    Those are the polygons of the plan's file ``context`` and the land of Natural Earth around them, or, where they
    fill the frame, the neighbours shipped with the boundaries. Areas, frame and ground are in one system in metres;
    the columns are those of `load_context`, and what the ground leaves free is sea.
    """
    path = boundary_file(plan.folder, "context")
    own = project(context_of(path), crs=areas.crs) if path else None
    west, south, east, north = _degrees(areas.crs, frame)
    neighbours = load_context()
    if own is None and shapely.box(*neighbours.total_bounds).contains(shapely.box(west, south, east, north)):
        return project(neighbours, crs=areas.crs)
    if not LEAST_WIDTH <= np.ptp(frame.bounds[::2]) <= MOST_WIDTH or not west < east:
        return own
    drawn = list(areas.geometry) + ([] if own is None else list(own.geometry[own["kind"] != "sea"]))
    rest = remembered(("land", areas.crs.srs), [frame, *drawn], lambda: _land_beside(areas.crs, frame, drawn))
    land = load_land().set_geometry([rest], crs=areas.crs).assign(short_zh="", short_en="")
    return land if own is None else pd.concat([own, land], ignore_index=True)


def land_within(crs, frame: shapely.Polygon) -> shapely.Geometry:
    """Land of the world on a grid, cut to what lies in and just around a frame."""
    west, south, east, north = _degrees(crs, frame)
    pad = 0.2 * max(east - west, north - south)
    box = shapely.box(west - pad, max(south - pad, -90), east + pad, min(north + pad, 90))
    part = shapely.intersection(load_land().geometry[0], box)
    moved = gpd.GeoSeries([shapely.segmentize(part, 0.5)], crs=CGCS2000).to_crs(crs).iloc[0]
    return shapely.make_valid(moved)


def context_of(path: Path) -> gpd.GeoDataFrame:
    """Polygons of a plan's file ``context``, made valid, with their names and kinds as far as they are given."""
    return _read_context(path, path.stat().st_mtime_ns).copy()


@lru_cache(maxsize=4)
def _read_context(path: Path, _changed: int) -> gpd.GeoDataFrame:
    layer = read_layer(path)
    make_valid(layer)
    layer.stop()
    layer.codes = pd.Series("", index=layer.columns.index)
    kinds = layer.columns.get("kind", layer.codes)
    table = stated_names(layer)[COLUMNS].assign(kind=kinds.where(kinds.isin(KINDS), "area"))
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=layer.shapes, crs=CGCS2000)


def _degrees(crs, frame: shapely.Polygon) -> tuple[float, float, float, float]:
    """West, south, east and north of a frame."""
    return Transformer.from_crs(crs, CGCS2000, always_xy=True).transform_bounds(*frame.bounds)


def _land_beside(crs, frame: shapely.Polygon, drawn: list) -> shapely.Geometry:
    """Land within a frame beside what is drawn, without the slivers that two drawings of one coast leave between them.

    A sliver is narrower than twice `ACCURACY`, touches what is drawn and the water.
    """
    land, wide = land_within(crs, frame), frame.buffer(4 * ACCURACY)
    known = shapely.union_all([shapely.make_valid(one) for one in drawn])
    land = shapely.intersection(land, wide)
    rest, water = shapely.difference(land, known), shapely.difference(wide, shapely.union(land, known))
    broad = shapely.buffer(shapely.buffer(rest, -ACCURACY), 2.5 * ACCURACY)
    narrow = shapely.get_parts(shapely.difference(rest, broad))
    near = shapely.dwithin(narrow, known, 1.0) & shapely.dwithin(narrow, water, 1.0)
    rest = shapely.difference(rest, shapely.union_all(narrow[near])) if near.any() else rest
    parts = [part for part in shapely.get_parts(shapely.intersection(rest, frame)) if part.area > 0]
    return shapely.MultiPolygon([one for one in parts if one.geom_type == "Polygon"])  # which may be none
