import dataclasses
import io
import re
import zlib

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import patheffects
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Rectangle
from matplotlib.transforms import Affine2D
from PIL import Image

from lnregions import maps
from lnregions.boundaries import boundaries
from lnregions.figures import figures
from lnregions.style import draw_once as _draw_once
from lnregions.style import glyph_runs as _glyph_runs
from lnregions.style import renderers as _renderers
from lnregions.style import style
from lnregions.style.font_file import FontFile, content
from lnregions.style.glyph_runs import EM, dots, font_of, glyph_run


def shapes():
    """A figure of everything but text: lines, markers, collections, clips, hatches, half-seen colours."""
    fig = style.figure("single", height_mm=60)
    ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.set_axis_off()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    ax.plot([0, 4, 12], [0, 8, 3], "o--", color="#336699", clip_on=True)
    ax.scatter([1, 2, 3], [9, 8, 7], s=[10, 40, 90], c=["#aa0000", "#00aa00", "#0000aa"], alpha=0.5)
    ax.scatter(np.linspace(5, 9, 30), np.full(30, 9.0), s=12, marker="s")
    ax.add_patch(Rectangle((5, 5), 3, 2, facecolor="#dddddd", edgecolor="#333333", hatch="///"))
    ax.add_collection(PatchCollection([Circle((2, 3), 1), Circle((7, 2), 1.5)], facecolor="#ccbb44"))
    lines = LineCollection([[(0, 5), (3, 6)], [(3, 6), (9, 1)]], linestyles=["-", ":"])
    lines.set_clip_path(Circle((5, 5), 4, transform=ax.transData))
    ax.add_collection(lines)
    return fig


def words(language="zh"):
    fig = style.figure("single", height_mm=60, language=language)
    ax = fig.add_axes((0.2, 0.2, 0.7, 0.6))
    ax.plot([2019, 2024], [1.5, 2.5], label="沈阳")
    ax.set(title="辽宁 GDP", ylabel="亿元", xlabel="year")
    ax.text(
        2021,
        2,
        "大连\nDalian",
        rotation=30,
        path_effects=[patheffects.withStroke(linewidth=2, foreground="w")],
    )
    ax.legend()
    return fig


def a_map():
    cities = boundaries.load_boundaries("city")
    cities["rate"] = np.linspace(40, 90, 14)
    ax = maps.plot_choropleth(cities, "rate", unit="%", ax=maps.map_axes("single"))
    return maps.finish_map(ax, title="Rates", source="Source: yearbook.").figure


def saved(fig, name):
    """What matplotlib itself makes of a figure."""
    file = io.BytesIO()
    with fig.in_style():
        fig.savefig(file, format=name, dpi=figures.DPI, metadata=dict(figures._METADATA[name]))
    return file.getvalue()


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_a_drawing_without_text_is_the_svg_that_matplotlib_writes():
    assert figures.picture(shapes(), "svg") == saved(shapes(), "svg")


@pytest.mark.parametrize("make", [shapes, words, a_map])
def test_a_drawing_is_the_picture_that_matplotlib_draws_but_for_a_fraction_of_a_pixel(make):
    ours, theirs = pixels(figures.picture(make(), "png")), pixels(saved(make(), "png"))
    height, width = (min(sides) for sides in zip(ours.shape[:2], theirs.shape[:2], strict=True))
    far = np.abs(ours[:height, :width] - theirs[:height, :width]).max(axis=2) > 128
    assert far.mean() < 0.01
    ink = [(picture.min(axis=2) < 128).mean() for picture in (ours, theirs)]
    assert ink[0] == pytest.approx(ink[1], rel=0.02)


def test_a_figure_is_gone_through_once_for_all_formats(monkeypatch):
    fig, drawn, draw = words(), [], style.StyledFigure.draw
    monkeypatch.setattr(style.StyledFigure, "draw", lambda self, to: (drawn.append(to), draw(self, to)))
    found = figures.pictures_of(fig, figures.FORMATS)
    assert [type(one) for one in drawn] == [_draw_once.Drawing]
    assert found["png"][:4] == b"\x89PNG"
    assert found["pdf"][:4] == b"%PDF"
    assert b"</svg>" in found["svg"]


@pytest.mark.parametrize("name", figures.FORMATS)
def test_what_was_drawn_before_changes_nothing(name):
    first = figures.picture(words(), name)
    figures.picture(a_map(), name)
    again = figures.picture(words(), name)
    for known in (
        _glyph_runs.glyph_run,
        _glyph_runs.dots,
        _glyph_runs.outline,
        _renderers._uses,
        _renderers._definition,
        _renderers._shown,
    ):
        known.cache_clear()
    assert first == again == figures.picture(words(), name)


