"""The table of a Chinese plan evaluation (规划实施评估表): progress beside time elapsed, a class, and why.

Every number and status is that of `lnregions.judge`; the class only sets progress beside time and replaces no
verdict. The classes are those of the mid-term evaluation of the nation's 14th five-year plan, reported to the
Standing Committee of the National People's Congress on 26 December 2023 (``docs/verdicts.md`` says what is taken from
where).
"""

from functools import partial

import pandas as pd

from lnregions.assess import RULES, VALUE_KINDS, Case, cases_of_plan, judge, share_of_way, status_words
from lnregions.show.statements import reasons_with_outcomes
from lnregions.show.table import Table, Tables
from lnregions.show.table_files import DASH
from lnregions.show.words import chosen_plan, figure_words, verdict_words
from lnregions.tables import Plan
from lnregions.words import format_number, format_value, to_unit, unit_label, year_span
from lnregions.words.catalogue import tr

CLASSES = {
    "ahead": "achieved ahead of schedule",
    "faster": "faster than expected",
    "in line": "basically in line with expectations",
    "lagging": "lagging behind",
    "insufficient": "insufficient data",
}
"""Message of each class, the best first."""
COMPLETED = ("ahead", "faster", "in line")
"""Classes that count as done in the rate of completion."""
MARGIN = 0.05
"""Part of the pace required by which a clause may differ from it and still be in line: the 5 % below which Open SDG
no longer calls a target on track, and as much above it."""
_BY_STATUS = {
    "met": "in line", "on track": "in line", "acceleration needed": "lagging", "limited": "lagging",
    "deterioration": "lagging", "missed": "lagging",
}  # fmt: skip
_TYPES = {"commit": "binding", "strive": "anticipatory"}


def evaluation(plan, *, region: str = "", as_of=None, language: str = "zh") -> Tables:
    """The table of a Chinese plan evaluation, a row a clause, and how many clauses are in each class.

    Returns
    -------
    Tables
        First the clauses: region, indicator, type, unit, base year and value, target, actual value and year, progress
        to the target beside the time elapsed, growth or change a year, class, verdict, body that answers for it (where
        one is known), and why. Values are in the unit of their row. Then the classes: number of clauses, share of
        those that could be classed, and how many of them are binding and anticipatory. ``save`` writes both as Excel,
        Word, HTML, LaTeX, Markdown or CSV, by the ending of the file.

    Raises
    ------
    DataError
        If the plan, the region, the date or the language is unknown.

    Notes
    -----
    What a plan only strives for is anticipatory (预期性), what it commits to binding (约束性). Progress is the share of
    the change from the base to the target; across a break of the series none is measured. A base year that the plan
    does not state is marked as inferred.

    Examples
    --------
    >>> import lnregions as ln
    >>> clauses, classes = ln.evaluation("ln-2022", as_of="2026-06-30")
    >>> clauses.frame.loc[1, ["指标", "属性", "实际值", "评价"]].tolist()
    ['沈阳生产总值', '预期性', '9027.1', '滞后']
    """
    plan = chosen_plan(plan, region=region, language=language)
    verdicts = judge(plan, as_of=as_of or None)
    if region:
        verdicts = verdicts[verdicts["region"] == region]
    cases = {one.clause.target: one for one in reversed(cases_of_plan(plan, as_of=as_of or None))}
    rows = [_row(plan, one, cases[one.target], language) for one in verdicts.itertuples()]
    frame = pd.DataFrame(rows, columns=list(_HEADS)[: list(_HEADS).index("why")])
    frame["why"] = reasons_with_outcomes(verdicts, language, plan)
    if (frame["responsible"] == DASH).all():
        frame = frame.drop(columns="responsible")
    codes = pd.DataFrame({"class": frame["rating"], "strength": verdicts["strength"].to_numpy()})
    frame["rating"] = [tr(CLASSES[one], language, context="evaluation") for one in codes["class"]]
    title = tr("Evaluation of implementation: {plan}", language, plan=plan.name(language))
    note = tr(
        "Binding or anticipatory by the wording: what the plan only strives for is anticipatory. A dash: not known, "
        "or not comparable with the base. The class sets progress beside time elapsed; the verdict stands beside it.",
        language,
    )
    return Tables((_table(frame, language, title, note), _completion_table(completion(codes), language)))


