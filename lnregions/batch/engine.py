"""Papermill engines that mark the cell at which a run ended, however it ended.

`ForkEngine` is papermill's engine ``lnregions``: nbclient as it is, with kernels forked from a server that has
the libraries loaded. `OrdinaryEngine` (``lnregions-ordinary``) starts a kernel process for each run, as papermill
does. papermill loads this module while it is itself being imported; import papermill first.
"""

import contextlib
import math
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from queue import Empty

import psutil
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from papermill.utils import remove_args
from traitlets import Type

from lnregions.batch.execute import RunControl, RunStopped
from lnregions.batch.fork import MARK, Kernel, KernelProcess, can_fork, start_fork_server

MOST_OUTPUT = 512 * 2**20
"""Characters a run may print before it is stopped: a loop that prints must not fill the memory."""
_OUTPUT_SECONDS = 60
"""How long a cell that has ended is waited for to send its output; nbclient's four may lose some on a busy machine."""


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by forking it, with connection file, sockets and temporary files in one folder."""

    forked = None

    async def pre_launch(self, **kwargs):
        """Make the folder."""
        self.server = start_fork_server()
        self.folder = tempfile.mkdtemp(prefix="run-", dir=self.server.folder)
        self.parent.connection_file = os.path.join(self.folder, "kernel.json")
        self.parent.ip = os.path.join(self.folder, "socket")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd, *, env, cwd=None, memory=None, **kwargs):
        """Fork the kernel; what precedes the arguments in the command is loaded already."""
        self.cwd = str(cwd or Path.cwd())
        environment = {**env, "JPY_PARENT_PID": str(os.getpid()), "TMPDIR": self.folder, MARK: self.folder}
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        kernel = Kernel(arguments, self.cwd, environment, memory)
        self.process = self.forked = KernelProcess(self.server, kernel)
        self.pid = self.pgid = self.process.pid  # it leads a session of its own as soon as it runs
        return self.connection_info

    async def cleanup(self, restart=False):
        """Kill what the run left behind, and remove its temporary files."""
        forked, self.forked = self.forked, None
        if forked:
            forked.close()
            shutil.rmtree(self.folder, ignore_errors=True)


class AnswerChannel(AsyncZMQSocketChannel):
    """Waits for messages half a second at a time.

    nbclient sends the messages of output widgets on the socket on which it waits for the answer to a cell. Sending
    may consume the event that the answer has come, and a single wait would then never end.
    """

    async def get_msg(self, timeout=None):
        """Return the next message, or raise Empty after `timeout` seconds."""
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while (left := deadline - time.monotonic()) > 0.5:
            if await self.socket.poll(500):
                return await self._recv()
        return await super().get_msg(max(left, 0))


class AnswerClient(AsyncKernelClient):
    """Client of a kernel that loses no answer, and waits for the first one no longer than it takes.

    jupyter_client waits 0.2 s more for further messages. What a kernel publishes before the client has subscribed is
    lost, so it is asked again soon.
    """

    shell_channel_class = Type(klass=AsyncZMQSocketChannel, default_value=AnswerChannel)

    async def wait_for_ready(self, timeout=None):
        """Wait until the kernel answers on both channels; RuntimeError if it died, or did not answer in time."""
        deadline, requests = time.monotonic() + (timeout or float("inf")), set()
        while time.monotonic() < deadline and await self.is_alive():
            requests.add(self.kernel_info())
            with contextlib.suppress(Empty):
                await self.get_shell_msg(timeout=1)
                while message := await self.get_iopub_msg(timeout=0.05):
                    of_ours = message["parent_header"].get("msg_id") in requests
                    if of_ours and message["content"].get("execution_state") == "idle":
                        return
        raise RuntimeError("The kernel died, or took too long, before it was ready.")


class OrdinaryManager(AsyncKernelManager):
    """Manages one kernel started as usual."""

    client_factory = Type(klass=AsyncKernelClient, default_value=AnswerClient)


class ForkManager(OrdinaryManager):
    """Manages one forked kernel."""

    def __init__(self, **kwargs):
        super().__init__(transport="ipc", **kwargs)
        self.provisioner = ForkProvisioner(kernel_spec=self.kernel_spec, parent=self)


class MarkingClient(PapermillNotebookClient):
    """Papermill's client, which marks the cell at which the run ended and measures what the kernel used."""

    control: RunControl = None
    _printed = 0

    def execute(self, **kwargs):
        """Execute the notebook within the limits of its run."""
        self.reset_execution_trackers()
        with self.setup_kernel(**kwargs), self.control.can_kill(self._kill):
            if self.papermill_execute_cells():
                reply = self.wait_for_reply(self.kc.kernel_info())
                self.nb.metadata["language_info"] = reply["content"]["language_info"]
                self.set_widgets_metadata()
            else:
                self.shutdown_kernel = "immediate"  # else the cell would be interrupted: another error
            self._measure()
        return self.nb

    def papermill_execute_cells(self) -> bool:
        """Execute the cells until one fails; whether the kernel is still usable."""
        for index, cell in enumerate(self.nb.cells):
            try:
                self.nb_man.cell_start(cell, index)
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                if "error" not in [one.output_type for one in cell.outputs]:  # memory was too short for it
                    cell.outputs.append(new_output("error", ename=error.ename, evalue=error.evalue))
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                return True
            except (DeadKernelError, CellTimeoutError, RunStopped, KeyboardInterrupt) as error:
                cell.outputs.append(self._error_output(self.control.stopped or error))
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                if isinstance(error, KeyboardInterrupt):
                    raise
                return False
            finally:
                self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)
        return True

    def _error_output(self, error):
        name, text, crash = getattr(error, "name", type(error).__name__), str(error), []
        if isinstance(error, CellTimeoutError):
            limit = self.control.settings.cell_timeout or self.timeout
            text = f"This cell ran longer than {limit:g} seconds."
        elif isinstance(error, KeyboardInterrupt):
            text = "The run was stopped while this cell ran."
        elif isinstance(error, DeadKernelError):
            status = self.km.provisioner.process.poll() or 0
            signalled = f"was killed by {signal.Signals(-status).name}" if status < 0 else ""
            text = f"The kernel {signalled or f'ended with status {status}'} while this cell ran."
            with contextlib.suppress(OSError, AttributeError):  # what faulthandler wrote
                crash = Path(self.km.provisioner.folder, "crash").read_text().splitlines()
        lines = [f"\x1b[31m{name}: {text}\x1b[0m", *crash]
        return new_output("error", ename=name, evalue=text, traceback=lines)

    def process_message(self, msg, *args):
        """Process a message, unless the run has printed too much."""
        self._printed += len(msg["content"].get("text", ""))
        if self._printed > MOST_OUTPUT:
            raise RunStopped("OutputLimitError", f"The run printed more than {MOST_OUTPUT >> 20} MB.")
        return super().process_message(msg, *args)

    def _kill(self):
        with contextlib.suppress(psutil.Error):
            psutil.Process(self.km.provisioner.pid).kill()

    def _measure(self):
        """Take down processor time and memory of the kernel, if it is still there."""
        with contextlib.suppress(psutil.Error, OSError, StopIteration):
            kernel = psutil.Process(self.km.provisioner.pid)
            self.control.usage["cpu_seconds"] = sum(kernel.cpu_times()[:4])
            self.control.usage["own_memory"] = kernel.memory_full_info().uss
            lines = Path(f"/proc/{kernel.pid}/status").read_text().splitlines()
            peak = next(line for line in lines if line.startswith("VmHWM"))
            self.control.usage["peak_memory"] = int(peak.split()[1]) * 1024


