"""Executed notebooks as pages: whole in themselves, for readers, safe, in one language."""

import base64
import io
import os
import re

import nbformat
import pytest
from fault_kit import write_notebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from lnregions.__main__ import main
from lnregions.batch import localised
from lnregions.batch import notebook_page as export
from lnregions.batch.notebook_page import LEFT_OUT, notebook_html
from lnregions.errors import DataError
from lnregions.paths import notebooks_dir

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
    assert LEFT_OUT.findall(page) == ["javascript", "widget"]
    assert "Slider" not in page


def test_a_page_is_the_same_each_time_whatever_came_between(notebook):
    first = notebook_html(notebook)
    notebook_html(notebook, language="zh")
    assert notebook_html(notebook) == first


def test_a_folder_of_the_user_goes_by_its_name_and_a_warning_has_no_code(notebook):
    notebook.metadata.papermill.parameters["plan"] = "/home/me/plans/mine"
    text = """12.py:1: InputWarning: /home/me/plans/mine/a.csv: 3 empty rows
/home/me/plans/mine/b.csv: line ends
  plan = ln.load_plan(plan)
/usr/lib/lnregions/boundaries/plans.py:81: InputWarning: /home/me/plans/mine/c.shp: no codes
  warn_input(found)
3.py:2: UserWarning: mind
  warn()
"""
    notebook.cells.append(code("1", new_output("stream", name="stderr", text=text)))
    page = notebook_html(notebook)
    shown = "mine/a.csv: 3 empty rows\nmine/b.csv: line ends\nmine/c.shp: no codes\n3.py:2: UserWarning: mind\n  warn()"
    assert shown in page
    assert '<th scope="row">plan</th><td>mine</td>' in page
    assert not re.search("/home/me/plans|/usr/lib", page)


def test_a_failed_cell_is_shown_open_with_its_error(notebook):
    error = new_output("error", ename="ZeroDivisionError", evalue="x", traceback=["\x1b[31mboom\x1b[0m"])
    notebook.cells.append(code("1 / 0", error, papermill={"status": "failed"}))
    page = notebook_html(notebook)
    assert re.search(r'<details class="source" open="?', page)
    assert "boom" in page
    assert 'class="output error"' in page


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


PLOTLY, PLAIN = {"application/vnd.plotly.v1+json": {"data": []}}, {"text/plain": "Figure(...)"}
BOKEH = [
    {"text/html": "<div><span id='a'>Loading BokehJS ...</span></div>"},
    {"application/javascript": "load", "application/vnd.bokehjs_load.v0+json": "load"},
    {"text/html": "<div id='b' data-root-id='p1'></div>"},
    {"application/javascript": "exec", "application/vnd.bokehjs_exec.v0+json": ""},
]
BOKEH_FROM_OUTSIDE = [
    {**BOKEH[1], "application/javascript": 'const js_urls = ["https://cdn.bokeh.org/a.js"]'}
]
FRAME = [{"text/html": '<iframe title="a" src="https://example.org/map"></iframe>'}]
SCRIPT = {"text/html": "<div id='x'></div><script>draw()</script>"}
FOLIUM = '<p>Make this Notebook Trusted</p><iframe srcdoc="&lt;script src=&quot;https://cdn/l.js&quot;&gt;"></iframe>'
TABLE = "<table><tr><td>12</td></tr></table><script>sort()</script>"


def page_of(outputs, language="en", **metadata):
    cell = new_code_cell("draw()", outputs=[new_output("display_data", data=data) for data in outputs])
    return notebook_html(new_notebook(cells=[cell], metadata={"lnregions": metadata}), language=language)


