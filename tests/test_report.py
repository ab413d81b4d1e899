"""The report site: what its pages hold, that every link leads somewhere, and that nothing in data becomes code."""

import base64
import csv
import hashlib
import itertools
import json
import re
import runpy
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from lnregions.assess import judge
from lnregions.errors import DataError
from lnregions.explorer.page_script import map_script
from lnregions.explorer.web_data import map_data
from lnregions.pages import export as report_export
from lnregions.pages import pages as report_pages
from lnregions.pages import previews as report_previews
from lnregions.pages import report
from lnregions.pages.inventory import read_inventory
from lnregions.pages.map import region_map
from lnregions.pages.site import read_site, relative
from lnregions.pages.words import WORDS, mixed
from lnregions.paths import data_dir

made = runpy.run_path(str(Path(__file__).parent / "browser" / "report_output.py"))
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}</title>"


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """A rendered folder with its pages."""
    folder = made["write_output"](tmp_path_factory.mktemp("report"))
    assert report.write_report(folder) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def site(output):
    return read_site(output)


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    """A site of a plan whose every text tries to become code, with figures and errors that do so too."""
    folder = tmp_path_factory.mktemp("evil") / "plan"
    shutil.copytree(data_dir() / "plans" / "ln-2022", folder)
    for name, columns in {
        "regions": ["name_zh", "name_en", "short_zh", "short_en"],
        "targets": ["label_zh", "label_en", "wording_zh", "clause_en", "note_zh", "note_en"],
        "positioning": ["text_zh", "text_en"], "membership": ["note", "note_zh"],
    }.items():  # fmt: skip
        rows = list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8")))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | dict.fromkeys(columns, EVIL) for row in rows)
    facts = (folder / "plan.yaml").read_text("utf-8")
    facts = re.sub(r"(?m)^((title|short|issuer)_(zh|en)): .*", lambda m: f"{m[1]}: {json.dumps(EVIL)}", facts)
    (folder / "plan.yaml").write_text(facts, "utf-8")
    output = folder.parent / "output"
    figures = output / "en" / "x" / "circle" / "figures"
    figures.mkdir(parents=True)
    made["write_figure"](figures / 'a"onload=alert(1) x="', caption={"en": EVIL, "zh": EVIL})
    record = {"notebook": EVIL, "language": "en", "over": "region", "value": "circle", "folder": "en/x/circle",
              "status": "failed", "parameters": {"plan": str(folder)},
              "error": {"cell": EVIL, "name": EVIL, "text": EVIL, "source": EVIL}}  # fmt: skip
    made["write_books"](output, {EVIL: record})
    site = read_site(output, plan=str(folder))
    site.previews.update(report_previews.make_previews(site.inventory))
    return site


def soup(output, name):
    return BeautifulSoup((output / name).read_text("utf-8"), "html.parser")


def pages(output):
    return sorted(p for p in output.rglob("*.html") if "<nav" in p.read_text("utf-8"))


def test_there_is_a_page_for_every_region_and_city_in_both_languages(output):
    names = {p.relative_to(output).as_posix() for p in pages(output)}
    assert len(names) == 2 * (5 + 4 + 14)
    assert {"index.html", "index.zh.html", "en/region/circle.html", "zh/city/211400.html"} <= names


def test_every_link_and_picture_leads_to_something_that_is_there(output):
    anchors = {}
    for page in pages(output):
        for link in soup(output, page).select("[href], [src]"):
            where = urlsplit(link.get("href") or link["src"])
            if where.scheme:
                assert where.scheme in ("http", "https")
                assert link.name == "a"
                continue
            target = (page.parent / unquote(where.path)).resolve() if where.path else page.resolve()
            assert target.is_file(), (page, link)
            if target not in anchors:
                named = soup(output, target).select("[id]") if target.suffix == ".html" else []
                anchors[target] = {one["id"] for one in named}
            assert not where.fragment or unquote(where.fragment) in anchors[target], (page, link)


