from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from lnregions import DataError
from lnregions.charts.labels import (
    LEADING,
    PRINT_DPI,
    Label,
    LabelColumn,
    overlapping_texts,
    place_labels,
    sampled,
    spread,
    text_size,
    word,
    wrap,
)
from lnregions.charts.parts import (
    bridges,
    decimals_of,
    dress_years,
    limits,
    runs,
    tidy_series,
)
from lnregions.charts.sheet import Key, Sheet, need
from lnregions.style import style


@pytest.mark.parametrize(
    ("wanted", "heights"),
    [
        ([5, 5, 5], [2, 2, 2]),
        ([0, 0, 10, 10], [1, 3, 2, 1]),
        ([9, 1, 5, 5.1, 5.2, 5.3], [1, 1, 1, 1, 1, 1]),
        ([-4, 20], [2, 2]),
    ],
)
def test_spread_boxes_stay_in_their_span_and_never_overlap(wanted, heights):
    centres = spread(wanted, heights, low=0, high=10)
    boxes = sorted(zip(centres - np.array(heights) / 2, centres + np.array(heights) / 2, strict=True))
    assert boxes[0][0] >= -1e-9
    assert boxes[-1][1] <= 10 + 1e-9
    assert all(first[1] <= second[0] + 1e-9 for first, second in pairwise(boxes))


def test_spread_leaves_boxes_alone_that_do_not_touch():
    assert spread([1, 5, 9], [1, 1, 1], low=0, high=10).tolist() == [1, 5, 9]


def test_spread_keeps_the_order_of_the_points():
    wanted = [3.0, 1.0, 2.0, 2.5]
    centres = spread(wanted, [2, 2, 2, 2], low=0, high=10)
    assert np.argsort(centres).tolist() == np.argsort(wanted).tolist()


def test_spread_moves_neighbours_that_collide_by_as_little_as_can_be():
    assert spread([5, 5], [2, 2], low=0, high=10).tolist() == [4, 6]


def test_spread_squeezes_evenly_what_cannot_fit():
    assert spread([5, 5], [10, 10], low=0, high=10).tolist() == [2.5, 7.5]


def test_spread_of_nothing_is_nothing():
    assert len(spread([], [], low=0, high=1)) == 0


