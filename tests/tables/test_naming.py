"""Regions and areas by name, in either language, and by their code as a number, wherever one is taken."""

import io

import numpy as np
import pandas as pd
import pytest

import lnregions as ln
from lnregions.__main__ import main
from lnregions.errors import DataError


@pytest.mark.parametrize("place", [210200, 210200.0, np.int64(210200), "Dalian", "dalian", "大连", "大连市"])
def test_a_city_is_taken_by_code_number_or_name(place):
    assert ln.show_city("ln-2022", place).title == "Dalian (Coastal belt)"
    assert ln.draw_series(place, "gdp", plan="ln-2022").name == "series-210200-gdp"
    assert ln.view("ln-2022", "belt", "gdp", city=place).city == "210200"
    assert ln.findings("ln-2022", place).equals(ln.findings("ln-2022", "210200"))
    assert set(ln.plans_on("gdp", area=place)["target"]) == {"belt-dalian-gdp"}


@pytest.mark.parametrize("region", ["belt", "Belt", "Coastal belt", "沿海经济带", "辽宁沿海经济带"])
def test_a_region_is_taken_by_code_or_name(region):
    picture = ln.draw_map("ln-2022", region, "gdp")
    assert picture.name == "map-belt-gdp"
    assert picture.parameters["region"] == "belt"


@pytest.mark.parametrize("indicator", ["GDP", "Gross domestic product", "地区生产总值"])
def test_an_indicator_is_taken_by_name(indicator):
    assert ln.draw_dots("Dalian", indicator).name == "dots-210200-gdp"
    assert set(ln.plans_on(indicator, area="Dalian")["target"]) == {"belt-dalian-gdp"}


@pytest.mark.parametrize(
    "group", ["Dalian+大连+Anshan", ["Dalian", 210300], ("210200", "鞍山"), ln.group([210200, "Anshan"])]
)
def test_a_city_or_some_together_are_taken_as_a_region(group):
    assert ln.draw_heat_map("ln-2022", group).parameters["region"] == "210200+210300"
    assert set(ln.findings("ln-2022", group)["area"]) >= {"210200", "210300"}
    named, coded = (ln.show_members("ln-2022", one).frame for one in ("Dalian", 210200))
    assert len(named) == len(coded) > 10
    with pytest.raises(DataError, match=r"Unknown region .*belt"):
        ln.draw_map("ln-2022", ["belt", "west"], "gdp")


def test_commands_take_names(tmp_path, capsys):
    region = "沿海经济带"
    assert main(["verdicts", "--region", "Coastal Belt", "--format", "csv"]) == 0
    assert set(pd.read_csv(io.StringIO(capsys.readouterr().out))["region"]) == {"belt"}
    assert main(["evaluation", "--region", region, "--format", "csv", "--language", "en"]) == 0
    assert "GDP of Dalian" in capsys.readouterr().out
    assert main(["table", "members", "--region", region]) == 0
    call = ["--region", region, "--kind", "contributions", "--language", "en", "--formats", "svg"]
    assert main(["figures", *call, "--output", str(tmp_path)]) == 0
    assert (tmp_path / "en" / "contributions-belt-gdp.svg").is_file()
    capsys.readouterr()
    call = ["render", "02_region_map", "--language", "en", "--dry-run", "--output", str(tmp_path)]
    assert main([*call, "--region", region]) == 0
    assert "02_region_map/belt" in capsys.readouterr().out


def test_what_is_unknown_is_refused_in_the_functions_own_words():
    with pytest.raises(DataError, match=r"Unknown region 'wets'\. .*did you mean west"):
        ln.show_region("ln-2022", "wets")
    with pytest.raises(DataError, match="Unknown area '999999'"):
        ln.draw_series(999999, "gdp", plan="ln-2022")
    with pytest.raises(TypeError):
        ln.show_region()


def test_figures_have_names_beside_codes_where_asked_for():
    figures = ln.load_observations(names=True)
    dalian = figures.query("area == '210200' and indicator == 'gdp' and year == 2024 and default").iloc[0]
    named = ["area_en", "area_zh", "indicator_en", "indicator_zh"]
    assert dalian[named].tolist() == ["Dalian", "大连", "Gross domestic product", "地区生产总值"]
    assert figures[named].notna().all(axis=None)
    assert not set(named) & set(ln.load_observations().columns)
