"""Tables of ``data/`` or of a user's own plan folder, read into checked frames: codebook, observations, plans."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bounds": ["bound_of", "load_bounds"],
        "codebook": ["LAND_AREA", "LINE_BREAKS", "caveats_of", "land_areas", "load_areas", "load_breaks",
                     "load_caveats", "load_indicators", "load_sources", "load_units",
                     "printed_decimals", "units_and_decimals"],
        "groups": ["areas_around", "areas_of", "group", "lineage", "parents_of", "with_cities",
                   "with_region"],
        "observations": ["KIND_ORDER", "Observation", "break_scopes", "by_preference", "load_derived",
                         "load_observations", "observed", "parse_as_of", "read_observations"],
        "new_plans": ["read_plan_workbook", "write_plan_template"],
        "plan_folders": ["boundary_file", "list_plans"],
        "plans": ["Plan", "batch_choices", "check_tables", "cities_of", "load_plan", "place_code", "plan_of",
                  "read_areas", "shipped_plans"],
        "rows": ["decode", "read_bytes", "text_fault"],
        "plan_facts": ["read_yaml"],
        "tables": ["Table", "fingerprint", "kept_warnings", "read_table"],
    },
)  # fmt: skip
