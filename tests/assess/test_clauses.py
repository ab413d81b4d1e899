"""One evaluator for each kind of clause: small series in, the verdict out."""

import math

import pytest

from lnregions import DataError
from lnregions.assess import Case, Clause, Figures, judge_case
from lnregions.assess.clauses import EVALUATORS
from lnregions.assess.series import FigureRow, growth_rates
from lnregions.words.texts import Text

NONE = math.nan


def figures(values, *, breaks=(), grades=None, holes=None, source=""):
    """Figures from {year: value}; `breaks` are first years of a new segment."""
    rows = tuple(
        FigureRow(y, float(v), sum(y >= b for b in breaks), (grades or {}).get(y, "A"), "", source or f"s{y}")
        for y, v in sorted(values.items())
    )
    return Figures(rows, Text("3 of 3 members", "3个成员中的3个"), holes or {})


def clause(kind="level", value=10000.0, comparator=">=", **other):
    own = {"target": "t", "region": "circle", "area": "210100", "kind": kind, "indicator": "gdp", "unit": "亿元",
           "comparator": comparator, "value": value, "horizon": 2024, "first_year": 2022,
           "baseline_year": 2021}  # fmt: skip
    return Clause(**own | other)


def judge(asked, own, *, closed=True, benchmark=None, rule=""):
    return judge_case(Case(asked, own, benchmark, closed=closed, rule=rule))


DALIAN = {2021: 7825.9, 2022: 8430.9, 2023: 8752.9, 2024: 9516.9, 2025: 10002.1}


def test_a_level_reached_a_year_late_is_missed_and_says_when_it_was_reached():
    verdict = judge(clause(comparator=">"), figures(DALIAN, breaks=[2024]))
    assert (verdict.status, verdict.closing, verdict.reached_in) == ("missed", "missed", 2025)
    assert verdict.gap == pytest.approx(-483.1)
    assert (verdict.baseline_year, verdict.baseline, verdict.actual_year) == (2021, 7825.9, 2024)
    assert "reached in 2025 with 1,000.2 billion yuan" in verdict.reason_en
    assert "2025年达到10002.1亿元" in verdict.reason_zh
    assert verdict.sources == "s2021 s2024 s2025"


def test_a_break_between_baseline_and_horizon_is_said():
    verdict = judge(clause(), figures(DALIAN, breaks=[2024]))
    assert "the series breaks between 2021 and 2024" in verdict.reason_en
    assert "口径" in verdict.reason_zh


@pytest.mark.parametrize(
    ("comparator", "value", "status"),
    [
        (">=", 10, "met"),
        (">", 10, "missed"),
        ("<=", 10, "met"),
        ("<", 10, "missed"),
        (">", 9.9, "met"),
        ("<", 10.1, "met"),
    ],
)
def test_each_comparator_is_taken_at_its_word(comparator, value, status):
    verdict = judge(clause(value=value, comparator=comparator), figures({2021: 9, 2024: 10}), closed=True)
    assert verdict.status == status


def test_a_level_before_the_horizon_has_the_status_of_its_pace():
    known = {y: v for y, v in DALIAN.items() if y <= 2022}
    verdict = judge(clause(), figures(known), closed=False)
    required = (10000 / 7825.9) ** (1 / 3) - 1
    assert verdict.numbers["gap"] == pytest.approx(8430.9 - 10000)
    assert (8430.9 / 7825.9 - 1) / required == pytest.approx(0.9076, abs=1e-3)
    assert (verdict.status, verdict.closing) == ("acceleration needed", "")
    assert verdict.rate_needed == pytest.approx(((10000 / 8430.9) ** 0.5 - 1) * 100)


def test_a_level_reached_before_the_horizon_is_met():
    assert judge(clause(value=8000), figures(DALIAN | {2024: 1}), closed=False).status == "missed"
    known = {y: v for y, v in DALIAN.items() if y <= 2022}
    assert judge(clause(value=8000), figures(known), closed=False).status == "met"


def test_a_closed_plan_without_a_figure_of_its_horizon_is_not_assessable():
    holes = {2024: Text("no 2024 figure of Fushun", "抚顺2024年暂无数据")}
    verdict = judge(clause(), figures({2021: 1, 2023: 2}, holes=holes))
    assert (verdict.status, verdict.closing, verdict.actual_year) == (
        "not assessable",
        "not assessable",
        2023,
    )
    assert verdict.reason_en.startswith("No 2024 figure of Fushun")


def test_no_figure_in_the_plans_years_is_no_data_and_tells_what_there_is_beside():
    verdict = judge(clause(), figures({2019: 6990.0, 2025: 10002.1}))
    assert verdict.status == "no data"
    assert verdict.reason_en == "No figure for 2022-2024; 2019: 699 billion yuan; 2025: 1,000.2 billion yuan"


def test_the_next_later_year_serves_as_baseline():
    verdict = judge(clause(), figures({2022: 8430.9, 2024: 9516.9}))
    assert (verdict.baseline_year, verdict.baseline) == (2022, 8430.9)


