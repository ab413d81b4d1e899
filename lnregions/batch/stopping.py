"""Signals that ask a render to stop: Ctrl-C, and what a batch system or a closed terminal sends."""

import contextlib
import signal
import threading
from collections.abc import Iterator

_ASKED = ("SIGTERM", "SIGHUP")


class StopAsked(KeyboardInterrupt):
    """A signal other than Ctrl-C asked to stop; its number is in ``signal``."""

    def __init__(self, number: int):
        self.signal = number
        super().__init__(signal.Signals(number).name)


@contextlib.contextmanager
def stop_when_asked() -> Iterator[None]:
    """Let SIGTERM and SIGHUP stop the block as Ctrl-C does, the second time at once.

    A signal that is ignored (``nohup``) or has a handler of its own is left as it is; so are all outside the
    main thread.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in _ASKED if hasattr(signal, name)):
            if signal.getsignal(number) == signal.SIG_DFL:
                before[number] = signal.signal(number, _ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(number: int, frame) -> None:
    raise StopAsked(number)
