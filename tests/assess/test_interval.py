"""What rounding hides: series built forward from an exact truth, printed as tables print them, and judged.

Met and missed must be true of the truth behind the printed digits. Too close to call may be said only where some other
truth that prints the same digits would turn the answer. The truth is exact (`Decimal`, 28 digits).
"""

import itertools
import math
import operator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from series_kit import PERCENT, clause, figure, judged, table

from lnregions.assess import figures_of, judge_row, load_tables
from lnregions.series import Figures
from lnregions.series.figures import FigureRow
from lnregions.series.growth import half_unit
from lnregions.tables import load_plan, observed

COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
PLAN = load_plan()
TABLES = load_tables(PLAN, as_of="2026-06-30")
WEST = ("211300", "210900", "211400")
YEARS = (2022, 2023, 2024)
many = settings(max_examples=80, deadline=None)
comparators = st.sampled_from(sorted(COMPARE))
shifts = st.integers(-25, 25).map(lambda n: Decimal(n) / 10)
"""How far what is required lies from what is printed, in units of what rounding hides."""


def decimals(low, high, places=5):
    return st.integers(low * 10**places, high * 10**places).map(lambda n: Decimal(n).scaleb(-places))


def as_printed(truth, digits):
    """A truth as printed, and the ends of the interval of all truths that print the same digits."""
    shown = truth.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    digits = max(1, -shown.normalize().as_tuple().exponent)  # a final zero is dropped
    half = Decimal(5).scaleb(-digits - 1)
    return shown, (shown - half, shown + half)


def figures(values):
    """Figures as published, from printed values by year."""
    rows = [
        FigureRow(y, float(v), 0, "A", "", "s", "", *[half_unit(float(v), 1)] * 2) for y, v in values.items()
    ]
    return Figures(tuple(rows))


def geometric(rates):
    return 100 * (math.prod(1 + rate / 100 for rate in rates) ** (1 / Decimal(len(rates))) - 1)


def check(status, comparator, *, actual, required, truth):
    """Hold a status against the ends of what is `actual` and `required`, and against the two numbers of the truth."""
    holds = COMPARE[comparator]
    ends = [(one, other) for one in actual for other in required]
    assume(all(abs(one - other) > Decimal("1e-9") for one, other in [*ends, truth]))  # no tie at an end
    outcomes = {holds(*pair) for pair in ends}
    if status == "too close to call":
        assert outcomes == {True, False}
    else:
        assert status == ("met" if holds(*truth) else "missed")
        assert outcomes == {holds(*truth)}


@given(truth=decimals(1, 12000), digits=st.integers(1, 3), shift=shifts, comparator=comparators)
@many
def test_a_level_against_a_value(truth, digits, shift, comparator):
    shown, ends = as_printed(truth, digits)
    goal = shown + shift * (ends[1] - shown)
    status = judged(clause("level", float(goal), comparator), figures({2024: shown})).status
    check(status, comparator, actual=ends, required=(goal,), truth=(truth, goal))


@given(rates=st.lists(decimals(-30, 40), min_size=3, max_size=3), shift=shifts, comparator=comparators)
@many
def test_mean_growth_against_a_value(rates, shift, comparator):
    shown, ends = zip(*(as_printed(rate, 1) for rate in rates), strict=True)
    low, high = (geometric(end) for end in zip(*ends, strict=True))
    goal = (geometric(shown) + shift * (high - low) / 2).quantize(Decimal("1e-7"))
    own = figures(dict(zip(YEARS, shown, strict=True)))
    status = judged(clause("growth", float(goal), comparator, **PERCENT), own, rule="average").status
    check(status, comparator, actual=(low, high), required=(goal,), truth=(geometric(rates), goal))


@given(own=st.lists(decimals(-30, 40), min_size=3, max_size=3), turn=st.permutations(range(3)),
       shift=st.integers(-9, 9), comparator=comparators)  # fmt: skip
