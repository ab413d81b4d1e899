"""Chained indices, mean growth, required paths and what is left to do: built forward from a known rate, then undone."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions import DataError, required_path
from lnregions.series import chain_index
from lnregions.series.growth import growth_needed, mean_growth

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2021, "horizon": 2024}
rates = st.lists(st.floats(-30, 40), min_size=1, max_size=12)
amounts = st.floats(-1e12, 1e12, allow_nan=False)
positive, negative = st.floats(1e-6, 1e12), st.floats(-1e12, -1e-6)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("rates", "years", "index"),
    [
        ({2024: 5.0, 2022: 5.0}, [2021, 2022, 2023, 2024], [100, 105]),
        ({2022: 5.0, 2023: math.nan, 2024: 5.0}, [2021, 2022, 2023, 2024], [100, 105]),
        ({2022: -100.0}, [2021, 2022], [100, 0]),
    ],
)
def test_a_chain_is_not_carried_over_a_missing_year(rates, years, index):
    found = chain_index(rates)
    assert found["year"].tolist() == years
    assert found["index"].dropna().tolist() == near(index)


@pytest.mark.parametrize("use", [chain_index, lambda rates: mean_growth(rates.values())])
def test_a_rate_below_minus_one_hundred_per_cent_is_refused(use):
    with pytest.raises(DataError, match=r"-120.*not below -100|-120.*none below -100"):
        use({2021: 5.0, 2022: -120.0})


@QUIET
@given(rates)
def test_an_index_gives_back_its_rates_and_their_geometric_mean_leads_to_the_same(rates):
    index = chain_index(dict(enumerate(rates, start=2000)))["index"]
    assert (100 * index.pct_change()).tolist()[1:] == pytest.approx(rates, rel=1e-6, abs=1e-9)
    mean = mean_growth(rates)
    assert 100 * (1 + mean / 100) ** len(rates) == pytest.approx(index.iloc[-1], rel=1e-9)
    assert mean <= sum(rates) / len(rates) + 1e-9


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
        ({"baseline": math.nan}, "The baseline nan is not a finite number"),
        ({"target": None}, "The target None is not a finite number"),
        ({"shape": "geometrik"}, r"Unknown path shape 'geometrik'.*did you mean geometric\?"),
        ({"baseline": 0, "shape": "geometric"}, "A geometric path from 0 to 9 has a zero at an end"),
        ({"baseline": -5, "shape": "band"}, "A band path from -5 to 9 has .* or changes sign"),
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
    ("current", "target", "years", "sign", "needed"),
    [
        (30, 20, 2, -1, 100 * ((2 / 3) ** 0.5 - 1)),
        (30, 20, 2, 1, None),
        (20, 30, 0, 1, None),
        (-2, 4, 2, 1, None),
        (0, 4, 2, 1, None),
    ],
)
def test_the_growth_still_needed(current, target, years, sign, needed):
    assert growth_needed(current, target, years=years, sign=sign) == (needed and near(needed))
