"""Axes that make ticks only when asked: a map has none, and making them would take longer than drawing its areas."""

from functools import cached_property, partial

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis


class _Ticks(list):
    """Ticks of an axis; the first is made when it is asked for by its number."""

    def __init__(self, make):
        super().__init__()
        self._make = make

    def __getitem__(self, place):
        if place == 0 and not self:
            self.append(self._make())
        return super().__getitem__(place)


class _LateTicks:
    """The part of an axis that holds its ticks, in place of matplotlib's, which has the first made at once."""

    @cached_property
    def majorTicks(self) -> _Ticks:
        return _Ticks(partial(self._get_tick, major=True))

    @cached_property
    def minorTicks(self) -> _Ticks:
        return _Ticks(partial(self._get_tick, major=False))

    def _get_tick(self, major):
        style = getattr(self.get_figure(root=True), "_rc", {})  # whatever is set when ticks are asked for
        with mpl.rc_context(style):
            tick = super()._get_tick(major)
        tick.set_clip_path(self.axes.patch)  # as matplotlib does with the first ones
        return tick


class _LateXAxis(_LateTicks, XAxis):
    pass


class _LateYAxis(_LateTicks, YAxis):
    pass


class MapAxes(Axes):
    """Axes like any other, but without ticks until someone asks for them."""

    def _init_axis(self):
        super()._init_axis()
        self.xaxis.__class__, self.yaxis.__class__ = _LateXAxis, _LateYAxis

    def clear(self):
        """Clear the axes."""
        super().clear()
        for spine in self.spines.values():
            spine.set_position(("outward", 0.0))  # which matplotlib does when it makes the first ticks
