"""How firm the verdicts are: variants, the years on the way, the trail of revisions, closing words."""

import pandas as pd
import pytest

from lnregions import DataError, load_observations, load_plan
from lnregions.assess.judgement import judge, judge_main
from lnregions.assess.plan_figures import figures_of, growth_figures, load_tables, members_of
from lnregions.assess.related import narrow_tables, plan_and_target, untouched
from lnregions.assess.sensitivity import (
    VARIANTS,
    closing_words,
    revision_trail,
    sensitivity,
    sensitivity_words,
    status_on_the_way,
)
from lnregions.assess.verdicts import Verdict
from lnregions.tables import Observation

DATE = "2026-06-30"


@pytest.fixture(scope="module")
def plan():
    return load_plan()


def figure(area, indicator, year, value, **other):
    """One observation as `load_observations` gives it."""
    own = {
        "unit": "亿元",
        "vintage": "",
        "status": "unknown",
        "grade": "A",
        "source": "s032",
        "note": "",
        "default": True,
    }
    own |= {"area": area, "indicator": indicator, "year": year, "value": value}
    return own | {"known_from": pd.Timestamp(f"{year + 1}-12-31")} | other


def figures(*rows):
    return pd.DataFrame(rows)


# -- sensitivity -------------------------------------------------------------------------------------------


def test_dalian_misses_its_target_by_every_figure_base_year_rounding_and_method(plan):
    table = sensitivity(plan, "belt-dalian-gdp", as_of=DATE)
    assert table.attrs["flips"] == 0
    assert set(table["variant"]) == {*VARIANTS} - {"figure"}
    assert table.loc[table["variant"] == "horizon figure", ["value", "status"]].values.tolist() == [
        [9540.2, "missed"]
    ]
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
    assert "read as Shenyang (met)" in sensitivity_words(table)
    assert "按“沈阳”理解（已实现）" in sensitivity_words(table, language="zh")


def test_the_first_row_is_the_verdict_as_it_stands(plan):
    verdict = {v.target: v for v in judge_main(plan, as_of=DATE)}["circle-shenyang-gdp"]
    first = sensitivity(plan, "circle-shenyang-gdp", as_of=DATE).iloc[0]
    assert (first["variant"], first["value"], first["status"]) == (
        "as judged",
        verdict.actual,
        verdict.status,
    )


def test_another_vintage_that_reaches_the_target_flips_the_verdict(plan):
    rows = figures(
        figure("210200", "gdp", 2021, 7825.9), figure("210200", "gdp", 2024, 9516.9),
        figure("210200", "gdp", 2024, 10500.0, default=False, grade="C", vintage="2026-01", source="s048"),
    )  # fmt: skip
    table = sensitivity(plan, "belt-dalian-gdp", observations=rows, as_of=DATE)
    flip = table[table["differs"] & (table["variant"] != "reading")]
    assert flip[["variant", "value", "status"]].values.tolist() == [["horizon figure", 10500.0, "met"]]
    assert (
        flip["change_en"].item()
        == "Dalian 2024 as 1,050 billion yuan (2026-01, s048, grade C), not 951.7 billion yuan"
    )
    assert flip["change_zh"].item() == "大连2024年取10500亿元（2026-01，s048，C级），而非9516.9亿元"


def test_figures_that_print_alike_are_told_apart(plan):
    table = sensitivity(plan, "belt-dalian-gdp", as_of=DATE)
    said = table.loc[table["variant"] == "baseline figure", "change_en"].item()
    assert "782.59486" in said
    assert "782.59000" in said


