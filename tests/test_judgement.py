"""Judging the real plan by the real figures."""

import pandas as pd
import pytest

from lnregions import DataError, judge, judge_readings, load_observations, load_plan
from lnregions.clauses import EVALUATORS
from lnregions.judgement import compare_methods, figures_of, judge_all, load_tables
from lnregions.verdicts import STATUS_WORDS


@pytest.fixture(scope="module")
def verdicts():
    return judge(load_plan()).set_index("target")


def test_all_eighteen_targets_have_one_verdict_each(verdicts):
    assert verdicts.index.tolist() == load_plan().targets["target"].tolist()
    assert len(verdicts) == 18
    assert set(verdicts["status"]) <= set(STATUS_WORDS)


def test_every_verdict_gives_its_reason_in_both_languages(verdicts):
    assert (verdicts[["reason_en", "reason_zh"]].map(len) > 5).all(axis=None)


def test_dalian_missed_its_target_and_reached_it_a_year_late(verdicts):
    dalian = verdicts.loc["belt-dalian-gdp"]
    assert (dalian["status"], dalian["closing"], dalian["reached_in"]) == ("missed", "missed", 2025)
    assert dalian["actual"] == 9516.9
    assert dalian["gap"] == pytest.approx(-483.1)


def test_shenyang_missed_its_target_and_has_not_reached_it_since(verdicts):
    shenyang = verdicts.loc["circle-shenyang-gdp"]
    assert (shenyang["status"], shenyang["actual"]) == ("missed", 9027.1)
    assert pd.isna(shenyang["reached_in"])
    assert shenyang["sources"].split() == sorted(shenyang["sources"].split())


def test_western_growth_is_compared_with_the_province_as_far_as_figures_go(verdicts):
    west = verdicts.loc["west-gdp"]
    gdp = {"211300": (944.78, 995.0), "210900": (544.7, 577.5), "211400": (842.0, 870.0)}
    observations = load_observations()
    s032 = observations[observations["source"].str.split().map(lambda ids: "s032" in ids)]
    value = s032.set_index(["area", "indicator", "year"])["value"]
    rates = []
    for year in (2022, 2023):
        weights = {a: value[a, "gdp", year - 1] for a in gdp}
        rates.append(
            sum(w * value[a, "gdp_growth_real", year] for a, w in weights.items()) / sum(weights.values())
        )
    mean = ((1 + rates[0] / 100) * (1 + rates[1] / 100)) ** 0.5 * 100 - 100
    assert west["status"] == "not assessable"
    assert west["actual"] == pytest.approx(mean, abs=0.01)
    assert west["required"] == pytest.approx((1.021 * 1.053) ** 0.5 * 100 - 100)
    assert west["coverage"] == "3 of 3 members"


def test_belt_trade_and_investment_are_set_beside_the_nation_as_far_as_figures_go(verdicts):
    assert verdicts.loc["belt-trade", "status"] == "no data"
    assert "benchmark: 2022 7.6%, 2023 0.2%, 2024 5.0%" in verdicts.loc["belt-trade", "reason_en"]
    assert "Dalian 2022 12.8%" in verdicts.loc["belt-trade", "reason_en"]
    assert verdicts.loc["belt-fdi", "status"] == "not assessable"
    assert "growth seen: 2022" in verdicts.loc["belt-fdi", "reason_en"]


def test_eastern_forest_stock_has_no_data_and_says_why(verdicts):
    forest = verdicts.loc["east-forest-stock"]
    assert (forest["status"], forest["closing"]) == ("no data", "not assessable")
    assert "No figure for 2022-2024" in forest["reason_en"]


def test_a_target_whose_readings_disagree_says_so(verdicts):
    both = judge_readings(load_plan()).set_index("target").loc["circle-urbanisation"]
    assert both["status"].tolist() == ["not assessable", "met"]
    assert verdicts.loc["circle-urbanisation", "disagree"]
    assert "read as Shenyang: met" in verdicts.loc["circle-urbanisation", "reason_en"]
    assert "按“沈阳”理解：已实现" in verdicts.loc["circle-urbanisation", "reason_zh"]


