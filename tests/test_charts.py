from functools import cache

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from lnregions import DataError, charts
from lnregions.charts.growth import geometric_mean
from lnregions.charts.lists import names_of
from lnregions.charts.series import passes
from lnregions.style import palette, style

WIDTHS = ["single", "onehalf", "double", "slide", "a4"]
CITIES = {
    "210100": ("Shenyang", "沈阳"),
    "210200": ("Dalian", "大连"),
    "210300": ("Anshan", "鞍山"),
    "210400": ("Fushun", "抚顺"),
    "210500": ("Benxi", "本溪"),
    "210600": ("Dandong", "丹东"),
    "210700": ("Jinzhou", "锦州"),
}
SHENYANG = pd.DataFrame(
    {
        "year": range(2018, 2026),
        "value": [6101.9, 6470.3, 6571.6, 7249.7, 7695.8, 8122.1, 9027.1, 9100.3],
        "grade": list("CBAAAAAB"),
        "segment": [0, 1, 1, 1, 1, 1, 2, 2],
        "reason": ["", "fourth economic census", "", "", "", "", "fifth economic census", ""],
    }
)
DALIAN = pd.DataFrame(
    {
        "year": range(2019, 2026),
        "value": [7001.7, 7030.4, 7825.9, 8430.9, 8752.9, 9516.9, 10002.1],
        "grade": list("BABBAAA"),
        "segment": [1, 1, 1, 1, 1, 2, 2],
    }
)
PATH = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "required": [7249.7, 8166.5, 9083.2, 10000.0]}).assign(
    low=[7249.7, 8070.0, 8983.2, 10000.0], high=[7249.7, 8166.5, 9083.2, 10000.0]
)
GOAL = {"value": 10000, "horizon": 2024, "comparator": ">=", "baseline_year": 2021}
NOTHING = pd.DataFrame({"year": [], "value": []})


def words_of(ax, name):
    """Texts of a chart that play one part, on the axes and on the figure."""
    return [t.get_text() for t in [*ax.texts, *ax.figure.texts] if t.get_label() == f"_{name}"]


def lines_of(ax, name):
    return [line for line in ax.lines if line.get_label() == f"_{name}"]


def names(language):
    return {area: name[language == "zh"] for area, name in CITIES.items()}


def members(first=2018, last=2024, seed=1):
    """Made-up figures: seven cities of very different size, the last without any figure."""
    random = np.random.default_rng(seed)
    rows = []
    for size, area in enumerate(list(CITIES)[:-1]):
        for year in range(first, last + 1):
            value = 9000 / (size + 1) * 1.05 ** (year - first) + random.normal(0, 40)
            grade = "C" if year == first else "A"
            rows.append((area, year, value, grade, int(year >= 2024)))
    return pd.DataFrame(rows, columns=["area", "year", "value", "grade", "segment"])


def growth(level, first=2016):
    years = range(first, 2025)
    return pd.DataFrame({"year": years, "value": [level + (year % 3) - 1.5 for year in years]})


def every_chart(language, width):
    """Every kind of chart, with a long title, key, notes and source, in one language and width."""
    zh = language == "zh"
    words = {
        "language": language,
        "width": width,
        "title": "沈阳现代化都市圈地区生产总值" if zh else "Gross domestic product of the metropolitan area",
        "subtitle": "各成员城市" if zh else "Member cities",
        "source": "沈阳市统计公报、省统计年鉴" if zh else "Statistical bulletins and the provincial yearbook",
    }
    frame, called = members(), names(language)
    late = pd.DataFrame({"year": [2026, 2027], "value": [9400.0, 9700.0], "low": [9100.0, 9200.0]})
    late["high"] = [9700.0, 10300.0]
    nation = growth(5).assign(name="全国" if zh else "China")
    index = frame.assign(value=frame["value"] / 50)
    rates = frame.query("year == 2024").assign(value=lambda f: f["value"] / 900 - 3)
    lacking = pd.DataFrame({"area": ["210700"], "value": [np.nan]})
    changes = pd.concat([rates.assign(value=rates["value"] * 50)[["area", "value"]], lacking])
    yield (
        "trajectory",
        charts.plot_trajectory(SHENYANG, path=PATH, target=GOAL, projection=late, unit="亿元", **words),
    )
    yield (
        "reached",
        charts.plot_trajectory(DALIAN, path=PATH, target=GOAL | {"comparator": ">"}, unit="亿元", **words),
    )
    yield (
        "growth",
        charts.plot_growth_trajectory(
            growth(4), benchmark=nation, members=frame.assign(value=frame["value"] / 900),
            years=(2022, 2024), name="辽西" if zh else "Western Liaoning", unit="%",
            target={"value": 15, "comparator": ">="}, **words,
        ),
    )  # fmt: skip
    panels = charts.plot_member_panels(frame, members=list(CITIES), names=called, unit="亿元", **words)
    yield "panels", panels[0]
    nation_index = nation.assign(value=100 + nation["value"])
    yield (
        "index",
        charts.plot_indexed_growth(
            index, base_year=2019, benchmark=nation_index, highlight=["210100"], names=called, **words
        ),
    )
    yield "slope", charts.plot_slope(frame, years=(2018, 2023), names=called, unit="亿元", **words)
    yield "ranks", charts.plot_ranks(frame, highlight=["210200"], names=called, **words)
    yield "contributions", charts.plot_contributions(changes, total=2000, names=called, unit="亿元", **words)
    marks = {"辽宁" if zh else "Liaoning": 2.0, "全国" if zh else "China": 2.1}
    yield (
        "dots",
        charts.plot_dots(pd.concat([rates, lacking]), benchmark=marks, names=called, unit="%", **words),
    )
    yield "coverage", charts.plot_coverage(frame, names=called, **words)
    yield (
        "scorecard",
        charts.plot_scorecard(verdicts(), targets=clauses(), names={"100000": "China"}, **words),
    )


