"""Executed notebooks are signed for their user, and where they cannot be, nothing else suffers."""

import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from test_render import write_notebook

from lnregions.batch import cluster
from lnregions.batch import warm as _warm
from lnregions.batch.render import Settings, render_notebooks
from lnregions.batch.runs import sign_notebook


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home folder, and nothing else that Jupyter would look at."""
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


def test_a_signed_notebook_is_trusted_by_its_user_and_no_longer_after_a_change(home, notebook):
    assert not is_trusted(notebook)
    assert sign_notebook(notebook)
    assert is_trusted(notebook)
    notebook.write_text(notebook.read_text("utf-8").replace("<svg>", "<svg onload='x()'>"), "utf-8")
    assert not is_trusted(notebook)


def test_another_user_does_not_trust_it(home, notebook, tmp_path, monkeypatch):
    sign_notebook(notebook)
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert not is_trusted(notebook)


@pytest.mark.parametrize("place", ["/dev/null", "/proc/no-such-home"])
def test_a_home_that_cannot_be_written_leaves_the_notebook_unsigned(monkeypatch, home, notebook, place):
    monkeypatch.setenv("HOME", place)
    assert sign_notebook(notebook) is False


def test_a_database_that_cannot_be_written_leaves_the_notebook_unsigned_and_says_nothing(home, notebook):
    data = home / ".local" / "share" / "jupyter"
    for name in ("nbsignatures.db", "nbsignatures.db.bak"):
        (data / name / "in the way").mkdir(parents=True)
    code = "import sys, pathlib; from lnregions.batch.runs import sign_notebook; "
    code += "print(sign_notebook(pathlib.Path(sys.argv[1])))"
    done = subprocess.run([sys.executable, "-c", code, notebook], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_a_file_that_is_no_notebook_is_not_signed(home, tmp_path):
    (tmp_path / "page.ipynb").write_text("<html>")
    assert sign_notebook(tmp_path / "page.ipynb") is False
    assert sign_notebook(tmp_path / "absent.ipynb") is False


def test_runs_side_by_side_are_all_signed_with_one_secret(home, notebook, tmp_path):
    paths = [tmp_path / f"{number}.ipynb" for number in range(8)]
    for number, path in enumerate(paths):
        path.write_text(notebook.read_text("utf-8").replace('"1"', f'"{number}"'), "utf-8")
    code = "import sys, pathlib, concurrent.futures as f; from lnregions.batch.runs import sign_notebook; "
    code += "print(all(f.ThreadPoolExecutor(8).map(sign_notebook, map(pathlib.Path, sys.argv[1:]))))"
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert all(map(is_trusted, paths))


@pytest.mark.parametrize("writable", [True, False])
def test_a_batch_is_done_and_signed_where_the_home_can_be_written(home, tmp_path, monkeypatch, writable):
    if not writable:
        monkeypatch.setenv("HOME", "/dev/null")
    path = write_notebook(
        tmp_path / "books" / "01_html.ipynb", "from IPython.display import HTML\nHTML('<p>a</p>')"
    )
    kept = {"notebooks": [path], "choices": {"region": ["circle"]}, "languages": ("en",), "progress": None}
    settings = Settings(jobs=1, html=False, imports=("IPython",), warm_up=())
    try:
        done = render_notebooks(tmp_path / "output", settings=settings, **kept)
    finally:
        _warm.close_warm_process()
    assert len(done.done) == 1
    monkeypatch.setenv("HOME", str(home))
    assert is_trusted(tmp_path / "output" / "en" / "01_html" / "circle" / "01_html.ipynb") is writable


def test_what_a_cluster_sends_back_is_signed_by_who_asked_for_it(home, notebook, tmp_path):
    runs = object.__new__(cluster.ClusterRuns)
    runs._staging = tmp_path / "staging"
    sent = {"status": "done"}, {"run.ipynb": notebook.read_bytes()}
    runs._take(SimpleNamespace(result=lambda: sent), 0)
    assert is_trusted(tmp_path / "staging" / "0" / "run.ipynb")
