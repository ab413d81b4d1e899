"""What a notebook may be given: its parameters cell read strictly, values checked before anything runs."""

import ast
import builtins
import datetime
import io
import json
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnregions._checks import DataError, Fault, add_messages, refuse_any, shown_path, unknown_fault
from lnregions._paths import notebooks_dir

Choices = Mapping[str, Sequence[str]]

add_messages(
    {
        "parameter type": {
            "en": (
                "parameter {column} of {notebook} is {value}, which is not {wanted}",
                "Give {wanted}, as in {default}{quoted}",
            ),
            "zh": ("{notebook} 的参数 {column} 为 {value}，类型不符", "请给出 {wanted}，例如 {default}"),
        },
        "parameter date": {
            "en": (
                "parameter {column} is {value}, which is no date",
                "Give a date such as 2024-03-31, or leave it empty",
            ),
            "zh": ("参数 {column} 的值 {value} 不是日期", "请给出如 2024-03-31 的日期，或留空"),
        },
        "notebook": {
            "en": ("{text}", "{remedy}"),
            "zh": ("{text_zh}", "{remedy_zh}"),
        },
    }
)  # fmt: skip

_WANTED = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "True or False", "list": "a list",
    "dict": "a mapping", "tuple": "a tuple", "set": "a set",
}  # fmt: skip
_EXAMPLES = {"str": "''", "int": "2024", "float": "0.5", "bool": "True", "list": "[1, 2]", "dict": "{'a': 1}"}
_OTHER_NAMES = {"date": "date", "datetime.date": "date", "List": "list", "Dict": "dict", "Tuple": "tuple"}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One annotated literal of a parameters cell.

    Attributes
    ----------
    name, comment : str
        As written.
    annotation : str
        The type: as annotated, without ``None`` beside it; the literal's where none is written.
    default : object
        The literal.
    choices : tuple of str
        What it may be: from ``Literal[...]`` or from the caller's list; empty if anything of its type.
    optional : bool
        Whether it may be ``None`` as well.
    """

    name: str
    annotation: str
    default: object
    comment: str = ""
    choices: tuple = ()
    optional: bool = False


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
    """

    name: str
    path: Path
    parameters: tuple[Parameter, ...]
    over: str = ""
    batch: bool = True

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
            zh=f"{shown_path(folder)} 中没有笔记本。请指定含有 .ipynb 文件的文件夹或单个文件。",
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
    parameters = _read_parameters(content, path, choices or {})
    over = str(settings.get("over", ""))
    notebook = Notebook(path.stem, path, parameters, over, settings.get("batch", True) is not False)
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
        text = parameter.annotation == "str" and not isinstance(value, str)
        extra = {
            "notebook": notebook.name,
            "wanted": f"{wanted} or None" if parameter.optional else wanted,
            "default": _example(parameter),
            "quoted": "; codes keep their leading zeros only in quotes" if text else "",
        }
        return value, Fault("parameter type", column=parameter.name, value=value, extra=extra)
    if parameter.choices and value not in parameter.choices and value != parameter.default:
        return value, unknown_fault(_kind(parameter.name), value, parameter.choices)
    if _is_date(parameter) and value and not _date_ok(str(value)):
        return value, Fault("parameter date", column=parameter.name, value=value)
    if isinstance(value, str) and "\0" in value:
        return value, Fault("parameter date", column=parameter.name, value=value)
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


def _read_parameters(content: dict, path: Path, choices: Choices) -> tuple[Parameter, ...]:
    cells = [c for c in content["cells"] if "parameters" in (c.get("metadata") or {}).get("tags", [])]
    if not cells:
        return ()
    if len(cells) > 1:
        raise _notebook_error(path, "it has more than one cell tagged parameters")
    source = cells[0].get("source", "")
    source = source if isinstance(source, str) else "".join(map(str, source))
    try:
        lines = ast.parse(source).body
        comments = _comments(source)
        return tuple(_parameter(line, comments, choices) for line in lines if not _is_text(line))
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise _notebook_error(path, f"its parameters cell cannot be taken: {error}") from None


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _parameter(line: ast.stmt, comments: Mapping[int, str], choices: Choices) -> Parameter:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
        name, note = line.target.id, line.annotation
    elif isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
        name, note = line.targets[0].id, None
    else:
        raise ValueError(f"line {line.lineno} is no annotated literal")
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        raise ValueError(f"line {line.lineno} is no literal") from None
    allowed = tuple(choices.get(name, ())) or _literals(line)
    kind, optional = _type_of(note, default)
    return Parameter(name, kind, default, comments.get(line.lineno, ""), allowed, optional)


def _type_of(note: ast.expr | None, default: object) -> tuple[str, bool]:
    """Type by its short name, and whether None may stand in its place."""
    names = _members(note) if note is not None else []
    kinds = [name for name in names if name != "None"]
    optional = "None" in names or default is None
    kind = _OTHER_NAMES.get(kinds[0], kinds[0]) if len(kinds) == 1 else ""
    if kind not in (*_WANTED, "date"):
        kind = "Any" if default is None else type(default).__name__
    return kind, optional


def _members(note: ast.expr) -> list[str]:
    """Names of the types that an annotation allows, generic parts left out."""
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        return _members(ast.parse(note.value, mode="eval").body)
    if isinstance(note, ast.BinOp) and isinstance(note.op, ast.BitOr):
        return _members(note.left) + _members(note.right)
    if isinstance(note, ast.Subscript):
        base = ast.unparse(note.value).rpartition(".")[2]
        if base == "Optional":
            return [*_members(note.slice), "None"]
        if base == "Union":
            parts = note.slice.elts if isinstance(note.slice, ast.Tuple) else [note.slice]
            return [name for part in parts for name in _members(part)]
        return [base]
    return [ast.unparse(note)]


def _literals(line: ast.stmt) -> tuple:
    annotation = getattr(line, "annotation", None)
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).endswith("Literal"):
        value = ast.literal_eval(annotation.slice)
        return value if isinstance(value, tuple) else (value,)
    return ()


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def _notebook_error(path: Path, what: str, detail: str = "") -> DataError:
    extra = {
        "text": what + (f" ({detail})" if detail else ""),
        "text_zh": f"笔记本无法使用：{what}",
        "remedy": "Open it in JupyterLab and save it, or mend the cell",
        "remedy_zh": "请在 JupyterLab 中打开并重新保存，或修改该单元格",
    }
    return DataError([Fault("notebook", shown_path(path), extra=extra)])
