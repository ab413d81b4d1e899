"""The method of the UN Statistics Division's SDG Progress Chart."""

from __future__ import annotations

from collections.abc import Sequence

from lnregions.assess.assessment import (
    Assessment,
    annual_growth,
    limit_note,
    prepare,
    project_amount,
    step,
    without_formula,
)

#: Least value of each status. Below the second the source says "stagnation or regression"; the sign tells.
RATIO_STEPS = (0.95, 0.10, 0.0)
GROWTH_STEPS = (0.02, 0.005, 0.0)


def unsd(
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
    r"""Get the progress status of the UN Statistics Division's SDG Progress Chart.

    With a target, the value at the horizon is extrapolated at the observed compound growth g and the way it
    covers is compared with the whole way,

    .. math:: g = (y_t/y_0)^{1/(t-t_0)} - 1, \qquad r = \frac{y_t\,(1+g)^{T-t} - y_0}{y_T - y_0}:

    at least 0.95 on track, 0.10 acceleration needed, below limited, and below zero (the wrong way)
    deterioration. Without a target the growth towards the better is held against 2 % and 0.5 %, and below
    zero is deterioration. The source has one class, "stagnation or regression", for the last two.
    Parameters, errors and the choice of figures are those of `open_sdg`; the limit plays no part. A plan
    whose horizon is past is judged at its horizon.

    Returns
    -------
    Assessment
        `ratio` is r, or the growth towards the better without a target; the method has no `score` of its
        own beyond 3, 2, 1 for its classes, which `numbers` holds as `series_score`.

    References
    ----------
    UN Statistics Division, "Sustainable Development Goals Progress Chart, Technical Note" (2022 to 2024),
    https://unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf

    Examples
    --------
    >>> found = unsd([2015, 2020], [100, 110], direction="up", baseline_year=2015, target=150)
    >>> found.status, round(found.ratio, 6)
    ('acceleration needed', 0.662)
    """
    case = prepare(
        years, values, method="UNSD", direction=direction, baseline_year=baseline_year, target=target,
        horizon=horizon, limit=limit, measure=measure,
    )  # fmt: skip
    early = without_formula(case, measure, notes=limit_note(case))
    if early is not None:
        return early
    observed = annual_growth(case.baseline, case.latest, years=case.observed_years)
    if case.target is None:
        ratio, more = case.growth_sign * observed, {}
        status = step(ratio, GROWTH_STEPS)
    else:
        more = {"projected": project_amount(case)}
        if more["projected"] is None:
            return case.refused("no projection")
        ratio = (more["projected"] - case.baseline) / (case.target - case.baseline)
        status = "met" if case.met else step(ratio, RATIO_STEPS)
    more["series_score"] = {"met": 3, "on track": 3, "acceleration needed": 2}.get(status, 1)
    return case.result(status, ratio=ratio, notes=limit_note(case), cagr_observed=observed, **more)
