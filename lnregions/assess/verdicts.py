"""Verdicts: what a clause requires, what the figures say, how sure that is, and by which method."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from itertools import groupby

import pandas as pd

from lnregions.assess.cases import VALUE_KINDS, Case
from lnregions.assess.clauses import EVALUATORS
from lnregions.assess.interpretations import cases_of, cases_of_plan, variants_of
from lnregions.assess.reasons import linked_text, parts_of, sentences, status_words, wording, years_used
from lnregions.errors import unknown
from lnregions.series.figures import joined_sources
from lnregions.series.methods import METHOD_NAMES, METHODS, Assessment, Progress
from lnregions.series.series import Tables
from lnregions.tables import plan_of
from lnregions.words import format_number, format_value, quantity_name
from lnregions.words.texts import Text, joined, say, text_of

STATUS_WORDS = (
    "met", "on track", "acceleration needed", "limited", "deterioration", "missed", "too close to call",
    "not assessable", "no data", "not quantified",
)  # fmt: skip
"""Every status, from the best on; `lnregions.words.text` gives its words for readers."""
SETTLED = ("met", "missed", "too close to call")
"""Statuses that answer a clause."""


@dataclass(frozen=True)
class Verdict:
    """The result of one clause under one interpretation.

    Attributes
    ----------
    target, region, area, indicator, kind, interpretation, interpretation_zh : str
        The clause, and its interpretation where the plan leaves something open.
    status : str
        One of ``STATUS_WORDS``: where the clause stands on the as-of date.
    closing : str
        ``met``, ``missed``, ``too close to call`` or ``not assessable`` once the horizon is past; empty while the
        plan runs.
    by_bounds : bool
        Whether it is met or missed whatever the missing figures are: every value that the declared bounds leave
        them leads to the same status.
    depends_en, depends_zh : str
        What turns the status, in words: membership, a doubtful figure or one of low grade; empty where nothing does.
    strength : str
        ``strive`` or ``commit``, as the plan words it; ``status_words`` carries it.
    baseline_year, baseline, horizon, required : number
        The start of the required path, its last year and the value required then (in `unit`).
    actual_year, actual, gap : number
        The figure the verdict rests on, minus `required` (in `unit`; percentage points for shares and rates).
    mean_from : int
        First year of the mean growth that `actual` is, which ends with `actual_year`; missing for a single figure.
    low, high : float
        Range of the area's figure where rounding or missing figures leave one (in `unit`).
    derived : bool
        Whether values are among the figures that no page prints and that follow from published ones.
    reached_in : int or None
        First year in which the figure fulfils the clause.
    rate_needed : float
        Growth a year, in per cent, required in the years left; missing when none are left.
    method : str
        ``plan`` (the clause itself at its horizon, Open SDG before it) or a published method.
    coverage, coverage_zh, grade, as_of, sources : str
        Members a total rests on, weakest grade and source ids of the figures used, and the date of knowledge.
    disagree : bool
        Whether another interpretation of the same target comes to another status.
    reason_en, reason_zh : str
        Why, in words.
    numbers, names_zh : dict
        Every number the calculation used, by name; Chinese of the names that carry an area's.
    """

    target: str
    region: str
    area: str
    indicator: str
    kind: str
    interpretation: str = ""
    interpretation_zh: str = ""
    status: str = "not assessable"
    closing: str = ""
    strength: str = ""
    baseline_year: int | None = None
    baseline: float | None = None
    horizon: int | None = None
    required: float | None = None
    actual_year: int | None = None
    actual: float | None = None
    gap: float | None = None
    unit: str = ""
    mean_from: int | None = None
    low: float | None = None
    high: float | None = None
    derived: bool = False
    reached_in: int | None = None
    rate_needed: float | None = None
    method: str = "plan"
    coverage: str = ""
    coverage_zh: str = ""
    grade: str = ""
    as_of: str = ""
    disagree: bool = False
    by_bounds: bool = False
    depends_en: str = ""
    depends_zh: str = ""
    reason_en: str = ""
    reason_zh: str = ""
    sources: str = ""
    numbers: dict = field(default_factory=dict, hash=False)
    names_zh: dict = field(default_factory=dict, hash=False, repr=False)

    def __repr__(self) -> str:
        """The verdict in one line; ``dataclasses.asdict`` gives every attribute."""
        line = f"<Verdict on {', '.join(filter(None, (self.target, self.interpretation)))}: {self.status}"
        if self.actual_year:
            line += f", {format_value(self.actual, self.unit)} in {self.actual_year}"
            line += "" if self.required is None else f" of {format_value(self.required, self.unit)}"
        return f"{line}>"

    def reason(self, language: str = "en") -> str:
        """Why, in one language."""
        return getattr(self, f"reason_{language}")

    def status_words(self, language: str = "en") -> str:
        """Status as a reader sees it, with what qualifies it: that the plan only strives for it, or that it stands
        whatever the missing figures are.

        Examples
        --------
        >>> one = Verdict("t", "circle", "210100", "gdp", "level", status="missed", strength="strive")
        >>> one.status_words(), one.status_words("zh")
        ('missed (aspirational target)', '未实现（力争目标）')
        """
        return status_words(self.status, language, strength=self.strength, by_bounds=self.by_bounds)

    def calculation(self, *, language: str = "en") -> pd.DataFrame:
        """Every number that the verdict used, by name: columns ``quantity`` and ``value`` (数量, 数值)."""
        zh = language == "zh"
        names = self.names_zh if zh else {}
        rows = [
            (names.get(name) or quantity_name(name, language=language), value)
            for name, value in self.numbers.items()
            if value is not None
        ]
        return pd.DataFrame(rows, columns=("数量", "数值") if zh else ("quantity", "value"))


def verdict_table(verdicts: Iterable[Verdict], plan=None) -> pd.DataFrame:
    """Verdicts as a frame, one row each, with the attributes of `Verdict` but its numbers as columns.

    Years are nullable integers, numbers floats, all else text; ``attrs["plan"]`` is the folder of the plan.

    Examples
    --------
    >>> rows = verdict_table([Verdict("t", "circle", "210100", "gdp", "level", status="missed", horizon=2024)])
    >>> rows[["target", "status", "horizon"]].values.tolist()
    [['t', 'missed', 2024]]
    """
    names = [f.name for f in fields(Verdict) if f.name not in ("numbers", "names_zh")]
    verdicts = list(verdicts)
    frame = pd.DataFrame({name: [getattr(one, name) for one in verdicts] for name in names})
    frame.attrs = {} if plan is None else {"plan": str(plan.folder)}
    years = ("baseline_year", "horizon", "actual_year", "mean_from", "reached_in")
    numbers = ("baseline", "required", "actual", "gap", "low", "high", "rate_needed")
    types = dict.fromkeys(names, str) | dict.fromkeys(years, "Int64") | dict.fromkeys(numbers, float)
    return frame.astype(types | dict.fromkeys(("derived", "disagree", "by_bounds"), bool))


def judge(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> pd.DataFrame:
    """Judge every target of a plan: one row a target, under the main interpretation.

    A published method uses the figures of the baseline's segment only, and its status and reason stand in place of
    the clause's; what it does not apply to is ``not assessable``. Targets without a figure or a number keep
    ``no data`` and ``not quantified``.

    Returns
    -------
    DataFrame
        The attributes of `Verdict` as columns, but its numbers. `lnregions.show_verdicts` makes it a table for readers.

    Raises
    ------
    DataError
        If the plan, the date or the method is unknown.

    Examples
    --------
    >>> verdicts = judge("ln-2022", as_of="2026-06-30").set_index("target")
    >>> verdicts.loc["belt-dalian-gdp", ["status", "closing", "grade"]].tolist()
    ['missed', 'missed', 'A']
    """
    verdicts = judge_interpretations(plan, as_of=as_of, observations=observations, method=method)
    return verdicts.drop_duplicates("target", ignore_index=True)


def judge_interpretations(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan"
) -> pd.DataFrame:
    """Judge every target under every interpretation: one row each, with the columns of `judge`."""
    found = judge_all(plan, as_of=as_of, observations=observations, method=method)
    return verdict_table(found, plan_of(plan))


def judge_all(
    plan, *, as_of=None, observations: pd.DataFrame | None = None, method: str = "plan",
    targets: Collection[str] | None = None,
) -> list[Verdict]:  # fmt: skip
    """Verdicts on every interpretation of every target, or of some, the main one first within each target."""
    if method not in ("plan", *METHODS):
        raise unknown("method", str(method), ("plan", *METHODS))
    groups = _by_target(cases_of_plan(plan, as_of=as_of, observations=observations))
    groups = [one for one in groups if targets is None or one[0].clause.target in targets]
    return [verdict for group in groups for verdict in judge_cases(group, method=method)]


def judge_row(plan, target: pd.Series, *, tables: Tables) -> list[Verdict]:
    """Verdicts on every interpretation of one row of a plan's targets, the main one first."""
    return judge_cases(cases_of(plan, target, tables=tables))


