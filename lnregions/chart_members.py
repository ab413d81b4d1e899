"""Charts of several areas side by side: small multiples, indexed growth, slopes and ranks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions import style
from lnregions.chart_labels import Label, LabelColumn, text_size, word
from lnregions.chart_lists import names_of
from lnregions.chart_parts import (
    bare_frame,
    draw_series,
    dress_values,
    dress_years,
    limits,
    mark_cut_axis,
    series_keys,
    show_empty,
    tidy_series,
)
from lnregions.chart_sheet import Key, Sheet, Words, need, say
from lnregions.palette import GROUND, HAIRLINE, INK, MUTED, ROLES, text_on, tint

WORDS = {
    "actual": ("member", "成员"),
    "broken": ("line open: levels do not join", "断开处：前后数据不可衔接"),
    "base": ("{year} = 100", "{year}年=100"),
    "not_ranked": (
        "Not ranked, for want of a figure in some year: {names}.",
        "因个别年份缺数据未排名：{names}。",
    ),
    "not_joined": (
        "Not joined, as the levels break between the years: {names}.",
        "两年间数据口径中断、未连线：{names}。",
    ),
    "no_base": ("Not drawn, for want of a figure for {year}: {names}.", "缺{year}年数据未绘：{names}。"),
}
QUIET = tint(ROLES["actual"].colour, 0.45)
"""Colour of a member that is not singled out."""


def _listed(names: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(names)


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
    members = list(members if members is not None else dict.fromkeys(series["area"].astype(str)))
    called = {area: area for area in members} | names_of(series, language, names)
    called |= {area: names[area] for area in members if names and area in names}
    tidy = {a: tidy_series(series[series["area"] == a], what=f"series of {called[a]}") for a in members}
    if all(frame.empty for frame in tidy.values()):
        sheet.settle(left=0)
        show_empty(sheet, reason)
        return np.array([sheet.ax])
    most = max(int(sheet.figure.get_figwidth() * 25.4 // 29), 1)
    rows = -(-len(members) // most)
    sheet.add_panels(len(members), columns=-(-len(members) // rows))
    others = tidy_series(benchmark, what="benchmark") if benchmark is not None else tidy_series(series[:0])
    _share_axes(sheet, [*tidy.values(), others])
    _panel_keys(sheet, tidy, benchmark)
    wide = sheet.span() / sheet.columns
    sheet.settle(body_mm=sheet.rows * max(wide * 0.62, 38) / 72 * 25.4, top=sheet.size.small * 1.3 + 4)
    years = [year for frame in (*tidy.values(), others) for year in frame["year"]]
    for number, (area, frame) in enumerate(tidy.items()):
        ax = sheet.axes[number]
        _panel_head(sheet, ax, called[area], frame)
        if frame.empty:
            show_empty(sheet, reason, ax=ax, size=sheet.size.small)
            continue
        wide = ax.get_window_extent().width / ax.figure.dpi * 72
        dress_years(sheet, years, anchor=max(years), width=wide * 0.8, ax=ax)
        looks = {"marker": "", "width": 0.8, "zorder": 2}
        draw_series(
            ax, others.assign(value=sheet.scaled(others["value"])), colour=ROLES["benchmark"].colour, **looks
        )
        shown = frame.assign(value=sheet.scaled(frame["value"]))
        draw_series(ax, shown, colour=ROLES["actual"].colour, width=1.1, size=2.4)
        last_row = number + sheet.columns >= len(members)
        ax.tick_params(labelleft=number % sheet.columns == 0, labelbottom=last_row)
    return np.array(sheet.axes)


def _share_axes(sheet: Sheet, frames: list[pd.DataFrame]):
    values = np.concatenate([frame["value"].to_numpy(dtype=float) for frame in frames])
    low, high, cut = limits(sheet.scaled(values))
    for number, ax in enumerate(sheet.axes):
        ax.set_ylim(low, high)
        dress_values(sheet, ax=ax, bins=3)
        if cut and number % sheet.columns == 0:
            mark_cut_axis(sheet, ax=ax)
        if low < 0 < high:
            ax.axhline(0, color=MUTED, linewidth=0.6, zorder=1.4, label="_zero")


def _panel_keys(sheet: Sheet, tidy: Mapping[str, pd.DataFrame], benchmark: pd.DataFrame | None):
    everything = [
        series_keys(sheet, f, colour=ROLES["actual"].colour, text="") for f in tidy.values() if len(f)
    ]
    found = {key.text: key for keys in everything for key in keys[1:]}
    sheet.keys.extend(found.values())
    if any(frame["segment"].nunique() > 1 for frame in tidy.values()):
        sheet.notes.append(say(WORDS, "broken", sheet.language))
    if benchmark is not None and len(benchmark):
        name = (
            str(benchmark["name"].iloc[0]) if "name" in benchmark else style.text("benchmark", sheet.language)
        )
        line = {"color": ROLES["benchmark"].colour, "linewidth": 0.8}
        sheet.keys.insert(0, Key(name, line=line))


def _panel_head(sheet: Sheet, ax: Axes, name: str, frame: pd.DataFrame):
    """Name above a panel, and beside it the latest value and its year where they fit."""
    size, box = sheet.size.small, ax.get_window_extent()
    room = box.width / ax.figure.dpi * 72
    lift = 2.5 / (box.height / ax.figure.dpi * 72)
    at = {"transform": ax.transAxes, "va": "bottom"}
    word(ax, 0, 1 + lift, name, colour=INK, size=size, weight="bold", ha="left", label="_panel", **at)
    if frame.empty:
        return
    number = sheet.number(frame["value"].iloc[-1])
    taken = text_size(name, size=size, weight="bold")[0] + 5
    for text in (f"{number} ({frame['year'].iloc[-1]})", number):
        if taken + text_size(text, size=size)[0] <= room:
            word(ax, 1, 1 + lift, text, colour=MUTED, size=size, ha="right", label="_last", **at)
            return


def plot_indexed_growth(
    index: pd.DataFrame,
    *,
    base_year: int,
    benchmark: pd.DataFrame | None = None,
    highlight: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with chained indices of several areas, 100 in the base year, each named at its end.

    Parameters
    ----------
    index
        `area`, `year`, `value` (chained from real growth; rescaled here so that the base year is 100); optional
        `grade`, `segment`, `name_en`, `name_zh`. An area without the base year is left out, which a note says.
    base_year
        Year that is 100.
    benchmark
        `year`, `value`; optional `name` (one heavy line per name).
    highlight
        Areas drawn in full colour; none: all quiet.
    names
        Name by area.
    reason
        Why there is no figure, for the empty panel.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> chained = pd.DataFrame({"area": ["210200"] * 2, "year": [2021, 2022], "value": [100.0, 104.0]})
    >>> ax = plot_indexed_growth(chained, base_year=2021, names={"210200": "Dalian"})
    >>> ax.texts[-1].get_text()
    'Dalian 104.0'
    """
    sheet = Sheet(ax, language, words)
    need(index, ("area", "year", "value"), what="index")
    called, ends, lacking = names_of(index, language, names), [], []
    drawn: list[pd.DataFrame] = []
    for area in dict.fromkeys(index["area"].astype(str)):
        frame = _based(tidy_series(index[index["area"] == area], what=f"index of {called[area]}"), base_year)
        if frame is None:
            lacking.append(called[area])
            continue
        strong = area in highlight
        colour = ROLES["actual"].colour if strong else QUIET
        looks = {"marker": "o" if strong else "", "size": 3, "width": 1.5 if strong else 0.9}
        draw_series(sheet.ax, frame, colour=colour, zorder=3.2 if strong else 2.4, **looks)
        ends.append(
            _end(sheet, called[area], frame, colour=ROLES["actual"].colour if strong else MUTED, bold=strong)
        )
        drawn.append(frame)
    for name, rows in _grouped(benchmark, language):
        frame = _based(rows, base_year)
        if frame is None:
            lacking.append(name)
            continue
        draw_series(sheet.ax, frame, colour=INK, width=2.2, marker="", linestyle=(0, (3, 1)), zorder=3)
        ends.append(_end(sheet, name, frame, colour=INK, bold=True))
        drawn.append(frame)
    if not drawn:
        sheet.settle(left=0)
        show_empty(sheet, reason)
        return sheet.ax
    if lacking:
        sheet.notes.append(say(WORDS, "no_base", language, year=base_year, names=_listed(lacking, language)))
    _finish_lines(sheet, drawn, ends, anchor=base_year)
    sheet.ax.axhline(100, color=MUTED, linewidth=0.7, zorder=1.4, label="_base")
    return sheet.ax


