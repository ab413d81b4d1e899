"""The table of a plan evaluation: its classes, its sums, and its files."""

import io
import re

import docx
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

import lnregions as ln
from lnregions.__main__ import main
from lnregions.assess import STATUS_WORDS
from lnregions.errors import DataError
from lnregions.show import CLASSES, FORMATS, Table, Tables, cell_number, completion, progress_class

DATE = "2026-06-30"
COUNTS = {"zh": "数据不足", "en": "insufficient data"}


@pytest.fixture(scope="module", params=["zh", "en"])
def tables(request):
    return ln.evaluation("ln-2022", as_of=DATE, language=request.param)


# -- the class of a clause ----


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


@pytest.mark.parametrize("status", STATUS_WORDS)
def test_no_class_contradicts_the_verdict(status):
    for done in (-1.0, 0.0, 0.9, 1.0, 3.0):
        found = progress_class(status, done=done, needed=1.0)
        assert status != "met" or found in ("faster", "in line")
        assert status != "missed" or found == "lagging"
        assert found in CLASSES


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


# -- the table ----


def test_every_clause_has_a_row_with_the_numbers_and_the_status_of_its_verdict(tables):
    clauses, classes = tables
    frame, verdicts = clauses.frame, ln.judge("ln-2022", as_of=DATE)
    assert len(frame) == len(verdicts) == 18
    language = clauses.language
    names = dict(
        zip(["unit", "base", "actual", "class", "verdict"], frame.columns[[3, 5, 7, 12, 13]], strict=True)
    )
    shown = ln.show_verdicts(verdicts, language=language).frame
    assert frame[names["verdict"]].tolist() == shown.iloc[:, 2].tolist()
    for cell, value, unit in zip(frame[names["actual"]], verdicts["actual"], verdicts["unit"], strict=True):
        scale = 0.1 if unit == "亿元" and language == "en" else 1
        assert pd.isna(value) if cell == "—" else abs(cell_number(cell)[0] - value * scale) < 0.01
    counted = classes.frame.set_index(classes.frame.columns[0]).iloc[:, 0].astype(int)
    assert counted.iloc[:-1].sum() == 18
    assert counted[COUNTS[language]] == (frame[names["class"]] == COUNTS[language]).sum()


def test_a_running_plan_shows_progress_beside_the_time_elapsed():
    frame = ln.evaluation("ln-2022", as_of="2024-12-31", language="en").tables[0].frame
    shenyang = frame.set_index("Indicator").loc["GDP of Shenyang"]
    # 7,249.7 in 2021, 8,122.1 in 2023, 10,000 in 2024
    assert shenyang["Progress"] == "31.7%"
    assert shenyang["Time elapsed"] == "66.7%"
    assert shenyang["A year"] == f"{100 * ((8122.1 / 7249.7) ** 0.5 - 1):.2f}%"
    assert shenyang["Class"] == "lagging behind"


def test_across_a_break_of_the_series_no_progress_is_measured():
    frame = ln.evaluation("ln-2022", as_of=DATE, language="en").tables[0].frame.set_index("Indicator")
    assert frame.loc["GDP of Dalian", ["Progress", "A year"]].tolist() == ["—", "—"]


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


# -- files ----


def cells(table):
    return [list(map(str, table.frame)), *table.frame.astype(str).to_numpy().tolist()]


