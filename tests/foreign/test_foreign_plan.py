"""A plan of another province renders by the real engine, and nothing of the shipped plan's province is in it."""

import json
import re
import shutil
from dataclasses import replace

import nbformat
import pandas as pd
import pytest
import shapely
from generated_plan import write_plan
from matplotlib.text import Text

import lnregions as ln
from foreign.foreign_plan import (
    CITIES,
    TARGETS,
    add,
    boxes,
    figures,
    fill,
    write_boxes_plan,
    write_foreign_plan,
)
from lnregions.__main__ import main
from lnregions.batch.fork import stop_fork_server
from lnregions.boundaries import check_plan
from lnregions.explorer.web_data import map_data
from lnregions.figures import PLAN_KINDS, REGION_KINDS, Picture
from lnregions.pages.report import region_page
from lnregions.pages.site import read_site
from lnregions.tables import load_areas

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
TEXTS = ("*.html", "*.ipynb", "*.json", "*.svg", "*.csv", "*.md")
OURS = load_areas().query("area >= '210000' and level != 'county'")
NAMES = OURS[["short_zh", "short_en", "area"]].to_numpy().ravel()
WORDS = {*NAMES, "Coastal belt", "沿海经济带", "都市圈", "Green lung", "Tianditu", "天地图"}
"""Names and codes of the province and the cities of the shipped plans, and words of theirs."""
ANY_WORD = re.compile(
    rf"(?<![\w.])(?:{'|'.join(filter(str.isascii, WORDS))})(?![\w.])"
    rf"|{'|'.join(word for word in WORDS if not word.isascii())}"
)
LONG = pytest.mark.long
CAPITAL = next(iter(CITIES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_foreign_plan(tmp_path_factory.mktemp("foreign") / "ningxia")
    assert check_plan(folder) == []
    return folder


@pytest.fixture(scope="module")
def output(folder, tmp_path_factory):
    """Every notebook, half of them in each language; the render of the shipped plan has the other halves."""
    output = tmp_path_factory.mktemp("render") / "output"
    place = ["--region", "belt", "--plan", str(folder), "--output", str(output), "--quiet"]
    whole = ["01_plan", "03_region_trajectories", "--language", "zh", "--no-report"]
    assert main(["render", *whole, *place]) == 0
    city = ["02_region_map", "04_city_profile", "--language", "en", "--adcode", CAPITAL]
    assert main(["render", *city, *place]) == 0
    yield output
    stop_fork_server()


def outputs(output):
    """Outputs of all cells of all notebooks of a render."""
    books = sorted(output.rglob("*.ipynb"))
    assert books
    cells = [cell for path in books for cell in nbformat.read(path, as_version=4).cells]
    return [one for cell in cells for one in cell.get("outputs", [])]


def draw_all(plan, region, language, kinds=(*PLAN_KINDS, *REGION_KINDS)):
    """Names of the pictures of a plan and of a region, and the reasons of those that cannot be drawn."""
    own = {"as_of": "", "language": language, "width": "double"}
    drawn = [PLAN_KINDS[kind](plan, **own) for kind in PLAN_KINDS if kind in kinds]
    drawn += [REGION_KINDS[kind](plan, region, **own) for kind in REGION_KINDS if kind in kinds]
    found = [one for some in drawn for one in (some if type(some) is list else [some])]
    several = [one for one in found if not isinstance(one, Picture)]
    names = {one.name for one in found if isinstance(one, Picture)}
    return names | {one.name for some in several for one in some}, [one.reason for one in several if not one]


def test_it_renders_without_an_error_a_word_of_the_shipped_province_or_the_place_of_its_folder(
    folder, output
):
    assert not [one for one in outputs(output) if one.output_type == "error"]
    found = set()
    for path in (path for kind in TEXTS for path in output.rglob(kind)):
        text = path.read_text("utf-8")
        assert path.suffix != ".html" or str(folder.parent) not in text
        text = re.sub(r'data:image/\w+;base64,[\w+/=]+|"image/png": "[^"]*"|sha256-[\w+/=]+', "", text)
        found |= {(hit[0], path.relative_to(output).as_posix()) for hit in ANY_WORD.finditer(text)}
    assert not found


def test_its_maps_name_its_own_boundaries_and_its_charts_its_own_sources(output):
    texts = {path.name.partition(".")[0]: path.read_text("utf-8") for path in output.rglob("*.caption.md")}
    maps = {name.partition("-")[0] for name, text in texts.items() if "boundaries.geojson" in text}
    assert maps == {"membership", "verdict", "location", "map", "circles", "change", "years"}
    assert all("made up for a test" in texts[name] for name in ("members-belt-gdp", "ranks-640100"))


def test_its_landing_page_lists_its_own_cities_and_pictures(folder, output):
    page = (output / "index.zh.html").read_text("utf-8")
    assert set(re.findall(r"zh/city/(\w+)\.html", page)) == set(CITIES)
    assert ln.draw_dual_core(folder).alt["zh"] in page
    assert "绿色屏障" in page
    assert "Green barrier" in (output / "index.html").read_text("utf-8")
    assert {path.stem for path in (output / "en" / "city").iterdir()} == set(CITIES)


def test_growth_is_compared_with_the_plans_own_province_and_nation(folder):
    picture = ln.draw_city_growth(CAPITAL, plan=folder)
    assert {"640000", "100000"} <= set(picture.data["area"])
    assert "beside Ningxia, China and the other cities" in picture.caption["en"]
    drawn = ln.draw_indexed_growth(folder, "belt")
    assert set(drawn.data["area"]) == {"belt", "640100", "640200", "640300", "640000"}


def test_a_region_code_of_a_shipped_plan_brings_nothing_of_that_region(folder):
    tables = ln.assess.load_tables(ln.load_plan(folder))
    assert set(tables.observations["area"]) <= {*CITIES, "640000", "100000"}
    assert "belt" not in set(tables.breaks["area"])
    assert not tables.breaks_of(["belt", "640100"], "fdi_usd")
    [picture] = [one for one in ln.draw_targets(folder, "belt") if one.name.startswith("belt-trade")]
    assert set(picture.data["plan"].dropna()) <= {"", "ningxia"}


def test_the_date_of_knowledge_is_that_of_the_figures_it_rests_on(folder, tmp_path):
    frame = pd.read_csv(folder / "targets.csv", dtype=str, keep_default_na=False)
    alone = write_foreign_plan(tmp_path / "alone", drawn=False)
    frame[frame["benchmark"] != "100000"].to_csv(alone / "targets.csv", index=False)
    assert set(ln.judge(alone)["as_of"]) == {"2025-04-20"}


def test_a_plan_with_figures_of_one_indicator_has_a_heat_map_of_it(tmp_path):
    alone = write_foreign_plan(tmp_path / "alone", drawn=False)
    rows = [row for n, code in enumerate(CITIES) for row in figures(n, code) if ",gdp," in row]
    fill(alone, "observations", rows)
    assert ln.draw_heat_map(alone, "belt").caption["en"].startswith("Highest in Wuzhong with 84 billion yuan")


def test_without_boundaries_the_maps_say_so_and_the_rest_is_drawn(tmp_path):
    folder = write_foreign_plan(tmp_path / "plan", drawn=False)
    maps = ["membership", "verdict-map", "location", "map", "change", "years"]
    names, reasons = draw_all(folder, "south", "zh", [*maps, "scorecard", "dual-core", "timeline"])
    assert names == {"scorecard", "dual-core", "timeline"}
    assert len(reasons) == 6  # two of the plan, the region's place, its maps, their change and years
    assert not [reason for reason in reasons if "没有这些地区的边界" not in reason]
    assert "no boundaries" in ln.draw_city_location(folder, CAPITAL).reason
    page = region_page(read_site(tmp_path, plan=str(folder)), "zh", "south")
    assert "regionmap" in region_page(read_site(tmp_path), "zh", "west")
    assert '<svg class="regionmap"' not in page


def test_without_figures_or_targets_in_numbers_pictures_and_tables_say_so(tmp_path):
    folder, none = write_foreign_plan(tmp_path / "plan", drawn=False), "在此未设定量目标"
    (folder / "boundaries.geojson").write_text(boxes(list(CITIES)), "utf-8")
    fill(folder, "observations", [row for row in figures(0, CAPITAL) if "gdp_growth" not in row])
    fill(folder, "targets", [f"{TARGETS[-1]},,,B,f1,,,"])
    assert check_plan(folder) == []
    names, reasons = draw_all(folder, "south", "zh", ["circles", "heat-map", "timeline", "target-sheet"])
    assert len(reasons) == 4, names
    assert sum(none in reason for reason in reasons) == 2
    fill(folder, "targets", [])
    assert check_plan(folder) == []
    clauses, _ = ln.evaluation(folder)
    assert clauses.frame.empty
    assert ln.show_methods(folder).frame.empty


def test_growth_by_the_levels_of_two_years_is_drawn_where_no_single_rate_is_known(tmp_path):
    folder = write_foreign_plan(tmp_path / "plan", drawn=False)
    lines = (folder / "observations.csv").read_text("utf-8").splitlines(keepends=True)
    lines = [one for one in lines if ",trade_total," not in one or ",2021," in one or ",2024," in one]
    (folder / "observations.csv").write_text("".join(lines), "utf-8")
    pictures = {one.parameters["target"]: one for one in ln.draw_targets(ln.load_plan(folder), "belt")}
    picture = pictures["belt-trade"]
    assert picture.data["role"].tolist() == ["mean", "mean"]
    assert picture.data["drawn"].tolist() == [3.5, 2.6]
    assert any(
        "2022-2024, by the levels of two years" in text.get_text() for text in picture.figure.findobj(Text)
    )


def test_three_leading_cities_are_named_as_a_list():
    plan = ln.load_plan("ln-2022")
    plan = replace(plan, regions=plan.regions.assign(lead_city=["210100", "210200", "210300", ""]))
    assert "Shenyang, Dalian and Anshan: " in ln.draw_dual_core(plan).caption["en"]


def test_the_timeline_of_a_plan_that_is_newer_than_every_figure_says_so(folder):
    plan = ln.load_plan(folder)
    later = plan.targets.assign(baseline_year=2025, first_year=2026, horizon=2030)
    plan = replace(plan, targets=later, facts=plan.facts | {"issued": "2029-03-01"})
    assert "no figure has been published since" in ln.draw_timeline(plan).reason


def test_a_verdict_of_the_day_of_the_latest_figure_begins_on_it(folder):
    rows = ln.draw_timeline(folder, as_of="2025-04-20").data.query("target == 'capital-gdp'")
    assert rows["to"].tolist()[-2:] == ["2025-04-20"] * 2
    assert rows["status"].tolist()[-2:] == ["not assessable", "missed"]


def test_without_regions_the_areas_of_its_targets_take_their_place(folder, tmp_path):
    alone = write_foreign_plan(tmp_path / "plan")
    for name in ("regions", "membership"):
        (alone / f"{name}.csv").unlink()
    targets = [
        "all-gdp,,640000,,level,gdp,>=,4000,亿元,strive,,2021,no,2022,2024,全区生产总值,GDP of Ningxia,,,B,f1,,,",
        "city-gdp,,640100,,level,gdp,>=,3000,亿元,strive,,2021,no,2022,2024,首府生产总值,GDP of the capital,,,B,f1,,,",
    ]
    fill(alone, "targets", targets)
    assert check_plan(alone) == []
    plan = ln.load_plan(alone)
    assert plan.regions["region"].tolist() == ["640000", "640100"]
    assert plan.cities == list(CITIES)
    drawn, _ = draw_all(plan, "640000", "en")
    assert {"map-640000-gdp", "all-gdp", "members-640000-gdp", "membership", "verdict-map"} <= drawn
    assert "dual-core" not in drawn


@pytest.mark.filterwarnings("ignore:Glyph .* missing")  # where no font here has the script
@pytest.mark.parametrize("level", ["province", "city"])
def test_areas_of_three_letters_without_a_nation_and_of_other_scripts_are_drawn(level, tmp_path):
    names = {"kaz": "Қазақстан", "geo": "საქართველო", "arm": "Հայաստան", "aze": "Azərbaycan"}
    codes, targets = list(names), ["kaz-gdp,mid,kaz,,level,gdp,>=,900,亿元,,"]
    years = [(one, year) for one in codes for year in range(2016, 2025)]
    rows = [f"{one},gdp,{year},{500 + 20 * (year - 2016)},亿元" for one, year in years]
    rows += [f"{one},gdp_growth_real,{year},3,%" for one, year in years]
    own = {"members": codes[:3], "targets": targets, "rows": rows, "names": names}
    folder = write_boxes_plan(tmp_path / "plan", dict.fromkeys(codes, level), **own)
    assert check_plan(folder) == []
    plan = ln.load_plan(folder)
    kinds = ["membership", "verdict-map", "scorecard", "location", "map", "indexed-growth"]
    wanted = "membership verdict-map scorecard location-mid map-mid-gdp indexed-growth-mid"
    assert set(wanted.split()) <= draw_all(plan, "mid", "zh", kinds)[0]
    growth = ln.draw_city_growth("kaz", plan=plan)
    assert set(growth.data["area"]) == set(codes)
    assert ln.draw_city_location(plan, "kaz").name == "location-kaz"
    assert ln.draw_map(plan, "mid", "gdp").png()
    kind = "cities" if level == "city" else "areas"
    assert f"beside the other {kind}" in growth.caption["en"]
    assert not plan.areas.set_index("area").loc[plan.cities, "parent"].any()
    page = region_page(read_site(tmp_path, plan=str(folder)), "en", "mid")
    assert all(names[one] in page for one in codes[:3])
    assert any("Қазақстан" in sentence for sentence in ln.findings(folder)["sentence_en"])
    none = "无图：საქართველო没有年末常住人口的数据。"
    assert ln.draw_series("geo", "population", plan=folder, language="zh").reason == none


def test_provinces_are_drawn_as_such_beside_one_whose_cities_are_known(tmp_path):
    codes = ["210000", "220000", "230000"]
    rows = [f"{one},gdp,2024,50000,亿元" for one in codes[1:]]
    folder = write_boxes_plan(tmp_path / "plan", dict.fromkeys(codes, "province"), rows=rows)
    fill(folder, "areas", [f"{one},province,100000,省,Province,省,P{one[:2]}" for one in codes[1:]])
    assert check_plan(folder) == []
    plan = ln.load_plan(folder)
    assert plan.cities == codes
    assert set(ln.draw_map(plan, "mid", "gdp", year=2024).data["area"]) == set(codes)
    assert set(ln.draw_membership(plan).data["level"]) == {"province"}
    assert "Middle (3 areas)" in {one.get_text() for one in ln.draw_membership(plan).figure.findobj(Text)}


@pytest.mark.parametrize(
    ("level", "region", "count"),
    [("province", "mid", 1), ("city", "mid", 1), ("province", "", 0), ("city", "", 0)],
)
def test_a_member_without_a_polygon_is_a_fault_and_an_area_by_itself_is_not(level, region, count, tmp_path):
    own = {"members": ["aaa", *["bbb"][:count]], "targets": [f"b,{region},bbb,,level,gdp,>=,9,亿元,,"]}
    levels, rows = {"aaa": level, "bbb": level}, ["bbb,gdp,2024,5,亿元"]
    faults = check_plan(write_boxes_plan(tmp_path / "plan", levels, **own, rows=rows, drawn=["aaa"]))
    assert [("no map shows them: bbb. Add their polygons" in one.text) for one in faults] == [True] * count


@pytest.fixture(scope="module")
def nested(tmp_path_factory):
    """Plan of a city and a county of another city, with polygons of both cities and of the county."""
    levels = {"aaa": "city", "bbb": "city", "ccc": "county"}
    own = {"members": ["aaa", "ccc"], "targets": ["aaa-gdp,mid,mid,,level,gdp,>=,900,亿元,,"]}
    rows = [f"{one},gdp,2024,500,亿元" for one in levels]
    folder = write_boxes_plan(tmp_path_factory.mktemp("nested") / "plan", levels, **own, rows=rows)
    areas = (folder / "areas.csv").read_text("utf-8").replace("ccc,county,", "ccc,county,bbb")
    (folder / "areas.csv").write_text(areas, "utf-8")
    shapes = json.loads((folder / "boundaries.geojson").read_text("utf-8"))
    half = shapely.box(11, 48, 11.5, 49)  # of the second box
    shapes["features"][2]["geometry"] = json.loads(shapely.to_geojson(half))
    (folder / "boundaries.geojson").write_text(json.dumps(shapes), "utf-8")
    return folder


def test_the_forest_of_a_region_is_weighted_by_the_land_within_its_own_boundaries(nested, tmp_path):
    folder = shutil.copytree(nested, tmp_path / "plan")  # the county is half as large as the city
    target = "wood,mid,mid,,level,forest_coverage,>=,40,%,,,2021,no,2022,2024,林,Wood,,,B,f1,,,"
    rest = "%,2025-03-01,final,B,f1,made up"
    add(folder, "targets", target)
    add(folder, "observations", f"aaa,forest_coverage,2024,30,{rest}", f"ccc,forest_coverage,2024,60,{rest}")
    verdict = ln.judge(folder).set_index("target").loc["wood"]
    assert verdict["actual"] == pytest.approx(40, abs=0.1)


def test_a_region_of_cities_and_counties_is_drawn_whole(nested):
    assert check_plan(nested) == []
    for picture in (ln.draw_map(nested, "mid", "gdp"), ln.draw_location(nested, "mid")):
        assert set(picture.data["area"]) == {"aaa", "ccc"}
    plan = ln.load_plan(nested)
    data = map_data(plan, ln.assess.load_tables(plan), "mid", indicator="gdp")
    assert {one["id"] for one in data["areas"] if one["member"]} == {"aaa", "ccc"}


@pytest.mark.parametrize("plan", ["ln-2025", "ln-tourism-2025", "belt-2025"])
@pytest.mark.parametrize(
    "notebooks", [["03_region_trajectories"], pytest.param(["01_plan", "02_region_map"], marks=LONG)]
)
def test_every_shipped_plan_renders(plan, notebooks, tmp_path):
    # the files of pictures are those of any plan
    only = ["--language", "zh", "--no-report", "-p", "figures="]
    assert main(["render", *notebooks, "--plan", plan, "--quiet", *only, "--output", str(tmp_path)]) == 0
    assert not [one for one in outputs(tmp_path) if one.output_type == "error"]
    runs = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["runs"]
    assert len(runs) == len(notebooks)


@LONG
def test_a_plan_of_340_regions_renders(tmp_path):
    write_plan(tmp_path / "plan", 340)
    call = ["render", "01_plan", "03_region_trajectories", "--region", "r339", "--language", "en", "--quiet"]
    assert main([*call, "--plan", str(tmp_path / "plan"), "--output", str(tmp_path / "output")]) == 0
