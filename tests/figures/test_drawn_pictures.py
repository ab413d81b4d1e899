"""Pictures: drawn from the real figures, named, captioned, sourced, saved, each kind once for all tests of this file.

``tests/data_checks/test_traces.py`` traces the numbers of their bundles.
"""

import json
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from figures.drawn_once import DATE, PLAN, REGIONS, drawn, scorecard, targets, texts_of, verdicts
from matplotlib.text import Text

import lnregions as ln
from lnregions import DataError
from lnregions.boundaries import project
from lnregions.figures import Pictures, RegionData
from lnregions.figures.messages import caption_text, source_records
from lnregions.formats import data_csv
from lnregions.style import figure

DATA = RegionData.load(PLAN, DATE)
MAPS = {
    "membership": ("membership",),
    "location": ("location", "west"),
    "symbols": ("map", "belt", "gdp"),
    "classes": ("map", "west", "gdp_growth_real"),
    "counties": ("map", "east", "forest_coverage"),
    "verdicts": ("verdict_map",),
    "change": ("change", "belt", "gdp"),
    "years": ("years", "west", "gdp_growth_real"),
    "city": ("city_location", "210200"),
}
CHARTS = {
    "core": ("dual_core",),
    "members": ("members", "east", "gdp"),
    "growth": ("indexed_growth", "belt"),
    "contributions": ("contributions", "belt", "gdp"),
    "stack": ("stack", "belt", "trade_total"),
    "coverage": ("coverage", "circle"),
    "dumbbells": ("dumbbells", "circle", "urbanisation_rate"),
    "sheet": ("target_sheet", "east"),
    "gaps": ("gaps", "belt"),
    "heat": ("heat_map", "east"),
    "timeline": ("timeline",),
    "series": ("series", "210400", "population"),
    "city growth": ("city_growth", "210900"),
    "ranks": ("ranks", "210200"),
    "dots": ("dots", "210900", "gdp_growth_real"),
}


def picture_of(name, language="en"):
    if name == "scorecard":
        return scorecard(language)
    if name not in MAPS | CHARTS:
        return targets()[name]
    found = drawn(*(MAPS | CHARTS)[name], language=language)
    return found[0] if isinstance(found, Pictures) else found


def words_of(picture):
    return " ".join(texts_of(picture))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*MAPS, *CHARTS, "scorecard"])
def test_every_picture_draws_in_both_languages_with_caption_and_name(name, language):
    picture = picture_of(name, language)
    assert language == "en" or picture.png().startswith(b"\x89PNG")  # a glyph that is missing is an error
    assert set(picture.caption) == set(picture.alt) == {"en", "zh"}
    assert picture.language == language
    assert picture.name.isascii()
    texts = words_of(picture)
    assert ("Boundaries: " if name in MAPS else "Source") in texts if language == "en" else "：" in texts


def test_the_sidecar_of_a_trajectory_has_a_record_of_each_row(tmp_path):
    dalian = targets()["belt-dalian-gdp-210200"].save(tmp_path, formats=())
    records = json.loads((tmp_path / f"{dalian.name}.json").read_text("utf-8"))["data"]
    assert len(records) == len(pd.read_csv(tmp_path / f"{dalian.name}.csv"))
    assert records[0]["vintage"] == "undated"
    assert dalian.caption["zh"].startswith("未实现：2024年大连地区生产总值为9516.9亿元；")


def test_maps_of_different_regions_share_their_classes():
    maps = [drawn("map", region, "gdp_growth_real") for region in REGIONS]
    assert len({str(m.parameters["classes"].get("breaks")) for m in maps}) == 1


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Foreign direct investment used (million US dollars)"), ("zh", "实际使用外资（亿美元）")],
)
def test_a_legend_names_a_currency_once(language, title):
    words = ln.draw_map(PLAN, "belt", "fdi_usd", language=language).figure.findobj(Text)
    assert title in {one.get_text().replace("\n", " ") for one in words}
    assert title in ln.draw_web_map(PLAN, "belt", "fdi_usd", language=language).data


