"""Boundary files as other programs write them: read and said when untidy, refused when they could mislead."""

import struct
import warnings

import numpy as np
import odd_files as odd
from web_maps import bd09, gcj02
import pytest
import shapely
from pyproj import CRS, Transformer

import lnregions
from lnregions.boundaries.boundaries import load_boundaries
from lnregions.boundaries.polygons import to_metres
from lnregions.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
FOUR = odd.FOUR


def load(path, *, level="city", areas=FOUR):
    return load_boundaries(level, path=path, areas=areas)


def moved(change, shapes=None):
    return [shapely.transform(shape, change) for shape in (shapes or odd.shapes_of())]


def projected(wkt):
    way = Transformer.from_crs(4490, CRS.from_wkt(wkt), always_xy=True)
    return moved(lambda xy: np.column_stack(way.transform(*xy.T)))


def off(frame, shapes) -> float:
    """Metres between what was read and what was meant, at the worst place."""
    mine, theirs = frame.geometry.to_numpy(), np.array(shapes, dtype=object)
    return float(shapely.hausdorff_distance(to_metres(mine), to_metres(theirs)).max())


def shapefile(**options):
    return lambda folder: odd.write_shapefile(folder, **options)


def zipped(name="towns.zip", *, inside="", more=None, **options):
    def build(folder):
        path = odd.write_shapefile(folder, **options)
        parts = {f"{inside}{p.name}": p.read_bytes() for p in sorted(folder.iterdir())}
        assert path.exists()
        return odd.pack(folder / name, parts | (more or {}))

    return build


def geojson(**options):
    return lambda folder: odd.write_geojson(folder, **options)


def features(form=lambda code: {"adcode": code}, **options):
    return [
        odd.feature(shape, **form(code), **options) for code, shape in zip(FOUR, odd.shapes_of(), strict=True)
    ]


def twice(shape):
    """A polygon whose points stand twice, as some digitisers write it."""
    rings = [np.repeat(ring, 2, axis=0)[:-1] for ring in odd.rings_of(shape)]
    return [np.concatenate([ring[:1], ring[1:]]) for ring in rings]


def n_form(code):
    return f"{code}.00000000000"


def f_form(code):
    return f"{float(code):.11e}".replace("e+05", "e+005")


