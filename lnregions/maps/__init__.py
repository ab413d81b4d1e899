"""Maps of areas: membership, classes, amounts, changes, verdicts, years side by side.

Every function takes a GeoDataFrame (longitudes and latitudes are projected to an equal-area grid) and an
axes, draws areas, labels and legend, and returns the axes. `finish_map` adds what a reader needs besides.
Each lives in a small module of its own; this one is where they are found.
"""

from lnregions.maps.base import draw_areas, draw_outline, drawn_on, map_axes, map_facts, prepare, start
from lnregions.maps.classes import Classes, change_breaks, class_labels, round_breaks, scheme_breaks
from lnregions.maps.context import plot_location
from lnregions.maps.fields import (
    label_areas,
    plot_change,
    plot_choropleth,
    plot_no_data,
    rate_scale,
    wordings,
)
from lnregions.maps.legend import add_legend
from lnregions.maps.membership import plot_membership
from lnregions.maps.parts import add_north_arrow, add_scale_bar, finish_map, north_angle
from lnregions.maps.plan_status import plot_plan_status
from lnregions.maps.sheet import plot_small_multiples
from lnregions.maps.symbols import FILL, circle_steps, plot_symbols, plot_values
from lnregions.maps.verdicts import plot_verdicts

__all__ = [
    "FILL",
    "Classes",
    "add_legend",
    "add_north_arrow",
    "add_scale_bar",
    "change_breaks",
    "circle_steps",
    "class_labels",
    "draw_areas",
    "draw_outline",
    "drawn_on",
    "finish_map",
    "label_areas",
    "map_axes",
    "map_facts",
    "north_angle",
    "plot_change",
    "plot_choropleth",
    "plot_location",
    "plot_membership",
    "plot_no_data",
    "plot_plan_status",
    "plot_small_multiples",
    "plot_symbols",
    "plot_values",
    "plot_verdicts",
    "prepare",
    "rate_scale",
    "round_breaks",
    "scheme_breaks",
    "start",
    "wordings",
]
