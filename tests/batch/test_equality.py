"""The same notebooks in forked and in ordinary kernels: a render leaves the same bytes, pages and figures included."""

# ruff: noqa: E501 - a cell a line reads best
import nbformat
import pytest
from fault_kit import render, tree, write_notebook
from golden import record

from lnregions.batch import Preload
from lnregions.batch.fork import can_fork, stop_fork_server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")]
WARM = Preload(calls=(("lnregions.figures.kinds:warm_up", {}),))
CELLS = (
    "", "1 + 1", "_, _oh, Out, len(In)", "x = 5;", "None", "import asyncio, os, pickle, signal, subprocess, sys",
    "__name__, '__file__' in globals(), __doc__, sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors",
    "sorted(name for name in globals() if not name.startswith('_i'))", "get_ipython().set_next_input('x = 6')",
    "[os.environ.get(name) for name in ('TERM', 'PAGER', 'FORCE_COLOR', 'CLICOLOR', 'MPLBACKEND')]",
    "import warnings\nwarnings.warn('mind')", "import logging\nlogging.warning('logged'); logging.info('not')",
    "import pandas as pd\npd.DataFrame({'a': [1, None], '中': ['x', pd.Timestamp('2020')]})", "list(range(1200))", "help(len)",
    "print('a'); print('b', file=sys.stderr); print('c\\rd', '\\udc80')", "!echo hi; echo err >&2", "%%bash\necho out\necho err >&2",
    "%%capture kept\nprint('hidden')\n2", "kept.stdout, len(kept.outputs)", "%%writefile a.py\nprint('ran', __name__)", "%run a.py 1",
    "async def talk():\n    for n in range(3): print('task', n)\nawait asyncio.create_task(talk())",
    "from IPython.display import *\nhandle = display('a', display_id='x')", "update_display('b', display_id='x')", "handle.update('c')",
    "print(1); clear_output(wait=True); print(2)", "display(HTML('<b>h</b>'), Markdown('*m*'), Latex('$x$'), JSON({'a': 1}))",
    "class Rich:\n    def __repr__(self): return 'rich'\n    def _repr_html_(self): return '<i/>'\n    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\nRich()",
    "class Broken:\n    def _repr_html_(self): raise ValueError('h')\n    def __repr__(self): return 'broken'\nBroken()",
    "import matplotlib.pyplot as plt\nplt.isinteractive(), plt.get_backend()", "plt.plot([1, 2, 3]);",
    "fig, ax = plt.subplots(figsize=(2, 1))\nax.bar([1], [1])\nplt.show()\nprint('drawn')", "fig", "%matplotlib inline",
    "%config InlineBackend.figure_format = 'retina'\nplt.plot([1])\nplt.title('图 A')\nplt.savefig('own.png')",
    "import geopandas, shapely\ngeopandas.GeoSeries([shapely.Point(0, 0)]).plot();",
    "import ipywidgets as w\nslider = w.IntSlider(value=3)\nslider", "out = w.Output()\nwith out:\n    print('in'); display(1)\nout",
    "import multiprocessing as mp\ndef double(n): return n * 2\nwith mp.Pool(2) as pool: print(pool.map(double, range(4)))",
    "pickle.loads(pickle.dumps(double)) is double, double.__module__", "import inspect\ninspect.getsource(double)",
    "signal.signal(signal.SIGALRM, lambda *_: print('alarm'))\nsignal.raise_signal(signal.SIGALRM)",
    "try:\n    os.kill(os.getpid(), signal.SIGINT); signal.pause()\nexcept KeyboardInterrupt:\n    print('caught')",
    "subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout",
    "signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), __import__('threading').current_thread().name",
    "get_ipython().run_cell('1 / 0').success", "get_ipython().run_cell('x = (1,\\n  2').success", "%nosuch",
    "get_ipython().run_cell('raise ExceptionGroup(\"g\", [ValueError(1), TypeError(2)])').success",
    "get_ipython().run_cell('class E(Exception):\\n    def __str__(self): raise ValueError\\nraise E').success",
    "error = ValueError('x'); error.add_note('n')\ndef f(x):\n    raise error\nf(0)", "print('never')",
)  # fmt: skip
"""Cells of one notebook, which may raise but the last but one, with which it ends."""
ENDS = ("raise SystemExit('bye')", "raise KeyboardInterrupt", "input('Name? ')", "open('none')", "x = 1\n  y")
"""Cells before them that raise; after exit() it is a race whether the next cell runs."""


@pytest.fixture
def left(tmp_path):
    """Function that renders in both kinds of kernel: the errors, and every file that each left."""

    def left(book, **given):
        found = []
        for engine in ("warm", "ordinary"):
            settings = {"engine": engine, "html": True, "preload": WARM}
            result = render(tmp_path / engine, book, settings=settings, **given)
            ended = {name: run["error"] for name, run in result.manifest["runs"].items()}
            found.append((ended, tree(tmp_path / engine)))
        return found

    yield left
    stop_fork_server()


def test_awkward_cells_come_out_the_same_from_a_forked_and_an_ordinary_kernel(left, tmp_path):
    path = write_notebook(tmp_path / "00.ipynb", *ENDS, *CELLS, over=None)
    book = nbformat.read(path, as_version=4)
    for cell in book.cells[1:-2]:  # all but the last that has an error and one that is not to run
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(book, path)
    forked, ordinary = left(path)
    assert [name for name in forked[1] if forked[1][name] != ordinary[1].get(name)] == []
    assert forked[0] == ordinary[0]
    assert forked[0]["en/00/all"]["source"].startswith("error = ")  # the last but one: all before it have run
    for words in (b"SystemExit", b"KeyboardInterrupt", b"IndentationError", b"<b>h</b>"):
        assert words in forked[1]["en/00/all/00.html"]


@pytest.mark.parametrize(
    ("chosen", "pictures"),
    [
        ("04_city_profile --adcode 210900", 5),  # a map and every kind of chart of a city
        pytest.param(
            "02_region_map 04_city_profile --region belt --adcode 210900", 12, marks=pytest.mark.long
        ),
    ],
)
def test_our_own_notebooks_come_out_the_same_figures_byte_for_byte(chosen, pictures, whole_render, tmp_path):
    chosen = f"render {chosen} --language zh --engine ordinary --no-report --quiet --output".split()
    record.run(*chosen, str(tmp_path))
    forked, ordinary = tree(whole_render), tree(tmp_path)
    assert [name for name in ordinary if ordinary[name] != forked.get(name)] == []
    assert len([name for name in ordinary if name.endswith(".png")]) > pictures
