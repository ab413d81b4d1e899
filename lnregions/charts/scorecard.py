"""The scorecard: every target of a plan by region, with its status, figures, gap and grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from lnregions.charts.labels import draw_line, text_size, word, wrap
from lnregions.charts.parts import bare_frame, empty_chart
from lnregions.charts.sheet import Key, Sheet, Words, need, say
from lnregions.errors import unknown
from lnregions.style import HAIRLINE, INK, MUTED, STATUSES, region_style, style
from lnregions.words import WORDS as COMMON

WORDS = {
    "target": ("Target", "指标"),
    "required": ("Asked for", "要求"),
    "actual": ("Actual", "实际"),
    "gap": ("Gap", "差距"),
    "grade": ("Grade", "等级"),
    "status": ("Status", "状态"),
    ">=": ("≥ {value}", "≥ {value}"),
    ">": ("> {value}", "> {value}"),
    "<=": ("≤ {value}", "≤ {value}"),
    "<": ("< {value}", "< {value}"),
    "above": ("above {name}", "高于{name}"),
    "benchmark": ("benchmark", "基准"),
    "up": ("a rise", "提高"),
    "words": ("in words only", "仅文字表述"),
    "by_year": ("{value} ({year})", "{value}（{year}年）"),
    "reached": ("{status}; reached {year}", "{status}；{year}年达到"),
    "stacked": ("{name}: {value}", "{name}：{value}"),
    "dagger": (
        "† Readings of the clause disagree; the first is shown.",
        "† 对该条款的不同解读结论不一，此处为第一种解读。",
    ),
    "reason": ("no verdicts", "暂无评估结果"),
}
DASH = "–"
GAP = 9.0
"""Points between two columns."""


@dataclass(frozen=True)
class Row:
    """One line of the scorecard as it is printed."""

    region: str
    label: str
    status: str
    cells: dict[str, str]


def plot_scorecard(
    verdicts: pd.DataFrame,
    *,
    targets: pd.DataFrame | None = None,
    regions: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: str = "en",
    **words: Unpack[Words],
) -> Axes:
    """Axes with a line a target, by region: what was asked for, what came, the gap, the grade and the status.

    Each status has a mark of its own shape and colour, and its word. Where the width does not hold the table,
    the figures stand on a second line under each target.

    Parameters
    ----------
    verdicts
        `target`, `region`, `status`; optional `required`, `actual`, `actual_year`, `gap`, `unit`, `grade`,
        `reached_in`, `disagree`; drawn in their order, regions in order of appearance.
    targets
        `target`, `label_en`, `label_zh`, and optional `comparator`, `value`, `unit`, `benchmark`; without it the
        targets are shown by their codes.
    regions
        Name by region; left out: the short names of this project's regions, or the code.
    names
        Name by area, for benchmarks.
    ax, language, **words
        Axes to draw on (None: a new figure); "en" or "zh"; texts and size, see `chart_sheet.Words`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        When a column lacks or a status is not one of ``palette.STATUSES``.

    Examples
    --------
    >>> verdicts = pd.DataFrame({"target": ["dalian"], "region": ["belt"], "status": ["missed"], "gap": [-483.1],
    ...                          "unit": ["亿元"], "reached_in": [2025]})
    >>> ax = plot_scorecard(verdicts)
    >>> [t.get_text() for t in ax.texts if t.get_label() in ("_gap", "_status")]
    ['−48.3 billion yuan', 'missed; reached 2025']
    """
    sheet = Sheet(ax, language, words)
    need(verdicts, ("target", "region", "status"), what="table of verdicts")
    if verdicts.empty:
        return empty_chart(sheet, say(WORDS, "reason", language))
    clauses = _clauses(targets)
    rows = [_row(verdict, clauses, names or {}, language) for verdict in verdicts.to_dict("records")]
    if any(row.cells["status"].endswith("†") for row in rows):
        sheet.notes.append(say(WORDS, "dagger", language))
    _count_keys(sheet, rows)
    columns = _columns(sheet, rows)
    lines = _lines(rows, stacked=columns is None, language=language, regions=regions or {})
    step = sheet.size.small * 1.95
    sheet.settle(left=0, bottom=0, top=2, body_mm=sum(high for *_, high in lines) * step / 72 * 25.4)
    bare_frame(sheet.ax, keep=())
    sheet.ax.set(xlim=(0, sheet.width_of()), ylim=(sum(high for *_, high in lines), 0), xticks=[], yticks=[])
    _write_lines(sheet, lines, columns)
    return sheet.ax


def _clauses(targets: pd.DataFrame | None) -> dict[str, dict]:
    if targets is None:
        return {}
    need(targets, ("target", "label_en", "label_zh"), what="table of targets")
    return {str(clause["target"]): clause for clause in targets.to_dict("records")}


def _known(value) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _row(verdict: Mapping, clauses: Mapping[str, dict], names: Mapping[str, str], language: str) -> Row:
    clause = clauses.get(str(verdict["target"]), {})
    status, unit = str(verdict["status"]), verdict.get("unit") or ""
    if status not in STATUSES:
        raise unknown("status", status, list(STATUSES))
    shown = style.text(status, language) if status in COMMON else status
    if _known(verdict.get("reached_in")):
        shown = say(WORDS, "reached", language, status=shown, year=int(verdict["reached_in"]))
    actual, year = verdict.get("actual"), verdict.get("actual_year")
    value = style.format_value(float(actual), unit, language) if _known(actual) else DASH
    if _known(actual) and _known(year):
        value = say(WORDS, "by_year", language, value=value, year=int(year))
    gap = verdict.get("gap")
    gap_unit = "pp" if unit == "%" else unit
    cells = {
        "required": _required(verdict, clause, names, language),
        "actual": value,
        "gap": style.format_value(float(gap), gap_unit, language, sign=True) if _known(gap) else DASH,
        "grade": str(verdict["grade"]) if _known(verdict.get("grade")) else DASH,
        "status": shown + ("†" if _known(verdict.get("disagree")) and bool(verdict["disagree"]) else ""),
    }
    label = clause.get(f"label_{language}") or str(verdict["target"])
    return Row(str(verdict["region"]), str(label), status, cells)


def _required(verdict: Mapping, clause: Mapping, names: Mapping[str, str], language: str) -> str:
    """What the clause asks for: its number, its benchmark, a direction, or words."""
    benchmark, comparator = clause.get("benchmark"), clause.get("comparator") or ">="
    if _known(benchmark):
        name = names.get(str(benchmark), say(WORDS, "benchmark", language))
        return say(WORDS, "above", language, name=name)
    if comparator == "up":
        return say(WORDS, "up", language)
    value, unit = clause.get("value"), clause.get("unit") or ""
    if not clause:
        value, unit = verdict.get("required"), verdict.get("unit") or ""
    if not _known(value) or (clause and not _known(clause.get("comparator"))):
        return say(WORDS, "words", language) if verdict["status"] == "not quantified" else DASH
    whole = 0 if unit == "%" and float(value) == round(float(value)) else None
    printed = style.format_value(float(value), unit, language, decimals=whole)
    return say(WORDS, comparator, language, value=printed) if comparator in WORDS else printed


def _count_keys(sheet: Sheet, rows: list[Row]):
    """Marks with their words and how often each occurs, above the table."""
    for status in STATUSES:
        count = sum(row.status == status for row in rows)
        if count:
            text = f"{style.text(status, sheet.language)} {count}"
            sheet.keys.append(Key(text, line=_mark(status)))


def _mark(status: str) -> dict:
    looks = STATUSES[status]
    edges = {"markeredgecolor": MUTED, "markeredgewidth": 0.6, "markersize": 5.5}
    return {
        "marker": looks.marker,
        "markerfacecolor": looks.colour,
        "linestyle": "",
        "color": looks.colour,
    } | edges


def _columns(sheet: Sheet, rows: list[Row]) -> dict[str, tuple[float, float]] | None:
    """Left end and width in points of each column, or None when they do not fit beside each other."""
    size, language = sheet.size.small, sheet.language
    widths = {
        name: max(
            [text_size(say(WORDS, name, language), size=size, weight="bold")[0]]
            + [text_size(row.cells[name], size=size, weight=_weight(name))[0] for row in rows]
        )
        for name in ("required", "actual", "gap", "grade", "status")
    }
    widths["status"] += 12
    label = max(text_size(row.label, size=size)[0] for row in rows) + 8
    room = sheet.span() - (12 if sheet.owned else 0)
    spare = room - label - sum(widths.values()) - GAP * len(widths)
    if spare < 0:
        return None
    columns, x = {"label": (8.0, label)}, label + spare / 5 + GAP
    for name, wide in widths.items():
        columns[name] = (x, wide)
        x += wide + GAP + spare / 5
    return columns


def _weight(column: str) -> str:
    return "bold" if column == "status" else "normal"


def _lines(rows: list[Row], *, stacked: bool, language: str, regions: Mapping[str, str]) -> list[tuple]:
    """(kind, content, height in rows) of each line of the sheet: a head, then regions with their targets."""
    lines: list[tuple] = [] if stacked else [("head", "", 1.0)]
    for region in dict.fromkeys(row.region for row in rows):
        plain = style.text(region, language) if region in COMMON else region
        lines.append(("region", (region, regions.get(region, plain)), 1.15))
        lines += [("row", row, 1.75 if stacked else 1.0) for row in rows if row.region == region]
    return lines


def _write_lines(sheet: Sheet, lines: list[tuple], columns: dict | None):
    """Write line after line, then draw the rules, the regions' bars, and the marks of each status in one go."""
    y, colour = 0.0, INK
    drawn: list[tuple[str, str, float, float]] = []
    marks: dict[str, list[tuple[float, float]]] = {}
    for kind, content, high in lines:
        if kind == "head":
            _write_head(sheet, columns, y + high / 2)
        elif kind == "region":
            colour = region_style(content[0])[0]
            looks = {"colour": INK, "size": sheet.size.normal, "weight": "bold", "ha": "left"}
            word(sheet.ax, 8, y + high / 2, content[1], label="_region", **looks)
            drawn.append((kind, colour, y + 0.15, y + high))
        else:
            place = (_write_row if columns else _write_stacked)(sheet, content, columns, y, high)
            marks.setdefault(content.status, []).append(place)
            drawn.append((kind, colour, y, y + high))
        y += high
    _rule(sheet.ax, drawn)
    for status, places in marks.items():
        draw_line(sheet.ax, *zip(*places, strict=True), **_mark(status), label="_mark", clip_on=False)


