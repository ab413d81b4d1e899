"""Renders: runs are whole or absent, only what must run is run, and each says what came of it."""

import json
import os
import re
import warnings
from pathlib import Path

import nbformat
import pytest
from fault_kit import QUICK, code_cells, render, tree, write_notebook
from nbformat.warnings import MissingIDFieldWarning

from lnregions.batch import Preload, failure_lines, progress_for

pytestmark = pytest.mark.usefixtures("stopped_server")
CHOICES = {"region": ["circle", "belt"], "language": ["en", "zh"]}
BOTH = {"choices": CHOICES, "languages": ["en", "zh"]}
DOCS = Path(__file__).parents[2] / "docs" / "manifest.md"


@pytest.fixture
def quick(tmp_path):
    return write_notebook(tmp_path / "books" / "01_quick.ipynb", QUICK)


def test_every_run_has_its_folder_with_all_it_made(tmp_path, quick):
    result = render(tmp_path / "out", quick, settings={"html": True}, **BOTH)
    assert result.ok
    assert sorted(tree(tmp_path / "out")) == sorted(
        f"{language}/01_quick/{region}/{name}"
        for language in ("en", "zh")
        for region in ("circle", "belt")
        for name in ("01_quick.ipynb", "01_quick.html", "figures/a.svg")
    )
    record = result.manifest["runs"]["zh/01_quick/belt"]
    assert record["parameters"] == {"region": "belt", "language": "zh", "figures": "figures"}
    assert (record["status"], record["error"]) == ("done", None)
    assert set(record["outputs"]) == {"01_quick.ipynb", "01_quick.html", "figures/a.svg"}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8")) == result.manifest
    documented = DOCS.read_text("utf-8")
    for name in [*result.manifest, *record, *record["inputs"]]:
        assert f"`{name}`" in documented, name


def test_what_was_printed_stays_as_it_is_apart_from_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cells = [
        "import os, sys, warnings\nprint('https://example.org/tmp/gdp.csv', os.path.expanduser('~'))",
        "print('a\\rb\\r')\nfor n in range(4):\n    print(n, file=(sys.stdout, sys.stderr)[n % 2], flush=True)",
        "warnings.warn('mind')\nprint(os.getcwd() + '/a.png')",
        "print('x' * 5_000_000)",
    ]
    assert render(tmp_path / "out", write_notebook(tmp_path / "01.ipynb", *cells), "a").ok
    texts = [[one["text"] for one in cell.outputs] for cell in code_cells(tmp_path / "out", "a")[2:]]
    assert texts[:2] == [
        [f"https://example.org/tmp/gdp.csv {tmp_path / 'home'}\n"],
        ["b\r\n0\n2\n", "1\n3\n"],
    ]
    assert texts[2][0] == "./a.png\n"
    assert re.fullmatch(r"\d+\.py:1: UserWarning: mind\n.*\n", texts[2][1])
    assert texts[3] == ["x" * 5_000_000 + "\n"]


def test_a_deleted_result_is_made_again_and_nothing_else_is_run(tmp_path, quick):
    render(tmp_path / "out", quick)
    before = tree(tmp_path / "out")
    assert render(tmp_path / "out", quick).done == []
    (tmp_path / "out/en/01_quick/b/figures/a.svg").unlink()
    again = render(tmp_path / "out", quick)
    assert [run.why for run in again.runs] == ["", "its figures/a.svg is missing"]
    assert (again.done, again.skipped) == (["en/01_quick/b"], ["en/01_quick/a"])
    assert tree(tmp_path / "out") == before


def test_results_within_a_folder_that_runs_read_are_no_reason_to_run_again(tmp_path):
    book = write_notebook(tmp_path / "plan" / "one.ipynb", "print(1)")
    settings = {"own": (tmp_path / "plan",)}
    for done in (2, 0):
        result = render(tmp_path / "plan" / "output", book, settings=settings)
        assert len(result.done) == done
    (tmp_path / "plan" / "targets.csv").write_text("changed")
    assert len(render(tmp_path / "plan" / "output", book, settings=settings).done) == 2


def test_a_change_of_the_same_size_with_its_time_set_back_is_seen(tmp_path):
    own, book = tmp_path / "own.csv", write_notebook(tmp_path / "01.ipynb", "'one'")
    own.write_text("one")
    settings = {"own": (own,)}
    render(tmp_path / "out", book, settings=settings)
    for path, count, why in (
        (tmp_path / "out/en/01/a/01.ipynb", 1, "its 01.ipynb was changed"),
        (own, 2, "the files given with it have changed"),
        (book, 2, "the notebook has changed"),
    ):
        state = path.stat()
        path.write_bytes(path.read_bytes().replace(b"one", b"two"))
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert path.stat().st_size == state.st_size
        result = render(tmp_path / "out", book, settings=settings)
        assert (len(result.done), {run.why for run in result.runs} - {""}) == (count, {why})


