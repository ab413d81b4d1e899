"""Tables of verdicts: status, interpretations, methods, calculations, firmness and the trail of revisions."""

import pandas as pd

from lnregions.assess import (
    compare_methods,
    judge_all,
    judge_readings,
    load_tables,
    revision_trail,
    sensitivity_words,
    status_on_the_way,
)
from lnregions.assess.sensitivity import sensitivity
from lnregions.errors import DataError
from lnregions.show.table import Table, Tables
from lnregions.show.words import (
    calculation_words,
    chosen_plan,
    grades,
    head,
    headed,
    source_titles,
    target_labels,
    value_words,
)
from lnregions.words import check_language, format_value, text
from lnregions.words.catalogue import tr


def show_verdicts(verdicts: pd.DataFrame, *, region: str = "", language: str = "en") -> Table:
    """Verdicts as a table for readers: target, status, required, actual, gap, grade and why."""
    check_language(language)
    if not {"target", "region", "status"} <= set(getattr(verdicts, "columns", ())):
        raise DataError("The verdicts are no table of verdicts. Give what judge(plan) returns.")
    rows = verdicts[verdicts["region"] == region] if region else verdicts
    return _verdict_table(rows.drop(columns="reading"), language)


def show_readings(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Verdicts of the targets with more than one interpretation, a row each."""
    rows = judge_readings(chosen_plan(plan, language=language), as_of=as_of or None)
    return _verdict_table(rows[rows.duplicated("target", keep=False)], language)


def _verdict_table(rows: pd.DataFrame, language: str) -> Table:
    labels = target_labels(language)
    amounts = {
        name: [value_words(v, u, language) for v, u in zip(rows[name], rows["unit"], strict=True)]
        for name in ("required", "actual")
    }
    gaps = [_gap(v, u, language) for v, u in zip(rows["gap"], rows["unit"], strict=True)]
    frame = pd.DataFrame(
        {
            "target": [labels.get(target, target) for target in rows["target"]],
            **(
                {"reading": rows["reading_zh" if language == "zh" else "reading"]}
                if "reading" in rows
                else {}
            ),
            "status": [text(status, language) for status in rows["status"]],
            **amounts,
            "year": ["" if pd.isna(year) else str(year) for year in rows["actual_year"]],
            "gap": gaps,
            "grade": rows["grade"],
            "reason": rows[f"reason_{language}"],
        }
    )
    numbers = tuple(head(name, language) for name in ("required", "actual", "gap"))
    statuses = (head("status", language),)
    return Table(headed(frame, language), "", grades(language), numbers, statuses, language)


def show_methods(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Status of every target that has figures, by each published method, and whether they agree."""
    rows, labels = (
        compare_methods(chosen_plan(plan, language=language), as_of=as_of or None),
        target_labels(language),
    )
    names = {"plan": head("closing", language), "open_sdg": "Open SDG", "unsd": "UNSD", "escap": "ESCAP"}
    statuses = {
        name: [text(status, language) if status else "" for status in rows[column]]
        for column, name in names.items()
    }
    frame = pd.DataFrame({head("target", language): [labels.get(t, t) for t in rows["target"]], **statuses})
    return Table(frame, statuses=tuple(names.values()), language=language)


def show_calculations(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Every number that each verdict of a region used, with the sources it rests on."""
    plan = chosen_plan(plan, region=region, language=language)
    labels, titles = target_labels(language, plan), source_titles(load_tables(plan, as_of=as_of).sources)
    tables = []
    for verdict in judge_all(plan, as_of=as_of or None):
        if verdict.region != region or not verdict.numbers:
            continue
        rows = pd.DataFrame(calculation_words(verdict, language), columns=["quantity", "value"])
        sources = tr("; ", language).join(titles.get(one, one) for one in verdict.sources.split())
        title = tr(
            "{target} ({interpretation}): {status}", language, target=labels.get(verdict.target, verdict.target),
            interpretation=verdict.reading_zh if language == "zh" else verdict.reading,
            status=verdict.status_words(language),
        )  # fmt: skip
        note = tr("Sources: {sources}", language, sources=sources) if sources else ""
        numbers = (head("value", language),)
        tables.append(Table(headed(rows, language), title, note, numbers, language=language))
    return Tables(tuple(tables))


def show_on_the_way(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Where each of a region's targets with a value stood in every year of the plan, against its path."""
    plan = chosen_plan(plan, region=region, language=language)
    labels, tables = target_labels(language, plan), []
    for target in _quantified(plan, region):
        rows = status_on_the_way(plan, target, as_of=as_of or None)
        if rows["actual"].isna().all():
            continue
        unit = rows["unit"].iloc[0]
        frame = pd.DataFrame(
            {
                "year": rows["year"].astype(str),
                "status": [text(status, language) for status in rows["status"]],
                "actual": [value_words(value, unit, language) for value in rows["actual"]],
                "path": [value_words(value, unit, language) for value in rows["required"]],
                "way": [_share(value, language) for value in rows["share_of_way"]],
                "time": [_share(value, language) for value in rows["share_of_time"]],
                "needed": [value_words(value, "%", language) for value in rows["growth_needed"]],
            }
        )
        numbers = tuple(head(name, language) for name in ("actual", "path", "way", "time", "needed"))
        statuses = (head("status", language),)
        tables.append(Table(headed(frame, language), labels[target], "", numbers, statuses, language))
    return Tables(tuple(tables))


def show_firmness(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """What each verdict would be with another base year, figure, rounding or method."""
    plan = chosen_plan(plan, region=region, language=language)
    labels, tables = target_labels(language, plan), []
    for target in _quantified(plan, region):
        rows = sensitivity(plan, target, as_of=as_of or None)
        if len(rows) < 2:
            continue
        frame = pd.DataFrame(
            {
                "change": rows[f"change_{language}"],
                "value": [
                    value_words(v, u, language) for v, u in zip(rows["value"], rows["unit"], strict=True)
                ],
                "status": [text(status, language) for status in rows["status"]],
            }
        )
        note = sensitivity_words(rows, language=language)
        numbers, statuses = (head("value", language),), (head("status", language),)
        tables.append(Table(headed(frame, language), labels[target], note, numbers, statuses, language))
    return Tables(tuple(tables))


def show_trail(plan, *, language: str = "en") -> Table:
    """Verdicts that flipped as later figures were published, with the figure that did it."""
    plan = chosen_plan(plan, language=language)
    rows, labels = revision_trail(plan), target_labels(language, plan)
    frame = pd.DataFrame(
        {
            "date": [str(date)[:10] for date in rows["date"]],
            "target": [labels.get(target, target) for target in rows["target"]],
            "before": [text(status, language) for status in rows["from_status"]],
            "after": [text(status, language) for status in rows["to_status"]],
            "reason": rows[f"why_{language}"],
        }
    )
    statuses = (head("before", language), head("after", language))
    return Table(headed(frame, language), statuses=statuses, language=language)


def verdict_text(verdicts: pd.DataFrame, *, language: str = "en", width: int | None = None) -> str:
    """Verdicts as plain text for a terminal of so many columns; on long lines without a width."""
    return show_verdicts(verdicts, language=language).to_text(width=width)


def _quantified(plan, region: str) -> list[str]:
    own = plan.targets[(plan.targets["region"] == region) & (plan.targets["kind"] != "qualitative")]
    return own["target"].tolist()


def _share(value: float, language: str) -> str:
    return "" if pd.isna(value) else format_value(value * 100, "%", language, decimals=0)


def _gap(value: float, unit: str, language: str) -> str:
    return "" if pd.isna(value) else format_value(value, "pp" if unit == "%" else unit, language, sign=True)
