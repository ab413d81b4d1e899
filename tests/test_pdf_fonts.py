"""The quick way of cutting fonts for PDF gives what matplotlib's own gives, and steps aside where it cannot."""

import io
import struct
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables.ttProgram import Program
from matplotlib import font_manager
from matplotlib.backends import _backend_pdf_ps as writer
from matplotlib.ft2font import FT2Font, LoadFlags

from lnregions.figures import figures
from lnregions.style import pdf_fonts as _pdf_fonts
from lnregions.style import style

WORDS = "辽宁省规划 Liaoning, 951.7 billion yuan (−3.5%) é·"
UNSCALED = LoadFlags.NO_SCALE | LoadFlags.NO_HINTING
KNOWN = mpl.__version_info__[:2] == (3, 11)


def glyphs_of(path, words=WORDS):
    characters = font_manager.get_font(path).get_charmap()
    return {characters[ord(c)] for c in words}


def general_subset(path, glyphs):
    with writer.get_glyphs_subset(font_manager.FontPath(path, 0), glyphs) as found:
        return FT2Font(writer.font_as_file(found.font)), dict(found.glyph_index_map)


@pytest.mark.skipif(not KNOWN, reason="another writer than the one known")
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_every_glyph_has_the_outline_and_width_that_the_general_tool_gives_it(weight):
    path = style.font_files()[weight]
    wanted = glyphs_of(path)
    general, places = general_subset(path, wanted)
    found = _pdf_fonts.subset_font(path, wanted)
    ours = FT2Font(io.BytesIO(found.data))
    for glyph in wanted:
        mine = ours.load_glyph(found.glyph_index_map[glyph], flags=UNSCALED)
        theirs = general.load_glyph(places[glyph], flags=UNSCALED)
        assert (mine.horiAdvance, mine.bbox) == (theirs.horiAdvance, theirs.bbox)
        for one, other in zip(ours.get_path(), general.get_path(), strict=True):
            assert one.tolist() == other.tolist()


def test_a_cut_font_is_whole_with_right_sums_and_the_empty_box_first():
    path = style.font_files()["Regular"]
    found = _pdf_fonts.subset_font(path, glyphs_of(path, "沈阳"))
    font = TTFont(io.BytesIO(found.data), checkChecksums=2)
    assert font["maxp"].numGlyphs == 3 == len(font["glyf"].keys())
    assert found.glyph_index_map[0] == 0
    assert _pdf_fonts._sum(found.data) == 0xB1B0AFBA
    assert found.data == _pdf_fonts.subset_font(path, sorted(glyphs_of(path, "阳沈"))).data


def small_font(path, *, composite=False, program=False):
    """Font of one square, or of one glyph made of it."""
    builder = FontBuilder(1000)
    names = [".notdef", "square", "other"]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({65: "square", 66: "other"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    both = TTGlyphPen({"square": square})
    both.addComponent("square", (1, 0, 0, 1, 10, 0))
    builder.setupGlyf({".notdef": empty, "square": square, "other": both.glyph() if composite else square})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader()
    builder.setupMaxp()
    builder.setupPost()
    builder.font.save(path)
    if program:
        font = TTFont(path)
        font["prep"] = table = newTable("prep")
        table.program = Program()
        table.program.fromBytecode(b"\xb0\x00")
        font.save(path)
    return str(path)


def test_a_font_with_one_width_for_all_keeps_it(tmp_path):
    path = small_font(tmp_path / "a.ttf")
    found = _pdf_fonts.subset_font(path, {2})
    font = TTFont(io.BytesIO(found.data))
    assert [font["hmtx"][name][0] for name in font.getGlyphOrder()] == [600, 600]
    assert struct.unpack_from(">H", found.data, 4)[0] == 6


@pytest.mark.parametrize("kind", ["composite", "program"])
def test_a_font_of_another_build_is_left_to_matplotlib(tmp_path, kind):
    path = small_font(tmp_path / f"{kind}.ttf", **{kind: True})
    assert _pdf_fonts.subset_font(path, {1}) is None


def pdf_of(words, family=None):
    fig = style.figure("single", height_mm=20)
    fig.text(0.1, 0.5, words, **({} if family is None else {"family": family}))
    return figures.picture(fig, "pdf")


@pytest.mark.skipif(not KNOWN, reason="another writer than the one known")
def test_a_saved_pdf_takes_the_quick_way_and_leaves_matplotlib_as_it_was(monkeypatch):
    asked, general, cut = [], writer.get_glyphs_subset, _pdf_fonts.subset_font
    monkeypatch.setattr(
        _pdf_fonts, "subset_font", lambda path, glyphs: asked.append(Path(path).name) or cut(path, glyphs)
    )
    assert b"/FontFile2" in pdf_of("沈阳")
    assert asked == ["NotoSansSC-Regular-gb2312.ttf"]
    assert writer.get_glyphs_subset is general


def test_another_font_goes_the_way_of_matplotlib(monkeypatch):
    monkeypatch.setattr(_pdf_fonts, "subset_font", lambda *_: pytest.fail("not a bundled font"))
    assert b"DejaVuSans" in pdf_of("Shenyang", family=["DejaVu Sans Mono"])


def test_another_shape_of_the_writer_is_left_alone(monkeypatch):
    monkeypatch.setattr(writer, "get_glyphs_subset", other := lambda names: names)
    with _pdf_fonts.lean_fonts():
        assert writer.get_glyphs_subset is other
    monkeypatch.delattr(writer, "get_glyphs_subset")
    with _pdf_fonts.lean_fonts():
        assert not hasattr(writer, "get_glyphs_subset")


def test_a_font_that_cannot_be_cut_still_makes_a_pdf(monkeypatch):
    monkeypatch.setattr(_pdf_fonts, "subset_font", lambda *_: None)
    assert b"/FontFile2" in pdf_of("沈阳")
