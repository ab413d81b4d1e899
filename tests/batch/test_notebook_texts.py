"""Texts of notebooks: one language, the place by its name, and copies to work in."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lnregions.__main__ import main
from lnregions.batch import localised
from lnregions.paths import notebooks_dir

TITLE = "# Where is the region, and what does it look like?"


def texts(language, source=TITLE, **parameters):
    book = new_notebook(cells=[new_markdown_cell(source)], metadata={"papermill": {"parameters": parameters}})
    return localised(book, language=language).cells[0].source


@pytest.mark.parametrize(
    ("language", "parameters", "title"),
    [
        ("en", {"region": "circle"}, "# Where is the Shenyang circle, and what does it look like?"),
        ("zh", {"region": "west"}, "# 辽西先导区在哪里，现状如何？"),
        ("en", {"region": "belt", "adcode": "210200"}, "# Where is Dalian, and what does it look like?"),
        ("en", {"region": "liaoning", "plan": "ln-2025"}, "# Where is Liaoning, and what does it look like?"),
        ("en", {"region": "no-such"}, TITLE),
        ("en", {"plan": "no-such-plan", "region": "west"}, TITLE),
        ("en", {}, TITLE),
    ],
)
def test_a_title_names_the_place_where_it_is_known(language, parameters, title):
    assert texts(language, **parameters) == title


def test_a_text_of_ones_own_stays_as_it_is_and_tagged_cells_are_chosen_by_language():
    assert texts("zh", "## My own {thoughts}", region="west") == "## My own {thoughts}"
    cells = [new_markdown_cell(tag, metadata={"tags": [tag]}) for tag in ("en", "zh")]
    book = localised(new_notebook(cells=[*cells, new_code_cell("1")]), language="zh")
    assert [cell.source for cell in book.cells] == ["zh", "1"]


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "## 资料来源与说明"), ("en", "## Sources and caveats")]
)
def test_copies_to_work_in_are_of_one_language(language, heading, tmp_path, capsys):
    assert main(["notebooks", "--language", language, str(tmp_path / "mine")]) == 0
    names = {path.name for path in notebooks_dir().glob("*.ipynb")}
    assert {path.name for path in (tmp_path / "mine").iterdir()} == names
    for name in names:
        book = nbformat.read(tmp_path / "mine" / name, as_version=4)
        sources = [cell.source for cell in book.cells]
        assert sources[-2].startswith(heading)
        assert any(f'language: str = "{language}"' in source for source in sources)
        assert not any("{" in cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert main(["notebooks", str(tmp_path / "mine")]) == 2
    assert "is there already" in capsys.readouterr().err
