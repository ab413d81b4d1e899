"""Axes of maps: no ticks until someone asks, and then the same as on any other axes."""

import io
import pickle

import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from lnregions import maps
from lnregions.boundaries.boundaries import load_locator
from lnregions.style import style
from lnregions.style.map_axes import MapAxes


def with_grid(ax):
    ax.plot([1, 2, 3])
    ax.grid(True)
    ax.tick_params(labelsize=9)
    ax.minorticks_on()


def with_ticks(ax):
    ax.set_xticks([0.2, 0.7], ["a", "b"])
    ax.xaxis.set_ticks_position("top")
    ax.set_title("over the ticks")


def without_ticks(ax):
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title("over no ticks")


def cleared(ax):
    with_grid(ax)
    ax.clear()
    ax.set_xlabel("across")


def pixels(figure):
    file = io.BytesIO()
    figure.savefig(file, format="rgba")
    return file.getvalue()


def test_a_map_is_made_and_drawn_without_a_tick(monkeypatch):
    made = []
    monkeypatch.setattr(Axis, "_get_tick", lambda *_: made.append(1))
    ax = maps.plot_location(load_locator(), ["210000"])
    pixels(ax.figure)
    assert isinstance(ax, MapAxes)
    assert not made


@pytest.mark.parametrize("sheet", [lambda: style.figure("single"), Figure])
@pytest.mark.parametrize("furnish", [with_grid, with_ticks, without_ticks, cleared])
def test_axes_of_maps_look_like_any_other_when_ticks_are_asked_for(furnish, sheet):
    drawn = []
    for kind in (Axes, MapAxes):
        figure = sheet()
        furnish(figure.add_axes((0.15, 0.15, 0.7, 0.7), axes_class=kind))
        drawn.append(pixels(pickle.loads(pickle.dumps(figure))))
    assert drawn[0] == drawn[1]


def test_a_tick_of_a_map_can_be_asked_for_by_its_number():
    ax = maps.map_axes("single")
    assert len(ax.xaxis.majorTicks) == 0
    assert ax.xaxis.majorTicks[0].axes is ax
    assert ax.xaxis.get_ticks_position() == "bottom"
