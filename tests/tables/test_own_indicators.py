"""A plan adds indicators of its own to the codebook: judged, printed and drawn as the shipped ones, units strict."""

import re
import shutil

import pytest
from foreign.foreign_plan import add
from generated_plan import write_plan

import lnregions as ln
from lnregions import load_plan
from lnregions.boundaries import check_plan
from lnregions.tables import printed_decimals

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
SCHOOLS = "schools,学校数,Schools,所,年末数,At the end of the year,up,level,sum,,0,0,"
SPEED = "speed,网速,Network speed,Mbit/s,平均网速,Mean speed of the network,up,level,weighted,population,2,0,"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "plan"
    write_plan(folder, 2)
    add(folder, "indicators", SCHOOLS, SPEED)
    return folder


def figures(indicator, unit, values, cities=("300101", "300102", "300103", "300104")):
    return [f"{city},{indicator},{year},{value},{unit},{year + 1}-04-01,final,A,g1,"
            for city in cities for year, value in values.items()]  # fmt: skip


def target(name, area, kind, indicator, value, unit):
    return f"{name},r000,{area},,{kind},{indicator},>=,{value},{unit},strive,,2021,no,2022,2024,甲,A,,Reach,B,g1,,,"


def test_an_indicator_of_ones_own_is_summed_judged_and_printed_in_its_unit(folder):
    add(folder, "observations", *figures("schools", "所", {2021: 50, 2022: 51, 2023: 52, 2024: 58}))
    add(folder, "targets", target("s", "300101", "level", "schools", 60, "所"),
        target("t", "r000", "level", "schools", 200, "所"),
        target("g", "r000", "cumulative_growth", "schools", 5, "%"))  # fmt: skip
    assert check_plan(folder) == []
    verdicts = ln.judge(folder).set_index("target")
    assert verdicts.loc[["s", "t", "g"], "status"].tolist() == ["missed", "met", "met"]
    assert verdicts.loc["t", "actual"] == 4 * 58
    assert printed_decimals("schools") == 0
    for language, unit in (("en", "232 所"), ("zh", "232所")):
        assert unit in ln.show_verdicts(ln.judge(folder), language=language).to_text()


def test_two_plans_print_an_indicator_that_both_define_each_by_its_own_decimals(folder, tmp_path):
    add(folder, "observations", *figures("schools", "所", {2021: 50, 2024: 58}))
    add(folder, "targets", target("s", "300101", "level", "schools", 60, "所"))
    other = shutil.copytree(folder, tmp_path / "other")
    path = other / "indicators.csv"
    path.write_text(path.read_text("utf-8").replace(SCHOOLS, SCHOOLS.replace(",0,0,", ",2,0,")), "utf-8")
    path = other / "observations.csv"
    path.write_text(path.read_text("utf-8").replace(",58,所", ",58.25,所"), "utf-8")
    plans = [load_plan(folder), load_plan(other)]
    for plan, words in [*zip(plans, ("58 所", "58.25 所"), strict=True)] * 2:
        assert words in ln.show_verdicts(ln.judge(plan)).to_text()
        assert printed_decimals("schools") == (2 if "." in words else 0)


def test_a_weighted_indicator_of_ones_own_is_the_mean_of_the_members(folder):
    people = figures("population", "万人", {2024: 100}, cities=("300101", "300104"))
    add(folder, "observations", *figures("speed", "Mbit/s", {2021: 40, 2024: 80.25}), *people)
    add(folder, "targets", target("m", "r000", "level", "speed", 80, "Mbit/s"))
    assert check_plan(folder) == []
    assert ln.judge(folder).set_index("target").loc["m", "actual"] == pytest.approx(80.25)
    assert printed_decimals("speed", "Mbit/s") == 2


@pytest.mark.parametrize("draw", [ln.draw_map, ln.draw_members, ln.draw_years])
def test_pictures_take_an_indicator_of_ones_own_and_name_it(folder, draw):
    add(folder, "observations", *figures("schools", "所", {2023: 52, 2024: 53}))
    picture = draw(load_plan(folder), "r000", "schools")
    assert (picture.data["value"] == 53).any()
    assert "schools" in picture.caption["en"]


REFUSED = [
    ("observations", "300101,schools,2024,50,个,,final,A,g1,", "the unit of schools is 所, not '个'"),
    ("observations", "300101,speed,2024,50,mbit/s,,final,A,g1,", "the unit of speed is Mbit/s, not 'mbit/s'"),
    ("observations", "300101,schools,2024,-1,所,,final,A,g1,", "below the least possible, 0"),
    ("observations", "300101,school,2024,1,所,,final,A,g1,", r"mean schools\?\)\. load_indicators\(\) lists all"),
    ("targets", target("s", "300101", "level", "schools", 60, "个"), "unit '个' does not fit level of schools"),
    ("targets", target("s", "300101", "level", "schoolz", 60, "所"), r"unknown indicator 'schoolz'.*mean schools\?"),
    ("indicators", "gdp,总量,GDP,万元,总量,GDP,up,level,sum,,1,0,", "unit '万元' is not what the shipped table has"),
    ("indicators", "gdp,总量,GDP,亿元,总量,GDP,up,level,none,,1,0,", "aggregation 'none' is not what the shipped"),
    ("indicators", "a,甲,A,所,甲,A,up,level,weighted,nothing,0,0,", "unknown weight 'nothing'"),
    ("indicators", "a,甲,A,所,甲,A,up,level,weighted,,0,0,", "aggregation weighted needs a weight"),
    ("indicators", "a,甲,A,所,甲,A,up,growth,none,,1,,", "unit '所' does not fit measure growth. Write '%'"),
    ("indicators", "a,甲,A,,甲,A,up,level,sum,,1,,", "a level needs a unit"),
    ("indicators", "a,甲,A,所,甲,A,more,level,sum,,0,0,", "unknown direction 'more'"),
    ("indicators", "A b,甲,A,所,甲,A,up,level,sum,,0,0,", "is not written as it must be"),
    ("indicators", SCHOOLS.replace(",0,0,", ",1,0,"), "stands already in line"),
    ("bounds", "schools,*,9,5,,,,own,own,", "upper 5.0 is below lower 9.0"),
    ("bounds", "schools,nowhere,0,9,1,,,own,own,p99", "unknown area 'nowhere'"),
    ("bounds", "schools,*,0,9,-1,,,own,own,", "largest_change -1.0 is too small"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "message"), REFUSED)
def test_what_does_not_fit_an_indicator_of_ones_own_is_refused_with_its_line(folder, name, row, message):
    add(folder, name, row)
    line = len((folder / f"{name}.csv").read_text("utf-8").splitlines())
    found = [one.message() for one in check_plan(folder)]
    assert any(re.search(rf"{name}\.csv line {line}: .*{message}", one) for one in found), found


def test_the_shipped_codebook_stays_as_it_is(folder):
    assert {"schools", "speed"} <= set(load_plan(folder).indicators["indicator"])
    assert "schools" not in set(ln.load_indicators()["indicator"])
    assert "schools" not in set(load_plan("ln-2022").indicators["indicator"])
    assert load_plan(folder).indicators["indicator"].is_unique
