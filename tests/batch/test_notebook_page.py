"""Executed notebooks as pages: whole in themselves, for readers, safe."""

import base64
import io
import os
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from lnregions.batch import notebook_page as export
from lnregions.batch.notebook_page import notebook_html
from lnregions.errors import DataError

ODD = "bm8gcGljdHVyZQ=="
"""No picture."""
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def code(source, *outputs, tags=(), **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags), **metadata})


def shown(**data):
    return new_output("display_data", data={name.replace("_", "/"): value for name, value in data.items()})


@pytest.fixture
def notebook():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Slider"}
    outputs = [
        shown(image_png=PNG, text_plain="<Figure>"),
        new_output("execute_result", data={"text/html": "<table><tr><td>沈阳</td></tr></table>"}),
        new_output("stream", text="said\x1b[31m red\x1b[0m"),
        shown(application_javascript="alert(1)"),
        new_output("display_data", data=widget),
    ]
    cells = [
        new_markdown_cell("# 达标了吗? **Did it**\n\nFor readers."),
        code('region = "circle"', tags=["parameters"]),
        code('region = "belt"', tags=["injected-parameters"]),
        code("draw(region)", *outputs),
        code("play()", tags=["interactive"]),
        code("quiet()", tags=["remove_input"]),
    ]
    state = {"state": {"x": {"model_name": "M", "state": {}}}, "version_major": 2, "version_minor": 0}
    given = {"region": "belt", "note": "<script>", "figures": "figures"}
    widgets = {"application/vnd.jupyter.widget-state+json": state}
    return new_notebook(cells=cells, metadata={"widgets": widgets, "papermill": {"parameters": given}})


def test_a_page_asks_nothing_from_outside_and_runs_nothing(notebook):
    page = notebook_html(notebook)
    assert "<script" not in page
    assert "alert(1)" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.search(r"url\((?!data:)", page)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page


def test_a_page_is_for_readers(notebook):
    page = notebook_html(notebook, language="zh", title="file")
    assert '<html lang="zh-CN">' in page
    assert '<meta charset="utf-8"' in page
    assert "<title>达标了吗? Did it</title>" in page
    assert page.count("<summary>代码</summary>") == 1
    assert '<details class="source">' in page
    assert '<th scope="row">region</th><td>belt</td>' in page
    assert "<td>&lt;script&gt;</td>" in page
    assert "figures</th>" not in page
    assert 'region = "circle"' not in re.sub("<[^>]+>", "", page)
    assert "play()" not in page.split("<main>")[1]
    assert "quiet()" not in page.split("<main>")[1]
    assert f"data:image/png;base64,{PNG}" in page
    assert 'alt="达标了吗? Did it"' in page
    assert "<td>沈阳</td>" in page
    assert '<div aria-label="结果" class="output execute_result" role="group" tabindex="0">' in page
    assert '<div class="output display_data">' in page
    assert "请打开笔记本使用" in page


def test_a_page_is_the_same_each_time_whatever_came_between(notebook):
    first = notebook_html(notebook)
    notebook_html(notebook, language="zh")
    assert notebook_html(notebook) == first


def test_a_folder_of_the_user_goes_by_its_name_and_a_warning_has_no_code(notebook):
    notebook.metadata.papermill.parameters["plan"] = "/home/me/plans/mine"
    text = "12.py:1: InputWarning: /home/me/plans/mine/a.csv: 3 empty rows\n/home/me/plans/mine/b.csv: line ends\n"
    said = "  plan = ln.load_plan(plan)\n3.py:2: UserWarning: /home/me/x\n  warn()\n"
    notebook.cells.append(code("1", new_output("stream", name="stderr", text=text + said)))
    page = notebook_html(notebook)
    assert "mine/a.csv: 3 empty rows\nmine/b.csv: line ends\n3.py:2: UserWarning: /home/me/x" in page
    assert '<th scope="row">plan</th><td>mine</td>' in page
    assert "/home/me/plans" not in page


def test_a_failed_cell_is_shown_open_with_its_error(notebook):
    error = new_output("error", ename="ZeroDivisionError", evalue="x", traceback=["\x1b[31mboom\x1b[0m"])
    notebook.cells.append(code("1 / 0", error, papermill={"status": "failed"}))
    page = notebook_html(notebook)
    assert re.search(r'<details class="source" open="?', page)
    assert "boom" in page
    assert 'class="output error"' in page


def test_a_notebook_may_ask_for_its_own_scripts_but_not_for_requests(notebook):
    notebook.metadata["lnregions"] = {"scripts": True}
    page = notebook_html(notebook)
    assert "script-src 'unsafe-inline'" in page
    assert "default-src 'none'" in page


def test_a_notebook_without_heading_takes_its_files_name():
    page = notebook_html(new_notebook(cells=[new_code_cell("1")]), title="05_own")
    assert "<title>05_own</title>" in page


def test_an_unknown_language_is_refused(notebook):
    with pytest.raises(DataError, match="fr"):
        notebook_html(notebook, language="fr")


def test_a_page_with_many_pictures_takes_smaller_ones(monkeypatch):
    file = io.BytesIO()
    Image.frombytes("RGB", (1400, 300), os.urandom(3 * 1400 * 300)).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode("ascii")
    outputs = [shown(image_png=one) | {"metadata": {"image/png": {"width": 660}}} for one in (data, ODD)]
    notebook = new_notebook(cells=[code("1", *outputs)])
    page = notebook_html(notebook)
    assert len(page) < export.MOST < len(data)
    assert page.count('width="660"') == 2
    assert ODD in page
    monkeypatch.setattr(export, "MOST", 10**9)
    assert data in notebook_html(notebook)


@pytest.mark.parametrize("most", [10**9, 1_000])
def test_what_is_no_picture_stays_text_in_the_page(most, monkeypatch):
    monkeypatch.setattr(export, "MOST", most)
    odd = [{"image/png": '"><script>x</script>'}, {"image/png": "AAAA\nBBBB\n"}]
    notebook = new_notebook(cells=[code("1", *(new_output("display_data", data=data) for data in odd))])
    page = notebook_html(notebook)
    assert "<script" not in page
    assert "base64,AAAABBBB" in page
