"""Lines of text as runs of glyphs, each laid out once in a process, whatever its size and the format it is for.

Figures say the same words again and again: cities, years, sources. To place their glyphs one by one is the dearest
part of drawing. A run is kept in units of a hundredth of the type size, and its glyphs as outlines and as dots.
"""

import threading
from functools import lru_cache
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path

from lnregions.style.font_file import FontFile

EM = 100.0
"""Type size, in points at 72 dots per inch, in which runs are laid out."""
PARTS = 4
"""Places within a pixel at which a glyph is drawn: a quarter of a pixel of 300 to the inch is 0.02 mm."""
_DPI = 72
_FIXED = 0x10000

try:
    from matplotlib.ft2font import RenderMode

    KNOWN = all(hasattr(FT2Font, name) for name in ("_layout", "_render_glyph", "_set_transform"))
    KNOWN = KNOWN and hasattr(getattr(font_manager, "_get_font", None), "__wrapped__")
except ImportError:
    KNOWN = False
"""Whether this matplotlib lays out and draws glyphs in the way that is relied on here."""


class Glyph(NamedTuple):
    """One glyph of a run: its font, number and characters, where it stands (up is positive), the kerning before it."""

    font: FT2Font
    number: int
    char: str
    x: float
    y: float
    kern: float


class Dots(NamedTuple):
    """A drawn glyph: how dark each pixel is (rows from the top, uint8), and where its upper left corner is."""

    dark: np.ndarray
    left: int
    top: int


_FONTS: dict[tuple, FT2Font] = {}


def font_of(properties: FontProperties) -> FT2Font:
    """Font that matplotlib finds for some properties, of whatever size they are; each thread has its own."""
    key = (
        *properties.get_family(), properties.get_style(), properties.get_variant(), properties.get_weight(),
        properties.get_stretch(), properties.get_file(), len(fontManager.ttflist), threading.get_ident(),
        *map(mpl.rcParams.get, ("text.kerning_factor", "font.enable_last_resort")),
    )  # fmt: skip
    if key not in _FONTS:
        _FONTS[key] = _open(fontManager._find_fonts_by_props(properties))
    return _FONTS[key]


def _open(paths) -> FT2Font:
    """The first of some fonts; the others stand in for characters that it lacks."""
    return font_manager._get_font.__wrapped__(
        tuple((FontFile(str(path)), getattr(path, "face_index", 0)) for path in paths),
        _kerning_factor=mpl.rcParams["text.kerning_factor"],
        thread_id=threading.get_ident(),
        enable_last_resort=mpl.rcParams["font.enable_last_resort"],
    )


@lru_cache(maxsize=8192)
def glyph_run(words: str, font: FT2Font) -> tuple[Glyph, ...]:
    """Glyphs of a line of text, in points for a type size of `EM`."""
    font.clear()
    font.set_size(EM, _DPI)
    items = font._layout(words, LoadFlags.NO_HINTING)
    return tuple(
        Glyph(item.ft_object, item.glyph_index, item.char, item.x, item.y, item.prev_kern or 0.0)
        for item in items
    )


@lru_cache(maxsize=8192)
def measures(words: str, font: FT2Font) -> tuple[float, float, float]:
    """Width, height and depth below the line of some words, in points for a type size of `EM`."""
    run = glyph_run(words, font)
    if not run:
        return 0.0, 0.0, 0.0
    boxes = [glyph_box(glyph.font, glyph.number) for glyph in run]
    deep = -min(box.low + glyph.y for box, glyph in zip(boxes, run, strict=True))
    high = max(box.high + glyph.y for box, glyph in zip(boxes, run, strict=True))
    return run[-1].x + boxes[-1].advance, high + deep, deep


class Box(NamedTuple):
    """How far a glyph reaches above the line and below it (negative), and to the next one; in points at `EM`."""

    low: float
    high: float
    advance: float


@lru_cache(maxsize=8192)
def glyph_box(font: FT2Font, number: int) -> Box:
    """Extent of a glyph for a type size of `EM`."""
    font.set_size(EM, _DPI)
    glyph = font.load_glyph(number, flags=LoadFlags.NO_HINTING)
    _, low, _, high = glyph.bbox
    return Box(low / 64, high / 64, glyph.horiAdvance / 64)


@lru_cache(maxsize=64)
def line_measures(font: FT2Font) -> tuple[float, float, float]:
    """Height above the line, depth below it and gap between lines, in points for a type size of `EM`.

    Those that the font states for setting type, or for its horizontal lines where it states none.
    """
    stated, names = font.get_sfnt_table("OS/2"), ("sTypoAscender", "sTypoDescender", "sTypoLineGap")
    if stated is None:
        stated, names = font.get_sfnt_table("hhea"), ("ascent", "descent", "lineGap")
    scale = EM / font.get_sfnt_table("head")["unitsPerEm"]
    above, below, gap = (stated[name] * scale for name in names)
    return above, -below, gap


@lru_cache(maxsize=8192)
def outline(font: FT2Font, number: int) -> Path:
    """Outline of a glyph for a type size of `EM`, in sixty-fourths of a point."""
    font.set_size(EM, _DPI)
    font.load_glyph(number, flags=LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    return Path(vertices * 64, codes)


@lru_cache(maxsize=32768)
def dots(font: FT2Font, number: int, size: float, dpi: float, angle: float, across: int, up: int) -> Dots:
    """A glyph drawn in some size and direction, its origin so many parts of a pixel to the right and up.

    The direction holds until the font is given a size again, which everything here does first.
    """
    turn = np.radians(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    font.set_size(size, dpi)
    matrix = (_FIXED * np.array([[cos, -sin], [sin, cos]])).round().astype(int)
    font._set_transform(matrix, [round(64 * across / PARTS), round(64 * up / PARTS)])
    drawn = font._render_glyph(number, LoadFlags.NO_HINTING, RenderMode.NORMAL)
    return Dots(np.array(drawn.buffer), drawn.left, drawn.top)