def _table(frame: pd.DataFrame, language: str, title: str, note: str) -> Table:
    """Table under the headings of an evaluation."""
    heads = {name: tr(_HEADS[name], language, context="evaluation") for name in frame}
    kinds = (_NUMBERS, ("verdict",))
    numbers, statuses = (tuple(heads[name] for name in frame if name in kind) for kind in kinds)
    return Table(frame.rename(columns=heads), title, note, numbers, statuses, language)


# -- the class of a clause ----------------------------------------------------------------------------------


def progress_class(
    status: str, *, early: bool = False, done: float | None = None, needed: float | None = None
) -> str:
    """Return the class of a clause, one of `CLASSES`, from its status and its pace.

    Parameters
    ----------
    status : str
        Status of the verdict.
    early : bool
        Whether the value was reached in a year before the horizon.
    done, needed : float, optional
        Pace and pace required, in the same unit: share of the change beside share of the time, or growth a year
        beside the growth required.

    Examples
    --------
    >>> progress_class("met", early=True), progress_class("missed", done=0.99, needed=1.0)
    ('ahead', 'lagging')
    >>> progress_class("acceleration needed", done=0.31, needed=0.32), progress_class("no data")
    ('in line', 'insufficient')
    """
    found = _BY_STATUS.get(status, "insufficient")
    if status == "met" and early:
        return "ahead"
    if found == "insufficient" or status == "missed" or pd.isna(done) or pd.isna(needed):
        return found
    ahead, margin = (round(one, 9) for one in (done - needed, MARGIN * abs(needed)))  # 5 % exactly is in line
    if ahead > margin:
        return "faster"
    return "in line" if ahead >= -margin else found


def _progress(plan: Plan, verdict, case: Case) -> tuple[float | None, float | None]:
    """Shares of the change and of the time that are done by the year of the latest figure; None where unknown."""
    starts = (verdict.baseline_year, case.row["baseline_year"], plan.facts["baseline_year"])
    start = next(year for year in starts if not pd.isna(year))
    if pd.isna(verdict.actual_year) or verdict.actual_year <= start:
        return None, None
    elapsed = (verdict.actual_year - start) / (verdict.horizon - start)
    if verdict.kind not in VALUE_KINDS or pd.isna(verdict.baseline) or pd.isna(verdict.required):
        return None, elapsed
    return share_of_way(case, verdict.actual_year), elapsed


def _class_of(verdict, done: float | None, elapsed: float | None) -> str:
    early = not pd.isna(verdict.reached_in) and verdict.reached_in < verdict.horizon
    if verdict.kind in VALUE_KINDS:
        return progress_class(verdict.status, early=early, done=done, needed=elapsed)
    return progress_class(verdict.status, done=verdict.actual, needed=verdict.required)


