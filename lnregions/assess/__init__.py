"""Judgement: series, totals, growth, clauses, published methods, sensitivity; frames in, verdicts out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "area_series": ["Tables", "member_frame"],
        "clause_parts": ["joined_sources"],
        "growth": ["chain_index"],
        "judgement": [
            "GROWTH_OF",
            "VALUE_KINDS",
            "compare_methods",
            "figures_of",
            "growth_figures",
            "judge",
            "judge_all",
            "judge_readings",
            "judge_row",
            "load_tables",
            "members_of",
            "places_on",
        ],
        "outlook": ["outlook_of"],
        "related": ["target_of"],
        "totals": ["common_release"],
        "trajectory": ["required_path"],
        "verdicts": ["STATUS_WORDS", "Verdict", "verdict_table"],
    },
)
