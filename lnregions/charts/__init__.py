"""Every chart of the project by its name: frames and words in, matplotlib axes out.

Each function takes its frames first and by name, then ``ax`` (None: a new figure of a preset's width, unknown to
pyplot), ``language`` and the words of `lnregions.charts.sheet.Words`. None of them loads data or touches global
state, and each returns axes on which one can go on drawing.
"""

from lnregions.charts.growth import plot_growth_trajectory
from lnregions.charts.labels import overlapping_texts
from lnregions.charts.lists import plot_contributions, plot_coverage, plot_dots
from lnregions.charts.members import plot_indexed_growth, plot_ranks, plot_slope
from lnregions.charts.panels import plot_member_panels
from lnregions.charts.scorecard import plot_scorecard
from lnregions.charts.series import plot_trajectory

__all__ = [
    "overlapping_texts",
    "plot_contributions",
    "plot_coverage",
    "plot_dots",
    "plot_growth_trajectory",
    "plot_indexed_growth",
    "plot_member_panels",
    "plot_ranks",
    "plot_scorecard",
    "plot_slope",
    "plot_trajectory",
]
