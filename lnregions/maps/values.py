"""Maps of one value an area: classes of a rate, changes around zero, no data, years side by side."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.errors import DataError
from lnregions.maps import base, classes, drawing
from lnregions.style import palette
from lnregions.words import to_unit, unit_label
from lnregions.words.catalogue import tr

COLUMNS = {"single": 2, "onehalf": 3}
"""Maps in a row of small multiples; four on wider sheets."""


def unit_title(unit: str, language: str, title: str | None) -> str:
    """Title of a legend: what is shown, and its unit."""
    label = unit_label(unit, language)
    if not label:
        return title or ""
    if title is None:
        return tr("{unit}", language, context="legend", unit=label)
    return base.counted(title, label, language)


def refuse_amounts(column: str, aggregation: str) -> None:
    """Refuse a choropleth of amounts, and say what to draw in its place."""
    if aggregation == "sum":
        raise DataError(
            f"{column!r} is an amount that adds up over areas; as a choropleth it would show the size "
            "of the areas as much as the amount. Draw it with plot_symbols, or divide it by people first."
        )


def plot_choropleth(
    frame: gpd.GeoDataFrame,
    column: str,
    *,
    unit: str,
    aggregation: str = "none",
    breaks: classes.Classes | Sequence[float] | str | None = None,
    labels: str = "name",
    legend: str | None = None,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Areas filled by class of a rate, share or density, with labels and legend.

    Amounts (``aggregation="sum"``: GDP in yuan, people, trade) are refused: a large area filled dark says
    more than it should, and two small areas with twice the amount say less. `plot_symbols` draws those;
    `plot_values` chooses by itself.

    Parameters
    ----------
    frame
        One row an area: geometry, `column`, and ``short_en``/``short_zh`` for labels.
    column
        Values in `unit`; a missing one is hatched and counted in the legend.
    unit
        Unit of the values as the tables name it, such as "%" or "亿元".
    aggregation
        How the indicator aggregates over areas, from the codebook: "sum", "weighted" or "none".
    breaks
        Inner class breaks in `unit` (a value on a break belongs to the class above); None for round ones
        of these values, or a scheme of mapclassify by name ("quantiles", "fisher-jenks", ...), whose
        goodness of variance fit then stands in the legend. Give the same breaks to maps that should compare.
    labels
        "name", "both" (Chinese over English), "value" (name over value) or "none".
    legend
        Title of the legend, to which the unit is added.
    ax
        Axes to draw on, else a new figure's.
    language
        "en" or "zh".

    Raises
    ------
    DataError
        For amounts, missing columns, no CRS, or breaks that do not rise.
    """
    refuse_amounts(column, aggregation)
    frame = drawing.prepare(frame, needs=(column,))
    scale = classes.rate_scale(column, frame[column], unit=unit, breaks=breaks)
    return _plot_scale(frame, scale, labels=labels, legend=legend, ax=ax, language=language)


def plot_change(
    frame: gpd.GeoDataFrame,
    column: str,
    *,
    unit: str,
    breaks: classes.Classes | Sequence[float] | None = None,
    labels: str = "value",
    **how,
) -> Axes:
    """Areas filled by class of a change or difference, brown below zero and blue above it.

    Zero is always a break, so that the colour tells the sign; `breaks` must hold it. Left out, round
    breaks mirrored around zero are found. Other parameters as in `plot_choropleth`.

    Raises
    ------
    DataError
        When the breaks do not hold zero, or more than three lie on one side of it.
    """
    frame = drawing.prepare(frame, needs=(column,))
    breaks = classes.change_breaks(frame[column]) if breaks is None else breaks
    scale = classes.zero_scale(column, classes.as_classes(breaks, frame[column]), unit=unit)
    return _plot_scale(frame, scale, labels=labels, **how)


def _plot_scale(
    frame, scale: classes.Scale, *, labels: str, legend=None, ax=None, language: str = "en"
) -> Axes:
    ax = drawing.start(ax, frame, language, **scale.facts())
    grounds = _draw_classes(ax, frame, scale)
    values = drawing.printed_values(frame[scale.column], scale.unit, language, sign=scale.sign)
    words = drawing.wordings(frame, labels, language, values)
    key = drawing.label_areas(ax, frame, words, grounds, complete=labels == "value")
    _class_legend(ax, scale, grounds.count(None), unit_title(scale.unit, language, legend), language, key)
    return ax


