"""Regions and areas by name, in either language, and by their code as a number, wherever one is taken."""

import numpy as np
import pytest

import lnregions as ln
from lnregions.errors import DataError


@pytest.mark.parametrize("place", [210200, 210200.0, np.int64(210200), "Dalian", "dalian", "大连", "大连市"])
def test_a_city_is_taken_by_code_number_or_name(place):
    assert ln.show_city("ln-2022", place).title == "Dalian (Coastal belt)"
    assert ln.draw_series(place, "gdp", plan="ln-2022").name == "series-210200-gdp"
    assert ln.view("ln-2022", "belt", "gdp", city=place).city == "210200"
    assert ln.findings("ln-2022", place).equals(ln.findings("ln-2022", "210200"))
    assert set(ln.plans_on("gdp", area=place)["target"]) == {"belt-dalian-gdp"}


@pytest.mark.parametrize("region", ["belt", "Coastal belt", "沿海经济带", "辽宁沿海经济带"])
def test_a_region_is_taken_by_code_or_name(region):
    picture = ln.draw_map("ln-2022", region, "gdp")
    assert picture.name == "map-belt-gdp"
    assert picture.parameters["region"] == "belt"


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
