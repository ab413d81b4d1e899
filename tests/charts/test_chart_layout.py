"""The sheet of every chart: sizes, texts, legends, margins, and pictures as they were."""

from itertools import pairwise, product
from pathlib import Path

import chart_samples as samples
import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from lnregions import DataError, charts
from lnregions.charts.lines import limits, spread
from lnregions.style import SIZES

QUICK = [("en", "single"), ("zh", "single"), ("en", "double"), ("zh", "slide")]
SHEETS = [
    pytest.param(*one, marks=() if one in QUICK else pytest.mark.long) for one in product(("en", "zh"), SIZES)
]
BASELINE = Path(__file__).parents[1] / "baseline" / "charts"


@pytest.mark.parametrize(("language", "width"), SHEETS)
def test_no_text_of_any_chart_overlaps_another_and_all_are_of_the_sizes_of_their_width(language, width):
    for name, ax in samples.every_chart(language, width).items():
        figure = ax.figure
        assert samples.overlapping_texts(figure) == [], name
        assert figure.get_figwidth() * 25.4 == pytest.approx(SIZES[width].width_mm), name
        sizes = {one.get_fontsize() for one in figure.findobj(Text) if one.get_text().strip()}
        assert SIZES[width].small <= min(sizes) <= max(sizes) <= SIZES[width].title, name
        assert len(samples.texts(ax, "title")) == 1, name


@pytest.mark.parametrize(("language", "source"), [("en", "Source: bulletin"), ("zh", "资料来源：bulletin")])
def test_title_subtitle_with_unit_notes_and_source_are_written_around_the_axes(language, source):
    words = {"title": "GDP", "subtitle": "Shenyang", "notes": ["note", ""], "source": "bulletin"}
    ax = charts.plot_trajectory(samples.DALIAN.assign(segment=1), unit="亿元", language=language, **words)
    assert samples.texts(ax, "title") == ["GDP"]
    assert samples.texts(ax, "subtitle") == [f"Shenyang · {'billion yuan' if language == 'en' else '亿元'}"]
    assert samples.texts(ax, "note")[0] == "note"
    assert samples.texts(ax, "source") == [source]


def test_a_long_legend_and_long_texts_are_wrapped_within_the_width():
    words = {"title": "Title " * 30, "source": "bulletin " * 60, "width": "single", "height_mm": 120}
    benchmark = pd.concat([samples.SHENYANG.assign(name=f"benchmark number {n}") for n in range(5)])
    given = {"benchmark": benchmark, "members": samples.NOTHING, "name": "region"}
    ax = charts.plot_growth_trajectory(samples.SHENYANG, **given, **words)
    assert samples.legend(ax)[2:4] == ["benchmark number 0", "benchmark number 1"]
    assert samples.overlapping_texts(ax.figure) == []


@pytest.mark.parametrize(("given", "millimetres"), [({"height_mm": 77}, 77), ({"width": "slide"}, 142.875)])
def test_a_given_height_is_kept_and_a_slide_is_16_to_9(given, millimetres):
    ax = charts.plot_dots(samples.SHENYANG.assign(area="a"), **given)
    assert ax.figure.get_figheight() * 25.4 == pytest.approx(millimetres)


def test_a_chart_on_given_axes_keeps_their_figure_and_writes_beside_them():
    figure = Figure(figsize=(8, 6))
    ax = figure.add_axes((0.15, 0.3, 0.6, 0.4))
    assert charts.plot_trajectory(samples.SHENYANG, ax=ax, title="Shenyang", source="bulletin") is ax
    assert figure.get_size_inches().tolist() == [8, 6]
    assert samples.texts(ax, "title") == ["Shenyang"]
    assert samples.overlapping_texts(figure) == []


