"""The required path, and the checks of a year, a number and a direction that all arithmetic shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lnregions.errors import DataError, unknown

SHAPES = ("linear", "geometric", "band")
DIRECTIONS = {"up": 1, "down": -1, "positive": 1, "negative": -1, 1: 1, -1: -1}


def direction_sign(direction: str | int) -> int:
    """Get +1 where more is better and -1 where less is better.

    Parameters
    ----------
    direction : {"up", "down", "positive", "negative", 1, -1}
        The direction in which the indicator should move.

    Raises
    ------
    DataError
        When the direction is none of these.

    Examples
    --------
    >>> direction_sign("up"), direction_sign("negative")
    (1, -1)
    """
    if isinstance(direction, str | int) and not isinstance(direction, bool) and direction in DIRECTIONS:
        return DIRECTIONS[direction]
    raise unknown("direction", str(direction), ("up", "down", "positive", "negative"))


def whole_year(year: int, *, name: str = "year") -> int:
    """Get a year as an `int`; a year with a fraction, a text or a missing one is refused with DataError."""
    try:
        number = float(year)
    except (TypeError, ValueError):
        number = np.nan
    if isinstance(year, str | bool) or not np.isfinite(number) or number != int(number):
        raise DataError(
            f"The {name} {year!r} is not a whole number. Give a four-digit year such as 2024.",
        )
    return int(number)


def finite(value: float, *, name: str) -> float:
    """Get a number as a `float`; a missing, infinite or non-numeric one is refused with DataError."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise DataError(
            f"The {name} {value!r} is not a finite number. Give one in the indicator's unit.",
        )
    return number


def required_path(
    baseline: float, target: float, *, baseline_year: int, horizon: int, shape: str = "linear"
) -> pd.DataFrame:
    r"""Get the value required in each year to go from the baseline to the target by the horizon.

    With :math:`f = (t - t_0) / (T - t_0)` the linear path adds equal steps and the geometric one grows at
    equal rates,

    .. math:: y^{lin}_t = y_0 + f\,(y_T - y_0), \qquad y^{geo}_t = y_0\,(y_T / y_0)^{f}.

    The band lies between the two, because a plan that names a start and an end fixes no shape; its `required`
    is the linear path.

    Parameters
    ----------
    baseline, target : float
        Value in the baseline year and value to reach, in the indicator's unit.
    baseline_year, horizon : int
        First and last year of the path.
    shape : {"linear", "geometric", "band"}
        How the way is shared out over the years.

    Returns
    -------
    pandas.DataFrame
        `year`, `required`, one row a year from the baseline year to the horizon; the band also has `low` and
        `high`. It starts exactly at the baseline, ends exactly at the target and never turns back.

    Raises
    ------
    DataError
        When a number is not finite, the horizon is not after the baseline year, the shape is unknown, or a
        geometric path would start at, end at or pass through zero.

    Examples
    --------
    >>> required_path(100, 121, baseline_year=2022, horizon=2024, shape="band").round(3)
       year  required    low   high
    0  2022     100.0  100.0  100.0
    1  2023     110.5  110.0  110.5
    2  2024     121.0  121.0  121.0
    """
    start, end = finite(baseline, name="baseline"), finite(target, name="target")
    first, last = whole_year(baseline_year, name="baseline year"), whole_year(horizon, name="horizon")
    if shape not in SHAPES:
        raise unknown("path shape", str(shape), SHAPES)
    if last <= first:
        raise DataError(
            f"The horizon {last} is not after the baseline year {first}. Give a later horizon.",
        )
    years = np.arange(first, last + 1)
    frame = pd.DataFrame({"year": years, "required": _values(start, end, years, shape="linear")})
    if shape == "linear":
        return frame
    _refuse_zero_crossing(start, end, shape=shape)
    geometric = _values(start, end, years, shape="geometric")
    if shape == "geometric":
        return frame.assign(required=geometric)
    low, high = np.minimum(frame["required"], geometric), np.maximum(frame["required"], geometric)
    return frame.assign(low=low, high=high)


def _refuse_zero_crossing(start: float, end: float, *, shape: str) -> None:
    """Refuse what has no constant rate of growth: a zero at an end, or a change of sign."""
    fault, fault_zh = "", ""
    if start == 0 or end == 0:
        fault, fault_zh = "has a zero at an end", "一端为零"
    elif (start < 0) != (end < 0):
        fault, fault_zh = "changes sign", "改变了正负号"
    if fault:
        raise DataError(
            f"A {shape} path from {start:g} to {end:g} {fault}, and no constant rate of growth does that. "
            "Use the shape linear.",
        )


def _values(start: float, end: float, years: np.ndarray, *, shape: str) -> np.ndarray:
    """Get the values of a path at the given years, exact at both ends and without rounding steps back."""
    share = (years - years[0]) / (years[-1] - years[0])
    with np.errstate(over="ignore"):
        values = start * (end / start) ** share if shape == "geometric" else start + (end - start) * share
    values = np.clip(values, min(start, end), max(start, end))
    values[0], values[-1] = start, end
    return np.maximum.accumulate(values) if end >= start else np.minimum.accumulate(values)