def test_progress_is_not_measured_over_a_break():
    verdict = judge(clause(), figures({2021: 7000, 2022: 9000}, breaks=[2022]), closed=False)
    assert verdict.status == "not assessable"
    assert "breaks after the baseline year" in verdict.reason_en


def test_progress_needs_an_earlier_figure():
    verdict = judge(clause(), figures({2022: 9000}), closed=False)
    assert (verdict.status, "no earlier figure" in verdict.reason_en.lower()) == ("not assessable", True)


RATES = {2021: 5.0, 2022: 3.0, 2023: 5.0, 2024: 7.0}


@pytest.mark.parametrize(
    ("reading", "value", "status", "actual"),
    [
        ("average", 4.9, "met", None),
        ("average", 5.0, "missed", None),
        ("every year", 3.0, "met", None),
        ("every year", 3.1, "missed", None),
        ("last year", 7.0, "met", 7.0),
        ("last year", 7.1, "missed", 7.0),
    ],
)
def test_growth_is_judged_under_each_reading(reading, value, status, actual):
    asked = clause("growth", value, measure="growth", unit="%")
    verdict = judge(asked, figures(RATES), rule=reading)
    mean = ((1.03 * 1.05 * 1.07) ** (1 / 3) - 1) * 100
    assert verdict.status == status
    assert verdict.actual == pytest.approx(actual or mean)


def test_one_year_below_settles_every_year_even_when_others_are_missing():
    asked = clause("growth", 4.0, measure="growth", unit="%")
    known = {2022: 3.0, 2023: 5.0}
    assert judge(asked, figures(known), rule="every year").status == "missed"
    assert judge(asked, figures(known), rule="average").status == "not assessable"


@pytest.mark.parametrize(("rate", "status"), [(6.0, "on track"), (2.0, "acceleration needed")])
def test_growth_on_the_way_is_on_track_while_its_mean_suffices(rate, status):
    asked = clause("growth", 4.0, measure="growth", unit="%")
    assert judge(asked, figures({2022: rate}), closed=False).status == status


@pytest.mark.parametrize(("closed", "closing"), [(True, "missed"), (False, "")])
def test_a_year_below_cannot_be_mended_by_later_ones(closed, closing):
    asked = clause("growth", 4.0, measure="growth", unit="%")
    verdict = judge(asked, figures({2022: 3.0}), closed=closed, rule="every year")
    assert (verdict.status, verdict.closing) == ("missed", closing)


def test_a_comparison_names_the_sources_of_both():
    asked = clause("relative_growth", NONE, ">", measure="growth", unit="%")
    beside = figures({2022: 2.0}, grades={2022: "C"}, source="s900")
    verdict = judge(asked, figures({2022: 3.0}), benchmark=beside, closed=False)
    assert (verdict.sources, verdict.grade) == ("s2022 s900", "C")
    level = clause("relative_level", NONE, ">", unit="%")
    beside = figures({2024: 69}, grades={2024: "B"}, source="s901")
    verdict = judge(level, figures({2021: 60, 2024: 70}), benchmark=beside)
    assert (verdict.sources, verdict.grade) == ("s2021 s2024 s901", "B")


def test_relative_growth_compares_the_means_of_the_years_both_have():
    asked = clause("relative_growth", NONE, ">", measure="growth", unit="%")
    whole = judge(asked, figures(RATES), benchmark=figures({2022: 2.0, 2023: 5.0, 2024: 5.0}), closed=True)
    part = judge(asked, figures({2022: 3.0, 2023: 5.0}), benchmark=figures(RATES))
    none = judge(asked, figures({2022: 3.0}), benchmark=figures({2021: 3.0}))
    assert whole.status == "met"
    assert whole.gap == pytest.approx(
        (1.03 * 1.05 * 1.07) ** (1 / 3) * 100 - (1.02 * 1.05 * 1.05) ** (1 / 3) * 100
    )
    assert (part.status, part.actual_year) == ("not assessable", 2023)
    assert part.reason_en.startswith("No figure for 2024; 2022-2023: 4.00% a year against 4.00%")
    assert (none.status, "no benchmark figure for 2022" in none.reason_en.lower()) == ("not assessable", True)


def test_growth_of_levels_is_not_taken_over_a_break_or_a_missing_year():
    rates = growth_rates(figures({2018: 1, 2019: 2, 2020: 3, 2022: 4}, breaks=[2019]), measure="level")
    assert [(row.year, row.value) for row in rates] == [(2020, 50.0)]


@pytest.mark.parametrize("values", [{2020: 0, 2021: 5}, {2020: -5, 2021: 5}, {2020: 5, 2021: -5}])
def test_growth_from_or_to_what_is_not_an_amount_is_not_given(values):
    assert growth_rates(figures(values), measure="level") == ()


def test_a_rate_from_levels_rests_on_both_of_them():
    rates = growth_rates(figures({2020: 4, 2021: 5}, grades={2020: "C"}), measure="level")
    assert [(row.value, row.grade, row.source) for row in rates] == [(25.0, "C", "s2020 s2021")]


