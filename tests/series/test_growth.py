"""Chained indices, mean growth, required paths and what is left to do: built forward from a known rate, then undone."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions import DataError, required_path
from lnregions.series import chain_index
from lnregions.series.growth import clean_series, growth_needed, mean_growth

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2021, "horizon": 2024}
rates = st.lists(st.floats(-30, 40), min_size=1, max_size=12)
amounts = st.floats(-1e12, 1e12, allow_nan=False)
positive, negative = st.floats(1e-6, 1e12), st.floats(-1e12, -1e-6)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("given_as", [{2023: 6.0, 2022: 5.0}, pd.Series([5.0, 6.0], index=[2022, 2023])])
def test_rates_may_come_as_dict_or_series_in_any_order(given_as):
    assert chain_index(given_as, base=1)["index"].tolist() == near([1, 1.05, 1.113])


@pytest.mark.parametrize(
    ("rates", "years", "index"),
    [
        ({2022: 5.0, 2024: 5.0}, [2021, 2022, 2023, 2024], [100, 105]),
        ({2022: 5.0, 2023: math.nan, 2024: 5.0}, [2021, 2022, 2023, 2024], [100, 105]),
        ({2020: None, 2021: 2.0, 2022: math.nan}, [2020, 2021], [100, 102]),
        ({2022: -100.0}, [2021, 2022], [100, 0]),
    ],
)
def test_a_chain_is_not_carried_over_a_missing_year(rates, years, index):
    found = chain_index(rates)
    assert found["year"].tolist() == years
    assert found["index"].dropna().tolist() == near(index)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({}, "There is no growth rate to chain"),
        ({2022: math.nan}, "There is no growth rate to chain"),
        ({2022: -120.0}, "The growth rate of 2022, -120%, is impossible"),
        ({2022: math.inf}, "The growth rate of 2022, inf%, is impossible"),
        ({2022.5: 3.0}, "The year 2022.5 is not a whole number"),
        ({"2022": 3.0}, "The year '2022' is not a whole number"),
        (pd.Series([1.0, 2.0], index=[2022, 2022]), "The year 2022 has more than one growth rate"),
    ],
)
def test_wrong_rates_are_refused_with_their_year(wrong, match):
    with pytest.raises(DataError, match=match):
        chain_index(wrong)


@pytest.mark.parametrize("wrong", [[], [math.nan], [5.0, -101.0], ["five"]])
def test_rates_without_a_mean_are_refused(wrong):
    with pytest.raises(DataError, match="growth rate"):
        mean_growth(wrong)


@QUIET
@given(rates)
def test_an_index_gives_back_its_rates(rates):
    index = chain_index(dict(enumerate(rates, start=2000)))["index"]
    back = (100 * index.pct_change()).tolist()[1:]
    assert back == pytest.approx(rates, rel=1e-6, abs=1e-9)


@QUIET
@given(rates)
def test_the_geometric_mean_leads_to_the_same_index_and_is_never_above_the_plain_mean(rates):
    mean, last = mean_growth(rates), chain_index(dict(enumerate(rates, start=2000)))["index"].iloc[-1]
    assert 100 * (1 + mean / 100) ** len(rates) == pytest.approx(last, rel=1e-9)
    assert mean <= sum(rates) / len(rates) + 1e-9


@pytest.mark.parametrize(
    ("years", "values", "match"),
    [
        ([2015, 2015], [1, 2], "The year 2015 has more than one value"),
        ([2015], [1, 2], "There are 1 years and 2 values"),
        ([2015, 2020], [1, math.inf], "The value of 2020 inf is not a finite number"),
        ([2015, 2020], [1, "two"], "The value of 2020 'two' is not a finite number"),
    ],
)
def test_a_faulty_series_is_refused_with_its_year(years, values, match):
    with pytest.raises(DataError, match=match):
        clean_series(years, values)


@pytest.mark.parametrize(
    ("start", "end", "shape", "required"),
    [
        (7000, 10000, "linear", [7000, 8000, 9000, 10000]),
        (1000, 1331, "geometric", [1000, 1100, 1210, 1331]),
        (-8, -1, "geometric", [-8, -4, -2, -1]),
        (1000, 1331, "band", [1000, 1000 + 331 / 3, 1000 + 662 / 3, 1331]),
    ],
)
def test_a_path_adds_equal_steps_or_grows_at_one_rate(start, end, shape, required):
    assert required_path(start, end, shape=shape, **PLAN)["required"].tolist() == near(required)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"horizon": 2021}, "The horizon 2021 is not after the baseline year 2021. Give a later horizon."),
        ({"horizon": 2024.5}, "The horizon 2024.5 is not a whole number"),
        ({"baseline_year": "2021"}, "The baseline year '2021' is not a whole number"),
        ({"baseline_year": None}, "The baseline year None is not a whole number"),
        ({"baseline": math.nan}, "The baseline nan is not a finite number"),
        ({"target": math.inf}, "The target inf is not a finite number"),
        ({"shape": "geometrik"}, r"Unknown path shape 'geometrik'.*did you mean geometric\?"),
        ({"baseline": 0, "shape": "geometric"}, "A geometric path from 0 to 9 has a zero at an end"),
        ({"target": 0, "shape": "band"}, "A band path from 5 to 0 has a zero at an end"),
        ({"baseline": -5, "shape": "geometric"}, "A geometric path from -5 to 9 has .* or changes sign"),
    ],
)
def test_an_impossible_path_is_refused_with_its_value(change, match):
    asked = {"baseline": 5, "target": 9, **PLAN} | change
    with pytest.raises(DataError, match=match):
        required_path(asked.pop("baseline"), asked.pop("target"), **asked)


@QUIET
@given(ends=st.tuples(amounts, amounts, st.just("linear")) | st.tuples(positive, positive, st.just("geometric"))
       | st.tuples(negative, negative, st.just("geometric")), span=st.integers(1, 40))  # fmt: skip
def test_a_path_starts_and_ends_where_it_should_and_never_turns_back(ends, span):
    start, end, shape = ends
    required = required_path(start, end, baseline_year=2000, horizon=2000 + span, shape=shape)["required"]
    assert (len(required), required.iloc[0], required.iloc[-1]) == (span + 1, start, end)
    assert required.is_monotonic_increasing if end >= start else required.is_monotonic_decreasing


@QUIET
@given(start=positive, end=positive, span=st.integers(1, 40), factor=st.sampled_from([0.1, 100.0, 1e4]))
def test_the_band_encloses_both_paths_and_scales_with_the_unit(start, end, span, factor):
    plan = {"baseline_year": 2000, "horizon": 2000 + span}
    band = required_path(start, end, shape="band", **plan)
    for shape in ("linear", "geometric"):
        path = required_path(start, end, shape=shape, **plan)["required"]
        assert ((band["low"] <= path) & (path <= band["high"])).all()
    scaled = required_path(start * factor, end * factor, shape="band", **plan)["low"]
    assert (scaled / factor).tolist() == pytest.approx(band["low"].tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("current", "target", "year", "direction", "needed"),
    [
        (7500, 10000, 2022, "up", 100 * ((4 / 3) ** 0.5 - 1)),
        (30, 20, 2022, "down", 100 * ((2 / 3) ** 0.5 - 1)),
        (30, 20, 2022, "up", None),
        (9540.2, 10000, 2025, "up", None),
        (-2, 4, 2022, "up", None),
        (0, 4, 2022, "up", None),
    ],
)
def test_the_growth_still_needed(current, target, year, direction, needed):
    found = growth_needed(current, target, year=year, horizon=2024, direction=direction)
    assert found == (None if needed is None else near(needed))


@QUIET
@given(current=st.floats(1, 1e6), rate=st.floats(0.001, 0.3), left=st.integers(1, 15))
def test_the_growth_still_needed_is_the_one_the_target_was_built_with(current, rate, left):
    target = current * (1 + rate) ** left
    needed = growth_needed(current, target, year=2020, horizon=2020 + left)
    assert needed == pytest.approx(100 * rate, rel=1e-9)


def test_an_unknown_direction_is_refused():
    with pytest.raises(DataError, match="Unknown direction 'none'"):
        growth_needed(1, 2, year=2022, horizon=2024, direction="none")
