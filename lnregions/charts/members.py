"""Charts of several areas in one frame: indexed growth, slopes between two years, ranks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts.labels import Label, LabelColumn, draw_line, word
from lnregions.charts.lists import names_of
from lnregions.charts.parts import (
    bare_frame,
    draw_series,
    dress_values,
    dress_years,
    empty_chart,
    level_line,
    limits,
    tidy_by_area,
    tidy_series,
)
from lnregions.charts.sheet import Sheet, Words, need, say
from lnregions.style import GROUND, HAIRLINE, INK, MUTED, ROLES, style, text_on, tint

WORDS = {
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
_LOOKS: dict[str, dict[str, dict]] = {
    "quiet": {
        "line": {"colour": QUIET, "width": 0.9, "marker": "", "zorder": 2.4},
        "label": {"colour": MUTED, "weight": "normal"},
    },
    "strong": {
        "line": {"colour": ROLES["actual"].colour, "width": 1.5, "marker": "o", "size": 3, "zorder": 3.2},
        "label": {"colour": ROLES["actual"].colour, "weight": "bold"},
    },
    "benchmark": {
        "line": {"colour": INK, "width": 2.2, "marker": "", "linestyle": (0, (3, 1)), "zorder": 3},
        "label": {"colour": INK, "weight": "bold"},
    },
}
"""Looks of a line and its label: of a member, of one singled out, and of a benchmark."""


def _listed(names: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(names)


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
    called = names_of(index, language, names)
    own = tidy_by_area(index, called, called=called, what="index")
    series = [
        (called[area], frame, _LOOKS["strong" if area in highlight else "quiet"])
        for area, frame in own.items()
    ]
    series += [(name, frame, _LOOKS["benchmark"]) for name, frame in _grouped(benchmark, language)]
    based = [(name, _based(frame, base_year), looks) for name, frame, looks in series]
    lacking = [name for name, frame, _ in based if frame is None]
    if len(lacking) == len(based):
        return empty_chart(sheet, reason)
    if lacking:
        sheet.notes.append(say(WORDS, "no_base", language, year=base_year, names=_listed(lacking, language)))
    _draw_lines(sheet, [one for one in based if one[1] is not None], anchor=base_year)
    level_line(sheet.ax, 100, color=MUTED, linewidth=0.7, zorder=1.4, label="_base")
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


def _draw_lines(sheet: Sheet, series: list[tuple[str, pd.DataFrame, Mapping]], *, anchor: int):
    """Draw lines named at their ends; the height of the chart follows the number of labels."""
    ends = []
    for name, frame, looks in series:
        draw_series(sheet.ax, frame, **looks["line"])
        year, value = frame["year"].iloc[-1], frame["value"].iloc[-1]
        text = f"{name} {style.format_number(value, language=sheet.language, decimals=1)}"
        ends.append(Label(text, (year, value), size=sheet.size.small, name="end", **looks["label"]))
    values = [value for _, frame, _ in series for value in frame["value"]]
    low, high, _ = limits([*values, 100.0], zero=False, pad=0.06)
    sheet.ax.set_ylim(low, high)
    dress_values(sheet)
    column = LabelColumn(ends, room=0.33 * sheet.span())
    tall = max(column.height * 25.4 / 72, 0.3 * sheet.span() * 25.4 / 72)
    sheet.settle(right=column.width, top=4, body_mm=tall)
    years = [year for _, frame, _ in series for year in frame["year"]]
    dress_years(sheet, years, anchor=anchor, width=sheet.width_of())
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
        return empty_chart(sheet, reason)
    called = names_of(known, language, names)
    frames = tidy_by_area(known, called, called=called, what="values")
    sides: dict[int, list[Label]] = {first: [], last: []}
    for area, frame in frames.items():
        for year, label in _draw_slope(sheet, called[area], frame, first=first, strong=area in highlight):
            sides[year].append(label)
    broken = [called[area] for area, frame in frames.items() if len(set(frame["segment"])) > 1]
    if broken:
        sheet.notes.append(say(WORDS, "not_joined", language, names=_listed(broken, language)))
    low, high, _ = limits(sheet.scaled(known["value"]), zero=False, pad=0.05)
    sheet.ax.set(ylim=(low, high), xlim=(0, 1), yticks=[])
    left = LabelColumn(sides[first], room=0.36 * sheet.span(), side="left", gap=14)
    right = LabelColumn(sides[last], room=0.36 * sheet.span(), gap=14)
    tall = max(left.height, right.height, 0.28 * sheet.span()) * 25.4 / 72
    sheet.settle(left=left.width, right=right.width, top=4, body_mm=tall)
    _dress_ends(sheet, [int(first), int(last)])
    left.write(sheet.ax)
    right.write(sheet.ax)
    return sheet.ax


def _draw_slope(
    sheet: Sheet, name: str, frame: pd.DataFrame, *, first: int, strong: bool
) -> list[tuple[int, Label]]:
    """Draw the points of an area and the line between them, and give the label of each by its year."""
    colour, labels = ROLES["actual"].colour if strong else QUIET, []
    if len(frame) == 2 and len(set(frame["segment"])) == 1:
        looks = {"color": colour, "linewidth": 1.6 if strong else 1.0, "zorder": 2.4, "label": "_slope"}
        draw_line(sheet.ax, [0, 1], sheet.scaled(frame["value"]), **looks)
    for row in frame.itertuples():
        number, left = sheet.number(row.value), row.year == first
        place = (0 if left else 1, float(sheet.scaled(row.value)))
        looks = {"colour": INK if strong else MUTED, "weight": "bold" if strong else "normal"}
        text = f"{name} {number}" if left else f"{number} {name}"
        labels.append((row.year, Label(text, place, size=sheet.size.small, name="end", **looks)))
        looks = {"color": colour, "marker": "o", "markersize": 4, "linestyle": "", "clip_on": False}
        looks |= {"markerfacecolor": GROUND if row.grade == "C" else colour, "zorder": 3}
        draw_line(sheet.ax, place[:1], place[1:], **looks)
    return labels


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
    wide = values.assign(area=values["area"].astype(str)).set_index(["area", "year"])["value"].unstack()  # noqa: PD010
    whole = wide.dropna()
    if whole.empty:
        return empty_chart(sheet, reason)
    left_out = [called[area] for area in wide.index if area not in whole.index]
    if left_out:
        sheet.notes.append(say(WORDS, "not_ranked", language, names=_listed(left_out, language)))
    ranks = whole.rank(ascending=smallest_first, method="first").astype(int)
    ranks = ranks.sort_values(ranks.columns[-1])
    size, count = sheet.size.small, len(ranks)
    ends = [_draw_ranks(sheet, called[a], row, strong=a in highlight) for a, row in ranks.iterrows()]
    sheet.ax.set(ylim=(count + 0.6, 0.4), yticks=[])
    bare_frame(sheet.ax, keep=())
    column = LabelColumn(ends, room=0.35 * sheet.span(), gap=2)
    sheet.settle(left=size, right=column.width, top=2, body_mm=count * size * 2.1 / 72 * 25.4 + 2)
    dress_years(sheet, ranks.columns, anchor=int(ranks.columns[-1]), width=sheet.width_of())
    sheet.ax.set_xlim(ranks.columns[0] - 0.2, ranks.columns[-1] + 0.2)
    column.write(sheet.ax, leaders=False)
    return sheet.ax


def _draw_ranks(sheet: Sheet, name: str, ranks: pd.Series, *, strong: bool) -> Label:
    """Draw the ranks of an area by year, and give its label at their end."""
    colour, size = ROLES["actual"].colour if strong else QUIET, sheet.size.small
    looks = {"color": colour, "linewidth": 1.8 if strong else 1.2, "zorder": 3 if strong else 2}
    looks |= {"marker": "o", "markersize": size * 1.45, "label": "_ranks"}
    draw_line(sheet.ax, ranks.index, ranks.to_numpy(), **looks)
    for year, rank in ranks.items():
        word(sheet.ax, year, rank, str(rank), colour=text_on(colour), size=size, label="_rank", zorder=4)
    looks = {"size": size, "colour": INK if strong else MUTED, "weight": "bold" if strong else "normal"}
    return Label(name, (ranks.index[-1], ranks.iloc[-1]), **looks, name="end")
