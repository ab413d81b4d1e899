"""What is said with a forked kernel about one cell, within the limits of its run."""

import contextlib
import signal
import time

from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lnregions.batch.warm import WarmKernel
from lnregions.batch.wire import WireError

MOST_OUTPUT = 512 * 2**20
"""Bytes a run may send before it is stopped: a loop that prints must not fill the memory."""
_PAUSE = 0.2


class RunStopped(Exception):
    """A run was ended from outside its notebook: a limit of time or memory, or a stop."""

    def __init__(self, name: str, text: str):
        self.name = name
        super().__init__(text)


class FrontEnd:
    """As much of a kernel's client and manager as nbclient needs."""

    def __init__(self, kernel: WarmKernel):
        from jupyter_client.session import Session

        self.session = Session(key=b"not used")
        self.shell_channel = self
        self._kernel = kernel

    def send(self, message: dict) -> None:
        """Send a message to the kernel, such as a widget's."""
        self._kernel.send("shell", {k: v for k, v in message.items() if k != "buffers"})

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Send a cell; the number of the request."""
        content = {"code": code, "store_history": store_history, "stop_on_error": stop_on_error}
        content |= {"silent": False, "user_expressions": {}, "allow_stdin": False}
        message = self.session.msg("execute_request", content)
        self.send({name: message[name] for name in ("header", "parent_header", "metadata", "content")})
        return message["header"]["msg_id"]

    def interrupt_kernel(self) -> None:
        """Raise KeyboardInterrupt in the cell that runs."""
        self._kernel.interrupt()


class Conversation:
    """One cell: all that comes back for its request, and the limits meanwhile."""

    def __init__(self, client, cell: NotebookNode, index: int, *, request: str, timeout: float | None):
        self._client, self._cell, self._index = client, cell, index
        self._kernel, self._control = client.kernel, client.control
        self._text = {"stdout": [], "stderr": []}
        self._id, self._timeout = request, timeout
        self._reply: dict | None = None
        self._started = time.monotonic()
        self._looked = self._told = self._started

    async def hold(self) -> dict:
        """Take in the cell's outputs; the kernel's reply."""
        idle = False
        try:
            while not (idle and self._reply):
                await self._check_time()
                self._check_limits()
                message = self._kernel.receive(timeout=self._pause())
                idle = (message is not None and self._take(*message)) or idle
                if self._client.live:
                    self._tell()
        except WireError:
            self._end_text()
            self._kernel_died()
        except BaseException:
            self._end_text()
            self._kernel.kill()
            raise
        return self._reply

    def _take(self, kind: str, content, buffers: list) -> bool:
        """Handle one message; True when the cell is done."""
        if kind == "text":
            for name, text, request in content:
                if request == self._id:
                    self._text[name].append(text)
        elif kind == "flush":
            self._emit(content)
        elif content["parent_header"].get("msg_id") == self._id:
            content["msg_type"] = content["header"]["msg_type"]
            content["buffers"] = buffers
            if kind == "shell" and content["msg_type"] == "execute_reply":
                self._reply = content
                if self._client.record_timing:
                    self._cell["metadata"]["execution"]["shell.execute_reply"] = timestamp(content)
            elif kind == "iopub":
                return self._process(content)
        return False

    def _process(self, message: dict) -> bool:
        try:
            self._client.process_message(message, self._cell, self._index)
        except CellExecutionComplete:
            return True
        return False

    def _emit(self, name: str) -> None:
        text = "".join(self._text[name])
        self._text[name] = []
        if text:
            header = {"msg_id": "", "msg_type": "stream"}
            content = {"name": name, "text": text}
            parent = {"msg_id": self._id}
            self._process(
                {
                    "header": header,
                    "msg_type": "stream",
                    "parent_header": parent,
                    "metadata": {},
                    "content": content,
                }
            )

    def _end_text(self) -> None:
        for name in self._text:
            self._emit(name)

    def _tell(self) -> None:
        """Hand on text of a cell that goes on, to whoever follows it: a log, a file, a notebook saved meanwhile."""
        if time.monotonic() - self._told > _PAUSE:
            self._end_text()
            self._told = time.monotonic()

    def _pause(self) -> float:
        limits = [_PAUSE]
        if self._timeout is not None:
            limits.append(self._timeout - (time.monotonic() - self._started))
        if (left := self._control.time_left()) is not None:
            limits.append(left)
        return max(0.0, min(limits))

    async def _check_time(self) -> None:
        """End a run whose cell takes too long, or interrupt the cell where nbclient is told to."""
        if self._timeout is None or time.monotonic() - self._started <= self._timeout:
            return
        timeout, self._timeout = self._timeout, None
        if not self._client.interrupt_on_timeout:
            text = "Cell execution timed out"
            raise CellTimeoutError.error_from_timeout_and_cell(text, int(timeout), self._cell)
        self._reply = await self._client._async_handle_timeout(timeout, self._cell) or self._reply

    def _check_limits(self) -> None:
        control, now = self._control, time.monotonic()
        if control.stopped is not None:
            raise control.stopped
        if (left := control.time_left()) is not None and left <= 0:
            raise RunStopped("RunTimeoutError", f"The run took longer than {control.run:g} seconds.")
        if self._kernel.received > MOST_OUTPUT:
            raise RunStopped("OutputLimitError", f"The run printed more than {MOST_OUTPUT >> 20} MB.")
        if control.memory and now - self._looked > 0.2:
            self._looked = now
            if self._kernel.memory() > control.memory:
                text = f"The run held more than {control.memory / 2**20:g} MB of memory."
                raise RunStopped("MemoryLimitError", text)

    def _kernel_died(self) -> None:
        if self._control.stopped is not None:
            raise self._control.stopped
        for name, text in self._kernel.rest().items():
            self._text[name].append(text)
        self._end_text()
        raise DeadKernelError(_how_it_died(self._kernel.end(grace=0).get("status")))


def _how_it_died(status: int | None) -> str:
    if status is None:
        return "The kernel died while this cell ran."
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"The kernel was killed by {signal.Signals(-status).name} while this cell ran."
    return f"The kernel ended with status {status} while this cell ran."
