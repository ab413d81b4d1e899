"""What finishes a map: everything on the sheet, nothing over anything, a true scale and a true north."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import shapely
from map_kit import CITIES, CONTEXT, LANGUAGES, WIDTHS, by_gid, collections, finished, overlapping, shapes_of
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Transformer

from lnregions import maps
from lnregions.errors import DataError

VALUES = ["area", "year", "value"]
WHOLE = maps.prepare(CITIES)
INSET = maps.Inset(WHOLE, [shapely.union_all(WHOLE.geometry.head(3))], "in Liaoning")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_stays_on_the_sheet_and_nothing_covers_anything(width, language):
    ax = finished(CITIES, width, language, context=CONTEXT, inset=INSET)
    fig = ax.figure
    fig.dpi = 300
    fig.draw_without_rendering()
    words = [*by_gid(ax, "title"), *by_gid(ax, "source"), *by_gid(ax, "note")]
    assert len(words) in (2, 3)  # with a key where labels have no room
    extents = [part.get_window_extent() for part in (*words, ax.get_legend(), ax)]
    sheet = shapely.box(*fig.bbox.extents)
    parts = [shapely.box(*e.extents) for e in extents]
    assert all(sheet.contains(p) for p in parts)
    assert all(a.intersection(b).area < 0.01 * a.area for a, b in combinations(parts, 2))
    small = [a for a in fig.axes if a.get_label() == "inset"]
    bar = [a for a in ax.artists if isinstance(a, ScaleBar)]
    corners = [part.get_window_extent() for part in (*bar, *by_gid(ax, "north arrow"), *small)]
    assert len(corners) == 3
    assert not overlapping(corners)
    least, most = (10.5, 13) if width == "slide" else (6, 9)
    assert all(least <= t.get_fontsize() <= most for t in fig.findobj(Text) if t.get_text())
    across, up = np.ptp(ax.get_xlim()) / extents[-1].width, np.ptp(ax.get_ylim()) / extents[-1].height
    assert across == pytest.approx(up)  # not distorted


def test_the_scale_bar_is_as_long_as_its_label():
    ax = finished(CITIES)
    (bar,) = [a for a in ax.artists if isinstance(a, ScaleBar)]
    assert (bar.fixed_value, bar.fixed_units, bar.dx) == (100, "km", 1)
    assert 0.1 < bar.fixed_value * 1000 / np.ptp(ax.get_xlim()) < 0.3
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("area", ["211300", "210600"])
def test_the_arrow_points_to_true_north(area):
    ax = finished(CITIES[CITIES["area"] == area])
    (arrow,) = by_gid(ax, "north arrow")
    tip, right, tail, left, _ = arrow.get_transform().transform(arrow.get_xy())
    pointing = tip - (right + left) / 2
    drawn = math.degrees(math.atan2(pointing[0], pointing[1]))
    place = ax.transData.inverted().transform((tip + tail) / 2)
    grid = maps.drawn_on(ax).crs
    there, north = Transformer.from_crs(grid, 4490, always_xy=True).transform(*place)
    further = Transformer.from_crs(4490, grid, always_xy=True).transform(there, north + 0.01)
    true = math.degrees(math.atan2(*np.subtract(further, place)))
    assert drawn == pytest.approx(true, abs=0.2)
    assert abs(drawn) > 0.1
    (letter,) = by_gid(ax, "north")
    assert letter.get_text() == "N"
    assert letter.get_window_extent().y0 > tip[1] > tail[1]


def small_maps(areas, width):
    """Finished maps of six years, with what a scale bar or an arrow beside their legend must keep off."""
    values = pd.DataFrame([(area, year, 5.0) for area in areas for year in range(2020, 2026)], columns=VALUES)
    axes = maps.plot_small_multiples(CITIES[CITIES["area"].isin(areas)], values, unit="%", width=width)
    maps.finish_map(axes, title="Growth", source="Source: yearbook.")
    return axes, [*axes, *(ax.get_legend() for ax in axes[0].figure.axes if ax.get_legend())]


@pytest.mark.parametrize("width", ["single", "double"])
def test_the_arrow_of_small_maps_without_a_free_corner_stands_beside_their_legend(width):
    axes, others = small_maps(["210900", "211300", "211400"], width)
    fig = axes[0].figure
    fig.draw_without_rendering()
    (arrow,) = by_gid(axes[0], "north arrow")
    extent = arrow.get_window_extent()
    assert not any(extent.overlaps(one.get_window_extent()) for one in others)
    assert shapely.box(*fig.bbox.extents).contains(shapely.box(*extent.extents))


def test_the_scale_bar_of_small_maps_without_a_free_corner_stands_beside_their_legend():
    axes, others = small_maps(["210200", "210600", "210700", "210800", "211100", "211400"], "single")
    fig = axes[0].figure
    (bar,) = (one for one in axes[0].artists if isinstance(one, ScaleBar))
    shown = []
    for visible in (True, False):
        bar.set_visible(visible)
        fig.canvas.draw()
        shown.append(np.array(fig.canvas.buffer_rgba(), dtype=int))
    down, across = np.nonzero(np.abs(shown[0] - shown[1]).sum(axis=2))
    high = fig.bbox.height
    box = shapely.box(across.min(), high - down.max(), across.max(), high - down.min())
    others += by_gid(axes[0], "north arrow")
    assert not any(box.intersects(shapely.box(*one.get_window_extent().extents)) for one in others)


def test_the_source_line_names_the_projection_in_the_language():
    english, chinese = (by_gid(finished(CITIES, language=lang), "source")[0].get_text() for lang in LANGUAGES)
    assert "Albers equal area (39.5°N, 42.5°N; 122.5°E), CGCS2000" in english.replace("\n", " ")
    assert "阿尔伯斯等积圆锥投影（标准纬线39.5°N、42.5°N" in chinese.replace("\n", "")
    other = by_gid(finished(CITIES.to_crs(32651)), "source")[0].get_text()
    assert "Projection: WGS 84 / UTM zone 51N." in other.replace("\n", " ")


def test_the_context_lies_under_the_map_with_names_clear_of_it():
    ax = finished(CITIES, context=CONTEXT)
    whole = shapely.union_all(shapes_of(CITIES))
    names = by_gid(ax, "context name")
    assert {"Bohai Sea", "Yellow Sea"} <= {t.get_text() for t in names}
    back = ax.transData.inverted()
    boxes = [shapely.box(*words.get_window_extent().transformed(back).extents) for words in names]
    assert not any(box.intersects(whole) for box in boxes)
    assert not overlapping(boxes)
    assert collections(ax, "context")[0].get_zorder() < collections(ax, "areas")[0].get_zorder()


@pytest.mark.parametrize(("width", "place"), [("double", "column"), ("single", "corner")])
def test_the_inset_has_its_own_place(width, place):
    ax = finished(CITIES, width, inset=INSET)
    (small,) = [a for a in ax.figure.axes if a.get_label() == "inset"]
    inside = small.get_position().x1 <= ax.get_position().x1 + 1e-6
    assert inside == (place == "corner")
    assert len(collections(small, "here")[0].get_paths()) == 1
    assert [t.get_text() for t in by_gid(small, "inset label")] == ["in Liaoning"]


@pytest.mark.parametrize(
    ("title", "source", "message"),
    [("Liaoning " * 30, "s", "Shorten it to 2 lines"), ("t", "source " * 200, "Shorten it to 5 lines")],
)
def test_titles_and_sources_too_long_for_the_sheet_are_refused(title, source, message):
    ax = maps.plot_choropleth(CITIES, "rate", unit="%", ax=maps.map_axes("single"))
    with pytest.raises(DataError, match=message):
        maps.finish_map(ax, title=title, source=source)
