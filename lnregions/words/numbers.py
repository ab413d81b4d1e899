"""Names, numbers and units as figures print them in either language.

One rule for every printed number, on pictures, in tables, captions and reasons, so that a number never has two
roundings on one page. A figure is printed with the decimals that the codebook (``data/indicators.csv``) gives its
indicator, growth rates with `RATE_DECIMALS`; a unit that counts in tens or hundreds keeps the digits, 9516.9亿元
being 951.69 billion yuan, and a whole amount has no point. There are more decimals only where they are needed: for
the first digit of a small number (`places_shown`), and to tell a value from its target and the gap from zero
(`places_apart`). What a plan requires is printed as the plan writes it, without zeros after the point: above 85%.
Halves are rounded up, on the digits of the number as written and not on those of its binary fraction (`rounded`).
"""

import csv
import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from itertools import groupby

from lnregions.errors import unknown
from lnregions.paths import data_dir
from lnregions.words.catalogue import check_language, tr

_OWN_NAMES = (
    "target", "no data", "met", "on track", "acceleration needed", "deterioration", "missed", "too close to call",
    "not assessable", "not quantified", "confirmed", "likely", "unverified",
)  # fmt: skip
NAMES = {name: name for name in _OWN_NAMES} | {"limited": "limited progress"}
"""Message of each coded name: statuses, kinds of membership, the target."""
MOST_DECIMALS = 6
"""Decimals of the smallest numbers that are printed."""
RATE_DECIMALS = 1
"""Decimals of growth rates, those of every growth indicator of the codebook."""
_COUNT = "个"
"""Unit of counts, which English prints without a word: 5 schools are 5."""
_EASTERN = "\u2e80"
"""First of the signs of Chinese, which numbers stand before without a blank."""
_WRITTEN_DECIMALS = 2
"""Decimals at most of a number of which no decimals are known."""
_NOISE_DECIMALS = 9
"""Decimals beyond which digits are those of binary fractions: 85.55 - 85 is 0.5499999999999972."""
_HALF_UP = Context(prec=400, rounding=ROUND_HALF_UP)