def _draw_classes(ax: Axes, frame: gpd.GeoDataFrame, scale: classes.Scale) -> list[str | None]:
    """Fill areas by class, hatch those without a value; the ground of each label, None where hatched."""
    number = scale.classes.index(frame[scale.column])
    fills = [scale.ramp[k] if k >= 0 else None for k in number]
    drawing.draw_areas(ax, frame.geometry[number >= 0], fills=[f for f in fills if f], gid="areas")
    drawing.draw_missing(ax, frame.geometry[number < 0])
    drawing.draw_outline(ax, frame.geometry)
    return fills


def _class_legend(
    ax, scale: classes.Scale, holes: int, title: str, language: str, notes: Sequence[str] = ()
) -> None:
    """Legend of a scale: highest class on top, the hatch of `holes` areas, the class method."""
    factor = to_unit(1, scale.unit, language)
    words = classes.class_labels(scale.classes, factor=factor, language=language)[::-1]
    handles = [base.swatch(fill) for fill in reversed(scale.ramp)]
    if holes:
        handles.append(base.swatch(palette.NO_DATA_FILL, hatch=palette.NO_DATA_HATCH))
        words.append(base.counted(tr("no data", language), holes, language))
    base.add_legend(ax, handles, words, title=title, notes=[scale.classes.method_label(language), *notes])


def plot_no_data(
    frame: gpd.GeoDataFrame,
    *,
    reason: str = "",
    legend: str = "",
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Areas that are all hatched and named, with the reason why there is nothing to show under the legend."""
    frame = drawing.prepare(frame)
    ax = drawing.start(ax, frame, language)
    drawing.draw_missing(ax, frame.geometry)
    drawing.draw_outline(ax, frame.geometry)
    key = drawing.label_areas(ax, frame, drawing.wordings(frame, "name", language), [None] * len(frame))
    handle = base.swatch(palette.NO_DATA_FILL, hatch=palette.NO_DATA_HATCH)
    words = base.counted(tr("no data", language), len(frame), language)
    base.add_legend(ax, [handle], [words], title=legend, notes=[*([reason] if reason else []), *key])
    return ax


def plot_small_multiples(
    frame: gpd.GeoDataFrame,
    values: pd.DataFrame,
    *,
    column: str = "value",
    by: str = "year",
    unit: str,
    aggregation: str = "none",
    breaks: classes.Classes | Sequence[float] | str | None = None,
    legend: str | None = None,
    width: str | float = "double",
    language: str = "en",
) -> np.ndarray:
    """One small choropleth for each year, all with the same class breaks and one legend.

    Parameters
    ----------
    frame
        Boundaries, one row an area.
    values
        Long table: ``area``, `by` and `column`. Areas without a value in a year are hatched there.
    column, by
        Columns of the value and of what parts the maps.
    unit, aggregation, breaks, legend, language
        As in `plot_choropleth`; breaks are found over all values together.
    width
        Preset of the sheet; the legend takes the place after the last map, or a row of its own.

    Returns
    -------
    numpy.ndarray
        The axes of the maps, in the order of `by`.

    Raises
    ------
    DataError
        When more than twelve maps would be drawn, or an area has two values for one map.
    """
    panels = sorted(values[by].unique())
    if not 1 <= len(panels) <= 12:
        raise DataError(
            f"{len(panels)} maps do not make a readable sheet. Choose one to twelve values of {by!r}."
        )
    twice = values[values.duplicated(["area", by])]
    if len(twice):
        area, panel = twice[["area", by]].iloc[0]
        raise DataError(f"Area {area} has two values for {by} {panel}. Give one value an area and {by}.")
    refuse_amounts(column, aggregation)
    frame = drawing.prepare(frame, needs=("area",)).drop(columns=column, errors="ignore")
    scale = classes.rate_scale(column, values[column], unit=unit, breaks=breaks)
    columns = COLUMNS.get(width, 4) if isinstance(width, str) else max(1, round(width / 45))
    count = len(panels) + 1  # the last place is for the legend
    *axes, key = base.sheet_axes(width, count, columns=min(columns, count), language=language)
    holes = 0
    for ax, panel in zip(axes, panels, strict=True):
        joined = frame.merge(values.loc[values[by] == panel, ["area", column]], on="area", how="left")
        drawing.start(ax, joined, language, **scale.facts(), panel=str(panel))
        holes += _draw_classes(ax, joined, scale).count(None)
        looks = {**base.text_looks(ax, small=False), "fontweight": "bold"}
        ax.text(0.02, 0.97, str(panel), transform=ax.transAxes, va="top", zorder=8, gid="panel", **looks)
    key.set_label(base.LEGEND_ROOM)
    _class_legend(key, scale, holes, unit_title(unit, language, legend), language)
    return np.array(axes, dtype=object)
