"""The explore notebook as an app: for this machine and a token only, one notebook, no request elsewhere."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
pytest.importorskip("voila", reason="voila is not installed (extra: app)")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("Chromium is not installed (Debian: apt-get install chromium)", allow_module_level=True)

from lnregions.explorer.app import HOST, free_port  # noqa: E402
from lnregions.paths import root  # noqa: E402

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PICTURE = ".ln-explore .ln-hover img"
CHANGED = "old => document.querySelector('.ln-explore .ln-hover img')?.src !== old"
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address with the token of an app of its own, as the app prints it."""
    home = tmp_path_factory.mktemp("home")
    said = (home / "said.txt").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "lnregions.explorer.app", "--no-browser", "--port", str(free_port(8900))],
        stdout=subprocess.PIPE, stderr=said, text=True, cwd=root(), start_new_session=True,
        env=os.environ | {"HOME": str(home), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        said.seek(0)
        asked_for = "403 GET /voila/files/"  # the refusals that a test below provokes
        complaints = [line for line in said if not line.startswith(asked_for)]
        said.close()
    assert complaints == [], "the app complained to whoever started it"


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser, request):
    """A page in the language and width asked for that keeps every address asked for and every complaint."""
    width, language = getattr(request, "param", (1400, "en-GB"))
    context = browser.new_context(viewport={"width": width, "height": 1000}, locale=language)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def opened(tab, address):
    tab.goto(address, timeout=PATIENCE_MS)
    tab.wait_for_selector(PICTURE, timeout=PATIENCE_MS)
    return tab


def choose(tab, number, label):
    """Choose from one of the drop-downs, and wait until the map is another."""
    old = tab.locator(PICTURE).get_attribute("src")
    tab.locator(".ln-explore .widget-dropdown select").nth(number).select_option(label=label)
    tab.wait_for_function(CHANGED, arg=old, timeout=PATIENCE_MS)


@pytest.mark.slow
def test_a_change_of_region_changes_map_and_table_and_asks_nothing_of_others(address, tab):
    opened(tab, address)
    assert "Shenyang circle" in tab.locator(".ln-table").first.inner_text()
    choose(tab, 1, "Eastern Liaoning")
    tab.wait_for_function(
        "() => document.querySelector('.ln-table').innerText.includes('Dandong')", timeout=PATIENCE_MS
    )
    assert not [url for url in tab.asked if HOST not in url and not url.startswith(("data:", "blob:"))]
    assert not tab.complaints


@pytest.mark.slow
@pytest.mark.parametrize("tab", [(1400, "en-GB")], indirect=True)
def test_a_city_shows_its_figure_when_pointed_at_and_is_chosen_by_a_click(address, tab):
    opened(tab, address)
    card = tab.locator(".ln-k-210300")
    assert not card.is_visible()
    tab.locator(".ln-a-210300").hover()
    card.wait_for(state="visible")
    assert "billion yuan" in card.inner_text()
    tab.locator(".ln-a-210300").click()
    tab.wait_for_selector(".ln-a-210300.ln-chosen", state="attached", timeout=PATIENCE_MS)
    assert tab.locator(".ln-explore .widget-dropdown select").nth(2).input_value() == "Anshan"


@pytest.mark.slow
@pytest.mark.parametrize("tab", [(420, "zh-CN")], indirect=True)
def test_a_narrow_chinese_browser_gets_a_chinese_page_without_scrolling_sideways(address, tab):
    opened(tab, address)
    assert "沈阳都市圈" in tab.locator(".ln-table").first.inner_text()
    assert tab.title() == "lnregions：探索"
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    labels = tab.locator(".ln-explore .widget-label")
    cut = labels.evaluate_all(
        "all => all.filter(l => l.scrollWidth > l.clientWidth + 1).map(l => l.innerText)"
    )
    assert cut == []


def test_without_the_token_the_app_asks_for_it(address, tab):
    tab.goto(address.partition("?")[0])
    assert "/login" in tab.url
    assert tab.locator("input[type=password]").first.is_visible()
    assert tab.locator(".ln-explore").count() == 0


@pytest.mark.parametrize(
    "path", ["voila/files/01_plan.ipynb", "voila/files/05_explore.ipynb", "voila/files/a.png"]
)
def test_no_file_is_served(address, path):
    before, _, token = address.partition("?")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{before}{path}?{token}")


def test_the_code_of_the_notebook_is_not_sent(address, tab):
    opened(tab, address)
    assert "ln.explore" not in tab.content()
