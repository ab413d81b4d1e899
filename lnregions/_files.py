"""Files and folders that are whole or absent: atomic writes, swaps, locks, hashes, safe names."""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lnregions._checks import DataError

_RESERVED = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))}
_LONGEST_NAME = 80
"""Bytes of a folder's name, well under the 255 of every file system."""
_EXCHANGE = 2
_AT_FDCWD = -100


def write_whole(path: Path | str, content: bytes | str) -> None:
    """Write a file so that it is there in full or, after any crash, as it was before.

    The content goes to a temporary name beside it, is synced to the disk and renamed.

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
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def write_json(path: Path | str, content: object) -> None:
    """Write JSON whole, readable by people, Chinese as Chinese."""
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def sync_folder(folder: Path) -> None:
    """Bring every file below a folder to the disk."""
    for path in [*sorted(folder.rglob("*")), folder]:
        if path.is_dir() and os.name == "nt":
            continue
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def swap_in(new: Path, final: Path) -> None:
    """Put a finished folder in its place, in one step where the system can, and drop the one it replaces."""
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists() and not _exchange(new, final):
        old = new.with_name(new.name + ".old")
        os.rename(final, old)
        os.rename(new, final)
        shutil.rmtree(old, ignore_errors=True)
        return
    if new.exists() and not final.exists():
        os.rename(new, final)
    else:
        shutil.rmtree(new, ignore_errors=True)


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
    if name.split(".")[0].casefold() in _RESERVED:
        name += "_"
    if len(name.encode()) > _LONGEST_NAME:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = name.encode()[: _LONGEST_NAME - 13].decode("utf-8", "ignore") + "~" + digest
    return name or "%"


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder for one render; the lock goes with the process, however that ends.

    Raises
    ------
    DataError
        Another process holds it; the text names the process.
    """
    path = folder / ".lnregions" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _try_lock(descriptor):
            holder = os.pread(descriptor, 40, 0).decode("ascii", "ignore").strip() or "unknown"
            raise DataError(
                f"Another render (process {holder}) is writing into {folder.name}. "
                "Wait until it has finished, or give another output folder.",
                zh=f"另一个渲染进程（{holder}）正在写入 {folder.name}。请等待其完成，或指定其他输出文件夹。",
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
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


class Hashes:
    """SHA-256 of files, remembered by path, size and time of change so that nothing is read twice.

    Parameters
    ----------
    cache : Path, optional
        JSON file that keeps them between calls.
    """

    def __init__(self, cache: Path | None = None):
        self._cache = cache
        self._known: dict[str, list] = {}
        self._fresh = False
        if cache is not None:
            with contextlib.suppress(OSError, ValueError):
                known = json.loads(cache.read_text("utf-8"))
                self._known = known if isinstance(known, dict) else {}

    def file(self, path: Path | str) -> str:
        """Hash of one file's content."""
        key, state = os.fspath(path), os.stat(path)
        mark = [state.st_mtime_ns, state.st_size, state.st_ino]
        known = self._known.get(key)
        if isinstance(known, list) and known[:3] == mark:
            return known[3]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[key] = [*mark, digest]
        self._fresh = True
        return digest

    def remember(self, path: Path | str, digest: str) -> None:
        """Take over a hash that is known from elsewhere for the file as it stands now."""
        with contextlib.suppress(OSError):
            state = os.stat(path)
            self._known[os.fspath(path)] = [state.st_mtime_ns, state.st_size, state.st_ino, digest]
            self._fresh = True

    def tree(
        self, folder: Path | str, *, skip: tuple[str, ...] = ("__pycache__", ".ipynb_checkpoints")
    ) -> str:
        """Hash of all files below a folder, names included; a missing folder has one too."""
        total = hashlib.sha256()
        for name, digest in self.listing(folder, skip=skip).items():
            total.update(f"{name}\0{digest}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def listing(self, folder: Path | str, *, skip: tuple[str, ...] = ()) -> dict[str, str]:
        """Hash of every file below a folder by its relative name, in order."""
        found = {}
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if name not in skip)
            for name in sorted(files):
                path = os.path.join(place, name)
                if not name.endswith((".pyc", ".part")):
                    found[os.path.relpath(path, folder).replace(os.sep, "/")] = self.file(path)
        return dict(sorted(found.items()))

    def save(self) -> None:
        """Keep what is known for the next call; without a word if that cannot be written."""
        if self._cache is not None and self._fresh:
            with contextlib.suppress(OSError):
                self._cache.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._cache, json.dumps(self._known))
                self._fresh = False
