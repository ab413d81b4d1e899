"""Pictures: data, judgement and drawing joined, and saved with data, caption and sources.

Codes of regions, cities and indicators come in; a `Picture` goes out, whose ``save`` writes the bundle.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bundles": ["Picture", "Pictures", "save_figure"],
        "chart_pictures": [
            "draw_city_growth", "draw_contributions", "draw_coverage", "draw_dots", "draw_dual_core",
            "draw_indexed_growth", "draw_members", "draw_dumbbells", "draw_ranks", "draw_stack",
        ],
        "drawn_rows": ["complete_rows", "figures_only"],
        "kits": ["bundle_docx", "bundle_zip", "chart_table", "save_slides"],
        "kinds": ["CITY_KINDS", "PLAN_KINDS", "REGION_KINDS", "warm_up", "write_figures"],
        "map_grounds": ["class_breaks", "drawn_values", "level_of", "one_year", "shown_members", "with_counties"],
        "map_pictures": [
            "draw_change", "draw_circles", "draw_city_location", "draw_location", "draw_map", "draw_maps",
            "draw_membership", "draw_tile_map", "draw_verdict_map", "draw_years",
        ],
        "overview_pictures": ["draw_gaps", "draw_heat_map", "draw_target_sheet", "draw_timeline"],
        "target_pictures": ["draw_plain_series", "draw_scorecard", "draw_series", "draw_targets", "draw_verdict"],
        "messages": ["in_sentence"],
        "region_data": ["NO_FIGURE_OF_YEAR", "RegionData"],
    },
)  # fmt: skip
