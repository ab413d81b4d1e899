"""A plan for other countries: Natural Earth's polygons (public domain), names in four scripts, made-up figures."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

import lnregions as ln
from foreign.foreign_plan import FACTS, fill
from lnregions.boundaries import check_plan
from lnregions.figures import write_figures
from lnregions.pages.report import site_pages
from lnregions.pages.site import read_site
from lnregions.tables import write_plan_template

NAMES = {
    "kaz": "Қазақстан", "kgz": "Кыргызстан", "tkm": "Türkmenistan",
    "geo": "საქართველო", "arm": "Հայաստան", "aze": "Azərbaycan",
}  # fmt: skip
REGIONS = {"steppe": ("Дала", ["kaz", "kgz", "tkm"]), "caucasus": ("კავკასია", ["geo", "arm", "aze"])}
TARGETS = (
    "kaz-gdp,steppe,kaz,,level,gdp,>=,900,亿元,commit,,2021,no,2022,2024,ЖІӨ,ЖІӨ,,,B,f1,,,",
    "caucasus-gdp,caucasus,caucasus,,level,gdp,>=,2000,亿元,commit,,2021,no,2022,2024,მშპ,მშპ,,,B,f1,,,",
)
pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
COUNTRIES = Path(pyogrio.__file__).parent / "tests" / "fixtures" / "naturalearth_lowres"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts") / "plan"
    write_plan_template(folder)
    for name in ("bounds", "positioning"):
        (folder / f"{name}.csv").unlink()
    fill(folder, "areas", [f"{code},province,,{name},{name},{name},{name}" for code, name in NAMES.items()])
    fill(folder, "regions", [f"{code},{name},{name},{name},{name},,," for code, (name, _) in REGIONS.items()])
    members = [(region, code) for region, (_, codes) in REGIONS.items() for code in codes]
    fill(folder, "membership", [f"{region},{code},province,confirmed,no,,,,f1" for region, code in members])
    fill(folder, "targets", list(TARGETS))
    rows = [
        f"{code},gdp,{year},{500 + 20 * (year - 2016) + 50 * n},亿元,{year + 1}-03-01,final,B,f1,made up"
        for n, code in enumerate(NAMES)
        for year in range(2016, 2025)
    ]
    fill(folder, "observations", rows)
    (folder / "plan.yaml").write_text(FACTS.replace("ningxia", "scripts"), "utf-8")
    frame = gpd.read_file(COUNTRIES).assign(adcode=lambda rows: rows["iso_a3"].str.lower())
    frame = frame.loc[frame["adcode"].isin(NAMES), ["adcode", "geometry"]]
    (folder / "boundaries.geojson").write_text(frame.to_json(), "utf-8")
    return folder


def test_nothing_is_wrong_with_the_plan(folder):
    assert check_plan(folder) == []


def test_its_pages_name_its_regions_and_areas(folder, tmp_path):
    pages = site_pages(read_site(tmp_path, plan=str(folder)))
    for name in ("index.html", "en/region/caucasus.html"):
        assert all(words in pages[name] for words in ("კავკასია", "საქართველო", "Հայաստան", "Azərbaycan"))


@pytest.mark.filterwarnings("ignore:Glyph .* missing")  # where no font here has the script
def test_its_maps_and_overviews_are_drawn_with_its_names(folder, tmp_path):
    kinds = ["membership", "verdict-map", "map", "targets", "target-sheet"]
    write_figures(tmp_path, plan=str(folder), kinds=kinds, languages=["en"], formats=["png"])
    drawn = {path.stem for path in tmp_path.rglob("*.png")}
    assert {"membership", "verdict-map", "map-caucasus-gdp", "caucasus-gdp", "target-sheet-caucasus"} <= drawn


def test_verdicts_and_findings_name_its_areas(folder):
    verdicts = ln.judge(folder).set_index("target")["status"]
    assert verdicts.to_dict() == {"kaz-gdp": "missed", "caucasus-gdp": "met"}
    assert any("Қазақстан" in sentence for sentence in ln.findings(folder)["sentence_en"])


@pytest.mark.parametrize(("language", "reason"), [
    ("en", "No picture: no figure of resident population is known for საქართველო."),
    ("zh", "无图：საქართველო没有年末常住人口的数据。"),
])  # fmt: skip
def test_a_series_without_any_figure_says_so_in_both_languages(language, reason, folder):
    assert ln.draw_series("geo", "population", plan=folder, language=language).reason == reason
