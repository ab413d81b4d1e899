"""How firm the verdicts are, and how they are put into words."""

import pandas as pd
import pytest
from series_kit import figure
from series_kit import table as observed

import lnregions as ln
from lnregions import DataError, closing_words, judge, load_observations, load_plan
from lnregions.assess import Verdict
from lnregions.assess.sensitivity import sensitivity, sensitivity_words

DATE = "2026-06-30"


@pytest.fixture(scope="module")
def plan():
    return load_plan()


def test_dalian_misses_its_target_by_every_figure_base_year_rounding_and_method(plan):
    table = sensitivity(plan, "belt-dalian-gdp", as_of=DATE)
    assert not table["differs"].any()
    assert set(table["variant"]) == {
        "as judged", "base year", "baseline figure", "horizon figure", "rounding", "interpretation", "method",
    }  # fmt: skip
    alike = table.loc[table["variant"] == "baseline figure", "change_en"].item()
    assert all(figure in alike for figure in ("782.595 billion", "782.590 billion"))
    changed = table.loc[table["variant"] == "horizon figure", ["value", "status"]]
    assert changed.values.tolist() == [[9540.2, "missed"]]
    assert sensitivity_words(table) == f"None of {len(table) - 1} variants comes to another verdict."


def test_ten_thousand_rounded_up_is_reached_but_not_exceeded(plan):
    """9,516.9 and 9,027.1 round to one trillion as the plan writes it; "above" still fails, "reach" does not."""
    status = {}
    for target in ("belt-dalian-gdp", "circle-shenyang-gdp"):
        table = sensitivity(plan, target, as_of=DATE)
        status[target] = table.loc[table["value"] == 10000, "status"].tolist()
    assert status == {"belt-dalian-gdp": ["missed"], "circle-shenyang-gdp": ["met"]}


def test_a_variant_that_flips_the_verdict_is_named_in_both_languages(plan):
    table = sensitivity(plan, "circle-urbanisation", as_of=DATE)
    assert "interpreted as Shenyang (met)" in sensitivity_words(table)
    assert "按“沈阳”理解（已实现）" in sensitivity_words(table, language="zh")


def test_another_vintage_that_reaches_the_target_flips_the_verdict(plan):
    rows = observed(
        figure("210200", "gdp", 2021, 7825.9), figure("210200", "gdp", 2024, 9516.9),
        figure("210200", "gdp", 2024, 10500.0, default=False, grade="C", vintage="2026-01", source="s048"),
    )  # fmt: skip
    table = sensitivity(plan, "belt-dalian-gdp", observations=rows, as_of=DATE)
    flip = table[table["differs"] & (table["variant"] != "interpretation")]
    assert flip[["variant", "value", "status"]].values.tolist() == [["horizon figure", 10500.0, "met"]]
    english = "Dalian 2024 as 1,050 billion yuan (2026-01, s048, grade C), not 951.69 billion yuan"
    assert flip["change_en"].item() == english
    assert flip["change_zh"].item() == "大连2024年取10500亿元（2026-01，s048，C级），而非9516.9亿元"


@pytest.mark.parametrize("year", [2019, 2020, 2022])
def test_another_base_year_changes_what_cumulative_growth_asks_for(plan, year):
    rows = [figure(a, "forest_stock", y, v, unit="亿立方米")
            for a in ("210400", "210500", "210600")
            for y, v in ((2019, 1.0001), (2020, 1.0001), (2021, 1.1001), (2022, 1.1001), (2024, 1.1191))]  # fmt: skip
    table = sensitivity(plan, "east-forest-stock", observations=observed(*rows), as_of=DATE)
    row = table[table["change_en"] == f"base year {year}"].iloc[0]
    assert table.iloc[0]["status"] == "missed"
    assert row["status"] == ("met" if year < 2021 else "missed")
    assert row["differs"] == (year < 2021)


