"""Boundary files as other programs write them are read; damaged and hostile ones are refused by name."""

import json
import sqlite3
import struct

import geopandas as gpd
import numpy as np
import pytest
import shape_files as files
import shapely
from pyproj import CRS
from shape_files import FOUR, dbf, feature, pack, shapes_of, table, write, write_geojson, write_geopackage

from lnregions import DataError, load_boundaries
from lnregions.boundaries import files as reading
from lnregions.boundaries import integrity
from lnregions.boundaries.polygons import to_metres

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


def shapefile(**options):
    return lambda folder: files.write_shapefile(folder, **options)


def zipped(name="towns.zip", *, inside="", more=None, **options):
    def build(folder):
        files.write_shapefile(folder, **options)
        parts = {f"{inside}{path.name}": path.read_bytes() for path in sorted(folder.iterdir())}
        return pack(folder / name, parts | (more or {}))

    return build


def geojson(features=None, **options):
    return lambda folder: write_geojson(folder, features, **options)


def features(properties=lambda code: {"adcode": code}, change=lambda shape: shape):
    return [feature(change(shape), **properties(code)) for code, shape in zip(FOUR, shapes_of(), strict=True)]


def lines(form, name):
    """A feature a line, as some programs write GeoJSON."""
    return lambda folder: write(folder, "".join(form(json.dumps(one)) for one in features()), name)


