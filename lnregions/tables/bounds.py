"""Bounds: what a figure that was not published can have been at most, at least, and how far from its neighbours."""

import itertools
import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lnregions.errors import home, warn_input
from lnregions.paths import data_dir
from lnregions.tables.codebook import (
    LINE_BREAKS,
    load_areas,
    load_breaks,
    load_indicators,
    load_sources,
    region_codes,
)
from lnregions.tables.observations import break_scopes
from lnregions.tables.tables import kept_warnings, read_table


class Change(NamedTuple):
    """Largest change of an indicator in a year that the published figures of a city show."""

    size: float
    area: str
    first_year: int
    last_year: int
    source: str


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
    frame = _read(data_dir() / "bounds.csv" if path is None else home(path), plan)
    own = plan.folder / "bounds.csv" if plan is not None and path is None else None
    if own is not None and own.is_file():
        added = _read(own, plan)
        found = kept_warnings(frame) + kept_warnings(added)
        frame = pd.concat([added, frame]).drop_duplicates(["indicator", "area"], ignore_index=True)
        frame.attrs["warnings"] = found
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


def largest_changes(observations: pd.DataFrame, *, breaks: pd.DataFrame | None = None) -> dict[str, Change]:
    """Return the largest change in a year of each indicator among the default figures of all cities.

    Compared are figures next to each other between which no break of the line lies; a change over several years proves
    at least its part of a year. Indicators of which no city has figures of two years running have none.

    Parameters
    ----------
    observations : pandas.DataFrame
        As from :func:`load_observations`.
    breaks : pandas.DataFrame, optional
        As from :func:`load_breaks`, which is the default.
    """
    breaks = load_breaks() if breaks is None else breaks
    lines = breaks[breaks["kind"].isin(LINE_BREAKS)]
    areas = load_areas()
    rows = observations[
        observations["default"] & observations["area"].isin(areas["area"][areas["level"] == "city"])
    ]
    found: dict[str, Change] = {}
    known: set[str] = set()  # with figures of two years running
    for (indicator, area), series in rows.sort_values("year").groupby(["indicator", "area"]):
        firsts = lines["first_year"][
            (lines["indicator"] == indicator) & lines["area"].isin(break_scopes(area))
        ]
        for change in _changes(area, series, list(firsts)):
            if change.last_year == change.first_year + 1:
                known.add(indicator)
            if indicator not in found or change.size > found[indicator].size:
                found[indicator] = change
    return {indicator: change for indicator, change in found.items() if indicator in known}


def _changes(area: str, series: pd.DataFrame, firsts: list[int]) -> Iterable[Change]:
    """Changes a year of one city from one figure to the next, between which no break lies."""
    figures = list(zip(series["year"].tolist(), series["value"].tolist(), series["source"], strict=True))
    for (year, before, one), (after_year, after, other) in itertools.pairwise(figures):
        if not any(year < first <= after_year for first in firsts):
            source = " ".join(dict.fromkeys([*one.split(), *other.split()]))
            size = abs(after - before) / (after_year - year)
            yield Change(math.ceil(size * 1e6 - 1e-3) / 1e6, area, year, after_year, source)


def _read(path: Path, plan: object) -> pd.DataFrame:
    """Checked bounds of a file; a plan adds areas, regions and sources."""
    table = read_table(path, "bounds")
    areas, regions, sources = load_areas()["area"], region_codes(), load_sources()["source"]
    if plan is not None:
        areas, regions = plan.areas["area"], [*regions, *plan.regions["region"]]
        sources = [*sources, *plan.sources["source"]]
    known = {"area": areas, "region": regions, "source": sources, "indicator": load_indicators()["indicator"]}
    table.check_references("bounds", known)
    text = "upper {upper} is below lower {lower}. Give the lesser of the two as lower."
    table.report_where(table.frame["upper"] < table.frame["lower"], "upper", text)
    return table.checked()
