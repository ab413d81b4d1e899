"""Every table in every format, opened again by another program."""

import re
from dataclasses import replace

import docx
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from PIL import Image
from show.shown_once import CALLS, LANGUAGES, shown, tables

from lnregions.errors import DataError
from lnregions.show import FORMATS, Table, Tables
from lnregions.style import text_width

ALL = [(name, language) for name in CALLS for language in LANGUAGES]
HALF = [*ALL[::4], *ALL[3::4]]
"""Each call in one of the languages, in turn."""


def cells(table):
    return [list(map(str, table.frame)), *table.frame.astype(str).to_numpy().tolist()]


def workbook(path):
    """Cells of each sheet by its name: text, numbers and None, as a spreadsheet reads them."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def parsed(printed):
    """Number and unit of a printed amount, also of ``at least 15%``; the text itself where it is none."""
    hit = re.fullmatch(r"(?:[^\W\d][^\d−]*)?([−+-]?\d[\d,]*(?:\.\d+)?) ?(%\D*|[^\W\d][^\d]*)?", printed)
    if not hit:
        return "" if printed == "—" else printed, ""
    return float(hit[1].replace("−", "-").replace(",", "")), hit[2] or ""


def rejoined(rows, table):
    """Numbers of a table with their units, of rows that have the unit in a column of its own or as a sign."""
    [head, *rows], found = rows, []
    for name in table.numbers:
        place = head.index(name)
        unit = place + 1 if head[place + 1 :] and head[place + 1] not in table.frame else None
        words = place - 1 if place and head[place - 1].endswith((", meant as", "要求")) else place
        values = [row[place] if row[place] not in ("", None) else row[words] for row in rows]
        units = [row[unit] if unit else "" for row in rows]
        found.append(list(zip(values, units, strict=True))[: len(table.frame)])
    return found


@pytest.mark.parametrize(("name", "language"), HALF)
def test_excel_has_a_sheet_a_table_with_numbers_as_numbers(name, language, tmp_path):
    book = workbook(shown(name, language).save(tmp_path / "new" / "one.xlsx"))
    assert all(len(title) <= 31 for title in book)
    for rows, table in zip(book.values(), tables(name, language), strict=True):
        assert [one for one in rows[0] if one in table.frame] == list(table.frame)
        for column, numbers in zip(table.numbers, rejoined(rows, table), strict=True):
            for (value, unit), printed in zip(numbers, table.frame[column], strict=True):
                number, own = parsed(printed)
                share = own == "%" and not unit
                assert (value or value == 0) or number in ("", printed)
                if isinstance(number, float):
                    assert value == pytest.approx(number / (100 if share else 1), abs=1e-12)
                    assert (unit or "") == own or share
        plain = [one for one in table.frame if one not in table.numbers]
        for row, printed in zip(rows[1:], table.frame[plain].astype(str).to_numpy(), strict=False):
            shown_there = [row[rows[0].index(one)] or "" for one in plain]
            assert shown_there == [re.sub(r"[\x00-\x08]", "", one) for one in printed]
        below = [row[0] for row in rows[len(table.frame) + 1 :] if row[0]]
        assert below == [one for one in (table.title, table.note) if one]


@pytest.mark.parametrize(("name", "language"), HALF)
def test_word_has_every_cell_each_column_as_wide_as_its_longest_word(name, language, tmp_path):
    document = docx.Document(shown(name, language).save(tmp_path / "one.docx"))
    own = tables(name, language)
    assert [[[c.text for c in row.cells] for row in t.rows] for t in document.tables] == [
        cells(t) for t in own
    ]
    for table, printed in zip(document.tables, own, strict=True):
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert sum(cell.width.mm for cell in table.rows[0].cells) <= 274
        assert all("w:cantSplit" in row._tr.xml for row in table.rows)
        assert 'w:w="70"' in table._tbl.tblPr.xml  # twentieths of a point on either side of a cell
        for cell, column in zip(table.rows[0].cells, zip(*cells(printed), strict=True), strict=True):
            parts = r"\d{4}-\d{4}|[^\s\u2e80-\uffef-]+|[\u2e80-\uffef]{1,5}"
            words = {word for text in column for word in re.findall(parts, text)}
            widest = max((text_width(word, 7) for word in words), default=0)
            assert cell.width.pt >= min(widest, 140) + 6.8  # addresses are wider than any page
    assert document.sections[0].page_width > document.sections[0].page_height
    assert document.core_properties.language == {"zh": "zh-CN", "en": "en-GB"}[language]
    fonts = document.styles.element.xpath("//w:rFonts/@w:eastAsia")
    assert set(fonts) == {"Microsoft YaHei"}


@pytest.mark.parametrize(("name", "language"), HALF)
def test_html_is_a_whole_page_in_its_language(name, language, tmp_path):
    page = BeautifulSoup(shown(name, language).save(tmp_path / "one.html").read_bytes(), "html.parser")
    assert page.html["lang"][:2] == language
    assert page.meta["charset"] == "utf-8"
    found = [[[c.text for c in row(["th", "td"])] for row in t("tr")] for t in page("table")]
    assert found == [cells(table) for table in tables(name, language)]


@pytest.mark.parametrize(("name", "language"), ALL)
def test_csv_opens_in_excel_with_a_file_a_table_and_numbers_to_count_with(name, language, tmp_path):
    first = shown(name, language).save(tmp_path / "one.csv")
    own = tables(name, language)
    for number, table in enumerate(own, 1):
        path = first if number == 1 else tmp_path / f"one-{number}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        rows = [list(frame), *frame.to_numpy().tolist()]
        assert len(frame) == len(table.frame)
        for column, numbers in zip(table.numbers, rejoined(rows, table), strict=True):
            for (value, unit), printed in zip(numbers, table.frame[column], strict=True):
                number, own_unit = parsed(printed)
                assert (parsed(value)[0], unit or parsed(value)[1]) == (number, own_unit), column
        assert not re.search(r"\d\.\d*(0{6}|9{6})\d", path.read_text("utf-8"))


@pytest.mark.parametrize(("name", "language"), HALF)
def test_markdown_and_latex_have_a_row_a_row_with_as_many_cells(name, language, tmp_path):
    own = tables(name, language)
    expected = [len(table.frame.columns) for table in own for _ in range(len(table.frame))]
    text = shown(name, language).save(tmp_path / "t.md").read_text("utf-8")
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == len(expected) + 2 * len(own)
    latex = shown(name, language).save(tmp_path / "t.tex").read_text("utf-8")
    bodies = re.findall(r"\\endhead\n(.*?)\\bottomrule", latex, re.DOTALL)
    found = [len(re.split(r"(?<!\\)&", row)) for body in bodies for row in body.split(" \\\\\n")[:-1]]
    assert found == expected
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    columns = [line for line in latex.splitlines() if "dimexpr" in line]
    shares = [sum(map(float, re.findall(r"dimexpr ([\d.]+)\\line", line))) for line in columns]
    assert len(shares) == len(own)
    assert max(shares) <= 1.01


@pytest.mark.parametrize(
    ("name", "language"), [("on the way", "en"), ("members", "zh"), ("none on the way", "en")]
)
def test_a_picture_of_a_table_is_as_wide_and_high_as_what_it_holds(name, language, tmp_path):
    image = Image.open(shown(name, language).save(tmp_path / "t.png")).convert("L")
    dark = image.point(lambda level: 255 * (level < 128)).getbbox()
    assert dark[0] > 10
    assert dark[1] > 10
    assert image.width - 60 < max(dark[2], 40 * 300 / 25.4 - 1) <= image.width or name == "none on the way"
    assert image.height - 80 < dark[3] < image.height
    assert image.getpixel((2, 2)) == 255


def test_signs_of_a_format_are_escaped(tmp_path):
    frame = pd.DataFrame({"A & B": ["50% | x_1", "[a](b)"], "值": ["−9.7", "—"]})
    table = Table(frame, title="T_1", note="n & m", numbers=("值",))
    text = table.save(tmp_path / "t.md").read_text("utf-8")
    assert r"50% \| x_1" in text
    assert r"\[a](b)" in text
    latex = table.save(tmp_path / "t.tex").read_text("utf-8")
    assert r"50\% | x\_1 & $-$9.7" in latex  # a sign that no engine lacks
    assert "{[}a](b)" in latex  # a bracket after a line break would begin an option
    assert r"\textbf{A \& B}" in latex


@pytest.mark.parametrize(
    ("language", "meant", "growth"), [("en", "at least", "% a year"), ("zh", "年均不低于", "%")]
)
def test_what_was_required_is_a_number_beside_how_it_is_meant_and_its_unit(language, meant, growth, tmp_path):
    table = shown("verdicts", language)
    rows = pd.read_csv(table.save(tmp_path / "t.csv"), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    parts = rows.iloc[:, rows.columns.get_loc(table.numbers[0]) - 1 :].iloc[:, :3]
    joined = [re.sub(r"\s|,", "", "".join(row)).replace("-", "−") for row in parts.to_numpy()]
    assert joined == [re.sub(r"\s|,", "", one) for one in table.frame[table.numbers[0]]]
    assert [meant, "15", growth] in parts.to_numpy().tolist()


def test_text_that_a_spreadsheet_would_run_stays_text(tmp_path):
    table = Table(pd.DataFrame({"a": ["=1+1", "\x07bell"], "n": ["1,234.50", "5%"]}), numbers=("n",))
    assert table.save(tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == "'=1+1,1234.50"
    two = Tables((replace(table, title="a/b" * 20),) * 2)  # sheets of the same name, too long a one
    book = workbook(two.save(tmp_path / "t.xlsx"))
    assert [rows[1:3] for rows in book.values()] == [[["=1+1", 1234.5], ["bell", 0.05]]] * 2
    assert all(len(name) <= 31 and "/" not in name for name in book)


def test_a_format_may_be_named_and_an_unknown_one_is_refused(tmp_path):
    table = tables("plan")[0]
    for form, ending in FORMATS.items():
        named = table.save(tmp_path / f"other{ending}.x", form=form).read_bytes()
        assert named == table.save(tmp_path / f"v{ending}").read_bytes()
    with pytest.raises(DataError, match=r"Unknown ending of a table's file '\.xls'"):
        table.save(tmp_path / "one.xls")
    with pytest.raises(DataError, match="Unknown format 'word'"):
        table.save(tmp_path / "one.docx", form="word")
    assert not any(path.name.startswith("one") for path in tmp_path.iterdir())


def test_rows_of_excel_are_as_high_as_their_longest_cell_needs_and_as_excel_allows(tmp_path):
    words = ["short", "a reason " * 40, "理由" * 90, "a reason " * 900]
    table = Table(pd.DataFrame({"What": list("abcd"), "Why": words}))
    sheet = openpyxl.load_workbook(table.save(tmp_path / "one.xlsx")).active
    heights = [sheet.row_dimensions[row].height for row in range(2, 6)]
    assert heights[0] < 20  # points: one line
    assert min(heights[1:3]) >= 12 * 360 / sheet.column_dimensions["B"].width  # of letters 11 points high
    assert heights[3] == 409
