"""The three published methods, compared with values worked out by hand to more than nine digits."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lnregions import DataError
from lnregions.assess import Progress, escap, open_sdg, unsd
from lnregions.assess.methods import METHODS

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2015, "horizon": 2030}


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def ask(method, values, years=(2015, 2020), **asked):
    return method(Progress.of(years, values, **{"direction": "up", **PLAN, **asked}))


# -- Open SDG ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "target", "direction", "status", "ratio", "score"),
    [
        (100, 160, 150, "up", "met", 1.4 / 1.4, 5.0),
        (100, 125, 160, "up", "on track", 1.4338696109533145, 5.0),
        (100, 110, 150, "up", "acceleration needed", 0.7023764947842484, 0.7313050645944085),
        (100, 105, 150, "up", "limited", 0.3578802805787637, -1.008820234912465),
        (100, 95, 150, "up", "deterioration", -0.372494354374172, -4.052072226370863),
        (100, 60, 150, "up", "deterioration", -3.544553175888772, -5.0),
        (100, 80, 50, "down", "on track", 0.9665423041902733, 2.6182150246007031),
        (100, 90, 50, "down", "limited", 0.4617444250601494, -0.576049504101875),
        (100, 96, 50, "down", "limited", 0.1800586695174789, -1.749749541721520),
        (100, 120, 50, "down", "deterioration", -0.822378395879619, -5.0),
    ],
)
def test_open_sdg_with_a_target_gives_the_published_ratio_and_score(
    first, last, target, direction, status, ratio, score
):
    found = ask(open_sdg, [first, last], direction=direction, target=target)
    assert (found.status, found.score, found.text.en) == (status, near(score), "")
    if status != "met":
        assert found.ratio == near(ratio)


def test_among_negative_values_the_direction_is_turned_round():
    found = ask(open_sdg, [-100, -90], target=-50)
    assert (found.status, found.ratio) == ("limited", near(0.4617444250601494))
    assert [ask(method, [-100, -90]).status for method in (open_sdg, unsd)] == ["on track"] * 2


@pytest.mark.parametrize("method", METHODS.values())
def test_a_target_that_is_met_overrides_a_falling_trend(method):
    found = ask(method, [120, 110], target=100)
    assert (found.status, found.ratio) == ("met", None)
    assert found.text.en == "The baseline value was already at or beyond the target."


def test_a_target_of_zero_that_is_reached_is_met():
    found = ask(open_sdg, [10, 0], direction="down", target=0)
    assert (found.status, found.score) == ("met", 5.0)
    assert "no growth rate leads to zero" in found.text.en


@pytest.mark.parametrize(
    ("first", "last", "direction", "limit", "status", "growth", "score"),
    [
        (100, 120, "up", None, "on track", 0.0371372893366481, 5.0),
        (100, 108, "up", None, "on track", 0.0155112783974815, 2.7556391987407721),
        (100, 105, "up", None, "acceleration needed", 0.0098057976734853, 1.2014494183713270),
        (100, 101, "up", None, "limited", 0.0019920476665333, -1.503976166733330),
        (100, 100, "up", None, "limited", 0.0, -2.5),
        (100, 95, "up", None, "deterioration", -0.010206218313011, -3.775777289126436),
        (100, 80, "up", None, "deterioration", -0.043647500209963, -5.0),
        (100, 92, "down", None, "on track", 0.0165380416685702, 3.2690208342851243),
        (100, 97, "down", None, "acceleration needed", 0.0060733238517972, 0.2683309629493186),
        (100, 99, "down", None, "limited", 0.0020080483385741, -1.495975830712900),
        (100, 104, "down", None, "deterioration", -0.007874988517892, -3.484373564736521),
        (80, 84, "up", 100, "on track", 0.0098057976734853, 2.7984138496136948),
        (80, 82, "up", 100, "acceleration needed", 0.0049507371194886, 0.7186260212574051),
        (80, 80.5, "up", 100, "limited", 0.0012468866677227, -1.508368458920903),
        (80, 78, "up", 100, "deterioration", -0.005050763379468, -3.131345422433507),
        (6, 5.9, "down", 5, "acceleration needed", 0.0033557804036538, 0.0844026282981100),
        (100, 101, "up", 100, "on track", 0.0019920476665333, 5.0),
        (100, 100, "up", 100, "on track", 0.0, 5.0),
        (100, 95, "up", 100, "deterioration", -0.010206218313011, -3.775777289126436),
    ],
)
def test_open_sdg_without_a_target_gives_the_published_bands_and_scores(
    first, last, direction, limit, status, growth, score
):
    found = ask(open_sdg, [first, last], direction=direction, limit=limit)
    assert (found.status, found.ratio, found.score) == (status, near(growth), near(score))


def test_the_scaling_near_a_limit_is_the_published_power():
    assert ask(open_sdg, [80, 84], limit=100).numbers["scale"] == near(0.6287046226695863)


@pytest.mark.parametrize(
    ("values", "direction", "limit"),
    [([20, 19], "down", 5), ([20, 19], "down", 0), ([40, 39], "down", 100), ([-20, -19], "up", 5)],
)
def test_a_limit_that_is_far_or_does_not_bound_leaves_the_thresholds(values, direction, limit):
    found = ask(open_sdg, values, direction=direction, limit=limit)
    plain = ask(open_sdg, values, direction=direction)
    assert (found.status, found.score, found.numbers["scale"]) == (plain.status, plain.score, 1.0)


@pytest.mark.parametrize("limit", [90, 0])
def test_a_baseline_beyond_its_limit_is_not_assessable(limit):
    found = ask(open_sdg, [95, 96], limit=limit)
    assert (found.status, found.ratio, found.score) == ("not assessable", None, None)
    assert found.text.en == f"The baseline value 95 (2015) is already beyond the limit {limit}."


@pytest.mark.parametrize(
    ("growth", "status"),
    [
        (1.015, "on track"),
        (1.005, "acceleration needed"),
        (1.0149, "acceleration needed"),
        (1.0049, "limited"),
    ],
)
def test_a_threshold_counts_as_reached_whatever_the_last_digit_rounds_to(growth, status):
    assert ask(open_sdg, [100, 100 * growth], years=[2021, 2022], baseline_year=2021).status == status


# -- UNSD --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "target", "direction", "status", "ratio", "series_score"),
    [
        (100, 125, 160, "up", "on track", 1.5885416666666666, 3),
        (100, 110, 150, "up", "acceleration needed", 0.662, 2),
        (100, 102, 150, "up", "acceleration needed", 0.122416, 2),
        (100, 95, 150, "up", "deterioration", -0.28525, 1),
        (100, 80, 50, "down", "on track", 0.976, 3),
        (100, 90, 20, "down", "acceleration needed", 0.33875, 2),
        (100, 99, 20, "down", "limited", 0.03712625, 1),
        (100, 104, 50, "down", "deterioration", -0.249728, 1),
        (10, 5, 0, "down", "acceleration needed", 0.875, 2),
        (100, 155, 150, "up", "met", None, 3),
    ],
)
def test_unsd_with_a_target_compares_the_extrapolated_change_with_the_whole(
    first, last, target, direction, status, ratio, series_score
):
    found = ask(unsd, [first, last], direction=direction, target=target)
    assert (found.status, found.score, found.numbers["series_score"]) == (status, None, series_score)
    if ratio is not None:
        assert found.ratio == near(ratio)


@pytest.mark.parametrize(
    ("last", "direction", "status"),
    [
        (102, "up", "on track"),
        (101.9, "up", "acceleration needed"),
        (100.5, "up", "acceleration needed"),
        (100.4, "up", "limited"),
        (100, "up", "limited"),
        (99.9, "up", "deterioration"),
        (98, "down", "on track"),
        (99.5, "down", "acceleration needed"),
        (99.9, "down", "limited"),
        (100.1, "down", "deterioration"),
    ],
)
def test_unsd_without_a_target_has_bands_of_two_and_half_a_per_cent(last, direction, status):
    found = ask(unsd, [100, last], years=[2020, 2021], direction=direction, baseline_year=2020)
    assert (found.status, found.ratio) == (
        status,
        near((last - 100) / 100 * (1 if direction == "up" else -1)),
    )


def test_a_past_plan_is_judged_at_its_horizon():
    dalian = {2021: 7825.9, 2022: 8430.9, 2023: 8752.9, 2024: 9516.9, 2025: 10002.1}
    found = ask(unsd, dalian.values(), years=dalian, baseline_year=2021, horizon=2024, target=10000)
    assert found.numbers["latest_year"] == 2024
    assert found.ratio == near((9516.9 - 7825.9) / (10000 - 7825.9))


# -- ESCAP -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "target", "direction", "status", "current", "anticipated"),
    [
        (100, 110, 150, "up", "acceleration needed", 2.0, 6.62),
        (100, 146, 150, "up", "on track", 9.2, 42.24272),
        (100, 145, 150, "up", "acceleration needed", 9.0, None),
        (100, 100, 150, "up", "deterioration", 0.0, 0.0),
        (100, 90, 150, "up", "deterioration", -2.0, -5.42),
        (100, 70, 50, "down", "acceleration needed", 6.0, 13.14),
        (100, 45, 50, "down", "met", 11.0, None),
    ],
)
def test_escap_gives_current_status_and_anticipated_progress(
    first, last, target, direction, status, current, anticipated
):
    found = ask(escap, [first, last], direction=direction, target=target)
    assert (found.status, found.score, found.ratio) == (status, near(current), near(current / 10))
    if anticipated is not None:
        assert found.numbers["anticipated"] == near(anticipated)


def test_escap_projects_a_bounded_share_on_the_logit():
    found = ask(escap, [60, 70], target=90, limit=100)
    assert found.numbers["projected"] == near(84.953560371517027)
    assert found.numbers["anticipated"] == near(8.3178534571723426)
    assert (found.numbers["anticipated_status"], found.score) == ("acceleration needed", near(10 / 3))


@pytest.mark.parametrize(
    ("values", "extra"),
    [([0, 5], {}), ([60, 100], {"limit": 100}), ([-5, 5], {}), ([2, 4], {"measure": "growth"})],
)
def test_escap_keeps_the_current_status_where_nothing_can_be_projected(values, extra):
    found = ask(escap, values, target=110, **extra)
    assert found.status == "acceleration needed"
    assert (found.numbers["anticipated"], found.numbers["anticipated_status"]) == (None, "not assessable")
    assert "cannot be projected" in found.text.en


def test_a_logit_far_below_does_not_overflow():
    asked = {"direction": "down", "target": 1e-12, "limit": 100, "horizon": 2100}
    assert ask(escap, [50, 1e-9], years=[2015, 2016], **asked).numbers["projected"] == 0.0


def test_escap_needs_a_target_ahead_of_the_baseline_and_two_years():
    assert "there is none" in ask(escap, [1, 2]).text.en
    assert ask(escap, [120, 90], target=100).status == "not assessable"
    assert ask(escap, [90], years=[2015], target=100).status == "not assessable"


# -- where the formulas break down -------------------------------------------------------------------------


@pytest.mark.parametrize("method", [open_sdg, unsd])
@pytest.mark.parametrize(
    ("values", "asked", "why"),
    [
        ([0, 5], {}, "growth from zero has no rate"),
        ([0, 5], {"target": 10}, "growth from zero has no rate"),
        ([-5, 5], {"target": 10}, "changes sign from -5 (2015) to 5 (2020)"),
        ([5, -5], {}, "changes sign from 5 (2015) to -5 (2020)"),
        ([120, 90], {"target": 100}, "already at or beyond the target 100"),
        ([100, 90], {"target": 100}, "already at or beyond the target 100"),
        ([5, None], {"target": 10}, "for only one year (2015) from 2015 to 2030"),
        ([None, 5], {}, "for only one year (2020)"),
        ([None, float("nan")], {}, "no figure for 2015 or for a later year up to 2030"),
        ([5, 6], {"horizon": 2015}, "The horizon 2015 is not after the baseline year 2015"),
        ([5, 6], {"measure": "growth", "target": 5}, "The values are growth rates"),
        ([1e-300, 1e300], {}, "too far apart"),
    ],
)
def test_where_a_growth_rate_makes_no_sense_the_result_is_not_assessable(method, values, asked, why):
    found = ask(method, values, **asked)
    assert (found.status, found.ratio, found.score) == ("not assessable", None, None)
    assert why in found.text.en
    assert found.text.zh != found.text.en


@pytest.mark.parametrize(
    ("values", "target", "why"), [([10, 8], 0, "The target is zero"), ([10, 8], -5, "differ in sign")]
)
def test_open_sdg_has_no_rate_to_a_target_at_or_across_zero(values, target, why):
    found = ask(open_sdg, values, direction="down", target=target)
    assert found.status == "not assessable"
    assert why in found.text.en


def test_a_projection_beyond_all_numbers_is_not_assessable():
    found = ask(unsd, [1e-100, 1e100], years=[2015, 2016], target=1e200)
    assert found.status == "not assessable"
    assert "cannot be projected" in found.text.en


def test_a_later_year_serves_where_the_baseline_year_has_no_figure():
    found = ask(open_sdg, [1, 100, 110], years=[2014, 2017, 2020], target=150)
    assert (found.numbers["asked"], found.numbers["baseline_year"]) == (2015, 2017)
    assert found.text.en == "2015 has no figure; 2017 serves as the baseline year."
    assert found.text.zh == "2015 年无数据，以 2017 年为基期。"
    assert found.ratio == near((1.1 ** (1 / 3) - 1) / (1.5 ** (1 / 13) - 1))


@pytest.mark.parametrize("method", METHODS.values())
def test_order_missing_values_and_earlier_years_change_nothing(method):
    plain = ask(method, [100, 110], target=150)
    mixed = ask(method, (110, 5.0, None, 100), years=(2020.0, 2012, 2018, 2015), direction=1, target=150)
    assert (plain.status, plain.ratio, plain.score) == (mixed.status, mixed.ratio, mixed.score)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"direction": "upp"}, r"Unknown direction 'upp'. Choose one of up, down, .*did you mean up"),
        ({"direction": 0}, "Unknown direction '0'"),
        ({"direction": True}, "Unknown direction 'True'"),
        ({"measure": "levell"}, "did you mean level"),
        ({"target": math.inf}, "The target inf is not a finite number"),
        ({"limit": "many"}, "The limit 'many' is not a finite number"),
        ({"baseline_year": 2015.5}, "The baseline year 2015.5 is not a whole number"),
        ({"horizon": "2030"}, "The horizon '2030' is not a whole number"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_value(change, match):
    with pytest.raises(DataError, match=match):
        ask(open_sdg, [100, 110], **{"target": 150} | change)


# -- properties --------------------------------------------------------------------------------------------

values = st.floats(0.5, 1e4).map(lambda number: round(number, 3))
factors = st.sampled_from([0.1, 100, 1e4, 1 / 3, 7.3])


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(first=values, last=values, target=st.none() | values, limit=st.none() | values, factor=factors,
       direction=st.sampled_from(["up", "down"]))  # fmt: skip
def test_a_change_of_unit_changes_no_verdict(method, first, last, target, limit, factor, direction):
    goals = {"target": target, "limit": limit}
    scaled = {name: None if one is None else one * factor for name, one in goals.items()}
    one = ask(method, [first, last], direction=direction, **goals)
    two = ask(method, [first * factor, last * factor], direction=direction, **scaled)
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
@given(first=values, rate=st.floats(-0.2, 0.2).map(lambda number: round(number, 4)), years=st.integers(1, 9))
def test_a_series_built_forward_gives_back_its_rate(first, rate, years):
    series = [first * (1 + rate) ** step for step in range(years + 1)]
    for method in (open_sdg, unsd):
        found = ask(method, series, years=range(2015, 2016 + years))
        assert found.numbers["cagr_observed"] == pytest.approx(rate, rel=1e-9, abs=1e-12)


@QUIET
@given(first=values, rate=st.floats(0.001, 0.2), years=st.integers(1, 8))
def test_a_series_on_its_required_path_is_on_track_by_every_growth_method(first, rate, years):
    target = first * (1 + rate) ** 9
    series = [first * (1 + rate) ** step for step in range(years + 1)]
    assume(series[-1] < target)
    for method in (open_sdg, unsd):
        found = ask(method, series, years=range(2015, 2016 + years), horizon=2024, target=target)
        assert (found.status, found.ratio) == ("on track", pytest.approx(1, rel=1e-9))


@QUIET
@given(first=values, last=values, target=values)
def test_up_and_down_are_mirror_images_of_the_current_status(first, last, target):
    assume(target != first)
    up = ask(escap, [first, last], target=target)
    down = ask(escap, [-first, -last], direction="down", target=-target)
    assert (up.status, up.score) == (down.status, down.score)
