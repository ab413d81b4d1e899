"""Totals and means of a region from its members' figures.

A total takes all its members from one release: one source that covers them all at one standing, or the members' own
releases of the same standing (all preliminary, all final, all revised). Where no release covers every member, the
result is no value and the reason; figures of different vintages are never added up.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from lnregions.errors import DataError
from lnregions.series.growth import half_unit
from lnregions.tables import Observation, observed

_COLUMNS = [
    "year", "value", "members", "present", "missing", "release", "grade", "vintage", "source", "reason",
]  # fmt: skip
_ROUNDS = ("final", "revised", "preliminary")


def region_total(observations: pd.DataFrame, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Sum of the members' figures, year by year.

    Parameters
    ----------
    observations : DataFrame
        Columns ``area indicator year value vintage status grade source`` (all vintages, not only the default).
    members : sequence of str
        Codes of the areas that make the region.
    indicator : str
        An indicator that sums over areas.

    Returns
    -------
    DataFrame
        One row a year with any figure: ``year``, ``value`` (in the indicator's unit; missing where the total is
        refused), ``members`` and ``present`` (counts), ``missing`` (codes, space-separated), ``release`` (what
        the members have in common), ``grade`` (the worst among them), ``vintage`` (the latest), ``source``,
        ``reason`` (``""`` or ``missing members`` or ``mixed vintages``).

    Raises
    ------
    DataError
        If `members` is empty or names one area twice.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"area": ["210100", "210200"], "indicator": "gdp", "year": 2023, "value": [8.0, 9.0],
    ...     "vintage": "", "status": "unknown", "grade": "B", "source": "s033"})
    >>> region_total(rows, ["210100", "210200"], indicator="gdp")[["year", "value", "present", "release"]]
       year  value  present release
    0  2023   17.0        2    s033
    """
    figures = observed(observations[observations["indicator"] == indicator])
    return pd.DataFrame(yearly_rows(figures, members), columns=_COLUMNS)


def region_mean(
    observations: pd.DataFrame, members: Sequence[str], *, indicator: str, weight: str, lag: int = 0
) -> pd.DataFrame:
    r"""Mean of the members' figures, weighted by another indicator.

    Parameters
    ----------
    observations, members, indicator
        As in `region_total`; `indicator` is a share or a growth rate.
    weight : str
        Indicator that weighs the members, such as ``population``.
    lag : int
        Years by which the weight precedes: 1 for growth rates, whose weights are the levels of the year before.

    Returns
    -------
    DataFrame
        As `region_total`; the reason also names missing weights, the sources those of the weights.

    Notes
    -----
    .. math:: \bar x_t = \frac{\sum_i w_{i,t-lag}\, x_{i,t}}{\sum_i w_{i,t-lag}}

    With levels of the year before as weights, the mean of growth rates is the growth of the sum (a Laspeyres
    quantity index; System of National Accounts 2008, chapter 15).
    """
    figures, weights = (
        observed(observations[observations["indicator"] == name]) for name in (indicator, weight)
    )
    out = yearly_rows(figures, members, weights=weights, lag=lag)
    return pd.DataFrame(out, columns=_COLUMNS).astype({"value": float})


def yearly_rows(
    figures: Iterable[Observation], members: Sequence[str], *, weights: Iterable[Observation] | None = None,
    lag: int = 0, decimals: int = 1,
) -> list[dict]:  # fmt: skip
    """Rows of `region_total` from the observations of one indicator, with those of a weight of `region_mean`.

    Each also has ``rounding``, what the rounding of the members' figures may hide, the weights being exact, and
    ``parts``, the figure and weight of each member; `decimals` are those with which the indicator is printed.
    """
    members = list(members)
    if not members:
        raise DataError("A region without members has no total. Give at least one area code.")
    twice = sorted({code for code in members if members.count(code) > 1})
    if twice:
        raise DataError(f"Area {twice[0]!r} is named twice among the members. Name each area once.")
    years, weighing = _by_year(figures, members), _by_year(weights or (), members)
    return [
        _row_of_year(year, years[year], members, decimals=decimals,
                     weights=None if weights is None else weighing.get(year - lag, []))
        for year in sorted(years)
    ]  # fmt: skip


