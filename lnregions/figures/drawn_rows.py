"""Rows behind a picture, the same columns in every bundle: each number with unit, year, grade, status and source."""

from collections.abc import Sequence

import pandas as pd

from lnregions.errors import DataError, quote
from lnregions.tables import printed_decimals
from lnregions.words import rounded, to_unit, unit_label, unit_places

ROLES = (
    "actual", "benchmark", "member", "former", "mean", "required", "target", "bound", "projection", "gap",
)  # fmt: skip
"""What a row of a trajectory is; only the first three are figures."""
FIGURES = ROLES[:3]
TRAJECTORY = (
    "role", "plan", "area", "indicator", "first_year", "year", "comparator", "value", "low", "high", "unit",
)  # fmt: skip
"""First columns of every trajectory; ``low`` and ``high`` are those of a path, a bound or a projection."""
FIRST_SHOWN = 2018
"""First year that a series of levels is drawn from."""
UNDATED = "undated"
"""Vintage of a figure whose source states no date."""
_LEADING = (*TRAJECTORY, "drawn", "drawn_unit", "factor", "grade", "status", "vintage", "source")
_YEARS = (
    "year", "first_year", "last_year", "segment", "actual_year", "mean_from", "baseline_year", "horizon",
    "reached_in",
)  # fmt: skip


def figures_only(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are figures; without a column ``role`` all are."""
    return rows[~rows["role"].isin(ROLES[len(FIGURES) :])] if "role" in rows else rows


def roled(rows: pd.DataFrame, role: str, **columns) -> pd.DataFrame:
    """Rows with their role and other columns filled in."""
    return pd.DataFrame(rows).assign(role=role, **columns)


def trajectory_rows(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Parts of a trajectory one below the other, with all columns of `TRAJECTORY`."""
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return rows.reindex(columns=[*TRAJECTORY, *(name for name in rows if name not in TRAJECTORY)])


def complete_rows(rows: pd.DataFrame, *, area: str, indicator: str, unit: str, language: str) -> pd.DataFrame:
    """Rows with the area, indicator and unit of each number, and the number as the picture prints it.

    Parameters
    ----------
    rows
        Data of a picture. Those with a column ``value`` get ``area indicator unit`` where they lack, ``drawn`` (the
        value in the unit drawn, with the decimals printed), ``drawn_unit`` and ``factor`` (from the one unit to the
        other), ``status`` and ``vintage``. Where there are ``gap``, ``change`` or ``rate_needed``, each gets its
        ``_unit``.
    area, indicator, unit
        Of the picture; empty where it has no single one.
    language
        Of the picture, whose habit tells the unit drawn.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2024], "value": [9516.9], "source": ["s046"]})
    >>> found = complete_rows(rows, area="210200", indicator="gdp", unit="亿元", language="en")
    >>> found.iloc[0].to_dict()
    {'area': '210200', 'indicator': 'gdp', 'year': 2024, 'value': 9516.9, 'unit': '亿元', 'drawn': 951.69, \
'drawn_unit': 'billion yuan', 'factor': 0.1, 'status': 'computed', 'vintage': 'undated', 'source': 's046'}
    """
    rows = pd.DataFrame(rows).reset_index(drop=True)
    if "value" in rows:
        for name, own in (("area", area), ("indicator", indicator), ("unit", unit)):
            rows[name] = rows[name].where(rows[name].notna(), own) if name in rows else own
    if "unit" in rows:
        units = rows["unit"].fillna("").astype(str)
        rows["drawn_unit"] = [unit_label(one, language) for one in units]
        rows["factor"] = [to_unit(1.0, one, language) for one in units]
        for name, change in (("gap", True), ("change", True), ("rate_needed", False)):
            if name in rows and f"{name}_unit" not in rows:
                place = rows.columns.get_loc(name) + 1
                own = units.replace({"%": "pp"}) if change else "%"
                rows.insert(place, f"{name}_unit", own)
    if "value" in rows:
        numbers = zip(rows["value"], rows["unit"], rows["indicator"], strict=True)
        drawn = pd.Series([_drawn(*one, language) for one in numbers], index=rows.index, dtype=float)
        rows["drawn"] = rows["drawn"].fillna(drawn) if "drawn" in rows else drawn
    if "source" in rows and ("value" in rows or "vintage" in rows):
        cited = rows["source"].fillna("") != ""
        for name, empty in (("status", "computed"), ("vintage", UNDATED)):
            known = rows[name].fillna("") if name in rows else pd.Series("", rows.index)
            rows[name] = known.where((known != "") | ~cited, empty)
    rows = rows.astype({name: "Int64" for name in _YEARS if name in rows})
    first = [name for name in _LEADING if name in rows]
    return rows[first + [name for name in rows if name not in first]] if "value" in rows else rows


def _drawn(value: float, unit: str, indicator: str, language: str) -> float:
    """Value in the unit drawn, rounded as it is printed."""
    if pd.isna(value):
        return float("nan")
    places = printed_decimals(indicator, unit) + unit_places(unit, language)
    return float(rounded(to_unit(float(value), unit, language), max(places, 0)))


def recent_years(frame: pd.DataFrame, *, first: int = FIRST_SHOWN) -> pd.DataFrame:
    """Rows from the first year shown on."""
    return frame[frame["year"] >= first].reset_index(drop=True)


def paired_years(found: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Figures of two years side by side (``_before``, ``_after``) of areas without a break between them."""
    before, after = (found[found["year"] == year].set_index("area") for year in (first, last))
    joined = before.merge(after, left_index=True, right_index=True, suffixes=("_before", "_after"))
    return joined[joined["segment_before"] == joined["segment_after"]]


_VERDICT_COLUMNS = ("target", "region", "status")


def check_verdicts(given: object) -> None:
    """Refuse what is no table of verdicts."""
    if not isinstance(given, pd.DataFrame):
        kind = quote(given)
    elif set(_VERDICT_COLUMNS) <= set(given.columns):
        return
    else:
        kind = f"a table with other columns than {', '.join(_VERDICT_COLUMNS)}"
    raise DataError(f"The verdicts are {kind}, not a table of verdicts. Give what judge(plan) returns.")
