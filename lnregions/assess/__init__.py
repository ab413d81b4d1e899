"""Judgement: clauses, interpretations, bounds, reasons, verdicts, sensitivity; plan and tables in, verdicts out.

Tables and a plan come in; `cases_of_plan` makes each clause a `Case` with its figures, once; `judge_case` makes
it a `Verdict`, `judge` the frame of a plan's verdicts. Whatever else is said of a target starts from its cases.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cases": [
            "Case", "Clause", "RULES", "VALUE_KINDS", "figures_of", "growth_figures", "load_tables", "members_of",
            "places_on", "plans_on", "region_members", "stand_ins", "target_of",
        ],
        "bounds": ["possible_of"],
        "interpretations": ["GROWTH_OF", "REAL_GROWTH", "case_of", "cases_of_plan", "cases_of_target", "main_case"],
        "projections": ["back_test", "outlook_of", "project"],
        "reasons": ["indicator_text", "names_text", "nearest_figures", "status_words"],
        "revisions": ["changed_text", "revision_trail", "share_of_way", "status_on_the_way"],
        "sensitivity": ["closing_words", "sensitivity_words"],
        "verdicts": [
            "STATUS_WORDS", "Verdict", "compare_methods", "judge", "judge_all", "judge_case", "judge_interpretations",
            "judge_row", "verdict_table",
        ],
    },
)  # fmt: skip
