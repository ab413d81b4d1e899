"""Parameters cells are read strictly; values are checked before anything runs."""

import json
import os

import pytest

from lnregions.batch import Notebook, check_parameters, list_notebooks, read_notebook, read_parameters
from lnregions.errors import DataError

CELL = {"cell_type": "code", "source": "", "metadata": {"tags": ["parameters"]}, "outputs": []}
HEAD = """n: int = 1  # a number
share: float = 0.5
agree: bool = False
area: str = "210200"  # adcode
as_of: str = ""  # date
shape: Literal["linear", "geometric"] = "linear"
a = None
b: int | None = None
c: Optional[str] = None
d: "str" = "x"
e: list[int] = [1]
f: dict = {"k": 1}
g: Literal[1, 2] = 1
h: tuple = (1,)
i: typing.Optional[int] = 3
城市: str = "沈阳"
j: date = "2024-01-01"
k: str | None = "x"
m = -3
q: typing.List[int] = None
o: Union[float, None] = -0.5
p: int | str = 1
"""


def write(path, source, **content):
    cells = [{**CELL, "source": source}]
    usual = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(usual | content))
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Notebook:
    path = write(tmp_path_factory.mktemp("book") / "odd.ipynb", HEAD)
    return read_notebook(path, choices={"area": ["210200", "021000"]})


def test_a_parameters_cell_is_read_with_types_defaults_comments_and_choices(book):
    rows = [(p.name, p.annotation, p.default, p.comment) for p in book.parameters[:6]]
    assert rows == [
        ("n", "int", 1, "a number"),
        ("share", "float", 0.5, ""),
        ("agree", "bool", False, ""),
        ("area", "str", "210200", "adcode"),
        ("as_of", "str", "", "date"),
        ("shape", "Literal['linear', 'geometric']", "linear", ""),
    ]
    assert book.parameter("shape").choices == ("linear", "geometric")
    assert book.parameter("area").choices == ("210200", "021000")


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("n", "12", 12), ("n", 3, 3), ("share", 1, 1.0), ("share", "2e-1", 0.2), ("agree", "true", True),
        ("agree", False, False), ("area", "021000", "021000"), ("shape", "geometric", "geometric"),
        ("as_of", "2024-02-29", "2024-02-29"), ("as_of", "2024", "2024"), ("as_of", "", ""),
        ("a", "3", 3), ("a", "words", "words"), ("a", None, None), ("a", [1], [1]),
        ("b", "-5", -5), ("b", "None", None), ("b", None, None), ("c", "021000", "021000"), ("c", None, None),
        ("d", "y", "y"), ("e", "[2, 3]", [2, 3]), ("f", "{'z': 2}", {"z": 2}), ("g", "2", 2),
        ("h", [1, 2], (1, 2)),
        ("h", "(3, 4)", (3, 4)), ("i", "None", None), ("i", "4", 4), ("城市", "大连", "大连"),
        ("j", "2024-02-29", "2024-02-29"),
        ("k", "None", None), ("k", "y", "y"), ("m", "-4", -4), ("q", "[2]", [2]), ("q", None, None), ("o", "-2", -2.0),
        ("p", "7", 7),
    ],
)  # fmt: skip
def test_a_value_is_taken_as_its_annotated_type(book, name, value, taken):
    found = check_parameters(book, {name: value})
    assert (found, type(found[name])) == ({name: taken}, type(taken))


