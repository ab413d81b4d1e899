"""Target sheet: one bullet bar a target, from its baseline to the target, with the verdict beside it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts.lines import ACTUAL, QUIET, draw_possible
from lnregions.charts.scorecard import status_mark
from lnregions.charts.sheet import LEADING, Sheet, hide_frame
from lnregions.style import BAND, GROUND, HAIRLINE, INK, MUTED, ROLES, wrap

AIM = 0.8
"""Place of the target along a bar, as a share of its length."""
NARROW = 300
"""Points of width below which the words stand above the bars instead of beside them."""
MOST_LEADING = 1.4
"""Height of a line at most, in font sizes, on a sheet that is higher than its targets need."""
BAR = 1.7
"""Height of a bar with the space around it, in lines."""
REQUIRED = ROLES["required"].colour
MARKS = {
    "baseline": ("baseline", {"marker": "o", "color": INK, "markerfacecolor": GROUND, "zorder": 4}),
    "actual": ("actual", {"marker": "o", "color": ACTUAL, "zorder": 4.2}),
    "nearest": ("nearest figure, of another area", {"marker": "d", "color": QUIET, "zorder": 4}),
    "time": ("required by now", {"marker": "|", "color": REQUIRED, "markersize": 10, "zorder": 3.8}),
}
"""Words in the legend and looks of what is marked on a bar; ``possible`` is a band."""


def plot_target_sheet(targets: pd.DataFrame, *, marks: pd.DataFrame, **labels) -> Axes:
    """Axes with a row a target: its name and what it asks for, a bullet bar, and its verdict.

    Each bar has a scale of its own, from the baseline or else zero, on which all targets stand one below the other and
    the side on which a target is met is shaded. A target without marks has words only.

    Parameters
    ----------
    targets
        `target`, `name`, `asked` (what is required, in words), `status`, `verdict` (status and gap in words),
        `required` (a number, or none), `comparator`, and `figures` (the values marked, in words).
    marks
        `target`, `role` (``baseline``, ``actual``, ``nearest``, ``time``: what the path requires by now, or
        ``possible``), `value`, of ``possible`` `low` and `high`, in the unit of `required`.

    Examples
    --------
    >>> row = {"target": "gdp", "name": "GDP", "asked": "at least 1,000", "status": "missed", "verdict": "missed",
    ...        "required": 1000.0, "comparator": ">=", "figures": "902.71 (2024)"}
    >>> mark = {"target": "gdp", "role": "actual", "value": 902.71, "low": None, "high": None}
    >>> ax = plot_target_sheet(pd.DataFrame([row]), marks=pd.DataFrame([mark]))
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_figures"]
    ['902.71 (2024)']
    """
    sheet, y = Sheet(labels), 0.0
    for row in targets.to_dict("records"):
        y = _write_target(sheet, row, marks[marks["target"] == row["target"]], y)
    hide_frame(sheet.ax)
    sheet.ax.set(xlim=(0, sheet.span), ylim=(y, 0), xticks=[], yticks=[])
    sheet.settle(left=0, bottom=0, body=y * LEADING * sheet.size.small)
    sheet.ax.set_ylim(max(y, sheet.extent[1] / (MOST_LEADING * sheet.size.small)), 0)
    return sheet.ax


def _write_target(sheet: Sheet, row: Mapping, own: pd.DataFrame, y: float) -> float:
    """Write the row of a target from height `y` on, in lines, and give where it ends."""
    span, narrow, small = sheet.span, sheet.span < NARROW, sheet.size.small
    words, (place, wide) = (0.55 if narrow else 0.28) * span, (0.6, 0.4) if narrow else (0.74, 0.26)
    start, room, y = (0.0, span, y + 0.4) if narrow else (0.31 * span, 0.4 * span, y + 0.4)
    left = wrap(row["name"], words, small, bold=True), wrap(row["asked"], words, small)
    right = wrap(row["verdict"], wide * span - 12, small, bold=True)
    looks = {"va": "top", "ha": "left"}
    sheet.write(0, y, "\n".join(left[0]), name="target", fontweight="bold", **looks)
    sheet.write(0, y + len(left[0]), "\n".join(left[1]), name="asked", color=MUTED, **looks)
    mark = status_mark(row["status"]) | {"clip_on": False, "label": "_mark"}
    sheet.ax.plot([place * span + 4], [y + 0.55], **mark)
    sheet.write(place * span + 12, y, "\n".join(right), name="verdict", fontweight="bold", **looks)
    high = max(len(left[0]) + len(left[1]), len(right))
    top, bar = (y + high if narrow else y), 0.0
    if len(own) and pd.notna(row["required"]):
        bar = BAR
        _draw_bar(sheet, row, own, (start, room), top + bar / 2)
    if bar or row["figures"]:
        figures = wrap(row["figures"], room, small)
        sheet.write(start, top + bar, "\n".join(figures), name="figures", color=MUTED, **looks)
        high = high + bar + len(figures) if narrow else max(high, bar + len(figures))
    end = y + high + 0.4
    sheet.ax.plot([0, span], [end, end], color=HAIRLINE, linewidth=0.4, zorder=1, label="_rule")
    return end


def _draw_bar(sheet: Sheet, row: Mapping, own: pd.DataFrame, place: tuple[float, float], y: float):
    """Draw a bullet bar within its place: what is required, the marks, and the bar that has been reached."""
    left, wide = place
    required, colour = float(row["required"]), ROLES["target"].colour
    values, rests = own[["value", "low", "high"]].astype(float), (own["role"] == "baseline").any()
    ends = [*(values - required).to_numpy().ravel(), np.nan if rests else -required]
    scale = max(-np.nanmin(ends) / (AIM - 0.06), np.nanmax(ends) / (0.94 - AIM), 1e-9) / wide
    aim, right = left + AIM * wide, left + wide
    where = aim + (values - required) / scale
    below = row["comparator"] in ("<", "<=", "down")
    met = (left, aim - left) if below else (aim, right - aim)
    sheet.ax.barh([y], [wide], 0.9, left=[left], color="#f3f4f6", linewidth=0, zorder=1)
    looks = {"color": BAND, "linewidth": 0, "zorder": 1.1, "label": sheet.tr("target met")}
    sheet.ax.barh([y], [met[1]], 0.9, left=[met[0]], **looks)
    looks = {"color": colour, "linewidth": 1.6, "zorder": 3, "label": sheet.tr("target")}
    sheet.ax.plot([aim, aim], [y - 0.65, y + 0.65], **looks)
    for role, (words, looks) in MARKS.items():
        at = where["value"][own["role"] == role].dropna()
        if len(at):
            looks = {"linestyle": "", "markersize": 5} | looks
            sheet.ax.plot(at, [y] * len(at), **looks, label=sheet.tr(words))
    start, reached = (where["value"][own["role"] == role].dropna() for role in ("baseline", "actual"))
    if len(reached):
        foot = start.iloc[0] if rests else aim - required / scale
        looks = {"color": ACTUAL, "linewidth": 3, "solid_capstyle": "butt", "zorder": 3.4}
        sheet.ax.plot([foot, reached.iloc[-1]], [y, y], **looks, label="_reached")
    for low, high in where[["low", "high"]].dropna().itertuples(index=False):
        draw_possible(sheet, y, low, high, height=0.9, zorder=3.2)
