"""Two small figures: a chart and a map."""

import numpy as np

from lnregions import load_boundaries, maps
from lnregions.style import ROLES, figure


def chart(language="en"):
    fig = figure("single", height_mm=50, language=language)
    ax = fig.add_axes((0.15, 0.15, 0.8, 0.7))
    ax.plot([2021, 2022], [1, 2], color=ROLES["actual"].colour)
    ax.set_title("辽宁 GDP")
    return fig


def a_map():
    cities = load_boundaries("city")
    cities["rate"] = np.linspace(40, 90, 14)
    ax = maps.plot_choropleth(cities, "rate", unit="%", ax=maps.map_axes("single"))
    return maps.finish_map(ax, title="Rates", source="Source: yearbook.").figure
