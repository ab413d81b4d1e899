"""Chart of yearly growth: a region against its benchmark, its members around it, and the mean of the years judged."""

from collections.abc import Mapping
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts.labels import Label, LabelColumn, draw_line
from lnregions.charts.parts import (
    draw_series,
    dress_values,
    dress_years,
    empty_chart,
    level_line,
    limits,
    series_keys,
    tidy_series,
)
from lnregions.charts.series import COMPARED, named_series
from lnregions.charts.sheet import Key, Sheet, Words, need, say
from lnregions.style import HAIRLINE, MUTED, ROLES, tint

WORDS = {
    "actual": ("region", "本区域"),
    "members": ("single cities", "各城市"),
    "assessed": ("years assessed", "评估年份"),
    "mean": ("mean of the years assessed (geometric)", "评估年份均值（几何平均）"),
    "label": ("{name}\n{year}: {value}", "{name}\n{year}年：{value}"),
    "mean_label": ("\nmean {first}–{last}: {value}", "\n{first}—{last}年均：{value}"),
    "target": ("target {first}–{last}\n{value}", "{first}—{last}年目标\n{value}"),
    "no_mean": (
        "{name}: no mean, for want of a figure for {years}.",
        "{name}：缺{years}年数据，不计年均。",
    ),
}
SHADE = "#f3f4f6"


def geometric_mean(rates: pd.Series) -> float:
    """Constant yearly rate in per cent that compounds to the same growth as the rates given, in per cent.

    Examples
    --------
    >>> round(geometric_mean(pd.Series([10.0, 21.0])), 2)
    15.37
    """
    factors = 1 + rates.astype(float) / 100
    if (factors <= 0).any():
        return float("nan")
    return float((np.exp(np.log(factors).mean()) - 1) * 100)


