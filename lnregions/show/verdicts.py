"""Tables of verdicts: status, interpretations, methods, calculations, firmness and the trail of revisions."""

from pathlib import Path

import pandas as pd

from lnregions import assess
from lnregions.assess.sensitivity import sensitivity
from lnregions.errors import DataError
from lnregions.series.methods import METHOD_NAMES
from lnregions.show.statements import reasons_with_outcomes
from lnregions.show.table import Table, Tables
from lnregions.show.words import (
    asked_words,
    calculation_words,
    chosen_plan,
    figure_words,
    grades,
    head,
    reader_table,
    source_titles,
    target_labels,
    verdict_words,
)  # fmt: skip
from lnregions.tables import Plan, load_plan, place_code, with_region
from lnregions.words import RATE_DECIMALS, check_language, format_value, text, year_span
from lnregions.words.catalogue import tr


def show_verdicts(verdicts: pd.DataFrame, *, region: str = "", language: str = "en") -> Table:
    """Verdicts as a table for readers: target, region, status, required, actual, gap, grade and why."""
    check_language(language)
    if not {"target", "region", "status"} <= set(getattr(verdicts, "columns", ())):
        raise DataError("The verdicts are no table of verdicts. Give what judge(plan) returns.")
    folder = verdicts.attrs.get("plan")  # none where the frame was made anew: then targets go by their ids
    plan = load_plan(Path(folder)) if folder else None
    rows = verdicts[verdicts["region"] == region] if region else verdicts
    if plan is not None and region:
        region = place_code(plan, region, kind="region")
        own = with_region(plan, region).targets
        rows = verdicts[verdicts["target"].isin(own.loc[own["region"] == region, "target"])]
    return _verdict_table(rows, plan, language)


