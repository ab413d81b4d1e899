"""The figures: several published values side by side, one of them used by default, and what was known when."""

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from lnregions.errors import DataError, Fault, quote, refuse_any, shown_path, warn_input
from lnregions.tables.checks import check_figures
from lnregions.tables.codebook import files_of, load_areas, load_indicators, load_sources, read_referring
from lnregions.tables.tables import file_state, join_tables, kept_warnings
from lnregions.words import LANGUAGES, last_day, narrow

_KEY = ["area", "indicator", "year", "vintage", "source"]
"""What tells one published value of a figure from another."""
_STATUS_ORDER = {"final": 3, "revised": 2, "preliminary": 1, "unknown": 0}
KIND_ORDER = (
    "official", "official, republished", "yearbook, republished", "press or other page", "work report",
    "compilation",
)  # fmt: skip
"""Kinds of source (``kind`` in ``data/sources.csv``), those preferred first; the first two count alike. A work
report of January prints expected values, which bulletins, yearbooks and later pages replace."""
_KIND_RANK = {kind: max(place, 1) for place, kind in enumerate(KIND_ORDER)}


class Observation(NamedTuple):
    """One row of the observations, for judging, which goes through them thousands of times.

    `place` is its place in the table it comes from; a missing word is empty.
    """

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


def load_observations(
    *, as_of: str | dt.date | None = None, path: Path | None = None, plan: object = None, names: bool = False
) -> pd.DataFrame:
    """Return the figures, all published values of them, with the one used by default marked.

    Parameters
    ----------
    as_of : str or date, optional
        Only what counts as known on that day; ``"2024"`` and ``"2024-01"`` mean their last day.
    path : path, optional
        Another table of the same form instead of the shipped one.
    plan : Plan, optional
        A plan whose folder may hold areas, sources and observations of its own; these join the shipped ones.
    names : bool
        Whether ``area_en area_zh indicator_en indicator_zh``, the names beside the codes, are added;
        a region has its code.

    Returns
    -------
    pandas.DataFrame
        Columns ``area``, ``indicator``, ``year``, ``value`` (in ``unit``), ``unit``, ``vintage`` (date of
        publication as given, ``""`` where unknown), ``status`` (preliminary, revised, final, unknown),
        ``grade`` (A, B, C), ``source`` (ids apart by blanks), ``note``, ``known_from`` (see
        :func:`known_from`) and ``default`` (see :func:`choose_default`). ``attrs["warnings"]`` are sentences on
        what was unusual about a file of your own and was read all the same; a
        :class:`~lnregions.InputWarning` gives them, too.

    Raises
    ------
    DataError
        With every fault of the file, or if ``as_of`` is no date.

    Examples
    --------
    >>> figures = load_observations(as_of="2025-06-30")
    >>> dalian = figures.query("area == '210200' and indicator == 'gdp' and year == 2024 and default")
    >>> dalian["value"].item()
    9516.9
    """
    frame = read_observations(as_of=as_of, path=path, plan=plan)
    warn_input(kept_warnings(frame))
    if names:
        books = (load_areas(), load_indicators()) if plan is None else (plan.areas, plan.indicators)
        for column, book, name in zip(("area", "indicator"), books, ("short", "name"), strict=True):
            for language in LANGUAGES:
                known = dict(zip(book[column], book[f"{name}_{language}"], strict=True))
                frame[f"{column}_{language}"] = frame[column].map(known).fillna(frame[column])
    return frame


def read_observations(
    *, as_of: str | dt.date | None = None, path: Path | None = None, plan: object = None
) -> pd.DataFrame:
    """Figures as from :func:`load_observations`, without an :class:`~lnregions.InputWarning`."""
    day, (file, *own) = None if as_of is None else parse_as_of(as_of), files_of("observations", plan, path)
    frame = _shipped(file, file_state(file)).copy() if path is None else _read(file, plan)
    if frame.empty:
        what = "the table holds no figure. Write at least one row; a table cut behind its header has none."
        raise DataError([Fault(what, shown_path(file))])
    if own:
        added = _read(own[0], plan)
        _refuse_contradictions(frame, added, path=shown_path(own[0]))
        frame = join_tables(frame, added)
    if day is not None:
        frame = frame[frame["known_from"] <= day].reset_index(drop=True)
    frame["default"] = choose_default(frame)
    return frame


def load_derived(*, path: Path | None = None) -> pd.DataFrame:
    """Return values that no page prints and that follow from published figures, each by its formula.

    They are an interpretation of their own: none is in :func:`load_observations`, in a default or in a total.

    Parameters
    ----------
    path : path, optional
        Another table of the same form instead of the shipped one.

    Returns
    -------
    pandas.DataFrame
        Columns ``area``, ``indicator``, ``year``, ``value`` (in ``unit``), ``unit``, ``vintage``, ``status``,
        ``grade`` (always C), ``source``, ``formula``, ``note`` and ``known_from``. In a formula
        ``211100:fdi_usd:2024@s211`` is the observation of that area, indicator, year and source. It is empty
        where one of its figures is not among the observations.

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> load_derived().query("area == '211100' and indicator == 'fdi_usd'")["formula"].item()
    '211100:fdi_usd:2024@s211 / (1 + 211100:fdi_growth_usd:2024@s211 / 100)'
    """
    frame = _read(*files_of("derived", None, path), None, name="derived")
    warn_input(kept_warnings(frame))
    return frame


