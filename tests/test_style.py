import io
import itertools
import math

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.text import Text

from lnregions.errors import DataError
from lnregions.paths import data_dir
from lnregions.style import palette, style
from lnregions.style import typeset as _typeset
from lnregions.words.words import UNITS, WORDS

# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision
# deficiency", severity 1.0; they act on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# Ottosson 2020, "A perceptual color space for image processing": linear RGB to cone responses to OKLab.
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
TOLD_APART = 8.0  # hundredths of OKLab; 2 is about the least that is seen side by side
GREY_STEP = 8.0  # of lightness L* (0 to 100)


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen(colour, kind):
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(BLINDNESS[kind] @ linear(colour), 0, 1))


def distance(one, other):
    """Least distance over the kinds of colour vision."""
    return min(100 * float(np.linalg.norm(seen(one, k) - seen(other, k))) for k in BLINDNESS)


def lightness(colour):
    return 116 * np.cbrt(palette.luminance(colour)) - 16


def test_the_simulation_keeps_white_and_grey():
    for kind in BLINDNESS:
        assert np.allclose(BLINDNESS[kind] @ np.ones(3), 1, atol=2e-5)
    assert distance("#808080", "#808080") == 0
    assert distance("#000000", "#ffffff") == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(palette.REGION_COLOURS, 2)))
def test_region_colours_are_told_apart_by_the_colour_blind_and_in_grey(one, other):
    a, b = palette.REGION_COLOURS[one], palette.REGION_COLOURS[other]
    assert distance(a, b) >= TOLD_APART
    assert abs(lightness(a) - lightness(b)) >= GREY_STEP


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(palette.REGION_COLOURS, 2)))
def test_region_tints_differ_in_colour_and_in_grey_and_so_do_their_lines(one, other):
    a, b = palette.region_tint(one), palette.region_tint(other)
    assert distance(a, b) >= 5
    assert abs(lightness(a) - lightness(b)) >= GREY_STEP
    c, d = palette.shade(palette.REGION_COLOURS[one]), palette.shade(palette.REGION_COLOURS[other])
    assert distance(c, d) >= TOLD_APART


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(style.STATUSES, 2)))
def test_statuses_differ_in_hatch_or_in_colour_and_grey(one, other):
    a, b = style.STATUSES[one], style.STATUSES[other]
    assert a.marker != b.marker or a.colour != b.colour
    if a.hatch == b.hatch:
        assert distance(a.colour, b.colour) >= TOLD_APART
        assert abs(lightness(a.colour) - lightness(b.colour)) >= GREY_STEP


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(style.ROLES, 2)))
def test_lines_of_a_chart_differ_in_line_style_and_nearly_all_in_colour(one, other):
    a, b = style.ROLES[one], style.ROLES[other]
    assert (a.linestyle, a.marker) != (b.linestyle, b.marker)
    if a.colour != b.colour:  # target and required path are one idea
        assert distance(a.colour, b.colour) >= TOLD_APART


@pytest.mark.parametrize("count", range(3, 8))
def test_sequential_classes_darken_in_even_visible_steps(count):
    ramp = palette.sequential(count)
    steps = -np.diff([lightness(c) for c in ramp])
    assert len(ramp) == count
    assert (steps >= GREY_STEP).all()
    assert all(distance(a, b) >= TOLD_APART for a, b in itertools.pairwise(ramp))


@pytest.mark.parametrize("count", [1, 2])
def test_few_classes_take_the_middle_of_the_ramp(count):
    assert len(palette.sequential(count)) == count


@pytest.mark.parametrize("below", range(5))
@pytest.mark.parametrize("above", range(5))
def test_diverging_classes_leave_zero_darker_on_both_sides(below, above):
    if not below + above:
        return
    ramp = palette.diverging(below, above)
    assert len(ramp) == below + above
    assert all(lightness(a) < lightness(b) for a, b in itertools.pairwise(ramp[:below]))
    assert all(lightness(a) > lightness(b) for a, b in itertools.pairwise(ramp[below:]))
    if below and above:
        assert distance(ramp[0], ramp[-1]) >= TOLD_APART
    assert len(palette.diverging(1, 2, middle=True)) == 4


FILLS = [
    *palette.REGION_COLOURS.values(),
    *(palette.region_tint(r, strength=s) for r in palette.REGION_COLOURS for s in (0.55, 0.85, 1.0)),
    *(s.colour for s in style.STATUSES.values()),
    *(c for n in range(1, 8) for c in palette.sequential(n)),
    *(c for n in range(1, 5) for c in palette.diverging(n, n)),
    "#7fb2dd",
]


