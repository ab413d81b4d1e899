"""The pages of the report site as text: templates filled from a `Site`, everything in them escaped."""

import base64
import hashlib
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lnregions import __version__
from lnregions.assess import STATUS_WORDS
from lnregions.explorer import map_data, map_script, map_style, script_json
from lnregions.pages.map import region_map
from lnregions.pages.page import LONG, Page
from lnregions.pages.search import search_entries
from lnregions.pages.site import Site, outside
from lnregions.pages.tables import area_caveats, area_sources, latest_figures
from lnregions.show import displays, verdict_displays
from lnregions.style import palette
from lnregions.show import words as table_words

TEMPLATES = Path(__file__).parents[1] / "templates" / "site"


def render(page: Page, template: str, *, live: bool = False, **values) -> str:
    """Text of one page; a live one carries the interactive map's script and style along."""
    styles, scripts = [asset("site.css") + status_style()], [asset("site.js")]
    if live:
        styles, scripts = [*styles, map_style()], [map_script(), *scripts]
    policy = (
        f"default-src 'none'; img-src 'self' file: data:; style-src {_hashes(styles)}; script-src {_hashes(scripts)}; "
        "base-uri 'none'; form-action 'none'"
    )
    found = script_json(
        [entry | {"h": page.link(entry["h"])} for entry in search_entries(page.site, page.language)]
    )
    return (
        environment()
        .get_template(template)
        .render(page=page, site=page.site, t=page.t, say=page.say, styles=[Markup(one) for one in styles],
                scripts=[Markup(one) for one in scripts], policy=policy, search=found, version=__version__, **values)
    )  # fmt: skip


@cache
def environment() -> Environment:
    """Templates of the site, with everything escaped and nothing missing let through."""
    loader = FileSystemLoader(TEMPLATES)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def asset(name: str) -> str:
    """One of the site's own style or script files."""
    return (TEMPLATES / name).read_text("utf-8")


@cache
def status_style() -> str:
    """Rules for the colours of statuses."""
    return "".join(
        f".s-{status.replace(' ', '-')}{{--c:{looks.colour}}}\n" for status, looks in palette.STATUSES.items()
    )


def _hashes(contents: list[str]) -> str:
    found = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in contents)
    return " ".join(f"'sha256-{one}'" for one in found)


# -- one function a kind of page ----------------------------------------------------------------------------


def home_page(site: Site, language: str) -> str:
    """The landing page: the plan, the counts, the verdict map, the scorecard, all regions and cities."""
    page = _page(site, language, partial(site.page, name="home"))
    shown = {figure.name: figure for figure in site.inventory.figures(language, over="")}
    pictures = page.pictures(
        [shown[name] for name in ("verdict-map", "membership", "dual-core") if name in shown]
    )
    known = {"verdict-map", "membership", "dual-core", "scorecard"}
    pictures += page.pictures([figure for name, figure in shown.items() if name not in known])
    scorecard = page.picture(shown["scorecard"]) if "scorecard" in shown else None
    return render(page, "home.html.j2", pictures=pictures, counts=site.counts(site.main), scorecard=scorecard)


def region_page(site: Site, language: str, region: str, *, alone: bool = False) -> str:
    """A region: verdicts, map, targets with calculation and sources, figures, members, caveats.

    A page that is to stand alone has a map that leads to no other page.
    """
    page = _page(site, language, partial(site.region_page, region=region))
    own = [v for v in site.main if v.region == region]
    figures = site.inventory.figures(language, over="region", value=region)
    by_target: dict[str, list] = {v.target: [] for v in own}
    rest = []
    for figure in figures:
        by_target.get(figure.parameters.get("target", ""), rest).append(figure)
    cities = site.plan.members(region, level="city")
    links = {} if alone else {city: page.to_city(city) for city in site.cities}
    live = map_data(site.plan, site.tables, region, language=language, links=links)
    shown = [area["id"] for area in live["areas"] if area["member"]]
    drawing = region_map(site, shown, language=language, layers=live["layers"])
    rests = area_of(site, region)
    maps = [f for f in rest if f.name.startswith(("map-", "location-"))]
    about, members = displays.show_region(site.plan, region, language=language)
    return render(
        page, "region.html.j2", region=region, row=site.regions[region], verdicts=own, drawing=drawing,
        live=True, webmap=script_json(live),
        targets=[target_section(page, v, page.pictures(by_target[v.target])) for v in own],
        maps=page.pictures(maps), charts=page.pictures([f for f in rest if f not in maps]),
        about=page.cells(about), members=page.cells(members),
        latest=latest_figures(site, cities, language), long=LONG, sources=area_sources(site, rests),
        caveats=area_caveats(site, rests, language),
        runs=[] if alone else site.inventory.pages(language, over="region", value=region),
        rendered=bool(figures),
    )  # fmt: skip


