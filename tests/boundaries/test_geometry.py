"""Geometry: areas stay true, borders stay shared, labels stay inside."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from lnregions import DataError, load_boundaries
from lnregions.boundaries import (
    equal_area,
    label_points,
    project,
    simplify_coverage,
    union,
)


@pytest.fixture
def cities():
    return load_boundaries()


@pytest.fixture
def flat(cities):
    return project(cities)


EQUAL_AREA = equal_area((118.8, 38.7, 125.8, 43.5))


def squares(*boxes, crs=EQUAL_AREA):
    names = [chr(ord("a") + n) for n in range(len(boxes))]
    return gpd.GeoDataFrame({"area": names}, geometry=[shapely.box(*b) for b in boxes], crs=crs)


def test_areas_are_those_on_the_ellipsoid_within_a_thousandth(cities, flat):
    geod = Geod(ellps="GRS80")
    true = [abs(geod.geometry_area_perimeter(shape)[0]) for shape in cities.geometry]
    assert flat.area.to_numpy() == pytest.approx(true, rel=1e-3)
    assert flat.area.sum() / 1e6 == pytest.approx(147_226, abs=1)
    assert project(cities.to_crs(4528)).area.to_numpy() == pytest.approx(flat.area.to_numpy(), rel=1e-4)


def test_projecting_keeps_columns_attributes_and_the_callers_frame(cities):
    cities.attrs["mark"] = 1
    before = cities.copy()
    flat = project(cities)
    assert flat.attrs["mark"] == 1
    assert list(flat.columns) == list(cities.columns)
    assert flat.crs == EQUAL_AREA
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(cities))
    assert project(flat).geometry.geom_equals(flat.geometry).all()
    assert project(cities.rename_geometry("shape"), crs=cities.to_crs(4528).crs).geometry.name == "shape"
    flat.loc[0, "geometry"] = None  # what is kept of it is not changed
    assert project(cities).geometry.notna().all()


ACROSS = {
    # boxes that end at 180 degrees, and those that begin there, as if the longitudes went on
    "Fiji": [(177, -19, 180, -17), (180, -17, 181, -16)],
    "Chukotka": [(165, 62, 180, 70), (180, 64, 190, 70)],
    "Chatham, apart": [(166, -47, 178, -35), (183, -45, 184, -43)],
    "wide": [(130, 50, 180, 70), (180, 50, 220, 70)],
    "a corner of the meridian": [(179, 0, 180, 1), (180, 1, 181, 2)],
}


@pytest.mark.parametrize("place", ACROSS)
def test_areas_on_both_sides_of_180_degrees_are_drawn_as_anywhere_else(place):
    boxes = ACROSS[place]
    cut = squares(*((west - 360 * (west >= 180), south, east - 360 * (west >= 180), north)
                    for west, south, east, north in boxes), crs=4490)  # fmt: skip
    elsewhere = squares(
        *((west - 100, south, east - 100, north) for west, south, east, north in boxes), crs=4490
    )
    assert project(cut).total_bounds == pytest.approx(project(elsewhere).total_bounds, abs=1)


@pytest.mark.parametrize("level", ["city", "county"])
@pytest.mark.parametrize("tolerance", [100, 2000])
def test_simplified_areas_still_share_their_borders(level, tolerance):
    flat = project(load_boundaries(level))
    thin = simplify_coverage(flat, tolerance)
    assert shapely.coverage_is_valid(thin.geometry.to_numpy())
    assert thin.geometry.is_valid.all()
    assert thin.count_coordinates().sum() < flat.count_coordinates().sum()
    assert list(thin["area"]) == list(flat["area"])
    long = {pair for pair, metres in shared_borders(flat).items() if metres > 1000}
    assert shared_borders(thin).keys() >= long


def shared_borders(frame):
    """Pairs of areas that share a border, with its metres."""
    shapes = frame.geometry.to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    borders = shapely.boundary(shapes)
    metres = shapely.length(shapely.intersection(borders[one], borders[two]))
    return {(a, b): long for a, b, long in zip(one, two, metres, strict=True) if a != b and long > 0}


REFUSED = {
    "states no coordinate reference system": lambda flat: project(flat.set_crs(None, allow_override=True)),
    "cannot be simplified by metres": lambda flat: simplify_coverage(flat.to_crs(4490), 100),
    **{f"The tolerance {metres} is not a distance": lambda flat, metres=metres: simplify_coverage(flat, metres)
       for metres in (-1, float("nan"), float("inf"))},
    "no place for a label": lambda flat: label_points(flat.set_geometry([shapely.Polygon()] * len(flat))),
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_geometry_to_work_on_is_refused(flat, words):
    with pytest.raises(DataError, match=words):
        REFUSED[words](flat)


def test_areas_that_overlap_come_back_as_they_were():
    frame = squares((0, 0, 10, 10), (5, 0, 15, 10))
    assert simplify_coverage(frame, 100).geometry.geom_equals(frame.geometry).all()


def test_a_label_point_lies_in_the_largest_part_with_room_for_a_label(flat):
    points = label_points(flat)
    largest = [max(shapely.get_parts(shape), key=shapely.area) for shape in flat.geometry]
    assert list(points.index) == list(flat.index)
    for point, part in zip(points, largest, strict=True):
        label = shapely.box(point.x - 11_000, point.y - 5_500, point.x + 11_000, point.y + 5_500)
        assert label.intersection(part).area > 0.98 * label.area


def test_a_union_leaves_no_slivers_and_is_found_once(flat):
    members = flat.geometry.iloc[[0, 2, 9]]
    outline = union(members)
    assert outline.area == pytest.approx(members.area.sum())
    assert sum(len(part.interiors) for part in shapely.get_parts(outline)) == 0
    assert union(list(members)) is outline


def test_simplification_that_would_lose_an_area_is_not_done(monkeypatch):
    frame = squares((0, 0, 10, 10))
    monkeypatch.setattr(shapely, "coverage_simplify", lambda shapes, _: np.array([shapely.Polygon()]))
    assert simplify_coverage(frame, 3).geometry.iloc[0].area == 100
