"""Remove from an executed notebook what differs from run to run: times, random ids, this machine's paths."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

import lnregions
from lnregions.paths import root

_CELL_FILE = re.compile(r"[^\s\"'(<>]*ipykernel_\d+[/\\]")
_OWN_TEMPORARY = re.compile(r"(<temporary>)/lnregions-\w+/run-\w+")
_ADDRESS = r"(?:https?|ftp)://[^\s\"'<>]+"
_WIDGETS = "application/vnd.jupyter.widget-state+json"


def clean_notebook(notebook, *, source_name: str, folder: str) -> None:
    """Remove from an executed notebook what differs from run to run: times, random ids, this machine's paths.

    Cells keep papermill's state (completed or failed); a cell that was never reached has none.
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
        for output in cell.get("outputs", []):
            _clean_output(output, folder)
    _number_widgets(notebook)


def _clean_output(output, folder: str) -> None:
    for name in ("text", "evalue"):
        if name in output:
            output[name] = without_paths(output[name], folder)
    if "traceback" in output:
        output["traceback"] = [without_paths(line, folder) for line in output.traceback]
    for kind, value in output.get("data", {}).items():
        if isinstance(value, str) and (kind.startswith("text/") or kind.endswith("xml")):
            output["data"][kind] = without_paths(value, folder)


def without_paths(text: str, folder: str = "") -> str:
    """Text with the paths of this machine replaced by words: run folder, environment, home, temporary files.

    Web addresses stay as they are.

    Examples
    --------
    >>> without_paths("/tmp/ipykernel_123/77.py:1: UserWarning", "/srv/out/x")
    '77.py:1: UserWarning'
    >>> without_paths("/srv/out/x/a.png is not https://example.org/srv/out/x/a.png", "/srv/out/x")
    './a.png is not https://example.org/srv/out/x/a.png'
    """
    if "ipykernel_" in text:  # the search looks back from every place of a long text
        text = _CELL_FILE.sub("", text)
    words = {path: word for path, word in _words(folder).items() if path in text}
    if not words:
        return text
    paths = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    text = re.sub(rf"{_ADDRESS}|(?:{paths})(?![\w-])", lambda found: words.get(found[0], found[0]), text)
    return _OWN_TEMPORARY.sub(r"\1", text)


def _words(folder: str) -> dict[str, str]:
    """Word for each path of this machine; the first word of a path counts."""
    words = [(os.path.realpath(folder), "."), (folder, ".")] if folder else []
    words += [(os.path.dirname(os.path.dirname(json.__file__)), "<python>")]
    words += [(path, "<packages>") for path in sys.path if path.endswith("-packages")]
    words += [(sys.prefix, "<environment>"), (str(root()), "<lnregions>")]
    words += [(str(Path(lnregions.__file__).parent), "<lnregions>/lnregions")]
    words += [(tempfile.gettempdir(), "<temporary>"), (os.path.expanduser("~"), "~")]
    return {path: word for path, word in reversed(words) if len(path) > 3}


def _number_widgets(notebook) -> None:
    """Number the widgets' ids, which are random, in their order of creation."""
    import nbformat

    state = notebook.metadata.get("widgets", {}).get(_WIDGETS, {}).get("state", {})
    numbers = {old: f"{number:032x}" for number, old in enumerate(state, 1)}
    if numbers:
        text = json.dumps([notebook.metadata, notebook.cells])
        text = re.sub("|".join(map(re.escape, numbers)), lambda found: numbers[found[0]], text)
        notebook.metadata, notebook.cells = map(nbformat.from_dict, json.loads(text))
