"""Codes, names, validity and place of a user's boundaries: corrected with a warning, or refused by name."""

import re
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shape_files as files
import shapely
from shape_files import FOUR

from lnregions import DataError, load_boundaries
from lnregions.boundaries.polygons import WEB_MAPS

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
METRE_EAST = 1 / 84_140


@pytest.fixture
def cities():
    return load_boundaries()


@pytest.fixture
def four(cities):
    return cities[cities["area"].isin(FOUR)].reset_index(drop=True)


@pytest.fixture
def read(tmp_path):
    """Write a frame in a format and read it back."""

    def read(frame, *, name="towns.gpkg", level="city", areas=FOUR):
        frame.attrs = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame.to_file(tmp_path / name, **({"encoding": "UTF-8"} if name.endswith("shp") else {}))
        return load_boundaries(level, path=tmp_path / name, areas=areas)

    return read


def moved(frame, change):
    return frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), change), crs=frame.crs)


def east(metres):
    return lambda xy: np.add(xy, (metres * METRE_EAST, 0))


def gcj02(lon, lat):
    """Where Chinese web maps show a place, by the formula in public use since about 2013."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(abs(x)) + wave
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(abs(x)) + wave
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    major, squared = 6378245.0, 0.00669342162296594323
    root = 1 - squared * np.sin(np.radians(lat)) ** 2
    metres_north = major * (1 - squared) / root**1.5
    metres_east = major / np.sqrt(root) * np.cos(np.radians(lat))
    return lon + np.degrees(east / metres_east), lat + np.degrees(north / metres_north)


def bd09(lon, lat):
    """Where Baidu's maps show a place."""
    x, y = gcj02(lon, lat)
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


SHIFTED = {"GCJ-02": gcj02, "BD-09": bd09}


# ---- codes and names ----


def test_a_good_file_of_ones_own_gives_the_same_frame(four, read):
    frame = read(four, name="towns.shp")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(four))
    assert frame.attrs["warnings"] == []
    assert frame.attrs["source_en"].endswith("towns.shp")


@pytest.mark.parametrize("name", ["own.shp", "own.gpkg", "own.geojson"])
@pytest.mark.parametrize("level", ["city", "county"])
def test_a_copy_of_the_shipped_boundaries_is_read_without_a_warning(read, level, name):
    assert read(load_boundaries(level), level=level, name=name, areas=None).attrs["warnings"] == []


def test_a_parent_column_is_not_taken_for_the_codes(read):
    counties = load_boundaries("county")[["parent", "area", "geometry"]]
    counties = counties.rename(columns={"area": "own", "parent": "code"})
    assert len(read(counties, level="county", areas=None)) == 100


def test_areas_with_codes_of_ones_own_are_taken_as_they_come_with_a_warning(read):
    frame = gpd.GeoDataFrame(
        {"code": ["b", "a"], "name": ["乙", "甲"], "name_en": ["B", "A"], "parent": ["p", "p"]},
        geometry=[shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)], crs=4490,
    )  # fmt: skip
    found = read(frame, areas=None)
    assert found.iloc[0, :6].tolist() == ["a", "甲", "A", "甲", "A", "p"]
    words = "your own, between 0.00 and 2.00 degrees east, 0.00 and 1.00 degrees north"
    assert words in found.attrs["warnings"][0]
    assert read(frame[["code", "geometry"]], areas=None).iloc[0, :6].tolist() == ["a"] * 5 + [""]


def test_known_areas_carry_the_shipped_names_whatever_the_file_says(four, read):
    assert read(four.assign(short_zh="某地", name_en="Somewhere")).loc[0, "name_en"] == "Anshan City"


def test_one_area_may_be_given_as_a_text(cities, read):
    assert read(cities[:1], areas="210100")["area"].tolist() == ["210100"]


def columns(**given):
    """Three boxes outside of Liaoning with these columns."""
    boxes = [shapely.box(110 + n, 30, 111 + n, 31) for n in range(3)]
    return gpd.GeoDataFrame(given, geometry=boxes, crs=4490)


