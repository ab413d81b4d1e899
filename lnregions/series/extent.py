"""What of the shipped tables concerns a plan of one's own: nothing that is said of other areas counts for its areas."""

from dataclasses import replace

import pandas as pd

from lnregions.series.series import Tables
from lnregions.tables import areas_of, lineage, load_areas, load_bounds, parents_of, shipped_plans

_RANKS = {"city": "cities"}
"""What breaks, bounds and caveats call all areas of a level, where it is not the level itself."""


class Extent:
    """The areas that a plan is about, those that it compares with, and what the shipped tables say of them.

    Attributes
    ----------
    inside : set of str
        Areas of the provinces that its members and targets lie in.
    codes : set of str
        These, the areas that they lie in, benchmarks and regions; no region whose code means another one in a shipped
        plan.
    """

    def __init__(self, plan):
        self._sources, self._indicators = set(plan.sources["source"]), set(plan.targets["indicator"])
        self._benchmarks = set(plan.targets["benchmark"])
        parents, regions = parents_of(plan), set(plan.regions["region"])
        levels = load_areas().set_index("area")["level"].to_dict()
        self.inside = set(areas_of(plan))
        beside = {*self.inside, *plan.targets["benchmark"]} & set(parents)
        lines = {area: set(lineage(parents, area)) for area in beside}
        self.codes = regions.union(*lines.values())
        for other in shipped_plans():
            for code in regions & set(other.regions["region"]):
                if set(other.members(code)) != set(plan.members(code)):
                    self.codes.discard(code)
        self._known = {code for code in self.codes if code in levels}
        nation = {code for code in self._known if levels[code] == "nation"}
        national = {area for area, line in lines.items() if nation & line}
        self._national = {"*"} if len(national) == len(lines) else self._known | national
        self._ranks: dict[str, list[str]] = {}
        for code in sorted(self._known):
            self._ranks.setdefault(_RANKS.get(levels[code], levels[code]), []).append(code)
        self._known |= {code for code in self.codes & regions if set(plan.members(code)) <= self._known}

    def own(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The figures that the plan rests on: those of its own areas, and of its benchmarks for its targets."""
        beside = rows["area"].isin(self._benchmarks) & rows["indicator"].isin(self._indicators)
        return rows[self._inside(rows) | beside]

    def _inside(self, rows: pd.DataFrame) -> pd.Series:
        """Which figures are of the plan's areas, or from a source of its own."""
        own = rows["source"].map(lambda cell: not self._sources.isdisjoint(cell.split()))
        return rows["area"].isin(self.inside) | own.astype(bool)

    def of_tables(self, tables: Tables) -> Tables:
        """The tables with the figures of the plan's areas, and the breaks, bounds, caveats and sources of these.

        Bounds are those that the plan declares, and those
        declared for shipped areas; caveats those on shipped areas, and on what an indicator means.
        """
        rows, caveats, bounds = tables.observations, tables.caveats, tables.bounds
        growth = tables.indicators.loc[tables.indicators["measure"] == "growth", "indicator"]
        inside = self._inside(rows)  # around them counts what they are compared by
        asked = {*growth[growth.isin(rows.loc[inside, "indicator"])], *self._indicators}
        around = rows["area"].isin(self.codes) & rows["indicator"].isin(asked)
        rows = rows[inside | around].reset_index(drop=True)
        named = caveats["area"].map(
            lambda cell: " ".join(code for word in cell.split() for code in self._of(word))
        )
        named = named.mask((caveats["kind"] == "meaning") & (caveats["area"] == "*"), "*")
        key = ["indicator", "area", "why_en", "source"]
        shipped = pd.MultiIndex.from_frame(bounds[key]).isin(pd.MultiIndex.from_frame(load_bounds()[key]))
        bounds = pd.concat([bounds[~shipped], self._by_area(bounds[shipped], self._known)], ignore_index=True)
        cited = {one for cell in rows["source"] for one in cell.split()} | {*self._sources}
        return replace(
            tables,
            observations=rows,
            breaks=self.breaks(tables.breaks),
            bounds=bounds.drop_duplicates(["indicator", "area"], ignore_index=True),
            caveats=caveats.assign(area=named)[named != ""].reset_index(drop=True),
            derivable=[one for one in tables.derivable if one.area in self.codes],
            sources=tables.sources[tables.sources["source"].isin(cited)].reset_index(drop=True),
        )

    def breaks(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The breaks of the plan's areas; a census of the nation breaks the lines of all areas in it."""
        return self._by_area(rows, self._national)

    def _of(self, word: str, every: set[str] | None = None) -> list[str]:
        """Codes that a word of a column of areas names: a code, a rank, or ``*`` for all."""
        if word == "*":
            return sorted(self._known if every is None else every)
        return self._ranks.get(word, [word] if word in self.codes else [])

    def _by_area(self, rows: pd.DataFrame, every: set[str]) -> pd.DataFrame:
        """A row for each area, those of areas named by code before those of a rank, and these before those of all."""
        order = rows["area"].map(lambda word: (word == "*") + (word not in self.codes))
        rows = rows.iloc[order.argsort(kind="stable")]
        rows = rows.assign(area=rows["area"].map(lambda word: self._of(word, every)))
        return rows.explode("area", ignore_index=True).dropna(subset="area")
