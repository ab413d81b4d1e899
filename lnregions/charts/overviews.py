"""Overviews: the target sheet of a region, indicators by city, and verdicts over time."""

import re
from collections.abc import Mapping
from itertools import product

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.lines import ACTUAL, QUIET, draw_possible
from lnregions.charts.scorecard import NO_FIGURE, status_mark
from lnregions.charts.sheet import LEADING, Sheet, hide_frame
from lnregions.style import ROLES, STATUSES, palette, text_on, wrap
from lnregions.style.palette import BAND, GROUND, HAIRLINE, INK, MUTED, NO_DATA_HATCH_COLOUR
from lnregions.words import text

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
CLASSES = 5
"""Fills of a heat map."""
SLIVER = 0.012
"""Share of the dates that a status of the last day alone is drawn across."""
TURNED = 75.0
"""Points in a line of the heads that stand upright, since one of their words is wider than a tile."""


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
    values = own.reindex(columns=["value", "low", "high"]).astype(float)
    rests = (own["role"] == "baseline").any()
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


def plot_heat_map(cells: pd.DataFrame, **labels) -> Axes:
    """Axes with a tile an area and indicator: its value in print, darker the higher it ranks in its column.

    Parameters
    ----------
    cells
        `area`, `column` (its heading), `value`, `words` (the value in print, and lines below it, left out where the
        tile is too narrow), `grade`; optional `name_en`, `name_zh`. Areas and columns keep their order; a pair that
        the frame lacks has no figure.

    Examples
    --------
    >>> cells = pd.DataFrame({"area": ["a", "b"], "column": "GDP", "value": [2.0, 1.0], "words": ["2", "1"],
    ...                       "grade": ["A", "C"]})
    >>> [t.get_text() for t in plot_heat_map(cells).texts if t.get_label() == "_value"]
    ['2 A', '1 C']
    """
    sheet = Sheet(labels)
    called, columns, small = sheet.names_of(cells), list(dict.fromkeys(cells["column"])), sheet.size.small
    lines.row_axis(sheet, list(called.values()))
    found = cells.set_index(["area", "column"])
    shares = found.groupby(level="column")["value"].rank(pct=True)
    fills, left = palette.sequential(CLASSES), sheet.ax.get_yticklabels()
    room = sheet.span - max(map(sheet.width_of, called.values())) - 12
    most = int(room // (max(sheet.width_of(words.split("\n")[0]) for words in cells["words"]) + 2))
    if len(columns) > most:
        names = sheet.listed(re.split("[,，]", column)[0] for column in columns[most:])
        sheet.notes.append(sheet.tr("Not shown at this width: {names}.", names=names))
        columns = columns[:most]
    wide = room / len(columns)
    turned = any(sheet.width_of(word) > wide - 3 for word in " ".join(columns).split() if word.isascii())
    heads = {column: wrap(column, TURNED if turned else wide - 3, small) for column in columns}
    pairs = zip(cells["words"], cells["grade"], strict=True)
    tall = max(_fitting(sheet, *pair, 0.96 * wide).count("\n") for pair in pairs) + 2.0
    written = []
    for (row, code), (place, column) in product(enumerate(called), enumerate(columns)):
        known = (code, column) in found.index
        fill = fills[min(int(shares[code, column] * CLASSES), CLASSES - 1)] if known else GROUND
        looks = {"color": fill, "label": "_tile"} if known else NO_FIGURE | {"label": sheet.tr("no figure")}
        sheet.ax.barh([row], [0.96], 0.92, left=[place - 0.48], **looks)
        if known:
            written.append((place, row, fill, *found.loc[(code, column), ["words", "grade"]]))
    head = max(map(len, heads.values())) * LEADING * small
    head = max(sheet.width_of(line) for words in heads.values() for line in words) if turned else head
    sheet.settle(body=len(left) * tall * LEADING * small, top=head + 4, bottom=2)
    sheet.ax.set(xlim=(-0.5, len(columns) - 0.5), xticks=[])
    hide_frame(sheet.ax)
    most = max(int(0.92 * sheet.extent[1] / len(called) / (LEADING * small)), 1)
    for place, row, fill, *words in written:
        words = _fitting(sheet, *words, 0.96 * wide, most)
        sheet.write(place, row, words, name="value", color=text_on(fill))
    for place, words in enumerate(heads.values()):
        looks = {"transform": sheet.ax.get_xaxis_transform(), "va": "bottom", "rotation": 90 * turned}
        sheet.write(place, 1 + 3 / sheet.extent[1], "\n".join(words), name="head", color=MUTED, **looks)
    return sheet.ax


def _fitting(sheet: Sheet, words: str, grade: str, room: float, most: int | None = None) -> str:
    """Words of a tile: the value with its grade, and as many lines below it as fit, `most` at most."""
    first, *rest = words.split("\n")
    graded = f"{first} {grade}".strip()
    if sheet.width_of(graded) >= room:
        graded, lead = first, f"{grade} {rest[0]}" if rest else grade
        rest = [lead if sheet.width_of(lead) < room else grade, *rest[1:]]
    return "\n".join([graded, *(line for line in rest if sheet.width_of(line) < room)][:most])


def plot_timeline(spans: pd.DataFrame, **labels) -> Axes:
    """Axes with a row a target: its verdict on every date, by what had been published.

    Parameters
    ----------
    spans
        `area` (the target), `first` and `last` (dates as text), `status`; optional `name_en`, `name_zh`. A status
        is named where its tile is long enough; one of the last day alone is a narrow tile.

    Examples
    --------
    >>> spans = pd.DataFrame({"area": ["gdp"] * 2, "first": ["2022-01-01", "2024-06-30"],
    ...                       "last": ["2024-06-30", "2025-06-30"], "status": ["no data", "missed"]})
    >>> [t.get_text() for t in plot_timeline(spans).texts if t.get_label() == "_status"]
    ['no data', 'missed']
    """
    sheet = Sheet(labels)
    called, small = sheet.names_of(spans), sheet.size.small
    rows = {code: row for row, code in enumerate(called)}
    lines.row_axis(sheet, list(called.values()))
    days = spans[["first", "last"]].apply(lambda dates: mdates.date2num(pd.to_datetime(dates)))
    first, last = days["first"].min(), days["last"].max()
    edge, alone = last - SLIVER * (last - first), days["first"] == days["last"]
    days.loc[spans["area"].isin(spans["area"][alone]) & ~alone, "last"] = days["last"].clip(upper=edge)
    days.loc[alone, "first"] = edge
    tiles = spans[["status"]].assign(row=spans["area"].map(rows), **days)
    for status in STATUSES:
        own, looks = tiles[tiles["status"] == status], STATUSES[status]
        if len(own):
            fill = {"color": looks.colour, "hatch": looks.hatch, "edgecolor": NO_DATA_HATCH_COLOUR}
            fill |= {"linewidth": 0.4, "label": text(status, sheet.language)}
            sheet.ax.barh(own["row"], own["last"] - own["first"], 0.8, left=own["first"], **fill)
    sheet.ax.set_xlim(first, last)
    sheet.settle(body=len(rows) * 2.1 * LEADING * small, top=3)
    years = range(mdates.num2date(first).year + 1, mdates.num2date(last).year + 1)
    sheet.ax.set_xticks([mdates.date2num(np.datetime64(str(year))) for year in years], map(str, years))
    sheet.ax.tick_params(axis="x", length=2.5, pad=2, **lines.tick_font(sheet))
    hide_frame(sheet.ax, keep=("bottom",))
    point = sheet.extent[0] / (last - first)
    for tile in tiles.itertuples():
        words, fill = text(tile.status, sheet.language), STATUSES[tile.status].colour
        if sheet.width_of(words) + 6 < (tile.last - tile.first) * point:
            looks = {"name": "status", "color": text_on(fill)}
            plate = {"facecolor": fill, "edgecolor": "none", "pad": 1.2}
            sheet.write((tile.first + tile.last) / 2, tile.row, words, bbox=plate, **looks)
    return sheet.ax
