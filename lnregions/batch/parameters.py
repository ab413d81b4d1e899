"""Notebooks and their parameters: the parameters cell parsed without running it, values validated before a run."""

import ast
import contextlib
import datetime
import functools
import hashlib
import io
import json
import re
import tokenize
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pydantic
from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError, WrapValidator
from typing_extensions import TypedDict

from lnregions.errors import DataError, Fault, quote, shown_path, unknown_fault
from lnregions.paths import notebooks_dir

Choices = Mapping[str, Sequence[str]]
"""Values that a parameter may take, by its name."""
_TYPES = {one.__name__: one for one in (str, int, float, bool, list, dict, tuple, set)} | {
    "Any": typing.Any, "Dict": dict, "List": list, "Literal": typing.Literal, "Optional": typing.Optional,
    "Set": set, "Tuple": tuple, "Union": typing.Union, "typing": typing, "date": str,
    "datetime": SimpleNamespace(date=str), "__builtins__": {},
}  # fmt: skip
"""All that an annotation may name."""
_WANTED = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "True or False", "list": "a list",
    "dict": "a mapping with text as keys", "tuple": "a tuple",
    "Any": "text, a finite number, True, False, None, or a list or mapping of these",
}  # fmt: skip
_DATE = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)
_NUMBER = set("0123456789+-.eE")
_CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_PYTHON = {"name": "python3", "language": "python", "display_name": "Python 3 (ipykernel)"}
"""Kernel of a notebook that names none."""
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_FLOAT = re.compile(
    r"[-+]?((\d+\.\d*|\.\d+)([eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.(inf|Inf|INF))|\.(nan|NaN|NAN)", re.ASCII
)


@dataclass(frozen=True)
class Parameter:
    """One assignment of a parameters cell."""

    name: str
    annotation: str  # its type; that of the default where it has no annotation, or one that is not known here
    default: object  # the literal; None where it is computed
    comment: str = ""
    choices: tuple = ()  # what it may be, from Literal[...] or from the caller; empty if anything of its type

    @property
    def is_date(self) -> bool:
        """Whether its text must be a date."""
        named = self.annotation == "str" and (self.name == "as_of" or self.name.endswith("date"))
        return named or re.search(r"\bdate\b", self.annotation) is not None


