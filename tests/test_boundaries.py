"""Boundaries: what is merely untidy is read and said, what would draw a wrong map is refused by name."""

import json
import shutil
import sqlite3
import struct
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lnregions.boundaries import boundaries
from lnregions.boundaries import dbf as _dbf
from lnregions.boundaries import files as _boundary_files
from lnregions.boundaries import shapefile as _shapefile
from lnregions.boundaries.boundaries import load_boundaries, load_context, load_locator
from lnregions.boundaries.codes import find_codes, plain_code
from lnregions.boundaries.place import common_shift, to_metres
from lnregions.boundaries.shapes import plain_polygons
from lnregions.boundaries.web_maps import bd09, gcj02
from lnregions.errors import DataError
from lnregions.paths import shapes_dir

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
FOUR = ["210300", "210800", "211000", "211100"]
PARTS = ("shp", "shx", "dbf", "prj", "cpg")


@pytest.fixture
def cities():
    return load_boundaries()


@pytest.fixture
def four(cities):
    return cities[cities["area"].isin(FOUR)].reset_index(drop=True)


def save(frame, folder, *, name="towns.shp", **options) -> Path:
    path = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, **({"encoding": "UTF-8"} if name.endswith("shp") else {}), **options)
    return path


def patch(path: Path, at: int, data: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(data)] = data
    path.write_bytes(bytes(content))
    return path


def moved(frame, change):
    frame = frame.copy()
    frame["geometry"] = shapely.transform(frame.geometry.to_numpy(), change)
    return frame


def tidied(path, **options) -> str:
    return " ".join(load_boundaries(path=path, **options).attrs["tidied"])


# ---- the shipped layers ----


@pytest.mark.parametrize(("level", "count"), [("city", 14), ("county", 100)])
def test_the_shipped_layers_hold_every_area_once_sorted_and_named(level, count):
    frame = load_boundaries(level)
    assert len(frame) == frame["area"].nunique() == count
    assert frame["area"].is_monotonic_increasing
    assert [*frame.columns] == [*boundaries.COLUMNS, "geometry"]
    assert frame.crs.to_epsg() == 4490
    assert not (frame[boundaries.COLUMNS] == "").any().any()
    assert frame.attrs["licence"] == "MIT"


def test_what_is_done_to_a_frame_does_not_reach_the_next_caller():
    frame = load_boundaries()
    frame.loc[0, "area"] = "x"
    frame.attrs["licence"] = "none"
    assert load_boundaries().loc[0, "area"] == "210100"
    assert load_boundaries().attrs["licence"] == "MIT"


def test_context_and_locator_show_liaoning_among_its_neighbours():
    context, locator = load_context(), load_locator()
    assert {"210000", "130000", "150000", "220000"} <= set(context["area"])
    assert set(context["kind"]) == {"province", "land"}
    assert set(locator["area"]) == {"150000", "210000", "220000", "230000"}


def test_an_unknown_level_is_refused_with_the_choices():
    with pytest.raises(
        DataError, match=r"Unknown level 'citty'\. Choose one of city, county .did you mean city"
    ):
        load_boundaries("citty")


@pytest.fixture
def shipped_copy(tmp_path, monkeypatch):
    folder = tmp_path / "shapes"
    shutil.copytree(shapes_dir(), folder)
    monkeypatch.setattr(boundaries, "shapes_dir", lambda: folder)
    boundaries._shipped.cache_clear()
    yield folder
    boundaries._shipped.cache_clear()


def test_a_changed_shipped_file_is_refused_by_its_checksum(shipped_copy):
    patch(shipped_copy / "liaoning_cities.shp", 5000, b"\x01")
    with pytest.raises(DataError, match=r"liaoning_cities\.shp: the shipped boundary file is not the one"):
        load_boundaries()


@pytest.mark.parametrize("gone", ["checksums.txt", "liaoning_cities.dbf"])
def test_a_missing_shipped_file_is_refused(shipped_copy, gone):
    (shipped_copy / gone).unlink()
    with pytest.raises(DataError, match=f"{gone}: the shipped boundary file is not there"):
        load_boundaries()


# ---- untidy files are read ----


def test_a_good_file_of_ones_own_gives_the_same_frame(four, tmp_path):
    frame = load_boundaries(path=save(four, tmp_path), areas=FOUR)
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(four))
    assert frame.attrs["tidied"] == frame.attrs["tidied_zh"] == []
    assert frame.attrs["source_en"].endswith("towns.shp")


@pytest.mark.parametrize("name", ["towns.gpkg", "towns.geojson"])
def test_other_formats_give_the_same_frame(four, tmp_path, name):
    frame = load_boundaries(path=save(four, tmp_path, name=name), areas=FOUR)
    assert list(frame["short_zh"]) == ["鞍山", "营口", "辽阳", "盘锦"]
    assert shapely.equals_exact(frame.geometry.to_numpy(), four.geometry.to_numpy(), 1e-9).all()


