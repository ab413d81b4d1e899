"""Characters that the bundled font lacks are drawn by a text's own font, else by an installed one, else refused."""

import io

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.figure import Figure

from lnregions import DataError, save_figure
from lnregions.style import FAMILY, figure, missing_glyphs, quick_pdf_fonts, set_fonts

NAMES = {
    "Korean": "서울", "rare": "䶮𠮷", "another script": "ქუთაისი", "a bird of Egypt": "𓅃",
}  # fmt: skip
"""Names of places whose characters the bundled font lacks."""


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory):
    """A font that has the characters of all these names, each a square, as a file that matplotlib comes to know."""
    letters = sorted({c for name in NAMES.values() for c in name})
    glyphs = [".notdef", *(f"u{ord(c):X}" for c in letters)]
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(c): f"u{ord(c):X}" for c in letters})
    builder.setupGlyf(dict.fromkeys(glyphs, square))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Made Up", "styleName": "Regular"})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    path = tmp_path_factory.mktemp("fonts") / "made.ttf"
    builder.save(path)
    yield path
    known = font_manager.fontManager.ttflist
    known[:] = [one for one in known if one.name != "Made Up"]


@pytest.fixture
def installed(made):
    font_manager.fontManager.addfont(made)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_the_bundled_font_lacks_is_drawn_by_an_installed_one(tmp_path, installed, name):
    assert missing_glyphs(f"沈阳 {name}") == ""
    fig = figure("single", height_mm=20)
    text = fig.text(0.1, 0.5, f"沈阳 {name}")
    written = save_figure(fig, tmp_path / "x", formats=["png", "svg", "pdf"])
    assert text.get_fontfamily()[0] == FAMILY
    assert len(text.get_fontfamily()) > 1
    assert written["pdf"].read_bytes().count(b"/FontFile2") >= 2


def test_a_name_that_no_font_has_is_refused_by_its_characters(tmp_path):
    fig = figure("single", height_mm=20)
    fig.text(0.1, 0.5, "Horus \U00013080")
    with pytest.raises(DataError, match="no installed font has: \U00013080"):
        save_figure(fig, tmp_path / "x")


@pytest.mark.parametrize("by", ["file", "family"])
def test_a_font_of_ones_own_that_has_the_characters_draws_the_text(made, by):
    if by == "family":
        font_manager.fontManager.addfont(made)
    font = font_manager.FontProperties(**{"file": {"fname": str(made)}, "family": {"family": "Made Up"}}[by])
    text = Figure().text(0, 0, NAMES["Korean"], fontproperties=font)
    assert set_fonts(text) == ""
    assert text.get_fontproperties() == font


def test_a_font_of_ones_own_that_lacks_some_comes_after_the_bundled_one():
    text = Figure().text(0, 0, "沈阳 →", fontfamily="DejaVu Sans Mono")
    assert set_fonts(text) == ""
    assert text.get_fontfamily()[:2] == [FAMILY, "DejaVu Sans Mono"]


def test_text_that_the_bundled_font_has_keeps_to_it():
    text = figure("single").text(0, 0, "沈阳 Shenyang")
    assert set_fonts(text) == ""
    assert text.get_fontfamily()[0] == FAMILY


def test_a_stand_in_is_part_of_a_pdf_beside_the_bundled_font(installed):
    fig, stream = figure("single", height_mm=20), io.BytesIO()
    set_fonts(fig.text(0.1, 0.5, f"大连 {NAMES['rare']}"))
    with quick_pdf_fonts():
        fig.savefig(stream, format="pdf")
    assert stream.getvalue().count(b"/FontFile2") >= 2