def compare_methods(plan, *, as_of=None, observations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Status of each target by the plan's own clause and by each published method.

    The methods use the figures of one segment, from the baseline to the horizon, so that no census break enters
    a growth rate. Targets without a value to reach have no methods.

    Returns
    -------
    DataFrame
        ``target plan open_sdg unsd escap ratio_open_sdg ratio_unsd ratio_escap agree``; a status is empty where a
        method does not apply.
    """
    rows = []
    for main, *_ in _by_target(cases_of_plan(plan, as_of=as_of, observations=observations)):
        verdict = judge_case(main)
        found = assess_case(main, verdict)
        statuses = {name: found[name].status if found else "" for name in METHODS}
        ratios = {f"ratio_{name}": found[name].ratio if found else None for name in METHODS}
        agree = {"agree": len(set(statuses.values())) <= 1}
        rows.append({"target": verdict.target, "plan": verdict.status} | statuses | ratios | agree)
    columns = ["target", "plan", *METHODS, *(f"ratio_{name}" for name in METHODS), "agree"]
    return pd.DataFrame(rows, columns=columns)


def _by_target(cases):
    return [list(group) for _, group in groupby(cases, key=lambda case: case.clause.target)]


def judge_cases(cases: Iterable[Case], *, method: str = "plan") -> list[Verdict]:
    """Verdicts on the cases of one target, with what turns each; the first names interpretations that differ."""
    cases = list(cases)
    if method == "plan":
        found = [_with_dependence(case, judge_case(case)) for case in cases]
    else:
        found = [by_method(case, judge_case(case), method=method) for case in cases]
    first, others = found[0], {}
    for one, case in zip(found, cases, strict=True):
        if not case.derived and one.status != first.status:
            name = say("'{interpretation}'", interpretation=case.interpretation)
            others.setdefault(one.status, []).append(name)
    texts = [
        say("under the interpretation {interpretation}: {status}", status=text_of(status),
            interpretation=joined(names, english=" or ", chinese="或"))
        for status, names in others.items() if status not in ("no data", "not assessable")
    ]  # fmt: skip
    reason = sentences([Text(first.reason_en, first.reason_zh), joined(texts)])
    found[0] = replace(_with_texts(first, reason=reason), disagree=bool(others))
    return found


def _with_dependence(case, verdict):
    """The verdict, if nothing later can turn it, with what would: each change with the status that it leads to."""
    if verdict.status not in (SETTLED if case.closed else ("missed",)):
        return verdict
    if "varied" not in case.made:
        case.made["varied"] = [(one, judge_case(one.case).status) for one in variants_of(case)]
    changes, doubted = {}, any(one.kind == "doubtful figure" for one, _ in case.made["varied"])
    for variant, status in case.made["varied"]:
        if status != verdict.status:
            changes.setdefault(status, []).append(variant.change)
    depends = joined(
        say("{change}, the verdict would be: {status}", change=joined(each, english=" or ", chinese="，或"),
            status=text_of(status))
        for status, each in changes.items()
    )  # fmt: skip
    texts = [Text(verdict.reason_en, verdict.reason_zh), depends]
    if doubted and not changes:
        texts.append(say("without the doubtful figure the verdict would be the same"))
    return _with_texts(verdict, reason=sentences(texts), depends=depends)


def _with_texts(verdict, **texts):
    """The verdict with other texts, in both languages."""
    own = {f"{name}_{key}": getattr(text, key) for name, text in texts.items() for key in ("en", "zh")}
    return replace(verdict, **own)


def judge_case(case: Case) -> Verdict:
    """Verdict on one case, made once.

    Examples
    --------
    >>> judge_case(cases_of_plan("ln-2022", as_of="2026-06-30")[0])
    <Verdict on circle-manufacturing, as written: no data>
    """
    if "verdict" not in case.made:
        case.made["verdict"] = _judged(case)
    return case.made["verdict"]


def _judged(case):
    clause, link = case.clause, case.link
    found = {"numbers": {}, "sources": ""} | EVALUATORS[clause.kind](case)
    status, closes, reason, sources = (found.pop(name) for name in ("status", "closes", "reason", "sources"))
    texts, used, names_zh = [reason, linked_text(case)], [sources], found.pop("names_zh", {})
    if link:
        texts.insert(0, link.text)
        found["numbers"] |= link.numbers
        used += [row.source for row in case.figures.rows if row.year >= link.year]
    else:
        parts = dict(parts_of(case, years_used(case, found)))
        found["numbers"] |= {name.en: value for name, value in parts.items()}
        names_zh |= {name.en: name.zh for name in parts}
    reason = sentences([joined(texts), *wording(case, status, found)])
    ends = {"no data": "not assessable", "not quantified": "not assessable"}
    own = ("target", "region", "area", "indicator", "kind", "unit", "horizon", "strength")
    return Verdict(
        **{name: getattr(clause, name) for name in own} | found,
        status=status, closing=ends.get(status, status) if case.closed or closes else "",
        interpretation=case.interpretation.en, interpretation_zh=case.interpretation.zh, derived=case.derived,
        coverage=case.figures.coverage.en, coverage_zh=case.figures.coverage.zh,
        as_of=case.tables.as_of, sources=joined_sources(used),
        reason_en=reason.en, reason_zh=reason.zh, names_zh=names_zh,
    )  # fmt: skip


def assess_case(case: Case, verdict: Verdict) -> dict[str, Assessment]:
    """What each published method says of a case; empty where there is no value to reach.

    Only figures of the baseline's segment and up to the horizon count.
    """
    clause, figures = case.clause, case.figures
    if clause.kind not in VALUE_KINDS or verdict.required is None:
        return {}
    rows = figures.rows if verdict.baseline_year is None else figures.segment(verdict.baseline_year)
    progress = Progress.of(
        {row.year: row.value for row in rows}, direction=clause.sign, baseline_year=clause.baseline_year,
        target=verdict.required, horizon=clause.horizon,
    )  # fmt: skip
    return {name: method(progress) for name, method in METHODS.items()}


def by_method(case: Case, verdict: Verdict, *, method: str) -> Verdict:
    """The verdict with the status, figures and reason of a published method in place of the clause's.

    ``no data`` and ``not quantified`` stay; a clause without a value to reach is ``not assessable``. `closing`
    stays the clause's: no method closes a plan.
    """
    verdict = replace(verdict, method=method)
    if verdict.status in ("no data", "not quantified"):
        return verdict
    found = assess_case(case, verdict).get(method)
    if found is None:
        text = say("The method measures the way to a value, and this clause names none")
        return replace(_with_texts(verdict, reason=text), status="not assessable")
    year, value = found.numbers["latest_year"], found.numbers["latest"]
    return replace(
        _with_texts(verdict, reason=_method_text(METHOD_NAMES[method], found, verdict)),
        status=found.status, rate_needed=None,
        baseline_year=found.numbers["baseline_year"], baseline=found.numbers["baseline"],
        actual_year=year, actual=value, gap=None if value is None else value - verdict.required,
        numbers=found.numbers | {"ratio": found.ratio, "score": found.score},
    )  # fmt: skip


def _method_text(name, found, verdict):
    """The method's numbers and its own reason, and a break that keeps later figures from it."""
    texts = []
    if found.ratio is not None:
        texts.append(say("{method} ratio {ratio}", method=name, ratio=format_number(found.ratio, decimals=2)))
    if found.score is not None:
        texts.append(say("score {score}", score=format_number(found.score, decimals=1)))
    texts.append(Text(found.text.en.rstrip("."), found.text.zh.rstrip("。")))
    used = found.numbers["latest_year"]
    if used is not None and verdict.actual_year is not None and used < verdict.actual_year:
        texts.append(say("figures after {year} are on another basis and not counted", year=used))
    return joined(texts).sentence()
