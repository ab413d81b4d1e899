"""Every kind of picture by its name: for the command ``figures``, and to warm up a process."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from lnregions.assess import judge
from lnregions.errors import DataError, forget_warnings, unknown
from lnregions.figures import chart_pictures as charts
from lnregions.figures import map_pictures as maps
from lnregions.figures import target_pictures as targets
from lnregions.figures.encoding import FORMATS, encode
from lnregions.figures.pictures import Picture, Pictures, RegionData
from lnregions.style import size_of
from lnregions.tables import load_caveats, load_plan, shipped_plans
from lnregions.words import LANGUAGES

MAPPED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "fdi_usd", "forest_coverage")
"""Indicators that a region's maps show."""


def _of(draw: Callable, *indicators: str) -> Callable:
    """Drawing of a region's pictures, one for each indicator."""
    return lambda plan, region, **own: Pictures([draw(plan, region, one, **own) for one in indicators])


def _comparing(draw: Callable, indicator: str) -> Callable:
    """Drawing of a picture that compares years; a region without figures for two years has none."""

    def drawn(plan, region, **own):
        data = RegionData.load(plan, own["as_of"], region=region, indicator=indicator)
        years = data.comparable_years(data.figures())
        return Pictures([draw(plan, region, indicator, **own)] if years else [])

    return drawn


PLAN_KINDS: dict[str, Callable] = {
    "membership": maps.draw_membership,
    "verdict-map": maps.draw_verdict_map,
    "scorecard": lambda plan, *, as_of, **own: targets.draw_scorecard(plan, judge(plan, as_of=as_of), **own),
    "dual-core": charts.draw_dual_core,
}
"""Kinds that show the whole plan."""

REGION_KINDS: dict[str, Callable] = {
    "location": maps.draw_location,
    "map": _of(maps.draw_map, *MAPPED),
    "change": _comparing(maps.draw_change, "gdp"),
    "years": _comparing(maps.draw_years, "gdp_growth_real"),
    "targets": targets.draw_targets,
    "members": _of(charts.draw_members, "gdp"),
    "indexed-growth": charts.draw_indexed_growth,
    "slope": _comparing(charts.draw_slope, "urbanisation_rate"),
    "contributions": _of(charts.draw_contributions, "gdp"),
    "coverage": charts.draw_coverage,
}
"""Kinds that show one region."""


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
    **drawn: object,
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
    languages, width, formats, as_of, **drawn
        As for single pictures and their ``save``.

    Raises
    ------
    DataError
        For anything that is unknown, before the first picture is drawn.
    """
    loaded = load_plan(plan)
    chosen = _chosen_kinds(loaded, region, kinds)
    for name in formats:
        if name not in FORMATS:
            raise unknown("format", name, FORMATS)
    size_of(width)
    regions = [region] if region else list(loaded.regions["region"])
    count = 0
    for language in languages:
        options = {"as_of": as_of or "", "language": language, "width": width}
        for kind in chosen:
            draw = PLAN_KINDS.get(kind) or REGION_KINDS[kind]
            for area in [()] if kind in PLAN_KINDS else [(one,) for one in regions]:
                made = draw(loaded, *area, **options)
                pictures = Pictures([made]) if isinstance(made, Picture) else made
                count += len(pictures.save(Path(output) / language, formats=formats, **drawn))
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
