"""One render at a time in a folder: a lock that goes with its process, however that ends."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from lnregions.errors import DataError, shown_path
from lnregions.files import make_folder, try_lock


class OutputError(DataError):
    """The output folder cannot be written to: a read-only folder, a full disk, a file in its place."""

    exit_status = 1


def usable_folder(output: Path) -> None:
    """Make the output folder and its own ``.lnregions`` in it.

    Raises
    ------
    OutputError
        It cannot be made, or is something else; the text says which.
    """
    own = output / ".lnregions"
    if os.path.islink(own):
        raise OutputError(
            f"{shown_path(own)} is a link. Remove it: the folder for the render's own files is made anew.",
        )
    try:
        make_folder(own)
    except (FileExistsError, NotADirectoryError):
        raise OutputError(
            f"{shown_path(output)} is a file, or leads through one. Give a folder for the results.",
        ) from None
    except OSError as error:
        raise cannot_write(output, error) from None


def cannot_write(place: Path, error: OSError) -> OutputError:
    """What to tell a user whose output cannot be written."""
    why = error.strerror or str(error)
    return OutputError(
        f"{shown_path(place)} cannot be written to ({why}). Free some space, or give a folder that you may "
        "write to; what is finished is kept, and the same command goes on from there.",
    )


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder for one render; the lock goes with the process, however that ends.

    Where the file system knows no locks, what the lock file says counts: a living process of this machine,
    or any process of another machine, holds it.

    Raises
    ------
    DataError
        Another process holds it; the text names the process and its machine.
    OutputError
        The folder cannot be written to.
    """
    path = folder / ".lnregions" / "lock"
    usable_folder(folder)
    try:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        if not _take(descriptor):
            raise _held(folder, path, words=_read(descriptor))
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        yield
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        return try_lock(descriptor)
    except OSError:
        process, host = _read(descriptor)
        if host not in ("", socket.gethostname()):
            return False
        return process in ("", str(os.getpid())) or not _lives(process)


def _read(descriptor: int) -> tuple[str, str]:
    words = os.pread(descriptor, 200, 0).decode("ascii", "ignore").split()
    return (*words, "", "")[:2]


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True


def _held(folder: Path, path: Path, *, words: tuple[str, str]) -> DataError:
    process, host = words[0] or "unknown", words[1]
    elsewhere = host not in ("", socket.gethostname())
    where, where_zh = (f" on {host}", f"，主机 {host}") if elsewhere else ("", "")
    more = f" If it is no longer at work there, delete {shown_path(path)}." if elsewhere else ""
    more_zh = f"若该进程已不在运行，请删除 {shown_path(path)}。" if elsewhere else ""
    return DataError(
        f"Another render (process {process}{where}) is writing into {folder.name}. "
        f"Wait until it has finished, or give another output folder.{more}",
    )