@cache
def drawn_charts(language, width):
    return dict(every_chart(language, width))


def verdicts():
    rows = [
        ("gdp", "circle", "missed", 10000.0, 9027.1, 2024, -972.9, "亿元", "A", None, False),
        ("sei", "circle", "no data", 15.0, None, None, None, "%", "", None, False),
        ("hour", "circle", "not quantified", None, None, None, None, "", "", None, False),
        ("dalian", "belt", "missed", 10000.0, 9516.9, 2024, -483.1, "亿元", "B", 2025, False),
        ("trade", "belt", "not assessable", None, 3.2, 2024, -0.4, "%", "B", None, True),
        ("forest", "east", "met", None, None, None, None, "%", "C", None, False),
    ]
    columns = "target region status required actual actual_year gap unit grade reached_in disagree"
    return pd.DataFrame(rows, columns=columns.split())


def clauses():
    rows = [
        ("gdp", "GDP of Shenyang", "沈阳生产总值", ">=", 10000.0, "亿元", ""),
        ("sei", "Emerging industries share", "战略性新兴产业占比", ">=", 15.0, "%", ""),
        ("hour", "One-hour traffic circle", "一小时交通圈", "", None, "", ""),
        ("dalian", "GDP of Dalian", "大连生产总值", ">", 10000.0, "亿元", ""),
        ("trade", "Trade growth above the nation", "外贸增速高于全国", ">", None, "", "100000"),
        ("forest", "Forest coverage rises", "森林覆盖率提高", "up", None, "", ""),
    ]
    columns = ["target", "label_en", "label_zh", "comparator", "value", "unit", "benchmark"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_chart_has_labels_that_overlap_or_text_beyond_6_to_9_points_at_any_width(language, width):
    for name, ax in drawn_charts(language, width).items():
        assert charts.overlapping_texts(ax.figure) == [], name
        assert ax.figure.get_figwidth() * 25.4 == pytest.approx(style.size_of(width).width_mm), name
        sizes = {t.get_fontsize() for t in ax.figure.findobj(matplotlib.text.Text) if t.get_text().strip()}
        assert min(sizes) >= 6, name
        assert max(sizes) <= 9, name
        assert words_of(ax, "title"), name
        assert words_of(ax, "source")[0].startswith("Source: " if language == "en" else "资料来源："), name


def test_nothing_is_left_with_pyplot():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    trajectory()
    charts.plot_member_panels(members())
    assert pyplot.get_fignums() == before


# -- trajectory -------------------------------------------------------------------------------------------


def trajectory(actual=SHENYANG, **keywords):
    keywords = {"path": PATH, "target": GOAL, "unit": "亿元"} | keywords
    return charts.plot_trajectory(actual, **keywords)


def test_the_actual_line_is_solid_and_open_at_each_break():
    lines = lines_of(trajectory(), "series")
    assert [list(line.get_xdata()) for line in lines] == [[2018], list(range(2019, 2024)), [2024, 2025]]
    assert {line.get_linestyle() for line in lines} == {"-"}
    assert {line.get_color() for line in lines} == {palette.ROLES["actual"].colour}


def test_a_figure_of_grade_c_has_a_hollow_marker_and_others_are_filled():
    ax = trajectory()
    (weak,), (points,) = lines_of(ax, "weak"), lines_of(ax, "points")
    assert list(weak.get_xdata()) == [2018]
    assert weak.get_markerfacecolor() == palette.GROUND
    assert points.get_markerfacecolor() == palette.ROLES["actual"].colour
    assert "weakly attested (grade C)" in words_of(ax, "key")


def test_the_required_path_is_dashed_and_its_band_filled():
    ax = trajectory()
    (line,) = lines_of(ax, "required")
    assert line.get_linestyle() == "--" or line.is_dashed()
    assert list(line.get_ydata()) == pytest.approx(list(PATH["required"] / 10))
    (band,) = [c for c in ax.collections if c.get_label() == "_band"]
    assert to_hex(band.get_facecolor()[0]) == palette.BAND


def test_a_path_without_a_band_fills_nothing():
    ax = trajectory(path=PATH[["year", "required"]])
    assert not ax.collections


@pytest.mark.parametrize(("language", "gap"), [("en", "gap\n−97.3"), ("zh", "差距\n−972.9")])
def test_the_gap_is_actual_minus_required_at_the_horizon(language, gap):
    ax = trajectory(language=language)
    assert words_of(ax, "gap") == [gap]
    (bar,) = lines_of(ax, "gap")
    scale = 10 if language == "en" else 1
    assert list(bar.get_xdata()) == [2024, 2024]
    assert list(bar.get_ydata()) == pytest.approx([9027.1 / scale, 10000 / scale])


def test_before_the_horizon_the_gap_is_taken_to_the_path():
    ax = trajectory(SHENYANG[SHENYANG["year"] <= 2023])
    assert words_of(ax, "gap") == ["gap\n−96.1"]
    assert list(lines_of(ax, "gap")[0].get_xdata()) == [2023, 2023]


def test_no_gap_is_drawn_where_levels_may_not_be_compared_or_a_figure_lacks():
    assert words_of(trajectory(target=GOAL | {"gap": None}), "gap") == []
    assert words_of(trajectory(SHENYANG[SHENYANG["year"] != 2024]), "gap") == []


def test_a_gap_in_a_share_is_in_percentage_points():
    share = pd.DataFrame({"year": [2022, 2023, 2024], "value": [75.0, 76.0, 77.0]})
    ax = charts.plot_trajectory(share, target={"value": 85, "horizon": 2024, "comparator": ">"}, unit="%")
    assert words_of(ax, "gap") == ["gap\n−8 pp"]


def test_the_target_is_marked_and_named_with_its_horizon_in_bold():
    ax = trajectory()
    (mark,), (upright,) = lines_of(ax, "target"), lines_of(ax, "horizon")
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2024, 1000)
    assert list(upright.get_xdata()) == [2024, 2024]
    assert "target 2024\nat least 1,000" in words_of(ax, "label")
    assert [t.get_text() for t in ax.get_xticklabels() if t.get_fontweight() == "bold"] == ["2024"]