def test_the_change_is_in_per_cent_for_amounts_and_in_points_for_shares():
    dalian = picture_of("change").data.set_index("area").loc["210200"]
    assert (dalian["first_year"], dalian["last_year"]) == (2021, 2023)
    assert dalian["change"] == pytest.approx((8752.9 / 7825.9 - 1) * 100, abs=0.01)
    points = ln.draw_change(PLAN, "circle", "urbanisation_rate").data
    assert (points["change"] == points["after"] - points["before"]).all()


def test_a_region_of_counties_is_drawn_by_county_and_says_where_cities_stand_in_for_them():
    assert set(picture_of("counties").data["area"]) == {"210521", "210522", "210624"}
    east, west = (drawn("map", region, "gdp") for region in ("east", "west"))
    assert "2024 (whole-city figures)" in east.caption["en"]
    assert "（全市数据）" in east.caption["zh"]
    assert "whole-city" not in west.caption["en"]
    zones = [[one for one in p.figure.axes[0].collections if one.get_gid() == "zone"] for p in (east, west)]
    nine = ln.load_boundaries("county")
    nine = nine[nine["area"].isin(PLAN.members("east", level="county"))]
    outline = shapely.union_all([shapely.Polygon(one) for one in zones[0][0].get_paths()[0].to_polygons()])
    assert outline.area == pytest.approx(project(nine).area.sum(), rel=0.001)
    assert zones[1] == []
    ax, line = east.figure.axes[0], shapely.boundary(outline)
    names = [one.get_window_extent().transformed(ax.transData.inverted()) for one in ax.texts
             if one.get_gid() == "context name"]  # fmt: skip
    assert names
    assert not any(shapely.box(*one.extents).intersects(line) for one in names)
    notes = [text.get_text() for text in east.figure.axes[0].texts if text.get_gid() == "note"]
    assert "dashed line: the region's 9 counties" in " ".join(notes).replace("\n", " ")


def test_an_earlier_date_draws_less_and_a_projection_where_the_horizon_was_ahead():
    now, then = (
        drawn("series", "210200", "gdp"),
        ln.draw_series("210200", "gdp", plan=PLAN, as_of="2024-06-30"),
    )
    assert then.data["year"].max() <= 2024 < now.data["year"].max()
    assert "as known on 2024-06-30" in words_of(then)
    ahead = then.data[then.data["role"] == "projection"]
    assert ahead["year"].max() == 2024
    assert (ahead["low"] < ahead["value"]).all()
    assert not (targets()["belt-dalian-gdp-210200"].data["role"] == "projection").any()


def test_a_saved_picture_shows_the_file_that_was_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    picture = ln.draw_dots("210900", "gdp_growth_real", plan=PLAN).save("")
    assert list(tmp_path.iterdir()) == []  # without a folder nothing is written
    picture.save(tmp_path)
    bundle, looks = picture._repr_mimebundle_()
    assert picture.png() == (tmp_path / f"{picture.name}.png").read_bytes()
    assert set(bundle) == {"image/png", "text/plain"}
    assert looks["image/png"]["width"] > 500
    facts = json.loads((tmp_path / f"{picture.name}.json").read_text("utf-8"))
    assert facts["parameters"]["adcode"] == "210900"
    assert {s["source"] for s in facts["sources"]} == set(" ".join(picture.data["source"]).split())


def test_several_pictures_are_saved_and_shown_one_by_one(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    pictures = Pictures([picture_of("dots")]).save(tmp_path, formats=("png",))
    pictures._ipython_display_()
    assert shown == list(pictures)


@pytest.mark.parametrize("draw", [ln.draw_map, ln.draw_members, ln.draw_dumbbells])
@pytest.mark.parametrize("indicator", ["sei_share", "green_barrier"])
def test_an_indicator_without_figures_has_no_picture_but_a_reason(draw, indicator):
    assert draw(PLAN, "belt", indicator).reason.startswith("No picture: no figure of ")
    assert draw(PLAN, "belt", indicator, language="zh").reason.startswith("无图：沿海经济带没有")


@pytest.mark.parametrize(
    ("region", "opening"),
    [
        ("west", "Highest in Chaoyang with 123.8, lowest in Huludao with 112.7 (2024). "),
        (
            "circle",
            "Highest in Shenyang with 124.5, lowest in Liaoyang with 106.7 (2024); 6 of 7 have a figure. ",
        ),
    ],
)
def test_a_caption_opens_with_a_year_that_most_members_have_and_says_how_many(region, opening):
    assert ln.draw_indexed_growth(PLAN, region).caption["en"].startswith(opening)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda **own: ln.draw_map(PLAN, "belt", "gdp", **own), "for the Coastal belt in 2050"),
        (lambda **own: ln.draw_tile_map(PLAN, "gdp", **own), "for Liaoning in 2050"),
        (lambda **own: ln.draw_circles(PLAN, "belt", "gdp", "gdp_growth_real", **own), "in 2050"),
    ],
)
def test_a_map_of_a_year_without_figures_names_the_years_that_have_some(draw, words):
    reason = draw(year=2050).reason
    assert words in reason
    assert reason.endswith("there are figures for 2015-2025.")