NO_CPG = "No .cpg states the encoding"
HEIGHTS = "Heights or measures"
UNTIDY = {
    # what: (builder, what must be said of it, "" for nothing)
    "by hand": (shapefile(), ""),
    "upper-case endings": (shapefile(upper=True), ""),
    "cpg utf8": (shapefile(cpg=b"UTF8"), ""),
    "cpg utf-8 with line end": (shapefile(cpg=b"utf-8\r\n"), ""),
    "cpg with a byte order mark": (shapefile(cpg=b"\xef\xbb\xbfUTF-8"), ""),
    "cpg 936": (shapefile(cpg=b"936", dbf=odd.table(encoding="gbk")), ""),
    "cpg GBK": (shapefile(cpg=b"GBK", dbf=odd.table(encoding="gbk")), ""),
    "cpg CP936": (shapefile(cpg=b"CP936", dbf=odd.table(encoding="gbk")), ""),
    "cpg ANSI 936": (shapefile(cpg=b"ANSI 936", dbf=odd.table(encoding="gbk")), ""),
    "cpg OEM 936": (shapefile(cpg=b"OEM 936", dbf=odd.table(encoding="gbk")), ""),
    "cpg GB18030": (shapefile(cpg=b"GB18030", dbf=odd.table(encoding="gb18030")), ""),
    "cpg EUC-CN": (shapefile(cpg=b"EUC-CN", dbf=odd.table(encoding="gb2312")), ""),
    "no cpg, utf-8": (shapefile(cpg=None), NO_CPG),
    "no cpg, gbk": (shapefile(cpg=None, dbf=odd.table(encoding="gbk")), NO_CPG),
    "no cpg, gbk by its driver byte": (shapefile(cpg=None, dbf=odd.table(encoding="gbk", driver=0x4D)), NO_CPG),
    "empty cpg": (shapefile(cpg=b""), NO_CPG),
    "latin-1 cpg, plain text": (shapefile(cpg=b"ISO-8859-1", dbf=odd.table(names=False)), ""),
    "no prj": (shapefile(prj=None), "can only be degrees"),
    "empty prj": (shapefile(prj=b" \r\n"), "can only be degrees"),
    "prj of WGS 84": (shapefile(prj=odd.WGS84.encode()), ""),
    "prj with a byte order mark": (shapefile(prj=b"\xef\xbb\xbf" + odd.CGCS2000.encode()), ""),
    "Gauss-Kruger zone 41": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ZONE_41), prj=odd.ZONE_41.encode()),
        "Coordinates were brought from CGCS2000",
    ),
    "Web Mercator": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.MERCATOR), prj=odd.MERCATOR.encode()),
        "Coordinates were brought from WGS",
    ),
    "Albers": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ALBERS), prj=odd.ALBERS.encode()),
        "Coordinates were brought from Albers",
    ),
    "field ADCODE": (shapefile(dbf=odd.table(label="ADCODE")), ""),
    "field PAC": (shapefile(dbf=odd.table(label="PAC")), ""),
    "field XZQDM": (shapefile(dbf=odd.table(label="XZQDM")), ""),
    "field 市代码": (shapefile(dbf=odd.table(label="市代码")), ""),
    "field 市代码 in gbk": (shapefile(cpg=b"GBK", dbf=odd.table(label="市代码", encoding="gbk")), ""),
    "field named anyhow": (shapefile(dbf=odd.table(label="f_1")), ""),
    "code N(19,11)": (shapefile(dbf=odd.table(kind="N", form=n_form)), ""),
    "code N": (shapefile(dbf=odd.table(kind="N")), ""),
    "code in scientific notation": (shapefile(dbf=odd.table(kind="F", form=f_form)), ""),
    "code with 156": (shapefile(dbf=odd.table(label="GB", form="156{}".format)), ""),
    "code of twelve digits": (shapefile(dbf=odd.table(form="{}000000".format)), ""),
    "code full-width": (shapefile(dbf=odd.dbf({"code": ("C", 20, 0, ["２１０３００", *FOUR[1:]])})), ""),
    "code with separators": (shapefile(dbf=odd.table(form=lambda c: f"{c[:3]},{c[3:]}")), ""),
    "province, city and own code": (
        shapefile(dbf=odd.dbf({
            "省代码": ("C", 6, 0, ["210000"] * 4), "省": ("C", 20, 0, ["辽宁省"] * 4),
            "市代码": ("C", 6, 0, FOUR), "市": ("C", 20, 0, [odd.NAMES[c] for c in FOUR]),
        })), "",
    ),
    "extra columns": (
        shapefile(dbf=odd.dbf({
            "OBJECTID": ("N", 9, 0, list("1234")), "adcode": ("C", 6, 0, FOUR),
            "Shape_Leng": ("F", 19, 11, ["1.5e+001"] * 4),
            "day": ("D", 8, 0, ["20200101"] * 4), "ok": ("L", 1, 0, ["T"] * 4),
        })), "",
    ),
    "no end mark of the table": (shapefile(dbf=odd.table(end=b"")), ""),
    "room behind the table's header": (shapefile(dbf=odd.table(padding=263)), ""),
    "heights": (shapefile(kind=15), HEIGHTS),
    "measures": (shapefile(kind=25), HEIGHTS),
    "a null shape": (
        lambda f: odd.write_shapefile(f, shapes=[*odd.shapes_of(), None], dbf=odd.table([*FOUR, ""])),
        "Rows without a shape were left out: 5",
    ),
    "rings turned round": (
        lambda f: odd.write_shapefile(f, rings=[[r[::-1] for r in odd.rings_of(s)] for s in odd.shapes_of()]), "",
    ),
    "points that stand twice": (lambda f: odd.write_shapefile(f, rings=[twice(s) for s in odd.shapes_of()]), ""),
    "rows in another order": (
        lambda f: odd.write_shapefile(f, codes=FOUR[::-1], shapes=odd.shapes_of(FOUR[::-1])), "",
    ),
    "zip": (zipped(), ""),
    "shp.zip": (zipped("towns.shp.zip"), ""),
    "ZIP": (zipped("TOWNS.ZIP", upper=True), ""),
    "zip with a folder": (zipped(inside="市界/"), ""),
    "zip with backslashes": (zipped(inside="towns\\"), ""),
    "zip by a Mac": (zipped(more={"__MACOSX/._towns.shp": b"\0\5\x16\7", "__MACOSX/._towns.dbf": b"x"}), ""),
    "zip with all that ArcGIS leaves": (
        zipped(more={"towns.shp.xml": b"<x/>", "towns.sbn": b"x", "towns.sbx": b"x", "towns.qmd": b"x",
                     "readme.txt": b"x"}), "",
    ),
    "geojson": (geojson(), ""),
    "geojson with a byte order mark": (geojson(encoding="utf-8-sig"), "byte order mark"),
    "geojson in GB18030": (geojson(encoding="gb18030"), "read as GB18030"),
    "geojson with a crs": (
        geojson(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}), "",
    ),
    "geojson with an EPSG urn": (
        geojson(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}), "",
    ),
    "geojson without a crs but null": (geojson(crs=None), ""),
    "geojson turned round": (lambda f: odd.write_geojson(f, [
        odd.feature(shapely.orient_polygons(s, exterior_cw=True), code=c)
        for c, s in zip(FOUR, odd.shapes_of(), strict=True)]), ""),
    "geojson with heights": (lambda f: odd.write_geojson(f, features(height=30.0)), HEIGHTS),
    "geojson with nested properties": (lambda f: odd.write_geojson(f, features(
        lambda c: {"adcode": int(c), "center": [122.0, 41.0], "parent": {"adcode": 210000}, "level": "city"})), ""),
    "geojson with its code as id": (lambda f: odd.write_geojson(f, [
        {**odd.feature(s, name=odd.NAMES[c]), "id": int(c)}
        for c, s in zip(FOUR, odd.shapes_of(), strict=True)]), ""),
    "geojson with a float as code": (lambda f: odd.write_geojson(f, features(lambda c: {"adcode": float(c)})), ""),
    "geojson with a null row": (
        lambda f: odd.write_geojson(f, [*features(), odd.feature(None, adcode=None)]),
        "Rows without a shape were left out: 5",
    ),
    "geojson of collections": (lambda f: odd.write_geojson(f, [
        odd.feature(shapely.GeometryCollection(shapely.get_parts(s).tolist()), adcode=c)
        for c, s in zip(FOUR, odd.shapes_of(), strict=True)]), ""),
    "geojson of multipolygons throughout": (lambda f: odd.write_geojson(f, [
        odd.feature(shapely.MultiPolygon(shapely.get_parts(s).tolist()), adcode=c)
        for c, s in zip(FOUR, odd.shapes_of(), strict=True)]), ""),
    "geopackage": (odd.write_geopackage, ""),
    "geopackage in WGS 84": (lambda f: odd.write_geopackage(f, srs=4326), ""),
    "geopackage with heights": (
        lambda f: odd.write_geopackage(f, shapes=[shapely.force_3d(s, 9.0) for s in odd.shapes_of()]), HEIGHTS,
    ),
    "geopackage with styles beside": (
        lambda f: odd.write_geopackage(f, script="CREATE TABLE layer_styles (id INTEGER, styleQML TEXT);"), "",
    ),
    "no prj, no cpg, gbk, heights and numeric codes": (
        shapefile(prj=None, cpg=None, kind=15, upper=True, dbf=odd.table(kind="N", form=n_form, encoding="gbk")),
        "can only be degrees",
    ),
    "zip in a folder, gbk, zone 41": (
        lambda f: zipped(inside="a/b/", shapes=projected(odd.ZONE_41), prj=odd.ZONE_41.encode(), cpg=b"GBK",
                         dbf=odd.table(label="ADCODE", encoding="gbk"))(f), "Coordinates were brought from",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNTIDY)
