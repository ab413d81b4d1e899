"""The IPython kernel object without sockets of its own: what it would publish goes over one pair of sockets.

Built once in the warm process, before pandas and matplotlib are imported (they look for a kernel then), and
put to work in a process forked from it for each run.
"""

import asyncio
import atexit
import contextlib
import ctypes
import faulthandler
import importlib.util
import logging
import os
import signal
import socket
import stat
import sys
import tempfile
import threading
import types
from pathlib import Path

import ipykernel.debugger
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_packer
from tornado.ioloop import IOLoop
from traitlets.config import Config

from lnregions.batch.outputs import Outputs, OutStream
from lnregions.batch.wire import Sender, unpack
from lnregions.files import sync_later


class WireSession(Session):
    """A Jupyter session that sends over the wire instead of over sockets of its own."""

    sender: Sender = None

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, **rest):
        """Send one message; ``stream`` is the channel's name."""
        if isinstance(msg_or_type, dict):
            message, buffers = msg_or_type, buffers or msg_or_type.get("buffers")
        else:
            rest = {name: rest[name] for name in ("header", "metadata") if rest.get(name) is not None}
            message = self.msg(msg_or_type, content=content, parent=parent, **rest)
        if self.sender is not None:
            sent = {name: value for name, value in message.items() if name != "buffers"}
            self.sender.send(str(stream), sent, list(buffers or ()), encode=json_packer)
        return message


class WireKernel(IPythonKernel):
    """IPython's kernel; requests that wait are never aborted, since the listener sends one at a time."""

    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id=None):
        pass


def build_kernel() -> WireKernel:
    """Kernel object as an ordinary kernel has it, history in memory only, no debugger."""
    ipykernel.debugger._is_debugpy_available = False
    config = Config()
    config.IPKernelApp.connection_file = _become_launcher()
    config.HistoryManager.hist_file = ":memory:"
    config.HistoryManager.enabled = False
    kernel = WireKernel.instance(
        config=config,
        session=WireSession(key=b"not used"),
        iopub_socket="iopub",
        shell_stream=None,
        user_ns=None,
        log=logging.Logger("kernel", logging.CRITICAL + 1),
    )
    kernel._execute_sleep = 0
    kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=threading.main_thread())
    application = IPKernelApp.instance(config=config)
    application.kernel, application.shell = kernel, kernel.shell
    with contextlib.suppress(Exception):
        application.init_pdb()
        kernel.shell.extension_manager.load_extension("storemagic")
    return kernel


def _become_launcher() -> str:
    """Make the command line that of an ordinary kernel; its connection file, which does not exist here."""
    launcher = importlib.util.find_spec("ipykernel_launcher").origin
    file = os.path.join(tempfile.gettempdir(), "kernel.json")
    sys.argv = [launcher, "-f", file, "--HistoryManager.hist_file=:memory:"]
    return file


def become_kernel(kernel: WireKernel, sock: socket.socket, *, pipes: dict, request: dict) -> None:
    """Turn this freshly forked process into the run's kernel; returns when it is told to end."""
    _set_up_process(request)
    sender = Sender(sock)
    for name, (_, write) in pipes.items():
        os.dup2(write, {"stdout": 1, "stderr": 2}[name])
        os.close(write)
    outputs = Outputs(sender, {name: read for name, (read, _) in pipes.items()})
    sys.__stdout__ = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    sys.__stderr__ = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = OutStream("stdout", outputs), OutStream("stderr", outputs)
    faulthandler.enable(sys.__stderr__)
    kernel.session.sender = sender
    kernel.shell.init_environment()
    kernel.shell.user_ns["_dh"][:] = [Path.cwd()]
    kernel.shell.starting_dir = os.getcwd()
    IPKernelApp.instance().init_path()
    _run(_serve(kernel, sock))
    sender.send("memory", _private_memory())
    with contextlib.suppress(Exception):
        threading._shutdown()
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            stream.flush()


def _run(work) -> None:
    """Run a coroutine to its end, or until a cell has told the kernel to exit, which stops the loop."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with contextlib.suppress(RuntimeError):
        loop.run_until_complete(work)


def _private_memory() -> int:
    """Bytes that this process shares with no other."""
    total = 0
    with contextlib.suppress(OSError, ValueError), open("/proc/self/smaps_rollup") as file:
        for line in file:
            if line.startswith("Private_"):
                total += int(line.split()[1]) * 1024
    return total


def _set_up_process(request: dict) -> None:
    """Own session, environment, folder, limits, random numbers; dies with the warm process."""
    os.setsid()
    _own_files()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.environ["LNREGIONS_RUN"] = str(os.getpid())
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("PYDEVD_USE_FRAME_EVAL", "NO")
    os.chdir(request["folder"])
    if request["synced"]:
        sync_later(request["folder"])
    if request.get("memory"):
        _limit_memory(request["memory"])
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _own_files() -> None:
    """Open anew every file that the warm process holds open, so that each run has a place of its own in it.

    A forked process shares the reading position of open files with all its sisters: two runs that read
    glyphs through one open font would get each other's bytes.
    """
    import fcntl

    with contextlib.suppress(OSError):
        for fd in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):
                mode = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE
                if fd < 3 or mode == os.O_WRONLY or not stat.S_ISREG(os.fstat(fd).st_mode):
                    continue
                place = os.lseek(fd, 0, os.SEEK_CUR)
                own = os.open(f"/proc/self/fd/{fd}", mode | os.O_CLOEXEC)
                os.lseek(own, place, os.SEEK_SET)
                os.dup2(own, fd, inheritable=os.get_inheritable(fd))
                os.close(own)


def _limit_memory(most: int) -> None:
    import resource

    with contextlib.suppress(OSError, ValueError), open("/proc/self/status") as file:
        held = next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (held + most, held + most))


async def _serve(kernel: WireKernel, sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    kernel.io_loop = IOLoop.current()
    messages: asyncio.Queue = asyncio.Queue()
    data = bytearray()

    def read():
        try:
            received = sock.recv(1 << 20, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            loop.remove_reader(sock)
            messages.put_nowait(None)
            return
        data.extend(received)
        while (message := unpack(data)) is not None:
            messages.put_nowait(message)

    loop.add_reader(sock, read)
    while (message := await messages.get()) is not None:
        kind, content, buffers = message
        if kind == "shutdown":
            return
        await _answer(kernel, {**content, "buffers": buffers})


async def _answer(kernel: WireKernel, message: dict) -> None:
    """Do what a request on the shell channel asks for, as the ordinary kernel does."""
    kernel.set_parent([], message, channel="shell")
    kernel._publish_status("busy", "shell")
    kernel.pre_handler_hook()
    try:
        answer = kernel.shell_handlers[message["header"]["msg_type"]]("shell", [], message)
        if asyncio.iscoroutine(answer):
            await answer
    except (Exception, KeyboardInterrupt) as error:
        content = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
        kernel.session.send("iopub", "error", content, parent=message)
        kernel.session.send("shell", "execute_reply", content, parent=message)
    finally:
        kernel.post_handler_hook()
    for stream in (sys.__stdout__, sys.__stderr__, sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    kernel._publish_status("idle", "shell")
