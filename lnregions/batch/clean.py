"""Remove from an executed notebook what differs from run to run: times, random ids, the run's working folder."""

import json
import os
import re

_CELL_FILE = re.compile(r"[^\s\"'(<>]*ipykernel_\d+[/\\]")
"""Folder that ipykernel names in warnings and tracebacks, after its process."""
_WIDGETS = "application/vnd.jupyter.widget-state+json"


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
            output["text"] = "\n".join(map(_overwritten, "".join(streams[output.name]).split("\n")))
            if number and output.name == "stdout" and kept[number - 1].get("name") == "stderr":
                kept[number - 1 : number + 1] = [output, kept[number - 1]]  # which arrives first is chance
    return kept


def _overwritten(line: str) -> str:
    """What a terminal shows of a line in which carriage returns go back to its beginning."""
    return line[line.rstrip("\r").rfind("\r") + 1 :]


def _clean_output(output, folder: str) -> None:
    if output.output_type == "error":
        output["evalue"] = _without_cell_files(without_folder(output.evalue, folder))
        output["traceback"] = [_without_cell_files(without_folder(x, folder)) for x in output.traceback]
    elif output.output_type == "stream":
        text = without_folder(output.text, folder)
        output["text"] = _without_cell_files(text) if output.name == "stderr" else text
    for kind, value in output.get("data", {}).items():
        if isinstance(value, str) and (kind.startswith("text/") or kind.endswith("xml")):
            output["data"][kind] = without_folder(value, folder)


def _without_cell_files(text: str) -> str:
    return (
        _CELL_FILE.sub("", text) if "ipykernel_" in text else text
    )  # the search looks back from every place


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
