"""Charts that compare areas: small multiples, slopes between two years, ranks, dots, contributions."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.lines import ACTUAL, QUIET, Label
from lnregions.charts.sheet import Sheet, hide_frame, need
from lnregions.style import HAIRLINE, INK, MUTED, ROLES, text_on, tint
from lnregions.words.catalogue import tr

BENCHMARK = ROLES["benchmark"].colour
PANEL_POINTS = 74
"""Least width of a panel."""
ROW = 1.75
"""Height of a row of a list, in font sizes."""


def plot_member_panels(
    series: pd.DataFrame,
    *,
    members: Sequence[str] | None = None,
    benchmark: pd.DataFrame | None = None,
    **labels,
) -> np.ndarray:
    """Array of axes, one small panel a member, all on the same years and values.

    A line is open where its series breaks. A member without values keeps its panel, with the reason. The figure
    is ``axes[0].figure``.

    Parameters
    ----------
    series
        `area`, `year`, `value`; optional `grade` (C: hollow), `segment`, `name_en`, `name_zh`.
    members
        Areas to show, in this order; left out: those of the frame.
    benchmark
        `year`, `value`: a grey line in every panel; optional `name` (of the line, in the legend), and `area` where
        each panel has its own.

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210200"] * 2, "year": [2023, 2024], "value": [8752.9, 9516.9]})
    >>> axes = plot_member_panels(gdp, members=["210200", "210600"], unit="亿元")
    >>> [t.get_text() for t in axes[1].texts if t.get_label() == "_no_data"]
    ['No data']
    """
    sheet = Sheet(None, labels)
    need(series, ("area", "year", "value"), what="series of the members")
    codes = [str(area) for area in (series["area"].unique() if members is None else members)]
    called = sheet.names_of(pd.DataFrame({"area": codes})) | sheet.names_of(series)
    frames = lines.series_by_area(sheet, series, codes)
    parts = [benchmark] * len(codes)
    if benchmark is not None and "area" in benchmark:
        parts = [benchmark[benchmark["area"] == code] for code in codes]
    beside = [lines.benchmark_series(sheet, part) for part in parts]
    both = pd.concat([*frames.values(), *(one for part in beside for one in part.values())])
    if all(frame.empty for frame in frames.values()):
        return np.array([sheet.empty()])
    rows = -(-len(codes) // max(int(sheet.span // PANEL_POINTS), 1))
    sheet.add_panels(len(codes), columns=-(-len(codes) // rows))
    lines.value_axis(sheet, both["value"], bins=3)
    grey = {"color": BENCHMARK, "linewidth": 0.8}
    for ax, frame, part in zip(sheet.axes, frames.values(), beside, strict=True):
        for name, other in part.items():
            lines.draw_series(sheet, other, **grey, marker="", zorder=2, label=name, ax=ax)
        lines.draw_series(sheet, frame, color=ACTUAL, linewidth=1.1, markersize=2.4, ax=ax)
        if min(ax.get_ylim()) < 0:
            ax.axhline(0, color=MUTED, linewidth=0.6, zorder=1.4, label="_zero")
    if any(frame["segment"].diff().any() for frame in frames.values()):
        sheet.notes.append(tr("A line is open where levels do not join.", sheet.language))
    height = max(sheet.span / sheet.columns * 0.65, 38)
    sheet.settle(body=rows * height, top=sheet.size.small * 1.3 + 4)
    lines.year_axis(sheet, both["year"], anchor=max(both["year"]), share=0.8)
    for number, (ax, (code, frame)) in enumerate(zip(sheet.axes, frames.items(), strict=True)):
        ax.tick_params(labelbottom=number + sheet.columns >= len(codes))
        _write_panel_head(sheet, ax, called[code], frame)
        if frame.empty:
            sheet.write_reason(ax, sheet.size.small)
    return np.array(sheet.axes)


def _write_panel_head(sheet: Sheet, ax: Axes, name: str, frame: pd.DataFrame):
    """Name above a panel, and beside it the latest value and its year where they fit."""
    room, tall = sheet.extent
    looks = {"ax": ax, "transform": ax.transAxes, "va": "baseline"}
    sheet.write(0, 1 + 3.5 / tall, name, name="panel", fontweight="bold", ha="left", **looks)
    room -= sheet.width_of(name, bold=True) + 5
    for row in frame.tail(1).itertuples():
        number = sheet.number(row.value)
        fitting = [words for words in (f"{number} ({row.year})", number) if sheet.width_of(words) <= room]
        for words in fitting[:1]:
            sheet.write(1, 1 + 3.5 / tall, words, name="last", color=MUTED, ha="right", **looks)


def plot_slope(
    values: pd.DataFrame, *, years: tuple[int, int] | None = None, ax: Axes | None = None, **labels
) -> Axes:
    """Axes with one line an area from a first to a last year, named with its value at both ends.

    The points of an area whose series breaks between the years are not joined, which a note says.

    Parameters
    ----------
    values
        `area`, `year`, `value`; optional `grade` (C: hollow), `segment`, `name_en`, `name_zh`.
    years
        The two years; left out: the first and last of the frame.

    Examples
    --------
    >>> rates = pd.DataFrame({"area": ["210200"] * 2, "year": [2020, 2023], "value": [82.3, 83.0]})
    >>> ax = plot_slope(rates, names={"210200": "Dalian"}, unit="%")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['Dalian 82.3%', '83% Dalian']
    """
    sheet = Sheet(ax, labels)
    known = need(values, ("area", "year", "value"), what="table of values").dropna(subset=["value"])
    first, last = years or (known["year"].min(), known["year"].max())
    known = known[known["year"].isin([first, last])]
    if known.empty:
        return sheet.empty()
    called = sheet.names_of(known)
    frames = lines.series_by_area(sheet, known, called)
    sides: dict[int, list[Label]] = {int(first): [], int(last): []}
    for code, frame in frames.items():
        places = frame.assign(year=(frame["year"] != first).astype(int))
        lines.draw_series(sheet, places, color=QUIET, linewidth=1.0, markersize=4, clip_on=False)
        for year, place, value in zip(frame["year"], places["year"], frame["value"], strict=True):
            words = (called[code], sheet.number(value))
            words = " ".join(words if year == first else words[::-1])
            sides[year].append(Label(words, (place, value), name="end"))
    broken = [called[code] for code, frame in frames.items() if frame["segment"].diff().any()]
    if broken:
        names = sheet.listed(broken)
        note = tr("Not joined, as the levels break between the years: {names}.", sheet.language, names=names)
        sheet.notes.append(note)
    lines.value_axis(sheet, sheet.scaled(known["value"]), zero=False, pad=0.05)
    sheet.ax.set(xlim=(0, 1), yticks=[])
    hide_frame(sheet.ax, keep=("left", "right"), colour=HAIRLINE)
    sheet.ax.set_xticks([0, 1][: len(sides)], [str(year) for year in sides])
    sheet.ax.tick_params(axis="x", length=0, **lines.tick_font(sheet) | {"labelsize": sheet.size.normal})
    left = lines.LabelColumn(sheet, sides[int(first)], share=0.37, gap=-14)
    right = lines.LabelColumn(sheet, sides[int(last)] if last != first else [], share=0.37, gap=14)
    tall = max(left.height, right.height, 0.28 * sheet.span)
    sheet.settle(left=left.width, right=right.width, top=4, body=tall)
    left.write()
    right.write()
    return sheet.ax


def plot_ranks(
    values: pd.DataFrame, *, highlight: Sequence[str] = (), ax: Axes | None = None, **labels
) -> Axes:
    """Axes with the rank of each area in each year, the greatest value first.

    Only areas with a value in every year are ranked, so that a rank means the same in all of them; the others
    are named in a note.

    Parameters
    ----------
    values
        `area`, `year`, `value`; optional `name_en`, `name_zh`.
    highlight
        Areas drawn in full colour.

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210100", "210200"], "year": [2023, 2023], "value": [8122.1, 8752.9]})
    >>> ax = plot_ranks(gdp, names={"210100": "Shenyang", "210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['Dalian', 'Shenyang']
    """
    sheet = Sheet(ax, labels)
    need(values, ("area", "year", "value"), what="table of values")
    called = sheet.names_of(values)
    table = values.assign(area=values["area"].astype(str)).set_index(["area", "year"])["value"].unstack()  # noqa: PD010
    whole = table.dropna()
    if whole.empty:
        return sheet.empty()
    if len(whole) < len(table):
        names = sheet.listed(called[code] for code in table.index.difference(whole.index, sort=False))
        note = tr("Not ranked, for want of a figure in some year: {names}.", sheet.language, names=names)
        sheet.notes.append(note)
    ranks = whole.rank(ascending=False, method="first").astype(int)
    ranks, years = ranks.sort_values(ranks.columns[-1]), ranks.columns
    small, ends = sheet.size.small, []
    for code, row in ranks.iterrows():
        strong = code in highlight
        looks = {"color": ACTUAL if strong else QUIET, "linewidth": 1.8 if strong else 1.2}
        looks |= {"marker": "o", "markersize": small * 1.45, "zorder": 3 if strong else 2}
        sheet.ax.plot(years, row, **looks, label="_ranks")
        for year, rank in row.items():
            sheet.write(year, rank, str(rank), name="rank", color=text_on(looks["color"]))
        colour, weight = (INK, "bold") if strong else (MUTED, "normal")
        ends.append(Label(called[code], (years[-1], row.iloc[-1]), colour, weight, "end"))
    sheet.ax.set(ylim=(len(ranks) + 0.6, 0.4), yticks=[])
    hide_frame(sheet.ax)
    column = lines.LabelColumn(sheet, ends, share=0.36, gap=2)
    sheet.settle(left=small, right=column.width, body=len(ranks) * small * 2.1 + 6)
    lines.year_axis(sheet, years, anchor=int(years[-1]))
    sheet.ax.set_xlim(years[0] - 0.2, years[-1] + 0.2)
    column.write(leaders=False)
    return sheet.ax


def _sorted_rows(sheet: Sheet, frame: pd.DataFrame, *, what: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the areas from the greatest value to those without one, their values, and whether of grade C."""
    need(frame, ("area", "value"), what=what)
    table = frame.sort_values("value", ascending=False, kind="stable", na_position="last")
    called = sheet.names_of(table)
    weak = table["grade"].eq("C").to_numpy() if "grade" in table else np.zeros(len(table), dtype=bool)
    values = sheet.scaled(table["value"].astype(float)).to_numpy()
    return [called[code] for code in table["area"].astype(str)], values, weak


def plot_dots(
    values: pd.DataFrame, *, benchmark: Mapping[str, float] | None = None, highlight: Sequence[str] = (),
    ax: Axes | None = None, **labels,
) -> Axes:  # fmt: skip
    """Axes with one dot an area, sorted, each tied to the benchmark by a thin line.

    Areas without a value stand at the foot with the words "no data".

    Parameters
    ----------
    values
        `area`, `value`; optional `grade` (C: hollow), `name_en`, `name_zh`.
    benchmark
        Name and value of the benchmark.
    highlight
        Areas whose name is bold and whose dot has a ring.

    Examples
    --------
    >>> rates = pd.DataFrame({"area": ["210200", "210600"], "value": [5.2, None]})
    >>> ax = plot_dots(rates, benchmark={"Liaoning": 5.1}, names={"210200": "Dalian"}, unit="%")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Dalian', '210600']
    """
    sheet = Sheet(ax, labels)
    names, shown, weak = _sorted_rows(sheet, values, what="table of values")
    if not np.isfinite(shown).any():
        return sheet.empty()
    beside = {name: float(sheet.scaled(float(value))) for name, value in (benchmark or {}).items()}
    lines.value_axis(sheet, [*shown, *beside.values()], axis="x", pad=0.06)
    lines.row_axis(sheet, names)
    rows = np.arange(len(names))
    for value in beside.values():
        looks = {"color": tint(ACTUAL, 0.5), "linewidth": 0.8, "zorder": 2}
        sheet.ax.hlines(rows, value, shown, **looks, label="_ties")
        sheet.ax.axvline(value, color=BENCHMARK, linewidth=1.1, zorder=1.5, label="_benchmark")
    looks = {"linestyle": "", "marker": "o", "markersize": 5, "color": ACTUAL, "zorder": 3}
    sheet.ax.plot(shown, rows, **looks, label="_points")
    if weak.any():
        lines.draw_weak(sheet, shown[weak], rows[weak], **looks)
    own = {sheet.names_of(values)[code] for code in highlight}
    for row in (row for row, name in enumerate(names) if name in own):
        sheet.ax.get_yticklabels()[row].set_fontweight("bold")
        ring = {
            "marker": "o",
            "markersize": 9,
            "markerfacecolor": "none",
            "markeredgecolor": INK,
            "zorder": 3.5,
        }
        sheet.ax.plot(shown[row], row, **ring, linestyle="", label="_own")
    printed = sheet.numbers(shown)
    right = max(map(sheet.width_of, printed)) + 8
    top = sheet.size.small * 1.3 * len(beside) + 3
    sheet.settle(body=len(names) * ROW * sheet.size.small, right=right, top=top)
    (wide, tall), (low, high) = sheet.extent, sheet.ax.get_xlim()
    for row, words in enumerate(printed):
        looks = {"transform": sheet.ax.get_yaxis_transform(), "ha": "left", "color": MUTED}
        sheet.write(1 + 5 / wide, row, words, name="value", **looks)
    for name, value in beside.items():
        words = f"{name} {sheet.number(value)}"
        half = sheet.width_of(words) / 2 / wide
        middle = np.clip((value - low) / (high - low), half, max(1 - half, half))
        looks = {"transform": sheet.ax.transAxes, "va": "bottom", "color": MUTED}
        sheet.write(middle, 1 + 2 / tall, words, name="benchmark", **looks)
    return sheet.ax


def plot_contributions(contributions: pd.DataFrame, *, ax: Axes | None = None, **labels) -> Axes:
    """Axes with a bar from zero for what each member adds to its region's change, and the sum below.

    Parameters
    ----------
    contributions
        `area`, `value` (change in the indicator's unit, or percentage points); optional `name_en`, `name_zh`.
        A member without a value keeps its row, with the words "no data".

    Examples
    --------
    >>> added = pd.DataFrame({"area": ["210100", "210400"], "value": [905.0, -12.0]})
    >>> ax = plot_contributions(added, names={"210100": "Shenyang", "210400": "Fushun"}, unit="亿元")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_value"]
    ['+90.5', '−1.2', '+89.3']
    """
    sheet = Sheet(ax, labels)
    names, shown, _ = _sorted_rows(sheet, contributions, what="table of contributions")
    known, count, language = shown[np.isfinite(shown)], len(names), sheet.language
    if not len(known):
        return sheet.empty()
    names, shown = [*names, tr("Sum of members", language)], [*shown, known.sum()]
    note = tr("{known} of {all} members have figures.", language, known=len(known), all=count)
    sheet.notes.append(note)
    lines.row_axis(sheet, names, bold=(count,))
    looks = {"color": [tint(ACTUAL, 0.55)] * count + [ACTUAL], "linewidth": 0, "zorder": 2}
    bars = sheet.ax.barh(range(len(shown)), np.nan_to_num(shown), 0.66, **looks)
    sheet.ax.axvline(0, color=MUTED, linewidth=0.7, zorder=3)
    sheet.ax.axhline(count - 0.5, color=HAIRLINE, linewidth=0.7, zorder=1)
    sheet.ax.set_xticks([])
    hide_frame(sheet.ax)
    sheet.settle(body=len(shown) * ROW * sheet.size.small, bottom=2)
    printed = sheet.numbers(shown, sign=True)
    room = max(sheet.width_of(words, bold=True) for words in printed) + 5
    low, high = min(*known, known.sum(), 0.0), max(*known, known.sum(), 0.0)
    left = room if low < 0 else 0.0
    point = ((high - low) or 1.0) / max(sheet.extent[0] - left - room, 20)
    sheet.ax.set_xlim(low - left * point, high + room * point)
    looks = {"padding": 2.5, "fontsize": sheet.size.small, "color": INK, "label": "_value"}
    sheet.ax.bar_label(bars, printed, **looks, **sheet.font)[-1].set_fontweight("bold")
    return sheet.ax
