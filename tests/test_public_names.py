"""Every public name says what it is, is on the page of names, and its example runs."""

import inspect
import pickle
import re

import pytest

import lnregions as ln
from lnregions.paths import root
from lnregions.words import docstrings as _docs

NAMES = [name for name in ln.__all__ if not name.startswith("_")]
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(ln, name))]
COMPLETED = [name for name in FUNCTIONS if ">>>" not in getattr(ln, name).__doc__]
"""Functions whose example no doctest runs."""


def test_the_page_of_names_has_every_public_name_with_its_first_line_and_no_other():
    page = (root() / "docs" / "api.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE)
    first = [(name, inspect.cleandoc(getattr(ln, name).__doc__).splitlines()[0]) for name in NAMES]
    assert sorted(listed) == sorted(first), "run: python docs/make_api.py"


def test_every_public_function_tells_its_parameters_has_an_example_and_can_be_pickled():
    for name in FUNCTIONS:
        function = getattr(ln, name)
        parameters = inspect.signature(function).parameters
        assert "Examples\n---" in function.__doc__, name
        assert "Parameters\n---" in function.__doc__ or not _docs.PARAMETERS.keys() & parameters.keys(), name
        kinds = [one.kind for one in parameters.values()]
        assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) <= 4, name
        assert pickle.loads(pickle.dumps(function)) is function, name


@pytest.mark.parametrize("name", COMPLETED)
def test_the_example_of_a_public_function_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec("import lnregions as ln\n" + _docs.example_of(name, getattr(ln, name)), {})


def test_completion_offers_the_public_names_only_and_none_is_that_of_a_module():
    import lnregions.explorer.views  # noqa: F401  modules that are loaded are not offered

    assert dir(ln) == sorted(ln.__all__)
    assert {path.stem for path in (root() / "lnregions").iterdir()} & set(NAMES) == set()


def test_a_wrong_name_is_refused_beside_right_ones_and_further_options_take_names():
    with pytest.raises(ln.DataError, match="Unknown indicator 'GDP growth'"):
        ln.draw_dots("大连", "GDP growth")
    assert ln.explore("ln-2022", "Coastal belt", indicator="GDP", city="Dalian").view.city == "210200"
    assert len(ln.load_observations(plan="ln-2022")) == len(ln.load_observations())
