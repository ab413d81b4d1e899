"""Small versions of figures for the pages: half the width, few colours, a tenth of the bytes.

Each is made once and kept until its figure changes.
"""

import contextlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lnregions.files import write_json, write_whole
from lnregions.pages.inventory import FigureFiles, Inventory

FOLDER = "previews"
COLOURS = 64
WIDEST = 1100
"""Pixels; twice what a narrow screen shows and a little more than the pages' column."""
_MOST_PIXELS = 100_000_000


@dataclass(frozen=True)
class Preview:
    """A small version: its path relative to the output, and its size in pixels."""

    path: str
    width: int
    height: int


def make_previews(inventory: Inventory, *, workers: int = 2) -> dict[str, Preview]:
    """Bring the small versions of all figures up to date: by the path of the figure's PNG.

    A figure that cannot be read as a picture has none.
    """
    output = inventory.output
    index = output / ".lnregions" / "previews.json"
    known = _read(index)
    figures = {figure.path("png"): figure for run in inventory.runs for figure in run.figures}
    with ThreadPoolExecutor(workers) as pool:
        made = pool.map(lambda item: _one(inventory, item[1], known.get(item[0])), figures.items())
        found = {path: entry for path, entry in zip(figures, made, strict=True) if entry is not None}
    _drop_others(output / FOLDER, {output / entry["path"] for entry in found.values()})
    if found != known:
        index.parent.mkdir(parents=True, exist_ok=True)
        write_json(index, found)
    return {path: Preview(e["path"], e["width"], e["height"]) for path, e in found.items()}


@lru_cache(maxsize=128)
def small_picture(content: bytes, *, widest: int = WIDEST, colours: int = COLOURS) -> tuple[bytes, int, int]:
    """A picture as PNG of few colours, not wider than asked, with its width and height in pixels.

    The last ones are kept: a render makes them for the notebooks' pages, and the pages over the runs show the same.

    Examples
    --------
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (3000, 600), "#fff").save(file, "PNG")
    >>> small_picture(file.getvalue())[1:]
    (1000, 200)
    """
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("too large a picture")
        picture.load()
    if picture.mode not in ("L", "RGB", "RGBA"):
        clear = picture.mode == "P" and "transparency" not in picture.info
        picture = picture.convert("RGB" if clear else "RGBA")
    factor = -(-picture.width // widest)
    small = picture.reduce(factor) if factor > 1 else picture
    if small.mode != "RGB":
        ground = Image.new("RGBA", small.size, "#ffffff")
        small = Image.alpha_composite(ground, small.convert("RGBA")).convert("RGB")
    file = io.BytesIO()
    few = small.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette(_true_white(few.getpalette()))
    few.save(file, "PNG")
    return file.getvalue(), small.width, small.height


def _true_white(colours: list[int]) -> list[int]:
    """Palette with its nearly white colours made white, so that the paper stays the page's own."""
    triples = [colours[i : i + 3] for i in range(0, len(colours), 3)]
    return [v for rgb in triples for v in ([255, 255, 255] if min(rgb) >= 250 else rgb)]


def _one(inventory, figure: FigureFiles, known):
    """Entry of a figure's small version, made anew where the figure is not the one it was made from."""
    output = inventory.output
    try:
        digest = inventory.hashes.file(output / figure.path("png"))
        path = f"{FOLDER}/{figure.path('png')}"
        if known and known.get("of") == digest and (output / path).is_file():
            return known
        content, width, height = small_picture((output / figure.path("png")).read_bytes())
    except (OSError, ValueError, SyntaxError, MemoryError):
        return None
    (output / path).parent.mkdir(parents=True, exist_ok=True)
    write_whole(output / path, content)
    return {"of": digest, "path": path, "width": width, "height": height}


def _read(index: Path) -> dict:
    try:
        known = json.loads(index.read_text("utf-8"))
        keys = {"of", "path", "width", "height"}
        return {k: v for k, v in known.items() if isinstance(v, dict) and set(v) == keys}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _drop_others(folder: Path, wanted: set[Path]) -> None:
    for path in sorted(folder.rglob("*.png")) if folder.is_dir() else []:
        if path not in wanted:
            with contextlib.suppress(OSError):
                path.unlink()
