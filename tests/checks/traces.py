"""From a number back to the observations it rests on: a figure as published, or a formula over some.

The formulas are stated here once more, in few lines, and not taken from the modules that compute: a sum or a
weighted mean of one release, the growth of a level, a mean of rates.
"""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from lnregions.assess import members_of

__all__ = ["Trace", "Tracer"]

_STANDINGS = ("final", "revised", "preliminary")
_SAME = {"rel_tol": 1e-9, "abs_tol": 1e-9}


@dataclass(frozen=True)
class Trace:
    """What a number rests on: whether it is a figure or a formula, and the sources of each figure used."""

    kind: str
    sources: tuple[frozenset[str], ...]

    def listed_in(self, ids: Iterable[str]) -> bool:
        """Whether each figure used has a source among these."""
        known = set(ids)
        return all(one & known for one in self.sources)


class Tracer:
    """Looks numbers up among the observations of some tables.

    Parameters
    ----------
    plan : Plan
        Tells the members of its regions.
    tables : Tables
        As from ``lnregions.assess.load_tables``.
    """

    def __init__(self, plan, tables):
        self.plan, self.regions = plan, set(plan.regions["region"])
        self.indicators = tables.indicators.set_index("indicator")
        self.figures: dict[tuple[str, str, int], list] = {}
        columns = ("area", "indicator", "year", "value", "source", "status", "grade", "vintage")
        rows = zip(*(tables.observations[name] for name in columns), strict=True)
        for area, indicator, year, value, source, *rest in rows:
            known = (float(value), frozenset(source.split()), *rest)
            self.figures.setdefault((area, indicator, int(year)), []).append(known)
        self._made: dict[tuple, list] = {}

    def figure(self, value: float, area: str, *, indicator: str, year: int) -> list[Trace]:
        """Ways in which a number is the area's figure, or its region's total or mean; none where there is no way."""
        found = self._candidates(area, indicator, int(year))
        return [trace for known, trace in found if math.isclose(known, value, **_SAME)]

    def growth(self, value: float, area: str, *, indicator: str, year: int) -> list[Trace]:
        """Ways in which a number is the area's growth: a published rate, or a level over the one before."""
        row = self.indicators.loc[indicator]
        if row["measure"] != "level":
            return self.figure(value, area, indicator=indicator, year=year)
        now, before = (self._candidates(area, indicator, int(year) - back) for back in (0, 1))
        return [
            Trace("formula", (*last.sources, *first.sources))
            for (high, last), (low, first) in itertools.product(now, before)
            if low > 0 and math.isclose((high / low - 1) * 100, value, **_SAME)
        ]

    def _candidates(self, area: str, indicator: str, year: int) -> list[tuple[float, Trace]]:
        key = (area, indicator, year)
        if key not in self._made:
            self._made[key] = self._region(*key) if area in self.regions else self._area(*key)
        return self._made[key]

    def _area(self, area, indicator, year):
        known = self.figures.get((area, indicator, year), [])
        return [(value, Trace("figure", (sources,))) for value, sources, *_ in known]

    def _region(self, area, indicator, year):
        """Totals or means over all members, one for each release that has them all."""
        row, members = self.indicators.loc[indicator], members_of(self.plan, area)
        own = self._area(area, indicator, year)
        if row["aggregation"] == "none" or not members:
            return own
        releases = self._releases(members, indicator, year)
        if row["aggregation"] == "sum":
            return own + [(sum(v for v, _ in one), _formula(one)) for one in releases]
        lag = 1 if row["measure"] == "growth" else 0
        weights = self._releases(members, row["weight"], year - lag)
        return own + [
            (sum(v * w for (v, _), (w, _) in zip(one, size, strict=True)) / sum(w for w, _ in size),
             _formula([*one, *size]))
            for one, size in itertools.product(releases, weights)
        ]  # fmt: skip

    def _releases(self, members, indicator, year) -> list[list[tuple[float, frozenset]]]:
        """Figures of all members from one source, or of one standing, for every release that has them all."""
        rows = [self.figures.get((member, indicator, year), []) for member in members]
        names = {source for known in rows for figure in known for source in figure[1]}
        out = []
        for name in [*sorted(names), *_STANDINGS]:
            fit = [[f for f in known if name in f[1] or name == f[2]] for known in rows]
            if all(fit):
                best = [
                    min(sorted(known, key=lambda f: f[4], reverse=True), key=lambda f: f[3]) for known in fit
                ]
                out.append([(value, sources) for value, sources, *_ in best])
        return out


def _formula(rows) -> Trace:
    return Trace("formula", tuple(sources for _, sources in rows))


def numbers_of(frame: pd.DataFrame, column: str = "value") -> pd.DataFrame:
    """Rows of a frame whose number is there."""
    if column not in frame:
        return frame.iloc[:0]
    return frame[pd.to_numeric(frame[column], errors="coerce").notna()]
