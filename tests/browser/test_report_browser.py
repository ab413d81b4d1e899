"""The report site in a real browser, opened from disk: search, filter, switch, map, accessibility, no request."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas
import nbformat
import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("Chromium is not installed (Debian: apt-get install chromium)", allow_module_level=True)

from report_output import write_output  # noqa: E402

import lnregions as ln  # noqa: E402
from lnregions.boundaries.geometry import EQUAL_AREA  # noqa: E402
from lnregions.explorer.web_map import WebMap  # noqa: E402
from lnregions.pages.notebook_page import notebook_html  # noqa: E402
from lnregions.pages.report import report_pdf, single_file, site_pages, write_report  # noqa: E402
from lnregions.pages.site import read_site  # noqa: E402

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 120_000
NAMES = ("home", "indicators", "sources", "methods", "notebooks")
REGIONS = ("circle", "belt", "west", "east")
CITIES = [f"21{n:02}00" for n in range(1, 15)]
PAGES = [
    *("index.html", "index.zh.html"),
    *(f"{lang}/{name}.html" for lang in ("en", "zh") for name in NAMES[1:]),
    *(f"{lang}/region/{region}.html" for lang in ("en", "zh") for region in REGIONS),
    *(f"{lang}/city/{city}.html" for lang in ("en", "zh") for city in CITIES),
]
ALIKE = {f"{lang}/city/{city}.html" for lang in ("en", "zh") for city in CITIES[1:]}
"""Pages laid out as another one is, on a small screen as well."""
PICTURED = ["index.html", "index.zh.html", "en/region/circle.html", "zh/region/east.html", "zh/city/210200.html",
            "en/notebooks.html"]  # fmt: skip
SHOTS = Path(__file__).parents[2] / "artefacts" / "report"


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = write_output(tmp_path_factory.mktemp("report"))
    write_report(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def wide_and_narrow(browser):
    """Pages of two widths that a script may be put into, for all tests that only look."""
    context = {width: browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
               for width in (1200, 320)}  # fmt: skip
    yield {width: one.new_page() for width, one in context.items()}
    for one in context.values():
        one.close()


def faults_of_accessibility(page):
    """Rules of WCAG 2.1 A and AA that the page breaks, each with the first place."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]