def test_the_baseline_is_ringed_and_named():
    ax = trajectory()
    assert words_of(ax, "baseline") == ["baseline 2021\n725.0"]
    assert list(lines_of(ax, "baseline")[0].get_xdata()) == [2021]
    assert words_of(trajectory(target=GOAL | {"baseline_year": 2010}), "baseline") == []


def test_a_year_that_reaches_the_target_late_is_named():
    ax = trajectory(DALIAN, target=GOAL | {"comparator": ">"})
    assert "reached in 2025\n1,000.2" in words_of(ax, "label")
    assert list(lines_of(ax, "reached")[0].get_xdata()) == [2025]
    assert not lines_of(trajectory(), "reached")


def test_a_target_reached_late_but_before_the_last_year_is_named_inside():
    later = pd.concat([DALIAN, pd.DataFrame({"year": [2026], "value": [10500.0], "segment": [2]})])
    ax = trajectory(later.assign(grade="A"), target=GOAL | {"comparator": ">"})
    assert words_of(ax, "reached") == ["reached in 2025\n1,000.2"]


def test_a_target_met_in_time_is_not_called_reached_late():
    met = DALIAN.assign(value=DALIAN["value"] + 1000)
    assert not lines_of(trajectory(met), "reached")


def test_each_break_has_a_letter_and_a_note_with_its_reason():
    ax = trajectory()
    assert words_of(ax, "break") == ["a", "b"]
    notes = words_of(ax, "note")
    assert "a 2018/19: levels do not join (fourth economic census)" in notes
    assert "b 2023/24: levels do not join (fifth economic census)" in notes
    assert [line.get_xdata()[0] for line in lines_of(ax, "break")] == [2018.5, 2023.5]


