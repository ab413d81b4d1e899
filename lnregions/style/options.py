"""What a user may change of any picture: words, size, colours, classes, font, and the axes to draw on."""

from collections.abc import Callable
from inspect import Parameter
from numbers import Real

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, is_color_like, to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.text import Text
from matplotlib.textpath import TextPath

from lnregions.errors import DataError, quote, unknown
from lnregions.style.fonts import FAMILY
from lnregions.style.style import MM

_SAMPLE = "Gross domestic product, 2024: 902.71"
"""Words by whose width fonts are compared."""
OPTIONS = (
    "title", "subtitle", "source_line", "figsize", "font", "ax", "classes", "scheme", "palette", "cmap",
)  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_classes(value: object) -> bool:
    """Whether a value is a number of classes, or numbers to be breaks between them."""
    several = np.iterable(value) and not isinstance(value, str | dict)
    numbers = list(value) if several else [value]
    if any(isinstance(one, bool) or not isinstance(one, Real) or not np.isfinite(one) for one in numbers):
        return False
    return several or (value == int(value) and 2 <= value <= 7)


_TEXT = (_is_text, "text")
_VALUES: dict[str, tuple[Callable[[object], bool], str]] = {
    "title": _TEXT, "subtitle": _TEXT,
    "source_line": (lambda value: value in (True, False), "True or False"),
    "figsize": (
        lambda value: isinstance(value, tuple | list) and len(value) == 2
        and all(isinstance(one, Real) and one > 0 for one in value),
        "width and height in inches, such as (7, 5)",
    ),
    "font": (lambda value: isinstance(value, str) and value, "the family of an installed font"),
    "ax": (lambda value: isinstance(value, Axes), "axes of matplotlib, such as those of plt.subplots()"),
    "classes": (_are_classes, "how many (2 to 7), or the breaks between them, such as [60, 75]"),
    "scheme": (_is_text, "the name of a scheme of mapclassify, such as FisherJenks"),
    "palette": (
        lambda value: isinstance(value, list | tuple | np.ndarray),
        "a list of colours; the name of a colormap goes into cmap",
    ),
    "cmap": (lambda value: isinstance(value, str | Colormap), "a colormap of matplotlib or its name"),
}  # fmt: skip
"""What a value of each option must be, and what to give."""
OPTION_PARAMETERS = [
    Parameter(name, Parameter.KEYWORD_ONLY, default=default)
    for name, default in ({"language": "en", "width": "double"} | dict.fromkeys(OPTIONS)).items()
]
"""What the signatures of functions that take the options name, for completion in an editor."""


class DrawingOptions:
    """Options that every ``draw_`` function takes as keywords, beside ``language`` ("en" or "zh") and ``width``.

    One that a kind of picture has no use for is refused, as classes are by a chart. The width is the name of one of
    `SIZES`, or millimetres.

    Parameters
    ----------
    title, subtitle
        Words in place of those above the picture; empty: none, as journals want it. Maps have no subtitle.
    source_line
        False leaves out the line of sources below the picture; the caption has them.
    figsize
        Width and height in inches, as in matplotlib; it goes before ``width``.
    font
        Family of an installed font, set smaller where it is wider than the bundled one.
    ax
        Axes of a figure of your own to draw on, for pictures of one panel.
    classes
        Of a map of rates or shares: how many classes at most (2 to 7), or the breaks between them.
    scheme
        Scheme of mapclassify that finds the breaks, such as ``FisherJenks``.
    palette, cmap
        Colours of the classes of a map from the lowest on; a colormap of matplotlib, or its name, to take them from.

    Raises
    ------
    DataError
        For a keyword that is none of these, or a value that does not fit it.
    """

    def __init__(self, **given):
        for name in given:
            if name not in OPTIONS:
                raise unknown("option", name, OPTIONS)
        self.given = {name: value for name, value in given.items() if value is not None}
        self.used: set[str] = set()
        for name, value in self.given.items():
            fits, remedy = _VALUES[name]
            if not fits(value):
                raise DataError(f"The {name} {quote(value)} cannot be used. Give {remedy}.")
        for one, other in (("ax", "figsize"), ("palette", "cmap")):
            if {one, other} <= set(self.given):
                raise DataError(f"The options {one} and {other} exclude each other. Give one of them.")
        cmap, font = self.given.get("cmap"), self.given.get("font")
        if isinstance(cmap, str) and cmap not in mpl.colormaps:
            raise unknown("cmap", cmap, list(mpl.colormaps))
        if wrong := [one for one in self.given.get("palette", ()) if not is_color_like(one)]:
            what = f"The palette has {quote(wrong[0])}, which is no colour"
            raise DataError(f"{what}. Give some such as '#1b4c75'.")
        try:
            _ = font and findfont(font, fallback_to_default=False)
        except ValueError:
            raise DataError(f"The font {font!r} is not installed. Give the family of one that is.") from None

    def take(self, name: str, own=None):
        """Value of an option, which counts as used, or else a picture's own; axes can be used once."""
        if name == "ax" and "ax" in self.used & set(self.given):
            raise DataError("Several pictures do not go onto one axes. Leave ax out, or draw one of them.")
        self.used.add(name)
        return self.given.get(name, own)

    @property
    def height_mm(self) -> float | None:
        """Height that the figure is to have, in millimetres."""
        size = self.take("figsize")
        return size[1] / MM if size else None

    @property
    def ramp(self) -> Callable[[int], list[str]] | None:
        """Function that gives the colours of a number of classes; None for those of the package."""
        colours, cmap = self.take("palette"), self.take("cmap")
        if colours is None and cmap is None:
            return None

        def ramp(count: int) -> list[str]:
            if colours is None:
                return [to_hex(mpl.colormaps.get_cmap(cmap)((k + 0.5) / count)) for k in range(count)]
            if len(colours) < count:
                what = f"The palette has {len(colours)} colours for {count} classes"
                raise DataError(f"{what}. Give one for each class.")
            return [to_hex(one) for one in colours[:count]]

        return ramp

    def finish(self, figure: Figure) -> None:
        """Set the font of a drawn figure, and refuse options that were given and not used."""
        if font := self.take("font"):
            for ax in figure.axes:
                ax.tick_params(labelfontfamily=[font, FAMILY])
            samples = [TextPath((0, 0), _SAMPLE, prop={"family": one}) for one in (FAMILY, font)]
            own, wide = (one.get_extents().width for one in samples)
            for words in figure.findobj(Text):
                words.set(fontfamily=[font, FAMILY], fontsize=words.get_fontsize() * min(1, own / wide))
        if useless := sorted(set(self.given) - self.used):
            what = f"A picture of this kind has no use for {', '.join(useless)}"
            if set(useless) <= {"classes", "scheme", "palette", "cmap"}:
                what += " (for maps in classes)"
            raise DataError(f"{what}. Leave it out; it takes {', '.join(sorted(self.used))}.")
