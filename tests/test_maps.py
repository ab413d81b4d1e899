import math
import os
import re
import shutil
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

from lnregions import maps
from lnregions.boundaries import boundaries
from lnregions.errors import DataError
from lnregions.maps import base as map_base
from lnregions.maps import classes as map_classes
from lnregions.maps import labels as map_labels
from lnregions.maps import legend as map_legend
from lnregions.maps import parts as map_parts
from lnregions.maps.fields import plot_no_data, printed_values
from lnregions.maps.symbols import circle_steps
from lnregions.style import palette, style

WIDTHS = list(style.SIZES)
LANGUAGES = ["en", "zh"]


@pytest.fixture(scope="module")
def cities():
    frame = boundaries.load_boundaries("city")
    frame["rate"] = np.linspace(41.3, 88.9, len(frame)).round(1)
    frame["amount"] = np.geomspace(8000, 500, len(frame)).round(1)
    frame["change"] = np.linspace(-6, 7, len(frame)).round(1)
    frame["status"] = [list(style.STATUSES)[k % 9] for k in range(len(frame))]
    frame["gap"] = np.linspace(-1200.0, 900.0, len(frame))
    return frame


@pytest.fixture(scope="module")
def counties():
    return boundaries.load_boundaries("county")


@pytest.fixture(scope="module")
def context():
    return boundaries.load_context()


@pytest.fixture(scope="module")
def membership():
    rows = [("circle", a, "city", "confirmed") for a in ("210100", "210900", "210400")]
    rows += [("belt", a, "city", "confirmed") for a in ("210200", "211400", "210600")]
    rows += [("west", a, "city", "likely") for a in ("211300", "210900", "211400")]
    rows += [("east", a, "county", "unverified") for a in ("210624", "210423")]
    rows += [("east", "210421", "county", "likely"), ("circle", "zone", "zone", "confirmed")]
    frame = pd.DataFrame(rows, columns=["region", "area", "level", "status"])
    frame["proxy"] = False
    proxy = pd.DataFrame([("east", "210500", "city", "likely", True)], columns=list(frame.columns))
    return pd.concat([frame, proxy], ignore_index=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_legend_measures_the_same_without_a_canvas_of_the_figures_size(cities, language):
    ax = maps.plot_choropleth(cities, "rate", unit="%", ax=maps.map_axes("single", language=language))
    for artist in (ax.get_legend(), *ax.texts):
        assert (map_legend.extent(artist).bounds == np.array(artist.get_window_extent().bounds)).all()


def squares(count=3, **columns):
    boxes = [shapely.box(122 + k, 41, 123 + k, 42) for k in range(count)]
    names = [f"A{k}" for k in range(count)]
    areas = [f"21010{k}" for k in range(count)]
    frame = {"area": areas, "short_en": names, "short_zh": names, **columns}
    return gpd.GeoDataFrame(frame, geometry=boxes, crs=4490)


def collections(ax, gid):
    return [c for c in ax.collections if c.get_gid() == gid]


def fills(ax, gid="areas"):
    return [to_hex(c) for part in collections(ax, gid) for c in part.get_facecolor()]


def labels(ax):
    return [t for t in ax.texts if t.get_gid() == "label"]


def legend_words(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def notes(ax):
    return "\n".join(t.get_text() for t in ax.texts if t.get_gid() == "note").replace("\u00a0", " ")


def boxes_in_units(ax):
    """Boxes of the drawn labels, in the units of the axes, as the picture at 300 dpi has them."""
    fig = ax.get_figure(root=True)
    fig.dpi = 300
    with mpl.rc_context({"text.hinting": "none"}):
        extents = [t.get_window_extent(fig.canvas.get_renderer()) for t in labels(ax)]
    back = ax.transData.inverted()
    return [shapely.box(*extent.transformed(back).extents) for extent in extents]


# --- classes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([31, 38, 44, 52, 67], (40, 50, 60)),
        ([5, 5, 5], (5,)),
        ([0.11, 0.19, 0.32, 0.38], (0.2, 0.3)),
    ],
)
def test_round_breaks_are_round_and_share_the_values_out(values, breaks):
    found = maps.round_breaks(values).breaks
    assert found == breaks


def test_skewed_values_get_steps_that_grow():
    found = maps.round_breaks([100, 150, 180, 210, 330, 500, 900, 1500, 8000, 8700]).breaks
    ratios = np.array(found[1:]) / np.array(found[:-1])
    assert (ratios >= 2).all()
    counts = np.bincount(maps.Classes(found).index([100, 150, 180, 210, 330, 500, 900, 1500, 8000, 8700]))
    assert counts.min() >= 1


def test_missing_values_have_no_class_and_a_value_on_a_break_belongs_above():
    classes = maps.Classes((10.0, 20.0))
    assert classes.index([9.9, 10, 20, np.nan]).tolist() == [0, 1, 2, -1]


def test_breaks_around_zero_are_mirrored_and_hold_zero():
    found = maps.change_breaks([-7, -1, 2, 4, 9]).breaks
    assert 0 in found
    assert sorted(-b for b in found) == list(found)
    assert maps.change_breaks([1.0, 2.0, 3.0]).breaks[0] == 0
    assert maps.change_breaks([0.0, 0.0]).breaks == (0.0,)