@pytest.mark.parametrize(
    ("label", "form"),
    [
        ("adcode", int),
        ("GB", lambda a: "156" + a),
        ("code", float),
        ("区划代码", str),
        ("x", str),
        ("PAC", lambda a: a + "000000"),
    ],
)
def test_the_code_column_is_found_by_name_or_values_as_text_or_number(four, tmp_path, label, form):
    frame = four[["area", "geometry"]].assign(extra=range(4))
    frame[label] = frame["area"].map(form)
    path = save(frame.drop(columns="area"), tmp_path, name="towns.gpkg")
    assert list(load_boundaries(path=path, areas=FOUR)["area"]) == FOUR


def test_a_parent_column_is_not_taken_for_the_codes(tmp_path):
    counties = load_boundaries("county")[["parent", "area", "geometry"]]
    path = save(counties.rename(columns={"area": "own", "parent": "code"}), tmp_path, name="c.gpkg")
    assert len(load_boundaries("county", path=path)) == 100


def test_codes_are_read_in_their_usual_forms():
    forms = ["210100", "210100.0", "156210100", "２１０１００", " 210100 ", "210100000000"]
    assert {plain_code(form) for form in forms} == {"210100"}
    assert plain_code("zone 3") == "zone 3"
    assert find_codes({"n": ["1", "2"]}, known=set(), wanted=set()) is None


def test_gb18030_with_a_cpg_is_read_and_without_one_is_read_and_said(four, tmp_path):
    path = save(four, tmp_path)
    frame = four.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, encoding="GB18030")
    path.with_suffix(".cpg").write_text("GB18030")
    assert tidied(path, areas=FOUR) == ""
    path.with_suffix(".cpg").unlink()
    patch(path.with_suffix(".dbf"), 29, b"\0")
    assert "read as GB18030" in tidied(path, areas=FOUR)


def test_utf8_without_a_cpg_is_read_and_said(four, tmp_path):
    path = save(four, tmp_path)
    path.with_suffix(".cpg").unlink()
    assert "read as UTF-8" in tidied(path, areas=FOUR)


def test_degrees_without_a_prj_are_read_and_said(four, tmp_path):
    path = save(four, tmp_path)
    path.with_suffix(".prj").unlink()
    assert "can only be degrees" in tidied(path, areas=FOUR)


@pytest.mark.parametrize("name", ["towns.shp", "towns.gpkg", "towns.geojson"])
def test_heights_are_dropped(four, tmp_path, name):
    four["geometry"] = shapely.force_3d(four.geometry.to_numpy(), 12.0)
    frame = load_boundaries(path=save(four, tmp_path, name=name), areas=FOUR)
    assert not frame.geometry.has_z.any()
    if not name.endswith("json"):
        assert "Heights" in frame.attrs["tidied"][0]


def test_measured_polygons_are_read(four, tmp_path):
    data = save(four, tmp_path).read_bytes()
    shx = (tmp_path / "towns.shx").read_bytes()
    as_m = bytearray(data), bytearray(shx)
    for content in as_m:
        content[32:36] = struct.pack("<i", 25)
    at = 100
    while at < len(data):
        as_m[0][at + 8 : at + 12] = struct.pack("<i", 25)
        at += 8 + 2 * struct.unpack_from(">i", data, at + 4)[0]
    shapes, faults, further = _shapefile.read_polygons(*map(bytes, as_m), names=("a", "b"))
    assert (len(shapes), faults, further) == (4, [], True)


def test_rows_without_a_shape_are_left_out_and_said(four, tmp_path):
    blank = four.iloc[[0]].assign(geometry=[None], area="")
    path = save(pd.concat([four, blank]), tmp_path)
    assert "Rows without a shape were left out: 5." in tidied(path, areas=FOUR)


def test_another_coordinate_system_is_reprojected_and_said(four, tmp_path):
    path = save(four.to_crs(4528), tmp_path)
    frame = load_boundaries(path=path, areas=FOUR)
    assert "CGCS2000 / 3-degree Gauss-Kruger" in frame.attrs["tidied"][0]
    assert shapely.hausdorff_distance(frame.geometry.to_numpy(), four.geometry.to_numpy()).max() < 1e-8


def test_wgs84_degrees_are_taken_as_they_are(four, tmp_path):
    assert tidied(save(four.set_crs(4326, allow_override=True), tmp_path), areas=FOUR) == ""


def test_a_small_self_crossing_is_repaired_and_said(four, tmp_path):
    ring = shapely.get_coordinates(four.geometry[1])
    a, b = ring[5], ring[6]
    step = (b - a) * 1e-3
    bow = [a + step, a + 3 * step + step[::-1] * (1, -1), a + 3 * step, a + step + step[::-1] * (1, -1)]
    four.loc[1, "geometry"] = shapely.Polygon([*ring[:6], *bow, *ring[6:]])
    assert not four.geometry.is_valid.all()
    assert "repaired" in tidied(save(four, tmp_path), areas=FOUR)


def test_a_geometry_collection_of_polygons_becomes_a_multipolygon(four, tmp_path):
    four["geometry"] = [shapely.GeometryCollection([g]) for g in four.geometry]
    frame = load_boundaries(path=save(four, tmp_path, name="t.geojson"), areas=FOUR)
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}


