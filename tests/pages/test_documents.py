"""A region's report as one file, PDF and Word document."""

import json
import re
import sys

import pytest
from bs4 import BeautifulSoup

from lnregions.__main__ import main
from lnregions.errors import DataError
from lnregions.pages import documents, report_docx, report_pdf, single_file


def test_a_single_file_needs_nothing_beside_it(output):
    path = single_file(output, "circle")
    assert path == output / "en" / "region-circle-single.html"
    assert path.stat().st_size < documents.MOST_BYTES
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    assert [image["src"].partition(",")[0] for image in page("img")] == ["data:image/png;base64"] * 3
    assert all(re.match(r"#|https?://", link["href"]) for link in page.select("a[href]"))
    ids = {one["id"] for one in page.select("[id]")}
    assert {link["href"][1:] for link in page.select("a[href^='#']")} <= ids
    assert {area["href"] for area in json.loads(page.find(id="webmap").string)["areas"]} == {""}


def test_a_single_file_that_grows_too_large_takes_smaller_pictures(output, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 1)
    assert 'width="514"' in single_file(output, "circle").read_text("utf-8")


EN = ("en", "Shenyang Modern Metropolitan Area", "902.71 billion yuan", "en-GB", 3)
ZH = ("zh", "沈阳现代化都市圈", "9027.1亿元", "zh-CN", 0)


@pytest.mark.parametrize(("language", "title", "figure", "code", "pictures"), [EN, ZH])
def test_a_word_file_holds_verdicts_figures_and_sources(output, language, title, figure, code, pictures):
    docx = pytest.importorskip("docx", reason="python-docx is not installed (extra: docx)")
    path = report_docx(output, "circle", language=language)
    document = docx.Document(path)
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert title in words
    assert figure in words
    assert len(document.tables[0].rows) == 7
    assert any("力争达到1万亿元" in one.text for one in document.paragraphs if one.style.name == "Quote")
    assert any("s032" in one.text for one in document.paragraphs if one.style.name == "List Bullet")
    assert document.core_properties.language == code
    assert f'w:val="{code}" w:eastAsia="zh-CN"' in document.styles.element.xml
    assert len(document.inline_shapes) == pictures
    assert round(document.sections[0].page_width.mm) == 210
    assert document.styles["Quote"].font.italic is False
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    if pictures:  # the same input gives the same bytes
        assert path.read_bytes() == report_docx(output, "circle", language=language).read_bytes()


def test_a_region_that_is_unknown_is_refused_before_anything_is_written(output, capsys):
    assert main(["report", "--output", str(output), "--region", "Westen Liaoning"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "did you mean Western Liaoning?" in printed.err


@pytest.mark.parametrize(
    ("module", "write", "extra"),
    [("docx", report_docx, "docx"), ("playwright.sync_api", report_pdf, "browser")],
)
def test_a_missing_extra_is_named_with_its_remedy(output, monkeypatch, module, write, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=rf"Install it with: pip install 'lnregions\[{extra}\]'"):
        write(output, "circle")


def test_a_missing_browser_is_named_with_its_remedy(output, monkeypatch):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: browser)")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match=r"No Chromium was found on this machine.*apt-get install chromium"):
        report_pdf(output, "circle")