def _write_head(sheet: Sheet, columns: dict, y: float):
    for name in ("required", "actual", "gap", "grade", "status"):
        text = say(WORDS, name, sheet.language)
        _cell(sheet, columns, name, y, text, colour=MUTED, weight="bold", label="_head")
    looks = {"colour": MUTED, "size": sheet.size.small, "weight": "bold", "ha": "left"}
    word(sheet.ax, 8, y, say(WORDS, "target", sheet.language), label="_head", **looks)


def _rule(ax: Axes, drawn: list[tuple[str, str, float, float]]):
    """Rule below each line, darker below a region's name, and a bar in the colour of the region beside it."""
    edge, heads = ax.get_xlim()[1], [kind == "region" for kind, *_ in drawn]
    rules = {"colors": [INK if head else HAIRLINE for head in heads], "capstyle": "projecting"}
    rules |= {"linewidths": [0.6 if head else 0.4 for head in heads], "label": "_rules"}
    bars = {"colors": [colour for _, colour, *_ in drawn], "linewidths": 3, "capstyle": "butt"}
    across = LineCollection([[(0, foot), (edge, foot)] for *_, foot in drawn], zorder=2, **rules)
    beside = [[(2.5, top), (2.5, foot)] for *_, top, foot in drawn]
    ax.add_collection(across, autolim=False)
    ax.add_collection(LineCollection(beside, zorder=2, clip_on=False, **bars), autolim=False)


