"""A region's report to hand over: one HTML file with everything inside, a PDF, or a Word file."""

import base64
import io
import re
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
from bs4 import BeautifulSoup

from lnregions.assess import verdict_table
from lnregions.errors import LANGUAGES, DataError, check_language, not_installed, unknown
from lnregions.files import safe_name, write_whole
from lnregions.formats import dateless_office, small_picture, word_document
from lnregions.pages.report import region_page
from lnregions.pages.site import Site, read_site
from lnregions.paths import PLAN, fonts_dir
from lnregions.show import Table, add_word_table, printable_xml, show_verdicts
from lnregions.tables import load_plan, place_code
from lnregions.words.catalogue import tr

MOST_BYTES = 1_500_000
"""What a page with all its pictures should stay under."""
_STEPS = ((1100, 64), (1100, 32), (700, 64), (700, 32), (520, 16))
"""Widths and colours of the pictures, tried in turn until the file is small enough."""
_OUTWARD = (
    ".top nav, .top .switch, form.search, #search-data, .files, link[rel=alternate], .crumbs, .runs, "
    "footer p:first-child a"
)
"""Parts of a page that lead to other files."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_TEXT_MM = 160
_STYLES = {
    "h1": "Heading 1", "h2": "Heading 2", "h3": "Heading 3", "h4": "Caption", "summary": "Caption", "p": "Normal",
    "dd": "Quote", "li": "List Bullet", "table": "", "img": "",
}  # fmt: skip
"""Style in a Word file of each element of a page that goes into it."""
_NOT_IN_WORD = (
    ".skip, header, .headlines, .toc, [aria-labelledby=map], [aria-labelledby=latest], .notice:not(.bad), "
    ".calculation > summary, figure details, .top-link"
)


def single_file(output, region: str, *, language: str = "en", plan=PLAN, as_of=None) -> Path:
    """Write a region's page as one file that needs nothing beside it, pictures inside; its path.

    It goes to ``<language>/region-<code>-single.html`` in the folder `output`, which was rendered to, and is under
    1.5 MB, with smaller pictures where they are many. Plan and date are those of `write_report`.

    Raises
    ------
    DataError
        If the plan, region, language or date is unknown.
    """
    site, page = _single_page(output, region, language, plan, as_of)
    return _write(site, region, language, "-single.html", str(page))


def report_pdf(output, region: str, *, language: str = "en", plan=PLAN, as_of=None) -> Path:
    """Write a region's report as a tagged A4 PDF, printed by an installed Chromium.

    Parameters are those of `single_file`. The file goes to ``<language>/region-<code>.pdf``.

    Raises
    ------
    DataError
        If playwright or Chromium is missing, or the plan, region, language or date is unknown.
    """
    site, page = _single_page(output, region, language, plan, as_of)
    with ThreadPoolExecutor(1) as thread:  # the browser's driver wants a thread without a running event loop
        content = thread.submit(_print, _for_print(page, language)).result()
    return _write(site, region, language, ".pdf", content)


def report_docx(output, region: str, *, language: str = "en", plan=PLAN, as_of=None) -> Path:
    """Write a region's page as a Word file: verdicts, calculations, figures with captions, sources, caveats.

    Parameters are those of `single_file`. The file goes to ``<language>/region-<code>.docx``; the same input gives
    the same bytes.

    Raises
    ------
    DataError
        If python-docx is missing, or the plan, region, language or date is unknown.
    """
    site, page = _single_page(output, region, language, plan, as_of)
    page = _for_word(page, language)
    document = word_document(language, title=_words(page.h1))
    verdicts = show_verdicts(verdict_table(site.main, site.plan), region=region, language=language)
    for part in page.select(", ".join(_STYLES)):
        _add(document, part)
        if "lead" in part.get("class", ()):
            shown = verdicts.frame.iloc[:, :-1]  # reasons stand with each target
            _add_table(document, replace(verdicts, frame=shown))
    return _write(site, region, language, ".docx", dateless_office(document))


def _write(site: Site, region: str, language: str, ending: str, content: str | bytes) -> Path:
    path = site.output / language / f"region-{safe_name(region)}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return path


def _single_page(output, region: str, language: str, plan, as_of) -> tuple[Site, BeautifulSoup]:
    """A region's page with its pictures inside and no link to any other file, and the site that it is of."""
    check_language(language)
    site = read_site(output, plan=plan, as_of=as_of)
    if region not in site.regions:
        raise unknown("region", region, list(site.regions))
    soup = BeautifulSoup(region_page(site, language, region, alone=True), "html.parser")
    for one in soup.select(_OUTWARD):
        one.decompose()
    for link in soup.find_all("a", href=True):
        if link.find_parent("svg"):
            link.name, link["tabindex"], link["role"] = "g", "0", "img"
            del link["href"]
        elif not re.match(r"#|https?://", link["href"]):
            link.unwrap()
    folder = (site.output / site.path(language, "region", region)).parent
    pictures = [(one, Path(normpath(folder / unquote(one["src"]))).read_bytes()) for one in soup("img")]
    for widest, colours in _STEPS:
        for image, content in pictures:
            small, width, height = small_picture(content, widest=widest, colours=colours)
            image["src"] = "data:image/png;base64," + base64.b64encode(small).decode("ascii")
            image["width"], image["height"], image["loading"] = str(width), str(height), "eager"
        if len(str(soup).encode()) <= MOST_BYTES:
            break
    return site, soup