def test_a_parameters_file_holds_plain_values_and_leaves_what_yaml_guesses_as_text(tmp_path):
    (tmp_path / "p.yaml").write_text(
        "n: 3\nd: {a: 1.5e3, b: [2024-06-30, 2024-06-30 12:00:00]}\ncode: 021000\nt: 1:30\nyes: no\n"
        "big: 1e999\ninf: .inf\nok: TRUE\nnothing: Null\nempty:\nquoted: '3'\nhex: 0x1F\nneg: -0.5\n"
        "more: +3\ndot: 5.\nhalf: .5\nexp: -1e3\nunder: 1_0\nkeys: {1: a, '1': b, ~: c}\n"
    )
    found = read_parameters(tmp_path / "p.yaml")
    assert found == {
        "n": 3, "d": {"a": 1500.0, "b": ["2024-06-30", "2024-06-30 12:00:00"]}, "code": "021000", "t": "1:30",
        "yes": "no", "big": float("inf"), "inf": float("inf"), "ok": True, "nothing": None, "empty": None,
        "quoted": "3", "hex": "0x1F", "neg": -0.5, "more": 3, "dot": 5.0, "half": 0.5, "exp": -1000.0,
        "under": "1_0", "keys": {1: "a", "1": "b", None: "c"},
    }  # fmt: skip
    assert [type(found[name]) for name in ("n", "ok", "dot", "exp")] == [int, bool, float, float]
    (tmp_path / "p.yaml").write_text("# all of it is a remark\n")
    assert read_parameters(tmp_path / "p.yaml") == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("d: {a: 1, a: 2}", "line 1: a stands twice"),
        ("d:\n\ta: 1", "line 2: the text is not valid YAML"),
        ("? [1]\n: a", "line 1: 'a key that is a list' is not allowed"),
        (None, "not a readable file"),
    ],
)
def test_what_is_no_plain_mapping_is_refused_with_its_line(content, message, tmp_path):
    path = tmp_path / "p.yaml"
    path.mkdir() if content is None else path.write_text(content)
    with pytest.raises(DataError, match=f"p.yaml.*{message}"):
        read_parameters(path)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"1": "linear"}, "Unknown parameter '1'"),
        ({"shap": "linear"}, r"Unknown parameter 'shap'.*did you mean shape"),
        ({"n": "1.5"}, r"Parameter n of odd is '1.5', which is not a whole number"),
        ({"n": "1_000"}, r"which is not a whole number"),
        ({"n": True}, r"which is not a whole number"),
        ({"share": "nan"}, r"which is not a number"),
        ({"agree": "yes"}, r"which is not True or False"),
        ({"area": 210200}, r"210200, which is not text.*leading zeros only in quotes"),
        ({"area": "210201"}, r"Unknown area '210201'. Choose one of 210200, 021000"),
        ({"shape": "liner"}, r"Unknown shape 'liner'.*did you mean linear"),
        ({"as_of": "2023-02-29"}, r"Parameter as_of is '2023-02-29', which is no date"),
        ({"as_of": "29.2.2024"}, r"which is no date"),
        ({"n": "x", "agree": "y"}, r"(?s)n of odd.*\n.*agree of odd"),
        ({"b": "x"}, r"b of odd is 'x', which is not a value of the type int \| None"),
        ({"b": 1.5}, r"which is not a value of the type int \| None"),
        ({"c": 5}, r"which is not a value of the type Optional\[str\]"),
        ({"d": None}, "which is not text"),
        (
            {"e": "x"},
            r"not a value of the type list\[int\]. Give a value of the type list\[int\], as in \[1\]",
        ),
        ({"e": "__import__('os')"}, r"not a value of the type list\[int\]"),
        ({"f": "[1]"}, "which is not a mapping"),
        ({"g": 3}, "Unknown g 3. Choose one of 1, 2"),
        ({"h": "1"}, "which is not a tuple"),
        ({"j": "2024-13-01"}, "which is no date"),
        ({"q": "x"}, "which is not a value of the type typing.List"),
        ({"a": {1: "a", None: "b"}}, "Parameter a of odd is .*, which is not text, a finite number"),
        ({"a": [float("inf")]}, "which is not text, a finite number"),
        *[({"f": {"deep": [{key: "a"}]}}, "not a mapping with text as keys") for key in (1, None, True, 1.5)],
    ],
)
def test_a_wrong_value_is_refused_with_what_to_give(book, given, message):
    with pytest.raises(DataError, match=message):
        check_parameters(book, given)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("region = compute()", "line 1 is no annotated literal"),
        ("import os", "line 1 is no annotated literal"),
        ("x: int", "line 1 is no annotated literal"),
        ("region = (", "cannot be taken"),
    ],
)
def test_code_in_the_parameters_cell_of_a_notebook_of_the_batch_is_refused(source, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read_notebook(write(tmp_path / "a.ipynb", source, metadata={"lnregions": {}}))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("y = c(1, 2)", []),
        ("import os\nalpha = 0.1\nbeta = alpha * 2", ["alpha", "beta"]),
        ("%matplotlib inline\n!ls\nx, y = 1, 2", ["x", "y"]),
        ("start: str\nfrom pathlib import Path\nplace = Path('.')", ["start", "place"]),
        ("if True:\n    x = 1", []),
        ("a = 1\na += 1\nb = -2", ["a", "b"]),
        ("x = (", []),
    ],
)
def test_ones_own_parameters_cell_may_hold_code(source, names, tmp_path):
    metadata = {"kernelspec": {"language": "R"}} if "c(" in source else {}
    book = read_notebook(write(tmp_path / "a.ipynb", source, metadata=metadata))
    assert [one.name for one in book.parameters] == names
    taken = {name: [1] for name in names if name in ("beta", "place")}
    assert check_parameters(book, taken) == taken