@pytest.mark.parametrize("scheme", ["quantiles", "fisher-jenks", "equal-interval", "natural-breaks"])
def test_a_scheme_splits_as_mapclassify_does_and_says_how_well_it_fits(scheme):
    import mapclassify

    values = np.array([1, 2, 3, 4, 10, 12, 13, 30, 31, 33, 50, 77.0])
    ours = maps.scheme_breaks(values, scheme)
    theirs = getattr(mapclassify, map_classes.SCHEMES[scheme])(values, k=5)
    assert ours.index(values).tolist() == theirs.yb.tolist()
    assert ours.fit == pytest.approx(1 - _within(values, theirs.yb))
    assert f"GVF {ours.fit:.2f}" in ours.method_label("en")
    assert "GVF" in ours.method_label("zh")


def _within(values, number):
    total = ((values - values.mean()) ** 2).sum()
    parts = (values[number == k] for k in np.unique(number))
    return sum(((p - p.mean()) ** 2).sum() for p in parts) / total


def test_schemes_without_a_number_of_classes_work_too():
    assert len(maps.scheme_breaks([1, 1, 1, 2, 2, 3, 5, 9, 20, 60], "head-tail").breaks) >= 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: maps.round_breaks([1, 2], classes=9), "9 classes"),
        (lambda: maps.round_breaks([math.nan]), "no value"),
        (lambda: maps.change_breaks([]), "no change"),
        (lambda: maps.scheme_breaks([1, 2, 3], "jenkins"), "scheme 'jenkins'"),
        (lambda: maps.scheme_breaks([1, 1, 2], "quantiles"), "Only 2 different values"),
        (lambda: map_classes.as_classes([3, 2], [1]), "rising order"),
        (lambda: map_classes.as_classes([], [1]), "rising order"),
    ],
)
def test_impossible_classes_are_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


def test_class_labels_are_in_the_habit_of_the_language():
    classes = maps.Classes((5000, 10000))
    assert map_classes.class_labels(classes, factor=0.1) == ["below 500", "500 – 1,000", "1,000 or more"]
    assert map_classes.class_labels(classes, language="zh") == ["5000以下", "5000–10000", "10000及以上"]
    assert map_classes.class_labels(maps.Classes((-2.5, 0)))[1] == "−2.5 to 0.0"
    assert map_classes.class_labels(maps.Classes((-2, 0)), language="zh")[1] == "−2 至 0"


# --- choropleth, change, verdicts ---------------------------------------------------------------------------


def test_a_choropleth_fills_by_class_and_says_so_in_the_legend(cities):
    ax = maps.plot_choropleth(cities, "rate", unit="%", breaks=[50, 60, 70], legend="Rate")
    ramp = palette.sequential(4)
    assert fills(ax) == [ramp[np.digitize(v, [50, 60, 70])] for v in cities["rate"]]
    assert ax.get_legend().get_title().get_text() == "Rate (%)"
    assert legend_words(ax) == ["70 or more", "60 – 70", "50 – 60", "below 50"]
    swatches = [to_hex(h.get_facecolor()) for h in ax.get_legend().legend_handles]
    assert swatches == ramp[::-1]
    assert "given class breaks" in notes(ax)
    facts = maps.map_facts(ax)
    assert facts["breaks"] == [50, 60, 70]
    assert "aea" in facts["crs"]


def test_missing_values_are_hatched_and_counted(cities):
    frame = cities.copy()
    frame.loc[[0, 5, 7], "rate"] = np.nan
    ax = maps.plot_choropleth(frame, "rate", unit="%", language="zh")
    (hatched,) = collections(ax, "no data")
    assert hatched.get_hatch() == palette.NO_DATA_HATCH
    assert len(hatched.get_paths()) == 3
    assert legend_words(ax)[-1] == "暂无数据（3）"
    assert ax.get_legend().legend_handles[-1].get_hatch() == palette.NO_DATA_HATCH
    assert np.isnan(frame.loc[0, "rate"])  # the caller's frame is as it was


def test_amounts_are_refused_as_choropleth_and_drawn_as_circles_by_default(cities):
    with pytest.raises(DataError, match="plot_symbols"):
        maps.plot_choropleth(cities, "amount", unit="亿元", aggregation="sum")
    ax = maps.plot_values(cities, "amount", unit="亿元", aggregation="sum")
    assert collections(ax, "circles")
    ax = maps.plot_values(cities, "rate", unit="%", aggregation="weighted", breaks="quantiles")
    assert not collections(ax, "circles")
    assert "quantiles, GVF 0." in notes(ax)


def test_a_map_of_change_is_brown_below_zero_and_blue_above(cities):
    ax = maps.plot_change(cities, "change", unit="pp", breaks=[-3, 0, 3])
    ramp = palette.diverging(2, 2)
    assert fills(ax) == [ramp[np.digitize(v, [-3, 0, 3])] for v in cities["change"]]
    assert any("+7.0" in t.get_text() for t in labels(ax))
    assert "−3 to 0" in legend_words(ax)


