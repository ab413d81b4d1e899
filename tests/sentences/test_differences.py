"""Two dates or two folders compared: which figures differ, which verdicts flipped, and by which figure."""

import json
import shutil

import pandas as pd
import pytest

from lnregions.__main__ import main
from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.sentences import differences


def test_a_later_date_names_the_figure_that_turned_a_verdict():
    found = differences("2024-12-31", "2026-06-30")
    flip = found.verdicts.set_index("target").loc["belt-dalian-gdp"]
    assert (flip["from_status"], flip["to_status"]) == ("acceleration needed", "missed")
    assert "210200 gdp 2024" in flip["figures"]
    row = found.figures.query("area == '210200' and indicator == 'gdp' and year == 2024").iloc[0]
    assert pd.isna(row["before"])
    assert (row["after"], row["unit"]) == (9516.9, "亿元")


def test_the_same_date_twice_differs_in_nothing(capsys):
    assert main(["diff", "2025-06-30", "2025-06-30", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verdicts": [], "figures": []}


def test_a_changed_data_folder_flips_the_verdict_by_its_figure(tmp_path, capsys):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(data_dir() / "observations.csv", folder)
    path = new / "observations.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = (table["area"] == "210200") & (table["indicator"] == "gdp") & (table["year"] == "2024")
    table.loc[rows, "value"] = "10050"
    table.to_csv(path, index=False)
    assert main(["diff", str(old), str(new)]) == 0
    out = capsys.readouterr().out
    assert "GDP of Dalian" in out
    assert "210200 gdp 2024" in out
    found = differences(old, new)
    assert found.verdicts[["target", "to_status"]].to_numpy().tolist() == [["belt-dalian-gdp", "met"]]
    assert found.figures[["before", "after"]].to_numpy().tolist() == [[9516.9, 10050.0]]


def test_what_is_neither_date_nor_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is neither a date nor a folder"):
        differences("2024-06-30", str(tmp_path))
