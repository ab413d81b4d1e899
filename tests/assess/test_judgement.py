"""Judging the real plan by the real figures, and plans of one's own."""

from dataclasses import replace

import pandas as pd
import pytest

from lnregions import (
    DataError,
    compare_methods,
    judge,
    judge_readings,
    load_observations,
    load_plan,
    load_sources,
    plans_on,
)
from lnregions.assess import STATUS_WORDS, figures_of, judge_all, load_tables, members_of, verdict_table
from lnregions.assess.cases import knowledge_date
from lnregions.assess.interpretations import LINKED, cases_of_plan
from lnregions.assess.methods import METHODS
from lnregions.tables import list_plans, write_plan_template
from lnregions.words import quantity_name

DATE = "2026-06-30"


@pytest.fixture(scope="module")
def verdicts():
    return judge(load_plan()).set_index("target")


def test_all_eighteen_targets_have_one_verdict_each(verdicts):
    assert verdicts.index.tolist() == load_plan().targets["target"].tolist()
    assert len(verdicts) == 18
    assert set(verdicts["status"]) <= set(STATUS_WORDS)


def test_every_verdict_gives_its_reason_in_both_languages(verdicts):
    assert (verdicts[["reason_en", "reason_zh"]].map(len) > 5).all(axis=None)


def test_western_growth_is_compared_with_the_province_as_far_as_figures_go(verdicts):
    west = verdicts.loc["west-gdp"]
    gdp = {"211300": (944.78, 995.0), "210900": (544.7, 577.5), "211400": (842.0, 870.0)}
    observations = load_observations()
    s032 = observations[observations["source"].str.split().map(lambda ids: "s032" in ids)]
    value = s032.set_index(["area", "indicator", "year"])["value"]
    rates = []
    for year in (2022, 2023):
        weights = {a: value[a, "gdp", year - 1] for a in gdp}
        rates.append(
            sum(w * value[a, "gdp_growth_real", year] for a, w in weights.items()) / sum(weights.values())
        )
    mean = ((1 + rates[0] / 100) * (1 + rates[1] / 100)) ** 0.5 * 100 - 100
    assert west["status"] == "not assessable"
    assert west["actual"] == pytest.approx(mean, abs=0.01)
    assert west["required"] == pytest.approx((1.021 * 1.053) ** 0.5 * 100 - 100)
    assert west["coverage"] == "3 of 3 members"


def test_a_target_whose_readings_disagree_says_so(verdicts):
    both = judge_readings(load_plan()).set_index("target").loc["circle-urbanisation"]
    assert both["status"].tolist() == ["not assessable", "met"]
    assert verdicts.loc["circle-urbanisation", "disagree"]
    assert "under the reading 'Shenyang': met" in verdicts.loc["circle-urbanisation", "reason_en"]
    assert "按“沈阳”理解：已实现" in verdicts.loc["circle-urbanisation", "reason_zh"]


def test_a_figure_published_after_the_date_changes_nothing():
    whole = load_observations()
    known = load_observations(as_of="2024-06-30")
    assert len(known) < len(whole)
    pd.testing.assert_frame_equal(
        judge("ln-2022", as_of="2024-06-30"), judge("ln-2022", as_of="2024-06-30", observations=known)
    )


def test_a_date_that_is_none_is_refused():
    with pytest.raises(DataError, match="2024-13"):
        judge("ln-2022", as_of="2024-13")


def test_an_unknown_plan_is_refused_with_a_guess():
    with pytest.raises(DataError, match="did you mean ln-2022"):
        judge("ln-2O22")


def test_the_published_methods_see_no_growth_over_a_census_break():
    row = compare_methods("ln-2022").set_index("target").loc["belt-dalian-gdp"]
    observed = (8752.9 / 7825.9) ** 0.5 - 1
    required = (10000 / 7825.9) ** (1 / 3) - 1
    assert row["ratio_open_sdg"] == pytest.approx(observed / required, rel=1e-3)
    assert (row["plan"], row["open_sdg"]) == ("missed", "acceleration needed")


def test_methods_that_disagree_are_marked():
    rows = compare_methods("ln-2022").set_index("target")
    assert not rows.loc["circle-shenyang-gdp", "agree"]
    assert rows.loc["circle-hour", ["open_sdg", "unsd", "escap"]].tolist() == ["", "", ""]


