"""Plans over areas of one's own: boundaries, figures and sources from the plan's folder, on every picture."""

import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from generated_plan import write_plan
from lnregions.batch.runs import run_notebook

import lnregions as ln
from lnregions import errors as _checks
from lnregions.assess import cases as _cases
from lnregions.assess import load_tables
from lnregions.batch.render import Settings, plan_runs, render_notebooks
from lnregions.boundaries import boundaries_of, boundary_words
from lnregions.explorer import web_data
from lnregions.figures.pictures import warm_up
from lnregions.tables import batch_choices, check_plan

CITY = "300101"
DRAWN = {
    "membership": lambda plan, **own: ln.draw_membership(plan, **own),
    "location": lambda plan, **own: ln.draw_location(plan, "r000", **own),
    "circles": lambda plan, **own: ln.draw_map(plan, "r000", "gdp", **own),
    "classes": lambda plan, **own: ln.draw_map(plan, "r001", "gdp_growth_real", **own),
    "verdicts": lambda plan, **own: ln.draw_verdict_map(plan, **own),
    "change": lambda plan, **own: ln.draw_change(plan, "r000", "gdp", **own),
    "years": lambda plan, **own: ln.draw_years(plan, "r000", "gdp_growth_real", **own),
    "city location": lambda plan, **own: ln.draw_city_location(plan, CITY, **own),
    "members": lambda plan, **own: ln.draw_members(plan, "r000", "gdp", **own),
    "growth": lambda plan, **own: ln.draw_city_growth(CITY, plan=plan, **own),
    "ranks": lambda plan, **own: ln.draw_ranks(CITY, plan=plan, **own),
    "dots": lambda plan, **own: ln.draw_dots(CITY, "gdp_growth_real", plan=plan, **own),
}
MAPS = ("membership", "location", "circles", "classes", "verdicts", "change", "years", "city location")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "plan"
    write_plan(folder, 2)
    return folder


@pytest.fixture(scope="module")
def plan(folder):
    with pytest.warns(ln.InputWarning, match="taken as your own"):
        boundaries_of(ln.load_plan(folder))
    return ln.load_plan(folder)


def test_a_generated_plan_has_no_fault(folder):
    assert check_plan(folder) == []


def test_areas_beside_shipped_members_join_the_shipped_ones(plan):
    shenyang = plan.membership.iloc[:1].assign(area="210100")
    both = replace(plan, membership=pd.concat([plan.membership, shenyang], ignore_index=True))
    drawn = web_data.map_data(both, load_tables(both), language="en")
    assert {"210100", "211400", CITY} <= {area["id"] for area in drawn["areas"]}
    assert drawn["ground"]
    assert "boundaries.geojson" in drawn["credit"]
    assert "Tianditu" in drawn["credit"]


def test_a_map_to_point_at_shows_own_areas_and_says_whose_they_are(plan):
    drawn = web_data.map_data(plan, load_tables(plan), language="zh")
    assert {area["id"] for area in drawn["areas"]} == set(plan.membership["area"])
    assert drawn["ground"] is None
    assert drawn["credit"] == boundary_words(plan, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_is_drawn_with_the_plans_own_names_and_sources(name, language, plan):
    picture = DRAWN[name](plan, language=language)
    texts = " ".join(t.get_text() for t in picture.figure.findobj(lambda a: hasattr(a, "get_text")))
    assert "Liaoning" not in texts
    assert "辽宁" not in texts
    if name in MAPS:
        assert "boundaries.geojson" in texts
        assert "Tianditu" not in texts
        assert "天地图" not in texts
    if "source" in picture.data:
        assert "g1" in set(picture.sources["source"])
    assert picture.png().startswith(b"\x89PNG")


def test_the_batch_takes_the_cities_of_the_members_province(folder):
    assert batch_choices(str(folder))["adcode"] == [f"3001{n:02d}" for n in range(1, 9)]
    assert len(batch_choices()["adcode"]) == 14


def test_every_notebook_renders_for_it(folder, tmp_path):
    runs = plan_runs(
        choices=batch_choices(str(folder)), languages=["en"], parameters={"plan": str(folder)},
        only={"region": ["r000"], "adcode": [CITY]},
    )  # fmt: skip
    result = render_notebooks(
        tmp_path, choices=batch_choices(str(folder)), languages=["en"], parameters={"plan": str(folder)},
        only={"region": ["r000"], "adcode": [CITY]}, settings=Settings(jobs=2, warm_up=("lnregions.figures.kinds:warm_up",)),
    )  # fmt: skip
    assert [outcome.error for outcome in result.failed] == []
    assert len(result.done) == len(runs) == 4


@pytest.fixture
def untidy(folder, tmp_path):
    """A plan whose tables have line ends of another system."""
    other = tmp_path / "untidy"
    shutil.copytree(folder, other)
    for name in ("regions.csv", "observations.csv"):
        (other / name).write_bytes((other / name).read_bytes().replace(b"\n", b"\r\n"))
    return other


def said_by(plan: Path) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        own = ln.load_plan(plan)
        ln.draw_location(own, "r000")
    return [str(one.message) for one in caught if issubclass(one.category, ln.InputWarning)]


def test_what_was_read_in_the_warm_up_is_not_read_again_and_is_said_when_it_is_used(untidy, monkeypatch):
    monkeypatch.setattr(_checks, "_WARNED", set())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warm_up(str(untidy))
    for name in ("read_observations", "_make_tables"):
        monkeypatch.setattr(_cases, name, lambda *_, **__: pytest.fail("read again"))
    said = said_by(untidy)
    assert [words.split(":")[0].rpartition("/")[2] for words in said] == [
        "regions.csv", "observations.csv", "boundaries.geojson",
    ]  # fmt: skip
    assert said_by(untidy) == [], "nothing is said twice in a process"


def test_a_warm_up_that_fails_leaves_nothing_said(tmp_path):
    with pytest.raises(_checks.DataError):
        warm_up(str(tmp_path / "no plan"))
    assert not _checks._WARNED


def test_a_forked_run_says_what_an_ordinary_one_does(untidy, tmp_path):
    cell = (
        f"import lnregions as ln\nplan = ln.load_plan({str(untidy)!r})\nln.draw_location(plan, 'r000')\nNone"
    )
    source = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])).encode()
    start_fork_server(Preload(calls=(("lnregions.figures.kinds:warm_up", {"plan": str(untidy)}),)))
    shown = {}
    for engine in ("lnregions", "lnregions-ordinary"):
        folder = tmp_path / engine
        folder.mkdir()
        record = run_notebook(Task(source, "one", {}, engine=engine, html=False), folder)
        assert record["error"] is None
        outputs = nbformat.read(folder / "one.ipynb", as_version=4).cells[-1].outputs
        assert {(one.output_type, one.name) for one in outputs} == {("stream", "stderr")}
        shown[engine] = "".join(one.text for one in outputs)  # which come in one part or in several
    stop_fork_server()
    assert shown["lnregions"] == shown["lnregions-ordinary"]
    for name in ("regions.csv", "observations.csv", "boundaries.geojson"):
        assert shown["lnregions"].count(name) == 1