def test_an_untidy_file_gives_the_right_shapes_and_says_what_was_untidy(tmp_path, what):
    build, said = UNTIDY[what]
    frame = load(build(tmp_path))
    assert frame["area"].tolist() == FOUR
    assert frame["name_zh"].tolist() == list(odd.NAMES.values())
    assert off(frame, odd.shapes_of()) < 0.01
    sentences = frame.attrs["warnings"]
    assert any(said in sentence for sentence in sentences) if said else sentences == []


def one_deleted(data):
    start = struct.unpack_from("<H", data, 8)[0]
    return data[:start] + b"*" + data[start + 1 :]


def swapped_entries(data):
    return data[:100] + data[108:116] + data[100:108] + data[116:]


def broken_crc(path):
    data = bytearray(path.read_bytes())
    data[data.find(b"towns.shp") + 500] ^= 0x40
    path.write_bytes(bytes(data))
    return path


def damaged(part, change, **options):
    def build(folder):
        path = odd.write_shapefile(folder, **options)
        other = path.with_suffix(f".{part}")
        other.write_bytes(change(other.read_bytes()))
        return path

    return build


def bow_tie(shape):
    """A polygon with two corners exchanged: its outline crosses itself."""
    ring = np.array(max(shapely.get_parts(shape), key=lambda p: p.area).exterior.coords)
    ring[[40, 120]] = ring[[120, 40]]
    return shapely.Polygon(ring)


