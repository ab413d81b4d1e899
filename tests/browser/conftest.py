"""One Chromium for all browser tests; without one they are skipped with the reason."""

import shutil
from pathlib import Path

import pytest

from lnregions.pages.documents import BROWSERS, FLAGS

PATIENCE_MS = 180_000
"""How long an event is waited for; only a hang takes longer, also on a busy machine."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


def pytest_collection_modifyitems(items):
    """Keep the browser tests in one worker, so that they share one browser and one JupyterLab."""
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")  # its event loop must not outlive these tests
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chromium:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def open_page(browser, **options):
    """A page that keeps every address requested and every error of the console."""
    context = browser.new_context(**({"viewport": {"width": 1200, "height": 900}} | options))
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.requested, page.complaints = [], []
    context.on("request", lambda request: page.requested.append(request.url))
    page.on("websocket", lambda socket: page.requested.append(socket.url))
    page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


@pytest.fixture
def new_tab(browser):
    """Open pages that are closed after the test."""
    pages = []

    def open_tab(**options):
        pages.append(open_page(browser, **options))
        return pages[-1]

    yield open_tab
    for page in pages:
        page.context.close()


@pytest.fixture
def tab(new_tab):
    return new_tab()


def accessibility_violations(page):
    """Rules of WCAG 2.1 A and AA that a page breaks, each with the first place."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