def test_one_failing_run_leaves_the_others_and_keeps_its_notebook(tmp_path, capsys):
    book = write_notebook(tmp_path / "02.ipynb", "if region == 'b':\n    raise KeyError('gdp')\n'fine'", "2")
    result = render(tmp_path / "out", book, progress=progress_for("lines"))
    assert (result.done, result.failed, result.ok) == (["en/02/a"], ["en/02/b"], False)
    line = "en/02/b  cell 3: KeyError: 'gdp' (if region == 'b':)"
    assert failure_lines(result) == [f"failed  {line}"]
    assert "failed en/02/b" in capsys.readouterr().err
    cells = code_cells(tmp_path / "out", "b", "02")
    states = [cell.metadata.get("papermill", {}).get("status") for cell in cells]
    assert states == ["completed", "completed", "failed", None]
    again = render(tmp_path / "out", book)
    assert (again.failed, again.skipped) == (["en/02/b"], ["en/02/a"])
    assert again.manifest["runs"]["en/02/b"]["why"] == "it failed last time"


def test_retries_try_a_failed_run_again(tmp_path):
    mark = tmp_path / "mark"
    code = f"import pathlib\nmark = pathlib.Path({str(mark)!r})\nassert mark.exists() or mark.write_text('x') is None"
    book = write_notebook(tmp_path / "03.ipynb", code)
    result = render(tmp_path / "out", book, "a", settings={"retries": 2})
    assert result.ok
    assert result.manifest["runs"]["en/03/a"]["attempts"] == 2


def test_the_limit_of_the_whole_render_stops_what_is_running(tmp_path):
    book = write_notebook(tmp_path / "04.ipynb", "while True: pass")
    result = render(tmp_path / "out", book, settings={"batch_timeout": 2.0, "jobs": 1})
    assert (result.stopped, result.ok) == (["en/04/a", "en/04/b"], False)
    assert list((tmp_path / "out").glob("en/*")) == []