def test_a_member_figure_that_no_release_joins_is_left_out(plan):
    rows = [figure(a, "urbanisation_rate", y, 90.0, unit="%") for a in plan.members("circle", level="city")
            for y in (2021, 2024)]  # fmt: skip
    weights = [r | {"indicator": "population", "unit": "万人", "value": 100.0} for r in rows]
    other = figure("210100", "urbanisation_rate", 2024, 10.0, unit="%", default=False, source="s033")
    figures = observed(*rows, *weights, other)
    table = sensitivity(plan, "circle-urbanisation", observations=figures, as_of=DATE)
    assert table.iloc[0]["status"] == "met"
    assert "horizon figure" not in set(table["variant"])


def test_nothing_to_vary_is_said(plan):
    assert sensitivity_words(sensitivity(plan, "circle-hour", as_of=DATE)) == "There is nothing to vary."


def test_the_methods_differ_only_where_one_says_met_and_the_verdict_does_not(plan):
    table = sensitivity(plan, "circle-shenyang-gdp", as_of=DATE)
    assert table.iloc[0][["variant", "value", "status"]].tolist() == ["as judged", 9027.1, "missed"]
    methods = table[table["variant"] == "method"]
    assert methods["status"].tolist() == ["limited", "acceleration needed", "acceleration needed"]
    assert not methods["differs"].any()


@pytest.mark.parametrize("ask", [sensitivity, ln.status_on_the_way])
def test_an_unknown_target_is_refused_with_a_guess(ask):
    with pytest.raises(DataError, match="did you mean belt-dalian-gdp"):
        ask("ln-2022", "belt-dalian-gpd")


def test_every_target_can_be_varied_and_followed(plan):
    closing = judge(plan, as_of=DATE).set_index("target")["closing"]
    for target in plan.targets["target"]:
        table = sensitivity(plan, target, as_of=DATE)
        way = ln.status_on_the_way(plan, target, as_of=DATE)
        assert (table[["change_en", "change_zh"]].map(len) > 2).all(axis=None)
        assert way["year"].tolist() == [2022, 2023, 2024]
        assert way["closing"].tolist() == ["", "", closing[target]]
        assert (way[["reason_en", "reason_zh"]].map(len) > 3).all(axis=None)


def verdict(**other):
    own = {"status": "missed", "closing": "missed", "horizon": 2024, "required": 10000.0, "unit": "亿元"}
    return Verdict("t", "belt", "210200", "gdp", "level", **own | other)


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (verdict(actual=9516.9, gap=-483.1, reached_in=2025),
         "Missed by 48.31 billion yuan (4.8%) in 2024; reached in 2025.",
         "2024年未实现，相差483.1亿元（4.8%）；2025年达到。"),
        (verdict(actual=9027.1, gap=-972.9, strength="strive"),
         "Missed (aspirational target) by 97.29 billion yuan (9.7%) in 2024.",
         "2024年未实现（力争目标），相差972.9亿元（9.7%）。"),
        (verdict(status="met", closing="met", required=85.0, actual=85.5, gap=0.5, unit="%", reached_in=2023),
         "Met with a margin of 0.5 pp in 2024.",
         "2024年已实现，高出目标0.5个百分点。"),
        (verdict(actual=10000.0, gap=0.0), "Missed in 2024: just the value asked for.",
         "2024年未实现：恰为所要求的数值。"),
        (verdict(status="no data", closing="not assessable", reason_en="No figure", reason_zh="暂无数据"),
         "No data: No figure.",
         "暂无数据：暂无数据。"),
        (verdict(status="limited", closing=""), "", ""),
    ],
)  # fmt: skip
def test_closing_words_say_how_a_target_ended(found, english, chinese):
    assert closing_words(found) == english
    assert closing_words(found, language="zh") == chinese


def test_the_callers_figures_are_not_written_to(plan):
    whole = load_observations()
    before = whole.copy()
    sensitivity(plan, "belt-dalian-gdp", observations=whole)
    ln.revision_trail(plan, target="belt-dalian-gdp", observations=whole)
    pd.testing.assert_frame_equal(whole, before)