def test_holes_are_holes_whatever_the_direction_of_rings(tmp_path):
    ring = np.array(shapely.box(0, 0, 9, 9).exterior.coords)
    hole, island = (np.array(shapely.box(n, n, 9 - n, 9 - n).exterior.coords) for n in (2, 4))
    for order in ([ring, hole, island], [island, hole[::-1], ring], [hole, ring, island[::-1]]):
        shape = _shapefile.polygon_from_rings(order)
        assert shape.area == 81 - 25 + 1
    apart = _shapefile.polygon_from_rings([ring, ring + 20])
    assert apart.geom_type == "MultiPolygon"


def test_own_areas_with_codes_of_ones_own_are_taken_as_they_come(tmp_path):
    frame = gpd.GeoDataFrame(
        {"code": ["b", "a"], "name": ["乙", "甲"], "name_en": ["B", "A"], "parent": ["p", "p"]},
        geometry=[shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)], crs=4490,
    )  # fmt: skip
    read = load_boundaries(path=save(frame, tmp_path, name="own.gpkg"))
    assert read.iloc[0, :6].tolist() == ["a", "甲", "A", "甲", "A", "p"]
    frame = frame[["code", "geometry"]]
    assert load_boundaries(path=save(frame, tmp_path, name="bare.gpkg")).iloc[0, :6].tolist() == ["a"] * 5 + [
        ""
    ]


def test_upper_case_endings_are_found(four, tmp_path):
    path = save(four, tmp_path)
    for part in PARTS:
        path.with_suffix(f".{part}").rename(tmp_path / f"towns.{part.upper()}")
    assert len(load_boundaries(path=tmp_path / "towns.SHP", areas=FOUR)) == 4


def test_known_areas_carry_the_shipped_names_whatever_the_file_says(four, tmp_path):
    path = save(four.assign(short_zh="某地", name_en="Somewhere"), tmp_path)
    assert load_boundaries(path=path, areas=FOUR).loc[0, "name_en"] == "Anshan City"


def test_arcs_become_short_straight_segments(tmp_path):
    path = save(
        gpd.GeoDataFrame({"code": ["x"]}, geometry=[shapely.box(0, -1, 2, 1)], crs=4490),
        tmp_path,
        name="arc.gpkg",
    )
    points = [(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)]
    arc = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *p) for p in points)
    blob = struct.pack("<2sBBi", b"GP", 0, 1, 4490) + struct.pack("<BII", 1, 10, 1) + arc
    with sqlite3.connect(path) as base:
        for (trigger,) in base.execute("select name from sqlite_master where type='trigger'").fetchall():
            base.execute(f'drop trigger "{trigger}"')
        base.execute("update arc set geom = ?", [blob])
    base.close()
    assert load_boundaries(path=path).geometry[0].area == pytest.approx(np.pi, rel=0.01)


# ---- what would draw a wrong map is refused ----


@pytest.mark.parametrize("part", ["shx", "dbf"])
def test_a_missing_part_is_refused_with_its_name(four, tmp_path, part):
    path = save(four, tmp_path)
    path.with_suffix(f".{part}").unlink()
    with pytest.raises(DataError, match=rf"towns\.shp: the part \.{part} of the shapefile is missing"):
        load_boundaries(path=path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no.shp", "the file is not there"),
        ("a\0b.shp", "not there"),
        ("a.kml", "Unknown format '.kml'"),
        ("folder.gpkg", "no regular file"),
        ("folder.geojson", "no regular file"),
    ],
)
def test_what_is_no_boundary_file_is_refused(tmp_path, name, message):
    if name.startswith("folder"):
        (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=message):
        load_boundaries(path=f"{tmp_path}/{name}")


def test_a_file_beyond_the_size_limit_is_refused(four, tmp_path, monkeypatch):
    monkeypatch.setattr(_boundary_files, "_LARGEST", 1000)
    with pytest.raises(DataError, match="more than 1000"):
        load_boundaries(path=save(four, tmp_path))