class OrdinaryEngine(NBClientEngine):
    """Papermill's engine with a kernel process started for the run, and the cell marked at which it ended."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, control=None, start=None, **kwargs):
        """Execute the notebook; ``control`` has its limits, ``start`` what the kernel manager is given."""
        control = control or RunControl()
        control.notebook = nb_man.nb
        given = kwargs.pop("execution_timeout", None) or kwargs.get("timeout")
        timeout = control.settings.cell_timeout or given
        kwargs |= {"timeout": timeout and math.ceil(timeout), "kernel_name": kernel_name, "log": logger}
        kwargs["startup_timeout"] = kwargs.pop("start_timeout", 60)
        kwargs.setdefault("iopub_timeout", _OUTPUT_SECONDS)
        kwargs.setdefault("kernel_manager_class", OrdinaryManager)
        client = MarkingClient(nb_man, **remove_args(["input_path"], **kwargs))
        client.control = control
        return client.execute(**start or {})


class ForkEngine(OrdinaryEngine):
    """Papermill's engine ``lnregions``: each notebook in a kernel forked from a server with the libraries loaded.

    Where processes cannot be forked, or the notebook needs another kernel than Python's, ordinary kernels
    are used, which is logged once.
    """

    _logged = False

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, control=None, **kwargs):
        """Execute the notebook in a forked kernel."""
        control = control or RunControl()
        if can_fork() and kernel_name in (None, "", "python3", "python"):
            kwargs["start"] = {"memory": control.settings.memory}
            kwargs.setdefault("kernel_manager_class", ForkManager)
        elif not ForkEngine._logged:
            ForkEngine._logged = True
            why = (
                f"kernel {kernel_name} is not Python's" if can_fork() else "this system cannot fork a process"
            )
            logger.warning("Ordinary kernels are used, which start more slowly: %s.", why)
        return super().execute_managed_notebook(nb_man, kernel_name, control=control, **kwargs)
