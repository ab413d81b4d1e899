"""The parameters cell of a notebook, read line by line without running it."""

import ast
import io
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Choices = Mapping[str, Sequence[str]]
TYPES = ("str", "int", "float", "bool", "list", "dict", "tuple", "set")
"""Annotations that a value is checked against; with others any value of the default's type is taken."""
_OTHER_NAMES = {"date": "date", "datetime.date": "date", "List": "list", "Dict": "dict", "Tuple": "tuple"}
_NO_PYTHON = re.compile(r"^\s*[%!].*$", re.MULTILINE)


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


class CellError(ValueError):
    """A parameters cell cannot be taken; the text says why."""


def read_cells(content: dict, *, choices: Choices) -> tuple[Parameter, ...]:
    """Parameters of a notebook as stored.

    A notebook with ``lnregions`` metadata is held to one cell of literals. In any other one, as papermill takes it,
    the first cell tagged counts, and what is no literal is a parameter that takes anything.

    Raises
    ------
    CellError
        More than one cell is tagged, or a line is no literal, in a notebook that is held to it.
    """
    metadata = content.get("metadata", {})
    strict = "lnregions" in metadata
    cells = [c for c in content["cells"] if "parameters" in _tags(c)]
    if not cells or not is_python(metadata):
        return ()
    if len(cells) > 1 and strict:
        raise CellError("it has more than one cell tagged parameters")
    source = cells[0].get("source", "")
    source = source if isinstance(source, str) else "".join(map(str, source))
    if not strict:
        source = _NO_PYTHON.sub("", source)
    try:
        lines, comments = ast.parse(source).body, _comments(source)
        if strict:
            return tuple(_literal_line(line, comments, choices) for line in lines if not _is_text(line))
        return tuple(_any_lines(lines, comments, choices))
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        if strict:
            raise CellError(f"its parameters cell cannot be taken: {error}") from None
        return ()


def _tags(cell: dict) -> list:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tags if isinstance(tags, list) else []


def is_python(metadata: dict) -> bool:
    kernel = metadata.get("kernelspec")
    language = kernel.get("language") if isinstance(kernel, dict) else None
    return language in (None, "", "python")


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _any_lines(lines: Sequence[ast.stmt], comments: Mapping[int, str], choices: Choices):
    """Parameters of a cell that may hold anything: every name that it assigns."""
    found: dict[str, Parameter] = {}
    for line in lines:
        try:
            one = _literal_line(line, comments, choices, own=True)
        except ValueError:
            for name in _assigned(line):
                found[name] = Parameter(name, "Any", None, comments.get(line.lineno, ""), optional=True)
        else:
            found[one.name] = one
    return found.values()


def _assigned(line: ast.stmt) -> list[str]:
    targets = getattr(line, "targets", None) or [getattr(line, "target", None)]
    names = [node for target in targets if target is not None for node in ast.walk(target)]
    return [node.id for node in names if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _literal_line(
    line: ast.stmt, comments: Mapping[int, str], choices: Choices, *, own: bool = False
) -> Parameter:
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
    allowed = _literals(line) or tuple(choices.get(name, ()))
    if own and default not in allowed:
        allowed = ()  # it only shares the name with a parameter of ours
    kind, optional = _type_of(note, default)
    return Parameter(name, kind, default, comments.get(line.lineno, ""), allowed, optional)


def _type_of(note: ast.expr | None, default: object) -> tuple[str, bool]:
    """Type by its short name, and whether None may stand in its place."""
    names = _members(note) if note is not None else []
    kinds = [name for name in names if name != "None"]
    optional = "None" in names or default is None
    kind = _OTHER_NAMES.get(kinds[0], kinds[0]) if len(kinds) == 1 else ""
    if kind not in (*TYPES, "date"):
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
