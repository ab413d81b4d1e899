"""What tests of several rooms share: one whole render of the project's notebooks and one small report."""

import functools
import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from golden import record
from pages.report_output import write_output

from lnregions.__main__ import main
from lnregions.batch import Preload
from lnregions.batch.fork import stop_fork_server
from lnregions.pages import write_report

LONGEST = (
    "browser",
    "test_golden.py",
    "foreign",
    "batch",
    "test_command_line.py",
    "pages",
    "figures",
    "explorer",
)
"""Folders and files of tests that take longest; whatever is not listed comes after them."""

collect_ignore = ["conftest.py"]
"""Not searched for examples; the name of this file is that of another one in docs, too."""


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that all workers end at about the same time."""

    def place(item):
        return min((n for n, name in enumerate(LONGEST) if name in item.path.parts), default=len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Function that returns a folder which the first worker that asks for it fills, for all workers."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made_once(name, fill):
        folder, whole = base / name, base / f"{name}.whole"
        with FileLock(base / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                fill(folder)
                whole.touch()
        return folder

    return made_once


@pytest.fixture(scope="session")
def whole_render(made_once) -> Path:
    """Output of every notebook for a region or a city, half of them in each language, and pages; only read it."""

    def fill(folder):
        assert [main(call) for call in record.render_calls(folder)] == [0, 0]
        stop_fork_server()

    return made_once("whole_render", fill)


@pytest.fixture
def cold(monkeypatch):
    """The fork server of the command loads nothing: that costs or saves time only, which tests/batch holds."""
    monkeypatch.setattr("lnregions.render_command.WARM_UP", "builtins:dict")
    monkeypatch.setattr("lnregions.batch.Preload", functools.partial(Preload, modules=()))


@pytest.fixture(scope="module")
def stopped_server():
    """The fork server of this program ends with the module."""
    yield
    stop_fork_server()


@pytest.fixture(scope="module")
def output(made_once, tmp_path_factory) -> Path:
    """A copy of a small output with its report, to change at will."""
    made = made_once("small_report", lambda folder: write_report(write_output(folder)))
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("report") / "output"))