def workbook(path):
    """Names of the sheets and cells of each: text, numbers and None, as a spreadsheet reads them."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_excel_has_a_sheet_a_table_with_numbers_as_numbers(tables, tmp_path):
    sheets = list(workbook(tables.save(tmp_path / "new" / "one.xlsx")).values())
    for rows, table in zip(sheets, tables, strict=True):
        shown = cells(table)
        assert rows[0] == shown[0]
        for row, printed in zip(rows[1:], shown[1:], strict=False):
            for cell, text, name in zip(row, printed, shown[0], strict=True):
                number = cell_number(text) if name in table.numbers else None
                expected = number[0] if number else None if text == "—" and name in table.numbers else text
                assert cell == expected
        assert rows[len(shown) + 1][0] == table.note


def test_word_has_every_cell_and_its_heading_on_every_page(tables, tmp_path):
    document = docx.Document(tables.save(tmp_path / "one.docx"))
    assert [[[c.text for c in row.cells] for row in t.rows] for t in document.tables] == [
        cells(table) for table in tables
    ]
    assert all("w:tblHeader" in t.rows[0]._tr.xml for t in document.tables)
    assert document.sections[0].page_width > document.sections[0].page_height
    assert document.core_properties.language == ("zh-CN" if tables.tables[0].language == "zh" else "en-GB")


def test_html_is_a_whole_page_in_its_language(tables, tmp_path):
    page = BeautifulSoup(tables.save(tmp_path / "one.html").read_bytes(), "html.parser")
    assert page.html["lang"][:2] == tables.tables[0].language
    assert page.meta["charset"] == "utf-8"
    found = [[[c.text for c in row(["th", "td"])] for row in t("tr")] for t in page("table")]
    assert found == [cells(table) for table in tables]


def test_csv_opens_in_excel_and_has_a_file_a_table(tables, tmp_path):
    first = tables.save(tmp_path / "one.csv")
    assert first.read_bytes().startswith("\ufeff".encode())
    for path, table in zip((first, tmp_path / "one-2.csv"), tables, strict=True):
        frame = pd.read_csv(path, encoding="utf-8-sig")
        assert list(frame) == list(table.frame)
        assert len(frame) == len(table.frame)
    shown = pd.read_csv(first).iloc[:, 5]
    assert pd.api.types.is_float_dtype(shown)


def test_markdown_and_latex_hold_every_row_with_signs_of_their_own_escaped(tmp_path):
    frame = pd.DataFrame({"A & B": ["50% | x_1", "[a](b)"], "值": ["−9.7", "—"]})
    table = Table(frame, title="T_1", note="n & m", numbers=("值",))
    text = table.save(tmp_path / "t.md").read_text("utf-8")
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    assert [len(row) for row in rows] == [2, 2, 2, 2]
    assert r"50% \| x_1" in text
    assert r"\[a](b)" in text
    latex = table.save(tmp_path / "t.tex").read_text("utf-8")
    body = latex[latex.index(r"\midrule") : latex.index(r"\bottomrule")]
    assert body.count(r"\\") == 2
    assert r"50\% | x\_1 & −9.7" in body
    assert r"\textbf{A \& B}" in latex


def test_every_shown_table_goes_to_every_format(tmp_path):
    one = ln.show_verdicts(ln.judge("ln-2022", as_of=DATE))
    for form, ending in FORMATS.items():
        assert one.save(tmp_path / f"v{ending}").stat().st_size > 1000
        again = one.save(tmp_path / f"other{ending}.x", form=form)
        assert again.read_bytes() == (tmp_path / f"v{ending}").read_bytes()


def test_text_that_a_spreadsheet_would_run_stays_text(tmp_path):
    table = Table(pd.DataFrame({"a": ["=1+1", "\x07bell"], "n": ["1,234.50", "5%"]}), numbers=("n",))
    assert table.save(tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == "'=1+1,1234.50"
    rows = next(iter(workbook(table.save(tmp_path / "t.xlsx")).values()))
    assert rows[1:] == [["=1+1", 1234.5], ["bell", 0.05]]


def test_sheets_of_the_same_name_are_told_apart(tmp_path):
    tables = Tables(tuple(Table(pd.DataFrame({"a": ["1"]}), title="a/b" * 20) for _ in range(2)))
    names = list(workbook(tables.save(tmp_path / "t.xlsx")))
    assert len(set(names)) == 2
    assert all(len(name) <= 31 and "/" not in name for name in names)


def test_an_unknown_ending_and_format_are_refused(tables, tmp_path):
    with pytest.raises(DataError, match=r"Unknown ending of a table's file '\.xls'"):
        tables.save(tmp_path / "one.xls")
    with pytest.raises(DataError, match="Unknown format 'word'"):
        tables.save(tmp_path / "one.docx", form="word")
    assert list(tmp_path.iterdir()) == []


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
