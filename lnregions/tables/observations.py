"""The figures: several readings side by side, one of them the default by a rule, and what was known when."""

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from lnregions.errors import Fault, add_messages, home, refuse, refuse_any, shown_path, warn_input
from lnregions.paths import data_dir
from lnregions.tables.codebook import LINE_BREAKS, load_areas, load_indicators, load_sources, region_codes
from lnregions.tables.tables import (
    check_references,
    joined_faults,
    keep_warnings,
    kept_warnings,
    read_with_faults,
)
from lnregions.tables.vintages import choose_default, date_faults, known_from, last_day, parse_as_of

__all__ = [
    "applying_breaks",
    "break_scopes",
    "choose_default",
    "known_from",
    "last_day",
    "load_observations",
    "parse_as_of",
    "series",
]

add_messages(
    {
        "unit": ("the unit of {indicator} is {wanted}, not {value}{factor}", "Give the value in {wanted}"),
        "no figure": (
            "the table holds no figure",
            "Write at least one row; a table cut behind its header has none",
        ),
        "year not begun": (
            "{column} {value} begins after the figure was published ({stated})",
            "Correct the year or the vintage",
        ),
        "figure otherwise": (
            "{key} is {value}, but {stated} in the shipped table",
            "Name the source and the vintage that state the other value",
        ),
        "below possible": (
            "{indicator} {value} is below the least possible, {rule}",
            "Correct the value, its unit or the indicator",
        ),
        "above possible": (
            "{indicator} {value} is above the greatest possible, {rule}",
            "Correct the value, its unit or the indicator",
        ),
    }
)
_KEY = ["area", "indicator", "year", "vintage", "source"]
"""What tells one reading of a figure from another."""
_FACTORS = {("万元", "亿元"): "10,000", ("元", "亿元"): "100,000,000", ("万美元", "亿美元"): "10,000"}
_FACTORS |= {("人", "万人"): "10,000", ("亿人", "万人"): "1/10,000", ("万立方米", "亿立方米"): "10,000"}


def load_observations(
    *, as_of: str | dt.date | None = None, path: Path | None = None, plan: object = None
) -> pd.DataFrame:
    """Return the figures, all readings of them, with the one used by default marked.

    Parameters
    ----------
    as_of : str or date, optional
        Only what counts as known on that day; ``"2024"`` and ``"2024-01"`` mean their last day.
    path : path, optional
        Another table of the same form instead of the shipped one.
    plan : Plan, optional
        A plan whose folder may hold areas, sources and observations of its own; these join the shipped ones.

    Returns
    -------
    pandas.DataFrame
        Columns ``area``, ``indicator``, ``year``, ``value`` (in ``unit``), ``unit``, ``vintage`` (date of
        publication as given, ``""`` where unknown), ``status`` (preliminary, revised, final, unknown),
        ``grade`` (A, B, C), ``source`` (ids apart by blanks), ``note``, ``known_from`` (see
        :func:`known_from`) and ``default`` (see :func:`choose_default`). ``attrs["tidied"]`` and
        ``attrs["tidied_zh"]`` say what was untidy about a file of your own and was read all the same; a
        :class:`~lnregions.InputWarning` says it, too.

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
    return frame


def read_observations(
    *, as_of: str | dt.date | None = None, path: Path | None = None, plan: object = None
) -> pd.DataFrame:
    """Figures as from :func:`load_observations`, without a word on what was untidy."""
    day = None if as_of is None else parse_as_of(as_of)
    frame = _read(home(path), plan) if path is not None else _load_shipped()
    if path is not None and frame.empty:
        refuse([Fault("no figure", shown_path(home(path)))])
    own = getattr(plan, "folder", None)
    if path is None and own is not None and (own / "observations.csv").is_file():
        added = _read(own / "observations.csv", plan)
        refuse_any(_contradictions(frame, added, path=shown_path(own / "observations.csv")))
        said = kept_warnings(frame) + kept_warnings(added)
        frame = pd.concat([frame, added], ignore_index=True)
        keep_warnings(frame, said)
    if day is not None:
        frame = frame[frame["known_from"] <= day].reset_index(drop=True)
    frame["default"] = choose_default(frame)
    return frame


def series(
    observations: pd.DataFrame, area: str, *, indicator: str, breaks: pd.DataFrame, level: str = ""
) -> pd.DataFrame:
    """Return the default figures of one area and indicator by year, in parts that may be joined.

    Parameters
    ----------
    observations : pandas.DataFrame
        As from :func:`load_observations`.
    area : str
        Adcode or region code.
    indicator : str
        Code of the indicator.
    breaks : pandas.DataFrame
        As from :func:`lnregions.tables.codebook.load_breaks`.
    level : str, optional
        Rank of the area (nation, province, city) for breaks of a rank; told from an adcode if not given.

    Returns
    -------
    pandas.DataFrame
        Columns ``year``, ``value``, ``unit``, ``grade``, ``segment`` (counts from 0, a new number after each
        break), ``vintage``, ``status``, ``source``, ``note``; no rows where there is no figure.

    Examples
    --------
    >>> from lnregions.tables.codebook import load_breaks
    >>> gdp = series(load_observations(), "210100", indicator="gdp", breaks=load_breaks())
    >>> gdp.loc[gdp["year"] >= 2023, ["year", "value", "segment"]].values.tolist()
    [[2023.0, 8122.1, 2.0], [2024.0, 9027.1, 3.0], [2025.0, 9100.3, 3.0]]
    """
    chosen = (
        (observations["area"] == area) & (observations["indicator"] == indicator) & observations["default"]
    )
    frame = observations[chosen].sort_values("year").reset_index(drop=True)
    starts = breaks.loc[applying_breaks(breaks, area, indicator=indicator, level=level), "first_year"]
    frame["segment"] = [int((starts.unique() <= year).sum()) for year in frame["year"]]
    return frame[["year", "value", "unit", "grade", "segment", "vintage", "status", "source", "note"]]


def applying_breaks(breaks: pd.DataFrame, area: str, *, indicator: str, level: str = "") -> pd.Series:
    """Return which breaks part the series of this area and indicator, as a boolean series."""
    named = break_scopes(area, level=level)
    return (breaks["indicator"] == indicator) & breaks["area"].isin(named) & breaks["kind"].isin(LINE_BREAKS)


def break_scopes(area: str, *, level: str = "") -> list[str]:
    """Return what the column ``area`` of a break may hold for it to part the series of this area.

    Examples
    --------
    >>> break_scopes("210200")
    ['*', '210200', 'cities']
    """
    groups = {"nation": "nation", "province": "province", "city": "cities"}
    return ["*", area, groups.get(level or _rank(area), "*")]


def _rank(area: str) -> str:
    if not re.fullmatch(r"\d{6}", area):
        return ""
    return {"100000": "nation"}.get(area) or (
        "province" if area.endswith("0000") else "city" if area.endswith("00") else ""
    )


_LOADED: dict[tuple, pd.DataFrame] = {}


def _load_shipped() -> pd.DataFrame:
    """Shipped figures, kept while their file is unchanged."""
    path = data_dir() / "observations.csv"
    state = path.stat() if path.is_file() else None
    key = (path, state and (state.st_mtime_ns, state.st_size))
    if state is None or key not in _LOADED:
        frame = _read(path, None)
        _LOADED.clear()
        _LOADED[key] = frame
    return _LOADED[key].copy()


def _contradictions(shipped: pd.DataFrame, added: pd.DataFrame, *, path: str) -> list[Fault]:
    """Faults of a plan's own figures that give a shipped reading another value."""
    both = added.merge(shipped, on=_KEY, suffixes=("", "_shipped"))
    return [
        Fault(
            "figure otherwise",
            path,
            column=", ".join(_KEY),
            value=row["value"],
            extra={"key": ", ".join(str(row[column]) for column in _KEY), "stated": row["value_shipped"]},
        )
        for row in both[both["value"] != both["value_shipped"]].to_dict("records")
    ]