def test_wrapped_lines_are_no_wider_than_asked():
    text = "weakly attested figures of the western cities 沈阳现代化都市圈和辽宁沿海经济带"
    lines = wrap(text, width=60, size=7).split("\n")
    assert len(lines) > 3
    assert all(text_size(line, size=7)[0] <= 60 * 1.03 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_an_empty_text_has_no_size():
    assert text_size("", size=7) == (0, 0)


def test_measured_text_is_as_wide_as_it_prints():
    figure = style.figure("single")
    drawn = figure.text(0.1, 0.5, "Shenyang 84.5%", fontsize=7, fontweight="bold", fontfamily=style.FAMILY)
    figure.set_dpi(300)
    printed = drawn.get_window_extent().width * 72 / 300
    assert text_size("Shenyang 84.5%", size=7, weight="bold")[0] == pytest.approx(printed, rel=0.02)


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("size", [6.5, 9, 10.3])
@pytest.mark.parametrize(
    "text",
    [
        "AV To, y.“W” −48.3%",
        "沈阳市\nGDP（2024年）: 9027.1亿元",
        "296个地级市GDP, compiled by biechouwo-coder [s032];",
        "辽宁市-T，“AT”",
        "2024\t😀",
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_text_put_together_from_characters_is_measured_as_matplotlib_does(text, size, weight):
    drawn = Text(0, 0, text, fontfamily=style.FAMILY, fontsize=size, fontweight=weight, linespacing=LEADING)
    drawn.set_figure(Figure(dpi=PRINT_DPI))
    box = drawn.get_window_extent(RendererAgg(9, 9, PRINT_DPI))
    assert text_size(text, size=size, weight=weight) == (box.width * 72 / 300, box.height * 72 / 300)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_characters_that_the_font_lacks_can_be_wrapped_and_are_refused_only_when_saved():
    assert wrap("GDP 😀 of\tx", width=20, size=7).split("\n") == ["GDP", "😀", "of\tx"]


def axes(limits=(0, 10)):
    figure = style.figure("single")
    ax = figure.add_axes((0.2, 0.2, 0.6, 0.6))
    ax.set(xlim=limits, ylim=limits)
    return ax


def test_placed_labels_cover_neither_each_other_nor_the_line():
    ax = axes()
    ax.figure.set_dpi(300)
    x = np.arange(11)
    ax.plot(x, x)
    labels = [Label(f"point {n}", (n, n), name="spot") for n in (3, 4, 5, 6)]
    line = sampled(ax, x, x)
    texts = place_labels(ax, labels, lines=[line])
    assert overlapping_texts(ax.figure) == []
    boxes = [text.get_window_extent() for text in texts]
    assert not any(box.contains(*point) for box in boxes for point in line)
    assert [text.get_label() for text in texts] == ["_spot"] * 4


def test_a_placed_label_keeps_off_a_box_that_is_taken():
    ax = axes()
    free = place_labels(ax, [Label("here", (5, 5))])[0].get_window_extent()
    moved = place_labels(ax, [Label("here", (5, 5))], boxes=[free.extents])[0].get_window_extent()
    assert not free.overlaps(moved)


def test_sampled_points_leave_out_the_years_without_a_value():
    points = sampled(axes(), [0, 1, 2], [0, np.nan, 2])
    assert len(points) == 2


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_column_of_labels_stands_beside_the_axes_without_overlap(side):
    ax = axes()
    labels = [Label(f"city {n}", (5, 5 + n / 10)) for n in range(8)]
    ax.set_yticks([])
    column = LabelColumn(labels, room=60, side=side)
    texts = column.write(ax)
    frame = ax.get_window_extent()
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= frame.x1 if side == "right" else box.x1 <= frame.x0
    assert overlapping_texts(ax.figure) == []
    assert sum(line.get_label() == "_leader" for line in ax.lines) == 8


def test_an_empty_column_writes_nothing():
    assert LabelColumn([], room=60).write(axes()) == []
    assert LabelColumn([], room=60).width == 0


def test_overlap_is_found_and_so_is_text_off_the_page():
    figure = Figure(figsize=(2, 1))
    figure.text(0.5, 0.5, "one")
    figure.text(0.52, 0.5, "two")
    figure.text(0.97, 0.1, "beyond")
    assert overlapping_texts(figure) == [("one", "two"), ("beyond", "(edge)")]


def test_hidden_text_and_ticks_outside_the_view_do_not_count_as_overlapping():
    ax = axes()
    ax.set_xticks([5, 5.0001, 20])
    ax.set_xticklabels(["5", "", "20"])
    ax.text(5, 5, "hidden", visible=False)
    ax.text(5, 5, "shown")
    assert overlapping_texts(ax.figure) == []


def test_a_dollar_sign_is_a_dollar_sign():
    assert word(axes(), 1, 1, "$5 and $6", colour="black", size=7).get_parse_math() is False


@pytest.mark.parametrize(
    ("values", "zero", "expected"),
    [
        ([2.0, 10.0], None, (0.0, 10.0, False)),
        ([9.0, 10.0], None, (9.0, 10.0, True)),
        ([9.0, 10.0], True, (0.0, 10.0, False)),
        ([2.0, 10.0], False, (2.0, 10.0, True)),
        ([-9.0, -10.0], None, (-10.0, -9.0, True)),
        ([-5.0, 5.0], False, (-5.0, 5.0, False)),
        ([-5.0, -0.5], None, (-5.0, 0.0, False)),
        ([7.0, 7.0], None, (0.0, 7.0, False)),
        ([0.0], None, (0.0, 0.0, False)),
        ([], None, (0.0, 1.0, False)),
        ([float("nan"), None], None, (0.0, 1.0, False)),
    ],
)
def test_limits_start_at_zero_unless_all_values_are_far_from_it(values, zero, expected):
    assert limits(values, zero=zero, pad=0) == expected


def test_padding_never_pushes_an_axis_from_zero_below_it():
    assert limits([2.0, 10.0], pad=0.1)[0] == 0.0


@pytest.mark.parametrize(
    ("ticks", "places"), [([0, 1], 0), ([0, 0.5], 1), ([0, 0.25], 2), ([3], 0), ([0, 1e-7], 4)]
)
def test_ticks_get_the_decimals_that_tell_them_apart(ticks, places):
    assert decimals_of(ticks) == places


def test_a_tidy_series_is_sorted_and_drops_rows_without_a_value():
    given = pd.DataFrame({"year": [2022, 2020, 2021], "value": [3.0, 1.0, np.nan]})
    assert tidy_series(given)["year"].tolist() == [2020, 2022]
    assert given["year"].tolist() == [2022, 2020, 2021]


def test_two_values_for_a_year_are_refused():
    with pytest.raises(DataError, match="several values for 2020"):
        tidy_series(pd.DataFrame({"year": [2020, 2020], "value": [1.0, 2.0]}))


def test_a_missing_column_is_refused_with_the_columns_there_are():
    with pytest.raises(DataError, match="index has no column value; it has area, year"):
        need(pd.DataFrame(columns=["area", "year"]), ("area", "value"), what="index")


def test_a_frame_without_any_column_is_refused():
    with pytest.raises(DataError, match="it has none"):
        need(pd.DataFrame(), ("year",), what="series")


def test_a_series_is_cut_at_breaks_and_at_missing_years_but_bridged_only_over_the_latter():
    frame = pd.DataFrame({"year": [2018, 2019, 2021, 2022], "value": 1.0, "segment": [0, 1, 1, 1]})
    tidy = tidy_series(frame)
    assert [tidy["year"][run].tolist() for run in runs(tidy)] == [[2018], [2019], [2021, 2022]]
    assert [tidy["year"][pair].tolist() for pair in bridges(tidy)] == [[2019, 2021]]
    assert runs(tidy[:0]) == bridges(tidy[:0]) == []


@pytest.mark.parametrize(("width", "shown"), [(400, 8), (60, 2), (8, 1)])
def test_years_are_thinned_to_the_room_and_keep_the_anchor(width, shown):
    sheet = Sheet(None, "en", {})
    dress_years(sheet, range(2018, 2026), anchor=2024, width=width, strong=(2024,))
    labels = sheet.ax.get_xticklabels()
    assert len(labels) == shown
    assert {t.get_text() for t in labels if t.get_fontweight() == "bold"} == {"2024"}


def test_an_unknown_word_of_a_sheet_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"(?i)unknown keyword 'titel'.*did you mean title"):
        Sheet(None, "en", {"titel": "x"})


def test_an_unknown_language_is_refused():
    with pytest.raises(DataError, match=r"(?i)unknown language 'fr'"):
        Sheet(None, "fr", {})


@pytest.mark.parametrize(
    ("value", "unit", "language", "printed"),
    [
        (9027.1, "亿元", "en", "902.7"),
        (9027.1, "亿元", "zh", "9027.1"),
        (15, "%", "en", "15%"),
        (5.25, "%", "zh", "5.2%"),
        (float("nan"), "%", "en", "no data"),
    ],
)
def test_numbers_are_printed_in_the_habit_of_the_language(value, unit, language, printed):
    assert Sheet(None, language, {"unit": unit}).number(value) == printed


@pytest.mark.parametrize(
    ("values", "unit", "places"),
    [([1.0, 2.0], "", 0), ([1.25, 120.5], "", 1), ([1.25, 2.5], "", 2), ([5.2, 6.0], "%", 1)],
)
def test_a_column_of_numbers_shares_its_decimals(values, unit, places):
    assert Sheet(None, "zh", {"unit": unit}).decimals(values) == places


@pytest.mark.parametrize(
    ("width", "millimetres"),
    [("single", 85), ("onehalf", 120), ("double", 174), ("slide", 254), ("a4", 210), (100, 100)],
)
def test_a_sheet_has_the_width_asked_for(width, millimetres):
    sheet = Sheet(None, "en", {"width": width, "title": "Title " * 30, "source": "bulletin " * 30})
    sheet.keys.append(Key("area", patch={"facecolor": "red"}))
    sheet.settle()
    assert sheet.figure.get_figwidth() * 25.4 == pytest.approx(millimetres)
    assert overlapping_texts(sheet.figure) == []


def test_a_height_asked_for_is_kept_and_a_slide_is_16_to_9():
    sheet = Sheet(None, "en", {"height_mm": 77, "title": "Title"})
    sheet.settle(body_mm=500)
    assert sheet.figure.get_figheight() * 25.4 == pytest.approx(77)
    slide = Sheet(None, "en", {"width": "slide"})
    slide.settle()
    assert slide.figure.get_figwidth() / slide.figure.get_figheight() == pytest.approx(16 / 9)


def test_a_sheet_on_axes_of_the_caller_keeps_the_figure_and_writes_beside_the_axes():
    figure = Figure(figsize=(6, 5))
    ax = figure.add_axes((0.2, 0.3, 0.6, 0.4))
    ax.tick_params(labelsize=7)
    sheet = Sheet(ax, "en", {"title": "Title", "source": "bulletin", "notes": ["note", ""]})
    sheet.keys.append(Key("line", line={"color": "red"}))
    sheet.settle(right=40)
    assert figure.get_size_inches().tolist() == [6, 5]
    assert ax.get_position().width == pytest.approx(0.6 - 40 / 432)
    assert [t.get_text() for t in ax.texts] == ["Title", "line", "note", "Source: bulletin"]
    assert overlapping_texts(figure) == []
