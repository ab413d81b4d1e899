"""Geometry: areas stay true, borders stay shared, labels stay inside."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from lnregions.boundaries import geometry
from lnregions.boundaries.boundaries import load_boundaries
from lnregions.boundaries.geometry import (
    EQUAL_AREA,
    area_km2,
    dissolve_areas,
    equal_area_crs,
    label_points,
    neighbours,
    project,
    simplify_coverage,
)
from lnregions.errors import DataError


@pytest.fixture
def cities():
    return load_boundaries()


@pytest.fixture
def flat(cities):
    return project(cities)


def squares(*boxes, crs=EQUAL_AREA):
    names = [chr(ord("a") + n) for n in range(len(boxes))]
    return gpd.GeoDataFrame({"area": names}, geometry=[shapely.box(*b) for b in boxes], crs=crs)


def test_areas_are_those_on_the_ellipsoid_within_a_thousandth(cities):
    geod = Geod(ellps="GRS80")
    true = [abs(geod.geometry_area_perimeter(shape)[0]) / 1e6 for shape in cities.geometry]
    assert area_km2(cities).to_numpy() == pytest.approx(true, rel=1e-3)
    assert area_km2(cities).sum() == pytest.approx(147_226, abs=1)


def test_areas_do_not_depend_on_the_coordinates_given(cities, flat):
    assert area_km2(flat).to_numpy() == pytest.approx(area_km2(cities).to_numpy())
    assert area_km2(cities.to_crs(4528)).to_numpy() == pytest.approx(area_km2(cities).to_numpy(), rel=1e-4)


def test_projecting_keeps_columns_attributes_and_the_callers_frame(cities):
    cities.attrs["mark"] = 1
    before = cities.copy()
    flat = project(cities)
    assert flat.attrs["mark"] == 1
    assert list(flat.columns) == list(cities.columns)
    assert flat.crs == EQUAL_AREA
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(cities))
    assert project(flat).geometry.geom_equals(flat.geometry).all()
    named = project(cities.rename_geometry("shape"), crs=equal_area_crs((118, 38, 126, 44)))
    assert named.geometry.name == "shape"


def test_a_frame_without_a_system_is_refused(cities):
    with pytest.raises(DataError, match="states no coordinate reference system"):
        project(gpd.GeoDataFrame(geometry=cities.geometry.to_numpy()))


@pytest.mark.parametrize("bounds", [(118, 38, 126, 44), (-60, -20, -40, 20), (170, 80, 180, 90)])
def test_the_projection_of_any_place_keeps_areas(bounds):
    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    shape = shapely.segmentize(shapely.box(x - 1, y - 1, x + 1, y + 1), 0.01)
    flat = gpd.GeoSeries([shape], crs=4490).to_crs(equal_area_crs(bounds))
    true = abs(Geod(ellps="GRS80").geometry_area_perimeter(shape)[0])
    assert flat.area.iloc[0] == pytest.approx(true, rel=1e-4)


@pytest.mark.parametrize("bounds", [(0, 0, 0, 1), (0, 9, 1, 1), (0, 0, 500, 1), (0, 0, 1, float("nan"))])
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(DataError, match="Give west, south, east, north"):
        equal_area_crs(bounds)


@pytest.mark.parametrize("level", ["city", "county"])
@pytest.mark.parametrize("tolerance", [100, 500, 2000])
def test_simplified_areas_still_share_their_borders(level, tolerance):
    flat = project(load_boundaries(level))
    thin = simplify_coverage(flat, tolerance)
    assert shapely.coverage_is_valid(thin.geometry.to_numpy())
    assert thin.geometry.is_valid.all()
    assert thin.count_coordinates().sum() < flat.count_coordinates().sum()
    assert list(thin["area"]) == list(flat["area"])
    pairs = neighbours(flat)
    longer = pairs[pairs["border_km"] > 1]
    assert set(map(tuple, longer[["area", "other"]].values)) <= set(
        map(tuple, neighbours(thin)[["area", "other"]].values)
    )


def test_areas_that_overlap_come_back_as_they_were():
    frame = squares((0, 0, 10, 10), (5, 0, 15, 10))
    assert simplify_coverage(frame, 100).geometry.geom_equals(frame.geometry).all()


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_distance_is_refused(flat, tolerance):
    with pytest.raises(DataError, match="is not a distance"):
        simplify_coverage(flat, tolerance)


def test_degrees_are_not_simplified_by_metres(cities):
    with pytest.raises(DataError, match="cannot be simplified by metres"):
        simplify_coverage(cities, 100)


def test_a_label_point_lies_in_the_largest_part_with_room_for_a_label(flat):
    points = label_points(flat)
    largest = [max(shapely.get_parts(shape), key=shapely.area) for shape in flat.geometry]
    assert list(points.index) == list(flat.index)
    for point, part in zip(points, largest, strict=True):
        label = shapely.box(point.x - 11_000, point.y - 5_500, point.x + 11_000, point.y + 5_500)
        assert label.intersection(part).area > 0.98 * label.area


def test_a_wide_label_finds_the_wide_arm_of_an_area():
    arms = shapely.union_all([shapely.box(0, 0, 100, 12), shapely.box(0, 0, 14, 100)])
    frame = gpd.GeoDataFrame(geometry=[arms], crs=EQUAL_AREA)
    assert label_points(frame, aspect=4).iloc[0].x > 20
    assert label_points(frame, aspect=0.25).iloc[0].y > 20


@pytest.mark.parametrize("aspect", [0, -2, float("nan")])
def test_an_impossible_aspect_is_refused(flat, aspect):
    with pytest.raises(DataError, match="is not a positive number"):
        label_points(flat, aspect=aspect)


def test_an_area_without_a_shape_takes_no_label():
    frame = gpd.GeoDataFrame(geometry=[None, shapely.Polygon()], crs=EQUAL_AREA)
    with pytest.raises(DataError, match="no place for a label"):
        label_points(frame)
    assert area_km2(frame).iloc[1] == 0


def test_a_region_is_the_union_of_its_members_without_slivers(flat):
    outline = dissolve_areas(flat, ["210100", "210300", "211000"])
    assert outline.area / 1e6 == pytest.approx(area_km2(flat).iloc[[0, 2, 9]].sum())
    assert sum(len(part.interiors) for part in shapely.get_parts(outline)) == 0
    assert dissolve_areas(flat, "210100").equals(flat.geometry.iloc[0])


def test_a_region_of_nothing_or_of_strangers_is_refused(flat):
    with pytest.raises(DataError, match="without members"):
        dissolve_areas(flat, [])
    with pytest.raises(DataError, match="Unknown area '210101'"):
        dissolve_areas(flat, ["210100", "210101"])


def test_neighbours_share_a_border_and_not_only_a_point(cities):
    pairs = neighbours(cities)
    both = pairs.merge(pairs, left_on=["area", "other"], right_on=["other", "area"])
    assert len(both) == len(pairs)
    assert both["border_km_x"].to_numpy() == pytest.approx(both["border_km_y"].to_numpy())
    assert set(pairs.loc[pairs["area"] == "210200", "other"]) == {"210300", "210600", "210800"}
    corner = neighbours(squares((0, 0, 1, 1), (1, 1, 2, 2), (1, 0, 2, 1)))
    assert set(zip(corner["area"], corner["other"], strict=True)) == {
        ("a", "c"),
        ("c", "a"),
        ("b", "c"),
        ("c", "b"),
    }


def test_shapes_are_known_again_by_what_they_are_and_forgotten_when_they_are_gone():
    made = []

    def work():
        return made.append(1)

    for east in (1.5, 1.5, 2.5):
        geometry.remembered(("told apart",), [shapely.box(0, 0, east, 1), None], work)
    assert len(made) == 2
    shape = shapely.box(0, 0, 3.5, 1)
    number = id(shape)
    geometry.remembered(("forgotten",), [shape], work)
    assert number in geometry._DIGESTS
    del shape
    assert number not in geometry._DIGESTS


def test_the_same_shapes_are_worked_on_once_and_no_result_is_shared(cities, monkeypatch):
    geometry._RESULTS.clear()
    first = project(cities)
    first.loc[0, "geometry"] = None
    monkeypatch.setattr(gpd.GeoSeries, "to_crs", lambda *a, **k: pytest.fail("projected twice"))
    assert project(cities).geometry.notna().all()


def test_no_more_results_are_kept_than_stated(monkeypatch):
    monkeypatch.setattr(geometry, "_KEPT", 3)
    geometry._RESULTS.clear()
    for size in range(1, 9):
        label_points(squares((0, 0, size, 1)))
    assert len(geometry._RESULTS) == 3


def test_simplification_that_would_lose_an_area_is_not_done(monkeypatch):
    frame = squares((0, 0, 10, 10))
    monkeypatch.setattr(shapely, "coverage_simplify", lambda shapes, _: np.array([shapely.Polygon()]))
    assert simplify_coverage(frame, 3).geometry.iloc[0].area == 100
