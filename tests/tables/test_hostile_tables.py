"""Plan folders and tables that try something: to leave their folder, to act in a terminal, or never to end."""

import os
import shutil

import pytest

from lnregions import DataError, load_observations, load_plan
from lnregions.boundaries import check_plan
from lnregions.errors import Fault
from lnregions.paths import data_dir
from lnregions.tables import batch_choices

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(data_dir() / "plans" / "ln-2022", tmp_path / "p")


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x07", "\r", "\u202e", "\u200b", "\x9b31m", "\u2028"])
def test_no_message_carries_what_a_terminal_obeys(sign):
    assert sign not in Fault(f"x{sign}y.", f"a{sign}b.csv", 1).message()


@pytest.mark.parametrize("text", ["../../x", "a'b", "a\nb", "a;touch x", "$(touch x)", "%s", "a\0b"])
def test_the_path_of_a_plan_is_a_path_and_nothing_else(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for read in (load_plan, batch_choices):
        with pytest.raises(DataError, match=r"does not exist|Unknown plan"):
            read(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("place", ["pipe", "/dev/zero", "/dev/stdin", "loop", "gone"])
@pytest.mark.parametrize("name", ["plan.yaml", "regions.csv"])
def test_what_is_no_file_in_a_plan_folder_is_refused_without_a_wait(folder, name, place):
    (folder / name).unlink()
    if place == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to(name if place == "loop" else place)
    assert any(name in fault.path for fault in check_plan(folder))


HEAD = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
ROW = "210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,"
LONG = ["9" * 3999, "1," * 1999 + "1", "9," * 1500, "1e" + "9" * 3000, " " * 3999, "2024" + "-" * 3000,
        "a" * 3999 + "!"]  # fmt: skip


@pytest.mark.parametrize("column", ["area", "indicator", "year", "value", "unit", "vintage", "source"])
def test_a_very_long_cell_is_refused_and_quoted_in_short(tmp_path, column):
    rows, place = [ROW.split(",") for _ in LONG], HEAD.strip().split(",").index(column)
    for row, text in zip(rows, LONG, strict=True):
        row[place] = f'"{text}"'
    (tmp_path / "observations.csv").write_text(HEAD + "\n".join(map(",".join, rows)), "utf-8")
    with pytest.raises(DataError, match=r"observations\.csv line 2") as caught:
        load_observations(path=tmp_path / "observations.csv")
    assert len(str(caught.value)) < 5000
