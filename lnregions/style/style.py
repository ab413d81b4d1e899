"""Figures in the style: sizes in millimetres, sizes of text in points, and the settings of matplotlib.

Nothing is set globally at import. `figure` gives an empty figure that carries the style; ``mpl.rc_context(rc())``
applies it to a block of code for those who bring their own axes.
"""

from collections.abc import Callable
from functools import cache, wraps
from math import inf
from numbers import Real
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from lnregions.errors import DataError, quote, unknown
from lnregions.style.fonts import FAMILY, font_files
from lnregions.words import check_language

MM = 1 / 25.4
"""Inches of a millimetre."""


class Size(NamedTuple):
    """Millimetres of a figure, and points of its text."""

    width_mm: float
    height_mm: float
    small: float
    normal: float
    title: float
    smallest: float = 6.0  # of labels of maps that have no room for more


SIZES = {
    "single": Size(85, 78, 6, 6.5, 7.5),
    "onehalf": Size(120, 100, 6, 7, 8),
    "double": Size(174, 120, 6.5, 7.5, 9),
    "slide": Size(254, 142.875, 10.5, 11, 13, smallest=10.5),
    "a4": Size(210, 297, 7, 8, 9),
}
"""Widths of a journal's columns, a slide of 16:9 and a page, by name.

A widescreen slide of 338.7 mm shows a figure of 254 mm a third larger: 10.5 points are 14 there.
"""
NARROWEST, WIDEST = 40, 1200
"""Millimetres between which a figure's words have room."""


def size_of(width: str | float) -> Size:
    """Size of a preset, or of a width in millimetres with the text of the nearest narrower preset.

    Raises
    ------
    DataError
        If the name is not a preset, or the width is not a length.

    Examples
    --------
    >>> size_of("single").width_mm, size_of(100).normal
    (85, 6.5)
    """
    if isinstance(width, str):
        if width not in SIZES:
            raise unknown("width", width, list(SIZES))
        return SIZES[width]
    if isinstance(width, bool) or not isinstance(width, Real) or not 0 < width < inf:
        raise DataError(
            f"The width {quote(width)} is no length. Give millimetres, or one of {', '.join(SIZES)}."
        )
    if not NARROWEST <= width <= WIDEST:
        raise DataError(
            f"The width {width:g} is out of range. Give {NARROWEST} to {WIDEST} millimetres, or one of "
            f"{', '.join(f'{name} ({size.width_mm:g})' for name, size in SIZES.items())}."
        )
    narrower = [size for size in SIZES.values() if size.width_mm <= width] or [SIZES["single"]]
    nearest = max(narrower, key=lambda size: size.width_mm)
    return nearest._replace(width_mm=float(width), height_mm=width * nearest.height_mm / nearest.width_mm)


@cache
def _style_sheet() -> mpl.RcParams:
    return mpl.rc_params_from_file(Path(__file__).with_name("lnregions.mplstyle"), use_default_template=False)


def rc(language: str = "en", width: str | float = "double") -> dict[str, object]:
    """Settings of matplotlib that make the style, for ``matplotlib.rc_context``."""
    check_language(language)
    size = size_of(width)
    font_files()
    small = ("xtick.labelsize", "ytick.labelsize", "legend.fontsize", "legend.title_fontsize")
    sizes = dict.fromkeys(small, size.small) | dict.fromkeys(("font.size", "axes.labelsize"), size.normal)
    return {**_style_sheet(), **sizes, "axes.titlesize": size.title, "figure.titlesize": size.title}


def _in_style(method: Callable) -> Callable:
    """Method of a figure that works with its style in force."""

    @wraps(method)
    def styled(self, *args, **kwargs):
        with self.in_style():
            return method(self, *args, **kwargs)

    return styled


class StyledFigure(Figure):
    """A matplotlib figure that draws itself in the style, whatever is set globally.

    Ticks are made while drawing, so the style has to be in force then, too.

    Attributes
    ----------
    language, size
        Language and `Size` that it was made for.
    fixed : bool
        Whether its height is settled, or may follow what stands under a map.
    settings : dict
        Settings of matplotlib in force beside the style, such as ``{"svg.fonttype": "none"}``.
    """

    def __init__(self, *args, language: str = "en", width: str | float = "double", **kwargs):
        self._rc = rc(language, width)
        self.language = language
        self.size = size_of(width)
        self.fixed, self.settings = True, {}
        with self.in_style():
            super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def in_style(self):
        """Block of code in which its style is in force."""
        return mpl.rc_context(self._rc | self.settings)

    def draw(self, renderer):
        """Draw in the style; text in matplotlib's default font is set in the bundled one."""
        for words in self.findobj(Text):
            if words.get_family() == mpl.rcParamsDefault["font.family"]:
                words.set_fontfamily(FAMILY)
        with self.in_style():
            return super().draw(renderer)

    savefig = _in_style(Figure.savefig)
    add_subplot = _in_style(Figure.add_subplot)
    add_axes = _in_style(Figure.add_axes)


def figure(
    width: str | float = "double", *, height_mm: float | None = None, language: str = "en"
) -> StyledFigure:
    """Empty figure in the style, unknown to pyplot, so that none stays open.

    Parameters
    ----------
    width
        "single" (85 mm), "onehalf" (120), "double" (174), "slide" (16:9), "a4", or millimetres.
    height_mm
        Height in millimetres; the preset's if left out.
    language
        "en" or "zh".

    Examples
    --------
    >>> [round(side * 25.4) for side in figure("single", height_mm=60).get_size_inches()]
    [85, 60]
    """
    size = size_of(width)
    inches = (size.width_mm * MM, (height_mm or size.height_mm) * MM)
    return StyledFigure(figsize=inches, language=language, width=width)


def size_on(ax: Axes) -> Size:
    """Size of the figure that an axes is on: its preset, or that of its width."""
    fig = ax.get_figure(root=True)
    return getattr(fig, "size", None) or size_of(max(85.0, fig.get_figwidth() / MM))
