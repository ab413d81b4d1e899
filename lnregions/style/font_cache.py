"""Matplotlib's font cache, freed of the lock that a killed process left beside it."""

import contextlib
import sys
import time
from pathlib import Path

_LONGEST = 0.5
"""Seconds: to write the cache takes a tenth of that."""


def free_font_cache() -> None:
    """Remove a lock that stays, before matplotlib waits five seconds for it in every process.

    The lock is held while a small file is written. One that outlasts that was left by a process that died.
    """
    if "matplotlib.font_manager" in sys.modules:
        return
    try:
        import matplotlib
    except ImportError:
        return
    locks = list(Path(matplotlib.get_cachedir()).glob("fontlist-*.matplotlib-lock"))
    deadline = time.monotonic() + _LONGEST
    while any(lock.exists() for lock in locks) and time.monotonic() < deadline:
        time.sleep(0.02)
    for lock in locks:
        with contextlib.suppress(OSError):
            lock.unlink()