def test_breaks_found_around_zero_make_any_map_diverge(cities):
    classes = maps.change_breaks(cities["change"])
    a = maps.plot_choropleth(cities, "change", unit="pp", breaks=classes)
    b = maps.plot_change(cities, "change", unit="pp")
    assert fills(a) == fills(b)
    assert "around zero" in notes(b)


@pytest.mark.parametrize("breaks", [[1, 2], [-4, -3, -2, -1, 0]])
def test_breaks_of_change_without_zero_or_too_many_are_refused(cities, breaks):
    with pytest.raises(DataError, match="hold 0"):
        maps.plot_change(cities, "change", unit="pp", breaks=breaks)


def test_more_than_six_breaks_are_refused_in_one_hue(cities):
    with pytest.raises(DataError, match="at most six"):
        maps.plot_choropleth(cities, "rate", unit="%", breaks=range(40, 75, 5))


def test_verdicts_are_filled_hatched_and_counted_by_status(cities):
    ax = maps.plot_verdicts(cities, unit="亿元")
    for status, looks in style.STATUSES.items():
        (part,) = collections(ax, f"status {status}")
        assert to_hex(part.get_facecolor()[0]) == looks.colour
        assert (part.get_hatch() or "") == looks.hatch
        assert len(part.get_paths()) == (cities["status"] == status).sum()
    assert legend_words(ax)[0] == "met (2)"
    assert "gap in billion yuan" in notes(ax)
    assert any("−120" in t.get_text() for t in labels(ax))
    assert maps.map_facts(ax)["counts"]["no data"] == 1


def test_gaps_in_different_units_each_carry_their_own(cities):
    frame = cities.assign(unit=["%", "亿元"] * 7)
    frame.loc[2, "gap"] = np.nan
    ax = maps.plot_verdicts(frame, ax=maps.map_axes("a4"), legend="V")
    words = " ".join(t.get_text() for t in labels(ax)) + notes(ax)
    assert "pp" in words
    assert "billion yuan" in words
    assert "gap in" not in notes(ax)


def test_verdicts_without_a_gap_show_names_only(cities):
    ax = maps.plot_verdicts(cities, gap=None, labels="name", language="zh")
    assert {t.get_text() for t in labels(ax)} <= set(cities["short_zh"])
    assert legend_words(ax)[0] == "已实现（2）"


def test_an_unknown_status_is_refused(cities):
    with pytest.raises(DataError, match=r"status 'mett'.*met"):
        maps.plot_verdicts(cities.assign(status="mett"))


# --- symbols ------------------------------------------------------------------------------------------------


def test_circles_are_proportional_in_area_and_large_ones_lie_below(cities):
    ax = maps.plot_symbols(cities, "amount", unit="亿元")
    (circles,) = collections(ax, "circles")
    widths = [np.ptp(p.vertices[:, 0]) for p in circles.get_paths()]
    assert widths == sorted(widths, reverse=True)
    values = sorted(cities["amount"], reverse=True)
    ratio = [w**2 / v for w, v in zip(widths, values, strict=True)]
    assert max(ratio) / min(ratio) < 1.02


def test_the_legend_of_circles_is_nested_round_and_to_scale(cities):
    ax = maps.plot_symbols(cities, "amount", unit="亿元", legend="GDP")
    (box,) = [a for a in ax.artists if a.get_gid() == "circle legend"]
    words = [t.get_text() for t in box.findobj(Text) if t.get_text()]
    assert words == ["GDP (billion yuan)", "800", "200", "50"]
    from matplotlib.patches import Polygon

    across = [np.ptp(p.get_xy()[:, 0]) for p in box.findobj(Polygon)]
    assert [(a / across[0]) ** 2 for a in across] == pytest.approx([1, 0.25, 0.0625])
    (drawn,) = collections(ax, "circles")
    mm = np.ptp(drawn.get_paths()[0].vertices[:, 0]) / map_base.units_per_mm(ax)
    assert across[0] / map_legend.POINTS_PER_MM == pytest.approx(mm, rel=0.02)


