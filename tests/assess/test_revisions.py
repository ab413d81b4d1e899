"""How verdicts came about: the years of a plan, and the dates on which figures were published."""

from dataclasses import replace

import pandas as pd
import pytest
from series_kit import figure, table

from lnregions import DataError, judge, load_plan, revision_trail, status_on_the_way

DATE = "2026-06-30"


@pytest.fixture(scope="module")
def plan():
    return load_plan()


def test_dalian_stood_behind_its_path_in_every_year(plan):
    way = status_on_the_way(plan, "belt-dalian-gdp", as_of=DATE).set_index("year")
    assert way["status"].tolist() == ["acceleration needed", "acceleration needed", "missed"]
    assert way.loc[2022, "required"] == pytest.approx(7825.9 + (10000 - 7825.9) / 3)
    assert way.loc[2023, "share_of_way"] == pytest.approx((8752.9 - 7825.9) / (10000 - 7825.9))
    assert way.loc[2023, "share_of_time"] == pytest.approx(2 / 3)
    assert way.loc[2022, "growth_needed"] == pytest.approx(((10000 / 8430.9) ** 0.5 - 1) * 100)
    assert (way.loc[2024, "gap"], way.loc[2024, "reached_in"]) == (pytest.approx(-483.1), 2025)
    assert pd.isna(way.loc[2024, "share_of_way"])  # over the census


def test_a_year_without_a_figure_has_no_data(plan):
    values = {2021: 7000.0, 2022: 9400.0, 2023: 9300.0}
    rows = table(*(figure("210200", "gdp", y, v) for y, v in values.items()))
    way = status_on_the_way(plan, "belt-dalian-gdp", observations=rows, as_of="2024-12-31").set_index("year")
    assert way.loc[2024, "status"] == "no data"
    assert way.loc[2024, "reason_en"] == "No figure for 2024"


def test_a_growth_clause_shows_each_years_rate_and_what_the_years_left_must_bring():
    rates = ((2023, 4.0), (2024, 6.0))
    rows = table(*(figure("210000", "gdp_growth_real", y, v, unit="%") for y, v in rates))
    plan = load_plan("ln-2025")
    row = plan.targets[plan.targets["target"] == "ln25-trade"]
    changed = row.assign(kind="growth", indicator="gdp_growth_real", value=5.0, benchmark="", unit="%")
    plan = replace(plan, targets=changed)
    way = status_on_the_way(plan, "ln25-trade", observations=rows, as_of="2025-12-31").set_index("year")
    assert way["actual"].tolist()[:2] == [4.0, 6.0]
    assert way["required"].tolist() == [5.0, 5.0, 5.0]
    assert way.loc[2023, "growth_needed"] == pytest.approx(((1.05**3 / 1.04) ** 0.5 - 1) * 100)
    assert way["status"].tolist() == ["acceleration needed", "acceleration needed", "no data"]
    way = status_on_the_way("ln-2022", "belt-fdi", as_of=DATE).set_index("year")  # beside a benchmark
    assert way.loc[2022, ["actual", "required"]].tolist() == [pytest.approx(-5.5034, abs=1e-4), 8.0]


def test_the_trail_lists_each_flip_with_the_figure_that_brought_it(plan):
    trail = revision_trail(plan, target="belt-dalian-gdp")
    assert trail["to_status"].tolist() == ["acceleration needed", "not assessable", "missed"]
    assert trail["date"].tolist() == ["2023-12-31", "2025-01-01", "2025-01-20"]
    assert trail["why_en"].iloc[1] == "the plan's last year, 2024, was over"
    assert trail["why_en"].iloc[2] == "Dalian 2024 gross domestic product 951.69 billion yuan"
    assert trail["why_zh"].iloc[2] == "大连2024年地区生产总值9516.9亿元"


def test_the_trail_agrees_with_the_verdicts_of_its_dates(plan):
    trail = revision_trail(plan)
    assert trail["date"].is_monotonic_increasing
    assert len(trail) > 10
    for date, rows in trail.groupby("date"):
        part = replace(plan, targets=plan.targets[plan.targets["target"].isin(rows["target"])])
        found = judge(part, as_of=date).set_index("target")["status"]
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
    rows = table(figure("210200", "gdp", 2021, 7825.9), old, new)
    trail = revision_trail(plan, target="belt-dalian-gdp", observations=rows)
    assert trail.iloc[-1][["from_status", "to_status"]].tolist() == ["missed", "met"]
    assert trail.iloc[-1]["why_en"].endswith("1,010 billion yuan (before: 951.69 billion yuan)")
    assert trail.iloc[-1]["why_zh"].endswith("10100亿元（此前为9516.9亿元）")


def test_many_new_figures_are_counted_and_a_plan_without_figures_has_no_trail(plan):
    why = revision_trail(plan, target="circle-urbanisation").iloc[0]
    assert why["why_en"].endswith("more figures")
    trail = revision_trail("ln-tourism-2025")
    assert trail.empty
    assert list(trail.columns) == list(why.index)


def test_a_date_that_is_none_is_refused(plan):
    with pytest.raises(DataError, match="2024-13"):
        revision_trail(plan, dates=["2024-13"])
