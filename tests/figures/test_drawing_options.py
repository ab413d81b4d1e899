"""Options of the user: every kind of picture takes them in one way, or refuses one that it has no use for."""

import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import lnregions as ln
from lnregions.errors import DataError
from lnregions.figures import CITY_KINDS, PLAN_KINDS, REGION_KINDS, Picture
from lnregions.style import DrawingOptions

PLAN = ln.load_plan()
KINDS = {
    "map": lambda **own: ln.draw_map(PLAN, "belt", "urbanisation_rate", **own),
    "amounts": lambda **own: ln.draw_map(PLAN, "belt", "gdp", **own),
    "series": lambda **own: ln.draw_series("210200", "gdp", plan=PLAN, **own),
}
REGISTERED = PLAN_KINDS | REGION_KINDS | CITY_KINDS
ALL = [*(REGISTERED | KINDS)]
PANELS = ("members", "dual-core", "years")
SEVERAL = ("targets",)


def drawn(kind, **options):
    """The first picture of a kind."""
    if kind in KINDS:
        return KINDS[kind](**options)
    area = () if kind in PLAN_KINDS else ("west",) if kind in REGION_KINDS else ("210200",)
    found = REGISTERED[kind](PLAN, *area, as_of="", **options)
    while not isinstance(found, Picture):
        found = found[0]
    return found


def said(picture):
    return [one.get_text() for one in picture.figure.findobj(Text) if one.get_text().strip()]


def ramp(picture):
    return [to_hex(one.get_facecolor()) for one in picture.ax.get_legend().legend_handles]


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_takes_a_title_a_size_a_font_and_no_source_line(kind):
    how = {"title": "Mine", "source_line": False, "figsize": (6.5, 5), "font": "DejaVu Sans"}
    picture = drawn(kind, **how)
    assert "Mine" in said(picture)
    assert not any(words.startswith("Source:") for words in said(picture))
    assert picture.figure.get_size_inches() == pytest.approx((6.5, 5))
    families = {one.get_fontfamily()[0] for one in picture.figure.findobj(Text) if one.get_text().strip()}
    assert families == {"DejaVu Sans"}
    assert "Mine" not in picture.caption["en"]


@pytest.mark.parametrize("kind", ALL)
def test_a_picture_of_one_panel_is_drawn_on_axes_given_and_has_no_title_where_none_is_wanted(kind):
    figure = Figure(figsize=(8, 6))
    ax = figure.add_axes((0.1, 0.3, 0.6, 0.5))
    if kind in (*PANELS, *SEVERAL):
        with pytest.raises(DataError, match="no use for ax" if kind in PANELS else "Several pictures"):
            drawn(kind, ax=ax)
        return
    picture = drawn(kind, ax=ax, title="")
    assert (picture.ax, picture.figure) == (ax, figure)
    assert figure.get_size_inches().tolist() == [8, 6]
    titles = [one for one in ax.texts if "title" in (one.get_gid(), one.get_label().strip("_"))]
    assert titles == []


@pytest.mark.parametrize("region", PLAN.regions["region"])
def test_maps_on_a4_are_as_high_as_they_need_and_their_source_line_ends_at_the_margin(region):
    figure = ln.draw_years(PLAN, region, "gdp_growth_real", width="a4").figure
    assert 210 <= figure.get_figheight() * 25.4 <= 297
    (source,) = (one for one in figure.findobj(Text) if one.get_text().startswith("Source:"))
    box = source.get_window_extent().transformed(figure.transFigure.inverted())
    assert 1 / 210 < box.x0 < box.x1 < 209 / 210
    assert box.y0 * figure.get_figheight() * 25.4 < 4


def test_two_maps_stand_side_by_side_with_their_words_in_their_own_columns():
    figure = Figure(figsize=(10, 6))
    axes = [figure.add_axes((left, 0.4, 0.4, 0.5)) for left in (0.05, 0.55)]
    for ax, region in zip(axes, ("belt", "west"), strict=True):
        ln.draw_map(PLAN, region, "gdp_growth_real", ax=ax)
    figure.draw_without_rendering()
    ends = [one.get_window_extent().x1 for one in (*axes[0].texts, axes[0].get_legend())]
    assert max(ends) <= axes[1].get_window_extent().x0


def test_classes_and_colours_of_a_map_are_those_given():
    assert ramp(drawn("map", classes=[60, 75], palette=["#ffeeee", "#ff8888", "#aa0000"])) == [
        "#aa0000", "#ff8888", "#ffeeee"
    ]  # fmt: skip
    assert len(ramp(drawn("map", classes=3, cmap="viridis"))) <= 3
    quantiles = drawn("map", scheme="Quantiles", classes=4)
    assert quantiles.parameters["classes"]["class_method"] == "Quantiles"
    assert len(ramp(quantiles)) == 4
    assert ramp(drawn("change", cmap="PuOr"))[0] != ramp(drawn("change"))[0]
    named, given = (DrawingOptions(cmap=one).ramp(4) for one in ("viridis", colormaps["viridis"]))
    assert named == given


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("map", {"titel": "x"}, "Unknown option 'titel'.*did you mean title"),
        ("map", {"cmap": "virdis"}, "Unknown cmap 'virdis'.*did you mean viridis"),
        ("map", {"scheme": "Quantile"}, "Unknown scheme 'Quantile'.*did you mean Quantiles"),
        ("map", {"palette": ["#zz"]}, "'#zz', which is no colour"),
        ("map", {"palette": ["red"]}, "1 colours for 5 classes"),
        ("map", {"font": "Nope"}, "font 'Nope' is not installed"),
        ("map", {"figsize": 7}, r"The figsize 7 cannot be used\. Give width and height in inches"),
        ("map", {"title": 3}, r"The title 3 cannot be used\. Give text"),
        ("dots", {"subtitle": ["a"]}, "Give text"),
        ("map", {"source_line": "Mine"}, "Give True or False"),
        ("map", {"font": ["Arial"]}, "family of an installed font"),
        *(
            ("map", {"classes": one}, "Give how many")
            for one in (0, 1, 8, 4.5, True, "5", ["a"], [float("nan")])
        ),
        ("map", {"classes": [60, 75], "scheme": "Quantiles"}, "Leave scheme or classes out"),
        ("map", {"palette": "viridis"}, "name of a colormap goes into cmap"),
        ("map", {"palette": 5}, "Give a list of colours"),
        ("map", {"cmap": ["red"]}, "Give a colormap"),
        ("map", {"palette": ["red"], "cmap": "viridis"}, "exclude each other"),
        ("map", {"figsize": (7, 0.5)}, "no room for a map"),
        ("map", {"ax": 3}, "axes of matplotlib"),
        ("map", {"subtitle": "x"}, "no use for subtitle"),
        ("amounts", {"classes": 3}, "no use for classes"),
        ("dots", {"cmap": "viridis"}, r"no use for cmap \(for maps in classes\)"),
        ("change", {"scheme": "Quantiles"}, "no use for scheme"),
    ],
)
def test_an_option_that_is_unknown_wrong_or_of_no_use_is_refused(kind, given, message):
    with pytest.raises(DataError, match=message):
        drawn(kind, **given)
