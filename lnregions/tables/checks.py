"""What must hold in a table beyond its columns and references: units, possible values, years in order."""

import numpy as np
import pandas as pd

from lnregions.errors import quote
from lnregions.tables.codebook import load_units
from lnregions.tables.plan_files import HORIZON, NO_FOLDER_NAME, is_folder_name
from lnregions.tables.tables import Table

_FACTORS = {
    ("万元", "亿元"): "10,000", ("元", "亿元"): "100,000,000", ("万美元", "亿美元"): "10,000", ("人", "万人"): "10,000",
    ("亿人", "万人"): "1/10,000", ("万立方米", "亿立方米"): "10,000",
}  # fmt: skip
"""How many of a unit make one of the codebook's."""
_GROWTH = ["growth", "average_growth", "cumulative_growth"]
_RELATIVE = ["relative_growth", "relative_level"]
_VALUED = ["level", "share", "count", *_GROWTH]


def check_figures(table: Table, indicators: pd.DataFrame) -> None:
    """Report units that do not fit, impossible values, and dates before the year that a figure describes."""
    frame, indicators = table.frame, indicators.set_index("indicator")
    wanted, least, most = (frame["indicator"].map(indicators[one]) for one in ("unit", "minimum", "maximum"))
    fits, pairs = frame["unit"] == wanted, zip(frame["unit"], wanted, strict=True)
    hints = [f" (1 {pair[1]} is {_FACTORS[pair]} {pair[0]})" if pair in _FACTORS else "" for pair in pairs]
    text = "the unit of {indicator} is {wanted}, not {unit!r}{hint}. Give the value in {wanted}."
    hint = pd.Series(hints, frame.index, dtype=object)
    table.report_where(~fits & wanted.notna(), "unit", text, wanted=wanted, hint=hint)
    below, above = "below the least possible", "above the greatest possible"
    for wrong, limit, words in ((frame["value"] < least, least, below), (frame["value"] > most, most, above)):
        text = f"{{indicator}} {{value:.12g}} is {words}, {{limit:,.12g}}."
        text += " Correct the value, its unit or the indicator."
        table.report_where(fits & wrong, "value", text, limit=limit)
    table.check_dates("vintage")
    published = pd.to_numeric(frame["vintage"].str.extract("^([0-9]{4})", expand=False))
    what = "year {year} begins after the figure was published ({vintage}). Correct the year or the vintage."
    table.report_where(published < frame["year"], "year", what)


def check_own(table: Table, shipped: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Report a code of a shipped table, in the first column, that a plan's own table describes otherwise."""
    code = shipped.columns[0]
    known, frame = shipped.set_index(code), table.frame
    remedy = f"Give {code}s of your own codes of their own, and leave shipped ones out."
    for column in columns:
        stated = frame[code].map(known[column])
        text = f"{column} {{{column}!r}} is not what the shipped table has for {{{code}}}, {{stated}}."
        other = stated.notna() & (stated != frame[column])
        table.report_where(other, column, f"{text} {remedy}", stated=stated)


def check_indicators(table: Table) -> None:
    """Report indicators of one's own without what their measure and aggregation need."""
    frame = table.frame
    numbers, weighted = frame["measure"] != "none", frame["aggregation"] == "weighted"
    text = "aggregation weighted needs a weight. Name the indicator that weights, or write none."
    table.report_where(weighted & (frame["weight"] == ""), "weight", text)
    misfit = (frame["measure"] == "growth") & (frame["unit"] != "%")
    table.report_where(misfit, "unit", "unit {unit!r} does not fit measure growth. Write '%'.")
    text = "a {measure} needs a unit. Write it as it is to be printed, such as 亿元, % or km."
    table.report_where(numbers & (frame["unit"] == ""), "unit", text)


def check_regions(table: Table, areas: list[str] | None) -> None:
    """Report codes that cannot name a folder or are those of areas."""
    codes = table.frame["region"]
    wrong = ~codes.map(is_folder_name).astype(bool) | codes.isin(areas or [])
    table.report_where(wrong, "region", f"region {{region!r}} {NO_FOLDER_NAME}")


def check_members(table: Table, areas: pd.DataFrame) -> None:
    """Report members whose level is not that of the table of areas; maps show members by level."""
    stated = table.frame["area"].map(areas.set_index("area")["level"])
    wrong = stated.isin(["province", "city", "county"]) & (table.frame["level"] != "zone")
    text = "level {level} of {area} is not that of the table of areas, {stated}. Write {stated}, or correct areas.csv."
    table.report_where(wrong & (stated != table.frame["level"]), "level", text, stated=stated)


def check_targets(table: Table, indicators: pd.DataFrame) -> None:
    """Report years out of order, a unit that does not fit the kind of clause, and missing parts."""
    frame, kind = table.frame, table.frame["kind"]
    read = ~pd.Series(table.lines, frame.index).isin({one.line for one in table.faults})
    early = frame["horizon"] < frame["first_year"]
    table.report_where(read & early, "horizon", HORIZON)
    text = "baseline_year {baseline_year} is not before the horizon {horizon}. Give an earlier year."
    table.report_where(read & ~early & (frame["baseline_year"] >= frame["horizon"]), "baseline_year", text)
    units, every = indicators.set_index("indicator")["unit"], list(load_units()["unit"])
    pairs = zip(kind, frame["indicator"].map(units), strict=True)
    allowed = pd.Series([_units_of(*pair, every) for pair in pairs], frame.index, dtype=object)
    misfit = [unit not in fitting for unit, fitting in zip(frame["unit"], allowed, strict=True)]
    text = "unit {unit!r} does not fit {kind} of {indicator}. Write {usual}."
    wrong = read & frame["indicator"].isin(units.index) & np.array(misfit, bool)
    table.report_where(wrong, "unit", text, usual=allowed.map(lambda fitting: quote(fitting[0])))
    directed = (kind != "direction") | frame["comparator"].isin(["up", "down"])
    compares = (frame["comparator"] != "") & directed
    needs = {
        "comparator": kind.isin([*_VALUED, *_RELATIVE, "direction"]) & ~compares,
        "value": kind.isin(_VALUED) & frame["value"].isna(),
        "benchmark": kind.isin(_RELATIVE) & (frame["benchmark"] == ""),
        "indicator": (kind != "qualitative") & (frame["indicator"] == ""),
    }
    for column, lacking in needs.items():
        text = f"a target of kind {{kind}} needs {column}. Fill in {column}, or choose another kind."
        table.report_where(read & lacking, column, text)


def _units_of(kind: str, unit: str, every: list[str]) -> list[str]:
    """Units that a clause of this kind may have, the usual one first."""
    if kind in _GROWTH:
        return ["%"]
    if kind == "relative_growth":
        return ["%", ""]
    if kind in ("qualitative", "direction", "doubling", "relative_level"):
        return [unit, "", *every]
    return ["个", unit] if kind == "count" else [unit]
