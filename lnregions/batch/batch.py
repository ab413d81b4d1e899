"""Do the runs of a render: several at a time, each whole or absent, stopped cleanly."""

import contextlib
import datetime
import os
import queue
import secrets
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from lnregions.batch.execute import (
    ENGINES,
    RunControl,
    Task,
    import_papermill,
    run_notebook,
    sign_notebook,
)
from lnregions.batch.folder_lock import OutputError, cannot_write
from lnregions.batch.fork import MODULES, Preload, can_fork, start_fork_server
from lnregions.batch.hashes import Hashes
from lnregions.batch.manifest import Books, key
from lnregions.errors import shown_path
from lnregions.figures import export
from lnregions.files import make_folder, remove_tree, swap_in, sync_folder
from lnregions.style import free_font_cache

_GRACE = 3.0
"""Seconds that runs have to end after a stop."""

_OUTCOMES = ("done", "failed", "stopped")
_READY = threading.Lock()


class LocalRuns:
    """Threads of this process that take runs in turn; each run's code is in a kernel process of its own.

    As many kernels are at work as there are jobs. There are more threads than that: while the files of one
    run are brought to the disk and looked through, the kernel of the next is at work already.
    """

    def __init__(self, runs: Sequence, *, staging: Path, settings):
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self._waiting = queue.SimpleQueue()
        self._settings, self._staging = settings, staging
        self._controls: dict[str, object] = {}
        self._stopping = threading.Event()
        for item in enumerate(runs):
            self._waiting.put(item)
        self._place = Place(staging)
        if settings.engine == "warm" and can_fork():
            start_fork_server(preload_of(settings, runs[0]))
        else:
            free_font_cache()
        jobs = max(1, min(settings.jobs, len(runs)))
        self._kernels = threading.Semaphore(jobs)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(2 * jobs)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        slot = _Slot(self._kernels)
        while True:
            slot.take()
            try:
                number, run = self._next()
            except queue.Empty:
                slot.give_back()
                return
            self.events.put(("started", run, None, None))
            folder = self._staging / str(number)
            try:
                get_ready(html=self._settings.html)
                record = self._attempts(run, folder, slot=slot)
            except Exception as error:
                record = failure(error)
            slot.give_back()
            if not self._place.stands():
                text = "The output folder was removed or replaced while the run was in work."
                record = failure(OSError(text))
            if record["status"] == "done" or not self._stopping.is_set():
                self.events.put(("finished", run, record, folder))

    def _next(self) -> tuple:
        if self._stopping.is_set():
            raise queue.Empty
        return self._waiting.get_nowait()

    def _attempts(self, run, folder: Path, *, slot: "_Slot") -> dict:
        for attempt in range(1, self._settings.retries + 2):
            slot.take()
            remove_tree(folder)
            folder.mkdir()
            control = RunControl(self._settings.limits, when_ended=lambda: self._let_go(run, slot))
            self._register(run, control)
            record = run_here(run, folder, settings=self._settings, control=control)
            record["attempts"] = attempt
            if record["status"] == "done" or self._stopping.is_set():
                break
        if not record.pop("unwritten", False):
            sync_folder(folder)
            sign_notebook(folder / f"{run.notebook.name}.ipynb")
            record["outputs"] = Hashes().listing(folder)
        return record

    def _register(self, run, control) -> None:
        self._controls[run.name] = control
        if self._stopping.is_set():
            control.cancel("The render was stopped.")

    def _let_go(self, run, slot: "_Slot") -> None:
        """Let the next kernel begin; a run that ended by itself is not stopped any more."""
        self._controls.pop(run.name, None)
        slot.give_back()

    def stop(self, text: str) -> None:
        """End all runs that are in work, begin no more, and let those whose kernels have ended be entered."""
        self._stopping.set()
        for _ in self._threads:
            self._kernels.release()  # for those that wait to begin a run, which none does any more
        for control in list(self._controls.values()):
            control.cancel(text)
        deadline = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """End what the runs needed; after a stop there is nothing more to wait for."""
        if not self._stopping.is_set():
            for thread in self._threads:
                thread.join()
        self._place.let_go()


class _Slot:
    """Leave to have a kernel at work, held by one thread and given back when the kernel has ended."""

    def __init__(self, kernels: threading.Semaphore):
        self._kernels, self._held = kernels, False

    def take(self) -> None:
        """Wait for leave, unless it is held."""
        if not self._held:
            self._kernels.acquire()
            self._held = True

    def give_back(self) -> None:
        """Let another have it, unless that was done."""
        if self._held:
            self._held = False
            self._kernels.release()


def read_before(run) -> str:
    """What the warm process may have read when it started: if that has changed, a new one is needed."""
    return " ".join(str(run.inputs.get(name)) for name in ("package", "data", "shapes", "own", "versions"))


class Place:
    """A folder that is held open, to know whether it is still the one at its path."""

    def __init__(self, folder: Path):
        self._folder, self._held = folder, None
        with contextlib.suppress(OSError):  # Windows opens no folders, and lets none go that is in use
            self._held = os.open(folder, os.O_RDONLY)

    def stands(self) -> bool:
        """Whether the folder has not been removed or replaced."""
        try:
            return self._held is None or os.path.samestat(os.stat(self._folder), os.fstat(self._held))
        except OSError:
            return False

    def let_go(self) -> None:
        """Hold it no longer."""
        held, self._held = self._held, None
        if held is not None:
            os.close(held)


