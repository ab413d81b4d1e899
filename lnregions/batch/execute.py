"""One run: a notebook executed by papermill in its folder, cleaned, exported as HTML, and signed."""

import contextlib
import importlib
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lnregions.batch import notebook_page
from lnregions.batch.clean import clean_notebook, without_folder
from lnregions.files import keep_plain, remove_tree

ENGINES = {"warm": "lnregions", "ordinary": "lnregions-ordinary"}
"""Papermill's name of each engine of a render."""
_SIGNING = threading.Lock()  # two first notaries at a time would each make a secret
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_PYTHON = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
"""Kernel of a notebook that names none."""


@dataclass(frozen=True)
class Limits:
    """How much one run may take; ``None`` where it may take any amount.

    Attributes
    ----------
    cell, run : float or None
        Seconds that a cell, and the whole run, may take.
    memory : int or None
        Bytes that each process of the run may allocate beyond what is loaded before it begins.
    """

    cell: float | None = None
    run: float | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Task:
    """What to execute, as plain values that can be sent to another machine.

    Attributes
    ----------
    source : bytes
        The notebook file.
    name : str
        Name of the notebook without ending.
    parameters : mapping
        Checked values.
    language : {"en", "zh"}
        Language of the page.
    engine : {"lnregions", "lnregions-ordinary"}
        Papermill's engine.
    html : bool
        Write a page beside the notebook.
    limits : Limits
        Of each attempt.
    retries : int
        How often it is tried again when it fails.
    """

    source: bytes
    name: str
    parameters: Mapping[str, object]
    language: str = "en"
    engine: str = "lnregions"
    html: bool = True
    limits: Limits = Limits()
    retries: int = 0


class RunStopped(Exception):
    """A run was ended from outside its notebook: a limit, or a stop."""

    def __init__(self, name: str, text: str):
        self.name = name
        super().__init__(text)


class RunControl:
    """Cancels one run from any thread; passed to the engine, which leaves the notebook and its usage here."""

    def __init__(self):
        self._lock = threading.Lock()
        self.stopped = self._kill = None
        self.begin(Limits())

    def begin(self, limits: Limits) -> None:
        """Begin an attempt, from which the seconds of its limit are counted."""
        with self._lock:
            if self.stopped and self.stopped.name != "Stopped":  # by the limit of the attempt before
                self.stopped = None
        self.limits, self.notebook, self.usage = limits, None, {}
        self._started = time.monotonic()

    def cancel(self, text: str, name: str = "Stopped") -> None:
        """End the run, also one that has not begun; its notebook says why."""
        with self._lock:
            self.stopped = self.stopped or RunStopped(name, text)
            if self._kill:
                self._kill()

    @contextlib.contextmanager
    def can_kill(self, kill: Callable[[], None]):
        """While the block runs, have ``kill`` called when the run is cancelled or its time is over."""
        with self._lock:
            self._kill = kill
        if self.stopped:
            kill()
        timer = None
        if self.limits.run:
            left = max(0.0, self.limits.run - (time.monotonic() - self._started))
            text = f"The run took longer than {self.limits.run:g} seconds."
            timer = threading.Timer(left, self.cancel, (text, "RunTimeoutError"))
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            with self._lock:
                self._kill = None
            if timer:
                timer.cancel()


def import_papermill() -> None:
    """Import papermill and the engines, without a second spent on a grammar that notebooks never need.

    ``jsonschema`` builds it for one text format when ``rfc3987_syntax`` can be imported.
    """
    name = "rfc3987_syntax"
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None
    try:
        engines = importlib.import_module("papermill.engines").papermill_engines
        engines.register("lnregions", fork_engine)  # the entry points may not be installed
        engines.register("lnregions-ordinary", ordinary_engine)
    finally:
        if hidden:
            sys.modules.pop(name, None)


