"""A view and the widgets over it: what goes together, the reason where nothing is, and the code that makes it."""

import asyncio
import datetime
import json
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from lnregions import DataError, load_observations, load_plan, view
from lnregions.explorer import explore
from lnregions.explorer import widgets as explore_widgets
from lnregions.explorer.views import View, indicators_with_figures, known_indicators
from lnregions.series import Tables
from lnregions.tables import list_plans, write_plan_template

PLAN = load_plan()
ALL = [(name, region) for name in list_plans() for region in load_plan(name).regions["region"]]


@pytest.fixture
def explorer():
    return explore(PLAN, "circle", "gdp")


def values(widget):
    return [value for _, value in widget.options]


def shown(explorer):
    return {name: widget.value for name, widget in explorer.shown.items()}


def drawn(explorer):
    """Data of the map on the screen."""
    return json.loads(
        re.fullmatch("<script type='application/json'>(.*)</script>", shown(explorer)["map"])[1]
    )


# -- a view -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"plan": "ln-2020"}, "Unknown plan 'ln-2020'"),
        ({"region": "cirlce"}, r"Unknown region 'cirlce'\..*circle"),
        ({"indicator": "gpd"}, r"Unknown indicator 'gpd'\..*gdp"),
        ({"indicator": "hour_circle"}, "Unknown indicator 'hour_circle'"),
        ({"region": "east", "city": "210200"}, r"'210200'\. Choose one of 210400, 210500, 210600"),
        ({"city": "Shenyan"}, "Unknown city 'Shenyan'"),
        ({"region": "east", "city": "Dalian"}, "Unknown city '210200'"),
        ({"year": "2024"}, "The year '2024' is not a year"),
        ({"year": 24}, "The year 24 is not a year"),
        ({"year": True}, "The year True is not a year"),
        ({"as_of": "yesterday"}, "yesterday"),
        ({"language": "de"}, "Unknown language 'de'"),
    ],
)
def test_a_view_of_what_is_not_there_is_refused_with_the_choices(given, words):
    with pytest.raises(DataError, match=words):
        view(**{"plan": PLAN, **given})


def test_years_and_dates_of_other_types_are_taken_and_no_year_means_the_latest():
    one = view(PLAN, "belt", "gdp", year=np.int64(2023), as_of=datetime.date(2024, 6, 30))
    assert (one.year, one.as_of) == (2023, "2024-06-30")
    assert one == view("ln-2022", "belt", "gdp", year=2023, as_of="2024-06-30")
    assert {view(PLAN, "belt", "gdp", year=year).year for year in (0, None, np.int64(0))} == {None}


def test_the_map_has_the_region_and_outlines_the_city():
    picture = view(PLAN, "belt", "gdp", city="210200", year=2023).draw_map()
    gids = [artist.get_gid() for artist in picture.figure.axes[0].collections]
    assert gids.count("chosen") == 1
    assert sorted(picture.data["area"]) == sorted(PLAN.members("belt"))
    opening = "Coastal belt: gross domestic product, 2023. Dalian is outlined. Boundaries:"
    assert picture.caption["en"].startswith("Highest in Dalian with 875.29 billion yuan")
    assert opening in picture.caption["en"]
    assert "沿海经济带：地区生产总值，2023年。粗线为大连。边界：" in picture.caption["zh"]
    facts = [picture.parameters[name] for name in ("year", "city", "as_of")]
    assert facts == [2023, "210200", load_observations()["vintage"].max()]


def test_the_chart_of_a_city_has_its_target_and_that_of_the_region_its_total():
    city = view(PLAN, "belt", "gdp", city="210200").draw_chart()
    assert "missed" in city.caption["en"].lower()
    region = view(PLAN, "circle", "gdp").draw_chart()
    assert region.data.set_index("year").loc[2023, "value"] == pytest.approx(14299.3)


def test_the_figures_end_with_the_region_or_why_it_has_none():
    rows = view(PLAN, "circle", "gdp", year=2023).show_figures().frame
    assert rows["Value"].iloc[-1] == "1,429.93 billion yuan"
    lacking = view(PLAN, "circle", "gdp", year=2025).show_figures().frame
    assert lacking["Source"].iloc[-1].startswith("No 2025 figure of Anshan")
    assert (lacking["Value"] == "no data").sum() == 5
    mixed = view(PLAN, "east", "forest_coverage", language="zh").show_figures().frame
    assert mixed["来源"].iloc[-1] == "年份不一，不予合计"


