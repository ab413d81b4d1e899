"""The report site in a real browser, opened from disk: search, filter, switch, map, accessibility, no request."""

import json
import re
import shutil

import geopandas
import nbformat
import pytest

import lnregions as ln
from browser.conftest import accessibility_violations
from lnregions.batch.notebook_page import notebook_html
from lnregions.boundaries import equal_area
from lnregions.explorer import WebMap
from lnregions.pages import report_pdf, single_file

KINDS = ("indicators", "sources", "methods", "notebooks", "region/circle", "city/210200")
PAGES = ["index.html", *(f"en/{name}.html" for name in KINDS), "index.zh.html"]
"""A page of each kind, and the first in Chinese, too."""
RICHEST = ("index.html", "en/region/circle.html")
FIRST_ROWS = "document.querySelectorAll('tbody tr:nth-child(n+31)').forEach(one => one.remove())"
"""Leaves as much of a long table as shows that its rows are accessible."""
WIDTHS = (1200, 320)


def visit(tab, output, name):
    name, sharp, anchor = name.partition("#")
    tab.goto((output / name).as_uri() + sharp + anchor)


def check_accessible(tab, name):
    """A page does not scroll sideways and breaks no rule when narrow, the two richest kinds also when wide."""
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, name
    tab.evaluate(FIRST_ROWS)
    for width in WIDTHS[::-1] if name in RICHEST else WIDTHS[1:]:
        tab.set_viewport_size({"width": width, "height": 800})
        assert (name, width, accessibility_violations(tab)) == (name, width, [])


def test_pages_request_nothing_from_outside_and_are_accessible_at_any_width(new_tab, output):
    tab = new_tab()
    for name in PAGES:
        visit(tab, output, name)
        for picture in tab.locator("img").all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("one => one.decode()")
        assert tab.complaints == []
        assert {url.partition(":")[0] for url in tab.requested} == {"file"}
        check_accessible(tab, name)


def test_the_filter_narrows_the_scorecard_and_stays_in_the_address(tab, output):
    visit(tab, output, "index.html")
    rows = tab.locator("#targets tbody tr:visible")
    verdicts = ln.judge("ln-2022")
    assert rows.count() == len(verdicts)
    tab.click(".counts a[data-status='not quantified']")
    assert rows.count() == (verdicts["status"] == "not quantified").sum()
    tab.select_option("#filter-status", "missed")
    tab.select_option("#filter-region", "belt")
    own = verdicts[(verdicts["status"] == "missed") & (verdicts["region"] == "belt")]
    assert rows.count() == len(own)
    assert tab.locator(".shown").inner_text() == f"{len(own)} of {len(verdicts)} targets shown"
    assert "status=missed" in tab.url
    tab.reload()
    assert rows.count() == len(own)


def test_the_switch_leads_to_the_same_place_in_the_other_language(tab, output):
    visit(tab, output, "en/region/circle.html#target-circle-shenyang-gdp")
    for language in ("zh", "en"):
        tab.click("a.switch")
        tab.wait_for_url(f"**/{language}/region/circle.html#target-circle-shenyang-gdp")


def test_search_finds_areas_indicators_and_targets_and_says_when_there_is_nothing(tab, output):
    for words, first, ends in (
        ("dalian gdp", "GDP of Dalian", "region/belt.html#target-belt-dalian-gdp"),
        ("沈阳市", "Shenyang City", "city/210100.html"),
        ("urbanisation rate", "Urbanisation rate", "#urbanisation_rate"),
        ("dailan gdp", "GDP of Dalian", "region/belt.html#target-belt-dalian-gdp"),
        ("Anshen", "Anshan City", "city/210300.html"),
    ):
        visit(tab, output, "en/sources.html")
        tab.fill("#search", words)
        hit = tab.locator(".hits li a").first
        assert hit.inner_text().startswith(first)
        tab.press("#search", "ArrowDown")
        assert hit.evaluate("one => one === document.activeElement")
        tab.press(".hits a", "Enter")
        tab.wait_for_url(f"**{ends}")
    visit(tab, output, "en/sources.html")
    tab.fill("#search", "anshen")
    assert tab.locator("#hit-count").inner_text() == "1 result"
    visit(tab, output, "index.zh.html")
    tab.fill("#search", "xyzzy")
    assert tab.locator("#hit-count").inner_text() == "没有找到"
    tab.press("#search", "Escape")
    assert tab.locator(".hits").is_hidden()


def test_another_indicator_redraws_the_map_its_legend_and_the_map_for_paper(tab, output):
    visit(tab, output, "en/region/circle.html")
    city = tab.locator(".livemap path[role=button]").first
    before = city.get_attribute("aria-label")
    assert re.fullmatch(r"Shenyang: [\d.,]+ billion yuan \(20\d\d\)", before)
    assert tab.locator(".legend .lncircles circle").count() == 3
    tab.select_option("#layer", "gdp_growth_real")
    assert "%" in city.get_attribute("aria-label")
    fills = tab.locator(".legend li rect").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    assert city.get_attribute("fill") in fills
    paper = tab.locator("svg.regionmap a[data-area='210100'] path")
    assert paper.get_attribute("fill") == city.get_attribute("fill")
    assert paper.is_hidden()
    tab.emulate_media(media="print")
    assert tab.locator("svg.regionmap").is_visible()
    assert tab.locator(".livemap").is_hidden()


