"""What the reason of a verdict says: subject, figure, requirement, what is missing and how far that is."""

import itertools
import re

import pandas as pd
import pytest

from lnregions import judge, judge_interpretations, load_observations, load_plan

DATE = "2026-08-31"
ENDS = {"en": "; |[.] ", "zh": "[；。]"}


@pytest.mark.parametrize("as_of", ["2023-12-31", "2024-12-31", "2025-12-31", DATE])
def test_a_reason_names_its_area_and_says_each_thing_once(as_of):
    plan = load_plan("ln-2022")
    areas = pd.concat([plan.areas, plan.regions.rename(columns={"region": "area"})]).set_index("area")
    rows = judge_interpretations(plan, as_of=as_of).itertuples()
    for row, language in itertools.product(rows, ENDS):
        reason, names = getattr(row, f"reason_{language}"), areas[f"short_{language}"]
        parts = re.split(ENDS[language], reason)
        assert len(set(parts)) == len(parts), reason
        if row.kind != "qualitative":
            assert names[row.area] in reason, row.target


def test_what_is_settled_while_the_plan_runs_says_which_members_turn_it():
    rows = judge_interpretations("ln-2022", as_of="2023-12-31").set_index(["target", "interpretation"])
    row = rows.loc[("west-fai", "every year")]
    assert row["status"] == "missed"
    assert "Fuxin: 10.0% (expected) in 2022" in row["reason_en"]
    assert "if the members were Chaoyang and Huludao, the verdict would be: no data" in row["depends_en"]


def test_manufacturing_is_held_against_the_secondary_sector_that_it_is_part_of():
    plan, figures = load_plan("ln-2022"), load_observations(as_of=DATE)
    members = plan.membership.query("region == 'circle' and level == 'city'")["area"]
    own = figures[figures["default"] & (figures["year"] == 2024) & figures["area"].isin(members)]
    own = own.set_index(["indicator", "area"])["value"]
    gdp, secondary = own["gdp"], own["va_secondary"]
    share = 100 * secondary.sum() / gdp[secondary.index].sum()
    highest = 100 * (secondary.sum() + gdp.drop(secondary.index).sum()) / gdp.sum()  # Fuxin may be anything
    reason = judge(plan, as_of=DATE).set_index("target").loc["circle-manufacturing", "reason_en"]
    assert f"was {share:.1f}%" in reason
    assert f"at most {highest:.1f}% is possible" in reason
    assert f"30% would be {100 * 30 / share:.0f}% of that whole" in reason
