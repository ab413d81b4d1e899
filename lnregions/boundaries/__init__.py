"""Boundary files, shipped or a user's own, read into checked GeoDataFrames; the geometry that maps need."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "boundaries": ["SOURCE", "load_boundaries", "load_context", "load_land"],
        "codes": ["CHINESE_CODE"],
        "plans": ["boundaries_of", "boundary_words", "check_plan", "land_of", "stands_on_shipped"],
        "ground": ["ground_around", "land_within"],
        "geometry": [
            "equal_area", "extent", "label_points", "nearest_areas", "project", "remembered", "simplify_coverage",
            "union",
        ],
    },
)  # fmt: skip
