"""When a figure counts as known, and which of several readings is used: two rules, each in one place."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from lnregions.errors import DataError, Fault, add_messages, narrow

_FIRST, _LAST = 1949, 2100
STATUS_ORDER = {"final": 3, "revised": 2, "preliminary": 1, "unknown": 0}
"""Which stage of a figure is preferred, the highest first, where grade and vintage are the same."""

add_messages(
    {
        "as of": (
            "as of {value} is not a date from 1949 to 2100",
            "Give one such as 2024-01-19, 2024-01 or 2024",
        ),
        "no such day": (
            "{column} {value} is no day of the calendar from 1949 to 2100",
            "Give a date such as 2024-01-19, 2024-01 or 2024",
        ),
    }
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def parse_as_of(as_of: str | dt.date) -> pd.Timestamp:
    """Return the day that an ``as_of`` means; a month or a year means its last day.

    Raises
    ------
    DataError
        If it is no date between 1949 and 2100.

    Examples
    --------
    >>> str(parse_as_of("2024-02").date())
    '2024-02-29'
    """
    text = as_of.isoformat()[:10] if isinstance(as_of, dt.date) and not pd.isna(as_of) else narrow(str(as_of))
    try:
        day = last_day(text)
    except ValueError:
        day = None
    if day is None or not _FIRST <= day.year <= _LAST:
        raise DataError([Fault("as of", value=str(as_of))])
    return pd.Timestamp(day)


def last_day(text: str) -> dt.date:
    """Return the last day of a date, month or year written ``2024-01-19``, ``2024-01`` or ``2024``.

    Raises
    ------
    ValueError
        If it is no day of the calendar.
    """
    hit = _DATE.fullmatch(text)
    if not hit:
        raise ValueError(f"not a date: {text!r}")
    year, month, day = (int(part) if part else None for part in hit.groups())
    month = 12 if month is None else month
    if not (1 <= month <= 12 and year > 0):
        raise ValueError(f"no such month: {text!r}")
    return dt.date(year, month, calendar.monthrange(year, month)[1] if day is None else day)


def date_faults(dates: Iterable[str], column: str, *, path: str, lines: list[int]) -> list[Fault]:
    """Faults of the dates of a column that are no day of the calendar; an empty one is none."""
    faults = []
    for line, date in zip(lines, dates, strict=True):
        try:
            if date and not _FIRST <= last_day(date).year <= _LAST:
                raise ValueError(date)
        except ValueError:
            faults.append(Fault("no such day", path, line, column, date))
    return faults


def known_from(observations: pd.DataFrame, published: Mapping[str, str]) -> pd.Series:
    """Return the day from which each figure counts as known.

    A vintage that is a full date is that day; a month or a year is its last day. A figure without a vintage
    counts as known from 31 December of the year after the one it describes, or from the date that its source
    itself states, if that is later: of several sources the earliest, and one without a date sets no day.

    Parameters
    ----------
    observations : pandas.DataFrame
        Columns ``year``, ``vintage``, ``source``.
    published : mapping
        Source id to the date the source states, ``""`` where it states none.

    Returns
    -------
    pandas.Series
        Of ``datetime64``, with the index of the frame.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2021, 2021], "vintage": ["2022-04", ""], "source": ["a", "a b"]})
    >>> known_from(rows, {"a": "2024-12-18", "b": "2023"}).dt.date.astype(str).tolist()
    ['2022-04-30', '2023-12-31']
    """
    stated = {vintage: last_day(vintage) for vintage in observations["vintage"].unique() if vintage}
    earliest = {source: _earliest(source, published) for source in observations["source"].unique()}
    days = [
        stated.get(vintage) or max(dt.date(year + 1, 12, 31), earliest[source])
        for year, vintage, source in zip(
            observations["year"].tolist(), observations["vintage"], observations["source"], strict=True
        )
    ]
    return pd.Series(np.array(days, dtype="datetime64[s]"), index=observations.index)


def _earliest(sources: str, published: Mapping[str, str]) -> dt.date:
    dates = [published.get(source, "") for source in sources.split()]
    return min(last_day(date) for date in dates) if dates and all(dates) else dt.date.min


def choose_default(observations: pd.DataFrame) -> pd.Series:
    """Return which reading is used for each area, indicator and year: the first by this order.

    1. grade, A before B before C; 2. vintage, the latest first and a figure without one last; 3. status,
    final before revised before preliminary before unknown; 4. number of sources, most first; 5. source id.

    Parameters
    ----------
    observations : pandas.DataFrame
        Columns ``area``, ``indicator``, ``year``, ``vintage``, ``known_from``, ``grade``, ``status``,
        ``source``.

    Returns
    -------
    pandas.Series
        Of ``bool``, one true in each group.
    """
    best = by_preference(observations)
    keys = [observations["area"], observations["indicator"], observations["year"]]
    first = ~pd.DataFrame({key.name: key for key in keys}).loc[best].duplicated()
    return first.reindex(observations.index).astype(bool)


def by_preference(observations: pd.DataFrame) -> pd.Index:
    """Labels of observations, those to be used before others first, as `choose_default` orders them."""
    order = pd.DataFrame(
        {
            "grade": observations["grade"],
            "vintage": -observations["known_from"]
            .where(observations["vintage"] != "")
            .to_numpy()
            .astype("int64"),
            "status": -observations["status"].map(STATUS_ORDER),
            "sources": -observations["source"].str.count(" "),
            "source": observations["source"],
        }
    )
    order["vintage"] = order["vintage"].where(observations["vintage"] != "", np.iinfo("int64").max)
    return order.sort_values(list(order), kind="stable").index
