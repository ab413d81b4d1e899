"""Every kind of picture by its name: for the command ``figures``, for the gallery, and to warm up a process.

``python -m lnregions.figures.kinds FOLDER`` writes a page with every kind in both languages, at every width.
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

from lnregions.assess import judge
from lnregions.errors import DataError, forget_warnings, unknown
from lnregions.figures import chart_pictures as charts
from lnregions.figures import map_pictures as maps
from lnregions.figures.bundles import FORMATS, encode
from lnregions.figures.pictures import Picture, Pictures, RegionData
from lnregions.files import write_whole
from lnregions.style import SIZES
from lnregions.tables import load_caveats, load_plan, shipped_plans
from lnregions.words import LANGUAGES

MAPPED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "fdi_usd", "forest_coverage")
"""Indicators that a region's maps show."""

COMPARING = {"change": "gdp", "years": "gdp_growth_real", "slope": "urbanisation_rate"}
"""Kinds that compare years, and of what: a region without figures for two years has no such picture."""

PLAN_KINDS: dict[str, Callable] = {
    "membership": maps.draw_membership,
    "verdict-map": maps.draw_verdict_map,
    "scorecard": lambda plan, *, as_of, **own: charts.draw_scorecard(plan, judge(plan, as_of=as_of), **own),
    "dual-core": charts.draw_dual_core,
}
"""Kinds that show the whole plan."""

REGION_KINDS: dict[str, Callable] = {
    "location": maps.draw_location,
    "map": lambda plan, region, **own: Pictures([maps.draw_map(plan, region, one, **own) for one in MAPPED]),
    "change": lambda plan, region, **own: maps.draw_change(plan, region, COMPARING["change"], **own),
    "years": lambda plan, region, **own: maps.draw_years(plan, region, COMPARING["years"], **own),
    "targets": charts.draw_targets,
    "members": lambda plan, region, **own: charts.draw_members(plan, region, "gdp", **own),
    "indexed-growth": charts.draw_indexed_growth,
    "slope": lambda plan, region, **own: charts.draw_slope(plan, region, COMPARING["slope"], **own),
    "contributions": lambda plan, region, **own: charts.draw_contributions(plan, region, "gdp", **own),
    "coverage": charts.draw_coverage,
}
"""Kinds that show one region."""

CITY_KINDS: dict[str, Callable] = {
    "city-location": maps.draw_city_location,
    "city-series": lambda plan, city, **own: charts.draw_series(city, "population", plan=plan, **own),
    "city-growth": lambda plan, city, **own: charts.draw_city_growth(city, plan=plan, **own),
    "city-ranks": lambda plan, city, **own: charts.draw_ranks(city, plan=plan, **own),
    "city-dots": lambda plan, city, **own: charts.draw_dots(city, "gdp_growth_real", plan=plan, **own),
}
"""Kinds that show one city, in the gallery."""


def write_figures(
    output: Path | str,
    *,
    plan: str = "ln-2022",
    region: str = "",
    kinds: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
    width: str | float = "double",
    formats: Sequence[str] = FORMATS,
    as_of: str | None = None,
) -> int:
    """Write the bundles of some kinds of pictures into a folder, one folder a language; return their number.

    Parameters
    ----------
    output : path
        Folder for ``<language>/<name>.png`` and what goes with it.
    plan, region : str
        A plan; one of its regions, or all and the plan as a whole.
    kinds : sequence of str
        Names of `PLAN_KINDS` and `REGION_KINDS`; all if there is none.
    languages, width, formats, as_of
        As for single pictures.

    Raises
    ------
    DataError
        For anything that is unknown, before the first picture is drawn.
    """
    loaded = load_plan(plan)
    chosen = _chosen_kinds(loaded, region, kinds)
    for kind, given, known in (("format", formats, FORMATS), ("width", [width], SIZES)):
        for name in given:
            if isinstance(name, str) and name not in known:
                raise unknown(kind, name, list(known))
    regions = [region] if region else list(loaded.regions["region"])
    count = 0
    for language in languages:
        options = {"as_of": as_of or "", "language": language, "width": width}
        for kind in chosen:
            for picture in _draw(kind, loaded, regions, options):
                picture.save(Path(output) / language, formats=formats)
                count += 1
    return count