@pytest.mark.parametrize("base", [0, -3])
@pytest.mark.parametrize("kind", ["doubling", "cumulative_growth"])
@pytest.mark.parametrize("closed", [True, False])
def test_growth_is_not_measured_from_a_baseline_that_is_not_above_zero(base, kind, closed):
    verdict = judge(clause(kind, 7.7), figures({2021: base, 2024: 5}), closed=closed)
    assert (verdict.status, verdict.closing) == ("not assessable", "not assessable" if closed else "")
    assert "not above zero" in verdict.reason_en
    assert "不大于零" in verdict.reason_zh


def test_a_direction_over_a_break_is_left_open_while_the_plan_runs():
    asked = clause("direction", NONE, "up", unit="%")
    verdict = judge(asked, figures({2021: 1, 2022: 2}, breaks=[2022]), closed=False)
    assert (verdict.status, verdict.closing) == ("not assessable", "")


def test_cumulative_growth_is_measured_from_the_baseline():
    asked = clause("cumulative_growth", 7.7, unit="亿立方米", indicator="forest_stock")
    verdict = judge(asked, figures({2021: 1.0, 2024: 1.08}))
    assert verdict.required == pytest.approx(1.077)
    assert verdict.status == "met"
    assert judge(asked, figures({})).status == "no data"


def test_cumulative_growth_does_not_cross_a_break():
    asked = clause("cumulative_growth", 7.7, unit="亿立方米")
    known = figures({2021: 1.0, 2022: 1.01, 2024: 1.08}, breaks=[2023])
    verdict = judge(asked, known)
    assert (verdict.status, verdict.actual_year) == ("not assessable", 2022)
    assert verdict.reason_en.startswith("The series breaks between 2021 and 2024")
    parted = judge(asked, figures({2021: 1.0, 2024: 1.08}, breaks=[2023]))
    assert (parted.status, parted.actual_year, parted.sources) == ("not assessable", None, "s2021 s2024")
    assert "2024: 108 million cubic metres" in parted.reason_en


def test_doubling_asks_for_twice_the_baseline():
    asked = clause("doubling", NONE)
    assert judge(asked, figures({2021: 5, 2024: 10})).status == "met"
    assert judge(asked, figures({2021: 5, 2024: 9.9})).status == "missed"


def test_a_count_is_a_level():
    assert judge(clause("count", 3, unit=""), figures({2021: 0, 2024: 3})).status == "met"


def test_a_relative_level_is_compared_with_the_benchmark_of_the_horizon():
    asked = clause("relative_level", NONE, ">", unit="%")
    known = figures({2021: 60, 2024: 70})
    assert judge(asked, known, benchmark=figures({2024: 69})).status == "met"
    assert judge(asked, known, benchmark=figures({2023: 69})).status == "not assessable"
    assert judge(asked, known, benchmark=figures({2023: 69}), closed=False).closing == ""


@pytest.mark.parametrize(
    ("values", "breaks", "closed", "status"),
    [
        ({2021: 66.0, 2024: 67.0}, [], True, "met"),
        ({2021: 66.0, 2024: 65.0}, [], True, "missed"),
        ({2021: 66.0, 2024: 66.0}, [], True, "missed"),
        ({2021: 66.0, 2023: 67.0}, [], False, "on track"),
        ({2021: 66.0, 2023: 65.0}, [], False, "deterioration"),
        ({2021: 66.0, 2023: 67.0}, [], True, "not assessable"),
        ({2021: 66.0, 2024: 67.0}, [2022], True, "not assessable"),
        ({2021: 66.0}, [], True, "no data"),
    ],
)
def test_a_direction_is_judged_by_the_sign_of_the_change(values, breaks, closed, status):
    asked = clause("direction", NONE, "up", unit="%", measure="share")
    assert judge(asked, figures(values, breaks=breaks), closed=closed).status == status


@pytest.mark.parametrize("closed", [True, False])
def test_words_without_a_number_are_not_quantified(closed):
    verdict = judge(clause("qualitative", NONE, ""), Figures(), closed=closed)
    assert (verdict.status, verdict.closing) == ("not quantified", "not assessable" if closed else "")


def test_an_unknown_kind_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"Unknown kind 'levle'.*did you mean level"):
        judge(clause("levle"), Figures())


@pytest.mark.parametrize("kind", sorted(EVALUATORS))
def test_every_kind_gives_a_reason_in_both_languages_when_nothing_is_known(kind):
    for closed in (True, False):
        verdict = judge(clause(kind, 5.0), Figures(), closed=closed)
        assert verdict.reason_en
        assert verdict.reason_zh


def test_the_weakest_grade_of_the_figures_used_is_carried():
    known = figures({2021: 5, 2022: 6, 2024: 10}, grades={2021: "C", 2022: "B"})
    assert judge(clause(value=10), known).grade == "C"