def test_an_unreadable_file_is_refused(four, tmp_path, monkeypatch):
    path = save(four, tmp_path)

    def denied(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(DataError, match=r"cannot be read .Permission denied"):
        _boundary_files.read_layer(path)


SHP_DAMAGE = {
    "cut after the header": (lambda d: d[:100], "states a length"),
    "cut in the middle": (lambda d: d[: len(d) // 2], "states a length"),
    "empty": (lambda d: b"", "at least 100"),
    "another file": (lambda d: b"x" * len(d), "does not begin like a shapefile"),
    "lines": (lambda d: d[:32] + struct.pack("<i", 3) + d[36:], "lines, not polygons"),
    "no known type": (lambda d: d[:32] + struct.pack("<i", 77) + d[36:], "shape type 77"),
    "record number": (lambda d: d[:100] + struct.pack(">i", 9) + d[104:], "record 1 is damaged: it is numbered 9"),
    "record length": (lambda d: d[:104] + struct.pack(">i", 10**6) + d[108:], "reaches beyond the end"),
    "record type": (lambda d: d[:108] + struct.pack("<i", 3) + d[112:], "its shape type is 3"),
    "null with data": (lambda d: d[:108] + struct.pack("<i", 0) + d[112:], "null shape carries data"),
    "part count": (lambda d: d[:144] + struct.pack("<i", 2) + d[148:], "does not fit its counts"),
    "not a number": (lambda d: d[:156] + struct.pack("<d", np.nan) + d[164:], "not a number"),
    "open ring": (lambda d: d[:156] + struct.pack("<d", 122.0) + d[164:], "a ring is not closed"),
    "box": (lambda d: d[:112] + struct.pack("<d", 100.0) + d[120:], "the box it states"),
    "first part": (lambda d: d[:152] + struct.pack("<i", 1) + d[156:], "rings do not follow"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHP_DAMAGE)
def test_a_damaged_shp_is_refused_with_the_place(four, tmp_path, case):
    change, message = SHP_DAMAGE[case]
    path = save(four.iloc[[1, 2, 3]], tmp_path)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=message) as error:
        load_boundaries(path=path)
    assert "towns.shp" in str(error.value)
    assert error.value.report("zh")


def test_records_too_short_or_cut_are_refused(four, tmp_path):
    def headed(data):
        return struct.pack(">i20xi", 9994, (100 + len(data)) // 2) + struct.pack("<ii64x", 1000, 5) + data

    def fault(shp):
        return _shapefile.read_polygons(shp, headed(b""), names=("a.shp", "a.shx"))[1][0].message()

    assert "too short for a polygon" in fault(headed(struct.pack(">ii", 1, 10) + struct.pack("<i16x", 5)))
    good = save(four, tmp_path).read_bytes()[100:]
    assert "a.shp: record 5 is damaged: it is cut short" in fault(headed(good + b"\0" * 6))


def test_swapped_index_entries_are_refused(four, tmp_path):
    path = save(four, tmp_path)
    index = path.with_suffix(".shx")
    data = index.read_bytes()
    index.write_bytes(data[:100] + data[108:116] + data[100:108] + data[116:])
    with pytest.raises(DataError, match=r"towns\.shx: the index entry 1 does not point at record 1"):
        load_boundaries(path=path)


def test_an_index_of_another_file_is_refused(four, cities, tmp_path):
    path = save(four, tmp_path)
    shutil.copy(save(cities, tmp_path, name="all.shp").with_suffix(".shx"), path.with_suffix(".shx"))
    with pytest.raises(DataError, match="the index has 14 entries for 4 records"):
        load_boundaries(path=path)


def test_a_table_of_another_file_is_refused_by_its_count_or_by_its_places(four, cities, tmp_path):
    path = save(four, tmp_path)
    dbf = path.with_suffix(".dbf")
    shutil.copy(save(cities, tmp_path, name="all.shp").with_suffix(".dbf"), dbf)
    with pytest.raises(DataError, match=r"towns\.dbf: the \.dbf has 14 rows for 4 shapes"):
        load_boundaries(path=path)
    others = cities.iloc[[5, 6, 8, 12]]
    shutil.copy(save(others, tmp_path, name="others.shp").with_suffix(".dbf"), dbf)
    with pytest.raises(DataError, match="the polygon of '210600' covers 0 % of where that area lies"):
        load_boundaries(path=path, areas=others["area"])


def test_rows_in_another_order_than_shapes_are_refused(four, tmp_path):
    four["area"] = [FOUR[1], FOUR[0], *FOUR[2:]]
    with pytest.raises(DataError, match=r"has the code 210800 but the name '鞍山市'"):
        load_boundaries(path=save(four, tmp_path), areas=FOUR)
    with pytest.raises(DataError, match="the polygon of '210300' covers 0 %"):
        load_boundaries(path=save(four[["area", "geometry"]], tmp_path), areas=FOUR)


DBF_DAMAGE = {
    "deleted": (lambda d, at, n: d[:at] + b"*" + d[at + 1 :], "row 1 is marked as deleted"),
    "flag": (lambda d, at, n: d[:at] + b"?" + d[at + 1 :], "row 1 begins with"),
    "a row short": (lambda d, at, n: d[: -n - 1], "states .* bytes for 4 rows"),
    "cut header": (lambda d, at, n: d[:20], "cut short"),
    "no end": (lambda d, at, n: d.replace(b"\r", b" "), "no end"),
    "field type": (lambda d, at, n: d[:43] + b"\x07" + d[44:], "column 1 has no proper name"),
    "field width": (lambda d, at, n: d[:48] + b"\x07" + d[49:], "its columns take"),
}


@pytest.mark.parametrize("case", DBF_DAMAGE)
def test_a_damaged_table_is_refused(four, tmp_path, case):
    change, message = DBF_DAMAGE[case]
    path = save(four, tmp_path)
    dbf = path.with_suffix(".dbf")
    data = dbf.read_bytes()
    start, width = struct.unpack_from("<HH", data, 8)
    dbf.write_bytes(change(data, start, width))
    with pytest.raises(DataError, match=message) as error:
        load_boundaries(path=path)
    assert "towns.dbf" in str(error.value)


@pytest.mark.parametrize(
    ("written", "declared", "message"),
    [
        ("GB18030", "UTF-8", "the text in column .* is not UTF-8"),
        ("UTF-8", "GBK", "garbled|is not GB18030"),
        ("UTF-8", "ISO-8859-1", "garbled"),
        ("GB18030", "LATIN1", "garbled"),
        ("UTF-8", "KLINGON", "encoding 'KLINGON' is not known"),
    ],
)
def test_a_wrong_encoding_is_refused(four, tmp_path, written, declared, message):
    path = tmp_path / "towns.shp"
    four.to_file(path, encoding=written)
    path.with_suffix(".cpg").write_text(declared)
    with pytest.raises(DataError, match=message):
        load_boundaries(path=path, areas=FOUR)


def test_names_garbled_before_they_were_saved_are_refused(four, tmp_path):
    for wrong, right in (("gb18030", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030")):
        four["name_zh"] = [n.encode(right).decode(wrong, "replace") for n in four["short_zh"]]
        with pytest.raises(DataError, match="the names are garbled"):
            load_boundaries(path=save(four, tmp_path, name="t.gpkg"), areas=FOUR)


def test_text_that_is_no_encoding_at_all_is_refused(four, tmp_path):
    path = save(four, tmp_path)
    path.with_suffix(".cpg").unlink()
    data = path.with_suffix(".dbf").read_bytes().replace("鞍".encode(), b"\xff\xfe\xff")
    path.with_suffix(".dbf").write_bytes(data)
    with pytest.raises(DataError, match="is not UTF-8 or GB18030"):
        load_boundaries(path=path, areas=FOUR)


def test_a_chinese_system_s_table_says_so_by_its_driver_byte():
    assert _dbf._decoded({"n": ["é".encode("gb18030")]}, name="x", cpg=None, driver=0x4D)[0] == {"n": ["é"]}


@pytest.mark.parametrize("prj", [b"GEOGCS[", b"\xff\xfe", b"nonsense"])
def test_an_unreadable_prj_is_refused(four, tmp_path, prj):
    path = save(four, tmp_path)
    path.with_suffix(".prj").write_bytes(prj)
    with pytest.raises(DataError, match=r"towns\.prj: the \.prj cannot be read"):
        load_boundaries(path=path)


def test_swapped_longitude_and_latitude_are_refused(four, tmp_path):
    with pytest.raises(DataError, match="longitude and latitude are swapped"):
        load_boundaries(path=save(moved(four, lambda xy: xy[:, ::-1]), tmp_path), areas=FOUR)


@pytest.mark.parametrize("stated", [True, False])
def test_metres_called_degrees_or_nothing_are_refused(four, tmp_path, stated):
    path = save(four.to_crs(4528), tmp_path)
    shutil.copy(shapes_dir() / "locator.prj", path.with_suffix(".prj"))
    if not stated:
        path.with_suffix(".prj").unlink()
    with pytest.raises(DataError, match="so they are no degrees"):
        load_boundaries(path=path, areas=FOUR)


@pytest.mark.parametrize(("y", "message"), [(np.inf, "infinity"), (100.0, "swapped"), (200.0, "no degrees")])
def test_impossible_latitudes_are_refused(y, message):
    layer = _boundary_files.Layer("x.shp", {}, [shapely.Polygon([(0, 0), (1, 0), (1, y)])], None)
    assert message in plain_polygons(layer).faults[0].message()


def test_degrees_called_metres_are_refused(four, tmp_path):
    path = save(four.set_crs(4528, allow_override=True), tmp_path)
    with pytest.raises(DataError, match=r"cannot be brought from|no polygon lies where"):
        load_boundaries(path=path, areas=FOUR)


def test_a_whole_file_in_the_wrong_place_is_refused_once(cities, tmp_path):
    with pytest.raises(
        DataError, match=r"no polygon lies where its area lies .the centres are 16\d\."
    ) as error:
        load_boundaries(path=save(moved(cities, lambda xy: np.add(xy, (2, 0))), tmp_path))
    assert len(error.value.faults) == 1


@pytest.mark.parametrize(("shift", "name"), [(gcj02, "GCJ-02"), (bd09, "BD-09")])
@pytest.mark.parametrize("level", ["city", "county"])
def test_coordinates_of_web_maps_are_named_with_their_shift(tmp_path, shift, name, level):
    frame = load_boundaries(level)
    shifted = moved(frame, lambda xy: np.array([shift(*point) for point in xy.tolist()]))
    with pytest.raises(
        DataError, match=rf"shifted by \d+ m to the north-east, as {name} coordinates"
    ) as error:
        load_boundaries(level, path=save(shifted, tmp_path))
    assert "东北" in error.value.report("zh")


@pytest.mark.parametrize(("east", "metres"), [(0.006, 500), (-0.0015, 126), (0.0004, 0)])
def test_a_common_shift_is_refused_said_or_let_pass_by_its_size(cities, tmp_path, east, metres):
    path = save(moved(cities, lambda xy: np.add(xy, (east, 0))), tmp_path)
    if metres > 300:
        with pytest.raises(DataError, match=r"shifted by 50\d m to the east as a whole"):
            load_boundaries(path=path)
    else:
        assert ("to the west of the shipped ones" in tidied(path)) == (metres > 60)


def test_the_common_shift_is_measured_to_a_few_metres(cities):
    mine = to_metres(cities.geometry.to_numpy())
    found = common_shift(shapely.transform(mine, lambda xy: np.add(xy, (200, -70))), mine)
    assert (found.east, found.north) == (pytest.approx(200, abs=5), pytest.approx(-70, abs=5))


def test_a_missing_city_is_named(cities, tmp_path):
    with pytest.raises(DataError, match="1 of 14 areas are missing: 210200"):
        load_boundaries(path=save(cities.drop(1), tmp_path))


def test_a_city_that_stands_twice_is_named(cities, tmp_path):
    with pytest.raises(DataError, match="'210100' stands in rows 1, 15"):
        load_boundaries(path=save(pd.concat([cities, cities.iloc[[0]]]), tmp_path))


def test_an_unknown_code_is_refused_with_the_likely_one(cities, tmp_path):
    cities.loc[0, "area"] = "210110"
    with pytest.raises(DataError, match=r"unknown area '210110'\. Choose one of .*did you mean 211100"):
        load_boundaries(path=save(cities, tmp_path))


def test_areas_that_the_file_must_hold_can_be_given(four, tmp_path):
    with pytest.raises(DataError, match="2 of 6 areas are missing: 1, 2"):
        load_boundaries(path=save(four, tmp_path), areas=[*FOUR, "1", "2"])


def test_counties_given_as_cities_are_told_so(tmp_path):
    with pytest.raises(DataError, match="the codes are those of the level 'county'"):
        load_boundaries(path=save(load_boundaries("county"), tmp_path))


def test_a_shape_without_a_code_is_refused(cities, tmp_path):
    cities.loc[3, "area"] = ""
    with pytest.raises(DataError, match="row 4 has a shape but no code in column area"):
        load_boundaries(path=save(cities, tmp_path))


def test_a_file_without_codes_is_refused_with_its_columns(four, tmp_path):
    path = save(four[["geometry"]].assign(colour="red"), tmp_path)
    with pytest.raises(DataError, match=r"no column holds the codes of the areas .columns: colour"):
        load_boundaries(path=path)


@pytest.mark.parametrize("name", ["t.shp", "t.gpkg", "t.geojson"])
def test_an_empty_file_is_refused(four, tmp_path, name):
    with pytest.raises(DataError, match="holds no area"):
        load_boundaries(path=save(four.iloc[:0], tmp_path, name=name))


def test_a_file_of_null_shapes_is_refused(tmp_path):
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[None], crs=4490)
    with pytest.raises(DataError, match="holds no area"):
        load_boundaries(path=save(frame, tmp_path, name="n.gpkg"))


def test_lines_among_polygons_are_refused(four, tmp_path):
    four.loc[0, "geometry"] = shapely.LineString([(122, 41), (123, 41)])
    with pytest.raises(DataError, match="row 1 holds a LineString"):
        load_boundaries(path=save(four, tmp_path, name="t.gpkg"), areas=FOUR)


def test_polygons_whose_repair_would_change_their_area_are_refused(four, tmp_path):
    ring = shapely.get_coordinates(four.geometry[1])
    ring[[40, 120]] = ring[[120, 40]]
    four.loc[1, "geometry"] = shapely.Polygon(ring)
    with pytest.raises(DataError, match=r"the polygon of row 2 is invalid .*would change its area by"):
        load_boundaries(path=save(four, tmp_path), areas=FOUR)


def test_areas_that_overlap_are_refused_and_small_overlaps_said(four, tmp_path):
    whole = four.copy()
    whole.loc[0, "geometry"] = four.geometry[0].union(
        four.geometry[2].intersection(four.geometry[2].centroid.buffer(0.2))
    )
    with pytest.raises(DataError, match=r"'210300' and 211000 overlap by \d"):
        load_boundaries(path=save(whole, tmp_path), areas=FOUR)
    wide = moved(four, lambda xy: np.round(xy, 3))
    wide["geometry"] = wide.geometry.make_valid()
    small = tidied(save(moved(wide, lambda xy: xy), tmp_path), areas=FOUR)
    assert "overlap a little" in small or small == ""


@pytest.mark.parametrize(("metres", "refused"), [(500, True), (50, True), (8, False)])
def test_a_single_moved_corner_is_refused_or_said(four, tmp_path, metres, refused):
    ring = shapely.get_coordinates(four.geometry[1])
    ring[60] += (metres / 84_140, 0)
    four.loc[1, "geometry"] = shapely.Polygon(ring)
    path = save(four, tmp_path)
    if refused:
        with pytest.raises(
            DataError, match=r"a corner of '210800' near .* m off the border on its own|overlap"
        ):
            load_boundaries(path=path, areas=FOUR)
    else:
        assert "except for some corners: 1" in tidied(path, areas=FOUR)


def test_a_simplified_copy_is_no_fault(cities, tmp_path):
    simple = cities.copy()
    simple["geometry"] = shapely.coverage_simplify(cities.geometry.to_numpy(), 0.02)
    assert "corner" not in tidied(save(simple, tmp_path))


# ---- GeoPackage, GeoJSON ----


def test_a_geopackage_with_two_layers_is_refused_with_their_names(four, tmp_path):
    path = save(four, tmp_path, name="t.gpkg", layer="one")
    four.to_file(path, layer="two")
    with pytest.raises(DataError, match=r"holds 2 layers of shapes .one, two"):
        load_boundaries(path=path)


SPOILT = "cast(substr(geom, 1, 8) || x'0000000000005940' || substr(geom, 17) as blob)"
SYSTEMS = "gpkg_spatial_ref_sys"


def gpkg(four, tmp_path, statement: str, values=()) -> Path:
    path = save(four, tmp_path, name="t.gpkg", layer="t")
    base = sqlite3.connect(path)
    for (trigger,) in base.execute("select name from sqlite_master where type='trigger'").fetchall():
        base.execute(f'drop trigger "{trigger}"')
    base.execute(statement, values)
    base.commit()
    base.close()
    return path


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("update t set geom = x'47500001' where fid = 2", "shape 2 is damaged"),
        ("update t set geom = 'text' where fid = 1", "shape 1 is damaged"),
        ("update t set geom = x'4750000b00000000' where fid = 1", "shape 1 is damaged"),
        (f"update t set geom = {SPOILT} where fid = 3", "shape 3 is damaged"),
        ("delete from gpkg_geometry_columns", "holds 0 layers"),
        (f"update {SYSTEMS} set organization='X', definition='y' where srs_id = 4490", "4490 cannot be read"),
    ],
)  # fmt: skip
def test_a_damaged_geopackage_is_refused(four, tmp_path, statement, message):
    with pytest.raises(DataError, match=message):
        load_boundaries(path=gpkg(four, tmp_path, statement), areas=FOUR)


def test_a_geopackage_without_a_stated_system_is_read_as_degrees(four, tmp_path):
    base = gpkg(four, tmp_path, "delete from gpkg_spatial_ref_sys where srs_id = 4490")
    assert "can only be degrees" in tidied(base, areas=FOUR)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\1" * 500, b"text" * 300])
def test_what_is_no_geopackage_is_refused(tmp_path, content):
    (tmp_path / "x.gpkg").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.gpkg: the GeoPackage"):
        load_boundaries(path=tmp_path / "x.gpkg")


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


def feature(geometry, **properties):
    return {"type": "Feature", "properties": {"code": "a", **properties}, "geometry": geometry}


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


POLYGON = {"type": "Polygon", "coordinates": [RING]}
JSON_DAMAGE = {
    '{"type": "Feat': "no JSON",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"): "are not valid UTF-8",
    "[" * 100_000: "no JSON",
    '{"a": 1, "a": 2}': "stands twice",
    "[1, 2]": "no GeoJSON FeatureCollection",
    '{"type": "Topology"}': "no GeoJSON FeatureCollection",
    collection(3): "feature 1 has no proper polygon: it is no Feature",
    collection({"type": "Feature", "properties": [1], "geometry": None}): "properties are no object",
    collection(feature("x")): "geometry is no object",
    collection(feature({"type": "Point", "coordinates": [1, 2]})): "its type is Point",
    collection(feature({"type": "Polygon", "coordinates": [[]]})): "fewer than four",
    collection(feature({"type": "MultiPolygon", "coordinates": [[]]})): "no ring",
    collection(feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [2, 2]]]})): "not closed",
    collection(feature({"type": "Polygon", "coordinates": [[[0, "0"], *RING[1:]]]})): "not two or three numbers",
    collection(feature({"type": "Polygon", "coordinates": [[[0, True], *RING[1:]]]})): "not two or three numbers",
    collection(feature(POLYGON), crs={"properties": {"name": "EPSG:0"}}): "EPSG:0.* is not known",
    collection(feature(POLYGON), crs=7): "is not known",
    collection(feature(POLYGON)).replace("[0, 0]", "[NaN, 0]"): "NaN is no number",
}  # fmt: skip


