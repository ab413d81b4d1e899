"""What differs from run to run is taken out of an executed notebook: times, random ids, this machine's paths."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

_CELL_FILE = re.compile(r"[^\s\"'(<>]*ipykernel_\d+[/\\]")
_KEPT_STATES = ("completed", "failed")
_OWN_TEMPORARY = re.compile(r"(<temporary>)/lnregions-\w+/run-\w+")


def clean_notebook(notebook, *, source_name: str, folder: str) -> None:
    """Take out of an executed notebook what differs from run to run: times, random ids, this machine's paths.

    Cells keep papermill's state (completed or failed); a cell that was never reached has none.
    """
    books = notebook.metadata.pop("papermill", {})
    notebook.metadata["papermill"] = {"parameters": books.get("parameters", {}), "input_path": source_name}
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop("execution", None)
        state = (cell.metadata.pop("papermill", None) or {}).get("status")
        if cell.cell_type == "code" and state in _KEPT_STATES:
            cell.metadata["papermill"] = {"status": state}
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        elif "papermill-error-cell-tag" in tags or ("id" in cell and notebook.get("nbformat_minor", 0) < 5):
            cell["id"] = (
                f"papermill-error-{number}" if "papermill-error-cell-tag" in tags else f"cell-{number}"
            )
        for output in cell.get("outputs", []):
            _clean_output(output, folder)
    _fixed_widget_ids(notebook)


def _clean_output(output, folder: str) -> None:
    if output.output_type == "stream":
        output["text"] = without_paths(output.text, folder)
    elif output.output_type == "error":
        output["evalue"] = without_paths(output.evalue, folder)
        output["traceback"] = [without_paths(line, folder) for line in output.traceback]
    else:
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str) and (kind.startswith("text/") or kind.endswith("xml")):
                output["data"][kind] = without_paths(value, folder)


def without_paths(text: str, folder: str = "") -> str:
    """Text with the places of this machine taken out: run folder, environment, home, temporary files.

    Examples
    --------
    >>> without_paths("/tmp/ipykernel_123/77.py:1: UserWarning", "/srv/out/x")
    '77.py:1: UserWarning'
    """
    if "/" not in text and "\\" not in text:
        return text
    if "ipykernel_" in text:  # the search looks back from every place of a long text
        text = _CELL_FILE.sub("", text)
    for place, word in _places(folder):
        text = text.replace(place, word)
    return _OWN_TEMPORARY.sub(r"\1", text)


def _places(folder: str) -> list[tuple[str, str]]:
    from lnregions.paths import root

    places = [(os.path.realpath(folder), "."), (folder, ".")] if folder else []
    places += [(os.path.dirname(os.path.dirname(json.__file__)), "<python>")]
    places += [(path, "<packages>") for path in sys.path if path.endswith("-packages")]
    places += [(sys.prefix, "<environment>"), (str(root()), "<lnregions>")]
    places += [
        (str(Path(__file__).parents[1]), "<lnregions>/lnregions"),
        (tempfile.gettempdir(), "<temporary>"),
    ]
    places += [(os.path.expanduser("~"), "~")]
    return [(place, word) for place, word in places if len(place) > 3]


def _fixed_widget_ids(notebook) -> None:
    """Number the widgets' ids, which are random, in their order of creation."""
    state = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    known = {old: f"{number:032x}" for number, old in enumerate(state.get("state", {}), 1)}
    if not known:
        return
    pattern = re.compile("|".join(map(re.escape, known)))
    text = pattern.sub(lambda found: known[found[0]], json.dumps([notebook.metadata, notebook.cells]))
    import nbformat

    metadata, cells = (nbformat.from_dict(part) for part in json.loads(text))
    notebook.metadata, notebook.cells = metadata, cells