def test_years_without_figures_are_bridged_by_dots_and_the_key_says_so():
    holed = pd.DataFrame({"year": [2010, 2015, 2016], "value": [62.0, 67.0, 67.4]})
    ax = charts.plot_trajectory(holed, unit="%")
    (bridge,) = lines_of(ax, "bridge")
    assert list(bridge.get_xdata()) == [2010, 2015]
    assert bridge.is_dashed()
    assert "no figure for the years between" in words_of(ax, "key")


def test_nothing_is_drawn_after_the_last_figure_but_a_projection():
    known = max(x for line in lines_of(trajectory(), "series") for x in line.get_xdata())
    assert known == 2025
    ahead = pd.DataFrame(
        {"year": [2026, 2027], "value": [9400.0, 9700.0], "low": [9e3, 9e3], "high": [1e4, 1.1e4]}
    )
    ax = trajectory(projection=ahead)
    (line,) = lines_of(ax, "projection")
    assert list(line.get_xdata()) == [2025, 2026, 2027]
    assert line.get_linestyle() != "-"
    assert "projection, not known figures" in words_of(ax, "key")
    assert "prediction interval" in words_of(ax, "key")
    assert "projected 2027\n970" in words_of(ax, "label")


def test_a_projection_from_before_the_last_figure_is_drawn_as_given():
    ahead = pd.DataFrame(
        {"year": [2024, 2026], "value": [9000.0, 9500.0], "low": [8e3, 8e3], "high": [1e4, 1e4]}
    )
    assert list(lines_of(trajectory(projection=ahead), "projection")[0].get_xdata()) == [2024, 2026]


def test_benchmarks_are_named_at_their_end_with_year_and_value():
    nation = growth(5).assign(name="China")
    other = growth(4).assign(name="Liaoning")
    ax = charts.plot_trajectory(growth(6), benchmark=pd.concat([nation, other]), unit="%")
    ends = words_of(ax, "label")
    assert "China 2024\n5.5%" in ends
    assert "Liaoning 2024\n4.5%" in ends
    plain = charts.plot_trajectory(growth(6), benchmark=growth(5), unit="%")
    assert "benchmark 2024\n5.5%" in words_of(plain, "label")


def test_several_targets_are_drawn_with_marks_of_different_shape():
    ax = trajectory(target=[GOAL, {"value": 12000, "horizon": 2025, "label": "belt plan"}])
    assert [line.get_marker() for line in lines_of(ax, "target")] == ["D", "s"]
    assert "belt plan\n1,200" in words_of(ax, "label")
    assert len(words_of(ax, "gap")) == 1


def test_a_cut_axis_is_marked_and_noted_and_one_from_zero_is_not():
    assert "The vertical axis does not start at zero." in words_of(trajectory(), "note")
    low = pd.DataFrame({"year": [2020, 2021], "value": [1.0, 10.0]})
    assert words_of(charts.plot_trajectory(low), "note") == []


@pytest.mark.parametrize(
    ("language", "text"), [("en", "No data: not published"), ("zh", "暂无数据：not published")]
)
def test_a_series_without_figures_is_an_empty_panel_with_the_reason(language, text):
    ax = trajectory(NOTHING, reason="not published", language=language)
    assert [t.replace("\n", " ") for t in words_of(ax, "no_data")] == [text]
    assert not ax.lines
    assert len(ax.get_xticks()) == 0
    assert ax.figure.get_size_inches()[0] == trajectory().figure.get_size_inches()[0]


def test_an_empty_panel_without_a_reason_says_no_data():
    assert words_of(trajectory(NOTHING), "no_data") == ["No data"]


@pytest.mark.parametrize(
    ("comparator", "value", "expected"),
    [
        (">=", 10, True),
        (">", 10, False),
        ("<=", 10, True),
        ("<", 9, True),
        ("up", 99, False),
        ("", 99, False),
    ],
)
def test_a_target_is_passed_as_its_comparator_says(comparator, value, expected):
    assert passes(value, 10, comparator) is expected


