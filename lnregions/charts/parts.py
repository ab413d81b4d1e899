"""What the charts share: dressed axes, years, sensible limits, a series with its breaks and weak points."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from lnregions.charts.labels import draw_line, text_size, word, wrap
from lnregions.charts.sheet import Key, Sheet, need
from lnregions.errors import DataError
from lnregions.style import BORDER, GROUND, HAIRLINE, INK, MUTED, ROLES, style

GRID = "#e3e6ea"
_SERIES = ("year", "value", "grade", "segment")
BRIDGE = (0, (0.8, 2.0))
"""Dots of a line over years without a figure."""


def dress_values(sheet: Sheet, *, ax: Axes | None = None, axis: str = "y", bins: int = 5, sign: bool = False):
    """Few ticks with numbers in the language's habit and a pale line at each; the limits must be final."""
    ax = ax or sheet.ax
    which = ax.yaxis if axis == "y" else ax.xaxis
    which.set_major_locator(MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]))
    low, high = sorted(which.get_view_interval())
    places = decimals_of([tick for tick in which.get_majorticklocs() if low <= tick <= high])
    mark = "%" if sheet.unit == "%" else ""

    def printed(value, _):
        return style.format_number(value, language=sheet.language, decimals=places, sign=sign) + mark

    which.set_major_formatter(FuncFormatter(printed))
    ax.tick_params(axis=axis, length=0, pad=3, labelcolor=MUTED, **_tick_text(sheet))
    ax.grid(True, axis=axis, color=GRID, linewidth=0.5)
    ax.set_axisbelow(True)
    bare_frame(ax)


def _tick_text(sheet: Sheet) -> dict:
    return {"labelsize": sheet.size.small, "labelfontfamily": style.FAMILY}


