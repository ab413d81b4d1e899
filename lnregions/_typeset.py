"""Measuring and wrapping text in the bundled font, without drawing it."""

from functools import cache, lru_cache

from matplotlib.ft2font import FT2Font, LoadFlags

from lnregions.style import font_files

_NOT_FIRST = frozenset("，。、；：？！）】》”’〉」』%,.;:!?)]}")
_NOT_LAST = frozenset("（【《“‘〈「『([{")
_EM = 1000.0


@lru_cache(maxsize=4)
def _font(weight: str):
    font = FT2Font(font_files()[weight])  # our own: matplotlib's shared one keeps the size it was given
    font.set_size(_EM, 72)
    return font


@lru_cache(maxsize=8192)
def _ems(words: str, weight: str) -> float:
    return sum(_advance(c, weight) for c in words)


@cache
def _advance(character: str, weight: str) -> float:
    font, code = _font(weight), ord(character)
    return font.load_char(code, flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _EM


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
