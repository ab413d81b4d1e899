"""The looks of every figure: sizes in millimetres, one palette, the bundled font, measured and wrapped text.

Words and widths come in; figures, colours and lines of text go out. Nothing here knows what a figure shows.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["palette", "style"],
    submod_attrs={
        "fonts": [
            "FAMILY", "PRINT_DPI", "SIMPLIFIED", "font_files", "missing_glyphs", "quick_pdf_fonts", "set_fonts",
            "text_width", "wrap",
        ],
        "options": ["OPTION_PARAMETERS", "OPTIONS", "DrawingOptions"],
        "palette": [
            "BAND", "BORDER", "GROUND", "HAIRLINE", "INK", "MUTED", "NO_DATA_HATCH", "NO_DATA_HATCH_COLOUR", "ROLES",
            "STATUSES", "region_colour", "region_tint", "text_on", "tint",
        ],
        "style": ["MM", "SIZES", "Size", "StyledFigure", "figure", "rc", "size_of", "size_on"],
    },
)  # fmt: skip
