"""Font files in memory: to read a glyph from a file on the disk takes longer than to lay it out."""

import io
from functools import cache
from pathlib import Path


class FontFile(io.BytesIO):
    """A font's file in memory; what asks for its name as text gets the path.

    Examples
    --------
    >>> from lnregions.style.style import font_files
    >>> str(FontFile(font_files()["Bold"])) == font_files()["Bold"]
    True
    """

    def __init__(self, path: str):
        super().__init__(content(path))  # which is shared, not copied
        self._path = path

    def __str__(self) -> str:
        return self._path


@cache
def content(path: str) -> bytes:
    """Bytes of a file, read once in a process."""
    return Path(path).read_bytes()