@pytest.mark.parametrize("fill", dict.fromkeys(FILLS))
def test_text_on_every_fill_is_readable(fill):
    assert palette.contrast(palette.text_on(fill), fill) >= 4.5


@pytest.mark.parametrize("ground", [palette.GROUND, palette.LAND, palette.SEA])
def test_ink_and_muted_text_are_readable_on_every_ground(ground):
    assert palette.contrast(palette.INK, ground) >= 7
    assert palette.contrast(palette.MUTED, ground) >= 4.5


@pytest.mark.parametrize("role", ["actual", "required", "target", "benchmark"])
def test_lines_are_dark_enough_to_label_in_their_own_colour(role):
    assert palette.contrast(style.ROLES[role].colour, palette.GROUND) >= 4.5


def test_a_region_unknown_here_gets_a_spare_colour():
    spare = {palette.region_style(f"r{k}", order=k) for k in range(6)}
    assert len(spare) == 6
    assert palette.region_style("east") == (palette.REGION_COLOURS["east"], palette.REGION_HATCHES["east"])


@pytest.mark.parametrize("width", style.SIZES)
def test_text_stays_between_six_and_nine_points(width):
    size = style.size_of(width)
    assert 6 <= size.small <= size.normal <= size.title <= 9
    settings = style.rc("en", width)
    for key in ("font.size", "axes.titlesize", "xtick.labelsize", "legend.fontsize", "axes.labelsize"):
        assert 6 <= settings[key] <= 9


@pytest.mark.parametrize(("width", "mm"), [("single", 85), ("onehalf", 120), ("double", 174), ("slide", 254)])
def test_presets_have_their_width_in_millimetres(width, mm):
    assert style.figure(width).get_figwidth() * 25.4 == pytest.approx(mm)


def test_a_slide_is_sixteen_to_nine_and_a_page_is_a4():
    wide, high = style.figure("slide").get_size_inches()
    assert wide / high == pytest.approx(16 / 9, rel=0.001)
    assert style.figure("a4").get_size_inches() * 25.4 == pytest.approx([210, 297])


def test_a_width_in_millimetres_takes_the_text_of_the_next_smaller_preset():
    assert style.size_of(130).normal == style.SIZES["onehalf"].normal
    assert style.size_of(40).small == style.SIZES["single"].small
    assert style.size_of(40).width_mm == 40


def test_an_unknown_width_is_refused_with_the_choices():
    with pytest.raises(DataError, match=r"width 'wide'.*single"):
        style.figure("wide")


def test_an_unknown_language_is_refused():
    with pytest.raises(DataError, match="language 'fr'"):
        style.figure(language="fr")


def test_the_style_sets_nothing_globally():
    before = dict(mpl.rcParams)
    fig = style.figure("single", language="zh")
    ax = fig.add_subplot()
    ax.set_title("辽宁")
    with style.context("zh", "single"):
        assert mpl.rcParams["font.size"] == 6.5
    with style.use_style():
        pass
    assert dict(mpl.rcParams) == before


def test_a_figure_writes_chinese_wherever_it_is_drawn(tmp_path):
    fig = style.figure("single", language="zh")
    ax = fig.add_subplot()
    ax.bar(["沈阳", "大连"], [1, 2])
    ax.set_title("地区生产总值 −3 US$5 and $6")
    fig.text(0.5, 0.5, "辽宁")  # by a reader who goes on drawing, outside any context
    fig.savefig(tmp_path / "a.png")  # a missing glyph is an error in these tests
    assert {t.get_fontname() for t in fig.findobj(Text) if t.get_text()} == {style.FAMILY}


def test_a_dollar_sign_is_no_mathematics():
    fig = style.figure("single")
    ax = fig.add_subplot()
    assert not ax.set_title("US$5 and $6").get_parse_math()


def test_fonts_are_registered_once_and_are_the_bundled_ones():
    assert style.font_files() is style.font_files()
    for weight in ("normal", "bold"):
        path = font_manager.findfont(font_manager.FontProperties(family=style.FAMILY, weight=weight))
        assert path in style.font_files().values()


def test_every_word_and_unit_can_be_drawn_in_both_languages():
    words = "".join(w for pair in WORDS.values() for w in pair)
    words += "".join(f"{en}{zh}" for en, _, zh in UNITS.values())
    assert style.missing_glyphs(words + "0123456789,.%+−–≥") == ""
    assert style.missing_glyphs("a𓀀b𓀀\n") == "𓀀"


