"""Bounds: what a figure that was not published can have been at most, at least, and how far from its neighbours."""

from pathlib import Path

import pandas as pd

from lnregions.errors import home, warn_input
from lnregions.paths import data_dir
from lnregions.tables.codebook import known_codes
from lnregions.tables.observations import break_scopes
from lnregions.tables.tables import join_tables, kept_warnings, own_table, read_table


def load_bounds(plan: object = None, *, path: Path | None = None) -> pd.DataFrame:
    """Return within which limits a figure that is missing must lie.

    Parameters
    ----------
    plan : Plan, optional
        A plan whose folder may hold a ``bounds.csv``; its rows replace the shipped ones of the same indicator and
        area, and others join them.
    path : path, optional
        Another table of the same form instead of the shipped one.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``area`` (an adcode, a region code, ``*`` for all, or ``nation``, ``province``,
        ``cities``), ``lower`` and ``upper`` (in the indicator's unit), ``largest_change`` (in that unit a year, up
        or down), ``rate_difference`` (of a level: the largest difference ever seen between its published rates and
        those of the levels, in percentage points a year), ``part_of`` (the amount that a share measures a part of),
        ``why_en``, ``why_zh``, ``source``. A number that is not bounded is missing. What holds for one area says
        :func:`bound_of`.

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> load_bounds().query("indicator == 'urbanisation_rate'")["upper"].item()
    100.0
    """
    frame = _read(data_dir() / "bounds.csv" if path is None else home(path, stream=True), plan)
    if path is None and (own := own_table(plan, "bounds")):
        frame = join_tables(_read(own, plan), frame, key=["indicator", "area"])
    warn_input(kept_warnings(frame))
    return frame


def bound_of(bounds: pd.DataFrame, indicator: str, area: str) -> pd.Series | None:
    """Return the row that holds for an area: its own, else that of its rank, else that of all; None without one.

    Examples
    --------
    >>> bound_of(load_bounds(), "urbanisation_rate", "210300")["area"]
    '*'
    """
    every, own, rank = break_scopes(area)
    rows = bounds[bounds["indicator"] == indicator].set_index("area", drop=False)
    return next((rows.loc[scope] for scope in (own, rank, every) if scope in rows.index), None)


def _read(path: Path, plan: object) -> pd.DataFrame:
    """Checked bounds of a file; a plan adds areas, regions and sources."""
    table = read_table(path, "bounds")
    table.check_references("bounds", known_codes(plan))
    text = "upper {upper} is below lower {lower}. Give the lesser of the two as lower."
    table.report_where(table.frame["upper"] < table.frame["lower"], "upper", text)
    return table.checked()
