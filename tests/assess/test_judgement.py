"""Judging the real plan by the real figures, and plans of one's own."""

from dataclasses import replace

import pandas as pd
import pytest
from foreign.foreign_plan import fill
from generated_plan import write_template

from lnregions import DataError, assess, compare_methods, judge, load_observations, load_plan, plans_on
from lnregions.assess import cases_of_plan, figures_of, judge_all, load_tables
from lnregions.series.methods import METHODS
from lnregions.tables import list_plans

DATE = "2026-06-30"
WHOLE = load_observations()


def test_figures_known_on_a_date_give_the_verdicts_of_that_date():
    then = {"as_of": "2024-06-30"}
    known, verdicts = load_observations(**then), judge("ln-2022", **then)
    assert verdicts["target"].tolist() == load_plan().targets["target"].tolist()
    pd.testing.assert_frame_equal(judge("ln-2022", **then, observations=known), verdicts)


@pytest.mark.parametrize(
    ("plan", "asked", "match"),
    [
        ("ln-2O22", {}, "did you mean ln-2022"),
        ("ln-2022", {"as_of": "2024-13"}, "2024-13"),
        ("ln-2022", {"method": "open_sgd"}, r"Unknown method 'open_sgd'.*did you mean open_sdg"),
        ("ln-2022", {"observations": WHOLE.iloc[:0]}, "Give as_of"),
        ("ln-2022", {"observations": WHOLE.drop(columns="grade")}, "no column 'grade'. Give figures from"),
        ("ln-2022", {"observations": WHOLE.drop(columns="default")}, "no column 'default'"),
    ],
)
def test_what_cannot_be_judged_is_refused(plan, asked, match):
    with pytest.raises(DataError, match=match):
        judge(plan, **asked)


def test_a_figure_of_the_region_itself_counts_where_those_of_its_members_cannot_be_combined():
    own = {"area": "belt", "indicator": "coastal_water_good", "value": 92.5, "unit": "%"}
    row = WHOLE.iloc[:1].assign(**own, year=2025, default=True)
    found = judge("belt-2025", as_of=DATE, observations=pd.concat([WHOLE, row], ignore_index=True))
    water = found.set_index("target").loc["belt25-water"]
    assert (water["status"], water["actual"]) == ("met", 92.5)
    assert judge("belt-2025", as_of=DATE).set_index("target").loc["belt25-water", "status"] == "no data"


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


def test_the_methods_agree_with_their_table_and_have_nothing_to_say_where_no_value_is_named():
    table = compare_methods("ln-2022").set_index("target")
    dalian = ((8752.9 / 7825.9) ** 0.5 - 1) / ((10000 / 7825.9) ** (1 / 3) - 1)  # not over the census
    assert table.loc["belt-dalian-gdp", "ratio_open_sdg"] == pytest.approx(dalian, rel=1e-3)
    assert table["agree"].loc[["circle-shenyang-gdp", "circle-hour"]].tolist() == [False, True]
    for method in METHODS:
        found = judge("ln-2022", method=method).set_index("target")
        own = table[method][table[method].ne("") & table["plan"].ne("no data")]
        assert found.loc[own.index, "status"].tolist() == own.tolist()
        assert found.loc["west-gdp", "reason_en"].startswith("The method measures the way to a value")
        assert found.loc[["circle-sei", "circle-hour"], "status"].tolist() == ["no data", "not quantified"]


def test_a_rate_that_lacks_leaves_no_linked_level():
    lacking = WHOLE[~((WHOLE["indicator"] == "gdp_growth_real") & (WHOLE["year"] == 2024))]
    found = judge_all("ln-2022", as_of=DATE, observations=lacking)
    main, linked = (one for one in found if one.target == "belt-dalian-gdp")
    assert (linked.status, linked.actual_year) == ("not assessable", 2023)
    assert "no published real growth for 2024" in linked.reason_en
    assert "2024年实际增速未见公布" in linked.reason_zh
    assert (main.status, main.disagree) == ("missed", True)
    assert "no published real growth for 2024" in main.reason_en


@pytest.mark.parametrize("method", ["plan", *METHODS])
def test_every_number_of_a_calculation_has_a_name_in_both_languages(method):
    for plan in list_plans():
        for verdict in judge_all(plan, method=method):
            english, chinese = verdict.calculation(), verdict.calculation(language="zh")
            assert english["value"].tolist() == chinese["数值"].tolist()
            assert english["value"].notna().all()
            for name_zh in chinese["数量"]:
                assert not any("a" <= letter <= "z" for letter in name_zh), name_zh


def test_a_table_of_verdicts_has_its_types_even_when_empty():
    whole = judge("ln-2022")
    assert (assess.verdict_table([]).dtypes == whole.dtypes).all()
    assert {"status", "sources", "coverage_zh"} <= set(whole.select_dtypes("str"))


def test_two_plans_on_one_indicator_are_found_together():
    assert plans_on("gdp_growth_real")["plan"].nunique() == 3
    other = plans_on("urbanisation_rate", area="210100")  # the other area of a clause
    assert "circle-urbanisation" in set(other["target"])
    assert plans_on("population").empty
    with pytest.raises(DataError, match="did you mean gdp"):
        plans_on("gpd")


