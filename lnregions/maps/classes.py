"""Classes of a map: round breaks by default, a scheme of mapclassify on request, their labels and colours."""

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lnregions.errors import DataError, unknown
from lnregions.style import palette
from lnregions.words import format_number
from lnregions.words.catalogue import tr

SCHEMES = {
    "Quantiles": "quantiles",
    "FisherJenks": "Fisher-Jenks",
    "EqualInterval": "equal intervals",
    "NaturalBreaks": "natural breaks",
}
"""Schemes of mapclassify, and their names in a legend."""
Ramp = Callable[[int], list[str]]
"""Function that gives the colours of a number of classes, from the lowest on."""


class Classes(NamedTuple):
    """Inner breaks in rising order, and how they were found: "given", "round", "zero" or a key of `SCHEMES`.

    A value belongs to the class whose lower break it reaches, so the end classes are open and every value has
    one.
    """

    breaks: tuple[float, ...]
    method: str = "given"

    def index(self, values) -> np.ndarray:
        """Number of the class of each value, from 0; -1 for a missing one."""
        values = np.asarray(values, dtype=float)
        return np.where(np.isfinite(values), np.digitize(values, self.breaks), -1)

    def method_label(self, language: str) -> str:
        """Scheme in words, for the legend; nothing for round breaks, which need none."""
        return tr(SCHEMES[self.method], language) if self.method in SCHEMES else ""


