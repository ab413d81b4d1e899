"""Trajectories towards a target and yearly growth: what is drawn equals its data."""

import numpy as np
import pandas as pd
import pytest
from chart_samples import (
    AHEAD,
    BAND,
    DALIAN,
    GOAL,
    NOTHING,
    PATH,
    SHENYANG,
    drawn,
    growth,
    legend,
    overlapping_texts,
    stretches,
    texts,
)
from matplotlib.colors import to_hex

from lnregions import DataError, charts
from lnregions.style import BAND as BAND_COLOUR
from lnregions.style import GROUND, ROLES

ASSESSED = {"years": (2022, 2024), "name": "West", "unit": "%"}
BESIDE = {"benchmark": NOTHING, "members": NOTHING, "name": "West"}


def trajectory(actual=SHENYANG, **keywords):
    return charts.plot_trajectory(actual, **{"path": BAND, "target": GOAL, "unit": "亿元"} | keywords)


def rates(actual, **keywords):
    return charts.plot_growth_trajectory(actual, **BESIDE | keywords)


def test_the_actual_line_has_the_values_in_the_unit_shown_and_is_open_at_each_break():
    (line,) = drawn(trajectory(), "actual")
    assert stretches(line) == [[2018], [2019, 2020, 2021, 2022, 2023], [2024, 2025]]
    values = line.get_ydata()
    assert values[~np.isnan(values)].tolist() == pytest.approx((SHENYANG["value"] / 10).tolist())
    assert (line.get_linestyle(), line.get_color()) == ("-", ROLES["actual"].colour)


def test_a_value_of_grade_c_has_a_hollow_marker_that_the_legend_explains():
    (weak,) = drawn(trajectory(), "low-confidence figure (grade C)")
    assert weak.get_xdata().tolist() == [2018]
    assert weak.get_markerfacecolor() == GROUND
    assert not drawn(trajectory(DALIAN), "low-confidence figure (grade C)")


def test_the_legend_names_what_is_drawn_in_both_languages():
    assert legend(trajectory(projection=AHEAD)) == [
        "actual", "low-confidence figure (grade C)", "required path", "between linear and geometric path",
        "projection, not known figures", "prediction interval"
    ]  # fmt: skip
    assert legend(trajectory(DALIAN, path=PATH, language="zh")) == ["实际值", "目标路径"]


def test_the_required_path_is_dashed_and_its_band_filled():
    ax = trajectory()
    (line,) = drawn(ax, "required path")
    assert line.is_dashed()
    assert line.get_ydata().tolist() == pytest.approx((PATH["required"] / 10).tolist())
    (band,) = ax.collections
    assert to_hex(band.get_facecolor()[0]) == BAND_COLOUR
    assert not trajectory(path=PATH).collections


@pytest.mark.parametrize(
    ("language", "words", "scale"), [("en", "gap\n−97.29", 10), ("zh", "差距\n−972.9", 1)]
)
def test_the_gap_is_actual_minus_required_at_the_horizon(language, words, scale):
    ax = trajectory(language=language)
    assert texts(ax, "gap") == [words]
    (bracket,) = drawn(ax, "_gap")
    assert list(bracket.get_xdata()) == [2024, 2024]
    assert list(bracket.get_ydata()) == pytest.approx([9027.1 / scale, 10000 / scale])


def test_before_the_horizon_the_gap_is_taken_to_the_path():
    ax = trajectory(SHENYANG[SHENYANG["year"] <= 2023])
    assert texts(ax, "gap") == ["gap\n−96.11"]
    assert list(drawn(ax, "_gap")[0].get_xdata()) == [2023, 2023]


def test_no_gap_is_drawn_where_levels_may_not_be_compared_or_a_value_lacks():
    assert texts(trajectory(target=GOAL | {"gap": None}), "gap") == []
    assert texts(trajectory(SHENYANG[SHENYANG["year"] != 2024]), "gap") == []


def test_a_gap_in_a_share_is_in_percentage_points():
    share = pd.DataFrame({"year": [2023, 2024], "value": [76.0, 77.0]})
    goal = {"value": 85, "horizon": 2024, "comparator": ">"}
    assert texts(trajectory(share, path=None, target=goal, unit="%", language="zh"), "gap") == [
        "差距\n−8个百分点"
    ]