@pytest.mark.parametrize("engine", ["warm", "ordinary"])
def test_no_more_kernels_run_than_jobs(engine, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    cell = f"""import os
me = os.path.join({str(marks)!r}, region)
open(me, "w").close()
print(len(os.listdir({str(marks)!r})))"""
    book = write_notebook(tmp_path / "01.ipynb", cell, "os.remove(me)")
    result = render(tmp_path / "out", book, settings={"jobs": 1, "engine": engine})
    assert len(result.done) == 2
    assert [code_cells(tmp_path / "out", region)[2].outputs[0]["text"] for region in "ab"] == ["1\n"] * 2


def test_a_parameter_never_becomes_code_and_no_value_leaves_the_output_folder(tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", "print(region)")
    code = '"""\'; import os; os.abort()\n#'
    values = [code, "../../evil", "/etc/x", "a\\b", "a:b*?", "con", "沈阳", "x" * 500]
    result = render(tmp_path / "deep" / "out", book, values)
    assert result.ok
    assert len({run.name for run in result.runs}) == len(values)
    for run in result.runs:
        made = nbformat.read(tmp_path / "deep" / "out" / run.name / "01.ipynb", as_version=4)
        assert made.cells[-1].outputs[0].text == run.value + "\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["01.ipynb", "deep"]
    assert sorted(p.name for p in (tmp_path / "deep").iterdir()) == ["out"]


def test_a_value_arrives_in_the_notebook_as_it_was_checked(tmp_path):
    head = "a: tuple = (1,)\nb: list = []\nc: dict = {}\nd = None\ne: float = 0.0\nf: str = ''"
    given = {
        "a": (1, "x", (2,), ()), "b": [(1, 2), [-3]], "c": {"k": (1,), "沈": None}, "d": [True], "e": -1e300,
        "f": "'\"\\\n\u2028{}%",
    }  # fmt: skip
    book = write_notebook(tmp_path / "01.ipynb", "print([a, b, c, d, e, f])", head=head, over=None)
    assert render(tmp_path / "out", book, parameters=given).ok
    assert code_cells(tmp_path / "out", "all")[-1].outputs[0].text == f"{list(given.values())}\n"


def test_what_the_fork_server_has_loaded_does_not_outlive_a_change(tmp_path, monkeypatch):
    own = tmp_path / "ln_own.py"
    own.write_text("value = 'old'")
    monkeypatch.syspath_prepend(str(tmp_path))
    book = write_notebook(tmp_path / "books" / "01.ipynb", "import ln_own\nprint(ln_own.value)")
    settings = {"own": (own,), "preload": Preload(modules=("ln_own",))}
    render(tmp_path / "out", book, "a", settings=settings)
    own.write_text("value = 'new!'")
    assert render(tmp_path / "out", book, "a", settings=settings).done == ["en/01/a"]
    assert code_cells(tmp_path / "out", "a")[2].outputs[0].text == "new!\n"


HINTS = {
    "open('data/t.csv')": "a file or folder that is given with --reads lies by its name",
    "%run other.ipynb": "a file or folder that is given with --reads lies by its name",
    "import pyogrio; pyogrio.read_dataframe('a.shp')": "a file or folder that is given with --reads lies",
    "from nosuch.deep import x": "one that lies beside the notebook is given with --reads",
    "year = input('Year? ')": "Nobody answers in a batch: make the value a parameter",
}


def test_what_a_run_lacks_is_said_with_how_to_give_it(tmp_path):
    for number, code in enumerate(HINTS):
        write_notebook(tmp_path / "books" / f"{number}.ipynb", code, over=None)
    lines = failure_lines(render(tmp_path / "out", tmp_path / "books"))
    assert all(hint in line for hint, line in zip(HINTS.values(), lines, strict=True)), lines


def test_names_that_are_not_utf_8_are_spelt_out_and_empty_folders_left_away(tmp_path):
    code = "import os\nos.makedirs(b'd\\xff/e'); os.mkdir('empty'); open(b'd\\xff/\\xe9.txt', 'w').close()"
    assert render(tmp_path / "out", write_notebook(tmp_path / "01.ipynb", code), "a").ok
    assert set(tree(tmp_path / "out")) == {"en/01/a/01.ipynb", "en/01/a/d%ff/%e9.txt"}
    assert not (tmp_path / "out/en/01/a/empty").exists()


TEXT = {"cell_type": "markdown", "source": "![x](attachment:a)"}
ODD_BOOKS = {
    "no cell ids, in a version that has them": lambda book: [cell.pop("id") for cell in book["cells"]],
    "ids that are none, and one twice": lambda book: [cell.update(id="a b") for cell in book["cells"]],
    "no minor version": lambda book: book.pop("nbformat_minor"),
    "old outputs that are none": lambda book: book["cells"][1].update(outputs=[{"x": 1}], execution_count=""),
    "no outputs": lambda book: [book["cells"][1].pop(name) for name in ("outputs", "execution_count")],
    "nulls": lambda book: book["cells"].append(
        TEXT | {"source": None, "metadata": None, "attachments": None}
    ),
    "attachments that are none": lambda book: book["cells"].append(
        TEXT | {"attachments": {"a": "x", "b": {}}}
    ),
    "a tag that is no list": lambda book: book["cells"][0]["metadata"].update(tags="parameters"),
    "a kernel as Colab names it": lambda book: book["metadata"]["kernelspec"].pop("language"),
    "a kernel without a name": lambda book: book["metadata"].update(kernelspec={"language": "python"}),
    "a kernel that is none": lambda book: book["metadata"].update(kernelspec="python3"),
    "settings of the batch that are none": lambda book: book["metadata"].update(lnregions="yes"),
    "no kernel": lambda book: book["metadata"].pop("kernelspec"),
    "results of an earlier run": lambda book: book["metadata"].update(widgets=[], papermill=None),
}
"""What other programs leave in notebooks, by what they do to one."""


def test_notebooks_as_other_programs_leave_them_run(tmp_path):
    books = [write_notebook(tmp_path / f"{what}.IPYNB", "print(region)", over=None) for what in ODD_BOOKS]
    for path, change in zip(books, ODD_BOOKS.values(), strict=True):
        content = json.loads(path.read_text())
        change(content)
        path.write_text("\ufeff" + json.dumps(content), encoding="utf-8")  # as Windows' editor does
    with warnings.catch_warnings(action="error", category=MissingIDFieldWarning):
        result = render(tmp_path / "out", books, parameters={"region": "b"}, settings={"html": True})
    assert result.ok, failure_lines(result)
    for run in result.runs:
        cells = nbformat.read(tmp_path / "out" / run.name / f"{run.notebook.name}.ipynb", as_version=4).cells
        assert [output.text for cell in cells for output in cell.get("outputs", [])] == ["b\n"], run.name


def test_a_notebook_of_another_language_is_a_failed_run_that_names_its_kernel(tmp_path):
    kernel = {"name": "ir", "display_name": "R", "language": "R"}
    book = write_notebook(tmp_path / "01.ipynb", "region", kernelspec=kernel)
    result = render(tmp_path / "out", book)
    assert sorted(result.failed) == ["en/01/a", "en/01/b"]
    assert "No such kernel named ir. Install it, or choose Python 3" in failure_lines(result)[0]
