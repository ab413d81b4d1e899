"""Charts that compare areas: panels, indices, ranks, dots, contributions."""

import numpy as np
import pandas as pd
import pytest
from chart_samples import (
    CITIES,
    NOTHING,
    drawn,
    growth,
    legend,
    members,
    names,
    overlapping_texts,
    stretches,
    texts,
)  # fmt: skip

from lnregions import charts
from lnregions.style import GROUND

NAMES = {"names": names()}


def test_panels_share_their_axes_and_a_member_without_values_keeps_its_panel():
    axes = charts.plot_member_panels(members(), members=CITIES, reason="never published", **NAMES)
    assert [texts(ax, "panel") for ax in axes] == [[name] for name in names().values()]
    assert len({ax.get_xlim() for ax in axes}) == 1
    assert not axes[0].get_shared_x_axes().joined(*axes[:2])  # each change would go through all of them
    assert [one.replace("\n", " ") for one in texts(axes[-1], "no_data")] == ["No data: never published"]
    for ax, (_, own) in zip(axes[:-1], members().groupby("area"), strict=True):
        (line,) = drawn(ax, "_series")
        assert stretches(line) == [list(range(2018, 2024)), [2024]]
        assert line.get_ydata()[~np.isnan(line.get_ydata())].tolist() == own["value"].tolist()
    notes = ["Gaps mark breaks in the series.", "Each panel has a scale of its own."]
    assert [one for ax in axes for one in texts(ax, "note")] == notes
    assert [ax.get_ylim()[0] for ax in axes[:-1]] == [0.0] * 6
    assert len({ax.get_ylim()[1] for ax in axes[:-1]}) == 6


def test_the_targets_of_panels_are_in_their_own_and_once_in_the_legend():
    target = pd.concat([growth(5000).assign(area=area, name="target") for area in CITIES[:2]])
    axes = charts.plot_member_panels(members(), members=CITIES[:3], target=target, **NAMES)
    assert [len(drawn(ax, "target")) for ax in axes] == [1, 1, 0]
    assert legend(axes[0]) == ["target", "low-confidence figure (grade C)"]


@pytest.mark.parametrize("count", [1, 30])
def test_panels_of_one_to_thirty_members_do_not_overlap(count):
    frame = pd.concat([growth(size % 9).assign(area=f"A{size}") for size in range(count)])
    axes = charts.plot_member_panels(frame, members=frame["area"].unique(), unit="%")
    assert len(axes) == count
    assert overlapping_texts(axes[0].figure) == []


def test_panels_of_a_slide_stand_in_rows_that_fill_its_height():
    frame = pd.concat([growth(10.0 ** (size % 3)).assign(area=f"A{size}") for size in range(7)])
    axes = charts.plot_member_panels(frame, members=frame["area"].unique(), width="slide")
    assert len({round(ax.get_position().y0, 3) for ax in axes}) == 2


def test_a_high_level_of_all_members_cuts_the_axis_of_the_panels_with_one_note():
    axes = charts.plot_member_panels(
        pd.concat([growth(90).assign(area=a) for a in "ab"]), members="ab", unit="%"
    )
    assert texts(axes[0], "note") == ["The vertical axis does not start at zero."]


def index(frame=None, base_year=2016, benchmark=NOTHING, **labels):
    frame = members() if frame is None else frame
    return charts.plot_indexed_growth(frame, base_year=base_year, benchmark=benchmark, **labels)


def test_the_benchmark_of_an_index_is_heaviest():
    ax = index(benchmark=growth(100).assign(name="China"), **NAMES)
    lines = drawn(ax, "_series")
    assert len(lines) == 7
    assert max(lines, key=lambda line: line.get_linewidth()) is lines[-1]
    assert texts(ax, "end")[-1].startswith("China ")


def test_thirty_lines_are_named_without_overlap_at_the_narrowest_width():
    frame = pd.concat([growth(100 + n / 3).assign(area=f"city {n}") for n in range(30)])
    ax = index(frame, width="single")
    assert len(texts(ax, "end")) == 30
    assert overlapping_texts(ax.figure) == []


def test_dots_of_two_years_are_joined_but_not_over_a_break():
    then = members()[members()["year"].isin([2018, 2023])]
    ax = charts.plot_dots(then, unit="亿元", **NAMES)
    first, last = then.query("area == '210100'")["value"]
    assert drawn(ax, "_path")[0].get_xdata() == pytest.approx([first / 10, last / 10])
    assert texts(ax, "value")[0] == f"{first / 10:,.2f} → {last / 10:,.2f}"
    assert set(legend(ax)) == {"low-confidence figure (grade C)", "2018", "2023"}
    broken = charts.plot_dots(members()[members()["year"].isin([2018, 2024])], **NAMES)
    assert not drawn(broken, "_path")


