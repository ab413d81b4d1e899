"""What the published methods share: the result, its words, and the cleaning of a series before a formula."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from lnregions.assess.assessment_words import REASONS
from lnregions.assess.required import direction_sign, finite, whole_year
from lnregions.errors import DataError, unknown

MEASURES = ("level", "share", "growth")

_STEPS = ("on track", "acceleration needed", "limited")


@dataclass(frozen=True)
class Assessment:
    """What one method says of one series.

    Attributes
    ----------
    status : str
        One of the keys of `STATUS_WORDS`.
    ratio : float or None
        The method's progress measure: R, r or the share of the way done; without a target the growth a year
        towards the better, as a fraction. None where it cannot be computed.
    score : float or None
        The method's score where it has one: Open SDG -5 to 5, ESCAP 10 at the target.
    method : str
        "Open SDG", "UNSD" or "ESCAP".
    reason : str
        Why it is not assessable, and what else a reader must know (a later baseline year, figures not
        counted).
    reason_zh : str
        The same in Chinese.
    numbers : dict
        All numbers that were used.
    baseline_year : int or None
        The year whose figure served as the baseline.
    """

    status: str
    ratio: float | None = None
    score: float | None = None
    method: str = ""
    reason: str = ""
    reason_zh: str = ""
    numbers: dict = field(default_factory=dict, hash=False)
    baseline_year: int | None = None


@dataclass(frozen=True)
class Case:
    """One cleaned series with its question: the figures a formula needs, and what was done to get them."""

    method: str
    sign: int
    target: float | None
    limit: float | None
    numbers: dict
    notes: tuple[str, ...] = ()
    fault: str = ""

    @property
    def baseline(self) -> float:
        """Value of the baseline year."""
        return self.numbers["baseline"]

    @property
    def latest(self) -> float:
        """Latest value up to the horizon."""
        return self.numbers["latest"]

    @property
    def observed_years(self) -> int:
        """Years from the baseline year to the latest figure."""
        return self.numbers["latest_year"] - self.numbers["baseline_year"]

    @property
    def years_left(self) -> int:
        """Years from the latest figure to the horizon."""
        return self.numbers["horizon"] - self.numbers["latest_year"]

    @property
    def growth_sign(self) -> int:
        """Return the sign that growth has when things improve; among negative values it is turned round."""
        return -self.sign if self.baseline < 0 else self.sign

    @property
    def met(self) -> bool:
        """Whether the latest value is at or beyond the target."""
        return self.target is not None and self.sign * (self.latest - self.target) >= 0

    @property
    def met_at_base(self) -> bool:
        """Whether the baseline value already was."""
        return self.target is not None and self.sign * (self.baseline - self.target) >= 0

    def result(
        self,
        status: str,
        *,
        ratio: float | None = None,
        score: float | None = None,
        notes: Iterable[str] = (),
        **more,
    ) -> Assessment:
        """Get the assessment, with the further notes and those of the case as its reason."""
        numbers = {**self.numbers, **more}
        codes = [*notes, *self.notes]
        texts = {lang: [REASONS[code][lang].format(**numbers) for code in codes] for lang in ("en", "zh")}
        return Assessment(
            status=status,
            ratio=ratio,
            score=score,
            method=self.method,
            reason=" ".join(texts["en"]),
            reason_zh="".join(texts["zh"]),
            numbers=numbers,
            baseline_year=numbers["baseline_year"],
        )

    def refused(self, fault: str, **more) -> Assessment:
        """Get "not assessable" with its reason."""
        return self.result("not assessable", notes=[fault], **more)


def prepare(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    method: str,
    direction: str | int,
    baseline_year: int,
    target: float | None,
    horizon: int,
    limit: float | None,
    measure: str,
) -> Case:
    """Get the baseline and the latest figure up to the horizon; what prevents a formula is in `fault`."""
    if measure not in MEASURES:
        raise unknown("measure", measure, MEASURES)
    asked, end = whole_year(baseline_year, name="baseline year"), whole_year(horizon, name="horizon")
    series = clean_series(years, values)
    numbers = {
        "asked": asked,
        "baseline_year": None,
        "baseline": None,
        "latest_year": None,
        "latest": None,
        "horizon": end,
        "target": optional(target, name="target"),
        "limit": optional(limit, name="limit"),
        "direction": direction_sign(direction),
    }
    used = {year: value for year, value in series.items() if asked <= year <= end}
    notes, fault = [], ""
    if end <= asked:
        numbers["baseline_year"], fault = asked, "horizon"
    elif not used:
        fault = "no baseline"
    else:
        first, last = min(used), max(used)
        numbers |= {
            "baseline_year": first,
            "baseline": used[first],
            "latest_year": last,
            "latest": used[last],
        }
        fault = "one year" if first == last else ""
        notes += ["later baseline"] if first != asked else []
        notes += ["after horizon"] if max(series) > end else []
    return Case(
        method=method,
        sign=numbers["direction"],
        target=numbers["target"],
        limit=numbers["limit"],
        numbers=numbers,
        notes=tuple(notes),
        fault=fault,
    )


def clean_series(years: Iterable[int], values: Iterable[float | None]) -> dict[int, float]:
    """Get {year: value} in the order of years, without the missing values.

    Raises
    ------
    DataError
        When the two differ in length, a year is no whole number or given twice, or a value is no finite
        number.

    Examples
    --------
    >>> clean_series([2022, 2021, 2023], [110, 100.0, None])
    {2021: 100.0, 2022: 110.0}
    """
    years, values = list(years), list(values)
    if len(years) != len(values):
        raise DataError(
            f"There are {len(years)} years and {len(values)} values. "
            "Give one value a year, None where it is missing.",
        )
    years = [whole_year(year) for year in years]
    twice = sorted({year for year in years if years.count(year) > 1})
    if twice:
        raise DataError(
            f"The year {twice[0]} is given more than once. Give one value a year.",
        )
    pairs = sorted(zip(years, values, strict=True), key=lambda pair: pair[0])
    return {year: finite(value, name=f"value of {year}") for year, value in pairs if not missing(value)}


def missing(value: object) -> bool:
    """Whether a value stands for "no figure"."""
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def optional(value: float | None, *, name: str) -> float | None:
    """Get a number, or None for a missing one."""
    return None if missing(value) else finite(value, name=name)


def annual_growth(start: float, end: float, *, years: int) -> float:
    r"""Get the compound annual growth rate as a fraction, :math:`(y_t / y_0)^{1/n} - 1`.

    Both must have the same sign and the first must not be zero.

    Examples
    --------
    >>> round(annual_growth(100, 121, years=2), 12)
    0.1
    """
    ratio = end / start
    if abs(ratio - 1) < 0.5:  # keeps the digits of a small growth
        return math.expm1(math.log1p((end - start) / start) / years)
    return ratio ** (1 / years) - 1


def at_least(value: float, threshold: float) -> bool:
    """Whether a value reaches a threshold; rounding in the last digits does not decide."""
    return value >= threshold or math.isclose(value, threshold, rel_tol=1e-10, abs_tol=1e-12)


def without_formula(
    case: Case, measure: str, *, notes: Iterable[str], met_score: float | None = None
) -> Assessment | None:
    """Get the assessment of a case that no growth formula can be put to; None when it can."""
    if case.fault or measure == "growth":
        return case.refused(case.fault or "growth rates")
    fault = _growth_fault(case)
    if not fault:
        return None
    if not case.met:
        return case.refused(fault)
    why = "met at base" if case.met_at_base else fault
    return case.result("met", score=met_score, notes=[why, *notes])


def _growth_fault(case: Case) -> str:
    """Name what breaks the growth from the baseline to the latest value, or on to the target."""
    start, target = case.baseline, case.target
    if start == 0:
        return "zero base"
    if (start < 0 < case.latest) or (case.latest < 0 < start):
        return "sign change"
    if not math.isfinite(case.latest / start) or not math.isfinite((target or 0) / start):
        return "too far apart"
    if target is None:
        return ""
    if case.method == "Open SDG" and target == 0:
        return "zero target"
    if case.method == "Open SDG" and (start < 0) != (target < 0):
        return "target sign"
    return "beyond target" if case.met_at_base else ""


def limit_note(case: Case) -> list[str]:
    """Get the note that a limit was given and plays no part, as a list of none or one."""
    return [] if case.limit is None else ["limit unused"]


def step(value: float, bounds: tuple[float, float, float]) -> str:
    """Get the status whose least value is reached first, from the best down."""
    return next(
        (word for word, least in zip(_STEPS, bounds, strict=True) if at_least(value, least)), "deterioration"
    )


def project_amount(case: Case) -> float | None:
    """Get the value at the horizon at the observed compound growth; None when there is none."""
    if case.baseline == 0 or case.latest / case.baseline < 0:
        return None
    try:
        projected = case.latest * (case.latest / case.baseline) ** (case.years_left / case.observed_years)
    except OverflowError:
        return None
    return projected if math.isfinite(projected) else None
