"""The notebooks keep to their form, and what they call exists."""

import ast
import json
import re
import shutil
import subprocess

import nbformat
import pytest

import lnregions as ln
from lnregions.batch import localised
from lnregions.batch.notebook_page import notebook_html
from lnregions.batch.parameters import read_notebook
from lnregions.paths import notebooks_dir

NOTEBOOKS = sorted(notebooks_dir().glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text("utf-8")) | {"path": request.param}


def code_of(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def headings(notebook, language):
    """First line of each text on a page, in a language."""
    book = localised(nbformat.read(notebook["path"], as_version=4), language=language)
    cells = [one for one in book.cells if one.cell_type == "markdown" and not one.metadata.get("tags")]
    return ["".join(cell.source).splitlines()[0] for cell in cells]


def committed(path):
    """Notebook as git has it, so that exploring with it breaks no test; as it lies there where git has none."""
    command = ["git", "-C", str(path.parent), "show", f":./{path.name}"]
    found = subprocess.run(command, capture_output=True, check=False) if shutil.which("git") else None
    return json.loads(found.stdout if found and found.returncode == 0 else path.read_bytes())


def test_a_notebook_is_committed_without_outputs_and_with_its_kernel(notebook):
    kept = committed(notebook["path"])
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code_of(kept))
    assert kept["metadata"]["kernelspec"]["name"] == "python3"


def test_a_notebook_begins_with_a_question_in_both_languages(notebook):
    assert headings(notebook, "en")[0].endswith("?")
    assert headings(notebook, "zh")[0].endswith("？")


def test_every_text_is_english_and_has_nothing_to_be_filled_in(notebook):
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    assert texts
    assert not [text for text in texts if re.search(r"[{}\u4e00-\u9fff]", text)]


def test_a_notebook_has_one_to_eight_annotated_parameters_with_a_comment(notebook):
    parameters = read_notebook(notebook["path"]).parameters
    assert 1 <= len(parameters) <= 8  # eight where each widget has one; six elsewhere
    assert all(one.annotation and one.comment for one in parameters)
    assert {"language", "figures"} <= {one.name for one in parameters}


def test_a_notebook_is_thin(notebook):
    sources = ["".join(cell["source"]) for cell in code_of(notebook)]
    lines = [line for source in sources for line in source.splitlines() if line.strip()]
    assert len(lines) <= 60
    assert max(len(source.splitlines()) for source in sources if "language: str" not in source) <= 6
    kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If)
    assert not [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def test_every_name_a_notebook_calls_is_public(notebook):
    for cell in code_of(notebook):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ln":
                assert node.attr in ln.__all__
                assert callable(getattr(ln, node.attr))


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_a_page_holds_the_text_of_its_language_only(notebook, language, other):
    whole = nbformat.read(notebook["path"], as_version=4)
    page = notebook_html(whole, language=language)
    assert all(words.lstrip("# ") in page for words in headings(notebook, language))
    assert not any(words.lstrip("# ") in page for words in headings(notebook, other))
    assert len(whole.cells) == len(notebook["cells"])
