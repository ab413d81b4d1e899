"""Do the runs of a render: several at a time, each whole or absent, stopped cleanly."""

import contextlib
import datetime
import queue
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from lnregions import export
from lnregions._files import Hashes, swap_in, sync_folder
from lnregions._warm import can_fork, warm_process
from lnregions.manifest import Books, key
from lnregions.runs import papermill_modules, run_notebook, sign_notebook

_GRACE = 4.0
"""Seconds that runs have to end after a stop."""


_READY = threading.Lock()


class LocalRuns:
    """Threads of this process that take runs in turn; each run's code is in a kernel process of its own."""

    def __init__(self, runs: Sequence, *, staging: Path, settings):
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self._waiting = queue.SimpleQueue()
        self._settings, self._staging = settings, staging
        self._controls: dict[str, object] = {}
        self._stopping = threading.Event()
        for item in enumerate(runs):
            self._waiting.put(item)
        if settings.engine == "warm" and can_fork():
            warm_process(imports=settings.imports, warm_up=settings.warm_up)
        jobs = max(1, min(settings.jobs, len(runs)))
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(jobs)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        get_ready(html=self._settings.html)
        while not self._stopping.is_set():
            try:
                number, run = self._waiting.get_nowait()
            except queue.Empty:
                return
            self.events.put(("started", run, None, None))
            folder = self._staging / str(number)
            try:
                record = self._attempts(run, folder)
            except Exception as error:
                record = failure(error)
            if not self._stopping.is_set():
                self.events.put(("finished", run, record, folder))

    def _attempts(self, run, folder: Path) -> dict:
        for attempt in range(1, self._settings.retries + 2):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            record = run_here(run, folder, settings=self._settings, register=self._register)
            record["attempts"] = attempt
            if record["status"] == "done" or self._stopping.is_set():
                break
        sync_folder(folder)
        sign_notebook(folder / f"{run.notebook.name}.ipynb")
        record["outputs"] = Hashes().listing(folder)
        return record

    def _register(self, run, control) -> None:
        self._controls[run.name] = control
        if self._stopping.is_set():
            control.stop("Stopped", "The render was stopped.")

    def stop(self, text: str) -> None:
        """End all runs that are in work, begin no more."""
        self._stopping.set()
        for control in list(self._controls.values()):
            control.stop("Stopped", text)
        deadline = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """End what the runs needed."""
        for thread in self._threads:
            thread.join(_GRACE)


def get_ready(*, html: bool = True) -> None:
    """Import what a run needs on this side, while the warm process does the same on its own."""
    papermill_modules()
    if html:
        with _READY:
            export.warm_up()


def run_here(run, folder: Path, *, settings, register=None) -> dict:
    """Do one run in a folder on this machine."""
    papermill_modules()
    from lnregions.kernels import RunControl

    limits = settings.limits
    control = RunControl(cell=limits.cell, run=limits.run, memory=limits.memory)
    if register is not None:
        register(run, control)
    engine = "lnregions" if settings.engine == "warm" else "lnregions-ordinary"
    return run_notebook(
        run.notebook.path.read_bytes(),
        folder,
        name=run.notebook.name,
        parameters=run.parameters,
        language=run.language,
        engine=engine,
        control=control,
        html=settings.html,
    )


def failure(error: BaseException) -> dict:
    """Record of a run that ended outside its notebook."""
    text = str(error) or repr(error)
    return {
        "status": "failed", "seconds": 0.0, "cpu_seconds": 0.0, "peak_memory": None, "own_memory": None,
        "error": {"cell": None, "name": type(error).__name__, "text": text, "source": ""}, "attempts": 1,
    }  # fmt: skip


def work(todo: Sequence, *, books: Books, settings, progress, planned: Sequence) -> dict[str, list[str]]:
    """Do the runs, enter each in the books as it ends, and return their names by outcome."""
    outcome: dict[str, list[str]] = {"done": [], "failed": [], "stopped": []}
    staging = books.output / ".lnregions" / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    tell = progress or (lambda *_: None)
    tell("plan", None, {"runs": len(planned), "todo": len(todo)})
    runs = _runs(todo, staging=staging, settings=settings)
    deadline = None if settings.batch is None else time.monotonic() + settings.batch
    try:
        while sum(map(len, outcome.values())) < len(todo):
            try:
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                kind, run, record, folder = runs.events.get(timeout=left)
            except queue.Empty:
                runs.stop(f"The render took longer than {settings.batch:g} seconds.")
                break
            if kind == "finished":
                record = _enter(books, run, record=record, folder=folder, settings=settings)
                outcome[record["status"]].append(run.name)
            tell(kind, run, record)
    except KeyboardInterrupt:
        runs.stop("The render was stopped by the user.")
    finally:
        runs.close()
        tell("end", None, outcome)
    finished = {name for names in outcome.values() for name in names}
    outcome["stopped"] += [run.name for run in todo if run.name not in finished]
    return outcome


def _runs(todo, *, staging, settings):
    if settings.scheduler:
        from lnregions.cluster import ClusterRuns

        return ClusterRuns(todo, staging=staging, settings=settings)
    return LocalRuns(todo, staging=staging, settings=settings)


def _enter(books: Books, run, *, record: dict, folder: Path | None, settings) -> dict:
    """Put a run's folder in its place and the run into the books."""
    outputs = record.pop("outputs", {})
    if folder is not None and outputs:
        try:
            swap_in(folder, books.output / run.name)
        except OSError as error:
            record, outputs = failure(error), {}
    entry = {
        "notebook": run.notebook.name,
        "language": run.language,
        "over": run.notebook.over,
        "value": run.value,
        "parameters": dict(run.parameters),
        "folder": run.name,
        "status": record["status"],
        "why": run.why,
        "engine": settings.engine,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **{name: record.get(name) for name in _MEASURED},
        "key": key(run.inputs),
        "inputs": dict(run.inputs),
        "outputs": outputs,
        "error": record["error"],
    }
    with contextlib.suppress(OSError):
        books.add(run.name, entry)
    return entry


_MEASURED = ("attempts", "seconds", "cpu_seconds", "peak_memory", "own_memory")
