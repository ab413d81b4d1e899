"""Tables for readers: frames and verdicts in, tables out that show themselves as HTML, text or great-tables.

`Table` and `Tables` hold what is shown; the ``show_*`` functions make them of a plan, its members, verdicts,
calculations and sources; `words` has headings and figures as printed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "evaluations": ["CLASSES", "completion", "evaluation", "progress_class"],
        "plan_checks": ["Report", "check_report"],
        "plans": [
            "areas_behind", "caveats_on", "latest_figures", "show_city", "show_city_sources", "show_members",
            "show_plan", "show_region", "show_sources", "sources_used",
        ],
        "statements": ["outcome_words", "show_statements", "with_outcome"],
        "table": ["Table", "Tables", "status_chip", "web_address"],
        "table_files": ["FORMATS", "add_word_table", "cell_number", "printable_xml", "save_tables", "table_content"],
        "verdicts": [
            "show_calculations", "show_firmness", "show_interpretations", "show_methods", "show_on_the_way",
            "show_trail", "show_verdicts",
        ],
        "words": [
            "AS_TARGET", "asked_words", "calculation_words", "chosen_plan", "figure_words", "grades", "head", "headed",
            "reader_table", "required_text", "source_name", "source_title", "source_titles", "target_labels",
            "verdict_words",
        ],
    },
)  # fmt: skip
