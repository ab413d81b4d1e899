"""Kernel processes forked from a server that has the libraries loaded already.

The server is the standard library's (`multiprocessing.forkserver`), which imports this module and so becomes ours:
its settings come as JSON in the environment variable ``LNREGIONS_PRELOAD``. Its protocol is used below the level of
`multiprocessing.Process`, which would import the caller's script again in every child. All private names of
`multiprocessing` that this needs stand in this module.
"""

import atexit
import contextlib
import ctypes
import faulthandler
import gc
import importlib
import json
import os
import pickle
import select
import shutil
import signal
import stat
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

with contextlib.suppress(ImportError):  # Windows
    from multiprocessing import forkserver, process, resource_tracker

MODULES = (
    "numpy", "pandas", "pandas.io.formats.format", "pandas.io.formats.html", "pandas.io.formats.csvs",
    "shapely", "geopandas", "pyogrio", "matplotlib", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "lnregions",
)  # fmt: skip
"""Imported in the fork server before the first run; one that is not installed is left out."""
KERNEL_MODULES = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel_launcher", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic", "tornado.platform.asyncio",
)  # fmt: skip
"""What ipykernel imports, some of it only when a kernel starts."""
MARK = "LNREGIONS_RUN"
"""Environment variable that has the temporary folder of a run in every program started by the run."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""Options of Linux's prctl: die with the parent; adopt the orphans below this process."""
REPORT_MEMORY = 64 * 2**20
"""Bytes beyond the limit of a run that the kernel may take between its cells."""


def can_fork() -> bool:
    """Whether processes can be forked safely: not on Windows and macOS."""
    return sys.platform.startswith("linux") and hasattr(os, "fork")


@dataclass(frozen=True)
class Preload:
    """What the fork server has loaded before the first kernel is forked."""

    modules: tuple = MODULES  # to import
    calls: tuple = ()  # pairs of "module:function" to call after that, and its arguments by name
    state: str = ""  # hash of the files that are read meanwhile; a fork server with another one is replaced


class ForkServer:
    """A running fork server; started by :func:`start_fork_server`."""

    def __init__(self, preload: Preload):
        self.preload, self._owner = preload, os.getpid()
        short = len(tempfile.gettempdir()) < 60  # a socket's path may have 107 characters
        self.folder = tempfile.mkdtemp(prefix="lnregions-", dir=None if short else "/tmp")
        self._kernels: set[int] = set()
        self._forking = threading.Lock()
        self._server = forkserver.ForkServer()
        self._server.set_forkserver_preload(["lnregions.batch.fork"])
        settings = {"folder": self.folder, "path": sys.path}
        settings |= {"modules": preload.modules, "calls": preload.calls}
        environment = {
            "LNREGIONS_PRELOAD": json.dumps(settings),
            "OPENBLAS_THREAD_TIMEOUT": "4",  # threads that wait for work sleep instead of spinning
            "PYTHONHASHSEED": "0",  # sets of text have the same order in every run
        }
        config = process.current_process()._config  # whose folder is that of the server's socket
        before, place = {name: os.environ.get(name) for name in environment}, config.get("tempdir")
        os.environ.update(environment)
        config["tempdir"] = self.folder
        try:
            self._server.ensure_running()
        finally:
            config["tempdir"] = place
            for name, value in before.items():
                del os.environ[name]
                os.environ.update({name: value} if value is not None else {})
        self.pid = self._server._forkserver_pid

    def alive(self) -> bool:
        """Whether this process started the server and it still runs."""
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        return False

    def fork(self, kernel: "Kernel") -> tuple[int, int]:
        """Fork a process that becomes the kernel; its number, and the descriptor that its exit status comes by."""
        content = pickle.dumps({"dir": kernel.folder, "orig_dir": kernel.folder}) + pickle.dumps(kernel)
        with self._forking:
            status, data = self._server.connect_to_new_process([])
            with open(data, "wb") as file:
                file.write(content)
            try:
                self._kernels.add(pid := forkserver.read_signed(status))
            except EOFError:
                os.close(status)
                raise RuntimeError("The fork server ended before it had forked a kernel.") from None
        return pid, status

    def end_orphans(self, kernel: int) -> None:
        """Kill what a kernel that has ended left behind.

        Orphans come to their kernel and, when it has ended, to the fork server, whatever session or environment
        they gave themselves. Helpers of multiprocessing that remove unused shared memory are given a second for it.
        """
        with self._forking, contextlib.suppress(OSError):
            self._kernels.discard(kernel)
            for attempt in range(1000):
                orphans = set(children(self.pid)) - self._kernels
                if not orphans:
                    return
                for orphan in orphans:
                    with contextlib.suppress(OSError):
                        helper = b"resource_tracker" in Path(f"/proc/{orphan}/cmdline").read_bytes()
                        if not helper or attempt > 200:
                            os.kill(orphan, signal.SIGKILL)
                time.sleep(0.005)

    def stop(self) -> None:
        """End the server with all its kernels and what they left behind."""
        if os.getpid() != self._owner:
            return
        if self.alive():
            os.kill(self.pid, signal.SIGTERM)
        else:  # the kernels ended with it, and their orphans have gone elsewhere
            mark = f"{MARK}={self.folder}/".encode()
            for path in Path("/proc").glob("[0-9]*/environ"):
                with contextlib.suppress(OSError):
                    if any(entry.startswith(mark) for entry in path.read_bytes().split(b"\0")):
                        os.kill(int(path.parent.name), signal.SIGKILL)
        with contextlib.suppress(OSError):  # the server removes its socket itself
            self._server._stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Processes whose parent a process with one thread is."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class Kernel:
    """What a kernel process needs to know; pickled to the fork server, whose child calls `_bootstrap`."""

    arguments: list
    folder: str
    environment: dict
    memory: int | None = None

    def _bootstrap(self, parent_sentinel: int) -> int:
        """Be an ordinary ipykernel in this forked process; its exit status."""
        os.setsid()
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The server may end although this process lives; the render's helper processes are not for a notebook.
        inherited = (forkserver._forkserver._forkserver_alive_fd, resource_tracker._resource_tracker._fd)
        for descriptor in (parent_sentinel, *inherited):
            os.close(descriptor)
        forkserver._forkserver.__init__()
        resource_tracker._resource_tracker._fd = None
        with contextlib.suppress(OSError):  # a machine out of memory ends the run that grows, not the render
            Path("/proc/self/oom_score_adj").write_text("500")
        os.environ.clear()
        os.environ.update(self.environment)
        tempfile.tempdir = None
        reopen_files()
        crash = open(self.environment["TMPDIR"] + "/crash", "w")  # noqa: SIM115 - open as long as the kernel lives
        faulthandler.enable(crash)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        return run_kernel(self.arguments, self.memory)