REFUSED = {
    # what: (builder, words of the refusal)
    "cut after the header": (damaged("shp", lambda d: d[:100]), "states a length"),
    "cut at the end": (damaged("shp", lambda d: d[:-40]), "states a length"),
    "an index swapped": (damaged("shx", swapped_entries), "index entry 1 does not point"),
    "an index of nothing": (damaged("shx", lambda d: d[:50]), "states a length"),
    "a record short": (damaged("dbf", lambda d: d[:-44]), "the table is damaged"),
    "a row less": (shapefile(dbf=odd.table(FOUR[:3])), "has 3 rows for 4 shapes"),
    "a deleted row": (damaged("dbf", one_deleted), "row 1 is marked as deleted"),
    "another's table": (shapefile(dbf=odd.table(["210600", "210700", "210900", "211200"])), "unknown area"),
    "another's table of the same codes": (
        shapefile(dbf=odd.table(FOUR[::-1], names=False)), "the polygon of '21\\d+' covers 0 %"),
    "no index": (shapefile(shx=None), "the part .shx of the shapefile is missing"),
    "no table": (shapefile(dbf=None), "the part .dbf of the shapefile is missing"),
    "a wrong cpg": (shapefile(cpg=b"UTF-8", dbf=odd.table(encoding="gbk")), "is not UTF-8"),
    "a latin cpg": (shapefile(cpg=b"ISO-8859-1", dbf=odd.table(encoding="gbk")), "garbled"),
    "a latin cpg on utf-8": (shapefile(cpg=b"ISO-8859-1"), "garbled"),
    "a cpg of nothing": (shapefile(cpg=b"klingon"), "encoding 'klingon' is not known"),
    "a prj of nothing": (shapefile(prj=b"EPSG 4490"), "cannot be read as a coordinate"),
    "swapped": (lambda f: odd.write_shapefile(f, shapes=moved(lambda xy: xy[:, ::-1])), "are swapped"),
    "swapped in geojson": (
        lambda f: odd.write_geojson(f, [odd.feature(s, code=c) for c, s in
                                        zip(FOUR, moved(lambda xy: xy[:, ::-1]), strict=True)]), "are swapped"),
    "metres called degrees": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ZONE_41)), "they are no degrees"),
    "metres called nothing": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ALBERS), prj=None), "they are no degrees"),
    "zone 41 called Albers": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ZONE_41), prj=odd.ALBERS.encode()),
        "cannot be brought|no polygon lies"),
    "Albers called zone 41": (
        lambda f: odd.write_shapefile(f, shapes=projected(odd.ALBERS), prj=odd.ZONE_41.encode()),
        "cannot be brought|no polygon lies"),
    "zone 41 without its number": (
        lambda f: odd.write_shapefile(
            f, shapes=moved(lambda xy: xy - (41_000_000, 0), projected(odd.ZONE_41)), prj=odd.ZONE_41.encode()),
        "cannot be brought|no polygon lies"),
    "GCJ-02": (lambda f: odd.write_geojson(f, [odd.feature(s, adcode=int(c)) for c, s in zip(
        FOUR, moved(lambda xy: np.array([gcj02(*p) for p in xy.tolist()])), strict=True)]), "GCJ-02"),
    "BD-09": (lambda f: odd.write_shapefile(
        f, shapes=moved(lambda xy: np.array([bd09(*p) for p in xy.tolist()]))), "BD-09"),
    "a city missing": (shapefile(shapes=odd.shapes_of()[:3], dbf=odd.table(FOUR[:3])), "1 of 4 areas are missing"),
    "a city twice": (
        shapefile(shapes=[*odd.shapes_of(), *odd.shapes_of(FOUR[:1])], dbf=odd.table([*FOUR, FOUR[0]])),
        "'210300' stands in rows 1, 5"),
    "a city under another's code": (
        shapefile(dbf=odd.table([*FOUR[:3], FOUR[0]])), "stands in rows 1, 4"),
    "a code of former years": (
        shapefile(shapes=odd.shapes_of([*FOUR[:3], "210600"]), dbf=odd.table([*FOUR[:3], "211121"])),
        "unknown area '211121'"),
    "no code at all": (shapefile(dbf=odd.dbf({"colour": ("C", 4, 0, ["red"] * 4)})), "no column holds the codes"),
    "a crossing outline": (
        lambda f: odd.write_shapefile(f, shapes=[bow_tie(s) if n == 1 else s for n, s in enumerate(odd.shapes_of())]),
        "the polygon of row 2 is invalid"),
    "a damaged zip": (lambda f: broken_crc(zipped()(f)), "the zip is damaged"),
    "a cut zip": (
        lambda f: odd.write_table(f, zipped()(f).read_bytes()[:-300], name="cut.zip"), "the zip is damaged"),
    "a zip of two": (zipped(more={"other.shp": b"x"}), "holds 2 boundary files"),
    "a cut geojson": (
        lambda f: odd.write_table(f, odd.write_geojson(f).read_bytes()[:-2000], name="cut.json"), "no JSON"),
    "an empty geojson": (lambda f: odd.write_geojson(f, []), "holds no area"),
    "infinity in geojson": (lambda f: odd.write_table(
        f, odd.write_geojson(f).read_text().replace("[12", "[1e999, 12", 1), name="i.json"), "feature 1|no JSON"),
    "two layers": (
        lambda f: odd.write_geopackage(f, script="INSERT INTO gpkg_geometry_columns VALUES ('t2','g','',4490,0,0);"),
        "holds 2 layers"),
    "a cut geopackage": (
        lambda f: odd.write_table(f, odd.write_geopackage(f).read_bytes()[:-9000], name="cut.gpkg"), "is damaged"),
    "a geopackage still open elsewhere": (
        lambda f: (odd.write_geopackage(f), odd.write_table(f, b"x", name="towns.gpkg-wal"))[0], "stand beside it"),
    "two things at once": (
        shapefile(dbf=odd.table([*FOUR[:2], "219999", FOUR[0]], names=False)), "(?s)stands in rows 1, 4.*unknown area"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_could_mislead_is_refused_by_name_in_both_languages(tmp_path, what):
    build, words = REFUSED[what]
    path = build(tmp_path)
    with pytest.raises(DataError, match=words) as caught:
        load(path)
    for language in ("en",):
        for line in str(caught.value).splitlines():
            assert path.stem in line


def national(folder, *, home="liaoning_cities", odd_rows=()):
    """A file of cities of several provinces, Liaoning's among them."""
    codes = odd.codes_of(home)
    shapes = dict(zip(codes, odd.shapes_of(codes, layer=home), strict=True))
    away = [shapely.transform(odd.shapes_of(FOUR[:1])[0], lambda xy, n=n: xy - (8 + n, 6)) for n in range(3)]
    rows = [*zip(["130100", "130200", "370600"], away, strict=True), *shapes.items(), *odd_rows]
    codes, shapes = zip(*rows, strict=True)
    return odd.write_shapefile(folder, shapes=shapes, dbf=odd.table(codes, names=False))


@pytest.mark.parametrize(("level", "home"), [("city", "liaoning_cities"), ("county", "liaoning_counties")])
def test_of_a_file_of_the_whole_country_liaoning_is_read_and_said(tmp_path, level, home):
    frame = load_boundaries(level, path=national(tmp_path, home=home))
    assert frame["area"].tolist() == odd.codes_of(home)
    assert frame.attrs["warnings"][:1] == ["Rows of other provinces were left out: 3."]


def test_a_stranger_with_a_code_of_liaoning_is_refused_in_a_file_of_the_whole_country_too(tmp_path):
    shape = shapely.box(110, 30, 111, 31)
    with pytest.raises(DataError, match="unknown area '219900'"):
        load_boundaries(path=national(tmp_path, odd_rows=[("219900", shape)]))


def test_what_was_untidy_is_warned_of_once_and_kept_with_the_frame(tmp_path):
    path = odd.write_shapefile(tmp_path, prj=None)
    with pytest.warns(lnregions.InputWarning, match=r"towns\.shp: No coordinate reference system is stated"):
        frame = load(path)
    assert frame.attrs["warnings"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(path)


def test_a_corner_moved_along_its_border_so_that_land_is_cut_off_is_refused(tmp_path):
    rings = [odd.rings_of(shape) for shape in odd.shapes_of()]
    ring = rings[0][0]
    sharp = max(range(1, len(ring) - 1), key=lambda n: shapely.Polygon(ring[n - 1 : n + 2]).area)
    ring[sharp] = ring[sharp + 1] * 0.9 + ring[sharp] * 0.1
    with pytest.raises(DataError, match=r"a corner of 210300 stands \d+ m off the border|overlap"):
        load(odd.write_shapefile(tmp_path, rings=rings))
