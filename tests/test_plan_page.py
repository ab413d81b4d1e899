"""docs/plan.md: each step runs as it says, each column and each kind of clause is there and right."""

import re
import runpy
import shlex
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from lnregions import judge, load_plan
from lnregions.__main__ import main
from lnregions.boundaries import check_plan
from lnregions.tables import write_plan_template
from lnregions.tables.plan_files import ALL_TABLES, FACTS, SOURCE_COLUMNS
from lnregions.tables.schemas import table_schema

DOCS = Path(__file__).parents[1] / "docs"
make_plan = SimpleNamespace(**runpy.run_path(str(DOCS / "make_plan.py")))
PAGE = (DOCS / "plan.md").read_text("utf-8")
STEPS = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
CLAUSES = re.findall(r"^\| `(\w+)` \|" + r" ([^|]*)\|" * 6 + "$", PAGE.split("## Kinds of clause")[1], re.M)
pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


def test_the_steps_from_nothing_to_a_map_say_what_happens(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    printed = ""
    for line in STEPS:
        if line.startswith("$ lnregions "):
            status = main(shlex.split(line)[2:])
            printed = capsys.readouterr().out
            assert status == 0, line
        elif line.startswith("$ "):
            subprocess.run(line[2:], shell=True, check=True, cwd=tmp_path)
        else:
            assert " ".join(line.split()) in " ".join(printed.split()), line
    assert list((tmp_path / "maps").rglob("map-north*.png"))
    assert sum(line.startswith("$ ") for line in STEPS) >= 8


@pytest.mark.parametrize("name", ALL_TABLES)
def test_every_column_stands_there_with_what_it_holds_and_an_example(name):
    section = PAGE.split(f"### {name}.csv\n")[1].split("\n#")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert rows == make_plan.column_rows(name), "run: python docs/make_plan.py"
    assert [row.split("`")[1] for row in rows] == [field["name"] for field in table_schema(name)["fields"]]


def test_every_fact_stands_there():
    section = PAGE.split("## plan.yaml")[1].split("## Tables")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    assert rows == make_plan.fact_rows(), "run: python docs/make_plan.py"
    assert all(f"`{name}`" in section for name in (*FACTS, "sources", "id", *SOURCE_COLUMNS[1:]))


def test_every_kind_of_clause_has_an_example_that_can_be_judged(tmp_path):
    kinds = next(field for field in table_schema("targets")["fields"] if field["name"] == "kind")
    assert [kind for kind, *_ in CLAUSES] == kinds["constraints"]["enum"]
    folder = write_plan_template(tmp_path / "plan")
    for name in ("regions", "membership", "targets"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace("\n#north", "\nnorth"), "utf-8")
    with (folder / "targets.csv").open("a", encoding="utf-8") as file:
        for kind, _, *cells in CLAUSES:
            indicator, comparator, value, unit, benchmark = (cell.strip(" `") for cell in cells)
            place = f"c-{kind.replace('_', '-')},north,210100,,{kind},{indicator},{comparator},{value},{unit},strive"
            file.write(f"{place},{benchmark},2021,no,2022,2024,标,Label,,Clause,A,p1,,,\n")
    assert check_plan(folder) == []
    verdicts = judge(load_plan(folder))
    assert len(verdicts) == len(CLAUSES) + 1
    assert (verdicts["status"] != "").all()
