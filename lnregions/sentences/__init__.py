"""Findings: what came of a plan, of one of its regions or of a city, in five to eight sentences of both languages.

Plan, place and date come in; a frame of sentences with the figures behind each goes out, and a table for readers.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "differences": ["Differences", "differences"],
        "summary": ["findings", "lead_sentences", "show_findings"],
        "wording": ["counted_sentence", "verdict_sentence"],
    },
)
