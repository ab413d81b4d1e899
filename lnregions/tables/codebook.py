"""The codebook: areas, indicators, units, sources, breaks, caveats and bounds, each as a checked frame.

Every loader takes another table of the same form as `path`, and raises :class:`~lnregions.DataError` with every fault
of the file; an :class:`~lnregions.InputWarning` says what was unusual about it.
"""

import csv
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from lnregions.errors import home, warn_input
from lnregions.paths import data_dir, shapes_dir
from lnregions.tables.groups import own_first
from lnregions.tables.tables import Table, file_state, join_tables, kept_warnings, own_table, read_table
from lnregions.words import RATE_DECIMALS

_FORMS: dict[str, tuple[str, int]] = {}
"""Unit and decimals of indicators; of a code that several plans define, those of the plan in use."""
_SAID_BY_UNIT = {"en": (", in dollars", ", in yuan"), "zh": ("（美元）", "（人民币）")}
"""Ends of names of amounts that say no more than their unit."""
LINE_BREAKS = ("census", "correction", "coverage", "survey")
"""Kinds of break that part a series; after ``rates not divisible`` growth is taken from published rates."""


def name_beside_unit(row: pd.Series, language: str) -> str:
    """Name of an indicator as it stands beside its unit, without a currency that the unit names, too.

    Examples
    --------
    >>> row = load_indicators().set_index("indicator").loc["fdi_usd"]
    >>> name_beside_unit(row, "en"), name_beside_unit(row, "zh")
    ('Foreign direct investment used', '实际使用外资')
    """
    name = str(row[f"name_{language}"])
    for end in _SAID_BY_UNIT[language] if row["measure"] == "level" else ():
        name = name.removesuffix(end)
    return name


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


def load_bounds(plan: object = None, *, path: Path | None = None) -> pd.DataFrame:
    """Return within which limits a figure that is missing must lie.

    Parameters
    ----------
    plan : Plan, optional
        A plan whose folder may hold a ``bounds.csv``; its rows replace the shipped ones of the same indicator and
        area, and others join them.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``area`` (an adcode, a region code, ``*`` for all, or ``nation``, ``province``,
        ``cities``), ``lower`` and ``upper`` (in the indicator's unit), ``largest_change`` (in that unit a year, up
        or down), ``rate_difference`` (of a level: the largest difference ever seen between its published rates and
        those of the levels, in percentage points a year), ``part_of`` (the amount that a share measures a part of),
        ``why_en``, ``why_zh``, ``source``. A number that is not bounded is missing. What holds for one area says
        :func:`bound_of`.

    Examples
    --------
    >>> load_bounds().query("indicator == 'urbanisation_rate'")["upper"].item()
    100.0
    """
    frames = []
    for file in files_of("bounds", plan, path):
        table = read_referring(file, "bounds", plan)
        text = "upper {upper} is below lower {lower}. Give the lesser of the two as lower."
        table.report_where(table.frame["upper"] < table.frame["lower"], "upper", text)
        frames.append(table.checked())
    frame = join_tables(*reversed(frames), key=["indicator", "area"])
    warn_input(kept_warnings(frame))
    return frame


def bound_of(bounds: pd.DataFrame, indicator: str, area: str) -> pd.Series | None:
    """Return the row that holds for an area: its own, else that of its rank, else that of all; None without one."""
    every, own, rank = break_scopes(area)
    rows = bounds[bounds["indicator"] == indicator].set_index("area", drop=False)
    return next((rows.loc[scope] for scope in (own, rank, every) if scope in rows.index), None)


def break_scopes(area: str) -> list[str]:
    """Return what the column ``area`` of a break may hold for it to part the series of this area."""
    if area == "100000":
        return ["*", area, "nation"]
    hit = re.fullmatch(r"\d{2}(?:(0000)|\d{2}00)", area)
    return ["*", area, "*" if not hit else "province" if hit[1] else "cities"]


