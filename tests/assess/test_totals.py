"""Totals and means of a region."""

import math

import pandas as pd
import pytest

from lnregions import DataError, region_mean, region_total

MEMBERS = ["210100", "210200"]


def rows(*records):
    """Observations from (area, indicator, year, value, source, grade, status, vintage)."""
    names = ["area", "indicator", "year", "value", "source", "grade", "status", "vintage"]
    full = [(*r, *("B", "unknown", "")[len(r) - 5 :]) for r in records]
    return pd.DataFrame(full, columns=names)


def test_a_total_adds_the_members_of_one_source():
    table = rows(("210100", "gdp", 2023, 8.0, "s1"), ("210200", "gdp", 2023, 9.0, "s1 s2"))
    total = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert (total["value"], total["release"], total["source"], total["present"]) == (17.0, "s1", "s1", 2)


def test_a_missing_member_leaves_no_total_and_is_named():
    total = region_total(rows(("210100", "gdp", 2023, 8.0, "s1")), MEMBERS, indicator="gdp").iloc[0]
    assert math.isnan(total["value"])
    assert (total["missing"], total["reason"], total["present"]) == ("210200", "missing members", 1)


def test_figures_of_different_vintages_are_never_added():
    table = rows(
        ("210100", "gdp", 2023, 8.0, "s1", "A", "preliminary", "2024-01"),
        ("210200", "gdp", 2023, 9.0, "s2", "A", "revised", "2025-01"),
    )
    total = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert math.isnan(total["value"])
    assert total["reason"] == "mixed vintages"


def test_figures_of_unknown_standing_do_not_join_those_of_another_source():
    table = rows(("210100", "gdp", 2023, 8.0, "s1"), ("210200", "gdp", 2023, 9.0, "s2"))
    assert region_total(table, MEMBERS, indicator="gdp").iloc[0]["reason"] == "mixed vintages"


def test_the_members_own_preliminary_figures_may_be_added():
    table = rows(
        ("210100", "gdp", 2023, 8.0, "s1", "A", "preliminary", "2024-01-20"),
        ("210200", "gdp", 2023, 9.0, "s2", "B", "preliminary", "2024-01-24"),
    )
    total = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert (total["value"], total["grade"], total["vintage"]) == (17.0, "B", "2024-01-24")
    assert (total["release"], total["source"]) == ("preliminary figures of each member", "s1 s2")


def test_the_release_whose_weakest_figure_is_best_attested_is_taken():
    table = rows(
        ("210100", "gdp", 2022, 7696.0, "s33", "C"),
        ("210200", "gdp", 2022, 8431.0, "s33", "A"),
        ("210100", "gdp", 2022, 7695.8, "s32", "B"),
        ("210200", "gdp", 2022, 8430.9, "s32", "B"),
    )
    total = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert total["release"] == "s32"
    assert total["value"] == pytest.approx(16126.7)


def test_a_mean_of_growth_rates_weighted_by_the_year_before_is_the_growth_of_the_sum():
    table = rows(
        ("210100", "gdp", 2022, 100.0, "s1"), ("210200", "gdp", 2022, 300.0, "s1"),
        ("210100", "growth", 2023, 8.0, "s1"), ("210200", "growth", 2023, 4.0, "s1"),
    )  # fmt: skip
    mean = region_mean(table, MEMBERS, indicator="growth", weight="gdp", lag=1).iloc[0]
    assert mean["value"] == pytest.approx((100 * 1.08 + 300 * 1.04) / 400 * 100 - 100)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ([("210100", "gdp", 2023, 100.0, "s1")], "missing weights"),
        ([("210100", "gdp", 2023, 1.0, "s1"), ("210200", "gdp", 2023, 1.0, "s2")], "mixed vintages"),
        ([("210100", "gdp", 2023, 0.0, "s1"), ("210200", "gdp", 2023, 0.0, "s1")], "missing weights"),
    ],
)
def test_a_mean_without_sound_weights_is_refused_with_the_reason(weights, reason):
    table = rows(("210100", "share", 2023, 8.0, "s1"), ("210200", "share", 2023, 4.0, "s1"), *weights)
    mean = region_mean(table, MEMBERS, indicator="share", weight="gdp").iloc[0]
    assert math.isnan(mean["value"])
    assert mean["reason"] == reason


def test_a_mean_without_a_member_keeps_that_reason():
    table = rows(("210100", "share", 2023, 8.0, "s1"))
    assert region_mean(table, MEMBERS, indicator="share", weight="gdp").iloc[0]["reason"] == "missing members"


def test_the_callers_frame_is_not_written_to():
    table = rows(("210100", "gdp", 2023, 8.0, "s1"), ("210200", "gdp", 2023, 9.0, "s1"))
    before = table.copy()
    region_total(table, MEMBERS, indicator="gdp")
    pd.testing.assert_frame_equal(table, before)


def test_a_row_without_a_value_counts_as_missing_and_a_missing_vintage_as_undated():
    table = rows(("210100", "gdp", 2023, 8.0, "s1"), ("210200", "gdp", 2023, math.nan, "s1"))
    assert region_total(table, MEMBERS, indicator="gdp").iloc[0]["missing"] == "210200"
    table = rows(("210100", "gdp", 2023, 8.0, "s1"), ("210200", "gdp", 2023, 9.0, "s1", "B", "final", None))
    total = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert (total["value"], total["vintage"]) == (17.0, "")


@pytest.mark.parametrize(("members", "what"), [([], "without members"), (["210100"] * 2, "named twice")])
def test_a_faulty_list_of_members_is_refused(members, what):
    with pytest.raises(DataError, match=what):
        region_total(rows(), members, indicator="gdp")