def reopen_files() -> None:
    """Open anew every file that the server has open: forked processes would share the position in it.

    Two runs that read glyphs through one open font would get each other's bytes.
    """
    import fcntl

    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and flags & os.O_ACCMODE == os.O_RDONLY:
                position = os.lseek(descriptor, 0, os.SEEK_CUR)
                own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
                os.lseek(own, position, os.SEEK_SET)
                os.dup2(own, descriptor, inheritable=False)
                os.close(own)


def limit_memory(shell, most: int) -> None:
    """Let this process, and each that it starts, allocate so many bytes beyond what it has now, while a cell runs.

    Between cells it may take more: what it holds must not keep it from reporting the error.
    """
    import resource

    lines = Path("/proc/self/status").read_text().splitlines()
    limit = most + next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
    hard = limit + REPORT_MEMORY

    def release(*_) -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))

    def report(shell, kind, error, traceback, tb_offset=None) -> None:
        release()
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)

    shell.events.register("pre_run_cell", lambda *_: resource.setrlimit(resource.RLIMIT_DATA, (limit, hard)))
    shell.events.register("post_run_cell", release)
    shell.set_custom_exc((MemoryError,), report)
    release()


def run_kernel(arguments: list, memory: int | None) -> int:
    """Run ipykernel until a shutdown request, then what an interpreter does at its end."""
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [ipykernel_launcher.__file__, *arguments]
    if sys.path[0] == "":
        del sys.path[0]  # as ipykernel's launcher does; ipykernel puts it back
    application = IPKernelApp.instance()
    application.initialize(arguments)
    if memory:
        limit_memory(application.shell, memory)
    application.start()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    application.shell.user_ns.clear()  # flushes files that were left open
    atexit.unregister(application.close)  # it waits for threads that may wait for each other
    atexit._run_exitfuncs()
    return 0


class KernelProcess:
    """A forked kernel, with as much of `subprocess.Popen` as jupyter_client's provisioner needs."""

    stdin = stdout = stderr = None

    def __init__(self, server: ForkServer, kernel: Kernel):
        self._server, self._lock = server, threading.Lock()
        self.pid, self.sentinel = server.fork(kernel)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Exit status, or None while it runs."""
        with self._lock:
            if self.returncode is None and select.select([self.sentinel], [], [], 0)[0]:
                try:
                    self.returncode = forkserver.read_signed(self.sentinel)
                except EOFError:  # the server was killed, and its kernels with it
                    self.returncode = -signal.SIGKILL
            return self.returncode

    def wait(self) -> int:
        """Exit status, when it has ended."""
        while self.poll() is None:
            select.select([self.sentinel], [], [])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def close(self) -> None:
        """Kill the kernel, if it runs, and all that it left behind."""
        self.send_signal(signal.SIGKILL)
        self.wait()
        self._server.end_orphans(self.pid)
        os.close(self.sentinel)


_server: ForkServer | None = None
_starting = threading.Lock()


def start_fork_server(preload: Preload | None = None) -> ForkServer:
    """Fork server of this program, started when first needed, and again when it has died.

    Returns at once; the server loads in the background. Another ``preload`` than that of the running server
    replaces it; None takes the running one.
    """
    global _server
    with _starting:
        if _server is not None:
            preload = preload or _server.preload
            if _server.preload == preload and _server.alive():
                return _server
            _server.stop()
        _server = ForkServer(preload or Preload())
        return _server


@atexit.register
def stop_fork_server() -> None:
    """End this program's fork server and every kernel, if there is one."""
    global _server
    with _starting:
        if _server is not None:
            _server.stop()
            _server = None


def load(modules: list, calls: list) -> None:
    """Import modules, call functions, and leave matplotlib as if it had only been imported; what fails is left out."""
    os.environ.pop("JPY_PARENT_PID", None)  # ipykernel would end when that process is not its parent
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in (*KERNEL_MODULES, *modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    matplotlib = sys.modules.get("matplotlib")
    settings = dict(matplotlib.rcParams.copy()) if matplotlib else {}
    for call in calls:
        with contextlib.suppress(Exception):
            module, _, function = call[0].partition(":")
            getattr(importlib.import_module(module), function)(**call[1])
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
    load(settings["modules"], settings["calls"])
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
