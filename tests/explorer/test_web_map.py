"""The interactive map: what it holds, how it matches the printed one, that it fetches nothing and runs no data."""

import json
import re

import geopandas
import pytest
import shapely

import lnregions as ln
from lnregions.assess import load_tables
from lnregions.boundaries import project
from lnregions.errors import DataError
from lnregions.explorer import LARGEST, WebMap, map_data, map_script, map_style, script_json
from lnregions.style import palette

EVIL = "</script><img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def plan():
    return ln.load_plan("ln-2022")


@pytest.fixture(scope="module")
def tables(plan):
    return load_tables(plan)


def page_of(drawn: WebMap) -> str:
    return drawn.get_root().render()


def addresses(page: str) -> set[str]:
    """Everything in a page that a browser would fetch or follow, by tag, attribute or rule."""
    page = page.replace(map_script(), "")
    found = re.findall(r"""(?:src|href|srcset|action|data)\s*=\s*["']([^"'#][^"']*)""", page)
    return {one for one in found if not one.startswith("data:")} | set(
        re.findall(r"@import[^;]*|url\([^)#]*\)", page)
    )


@pytest.mark.parametrize(
    ("language", "region", "indicator"),
    [("en", "circle", "gdp"), ("zh", "east", ""), ("en", "", "gdp_growth_real")],
)
def test_a_map_is_one_light_page_that_fetches_nothing(plan, region, indicator, language):
    page = page_of(ln.draw_web_map(plan, region, indicator, language=language))
    assert len(page.encode()) < 350_000
    assert addresses(page) == set()
    assert not re.search(r"cdn|jquery|bootstrap|awesome|openstreetmap", page.replace(map_script(), ""), re.I)
    assert "sourceMappingURL" not in page
    assert "url(" not in map_style()
    assert "BSD 2-Clause License" in page
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page


@pytest.mark.parametrize(
    ("region", "indicator"), [("circle", "gdp_growth_real"), ("west", "urbanisation_rate")]
)
def test_classes_and_colours_are_those_of_the_printed_map(plan, tables, region, indicator):
    printed = ln.draw_map(plan, region, indicator)
    layer = map_data(plan, tables, region, indicator=indicator)["layers"][0]
    found = {row.area: row.value for row in printed.data.itertuples()}
    breaks = printed.parameters["classes"]["breaks"]
    assert set(layer["areas"]) == set(found)
    ramp = palette.sequential(len(breaks) + 1)
    for area, value in found.items():
        assert layer["areas"][area]["fill"] == ramp[sum(value >= one for one in breaks)]
    assert [fill for fill, _ in layer["legend"]] == ramp[::-1]
    assert layer["year"] == str(int(printed.data["year"].iloc[0]))


def test_circles_are_those_of_the_printed_map(plan, tables):
    layer = map_data(plan, tables, "belt", indicator="gdp")["layers"][0]
    printed = ln.draw_map(plan, "belt", "gdp")
    largest = printed.parameters["classes"]["largest_circle"]
    radius = {row.area: (row.value / largest) ** 0.5 * LARGEST for row in printed.data.itertuples()}
    assert layer["circles"]
    assert {area: one["radius"] for area, one in layer["areas"].items()} == pytest.approx(radius, abs=0.06)


def test_an_area_shows_value_unit_year_grade_and_source_in_either_language(plan, tables):
    for language, value in (("en", "951.69 billion yuan"), ("zh", "9516.9亿元")):
        [layer] = map_data(plan, tables, "belt", indicator="gdp", year=2024, language=language)["layers"]
        facts = layer["areas"]["210200"]
        assert (facts["value"], facts["year"], facts["grade"]) == (value, "2024", "A")
        assert facts["source"]


