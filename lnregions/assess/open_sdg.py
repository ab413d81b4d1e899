"""The Open SDG method (Statistics Canada), for one series and for several together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lnregions.assess.assessment import (
    REASONS,
    Assessment,
    Case,
    annual_growth,
    at_least,
    limit_note,
    missing,
    prepare,
    step,
    without_formula,
)
from lnregions.assess.required import finite
from lnregions.errors import DataError

#: Least value of each status: with a target (ratio), without (growth a year), of several (mean score).
RATIO_STEPS = (0.95, 0.60, 0.0)
GROWTH_STEPS = (0.015, 0.005, 0.0)
SCORE_STEPS = (2.5, 0.0, -2.5)
#: Score without a target, slope and constant; the slopes of progress are divided by the scale of the limit.
FREE_SCORE = {
    "on track": (500, -5),
    "acceleration needed": (250, -1.25),
    "limited": (500, -2.5),
    "deterioration": (125, -2.5),
}
#: Exponent of the scaling near a natural limit; it leaves "on track" possible for 15 years.
LIMIT_EXPONENT = 4.44


def open_sdg(
    years: Sequence[int],
    values: Sequence[float | None],
    *,
    direction: str | int,
    baseline_year: int,
    target: float | None = None,
    horizon: int = 2030,
    limit: float | None = None,
    measure: str = "level",
) -> Assessment:
    r"""Get the progress status and score of the Open SDG method.

    With a target, the observed growth a year is held against the growth required to be on time,

    .. math:: R = d\,\frac{(y_t/y_0)^{1/(t-t_0)} - 1}{\left|(y_T/y_0)^{1/(T-t_0)} - 1\right|},

    with :math:`d = 1` where more is better and -1 where less is (turned round when all values are negative):
    at least 0.95 on track, 0.60 acceleration needed, 0 limited, below deterioration. The score is
    :math:`7.1429 R - 4.2857` from 0.60 on and :math:`4.1667 R - 2.5` below, within -5 and 5; a target that
    is met scores 5.

    Without a target :math:`x = d\,[(y_t/y_0)^{1/(t-t_0)} - 1]` is held against 1.5 %, 0.5 % and 0 (each
    reached by equality), the first two multiplied by C near a natural limit in the direction of progress,

    .. math:: C = 1 - (y_0/y_{lim})^{4.44},

    for an upper limit; for a lower one :math:`1 - ((2 y_{lim} - y_0)/y_{lim})^{4.44}` up to twice the limit
    and 1 from there. The scores of the four bands are :math:`500x/C - 5`, :math:`250x/C - 1.25`,
    :math:`500x/C - 2.5` and :math:`125x - 2.5`, within -5 and 5. A baseline at the limit itself (C = 0)
    that does not fall back is on track with score 5. With a target the limit is not used.

    Parameters
    ----------
    years, values : sequence
        The series, in any order; None or NaN where a figure is missing.
    direction : {"up", "down", "positive", "negative", 1, -1}
        Where the indicator should go.
    baseline_year : int
        Year to measure from; the next later year with a figure serves where it has none.
    target : float, optional
        Value to reach by the horizon.
    horizon : int, default 2030
        Year of the target; later figures are not counted.
    limit : float, optional
        Natural limit of the indicator, such as 100 for a share.
    measure : {"level", "share", "growth"}
        What the values are; growth rates have no growth rate and are not assessable.

    Returns
    -------
    Assessment
        `ratio` is R, or x without a target.

    Raises
    ------
    DataError
        When the direction or measure is unknown, a number is not finite, or a year is given twice.

    References
    ----------
    Open SDG documentation, "Progress Measurement Methodology for the Sustainable Development Goals"
    (Statistics Canada), https://open-sdg.readthedocs.io/en/latest/progress-methodology/

    Examples
    --------
    >>> found = open_sdg([2015, 2020], [100, 110], direction="up", baseline_year=2015, target=150)
    >>> found.status, round(found.ratio, 6), round(found.score, 6)
    ('acceleration needed', 0.702376, 0.731305)
    """
    case = prepare(
        years, values, method="Open SDG", direction=direction, baseline_year=baseline_year, target=target,
        horizon=horizon, limit=limit, measure=measure,
    )  # fmt: skip
    early = without_formula(case, measure, notes=limit_note(case), met_score=5.0)
    if early is not None:
        return early
    observed = annual_growth(case.baseline, case.latest, years=case.observed_years)
    if case.target is None:
        return _open_sdg_free(case, case.growth_sign * observed)
    whole = case.numbers["horizon"] - case.numbers["baseline_year"]
    required = annual_growth(case.baseline, case.target, years=whole)
    ratio = case.growth_sign * observed / abs(required)
    status = "met" if case.met else step(ratio, RATIO_STEPS)
    score = 5.0 if case.met else _ratio_score(ratio)
    return case.result(
        status,
        ratio=ratio,
        score=score,
        notes=limit_note(case),
        cagr_observed=observed,
        cagr_required=required,
    )


def aggregate(scores: Iterable[float | Assessment | None]) -> Assessment:
    """Get the status of several series together: the mean of their Open SDG scores.

    From 2.5 on track, from 0 acceleration needed, from -2.5 limited, below deterioration; met only when every
    assessment given is met. What has no score is left out and counted in `numbers`.

    Parameters
    ----------
    scores : iterable of float, Assessment or None
        Scores from -5 to 5, or assessments of `open_sdg`.

    Raises
    ------
    DataError
        When a score lies outside -5 and 5.

    References
    ----------
    Open SDG documentation, "Aggregated progress status" (see `open_sdg`).

    Examples
    --------
    >>> found = aggregate([5, 1, None, -2])
    >>> found.status, round(found.score, 6), found.numbers["without_score"]
    ('acceleration needed', 1.333333, 1)
    """
    given = list(scores)
    numbers = [_score_of(one) for one in given]
    known = [number for number in numbers if number is not None]
    counts = {"series": len(given), "without_score": len(given) - len(known), "scores": known}
    if not known:
        texts = REASONS["no score"]
        return Assessment(
            "not assessable", method="Open SDG", reason=texts["en"], reason_zh=texts["zh"], numbers=counts
        )
    score = math.fsum(known) / len(known)
    met = all(isinstance(one, Assessment) and one.status == "met" for one in given)
    status = "met" if met else step(score, SCORE_STEPS)
    return Assessment(status, score=score, method="Open SDG", numbers=counts)


def _ratio_score(ratio: float) -> float:
    score = 7.1429 * ratio - 4.2857 if at_least(ratio, RATIO_STEPS[1]) else 4.1667 * ratio - 2.5
    return min(max(score, -5.0), 5.0)


def _open_sdg_free(case: Case, growth: float) -> Assessment:
    """Get the Open SDG assessment without a target, from the growth towards the better."""
    scale, used = _limit_scale(case)
    if scale is None:
        return case.refused("limit")
    status = step(growth, tuple(bound * scale for bound in GROWTH_STEPS))
    if scale == 0 and status == "on track":
        score = 5.0
    else:
        slope, start = FREE_SCORE[status]
        score = slope * growth / (1 if status == "deterioration" else scale) + start
    return case.result(
        status,
        ratio=growth,
        score=min(max(score, -5.0), 5.0),
        notes=[] if used else limit_note(case),
        cagr_observed=case.growth_sign * growth,
        scale=scale,
    )


def _limit_scale(case: Case) -> tuple[float | None, bool]:
    """Get C and whether a limit plays a part; C is None when the baseline is beyond the limit.

    In size (the values may all be negative) a limit bounds growth from above or shrinking from below. One
    on the other side of zero or on the side that progress leads away from is not considered.
    """
    if case.limit is None or case.limit * case.baseline < 0:
        return 1.0, False
    size, limit, growing = abs(case.baseline), abs(case.limit), case.growth_sign > 0
    if growing:
        return (1 - (size / limit) ** LIMIT_EXPONENT, True) if size <= limit else (None, True)
    if size < limit:
        return 1.0, False
    return (1.0 if size >= 2 * limit else 1 - ((2 * limit - size) / limit) ** LIMIT_EXPONENT), True


def _score_of(one: float | Assessment | None) -> float | None:
    score = one.score if isinstance(one, Assessment) else one
    if missing(score):
        return None
    number = finite(score, name="score")
    if abs(number) > 5:
        raise DataError(
            f"The score {number:g} lies outside -5 and 5. Give scores of the Open SDG method.",
        )
    return number
