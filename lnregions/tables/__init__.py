"""Tables of ``data/`` or of a user's own plan folder, read into checked frames: codebook, observations, plans."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "codebook": ["LAND_AREA", "LINE_BREAKS", "bound_of", "break_scopes", "caveats_of", "land_areas",
                     "load_areas", "load_bounds", "load_breaks", "load_caveats", "load_indicators", "load_sources",
                     "load_units", "name_beside_unit", "printed_decimals", "units_and_decimals"],
        "groups": ["areas_around", "areas_of", "cities_of", "group", "lineage", "parents_of", "place_code",
                   "with_cities", "with_region"],
        "observations": ["KIND_ORDER", "Observation", "by_preference", "load_derived", "load_observations",
                         "observed", "parse_as_of", "read_observations"],
        "new_plans": ["read_plan_workbook", "write_plan_template"],
        "plan_files": ["boundary_file", "list_plans", "read_yaml"],
        "plan_tables": ["Plan", "check_tables"],
        "plans": ["batch_choices", "load_plan", "plan_of", "shipped_plans", "with_names"],
        "rows": ["decode", "read_bytes", "text_fault"],
        "tables": ["Table", "file_state", "fingerprint", "kept_warnings", "read_table"],
    },
)  # fmt: skip
