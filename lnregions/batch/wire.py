"""Messages between a kernel and whoever listens to it, over a pair of connected sockets."""

import contextlib
import json
import os
import socket
import struct
import threading

_HEAD = struct.Struct(">II")
_LENGTH = struct.Struct(">Q")


class WireError(EOFError):
    """The other end is gone."""


def pack(kind: str, content: object, buffers: list = (), *, encode=None) -> bytes:
    """One message as bytes: a kind, JSON content, and binary parts."""
    try:
        text = (encode or _encode)([kind, content])
    except UnicodeEncodeError:  # half a character that stands for no byte either
        text = json.dumps([kind, content], default=str).encode()
    parts = [bytes(memoryview(part).cast("B")) for part in buffers]
    lengths = b"".join(_LENGTH.pack(len(part)) for part in parts)
    return _HEAD.pack(len(text), len(parts)) + lengths + text + b"".join(parts)


def _encode(content: object) -> bytes:
    """JSON as Jupyter sends it: what is no character becomes a byte again, and a mark where it is read."""
    return json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "surrogateescape")


def unpack(data: bytearray) -> tuple | None:
    """First whole message of the data, removed from them; None while there is none."""
    if len(data) < _HEAD.size:
        return None
    length, count = _HEAD.unpack_from(data)
    start = _HEAD.size + count * _LENGTH.size
    if len(data) < start + length:
        return None
    lengths = [_LENGTH.unpack_from(data, _HEAD.size + i * _LENGTH.size)[0] for i in range(count)]
    if len(data) < start + length + sum(lengths):
        return None
    kind, content = json.loads(data[start : start + length].decode("utf-8", "replace"))
    buffers, place = [], start + length
    for size in lengths:
        buffers.append(bytes(data[place : place + size]))
        place += size
    del data[:place]
    return kind, content, buffers


class Sender:
    """Sends whole messages, from any thread and from forked children alike."""

    def __init__(self, sock: socket.socket):
        self._sock = sock
        self._lock = threading.RLock()
        self._between_processes = os.memfd_create("lnregions") if hasattr(os, "memfd_create") else None

    def send(self, kind: str, content: object, buffers: list = (), *, encode=None) -> None:
        """Send one message; without a word if nobody listens any more."""
        data = pack(kind, content, buffers, encode=encode)
        with self._lock, self._alone(), contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._sock.sendall(data)

    @contextlib.contextmanager
    def _alone(self):
        if self._between_processes is None:
            yield
            return
        import fcntl

        fcntl.lockf(self._between_processes, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._between_processes, fcntl.LOCK_UN)
