"""The codebook: areas, indicators, units, sources, breaks and caveats, each as a checked frame.

Every loader takes another table of the same form as `path`, and raises :class:`~lnregions.DataError` with every fault
of the file; an :class:`~lnregions.InputWarning` says what was unusual about it.
"""

import csv
import functools
from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from lnregions.errors import home, warn_input
from lnregions.paths import data_dir, shapes_dir
from lnregions.tables.tables import Table, file_state, kept_warnings, read_table
from lnregions.words import RATE_DECIMALS

_OWN_FORMS: dict[str, tuple[str, int]] = {}
"""Unit and decimals of the indicators of one's own plan, the one used last where several have the same code."""
LINE_BREAKS = ("census", "correction", "coverage", "survey")
"""Kinds of break that part a series; after ``rates not divisible`` growth is taken from published rates."""


def load_areas(*, path: Path | None = None) -> pd.DataFrame:
    """Return the nation, the province, its 14 cities and 100 counties.

    Returns
    -------
    pandas.DataFrame
        Columns ``area`` (six-digit adcode as text, GB/T 2260), ``level`` (nation, province, city, county),
        ``parent``, ``name_zh``, ``name_en``, ``short_zh``, ``short_en``.

    Examples
    --------
    >>> load_areas().set_index("area").loc["210100", "name_en"]
    'Shenyang City'
    """
    return _load("areas", path)


def load_indicators(*, path: Path | None = None) -> pd.DataFrame:
    """Return the codebook of indicators.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``name_zh``, ``name_en``, ``unit``, ``definition_zh``, ``definition_en``,
        ``direction`` (up, down, none), ``measure`` (level, growth, share; none for a quality),
        ``aggregation`` (sum, weighted, none), ``weight`` (the weighting indicator; for a growth its value of
        the year before), ``decimals``, ``minimum``, ``maximum``.

    Examples
    --------
    >>> load_indicators().set_index("indicator").loc["gdp", "unit"]
    '亿元'
    """
    return _load("indicators", path)


def load_units(*, path: Path | None = None) -> pd.DataFrame:
    """Return the units: ``unit``, ``label_zh``, ``label_en`` and ``factor_en``.

    A value times ``factor_en`` is in ``label_en``: 9516.9 亿元 is 951.69 billion yuan.
    """
    return _load("units", path)


def load_sources(*, path: Path | None = None) -> pd.DataFrame:
    """Return where the figures were read.

    Returns
    -------
    pandas.DataFrame
        Columns ``source``, ``title``, ``publisher``, ``url``, ``kind`` (one of
        :data:`~lnregions.tables.KIND_ORDER`), ``published`` (date that the source itself states, else empty),
        ``licence``.
    """
    return _load("sources", path)


def load_breaks(*, path: Path | None = None) -> pd.DataFrame:
    """Return the years across which levels are not compared.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``area`` (an adcode, a region code, ``*`` for all, or ``nation``, ``province``,
        ``cities``), ``last_year``, ``first_year``, ``kind``, ``reason_zh``, ``reason_en``, ``source``.
        A level of ``last_year`` or before is not compared with one of ``first_year`` or after; which kinds
        part a series says :data:`LINE_BREAKS`.
    """
    return _load("breaks", path)


def load_caveats(*, path: Path | None = None) -> pd.DataFrame:
    """Return what to know before using a figure: sums that do not match, doubts, holes by name.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator`` (``*`` for all), ``area`` (adcodes and region codes apart by blanks, ``*``,
        ``nation``, ``province`` or ``cities``), ``years`` (such as ``2015-2022, 2024``, empty for all),
        ``kind``, ``text_zh``, ``text_en``, ``source``. Those on one figure gives :func:`caveats_of`.
    """
    return _load("caveats", path)


def caveats_of(caveats: pd.DataFrame, *, area: str, indicator: str, year: int) -> pd.DataFrame:
    """Return the caveats that concern one figure by its area, indicator and year.

    Parameters
    ----------
    caveats : pandas.DataFrame
        As from :func:`load_caveats`.

    Examples
    --------
    >>> rows = caveats_of(load_caveats(), area="211100", indicator="fdi_usd", year=2022)
    >>> rows.loc[rows["area"] != "*", "kind"].tolist()
    ['doubtful']
    """
    level = load_areas().set_index("area")["level"].get(area, "")
    scopes = {"*", area, {"city": "cities"}.get(level, level)}
    concerned = [
        indicator_of in ("*", indicator) and not scopes.isdisjoint(areas.split()) and _names_year(years, year)
        for indicator_of, areas, years in zip(
            caveats["indicator"], caveats["area"], caveats["years"], strict=True
        )
    ]
    return caveats[concerned].reset_index(drop=True)