def _read(path: Path, plan: object) -> pd.DataFrame:
    frame, lines, form = read_with_faults(path, "observations")
    published = load_sources().set_index("source")["published"].to_dict()
    areas, sources = [*load_areas()["area"], *region_codes()], list(published)
    if plan is not None:
        areas += [*plan.areas["area"], *plan.regions["region"]]
        published |= plan.sources.set_index("source")["published"].to_dict()
        sources = list(published)
    faults = _check_figures(frame, lines, path=shown_path(path), areas=areas, sources=sources)
    refuse_any(joined_faults(form, faults))
    said = kept_warnings(frame)
    frame["known_from"] = known_from(frame, published)
    keep_warnings(frame, said)
    return frame


def _check_figures(
    frame: pd.DataFrame, lines: list[int], *, path: str, areas: list[str], sources: list[str]
) -> list[Fault]:
    indicators = load_indicators().set_index("indicator")
    choices = {"area": dict.fromkeys(areas), "indicator": indicators.index, "source": sources}
    faults = check_references(frame, choices, path=path, lines=lines)
    code = frame["indicator"]
    faults += [
        _unit_fault(row, indicators["unit"][row.indicator], path=path, line=lines[row.Index])
        for row in frame[
            code.isin(indicators.index) & (frame["unit"] != code.map(indicators["unit"]))
        ].itertuples()
    ]
    fits = frame["unit"] == code.map(indicators["unit"])
    for limit, fault, wrong in (
        ("minimum", "below possible", frame["value"] < code.map(indicators["minimum"])),
        ("maximum", "above possible", frame["value"] > code.map(indicators["maximum"])),
    ):
        for row in frame[wrong & fits].itertuples():
            extra = {"indicator": row.indicator, "rule": f"{indicators[limit][row.indicator]:,.12g}"}
            faults.append(Fault(fault, path, lines[row.Index], "value", row.value, extra))
    return faults + _date_faults(frame, lines, path=path)


def _date_faults(frame: pd.DataFrame, lines: list[int], *, path: str) -> list[Fault]:
    """Faults of dates of publication: no day, or one before the year that the figure describes has begun."""
    faults = date_faults(frame["vintage"], "vintage", path=path, lines=lines)
    for line, year, vintage in zip(lines, frame["year"], frame["vintage"], strict=True):
        if not pd.isna(year) and vintage[:4].isdecimal() and int(vintage[:4]) < year:
            faults.append(Fault("year not begun", path, line, "year", int(year), {"stated": vintage}))
    return faults


def _unit_fault(row: tuple, wanted: str, *, path: str, line: int) -> Fault:
    factor = _FACTORS.get((row.unit, wanted))
    extra = {"indicator": row.indicator, "wanted": wanted, "factor": "", "factor_zh": ""}
    if factor:
        extra["factor"] = f" (1 {wanted} is {factor} {row.unit})"
        extra["factor_zh"] = f"（1 {wanted} = {factor} {row.unit}）"
    return Fault("unit", path, line, "unit", row.unit, extra)
