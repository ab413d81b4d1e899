"""Interactive outputs on pages that run no scripts: their picture, what can be read of them, or a note."""

import pytest
from fault_kit import write_notebook
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lnregions.__main__ import main
from lnregions.batch.notebook_page import LEFT_OUT, notebook_html

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
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
FOLIUM = '<p>Make this Notebook Trusted</p><iframe srcdoc="&lt;script src=&quot;https://cdn/l.js&quot;&gt;"></iframe>'
TABLE = "<table><tr><td>12</td></tr></table><script>sort()</script>"


def page(outputs, language="en", **metadata):
    cell = new_code_cell("draw()", outputs=[new_output("display_data", data=data) for data in outputs])
    return notebook_html(new_notebook(cells=[cell], metadata={"lnregions": metadata}), language=language)


@pytest.mark.parametrize(
    ("outputs", "kinds"),
    [
        ([PLOTLY | PLAIN], ["plotly"]),
        ([PLOTLY, PLOTLY], ["plotly"]),
        (
            [{"text/html": "<script>bundle</script>"}, {"text/html": "<div id='x'></div><script>x</script>"}],
            ["html"],
        ),
        (BOKEH, ["bokeh"]),
        ([{"application/vnd.vegalite.v5+json": {}} | PLAIN], ["vegalite"]),
        ([{"application/javascript": "alert(1)"}], ["javascript"]),
        ([{"application/geo+json": {}}], ["geo"]),
        (FRAME, ["html"]),
        ([{"text/html": FOLIUM}], ["html"]),
        ([PLOTLY | {"image/png": PNG}], []),
        ([{"text/html": "<script>x</script>", "image/svg+xml": "<svg/>"}], []),
        ([{"text/html": "<style>td {}</style><table></table>"}], []),
        ([{"text/html": TABLE}], []),
    ],
)
def test_an_output_that_a_page_cannot_show_has_a_note_unless_something_of_it_can_be_seen(outputs, kinds):
    shown = page(outputs)
    assert LEFT_OUT.findall(shown) == kinds
    assert ("An interactive output" in shown) == bool(kinds)
    assert not any(
        words in shown for words in ("Figure(...)", "Loading BokehJS", "Make this", "<iframe", "alert(1)")
    )


def test_a_picture_or_table_is_shown_in_the_place_of_the_script():
    assert PNG in page([PLOTLY | {"image/png": PNG, "text/html": "<script>x</script>"}])
    assert "<td>12</td>" in page([{"text/html": TABLE}])


def test_the_note_is_in_the_language_of_the_page():
    assert "此处的交互式输出（plotly）未能显示，请打开笔记本查看。" in page([PLOTLY], "zh")


def test_a_notebook_that_asks_for_scripts_shows_what_it_carries_along_and_names_what_it_does_not():
    bundled = page([{"text/html": "<div id='x'></div><script>draw()</script>"}, *BOKEH], scripts=True)
    assert LEFT_OUT.findall(bundled) == []
    assert all(words in bundled for words in ("draw()", "exec", "data-root-id"))
    assert LEFT_OUT.findall(page([PLOTLY, *BOKEH_FROM_OUTSIDE, *FRAME], scripts=True)) == [
        "plotly",
        "bokeh",
        "html",
    ]


@pytest.mark.usefixtures("cold", "stopped_server")
def test_a_render_ends_with_a_line_that_names_the_runs_whose_pages_lack_an_output(tmp_path, capsys):
    code = f"from IPython.display import display\ndisplay({PLOTLY!r}, raw=True)"
    book = write_notebook(tmp_path / "01.ipynb", code, over=None)
    call = ["render", str(book), "--language", "en", "--output", str(tmp_path / "out"), "--no-report"]
    assert main(call) == 0
    assert "Outputs that a page cannot show have a note there: en/01/all (plotly)." in capsys.readouterr().err
    assert main(call) == 0
    assert "Outputs" not in capsys.readouterr().err
