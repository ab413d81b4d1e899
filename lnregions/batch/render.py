"""Render notebooks over languages and values: strict, in parallel, only what must run, with a manifest.

Every run has a folder of its own, which is renamed to its place in the output when the run has finished::

    <output>/<language>/<notebook>/<value or "all">/<notebook>.ipynb, .html, figures/...
    <output>/manifest.json
"""

import contextlib
import datetime
import queue
import secrets
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lnregions.batch.execute import ENGINES, sign_notebook
from lnregions.batch.manifest import Manifest, OutputError, cannot_write, digest, lock_folder, shared_inputs
from lnregions.batch.parameters import Choices
from lnregions.batch.selection import LANGUAGES, Run, plan_runs
from lnregions.batch.workers import ClusterRuns, LocalRuns, Settings
from lnregions.errors import shown_path, unknown
from lnregions.files import remove_temporary, remove_tree, replace_folder

_OUTCOMES = ("done", "failed", "stopped")
_MEASURED = ("attempts", "seconds", "cpu_seconds", "peak_memory", "own_memory")
_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(KeyboardInterrupt):
    """A second signal, which stops at once; its number is in ``signal``."""

    def __init__(self, number: int):
        self.signal = number
        super().__init__(signal.Signals(number).name)


@dataclass(frozen=True)
class RenderResult:
    """What a render did.

    Attributes
    ----------
    output : Path
    manifest : dict
        As written to ``manifest.json``.
    runs : list of Run
        All of the selection, in order.
    done, failed, stopped, skipped : list of str
        Their names by outcome; ``stopped`` includes those never begun.
    seconds : float
    interrupted : int
        Number of the signal that stopped it (2: Ctrl-C), or 0.
    """

    output: Path
    manifest: dict
    runs: list
    done: list
    failed: list
    stopped: list
    skipped: list
    seconds: float = 0.0
    interrupted: int = 0

    @property
    def ok(self) -> bool:
        """Whether every run is done or up to date."""
        return not self.failed and not self.stopped


def plan_render(output: Path | str, runs: Sequence[Run], *, settings: Settings | None = None) -> list[Run]:
    """The same runs with the reason why each must be done; nothing is run or written."""
    return _with_reasons(Manifest(Path(output)), runs, settings or Settings())


def _with_reasons(manifest: Manifest, runs: Sequence[Run], settings: Settings) -> list[Run]:
    shared = shared_inputs(manifest.hashes, own=settings.own, html=settings.html)
    planned = []
    for run in runs:
        inputs = {**shared, "notebook": run.notebook.mark, "parameters": digest(dict(run.parameters))}
        why = manifest.why(run.name, inputs) or "it is forced" * settings.force
        planned.append(replace(run, inputs=inputs, why=why))
    return planned


def render_notebooks(
    output: Path | str,
    *,
    choices: Choices | None = None,
    notebooks: Path | str | Iterable[Path | str] | None = None,
    languages: Sequence[str] = LANGUAGES,
    only: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    progress=None,
) -> RenderResult:
    """Run every notebook for every language and value, skipping what is up to date.

    Parameters
    ----------
    output : path
        Folder of the results.
    choices, notebooks, languages, only, parameters
        What to render, see :func:`plan_runs`.
    settings : Settings, optional
        How to do it.
    progress : callable, optional
        Takes each event, see :func:`lnregions.batch.progress_for`.

    Returns
    -------
    RenderResult
        A run that fails does not stop the others; ``ok`` says whether all went well.

    Raises
    ------
    DataError
        An argument is unknown or wrong, another render is writing to the folder, or it cannot be written to.
    """
    settings, output, start = settings or Settings(), Path(output), time.perf_counter()
    if settings.engine not in ENGINES:
        raise unknown("engine", settings.engine, ENGINES)
    runs = plan_runs(
        choices=choices, notebooks=notebooks, languages=languages, only=only, parameters=parameters
    )
    tell = progress or (lambda *_: None)
    with lock_folder(output):
        remove_temporary(output)
        remove_tree(output / ".lnregions" / "staging")
        manifest = Manifest(output)
        planned = _with_reasons(manifest, runs, settings)
        todo = [run for run in planned if run.why]
        tell("plan", None, {"runs": len(planned), "todo": len(todo)})
        execution = _Execution(manifest, settings, tell)
        try:
            if todo:
                with queue_signals(execution.events):
                    execution.run(todo)
            changed = todo or not manifest.path.exists()
            content = manifest.save(sync=True) if changed else {"runs": manifest.runs}
        except OSError as error:
            raise cannot_write(manifest.path, error) from None
        finally:
            tell("end", None, execution.outcome)
            manifest.hashes.save()
    return RenderResult(
        output,
        content,
        planned,
        skipped=[run.name for run in planned if not run.why],
        seconds=round(time.perf_counter() - start, 3),
        interrupted=execution.interrupted,
        **execution.outcome,
    )


