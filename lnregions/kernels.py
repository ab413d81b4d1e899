"""Papermill engines: notebooks run in kernels forked from a warm process, or in ordinary kernels.

Both write an honest notebook: after a dead kernel, a time limit or a stop the cell that was running carries
the error and is marked failed, and the cells after it are not marked at all. ``WarmEngine`` is papermill's
engine ``lnregions``: ``papermill in.ipynb out.ipynb --engine lnregions`` uses it too.
"""

import contextlib
import os
import signal
import threading
import time
import uuid
from dataclasses import dataclass, field

from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from lnregions._warm import WarmKernel, WarmProcessError, can_fork, warm_process
from lnregions._wire import WireError

MOST_OUTPUT = 512 * 2**20
"""Bytes a run may send before it is stopped: a loop that prints must not fill the memory."""


class RunStopped(Exception):
    """A run was ended from outside its notebook: a limit of time or memory, or a stop."""

    def __init__(self, name: str, text: str):
        self.name = name
        super().__init__(text)


@dataclass
class RunControl:
    """Limits of one run, the means to stop it, and what it used.

    Attributes
    ----------
    cell, run : float or None
        Seconds a cell and the whole run may take.
    memory : int or None
        Bytes the kernel may hold beyond what it shares with the warm process.
    folder : str or None
        Working folder of the notebook.
    usage : dict
        Filled at the end: ``cpu_seconds``, ``peak_memory`` and ``own_memory`` in bytes.
    notebook : NotebookNode or None
        The notebook as executed, also when papermill raises.
    """

    cell: float | None = None
    run: float | None = None
    memory: int | None = None
    folder: str | None = None
    usage: dict = field(default_factory=dict)
    notebook: NotebookNode | None = None
    stopped: RunStopped | None = None
    started: float = field(default_factory=time.monotonic)
    _kill: object = None
    _lock: object = field(default_factory=threading.Lock)

    def stop(self, name: str, text: str) -> None:
        """End the run now, from any thread; its notebook says why."""
        with self._lock:
            self.stopped = self.stopped or RunStopped(name, text)
            kill = self._kill
        if kill is not None:
            with contextlib.suppress(Exception):
                kill()

    def kill_with(self, kill) -> None:
        """Register what ends the kernel."""
        with self._lock:
            self._kill = kill
            stopped = self.stopped
        if stopped is not None and kill is not None:
            kill()

    def time_left(self) -> float | None:
        """Seconds of the run's limit that are left."""
        return None if self.run is None else self.run - (time.monotonic() - self.started)


class HonestClient(PapermillNotebookClient):
    """Papermill's client, marking the cell at which a run ended, however it ended."""

    control: RunControl = None
    broken = False

    def papermill_execute_cells(self):
        """Execute the cells one by one; stop at the first that fails and say so in it."""
        for index, cell in enumerate(self.nb.cells):
            try:
                self.nb_man.cell_start(cell, index)
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                break
            except (DeadKernelError, CellTimeoutError, RunStopped, WarmProcessError) as error:
                self.broken = True
                self._mark(self.control.stopped or error, cell)
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                break
            finally:
                self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)

    def _mark(self, error, cell):
        name = getattr(error, "name", type(error).__name__)
        text = str(error)
        if isinstance(error, CellTimeoutError):
            text = f"This cell ran longer than {self.control.cell or self.timeout:g} seconds."
        line = f"{name}: {text}"
        cell.outputs.append(
            NotebookNode(output_type="error", ename=name, evalue=text, traceback=[f"\x1b[31m{line}\x1b[0m"])
        )

    def execute(self, **kwargs):
        """Execute in an ordinary kernel, whose process can be ended from outside."""
        self.reset_execution_trackers()
        with self.setup_kernel(**kwargs):
            pid = getattr(self.km.provisioner, "pid", None)
            timer = self._limit_run(pid)
            try:
                self.papermill_execute_cells()
                if not self.broken:
                    reply = self.wait_for_reply(self.kc.kernel_info())
                    self.nb.metadata["language_info"] = reply["content"]["language_info"]
                    self.set_widgets_metadata()
            finally:
                self.control.kill_with(None)
                if timer is not None:
                    timer.cancel()
        return self.nb

    def _limit_run(self, pid):
        def kill():
            run_sync(self.km.signal_kernel)(signal.SIGTERM) if pid is None else os.kill(pid, signal.SIGKILL)

        self.control.kill_with(kill)
        left = self.control.time_left()
        if left is None:
            return None
        text = f"The run took longer than {self.control.run:g} seconds."
        timer = threading.Timer(left, self.control.stop, ("RunTimeoutError", text))
        timer.daemon = True
        timer.start()
        return timer