def test_members_are_outlined_by_how_well_their_membership_is_attested(plan, tables):
    data = map_data(plan, tables, "east", indicator="gdp")
    assert [one["status"] for one in data["outlines"]] == ["likely", "unverified"]
    assert [area["name"] for area in data["areas"] if area["member"]] == ["Fushun", "Benxi", "Dandong"]
    assert data["notes"] == ["Figures are those of whole cities, which stand in for the counties outlined."]
    whole = map_data(plan, tables, "", indicator="gdp")
    assert all(area["member"] for area in whole["areas"])
    assert [(one["status"], one["word"]) for one in whole["outlines"]] == [("confirmed", "")]


def test_without_an_indicator_every_one_with_figures_can_be_chosen(plan, tables):
    layers = map_data(plan, tables, "west")["layers"]
    assert [one["indicator"] for one in layers][:3] == ["gdp", "population", "gdp_growth_real"]
    assert all(len(one["areas"]) >= 2 for one in layers)
    assert map_data(plan, tables, "west", year=1901)["layers"] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"region": "cirlce"}, r"Unknown region 'cirlce'.*did you mean circle"),
        ({"indicator": "gpd"}, r"Unknown indicator 'gpd'.*did you mean gdp"),
        ({"language": "fr"}, r"Unknown language 'fr'"),
        ({"plan": "nope"}, r"Unknown plan 'nope'"),
        ({"region": "belt", "indicator": "gdp", "year": 1901},
         r"No area of this map has a figure of 'gdp' for 1901 as known on .*Years: 20"),
        ({"indicator": "hour_circle"}, r"has a figure of 'hour_circle' as known on .*Choose another indicator"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_with_the_choices(given, message):
    with pytest.raises(DataError, match=message):
        ln.draw_web_map(**({"plan": "ln-2022"} | given))


def test_shapes_lie_where_the_boundaries_do_and_share_their_borders(plan, tables):
    drawn = map_data(plan, tables)["areas"]
    shapes = [shapely.geometry.shape({"type": "MultiPolygon", "coordinates": one["shape"]}) for one in drawn]
    assert shapely.coverage_is_valid(shapes)
    thin = project(geopandas.GeoDataFrame(geometry=shapes, crs=4490))
    apart = thin.symmetric_difference(project(ln.load_boundaries()))
    assert apart.area.max() / 1e6 < 200  # square kilometres
    assert 1000 < shapely.get_num_coordinates(shapes).sum() <= 4500


def test_no_name_of_a_file_becomes_code(plan, tables, monkeypatch):
    monkeypatch.setattr(type(tables), "name", lambda self, area, language: EVIL)
    data = map_data(plan, tables, "circle")
    page = page_of(WebMap(data))
    assert data["areas"][0]["name"] == EVIL
    assert "onerror=alert" in page
    assert "<img" not in page.replace(map_script(), "")
    assert page.count("</script>") == 2
    assert "49" not in page[page.index("<title>") : page.index("</title>")]


def test_in_a_notebook_it_is_a_framed_page_with_a_title_and_words_for_an_untrusted_one(plan):
    drawn = ln.draw_web_map(plan, "circle", "gdp", language="zh", height=400)
    shown = drawn._repr_html_()
    assert re.match(r'<iframe srcdoc="[^"<>]*" title="交互地图：沈阳都市圈，地区生产总值（亿元）" ', shown)
    assert 'height="400"' in shown
    assert repr(drawn) == "交互地图：沈阳都市圈，地区生产总值（亿元）。请信任此笔记本以查看。"


def test_what_is_drawn_with_folium_can_be_added(plan):
    import folium

    drawn = ln.draw_web_map(plan, "circle", "gdp")
    folium.CircleMarker((41.8, 123.4), radius=4).add_to(drawn)
    frame = ln.load_boundaries().iloc[:1][["area", "geometry"]]
    frame.explore(m=drawn, legend=False)
    page = page_of(drawn)
    assert "L.circleMarker(" in page
    assert addresses(page) == set()


def test_data_of_a_script_cannot_end_it():
    assert json.loads(script_json({"a": EVIL})) == {"a": EVIL}
    assert "<" not in script_json({"a": EVIL + "\u2028<!--"})
    with pytest.raises(ValueError, match="Out of range"):
        script_json(float("nan"))