def bare_frame(ax: Axes, *, keep: Sequence[str] = ("bottom",)):
    """Hide the frame of the axes but for the named sides, which become thin and grey."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(BORDER)
        spine.set_linewidth(0.6)


def dress_years(
    sheet: Sheet,
    years: Iterable[int],
    *,
    anchor: int,
    width: float,
    ax: Axes | None = None,
    strong: tuple = (),
):
    """Whole years along the x axis, each or every n-th counted from ``anchor`` when ``width`` points are few.

    The years named in ``strong`` are set in bold.
    """
    ax, known = ax or sheet.ax, [int(year) for year in years]
    first, last = min(known), max(known)
    wide = text_size("2024", size=sheet.size.small, weight="bold")[0] + 4
    room = width / (last - first + 1)
    step = next((s for s in (1, 2, 5, 10, 20, 50) if s * room >= wide), 100)
    shown = [year for year in range(first, last + 1) if (year - anchor) % step == 0]
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value)}"))
    ax.tick_params(axis="x", length=2.5, pad=2, color=BORDER, labelcolor=INK, **_tick_text(sheet))
    for label, year in zip(ax.get_xticklabels(), shown, strict=True):
        label.set_fontweight("bold" if year in strong else "normal")


def mark_cut_axis(sheet: Sheet, *, ax: Axes | None = None):
    """Two slanted strokes at the foot of the value axis, and a note: it does not start at zero."""
    ax = ax or sheet.ax
    foot = sheet.points((0, 0), ax.transAxes)
    looks = {"transform": foot, "color": BORDER, "linewidth": 0.8, "clip_on": False, "label": "_axis_cut"}
    for lift in (3.0, 5.5):
        ax.add_artist(Line2D([0.5, 7.5], [lift - 1.4, lift + 1.4], **looks))
    if sheet.say("axis_cut") not in sheet.notes:
        sheet.notes.append(sheet.say("axis_cut"))


def show_empty(sheet: Sheet, reason: str = "", *, ax: Axes | None = None, size: float | None = None):
    """Say in words that there is nothing to draw, in a frame of the usual size; settle the sheet before."""
    ax = ax or sheet.ax
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    bare_frame(ax, keep=("top", "bottom", "left", "right"))
    for spine in ax.spines.values():
        spine.set_color(HAIRLINE)
    points = size or sheet.size.normal
    text = sheet.say("no_data_because", reason=reason) if reason else sheet.say("no_data")
    text = wrap(text, width=max(sheet.width_of(ax) - 12, 20), size=points)
    word(ax, 0.5, 0.5, text, colour=MUTED, size=points, transform=ax.transAxes, label="_no_data")


def empty_chart(sheet: Sheet, reason: str = "") -> Axes:
    """Axes of a chart that has nothing to draw, with the reason in words."""
    sheet.settle(left=0)
    show_empty(sheet, reason)
    return sheet.ax


def decimals_of(ticks: Sequence[float]) -> int:
    """Decimals that tell evenly spaced ticks apart.

    Examples
    --------
    >>> decimals_of([0, 0.25, 0.5]), decimals_of([0, 20, 40])
    (2, 0)
    """
    if len(ticks) < 2:
        return 0
    step = abs(ticks[1] - ticks[0])
    return next((places for places in range(4) if abs(step - round(step, places)) < 1e-9), 4)


def limits(
    values: Iterable[float], *, zero: bool | None = None, pad: float = 0.08
) -> tuple[float, float, bool]:
    """Low and high end of a value axis for these values, and whether it leaves out zero.

    With ``zero`` None zero is left out only when all values lie in the upper three fifths of the way from it.

    Examples
    --------
    >>> limits([2.0, 10.0], pad=0)
    (0.0, 10.0, False)
    >>> limits([9.0, 10.0], pad=0)
    (9.0, 10.0, True)
    """
    known = np.asarray([value for value in values if value is not None and np.isfinite(value)], dtype=float)
    if not len(known):
        return 0.0, 1.0, False
    low, high = float(known.min()), float(known.max())
    near = (low > 0.4 * high) if low > 0 else (high < 0.4 * low if high < 0 else False)
    cut = near if zero is None else (not zero and (low > 0 or high < 0))
    if low == high:
        cut = False
    if not cut:
        low, high = min(low, 0.0), max(high, 0.0)
    room = pad * ((high - low) or abs(high) or 1.0)
    return low - (room if low < 0 or cut else 0.0), high + (room if high > 0 or cut else 0.0), cut


def tidy_series(series: pd.DataFrame, *, what: str = "series") -> pd.DataFrame:
    """Copy of a series by year with its year, value, grade and segment, rows without a value left out."""
    need(series, ("year", "value"), what=what)
    years, values = series["year"].astype(int).to_numpy(), series["value"].astype(float).to_numpy()
    order = np.argsort(years, kind="stable")
    order = order[np.isfinite(values[order])]
    years = years[order]
    twice = np.flatnonzero(np.diff(years) == 0)
    if len(twice):
        year = years[twice[0]]
        raise DataError(
            f"The {what} has several values for {year}. Give one value a year.",
        )
    grades = series["grade"].astype(str).to_numpy()[order] if "grade" in series else ""
    segments = series["segment"].fillna(0).astype(int).to_numpy()[order] if "segment" in series else 0
    return pd.DataFrame({"year": years, "value": values[order], "grade": grades, "segment": segments})


def tidy_by_area(
    frame: pd.DataFrame, areas: Iterable[str], *, called: Mapping[str, str], what: str
) -> dict[str, pd.DataFrame]:
    """Tidy series of each area of a frame, whose codes may be numbers; an area it lacks has an empty one."""
    codes, needed = frame["area"].astype(str), [column for column in _SERIES if column in frame]
    series = frame[needed]
    return {area: tidy_series(series[codes == area], what=f"{what} of {called[area]}") for area in areas}


def runs(tidy: pd.DataFrame) -> list[slice]:
    """Rows of a tidy series to be joined by a solid line: one segment, one year after the other."""
    years, segments = tidy["year"].to_numpy(), tidy["segment"].to_numpy()
    fresh = np.flatnonzero((np.diff(years) != 1) | (np.diff(segments) != 0)) + 1
    return [slice(start, end) for start, end in pairwise([0, *fresh, len(years)])] if len(years) else []


def bridges(tidy: pd.DataFrame) -> list[slice]:
    """Rows before and after missing years, two and two, where the segment goes on."""
    segments = tidy["segment"].to_numpy()
    starts = [run.start for run in runs(tidy)[1:]]
    return [slice(start - 1, start + 1) for start in starts if segments[start - 1] == segments[start]]


def draw_series(ax: Axes, tidy: pd.DataFrame, *, colour: str, width: float = 1.4, **looks) -> list[Line2D]:
    """Draw a tidy series: solid where years follow each other, dotted over missing years, open at a break.

    Figures of grade C get hollow markers. Further looks: ``marker`` ("" for none), ``size`` (of it, in
    points), ``linestyle``, ``zorder``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The unbroken lines, one per stretch.
    """
    marker, size = looks.get("marker", "o"), looks.get("size", 3.6)
    years, values = tidy["year"].to_numpy(), tidy["value"].to_numpy()
    line = {"color": colour, "zorder": looks.get("zorder", 3), "solid_capstyle": "round"}
    for ends in bridges(tidy):
        dotted = {"linewidth": width * 0.7, "linestyle": BRIDGE, "label": "_bridge"}
        draw_line(ax, years[ends], values[ends], **line, **dotted)
    line |= {"linewidth": width, "linestyle": looks.get("linestyle", "-"), "label": "_series"}
    lines = [draw_line(ax, years[run], values[run], **line) for run in runs(tidy)]
    weak = tidy["grade"].eq("C").to_numpy()
    points = {"color": colour, "marker": marker, "markersize": size, "markeredgewidth": width * 0.65}
    points |= {"linestyle": "", "zorder": line["zorder"] + 0.2}
    for name, chosen, fill in (("_points", ~weak, colour), ("_weak", weak, GROUND)):
        if marker and chosen.any():
            draw_line(ax, years[chosen], values[chosen], **points, markerfacecolor=fill, label=name)
    return lines


def level_line(ax: Axes, y: float, **looks) -> Line2D:
    """Line across the axes at a value."""
    return draw_line(ax, [0, 1], [y, y], transform=ax.get_yaxis_transform(), **looks)


def upright_line(ax: Axes, x: float, **looks) -> Line2D:
    """Line from the foot to the top of the axes at a value of the x axis."""
    return draw_line(ax, [x, x], [0, 1], transform=ax.get_xaxis_transform(), **looks)


def series_keys(sheet: Sheet, tidy: pd.DataFrame, *, colour: str, text: str) -> list[Key]:
    """Entries of the key for a series: line, hollow marker, dotted bridge, as far as they occur."""
    line = {"color": colour, "linewidth": 1.4, "marker": "o", "markersize": 3.6}
    keys = [Key(text, line=line)]
    if tidy["grade"].eq("C").any():
        hollow = {"markerfacecolor": GROUND, "markeredgewidth": 0.9, "linestyle": ""}
        keys.append(Key(sheet.say("grade_c"), line=line | hollow))
    if bridges(tidy):
        keys.append(Key(sheet.say("gap_years"), line={"color": colour, "linewidth": 1, "linestyle": BRIDGE}))
    return keys


def mark_breaks(sheet: Sheet, tidy: pd.DataFrame, *, reasons: Mapping[int, str] | None = None) -> bool:
    """Dotted upright with a letter above the axes between the segments of a series; the reasons become notes.

    Parameters
    ----------
    sheet, tidy
        Where, and the series.
    reasons
        Reason by the first year after the break.

    Returns
    -------
    bool
        Whether there was any break.
    """
    letters, ax = iter("abcdefghij"), sheet.ax
    years, segments = tidy["year"].tolist(), tidy["segment"].tolist()
    found = [n for n in range(1, len(years)) if segments[n] != segments[n - 1]]
    for number in found:
        before, after = years[number - 1], years[number]
        letter, middle = next(letters), (before + after) / 2
        looks = {"linewidth": 0.6, "linestyle": (0, (1, 2)), "zorder": 1}
        upright_line(ax, middle, color=MUTED, **looks, label="_break")
        looks = {"size": sheet.size.small, "va": "bottom", "transform": ax.get_xaxis_transform()}
        word(ax, middle, 1.0, letter, colour=MUTED, **looks, label="_break")
        reason = (reasons or {}).get(after, "")
        note = sheet.say("break", letter=letter, years=f"{before}/{str(after)[-2:]}")
        sheet.notes.append(note + (sheet.say("because", reason=reason) if reason else ""))
    return bool(found)


def line_of(name: str) -> dict:
    """Colour and line style of an idea, as keywords of a line."""
    found = ROLES[name]
    return {"color": found.colour, "linestyle": found.linestyle or "-"}