def test_dumbbells_without_two_years_show_the_latest_figures():
    then = ln.draw_dumbbells(PLAN, "belt", "fai_growth", as_of="2023-06-30").data
    assert not then.loc[then["role"] == "member", "area"].duplicated().any()


@pytest.mark.parametrize(("language", "why"), [("en", "no two years of any member"), ("zh", "两个可比年份")])
def test_what_no_picture_can_show_without_figures_is_said(language, why, tmp_path):
    for draw in (ln.draw_change, ln.draw_years):
        found = draw(PLAN, "belt", "sei_share", language=language)
        assert why in found.reason
        assert list(found.save(str(tmp_path))) == list(tmp_path.iterdir()) == []
    assert "no city has a figure of" in ln.draw_dots("210100", "sei_share").reason


def test_figures_on_both_sides_of_a_break_are_not_compared():
    breaks = ln.load_breaks()
    rows = drawn("change", "circle", "gdp").data
    between = breaks[(breaks["indicator"] == "gdp") & breaks["first_year"].between(2022, 2023)]
    assert (rows["first_year"] < rows["last_year"]).all()
    assert not set(between["area"]) & set(rows["area"])


def test_targets_of_two_plans_on_one_indicator_are_drawn_together():
    assert {"target at least 15%", "Coastal belt plan (2025) above 8.5%"} <= set(
        texts_of(targets()["belt-sei"])
    )


def test_a_source_line_names_the_best_and_most_used_sources_grades_and_date():
    data = pd.DataFrame({"source": ["s032", "s032 s033", "s196"], "grade": ["A", "B", "B"]})
    line = DATA.source_line(data)
    assert line.startswith(
        "Source: JETRO [s196]; 296个地级市GDP相关数据, compiled by biechouwo-coder [s032]; "
    )
    assert f"and 1 more (grade A, B), as known on {DATE}." in line
    assert "Boundaries: Tianditu" in line
    chinese = RegionData.load(PLAN, DATE, language="zh").source_line(data)
    assert f"另有1个来源（等级A、B），截至{DATE}。" in chinese
    assert DATA.source_line(pd.DataFrame({"area": []})).startswith("Source: tables of this project")


@pytest.mark.parametrize("several", [list, np.array])
def test_a_picture_of_several_axes_is_that_of_their_figure(several):
    fig = figure("single")
    axes = several([fig.add_subplot(1, 2, 1), fig.add_subplot(1, 2, 2)])
    picture = DATA.picture(axes, "two", pd.DataFrame(), {"en": "Two.", "zh": "两个。"})
    assert picture.figure is fig
    assert picture.alt == {"en": "Two.", "zh": "两个。"}


def test_one_target_is_not_called_all_targets():
    one = verdicts().iloc[:1]
    assert "The target and its verdict" in words_of(ln.draw_scorecard(PLAN, one))
    assert "目标及判断" in words_of(ln.draw_scorecard(PLAN, one, language="zh"))


# -- what captions say --------------------------------------------------------------------------------------