JILIN, SURFACE = ["220100", "220200", "220300"], [24693.926, 27685.864, 10257.18]
CERTAIN = {
    "a surface with decimals": columns(
        AREA=SURFACE, PERIMETER=[9.5, 8.5, 7.5], ADCODE99=JILIN, NAME99=["a", "b", "c"]
    ),
    "a surface in whole numbers": columns(AREA=[24693, 27685, 10257], CODE=JILIN),
    "the class of a feature": columns(GB=[630200] * 3, PAC=JILIN),
    "counters": columns(OBJECTID=[1, 2, 3], FID_1=[0, 1, 2], adcode=JILIN),
    "codes of the telephone beside": columns(citycode=["0431", "0432", "0434"], adcode=JILIN),
    "an apostrophe of a spreadsheet": columns(code=[f"'{code}" for code in JILIN]),
    "nine digits": columns(AREA=SURFACE, CODE=[f"{code}000" for code in JILIN]),
    "twelve digits": columns(AREA=SURFACE, CODE=[f"{code}000000" for code in JILIN]),
    "a country in front and zeros behind": columns(PAC=[f"156{code}000" for code in JILIN]),
    "two that agree": columns(CODE=JILIN, code_2=JILIN),
}
DOUBTFUL = {
    "counters and keys": (columns(AREA=SURFACE, STATE_=[1, 2, 3], STATE_ID=[5, 6, 7], FIPS=["01", "04", "05"]),
                          "it may be STATE_, STATE_ID, FIPS"),
    "North Carolina": (columns(CNTY_=[1, 2, 3], CNTY_ID=[1, 2, 3], FIPSNO=[37009, 37005, 37171], CRESS_ID=[5, 3, 86]),
                       "it may be CNTY_, CNTY_ID, FIPSNO, CRESS_ID"),
    "GADM": (columns(GID_0=["CHN"] * 3, GID_2=["CHN.18.1_1", "CHN.18.2_1", "CHN.18.4_1"]), "it may be GID_2"),
    "a counter of a usual name": (columns(code=[1, 2, 3], NUTS_ID=["AT1", "AT2", "AT3"]), "it may be NUTS_ID, code"),
    "a counter of six digits": (columns(id=[100001, 100002, 100003], name=["a", "b", "c"]), "it may be id"),
    "blanks within": (columns(adcode=["220 100", "220 200", "220 300"]), "column adcode holds no codes .*'220 100'"),
    "none of Liaoning's areas": (columns(code=["210101", "210201", "210301"]), "unknown area '210101'"),
    "two codes": (columns(code=JILIN, gb=["a1", "a2", "a3"]), "it may be code, gb"),
    "codes of two years": (columns(ADCODE93=["220100", "220200", "220400"], ADCODE99=JILIN), "ADCODE93, ADCODE99"),
    "a surface in decimals alone": (columns(AREA=SURFACE), "no column holds the codes"),
    "townships": (columns(code=["210102001", "210102002", "210103001"]), "townships .* .'210102001' lies in 210102"),
    "one power of ten": (columns(code=["220100", "220200", "2.203E+05"]), "no codes of areas"),
    "Korean districts": (columns(SIG_CD=["11110", "11140", "11170"], SIG_KOR_NM=["종로구", "중구", "용산"]), "SIG_CD"),
    **{f"postal codes beside {label}": (columns(code=["110000", "116000", "114000"], **{label: names}),
                                        "of 2101?00, but the code 110000, and so for 3 rows")
       for label, names in (("name", ["沈阳市", "大连市", "鞍山市"]), ("GEN", ["Shenyang", "Dalian", "Anshan"]))},
    "villages": (columns(code=["210102001001", "210102002001", "210103001001"]), "townships or villages"),
}  # fmt: skip


@pytest.mark.parametrize("what", CERTAIN)
def test_codes_are_chosen_by_their_values(read, what):
    assert read(CERTAIN[what], areas=None)["area"].tolist() == JILIN


@pytest.mark.parametrize("what", DOUBTFUL)
def test_a_choice_of_codes_that_is_not_certain_is_refused_with_the_candidates(read, what):
    frame, words = DOUBTFUL[what]
    with pytest.raises(DataError, match=words):
        read(frame, areas=None)


FOREIGN = [
    ["012801000", "156601000", "156602000"],  # places of the Philippines
    ["091620000000", "091630000000", "156602000000"],
    ["01001", "02A04", "97105"],
    ["1111000000", "1114000000", "1117000000"],
    ["CN-22", "CN-23", "CN-15"],
    ["1E5", "2E5", "3E5"],
]


@pytest.mark.parametrize("codes", FOREIGN)
def test_codes_of_other_countries_are_taken_as_they_come(read, codes):
    assert read(columns(adcode=codes), areas=None)["area"].tolist() == sorted(codes)


