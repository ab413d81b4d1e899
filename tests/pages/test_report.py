"""The report site: what its pages hold, that every link leads somewhere, and that nothing in data becomes code."""

import base64
import hashlib
import itertools
import json
import re
import shutil
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from hostile_plan import EVIL, write_hostile_plan
from pages.report_output import write_figure, write_manifest, write_output
from PIL import Image

import lnregions as ln
from lnregions.__main__ import main
from lnregions.errors import DataError
from lnregions.formats import small_picture
from lnregions.pages import page as pages
from lnregions.pages import report, single_file, write_report
from lnregions.pages.page import mixed
from lnregions.pages.site import make_previews, read_runs, read_site

CITIES = ("210100", "211400")


@pytest.fixture(scope="module")
def soups(output):
    """The pages of the site, parsed; of those of cities two."""
    few = [one for one in sorted(output.rglob("*.html")) if one.parent.name != "city" or one.stem in CITIES]
    found = {path: path.read_text("utf-8") for path in few}
    return {path: BeautifulSoup(text, "lxml") for path, text in found.items() if "<nav" in text}


def soup(output, name):
    return BeautifulSoup((output / name).read_text("utf-8"), "lxml")


def test_every_region_and_city_has_its_page_and_every_link_leads_to_something_that_is_there(output, soups):
    names = {path.relative_to(output).as_posix() for path in output.rglob("*.html")}
    assert len([name for name in names if "/0" not in name]) == 2 * (5 + 4 + 14)  # without those of notebooks
    assert {"index.html", "index.zh.html", "en/region/circle.html", "zh/city/211400.html"} <= names
    ids = {path: {one["id"] for one in page(id=True)} for path, page in soups.items()}
    for path, page in soups.items():
        for link in [*page(href=True), *page(src=True)]:
            place = urlsplit(link.get("href") or link["src"])
            if place.scheme:
                assert (link.name, place.scheme) in (("a", "http"), ("a", "https"))
                continue
            target = Path(normpath(path.parent / unquote(place.path))) if place.path else path
            assert target.is_file(), (path, link)
            assert not place.fragment or unquote(place.fragment) in ids.get(target, place.fragment), (
                path,
                link,
            )


def test_pages_are_light_with_sound_headings_and_ids(soups):
    for path, page in soups.items():
        size = sum((path.parent / unquote(image["src"])).stat().st_size for image in page("img"))
        assert path.stat().st_size + size < 1_500_000
        levels = [int(one.name[1]) for one in page.select("main h1, main h2, main h3, main h4")]
        assert (levels[0], levels.count(1)) == (1, 1)
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), path
        ids = [one["id"] for one in page.select("[id]")]
        assert len(ids) == len(set(ids)), path


def test_pages_of_places_of_a_plan_of_very_many_areas_carry_no_search(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "MOST_SEARCHED", 50)
    site = read_site(tmp_path)
    assert 'id="search-data"' in pages.Page(site, "en", "sources").render(held={})
    assert 'id="search-data"' not in report.city_page(site, "en", "210200")
    assert 'role="search"' not in report.region_page(site, "zh", "west")


def test_chinese_sentences_follow_one_another_without_a_blank(soups):
    for path, page in soups.items():
        for one in page.select("main p, footer p"):
            words = "".join("|" if part.name == "a" else part.get_text() for part in one.children)
            assert not re.search(r"[。，；：、] [\u4e00-\u9fff]", words), path


def test_the_scorecard_and_the_lead_hold_every_verdict(output):
    rows = soup(output, "index.html").select("#targets tbody tr")
    asked = {row.th.a.text: row.select_one("[data-head=Required]").text for row in rows}
    assert asked["Urbanisation rate"] == "more than 85%"
    assert asked["Investment growth"] == "at least 15% a year"
    assert asked["Forest coverage rises"] == "a rise"
    words = ".clause, [data-head=Required] span:not(:empty)"
    assert all(row.select_one(words) for row in rows)
    verdicts = ln.judge("ln-2022")
    assert [row["data-status"] for row in rows] == verdicts["status"].tolist()
    dalian = next(row for row in rows if "GDP of Dalian" in row.text)
    assert "951.69 billion yuan" in dalian.text
    assert "reached in 2025" in dalian.text
    counts = verdicts["status"].value_counts()
    assert f"{counts['missed']} missed" in soup(output, "index.html").select_one(".lead").text
    for name, lead in (("index.html", "Dalian missed its target"), ("index.zh.html", "2024年大连")):
        assert any(one.text.startswith(lead) for one in soup(output, name).select("li")), name
    assert f"未实现{counts['missed']}个" in soup(output, "index.zh.html").select_one(".lead").text