def _grouped(benchmark: pd.DataFrame | None, language: str) -> list[tuple[str, pd.DataFrame]]:
    if benchmark is None or benchmark.empty:
        return []
    if "name" not in benchmark:
        benchmark = benchmark.assign(name=style.text("benchmark", language))
    return [
        (str(n), tidy_series(rows, what=f"benchmark {n}"))
        for n, rows in benchmark.groupby("name", sort=False)
    ]


def _based(frame: pd.DataFrame, base_year: int) -> pd.DataFrame | None:
    """Series rescaled to 100 in the base year, or None where that year has no figure."""
    base = frame.loc[frame["year"] == base_year, "value"]
    return (
        None if base.empty or base.iloc[0] == 0 else frame.assign(value=frame["value"] / base.iloc[0] * 100)
    )


def _end(sheet: Sheet, name: str, frame: pd.DataFrame, *, colour: str, bold: bool) -> Label:
    last = frame.iloc[-1]
    value = style.format_number(last.value, language=sheet.language, decimals=1)
    weight = "bold" if bold else "normal"
    looks = {"size": sheet.size.small, "colour": colour, "weight": weight, "name": "end"}
    return Label(f"{name} {value}", (last.year, last.value), **looks)


def _finish_lines(sheet: Sheet, drawn: list[pd.DataFrame], ends: list[Label], *, anchor: int):
    """Axes, margins and labels of a chart of many lines; its height follows the number of labels."""
    values = [value for frame in drawn for value in frame["value"]]
    low, high, _ = limits([*values, 100.0], zero=False, pad=0.06)
    sheet.ax.set_ylim(low, high)
    dress_values(sheet)
    column = LabelColumn(ends, room=0.33 * sheet.span())
    tall = max(column.height * 25.4 / 72, 0.3 * sheet.span() * 25.4 / 72)
    sheet.settle(right=column.width, top=4, body_mm=tall)
    wide = sheet.ax.get_window_extent().width / sheet.figure.dpi * 72
    years = [year for frame in drawn for year in frame["year"]]
    dress_years(sheet, years, anchor=anchor, width=wide)
    column.write(sheet.ax)