NO_CPG, HEIGHTS, DEGREES = "No .cpg states the encoding", "Heights or measures", "can only be degrees"
LEFT_OUT = "Rows without a shape were left out: 5"
GBK = table(encoding="gbk")
UNUSUAL = {
    # what: (builder, what must be warned of, "" for nothing)
    **{f"cpg {stated!r}": (shapefile(cpg=stated), "") for stated in (b"utf8\r\n", b"\xef\xbb\xbfUTF-8")},
    **{f"cpg {stated!r}": (shapefile(cpg=stated, dbf=GBK), "")
       for stated in (b"936", b"GBK", b"ANSI 936", b"GB18030", b"EUC-CN")},
    "no cpg, utf-8": (shapefile(cpg=None), NO_CPG),
    "no cpg, gbk": (shapefile(cpg=None, dbf=GBK), NO_CPG),
    "no cpg, gbk by its driver byte": (shapefile(cpg=None, dbf=table(encoding="gbk", driver=0x4D)), NO_CPG),
    "no prj": (shapefile(prj=None), DEGREES),
    "prj of WGS 84": (shapefile(prj=files.WGS84.encode()), ""),
    "prj with a byte order mark": (shapefile(prj=b"\xef\xbb\xbf" + files.CGCS2000.encode()), ""),
    "Gauss-Kruger zone 41": (
        shapefile(shapes=gpd.GeoSeries(shapes_of(), crs=4490).to_crs(4529).tolist(), prj=CRS(4529).to_wkt("WKT1_ESRI")
                  .encode()), "Coordinates were brought from CGCS2000"),
    **{f"field {label}": (shapefile(dbf=table(label=label)), "")
       for label in ("ADCODE", "PAC", "XZQDM", "市代码", "f_1")},
    "field 市代码 in gbk": (shapefile(cpg=b"GBK", dbf=table(label="市代码", encoding="gbk")), ""),
    "code N(19,11)": (shapefile(dbf=table(kind="N", form=lambda code: f"{code}.00000000000")), ""),
    "columns of ArcGIS": (shapefile(dbf=dbf({
        "OBJECTID": ("N", 9, 0, list("1234")), "adcode": ("C", 6, 0, FOUR), "Shape_Leng": ("F", 19, 11, ["1.5e+1"] * 4),
        "day": ("D", 8, 0, ["20200101"] * 4), "ok": ("L", 1, 0, ["T"] * 4)})), ""),
    "no end mark of the table": (shapefile(dbf=table(end=b"")), ""),
    "room behind the table's header": (shapefile(dbf=table(padding=263)), ""),
    "heights": (shapefile(kind=15), HEIGHTS),
    "measures": (shapefile(kind=25), HEIGHTS),
    "a null shape": (shapefile(shapes=[*shapes_of(), None], dbf=table([*FOUR, ""])), LEFT_OUT),
    "rings turned round": (shapefile(rings=[[r[::-1] for r in files.rings_of(s)] for s in shapes_of()]), ""),
    "rows in another order": (shapefile(codes=FOUR[::-1], shapes=shapes_of(FOUR[::-1])), ""),
    "ZIP": (zipped("TOWNS.ZIP", upper=True), ""),
    "zip with a folder": (zipped(inside="市界/"), ""),
    "zip with backslashes": (zipped(inside="towns\\"), ""),
    "zip with an odd path": (
        lambda f: pack(f / "towns.zip", {"./a//towns.json": write_geojson(f).read_bytes()}), ""),
    "zip by a Mac": (zipped(more={"__MACOSX/._towns.shp": b"\0\5\x16\7", "__MACOSX/._towns.dbf": b"x"}), ""),
    "zip by ArcGIS": (zipped(more=dict.fromkeys(["towns.shp.xml", "towns.sbn", "towns.qmd", "readme.txt"], b"x")), ""),
    "geojson whose properties are called as other formats are": (
        geojson(features(lambda code: {"adcode": code, "type": "Topology", "geometryType": "esriGeometryPolygon"})), ""
    ),
    "geojson lines": (lines("{}\n".format, "towns.geojsonl"), "on a line each"),
    "geojson lines with record separators": (lines("\x1e{}\n".format, "towns.json"), "on a line each"),
    "geojson with a byte order mark": (geojson(encoding="utf-8-sig"), "byte order mark"),
    "geojson in GB18030": (geojson(encoding="gb18030"), "read as GB18030"),
    "geojson with a crs": (geojson(crs={"properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}), ""),
    "geojson with heights": (geojson(features(change=lambda shape: shapely.force_3d(shape, 30.0))), HEIGHTS),
    "geojson with nested properties": (
        geojson(features(lambda code: {"adcode": int(code), "center": [122.0, 41.0], "parent": {"adcode": 1}})), ""),
    "geojson with its code as id": (
        geojson([one | {"id": int(code)} for one, code in zip(features(lambda _: {}), FOUR, strict=True)]), ""),
    "geojson with a null row": (geojson([*features(), feature(None), feature(shapely.Polygon())]), LEFT_OUT),
    "geojson of collections": (
        geojson(features(change=lambda shape: shapely.GeometryCollection(shapely.get_parts(shape).tolist()))), ""),
    "geopackage with heights": (
        lambda folder: write_geopackage(folder, shapes=shapely.force_3d(shapes_of(), 9.0)), HEIGHTS),
    "geopackage with styles": (
        lambda folder: write_geopackage(folder, script="CREATE TABLE layer_styles (id INTEGER, style TEXT);"), ""),
    "geopackage that was open elsewhere": (
        lambda folder: files.patch(write_geopackage(folder), 18, b"\2\2"), ""),
}  # fmt: skip


@pytest.mark.parametrize("what", UNUSUAL)
def test_an_unusual_file_gives_the_right_shapes_and_is_warned_of(tmp_path, what):
    build, expected = UNUSUAL[what]
    frame = load_boundaries(path=build(tmp_path), areas=FOUR)
    assert frame["area"].tolist() == FOUR
    assert frame["name_zh"].tolist() == list(files.NAMES.values())
    assert shapely.hausdorff_distance(to_metres(frame.geometry), to_metres(shapes_of())).max() < 0.01
    found = frame.attrs["warnings"]
    assert any(expected in sentence for sentence in found) if expected else found == []


def at(part, place, form, *values):
    """Write numbers into a part of a good shapefile."""
    return lambda folder: files.patch(files.write_shapefile(folder), place, struct.pack(form, *values), part)


def changed(part, change):
    def build(folder):
        path = files.write_shapefile(folder)
        other = path.with_suffix(f".{part}")
        other.write_bytes(change(other.read_bytes()))
        return path

    return build


def packed(**members):
    return lambda folder: pack(
        folder / "towns.zip", {name.replace("_", "."): data for name, data in members.items()}
    )


def in_json(text, new=""):
    return lambda folder: write(
        folder, write_geojson(folder).read_text("utf-8").replace(text, new, 1), "towns.json"
    )


def sql(script):
    return lambda folder: write_geopackage(folder, script=script)


COPY = "Copy it again"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid, x AS geom FROM n"
DAMAGED = {
    "shp cut after its header": (changed("shp", lambda d: d[:100]), "states a length"),
    "shp empty": (changed("shp", lambda d: b""), "its header alone takes 100"),
    "shp of another kind": (changed("shp", lambda d: b"x" * len(d)), "does not begin like a shapefile"),
    **{f"shapes of type {kind}": (at("shp", 32, "<i", kind), f"no polygons .shape type {kind}, {words}")
       for kind, words in ((1, "points"), (21, "points"), (3, "lines"), (13, "lines"))},
    "record number": (at("shp", 100, ">i", 9), r"towns\.shx: the index entry 1 does not point at its record"),
    "record type": (at("shp", 108, "<i", 3), "record 1 is damaged|lacks points or"),
    "point count": (at("shp", 148, "<i", 40), COPY),
    "a coordinate that is no number": (at("shp", 156, "<d", np.nan), COPY),
    "open ring": (at("shp", 156, "<d", 122.0), COPY),
    "box": (at("shp", 112, "<d", 100.0), "the box that it states"),
    "index swapped": (changed("shx", lambda d: d[:100] + d[108:116] + d[100:108] + d[116:]), "index entry 1 does not"),
    "index of three": (changed("shx", lambda d: d[:24] + struct.pack(">i", 62) + d[28:124]), "the index ends at byte"),
    "table of three": (shapefile(dbf=table(FOUR[:3])), r"towns\.dbf: the \.dbf has 3 rows for 4 shapes"),
    "table cut": (changed("dbf", lambda d: d[:-44]), "the table states .* bytes for 4 rows"),
    "table without an end of its header": (changed("dbf", lambda d: d.replace(b"\r", b" ")), "the columns take"),
    "column width": (at("dbf", 48, "B", 7), "the columns take .* bytes a row, the header states"),
    "deleted row": (changed("dbf", lambda d: d[:97] + b"*" + d[98:]), "row 1 is marked as deleted"),
    **{f"no {part}": (shapefile(**{part: None}), rf"the part \.{part} of the shapefile is missing")
       for part in ("shx", "dbf")},
    "wrong cpg": (shapefile(cpg=b"UTF-8", dbf=GBK), "the text of the table is not UTF-8"),
    "latin cpg on utf-8": (shapefile(cpg=b"88591"), "garbled"),
    "gbk cpg on utf-8": (shapefile(cpg=b"GBK"), "garbled|is not GB18030"),
    "unknown cpg": (shapefile(cpg=b"klingon"), "encoding 'klingon' is not known"),
    "cpg of no text": (shapefile(cpg=b"zlib"), "encoding 'zlib' is not known"),
    "no encoding": (shapefile(cpg=None, dbf=table().replace("鞍".encode(), b"\xff\xfe\xff")), "is not UTF-8 or"),
    **{f"prj {prj!r}": (shapefile(prj=prj), r"towns\.prj: the \.prj cannot be read")
       for prj in (b"EPSG 4490", b"GEOGCS[", b"\xff\xfe")},
    "json cut": (lambda f: write(f, write_geojson(f).read_bytes()[:-2000], "towns.json"), "no JSON"),
    "json of lists": (lambda f: write(f, "[" * 100_000, "towns.json"), "no JSON"),
    "json with a key twice": (in_json('"type": "Feature"', '"type": "Feature", "type": "Feature"'), "stands twice"),
    "json with an unknown crs": (geojson(crs={"properties": {"name": "EPSG:0"}}), "EPSG:0.* is not known"),
    "json with an odd crs": (geojson(crs=7), "system 7 is not known"),
    "json without features": (geojson([]), "holds no area"),
    "json with a number for a feature": (geojson([3]), "feature 1 has no proper polygon"),
    "json with NaN": (in_json("[[[12", "[[[NaN, 12"), "feature 1 has no proper polygon"),
    "json with text for a number": (in_json("[[[12", '[[["12", 12'), "feature 1 has no proper polygon"),
    "json with an open ring": (in_json("[[[12", "[[[1"), "feature 1 has no proper polygon: .*closed"),
    "json of points": (geojson(features(change=shapely.centroid)), "row 1 holds a point, not a polygon"),
    "json of deep collections": (
        in_json('"geometry": ', '"geometry": ' + '{"type":"GeometryCollection","geometries":[' * 400), "no JSON"),
    "gpkg of nothing": (lambda f: write(f, b"", "towns.gpkg"), r"towns\.gpkg: the GeoPackage is damaged"),
    "gpkg cut": (lambda f: write(f, write_geopackage(f).read_bytes()[:-9000], "towns.gpkg"), "is damaged"),
    "gpkg open elsewhere": (
        lambda f: (write_geopackage(f), write(f, b"x", "towns.gpkg-wal"))[0], "stand beside it in a file -wal"),
    "gpkg shape cut": (sql("update towns set geom = x'47500001' where fid = 2"), "is damaged"),
    "gpkg shape without a size": (sql("update towns set geom = x'4750000b00000000'"), "header of shape 1 is damaged"),
    "gpkg envelope": (
        sql("update towns set geom = cast(substr(geom, 1, 8) || x'0000000000005940' || substr(geom, 17) as blob) "
            "where fid = 3"), "shape 3 does not fill the envelope"),
    "gpkg without its mark": (sql("PRAGMA application_id = 0; PRAGMA user_version = 0"), "is damaged"),
    "gpkg without a layer": (sql("delete from gpkg_geometry_columns"), "holds 0 layers"),
    "gpkg of two layers": (
        sql("INSERT INTO gpkg_geometry_columns VALUES ('t2','g','',4490,0,0);"),
        r"the GeoPackage holds 2 layers of shapes \(towns, t2\)\. Save that of the areas"),
    "gpkg in an unknown system": (
        sql("update gpkg_spatial_ref_sys set organization = 'X', definition = 'y'"), "system 4490 cannot be read"),
    "gpkg with a list that is a view": (
        sql(f"DROP TABLE gpkg_geometry_columns; CREATE VIEW gpkg_geometry_columns AS {ENDLESS};"), "no ordinary table"),
    "gpkg of a virtual table": (
        sql("DROP TABLE towns; CREATE VIRTUAL TABLE towns USING fts5(geom, adcode);"), "no ordinary table"),
    "gpkg with a layer named to inject": (
        sql("UPDATE gpkg_geometry_columns SET table_name = 'towns\"; DROP TABLE towns; --';"), "is damaged"),
    "gpkg with the schema for a layer": (
        sql("UPDATE gpkg_geometry_columns SET table_name = 'sqlite_master', column_name = 'sql';"), "is damaged"),
    "gpkg with a value beyond all size": (
        sql("ALTER TABLE towns ADD COLUMN long TEXT AS (hex(zeroblob(60000000))) VIRTUAL;"), "too big"),
    "zip with a wrong checksum": (lambda f: files.patch(zipped()(f), 500, b"\x55\xaa\x55"), "the zip is refused"),
    "zip cut": (lambda f: write(f, zipped()(f).read_bytes()[:-300], "towns.zip"), "the zip is refused"),
    "zip of two": (zipped(more={"other.shp": b"x"}), r"holds 2 boundary files \(.*towns\.shp, other\.shp\)"),
    "zip of none": (packed(towns_txt=b"x"), r"holds 0 boundary files \(towns\.txt\)"),
    **{f"another kind of file: {kind}": (
        lambda f, kind=kind: f / f"towns.{kind}", rf"towns\.{kind}: the format .* is not read\. Save it as one")
       for kind in ("kml", "kmz", "GML", "tab", "fgb", "topojson", "csv")},
    **{f"part of a shapefile: {kind}": (
        lambda f, kind=kind: f / f"towns.{kind}", rf"towns\.{kind}: .* Give the \.shp beside it")
       for kind in ("dbf", "SHX", "prj")},
    "zip with too many": (packed(**{f"{n}_txt": b"" for n in range(1001)}), "1001 members"),
    "zip that grows": (packed(towns_geojson=b" " * 20_000_000), r"'towns\.geojson' grows \d+ times"),
    **{f"zip that leads to {name}": (lambda f, name=name: pack(f / "towns.zip", {name: b"x"}), "leads out of it")
       for name in ("../out.shp", "/etc/x.shp", "C:/x.shp", "a\\..\\x.shp")},
    "no file": (lambda f: f / "towns.shp", r"towns\.shp: the file does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_or_hostile_file_is_refused_by_name(tmp_path, what):
    build, words = DAMAGED[what]
    path = build(tmp_path)
    before = {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    with pytest.raises(DataError, match=words) as caught:
        load_boundaries(path=path, areas=FOUR)
    assert all("towns" in line or "format" in line for line in str(caught.value).splitlines())
    assert {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before


def test_a_file_beyond_the_size_limit_is_refused_packed_or_not(tmp_path, monkeypatch):
    path, pressed = files.write_shapefile(tmp_path), zipped()(tmp_path)
    monkeypatch.setattr(reading, "LARGEST", pressed.stat().st_size)
    with pytest.raises(DataError, match="unpacks to more than"):
        load_boundaries(path=pressed)
    monkeypatch.setattr(reading, "LARGEST", 1000)
    with pytest.raises(DataError, match=r"towns\.\w+: the file has \d+ bytes\. Give one of at most 1000"):
        load_boundaries(path=path)


def test_a_geopackage_that_takes_too_long_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(integrity, "LONGEST", 0.0)
    path = write_geopackage(tmp_path, script=f"CREATE TABLE b AS {ENDLESS} LIMIT 200000;")
    with pytest.raises(DataError, match="interrupted"):
        load_boundaries(path=path, areas=FOUR)


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    def denied(self):
        raise PermissionError(13, "Permission denied")

    path = files.write_shapefile(tmp_path)
    monkeypatch.setattr(type(path), "read_bytes", denied)
    with pytest.raises(DataError, match=r"not a readable file .Permission denied"):
        load_boundaries(path=path)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("external_attr", 0o120777 << 16, "is a link"), ("flag_bits", 1, "encrypted"), ("file_size", 50, "not as long")],
)  # fmt: skip
def test_a_zip_with_a_link_a_password_or_a_wrong_size_is_refused(tmp_path, field, value, words):
    path = zipped()(tmp_path)
    place, form = {"external_attr": (38, "<I"), "flag_bits": (8, "<H"), "file_size": (24, "<I")}[field]
    files.patch(path, path.read_bytes().find(b"PK\x01\x02") + place, struct.pack(form, value))
    with pytest.raises(DataError, match=words):
        load_boundaries(path=path)


def test_a_zip_with_a_member_twice_is_refused(tmp_path):
    path = pack(tmp_path / "towns.zip", {"a.shp": b"", "b.shp": b""})
    write(tmp_path, path.read_bytes().replace(b"b.shp", b"a.shp"), "towns.zip")
    with pytest.raises(DataError, match="stands there twice"):
        load_boundaries(path=path)


def test_arcs_become_short_straight_segments(tmp_path):
    points = [(122, 41), (123, 42), (124, 41), (123, 40), (122, 41)]
    arc = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *point) for point in points)
    blob = struct.pack("<2sBBi4d", b"GP", 0, 3, 4490, 122, 124, 40, 42) + struct.pack("<BII", 1, 10, 1) + arc
    path = write_geopackage(tmp_path, codes=["1"], shapes=[None])
    with sqlite3.connect(path) as base:
        base.execute("UPDATE towns SET geom = ?", [blob])
    base.close()
    assert load_boundaries(path=path).geometry[0].area == pytest.approx(np.pi, rel=0.01)


def test_a_geopackage_without_a_stated_system_is_read_as_degrees(tmp_path):
    path = write_geopackage(tmp_path, script="delete from gpkg_spatial_ref_sys")
    assert DEGREES in load_boundaries(path=path, areas=FOUR).attrs["warnings"][0]