OPENINGS = {
    # how caption and alternative text open, or each of them
    "symbols": "Highest in Dalian with 951.69 billion yuan, lowest in ",
    "scorecard": "Of the 18 targets, 1 was met, 4 were missed",
    "belt-dalian-gdp-210200": ("Missed: ", "Dalian missed its target of more than 1,000 billion yuan"),
    "circle-urbanisation": (
        "Missed, whatever the missing figures are: Urbanisation rate",
        "Whatever the missing figures are, ",
    ),
    "circle-shenyang-gdp-210100": (
        "Missed (aspirational target): Gross domestic product of Shenyang was ",
        "Shenyang missed its target of at least 1,000 billion yuan",
    ),
    "location": "The plan's list confirms 1 of 3 members.",
    "ranks": "Dalian ranks 1 of 14 in ",
    "series": "Fushun went from ",
    "change": "Highest in ",
    "belt-fdi-in-yuan": "No data: ",
    "gaps": "The Coastal belt was above China in 4 of 5 years; in 2024 the difference",
    "timeline": "7 of 13 verdicts have changed since 2022-02-09.",
    "sheet": "Of the 4 targets, 3 have no published figure",
    "dumbbells": "Highest in Shenyang with 85.12%",
    "contributions": "Highest in Dalian with 92.70 billion yuan, lowest",
}


@pytest.mark.parametrize("name", OPENINGS)
def test_caption_and_alternative_text_open_with_a_finding(name):
    picture, opening = picture_of(name), OPENINGS[name]
    opening, said = opening if isinstance(opening, tuple) else (opening, opening)
    for text, start in ((picture.alt, said), (picture.caption, opening)):
        assert text["en"].startswith(start)
        assert re.match(r"[^a-zA-Z]+[。：]", text["zh"])
        assert not re.search(r"\d+ figures\.|个数据。|nan|no data with", text["en"] + text["zh"])
    caption = caption_text(picture.caption, source_records(picture.sources, picture.data), picture.data)
    assert opening in caption.replace("\\", "")
    assert not re.search(r":  |: \(|：（|, \(", caption)  # a grade without its letter


def test_an_empty_grade_is_not_counted():
    rows = pd.DataFrame({"grade": ["A", "", " ", None], "value": 1.0})
    assert "Grades of evidence: A (1)." in caption_text({"en": "One."}, [], rows)


def test_a_caption_names_each_source_once_by_its_title_and_date():
    records = [
        {"title": "公报 (copy at 某库; full text in github.com/a/b, c.json)", "published": ""},
        {"title": "公报 (page saved in github.com/a/b, d.html)"},
        {"title": "辽宁 (rexun 2022-11-28)", "published": "2022-11-28"},
    ]
    text = caption_text({"en": "One."}, records, None)
    assert "Sources (titles as published, in Chinese): 公报; 辽宁 (rexun 2022-11-28)." in text


@pytest.mark.parametrize("name", ["members", "heat"])
def test_a_chinese_caption_has_no_punctuation_of_english(name):
    caption = picture_of(name).caption["zh"]
    assert "; " not in caption
    assert "；缺县级数据，以全市数据代替。" in caption


# -- numbers ------------------------------------------------------------------------------------------------


CODEBOOK = ln.load_indicators().set_index("indicator")
OBSERVED = ln.load_observations().set_index(["area", "indicator", "year"]).sort_index()
WRITTEN = re.compile(r"(?<![\d.,])[+−]?\d[\d,]*(?:\.\d+|(?=%| pp| [bm]illion))")
EXACT = ("low", "high", "change")
"""Columns of a bundle that are not rounded as drawn."""
LABELS = ("_end", "_value", "_baseline", "_gap", "_target", "_reached", "_last")


@pytest.fixture(scope="module")
def pictures():
    """A picture of each kind, and those of all targets."""
    return [*map(picture_of, [*MAPS, *CHARTS, "scorecard"]), *targets().values()]


def near(value, candidates, share=1e-6):
    return any(abs(value - one) <= share * max(1, abs(value)) for one in candidates)


def test_every_number_of_a_bundle_has_its_unit_and_no_digits_of_binary_fractions(pictures):
    without = r"(first_|last_|base_|actual_|baseline_)?year|mean_from|horizon|reached_in|segment|factor"
    of_unit = {"value", "low", "high", "before", "after", "baseline", "required", "actual"}
    for picture in (one for one in pictures if len(one.data)):
        numbers = picture.data.dropna(axis=1, how="all").select_dtypes("number")
        names = {name for name in numbers if not re.fullmatch(without, name)}
        units = {"unit" if name in of_unit else f"{name}_unit" for name in names}
        assert units <= set(picture.data), picture.name
        assert not re.search(r"\.\d*(0{6}|9{6})\d", data_csv(picture.data)), picture.name