def plot_slope(
    values: pd.DataFrame,
    *,
    years: tuple[int, int] | None = None,
    highlight: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with one line an area from a first to a last year, named with its value at both ends.

    Points of an area whose series breaks between the years are not joined, which a note says.

    Parameters
    ----------
    values
        `area`, `year`, `value`; optional `grade` (C: hollow), `segment`, `name_en`, `name_zh`.
    years
        The two years; left out: the first and last of the frame.
    highlight
        Areas drawn in full colour.
    names
        Name by area.
    reason
        Why there is no figure, for the empty panel.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> rates = pd.DataFrame({"area": ["210200"] * 2, "year": [2020, 2023], "value": [82.3, 83.0]})
    >>> ax = plot_slope(rates, names={"210200": "Dalian"}, unit="%")
    >>> [t.get_text() for t in ax.texts]
    ['Dalian 82.3%', '83% Dalian']
    """
    sheet = Sheet(ax, language, words)
    known = need(values, ("area", "year", "value"), what="table of values").dropna(subset=["value"])
    first, last = years or (known["year"].min(), known["year"].max())
    known = known[known["year"].isin([first, last])]
    if known.empty:
        sheet.settle(left=0)
        show_empty(sheet, reason)
        return sheet.ax
    called, open_names = names_of(known, language, names), []
    sides: dict[int, list[Label]] = {first: [], last: []}
    for area in dict.fromkeys(known["area"].astype(str)):
        frame = tidy_series(known[known["area"] == area], what=f"values of {called[area]}")
        strong = area in highlight
        colour = ROLES["actual"].colour if strong else QUIET
        if frame["segment"].nunique() > 1:
            open_names.append(called[area])
        elif len(frame) == 2:
            y = sheet.scaled(frame["value"])
            sheet.ax.plot(
                [0, 1], y, color=colour, linewidth=1.6 if strong else 1.0, zorder=2.4, label="_slope"
            )
        for row in frame.itertuples():
            text, y = sheet.number(row.value), float(sheet.scaled(row.value))
            looks = {"size": sheet.size.small, "colour": INK if strong else MUTED, "name": "end"}
            looks["weight"] = "bold" if strong else "normal"
            text = f"{called[area]} {text}" if row.year == first else f"{text} {called[area]}"
            sides[row.year].append(Label(text, (0 if row.year == first else 1, y), **looks))
            looks = {
                "color": colour,
                "markerfacecolor": GROUND if row.grade == "C" else colour,
                "linestyle": "",
            }
            sheet.ax.plot([0 if row.year == first else 1], [y], marker="o", markersize=4, **looks, zorder=3)
    if open_names:
        sheet.notes.append(say(WORDS, "not_joined", language, names=_listed(open_names, language)))
    low, high, _ = limits(sheet.scaled(known["value"]), zero=False, pad=0.05)
    sheet.ax.set(ylim=(low, high), xlim=(0, 1), yticks=[])
    left = LabelColumn(sides[first], room=0.4 * sheet.span(), side="left")
    right = LabelColumn(sides[last], room=0.4 * sheet.span())
    tall = max(left.height, right.height, 0.28 * sheet.span()) * 25.4 / 72
    sheet.settle(left=left.width, right=right.width, top=4, body_mm=tall)
    _dress_ends(sheet, [int(first), int(last)])
    left.write(sheet.ax)
    right.write(sheet.ax)
    return sheet.ax


def _dress_ends(sheet: Sheet, years: list[int]):
    bare_frame(sheet.ax, keep=("left", "right"))
    for side in ("left", "right"):
        sheet.ax.spines[side].set_color(HAIRLINE)
    sheet.ax.set_xticks([0, 1][: len(set(years))], [str(year) for year in dict.fromkeys(years)])
    sheet.ax.tick_params(
        axis="x", length=0, labelsize=sheet.size.normal, labelfontfamily=style.FAMILY, labelcolor=INK
    )


def plot_ranks(
    values: pd.DataFrame,
    *,
    highlight: Sequence[str] = (),
    smallest_first: bool = False,
    names: Mapping[str, str] | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with the rank of each area in each year, the greatest value first.

    Only areas with a figure in every year are ranked, so that a rank means the same in all of them; the others
    are named in a note.

    Parameters
    ----------
    values
        `area`, `year`, `value`; optional `name_en`, `name_zh`.
    highlight
        Areas drawn in full colour.
    smallest_first
        Rank the smallest value first.
    names
        Name by area.
    reason
        Why there is nothing to rank, for the empty panel.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210100", "210200"], "year": [2023, 2023], "value": [8122.1, 8752.9]})
    >>> ax = plot_ranks(gdp, names={"210100": "Shenyang", "210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['Dalian', 'Shenyang']
    """
    sheet = Sheet(ax, language, words)
    need(values, ("area", "year", "value"), what="table of values")
    called = names_of(values, language, names)
    wide = values.assign(area=values["area"].astype(str)).pivot(index="area", columns="year", values="value")
    whole = wide.dropna()
    if whole.empty:
        sheet.settle(left=0)
        show_empty(sheet, reason)
        return sheet.ax
    left_out = [called[area] for area in wide.index if area not in whole.index]
    if left_out:
        sheet.notes.append(say(WORDS, "not_ranked", language, names=_listed(left_out, language)))
    ranks = whole.rank(ascending=smallest_first, method="first").astype(int)
    ranks = ranks.sort_values(ranks.columns[-1])
    size, count = sheet.size.small, len(ranks)
    ends = []
    for area, row in ranks.iterrows():
        strong = area in highlight
        colour = ROLES["actual"].colour if strong else QUIET
        looks = {"color": colour, "linewidth": 1.8 if strong else 1.2, "zorder": 3 if strong else 2}
        sheet.ax.plot(row.index, row.to_numpy(), **looks, marker="o", markersize=size * 1.45, label="_ranks")
        looks = {"size": size, "colour": INK if strong else MUTED, "weight": "bold" if strong else "normal"}
        ends.append(Label(called[area], (row.index[-1], row.iloc[-1]), **looks, name="end"))
        for year, rank in row.items():
            word(sheet.ax, year, rank, str(rank), colour=text_on(colour), size=size, label="_rank", zorder=4)
    sheet.ax.set(ylim=(count + 0.6, 0.4), yticks=[])
    bare_frame(sheet.ax, keep=())
    column = LabelColumn(ends, room=0.35 * sheet.span(), gap=2)
    sheet.settle(left=0, right=column.width, top=2, body_mm=count * size * 2.1 / 72 * 25.4 + 2)
    span = sheet.ax.get_window_extent().width / sheet.figure.dpi * 72
    dress_years(sheet, ranks.columns, anchor=int(ranks.columns[-1]), width=span)
    column.write(sheet.ax)
    return sheet.ax
