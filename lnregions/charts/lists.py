"""Charts that list areas: dots against a benchmark, contributions to a region's change, and what is known."""

from collections.abc import Mapping, Sequence
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator

from lnregions.charts.labels import Label as PlacedLabel
from lnregions.charts.labels import draw_line, text_size, word
from lnregions.charts.parts import bare_frame, dress_values, empty_chart, level_line, limits, upright_line
from lnregions.charts.sheet import Key, Sheet, Words, need, say
from lnregions.style import (
    GROUND,
    HAIRLINE,
    INK,
    MUTED,
    NO_DATA_HATCH,
    NO_DATA_HATCH_COLOUR,
    ROLES,
    style,
    text_on,
    tint,
)

WORDS = {
    "no_data": ("no data", "暂无数据"),
    "sum": ("Sum of members", "成员合计"),
    "total": ("Published total", "公布总量"),
    "rest": ("Not in the members' figures", "成员数据未涵盖"),
    "covered": ("{known} of {all} members have figures.", "{all}个成员中{known}个有数据。"),
    "figure": ("figure of the member", "成员数据"),
    "grade": ("grade {grade}", "{grade}级"),
    "none": ("no figure", "暂无数据"),
    "known": ("with a figure", "有数据"),
    "grade_c": ("weakly attested (grade C)", "佐证较弱（C级）"),
}
GRADES = {"A": "#16325c", "B": "#7f9cc4", "C": "#d5dfee"}
"""Fill of a tile by how well its figure is attested: dark for well."""


