"""Files of parameters: YAML whose values keep their types, strictly.

YAML 1.1 reads ``010`` as 8, ``1:30`` as 90 and ``2020-02-02`` as a date object. Here numbers are plain decimal ones,
what looks like another number is refused, dates stay text, and keys are text.
"""

import re
from pathlib import Path

import yaml

from lnregions.errors import DataError, Fault, quote, shown_path
from lnregions.tables.plan_facts import read_yaml
from lnregions.tables.rows import decode, read_bytes

_DECIMAL = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d{1,2})?", re.ASCII)


class _Loader(yaml.SafeLoader):
    """Safe loader of plain decimal numbers, dates as text and keys as text."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int | float:
    if not _DECIMAL.fullmatch(node.value):
        raise yaml.MarkedYAMLError(problem=quote(node.value), problem_mark=node.start_mark)
    return int(node.value) if re.fullmatch(r"[+-]?\d+", node.value) else float(node.value)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


for _kind, _construct in (("int", _number), ("float", _number), ("map", _mapping)):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _construct)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def read_parameters(path: Path | str) -> dict[str, object]:
    """Return the values of a YAML file by name: text, whole and decimal numbers, true and false, null, lists, mappings.

    Raises
    ------
    DataError
        When the file is no such file, a key stands twice, an anchor or a tag stands in it, or a number is octal,
        sexagesimal, hexadecimal, infinite or has underscores.
    """
    path = Path(path)
    read_yaml(path)  # which refuses what is not plain names and values
    text, _ = decode(read_bytes(path), path=shown_path(path))
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        what = f"{error.problem} is another number, or none, for other readers of YAML"
        remedy = "Write plain decimal digits, or put a text into quotes."
        raise DataError([Fault(f"{what}. {remedy}", shown_path(path), error.problem_mark.line + 1)]) from None
