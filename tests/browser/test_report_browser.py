"""The report site in a real browser, opened from disk: search, filter, switch, map, accessibility, no request."""

import shutil
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("Chromium is not installed (Debian: apt-get install chromium)", allow_module_level=True)

from report_output import write_output  # noqa: E402

from lnregions.report import report_pdf, single_file, write_report  # noqa: E402

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = [
    "index.html", "index.zh.html", "en/region/circle.html", "zh/region/belt.html", "en/city/210100.html",
    "zh/city/210200.html", "en/indicators.html", "zh/sources.html", "zh/methods.html", "en/notebooks.html",
]  # fmt: skip


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


@pytest.fixture
def tab(browser):
    """A page that keeps every address asked for and every complaint."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def visit(tab, output, name):
    tab.goto((output / name.partition("#")[0]).as_uri() + "".join(name.partition("#")[1:]))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_outside_and_breaks_no_rule(tab, output, name):
    visit(tab, output, name)
    for picture in tab.locator("img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("one => one.decode()")
    assert tab.complaints == []
    assert {url.partition(":")[0] for url in tab.asked} == {"file"}


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_of_accessibility_and_fits_the_screen(browser, output, name, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    visit(page, output, name)
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


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


def test_another_indicator_redraws_the_map_and_its_legend(tab, output):
    visit(tab, output, "en/region/circle.html")
    city = tab.locator(".regionmap a[data-area='210100']")
    before = city.get_attribute("aria-label")
    assert "billion yuan (" in before
    tab.select_option("#layer", "gdp_growth_real")
    assert "%" in city.get_attribute("aria-label")
    assert tab.locator(".legend-title").inner_text() == "Real GDP growth (%)"
    assert tab.locator(".legend li svg").count() >= 2
    tab.select_option("#layer", "gdp")
    assert city.get_attribute("aria-label") == before
    assert tab.locator(".regionmap .key circle").count() >= 1
    city.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/en/city/210100.html")


def test_without_scripts_the_page_is_complete(browser, output):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    visit(page, output, "index.html")
    assert page.locator("#targets tbody tr:visible").count() == 18
    assert page.locator("#filter").is_hidden()
    context.close()


def test_a_single_file_stands_alone(tab, output, tmp_path):
    file = shutil.copy(single_file(output, "circle", language="zh"), tmp_path / "one.html")
    tab.goto(Path(file).as_uri())
    assert tab.complaints == []
    assert {url.partition(":")[0] for url in tab.asked} <= {"file", "data"}
    tab.select_option("#layer", "population")
    assert "万人" in tab.locator(".legend-title").inner_text()


def test_the_pdf_is_whole_and_the_same_each_time(output):
    one = report_pdf(output, "circle", language="zh").read_bytes()
    assert one.startswith(b"%PDF")
    assert one == report_pdf(output, "circle", language="zh").read_bytes()
