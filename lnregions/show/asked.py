"""What a picture or table is asked for, checked before anything is read or drawn: plan, region, indicator, words."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pandas as pd

from lnregions.errors import DataError, check_language, quote, unknown
from lnregions.tables import load_areas, load_indicators
from lnregions.tables import plan_of
from lnregions.style import size_of

_VERDICT_COLUMNS = ("target", "region", "status")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def _frame_of_verdicts(given: object) -> pd.DataFrame:
    if isinstance(given, pd.DataFrame) and set(_VERDICT_COLUMNS) <= set(given.columns):
        return given
    raise DataError(
        f"The verdicts are {_kind(given)}, not a table of verdicts. Give what judge(plan) returns.",
    )


def _kind(given):
    return (
        f"a table with other columns than {', '.join(_VERDICT_COLUMNS)}"
        if isinstance(given, pd.DataFrame)
        else quote(given)
    )


def _year(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not float(given).is_integer():
        raise DataError(
            f"The year {quote(given)} is not a whole number. Give a four-digit year such as 2024.",
        )
    return int(given)


def _one_of(kind: str, given: object, choices) -> None:
    if not isinstance(given, str) or given not in set(choices):
        raise unknown(kind, str(given), list(choices))


def checked(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function with its plan taken by name, too, and what it is asked for checked by the names of its arguments.

    Arguments left at an empty default are not looked at.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def asked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        bound = signature.bind(*args, **kwargs)
        given = bound.arguments
        for name, value in list(given.items()):
            empty = value is None or (isinstance(value, str) and not value)
            if empty and signature.parameters[name].default is not inspect.Parameter.empty:
                del given[name]  # as if it were not given
        _check(given)
        return function(*bound.args, **bound.kwargs)

    return asked


def _check(given: dict) -> None:
    """Check what is given, and put the plan itself in the place of its name."""
    if "plan" in given:
        given["plan"] = plan_of(given["plan"])
    if "verdicts" in given:
        _frame_of_verdicts(given["verdicts"])
    if "region" in given and "plan" in given:
        _one_of("region", given["region"], given["plan"].regions["region"])
    if "indicator" in given:
        _one_of("indicator", given["indicator"], load_indicators()["indicator"])
    if "adcode" in given:
        areas = given["plan"].areas if "plan" in given else load_areas()
        _one_of("area", given["adcode"], areas["area"])
    if "year" in given:
        given["year"] = _year(given["year"])
    if "language" in given:
        check_language(given["language"])
    if "width" in given:
        size_of(given["width"])
