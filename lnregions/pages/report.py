"""The report site: pages over what was rendered, for people who get the folder and open it from disk.

``index.html`` (English) and ``index.zh.html`` (Chinese) lead to a page a region and a city in each language. The
pages ask nothing from outside and need no script to be read; the same input gives the same bytes.
"""

import base64
import contextlib
import hashlib
import json
import re
from functools import cache, partial
from pathlib import Path

from markupsafe import Markup

from lnregions import __version__
from lnregions.assess import STATUS_WORDS, Verdict
from lnregions.explorer import map_data, map_script, map_style, script_json
from lnregions.files import write_json, write_whole
from lnregions.pages.inventory import make_previews
from lnregions.pages.page import LONG, TEMPLATES, Page, environment
from lnregions.pages.region_map import region_map
from lnregions.pages.site import LANGUAGES, Site, read_site
from lnregions.show import grades, show_methods, show_plan, show_readings, show_region, web_address
from lnregions.style import STATUSES

_OURS = re.compile(r"(index(\.zh)?|(en|zh)/((region|city)/)?[^/]+)\.html")


def write_report(output, *, plan="ln-2022", as_of=None) -> Path:
    """Write the pages of one plan over what was rendered into a folder; nothing is rendered anew.

    Pages are written for both languages whether or not figures were rendered in both: verdicts, calculations and
    tables come from the data, and a page whose figures are missing says so. Pages of an earlier call that have no
    place any more are removed.

    Parameters
    ----------
    output : path
        Folder that ``lnregions render`` wrote into; it is made if it is not there.
    plan : str or Plan
        A plan's name, its folder, or a plan from `load_plan`.
    as_of : date or str, optional
        Only what was published by then counts.

    Returns
    -------
    Path
        The English landing page.

    Raises
    ------
    DataError
        If the plan or the date is unknown.
    """
    output = Path(output)
    site = read_site(output, plan=plan, as_of=as_of)
    output.mkdir(parents=True, exist_ok=True)
    site.previews.update(make_previews(site.inventory))
    written = site_pages(site)
    for path, content in written.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output / path, content)
    _remove_old(output, set(written))
    return output / "index.html"


def _remove_old(output: Path, written: set[str]) -> None:
    """Remove pages that an earlier call left and this one did not write."""
    index = output / ".lnregions" / "pages.json"
    before = []
    with contextlib.suppress(OSError, ValueError, RecursionError):
        before = json.loads(index.read_text("utf-8"))
    for path in before if isinstance(before, list) else []:
        if isinstance(path, str) and _OURS.fullmatch(path) and path not in written:
            with contextlib.suppress(OSError, ValueError):
                place = (output / path).resolve()
                if place.is_relative_to(output.resolve()):
                    place.unlink()
    if before != sorted(written):
        index.parent.mkdir(parents=True, exist_ok=True)
        write_json(index, sorted(written))


def site_pages(site: Site) -> dict[str, str]:
    """Return all pages of a site as text, by their path relative to the output."""
    kinds = {
        "home": home_page,
        "indicators": indicators_page,
        "sources": sources_page,
        "methods": methods_page,
        "notebooks": notebooks_page,
    }
    found = {}
    for language in LANGUAGES:
        for name, make in kinds.items():
            found[site.page(language, name)] = make(site, language)
        for region in site.regions:
            found[site.region_page(language, region)] = region_page(site, language, region)
        for city in site.cities:
            found[site.city_page(language, city)] = city_page(site, language, city)
    return found


# -- one function a kind of page ----------------------------------------------------------------------------


def home_page(site: Site, language: str) -> str:
    """Landing page: the plan, the counts, the verdict map, the scorecard, all regions and cities."""
    page = _page(site, language, partial(site.page, name="home"))
    shown = {figure.name: figure for figure in site.inventory.figures(language, over="")}
    scorecard = page.picture(shown.pop("scorecard")) if "scorecard" in shown else None
    first = [shown.pop(name) for name in ("verdict-map", "membership", "dual-core") if name in shown]
    pictures = page.pictures([*first, *shown.values()])
    return _render(
        page, "home.html.j2", pictures=pictures, counts=site.counts(site.main), scorecard=scorecard
    )