def test_the_verdict_is_that_on_the_indicator_or_says_that_no_target_is_on_it():
    assert view(PLAN, "circle", "gdp").show_verdict().frame["Status"].tolist() == [
        "missed (aspirational target)"
    ]
    rates = view("ln-2025", "liaoning", "gdp_growth_real").show_verdict().frame["Status"]
    assert rates.tolist() == ["met", "met"]
    none = view(PLAN, "belt", "population").show_verdict()
    assert none.title.startswith("The plan sets no target on this indicator (Resident population)")
    assert len(none.frame) == (PLAN.targets["region"] == "belt").sum()
    assert "未对" in view(PLAN, "belt", "population", language="zh").show_verdict().title


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"indicator": "sei_share"}, "No data: the tables hold no figure of strategic emerging"),
        ({"indicator": "sei_share", "language": "zh"}, "暂无数据：截至"),
        ({"year": 1990}, "of gross domestic product for the Coastal belt in 1990; there are figures"),
        ({"year": 1990, "language": "zh"}, "沿海经济带没有1990年的地区生产总值数据；有数据的年份：2015-2025"),
        ({"as_of": "2000-01-01"}, "as known on 2000-01-01"),
        ({"indicator": "trade_growth", "year": 2022, "city": "210600"}, "for Dandong in 2022"),
        ({}, "^$"),
    ],
)
def test_where_there_is_nothing_the_reason_is_said_and_everything_can_be_shown(given, words):
    one = view(PLAN, "belt", **{"indicator": "gdp", **given})
    assert re.search(words, one.no_data())
    assert one.draw_chart().png()
    assert getattr(one.draw_map(), "reason", "") or one.draw_map().png()
    assert len(one.show_figures().frame) == 7
    assert one.show_verdict()._repr_html_()


@pytest.mark.parametrize(("plan", "region"), ALL)
def test_every_region_and_indicator_has_its_tables_and_a_note_where_they_are_empty(plan, region):
    have = indicators_with_figures(load_plan(plan), region)
    assert have
    own = known_indicators(PLAN)[ALL.index((plan, region)) :: len(ALL)]  # all of them over all regions
    for place, indicator in enumerate(own):
        one = view(plan, region, indicator, language=("en", "zh")[place % 2])
        html = one.show_figures().to_html() + one.show_verdict().to_html()
        assert ">nan<" not in html.lower()
        assert one.no_data() or indicator in have


