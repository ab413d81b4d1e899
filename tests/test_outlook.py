"""Projections of targets' series and how such projections would have done."""

import pandas as pd
import pytest

from lnregions import DataError, load_plan
from lnregions.assess.outlook import (
    back_test_all,
    back_test_summary,
    chained_segments,
    last_segment,
    outlook,
    project_segment,
)


def test_shenyang_as_known_in_mid_2024_was_headed_below_its_target():
    found = outlook("ln-2022", "circle-shenyang-gdp", as_of="2024-06-30")
    row = found.projection.frame.iloc[0]
    assert (row["year"], found.segment["year"].tolist()) == (2024, [2019, 2020, 2021, 2022, 2023])
    assert row["low"] < row["value"] < row["high"] < 10000
    assert found.reaches is False
    assert found.test.winner == "trend"
    assert "trend was off by" in found.reason()
    assert "趋势法" in found.reason("zh")


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("belt-dalian-gdp", "The horizon 2024 has its figure: nothing is left to project."),
        ("west-gdp", "Yearly rates of growth are not projected: each year's is its own."),
        ("belt-fdi", "Yearly rates of growth are not projected: each year's is its own."),
        ("west-fai", "Yearly rates of growth are not projected: each year's is its own."),
        ("circle-hour", "The clause names no number, so there is nothing to project."),
        ("circle-sei", "There is no figure to project from."),
    ],
)
def test_what_cannot_be_projected_says_why(target, why):
    found = outlook("ln-2022", target, as_of="2026-06-30")
    assert found.projection.frame.empty
    assert (found.reason(), found.reaches) == (why, None)
    assert found.reason("zh")


def test_too_few_figures_since_the_break_are_a_reason():
    found = outlook("ln-2022", "circle-urbanisation", as_of="2024-06-30")
    assert found.projection.frame.empty
    assert "there are 1" in found.reason()


def test_a_share_is_projected_within_its_bounds():
    rows = pd.DataFrame(
        {"year": range(2016, 2024), "value": [90.0, 92.0, 94.0, 95.5, 96.5, 97.5, 98.2, 98.8]}
    )
    found = project_segment(rows, to=2030, measure="share")
    assert found.frame["value"].between(90, 100).all()
    assert found.frame["high"].max() <= 100


def test_every_target_of_every_plan_has_an_outlook_or_a_reason():
    for name in ("ln-2022", "belt-2025", "ln-2025", "ln-tourism-2025"):
        plan = load_plan(name)
        for target in plan.targets["target"]:
            found = outlook(plan, target, as_of="2024-12-31")
            assert len(found.projection.frame) or found.reason()


def test_an_unknown_target_is_refused():
    with pytest.raises(DataError, match="Unknown target"):
        outlook("ln-2022", "belt-gdp")


def test_the_last_segment_begins_after_the_last_break():
    rows = pd.DataFrame({"year": [2023, 2021, 2022], "value": 1.0, "segment": [1, 0, 1]})
    assert last_segment(rows)["year"].tolist() == [2022, 2023]
    assert last_segment(rows.iloc[:0]).empty


def test_rates_are_chained_only_over_years_without_a_hole():
    rates = pd.DataFrame({"year": [2019, 2020, 2022], "value": [10.0, 10.0, 5.0]})
    chained = chained_segments(rates)
    assert chained["year"].tolist() == [2018, 2019, 2020, 2021, 2022]
    assert chained["value"].round(6).tolist() == [100, 110, 121, 100, 105]
    assert chained["segment"].tolist() == [0, 0, 0, 1, 1]
    assert chained_segments(rates.iloc[:0]).empty


def test_on_the_real_growth_of_the_cities_the_last_growth_foretells_better_than_a_trend():
    tests = back_test_all(("gdp_growth_real", "gdp"), as_of="2026-06-30")
    summary = back_test_summary(tests).set_index("indicator")
    assert summary.loc["gdp_growth_real", "winner"] == "naive"
    assert summary.loc["gdp_growth_real", "series"] == 15
    assert summary.loc["gdp", "winner"] == "trend"
    assert summary.loc["gdp", "years"] == 15
    silent = tests[tests["tested"] == 0]
    assert (silent["reason"].str.len() > 0).all()
    assert (silent["reason_zh"].str.len() > 0).all()
    assert silent["trend"].isna().all()


def test_a_summary_of_nothing_tested_is_empty():
    rows = pd.DataFrame({"area": ["210100"], "indicator": "gdp", "year": [2021], "value": [1.0], "unit": "亿元",
                         "grade": "A", "vintage": "", "status": "final", "source": "s1", "note": "", "default": True,
                         "known_from": pd.Timestamp("2022-12-31")})  # fmt: skip
    tests = back_test_all(("gdp",), observations=rows)
    assert len(tests) == 1
    assert back_test_summary(tests).empty