def caveats_of(caveats: pd.DataFrame, *, area: str, indicator: str, year: int) -> pd.DataFrame:
    """Return the caveats that concern one figure by its area, indicator and year.

    Examples
    --------
    >>> rows = caveats_of(load_caveats(), area="211100", indicator="fdi_usd", year=2022)
    >>> rows.loc[rows["area"] != "*", "kind"].tolist()
    ['doubtful']
    """
    level = load_areas().set_index("area")["level"].get(area, "")
    scopes = {"*", area, {"city": "cities"}.get(level, level)}

    def concerned(row) -> bool:
        spans = [[int(one) for one in span.split("-")] for span in row.years.split(",") if span.strip()]
        named = not spans or any(span[0] <= year <= span[-1] for span in spans)
        return named and row.indicator in ("*", indicator) and not scopes.isdisjoint(row.area.split())

    return caveats[[concerned(row) for row in caveats.itertuples()]].reset_index(drop=True)


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


def known_codes(plan: object = None) -> dict[str, Iterable[str] | None]:
    """Codes that a table may refer to, by what they are of; a plan adds its own, None where they cannot be read."""
    loaders = {"area": load_areas, "indicator": load_indicators, "source": load_sources}
    regions = (_load("regions", table)["region"] for table in (data_dir() / "plans").glob("*/regions.csv"))
    shipped = {name: load()[name].tolist() for name, load in loaders.items()}
    shipped["region"] = sorted({code for codes in regions for code in codes})
    if plan is None:
        return shipped
    own = {"area": plan.areas, "indicator": plan.indicators, "source": plan.sources, "region": plan.regions}
    return {k: None if own[k] is None else own_first(own[k][k], codes) for k, codes in shipped.items()}


def read_referring(path: Path, name: str, plan: object = None) -> Table:
    """A table whose references are to codes of the codebook or of a plan."""
    table = read_table(path, name)
    table.check_references(name, known_codes(plan))
    return table


def files_of(name: str, plan: object, path: Path | None) -> list[Path]:
    """The file that is given, or the shipped one of a table and behind it that of the plan's own, if it has one."""
    if path is not None:
        return [home(path, stream=True)]
    own = own_table(plan, name)
    return [data_dir() / f"{name}.csv", *([own] if own else [])]


def remember_forms(indicators: pd.DataFrame) -> None:
    """Let `printed_decimals` know the indicators of the plan in use, before those of the same code in another."""
    shown = zip(indicators["unit"], indicators["decimals"].tolist(), strict=True)
    _FORMS.update(zip(indicators["indicator"], shown, strict=True))


def units_and_decimals() -> Mapping[str, tuple[str, int]]:
    """Unit and printed decimals of each indicator of the codebook and of the plans that were used, by its code."""
    if not _FORMS:
        remember_forms(load_indicators())
    return _FORMS


def printed_decimals(indicator: str, unit: str = "") -> int:
    """Decimals that numbers of an indicator are printed with: the codebook's in its own unit, else those of rates.

    Examples
    --------
    >>> printed_decimals("fdi_usd"), printed_decimals("fdi_usd", "%"), printed_decimals("urbanisation_rate", "pp")
    (2, 1, 2)
    """
    own, places = units_and_decimals().get(indicator, (unit, RATE_DECIMALS))
    return places if unit in ("", own) or (unit == "pp" and own == "%") else RATE_DECIMALS


def _load(name: str, path: Path | None) -> pd.DataFrame:
    """Copy of a table, read anew when its file has changed."""
    (file,) = files_of(name, None, path)
    frame = _load_once(name, file, path is not None, file_state(file)).copy()
    warn_input(kept_warnings(frame))
    return frame


@functools.lru_cache(maxsize=64)
def _load_once(name: str, path: Path, own: bool, _state: object) -> pd.DataFrame:
    """Checked table: no references to nothing, no dates and years that make no sense."""
    table = read_table(path, name)
    frame = table.frame
    if table.faults:
        return table.checked()
    if name == "areas":
        table.check_references(name, {"area": [*frame["area"], *(load_areas()["area"] if own else ())]})
    elif name == "indicators":
        codes = [*frame["indicator"], LAND_AREA]
        table.check_references(name, {"unit": load_units()["unit"], "indicator": codes})
    elif name == "sources":
        table.check_dates("published")
    elif name in ("breaks", "caveats"):
        table.check_references(name, known_codes())
    if name == "breaks":
        wrong, least = frame["last_year"] >= frame["first_year"], frame["last_year"] + 1
        text = "first_year {first_year} is too small. Give {least} or more."
        table.report_where(wrong, "first_year", text, least=least)
    return table.checked()
