"""Two dates, data folders or outputs compared: which figures and pictures differ, which verdicts flipped, and why."""

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
    assert flip["why_en"] == "Dalian 2024 gross domestic product 951.69 billion yuan"
    row = found.figures.query("area == '210200' and indicator == 'gdp' and year == 2024").iloc[0]
    assert pd.isna(row["before"])
    assert (row["after"], row["unit"]) == (9516.9, "亿元")


def test_the_same_date_twice_differs_in_nothing(capsys):
    assert main(["diff", "2024-12-31", "2024-12-31", "--language", "zh"]) == 0
    assert "没有判断发生变化。" in capsys.readouterr().out
    assert main(["diff", "2024-12-31", "2024-12-31", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verdicts": [], "figures": [], "pictures": []}


def test_a_changed_data_folder_flips_the_verdict_by_its_figure(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(data_dir() / "observations.csv", folder)
    path = new / "observations.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    dalian = (table["area"] == "210200") & (table["year"] == "2024")
    table.loc[dalian & (table["indicator"] == "gdp"), "value"] = "10050"
    table[~(dalian & (table["indicator"] == "urbanisation_rate"))].to_csv(path, index=False)
    found = differences(old, new)
    assert found.verdicts[["target", "to_status"]].to_numpy().tolist() == [["belt-dalian-gdp", "met"]]
    assert [9516.9, 10050.0] in found.figures[["before", "after"]].to_numpy().tolist()
    told = "Dalian 2024 gross domestic product 1,005 billion yuan (before: 951.69 billion yuan)"
    assert str(found.tables()).count(told) == 1
    assert "大连2024年地区生产总值10050亿元（此前为9516.9亿元）" in str(found.tables(language="zh"))


@pytest.fixture
def outputs(tmp_path):
    """Two outputs whose pictures of Dalian and scorecards differ."""
    for name, value, status in (("old", 9516.9, "missed"), ("new", 10050.0, "met")):
        folder = tmp_path / name / "en" / "01_plan" / "figures"
        folder.mkdir(parents=True)
        (tmp_path / name / "manifest.json").write_text("{}")
        columns = {"area": ["210200"], "indicator": ["gdp"], "year": [2024]}
        data = {"scorecard": pd.DataFrame({"target": ["belt-dalian-gdp"], "status": [status]})}
        data["dalian"] = pd.DataFrame(columns | {"value": [value], "status": ["revised"]})
        data["same"] = pd.DataFrame(columns | {"value": [1.0], "status": ["computed"]})
        for picture, rows in data.items():
            rows.to_csv(folder / f"{picture}.csv", index=False)
    return [str(tmp_path / name) for name in ("old", "new")]


def test_two_outputs_are_compared_by_what_was_drawn_and_pictures_stand_side_by_side(outputs, tmp_path):
    page = tmp_path / "pages" / "diff.html"
    assert main(["diff", *outputs, "--output", str(page)]) == 0
    written = page.read_text("utf-8")
    assert "1,005 billion yuan (before: 951.69 billion yuan)" in written
    for side in ("old", "new"):
        assert f"<img src='../{side}/en/01_plan/figures/dalian.png'" in written
    assert "same.png" not in written
    found = differences(*outputs)
    assert found.verdicts[["from_status", "to_status"]].to_numpy().tolist() == [["missed", "met"]]
    assert found.pictures["picture"].tolist() == ["en/dalian", "en/scorecard"]


def test_what_is_neither_date_nor_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is neither a date nor a folder"):
        differences("2024-06-30", str(tmp_path))


def test_the_command_writes_json_by_the_ending(tmp_path):
    path = tmp_path / "new" / "DIFF.JSON"
    assert main(["diff", "2024-12-31", "2026-06-30", "--output", str(path)]) == 0
    assert "belt-dalian-gdp" in {one["target"] for one in json.loads(path.read_text("utf-8"))["verdicts"]}
