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
    from PIL import Image

    packed = _packed(pixels)
    counted = Image.frombuffer("RGBA", packed.shape[::-1], packed, "raw", "RGBA", 0, 1).getcolors(
        MOST_COLOURS
    )
    if counted is None:  # a photograph or a smooth shade, not a drawing
        return None
    counted.sort(key=lambda pair: (-pair[0], pair[1]))
    colours = np.array([colour[:3] for _, colour in counted], dtype=np.uint8)
    counts = np.array([count for count, _ in counted])
    kept, rare = colours[:256], colours[256:]
    near, off = _nearest(rare.astype(np.int32), kept.astype(np.int32))
    if counts[256:][off > FAR].sum() > MOST_CHANGED * counts.sum():
        return None
    table = np.zeros(1 << 24, dtype=np.uint8)
    table[_packed(rare) & _COLOUR] = near
    table[_packed(kept) & _COLOUR] = np.arange(len(kept), dtype=np.uint8)
    return _looked_up(table, packed), kept


def _looked_up(table, packed):
    """Entry of the table for every pixel, looked up once for each run of pixels of one colour."""
    flat = packed.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(starts, append=flat.size)
    return np.repeat(table[flat[starts] & _COLOUR], lengths).reshape(packed.shape)


def _packed(colours):
    """Colours of three or four channels as single numbers, opaque: red lowest, as they lie in memory."""
    if colours.shape[-1] == 3:
        colours = np.concatenate([colours, np.full((*colours.shape[:-1], 1), 255, np.uint8)], axis=-1)
    return np.ascontiguousarray(colours).view("<u4")[..., 0] | ~_COLOUR


def _nearest(rare, kept):
    """Number of the nearest kept colour for each rare one, and how far it is off in its worst channel."""
    near, off = np.empty(len(rare), dtype=np.uint8), np.empty(len(rare), dtype=np.int32)
    reach = (kept**2).sum(axis=1)
    for start in range(0, len(rare), 4096):
        part = slice(start, start + 4096)
        near[part] = (reach - 2 * rare[part] @ kept.T).argmin(axis=1)
        off[part] = np.abs(rare[part] - kept[near[part]]).max(axis=1)
    return near, off
