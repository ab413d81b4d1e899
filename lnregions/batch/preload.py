"""Imported once by the fork server: load what notebooks use, so that every kernel forked from it has it at once.

The settings come as JSON in the environment variable ``LNREGIONS_PRELOAD``. What fails here costs speed only.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import shutil
import signal
import sys
import warnings

from lnregions.batch.fork import PR_SET_CHILD_SUBREAPER, children

KERNEL_MODULES = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel_launcher", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic", "tornado.platform.asyncio",
)  # fmt: skip
"""What ipykernel imports, some of it only when a kernel starts."""


def preload(modules: list, calls: list) -> None:
    """Import modules, call functions, and leave matplotlib as if it had only been imported."""
    os.environ.pop("JPY_PARENT_PID", None)  # ipykernel would end when that process is not its parent
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in (*KERNEL_MODULES, *modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    matplotlib = sys.modules.get("matplotlib")
    settings = dict(matplotlib.rcParams.copy()) if matplotlib else {}
    for call in calls:
        name, arguments = (call, {}) if isinstance(call, str) else call
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            getattr(importlib.import_module(module), function)(**arguments)
    if matplotlib:
        dict.update(matplotlib.rcParams, settings)
    gc.collect()
    gc.freeze()


def become_fork_server(settings: dict) -> None:
    """Detach from the terminal, adopt orphans, end all of them with this process, and preload."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    atexit.register(end_all, settings["folder"], os.getpid())
    with open(os.devnull, "r+b") as null:
        for descriptor in (0, 1, 2):
            os.dup2(null.fileno(), descriptor)
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")
    path = sys.path[:]
    sys.path[:] = settings["path"]
    preload(settings["modules"], settings["calls"])
    sys.path[:] = path


def end_all(folder: str, server: int) -> None:
    """Kill the kernels and what they left behind, and remove their temporary files."""
    if os.getpid() != server:
        return  # a forked kernel
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        while left := children(server):
            for child in left:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
    shutil.rmtree(folder, ignore_errors=True)


if "LNREGIONS_PRELOAD" in os.environ:
    become_fork_server(json.loads(os.environ.pop("LNREGIONS_PRELOAD")))
