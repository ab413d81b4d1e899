"""What the notebooks show of verdicts as tables: status, readings, methods, calculations, firmness, trail."""

import pandas as pd

from lnregions.assess import compare_methods, judge_all, judge_readings, load_tables
from lnregions.assess.sensitivity import revision_trail, sensitivity, sensitivity_words, status_on_the_way
from lnregions.show.asked import checked
from lnregions.show.html_tables import Table, Tables, text_table
from lnregions.show.printed_figures import calculation_words
from lnregions.show.words import GRADES, HEADS, headed, source_titles, target_labels, value_words
from lnregions.words import format_value, text


@checked
def show_verdicts(verdicts: pd.DataFrame, *, region: str = "", language: str = "en") -> Table:
    """Verdicts as a table for readers: target, status, required, actual, gap, grade and why."""
    rows = verdicts[verdicts["region"] == region] if region else verdicts
    return _verdict_rows(rows, language, reading=False)


@checked
def show_readings(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Verdicts of the targets that can be read in more than one way, a row each reading."""
    rows = judge_readings(plan, as_of=as_of or None)
    rows = rows[rows["target"].map(rows["target"].value_counts()) > 1]
    return _verdict_rows(rows, language, reading=True)


@checked
def show_methods(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Status of every target that has figures, by each published method, and whether they agree."""
    rows = compare_methods(plan, as_of=as_of or None)
    labels = target_labels(language)
    words = {
        c: [text(s, language) if s else "" for s in rows[c]] for c in ("plan", "open_sdg", "unsd", "escap")
    }
    names = {
        "plan": HEADS["closing"][language == "zh"],
        "open_sdg": "Open SDG",
        "unsd": "UNSD",
        "escap": "ESCAP",
    }
    frame = pd.DataFrame({HEADS["target"][language == "zh"]: [labels.get(t, t) for t in rows["target"]]}
                         | {names[c]: words[c] for c in words})  # fmt: skip
    return Table(frame, statuses=tuple(names.values()), language=language)


@checked
def show_calculations(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Every number that each verdict of a region used, with the sources it rests on."""
    labels, titles = target_labels(language, plan), source_titles(load_tables(plan, as_of=as_of).sources)
    out = []
    for verdict in judge_all(plan, as_of=as_of or None):
        if verdict.region != region or not verdict.numbers:
            continue
        rows = calculation_words(verdict, language)
        frame = headed(pd.DataFrame(rows, columns=["quantity", "value"]), language)
        used = ("；" if language == "zh" else "; ").join(titles.get(s, s) for s in verdict.sources.split())
        reading = verdict.reading_zh if language == "zh" else verdict.reading
        label, status = labels.get(verdict.target, verdict.target), verdict.status_words(language)
        head = f"{label}（{reading}）：{status}" if language == "zh" else f"{label} ({reading}): {status}"
        note = ("来源：" if language == "zh" else "Sources: ") + used if used else ""
        out.append(Table(frame, head, note, numbers=(HEADS["value"][language == "zh"],), language=language))
    return Tables(tuple(out))


@checked
def show_on_the_way(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Where each of a region's targets with a value stood in every year of the plan, against its path."""
    labels, out = target_labels(language, plan), []
    for target in _measured(plan, region):
        rows = status_on_the_way(plan, target, as_of=as_of or None)
        if rows["actual"].notna().any():
            unit = rows["unit"].iloc[0]
            frame = pd.DataFrame({
                "year": rows["year"].astype(str), "status": [text(s, language) for s in rows["status"]],
                "actual": [value_words(v, unit, language) for v in rows["actual"]],
                "path": [value_words(v, unit, language) for v in rows["required"]],
                "way": [_share(v, language) for v in rows["share_of_way"]],
                "time": [_share(v, language) for v in rows["share_of_time"]],
                "needed": [value_words(v, "%", language) for v in rows["growth_needed"]],
            })  # fmt: skip
            heads = [HEADS[n][language == "zh"] for n in ("actual", "path", "way", "time", "needed")]
            chips = (HEADS["status"][language == "zh"],)
            out.append(
                Table(headed(frame, language), labels.get(target, target), "", tuple(heads), chips, language)
            )
    return Tables(tuple(out))


@checked
def show_firmness(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """What each verdict would be with another base year, figure, rounding or method."""
    labels, out = target_labels(language, plan), []
    for target in _measured(plan, region):
        table = sensitivity(plan, target, as_of=as_of or None)
        if len(table) < 2:
            continue
        frame = pd.DataFrame({
            "change": table[f"change_{language}"],
            "value": [value_words(v, u, language) for v, u in zip(table["value"], table["unit"], strict=True)],
            "status": [text(s, language) for s in table["status"]],
        })  # fmt: skip
        heads = (HEADS["value"][language == "zh"],)
        chips = (HEADS["status"][language == "zh"],)
        note = sensitivity_words(table, language=language)
        out.append(Table(headed(frame, language), labels.get(target, target), note, heads, chips, language))
    return Tables(tuple(out))


@checked
def show_trail(plan, *, language: str = "en") -> Table:
    """Verdicts that flipped as later figures were published, with the figure that did it."""
    rows, labels = revision_trail(plan), target_labels(language, plan)
    frame = pd.DataFrame({
        "date": [str(d)[:10] for d in rows["date"]], "target": [labels.get(t, t) for t in rows["target"]],
        "before": [text(s, language) for s in rows["from_status"]],
        "after": [text(s, language) for s in rows["to_status"]],
        "reason": rows[f"why_{language}"],
    })  # fmt: skip
    chips = tuple(HEADS[n][language == "zh"] for n in ("before", "after"))
    return Table(headed(frame, language), "", "", (), chips, language)


def verdict_text(verdicts: pd.DataFrame, *, language: str = "en", width: int | None = None) -> str:
    """Verdicts as plain text for a terminal of so many columns; on long lines without a width."""
    table = _verdict_rows(verdicts, language, reading=False)
    return text_table(table.frame, numbers=table.numbers, width=width)


# -- parts --------------------------------------------------------------------------------------------------


def _verdict_rows(rows, language, *, reading):
    labels = target_labels(language)
    frame = pd.DataFrame({
        "target": [labels.get(t, t) for t in rows["target"]],
        "reading": rows["reading_zh" if language == "zh" else "reading"],
        "status": [text(s, language) for s in rows["status"]],
        "required": [value_words(v, u, language) for v, u in zip(rows["required"], rows["unit"], strict=True)],
        "actual": [value_words(v, u, language) for v, u in zip(rows["actual"], rows["unit"], strict=True)],
        "year": ["" if pd.isna(y) else str(y) for y in rows["actual_year"]],
        "gap": [_gap(v, u, language) for v, u in zip(rows["gap"], rows["unit"], strict=True)],
        "grade": rows["grade"],
        "reason": rows[f"reason_{language}"],
    })  # fmt: skip
    frame = frame if reading else frame.drop(columns="reading")
    heads = {name: HEADS[name][language == "zh"] for name in HEADS}
    numbers = tuple(heads[n] for n in ("required", "actual", "gap"))
    return Table(headed(frame, language), "", GRADES[language], numbers, (heads["status"],), language)


def _measured(plan, region):
    """Targets of a region that ask for a number."""
    own = zip(*(plan.targets[name] for name in ("target", "region", "kind")), strict=True)
    return [target for target, of, kind in own if of == region and kind != "qualitative"]


def _share(value, language):
    return "" if pd.isna(value) else format_value(value * 100, "%", language, decimals=0)


def _gap(value, unit, language):
    return "" if pd.isna(value) else format_value(value, "pp" if unit == "%" else unit, language, sign=True)
