"""Classes of a map: round breaks by default, a scheme of mapclassify on request, and their labels."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from lnregions import errors as _checks
from lnregions.words import format_number

SCHEMES = {  # name here: class of mapclassify
    "quantiles": "Quantiles",
    "fisher-jenks": "FisherJenks",
    "equal-interval": "EqualInterval",
    "natural-breaks": "NaturalBreaks",
    "head-tail": "HeadTailBreaks",
    "std-mean": "StdMean",
}
_METHODS = {
    "round": ("round class breaks", "整数分级"),
    "given": ("given class breaks", "给定分级"),
    "zero": ("round class breaks around zero", "以零为界的整数分级"),
    "quantiles": ("quantiles", "分位数分级"),
    "fisher-jenks": ("Fisher-Jenks", "Fisher-Jenks 分级"),
    "equal-interval": ("equal intervals", "等间距分级"),
    "natural-breaks": ("natural breaks", "自然断点分级"),
    "head-tail": ("head/tail breaks", "头尾断点分级"),
    "std-mean": ("standard deviations", "标准差分级"),
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
        words = _METHODS[self.method][0 if language == "en" else 1]
        if self.fit is None:
            return words
        fit = format_number(self.fit, decimals=2)
        return f"{words}, GVF {fit}" if language == "en" else f"{words}，GVF {fit}"


def _finite(values: Iterable[float]) -> np.ndarray:
    values = np.asarray(list(values), dtype=float)
    return values[np.isfinite(values)]


def _evenness(values: np.ndarray, breaks: Sequence[float]) -> float:
    """Entropy of the class counts: high when every class is used and none swallows the rest."""
    share = np.bincount(np.digitize(values, breaks), minlength=len(breaks) + 1) / len(values)
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def _arithmetic(low: float, high: float, classes: int) -> Iterable[tuple[float, ...]]:
    power = math.floor(math.log10(max(high - low, 1e-12)))
    for exponent in (power, power - 1):
        for lead in (1, 2, 2.5, 5):
            step = lead * 10.0**exponent
            first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
            if 1 <= last - first + 1 <= classes - 1:
                yield tuple(round(k * step, 10) for k in range(first, last + 1))


def _geometric(low: float, high: float, classes: int) -> Iterable[tuple[float, ...]]:
    if low <= 0:
        return
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for leads in ((1, 2, 5), (1, 2.5, 5), (1, 3), (1,)):
        steps = [round(lead * 10.0**p, 10) for p in powers for lead in leads]
        inner = tuple(s for s in steps if low < s < high)
        if 1 <= len(inner) <= classes - 1:
            yield inner


def round_breaks(values: Iterable[float], *, classes: int = 5) -> Classes:
    """Round breaks that share the values out well: even steps, or 1-2-5 steps where values are skewed.

    Of all series of round numbers with at most `classes` classes the one with the most even class counts is
    taken; between equals, even steps and fewer classes. Give it the values of all regions and years that
    should compare, and pass the result on as ``breaks=``.

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
        raise _checks.DataError(
            f"{classes} classes cannot be told apart on a map. Ask for 2 to 7.",
        )
    values = _finite(values)
    if not len(values):
        raise _checks.DataError(
            "There is no value to find class breaks for. Give at least one finite number, or breaks.",
        )
    low, high = float(values.min()), float(values.max())
    if low == high:
        return Classes((low,), "round")
    found = [*_arithmetic(low, high, classes), *_geometric(low, high, classes)]
    if not found:  # pragma: no cover - a step of 5 always leaves one to four inner breaks
        return Classes(((low + high) / 2,), "round")
    best = max(enumerate(found), key=lambda pair: (round(_evenness(values, pair[1]), 6), -pair[0]))[1]
    return Classes(best, "round")


def change_breaks(values: Iterable[float], *, classes: int = 6) -> Classes:
    """Round breaks that lie mirrored around zero, zero itself among them, for changes and differences.

    A side of zero that no value lies on is one class.

    Examples
    --------
    >>> change_breaks([-7, -1, 2, 4, 9]).breaks
    (-5.0, -2.0, 0.0, 2.0, 5.0)
    """
    values = _finite(values)
    if not len(values):
        raise _checks.DataError(
            "There is no change to find class breaks for. Give at least one finite number, or breaks.",
        )
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
        raise _checks.unknown("scheme", scheme, list(SCHEMES))
    values = _finite(values)
    distinct = len(np.unique(values))
    if distinct < classes:
        raise _checks.DataError(
            f"Only {distinct} different values stand against {classes} classes. "
            f"Ask for at most {distinct} classes, or leave the scheme out for round breaks.",
        )
    import mapclassify  # slow to import, wanted by few

    free = scheme in ("head-tail", "std-mean")
    found = getattr(mapclassify, SCHEMES[scheme])(values, **({} if free else {"k": classes}))
    inner = sorted({_lowest_above(values, upper) for upper in found.bins[:-1]} - {None})
    classified = Classes(tuple(inner), scheme)
    return classified._replace(fit=_goodness(values, classified))


def _lowest_above(values: np.ndarray, upper: float) -> float | None:
    """The bins of mapclassify include their upper end, ours their lower: the same split, seen from above."""
    above = values[values > upper]
    return float(above.min()) if len(above) else None


def _goodness(values: np.ndarray, classes: Classes) -> float:
    """Goodness of variance fit: 1 - squares within classes / squares around the mean."""
    total = ((values - values.mean()) ** 2).sum()
    number = classes.index(values)
    within = sum(((values[number == k] - values[number == k].mean()) ** 2).sum() for k in np.unique(number))
    return float(1 - within / total)


def as_classes(breaks: "Classes | Sequence[float] | str | None", values: Iterable[float]) -> Classes:
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
        return scheme_breaks(values, breaks, classes=min(5, max(2, len(np.unique(_finite(values))))))
    breaks = tuple(float(b) for b in breaks)
    if not 1 <= len(breaks) <= 7 or any(b <= a for a, b in itertools.pairwise(breaks)):
        raise _checks.DataError(
            f"Class breaks {breaks} do not make classes. Give one to seven numbers in rising order.",
        )
    return Classes(breaks)


def _decimals(numbers: Sequence[float]) -> int:
    """Decimals that print every number exactly, three at most."""
    return next((d for d in range(3) if all(abs(n - round(n, d)) < 1e-9 for n in numbers)), 3)


def class_labels(classes: Classes, *, factor: float = 1.0, language: str = "en") -> list[str]:
    """Label of each class, from the lowest, in the language's habit.

    `factor` turns the table's unit into the one printed (0.1 from 亿元 to billion yuan).

    Examples
    --------
    >>> class_labels(Classes((500, 1000)))
    ['below 500', '500 – 1,000', '1,000 or more']
    """
    shown = [b * factor for b in classes.breaks]
    places = _decimals(shown)
    words = [format_number(b, language=language, decimals=places) for b in shown]
    dash = " to " if shown[0] < 0 else " – "
    if language == "zh":
        dash = " 至 " if shown[0] < 0 else "–"
        ends = (f"{words[0]}以下", f"{words[-1]}及以上")
    else:
        ends = (f"below {words[0]}", f"{words[-1]} or more")
    return [ends[0], *(f"{a}{dash}{b}" for a, b in itertools.pairwise(words)), ends[1]]