@pytest.mark.parametrize("text", JSON_DAMAGE, ids=range(len(JSON_DAMAGE)))
def test_a_damaged_geojson_is_refused(tmp_path, text):
    path = tmp_path / "own.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=JSON_DAMAGE[text]) as error:
        load_boundaries(path=path)
    assert "own.json" in str(error.value)


def test_geojson_may_have_a_bom_null_shapes_and_lists_among_its_properties(tmp_path):
    path = tmp_path / "own.geojson"
    empty = {"type": "Polygon", "coordinates": []}
    text = collection(feature(POLYGON, tags=["x"], note=None), feature(None), feature(empty))
    path.write_text(text, encoding="utf-8-sig")
    assert len(load_boundaries(path=path)) == 1


# ---- zip ----


def packed(path: Path, *, folder="") -> Path:
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part != target:
                pack.write(part, f"{folder}{part.name}")
    return target


@pytest.mark.parametrize("name", ["towns.shp", "towns.gpkg", "towns.geojson"])
def test_a_zip_of_a_boundary_file_is_read(four, tmp_path, name):
    pack = packed(save(four, tmp_path, name=name), folder="inside/")
    with zipfile.ZipFile(pack, "a") as more:
        more.writestr("__MACOSX/._towns.shp", b"x")
        more.writestr("readme.txt", b"x")
    frame = load_boundaries(path=pack, areas=FOUR)
    assert len(frame) == 4
    assert frame.attrs["path"].endswith(f"towns.zip/inside/{name}")