def test_the_page_of_a_region_and_of_a_city_opens_with_its_findings(output):
    for kind, place in (("region", "west"), ("city", "210700")):
        found = ln.findings("ln-2022", place).drop_duplicates("finding")
        for language in ("en", "zh"):
            page = soup(output, f"{language}/{kind}/{place}.html")
            assert [one.text for one in page.select(".findings li")] == found[f"sentence_{language}"].tolist()
            assert page.select_one("h1").find_next("ul")["class"] == ["findings"]


def test_a_target_shows_its_wording_calculation_figure_and_sources(output):
    section = soup(output, "en/region/circle.html").find(id="target-circle-shenyang-gdp")
    assert section.find(lang="zh-CN").text == "力争达到1万亿元"
    assert "902.71 billion yuan" in section.select_one("table.numbers").text
    assert section.select_one("img")["src"].endswith("circle-shenyang-gdp-210100.png")
    assert section.select(".cites a")
    assert [a.text for a in section.select(".files a")] == ["PNG", "SVG", "PDF", "CSV", "JSON", "#"]


@pytest.mark.parametrize("name", ["en/region/west.html", "zh/city/210200.html"])
def test_sources_are_named_by_issuer_and_title_not_by_a_file_in_a_repository(output, name):
    cites = [one.text for one in soup(output, name).select(".cites li")]
    assert cites
    assert not [one for one in cites if "github.com" in one or "copy at" in one]


def test_a_page_without_figures_says_so_and_how_to_make_them(output):
    notice = soup(output, "zh/region/circle.html").select_one(".notice")
    assert "lnregions render --language zh --region circle" in notice.text
    assert notice.find("a")["href"] == "../../en/region/circle.html"
    assert soup(output, "en/region/circle.html").select_one(".notice") is None


def test_a_failed_run_is_listed_with_cell_and_last_line(output):
    assert "1 of 6 runs failed" in soup(output, "index.html").select_one(".notice.bad").text
    row = soup(output, "en/notebooks.html").select_one("#failures").find_next("tbody").text
    assert all(words in row for words in ("02_region_map", "Western Liaoning", "ValueError: last <line>"))


def test_the_same_input_gives_the_same_bytes_and_old_pages_go(output):
    def state():
        return {p: p.read_bytes() for p in output.rglob("*.*") if p.is_file() and ".lnregions" not in p.parts}

    before = state()
    mine = [output / name for name in ("en/city/mine.html", "en/city/named.html", "previews/own.png")]
    for path in mine:
        path.write_bytes(b"mine")
    old = output / "previews/old.png"
    old.write_bytes(b"old")
    shutil.copy(output / "en/city/210100.html", output / "en/city/999999.html")
    index = output / ".lnregions" / "pages.json"
    listed = json.loads(index.read_text("utf-8"))
    listed["pages"] |= {
        "en/city/999999.html": None,
        "en/city/named.html": [],
        "../x.html": [],
        "manifest.json": 3,
    }
    listed["previews"]["previews/old.png"] = [3, old.stat().st_mtime_ns]
    index.write_text(json.dumps(listed), "utf-8")
    write_report(output)
    after = state()
    assert [after.pop(path) for path in mine] == [b"mine"] * 3
    assert after == before
    for path in mine:
        path.unlink()


