"""Trends and last growth carried on, each from one unbroken segment of a series."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lnregions.assess.assessment import clean_series
from lnregions.assess.required import finite, whole_year
from lnregions.errors import DataError, unknown

KINDS = ("log-linear", "logit")
#: Figures that a trend needs at least: two for the line, two for its spread.
FEWEST = 4
COLUMNS = ["year", "value", "low", "high"]


@dataclass(frozen=True)
class Projection:
    """A projected series and how it was made.

    Attributes
    ----------
    frame : pandas.DataFrame
        `year`, `value`, `low`, `high` from the year after the last figure; empty where there is none.
    kind : str
        "log-linear", "logit" or "naive".
    level : float or None
        Probability of the interval from `low` to `high`; None for the naive one, which has no interval.
    first_year, last_year : int or None
        Years of the figures it rests on.
    reason, reason_zh : str
        Why there is none, or why this kind was chosen.
    """

    frame: pd.DataFrame
    kind: str
    level: float | None = None
    first_year: int | None = None
    last_year: int | None = None
    reason: str = ""
    reason_zh: str = ""


def project_trend(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    to: int,
    kind: str = "log-linear",
    level: float = 0.8,
    limit: float = 100,
) -> Projection:
    r"""Get the trend of a series carried on, with its prediction interval.

    A straight line is fitted by least squares to :math:`z = \ln y` (log-linear, for amounts) or
    :math:`z = \ln(y / (L - y))` (logit, for shares between 0 and a limit L). With n figures, residual
    standard error s and :math:`S = \sum (t_i - \bar t)^2` the interval is

    .. math:: \hat z_t \pm q\, s \sqrt{1 + 1/n + (t - \bar t)^2 / S},

    q being the quantile of Student's t with n - 2 degrees of freedom, carried back to the unit of the series.

    Parameters
    ----------
    years, values : iterable
        One unbroken segment, in any order; None or NaN where a figure is missing.
    to : int
        Last year to project.
    kind : {"log-linear", "logit"}
        Scale of the trend.
    level : float, default 0.8
        Probability of the interval, between 0 and 1.
    limit : float, default 100
        Upper bound L of a share (logit only).

    Returns
    -------
    Projection
        An empty `frame` and a `reason` with fewer than four figures, values out of the scale's bounds, or
        nothing left to project.

    Raises
    ------
    DataError
        When the kind is unknown, the level is not between 0 and 1, or a year or value is wrong.

    References
    ----------
    N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd ed. (1998), section 3.1.

    Examples
    --------
    >>> found = project_trend([2019, 2020, 2021, 2022], [100, 110, 121, 133.1], to=2023)
    >>> found.frame.round(3)
       year   value     low    high
    0  2023  146.41  146.41  146.41
    """
    if kind not in KINDS:
        raise unknown("kind of trend", str(kind), KINDS)
    _check_level(level)
    end, bound = whole_year(to, name="last year"), finite(limit, name="limit")
    series = clean_series(years, values)
    texts = no_trend(series, kind=kind, limit=bound, to=end)
    if texts:
        return _nothing(kind, texts)
    frame = fit(series, to=end, kind=kind, level=level, limit=bound)
    return Projection(frame, kind, level, min(series), max(series))


def naive_growth(years: Iterable[int], values: Iterable[float | None], *, to: int) -> Projection:
    r"""Get the last growth rate repeated, from the last figure (year t) and the one before (year s).

    .. math:: y_{t+k} = y_t\,(y_t / y_s)^{k/(t-s)}

    It is the forecast a trend has to beat. It has no interval: `low` and `high` are NaN.

    Parameters
    ----------
    years, values : iterable
        One unbroken segment, in any order; None or NaN where a figure is missing.
    to : int
        Last year to project.

    Returns
    -------
    Projection
        An empty `frame` and a `reason` with fewer than two figures, where one of the last two is not above
        zero, or with nothing left to project.

    Raises
    ------
    DataError
        When a year or value is wrong.

    Examples
    --------
    >>> naive_growth([2021, 2022], [100, 110], to=2024).frame.round(3)
       year  value  low  high
    0  2023  121.0  NaN   NaN
    1  2024  133.1  NaN   NaN
    """
    end, series = whole_year(to, name="last year"), clean_series(years, values)
    texts = no_naive(series, to=end)
    if texts:
        return _nothing("naive", texts)
    (before, old), (last, new) = list(series.items())[-2:]
    ahead = np.arange(last + 1, end + 1)
    with np.errstate(over="ignore"):
        value = new * (new / old) ** ((ahead - last) / (last - before))
    frame = pd.DataFrame({"year": ahead, "value": value, "low": np.nan, "high": np.nan})
    return Projection(frame, "naive", None, before, last)


def _nothing(kind: str, texts: tuple[str, str]) -> Projection:
    return Projection(pd.DataFrame(columns=COLUMNS, dtype=float), kind, None, None, None, *texts)


def _check_level(level: float) -> None:
    if not 0 < finite(level, name="level") < 1:
        raise DataError(
            f"The level {level:g} is not a probability. Give one between 0 and 1, such as 0.8.",
        )


def no_trend(series: dict[int, float], *, kind: str, limit: float, to: int) -> tuple[str, str] | None:
    """Say why a series has no trend, or None."""
    if len(series) < FEWEST:
        return (
            f"A trend needs {FEWEST} figures of one unbroken segment, and there are {len(series)}.",
            f"趋势推算至少需要同一口径的 {FEWEST} 个数据，现有 {len(series)} 个。",
        )
    outside = [year for year, value in series.items() if value <= 0 or (kind == "logit" and value >= limit)]
    if outside:
        bounds, bounds_zh = (
            ("above 0", "大于 0") if kind == "log-linear" else (f"between 0 and {limit:g}",) * 2
        )
        bounds_zh = f"介于 0 与 {limit:g} 之间" if kind == "logit" else bounds_zh
        return (
            f"The value of {outside[0]}, {series[outside[0]]:g}, is not {bounds}, as a {kind} trend needs.",
            f"{outside[0]} 年的数值 {series[outside[0]]:g} 不{bounds_zh}，无法拟合。",
        )
    return _nothing_left(series, to=to)


def no_naive(series: dict[int, float], *, to: int) -> tuple[str, str] | None:
    """Say why a series has no last growth, or None."""
    if len(series) < 2:
        return (
            f"Growth needs two figures of one unbroken segment, and there are {len(series)}.",
            f"增速至少需要同一口径的两个数据，现有 {len(series)} 个。",
        )
    if min(list(series.values())[-2:]) <= 0:
        return "One of the last two values is not above 0.", "最近两个数值中有一个不大于 0。"
    return _nothing_left(series, to=to)


def _nothing_left(series: dict[int, float], *, to: int) -> tuple[str, str] | None:
    if to > max(series):
        return None
    return (
        f"The last figure, of {max(series)}, already covers {to}: nothing is left to project.",
        f"最近的数据（{max(series)} 年）已覆盖 {to} 年，无需推算。",
    )


def fit(series: dict[int, float], *, to: int, kind: str, level: float, limit: float) -> pd.DataFrame:
    """Fit the line and carry it on, with the prediction interval."""
    from scipy.stats import t as student

    at, value = np.array(list(series), dtype=float), np.array(list(series.values()))
    scaled = np.log(value) if kind == "log-linear" else np.log(value / (limit - value))
    middle = at.mean()
    spread = ((at - middle) ** 2).sum()
    slope = ((at - middle) * (scaled - scaled.mean())).sum() / spread
    residual = scaled - scaled.mean() - slope * (at - middle)
    freedom = len(at) - 2
    error = math.sqrt((residual**2).sum() / freedom)
    ahead = np.arange(max(series) + 1, to + 1)
    line = scaled.mean() + slope * (ahead - middle)
    half = student.ppf((1 + level) / 2, freedom) * error
    half = half * np.sqrt(1 + 1 / len(at) + (ahead - middle) ** 2 / spread)
    back = np.exp if kind == "log-linear" else lambda z: limit / (1 + np.exp(-z))
    with np.errstate(over="ignore"):
        columns = {"value": back(line), "low": back(line - half), "high": back(line + half)}
    return pd.DataFrame({"year": ahead, **columns})