@pytest.mark.parametrize("form", ["{}001", "{}001001", "{:.4}"])
def test_townships_and_cut_codes_are_told_beside_areas_given_too(four, read, form):
    with pytest.raises(DataError, match=r"codes are (of townships|cut)"):
        read(four[["geometry"]].assign(code=[form.format(code) for code in FOUR]))


def test_the_column_that_is_named_adcode_is_taken_whatever_it_counts(read):
    assert read(columns(adcode=[*"123"], key=[*"abc"]), areas=None)["area"].tolist() == [*"123"]


def test_areas_given_make_a_choice_certain(read):
    assert read(DOUBTFUL["two codes"][0], areas=["a1", "a2", "a3"])["area"].tolist() == ["a1", "a2", "a3"]


def national(layer, *more):
    """Frame of areas of several provinces, Liaoning's among them."""
    codes = files.codes_of(layer)
    [one] = files.shapes_of(FOUR[:1])
    away = [shapely.transform(one, lambda xy, n=n: xy - (8 + n, 6)) for n in range(3)]
    rows = [*zip(["130100", "130200", "370600"], away, strict=True), *more]
    rows += zip(codes, files.shapes_of(codes, layer=layer), strict=True)
    return gpd.GeoDataFrame(rows, columns=["adcode", "geometry"], crs=4490)


@pytest.mark.parametrize(("level", "layer"), [("city", "liaoning_cities"), ("county", "liaoning_counties")])
def test_of_a_file_of_the_whole_country_liaoning_is_read_with_a_warning(read, level, layer):
    frame = read(national(layer), level=level, areas=None)
    assert frame["area"].tolist() == files.codes_of(layer)
    assert frame.attrs["warnings"] == ["Rows of other provinces were left out: 3."]


def test_a_stranger_with_a_code_of_liaoning_is_refused_in_a_file_of_the_whole_country_too(read):
    with pytest.raises(DataError, match="unknown area '219900'"):
        read(national("liaoning_cities", ("219900", shapely.box(110, 30, 111, 31))), areas=None)


CODES = {
    "missing": (lambda f: f.drop(1), "1 of 14 areas are missing: 210200"),
    "twice": (lambda f: pd.concat([f, f.iloc[[0]]]), "'210100' stands in rows 1, 15"),
    "empty": (lambda f: f.replace("210400", ""), "row 4 has no code in column area"),
    "counties": (lambda f: load_boundaries("county"), "the codes are those of the level 'county'"),
    "cut to five": (lambda f: f[["geometry"]].assign(area=f["area"].str[:5]), "the codes are cut .*for 210100"),
    "none": (lambda f: f[["geometry"]].assign(colour="red"), "no column holds the codes .*columns: colour"),
    "null shapes": (lambda f: f.set_geometry([None] * 14), "holds no area|14 of 14 areas are missing"),
    "two faults": (lambda f: f.replace({"210100": "219999", "210200": "210300"})[["area", "geometry"]],
                   r"(?s)stands in rows 2, 3.*unknown area"),
    "question marks": (lambda f: f[["area", "geometry"]].assign(name="???"), "the names are garbled"),
    "control characters": (lambda f: f.assign(name_zh="a\x1b[2J"), "control"),
    "mixed up with names": (lambda f: f.replace({"210100": "210200", "210200": "210100"}),
                            "has the code 210200 but the name '沈阳市'"),
    "mixed up": (lambda f: f[["area", "geometry"]].replace({"210100": "210200", "210200": "210100"}),
                 "the polygon of 210200 covers 0% of where that area lies"),
}  # fmt: skip


@pytest.mark.parametrize("what", CODES)
def test_wrong_codes_and_names_are_refused(cities, read, what):
    change, words = CODES[what]
    with pytest.raises(DataError, match=words):
        read(change(cities), areas=None)


def test_areas_that_the_file_must_hold_can_be_given(four, read):
    with pytest.raises(DataError, match="2 of 6 areas are missing: 1, 2"):
        read(four, areas=[*FOUR, "1", "2"])


OTHER_SCRIPTS = {
    "German": ("cp1252", ["München", "Köln", "Lübeck"]),
    "Portuguese": ("latin-1", ["São Paulo", "Goiânia", "Belém"]),
    "Polish": ("cp1252", ["Gdańsk", "Kraków", "Zielona Góra"]),
    "Russian": ("cp1251", ["Орёл", "Тула", "Томск"]),
    "Greek": ("cp1252", ["Θήβα", "Κως", "Σάμος"]),
    "Japanese": ("cp932", ["埼玉", "奈良", "徳島"]),
    **{f"Chinese in {wrong}": (wrong, ["长春", "吉林", "四平"]) for wrong in ("gb18030", "latin-1")},
}


