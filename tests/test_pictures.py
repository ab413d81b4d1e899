"""Pictures: drawn from the real figures, named, captioned, sourced, saved."""

import json

import matplotlib.colors
import pandas as pd
import pytest
from lnregions.assess.judgement import load_tables

from lnregions import judge, load_plan
from lnregions.boundaries import boundary_words
from lnregions.figures import chart_pictures, city_pictures, map_pictures, year_pictures
from lnregions.figures.pictures import Picture, Pictures, make_picture, source_line, sources_of, warm_up

PLAN = load_plan()
TABLES = load_tables(PLAN)
REGIONS = PLAN.regions["region"].tolist()
MAPS = {
    "membership": lambda **own: map_pictures.draw_membership(PLAN, **own),
    "location": lambda **own: map_pictures.draw_location(PLAN, "east", **own),
    "symbols": lambda **own: map_pictures.draw_map(PLAN, "belt", "gdp", **own),
    "classes": lambda **own: map_pictures.draw_map(PLAN, "west", "gdp_growth_real", **own),
    "counties": lambda **own: map_pictures.draw_map(PLAN, "east", "forest_coverage", **own),
    "verdicts": lambda **own: map_pictures.draw_verdict_map(PLAN, **own),
    "change": lambda **own: year_pictures.draw_change(PLAN, "belt", "gdp", **own),
    "years": lambda **own: year_pictures.draw_years(PLAN, "west", "gdp_growth_real", **own),
    "city": lambda **own: map_pictures.draw_city_location(PLAN, "210200", **own),
}
CHARTS = {
    "scorecard": lambda **own: chart_pictures.draw_scorecard(PLAN, judge(PLAN), **own),
    "core": lambda **own: chart_pictures.draw_dual_core(PLAN, **own),
    "members": lambda **own: chart_pictures.draw_members(PLAN, "circle", "gdp", **own),
    "growth": lambda **own: chart_pictures.draw_indexed_growth(PLAN, "belt", **own),
    "contributions": lambda **own: chart_pictures.draw_contributions(PLAN, "belt", "gdp", **own),
    "coverage": lambda **own: chart_pictures.draw_coverage(PLAN, "circle", **own),
    "slope": lambda **own: year_pictures.draw_slope(PLAN, "circle", "urbanisation_rate", **own),
    "series": lambda **own: city_pictures.draw_series("210600", "population", plan=PLAN, **own),
    "city growth": lambda **own: city_pictures.draw_city_growth("210900", **own),
    "ranks": lambda **own: city_pictures.draw_ranks("210900", **own),
    "dots": lambda **own: city_pictures.draw_dots("210900", "gdp_growth_real", **own),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*MAPS, *CHARTS])
def test_every_picture_draws_in_both_languages_with_caption_and_name(name, language):
    picture = (MAPS | CHARTS)[name](language=language)
    assert picture.png().startswith(b"\x89PNG")
    assert set(picture.caption) == set(picture.alt) == {"en", "zh"}
    assert picture.language == language
    assert picture.name.isascii()
    texts = " ".join(t.get_text() for t in picture.figure.findobj(lambda a: hasattr(a, "get_text")))
    texts = texts.replace("\n", " ")  # where a line is broken is another matter
    assert ("Boundaries: " if name in MAPS else "Source") in texts if language == "en" else "：" in texts


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_a_picture_for_each_target_that_asks_for_a_number(region):
    pictures = chart_pictures.draw_targets(PLAN, region)
    own = PLAN.targets[(PLAN.targets["region"] == region) & (PLAN.targets["kind"] != "qualitative")]
    assert {p.parameters["target"] for p in pictures} == set(own["target"])
    assert len({p.name for p in pictures}) == len(pictures)


def test_a_target_without_figures_shows_its_reason():
    pictures = chart_pictures.draw_targets(PLAN, "east")
    forest = next(p for p in pictures if p.parameters["target"] == "east-forest-stock")
    texts = " ".join(t.get_text() for t in forest.figure.findobj(lambda a: hasattr(a, "get_text")))
    assert "No figure for 2022-2024" in texts
    assert "No data: No figure for 2022-2024" in forest.caption["en"]


def test_the_trajectory_of_dalian_marks_gap_and_year_reached():
    dalian = next(
        p
        for p in chart_pictures.draw_targets(PLAN, "belt")
        if p.parameters["area"] == "210200" and "gdp" in p.name
    )
    texts = " ".join(t.get_text() for t in dalian.figure.findobj(lambda a: hasattr(a, "get_text")))
    assert "−48.3" in texts
    assert "reached in 2025" in texts
    assert dalian.caption["zh"].startswith("大连：地区生产总值")