def _cell(sheet: Sheet, columns: dict, name: str, y: float, text: str, **looks):
    """Write one cell: numbers to the right of their column, words to the left."""
    left, wide = columns[name]
    right = name in ("actual", "gap")
    looks = {"colour": INK, "label": f"_{name}", "ha": "right" if right else "left"} | looks
    x = left + wide if right else left + (12 if name == "status" else 0)
    word(sheet.ax, x, y, text, size=sheet.size.small, **looks)


def _write_row(sheet: Sheet, row: Row, columns: dict, y: float, high: float) -> tuple[float, float]:
    """Write the cells of a target, and give the place of its mark."""
    middle = y + high / 2
    word(sheet.ax, 8, middle, row.label, colour=INK, size=sheet.size.small, ha="left", label="_target")
    for name, text in row.cells.items():
        _cell(sheet, columns, name, middle, text, weight=_weight(name), colour=MUTED if text == DASH else INK)
    return columns["status"][0] + 4, middle


def _write_stacked(sheet: Sheet, row: Row, _columns: None, y: float, high: float) -> tuple[float, float]:
    """Write target and status on one line, the figures known on the next, and give the place of the mark."""
    size, language = sheet.size.small, sheet.language
    edge = sheet.ax.get_xlim()[1]
    looks = {"size": size, "colour": INK}
    status = row.cells["status"]
    word(sheet.ax, 8, y + high * 0.29, row.label, ha="left", label="_target", **looks)
    word(sheet.ax, edge, y + high * 0.29, status, ha="right", label="_status", weight="bold", **looks)
    figures = [
        say(WORDS, "stacked", language, name=say(WORDS, name, language).lower(), value=row.cells[name])
        for name in ("required", "actual", "gap", "grade")
        if row.cells[name] != DASH
    ]
    text = ("；" if language == "zh" else "; ").join(figures)
    text = wrap(text, width=edge - 8, size=size).split("\n")[0].rstrip(";；")
    word(sheet.ax, 8, y + high * 0.73, text, ha="left", label="_figures", **(looks | {"colour": MUTED}))
    return edge - text_size(status, size=size, weight="bold")[0] - 7, y + high * 0.29
