"""``lnregions verdicts``: of a region or target, fitted to a terminal, and as files that Excel and Word open."""

import os
import re

import docx
import openpyxl
import pandas as pd
import pytest
from show.shown_once import shown
from wcwidth import wcswidth

from lnregions.__main__ import TABLES, main
from lnregions.paths import root

DATE = ["--as-of", "2026-06-30"]


@pytest.mark.parametrize("ending", ["xlsx", "docx", "html", "tex", "md", "csv", "json"])
def test_verdicts_are_written_in_every_format_by_the_ending_of_the_file(ending, tmp_path, capsys):
    path = tmp_path / "new" / f"v.{ending}"
    assert main(["verdicts", *DATE, "--language", "zh", "--output", str(path)]) == 0
    assert capsys.readouterr().out.strip() == str(path)
    if ending == "xlsx":
        [sheet] = openpyxl.load_workbook(path)
        assert [cell.value for cell in sheet[1]][:3] == ["目标", "区域", "状态"]
    elif ending == "docx":
        assert len(docx.Document(path).tables[0].rows) == 19
    elif ending == "csv":  # with a mark for Excel, and without the last digits of binary fractions
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        frame = pd.read_csv(path, dtype=str).set_index("target")
        assert frame.loc["belt-dalian-gdp", ["gap", "unit"]].tolist() == ["-483.1", "亿元"]
    else:
        assert "大连" in path.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("call", "title"),
    [
        ("verdicts --region east", "Eastern Liaoning · One circle, one belt, two regions"),
        ("table members --region 辽西先导区 --language zh", "辽西先导区 · 一圈一带两区三年行动方案"),
        ("table plan", "One circle, one belt, two regions"),
    ],
)
def test_a_file_of_a_table_names_the_place_and_the_plan(call, title, tmp_path):
    assert main([*call.split(), "--output", str(tmp_path / "t.docx")]) == 0
    assert docx.Document(tmp_path / "t.docx").paragraphs[0].text == title


def test_a_region_and_a_target_are_shown_alone_and_a_wrong_one_is_refused_with_a_guess(capsys):
    assert main(["verdicts", *DATE, "--region", "east", "--format", "csv"]) == 0
    assert capsys.readouterr().out.count("\neast-") == 4
    assert main(["verdicts", *DATE, "--target", "belt-trade", "--interpretations"]) == 0
    printed = capsys.readouterr().out
    assert "every year" in printed
    assert "GDP of Dalian" not in printed
    assert main(["verdicts", "--target", "belt-tade"]) == 2
    assert "did you mean belt-trade" in capsys.readouterr().err
    assert main(["verdicts", "--region", "wst"]) == 2
    assert "did you mean west" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_narrow_terminal_shows_the_cells_of_a_verdict_one_below_the_other(width, language):
    table = shown("verdicts", language)
    text = table.to_text(width=width)
    assert max(map(wcswidth, text.splitlines())) <= width
    squeezed = "".join(text.split())
    assert all("".join(cell.split()) in squeezed for cell in table.frame.iloc[:, 1])


@pytest.mark.parametrize("call", ["verdicts", "evaluation --language en"])
def test_what_is_piped_is_wrapped_too(call, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", lambda *args: os.terminal_size((0, 0)))  # of no terminal
    assert main(call.split()) == 0
    assert max(map(wcswidth, capsys.readouterr().out.splitlines())) <= 120


def test_the_unit_of_a_printed_amount_stands_in_a_column_of_its_own(tmp_path):
    rows = pd.read_csv(shown("verdicts", "en").save(tmp_path / "v.csv"), dtype=str).set_index("Target")
    assert rows.loc["GDP of Dalian", ["Gap", "Gap, unit"]].tolist() == ["-48.31", "billion yuan"]
    assert rows.loc["Tourism share", ["Required", "Required, unit"]].tolist() == ["5", "%"]
    assert rows.loc["Urbanisation rate", "Actual"] == "77.00% to 78.05%"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("members --region west", "Chaoyang"), ("city --city Dalian --language zh", "地区生产总值"),
        ("city-sources --city 210200", "http"), ("on-the-way --region circle", "GDP of Shenyang"),
        ("trail", "Published"), ("sources", "Caveat"), ("plan --language zh", "辽政发〔2022〕6号"),
    ],
)  # fmt: skip
def test_every_table_is_printed_and_written(call, expected, tmp_path, capsys):
    assert main(["table", *call.split()]) == 0
    assert expected in capsys.readouterr().out
    assert main(["table", *call.split(), "--output", str(tmp_path / "t.xlsx")]) == 0
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").active.max_row > 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("members", "The table 'members' is of one region. Give --region."),
        ("city --region west", "has no --region"),
        ("trail --as-of 2024-06-30", "has no --as-of"),
        ("calculations --region wst", "did you mean west"),
        ("plan --format png", "cannot be printed. Give --output."),
    ],
)
def test_what_a_table_lacks_or_does_not_take_is_said(call, message, capsys):
    assert main(["table", *call.split()]) == 2
    assert message in capsys.readouterr().err


def test_every_table_of_the_command_is_documented():
    page = (root() / "docs" / "verdicts.md").read_text("utf-8")
    assert [kind for kind in TABLES if not re.search(rf"`(lnregions table )?{kind}\b", page)] == []
