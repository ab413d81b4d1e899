"""The codebook: areas, indicators, units, sources, breaks and caveats, each as a checked frame."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from lnregions.errors import DataError, Fault, narrow, refuse_any, shown_path, unknown, warn_input
from lnregions.paths import data_dir
from lnregions.tables.tables import check_references, kept_warnings, read_lines
from lnregions.tables.vintages import date_faults

LINE_BREAKS = ("census", "correction", "coverage", "survey")
"""Kinds of break that part a series; after ``rates not divisible`` growth is taken from published rates."""

Checker = Callable[[pd.DataFrame, str, list[int]], list[Fault]]


def load_areas(*, path: Path | None = None) -> pd.DataFrame:
    """Return the nation, the province, its 14 cities and 100 counties.

    Parameters
    ----------
    path : path, optional
        Another table of the same form, such as a plan's own areas.

    Returns
    -------
    pandas.DataFrame
        Columns ``area`` (six-digit adcode as text, GB/T 2260), ``level`` (nation, province, city, county),
        ``parent``, ``name_zh``, ``name_en``, ``short_zh``, ``short_en``.

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> load_areas().set_index("area").loc["210100", "name_en"]
    'Shenyang City'
    """
    own = path is not None
    return _load("areas", path, _check_own_parents if own else _check_parents)


def load_indicators(*, path: Path | None = None) -> pd.DataFrame:
    """Return the codebook of indicators.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``name_zh``, ``name_en``, ``unit``, ``definition_zh``, ``definition_en``,
        ``direction`` (up, down, none), ``measure`` (level, growth, share; none for a quality),
        ``aggregation`` (sum, weighted, none), ``weight`` (the weighting indicator; for a growth its value of
        the year before), ``decimals``, ``minimum``, ``maximum``.

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> load_indicators().set_index("indicator").loc["gdp", "unit"]
    '亿元'
    """
    return _load("indicators", path, _check_indicators)


def load_units(*, path: Path | None = None) -> pd.DataFrame:
    """Return the units: ``unit``, ``label_zh``, ``label_en`` and ``factor_en``.

    A value times ``factor_en`` is in ``label_en``: 9516.9 亿元 is 951.69 billion yuan.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _load("units", path)


def load_sources(*, path: Path | None = None) -> pd.DataFrame:
    """Return where the figures were read.

    Returns
    -------
    pandas.DataFrame
        Columns ``source``, ``title``, ``publisher``, ``url``, ``kind``, ``published`` (date that the source
        itself states, else empty), ``licence``.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _load("sources", path, _check_sources)


def load_breaks(*, path: Path | None = None) -> pd.DataFrame:
    """Return the years across which levels are not compared.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``area`` (an adcode, a region code, ``*`` for all, or ``nation``, ``province``,
        ``cities``), ``last_year``, ``first_year``, ``kind``, ``reason_zh``, ``reason_en``, ``source``.
        A level of ``last_year`` or before is not compared with one of ``first_year`` or after; which kinds
        part a series says :data:`LINE_BREAKS`.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _load("breaks", path, _check_breaks)


