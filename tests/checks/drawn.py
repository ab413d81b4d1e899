"""Pictures put together without being drawn: the frames that each plotting function is given.

The functions that make pictures run as they are, on the tables as they are; only what draws is replaced by a
stand-in that notes its arguments. So nothing is compared but what a reader would see, and no pixel is made.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FunctionType, ModuleType

from lnregions.assess import verdicts as judgement
from lnregions.figures import pictures

__all__ = ["Drawn", "PlotCall", "undrawn"]

MODULES = ("chart_pictures", "map_pictures", "year_pictures", "city_pictures")
"""Modules whose functions make pictures."""
_DRAWING = ("lnregions.chart_", "lnregions.map_", "lnregions.charts", "lnregions.maps")


@dataclass(frozen=True)
class PlotCall:
    """A plotting function by name, with the arguments it was given."""

    name: str
    given: dict


@dataclass
class Drawn:
    """Pictures made so far, each with the plotting functions that it called."""

    made: list[tuple[object, list[PlotCall]]] = field(default_factory=list)
    _calls: list[PlotCall] = field(default_factory=list)
    _judged: dict[tuple, list] = field(default_factory=dict)

    def note(self, name: str, given: dict) -> None:
        """Remember a call."""
        self._calls.append(PlotCall(name, given))

    def judge_all(self, plan, **own) -> list:
        """Verdicts on a plan, made once for all pictures."""
        key = (plan.id, str(plan.folder), tuple(sorted(own.items())))
        if key not in self._judged:
            self._judged[key] = judgement.judge_all(plan, **own)
        return self._judged[key]

    def finish(self, picture: object) -> None:
        """Remember a picture with the calls since the last one."""
        self.made.append((picture, self._calls))
        self._calls = []


_ASKS = {"drawn_on"}
"""Functions of drawing modules that ask what was drawn, to which there is no answer here."""


class _Paper:
    """Stands for axes, figures and whatever else is drawn on: any attribute, call or item is paper again."""

    def __getattr__(self, name):
        return self

    def __call__(self, *given, **named):
        return self

    def __getitem__(self, place):
        return self

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return True


@contextmanager
def undrawn() -> Iterator[Drawn]:
    """Let pictures be made without drawing; what would be drawn is noted in the `Drawn` it gives.

    It replaces names in the modules that make pictures for as long as it lasts, so that no other thread may make
    pictures meanwhile.
    """
    drawn, before = Drawn(), []
    modules = [importlib.import_module(f"lnregions.{name}") for name in MODULES]
    try:
        for module in modules:
            for name, value in list(vars(module).items()):
                stand_in = _stand_in(value, drawn)
                if stand_in is not None:
                    before.append((module, name, value))
                    setattr(module, name, stand_in)
        yield drawn
    finally:
        for module, name, value in reversed(before):
            setattr(module, name, value)


def _stand_in(value: object, drawn: Drawn) -> object:
    """What replaces a name: the noting twin of what draws, or None for what stays."""
    if isinstance(value, ModuleType) and value.__name__ in ("lnregions.charts", "lnregions.maps"):
        twin = ModuleType(value.__name__)
        vars(twin).update({name: _stand_in(one, drawn) or one for name, one in vars(value).items()})
        return twin
    if value is pictures.make_picture:
        return _finishing(value, drawn)
    if value is judgement.judge_all:
        return drawn.judge_all
    if isinstance(value, FunctionType) and value.__module__.startswith(_DRAWING):
        own = value.__module__.removeprefix("lnregions.")
        return None if own in MODULES else _noting(value, drawn)
    return None


def _noting(function: Callable, drawn: Drawn) -> Callable:
    """Twin of a drawing function that notes its arguments and gives paper."""

    def note(*given, **named):
        if function.__name__.startswith("plot_"):
            bound = inspect.signature(function).bind(*given, **named)
            drawn.note(function.__name__, dict(bound.arguments))
        return None if function.__name__ in _ASKS else _Paper()

    return note


def _finishing(function: Callable, drawn: Drawn) -> Callable:
    """Twin of ``make_picture`` that notes the picture it makes."""

    def make(*given, **named):
        picture = function(*given, **named)
        drawn.finish(picture)
        return picture

    return make
