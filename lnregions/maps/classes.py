"""Classes of a map: round breaks by default, a scheme of mapclassify on request, their labels and colours."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lnregions.errors import DataError, unknown
from lnregions.style import palette
from lnregions.words import format_number
from lnregions.words.catalogue import tr

SCHEMES = {  # name here: class of mapclassify, name in a legend
    "quantiles": ("Quantiles", "quantiles"),
    "fisher-jenks": ("FisherJenks", "Fisher-Jenks"),
    "equal-interval": ("EqualInterval", "equal intervals"),
    "natural-breaks": ("NaturalBreaks", "natural breaks"),
    "head-tail": ("HeadTailBreaks", "head/tail breaks"),
    "std-mean": ("StdMean", "standard deviations"),
}
METHODS = {
    "round": "round class breaks",
    "given": "given class breaks",
    "zero": "round class breaks around zero",
    **{scheme: label for scheme, (_, label) in SCHEMES.items()},
}


class Classes(NamedTuple):
    """Inner breaks in rising order, how they were found, and how well they fit.

    A value belongs to the class whose lower break it reaches, so the end classes are open and every value has
    one. `fit` is the goodness of variance fit (0 to 1; Jenks and Caspall 1971), None where it says nothing.
    """

    breaks: tuple[float, ...]
    method: str = "given"
    fit: float | None = None

    def index(self, values) -> np.ndarray:
        """Number of the class of each value, from 0; -1 for a missing one."""
        values = np.asarray(values, dtype=float)
        found = np.digitize(values, self.breaks)
        return np.where(np.isfinite(values), found, -1)

    def method_label(self, language: str) -> str:
        """Method and fit in words, for the legend."""
        words = tr(METHODS[self.method], language)
        if self.fit is None:
            return words
        return tr("{method}, GVF {fit}", language, method=words, fit=format_number(self.fit, decimals=2))


def _finite(values: Iterable[float], kind: str) -> np.ndarray:
    values = np.asarray(list(values), dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        raise DataError(f"There is no {kind} to find class breaks for. Give one finite number, or breaks.")
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
        When there is no finite value, or `classes` is not from 2 to 7.

    Examples
    --------
    >>> round_breaks([31, 38, 44, 52, 67]).breaks
    (40.0, 50.0, 60.0)
    """
    if not 2 <= classes <= 7:
        raise DataError(f"{classes} classes cannot be told apart on a map. Ask for 2 to 7.")
    values = _finite(values, "value")
    low, high = float(values.min()), float(values.max())
    if low == high:
        return Classes((low,), "round")

    def evenness(breaks: Sequence[float]) -> float:
        share = np.unique(np.digitize(values, breaks), return_counts=True)[1] / len(values)
        return round(float(-(share * np.log(share)).sum()), 6)

    found = [series for series in _round_series(low, high) if 1 <= len(series) < classes]
    found = found or [[(low + high) / 2]]
    return Classes(tuple(max(found, key=evenness)), "round")


def change_breaks(values: Iterable[float], *, classes: int = 6) -> Classes:
    """Round breaks that lie mirrored around zero, zero itself among them, for changes and differences.

    A side of zero that no value lies on is one class.

    Examples
    --------
    >>> change_breaks([-7, -1, 2, 4, 9]).breaks
    (-5.0, -2.0, 0.0, 2.0, 5.0)
    """
    values = _finite(values, "change")
    if not values.any():
        return Classes((0.0,), "zero")
    most = classes // 2 if values.min() < 0 < values.max() else classes - 2
    half = [b for b in round_breaks(np.abs(values), classes=max(2, most)).breaks if b > 0]
    below = [-b for b in reversed(half)] if (values < 0).any() else []
    above = half if (values > 0).any() else []
    return Classes((*below, 0.0, *above), "zero")