def _by_year(figures, members):
    """Figures of the members by year."""
    years: dict[int, list[Observation]] = {}
    for figure in figures:
        if figure.area in members and figure.value == figure.value:  # a row without a value is no figure
            years.setdefault(int(figure.year), []).append(figure)
    return years


def _row_of_year(year, figures, members, *, weights, decimals):
    """Total of one year, or the mean where there are weights, or the reason why there is neither."""
    present = {figure.area for figure in figures}
    missing = [code for code in members if code not in present]
    row = dict.fromkeys(_COLUMNS, "") | {"year": year, "value": float("nan"), "members": len(members)}
    row |= {"present": len(members) - len(missing), "missing": " ".join(missing)}
    if missing:
        return row | {"reason": "missing members"}
    chosen = common_release(figures, members)
    if chosen is None:
        return row | {"reason": "mixed vintages"}
    row |= {"release": chosen.name, "grade": chosen.worst, "vintage": chosen.latest, "source": chosen.sources}
    values = np.array([one.value for one in chosen.figures])
    halves, sizes = np.array([half_unit(value, decimals) for value in values]), [None] * len(members)
    if weights is None:
        row |= {"value": float(values.sum()), "rounding": sum(halves.tolist())}
    else:
        release = common_release(weights, members)
        if release is None and set(members) <= {one.area for one in weights}:
            return row | {"reason": "mixed vintages"}
        sizes = [one.value for one in release.figures] if release else [0.0]
        if sum(sizes) <= 0:
            return row | {"reason": "missing weights"}
        weighed = np.array(sizes)
        row["value"], row["rounding"] = (
            float((weighed * of).sum() / weighed.sum()) for of in (values, halves)
        )
        row["source"] = " ".join(dict.fromkeys([*chosen.sources.split(), *release.sources.split()]))
    return row | {"parts": list(zip(members, values.tolist(), sizes, strict=True))}


class Release(NamedTuple):
    """A release that covers all members of a region: its name, and one figure a member."""

    name: str
    figures: list[Observation]

    @property
    def worst(self) -> str:
        """Weakest grade."""
        return max(one.grade for one in self.figures)

    @property
    def unlike_default(self) -> int:
        """Number of figures other than those that are shown of the members."""
        return sum(not one.default for one in self.figures)

    @property
    def latest(self) -> str:
        """Latest vintage."""
        return max(str(one.vintage) for one in self.figures)

    @property
    def sources(self) -> str:
        """The release itself where it is one source, else all that the figures name."""
        named = {source for one in self.figures for source in str(one.source).split()}
        return self.name if self.name in named else " ".join(sorted(named))


def common_release(figures: Sequence[Observation], members: Sequence[str]) -> Release | None:
    """Release of one year's figures that covers all members, with one figure a member; None where there is none.

    A release is what one source states at one standing, or else the members' own figures of the same standing
    (``final``, ``revised`` or ``preliminary``; figures of unknown standing never join others). Among several the one
    whose weakest figure is best attested is taken, then the one with the most default figures of the members, so that a
    total adds what is shown of them, then a single source before joined ones, the latest vintage, the source's name.
    """
    ordered = sorted(figures, key=lambda one: one.vintage, reverse=True)
    ordered.sort(key=lambda one: (one.grade, not one.default))
    sources: dict[tuple[str, str], dict[str, Observation]] = {}
    rounds: dict[str, dict[str, Observation]] = {status: {} for status in _ROUNDS}
    for figure in ordered:
        for source in str(figure.source).split():
            sources.setdefault((source, figure.status), {}).setdefault(figure.area, figure)
        if figure.status in rounds:
            rounds[figure.status].setdefault(figure.area, figure)
    named = [(source, own) for (source, _), own in sorted(sources.items())]
    named += [(f"{status} figures of each member", own) for status, own in rounds.items()]
    covering = [
        Release(name, [own[area] for area in members]) for name, own in named if set(members) <= set(own)
    ]
    single = {source for source, _ in sources}
    covering.sort(key=lambda one: one.latest, reverse=True)
    covering.sort(key=lambda one: (one.worst, one.unlike_default, one.name not in single))
    return covering[0] if covering else None
