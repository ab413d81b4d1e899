"""The explore notebook as an app: for this machine and a token only, one notebook, no request elsewhere."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from lnregions.explorer.app import HOST
from lnregions.paths import root

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
pytest.importorskip("voila", reason="voila is not installed (extra: app)")
MAP = ".ln-explore iframe"
CHART = ".ln-explore img"


@pytest.fixture(scope="module")
def address(tmp_path_factory, browser):
    """Address with the token of an app of its own, as the app prints it."""
    home = tmp_path_factory.mktemp("home")
    with (home / "stderr.txt").open("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "lnregions.explorer.app", "--no-browser", "--port", "8900"],
            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=root(), start_new_session=True,
            env=os.environ | {"HOME": str(home), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(120)
            errors.seek(0)
            refused = "403 GET /voila/files/"  # the refusals that a test below provokes
            complaints = [line for line in errors if not line.startswith(refused)]
    assert complaints == [], "the app complained to whoever started it"


def open_app(tab, address):
    tab.goto(address)
    tab.wait_for_selector(CHART)
    tab.frame_locator(MAP).locator(".lnlegend").wait_for()
    return tab


def test_region_and_city_are_chosen_by_widget_and_map_and_nothing_is_requested_elsewhere(address, new_tab):
    tab = open_app(new_tab(viewport={"width": 1400, "height": 1000}, locale="en-GB"), address)
    assert "Shenyang circle" in tab.locator(".ln-table").first.inner_text()
    inside, selects = tab.frame_locator(MAP), tab.locator(".ln-explore .widget-dropdown select")
    anshan = inside.get_by_role("button", name=re.compile("^Anshan:"))
    city, outline = selects.nth(2).locator("option:checked"), inside.locator("path.chosen")
    anshan.hover()
    assert "billion yuan (20" in inside.locator(".lntip").inner_text()
    sync_api.expect(outline).to_have_attribute("d", "M0 0")
    anshan.click()
    sync_api.expect(city).to_have_text("Anshan")
    sync_api.expect(outline).not_to_have_attribute("d", "M0 0")
    tab.locator(f"{CHART}[alt*=Anshan]").wait_for()
    inside.get_by_role("button", name="Close").click()
    anshan.click()
    sync_api.expect(city).to_have_text("the whole region")
    inside.get_by_role("button", name="Close").click()
    tab.locator(f"{CHART}:not([alt*=Anshan])").wait_for()  # or the next chart of Anshan would be the last one
    anshan.press("Enter")
    tab.locator(f"{CHART}[alt*=Anshan]").wait_for()  # the kernel has it: a later choice cannot overtake it
    selects.nth(1).select_option(label="Eastern Liaoning")
    inside.get_by_role("button", name=re.compile("^Dandong:")).wait_for()
    sync_api.expect(outline).to_have_attribute("d", "M0 0")
    tab.wait_for_function("() => document.querySelector('.ln-table').innerText.includes('Dandong')")
    assert not [url for url in tab.requested if HOST not in url and not url.startswith(("data:", "blob:"))]
    assert not tab.complaints
    assert "ln.explore" not in tab.content(), "the code of the notebook was sent"


def test_a_narrow_chinese_browser_gets_a_chinese_page_without_scrolling_sideways(address, new_tab):
    tab = open_app(new_tab(viewport={"width": 420, "height": 1000}, locale="zh-CN"), address)
    assert "沈阳都市圈" in tab.locator(".ln-table").first.inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = "all => all.filter(l => l.scrollWidth > l.clientWidth + 1).map(l => l.innerText)"
    assert tab.locator(".ln-explore .widget-label").evaluate_all(cut) == []


def test_without_the_token_the_app_asks_for_it(address, tab):
    tab.goto(address.partition("?")[0])
    assert "/login" in tab.url
    assert tab.locator("input[type=password]").first.is_visible()
    assert tab.locator(".ln-explore").count() == 0


@pytest.mark.parametrize("path", ["01_plan.ipynb", "05_explore.ipynb", "a.png"])
def test_no_file_is_served(address, path):
    before, _, token = address.partition("?")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{before}voila/files/{path}?{token}")