@pytest.fixture
def own_plan(tmp_path):
    """A plan of one clause of one region of some members, with figures as {area: {year: value}}."""

    def make(kind, indicator, comparator, value, unit, *, figures, figures_unit="", members=("200101",), area="north",
             base="2021", benchmark=""):  # fmt: skip
        folder = tmp_path / "own"
        write_template(folder)
        levels = [(one, "county" if one.endswith("21") else "city") for one in members]
        what = f"{kind},{indicator},{comparator},{value},{unit},commit,{benchmark},{base}"
        tables = {
            "regions": ["north,北区,North,北区,North,,,"],
            "areas": ["200101,city,210000,甲市,Alpha City,甲,Alpha", "200121,county,200101,乙县,Beta County,乙,Beta"],
            "membership": [f"north,{one},{level},confirmed,no,,,," for one, level in levels],
            "targets": [f"one,north,{area},,{what},no,2022,2024,甲,Label,,Clause,A,p1,,,"],
            "observations": [f"{place},{indicator},{year},{figure},{figures_unit or unit},{year + 1}-02-01,final,A,p1,"
                             for place, series in figures.items() for year, figure in series.items()],
        }  # fmt: skip
        for name, rows in tables.items():
            fill(folder, name, rows)
        return load_plan(folder)

    return make


def test_a_target_without_a_base_year_starts_from_the_year_before_and_says_so(own_plan):
    figures = {"200101": {2021: 100, 2022: 130}}
    plan = own_plan("cumulative_growth", "gdp", ">=", 20, "%", base="", figures=figures, figures_unit="亿元")
    row = judge(plan, as_of="2023-12-31").iloc[0]
    assert (row["status"], row["baseline_year"]) == ("met", 2021)
    assert "The plan states no base year, 2021 is inferred" in row["reason_en"]
    assert "按2021年推定" in row["reason_zh"]


@pytest.mark.parametrize("members", [["200121", "210421"], ["200101", "210421"]])
def test_counties_that_no_proxy_stands_in_for_are_added_up_also_beside_cities(own_plan, members):
    figures = {area: {2022: 40, 2023: 51} for area in members}
    plan = own_plan("level", "gdp", ">=", 100, "亿元", members=members, figures=figures)
    row = judge(plan, as_of="2024-12-31").iloc[0]
    assert (row["status"], row["actual"], row["coverage"]) == ("met", 102, "2 of 2 members")


def test_a_region_of_a_province_has_the_figures_of_the_province():
    plan = load_plan("ln-2025")
    tables = load_tables(plan, as_of=DATE)
    for area in ("liaoning", "210000"):
        assert figures_of(plan, area, indicator="trade_total", tables=tables).value_of(2024) == 7630.5


@pytest.mark.parametrize(
    ("clause", "values", "unit", "status"),
    [
        (("direction", "forest_coverage", "down", "", "%"), {2021: 60, 2024: 59}, "%", "met"),
        (("direction", "forest_coverage", "up", "", "%"), {2021: 60, 2024: 59}, "%", "missed"),
        (("share", "forest_coverage", "<=", 59, "%"), {2021: 60, 2024: 58.9}, "%", "met"),
        (("share", "forest_coverage", "<=", 59, "%"), {2021: 60, 2024: 59}, "%", "too close to call"),
        (("level", "gdp", "<", 59, "亿元"), {2021: 60, 2024: 59.1}, "亿元", "missed"),
        (("doubling", "trade_total", "", "", ""), {2021: 60, 2024: 120.2}, "亿元", "met"),
        (("doubling", "gdp", "", "", ""), {2021: 60, 2024: 120}, "亿元", "not assessable"),
        (("cumulative_growth", "gdp", ">=", 10, "%"), {2021: 0, 2024: 5}, "亿元", "not assessable"),
        (("average_growth", "gdp_growth_real", ">=", 5, "%"), {2022: 4, 2023: 5, 2024: 6.3}, "%", "met"),
        (("growth", "gdp_growth_real", ">=", -1, "%"), {2022: -2, 2023: 0, 2024: -0.8}, "%", "met"),
        (("relative_level", "forest_coverage", ">", "", "%"), {2021: 60, 2024: 75}, "%", "met"),
        (("count", "industrial_clusters", ">=", 3, "个"), {2024: 5}, "亿元", "no data"),
        (("qualitative", "", "", "", ""), {}, "", "not quantified"),
    ],
)
def test_every_kind_of_clause_can_stand_in_a_plan_of_ones_own(own_plan, clause, values, unit, status):
    benchmark = "100000" if "relative" in clause[0] else ""
    figures = {"200101": values}
    plan = own_plan(*clause, area="200101", benchmark=benchmark, figures=figures, figures_unit=unit)
    verdict = judge_all(plan, as_of="2025-12-31")[0]
    assert verdict.status == status, verdict.reason_en
    if clause[0] == "count":
        assert "the clause counts, and the figures are in 亿元" in verdict.reason_en


def test_the_direction_of_a_target_is_that_of_its_comparator(own_plan):
    plan = own_plan("level", "gdp", "<=", 80, "亿元", figures={"200101": {2021: 100, 2022: 92}})
    found = [judge(plan, as_of="2023-12-31", method=method)["status"].item() for method in ("plan", "escap")]
    assert found == ["on track", "acceleration needed"]


def test_kept_tables_are_not_shared_by_plans_that_differ():
    plan = load_plan()
    first = judge(plan, as_of=DATE)
    west = plan.membership[plan.membership["region"] == "west"]
    fewer = replace(plan, membership=plan.membership.drop(index=west.index[:1]))
    changed = judge(fewer, as_of=DATE).set_index("target").loc["west-gdp"]
    assert changed["coverage"] == "2 of 2 members"
    pd.testing.assert_frame_equal(judge(plan, as_of=DATE), first)


def test_tables_and_cases_are_made_once_for_a_plan_and_date():
    plan = load_plan()
    dates = [f"{year}-06-30" for year in range(2020, 2027)]
    assert [load_tables(plan, as_of=date).as_of for date in dates] == dates
    assert load_tables(plan, as_of=dates[-1]) is load_tables(plan, as_of=dates[-1])
    first, again = (cases_of_plan("ln-2022", as_of=DATE) for _ in range(2))
    assert all(one is other for one, other in zip(first, again, strict=True))