def _print(page: str) -> bytes:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise not_installed("A PDF", "playwright", "browser") from None
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        remedy = "Install one (on Debian: apt-get install chromium), or print the single-file page from any browser."
        raise DataError(f"No Chromium was found on this machine, which a PDF needs. {remedy}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(page, "utf-8")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            sheet = browser.new_page()
            sheet.goto(file.as_uri())
            sheet.evaluate("Promise.all([...document.images].map(one => one.decode()))")
            sheet.evaluate("Promise.all([...document.fonts].map(one => one.load())).then(() => true)")
            sheet.evaluate("document.fonts.ready.then(() => true)")
            given = {"print_background": True, "tagged": True, "outline": True, "prefer_css_page_size": True}
            content = sheet.pdf(format="A4", **given)
        finally:
            browser.close()
    return _reproducible(content)


def _reproducible(content: bytes) -> bytes:
    """A PDF without what differs from print to print: its date, and numbers of nodes that the browser gave.

    Nothing changes its length, so that the file's own table of places stays right.

    Examples
    --------
    >>> _reproducible(b"(D:20240630120000) (node00000107) (node00000105) (node00000107)")
    b'(D:20000101000000) (node00000002) (node00000001) (node00000002)'
    """
    names = sorted(set(re.findall(rb"\(node\d{8}\)", content)))
    rank = {name: b"(node%08d)" % place for place, name in enumerate(names, 1)}
    content = re.sub(rb"\(node\d{8}\)", lambda hit: rank[hit[0]], content)
    return re.sub(rb"\(D:\d{14}", b"(D:20000101000000", content)


def _for_print(soup: BeautifulSoup, language: str) -> str:
    """The page unfolded, without scripts, with the bundled font."""
    for one in soup("script"):
        one.decompose()
    for one in soup("details"):
        one["open"] = ""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src file:"
    soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] = policy
    # English leaves the curly quotes to other fonts, as the bundled one's are full-width
    narrow = "" if language == "zh" else "unicode-range:U+0-2010,U+2015-2017,U+2020-10FFFF;"
    faces = "".join(
        f"@font-face{{font-family:'LN Sans';font-weight:{weight};{narrow}"
        f"src:url('{(fonts_dir() / f'NotoSansSC-{name}-gb2312.ttf').as_uri()}')}}"
        for name, weight in (("Regular", 400), ("Bold", 700))
    )
    style = soup.new_tag("style")
    style.string = faces + "body{font-family:'LN Sans','Helvetica Neue',Arial,'Liberation Sans',sans-serif}"
    soup.head.append(style)
    return str(soup)


