"""Where a series would go if it went on as it did, with an interval, and a test of whether that ever worked.

A projection is no verdict. It takes one unbroken segment of a series: where levels may not be compared they
may not be fitted together either. Fewer than four figures carry no trend, and the answer says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from lnregions.assess.assessment import clean_series
from lnregions.assess.required import finite, whole_year
from lnregions.assess.trends import KINDS, Projection, fit, naive_growth, no_naive, no_trend, project_trend
from lnregions.errors import unknown

__all__ = ["BackTest", "Projection", "back_test", "choose_projection", "naive_growth", "project_trend"]


@dataclass(frozen=True)
class BackTest:
    """How far one-year-ahead forecasts were off.

    Attributes
    ----------
    frame : pandas.DataFrame
        `year`, `actual`, `trend`, `naive`, `trend_error`, `naive_error` (both in % of the actual figure).
    trend, naive : float or None
        Mean absolute percentage error of each, in %.
    winner : str
        "trend", "naive", or "" when nothing could be tested. The naive one wins a tie: it is simpler.
    kind : str
        Kind of the trend.
    reason, reason_zh : str
        Why nothing could be tested.
    """

    frame: pd.DataFrame
    trend: float | None = None
    naive: float | None = None
    winner: str = ""
    kind: str = "log-linear"
    reason: str = ""
    reason_zh: str = ""


def back_test(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    first: int | None = None,
    kind: str = "log-linear",
    limit: float = 100,
) -> BackTest:
    r"""Get how well trend and naive growth would have foretold each year from the years before it.

    For each year that has a figure in the year before, both are made from the figures up to that year and
    set against what came; the mean absolute percentage error is

    .. math:: e = \frac{100}{n} \sum \left|\frac{\hat y_t - y_t}{y_t}\right|.

    Parameters
    ----------
    years, values : iterable
        One unbroken segment, in any order.
    first : int, optional
        First year to foretell; without it, the first that has four figures before it.
    kind, limit
        As for `project_trend`.

    Returns
    -------
    BackTest
        An empty `frame` and a `reason` where no year could be foretold.

    Raises
    ------
    DataError
        When the kind is unknown, or a year or value is wrong.

    Examples
    --------
    >>> test = back_test([2018, 2019, 2020, 2021, 2022], [100, 110, 121, 133.1, 140], kind="log-linear")
    >>> round(test.trend, 3), round(test.naive, 3), test.winner
    (4.579, 4.579, 'naive')
    """
    if kind not in KINDS:
        raise unknown("kind of trend", str(kind), KINDS)
    series, bound = clean_series(years, values), finite(limit, name="limit")
    start = -math.inf if first is None else whole_year(first, name="first year")
    rows = []
    for year in series:
        past = {at: value for at, value in series.items() if at < year}
        if year < start or year - 1 not in past or series[year] == 0:
            continue
        if no_trend(past, kind=kind, limit=bound, to=year) or no_naive(past, to=year):
            continue
        trend = fit(past, to=year, kind=kind, level=0.8, limit=bound)["value"].iloc[0]
        naive = naive_growth(past.keys(), past.values(), to=year).frame["value"].iloc[0]
        rows.append((year, series[year], trend, naive))
    frame = pd.DataFrame(rows, columns=["year", "actual", "trend", "naive"])
    for name in ("trend", "naive"):
        frame[f"{name}_error"] = 100 * (frame[name] - frame["actual"]) / frame["actual"]
    if frame.empty:
        return BackTest(
            frame,
            kind=kind,
            reason="No year has four usable figures before it, the last of them a year earlier.",
            reason_zh="没有任何年份之前具备四个可用数据（且最近一个在前一年）。",
        )
    trend, naive = (float(frame[f"{name}_error"].abs().mean()) for name in ("trend", "naive"))
    better = trend < naive and not math.isclose(trend, naive, rel_tol=1e-9, abs_tol=1e-9)
    return BackTest(frame, trend, naive, "trend" if better else "naive", kind)


def choose_projection(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    to: int,
    kind: str = "log-linear",
    level: float = 0.8,
    limit: float = 100,
) -> Projection:
    """Get the projection that would have done better so far, trend or naive, and why it was chosen.

    The back-test decides. Where it cannot, because the segment is too short, the trend is used if there is
    one, else the naive growth; the reason says which and that it is untested.

    Parameters and errors are those of `project_trend`.

    Returns
    -------
    Projection
        With the reason of the choice.

    Examples
    --------
    >>> found = choose_projection([2018, 2019, 2020, 2021, 2022], [100, 120, 121, 145, 146], to=2023)
    >>> found.kind
    'log-linear'
    >>> found.reason
    'The trend was off by 9.2 % on average in 1 year, naive growth by 19.0 %.'
    """
    series = clean_series(years, values)
    years, values = list(series), list(series.values())
    trend = project_trend(years, values, to=to, kind=kind, level=level, limit=limit)
    test = back_test(years, values, kind=kind, limit=limit)
    naive = naive_growth(years, values, to=to)
    if not test.winner:
        chosen = naive if trend.frame.empty else trend
        if chosen.frame.empty:
            return trend
        texts = (f"Not tested: {test.reason}", f"未经检验：{test.reason_zh}")
    else:
        chosen = trend if test.winner == "trend" else naive
        texts = _comparison(test)
    return Projection(chosen.frame, chosen.kind, chosen.level, chosen.first_year, chosen.last_year, *texts)


def _comparison(test: BackTest) -> tuple[str, str]:
    """Say how far each was off."""
    count = len(test.frame)
    years = "1 year" if count == 1 else f"{count} years"
    trend, naive = f"{test.trend:.1f}", f"{test.naive:.1f}"
    tested = f"在 {count} 年的回测中"
    if test.winner == "trend":
        return (
            f"The trend was off by {trend} % on average in {years}, naive growth by {naive} %.",
            f"{tested}，趋势法平均误差 {trend}%，沿用上年增速 {naive}%。",
        )
    return (
        f"Naive growth was off by {naive} % on average in {years}, the trend by {trend} %, "
        "so naive growth is used.",
        f"{tested}，沿用上年增速平均误差 {naive}%，趋势法 {trend}%，故沿用上年增速。",
    )