def get_ready(*, html: bool = True) -> None:
    """Import what a run needs on this side, while the warm process does the same on its own."""
    import_papermill()
    if html:
        with _READY:
            export.warm_up()


def preload_of(settings, run) -> Preload:
    """What the fork server has loaded before the first run."""
    modules = MODULES if settings.imports is None else tuple(settings.imports)
    return Preload(modules, tuple(settings.warm_up), read_before(run))


def task_of(run, settings) -> Task:
    """The run as it is executed here or on a worker."""
    return Task(
        run.notebook.path.read_bytes(),
        name=run.notebook.name,
        parameters=dict(run.parameters),
        language=run.language,
        engine=ENGINES[settings.engine],
        html=settings.html,
    )


def run_here(run, folder: Path, *, settings, control) -> dict:
    """Do one run in a folder on this machine."""
    return run_notebook(task_of(run, settings), folder, control)


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
    remove_tree(staging)
    staging /= secrets.token_hex(4)  # what a killed render's last kernel still writes goes nowhere
    try:
        make_folder(staging)
    except OSError as error:
        raise cannot_write(books.output, error) from None
    tell = progress or (lambda *_: None)
    tell("plan", None, {"runs": len(planned), "todo": len(todo)})
    runs = _runs(todo, staging=staging, settings=settings)
    try:
        _follow(runs, outcome, count=len(todo), books=books, settings=settings, tell=tell)
    except BaseException as stop:
        by_user = isinstance(stop, KeyboardInterrupt)
        runs.stop("The render was stopped by the user." if by_user else "The render ended with an error.")
        if not by_user:
            raise
        outcome["interrupted"] = int(getattr(stop, "signal", signal.SIGINT))
    else:
        outcome["interrupted"] = 0
    finally:
        runs.close()
        tell("end", None, {name: outcome[name] for name in _OUTCOMES})
    _enter_the_rest(runs, outcome, books=books, settings=settings)
    _look_again(outcome, books)
    ended = {name for kind in _OUTCOMES for name in outcome[kind]}
    outcome["stopped"] += [run.name for run in todo if run.name not in ended]
    place = {run.name: number for number, run in enumerate(todo)}
    for kind in _OUTCOMES:
        outcome[kind].sort(key=place.get)
    return outcome


def _enter_the_rest(runs, outcome: dict, *, books: Books, settings) -> None:
    """Enter the runs that were done when a stop came and had not been taken yet."""
    with contextlib.suppress(queue.Empty):
        while True:
            kind, run, record, folder = runs.events.get_nowait()
            if kind == "finished" and record["status"] == "done":
                record = _enter(books, run, record=record, folder=folder, settings=settings)
                outcome[record["status"]].append(run.name)


def _look_again(outcome: dict, books: Books) -> None:
    """Call failed what was done and has been removed since."""
    for name in [name for name in outcome["done"] if not (books.output / name).is_dir()]:
        outcome["done"].remove(name)
        outcome["failed"].append(name)
        lost = failure(OSError("Its folder was removed while the render was at work."))
        books.runs[name] |= {"status": "failed", "outputs": {}, "error": lost["error"]}


def _follow(runs, outcome: dict, *, count: int, books: Books, settings, tell) -> None:
    """Take the events of the runs until all have ended or the time for the whole render is over."""
    deadline = None if settings.batch is None else time.monotonic() + settings.batch
    ended = 0
    while ended < count:
        try:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            kind, run, record, folder = runs.events.get(timeout=left)
        except queue.Empty:
            runs.stop(f"The render took longer than {settings.batch:g} seconds.")
            return
        if kind == "finished":
            ended += 1
            record = _enter(books, run, record=record, folder=folder, settings=settings)
            outcome[record["status"]].append(run.name)
        tell(kind, run, record)


def _runs(todo, *, staging, settings):
    if settings.scheduler:
        from lnregions.batch.cluster import ClusterRuns

        return ClusterRuns(todo, staging=staging, settings=settings)
    return LocalRuns(todo, staging=staging, settings=settings)


def _enter(books: Books, run, *, record: dict, folder: Path | None, settings) -> dict:
    """Put a run's folder in its place and the run into the books."""
    outputs = record.pop("outputs", {})
    if folder is not None and outputs:
        try:
            _refuse_ways_out(books.output, run.name)
            swap_in(folder, books.output / run.name)
        except (OSError, OutputError) as error:
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


def _refuse_ways_out(output: Path, name: str) -> None:
    """Refuse a place in the output that a link leads out of it."""
    place = (output / name).parent
    if not place.resolve().is_relative_to(output.resolve()):
        raise OutputError(
            f"{shown_path(place)} leads out of the output folder. Remove the link, or give another folder.",
        )


_MEASURED = ("attempts", "seconds", "cpu_seconds", "peak_memory", "own_memory")
