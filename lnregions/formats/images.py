"""A matplotlib figure as bytes: PNG with few colours, SVG and PDF; the same input gives the same bytes."""

import io
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from lnregions.errors import DataError
from lnregions.style import MM, PRINT_DPI, StyledFigure, quick_pdf_fonts, rc

FORMATS, SLIDES = ("png", "svg", "pdf"), "pptx"
LEAST_DPI, MOST_DPI = 72, 1200
"""Resolutions of PNG."""
_METADATA = {
    "svg": {"Date": None, "Creator": "lnregions"},
    "pdf": {"CreationDate": None, "Creator": "lnregions", "Producer": "lnregions"},
}
COMPRESSION = 4
"""zlib level of PNG files: 9 is 5 % smaller and takes four times as long."""
_MOST_COLOURS = 20_000
"""Colours above which a picture is taken for a photograph, and saved without a palette."""
_VISIBLE = 32
"""Difference of a channel, of 255, from which a pixel counts as changed by a palette."""
_MOST_CHANGED = 0.004
"""Share of pixels, at the edges of lines and letters, that a palette may change."""
COLOURS = 64
"""Colours of a small picture."""
WIDEST = 1100
"""Pixels of a small picture; twice what a narrow screen shows and a little more than the pages' column."""
_MOST_PIXELS = 100_000_000


def encode(
    fig: Figure, formats: Sequence[str] = FORMATS, *, title: str = "", dpi: int = PRINT_DPI, svg_text: bool = False
) -> dict[str, bytes]:  # fmt: skip
    """Bytes of a figure by format, of the figure's own size: no margin is cut.

    `dpi` is the resolution of PNG, 72 to 1,200; with `svg_text` letters in SVG are text in the bundled font's name and
    no outlines. DataError for another resolution.
    """
    if isinstance(dpi, bool) or not isinstance(dpi, int | float) or not LEAST_DPI <= dpi <= MOST_DPI:
        what = f"The resolution {dpi!r} is out of range"
        raise DataError(f"{what}. Give {LEAST_DPI} to {MOST_DPI} dots per inch.")
    titled, found = {"Title": title} if title else {}, {}
    for name in formats:
        if name == "png":
            found[name] = screen_png(fig, dpi=dpi, texts={"Software": "lnregions"} | titled)
            continue
        stream = io.BytesIO()
        with _in_style(fig, svg_text=svg_text), quick_pdf_fonts() if name == "pdf" else nullcontext():
            fig.savefig(stream, format=name, metadata=_METADATA[name] | titled, dpi=PRINT_DPI)
        found[name] = stream.getvalue()
    return found


@contextmanager
def _in_style(fig: Figure, *, svg_text: bool = False):
    """Block in which a figure made elsewhere has the style of its width; others draw in their own by themselves."""
    more = {"svg.fonttype": "none"} if svg_text else {}
    if not isinstance(fig, StyledFigure):
        with mpl.rc_context(rc(width=fig.get_figwidth() / MM) | more):
            yield
        return
    before, fig.settings = fig.settings, fig.settings | more
    try:
        yield
    finally:
        fig.settings = before


def screen_png(fig: Figure, *, dpi: int, texts: Mapping[str, str] | None = None) -> bytes:
    """Figure as PNG at some resolution, its sides the nearest whole numbers of pixels."""
    width, height = (round(side * dpi) for side in fig.get_size_inches())
    renderer, own_dpi = RendererAgg(width, height, dpi), fig.dpi
    try:
        fig.dpi = dpi
        with _in_style(fig):
            fig.draw(renderer)
    finally:
        fig.dpi = own_dpi
    pixels, metadata, stream = np.asarray(renderer.buffer_rgba()), PngImagePlugin.PngInfo(), io.BytesIO()
    for key, text in (texts or {}).items():
        metadata.add_itxt(key, text)
    image = _with_palette(pixels) or Image.fromarray(pixels).convert("RGB")
    image.save(stream, "PNG", dpi=(dpi, dpi), pnginfo=metadata, compress_level=COMPRESSION)
    return stream.getvalue()


def _with_palette(pixels: np.ndarray) -> Image.Image | None:
    """Image with a palette of its commonest colours, a third of the size; None if that would be visible.

    Colours are counted by runs of equal pixels, and grouped by the first six bits of their channels. Pillow's own
    quantizing moves the plain fills, even white, by some levels; here the commonest colour of a group stays exactly
    as it is.
    """
    flat = np.ascontiguousarray(pixels).view("<u4").ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(starts, append=flat.size)
    packed, runs = np.unique(flat[starts], return_inverse=True)
    if len(packed) > _MOST_COLOURS:
        return None
    counts = np.bincount(runs, lengths)
    commonest = np.argsort(-counts, kind="stable")
    colours = packed.view(np.uint8).reshape(-1, 4)[:, :3].astype(int)
    groups = packed >> 2 & 0x3F | packed >> 4 & 0xFC0 | packed >> 6 & 0x3F000
    _, first, members = np.unique(groups[commonest], return_index=True, return_inverse=True)
    palette = colours[commonest[np.sort(first)[:256]]]
    distances = (palette**2).sum(axis=1) - 2 * colours[commonest[first]] @ palette.T
    nearest = np.empty(len(packed), dtype=np.uint8)
    nearest[commonest] = distances.argmin(axis=1)[members]
    changed = np.abs(colours - palette[nearest]).max(axis=1) >= _VISIBLE
    if counts[changed].sum() > _MOST_CHANGED * flat.size:
        return None
    indexed = Image.fromarray(np.repeat(nearest[runs], lengths).reshape(pixels.shape[:2]))
    indexed.putpalette(palette.astype(np.uint8).tobytes())
    return indexed


@lru_cache(maxsize=128)
def small_picture(content: bytes, *, widest: int = WIDEST, colours: int = COLOURS) -> tuple[bytes, int, int]:
    """Return a picture as PNG of few colours, at most `widest` pixels wide, with its width and height in pixels.

    The last ones are kept: a render makes them for the notebooks' pages, and the pages over the runs show the same.

    Examples
    --------
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (3000, 600), "#fff").save(file, "PNG")
    >>> small_picture(file.getvalue())[1:]
    (1000, 200)
    """
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("too large a picture")
        picture.load()
    small = picture.convert("RGBA").reduce(max(1, -(-picture.width // widest)))
    small = Image.alpha_composite(Image.new("RGBA", small.size, "#ffffff"), small).convert("RGB")
    few = small.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = few.getpalette()
    triples = [palette[i : i + 3] for i in range(0, len(palette), 3)]
    white = [[255] * 3 if min(rgb) >= 250 else rgb for rgb in triples]  # paper stays white
    few.putpalette([value for rgb in white for value in rgb])
    file = io.BytesIO()
    few.save(file, "PNG")
    return file.getvalue(), small.width, small.height
