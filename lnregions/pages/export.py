"""A region's report to hand over: one HTML file with everything inside, a PDF, or a Word file."""

import base64
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lnregions.errors import DataError, check_language, unknown
from lnregions.files import safe_name, write_whole
from lnregions.pages import pages as report_pages
from lnregions.pages.previews import make_previews, small_picture
from lnregions.pages.site import Site, read_site
from lnregions.paths import fonts_dir

MOST_BYTES = 1_500_000
"""What a page with all its pictures should stay under."""
_STEPS = ((1100, 64), (1100, 32), (700, 64), (700, 32), (520, 16))
"""Widths and colours of the pictures, tried in turn until the file is small enough."""
_OUTWARD = ".top nav, .top .switch, form.search, #search-data, .files, link[rel=alternate], .crumbs, .runs, .top-link"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def single_file(output, region: str, *, language: str = "en", plan="ln-2022", as_of=None) -> Path:
    """Write a region's page as one file that needs nothing beside it, pictures inside.

    Parameters
    ----------
    output : path
        Folder that was rendered to; the file goes to ``<language>/region-<code>-single.html`` in it.
    region : str
        A region of the plan.
    language : {"en", "zh"}
    plan, as_of
        As for `lnregions.pages.report.write_report`.

    Returns
    -------
    Path
        The file; under 1.5 MB, with smaller pictures where they are many.

    Raises
    ------
    DataError
        If the plan, region, language or date is unknown.
    """
    site = _site(output, region, language, plan, as_of)
    path = _place(site, region, language, "-single.html")
    write_whole(path, single_page(site, region, language=language))
    return path