def run_notebook(task: Task, folder: Path, control: RunControl | None = None) -> dict:
    """Execute one notebook in its folder and write it there, also as HTML, also when it fails.

    Parameters
    ----------
    task : Task
    folder : Path
        Working folder of the run, created if absent, which ends as the folder of its results.
    control : RunControl, optional
        The means to cancel it.

    Returns
    -------
    dict
        ``status`` (done, failed, stopped), ``attempts``, ``seconds``, ``cpu_seconds``, ``peak_memory`` and
        ``own_memory`` in bytes, ``error`` (None or cell, name, text, source); ``unwritten`` is True when the
        results could not be written. Files made by a run that failed are removed, since any of them could be
        half-written.
    """
    import_papermill()
    control = control or RunControl()
    before = set(folder.iterdir()) if folder.is_dir() else set()
    for attempt in range(1, task.retries + 2):  # noqa: B007 - the number of the last one is recorded
        control.begin(task.limits)
        started, thread = time.perf_counter(), time.thread_time()
        error, unwritten = _execute(task, folder, control), None
        if control.notebook is not None:
            unwritten = _finish(task, folder, control, keep=before if error else None)
        error = error or unwritten
        status = "done" if error is None else "stopped" if error["name"] == "Stopped" else "failed"
        if status != "failed":
            break
    usage = control.usage
    return {
        "status": status,
        "attempts": attempt,
        "seconds": round(time.perf_counter() - started, 3),
        "cpu_seconds": round(usage.get("cpu_seconds", 0.0) + time.thread_time() - thread, 3),
        "peak_memory": usage.get("peak_memory"),
        "own_memory": usage.get("own_memory"),
        "error": error,
        "unwritten": unwritten is not None,
    }


def _execute(task: Task, folder: Path, control: RunControl) -> dict | None:
    """What went wrong in the run, or None; the executed notebook is in the control."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = task.source.decode(json.detect_encoding(task.source))  # with or without a byte order mark
        notebook = nbformat.reads(text, as_version=4)
        notebook.metadata.setdefault("kernelspec", dict(_PYTHON))
        papermill.execute_notebook(
            notebook,
            None,
            dict(task.parameters),
            engine_name=task.engine,
            request_save_on_cell_execute=False,
            progress_bar=False,
            resources={"metadata": {"path": str(folder)}},  # papermill's cwd is os.chdir, for all threads
            control=control,
        )
    except PapermillExecutionError as error:
        cells = [cell for cell in control.notebook.cells if cell.cell_type == "code"]
        has_error = [any(output.output_type == "error" for output in cell.outputs) for cell in cells]
        place = has_error.index(True) + 1 if True in has_error else None
        source = error.source.strip().splitlines()
        return _error(error.ename, _ANSI.sub("", error.evalue).strip(), place, source[0] if source else "")
    except Exception as error:
        stopped = control.stopped
        return _error(stopped.name if stopped else type(error).__name__, str(stopped or error) or repr(error))
    return None


def _error(name: str, text: str, cell: int | None = None, source: str = "") -> dict:
    return {"cell": cell, "name": name, "text": text, "source": source}


def _finish(task: Task, folder: Path, control: RunControl, *, keep: set[Path] | None) -> dict | None:
    """Write the notebook and its page; the error if that fails. Of a failed run, other new files are removed."""
    import nbformat

    notebook = control.notebook
    clean_notebook(notebook, source_name=task.name, folder=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode | 0o700)
        for path in set(folder.iterdir()) - keep if keep is not None else ():
            remove_tree(path)
        keep_plain(folder)
        text = nbformat.writes(notebook, version=4)
        (folder / f"{task.name}.ipynb").write_bytes(text.encode("utf-8", "replace") + b"\n")
        if task.html:
            page = notebook_page.notebook_html(notebook, language=task.language, title=task.name)
            (folder / f"{task.name}.html").write_bytes(page.encode("utf-8", "replace"))
    except OSError as failure:
        text = f"The results could not be written: {failure.strerror or failure}."
        return _error(type(failure).__name__, without_folder(text, str(folder)))
    return None


def sign_notebook(path: Path) -> bool:
    """Sign an executed notebook, so that this user's JupyterLab shows all its outputs.

    Returns
    -------
    bool
        Whether it will be trusted; False where Jupyter's folder of this user cannot be written, which keeps
        nothing else from being done.
    """
    with _SIGNING, contextlib.suppress(Exception):
        import nbformat
        from nbformat.sign import NotebookNotary

        notary = NotebookNotary()
        with contextlib.closing(notary.store) as store:
            notary.sign(nbformat.read(path, as_version=4))
            return store.db_file != ":memory:"  # its place when the file cannot be written
    return False


class PapermillEngine:
    """An engine as papermill's entry points need it: found without importing papermill.

    papermill loads entry points while it is itself being imported.
    """

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str):
        return getattr(getattr(importlib.import_module("lnregions.batch.engine"), self._name), attribute)


fork_engine = PapermillEngine("ForkEngine")
ordinary_engine = PapermillEngine("OrdinaryEngine")