def test_both_ways_of_measuring_foreign_investment_are_drawn():
    names = [p.name for p in chart_pictures.draw_targets(PLAN, "belt")]
    assert {"belt-fdi-in-dollars", "belt-fdi-in-yuan"} <= set(names)


def test_an_amount_is_drawn_as_circles_and_a_rate_by_class():
    assert "classes" in MAPS["classes"]().parameters
    assert MAPS["symbols"]().parameters["classes"]["largest_circle"] > 8000


def test_maps_of_different_regions_share_their_classes():
    maps = [map_pictures.draw_map(PLAN, region, "gdp_growth_real") for region in REGIONS]
    assert len({str(m.parameters["classes"].get("breaks")) for m in maps}) == 1


def test_the_contributions_add_up_to_the_change_of_the_region():
    from lnregions.assess.judgement import figures_of

    picture = CHARTS["contributions"]()
    frame = figures_of(PLAN, "belt", indicator="gdp", tables=TABLES).frame.set_index("year")["value"]
    assert picture.data["value"].sum() == pytest.approx(frame[2023] - frame[2021])


def test_the_change_is_in_per_cent_for_amounts_and_in_points_for_shares():
    dalian = MAPS["change"]().data.set_index("area").loc["210200"]
    assert (dalian["first_year"], dalian["last_year"]) == (2021, 2023)
    assert dalian["change"] == pytest.approx((8752.9 / 7825.9 - 1) * 100, abs=0.01)
    points = year_pictures.draw_change(PLAN, "circle", "urbanisation_rate").data
    assert (points["change"] == points["after"] - points["before"]).all()


def test_a_map_of_cities_that_stand_in_for_counties_says_so():
    east, west = (map_pictures.draw_map(PLAN, region, "gdp") for region in ("east", "west"))
    assert "cities standing in for counties" in east.caption["en"]
    assert "以市代县" in east.caption["zh"]
    assert "standing in" not in west.caption["en"]


def test_a_slope_runs_from_before_the_plan_to_the_latest_year_that_all_have():
    assert sorted(CHARTS["slope"]().data["year"].unique()) == [2020, 2023]


def test_a_series_that_breaks_between_the_years_has_no_change():
    early = year_pictures._change(
        pd.DataFrame({"area": ["a", "a"], "year": [2018, 2019], "value": [1.0, 2.0], "segment": [0, 1],
                      "grade": "A", "source": "s"}), 2018, 2019, pd.Series({"measure": "level"}),
    )[0]  # fmt: skip
    assert early.empty


def test_before_the_horizon_a_trajectory_carries_its_projection_and_says_how_such_did():
    pictures = chart_pictures.draw_targets(PLAN, "belt", as_of="2024-06-30")
    dalian = next(p for p in pictures if p.parameters["area"] == "210200" and "gdp" in p.name)
    ahead = dalian.data[dalian.data["kind"] == "projection"]
    assert ahead["year"].max() == 2024
    assert (ahead["low"] < ahead["value"]).all()
    assert not (chart_pictures.draw_targets(PLAN, "belt").pictures[3].data["kind"] == "projection").any()


def test_targets_of_two_plans_on_one_indicator_are_drawn_together():
    from lnregions.assess.judgement import judge_main

    from lnregions.figures.chart_pictures import _targets

    verdict = next(v for v in judge_main(PLAN) if v.target == "belt-sei")
    both = _targets(PLAN, verdict, "en")
    assert [(t["value"], t["horizon"]) for t in both] == [(15.0, 2024), (8.5, 2025)]


def test_an_earlier_date_draws_less():
    now = city_pictures.draw_series("210200", "gdp", plan=PLAN)
    then = city_pictures.draw_series("210200", "gdp", plan=PLAN, as_of="2024-06-30")
    assert then.data["year"].max() < now.data["year"].max()
    assert (
        "2024-06-30"
        in then.figure.findobj(lambda a: hasattr(a, "get_text") and "Source" in a.get_text())[0].get_text()
    )


