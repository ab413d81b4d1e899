"""What missing figures can be, what they would have to be, what rounding hides, and what a verdict depends on."""

import math
from dataclasses import replace

import pytest
from series_kit import PERCENT, clause, figure, judged, table

from lnregions import load_bounds, load_plan
from lnregions.assess import cases_of_target, judge_all, load_tables
from lnregions.assess.bounds import possible_figure, possible_total
from lnregions.series import Figures
from lnregions.series.figures import FigureRow

DATE = "2026-08-31"
CIRCLE = ("210100", "210300")


def rounded(values, half):
    return Figures(tuple(FigureRow(y, v, 0, "A", "", "s", "", half, half) for y, v in sorted(values.items())))


def tables_of(*rows, plan="ln-2022"):
    frame = table(*rows)
    frame["default"] = True
    return load_tables(load_plan(plan), as_of=DATE, observations=frame)


def share(area, year, value, indicator="urbanisation_rate", **other):
    return figure(area, indicator, year, value, unit="%", **other)


def people(area, year, value=100.0):
    return figure(area, "population", year, value, unit="万人")


@pytest.mark.parametrize("order", [(2.1, 5.3, 5.1), (5.3, 5.1, 2.1), (5.1, 2.1, 5.3)])
def test_the_same_rates_in_another_order_are_too_close_to_call_and_never_met(order):
    own = rounded(dict(zip((2022, 2023, 2024), order, strict=True)), 0.05)
    beside = rounded({2022: 2.1, 2023: 5.3, 2024: 5.1}, 0.05)
    verdict = judged(clause("relative_growth", math.nan, ">", **PERCENT), own, benchmark=beside)
    assert verdict.status == "too close to call"
    assert verdict.low < verdict.actual < verdict.high


CHANGE = load_bounds().set_index("indicator").loc["urbanisation_rate", "largest_change"]


@pytest.mark.parametrize(
    ("known", "year", "lowest", "used"),
    [
        ({2022: 75.0, 2024: 99.5}, 2023, 0.0, [2022, 2024]),  # the two contradict the largest change
        ({2022: 75.0, 2024: 99.5}, 2025, 99.5 - CHANGE - 0.05, [2024]),
        ({}, 2024, 0.0, []),
        ({2019: 70.0}, 2020, 0.0, []),  # over a break
    ],
)
def test_a_missing_figure_lies_within_the_largest_change_of_its_neighbours_and_the_limits(
    known, year, lowest, used
):
    tables = tables_of(share("210400", 2024, 9), *(share("210300", at, value) for at, value in known.items()))
    span, rows = possible_figure(tables, "210300", indicator="urbanisation_rate", year=year)
    assert span == pytest.approx((lowest, 100.0))
    assert [row.year for row in rows] == used


def test_what_the_missing_members_would_have_to_be_gives_back_what_is_required():
    rows = [share("210100", 2024, 90.0), share("210300", 2023, 60.0)]
    rows += [people("210100", 2024, 300), people("210300", 2024)]
    found = possible_total(tables_of(*rows), CIRCLE, indicator="urbanisation_rate", year=2024)
    assert found.missing == ("210300",)
    needed = found.needed(85.0)
    assert (300 * 90.0 + 100 * needed) / 400 == pytest.approx(85.0)
    assert found.low < (300 * 90.0 + 100 * 60.0) / 400 < found.high


@pytest.mark.parametrize("lacking", ["weights", "aggregation"])
def test_nothing_is_said_of_a_region_without_weights_or_whose_indicator_cannot_be_combined(lacking):
    indicator = "urbanisation_rate" if lacking == "weights" else "fai_growth"
    tables = tables_of(share("210100", 2024, 90.0, indicator))
    assert possible_total(tables, CIRCLE, indicator=indicator, year=2024) is None


def test_land_weighs_forest_coverage():
    cover = {"210500": 75.0, "210600": 66.0}
    tables = tables_of(*(share(area, 2024, value, "forest_coverage") for area, value in cover.items()))
    case = next(iter(cases_of_target("ln-2022", "east-forest-cover", as_of=DATE)))
    found = replace(case, tables=tables).tables
    part = possible_total(found, ("210400", "210500", "210600"), indicator="forest_coverage", year=2024)
    assert part.missing == ("210400",)
    assert 0.3 < part.share < 0.4  # Fushun has a third of the land


def test_levels_decide_an_average_only_beyond_what_revised_rates_have_differed_by():
    rows = [figure(a, "trade_total", y, v) for a, first, last in (("210000", 100, 105), ("100000", 100, 109))
            for y, v in ((2021, first), (2024, last))]  # fmt: skip
    plan = load_plan("ln-2022")
    row = plan.targets[plan.targets["target"] == "belt-trade"].assign(area="210000", region="belt")
    plan = replace(plan, targets=row)
    for last, status in ((109, "not assessable"), (112, "missed")):
        rows[-1]["value"] = last
        assert judge_all(plan, as_of=DATE, observations=table(*rows))[0].status == status
