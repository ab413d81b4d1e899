"""Maps of areas: membership, classes, amounts, changes, verdicts, years side by side.

Every function takes a GeoDataFrame (longitudes and latitudes are projected to an equal-area grid) and an
axes, draws areas, labels and legend, and returns the axes. `finish_map` adds what a reader needs besides.
Each lives in a small module of its own; this one is where they are found.
"""

from lnregions.maps.base import draw_areas, drawn_on, map_axes, map_facts, prepare
from lnregions.maps.classes import Classes, change_breaks, round_breaks, scheme_breaks
from lnregions.maps.context import plot_location
from lnregions.maps.fields import plot_change, plot_choropleth
from lnregions.maps.membership import plot_membership
from lnregions.maps.parts import add_north_arrow, add_scale_bar, finish_map, north_angle
from lnregions.maps.plan_status import plot_plan_status
from lnregions.maps.sheet import plot_small_multiples
from lnregions.maps.symbols import plot_symbols, plot_values
from lnregions.maps.verdicts import plot_verdicts

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