def test_the_target_is_marked_and_named_and_its_horizon_is_bold():
    ax = trajectory()
    (mark,) = drawn(ax, "_target")
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2024, 1000)
    assert list(drawn(ax, "_horizon")[0].get_xdata()) == [2024, 2024]
    assert texts(ax, "label") == ["target 2024\nat least 1,000", "2025\n910.03"]
    assert [tick.get_text() for tick in ax.get_xticklabels() if tick.get_fontweight() == "bold"] == ["2024"]


def test_several_targets_have_marks_of_different_shape_and_only_the_first_a_gap():
    ax = trajectory(target=[GOAL, {"value": 12000, "horizon": 2025, "label": "belt plan"}])
    assert [line.get_marker() for line in drawn(ax, "_target")] == ["D", "s"]
    assert "belt plan\n1,200" in texts(ax, "label")
    assert len(texts(ax, "gap")) == 1


def test_the_baseline_is_ringed_and_named():
    ax = trajectory()
    assert texts(ax, "baseline") == ["baseline 2021\n724.97"]
    assert list(drawn(ax, "_baseline")[0].get_xdata()) == [2021]
    assert texts(trajectory(target=GOAL | {"baseline_year": 2010}), "baseline") == []


def test_the_first_year_that_reaches_a_missed_target_is_named():
    ax = trajectory(DALIAN, target=GOAL | {"comparator": ">"})
    assert texts(ax, "reached") == ["reached in 2025\n1,000.21"]
    assert list(drawn(ax, "_reached")[0].get_xdata()) == [2025]
    longer = pd.concat([DALIAN, pd.DataFrame({"year": [2026], "value": [10500.0], "segment": [2]})])
    assert texts(trajectory(longer), "reached") == ["reached in 2025\n1,000.21"]


@pytest.mark.parametrize(
    ("add", "comparator", "reached"),
    [(0, ">=", True), (1000, ">=", False), (0, "<=", False), (3000, "<", False), (0, "up", False)],
)
def test_a_target_met_in_time_or_never_is_not_named_as_reached_late(add, comparator, reached):
    ax = trajectory(DALIAN.assign(value=DALIAN["value"] + add), target=GOAL | {"comparator": comparator})
    assert bool(drawn(ax, "_reached")) is reached


def test_each_break_has_a_letter_and_a_note_with_its_reason():
    ax = trajectory()
    assert texts(ax, "break") == ["a", "b"]
    assert [line.get_xdata()[0] for line in drawn(ax, "_break")] == [2018.5, 2023.5]
    assert texts(ax, "note")[1:] == [
        "a 2018/19: break in the series (fourth economic census)",
        "b 2023/24: break in the series (fifth economic census)",
    ]


def test_years_without_values_are_bridged_by_dots_that_the_legend_explains():
    holed = pd.DataFrame({"year": [2010, 2015, 2016, 2018], "value": [62.0, 67.0, 67.4, 68.0]})
    (bridge,) = drawn(charts.plot_trajectory(holed, unit="%"), "no figure for the years between")
    assert stretches(bridge)[:2] == [[2010, 2015], [2016, 2018]]
    assert bridge.is_dashed()


def test_nothing_but_a_projection_is_drawn_after_the_last_value():
    ax = trajectory(projection=AHEAD)
    assert np.nanmax(drawn(ax, "actual")[0].get_xdata()) == 2025
    (line,) = drawn(ax, "projection, not known figures")
    assert line.get_xdata().tolist() == [2025, 2026, 2027]
    assert line.get_ydata().tolist() == pytest.approx([910.03, 940, 970])
    assert line.is_dashed()
    assert "projected 2027\n970" in texts(ax, "label")
    (early,) = drawn(trajectory(projection=AHEAD.assign(year=[2024, 2026])), "projection, not known figures")
    assert early.get_xdata().tolist() == [2024, 2026]


def test_an_axis_that_leaves_out_zero_is_marked_and_noted():
    assert "The vertical axis does not start at zero." in texts(trajectory(), "note")
    ax = charts.plot_trajectory(pd.DataFrame({"year": [2020, 2021], "value": [1.0, 10.0]}))
    assert texts(ax, "note") == []
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize(("reason", "words"), [("not published", "No data: not published"), ("", "No data")])
def test_a_chart_without_values_is_a_frame_with_the_reason(reason, words):
    for ax in (
        trajectory(NOTHING, reason=reason),
        charts.plot_growth_trajectory(NOTHING, reason=reason, **BESIDE),
    ):
        assert texts(ax, "no_data") == [words]
        assert not ax.lines
        assert overlapping_texts(ax.figure) == []


