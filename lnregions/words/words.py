"""Words, numbers and units as figures print them, both languages side by side."""

import math

from lnregions import errors as _checks

LANGUAGES = ("en", "zh")

WORDS: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "actual": ("actual", "实际值"),
    "required": ("required path", "应达路径"),
    "target": ("target", "目标"),
    "benchmark": ("benchmark", "比较基准"),
    "projection": ("projection", "推算"),
    "gap": ("gap", "差距"),
    "year": ("year", "年份"),
    "no data": ("no data", "暂无数据"),
    "met": ("met", "已实现"),
    "on track": ("on track", "进度相符"),
    "acceleration needed": ("acceleration needed", "需加快"),
    "limited": ("limited progress", "进展有限"),
    "deterioration": ("deterioration", "出现倒退"),
    "missed": ("missed", "未实现"),
    "not assessable": ("not assessable", "无法评估"),
    "not quantified": ("not quantified", "未量化"),
    "confirmed": ("confirmed", "已证实"),
    "likely": ("likely", "较可能"),
    "unverified": ("unverified", "未证实"),
    "circle": ("Circle", "都市圈"),
    "belt": ("Belt", "沿海带"),
    "west": ("West", "辽西"),
    "east": ("East", "辽东"),
    "source": ("Source", "资料来源"),
    "boundaries": ("Boundaries", "边界"),
    "projection_of_map": ("Projection", "投影"),
    "pp": ("pp", "个百分点"),
    "and": ("and", "和"),
    "other areas": ("other areas", "其他地区"),
}

# unit in the tables: (English label, factor to it, Chinese label)
UNITS: dict[str, tuple[str, float, str]] = {
    "亿元": ("billion yuan", 0.1, "亿元"),
    "亿美元": ("billion US dollars", 0.1, "亿美元"),
    "万人": ("million people", 0.01, "万人"),
    "亿立方米": ("million cubic metres", 100.0, "亿立方米"),
    "%": ("%", 1.0, "%"),
    "个": ("number", 1.0, "个"),
    "pp": ("pp", 1.0, "个百分点"),
    "index": ("index", 1.0, "指数"),
    "": ("", 1.0, ""),
}


def check_language(language: str) -> str:
    """`language` itself when it is one of "en" and "zh", else DataError."""
    if language not in LANGUAGES:
        raise _checks.unknown("language", language, LANGUAGES)
    return language


def text(key: str, language: str) -> str:
    """Word of a figure in one language.

    Examples
    --------
    >>> text("target", "en"), text("target", "zh")
    ('target', '目标')
    """
    if key not in WORDS:
        raise _checks.unknown("word", key, list(WORDS))
    return WORDS[key][LANGUAGES.index(check_language(language))]


def unit_label(unit: str, language: str) -> str:
    """Name of a unit in the language's habit; an unknown unit is shown as given.

    Examples
    --------
    >>> unit_label("亿元", "en"), unit_label("亿元", "zh")
    ('billion yuan', '亿元')
    """
    english, _, chinese = UNITS.get(unit, (unit, 1.0, unit))
    return english if check_language(language) == "en" else chinese


def to_unit(value, unit: str, language: str):
    """Value (number, array or Series) in the unit that `unit_label` names.

    Examples
    --------
    >>> to_unit(10000, "亿元", "en"), to_unit(10000, "亿元", "zh")
    (1000.0, 10000)
    """
    if check_language(language) == "zh" or unit not in UNITS:
        return value
    return value * UNITS[unit][1]


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


MOST_DECIMALS = 6
"""Decimals of the smallest numbers that are printed."""


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
