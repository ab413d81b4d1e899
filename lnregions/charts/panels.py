"""Small multiples: one panel a member, all on the same years and values."""

from collections.abc import Mapping, Sequence
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts.labels import text_size, word
from lnregions.charts.lists import names_of
from lnregions.charts.parts import (
    draw_series,
    dress_values,
    dress_years,
    empty_chart,
    level_line,
    limits,
    mark_cut_axis,
    series_keys,
    show_empty,
    tidy_by_area,
    tidy_series,
)
from lnregions.charts.sheet import Key, Sheet, Words, need, say
from lnregions.style import INK, MUTED, ROLES, style

WORDS = {"broken": ("A line is open where levels do not join.", "线条断开处：前后数据不可衔接。")}


def plot_member_panels(
    series: pd.DataFrame,
    *,
    members: Sequence[str] | None = None,
    benchmark: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    reason: str = "",
    language: str = "en",
    **words: Unpack[Words],
) -> np.ndarray:
    """Array of axes, one small panel a member, all on the same years and values.

    A line is open where its series breaks. A member without figures keeps its panel, with the reason in words.

    Parameters
    ----------
    series
        `area`, `year`, `value`; optional `grade` (C: hollow), `segment`, `name_en`, `name_zh`.
    members
        Areas to show, in this order; left out: those of the frame.
    benchmark
        `year`, `value`: a grey line in every panel; optional `name` (of the line, in the key).
    names
        Name by area.
    reason
        Why a member has no figure, for its panel.
    language, **words
        "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        In the order of the members; their figure is ``axes[0].figure``.

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210200"] * 2, "year": [2023, 2024], "value": [8752.9, 9516.9]})
    >>> axes = plot_member_panels(gdp, members=["210200", "210600"], unit="亿元")
    >>> [t.get_text() for t in axes[1].texts if t.get_label() == "_no_data"]
    ['No data']
    """
    sheet = Sheet(None, language, words)
    need(series, ("area", "year", "value"), what="series of the members")
    members = [str(area) for area in (series["area"].unique() if members is None else members)]
    called = {area: area for area in members} | names_of(series, language, names)
    called |= {area: names[area] for area in members if names and area in names}
    tidy = tidy_by_area(series, members, called=called, what="series")
    if all(frame.empty for frame in tidy.values()):
        return np.array([empty_chart(sheet, reason)])
    most = max(int(sheet.figure.get_figwidth() * 25.4 // 26), 1)
    rows = -(-len(members) // most)
    sheet.add_panels(len(members), columns=-(-len(members) // rows))
    others = tidy_series(benchmark, what="benchmark") if benchmark is not None else tidy_series(series[:0])
    _share_axes(sheet, [*tidy.values(), others])
    _panel_keys(sheet, tidy, benchmark)
    wide = sheet.span() / sheet.columns
    sheet.settle(body_mm=sheet.rows * max(wide * 0.62, 38) / 72 * 25.4, top=sheet.size.small * 1.3 + 4)
    years = [year for frame in (*tidy.values(), others) for year in frame["year"]]
    beside = _shown(sheet, others)
    for number, (area, frame) in enumerate(tidy.items()):
        ax = sheet.axes[number]
        _panel_head(sheet, ax, called[area], frame)
        if frame.empty:
            show_empty(sheet, reason, ax=ax, size=sheet.size.small)
            continue
        dress_years(sheet, years, anchor=max(years), width=sheet.width_of(ax) * 0.8, ax=ax)
        draw_series(ax, beside, colour=ROLES["benchmark"].colour, marker="", width=0.8, zorder=2)
        draw_series(ax, _shown(sheet, frame), colour=ROLES["actual"].colour, width=1.1, size=2.4)
        last_row = number + sheet.columns >= len(members)
        ax.tick_params(labelleft=number % sheet.columns == 0, labelbottom=last_row)
    return np.array(sheet.axes)


def _shown(sheet: Sheet, tidy: pd.DataFrame) -> pd.DataFrame:
    return tidy.assign(value=sheet.scaled(tidy["value"]))


def _share_axes(sheet: Sheet, frames: list[pd.DataFrame]):
    values = np.concatenate([frame["value"].to_numpy(dtype=float) for frame in frames])
    low, high, cut = limits(sheet.scaled(values))
    for number, ax in enumerate(sheet.axes):
        ax.set_ylim(low, high)
        dress_values(sheet, ax=ax, bins=3)
        if cut and number % sheet.columns == 0:
            mark_cut_axis(sheet, ax=ax)
        if low < 0 < high:
            level_line(ax, 0, color=MUTED, linewidth=0.6, zorder=1.4, label="_zero")


def _panel_keys(sheet: Sheet, tidy: Mapping[str, pd.DataFrame], benchmark: pd.DataFrame | None):
    everything = [
        series_keys(sheet, f, colour=ROLES["actual"].colour, text="") for f in tidy.values() if len(f)
    ]
    found = {key.text: key for keys in everything for key in keys[1:]}
    sheet.keys.extend(found.values())
    if any(len(set(frame["segment"])) > 1 for frame in tidy.values()):
        sheet.notes.append(say(WORDS, "broken", sheet.language))
    if benchmark is not None and len(benchmark):
        name = (
            str(benchmark["name"].iloc[0]) if "name" in benchmark else style.text("benchmark", sheet.language)
        )
        line = {"color": ROLES["benchmark"].colour, "linewidth": 0.8}
        sheet.keys.insert(0, Key(name, line=line))


def _panel_head(sheet: Sheet, ax: Axes, name: str, frame: pd.DataFrame):
    """Name above a panel, and beside it the latest value and its year where they fit."""
    size, room = sheet.size.small, sheet.width_of(ax)
    lift = 3.5 / (ax.get_window_extent().height / ax.figure.dpi * 72)
    at = {"transform": ax.transAxes, "va": "baseline"}
    word(ax, 0, 1 + lift, name, colour=INK, size=size, weight="bold", ha="left", label="_panel", **at)
    if frame.empty:
        return
    number = sheet.number(frame["value"].iloc[-1])
    taken = text_size(name, size=size, weight="bold")[0] + 5
    for text in (f"{number} ({frame['year'].iloc[-1]})", number):
        if taken + text_size(text, size=size)[0] <= room:
            word(ax, 1, 1 + lift, text, colour=MUTED, size=size, ha="right", label="_last", **at)
            return
