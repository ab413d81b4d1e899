"""The three published methods, held against values worked out by hand to more than nine digits."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lnregions.assess import methods
from lnregions.assess.assessment_words import REASONS
from lnregions.assess.methods import METHODS, STATUS_WORDS, aggregate, escap, open_sdg, unsd
from lnregions.errors import DataError
from lnregions.words.words import WORDS

QUIET = settings(deadline=None, derandomize=True, max_examples=60)
PLAN = {"baseline_year": 2015, "horizon": 2030}


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


# ---- Open SDG with a target ----


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
    found = open_sdg([2015, 2020], [first, last], direction=direction, target=target, **PLAN)
    assert found.status == status
    assert found.score == near(score)
    if status != "met":
        assert found.ratio == near(ratio)
    assert found.method == "Open SDG"
    assert found.reason == ""
    assert found.baseline_year == 2015


def test_among_negative_values_the_direction_is_turned_round():
    found = open_sdg([2015, 2020], [-100, -90], direction="up", target=-50, **PLAN)
    assert (found.status, found.ratio) == ("limited", near(0.4617444250601494))
    assert open_sdg([2015, 2020], [-100, -90], direction="up", **PLAN).status == "on track"
    assert unsd([2015, 2020], [-100, -90], direction="up", **PLAN).status == "on track"


def test_a_target_that_is_met_overrides_a_falling_trend():
    found = open_sdg([2015, 2020], [120, 110], direction="up", target=100, **PLAN)
    assert (found.status, found.score, found.ratio) == ("met", 5.0, None)
    assert found.reason == "The baseline value was already at or beyond the target."
    assert unsd([2015, 2020], [120, 110], direction="up", target=100, **PLAN).status == "met"
    assert escap([2015, 2020], [120, 110], direction="up", target=100, **PLAN).status == "met"


def test_a_target_of_zero_that_is_reached_is_met():
    found = open_sdg([2015, 2020], [10, 0], direction="down", target=0, **PLAN)
    assert (found.status, found.score) == ("met", 5.0)
    assert "no growth rate leads to zero" in found.reason


def test_a_limit_beside_a_target_plays_no_part():
    plain = open_sdg([2015, 2020], [60, 65], direction="up", target=80, **PLAN)
    limited = open_sdg([2015, 2020], [60, 65], direction="up", target=80, limit=100, **PLAN)
    assert (plain.ratio, plain.score) == (limited.ratio, limited.score)
    assert limited.reason == "The limit 100 plays no part here."


# ---- Open SDG without a target ----


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
    found = open_sdg([2015, 2020], [first, last], direction=direction, limit=limit, **PLAN)
    assert (found.status, found.ratio, found.score) == (status, near(growth), near(score))


def test_the_scaling_near_a_limit_is_the_published_power():
    found = open_sdg([2015, 2020], [80, 84], direction="up", limit=100, **PLAN)
    assert found.numbers["scale"] == near(0.6287046226695863)


@pytest.mark.parametrize(
    ("values", "direction", "limit", "played"),
    [
        ([20, 19], "down", 5, True),  # four times the lower limit
        ([20, 19], "down", 0, True),
        ([40, 39], "down", 100, False),  # an upper limit does not bound a fall
        ([-20, -19], "up", 5, False),  # on the other side of zero
    ],
)
def test_a_limit_that_is_far_or_does_not_bound_leaves_the_thresholds(values, direction, limit, played):
    found = open_sdg([2015, 2020], values, direction=direction, limit=limit, **PLAN)
    plain = open_sdg([2015, 2020], values, direction=direction, **PLAN)
    assert (found.status, found.score, found.numbers["scale"]) == (plain.status, plain.score, 1.0)
    assert ("plays no part" in found.reason) is not played


@pytest.mark.parametrize("limit", [90, 0])
def test_a_baseline_beyond_its_limit_is_not_assessable(limit):
    found = open_sdg([2015, 2020], [95, 96], direction="up", limit=limit, **PLAN)
    assert (found.status, found.ratio, found.score) == ("not assessable", None, None)
    assert found.reason == f"The baseline value 95 (2015) is already beyond the limit {limit}."


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
    assert open_sdg([2021, 2022], [100, 100 * growth], direction="up", baseline_year=2021).status == status


# ---- UNSD ----


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
def test_unsd_with_a_target_compares_the_extrapolated_way_with_the_whole(
    first, last, target, direction, status, ratio, series_score
):
    found = unsd([2015, 2020], [first, last], direction=direction, target=target, **PLAN)
    assert (found.status, found.score) == (status, None)
    assert found.numbers["series_score"] == series_score
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
    found = unsd([2020, 2021], [100, last], direction=direction, baseline_year=2020)
    assert found.status == status
    assert found.ratio == near((last - 100) / 100 * (1 if direction == "up" else -1))


def test_unsd_judges_a_past_plan_at_its_horizon():
    years, values = [2021, 2022, 2023, 2024, 2025], [7825.9, 8430.9, 8752.9, 9516.9, 10002.1]
    found = unsd(years, values, direction="up", baseline_year=2021, horizon=2024, target=10000)
    assert found.numbers["latest_year"] == 2024
    assert found.ratio == near((9516.9 - 7825.9) / (10000 - 7825.9))
    assert found.status == "acceleration needed"
    assert found.reason == "Figures after the horizon 2024 are not counted."


# ---- ESCAP ----


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
    found = escap([2015, 2020], [first, last], direction=direction, target=target, **PLAN)
    assert (found.status, found.score, found.ratio) == (status, near(current), near(current / 10))
    if anticipated is not None:
        assert found.numbers["anticipated"] == near(anticipated)


def test_escap_projects_a_bounded_share_on_the_logit():
    found = escap([2015, 2020], [60, 70], direction="up", target=90, limit=100, **PLAN)
    assert found.numbers["projected"] == near(84.953560371517027)
    assert found.numbers["anticipated"] == near(8.3178534571723426)
    assert found.numbers["anticipated_status"] == "acceleration needed"
    assert found.score == near(10 / 3)


def test_escap_keeps_the_current_status_where_nothing_can_be_projected():
    for values, extra in [
        ([0, 5], {}),
        ([60, 100], {"limit": 100}),
        ([-5, 5], {}),
        ([2, 4], {"measure": "growth"}),
    ]:
        found = escap([2015, 2020], values, direction="up", target=110, **PLAN, **extra)
        assert found.status == "acceleration needed"
        assert found.numbers["anticipated"] is None
        assert found.numbers["anticipated_status"] == "not assessable"
        assert "cannot be projected" in found.reason


def test_a_logit_far_below_does_not_overflow():
    found = escap(
        [2015, 2016], [50, 1e-9], direction="down", target=1e-12, limit=100, baseline_year=2015, horizon=2100
    )
    assert found.numbers["projected"] == 0.0


def test_escap_needs_a_target():
    found = escap([2015, 2020], [1, 2], direction="up", **PLAN)
    assert (found.status, found.score) == ("not assessable", None)
    assert "there is none" in found.reason


# ---- where the formulas break down ----


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
def test_where_a_growth_rate_makes_no_sense_the_answer_is_not_assessable(method, values, asked, why):
    found = method([2015, 2020], values, direction="up", **(PLAN | asked))
    assert (found.status, found.ratio, found.score) == ("not assessable", None, None)
    assert why in found.reason
    assert found.reason_zh


@pytest.mark.parametrize(
    ("values", "target", "why"), [([10, 8], 0, "The target is zero"), ([10, 8], -5, "differ in sign")]
)
def test_open_sdg_has_no_rate_to_a_target_at_or_across_zero(values, target, why):
    found = open_sdg([2015, 2020], values, direction="down", target=target, **PLAN)
    assert found.status == "not assessable"
    assert why in found.reason


def test_a_projection_beyond_all_numbers_is_not_assessable():
    found = unsd([2015, 2016], [1e-100, 1e100], direction="up", target=1e200, **PLAN)
    assert found.status == "not assessable"
    assert "cannot be projected" in found.reason


@pytest.mark.parametrize("years_apart", [1, 2])
def test_escap_refuses_a_baseline_beyond_the_target_and_a_single_year(years_apart):
    assert escap([2015, 2020], [120, 90], direction="up", target=100, **PLAN).status == "not assessable"
    assert escap([2015], [90], direction="up", target=100, **PLAN).status == "not assessable"
    late = escap([2016 + years_apart, 2022], [90, 95], direction="up", target=100, **PLAN)
    assert late.baseline_year == 2016 + years_apart


def test_a_later_year_serves_where_the_baseline_year_has_no_figure():
    found = open_sdg([2014, 2017, 2020], [1, 100, 110], direction="up", target=150, **PLAN)
    assert found.baseline_year == 2017
    assert found.numbers["asked"] == 2015
    assert found.reason == "2015 has no figure; 2017 serves as the baseline year."
    assert found.reason_zh == "2015 年无数据，以 2017 年为基期。"
    assert found.ratio == near((1.1 ** (1 / 3) - 1) / (1.5 ** (1 / 13) - 1))


@pytest.mark.parametrize("method", METHODS.values())
def test_order_missing_values_and_earlier_years_change_nothing(method):
    plain = method([2015, 2020], [100, 110], direction="up", target=150, **PLAN)
    mixed = method(
        (2020.0, 2012, 2018, 2015),
        (110, 5.0, None, 100),
        direction=1,
        target=150,
        baseline_year=2015,
        horizon=2030,
    )
    assert (plain.status, plain.ratio, plain.score) == (mixed.status, mixed.ratio, mixed.score)


@pytest.mark.parametrize("method", METHODS.values())
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
        ({"years": [2015, 2015]}, "The year 2015 is given more than once"),
        ({"years": [2015]}, "There are 1 years and 2 values"),
        ({"values": [1, math.inf]}, "The value of 2020 inf is not a finite number"),
        ({"values": [1, "two"]}, "The value of 2020 'two' is not a finite number"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_value(method, change, match):
    asked = {"years": [2015, 2020], "values": [100, 110], "direction": "up", "target": 150, **PLAN} | change
    with pytest.raises(DataError, match=match):
        method(asked.pop("years"), asked.pop("values"), **asked)


# ---- aggregate ----


@pytest.mark.parametrize(
    ("scores", "status", "mean"),
    [
        ([5, 5], "on track", 5),
        ([2.5], "on track", 2.5),
        ([5, -5], "acceleration needed", 0),
        ([-2.5, None], "limited", -2.5),
        ([-5, -0.5, float("nan")], "deterioration", -2.75),
    ],
)
def test_series_together_have_the_mean_of_their_scores(scores, status, mean):
    found = aggregate(scores)
    assert (found.status, found.score) == (status, near(mean))


def test_series_together_are_met_only_when_each_is():
    met = open_sdg([2015, 2020], [100, 160], direction="up", target=150, **PLAN)
    behind = open_sdg([2015, 2020], [100, 110], direction="up", target=150, **PLAN)
    unknown = open_sdg([2015], [100], direction="up", target=150, **PLAN)
    assert aggregate([met, met]).status == "met"
    both = aggregate([met, behind])
    assert (both.status, both.score) == ("on track", near((5 + behind.score) / 2))
    assert aggregate([met, unknown]).status == "on track"
    assert aggregate([met, unknown]).numbers["without_score"] == 1


def test_without_any_score_there_is_no_aggregate():
    assert aggregate([None]).status == "not assessable"
    assert aggregate([]).reason == "None of the series has a score."


def test_a_score_outside_the_scale_is_refused():
    with pytest.raises(DataError, match="The score 7 lies outside -5 and 5"):
        aggregate([7])


# ---- words ----


def test_every_status_and_reason_is_in_both_languages():
    assert set(STATUS_WORDS) == {
        "met", "on track", "acceleration needed", "limited", "deterioration", "missed", "not assessable",
        "no data", "not quantified",
    }  # fmt: skip
    for table in (STATUS_WORDS, REASONS):
        assert all(texts["en"] and texts["zh"] for texts in table.values())


def test_figures_and_assessments_use_the_same_status_words():
    for word, texts in STATUS_WORDS.items():
        assert WORDS[word] == (texts["en"], texts["zh"])


def test_the_table_of_methods_holds_the_public_ones():
    assert {name: getattr(methods, name) for name in METHODS} == METHODS


# ---- properties ----

values = st.floats(0.5, 1e4).map(lambda number: round(number, 3))
rates = st.floats(-0.2, 0.2).map(lambda number: round(number, 4))


def same(one, two):
    if one.ratio is None:
        return two.ratio is None
    return two.ratio == pytest.approx(one.ratio, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(data=st.data())
def test_a_change_of_unit_changes_no_verdict(method, data):
    first, last, target = (data.draw(values) for _ in range(3))
    limit = data.draw(st.none() | values)
    factor = data.draw(st.sampled_from([0.1, 100, 1e4, 1 / 3, 7.3]))
    asked = {"direction": data.draw(st.sampled_from(["up", "down"])), **PLAN}
    goal = data.draw(st.sampled_from([None, target]))
    one = method([2015, 2020], [first, last], target=goal, limit=limit, **asked)
    two = method(
        [2015, 2020],
        [first * factor, last * factor],
        target=None if goal is None else goal * factor,
        limit=None if limit is None else limit * factor,
        **asked,
    )
    assert one.status == two.status
    assert same(one, two)


@pytest.mark.parametrize("method", METHODS.values())
@QUIET
@given(first=values, last=values, later=values, target=values)
def test_a_figure_after_the_horizon_changes_no_verdict(method, first, last, later, target):
    asked = {"direction": "up", "baseline_year": 2021, "horizon": 2024, "target": target}
    one = method([2021, 2024], [first, last], **asked)
    two = method([2021, 2024, 2025], [first, last, later], **asked)
    assert (one.status, one.ratio, one.score) == (two.status, two.ratio, two.score)
    assert "after the horizon 2024" in two.reason


@QUIET
@given(first=values, rate=rates, years=st.integers(1, 9))
def test_a_series_built_forward_gives_back_its_rate(first, rate, years):
    series = [first * (1 + rate) ** step for step in range(years + 1)]
    for method in (open_sdg, unsd):
        found = method(range(2015, 2016 + years), series, direction="up", baseline_year=2015)
        assert found.numbers["cagr_observed"] == pytest.approx(rate, rel=1e-9, abs=1e-12)


@QUIET
@given(first=values, rate=st.floats(0.001, 0.2), years=st.integers(1, 8))
def test_a_series_on_its_required_path_is_on_track_by_every_growth_method(first, rate, years):
    target = first * (1 + rate) ** 9
    series = [first * (1 + rate) ** step for step in range(years + 1)]
    assume(series[-1] < target)
    for method in (open_sdg, unsd):
        found = method(
            range(2015, 2016 + years), series, direction="up", baseline_year=2015, horizon=2024, target=target
        )
        assert found.status == "on track"
        assert found.ratio == pytest.approx(1, rel=1e-9)


@QUIET
@given(first=values, last=values, target=values)
def test_up_and_down_are_mirror_images_of_the_current_status(first, last, target):
    assume(target != first)
    up = escap([2015, 2020], [first, last], direction="up", target=target, **PLAN)
    down = escap([2015, 2020], [-first, -last], direction="down", target=-target, **PLAN)
    assert (up.status, up.score) == (down.status, down.score)


@QUIET
@given(scores=st.lists(st.floats(-5, 5), min_size=1, max_size=8))
def test_the_mean_lies_between_the_least_and_the_greatest_score(scores):
    found = aggregate(scores)
    assert min(scores) - 1e-12 <= found.score <= max(scores) + 1e-12
