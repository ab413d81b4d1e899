"""The warm process: imports once what notebooks use, then forks a kernel for each run that asks.

It has one thread, runs nobody's code itself, and ends with the process that started it, taking along every
kernel and whatever the kernels left behind.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
import warnings

_SUBREAPER = 36
_FDS = 5


def main(fd: int, settings: dict) -> None:
    """Serve requests on an inherited socket until it closes."""
    sock = socket.socket(fileno=fd)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
    kernel = _warm_up(settings)
    zygote = Zygote(sock, kernel)
    try:
        zygote.serve()
    finally:
        zygote.end_all()


def _warm_up(settings: dict):
    started = time.perf_counter()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with _without("debugpy"):
        from lnregions._kernel import build_kernel

    kernel = build_kernel()
    for name in settings["imports"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    matplotlib = sys.modules.get("matplotlib")
    look = matplotlib.rcParams.copy() if matplotlib else {}
    for name in settings["warm_up"]:
        _call(name)
    if matplotlib:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dict.update(matplotlib.rcParams, look)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
    gc.collect()
    gc.freeze()
    print(f"warm after {time.perf_counter() - started:.2f} s", file=sys.stderr, flush=True)
    return kernel


@contextlib.contextmanager
def _without(name: str):
    """Import something as if a module it can do without were not installed."""
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None
    try:
        yield
    finally:
        if hidden:
            del sys.modules[name]


def _call(name: str) -> None:
    """Call ``module:function``; a fault in it costs warmth, not the render."""
    module, _, function = name.partition(":")
    try:
        getattr(importlib.import_module(module), function)()
    except Exception:
        traceback.print_exc()


class Zygote:
    """Forks kernels, ends them, and reports what they used."""

    def __init__(self, sock: socket.socket, kernel):
        self._sock, self._kernel = sock, kernel
        self._alive: set[int] = set()

    def serve(self) -> None:
        """Answer one request after the other."""
        data, fds = b"", []
        while True:
            received, more, _, _ = socket.recv_fds(self._sock, 1 << 16, _FDS)
            fds += more
            if not received:
                return
            data += received
            while b"\n" in data:
                line, _, data = data.partition(b"\n")
                request = json.loads(line)
                if request["do"] == "fork":
                    answer, fds = self._fork(request, fds[:_FDS]), fds[_FDS:]
                elif request["do"] == "end":
                    answer = self._end(request["pid"])
                else:
                    answer = {"language": self._kernel.language_info, "pid": os.getpid()}
                self._sock.sendall(json.dumps(answer).encode() + b"\n")

    def _fork(self, request: dict, fds: list[int]) -> dict:
        shared = _resident()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self._sock.close()
                self._child(request, fds)
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
            except BaseException:
                os.write(2, traceback.format_exc().encode("utf-8", "replace"))
            finally:
                os._exit(code)
        for fd in fds:
            os.close(fd)
        self._alive.add(pid)
        return {"pid": pid, "shared": shared}

    def _child(self, request: dict, fds: list[int]) -> None:
        from lnregions._kernel import become_kernel

        talk, out_read, out_write, err_read, err_write = fds
        pipes = {"stdout": (out_read, out_write), "stderr": (err_read, err_write)}
        become_kernel(self._kernel, socket.socket(fileno=talk), pipes=pipes, request=request)

    def _end(self, pid: int) -> dict:
        """Kill what is left of a kernel's session, and say how the kernel ended and what it used."""
        if pid not in self._alive:
            return {"status": None}
        self._alive.discard(pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        self._bury(pid)
        scale = 1024 if sys.platform.startswith("linux") else 1
        return {
            "status": os.waitstatus_to_exitcode(status),
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_memory": used.ru_maxrss * scale,
        }

    def _bury(self, pid: int | None) -> None:
        """Kill and reap the orphans of one run, or all that there are."""
        for _ in range(100):
            orphans = [child for child in _children() if child not in self._alive]
            mine = [child for child in orphans if pid is None or _belongs(child, pid)]
            for child in mine:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, 0)
            if not mine:
                return

    def end_all(self) -> None:
        """End every kernel and everything below it."""
        for pid in list(self._alive):
            self._end(pid)
        self._bury(None)


def _resident() -> int:
    with contextlib.suppress(OSError), open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _children() -> list[int]:
    """Processes whose parent this one is."""
    found, me = [], str(os.getpid())
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                    if file.read().rpartition(")")[2].split()[1] == me:
                        found.append(int(name))
    return found


def _belongs(child: int, run: int) -> bool:
    """Whether an orphan comes from a run: by its session, or by the mark in its environment."""
    with contextlib.suppress(OSError):
        if os.getsid(child) == run:
            return True
    with contextlib.suppress(OSError), open(f"/proc/{child}/environ", "rb") as file:
        return f"LNREGIONS_RUN={run}".encode() in file.read().split(b"\0")
    return False
