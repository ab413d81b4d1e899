"""Pictures: data, judgement and drawing joined, and saved with data, caption and sources.

Codes of regions, cities and indicators come in; a `Picture` goes out, whose ``save`` writes the bundle.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bundles": ["FORMATS", "data_csv", "encode", "plain_markdown", "save_figure", "screen_png"],
        "chart_pictures": ["draw_plain_series", "draw_verdict"],
        "kinds": ["PLAN_KINDS", "REGION_KINDS", "warm_up", "write_figures", "write_gallery"],
        "kits": ["bundle_docx", "bundle_zip", "dateless_docx"],
        "map_pictures": ["class_breaks", "draw_map", "draw_no_data", "drawn_values", "level_of", "one_year"],
        "pictures": ["Picture", "Pictures", "RegionData", "in_sentence"],
    },
)