GIF, VIDEO = "R0lGODlhAQABAAAAACw=", '<video controls><source src="{}" type="video/mp4">No video.</video>'
JAVASCRIPT_TABLE = (
    "<table id='t'><tr><th>a</th></tr><tr><td>Loading ITables v2.1 from the internet...</td></tr></table>"
)
OUTPUTS = {
    "a figure of plotly": (PLOTLY, ["plotly"], ""),
    "two of them": ([PLOTLY, PLOTLY], ["plotly"], ""),
    "one with its picture": (PLOTLY | {"image/png": PNG, "text/html": "<script>x</script>"}, [], PNG),
    "one with a graphic": ({"text/html": "<script>x</script>", "image/svg+xml": "<svg/>"}, [], "svg+xml;base64"),
    "a script that another output needs": ([{"text/html": "<script>bundle</script>"}, SCRIPT], ["html"], ""),
    "a figure of bokeh": (BOKEH, ["bokeh"], ""),
    "a figure of altair": ({"application/vnd.vegalite.v5+json": {}}, ["vegalite"], ""),
    "javascript": ({"application/javascript": "alert(1)"}, ["javascript"], ""),
    "a map of its own kind": ({"application/geo+json": {}}, ["geo"], ""),
    "a frame from outside": (FRAME, ["html"], ""),
    "a map of folium": ({"text/html": FOLIUM}, ["html"], ""),
    "a table with its style": ({"text/html": "<style>td {}</style><table></table>"}, [], "<table>"),
    "a table that a script sorts": ({"text/html": TABLE}, [], "<td>12</td>"),
    "a script below a heading": ({"text/html": "<h3>GDP</h3><div id='v'></div><script>d()</script>"}, ["html"], "GDP"),
    "a script that draws into a graphic": ({"text/html": "<SVG id='d'></SVG><SCRIPT>d()</SCRIPT>"}, ["html"], ""),
    "a script that fills a table": ({"text/html": f"{JAVASCRIPT_TABLE}<script>t()</script>"}, ["html"], "<th>a</th>"),
    "a script of bokeh": ({"text/html": "<script>b</script><div id='b' data-root-id='b'></div>"}, ["html"], ""),
    "words for those without": ({"text/html": "<noscript>Turn on</noscript><p></p><script>x</script>"}, ["html"], ""),
    "a canvas": ({"text/html": "<p>Rain</p><canvas id='c'></canvas>"}, ["canvas"], "Rain"),
    "a picture from outside": ({"text/html": '<img src="https://example.org/a.png">'}, ["picture"], ""),
    "a picture beside the notebook": ({"text/markdown": "![Map](map.png) of Benxi"}, ["picture"], "of Benxi"),
    "a frame in a text": ({"text/markdown": "<iframe src='https://example.org'></iframe>"}, ["html"], ""),
    "a video from outside": ({"text/html": VIDEO.format("a.mp4")}, ["video"], ""),
    "a video in itself": ({"text/html": VIDEO.format("data:video/mp4;base64,AAAA")}, [], "<video"),
    "an animation": ({"image/gif": GIF}, [], f"data:image/gif;base64,{GIF}"),
    "a kind of picture that browsers lack": ({"image/tiff": "AAAA"}, ["tiff"], ""),
    "a film of its own kind": ({"video/mp4": "AAAA"}, ["mp4"], ""),
    "a molecule": ({"chemical/x-pdb": "ATOM"}, ["pdb"], ""),
    "a widget": ({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, ["widget"], ""),
    "a widget with its picture": ({"application/vnd.jupyter.widget-view+json": {}, "image/png": PNG}, [], PNG),
    "an embedded document": ({"text/html": "<object data='a.pdf'></object>"}, ["object"], ""),
    "a formula": ({"text/latex": "$$x^2$$"}, [], "x^2"),
    "nothing but text": ({}, [], "Figure(...)"),
}  # fmt: skip


@pytest.mark.parametrize(("outputs", "kinds", "words"), OUTPUTS.values(), ids=OUTPUTS)
def test_nothing_of_an_output_is_missing_from_a_page_without_a_note(outputs, kinds, words):
    page = page_of([outputs | PLAIN] if isinstance(outputs, dict) else outputs)
    assert LEFT_OUT.findall(page) == kinds
    assert ("cannot be shown in a page" in page) == bool(kinds)
    assert words in page
    assert ("Figure(...)" in page) == (words == "Figure(...)")
    assert not re.search(
        r"<(script|iframe|canvas)|Loading|No video.</p|Turn on|Make this|src=\"(?!data:)|alert", page
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("![x](attachment:my%20map.png)", []),
        ("![x](<attachment:my map.png> 'title')", []),
        ("![x](attachment:地图.png)", []),
        ('<img src="attachment:my map.png">', []),
        ("![x](attachment:gone.png)", ["picture"]),
        ("![x](https://example.org/a.png)", ["picture"]),
        ("<video src='a.mp4'></video>", ["video"]),
        ("<div id='a'></div><script>draw()</script>", ["html"]),
        ("An attachment: none. `<img src=x>`", []),
    ],
)
def test_nothing_of_a_text_is_missing_from_a_page_without_a_note(text, kinds):
    attachments = {"my map.png": {"image/png": PNG}, "地图.png": {"image/png": PNG}, "gone.png": {}}
    page = notebook_html(new_notebook(cells=[new_markdown_cell(text, attachments=attachments)]))
    assert LEFT_OUT.findall(page) == kinds
    assert (PNG in page) == ("map.png" in text or "地图.png" in text)


def test_a_picture_that_a_run_made_is_shown_in_its_texts(tmp_path):
    (tmp_path / "a.png").write_bytes(base64.b64decode(PNG))
    page = notebook_html(new_notebook(cells=[new_markdown_cell("![x](a.png)")]), folder=tmp_path)
    assert PNG in page
    assert LEFT_OUT.findall(page) == []


def test_the_note_is_in_the_language_of_the_page():
    assert "此处的内容（plotly）无法在网页中显示，请打开笔记本查看。" in page_of([PLOTLY], "zh")


def test_a_notebook_that_asks_for_scripts_shows_what_it_carries_along_and_names_what_it_does_not():
    bundled = page_of([SCRIPT, *BOKEH], scripts=True)
    assert LEFT_OUT.findall(bundled) == []
    policy = ("script-src 'unsafe-inline'", "default-src 'none'")
    assert all(words in bundled for words in ("draw()", "exec", "data-root-id", *policy))
    kinds = LEFT_OUT.findall(page_of([PLOTLY, *BOKEH_FROM_OUTSIDE, *FRAME], scripts=True))
    assert kinds == ["plotly", "bokeh", "html"]


@pytest.mark.usefixtures("cold", "stopped_server")
def test_a_render_ends_with_a_line_that_names_the_runs_whose_pages_lack_an_output(tmp_path, capsys):
    code = f"from IPython.display import display\ndisplay({PLOTLY!r}, raw=True)"
    book = write_notebook(tmp_path / "01.ipynb", code, over=None)
    call = ["render", str(book), "--language", "en", "--output", str(tmp_path / "out"), "--no-report"]
    assert main(call) == 0
    assert "Outputs that a page cannot show have a note there: en/01/all (plotly)." in capsys.readouterr().err
    assert main(call) == 0
    assert "Outputs" not in capsys.readouterr().err


TITLE = "# Where is the region, and what does it look like?"


def text_of(language, source=TITLE, **parameters):
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
    assert text_of(language, **parameters) == title


def test_a_text_of_ones_own_stays_as_it_is_and_tagged_cells_are_chosen_by_language():
    assert text_of("zh", "## My own {thoughts}", region="west") == "## My own {thoughts}"
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
