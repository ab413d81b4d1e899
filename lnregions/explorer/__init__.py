"""Choosing with widgets, and maps to point at.

In: a plan and what is chosen or changed of it. Out: a `View` (map, chart, table, verdict) with widgets over it, what a
changed target would come to, and web maps that need nothing but themselves. `app` serves the explore notebook in the
browser.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "changed_targets": ["what_if"],
        "views": ["View", "view"],
        "web_data": ["LARGEST", "map_data"],
        "web_map": ["WebMap", "draw_web_map", "map_script", "map_style", "script_json"],
        "widgets": ["explore"],
    },
)
