"""What a run prints: text from Python and from anything else in the process, each piece for its cell."""

import codecs
import contextlib
import contextvars
import os
import select
import threading

from ipykernel import iostream

from lnregions.batch.wire import Sender

_AT_ONCE = 200
"""Pieces of text sent one by one after a flush, so that none is lost in a crash; more are gathered."""
_GATHERED = 1 << 16
_PAUSE = 0.2
_PIPE = 1 << 16


class Outputs:
    """Text of standard output and error, written by Python or by anything else in the process, in order.

    Each piece carries the number of the request that it belongs to: what a task of an earlier cell prints is
    not the present cell's.
    """

    def __init__(self, sender: Sender, pipes: dict[str, int]):
        self.sender, self.pid = sender, os.getpid()
        self.request = ""
        self._lock = threading.RLock()
        self._pieces: list[list[str]] = []
        self._size = self._sent = 0
        self._pipes = {fd: name for name, fd in pipes.items()}
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {fd: decoder("replace") for fd in self._pipes}
        self._now, self._later = select.poll(), select.poll()
        for fd in self._pipes:
            os.set_blocking(fd, False)
            self._now.register(fd, select.POLLIN)
            self._later.register(fd, select.POLLIN)
        threading.Thread(target=self._watch, daemon=True, name="outputs").start()

    def write(self, name: str, text: str, *, request: str) -> None:
        """Take a piece of text that Python wrote."""
        with self._lock:
            self._drain()
            self._put(name, text, request)

    def flush(self, name: str) -> None:
        """Send what there is and mark the end of this stream's text."""
        with self._lock:
            self._drain()
            self._send()
            self.sender.send("flush", name)
            self._sent = 0

    def _drain(self) -> None:
        for fd, _ in self._now.poll(0):
            self._read(fd)

    def _read(self, fd: int) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(fd, _PIPE)
            while data:
                text = self._decoders[fd].decode(data)
                if text:
                    self._put(self._pipes[fd], text, self.request)
                data = os.read(fd, _PIPE)

    def _put(self, name: str, text: str, request: str) -> None:
        if self._pieces and self._pieces[-1][0] == name and self._pieces[-1][2] == request:
            self._pieces[-1][1] += text
        else:
            self._pieces.append([name, text, request])
        self._size += len(text)
        if self._sent < _AT_ONCE or self._size > _GATHERED:
            self._send()

    def _send(self) -> None:
        if self._pieces:
            self.sender.send("text", self._pieces)
            self._pieces, self._size = [], 0
            self._sent += 1

    def _watch(self) -> None:
        while True:
            ready = self._later.poll(int(_PAUSE * 1000))
            with self._lock:
                for fd, _ in ready:
                    self._read(fd)
                self._send()


class OutStream(iostream.OutStream):
    """``sys.stdout`` or ``sys.stderr`` of a run: ipykernel's stream to whoever looks, sending over the wire."""

    def __init__(self, name: str, outputs: Outputs):
        self.name = name
        self.pub_thread = outputs  # open as long as it is not None
        self.echo = self._exc = None
        self._isatty = self._should_watch = False
        self._outputs = outputs
        self._fd = {"stdout": 1, "stderr": 2}[name]
        self._parent_header = contextvars.ContextVar("parent_header")
        self._parent_header_global = {}

    def set_parent(self, parent) -> None:
        """Take note of the request whose text comes next."""
        super().set_parent(parent)
        self._outputs.request = self.parent_header.get("msg_id", "")

    def write(self, string: str) -> int:
        """Send text; from a forked child it goes by way of the file descriptor."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if os.getpid() != self._outputs.pid:
            data = memoryview(string.encode("utf-8", "replace"))
            while data:
                data = data[os.write(self._fd, data) :]
        elif string:
            self._outputs.write(self.name, string, request=self.parent_header.get("msg_id", ""))
        return len(string)

    def flush(self) -> None:
        """Send what was written."""
        if not self.closed and os.getpid() == self._outputs.pid:
            self._outputs.flush(self.name)

    def fileno(self) -> int:
        """File descriptor, for subprocesses: what they write is shown as well."""
        return self._fd


OutStream.__module__ = iostream.OutStream.__module__
