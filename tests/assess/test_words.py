"""The catalogue of what judging says: every message has its Chinese, and none is left over."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import lnregions.assess
import lnregions.words

WORDS = Path(lnregions.words.__file__).parent
CODE = [*Path(lnregions.assess.__file__).parent.glob("*.py"), WORDS / "texts.py", WORDS / "quantities.py"]
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in CODE]
MESSAGES = read_po((WORDS / "assess.po").open("rb"), locale="zh")


def literals():
    nodes = (node for tree in TREES for node in ast.walk(tree))
    return {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_no_message_is_left_over():
    known = literals()
    left = [
        one.id
        for one in MESSAGES
        if one.id and not set([one.id] if isinstance(one.id, str) else one.id) <= known
    ]
    assert left == []


@pytest.mark.parametrize("call", ["say", "tr", "trn"])
def test_every_message_of_the_code_has_its_chinese(call):
    known = {text for one in MESSAGES for text in ([one.id] if isinstance(one.id, str) else one.id)}
    nodes = (node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Call))
    calls = [node for node in nodes if getattr(node.func, "id", "") == call and node.args]
    given = {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}
    assert given
    assert given <= known


def test_both_languages_fill_in_the_same_names():
    for one in MESSAGES:
        english, chinese = (text if isinstance(text, str) else text[0] for text in (one.id, one.string))
        names = [set(re.findall(r"\{(\w+)", text)) for text in (english, chinese)]
        assert names[0] == names[1], english
