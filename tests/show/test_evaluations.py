"""The table of a plan evaluation: its classes, its sums, and its files."""

import io
from dataclasses import replace

import docx
import pandas as pd
import pytest
from show.shown_once import DATE, shown, verdicts

import lnregions as ln
from lnregions.__main__ import main
from lnregions.errors import DataError
from lnregions.show import cell_number, completion, progress_class

COUNTS = {"zh": "数据不足", "en": "insufficient data"}


@pytest.fixture(scope="module", params=["zh", "en"])
def tables(request):
    return shown("evaluation", request.param)


@pytest.mark.parametrize(
    ("status", "early", "done", "needed", "expected"),
    [
        ("met", True, 1.0, 0.6, "ahead"),
        ("met", False, 1.2, 1.0, "faster"),
        ("met", False, 1.05, 1.0, "in line"),
        ("met", False, None, None, "in line"),
        ("missed", False, 0.99, 1.0, "lagging"),
        ("missed", True, 1.5, 1.0, "lagging"),
        ("on track", False, 0.5, 0.33, "faster"),
        ("on track", False, 0.30, 0.33, "in line"),  # the status compares growth, not shares
        ("acceleration needed", False, 0.32, 0.333, "in line"),
        ("acceleration needed", False, 0.31, 0.333, "lagging"),
        ("limited", False, None, None, "lagging"),
        ("deterioration", False, -0.1, 0.333, "lagging"),
        ("met", False, 5.9, -12.5, "faster"),  # growth above a benchmark that fell
        ("met", False, -12.4, -12.5, "in line"),
        ("no data", False, None, None, "insufficient"),
        ("not assessable", False, 0.9, 0.5, "insufficient"),
        ("not quantified", False, None, None, "insufficient"),
        ("a status of tomorrow", True, 2.0, 1.0, "insufficient"),
    ],
)
def test_the_class_follows_from_status_and_pace(status, early, done, needed, expected):
    assert progress_class(status, early=early, done=done, needed=needed) == expected


def test_the_rate_of_completion_counts_the_clauses_that_could_be_classed():
    classes = ["ahead", "faster", "in line", "in line", "lagging", *["insufficient"] * 3]
    strengths = ["commit", "strive", "commit", "", "strive", "commit", "", ""]
    rows = completion(pd.DataFrame({"class": classes, "strength": strengths})).set_index("class")
    assert rows["number"].tolist() == [1, 1, 2, 1, 3, 4]
    assert rows["share"].iloc[:4].tolist() == [0.2, 0.2, 0.4, 0.2]
    assert pd.isna(rows.loc["insufficient", "share"])
    assert rows.loc["completed", ["share", "commit", "strive"]].tolist() == [0.8, 2, 1]
    none = completion(pd.DataFrame({"class": ["insufficient"], "strength": ["commit"]}))
    assert none["share"].isna().all()


def test_every_clause_has_a_row_with_the_numbers_and_the_status_of_its_verdict(tables):
    clauses, classes = tables
    frame, own = clauses.frame, verdicts()
    assert len(frame) == len(own) == 18
    language = clauses.language
    names = dict(
        zip(["unit", "base", "actual", "class", "verdict"], frame.columns[[3, 5, 7, 12, 13]], strict=True)
    )
    assert frame[names["verdict"]].tolist() == shown("verdicts", language).frame.iloc[:, 2].tolist()
    for cell, value, unit in zip(frame[names["actual"]], own["actual"], own["unit"], strict=True):
        scale = 0.1 if unit == "亿元" and language == "en" else 1
        assert pd.isna(value) if cell == "—" else abs(cell_number(cell)[0] - value * scale) < 0.01
    counted = classes.frame.set_index(classes.frame.columns[0]).iloc[:, 0].astype(int)
    assert counted.iloc[:-1].sum() == 18
    assert counted[COUNTS[language]] == (frame[names["class"]] == COUNTS[language]).sum()


def test_a_number_of_a_clause_of_growth_is_the_one_that_its_reason_names_and_a_break_leaves_no_progress():
    clauses = next(iter(shown("evaluation", "en"))).frame.set_index("Indicator")
    for name in ("FDI growth above the nation", "GDP growth above the province"):
        row = clauses.loc[name]
        assert f"({row['Target'].lstrip('>')}%)" in row["Why and remarks"]
        assert f": {row['Actual value']}% a year" in row["Why and remarks"]
    assert clauses.loc["GDP of Dalian", ["Progress", "A year"]].tolist() == ["—", "—"]