def test_drawing_leaves_the_figure_as_it_was():
    fig = words()
    before = (fig.dpi, tuple(fig.get_size_inches()), fig.axes[0].get_position().bounds)
    figures.pictures_of(fig, figures.FORMATS)
    assert (fig.dpi, tuple(fig.get_size_inches()), fig.axes[0].get_position().bounds) == before


def test_an_outline_that_nobody_can_change_is_written_once(monkeypatch):
    from matplotlib.path import Path

    written, fixed, free = [], Path([[0, 0], [1, 2], [3, 1]]), Path([[0, 0], [1, 2], [3, 1]])
    fixed.vertices.flags.writeable = False
    monkeypatch.setattr(_renderers, "_MOST_WRITTEN", 2)
    _renderers._WRITTEN.clear()

    def write(path, transform, settings="svg"):
        return _renderers._written(path, transform, (settings,), lambda: written.append(path) or len(written))

    here, there = Affine2D(), Affine2D().translate(1, 0)
    assert [write(fixed, here), write(fixed, here), write(free, here), write(free, here)] == [1, 1, 2, 3]
    assert [write(fixed, there), write(fixed, here, "pdf"), write(fixed, there)] == [4, 5, 4]
    assert len(_renderers._WRITTEN) == 2
    assert write(fixed, here) == 6  # the one that was not asked for longest had to go


@pytest.mark.parametrize("name", ["svg", "pdf"])
def test_maps_that_share_outlines_are_written_as_if_alone(name):
    _renderers._WRITTEN.clear()
    alone = figures.picture(a_map(), name)
    assert _renderers._WRITTEN
    assert figures.picture(a_map(), name) == alone


def with_an_image(fig):
    fig.axes[0].imshow(np.eye(4), extent=(2019, 2024, 1, 3), aspect="auto")


def with_a_rasterised_line(fig):
    fig.axes[0].plot([2019, 2024], [2, 1], rasterized=True)


def with_a_mesh(fig):
    fig.axes[0].pcolormesh(np.arange(3), np.arange(3), np.eye(2))


def with_a_layout(fig):
    fig.set_layout_engine("tight")


@pytest.mark.filterwarnings("ignore:This figure includes Axes that are not compatible")
@pytest.mark.parametrize("change", [with_an_image, with_a_rasterised_line, with_a_mesh, with_a_layout])
def test_what_depends_on_the_format_is_drawn_by_matplotlib(change):
    fig = words()
    change(fig)
    with fig.in_style():
        assert _draw_once.keep_drawing(fig) is None
    ours, theirs = words(), words()
    change(ours), change(theirs)
    assert figures.picture(ours, "svg") == saved(theirs, "svg")


def test_a_colour_set_for_saving_is_kept():
    with mpl.rc_context({"savefig.facecolor": "#ff0000"}):
        assert tuple(pixels(figures.picture(shapes(), "png"))[2, 2]) == (255, 0, 0)


def test_a_formula_is_set_as_matplotlib_sets_it():
    plain, formula = words(), words()
    formula.axes[0].text(2020, 1.6, "$x^2$", parse_math=True)
    found = figures.pictures_of(formula, figures.FORMATS)
    assert all(found[name] != drawn for name, drawn in figures.pictures_of(plain, figures.FORMATS).items())


def test_words_in_another_font_are_drawn_in_it():
    fig, other = words(), words()
    other.axes[0].title.set_fontfamily("DejaVu Sans Mono")
    other.axes[0].set_title("GDP", fontfamily="DejaVu Sans Mono")
    assert b"DejaVuSansMono" in figures.picture(other, "svg")
    assert b"DejaVu" not in figures.picture(fig, "svg")


def test_a_run_is_as_wide_as_matplotlib_measures_it():
    font = font_of(FontProperties(family=style.font_files() and [style.FAMILY]))
    run = glyph_run("AVATAR 沈阳", font)
    font.set_size(EM, 72)
    font.set_text("AVATAR 沈", 0.0, flags=_glyph_runs.LoadFlags.NO_HINTING)
    assert run[-1].x == pytest.approx(font.get_width_height()[0] / 64, abs=EM / 10)
    assert "".join(glyph.char for glyph in run) == "AVATAR 沈阳"
    assert run[1].kern < -1  # A and V move together


def test_the_measures_are_those_that_matplotlib_takes():
    import matplotlib.text

    fig = words()
    with fig.in_style():
        drawing = _draw_once.Drawing(100, 100)
        one = matplotlib.text.Text(0, 0, "沈阳 jg\nGDP", figure=fig, fontsize=7, linespacing="normal")
        fig.dpi = 72
        ours = one._get_layout(drawing)
        without = type("Plain", (_draw_once.Drawing,), {"__getattribute__": _plain})(100, 100)
        theirs = one._get_layout(without)
    assert np.allclose(ours[0].extents, theirs[0].extents)
    assert [line for line, *_ in ours[1]] == ["沈阳 jg", "GDP"]
    for (_, size, place), (_, its_size, its_place) in zip(ours[1], theirs[1], strict=True):
        assert np.allclose([*size, *place], [*its_size, *its_place])


