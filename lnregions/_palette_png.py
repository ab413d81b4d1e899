"""PNG with a palette: a third of the size of true colour, and nothing that can be seen changes."""

import io
from collections.abc import Mapping

import numpy as np

FAR = 32
"""Difference of a channel, of 255, from which a pixel counts as changed."""
MOST_CHANGED = 0.002
"""Share of pixels that a palette may change; they lie at the edges of lines and letters."""
MOST_COLOURS = 60_000
"""Colours above which a picture is taken for a photograph."""
_COLOUR = np.uint32(0x00FFFFFF)


def encode_png(pixels: np.ndarray, *, dpi: int, compression: int, metadata: Mapping[str, str]) -> bytes:
    """Pixels (height, width, 3 or 4; uint8) as the bytes of a PNG, with a palette where 256 colours are enough.

    The fourth channel, how opaque a pixel is, is left out, since figures stand on white. The commonest colours
    are kept exactly; the rare mixtures at the edges of lines and letters take the nearest.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    found = indexed(pixels)
    if found is None:
        image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    else:
        image = Image.fromarray(found[0])
        image.putpalette(found[1].tobytes())
    words, stream = PngInfo(), io.BytesIO()
    for key, value in metadata.items():
        words.add_itxt(key, value)
    image.save(stream, "PNG", dpi=(dpi, dpi), compress_level=compression, pnginfo=words)
    return stream.getvalue()


def indexed(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Index of each pixel (uint8) and the palette (n, 3), or None where 256 colours do not do.

    Examples
    --------
    >>> index, colours = indexed(np.array([[[255, 255, 255], [0, 0, 0]]], dtype=np.uint8))
    >>> colours[index].tolist()
    [[[255, 255, 255], [0, 0, 0]]]
    """
    lengths, values = _runs(_packed(pixels))
    found = np.unique(values)
    if len(found) > MOST_COLOURS:  # a photograph or a smooth shade, not a drawing
        return None
    colours = np.stack([found & 255, found >> 8 & 255, found >> 16], axis=1).astype(np.uint8)
    number = np.zeros(1 << 24, dtype=np.uint16)
    number[found] = np.arange(len(found), dtype=np.uint16)
    numbers = number[values]
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
    return np.diff(starts, append=flat.size), flat[starts] & _COLOUR


def _packed(colours):
    """Colours of three or four channels as single numbers: red lowest, as they lie in memory."""
    if colours.shape[-1] == 3:
        colours = np.concatenate([colours, np.full((*colours.shape[:-1], 1), 255, np.uint8)], axis=-1)
    return np.ascontiguousarray(colours).view("<u4")[..., 0]


def _nearest(rare, kept):
    """Number of the nearest kept colour for each rare one, and how far it is off in its worst channel."""
    near, off = np.empty(len(rare), dtype=np.uint8), np.empty(len(rare), dtype=np.int32)
    wide = kept.astype(np.float32)  # squares of differences are whole numbers below 2**24: exact
    reach = (wide**2).sum(axis=1)
    for start in range(0, len(rare), 4096):
        part = slice(start, start + 4096)
        both = sum(np.outer(rare[part, k].astype(np.float32), wide[:, k]) for k in range(3))
        near[part] = (reach - 2 * both).argmin(axis=1)
        off[part] = np.abs(rare[part].astype(np.int32) - kept[near[part]]).max(axis=1)
    return near, off