def test_dots_of_different_years_name_them_and_a_missing_value_has_its_band():
    frame = pd.DataFrame(
        {"area": list("aacb"), "year": [2022, 2023, 2025, 2024], "value": [10.0, 8.0, 2.0, None]}
    )
    frame = frame.assign(low=[None] * 3 + [6.0], high=[None] * 3 + [9.0])
    target = [{"value": 15, "comparator": ">="}, {"value": 12, "comparator": ">", "label": "other"}]
    ax = charts.plot_dots(frame, targets=target, highlight=["b"], unit="%")
    assert texts(ax, "value") == ["10% (2022) → 8% (2023)", "2% (2025)", "6% to 9% (2024)"]
    assert texts(ax, "target") == ["target at least 15%", "other above 12%"]
    assert [line.get_xdata()[0] for line in drawn(ax, "_target")] == [15.0, 12.0]
    (band,) = [bar for bar in ax.patches if bar.get_hatch()]
    assert (band.get_x(), band.get_width()) == (6.0, 3.0)
    assert [tick.get_fontweight() for tick in ax.get_yticklabels()] == ["normal", "normal", "bold"]
    assert overlapping_texts(ax.figure) == []


def test_an_index_is_compared_in_the_last_year_that_half_of_the_areas_have():
    years = {"a": range(2016, 2026), "b": range(2016, 2025), "c": range(2016, 2025), "d": range(2016, 2019)}
    frame = pd.DataFrame([(code, year, 100.0) for code, own in years.items() for year in own])
    frame.columns = ["area", "year", "value"]
    ax = index(frame)
    assert sorted(texts(ax, "end")) == ["a 100.0", "b 100.0", "c 100.0", "d 100.0 (2018)"]
    assert [line.get_xdata().tolist() for line in drawn(ax, "_later")] == [[2024, 2025]]
    assert texts(ax, "note") == ["Values of 2024; later ones are drawn pale."]


def test_ranks_run_from_the_greatest():
    ax = charts.plot_ranks(members(), highlight=["210200"], **NAMES)
    assert texts(ax, "end") == ["Shenyang", "Dalian", "Anshan", "Fushun", "Benxi", "Dandong"]
    assert [line.get_ydata().tolist() for line in drawn(ax, "_ranks")] == [[rank] * 7 for rank in range(1, 7)]


def test_contributions_start_at_zero_and_add_up_to_the_sum():
    ax = charts.plot_contributions(pd.DataFrame({"area": list("abc"), "value": [100.0, -30.0, 12.5]}))
    assert {bar.get_x() for bar in ax.patches} == {0.0}
    assert [bar.get_width() for bar in ax.patches] == [100.0, 12.5, -30.0, 82.5]
    assert texts(ax, "value") == ["+100", "+12.5", "−30", "+82.5"]
    assert texts(ax, "note") == []


@pytest.mark.parametrize("values", [[5.0], [-5.0], [0.0], [1e9, 1.0, -3.0], list(range(1, 31))])
def test_odd_contributions_are_drawn_without_overlap(values):
    frame = pd.DataFrame({"value": np.array(values, float)})
    frame = frame.assign(area=[f"city {n}" for n in frame.index])
    assert overlapping_texts(charts.plot_contributions(frame, width="single").figure) == []


def test_dots_are_sorted_hollow_for_grade_c_and_keep_areas_without_a_value():
    frame = pd.DataFrame({"area": list("abc"), "value": [1.0, np.nan, 6.0], "grade": ["C", "", "A"]})
    ax = charts.plot_dots(frame, benchmark={"Liaoning": 5.0}, unit="%")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["c", "a", "b"]
    assert texts(ax, "value") == ["6%", "1%", "no data"]
    (weak,) = drawn(ax, "low-confidence figure (grade C)")
    assert (weak.get_xdata().tolist(), weak.get_markerfacecolor()) == ([1.0], GROUND)
    assert drawn(ax, "_benchmark")[0].get_xdata()[0] == 5.0
    assert texts(ax, "benchmark") == ["Liaoning 5%"]
    assert not charts.plot_dots(frame).collections


def test_names_come_from_the_labels_then_the_frame_then_the_code():
    frame = pd.DataFrame({"area": ["1", "2"], "name_en": ["one", "two"], "value": [2.0, 1.0]})
    ticks = charts.plot_dots(frame, names={"1": "first"}).get_yticklabels()
    assert [tick.get_text() for tick in ticks] == ["first", "two"]
    ticks = charts.plot_dots(frame, language="zh").get_yticklabels()
    assert [tick.get_text() for tick in ticks] == ["1", "2"]


def test_a_stack_adds_the_figures_of_each_year_and_says_where_some_are_missing():
    rows = [(str(n), year, 10.0 * n + year - 2020) for n in range(1, 9) for year in (2021, 2022)]
    series = pd.DataFrame(rows[:-1], columns=["area", "year", "value"])
    ax = charts.plot_stack(series, unit="亿元", language="zh")
    tops = {}
    for bar in ax.patches:
        year = round(bar.get_x() + bar.get_width() / 2)
        assert bar.get_y() == pytest.approx(tops.get(year, 0.0))
        tops[year] = bar.get_y() + bar.get_height()
    assert tops == pytest.approx(series.groupby("year")["value"].sum().to_dict())
    assert legend(ax) == ["8", "7", "6", "5", "4", "3", "其他"]
    assert texts(ax, "count") == ["7/8"]
    assert overlapping_texts(ax.figure) == []
