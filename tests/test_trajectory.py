"""Required paths, the path kept, the rate still needed, the share of the way and the gap."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.assess.trajectory import (
    gap,
    gaps,
    keep_better,
    rate_still_needed,
    required_path,
    share_of_way,
)
from lnregions.errors import DataError

QUIET = settings(deadline=None, derandomize=True, max_examples=80)
PLAN = {"baseline_year": 2021, "horizon": 2024}
amounts = st.floats(-1e12, 1e12, allow_nan=False)
positive = st.floats(1e-6, 1e12)
spans = st.integers(1, 40)


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def series(**values):
    return pd.DataFrame({"year": [int(year[1:]) for year in values], "value": list(values.values())})


# ---- required path ----


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
        ({"horizon": 2020}, "The horizon 2020 is not after"),
        ({"horizon": 2024.5}, "The horizon 2024.5 is not a whole number"),
        ({"baseline_year": "2021"}, "The baseline year '2021' is not a whole number"),
        ({"baseline_year": None}, "The baseline year None is not a whole number"),
        ({"baseline": math.nan}, "The baseline nan is not a finite number"),
        ({"target": math.inf}, "The target inf is not a finite number"),
        ({"target": None}, "The target None is not a finite number"),
        ({"shape": "geometrik"}, r"Unknown path shape 'geometrik'.*did you mean geometric\?"),
        ({"baseline": 0, "shape": "geometric"}, "A geometric path from 0 to 9 has a zero at an end"),
        ({"target": 0, "shape": "band"}, "A band path from 5 to 0 has a zero at an end"),
        ({"baseline": -5, "shape": "geometric"}, "A geometric path from -5 to 9 changes sign"),
    ],
)
def test_an_impossible_path_is_refused_with_its_value(change, match):
    asked = {"baseline": 5, "target": 9, **PLAN} | change
    with pytest.raises(DataError, match=match) as caught:
        required_path(asked.pop("baseline"), asked.pop("target"), **asked)
    assert caught.value.report("zh") != str(caught.value)


@QUIET
@given(start=amounts, end=amounts, span=spans)
def test_a_linear_path_starts_and_ends_where_it_should_and_never_turns_back(start, end, span):
    path = required_path(start, end, baseline_year=2000, horizon=2000 + span)
    check_path(path["required"], start, end, span)


@QUIET
@given(start=positive, end=positive, span=spans, sign=st.sampled_from([1, -1]))
def test_a_geometric_path_starts_and_ends_where_it_should_and_never_turns_back(start, end, span, sign):
    path = required_path(sign * start, sign * end, baseline_year=2000, horizon=2000 + span, shape="geometric")
    check_path(path["required"], sign * start, sign * end, span)


def check_path(required, start, end, span):
    assert len(required) == span + 1
    assert (required.iloc[0], required.iloc[-1]) == (start, end)
    steps = np.diff(required)
    assert (steps >= 0).all() if end >= start else (steps <= 0).all()


@QUIET
@given(start=positive, end=positive, span=spans)
def test_the_band_encloses_both_paths(start, end, span):
    plan = {"baseline_year": 2000, "horizon": 2000 + span}
    band = required_path(start, end, shape="band", **plan)
    for shape in ("linear", "geometric"):
        path = required_path(start, end, shape=shape, **plan)["required"]
        assert ((band["low"] <= path) & (path <= band["high"])).all()


@QUIET
@given(start=positive, end=positive, span=spans, factor=st.sampled_from([0.1, 100.0, 1e4]))
def test_a_change_of_unit_scales_the_path(start, end, span, factor):
    plan = {"baseline_year": 2000, "horizon": 2000 + span, "shape": "geometric"}
    path = required_path(start, end, **plan)["required"]
    scaled = required_path(start * factor, end * factor, **plan)["required"]
    assert (scaled / factor).tolist() == pytest.approx(path.tolist(), rel=1e-9)


# ---- the path kept ----


def test_a_path_kept_starts_again_from_what_has_been_reached():
    path = required_path(100, 130, **PLAN)
    kept = keep_better(path, series(y2022=120.0), direction="up")
    assert kept["required"].tolist() == near([100, 120, 125, 130])
    assert path["required"].tolist() == near([100, 110, 120, 130])


def test_a_path_kept_does_not_fall_when_the_figures_do():
    path = required_path(100, 130, baseline_year=2020, horizon=2025)
    kept = keep_better(path, series(y2021=118.0, y2022=109.0), direction="up")
    assert kept["required"].tolist() == near([100, 118, 118, 122, 126, 130])


def test_a_path_kept_stays_at_what_lies_beyond_the_target():
    kept = keep_better(
        required_path(100, 130, **PLAN), series(y2022=140.0), direction="up", shape="geometric"
    )
    assert kept["required"].tolist() == near([100, 140, 140, 140])


def test_a_path_kept_is_the_path_while_the_figures_are_behind():
    path = required_path(100, 130, **PLAN)
    for actual in (series(y2022=105.0), series(y2019=500.0), series(y2022=math.nan), series()):
        assert keep_better(path, actual, direction="up")["required"].tolist() == near([100, 110, 120, 130])


def test_a_path_kept_at_the_horizon_holds_the_last_figure():
    kept = keep_better(required_path(100, 130, **PLAN), series(y2024=150.0), direction="up")
    assert kept["required"].tolist() == near([100, 110, 120, 150])


def test_a_falling_path_kept_and_a_geometric_one_follow_the_same_rule():
    kept = keep_better(required_path(100, 70, **PLAN), series(y2022=80.0), direction="down")
    assert kept["required"].tolist() == near([100, 80, 75, 70])
    kept = keep_better(required_path(50, 400, **PLAN), series(y2022=200.0), direction="up", shape="geometric")
    assert kept["required"].tolist() == near([50, 200, 200 * 2**0.5, 400])


def test_a_path_kept_has_a_known_direction_and_one_shape():
    path = required_path(100, 130, **PLAN)
    with pytest.raises(DataError, match="Unknown direction 'none'"):
        keep_better(path, series(), direction="none")
    with pytest.raises(DataError, match=r"Unknown path shape 'band'. Choose one of linear, geometric"):
        keep_better(path, series(), direction="up", shape="band")


@QUIET
@given(end=st.floats(101, 500), reached=st.lists(st.floats(50, 600), min_size=1, max_size=5))
def test_a_path_kept_never_falls_and_never_asks_for_less(end, reached):
    path = required_path(100, end, baseline_year=2020, horizon=2026)
    actual = pd.DataFrame({"year": range(2021, 2021 + len(reached)), "value": reached})
    kept = keep_better(path, actual, direction="up")["required"].to_numpy()
    assert (np.diff(kept) >= -1e-9).all()
    assert (kept >= path["required"] - 1e-9).all()
    assert kept[-1] == pytest.approx(max(end, *reached))


# ---- rate still needed ----


def test_the_rate_still_needed_is_given_as_step_and_as_growth():
    needed = rate_still_needed(7500, 10000, year=2022, horizon=2024, shape="geometric")
    assert (needed.years_left, needed.step) == (2, 1250)
    assert needed.growth == near(100 * ((4 / 3) ** 0.5 - 1))
    assert needed.path["required"].tolist() == near([7500, 7500 * (4 / 3) ** 0.5, 10000])
    assert needed.reason == ""


def test_a_target_met_or_a_horizon_reached_leaves_no_rate_to_find():
    met = rate_still_needed(30, 20, year=2022, horizon=2024)
    assert (met.step, met.growth, met.path, met.reason) == (None, None, None, "The target is already met.")
    assert rate_still_needed(30, 20, year=2022, horizon=2024, direction="down").step == -5
    late = rate_still_needed(9540.2, 10000, year=2025, horizon=2024)
    assert (late.years_left, late.step, late.growth) == (0, None, None)
    assert late.reason == "No year is left: the horizon 2024 is reached."


def test_no_rate_leads_across_zero_but_a_step_does():
    needed = rate_still_needed(-2, 4, year=2022, horizon=2024)
    assert (needed.step, needed.growth) == (3, None)
    assert needed.reason == "No rate of growth leads from -2 to 4."
    assert needed.path["required"].tolist() == [-2, 1, 4]
    assert rate_still_needed(0, 4, year=2022, horizon=2024, shape="geometric").path is None


def test_the_rate_still_needed_refuses_an_unknown_shape():
    with pytest.raises(DataError, match="did you mean linear"):
        rate_still_needed(1, 2, year=2022, horizon=2024, shape="liner")


@QUIET
@given(current=st.floats(1, 1e6), rate=st.floats(0.001, 0.3), left=st.integers(1, 15))
def test_the_growth_still_needed_is_the_one_the_target_was_built_with(current, rate, left):
    target = current * (1 + rate) ** left
    needed = rate_still_needed(current, target, year=2020, horizon=2020 + left)
    assert needed.growth == pytest.approx(100 * rate, rel=1e-9)


# ---- share of the way ----


@pytest.mark.parametrize(
    ("current", "year", "way", "time"),
    [
        (100, 2021, 0, 0),
        (110, 2022, 0.25, 0.25),
        (90, 2023, -0.25, 0.5),
        (150, 2025, 1.25, 1),
        (140, 2027, 1, 1),
    ],
)
def test_the_share_of_the_way_stands_against_the_share_of_the_time(current, year, way, time):
    share = share_of_way(100, 140, current=current, baseline_year=2021, year=year, horizon=2025)
    assert (share.way, share.time) == (way, time)


def test_a_falling_target_has_a_way_too():
    share = share_of_way(50, 10, current=40, baseline_year=2021, year=2022, horizon=2025)
    assert share.way == 0.25


def test_where_the_baseline_is_the_target_there_is_no_way():
    share = share_of_way(50, 50, current=40, baseline_year=2021, year=2022, horizon=2025)
    assert (share.way, share.reason) == (None, "The baseline is the target: there is no way to go.")


@pytest.mark.parametrize(("year", "horizon"), [(2020, 2025), (2022, 2021)])
def test_years_out_of_order_are_refused(year, horizon):
    with pytest.raises(DataError, match="are not in order"):
        share_of_way(1, 2, current=1, baseline_year=2021, year=year, horizon=horizon)


# ---- gap ----


def test_the_gap_is_actual_minus_required():
    assert gap(9516.9, 10000) == near(-483.1)
    with pytest.raises(DataError, match="The actual value nan is not a finite number"):
        gap(math.nan, 1)


def test_gaps_are_given_for_the_years_that_have_both():
    path = required_path(100, 130, **PLAN)
    actual = series(y2023=121.0, y2022=104.0, y2024=math.nan, y2025=150.0)
    found = gaps(actual, path, direction="up")
    assert found["year"].tolist() == [2022, 2023]
    assert found["gap"].tolist() == near([-6, 1])
    assert found["ahead"].tolist() == [False, True]
    assert gaps(actual, path, direction="down")["ahead"].tolist() == [True, False]
    assert list(found.columns) == ["year", "actual", "required", "gap", "ahead"]


@QUIET
@given(values=st.lists(amounts, min_size=1, max_size=4))
def test_the_gap_to_its_own_values_is_nothing(values):
    years = list(range(2021, 2021 + len(values)))
    found = gaps(
        pd.DataFrame({"year": years, "value": values}),
        pd.DataFrame({"year": years, "required": values}),
        direction="up",
    )
    assert found["gap"].tolist() == [0] * len(values)
    assert found["ahead"].all()
