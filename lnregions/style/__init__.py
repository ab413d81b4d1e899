"""The looks of every figure: sizes in millimetres, fonts, colours, measured text, and files written from figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "draw_once": ["drawn_pdf", "drawn_pixels", "drawn_svg", "keep_drawing"],
        "font_cache": ["free_font_cache"],
        "glyph_runs": ["KNOWN"],
        "map_axes": ["MapAxes"],
        "palette": [
            "BAND",
            "BORDER",
            "GROUND",
            "HAIRLINE",
            "INK",
            "MUTED",
            "NO_DATA_HATCH",
            "NO_DATA_HATCH_COLOUR",
            "ROLES",
            "STATUSES",
            "region_style",
            "region_tint",
            "text_on",
            "tint",
        ],
        "palette_png": ["encode_png"],
        "pdf_fonts": ["lean_fonts"],
        "style": ["MM", "SIZES", "Size", "figure", "missing_glyphs", "rc", "size_of", "size_on"],
        "typeset": ["PRINT_DPI", "text_width", "wrap"],
    },
)
