"""Charts of a plan's targets: the scorecard of their verdicts, and the coverage of their years by figures."""

from collections.abc import Mapping
from itertools import product

import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.sheet import Sheet, hide_frame
from lnregions.charts.trajectory import share_of_base
from lnregions.errors import unknown
from lnregions.style import GROUND, HAIRLINE, INK, MUTED, NO_DATA_HATCH, STATUSES, region_colour, text_on
from lnregions.words import format_value, places_apart, text, year_span
from lnregions.words.catalogue import tr

DASH = "–"
SIGNS = {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< "}
HEADS = {
    "target": "Target", "required": "Asked for", "actual": "Actual", "gap": "Gap", "grade": "Grade", "status": "Status"
}  # fmt: skip
"""Headings of the columns."""
NOTES = {
    "†": "† Interpretations of the clause disagree; the first is shown.",
    "‡": "‡ Whatever the missing figures are.",
}
"""Note under the scorecard for each mark behind a status."""
GAP, INDENT, MARK = 6.0, 8.0, 12.0
"""Points at least between two columns of the scorecard, before the first, and for the mark of a status."""
LINE = 1.95
"""Height of a line of the scorecard, in font sizes."""
TWO_LINES = 1.55
"""Height of a target whose values stand on a second line, in lines: all of a plan fit a page of 170 mm."""
REGION = 1.15
"""Height of a region's name, in lines."""
GRADES = {"A": "#16325c", "B": "#7f9cc4", "C": "#d5dfee"}
"""Fill of a tile by the grade of its figure: dark for well attested."""
NO_FIGURE = {"facecolor": GROUND, "edgecolor": HAIRLINE, "hatch": NO_DATA_HATCH, "linewidth": 0.4}


def plot_scorecard(
    verdicts: pd.DataFrame, *, targets: pd.DataFrame, regions: Mapping[str, str], **labels
) -> Axes:
    """Axes with a line a target, by region: required and actual value, gap, grade and status.

    Each status has a mark of its own shape and colour, and its word. Where the width does not suffice for the
    table, the values stand on a second line under each target.

    Parameters
    ----------
    verdicts
        `target`, `region`, `status`; optional `required`, `actual`, `actual_year`, `mean_from`, `gap`, `unit`,
        `decimals`, `grade`, `reached_in`, `disagree`; drawn in their order, regions in order of appearance.
    targets
        `target`, `label_en`, `label_zh`, and optional `comparator`, `value`, `unit`, `benchmark`; a target that it
        lacks is shown by its code.
    regions
        Name by region; left out: the code.

    Raises
    ------
    DataError
        If a status is not one of `lnregions.style.STATUSES`.

    Examples
    --------
    >>> verdicts = pd.DataFrame({"target": ["dalian"], "region": ["belt"], "status": ["missed"], "gap": [-483.1],
    ...                          "unit": ["亿元"], "reached_in": [2025]})
    >>> ax = plot_scorecard(verdicts, targets=pd.DataFrame(columns=["target"]), regions={})
    >>> [t.get_text() for t in ax.texts if t.get_label() in ("_gap", "_status")]
    ['−48.31 billion yuan', 'missed; reached 2025']
    """
    sheet = Sheet({"reason": tr("no verdicts", labels.get("language", "en"))} | labels)
    if verdicts.empty:
        return sheet.empty()
    clauses = targets.set_index("target").to_dict("index")
    rows = [_row(sheet, row, clauses.get(row["target"], {})) for row in verdicts.to_dict("records")]
    marks = "".join(row["status"] for row in rows)
    sheet.notes += [sheet.tr(note) for mark, note in NOTES.items() if mark in marks]
    foot = _write_rows(sheet, rows, regions)
    hide_frame(sheet.ax)
    sheet.ax.set(xlim=(0, sheet.span), ylim=(foot, 0), xticks=[], yticks=[])
    sheet.settle(left=0, bottom=0, body=foot * LINE * sheet.size.small)
    return sheet.ax


def _write_rows(sheet: Sheet, rows: list[dict], regions: Mapping[str, str]) -> float:
    """Write the rows by region, with the marks of their statuses, and give the height in lines that they take."""
    heads = {name: sheet.tr(words, context="scorecard") for name, words in HEADS.items()}
    columns, places = _columns(sheet, [heads, *rows]), {}
    high, y = (1.0, 1.0) if columns else (TWO_LINES, 0.0)
    if columns:
        _write_cells(sheet, heads, columns, y / 2, name="head", color=MUTED, fontweight="bold")
    else:
        rows = [row | {"values": _joined(sheet, row, heads)} for row in rows]
    for region in dict.fromkeys(row["region"] for row in rows):
        own = [row for row in rows if row["region"] == region]
        _write_region(sheet, region, regions.get(region, region), y, REGION + len(own) * high)
        y += REGION
        for row in own:
            places.setdefault(row["code"], []).append(_write_row(sheet, row, columns, y, high))
            y += high
    for status in (status for status in STATUSES if status in places):
        label = f"{text(status, sheet.language)} {len(places[status])}"
        sheet.ax.plot(*zip(*places[status], strict=True), **status_mark(status), label=label, clip_on=False)
    return y


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _row(sheet: Sheet, verdict: Mapping, clause: Mapping) -> dict[str, str]:
    """Cells of a verdict as printed, with its region and the code of its status."""
    language, status, unit = sheet.language, str(verdict["status"]), verdict.get("unit") or ""
    if status not in STATUSES:
        raise unknown("status", status, list(STATUSES))
    known = {name: value for name, value in verdict.items() if _known(value)}
    shown = text(status, language)
    if verdict.get("strength") == "strive" and status in ("met", "missed"):
        shown = sheet.tr("{status} (aspirational target)", status=shown)
    if "reached_in" in known and status in ("met", "missed"):
        shown = sheet.tr("{status}; reached {year}", status=shown, year=int(known["reached_in"]))
    places, cells = known.get("decimals"), dict.fromkeys(("actual", "gap"), DASH)
    if places is not None and {"actual", "required"} <= set(known):
        places = places_apart(known["actual"], known["required"], places)
    if "actual" in known:
        cells["actual"] = format_value(float(known["actual"]), unit, language, decimals=places)
        if years := year_span(verdict.get("mean_from"), verdict.get("actual_year")):
            cells["actual"] = sheet.tr("{value} ({year})", value=cells["actual"], year=years)
    elif verdict.get("by_bounds") and "low" in known:
        ends = {name: format_value(known[name], unit, language, decimals=places) for name in ("low", "high")}
        cells["actual"] = sheet.tr("{low} to {high} possible in {year}", **ends, year=int(known["horizon"]))
    if "gap" in known:
        unit = "pp" if unit == "%" else unit
        cells["gap"] = format_value(float(known["gap"]), unit, language, sign=True, decimals=places)
    marks = "†" * bool(known.get("disagree")) + "‡" * bool(verdict.get("by_bounds"))
    cells |= {"region": verdict["region"], "code": status, "status": shown + marks}
    cells |= {"required": _required(sheet, verdict, clause), "grade": str(known.get("grade", DASH))}
    return cells | {"target": str(clause.get(f"label_{language}") or verdict["target"])}


def _required(sheet: Sheet, verdict: Mapping, clause: Mapping) -> str:
    """What the clause requires: a number, more than its benchmark, a rise, or words only."""
    comparator = clause.get("comparator")
    if _known(clause.get("benchmark")):
        name = sheet.labels.names.get(str(clause["benchmark"]), sheet.tr("benchmark"))
        return sheet.tr("below {name}" if comparator in ("<", "<=") else "above {name}", name=name)
    if comparator in ("up", "down"):
        return sheet.tr("a rise" if comparator == "up" else "a fall")
    source = clause or {"value": verdict.get("required"), "unit": verdict.get("unit"), "comparator": ">="}
    value, unit = source.get("value"), source.get("unit") or ""
    if clause.get("kind") == "doubling":
        return SIGNS.get(comparator, "") + share_of_base(clause, sheet.language)
    if not _known(value) or not _known(source.get("comparator")):
        return sheet.tr("in words only") if verdict["status"] == "not quantified" else DASH
    return SIGNS.get(source["comparator"], "") + format_value(float(value), unit, sheet.language)


def status_mark(status: str) -> dict:
    """Looks of the mark of a status."""
    looks = STATUSES[status]
    edge = {"markeredgecolor": MUTED, "markeredgewidth": 0.6, "markersize": 5.5}
    return {"marker": looks.marker, "color": looks.colour, "linestyle": "", **edge}


def _columns(sheet: Sheet, rows: list[dict]) -> dict[str, tuple[float, str]] | None:
    """Place in points and alignment of each column, or None when they do not fit beside each other.

    A sheet of fixed height, which two lines a target would overfill, goes without grades or even gaps instead.
    """
    widths = dict.fromkeys(HEADS, 0.0)
    for row, name in product(rows, HEADS):
        widths[name] = max(widths[name], sheet.width_of(row[name], bold=name == "status" or row is rows[0]))
    for lost in ("grade", "gap", "actual", ""):
        spare = (sheet.span - INDENT - sum(widths.values()) - MARK) / (len(widths) - 1) - GAP
        if spare >= 0:
            break
        if sheet.fixed_mm is None or not lost:
            return None
        del widths[lost]
    columns, x = {}, INDENT
    for name, wide in widths.items():
        right = name in ("actual", "gap")
        columns[name] = (x + wide, "right") if right else (x + MARK * (name == "status"), "left")
        x += wide + GAP + spare
    return columns


def _joined(sheet: Sheet, row: Mapping[str, str], heads: Mapping[str, str]) -> str:
    """Values of a target as one line that fits beside its grade: ``actual: 902.7 billion yuan (2024); gap: ...``."""
    colon, stop = ("：", "；") if sheet.language == "zh" else (": ", "; ")
    names = [name for name in ("required", "actual", "gap") if row[name] != DASH]
    room = sheet.span - INDENT - sheet.width_of(_grade(sheet, row)) - 4
    words = [f"{heads[name].lower()}{colon}{row[name]}" for name in names]
    while sheet.width_of(stop.join(words)) > room:
        words.pop()
    return stop.join(words)


def _grade(sheet: Sheet, row: Mapping[str, str]) -> str:
    """Grade of a target as it stands on its second line; empty where it has none."""
    return "" if row["grade"] == DASH else sheet.tr("grade {grade}", grade=row["grade"])


def _write_cells(sheet: Sheet, row: Mapping[str, str], columns: Mapping, y: float, **looks):
    for name, (x, side) in columns.items():
        own = {"name": name, "fontweight": "bold" if name == "status" else "normal"}
        own["color"] = MUTED if row[name] == DASH else INK
        sheet.write(x, y, row[name], ha=side, **own | looks)


def _write_row(
    sheet: Sheet, row: Mapping, columns: Mapping | None, y: float, high: float
) -> tuple[float, float]:
    """Write the cells of a target on one line or two with a rule below, and give the place of its mark."""
    sheet.ax.plot([0, sheet.span], [y + high] * 2, color=HAIRLINE, linewidth=0.4, zorder=1.9, label="_rule")
    if columns:
        _write_cells(sheet, row, columns, y + high / 2)
        return columns["status"][0] - 8, y + high / 2
    _write_cells(sheet, row, {"target": (INDENT, "left"), "status": (sheet.span, "right")}, y + high * 0.29)
    sheet.write(INDENT, y + high * 0.73, row["values"], name="values", ha="left", color=MUTED)
    if grade := _grade(sheet, row):
        sheet.write(sheet.span, y + high * 0.73, grade, name="grade", ha="right", color=MUTED)
    return sheet.span - sheet.width_of(row["status"], bold=True) - 7, y + high * 0.29


def _write_region(sheet: Sheet, region: str, name: str, y: float, high: float):
    """Write the name of a region, with a rule below and a bar in its colour beside its targets."""
    looks = {"fontsize": sheet.size.normal, "fontweight": "bold", "ha": "left"}
    sheet.write(INDENT, y + REGION / 2, name, name="region", **looks)
    sheet.ax.plot([0, sheet.span], [y + REGION] * 2, color=INK, linewidth=0.6, label="_rule")
    bar = {"color": region_colour(region), "linewidth": 3, "solid_capstyle": "butt"}
    sheet.ax.plot([2.5, 2.5], [y + 0.15, y + high], **bar, label="_bar")


def plot_coverage(coverage: pd.DataFrame, **labels) -> Axes:
    """Axes with a tile an area (or target) and year: how well its figure is attested, or that there is none.

    Parameters
    ----------
    coverage
        `area`, `year`, `grade` (A, B, C; empty: no figure), one row a pair; optional `name_en`, `name_zh`. Areas keep
        their order; a pair that the frame lacks has no figure.

    Examples
    --------
    >>> known = pd.DataFrame({"area": ["210200", "210200"], "year": [2023, 2025], "grade": ["A", "C"]})
    >>> ax = plot_coverage(known, names={"210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_count"]
    ['1/1', '0/1', '1/1']
    """
    sheet = Sheet(labels)
    called, small = sheet.names_of(coverage), sheet.size.small
    years = range(int(coverage["year"].min()), int(coverage["year"].max()) + 1)
    grades = coverage.set_index(["area", "year"])["grade"]
    known = grades[grades.isin(list(GRADES))]
    counts = known.groupby("year").count().reindex(years, fill_value=0)
    lines.row_axis(sheet, [sheet.tr("with a figure"), *called.values()], bold=(0,))
    rows = {code: row for row, code in enumerate(called, start=1)}
    tiles: dict[str, list[tuple[int, int]]] = {grade: [] for grade in (*GRADES, "")}
    for pair in product(called, years):
        tiles[known.get(pair, "")].append((pair[1], rows[pair[0]]))
    for grade, places in tiles.items():
        looks = {"facecolor": GRADES[grade], "edgecolor": GROUND} if grade else NO_FIGURE
        looks = {"height": 0.88, "width": 0.92, "zorder": 2} | looks
        label = sheet.tr("grade {grade}", grade=grade) if grade else sheet.tr("no figure")
        if places:
            columns, levels = zip(*places, strict=True)
            sheet.ax.barh(levels, left=[year - 0.46 for year in columns], **looks, label=label)
    sheet.settle(body=(len(rows) + 1) * 1.84 * small, top=small + 6, bottom=3)
    lines.year_axis(sheet, years, anchor=years[-1])
    sheet.ax.tick_params(axis="x", length=0, labeltop=True, labelbottom=False)
    hide_frame(sheet.ax)
    room = sheet.extent[0] / len(years)
    for year, count in counts.items():
        words = f"{count}/{len(rows)}"
        words = words if sheet.width_of(words) <= room - 2 else str(count)
        sheet.write(year, 0, words, name="count", color=MUTED)
    for grade, colour in GRADES.items():
        for place in tiles[grade] if room > small else ():
            sheet.write(*place, grade, name="grade", color=text_on(colour))
    return sheet.ax
