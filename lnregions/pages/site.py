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
from lnregions.pages.inventory import FigureFiles, Inventory
from lnregions.pages.previews import Preview
from lnregions.tables import Plan, load_plan, load_sources

LANGUAGES = ("en", "zh")
_HOME = {"en": "index.html", "zh": "index.zh.html"}


@dataclass(frozen=True)
class Site:
    """Everything the pages of one plan need, read once.

    Attributes
    ----------
    plan : Plan
    tables : Tables
        Figures known on the date, with the codebook.
    verdicts : tuple of Verdict
        All readings, main readings first within each target.
    inventory : Inventory
        What was rendered.
    previews : dict
        Small versions of figures by the path of their PNG.
    asked : str
        The as-of date that was asked for; empty for all that is known.
    """

    plan: Plan
    tables: Tables
    verdicts: tuple[Verdict, ...]
    inventory: Inventory
    previews: dict[str, Preview] = field(default_factory=dict)
    asked: str = ""

    @cached_property
    def main(self) -> list[Verdict]:
        """Verdict on the main reading of each target, in the plan's order."""
        found: dict[str, Verdict] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.target, verdict)
        return list(found.values())

    @cached_property
    def cities(self) -> list[str]:
        """Cities that have a page: those of the areas' table."""
        areas = self.plan.areas
        return areas.loc[areas["level"] == "city", "area"].tolist()

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
        both = [load_sources(), self.plan.sources]
        return {row["source"]: row for frame in both for row in frame.fillna("").to_dict("records")}

    @cached_property
    def known(self) -> pd.DataFrame:
        """The figure used of each area, indicator and year, as known on the date."""
        observations = self.tables.observations
        return observations[observations["default"]]

    def counts(self, verdicts: list[Verdict]) -> list[tuple[str, int]]:
        """Statuses that occur, in their order from best to worst, with how often."""
        held = [v.status for v in verdicts]
        return [(status, held.count(status)) for status in STATUS_WORDS if status in held]

    def regions_of(self, city: str) -> list[str]:
        """Codes of the regions that a city is a member of."""
        return [region for region in self.regions if city in self.plan.members(region, level="city")]

    # -- where pages lie ---------------------------------------------------------------------------------

    def page(self, language: str, name: str) -> str:
        """Path of a page relative to the output: ``home``, ``indicators``, ``sources``, ``methods``, ``notebooks``."""
        return _HOME[language] if name == "home" else f"{language}/{name}.html"

    def region_page(self, language: str, region: str) -> str:
        """Path of a region's page."""
        return f"{language}/region/{safe_name(region)}.html"

    def city_page(self, language: str, city: str) -> str:
        """Path of a city's page."""
        return f"{language}/city/{safe_name(city)}.html"

    def target_page(self, language: str, target: str) -> str:
        """Path of a target's section on its region's page."""
        return f"{self.region_page(language, self.targets[target]['region'])}#{self.target_anchor(target)}"

    def target_anchor(self, target: str) -> str:
        """Anchor of a target's section."""
        return "target-" + self.anchor(target)

    @staticmethod
    def anchor(text: str) -> str:
        """Text as an anchor: letters, digits and hyphens stay.

        Examples
        --------
        >>> Site.anchor("a b")
        'a.20.b'
        """
        return re.sub(r"[^A-Za-z0-9_-]", lambda hit: f".{ord(hit[0]):x}.", str(text))

    def preview(self, figure: FigureFiles) -> Preview | None:
        """Small version of a figure, if it could be made."""
        return self.previews.get(figure.path("png"))


def relative(path: str, start: str) -> str:
    """Link from one page to a place below the output, quoted; the part after ``#`` stays an anchor.

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


def outside(url: object) -> str:
    """Address of a source if it is one of the web; empty for anything else, such as ``javascript:``.

    Examples
    --------
    >>> outside("javascript:alert(1)"), outside("https://tjj.ln.gov.cn/")
    ('', 'https://tjj.ln.gov.cn/')
    """
    url = str(url or "").strip()
    return url if re.match(r"https?://[^\s\"'<>\\]+$", quote(url, safe=":/?#[]@!$&()*+,;=%~")) else ""


def read_site(output, *, plan="ln-2022", as_of=None) -> Site:
    """Bring together what the pages need; previews are added by the caller."""
    from lnregions.pages.inventory import read_inventory

    named = {str(plan)} if not isinstance(plan, Plan) else set()
    plan = load_plan(plan) if not isinstance(plan, Plan) else plan
    asked = str(as_of or "")
    tables = load_tables(plan, as_of=as_of)
    verdicts = judge_all(plan, as_of=as_of)

    def fits(given: str) -> bool:
        return given == asked or _date(plan, given) == tables.as_of

    inventory = read_inventory(output, plans=named | {plan.id}, fits=fits)
    return Site(plan, tables, tuple(verdicts), inventory, asked=asked)


def _date(plan, as_of: str) -> str:
    """Date of knowledge that a run was made for; empty where what the books say is no date."""
    try:
        return load_tables(plan, as_of=as_of or None).as_of
    except DataError:
        return ""