@pytest.mark.parametrize(
    "values",
    [[5.0], [-3.0, 4.0, -8.0], [1.0, 1e9, 2.0], [np.nan, 5.0, np.nan], [0.0, 0.0], [1e-6, 2e-6]],
)
def test_odd_series_are_drawn(values):
    frame = pd.DataFrame({"year": range(2020, 2020 + len(values)), "value": values})
    ax = charts.plot_trajectory(frame, target={"value": 6, "horizon": 2024}, unit="%", width="single")
    low, high = ax.get_ylim()
    known = [value for value in values if np.isfinite(value)]
    assert low <= min(known) <= max(known) <= high
    assert charts.overlapping_texts(ax.figure) == []


def test_a_series_without_a_value_column_is_refused():
    with pytest.raises(DataError, match="actual series has no column value"):
        charts.plot_trajectory(pd.DataFrame({"year": [2020]}))


def test_a_path_without_required_values_is_refused():
    with pytest.raises(DataError, match="required path has no column required"):
        trajectory(path=pd.DataFrame({"year": [2020]}))


def test_charts_draw_on_given_axes_and_return_them():
    figure = Figure(figsize=(8, 6))
    ax = figure.add_axes((0.15, 0.3, 0.6, 0.4))
    assert trajectory(ax=ax, title="Shenyang", source="bulletin") is ax
    assert figure.get_size_inches().tolist() == [8, 6]
    assert words_of(ax, "title") == ["Shenyang"]
    assert charts.overlapping_texts(figure) == []


def test_the_caller_s_frame_is_not_written_into():
    before = SHENYANG.copy()
    trajectory()
    pd.testing.assert_frame_equal(SHENYANG, before)


# -- growth -----------------------------------------------------------------------------------------------


def test_growth_shades_the_years_assessed_and_draws_both_means():
    ax = charts.plot_growth_trajectory(
        growth(4), benchmark=growth(5), years=(2022, 2024), name="West", unit="%"
    )
    assert len(lines_of(ax, "mean")) == 2
    mean = geometric_mean(growth(4).query("2022 <= year <= 2024")["value"])
    assert lines_of(ax, "mean")[0].get_ydata()[0] == pytest.approx(mean)
    assert any(patch.get_label() == "_assessed" for patch in ax.patches)
    assert f"mean 2022–2024: {mean:.1f}%" in words_of(ax, "end")[0]


def test_a_series_with_a_hole_in_the_years_assessed_has_no_mean_and_says_so():
    ax = charts.plot_growth_trajectory(
        growth(4).query("year != 2023"), years=(2022, 2024), name="West", unit="%"
    )
    assert not lines_of(ax, "mean")
    assert "West: no mean, for want of a figure for 2023." in words_of(ax, "note")


def test_growth_always_shows_zero():
    low, high = charts.plot_growth_trajectory(growth(9), unit="%").get_ylim()
    assert low <= 0 < high


def test_members_are_dots_without_a_line_and_a_target_a_dashed_line_over_the_years_assessed():
    ax = charts.plot_growth_trajectory(
        growth(4), members=growth(3), years=(2022, 2024), target={"value": 15, "comparator": ">="}, unit="%"
    )
    assert lines_of(ax, "members")[0].get_linestyle() == "None"
    (target,) = lines_of(ax, "target")
    assert list(target.get_xdata()) == [2021.5, 2024.5]
    assert target.is_dashed()
    assert words_of(ax, "target") == ["target 2022–2024\nat least 15%"]


def test_a_target_without_years_assessed_is_drawn_over_all_years():
    ax = charts.plot_growth_trajectory(growth(4), target={"value": 15, "comparator": ">="}, unit="%")
    assert list(lines_of(ax, "target")[0].get_xdata()) == [2015.5, 2024.5]
    assert words_of(ax, "target") == ["target 2016–2024\nat least 15%"]


def test_growth_without_figures_gives_the_reason():
    ax = charts.plot_growth_trajectory(NOTHING, reason="not published")
    assert words_of(ax, "no_data") == ["No data: not published"]


def test_the_geometric_mean_compounds_to_the_same_growth_and_a_fall_of_all_has_none():
    rate = geometric_mean(pd.Series([3.0, -2.0, 7.0]))
    assert (1 + rate / 100) ** 3 == pytest.approx(1.03 * 0.98 * 1.07)
    assert np.isnan(geometric_mean(pd.Series([5.0, -100.0])))


# -- members ----------------------------------------------------------------------------------------------