def test_saving_writes_the_bundle_and_shows_the_file_that_was_written(tmp_path):
    picture = CHARTS["dots"]().save(tmp_path)
    stem = "dots-210900-gdp_growth_real"
    assert {p.name for p in tmp_path.iterdir()} >= {
        f"{stem}.{e}" for e in ("png", "svg", "pdf", "csv", "json")
    }
    bundle, looks = picture._repr_mimebundle_()
    assert picture.png() == (tmp_path / f"{stem}.png").read_bytes()
    assert set(bundle) == {"image/png", "text/plain"}
    assert looks["image/png"]["width"] > 500
    facts = json.loads((tmp_path / f"{stem}.json").read_text("utf-8"))
    assert facts["parameters"]["adcode"] == "210900"
    assert {s["source"] for s in facts["sources"]} == set(sources_of(picture.data, TABLES.sources)["source"])


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CHARTS["dots"]().save("")
    assert list(tmp_path.iterdir()) == []


def test_several_pictures_are_saved_and_shown_one_by_one(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    pictures = Pictures([CHARTS["dots"]()]).save(tmp_path, formats=("png",))
    pictures._ipython_display_()
    assert shown == list(pictures)


def test_a_source_line_names_the_most_used_sources_grades_and_date():
    data = pd.DataFrame({"source": ["s032", "s032 s033", "s196"], "grade": ["A", "B", "B"]})
    line = source_line(data, TABLES, boundaries=boundary_words(PLAN))
    assert line.startswith("Source: 296个地级市GDP相关数据, compiled by biechouwo-coder [s032]; ")
    assert "and 1 more (grade A, B), as known on 2026-05-19." in line
    assert "Boundaries: Tianditu" in line
    chinese = source_line(data, TABLES, language="zh")
    assert "另有1个来源（等级A、B），截至2026-05-19。" in chinese


def test_data_without_sources_say_so():
    assert source_line(pd.DataFrame({"area": []}), TABLES).startswith("Source: tables of this project")


def test_a_picture_of_several_axes_is_that_of_their_figure():
    import numpy as np

    from lnregions.style import style

    fig = style.figure("single")
    axes = np.array([fig.add_subplot(1, 2, 1), fig.add_subplot(1, 2, 2)])
    picture = make_picture(axes, "two", tables=TABLES, data=pd.DataFrame(), says=("Two.", "两个。"))
    assert isinstance(picture, Picture)
    assert picture.figure is fig


def test_members_of_a_county_region_are_drawn_by_county():
    data = MAPS["counties"]().data
    assert set(data["area"]) <= set(PLAN.members("east", level="county"))
    assert set(data["area"]) == {"210521", "210522", "210624"}


def test_the_location_map_fills_the_region_in_its_colour():
    figure = map_pictures.draw_location(PLAN, "belt").figure
    fills = {matplotlib.colors.to_hex(c) for a in figure.findobj(lambda a: hasattr(a, "get_facecolor")) for c in
             matplotlib.colors.to_rgba_array(a.get_facecolor())}  # fmt: skip
    assert len(fills) > 2


def test_warming_up_draws_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    warm_up()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("indicator", ["sei_share", "green_barrier", "forest_stock_growth"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_indicator_without_figures_makes_a_hatched_map_with_its_reason(indicator, language):
    for picture in (
        map_pictures.draw_map(PLAN, "belt", indicator, language=language),
        year_pictures.draw_change(PLAN, "belt", indicator, language=language),
        year_pictures.draw_years(PLAN, "belt", indicator, language=language),
    ):
        texts = " ".join(t.get_text() for t in picture.figure.findobj(lambda a: hasattr(a, "get_text")))
        assert {"en": "no data (6)", "zh": "暂无数据（6）"}[language] in texts
        assert any(c.get_hatch() for c in picture.figure.axes[0].collections)


def test_what_no_picture_can_show_without_figures_is_refused_with_the_rule():
    with pytest.raises(ValueError, match="has no two years of 'sei_share'"):
        year_pictures.draw_slope(PLAN, "belt", "sei_share")
    with pytest.raises(ValueError, match=r"No city has a figure of 'sei_share'\. Choose one that has: "):
        city_pictures.draw_dots("210100", "sei_share")


@pytest.mark.parametrize(
    ("region", "indicator"), [("circle", "gdp"), ("east", "population"), ("west", "va_tertiary")]
)
def test_a_change_of_one_sign_is_drawn(region, indicator):
    assert len(year_pictures.draw_change(PLAN, region, indicator).data) > 1


def test_maps_by_year_without_figures_keep_their_name_beside_the_map_of_change():
    assert year_pictures.draw_years(PLAN, "belt", "sei_share").name == "years-belt-sei_share"
    assert year_pictures.draw_change(PLAN, "belt", "sei_share").name == "change-belt-sei_share"
