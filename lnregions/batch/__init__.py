"""Notebooks run for every region, city and language, a few at a time; results kept and known again."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "execute": ["Settings"],
        "fork": ["Preload"],
        "manifest": ["Hashes", "Manifest"],
        "parameters": [
            "Notebook",
            "check_parameters",
            "list_notebooks",
            "read_notebook",
            "read_parameters",
        ],
        "notebook_page": ["localised", "write_notebooks"],
        "progress": ["failure_lines", "progress_for", "say"],
        "render": ["RenderResult", "plan_render", "render_notebooks"],
        "selection": ["Run", "plan_runs", "select_notebooks"],
    },
)
