"""Every chart of the project by its name: frames and words in, matplotlib axes out.

Each function takes its frames first and by name, then ``ax`` (None: a new figure of a preset's width, unknown to
pyplot), ``language`` and the words of `lnregions.chart_sheet.Words`. None of them loads data or touches global
state, and each returns axes on which one can go on drawing.
"""

from lnregions.chart_series import plot_trajectory

__all__ = ["plot_trajectory"]
