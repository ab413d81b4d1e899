"""What must hold of any verdict: units, the order of rows, and series built to a threshold."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from series_kit import clause, judged
from series_kit import series as figures

from lnregions import judge_interpretations, load_observations, load_plan
from lnregions.series.figures import growth_rates

PLAN = load_plan()
WHOLE = load_observations()
amounts = st.floats(0.5, 5000, allow_nan=False)


series = st.fixed_dictionaries(
    dict.fromkeys((2021, 2022, 2023), amounts), optional={2024: amounts, 2025: amounts}
)


@given(values=series, target=amounts, power=st.integers(-12, 12), comparator=st.sampled_from([">=", ">", "<=", "<"]),
       kind=st.sampled_from(["level", "cumulative_growth", "doubling", "direction"]), closed=st.booleans())  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_verdict_does_not_change_with_the_unit(values, target, power, comparator, kind, closed):
    factor = 2.0**power  # a power of two scales without rounding
    direction = "up" if ">" in comparator else "down"
    scaled = target * factor if kind == "level" else target
    asked = clause(kind, target, comparator, direction=direction)
    own, in_unit = figures(values), figures({y: v * factor for y, v in values.items()})
    one, other = (
        judged(asked, own, closed=closed),
        judged(replace(asked, value=scaled), in_unit, closed=closed),
    )
    assert (one.status, one.closing, one.reached_in) == (other.status, other.closing, other.reached_in)
    rates = [growth_rates(of, measure="level") for of in (own, in_unit)]
    assert [row.value for row in rates[0]] == [row.value for row in rates[1]]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=2, deadline=None)
def test_the_order_of_the_rows_plays_no_part(seed):
    mixed = WHOLE.sample(frac=1, random_state=seed).reset_index(drop=True)
    whole = judge_interpretations(PLAN, observations=WHOLE)
    pd.testing.assert_frame_equal(judge_interpretations(PLAN, observations=mixed), whole)


@given(base=amounts, rate=st.floats(-20, 40), below=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_series_built_to_the_target_meets_it_and_one_a_hair_below_misses_it(base, rate, below):
    values = {2021 + n: base * (1 + rate / 100) ** n for n in range(4)}
    goal = values[2024]
    if below:
        values[2024] = math.nextafter(goal, 0)
    verdict = judged(clause("level", goal), figures(values))
    assert verdict.status == ("missed" if below else "met")
    strictly = judged(clause("level", goal, ">"), figures(values))
    assert strictly.status == "missed"


@given(base=amounts, rate=st.floats(-20, 40))
@settings(max_examples=40, deadline=None)
def test_a_series_built_at_a_rate_gives_the_rate_back_and_turns_there(base, rate):
    built = figures({2021 + n: base * (1 + rate / 100) ** n for n in range(4)})
    rates = growth_rates(built, measure="level")
    assert [row.value for row in rates] == pytest.approx([rate] * 3, abs=1e-9)
    as_rates = figures({row.year: row.value for row in rates})
    for shift, status in ((-1e-6, "met"), (1e-6, "missed")):
        for rule in ("average", "every year", "last year"):
            asked = clause("growth", rate + shift, measure="growth")
            assert judged(asked, as_rates, rule=rule).status == status
