"""Render notebooks over languages and values: strict, in parallel, only what must run, with a manifest.

Every run has a folder of its own, which is renamed to its place in the output when the run has finished::

    <output>/<language>/<notebook>/<value or "all">/<notebook>.ipynb, .html, figures/...
    <output>/manifest.json
"""

import contextlib
import queue
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lnregions.batch.execute import ENGINES, Settings, run_error, run_record, sign_notebook
from lnregions.batch.manifest import Manifest, OutputError, cannot_write, digest, lock_folder, shared_inputs
from lnregions.batch.selection import Run
from lnregions.batch.workers import ClusterRuns, LocalRuns, unpack
from lnregions.errors import shown_path, unknown
from lnregions.files import remove_temporary, remove_tree, replace_folder


class Stopped(KeyboardInterrupt):
    """A second signal, which stops at once; its number is in ``signal``."""

    def __init__(self, number: int):
        self.signal = number
        super().__init__(signal.Signals(number).name)


@dataclass(frozen=True)
class RenderResult:
    """What a render did."""

    output: Path
    manifest: dict  # as written to manifest.json
    runs: list  # all of the selection, in order
    done: list  # names of the runs by outcome, this and the next three
    failed: list
    stopped: list  # also those never begun
    skipped: list
    seconds: float = 0.0
    interrupted: int = 0  # number of the signal that stopped it (2: Ctrl-C), or 0

    @property
    def ok(self) -> bool:
        """Whether every run is done or up to date."""
        return not self.failed and not self.stopped


def plan_render(output: Path | str, runs: Sequence[Run], *, settings: Settings | None = None) -> list[Run]:
    """The same runs with the reason why each must be done; nothing is run or written."""
    return _plan(Manifest(Path(output)), runs, settings or Settings())


def _plan(manifest: Manifest, runs: Sequence[Run], settings: Settings) -> list[Run]:
    shared = shared_inputs(manifest.hashes, own=settings.own, html=settings.html)
    planned = []
    for run in runs:
        inputs = {**shared, "notebook": run.notebook.mark, "parameters": digest(dict(run.parameters))}
        why = manifest.why(run.name, inputs) or "it is forced" * settings.force
        planned.append(replace(run, inputs=inputs, why=why))
    return planned


def render_notebooks(
    output: Path | str, runs: Sequence[Run], *, settings: Settings | None = None, progress=None
) -> RenderResult:
    """Run notebooks into an output folder, skipping what is up to date.

    Parameters
    ----------
    runs : list of Run
        What to render, from :func:`plan_runs`.
    progress : callable, optional
        Takes each event, see :func:`lnregions.batch.progress_for`.

    Returns
    -------
    RenderResult
        A run that fails does not stop the others; ``ok`` says whether all went well.

    Raises
    ------
    DataError
        A setting is unknown, a file that no render left would be replaced, another render is writing to the folder,
        or it cannot be written to.
    """
    settings, output, start = settings or Settings(), Path(output), time.perf_counter()
    if settings.engine not in ENGINES:
        raise unknown("engine", settings.engine, ENGINES)
    emit = progress or (lambda *_: None)
    with lock_folder(output):
        remove_temporary(output)
        remove_tree(output / ".lnregions" / "staging")
        manifest = Manifest(output)
        planned = _plan(manifest, runs, settings)
        todo = [run for run in planned if run.why]
        manifest.refuse_foreign(run.name for run in todo)
        emit("plan", None, {"runs": len(planned), "todo": len(todo)})
        execution = _Execution(manifest, todo, settings=settings, emit=emit)
        try:
            content = execution.execute()
        except OSError as error:
            raise cannot_write(manifest.path, error) from None
        finally:
            emit("end", None, outcome := execution.outcome())
            manifest.hashes.save()
    outcome["skipped"] = [run.name for run in planned if not run.why]
    seconds = round(time.perf_counter() - start, 3)
    return RenderResult(
        output, content, planned, **outcome, seconds=seconds, interrupted=execution.interrupted
    )


