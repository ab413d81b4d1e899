"""Arithmetic of a path to a target: growth rates and their index, the required path, what is left to do.

Rates are in % a year, each over the year before. A year without a rate breaks a chain: nothing is put in its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from lnregions.errors import DataError, unknown

SHAPES = ("linear", "geometric", "band")
"""How a required path spreads the change over the years."""


def whole_year(year: int, *, name: str = "year") -> int:
    """Return a year as an `int`; DataError for a year with a fraction, a text or a missing one."""
    number = _number(year)
    if isinstance(year, str | bool) or not np.isfinite(number) or number != int(number):
        raise DataError(f"The {name} {year!r} is not a whole number. Give a four-digit year such as 2024.")
    return int(number)


def finite(value: float, *, name: str) -> float:
    """Return a number as a `float`; DataError for a missing, infinite or non-numeric one."""
    number = _number(value)
    if not np.isfinite(number):
        raise DataError(f"The {name} {value!r} is not a finite number. Give one in the indicator's unit.")
    return number


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def half_unit(value: float, decimals: int = 0) -> float:
    """Half a unit of the last printed digit of a value: what rounding may have hidden.

    The digits are those of the value; one decimal is assumed where an indicator is printed with any (`decimals` of
    the codebook) and the value has none, because tables drop a final zero.

    Examples
    --------
    >>> half_unit(4.5, 1), half_unit(5.0, 1), half_unit(85.55, 2), half_unit(12.0, 0)
    (0.05, 0.05, 0.005, 0.5)
    """
    digits = -Decimal(repr(float(value))).normalize().as_tuple().exponent
    return 0.5 * 10.0 ** -max(digits, min(decimals, 1))


def chain_index(rates: Mapping[int, float]) -> pd.DataFrame:
    r"""Return the index that yearly growth rates build up, the year before the first rate being 100.

    .. math:: I_t = I_{t-1}\,(1 + g_t / 100)

    Returns
    -------
    pandas.DataFrame
        `year`, `index`; one row a year without holes. From the first year without a rate on, the index is NaN: a
        chain is never carried over a gap.

    Raises
    ------
    DataError
        When a rate is below -100 %.

    Examples
    --------
    >>> chain_index({2022: 5.0, 2023: 10.0})
       year  index
    0  2021  100.0
    1  2022  105.0
    2  2023  115.5
    """
    for year, rate in rates.items():
        if rate < -100:
            raise DataError(
                f"The growth rate of {year}, {rate:g}%, is impossible. Give rates in %, not below -100."
            )
    years = range(min(rates.keys()) - 1, max(rates.keys()) + 1)
    factors = (1 + pd.Series(rates, dtype=float) / 100).reindex(years)
    factors.iloc[0] = 1.0
    return pd.DataFrame({"year": years, "index": 100 * factors.cumprod(skipna=False).to_numpy()})


def mean_growth(rates: Iterable[float], *, chained: bool = True) -> float:
    r"""Return the geometric mean of yearly growth rates in %, the constant rate that leads to the same index.

    .. math:: \tilde g = 100\,\Big[\prod (1 + g_t/100)^{1/n} - 1\Big]

    Rates of an indicator that has no level to chain (investment) are not `chained`: their arithmetic mean is
    returned. The years need not follow on one another. DataError where a rate is below -100 %.

    Examples
    --------
    >>> round(mean_growth([0.0, 21.0]), 6)
    10.0
    """
    values = list(rates)
    if min(values) < -100:
        raise DataError(f"The growth rates {values} have no mean. Give rates in %, none below -100.")
    if not chained:
        return sum(values) / len(values)
    return 100 * (math.prod(1 + rate / 100 for rate in values) ** (1 / len(values)) - 1)


def annual_growth(start: float, end: float, *, years: int) -> float:
    r"""Return the compound annual growth rate as a fraction, :math:`(y_t / y_0)^{1/n} - 1`.

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
        How the change is spread over the years.

    Returns
    -------
    pandas.DataFrame
        `year`, `required`, a row a year, exact at both ends and never turning back; the band also `low` and `high`.

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
        raise DataError(f"The horizon {last} is not after the baseline year {first}. Give a later horizon.")
    years = np.arange(first, last + 1)
    share = (years - first) / (last - first)
    frame = pd.DataFrame({"year": years, "required": _exact(start + (end - start) * share, start, end)})
    if shape == "linear":
        return frame
    if start == 0 or end == 0 or (start < 0) != (end < 0):
        raise DataError(
            f"A {shape} path from {start:g} to {end:g} has a zero at an end or changes sign, and no constant "
            "rate of growth does that. Use the shape linear."
        )
    with np.errstate(over="ignore"):
        geometric = _exact(start * (end / start) ** share, start, end)
    if shape == "geometric":
        return frame.assign(required=geometric)
    low, high = np.minimum(frame["required"], geometric), np.maximum(frame["required"], geometric)
    return frame.assign(low=low, high=high)


def _exact(values, start, end):
    """Values of a path, exact at both ends and without rounding steps back."""
    values = np.clip(values, min(start, end), max(start, end))
    values[0], values[-1] = start, end
    return np.maximum.accumulate(values) if end >= start else np.minimum.accumulate(values)


def growth_needed(current: float, target: float, *, years: int, sign: int = 1) -> float | None:
    r"""Return the growth, in %, that each of the years left must bring, :math:`100\,[(y_T/y_t)^{1/(T-t)} - 1]`.

    `sign` is that of a change for the better. None where the target is met, no year is left, or no rate leads there.

    Examples
    --------
    >>> round(growth_needed(100, 121, years=2), 6)
    10.0
    """
    if years <= 0 or sign * (current - target) >= 0 or current * target <= 0:
        return None
    return 100 * ((target / current) ** (1 / years) - 1)
