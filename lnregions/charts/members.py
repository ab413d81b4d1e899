"""Charts that compare areas: small multiples, ranks, dots of one year or more, contributions."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.lines import ACTUAL, QUIET, Label
from lnregions.charts.sheet import Sheet, hide_frame
from lnregions.charts.trajectory import compared
from lnregions.style import HAIRLINE, INK, MUTED, ROLES, palette, text_on, tint
from lnregions.words import year_span

PANEL_POINTS = 74
"""Least width of a panel."""
NARROW = 300
"""Points of width below which an axis has few ticks."""
OWN_SCALE = 5
"""How many times the largest member may be the smallest on one scale."""
MOST_STACKED = 6
"""Areas of a stack with a colour of their own; the others are one part of it."""
ROW = 1.75
"""Height of a row of a list, in font sizes."""


def plot_member_panels(
    series: pd.DataFrame, *, members: Sequence[str], target: pd.DataFrame | None = None, **labels
) -> np.ndarray:
    """Array of axes, one small panel a member, all on the same years and values.

    Where the largest member is more than `OWN_SCALE` times the smallest, each panel has a scale of its own from
    zero, which a note says. A line is open where its series breaks. A member without values keeps its panel, with
    the reason. The figure is ``axes[0].figure``.

    Parameters
    ----------
    series
        `area`, `year`, `value`; optional `grade` (C: hollow), `segment`, `name_en`, `name_zh`.
    members
        Areas to show, in this order.
    target
        `area`, `year`, `value`, `name`: a line in the panel of each area that has one.

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210200"] * 2, "year": [2023, 2024], "value": [8752.9, 9516.9]})
    >>> axes = plot_member_panels(gdp, members=["210200", "210600"], unit="亿元")
    >>> [t.get_text() for t in axes[1].texts if t.get_label() == "_no_data"]
    ['No data']
    """
    sheet, codes = Sheet(labels), list(members)
    called = sheet.names_of(pd.DataFrame({"area": codes})) | sheet.names_of(series)
    frames = lines.series_by_area(sheet, series, codes)
    target = pd.DataFrame(columns=["area", "name"]) if target is None else target
    beside = [lines.benchmark_series(sheet, target[target["area"] == code]) for code in codes]
    both = pd.concat([*frames.values(), *(one for part in beside for one in part.values())])
    if all(frame.empty for frame in frames.values()):
        return np.array([sheet.empty()])
    largest = [frame["value"].abs().max() for frame in frames.values() if len(frame)]
    own_scale = not any(beside) and max(largest) > OWN_SCALE * min(largest)
    rows = -(-len(codes) // max(int(sheet.span // (PANEL_POINTS * (1.3 if own_scale else 1))), 1))
    if sheet.fixed_mm:
        rows = max(rows, round(np.sqrt(1.2 * len(codes) * sheet.fixed_mm * 72 / 25.4 / sheet.span)))
    sheet.add_panels(len(codes), columns=-(-len(codes) // rows), own_scale=own_scale)
    lines.value_axis(sheet, both["value"], bins=3)
    for ax, frame, part in zip(sheet.axes, frames.values(), beside, strict=True):
        _draw_panel(sheet, ax, frame, part)
    if any(frame["segment"].diff().any() for frame in frames.values()):
        sheet.notes.append(sheet.tr("Gaps mark breaks in the series."))
    if own_scale:
        sheet.notes.append(sheet.tr("Each panel has a scale of its own."))
    height = float(np.clip(sheet.span / sheet.columns * 0.65, 38, 60 if own_scale else 110))
    sheet.settle(body=rows * height, top=sheet.size.small * 1.3 + 4)
    lines.year_axis(sheet, both["year"], anchor=max(both["year"]), share=0.8)
    for number, (ax, (code, frame)) in enumerate(zip(sheet.axes, frames.items(), strict=True)):
        ax.tick_params(labelbottom=number + sheet.columns >= len(codes))
        ax.tick_params(labelleft=own_scale or number % sheet.columns == 0)
        _write_panel_head(sheet, ax, called[code], frame)
        if frame.empty:
            sheet.write_reason(ax, sheet.size.small)
    return np.array(sheet.axes)


def _draw_panel(sheet: Sheet, ax: Axes, frame: pd.DataFrame, beside: Mapping[str, pd.DataFrame]):
    """Draw a member and its target on a panel."""
    if sheet.own_scale:
        lines.value_axis(sheet, frame["value"], bins=2, panels=[ax], zero=True)
    for name, other in beside.items():
        looks = {"color": ROLES["target"].colour, "linewidth": 0.8, "marker": "", "zorder": 2}
        lines.draw_series(sheet, other, **looks, label=name, ax=ax)
    lines.draw_series(sheet, frame, color=ACTUAL, linewidth=1.1, markersize=2.4, ax=ax)
    if min(ax.get_ylim()) < 0:
        ax.axhline(0, color=MUTED, linewidth=0.6, zorder=1.4, label="_zero")


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


def plot_ranks(values: pd.DataFrame, *, highlight: Sequence[str] = (), **labels) -> Axes:
    """Axes with the rank of each area in each year, the greatest value first.

    Parameters
    ----------
    values
        `area`, `year`, `value`, one row a pair, so that a rank means the same in all years; optional `name_en`,
        `name_zh`.
    highlight
        Areas drawn in full colour.

    Examples
    --------
    >>> gdp = pd.DataFrame({"area": ["210100", "210200"], "year": [2023, 2023], "value": [8122.1, 8752.9]})
    >>> ax = plot_ranks(gdp, names={"210100": "Shenyang", "210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['Dalian', 'Shenyang']
    """
    sheet = Sheet(labels)
    called, table = sheet.names_of(values), values.pivot_table("value", "area", "year")
    ranks = table.rank(ascending=False, method="first").astype(int)
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
    column = lines.LabelColumn(sheet, ends, share=0.36, gap=4)
    sheet.settle(left=small, right=column.width, body=len(ranks) * small * 2.1 + 6)
    lines.year_axis(sheet, years, anchor=int(years[-1]))
    sheet.ax.set_xlim(years[0] - 0.2, years[-1] + 0.2)
    column.write()
    return sheet.ax


def plot_dots(
    values: pd.DataFrame, *, benchmark: Mapping[str, float] | None = None, targets: Sequence[Mapping] = (),
    highlight: Sequence[str] = (), **labels,
) -> Axes:  # fmt: skip
    """Axes with a row an area, sorted: a dot for its value, or those of several years joined, and the value in print.

    A line leads from a dot of the latest year to those of earlier years, which are pale, but not over a break of the
    series. Areas without a value stand at the foot with the words "no data".

    Parameters
    ----------
    values
        `area`, `value`; optional `year` (several of an area are joined), `segment`, `grade` (C: hollow), `low` and
        `high` (what a value that is missing can be: a band), `name_en`, `name_zh`.
    benchmark
        Name and value of each benchmark: a grey line; with one value an area, each dot is tied to it.
    targets
        Mappings with `value` and optional `comparator`, `label` and its `horizon`: dashed lines.
    highlight
        Areas whose names are bold.

    Examples
    --------
    >>> rates = pd.DataFrame({"area": ["210200"] * 2, "year": [2020, 2023], "value": [82.3, 83.0]})
    >>> ax = plot_dots(rates, unit="%")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_value"]
    ['82.3% → 83%']
    """
    sheet = Sheet(labels)
    table, heads = _dot_table(sheet, values), _dot_heads(sheet, benchmark or {}, targets)
    codes, known = table["area"].unique().tolist(), table.dropna(subset=["value"])
    ends = [*table[["value", "low", "high"]].to_numpy().ravel(), *(head.xy[0] for head in heads)]
    lines.value_axis(sheet, ends, axis="x", bins=5 if sheet.span > NARROW else 3, pad=0.06)
    called = sheet.names_of(table)
    lines.row_axis(sheet, [called[code] for code in codes], bold=[codes.index(one) for one in highlight])
    spans, several = known.groupby("area")["year"].apply(tuple), known["area"].duplicated().any()
    dated = "year" in values and (len(set(spans)) > 1 or len(spans.iloc[0]) != 2)
    names = ("_earlier", "_points")
    if several:
        names = (f"{spans.iloc[0][0]:.0f}", f"{spans.iloc[0][-1]:.0f}")
        names = (sheet.tr("earlier figures"), sheet.tr("latest figure")) if dated else names
    rows = enumerate(table[table["area"] == code] for code in codes)
    printed = [_draw_dots(sheet, row, own, names, dated=dated) for row, own in rows]
    for head in heads:
        style = ROLES["required"].linestyle if head.name == "target" else "-"
        looks = {"color": head.colour, "linewidth": 1.1, "linestyle": style, "zorder": 1.5}
        sheet.ax.axvline(head.xy[0], label=f"_{head.name}", **looks)
        if head.name == "benchmark" and not several:
            looks = {"color": tint(ACTUAL, 0.5), "linewidth": 0.8, "zorder": 2, "label": "_ties"}
            sheet.ax.hlines(np.arange(len(codes)), head.xy[0], table["value"].to_numpy(), **looks)
    top, body = sheet.size.small * 1.3 * len(heads) + 3, len(codes) * ROW * sheet.size.small
    sheet.settle(body=body, right=max(map(sheet.width_of, printed)) + 8, top=top)
    looks = {"transform": sheet.ax.get_yaxis_transform(), "ha": "left", "color": MUTED}
    for row, words in enumerate(printed):
        sheet.write(1 + 5 / sheet.extent[0], row, words, name="value", **looks)
    _write_heads(sheet, heads)
    return sheet.ax


def _dot_heads(sheet: Sheet, benchmark: Mapping[str, float], targets: Sequence[Mapping]) -> list[Label]:
    """Labels of benchmarks and targets at their values."""
    heads = []
    for name, value in benchmark.items():
        value = float(sheet.scaled(float(value)))
        heads.append(Label(f"{name} {sheet.number(value)}", (value, 0), name="benchmark"))
    for goal in targets:
        value, name = float(sheet.scaled(float(goal["value"]))), goal.get("label") or sheet.tr("target")
        if goal.get("label") and "horizon" in goal:
            name = sheet.tr("{value} ({year})", value=name, year=goal["horizon"])
        space = "" if sheet.language == "zh" else " "
        words = f"{name}{space}{compared(sheet, value, goal.get('comparator'))}"
        heads.append(Label(words, (value, 0), ROLES["target"].colour, name="target"))
    return heads


def _write_heads(sheet: Sheet, heads: Sequence[Label]):
    """Write the labels of vertical lines above the axes, one above the other."""
    (wide, tall), (low, high) = sheet.extent, sheet.ax.get_xlim()
    for number, head in enumerate(heads):
        half = sheet.width_of(head.text, bold=True) / 2 / wide
        middle = np.clip((head.xy[0] - low) / (high - low), half, max(1 - half, half))
        looks = {"transform": sheet.ax.transAxes, "va": "bottom", "color": head.colour, "name": head.name}
        sheet.write(middle, 1 + (2 + number * sheet.size.small * 1.3) / tall, head.text, **looks)


def _dot_table(sheet: Sheet, values: pd.DataFrame) -> pd.DataFrame:
    """Values in the unit shown, the area with the greatest latest value first, years in order."""
    columns = dict.fromkeys([*values, "year", "grade", "segment", "low", "high"])
    table, amounts = values.reset_index(drop=True).reindex(columns=[*columns]), ["value", "low", "high"]
    table[amounts] = table[amounts].astype(float).apply(sheet.scaled)
    table = table.sort_values("year", kind="stable")
    table = table[table["value"].notna() | ~table["area"].duplicated()]
    latest = table.groupby("area", sort=False)["value"].last()
    order = latest.sort_values(ascending=False, kind="stable", na_position="last").index
    return table.sort_values("area", key=lambda codes: codes.map(order.get_loc), kind="stable")


def _draw_dots(sheet: Sheet, row: int, own: pd.DataFrame, names: Sequence[str], *, dated: bool) -> str:
    """Draw the dots of an area and what joins them, or the band of what is possible; give its values as printed."""
    for low, high in own[["low", "high"]].dropna().itertuples(index=False):
        lines.draw_possible(sheet, row, low, high, height=0.6, zorder=1)
    known = own.dropna(subset=["value"])
    looks = {"linestyle": "", "marker": "o", "markersize": 5, "color": ACTUAL, "zorder": 3}
    for before, after in pairwise(known.to_dict("records")):
        if before["segment"] == after["segment"] or pd.isna(before["segment"]):
            path = {"color": QUIET, "linewidth": 1.6, "zorder": 2, "label": "_path"}
            sheet.ax.plot([before["value"], after["value"]], [row, row], **path)
    for part, name, colour in zip((known.iloc[:-1], known.tail(1)), names, (QUIET, ACTUAL), strict=True):
        sheet.ax.plot(part["value"], [row] * len(part), **looks | {"color": colour}, label=name)
        if (weak := part.loc[part["grade"] == "C", "value"].to_numpy()).size:
            lines.draw_weak(sheet, weak, np.full(len(weak), row), **looks | {"color": colour})
    if known.empty:
        ends = [sheet.number(one) for one in own[["low", "high"]].iloc[0].dropna()]
        if not ends:
            return sheet.number(np.nan)
        value, year = sheet.tr("{low} to {high}", low=ends[0], high=ends[1]), own["year"].iloc[0]
        return value if pd.isna(year) else sheet.tr("{value} ({year})", value=value, year=int(year))
    numbers, years = [sheet.number(value) for value in known["value"]], known["year"]
    if dated and len(numbers) > 2 and years.diff().dropna().eq(1).all():
        span = year_span(years.iloc[0], years.iloc[-1])
        return sheet.tr("{value} ({year})", value=sheet.listed(numbers), year=span)
    if dated:
        pairs = zip(numbers, years.astype(int), strict=True)
        numbers = [sheet.tr("{value} ({year})", value=one, year=year) for one, year in pairs]
    return " → ".join(numbers)


def plot_contributions(contributions: pd.DataFrame, **labels) -> Axes:
    """Axes with a bar from zero for what each member adds to its region's change, and the sum below.

    Parameters
    ----------
    contributions
        `area`, `value` (change in the indicator's unit, or percentage points); optional `name_en`, `name_zh`.

    Examples
    --------
    >>> added = pd.DataFrame({"area": ["210100", "210400"], "value": [905.0, -12.0]})
    >>> ax = plot_contributions(added, names={"210100": "Shenyang", "210400": "Fushun"}, unit="亿元")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_value"]
    ['+90.5', '−1.2', '+89.3']
    """
    sheet, count = Sheet(labels), len(contributions)
    if not count:
        return sheet.empty()
    table = contributions.sort_values("value", ascending=False, kind="stable")
    shown, called = sheet.scaled(table["value"].astype(float)).to_numpy(), sheet.names_of(table)
    shown = [*shown, shown.sum()]
    lines.row_axis(sheet, [*map(called.get, table["area"]), sheet.tr("Sum")], bold=(count,))
    looks = {"color": [tint(ACTUAL, 0.55)] * count + [ACTUAL], "linewidth": 0, "zorder": 2}
    bars = sheet.ax.barh(range(len(shown)), shown, 0.66, **looks)
    sheet.ax.axvline(0, color=MUTED, linewidth=0.7, zorder=3)
    sheet.ax.axhline(count - 0.5, color=HAIRLINE, linewidth=0.7, zorder=1)
    sheet.ax.set_xticks([])
    hide_frame(sheet.ax)
    sheet.settle(body=len(shown) * ROW * sheet.size.small, bottom=2)
    printed = [sheet.number(value, sign=True) for value in shown]
    room = max(sheet.width_of(words, bold=True) for words in printed) + 5
    low, high = min(*shown, 0.0), max(*shown, 0.0)
    left = room if low < 0 else 0.0
    point = ((high - low) or 1.0) / max(sheet.extent[0] - left - room, 20)
    sheet.ax.set_xlim(low - left * point, high + room * point)
    looks = {"padding": 2.5, "fontsize": sheet.size.small, "color": INK, "label": "_value"}
    sheet.ax.bar_label(bars, printed, **looks, **sheet.font)[-1].set_fontweight("bold")
    return sheet.ax


def plot_stack(series: pd.DataFrame, **labels) -> Axes:
    """Axes with a bar a year of amounts stacked by area, the largest of the latest year at the foot.

    Above a bar in which areas are missing stands how many have a figure.

    Parameters
    ----------
    series
        `area`, `year`, `value` (amounts that may be added, none below zero); optional `name_en`, `name_zh`.

    Examples
    --------
    >>> trade = pd.DataFrame({"area": ["a", "b", "a"], "year": [2023, 2023, 2024], "value": [3.0, 1.0, 4.0]})
    >>> ax = plot_stack(trade)
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_count"]
    ['1/2']
    """
    sheet = Sheet(labels)
    called, table = sheet.names_of(series), sheet.scaled(series.pivot_table("value", "year", "area"))
    table = table[table.ffill().iloc[-1].sort_values(ascending=False).index]
    parts = {called[code]: table[code] for code in table.columns[:MOST_STACKED]}
    if len(rest := table.columns[MOST_STACKED:]):
        parts[sheet.tr("others")] = table[rest].sum(axis=1)
    lines.value_axis(sheet, [0.0, table.sum(axis=1).max()], zero=True, pad=0.12)
    foot = pd.Series(0.0, table.index)
    for (name, values), colour in zip(parts.items(), palette.sequential(len(parts))[::-1], strict=True):
        heights = values.fillna(0.0)
        sheet.ax.bar(heights.index, heights, 0.7, bottom=foot, color=colour, zorder=2, label=name)
        foot += heights
    counts, all_of = table.notna().sum(axis=1), len(called)
    if (counts < all_of).any():
        sheet.notes.append(sheet.tr("n/{all}: n of {all} areas have a figure.", all=all_of))
    sheet.settle(top=3, body=max(0.3 * sheet.span, 80))
    lines.year_axis(sheet, table.index, anchor=max(table.index))
    for year, count in counts[counts < all_of].items():
        sheet.write(year, foot[year], f"{count}/{all_of}", name="count", va="bottom", color=MUTED)
    return sheet.ax