@pytest.mark.parametrize("width", ["single", "onehalf", "double"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_circles_touch_neither_one_another_nor_other_circles(cities, width, language):
    ax = maps.map_axes(width, language=language)
    maps.plot_symbols(cities, "amount", unit="亿元", ax=ax, language=language)
    boxes = boxes_in_units(ax)
    (circles,) = collections(ax, "circles")
    rounds = [shapely.Polygon(p.vertices) for p in circles.get_paths()]
    for k, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[k + 1 :])
        own = [r for r in rounds if r.intersects(box)]
        assert len(own) <= 1
        assert not own or own[0].contains(box.centroid) or own[0].intersection(box).area < 0.15 * box.area
    assert len(boxes) == 14


def test_areas_without_an_amount_are_hatched_and_counted(cities):
    frame = cities.copy()
    frame.loc[[1, 2], "amount"] = np.nan
    ax = maps.plot_symbols(frame, "amount", unit="亿元", largest=10000, language="zh", labels="value")
    assert len(collections(ax, "no data")[0].get_paths()) == 2
    assert "暂无数据（2）" in notes(ax)
    assert maps.map_facts(ax)["largest_circle"] == 10000


@pytest.mark.parametrize("values", [[-1, 2, 3], [np.nan] * 3, [0, 0, 0]])
def test_values_no_circle_can_show_are_refused(values):
    with pytest.raises(DataError, match="plot_change"):
        maps.plot_symbols(squares(v=values), "v", unit="亿元")


def test_circles_without_room_for_words_get_numbers_with_a_key():
    frame = squares(6, v=[9.0, 8, 8, 8, 8, 8])
    frame["short_en"] = [f"A very long name of area {k}" for k in range(6)]
    ax = maps.plot_symbols(frame, "v", unit="", ax=maps.map_axes("single"))
    key = maps.map_facts(ax)["key"]
    assert len(key) + sum(len(t.get_text()) > 5 for t in ax.texts if t.get_gid() == "label") == len(frame)
    assert all(f"{n} {name}" in notes(ax).replace("\n", " ") for n, name in key.items())


# --- membership ---------------------------------------------------------------------------------------------


def test_membership_fills_plain_areas_and_stripes_overlaps(cities, counties, membership):
    ax = maps.plot_membership(cities, membership, counties=counties)
    by_area = dict(zip(cities["area"], fills(ax)[: len(cities)], strict=True))
    assert by_area["210100"] == palette.region_tint("circle")
    assert by_area["211300"] == palette.region_tint("west", strength=0.85)
    assert by_area["211100"] == palette.LAND
    striped = {c.get_gid() for c in ax.collections if str(c.get_gid()).startswith("stripes")}
    assert striped == {f"stripes {a}" for a in ("210900", "211400", "210624", "210423", "210421")}


def test_stripes_of_two_regions_share_an_area_evenly(cities, membership):
    ax = maps.plot_membership(cities, membership[membership["level"] == "city"])
    (stripes,) = collections(ax, "stripes 210900")
    city = map_base.prepare(cities[cities["area"] == "210900"]).geometry.iloc[0]
    path = stripes.get_paths()[0]
    area = sum(abs(shapely.Polygon(p).area) for p in path.to_polygons() if len(p) > 3)
    assert area / city.area == pytest.approx(0.5, abs=0.06)


def test_three_regions_over_one_area_make_three_kinds_of_stripes(cities):
    rows = [(r, "210600", "city", "confirmed") for r in ("circle", "belt", "east")]
    ax = maps.plot_membership(cities, pd.DataFrame(rows, columns=["region", "area", "level", "status"]))
    assert len(collections(ax, "stripes 210600")) == 2
    assert "Circle + Belt + East" in legend_words(ax)


def test_the_status_of_membership_shows_in_the_line_and_in_the_legend(cities, counties, membership):
    ax = maps.plot_membership(cities, membership, counties=counties)
    gids = {c.get_gid() for c in ax.collections if str(c.get_gid()).startswith("region")}
    assert gids == {
        "region circle confirmed",
        "region belt confirmed",
        "region west likely",
        "region east likely",
        "region east unverified",
    }
    words = legend_words(ax)
    assert words[:4] == ["Circle (3 cities)", "Belt (3 cities)", "West (3 cities)", "East (3 counties)"]
    assert {"confirmed (6)", "likely (4)", "unverified (2)"} <= set(words)
    styles = {c.get_gid(): c.get_linestyle()[0] for c in ax.collections}
    assert (
        len({str(styles[f"region {r}"]) for r in ("belt confirmed", "west likely", "east unverified")}) == 3
    )


def test_lines_of_overlapping_regions_run_apart(cities, membership):
    ax = maps.plot_membership(cities, membership[membership["level"] == "city"])
    lines = {
        c.get_gid(): shapely.LineString(c.get_paths()[0].vertices)
        for c in ax.collections
        if "region" in c.get_gid()
    }
    fuxin = map_base.prepare(cities[cities["area"] == "210900"]).geometry.iloc[0]
    circle, west = (lines[f"region {r}"].intersection(fuxin) for r in ("circle confirmed", "west likely"))
    # along the outer border of the city, which both share
    outer = shapely.buffer(circle, 0.4 * map_base.units_per_mm(ax))
    assert west.intersection(outer).length < 0.2 * west.length


def test_stand_ins_and_zones_are_no_members(cities, counties, membership):
    facts = maps.map_facts(maps.plot_membership(cities, membership, counties=counties))["members"]
    assert facts["east"] == ["210421", "210423", "210624"]
    assert "zone" not in facts["circle"]


def test_names_and_order_of_regions_come_from_the_plan(cities, membership):
    regions = pd.DataFrame(
        {
            "region": ["west", "belt", "circle"],
            "short_en": ["Western", "Coast", "Ring"],
            "short_zh": ["辽西", "海岸", "圈"],
        }
    )
    own = membership[membership["level"] == "city"]
    own = own[~own["proxy"]]
    ax = maps.plot_membership(cities, own, regions=regions, language="zh")
    assert legend_words(ax)[0] == "辽西（3市）"
    with pytest.raises(DataError, match="region 'circle'"):
        maps.plot_membership(cities, own, regions=regions[:2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"area": "219999"}, "city '219999'"),
        ({"status": "sure"}, "status 'sure'"),
        ({"level": "village"}, "No city or county"),
    ],
)
def test_wrong_members_are_refused(cities, membership, change, message):
    with pytest.raises(DataError, match=message):
        maps.plot_membership(cities, membership.head(1).assign(**change))