def show_interpretations(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Verdicts of the targets with more than one interpretation, a row each."""
    plan = chosen_plan(plan, language=language)
    rows = assess.judge_interpretations(plan, as_of=as_of or None)
    return _verdict_table(rows[rows.duplicated("target", keep=False)], plan, language)


def _verdict_table(rows: pd.DataFrame, plan: Plan | None, language: str) -> Table:
    """Verdicts with the region where there are several, and the interpretation where a target has several rows."""
    named = {} if plan is None else target_labels(language, plan)
    frame = pd.DataFrame({"target": rows["target"].replace(named)})
    if len(set(rows["region"])) > 1:
        regions = {} if plan is None else plan.regions.set_index("region")[f"short_{language}"].to_dict()
        frame["region"] = rows["region"].replace(regions)
    if rows["target"].duplicated().any():
        frame["interpretation"] = rows["interpretation_zh" if language == "zh" else "interpretation"]
    frame["status"] = [
        assess.status_words(one.status, language, strength=one.strength, by_bounds=one.by_bounds)
        for one in rows.itertuples()
    ]
    clauses = {} if plan is None else {row["target"]: row for _, row in plan.targets.iterrows()}
    numbers = []
    for row in rows.to_dict("records"):
        words = verdict_words(row, language) | {"year": year_span(row["mean_from"], row["actual_year"])}
        if row["target"] in clauses:
            words["required"] = asked_words(row, clauses[row["target"]], language)
        numbers.append(words)
    columns = ["required", "actual", "year", "gap"]
    frame[columns], frame["grade"] = pd.DataFrame(numbers, rows.index, columns), rows["grade"]
    frame["reason"] = reasons_with_outcomes(rows, language, plan)
    message = "As known on {date}; the grade is that of the weakest figure used. {grades}"
    note = tr(message, language, date=", ".join(dict.fromkeys(rows["as_of"])), grades=grades(language))
    return reader_table(
        frame, language, note=note if len(rows) else tr("The plan sets no target here.", language)
    )


def show_methods(plan, *, as_of: str = "", language: str = "en") -> Table:
    """Status of every target that has figures, by each published method, and whether they agree."""
    plan = chosen_plan(plan, language=language)
    rows, labels = assess.compare_methods(plan, as_of=as_of or None), target_labels(language, plan)
    names = {"plan": head("closing", language)} | METHOD_NAMES
    statuses = {
        name: [text(status, language) if status else "" for status in rows[column]]
        for column, name in names.items()
    }
    frame = pd.DataFrame({head("target", language): [labels.get(t, t) for t in rows["target"]], **statuses})
    return Table(frame, statuses=tuple(names.values()), language=language)


def show_calculations(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Every number that each verdict of a region used, with the sources it rests on."""
    plan = chosen_plan(plan, region=region, language=language)
    labels, tables = target_labels(language, plan), []
    titles = source_titles(assess.load_tables(plan, as_of=as_of).sources, language)
    for verdict in assess.judge_all(plan, as_of=as_of or None):
        if verdict.region != region or not verdict.numbers:
            continue
        rows = pd.DataFrame(calculation_words(verdict, language), columns=["quantity", "value"])
        sources = tr("; ", language).join(titles.get(one, one) for one in verdict.sources.split())
        title = tr(
            "{target} ({interpretation}): {status}", language, target=labels.get(verdict.target, verdict.target),
            interpretation=verdict.interpretation_zh if language == "zh" else verdict.interpretation,
            status=verdict.status_words(language),
        )  # fmt: skip
        note = tr("Sources: {sources}", language, sources=sources) if sources else ""
        tables.append(reader_table(rows, language, title=title, note=note))
    return _some(tables, language, "No verdict here rests on a number.")


def show_on_the_way(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """Where each of a region's targets with a value stood in every year of the plan, against its path."""
    plan = chosen_plan(plan, region=region, language=language)
    tables = []
    for target in _quantified(plan, region):
        rows = assess.status_on_the_way(plan, target["target"], as_of=as_of or None)
        if rows["actual"].isna().all():
            continue
        frame = rows[["year", "status"]].astype(str)
        for name, column in (("actual", "actual"), ("path", "required")):
            frame[name] = _values(rows, column, target["indicator"], language)
        for name, column in (("way", "share_of_way"), ("time", "share_of_time")):
            frame[name] = [_percent(100 * value, language) for value in rows[column]]
        frame["needed"] = [_percent(one, language, decimals=RATE_DECIMALS) for one in rows["growth_needed"]]
        tables.append(reader_table(frame, language, title=target[f"label_{language}"]))
    return _some(tables, language, "No target with a value has a figure here.")


def show_firmness(plan, region: str, *, as_of: str = "", language: str = "en") -> Tables:
    """What each verdict and its gap would be with another base year, figure, rounding or method."""
    plan = chosen_plan(plan, region=region, language=language)
    tables = []
    for target in _quantified(plan, region):
        rows = sensitivity(plan, target["target"], as_of=as_of or None)
        if len(rows) > 1:
            frame = rows[[f"change_{language}", "status"]].set_axis(["change", "status"], axis=1)
            gaps = rows.assign(unit=rows["unit"].replace({"%": "pp"}))
            frame.insert(1, "gap", _values(gaps, "gap", target["indicator"], language, sign=True))
            note = assess.sensitivity_words(rows, language=language)
            tables.append(reader_table(frame, language, title=target[f"label_{language}"], note=note))
    return _some(tables, language, "No other base year, figure or method applies to a target here.")


def show_trail(plan, *, language: str = "en") -> Table:
    """Verdicts that flipped as later figures were published, with the figure that did it."""
    plan = chosen_plan(plan, language=language)
    names = {"from_status": "before", "to_status": "after", f"why_{language}": "reason"}
    frame = assess.revision_trail(plan)[["date", "target", *names]].rename(columns=names)
    frame["date"] = frame["date"].astype(str).str[:10]
    return reader_table(frame.replace({"target": target_labels(language, plan)}), language)


def _some(tables: list[Table], language: str, reason: str) -> Tables:
    """Tables, or one that says why there are none."""
    none = pd.DataFrame({"reason": [tr(reason, language)]})
    return Tables(tuple(tables) or (reader_table(none, language),))


def _quantified(plan, region: str) -> list[dict]:
    targets = plan.targets
    return targets[(targets["region"] == region) & (targets["kind"] != "qualitative")].to_dict("records")


def _values(
    rows: pd.DataFrame, column: str, indicator: str, language: str, *, sign: bool = False
) -> list[str]:
    """Values of a column of a target's table with the unit that stands in each row."""
    pairs = zip(rows[column], rows["unit"], strict=True)
    return [figure_words(value, indicator, language, unit=unit, sign=sign) for value, unit in pairs]


def _percent(value: float, language: str, *, decimals: int = 0) -> str:
    return "" if pd.isna(value) else format_value(value, "%", language, decimals=decimals)
