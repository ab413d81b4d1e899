"""Matplotlib's renderers for PNG, SVG and PDF, with their lines of text set from runs of glyphs kept in the process.

Everything but text is matplotlib's own work, and so are formulas and whatever else is not a plain line of text.
"""

import itertools
import math
from collections import OrderedDict
from functools import lru_cache

import matplotlib as mpl
from matplotlib import _path
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_pdf import GraphicsContextPdf, Op, PdfFile, RendererPdf, Verbatim, pdfRepr
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import rgb2hex
from zlib_ng import zlib_ng

from lnregions.style.glyph_runs import EM, PARTS, dots, font_of, glyph_run, outline

_PATH_PARTS = [b"M", b"L", b"Q", b"C", b"z"]
_DIGITS = 6


_WRITTEN: OrderedDict[tuple, tuple] = OrderedDict()
_MOST_WRITTEN = 256


def _written(path, transform, settings: tuple, write):
    """A path as written before with the same transform, or as `write` writes it.

    Only paths that nobody can change are kept: the outlines that several maps share.
    """
    if path.vertices.flags.writeable or not getattr(transform, "is_affine", False):
        return write()
    key = (id(path), transform.get_matrix().tobytes(), settings)
    if key in _WRITTEN:
        _WRITTEN.move_to_end(key)
    else:
        _WRITTEN[key] = (path, write())  # the path is held, so that its number is no other's
        if len(_WRITTEN) > _MOST_WRITTEN:
            _WRITTEN.popitem(last=False)
    return _WRITTEN[key][1]


