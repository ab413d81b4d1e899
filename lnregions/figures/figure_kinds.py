"""Every kind of figure by its name, for the command line: what it is drawn of, and the bundles written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from lnregions.assess import judge
from lnregions.errors import DataError, unknown
from lnregions.figures import chart_pictures as charts
from lnregions.figures import map_pictures as maps
from lnregions.figures import year_pictures as years
from lnregions.figures.figures import FORMATS
from lnregions.figures.pictures import Picture, Pictures
from lnregions.style import SIZES
from lnregions.tables import load_plan

MAPPED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "fdi_usd", "forest_coverage")
"""Indicators that a region's maps show."""

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
    "change": lambda plan, region, **own: years.draw_change(plan, region, COMPARING["change"], **own),
    "years": lambda plan, region, **own: years.draw_years(plan, region, COMPARING["years"], **own),
    "targets": charts.draw_targets,
    "members": lambda plan, region, **own: charts.draw_members(plan, region, "gdp", **own),
    "indexed-growth": charts.draw_indexed_growth,
    "slope": lambda plan, region, **own: years.draw_slope(plan, region, COMPARING["slope"], **own),
    "contributions": lambda plan, region, **own: charts.draw_contributions(plan, region, "gdp", **own),
    "coverage": charts.draw_coverage,
}
"""Kinds that show one region."""


COMPARING = {"change": "gdp", "years": "gdp_growth_real", "slope": "urbanisation_rate"}
"""Kinds that compare years, and of what: a region without figures for two years has no such figure."""


def write_figures(
    output: Path | str,
    *,
    plan: str = "ln-2022",
    region: str = "",
    kinds: Sequence[str] = (),
    languages: Sequence[str] = ("en", "zh"),
    width: str | float = "double",
    formats: Sequence[str] = FORMATS,
    as_of: str | None = None,
) -> int:
    """Write the bundles of the figures asked for into a folder, one folder a language; their number.

    Parameters
    ----------
    output : path
        Folder for ``<language>/<name>.png`` and what goes with it.
    plan, region : str
        A plan; one of its regions, or all and the plan as a whole.
    kinds : sequence of str
        Names of `PLAN_KINDS` and `REGION_KINDS`; all where there is none.
    languages, width, formats, as_of
        As for single pictures.

    Raises
    ------
    DataError
        For anything that is unknown, before the first figure is drawn.
    """
    loaded = load_plan(plan)
    chosen = _check(loaded, region, kinds, width, formats)
    count = 0
    for language in languages:
        own = {"as_of": as_of or "", "language": language, "width": width}
        for picture in _draw(loaded, region, chosen, own):
            picture.save(Path(output) / language, formats=formats)
            count += 1
    return count


def _check(plan, region, kinds, width, formats) -> list[str]:
    """Kinds to draw, once everything asked for is known to exist."""
    known = [*PLAN_KINDS, *REGION_KINDS]
    for kind in kinds:
        if kind not in known:
            raise unknown("kind", kind, known)
    if region and region not in set(plan.regions["region"]):
        raise unknown("region", region, sorted(plan.regions["region"]))
    for name in formats:
        if name not in FORMATS:
            raise unknown("format", name, FORMATS)
    if isinstance(width, str) and width not in SIZES:
        raise unknown("width", width, list(SIZES))
    chosen = [kind for kind in known if kind in kinds or not kinds]
    if region:
        chosen = [kind for kind in chosen if kind in REGION_KINDS]
    if not chosen:
        raise DataError(
            f"None of the kinds {', '.join(kinds)} shows a single region. Leave the region out, or give one of "
            f"{', '.join(REGION_KINDS)}.",
        )
    return chosen


def _draw(plan, region, chosen, own) -> Iterator[Picture]:
    """Pictures one by one, so that only one is held at a time."""
    regions = [region] if region else list(plan.regions["region"])
    for kind in chosen:
        if kind in PLAN_KINDS:
            yield from _each(PLAN_KINDS[kind](plan, **own))
        else:
            for code in regions:
                if kind in COMPARING and not years.has_change(
                    plan, code, COMPARING[kind], as_of=own["as_of"]
                ):
                    continue
                yield from _each(REGION_KINDS[kind](plan, code, **own))


def _each(drawn: Picture | Pictures) -> Iterable[Picture]:
    return [drawn] if isinstance(drawn, Picture) else drawn