@pytest.mark.parametrize("place", OTHER_SCRIPTS)
def test_names_in_other_scripts_are_read_and_refused_where_they_were_garbled(read, place):
    wrong, names = OTHER_SCRIPTS[place]
    assert set(read(columns(adcode=JILIN, name=names), areas=None)["name_zh"]) == set(names)
    garbled = [name.encode("utf-8").decode(wrong, "replace") for name in names]
    with pytest.raises(DataError, match="the names are garbled"):
        read(columns(adcode=JILIN, name=garbled), areas=None)


# ---- validity ----


def bow_tie(shape):
    """The polygon with two corners exchanged: its outline crosses itself."""
    ring = shapely.get_coordinates(shape)
    ring[[40, 120]] = ring[[120, 40]]
    return shapely.Polygon(ring)


def small_loop(shape):
    ring = shapely.get_coordinates(shape)
    step = (ring[6] - ring[5]) * 1e-3
    bow = [ring[5] + step, ring[5] + 3 * step + step[::-1] * (1, -1), ring[5] + 3 * step]
    return shapely.Polygon([*ring[:6], *bow, ring[5] + step + step[::-1] * (1, -1), *ring[6:]])


def spread(four):
    """One city grown into another's land."""
    four.loc[0, "geometry"] |= four.geometry[2] & four.geometry[2].centroid.buffer(0.2)
    return four


SHAPES = {
    "a line": (lambda f: f.set_geometry([shapely.LineString([(122, 41), (123, 41)]), *f.geometry[1:]]),
               "row 1 holds a linestring"),
    "crossing outline": (lambda f: f.set_geometry([f.geometry[0], bow_tie(f.geometry[1]), *f.geometry[2:]]),
                         "the polygon of row 2 is invalid .*would change its area by"),
    "overlap": (spread, r"210300 and 211000 overlap by \d"),
    "swapped": (lambda f: moved(f, lambda xy: xy[:, ::-1]), "longitude and latitude are swapped"),
    "across 180 degrees": (
        lambda f: moved(f[:1], lambda xy: (np.add(xy, (57.5, 0)) + 180) % 360 - 180), "leaps from one"),
    "beyond the pole": (lambda f: moved(f, lambda xy: xy * (1, 2.2)), "longitude and latitude are swapped"),
    "metres called degrees": (lambda f: f.to_crs(4528).set_crs(4490, allow_override=True), "they are no degrees"),
    "degrees called metres": (lambda f: f.set_crs(4528, allow_override=True), "cannot be brought from|no polygon lies"),
    "elsewhere": (lambda f: moved(f, lambda xy: np.add(xy, (2, 0))), r"no polygon lies where its area lies .*16\d\."),
    "500 m off": (lambda f: moved(f, east(500)), r"shifted by (49\d|50\d) m to the east as a whole"),
    "a corner 50 m off": (lambda f: shift_corner(f, 50), "a corner of 210800 stands .* m off|overlap"),
    "a corner off in another drawing": (lambda f: shift_corner(moved(f, east(30)), 9000), "210800 differs|overlap"),
    **{f"{name} of {level}": (lambda f, level=level, shift=shift: moved(
        load_boundaries(level), lambda xy: np.column_stack(shift(*xy.T))), f"shifted by .* north-east, as {name} coord")
       for (name, shift), level in zip(SHIFTED.items(), ("city", "county"), strict=True)},
}  # fmt: skip


def shift_corner(frame, metres, *, corner=60):
    ring = shapely.get_coordinates(frame.geometry[1])
    ring[corner] += (metres * METRE_EAST, 0)
    frame.loc[1, "geometry"] = shapely.Polygon(ring)
    return frame


@pytest.mark.parametrize("what", SHAPES)
def test_shapes_that_would_draw_a_wrong_map_are_refused(four, read, what):
    change, words = SHAPES[what]
    frame = change(four)
    level = "county" if len(frame) == 100 else "city"
    with pytest.raises(DataError, match=words):
        read(frame, level=level, areas=FOUR if len(frame) == 4 else None)


