"""Executed notebooks are signed for their user, and where they cannot be, nothing else suffers."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from lnregions.batch.execute import sign_notebook

SIGN = """import sys, pathlib, concurrent.futures
from lnregions.batch.execute import sign_notebook
print(all(concurrent.futures.ThreadPoolExecutor(8).map(sign_notebook, map(pathlib.Path, sys.argv[1:]))))"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home folder, and nothing else in which Jupyter keeps files."""
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def notebook(tmp_path):
    """An executed notebook with an output that only a trusted one shows."""
    output = nbformat.v4.new_output("display_data", {"text/html": "<svg></svg>"})
    path = tmp_path / "run.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[output])]), path)
    return path


def is_trusted(path):
    return NotebookNotary().check_signature(nbformat.read(path, as_version=4))


def sign_elsewhere(*paths):
    done = subprocess.run([sys.executable, "-c", SIGN, *paths], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def test_a_signed_notebook_is_trusted_by_its_user_and_no_longer_after_a_change(notebook):
    assert not is_trusted(notebook)
    assert sign_notebook(notebook)
    assert is_trusted(notebook)
    notebook.write_text(notebook.read_text("utf-8").replace("<svg>", "<svg onload='x()'>"), "utf-8")
    assert not is_trusted(notebook)


def test_another_user_does_not_trust_it(notebook, tmp_path, monkeypatch):
    sign_notebook(notebook)
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert not is_trusted(notebook)


@pytest.mark.parametrize("place", ["/dev/null", "/proc/no-such-home"])
def test_a_home_that_cannot_be_written_leaves_the_notebook_unsigned(monkeypatch, notebook, place):
    monkeypatch.setenv("HOME", place)
    assert sign_notebook(notebook) is False


def test_a_database_that_cannot_be_written_leaves_the_notebook_unsigned_without_a_message(home, notebook):
    data = home / ".local" / "share" / "jupyter"
    for name in ("nbsignatures.db", "nbsignatures.db.bak"):
        (data / name / "in the way").mkdir(parents=True)
    assert sign_elsewhere(notebook) == ("False\n", "")


@pytest.mark.parametrize("content", ["<html>", None])
def test_a_file_that_is_no_notebook_is_not_signed(tmp_path, content):
    path = tmp_path / "page.ipynb"
    if content:
        path.write_text(content)
    assert sign_notebook(path) is False


def test_runs_side_by_side_are_all_signed_with_one_secret(notebook, tmp_path):
    paths = [tmp_path / f"{number}.ipynb" for number in range(8)]
    for number, path in enumerate(paths):
        path.write_text(notebook.read_text("utf-8").replace('"1"', f'"{number}"'), "utf-8")
    assert sign_elsewhere(*paths) == ("True\n", "")
    assert all(map(is_trusted, paths))