def _for_word(soup: BeautifulSoup, language: str) -> BeautifulSoup:
    """The page without what leads elsewhere, with names, statuses and addresses as plain text."""
    for one in soup.select(_NOT_IN_WORD):
        one.decompose()
    for chip in soup.select(":is(h3, h4) .chip"):
        chip.string = tr("{text} ({status})", language, text="", status=chip.text)
    for name in soup("dt"):
        value = name.find_next_sibling("dd")
        value.string = tr("{target}: {status}", language, target=name.text, status=_words(value))
    for link in soup.select("li > a[href^=http]"):
        link.append(f" {unquote(link['href']).replace(' ', '%20')}")
    return soup


def _add(document, part) -> None:
    """Add an element of a page: heading, paragraph, item of a list, table, or figure with its caption."""
    from docx.shared import Mm

    if part.name == "table":
        head, *rows = [[_words(cell) for cell in row(["th", "td"])] for row in part("tr")]
        numbers = tuple(_words(cell) for cell in part.select("th.number"))
        _add_table(document, Table(pd.DataFrame(rows, columns=head), numbers=numbers))
    elif part.name == "img":
        content = base64.b64decode(part["src"].partition(",")[2])
        document.add_picture(io.BytesIO(content), width=Mm(_TEXT_MM))
        document.inline_shapes[-1]._inline.docPr.set("descr", printable_xml(part["alt"]))
    elif words := _words(part):
        document.add_paragraph(words, style="Caption" if part.find_parent("figure") else _STYLES[part.name])


def _add_table(document, table: Table) -> None:
    add_word_table(document, table, width_mm=_TEXT_MM)
    document.add_paragraph()


def _words(element) -> str:
    """Text of an element on one line."""
    return printable_xml(" ".join(element.get_text().split()).replace(" （", "（"))


def region_files(
    plan, *, region: Sequence[str], language: Sequence[str], name: str = "", date: str = "", **kinds: bool
) -> list[tuple]:
    """What makes each file to hand over, its region and language, and its path without ending, None by default.

    `name` is a template of the paths with the fields ``plan``, ``region``, ``language`` and ``date``; `kinds` are
    ``pdf`` and ``docx`` beside the page, and ``all`` for every region. DataError if no region is named for a file, or
    an unknown one, or the template has an unknown field or one name for several files.
    """
    plan = load_plan(plan)
    known = plan.regions["region"].tolist()
    given = [place_code(plan, one, kind="region") for one in region]
    if strange := [one for one in given if one not in known]:
        raise unknown("region", strange[0], known)
    regions = known if kinds["all"] else list(dict.fromkeys(given))
    if (kinds["pdf"] or kinds["docx"] or name) and not regions:
        remedy = f"Give --region {known[0]}, or --all for every region."
        raise DataError(f"No region is named for the file. {remedy}")
    makers = [single_file, *[report_pdf] * kinds["pdf"], *[report_docx] * kinds["docx"]]
    files = [
        (make, one, code, _file_name(name, plan=plan.id, region=one, language=code, date=date))
        for one in regions
        for code in dict.fromkeys(language) or LANGUAGES
        for make in makers
    ]
    if name and len({target for *_, target in files}) < len(files) / len(makers):
        remedy = "Put {region} and {language} into it."
        raise DataError(f"The files of {name!r} would have one name. {remedy}")
    return files


def _file_name(template: str | None, **values: str) -> Path | None:
    """Path of a file without its ending, by a template; None without one."""
    try:
        return Path(template.format(**values)) if template else None
    except (KeyError, ValueError, IndexError) as error:
        fields = ", ".join(f"{{{one}}}" for one in values)
        raise DataError(f"The template {template!r} has an unknown field {error}. Use {fields}.") from None
