"""The bundled fonts cut down to the characters of one PDF, in a hundredth of the time of a general tool.

A PDF needs of a TrueType font only the outlines and widths of the characters that stand in it. The bundled fonts
have no hinting programs and no glyph made of others, so those can be copied out of the file as they are; every
other font goes the way of matplotlib.
"""

import inspect
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from io import BytesIO
from typing import NamedTuple

import numpy as np

from lnregions.style.font_file import content
from lnregions.style.style import font_files

_TABLES = (b"head", b"hhea", b"maxp", b"hmtx", b"loca", b"glyf")
_PROGRAMS = {b"cvt ", b"fpgm", b"prep"}
_CHECKSUM = 0xB1B0AFBA


class Outlines(NamedTuple):
    """Tables of a font: raw bytes, where each glyph begins, and width and left bearing of each."""

    raw: dict[bytes, bytes]
    begins: np.ndarray
    widths: np.ndarray


class FontSubset(NamedTuple):
    """A font with a few glyphs, in the shape in which matplotlib's PDF writer takes one."""

    font: "FontSubset | None"
    glyph_index_map: dict[int, int]
    data: bytes = b""

    def save(self, file: BytesIO, **_options) -> None:
        """Write the font's bytes."""
        file.write(self.data)


@cache
def read_outlines(path: str) -> Outlines | None:
    """Tables of a TrueType file that a PDF needs; None for a font that has more to it than outlines."""
    data = content(path)
    found = {}
    for entry in struct.iter_unpack(">4sLLL", data[12 : 12 + 16 * struct.unpack_from(">H", data, 4)[0]]):
        name, _, start, length = entry
        found[name] = data[start : start + length]
    if not set(_TABLES) <= set(found) or _PROGRAMS & set(found):
        return None
    raw = {name: found[name] for name in _TABLES}
    long = struct.unpack_from(">h", raw[b"head"], 50)[0]
    begins = np.frombuffer(raw[b"loca"], ">u4" if long else ">u2").astype(np.int64) * (1 if long else 2)
    drawn = begins[:-1][np.diff(begins) > 0]
    contours = np.frombuffer(raw[b"glyf"], np.uint8)[
        drawn
    ]  # first byte of their number; negative: made of others
    return None if (contours > 127).any() else Outlines(raw, begins, _metrics(raw, len(begins) - 1))


def _metrics(raw, count):
    """Width and left bearing of every glyph; the last width stands for all that have none of their own."""
    full = struct.unpack_from(">H", raw[b"hhea"], 34)[0]
    pairs = np.frombuffer(raw[b"hmtx"], ">i2", 2 * full).reshape(full, 2)
    bearings = np.frombuffer(raw[b"hmtx"], ">i2", count - full, offset=4 * full)
    rest = np.stack([np.full(count - full, pairs[-1, 0]), bearings], axis=1)
    return np.concatenate([pairs, rest]).astype(">i2")


def subset_font(path: str, glyphs: Iterable[int]) -> FontSubset | None:
    """Font with the glyphs given and the empty box; None where it cannot be cut here.

    The same glyphs give the same bytes.
    """
    outlines = read_outlines(str(path))
    if outlines is None:
        return None
    chosen = sorted({0, *glyphs})
    place = {glyph: number for number, glyph in enumerate(chosen)}
    shapes = [_shape(outlines, glyph) for glyph in chosen]
    ends = np.cumsum([0, *map(len, shapes)])
    raw = outlines.raw
    tables = {
        b"head": raw[b"head"][:8] + bytes(4) + raw[b"head"][12:50] + struct.pack(">h", 1) + raw[b"head"][52:],
        b"hhea": raw[b"hhea"][:34] + struct.pack(">H", len(chosen)),
        b"maxp": raw[b"maxp"][:4] + struct.pack(">H", len(chosen)) + raw[b"maxp"][6:],
        b"hmtx": outlines.widths[chosen].tobytes(),
        b"loca": ends.astype(">u4").tobytes(),
        b"glyf": b"".join(shapes),
    }
    found = FontSubset(None, place, _file(tables))
    return found._replace(font=found)


def _shape(outlines, glyph):
    """Outline of a glyph, of a length that leaves the next one in place."""
    shape = outlines.raw[b"glyf"][outlines.begins[glyph] : outlines.begins[glyph + 1]]
    return shape + bytes(-len(shape) % 4)


def _sum(data):
    padded = data + bytes(-len(data) % 4)
    return int(np.frombuffer(padded, ">u4").sum(dtype=np.uint64)) & 0xFFFFFFFF


def _file(tables):
    """Tables as the bytes of a TrueType file, with its sums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    at, entries, body = len(head) + 16 * count, [], []
    for name, data in sorted(tables.items()):
        entries.append(struct.pack(">4sLLL", name, _sum(data), at, len(data)))
        body.append(data + bytes(-len(data) % 4))
        at += len(body[-1])
    whole = bytearray(head + b"".join(entries + body))
    place = whole.index(tables[b"head"], len(head) + 16 * count)
    struct.pack_into(">L", whole, place + 8, (_CHECKSUM - _sum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


@contextmanager
def lean_fonts() -> Iterator[None]:
    """While it lasts, PDF files get the bundled fonts by way of `subset_font`, other fonts as matplotlib has it.

    Where matplotlib's writer has another shape than the one known here, nothing is changed.
    """
    from matplotlib.backends import _backend_pdf_ps as writer

    general = getattr(writer, "get_glyphs_subset", None)
    if general is None or list(inspect.signature(general).parameters) != ["fontfile", "glyphs"]:
        yield
        return

    def subset(fontfile, glyphs):
        found = subset_font(str(fontfile), glyphs) if str(fontfile) in font_files().values() else None
        return general(fontfile, glyphs) if found is None else nullcontext(found)

    writer.get_glyphs_subset = subset
    try:
        yield
    finally:
        writer.get_glyphs_subset = general
