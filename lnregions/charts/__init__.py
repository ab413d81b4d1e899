"""Charts: frames and labels in, matplotlib axes out; nothing here loads data or judges it.

Each ``plot_`` function takes its frames, and the fields of `Labels` as keywords. Values are given in the unit of
``data/units.csv`` and shown in the unit of the language. Each text and line has an artist label that names its part,
such as ``_gap``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "growth": ["plot_gaps", "plot_growth_trajectory", "plot_indexed_growth"],
        "members": ["plot_contributions", "plot_dots", "plot_member_panels", "plot_ranks", "plot_stack"],
        "overviews": ["plot_heat_map", "plot_target_sheet", "plot_timeline"],
        "scorecard": ["plot_coverage", "plot_scorecard"],
        "sheet": ["Labels"],
        "trajectory": ["plot_trajectory"],
    },
)