def test_the_map_works_by_keyboard_and_leads_to_the_city(new_tab, output):
    tab = new_tab(bypass_csp=True)
    visit(tab, output, "en/region/circle.html")
    tab.locator(".livemap").focus()
    for name in ("Shenyang", "Anshan", "Fushun"):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith(f"{name}: ")
        assert tab.locator(".lntip b").inner_text() == name
    tab.keyboard.press("Enter")
    card = tab.locator(".leaflet-popup-content")
    assert card.locator("dt").all_inner_texts() == ["Year", "Grade", "Source", "Membership"]
    assert accessibility_violations(tab) == []
    tab.keyboard.press("Escape")
    card.wait_for(state="detached")
    tab.keyboard.press("Enter")
    card.get_by_role("link", name="All figures of this city").click()
    tab.wait_for_url("**/en/city/210400.html")


@pytest.mark.parametrize("indicator", ["gdp", ""])
def test_a_saved_map_works_from_disk_and_runs_no_name(tab, tmp_path, indicator):
    data = json.loads(ln.draw_web_map("ln-2022", "west", indicator).data)
    for area in data["areas"]:
        area["name"] = "</script><img src=x onerror=\"document.title='run'\">" + area["id"]
    data["credit"] = data["label"] = "<img src=x onerror=\"document.title='run'\">"
    WebMap(data).save(tmp_path / "map.html")
    tab.goto((tmp_path / "map.html").as_uri())
    tab.locator("path[role=button]").first.hover()
    assert tab.locator(".lntip b").inner_text().startswith("</script><img")
    tab.locator("path[role=button]").first.click()
    assert tab.locator(".lncard").count() == 1
    assert tab.title() != "run"
    assert tab.locator("img").count() == 0
    assert tab.complaints == []
    assert [url.partition(":")[0] for url in tab.requested] == ["file"]
    assert tab.locator("select").count() == (0 if indicator else 1)


def test_the_live_map_has_the_projection_of_the_printed_one(tab, tmp_path):
    ln.draw_web_map("ln-2022", "west", "gdp").save(tmp_path / "map.html")
    tab.goto((tmp_path / "map.html").as_uri())
    places = [(122.5, 39.0), (118.8, 38.7), (125.8, 43.5)]
    found = tab.evaluate(
        "places => { const name = Object.keys(window).find(name => /^(web_)?map_/.test(name));"
        "const grid = window[name].options.crs.projection;"
        "return places.map(([x, y]) => { const p = grid.project(L.latLng(y, x)); return [p.x, p.y]; }) }",
        places,
    )
    flat = geopandas.points_from_xy(*zip(*places, strict=True), crs=4490).to_crs(
        equal_area(ln.load_boundaries().total_bounds)
    )
    assert found == [pytest.approx((point.x, point.y), abs=0.01) for point in flat]


def test_without_scripts_the_page_is_complete(new_tab, output):
    tab, targets = new_tab(java_script_enabled=False), len(ln.judge("ln-2022"))
    shown = {"index.html": ("#targets tbody tr", targets), "en/region/circle.html": ("svg.regionmap", 1)}
    for name, (place, count) in shown.items():
        visit(tab, output, name)
        assert tab.locator("#filter:visible, .livemap:visible").count() == 0
        assert tab.locator(f"{place}:visible").count() == count


def test_a_single_file_stands_alone(tab, output, tmp_path):
    file = shutil.copy(single_file(output, "circle", language="zh"), tmp_path / "one.html")
    tab.goto(file.as_uri())
    assert {url.partition(":")[0] for url in tab.requested} <= {"file", "data"}
    tab.select_option("#layer", "population")
    assert "万人" in tab.locator(".legend .lntitle").inner_text()
    tab.locator(".livemap path[role=button]").first.click()
    assert tab.locator(".lncard").count() == 1
    assert tab.locator(".lncard a").count() == 0
    assert tab.complaints == []


def test_on_paper_two_tall_pictures_stand_beside_one_another(tab, output):
    visit(tab, output, "en/region/circle.html")
    tab.emulate_media(media="print")
    tops = tab.evaluate(
        "() => { const one = document.querySelector('.picture.half'); one.after(one.cloneNode(true));"
        "return [...document.querySelectorAll('.picture.half')].map(each => each.offsetTop); }"
    )
    assert len(tops) == 2
    assert tops[0] == tops[1]
    assert tab.locator(".picture:not(.half)").count() == 2


def test_the_pdf_is_whole_and_the_same_each_time(browser, output):
    one = report_pdf(output, "circle", language="zh").read_bytes()
    assert one.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", one)) <= 6
    assert one == report_pdf(output, "circle", language="zh").read_bytes()


def test_pages_of_executed_notebooks_are_accessible(new_tab, tmp_path, whole_render):
    wide = "<table><tr>" + "".join(f"<td>{n:>09}</td>" for n in range(80)) + "</tr></table>"
    outputs = [
        nbformat.v4.new_output("execute_result", data={"text/html": wide}),
        nbformat.v4.new_output("stream", text="x" * 400 + "\x1b[31m red \x1b[32m green \x1b[36m cyan"),
        nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[31mboom\x1b[0m" * 40]),
    ]
    cell = nbformat.v4.new_code_cell("def f(x):  # why\n    return 'a' + str(1.5 * x)", outputs=outputs)
    page = notebook_html(nbformat.v4.new_notebook(cells=[cell]), language="zh", title="awkward")
    (tmp_path / "awkward.html").write_text(page, "utf-8")
    tab = new_tab()
    pages = sorted(whole_render.glob("*/0*/*/0*.html"))
    assert len(pages) == 4
    for path in [*pages, tmp_path / "awkward.html"]:
        tab.goto(path.as_uri())
        check_accessible(tab, path.name)
