"""Maps of one value an area: what is drawn is what the table has, and labels keep to their areas."""

from itertools import combinations

import geopandas as gpd
import map_kit as kit
import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import shapely
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from lnregions import maps
from lnregions.style import palette, size_of


def test_a_choropleth_fills_by_class_with_the_same_colours_in_the_legend():
    ax = maps.plot_choropleth(kit.CITIES, "rate", unit="%", breaks=[50, 60, 70], legend="Rate")
    ramp = palette.sequential(4)
    assert kit.fills(ax) == [ramp[np.digitize(v, [50, 60, 70])] for v in kit.CITIES["rate"]]
    assert ax.get_legend().get_title().get_text() == "Rate (%)"
    assert kit.legend_words(ax) == ["70 or more", "60 to 70", "50 to 60", "below 50"]
    assert [to_hex(h.get_facecolor()) for h in ax.get_legend().legend_handles] == ramp[::-1]
    facts = maps.map_facts(ax)
    assert (facts["column"], facts["breaks"], facts["class_method"]) == ("rate", [50, 60, 70], "given")
    assert "aea" in facts["crs"]


def test_missing_values_are_hatched_and_counted():
    frame = kit.CITIES.copy()
    frame.loc[[0, 5, 7], "rate"] = np.nan
    ax = maps.plot_choropleth(frame, "rate", unit="%", language="zh")
    (hatched,) = kit.collections(ax, "no data")
    assert hatched.get_hatch() == palette.NO_DATA_HATCH
    assert len(hatched.get_paths()) == 3
    assert kit.legend_words(ax)[-1] == "暂无数据（3）"
    assert ax.get_legend().legend_handles[-1].get_hatch() == palette.NO_DATA_HATCH
    assert np.isnan(frame.loc[0, "rate"])  # the caller's frame is as it was


def test_a_map_of_change_is_brown_below_zero_and_blue_above():
    ax = maps.plot_change(
        kit.CITIES, "change", unit="pp", decimals=1, breaks=maps.change_breaks(kit.CITIES["change"])
    )
    breaks = maps.map_facts(ax)["breaks"]
    ramp = palette.diverging(breaks.index(0) + 1, len(breaks) - breaks.index(0))
    assert kit.fills(ax) == [ramp[np.digitize(v, breaks)] for v in kit.CITIES["change"]]
    assert any("+7.0" in t.get_text() for t in kit.labels(ax))
    assert "−2.5 to 0.0" in kit.legend_words(ax)


@pytest.mark.parametrize("width", kit.WIDTHS)
@pytest.mark.parametrize("language", kit.LANGUAGES)
def test_no_label_leaves_its_area_or_touches_another(width, language):
    ax = maps.map_axes(width, language=language)
    maps.plot_choropleth(kit.CITIES, "rate", unit="%", ax=ax, language=language)
    boxes, shapes = kit.boxes_in_units(ax), kit.shapes_of(kit.CITIES)
    assert len(boxes) == 14
    assert not kit.overlapping(boxes)
    assert all(any(shapely.contains(shape, box) for shape in shapes) for box in boxes)
    size = size_of(width)
    assert all(size.smallest <= t.get_fontsize() <= size.normal for t in kit.labels(ax))
    assert size.smallest == (10.5 if width == "slide" else 6)


def test_an_area_too_small_for_words_gets_a_number_and_a_line_in_the_key():
    ax = maps.map_axes("single")
    maps.plot_choropleth(kit.CITIES, "rate", unit="%", decimals=1, ax=ax)
    key = maps.map_facts(ax)["key"]
    assert {t.get_text() for t in kit.labels(ax)} & set("123456789") == set(key)
    assert all(f"{n} {words}" in kit.notes(ax).replace("\n", " ") for n, words in key.items())
    shown = " ".join(t.get_text() for t in kit.labels(ax)) + kit.notes(ax)
    assert all(f"{v:.1f}" in shown for v in kit.CITIES["rate"])  # a value that had no room stands in the key


def test_an_area_too_small_for_a_number_has_it_beside_it_at_the_end_of_a_line():
    boxes = [shapely.box(0, 0, 5e5, 5e5), shapely.box(5e5, 2e5, 5.02e5, 2.02e5)]
    frame = gpd.GeoDataFrame({"short_en": ["big", "dot"], "rate": [1.0, 2.0]}, geometry=boxes, crs=3857)
    ax = maps.plot_choropleth(frame, "rate", unit="%")
    (_, number), (line,) = kit.labels(ax), kit.by_gid(ax, "lead")
    assert number.get_text() == "1"
    assert boxes[1].contains(shapely.Point(line.get_xydata()[0]))
    assert not any(box.contains(shapely.Point(number.get_position())) for box in boxes)
    assert "1 dot" in kit.notes(ax)