class PixelRenderer(RendererAgg):
    """Draws in dots; level text stands on whole pixels, which keeps its strokes even."""

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Draw a line of text, `y` counted from the top."""
        if ismath or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        size, high = prop.get_size_in_points(), int(self.height)
        scale = size * self.dpi / (72 * EM)
        cos, sin = scale * math.cos(math.radians(angle)), scale * math.sin(math.radians(angle))
        x, up, draw = x * PARTS, (self.height - y) * PARTS, self._renderer.draw_text_image
        if angle == 0:
            up = round(up / PARTS) * PARTS
        cos, sin = cos * PARTS, sin * PARTS
        for glyph in glyph_run(s, font_of(prop)):
            right, over = divmod(round(x + glyph.x * cos - glyph.y * sin), PARTS)
            above, rest = divmod(round(up + glyph.x * sin + glyph.y * cos), PARTS)
            drawn = dots(glyph.font, glyph.number, size, self.dpi, angle, over, rest)
            rows = drawn.dark.shape[0]
            draw(drawn.dark, drawn.left + right, high - drawn.top - above + rows, 0, gc)


class OutlineRenderer(RendererSVG):
    """Writes SVG with its text as outlines, each glyph defined once."""

    def __init__(self, width, height, file, **more):
        super().__init__(width, height, file, **more)
        self._file, self._defined = file, set()

    def _convert_path(self, path, transform=None, clip=None, simplify=None, sketch=None):
        settings = ("svg", self.width, self.height, bool(clip), bool(simplify), sketch)
        usual = super()._convert_path
        return _written(path, transform, settings, lambda: usual(path, transform, clip, simplify, sketch))

    def _draw_text_as_path(self, gc, x, y, s, prop, angle, ismath, mtext=None):
        if ismath:
            super()._draw_text_as_path(gc, x, y, s, prop, angle, ismath, mtext)
            return
        names, uses = _uses(s, font_of(prop))
        new = [name for name in names if name not in self._defined]
        self._defined.update(new)
        self.writer.comment(s)
        look = _look(rgb2hex(gc.get_rgb()), gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3])
        scale = _short(prop.get_size_in_points() / EM)
        turn = f" rotate({_short(-angle)})" if angle else ""
        place = f"translate({_short(x)} {_short(y)}){turn} scale({scale} -{scale})"
        defined = "".join(_definition(*names[name]) for name in new)
        defined = f"<defs>\n{defined}</defs>\n" if defined else ""
        self._file.write(f'{defined}<g{look} transform="{place}">\n{uses}</g>\n')


def _short(value: float) -> str:
    return f"{value:f}".rstrip("0").rstrip(".")


def _look(colour: str, opaque: float) -> str:
    """Attribute that colours a text, empty for plain black."""
    parts = [f"fill: {colour}"] if colour != "#000000" else []
    parts += [f"opacity: {_short(opaque)}"] if opaque != 1 else []
    return f' style="{"; ".join(parts)}"' if parts else ""


@lru_cache(maxsize=8192)
def _uses(words, font) -> tuple[dict, str]:
    """Glyphs of a line by name, and the elements that place them."""
    run = glyph_run(words, font)
    names = {f"{glyph.font.postscript_name}-{glyph.number:x}": (glyph.font, glyph.number) for glyph in run}
    uses = []
    for glyph in run:
        place = _short(glyph.x) + (f" {_short(glyph.y)}" if glyph.y else "")
        moved = f' transform="translate({place})"' if place != "0" else ""
        uses.append(f'<use xlink:href="#{glyph.font.postscript_name}-{glyph.number:x}"{moved}/>\n')
    return names, "".join(uses)


@lru_cache(maxsize=8192)
def _definition(font, number) -> str:
    """Element that defines a glyph."""
    drawn = _path.convert_to_string(
        outline(font, number), None, None, False, None, _DIGITS, _PATH_PARTS, False
    ).decode("ascii")  # fmt: skip
    name = f"{font.postscript_name}-{number:x}"
    return f'<path id="{name}" d="{drawn}" transform="scale(0.015625)"/>\n'


class WholeStreams(PdfFile):
    """A PDF file that shrinks each stream in one go, and by zlib-ng, which is faster than zlib."""

    def __init__(self, *args, **more):
        self._held = []
        super().__init__(*args, **more)

    def write(self, data):
        """Write to the file, or keep for the stream that is open."""
        if self._held is None or self.currentstream is None:
            super().write(data)
        else:
            self._held.append(data)

    @staticmethod
    def pathOperations(path, transform, clip=None, simplify=None, sketch=None):
        """Operators of a path."""
        usual = PdfFile.pathOperations
        settings = ("pdf", clip, bool(simplify), sketch)
        return _written(path, transform, settings, lambda: usual(path, transform, clip, simplify, sketch))

    def beginStream(self, id, len, extra=None, png=None):
        """Open a stream."""
        super().beginStream(id, len, extra, png)
        if self.currentstream.compressobj is not None:
            self.currentstream.compressobj = zlib_ng.compressobj(mpl.rcParams["pdf.compression"])

    def endStream(self):
        """End the stream that is open, if one is."""
        held, self._held = self._held, None  # its length is written while it is ended, and not into it
        if held:
            super().write(b"".join(held))
        super().endStream()
        self._held = []


class PageRenderer(RendererPdf):
    """Writes PDF, each line of text as one string."""

    def own_gc(self, gc):
        """Graphics context of this file that says what another one says."""
        own = GraphicsContextPdf.__new__(GraphicsContextPdf)
        more = {"file": self.file, "parent": None, "_fillcolor": _BLACK, "_effective_alphas": (1.0, 1.0)}
        own.__dict__.update(gc.__dict__, **more)
        return own

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Write a line of text."""
        plain = (
            not ismath
            and mpl.rcParams["pdf.fonttype"] == _TRUETYPE
            and not mpl.rcParams["pdf.use14corefonts"]
        )
        run = glyph_run(s, font_of(prop)) if plain else ()
        places = [self._code(glyph) for glyph in run]
        one = len({(glyph.font, subset) for glyph, (subset, _) in zip(run, places, strict=True)}) == 1
        if not one or any(glyph.y for glyph in run):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        self.check_gc(gc, gc._rgb)
        name = self.file.fontName(_place(run[0].font), places[0][0])
        turn = math.radians(angle)
        cos, sin = math.cos(turn), math.sin(turn)
        matrix = (cos, sin, -sin, cos, x, y, Op.concat_matrix)
        font = (Op.begin_text, name, prop.get_size_in_points(), Op.selectfont, 0, 0, Op.textpos)
        shown = _shown(s, run[0].font, tuple(code for _, code in places))
        self.file.output(Op.gsave, *matrix, *font, shown, Op.showkern, Op.end_text, Op.grestore)

    def _code(self, glyph):
        """Subset and code of a glyph in this file."""
        known = self.__dict__.setdefault("_codes", {})
        key = (glyph.font, glyph.number, glyph.char)
        if key not in known:
            known[key] = self.file._character_tracker.track_glyph(glyph.font, glyph.char, glyph.number)
        return known[key]


_TRUETYPE = 42
"""Number by which matplotlib knows fonts that are embedded as they are."""
_BLACK = (0.0, 0.0, 0.0)
_NO_KERN = 1e-2
"""Hundredths of the type size below which a kerning is but rounding."""


@lru_cache(maxsize=8192)
def _shown(words, font, codes: tuple[int, ...]) -> Verbatim:
    """Codes of a line of text as a PDF has them, with the kerning between them."""
    parts: list = []
    for glyph, code in zip(glyph_run(words, font), codes, strict=True):
        if abs(glyph.kern) > _NO_KERN:
            parts.append(-glyph.kern * 1000 / EM)
        parts.append(code)
    return Verbatim(
        pdfRepr(
            [
                next(part) if number else b"".join(code.to_bytes(2, "big") for code in part)
                for number, part in itertools.groupby(parts, lambda part: isinstance(part, float))
            ]
        )
    )


def _place(font):
    from matplotlib.font_manager import FontPath

    return FontPath(font.fname, font.face_index)