def test_a_page_stays_light_with_its_pictures(output):
    for page in pages(output):
        size = page.stat().st_size
        size += sum((page.parent / unquote(img["src"])).stat().st_size for img in soup(output, page)("img"))
        assert size < 1_500_000, page


def test_the_scorecard_holds_every_target_with_its_verdict(output):
    rows = soup(output, "index.html").select("#targets tbody tr")
    verdicts = judge("ln-2022")
    assert [row["data-status"] for row in rows] == verdicts["status"].tolist()
    dalian = next(row for row in rows if "GDP of Dalian" in row.text)
    assert "951.7 billion yuan" in dalian.text
    assert "reached in 2025" in dalian.text


def test_the_lead_counts_the_verdicts(output):
    assert (
        "2 missed, 3 not assessable, 8 no data, 5 not quantified"
        in soup(output, "index.html").select_one(".lead").text
    )
    assert "未实现2个" in soup(output, "index.zh.html").select_one(".lead").text


def test_a_target_shows_its_wording_calculation_figure_and_sources(output):
    section = soup(output, "en/region/circle.html").find(id="target-circle-shenyang-gdp")
    assert section.find(lang="zh-CN").text == "力争达到1万亿元"
    assert "902.71 billion yuan" in section.select_one("table.numbers").text
    assert section.select_one("img")["src"].endswith("circle-shenyang-gdp-210100.png")
    assert [a.text for a in section.select(".cites a")][:2]
    assert [a.text for a in section.select(".files a")] == ["PNG", "SVG", "PDF", "CSV", "JSON", "#"]


def test_headings_do_not_skip_a_level(output):
    for page in pages(output):
        levels = [int(one.name[1]) for one in soup(output, page).select("main h1, main h2, main h3, main h4")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), page


def test_ids_stand_once_on_a_page(output):
    for page in pages(output):
        ids = [one["id"] for one in soup(output, page).select("[id]")]
        assert len(ids) == len(set(ids)), page


def test_a_page_without_figures_says_so_and_how_to_make_them(output):
    notice = soup(output, "zh/region/circle.html").select_one(".notice")
    assert "lnregions render --language zh --region circle" in notice.text
    assert notice.find("a")["href"] == "../../en/region/circle.html"
    assert soup(output, "en/region/circle.html").select_one(".notice") is None


def test_a_failed_run_is_told_with_cell_and_last_line(output):
    assert "1 of 6 runs failed" in soup(output, "index.html").select_one(".notice.bad").text
    row = soup(output, "en/notebooks.html").select_one("#failures").find_next("tbody").text
    for words in ("02_region_map", "Western Liaoning", "ln.draw_map(the_plan)", "ValueError: last <line>"):
        assert words in row


def test_the_same_input_gives_the_same_bytes_and_old_pages_go(output):
    before = {p: p.read_bytes() for p in output.rglob("*.*") if p.is_file() and ".lnregions" not in p.parts}
    (output / "en" / "city" / "999999.html").write_text("old")
    (output / "en" / "city" / "mine.html").write_text("mine")
    (output / "previews" / "old.png").write_bytes(b"")
    index = output / ".lnregions" / "pages.json"
    listed = [
        *json.loads(index.read_text("utf-8")),
        "en/city/999999.html",
        "../outside.html",
        "manifest.json",
        3,
    ]
    index.write_text(json.dumps(listed), "utf-8")
    report.write_report(output)
    after = {p: p.read_bytes() for p in output.rglob("*.*") if p.is_file() and ".lnregions" not in p.parts}
    assert after.pop(output / "en" / "city" / "mine.html") == b"mine"
    assert after == before
    (output / "en" / "city" / "mine.html").unlink()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["home", "methods", "notebooks", "indicators", "region", "city"])
