"""One run: a notebook with its parameters, run by papermill in a private folder, cleaned and exported."""

import contextlib
import importlib
import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnregions.batch.clean import clean_notebook, without_paths
from lnregions.files import keep_plain, remove_tree

_IMPORT_LOCK = threading.Lock()
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
        Seconds.
    memory : int or None
        Bytes beyond what the run shares with the warm process.
    """

    cell: float | None = None
    run: float | None = None
    memory: int | None = None


def papermill_modules() -> None:
    """Import papermill and the engines once, without a second spent on checks that notebooks never need.

    ``jsonschema`` builds a grammar for one rare text format when ``rfc3987_syntax`` can be imported; the
    notebook schema does not use that format.
    """
    with _IMPORT_LOCK:
        name = "rfc3987_syntax"
        hidden = name not in sys.modules
        if hidden:
            sys.modules[name] = None
        try:
            from lnregions.batch.kernels import register_engines

            register_engines()
        finally:
            if hidden:
                sys.modules.pop(name, None)


def run_notebook(
    source: bytes,
    folder: Path,
    *,
    name: str,
    parameters: Mapping[str, object],
    language: str = "en",
    engine: str = "lnregions",
    control=None,
    html: bool = True,
) -> dict:
    """Execute one notebook in its folder and write it there, also as HTML, also when it fails.

    Parameters
    ----------
    source : bytes
        The notebook as stored.
    folder : Path
        Working folder of the run, which ends as the folder of its results; the caller brings it to the disk.
    name : str
        Name of the notebook without ending.
    parameters : mapping
        Checked values.
    language : {"en", "zh"}
        Language of the page.
    engine : {"lnregions", "lnregions-ordinary"}
        Papermill's engine.
    control : RunControl, optional
        Limits, and the means to stop.

    Returns
    -------
    dict
        ``status`` (done, failed, stopped), ``seconds``, ``cpu_seconds``, ``peak_memory`` and ``own_memory``
        in bytes, ``error`` (None or cell, name, text, source); ``unwritten`` is True when the results could
        not be written. A run that did not end well leaves its notebook and page only: any other file could
        be half-written.
    """
    papermill_modules()
    from lnregions.batch.kernels import RunControl

    control = control or RunControl()
    control.folder, control.synced = str(folder), True
    started, thread = time.perf_counter(), time.thread_time()
    notebook, error = _execute(source, parameters=dict(parameters), engine=engine, control=control)
    unwritten = None
    if notebook is not None:
        clean_notebook(notebook, source_name=name, folder=str(folder))
        try:
            _make_room(folder, keep=error is None)
            _write(notebook, folder=folder, name=name, language=language, html=html)
        except OSError as fault:
            unwritten = _unwritten(fault, folder)
            error = error or unwritten
    status = "done" if error is None else "stopped" if error["name"] == "Stopped" else "failed"
    cpu = control.usage.get("cpu_seconds", 0.0) + time.thread_time() - thread
    return {
        "status": status,
        "seconds": round(time.perf_counter() - started, 3),
        "cpu_seconds": round(cpu, 3),
        "peak_memory": control.usage.get("peak_memory"),
        "own_memory": control.usage.get("own_memory"),
        "error": error,
        "unwritten": unwritten is not None,
    }


def _make_room(folder: Path, *, keep: bool) -> None:
    """Leave what the run made in its folder, or nothing, and only what can be kept."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(folder.stat().st_mode | 0o700)
    for path in [] if keep else list(folder.iterdir()):
        remove_tree(path)
    keep_plain(folder)


def _unwritten(fault: OSError, folder: Path) -> dict:
    text = f"The results could not be written: {fault.strerror or fault}."
    return {
        "cell": None,
        "name": type(fault).__name__,
        "text": without_paths(text, str(folder)),
        "source": "",
    }


def _execute(source: bytes, *, parameters: dict, engine: str, control) -> tuple[object, dict | None]:
    """Executed notebook, and what went wrong in it."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        notebook = nbformat.reads(read_text(source), as_version=4)
        notebook.metadata.setdefault("kernelspec", dict(_PYTHON))
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters,
            engine_name=engine,
            request_save_on_cell_execute=False,
            progress_bar=False,
            control=control,
        )
    except PapermillExecutionError as error:
        return control.notebook, _cell_error(error, control.notebook)
    except Exception as error:
        text = str(error) or repr(error)
        return control.notebook, {"cell": None, "name": type(error).__name__, "text": text, "source": ""}
    return executed, None


def read_text(source: bytes) -> str:
    """Text of a notebook file, with or without a byte order mark.

    Examples
    --------
    >>> read_text("{}".encode("utf-8-sig"))
    '{}'
    """
    return source.decode(json.detect_encoding(source))


def _cell_error(error, notebook) -> dict:
    text = _ANSI.sub("", error.evalue).strip()
    cells = [c for c in notebook.cells if c.cell_type == "code" and "papermill-error" not in str(c.get("id"))]
    place = next((i for i, c in enumerate(cells, 1) if _is_failed(c)), None)
    lines = error.source.strip().splitlines()
    return {"cell": place, "name": error.ename, "text": text, "source": lines[0] if lines else ""}


def _is_failed(cell) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _write(notebook, *, folder: Path, name: str, language: str, html: bool) -> None:
    import nbformat

    text = nbformat.writes(notebook, version=4)
    (folder / f"{name}.ipynb").write_bytes(text.encode("utf-8", "replace") + b"\n")
    if html:
        export = importlib.import_module("lnregions.pages.notebook_page")
        page = export.notebook_html(notebook, language=language, title=name)
        (folder / f"{name}.html").write_bytes(page.encode("utf-8", "replace"))


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
            return store.db_file != ":memory:"  # where it turns to when the file cannot be written
    return False
