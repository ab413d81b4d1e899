"""Totals and means of a region."""

import math

import pandas as pd
import pytest

from lnregions import DataError, region_mean, region_total

A, B = MEMBERS = ["210100", "210200"]


def rows(*records):
    """Observations from (area, indicator, year, value, source, grade, status, vintage)."""
    names = ["area", "indicator", "year", "value", "source", "grade", "status", "vintage"]
    full = [(*r, *("B", "unknown", "")[len(r) - 5 :]) for r in records]
    return pd.DataFrame(full, columns=names)


@pytest.mark.parametrize(
    ("figures", "total", "release", "source", "grade", "vintage"),
    [
        ([(A, "gdp", 2023, 8.0, "s1"), (B, "gdp", 2023, 9.0, "s1 s2")], 17.0, "s1", "s1", "B", ""),
        ([(A, "gdp", 2023, 8.0, "s1", "A", "preliminary", "2024-01-20"),
          (B, "gdp", 2023, 9.0, "s2", "B", "preliminary", "2024-01-24")],
         17.0, "preliminary figures of each member", "s1 s2", "B", "2024-01-24"),
        # the release whose weakest figure is best attested
        ([(A, "gdp", 2022, 7696.0, "s33", "C"), (B, "gdp", 2022, 8431.0, "s33", "A"),
          (A, "gdp", 2022, 7695.8, "s32", "B"), (B, "gdp", 2022, 8430.9, "s32", "B")],
         16126.7, "s32", "s32", "B", ""),
        # a missing vintage counts as undated
        ([(A, "gdp", 2023, 8.0, "s1"), (B, "gdp", 2023, 9.0, "s1", "B", "unknown", None)], 17.0, "s1", "s1", "B", ""),
    ],
)  # fmt: skip
def test_a_total_adds_the_members_of_one_release(figures, total, release, source, grade, vintage):
    table = rows(*figures)
    before = table.copy()
    found = region_total(table, MEMBERS, indicator="gdp").iloc[0]
    assert (found["value"], found["present"]) == (pytest.approx(total), 2)
    assert found[["release", "source", "grade", "vintage"]].tolist() == [release, source, grade, vintage]
    pd.testing.assert_frame_equal(table, before)


def test_a_total_adds_the_default_figures_of_the_members_rather_than_a_compilation_that_repeats_them():
    table = rows(
        (A, "gdp", 2023, 8.04, "s33", "B", "preliminary"), (A, "gdp", 2023, 8.0, "s1", "B", "preliminary"),
        (B, "gdp", 2023, 9.0, "s33", "B", "preliminary"),
    )  # fmt: skip
    assert region_total(table, MEMBERS, indicator="gdp").loc[0, "source"] == "s33"
    found = region_total(table.assign(default=[False, True, True]), MEMBERS, indicator="gdp").iloc[0]
    assert found[["value", "source"]].tolist() == [17.0, "s1 s33"]


@pytest.mark.parametrize(
    ("figures", "reason", "missing"),
    [
        ([(A, "gdp", 2023, 8.0, "s1")], "missing members", B),
        ([(A, "gdp", 2023, 8.0, "s1"), (B, "gdp", 2023, math.nan, "s1")], "missing members", B),
        ([(A, "gdp", 2023, 8.0, "s1"), (B, "gdp", 2023, 9.0, "s2")], "mixed vintages", ""),
        ([(A, "gdp", 2023, 8.0, "s1", "A", "preliminary", "2024-01"),
          (B, "gdp", 2023, 9.0, "s2", "A", "revised", "2025-01")], "mixed vintages", ""),
        # one spreadsheet, two standings
        ([(A, "gdp", 2023, 8.0, "s1", "A", "preliminary"), (B, "gdp", 2023, 9.0, "s1", "A", "revised")],
         "mixed vintages", ""),
    ],
)  # fmt: skip
def test_a_missing_member_or_figures_of_different_vintages_leave_no_total(figures, reason, missing):
    total = region_total(rows(*figures), MEMBERS, indicator="gdp").iloc[0]
    assert math.isnan(total["value"])
    assert (total["reason"], total["missing"]) == (reason, missing)


def test_a_mean_of_growth_rates_weighted_by_the_year_before_is_the_growth_of_the_sum():
    table = rows((A, "gdp", 2022, 100.0, "s1"), (B, "gdp", 2022, 300.0, "s1"), (A, "growth", 2023, 8.0, "s1"),
                 (B, "growth", 2023, 4.0, "s1"))  # fmt: skip
    mean = region_mean(table, MEMBERS, indicator="growth", weight="gdp", lag=1).iloc[0]
    assert mean["value"] == pytest.approx((100 * 1.08 + 300 * 1.04) / 400 * 100 - 100)


SHARES = [(A, "share", 2023, 8.0, "s1"), (B, "share", 2023, 4.0, "s1")]


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([*SHARES, (A, "gdp", 2023, 100.0, "s1")], "missing weights"),
        ([*SHARES, (A, "gdp", 2023, 1.0, "s1"), (B, "gdp", 2023, 1.0, "s2")], "mixed vintages"),
        ([*SHARES, (A, "gdp", 2023, 0.0, "s1"), (B, "gdp", 2023, 0.0, "s1")], "missing weights"),
        (SHARES[:1], "missing members"),
    ],
)
def test_a_mean_without_sound_figures_and_weights_is_refused_with_the_reason(figures, reason):
    mean = region_mean(rows(*figures), MEMBERS, indicator="share", weight="gdp").iloc[0]
    assert math.isnan(mean["value"])
    assert mean["reason"] == reason


@pytest.mark.parametrize(("members", "what"), [([], "without members"), ([A, A], "named twice")])
def test_a_faulty_list_of_members_is_refused(members, what):
    with pytest.raises(DataError, match=what):
        region_total(rows(), members, indicator="gdp")
