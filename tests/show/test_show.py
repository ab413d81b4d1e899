"""Tables as readers see them."""

import re

import pandas as pd
import pytest
from show.shown_once import CALLS, LANGUAGES, PLAN, shown, tables, verdicts
from wcwidth import wcswidth

import lnregions as ln
from lnregions.errors import DataError
from lnregions.show import Table, status_chip, web_address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CALLS)
def test_every_table_has_rows_and_printed_numbers_in_both_languages(name, language):
    found = tables(name, language)
    assert sum(len(table.frame) for table in found) > 0
    for table in found:
        assert "<table" in table.to_html()
        assert "nan" not in str(table).lower().replace("huanan", "")
        cells = [cell for column in table.numbers for cell in table.frame[column] if cell]
        assert not any(cell.startswith("-") for cell in cells), "a hyphen for a minus"
        decimals = [len(hit[1]) for cell in cells if (hit := re.search(r"\.(\d+)", cell))]
        assert max(decimals, default=0) <= 3


@pytest.mark.parametrize(
    ("name", "language", "table", "row", "expected"),
    [
        ("verdicts", "en", 0, "GDP of Dalian", {"Status": "missed", "Gap": "−48.31 billion yuan"}),
        ("verdicts", "zh", 0, "大连生产总值", {"状态": "未实现", "差距": "−483.1亿元"}),
        ("calculations", "en", 0, "level 2024", {"Value": "2,686 million US dollars"}),
        ("calculations of weights", "en", 0, "weight of Huludao in 2024", {"Value": "91.16 billion yuan"}),
        ("calculations of weights", "zh", 0, "葫芦岛权重（2024年）", {"数值": "911.6亿元"}),
        ("members", "en", 0, "Chaoyang", {"Indicator": "Gross domestic product"}),
        ("on the way", "en", 0, "2024", {"Status": "missed"}),
    ],
)
def test_a_row_holds_what_the_data_say(name, language, table, row, expected):
    table = next(one for one in tables(name, language) if row in one.frame.iloc[:, 0].tolist())
    found = table.frame[table.frame.iloc[:, 0] == row].iloc[0].to_dict()
    assert {key: found[key] for key in expected} == expected


def test_verdicts_of_one_region_are_its_own():
    own = ln.show_verdicts(verdicts(), region="west").frame["Target"].tolist()
    assert own == PLAN.targets.set_index("region").loc["west", "label_en"].tolist()


def test_a_calculation_names_its_sources_and_its_numbers_in_the_language():
    english, chinese = (tables("calculations", language)[0] for language in LANGUAGES)
    assert english.note.startswith("Sources: ")
    assert not any(name.isascii() for name in chinese.frame["数量"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("member cities Shenyang and Fushun", "likely (city stands in for its counties)")),
        ("zh", ("沈抚改革创新示范区", "以市代县")),
    ],
)
def test_members_are_named_without_codes_and_stand_ins_are_marked(language, words):
    said = str(ln.show_region(PLAN, "circle", language=language)) + str(shown("region", language))
    assert all(one in said for one in words)
    assert not re.search(r"\b21\d{4}\b|shenfu", said)


def test_sources_are_listed_with_the_number_of_figures_and_folded_where_they_are_many():
    own = ln.load_observations()[lambda f: f["default"] & (f["area"] == "210200")]
    sources = tables("city sources", "en")[0]
    assert sources.frame["Figures"].astype(int).sum() == own["source"].str.split().str.len().sum()
    many, caveats = tables("sources", "en")
    assert many.to_html().startswith("<details")
    assert f"({len(many.frame)} rows)" in many.to_html()
    assert "<details" not in caveats.to_html()


def test_a_caveat_on_every_indicator_says_so_and_one_on_several_areas_concerns_each_of_them():
    assert {"all indicators", "*"} & set(tables("sources")[1].frame.iloc[:, 0]) == {"all indicators"}
    rounded = "7,695.8 and 8,430.9 are the published ones"
    found = [rounded in str(ln.show_city_sources(city)) for city in ("210100", "210200", "210300")]
    assert found == [True, True, False]