def completion(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return how many clauses are in each class, and the rate of completion.

    Parameters
    ----------
    clauses : DataFrame
        ``class`` (a key of `CLASSES`) and ``strength`` (commit, strive or empty) of each clause.

    Returns
    -------
    DataFrame
        ``class number share commit strive``, a row a class and ``completed`` for those ahead, faster and in line
        together. The share is of the clauses that could be classed: missing for insufficient data, and where none
        could be.

    Examples
    --------
    >>> rows = pd.DataFrame({"class": ["in line", "lagging", "insufficient"], "strength": ["commit"] * 3})
    >>> completion(rows).set_index("class").loc["completed", ["number", "share"]].tolist()
    [1.0, 0.5]
    """
    rows = pd.crosstab(clauses["class"], clauses["strength"]).reindex(CLASSES, fill_value=0)
    rows.loc["completed"] = rows.loc[list(COMPLETED)].sum()
    number = rows.sum(axis=1).astype(int)
    share = (number / number.iloc[:-2].sum()).drop("insufficient")
    rows = rows.reindex(columns=list(_TYPES), fill_value=0)
    found = pd.DataFrame({"number": number, "share": share.reindex(rows.index), **rows})
    return found.rename_axis("class").reset_index()


# -- in words -----------------------------------------------------------------------------------------------

_HEADS = {
    "region": "Region", "indicator": "Indicator", "type": "Type", "unit": "Unit", "base year": "Base year",
    "base value": "Base value", "target": "Target", "actual": "Actual value", "year": "Year", "progress": "Progress",
    "elapsed": "Time elapsed", "a year": "A year", "rating": "Class", "verdict": "Verdict",
    "responsible": "Responsible", "why": "Why and remarks", "number": "Clauses", "share": "Share", "commit": "Binding",
    "strive": "Anticipatory",
}  # fmt: skip


_NUMBERS = ("base value", "actual", "progress", "elapsed", "a year", "number", "share", *_TYPES)


def _row(plan: Plan, verdict, case: Case, language: str) -> dict[str, str]:
    """Cells of a clause; its class by name."""
    (done, elapsed), target = _progress(plan, verdict, case), case.row

    def without_unit(words: str) -> str:
        return words.removesuffix(unit_label(verdict.unit, language)).rstrip() or DASH

    qualitative = verdict.kind == "qualitative"
    kind = "qualitative" if qualitative else _TYPES.get(verdict.strength, "")
    base_year = target["baseline_year"] if pd.isna(verdict.baseline_year) else verdict.baseline_year
    base = DASH if qualitative or pd.isna(base_year) else str(int(base_year))
    if base not in (DASH, str(target["baseline_year"])):
        base = tr("{year} (no {base})", language, year=base, base=target["baseline_year"])
    elif base != DASH and not target["base_stated"]:
        base = tr("{year} (inferred)", language, year=base)
    return {
        "region": plan.regions.set_index("region").loc[verdict.region, f"short_{language}"],
        "indicator": target[f"label_{language}"],
        "type": tr(kind, language, context="evaluation") if kind else DASH,
        "unit": DASH if qualitative else unit_label(verdict.unit, language) or DASH,
        "base year": base,
        "base value": without_unit(figure_words(verdict.baseline, verdict.indicator, language, unit=verdict.unit)),
        "target": _target_words(verdict, target, language),
        "actual": without_unit("" if pd.isna(verdict.actual) else verdict_words(verdict._asdict(), language)["actual"]),
        "year": year_span(verdict.mean_from, verdict.actual_year) or DASH,
        "progress": _share(done, language),
        "elapsed": _share(elapsed, language),
        "a year": _yearly(verdict, done, language),
        "rating": _class_of(verdict, done, elapsed),
        "verdict": status_words(
            verdict.status, language, strength=verdict.strength, by_bounds=verdict.by_bounds
        ),
        "responsible": target["responsible"] or DASH,
    }  # fmt: skip


def _target_words(verdict, target: pd.Series, language: str) -> str:
    """Value to reach with how it is meant, or the clause's words where it names none."""
    if pd.isna(verdict.required):
        words = target["clause_en"] if language == "en" else target["wording_zh"]
        return words or target[f"label_{language}"]
    value = to_unit(float(verdict.required), verdict.unit, language)
    sign = target["comparator"].replace(">=", "≥").replace("<=", "≤")
    if verdict.kind.startswith("relative"):
        return sign + verdict_words(verdict._asdict(), language)["required"].removesuffix("%")
    return f"{sign}{format_number(value, language=language)}"


def _share(share: float | None, language: str) -> str:
    return DASH if pd.isna(share) else format_value(share * 100, "%", language, decimals=1)


def _yearly(verdict, done: float | None, language: str) -> str:
    """Mean growth a year; of a share or rate the points a year; a dash where the base is not comparable."""
    if verdict.kind in RULES and not pd.isna(verdict.actual):
        return verdict_words(verdict._asdict(), language)["actual"]
    words = partial(format_value, language=language, decimals=2)
    years = 0 if done is None else verdict.actual_year - verdict.baseline_year
    if years and verdict.unit == "%":
        return words((verdict.actual - verdict.baseline) / years, "pp", sign=True)
    if not years or verdict.baseline <= 0 or verdict.actual <= 0:
        return DASH
    return words(100 * ((verdict.actual / verdict.baseline) ** (1 / years) - 1), "%")


def _completion_table(rows: pd.DataFrame, language: str) -> Table:
    names = CLASSES | {"completed": "rate of completion"}
    frame = rows.rename(columns={"class": "rating"})
    frame["rating"] = [tr(names[one], language, context="evaluation") for one in rows["class"]]
    frame["share"] = [_share(one, language) for one in rows["share"]]
    note = tr(
        "Shares are of the {classed} clauses that could be classed, of {total}. The rate of completion counts those "
        "achieved ahead, faster than and in line with expectations.", language,
        classed=int(rows["number"].iloc[:-2].sum()), total=int(rows["number"].iloc[:-1].sum()),
    )  # fmt: skip
    return _table(frame.astype(str), language, tr("Rate of completion", language), note)
