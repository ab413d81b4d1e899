"""The bundled font: registered with matplotlib, measured, wrapped, subset for PDF; installed ones where it lacks."""

import contextlib
import io
from collections.abc import Iterator
from functools import cache, lru_cache
from inspect import signature
from pathlib import Path

from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text

from lnregions.paths import fonts_dir
from lnregions.words.texts import lines_within

FAMILY = "Noto Sans SC"
PRINT_DPI = 300
"""Resolution of saved pictures, in dots per inch."""

_EM = 1000.0
SIMPLIFIED = str.maketrans(*(fonts_dir() / "stand_ins.txt").read_text("utf-8").split())
"""Traditional characters that the bundled font lacks, and the simplified ones that stand for them in short names."""


@cache
def font_files() -> dict[str, str]:
    """Paths of the bundled font by weight, registered with matplotlib on the first call in a process."""
    files = {weight: str(fonts_dir() / f"NotoSansSC-{weight}-gb2312.ttf") for weight in ("Regular", "Bold")}
    for path in files.values():
        fontManager.addfont(path)
    return files


@cache
def _font(weight: str):
    """Font read into memory: processes that share an open file after a fork would move one another's position."""
    font = FT2Font(io.BytesIO(Path(font_files()[weight]).read_bytes()))
    font.set_size(_EM, 72)
    return font


@cache
def _characters(path: str = "") -> frozenset[int]:
    """Characters of a font file, of the bundled font without one; none of a file that cannot be read."""
    if not path:
        return frozenset(_font("Regular").get_charmap())
    with contextlib.suppress(OSError, RuntimeError):
        return frozenset(FT2Font(path).get_charmap())
    return frozenset()


def _lacking(words: str, *paths: str) -> str:
    """Characters, each once, that none of some font files has."""
    known = frozenset().union(*map(_characters, paths))
    return "".join(dict.fromkeys(c for c in words if ord(c) not in known and c not in "\n\r\t"))


@cache
def _find_installed() -> None:
    """Make known to matplotlib what was installed since it last looked."""
    for path in sorted({*findSystemFonts()} - {one.fname for one in fontManager.ttflist}):
        with contextlib.suppress(OSError, RuntimeError):
            fontManager.addfont(path)


def _stand_ins(lacking: str) -> tuple[list[str], str]:
    """Installed families that have characters which the bundled font lacks, and the characters that none has."""
    families: list[str] = []
    if lacking:
        _find_installed()
    boxes = (FAMILY, "Last Resort High-Efficiency", "Last Resort")  # these have a box for any character
    plain = [one for one in fontManager.ttflist if one.style == "normal" and one.weight in (400, "normal")]
    for font in sorted(plain, key=lambda one: one.fname) if lacking else ():
        if font.name not in boxes and len(rest := _lacking(lacking, font.fname)) < len(lacking):
            families.append(font.name)
            lacking = rest
    return families, lacking


def missing_glyphs(words: str) -> str:
    """Characters of `words` that neither the bundled nor an installed font can draw, each once.

    Examples
    --------
    >>> missing_glyphs("辽宁 Liaoning")
    ''
    """
    return _stand_ins(_lacking(words, ""))[1]


def set_fonts(text: Text) -> str:
    """Let fonts that have all characters of a text draw it, and return the characters that none has.

    A text whose own fonts have them stays as it is; else the bundled font comes first, then its own and installed ones.
    """
    words, own = text.get_text(), text.get_fontfamily()
    file = text.get_fontproperties().get_file()
    paths = [file] if file else []
    for family in [] if file else own:
        with contextlib.suppress(ValueError):
            paths.append(findfont(FontProperties(family=family), fallback_to_default=False))
    if not _lacking(words, *paths):
        return ""
    families, missing = _stand_ins(_lacking(words, "", *paths))
    properties = text.get_fontproperties().copy()
    properties.set_file(None)
    properties.set_family(list(dict.fromkeys([FAMILY, *own, *families])))
    text.set_fontproperties(properties)
    return missing


@cache
def _advance(character: str, weight: str) -> float:
    """Advance width in ems; an em for a character that the font lacks."""
    if ord(character) not in _characters():
        return 1.0
    glyph = _font(weight).load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / _EM


@lru_cache(maxsize=8192)
def _ems(line: str, weight: str) -> float:
    return sum(_advance(c, weight) for c in line)


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Width in points of the widest line of `words` set at `size` points, without kerning.

    Examples
    --------
    >>> round(text_width("辽宁", 6), 1)
    12.0
    """
    weight = "Bold" if bold else "Regular"
    return size * max((_ems(line, weight) for line in words.split("\n")), default=0.0)


def wrap(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of `words`, each at most `width` points wide at `size` points.

    Chinese breaks between characters, never before closing punctuation; other text at its spaces. matplotlib's
    own wrapping breaks at spaces only.

    Examples
    --------
    >>> wrap("one two three", 34, 8)
    ['one two', 'three']
    """
    return lines_within(words, width, lambda line: text_width(line, size, bold=bold))


def _subset(path: str, glyphs: set[int]) -> tuple[bytes, dict[int, int]]:
    """TrueType file with some glyphs of a font, and the new number of each."""
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).set({0, *glyphs})
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag, "big") for tag in (b"GSUB", b"GPOS", b"GDEF", b"name", b"cmap", b"OS/2")
    )
    plan = hb.SubsetPlan(hb.Face(hb.Blob.from_file_path(path)), wanted)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)


@contextlib.contextmanager
def quick_pdf_fonts() -> Iterator[None]:
    """Let HarfBuzz subset the bundled font while PDF files are written.

    fontTools, which matplotlib uses, takes three quarters of the time of a PDF for it. This replaces the private
    ``matplotlib.backends._backend_pdf_ps.get_glyphs_subset``; where that has another signature than the one known
    here, nothing is replaced and PDF files are written more slowly.
    """
    from fontTools.ttLib import TTFont
    from matplotlib.backends import _backend_pdf_ps as backend

    original = getattr(backend, "get_glyphs_subset", None)
    if original is None or list(signature(original).parameters) != ["fontfile", "glyphs"]:
        yield
        return

    def get_glyphs_subset(fontfile, glyphs):
        if str(fontfile) not in font_files().values():
            return original(fontfile, glyphs)
        data, numbers = _subset(str(fontfile), glyphs)
        font = TTFont(io.BytesIO(data), recalcTimestamp=False)
        return contextlib.nullcontext(backend.SubsetResults(font, numbers))

    backend.get_glyphs_subset = get_glyphs_subset
    try:
        yield
    finally:
        backend.get_glyphs_subset = original
