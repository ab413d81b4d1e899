"""Chained indices and mean growth."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.assess.growth import chain_index, mean_growth, real_level
from lnregions.errors import DataError

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
rates = st.lists(st.floats(-30, 40), min_size=1, max_size=12)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def test_rates_are_chained_from_the_year_before_the_first():
    index = chain_index({2022: 3.5, 2023: 6.1, 2024: 5.2})
    assert index["year"].tolist() == [2021, 2022, 2023, 2024]
    assert index["index"].tolist() == near([100, 103.5, 109.8135, 115.523802])
    assert index["growth"].tolist()[1:] == [3.5, 6.1, 5.2]


@pytest.mark.parametrize(
    "given_as",
    [
        {2023: 6.0, 2022: 5.0},
        pd.Series([5.0, 6.0], index=[2022, 2023]),
        pd.DataFrame({"year": [2023, 2022], "value": [6.0, 5.0], "grade": ["A", "B"]}),
    ],
)
def test_rates_may_come_as_dict_series_or_frame_in_any_order(given_as):
    assert chain_index(given_as, base=1)["index"].tolist() == near([1, 1.05, 1.113])


@pytest.mark.parametrize("hole", [{2022: 5.0, 2024: 5.0}, {2022: 5.0, 2023: math.nan, 2024: 5.0}])
def test_a_chain_is_not_carried_over_a_missing_year(hole):
    index = chain_index(hole)
    assert index["year"].tolist() == [2021, 2022, 2023, 2024]
    assert index["index"].iloc[1] == near(105)
    assert index["index"].iloc[2:].isna().all()


def test_missing_rates_at_the_ends_are_left_off():
    assert chain_index({2020: None, 2021: 2.0, 2022: math.nan})["year"].tolist() == [2020, 2021]


def test_a_level_is_carried_over_a_census_by_real_growth():
    levels = real_level(7249.7, {2022: 3.5, 2023: 6.1, 2024: 5.2})
    assert levels["value"].tolist() == near([7249.7, 7249.7 * 1.035, 7249.7 * 1.098135, 7249.7 * 1.15523802])
    assert list(levels.columns) == ["year", "growth", "value"]


def test_both_means_are_given_with_the_growth_of_all_years():
    mean = mean_growth({2022: 3.5, 2023: 6.1, 2024: 5.2})
    assert mean.arithmetic == near(14.8 / 3)
    assert mean.geometric == near(100 * (1.15523802 ** (1 / 3) - 1))
    assert mean.cumulative == near(15.523802)
    assert (mean.years, mean.missing, mean.reason) == ((2022, 2023, 2024), (), "")


def test_the_mean_of_a_plan_counts_its_years_only():
    mean = mean_growth({2020: 50.0, 2022: 10.0, 2023: 21.0}, first_year=2022, last_year=2022)
    assert (mean.arithmetic, mean.years) == (10, (2022,))


def test_a_missing_year_is_a_reason_to_give_no_mean():
    mean = mean_growth({2022: 5.0, 2023: 6.0}, first_year=2021, last_year=2024)
    assert (mean.arithmetic, mean.geometric, mean.cumulative) == (None, None, None)
    assert (mean.years, mean.missing) == ((2022, 2023), (2021, 2024))
    assert mean.reason == "There is no rate for 2021, 2024."
    assert mean_growth({}).reason == "There is no rate."
    assert mean_growth({}, first_year=2022, last_year=2023).missing == (2022, 2023)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({}, "There is no growth rate to chain"),
        ({2022: math.nan}, "There is no growth rate to chain"),
        ({2022: -120.0}, "The growth rate of 2022, -120 %, is impossible"),
        ({2022: math.inf}, "The growth rate of 2022, inf %, is impossible"),
        ({2022.5: 3.0}, "The year 2022.5 is not a whole number"),
        ({"2022": 3.0}, "The year '2022' is not a whole number"),
        (pd.Series([1.0, 2.0], index=[2022, 2022]), "The year 2022 has more than one growth rate"),
    ],
)
def test_wrong_rates_are_refused_with_their_year(wrong, match):
    with pytest.raises(DataError, match=match):
        chain_index(wrong)


def test_years_of_a_plan_the_wrong_way_round_are_refused():
    with pytest.raises(DataError, match="The last year 2021 lies before the first year 2024"):
        mean_growth({2022: 1.0}, first_year=2024, last_year=2021)


def test_a_fall_to_nothing_is_possible():
    assert chain_index({2022: -100.0})["index"].tolist() == [100, 0]
    assert mean_growth({2022: -100.0, 2023: 5.0}).geometric == -100


@QUIET
@given(rates)
def test_an_index_gives_back_its_rates(rates):
    index = chain_index(dict(enumerate(rates, start=2000)))["index"]
    back = (100 * index.pct_change()).tolist()[1:]
    assert back == pytest.approx(rates, rel=1e-6, abs=1e-9)


@QUIET
@given(rates)
def test_the_geometric_mean_leads_to_the_same_index_and_is_never_the_greater(rates):
    by_year = dict(enumerate(rates, start=2000))
    mean, last = mean_growth(by_year), chain_index(by_year)["index"].iloc[-1]
    assert 100 * (1 + mean.geometric / 100) ** len(rates) == pytest.approx(last, rel=1e-9)
    assert mean.cumulative == pytest.approx(last - 100, rel=1e-9, abs=1e-9)
    assert mean.geometric <= mean.arithmetic + 1e-9


@QUIET
@given(rate=st.floats(-30, 40), years=st.integers(1, 12))
def test_a_constant_rate_is_its_own_mean(rate, years):
    mean = mean_growth(dict.fromkeys(range(2000, 2000 + years), rate))
    assert mean.arithmetic == pytest.approx(rate, rel=1e-9, abs=1e-9)
    assert mean.geometric == pytest.approx(rate, rel=1e-9, abs=1e-9)
