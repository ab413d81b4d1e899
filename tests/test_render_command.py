"""The options of ``lnregions render``: read strictly, and pages built only where something changed."""

import fcntl
import json
import os
import pty
import shutil
import struct
import termios
from pathlib import Path

import nbformat
import pytest
from test_render import write_notebook

from lnregions import errors as _checks
from lnregions.__main__ import main, parser
from lnregions.batch import render
from lnregions.batch import render_command as _render_command
from lnregions.batch import warm as _warm
from lnregions.batch.progress import Bar, progress_for
from lnregions.batch.render_command import read_parameters
from lnregions.errors import DataError
from lnregions.paths import data_dir

SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def options(*call):
    return parser().parse_args(["render", *call])


@pytest.fixture
def unchanging(monkeypatch):
    """Whoever edits the package or the data while the tests run gives no reason to run again."""
    fixed = {name: name for name in ("package", "data", "shapes", "versions")}
    real = render.shared_inputs
    monkeypatch.setattr(render, "shared_inputs", lambda *args, **more: real(*args, **more) | fixed)
    yield
    _warm.close_warm_process()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["--jobs", "x"], "argument --jobs: 'x' is not a whole number of 1 or more"),
        (["--jobs", "0"], "'0' is not a whole number of 1 or more"),
        (["--jobs", "２"], "is not a whole number of 1 or more"),
        (["--retries", "-1"], "argument --retries: '-1' is not a whole number of 0 or more"),
        (["--memory", "1.5"], "'1.5' is not a whole number of 1 or more"),
        (["--cell-timeout", "soon"], "'soon' is not a number of seconds above zero"),
        (["--run-timeout", "nan"], "'nan' is not a number of seconds above zero"),
        (["--batch-timeout", "-3"], "'-3' is not a number of seconds above zero"),
    ],
)
def test_a_wrong_number_is_named_with_what_it_must_be(call, said, capsys):
    with pytest.raises(SystemExit):
        options(*call)
    assert said in capsys.readouterr().err


def test_numbers_are_taken():
    taken = options("--jobs", "3", "--retries", "0", "--memory", "500", "--cell-timeout", "0.5")
    assert (taken.jobs, taken.retries, taken.memory, taken.cell_timeout) == (3, 0, 500, 0.5)


def test_parameters_come_from_a_file_and_the_call_goes_before(tmp_path):
    (tmp_path / "p.yaml").write_text("region: west\nyears: [2022, 2024]\nas_of: 2024-06-30\nnothing: null\n")
    asked = options(
        "-f", str(tmp_path / "p.yaml"), "-p", "region=belt", "-p", "note=a=b", "-p", "region=belt"
    )
    assert read_parameters(asked) == {"region": "belt", "years": [2022, 2024], "nothing": None, "note": "a=b"}
    assert (asked.plan, asked.as_of) == (None, "2024-06-30")
    (tmp_path / "p.yaml").write_text("")
    assert read_parameters(options("-f", str(tmp_path / "p.yaml"))) == {}


@pytest.mark.parametrize(
    ("call", "plan", "as_of"),
    [
        (("--plan", "ln-2022"), "ln-2022", ""),
        (("--plan", "own", "--as-of", "2024-12-31"), "own", "2024-12-31"),
    ],
)
def test_the_warm_process_reads_the_plan_of_the_render_on_its_date(call, plan, as_of):
    warm_up = _render_command._settings(options(*call)).warm_up
    assert warm_up == (("lnregions.figures.pictures:warm_up", {"plan": plan, "as_of": as_of}),)