@pytest.mark.parametrize("year", [2019, 2020, 2022])
def test_another_base_year_changes_what_cumulative_growth_asks_for(plan, year):
    rows = [figure(a, "forest_stock", y, v, unit="亿立方米")
            for a in ("210400", "210500", "210600")
            for y, v in ((2019, 1.0), (2020, 1.0), (2021, 1.1), (2022, 1.1), (2024, 1.11))]  # fmt: skip
    table = sensitivity(plan, "east-forest-stock", observations=figures(*rows), as_of=DATE)
    row = table[table["change_en"] == f"base year {year}"].iloc[0]
    assert table.iloc[0]["status"] == "missed"
    assert row["status"] == ("met" if year < 2021 else "missed")
    assert row["differs"] == (year < 2021)


def test_a_member_figure_that_no_release_joins_is_left_out(plan):
    rows = [figure(a, "urbanisation_rate", y, 90.0, unit="%") for a in plan.members("circle", level="city")
            for y in (2021, 2024)]  # fmt: skip
    weights = [r | {"indicator": "population", "unit": "万人", "value": 100.0} for r in rows]
    other = figure("210100", "urbanisation_rate", 2024, 10.0, unit="%", default=False, source="s033")
    table = sensitivity(plan, "circle-urbanisation", observations=figures(*rows, *weights, other), as_of=DATE)
    assert table.iloc[0]["status"] == "met"
    assert "horizon figure" not in set(table["variant"])


def test_nothing_to_vary_is_said(plan):
    table = sensitivity(plan, "circle-hour", as_of=DATE)
    assert len(table) == 1
    assert sensitivity_words(table) == "There is nothing to vary."
    assert sensitivity_words(table, language="zh") == "没有可以检验的变动。"


def test_the_methods_differ_only_where_one_says_met_and_the_verdict_does_not(plan):
    table = sensitivity("ln-2022", "circle-shenyang-gdp", as_of=DATE)
    methods = table[table["variant"] == "method"]
    assert methods["status"].tolist() == ["limited", "acceleration needed", "acceleration needed"]
    assert not methods["differs"].any()


@pytest.mark.parametrize("ask", [sensitivity, status_on_the_way])
def test_an_unknown_target_is_refused_with_a_guess(ask):
    with pytest.raises(DataError, match="did you mean belt-dalian-gdp"):
        ask("ln-2022", "belt-dalian-gpd")


@pytest.mark.parametrize("target", load_plan().targets["target"])
def test_every_target_can_be_varied_and_followed(plan, target):
    table = sensitivity(plan, target, as_of=DATE)
    way = status_on_the_way(plan, target, as_of=DATE)
    closing = judge(plan, as_of=DATE).set_index("target").loc[target, "closing"]
    assert (table[["change_en", "change_zh"]].map(len) > 2).all(axis=None)
    assert way["year"].tolist() == [2022, 2023, 2024]
    assert way["closing"].tolist() == ["", "", closing]
    assert (way[["reason_en", "reason_zh"]].map(len) > 3).all(axis=None)


# -- status on the way -------------------------------------------------------------------------------------


def test_dalian_stood_behind_its_path_in_every_year(plan):
    way = status_on_the_way(plan, "belt-dalian-gdp", as_of=DATE).set_index("year")
    assert way["status"].tolist() == ["acceleration needed", "acceleration needed", "missed"]
    assert way.loc[2022, "required"] == pytest.approx(7825.9 + (10000 - 7825.9) / 3)
    assert way.loc[2022, "required_geometric"] == pytest.approx(7825.9 * (10000 / 7825.9) ** (1 / 3))
    assert way.loc[2023, "share_of_way"] == pytest.approx((8752.9 - 7825.9) / (10000 - 7825.9))
    assert way.loc[2023, "share_of_time"] == pytest.approx(2 / 3)
    assert way.loc[2022, "growth_needed"] == pytest.approx(((10000 / 8430.9) ** 0.5 - 1) * 100)
    assert way.loc[2023, "step_needed"] == pytest.approx(10000 - 8752.9)
    assert (way.loc[2024, "gap"], way.loc[2024, "reached_in"]) == (pytest.approx(-483.1), 2025)


def test_the_share_of_the_way_is_not_measured_over_a_break(plan):
    way = status_on_the_way(plan, "belt-dalian-gdp", as_of=DATE).set_index("year")
    assert pd.isna(way.loc[2024, "share_of_way"])