def _finite(values: Iterable[float]) -> np.ndarray:
    values = np.asarray(list(values), dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        raise DataError("There is no value to find class breaks for. Give one finite number, or breaks.")
    return values


def _round_series(low: float, high: float) -> Iterable[list[float]]:
    """Series of round numbers between two values: even steps, the widest first, then 1-2-5 steps."""
    power = math.floor(math.log10(max(high - low, 1e-12)))
    for step in (lead * 10.0**exponent for exponent in (power, power - 1) for lead in (1, 2, 2.5, 5)):
        yield [round(k * step, 10) for k in range(math.floor(low / step) + 1, math.ceil(high / step))]
    if low > 0:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for leads in ((1, 2, 5), (1, 2.5, 5), (1, 3), (1,)):
            steps = [round(lead * 10.0**power, 10) for power in powers for lead in leads]
            yield [step for step in steps if low < step < high]


def round_breaks(values: Iterable[float], *, classes: int = 5) -> Classes:
    """Round breaks that share the values out well: even steps, or 1-2-5 steps where values are skewed.

    Of all series of round numbers with at most `classes` classes the one with the most even class counts
    (their entropy) is taken; between equals, even steps and fewer classes. Give it the values of all regions
    and years that should compare, and pass the result on as ``breaks=``.

    Raises
    ------
    DataError
        When there is no finite value.

    Examples
    --------
    >>> round_breaks([31, 38, 44, 52, 67]).breaks
    (40.0, 50.0, 60.0)
    """
    values = _finite(values)
    low, high = float(values.min()), float(values.max())
    if low == high:
        return Classes((low,), "round")
    found = [series for series in _round_series(low, high) if 1 <= len(series) < classes]
    found = found or [[(low + high) / 2]]
    return Classes(tuple(max(found, key=partial(_evenness, values))), "round")


def _evenness(values: np.ndarray, breaks: Sequence[float]) -> float:
    """Entropy of the counts of classes."""
    share = np.unique(np.digitize(values, breaks), return_counts=True)[1] / len(values)
    return round(float(-(share * np.log(share)).sum()), 6)


def change_breaks(values: Iterable[float], *, least: float = -math.inf) -> Classes:
    """Round breaks in even steps from zero, the same on both sides, for changes and differences.

    There are at most three classes on a side of zero, or four if all values lie on one side; the other side
    is one class. No break is at or below the `least` possible value, such as -100 % of an amount.

    Examples
    --------
    >>> change_breaks([-7, -1, 2, 4, 9]).breaks
    (-5.0, -2.5, 0.0, 2.5, 5.0)
    >>> change_breaks([8.3, 9.2, 10.6]).breaks
    (0.0, 10.0)
    >>> change_breaks([-8, 120, 230], least=-100).breaks
    (0.0, 100.0, 200.0)
    """
    values = _finite(values)
    sizes = np.abs(values)
    if not sizes.any():
        return Classes((0.0,), "zero")
    power = math.floor(math.log10(sizes.max()))
    steps = [lead * 10.0**exponent for exponent in (power, power - 1) for lead in (5, 2.5, 2, 1)]
    most = 2 if values.min() < 0 < values.max() else 3
    found = [
        [round(k * step, 10) for k in range(1, count + 1)] for step in steps for count in range(1, most + 1)
    ]
    half = max((one for one in found if one[-1] <= sizes.max()), key=partial(_evenness, sizes))
    below = [-b for b in reversed(half) if -b > least] if (values < 0).any() else []
    above = half if (values > 0).any() else []
    return Classes((*below, 0.0, *above), "zero")


def class_labels(classes: Classes, *, factor: float = 1.0, language: str = "en") -> list[str]:
    """Label of each class, from the lowest, in the language's habit.

    `factor` turns the table's unit into the one printed (0.1 from 亿元 to billion yuan).

    Examples
    --------
    >>> class_labels(Classes((500, 1000)))
    ['below 500', '500 to 1,000', '1,000 or more']
    """
    shown = [b * factor for b in classes.breaks]
    places = next((d for d in range(3) if all(abs(n - round(n, d)) < 1e-9 for n in shown)), 3)
    words = [format_number(b, language=language, decimals=places) for b in shown]
    return [
        tr("below {number}", language, context="class", number=words[0]),
        *(tr("{low} to {high}", language, low=a, high=b) for a, b in pairwise(words)),
        tr("{number} or more", language, number=words[-1]),
    ]


@dataclass(frozen=True)
class Scale:
    """Classes of one column with their colours: what a map and its legend share."""

    column: str
    unit: str
    classes: Classes
    ramp: list[str]

    def facts(self) -> dict:
        """What a figure's sidecar records of the classes."""
        breaks, method = self.classes
        return {"column": self.column, "unit": self.unit, "breaks": list(breaks), "class_method": method}


def scheme_breaks(values: Iterable[float], scheme: str, *, classes: int = 5) -> Classes:
    """Breaks of one of the schemes of mapclassify, with at most as many classes as there are different values.

    Raises
    ------
    DataError
        For an unknown scheme.

    Examples
    --------
    >>> scheme_breaks([1, 2, 3, 10, 11, 12], "Quantiles", classes=2).breaks
    (10.0,)
    """
    import mapclassify  # slow to import, and rarely used

    scheme = {one.casefold(): one for one in SCHEMES}.get(scheme.replace("_", "").casefold(), scheme)
    if scheme not in SCHEMES:
        raise unknown("scheme", scheme, list(SCHEMES))
    values = _finite(values)
    with warnings.catch_warnings():  # that a faster package is not installed
        warnings.filterwarnings("ignore", "Numba")
        found = getattr(mapclassify, scheme)(values, k=max(2, min(classes, len(np.unique(values)))))
    # the bins of mapclassify include their upper end, ours their lower: the same split, seen from above
    inner = {float(values[values > upper].min()) for upper in found.bins[:-1] if (values > upper).any()}
    return Classes(tuple(sorted(inner)), scheme)


def rate_scale(
    column: str,
    values,
    *,
    unit: str,
    breaks: Classes | Sequence[float] | None,
    ramp: Ramp | None = None,
) -> Scale:
    """Scale of a rate or share in one hue, pale to deep; without breaks, round ones of the values.

    Raises
    ------
    DataError
        When the breaks do not rise, or are more than six.
    """
    breaks = round_breaks(values) if breaks is None else breaks
    classes = breaks if isinstance(breaks, Classes) else Classes(tuple(float(b) for b in breaks))
    if not 1 <= len(classes.breaks) <= 6 or any(b <= a for a, b in pairwise(classes.breaks)):
        raise DataError(
            f"Class breaks {classes.breaks} do not make classes. Give one to six numbers in rising order."
        )
    return Scale(column, unit, classes, (ramp or palette.sequential)(len(classes.breaks) + 1))


def change_scale(column: str, classes: Classes, *, unit: str, ramp: Ramp | None = None) -> Scale:
    """Scale of a change: brown below zero, blue above."""
    below, above = (sum(sign * b >= 0 for b in classes.breaks) for sign in (-1, 1))
    return Scale(column, unit, classes, ramp(below + above) if ramp else palette.diverging(below, above))
