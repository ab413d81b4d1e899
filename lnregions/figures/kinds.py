"""Every kind of picture by its name: for the command ``figures``, and to warm up a process."""

import itertools
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from lnregions.assess import judge
from lnregions.errors import DataError, forget_warnings, unknown
from lnregions.figures import chart_pictures as charts
from lnregions.figures import map_pictures as maps
from lnregions.figures import overview_pictures as overviews
from lnregions.figures import target_pictures as targets
from lnregions.figures.bundles import Picture, Pictures
from lnregions.formats import FORMATS, SLIDES, encode
from lnregions.paths import PLAN
from lnregions.style import size_of
from lnregions.tables import load_plan, place_code, shipped_plans, with_region
from lnregions.words import LANGUAGES

MAPPED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "fdi_usd", "forest_coverage")
"""Indicators of which a region's maps are drawn."""
COMPARED = "indexed-growth"
"""Kind that can show another region, area or group beside a region."""


def _of(draw: Callable, *indicators: str) -> Callable:
    """Drawing of a region's pictures, one for each indicator."""
    return lambda plan, region, **own: [draw(plan, region, one, **own) for one in indicators]


PLAN_KINDS: dict[str, Callable] = {
    "membership": maps.draw_membership,
    "verdict-map": maps.draw_verdict_map,
    "scorecard": lambda plan, *, as_of, **own: targets.draw_scorecard(plan, judge(plan, as_of=as_of), **own),
    "tile-map": lambda plan, **own: maps.draw_tile_map(plan, charts.GROWTH, **own),
    "dual-core": charts.draw_dual_core,
    "timeline": overviews.draw_timeline,
}
"""Kinds that show the whole plan."""

REGION_KINDS: dict[str, Callable] = {
    "location": maps.draw_location,
    "map": lambda plan, region, **own: maps.draw_maps(plan, region, MAPPED, **own),
    "circles": lambda plan, region, **own: maps.draw_circles(plan, region, "gdp", charts.GROWTH, **own),
    "change": _of(maps.draw_change, "gdp"),
    "years": _of(maps.draw_years, "gdp_growth_real"),
    "target-sheet": overviews.draw_target_sheet,
    "targets": targets.draw_targets,
    "gaps": overviews.draw_gaps,
    "heat-map": overviews.draw_heat_map,
    "members": _of(charts.draw_members, "gdp"),
    COMPARED: charts.draw_indexed_growth,
    "dumbbells": _of(charts.draw_dumbbells, "urbanisation_rate"),
    "contributions": _of(charts.draw_contributions, "gdp"),
    "stack": _of(charts.draw_stack, "trade_total", "fdi_usd"),
    "coverage": charts.draw_coverage,
}
"""Kinds that show one region."""

CITY_KINDS: dict[str, Callable] = {
    "city-location": maps.draw_city_location,
    "series": lambda plan, city, **own: [
        targets.draw_series(city, one, plan=plan, **own) for one in ("gdp", "population")
    ],
    "city-growth": lambda plan, city, **own: charts.draw_city_growth(city, plan=plan, **own),
    "ranks": lambda plan, city, **own: charts.draw_ranks(city, plan=plan, **own),
    "dots": lambda plan, city, **own: charts.draw_dots(city, charts.GROWTH, plan=plan, **own),
}
"""Kinds that show one city."""
_KINDS = PLAN_KINDS | REGION_KINDS | CITY_KINDS


def write_figures(
    output: Path | str,
    *,
    plan: str = PLAN,
    region: str = "",
    city: str = "",
    kinds: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
    width: str | float = "double",
    formats: Sequence[str] = FORMATS,
    as_of: str | None = None,
    compare: str = "",
    **drawn: object,
) -> int:
    """Write the bundles of some kinds of pictures into a folder, one folder a language; return their number.

    Parameters
    ----------
    output : path
        Folder for ``<language>/<name>.png`` and what goes with it.
    plan, region, city : str
        A plan; one of its regions or cities, or all regions and the plan as a whole.
    kinds : sequence of str
        Names of `PLAN_KINDS`, `REGION_KINDS` and `CITY_KINDS`; without any all, those of a city only for a city.
    languages, width, formats, as_of, **drawn
        As for single pictures and their ``save``.
    compare : str
        Another region, area or group, for the kind `COMPARED`.

    Raises
    ------
    DataError
        For anything that is unknown, before the first picture is drawn.
    """
    loaded = load_plan(plan)
    region, city = place_code(loaded, region, kind="region"), place_code(loaded, city, kind="area")
    loaded, chosen = with_region(loaded, region) if region else loaded, _chosen_kinds(region, city, kinds)
    for name in formats:
        if name not in (*FORMATS, SLIDES):
            raise unknown("format", name, (*FORMATS, SLIDES))
    size_of(width)
    if compare := place_code(loaded, compare):
        with_region(loaded, compare)  # which refuses what is no group
        if COMPARED not in chosen:
            raise DataError(f"Only the kind {COMPARED} compares. Name it, or leave {compare!r} out.")
    regions = [(one,) for one in ([region] if region else loaded.regions["region"])]
    cities, count = [(one,) for one in ([city] if city else loaded.cities)], 0
    for language, kind in itertools.product(languages, chosen):
        for area in [()] if kind in PLAN_KINDS else regions if kind in REGION_KINDS else cities:
            own = {"as_of": as_of or "", "language": language, "width": width}
            own |= {"compare": compare} if kind == COMPARED else {}
            found = _KINDS[kind](loaded, *area, **own)
            for one in [found] if isinstance(found, Picture | Pictures) else found:
                saved = one.save(Path(output) / language, formats=formats, **drawn)
                count += len(saved) if isinstance(saved, Pictures) else 1
    return count


def _chosen_kinds(region: str, city: str, kinds: Sequence[str]) -> list[str]:
    """Kinds to draw, in the order of the registry."""
    for kind in kinds:
        if kind not in _KINDS:
            raise unknown("kind", kind, _KINDS)
    place, shown = ("city", CITY_KINDS) if city else ("region", REGION_KINDS) if region else ("", _KINDS)
    chosen = [kind for kind in shown if (kind in kinds if kinds else city or kind not in CITY_KINDS)]
    if not chosen:
        what = f"None of the kinds {', '.join(kinds)} shows a single {place}"
        raise DataError(f"{what}. Leave the {place} out, or give one of {', '.join(shown)}.")
    return chosen


def warm_up(plan: str = PLAN, as_of: str = "") -> None:
    """Load what every notebook on a plan needs, and draw a map and a chart: for processes forked from this one.

    Warnings of unusual input are left to the notebooks.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shipped_plans()
            plan = load_plan(plan)
            region = plan.regions["region"].iloc[0]
            maps.draw_membership(plan, as_of=as_of)
            maps.draw_verdict_map(plan, as_of=as_of)
            for draw, language in ((maps.draw_map, "zh"), (charts.draw_members, "en")):
                drawn = draw(plan, region, "gdp", as_of=as_of, language=language)
                if isinstance(drawn, Picture):
                    encode(drawn.figure)
    finally:
        forget_warnings()
