"""Amounts as circles: the area of a circle is its value, and no label covers anything."""

import map_kit as kit
import numpy as np
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.patches import Circle
from matplotlib.text import Text

from lnregions import maps
from lnregions.errors import DataError


def circles_of(ax):
    """Circles of a map as shapes in the units of the axes."""
    (drawn,) = kit.collections(ax, "circles")
    fig = ax.get_figure(root=True)
    unit = np.ptp(ax.get_xlim()) / (ax.get_position().width * fig.get_figwidth() * 72)
    pairs = zip(drawn.get_offsets(), drawn.get_sizes(), strict=True)
    return [shapely.Point(middle).buffer(size**0.5 / 2 * unit) for middle, size in pairs]


def test_circles_are_proportional_in_area_and_large_ones_lie_below():
    (drawn,) = kit.collections(maps.plot_symbols(kit.CITIES, "amount", unit="亿元"), "circles")
    values = sorted(kit.CITIES["amount"], reverse=True)
    assert drawn.get_sizes() / drawn.get_sizes()[0] == pytest.approx(np.array(values) / values[0])


def test_every_circle_lies_on_its_own_area():
    ax = maps.plot_symbols(kit.CITIES, "amount", unit="亿元")
    order = np.argsort(-kit.CITIES["amount"].to_numpy(), kind="stable")
    shapes = maps.prepare(kit.CITIES).geometry.iloc[order]
    assert all(shape.contains(circle.centroid) for shape, circle in zip(shapes, circles_of(ax), strict=True))


def test_the_legend_of_circles_is_nested_round_and_to_scale():
    ax = maps.plot_symbols(kit.CITIES, "amount", unit="亿元", legend="GDP")
    (box,) = kit.by_gid(ax, "circle legend")
    words = "\n".join(t.get_text() for t in box.findobj(Text) if t.get_text())
    assert words == "GDP (billion yuan)\n800\n200\n50"
    radii = [c.get_radius() for c in box.findobj(Circle)]
    assert [(r / radii[0]) ** 2 for r in radii] == pytest.approx([1, 0.25, 0.0625])
    (drawn,) = kit.collections(ax, "circles")  # the largest is 8,000 亿元, 800 billion yuan
    assert 2 * radii[0] == pytest.approx(drawn.get_sizes()[0] ** 0.5)


@pytest.mark.parametrize("width", ["single", "onehalf", "double"])
@pytest.mark.parametrize("language", kit.LANGUAGES)
def test_labels_of_circles_touch_neither_one_another_nor_other_circles(width, language):
    ax = maps.map_axes(width, language=language)
    maps.plot_symbols(kit.CITIES, "amount", unit="亿元", ax=ax, language=language)
    boxes, circles = kit.boxes_in_units(ax), circles_of(ax)
    assert len(boxes) == 14
    assert not kit.overlapping(boxes)
    assert not kit.overlapping(circles)
    for box in boxes:
        own = [c for c in circles if c.intersects(box)]
        assert len(own) <= 1
        assert not own or own[0].contains(box.centroid) or own[0].intersection(box).area < 0.15 * box.area


def test_areas_without_an_amount_are_hatched_and_counted():
    frame = kit.CITIES.copy()
    frame.loc[[1, 2], "amount"] = np.nan
    ax = maps.plot_symbols(frame, "amount", unit="亿元", largest=10000, language="zh")
    assert len(kit.collections(ax, "no data")[0].get_paths()) == 2
    assert len(circles_of(ax)) == 12
    assert "暂无数据（2）" in kit.notes(ax)
    assert maps.map_facts(ax)["largest_circle"] == 10000


@pytest.mark.parametrize("values", [[-1, 2, 3], [np.nan] * 3, [0, 0, 0]])
def test_values_no_circle_can_show_are_refused(values):
    with pytest.raises(DataError, match="plot_change"):
        maps.plot_symbols(kit.squares(v=values), "v", unit="亿元")


def test_circles_without_room_for_words_get_numbers_with_a_key():
    frame = kit.squares(6, v=[9.0, 8, 8, 8, 8, 8])
    frame["short_en"] = [f"A very long name of area {k}" for k in range(6)]
    ax = maps.plot_symbols(frame, "v", unit="", ax=maps.map_axes("single"))
    key = maps.map_facts(ax)["key"]
    assert len(key) + sum(len(t.get_text()) > 5 for t in kit.labels(ax)) == len(frame)
    assert all(f"{n} {name}" in kit.notes(ax).replace("\n", " ") for n, name in key.items())


@pytest.mark.parametrize("largest", [924.0, 10002.1, 8122.0, 1.0, 0.31, 55.0])
def test_the_legend_of_circles_reaches_the_largest(largest):
    steps = maps.circle_steps(largest, "", "en")
    assert 0.98 * largest <= steps[0] <= 1.7 * largest
    assert steps == sorted(steps, reverse=True)


def test_the_colour_of_a_circle_is_the_class_of_its_rate_and_low_confidence_dashes_its_outline():
    frame = kit.squares(4, amount=[40.0, 30.0, 20.0, 10.0], rate=[2.0, 7.0, np.nan, 3.0], grade=list("AACB"))
    scale = maps.rate_scale("rate", frame["rate"], unit="%", breaks=[2.5, 5])
    ax = maps.plot_symbols(frame, "amount", unit="亿元", legend="GDP", scale=scale, scale_legend="Growth")
    (drawn,) = kit.collections(ax, "circles")
    low, middle, high = scale.ramp
    assert [to_hex(one) for one in drawn.get_facecolors()] == [low, high, "#f4f5f6", middle]
    assert [one[1] is not None for one in drawn.get_linestyles()] == [False, False, True, False]
    words = "|".join(t.get_text() for t in kit.by_gid(ax, "circle legend")[0].findobj(Text) if t.get_text())
    assert words == "GDP (billion yuan)|4|1|0.2|Growth (%)|5.0 or more|2.5 to 5.0|below 2.5"
    assert "hollow: no data for the colour (1)" in kit.notes(ax)
    assert "dashed outline: low-confidence figure" in kit.notes(ax)
    assert maps.map_facts(ax)["colours"]["breaks"] == [2.5, 5]