def load_caveats(*, path: Path | None = None) -> pd.DataFrame:
    """Return what to know before using a figure: sums that do not match, doubts, holes by name.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator`` (``*`` for all), ``area`` (adcodes apart by blanks, ``*``, ``nation``,
        ``province`` or ``cities``), ``years``, ``kind``, ``text_zh``, ``text_en``, ``source``.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    return _load("caveats", path, _check_caveats)


def load_left_out(*, path: Path | None = None) -> pd.DataFrame:
    """Return the figures that were read but are not among the observations, with the ``reason``."""
    return _load("left_out", path)


def find_area(name_or_code: str | int, *, areas: pd.DataFrame | None = None) -> pd.Series:
    """Return the area with this adcode or name, Chinese or English, full or short.

    Parameters
    ----------
    name_or_code : str or int
        Such as ``"210100"``, ``210100``, ``"沈阳"``, ``"Shenyang City"``; case does not matter.
    areas : pandas.DataFrame, optional
        Areas to look among; the shipped ones if not given.

    Returns
    -------
    pandas.Series
        The row of :func:`load_areas`.

    Raises
    ------
    DataError
        If there is none, with the likeliest meant, or if several counties bear the name, with their codes.

    Examples
    --------
    >>> find_area("大连").area
    '210200'
    """
    areas = load_areas() if areas is None else areas
    given = narrow(str(name_or_code)).casefold()
    names = areas[["area", "name_zh", "name_en", "short_zh", "short_en"]]
    found = areas[(names.apply(lambda column: column.str.casefold()) == given).any(axis=1)]
    if len(found) > 1:
        high = found[found["level"] == found["level"].iloc[0]]
        if len(high) > 1:
            listed = ", ".join(found["area"])
            raise DataError(
                f"The name {name_or_code!r} belongs to several areas. Give one of the codes {listed}.",
            )
        found = high
    if found.empty:
        choices = list(areas["area"]) if given.isdecimal() else list(dict.fromkeys(names.to_numpy().ravel()))
        raise unknown("area", str(name_or_code), choices)
    return found.iloc[0]


def region_codes() -> list[str]:
    """Codes of the regions of all shipped plans; a figure may describe one of them.

    Examples
    --------
    >>> "belt" in region_codes()
    True
    """
    tables = sorted((data_dir() / "plans").glob("*/regions.csv"))
    return sorted({code for table in tables for code in _load("regions", table)["region"]})


def units_and_decimals() -> Mapping[str, tuple[str, int]]:
    """Unit and printed decimals of each indicator by its code, kept while the codebook is unchanged.

    Examples
    --------
    >>> units_and_decimals()["gdp"]
    ('亿元', 1)
    """
    state = (data_dir() / "indicators.csv").stat()
    return _units_and_decimals(data_dir(), (state.st_mtime_ns, state.st_size))


@functools.lru_cache(maxsize=4)
def _units_and_decimals(folder: Path, state: tuple[int, int]) -> Mapping[str, tuple[str, int]]:
    rows = load_indicators()
    shown = zip(rows["unit"].fillna("").astype(str), rows["decimals"].astype(int), strict=True)
    return MappingProxyType(dict(zip(rows["indicator"], shown, strict=True)))


def _load(resource: str, path: Path | None, check: Checker | None = None) -> pd.DataFrame:
    path = Path(path) if path is not None else data_dir() / f"{resource}.csv"
    try:
        state = path.stat()
        frame = _load_once(resource, path, check, (state.st_mtime_ns, state.st_size)).copy()
        warn_input(kept_warnings(frame))
        return frame
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        return read_lines(path, resource)[0]


@functools.lru_cache(maxsize=64)
def _load_once(resource: str, path: Path, check: Checker | None, state: tuple[int, int]) -> pd.DataFrame:
    frame, lines = read_lines(path, resource)
    if check is not None:
        refuse_any(check(frame, shown_path(path), lines))
    return frame


def _check_parents(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    return check_references(frame, {"parent": frame["area"]}, path=path, lines=lines)


def _check_own_parents(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    known = [*frame["area"], *load_areas()["area"]]
    return check_references(frame, {"parent": known}, path=path, lines=lines)


def _check_indicators(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    choices = {"unit": load_units()["unit"], "weight": frame["indicator"]}
    return check_references(frame, choices, path=path, lines=lines)


def _check_sources(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    return date_faults(frame["published"], "published", path=path, lines=lines)


def _check_breaks(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    groups = ["*", "nation", "province", "cities"]
    choices = {
        "indicator": load_indicators()["indicator"],
        "area": [*groups, *region_codes(), *load_areas()["area"]],
        "source": load_sources()["source"],
    }
    faults = check_references(frame, choices, path=path, lines=lines)
    wrong = frame["last_year"] >= frame["first_year"]
    return faults + [
        Fault(
            "minimum", path, lines[place], "first_year", int(row.first_year), {"rule": int(row.last_year) + 1}
        )
        for place, row in enumerate(frame.itertuples())
        if wrong.iloc[place]
    ]


def _check_caveats(frame: pd.DataFrame, path: str, lines: list[int]) -> list[Fault]:
    choices = {
        "indicator": ["*", *load_indicators()["indicator"]],
        "area": ["*", "nation", "province", "cities", *load_areas()["area"]],
        "source": load_sources()["source"],
    }
    return check_references(frame, choices, path=path, lines=lines)