@pytest.fixture
def tab(browser):
    """A page that keeps every address asked for and every complaint."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def visit(tab, output, name):
    tab.goto((output / name.partition("#")[0]).as_uri() + "".join(name.partition("#")[1:]))


def test_every_page_of_the_site_is_tried(output):
    assert sorted(PAGES) == sorted(site_pages(read_site(output)))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_outside_and_breaks_no_rule(tab, output, name):
    visit(tab, output, name)
    for picture in tab.locator("img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("one => one.decode()")
    assert tab.complaints == []
    assert {url.partition(":")[0] for url in tab.asked} == {"file"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_of_accessibility_and_fits_the_screen(wide_and_narrow, output, name):
    for width, page in wide_and_narrow.items():
        visit(page, output, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 1200 or name not in ALIKE:
            assert faults_of_accessibility(page) == []


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Pages of the project's notebooks in both languages, and of one with awkward results."""
    folder = tmp_path_factory.mktemp("executed")
    command = [sys.executable, "-m", "lnregions", "render", "--output", folder, "--no-report"]
    command += ["--region", "west", "--adcode", "210100"]
    subprocess.run(command, check=True, capture_output=True)
    wide = "<table><tr>" + "".join(f"<td>{n:>09}</td>" for n in range(80)) + "</tr></table>"
    outputs = [
        nbformat.v4.new_output("execute_result", data={"text/html": wide}),
        nbformat.v4.new_output(
            "stream", text="x" * 400 + "\x1b[31m red \x1b[32m green \x1b[33m yellow \x1b[36m cyan"
        ),
        nbformat.v4.new_output("execute_result", data={"text/latex": "$" + "x + " * 200 + "y$"}),
        nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[31mboom\x1b[0m" * 40]),
    ]
    cell = nbformat.v4.new_code_cell("def f(x):  # why\n    return 'a' + str(1.5 * x)", outputs=outputs)
    for language in ("en", "zh"):
        page = notebook_html(nbformat.v4.new_notebook(cells=[cell]), language=language, title="awkward")
        (folder / f"{language}-awkward.html").write_text(page, "utf-8")
    return sorted(folder.rglob("*.html"))


def test_pages_of_executed_notebooks_have_no_fault_of_accessibility(wide_and_narrow, executed):
    assert len(executed) == 10
    for path in executed:
        for width, page in wide_and_narrow.items():
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert (path.name, width, faults_of_accessibility(page)) == (path.name, width, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_filter_narrows_the_scorecard_and_stays_in_the_address(tab, output):
    visit(tab, output, "index.html")
    rows = tab.locator("#targets tbody tr:visible")
    assert rows.count() == 18
    tab.select_option("#filter-status", "missed")
    assert rows.count() == 2
    tab.select_option("#filter-region", "belt")
    assert rows.locator("th a").all_inner_texts() == ["GDP of Dalian"]
    assert tab.locator(".shown").inner_text() == "1 of 18 targets shown"
    assert "status=missed" in tab.url
    tab.reload()
    assert rows.count() == 1
    tab.click("#filter button")
    tab.wait_for_function("document.querySelectorAll('#targets tbody tr:not([hidden])').length === 18")
    tab.fill("#filter-text", "forest stock")
    assert rows.count() == 1


def test_a_count_leads_to_its_rows(tab, output):
    visit(tab, output, "index.html")
    tab.click(".counts a[data-status='not quantified']")
    statuses = tab.locator("#targets tbody tr:visible").evaluate_all(
        "rows => rows.map(r => r.dataset.status)"
    )
    assert statuses == ["not quantified"] * 5


def test_the_switch_leads_to_the_same_place_in_the_other_language(tab, output):
    visit(tab, output, "en/region/circle.html#target-circle-shenyang-gdp")
    tab.click("a.switch")
    assert tab.url.endswith("zh/region/circle.html#target-circle-shenyang-gdp")
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    tab.click("a.switch")
    assert tab.url.endswith("en/region/circle.html#target-circle-shenyang-gdp")


@pytest.mark.parametrize(
    ("asked", "first", "ends"),
    [
        ("dalian gdp", "GDP of Dalian", "region/belt.html#target-belt-dalian-gdp"),
        ("沈阳市", "Shenyang City", "city/210100.html"),
        ("urbanisation rate", "Urbanisation rate", "#urbanisation_rate"),
    ],
)
def test_search_finds_areas_indicators_and_targets(tab, output, asked, first, ends):
    visit(tab, output, "en/sources.html")
    tab.fill("#search", asked)
    hit = tab.locator(".hits li a").first
    assert hit.inner_text().startswith(first)
    tab.press("#search", "ArrowDown")
    assert hit.evaluate("one => one === document.activeElement")
    tab.press(".hits a", "Enter")
    tab.wait_for_url(f"**{ends}")


def test_search_says_when_nothing_is_found(tab, output):
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
    assert tab.locator(".legend .lntitle b").inner_text() == "Real GDP growth (%)"
    fills = tab.locator(".legend li rect").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    assert city.get_attribute("fill") in fills
    paper = tab.locator("svg.regionmap a[data-area='210100'] path")
    assert paper.get_attribute("fill") == city.get_attribute("fill")
    tab.select_option("#layer", "gdp")
    assert city.get_attribute("aria-label") == before


def test_the_map_is_worked_by_the_keyboard_and_leads_to_the_city(tab, output):
    visit(tab, output, "en/region/circle.html")
    tab.locator(".livemap").focus()
    for name in ("Shenyang", "Anshan", "Fushun"):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith(f"{name}: ")
        assert tab.locator(".lntip b").inner_text() == name
    tab.keyboard.press("Enter")
    card = tab.locator(".leaflet-popup-content")
    assert card.locator("dt").all_inner_texts() == ["Year", "Grade", "Source", "Membership"]
    assert tab.locator(".lntip").count() == 0
    tab.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Fushun: ")
    tab.keyboard.press("Enter")
    card.get_by_role("link", name="All figures of this city").click()
    tab.wait_for_url("**/en/city/210400.html")


def test_the_map_tells_a_figure_at_the_pointer_and_stays_in_the_province(tab, output):
    visit(tab, output, "zh/region/circle.html")
    tab.locator(".livemap path[role=button]").first.hover()
    assert tab.locator(".lntip b").inner_text() == "沈阳"
    assert re.match(r"[\d.]+亿元（20\d\d年）", tab.locator(".lntip .lnvalue").inner_text())
    out = tab.locator(".leaflet-control-zoom-out")
    out.click()
    tab.wait_for_selector(".leaflet-control-zoom-out.leaflet-disabled")
    assert tab.locator(".livemap .leaflet-control-attribution").inner_text().startswith("边界：天地图")
    assert tab.locator(".livemap a[href*='leafletjs'], .leaflet-attribution-flag").count() == 0


def test_a_map_with_an_open_card_has_no_fault_of_accessibility(browser, output):
    context = browser.new_context(viewport={"width": 390, "height": 800}, bypass_csp=True, has_touch=True)
    page = context.new_page()
    visit(page, output, "en/region/east.html")
    page.locator(".livemap path[role=button]").first.tap()
    page.locator(".lncard").wait_for()
    assert faults_of_accessibility(page) == []
    context.close()


def test_on_paper_the_drawn_map_takes_the_place_of_the_live_one(tab, output):
    visit(tab, output, "en/region/circle.html")
    assert tab.locator("svg.regionmap").is_hidden()
    tab.emulate_media(media="print")
    assert tab.locator("svg.regionmap").is_visible()
    assert tab.locator(".livemap").is_hidden()


@pytest.mark.parametrize("indicator", ["gdp", ""])
def test_a_saved_map_works_from_disk_and_runs_no_name(tab, tmp_path, indicator):
    drawn = ln.draw_web_map("ln-2022", "west", indicator)
    for area in (data := json.loads(drawn.data))["areas"]:
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
    assert [url.partition(":")[0] for url in tab.asked] == ["file"]
    assert tab.locator("select").count() == (0 if indicator else 1)


def test_the_live_map_lies_on_the_grid_of_the_printed_one(tab, tmp_path):
    ln.draw_web_map("ln-2022", "west", "gdp").save(tmp_path / "map.html")
    tab.goto((tmp_path / "map.html").as_uri())
    places = [(122.5, 39.0), (118.8, 38.7), (125.8, 43.5), (123.4, 41.8)]
    name = tab.evaluate(
        "Object.keys(window).find(name => name.startsWith('web_map_') || name.startsWith('map_'))"
    )
    found = tab.evaluate(
        "([name, places]) => { const grid = window[name].options.crs.projection; return places.map(([x, y]) => {"
        "const p = grid.project(L.latLng(y, x)), back = grid.unproject(p); return [p.x, p.y, back.lng, back.lat]; }) }",
        [name, places],
    )
    flat = geopandas.GeoSeries(geopandas.points_from_xy(*zip(*places, strict=True)), crs=4490).to_crs(
        EQUAL_AREA
    )
    for (x, y, lon, lat), point, place in zip(found, flat, places, strict=True):
        assert (x, y) == pytest.approx((point.x, point.y), abs=0.01)
        assert (lon, lat) == pytest.approx(place, abs=1e-9)


def test_a_click_sets_a_dropdown_of_the_page_around_it(tab, tmp_path):
    drawn = ln.draw_web_map("ln-2022", "west", "gdp", picks="my-city")
    page = "<div class='my-city'><select><option>a</option><option>Fuxin</option></select></div>"
    (tmp_path / "cell.html").write_text(f"<!DOCTYPE html>{page}{drawn._repr_html_()}", "utf-8")
    tab.goto((tmp_path / "cell.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.get_by_role("button", name=re.compile("^Fuxin:")).click()
    assert tab.locator("select").input_value() == "Fuxin"


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", PICTURED)
def test_a_picture_of_the_page_is_kept(browser, output, name, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    visit(page, output, name)
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = SHOTS / f"{name.removesuffix('.html').replace('/', '-')}-{width}.png"
    page.screenshot(path=shot, full_page=True)
    assert shot.stat().st_size > 15_000
    page.close()


@pytest.mark.parametrize("name", ["index.html", "en/region/circle.html", "zh/city/210100.html"])
def test_without_scripts_the_page_is_complete(browser, output, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    visit(page, output, name)
    if name == "index.html":
        assert page.locator("#targets tbody tr:visible").count() == 18
        assert page.locator("#filter").is_hidden()
    else:
        assert page.locator("svg.regionmap").is_visible()
        assert page.locator(".livemap:visible").count() == 0
    context.close()


def test_a_single_file_stands_alone(tab, output, tmp_path):
    file = shutil.copy(single_file(output, "circle", language="zh"), tmp_path / "one.html")
    tab.goto(Path(file).as_uri())
    assert tab.complaints == []
    assert {url.partition(":")[0] for url in tab.asked} <= {"file", "data"}
    tab.select_option("#layer", "population")
    assert "万人" in tab.locator(".legend .lntitle").inner_text()
    tab.locator(".livemap path[role=button]").first.click()
    assert tab.locator(".lncard").count() == 1
    assert tab.locator(".lncard a").count() == 0


def test_the_pdf_is_whole_and_the_same_each_time(output):
    one = report_pdf(output, "circle", language="zh").read_bytes()
    assert one.startswith(b"%PDF")
    assert one == report_pdf(output, "circle", language="zh").read_bytes()
