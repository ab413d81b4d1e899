"""What the issuer of a plan or its departments have said of the outcome: claims, shown beside a verdict."""

import pandas as pd

from lnregions.show.table import Table
from lnregions.show.words import chosen_plan, reader_table, source_titles, target_labels
from lnregions.tables import Plan, load_sources, parse_as_of
from lnregions.words import last_day
from lnregions.words.catalogue import tr


def show_statements(plan, region: str = "", *, as_of: str = "", language: str = "en") -> Table:
    """What the issuer or its departments have said of the outcome of each clause, of the regions and of the plan.

    A clause of which nothing was found has a row that says so. A statement is a claim and counts in no verdict.

    Examples
    --------
    >>> import lnregions as ln
    >>> ln.show_statements("ln-2022", "circle", language="zh").frame.loc[5, "说法"]
    '2024年有五个千亿级产业集群（大意）'
    """
    plan = chosen_plan(plan, region=region, language=language)
    known, labels = _known(plan.statements, as_of), target_labels(language, plan)
    regions = plan.regions if not region else plan.regions[plan.regions["region"] == region]
    targets = plan.targets[plan.targets["region"].isin(regions["region"])]
    subjects = [(row.target, row.region, labels[row.target]) for row in targets.itertuples()]
    subjects += [("", row["region"], row[f"short_{language}"]) for row in regions.to_dict("records")]
    subjects.append(("", "*", tr("the whole plan", language)))
    titles = source_titles(pd.concat([load_sources(), plan.sources]), language)
    rows = []
    for target, code, name in subjects if len(plan.statements) else ():
        own = _of(known, target, code)
        if own.empty and target:
            rows.append((name, "", "", tr("searched, none found", language), "", ""))
        for one in own.to_dict("records"):
            source = tr("; ", language).join(titles.get(word, word) for word in one["source"].split())
            said, note = _said(one, language), one[f"note_{language}"]
            rows.append((name, one["date"], one[f"body_{language}"], said, note, source))
    frame = pd.DataFrame(rows, columns=["concerns", "date", "body", "said", "caveat", "source"])
    claim = tr("What is said here is a claim of those named; it counts in no verdict.", language)
    return reader_table(frame, language, note=claim if rows else tr("No statement is kept.", language))


def outcome_words(plan: Plan, target: str, *, as_of: str = "", language: str = "en") -> list[str]:
    """Return what was said of the outcome of a clause, each with date and body, or that nothing was found.

    Empty for a plan of which no statements are kept, as there nobody searched.

    Examples
    --------
    >>> from lnregions.tables import load_plan
    >>> outcome_words(load_plan("ln-2022"), "belt-engine")
    ['searched, none found']
    """
    if plan.statements.empty:
        return []
    found = [
        tr("{date}, {body}: {words}", language, date=one["date"], body=one[f"body_{language}"],
           words=_said(one, language))
        for one in _of(_known(plan.statements, as_of), target, "").to_dict("records")
    ]  # fmt: skip
    return found or [tr("searched, none found", language)]


def reasons_with_outcomes(verdicts: pd.DataFrame, language: str, plan: Plan | None) -> list[str]:
    """Return the reason of each verdict; of a clause of words also what the plan says of its outcome."""
    reasons = []
    for row in verdicts.to_dict("records"):
        said, reason = [], row[f"reason_{language}"]
        if row["status"] == "not quantified" and plan is not None:
            said = outcome_words(plan, row["target"], as_of=row["as_of"], language=language)
        reasons.append(with_outcome(reason, said, language))
    return reasons


def with_outcome(reason: str, said: list[str], language: str) -> str:
    """Return a reason followed by what was said of the outcome, if there is anything."""
    if not said:
        return reason
    words = tr("; ", language).join(said)
    return tr("{reason}; what the issuer said: {words}", language, reason=reason, words=words)


def _of(statements: pd.DataFrame, target: str, region: str) -> pd.DataFrame:
    """Statements on a clause; without one those on a region that name no clause."""
    if target:
        return statements[statements["target"] == target]
    return statements[(statements["target"] == "") & (statements["region"] == region)]


def _known(statements: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Statements made by a date, by date."""
    if as_of:
        day = parse_as_of(as_of).date()
        statements = statements[[last_day(date) <= day for date in statements["date"]]]
    return statements.sort_values("date", kind="stable")


def _said(row: dict, language: str) -> str:
    """The words of a statement: the quote with our translation, or what was said in our words."""
    if not row["quote"]:
        return tr("{words} (in our words)", language, words=row[f"said_{language}"])
    return tr("“{quote}” ({translation})", language, quote=row["quote"], translation=row["said_en"])
