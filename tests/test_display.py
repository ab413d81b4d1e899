"""How plans, verdicts, tables and pictures show themselves, in a notebook and in a terminal."""

import pickle
from dataclasses import replace

import pandas as pd
import pytest

from lnregions import draw_map, draw_targets, judge, judge_readings, load_plan, show_plan, show_region
from lnregions.assess.display import Verdicts

PLAN = load_plan()
VERDICTS = judge(PLAN)
BAD = "<script>alert(1)</script>"


def test_verdicts_show_as_the_readers_table():
    html = VERDICTS._repr_html_()
    assert "GDP of Dalian" in html
    assert "ln-table" in html
    assert html.count("<tr>") == 1 + len(VERDICTS)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v[v["region"] == "west"],
        lambda v: v.sort_values("gap"),
        lambda v: v.copy(),
        lambda v: pickle.loads(pickle.dumps(v)),
        lambda v: v.head(3).reset_index(drop=True),
        lambda v: v.assign(mine=1),
        lambda v: pd.concat([v, v]),
        lambda v: v.iloc[:0],
    ],
)
def test_verdicts_stay_so_when_they_are_filtered_sorted_copied_or_pickled(change):
    changed = change(VERDICTS)
    assert isinstance(changed, Verdicts)
    assert "ln-table" in changed._repr_html_()


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v[["target", "status"]],
        lambda v: v.describe(),
        lambda v: v.T,
        lambda v: v.drop(columns="gap"),
    ],
)
def test_what_is_no_longer_verdicts_shows_as_any_frame(change):
    changed = change(VERDICTS)
    assert "ln-table" not in changed._repr_html_()
    assert repr(changed) == repr(pd.DataFrame(changed))


def test_verdicts_are_an_ordinary_frame_to_everything_else():
    plain = pd.DataFrame(VERDICTS)
    assert type(plain) is pd.DataFrame
    pd.testing.assert_frame_equal(VERDICTS, plain, check_frame_type=False)
    assert VERDICTS.to_csv() == plain.to_csv()
    assert VERDICTS.to_json() == plain.to_json()
    assert type(VERDICTS["status"]) is pd.Series
    assert VERDICTS.groupby("region").size().sum() == 18
    merged = VERDICTS.merge(PLAN.targets[["target", "clause_en"]], on="target")
    assert len(merged) == len(VERDICTS)


def test_verdicts_in_a_terminal_show_what_a_reader_needs_first():
    text = repr(VERDICTS)
    assert len(text.splitlines()) <= 22
    assert "status" in text
    assert "reason_zh" not in text


def test_the_readings_are_verdicts_too():
    assert isinstance(judge_readings(PLAN), Verdicts)


def test_a_hostile_reason_in_a_verdict_is_escaped():
    bad = VERDICTS.assign(reason_en=BAD, reading=BAD, target=BAD, grade=BAD)
    html = bad._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("put", [{"status": BAD}, {"gap": "much"}, {"status": None}])
def test_verdicts_with_something_else_in_them_show_as_any_frame(put):
    html = VERDICTS.assign(**put)._repr_html_()
    assert "<script" not in html
    assert "dataframe" in html


def test_a_plan_shows_title_years_members_and_targets_by_kind():
    html = PLAN._repr_html_()
    assert "2022-2024" in html
    assert "Three-Year Action Plan" in html
    row = html[html.index("Shenyang circle") :].partition("</tr>")[0]
    assert "<td>7</td><td>6</td>" in row
    assert "relative_growth" in html
    assert repr(PLAN) == "<Plan ln-2022, 2022-2024: 4 regions, 18 targets>"


def test_a_hostile_plan_is_escaped():
    regions = PLAN.regions.assign(short_en=BAD, short_zh=BAD)
    targets = PLAN.targets.assign(kind=BAD)
    facts = PLAN.facts | {"title_en": BAD, "title_zh": BAD, "number": BAD, "first_year": BAD}
    html = replace(PLAN, regions=regions, targets=targets, facts=facts)._repr_html_()
    assert "<script" not in html
    assert "alert(1)" in html


def test_pictures_and_tables_in_a_terminal_say_what_they_are():
    assert (
        repr(draw_map(PLAN, "belt", "gdp"))
        == "<Picture map-belt-gdp: Coastal belt: gross domestic product, 2023.>"
    )
    assert repr(draw_targets(PLAN, "west")).startswith("<Pictures: west-gdp")
    assert repr(show_plan(PLAN)).splitlines()[0].split() == ["Fact", "Value"]
    assert "Member" in repr(show_region(PLAN, "belt"))