def test_a_name_shared_with_the_batch_has_its_choices_only_where_its_default_is_one(tmp_path):
    source = "region = 'north'\nlanguage: str = 'en'\nplan: Literal['a', 'b'] = 'a'"
    choices = {"region": ["circle"], "language": ["en", "zh"], "plan": ["ln-2022"]}
    book = read_notebook(write(tmp_path / "a.ipynb", source), choices=choices)
    assert [one.choices for one in book.parameters] == [(), ("en", "zh"), ("a", "b")]


def saved(content, **changes):
    """A notebook as JupyterLab writes it when it was run and saved without an edit."""
    cells = [
        {**cell, "id": f"new-{n}", "execution_count": n, "outputs": [{"output_type": "stream", "text": "x"}]}
        | {"source": cell["source"].splitlines(keepends=True)}
        | {"metadata": {**cell["metadata"], "scrolled": True, "execution": {"iopub.status.busy": "2026"}}}
        for n, cell in enumerate(content["cells"])
    ]
    metadata = {"language_info": {"name": "python"}, "widgets": {}, "kernelspec": {"display_name": "P"}}
    return content | {"cells": cells, "metadata": metadata, "nbformat_minor": 5} | changes


def test_a_notebook_saved_unchanged_depends_on_the_same(tmp_path):
    path = write(tmp_path / "a.ipynb", "x = 1\ny = 2\n", nbformat_minor=4)
    content, before = json.loads(path.read_text()), read_notebook(path).mark
    path.write_text(json.dumps(saved(content)))
    assert read_notebook(path).mark == before


@pytest.mark.parametrize(
    ("cell", "metadata"),
    [
        ({"source": "x = 2"}, {}),
        ({"cell_type": "raw"}, {}),
        ({"metadata": {"tags": ["parameters", "hide"]}}, {}),
        ({"metadata": {"tags": ["parameters"], "jupyter": {"source_hidden": True}}}, {}),
        ({"cell_type": "markdown", "attachments": {"a.png": {}}}, {}),
        ({}, {"kernelspec": {"name": "other"}}),
        ({}, {"lnregions": {"scripts": True}}),
    ],
)
def test_an_edit_of_a_cell_another_kernel_or_setting_is_a_change(cell, metadata, tmp_path):
    path = write(tmp_path / "a.ipynb", "x = 1")
    content, before = json.loads(path.read_text()), read_notebook(path).mark
    content["cells"][0] |= cell
    path.write_text(json.dumps(content | {"metadata": metadata}))
    assert read_notebook(path).mark != before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "no list of cells"),
        ({"nbformat": 3}, "not of notebook format 4"),
        ({"cells": [CELL, CELL]}, "more than one cell tagged parameters"),
        ({"metadata": {"lnregions": {"over": "x"}}}, "run over 'x'"),
        ({"cells": [CELL, {"cell_type": "heading", "source": "x"}]}, "cell 2 is neither code nor text"),
        ({"cells": [{"source": "x"}]}, "cell 1 is neither code nor text"),
        ({"cells": [{"cell_type": "code", "source": 3}]}, "cell 1 is neither code nor text"),
        ({"cells": [{"cell_type": "raw", "source": ["a", None]}]}, "cell 1 is neither code nor text"),
        ({"cells": [{"cell_type": "code", "source": "'\ud800'"}]}, "half of a character"),
    ],
)
def test_a_broken_notebook_is_refused_with_its_name(content, message, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(content) if isinstance(content, str) else write(path, "", **content)
    with pytest.raises(DataError, match=rf"broken\.ipynb.*{message}"):
        read_notebook(path)


def test_a_name_that_is_not_utf_8_is_refused(tmp_path):
    path = os.fsencode(write(tmp_path / "a.ipynb", "x = 1")).replace(b"a.ipynb", b"\xff.ipynb")
    (tmp_path / "a.ipynb").rename(os.fsdecode(path))
    with pytest.raises(DataError, match="its name is not UTF-8"):
        list_notebooks(tmp_path)


def test_a_missing_notebook_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_notebook(tmp_path / "none.ipynb")
    with pytest.raises(DataError, match="No notebook is in"):
        list_notebooks(tmp_path)


def test_notebooks_are_listed_in_order_with_their_batch_settings(tmp_path):
    write(tmp_path / "02.ipynb", '"""Text."""\nregion: str = "x"', metadata={"lnregions": {"over": "region"}})
    write(tmp_path / "01.ipynb", "", metadata={"lnregions": {"batch": False}})
    books = list_notebooks(tmp_path, choices={"region": ["a", "b"]})
    assert [(b.name, b.over, b.batch) for b in books] == [("01", "", False), ("02", "region", True)]
    assert books[1].parameter("region").choices == ("a", "b")