def test_panels_share_their_axes_and_a_member_without_figures_keeps_its_panel():
    axes = charts.plot_member_panels(
        members(), members=list(CITIES), names=names("en"), reason="never published"
    )
    assert len(axes) == len(CITIES)
    assert len({ax.get_ylim() for ax in axes[:-1]}) == 1
    assert len({ax.get_xlim() for ax in axes[:-1]}) == 1
    assert [t.replace("\n", " ") for t in words_of(axes[-1], "no_data")] == ["No data: never published"]
    assert [words_of(ax, "panel")[0] for ax in axes][:2] == ["Shenyang", "Dalian"]
    assert all(len(lines_of(ax, "series")) == 2 for ax in axes[:-1])


def test_codes_of_areas_may_be_numbers():
    frame = members().astype({"area": int})
    panels = charts.plot_member_panels(frame, members=[210100, "210700"], names=names("en"))
    assert [len(lines_of(ax, "series")) for ax in panels] == [2, 0]
    assert words_of(panels[0], "panel") == ["Shenyang"]
    assert len(words_of(charts.plot_indexed_growth(frame, base_year=2019, names=names("en")), "end")) == 6
    assert len(lines_of(charts.plot_slope(frame, years=(2018, 2023), names=names("en")), "slope")) == 6


@pytest.mark.parametrize("count", [1, 14, 30])
def test_panels_hold_from_one_to_thirty_members(count):
    frame = pd.concat([growth(size % 9).assign(area=f"A{size}") for size in range(count)])
    axes = charts.plot_member_panels(frame, benchmark=growth(4), unit="%", width="double")
    assert len(axes) == count
    assert charts.overlapping_texts(axes[0].figure) == []


def test_panels_without_any_figure_are_one_empty_panel():
    axes = charts.plot_member_panels(members().head(0), members=["210100"], reason="none")
    assert words_of(axes[0], "no_data") == ["No data: none"]


def test_a_high_level_of_all_members_cuts_the_axis_of_the_panels_with_a_note():
    frame = pd.concat([growth(90).assign(area=area) for area in "ab"])
    axes = charts.plot_member_panels(frame, unit="%")
    assert "The vertical axis does not start at zero." in words_of(axes[0], "note")


def test_an_index_is_100_in_its_base_year_and_the_benchmark_is_heavier():
    ax = charts.plot_indexed_growth(members(), base_year=2019, benchmark=growth(100), names=names("en"))
    for line in lines_of(ax, "series"):
        if 2019 in line.get_xdata():
            assert line.get_ydata()[list(line.get_xdata()).index(2019)] == pytest.approx(100)
    widths = [line.get_linewidth() for line in lines_of(ax, "series")]
    assert widths[-1] == max(widths)
    assert any(text.startswith("benchmark ") for text in words_of(ax, "end"))


def test_an_area_without_the_base_year_is_left_out_and_named():
    frame = pd.concat([members(), pd.DataFrame({"area": ["210700"], "year": [2022], "value": [5.0]})])
    late = growth(100).query("year > 2020").assign(name="China")
    ax = charts.plot_indexed_growth(frame, base_year=2019, names=names("en"), benchmark=late)
    assert words_of(ax, "note") == ["Not drawn, for want of a figure for 2019: Jinzhou, China."]


def test_an_index_without_its_base_year_anywhere_is_an_empty_panel():
    ax = charts.plot_indexed_growth(members(), base_year=1990, reason="no figure for 1990")
    assert words_of(ax, "no_data") == ["No data: no figure for 1990"]


def test_thirty_lines_are_named_without_overlap_at_the_narrowest_width():
    frame = pd.concat([growth(100 + n / 3).assign(area=f"city {n}") for n in range(30)])
    ax = charts.plot_indexed_growth(frame, base_year=2016, width="single")
    assert len(words_of(ax, "end")) == 30
    assert charts.overlapping_texts(ax.figure) == []


def test_a_slope_joins_two_years_but_not_over_a_break():
    ax = charts.plot_slope(members(), years=(2018, 2023), highlight=["210100"], names=names("en"))
    assert len(lines_of(ax, "slope")) == 6
    broken = charts.plot_slope(members(), years=(2018, 2024), names=names("en"))
    assert lines_of(broken, "slope") == []
    assert words_of(broken, "note")[0].startswith(
        "Not joined, as the levels break between the years: Shenyang"
    )