class OrdinaryEngine(NBClientEngine):
    """Papermill's own way, with one kernel process started for the run, and honest marks."""

    client = HonestClient

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        start_timeout=60,
        execution_timeout=None,
        control=None,
        **kwargs,
    ):
        """Execute the notebook of the manager; ``control`` holds limits and receives what was used."""
        control = control or RunControl(cell=execution_timeout)
        control.notebook = nb_man.nb
        if control.folder:
            kwargs.setdefault("resources", {"metadata": {"path": control.folder}})
        settings = merge_kwargs(
            remove_args(["timeout", "startup_timeout", "input_path"], **kwargs),
            timeout=int(-(-control.cell // 1)) if control.cell else None,
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        client = cls.client(nb_man, **settings)
        client.control = control
        return client.execute()


class WarmClient(HonestClient):
    """Papermill's client for a kernel forked from the warm process: no ports, no start-up."""

    def execute(self, **kwargs):
        """Execute the notebook in a forked kernel."""
        self.reset_execution_trackers()
        process = warm_process()
        self.nb.metadata["language_info"] = process.language()
        self.kernel = process.fork(folder=self.control.folder, memory=self.control.memory)
        self.kc = _FrontEnd(self.kernel)
        self.control.kill_with(self.kernel.kill)
        try:
            self.papermill_execute_cells()
            self.set_widgets_metadata()
        finally:
            self.control.kill_with(None)
            self._keep_usage(self.kernel.end())
        return self.nb

    def _keep_usage(self, ended: dict) -> None:
        if ended.get("peak_memory") is not None:
            own = max(self.kernel.private, ended["peak_memory"] - self.kernel.shared, 0)
            self.control.usage.update(
                cpu_seconds=ended["cpu_seconds"], peak_memory=ended["peak_memory"], own_memory=own
            )

    def execute_cell(self, cell, cell_index, execution_count=None, store_history=True):
        """Execute one cell; outputs are handled by nbclient as those of any kernel."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        allowed = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply = _Conversation(self, cell, cell_index).hold(store_history=store_history, stop=not allowed)
        self.nb["cells"][cell_index] = cell
        if reply["status"] == "error" and not allowed and reply["ename"] not in self.allow_error_names:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell


class _FrontEnd:
    """As much of a kernel client as nbclient's output widget needs."""

    def __init__(self, kernel: WarmKernel):
        from jupyter_client.session import Session

        self.session = Session(key=b"not used")
        self.shell_channel = self
        self._kernel = kernel

    def send(self, message: dict) -> None:
        """Send a widget's message to the kernel."""
        self._kernel.send("shell", {k: v for k, v in message.items() if k != "buffers"})


class _Conversation:
    """One cell: the request, all that comes back, and the limits meanwhile."""

    def __init__(self, client: WarmClient, cell: NotebookNode, index: int):
        self._client, self._cell, self._index = client, cell, index
        self._kernel, self._control = client.kernel, client.control
        self._text = {"stdout": [], "stderr": []}
        self._id = uuid.uuid4().hex
        self._reply: dict | None = None
        self._started = time.monotonic()
        self._looked = self._started

    def hold(self, *, store_history: bool, stop: bool) -> dict:
        """Send the cell, take in its outputs; the content of the kernel's reply."""
        header = {
            "msg_id": self._id,
            "msg_type": "execute_request",
            "username": "",
            "session": "",
            "version": "5.3",
        }
        content = {"code": self._cell.source, "store_history": store_history, "allow_stdin": False}
        content |= {"silent": False, "user_expressions": {}, "stop_on_error": stop}
        self._kernel.send(
            "shell", {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        )
        idle = False
        try:
            while not (idle and self._reply):
                self._check_limits()
                message = self._kernel.receive(timeout=self._pause())
                idle = (message is not None and self._take(*message)) or idle
        except WireError:
            self._end_text()
            self._kernel_died()
        except Exception:
            self._end_text()
            self._kernel.kill()
            raise
        return self._reply

    def _take(self, kind: str, content, buffers: list) -> bool:
        """Handle one message; True when the cell is done."""
        if kind == "text":
            for name, text in content:
                self._text[name].append(text)
        elif kind == "flush":
            self._emit(content)
        elif content["parent_header"].get("msg_id") == self._id:
            content["msg_type"] = content["header"]["msg_type"]
            content["buffers"] = buffers
            if kind == "shell" and content["msg_type"] == "execute_reply":
                self._reply = content["content"]
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

    def _pause(self) -> float:
        limits = [0.25]
        if self._control.cell is not None:
            limits.append(self._control.cell - (time.monotonic() - self._started))
        if (left := self._control.time_left()) is not None:
            limits.append(left)
        return max(0.0, min(limits))

    def _check_limits(self) -> None:
        control, now = self._control, time.monotonic()
        if control.stopped is not None:
            raise control.stopped
        if control.cell is not None and now - self._started > control.cell:
            raise CellTimeoutError.error_from_timeout_and_cell("", int(control.cell), self._cell)
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


class WarmEngine(OrdinaryEngine):
    """Papermill engine ``lnregions``: each notebook in a kernel forked from a warm process.

    Where a process cannot be forked, or the notebook asks for another kernel than Python's, ordinary kernels
    are used; which is said once.
    """

    client = WarmClient
    _said = False

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        """Execute the notebook of the manager in a forked kernel."""
        if can_fork() and kernel_name in (None, "", "python3", "python"):
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        if not WarmEngine._said:
            WarmEngine._said = True
            logger.warning(
                "Ordinary kernels are used: no process can be forked here for kernel %s.", kernel_name
            )
        return OrdinaryEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)


def register_engines() -> None:
    """Make the engines known to papermill under ``lnregions`` and ``lnregions-ordinary``."""
    papermill_engines.register("lnregions", WarmEngine)
    papermill_engines.register("lnregions-ordinary", OrdinaryEngine)
