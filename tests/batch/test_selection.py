"""Which runs a render consists of; what is unknown is refused before anything runs."""

import sys

import pytest
from fault_kit import render, write_notebook

from lnregions.batch import parameters, plan_runs
from lnregions.errors import DataError, InputWarning, forget_warnings

CHOICES = {"region": ["circle", "belt"], "language": ["en", "zh"]}


@pytest.fixture
def book(tmp_path):
    return write_notebook(tmp_path / "books" / "01.ipynb", "region")


def names(**asked):
    return [run.name for run in plan_runs(**asked)]


def test_notebooks_are_taken_by_folder_and_by_name_and_run_for_their_default_without_choices(book):
    assert names(notebooks=book, languages=["en"]) == ["en/01/circle"]
    asked = {"choices": CHOICES, "parameters": {"region": "belt"}}
    assert names(notebooks=book.parent, **asked) == ["en/01/belt", "zh/01/belt"]
    asked = {"choices": {"region": ["circle"]}, "parameters": {"language": "zh"}}
    assert names(notebooks=["02_region_map"], **asked) == ["zh/02_region_map/circle"]
    assert "en/01_plan/all" in names(choices={"region": ["circle"], "adcode": ["210200"]})


def test_parameters_come_in_the_notebooks_order_however_they_are_given(book):
    first, second = {"figures": "f", "language": "zh"}, {"language": "zh", "figures": "f"}
    for given in (first, second):
        (run,) = plan_runs(choices=CHOICES, notebooks=book, only={"region": ["belt"]}, parameters=given)
        assert list(run.parameters.items()) == [("region", "belt"), ("language", "zh"), ("figures", "f")]


def test_a_filter_runs_a_notebook_over_a_parameter_that_it_has(tmp_path):
    own = write_notebook(tmp_path / "mine.ipynb", "1", head="region = 'circle'", over=None)
    only = {"region": ["belt", "circle"]}
    found = names(notebooks=own, choices=CHOICES, only=only, languages=["en"])
    assert found == ["en/mine/circle", "en/mine/belt"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"only": {"region": ["cirlce"]}}, r"Unknown region 'cirlce'.*\(did you mean circle"),
        ({"parameters": {"language": "fr"}}, "Unknown language 'fr'"),
        ({"only": {"adcode": ["210200"]}}, "Unknown parameter 'adcode'"),
        ({"settings": {"engine": "hot"}}, "Unknown engine 'hot'. Choose one of warm, ordinary"),
        ({"only": {"region": []}}, "Nothing is left to render"),
        ({"notebooks": "nowhere"}, "Unknown notebook 'nowhere'"),
        ({"notebooks": "gone.ipynb"}, r"gone\.ipynb.*it cannot be read"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_runs(changes, message, book, tmp_path):
    with pytest.raises(DataError, match=message):
        render(tmp_path / "out", book, **{"choices": CHOICES} | changes)
    assert not (tmp_path / "out").exists()


def test_two_files_of_one_name_are_refused(tmp_path):
    one, two = (write_notebook(tmp_path / place / "01.ipynb", f"'{place}'") for place in ("a", "b"))
    with pytest.raises(DataError, match=r"a/01.ipynb and .*b/01.ipynb have the same name"):
        plan_runs(notebooks=[one, two])
    assert names(notebooks=[one, one], languages=["en", "en"]) == ["en/01/circle"]


@pytest.mark.parametrize(
    ("values", "system"), [(("CON", "CON_"), "linux"), (("", "all"), "linux"), (("West", "west"), "win32")]
)
def test_two_values_of_one_folder_are_refused(values, system, book, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    message = rf"values {values[0]!r} and {values[1]!r} of region have the same folder"
    with pytest.raises(DataError, match=message):
        plan_runs(choices={"region": values}, notebooks=book)
    two = {"region": ["West", "west"]}
    assert system != "linux" or len(names(choices=two, notebooks=book, languages=["en"])) == 2


def test_ones_own_notebook_is_left_alone_unless_it_names_what_to_run_for(tmp_path, monkeypatch):
    forget_warnings()
    write_notebook(tmp_path / "scratch.ipynb", "1/0", head="size = 3", over=None)
    write_notebook(tmp_path / "mine.ipynb", "print(region)", head="region = 'north'", over=None)
    monkeypatch.setattr(parameters, "notebooks_dir", lambda: tmp_path)
    with pytest.warns(InputWarning, match="scratch.ipynb is left alone") as caught:
        runs = plan_runs(choices={"region": ["north", "south"]})
    assert [run.name for run in runs] == ["en/mine/north", "en/mine/south"]
    assert len(caught) == 1
    assert [run.name for run in plan_runs(notebooks=tmp_path / "scratch.ipynb")] == ["en/scratch/all"]
