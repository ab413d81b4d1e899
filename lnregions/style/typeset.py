"""Measuring and wrapping text in the bundled font, without drawing it."""

from functools import cache, lru_cache
from itertools import pairwise
from math import floor

from matplotlib.ft2font import FT2Font, LoadFlags

from lnregions.style.font_file import FontFile
from lnregions.style.style import font_files, missing_glyphs

_NOT_FIRST = frozenset("，。、；：？！）】》”’〉」』%,.;:!?)]}")
_NOT_LAST = frozenset("（【《“‘〈「『([{")
_CLOSING = frozenset(")]}>»›’”")
_NOT_LATIN = "\u0250"
_EM = 1000.0

PRINT_DPI = 300
"""Resolution text is measured at: on coarser screens letters are fitted to pixels and run up to a tenth wider."""


@lru_cache(maxsize=4)
def _font(weight: str):
    return FT2Font(FontFile(font_files()[weight]))  # our own: a shared one keeps the size it was given


@lru_cache(maxsize=8192)
def _ems(words: str, weight: str) -> float:
    return sum(_advance(c, weight) for c in words)


@cache
def _advance(character: str, weight: str) -> float:
    font = _font(weight)
    if not font.get_char_index(ord(character)):
        return 1.0  # a box; a picture with one is refused when it is saved
    font.set_size(_EM, 72)
    return font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _EM


@lru_cache(maxsize=32768)
def _fitted(character: str, size: float, weight: str) -> tuple[int, int, int]:
    """Advance, foot and head of a character fitted to the pixels of a print, in sixty-fourths of them."""
    font = _font(weight)
    font.set_size(size, PRINT_DPI)
    glyph = font.load_char(ord(character), flags=LoadFlags.DEFAULT)
    return glyph.horiAdvance, glyph.bbox[1], glyph.bbox[3]


@lru_cache(maxsize=32768)
def _kern(left: str, right: str, weight: str) -> int:
    """Thousandths of an em by which a pair is wider than its characters; figures and Hanzi are never moved."""
    if any(c == " " or c.isdigit() or "\u3400" <= c <= "\u9fff" for c in (left, right)):
        return 0
    font = _font(weight)
    font.set_size(_EM, 72)
    font.set_text(left + right, 0.0, flags=LoadFlags.NO_HINTING)
    return round(font.get_width_height()[0] / 64 - (_advance(left, weight) + _advance(right, weight)) * _EM)


def _between(left: str, right: str) -> bool:
    """Whether a sign of a pair may belong to what stands before it, and so to another writing."""
    return (right.isalpha() and not left.isalpha()) or right in _CLOSING


def printed_line(line: str, size: float, *, bold: bool = False) -> tuple[float, float, float] | None:
    """Width, height and depth in pixels of a line as matplotlib measures it for print, put together from characters.

    Each character is fitted to pixels once, which is what measuring takes its time for. None where it takes more
    than that: for characters that the font lacks, and for signs kerned between writings.

    Examples
    --------
    >>> printed_line("AV", 6.5)[0] < printed_line("A", 6.5)[0] + printed_line("V", 6.5)[0]
    True
    """
    if not line or not line.isprintable() or missing_glyphs(line):
        return None
    weight = "Bold" if bold else "Regular"
    kerns = [(pair, kern) for pair in pairwise(line) if (kern := _kern(*pair, weight))]
    if any(c.isalpha() and c >= _NOT_LATIN for c in line) and any(_between(*pair) for pair, _ in kerns):
        return None
    wide, feet, heads = zip(*(_fitted(c, size, weight) for c in line), strict=True)
    em = floor(int(size * 64) * PRINT_DPI / 72 + 0.5)
    width = sum(wide) + sum(floor(kern * em / _EM + 0.5) for _, kern in kerns)
    return width / 64, (max(heads) - min(feet)) / 64, -min(feet) / 64


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Width in points of the widest line of `words` set at `size` points.

    Examples
    --------
    >>> round(text_width("辽宁", 6), 1)
    12.0
    """
    weight = "Bold" if bold else "Regular"
    return size * max((_ems(line, weight) for line in words.split("\n")), default=0.0)


def _pieces(words: str) -> list[str]:
    """Cut where a line may end: after a space, and around Chinese characters."""
    pieces: list[str] = []
    for c in words:
        wide = ord(c) >= 0x2E80
        last = pieces[-1] if pieces else ""
        glued = last and (
            c == " "
            or c in _NOT_FIRST
            or last[-1] in _NOT_LAST
            or (not wide and not last.endswith(" ") and ord(last[-1]) < 0x2E80)
        )
        if glued:
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def wrap(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of `words`, each at most `width` points wide at `size` points.

    Chinese breaks between characters, never before closing punctuation; other text at its spaces.

    Examples
    --------
    >>> wrap("one two three", 34, 8)
    ['one two', 'three']
    """
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and text_width((line + piece).rstrip(), size, bold=bold) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines
