"""What a notebook may be given: its parameters cell read strictly, values checked before anything runs."""

import ast
import builtins
import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnregions.batch.parameters_cell import CellError, Choices, Parameter, is_python, read_cells
from lnregions.errors import DataError, Fault, quote, refuse_any, shown_path, unknown_fault
from lnregions.paths import notebooks_dir

_WANTED = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "True or False", "list": "a list",
    "dict": "a mapping", "tuple": "a tuple", "set": "a set",
}  # fmt: skip
_EXAMPLES = {"str": "''", "int": "2024", "float": "0.5", "bool": "True", "list": "[1, 2]", "dict": "{'a': 1}"}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


@dataclass(frozen=True)
class Notebook:
    """One notebook that can be rendered.

    Attributes
    ----------
    name : str
        File name without its ending.
    path : Path
    parameters : tuple of Parameter
    over : str
        The parameter that is run over; empty if the notebook runs once.
    batch : bool
        Whether a render of everything takes it.
    mark : str
        Hash of all that a run of it depends on: not of outputs, counts, ids and what else a save changes.
    """

    name: str
    path: Path
    parameters: tuple[Parameter, ...]
    over: str = ""
    batch: bool = True
    mark: str = ""

    def parameter(self, name: str) -> Parameter | None:
        """Parameter of that name, if the notebook has it."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def list_notebooks(folder: Path | str | None = None, *, choices: Choices | None = None) -> list[Notebook]:
    """Notebooks of a folder in order of their names, with parameters, defaults and choices.

    Parameters
    ----------
    folder : path, optional
        A folder or one notebook; the project's own notebooks if absent.
    choices : mapping of str to list of str, optional
        What each named parameter may be, for example the plan's regions.

    Raises
    ------
    DataError
        No notebook there, or one that cannot be read.
    """
    folder = Path(folder) if folder is not None else notebooks_dir()
    paths = [folder] if folder.suffix == ".ipynb" and not folder.is_dir() else sorted(folder.glob("*.ipynb"))
    if not paths:
        raise DataError(
            f"No notebook is in {shown_path(folder)}. Give a folder with .ipynb files, or one such file.",
        )
    return [read_notebook(path, choices=choices) for path in paths]


def read_notebook(path: Path | str, *, choices: Choices | None = None) -> Notebook:
    """One notebook's name, parameters and batch settings, read without running it.

    Raises
    ------
    DataError
        The file is no notebook, or its parameters cell holds something else than literals.
    """
    path = Path(path)
    content = _load(path)
    settings = content.get("metadata", {}).get("lnregions", {})
    settings = settings if isinstance(settings, dict) else {}
    try:
        parameters = read_cells(content, choices=choices or {})
    except CellError as error:
        raise _notebook_error(path, str(error)) from None
    over, batch = str(settings.get("over", "")), settings.get("batch", True) is not False
    if over and not is_python(content.get("metadata", {})):  # only its own language tells what it takes
        parameters = (Parameter(over, "str", "", choices=tuple((choices or {}).get(over, ()))),)
    notebook = Notebook(path.stem, path, parameters, over, batch, _mark(content))
    if over and notebook.parameter(over) is None:
        raise _notebook_error(path, f"it is to run over {over!r}, which is none of its parameters")
    return notebook


def check_parameters(notebook: Notebook, given: Mapping[str, object]) -> dict[str, object]:
    """Given values as the notebook takes them, each of its annotated type.

    Text is read as the annotated type; a parameter annotated as text stays text (``"021000"``).

    Raises
    ------
    DataError
        All faults at once: an unknown name, a wrong type, a value that is none of the choices, no date.

    Examples
    --------
    >>> book = Notebook("a", Path("a.ipynb"), (Parameter("year", "int", 2022), Parameter("area", "str", "")))
    >>> check_parameters(book, {"year": "2025", "area": "021000"})
    {'year': 2025, 'area': '021000'}
    """
    faults, taken = [], {}
    for name, value in given.items():
        parameter = notebook.parameter(name)
        if parameter is None:
            faults.append(unknown_fault("parameter", name, [p.name for p in notebook.parameters]))
            continue
        value, fault = _check_value(notebook, parameter, value)
        taken[name] = value
        faults += [fault] if fault else []
    refuse_any(faults)
    return taken


def _check_value(notebook: Notebook, parameter: Parameter, value: object) -> tuple[object, Fault | None]:
    try:
        value = _as_type(value, parameter)
    except ValueError:
        wanted = _WANTED.get(parameter.annotation, parameter.annotation)
        wanted += " or None" if parameter.optional else ""
        is_code = parameter.annotation == "str" and not isinstance(value, str)
        quoted = "; codes keep their leading zeros only in quotes" if is_code else ""
        what = f"Parameter {parameter.name} of {notebook.name} is {quote(value)}, which is not {wanted}."
        return value, Fault(
            f"{what} Give {wanted}, as in {_example(parameter)}{quoted}.", column=parameter.name
        )
    if parameter.choices and value not in parameter.choices and value != parameter.default:
        return value, unknown_fault(_kind(parameter.name), value, parameter.choices)
    no_date = _is_date(parameter) and value and not _date_ok(str(value))
    if no_date or (isinstance(value, str) and "\0" in value):
        what = f"Parameter {parameter.name} is {quote(value)}, which is no date."
        text = f"{what} Give a date such as 2024-03-31, or leave it empty."
        return value, Fault(text, column=parameter.name)
    return value, None


def _example(parameter: Parameter) -> str:
    if parameter.default is None:
        return _EXAMPLES.get(parameter.annotation, "None")
    return repr(parameter.default)


def _as_type(value: object, parameter: Parameter) -> object:
    annotation = parameter.annotation
    if parameter.optional and (value is None or value == "None"):
        return None
    if annotation in ("str", "date"):
        if not isinstance(value, str):
            raise ValueError
        return value
    if annotation == "bool":
        known = {"true": True, "false": False}
        if isinstance(value, str) and value.casefold() in known:
            return known[value.casefold()]
        if not isinstance(value, bool):
            raise ValueError
        return value
    if annotation in ("int", "float"):
        return _as_number(value, annotation)
    if isinstance(value, str) and not isinstance(parameter.default, str):
        value = _literal(value, any_text=annotation == "Any")
    if annotation in _WANTED:
        wanted = (list, tuple) if annotation == "tuple" else getattr(builtins, annotation)
        if not isinstance(value, wanted):
            raise ValueError
        return tuple(value) if annotation == "tuple" else value
    if parameter.default is not None and not isinstance(value, type(parameter.default)):
        raise ValueError
    return value


def _literal(text: str, *, any_text: bool) -> object:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError) as error:
        if any_text:
            return text
        raise ValueError(str(error)) from None


def _as_number(value: object, annotation: str) -> float | int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", value.strip(), re.ASCII):
            raise ValueError
        return int(value) if annotation == "int" else float(value)
    if isinstance(value, int) or (
        isinstance(value, float) and annotation == "float" and abs(value) < float("inf")
    ):
        return value if annotation == "int" else float(value)
    raise ValueError


def _kind(name: str) -> str:
    return {"adcode": "area"}.get(name, name)


def _is_date(parameter: Parameter) -> bool:
    named = parameter.name == "as_of" or parameter.name.endswith("date")
    return parameter.annotation == "date" or (parameter.annotation == "str" and named)


def _date_ok(text: str) -> bool:
    found = _DATE.match(text)
    if not found:
        return False
    try:
        datetime.date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        return False
    return True


def _load(path: Path) -> dict:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise _notebook_error(path, "it cannot be read", str(error.strerror)) from None
    except (ValueError, RecursionError):
        raise _notebook_error(path, "it is not valid JSON") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise _notebook_error(path, "it has no list of cells")
    if not isinstance(content.get("metadata", {}), dict) or content.get("nbformat") != 4:
        raise _notebook_error(path, "it is not of notebook format 4")
    return content


_CELL_PARTS = ("cell_type", "attachments")
_CELL_METADATA = ("tags", "jupyter", "format", "raw_mimetype")


def _mark(content: dict) -> str:
    """Hash of what a run of a notebook depends on; saving it unchanged in JupyterLab leaves it as it is."""
    metadata = content.get("metadata", {})
    kernel = metadata.get("kernelspec")
    parts = [_cell_mark(cell) for cell in content["cells"]]
    parts += [kernel.get("name") if isinstance(kernel, dict) else None, metadata.get("lnregions")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _cell_mark(cell: dict) -> list:
    source, metadata = cell.get("source", ""), cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    source = "".join(map(str, source)) if isinstance(source, list) else source
    return [
        source,
        {name: cell[name] for name in _CELL_PARTS if cell.get(name)},
        {name: metadata[name] for name in _CELL_METADATA if metadata.get(name)},
    ]


def _notebook_error(path: Path, what: str, detail: str = "") -> DataError:
    what += f" ({detail})" if detail else ""
    text = f"{what}. Open it in JupyterLab and save it, or mend the cell."
    return DataError([Fault(text, shown_path(path))])
