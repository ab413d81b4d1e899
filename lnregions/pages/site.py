"""What all pages are made from: the plan, its verdicts, the figures known, what was rendered, where pages lie."""

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

import pandas as pd

from lnregions.assess import STATUS_WORDS, Tables, Verdict, judge_all, load_tables
from lnregions.errors import DataError
from lnregions.files import safe_name
from lnregions.pages.inventory import Inventory, Preview, read_inventory
from lnregions.show import web_address
from lnregions.tables import Plan, load_caveats, load_sources, plan_of
from lnregions.words import format_value

LANGUAGES = ("en", "zh")
_HOME = {"en": "index.html", "zh": "index.zh.html"}
_EVERYWHERE = {"*", "cities", "nation", "province"}


@dataclass(frozen=True)
class Site:
    """Everything the pages of one plan need, read once.

    Attributes
    ----------
    plan : Plan
    tables : Tables
        Figures known on the date, with the codebook.
    verdicts : tuple of Verdict
        All interpretations, the main one first within each target.
    inventory : Inventory
        What was rendered.
    previews : dict
        Small versions of figures by the path of their PNG.
    asked : str
        The as-of date that was given; empty for all that is known.
    """

    plan: Plan
    tables: Tables
    verdicts: tuple[Verdict, ...]
    inventory: Inventory
    previews: dict[str, Preview] = field(default_factory=dict)
    asked: str = ""

    @cached_property
    def main(self) -> list[Verdict]:
        """Verdict under the main interpretation of each target, in the plan's order."""
        found: dict[str, Verdict] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.target, verdict)
        return list(found.values())

    @cached_property
    def areas(self) -> dict[str, dict]:
        """Row of each area by its code."""
        return {row["area"]: row for row in self.plan.areas.to_dict("records")}

    @cached_property
    def cities(self) -> list[str]:
        """Cities that have a page: those of the areas' table."""
        return [area for area, row in self.areas.items() if row["level"] == "city"]

    @cached_property
    def targets(self) -> dict[str, pd.Series]:
        """Row of each target by its id."""
        return {row["target"]: row for _, row in self.plan.targets.iterrows()}

    @cached_property
    def regions(self) -> dict[str, pd.Series]:
        """Row of each region by its code."""
        return {row["region"]: row for _, row in self.plan.regions.iterrows()}

    @cached_property
    def sources(self) -> dict[str, dict]:
        """Sources of figures and of the plan by id."""
        frames = [load_sources(), self.plan.sources]
        return {row["source"]: row for frame in frames for row in frame.fillna("").to_dict("records")}

    @cached_property
    def known(self) -> pd.DataFrame:
        """The figure used of each area, indicator and year, as known on the date."""
        observations = self.tables.observations
        return observations[observations["default"]]

    def counts(self, verdicts: list[Verdict]) -> list[tuple[str, int]]:
        """Return the statuses that occur, from best to worst, with how often."""
        held = [verdict.status for verdict in verdicts]
        return [(status, held.count(status)) for status in STATUS_WORDS if status in held]

    def regions_of(self, city: str) -> list[str]:
        """Return the codes of the regions that a city is a member of."""
        return [region for region in self.regions if city in self.plan.members(region, level="city")]

    # -- tables of figures, sources and caveats ----------------------------------------------------------

    def latest_figures(self, areas: list[str], language: str) -> list[dict]:
        """Return the latest figure of each area and indicator, in the order of the codebook and of the areas.

        Returns
        -------
        list of dict
            ``area indicator name year value grade sources``; the value with its unit.
        """
        known = self.known[self.known["area"].isin(areas)]
        last = known.sort_values("year", kind="stable").drop_duplicates(["area", "indicator"], keep="last")
        codebook = {row["indicator"]: row for row in self.tables.indicators.to_dict("records")}
        order = {code: place for place, code in enumerate(codebook)}
        rows = sorted(last.itertuples(), key=lambda row: (order[row.indicator], areas.index(row.area)))
        return [
            {
                "area": row.area,
                "indicator": row.indicator,
                "name": codebook[row.indicator][f"name_{language}"],
                "year": int(row.year),
                "value": format_value(row.value, codebook[row.indicator]["unit"], language),
                "grade": row.grade,
                "sources": row.source,
            }
            for row in rows
        ]

    def sources_of(self, areas: list[str]) -> list[dict]:
        """Return the sources that the figures of some areas rest on: the source's row with ``figures`` and ``link``."""
        counts = self.known.loc[self.known["area"].isin(areas), "source"].str.split().explode().value_counts()
        own = [one for one in sorted(counts.index) if one in self.sources]
        return [
            self.sources[one]
            | {"figures": int(counts[one]), "link": web_address(self.sources[one].get("url"))}
            for one in own
        ]

    def caveats_of(self, areas: list[str], language: str) -> list[tuple[str, str]]:
        """Return what to know before using the figures of some areas: indicator and text."""
        caveats = load_caveats()
        held = set(self.known.loc[self.known["area"].isin(areas), "indicator"]) | {"*"}
        scope = caveats["area"].str.split().map(lambda named: bool(set(named) & (_EVERYWHERE | set(areas))))
        own = caveats[caveats["indicator"].isin(held) & scope]
        names = self.tables.indicators.set_index("indicator")[f"name_{language}"]
        rows = zip(own["indicator"], own[f"text_{language}"], strict=True)
        return list(dict.fromkeys((names.get(indicator, ""), text) for indicator, text in rows))

    # -- where pages lie ---------------------------------------------------------------------------------

    def page(self, language: str, name: str) -> str:
        """Return the path of a page: ``home``, ``indicators``, ``sources``, ``methods``, ``notebooks``."""
        return _HOME[language] if name == "home" else f"{language}/{name}.html"

    def region_page(self, language: str, region: str) -> str:
        """Return the path of a region's page."""
        return f"{language}/region/{safe_name(region)}.html"

    def city_page(self, language: str, city: str) -> str:
        """Return the path of a city's page."""
        return f"{language}/city/{safe_name(city)}.html"

    def target_page(self, language: str, target: str) -> str:
        """Return the path of a target's section on its region's page."""
        return f"{self.region_page(language, self.targets[target]['region'])}#{self.target_anchor(target)}"

    def target_anchor(self, target: str) -> str:
        """Return the anchor of a target's section."""
        return "target-" + self.anchor(target)

    @staticmethod
    def anchor(text: str) -> str:
        """Return text as an anchor: letters, digits and hyphens stay.

        Examples
        --------
        >>> Site.anchor("a b")
        'a.20.b'
        """
        return re.sub(r"[^A-Za-z0-9_-]", lambda hit: f".{ord(hit[0]):x}.", str(text))


def relative(path: str, start: str) -> str:
    """Return the link from one page to a place below the output, quoted; the part after ``#`` stays an anchor.

    Examples
    --------
    >>> relative("en/city/210100.html#a b", "en/region/circle.html")
    '../city/210100.html#a%20b'
    """
    file, sharp, anchor = path.partition("#")
    if file == start and sharp:
        return "#" + quote(anchor)
    link = quote(posixpath.relpath(file, posixpath.dirname(start) or "."))
    return link + sharp + quote(anchor)


def read_site(output, *, plan="ln-2022", as_of=None) -> Site:
    """Bring together what the pages need; previews are added by the caller."""
    names = {str(plan)} if not isinstance(plan, Plan) else set()
    plan = plan_of(plan)
    asked = str(as_of or "")
    tables = load_tables(plan, as_of=as_of)

    def is_of_date(given: str) -> bool:
        try:
            return given == asked or load_tables(plan, as_of=given or None).as_of == tables.as_of
        except DataError:  # what the manifest says is no date
            return False

    inventory = read_inventory(output, plans=names | {plan.id}, is_of_date=is_of_date)
    return Site(plan, tables, tuple(judge_all(plan, as_of=as_of)), inventory, asked=asked)
