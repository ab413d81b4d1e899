"""Files and folders that are complete or absent: atomic writes, replaced folders, safe names."""

import contextlib
import errno
import functools
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from pathlib import Path

from lnregions.errors import DataError, quote

TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)
"""Name of a file that is being written."""
_RESERVED = {"con", "prn", "aux", "nul", *(kind + n for kind in ("com", "lpt") for n in "123456789¹²³")}
_LONGEST_NAME = 80
"""Bytes of a folder's name, well under the 255 of every file system."""


def write_whole(path: Path | str, content: bytes | str, *, sync: bool = False) -> None:
    """Write a file atomically: it has its full content, or after any crash what it had before.

    The content goes to a temporary file beside it, which is then renamed. A file with the same content already is
    left alone. ``sync`` flushes it to the disk first, so that it survives a power cut as well.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", "whole")
    ...     print((Path(folder) / "a.txt").read_text())
    whole
    """
    path = Path(path)
    content = content.encode("utf-8") if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        state = os.lstat(path)
        if stat.S_ISREG(state.st_mode) and state.st_size == len(content) and path.read_bytes() == content:
            return
    try:
        _write_and_rename(path, content, sync)
    except FileNotFoundError:  # a render that began meanwhile removed the temporary file
        _write_and_rename(path, content, sync)


def _write_and_rename(path: Path, content: bytes, sync: bool) -> None:
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def save_file(path: Path | str, content: bytes | str) -> None:
    """Write a file where a user names it, its folder made; a DataError where no file can have that name."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except (OSError, ValueError) as error:  # a name with a NUL byte or half a character is a ValueError
        known = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL)
        if isinstance(error, OSError) and error.errno not in known:
            raise
        reason = getattr(error, "strerror", None) or "not a possible name"
        what = f"No file can be written as {quote(path.name)} in {quote(str(path.parent))} ({reason})"
        raise DataError(f"{what}. Choose a shorter or another name.") from error


def write_json(path: Path | str, content: object, *, sync: bool = False) -> None:
    """Write JSON atomically, indented, Chinese as Chinese."""
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n", sync=sync)


def remove_temporary(folder: Path) -> None:
    """Remove the temporary files that killed processes left anywhere below a folder."""
    for place, _, names in os.walk(folder):
        for name in filter(TEMPORARY.fullmatch, names):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(place, name))


def replace_folder(new: Path, final: Path) -> None:
    """Rename a finished folder to its final name and remove what had that name: a folder, a file or a link."""
    final.parent.mkdir(parents=True, exist_ok=True)
    old = new.with_name(new.name + ".old")
    if os.path.lexists(final):
        os.replace(final, old)
    os.replace(new, final)
    remove_tree(old)


def remove_tree(path: Path) -> None:
    """Remove a folder, a file or a link, also folders whose permissions were taken away."""
    if path.is_symlink() or not path.is_dir():
        with contextlib.suppress(OSError):
            os.unlink(path)
        return
    with contextlib.suppress(OSError):
        os.chmod(path, 0o700)
    for place, names, _ in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):
                if not os.path.islink(os.path.join(place, name)):
                    os.chmod(os.path.join(place, name), 0o700)
    shutil.rmtree(path, ignore_errors=True)


def keep_plain(folder: Path) -> None:
    """Keep only ordinary files and folders below a folder, readable by their owner, their names UTF-8.

    A link to a file of the same folder becomes a copy. Other links, pipes, sockets, devices and empty folders are
    removed.
    """
    home = os.path.realpath(folder)
    for place, folders, files in os.walk(folder):
        for names in (folders, files):
            for number, name in enumerate(names):
                names[number] = re.sub("[\udc80-\udcff]", lambda byte: f"%{ord(byte[0]) - 0xDC00:02x}", name)
                os.rename(os.path.join(place, name), os.path.join(place, names[number]))
        for path in (os.path.join(place, name) for name in [*folders, *files]):
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
                os.chmod(path, mode | (0o700 if stat.S_ISDIR(mode) else 0o600))
                continue
            target = os.path.realpath(path)
            os.unlink(path)
            if stat.S_ISLNK(mode) and target.startswith(home + os.sep) and os.path.isfile(target):
                shutil.copyfile(target, path)
    for place, *_ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(place)
    folder.mkdir(exist_ok=True)


@functools.lru_cache(maxsize=10_000)
def safe_name(text: str) -> str:
    """Turn any text into a folder name that stays below its parent on every system.

    Letters, digits, ``-``, ``_`` and inner dots stay; anything else becomes ``%`` and its number.

    Examples
    --------
    >>> safe_name("210200"), safe_name("../etc"), safe_name("CON")
    ('210200', '%2e%2e%2fetc', 'CON_')
    """
    dots = ".." not in text and not text.startswith(".") and not text.endswith(".")
    name = "".join(c if re.match(r"[\w-]", c) or (c == "." and dots) else f"%{ord(c):02x}" for c in text)
    stem, dot, ending = name.partition(".")
    if stem.casefold().translate({0xB9: "1", 0xB2: "2", 0xB3: "3"}) in _RESERVED:
        name = f"{stem}_{dot}{ending}"
    if len(name.encode()) > _LONGEST_NAME:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = name.encode()[: _LONGEST_NAME - 13].decode("utf-8", "ignore") + "~" + digest
    return name or "%"
