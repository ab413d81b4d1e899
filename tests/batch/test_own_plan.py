"""A plan over areas of its own: its web map and what a warmed-up process keeps; tests/foreign renders one."""

import warnings
from dataclasses import replace

import pandas as pd
import pytest
import shapely
from generated_plan import write_plan

import lnregions as ln
from lnregions.assess import cases, load_tables
from lnregions.boundaries import check_plan
from lnregions.errors import forget_warnings
from lnregions.explorer import web_data
from lnregions.figures import warm_up

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
CITY = "300101"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "plan"
    write_plan(folder, 2)
    return folder


@pytest.fixture(scope="module")
def plan(folder):
    assert check_plan(folder) == []
    return ln.load_plan(folder)


def test_a_map_to_point_at_shows_own_areas_and_with_shipped_members_those_too(plan):
    drawn = web_data.map_data(plan, load_tables(plan), language="zh")
    assert {area["id"] for area in drawn["areas"]} == set(plan.membership["area"])
    land = [shapely.Polygon(shell, holes) for shell, *holes in drawn["ground"]]
    assert shapely.union_all(land).covers(shapely.box(109.5, 24.8, 109.9, 26))  # beside the areas, not sea
    assert drawn["credit"] == "边界：boundaries.geojson。陆地：Natural Earth。"
    assert drawn["grid"] == {"lat_1": 25, "lat_2": 26, "lat_0": 25.5, "lon_0": 111}
    shenyang = plan.membership.iloc[:1].assign(area="210100")
    both = replace(plan, membership=pd.concat([plan.membership, shenyang], ignore_index=True))
    drawn = web_data.map_data(both, load_tables(both), language="en")
    assert {"210100", "211400", CITY} <= {area["id"] for area in drawn["areas"]}
    assert drawn["ground"]
    assert all(name in drawn["credit"] for name in ("boundaries.geojson", "Tianditu"))


def warnings_of_a_picture(folder) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ln.draw_location(ln.load_plan(folder), "r000")
    return [str(one.message) for one in caught if issubclass(one.category, ln.InputWarning)]


def test_files_read_in_the_warm_up_are_not_read_again_and_are_warned_of_once_when_used(folder, monkeypatch):
    for name in ("regions.csv", "observations.csv"):
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b"\r\n"))
    forget_warnings()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warm_up(str(folder))
    for name in ("read_observations", "_make_tables"):
        monkeypatch.setattr(cases, name, lambda *_, **__: pytest.fail("read again"))
    found = [words.split(":")[0].rpartition("/")[2] for words in warnings_of_a_picture(folder)]
    assert found == ["regions.csv", "observations.csv", "boundaries.geojson"]
    assert warnings_of_a_picture(folder) == []