def city_page(site: Site, language: str, city: str) -> str:
    """A city: its regions, the targets that concern it, its figures, sources and caveats."""
    page = _page(site, language, partial(site.city_page, city=city))
    own = [v for v in site.main if city in (v.area, str(site.targets[v.target]["other_area"]))]
    figures = site.inventory.figures(language, over="adcode", value=city)
    drawing = region_map(site, [city], language=language)
    return render(
        page, "city.html.j2", city=city, regions=site.regions_of(city), verdicts=own, drawing=drawing,
        figures=page.pictures(figures), rendered=bool(figures),
        latest=latest_figures(site, [city], language), long=LONG, sources=area_sources(site, [city]),
        caveats=area_caveats(site, [city], language),
        runs=site.inventory.pages(language, over="adcode", value=city),
    )  # fmt: skip


def indicators_page(site: Site, language: str) -> str:
    """The codebook with how many figures are held."""
    page = _page(site, language, partial(site.page, name="indicators"))
    held = site.tables.observations["indicator"].value_counts()
    rows = [
        row | {"held": int(held.get(row["indicator"], 0))}
        for row in site.tables.indicators.astype(object).fillna("").to_dict("records")
    ]
    names = {row["indicator"]: row[f"name_{language}"] for row in rows}
    return render(page, "indicators.html.j2", rows=rows, names=names)


def sources_page(site: Site, language: str) -> str:
    """All sources, each with an anchor."""
    page = _page(site, language, partial(site.page, name="sources"))
    ids = site.tables.observations["source"].str.split().explode().value_counts()
    rows = [
        row | {"figures": int(ids.get(key, 0)), "link": outside(row.get("url"))}
        for key, row in site.sources.items()
    ]
    return render(page, "sources.html.j2", rows=rows)


def methods_page(site: Site, language: str) -> str:
    """Statuses, readings, published methods, facts of the plan."""
    page = _page(site, language, partial(site.page, name="methods"))
    asked = {"as_of": site.asked, "language": language}
    return render(
        page, "methods.html.j2", facts=page.cells(displays.show_plan(site.plan, language=language)),
        readings=page.cells(verdict_displays.show_readings(site.plan, **asked)),
        methods=page.cells(verdict_displays.show_methods(site.plan, **asked)), statuses=list(STATUS_WORDS),
        grades=table_words.GRADES[language],
    )  # fmt: skip


def notebooks_page(site: Site, language: str) -> str:
    """All runs with their notebooks and pages, and those that failed."""
    page = _page(site, language, partial(site.page, name="notebooks"))
    pairs: dict[tuple, dict] = {}
    for run in site.inventory.runs:
        if run.files:
            pairs.setdefault((run.notebook, run.over, run.value), {"one": run})[run.language] = run
    return render(page, "notebooks.html.j2", pairs=list(pairs.values()), failures=site.inventory.failures())


def area_of(site: Site, region: str) -> list[str]:
    """Areas that a region's verdicts rest on: its members, the region itself, and what it is compared with."""
    targets = site.plan.targets
    benchmarks = targets.loc[targets["region"] == region, "benchmark"].fillna("")
    named = [*site.plan.members(region), region, *(str(b) for b in benchmarks if b)]
    return list(dict.fromkeys(named))


def _page(site, language, place):
    other = "en" if language == "zh" else "zh"
    return Page(site, language, path=place(language), twin=place(other))


def target_section(page: Page, verdict, pictures: list[dict]) -> dict:
    """A target's section: clause, verdict, every reading's calculation, figures, sources."""
    site = page.site
    row = site.targets[verdict.target]
    readings = [v for v in site.verdicts if v.target == verdict.target]
    sources = " ".join(dict.fromkeys(s for v in readings for s in v.sources.split()))
    return {
        "verdict": verdict, "row": row, "id": site.target_anchor(verdict.target), "pictures": pictures,
        "readings": [(v, page.numbers(v)) for v in readings],
        "sources": page.cite(sources), "plan_sources": page.cite(str(row["sources"])),
    }  # fmt: skip
