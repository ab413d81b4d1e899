"""A plan, a region or a city with what the findings on it are made from."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from lnregions.assess import Verdict, figures_of, judge_all, members_of
from lnregions.sentences.wording import Figure
from lnregions.series import Tables
from lnregions.tables import Plan
from lnregions.words import last_day
from lnregions.words.texts import Text, printed, with_article


@dataclass(frozen=True)
class Place:
    """What the findings on a place are made from; `place` is the code of a region or an area, empty for the plan."""

    plan: Plan
    place: str
    tables: Tables
    as_of: str

    @property
    def is_region(self) -> bool:
        """Whether it is one of the plan's regions."""
        return self.place in set(self.plan.regions["region"])

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Main verdicts on the place's targets; of a city also where it is the other area that a clause may mean."""
        found = {}
        for one in judge_all(self.plan, as_of=self.as_of or None, targets=set(self.targets["target"])):
            main = found.setdefault(one.target, one)
            if one.area == self.place != main.area:
                found[one.target] = replace(one, disagree=main.disagree)
        return list(found.values())

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The plan's targets for the place."""
        rows = self.plan.targets
        if not self.place:
            return rows
        columns = ["region"] if self.is_region else ["area", "other_area"]
        return rows[(rows[columns] == self.place).any(axis=1)]

    @cached_property
    def row_of(self) -> dict[str, pd.Series]:
        """Row of each of the targets by its name."""
        return {row["target"]: row for _, row in self.targets.iterrows()}

    @property
    def name(self) -> Text:
        """Name within a sentence."""
        return with_article(self.tables.name_text(self.place))

    @cached_property
    def members(self) -> list[str]:
        """Areas that make the region; none of an area."""
        return members_of(self.plan, self.place) if self.is_region else []

    @cached_property
    def years(self) -> range:
        """Years of the plan that are over on the date of knowledge."""
        facts = self.plan.facts
        last = min(int(facts["horizon"]), last_day(self.tables.as_of).year - 1)
        return range(int(facts["first_year"]), last + 1)

    @cached_property
    def cities(self) -> list[str]:
        """Cities among the plan's areas."""
        return self.plan.areas.loc[self.plan.areas["level"] == "city", "area"].tolist()

    @cached_property
    def published(self) -> pd.DataFrame:
        """Figures used by default of the place or its members, in the years of the plan."""
        rows = self.tables.observations
        inside = rows["area"].isin(self.members or [self.place]) & rows["year"].isin(self.years)
        return rows[inside & rows["default"]]

    @cached_property
    def growth(self) -> tuple[str, tuple[int, ...]]:
        """First growth of the codebook that regions can be given, and the years of the plan that the place has.

        The years are in a row, of a whole plan those of the region with most; empty where there are none.
        """
        book = self.tables.indicators
        for one in book[(book["measure"] == "growth") & (book["aggregation"] == "weighted")]["indicator"]:
            known = [[row.year for row in self.rows_of(place, one, self.years)]
                     for place in ([self.place] if self.place else self.plan.regions["region"])]  # fmt: skip
            years = max(known, key=len, default=[])
            if years:
                gaps = [place for place in range(1, len(years)) if years[place] - years[place - 1] > 1]
                return one, tuple(years[max(gaps, default=0) :])
        return "", ()

    def around(self, area: str) -> list[str]:
        """Areas that an area lies in, from the smallest on; cities, which are peers, are left out."""
        found = []
        while area := self.tables.parents.get(area, ""):
            found += [area] if area not in self.cities else []
        return found

    def rows_of(self, area: str, indicator: str, years) -> list:
        """Figures of an area or region in some years."""
        rows = figures_of(self.plan, area, indicator=indicator, tables=self.tables).rows
        return [row for row in rows if row.year in years]

    def growth_rows(self, areas) -> dict[str, list]:
        """Growth of those of some areas that have every year of `growth`, by area."""
        indicator, years = self.growth
        rows = {area: self.rows_of(area, indicator, years) for area in dict.fromkeys(areas)}
        return {area: own for area, own in rows.items() if len(own) == len(years)}

    def figures(self, area: str, indicator: str, rows) -> list[Figure]:
        """Rows of a series as the figures behind a sentence."""
        unit = self.tables.indicator(indicator)["unit"]
        return [Figure(area, indicator, row.year, row.value, unit, row.source) for row in rows]

    def printed(self, indicator: str, value: float) -> Text:
        """An amount of an indicator with its unit and decimals."""
        row = self.tables.indicator(indicator)
        return printed(value, row["unit"], decimals=int(row["decimals"]))

    def behind(self, verdict: Verdict) -> list[Figure]:
        """What a clause required, the figure of its verdict or its range, and the one that reached the target late."""
        row, year = self.row_of[verdict.target], verdict.actual_year or verdict.horizon
        if not verdict.indicator:
            return [promise_of(row)]
        rest = (verdict.unit, verdict.sources)
        required = promise_of(row)
        if row["benchmark"]:
            required = Figure(row["benchmark"], verdict.indicator, year, verdict.required, *rest)
        known = [value for value in (verdict.actual, verdict.low, verdict.high) if value is not None]
        own = [Figure(verdict.area, verdict.indicator, year, value, *rest) for value in known]
        late = self.rows_of(verdict.area, verdict.indicator, [verdict.reached_in])
        return [required, *own, *self.figures(verdict.area, verdict.indicator, late)]


def promise_of(row) -> Figure:
    """What a target requires, as the figure behind a sentence."""
    value = None if pd.isna(row["value"]) else row["value"]
    return Figure(row["area"], row["indicator"], int(row["horizon"]), value, row["unit"], row["sources"])
