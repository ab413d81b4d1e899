"""Charts of a plan's targets: scorecard and coverage."""

import pandas as pd
import pytest
from chart_samples import CLAUSES, VERDICTS, drawn, legend, overlapping_texts, texts

from lnregions import charts
from lnregions.style import STATUSES


def scorecard(verdicts=VERDICTS, targets=CLAUSES, regions=(), **labels):
    return charts.plot_scorecard(verdicts, targets=targets, regions=dict(regions), **labels)


def test_the_scorecard_shows_every_target_with_mark_and_word():
    ax = scorecard(names={"100000": "China"}, regions={"belt": "Belt"})
    assert texts(ax, "target") == list(CLAUSES["label_en"])
    assert texts(ax, "region") == ["circle", "Belt", "east"]
    assert texts(ax, "required") == [
        "≥ 1,000 billion yuan", "≥ 15%", "in words only", "> 1,000 billion yuan", "above China", "a rise"
    ]  # fmt: skip
    assert texts(ax, "actual")[::3] == ["902.71 billion yuan (2024)", "951.69 billion yuan (2024)"]
    assert texts(ax, "gap")[:2] == ["−97.29 billion yuan", "–"]
    assert texts(ax, "grade") == ["A", "–", "–", "B", "B", "C"]
    assert texts(ax, "status")[3:5] == ["missed; reached 2025", "not assessable†"]
    assert texts(ax, "note") == ["† Interpretations of the clause disagree; the first is shown."]


def test_the_scorecard_words_falls_multiples_and_possible_values_as_what_they_are():
    own = {
        "status": ["too close to call", "missed", "met", "no data"],
        "by_bounds": [False, True, False, False],
    }
    own |= {
        "reached_in": [2024, None, None, None],
        "low": [None, 77, None, None],
        "high": [None, 78, None, None],
    }
    verdicts = pd.DataFrame(own | {"target": list("abcd"), "region": "belt", "unit": "%", "horizon": 2024})
    clauses = {"kind": ["level", "level", "doubling", "direction"], "comparator": ["<=", "<", ">=", "down"]}
    clauses |= {"value": [5, None, None, None], "benchmark": ["", "100000", "", ""], "baseline_year": 2021}
    targets = pd.DataFrame(clauses | {"target": list("abcd"), "unit": "%", "label_en": "x", "label_zh": "x"})
    ax = scorecard(verdicts, targets, names={"100000": "China"})
    assert texts(ax, "required") == ["≤ 5%", "below China", "≥ 200% of 2021", "a fall"]
    assert texts(ax, "actual")[1] == "77% to 78% possible in 2024"
    assert texts(ax, "status")[:2] == ["too close to call", "missed‡"]


def test_the_legend_of_the_scorecard_counts_each_status_whose_marks_stand_beside_their_words():
    ax = scorecard()
    assert legend(ax) == ["met 1", "missed 2", "not assessable 1", "no data 1", "not quantified 1"]
    (missed,) = drawn(ax, "missed 2")
    assert missed.get_marker() == STATUSES["missed"].marker
    heights = {one.get_text(): one.get_position()[1] for one in ax.texts if one.get_label() == "_status"}
    assert missed.get_ydata().tolist() == [heights["missed"], heights["missed; reached 2025"]]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "asked for: ≥ 1,000 billion yuan; actual: 902.71 billion yuan (2024)"),
        ("zh", "要求：≥ 10000亿元；实际：9027.1亿元（2024年）；差距：−972.9亿元"),
    ],
)
def test_a_narrow_scorecard_puts_the_values_that_fit_on_a_second_line(language, words):
    ax = scorecard(width="single", language=language)
    assert len(texts(ax, "values")) == 6
    assert texts(ax, "values")[0] == words
    assert texts(ax, "grade") == [{"en": "grade {}", "zh": "{}级"}[language].format(one) for one in "ABBC"]
    assert overlapping_texts(ax.figure) == []


@pytest.mark.parametrize(("letters", "lost"), [(0, set()), (35, {"grade"}), (45, {"grade", "gap"})])
def test_a_scorecard_on_a_slide_keeps_one_line_a_target(letters, lost):
    many = pd.concat([VERDICTS.assign(target=VERDICTS["target"] + str(n), unit="亿元") for n in range(3)])
    many["target"] += "x" * letters
    ax = scorecard(many, width="slide")
    assert {one for one in ("grade", "gap") if not texts(ax, one)} == lost
    assert overlapping_texts(ax.figure) == []


def test_a_target_of_another_plan_is_shown_by_its_code():
    ax = scorecard(targets=CLAUSES[:0], language="zh")
    assert texts(ax, "target")[0] == "gdp"
    assert texts(ax, "required")[:3] == ["≥ 10000亿元", "≥ 15%", "仅文字表述"]
    assert texts(ax, "status")[3] == "未实现；2025年达到"


def test_coverage_counts_the_figures_of_each_year_and_hatches_the_holes():
    frame = pd.DataFrame({"area": list("aab"), "year": [2020, 2022, 2020], "grade": ["A", "C", ""]})
    ax = charts.plot_coverage(frame)
    assert texts(ax, "count") == ["1/2", "0/2", "1/2"]
    assert legend(ax) == ["grade A", "grade C", "no figure"]
    tiles = {bars.get_label(): len(bars.patches) for bars in ax.containers}
    assert tiles == {"grade A": 1, "grade C": 1, "no figure": 4}
    assert ax.containers[-1].patches[0].get_hatch()
    (weak,) = ax.containers[1].patches
    assert (weak.get_x() + weak.get_width() / 2, weak.get_y() + weak.get_height() / 2) == (2022, 1)


def test_coverage_of_many_years_stays_readable_when_narrow():
    frame = pd.DataFrame({"area": "a", "year": range(1980, 2025), "grade": "B"})
    ax = charts.plot_coverage(pd.concat([frame, frame.assign(area="b")]), width="single")
    assert overlapping_texts(ax.figure) == []