def test_counties_without_their_boundaries_are_refused(cities, membership):
    with pytest.raises(DataError, match="counties=load_boundaries"):
        maps.plot_membership(cities, membership)


# --- labels -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["name", "both", "value"])
def test_no_label_leaves_its_area_or_touches_another(cities, width, language, kind):
    ax = maps.map_axes(width, language=language)
    maps.plot_choropleth(cities, "rate", unit="%", labels=kind, ax=ax, language=language)
    boxes = boxes_in_units(ax)
    shapes = list(map_base.prepare(cities).geometry)
    for k, box in enumerate(boxes):
        assert any(shapely.contains(shape, box) for shape in shapes)
        assert not any(box.intersects(other) for other in boxes[k + 1 :])
    assert len(boxes) == 14
    assert all(6 <= t.get_fontsize() <= 9 for t in labels(ax))


@pytest.mark.parametrize("width", ["single", "double"])
def test_labels_of_overlapping_regions_keep_clear_of_one_another(cities, counties, membership, width):
    ax = maps.plot_membership(cities, membership, counties=counties, ax=maps.map_axes(width))
    boxes = boxes_in_units(ax)
    assert all(not a.intersects(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_an_area_too_small_for_words_gets_a_number_and_a_line_in_the_key(cities):
    ax = maps.plot_choropleth(cities, "rate", unit="%", labels="value", ax=maps.map_axes("single"))
    key = maps.map_facts(ax)["key"]
    numbers = {t.get_text() for t in labels(ax)} & set("123456789")
    assert numbers == set(key)
    assert all(f"{n} {words}" in notes(ax).replace("\n", " ") for n, words in key.items())
    shown = " ".join(t.get_text() for t in labels(ax)) + notes(ax)
    assert all(f"{v:.1f}" in shown for v in cities["rate"])  # a value that had no room stands in the key


def test_an_area_too_small_for_a_number_has_it_beside_it_at_the_end_of_a_line():
    boxes = [shapely.box(0, 0, 5e5, 5e5), shapely.box(5e5, 2e5, 5.02e5, 2.02e5)]
    frame = gpd.GeoDataFrame(
        {"short_en": ["big", "dot"], "rate": [1.0, 2.0]}, geometry=boxes, crs=boundaries_crs()
    )
    ax = maps.plot_choropleth(frame, "rate", unit="%")
    assert [t.get_text() for t in labels(ax)] == ["big"]
    (number,) = by_gid(ax, "label outside")
    (line,) = by_gid(ax, "lead")
    assert number.get_text() == "1"
    assert boxes[1].contains(shapely.Point(line.get_xydata()[0]))
    assert not any(box.contains(shapely.Point(number.get_position())) for box in boxes)
    assert "1 dot" in notes(ax)


def test_an_area_walled_in_by_others_and_too_small_stays_empty():
    around = shapely.box(0, 0, 5e5, 5e5)
    dot = shapely.box(2e5, 2e5, 2.02e5, 2.02e5)
    frame = gpd.GeoDataFrame(
        {"short_en": ["big", "dot"], "rate": [1.0, 2.0]}, geometry=[around - dot, dot], crs=boundaries_crs()
    )
    ax = maps.plot_choropleth(frame, "rate", unit="%")
    assert [t.get_text() for t in labels(ax)] == ["big"]
    assert maps.map_facts(ax)["key"] == {}


def boundaries_crs():
    return map_base.prepare(boundaries.load_boundaries("city").head(1)).crs


def test_text_on_a_fill_is_ink_or_white_by_its_lightness(cities):
    ax = maps.plot_choropleth(cities, "rate", unit="%", breaks=[50, 60, 70, 80])
    by_name = dict(zip(cities["short_en"], fills(ax), strict=True))
    for words in labels(ax):
        if words.get_text() in by_name:
            assert palette.contrast(to_hex(words.get_color()), by_name[words.get_text()]) >= 4.5


def test_without_labels_nothing_is_written(cities):
    assert not labels(maps.plot_choropleth(cities, "rate", unit="%", labels="none"))
    with pytest.raises(DataError, match="labels 'names'"):
        maps.plot_choropleth(cities, "rate", unit="%", labels="names")


def test_a_place_for_a_box_is_found_off_the_taken_ones():
    room = shapely.box(0, 0, 100, 40)
    first = map_labels.find_place(room, (20, 10))
    second = map_labels.find_place(room, (20, 10), taken=[first[1]])
    assert room.contains(second[1])
    assert not second[1].intersects(first[1])
    assert map_labels.find_place(room, (101, 10)) is None
    assert map_labels.find_place(room, (20, 10), near=(80, 30))[0] == (80, 30)


# --- furniture ----------------------------------------------------------------------------------------------


def finished(cities, width="double", language="en", **how):
    ax = maps.map_axes(width, language=language)
    maps.plot_choropleth(cities, "rate", unit="%", ax=ax, language=language)
    source = {"en": "Source: yearbook.", "zh": "资料来源：统计年鉴。"}[language]
    return maps.finish_map(ax, title="辽宁 Liaoning 2023", source=source, language=language, **how)


def by_gid(ax, gid):
    return ax.get_figure(root=True).findobj(lambda a: a.get_gid() == gid)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_stays_on_the_sheet_and_nothing_covers_anything(cities, context, width, language):
    ax = finished(cities, width, language, context=context, inset=(boundaries.load_locator(), ["210000"]))
    fig = ax.figure
    fig.dpi = 300
    fig.draw_without_rendering()
    renderer = fig.canvas.get_renderer()
    words = [*by_gid(ax, "title"), *by_gid(ax, "source"), *by_gid(ax, "note")]
    assert len(words) == 3
    extents = [w.get_window_extent(renderer) for w in words]
    extents += [ax.get_legend().get_window_extent(renderer), ax.get_window_extent(renderer)]
    sheet = shapely.box(0, 0, *(fig.get_size_inches() * fig.dpi))
    parts = [shapely.box(*e.extents) for e in extents]
    assert all(sheet.contains(p) for p in parts)
    for k, part in enumerate(parts):
        assert all(part.intersection(other).area < 0.01 * part.area for other in parts[k + 1 :])
    assert all(6 <= t.get_fontsize() <= 9 for t in fig.findobj(Text) if t.get_text())


def test_the_scale_bar_is_as_long_as_it_says(cities):
    ax = finished(cities)
    (bar,) = [a for a in ax.artists if type(a).__name__ == "ScaleBar"]
    assert bar.fixed_value in (50, 100, 200)
    assert bar.dx == 1


def test_a_scale_bar_on_degrees_or_without_a_crs_is_refused(cities):
    ax = cities.plot(ax=Figure().add_subplot())
    for crs in (cities.crs, None):
        with pytest.raises(DataError, match="Project the areas first"):
            maps.finish_map(ax, title="t", source="s", crs=crs)


@pytest.mark.parametrize("corner", ["upper left", "upper right", "lower left", "lower right"])
def test_the_arrow_points_to_true_north(cities, corner):
    ax = maps.map_axes()
    frame = map_base.prepare(cities)
    map_base.start(ax, frame, "en")
    arrow = maps.add_north_arrow(ax, crs=frame.crs, corner=corner)
    tip, right, tail, left = arrow.get_xy()[:4]
    pointing = tip - (right + left) / 2
    assert pointing[1] > 0  # never to the south
    drawn = math.degrees(math.atan2(pointing[0], pointing[1]))
    assert drawn == pytest.approx(_north(ax, frame.crs, corner), abs=0.2)
    assert (drawn > 0) == ("left" in corner)  # meridians lean towards the central one
    letter = next(t for t in arrow.axes.findobj(Text) if t.get_text() == "N") if arrow.axes else None
    assert letter is None or letter.get_position()[1] > tip[1]
    assert tail[1] < tip[1]


def _north(ax, crs, corner):
    """By the convergence of the conic projection: n times the longitude from the central meridian."""
    from pyproj import Transformer

    x = ax.get_xlim()[0 if "left" in corner else 1]
    y = ax.get_ylim()[0 if "lower" in corner else 1]
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    x += (0.05 if "left" in corner else -0.05) * (x1 - x0)
    y += (0.07 if "lower" in corner else -0.07) * (y1 - y0)
    lon, _ = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    n = (math.sin(math.radians(39.5)) + math.sin(math.radians(43))) / 2
    return n * (122.5 - lon)


def test_the_source_line_names_the_projection_in_the_language(cities):
    english, chinese = (by_gid(finished(cities, language=lang), "source")[0].get_text() for lang in LANGUAGES)
    assert "Albers equal area (39.5°N, 43°N; 122.5°E), CGCS2000" in english.replace("\n", " ")
    assert "阿尔伯斯" in chinese
    from pyproj import CRS

    assert map_parts.projection_line(CRS(3857)) == "Projection: WGS 84 / Pseudo-Mercator."
    assert map_parts.projection_line(CRS(32651), "zh").startswith("投影：WGS 84")


def test_the_context_lies_under_the_map_with_names_clear_of_it(cities, context):
    ax = finished(cities, context=context)
    whole = shapely.union_all(np.asarray(map_base.prepare(cities).geometry))
    names = by_gid(ax, "context name")
    assert {"Bohai Sea", "Yellow Sea"} <= {t.get_text() for t in names}
    back = ax.transData.inverted()
    for words in names:
        box = shapely.box(*words.get_window_extent().transformed(back).extents)
        assert not box.intersects(whole)
    assert collections(ax, "context")[0].get_zorder() < collections(ax, "areas")[0].get_zorder()


@pytest.mark.parametrize(
    ("areas", "there", "absent"),
    [
        (["211300", "210900", "211400"], "Bohai Sea", "Yellow Sea"),
        (["210400", "210500", "210600"], "Yellow Sea", "Bohai Sea"),
        (["211200"], "Jilin", "Bohai Sea"),
    ],
)
def test_a_sea_is_named_only_where_it_lies(cities, context, areas, there, absent):
    ax = finished(cities[cities["area"].isin(areas)], context=context)
    names = {t.get_text() for t in by_gid(ax, "context name")}
    assert absent not in names
    assert there in names or areas == ["210400", "210500", "210600"]  # there the Yellow Sea has little room


@pytest.mark.parametrize(("width", "place"), [("double", "column"), ("single", "corner")])
def test_the_locator_has_its_own_place(cities, width, place):
    ax = finished(cities, width, inset=(boundaries.load_locator(), ["210000"]))
    (small,) = [a for a in ax.figure.axes if a.get_label() == "locator"]
    inside = small.get_position().x1 <= ax.get_position().x1 + 1e-6
    assert inside == (place == "corner")
    assert len(collections(small, "here")[0].get_paths()) == 1
    with pytest.raises(DataError, match="area '999999'"):
        maps.plot_location(boundaries.load_locator(), ["999999"])


def test_titles_and_sources_too_long_for_the_sheet_are_refused(cities):
    ax = maps.plot_choropleth(cities, "rate", unit="%", ax=maps.map_axes("single"))
    with pytest.raises(DataError, match="two lines"):
        maps.finish_map(ax, title="Liaoning " * 30, source="s")
    with pytest.raises(DataError, match="Shorten it to 5"):
        maps.finish_map(ax, title="t", source="source " * 200)


# --- frames and axes ----------------------------------------------------------------------------------------


def test_maps_draw_on_given_axes_and_return_them(cities):
    ax = Figure(figsize=(5, 5)).add_subplot()
    assert maps.plot_choropleth(cities, "rate", unit="%", ax=ax) is ax
    assert ax.get_legend() is not None
    assert "round class breaks" in notes(ax)
    maps.plot_symbols(cities, "amount", unit="亿元", ax=Figure(figsize=(5, 5)).add_subplot())


def test_data_already_projected_stay_in_their_projection(cities):
    frame = cities.to_crs(32651)
    ax = maps.plot_choropleth(frame, "rate", unit="%")
    assert maps.map_facts(ax)["crs"] == "EPSG:32651"
    assert maps.map_facts(Figure().add_subplot()) == {}


def test_the_shape_of_the_land_is_not_distorted(cities):
    for width in WIDTHS:
        ax = finished(cities, width)
        _, _, across, up = map_base.mm_box(ax)
        assert np.ptp(ax.get_xlim()) / across == pytest.approx(np.ptp(ax.get_ylim()) / up)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.drop(columns="rate"), "column 'rate'"),
        (lambda f: f.set_crs(None, allow_override=True), "set_crs"),
        (lambda f: f.head(0), "no area to draw"),
    ],
)
def test_frames_that_cannot_be_drawn_are_refused(cities, spoil, message):
    with pytest.raises(DataError, match=message):
        maps.plot_choropleth(spoil(cities), "rate", unit="%")