def region_page(site: Site, language: str, region: str, *, alone: bool = False) -> str:
    """Page of a region: verdicts, map, targets with calculation and sources, figures, members, caveats.

    One that is to stand alone has a map that leads to no other page.
    """
    page = _page(site, language, partial(site.region_page, region=region))
    verdicts = [verdict for verdict in site.main if verdict.region == region]
    figures = site.inventory.figures(language, over="region", value=region)
    targets = {verdict.target: [] for verdict in verdicts}
    rest: list = []
    for figure in figures:
        targets.get(figure.parameters.get("target", ""), rest).append(figure)
    maps = [figure for figure in rest if figure.name.startswith(("map-", "location-"))]
    links = {} if alone else {city: page.to_city(city) for city in site.cities}
    live = map_data(site.plan, site.tables, region, language=language, links=links)
    members = [area["id"] for area in live["areas"] if area["member"]]
    about, membership = show_region(site.plan, region, language=language)
    areas = areas_of(site, region)
    return _render(
        page,
        "region.html.j2",
        live=live,
        region=region,
        row=site.regions[region],
        verdicts=verdicts,
        drawing=region_map(site, members, language=language, layers=live["layers"]),
        targets=[target_section(page, one, page.pictures(targets[one.target])) for one in verdicts],
        maps=page.pictures(maps),
        charts=page.pictures([figure for figure in rest if figure not in maps]),
        about=page.cells(about),
        members=page.cells(membership),
        latest=site.latest_figures(site.plan.members(region, level="city"), language),
        sources=site.sources_of(areas),
        caveats=site.caveats_of(areas, language),
        runs=[] if alone else site.inventory.pages(language, over="region", value=region),
        rendered=bool(figures),
    )


def city_page(site: Site, language: str, city: str) -> str:
    """Page of a city: its regions, the targets that concern it, its figures, sources and caveats."""
    page = _page(site, language, partial(site.city_page, city=city))
    figures = site.inventory.figures(language, over="adcode", value=city)
    return _render(
        page,
        "city.html.j2",
        city=city,
        regions=site.regions_of(city),
        verdicts=[
            one for one in site.main if city in (one.area, str(site.targets[one.target]["other_area"]))
        ],
        drawing=region_map(site, [city], language=language),
        figures=page.pictures(figures),
        rendered=bool(figures),
        latest=site.latest_figures([city], language),
        sources=site.sources_of([city]),
        caveats=site.caveats_of([city], language),
        runs=site.inventory.pages(language, over="adcode", value=city),
    )


def indicators_page(site: Site, language: str) -> str:
    """Page of the codebook with how many figures are held."""
    held = site.tables.observations["indicator"].value_counts()
    rows = site.tables.indicators.astype(object).fillna("").to_dict("records")
    rows = [row | {"held": int(held.get(row["indicator"], 0))} for row in rows]
    names = {row["indicator"]: row[f"name_{language}"] for row in rows}
    page = _page(site, language, partial(site.page, name="indicators"))
    return _render(page, "indicators.html.j2", rows=rows, names=names)


def sources_page(site: Site, language: str) -> str:
    """Page of all sources, each with an anchor."""
    counts = site.tables.observations["source"].str.split().explode().value_counts()
    rows = [
        row | {"figures": int(counts.get(key, 0)), "link": web_address(row.get("url"))}
        for key, row in site.sources.items()
    ]
    return _render(_page(site, language, partial(site.page, name="sources")), "sources.html.j2", rows=rows)


def methods_page(site: Site, language: str) -> str:
    """Page of statuses, interpretations, published methods, facts of the plan."""
    page = _page(site, language, partial(site.page, name="methods"))
    given = {"as_of": site.asked, "language": language}
    return _render(
        page,
        "methods.html.j2",
        facts=page.cells(show_plan(site.plan, language=language)),
        readings=page.cells(show_readings(site.plan, **given)),
        methods=page.cells(show_methods(site.plan, **given)),
        statuses=list(STATUS_WORDS),
        grades=grades(language),
    )


