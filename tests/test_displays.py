"""Tables as readers see them."""

import re

import pandas as pd
import pytest

from lnregions import judge, load_observations, load_plan
from lnregions.show import displays, source_displays, verdict_displays
from lnregions.show.html_tables import Table, display_width, status_chip, text_table

PLAN = load_plan()
CALLS = {
    "plan": lambda lang: displays.show_plan(PLAN, language=lang),
    "region": lambda lang: displays.show_region(PLAN, "east", language=lang),
    "verdicts": lambda lang: verdict_displays.show_verdicts(judge(PLAN), language=lang),
    "readings": lambda lang: verdict_displays.show_readings(PLAN, language=lang),
    "methods": lambda lang: verdict_displays.show_methods(PLAN, language=lang),
    "calculations": lambda lang: verdict_displays.show_calculations(PLAN, "belt", language=lang),
    "on the way": lambda lang: verdict_displays.show_on_the_way(PLAN, "circle", language=lang),
    "firmness": lambda lang: verdict_displays.show_firmness(PLAN, "circle", language=lang),
    "trail": lambda lang: verdict_displays.show_trail(PLAN, language=lang),
    "members": lambda lang: displays.show_members(PLAN, "west", language=lang),
    "city": lambda lang: displays.show_city(PLAN, "210900", language=lang),
    "sources": lambda lang: source_displays.show_sources(PLAN, "belt", language=lang),
    "city sources": lambda lang: source_displays.show_city_sources("210200", language=lang),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", CALLS)
def test_every_table_has_rows_in_both_languages(name, language):
    shown = CALLS[name](language)
    tables = list(shown) if not isinstance(shown, Table) else [shown]
    assert sum(len(table.frame) for table in tables) > 0
    assert "<table" in shown._repr_html_()
    assert "nan" not in shown._repr_html_().lower().replace("huanan", "")
    assert str(shown)


def test_the_chinese_table_has_chinese_headings():
    headings = CALLS["verdicts"]("zh").frame.columns
    assert headings.tolist() == ["目标", "状态", "目标值", "实际值", "年份", "差距", "等级", "理由"]


def test_the_english_verdicts_give_dalian_its_gap_and_year():
    row = CALLS["verdicts"]("en").frame.set_index("Target").loc["GDP of Dalian"]
    assert (row["Status"], row["Gap"]) == ("missed", "−48.3 billion yuan")
    assert "reached in 2025" in row["Why"]


def test_verdicts_of_one_region_are_its_own():
    assert len(verdict_displays.show_verdicts(judge(PLAN), region="west").frame) == 3


def test_a_calculation_names_the_sources_it_rests_on():
    dalian = next(t for t in CALLS["calculations"]("en") if t.title.startswith("GDP of Dalian"))
    assert "Sources: " in dalian.note
    numbers = dict(zip(dalian.frame["Quantity"], dalian.frame["Value"], strict=True))
    assert numbers["value 2024"] == "951.69 billion yuan"
    assert numbers["value 2025"] == "1,000.21 billion yuan"


def test_the_chinese_calculation_names_its_numbers_in_chinese():
    dalian = next(t for t in CALLS["calculations"]("zh") if t.title.startswith("大连生产总值"))
    assert not any(name.isascii() for name in dalian.frame["数量"])


def test_the_years_on_the_way_end_with_the_closing_verdict():
    shenyang = next(t for t in CALLS["on the way"]("en") if t.title == "GDP of Shenyang")
    assert shenyang.frame["Status"].tolist()[-1] == "missed"
    assert shenyang.frame["Year"].tolist() == ["2022", "2023", "2024"]


def test_firmness_says_whether_anything_flips_the_verdict():
    shenyang = next(t for t in CALLS["firmness"]("en") if t.title == "GDP of Shenyang")
    assert len(shenyang.frame) > 3
    assert shenyang.note


def test_the_trail_begins_with_what_was_known_first():
    dates = CALLS["trail"]("en").frame["Published"].tolist()
    assert dates == sorted(dates)


def test_a_city_of_two_regions_names_both():
    assert "Shenyang circle, Western Liaoning" in CALLS["city"]("en").title


def test_members_standing_in_for_counties_are_marked():
    text = str(CALLS["region"]("en"))
    assert "likely (city stands in for its counties)" in text
    assert "unverified" in text


def test_sources_are_listed_with_the_number_of_figures():
    table = next(iter(CALLS["city sources"]("en")))
    own = load_observations()[lambda f: f["default"] & (f["area"] == "210200")]
    assert table.frame["Figures"].astype(int).sum() == own["source"].str.split().str.len().sum()


def test_cells_are_escaped():
    html = Table(pd.DataFrame({"<b>": ["<script>alert(1)</script>"]}), "<i>", "&").to_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_status_has_its_colour_and_its_word():
    chip = status_chip("missed", language="zh")
    assert "未实现" in chip
    assert "#7a1630" in chip
    assert status_chip("<x>") == "&lt;x&gt;"


def test_plain_text_lines_up_with_chinese():
    lines = text_table(pd.DataFrame({"城市": ["大连", "A"], "n": ["1", "22"]}), numbers=("n",)).splitlines()
    assert len({display_width(line) for line in lines}) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_for_a_terminal_keeps_to_its_width_and_loses_no_word(language):
    narrow = verdict_displays.verdict_text(judge(PLAN), language=language, width=170)
    wide = verdict_displays.verdict_text(judge(PLAN), language=language)
    assert max(display_width(line) for line in narrow.splitlines()) <= 170
    assert max(display_width(line) for line in wide.splitlines()) > 200
    assert sorted("".join(narrow.split()).replace("-", "")) == sorted("".join(wide.split()).replace("-", ""))


def test_verdicts_as_text_for_a_terminal():
    text = verdict_displays.verdict_text(judge(PLAN))
    assert len(text.splitlines()) == 20
    assert "GDP of Shenyang" in text


def test_the_sources_of_a_plan_of_ones_own_stand_beside_the_shipped_ones(tmp_path):
    from lnregions.tables import write_plan_template

    folder = write_plan_template(tmp_path / "mine")
    for path in folder.glob("*.csv"):  # the examples of the template, made rows
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*lines[:-1], lines[-1].removeprefix("#")]) + "\n", encoding="utf-8")
    plan = load_plan(folder)
    own = plan.sources["source"].iloc[0]
    head = load_observations().drop(columns=["known_from", "default"])
    row = head[(head["area"] == "210100") & (head["indicator"] == "gdp")].assign(source=own).iloc[[-1]]
    row.assign(vintage="2026-06-01").to_csv(folder / "observations.csv", index=False)
    shown = source_displays.show_sources(load_plan(folder), language="en").tables[0].frame
    title = shown.set_index("Source").loc[own, "Title"]
    assert title == plan.sources["title"].iloc[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_region_shows_names_and_no_codes(language):
    shown = str(displays.show_region(PLAN, "circle", language=language))
    assert "shenfu" not in shown
    assert "210100" not in shown
    assert {"en": "member cities Shenyang and Fushun", "zh": "沈抚改革创新示范区"}[language] in shown


def test_addresses_of_the_web_are_links_and_others_are_not():
    frame = pd.DataFrame({"Where": ["https://a.cn/x y?b=<i>&c='d'", "javascript:alert(1)", ""]})
    html = Table(frame, links=("Where",)).to_html()
    assert html.count("<a ") == 1
    assert "rel='noopener'" in html
    assert "href='https://a.cn/x%20y?b=%3Ci%3E&amp;c=%27d%27'" in html
    assert "<i>" not in html


def test_many_sources_are_folded_and_few_are_not():
    long, caveats = CALLS["sources"]("en")
    assert long.to_html().startswith("<details class='ln-fold'>")
    assert f"({len(long.frame)} rows)" in long.to_html()
    assert "<details" not in caveats.to_html()
    assert "<caption" in Table(pd.DataFrame({"a": ["b"]}), "T").to_html()


@pytest.mark.parametrize(("language", "words"), [("en", "all indicators"), ("zh", "全部指标")])
def test_a_caveat_on_every_indicator_says_so(language, words):
    caveats = list(source_displays.show_sources(PLAN, language=language))[1].frame
    assert words in set(caveats.iloc[:, 0])
    assert "*" not in set(caveats.iloc[:, 0])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_numbers_of_every_table_have_one_minus_and_no_stray_digits(language):
    for name in CALLS:
        shown = CALLS[name](language)
        for table in list(shown) if not isinstance(shown, Table) else [shown]:
            for column in table.numbers:
                cells = [v for v in table.frame[column] if v]
                assert not any(v.startswith("-") for v in cells), (name, column)
                digits = [re.search(r"\.(\d+)", v) for v in cells]
                assert max([len(hit[1]) for hit in digits if hit], default=0) <= 3, (name, cells)
