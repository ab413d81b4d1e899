"""A region's report as a Word document, made from the same parts as its page."""

import io

from lnregions.errors import DataError
from lnregions.figures import dateless_docx
from lnregions.pages.page import Page
from lnregions.pages.pages import area_of, target_section
from lnregions.pages.site import Site
from lnregions.pages.tables import area_caveats, area_sources
from lnregions.pages.words import word
from lnregions.show import HEADS
from lnregions.words import text

_WIDTH_MM = 160
_EAST_ASIAN = "Microsoft YaHei"


def word_file(site: Site, region: str, *, language: str = "en") -> bytes:
    """A region's report as the bytes of a .docx file; the same input gives the same bytes.

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
            "Install it with: pip install 'lnregions[docx]'.",
        ) from None
    place = site.region_page(language, region)
    page = Page(site, language, path=place, twin=place)
    document = docx.Document()
    _set_fonts(document)
    _set_language(document, language)
    document.core_properties.title = _clean(page.full_name(region))
    verdicts = [v for v in site.main if v.region == region]
    document.add_heading(_clean(page.full_name(region)), level=1)
    document.add_paragraph(page.headline(verdicts))
    _verdict_table(document, page, verdicts)
    if site.inventory.other_dates:
        said = word("other_date_word", language, dates=page.other_dates(), date=site.tables.as_of)
        document.add_paragraph(said)
    figures = site.inventory.figures(language, over="region", value=region)
    own = {v.target: [f for f in figures if f.parameters.get("target") == v.target] for v in verdicts}
    document.add_heading(word("targets", language), level=2)
    for verdict in verdicts:
        _target(document, page, target_section(page, verdict, []), own[verdict.target])
    rest = [f for f in figures if not any(f in group for group in own.values())]
    if rest:
        document.add_heading(word("figures", language), level=2)
    for figure in rest:
        _figure(document, page, figure)
    _basis(document, page, region)
    return dateless_docx(document)


def _verdict_table(document, page, verdicts):
    heads = [word(key, page.language) for key in ("target", "status", "required", "actual", "gap")]
    rows = [
        [page.label(v.target), page.status(v.status), page.value(v.required, v.unit),
         page.value(v.actual, v.unit), page.value(v.gap, v.unit, gap=True)]
        for v in verdicts
    ]  # fmt: skip
    _table(document, heads, rows)


def _target(document, page, section, figures):
    verdict, row = section["verdict"], section["row"]
    title = f"{page.label(verdict.target)}: {page.status(verdict.status)}"
    document.add_heading(_clean(title.replace(": ", "：") if page.zh else title), level=3)
    document.add_paragraph(_clean(page.sentence(verdict.reason(page.language))))
    for clause in dict.fromkeys([row["wording_zh"], "" if page.zh else row["clause_en"]]):
        if clause:
            document.add_paragraph(_clean(clause), style="Quote")
    for figure in figures:
        _figure(document, page, figure)
    for reading, numbers in section["readings"]:
        if numbers:
            said = reading.reading_zh if page.zh else reading.reading
            status = text(reading.status, page.language)
            said = word("calculation_of", page.language, reading=said)
            said += f"（{status}）" if page.zh else f" ({status})"
            document.add_paragraph(_clean(said), style="Caption")
            heads = [HEADS["quantity"][page.zh], word("figure_value", page.language)]
            _table(document, heads, numbers)
    for one, title, _ in section["sources"]:
        document.add_paragraph(_clean(f"{one} {title}"), style="List Bullet")


def _figure(document, page, figure):
    from docx.shared import Mm

    small = page.site.preview(figure)
    if small is None:
        return
    shown = page.picture(figure)
    content = (page.site.inventory.output / small.path).read_bytes()
    document.add_picture(io.BytesIO(content), width=Mm(_WIDTH_MM))
    document.inline_shapes[-1]._inline.docPr.set("descr", _clean(shown["alt"]))
    document.add_paragraph(_clean(shown["caption"]), style="Caption")


def _basis(document, page, region):
    site, areas = page.site, area_of(page.site, region)
    document.add_heading(word("sources_caveats", page.language), level=2)
    for indicator, words in area_caveats(site, areas, page.language):
        document.add_paragraph(_clean(f"{indicator}: {words}" if indicator else words), style="List Bullet")
    for row in area_sources(site, areas):
        document.add_paragraph(_clean(f"{row['source']} {row['title']} {row['link']}"), style="List Bullet")
    document.add_paragraph(word("footer_as_of", page.language, date=site.tables.as_of))
    document.add_paragraph(word("footer_boundaries", page.language))
    document.add_paragraph(word("footer_map_number", page.language))


def _table(document, heads, rows):
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Light List"
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = _clean(head)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(value)
    document.add_paragraph()


def _set_fonts(document):
    from docx.oxml.ns import qn

    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Caption", "Quote"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _EAST_ASIAN)


def _set_language(document, language):
    """Say which language the text is in, for spelling checks and readers aloud; Chinese words are so in both."""
    from docx.oxml.ns import qn

    code = "zh-CN" if language == "zh" else "en-GB"
    document.core_properties.language = code
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), code)
        lang.set(qn("w:eastAsia"), "zh-CN")


def _clean(words):
    """Text without the control characters that XML cannot hold."""
    return "".join(c for c in str(words) if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
