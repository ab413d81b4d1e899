"""Verdicts on the map: a status for every area or region, with the gap that stands behind it."""

from typing import TYPE_CHECKING

import numpy as np

from lnregions import errors as _checks
from lnregions.maps.base import draw_areas, draw_outline, prepare, start
from lnregions.maps.fields import counted, label_areas, printed_values, wordings
from lnregions.maps.legend import add_legend, swatch
from lnregions.style import BORDER, STATUSES
from lnregions.words import format_value, text, unit_label

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes


def plot_verdicts(
    frame: "gpd.GeoDataFrame",
    column: str = "status",
    *,
    gap: str | None = "gap",
    unit: str = "",
    labels: str = "value",
    legend: str | None = None,
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Areas filled by verdict, labelled with name and gap, every status in the legend with its count.

    Statuses that rest on no number (no data, not quantified, not assessable) are hatched.

    Parameters
    ----------
    frame
        One row an area (or region): geometry, a status, a gap, ``short_en``/``short_zh``.
    column
        Column of the status words that verdicts use.
    gap
        Column of actual minus required, in `unit`; None to print none.
    unit
        Unit of the gap as the tables name it; a column ``unit`` of the frame goes before it.
    labels
        "value" (name over gap), "name", "both" or "none".
    legend
        Title of the legend.
    ax
        Axes to draw on, else a new figure's.
    language
        "en" or "zh".

    Raises
    ------
    DataError
        For a status that is not one of the verdicts' words, or a missing column.
    """
    frame = prepare(frame, needs=(column,) if gap is None else (column, gap))
    for status in frame[column]:
        if status not in STATUSES:
            raise _checks.unknown("status", status, list(STATUSES))
    counts = {s: int((frame[column] == s).sum()) for s in STATUSES if (frame[column] == s).any()}
    ax = start(ax, frame, language, column=column, counts=counts)
    for status in counts:
        looks = STATUSES[status]
        part = frame.geometry[frame[column] == status]
        hatch = {"hatch": looks.hatch} if looks.hatch else {}
        draw_areas(ax, part, fills=looks.colour, gid=f"status {status}", **hatch, **_hatch_colour(status))
    draw_outline(ax, frame.geometry)
    grounds = [None if STATUSES[s].hatch else STATUSES[s].colour for s in frame[column]]
    printed, note = (None, "") if gap is None else _gaps(frame, gap, unit, language)
    key = label_areas(
        ax, frame, _words(frame, labels, language, printed), grounds, complete=labels == "value"
    )
    handles = [
        swatch(STATUSES[s].colour, hatch=STATUSES[s].hatch, edge=BORDER, **_swatch_colour(s)) for s in counts
    ]
    lines = [counted(text(s, language), n, language) for s, n in counts.items()]
    title = legend or ("Verdict" if language == "en" else "评价")
    add_legend(ax, handles, lines, title=title, notes=[*([note] if note and labels == "value" else []), *key])
    return ax


def _hatch_colour(status: str) -> dict:
    return {"hatch_colour": "#ffffff66" if status in ("limited", "deterioration", "missed") else "#8a919c"}


def _swatch_colour(status: str) -> dict:
    return {"hatchcolor": _hatch_colour(status)["hatch_colour"]}


def _gaps(frame, gap: str, unit: str, language: str) -> tuple[list[str], str]:
    """Gaps as labels print them, and a line that names their unit where they share it."""
    units = list(frame["unit"]) if "unit" in frame else [unit] * len(frame)
    gaps = frame[gap].to_numpy(dtype=float)
    known = {u for u, g in zip(units, gaps, strict=True) if np.isfinite(g)}
    if len(known) == 1:
        shared = known.pop()
        printed = printed_values(gaps, shared, language, sign=True)
        label = unit_label("pp" if shared == "%" else shared, language)
        note = f"figures: gap in {label}" if language == "en" else f"数字：差距（{label}）"
        return [
            p if np.isfinite(g) else "" for p, g in zip(printed, gaps, strict=True)
        ], note if label else ""
    gap_units = ["pp" if u == "%" else u for u in units]
    pairs = zip(gaps, gap_units, strict=True)
    return [format_value(v, u, language, sign=True) if np.isfinite(v) else "" for v, u in pairs], ""


def _words(frame, labels: str, language: str, printed) -> list[list[str]]:
    words = wordings(frame, labels, language, printed)
    if labels != "value" or printed is None:
        return words
    return [w if value else w[1:] for w, value in zip(words, printed, strict=True)]