def test_a_page_takes_no_place_of_a_file_of_ones_own_but_that_of_an_earlier_page(tmp_path, monkeypatch):
    pages = dict.fromkeys(("index.html", "en/sources.html"), '<meta name="generator" content="lnregions">')
    monkeypatch.setattr(report, "site_pages", lambda site: pages)
    for name in pages:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<!DOCTYPE html><title>mine</title>")
    said = r"index.html is not a page of lnregions[^\0]*sources.html is not a page"
    with pytest.raises(DataError, match=said):
        write_report(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.html")) == ["index.html", "sources.html"]
    assert main(["render", "01_plan", "--output", str(tmp_path)]) == 2
    assert not (tmp_path / "manifest.json").exists()
    for path in tmp_path.rglob("*.html"):
        path.unlink()
    write_report(tmp_path)
    shutil.rmtree(tmp_path / ".lnregions")
    (tmp_path / "en/sources.html").write_text((tmp_path / "en/sources.html").read_text() + "cut")
    write_report(tmp_path)
    assert "cut" not in (tmp_path / "en/sources.html").read_text()


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    """A site of a plan whose every text tries to become code, with figures and errors that do so too."""
    folder = write_hostile_plan(tmp_path_factory.mktemp("evil") / "plan")
    output = folder.parent / "output"
    figures = output / "en" / "x" / "circle" / "figures"
    figures.mkdir(parents=True)
    write_figure(figures / 'a"onload=alert(1) x="', caption=dict.fromkeys(("en", "zh"), EVIL))
    record = {"notebook": EVIL, "language": "en", "over": "region", "value": "circle", "folder": "en/x/circle",
              "status": "failed", "parameters": {"plan": str(folder)},
              "error": dict.fromkeys(("cell", "name", "text", "source"), EVIL)}  # fmt: skip
    write_manifest(output, {EVIL: record})
    site = read_site(output, plan=str(folder))
    vars(site)["cities"] = ["210100"]  # one page of a kind is enough
    return report.site_pages(site)


@pytest.mark.parametrize(
    "name",
    ["index.html", "index.zh.html"]
    + [f"{language}/{kind}.html" for language in ("en", "zh")
       for kind in ("methods", "notebooks", "indicators", "region/circle", "city/210100")],
)  # fmt: skip
def test_no_text_of_a_plan_figure_or_error_becomes_code(evil, name):
    page = BeautifulSoup(evil[name], "html.parser")
    assert not any("alert(1)" in str(one.string) for one in page("script") if one.get("type") is None)
    for one in page("script", type="application/json"):
        json.loads(one.string)
    assert not page.select("[onerror], [onload], img[src=x], main title:not(svg title)")
    assert "49" not in page.title.text
    if "index" in name or "circle" in name:
        assert EVIL[:20] in page.select_one("main").text
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_live_map_stands_on_region_pages_only_under_the_pages_policy(soups, output):
    held = {path.parent.name for path, page in soups.items() if "lnregionsMap = function" in str(page)}
    assert held == {"region"}
    page = soups[output / "en" / "region" / "circle.html"]
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    for one in [*page("style"), *page.select("script:not([type])")]:
        digest = base64.b64encode(hashlib.sha256(one.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    data = json.loads(page.find(id="webmap").string)
    assert [area["href"] for area in data["areas"]][:2] == ["../city/210100.html", "../city/210200.html"]
    options = [one["value"] for one in page.select("#layer option")]
    assert options == [layer["indicator"] for layer in data["layers"]]


def test_the_drawn_map_holds_all_cities_with_its_members(soups, output):
    drawing = soups[output / "zh" / "region" / "west.html"].select_one("svg.regionmap")
    assert len(drawing("a")) == 14
    members = [link.title.text.partition(":")[0] for link in drawing.select("a.in")]
    assert members == ["阜新", "朝阳", "葫芦岛"]
    assert sum(len(path["d"]) for path in drawing("path")) < 45_000


# -- what was rendered is not trusted -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"folder": "../../etc"}, {"folder": "/etc"}, {"folder": "a\0b"}, {"folder": ""}, {"folder": 7},
        {"folder": ["x"]}, {"error": "x", "parameters": 3, "value": None},
    ],
)  # fmt: skip
def test_a_manifest_that_was_tampered_with_leads_nowhere(tmp_path, record):
    whole = {"notebook": "n", "language": "en", "over": "", "value": "", "folder": "no", "status": "done"}
    write_manifest(tmp_path, {"a": whole | record, "b": {"notebook": "n", "language": "fr"}})
    [run] = read_runs(tmp_path, plans={"ln-2022"})
    assert (run.files, run.folder) == ({}, "")


@pytest.mark.parametrize("content", ["{", "[1]", '{"package": "other"}', "[" * 100_000])
def test_a_damaged_sidecar_and_a_figure_without_numbers_are_left_out(tmp_path, content):
    write_output(tmp_path)
    figures = tmp_path / "en" / "02_region_map" / "circle" / "figures"
    (figures / "map-circle-gdp.json").write_text(content)
    (figures / "lonely.json").write_text('{"package": "lnregions"}')
    (figures / "coverage-circle.csv").write_text("area,value\n", "utf-8")
    found = read_site(tmp_path).figures_of("en", "region", "circle")
    assert [figure.name for figure in found] == ["circle-shenyang-gdp-210100"]


@pytest.mark.parametrize(
    ("drawn", "given", "command"),
    [
        ("2024-06-30", None, "lnregions report --as-of 2024-06-30"),
        ("", "2024-06-30", "lnregions render --as-of 2024-06-30"),
        ("no date", None, "lnregions render"),
        ("2024-06-30", "2024-06-30", None),
    ],
)
def test_figures_drawn_for_another_date_are_left_out_and_the_page_says_so(tmp_path, drawn, given, command):
    write_output(tmp_path)
    runs = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["runs"]
    for run in runs.values():
        run["parameters"] |= {"as_of": drawn} if drawn else {}
    write_manifest(tmp_path, runs)
    site = read_site(tmp_path, as_of=given)
    for text in (report.region_page(site, "en", "circle"), report.city_page(site, "en", "210100")):
        page = BeautifulSoup(text, "html.parser")
        assert bool(page.select("figure.picture")) == (command is None)
        codes = [code.text for code in page.select(".notice.bad code")]
        assert (command in codes) == (command is not None)


def test_previews_are_half_as_wide_and_a_broken_picture_has_none(tmp_path):
    write_output(tmp_path)
    (tmp_path / "en/01_plan/all/figures/membership.png").write_bytes(b"\x89PNG broken")
    figures = [one for run in read_runs(tmp_path, plans={"ln-2022"}) for one in run.figures]
    found = make_previews(tmp_path, figures)
    assert "en/01_plan/all/figures/membership.png" not in found
    assert found["en/01_plan/all/figures/verdict-map.png"]["width"] == 1028
    write_figure(tmp_path / "en/01_plan/all/figures/verdict-map", size=(900, 900))
    found["en/01_plan/all/figures/verdict-map.png"] |= {"width": 900, "height": 900}
    assert make_previews(tmp_path, figures) == found


def test_a_transparent_picture_stands_on_white(tmp_path):
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(small_picture((tmp_path / "a.png").read_bytes())[0])
    assert Image.open(tmp_path / "b.png").convert("RGB").getpixel((4, 4)) == (255, 255, 255)


def test_words_of_the_other_language_are_marked():
    marked = str(mixed("a repo of many words 沈阳", "zh"))
    assert marked.startswith('<span lang="en">a repo of many words</span>')
    assert str(mixed("GDP 沈阳", "zh")) == "GDP 沈阳"


def test_what_was_rendered_for_another_plan_is_left_out_and_the_pages_say_so(tmp_path):
    write_output(tmp_path / "new")
    assert read_runs(tmp_path / "new", plans={"ln-2025"}) == []
    site = read_site(tmp_path / "new", plan="ln-2025", as_of="2024-06-30")
    words = BeautifulSoup(report.region_page(site, "en", "liaoning"), "lxml").text
    assert "No figures of this page have been rendered" in words
    assert "As known on 2024-06-30" in words


def test_an_unknown_plan_or_region_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(DataError, match="Unknown plan 'nope'"):
        write_report(tmp_path / "x", plan="nope")
    with pytest.raises(DataError, match=r"Unknown region 'cirlce'.*did you mean circle"):
        single_file(tmp_path / "x", "cirlce")
    assert not (tmp_path / "x").exists()
