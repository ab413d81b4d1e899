"""Notebooks and helpers that tell, region by region, what a plan promised and what happened."""

from importlib import import_module

__version__ = "0.1.0"

_NAMES = {
    "DataError": "errors",
    "InputWarning": "errors",
    "load_areas": "tables.codebook",
    "load_indicators": "tables.codebook",
    "load_sources": "tables.codebook",
    "load_breaks": "tables.codebook",
    "load_caveats": "tables.codebook",
    "load_units": "tables.codebook",
    "load_observations": "tables.observations",
    "load_plan": "tables.plans",
    "load_boundaries": "boundaries.boundaries",
    "load_context": "boundaries.boundaries",
    "load_locator": "boundaries.boundaries",
    "required_path": "assess.trajectory",
    "region_total": "assess.totals",
    "region_mean": "assess.totals",
    "judge": "assess.judgement",
    "judge_readings": "assess.judgement",
    "compare_methods": "assess.judgement",
    "plans_on": "assess.judgement",
    "status_on_the_way": "assess.sensitivity",
    "revision_trail": "assess.sensitivity",
    "closing_words": "assess.sensitivity",
    "save_figure": "figures.figures",
    "explore": "explorer.widgets",
    "view": "explorer.view",
    **dict.fromkeys(
        ["draw_membership", "draw_location", "draw_map", "draw_verdict_map", "draw_city_location"],
        "figures.map_pictures",
    ),
    **dict.fromkeys(
        [
            "draw_scorecard",
            "draw_targets",
            "draw_dual_core",
            "draw_members",
            "draw_indexed_growth",
            "draw_contributions",
            "draw_coverage",
        ],
        "figures.chart_pictures",
    ),
    "draw_web_map": "explorer.web_map",
    **dict.fromkeys(["draw_change", "draw_years", "draw_slope"], "figures.year_pictures"),
    **dict.fromkeys(["draw_series", "draw_city_growth", "draw_ranks", "draw_dots"], "figures.city_pictures"),
    **dict.fromkeys(["show_plan", "show_region", "show_members", "show_city"], "show.plans"),
    **dict.fromkeys(
        [
            "show_verdicts",
            "show_readings",
            "show_methods",
            "show_calculations",
            "show_on_the_way",
            "show_firmness",
            "show_trail",
        ],
        "show.verdicts",
    ),
    **dict.fromkeys(["show_sources", "show_city_sources"], "show.plans"),
}
"""Public name -> module that holds it; imported when first used, so that ``import lnregions`` stays quick."""

__all__ = sorted([*_NAMES, "__version__"])


def __getattr__(name):
    if name in _NAMES:
        value = getattr(import_module(f"lnregions.{_NAMES[name]}"), name)
        value = import_module("lnregions.words.docstrings").complete(name, value)
        globals()[name] = value
        return value
    try:
        return import_module(f"lnregions.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"lnregions.{name}":
            raise
        raise AttributeError(f"module 'lnregions' has no attribute {name!r}") from None


def __dir__():
    return list(__all__)
