"""Areas taken together without a plan folder: wherever a region is taken."""

import pytest

import lnregions as ln
from lnregions.__main__ import main

TWO = ln.group(["210100", "210400"], name="Two cities")


def test_a_group_is_drawn_and_shown_under_its_name():
    assert TWO == "210100+210400"
    picture = ln.draw_map("ln-2022", TWO, "gdp")
    assert "(2024). Two cities: gross domestic product" in picture.caption["en"]
    assert set(picture.data["area"]) == {"210100", "210400"}
    assert ln.view("ln-2022", TWO, "gdp").show_figures().frame["Member"].tolist()[-1] == "Two cities"
    assert "(2024). Shenyang + Fushun: gross" in ln.draw_map("ln-2022", str(TWO), "gdp").caption["en"]
    assert set(ln.show_members("ln-2022", TWO).frame["Member"]) == {"Shenyang", "Fushun"}


def test_a_picture_of_two_regions_names_both_or_says_which_has_no_figure():
    picture = ln.draw_indexed_growth("ln-2022", "west", compare=TWO)
    assert "and Two cities: real GDP" in picture.caption["en"]
    assert "与Two cities：地区生产总值指数" in picture.caption["zh"]
    alone = ln.draw_indexed_growth("ln-2022", "west", compare="west")
    assert alone.name == "indexed-growth-west"
    assert "211300" in set(alone.data["area"])
    assert "is known for" in ln.draw_indexed_growth("ln-2022", "west", compare="210102").reason


def test_the_figures_of_a_group_are_those_of_its_areas_added_up():
    plan = ln.tables.with_region(ln.load_plan("ln-2022"), TWO)
    tables = ln.assess.load_tables(plan)
    value = {area: ln.assess.figures_of(plan, area, indicator="gdp", tables=tables).value_of(2023)
             for area in (TWO, "210100", "210400")}  # fmt: skip
    assert value[TWO] == pytest.approx(value["210100"] + value["210400"])


def test_a_group_has_no_targets_and_says_so():
    assert "no target with a number" in ln.draw_targets("ln-2022", TWO).reason
    assert "目标" in ln.draw_coverage("ln-2022", TWO, language="zh").reason


def test_an_area_has_the_targets_set_for_it():
    assert [one.name for one in ln.draw_targets("ln-2022", "Dalian")] == ["belt-dalian-gdp"]
    verdicts = ln.judge("ln-2022")
    assert ln.show_verdicts(verdicts, region="Dalian").frame["Target"].tolist() == ["GDP of Dalian"]
    assert "no target" in ln.show_verdicts(verdicts, region="Anshan").note
    assert len(ln.evaluation("ln-2022", region="大连").tables[0].frame) == 1


def test_findings_on_a_group_do_not_rank_it_among_the_regions_of_the_plan():
    said = ln.findings("ln-2022", ["Dalian", "Anshan"])
    assert not said["sentence_en"].str.contains("rank").any()
    assert said["sentence_zh"].str.contains("大连、鞍山地区生产总值为").any()


@pytest.mark.parametrize("compare", ["belt", "210200", ln.group(["210200", "210600"])])
def test_a_region_is_compared_with_another_one_an_area_or_a_group(compare):
    drawn = ln.draw_indexed_growth("ln-2022", "circle", compare=compare).data
    assert set(drawn["area"]) == {"circle", str(compare), "210000"}
    assert drawn.loc[drawn["year"] == 2016, "value"].eq(100).all()


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("210100+210402+999999", "Unknown area '999999'"),
        ("210100+210102", "The area 210102 of the group 210100\\+210102 lies in 210100"),
        ("nowhere", "Unknown region 'nowhere'"),
        (3, "Unknown region"),
    ],
)
def test_what_is_no_group_is_refused(region, message):
    with pytest.raises(ln.DataError, match=message):
        ln.draw_map("ln-2022", region, "gdp")
    with pytest.raises(ln.DataError, match="are no codes of areas"):
        ln.group([])


def test_the_command_takes_a_group(tmp_path, capsys):
    call = ["render", "02_region_map", "--language", "en", "--region", "210100+210400", "--dry-run"]
    assert main([*call, "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "en/02_region_map/210100%2b210400: it has not been run yet"
    ]
    assert main(["render", "--region", "210100+210400", "--dry-run", "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("en/04_city_profile") == 2
    assert main(["render", "--region", "210100+21040", "--dry-run", "--output", str(tmp_path)]) == 2
    assert "Unknown area '21040'" in capsys.readouterr().err
    assert main(["table", "members", "--region", "210100+210400"]) == 0
    assert "Shenyang + Fushun" in capsys.readouterr().out


def test_what_to_compare_is_checked_before_the_first_run(tmp_path, capsys):
    call = ["render", "03_region_trajectories", "--dry-run", "--output", str(tmp_path), "-p"]
    assert main([*call, "compare=nonsense"]) == main([*call, "compare=210100+210102"]) == 2
    said = capsys.readouterr().err
    assert "Unknown place 'nonsense'" in said
    assert "lies in 210100" in said
    assert main([*call, "compare=Dalian+Anshan"]) == main([*call, "compare="]) == 0


def test_figures_of_two_regions_are_written_by_command(tmp_path, capsys):
    call = ["figures", "--region", "west", "--formats", "png", "--output", str(tmp_path), "--language", "en"]
    assert main([*call, "--kind", "indexed-growth", "--compare", "Coastal belt"]) == 0
    assert [one.stem for one in tmp_path.glob("en/*.png")] == ["indexed-growth-west-against-belt"]
    assert (
        main([*call, "--kind", "map", "--compare", "belt"])
        == main([*call, "--compare", "210100+210102"])
        == 2
    )
    said = capsys.readouterr().err
    assert "Only the kind indexed-growth compares" in said
    assert "lies in 210100" in said
