"""One run: a notebook executed by papermill in its folder, cleaned, exported as HTML, and signed."""

import contextlib
import importlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lnregions.batch import notebook_page
from lnregions.batch.fork import Preload
from lnregions.batch.manifest import files_below
from lnregions.batch.selection import Run
from lnregions.files import keep_plain, remove_tree

ENGINES = {"warm": "lnregions", "ordinary": "lnregions-ordinary"}
"""Papermill's name of each engine of a render."""
_SIGNING = threading.Lock()  # two first notaries at a time would each make a secret
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_HINTS = {
    "No such file|File `.*` not found": ". A run has a working folder of its own, in which a file or folder that is "
    "given with --reads lies by its name",
    "No module named": ". Install it beside lnregions; one that lies beside the notebook is given with --reads",
    "No (such )?kernel name": ". Install it, or choose Python 3 in JupyterLab and save the notebook",
    "not support input requests": ". Nobody answers in a batch: make the value a parameter",
}
"""What to do about an error of a notebook, by a pattern of its text."""
_START_SECONDS = 600
"""How long a kernel may take to answer, what the fork server loads before it included; one that dies is noticed."""
_CELL_FILE = re.compile(r"[^\s\"'(<>]*ipykernel_\d+[/\\]")
"""Folder that ipykernel names in warnings and tracebacks, after its process."""
_WIDGETS = "application/vnd.jupyter.widget-state+json"


@dataclass(frozen=True)
class Settings:
    """How a render works, as opposed to what it renders; a limit of None is none.

    A change in the user's own files is a reason to run again; they lie in the working folder of each run.
    """

    jobs: int = 2  # runs at a time
    engine: str = "warm"  # forks kernels from a process that has the libraries; ordinary starts one a run
    force: bool = False  # run everything, also what is up to date
    html: bool = True  # write a page beside each notebook
    cell_timeout: float | None = None  # seconds that a cell may take
    run_timeout: float | None = None  # seconds that a run may take
    batch_timeout: float | None = None  # seconds that the whole render may take
    memory: int | None = None  # bytes that each process of a run may allocate beyond what it begins with
    retries: int = 0  # how often a failed run is tried again
    own: tuple = ()  # paths of further files and folders that runs read
    preload: Preload = field(default_factory=Preload)  # what the fork server loads
    scheduler: str = ""  # address of a Dask scheduler that does the runs; empty: this machine does


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
        self.begin(Settings())

    def begin(self, settings: Settings) -> None:
        """Begin an attempt, from which the seconds of its limit are counted."""
        with self._lock:
            if self.stopped and self.stopped.name != "Stopped":  # by the limit of the attempt before
                self.stopped = None
        self.settings, self.notebook, self.usage = settings, None, {}
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
        limit = self.settings.run_timeout
        left = max(0.0, self._started + limit - time.monotonic()) if limit else threading.TIMEOUT_MAX
        text = f"The run took longer than {limit or 0:g} seconds."
        timer = threading.Timer(left, self.cancel, (text, "RunTimeoutError"))
        timer.daemon = True
        with self._lock:
            self._kill = kill
        if self.stopped:
            kill()
        timer.start()
        try:
            yield
        finally:
            with self._lock:
                self._kill = None
            timer.cancel()


def import_papermill() -> None:
    """Import papermill and the engines, without a second spent on a grammar that notebooks never need.

    ``jsonschema`` builds it for one text format when ``rfc3987_syntax`` can be imported.
    """
    grammar = sys.modules.setdefault("rfc3987_syntax")  # None, if absent, keeps it from being imported
    engines = importlib.import_module("papermill.engines").papermill_engines
    engines.register("lnregions", fork_engine)  # the entry points may not be installed
    engines.register("lnregions-ordinary", ordinary_engine)
    translators = importlib.import_module("papermill.translators")

    class Translator(translators.PythonTranslator):  # papermill's writes a tuple as its text
        @classmethod
        def translate(cls, val):
            return f"(*{cls.translate(list(val))},)" if isinstance(val, tuple) else super().translate(val)

    translators.papermill_translators.register("python", Translator)
    if grammar is None:
        sys.modules.pop("rfc3987_syntax", None)