def _names_year(years: str, year: int) -> bool:
    """Whether a cell such as ``2015-2022, 2024`` names a year; an empty one names all."""
    spans = [[int(one) for one in span.split("-")] for span in years.split(",") if span.strip()]
    return not spans or any(span[0] <= year <= span[-1] for span in spans)


LAND_AREA = "land_area"
"""Weight of indicators that areas carry in proportion to their land, such as forest coverage."""


@functools.cache
def land_areas() -> Mapping[str, float]:
    """Return the area of each city and county by its adcode, in km², as measured on the shipped boundaries.

    Examples
    --------
    >>> round(land_areas()["210100"])
    12879
    """
    with (shapes_dir() / "area_changes.csv").open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["area"]: float(row["shipped_km2"]) for row in csv.DictReader(file)})


def region_codes() -> list[str]:
    """Codes of the regions of all shipped plans; a figure may describe one of them.

    Examples
    --------
    >>> "belt" in region_codes()
    True
    """
    tables = sorted((data_dir() / "plans").glob("*/regions.csv"))
    return sorted({code for table in tables for code in _load("regions", table)["region"]})


_LOADERS = {"area": load_areas, "indicator": load_indicators, "source": load_sources}


def known_codes(plan: object = None) -> dict[str, Iterable[str] | None]:
    """Codes that a table may refer to, by what they are of; a plan adds its own, None where they cannot be read."""
    shipped = {name: load()[name].tolist() for name, load in _LOADERS.items()} | {"region": region_codes()}
    if plan is None:
        return shipped
    own = {"area": plan.areas, "indicator": plan.indicators, "source": plan.sources, "region": plan.regions}
    return {one: None if own[one] is None else [*codes, *own[one][one]] for one, codes in shipped.items()}


def remember_forms(indicators: pd.DataFrame) -> None:
    """Let `printed_decimals` know the indicators that a plan adds to the codebook."""
    shown = zip(indicators["unit"], indicators["decimals"].tolist(), strict=True)
    _OWN_FORMS.update(zip(indicators["indicator"], shown, strict=True))


def units_and_decimals() -> Mapping[str, tuple[str, int]]:
    """Unit and printed decimals of each indicator by its code, kept while the codebook is unchanged.

    Indicators of a plan of one's own are among them once it was loaded.

    Examples
    --------
    >>> units_and_decimals()["gdp"]
    ('亿元', 1)
    """
    path = data_dir() / "indicators.csv"
    return ChainMap(_units_and_decimals(path, file_state(path)), _OWN_FORMS)


def printed_decimals(indicator: str, unit: str = "") -> int:
    """Decimals that numbers of an indicator are printed with: the codebook's in its own unit, else those of rates.

    Examples
    --------
    >>> printed_decimals("fdi_usd"), printed_decimals("fdi_usd", "%"), printed_decimals("urbanisation_rate", "pp")
    (2, 1, 2)
    """
    own, places = units_and_decimals().get(indicator, (unit, RATE_DECIMALS))
    return places if unit in ("", own) or (unit == "pp" and own == "%") else RATE_DECIMALS


@functools.lru_cache(maxsize=4)
def _units_and_decimals(_path: Path, _state: object) -> Mapping[str, tuple[str, int]]:
    rows = load_indicators()
    shown = zip(rows["unit"], rows["decimals"].tolist(), strict=True)
    return MappingProxyType(dict(zip(rows["indicator"], shown, strict=True)))


def _load(name: str, path: Path | None) -> pd.DataFrame:
    """Copy of a table, read anew when its file has changed."""
    own, path = path is not None, data_dir() / f"{name}.csv" if path is None else home(path, stream=True)
    frame = _load_once(name, path, own, file_state(path)).copy()
    warn_input(kept_warnings(frame))
    return frame


@functools.lru_cache(maxsize=64)
def _load_once(name: str, path: Path, own: bool, _state: object) -> pd.DataFrame:
    table = read_table(path, name)
    if not table.faults:
        _check(name, table, own=own)
    return table.checked()


def _check(name: str, table: Table, *, own: bool) -> None:
    """Report references to nothing, and dates and years that make no sense."""
    frame = table.frame
    if name == "areas":
        table.check_references(name, {"area": [*frame["area"], *(load_areas()["area"] if own else ())]})
    elif name == "indicators":
        table.check_references(
            name, {"unit": load_units()["unit"], "indicator": [*frame["indicator"], LAND_AREA]}
        )
    elif name == "sources":
        table.check_dates("published")
    elif name in ("breaks", "caveats"):
        table.check_references(name, known_codes())
    if name == "breaks":
        wrong, least = frame["last_year"] >= frame["first_year"], frame["last_year"] + 1
        text = "first_year {first_year} is too small. Give {least} or more."
        table.report_where(wrong, "first_year", text, least=least)
