"""Years side by side: the same areas, the same classes, one legend."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnregions import errors as _checks
from lnregions.maps.base import foot_mm, line_mm, prepare, start, text_looks
from lnregions.maps.classes import Classes
from lnregions.maps.fields import class_legend, draw_classes, rate_scale, refuse_amounts
from lnregions.maps.legend import LEGEND_ROOM
from lnregions.style import MapAxes, figure, size_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_MARGIN_MM = 2.0
_ASPECT = 1.06


def plot_small_multiples(
    frame: "gpd.GeoDataFrame",
    values: "pd.DataFrame",
    *,
    column: str = "value",
    by: str = "year",
    unit: str,
    aggregation: str = "none",
    breaks: Classes | Sequence[float] | str | None = None,
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
    unit, aggregation, breaks, legend
        As in `plot_choropleth`; breaks are found over all values together.
    width
        Preset of the sheet; the legend takes the place after the last map, or a row of its own.
    language
        "en" or "zh".

    Returns
    -------
    numpy.ndarray
        The axes of the maps, in the order of `by`.

    Raises
    ------
    DataError
        When more than twelve maps are asked for, or an area has two values for one map.
    """
    panels = sorted(values[by].unique())
    if not 1 <= len(panels) <= 12:
        raise _checks.DataError(
            f"{len(panels)} maps do not make a readable sheet. Choose one to twelve values of {by!r}.",
        )
    twice = values.duplicated(["area", by])
    if twice.any():
        row = values[twice].iloc[0]
        raise _checks.DataError(
            f"Area {row['area']} has two values for {by} {row[by]}. Give one value an area and {by}.",
        )
    frame = prepare(frame, needs=("area",))
    refuse_amounts(column, aggregation)
    scale = rate_scale(column, values[column], unit=unit, breaks=breaks)
    axes, key = _sheet(len(panels), width, language)
    rest = frame[[c for c in frame.columns if c != column]]
    holes = 0
    for ax, panel in zip(axes, panels, strict=True):
        part = values.loc[values[by] == panel, ["area", column]]
        joined = rest.merge(part, on="area", how="left")
        start(ax, joined, language, **scale.facts(), panel=str(panel))
        holes += sum(ground is None for ground in draw_classes(ax, joined, scale))
        looks = {**text_looks(ax, small=False), "fontweight": "bold"}
        ax.text(0.02, 0.97, str(panel), transform=ax.transAxes, va="top", zorder=8, gid="panel", **looks)
    class_legend(key, scale, holes=holes, title=legend, language=language)
    return axes


def _sheet(count: int, width: str | float, language: str):
    """Axes of the maps in rows, and an empty one for the legend."""
    size = size_of(width)
    margin = 12.0 if width == "a4" else _MARGIN_MM
    inner = size.width_mm - 2 * margin
    columns = (
        {"single": 2, "onehalf": 3}.get(width, 4) if isinstance(width, str) else max(1, round(inner / 45))
    )
    columns = min(columns, count + 1)
    rows = -(-(count + 1) // columns)
    wide = inner / columns
    high = wide / _ASPECT
    head, foot = margin + line_mm(size.title) * 2 + 0.5, margin + foot_mm(size)
    if width in ("slide", "a4"):
        high = min(high, (size.height_mm - head - foot) / rows)
    height = size.height_mm if width in ("slide", "a4") else head + foot + rows * high
    fig = figure(width, height_mm=height, language=language)
    fig.fixed = width in ("slide", "a4")
    made = []
    for k in range(count + 1):
        row, place = divmod(k, columns)
        left, bottom = margin + place * wide, height - head - (row + 1) * high
        box = np.array([left + 0.5, bottom + 0.5, wide - 1, high - 1])
        place = tuple(box / np.array([size.width_mm, height] * 2))
        made.append(fig.add_axes(place, axes_class=MapAxes))
        made[-1].set_axis_off()
    made[-1].set_label(LEGEND_ROOM)
    return np.array(made[:-1], dtype=object), made[-1]