def test_a_region_whose_figures_cannot_be_combined_says_so():
    plan = load_plan()
    tables = load_tables(plan, observations=load_observations())
    figures = figures_of(plan, "west", indicator="fai_growth", tables=tables)
    assert figures.frame.empty
    assert "cannot be combined over areas" in figures.hole(2022)[0]


def test_a_total_breaks_where_a_member_breaks():
    plan = load_plan()
    tables = load_tables(plan, observations=load_observations())
    fdi = figures_of(plan, "belt", indicator="fdi_usd", tables=tables).frame.set_index("year")
    assert fdi.loc[2018, "segment"] != fdi.loc[2019, "segment"]
    assert fdi.loc[2018, "value"] == pytest.approx(31.9, abs=0.1)


def test_every_source_of_a_verdict_is_in_the_table_of_sources():
    known = set(load_sources()["source"])
    assert {s for v in judge_all("ln-2022") for s in v.sources.split()} <= known


# -- by a published method ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "status"),
    [("open_sdg", "limited"), ("unsd", "acceleration needed"), ("escap", "acceleration needed")],
)
def test_a_method_gives_its_own_status_figures_and_reason(method, status):
    row = judge("ln-2022", method=method, as_of=DATE).set_index("target").loc["circle-shenyang-gdp"]
    assert (row["method"], row["status"], row["closing"]) == (method, status, "missed")
    assert (row["actual_year"], row["actual"]) == (2023, 8122.1)
    assert row["gap"] == pytest.approx(8122.1 - 10000)
    assert "figures after 2023 are on another basis" in row["reason_en"]
    assert "2023年以后的数据口径不同" in row["reason_zh"]


def test_the_methods_agree_with_their_table():
    table = compare_methods("ln-2022").set_index("target")
    for method in ("open_sdg", "unsd", "escap"):
        found = judge("ln-2022", method=method).set_index("target")["status"]
        said = table[method][table[method].ne("") & table["plan"].ne("no data")]
        assert found[said.index].tolist() == said.tolist()
        assert set(found) <= set(STATUS_WORDS)


def test_a_method_has_nothing_to_say_of_growth_clauses_and_keeps_what_lacks():
    found = judge("ln-2022", method="unsd").set_index("target")
    assert found.loc["west-gdp", "reason_en"].startswith("The method measures the way to a value")
    assert found.loc["circle-sei", "status"] == "no data"
    assert found.loc["circle-hour", "status"] == "not quantified"


def test_a_method_sees_the_linked_levels_of_the_linked_reading():
    rows = judge_readings("ln-2022", method="open_sdg", as_of=DATE)
    linked = rows[(rows["target"] == "belt-dalian-gdp") & (rows["reading"] == LINKED)].iloc[0]
    assert (linked["actual_year"], linked["actual"]) == (2024, pytest.approx(8752.9 * 1.052))


def test_an_unknown_method_is_refused_with_a_guess():
    with pytest.raises(DataError, match=r"Unknown method 'open_sgd'.*did you mean open_sdg"):
        judge("ln-2022", method="open_sgd")


# -- a level carried over a census -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "level", "rate"), [("belt-dalian-gdp", 8752.9, 5.2), ("circle-shenyang-gdp", 8122.1, 5.2)]
)
def test_real_growth_links_a_level_over_the_census(target, level, rate):
    rows = {v.reading: v for v in judge_all("ln-2022", as_of=DATE) if v.target == target}
    linked, main = rows[LINKED], rows["as written"]
    assert linked.actual == pytest.approx(level * (1 + rate / 100))
    assert (linked.status, linked.reading_zh) == ("missed", "按实际增速衔接")
    assert linked.numbers["real growth 2024"] == rate
    assert linked.numbers["value 2023"] == level
    assert f"2023: {level / 10:.1f} billion yuan carried on at 2023 prices" in linked.reason_en
    assert f"2024 {rate}%" in linked.reason_en
    assert main.status == "missed"
    assert (
        f"linked by real growth: 2024 {linked.actual / 10:.1f} billion yuan at 2023 prices" in main.reason_en
    )
    assert "（2023年价格）" in main.reason_zh


