"""Values are printed with their units as each language has them."""

import math

import pytest

from lnregions.errors import DataError
from lnregions.words import format_number, format_value, text


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        (9027.1, "亿元", "en", "902.7 billion yuan"),
        (9027.1, "亿元", "zh", "9027.1亿元"),
        (10000, "亿元", "en", "1,000 billion yuan"),
        (10002.1, "亿元", "en", "1,000.2 billion yuan"),
        (3.47, "亿立方米", "en", "347 million cubic metres"),
        (-0.04, "%", "en", "0.0%"),
        (-1.25, "pp", "en", "−1.2 pp"),
        (5, "furlong", "en", "5 furlong"),
        (5, "", "zh", "5"),
        (3.14159, "", "en", "3.14"),
        (math.nan, "%", "zh", "暂无数据"),
        (None, "%", "en", "no data"),
        (math.inf, "亿元", "en", "no data"),
    ],
)
def test_values_are_printed_in_the_habit_of_the_language(value, unit, language, expected):
    assert format_value(value, unit, language) == expected


def test_signs_and_decimals_can_be_asked_for():
    assert format_value(2, "%", "en", sign=True, decimals=2) == "+2.00%"
    assert format_number(0, sign=True) == "0"
    assert format_number(math.nan) == "no data"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0371, ("0.004 billion US dollars", "0.04亿美元")), (-0.0004, ("−0.00004 billion US dollars", "−0.0004亿美元")),
     (0.0, ("0 billion US dollars", "0亿美元")), (0.5, ("0.05 billion US dollars", "0.50亿美元"))],
)  # fmt: skip
def test_a_small_number_is_never_printed_as_nothing(value, printed):
    assert tuple(format_value(value, "亿美元", language) for language in ("en", "zh")) == printed


def test_an_unknown_word_is_refused():
    with pytest.raises(DataError, match=r"'aim'"):
        text("aim", "en")
