"""Files and folders that are whole or absent: atomic writes, swaps, safe names."""

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import sys
from pathlib import Path

_RESERVED = {"con", "prn", "aux", "nul", *(kind + n for kind in ("com", "lpt") for n in "123456789¹²³")}
_LONGEST_NAME = 80
"""Bytes of a folder's name, well under the 255 of every file system."""
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)
_NOT_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_synced_later = ""
"""Folder whose files somebody else brings to the disk, all at once; empty: there is none."""
_LOST = (errno.EIO, errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What fsync says when content did not reach the disk, and not that it has nothing to do there."""
_EXCHANGE = 2
_AT_FDCWD = -100


def write_whole(path: Path | str, content: bytes | str) -> None:
    """Write a file so that it is there in full or, after any crash, as it was before.

    The content goes to a temporary name beside it, is brought to the disk and renamed, and the rename is
    brought to the disk; in a run's own folder the render does that for all files once, before the folder gets
    its place. A file that holds just that already is left alone.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", "whole")
    ...     print((Path(folder) / "a.txt").read_text())
    whole
    """
    path = Path(path)
    if isinstance(content, str):
        content = content.encode("utf-8")
    if _holds(path, content):
        return
    try:
        _write_beside(path, content)
    except FileNotFoundError:  # swept away between its making and its marking, or the folder is gone
        _write_beside(path, content)


def _holds(path: Path, content: bytes) -> bool:
    with contextlib.suppress(OSError):
        state = os.lstat(path)
        return stat.S_ISREG(state.st_mode) and state.st_size == len(content) and path.read_bytes() == content
    return False


def _write_beside(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    later = _is_synced_later(path)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            with contextlib.suppress(OSError):
                try_lock(file.fileno())  # a sweep leaves alone what a living process holds
            file.write(content)
            file.flush()
            if not later:
                os.fsync(file.fileno())
            if os.name != "nt":
                os.replace(temporary, path)
        if os.name == "nt":  # pragma: no cover - an open file cannot be renamed there
            os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    if not later:
        sync(path.parent)


def sync_later(folder: str) -> None:
    """Leave it to another process to bring what this one writes below a folder to the disk."""
    global _synced_later
    _synced_later = os.path.join(os.path.realpath(folder), "")


def _is_synced_later(path: Path) -> bool:
    folder = os.path.join(os.path.realpath(path.parent), "")
    return bool(_synced_later) and folder.startswith(_synced_later)


def sweep(folder: Path) -> None:
    """Remove the temporary files that writers who were killed left anywhere below a folder."""
    for place, _, names in os.walk(folder):
        for path in (os.path.join(place, name) for name in names if TEMPORARY.fullmatch(name)):
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDWR | _NOT_LINKS)
                try:
                    if try_lock(descriptor):
                        os.unlink(path)
                finally:
                    os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this process; whether nobody else holds it.

    Raises
    ------
    OSError
        Its file system knows no locks.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_json(path: Path | str, content: object) -> None:
    """Write JSON whole, readable by people, Chinese as Chinese."""
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def sync(path: Path | str) -> None:
    """Bring one file, or the names in one folder, to the disk; without a word where that cannot be done."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring every file below a folder to the disk, several at a time, which the disk takes in one go.

    Raises
    ------
    OSError
        The disk is full or broken, which some file systems say only now.
    """
    from concurrent.futures import ThreadPoolExecutor

    below = sorted(folder.rglob("*"), reverse=True)
    folders = [path for path in below if path.is_dir()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_sync_content, [path for path in below if not path.is_dir()]))
    for path in (*folders, folder):
        sync(path)


def _sync_content(path: Path) -> None:
    try:
        with open(path, "rb") as file:
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in _LOST:
            raise


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, to stay after a power cut."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync(path.parent)


def swap_in(new: Path, final: Path) -> None:
    """Put a finished folder in its place, in one step where the system can, and drop what it replaces.

    A link at that place is replaced itself; what it leads to stays as it is.
    """
    make_folder(final.parent)
    replaced = new
    if not os.path.lexists(final):
        os.rename(new, final)
    elif not _exchange(new, final):
        replaced = new.with_name(new.name + ".old")
        os.rename(final, replaced)
        os.rename(new, final)
    sync(final.parent)
    remove_tree(replaced)


def remove_tree(path: Path) -> None:
    """Remove a folder, a file or a link, also where whoever made the folder took its permissions away."""
    if path.is_symlink() or not path.is_dir():
        with contextlib.suppress(OSError):
            os.unlink(path)
        return
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        _open_up(path)
        shutil.rmtree(path, ignore_errors=True)


def _open_up(folder: Path) -> None:
    """Give the owner all rights to a folder and the folders below it."""
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
    for place, names, _ in os.walk(folder):
        for path in (os.path.join(place, name) for name in names):
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)


def keep_plain(folder: Path) -> None:
    """Leave only ordinary files and folders below a folder, open to their owner.

    A link to a file of the same folder becomes a copy. Other links, pipes, sockets and devices go: they lead
    out of the folder, or keep whoever reads them waiting for ever.
    """
    home = os.path.realpath(folder)
    for place, folders, files in os.walk(folder):
        for path in (os.path.join(place, name) for name in [*folders, *files]):
            kind = os.lstat(path).st_mode
            if stat.S_ISDIR(kind) and kind & 0o700 != 0o700:
                os.chmod(path, kind | 0o700)
            elif stat.S_ISREG(kind) and kind & 0o600 != 0o600:
                os.chmod(path, kind | 0o600)
            elif stat.S_ISLNK(kind):
                _resolve_link(path, home)
            elif not stat.S_ISDIR(kind) and not stat.S_ISREG(kind):
                os.unlink(path)


def _resolve_link(path: str, home: str) -> None:
    target = os.path.realpath(path)
    os.unlink(path)
    if target.startswith(home + os.sep) and os.path.isfile(target):
        shutil.copyfile(target, path)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; false where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0


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