def test_a_level_above_another_areas_has_its_own_base_and_no_rate_of_growth():
    plan = ln.load_plan("ln-2022")
    own = plan.targets["target"] == "circle-urbanisation"
    given = {
        "area": "210100",
        "other_area": "",
        "kind": "relative_level",
        "benchmark": "100000",
        "value": None,
    }
    changed = plan.targets.assign(**{name: plan.targets[name].mask(own, one) for name, one in given.items()})
    clauses, _ = ln.evaluation(replace(plan, targets=changed[own]), as_of=DATE, language="en")
    row = clauses.frame.iloc[0]
    assert row[["Base value", "Actual value"]].tolist() == ["84.52", "85.55"]
    assert "85.55" not in row["A year"]
    assert f"that of China ({row['Target'].lstrip('>')}%)" in row["Why and remarks"]


def test_the_column_of_bodies_stands_only_where_a_clause_names_one(tables):
    assert {"责任单位", "Responsible"}.isdisjoint(tables.tables[0].frame)
    plan = ln.load_plan("ln-2022")
    named = replace(plan, targets=plan.targets.assign(responsible="省发展改革委"))
    language = tables.tables[0].language
    frame = ln.evaluation(named, region="east", language=language).tables[0].frame
    assert frame[{"zh": "责任单位", "en": "Responsible"}[language]].tolist() == ["省发展改革委"] * 4


def test_a_running_plan_shows_progress_beside_the_time_elapsed():
    frame = ln.evaluation("ln-2022", as_of="2024-12-31", language="en").tables[0].frame
    shenyang = frame.set_index("Indicator").loc["GDP of Shenyang"]
    # 7,249.7 in 2021, 8,122.1 in 2023, 10,000 in 2024
    assert shenyang["Progress"] == "31.7%"
    assert shenyang["Time elapsed"] == "66.7%"
    assert shenyang["A year"] == f"{100 * ((8122.1 / 7249.7) ** 0.5 - 1):.2f}%"
    assert shenyang["Class"] == "lagging behind"


def test_a_base_year_that_the_plan_does_not_state_is_marked(tables):
    base, kind = tables.tables[0].frame.iloc[:, 4], tables.tables[0].frame.iloc[:, 2]
    measured = base[~kind.isin(["定性", "qualitative"])]
    assert measured.str.fullmatch(r"\d{4}(（推定）| \(inferred\)|（缺2021年）| \(no 2021\))").all()
    assert kind.value_counts().iloc[0] == 9


def test_a_clause_of_words_carries_what_the_issuer_said(tables):
    reasons = tables.tables[0].frame.iloc[:, -1]
    assert "2025-12-03" in reasons[4]
    assert "1.1" in reasons[5]


def test_a_region_and_other_plans_have_their_own_table():
    assert len(ln.evaluation("ln-2022", region="east").tables[0].frame) == 4
    met = ln.evaluation("ln-2025", language="en").tables[0].frame["Class"]
    assert met.iloc[:2].tolist() == ["basically in line with expectations"] * 2
    with pytest.raises(DataError, match="Unknown region 'est'"):
        ln.evaluation("ln-2022", region="est")


def test_the_command_prints_and_writes_the_table(tmp_path, capsys):
    assert main(["evaluation", "--region", "belt", "--as-of", DATE]) == 0
    assert "滞后" in capsys.readouterr().out
    assert main(["evaluation", "--language", "en", "--format", "csv", "--as-of", DATE]) == 0
    printed = capsys.readouterr().out
    assert not printed.startswith("\ufeff")
    assert pd.read_csv(io.StringIO(printed.split("\nClass,")[0]))["Unit"].iloc[1] == "billion yuan"
    assert main(["evaluation", "--output", str(tmp_path / "e.docx")]) == 0
    assert len(docx.Document(tmp_path / "e.docx").tables) == 2
    assert main(["evaluation", "--format", "xlsx"]) == 2
    assert "Give --output." in capsys.readouterr().err