def test_a_second_map_on_the_same_axes_keeps_the_extent(cities):
    ax = maps.plot_choropleth(cities, "rate", unit="%")
    before = ax.get_xlim()
    maps.plot_verdicts(cities.head(2), gap=None, ax=ax)
    assert ax.get_xlim() == before


@pytest.mark.parametrize("legend", ["right", "below", "none"])
def test_the_room_of_the_legend_can_be_chosen(legend):
    ax = maps.map_axes("onehalf", legend=legend)
    room = map_legend.legend_room(ax)[0]
    assert room == {"right": "right", "below": "below", "none": "below"}[legend]


def test_a_height_too_small_for_a_map_is_refused():
    with pytest.raises(DataError, match="leaves no room"):
        maps.map_axes("double", height_mm=30)
    assert maps.map_axes("double", height_mm=90).figure.get_figheight() * 25.4 == pytest.approx(90)


# --- small multiples ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def years(cities):
    parts = [
        pd.DataFrame({"area": cities["area"], "year": year, "value": cities["rate"] + year - 2020})
        for year in (2022, 2020, 2021)
    ]
    return pd.concat(parts, ignore_index=True).drop(index=[0, 20])


@pytest.mark.parametrize("width", ["single", "double", "slide", 150])
def test_small_multiples_share_breaks_and_one_legend(cities, years, context, width):
    axes = maps.plot_small_multiples(cities, years, unit="%", legend="Rate", width=width)
    assert [t.get_text() for ax in axes for t in ax.texts if t.get_gid() == "panel"] == [
        "2020",
        "2021",
        "2022",
    ]
    assert len({tuple(maps.map_facts(ax)["breaks"]) for ax in axes}) == 1
    fig = axes[0].figure
    legends = [ax.get_legend() for ax in fig.axes if ax.get_legend()]
    assert len(legends) == 1
    assert legends[0].get_texts()[-1].get_text() == "no data (2)"
    maps.finish_map(axes, title="Rates", source="Source: yearbook.", context=context)
    fig.draw_without_rendering()
    assert by_gid(axes[0], "title")
    sheet = fig.get_window_extent()
    for words in (*by_gid(axes[0], "title"), *by_gid(axes[0], "source")):
        extent = words.get_window_extent()
        assert sheet.y0 <= extent.y0 < extent.y1 <= sheet.y1


