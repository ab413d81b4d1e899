"""Charts that compare areas: panels, indices, slopes, ranks, dots, contributions."""

import numpy as np
import pandas as pd
import pytest
from chart_samples import CITIES, drawn, growth, legend, members, names, overlapping_texts, stretches, texts

from lnregions import charts
from lnregions.style import GROUND

NAMES = {"names": names()}


def test_panels_share_their_axes_and_a_member_without_values_keeps_its_panel():
    axes = charts.plot_member_panels(members(), members=CITIES, reason="never published", **NAMES)
    assert [texts(ax, "panel") for ax in axes] == [[name] for name in names().values()]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    assert [one.replace("\n", " ") for one in texts(axes[-1], "no_data")] == ["No data: never published"]
    for ax, (_, own) in zip(axes[:-1], members().groupby("area"), strict=True):
        (line,) = drawn(ax, "_series")
        assert stretches(line) == [list(range(2018, 2024)), [2024]]
        assert line.get_ydata()[~np.isnan(line.get_ydata())].tolist() == own["value"].tolist()
    assert [one for ax in axes for one in texts(ax, "note")] == ["A line is open where levels do not join."]


def test_the_benchmark_of_panels_is_in_each_of_them_and_once_in_the_legend():
    axes = charts.plot_member_panels(members(), benchmark=growth(5000).assign(name="target"), **NAMES)
    assert all(len(drawn(ax, "target")) == 1 for ax in axes)
    assert legend(axes[0]) == ["target", "weakly attested (grade C)"]


@pytest.mark.parametrize("count", [1, 14, 30])
def test_panels_of_one_to_thirty_members_do_not_overlap(count):
    frame = pd.concat([growth(size % 9).assign(area=f"A{size}") for size in range(count)])
    axes = charts.plot_member_panels(frame, benchmark=growth(4), unit="%")
    assert len(axes) == count
    assert overlapping_texts(axes[0].figure) == []


def test_a_high_level_of_all_members_cuts_the_axis_of_the_panels_with_one_note():
    axes = charts.plot_member_panels(pd.concat([growth(90).assign(area=area) for area in "ab"]), unit="%")
    assert texts(axes[0], "note") == ["The vertical axis does not start at zero."]


def test_codes_of_areas_may_be_numbers():
    frame = members().astype({"area": int})
    panels = charts.plot_member_panels(frame, members=[210100, "210700"], **NAMES)
    assert [len(drawn(ax, "_series")[0].get_xdata()) > 0 for ax in panels] == [True, False]
    assert texts(panels[0], "panel") == ["Shenyang"]
    assert len(texts(charts.plot_indexed_growth(frame, base_year=2019, **NAMES), "end")) == 6


def test_an_index_is_100_in_its_base_year_and_the_benchmark_is_heaviest():
    ax = charts.plot_indexed_growth(members(), base_year=2019, benchmark=growth(100), **NAMES)
    lines = drawn(ax, "_series")
    assert len(lines) == 7
    for line in lines:
        assert line.get_ydata()[line.get_xdata().tolist().index(2019)] == pytest.approx(100)
    assert max(lines, key=lambda line: line.get_linewidth()) is lines[-1]
    assert texts(ax, "end")[-1].startswith("benchmark ")


def test_an_area_without_the_base_year_is_left_out_and_named():
    frame = pd.concat([members(), pd.DataFrame({"area": ["210700"], "year": [2022], "value": [5.0]})])
    late = growth(100).query("year > 2020").assign(name="China")
    ax = charts.plot_indexed_growth(frame, base_year=2019, benchmark=late, **NAMES)
    assert texts(ax, "note") == ["Not drawn, for want of a figure for 2019: Jinzhou, China."]
    assert len(texts(ax, "end")) == 6


def test_thirty_lines_are_named_without_overlap_at_the_narrowest_width():
    frame = pd.concat([growth(100 + n / 3).assign(area=f"city {n}") for n in range(30)])
    ax = charts.plot_indexed_growth(frame, base_year=2016, width="single")
    assert len(texts(ax, "end")) == 30
    assert overlapping_texts(ax.figure) == []