@dataclass(frozen=True, eq=False)
class Notebook:
    """One notebook that can be rendered; its name is that of the file without its ending."""

    name: str
    path: Path
    parameters: tuple[Parameter, ...]
    over: str = ""  # the parameter whose values it is run for, one run each; empty if it runs once
    batch: bool = True  # whether a render of everything takes it
    plain: bool = False  # whether it has no settings of the batch of its own: no lnregions in its metadata
    mark: str = ""  # hash of all that a run of it depends on: not of outputs, counts, ids and what else saving changes
    source: bytes = field(default=b"", repr=False)

    def parameter(self, name: str) -> Parameter | None:
        """Parameter of that name, if the notebook has it."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def list_notebooks(folder: Path | str | None = None, *, choices: Choices | None = None) -> list[Notebook]:
    """Notebooks of a folder in order of their names, or one notebook; without a folder the project's own.

    ``choices`` say what each named parameter may be, for example the plan's regions.

    Raises
    ------
    DataError
        No notebook there, or one that cannot be read.
    """
    folder = Path(folder) if folder is not None else notebooks_dir()
    is_file = folder.suffix.lower() == ".ipynb" and not folder.is_dir()
    paths = [folder] if is_file else sorted(folder.glob("*.ipynb"))
    if not paths:
        remedy = "Give a folder with .ipynb files, or one such file."
        raise DataError(f"No notebook is in {shown_path(folder)}. {remedy}")
    return [read_notebook(path, choices=choices) for path in paths]


def read_notebook(path: Path | str, *, choices: Choices | None = None) -> Notebook:
    """Name, parameters and batch settings of a notebook, read without running it.

    A notebook with ``lnregions`` metadata must have a parameters cell of literals. In any other what is no literal is a
    parameter that takes anything.

    Raises
    ------
    DataError
        The file is no notebook, its name is not UTF-8, it has two parameters cells, or one of more than literals.
    """
    path, choices = Path(path), choices or {}
    try:
        path.name.encode()
        source = path.read_bytes()
        content = _parse(source)
        own = content["metadata"].get("lnregions")
        over = str((own or {}).get("over", ""))
        if content["metadata"]["kernelspec"]["language"] == "python":
            parameters = _parameters(content["cells"], choices, strict=own is not None)
        else:  # parsed by its own kernel only
            parameters = (Parameter(over, "str", "", choices=tuple(choices.get(over, ()))),) if over else ()
        if over and all(one.name != over for one in parameters):
            raise ValueError(f"it is to run over {over!r}, which is none of its parameters")
    except UnicodeEncodeError:
        raise DataError([Fault("its name is not UTF-8. Rename it.", shown_path(path))]) from None
    except (OSError, ValueError) as error:
        text = f"it cannot be read ({error.strerror})" if isinstance(error, OSError) else str(error)
        text = f"{text}. Open it in JupyterLab and save it, or correct the cell."
        raise DataError([Fault(text, shown_path(path))]) from None
    batch, source = (own or {}).get("batch", True) is not False, json.dumps(content).encode()
    return Notebook(path.stem, path, parameters, over, batch, own is None, _mark(content), source)


def read_parameters(path: Path) -> dict[str, object]:
    """Values of a YAML file by parameter: plain values as JSON has them, anything else as its text.

    Raises
    ------
    DataError
        The file is not there, or holds something else than names and plain values.
    """
    from lnregions.tables import read_yaml  # which imports pandas

    if not path.exists():
        missing = "it does not exist. Give a YAML file of 'name: value' lines."
        raise DataError([Fault(missing, shown_path(path))])
    return {str(name): value for name, value in read_yaml(path, plain=_plain)[0].items()}


def _plain(text: str) -> object:
    """Value that stands without quotes in YAML; what YAML 1.1 guesses (dates, octal numbers, yes) stays text."""
    constants = {"": None, "~": None, "null": None, "true": True, "false": False}
    if text.casefold() in constants:
        return constants[text.casefold()]
    if re.fullmatch(r"[-+]?(0|[1-9]\d*)", text, re.ASCII):
        return int(text)
    number = text.lower().replace(".inf", "inf").replace(".nan", "nan")
    return float(number) if _FLOAT.fullmatch(text) else text


def check_parameters(notebook: Notebook, given: Mapping[str, object]) -> dict[str, object]:
    """Given values as the notebook takes them, each of its annotated type, in the order of the notebook.

    Text may spell a literal of that type; a parameter annotated as text keeps text (``"021000"``).

    Raises
    ------
    DataError
        All faults at once: an unknown name, a wrong type, a value that is none of the choices, no date, or one that
        the manifest cannot hold.

    Examples
    --------
    >>> book = Notebook("a", Path("a.ipynb"), (Parameter("year", "int", 2022), Parameter("area", "str", "")))
    >>> check_parameters(book, {"year": "2025", "area": "021000"})
    {'year': 2025, 'area': '021000'}
    """
    try:
        return _validator(notebook).validate_python(dict(given))
    except ValidationError as error:
        names = dict.fromkeys(detail["loc"][0] for detail in error.errors())
        raise DataError([_refused(notebook, name, given[name]) for name in names]) from None


@functools.cache
def _validator(notebook: Notebook) -> TypeAdapter:
    """Pydantic's validator of a notebook's parameters, which takes no others."""
    kinds = {}
    for one in notebook.parameters:
        kind = _type_of(one.annotation)
        kind = typing.Optional[kind] if one.default is None else kind  # noqa: UP045 - Any has no |
        check = AfterValidator(functools.partial(_check, one))
        kinds[one.name] = typing.Annotated[kind, check, WrapValidator(_from_text)]
    return TypeAdapter(pydantic.with_config(_STRICT)(TypedDict("Parameters", kinds, total=False)))


def _check(one: Parameter, value: object) -> object:
    """Value of a parameter, unless it is none of its choices, no date, or nothing that the manifest can hold."""
    if one.choices and value not in one.choices and value != one.default:
        raise ValueError("none of its choices")
    if one.is_date and value:
        if not _DATE.fullmatch(value):
            raise ValueError("no date")
        datetime.date.fromisoformat((value + "-01-01")[:10])
    try:
        if json.loads(json.dumps(value, allow_nan=False)) != _listed(value):
            raise ValueError("a key that is no text")
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return value


def _listed(value: object) -> object:
    """Value as JSON has it: tuples are lists."""
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


def _refused(notebook: Notebook, name: str, value: object) -> Fault:
    one = notebook.parameter(name)
    if one is None:
        return unknown_fault("parameter", name, [p.name for p in notebook.parameters])
    if one.choices and isinstance(value, type(one.choices[0])):
        return unknown_fault("area" if name == "adcode" else name, value, one.choices)
    if one.is_date and isinstance(value, str):
        text = f"Parameter {name} is {quote(value)}, which is no date. "
        return Fault(text + "Give a date such as 2024-03-31, or leave it empty.")
    wanted = _WANTED.get(one.annotation, f"a value of the type {one.annotation}")
    text = f"Parameter {name} of {notebook.name} is {quote(value)}, which is not {wanted}. Give {wanted}"
    text += "" if one.default is None else f", as in {one.default!r}"
    return Fault(text + "; codes keep their leading zeros only in quotes" * (wanted == "text") + ".")


def _from_text(value: object, validate: typing.Callable) -> object:
    """Validate the literal that a text spells, or else the text itself; a list may stand for a tuple."""
    if isinstance(value, str):
        with contextlib.suppress(ValidationError):
            return validate(_literal(value))
    if isinstance(value, list):
        with contextlib.suppress(ValidationError):
            return validate(value)
        return validate(tuple(value))
    return validate(value)


def _literal(text: str) -> object:
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    try:
        value = ast.literal_eval(text.strip())
    except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError):
        return text
    odd = isinstance(value, int | float) and not isinstance(value, bool) and not set(text.strip()) <= _NUMBER
    return text if odd or isinstance(value, str) else value


def _type_of(annotation: str) -> object:
    """Type that an annotation names; an error of any kind where it names more than ``_TYPES``."""
    return typing.get_type_hints(SimpleNamespace(__annotations__={"type": annotation}), _TYPES)["type"]


def _parameters(cells: list[dict], choices: Choices, *, strict: bool) -> tuple[Parameter, ...]:
    """Parameters of a notebook of Python; ValueError says why they cannot be taken."""
    sources = ["".join(one["source"]) for one in cells if "parameters" in (one["metadata"].get("tags") or ())]
    if len(sources) > 1:
        words = "it has more than one cell tagged parameters, and the later would undo what is given"
        raise ValueError(words)
    source, found = "".join(sources), {}
    try:
        source = source if strict else _MAGIC.sub("", source)
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        comments = {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}
        for line in ast.parse(source).body:
            if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)):
                found |= _assigned(line, comments.get(line.lineno, ""), choices=choices, strict=strict)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        if strict:
            raise ValueError(f"its parameters cell cannot be taken: {error}") from None
        return ()
    return tuple(found.values())


def _assigned(line: ast.stmt, comment: str, *, choices: Choices, strict: bool) -> dict[str, Parameter]:
    """Parameters that one statement assigns."""
    targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
    single = len(targets) == 1 and isinstance(targets[0], ast.Name) and getattr(line, "value", None)
    single = not isinstance(line, ast.AugAssign) and single
    try:
        default = ast.literal_eval(line.value) if single else None
    except (ValueError, TypeError):
        single = False
    if not single:
        if strict:
            raise ValueError(f"line {line.lineno} is no annotated literal")
        nodes = [node for target in targets if target is not None for node in ast.walk(target)]
        names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        return {name: Parameter(name, "Any", None, comment) for name in names}
    name, annotation = targets[0].id, type(default).__name__
    annotation = annotation if annotation in _TYPES else "Any"
    allowed = tuple(choices.get(name, ()))
    if isinstance(line, ast.AnnAssign):
        text = ast.unparse(line.annotation).strip("'\"")
        with contextlib.suppress(Exception):  # an annotation that is not known here
            kind = _type_of(text)
            annotation = text
            allowed = typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else allowed
    if not strict and default not in allowed:
        allowed = ()  # it only shares the name with a parameter of ours
    return {name: Parameter(name, annotation, default, comment, allowed)}


def _mapping(content: dict, key: str) -> dict:
    value = content.get(key)
    return value if isinstance(value, dict) else {}


def _parse(source: bytes) -> dict:
    try:
        content = json.loads(source)
    except (ValueError, RecursionError):
        raise ValueError("it is not valid JSON") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("it has no list of cells")
    if not isinstance(content.setdefault("metadata", {}), dict) or content.get("nbformat") != 4:
        raise ValueError("it is not of notebook format 4")
    metadata, kernel = content["metadata"], _mapping(content["metadata"], "kernelspec")
    kernel = {name: one for name, one in kernel.items() if one and isinstance(one, str)}
    language = kernel.get("language") or _mapping(metadata, "language_info").get("name") or "python"
    metadata["kernelspec"] = {"language": language} | (_PYTHON if language == "python" else {}) | kernel
    for name in ("widgets", "papermill"):  # of an earlier run
        metadata.pop(name, None)
    if not isinstance(metadata.get("lnregions", {}), dict):
        del metadata["lnregions"]
    content["cells"] = [_cell(cell, number) for number, cell in enumerate(cells, 1)]
    minor, ids = content.get("nbformat_minor"), set()
    content["nbformat_minor"] = minor if isinstance(minor, int) else 5
    for number, (cell, before) in enumerate(zip(content["cells"], cells, strict=True), 1):
        if content["nbformat_minor"] >= 5:
            own = str(before.get("id", ""))
            cell["id"] = own if _CELL_ID.fullmatch(own) and own not in ids else f"cell-{number}"
            ids.add(cell["id"])
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it has half of a character that takes two codes") from None
    return content


def _cell(cell: dict, number: int) -> dict:
    """Cell as the notebook format has it, without what a run makes anew."""
    source, metadata = cell.get("source") or "", _mapping(cell, "metadata")
    lines = [source] if isinstance(source, str) else source
    is_text = isinstance(lines, list) and all(isinstance(line, str) for line in lines)
    if not is_text or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise ValueError(f"cell {number} is neither code nor text")
    if tags := metadata.get("tags"):
        tags = [tags] if isinstance(tags, str) else tags if isinstance(tags, list) else []
        metadata["tags"] = [tag for tag in tags if isinstance(tag, str)]
    made = {"cell_type": cell["cell_type"], "source": source, "metadata": metadata}
    attachments = {name: one for name, one in _mapping(cell, "attachments").items() if isinstance(one, dict)}
    if attachments and cell["cell_type"] != "code":
        made["attachments"] = attachments
    return made | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})


def _mark(content: dict) -> str:
    """Hash of what a run of a notebook depends on; saving it unchanged in JupyterLab leaves it as it is."""
    metadata = content["metadata"]
    parts: list[object] = [metadata["kernelspec"].get("name"), metadata.get("lnregions")]
    for cell in content["cells"]:
        own = cell["metadata"]
        parts += [
            "".join(cell["source"]),
            {name: cell[name] for name in ("cell_type", "attachments") if cell.get(name)},
            {name: own[name] for name in ("tags", "jupyter", "format", "raw_mimetype") if own.get(name)},
        ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
