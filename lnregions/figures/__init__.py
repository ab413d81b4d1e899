"""Pictures: data, judgement and drawing joined, and saved with data, caption and sources."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "asked": ["checked"],
        "chart_pictures": ["EMPTY_MM", "area_series_of", "chart_picture", "common_words", "draw_verdict", "head_words"],
        "figure_kinds": ["write_figures"],
        "figure_kit": ["bundle_docx", "bundle_zip", "dateless_docx"],
        "figures": ["data_csv", "screen_png"],
        "map_pictures": ["class_breaks", "draw_map", "drawn_values", "finish_picture_map", "level_of", "one_year"],
        "picture_words": ["in_sentence"],
        "pictures": ["Picture", "Pictures", "make_picture"],
    },
)