def test_a_zip_with_a_wrong_checksum_is_refused(four, tmp_path):
    pack = packed(save(four, tmp_path, name="t.geojson"))
    data = bytearray(pack.read_bytes())
    at = data.find(b"PK\x01\x02") + 16
    data[at] ^= 1
    pack.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"t\.zip: the zip is damaged: .*CRC"):
        load_boundaries(path=pack)


@pytest.mark.parametrize("name", ["../out.shp", "/etc/x.shp", "C:/x.shp", "a\\..\\x.shp"])
def test_a_zip_whose_members_lead_out_of_it_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as pack:
        info = zipfile.ZipInfo("y")
        info.filename = name
        pack.writestr(info, b"x")
    with pytest.raises(DataError, match="leads out of it"):
        load_boundaries(path=tmp_path / "x.zip")


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("x.shp", b"\0" * 20_000_000)
    with pytest.raises(DataError, match=r"'x\.shp' grows \d+ times"):
        load_boundaries(path=tmp_path / "x.zip")


def test_a_zip_with_links_doubles_or_too_much_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("x.shp")
    link.external_attr = 0o120777 << 16
    for members, message in (
        ([link], "is a link"),
        (["x.shp", "x.shp"], "stands there twice"),
        ([f"{n}.txt" for n in range(1001)], "1001 members"),
        (["a.txt", "folder/"], "holds 0 boundary files"),
        (["a.shp", "b.gpkg"], "holds 2 boundary files"),
    ):
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as pack:
            warnings.simplefilter("ignore")
            for member in members:
                pack.writestr(member, b"")
        with pytest.raises(DataError, match=message):
            load_boundaries(path=path)
    monkeypatch.setattr(_boundary_files, "_LARGEST", 3000)
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("a.shp", bytes(range(256)) * 9)
        pack.writestr("a.shx", b"x" * 10)
    patched = bytearray(path.read_bytes())
    path.write_bytes(bytes(patched))
    monkeypatch.setattr(_boundary_files, "_check_size", lambda path, name: None)
    monkeypatch.setattr(_boundary_files, "_LARGEST", 1000)
    with pytest.raises(DataError, match="unpacks to more than 1000"):
        load_boundaries(path=path)