def plot_growth_trajectory(
    actual: pd.DataFrame,
    *,
    benchmark: pd.DataFrame | None = None,
    members: pd.DataFrame | None = None,
    years: tuple[int, int] | None = None,
    target: Mapping | None = None,
    name: str = "",
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    r"""Axes with the yearly growth of a region and its benchmark, the years assessed shaded.

    Over the years assessed a thin line shows each geometric mean; a series with a hole in these years has none,
    which a note says. The value axis includes zero.

    Parameters
    ----------
    actual
        `year`, `value` (%); optional `grade` (C: hollow) and `segment`.
    benchmark
        `year`, `value`; optional `name`: one line per name.
    members
        `year`, `value` of the member areas: small dots.
    years
        First and last year assessed.
    target
        Mapping with `value` and optional `comparator`: drawn as a line over the years assessed, or over all.
    name
        Name of the region in the labels.
    reason
        Why the region has no figure: for the empty panel, or a note where only benchmark or members have any.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> west = pd.DataFrame({"year": [2022, 2023, 2024], "value": [2.0, 5.3, 4.0]})
    >>> ax = plot_growth_trajectory(west, years=(2022, 2024), name="West", unit="%")
    >>> [t.get_text() for t in ax.texts]
    ['West\n2024: 4%\nmean 2022–2024: 3.8%']
    """
    sheet = Sheet(ax, language, words)
    name = name or say(WORDS, "actual", language)
    series = {name: tidy_series(actual, what="growth series")} | named_series(benchmark, language)
    if members is None or members.empty:
        members = pd.DataFrame(columns=["year", "value"], dtype=float)
    members = need(members, ("year", "value"), what="members").dropna(subset=["value"])
    if not any(map(len, [*series.values(), members])):
        return empty_chart(sheet, reason)
    if series[name].empty:
        sheet.notes.insert(0, reason)
    seen = _scale(sheet, [*series.values(), members], target=target, years=years)
    ends = [
        _draw_one(sheet, n, frame, order=order, years=years)
        for order, (n, frame) in enumerate(series.items())
        if len(frame)
    ]
    if target:
        ends.append(_draw_target(sheet, target, years or (min(seen), max(seen))))
    _draw_members(sheet, members)
    _explain(sheet, series, years)
    column = LabelColumn(ends, room=0.3 * sheet.span())
    sheet.settle(right=column.width, top=3)
    dress_years(sheet, seen, anchor=years[1] if years else max(seen), width=sheet.width_of())
    column.write(sheet.ax)
    return sheet.ax


def _scale(
    sheet: Sheet, frames: list[pd.DataFrame], *, target: Mapping | None, years: tuple | None
) -> set[int]:
    """Fix the value axis, shade the years assessed, and give the years to show."""
    values = [*np.concatenate([frame["value"].astype(float) for frame in frames])]
    low, high, _ = limits(values + ([float(target["value"])] if target else []), zero=True, pad=0.1)
    sheet.ax.set_ylim(low, high)
    dress_values(sheet)
    level_line(sheet.ax, 0, color=MUTED, linewidth=0.7, zorder=1.4, label="_zero")
    if years:
        looks = {"color": SHADE, "linewidth": 0, "zorder": 0, "label": "_assessed"}
        sheet.ax.axvspan(years[0] - 0.5, years[1] + 0.5, **looks)
    return {int(year) for frame in frames for year in frame["year"]} | set(map(int, years or ()))


def _explain(sheet: Sheet, series: Mapping[str, pd.DataFrame], years: tuple | None):
    """Put into the key what the series need explained, and the years assessed."""
    found = [key for frame in series.values() for key in series_keys(sheet, frame, colour=MUTED, text="")[1:]]
    sheet.keys.extend({key.text: key for key in found}.values())
    if years:
        mean, patch = {"color": MUTED, "linewidth": 0.8}, {"facecolor": SHADE, "edgecolor": HAIRLINE}
        sheet.keys.append(Key(say(WORDS, "mean", sheet.language), line=mean))
        sheet.keys.append(Key(say(WORDS, "assessed", sheet.language), patch=patch))


def _draw_members(sheet: Sheet, members: pd.DataFrame):
    if members.empty:
        return
    looks = {"color": tint(ROLES["actual"].colour, 0.4), "marker": "o", "markersize": 2.4, "linestyle": ""}
    draw_line(sheet.ax, members["year"], members["value"], **looks, zorder=1.8, label="_members")
    sheet.keys.append(Key(say(WORDS, "members", sheet.language), line=looks))


def _draw_one(sheet: Sheet, name: str, frame: pd.DataFrame, *, order: int, years: tuple | None) -> Label:
    """Draw one series with its mean over the years assessed, and give its label at the end."""
    own = order == 0
    colour = ROLES["actual" if own else "benchmark"].colour
    looks = {"marker": "o" if own else "sv^"[(order - 1) % 3], "size": 3.6 if own else 2.8}
    style = {"linestyle": "-" if own else ["-", (0, (1, 1.4)), (0, (5, 1, 1, 1))][(order - 1) % 3]}
    draw_series(
        sheet.ax, frame, colour=colour, width=1.5 if own else 1.0, zorder=3 - order * 0.1, **looks, **style
    )
    line = {
        "color": colour,
        "linewidth": 1.4 if own else 1.0,
        "marker": looks["marker"],
        "markersize": looks["size"],
    }
    sheet.keys.append(Key(name, line=line | style))
    last = frame.iloc[-1]
    text = say(WORDS, "label", sheet.language, name=name, year=int(last.year), value=sheet.number(last.value))
    if years:
        text += _mean(sheet, name, frame, colour=colour, years=years)
    weight = "bold" if own else "normal"
    return Label(
        text, (last.year, last.value), size=sheet.size.small, colour=colour, weight=weight, name="end"
    )


def _mean(sheet: Sheet, name: str, frame: pd.DataFrame, *, colour: str, years: tuple[int, int]) -> str:
    """Draw the mean over the years assessed; its words for the label, or nothing but a note if a year lacks."""
    first, last = years
    within = frame[frame["year"].between(first, last)].set_index("year")["value"]
    lacking = [year for year in range(first, last + 1) if year not in within.index]
    if lacking:
        joint = "、" if sheet.language == "zh" else ", "
        spelled = joint.join(map(str, lacking))
        sheet.notes.append(say(WORDS, "no_mean", sheet.language, name=name, years=spelled))
        return ""
    mean = geometric_mean(within)
    looks = {"color": colour, "linewidth": 0.8, "zorder": 1.6, "label": "_mean"}
    draw_line(sheet.ax, [first - 0.5, last + 0.5], [mean, mean], **looks)
    return say(
        WORDS, "mean_label", sheet.language, first=first, last=last, value=sheet.number(round(mean, 1))
    )


def _draw_target(sheet: Sheet, target: Mapping, years: tuple[int, int]) -> Label:
    """Draw the value asked for over the years it is for, and give its label."""
    role, value = ROLES["target"], float(target["value"])
    first, last = years
    line = {"color": role.colour, "linewidth": 1.3, "linestyle": ROLES["required"].linestyle}
    draw_line(sheet.ax, [first - 0.5, last + 0.5], [value, value], **line, zorder=2.4, label="_target")
    than = COMPARED.get(target.get("comparator", ""), ("", ""))[sheet.language == "zh"]
    shown = than + sheet.number(value)
    text = say(WORDS, "target", sheet.language, first=first, last=last, value=shown)
    looks = {"size": sheet.size.small, "colour": role.colour, "weight": "bold", "name": "target"}
    return Label(text, (last + 0.4, value), **looks)
