"""PNG with a palette: a third of the size of true colour, and nothing that can be seen changes."""

import struct
from collections.abc import Mapping

import numpy as np
import pandas as pd
from zlib_ng import zlib_ng

FAR = 32
"""Difference of a channel, of 255, from which a pixel counts as changed."""
MOST_CHANGED = 0.004
"""Share of pixels that a palette may change; they lie at the edges of lines and letters."""
MOST_COLOURS = 60_000
"""Colours above which a picture is taken for a photograph."""
_COLOUR = np.uint32(0x00FFFFFF)
_LINE = 4
"""Mean length of runs of one colour, in pixels, from which a picture without a palette is lines and fills."""
_BLOCK = 128
"""Rare colours compared with the palette at a time: few enough that no second thread is woken for them."""


def encode_png(pixels: np.ndarray, *, dpi: int, compression: int, metadata: Mapping[str, str]) -> bytes:
    """Pixels (height, width, 3 or 4; uint8) as the bytes of a PNG, with a palette where 256 colours are enough.

    The fourth channel, how opaque a pixel is, is left out, since figures stand on white. The commonest colours
    are kept exactly; the rare mixtures at the edges of lines and letters take the nearest.
    """
    found = indexed(pixels)
    palette = [] if found is None else [(b"PLTE", found[1].tobytes())]
    rows = _true_colour(pixels) if found is None else _rows(found[0])
    height, width = pixels.shape[:2]
    dots = round(dpi / 0.0254)  # a metre
    parts = [
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 2 if found is None else 3, 0, 0, 0)),
        *palette,
        *((b"iTXt", key.encode("latin-1") + bytes(5) + text.encode()) for key, text in metadata.items()),
        (b"pHYs", struct.pack(">2IB", dots, dots, 1)),
        (b"IDAT", zlib_ng.compress(rows, compression)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name, content):
    """Part of a PNG: its length, name, content and sum."""
    length, check = (struct.pack(">I", n) for n in (len(content), zlib_ng.crc32(name + content)))
    return length + name + content + check


def _rows(samples, kind=0):
    """Rows of a PNG, each after the number of its filter: 0 for values as they are, 2 for differences from above."""
    lines = samples.reshape(len(samples), -1)
    return np.concatenate([np.full((len(lines), 1), kind, np.uint8), lines], axis=1)


def _true_colour(pixels):
    """Rows of a picture without a palette: photographs shrink better as differences, drawings as they are."""
    colours = np.ascontiguousarray(pixels[..., :3])
    if len(_runs(_packed(pixels))[0]) * _LINE < colours[..., 0].size:
        return _rows(colours)
    above = np.concatenate([np.zeros_like(colours[:1]), colours[:-1]])
    return _rows(colours - above, 2)


def indexed(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Index of each pixel (uint8) and the palette (n, 3), or None where 256 colours do not do.

    Examples
    --------
    >>> index, colours = indexed(np.array([[[255, 255, 255], [0, 0, 0]]], dtype=np.uint8))
    >>> colours[index].tolist()
    [[[255, 255, 255], [0, 0, 0]]]
    """
    lengths, values = _runs(_packed(pixels))
    numbers, found = pd.factorize(values)
    if len(found) > MOST_COLOURS:  # a photograph or a smooth shade, not a drawing
        return None
    colours = np.stack([found & 255, found >> 8 & 255, found >> 16], axis=1).astype(np.uint8)
    counts = np.bincount(numbers, weights=lengths, minlength=len(colours))
    order = np.lexsort((*colours.T[::-1], -counts))
    kept, rare = colours[order[:256]], colours[order[256:]]
    near, off = _nearest(rare, kept)
    if counts[order[256:]][off > FAR].sum() > MOST_CHANGED * counts.sum():
        return None
    index = np.empty(len(colours), dtype=np.uint8)
    index[order] = np.concatenate([np.arange(len(kept), dtype=np.uint8), near])
    return np.repeat(index[numbers], lengths).reshape(pixels.shape[:2]), kept


def _runs(packed):
    """Runs of pixels of one colour, row by row: how long each is, and its colour."""
    flat = packed.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    return np.diff(starts, append=flat.size), flat.take(starts) & _COLOUR


def _packed(colours):
    """Colours of three or four channels as single numbers: red lowest, as they lie in memory."""
    if colours.shape[-1] == 3:
        colours = np.concatenate([colours, np.full((*colours.shape[:-1], 1), 255, np.uint8)], axis=-1)
    return np.ascontiguousarray(colours).view("<u4")[..., 0]


def _nearest(rare, kept):
    """Number of the nearest kept colour for each rare one, and how far it is off in its worst channel."""
    wide = kept.astype(np.float32)  # squares of differences are whole numbers below 2**24: exact
    weights = np.vstack([-2 * wide.T, (wide**2).sum(axis=1)])
    points = np.column_stack([rare, np.ones(len(rare))]).astype(np.float32)
    near = np.empty(len(rare), dtype=np.uint8)
    for start in range(0, len(rare), _BLOCK):
        part = slice(start, start + _BLOCK)
        near[part] = (points[part] @ weights).argmin(axis=1)
    return near, np.abs(rare.astype(np.int32) - kept[near]).max(axis=1, initial=0)