@cache
def units() -> dict[str, tuple[str, float, str]]:
    """Return by unit of the tables: English label, factor to it, Chinese label (``data/units.csv``).

    Points of a percentage and index numbers are units of differences and ratios that no table holds.
    """
    with (data_dir() / "units.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    rows = {row["unit"]: (row["label_en"], float(row["factor_en"]), row["label_zh"]) for row in table}
    computed = {name: (tr(name, "en"), 1.0, tr(name, "zh")) for name in ("pp", "index")}
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


def rounded(value: float, decimals: int) -> Decimal:
    """Number rounded to some decimals of its digits as written, halves away from zero; the one rounding of all.

    Examples
    --------
    >>> rounded(85.55, 1), round(85.55, 1), rounded(85.55 - 85, 2), rounded(-0.04, 1), rounded(9516.9, -3)
    (Decimal('85.6'), 85.5, Decimal('0.55'), Decimal('0.0'), Decimal('1.0E+4'))
    """
    written = Decimal(repr(round(float(value), _NOISE_DECIMALS)))
    found = written.quantize(Decimal(1).scaleb(-decimals), context=_HALF_UP)
    return found if found else abs(found)  # no minus zero


def without_noise(value: float) -> float:
    """Number without the digits that only its binary fraction has: nine decimals, of a small one nine digits.

    Examples
    --------
    >>> without_noise(98.92000000000007), without_noise(85.55 - 85), without_noise(1.23e-12)
    (98.92, 0.55, 1.23e-12)
    """
    return round(value, _NOISE_DECIMALS) if abs(value) >= 1 else float(f"{value:.{_NOISE_DECIMALS}g}")


def _written_decimals(value: float, most: int = _WRITTEN_DECIMALS) -> int:
    return next((n for n in range(most) if rounded(value, n) == rounded(value, most)), most)


def places_shown(value: float, decimals: int) -> int:
    """Decimals of a number: those given, or where it would print as zero as many as show its first digit.

    Examples
    --------
    >>> places_shown(12.5, 1), places_shown(0.0371, 1), places_shown(0.0, 1)
    (1, 2, 1)
    """
    if not value or rounded(value, decimals):
        return decimals
    first = min(math.ceil(-math.log10(abs(value))), MOST_DECIMALS)
    return first if rounded(value, first) else decimals


def year_span(first: float | None, last: float | None) -> str:
    """A year, or the years from `first` on where there are several; empty where `last` is missing.

    Examples
    --------
    >>> year_span(2022, 2024), year_span(2024, 2024), year_span(None, 2024), year_span(2022, None)
    ('2022-2024', '2024', '2024', '')
    """
    found = []
    for year in (last, first):
        try:
            found.insert(0, str(int(year)))
        except (TypeError, ValueError):  # missing
            break
    return "-".join(dict.fromkeys(found))


def spans_of(years: Iterable[int], language: str = "en") -> str:
    """Years as printed, those in a row by the first and the last.

    Examples
    --------
    >>> spans_of([2017, 2022, 2021, 2020])
    '2017, 2020-2022'
    """
    runs = groupby(enumerate(sorted({*map(int, years)})), lambda pair: pair[1] - pair[0])
    ends = ([year for _, year in run] for _, run in runs)
    return tr(", ", language).join(year_span(run[0], run[-1]) for run in ends)


def places_apart(value: float | None, target: float | None, decimals: int) -> int:
    """Decimals at least those given that tell a value from its target and the gap between them from zero.

    Where one decimal more makes the three agree, value less target being the gap as printed, there is one more.

    Examples
    --------
    >>> places_apart(85.55, 85, 2), places_apart(4.149, 4.156, 1), places_apart(15, 15, 1), places_apart(15, None, 1)
    (2, 2, 1, 1)
    """
    if value is None or target is None or not math.isfinite(value) or not math.isfinite(target):
        return decimals

    def apart(places: int) -> bool:
        return rounded(value, places) != rounded(target, places) and bool(rounded(value - target, places))

    def agree(places: int) -> bool:
        return rounded(value, places) - rounded(target, places) == rounded(value - target, places)

    places = next(filter(apart, range(decimals, MOST_DECIMALS + 1)), decimals)
    return next(filter(agree, (places, places + 1)), places)


def unit_places(unit: str, language: str) -> int:
    """Decimals more that a number has in the unit the language counts in, so that its digits stay the same.

    Examples
    --------
    >>> unit_places("亿元", "en"), unit_places("亿元", "zh"), unit_places("亿立方米", "en")
    (1, 0, -2)
    """
    return 0 if language == "zh" or unit not in units() else -round(math.log10(units()[unit][1]))


def format_number(
    value: float | None, *, language: str = "en", decimals: int | None = None, sign: bool = False
) -> str:
    """Number as the language prints it: commas in English, plain digits in Chinese, a true minus sign.

    `decimals` are those printed, more for a smaller number; left out, the digits it has, two decimals at most.

    Examples
    --------
    >>> format_number(10002.1), format_number(10002.1, language="zh"), format_number(-3, sign=True)
    ('10,002.1', '10002.1', '−3')
    """
    check_language(language)
    if value is None or not math.isfinite(value):
        return text("no data", language)
    places = places_shown(value, _written_decimals(value) if decimals is None else decimals)
    number = rounded(value, max(places, 0))
    plus = "+" if sign and number > 0 else ""
    comma = "," if language == "en" else ""
    return f"{plus}{number:{comma}f}".replace("-", "\u2212")


def format_value(
    value: float | None, unit: str, language: str = "en", *, decimals: int | None = None, sign: bool = False
) -> str:
    """Value with its unit in the language's habit, changed to the unit the language counts in.

    `decimals` are those of the value in the unit given, such as the codebook's; a printed unit that is another keeps
    the digits. Left out, the number has the digits it is written with, two decimals at most.

    Examples
    --------
    >>> format_value(9027.1, "亿元", "en", decimals=1), format_value(9027.1, "亿元", "zh", decimals=1)
    ('902.71 billion yuan', '9027.1亿元')
    >>> format_value(8, "%", "en", decimals=1), format_value(8, "%", "en"), format_value(-1.5, "pp", "zh", sign=True)
    ('8.0%', '8%', '−1.5个百分点')
    >>> format_value(27.1, "μg/m³", "zh")
    '27.1 μg/m³'
    """
    if value is None or not math.isfinite(value):
        return text("no data", language)
    shown, value = to_unit(float(value), unit, language), float(value)
    if decimals is None or (unit not in ("%", "pp") and rounded(shown, MOST_DECIMALS) % 1 == 0):
        places = _written_decimals(shown, max(_WRITTEN_DECIMALS + unit_places(unit, language), 0))
    else:
        places = max(places_shown(value, decimals) + unit_places(unit, language), 0)
    number = format_number(shown, language=language, decimals=places, sign=sign)
    label = unit_label(unit, language)
    if not label or (unit == _COUNT and language == "en"):
        return number
    glue = " " if label != "%" and (language == "en" or (label[0].isalpha() and label[0] < _EASTERN)) else ""
    return f"{number}{glue}{label}"


def comparison_words(
    actual: float | None, required: float | None, unit: str, *, decimals: int, language: str = "en",
    planned: bool = True,
) -> dict[str, str]:  # fmt: skip
    """Words of the numbers that a verdict compares: ``actual``, ``required`` and ``gap``, empty where one is missing.

    All three have as many decimals as tell actual from required; what a plan itself requires (`planned`) has only
    those it is written with. Gaps of rates and shares are in percentage points.

    Examples
    --------
    >>> comparison_words(85.55, 85.0, "%", decimals=2)
    {'actual': '85.55%', 'required': '85%', 'gap': '+0.55 pp'}
    >>> comparison_words(4.149, 4.156, "%", decimals=1, planned=False)
    {'actual': '4.15%', 'required': '4.16%', 'gap': '−0.01 pp'}
    """
    known = [value is not None and math.isfinite(value) for value in (actual, required)]
    places = places_apart(actual, required, decimals)
    fewest = min(_written_decimals(required, MOST_DECIMALS), places) if planned and known[1] else places
    own = {"unit": unit, "language": language}
    gap_unit = {"unit": "pp" if unit == "%" else unit, "language": language, "sign": True}
    return {
        "actual": format_value(actual, decimals=places, **own) if known[0] else "",
        "required": format_value(required, decimals=fewest, **own) if known[1] else "",
        "gap": format_value(actual - required, decimals=places, **gap_unit) if all(known) else "",
    }
