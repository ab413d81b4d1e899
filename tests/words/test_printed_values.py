"""Values are printed with their units as each language has them."""

import math

import pytest

from lnregions.errors import DataError
from lnregions.words import format_number, format_value, places_apart, rounded, text


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        (9027.1, "亿元", "en", "902.71 billion yuan"),
        (9027.1, "亿元", "zh", "9027.1亿元"),
        (10002.1, "亿元", "en", "1,000.21 billion yuan"),
        (3.47, "亿立方米", "en", "347 million cubic metres"),
        (-0.04, "%", "en", "−0.04%"),
        (-1.25, "pp", "en", "−1.25 pp"),
        (5, "furlong", "en", "5 furlong"),
        (5, "", "zh", "5"),
        (3.14159, "", "en", "3.14"),
        (math.nan, "%", "zh", "暂无数据"),
        (math.inf, "亿元", "en", "no data"),
    ],
)
def test_values_are_printed_in_the_habit_of_the_language(value, unit, language, expected):
    assert format_value(value, unit, language) == expected


def test_signs_and_decimals_can_be_asked_for():
    assert format_value(2, "%", "en", sign=True, decimals=2) == "+2.00%"
    assert [format_value(5, "个", language) for language in ("en", "zh")] == ["5", "5个"]
    assert format_number(0, sign=True) == "0"
    assert format_number(math.nan) == "no data"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0371, ("0.004 billion yuan", "0.04亿元")), (-0.0004, ("−0.00004 billion yuan", "−0.0004亿元")),
     (0.0, ("0 billion yuan", "0亿元")), (0.5, ("0.05 billion yuan", "0.5亿元"))],
)  # fmt: skip
def test_a_small_number_is_never_printed_as_nothing(value, printed):
    assert tuple(format_value(value, "亿元", language) for language in ("en", "zh")) == printed


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(85.55, 1, "85.6"), (0.125, 2, "0.13"), (-2.5, 0, "-3"), (2.675, 2, "2.68"), (1.005, 2, "1.01"), (35, -1, "4E+1"),
     (85.55 - 85, 2, "0.55"), (85.55 - 85.5, 1, "0.1"), (10000.05 - 10000, 1, "0.1"), (-1e-12, 2, "0.00"),
     (1234567.2499999, 1, "1234567.2"), (98.92000000000007, 6, "98.920000")],
)  # fmt: skip
def test_halves_are_rounded_up_on_the_digits_as_written(value, decimals, expected):
    assert str(rounded(value, decimals)) == expected


def test_every_value_of_two_decimals_rounds_as_its_digits_say():
    for cents in range(-20_000, 20_001):
        tenths = (abs(cents) + 5) // 10 * (1 if cents > 0 else -1)
        assert rounded(cents / 100, 1) * 10 == tenths, cents


@pytest.mark.parametrize(
    ("value", "target", "places"),
    [
        (85.55, 85.0, 1),
        (84.996, 85.0, 3),
        (4.149, 4.151, 3),
        (85.04, 85.0, 2),
        (None, 85.0, 1),
    ],
)
def test_decimals_tell_a_value_from_its_target_and_the_gap_from_zero(value, target, places):
    assert places_apart(value, target, 1) == places


def test_an_unknown_word_is_refused():
    with pytest.raises(DataError, match=r"'aim'"):
        text("aim", "en")