def test_a_rate_that_lacks_leaves_no_linked_level():
    whole = load_observations(as_of=DATE)
    lacking = whole[~((whole["indicator"] == "gdp_growth_real") & (whole["year"] == 2024))]
    rows = [
        v for v in judge_all("ln-2022", observations=lacking, as_of=DATE) if v.target == "belt-dalian-gdp"
    ]
    main, linked = rows
    assert (linked.status, linked.actual_year) == ("not assessable", 2023)
    assert "no published real growth for 2024" in linked.reason_en
    assert "2024年实际增速未见公布" in linked.reason_zh
    assert (main.status, main.disagree) == ("missed", True)
    assert "linked by real growth: no published real growth for 2024" in main.reason_en


def test_a_level_before_the_census_needs_no_link():
    readings = {v.reading for v in judge_all("ln-2022", as_of="2024-06-30") if v.target == "belt-dalian-gdp"}
    assert readings == {"as written"}


# -- wording -----------------------------------------------------------------------------------------------


def test_a_target_that_the_plan_strives_for_says_so_when_missed():
    verdicts = {v.target: v for v in reversed(judge_all("ln-2022", as_of=DATE))}
    shenyang, dalian = verdicts["circle-shenyang-gdp"], verdicts["belt-dalian-gdp"]
    assert (shenyang.status_words(), shenyang.status_words("zh")) == ("missed (strive for)", "未实现（力争）")
    assert "the plan strives for it and does not commit to it" in shenyang.reason_en
    assert "力争" in shenyang.reason_zh
    assert dalian.status_words() == "missed"
    assert "strives" not in dalian.reason_en
    assert replace(shenyang, status="on track").status_words() == "on track"


@pytest.mark.parametrize("method", ["plan", *METHODS])
def test_every_number_of_a_calculation_has_a_name_in_both_languages(method):
    for name in list_plans():
        for verdict in judge_all(name, method=method):
            english, chinese = verdict.calculation(), verdict.calculation(language="zh")
            assert english["value"].tolist() == chinese["数值"].tolist()
            assert english["value"].notna().all()
            for said in chinese["数量"]:
                assert not any("a" <= letter <= "z" for letter in said), said


def test_a_quantity_without_a_name_is_shown_as_it_is():
    assert quantity_name("value 2024", language="zh") == "数值（2024年）"
    assert quantity_name("Shenyang 2025", language="zh") == "Shenyang 2025"


def test_a_table_of_verdicts_has_its_types_even_when_empty():
    whole, none = judge("ln-2022"), verdict_table([])
    assert (none.dtypes == whole.dtypes).all()
    numbers = [name for name in whole if pd.api.types.is_numeric_dtype(whole[name])]
    text = whole.drop(columns=numbers)
    assert {"status", "sources", "coverage_zh"} <= set(text)
    assert text.map(lambda cell: isinstance(cell, str)).all(axis=None)
    assert whole["disagree"].dtype == bool


# -- plans side by side ------------------------------------------------------------------------------------


def test_two_plans_on_one_indicator_are_found_together():
    both = plans_on("sei_share", area="belt")
    assert both[["plan", "value", "horizon"]].values.tolist() == [
        ["ln-2022", 15.0, 2024],
        ["belt-2025", 8.5, 2025],
    ]
    assert plans_on("gdp_growth_real")["plan"].nunique() == 3
    assert plans_on("tourism_share", area="210000")["target"].tolist() == ["tour25-share"]
    assert "circle-urbanisation" in set(plans_on("urbanisation_rate", area="210100")["target"])
    assert plans_on("population").empty


def test_plans_on_an_unknown_indicator_are_refused():
    with pytest.raises(DataError, match="did you mean gdp"):
        plans_on("gpd")


# -- plans of one's own ------------------------------------------------------------------------------------

HEAD = ("target,region,area,other_area,kind,indicator,comparator,value,unit,strength,benchmark,baseline_year,"
        "base_stated,first_year,horizon,label_zh,label_en,wording_zh,clause_en,grade,sources,"
        "note_zh,note_en\n")  # fmt: skip
MEMBERS = "region,area,level,status,proxy,valid_from,note,note_zh,sources\n"


