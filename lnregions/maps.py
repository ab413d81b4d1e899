"""Maps of areas: membership, classes, amounts, changes, verdicts, years side by side.

Every function takes a GeoDataFrame (longitudes and latitudes are projected to an equal-area grid) and an
axes, draws areas, labels and legend, and returns the axes. `finish_map` adds what a reader needs besides.
Each lives in a small module of its own; this one is where they are found.
"""

from lnregions.map_base import draw_areas, drawn_on, map_axes, map_facts, prepare
from lnregions.map_classes import Classes, change_breaks, round_breaks, scheme_breaks
from lnregions.map_context import plot_location
from lnregions.map_fields import plot_change, plot_choropleth
from lnregions.map_membership import plot_membership
from lnregions.map_parts import add_north_arrow, add_scale_bar, finish_map, north_angle
from lnregions.map_plan_status import plot_plan_status
from lnregions.map_sheet import plot_small_multiples
from lnregions.map_symbols import plot_symbols, plot_values
from lnregions.map_verdicts import plot_verdicts

__all__ = [
    "Classes",
    "add_north_arrow",
    "add_scale_bar",
    "change_breaks",
    "draw_areas",
    "drawn_on",
    "finish_map",
    "map_axes",
    "map_facts",
    "north_angle",
    "plot_change",
    "plot_choropleth",
    "plot_location",
    "plot_membership",
    "plot_plan_status",
    "plot_small_multiples",
    "plot_symbols",
    "plot_values",
    "plot_verdicts",
    "prepare",
    "round_breaks",
    "scheme_breaks",
]
