"""Tables for readers: plans, members, verdicts, calculations and sources as HTML or text."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "html_tables": ["Table"],
        "printed_figures": ["calculation_words", "figure_words"],
        "source_names": ["source_name"],
        "verdict_displays": ["show_verdicts", "verdict_text"],
        "words": ["GRADES", "HEADS", "source_titles"],
    },
)
