"""Choosing with widgets, and maps to point at."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "page_script": ["map_script", "map_style", "script_json"],
        "web_data": ["map_data"],
        "web_layers": ["LARGEST"],
        "web_shapes": ["boundaries_mark"],
    },
)