def single_page(site: Site, region: str, *, language: str = "en") -> str:
    """A region's page as text with its pictures inside and no link to any other file."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(report_pages.region_page(site, language, region, alone=True), "html.parser")
    _cut_loose(soup)
    start = site.region_page(language, region)
    pictures = [
        (img, (site.inventory.output / _target(img["src"], start)).read_bytes()) for img in soup("img")
    ]
    page = ""
    for widest, colours in _STEPS:
        for img, content in pictures:
            small, width, height = small_picture(content, widest=widest, colours=colours)
            img.attrs.pop("loading", None)
            img["src"] = "data:image/png;base64," + base64.b64encode(small).decode("ascii")
            img["width"], img["height"] = str(width), str(height)
        page = str(soup)
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def report_pdf(
    output, region: str, *, language: str = "en", plan="ln-2022", as_of=None, chromium: str = ""
) -> Path:
    """Write a region's report as a tagged A4 PDF, printed by an installed Chromium.

    Parameters are those of `single_file`; `chromium` names the browser's program where it is not found by itself.
    The file goes to ``<language>/region-<code>.pdf``.

    Raises
    ------
    DataError
        If playwright or Chromium is missing, or anything asked for is unknown.
    """
    site = _site(output, region, language, plan, as_of)
    page = single_page(site, region, language=language)
    path = _place(site, region, language, ".pdf")
    with ThreadPoolExecutor(1) as thread:  # the browser's driver wants a thread without a running event loop
        write_whole(path, thread.submit(_print, page, language, chromium).result())
    return path


def report_docx(output, region: str, *, language: str = "en", plan="ln-2022", as_of=None) -> Path:
    """Write a region's report as a Word file: verdicts, calculations, figures with captions, sources, caveats.

    Parameters are those of `single_file`. The file goes to ``<language>/region-<code>.docx``.

    Raises
    ------
    DataError
        If python-docx is missing, or anything asked for is unknown.
    """
    from lnregions.pages.word import word_file

    site = _site(output, region, language, plan, as_of)
    content = word_file(site, region, language=language)
    path = _place(site, region, language, ".docx")
    write_whole(path, content)
    return path


def find_chromium(named: str = "") -> str:
    """Path of an installed Chromium.

    Raises
    ------
    DataError
        If there is none, or not where it was said to be.
    """
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        return found
    what = f"No program {named!r} was found" if named else "No Chromium was found on this machine"
    zh = f"找不到程序 {named!r}" if named else "本机未找到 Chromium"
    raise DataError(
        f"{what}, which a PDF needs. Install one (on Debian: apt-get install chromium), "
        "or print the single-file page from any browser.",
    )


def _site(output, region, language, plan, as_of):
    check_language(language)
    site = read_site(output, plan=plan, as_of=as_of)
    if region not in site.regions:
        raise unknown("region", region, list(site.regions))
    site.inventory.output.mkdir(parents=True, exist_ok=True)
    site.previews.update(make_previews(site.inventory))
    return site


def _place(site, region, language, ending):
    path = site.inventory.output / language / f"region-{safe_name(region)}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _target(link, start):
    """Path below the output that a link of a page leads to."""
    from posixpath import dirname, join, normpath
    from urllib.parse import unquote

    return normpath(join(dirname(start), unquote(link)))


def _cut_loose(soup):
    """Take out what leads to other files; keep anchors, outside links and the words."""
    for one in soup.select(
        ".top nav, .top .switch, form.search, #search-data, .files, link[rel=alternate], .crumbs, .runs"
    ):
        one.decompose()
    for link in soup.find_all("a", href=True):
        if link.find_parent("svg"):
            link.name, link["tabindex"], link["role"] = "g", "0", "img"
            del link["href"]
        elif not re.match(r"#|https?://", link["href"]):
            link.unwrap()


def _print(page, language, chromium):
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise DataError(
            "A PDF needs playwright, which is not installed. Install it with: pip install 'lnregions[browser]'.",
        ) from None
    program = find_chromium(chromium)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(_for_print(page, language), "utf-8")
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            sheet = browser.new_page()
            sheet.goto(file.as_uri())
            sheet.evaluate("Promise.all([...document.images].map(one => one.decode()))")
            sheet.evaluate("document.fonts.ready.then(() => true)")
            content = sheet.pdf(
                format="A4", print_background=True, tagged=True, outline=True, prefer_css_page_size=True
            )
        finally:
            browser.close()
    return _steady(content)


def _steady(content: bytes) -> bytes:
    """A PDF without what differs from print to print: its date, and numbers of nodes that the browser gave.

    Nothing changes its length, so that the file's own table of places stays right.

    Examples
    --------
    >>> _steady(b"(D:20240630120000) (node00000107) (node00000105) (node00000107)")
    b'(D:20000101000000) (node00000002) (node00000001) (node00000002)'
    """
    names = sorted(set(re.findall(rb"\(node\d{8}\)", content)))
    rank = {name: b"(node%08d)" % place for place, name in enumerate(names, 1)}
    content = re.sub(rb"\(node\d{8}\)", lambda hit: rank[hit[0]], content)
    return re.sub(rb"\(D:\d{14}", b"(D:20000101000000", content)


def _for_print(page, language):
    """The page unfolded, without scripts, with the bundled font."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    for one in soup("script"):
        one.decompose()
    for one in soup("details"):
        one["open"] = ""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src file:"
    soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] = policy
    style = soup.new_tag("style")
    style.string = _fonts(language)
    soup.head.append(style)
    return str(soup)


def _fonts(language):
    """Rules that bring the bundled font; English leaves the curly quotes to others, as its own are full-width."""
    narrow = "" if language == "zh" else "unicode-range:U+0-2010,U+2015-2017,U+2020-10FFFF;"
    faces = "".join(
        f"@font-face{{font-family:'LN Sans';font-weight:{weight};{narrow}"
        f"src:url('{(fonts_dir() / f'NotoSansSC-{name}-gb2312.ttf').as_uri()}')}}"
        for name, weight in (("Regular", 400), ("Bold", 700))
    )
    return faces + "body{font-family:'LN Sans','Helvetica Neue',Arial,'Liberation Sans',sans-serif}"
