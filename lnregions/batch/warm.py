"""The near end of the warm process: start it, have kernels forked from it, talk to them, end them."""

import atexit
import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence

from lnregions.batch.wire import WireError, pack, unpack

IMPORTS = (
    "numpy", "pandas", "pandas.io.formats.format", "pandas.io.formats.html", "shapely", "geopandas",
    "pyogrio", "matplotlib", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "matplotlib_inline.backend_inline", "lnregions",
)  # fmt: skip
"""Imported in the warm process before the first run; one that is not installed is left out."""
MARK = "LNREGIONS_WARM"
"""Environment variable in which every process below a warm process has that one's number."""
_CALM = {"OPENBLAS_THREAD_TIMEOUT": "4"}
"""Environment in which a thread of OpenBLAS that waits for work sleeps instead of spinning for a tenth of a second.

The runs are as many as the cores, so whatever spins takes time from another run. Runs do not see the variable.
"""
_LAST = 1.5
"""Seconds that a warm process has to end by itself."""
_PAUSE = 0.25
_CODE = (
    "import sys, json; own = sys.path[1:]; sys.path[:] = json.loads(sys.argv[2]); "
    "from lnregions.batch.zygote import main; main(int(sys.argv[1]), json.loads(sys.argv[3]), path=own)"
)


class WarmProcessError(RuntimeError):
    """The warm process could not be started, or ended in mid-work."""