def test_a_plan_given_as_a_parameter_is_the_plan_of_the_render():
    asked = options("-p", "plan=ln-2025")
    assert read_parameters(asked) == {}
    assert asked.plan == "ln-2025"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["-p", "region"], "has no value. Give NAME=VALUE"),
        (["-p", "=belt"], "has no name. Give NAME=VALUE"),
        (["-p", "x=1", "-p", "x=2"], "Parameter x is given twice, as '1' and '2'"),
        (["-f", "none.yaml"], r"none\.yaml: it cannot be read as YAML \(No such file"),
        (["-f", "list.yaml"], r"list\.yaml: it does not hold 'name: value' lines"),
        (["-f", "number.yaml"], "does not hold 'name: value' lines"),
        (["-f", "broken.yaml"], r"broken\.yaml: it cannot be read as YAML"),
        (["-f", "latin.yaml"], r"latin\.yaml: it cannot be read as YAML"),
    ],
)
def test_wrong_parameters_are_refused(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {"list": b"[1]", "number": b"1: 2", "broken": b"a: [", "latin": b"a: \xe9"}
    for name, content in files.items():
        (tmp_path / f"{name}.yaml").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_parameters(options(*call))


def test_a_file_that_is_to_be_read_must_exist(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["render", "--reads", "none.csv", "--dry-run"]) == 2
    assert "none.csv does not exist" in capsys.readouterr().err


def test_a_notebook_of_ones_own_runs_once_and_again_when_a_file_it_reads_changes(
    tmp_path, capsys, unchanging
):
    notebook = {
        "cells": [],
        "metadata": {"kernelspec": SPEC},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "1",
        "outputs": [],
        "execution_count": None,
    }
    (tmp_path / "mine.ipynb").write_text(json.dumps(notebook | {"cells": [cell]}))
    table = tmp_path / "table.csv"
    table.write_text("1")
    call = ["render", str(tmp_path / "mine.ipynb"), "--output", str(tmp_path / "out"), "--reads", str(table)]
    assert main([*call, "--no-report"]) == 0
    said = f"1 done, 0 up to date, 0 failed. The results are in {tmp_path / 'out'}\n"
    assert capsys.readouterr().out == said
    assert main([*call, "--dry-run"]) == 0
    assert capsys.readouterr().out == "en/mine/all: up to date\n"
    table.write_text("2")
    assert main([*call, "--dry-run"]) == 0
    assert "the files given with it have changed" in capsys.readouterr().out


def test_without_html_notebooks_and_figures_are_left_alone_and_asking_for_pages_runs_again(
    tmp_path, unchanging
):
    book = write_notebook(
        tmp_path / "mine.ipynb", "import os; os.mkdir(figures); open('figures/a.svg', 'w').close()"
    )
    call = ["render", str(book), "--region", "circle", "--language", "en", "--no-report", "--quiet"]
    call += ["--output", str(tmp_path / "out")]
    assert main([*call, "--no-html"]) == 0
    folder = tmp_path / "out" / "en" / "mine" / "circle"
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "mine.ipynb"]
    assert main(call) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "mine.html", "mine.ipynb"]


