"""Notebooks run for every region, city and language, a few at a time; results kept and known again."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "hashes": ["Hashes"],
        "manifest": ["Books"],
        "render_command": ["add_render", "stopped"],
    },
)
