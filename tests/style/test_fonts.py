"""The bundled font is measured as it is drawn, wrapped by its language, and subset for PDF."""

import io
import re
import zlib

import fontTools.subset
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.backends import _backend_pdf_ps as backend
from matplotlib.ft2font import FT2Font, LoadFlags

from lnregions.style import FAMILY, figure, font_files, quick_pdf_fonts, text_width, wrap

WORDS = "沈阳 Shenyang, 2019–2024 年 −3.5%"


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_bundled_font_is_the_one_that_matplotlib_finds(weight):
    bundled = font_files()["Bold" if weight == "bold" else "Regular"]
    assert font_manager.findfont(font_manager.FontProperties(family=FAMILY, weight=weight)) == bundled


@pytest.mark.parametrize(("words", "bold"), [("葫芦岛市", False), ("Liaoning 辽宁", True)])
def test_measured_text_is_as_wide_as_drawn_text(words, bold):
    fig = figure("double")
    fig.dpi = 300
    drawn = fig.text(0, 0, words, fontsize=8, fontfamily=FAMILY, fontweight="bold" if bold else "normal")
    width = drawn.get_window_extent().width * 72 / fig.dpi
    assert text_width(words, 8, bold=bold) == pytest.approx(width, rel=0.02)


def test_the_widest_line_counts_and_an_unknown_character_is_an_em_wide():
    assert text_width("one\none two", 7) == text_width("one two", 7)
    assert text_width("𓀀", 10) == 10
    assert text_width("", 7) == 0


def test_wrapping_keeps_lines_within_the_width_and_chinese_punctuation_off_their_start():
    words = "辽宁省推进“一圈一带两区”区域协调发展三年行动方案，2022–2024年。Liaoning, a plan of three years"
    lines = wrap(words, 70, 7)
    assert all(text_width(line, 7) <= 77 for line in lines)
    assert not any(line[0] in "，。”" for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert wrap("a\nb", 99, 7) == ["a", "b"]


def glyphs_of(path):
    characters = font_manager.get_font(path).get_charmap()
    return {characters[ord(c)] for c in WORDS}


def subset(path, glyphs):
    """Font of some glyphs as the PDF backend would embed it, and the new number of each."""
    with backend.get_glyphs_subset(font_manager.FontPath(path, 0), glyphs) as found:
        return backend.font_as_file(found.font).getvalue(), dict(found.glyph_index_map)


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_every_glyph_keeps_the_outline_and_width_that_fonttools_gives_it(weight):
    path = font_files()[weight]
    theirs, their_numbers = subset(path, glyphs_of(path))
    with quick_pdf_fonts():
        ours, our_numbers = subset(path, glyphs_of(path))
    one, other = FT2Font(io.BytesIO(ours)), FT2Font(io.BytesIO(theirs))
    for glyph in glyphs_of(path):
        flags = LoadFlags.NO_SCALE | LoadFlags.NO_HINTING
        mine = one.load_glyph(our_numbers[glyph], flags=flags)
        reference = other.load_glyph(their_numbers[glyph], flags=flags)
        assert (mine.horiAdvance, mine.bbox) == (reference.horiAdvance, reference.bbox)
        for ours_part, theirs_part in zip(one.get_path(), other.get_path(), strict=True):
            assert ours_part.tolist() == theirs_part.tolist()


def test_the_same_glyphs_give_the_same_font_with_right_checksums():
    path = font_files()["Regular"]
    with quick_pdf_fonts():
        data, numbers = subset(path, glyphs_of(path))
        assert subset(path, glyphs_of(path)) == (data, numbers)
    count = TTFont(io.BytesIO(data), checkChecksums=2)["maxp"].numGlyphs
    assert count == len(numbers) == len(glyphs_of(path)) + 1
    assert numbers[0] == 0


def pdf_of(words, **looks):
    fig, stream = figure("single", height_mm=20), io.BytesIO()
    fig.text(0.1, 0.5, words, **looks)
    fig.savefig(stream, format="pdf", metadata={"CreationDate": None})
    return stream.getvalue()


def test_matplotlib_still_subsets_fonts_by_the_function_that_is_replaced(monkeypatch):
    """Fails when a new matplotlib has another function: PDF files are then right but slow."""
    original = backend.get_glyphs_subset
    monkeypatch.setattr(fontTools.subset.Subsetter, "subset", lambda *_: pytest.fail("subset by fontTools"))
    with quick_pdf_fonts():
        assert backend.get_glyphs_subset is not original
        content = pdf_of("沈阳")
    assert backend.get_glyphs_subset is original
    assert b"/FontFile2" in content


def test_text_of_a_pdf_can_be_selected():
    with quick_pdf_fonts():
        content = pdf_of(WORDS)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    parts = [zlib.decompressobj().decompress(s) if s[:1] == b"\x78" else s for s in streams]
    meant = b" ".join(part for part in parts if b"begincmap" in part).decode("latin-1").upper()
    assert {f"{ord(c):04X}" for c in WORDS} <= set(re.findall(r"<(\w{4})>", meant))


def test_a_font_of_another_file_is_subset_by_matplotlib():
    with quick_pdf_fonts():
        assert b"DejaVuSans" in pdf_of("Shenyang", family=["DejaVu Sans Mono"])


@pytest.mark.parametrize("other", [lambda names: names, None])
def test_where_the_function_cannot_be_replaced_it_is_left_alone(monkeypatch, other):
    monkeypatch.setattr(backend, "get_glyphs_subset", other)
    with quick_pdf_fonts():
        assert backend.get_glyphs_subset is other