def test_every_cell_title_and_note_is_escaped_and_only_addresses_of_the_web_are_links():
    frame = pd.DataFrame({"<b>": ["<script>x</script>"], "Where": ["https://a.cn/x y?b=<i>&c='d'"]})
    html = Table(frame, "<i>t</i>", "&<u>", links=("Where",)).to_html()
    assert not re.search(r"<(b|i|u|script)>", html)
    assert html.count("<a ") == 1
    assert "href='https://a.cn/x%20y?b=%3Ci%3E&amp;c=%27d%27'" in html
    assert web_address("javascript:alert(1)") == ""


def test_a_status_has_its_colour_and_its_word():
    assert "未实现" in status_chip("missed", language="zh")
    assert "background:#" in status_chip("missed")
    assert status_chip("<x>") == "&lt;x&gt;"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_for_a_terminal_keeps_to_its_width_and_loses_no_word(language):
    table = ln.show_verdicts(verdicts(), region="belt", language=language)
    narrow, wide = table.to_text(width=170), table.to_text()
    assert max(map(wcswidth, narrow.splitlines())) <= 170
    assert max(map(wcswidth, wide.splitlines())) > 200
    words = [sorted(re.sub(r"[\s-]", "", text)) for text in (narrow, wide)]
    assert words[0] == words[1]
    lines = Table(pd.DataFrame({"Why": ["as far as it is known " * 9]})).to_text(width=40).splitlines()
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize(
    ("area", "expected"),
    [("100000", ["国内生产总值", "国内生产总值实际增长率"]), ("210000", ["地区生产总值"])],
)
def test_the_product_of_the_nation_has_its_own_name_in_chinese(area, expected):
    assert ln.show_city("ln-2022", area, language="zh").frame["指标"].tolist()[: len(expected)] == expected
    said = "".join(ln.findings("ln-2022", area)["sentence_zh"])
    assert expected[0] in said
    assert "全国地区" not in said


def test_a_table_becomes_latex_with_its_title_rows_and_note():
    latex = shown("verdicts", "en").to_gt().as_latex()
    assert "GDP of Dalian" in latex
    assert "Grades: A primary page" in latex


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ln.show_region(PLAN, "wset"), "Unknown region 'wset'.*did you mean west"),
        (lambda: ln.show_plan("ln-2023"), "Unknown plan 'ln-2023'"),
        (lambda: ln.show_plan(PLAN, language="fr"), "Unknown language 'fr'"),
        (lambda: ln.show_verdicts(PLAN.targets), "no table of verdicts"),
        (lambda: ln.show_verdicts(verdicts(), region="bellt"), r"Unknown region 'bellt'.*did you mean belt"),
        (lambda: ln.show_city("ln-2022", "Anshen"), r"did you mean Anshan\?"),
        (lambda: ln.show_city_sources("Dailan"), r"did you mean Dalian\?"),
        (lambda: ln.draw_ranks("Dailan"), r"did you mean Dalian\?"),
    ],
)
def test_wrong_arguments_are_refused_with_the_choices(call, message):
    with pytest.raises(DataError, match=message):
        call()


def test_no_table_names_a_data_set_by_its_file_in_a_repository():
    for name in ("calculations", "members"):
        for table in tables(name):
            cells = " ".join(table.frame.astype(str).to_numpy().ravel())
            assert not re.search(r"GitHub \S+/\S+ \S+\.(xlsx|csv|js|dta|py)", cells)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_chinese_text_in_a_terminal_breaks_no_number_and_opens_no_line_with_a_comma(width):
    why = "2022-2024年年均4.15%；规划要求超过辽宁（4.16%），差距可能在−0.11个百分点至+0.09个百分点之间。" * 4
    columns = {f"列{number}": ["甲" * 8] for number in range(3)} | {"理由": [why]}
    shown = Table(pd.DataFrame(columns), language="zh").to_text(width=width).splitlines()
    lines = [line[line.rfind("  ") + 1 :].strip() for line in shown if line.strip()]
    assert len(lines) > 4
    assert not [line for line in lines if line[0] in "，；。）%"]
    assert sum(line.count(number) for line in lines for number in ("4.15%", "4.16%", "0.11", "0.09")) == 16