def test_the_kept_path_does_not_fall_below_what_was_reached(plan):
    rows = figures(
        *(figure("210200", "gdp", y, v) for y, v in ((2021, 7000.0), (2022, 9400.0), (2023, 9300.0)))
    )
    way = status_on_the_way(plan, "belt-dalian-gdp", observations=rows, as_of="2024-12-31").set_index("year")
    assert way.loc[2022, "required_kept"] == 9400.0
    assert way.loc[2023, "required_kept"] >= 9400.0 > way.loc[2023, "required"]
    assert way.loc[2024, "status"] == "no data"
    assert way.loc[2024, "reason_en"] == "No figure for 2024"


def test_a_growth_clause_shows_each_years_rate_and_what_the_years_left_must_bring():
    rows = figures(*(
        figure("210000", "gdp_growth_real", y, v, unit="%") for y, v in ((2023, 4.0), (2024, 6.0))
    ))  # fmt: skip
    plan = load_plan("ln-2025")
    changed = plan.targets.assign(
        kind="growth", indicator="gdp_growth_real", value=5.0, benchmark="", unit="%"
    )
    changed = changed[changed["target"] == "ln25-trade"]
    object.__setattr__(plan, "targets", changed)
    way = status_on_the_way(plan, "ln25-trade", observations=rows, as_of="2025-12-31").set_index("year")
    assert way["actual"].tolist()[:2] == [4.0, 6.0]
    assert way["required"].tolist() == [5.0, 5.0, 5.0]
    assert way.loc[2023, "growth_needed"] == pytest.approx(((1.05**3 / 1.04) ** 0.5 - 1) * 100)
    assert way["status"].tolist() == ["acceleration needed", "acceleration needed", "no data"]


def test_a_growth_rate_without_a_benchmark_is_shown_and_not_assessed(plan):
    way = status_on_the_way(plan, "belt-fdi", as_of=DATE).set_index("year")
    assert way.loc[2022, "status"] == "not assessable"
    assert way.loc[2022, "actual"] == pytest.approx(-5.5034, abs=1e-4)


# -- revision trail ----------------------------------------------------------------------------------------


def test_the_trail_lists_each_flip_with_the_figure_that_brought_it(plan):
    trail = revision_trail(plan, target="belt-dalian-gdp")
    assert trail["to_status"].tolist() == ["acceleration needed", "not assessable", "missed"]
    assert trail["date"].tolist() == ["2023-12-31", "2025-01-01", "2025-01-20"]
    assert trail["why_en"].iloc[1] == "the plan's last year, 2024, was over"
    assert trail["why_en"].iloc[2] == "Dalian 2024 gross domestic product 951.7 billion yuan"
    assert trail["why_zh"].iloc[2] == "大连2024年地区生产总值9516.9亿元"


def test_the_trail_agrees_with_the_verdicts_of_its_dates(plan):
    trail = revision_trail(plan)
    assert trail["date"].is_monotonic_increasing
    assert len(trail) == 10
    for date, rows in trail.groupby("date"):
        found = judge(plan, as_of=date).set_index("target")["status"]
        assert found[rows["target"]].tolist() == rows["to_status"].tolist()


def test_the_trail_over_given_dates_compares_them_one_after_the_other(plan):
    trail = revision_trail(plan, dates=["2026-06-30", "2022-03-01"])
    before, after = (judge(plan, as_of=d).set_index("target")["status"] for d in ("2022-03-01", "2026-06-30"))
    changed = before.index[before != after]
    assert sorted(trail["target"]) == sorted(changed)
    assert trail.set_index("target")["from_status"].to_dict() == before[changed].to_dict()


