"""Figures year by year: series of areas and regions, totals, growth and published methods; frames in, frames out.

`Tables` holds the checked frames of one date of knowledge; `Figures` are those of one area and indicator, with breaks,
coverage, what is missing and what rounding may hide. Only `Extent` knows of plans,
and nothing here of clauses or verdicts.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "extent": ["Extent"],
        "figures": ["Figures", "joined_sources"],
        "growth": ["chain_index", "mean_growth", "required_path"],
        "methods": ["Assessment", "Progress", "escap", "open_sdg", "unsd"],
        "relations": ["implausible", "largest_changes"],
        "series": ["Tables", "member_frame"],
        "totals": ["common_release", "region_mean", "region_total"],
    },
)
