"""Maps of one value an area: classes, changes around zero, amounts as circles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnregions import errors as _checks
from lnregions.maps.base import draw_areas, draw_outline, drawn_on, prepare, start
from lnregions.maps.classes import Classes, as_classes, change_breaks, class_labels
from lnregions.maps.labels import place_labels
from lnregions.maps.legend import add_legend, swatch
from lnregions.style import palette
from lnregions.words import check_language, format_number, places_shown, text, to_unit, unit_label

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

LABELS = ("name", "both", "value", "none")
_TITLES = {"en": "{unit}", "zh": "单位：{unit}"}


def wordings(
    frame: "pd.DataFrame", labels: str, language: str, values: Sequence[str] | None = None
) -> list[list[str]]:
    """Wordings of each area's label, the preferred first: name, both names, or name over value.

    Raises
    ------
    DataError
        When `labels` is not one of "name", "both", "value", "none".
    """
    if labels not in LABELS:
        raise _checks.unknown("labels", labels, LABELS)
    if labels == "none":
        return [[] for _ in range(len(frame))]
    own = [str(name) for name in frame[f"short_{language}"]]
    if labels == "both":
        pairs = zip(frame["short_zh"], frame["short_en"], own, strict=True)
        return [[f"{zh}\n{en}", name] for zh, en, name in pairs]
    if labels == "value" and values is not None:
        return [[f"{name}\n{value}", name] for name, value in zip(own, values, strict=True)]
    return [[name] for name in own]


def label_areas(ax: "Axes", frame, words, fills, **how) -> list[str]:
    """Write the labels; a line with the key of areas that only got a number, if there are any."""
    placed = place_labels(ax, list(frame.geometry), words, fills=fills, **how)
    drawn = drawn_on(ax)
    drawn.facts.setdefault("key", {}).update({n: name for n, name in placed.key if n})
    return key_line(placed.key, drawn.language)


def key_line(key: Sequence[tuple[str, str]], language: str) -> list[str]:
    """Key of numbered areas in one line; nothing for no key."""
    words = [f"{number}\u00a0{name}".strip("\u00a0") for number, name in key]  # never broken between
    return [(", " if language == "en" else "、").join(words)] if words else []


def printed_values(values, unit: str, language: str, **how) -> list[str]:
    """Values as labels print them: without unit, a dash for none; a small one is never printed as nothing.

    Examples
    --------
    >>> printed_values([12.34, 0.0371, 0.0], "亿美元", "zh")
    ['12.3', '0.04', '0.0']
    """
    shown = [to_unit(float(v), unit, language) for v in values]
    decimals = 1 if unit in ("%", "pp") else None
    if decimals is None:
        sizes = [abs(v) for v in shown if np.isfinite(v)]
        decimals = 0 if sizes and np.median(sizes) >= 100 else 1
    return [
        format_number(v, language=language, decimals=places_shown(v, decimals), **how)
        if np.isfinite(v)
        else "–"
        for v in shown
    ]


def unit_title(unit: str, language: str, title: str | None) -> str:
    """Title of a legend: what is shown, and its unit."""
    label = unit_label(unit, language)
    if title is None:
        return _TITLES[check_language(language)].format(unit=label) if label else ""
    if not label:
        return title
    return f"{title} ({label})" if language == "en" else f"{title}（{label}）"


def refuse_amounts(column: str, aggregation: str) -> None:
    """Refuse a choropleth of amounts, and say what to draw in its place."""
    if aggregation == "sum":
        raise _checks.DataError(
            f"{column!r} is an amount that adds up over areas; as a choropleth it would show the size "
            "of the areas as much as the amount. Draw it with plot_symbols, or divide it by people first.",
        )


def plot_choropleth(
    frame: "gpd.GeoDataFrame",
    column: str,
    *,
    unit: str,
    aggregation: str = "none",
    breaks: Classes | Sequence[float] | str | None = None,
    labels: str = "name",
    legend: str | None = None,
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
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
    frame = prepare(frame, needs=(column,))
    scale = rate_scale(column, frame[column], unit=unit, breaks=breaks)
    return _plot_scale(frame, scale, labels=labels, legend=legend, ax=ax, language=language)


def plot_change(
    frame: "gpd.GeoDataFrame",
    column: str,
    *,
    unit: str,
    breaks: Classes | Sequence[float] | None = None,
    labels: str = "value",
    legend: str | None = None,
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Areas filled by class of a change or difference, brown below zero and blue above it.

    Zero is always a break, so that the colour tells the sign; `breaks` must hold it. Left out, round
    breaks mirrored around zero are found. Other parameters as in `plot_choropleth`.

    Raises
    ------
    DataError
        When the breaks do not hold zero, or more than four lie on one side of it.
    """
    frame = prepare(frame, needs=(column,))
    classes = change_breaks(frame[column]) if breaks is None else as_classes(breaks, frame[column])
    scale = zero_scale(column, classes, unit=unit)
    return _plot_scale(frame, scale, labels=labels, legend=legend, ax=ax, language=language)