def scheme_breaks(values: Iterable[float], scheme: str, *, classes: int = 5) -> Classes:
    """Breaks of one of mapclassify's schemes, with the goodness of variance fit.

    Raises
    ------
    DataError
        For an unknown scheme, or fewer different values than classes.

    Examples
    --------
    >>> scheme_breaks([1, 2, 3, 10, 11, 12], "quantiles", classes=2).breaks
    (10.0,)
    """
    if scheme not in SCHEMES:
        raise unknown("scheme", scheme, list(SCHEMES))
    values = _finite(values, "value")
    distinct = len(np.unique(values))
    if distinct < classes:
        raise DataError(
            f"Only {distinct} different values stand against {classes} classes. "
            f"Ask for at most {distinct} classes, or leave the scheme out for round breaks."
        )
    import mapclassify  # slow to import, and rarely used

    free = scheme in ("head-tail", "std-mean")
    found = getattr(mapclassify, SCHEMES[scheme][0])(values, **({} if free else {"k": classes}))
    # the bins of mapclassify include their upper end, ours their lower: the same split, seen from above
    inner = {float(values[values > upper].min()) for upper in found.bins[:-1] if (values > upper).any()}
    fit = 1 - found.get_tss() / ((values - values.mean()) ** 2).sum()  # get_tss: squares within classes
    return Classes(tuple(sorted(inner)), scheme, float(fit))


def as_classes(breaks: Classes | Sequence[float] | str | None, values: Iterable[float]) -> Classes:
    """What ``breaks=`` of a map means: None for round ones, the name of a scheme, or the breaks themselves.

    Raises
    ------
    DataError
        When given breaks do not rise, or are more than six.
    """
    if breaks is None:
        return round_breaks(values)
    if isinstance(breaks, Classes):
        return breaks
    if isinstance(breaks, str):
        return scheme_breaks(values, breaks, classes=min(5, max(2, len(np.unique(_finite(values, "value"))))))
    breaks = tuple(float(b) for b in breaks)
    if not 1 <= len(breaks) <= 7 or any(b <= a for a, b in itertools.pairwise(breaks)):
        raise DataError(
            f"Class breaks {breaks} do not make classes. Give one to seven numbers in rising order."
        )
    return Classes(breaks)


def class_labels(classes: Classes, *, factor: float = 1.0, language: str = "en") -> list[str]:
    """Label of each class, from the lowest, in the language's habit.

    `factor` turns the table's unit into the one printed (0.1 from 亿元 to billion yuan).

    Examples
    --------
    >>> class_labels(Classes((500, 1000)))
    ['below 500', '500 – 1,000', '1,000 or more']
    """
    shown = [b * factor for b in classes.breaks]
    places = next((d for d in range(3) if all(abs(n - round(n, d)) < 1e-9 for n in shown)), 3)
    words = [format_number(b, language=language, decimals=places) for b in shown]
    between = "{low} to {high}" if shown[0] < 0 else "{low} – {high}"  # a dash would look like a minus
    return [
        tr("below {number}", language, number=words[0]),
        *(tr(between, language, low=a, high=b) for a, b in itertools.pairwise(words)),
        tr("{number} or more", language, number=words[-1]),
    ]


@dataclass(frozen=True)
class Scale:
    """Classes of one column with their colours: what a map and its legend share."""

    column: str
    unit: str
    classes: Classes
    ramp: list[str]
    sign: bool = False

    def facts(self) -> dict:
        """What a figure's sidecar records of the classes."""
        breaks, method, fit = self.classes
        own = {"breaks": list(breaks), "class_method": method, "class_fit": fit}
        return {"column": self.column, "unit": self.unit, **own}


def rate_scale(column: str, values, *, unit: str, breaks) -> Scale:
    """Scale of a rate or share in one hue, pale to deep; around zero where the breaks were found for that.

    Raises
    ------
    DataError
        When there are more than six breaks.
    """
    classes = as_classes(breaks, values)
    if classes.method == "zero":
        return zero_scale(column, classes, unit=unit)
    count = len(classes.breaks) + 1
    if count > 7:
        raise DataError(f"{count} classes cannot be told apart in one hue. Give at most six breaks.")
    return Scale(column, unit, classes, palette.sequential(count))


def zero_scale(column: str, classes: Classes, *, unit: str) -> Scale:
    """Scale of a change: brown below zero, blue above.

    Raises
    ------
    DataError
        When the breaks do not hold zero, or more than three lie on one side of it.
    """
    below = sum(b <= 0 for b in classes.breaks)
    above = sum(b >= 0 for b in classes.breaks)
    if 0 not in classes.breaks or max(below, above) > 4:
        raise DataError(
            f"Breaks {classes.breaks} do not part losses from gains. "
            "Give rising breaks that hold 0, with at most three on each side."
        )
    return Scale(column, unit, classes, palette.diverging(below, above), sign=True)