def own_plan(folder, *, targets, members, observations=""):
    """A plan folder of one region, filled in."""
    write_plan_template(folder)
    (folder / "regions.csv").write_text(
        "region,name_zh,name_en,short_zh,short_en,nickname,nickname_zh,lead_city\nnorth,北区,North,北区,North,,,\n",
        encoding="utf-8",
    )
    (folder / "membership.csv").write_text(MEMBERS + members, encoding="utf-8")
    (folder / "targets.csv").write_text(HEAD + targets, encoding="utf-8")
    (folder / "areas.csv").write_text(
        "area,level,parent,name_zh,name_en,short_zh,short_en\n200101,city,210000,甲市,Alpha City,甲,Alpha\n"
        "200121,county,200101,乙县,Beta County,乙,Beta\n",
        encoding="utf-8",
    )
    head = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
    (folder / "observations.csv").write_text(head + observations, encoding="utf-8")
    return load_plan(folder)


def target(kind, indicator, comparator, value, unit, *, base="", benchmark="", area="north", name="one"):
    return (f"{name},north,{area},,{kind},{indicator},{comparator},{value},{unit},commit,{benchmark},{base},no,"
            "2022,2024,甲,Label,,Clause,A,p1,,\n")  # fmt: skip


def observed(area, indicator, unit, values):
    return "".join(
        f"{area},{indicator},{y},{v},{unit},{y + 1}-02-01,final,A,p1,\n" for y, v in values.items()
    )


def test_a_target_without_a_base_year_starts_from_the_year_before_and_says_so(tmp_path):
    plan = own_plan(
        tmp_path / "own", targets=target("level", "gdp", ">=", 120, "亿元"),
        members="north,200101,city,confirmed,no,,,,\n",
        observations=observed("200101", "gdp", "亿元", {2021: 100, 2022: 130}),
    )  # fmt: skip
    row = judge(plan, as_of="2023-12-31").iloc[0]
    assert (row["status"], row["baseline_year"]) == ("met", 2021)
    assert "no base year is given, 2021 is taken" in row["reason_en"]
    assert "以2021年为基期" in row["reason_zh"]


def test_a_region_of_counties_is_added_up_from_its_counties(tmp_path):
    plan = own_plan(
        tmp_path / "own", targets=target("level", "gdp", ">=", 100, "亿元", base=2021),
        members="north,200121,county,confirmed,no,,,,\nnorth,210421,county,confirmed,no,,,,\n",
        observations="".join(observed(a, "gdp", "亿元", {2022: 40, 2023: 51}) for a in ("200121", "210421")),
    )  # fmt: skip
    row = judge(plan, as_of="2024-12-31").iloc[0]
    assert (row["status"], row["actual"], row["coverage"]) == ("met", 102, "2 of 2 members")
    assert members_of(plan, "north") == ["200121", "210421"]


def test_a_region_of_a_province_has_the_figures_of_the_province():
    plan = load_plan("ln-2025")
    tables = load_tables(plan, as_of=DATE)
    region, province = (
        figures_of(plan, area, indicator="trade_total", tables=tables).frame.set_index("year")["value"]
        for area in ("liaoning", "210000")
    )
    assert region[2024] == province[2024] == 7630.5


def test_counties_that_no_proxy_stands_in_for_count_beside_cities(tmp_path):
    plan = own_plan(
        tmp_path / "own", targets=target("level", "gdp", ">=", 100, "亿元", base=2021),
        members="north,200101,city,confirmed,no,,,,\nnorth,210421,county,confirmed,no,,,,\n",
    )  # fmt: skip
    assert members_of(plan, "north") == ["200101", "210421"]