def test_no_text_of_a_plan_figure_or_error_becomes_code(evil, kind, language):
    more = {"region": ("circle",), "city": ("210100",)}.get(kind, ())
    page = BeautifulSoup(getattr(report_pages, f"{kind}_page")(evil, language, *more), "html.parser")
    scripts = [one for one in page("script") if one.get("type") != "application/json"]
    known = [map_script()] if kind == "region" else []
    assert [one.string for one in scripts] == [*known, report_pages.asset("site.js")]
    for one in page("script", type="application/json"):
        json.loads(one.string)
    assert not page.select("[onerror], [onload], img[src=x], main title:not(svg title)")
    assert "49" not in page.title.text
    if kind in ("home", "region"):
        assert EVIL[:20] in page.select_one("main").text
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "record",
    [
        {"folder": "../../etc"}, {"folder": "/etc"}, {"folder": "a\0b"}, {"folder": ""}, {"folder": 7},
        {"folder": ["x"]}, {"error": "x", "parameters": 3, "value": None},
    ],
)  # fmt: skip
def test_books_that_were_tampered_with_lead_nowhere(tmp_path, record):
    full = {
        "notebook": "n",
        "language": "en",
        "over": "",
        "value": "",
        "folder": "no",
        "status": "done",
    } | record
    made["write_books"](tmp_path, {"a": full, "b": {"notebook": "n", "language": "fr"}})
    found = read_inventory(tmp_path, plans={"ln-2022"})
    assert [run.files for run in found.runs] == [{}]
    assert found.runs[0].folder == ""


@pytest.mark.parametrize("content", ["{", "[1]", '{"package": "other"}', "[" * 100_000])
def test_a_sidecar_that_is_none_is_left_out(tmp_path, content):
    made["write_output"](tmp_path)
    place = tmp_path / "en" / "02_region_map" / "circle" / "figures"
    (place / "map-circle-gdp.json").write_text(content)
    (place / "lonely.json").write_text('{"package": "lnregions"}')
    found = read_inventory(tmp_path, plans={"ln-2022"}).figures("en", over="region", value="circle")
    assert sorted(figure.name for figure in found) == ["circle-shenyang-gdp-210100", "coverage-circle"]


def test_runs_of_another_plan_are_left_out(output):
    assert read_inventory(output, plans={"ln-2025"}).runs == ()
    assert read_inventory(output, plans={"ln-2022"}).languages() == {"en", "zh"}


@pytest.mark.parametrize(
    ("drawn", "asked", "command"),
    [
        ("2024-06-30", None, "lnregions report --as-of 2024-06-30"),
        ("", "2024-06-30", "lnregions render --as-of 2024-06-30"),
        ("2023-06-30", "2024-06-30", "lnregions report --as-of 2023-06-30"),
        ("no date", None, "lnregions render"),
    ],
)
def test_figures_drawn_for_another_date_are_left_out_with_a_word(tmp_path, drawn, asked, command):
    made["write_output"](tmp_path)
    _set_dates(tmp_path, drawn)
    index = report.write_report(tmp_path, as_of=asked)
    for path in (index, tmp_path / "en/region/circle.html", tmp_path / "zh/city/210100.html"):
        page = soup(tmp_path, path)
        assert not page.select("figure.picture")
        notice = page.select_one(".notice.bad")
        assert drawn[:8] in notice.text or "latest date" in notice.text or "最新日期" in notice.text
        assert command in [code.text for code in notice("code")]
    assert soup(tmp_path, index).select("tr[data-status]")
    words = (tmp_path / "en" / "notebooks.html").read_text("utf-8")
    assert "are left out" in words
    assert "No notebook has been rendered" not in words


@pytest.mark.parametrize("asked", ["latest", "2024-06-30"])
def test_figures_drawn_for_the_pages_date_are_shown_however_it_was_said(tmp_path, asked, site):
    made["write_output"](tmp_path)
    asked = site.tables.as_of if asked == "latest" else asked
    _set_dates(tmp_path, "" if asked == site.tables.as_of else asked)
    page = soup(tmp_path, report.write_report(tmp_path, as_of=asked))
    assert page.select("figure.picture")
    assert not page.select(".notice.bad code")


