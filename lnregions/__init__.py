"""Notebooks and helpers that tell, region by region, what a plan promised and what happened."""

from importlib import import_module

__version__ = "0.1.0"

_NAMES = {
    "DataError": "_checks",
    "TidiedWarning": "_checks",
    "load_areas": "codebook",
    "load_indicators": "codebook",
    "load_sources": "codebook",
    "load_breaks": "codebook",
    "load_caveats": "codebook",
    "load_units": "codebook",
    "load_observations": "observations",
    "load_plan": "plans",
    "load_boundaries": "boundaries",
    "load_context": "boundaries",
    "load_locator": "boundaries",
    "required_path": "trajectory",
    "region_total": "totals",
    "region_mean": "totals",
    "judge": "judgement",
    "judge_readings": "judgement",
    "compare_methods": "judgement",
    "plans_on": "judgement",
    "status_on_the_way": "sensitivity",
    "revision_trail": "sensitivity",
    "closing_words": "sensitivity",
    "save_figure": "figures",
    **dict.fromkeys(["explore", "view"], "explore_view"),
    **dict.fromkeys(
        ["draw_membership", "draw_location", "draw_map", "draw_verdict_map", "draw_city_location"],
        "map_pictures",
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
        "chart_pictures",
    ),
    "draw_web_map": "web_map",
    **dict.fromkeys(["draw_change", "draw_years", "draw_slope"], "year_pictures"),
    **dict.fromkeys(["draw_series", "draw_city_growth", "draw_ranks", "draw_dots"], "city_pictures"),
    **dict.fromkeys(["show_plan", "show_region", "show_members", "show_city"], "displays"),
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
        "verdict_displays",
    ),
    **dict.fromkeys(["show_sources", "show_city_sources"], "source_displays"),
}
"""Public name -> module that holds it; imported when first used, so that ``import lnregions`` stays quick."""

__all__ = sorted([*_NAMES, "__version__"])


def __getattr__(name):
    if name in _NAMES:
        value = getattr(import_module(f"lnregions.{_NAMES[name]}"), name)
        value = import_module("lnregions._docs").complete(name, value)
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
