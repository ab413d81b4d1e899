"""Names in place of codes: functions that take a region or an area also take its name or its code as a number."""

import functools
import inspect

from lnregions.errors import DataError
from lnregions.tables.plans import place_code, plan_of

TAKEN = {"region": "region", "adcode": "area", "city": "area", "area": "place"}
"""Parameters that are codes, and what they are codes of."""


def with_names(name: str, function):
    """Return a public function that takes names as well as codes; one without such a parameter as it is.

    What is neither is left to the function, which refuses it in its own words.

    Examples
    --------
    >>> def show_place(plan, region):
    ...     return region
    >>> with_names("show_place", show_place)("ln-2022", "Western Liaoning")
    'west'
    """
    taken = {
        one: kind
        for one, kind in TAKEN.items()
        if inspect.isfunction(function) and one in inspect.signature(function).parameters
    }
    if not taken:
        return function
    signature = inspect.signature(function)

    @functools.wraps(function)
    def named(*args, **given):
        try:
            bound = signature.bind_partial(*args, **given)
            for one, kind in taken.items():
                if isinstance(bound.arguments.get(one), str | int) and bound.arguments[one]:
                    plan = plan_of(bound.arguments.get("plan") or "ln-2022")
                    bound.arguments[one] = place_code(plan, bound.arguments[one], kind=kind)
        except (DataError, TypeError):
            return function(*args, **given)
        return function(*bound.args, **bound.kwargs)

    named.__module__, named.__qualname__ = "lnregions", name  # where it is found again when unpickled
    return named
