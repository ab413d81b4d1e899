"""SHA-256 of files and folders, remembered between calls so that nothing is read twice."""

import contextlib
import errno
import hashlib
import json
import os
import stat
import time
from pathlib import Path

from lnregions.files import TEMPORARY, write_whole

_SETTLED = 2_000_000_000
"""Nanoseconds: the coarsest time of change that a file system in use keeps."""


class Hashes:
    """SHA-256 of files, remembered so that nothing is read twice.

    A hash is taken from memory only for the same path with the same size, time of change, inode and, what
    no program can set back, time of change of the inode. One taken within two seconds of such a time is not
    kept for later calls: the file could have been changed once more without a trace.

    Parameters
    ----------
    cache : Path, optional
        JSON file that keeps them between calls.
    """

    def __init__(self, cache: Path | None = None):
        self._cache = cache
        self._known: dict[str, list] = {}
        self._passing: set[str] = set()
        self._fresh = False
        if cache is not None:
            with contextlib.suppress(OSError, ValueError, RecursionError):
                known = json.loads(cache.read_text("utf-8"))
                self._known = known if isinstance(known, dict) else {}

    def file(self, path: Path | str) -> str:
        """Hash of one file's content; ``OSError`` for what is no ordinary file."""
        key, state = os.fspath(path), os.stat(path)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "It is no ordinary file", key)
        known = self._known.get(key)
        if isinstance(known, list) and known[:-1] == _mark(state) and isinstance(known[-1], str):
            return known[-1]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._keep(key, state, digest)
        return digest

    def remember(self, path: Path | str, digest: str) -> None:
        """Take over a hash that is known from elsewhere for the file as it stands now."""
        with contextlib.suppress(OSError):
            self._keep(os.fspath(path), os.stat(path), digest)

    def _keep(self, key: str, state: os.stat_result, digest: str) -> None:
        now = time.time_ns()
        self._known[key] = [*_mark(state), digest]
        self._passing.discard(key)
        if min(abs(now - state.st_mtime_ns), abs(now - state.st_ctime_ns)) < _SETTLED:
            self._passing.add(key)
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
                if not name.endswith(".pyc") and not TEMPORARY.fullmatch(name):
                    found[os.path.relpath(path, folder).replace(os.sep, "/")] = self.file(path)
        return dict(sorted(found.items()))

    def save(self) -> None:
        """Keep what is known for the next call; without a word if that cannot be written."""
        if self._cache is not None and self._fresh:
            with contextlib.suppress(OSError):
                self._cache.parent.mkdir(parents=True, exist_ok=True)
                lasting = {key: known for key, known in self._known.items() if key not in self._passing}
                write_whole(self._cache, json.dumps(lasting))
                self._fresh = False


def _mark(state: os.stat_result) -> list[int]:
    return [state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino]
