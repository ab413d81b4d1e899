"""Notebooks and helpers that tell, region by region, what a plan promised and what happened."""

from importlib import import_module

__version__ = "0.1.0"

_ROOMS = {
    "errors": ["DataError", "InputWarning"],
    "tables": [
        "group", "load_areas", "load_bounds", "load_breaks", "load_caveats", "load_derived", "load_indicators",
        "load_observations", "load_plan", "load_sources", "load_units",
    ],
    "boundaries": ["load_boundaries", "load_context", "load_land"],
    "series": ["region_mean", "region_total", "required_path"],
    "assess": [
        "closing_words", "compare_methods", "judge", "judge_interpretations", "plans_on", "revision_trail",
        "status_on_the_way",
    ],
    "figures": [
        "draw_change", "draw_circles", "draw_city_growth", "draw_city_location", "draw_contributions",
        "draw_coverage", "draw_dots", "draw_dual_core", "draw_dumbbells", "draw_gaps", "draw_heat_map",
        "draw_indexed_growth", "draw_location", "draw_map", "draw_maps", "draw_members", "draw_membership",
        "draw_ranks", "draw_scorecard", "draw_series", "draw_stack", "draw_target_sheet", "draw_targets",
        "draw_tile_map", "draw_timeline", "draw_verdict_map", "draw_years", "save_figure",
    ],
    "sentences": ["findings", "show_findings"],
    "show": [
        "evaluation", "show_calculations", "show_city", "show_city_sources", "show_firmness",
        "show_interpretations", "show_members", "show_methods", "show_on_the_way", "show_plan", "show_region",
        "show_sources", "show_statements", "show_trail", "show_verdicts",
    ],
    "explorer": ["draw_web_map", "explore", "view", "what_if"],
}  # fmt: skip
"""Public names by the room that holds them; imported when first used, so that ``import lnregions`` stays quick."""
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted([*_ROOM_OF, "__version__"])


def __getattr__(name):
    if name in _ROOM_OF:
        value = getattr(import_module(f"lnregions.{_ROOM_OF[name]}"), name)
        value = import_module("lnregions.words.docstrings").complete(name, value)
        value = import_module("lnregions.tables").with_names(name, value)
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
