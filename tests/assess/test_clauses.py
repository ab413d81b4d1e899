"""One evaluator for each kind of clause: small series in, the verdict out."""

import math

import pytest
from series_kit import PERCENT, clause, judged, series

from lnregions.assess.clauses import EVALUATORS
from lnregions.series import Figures
from lnregions.series.figures import growth_rates

NONE = math.nan
DALIAN = {2021: 7825.9, 2022: 8430.9, 2023: 8752.9, 2024: 9516.9, 2025: 10002.1}
RATES = {2021: 5.0, 2022: 3.0, 2023: 5.0, 2024: 7.0}


def test_a_level_reached_a_year_late_is_missed_and_says_when_it_was_reached():
    verdict = judged(clause(comparator=">"), series(DALIAN, breaks=[2024]))
    assert (verdict.status, verdict.closing, verdict.reached_in) == ("missed", "missed", 2025)
    assert verdict.gap == pytest.approx(-483.1)
    assert (verdict.baseline_year, verdict.baseline, verdict.actual_year) == (2021, 7825.9, 2024)
    assert "reached in 2025 with 1,000.21 billion yuan" in verdict.reason_en
    assert "2021 and 2024 are not comparable" in verdict.reason_en
    assert "2025年达到10002.1亿元" in verdict.reason_zh
    assert verdict.sources == "s2024 s2025"


@pytest.mark.parametrize(
    ("comparator", "value", "status"),
    [(">=", 10, "met"), (">", 10, "missed"), ("<=", 10, "met"), ("<", 10, "missed"), (">", 9.9, "met"),
     ("<", 10.1, "met")],
)  # fmt: skip
def test_each_comparator_is_taken_at_its_word(comparator, value, status):
    assert judged(clause("level", value, comparator), series({2021: 9, 2024: 10})).status == status


@pytest.mark.parametrize(
    ("asked", "values", "breaks", "closed", "status", "reason"),
    [
        (clause(value=8000), DALIAN | {2024: 10}, [], False, "missed", "was 1 billion yuan in 2024"),
        (clause(value=8000), {2021: 7825.9, 2022: 8430.9}, [], False, "met", "was 843.09 billion yuan in 2022"),
        (clause(), {2021: 7825.9, 2022: 8430.9}, [], False, "acceleration needed", "; 8.9% a year still needed"),
        (clause(), {2021: 1, 2023: 2}, [], True, "not assessable",
         "at least 1,000 billion yuan; no 2024 figure of Shenyang is published"),
        (clause("cumulative_growth", 7.7), {2021: 0, 2024: 5}, [], False, "not assessable", "not above zero"),
        (clause("doubling", NONE), {2021: -3, 2024: 5}, [], False, "not assessable", "not above zero"),
        (clause(), {2019: 6990.0, 2025: 10002.1}, [], True, "no data",
         "the plan asks for at least 1,000 billion yuan; no 2024 figure of Shenyang is published"),
        (clause(), {2021: 7000, 2022: 9000}, [2022], False, "not assessable", "breaks after the baseline year"),
        (clause(), {2022: 9000}, [], False, "not assessable", "no earlier figure"),
        (clause(value=9, **PERCENT), {2021: 5, 2022: 6}, [], False, "not assessable", "values are growth rates"),
        (clause("count", 3, unit=""), {2021: 0, 2024: 3}, [], True, "met", "was 3 in 2024"),
        (clause("doubling", NONE), {2021: 5, 2024: 10}, [], True, "met", "was 1 billion yuan in 2024"),
        (clause("doubling", NONE), {2021: 5, 2024: 9.9}, [], True, "missed", "missed by 0.01 billion yuan"),
        (clause("cumulative_growth", 7.7), {2021: 100, 2024: 107.71}, [], True, "met", "a margin of 0.001 billion"),
        (clause("cumulative_growth", 7.7), {2021: 100, 2024: 107.69}, [], True, "missed", "missed by 0.001 billion"),
        (clause("cumulative_growth", 7.7), {}, [], True, "no data", "no figure for 2022-2024 is published"),
        (clause("cumulative_growth", 7.7), {2021: 1.0, 2022: 1.01, 2024: 1.08}, [2023], True, "not assessable",
         "2021 and 2024 are not comparable"),
        (clause("cumulative_growth", 7.7), {2021: 100, 2024: 108}, [2023], True, "not assessable", "was 10.80 b"),
    ],
)  # fmt: skip
def test_a_value_is_judged_by_the_figures_that_may_be_compared(asked, values, breaks, closed, status, reason):
    verdict = judged(asked, series(values, breaks=breaks), closed=closed)
    assert verdict.status == status
    assert (verdict.closing != "") == (closed or (2024 in values and status == "missed"))
    assert reason in verdict.reason_en