def _set_dates(folder, as_of):
    """Let the books say that every run was made for a date."""
    books = json.loads((folder / "manifest.json").read_text("utf-8"))
    for run in books["runs"].values():
        run["parameters"] |= {"as_of": as_of} if as_of else {}
    made["write_books"](folder, books["runs"])


def test_a_figure_without_a_number_is_left_out(tmp_path):
    made["write_output"](tmp_path)
    figures = tmp_path / "en/02_region_map/circle/figures"
    (figures / "map-circle-gdp.csv").write_text("area,value\n", "utf-8")
    (figures / "coverage-circle.csv").write_text("area,value\na,1\n", "utf-8")
    inventory = read_inventory(tmp_path, plans={"ln-2022"})
    shown = [figure.name for figure in inventory.figures("en", over="region", value="circle")]
    assert "map-circle-gdp" not in shown
    assert "coverage-circle" in shown


def test_a_picture_that_is_none_has_no_preview(tmp_path):
    made["write_output"](tmp_path)
    bad = tmp_path / "en" / "01_plan" / "all" / "figures" / "membership.png"
    bad.write_bytes(b"\x89PNG broken")
    inventory = read_inventory(tmp_path, plans={"ln-2022"})
    found = report_previews.make_previews(inventory)
    assert "en/01_plan/all/figures/membership.png" not in found
    assert found["en/01_plan/all/figures/verdict-map.png"].width == 1028
    (tmp_path / ".lnregions" / "previews.json").write_text("[]")
    assert report_previews.make_previews(inventory) == found


def test_a_picture_too_large_to_open_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(report_previews, "_MOST_PIXELS", 10)
    Image.new("RGBA", (9, 9)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="too large"):
        report_previews.small_picture((tmp_path / "a.png").read_bytes())


def test_a_see_through_picture_stands_on_white(tmp_path):
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "a.png")
    small, *_ = report_previews.small_picture((tmp_path / "a.png").read_bytes())
    (tmp_path / "b.png").write_bytes(small)
    assert Image.open(tmp_path / "b.png").convert("RGB").getpixel((4, 4)) == (255, 255, 255)


def test_the_drawn_map_holds_all_cities_and_the_layers_of_the_live_one(site):
    live = map_data(site.plan, site.tables, "west", language="zh")
    drawing = region_map(site, ["211300", "210900", "211400"], language="zh", layers=live["layers"])
    assert len(drawing.cities) == 14
    assert [c.name for c in drawing.cities if c.member] == ["阜新", "朝阳", "葫芦岛"]
    assert [layer["indicator"] for layer in drawing.layers][:2] == ["gdp", "population"]
    assert sum(len(c.path) for c in drawing.cities) < 45_000
    assert region_map(site, []).layers == ()


def test_a_regions_page_carries_the_live_map_once_under_its_rule(output, site):
    pages = report.site_pages(site)
    held = {path for path, page in pages.items() if "lnregionsMap = function" in page}
    assert held == {
        site.region_page(language, region) for language in ("en", "zh") for region in site.regions
    }
    page = soup(output, output / "en" / "region" / "circle.html")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "unsafe" not in policy
    for one in [*page("style"), *page.select("script:not([type])")]:
        digest = base64.b64encode(hashlib.sha256(one.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    data = json.loads(page.find(id="webmap").string)
    assert [area["href"] for area in data["areas"]][:2] == ["../city/210100.html", "../city/210200.html"]
    options = [one["value"] for one in page.select("#layer option")]
    assert options == [layer["indicator"] for layer in data["layers"]]


@pytest.mark.parametrize(
    ("path", "start", "link"),
    [
        ("index.html", "en/city/1.html", "../../index.html"),
        ("en/a b.html#x", "en/a b.html", "#x"),
        ("en/%2e%2e/x.html", "index.html", "en/%252e%252e/x.html"),
        ("zh/沈.png", "index.html", "zh/%E6%B2%88.png"),
    ],
)
def test_links_are_relative_and_quoted(path, start, link):
    assert relative(path, start) == link


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_every_word_stands_in_both_languages_with_the_same_gaps(words):
    english, chinese = words
    assert english
    assert chinese
    assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese))


