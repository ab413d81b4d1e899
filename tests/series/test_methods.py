"""The three published methods, compared with values worked out by hand, and with series built at a known rate."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lnregions import DataError
from lnregions.series import Progress, escap, open_sdg, unsd
from lnregions.series.methods import METHODS

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2015, "horizon": 2030}


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def ask(method, values, years=(2015, 2020), **asked):
    return method(Progress.of(years, values, **{"direction": "up", "target": 150, **PLAN, **asked}))


@pytest.mark.parametrize(
    ("last", "target", "direction", "status", "ratio", "score"),
    [
        (160, 150, "up", "met", 1.7180985364439, 5.0),
        (125, 160, "up", "on track", 1.4338696109533145, 5.0),
        (110, 150, "up", "acceleration needed", 0.7023764947842484, 0.7313050645944085),
        (105, 150, "up", "limited", 0.3578802805787637, -1.008820234912465),
        (95, 150, "up", "deterioration", -0.372494354374172, -4.052072226370863),
        (60, 150, "up", "deterioration", -3.544553175888772, -5.0),
        (80, 50, "down", "on track", 0.9665423041902733, 2.6182150246007031),
        (90, 50, "down", "limited", 0.4617444250601494, -0.576049504101875),
        (120, 50, "down", "deterioration", -0.822378395879619, -5.0),
    ],
)
def test_open_sdg_gives_the_published_ratio_and_score(last, target, direction, status, ratio, score):
    found = ask(open_sdg, [100, last], direction=direction, target=target)
    assert (found.status, found.score, found.text.en) == (status, near(score), "")
    assert found.ratio == pytest.approx((((last / 100) ** 0.2) - 1) / ((target / 100) ** (1 / 15) - 1))
    assert status == "met" or found.ratio == near(ratio)


def test_among_negative_values_progress_has_its_sign():
    found = ask(open_sdg, [-100, -90], target=-50)
    assert (found.status, found.ratio) == ("limited", near(0.4617444250601494))


@pytest.mark.parametrize(
    ("ratio", "status"),
    [(0.95, "on track"), (0.949, "acceleration needed"), (0.6, "acceleration needed"), (0.599, "limited")],
)
def test_a_threshold_counts_as_reached_whatever_the_last_digit_rounds_to(ratio, status):
    values = [100, 100 * (1 + 0.1 * ratio)]
    asked = {"years": [2021, 2022], "baseline_year": 2021, "horizon": 2023, "target": 121}
    assert ask(open_sdg, values, **asked).status == status


@pytest.mark.parametrize(
    ("first", "last", "target", "direction", "status", "ratio"),
    [
        (100, 125, 160, "up", "on track", 1.5885416666666666),
        (100, 110, 150, "up", "acceleration needed", 0.662),
        (100, 102, 150, "up", "acceleration needed", 0.122416),
        (100, 95, 150, "up", "deterioration", -0.28525),
        (100, 80, 50, "down", "on track", 0.976),
        (100, 99, 20, "down", "limited", 0.03712625),
        (10, 5, 0, "down", "acceleration needed", 0.875),
        (100, 155, 150, "up", "met", (155**3 / 100**2 - 100) / 50),
    ],
)
def test_unsd_compares_the_extrapolated_change_with_the_whole(first, last, target, direction, status, ratio):
    found = ask(unsd, [first, last], direction=direction, target=target)
    assert (found.status, found.score, found.ratio) == (status, None, near(ratio))


@pytest.mark.parametrize(
    ("values", "target", "direction", "status", "index"),
    [
        ([100, 110], 150, "up", "acceleration needed", 2.0),
        ([100, 146], 150, "up", "on track", 9.2),
        ([100, 145], 150, "up", "acceleration needed", 9.0),
        ([100, 100], 150, "up", "deterioration", 0.0),
        ([100, 90], 150, "up", "deterioration", -2.0),
        ([100, 70], 50, "down", "acceleration needed", 6.0),
        ([100, 45], 50, "down", "met", 11.0),
        ([0, 5], 110, "up", "acceleration needed", 50 / 110),
        ([-5, 5], 110, "up", "acceleration needed", 100 / 115),
    ],
)
def test_escap_gives_the_share_of_the_change_that_is_done(values, target, direction, status, index):
    found = ask(escap, values, direction=direction, target=target)
    assert (found.status, found.score, found.ratio) == (status, near(index), near(index / 10))


@pytest.mark.parametrize("method", METHODS.values())
def test_a_target_that_is_met_overrides_a_falling_trend(method):
    found = ask(method, [120, 110], target=100)
    assert (found.status, found.ratio) == ("met", None)
    assert found.text.en == "The baseline value was already at or beyond the target."


def test_a_target_of_zero_that_is_reached_is_met():
    found = ask(open_sdg, [10, 0], direction="down", target=0)
    assert (found.status, found.score) == ("met", 5.0)
    assert "no growth rate leads to zero" in found.text.en


GROWTH, ALL = [open_sdg, unsd], METHODS.values()


@pytest.mark.parametrize(
    ("methods", "values", "asked", "why"),
    [
        (GROWTH, [0, 5], {}, "growth from zero has no rate"),
        (GROWTH, [-5, 5], {}, "changes sign from −5 (2015) to 5 (2020)"),
        (GROWTH, [5, -5], {}, "changes sign from 5 (2015) to −5 (2020)"),
        (GROWTH, [1e-300, 1e300], {"target": 1e301}, "too far apart"),
        ([open_sdg], [10, 8], {"direction": "down", "target": 0}, "The target is zero"),
        ([open_sdg], [10, 8], {"direction": "down", "target": -5}, "differ in sign"),
        ([unsd], [1e-100, 1e100], {"years": [2015, 2016], "target": 1e200}, "cannot be projected"),
        (ALL, [120, 90], {"target": 100}, "already at or beyond the target 100"),
        (ALL, [100, 90], {"target": 100}, "already at or beyond the target 100"),
        (ALL, [5, None], {}, "for only one year (2015) from 2015 to 2030"),
        (ALL, [None, 5], {}, "for only one year (2020)"),
        (ALL, [None, math.nan], {}, "no figure for 2015 or for a later year up to 2030"),
        (ALL, [5, 6], {"horizon": 2015}, "The horizon 2015 is not after the baseline year 2015"),
    ],
)
def test_where_a_formula_makes_no_sense_the_result_is_not_assessable(methods, values, asked, why):
    for method in methods:
        found = ask(method, values, **asked)
        assert (found.status, found.ratio, found.score) == ("not assessable", None, None)
        assert why in found.text.en
        assert found.text.zh != found.text.en


def test_a_later_year_serves_where_the_baseline_year_has_no_figure():
    found = ask(open_sdg, [1, 100, 110], years=[2014, 2017, 2020])
    assert (found.numbers["asked"], found.numbers["baseline_year"]) == (2015, 2017)
    assert found.text.en == "2015 has no figure; 2017 serves as the baseline year."
    assert found.text.zh == "2015 年无数据，以 2017 年为基期。"
    assert found.ratio == near((1.1 ** (1 / 3) - 1) / (1.5 ** (1 / 13) - 1))


@pytest.mark.parametrize("method", METHODS.values())
def test_order_missing_values_and_earlier_years_change_nothing(method):
    plain = ask(method, [100, 110])
    mixed = ask(method, (110, 5.0, None, 100), years=(2020.0, 2012, 2018, 2015))
    assert (plain.status, plain.ratio, plain.score) == (mixed.status, mixed.ratio, mixed.score)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"direction": "upp"}, r"Unknown direction 'upp'. Choose one of up, down.*did you mean up"),
        ({"direction": 0}, "Unknown direction '0'"),
        ({"target": math.inf}, "The target inf is not a finite number"),
        ({"baseline_year": 2015.5}, "The baseline year 2015.5 is not a whole number"),
        ({"horizon": "2030"}, "The horizon '2030' is not a whole number"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_value(change, match):
    with pytest.raises(DataError, match=match):
        ask(open_sdg, [100, 110], **change)


values = st.floats(0.5, 1e4).map(lambda number: round(number, 3))


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(first=values, last=values, target=values,
       factor=st.sampled_from([0.1, 100, 1e4, 1 / 3, 7.3]), direction=st.sampled_from(["up", "down"]))  # fmt: skip
def test_a_change_of_unit_changes_no_verdict(method, first, last, target, factor, direction):
    one = ask(method, [first, last], direction=direction, target=target)
    two = ask(method, [first * factor, last * factor], direction=direction, target=target * factor)
    assert one.status == two.status
    assert (one.ratio is None) == (two.ratio is None)
    if one.ratio is not None:
        assert two.ratio == pytest.approx(one.ratio, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(first=values, last=values, later=values, target=values)
def test_a_figure_after_the_horizon_changes_no_verdict(method, first, last, later, target):
    asked = {"baseline_year": 2021, "horizon": 2024, "target": target}
    one = ask(method, [first, last], years=[2021, 2024], **asked)
    two = ask(method, [first, last, later], years=[2021, 2024, 2025], **asked)
    assert (one.status, one.ratio, one.score) == (two.status, two.ratio, two.score)


@QUIET
@given(first=values, rate=st.floats(0.001, 0.2), years=st.integers(1, 8))
def test_a_series_on_its_required_path_gives_back_its_rate_and_is_on_track(first, rate, years):
    target = first * (1 + rate) ** 9
    series = [first * (1 + rate) ** step for step in range(years + 1)]
    assume(series[-1] < target)
    for method in (open_sdg, unsd):
        found = ask(method, series, years=range(2015, 2016 + years), horizon=2024, target=target)
        assert (found.status, found.ratio) == ("on track", pytest.approx(1, rel=1e-9))
        assert found.numbers["cagr_observed"] == pytest.approx(rate, rel=1e-9, abs=1e-12)


@QUIET
@given(first=values, last=values, target=values)
def test_up_and_down_are_mirror_images_of_the_current_status(first, last, target):
    assume(target != first)
    up = ask(escap, [first, last], target=target)
    down = ask(escap, [-first, -last], direction="down", target=-target)
    assert (up.status, up.score) == (down.status, down.score)