@many
def test_mean_growth_against_that_of_another_area(own, turn, shift, comparator):
    beside = [own[place] + Decimal(shift) / 40 for place in turn]  # nearly the same rates in another order
    means, shown = [], []
    for rates in (own, beside):
        printed, ends = zip(*(as_printed(rate, 1) for rate in rates), strict=True)
        means.append([geometric(end) for end in zip(*ends, strict=True)])
        shown.append(figures(dict(zip(YEARS, printed, strict=True))))
    asked = clause("relative_growth", math.nan, comparator, **PERCENT)
    status = judged(asked, shown[0], benchmark=shown[1], rule="average").status
    truth = (geometric(own), geometric(beside))
    check(status, comparator, actual=means[0], required=means[1], truth=truth)


@given(values=st.lists(decimals(1, 60, 3), min_size=3, max_size=3), weights=st.lists(st.integers(100, 2000), min_size=3,
       max_size=3), shift=shifts, comparator=comparators)  # fmt: skip
@many
def test_a_weighted_mean_of_members_against_a_value(values, weights, shift, comparator):
    shown, ends = zip(*(as_printed(value, 1) for value in values), strict=True)
    rows = [figure(area, "gdp_growth_real", 2024, float(v)) for area, v in zip(WEST, shown, strict=True)]
    rows += [figure(area, "gdp", 2023, float(w)) for area, w in zip(WEST, weights, strict=True)]
    tables = TABLES.with_observed(observed(table(*rows)))

    def mean(numbers):
        return sum(map(operator.mul, numbers, weights)) / sum(weights)

    low, high = (mean(end) for end in zip(*ends, strict=True))
    goal = (mean(shown) + shift * (high - low) / 2).quantize(Decimal("1e-7"))
    own = replace(figures_of(PLAN, "west", indicator="gdp_growth_real", tables=tables), parts={})
    status = judged(clause("growth", float(goal), comparator, **PERCENT), own, rule="last year").status
    check(status, comparator, actual=(low, high), required=(goal,), truth=(mean(values), goal))


def growth(start, end, years):
    return 100 * ((end / start) ** (1 / Decimal(years)) - 1)


@given(levels=st.lists(decimals(1, 30), min_size=4, max_size=4), shift=shifts, comparator=comparators,
       rule=st.sampled_from(["last year", "average"]))  # fmt: skip
@example(levels=[*map(Decimal, (2, 2, 1, 2))], shift=Decimal("-0.95"), comparator=">", rule="last year")
@example(levels=[*map(Decimal, (1, 1, 1, 1))], shift=Decimal("-1.1"), comparator=">", rule="average")
@settings(max_examples=40, deadline=None)
def test_growth_of_levels_against_a_value(levels, shift, comparator, rule):
    """Between the first and the last level the years between play no part: what rounding hides in them cancels out."""
    shown, ends = zip(*(as_printed(level, 1) for level in levels), strict=True)
    first, years = (0, 3) if rule == "average" else (2, 1)
    found = [growth(start, end, years) for start, end in itertools.product(ends[first], ends[3])]
    low, high = min(found), max(found)
    middle = growth(shown[first], shown[3], years)
    goal = (middle + shift * (high - low) / 2).quantize(Decimal("1e-7"))
    asked = PLAN.targets.query("target == 'belt-fdi'").assign(area="210200", kind="growth", benchmark="")
    asked = asked.assign(value=float(goal), comparator=comparator).iloc[0]
    rows = [figure("210200", "fdi_usd", y, float(v)) for y, v in zip((2021, *YEARS), shown, strict=True)]
    verdicts = judge_row(PLAN, asked, tables=TABLES.with_observed(observed(table(*rows))))
    status = {one.interpretation: one.status for one in verdicts}[f"{rule}, in dollars"]
    truth = (growth(levels[first], levels[3], years), goal)
    check(status, comparator, actual=(low, high), required=(goal,), truth=truth)
