"""Runs executed on this machine: one thread a run, each notebook in a kernel process of its own."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from lnregions.batch.execute import Limits, RunControl, Task, import_papermill, run_notebook
from lnregions.batch.fork import Preload, can_fork, start_fork_server
from lnregions.batch.selection import Run
from lnregions.files import remove_tree
from lnregions.pages import notebook_page

ENGINES = {"warm": "lnregions", "ordinary": "lnregions-ordinary"}
"""Papermill's name of each engine."""


def task_of(run: Run, settings) -> Task:
    """All that the execution of a run needs, as plain values."""
    return Task(
        source=run.notebook.path.read_bytes(),
        name=run.notebook.name,
        parameters=dict(run.parameters),
        language=run.language,
        engine=ENGINES[settings.engine],
        html=settings.html,
    )


def preload_of(run: Run, settings) -> Preload | None:
    """What the fork server loads for the runs of a render; None where kernels are not forked."""
    if settings.engine != "warm" or not can_fork():
        return None
    state = " ".join(str(run.inputs.get(name)) for name in ("package", "data", "shapes", "own", "versions"))
    modules = {} if settings.imports is None else {"modules": tuple(settings.imports)}
    return Preload(calls=tuple(settings.warm_up), state=state, **modules)


def prepare(preload: Preload | None, *, html: bool) -> None:
    """Start the fork server and import meanwhile what this side of a run needs."""
    if preload is not None:
        start_fork_server(preload)
    import_papermill()
    if html:
        notebook_page.warm_up()


def execute_run(
    task: Task, folder: Path, *, limits: Limits, retries: int = 0, register: Callable = lambda control: None
) -> dict:
    """Execute a task in a folder, again if it fails and may be tried again; its record."""
    for attempt in range(1, retries + 2):
        remove_tree(folder)
        folder.mkdir()
        control = RunControl(limits)
        register(control)
        record = run_notebook(task, folder, control) | {"attempts": attempt}
        if record["status"] != "failed":
            break
    return record


class LocalRuns:
    """Thread pool for the runs of a render.

    Parameters
    ----------
    first : Run
        Any of the runs.
    settings : Settings
    staging : Path
        Folder in which each run has a folder by its number.
    events : queue
        Gets ``("started", run, None)`` from a run's thread.
    """

    def __init__(self, first: Run, *, settings, staging: Path, events: queue.SimpleQueue):
        self._settings, self._staging, self._events = settings, staging, events
        self._controls: set[RunControl] = set()
        self._stopped = ""
        self._lock = threading.Lock()
        prepare(preload_of(first, settings), html=settings.html)
        self._pool = ThreadPoolExecutor(settings.jobs)

    def submit(self, number: int, run: Run) -> Future:
        """Execute a run when its turn comes; the result is its record."""
        return self._pool.submit(self._execute, number, run)

    def _execute(self, number: int, run: Run) -> dict:
        self._events.put(("started", run, None))
        settings = self._settings
        return execute_run(
            task_of(run, settings),
            self._staging / str(number),
            limits=settings.limits,
            retries=settings.retries,
            register=self._register,
        )

    def record(self, future: Future, folder: Path) -> dict:
        """Record of a run that has ended, whose files are in its folder."""
        return future.result()

    def _register(self, control: RunControl) -> None:
        with self._lock:
            self._controls.add(control)
            if self._stopped:
                control.cancel(self._stopped)

    def stop(self, text: str) -> None:
        """Cancel all runs and wait until those in progress have ended."""
        with self._lock:
            self._stopped = text
            for control in self._controls:
                control.cancel(text)
        self.close()

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(cancel_futures=True)
