"""What the reason of a verdict says: subject, figure, requirement, what is missing and how far that is."""

import re

import pandas as pd
import pytest

from lnregions import judge, judge_interpretations, load_observations, load_plan

DATE = "2026-08-31"
ENDS = {"en": "; |[.] ", "zh": "[；。]"}


@pytest.fixture(scope="module")
def verdicts():
    return judge("ln-2022", as_of=DATE).set_index("target")


@pytest.mark.parametrize("as_of", ["2023-12-31", "2024-12-31", "2025-12-31", DATE])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reason_names_its_area_and_says_each_thing_once(as_of, language):
    plan = load_plan("ln-2022")
    regions = plan.regions.rename(columns={"region": "area"})
    names = pd.concat([plan.areas, regions]).set_index("area")[f"short_{language}"]
    for row in judge_interpretations(plan, as_of=as_of).itertuples():
        reason = getattr(row, f"reason_{language}")
        parts = re.split(ENDS[language], reason)
        assert len(set(parts)) == len(parts), reason
        if row.kind != "qualitative":
            assert names[row.area] in reason, row.target


def test_a_clause_without_a_figure_says_how_far_the_nearest_published_one_is(verdicts):
    assert "Shenyang 2025 26.0%, 4.0 pp short of that" in verdicts.loc["circle-manufacturing", "reason_en"]
    assert "沈阳2025年26.0%，与之相差4.0个百分点" in verdicts.loc["circle-manufacturing", "reason_zh"]
    reason = verdicts.loc["circle-urbanisation", "reason_en"]
    needed = float(re.search(r"would have to be above ([\d.]+)%", reason)[1])
    assert (
        f"{needed - 80.51:.2f} pp or more short of that" in reason
    )  # Benxi in 2023, the highest of the three


def test_manufacturing_is_held_against_the_secondary_sector_that_it_is_part_of(verdicts):
    plan, figures = load_plan("ln-2022"), load_observations(as_of=DATE)
    members = plan.membership.query("region == 'circle' and level == 'city'")["area"]
    own = figures[figures["default"] & (figures["year"] == 2024) & figures["area"].isin(members)]
    gdp, secondary = (
        own[own["indicator"] == one].set_index("area")["value"] for one in ("gdp", "va_secondary")
    )
    share = 100 * secondary.sum() / gdp[secondary.index].sum()
    highest = 100 * (secondary.sum() + gdp.drop(secondary.index).sum()) / gdp.sum()  # Fuxin may be anything
    reason = verdicts.loc["circle-manufacturing", "reason_en"]
    assert f"was {share:.1f}%" in reason
    assert f"at most {highest:.1f}% is possible" in reason
    assert f"30% would be {100 * 30 / share:.0f}% of that" in reason


def test_coverage_that_fell_where_it_is_known_says_what_the_other_members_would_have_to_make_up(verdicts):
    reason = verdicts.loc["east-forest-cover", "reason_en"]
    assert re.search(r"Fushun and Dandong together would have to be more than 0\.\d\d pp above", reason)


def test_a_reason_says_that_a_doubtful_figure_left_out_changes_nothing_and_counts_it_only_where_it_is_used():
    rows = judge_interpretations("ln-2022", as_of=DATE).set_index(["target", "interpretation"])["reason_en"]
    assert "Without the doubtful figure it would be the same" in rows["belt-fdi", "average, in dollars"]
    assert "doubtful" not in rows["belt-fdi", "average, in yuan"]
