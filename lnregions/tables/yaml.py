"""YAML by the safe loader only, without the traps of YAML 1.1: one meaning a key, one meaning a value.

Every plain value is kept as its text, so ``no`` stays ``no`` and ``015000`` stays ``015000``; what a key must
be is decided where it is used.
"""

from pathlib import Path

import yaml

from lnregions.errors import Fault, add_messages, refuse, shown_path
from lnregions.tables.rows import decode, read_bytes

_DEEPEST = 6
_LARGEST = 2**16

add_messages(
    {
        "yaml": ("the text is not valid YAML ({reason})", "Write 'key: value' lines, indented by blanks"),
        "duplicate yaml key": ("{column} stands twice", "Keep one of the two"),
        "yaml feature": ("{value} is not allowed in a plan", "Write the value out as plain text"),
        "not a mapping": ("the file does not hold 'key: value' lines", "Write one key and its value a line"),
    }
)


class _Plain(yaml.SafeLoader):
    """Safe loader without implicit types: what is written is what is read."""

    yaml_implicit_resolvers = {}  # noqa: RUF012


def read_yaml(path: Path) -> tuple[dict, dict[str, int], list[tuple[str, str]]]:
    """Return the keys and values of a YAML file, values as text, the line of each top-level key, and what was untidy.

    Raises
    ------
    DataError
        For text that is no YAML, two equal keys, anchors, tags and documents nested too deep.
    """
    shown = shown_path(path)
    data = read_bytes(path)
    if len(data) > _LARGEST:
        refuse([Fault("too large", shown, value=len(data), extra={"most": _LARGEST})])
    text, tidied = decode(data, path=shown)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Plain):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            _check_event(event, shown, depth=depth)
        node = yaml.compose(text, Loader=_Plain)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        line = mark.line + 1 if mark else None
        refuse([Fault("yaml", shown, line, extra={"reason": reason})])
    if not isinstance(node, yaml.MappingNode):
        refuse([Fault("not a mapping", shown, 1)])
    values = _value(node, shown)
    return values, {key.value: key.start_mark.line + 1 for key, _ in node.value}, tidied


def _check_event(event: yaml.Event, path: str, *, depth: int) -> None:
    line = event.start_mark.line + 1
    if depth > _DEEPEST:
        refuse([Fault("yaml", path, line, extra={"reason": "nested too deep"})])
    if isinstance(event, yaml.AliasEvent):
        refuse([Fault("yaml feature", path, line, value=f"*{event.anchor}")])
    if getattr(event, "anchor", None):
        refuse([Fault("yaml feature", path, line, value=f"&{event.anchor}")])
    if getattr(event, "tag", None):
        refuse([Fault("yaml feature", path, line, value=event.tag)])


def _value(node: yaml.Node, path: str) -> dict | list | str:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.style is None and node.value in ("null", "~") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path) for item in node.value]
    out = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            refuse([Fault("yaml feature", path, line, value="a key that is a list")])
        if key.value in out:
            refuse([Fault("duplicate yaml key", path, line, key.value)])
        out[key.value] = _value(value, path)
    return out