def test_one_notebooks_parameters_are_listed(tmp_path, capsys):
    book = write_notebook(tmp_path / "one.ipynb", "1")
    assert main(["render", str(book), "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "one",
        "  region: str = 'circle'  [circle, belt, west, east]",
    ]


def test_pages_are_built_again_only_where_something_changed(tmp_path, capsys, monkeypatch, unchanging):
    from lnregions.pages import report

    built, real = [], report.write_report
    monkeypatch.setattr(report, "write_report", lambda *args, **more: built.append(1) or real(*args, **more))
    book = write_notebook(tmp_path / "one.ipynb", "1", over="")
    call = ["render", str(book), "--output", str(tmp_path / "out"), "--language", "en"]
    assert main(call) == 0
    capsys.readouterr()
    assert main(call) == 0
    assert "0 done, 1 up to date, 0 failed, pages too." in capsys.readouterr().out
    assert len(built) == 1
    (tmp_path / "out" / "index.zh.html").write_text("lost")
    assert main(call) == 0
    assert "lost" not in (tmp_path / "out" / "index.zh.html").read_text()
    (tmp_path / "out" / "index.html").unlink()
    assert main(call) == 0
    assert (tmp_path / "out" / "index.html").exists()
    assert main([*call, "--as-of", "2024-06-30"]) == 2, "no notebook takes a date"
    assert main([*call, "--plan", "ln-2025"]) == 0
    assert len(built) == 4


def test_a_render_says_how_long_it_took(tmp_path):
    book = write_notebook(tmp_path / "one.ipynb", "1", over="")
    result = render.render_notebooks(tmp_path / "out", notebooks=book, settings=render.Settings(imports=()))
    assert result.seconds > 0
    _warm.close_warm_process()


OWN = [
    ("x = 1", "x", "1"),
    ("region = 'north'\nlanguage = 'de'", "region, language", "('north', 'de')"),
    ("plan = 'basic'\nfigures = 'plots'", "plan, figures", "('basic', 'plots')"),
    ("plan: int = 3\nfigures: bool = True\nlanguage: int = 7", "plan, figures, language", "(3, True, 7)"),
    ("plan = 'ln-2025'", "plan", "'ln-2025'"),
    ("import os\nalpha = 0.5\nbeta = alpha * 2", "beta", "1.0"),
    ("%matplotlib inline\nas_of = None", "as_of", None),
]


@pytest.mark.parametrize(("head", "last", "shown"), OWN)
def test_a_notebook_of_ones_own_runs_once_and_unchanged(head, last, shown, tmp_path):
    cells = [
        nbformat.v4.new_code_cell(head, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(last),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "mine.ipynb")
    out = tmp_path / "out"
    assert main(["render", str(tmp_path / "mine.ipynb"), "--output", str(out), "--no-report", "--quiet"]) == 0
    assert [path.parent.name for path in out.rglob("mine.ipynb")] == ["all"]
    done = nbformat.read(out / "en/mine/all/mine.ipynb", as_version=4)
    assert [output.data["text/plain"] for output in done.cells[-1].outputs] == ([shown] if shown else [])


def test_a_notebook_of_ones_own_takes_values_of_its_own(tmp_path, capsys):
    cell = nbformat.v4.new_code_cell("region = 'north'\nlanguage = 'de'", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "mine.ipynb")
    call = ["render", str(tmp_path / "mine.ipynb"), "--output", str(tmp_path / "out"), "--dry-run"]
    assert main([*call, "-p", "region=south", "-p", "language=fr"]) == 0
    assert capsys.readouterr().out == "en/mine/all: it has not been run yet\n"


def test_a_filter_runs_a_notebook_over_a_parameter_that_it_has(tmp_path, capsys):
    cell = nbformat.v4.new_code_cell("region = 'circle'", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "mine.ipynb")
    call = ["render", str(tmp_path / "mine.ipynb"), "--output", str(tmp_path / "out"), "--dry-run"]
    assert main([*call, "--region", "belt", "--region", "west"]) == 0
    said = capsys.readouterr().out
    assert said == "en/mine/belt: it has not been run yet\nen/mine/west: it has not been run yet\n"


def test_what_is_untidy_about_a_plan_folder_is_said_before_anything_runs(tmp_path, capsys):
    shutil.copytree(data_dir() / "plans" / "ln-2025", tmp_path / "plan")
    table = tmp_path / "plan" / "targets.csv"
    table.write_bytes(table.read_bytes() + b"\n\n\n")
    call = ["render", "01_plan", "--plan", str(tmp_path / "plan"), "--output", str(tmp_path), "--dry-run"]
    assert main([*call, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    _checks.forget_warnings()
    assert main(call) == 0
    assert capsys.readouterr().err.strip().endswith("targets.csv: 3 empty rows were left out")


def test_a_plan_folder_with_faults_is_refused_before_anything_runs(tmp_path, capsys):
    shutil.copytree(data_dir() / "plans" / "ln-2025", tmp_path / "plan")
    table = tmp_path / "plan" / "targets.csv"
    table.write_text(table.read_text("utf-8").replace(",gdp", ",gpd"), "utf-8")
    call = ["render", "01_plan", "--plan", str(tmp_path / "plan"), "--output", str(tmp_path / "out")]
    assert main(call) == 2
    assert "unknown indicator 'gpd" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_events_come_as_json_lines_alone_on_standard_output(tmp_path, capsys, unchanging):
    book = write_notebook(tmp_path / "one.ipynb", "1 / (region != 'belt')")
    call = [
        "render",
        str(book),
        "--output",
        str(tmp_path / "out"),
        "--language",
        "en",
        "--json",
        "--no-report",
    ]
    assert main([*call, "--why", "--region", "belt", "--jobs", "1"]) == 1
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["planned", "plan", "started", "finished", "end"]
    assert events[0] == {"event": "planned", "run": "en/one/belt", "why": "it has not been run yet"}
    assert events[3]["error"]["name"] == "ZeroDivisionError"
    assert events[4] == {"event": "end", "done": [], "failed": ["en/one/belt"], "stopped": []}
    text = (Path(__file__).parent.parent / "docs" / "manifest.md").read_text("utf-8")
    for event in events:
        assert f"| `{event['event']}` |" in text
        assert all(f"`{name}`" in text for name in event)
    assert main([*call, "--region", "west"]) == 0
    capsys.readouterr()
    assert main([*call, "--region", "west"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0] == {"event": "plan", "runs": 1, "todo": 0}
    assert events[1] == {"event": "end", "done": [], "failed": [], "stopped": []}


def test_quiet_prints_failures_only(tmp_path, capsys, unchanging):
    book = write_notebook(tmp_path / "one.ipynb", "1 / (region != 'belt')")
    call = [
        "render",
        str(book),
        "--output",
        str(tmp_path / "out"),
        "--language",
        "en",
        "--quiet",
        "--no-report",
    ]
    assert main(call) == 1
    said = capsys.readouterr()
    assert said.out == ""
    line = "cell 3: ZeroDivisionError: division by zero (1 / (region != 'belt'))"
    assert said.err == f"failed  en/one/belt  {line}\n"


def test_the_help_names_every_option_with_what_it_does(capsys):
    with pytest.raises(SystemExit):
        options("--help")
    said = capsys.readouterr().out
    for group in ("what to render:", "how:", "limits (none unless given):", "what is said:", "Exit status:"):
        assert group in said
    commands = parser()._subparsers._group_actions[0].choices["render"]
    assert all(action.help for action in commands._actions)


def test_a_render_that_took_too_long_says_which_limit_stopped_it(tmp_path, capsys, unchanging):
    book = write_notebook(tmp_path / "one.ipynb", "while True: pass", over="")
    call = [
        "render",
        str(book),
        "--output",
        str(tmp_path / "out"),
        "--language",
        "en",
        "--no-report",
        "--quiet",
    ]
    assert main([*call, "--batch-timeout", "0.2"]) == 1
    assert capsys.readouterr().err == (
        "stopped en/one/all\nStopped after the 0.2 seconds of --batch-timeout. The same command goes on from there.\n"
    )


@pytest.mark.parametrize(("columns", "wide"), [(0, 80), (120, 120)])
def test_a_bar_is_shown_on_a_terminal_that_does_not_know_its_width(columns, wide):
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 0, columns, 0, 0))
    with open(far, "w") as terminal:
        bar = progress_for("auto", stream=terminal)
        bar("plan", None, {"runs": 3, "todo": 2})
        bar("started", None, None)
        shown = ""
        while "in work" not in shown:
            shown += os.read(near, 10_000).decode()
        bar("end", None, {})
    os.close(near)
    assert isinstance(bar, Bar)
    line = shown.split("\r")[-1]
    assert "0/2" in line
    assert "1 in work, 0 failed" in line
    assert wide - 2 <= len(line) <= wide
