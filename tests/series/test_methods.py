"""The three published methods, compared with values worked out by hand, and with series built at a known rate."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lnregions.series import Progress, escap, open_sdg, unsd
from lnregions.series.methods import METHODS

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2015, "horizon": 2030}
UP, DOWN = 1, -1


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def ask(method, values, years=(2015, 2020), **asked):
    known = dict(zip(years, map(float, values), strict=True))
    return method(Progress.of(known, **{"direction": UP, "target": 150, **PLAN, **asked}))


@pytest.mark.parametrize(
    ("method", "values", "target", "direction", "status", "ratio", "score"),
    [
        (open_sdg, [100, 160], 150, UP, "met", (1.6**0.2 - 1) / (1.5 ** (1 / 15) - 1), 5.0),
        (open_sdg, [100, 125], 160, UP, "on track", 1.4338696109533145, 5.0),
        (open_sdg, [100, 110], 150, UP, "acceleration needed", 0.7023764947842484, 0.7313050645944085),
        (open_sdg, [100, 105], 150, UP, "limited", 0.3578802805787637, -1.008820234912465),
        (open_sdg, [100, 95], 150, UP, "deterioration", -0.372494354374172, -4.052072226370863),
        (open_sdg, [100, 60], 150, UP, "deterioration", -3.544553175888772, -5.0),
        (open_sdg, [100, 80], 50, DOWN, "on track", 0.9665423041902733, 2.6182150246007031),
        (open_sdg, [100, 90], 50, DOWN, "limited", 0.4617444250601494, -0.576049504101875),
        (open_sdg, [100, 120], 50, DOWN, "deterioration", -0.822378395879619, -5.0),
        (open_sdg, [-100, -90], -50, UP, "limited", 0.4617444250601494, -0.576049504101875),
        (unsd, [100, 125], 160, UP, "on track", 1.5885416666666666, None),
        (unsd, [100, 110], 150, UP, "acceleration needed", 0.662, None),
        (unsd, [100, 102], 150, UP, "acceleration needed", 0.122416, None),
        (unsd, [100, 95], 150, UP, "deterioration", -0.28525, None),
        (unsd, [100, 80], 50, DOWN, "on track", 0.976, None),
        (unsd, [100, 99], 20, DOWN, "limited", 0.03712625, None),
        (unsd, [10, 5], 0, DOWN, "acceleration needed", 0.875, None),
        (unsd, [100, 155], 150, UP, "met", (155**3 / 100**2 - 100) / 50, None),
        (escap, [100, 110], 150, UP, "acceleration needed", 0.2, 2.0),
        (escap, [100, 146], 150, UP, "on track", 0.92, 9.2),
        (escap, [100, 145], 150, UP, "acceleration needed", 0.9, 9.0),
        (escap, [100, 100], 150, UP, "deterioration", 0.0, 0.0),
        (escap, [100, 90], 150, UP, "deterioration", -0.2, -2.0),
        (escap, [100, 70], 50, DOWN, "acceleration needed", 0.6, 6.0),
        (escap, [100, 45], 50, DOWN, "met", 1.1, 11.0),
        (escap, [0, 5], 110, UP, "acceleration needed", 5 / 110, 50 / 110),
        (escap, [-5, 5], 110, UP, "acceleration needed", 10 / 115, 100 / 115),
    ],
)
def test_a_method_gives_the_published_status_ratio_and_score(
    method, values, target, direction, status, ratio, score
):
    found = ask(method, values, direction=direction, target=target)
    assert (found.status, found.text.en, found.ratio) == (status, "", near(ratio))
    assert found.score == (score and near(score))


@pytest.mark.parametrize(
    ("ratio", "status"),
    [(0.95, "on track"), (0.949, "acceleration needed"), (0.6, "acceleration needed"), (0.599, "limited")],
)
def test_a_threshold_counts_as_reached_whatever_the_last_digit_rounds_to(ratio, status):
    values = [100, 100 * (1 + 0.1 * ratio)]
    asked = {"years": [2021, 2022], "baseline_year": 2021, "horizon": 2023, "target": 121}
    assert ask(open_sdg, values, **asked).status == status


@pytest.mark.parametrize("method", METHODS.values())
def test_a_target_that_is_met_overrides_a_falling_trend(method):
    found = ask(method, [120, 110], target=100)
    assert (found.status, found.ratio) == ("met", None)
    assert found.text.en == "The baseline value was already at or beyond the target."


def test_a_target_of_zero_that_is_reached_is_met():
    found = ask(open_sdg, [10, 0], direction=DOWN, target=0)
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
        ([open_sdg], [10, 8], {"direction": DOWN, "target": 0}, "The target is zero"),
        ([open_sdg], [10, 8], {"direction": DOWN, "target": -5}, "differ in sign"),
        ([unsd], [1e-100, 1e100], {"years": [2015, 2016], "target": 1e200}, "cannot be projected"),
        (ALL, [120, 90], {"target": 100}, "already at or beyond the target 100"),
        (ALL, [100, 90], {"target": 100}, "already at or beyond the target 100"),
        (ALL, [5], {"years": [2015]}, "for only one year (2015) from 2015 to 2030"),
        (ALL, [5], {"years": [2020]}, "for only one year (2020)"),
        (ALL, [5], {"years": [2014]}, "no figure for 2015 or for a later year up to 2030"),
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


values = st.floats(0.5, 1e4).map(lambda number: round(number, 3))


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(first=values, last=values, later=values, target=values,
       factor=st.sampled_from([0.1, 100, 1e4, 1 / 3, 7.3]), direction=st.sampled_from([UP, DOWN]))  # fmt: skip
def test_neither_a_change_of_unit_nor_a_figure_after_the_horizon_changes_a_verdict(
    method, first, last, later, target, factor, direction
):
    asked = {"baseline_year": 2021, "horizon": 2024, "direction": direction}
    one = ask(method, [first, last], years=[2021, 2024], target=target, **asked)
    other = [number * factor for number in (later, last, first)]
    two = ask(method, other, years=[2025, 2024, 2021], target=target * factor, **asked)
    assert (one.status, one.ratio is None) == (two.status, two.ratio is None)
    if one.ratio is not None:
        assert two.ratio == pytest.approx(one.ratio, rel=1e-7, abs=1e-9)


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
    down = ask(escap, [-first, -last], direction=DOWN, target=-target)
    assert (up.status, up.score) == (down.status, down.score)
