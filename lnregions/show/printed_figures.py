"""Figures as tables print them: in the unit the language counts in, with the codebook's decimals."""

import math
import re

import pandas as pd

from lnregions.tables import units_and_decimals
from lnregions.words import UNITS, format_value

_RATES = ("growth", "real growth", "mean growth", "needed", "mean needed", "benchmark")
"""Numbers of a verdict that are rates in per cent, whatever the target's unit."""
_PLAIN = ("multiple", "ratio", "score")
"""Numbers of a verdict that have no unit."""
_CHANGES = ("gap", "change")
"""Numbers of a verdict that are differences: they carry a sign, and those of rates are in points."""


def figure_words(value, indicator: str, language: str = "en", *, unit: str = "", sign: bool = False) -> str:
    """Figure of an indicator with its unit, as exact as the codebook says; empty for a missing one.

    A unit that is another in English keeps the digits: 9027.1亿元 are 902.71 billion yuan.

    Examples
    --------
    >>> figure_words(9027.1, "gdp"), figure_words(9027.1, "gdp", "zh"), figure_words(85.5, "urbanisation_rate")
    ('902.71 billion yuan', '9027.1亿元', '85.50%')
    """
    if value is None or pd.isna(value):
        return ""
    own, places = units_and_decimals()[indicator]
    unit = unit or own
    factor = UNITS.get(unit, ("", 1.0, ""))[1] if language == "en" else 1.0
    of_codebook = unit == own or (unit == "pp" and own == "%")
    places = max(0, places - round(math.log10(factor))) if of_codebook else 1
    whole = unit not in ("%", "pp") and abs(value * factor - round(value * factor)) < 1e-9
    return format_value(float(value), unit, language, decimals=0 if whole else places, sign=sign)


def calculation_words(verdict, language: str = "en") -> list[tuple[str, str]]:
    """Every number that a verdict used: its name, and the number with its unit.

    Examples
    --------
    >>> from lnregions.assess.verdicts import Verdict
    >>> numbers = {"baseline 2021": 7249.7, "required": 10000.0, "gap": -972.9, "real growth 2024": 5.2}
    >>> one = Verdict("t", "circle", "210100", "gdp", "level", unit="亿元", numbers=numbers)
    >>> for row in calculation_words(one):
    ...     print(row)
    ('baseline 2021', '724.97 billion yuan')
    ('required', '1,000 billion yuan')
    ('gap', '−97.29 billion yuan')
    ('real growth 2024', '5.2%')
    """
    table = verdict.calculation(language=language)
    keys = [name for name, value in verdict.numbers.items() if value is not None]
    return [
        (_bare(str(name)), _number(key, value, verdict, language))
        for key, (name, value) in zip(keys, table.itertuples(index=False), strict=True)
    ]


def _bare(name):
    """Name of a number without the per cent that now stands behind the number."""
    return re.sub(r"[,，] ?%|（%）", "", name)


def _number(key, value, verdict, language):
    kind = key.rstrip("0123456789 ")
    if kind in _PLAIN or isinstance(value, str) or pd.isna(value):
        return "" if pd.isna(value) else format_value(value, "", language) if kind in _PLAIN else str(value)
    change = kind in _CHANGES
    if kind in _RATES:
        return format_value(float(value), "%", language)
    unit = "pp" if change and verdict.unit == "%" else verdict.unit
    return figure_words(value, verdict.indicator, language, unit=unit, sign=change)