@pytest.mark.parametrize(
    ("clause", "values", "unit", "status"),
    [
        (("direction", "forest_coverage", "down", "", "%"), {2021: 60, 2024: 59}, "%", "met"),
        (("direction", "forest_coverage", "up", "", "%"), {2021: 60, 2024: 59}, "%", "missed"),
        (("share", "forest_coverage", "<=", 59, "%"), {2021: 60, 2024: 59}, "%", "met"),
        (("level", "gdp", "<", 59, "亿元"), {2021: 60, 2024: 59}, "亿元", "missed"),
        (("doubling", "trade_total", "", "", ""), {2021: 60, 2024: 120}, "亿元", "met"),
        (("doubling", "gdp", "", "", ""), {2021: 60, 2024: 120}, "亿元", "not assessable"),
        (("cumulative_growth", "gdp", ">=", 10, "%"), {2021: 0, 2024: 5}, "亿元", "not assessable"),
        (("average_growth", "gdp_growth_real", ">=", 5, "%"), {2022: 4, 2023: 5, 2024: 6.1}, "%", "met"),
        (("growth", "gdp_growth_real", ">=", -1, "%"), {2022: -2, 2023: 0, 2024: -0.9}, "%", "met"),
        (("relative_level", "forest_coverage", ">", "", "%"), {2021: 60, 2024: 75}, "%", "met"),
        (("count", "industrial_clusters", ">=", 3, "个"), {2024: 5}, "亿元", "no data"),
        (("qualitative", "", "", "", ""), {}, "", "not quantified"),
    ],
)
def test_every_kind_of_clause_can_stand_in_a_plan_of_ones_own(tmp_path, clause, values, unit, status):
    plan = own_plan(
        tmp_path / "own", members="north,200101,city,confirmed,no,,,,\n",
        targets=target(*clause, base=2021, area="200101", benchmark="100000" if "relative" in clause[0] else ""),
        observations=observed("200101", clause[1], unit, values) if values else "",
    )  # fmt: skip
    verdict = judge_all(plan, as_of="2025-12-31")[0]
    assert verdict.status == status, verdict.reason_en
    assert verdict.reason_zh


def test_a_clause_that_counts_does_not_read_sizes_as_counts(tmp_path):
    plan = own_plan(
        tmp_path / "own", members="north,200101,city,confirmed,no,,,,\n",
        targets=target("count", "industrial_clusters", ">=", 3, "个", base=2021, area="200101"),
        observations=observed("200101", "industrial_clusters", "亿元", {2024: 1200}),
    )  # fmt: skip
    verdict = judge_all(plan, as_of="2025-12-31")[0]
    assert (verdict.status, verdict.unit) == ("no data", "个")
    assert "the clause counts, and the figures are in 亿元" in verdict.reason_en


def test_the_direction_of_a_target_is_that_of_its_comparator(tmp_path):
    plan = own_plan(
        tmp_path / "own", targets=target("level", "gdp", "<=", 80, "亿元", base=2021, area="200101"),
        members="north,200101,city,confirmed,no,,,,\n",
        observations=observed("200101", "gdp", "亿元", {2021: 100, 2022: 92}),
    )  # fmt: skip
    assert judge(plan, as_of="2023-12-31").iloc[0]["status"] == "on track"
    assert judge(plan, as_of="2023-12-31", method="escap").iloc[0]["status"] == "acceleration needed"


# -- tables that are kept ----------------------------------------------------------------------------------


def test_kept_tables_are_not_shared_by_plans_that_differ():
    plan = load_plan()
    first = judge(plan, as_of=DATE)
    west = plan.membership[plan.membership["region"] == "west"]
    fewer = replace(plan, membership=plan.membership.drop(index=west.index[:1]))
    changed = judge(fewer, as_of=DATE).set_index("target").loc["west-gdp"]
    assert changed["coverage"] == "2 of 2 members"
    pd.testing.assert_frame_equal(judge(plan, as_of=DATE), first)


def test_the_tables_of_few_dates_are_kept_at_a_time():
    plan = load_plan()
    dates = [f"{year}-06-30" for year in range(2020, 2027)]
    assert [load_tables(plan, as_of=date).as_of for date in dates] == dates
    assert load_tables(plan, as_of=dates[-1]) is load_tables(plan, as_of=dates[-1])


def test_without_any_figure_the_date_must_be_given():
    with pytest.raises(DataError, match="Give as_of"):
        knowledge_date(load_observations().iloc[:0])


def test_cases_are_made_once_for_a_plan_and_date():
    first, again = (cases_of_plan("ln-2022", as_of=DATE) for _ in range(2))
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert {case.clause.target for case in first} == set(load_plan().targets["target"])


def test_verdicts_are_a_plain_frame():
    assert type(judge("ln-2022")) is type(judge_readings("ln-2022")) is pd.DataFrame


@pytest.mark.parametrize("column", ["default", "grade", "known_from"])
def test_observations_without_a_column_that_judging_needs_are_refused(column):
    lacking = load_observations().drop(columns=column)
    with pytest.raises(DataError, match=f"no column '{column}'. Give figures from load_observations"):
        judge("ln-2022", observations=lacking, as_of=DATE)
    without_note = load_observations().drop(columns="note")
    assert judge("ln-2022", observations=without_note).equals(judge("ln-2022"))
