"""Executed notebooks are signed for their user, and where they cannot be, nothing else suffers."""

import os
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from lnregions.batch.execute import sign_notebook


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home folder, and nothing else in which Jupyter keeps files."""
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def notebooks(tmp_path):
    """Executed notebooks with an output that only a trusted one shows."""
    output = nbformat.v4.new_output("display_data", {"text/html": "<svg></svg>"})
    paths = [tmp_path / f"{number}.ipynb" for number in range(8)]
    for path in paths:
        cell = nbformat.v4.new_code_cell(path.stem, outputs=[output])
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return paths


def is_trusted(path):
    return NotebookNotary().check_signature(nbformat.read(path, as_version=4))


def test_signed_notebooks_are_trusted_by_their_user_until_they_change(notebooks, tmp_path, monkeypatch):
    assert not any(map(is_trusted, notebooks))
    assert all(ThreadPoolExecutor(8).map(sign_notebook, notebooks))
    assert all(map(is_trusted, notebooks))
    notebooks[0].write_text(notebooks[0].read_text("utf-8").replace("<svg>", "<svg onload='x()'>"), "utf-8")
    assert not is_trusted(notebooks[0])
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert not is_trusted(notebooks[1])


@pytest.mark.parametrize("place", ["/dev/null", "/proc/no-such-home", "a database in the way"])
def test_a_home_that_cannot_be_written_leaves_the_notebook_unsigned(place, home, notebooks, monkeypatch):
    if place.startswith("/"):
        monkeypatch.setenv("HOME", place)
    for name in ("nbsignatures.db", "nbsignatures.db.bak"):
        (home / ".local" / "share" / "jupyter" / name / "in the way").mkdir(parents=True)
    assert sign_notebook(notebooks[0]) is False


def test_a_file_that_is_no_notebook_is_not_signed(tmp_path):
    (tmp_path / "page.ipynb").write_text("<html>")
    assert sign_notebook(tmp_path / "page.ipynb") is False
    assert sign_notebook(tmp_path / "none.ipynb") is False
