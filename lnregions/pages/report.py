"""The report site: pages over what was rendered, for people who get the folder and open it from disk.

``index.html`` (English) and ``index.zh.html`` (Chinese) lead to a page a region and a city in each language. The
pages ask nothing from outside and need no script to be read; the same input gives the same bytes.
"""

from lnregions.assess import Verdict
from lnregions.errors import LANGUAGES
from lnregions.explorer import map_data
from lnregions.pages.page import Page
from lnregions.pages.site import Site
from lnregions.sentences import findings, lead_sentences
from lnregions.show import (
    areas_behind,
    calculation_words,
    caveats_on,
    latest_figures,
    show_interpretations,
    show_methods,
    show_plan,
    show_region,
    source_title,
    sources_used,
)

_MAPS = ("map-", "location-", "circles-", "change-", "years-")
"""How the names of a region's maps begin."""


def site_pages(site: Site) -> dict[str, str]:
    """Return all pages of a site as text, by their path relative to the output."""
    found = {}
    for language in LANGUAGES:
        for kind, values in _KINDS.items():
            page = Page(site, language, kind)
            found[page.path] = page.render(**values(page))
        for region in site.regions:
            found[site.path(language, "region", region)] = region_page(site, language, region)
        for city in site.cities:
            found[site.path(language, "city", city)] = city_page(site, language, city)
    return found


def _home(page: Page) -> dict:
    """Landing page: the plan, the counts, the verdict map, the scorecard, all regions and cities."""
    shown = {one["name"]: one for one in page.pictures(page.site.figures_of(page.language, ""))}
    scorecard = shown.pop("scorecard", None)
    first = [shown.pop(name) for name in ("verdict-map", "membership", "dual-core") if name in shown]
    pictures, counts = [*first, *shown.values()], page.site.counts(page.site.main)
    lead = lead_sentences(page.site.plan, as_of=page.site.as_of, language=page.language)
    return {"pictures": pictures, "counts": counts, "scorecard": scorecard, "lead": lead}


def region_page(site: Site, language: str, region: str, *, alone: bool = False) -> str:
    """Page of a region: verdicts, map, targets with calculation and sources, figures, members, caveats.

    One that is to stand alone has a map that leads to no other page.
    """
    page = Page(site, language, "region", region)
    verdicts = [verdict for verdict in site.main if verdict.region == region]
    figures = site.figures_of(language, "region", region)
    targets = {verdict.target: [] for verdict in verdicts}
    rest: list = []
    for figure in figures:
        targets.get(figure.parameters.get("target", ""), rest).append(figure)
    maps = [figure for figure in rest if figure.name.startswith(_MAPS)]
    links = {} if alone else {city: page.to("city", city) for city in site.cities}
    about, members = show_region(site.plan, region, language=language)
    areas = areas_behind(site.plan, [region]) | set(site.plan.members(region))
    live = map_data(site.plan, site.tables, region, language=language) if len(site.outlines) else None
    if live:
        live["areas"] = [area | {"href": links.get(area["id"], "")} for area in live["areas"]]
    return page.render(
        live=live,
        region=region,
        row=site.regions[region],
        verdicts=verdicts,
        targets=[_target(page, one, page.pictures(targets[one.target])) for one in verdicts],
        maps=page.pictures(maps),
        charts=page.pictures([figure for figure in rest if figure not in maps]),
        about=about,
        members=members,
        rendered=bool(figures),
        runs=[] if alone else site.runs_of(language, "region", region),
        findings=_findings(page, region),
        **_figures_and_basis(page, site.members[region], areas),
    )


def _target(page: Page, verdict: Verdict, pictures: list[dict]) -> dict:
    """A target's section: clause, verdict, the calculation of every interpretation, figures, sources."""
    row = page.site.targets[verdict.target]
    interpretations = [one for one in page.site.verdicts if one.target == verdict.target]
    statements = page.site.plan.statements
    cited = [*(one.sources for one in interpretations), str(row["sources"])]
    cited += statements.loc[statements["target"] == verdict.target, "source"].tolist()
    sources = dict.fromkeys(" ".join(cited).split())
    return {
        "verdict": verdict,
        "row": row,
        "pictures": pictures,
        "interpretations": [(one, calculation_words(one, page.language)) for one in interpretations],
        "sources": page.cite(" ".join(sources)),
        "outcome": page.outcome(verdict),
    }


def city_page(site: Site, language: str, city: str) -> str:
    """Page of a city: its regions, the targets that concern it, its figures, sources and caveats."""
    page = Page(site, language, "city", city)
    figures = site.figures_of(language, "adcode", city)
    return page.render(
        city=city,
        verdicts=[one for one in site.main if city in (one.area, site.targets[one.target]["other_area"])],
        figures=page.pictures(figures),
        rendered=bool(figures),
        runs=site.runs_of(language, "adcode", city),
        findings=_findings(page, city),
        **_figures_and_basis(page, [city], {city}),
    )


def _findings(page: Page, place: str) -> list[str]:
    """What was promised, what happened and how sure that is, a sentence each."""
    kept = page.site.findings
    if place not in kept:
        kept[place] = findings(page.site.plan, place, as_of=page.site.as_of).drop_duplicates("finding")
    return kept[place][f"sentence_{page.language}"].tolist()


def _figures_and_basis(page: Page, cities: list[str], areas: set[str]) -> dict[str, list]:
    """Latest figures of cities; sources and caveats of all areas."""
    tables = page.site.tables
    used = sources_used(tables, areas)
    titles = [source_title(row, page.language) for row in used.to_dict("records")]
    frames = {
        "latest": latest_figures(tables, cities),
        "sources": used.assign(title=titles),
        "caveats": caveats_on(tables, areas),
    }
    return {name: frame.to_dict("records") for name, frame in frames.items()}


def _methods(page: Page) -> dict:
    """Page of statuses, interpretations, published methods, facts of the plan."""
    plan, given = page.site.plan, {"as_of": page.site.as_of, "language": page.language}
    return {
        "facts": show_plan(plan, language=page.language),
        "interpretations": show_interpretations(plan, **given),
        "methods": show_methods(plan, **given),
    }


def _notebooks(page: Page) -> dict:
    """Page of all runs with their notebooks and pages, and those that failed."""
    pairs: dict[tuple, dict] = {}
    for run in page.site.runs:
        if run.files:
            pairs.setdefault((run.notebook, run.over, run.value), {"one": run})[run.language] = run
    return {"pairs": list(pairs.values())}


_KINDS = {
    "home": _home,
    "indicators": lambda page: {"held": page.site.tables.observations["indicator"].value_counts()},
    "sources": lambda page: {
        "held": page.site.tables.observations["source"].str.split().explode().value_counts()
    },
    "methods": _methods,
    "notebooks": _notebooks,
}
"""Pages that there is one of, and what their templates are given; ``held`` counts the figures of each."""