def largest_parts(frame):
    return frame.set_geometry([max(shapely.get_parts(shape), key=shapely.area) for shape in frame.geometry])


def coarse(frame):
    return frame.set_geometry(shapely.coverage_simplify(frame.geometry.to_numpy(), 0.4))


WARNED = {
    "small loop": (lambda f: f.set_geometry([f.geometry[0], small_loop(f.geometry[1]), *f.geometry[2:]]), "repaired"),
    "small overlap": (lambda f: f.set_geometry([f.geometry[0].buffer(0.0002), *f.geometry[1:]]), "overlap a little"),
    "126 m off": (lambda f: moved(f, east(-126)), "The boundaries lie 126 m to the west of the shipped ones"),
    "a corner 8 m off": (lambda f: shift_corner(f, 8), "The same as the shipped boundaries except for some corners: 1"),
    "another zone, stated": (lambda f: f.to_crs(32651), "Coordinates were brought from WGS 84 / UTM zone 51N to CGCS"),
    "drawn anew": (coarse, "Drawn otherwise than the shipped boundaries"),
}  # fmt: skip


@pytest.mark.parametrize("what", WARNED)
def test_small_differences_are_read_with_a_warning(four, read, what):
    change, words = WARNED[what]
    assert words in " ".join(read(change(four)).attrs["warnings"])


def hole(frame, points=4, *, radius=0.09):
    """The third city with a hole, of about 270 km² unless another radius is given, in its middle."""
    place = frame.geometry[2].representative_point()
    ring = place.buffer(radius, quad_segs=points)
    return frame.set_geometry([*frame.geometry[:2], frame.geometry[2] - ring, *frame.geometry[3:]]), ring


def enclave(frame, points=4):
    """The ground of such a hole given to the first city."""
    frame, ring = hole(frame, points)
    return frame.set_geometry([frame.geometry[0] | ring, *frame.geometry[1:]])


PIECES = {
    "a hole": lambda f: hole(f, 16)[0],
    "a hole in another drawing": lambda f: hole(moved(f, east(30)), 16)[0],
    "an enclave in another drawing": lambda f: enclave(moved(f, east(30)), 1),
}


@pytest.mark.parametrize("what", PIECES)
def test_a_hole_or_an_enclave_is_named_with_its_size(four, read, what):
    try:
        text = " ".join(read(PIECES[what](four)).attrs["warnings"])
    except DataError as error:
        text = str(error)
    assert re.search(r"2110\d\d.*\d\d+ km²", text)
    assert "except for some corners" not in text


def test_islands_that_a_file_lacks_are_named_with_their_share(cities, read):
    found = read(largest_parts(cities), areas=None).attrs["warnings"]
    assert "are not in the file (share of the area): 210200 (0.9%)" in " ".join(found)


def test_differences_within_what_sources_differ_by_are_not_mentioned(cities, read):
    assert read(moved(cities, east(30)), areas=None).attrs["warnings"] == []
    assert read(cities.set_crs(4326, allow_override=True), areas=None).attrs["warnings"] == []
    simple = cities.set_geometry(shapely.coverage_simplify(cities.geometry.to_numpy(), 0.02))
    assert "corner" not in " ".join(read(simple, areas=None).attrs["warnings"])


def test_a_corner_moved_along_its_border_so_that_land_is_cut_off_is_refused(tmp_path):
    rings = [files.rings_of(shape) for shape in files.shapes_of()]
    ring = rings[0][0]
    sharp = max(range(1, len(ring) - 1), key=lambda n: shapely.Polygon(ring[n - 1 : n + 2]).area)
    ring[sharp] = ring[sharp + 1] * 0.9 + ring[sharp] * 0.1
    with pytest.raises(DataError, match=r"a corner of 210300 stands \d+ m off the border|overlap"):
        load_boundaries(path=files.write_shapefile(tmp_path, rings=rings), areas=FOUR)


@pytest.mark.parametrize("system", SHIFTED)
def test_the_shift_of_web_maps_is_the_published_one_all_over_liaoning(cities, system):
    west, south, east, north = cities.total_bounds
    grid = np.meshgrid(np.linspace(west, east, 30), np.linspace(south, north, 30))
    lon, lat = (each.ravel() for each in grid)
    off = (np.column_stack(SHIFTED[system](lon, lat)) - np.column_stack([lon, lat])) * (84_140, 111_050)
    assert np.hypot(*(off - WEB_MAPS[system]).T).max() < 150