def test_numbers_written_on_charts_are_those_of_their_bundle(pictures):
    charts = [(p, text) for p in pictures if "drawn" in p.data for text in p.figure.findobj(is_label)]
    written = [(picture, hit) for picture, text in charts for hit in WRITTEN.findall(text.get_text())]
    assert len(written) > 150
    for picture, number in written:
        rows, decimals = picture.data, len(number.partition(".")[2])
        drawn, exact = rows["drawn"].dropna().to_numpy(), (rows["value"] * rows["factor"]).dropna()
        rounded = [exact, pd.Series([exact.sum()]), *(rows[name] for name in EXACT if name in rows)]
        sums = [*drawn, *np.subtract.outer(drawn, drawn).ravel()]
        sums += [*pd.concat(rounded).dropna().astype(float).round(decimals)]
        assert near(parsed(number), sums), (picture.name, number)


def is_label(artist):
    return hasattr(artist, "get_text") and artist.get_label() in LABELS


def parsed(number):
    return float(number.replace(",", "").replace("−", "-"))


def test_numbers_of_the_tables_are_published_figures():
    codes = {name: code for code, name in CODEBOOK["name_en"].items()}
    places = dict(ln.load_areas()[["short_en", "area"]].itertuples(index=False))
    factors = ln.load_units().set_index("unit")["factor_en"]
    table = pd.concat([ln.show_members(PLAN, region).frame for region in PLAN.regions["region"]])
    for row in table.sort_values(["Member", "Indicator"]).sample(30, random_state=14).to_dict("records"):
        code, number = codes[row["Indicator"]], parsed(WRITTEN.search(row["Value"])[0])
        values = OBSERVED.loc[[(places[row["Member"]], code, int(row["Year"]))], "value"]
        assert near(number / factors[CODEBOOK["unit"][code]], values, 0.005), row
        assert row["Grade"], row
        assert row["Source"], row


# -- arguments --------------------------------------------------------------------------------------------


WRONG = {
    "plan none": (lambda: ln.draw_map(None, "circle", "gdp"), "The plan None is neither"),
    "region": (lambda: ln.draw_members(PLAN, "cirkle", "gdp"), "did you mean circle"),
    "region empty": (lambda: ln.draw_members(PLAN, "", "gdp"), "Unknown region ''"),
    "indicator": (lambda: ln.draw_change(PLAN, "circle", "gpd"), "Unknown indicator 'gpd'"),
    "area": (lambda: ln.draw_city_location(PLAN, "999999"), "Unknown area '999999'"),
    "verdicts": (lambda: ln.draw_scorecard(PLAN, 3), "The verdicts are 3"),
    "other table": (lambda: ln.draw_verdict_map(PLAN, PLAN.regions), "a table with other columns"),
    "year": (lambda: ln.draw_map(PLAN, "circle", "gdp", year="x"), "The year 'x' is not"),
    "year flag": (lambda: ln.draw_map(PLAN, "circle", "gdp", year=True), "The year True is not"),
    "language": (lambda: ln.draw_map(PLAN, "circle", "gdp", language="fr"), "Unknown language 'fr'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_refused_in_two_sentences(name):
    call, message = WRONG[name]
    with pytest.raises(DataError, match=message) as caught:
        call()
    assert str(caught.value).count(". ") + str(caught.value).count("? ") >= 1


def test_a_plan_may_be_given_by_its_name_and_an_empty_value_means_the_default():
    picture = ln.draw_map("ln-2022", "belt", "gdp", year=2023.0, as_of=None, language="", width=None)
    assert picture.data["year"].unique().tolist() == [2023]
    assert picture.language == "en"
    assert picture.parameters["plan"] == "ln-2022"


@pytest.mark.parametrize("draw", [ln.draw_contributions, ln.draw_stack])
@pytest.mark.parametrize("indicator", ["gdp_growth_real", "urbanisation_rate"])
def test_rates_of_members_are_not_added(draw, indicator):
    assert "cannot be added" in draw(PLAN, "belt", indicator).reason


def test_a_single_target_is_counted_as_one():
    assert ln.draw_target_sheet(PLAN, "Dalian").caption["en"].startswith("The only target: missed.")
