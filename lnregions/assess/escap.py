"""The current status index and the anticipated progress of UN ESCAP."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lnregions.assess.assessment import Assessment, Case, prepare, project_amount

#: More than this of the ten points is on track.
ON_TRACK = 9.0


def escap(
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
    r"""Get ESCAP's current status index, and the anticipated progress beside it.

    .. math::

        CS = 10\,d\,\frac{y_t - y_0}{|y_T - y_0|}, \qquad AP = 10\,d\,\frac{\hat{y}_T - y_0}{|y_T - y_0|},

    the share of the way done, and the share done at the horizon if things go on as they went: more than 9
    of 10 is on track, 0 or less is deterioration ("regression"), between is acceleration needed. The status
    follows the current status index, which is also the `score`; AP and its status are in `numbers`
    (`anticipated`, `anticipated_status`, `projected`). An amount is projected at its compound growth; a
    share between 0 and a `limit` on the line through the two logits :math:`\ln(y/(L-y))`. (ESCAP fits a
    time-weighted regression through all figures where there are more; two figures are used here, as in the
    other methods.)

    Parameters and errors are those of `open_sdg`; `limit` is the upper bound of a share, such as 100. A
    target is needed. A zero baseline has a current status but no geometric projection; growth rates
    likewise.

    Returns
    -------
    Assessment
        `score` is CS, `ratio` a tenth of it.

    References
    ----------
    UN ESCAP, "SDG progress assessment: technical notes",
    https://data.unescap.org/dataviz/methodology/technical-notes.html A. Bidarbakht-Nia, "Tracking progress
    towards the SDGs", ESCAP working paper SD/WP/05 (2017).

    Examples
    --------
    >>> found = escap([2015, 2020], [100, 110], direction="up", baseline_year=2015, target=150)
    >>> found.status, round(found.score, 6), round(found.numbers["anticipated"], 6)
    ('acceleration needed', 2.0, 6.62)
    """
    case = prepare(
        years, values, method="ESCAP", direction=direction, baseline_year=baseline_year, target=target,
        horizon=horizon, limit=limit, measure=measure,
    )  # fmt: skip
    if case.fault or case.target is None:
        return case.refused(case.fault or "no target")
    if case.met_at_base:
        return case.result("met", notes=["met at base"]) if case.met else case.refused("beyond target")
    projected = _project(case, measure)
    way = abs(case.target - case.baseline)
    current = 10 * case.sign * (case.latest - case.baseline) / way
    status = "met" if case.met else _escap_status(current)
    more = {"projected": projected, "anticipated": None, "anticipated_status": "not assessable"}
    if projected is not None:
        more["anticipated"] = 10 * case.sign * (projected - case.baseline) / way
        more["anticipated_status"] = _escap_status(more["anticipated"])
    notes = ["no projection"] if projected is None else []
    return case.result(status, ratio=current / 10, score=current, notes=notes, **more)


def _project(case: Case, measure: str) -> float | None:
    if case.limit is not None:
        return _bounded(case)
    return None if measure == "growth" else project_amount(case)


def _bounded(case: Case) -> float | None:
    """Get the value at the horizon on the line through the logits; None for one out of bounds."""
    bound = case.limit
    if not (0 < case.baseline < bound and 0 < case.latest < bound):
        return None
    first, last = (math.log(value / (bound - value)) for value in (case.baseline, case.latest))
    end = last + (last - first) * case.years_left / case.observed_years
    return bound / (1 + math.exp(-end)) if end > -700 else 0.0


def _escap_status(index: float) -> str:
    if index > ON_TRACK and not math.isclose(index, ON_TRACK, rel_tol=1e-10):
        return "on track"
    return "deterioration" if index <= 1e-11 else "acceleration needed"
