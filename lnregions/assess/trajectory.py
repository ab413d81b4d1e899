"""The path a target asks for, and how the actual figures stand against it.

Numbers and frames in, frames and small records out; no file is read and nothing is drawn.
A required path has the columns `year` and `required` (the band also `low` and `high`), an actual series has
`year` and `value`, both in the indicator's unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lnregions.assess.growth import MeanGrowth, chain_index, mean_growth, real_level
from lnregions.assess.required import DIRECTIONS, SHAPES, direction_sign, finite, required_path, whole_year
from lnregions.errors import DataError, unknown

__all__ = [
    "DIRECTIONS",
    "SHAPES",
    "MeanGrowth",
    "RateNeeded",
    "Share",
    "chain_index",
    "direction_sign",
    "gap",
    "gaps",
    "keep_better",
    "mean_growth",
    "rate_still_needed",
    "real_level",
    "required_path",
    "share_of_way",
]


def keep_better(
    path: pd.DataFrame, actual: pd.DataFrame, *, direction: str | int, shape: str = "linear"
) -> pd.DataFrame:
    """Get a path that does not fall below what has been reached, then goes on to the target.

    In each year up to the latest figure it is the better of the required value and the best figure so far.
    Where that is ahead of the plan, the way from there to the target is shared out anew; beyond the target
    it stays.

    Parameters
    ----------
    path : pandas.DataFrame
        `year`, `required`, as from `required_path`.
    actual : pandas.DataFrame
        `year`, `value`; years outside the path and missing values play no part.
    direction : {"up", "down"}
        Where the indicator should go.
    shape : {"linear", "geometric"}
        Shape of what is shared out anew.

    Returns
    -------
    pandas.DataFrame
        `year`, `required`, in the years of the path.

    Raises
    ------
    DataError
        When the direction or shape is unknown, or the new way has no such shape.

    Examples
    --------
    >>> path = required_path(100, 130, baseline_year=2021, horizon=2024)
    >>> keep_better(path, pd.DataFrame({"year": [2022], "value": [120.0]}), direction="up")
       year  required
    0  2021     100.0
    1  2022     120.0
    2  2023     125.0
    3  2024     130.0
    """
    sign = direction_sign(direction)
    if shape not in SHAPES[:2]:
        raise unknown("path shape", str(shape), SHAPES[:2])
    years, required = path["year"].to_numpy(), path["required"].to_numpy(dtype=float) * sign
    values = actual.dropna(subset=["value"]).set_index("year")["value"] * sign
    reached = values.reindex(years).to_numpy(dtype=float)
    known = np.flatnonzero(~np.isnan(reached))
    best = np.fmax.accumulate(reached)
    kept = np.fmax(required, best)
    if len(known):
        last = known[-1]
        if kept[last] > required[last] and last < len(years) - 1:
            end = max(required[-1], kept[last])
            rest = required_path(
                kept[last] * sign,
                end * sign,
                baseline_year=years[last],
                horizon=years[-1],
                shape="linear" if end == kept[last] else shape,
            )
            kept[last:] = np.fmax(rest["required"].to_numpy() * sign, best[last])
    return pd.DataFrame({"year": years, "required": kept * sign})


@dataclass(frozen=True)
class RateNeeded:
    """What each remaining year must bring.

    Attributes
    ----------
    years_left : int
        Years from the latest figure to the horizon.
    step : float or None
        Change a year in the indicator's unit, if every year adds the same.
    growth : float or None
        Growth a year in %, if every year grows at the same rate; None where no rate leads there.
    path : pandas.DataFrame or None
        `year`, `required` from the latest figure to the horizon, in the shape asked for.
    reason, reason_zh : str
        Why a number is missing.
    """

    years_left: int
    step: float | None = None
    growth: float | None = None
    path: pd.DataFrame | None = None
    reason: str = ""
    reason_zh: str = ""


def rate_still_needed(
    current: float,
    target: float,
    *,
    year: int,
    horizon: int,
    direction: str | int = "up",
    shape: str = "linear",
) -> RateNeeded:
    r"""Get the growth and the step still needed in each year that is left.

    .. math:: step = \frac{y_T - y_t}{T - t}, \qquad growth = 100\,[(y_T/y_t)^{1/(T-t)} - 1].

    Parameters
    ----------
    current, target : float
        Latest value and value to reach, in the indicator's unit.
    year, horizon : int
        Year of the latest value and of the target.
    direction : {"up", "down"}
        Where the indicator should go.
    shape : {"linear", "geometric", "band"}
        Shape of the `path`; a geometric one that does not exist is left out.

    Raises
    ------
    DataError
        When a number is not finite, or the direction or shape is unknown.

    Examples
    --------
    >>> needed = rate_still_needed(100, 121, year=2022, horizon=2024)
    >>> needed.years_left, needed.step, round(needed.growth, 6)
    (2, 10.5, 10.0)
    >>> rate_still_needed(9027.1, 10000, year=2024, horizon=2024).reason
    'No year is left: the horizon 2024 is reached.'
    """
    sign = direction_sign(direction)
    now, end = finite(current, name="current value"), finite(target, name="target")
    first, last = whole_year(year), whole_year(horizon, name="horizon")
    if shape not in SHAPES:
        raise unknown("path shape", str(shape), SHAPES)
    left = max(last - first, 0)
    if sign * (now - end) >= 0:
        return RateNeeded(left, reason="The target is already met.", reason_zh="目标已经实现。")
    if not left:
        return RateNeeded(
            0,
            reason=f"No year is left: the horizon {last} is reached.",
            reason_zh=f"目标年份 {last} 已到，没有剩余年份。",
        )
    step = (end - now) / left
    if now * end <= 0:
        path = required_path(now, end, baseline_year=first, horizon=last) if shape == "linear" else None
        reason = f"No rate of growth leads from {now:g} to {end:g}."
        return RateNeeded(left, step, None, path, reason, f"从 {now:g} 到 {end:g} 没有可以计算的增速。")
    path = required_path(now, end, baseline_year=first, horizon=last, shape=shape)
    return RateNeeded(left, step, 100 * ((end / now) ** (1 / left) - 1), path)


@dataclass(frozen=True)
class Share:
    """How much of the way is done against how much of the time is gone, both as fractions.

    Attributes
    ----------
    way : float or None
        0 at the baseline, 1 at the target; below 0 when things went back, above 1 beyond the target.
    time : float
        0 in the baseline year, 1 at the horizon, not more.
    reason, reason_zh : str
        Why `way` is missing.
    """

    way: float | None
    time: float
    reason: str = ""
    reason_zh: str = ""


def share_of_way(
    baseline: float, target: float, *, current: float, baseline_year: int, year: int, horizon: int
) -> Share:
    """Get the share of the way from baseline to target that is done, and the share of the time that is gone.

    Parameters
    ----------
    baseline, target, current : float
        Values at the start, to reach and in `year`, in the indicator's unit.
    baseline_year, year, horizon : int
        Their years; `year` lies not before the baseline year.

    Raises
    ------
    DataError
        When a number is not finite or the years are not in order.

    Examples
    --------
    >>> share_of_way(100, 140, current=110, baseline_year=2021, year=2023, horizon=2025)
    Share(way=0.25, time=0.5, reason='', reason_zh='')
    """
    start, end = finite(baseline, name="baseline"), finite(target, name="target")
    now, at = finite(current, name="current value"), whole_year(year)
    first, last = whole_year(baseline_year, name="baseline year"), whole_year(horizon, name="horizon")
    if not first <= at or last <= first:
        raise DataError(
            f"The years {first} (baseline), {at} (figure) and {last} (horizon) are not in order. "
            "Give a figure's year from the baseline year on, and a horizon after the baseline year.",
        )
    time = min((at - first) / (last - first), 1.0)
    if start == end:
        return Share(
            None, time, "The baseline is the target: there is no way to go.", "基期数值即为目标，没有进程。"
        )
    return Share((now - start) / (end - start), time)


def gap(actual: float, required: float) -> float:
    """Get actual minus required, in the indicator's unit; negative means less than required.

    Raises
    ------
    DataError
        When a number is not finite.

    Examples
    --------
    >>> round(gap(9027.1, 10000), 1)
    -972.9
    """
    return finite(actual, name="actual value") - finite(required, name="required value")


def gaps(actual: pd.DataFrame, path: pd.DataFrame, *, direction: str | int) -> pd.DataFrame:
    """Get the gap in every year that has both a figure and a required value.

    Parameters
    ----------
    actual : pandas.DataFrame
        `year`, `value`.
    path : pandas.DataFrame
        `year`, `required`.
    direction : {"up", "down"}
        Where the indicator should go.

    Returns
    -------
    pandas.DataFrame
        `year`, `actual`, `required`, `gap` (actual minus required), `ahead` (whether the figure is at least
        as good as required).

    Raises
    ------
    DataError
        When the direction is unknown.

    Examples
    --------
    >>> path = required_path(100, 120, baseline_year=2022, horizon=2024)
    >>> gaps(pd.DataFrame({"year": [2023], "value": [108.0]}), path, direction="up")
       year  actual  required  gap  ahead
    0  2023   108.0     110.0 -2.0  False
    """
    sign = direction_sign(direction)
    both = actual[["year", "value"]].dropna().merge(path[["year", "required"]], on="year")
    both = both.rename(columns={"value": "actual"}).sort_values("year", ignore_index=True)
    both["gap"] = both["actual"] - both["required"]
    return both.assign(ahead=sign * both["gap"] >= 0)
