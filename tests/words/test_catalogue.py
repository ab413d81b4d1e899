"""The one catalogue: every message of the code has its Chinese, and every entry is used."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from lnregions.errors import DataError
from lnregions.words import NAMES, tr, trn
from lnregions.words.catalogue import chinese_messages

PACKAGE = Path(__file__).parents[2] / "lnregions"
TEMPLATES = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.j2"))


NOTEBOOKS = [
    text
    for path in sorted((PACKAGE.parent / "notebooks").glob("*.ipynb"))
    for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "markdown"
    for text in (one.lstrip("# ") for one in "".join(cell["source"]).split("\n\n"))
]  # fmt: skip
"""Paragraphs of the notebooks' text cells, without the marks of headings."""


@cache
def sources():
    """Parsed modules of the package by their path."""
    return {path: ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}


def literals(node):
    """Texts that stand in an expression."""
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {one for one in constants if isinstance(one, str)}


def entries():
    return [key.rpartition("\x04")[::2] for key in chinese_messages()]


def test_every_entry_is_used_somewhere():
    used = set(NOTEBOOKS).union(*(literals(tree) for tree in sources().values()))
    templates = re.sub(r"\s+", " ", TEMPLATES)
    unused = [one for one in entries() if one[1] not in used and one[1] not in templates]
    assert unused == []


def test_every_literal_message_has_its_chinese():
    known = {message for _, message in entries()}
    called = [
        (path.name, node.lineno, node.args[0].value)
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("tr", "trn", "say", "word", "t")
        and isinstance(getattr(next(iter(node.args), None), "value", None), str)
    ]
    assert [one for one in called if one[2] not in known] == []


def test_every_text_of_a_notebook_has_its_chinese():
    known = {message for context, message in entries() if context == "notebook"}
    assert [one for one in NOTEBOOKS if one not in known] == []


def test_both_languages_fill_in_the_same_values():
    for key, chinese in chinese_messages().items():
        gaps = [set(re.findall(r"{(\w+)[^}]*}", text)) for text in (key.rpartition("\x04")[2], chinese)]
        assert gaps[0] | {"number"} >= gaps[1], key  # the singular may spell its number out
        assert chinese, key


def test_names_and_numbers_of_things_come_in_both_languages():
    assert tr("limited progress", "en", context="name") == NAMES["limited"]
    assert tr("limited progress", "zh", context="name") == "进展有限"
    assert [trn(" ({number} row)", " ({number} rows)", n, "en") for n in (1, 2)] == [" (1 row)", " (2 rows)"]


def test_a_missing_message_and_an_unknown_language_are_noticed():
    with pytest.raises(KeyError, match=r"no Chinese in zh\.po for 'never heard'"):
        tr("never heard", "zh")
    with pytest.raises(DataError, match="Unknown language 'fr'"):
        tr("required path", "fr")
