"""Names, numbers and units as figures print them in either language."""

import csv
import math
from functools import cache

from lnregions.errors import unknown
from lnregions.paths import data_dir
from lnregions.words.catalogue import check_language, tr

NAMES = {
    "actual": "actual",
    "required": "required path",
    "target": "target",
    "benchmark": "benchmark",
    "projection": "projection",
    "gap": "gap",
    "year": "year",
    "no data": "no data",
    "met": "met",
    "on track": "on track",
    "acceleration needed": "acceleration needed",
    "limited": "limited progress",
    "deterioration": "deterioration",
    "missed": "missed",
    "too close to call": "too close to call",
    "not assessable": "not assessable",
    "not quantified": "not quantified",
    "confirmed": "confirmed",
    "likely": "likely",
    "unverified": "unverified",
    "circle": "Circle",
    "belt": "Belt",
    "west": "West",
    "east": "East",
    "source": "Source",
    "boundaries": "Boundaries",
    "projection_of_map": "Projection",
    "pp": "pp",
    "and": "and",
    "other areas": "other areas",
}
"""Message of each coded name: roles of a line, statuses, kinds of membership."""
MOST_DECIMALS = 6
"""Decimals of the smallest numbers that are printed."""


@cache
def units() -> dict[str, tuple[str, float, str]]:
    """Return by unit of the tables: English label, factor to it, Chinese label (``data/units.csv``).

    Points of a percentage and index numbers are units of differences and ratios that no table holds.
    """
    with (data_dir() / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            r["unit"]: (r["label_en"], float(r["factor_en"]), r["label_zh"]) for r in csv.DictReader(file)
        }
    computed = {
        "pp": (tr("pp", "en"), 1.0, tr("pp", "zh")),
        "index": (tr("index", "en"), 1.0, tr("index", "zh")),
    }
    return rows | computed | {"": ("", 1.0, "")}


def text(key: str, language: str) -> str:
    """Return a coded name, such as a status or the role of a line, in one language.

    Examples
    --------
    >>> text("target", "en"), text("target", "zh")
    ('target', '目标')
    """
    check_language(language)
    if key not in NAMES:
        raise unknown("word", key, list(NAMES))
    return tr(NAMES[key], language, context="name")


def unit_label(unit: str, language: str) -> str:
    """Return the name of a unit in the language's habit; an unknown unit as given.

    Examples
    --------
    >>> unit_label("亿元", "en"), unit_label("亿元", "zh")
    ('billion yuan', '亿元')
    """
    check_language(language)
    english, _, chinese = units().get(unit, (unit, 1.0, unit))
    return english if language == "en" else chinese


def to_unit(value, unit: str, language: str):
    """Value (number, array or Series) in the unit that `unit_label` names.

    Examples
    --------
    >>> to_unit(10000, "亿元", "en"), to_unit(10000, "亿元", "zh")
    (1000.0, 10000)
    """
    check_language(language)
    if language == "zh" or unit not in units():
        return value
    return value * units()[unit][1]


def _decimals(value: float, unit: str) -> int:
    if unit in ("%", "pp"):
        return 0 if unit == "%" and abs(value) >= 1000 else 1
    if abs(value - round(value)) < 1e-9:
        return 0
    return 1 if abs(value) >= 10 else places_shown(value, 2)


def places_shown(value: float, decimals: int) -> int:
    """Decimals of a number: those given, or for less than one step of them as many as show its first digit.

    Examples
    --------
    >>> places_shown(12.5, 1), places_shown(0.0371, 1), places_shown(0.0, 1)
    (1, 2, 1)
    """
    if not value or abs(value) >= 10.0**-decimals:
        return decimals
    return min(math.ceil(-math.log10(abs(value))), MOST_DECIMALS)


def format_number(
    value: float | None, *, language: str = "en", decimals: int | None = None, sign: bool = False
) -> str:
    """Number as the language prints it: commas in English, plain digits in Chinese, a true minus sign.

    Examples
    --------
    >>> format_number(10002.1), format_number(10002.1, language="zh"), format_number(-3, sign=True)
    ('10,002.1', '10002.1', '−3')
    """
    check_language(language)
    if value is None or not math.isfinite(value):
        return text("no data", language)
    places = _decimals(value, "") if decimals is None else decimals
    rounded = round(value, places) + 0.0  # no minus zero
    plus = "+" if sign and rounded > 0 else ""
    comma = "," if language == "en" else ""
    return f"{plus}{rounded:{comma}.{places}f}".replace("-", "\u2212")


def format_value(
    value: float | None, unit: str, language: str = "en", *, decimals: int | None = None, sign: bool = False
) -> str:
    """Value with its unit in the language's habit, changed to the unit the language counts in.

    `decimals` are those of the printed number; left out, whole numbers print none and others one or two.

    Examples
    --------
    >>> format_value(9027.1, "亿元", "en"), format_value(9027.1, "亿元", "zh")
    ('902.7 billion yuan', '9027.1亿元')
    >>> format_value(11.1, "%", "en"), format_value(-1.5, "pp", "zh", sign=True)
    ('11.1%', '−1.5个百分点')
    """
    if value is None or not math.isfinite(value):
        return text("no data", language)
    shown = to_unit(float(value), unit, language)
    places = _decimals(shown, unit) if decimals is None else decimals
    number = format_number(shown, language=language, decimals=places, sign=sign)
    label = unit_label(unit, language)
    if not label:
        return number
    glue = "" if language == "zh" or label == "%" else " "
    return f"{number}{glue}{label}"
