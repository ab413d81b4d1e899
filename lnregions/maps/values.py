"""Maps of one value an area: classes of a rate, changes around zero, no data, years side by side."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from lnregions.maps import base, drawing
from lnregions.maps.base import Options
from lnregions.maps.classes import Classes, Scale, change_scale, class_labels, rate_scale
from lnregions.style import palette
from lnregions.words import to_unit
from lnregions.words.catalogue import tr

_SPARE_CELLS = 1.5  # of a grid of tiles, to an area
_MOST_TRIED = 40  # areas of which every grid is tried; of more, fewer the more there are
_HALF_TILE = 0.47  # of the side of its cell
_TOUCHING = 1000.0  # metres between borders that are one


def tile_grid(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas (on a grid in metres) as equal squares, each as near to where it lies as all can be, for `plot_choropleth`.

    Centroids are assigned to cells with the least sum of squared moves. Of all grids with at most half as many cells
    again as areas that is taken in which the tiles of neighbours are nearest to one another and centroids move least.

    Examples
    --------
    >>> areas = gpd.GeoSeries([shapely.box(0, 0, 5e4, 5e4), shapely.box(5e4, 0, 9e4, 6e4)], crs=32651)
    >>> tile_grid(areas.to_frame("geometry")).centroid.x.round().abs().tolist()
    [0.0, 1.0]
    """
    from scipy.optimize import linear_sum_assignment  # slow to import, and rarely used

    shapes, count, found = frame.geometry.to_numpy(), len(frame), []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCHING)
    places = shapely.get_coordinates(shapely.centroid(shapes))
    extent = np.ptp(places, axis=0)
    places = (places - places.min(axis=0)) / np.maximum(extent, extent.max() / 3 + 1)  # a row stays one
    most = int(max(_SPARE_CELLS * count, count + 1))
    grids = [
        (wide, tall)
        for wide in range(1, count + 2)
        for tall in range(-(-count // wide), min(most // wide, count + 1) + 1)
    ]
    if count > _MOST_TRIED:  # those with the squarest cells
        ratio = np.divide(*np.maximum(extent, extent.max() / 3 + 1))
        grids.sort(key=lambda shape: abs(np.log(np.divide(*shape) / ratio)))
        grids = grids[: max(_MOST_TRIED**2 // count, 1)]
    for shape in grids:
        cells = np.array(list(np.ndindex(shape)))
        moves = ((places[:, None] * np.subtract(shape, 1) - cells) ** 2).sum(axis=2)
        order, cell = linear_sum_assignment(moves)
        apart = np.hypot(*(cells[cell[one]] - cells[cell[other]]).T).mean()
        found.append((apart + moves[order, cell].mean(), cells[cell]))
    middles = min(found, key=lambda one: one[0])[1]
    squares = shapely.box(*(middles - _HALF_TILE).T, *(middles + _HALF_TILE).T)
    return frame.set_geometry(squares, crs=frame.crs)


def plot_choropleth(
    frame: gpd.GeoDataFrame, column: str, *, breaks: Classes | Sequence[float] | None = None, **options
) -> Axes:
    """Areas filled by class of a rate, share or density, with labels and legend.

    Draw amounts (GDP in yuan, people, trade) with `plot_symbols`: a large area filled dark says more than it
    should, and two small areas with twice the amount say less.

    Parameters
    ----------
    frame
        One row an area: geometry, `column`, ``short_en``/``short_zh`` for labels, and if there are ``grade`` (C, a
        low-confidence figure, is dotted and counted in the legend) and ``year`` (printed where years differ).
    column
        Values in the unit of the options; a missing one is hatched and counted in the legend.
    breaks
        Inner class breaks (a value on a break belongs to the class above); None for round ones of these values. Give
        the same breaks to maps that should compare.
    options
        Unit, labels, legend, axes and language: see `Options`.

    Raises
    ------
    DataError
        For breaks that do not rise.
    """
    own = Options(**options)
    scale = rate_scale(column, frame[column], unit=own.unit, breaks=breaks, ramp=own.ramp)
    return _plot_scale(frame, scale, own)


def plot_change(frame: gpd.GeoDataFrame, column: str, *, breaks: Classes, **options) -> Axes:
    """Areas filled by class of a change or difference, brown below zero and blue above it.

    Classes are those of `change_breaks`, so that the colour tells the sign: give those of all changes to maps that
    should compare. Parameters as in `plot_choropleth`.
    """
    own = Options(**options)
    return _plot_scale(frame, change_scale(column, breaks, unit=own.unit, ramp=own.ramp), own)


def _plot_scale(frame: gpd.GeoDataFrame, scale: Scale, own: Options) -> Axes:
    frame = drawing.prepare(frame)
    ax = drawing.start(own.ax, frame, own.language, **scale.facts())
    fills = _draw_classes(ax, frame, scale)
    weak = drawing.weak_rows(frame) & frame[scale.column].notna().to_numpy()
    if weak.any():
        looks = {"hatch": drawing.WEAK_HATCH, "zorder": 2.5, "gid": "weak"}
        drawing.draw_areas(ax, frame.geometry[weak], fills="none", **looks)
    change, years = scale.classes.method == "zero", frame.get("year")
    values = drawing.printed_values(frame[scale.column], own, sign=change, years=years)
    key = drawing.label_areas(ax, frame, drawing.wordings(frame, own.language, values), fills)
    hatches = _counted_hatches(own.language, weak=int(weak.sum()), missing=fills.count(None))
    _add_class_legend(ax, scale, own, hatches, key)
    return ax


def _draw_classes(ax: Axes, frame: gpd.GeoDataFrame, scale: Scale) -> list[str | None]:
    """Fill areas by class, hatch those without a value; the fill of each, None where hatched."""
    number = scale.classes.index(frame[scale.column])
    fills = [scale.ramp[k] if k >= 0 else None for k in number]
    drawing.draw_ground(ax, frame.geometry, number < 0, fills=[fill for fill in fills if fill])
    return fills


def _counted_hatches(language: str, *, weak: int = 0, missing: int = 0) -> list[tuple]:
    """Handle and words in a legend of areas with a low-confidence figure and without a value; nothing for none."""
    kinds = {
        "low-confidence figure": (weak, base.swatch("#ffffff", hatch=drawing.WEAK_HATCH)),
        "no data": (missing, base.swatch(palette.NO_DATA_FILL, hatch=palette.NO_DATA_HATCH)),
    }
    known = [(patch, tr(words, language), n) for words, (n, patch) in kinds.items() if n]
    return [(patch, base.counted(words, n, language)) for patch, words, n in known]


def _add_class_legend(
    ax: Axes, scale: Scale, own: Options, hatches: list[tuple], key: Sequence[str] = ()
) -> None:
    """Legend of a scale: highest class on top, the hatches of some areas, the class method."""
    words = class_labels(scale.classes, factor=to_unit(1, own.unit, own.language), language=own.language)
    entries = [*zip(map(base.swatch, scale.ramp[::-1]), words[::-1], strict=True), *hatches]
    notes = [*filter(None, [scale.classes.method_label(own.language)]), *own.notes, *key]
    base.add_legend(ax, *zip(*entries, strict=True), title=own.title, notes=notes)


def plot_small_multiples(
    frame: gpd.GeoDataFrame, values: pd.DataFrame, *,
    breaks: Classes | Sequence[float] | None = None, width: str | float = "double",
    height_mm: float | None = None, **options,
) -> np.ndarray:  # fmt: skip
    """One small choropleth for each year, all with the same class breaks and one legend.

    Parameters
    ----------
    frame
        Boundaries, one row an area.
    values
        Long table ``area year value``. Areas without a value in a year are hatched there.
    breaks
        As in `plot_choropleth`; found over all values together.
    width, height_mm
        Preset and height of the sheet; the legend takes the place after the last map, or a row of its own.
    options
        Unit, legend and language: see `Options`.

    Returns
    -------
    numpy.ndarray
        The axes of the maps, in the order of the years.
    """
    own, frame, years = Options(**options), drawing.prepare(frame), sorted(values["year"].unique())
    scale = rate_scale("value", values["value"], unit=own.unit, breaks=breaks, ramp=own.ramp)
    xmin, ymin, xmax, ymax = frame.total_bounds
    aspect = min(max((xmax - xmin) / (ymax - ymin), 0.8), 1.8)
    sheet = {"aspect": aspect, "height_mm": height_mm, "language": own.language}
    *axes, key = base.sheet_axes(width, len(years) + 1, **sheet)
    holes = 0
    for ax, year in zip(axes, years, strict=True):
        joined = frame.merge(values.loc[values["year"] == year, ["area", "value"]], on="area", how="left")
        drawing.start(ax, joined, own.language, **scale.facts(), panel=str(year))
        holes += _draw_classes(ax, joined, scale).count(None)
        looks = base.text_looks(ax, small=False) | {"fontweight": "bold", "va": "top"}
        looks |= {"transform": ax.transAxes, "zorder": 8, "gid": "panel"}
        drawing.write_with_halo(ax, 0.02, 0.97, str(year), **looks)
    key.set_label(base.LEGEND_ROOM)
    _add_class_legend(key, scale, own, _counted_hatches(own.language, missing=holes))
    return np.array(axes, dtype=object)
