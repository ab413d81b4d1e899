"""Tables of ``data/`` or of a user's own plan folder, read into checked frames: codebook, observations, plans."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "choices": ["batch_choices"],
        "codebook": [
            "LINE_BREAKS",
            "load_areas",
            "load_breaks",
            "load_caveats",
            "load_indicators",
            "load_sources",
            "units_and_decimals",
        ],
        "observations": ["break_scopes", "load_observations", "read_observations"],
        "observed": ["Observation"],
        "plans": [
            "Plan",
            "check_plan",
            "list_plans",
            "load_plan",
            "plan_of",
            "shipped_plans",
            "write_plan_template",
        ],
        "rows": ["decode", "text_fault"],
        "tables": ["kept_warnings"],
        "vintages": ["by_preference", "parse_as_of"],
        "yaml": ["read_yaml"],
    },
)
