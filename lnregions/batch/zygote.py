"""The warm process: imports once what notebooks use, then forks a kernel for each run that asks.

It has one thread, runs nobody's code itself, and ends with the process that started it, taking along every
kernel and whatever the kernels left behind.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
import warnings

from lnregions.batch.warm import MARK

_SUBREAPER = 36
_FDS = 5
_ATTEMPTS = 100


def main(fd: int, settings: dict, *, path: list[str]) -> None:
    """Serve requests on an inherited socket until it closes; ``path`` is where kernels look for modules."""
    sock = socket.socket(fileno=fd)
    _adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    kernel = _warm_up(settings)
    sys.path[:] = path
    zygote = Zygote(sock, kernel, temporary=settings["temporary"])
    try:
        zygote.serve()
    finally:
        zygote.end_all()
        shutil.rmtree(settings["temporary"], ignore_errors=True)
    _leave()


def _leave() -> None:
    """End this process without taking its libraries apart piece by piece, for which whoever started it would wait."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(0)


def _warm_up(settings: dict):
    started = time.perf_counter()
    gc.disable()  # imports make next to no garbage; looking for it takes a tenth of their time
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with _without("debugpy"):
        from lnregions.batch.kernel import build_kernel

    from lnregions.style import free_font_cache

    kernel = build_kernel()
    free_font_cache()
    look = _look() if any(name.startswith("matplotlib.") for name in settings["imports"]) else {}
    for name in settings["imports"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    look = look or (_look() if "matplotlib" in sys.modules else {})
    gc.freeze()
    for what in settings["warm_up"]:
        _call(what)
    if look:
        _untouched_matplotlib(kernel.shell, look)
    gc.collect()
    gc.freeze()
    gc.enable()
    print(f"warm after {time.perf_counter() - started:.2f} s", file=sys.stderr, flush=True)
    return kernel


def _look() -> dict:
    """Settings of matplotlib as they are when it has just been imported."""
    with contextlib.suppress(ImportError):
        return dict(importlib.import_module("matplotlib").rcParams.copy())
    return {}


def _untouched_matplotlib(shell, look: dict) -> None:
    """Leave matplotlib as if it had only been imported: its look, no figure, no backend chosen yet."""
    dict.update(sys.modules["matplotlib"].rcParams, look)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")
        pyplot._backend_mod = None
    name = "matplotlib_inline.backend_inline"
    if sys.modules.pop(name, None):
        kept = shell.events.callbacks["post_execute"]
        kept[:] = [call for call in kept if getattr(call, "__module__", "") != name]
        backend = sys.modules["matplotlib_inline.config"].InlineBackend
        shell.configurables[:] = [one for one in shell.configurables if not isinstance(one, backend)]
        backend.clear_instance()


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


def _call(what: str | tuple[str, dict]) -> None:
    """Call ``module:function``, which may come with arguments; a fault in it costs warmth, not the render."""
    name, given = (what, {}) if isinstance(what, str) else what
    module, _, function = name.partition(":")
    try:
        getattr(importlib.import_module(module), function)(**given)
    except Exception:
        traceback.print_exc()


class Zygote:
    """Forks kernels, ends them, and reports what they used."""

    def __init__(self, sock: socket.socket, kernel, *, temporary: str):
        self._sock, self._kernel, self._temporary = sock, kernel, temporary
        self._alive: dict[int, str] = {}
        self._forked = 0

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
                    answer, fds = self._try_to_fork(request, fds[:_FDS]), fds[_FDS:]
                elif request["do"] == "end":
                    answer = self._end(request["pid"])
                else:
                    answer = {"language": self._kernel.language_info, "pid": os.getpid()}
                self._sock.sendall(json.dumps(answer).encode() + b"\n")

    def _try_to_fork(self, request: dict, fds: list[int]) -> dict:
        """Fork a kernel; a machine that has no room for one more is no reason to end the others."""
        try:
            return self._fork(request, fds)
        except OSError as error:
            return {"error": error.strerror or str(error)}
        finally:
            for fd in fds:
                os.close(fd)

    def _fork(self, request: dict, fds: list[int]) -> dict:
        self._forked += 1
        own = self._own_temporary(request["environment"])
        shared = _resident()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
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
        self._alive[pid] = own
        return {"pid": pid, "shared": shared}

    def _own_temporary(self, environment: dict) -> str:
        """Give a run a folder of its own for temporary files, which goes when the run ends."""
        own = os.path.join(self._temporary, str(self._forked))
        try:
            os.makedirs(own, mode=0o700)
        except OSError:
            return ""
        environment |= {"TMPDIR": own}
        return own

    def _child(self, request: dict, fds: list[int]) -> None:
        import ipykernel.compiler

        from lnregions.batch.kernel import become_kernel

        place = ipykernel.compiler.get_tmp_directory()
        ipykernel.compiler.get_tmp_directory = lambda: place  # cells are named as in an ordinary kernel
        request["environment"][MARK] = str(os.getppid())
        tempfile.tempdir = None
        _adopt_orphans()
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")  # a machine without memory ends the run that grows, not the render
        talk, out_read, out_write, err_read, err_write = fds
        pipes = {"stdout": (out_read, out_write), "stderr": (err_read, err_write)}
        become_kernel(self._kernel, socket.socket(fileno=talk), pipes=pipes, request=request)

    def _end(self, pid: int) -> dict:
        """Kill what is left of a run, and say how its kernel ended and what it used."""
        if pid not in self._alive:
            return {"status": None}
        own = self._alive.pop(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        self._bury(pid)
        if own:
            shutil.rmtree(own, ignore_errors=True)
        scale = 1024 if sys.platform.startswith("linux") else 1
        return {
            "status": os.waitstatus_to_exitcode(status),
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_memory": used.ru_maxrss * scale,
        }

    def _bury(self, pid: int) -> None:
        """Kill and reap what a run left behind.

        A kernel adopts the orphans below it. They come to this process when it has ended, whatever session
        or environment they gave themselves; so every child here that is no kernel was left by an ended run.
        """
        for attempt in range(_ATTEMPTS):
            orphans = [child for child in _children() if child not in self._alive]
            if not orphans:
                return
            others = [child for child in orphans if not _is_tracker(child)]
            for child in others or orphans:
                if others or not _ends(child):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, 0)
            if attempt > _ATTEMPTS // 2:  # it multiplies faster than it is killed one by one
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

    def end_all(self) -> None:
        """End every kernel and everything below it."""
        for pid in list(self._alive):
            self._end(pid)


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


def _is_tracker(child: int) -> bool:
    """Whether a process is the one in which multiprocessing removes shared memory that nobody uses any more."""
    with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline", "rb") as file:
        return b"multiprocessing.resource_tracker" in file.read()
    return False


def _ends(child: int) -> bool:
    """Whether a process ends by itself within a second."""
    try:
        descriptor = os.pidfd_open(child)
    except (OSError, AttributeError):
        return False
    try:
        return bool(select.select([descriptor], [], [], 1.0)[0])
    finally:
        os.close(descriptor)


def _adopt_orphans() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)
