"""Chained indices, mean growth, required paths and what is left to do: built forward from a known rate, then undone."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions import DataError, required_path
from lnregions.assess import chain_index
from lnregions.assess.growth import clean_series, keep_better, mean_growth, rate_still_needed, total_growth

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2021, "horizon": 2024}
rates = st.lists(st.floats(-30, 40), min_size=1, max_size=12)
amounts = st.floats(-1e12, 1e12, allow_nan=False)
positive = st.floats(1e-6, 1e12)
spans = st.integers(1, 40)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


# -- growth ------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("wrong", [[], [math.nan], [5.0, -101.0], ["five"]])
def test_rates_without_a_mean_are_refused(wrong):
    with pytest.raises(DataError, match="growth rate"):
        mean_growth(wrong)


def test_a_fall_to_nothing_is_possible():
    assert chain_index({2022: -100.0})["index"].tolist() == [100, 0]
    assert mean_growth([-100.0, 5.0]) == -100


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
    assert total_growth(rates) == pytest.approx(last - 100, rel=1e-9, abs=1e-9)
    assert mean <= sum(rates) / len(rates) + 1e-9


@QUIET
@given(rate=st.floats(-30, 40), years=st.integers(1, 12))
def test_a_constant_rate_is_its_own_mean(rate, years):
    assert mean_growth([rate] * years) == pytest.approx(rate, rel=1e-9, abs=1e-9)


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


# -- the required path -------------------------------------------------------------------------------------


def test_a_linear_path_adds_equal_steps():
    path = required_path(7825.9, 10000, **PLAN)
    assert path["year"].tolist() == [2021, 2022, 2023, 2024]
    assert path["required"].tolist() == near([7825.9, 7825.9 + 2174.1 / 3, 7825.9 + 2 * 2174.1 / 3, 10000])


def test_a_geometric_path_grows_at_one_rate():
    path = required_path(1000, 1331, shape="geometric", **PLAN)
    assert path["required"].tolist() == near([1000, 1100, 1210, 1331])
    assert required_path(-8, -1, shape="geometric", **PLAN)["required"].tolist() == near([-8, -4, -2, -1])


def test_the_band_holds_both_paths_and_requires_the_linear_one():
    band = required_path(100, 121, baseline_year=2022, horizon=2024, shape="band")
    assert list(band.columns) == ["year", "required", "low", "high"]
    assert band.loc[1].tolist() == near([2023, 110.5, 110.0, 110.5])


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
@given(start=amounts, end=amounts, span=spans)
def test_a_linear_path_starts_and_ends_where_it_should_and_never_turns_back(start, end, span):
    check_path(required_path(start, end, baseline_year=2000, horizon=2000 + span), start, end, span)


@QUIET
@given(start=positive, end=positive, span=spans, sign=st.sampled_from([1, -1]))
def test_a_geometric_path_starts_and_ends_where_it_should_and_never_turns_back(start, end, span, sign):
    start, end = sign * start, sign * end
    path = required_path(start, end, baseline_year=2000, horizon=2000 + span, shape="geometric")
    check_path(path, start, end, span)


def check_path(path, start, end, span):
    required = path["required"]
    assert len(required) == span + 1
    assert (required.iloc[0], required.iloc[-1]) == (start, end)
    steps = np.diff(required)
    assert (steps >= 0).all() if end >= start else (steps <= 0).all()


@QUIET
@given(start=positive, end=positive, span=spans, factor=st.sampled_from([0.1, 100.0, 1e4]))
def test_the_band_encloses_both_paths_and_scales_with_the_unit(start, end, span, factor):
    plan = {"baseline_year": 2000, "horizon": 2000 + span}
    band = required_path(start, end, shape="band", **plan)
    for shape in ("linear", "geometric"):
        path = required_path(start, end, shape=shape, **plan)["required"]
        assert ((band["low"] <= path) & (path <= band["high"])).all()
    scaled = required_path(start * factor, end * factor, shape="band", **plan)["low"]
    assert (scaled / factor).tolist() == pytest.approx(band["low"].tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("actual", "end", "direction", "kept"),
    [
        ({2022: 120.0}, 130, "up", [100, 120, 125, 130]),
        ({2022: 140.0}, 130, "up", [100, 140, 140, 140]),
        ({2024: 150.0}, 130, "up", [100, 110, 120, 150]),
        ({2022: 105.0}, 130, "up", [100, 110, 120, 130]),
        ({2019: 500.0}, 130, "up", [100, 110, 120, 130]),
        ({}, 130, "up", [100, 110, 120, 130]),
        ({2022: 80.0}, 70, "down", [100, 80, 75, 70]),
    ],
)
def test_a_path_kept_starts_again_from_what_has_been_reached(actual, end, direction, kept):
    path = required_path(100, end, **PLAN)
    assert keep_better(path, actual, direction=direction)["required"].tolist() == near(kept)


def test_a_path_kept_does_not_fall_when_the_figures_do():
    path = required_path(100, 130, baseline_year=2020, horizon=2025)
    kept = keep_better(path, {2021: 118.0, 2022: 109.0}, direction="up")
    assert kept["required"].tolist() == near([100, 118, 118, 122, 126, 130])


@QUIET
@given(end=st.floats(101, 500), reached=st.lists(st.floats(50, 600), min_size=1, max_size=5))
def test_a_path_kept_never_falls_and_never_requires_less(end, reached):
    path = required_path(100, end, baseline_year=2020, horizon=2026)
    kept = keep_better(path, dict(enumerate(reached, start=2021)), direction="up")["required"].to_numpy()
    assert (np.diff(kept) >= -1e-9).all()
    assert (kept >= path["required"] - 1e-9).all()
    assert kept[-1] == pytest.approx(max(end, *reached))


# -- what is left to do ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "target", "year", "direction", "needed"),
    [
        (7500, 10000, 2022, "up", (1250, 100 * ((4 / 3) ** 0.5 - 1))),
        (30, 20, 2022, "down", (-5, 100 * ((2 / 3) ** 0.5 - 1))),
        (30, 20, 2022, "up", (None, None)),
        (9540.2, 10000, 2025, "up", (None, None)),
        (-2, 4, 2022, "up", (3, None)),
        (0, 4, 2022, "up", (2, None)),
    ],
)
def test_the_step_and_the_growth_still_needed(current, target, year, direction, needed):
    found = rate_still_needed(current, target, year=year, horizon=2024, direction=direction)
    assert [None if one is None else near(one) for one in needed] == list(found)


@QUIET
@given(current=st.floats(1, 1e6), rate=st.floats(0.001, 0.3), left=st.integers(1, 15))
def test_the_growth_still_needed_is_the_one_the_target_was_built_with(current, rate, left):
    target = current * (1 + rate) ** left
    needed = rate_still_needed(current, target, year=2020, horizon=2020 + left)
    assert needed.growth == pytest.approx(100 * rate, rel=1e-9)


def test_an_unknown_direction_is_refused():
    with pytest.raises(DataError, match="Unknown direction 'none'"):
        rate_still_needed(1, 2, year=2022, horizon=2024, direction="none")
