"""Papermill engines: notebooks run in kernels forked from a warm process, or in ordinary kernels.

Both write an honest notebook: after a dead kernel, a time limit or a stop the cell that was running carries
the error and is marked failed, and the cells after it are not marked at all. ``WarmEngine`` is papermill's
engine ``lnregions``: ``papermill in.ipynb out.ipynb --engine lnregions`` uses it too.
"""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from nbclient.exceptions import (
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

from lnregions.batch.conversation import Conversation, FrontEnd, RunStopped
from lnregions.batch.warm import WarmProcessError, can_fork, warm_process


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
    synced : bool
        Whether the caller brings that folder to the disk when the run has ended.
    when_ended : callable or None
        Called when the kernel has ended, in the thread of the run, before papermill writes the notebook.
    usage : dict
        Filled at the end: ``cpu_seconds``, ``peak_memory`` and ``own_memory`` in bytes.
    notebook : NotebookNode or None
        The notebook as executed, also when papermill raises.
    """

    cell: float | None = None
    run: float | None = None
    memory: int | None = None
    folder: str | None = None
    synced: bool = False
    when_ended: Callable[[], None] | None = None
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

    def ended(self) -> None:
        """Tell whoever waits for it that the kernel has ended."""
        if self.when_ended is not None:
            self.when_ended()

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
            except KeyboardInterrupt as stop:
                self.broken = True
                self._mark(RunStopped("KeyboardInterrupt", "The run was stopped while this cell ran."), cell)
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=stop)
                raise
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
        control = control or RunControl(cell=execution_timeout or kwargs.get("timeout"))
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
        try:
            return client.execute()
        finally:
            control.ended()


class WarmTalk:
    """For a client of nbclient's: what it says to a forked kernel, in place of talk over ports."""

    control: RunControl = None
    live = False
    _index = 0

    async def _async_poll_for_reply(
        self, msg_id, cell, timeout, task_poll_output_msg, task_poll_kernel_alive
    ):
        """Hold the whole talk about a cell; nbclient's own way around it handles hooks, errors and streams."""
        await asyncio.sleep(0)
        talk = Conversation(self, cell, self._index, request=msg_id, timeout=self.control.cell or timeout)
        return await talk.hold()

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index) -> None:
        self._index = cell_index

    async def _async_poll_kernel_alive(self) -> None:
        pass


class WarmClient(WarmTalk, HonestClient):
    """Papermill's client for a kernel forked from the warm process: no ports, no start-up."""

    @property
    def live(self) -> bool:
        """Whether somebody follows what a cell prints before it has ended."""
        saved = self.nb_man.output_path and self.nb_man.autosave_cell_every
        return bool(self.log_output or self.stdout_file or self.stderr_file or saved)

    def execute(self, **kwargs):
        """Execute the notebook in a forked kernel."""
        self.reset_execution_trackers()
        process = warm_process()
        self.nb.metadata["language_info"] = process.language()
        control = self.control
        self.kernel = process.fork(folder=control.folder, memory=control.memory, synced=control.synced)
        self.kc = self.km = FrontEnd(self.kernel)
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
            why = (
                f"kernel {kernel_name} is not Python's" if can_fork() else "this system cannot fork a process"
            )
            logger.warning("Ordinary kernels are used, which start more slowly: %s.", why)
        return OrdinaryEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)


def register_engines() -> None:
    """Make the engines known to papermill under ``lnregions`` and ``lnregions-ordinary``."""
    papermill_engines.register("lnregions", WarmEngine)
    papermill_engines.register("lnregions-ordinary", OrdinaryEngine)