def test_a_revised_figure_is_named_with_the_one_before(plan):
    old = figure("210200", "gdp", 2024, 9516.9, vintage="2025-01-20", known_from=pd.Timestamp("2025-01-20"))
    new = figure("210200", "gdp", 2024, 10100.0, vintage="2026-01-20", known_from=pd.Timestamp("2026-01-20"))
    rows = figures(figure("210200", "gdp", 2021, 7825.9), old, new)
    trail = revision_trail(plan, target="belt-dalian-gdp", observations=rows)
    assert trail.iloc[-1][["from_status", "to_status"]].tolist() == ["missed", "met"]
    assert trail.iloc[-1]["why_en"].endswith("1,010 billion yuan (before: 951.7 billion yuan)")
    assert trail.iloc[-1]["why_zh"].endswith("10100亿元（此前为9516.9亿元）")


def test_many_new_figures_are_counted(plan):
    why = revision_trail(plan, target="circle-urbanisation").iloc[0]
    assert why["why_en"].endswith("more figures")
    assert "另有" in why["why_zh"]


def test_a_plan_without_figures_has_no_trail():
    trail = revision_trail("ln-tourism-2025")
    assert trail.empty
    assert list(trail.columns) == ["date", "target", "from_status", "to_status", "why_en", "why_zh"]


def test_a_date_that_is_none_is_refused(plan):
    with pytest.raises(DataError, match="2024-13"):
        revision_trail(plan, dates=["2024-13"])


# -- closing words -----------------------------------------------------------------------------------------


def verdict(**other):
    own = {"status": "missed", "closing": "missed", "horizon": 2024, "required": 10000.0, "unit": "亿元"}
    return Verdict("t", "belt", "210200", "gdp", "level", **own | other)


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (
            verdict(actual=9516.9, gap=-483.1, reached_in=2025),
            "Missed by 48.3 billion yuan (4.8%) in 2024; reached in 2025.",
            "2024年未实现，相差483.1亿元（4.8%）；2025年达到。",
        ),
        (
            verdict(actual=9027.1, gap=-972.9, strength="strive"),
            "Missed (strive for) by 97.3 billion yuan (9.7%) in 2024.",
            "2024年未实现（力争），相差972.9亿元（9.7%）。",
        ),
        (
            verdict(
                status="met", closing="met", required=85.0, actual=85.5, gap=0.5, unit="%", reached_in=2023
            ),
            "Met with a margin of 0.5 pp in 2024.",
            "2024年已实现，余量0.5个百分点。",
        ),
        (
            verdict(status="no data", closing="not assessable", reason_en="No figure", reason_zh="暂无数据"),
            "No data: No figure.",
            "暂无数据：暂无数据。",
        ),
        (verdict(status="limited", closing=""), "", ""),
    ],
)
def test_closing_words_say_how_a_target_ended(found, english, chinese):
    assert closing_words(found) == english
    assert closing_words(found, language="zh") == chinese


def test_the_callers_figures_are_not_written_to(plan):
    whole = load_observations()
    before = whole.copy()
    sensitivity(plan, "belt-dalian-gdp", observations=whole)
    revision_trail(plan, target="belt-dalian-gdp", observations=whole)
    pd.testing.assert_frame_equal(whole, before)


def test_series_are_kept_only_where_no_figure_of_theirs_changed():
    plan, row = plan_and_target("ln-2022", "west-gdp")
    tables = narrow_tables(plan, row, tables=load_tables(plan))
    keys = [("210000", "gdp_growth_real"), ("west", "gdp_growth_real"), ("210000", "gdp")]
    for area, indicator in keys:
        figures_of(plan, area, indicator=indicator, tables=tables)
    growth_figures(plan, "west", indicators=("gdp_growth_real",), tables=tables, years=range(2022, 2026))
    member = members_of(plan, "west")[0]
    for indicator, kept in {"gdp_growth_real": keys[::2], "gdp": keys[::2], "fdi_usd": keys}.items():
        changed = [Observation(0, member, indicator, 2023, 1.0)]
        assert [key[:2] for key in untouched(tables, changed)] == kept
