"""The program's verdicts against those of a script that shares no code with it."""

import math

import independent
import pytest

from lnregions import judge_interpretations

PLANS = ("belt-2025", "ln-2022", "ln-2025", "ln-tourism-2025")
DATES = ("2022-06-30", "2024-06-30", "2025-06-30", "2026-06-30")


@pytest.mark.parametrize("as_of", DATES)
@pytest.mark.parametrize("plan", PLANS)
def test_every_interpretation_of_every_clause_comes_to_the_same(plan, as_of):
    verdicts = judge_interpretations(plan, as_of=as_of)
    found = {(row.target, row.interpretation): row for row in verdicts.itertuples()}
    own = independent.Plan(plan).answers(as_of)
    assert set(found) == set(own)
    differences = []
    for key, row in found.items():
        status, *numbers, by_bounds = own[key]
        if (row.status, row.by_bounds) != (status, by_bounds):
            differences.append((*key, row.status, row.by_bounds, status, by_bounds))
        actual, required = (math.nan if one is None else float(one) for one in numbers)
        expected = pytest.approx([actual, required, actual - required], rel=1e-9, abs=1e-9, nan_ok=True)
        if expected != [row.actual, row.required, row.gap]:
            differences.append((*key, row.actual, row.required, actual, required))
    assert not differences