def test_a_view_is_shown_whole_as_the_last_line_of_a_cell(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    view(PLAN, "belt", "gdp")._ipython_display_()
    assert [type(one).__name__ for one in shown] == ["Picture", "Picture", "Table", "Table"]


# -- the code that makes it ---------------------------------------------------------------------------------


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_two_lines_run_as_printed_and_make_the_same_files(tmp_path):
    one = view("ln-2022", "west", "gdp_growth_real", city="210900", year=2022, language="zh")
    one.save(tmp_path / "a")
    code = one.code(tmp_path / "b")
    assert len(code.splitlines()) == 2
    exec(code, {})
    assert files(tmp_path / "a") == files(tmp_path / "b")
    endings = {name.partition(".")[2] for name in files(tmp_path / "a")}
    assert endings == {"png", "svg", "pdf", "csv", "json", "caption.md"}


def test_the_code_of_a_plan_of_ones_own_names_its_folder(tmp_path):
    write_plan_template(tmp_path / "it's mine")
    own = replace(PLAN, id="mine", folder=tmp_path / "it's mine")
    assert repr(str(tmp_path / "it's mine")) in view(own, "belt", "gdp").code()


# -- the widgets --------------------------------------------------------------------------------------------


def test_a_choice_among_entries_that_others_have_replaced_counts_for_none():
    explorer = explore(PLAN, "circle")
    city = explorer.controls["city"]
    explorer.controls["region"].value = "east"
    city.index = 2  # as it comes in late from a browser that still shows the cities of the circle
    assert (explorer.view.region, explorer.view.city, explorer.controls["city"].value) == ("east", "", "")
    explorer.controls["city"].index = 2
    assert explorer.view.city == "210500"


def test_names_are_escaped_wherever_they_are_shown(monkeypatch):
    monkeypatch.setattr(Tables, "name", lambda self, area, language: "<script>alert('1')</script>")
    for name, html in shown(explore(PLAN, "west", "population")).items():
        html = html.removeprefix("<script type='application/json'>") if name == "map" else html
        assert not re.search(r"<script|alert\('", html)


def test_a_region_brings_its_cities_and_a_city_stays_where_the_region_has_it(explorer):
    before = shown(explorer)
    assert drawn(explorer)["label"].startswith("Interactive map: Shenyang circle, Gross domestic product")
    assert "data:image/png" in before["chart"]
    assert before["note"] == before["saved"] == ""
    explorer.controls["region"].value = "belt"
    after = shown(explorer)
    assert all(before[name] != after[name] for name in ("map", "chart", "table", "verdict"))
    assert values(explorer.controls["city"]) == ["", *PLAN.members("belt", level="city")]
    explorer.controls["city"].value = "211400"
    explorer.controls["region"].value = "west"
    assert explorer.view.city == "211400"
    explorer.controls["region"].value = "east"
    assert (explorer.view.city, explorer.controls["city"].value) == ("", "")


def test_another_plan_brings_its_regions(explorer):
    explorer.controls["plan"].value = "ln-2025"
    assert values(explorer.controls["region"]) == ["liaoning"]
    assert len(values(explorer.controls["city"])) == 15
    assert len(drawn(explorer)["layers"][0]["areas"]) == 14  # all cities have a figure of 2024
    explorer.controls["plan"].value = "belt-2025"
    assert explorer.view.region == "belt"


def test_an_indicator_or_a_date_without_figures_is_marked_and_says_so_when_chosen(explorer):
    label = {value: label for label, value in explorer.controls["indicator"].options}["sei_share"]
    assert label.startswith("no figures: ")
    explorer.controls["indicator"].value = "sei_share"
    assert "No data" in shown(explorer)["note"]
    assert drawn(explorer)["layers"][0]["areas"] == {}
    explorer.controls["indicator"].value = "population"
    assert shown(explorer)["note"] == ""
    explorer.controls["as_of"].value = datetime.date(1990, 1, 1)
    assert "1990-01-01" in shown(explorer)["note"]
    explorer.controls["as_of"].value = None
    assert shown(explorer)["note"] == ""


def test_another_language_changes_the_words_of_the_widgets_too(explorer):
    explorer.controls["language"].value = "zh"
    words = {name: widget.description for name, widget in explorer.controls.items()}
    assert not [name for name, said in words.items() if re.search("[A-Za-z]", said)]
    assert explorer.controls["region"].label == "沈阳都市圈"
    assert "沈阳" in shown(explorer)["table"]
    explorer.controls["language"].value = "en"
    assert explorer.controls["save"].description == "Save this view"


def test_saving_writes_the_files_and_prints_lines_that_make_the_same(explorer, tmp_path):
    explorer.controls["city"].value = "210300"
    explorer.controls["folder"].value = str(tmp_path / "a & b")
    explorer.controls["save"].click()
    said = shown(explorer)["saved"]
    assert "12 files in" in said
    assert len(files(tmp_path / "a & b")) == 12
    code = unescape(re.search("<pre[^>]*>(.*)</pre>", said, re.DOTALL)[1])
    assert code == explorer.view.code(tmp_path / "a & b")  # which makes the same, as is tested above
    explorer.controls["region"].value = "belt"
    assert shown(explorer)["saved"] == ""
    (tmp_path / "file").write_text("")
    explorer.controls["folder"].value = str(tmp_path / "file" / "below")
    explorer.controls["save"].click()
    assert "Not saved" in shown(explorer)["saved"]


@pytest.mark.parametrize(
    ("error", "words"), [(DataError("A. B."), "A. B."), (KeyError("<b>"), "KeyError: &#x27;&lt;b&gt;")]
)
def test_an_error_while_drawing_is_a_sentence_and_the_next_choice_goes_on(
    explorer, monkeypatch, error, words
):
    def fail(view):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(View, "draw_chart", fail)
        explorer.controls["region"].value = "west"
        assert words in shown(explorer)["chart"]
    explorer.controls["region"].value = "belt"
    assert "data:image/png" in shown(explorer)["chart"]


def test_a_choice_that_is_refused_is_said_and_the_view_stays(explorer, monkeypatch):
    monkeypatch.setattr(explore_widgets, "load_tables", lambda *a, **k: load_plan("nowhere"))
    before = explorer.view
    explorer.controls["region"].value = "belt"
    assert "Unknown plan" in shown(explorer)["note"]
    assert explorer.view is before


def test_a_choice_overtakes_those_that_are_not_drawn_yet(explorer, monkeypatch):
    drawn, seen, real = [], [], View.web_map

    def no_data(view):
        seen.append(view.region)
        if seen == ["belt"]:
            explorer.controls["region"].value = "west"  # arrives while the first is under way
        return ""

    monkeypatch.setattr(View, "web_map", lambda view, *given: drawn.append(view.region) or real(view, *given))
    monkeypatch.setattr(View, "no_data", no_data)

    async def hurry():
        for region in ("east", "circle", "belt"):
            explorer.controls["region"].value = region
            await asyncio.sleep(0)
        await asyncio.wait([explorer._drawing])
        await explorer._drawing

    asyncio.run(hurry())
    assert (seen, set(drawn)) == (["belt", "west"], {"west"})


def test_what_a_choice_does_not_change_and_what_was_seen_before_is_not_drawn_again(explorer, monkeypatch):
    before = shown(explorer)
    explorer.controls["region"].value = "belt"
    monkeypatch.setattr(View, "draw_chart", lambda self: pytest.fail("drawn again"))
    explorer.controls["region"].value = "circle"
    assert shown(explorer) == before
    explorer.controls["year"].value = 2021
    assert "2021" in shown(explorer)["table"]
    monkeypatch.undo()
    map_of_year = shown(explorer)["map"]
    explorer.controls["city"].value = "210100"
    assert shown(explorer)["map"] == map_of_year


def test_what_is_drawn_when_another_choice_was_made_meanwhile_is_not_shown(explorer, monkeypatch):
    draw, regions = View.draw_chart, iter(["belt"])

    def draw_and_choose(view):
        picture = draw(view)
        explorer.controls["region"].value = next(regions, view.region)  # as from another thread of the kernel
        return picture

    monkeypatch.setattr(View, "draw_chart", draw_and_choose)
    explorer.controls["region"].value = "west"
    assert "Coastal belt" in shown(explorer)["chart"]