class _Execution:
    """Executes the runs of a render and enters each in the manifest as it ends."""

    def __init__(self, manifest: Manifest, todo: Sequence[Run], *, settings: Settings, emit):
        self._manifest, self._todo, self._settings, self._emit = manifest, todo, settings, emit
        # under a new name: a killed render's last kernel may still write
        self._staging = manifest.output / ".lnregions" / "staging" / secrets.token_hex(4)
        self._folder = {run.name: self._staging / str(number) for number, run in enumerate(todo)}
        self._events: queue.SimpleQueue = queue.SimpleQueue()
        self.status = dict.fromkeys(self._folder, "stopped")
        self.interrupted = 0

    def outcome(self) -> dict[str, list[str]]:
        """Names of the runs by how they ended; what has not been run yet is stopped."""
        ends = ("done", "failed", "stopped")
        return {end: [name for name, status in self.status.items() if status == end] for end in ends}

    def execute(self) -> dict:
        """Execute the runs until all have ended, the time limit is over or a signal comes; what the manifest holds."""
        if self._todo:
            self._execute()
        elif self._manifest.path.exists():
            return {"runs": self._manifest.runs}
        return self._manifest.save(sync=True)

    def _execute(self) -> None:
        with queue_signals(self._events):
            self._staging.mkdir(parents=True)
            workers = ClusterRuns if self._settings.scheduler else LocalRuns
            workers = workers(self._todo[0], settings=self._settings, events=self._events)
            try:
                for run in self._todo:
                    future = workers.submit(run, self._folder[run.name])
                    future.add_done_callback(lambda done, run=run: self._events.put(("finished", run, done)))
                if reason := self._follow():
                    workers.stop(reason)
                while not self._events.empty():  # what was done before a stop reached it
                    event, run, future = self._events.get()
                    if event == "finished" and not future.cancelled():
                        self._take(run, future, only="done")
            except BaseException:
                workers.stop("The render ended with an error.")
                raise
            finally:
                workers.close()
                remove_tree(self._staging.parent)  # the manifest needs room on the disk

    def _follow(self) -> str:
        """Take events until all runs have ended, or return why they must be stopped: a signal or the time limit."""
        limit, left = self._settings.batch_timeout, len(self._todo)
        deadline = time.monotonic() + (limit or 0)
        while left:
            try:
                rest = limit and max(0.0, deadline - time.monotonic())
                event, run, content = self._events.get(timeout=rest)
            except queue.Empty:
                return f"The render took longer than {limit:g} seconds."
            if event == "signal":
                self.interrupted = content
                return "The render was stopped by the user."
            if event == "started":
                self._emit(event, run, None)
            else:
                self._take(run, content)
                left -= 1
        return ""

    def _take(self, run: Run, future, *, only: str = "") -> None:
        """Enter a run that has ended in the manifest, or only if it ended so; then its folder gets its final name."""
        manifest, before = self._manifest, dict(self._manifest.outputs(run.name))
        entry = {
            "notebook": run.notebook.name, "language": run.language, "over": run.notebook.over, "value": run.value,
            "parameters": dict(run.parameters), "folder": run.name, "why": run.why, "engine": self._settings.engine,
            "key": digest(dict(run.inputs)), "inputs": dict(run.inputs), "outputs": before,
        }  # fmt: skip
        try:
            record = future.result()
            if only not in ("", record["status"]):
                return
            archive, unwritten = record.pop("archive", None), record.pop("unwritten")
            entry |= record
            if archive:
                unpack(archive, self._folder[run.name])
            if not unwritten:
                self._place(run, entry)
        except Exception as error:
            if only:
                return
            entry |= run_record(run_error(error)) | {"outputs": before}
        if manifest.runs.get(run.name, {}).get("outputs") is not entry["outputs"]:
            with contextlib.suppress(OSError):  # such as a full disk, which is reported at the end
                manifest.add(run.name, entry)
        self.status[run.name] = entry["status"]
        self._emit("finished", run, entry)

    def _place(self, run: Run, entry: dict) -> None:
        """Enter a run in the manifest, then give its folder the final name.

        A render that is killed in between finds other files than the manifest names, and does the run again.
        """
        manifest, folder, final = self._manifest, self._folder[run.name], self._manifest.output / run.name
        if not final.parent.resolve().is_relative_to(manifest.output.resolve()):
            remedy = "Remove the link, or give another folder."
            raise OutputError(f"{shown_path(final.parent)} leads out of the output folder. {remedy}")
        entry["outputs"] = manifest.hashes.listing(folder, final=final)
        manifest.add(run.name, entry)
        replace_folder(folder, final)
        sign_notebook(final / f"{run.notebook.name}.ipynb")


@contextlib.contextmanager
def queue_signals(events: queue.SimpleQueue) -> Iterator[None]:
    """Put Ctrl-C, SIGTERM and SIGHUP into a queue as ``("signal", None, number)``; the second one interrupts.

    What is being done when a signal comes is finished first. A signal that is ignored or handled already is left so.
    """
    seen: list[int] = []

    def take(number: int, frame) -> None:
        if seen:
            raise Stopped(number)
        seen.append(number)
        events.put(("signal", None, number))

    before = {}
    if threading.current_thread() is threading.main_thread():
        names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks one
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, take)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
