"""Trends with their intervals, last growth, the test on the past that chooses between them, and targets' outlooks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions import load_plan
from lnregions.assess import back_test, load_tables, outlook_of, project, target_of
from lnregions.tables import list_plans

QUIET = settings(deadline=None, derandomize=True, max_examples=40)
YEARS = [2018, 2019, 2020, 2021, 2022]
HALF = 1.8856180831641267 * math.sqrt(0.1) * math.sqrt(2.5)
"""Half the interval of z = 0, 1, 1, 2 at t = 1..4 for t = 5, by hand: slope 0.6, mean 1 at 2.5, residual sum 0.2,
s = sqrt(0.1), S = 5, t(0.9; 2) = 1.88561808..., sqrt(1 + 1/4 + 6.25/5)."""


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def by_year(values, years=YEARS):
    return {year: value for year, value in zip(years, values, strict=False) if value is not None}


@pytest.mark.parametrize(
    ("measure", "kind", "back"),
    [("level", "log-linear", np.exp), ("share", "logit", lambda z: 100 / (1 + np.exp(-np.asarray(z))))],
)
def test_a_trend_has_the_interval_of_the_textbook(measure, kind, back):
    found = project(by_year(back(np.array([0, 1, 1, 2]))), to=2022, measure=measure)
    expected = [2022, *back(np.array([2.5, 2.5 - HALF, 2.5 + HALF]))]
    assert (found.kind, found.frame.iloc[0].tolist()) == (kind, near(expected))


def test_a_share_stays_within_its_bounds():
    values = [90.0, 92, 94, 95.5, 96.5, 97.5, 98.2, 98.8]
    found = project(by_year(values, range(2016, 2024)), to=2060, measure="share")
    assert found.frame["value"].between(90, 100).all()
    assert found.frame["high"].max() <= 100


@pytest.mark.parametrize(
    ("values", "measure", "why"),
    [
        ([None, None, None, None, 5], "level", "A trend needs 4 figures of one unbroken segment, and there"),
        ([1, 2, 3, -1.0, 4], "level", "The value of 2021, −1, is not above 0"),
        ([1, 2, 3, 0, 100], "share", "The value of 2021, 0, is not between 0 and 100"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_on_is_left_empty_with_its_reason(values, measure, why):
    found = project(by_year(values), to=2024, measure=measure)
    assert found.frame.empty
    assert list(found.frame.columns) == ["year", "value", "low", "high"]
    assert why in found.reason()
    assert found.reason("zh")


def test_the_last_growth_is_repeated_also_over_a_gap():
    found = project({2021: 100, 2022: 105}, to=2024)
    assert (found.kind, found.frame["value"].tolist()) == ("naive", near([110.25, 115.7625]))
    assert found.frame[["low", "high"]].isna().all(axis=None)
    assert project({2020: 100, 2022: 121}, to=2023).frame["value"].tolist() == near([133.1])


@pytest.mark.parametrize(
    ("values", "tested"),
    [
        ([100, 110, 121, 133.1, 140, 150], [2022, 2023]),
        ([100, 110, 121, 133.1, 140, None, 150], [2022]),
        ([1, 2, 3, 4], []),
        ([1, 2, 0, 3, 4], []),
        ([1, 2, 3, 4, 0], []),
    ],
)
def test_the_back_test_forecasts_each_year_from_those_before_but_not_after_a_gap_or_a_zero(values, tested):
    test = back_test(by_year(values, range(2018, 2025)))
    assert test["year"].tolist() == tested
    if len(tested) == 2:
        assert test["trend"].iloc[0] == near(146.41)
        assert test["naive"].tolist() == near([146.41, 140 * 140 / 133.1])
        assert test["naive_error"].tolist() == near([641 / 140, 100 * (140 * 140 / 133.1 - 150) / 150])


@pytest.mark.parametrize(
    ("values", "kind", "start"),
    [
        ([100, 120, 121, 145, 146], "log-linear", "The trend was off by 9.2% on average in 1 year, naive"),
        ([100, 101, 102, 103, 113, 124], "naive", "Naive growth was off by 4.0% on average in 2"),
        ([100 * 1.1**step for step in range(6)], "naive", "Naive growth was off by 0.0%"),
        ([100, 110, 121, 133.1], "log-linear", "Not tested: No year has four"),
        ([100, 110, 121], "naive", "Not tested: No year has four"),
    ],
)  # fmt: skip
def test_the_back_test_chooses_the_simpler_in_a_tie_and_the_reason_says_so(values, kind, start):
    series = by_year(values, range(2018, 2024))
    found = project(series, to=2025)
    assert found.kind == kind
    assert found.reason().startswith(start)
    assert found.frame["year"].tolist() == list(range(max(series) + 1, 2026))


@QUIET
@given(first=st.floats(1, 1e5), rate=st.floats(-0.1, 0.2), count=st.integers(2, 10))
def test_a_series_built_forward_is_carried_on_at_its_rate(first, rate, count):
    values = [first * (1 + rate) ** step for step in range(count + 3)]
    found = project(by_year(values[:count], range(2010, 2020)), to=2012 + count).frame["value"].tolist()
    assert found == pytest.approx(values[count:], rel=1e-6)


@QUIET
@given(st.lists(st.floats(1, 1e4), min_size=4, max_size=4), st.sampled_from([0.01, 100.0]))
def test_the_interval_encloses_the_trend_and_scales_with_the_unit(values, factor):
    one, two = (project(by_year([value * by for value in values]), to=2023).frame for by in (1, factor))
    assert ((one["low"] <= one["value"]) & (one["value"] <= one["high"])).all()
    for column in ("value", "low", "high"):
        assert (two[column] / factor).tolist() == pytest.approx(one[column].tolist(), rel=1e-6)


def outlook(name, target, date):
    plan = load_plan(name)
    return outlook_of(plan, target_of(plan, target), tables=load_tables(plan, as_of=date))


def test_shenyang_as_known_in_mid_2024_was_headed_below_its_target():
    found = outlook("ln-2022", "circle-shenyang-gdp", "2024-06-30")
    row = found.frame.iloc[0]
    assert (row["year"], found.area) == (2024, "210100")
    assert row["low"] < row["value"] < row["high"] < 10000
    assert "trend was off by" in found.reason()
    assert "趋势法" in found.reason("zh")


@pytest.mark.parametrize(
    ("target", "date", "why"),
    [
        ("belt-dalian-gdp", "2026-06-30", "The horizon 2024 has its figure: nothing is left to project."),
        ("west-fai", "2026-06-30", "Yearly rates of growth are not projected: each year's is its own."),
        ("circle-hour", "2026-06-30", "The clause names no number, so there is nothing to project."),
        ("circle-sei", "2026-06-30", "There is no figure to project from."),
        ("circle-urbanisation", "2024-06-30", "A trend needs 4 figures of one unbroken segment, and there are 1."),
    ],
)  # fmt: skip
def test_what_cannot_be_projected_says_why(target, date, why):
    found = outlook("ln-2022", target, date)
    assert (found.frame.empty, found.reason()) == (True, why)
    assert found.reason("zh") != why


def test_every_target_of_every_plan_has_an_outlook_or_a_reason():
    for name in list_plans():
        assert all(outlook(name, one, "2024-12-31").reason() for one in load_plan(name).targets["target"])
