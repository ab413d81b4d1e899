"""Single values as people write them: numbers, years, codes and dates, read strictly or refused."""

import calendar
import datetime as dt
import re
from decimal import Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_YEAR = re.compile(r"(\d{4})(\.0+)?\s?年?", re.ASCII)
_CODE = re.compile(r"'?(\d+)(?:\.0+)?|(\d{3}),(\d{3})|(\d\.\d{5,}[eE]\+?\d{1,3})", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:[-/年](\d{1,2})(?:[-/月](\d{1,2})日?|月)?|年|\.0+)?(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII
)
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1949, 2100
"""Years that a date may lie in."""
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_NARROW = _WIDE | _INVISIBLE
_LARGEST = 1e300


def narrow(text: str) -> str:
    """Text with full-width ASCII (from Chinese input methods) made ordinary, and outer blanks gone.

    Examples
    --------
    >>> narrow("２０２１年 ")
    '2021年'
    """
    return text.strip() if text.isascii() else text.translate(_NARROW).strip()


def visible(text: str) -> str:
    """Text without signs that nobody sees, such as zero-width blanks from a web page, and without outer blanks."""
    return text.strip() if text.isascii() else text.translate(_INVISIBLE).strip()


def parse_number(text: str) -> float:
    """Return the number a text states, in ASCII digits after :func:`narrow`, thousands separators allowed.

    Raises
    ------
    ValueError
        For anything else: ``1_000``, ``nan``, ``inf``, digits of other scripts, a decimal comma.

    Examples
    --------
    >>> parse_number("９,516.9")
    9516.9
    """
    given = narrow(text)
    if not _NUMBER.fullmatch(given):
        raise ValueError(f"not a number: {text!r}")
    number = float(given.replace(",", ""))
    if abs(number) > _LARGEST:
        raise ValueError(f"not finite: {text!r}")
    if number == 0 and any(digit in "123456789" for digit in re.split("[eE]", given)[0]):
        raise ValueError(f"too small to be held: {text!r}")
    return number + 0.0  # which makes a negative zero a plain one


def parse_year(text: str) -> int:
    """Return the year a text states: four digits, ``年`` and full-width digits allowed.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> parse_year("２０２１年")
    2021
    """
    hit = _YEAR.fullmatch(narrow(text))
    if not hit:
        raise ValueError(f"not a year: {text!r}")
    return int(hit[1])


def parse_code(text: str) -> str:
    """Return the code a text states, whatever a spreadsheet made of its digits; any other text as it is.

    Examples
    --------
    >>> [parse_code(text) for text in ("２１０１００", "210100.0", "210,100", "2.10100000000e+005", "north")]
    ['210100', '210100', '210100', '210100', 'north']
    """
    text = narrow(text)
    hit = _CODE.fullmatch(text)
    if not hit:
        return text
    if hit[4]:
        number = Decimal(hit[4])
        return f"{number:.0f}" if number < 10**16 and number == int(number) else text
    return hit[1] or hit[2] + hit[3]


def parse_date(text: str) -> str:
    """Return a date, month or year as ``2024-01-19``, ``2024-01`` or ``2024``; any other text as it is.

    Examples
    --------
    >>> [parse_date(text) for text in ("2024/1/19", "2024年1月", "2024-01-19 00:00:00", "19.1.2024")]
    ['2024-01-19', '2024-01', '2024-01-19', '19.1.2024']
    """
    hit = _DATE.fullmatch(narrow(text))
    if not hit:
        return text.strip()
    return "-".join([hit[1], *(f"{int(part):02}" for part in hit.groups()[1:] if part)])


def last_day(text: str) -> dt.date:
    """Return the last day of a date, month or year written ``2024-01-19``, ``2024-01`` or ``2024``.

    Raises
    ------
    ValueError
        If it is no day of the calendar from 1949 to 2100.

    Examples
    --------
    >>> str(last_day("2024-02"))
    '2024-02-29'
    """
    hit = _DAY.fullmatch(text)
    year, month, day = (int(part or 0) for part in hit.groups()) if hit else (0, 0, 0)
    month = month if hit and hit[2] else 12
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise ValueError(f"no day: {text!r}")
    return dt.date(year, month, day if hit[3] else calendar.monthrange(year, month)[1])


def is_day(text: str) -> bool:
    """Whether a text is a date, month or year that :func:`last_day` takes."""
    try:
        return bool(last_day(text))
    except ValueError:
        return False
