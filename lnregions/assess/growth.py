"""Yearly growth rates, chained as indices.

Rates are in % a year, each over the year before. A year without a rate breaks the chain: what lies beyond
it cannot be known from the rates, and nothing is put in its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lnregions.assess.required import finite, whole_year
from lnregions.errors import DataError

Rates = pd.Series | pd.DataFrame | Mapping | Sequence


def chain_index(rates: Rates, *, base: float = 100) -> pd.DataFrame:
    r"""Get the index that yearly growth rates build up, the year before the first rate being the base.

    .. math:: I_t = I_{t-1}\,(1 + g_t / 100)

    Parameters
    ----------
    rates : pandas.Series, pandas.DataFrame or mapping
        Growth in % by year: a series with the years as index, a frame with `year` and `value`, or a dict.
    base : float, default 100
        Index of the year before the first rate.

    Returns
    -------
    pandas.DataFrame
        `year`, `growth` (%), `index`; one row a year without holes. From the first year without a rate on,
        the index is NaN: a chain is never carried over a gap.

    Raises
    ------
    DataError
        When a year is no whole number or given twice, a rate is not finite or below -100 %, or there is no
        rate.

    Examples
    --------
    >>> chain_index({2022: 5.0, 2023: 10.0})
       year  growth  index
    0  2021     NaN  100.0
    1  2022     5.0  105.0
    2  2023    10.0  115.5
    """
    known = _by_year(rates)
    held = [year for year, rate in known.items() if not math.isnan(rate)]
    if not held:
        raise DataError(
            "There is no growth rate to chain. Give at least one year with its rate in %.",
        )
    known = {year: known[year] for year in range(held[0], held[-1] + 1)}
    years = np.arange(held[0] - 1, held[-1] + 1)
    index = chained(known, base=finite(base, name="base"))
    return pd.DataFrame({"year": years, "growth": [np.nan, *known.values()], "index": index})


def chained(rates: Mapping[int, float], *, base: float) -> list[float]:
    """Get the index of each year of rates in % that follow on one another, the base first.

    Examples
    --------
    >>> chained({2022: 50.0, 2023: 100.0}, base=100)
    [100, 150.0, 300.0]
    """
    factor, index = 1.0, [base]
    for rate in rates.values():
        factor *= 1 + rate / 100
        index.append(base * factor)
    return index


@dataclass(frozen=True)
class MeanGrowth:
    """Mean growth of some years, in % a year.

    Attributes
    ----------
    arithmetic : float or None
        The plain mean of the rates, as the press often gives it.
    geometric : float or None
        The constant rate that leads to the same index.
    cumulative : float or None
        Growth over all the years together, in %.
    years : tuple of int
        The years counted.
    missing : tuple of int
        The years without a rate; with any, no mean is given.
    reason, reason_zh : str
        Why there is none.
    """

    arithmetic: float | None
    geometric: float | None
    cumulative: float | None
    years: tuple[int, ...]
    missing: tuple[int, ...] = ()
    reason: str = ""
    reason_zh: str = ""


def mean_growth(rates: Rates, *, first_year: int | None = None, last_year: int | None = None) -> MeanGrowth:
    r"""Get the mean of yearly growth rates, both arithmetic and geometric.

    .. math:: \bar g = \frac1n \sum g_t, \qquad \tilde g = 100\,\Big[\prod (1 + g_t/100)^{1/n} - 1\Big]

    Parameters
    ----------
    rates : pandas.Series, pandas.DataFrame, mapping or sequence
        As for `chain_index`; a plain list stands for consecutive years counted from 0.
    first_year, last_year : int, optional
        Years of the plan; without them, from the first to the last rate. A year without a rate is a reason to
        give no mean.

    Raises
    ------
    DataError
        When a year or rate is wrong, as for `chain_index`, or the last year lies before the first.

    Examples
    --------
    >>> mean = mean_growth({2022: 0.0, 2023: 21.0})
    >>> mean.arithmetic, round(mean.geometric, 6), round(mean.cumulative, 6)
    (10.5, 10.0, 21.0)
    >>> mean_growth({2022: 5.0, 2024: 5.0}).reason
    'There is no rate for 2023.'
    """
    known = {year: rate for year, rate in _by_year(rates).items() if not math.isnan(rate)}
    first = min(known, default=None) if first_year is None else whole_year(first_year, name="first year")
    last = max(known, default=None) if last_year is None else whole_year(last_year, name="last year")
    if first is None or last is None:
        return MeanGrowth(None, None, None, (), (), "There is no rate.", "没有增速数据。")
    if last < first:
        raise DataError(
            f"The last year {last} lies before the first year {first}. Give them in order.",
        )
    asked = range(first, last + 1)
    absent = tuple(year for year in asked if year not in known)
    if absent:
        listed = ", ".join(map(str, absent))
        years = tuple(year for year in asked if year not in absent)
        return MeanGrowth(
            None, None, None, years, absent, f"There is no rate for {listed}.", f"{listed} 年没有增速数据。"
        )
    used = [known[year] for year in asked]
    total = math.prod(1 + rate / 100 for rate in used)
    return MeanGrowth(
        arithmetic=math.fsum(used) / len(used),
        geometric=100 * (total ** (1 / len(used)) - 1),
        cumulative=100 * (total - 1),
        years=tuple(asked),
    )


def real_level(level: float, rates: Rates) -> pd.DataFrame:
    """Get the levels of later years at the prices of the year before the first rate.

    Levels on two sides of a census revision cannot be compared; the real growth published for each year can
    be. This links a level to later years by that growth.

    Parameters
    ----------
    level : float
        Value of the year before the first rate, in the indicator's unit.
    rates : pandas.Series, pandas.DataFrame or mapping
        Real growth in %, as for `chain_index`.

    Returns
    -------
    pandas.DataFrame
        `year`, `growth` (%), `value` (in the unit, at the prices of the first row's year); NaN from the
        first year without a rate on.

    Raises
    ------
    DataError
        As for `chain_index`, and when the level is not finite.

    Examples
    --------
    >>> real_level(200, {2022: 5.0, 2023: 10.0})
       year  growth  value
    0  2021     NaN  200.0
    1  2022     5.0  210.0
    2  2023    10.0  231.0
    """
    return chain_index(rates, base=finite(level, name="level")).rename(columns={"index": "value"})


def _by_year(rates: Rates) -> dict[int, float]:
    """Get the rates over every year from the first to the last, NaN where there is none."""
    given, values = _given(rates)
    years = [whole_year(year) for year in given]
    twice = [year for place, year in enumerate(years) if year in years[:place]]
    if twice:
        raise DataError(
            f"The year {twice[0]} has more than one growth rate. Give one rate a year.",
        )
    known = dict(sorted(zip(years, values, strict=True)))
    wrong = [year for year, rate in known.items() if rate < -100 or math.isinf(rate)]
    if wrong:
        raise DataError(
            f"The growth rate of {wrong[0]}, {known[wrong[0]]:g} %, is impossible. "
            "Give rates in %, not below -100.",
        )
    return {year: known.get(year, math.nan) for year in range(min(years), max(years) + 1)} if years else {}


def _given(rates: Rates) -> tuple[list, list[float]]:
    """Get the years and the rates as they are given."""
    if isinstance(rates, pd.DataFrame):
        rates = rates.set_index("year")["value"]
    if isinstance(rates, pd.Series):
        return rates.index.tolist(), rates.to_numpy(dtype=float).tolist()
    rates = rates if isinstance(rates, Mapping) else dict(enumerate(rates))
    values = list(rates.values())
    plain = all(type(one) is float for one in values)
    return list(rates), values if plain else pd.Series(values, dtype=float).tolist()