def test_a_sheet_of_too_many_or_doubled_values_is_refused(cities, years):
    with pytest.raises(DataError, match="two values for year 2021"):
        maps.plot_small_multiples(cities, pd.concat([years, years[years["year"] == 2021].head(1)]), unit="%")
    many = pd.DataFrame({"area": "210100", "year": range(13), "value": 1.0})
    with pytest.raises(DataError, match="13 maps"):
        maps.plot_small_multiples(cities, many, unit="%")
    with pytest.raises(DataError, match="plot_symbols"):
        maps.plot_small_multiples(cities, years, unit="亿元", aggregation="sum")


# --- images -------------------------------------------------------------------------------------------------


def _pictures(cities, counties, membership, context):
    holes = cities.copy()
    holes.loc[[3, 8], "rate"] = np.nan
    yield (
        "membership",
        maps.plot_membership(cities, membership, counties=counties, ax=maps.map_axes("single")),
    )
    ax = maps.map_axes("single", language="zh")
    yield "classes", maps.plot_choropleth(holes, "rate", unit="%", ax=ax, language="zh")
    yield "circles", maps.plot_symbols(cities, "amount", unit="亿元", ax=maps.map_axes("single"))
    yield "verdicts", maps.plot_verdicts(cities, unit="亿元", ax=maps.map_axes("single"))


