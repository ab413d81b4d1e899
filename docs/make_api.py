"""Write docs/api.md, the page of public names, from their docstrings: python docs/make_api.py."""

import inspect
from pathlib import Path

import lnregions as ln

GROUPS = [
    ("Explore", ("explore", "view")),
    ("Load", ("load_",)),
    ("Judge", ("judge", "compare_", "plans_", "status_", "revision_", "closing_", "required_", "region_")),
    ("Show as a table", ("show_",)),
    ("Draw", ("draw_",)),
    ("Everything else", ("",)),
]
"""Headings, each with how the names under it begin; a name stands under the first that fits."""


def api_page() -> str:
    """Page of the public names, each with the first line of its docstring."""
    lines = [
        "# Public names",
        "",
        "`import lnregions as ln`, then `ln.<name>?` in a notebook tells the rest.",
        "",
    ]
    left = [name for name in ln.__all__ if not name.startswith("_")]
    for heading, beginnings in GROUPS:
        own = [name for name in left if name.startswith(beginnings)]
        left = [name for name in left if name not in own]
        lines += [f"## {heading}", "", "| Name | What you get |", "| --- | --- |"]
        lines += [f"| `{n}` | {inspect.cleandoc(getattr(ln, n).__doc__).splitlines()[0]} |" for n in own]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(__file__).with_name("api.md").write_text(api_page(), encoding="utf-8")