def notebooks_page(site: Site, language: str) -> str:
    """Page of all runs with their notebooks and pages, and those that failed."""
    pairs: dict[tuple, dict] = {}
    for run in site.inventory.runs:
        if run.files:
            pairs.setdefault((run.notebook, run.over, run.value), {"one": run})[run.language] = run
    page = _page(site, language, partial(site.page, name="notebooks"))
    return _render(page, "notebooks.html.j2", pairs=list(pairs.values()), failures=site.inventory.failures())


def areas_of(site: Site, region: str) -> list[str]:
    """Return the areas that a region's verdicts rest on: members, the region itself, and benchmarks."""
    targets = site.plan.targets
    benchmarks = targets.loc[targets["region"] == region, "benchmark"].fillna("")
    return list(dict.fromkeys([*site.plan.members(region), region, *(str(one) for one in benchmarks if one)]))


def target_section(page: Page, verdict: Verdict, pictures: list[dict]) -> dict:
    """Return a target's section: clause, verdict, the calculation of every interpretation, figures, sources."""
    site = page.site
    row = site.targets[verdict.target]
    readings = [one for one in site.verdicts if one.target == verdict.target]
    return {
        "verdict": verdict,
        "row": row,
        "id": site.target_anchor(verdict.target),
        "pictures": pictures,
        "readings": [(one, page.numbers(one)) for one in readings],
        "sources": page.cite(" ".join(dict.fromkeys(" ".join(one.sources for one in readings).split()))),
        "plan_sources": page.cite(str(row["sources"])),
    }


# -- filling templates --------------------------------------------------------------------------------------


def _page(site, language, place):
    other = "en" if language == "zh" else "zh"
    return Page(site, language, path=place(language), twin=place(other))


def _render(page: Page, template: str, *, live: dict | None = None, **values: object) -> str:
    """Text of one page; one with a live map carries the map's script, style and data along."""
    styles, scripts = [_asset("site.css") + _status_style()], [_asset("site.js")]
    if live is not None:
        styles, scripts = [*styles, map_style()], [map_script(), *scripts]
    policy = (
        f"default-src 'none'; img-src 'self' file: data:; style-src {_hashes(styles)}; "
        f"script-src {_hashes(scripts)}; base-uri 'none'; form-action 'none'"
    )
    search = [entry | {"h": page.link(entry["h"])} for entry in search_entries(page.site, page.language)]
    return environment().get_template(template).render(
        page=page, site=page.site, t=page.t, say=page.say, long=LONG, styles=[Markup(one) for one in styles],
        scripts=[Markup(one) for one in scripts], policy=policy, search=script_json(search),
        webmap=script_json(live), version=__version__, **values,
    )  # fmt: skip


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _status_style() -> str:
    return "".join(
        f".s-{status.replace(' ', '-')}{{--c:{looks.colour}}}\n" for status, looks in STATUSES.items()
    )


def _hashes(contents: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in contents)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def search_entries(site: Site, language: str) -> list[dict]:
    """Return what can be found: areas, indicators and targets.

    Returns
    -------
    list of dict
        ``n`` name, ``o`` name in the other language, ``k`` kind, ``c`` code, ``h`` page relative to the output.
    """
    other = "en" if language == "zh" else "zh"
    entries = []

    def add(row, kind, code, page, *, names="name"):
        name, twin = str(row[f"{names}_{language}"]), str(row[f"{names}_{other}"])
        entries.append({"n": name, "o": twin, "k": kind, "c": str(code), "h": page})

    for region, row in site.regions.items():
        add(row, "region", region, site.region_page(language, region))
    for area, row in site.areas.items():
        city = {"city": area, "county": row["parent"]}.get(row["level"], "")
        if city in site.cities:
            add(row, row["level"], area, site.city_page(language, city))
    for row in site.tables.indicators.to_dict("records"):
        page = site.page(language, "indicators") + "#" + site.anchor(row["indicator"])
        add(row, "indicator", row["indicator"], page)
    for target, row in site.targets.items():
        add(row, "target", target, site.target_page(language, target), names="label")
    return entries