@pytest.mark.parametrize(
    ("values", "breaks", "year"),
    [
        ({2022: 1, 2024: 2}, [], 2022),
        ({2019: 1, 2020: 2, 2022: 3, 2024: 4}, [], 2020),
        ({2020: 2, 2022: 3, 2024: 4}, [2022], 2022),
        ({2020: 2, 2021: 1, 2024: 4}, [], 2021),
        ({2020: 2, 2024: 4}, [], 2020),
        ({2020: 2, 2024: 4}, [2024], None),
        ({2020: 2}, [], None),
    ],
)
def test_the_nearest_earlier_year_of_the_segment_serves_as_baseline_else_the_next_later(values, breaks, year):
    verdict = judged(clause(value=10), series(values, breaks=breaks))
    assert (verdict.baseline_year, verdict.baseline) == (year, values.get(year))


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
        ({2021: 66.0, 2022: 67.0}, [2022], False, "not assessable"),
        ({2021: 66.0}, [], True, "no data"),
    ],
)
def test_a_direction_is_judged_by_the_sign_of_the_change(values, breaks, closed, status):
    asked = clause("direction", NONE, "up", unit="%", measure="share")
    assert judged(asked, series(values, breaks=breaks), closed=closed).status == status


CAP, RISE = clause(value=50, comparator="<=", direction="down"), clause("direction", NONE, "up")
SLOWER = clause("relative_growth", NONE, "<", **PERCENT)


@pytest.mark.parametrize(
    ("asked", "values", "given", "status", "reason_en", "reason_zh"),
    [
        (CAP, {2021: 80, 2024: 45.5}, {}, "met", "a margin of 0.45 billion", "；低4.5亿元"),
        (CAP, {2021: 80, 2023: 60}, {"closed": False}, "acceleration needed",
         "a fall of 16.7% a year still needed", "每年尚需降低16.7%"),
        (clause(value=40), {2021: 30, 2022: 45.5}, {"closed": False}, "met",
         "at least 4 billion yuan; a margin of 0.55 billion", "不低于40亿元；高出5.5亿元"),
        (clause("share", 60, unit="%", measure="share", decimals=2), {2021: 50, 2023: 51.25}, {"closed": False},
         "limited", "8.75 pp a year still needed", "8.75个百分点"),
        (clause("count", 5, unit=""), {2024: 5}, {}, "met", "at least 5", "不低于5"),
        (clause("cumulative_growth", -10, "<="), {2021: 50, 2024: 44}, {}, "met",
         "at most 4.5 billion yuan (90% of the 5 billion yuan of 2021)", "即2021年50亿元的90%"),
        (clause("cumulative_growth", -10, "<="), {2024: 44}, {}, "not assessable",
         "10.0% below that of 2021, that is −3.5% a year; no figure for 2021 is published; in 2024 it was 4.40 b",
         "须比2021年低10.0%"),
        (clause("relative_level", NONE), {2024: 70}, {"benchmark": series({2024: 69})}, "met",
         "at least that of China (6.90 billion yuan)", "全国（69亿元）"),
        (clause("relative_level", NONE), {2024: 70}, {"benchmark": series({2023: 69})}, "not assessable",
         "of Shenyang: the plan asks for at least that of China; no benchmark figure", "不低于全国"),
        (RISE, {2019: 66, 2024: 67}, {}, "met", "a rise; a change of +0.10 billion yuan since 2019", "较2019年变动"),
        (RISE, {2024: 67}, {}, "not assessable", "no figure for 2021 is published; in 2024 it was", "2021年未公布"),
        (SLOWER, {}, {"benchmark": series({2022: 6, 2023: 4, 2024: 5}), "rule": "every year"}, "no data",
         "would have to be below 6.0% in 2022, 4.0% in 2023", "须低于：2022年6.0%"),
    ],
)  # fmt: skip
def test_a_reason_says_what_was_asked_of_whom_and_on_which_side_a_figure_lies(
    asked, values, given, status, reason_en, reason_zh
):
    verdict = judged(asked, series(values), **given)
    assert verdict.status == status
    assert reason_en in verdict.reason_en
    assert reason_zh in verdict.reason_zh
    assert " 0 " not in verdict.reason_en


@pytest.mark.parametrize("rule", ["average", "every year"])
def test_a_mean_is_not_given_for_years_of_which_one_between_is_missing(rule):
    verdict = judged(clause("growth", 6, **PERCENT), series({2022: 7, 2024: 6.5}), rule=rule)
    assert (verdict.status, verdict.actual, verdict.actual_year) == ("not assessable", None, None)
    assert "7.0% in 2022, 6.5% in 2024" in verdict.reason_en