def can_fork() -> bool:
    """Whether this system can fork a warm process and pass it open files."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"


class WarmProcess:
    """A process with the libraries loaded, from which kernels are forked.

    Parameters
    ----------
    imports : sequence of str
        Modules to import.
    warm_up : sequence of str or (str, dict)
        ``"module:function"`` to call after that, or one with its arguments by name.
    state : str
        Mark of the files that it reads meanwhile, to know when it holds an old state of them.
    """

    def __init__(self, *, imports: Sequence[str] = IMPORTS, warm_up: Sequence = (), state: str = ""):
        self._lock = threading.Lock()
        self._data = bytearray()
        self.key = (tuple(imports), tuple(warm_up), state)
        self._temporary = os.path.join(tempfile.gettempdir(), f"lnregions-{secrets.token_hex(8)}")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._sock, far = socket.socketpair()
        settings = {"imports": list(imports), "warm_up": list(warm_up), "temporary": self._temporary}
        settings = json.dumps(settings)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CODE, str(far.fileno()), json.dumps(sys.path), settings],
            pass_fds=[far.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            env={**_CALM, **os.environ, "PYTHONHASHSEED": "0"},
        )
        far.close()
        self._language = None

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def language(self) -> dict:
        """Language of its kernels, as notebooks record it."""
        self._language = self._language or self._ask({"do": "tell"})["language"]
        return self._language

    def fork(
        self, *, folder: str | None = None, memory: int | None = None, synced: bool = False
    ) -> "WarmKernel":
        """New kernel in a folder, with this process's environment as it is now.

        ``synced`` says that the caller brings the folder to the disk when the kernel has ended.
        """
        near, far = socket.socketpair()
        out, err = os.pipe(), os.pipe()
        fds = [far.fileno(), *out, *err]
        request = {
            "do": "fork",
            "folder": folder or os.getcwd(),
            "memory": memory,
            "synced": synced,
            "environment": {**os.environ, "JPY_PARENT_PID": str(os.getpid())},
        }
        try:
            answer = self._ask(request, fds)
            if "error" in answer:
                raise WarmProcessError(f"No kernel could be forked: {answer['error']}.")
        except BaseException:
            near.close()
            os.close(out[0])
            os.close(err[0])
            raise
        finally:
            far.close()
            os.close(out[1])
            os.close(err[1])
        return WarmKernel(self, near, pid=answer["pid"], shared=answer["shared"], rests=(out[0], err[0]))

    def end_kernel(self, pid: int) -> dict:
        """Kill what is left of a kernel; how it ended, processor seconds and peak memory."""
        try:
            return self._ask({"do": "end", "pid": pid})
        except WarmProcessError:
            return {"status": None}

    def _ask(self, request: dict, fds: Sequence[int] = ()) -> dict:
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            try:
                sent = socket.send_fds(self._sock, [line], fds) if fds else 0
                self._sock.sendall(line[sent:])
                while b"\n" not in self._data:
                    received = self._sock.recv(1 << 16)
                    if not received:
                        raise WireError
                    self._data += received
            except (OSError, WireError):
                raise WarmProcessError(f"The warm process ended. {self._last_words()}") from None
            answer, _, rest = bytes(self._data).partition(b"\n")
            self._data = bytearray(rest)
        return json.loads(answer)

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._log.seek(0)
            lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def close(self) -> None:
        """End it and all its kernels, and what these left if it was killed and could not do so itself."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()
        try:
            self._process.wait(_LAST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode:
            _end_marked(f"{MARK}={self._process.pid}")
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._log.close()


class WarmKernel:
    """One forked kernel, seen from the outside."""

    def __init__(self, process: WarmProcess, sock: socket.socket, *, pid: int, shared: int, rests: tuple):
        self._process, self._sock, self._rests = process, sock, rests
        self.pid, self.shared = pid, shared
        self._data = bytearray()
        self._ended: dict | None = None
        self._lock = threading.Lock()
        self.received = self.private = 0
        self._died = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def send(self, kind: str, content: object, buffers: list = ()) -> None:
        """Send a request; a dead kernel is noticed when its answer is awaited."""
        with contextlib.suppress(OSError):
            self._sock.sendall(pack(kind, content, buffers))

    def receive(self, *, timeout: float | None = _PAUSE) -> tuple | None:
        """Next message, or None if none came in time.

        Raises
        ------
        WireError
            The kernel is dead and all it said has been read.
        """
        message = unpack(self._data)
        if message is not None:
            return message
        watched = [self._sock] if self._died is None else [self._sock, self._died]
        ready, _, _ = select.select(watched, [], [], timeout)
        if self._sock in ready:
            received = b""
            with contextlib.suppress(ConnectionError):
                received = self._sock.recv(1 << 20)
            if not received:
                raise WireError
            self.received += len(received)
            self._data += received
        elif ready:
            raise WireError
        return unpack(self._data)

    def rest(self) -> dict[str, str]:
        """Text that was written but not sent before the kernel died."""
        found = {}
        for name, fd in zip(("stdout", "stderr"), self._rests, strict=True):
            data = b""
            with contextlib.suppress(OSError):
                os.set_blocking(fd, False)
                while part := os.read(fd, 1 << 16):
                    data += part
            found[name] = data.decode("utf-8", "replace")
        return found

    def memory(self) -> int:
        """Bytes that the kernel and its children hold beyond what they share with the warm process."""
        total, waiting, first = 0, [self.pid], True
        while waiting:
            pid = waiting.pop()
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{pid}/statm") as file:
                    held = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
                total += held - self.shared if first else held
                with open(f"/proc/{pid}/task/{pid}/children") as file:
                    waiting += map(int, file.read().split())
            first = False
        return max(0, total)

    def kill(self) -> None:
        """Kill it, from any thread; :meth:`end` has the warm process kill what it leaves, and closes the books."""
        with self._lock:
            if self._ended is None:
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the cell that runs."""
        with self._lock:
            if self._ended is None:
                with contextlib.suppress(OSError):
                    os.kill(self.pid, signal.SIGINT)

    def end(self, *, grace: float = 5.0) -> dict:
        """Let it finish within a grace, then kill what is left; what it used."""
        with self._lock:
            if self._ended is not None:
                return self._ended
        self.send("shutdown", None)
        deadline = time.monotonic() + grace
        with contextlib.suppress(WireError, OSError):
            while (left := deadline - time.monotonic()) > 0:
                message = self.receive(timeout=left)
                if message is not None and message[0] == "memory":
                    self.private = message[1]
        ended = self._process.end_kernel(self.pid)
        with self._lock:
            self._ended = ended
        self._sock.close()
        for fd in (*self._rests, self._died):
            if fd is not None:
                os.close(fd)
        return ended


_PROCESS: WarmProcess | None = None
_LOCK = threading.Lock()


def warm_process(
    *, imports: Sequence[str] | None = None, warm_up: Sequence | None = None, state: str = ""
) -> WarmProcess:
    """Warm process of this program, started at the first call and again if it has died.

    Other imports, another warm-up, or another state of the files than the running one's start a new one.
    """
    global _PROCESS
    asked = imports is None and warm_up is None
    wanted = (tuple(IMPORTS if imports is None else imports), tuple(warm_up or ()), state)
    with _LOCK:
        if _PROCESS is not None and _PROCESS.alive() and (asked or _PROCESS.key == wanted):
            return _PROCESS
        if _PROCESS is not None:
            wanted = _PROCESS.key if asked else wanted
            _PROCESS.close()
        _PROCESS = WarmProcess(imports=wanted[0], warm_up=wanted[1], state=wanted[2])
        return _PROCESS


def _end_marked(mark: str) -> None:
    """Kill every process that has a mark in its environment."""
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                if mark.encode() in file.read().split(b"\0"):
                    os.kill(int(name), signal.SIGKILL)


def close_warm_process() -> None:
    """End this program's warm process, if there is one."""
    global _PROCESS
    with _LOCK:
        if _PROCESS is not None:
            _PROCESS.close()
            _PROCESS = None


atexit.register(close_warm_process)
if hasattr(os, "register_at_fork"):

    def _forget() -> None:
        global _PROCESS
        _PROCESS = None

    os.register_at_fork(after_in_child=_forget)