def run_notebook(run: Run, folder: Path, settings: Settings, control: RunControl | None = None) -> dict:
    """Execute one notebook in its folder and write it there, also as HTML, also when it fails.

    The folder is made if it is not there; other files of a run that failed are removed from it, since any of them
    could be half-written. `control` is the means to cancel the run.

    Returns
    -------
    dict
        ``status`` (done, failed, stopped), ``attempts``, ``seconds``, ``cpu_seconds``, ``peak_memory`` and
        ``own_memory`` in bytes, ``left_out`` (kinds of outputs that its page cannot show), ``error`` (None or cell,
        name, text, source), and ``unwritten``: whether the results could not be written.
    """
    import_papermill()
    control = control or RunControl()
    before = set(folder.iterdir()) if folder.is_dir() else set()
    for attempt in range(1, settings.retries + 2):  # noqa: B007 - the number of the last one is recorded
        control.begin(settings)
        started, thread = time.perf_counter(), time.thread_time()
        error, unwritten = _execute(run, folder, control), None
        if control.notebook is not None:
            unwritten = _write(run, folder, control, keep=before if error else None)
        error, control.notebook = error or unwritten, None  # the outputs of hundreds of runs fill a memory
        if error is None or error["name"] == "Stopped":
            break
    cpu_seconds = control.usage.pop("cpu_seconds", 0.0) + time.thread_time() - thread
    measured = {"seconds": round(time.perf_counter() - started, 3), "cpu_seconds": round(cpu_seconds, 3)}
    return run_record(error, attempts=attempt, **measured, **control.usage, unwritten=unwritten is not None)


def run_record(error: dict | None, **measured) -> dict:
    """What the manifest says of how a run went."""
    status = "done" if error is None else "stopped" if error["name"] == "Stopped" else "failed"
    nothing = {"attempts": 1, "seconds": 0.0, "cpu_seconds": 0.0, "peak_memory": None, "own_memory": None}
    return {"status": status, **nothing, "left_out": [], **measured, "error": error}


def run_error(error: BaseException, text: str = "") -> dict:
    """What the manifest says of an error outside the cells of a notebook."""
    name = error.name if isinstance(error, RunStopped) else type(error).__name__
    return {"cell": None, "name": name, "text": text or str(error) or repr(error), "source": ""}


def _execute(run: Run, folder: Path, control: RunControl) -> dict | None:
    """What went wrong in the run, or None; the executed notebook is in the control."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _link(control.settings.own, folder, own_folder=str(run.parameters.get("figures") or ""))
        notebook = nbformat.reads(run.notebook.source.decode(), as_version=4)
        papermill.execute_notebook(
            notebook, None, dict(run.parameters), engine_name=ENGINES[control.settings.engine], control=control,
            request_save_on_cell_execute=False, progress_bar=False, start_timeout=_START_SECONDS,
            resources={"metadata": {"path": str(folder)}},  # papermill's cwd is os.chdir, for all threads
        )  # fmt: skip
    except PapermillExecutionError as error:
        cells = [cell for cell in control.notebook.cells if cell.cell_type == "code"]
        kinds = ([output.output_type for output in cell.outputs] for cell in cells)
        failed = [number for number, own in enumerate(kinds, 1) if "error" in own]  # papermill names the last
        text, source = _ANSI.sub("", error.evalue).strip(), (error.source.strip().splitlines() or [""])[0]
        text = _with_hint(text)
        return {"cell": failed[-1] if failed else None, "name": error.ename, "text": text, "source": source}
    except Exception as error:
        return run_error(control.stopped or error, "" if control.stopped else _with_hint(str(error)))
    return None


def _with_hint(text: str) -> str:
    hint = next((hint for pattern, hint in _HINTS.items() if re.search(pattern, text)), "")
    return text.rstrip("." if hint else "") + hint


def _link(own: Iterable[Path | str], folder: Path, *, own_folder: str) -> None:
    """Link the user's files in the working folder of a run, those of a folder in one of its name."""
    for path in (Path(os.path.abspath(one)) for one in own):
        names = files_below(path) if path.is_dir() and path.name != own_folder else [""] * path.is_file()
        for name in names:
            if not os.path.lexists(link := folder / path.name / name):
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path / name)


