"""The shipped boundaries."""

import shutil

import pytest
import shape_files as files
import shapely

from lnregions import DataError, load_boundaries, load_context, load_land
from lnregions.boundaries import SOURCE, boundaries
from lnregions.boundaries.boundaries import COLUMNS
from lnregions.paths import shapes_dir


@pytest.mark.parametrize("level", ["city", "county"])
def test_the_shipped_layers_tell_their_source_and_have_nothing_to_warn_of(level):
    frame = load_boundaries(level)
    assert frame.attrs == {**SOURCE, "path": f"shapes/{boundaries.LEVELS[level]}.shp", "warnings": []}
    assert not (frame[COLUMNS] == "").any().any()


def test_what_is_done_to_a_frame_does_not_reach_the_next_caller():
    frame = load_boundaries()
    frame.loc[0, "area"] = "x"
    frame.attrs["licence"] = "none"
    assert load_boundaries().loc[0, "area"] == "210100"
    assert load_boundaries().attrs["licence"] == "MIT"


def test_the_context_shows_liaoning_among_its_neighbours_and_land_the_whole_world():
    context, land = load_context(), load_land()
    assert {"210000", "130000", "150000", "220000"} <= set(context["area"])
    assert set(context["kind"]) == {"province", "state", "sea"}
    assert {"朝鲜", "韩国"} == set(context.loc[context["kind"] == "state", "short_zh"])
    dry = {(122, 42), (105, 35), (-5, 40), (145, -37), (121, 24)}  # the last one on Taiwan
    wet = {(119.5, 39), (125, 30), (-30, 40), (119.5, 24.6)}
    assert all(land.contains(shapely.Point(place)).item() for place in dry)
    assert not any(land.contains(shapely.Point(place)).item() for place in wet)


def test_an_unknown_level_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"Unknown level 'citty'\. Choose one of city, county .did you mean"):
        load_boundaries("citty")


@pytest.fixture
def shipped_copy(tmp_path, monkeypatch):
    folder = shutil.copytree(shapes_dir(), tmp_path / "shapes")
    monkeypatch.setattr(boundaries, "shapes_dir", lambda: folder)
    boundaries._shipped.cache_clear()
    yield folder
    boundaries._shipped.cache_clear()


def test_a_changed_shipped_file_is_refused_by_its_checksum(shipped_copy):
    files.patch(shipped_copy / "liaoning_cities.shp", 5000, b"\x01")
    with pytest.raises(DataError, match=r"liaoning_cities\.shp: the shipped boundary file is not the one"):
        load_boundaries()


@pytest.mark.parametrize("gone", ["checksums.txt", "liaoning_cities.dbf"])
def test_a_missing_shipped_file_is_refused(shipped_copy, gone):
    (shipped_copy / gone).unlink()
    with pytest.raises(DataError, match=f"{gone}: the shipped boundary file is not there"):
        load_boundaries()