def test_a_slope_joins_two_years_but_not_over_a_break():
    ax = charts.plot_slope(members(), years=(2018, 2023), unit="亿元", **NAMES)
    assert [stretches(line) for line in drawn(ax, "_series")] == [[[0, 1]]] * 6
    first, last = members().query("area == '210100' and year in (2018, 2023)")["value"]
    assert drawn(ax, "_series")[0].get_ydata().tolist() == pytest.approx([first / 10, last / 10])
    assert texts(ax, "end")[0] == f"Shenyang {first / 10:,.2f}"
    broken = charts.plot_slope(members(), years=(2018, 2024), **NAMES)
    assert [stretches(line) for line in drawn(broken, "_series")] == [[[0], [1]]] * 6
    assert texts(broken, "note")[0].startswith("Not joined, as the levels break between the years: Shenyang")


def test_a_slope_of_one_year_has_one_end():
    ax = charts.plot_slope(members(2020, 2020))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2020"]


def test_ranks_run_from_the_greatest_and_areas_with_a_hole_are_not_ranked():
    ax = charts.plot_ranks(members().drop(index=[0]), highlight=["210200"], **NAMES)
    assert texts(ax, "end") == ["Dalian", "Anshan", "Fushun", "Benxi", "Dandong"]
    assert [line.get_ydata().tolist() for line in drawn(ax, "_ranks")] == [[rank] * 7 for rank in range(1, 6)]
    assert texts(ax, "note") == ["Not ranked, for want of a figure in some year: Shenyang."]


def test_contributions_start_at_zero_and_add_up_to_the_sum():
    changes = pd.DataFrame({"area": list("abcd"), "value": [100.0, -30.0, 12.5, np.nan]})
    ax = charts.plot_contributions(changes)
    assert {bar.get_x() for bar in ax.patches} == {0.0}
    assert [bar.get_width() for bar in ax.patches] == [100.0, 12.5, -30.0, 0.0, 82.5]
    assert texts(ax, "value") == ["+100", "+12.5", "−30", "no data", "+82.5"]
    assert texts(ax, "note") == ["3 of 4 members have figures."]


@pytest.mark.parametrize("values", [[5.0], [-5.0], [0.0], [1e9, 1.0, -3.0], list(range(1, 31))])
def test_odd_contributions_are_drawn_without_overlap(values):
    frame = pd.DataFrame(
        {"area": [f"city {n}" for n in range(len(values))], "value": np.array(values, float)}
    )
    assert overlapping_texts(charts.plot_contributions(frame, width="single").figure) == []


def test_dots_are_sorted_hollow_for_grade_c_and_keep_areas_without_a_value():
    frame = pd.DataFrame({"area": list("abc"), "value": [1.0, np.nan, 6.0], "grade": ["C", "", "A"]})
    ax = charts.plot_dots(frame, benchmark={"Liaoning": 5.0}, unit="%")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["c", "a", "b"]
    assert texts(ax, "value") == ["6%", "1%", "no data"]
    (weak,) = drawn(ax, "weakly attested (grade C)")
    assert (weak.get_xdata().tolist(), weak.get_markerfacecolor()) == ([1.0], GROUND)
    assert drawn(ax, "_benchmark")[0].get_xdata()[0] == 5.0
    assert texts(ax, "benchmark") == ["Liaoning 5%"]
    assert not charts.plot_dots(frame).collections


@pytest.mark.parametrize(
    ("plot", "keywords"),
    [
        (charts.plot_dots, {}),
        (charts.plot_contributions, {}),
        (charts.plot_slope, {"years": (1990, 1991)}),
        (charts.plot_ranks, {}),
        (charts.plot_indexed_growth, {"base_year": 1990}),
        (charts.plot_member_panels, {}),
    ],
)
def test_nothing_to_compare_is_a_frame_with_the_reason(plot, keywords):
    frame = pd.DataFrame({"area": ["a", "b"], "year": [2020, 2021], "value": np.nan})
    (ax,) = np.atleast_1d(plot(frame, reason="none", **keywords))
    assert texts(ax, "no_data") == ["No data: none"]


def test_names_come_from_the_labels_then_the_frame_then_the_code():
    frame = pd.DataFrame({"area": ["1", "2"], "name_en": ["one", "two"], "value": [2.0, 1.0]})
    ticks = charts.plot_dots(frame, names={"1": "first"}).get_yticklabels()
    assert [tick.get_text() for tick in ticks] == ["first", "two"]
    ticks = charts.plot_dots(frame, language="zh").get_yticklabels()
    assert [tick.get_text() for tick in ticks] == ["1", "2"]