def test_charts_leave_nothing_with_pyplot_and_do_not_change_the_frame():
    before, figures = samples.SHENYANG.copy(), pyplot.get_fignums()
    charts.plot_trajectory(samples.SHENYANG)
    assert pyplot.get_fignums() == figures
    pd.testing.assert_frame_equal(samples.SHENYANG, before)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"titel": "x"}, r"(?i)unknown keyword 'titel'.*did you mean title"),
        ({"language": "fr"}, r"(?i)unknown language 'fr'"),
        ({"width": "wide"}, r"(?i)unknown width 'wide'"),
    ],
)
def test_unknown_labels_are_refused_with_the_choices(given, message):
    with pytest.raises(DataError, match=message):
        charts.plot_trajectory(samples.SHENYANG, **given)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"year": [2020]}, "actual series has no column value; it has year"),
        ({}, "it has none"),
        ({"year": [2020, 2020], "value": [1.0, 2.0]}, "several values for 2020"),
    ],
)
def test_a_frame_without_a_column_or_with_two_values_a_year_is_refused(frame, message):
    with pytest.raises(DataError, match=message):
        charts.plot_trajectory(pd.DataFrame(frame))


EMPTY = pd.DataFrame(columns=["area", "year", "value", "name", "target", "region", "status"], dtype=object)
WITHOUT_VALUES = {
    "contributions": {}, "member_panels": {"members": ["a"]}, "scorecard": {"targets": EMPTY, "regions": {}},
    "growth_trajectory": {"benchmark": EMPTY, "members": EMPTY, "name": "West"},
}  # fmt: skip


@pytest.mark.parametrize("kind", WITHOUT_VALUES)
def test_a_chart_without_any_value_is_a_frame_with_the_reason(kind):
    made = getattr(charts, f"plot_{kind}")(EMPTY, reason="none", **WITHOUT_VALUES[kind])
    (ax,) = np.atleast_1d(made)
    assert samples.texts(ax, "no_data") == ["No data: none"]


def test_an_unknown_status_is_refused():
    with pytest.raises(DataError, match=r"(?i)unknown status 'mett'"):
        charts.plot_scorecard(samples.VERDICTS.assign(status="mett"), targets=samples.CLAUSES, regions={})


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
        ([np.nan], None, (0.0, 1.0, False)),
        ([], None, (0.0, 1.0, False)),
    ],
)
def test_a_value_axis_starts_at_zero_unless_all_values_are_far_from_it(values, zero, expected):
    assert limits(values, zero=zero, pad=0) == expected
    assert limits(values, zero=True, pad=0.1)[0] <= 0


@pytest.mark.parametrize(
    ("wanted", "heights"),
    [
        ([5, 5, 5], [2, 2, 2]),
        ([0, 0, 10, 10], [1, 3, 2, 1]),
        ([9, 1, 5, 5.1, 5.2, 5.3], [1] * 6),
        ([-4, 20], [2, 2]),
    ],
)
def test_spread_labels_stay_in_their_span_in_order_without_overlap(wanted, heights):
    centres = spread(wanted, heights, low=0, high=10)
    assert np.argsort(centres, kind="stable").tolist() == np.argsort(wanted, kind="stable").tolist()
    boxes = sorted(zip(centres - np.array(heights) / 2, centres + np.array(heights) / 2, strict=True))
    assert boxes[0][0] >= -1e-9
    assert boxes[-1][1] <= 10 + 1e-9
    assert all(lower[1] <= upper[0] + 1e-9 for lower, upper in pairwise(boxes))


def test_labels_move_as_little_as_can_be_and_are_squeezed_evenly_where_they_cannot_fit():
    assert spread([1, 5, 9], [1, 1, 1], low=0, high=10).tolist() == [1, 5, 9]
    assert spread([5, 5], [2, 2], low=0, high=10).tolist() == [4, 6]
    assert spread([5, 5], [10, 10], low=0, high=10).tolist() == [2.5, 7.5]


@pytest.mark.skipif(not matplotlib.__version__.startswith("3.11."), reason="baselines are of matplotlib 3.11")
@pytest.mark.parametrize("name", ["trajectory", "panels", "contributions", "scorecard"])
def test_a_chart_looks_as_it_did(name, tmp_path):
    ax = samples.every_chart("zh" if name == "trajectory" else "en", "single")[name]
    picture = tmp_path / f"{name}.png"
    ax.figure.savefig(picture, dpi=100)
    tolerance = 4  # of 255, which leaves room for other anti-aliasing of text
    assert compare_images(str(BASELINE / f"{name}.png"), str(picture), tol=tolerance) is None
