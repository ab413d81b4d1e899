"""The looks of every figure: fonts, sizes in millimetres, colours, words, numbers and units.

Nothing is set globally at import. `figure` gives an empty figure that carries the style; `context` applies it
to a block for those who bring their own axes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from math import inf
from numbers import Real
from typing import NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from lnregions import errors as _checks
from lnregions.paths import fonts_dir
from lnregions.style import palette
from lnregions.style.palette import REGION_COLOURS, ROLES, STATUSES, text_on
from lnregions.words import LANGUAGES, check_language, format_number, format_value, text, to_unit, unit_label

__all__ = [
    "FAMILY",
    "LANGUAGES",
    "REGION_COLOURS",
    "ROLES",
    "SIZES",
    "STATUSES",
    "Size",
    "StyledFigure",
    "check_language",
    "context",
    "figure",
    "font_files",
    "format_number",
    "format_value",
    "missing_glyphs",
    "rc",
    "size_of",
    "size_on",
    "text",
    "text_on",
    "to_unit",
    "unit_label",
    "use_style",
]

FAMILY = "Noto Sans SC"
MM = 1 / 25.4


class Size(NamedTuple):
    """A preset: millimetres of the figure and points of its text (all between 6 and 9)."""

    width_mm: float
    height_mm: float
    small: float
    normal: float
    title: float


SIZES = {
    "single": Size(85, 78, 6, 6.5, 7.5),
    "onehalf": Size(120, 100, 6, 7, 8),
    "double": Size(174, 120, 6.5, 7.5, 9),
    "slide": Size(254, 142.875, 8, 8.5, 9),
    "a4": Size(210, 297, 7, 8, 9),
}


def size_of(width: str | float) -> Size:
    """Preset of a name, or a width in millimetres with the text sizes of the nearest narrower preset.

    Raises
    ------
    DataError
        When the name is not a preset, or the width no length.

    Examples
    --------
    >>> size_of("single").width_mm, size_of(100).normal
    (85, 6.5)
    """
    if isinstance(width, str):
        if width not in SIZES:
            raise _checks.unknown("width", width, list(SIZES))
        return SIZES[width]
    if isinstance(width, bool) or not isinstance(width, Real) or not 0 < width < inf:
        raise _checks.DataError(
            f"The width {_checks.quote(width)} is no length. Give millimetres, or one of {', '.join(SIZES)}.",
        )
    narrower = [s for s in SIZES.values() if s.width_mm <= width] or [SIZES["single"]]
    nearest = max(narrower, key=lambda s: s.width_mm)
    return nearest._replace(width_mm=float(width), height_mm=width * nearest.height_mm / nearest.width_mm)


@cache
def font_files() -> dict[str, str]:
    """Files of the bundled font, registered with matplotlib on the first call in a process."""
    files = {weight: str(fonts_dir() / f"NotoSansSC-{weight}-gb2312.ttf") for weight in ("Regular", "Bold")}
    for path in files.values():
        font_manager.fontManager.addfont(path)
    return files


@cache
def _characters() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_files()["Regular"]).get_charmap())


def missing_glyphs(words: str) -> str:
    """Characters of `words` that the bundled font cannot draw, each once; empty when all is well.

    Examples
    --------
    >>> missing_glyphs("辽宁 Liaoning")
    ''
    """
    known = _characters()
    return "".join(dict.fromkeys(c for c in words if ord(c) not in known and c not in "\n\r\t"))


def rc(language: str = "en", width: str | float = "double") -> dict[str, object]:
    """Settings of matplotlib that make the style, for ``matplotlib.rc_context``."""
    check_language(language)
    size = size_of(width)
    font_files()
    return {
        "font.family": [FAMILY],
        "font.size": size.normal,
        "axes.titlesize": size.title,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": size.normal,
        "xtick.labelsize": size.small,
        "ytick.labelsize": size.small,
        "legend.fontsize": size.small,
        "legend.title_fontsize": size.small,
        "figure.titlesize": size.title,
        "text.color": palette.INK,
        "axes.labelcolor": palette.INK,
        "axes.edgecolor": palette.BORDER,
        "xtick.color": palette.BORDER,
        "ytick.color": palette.BORDER,
        "xtick.labelcolor": palette.INK,
        "ytick.labelcolor": palette.INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "grid.color": "#e3e6ea",
        "grid.linewidth": 0.5,
        "axes.axisbelow": True,
        "lines.linewidth": 1.4,
        "lines.markersize": 4,
        "patch.linewidth": 0.6,
        "hatch.linewidth": 0.5,
        "legend.frameon": False,
        "legend.handlelength": 1.8,
        "legend.borderaxespad": 0.0,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "axes.formatter.useoffset": False,
        "axes.formatter.limits": (-12, 15),
        "text.usetex": False,
        "text.hinting": "none",  # the same widths in every format and resolution
        "pdf.fonttype": 42,
        "pdf.compression": 4,  # as small as 6, and faster
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "lnregions",
        "savefig.dpi": 300,
        "figure.dpi": 100,
        "figure.autolayout": False,
        "figure.constrained_layout.use": False,
        "savefig.bbox": None,
        "path.simplify": True,
    }


@contextmanager
def context(language: str = "en", width: str | float = "double") -> Iterator[None]:
    """Apply the style to a block of code, and put back what was set before.

    Examples
    --------
    >>> with context("zh", "single"):
    ...     matplotlib_size = mpl.rcParams["font.size"]
    >>> matplotlib_size
    6.5
    """
    with mpl.rc_context(rc(language, width)):
        yield


use_style = context


@lru_cache(maxsize=64)
def _checked_rc(language: str, width: str | float) -> dict[str, object]:
    """Settings of the style as matplotlib keeps them once it has checked them."""
    checked = mpl.RcParams(rc(language, width))
    return {name: dict.__getitem__(checked, name) for name in checked}


@contextmanager
def _in_force(settings: dict[str, object]) -> Iterator[None]:
    """Block in which checked settings hold; ``rc_context`` copies all 300 and checks each anew."""
    before = {name: dict.__getitem__(mpl.rcParams, name) for name in settings}
    dict.update(mpl.rcParams, settings)
    try:
        yield
    finally:
        dict.update(mpl.rcParams, before)


_EXTENTS: dict[tuple, tuple[float, float, float]] = {}
_MOST_EXTENTS = 20_000


def _measuring(renderer):
    """Way of measuring text that remembers what this kind of renderer has measured at this resolution."""
    measure = renderer.get_text_width_height_descent
    if getattr(measure, "remembers", False):  # drawn with before
        return measure
    kind = (type(renderer), type(getattr(renderer, "_renderer", None)), renderer.points_to_pixels(72))

    def measured(words, font, ismath):
        key = (kind, words, font.copy(), ismath)
        if key not in _EXTENTS:
            if len(_EXTENTS) >= _MOST_EXTENTS:
                _EXTENTS.clear()
            _EXTENTS[key] = measure(words, font, ismath)
        return _EXTENTS[key]

    measured.remembers = True
    return measured


class StyledFigure(Figure):
    """A matplotlib figure that draws itself in the style whatever is set globally.

    Ticks are made while drawing, so the style has to be in force then, too. `language` and `size` say what it
    was made for; axes drawn on it read them.
    """

    def __init__(self, *args, language: str = "en", width: str | float = "double", **kwargs):
        self.language = check_language(language)
        self.size = size_of(width)
        self.fixed = True  # whether its height is settled, or may follow what stands under a map
        self._rc = _checked_rc(language, width)
        with self.in_style():
            super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def in_style(self):
        """Block of code in which its style is in force, whatever is set globally."""
        return _in_force(self._rc)

    def draw(self, renderer):
        """Draw in the style; text added in matplotlib's default font is set in the bundled one."""
        for words in self.findobj(Text):
            if words.get_family() == mpl.rcParamsDefault["font.family"]:
                words.set_fontfamily(FAMILY)
        renderer.get_text_width_height_descent = _measuring(renderer)
        with self.in_style():
            return super().draw(renderer)

    def savefig(self, fname, **kwargs):
        """Save in the style."""
        with self.in_style():
            return super().savefig(fname, **kwargs)

    def add_subplot(self, *args, **kwargs):
        """Add axes in the style."""
        with self.in_style():
            return super().add_subplot(*args, **kwargs)

    def add_axes(self, *args, **kwargs):
        """Add axes in the style."""
        with self.in_style():
            return super().add_axes(*args, **kwargs)


def figure(
    width: str | float = "double", *, height_mm: float | None = None, language: str = "en"
) -> StyledFigure:
    """Empty figure of a preset's size that carries the style; pyplot does not know it, so nothing piles up.

    Parameters
    ----------
    width
        "single" (85 mm), "onehalf" (120), "double" (174), "slide" (16:9), "a4", or millimetres.
    height_mm
        Height in millimetres; the preset's when left out.
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


def size_on(ax) -> Size:
    """Text sizes that go with an axes: its figure's preset, or that of its figure's width."""
    fig = ax.get_figure(root=True)
    return getattr(fig, "size", None) or size_of(max(85.0, fig.get_figwidth() / MM))
