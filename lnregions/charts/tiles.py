"""Charts of tiles: indicators by city, and verdicts over time."""

import datetime as dt
from itertools import product

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.scorecard import NO_FIGURE
from lnregions.charts.sheet import LEADING, Sheet, hide_frame, need
from lnregions.errors import unknown
from lnregions.style import GROUND, MUTED, NO_DATA_HATCH_COLOUR, STATUSES, palette, text_on, wrap
from lnregions.words import text
from lnregions.words.catalogue import tr

CLASSES = 5
"""Fills of a heat map."""


def plot_heat_map(cells: pd.DataFrame, *, ax: Axes | None = None, **labels) -> Axes:
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
    sheet = Sheet(ax, labels)
    need(cells, ("area", "column", "value", "words", "grade"), what="table of cells")
    if cells.empty:
        return sheet.empty()
    called, columns, small = sheet.names_of(cells), list(dict.fromkeys(cells["column"])), sheet.size.small
    lines.row_axis(sheet, list(called.values()))
    found = (
        cells.assign(area=cells["area"].astype(str)).dropna(subset=["value"]).set_index(["area", "column"])
    )
    shares = found.groupby(level="column")["value"].rank(pct=True)
    fills, left = palette.sequential(CLASSES), sheet.ax.get_yticklabels()
    room = sheet.span - max(map(sheet.width_of, called.values())) - 12
    least = max(sheet.width_of(words.split("\n")[0]) for words in cells["words"]) + 2
    if len(columns) * least > room:
        names = sheet.listed(column.split(",")[0].split("，")[0] for column in columns[int(room // least) :])
        sheet.notes.append(tr("Not shown at this width: {names}.", sheet.language, names=names))
        columns = columns[: int(room // least)]
    wide = room / len(columns)
    heads = {column: wrap(column, wide - 3, small) for column in columns}
    tall = max(len(words.split("\n")) for words in cells["words"]) + 1.0
    for (row, code), (place, column) in product(enumerate(called), enumerate(columns)):
        known = (code, column) in found.index
        fill = fills[min(int(shares[code, column] * CLASSES), CLASSES - 1)] if known else GROUND
        looks = (
            {"color": fill, "label": "_tile"}
            if known
            else NO_FIGURE | {"label": tr("no figure", sheet.language)}
        )
        sheet.ax.barh([row], [0.96], 0.92, left=[place - 0.48], **looks)
        if known:
            one = found.loc[(code, column)]
            first, *rest = str(one["words"]).split("\n")
            graded = f"{first} {one['grade']}".strip()
            fitting = [line for line in rest if sheet.width_of(line) < 0.96 * wide]
            words = "\n".join([graded if sheet.width_of(graded) < 0.96 * wide else first, *fitting])
            sheet.write(place, row, words, name="value", color=text_on(fill))
    head = max(map(len, heads.values()))
    sheet.settle(body=len(left) * tall * LEADING * small, top=head * LEADING * small + 4, bottom=2)
    sheet.ax.set(xlim=(-0.5, len(columns) - 0.5), xticks=[])
    hide_frame(sheet.ax)
    for place, words in enumerate(heads.values()):
        looks = {"transform": sheet.ax.get_xaxis_transform(), "va": "bottom", "color": MUTED}
        sheet.write(place, 1 + 3 / sheet.extent[1], "\n".join(words), name="head", **looks)
    return sheet.ax


def plot_timeline(spans: pd.DataFrame, *, ax: Axes | None = None, **labels) -> Axes:
    """Axes with a row a target: its verdict on every date, by what had been published.

    Parameters
    ----------
    spans
        `area` (the target), `first` and `last` (dates as text), `status`; optional `name_en`, `name_zh`. A status
        is named where its tile is long enough.

    Raises
    ------
    DataError
        If a status is not one of `lnregions.style.STATUSES`.

    Examples
    --------
    >>> spans = pd.DataFrame({"area": ["gdp"] * 2, "first": ["2022-01-01", "2024-06-30"],
    ...                       "last": ["2024-06-30", "2025-06-30"], "status": ["no data", "missed"]})
    >>> [t.get_text() for t in plot_timeline(spans).texts if t.get_label() == "_status"]
    ['no data', 'missed']
    """
    sheet = Sheet(ax, labels)
    need(spans, ("area", "first", "last", "status"), what="table of verdicts over time")
    if spans.empty:
        return sheet.empty()
    called, small = sheet.names_of(spans), sheet.size.small
    rows = {code: row for row, code in enumerate(called)}
    lines.row_axis(sheet, list(called.values()))
    first, last = (dt.date.fromisoformat(one) for one in (spans["first"].min(), spans["last"].max()))
    for status in STATUSES if set(spans["status"]) <= set(STATUSES) else ():
        own = spans[spans["status"] == status]
        days = [
            [mdates.date2num(dt.date.fromisoformat(one)) for one in own[name]] for name in ("first", "last")
        ]
        looks = {
            "color": STATUSES[status].colour,
            "hatch": STATUSES[status].hatch,
            "edgecolor": NO_DATA_HATCH_COLOUR,
        }
        widths = [end - start for start, end in zip(*days, strict=True)]
        if len(own):
            looks |= {"linewidth": 0.4, "label": text(status, sheet.language)}
            sheet.ax.barh([rows[one] for one in own["area"].astype(str)], widths, 0.8, left=days[0], **looks)
    for status in set(spans["status"]) - set(STATUSES):
        raise unknown("status", str(status), list(STATUSES))
    sheet.ax.set_xlim(mdates.date2num(first), mdates.date2num(last))
    sheet.settle(body=len(rows) * 2.1 * LEADING * small, top=3)
    years = range(first.year + 1, last.year + 1)
    sheet.ax.set_xticks(
        [mdates.date2num(dt.date(year, 1, 1)) for year in years], [str(year) for year in years]
    )
    sheet.ax.tick_params(axis="x", length=2.5, pad=2, **lines.tick_font(sheet))
    hide_frame(sheet.ax, keep=("bottom",))
    point = sheet.extent[0] / (last - first).days
    for one in spans.to_dict("records"):
        start, end = (mdates.date2num(dt.date.fromisoformat(one[name])) for name in ("first", "last"))
        words = text(one["status"], sheet.language)
        if sheet.width_of(words) + 6 < (end - start) * point:
            looks = {"name": "status", "color": text_on(STATUSES[one["status"]].colour)}
            plate = {"facecolor": STATUSES[one["status"]].colour, "edgecolor": "none", "pad": 1.2}
            sheet.write((start + end) / 2, rows[str(one["area"])], words, bbox=plate, **looks)
    return sheet.ax