def _write(run: Run, folder: Path, control: RunControl, *, keep: set[Path] | None) -> dict | None:
    """Write the notebook and its page; the error if that fails. Of a failed run, other new files are removed."""
    import nbformat

    name, notebook = run.notebook.name, control.notebook
    clean_notebook(notebook, source_name=name, folder=str(folder))
    notebook = notebook_page.localised(notebook, language=run.language)
    files = {"ipynb": nbformat.writes(notebook, version=4) + "\n"}
    if control.settings.html:
        files["html"] = notebook_page.notebook_html(
            notebook, language=run.language, title=name, folder=folder
        )
        control.usage["left_out"] = notebook_page.LEFT_OUT.findall(files["html"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode | 0o700)
        for path in set(folder.iterdir()) - keep if keep is not None else ():
            remove_tree(path)
        remove_tree(folder / "__pycache__")
        keep_plain(folder)
        for ending, text in files.items():
            (folder / f"{name}.{ending}").write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        text = f"The results could not be written: {error.strerror or error}."
        return run_error(error, without_folder(text, str(folder)))
    return None


def clean_notebook(notebook, *, source_name: str, folder: str) -> None:
    """Remove from an executed notebook what differs from run to run.

    Cells keep papermill's state (completed or failed); a cell that was never reached has none. The working folder,
    whose name is random, becomes ``.``; anything else that was printed stays as it is.
    """
    parameters = notebook.metadata.pop("papermill", {}).get("parameters", {})
    notebook.metadata["papermill"] = {"parameters": parameters, "input_path": source_name}
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop("execution", None)
        state = (cell.metadata.pop("papermill", None) or {}).get("status")
        if cell.cell_type == "code" and state in ("completed", "failed"):
            cell.metadata["papermill"] = {"status": state}
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        elif "papermill-error-cell-tag" in tags:
            cell["id"] = f"papermill-error-{number}"
        elif "id" in cell and notebook.get("nbformat_minor", 0) < 5:
            cell["id"] = f"cell-{number}"
        if cell.get("outputs"):
            cell.outputs = _join_streams(cell.outputs)
        for output in cell.get("outputs", []):
            _clean_output(output, folder)
    _number_widgets(notebook)


def _join_streams(outputs: list) -> list:
    """One output for each stream, as nbclient's ``coalesce_streams``, whose time grows with the square of a line."""
    streams = {output.name: [] for output in outputs if output.output_type == "stream"}
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            kept += [] if streams[output.name] else [output]
            streams[output.name].append(output.text)
        else:
            kept.append(output)
    for number, output in enumerate(kept):
        if output.output_type == "stream":
            lines = "".join(streams[output.name]).split("\n")
            # as a terminal shows lines in which carriage returns go back to the beginning
            output["text"] = "\n".join(line[line.rstrip("\r").rfind("\r") + 1 :] for line in lines)
            if number and output.name == "stdout" and kept[number - 1].get("name") == "stderr":
                kept[number - 1 : number + 1] = [output, kept[number - 1]]  # which arrives first is chance
    return kept


def _clean_output(output, folder: str) -> None:
    has_cell_files = output.output_type == "error" or output.get("name") == "stderr"

    def clean(value):
        if isinstance(value, list):
            return [clean(line) for line in value]
        value = without_folder(value, folder) if isinstance(value, str) else value
        # the search looks back from every place
        return _CELL_FILE.sub("", value) if has_cell_files and "ipykernel_" in value else value

    output |= {name: clean(output[name]) for name in ("evalue", "traceback", "text") if name in output}
    data = output.get("data", {})
    data |= {kind: clean(data[kind]) for kind in data if kind.startswith("text/") or kind.endswith("xml")}


def without_folder(text: str, folder: str) -> str:
    """Text with a folder named as ``.``.

    Examples
    --------
    >>> without_folder("/srv/out/x/a.png is not https://example.org/srv/a.png", "/srv/out/x")
    './a.png is not https://example.org/srv/a.png'
    """
    return text.replace(os.path.realpath(folder), ".").replace(folder, ".")


def _number_widgets(notebook) -> None:
    """Number the widgets' ids, which are random, in their order of creation."""
    import nbformat

    state = notebook.metadata.get("widgets", {}).get(_WIDGETS, {}).get("state", {})
    numbers = {old: f"{number:032x}" for number, old in enumerate(state, 1)}
    if numbers:
        text = json.dumps([notebook.metadata, notebook.cells])
        text = re.sub("|".join(map(re.escape, numbers)), lambda found: numbers[found[0]], text)
        notebook.metadata, notebook.cells = map(nbformat.from_dict, json.loads(text))


def sign_notebook(path: Path) -> bool:
    """Sign an executed notebook, so that this user's JupyterLab shows all its outputs; whether it will be trusted.

    Where Jupyter's folder of this user cannot be written it will not, which keeps nothing else from being done.
    """
    with _SIGNING, contextlib.suppress(Exception):
        import nbformat
        from nbformat.sign import NotebookNotary

        notary = NotebookNotary()
        with contextlib.closing(notary.store) as store:
            notary.sign(nbformat.read(path, as_version=4))
            return store.db_file != ":memory:"  # its place when the file cannot be written
    return False


class LazyEngine:
    """An engine that is imported when it is used: papermill loads its entry points while it is being imported."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str):
        return getattr(getattr(importlib.import_module("lnregions.batch.engine"), self._name), attribute)


fork_engine, ordinary_engine = LazyEngine("ForkEngine"), LazyEngine("OrdinaryEngine")