MEAN = ((1.03 * 1.05 * 1.07) ** (1 / 3) - 1) * 100


@pytest.mark.parametrize(
    ("known", "rule", "value", "status", "actual"),
    [
        (RATES, "average", 4.9, "met", MEAN),
        (RATES, "average", 5.0, "missed", MEAN),
        (RATES, "every year", 3.0, "met", MEAN),
        (RATES, "every year", 3.1, "missed", MEAN),
        (RATES, "last year", 7.0, "met", 7.0),
        (RATES, "last year", 7.1, "missed", 7.0),
        ({2022: 3.0, 2023: 3.0}, "every year", 4.0, "missed", 3.0),  # one year below settles it
        ({2022: 3.0, 2023: 3.0}, "average", 4.0, "not assessable", 3.0),
        ({2022: 3.0}, "every year while it runs", 4.0, "missed", 3.0),
        ({2022: 6.0}, "average while it runs", 4.0, "on track", 6.0),
        ({2022: 2.0}, "average while it runs", 4.0, "acceleration needed", 2.0),
    ],
)
def test_growth_is_judged_under_each_rule(known, rule, value, status, actual):
    rule, running, _ = rule.partition(" while it runs")
    verdict = judged(clause("growth", value, **PERCENT), series(known), rule=rule, closed=not running)
    assert (verdict.status, verdict.actual) == (status, pytest.approx(actual))
    assert verdict.closing == ("" if running else status)


def test_relative_growth_compares_the_means_of_the_years_both_have():
    asked = clause("relative_growth", NONE, ">", **PERCENT)
    whole = judged(asked, series(RATES), benchmark=series({2022: 2.0, 2023: 5.0, 2024: 5.0}))
    part = judged(asked, series({2022: 3.0, 2023: 5.0}), benchmark=series(RATES))
    none = judged(asked, series({2022: 3.0}), benchmark=series({2021: 3.0}))
    gap = (1.03 * 1.05 * 1.07) ** (1 / 3) * 100 - (1.02 * 1.05 * 1.05) ** (1 / 3) * 100
    assert (whole.status, whole.gap) == ("met", pytest.approx(gap))
    assert (part.status, part.actual_year, none.status) == ("not assessable", 2023, "not assessable")
    assert "4.0% a year in 2022-2023; the plan asks for more than that of China (4.0%)" in part.reason_en
    assert "no benchmark figure for 2022" in none.reason_en.lower()


@pytest.mark.parametrize(
    ("values", "breaks", "rates"),
    [
        ({2018: 1, 2019: 2, 2020: 3, 2022: 4}, [2019], [(2020, 50.0, "A", "s2019 s2020")]),
        ({2018: 4, 2019: 5}, [], [(2019, 25.0, "C", "s2018 s2019")]),
        ({2020: 0, 2021: 5}, [], []),
        ({2020: -5, 2021: 5}, [], []),
        ({2020: 5, 2021: -5}, [], []),
    ],
)
def test_growth_of_levels_rests_on_two_years_of_one_segment_that_are_amounts(values, breaks, rates):
    found = growth_rates(series(values, breaks=breaks, grades={2018: "C"}), measure="level")
    assert [(row.year, row.value, row.grade, row.source) for row in found] == rates


@pytest.mark.parametrize(
    ("asked", "own", "beside", "sources", "grade"),
    [
        (clause(value=10), {2021: 5, 2022: 6, 2024: 10}, None, "s2024", "A"),
        (clause("relative_growth", NONE, ">", **PERCENT), {2022: 3.0}, {2022: 2.0}, "s2022 s900", "B"),
        (clause("relative_level", NONE, ">"), {2021: 60, 2024: 70}, {2024: 69}, "s2024 s900", "B"),
    ],
)
def test_a_verdict_carries_the_weakest_grade_and_all_sources(asked, own, beside, sources, grade):
    benchmark = beside and series(beside, grades=dict.fromkeys(beside, "B"), source="s900")
    verdict = judged(asked, series(own, grades={2021: "C"}), benchmark=benchmark)
    assert (verdict.sources, verdict.grade) == (sources, grade)


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("kind", sorted(EVALUATORS))
def test_every_kind_gives_a_reason_in_both_languages_when_nothing_is_known(kind, closed):
    verdict = judged(clause(kind, 5.0), Figures(), closed=closed)
    assert verdict.closing == ("not assessable" if closed else "")
    assert all((verdict.reason_en, verdict.reason_zh))