class _Execution:
    """Executes the runs of a render and enters each in the manifest as it ends."""

    def __init__(self, manifest: Manifest, settings: Settings, tell):
        self._manifest, self._settings, self._tell = manifest, settings, tell
        self._staging = manifest.output / ".lnregions" / "staging" / secrets.token_hex(4)
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self.outcome: dict[str, list[str]] = {name: [] for name in _OUTCOMES}
        self.interrupted = 0

    def run(self, todo: Sequence[Run]) -> None:
        """Execute runs until all have ended, the time limit is over or a signal comes."""
        self._folder = {run.name: self._staging / str(number) for number, run in enumerate(todo)}
        self._staging.mkdir(parents=True)  # under a new name: a killed render's last kernel may still write
        workers = ClusterRuns if self._settings.scheduler else LocalRuns
        self._workers = workers(todo[0], settings=self._settings, events=self.events)
        try:
            for run in todo:
                future = self._workers.submit(run, self._folder[run.name])
                future.add_done_callback(lambda future, run=run: self.events.put(("finished", run, future)))
            self._follow(len(todo))
            while not self.events.empty():  # what was done before a stop reached it
                event, run, future = self.events.get()
                if event == "finished" and not future.cancelled():
                    self._take(run, future, only="done")
        except BaseException:
            self._workers.stop("The render ended with an error.")
            raise
        finally:
            self._workers.close()
            remove_tree(self._staging.parent)  # before the manifest is written, which needs room on the disk
        ended = {name for names in self.outcome.values() for name in names}
        self.outcome["stopped"] += [name for name in self._folder if name not in ended]
        for names in self.outcome.values():
            names.sort(key=list(self._folder).index)

    def _follow(self, count: int) -> None:
        """Take events until all runs have ended; stop them at a signal, or when the time for the render is over."""
        most = self._settings.batch
        deadline = None if most is None else time.monotonic() + most
        while count:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                event, run, what = self.events.get(timeout=left)
            except queue.Empty:
                self._workers.stop(f"The render took longer than {most:g} seconds.")
                return
            if event == "signal":
                self.interrupted = what
                self._workers.stop("The render was stopped by the user.")
                return
            if event == "started":
                self._tell(event, run, None)
            else:
                self._take(run, what)
                count -= 1

    def _take(self, run: Run, future, *, only: str = "") -> None:
        """Enter a run that has ended in the manifest, or only if it ended so."""
        try:
            record = self._workers.record(future, self._folder[run.name])
        except Exception as error:
            record = failure(error)
        if only in ("", record["status"]):
            entry = self._entry(run, record)
            self._manifest.add(run.name, entry)
            self.outcome[entry["status"]].append(run.name)
            self._tell("finished", run, entry)

    def _entry(self, run: Run, record: dict) -> dict:
        """Rename a run's folder to its final name; what the manifest says of the run."""
        outputs: dict[str, str] = {}
        if not record.pop("unwritten", True):
            final = self._manifest.output / run.name
            try:
                if not final.parent.resolve().is_relative_to(self._manifest.output.resolve()):
                    raise OutputError(
                        f"{shown_path(final.parent)} leads out of the output folder. "
                        "Remove the link, or give another folder."
                    )
                replace_folder(self._folder[run.name], final)
                outputs = self._manifest.hashes.listing(final)
                sign_notebook(final / f"{run.notebook.name}.ipynb")
            except (OSError, OutputError) as error:
                record, outputs = failure(error), {}
        return {
            "notebook": run.notebook.name,
            "language": run.language,
            "over": run.notebook.over,
            "value": run.value,
            "parameters": dict(run.parameters),
            "folder": run.name,
            "status": record["status"],
            "why": run.why,
            "engine": self._settings.engine,
            "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            **{name: record.get(name) for name in _MEASURED},
            "key": digest(dict(run.inputs)),
            "inputs": dict(run.inputs),
            "outputs": outputs,
            "error": record["error"],
        }


def failure(error: BaseException) -> dict:
    """Record of a run that failed outside its notebook."""
    details = {"cell": None, "name": type(error).__name__, "text": str(error) or repr(error), "source": ""}
    return {"status": "failed", "seconds": 0.0, "cpu_seconds": 0.0, "error": details, "attempts": 1}


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
        for number in (getattr(signal, name) for name in _STOP_SIGNALS if hasattr(signal, name)):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, take)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