def locked_minor():
    lock = Path(__file__).parent.parent / "requirements.txt"
    return re.search(r"^matplotlib==(\d+\.\d+)", lock.read_text(), re.MULTILINE)[1]


@pytest.mark.skipif(
    not mpl.__version__.startswith(locked_minor() + "."),
    reason="image baselines hold for the locked minor version of matplotlib only",
)
def test_maps_look_as_they_did(cities, counties, membership, context, tmp_path):
    """Make the baselines anew with LNREGIONS_BASELINES=write, and look at them."""
    folder = Path(__file__).parent / "baseline" / "maps"
    for name, ax in _pictures(cities, counties, membership, context):
        maps.finish_map(ax, title=f"{name} 试验", source="Source: trial.", context=context)
        path = tmp_path / f"{name}.png"
        ax.figure.savefig(path, dpi=80)
        if os.environ.get("LNREGIONS_BASELINES") == "write":
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.name)
        assert compare_images(str(folder / path.name), str(path), tol=2) is None


@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_circle_shows_its_value(cities, width, language):
    cities = cities.assign(amount=np.linspace(60, 8000, len(cities)))
    ax = maps.plot_symbols(
        cities,
        "amount",
        unit="亿元",
        labels="value",
        ax=maps.map_axes(width, language=language),
        language=language,
    )
    shown = [t.get_text() for t in ax.texts if t.get_gid() == "label"] + [notes(ax)]
    for name, value in zip(
        cities[f"short_{language}"],
        printed_values(cities["amount"], "亿元", language),
        strict=True,
    ):
        assert any(name in words and value in words for words in shown), name


@pytest.mark.parametrize("largest", [924.0, 10002.1, 8122.0, 1.0, 0.31, 55.0])
def test_the_legend_of_circles_reaches_the_largest(largest):
    steps = circle_steps(largest, "", "en")
    assert 0.98 * largest <= steps[0] <= 1.7 * largest
    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize(
    "values", [[3.0, 4, 8, 12], [-3.0, -4, -8, -12], [9.5, 10, 11.2, 12], [5.0], [0.0, 7.0]]
)
def test_changes_of_one_sign_can_be_drawn(values):
    frame = squares(len(values), v=values)
    classes = maps.change_breaks(values)
    assert 0 in classes.breaks
    assert maps.plot_change(frame, "v", unit="%") is not None


def test_areas_without_any_value_are_hatched_with_the_reason():
    ax = plot_no_data(squares(3), reason="no figure is known", legend="Share")
    assert "no figure is known" in notes(ax)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["no data (3)"]


def test_legends_and_notes_of_maps_side_by_side_keep_to_their_own(cities):
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(2, 2, figsize=(8, 7))
    cities = cities.assign(v=np.linspace(1, 9, len(cities)))
    for ax in grid.flat:
        maps.plot_choropleth(cities, "v", unit="%", ax=ax)
    figure.canvas.draw()
    for ax in grid.flat:
        written = [t for t in ax.texts if t.get_gid() == "note"]
        for artist in (ax.get_legend(), *written):
            box = artist.get_window_extent()
            others = [o.get_window_extent() for o in grid.flat if o is not ax]
            assert not any(box.overlaps(other) for other in others)
    plt.close(figure)


def test_changing_the_outlines_of_one_map_leaves_those_of_the_next_as_they_are(cities):
    first = maps.plot_choropleth(cities, "rate", unit="%")
    collections(first, "areas")[0].get_paths().clear()
    with pytest.raises(ValueError, match="read-only"):
        collections(first, "outline")[0].get_paths()[0].vertices += 1
    second = maps.plot_choropleth(cities, "rate", unit="%")
    assert len(collections(second, "areas")[0].get_paths()) == len(cities)


def test_labels_of_small_amounts_show_a_digit():
    assert printed_values([0.0371, 12.34, 0.0, np.nan], "亿美元", "zh") == ["0.04", "12.3", "0.0", "–"]
    assert printed_values([0.3, 200.0, 400.0], "万人", "zh") == ["0.3", "200", "400"]