def test_words_of_the_other_language_are_marked():
    assert str(mixed("a repo of many words 沈阳", "zh")).startswith(
        '<span lang="en">a repo of many words</span>'
    )
    assert str(mixed("GDP 沈阳", "zh")) == "GDP 沈阳"


def test_an_empty_folder_gives_pages_that_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "LANGUAGES", ("en",))
    index = report.write_report(tmp_path / "new", plan="ln-2025", as_of="2024-06-30")
    words = BeautifulSoup(index.read_text("utf-8"), "html.parser").text
    assert "No figures of this page have been rendered" in words
    assert "As known on 2024-06-30" in words
    assert "No notebook has been rendered" in (tmp_path / "new" / "en" / "notebooks.html").read_text("utf-8")


def test_an_unknown_plan_or_region_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(DataError, match="Unknown plan 'nope'"):
        report.write_report(tmp_path / "x", plan="nope")
    with pytest.raises(DataError, match=r"Unknown region 'cirlce'.*did you mean circle"):
        report.single_file(tmp_path / "x", "cirlce")
    assert not (tmp_path / "x").exists()


def test_a_single_file_needs_nothing_beside_it(output):
    path = report.single_file(output, "circle")
    assert path == output / "en" / "region-circle-single.html"
    page = soup(output, path)
    assert path.stat().st_size < 1_500_000
    assert all(img["src"].startswith("data:image/png;base64,") for img in page("img"))
    assert len(page("img")) == 3
    assert all(re.match(r"#|https?://", a["href"]) for a in page.select("a[href]"))
    ids = {one["id"] for one in page.select("[id]")}
    assert {a["href"][1:] for a in page.select("a[href^='#']")} <= ids
    assert {area["href"] for area in json.loads(page.find(id="webmap").string)["areas"]} == {""}
    assert "Executed notebooks" not in page.get_text()


def test_a_single_file_takes_smaller_pictures_when_it_grows_too_large(site, monkeypatch, output):
    site.previews.update(report_previews.make_previews(site.inventory))
    usual = report_export.single_page(site, "circle")
    monkeypatch.setattr(report_export, "MOST_BYTES", 1)
    assert 'width="514"' in report_export.single_page(site, "circle")
    assert 'width="1028"' in usual


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_word_file_holds_verdicts_figures_and_sources(output, language):
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra: docx)")
    path = report.report_docx(output, "circle", language=language)
    document = docx.Document(path)
    words = "\n".join(p.text for p in document.paragraphs)
    assert ("Shenyang Modern Metropolitan Area", "沈阳现代化都市圈")[language == "zh"] in words
    assert ("902.7 billion yuan", "9027.1亿元")[language == "zh"] in words
    assert len(document.tables[0].rows) == 7
    code = ("en-GB", "zh-CN")[language == "zh"]
    assert (document.core_properties.language, bool(document.core_properties.title)) == (code, True)
    assert f'w:val="{code}" w:eastAsia="zh-CN"' in document.styles.element.xml
    assert language == "en" or "(" not in "".join(w for w in words.splitlines() if w.startswith("计算"))
    assert len(document.inline_shapes) == (3 if language == "en" else 0)
    assert path.read_bytes() == report.report_docx(output, "circle", language=language).read_bytes()


@pytest.mark.parametrize(
    ("module", "function", "extra"),
    [("docx", "report_docx", "docx"), ("playwright.sync_api", "report_pdf", "browser")],
)
def test_a_missing_extra_is_named_with_its_remedy(output, monkeypatch, module, function, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        DataError, match=rf"not installed. Install it with: pip install 'lnregions\[{extra}\]'"
    ):
        getattr(report, function)(output, "circle")


def test_a_missing_browser_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match=r"No Chromium was found on this machine.*apt-get install chromium"):
        report_export.find_chromium()
    with pytest.raises(DataError, match="No program 'nix' was found"):
        report_export.find_chromium("nix")
