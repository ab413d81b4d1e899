"""Take the README's picture of the landing page: python docs/make_picture.py [OUTPUT], after a render into OUTPUT."""

import shutil
import sys
from pathlib import Path

from lnregions.formats import small_picture

PICTURE = Path(__file__).with_name("site.png")
WIDTH, HEIGHT = 1100, 1440
"""Pixels of the page; the picture has as many."""


def main(output: str = "output") -> None:
    """Open the page in Chromium, and write its upper part with few colours."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(Path(output, "index.html").resolve().as_uri())
        page.evaluate(
            "Promise.all([...document.images].map(one => { one.loading = 'eager'; return one.decode(); }))"
        )
        content = page.screenshot()
        browser.close()
    PICTURE.write_bytes(small_picture(content, widest=WIDTH)[0])
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:2])