def observed(frame: pd.DataFrame) -> list[Observation]:
    """Rows of a table of observations in its order; a column that it lacks has its stand-in.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": ["210100"], "indicator": "gdp", "year": 2023, "value": [8122.1], "grade": "B"})
    >>> observed(rows)[0][:7]
    (0, '210100', 'gdp', 2023, 8122.1, '', 'B')
    """
    defaults = Observation._field_defaults
    rows = frame.assign(**{name: one for name, one in defaults.items() if name not in frame})
    rows = rows[[*Observation._fields[1:]]].fillna({name: "" for name, one in defaults.items() if one == ""})
    rows["known_from"] = rows["known_from"].dt.date if "known_from" in frame else None
    return list(map(Observation, range(len(rows)), *(rows[name].tolist() for name in rows)))


def parse_as_of(as_of: str | dt.date) -> pd.Timestamp:
    """Return the day that an ``as_of`` means; a month or a year means its last day; refuse any other."""
    text = as_of.isoformat()[:10] if isinstance(as_of, dt.date) and not pd.isna(as_of) else narrow(str(as_of))
    try:
        return pd.Timestamp(last_day(text))
    except ValueError:
        what = f"As of {quote(str(as_of))} is not a date from 1949 to 2100."
        raise DataError(f"{what} Give one such as 2024-01-19, 2024-01 or 2024.") from None


def known_from(observations: pd.DataFrame, published: Mapping[str, str]) -> pd.Series:
    """Return the day from which each figure counts as known.

    A vintage that is a full date is that day; a month or a year is its last day. A figure without a vintage
    counts as known from 31 December of the year after the one it describes, or from the date that its source
    itself states, if that is later: of several sources the earliest, and one without a date sets no day.

    `published` has for each source the date that it states, ``""`` where it states none.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2021, 2021], "vintage": ["2022-04", ""], "source": ["a", "a b"]})
    >>> known_from(rows, {"a": "2024-12-18", "b": "2023"}).dt.date.astype(str).tolist()
    ['2022-04-30', '2023-12-31']
    """
    stated = {vintage: last_day(vintage) for vintage in observations["vintage"].unique() if vintage}
    earliest = {}
    for source in observations["source"].unique():
        dates = [published.get(one, "") for one in source.split()]
        earliest[source] = min(map(last_day, dates)) if dates and all(dates) else dt.date.min
    columns = (observations[name].tolist() for name in ("year", "vintage", "source"))
    days = [
        stated.get(vintage) or max(dt.date(year + 1, 12, 31), earliest[source])
        for year, vintage, source in zip(*columns, strict=True)
    ]
    return pd.Series(np.array(days, dtype="datetime64[s]"), index=observations.index)


def choose_default(observations: pd.DataFrame) -> pd.Series:
    """Return which published value is used for each area, indicator and year: the first by this order.

    1. grade, A before B before C; 2. kind of the best of its sources (:data:`KIND_ORDER`; a source of a plan's
    own counts as a press page); 3. vintage, the latest first and a figure without one last; 4. status, final
    before revised before preliminary before unknown; 5. number of sources, most first; 6. source id.

    """
    best = by_preference(observations)
    first = ~observations[["area", "indicator", "year"]].loc[best].duplicated()
    return first.reindex(observations.index).astype(bool)


def by_preference(observations: pd.DataFrame) -> pd.Index:
    """Labels of observations, those to be used before others first, as `choose_default` orders them."""
    known = observations["known_from"].to_numpy().astype("datetime64[D]").astype("int64")
    ranks = load_sources().set_index("source")["kind"].map(_KIND_RANK).to_dict()
    other, cells = _KIND_RANK["press or other page"], observations["source"].unique()
    kinds = {cell: min(ranks.get(one, other) for one in cell.split()) for cell in cells}
    order = pd.DataFrame(
        {
            "grade": observations["grade"],
            "kind": observations["source"].map(kinds),
            "vintage": np.where(observations["vintage"] == "", np.iinfo("int64").max, -known),
            "status": -observations["status"].map(_STATUS_ORDER),
            "sources": -observations["source"].str.count(" "),
            "source": observations["source"],
        }
    )
    return order.sort_values(list(order), kind="stable").index


@functools.lru_cache(maxsize=1)
def _shipped(path: Path, _state: object) -> pd.DataFrame:
    """The shipped figures, kept while their file is unchanged."""
    return _read(path, None)


def _read(path: Path, plan: object, *, name: str = "observations") -> pd.DataFrame:
    """Checked figures of a file with the day from which each counts as known; a plan adds areas and sources."""
    table = read_referring(path, name, plan)
    check_figures(table, load_indicators() if plan is None or plan.indicators is None else plan.indicators)
    frame, sources = table.checked(), [load_sources(), None if plan is None else plan.sources]
    frame["known_from"] = known_from(frame, pd.concat(sources).set_index("source")["published"].to_dict())
    return frame


def _refuse_contradictions(shipped: pd.DataFrame, added: pd.DataFrame, *, path: str) -> None:
    """Refuse a plan's own figures that give a shipped figure another value."""
    both = added.merge(shipped, on=_KEY, suffixes=("", "_shipped"))
    remedy = "in the shipped table. Name the source and the vintage that state the other value."
    refuse_any(
        Fault(
            f"{', '.join(str(row[name]) for name in _KEY)} is {row['value']}, but {row['value_shipped']} {remedy}",
            path,
        )
        for row in both[both["value"] != both["value_shipped"]].to_dict("records")
    )