def names_of(frame: pd.DataFrame, language: str, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Name to show for each area of a frame: from ``names``, the frame's ``name_en`` or ``name_zh``, or the code.

    Examples
    --------
    >>> frame = pd.DataFrame({"area": ["210200"], "name_zh": ["大连"]})
    >>> names_of(frame, "zh"), names_of(frame, "en")
    ({'210200': '大连'}, {'210200': '210200'})
    """
    found = {str(area): str(area) for area in frame["area"]}
    if f"name_{language}" in frame:
        found |= dict(zip(frame["area"].astype(str), frame[f"name_{language}"].astype(str), strict=True))
    return found | {area: names[area] for area in found if names and area in names}


def dress_rows(sheet: Sheet, labels: Sequence[str], *, bold: Sequence[int] = ()):
    """Names down the left side, the first at the top, one row each."""
    ax = sheet.ax
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.yaxis.set_major_locator(FixedLocator(range(len(labels))))
    ax.yaxis.set_major_formatter(FixedFormatter(labels))
    looks = {"labelsize": sheet.size.small, "labelfontfamily": style.FAMILY, "labelcolor": INK}
    ax.tick_params(axis="y", length=0, pad=4, **looks)
    for number, label in enumerate(ax.get_yticklabels()):
        label.set_fontweight("bold" if number in bold else "normal")
        label.set_parse_math(False)


def row_height_mm(sheet: Sheet, rows: int) -> float:
    """Height in millimetres that so many rows of small text need."""
    return rows * sheet.size.small * 1.75 / 72 * 25.4


def left_column(sheet: Sheet, labels: Sequence[str]) -> float:
    """Width in points of the names down the left side."""
    return max(text_size(label, size=sheet.size.small, weight="bold")[0] for label in labels) + 6


def plot_dots(
    values: pd.DataFrame,
    *,
    benchmark: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with one dot an area, sorted, each tied to the benchmark by a thin line.

    Areas without a figure stand at the foot with the words "no data".

    Parameters
    ----------
    values
        `area`, `value`; optional `grade` (C: hollow), `name_en`, `name_zh`.
    benchmark
        Name and value of each benchmark; the areas are tied to the first.
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
    >>> rates = pd.DataFrame({"area": ["210200", "210600"], "value": [5.2, None]})
    >>> ax = plot_dots(rates, benchmark={"Liaoning": 5.1}, names={"210200": "Dalian"}, unit="%")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Dalian', '210600']
    """
    sheet = Sheet(ax, language, words)
    need(values, ("area", "value"), what="table of values")
    table = values.sort_values("value", ascending=False, kind="stable", na_position="last")
    if not table["value"].notna().any():
        return empty_chart(sheet, reason)
    called = names_of(table, language, names)
    labels = [called[str(area)] for area in table["area"]]
    shown = sheet.scaled(table["value"].astype(float)).to_numpy()
    marks = {name: float(sheet.scaled(float(value))) for name, value in (benchmark or {}).items()}
    low, high, _ = limits([*shown, *marks.values()], zero=None, pad=0.06)
    sheet.ax.set_xlim(low, high)
    dress_values(sheet, axis="x")
    dress_rows(sheet, labels)
    weak = table["grade"].eq("C").to_numpy() if "grade" in table else np.zeros(len(table), dtype=bool)
    _dots(sheet, shown, weak, base=next(iter(marks.values()), None))
    places, size = sheet.decimals(table["value"]), sheet.size.small
    printed = [sheet.number(value, decimals=places) for value in table["value"]]
    room = max(text_size(text, size=size)[0] for text in printed) + 8
    tops = [
        PlacedLabel(f"{name} {sheet.number(benchmark[name])}", (value, 0), size=size)
        for name, value in marks.items()
    ]
    margins = {"left": left_column(sheet, labels), "right": room, "top": size * 1.3 * len(tops) + 3}
    sheet.settle(body_mm=row_height_mm(sheet, len(labels)), **margins)
    beside = {"transform": sheet.ax.get_yaxis_transform(), "ha": "left", "label": "_value"}
    for row, text in enumerate(printed):
        word(sheet.ax, 1.01, row, text, colour=MUTED, size=size, **beside)
    _benchmark_lines(sheet, tops)
    return sheet.ax


def _dots(sheet: Sheet, shown: np.ndarray, weak: np.ndarray, *, base: float | None):
    rows, colour = np.arange(len(shown)), ROLES["actual"].colour
    if base is not None:
        sheet.ax.hlines(rows, base, shown, color=tint(colour, 0.5), linewidth=0.8, zorder=2, label="_ties")
    looks = {"linestyle": "", "marker": "o", "markersize": 5, "color": colour, "zorder": 3}
    draw_line(sheet.ax, shown[~weak], rows[~weak], **looks, label="_points")
    if weak.any():
        draw_line(sheet.ax, shown[weak], rows[weak], **looks, markerfacecolor=GROUND, label="_weak")
        sheet.keys.append(
            Key(say(WORDS, "grade_c", sheet.language), line=looks | {"markerfacecolor": GROUND})
        )


def _benchmark_lines(sheet: Sheet, tops: list[PlacedLabel]):
    """Upright at each benchmark, its name above the axes, a line higher for each further one."""
    colour, ax = ROLES["benchmark"].colour, sheet.ax
    box = ax.get_window_extent()
    for order, label in enumerate(tops):
        looks = {"color": colour, "linewidth": 1.1, "linestyle": ["-", "--", ":"][order % 3], "zorder": 1.5}
        upright_line(ax, label.xy[0], **looks, label="_benchmark")
        half = text_size(label.text, size=label.size)[0] / 2 * ax.figure.dpi / 72
        x = ax.transData.transform((label.xy[0], 0))[0]
        middle = float(np.clip(x, box.x0 + half, max(box.x1 - half, box.x0 + half)))
        lift = (2 + order * label.size * 1.3) * ax.figure.dpi / 72
        place = ax.transAxes.inverted().transform((middle, box.y1 + lift))
        looks = {"transform": ax.transAxes, "va": "bottom", "label": "_benchmark"}
        word(ax, *place, label.text, colour=MUTED, size=label.size, **looks)


def plot_contributions(
    contributions: pd.DataFrame,
    *,
    total: float | None = None,
    names: Mapping[str, str] | None = None,
    reason: str = "",
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with a bar from zero for what each member adds to its region's change, and the sum below.

    Parameters
    ----------
    contributions
        `area`, `value` (change in the indicator's unit, or percentage points); optional `name_en`, `name_zh`.
        A member without a figure keeps its row, with the words "no data".
    total
        Published change of the region: drawn below the sum, with what the members leave unexplained.
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
    >>> added = pd.DataFrame({"area": ["210100", "210400"], "value": [905.0, -12.0]})
    >>> ax = plot_contributions(added, names={"210100": "Shenyang", "210400": "Fushun"}, unit="亿元")
    >>> [t.get_text() for t in ax.texts]
    ['+90.5', '−1.2', '+89.3']
    """
    sheet = Sheet(ax, language, words)
    need(contributions, ("area", "value"), what="table of contributions")
    table = contributions.sort_values("value", ascending=False, kind="stable", na_position="last")
    known = table["value"].dropna().astype(float)
    if known.empty:
        return empty_chart(sheet, reason)
    called = names_of(table, language, names)
    rows = [(called[str(area)], value) for area, value in zip(table["area"], table["value"], strict=True)]
    extra = [(say(WORDS, "sum", language), known.sum())]
    if total is not None:
        extra += [(say(WORDS, "total", language), total), (say(WORDS, "rest", language), total - known.sum())]
    sheet.notes.append(say(WORDS, "covered", language, known=len(known), all=len(table)))
    shown = np.array([float(sheet.scaled(float(value))) for _, value in rows + extra])
    places = sheet.decimals(value for _, value in rows + extra)
    texts = [
        sheet.number(value, sign=True, decimals=places)
        if np.isfinite(value)
        else say(WORDS, "no_data", language)
        for _, value in rows + extra
    ]
    dress_rows(sheet, [name for name, _ in rows + extra], bold=(len(rows),))
    _bars(sheet, shown, members=len(rows))
    left = left_column(sheet, [name for name, _ in rows + extra])
    sheet.settle(left=left, body_mm=row_height_mm(sheet, len(shown)), top=2, bottom=2)
    _bar_values(sheet, shown, texts, members=len(rows))
    return sheet.ax


def _bars(sheet: Sheet, shown: np.ndarray, *, members: int):
    ax, dark = sheet.ax, ROLES["actual"].colour
    for row, value in enumerate(shown):
        if not np.isfinite(value):
            continue
        looks = {"facecolor": tint(dark, 0.55) if row < members else dark, "linewidth": 0}
        if row == members + 1:
            looks = {"facecolor": ROLES["benchmark"].colour, "linewidth": 0}
        elif row == members + 2:
            looks = _no_figure() | {"edgecolor": NO_DATA_HATCH_COLOUR, "linewidth": 0.6}
        ax.add_patch(Rectangle((0, row - 0.33), value, 0.66, **looks, zorder=2))
    upright_line(ax, 0, color=MUTED, linewidth=0.7, zorder=3)
    level_line(ax, members - 0.5, color=HAIRLINE, linewidth=0.7, zorder=1)


def _bar_values(sheet: Sheet, shown: np.ndarray, texts: list[str], *, members: int):
    """Write each value beyond the end of its bar, the axis widened so that all stay inside."""
    ax, size = sheet.ax, sheet.size.small
    points = sheet.width_of()
    widths = np.array([text_size(text, size=size, weight="bold")[0] + 5 for text in texts])
    values = np.nan_to_num(shown)
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    span = (high - low) or 1.0
    per_point = span / max(
        points - widths[values >= 0].max(initial=0) - widths[values < 0].max(initial=0), 20
    )
    right = max((v + w * per_point for v, w in zip(values, widths, strict=True) if v >= 0), default=high)
    left = min((v - w * per_point for v, w in zip(values, widths, strict=True) if v < 0), default=low)
    ax.set_xlim(min(left, low), max(right, high))
    ax.set_xticks([])
    bare_frame(ax, keep=())
    for row, (value, text) in enumerate(zip(values, texts, strict=True)):
        looks = {"ha": "right" if value < 0 else "left", "label": "_value"}
        looks |= {"weight": "bold" if row == members else "normal"}
        x = value + (-2.5 if value < 0 else 2.5) * per_point
        word(ax, x, row, text, colour=INK if np.isfinite(shown[row]) else MUTED, size=size, **looks)


def plot_coverage(
    coverage: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with a tile an area and year: how well its figure is attested, or that there is none.

    Parameters
    ----------
    coverage
        `area`, `year`, `grade` (A, B, C; empty or missing: no figure); optional `name_en`, `name_zh`. Areas keep
        their order; a pair that is not in the frame has no figure.
    names
        Name by area.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> known = pd.DataFrame({"area": ["210200", "210200"], "year": [2023, 2025], "grade": ["A", "C"]})
    >>> ax = plot_coverage(known, names={"210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_count"]
    ['1/1', '0/1', '1/1']
    """
    sheet = Sheet(ax, language, words)
    need(coverage, ("area", "year", "grade"), what="table of coverage")
    if coverage.empty:
        return empty_chart(sheet)
    called = names_of(coverage, language, names)
    areas = list(dict.fromkeys(coverage["area"].astype(str)))
    years = list(range(int(coverage["year"].min()), int(coverage["year"].max()) + 1))
    keys = zip(coverage["area"].astype(str), coverage["year"].astype(int), strict=True)
    grades = dict(zip(keys, coverage["grade"].where(coverage["grade"].notna(), ""), strict=True))
    labels = [say(WORDS, "known", language), *(called[area] for area in areas)]
    dress_rows(sheet, labels, bold=(0,))
    left = left_column(sheet, labels)
    for grade, colour in GRADES.items():
        patch = {"facecolor": colour, "edgecolor": HAIRLINE}
        sheet.keys.append(Key(say(WORDS, "grade", language, grade=grade), patch=patch))
    sheet.keys.append(Key(say(WORDS, "none", language), patch=_no_figure()))
    sheet.settle(
        left=left, body_mm=row_height_mm(sheet, len(labels)) * 1.05, top=sheet.size.small + 6, bottom=3
    )
    _year_heads(sheet, years, sheet.width_of())
    _counts(sheet, grades, areas, years)
    _tiles(sheet, grades, areas, years)
    return sheet.ax


def _no_figure() -> dict:
    return {"facecolor": GROUND, "edgecolor": HAIRLINE, "hatch": NO_DATA_HATCH, "linewidth": 0.4}


def _counts(sheet: Sheet, grades: dict[tuple[str, int], str], areas: list[str], years: list[int]):
    """Write how many areas have a figure for each year, of how many where it fits."""
    size, room = sheet.size.small, sheet.width_of() / len(years) - 2
    for column, year in enumerate(years):
        count = sum(grades.get((area, year), "") != "" for area in areas)
        text = f"{count}/{len(areas)}"
        text = text if text_size(text, size=size)[0] <= room else str(count)
        word(sheet.ax, column, 0, text, colour=MUTED, size=size, label="_count")


def _tiles(sheet: Sheet, grades: dict[tuple[str, int], str], areas: list[str], years: list[int]):
    """Draw the tiles of each grade as one collection, and the grade's letter on each where it fits."""
    ax, size = sheet.ax, sheet.size.small
    letters = sheet.width_of() / len(years) > size
    boxes: dict[str, list[Rectangle]] = {}
    for row, area in enumerate(areas, start=1):
        for column, year in enumerate(years):
            grade = grades.get((area, year), "")
            boxes.setdefault(grade if grade in GRADES else "", []).append(
                Rectangle((column - 0.46, row - 0.44), 0.92, 0.88)
            )
            if letters and grade in GRADES:
                word(ax, column, row, grade, colour=text_on(GRADES[grade]), size=size, label="_grade")
    for grade, tiles in boxes.items():
        looks = {"facecolor": GRADES[grade], "edgecolor": GROUND} if grade else _no_figure()
        ax.add_collection(PatchCollection(tiles, zorder=2, label=f"_tiles_{grade or 'none'}", **looks))


def _year_heads(sheet: Sheet, years: list[int], wide: float):
    """Years above the columns: each, or every n-th where they are narrow, counted from the last."""
    ax = sheet.ax
    room = text_size("2024", size=sheet.size.small)[0] + 3
    step = next((s for s in (1, 2, 5, 10, 20) if s * wide / len(years) >= room), 50)
    shown = [number for number, year in enumerate(years) if (years[-1] - year) % step == 0]
    ax.set_xlim(-0.5, len(years) - 0.5)
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.xaxis.set_major_formatter(FixedFormatter([str(years[number]) for number in shown]))
    looks = {"labelsize": sheet.size.small, "labelfontfamily": style.FAMILY, "labelcolor": INK}
    sides = {"top": True, "labeltop": True, "bottom": False, "labelbottom": False}
    ax.tick_params(axis="x", length=0, pad=2, **sides, **looks)
    bare_frame(ax, keep=())