def _chosen_kinds(plan, region: str, kinds: Sequence[str]) -> list[str]:
    """Kinds to draw, in the order of the registry."""
    known = [*PLAN_KINDS, *REGION_KINDS]
    for kind in kinds:
        if kind not in known:
            raise unknown("kind", kind, known)
    if region and region not in set(plan.regions["region"]):
        raise unknown("region", region, sorted(plan.regions["region"]))
    chosen = [kind for kind in (REGION_KINDS if region else known) if kind in kinds or not kinds]
    if not chosen:
        raise DataError(
            f"None of the kinds {', '.join(kinds)} shows a single region. Leave the region out, or give one of "
            f"{', '.join(REGION_KINDS)}."
        )
    return chosen


def _draw(kind: str, plan, regions: Sequence[str], options: dict) -> Iterator[Picture]:
    """Pictures of a kind one by one, so that only one is in memory."""
    if kind in PLAN_KINDS:
        yield from _each(PLAN_KINDS[kind](plan, **options))
        return
    for region in regions:
        if kind in COMPARING:
            data = RegionData.load(plan, region=region, indicator=COMPARING[kind], as_of=options["as_of"])
            if data.comparable_years(data.figures()) is None:
                continue
        yield from _each(REGION_KINDS[kind](plan, region, **options))


def _each(drawn: Picture | Pictures) -> list[Picture] | Pictures:
    return [drawn] if isinstance(drawn, Picture) else drawn


def write_gallery(
    folder: Path | str, *, region: str = "west", city: str = "210900", widths=tuple(SIZES)
) -> Path:
    """Write a page with every kind of picture of a plan, a region and a city (Fuxin lies in two regions)."""
    folder, plan, parts = Path(folder), load_plan(), []
    folder.mkdir(parents=True, exist_ok=True)
    of = ((PLAN_KINDS, ()), (REGION_KINDS, (region,)), (CITY_KINDS, (city,)))
    kinds = [(kind, draw, area) for registry, area in of for kind, draw in registry.items()]
    for kind, draw, area in kinds:
        parts.append(f"<h2>{escape(kind)}</h2>")
        for width, language in ((width, language) for width in widths for language in LANGUAGES):
            for picture in _each(draw(plan, *area, as_of="", language=language, width=width)):
                name = f"{picture.name}-{width}-{language}.png"
                write_whole(folder / name, encode(picture.figure, ("png",))["png"])
                millimetres = round(picture.figure.get_figwidth() * 25.4)
                parts.append(
                    f'<figure><img src="{name}" alt="{escape(picture.alt[language])}" style="width:{millimetres}mm">'
                    f"<figcaption>{escape(picture.name)}, {width}, {language}</figcaption></figure>"
                )
    page = folder / "index.html"
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><h1>Gallery</h1>'
    write_whole(page, head + "\n".join(parts) + "</html>")
    return page


def warm_up(plan: str = "ln-2022", as_of: str = "") -> None:
    """Load what every notebook on a plan needs, and draw a map and a chart: for processes forked from this one.

    Warnings of unusual input are left to the notebooks.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shipped_plans()
            load_caveats()
            plan = load_plan(plan)
            region = plan.regions["region"].iloc[0]
            maps.draw_membership(plan, as_of=as_of)
            maps.draw_verdict_map(plan, as_of=as_of)
            for draw, language in ((maps.draw_map, "zh"), (charts.draw_members, "en")):
                encode(draw(plan, region, "gdp", as_of=as_of, language=language).figure)
    finally:
        forget_warnings()


if __name__ == "__main__":
    sys.stdout.write(f"{write_gallery(sys.argv[1] if len(sys.argv) > 1 else 'gallery')}\n")
