"""Trends with their intervals, naive growth, and the test on the past that chooses between them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.assess.projections import back_test, choose_projection, naive_growth, project_trend
from lnregions.errors import DataError

QUIET = settings(deadline=None, derandomize=True, max_examples=40)
YEARS = [2018, 2019, 2020, 2021, 2022]


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def test_a_log_linear_trend_has_the_interval_of_the_textbook():
    # ln y = 0, 1, 1, 2 at t = 1..4: slope 0.6, mean 1 at 2.5, residual sum 0.2, s = sqrt(0.1), S = 5;
    # at t = 5: 2.5, half width = t(0.9; 2) * sqrt(0.1) * sqrt(1 + 1/4 + 6.25/5), t(0.9; 2) = 1.88561808...
    found = project_trend([2001, 2002, 2003, 2004], np.exp([0, 1, 1, 2]), to=2005)
    half = 1.8856180831641267 * math.sqrt(0.1) * math.sqrt(2.5)
    row = found.frame.iloc[0]
    assert row["year"] == 2005
    assert row[["value", "low", "high"]].tolist() == near(np.exp([2.5, 2.5 - half, 2.5 + half]).tolist())
    assert (found.kind, found.level, found.first_year, found.last_year) == ("log-linear", 0.8, 2001, 2004)
    assert found.reason == ""


def test_a_logit_trend_stays_within_its_limit():
    def share(z):
        return 100 / (1 + np.exp(-np.asarray(z)))

    found = project_trend([2001, 2002, 2003, 2004], share([0, 1, 1, 2]), to=2005, kind="logit")
    half = 1.8856180831641267 * math.sqrt(0.1) * math.sqrt(2.5)
    assert found.frame.iloc[0, 1:].tolist() == near(share([2.5, 2.5 - half, 2.5 + half]).tolist())
    far = project_trend([2001, 2002, 2003, 2004], share([0, 1, 1, 2]), to=2060, kind="logit").frame
    assert (far["high"] <= 100).all()


def test_a_higher_level_widens_the_interval():
    narrow, wide = (
        project_trend(YEARS, [1, 2, 2, 3, 5], to=2024, level=level).frame for level in (0.5, 0.95)
    )
    assert (wide["low"] < narrow["low"]).all()
    assert (wide["high"] > narrow["high"]).all()
    assert narrow["value"].tolist() == wide["value"].tolist()
    assert narrow["year"].tolist() == [2023, 2024]


def test_order_and_missing_values_change_nothing():
    one = project_trend(YEARS, [1, 2, 2, 3, 5], to=2023).frame
    two = project_trend([2022, *YEARS[:-1], 2017], [5, 1, 2, 2, 3, None], to=2023).frame
    assert one.equals(two)


@pytest.mark.parametrize(
    ("values", "kind", "to", "why"),
    [
        (
            [1, 2, None, 3, None],
            "log-linear",
            2024,
            "A trend needs 4 figures of one unbroken segment, and there are 3",
        ),
        ([1, 2, 0, 3, 4], "log-linear", 2024, "The value of 2020, 0, is not above 0"),
        ([1, 2, 3, 4, 100], "logit", 2024, "The value of 2022, 100, is not between 0 and 100"),
        ([1, -2, 3, 4, 5], "logit", 2024, "The value of 2019, -2, is not between 0 and 100"),
        ([1, 2, 3, 4, 5], "log-linear", 2022, "already covers 2022: nothing is left to project"),
    ],
)
def test_what_carries_no_trend_is_left_empty_with_its_reason(values, kind, to, why):
    found = project_trend(YEARS, values, to=to, kind=kind)
    assert found.frame.empty
    assert list(found.frame.columns) == ["year", "value", "low", "high"]
    assert why in found.reason
    assert found.reason_zh
    assert found.level is None


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kind": "logitt"}, r"Unknown kind of trend 'logitt'.*did you mean logit\?"),
        ({"level": 1.0}, "The level 1 is not a probability"),
        ({"level": 80}, "The level 80 is not a probability"),
        ({"to": 2024.5}, "The last year 2024.5 is not a whole number"),
        ({"limit": None}, "The limit None is not a finite number"),
    ],
)
def test_a_wrong_argument_is_refused(change, match):
    with pytest.raises(DataError, match=match):
        project_trend(YEARS, [1, 2, 3, 4, 5], **({"to": 2024} | change))


def test_naive_growth_repeats_the_last_rate():
    found = naive_growth([2019, 2021, 2022], [50, 100, 105], to=2024)
    assert found.frame["value"].tolist() == near([110.25, 115.7625])
    assert found.frame[["low", "high"]].isna().all(axis=None)
    assert (found.kind, found.level, found.first_year) == ("naive", None, 2021)


def test_naive_growth_over_a_gap_is_a_yearly_rate():
    assert naive_growth([2020, 2022], [100, 121], to=2023).frame["value"].tolist() == near([133.1])


@pytest.mark.parametrize(
    ("values", "to", "why"),
    [
        ([None, 5], 2024, "Growth needs two figures of one unbroken segment, and there are 1"),
        ([-1, 5], 2024, "One of the last two values is not above 0"),
        ([4, 5], 2022, "nothing is left to project"),
    ],
)
def test_where_there_is_no_last_growth_the_reason_is_given(values, to, why):
    found = naive_growth([2021, 2022], values, to=to)
    assert found.frame.empty
    assert why in found.reason


def test_the_back_test_foretells_each_year_from_those_before():
    values = [100, 110, 121, 133.1, 140, 150]
    test = back_test([*YEARS, 2023], values)
    assert test.frame["year"].tolist() == [2022, 2023]
    assert test.frame["trend"].iloc[0] == near(146.41)
    assert test.frame["naive"].tolist() == near([146.41, 140 * 140 / 133.1])
    assert test.frame["naive_error"].tolist() == near(
        [100 * 6.41 / 140, 100 * (140 * 140 / 133.1 - 150) / 150]
    )
    assert test.naive == near(test.frame["naive_error"].abs().mean())
    assert test.trend == near(test.frame["trend_error"].abs().mean())
    assert test.winner == "naive"


def test_the_back_test_may_begin_later_and_skips_years_after_a_gap():
    values = [100, 110, 121, 133.1, 140, 150]
    assert back_test([*YEARS, 2023], values, first=2023).frame["year"].tolist() == [2023]
    assert back_test([*YEARS, 2024], values).frame["year"].tolist() == [2022]


def test_a_tie_goes_to_the_simpler_forecast():
    growing = [100 * 1.1**step for step in range(6)]
    assert back_test([*YEARS, 2023], growing).winner == "naive"


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1, 2, 0, 3, 4], [1, 2, 3, 4, 0]])
def test_a_segment_too_short_or_with_a_zero_cannot_be_tested(values):
    test = back_test(YEARS[: len(values)], values)
    assert test.frame.empty
    assert (test.trend, test.naive, test.winner) == (None, None, "")
    assert "four usable figures" in test.reason


def test_an_unknown_kind_is_refused_by_the_back_test():
    with pytest.raises(DataError, match="Unknown kind of trend 'linear'"):
        back_test(YEARS, [1, 2, 3, 4, 5], kind="linear")


def test_the_trend_is_chosen_where_it_did_better():
    found = choose_projection(YEARS, [100, 120, 121, 145, 146], to=2023)
    assert found.kind == "log-linear"
    assert found.reason == "The trend was off by 9.2 % on average in 1 year, naive growth by 19.0 %."
    assert found.frame["low"].notna().all()


def test_naive_growth_is_chosen_where_it_did_better_and_says_so():
    found = choose_projection([*YEARS, 2023], [100, 101, 102, 103, 113, 124], to=2025)
    assert found.kind == "naive"
    assert found.reason.startswith("Naive growth was off by")
    assert found.reason.endswith("so naive growth is used.")
    assert "2 years" in found.reason
    assert found.frame["year"].tolist() == [2024, 2025]


def test_what_could_not_be_tested_is_said_to_be_untested():
    trend = choose_projection(YEARS[:4], [100, 110, 121, 133.1], to=2023)
    assert (trend.kind, trend.reason.split(":")[0]) == ("log-linear", "Not tested")
    naive = choose_projection(YEARS[:3], [100, 110, 121], to=2023)
    assert (naive.kind, naive.reason.split(":")[0]) == ("naive", "Not tested")
    nothing = choose_projection([2020], [100], to=2023)
    assert nothing.frame.empty
    assert nothing.reason.startswith("A trend needs 4 figures")


@QUIET
@given(first=st.floats(1, 1e5), rate=st.floats(-0.1, 0.2), count=st.integers(4, 10))
def test_a_series_built_forward_is_carried_on_at_its_rate(first, rate, count):
    values = [first * (1 + rate) ** step for step in range(count)]
    years = range(2010, 2010 + count)
    wanted = pytest.approx([values[-1] * (1 + rate) ** step for step in (1, 2, 3)], rel=1e-6)
    assert project_trend(years, values, to=2012 + count).frame["value"].tolist() == wanted
    assert naive_growth(years, values, to=2012 + count).frame["value"].tolist() == wanted


@QUIET
@given(st.lists(st.floats(1, 1e4), min_size=4, max_size=8), st.sampled_from([0.01, 100.0]))
def test_the_interval_encloses_the_trend_and_scales_with_the_unit(values, factor):
    years = range(2010, 2010 + len(values))
    one = project_trend(years, values, to=2010 + len(values)).frame
    two = project_trend(years, [value * factor for value in values], to=2010 + len(values)).frame
    assert (one["low"] <= one["value"]).all()
    assert (one["value"] <= one["high"]).all()
    for column in ("value", "low", "high"):
        assert (two[column] / factor).tolist() == pytest.approx(one[column].tolist(), rel=1e-6)
