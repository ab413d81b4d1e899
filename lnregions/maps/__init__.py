"""Maps of areas: membership, classes, amounts, changes, plan status, years side by side.

In come GeoDataFrames (longitudes and latitudes are projected to an equal-area grid) and words; out come
axes with areas, labels and legend. `finish_map` adds what a reader needs besides. Nothing is loaded here, and
nothing judged.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "drawing": [
            "draw_areas", "draw_outline", "label_areas", "map_frame", "prepare", "printed", "start", "wordings",
        ],
        "base": ["Options", "add_legend", "drawn_on", "map_axes", "map_facts"],
        "circles": ["FILL", "circle_steps", "plot_symbols"],
        "classes": ["Classes", "change_breaks", "class_labels", "rate_scale", "round_breaks", "scheme_breaks"],
        "finish": ["Inset", "finish_map", "write_around"],
        "regions": ["plot_membership", "plot_plan_status"],
        "values": ["plot_change", "plot_choropleth", "plot_small_multiples", "tile_grid"],
    },
)  # fmt: skip