def test_the_three_readings_of_the_investment_target_are_all_shown():
    readings = judge_readings("ln-2022").set_index("target").loc["west-fai", "reading"].tolist()
    assert readings == ["average", "every year", "last year"]


def test_an_earlier_date_knows_less(verdicts):
    early = judge(load_plan(), as_of="2023-06-30").set_index("target")
    assert early.loc["circle-shenyang-gdp", "status"] == "limited"
    assert early.loc["circle-shenyang-gdp", "actual_year"] == 2022
    assert (early["closing"] == "").all()
    assert (early["as_of"] == "2023-06-30").all()


def test_a_figure_published_after_the_date_changes_nothing():
    whole = load_observations()
    known = load_observations(as_of="2024-06-30")
    assert len(known) < len(whole)
    pd.testing.assert_frame_equal(
        judge("ln-2022", as_of="2024-06-30"), judge("ln-2022", as_of="2024-06-30", observations=known)
    )


def test_a_date_that_is_none_is_refused():
    with pytest.raises(DataError, match="2024-13"):
        judge("ln-2022", as_of="2024-13")


def test_an_unknown_plan_is_refused_with_a_guess():
    with pytest.raises(DataError, match="did you mean ln-2022"):
        judge("ln-2O22")


@pytest.mark.parametrize("plan", ["belt-2025", "ln-2025", "ln-tourism-2025"])
def test_the_sibling_plans_can_be_judged(plan):
    verdicts = judge(plan)
    assert len(verdicts) == len(load_plan(plan).targets) > 0
    assert set(verdicts["status"]) <= set(STATUS_WORDS)


def test_every_kind_of_clause_in_the_plans_has_an_evaluator():
    kinds = {
        k
        for p in ("ln-2022", "belt-2025", "ln-2025", "ln-tourism-2025")
        for k in load_plan(p).targets["kind"]
    }
    assert kinds <= set(EVALUATORS)


def test_the_published_methods_see_no_growth_over_a_census_break():
    row = compare_methods("ln-2022").set_index("target").loc["belt-dalian-gdp"]
    observed = (8752.9 / 7825.9) ** 0.5 - 1
    required = (10000 / 7825.9) ** (1 / 3) - 1
    assert row["ratio_open_sdg"] == pytest.approx(observed / required, rel=1e-3)
    assert (row["plan"], row["open_sdg"]) == ("missed", "acceleration needed")


def test_methods_that_disagree_are_marked():
    rows = compare_methods("ln-2022").set_index("target")
    assert not rows.loc["circle-shenyang-gdp", "agree"]
    assert rows.loc["circle-hour", ["open_sdg", "unsd", "escap"]].tolist() == ["", "", ""]


def test_a_region_whose_figures_cannot_be_combined_says_so():
    plan = load_plan()
    tables = load_tables(plan, observations=load_observations())
    figures = figures_of(plan, "west", indicator="fai_growth", tables=tables)
    assert figures.frame.empty
    assert "cannot be combined over areas" in figures.hole(2022)[0]


def test_a_total_breaks_where_a_member_breaks():
    plan = load_plan()
    tables = load_tables(plan, observations=load_observations())
    fdi = figures_of(plan, "belt", indicator="fdi_usd", tables=tables).frame.set_index("year")
    assert fdi.loc[2018, "segment"] != fdi.loc[2019, "segment"]
    assert fdi.loc[2018, "value"] == pytest.approx(31.9, abs=0.1)


def test_every_source_of_a_verdict_is_in_the_table_of_sources():
    from lnregions import load_sources

    known = set(load_sources()["source"])
    assert {s for v in judge_all("ln-2022") for s in v.sources.split()} <= known