def test_a_slope_of_one_year_or_none_is_drawn():
    one = members(2020, 2020)
    assert charts.plot_slope(one).get_xticklabels()[0].get_text() == "2020"
    assert words_of(charts.plot_slope(one, years=(1990, 1991), reason="too early"), "no_data") == [
        "No data: too early"
    ]


def test_ranks_run_from_the_greatest_and_areas_with_a_hole_are_not_ranked():
    frame = members().drop(index=[0])
    ax = charts.plot_ranks(frame, highlight=["210200"], names=names("en"))
    assert words_of(ax, "end") == ["Dalian", "Anshan", "Fushun", "Benxi", "Dandong"]
    assert words_of(ax, "note") == ["Not ranked, for want of a figure in some year: Shenyang."]
    assert words_of(charts.plot_ranks(frame, smallest_first=True, names=names("en")), "end")[0] == "Dandong"


def test_nothing_to_rank_is_an_empty_panel():
    frame = pd.DataFrame({"area": ["a", "b"], "year": [2020, 2021], "value": [1.0, 2.0]})
    assert words_of(charts.plot_ranks(frame, reason="holes"), "no_data") == ["No data: holes"]


# -- lists ------------------------------------------------------------------------------------------------


def test_contributions_start_at_zero_and_add_up_to_the_sum_shown():
    changes = pd.DataFrame({"area": list("abcd"), "value": [100.0, -30.0, 12.5, np.nan]})
    ax = charts.plot_contributions(changes, total=90)
    assert {bar.get_x() for bar in ax.patches} == {0.0}
    assert words_of(ax, "value") == ["+100.0", "+12.5", "−30.0", "no data", "+82.5", "+90.0", "+7.5"]
    assert words_of(ax, "note") == ["3 of 4 members have figures."]
    assert ax.patches[-1].get_hatch()


def test_contributions_without_a_figure_give_the_reason():
    ax = charts.plot_contributions(pd.DataFrame({"area": ["a"], "value": [np.nan]}), reason="none")
    assert words_of(ax, "no_data") == ["No data: none"]


@pytest.mark.parametrize("values", [[5.0], [-5.0], [0.0], [1e9, 1.0, -3.0], list(range(1, 31))])
def test_odd_contributions_are_drawn_without_overlap(values):
    frame = pd.DataFrame(
        {"area": [f"city {n}" for n in range(len(values))], "value": np.array(values, float)}
    )
    ax = charts.plot_contributions(frame, width="single")
    assert charts.overlapping_texts(ax.figure) == []


def test_dots_are_sorted_hollow_for_grade_c_and_keep_areas_without_a_figure():
    frame = pd.DataFrame({"area": list("abc"), "value": [1.0, np.nan, 6.0], "grade": ["C", "", "A"]})
    ax = charts.plot_dots(frame, benchmark={"Liaoning": 5.0}, unit="%")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["c", "a", "b"]
    assert words_of(ax, "value") == ["6%", "1%", "no data"]
    assert lines_of(ax, "weak")[0].get_markerfacecolor() == palette.GROUND
    assert lines_of(ax, "benchmark")[0].get_xdata()[0] == 5.0
    assert words_of(ax, "benchmark") == ["Liaoning 5%"]


def test_dots_without_benchmark_or_without_figures_are_drawn():
    frame = pd.DataFrame({"area": ["a"], "value": [3.0]})
    assert not charts.plot_dots(frame).collections
    assert words_of(charts.plot_dots(frame.assign(value=np.nan), reason="none"), "no_data") == [
        "No data: none"
    ]


def test_coverage_counts_the_figures_of_each_year_and_hatches_the_holes():
    frame = pd.DataFrame({"area": list("aab"), "year": [2020, 2021, 2020], "grade": ["A", "C", None]})
    ax = charts.plot_coverage(frame)
    assert words_of(ax, "count") == ["1/2", "1/2"]
    tiles = {c.get_label(): len(c.get_paths()) for c in ax.collections}
    assert tiles == {"_tiles_A": 1, "_tiles_C": 1, "_tiles_none": 2}
    assert [c.get_hatch() is not None for c in ax.collections if c.get_label() == "_tiles_none"] == [True]


def test_coverage_of_many_years_stays_readable_when_narrow():
    frame = pd.DataFrame({"area": "a", "year": range(1980, 2025), "grade": "B"})
    ax = charts.plot_coverage(pd.concat([frame, frame.assign(area="b")]), width="single")
    assert charts.overlapping_texts(ax.figure) == []


