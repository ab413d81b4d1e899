"""Figures have their size in millimetres, and the style holds for them whatever is set globally."""

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from lnregions.errors import DataError
from lnregions.style import FAMILY, SIZES, figure, missing_glyphs, rc, size_of, size_on
from lnregions.words import NAMES, text, units


@pytest.mark.parametrize("width", SIZES)
def test_text_has_the_sizes_of_its_width(width):
    size = size_of(width)
    # a widescreen slide shows it so much larger
    least = 14 / 338.7 * size.width_mm - 1e-9 if width == "slide" else 6
    assert least <= size.small <= size.normal <= size.title
    assert size.title <= 9 or width == "slide"
    settings = rc("en", width)
    for key in ("font.size", "axes.titlesize", "xtick.labelsize", "legend.fontsize", "axes.labelsize"):
        assert size.small <= settings[key] <= size.title


@pytest.mark.parametrize(
    ("width", "mm"),
    [("single", (85, 78)), ("slide", (254, 254 * 9 / 16)), ("a4", (210, 297)), (130, (130, 130 * 100 / 120))],
)
def test_a_figure_has_its_size_in_millimetres(width, mm):
    assert figure(width).get_size_inches() * 25.4 == pytest.approx(mm)


def test_a_width_in_millimetres_takes_the_text_of_the_next_smaller_preset():
    assert size_of(130).normal == SIZES["onehalf"].normal
    assert size_of(40).small == SIZES["single"].small
    ax = Figure(figsize=(120 / 25.4, 3)).add_subplot()
    assert size_on(ax).normal == SIZES["onehalf"].normal


@pytest.mark.parametrize("width", [-3, 0, float("inf"), True, None, [1]])
def test_what_is_no_width_is_refused(width):
    with pytest.raises(DataError, match=r"is no length\. Give millimetres"):
        size_of(width)


def test_an_unknown_width_or_language_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"width 'wide'.*single"):
        figure("wide")
    with pytest.raises(DataError, match="language 'fr'"):
        figure(language="fr")


def test_the_style_sets_nothing_globally():
    before = dict(mpl.rcParams)
    ax = figure("single", language="zh").add_subplot()
    ax.set_title("辽宁")
    with mpl.rc_context(rc("zh", "single")):
        assert mpl.rcParams["font.size"] == 6.5
    assert dict(mpl.rcParams) == before


def test_a_figure_writes_chinese_wherever_it_is_drawn(tmp_path):
    fig = figure("single", language="zh")
    ax = fig.add_subplot()
    ax.bar(["沈阳", "大连"], [1, 2])
    assert not ax.set_title("地区生产总值 −3 US$5 and $6").get_parse_math()
    fig.text(0.5, 0.5, "辽宁")  # by a reader who goes on drawing, outside any context
    fig.savefig(tmp_path / "a.png")  # a missing glyph is an error in these tests
    assert {t.get_fontname() for t in fig.findobj(Text) if t.get_text()} == {FAMILY}


def test_ticks_made_while_drawing_follow_the_style():
    fig = figure("single")
    ax = fig.add_subplot()
    with mpl.rc_context({"xtick.labelsize": 30, "font.family": "DejaVu Sans"}):
        fig.canvas.draw()
    assert {label.get_fontsize() for label in ax.get_xticklabels()} == {SIZES["single"].small}


def test_every_word_and_unit_can_be_drawn_in_both_languages():
    words = "".join(text(key, language) for key in NAMES for language in ("en", "zh"))
    words += "".join(f"{en}{zh}" for en, _, zh in units().values())
    assert missing_glyphs(words + "0123456789,.%+−–≥") == ""
    assert missing_glyphs("a𓀀b𓀀\n") == "𓀀"
