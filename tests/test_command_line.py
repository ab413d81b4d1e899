"""The command line, as a user types it."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from fault_kit import write_notebook
from wcwidth import wcswidth

from lnregions import __version__
from lnregions.__main__ import main
from lnregions.errors import forget_warnings
from lnregions.pages import report
from lnregions.paths import data_dir
from lnregions.tables import load_plan

FAILS = "1 / (region != 'belt')"


pytestmark = pytest.mark.usefixtures("cold", "stopped_server")


@pytest.fixture
def render(tmp_path):
    """Call of a render of one notebook of one's own, in English and without pages over it; its exit status."""

    def call(*options, cells=("1",), head=None, over="region"):
        book = write_notebook(tmp_path / "one.ipynb", *cells, head=head, over=over)
        return main(["render", str(book), "--output", str(tmp_path / "out"), "--language", "en", *options])

    return call


def test_the_verdicts_are_printed_as_a_table_in_both_languages(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")  # else the cells of a row stand below one another
    assert main(["verdicts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    labels = load_plan("ln-2022").targets["label_en"]
    assert [label for label in labels if not any(line.startswith(label) for line in lines)] == []
    assert main(["verdicts", "--language", "zh"]) == 0
    assert "未实现" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", ["verdicts", "evaluation"])
def test_tables_fit_the_columns_given_also_where_they_are_piped(command, columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for language in ("en", "zh"):
        assert main([command, "--language", language]) == 0
        assert max(map(wcswidth, capsys.readouterr().out.splitlines())) <= columns


def test_the_verdicts_come_as_csv_and_json_for_a_date_and_another_plan(capsys):
    main(["verdicts", "--format", "csv"])
    table = pd.read_csv(io.StringIO(capsys.readouterr().out), dtype={"area": str})
    assert len(table) == 18
    assert set(table.loc[table["target"] == "belt-dalian-gdp", "status"]) == {"missed"}
    main(["verdicts", "--format", "json", "--interpretations"])
    assert len(json.loads(capsys.readouterr().out)) > 18
    main(["verdicts", "--as-of", "2023-06-30", "--plan", "ln-2025", "--format", "json"])
    rows = json.loads(capsys.readouterr().out)
    assert {row["as_of"] for row in rows} == {"2023-06-30"}
    assert "circle" not in {row["region"] for row in rows}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ([], "Commands:"),
        (["rendr"], "No such command 'rendr'"),
        (["render", "--regoin", "x"], "No such option '--regoin'"),
        (["check"], "Missing argument 'FOLDER'"),
        (["render", "--language", "fr"], "'fr' is not one of 'en', 'zh'"),
        (["render", "--jobs", "0"], "'--jobs': 0 is not in the range x>=1"),
        (["render", "--run-timeout", "nan"], "nan is not a number of seconds above zero"),
        (["render", "--batch-timeout", "-3"], "-3 is not a number of seconds above zero"),
        (["render", "--adcode", "210199"], "Unknown area '210199'"),
        (["render", "-p", "region"], "has no value. Give NAME=VALUE"),
        (["render", "-p", "=belt"], "has no name. Give NAME=VALUE"),
        (["render", "-p", "x=1", "-p", "x=2"], "Parameter x is given twice, as '1' and '2'"),
        (["render", "-f", "none.yaml"], "none.yaml: it does not exist"),
        (["render", "-f", "list.yaml"], "list.yaml"),
        (["render", "-f", "twice.yaml"], "twice.yaml line 2"),
        (["render", "--reads", "none.csv"], "none.csv does not exist"),
        (["render", "--reads", ".", "--output", "out"], "would lie in ., which runs read. Give another"),
        (
            ["render", "--reads", "one/data", "--reads", "two/../one/data", "--reads", "two/data"],
            "one/data and two/data would lie at one place. Rename one of them",
        ),
        (["render", "--plan", "ln-2025", "--as-of", "2024-13"], "2024-13"),
        (["verdicts", "--plan", "ln-2O22"], "did you mean ln-2022"),
        (["verdicts", "--as-of", "2024-13"], "2024-13"),
        (["verdicts", "--method", "other"], "other"),
        (["verdicts", "--region", "belt", "--target", "west-gdp"], "'west-gdp' is not of the region 'belt'"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_runs(call, message, capsys, tmp_path, monkeypatch):
    files = {"list.yaml": "[1]", "twice.yaml": "a: 1\na: 2\n", "one/data": "", "two/data": ""}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    assert main(call) == 2
    assert message in capsys.readouterr().err
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(
        files
    )


def test_the_package_runs_as_a_module_and_imports_no_library_that_draws_or_runs_before_it_needs_one(tmp_path):
    code = (
        "import sys; from lnregions.__main__ import main; main(['render', '--list']);"
        "print([m for m in ('matplotlib', 'geopandas', 'papermill', 'nbformat') if m in sys.modules])"
    )
    for arguments, last in (
        (["-c", code], "[]"),
        (["-m", "lnregions", "--version"], f"lnregions {__version__}"),
    ):
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1].startswith(last)


def test_the_notebooks_are_listed_with_their_parameters_and_choices(capsys, render):
    assert main(["render", "--list"]) == 0
    text = capsys.readouterr().out
    assert "05_explore  (only when it is named)" in text
    assert "region: str = ''  [circle, belt, west, east]" in text
    assert render("--list") == 0
    assert capsys.readouterr().out.startswith("one\n  region: str = 'circle'  [circle, belt, west, east]\n")


def test_a_dry_run_prints_what_would_run_and_why(capsys, tmp_path):
    assert main(["render", "--output", str(tmp_path / "out"), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 46
    assert sum(line.startswith("zh/04_city_profile/") for line in lines) == 14
    assert {line.partition(": ")[2] for line in lines} == {"it has not been run yet"}
    assert not (tmp_path / "out").exists()


def test_parameters_come_from_a_file_and_the_call_overrides_them(tmp_path, render):
    file = tmp_path / "p.yaml"
    file.write_text("region: west\nyears: [2022, 2024]\nas_of: 2024-06-30\nnothing: null\ncode: '021000'\n")
    head = "region: str = 'a'\nyears: list = []\nas_of: str = ''\nnothing = None\ncode: str = ''\nnote = ''"
    options = ["-f", str(file), "-p", "region=belt", "-p", "note=a=b", "--no-report", "--no-html", "--quiet"]
    assert render(*options, head=head) == 0
    (run,) = json.loads((tmp_path / "out" / "manifest.json").read_text())["runs"].values()
    assert run["parameters"] == {
        "region": "belt", "years": [2022, 2024], "as_of": "2024-06-30", "nothing": None, "code": "021000", "note": "a=b"
    }  # fmt: skip
    file.write_text("")
    assert render("-f", str(file), "--dry-run") == 0


OWN = [
    ("region = 'north'\nlanguage = 'de'", "region, language", "('north', 'de')"),
    ("plan: int = 3\nfigures: bool = True\nlanguage: int = 7", "plan, figures, language", "(3, True, 7)"),
    ("import os\nalpha = 0.5\nbeta = alpha * 2", "beta", "1.0"),
    ("%matplotlib inline\nas_of = None", "as_of", None),
]


@pytest.mark.parametrize(("head", "last", "shown"), OWN)
def test_a_notebook_of_ones_own_runs_once_and_unchanged(head, last, shown, render, tmp_path):
    assert render("--no-report", "--no-html", "--quiet", cells=[last], head=head, over=None) == 0
    done = nbformat.read(tmp_path / "out/en/one/all/one.ipynb", as_version=4)
    assert [output.data["text/plain"] for output in done.cells[-1].outputs] == ([shown] if shown else [])


def test_a_render_says_what_came_of_it_and_runs_again_where_a_page_is_wanted(render, tmp_path, capsys):
    options = ["--region", "belt", "--no-report"]
    assert render(*options, "--no-html") == 0
    done = f"1 done, 0 up to date, 0 failed. The results are in {tmp_path / 'out'}\n"
    assert capsys.readouterr().out == done
    assert not (tmp_path / "out/en/one/belt/one.html").exists()
    for given, why in ((["--no-html"], "up to date"), ([], "pages are wanted and were not, or the reverse")):
        assert render(*options, *given, "--dry-run") == 0
        assert capsys.readouterr().out == f"en/one/belt: {why}\n"


def test_files_given_lie_beside_ones_own_notebook_and_a_missing_one_is_explained(render, tmp_path, capsys):
    write_notebook(tmp_path / "other.ipynb", "z = 7", head="pass")
    (tmp_path / "data.csv").write_text("x")
    (tmp_path / "helper.py").write_text("y = 2")
    (tmp_path / "tables" / "old").mkdir(parents=True)
    (tmp_path / "tables" / "old" / "表 1.csv").write_text("w")
    (tmp_path / "linked.csv").symlink_to(tmp_path / "data.csv")
    cells = ["import helper", "%run other.ipynb", "print(open('data.csv').read(), helper.y, z)"]
    cells += [
        "_ = open('tables/new.csv', 'w').write(open('tables/old/表 1.csv').read() + open('linked.csv').read())"
    ]
    names = ("data.csv", "helper.py", "other.ipynb", "tables", "linked.csv")
    given = [f"--reads={tmp_path / name}" for name in names]
    assert render(*given, "--no-report", "--quiet", cells=cells, over=None) == 0
    folder = tmp_path / "out/en/one/all"
    assert nbformat.read(folder / "one.ipynb", as_version=4).cells[-2].outputs[0].text == "x 2 7\n"
    assert sorted(path.name for path in folder.rglob("*")) == ["new.csv", "one.html", "one.ipynb", "tables"]
    assert (folder / "tables/new.csv").read_text() == "wx"
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["old"], (
        "nothing of the user's is changed"
    )
    forget_warnings()
    assert render("--no-report", "--no-html", "--quiet", cells=cells, over=None) == 1
    printed = capsys.readouterr().err
    assert "one.ipynb names data.csv, tables/old/表 1.csv, linked.csv, beside it but not in the" in printed
    assert "Install it beside lnregions; one that lies beside the notebook is given with --reads" in printed


def test_pages_are_built_again_only_where_they_would_differ(render, tmp_path, capsys, monkeypatch):
    built, page = [], '<meta name="generator" content="lnregions">'
    pages = {"index.html": page, "index.zh.html": page}
    monkeypatch.setattr(report, "site_pages", lambda site: built.append(1) or pages)
    assert render(over="") == 0
    capsys.readouterr()
    assert render(over="") == 0
    assert "0 done, 1 up to date, 0 failed, pages too." in capsys.readouterr().out
    (tmp_path / "out" / "index.zh.html").write_text("lost")
    assert render(over="") == 0
    assert "lost" not in (tmp_path / "out" / "index.zh.html").read_text()
    assert render("--as-of", "2024-06-30", over="") == 2, "no notebook takes a date"
    assert render("--plan", "ln-2025", over="") == 0
    assert len(built) == 3


def test_events_come_as_json_lines_alone_on_standard_output(render, capsys):
    call = ["--json", "--no-report", "--jobs", "1"]
    assert render(*call, "--why", "--region", "belt", cells=[FAILS]) == 1
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["planned", "plan", "started", "finished", "end"]
    assert events[0] == {"event": "planned", "run": "en/one/belt", "why": "it has not been run yet"}
    assert events[3]["error"]["name"] == "ZeroDivisionError"
    documented = (Path(__file__).parents[1] / "docs" / "manifest.md").read_text("utf-8")
    for event in events:
        assert f"| `{event['event']}` |" in documented
        assert all(f"`{name}`" in documented for name in event)


def test_quiet_prints_failures_only(render, capsys):
    assert render("--quiet", "--no-report", "--no-html", cells=[FAILS]) == 1
    line = f"failed  en/one/belt  cell 3: ZeroDivisionError: division by zero ({FAILS})\n"
    assert capsys.readouterr() == ("", line)


def test_a_render_that_took_too_long_names_the_limit_that_stopped_it(render, capsys):
    options = ["--batch-timeout", "0.2", "--quiet", "--no-report"]
    assert render(*options, cells=["while True: pass"], over="") == 1
    assert capsys.readouterr().err == (
        "stopped en/one/all\nStopped after the 0.2 seconds of --batch-timeout. The same command goes on from there.\n"
    )


def test_what_is_unusual_about_a_plan_folder_is_printed_and_faults_are_refused(tmp_path, capsys):
    folder = Path(shutil.copytree(data_dir() / "plans" / "ln-2025", tmp_path / "plan"))
    table = folder / "targets.csv"
    table.write_bytes(table.read_bytes() + b"\n\n\n")
    call = ["render", "01_plan", "--plan", str(folder), "--output", str(tmp_path / "out")]
    assert main([*call, "--dry-run", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    forget_warnings()
    assert main([*call, "--dry-run"]) == 0
    assert "targets.csv: 3 empty rows were left out" in capsys.readouterr().err
    table.write_text(table.read_text("utf-8").replace(",gdp", ",gpd"), "utf-8")
    assert main(call) == 2
    assert "unknown indicator 'gpd" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_plan_folder_as_the_program_writes_it_can_be_rendered_from_beside_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "new", "mine"]) == 0
    for name in ("regions", "membership", "targets"):
        table = tmp_path / "mine" / f"{name}.csv"
        table.write_text(table.read_text("utf-8").replace("#north", "north"), encoding="utf-8")
    assert main(["check", "mine"]) == 0
    head = 'plan: str = ""\nregion: str = ""'
    write_notebook(tmp_path / "one.ipynb", "import lnregions\nprint(lnregions.load_plan(plan).id)", head=head)
    call = ["render", "one.ipynb", "--plan", "mine", "--output", "out", "--language", "en", "--no-report"]
    assert main([*call, "--quiet", "--no-html"]) == 0, capsys.readouterr().err
    assert "mine" in (tmp_path / "out" / "en" / "one" / "north" / "one.ipynb").read_text("utf-8")