def test_coverage_of_nothing_is_an_empty_panel():
    frame = pd.DataFrame({"area": [], "year": [], "grade": []})
    assert words_of(charts.plot_coverage(frame), "no_data") == ["No data"]


def test_names_come_from_the_argument_then_the_frame_then_the_code():
    frame = pd.DataFrame({"area": ["1", "2"], "name_en": ["one", "two"]})
    assert names_of(frame, "en", {"1": "first"}) == {"1": "first", "2": "two"}


# -- scorecard --------------------------------------------------------------------------------------------


def test_the_scorecard_shows_every_target_with_mark_and_word():
    ax = charts.plot_scorecard(verdicts(), targets=clauses(), names={"100000": "China"})
    assert words_of(ax, "target") == list(clauses()["label_en"])
    assert words_of(ax, "region") == ["Circle", "Belt", "East"]
    assert words_of(ax, "required") == [
        "≥ 1,000 billion yuan", "≥ 15%", "in words only", "> 1,000 billion yuan", "above China", "a rise",
    ]  # fmt: skip
    assert words_of(ax, "status")[3:5] == ["missed; reached 2025", "not assessable†"]
    assert words_of(ax, "gap")[0] == "−97.3 billion yuan"
    assert [line.get_marker() for line in lines_of(ax, "mark")][:2] == [
        palette.STATUSES["missed"].marker,
        palette.STATUSES["no data"].marker,
    ]
    assert sum(len(line.get_xdata()) for line in lines_of(ax, "mark")) == len(verdicts())
    assert "missed 2" in words_of(ax, "key")


def test_a_narrow_scorecard_puts_the_figures_on_a_second_line():
    ax = charts.plot_scorecard(verdicts(), targets=clauses(), width="single")
    figures = words_of(ax, "figures")
    assert len(figures) == 6
    assert figures[0].startswith("asked for: ≥ 1,000 billion yuan; actual: 902.7 billion yuan (2024)")


def test_a_scorecard_works_from_verdicts_alone_and_in_chinese():
    ax = charts.plot_scorecard(verdicts(), regions={"circle": "都市圈一"}, language="zh")
    assert words_of(ax, "target")[0] == "gdp"
    assert words_of(ax, "region")[0] == "都市圈一"
    assert words_of(ax, "required")[0] == "≥ 10000亿元"
    assert words_of(ax, "status")[3] == "未实现；2025年达到"


def test_every_status_has_a_mark_of_its_own_shape_or_fill():
    signs = {(s.marker, s.colour) for s in palette.STATUSES.values()}
    assert len(signs) == len(palette.STATUSES)


def test_an_unknown_status_is_refused():
    with pytest.raises(DataError, match=r"(?i)unknown status 'mett'"):
        charts.plot_scorecard(verdicts().assign(status="mett"))


def test_a_scorecard_of_nothing_is_an_empty_panel():
    assert words_of(charts.plot_scorecard(verdicts().head(0)), "no_data") == ["No data: no verdicts"]


# -- images -----------------------------------------------------------------------------------------------

LOCKED = "3.11"


@pytest.mark.skipif(
    not matplotlib.__version__.startswith(LOCKED + "."),
    reason=f"pictures are compared with matplotlib {LOCKED} only, which letters are drawn alike by",
)
@pytest.mark.parametrize("name", ["trajectory", "panels", "contributions", "scorecard"])
def test_a_chart_looks_as_it_did(name, request, tmp_path):
    ax = drawn_charts("zh" if name == "trajectory" else "en", "single")[name]
    kept = request.path.parent / "baseline" / "charts" / f"{name}.png"
    drawn = tmp_path / kept.name
    ax.figure.savefig(drawn, dpi=100)
    assert compare_images(str(kept), str(drawn), tol=2) is None


def test_growth_of_the_benchmark_and_single_cities_is_drawn_where_the_region_has_none():
    nation = pd.DataFrame({"year": [2022, 2023], "value": [7.6, 0.2], "name": "China"})
    single = pd.DataFrame({"year": [2022], "value": [12.8]})
    none = pd.DataFrame({"year": [], "value": []})
    ax = charts.plot_growth_trajectory(
        none, benchmark=nation, members=single, name="Belt", reason="No figure.", unit="%"
    )
    assert [line for line in ax.lines if line.get_label() == "_members"]
    assert any("China" in t.get_text() for t in ax.texts)
    assert any("No figure." in t.get_text() for t in ax.figure.findobj(lambda a: hasattr(a, "get_text")))
    assert not any("Belt" in t.get_text() for t in ax.texts)
