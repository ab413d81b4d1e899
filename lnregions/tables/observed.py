"""Observations as plain rows: what judging reads thousands of times is read from these, not from frames."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd

_WORDS = ("unit", "grade", "vintage", "status", "source")


class Observation(NamedTuple):
    """One observation; `place` is its place in the table it comes from, a missing word is empty."""

    place: int
    area: str
    indicator: str
    year: int
    value: float
    unit: str = ""
    grade: str = ""
    vintage: str = ""
    status: str = ""
    source: str = ""
    default: bool = False
    known_from: dt.date | None = None


def observed(frame: pd.DataFrame) -> list[Observation]:
    """Rows of a table of observations in its order; a column that it lacks has its stand-in.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": ["210100"], "indicator": "gdp", "year": 2023, "value": [8122.1], "grade": "B"})
    >>> observed(rows)[0][:7]
    (0, '210100', 'gdp', 2023, 8122.1, '', 'B')
    """
    columns = [_column(frame, name) for name in Observation._fields[1:]]
    return [Observation(*row) for row in zip(range(len(frame)), *columns, strict=True)]


def _column(frame: pd.DataFrame, name: str) -> list:
    if name not in frame:
        return [Observation._field_defaults[name]] * len(frame)
    column = frame[name]
    if name == "known_from":
        return list(column.dt.date)
    if name in _WORDS:
        return [one if isinstance(one, str) or pd.notna(one) else "" for one in column.tolist()]
    return column.tolist()