@pytest.mark.parametrize(
    "values", [[5.0], [-3.0, 4.0, -8.0], [1.0, 1e9, 2.0], [np.nan, 5.0, np.nan], [0.0, 0.0], [1e-6, 2e-6]]
)
def test_odd_series_are_within_the_axes_without_overlapping_texts(values):
    frame = pd.DataFrame({"year": range(2020, 2020 + len(values)), "value": values})
    ax = charts.plot_trajectory(frame, target={"value": 6, "horizon": 2024}, unit="%", width="single")
    low, high = ax.get_ylim()
    assert low <= np.nanmin(values) <= np.nanmax(values) <= high
    assert overlapping_texts(ax.figure) == []


def test_a_path_without_required_values_is_refused():
    with pytest.raises(DataError, match="required path has no column required"):
        trajectory(path=pd.DataFrame({"year": [2020]}))


def test_the_geometric_mean_over_the_years_assessed_compounds_to_the_same_growth():
    ax = rates(growth(4), benchmark=growth(5).assign(name="China"), **ASSESSED)
    own_rates = growth(4).query("2022 <= year <= 2024")["value"] / 100
    own, other = drawn(ax, "mean of the years assessed (geometric)")
    mean = own.get_ydata()[0]
    assert (1 + mean / 100) ** 3 == pytest.approx((1 + own_rates).prod())
    assert other.get_ydata()[0] > mean
    assert texts(ax, "end")[0] == f"West\n2024: 4.5%\nmean 2022-2024: {mean:.1f}%"
    assert legend(ax) == ["West", "mean of the years assessed (geometric)", "China", "years assessed"]


def test_a_series_that_lacks_a_year_assessed_has_no_mean_and_a_note_says_so():
    ax = rates(growth(4).query("year != 2023"), **ASSESSED)
    assert not drawn(ax, "mean of the years assessed (geometric)")
    assert texts(ax, "note") == ["West: average not shown; 2023 missing."]


def test_growth_shows_zero_members_as_dots_and_the_target_over_the_years_assessed():
    goal = {"value": 15, "comparator": ">="}
    ax = rates(growth(9), members=growth(3), target=goal, **ASSESSED)
    assert ax.get_ylim()[0] <= 0 < ax.get_ylim()[1]
    (dots,), (line,) = drawn(ax, "member cities"), drawn(ax, "_target")
    assert dots.get_linestyle() == "None"
    assert dots.get_ydata().tolist() == growth(3)["value"].tolist()
    assert list(line.get_xdata()) == [2021.5, 2024.5]
    assert texts(ax, "target") == ["target 2022-2024\nat least 15%"]


def test_benchmark_and_cities_are_drawn_where_the_region_has_no_values():
    nation = pd.DataFrame({"year": [2022, 2023], "value": [7.6, 0.2], "name": "China"})
    single = pd.DataFrame({"year": [2022], "value": [12.8]})
    given = {"benchmark": nation, "members": single, "name": "Belt", "reason": "No figure"}
    ax = rates(NOTHING, **given)
    assert legend(ax) == ["China", "other cities"]
    assert texts(ax, "note") == ["No figure."]


def test_bounds_are_a_band_from_the_last_value_on_and_no_forecast():
    actual = pd.DataFrame({"year": [2022, 2023], "value": [75.0, 76.98]})
    bounds = pd.DataFrame({"year": [2024, 2025], "low": [75.5, 74.0], "high": [80.0, 83.0]})
    ax = charts.plot_trajectory(actual, bounds=bounds, target={"value": 85, "horizon": 2024}, unit="%")
    (band,) = [one for one in ax.collections if one.get_label() == "what is possible, not a forecast"]
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices.tolist()}
    assert {(2023.0, 76.98), (2024.0, 75.5), (2024.0, 80.0), (2025.0, 74.0), (2025.0, 83.0)} <= corners
    assert ax.get_ylim()[0] < 74


@pytest.mark.parametrize(
    ("value", "gap"), [(85.55, "gap\n+0.55 pp"), (84.996, "gap\n−0.004 pp"), (77.0, "gap\n−8.00 pp")]
)
def test_decimals_are_those_of_the_labels_or_more_where_the_gap_needs_them(value, gap):
    actual = pd.DataFrame({"year": [2023, 2024], "value": [84.0, value]})
    target = {"value": 85, "horizon": 2024, "comparator": ">"}
    ax = charts.plot_trajectory(actual, target=target, unit="%", decimals=2)
    assert texts(ax, "gap") == [gap]
    places = 3 if value == 84.996 else 2
    assert f"2024\n{value:.{places}f}%" in texts(ax, "label")