def test_units_agree_with_the_table_of_units():
    import pandas as pd

    table = pd.read_csv(data_dir() / "units.csv", dtype={"unit": str})
    shown = {row.unit: (row.label_en, float(row.factor_en), row.label_zh) for row in table.itertuples()}
    assert {unit: UNITS.get(unit) for unit in shown} == shown


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        (9027.1, "亿元", "en", "902.7 billion yuan"),
        (9027.1, "亿元", "zh", "9027.1亿元"),
        (10000, "亿元", "en", "1,000 billion yuan"),
        (10002.1, "亿元", "en", "1,000.2 billion yuan"),
        (3.47, "亿立方米", "en", "347 million cubic metres"),
        (-0.04, "%", "en", "0.0%"),
        (-1.25, "pp", "en", "−1.2 pp"),
        (5, "furlong", "en", "5 furlong"),
        (5, "", "zh", "5"),
        (3.14159, "", "en", "3.14"),
        (math.nan, "%", "zh", "暂无数据"),
        (None, "%", "en", "no data"),
        (math.inf, "亿元", "en", "no data"),
    ],
)
def test_values_are_printed_in_the_habit_of_the_language(value, unit, language, expected):
    assert style.format_value(value, unit, language) == expected


def test_signs_and_decimals_can_be_asked_for():
    assert style.format_value(2, "%", "en", sign=True, decimals=2) == "+2.00%"
    assert style.format_number(0, sign=True) == "0"
    assert style.format_number(math.nan) == "no data"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0371, ("0.004 billion US dollars", "0.04亿美元")), (-0.0004, ("−0.00004 billion US dollars", "−0.0004亿美元")),
     (0.0, ("0 billion US dollars", "0亿美元")), (0.5, ("0.05 billion US dollars", "0.50亿美元"))],
)  # fmt: skip
def test_a_small_number_is_never_printed_as_nothing(value, printed):
    assert tuple(style.format_value(value, "亿美元", language) for language in ("en", "zh")) == printed


def test_an_unknown_word_is_refused():
    with pytest.raises(DataError, match=r"'aim'"):
        style.text("aim", "en")


def test_every_status_has_words_in_both_languages():
    for status in style.STATUSES:
        assert style.text(status, "en")
        assert style.text(status, "zh") != style.text(status, "en")


def test_measured_text_is_as_wide_as_drawn_text():
    fig = style.figure("double")
    fig.dpi = 300
    for words, bold in (("Shenyang City", False), ("葫芦岛市", False), ("Liaoning 辽宁", True)):
        drawn = fig.text(
            0, 0, words, fontsize=8, fontfamily=style.FAMILY, fontweight="bold" if bold else "normal"
        )
        width = drawn.get_window_extent().width * 72 / fig.dpi
        assert _typeset.text_width(words, 8, bold=bold) == pytest.approx(width, rel=0.02)


def test_wrapping_keeps_lines_within_the_width_and_chinese_punctuation_off_their_start():
    words = "辽宁省推进“一圈一带两区”区域协调发展三年行动方案，2022–2024年。Liaoning, a plan of three years"
    lines = _typeset.wrap(words, 70, 7)
    assert all(_typeset.text_width(line, 7) <= 77 for line in lines)
    assert not any(line[0] in "，。”" for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert _typeset.wrap("a\nb", 99, 7) == ["a", "b"]


def test_axes_on_a_foreign_figure_take_the_sizes_of_its_width():
    from matplotlib.figure import Figure

    ax = Figure(figsize=(120 / 25.4, 3)).add_subplot()
    assert style.size_on(ax).normal == style.SIZES["onehalf"].normal


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_text_measured_before_gives_the_same_picture_as_text_measured_anew(kind):
    from lnregions.figures import figures

    def drawn():
        fig, file = style.figure("single", height_mm=30), io.BytesIO()
        fig.add_subplot().set(title="辽宁 Liaoning", xlabel="measured once")
        fig.savefig(file, format=kind, metadata=dict(figures._METADATA[kind]))
        return file.getvalue()

    style._EXTENTS.clear()
    anew = drawn()
    known = len(style._EXTENTS)
    assert known > 0
    assert drawn() == anew
    assert len(style._EXTENTS) == known


def test_measures_of_text_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(style, "_MOST_EXTENTS", 3)
    style._EXTENTS.clear()
    fig = style.figure("single", height_mm=30)
    fig.add_subplot()
    fig.canvas.draw()
    once = fig.canvas.get_renderer().get_text_width_height_descent
    fig.canvas.draw()
    assert fig.canvas.get_renderer().get_text_width_height_descent is once
    assert 0 < len(style._EXTENTS) <= 3