def _plain(self, name):
    """A renderer that leaves the measures of fonts to matplotlib."""
    if name == "_get_font_height_metrics":
        raise AttributeError(name)
    if name == "get_text_width_height_descent":
        return object.__getattribute__(self, "_text2path").get_text_width_height_descent
    return object.__getattribute__(self, name)


def test_a_font_that_is_added_later_is_found(tmp_path, monkeypatch):
    from matplotlib import font_manager

    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    wanted = FontProperties(family=["Later Sans", "DejaVu Sans"])
    first = font_of(wanted).family_name
    entry = font_manager.ttfFontProperty(font_manager.get_font(style.font_files()["Regular"]))
    font_manager.fontManager.ttflist.append(dataclasses.replace(entry, name="Later Sans"))
    font_manager.fontManager._findfont_cached.cache_clear()
    assert (first, font_of(wanted).family_name) == ("DejaVu Sans", style.FAMILY)


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("line", ["沈阳", "AVA, To.", " a ", " ", "，", "10.5%", "", "g"])
def test_the_measures_of_a_line_are_those_of_the_font(line, weight):
    style.font_files()
    font = font_of(FontProperties(family=[style.FAMILY], weight=weight))
    font.set_size(EM, 72)
    font.set_text(line, 0.0, flags=_glyph_runs.LoadFlags.NO_HINTING)
    theirs = (*font.get_width_height(), font.get_descent())
    assert _glyph_runs.measures(line, font) == tuple(value / 64 for value in theirs)


def test_a_glyph_moved_by_a_part_of_a_pixel_is_drawn_anew():
    style.font_files()
    font = font_of(FontProperties(family=[style.FAMILY]))
    number = glyph_run("沈", font)[0].number
    one, two = (dots(font, number, 7.0, 300, 0, across, 0) for across in (0, 2))
    assert one.dark.sum() == pytest.approx(two.dark.sum(), rel=0.02)
    assert one.dark.shape != two.dark.shape or (one.dark != two.dark).any()


@pytest.mark.parametrize("make", [shapes, words, a_map])
def test_every_object_of_a_pdf_is_where_its_table_says_and_as_long_as_it_says(make):
    data = figures.picture(make(), "pdf")
    table = data[int(data.rsplit(b"startxref\n", 1)[1].split()[0]) :].splitlines()
    count = int(table[1].split()[1])
    places = {number: int(table[2 + number].split()[0]) for number in range(1, count)}
    for number, place in places.items():
        assert data[place:].startswith(b"%d 0 obj" % number)
    for number, place in places.items():
        body = data[place:].split(b"endobj", 1)[0]
        if b"\nstream\n" in body:
            head = body.split(b"\nstream\n", 1)[0]
            length = re.search(rb"/Length (\d+)( 0 R)?", head)
            held = int(length[1])
            if length[2]:
                held = int(data[places[held] :].split(b"obj", 1)[1].split()[0])
            assert data[place + len(head) + 8 + held :].startswith(b"\nendstream"), number


def test_text_in_a_pdf_can_be_selected_and_keeps_its_order():
    data = figures.picture(words(), "pdf")
    parts = [zlib.decompress(part) for part in re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)]
    page = next(part for part in parts if b" Tf" in part)
    assert page.count(b"BT") == page.count(b"ET") >= 8
    assert any(b"beginbfchar" in part or b"beginbfrange" in part for part in parts)  # what each code means


def test_a_turned_glyph_leaves_its_outline_as_it_is():
    style.font_files()
    font = font_of(FontProperties(family=[style.FAMILY, "DejaVu Sans"]))
    for words in ("沈", "א"):  # the second is in a font that stands in
        glyph = glyph_run(words, font)[0]
        before = _glyph_runs.outline.__wrapped__(glyph.font, glyph.number)
        dots(glyph.font, glyph.number, 7.0, 300, 90, 2, 1)
        after = _glyph_runs.outline.__wrapped__(glyph.font, glyph.number)
        assert np.array_equal(before.vertices, after.vertices)
        assert np.ptp(before.vertices[:, 0]) > 0


def test_each_thread_has_a_font_of_its_own_in_memory_that_the_others_share():
    from concurrent.futures import ThreadPoolExecutor

    wanted = FontProperties(family=[style.FAMILY], weight="bold")
    here = font_of(wanted)
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(font_of, wanted).result()
    assert here is font_of(wanted)
    assert here is not there
    assert str(here.fname) == str(there.fname) == style.font_files()["Bold"]
    assert isinstance(here.fname, FontFile)
    assert content(str(here.fname)) is content(str(there.fname))