def test_an_encrypted_zip_is_refused(four, tmp_path):
    pack = packed(save(four, tmp_path, name="t.geojson"))
    data = bytearray(pack.read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    pack.write_bytes(bytes(data))
    with pytest.raises(DataError, match="encrypted"):
        load_boundaries(path=pack)


def test_a_zip_member_shorter_than_it_states_is_refused(four, tmp_path):
    pack = packed(save(four, tmp_path, name="t.geojson"))
    data = bytearray(pack.read_bytes())
    at = data.find(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 50)
    pack.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"damaged|not as long"):
        load_boundaries(path=pack)


@pytest.mark.parametrize("name", ["own.shp", "own.gpkg"])
@pytest.mark.parametrize("level", ["city", "county"])
def test_an_exact_copy_of_the_shipped_boundaries_is_read_without_a_word(tmp_path, level, name):
    shipped = load_boundaries(level)
    shipped.attrs = {}
    assert load_boundaries(level, path=save(shipped, tmp_path, name=name)).attrs["tidied"] == []


def test_a_copy_that_was_projected_is_not_called_another(cities, tmp_path):
    said = load_boundaries(path=save(cities.to_crs(32651), tmp_path)).attrs["tidied"]
    assert len(said) == 1
    assert "UTM zone 51N" in said[0]


