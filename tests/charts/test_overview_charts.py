"""Target sheet, gaps, heat map and verdicts over time: what is drawn equals its data."""

import chart_samples as samples
import pandas as pd
import pytest

from lnregions import charts
from lnregions.style import STATUSES


def test_a_sheet_of_targets_without_bounds_is_drawn():
    marks = samples.MARKS[samples.MARKS["role"] != "possible"].drop(columns=["low", "high"])
    assert charts.plot_target_sheet(samples.SHEET, marks=marks).lines


def test_all_targets_of_a_sheet_stand_at_one_place_and_marks_as_far_from_it_as_their_values():
    ax = charts.plot_target_sheet(samples.SHEET, marks=samples.MARKS)
    aims = {line.get_xdata()[0] for line in samples.drawn(ax, "target")}
    assert len(aims) == 1
    names = ("baseline", "required by now", "actual")
    places = [samples.drawn(ax, name)[0].get_xdata()[0] for name in names]
    aim = aims.pop()
    shares = [(aim - place) / (aim - places[0]) for place in places]
    assert shares == pytest.approx([(10000 - value) / (10000 - 7249.7) for value in (7249.7, 9083.2, 9027.1)])


def test_a_bar_without_baseline_starts_at_zero_and_one_without_marks_has_words_only():
    ax = charts.plot_target_sheet(samples.SHEET, marks=samples.MARKS)
    aim = samples.drawn(ax, "target")[0].get_xdata()[0]
    foot, end = next(line.get_xdata() for line in samples.drawn(ax, "_reached") if line.get_xdata()[1] > aim)
    assert (end - foot) / (foot - aim) == pytest.approx(6.4 / 12.8)  # actual 6.4 above a requirement of -12.8
    assert len(samples.drawn(ax, "target")) == samples.MARKS["target"].nunique()
    assert samples.texts(ax, "verdict")[0].replace("\n", " ") == samples.SHEET["verdict"][0]
    assert len(samples.texts(ax, "figures")) == len(samples.SHEET)


def test_the_side_on_which_a_target_is_met_follows_its_comparator():
    met = []
    for comparator in (">=", "<="):
        sheet = samples.SHEET.head(1).assign(comparator=comparator)
        ax = charts.plot_target_sheet(sheet, marks=samples.MARKS)
        (bar,) = next(bars for bars in ax.containers if bars.get_label() == "target met")
        met.append((bar.get_x(), bar.get_width()))
    assert met[0][0] == pytest.approx(met[1][0] + met[1][1])


def test_gaps_rise_above_zero_or_fall_below_and_a_year_without_one_says_so():
    ax = charts.plot_gaps(samples.GAPS, years=(2022, 2024), unit="pp")
    assert [bar.get_height() for bar in ax.patches if bar.get_width() < 1] == [-0.8, 31.3, 0.1, -13.5]
    assert samples.texts(ax, "value") == ["−0.8", "+31.3", "+0.1", "−13.5", "no figure"]
    assert set(samples.legend(ax)) == {"derived, not published", "years assessed"}
    up, down = ax.patches[1].get_facecolor(), ax.patches[0].get_facecolor()
    assert up != down


def test_a_heat_map_is_darker_for_higher_values_of_a_column_and_hatched_without_a_figure():
    cells = samples.heat_cells()
    ax = charts.plot_heat_map(cells, names=samples.names(), width="double")
    assert samples.texts(ax, "value")[0] == "10,002.10 A\n2025\n+137.1%"
    assert sum(bar.get_hatch() is not None for bar in ax.patches) == 1
    tiles = [bar for bar in ax.patches if bar.get_x() < -0.4]
    own = cells[cells["column"] == cells["column"][0]]["value"]
    assert len(tiles) == len(samples.CITIES)
    light = [sum(tile.get_facecolor()[:3]) for tile in tiles]
    assert light[own.to_numpy().argmax()] == min(light) < light[own.to_numpy().argmin()] == max(light)


@pytest.mark.parametrize("width", ["single", "double"])
def test_heads_of_a_heat_map_stand_upright_where_a_word_is_wider_than_a_tile(width):
    own, name = samples.heat_cells(), "Urbanisation of permanent population {}"
    cells = pd.concat([own.assign(column=name.format(n)) for n in range(6)])
    cells = cells.drop_duplicates(["area", "column"])
    ax = charts.plot_heat_map(cells, names=samples.names(), width=width)
    heads = [one for one in ax.texts if one.get_label() == "_head"]
    assert {one.get_rotation() for one in heads} == {90.0 if width == "single" else 0.0}
    assert samples.overlapping_texts(ax.figure) == []


def test_tiles_of_a_low_heat_map_keep_the_lines_that_fit():
    ax = charts.plot_heat_map(samples.heat_cells(), names=samples.names(), width="double", height_mm=75)
    assert {len(words.split("\n")) for words in samples.texts(ax, "value")} < {1, 2, 3}
    assert samples.overlapping_texts(ax.figure) == []


def test_a_tile_too_narrow_for_value_and_grade_has_the_grade_below():
    cells = samples.heat_cells()
    columns = list(dict.fromkeys(cells["column"]))[:7]
    own = cells[cells["column"].isin(columns)].assign(words="1,000.21\n+5.1%", grade="A")
    ax = charts.plot_heat_map(own, names=samples.names(), width="single")
    assert set(samples.texts(ax, "value")) == {"1,000.21\nA +5.1%"}
    ax = charts.plot_heat_map(own.assign(words="1,000.21"), names=samples.names(), width="single")
    assert set(samples.texts(ax, "value")) == {"1,000.21\nA"}


def test_a_narrow_heat_map_names_the_columns_that_it_leaves_out():
    ax = charts.plot_heat_map(samples.heat_cells(), width="single")
    assert len(samples.texts(ax, "head")) < 8
    assert "Gross domestic product 7" in samples.texts(ax, "note")[0].replace("\n", " ")


def test_verdicts_over_time_run_from_date_to_date():
    ax = charts.plot_timeline(samples.SPANS)
    bars = {bars.get_label(): bars.patches for bars in ax.containers}
    assert set(bars) == {"no data", "missed", "not assessable"}
    (first,), (then,) = bars["no data"], bars["missed"]
    assert first.get_x() + first.get_width() == then.get_x()
    assert first.get_y() == then.get_y()
    assert then.get_hatch() == STATUSES["missed"].hatch
    assert samples.texts(ax, "status") == ["no data", "missed", "not assessable"]