@dataclass(frozen=True)
class Scale:
    """Classes of one column with their colours: what a map and its legend share."""

    column: str
    unit: str
    classes: Classes
    ramp: list[str]
    sign: bool = False

    def facts(self) -> dict:
        """What a figure's sidecar says of the classes."""
        found = self.classes
        return {
            "column": self.column,
            "unit": self.unit,
            "breaks": list(found.breaks),
            "class_method": found.method,
            "class_fit": found.fit,
        }


def rate_scale(column: str, values, *, unit: str, breaks) -> Scale:
    """Scale of a rate or share in one hue, pale to deep; around zero where the breaks were found for that."""
    classes = as_classes(breaks, values)
    if classes.method == "zero":
        return zero_scale(column, classes, unit=unit)
    if len(classes.breaks) > 6:
        raise _checks.DataError(
            f"{len(classes.breaks) + 1} classes cannot be told apart in one hue. Give at most six breaks.",
        )
    return Scale(column, unit, classes, palette.sequential(len(classes.breaks) + 1))


def zero_scale(column: str, classes: Classes, *, unit: str) -> Scale:
    """Scale of a change: brown below zero, blue above."""
    below = sum(b <= 0 for b in classes.breaks)
    above = sum(b >= 0 for b in classes.breaks)
    if 0 not in classes.breaks or max(below, above) > 4:
        raise _checks.DataError(
            f"Breaks {classes.breaks} do not part losses from gains. "
            "Give rising breaks that hold 0, with at most three on each side.",
        )
    return Scale(column, unit, classes, palette.diverging(below, above), sign=True)


def draw_classes(ax: "Axes", frame: "gpd.GeoDataFrame", scale: Scale) -> list[str | None]:
    """Fill areas by class, hatch those without a value; the ground of each label, None where hatched."""
    number = scale.classes.index(frame[scale.column])
    fills = np.array([*scale.ramp, palette.NO_DATA_FILL])[number]
    missing = number < 0
    draw_areas(ax, frame.geometry[~missing], fills=list(fills[~missing]), gid="areas")
    draw_holes(ax, frame, missing)
    draw_outline(ax, frame.geometry)
    return [None if gone else str(fill) for fill, gone in zip(fills, missing, strict=True)]


def draw_holes(ax: "Axes", frame: "gpd.GeoDataFrame", missing: np.ndarray) -> None:
    """Hatch the areas without a value."""
    if missing.any():
        looks = {"hatch": palette.NO_DATA_HATCH, "gid": "no data"}
        draw_areas(ax, frame.geometry[missing], fills=palette.NO_DATA_FILL, **looks)


def counted(words: str, count: int | str, language: str) -> str:
    """Words with a count behind them, in the language's brackets."""
    return f"{words} ({count})" if language == "en" else f"{words}（{count}）"


def class_legend(
    ax: "Axes", scale: Scale, *, holes: int, title: str | None, language: str, notes: Sequence[str] = ()
) -> None:
    """Legend of a scale: highest class on top, the hatch of `holes` areas, the class method."""
    factor = to_unit(1, scale.unit, language)
    words = class_labels(scale.classes, factor=factor, language=language)[::-1]
    handles = [swatch(fill) for fill in reversed(scale.ramp)]
    if holes:
        handles.append(swatch(palette.NO_DATA_FILL, hatch=palette.NO_DATA_HATCH))
        words.append(counted(text("no data", language), holes, language))
    notes = [scale.classes.method_label(language), *notes]
    add_legend(ax, handles, words, title=unit_title(scale.unit, language, title), notes=notes)


def plot_no_data(
    frame: "gpd.GeoDataFrame",
    *,
    reason: str = "",
    legend: str = "",
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Areas that are all hatched and named, with the reason why there is nothing to show under the legend."""
    frame = prepare(frame)
    ax = start(ax, frame, language)
    draw_holes(ax, frame, np.ones(len(frame), dtype=bool))
    draw_outline(ax, frame.geometry)
    key = label_areas(ax, frame, wordings(frame, "name", language), [None] * len(frame))
    handle = swatch(palette.NO_DATA_FILL, hatch=palette.NO_DATA_HATCH)
    words = counted(text("no data", language), len(frame), language)
    add_legend(ax, [handle], [words], title=legend, notes=[*([reason] if reason else []), *key])
    return ax


def _plot_scale(frame, scale: Scale, *, labels: str, legend: str | None, ax, language: str) -> "Axes":
    ax = start(ax, frame, language, **scale.facts())
    grounds = draw_classes(ax, frame, scale)
    printed = printed_values(frame[scale.column], scale.unit, language, sign=scale.sign)
    key = label_areas(
        ax, frame, wordings(frame, labels, language, printed), grounds, complete=labels == "value"
    )
    holes = sum(ground is None for ground in grounds)
    class_legend(ax, scale, holes=holes, title=legend, language=language, notes=key)
    return ax