def test_islands_that_a_file_lacks_are_said_with_their_share(cities, tmp_path):
    frame = cities.copy()
    frame["geometry"] = [max(shapely.get_parts(shape), key=shapely.area) for shape in frame.geometry]
    path = save(frame, tmp_path)
    assert "are not in the file (share of the area): 210200 (0.9 %)" in tidied(path)


def test_names_of_question_marks_are_refused(cities, tmp_path):
    with pytest.raises(DataError, match="the names are garbled"):
        load_boundaries(path=save(cities[["area", "geometry"]].assign(name="???"), tmp_path))


@pytest.mark.parametrize("digits", [4, 5])
def test_codes_without_their_last_digits_are_refused_with_the_whole_one(cities, tmp_path, digits):
    frame = cities[["area", "geometry"]].assign(area=cities["area"].str[:digits])
    with pytest.raises(DataError, match="the codes are cut") as caught:
        load_boundaries(path=save(frame, tmp_path))
    assert f"for {cities['area'][0]}" in str(caught.value)


def test_areas_of_ones_own_are_said_to_be_unchecked_in_their_place(four, tmp_path):
    path = save(four[["geometry"]].assign(code=[f"zone-{n}" for n in range(4)]), tmp_path)
    assert "taken as your own, their places unchecked" in tidied(path)


def test_one_area_may_be_given_as_a_text(cities, tmp_path):
    assert load_boundaries(path=save(cities[:1], tmp_path), areas="210100")["area"].tolist() == ["210100"]


def test_a_path_may_begin_with_a_tilde(cities, tmp_path, monkeypatch):
    save(cities, tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(load_boundaries(path="~/towns.shp")) == 14
