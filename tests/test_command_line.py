"""The command line, as a user types it."""

import io
import json
import subprocess
import sys

import pandas as pd
import pytest

from lnregions.__main__ import main
from lnregions.paths import data_dir
from lnregions.tables import batch_choices


def test_the_verdicts_are_printed_as_a_table(capsys):
    assert main(["verdicts"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) == 20
    assert "GDP of Dalian" in text
    assert "reached in 2025" in text


def test_the_verdicts_are_printed_in_chinese(capsys):
    main(["verdicts", "--language", "zh"])
    assert "未实现" in capsys.readouterr().out


def test_the_verdicts_come_as_csv_and_json(capsys):
    main(["verdicts", "--format", "csv"])
    table = pd.read_csv(io.StringIO(capsys.readouterr().out), dtype={"area": str})
    assert len(table) == 18
    assert set(table.loc[table["target"] == "belt-dalian-gdp", "status"]) == {"missed"}
    main(["verdicts", "--format", "json", "--readings"])
    assert len(json.loads(capsys.readouterr().out)) > 18


def test_the_verdicts_of_a_date_and_of_another_plan(capsys):
    main(["verdicts", "--as-of", "2023-06-30", "--format", "json"])
    assert {row["as_of"] for row in json.loads(capsys.readouterr().out)} == {"2023-06-30"}
    main(["verdicts", "--plan", "ln-2025", "--format", "json"])
    assert {row["region"] for row in json.loads(capsys.readouterr().out)} & {"circle"} == set()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["render", "--region", "cirlce"], "did you mean circle"),
        (["render", "--adcode", "210199"], "Unknown area '210199'"),
        (["render", "-p", "regoin=circle"], "did you mean region"),
        (["render", "-p", "region"], "Give NAME=VALUE"),
        (["render", "05_nothing"], "Unknown notebook"),
        (["verdicts", "--plan", "ln-2O22"], "did you mean ln-2022"),
        (["verdicts", "--as-of", "2024-13"], "2024-13"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_runs(call, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(call) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_errors_come_in_chinese_when_asked_for(capsys):
    assert main(["verdicts", "--plan", "ln-2O22", "--messages", "zh"]) == 2
    assert "未知的规划" in capsys.readouterr().err


def test_the_notebooks_are_listed_with_their_parameters_and_choices(capsys):
    assert main(["render", "--list"]) == 0
    text = capsys.readouterr().out
    assert "02_region_map" in text
    assert "region: str = 'circle'  [circle, belt, west, east]" in text


def test_a_dry_run_says_what_would_run_and_why(capsys, tmp_path):
    assert main(["render", "--output", str(tmp_path / "out"), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 46
    assert sum(line.startswith("zh/04_city_profile/") for line in lines) == 14
    assert not (tmp_path / "out").exists()


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 2
    assert "render" in capsys.readouterr().out


def test_a_plan_folder_can_be_started_and_checked(tmp_path, capsys):
    folder = tmp_path / "mine"
    assert main(["plan", "new", str(folder)]) == 0
    assert (folder / "targets.csv").is_file()
    assert main(["plan", "new", str(folder)]) == 2
    (folder / "targets.csv").write_text("target,nonsense\n", encoding="utf-8")
    assert main(["check", str(folder)]) == 1
    assert "targets.csv" in capsys.readouterr().out
    assert main(["check", str(data_dir() / "plans" / "ln-2022")]) == 0


def test_a_plan_that_cannot_be_read_is_refused(tmp_path):
    from lnregions import DataError

    with pytest.raises(DataError, match=r"regions\.csv: the file does not exist|has no column region"):
        batch_choices(str(tmp_path))


def test_the_package_runs_as_a_module_and_imports_quickly():
    code = "import sys, lnregions; print(sorted(m for m in sys.modules if m in ('pandas', 'matplotlib', 'geopandas')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    done = subprocess.run(
        [sys.executable, "-m", "lnregions", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("lnregions ")


def test_a_plan_folder_as_the_program_writes_it_can_be_rendered_from_beside_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "new", "mine"]) == 0
    for name in ("regions", "membership", "targets"):
        table = tmp_path / "mine" / f"{name}.csv"
        table.write_text(table.read_text("utf-8").replace("#north", "north"), encoding="utf-8")
    assert main(["check", "mine"]) == 0
    call = ["render", "--plan", "mine", "--output", "out", "--language", "en", "03_region_trajectories"]
    assert main([*call, "--quiet"]) == 0, capsys.readouterr().err
    assert (
        tmp_path / "out" / "en" / "03_region_trajectories" / "north" / "03_region_trajectories.html"
    ).is_file()