def test_data_already_projected_stay_in_their_projection():
    ax = maps.plot_choropleth(kit.CITIES.to_crs(32651), "rate", unit="%")
    assert maps.map_facts(ax)["crs"] == "EPSG:32651"
    assert maps.map_facts(Figure().add_subplot()) == {}


def test_a_second_map_on_the_same_axes_keeps_the_extent():
    ax = maps.plot_choropleth(kit.CITIES, "rate", unit="%")
    before = ax.get_xlim(), ax.get_ylim()
    assert maps.plot_choropleth(kit.CITIES.head(2), "rate", unit="%", ax=ax) is ax
    assert (ax.get_xlim(), ax.get_ylim()) == before


SHOWN = kit.CITIES[["area"]].assign(value=kit.CITIES["rate"])
YEARS = pd.concat(
    [SHOWN.assign(year=year, value=SHOWN["value"] + year - 2020) for year in (2022, 2020, 2021)]
)
YEARS = YEARS.reset_index(drop=True).drop(index=[0, 20])


@pytest.mark.parametrize("width", ["single", "double", "slide", 150])
def test_small_multiples_share_breaks_and_one_legend(width):
    axes = maps.plot_small_multiples(kit.CITIES, YEARS, unit="%", legend="Rate", width=width)
    panels = [t.get_text() for ax in axes for t in kit.by_gid(ax, "panel") if t.axes is ax]
    assert panels == ["2020", "2021", "2022"]
    assert len({tuple(maps.map_facts(ax)["breaks"]) for ax in axes}) == 1
    fig = axes[0].figure
    (legend,) = [ax.get_legend() for ax in fig.axes if ax.get_legend()]
    assert legend.get_texts()[-1].get_text() == "no data (2)"
    maps.finish_map(axes, title="Rates", source="Source: yearbook.", context=kit.CONTEXT)
    fig.draw_without_rendering()
    sheet = fig.bbox
    if width == "single":  # where the legend has a row of its own, as high as it needs
        assert fig.get_figheight() * 25.4 < 115
    for words in (*kit.by_gid(axes[0], "title"), *kit.by_gid(axes[0], "source")):
        extent = words.get_window_extent()
        assert sheet.y0 <= extent.y0 < extent.y1 <= sheet.y1


def test_each_small_map_is_filled_by_the_values_of_its_year():
    axes = maps.plot_small_multiples(kit.CITIES, YEARS, unit="%", breaks=[50, 60, 70])
    ramp = palette.sequential(4)
    for ax, year in zip(axes, (2020, 2021, 2022), strict=True):
        own = YEARS[YEARS["year"] == year].set_index("area")["value"].reindex(kit.CITIES["area"]).dropna()
        assert kit.fills(ax) == [ramp[k] for k in np.digitize(own, [50, 60, 70])]


def test_tiles_are_equal_squares_about_where_the_areas_lie():
    frame = maps.prepare(kit.CITIES)
    tiles = maps.tile_grid(frame).set_index("short_en")
    assert tiles.area.to_numpy() == pytest.approx(tiles.area.iloc[0])
    assert not kit.overlapping(tiles.geometry)
    x, y = tiles.centroid.x.round(), tiles.centroid.y.round()
    assert x["Dalian"] < x["Dandong"]
    assert y["Dalian"] == y.min()
    assert (x + y)["Tieling"] == (x + y).max()
    pairs = combinations(zip(frame.geometry, np.column_stack([x, y]), strict=True), 2)
    beside = [np.abs(here - there).max() <= 1 for (a, here), (b, there) in pairs if a.touches(b)]
    assert np.mean(beside) > 0.75


def grids_tried(count, monkeypatch):
    """How many grids are tried for a square of so many times so many areas, which all get a tile."""
    tried, assign = [], scipy.optimize.linear_sum_assignment
    with monkeypatch.context() as patch:
        patch.setattr(scipy.optimize, "linear_sum_assignment", lambda moves: tried.append(0) or assign(moves))
        places = np.array(list(np.ndindex(count, count))) * 1e4
        frame = gpd.GeoDataFrame(geometry=shapely.box(*places.T, *(places + 1e4).T), crs=32651)
        assert maps.tile_grid(frame).centroid.nunique() == count**2
    return len(tried)


def test_fewer_grids_of_tiles_are_tried_the_more_areas_there_are(monkeypatch):
    assert grids_tried(9, monkeypatch) > 2 * grids_tried(15, monkeypatch) > 0
