"""The same notebook through papermill in an ordinary kernel and on our engine: what comes out is the same.

Compared are cells, outputs with their data and tracebacks, streams, execution counts, metadata, the saved state of
widgets, the error that papermill raises, and every file that the notebook wrote. Left out are times, process numbers,
random identifiers, and where and when text of a stream arrived, which depends on the clock in every kernel: all lines of
a notebook are compared at once.
"""

# ruff: noqa: E501 - a cell a line reads best
import copy
import json
import os
import re

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from lnregions.batch.engine import OrdinaryManager
from lnregions.batch.fork import Preload, can_fork, start_fork_server, stop_fork_server
from lnregions.paths import notebooks_dir

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")]
_TIMES = ("start_time", "end_time", "duration", "iopub.", "shell.")
_RANDOM = (
    (r"0x[0-9a-f]{6,}", "0x"), (r"[0-9a-f]{32}", "ID"), (r"[^\s\"'(<>]*ipykernel_\d+", "ipykernel"),
    (r"T_[0-9a-f]{5}", "T_"), (r"[\d.]+(?:e\+\d+)? ?(s|ms|[µμ]s|us|ns|it/s)\b|\d\d:\d\d", "TIME"),
    (r"-f \S+\.json", "-f FILE"), (r"'-f',\s+'[^']+'", "'-f', FILE"), (r"\b(m|image|clip|p)[0-9a-f]{10}\b", "ID"),
    (r"<dc:date>[^<]*", "<dc:date>"),
)  # fmt: skip
_WIDGETS = "application/vnd.jupyter.widget-state+json"


@pytest.fixture(scope="module", autouse=True)
def server():
    """One fork server that has loaded and drawn what a render has it load and draw."""
    yield start_fork_server(Preload(calls=(("lnregions.figures.kinds:warm_up", {}),)))
    stop_fork_server()


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def book(*cells):
    """Notebook of code cells, given as text, and of other cells."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=made, metadata={"kernelspec": spec})


def execute(notebook, folder, *, engine, **settings):
    """What papermill left of a notebook in its folder, and the error that it raised."""
    folder.mkdir()
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # with it, ipykernel leaves file descriptors alone
    nbformat.write(copy.deepcopy(notebook), folder / "in.ipynb")
    error = None
    try:
        given = {"cwd": folder, "progress_bar": False, "engine_name": engine} | settings
        papermill.execute_notebook(folder / "in.ipynb", folder / "out.ipynb", **given)
    except Exception as raised:
        error = (type(raised).__name__, shown(str(raised), folder))
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix not in ("", ".ipynb", ".pyc")]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    content = json.loads((folder / "out.ipynb").read_text("utf-8"))
    found = {"metadata": metadata(content, folder), "error": error, "files": files}
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    for name in ("stdout", "stderr"):
        text = "".join("".join(output["text"]) for output in outputs if output.get("name") == name)
        found[name] = sorted(shown(text, folder).splitlines())
    return found | {place: cell_shown(cell, folder) for place, cell in enumerate(content["cells"])}


def shown(value, folder):
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: "TIME" if key.startswith(_TIMES) else shown(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        lines = bool(value) and all(isinstance(item, str) for item in value)
        return shown("".join(value), folder) if lines else [shown(item, folder) for item in value]
    if isinstance(value, str):
        value = value.replace(str(folder), "FOLDER")
        for pattern, word in _RANDOM:
            if "ipykernel" not in pattern or "ipykernel_" in value:  # it looks back from every place
                value = re.sub(pattern, word, value)
    return value


def cell_shown(cell, folder):
    """A cell without text of streams; papermill's own cells without their random name."""
    outputs = [output for output in cell.get("outputs", []) if output["output_type"] != "stream"]
    own = {"papermill-error-cell-tag", "injected-parameters"} & set(cell["metadata"].get("tags", []))
    return shown(cell | {"outputs": outputs} | ({"id": ""} if own else {}), folder)


def metadata(content, folder):
    """Metadata of the notebook; models of widgets in an order that does not depend on their random names."""
    found = shown(content["metadata"], folder)
    models = content["metadata"].get("widgets", {}).get(_WIDGETS, {}).get("state", {})
    found["widgets"] = sorted(json.dumps(shown(model, folder), sort_keys=True) for model in models.values())
    return found


def differences(notebook, folder, **settings):
    """Where ours differs from an ordinary kernel: the place, ours, theirs."""
    ours = execute(notebook, folder / "ours", engine="lnregions", **settings)
    theirs = execute(
        notebook, folder / "theirs", engine=None, kernel_manager_class=OrdinaryManager, **settings
    )
    assert list(ours) == list(theirs)
    parts = []
    for place, one in ours.items():
        other = theirs[place]
        if isinstance(one, dict):
            parts += [(place, name, one.get(name), other.get(name)) for name in {**one, **other}]
        else:
            parts.append((place, "", one, other))
    return [str(part)[:3000] for part in parts if part[2] != part[3]]


PLAIN = book(
    new_markdown_cell("# A title"), new_raw_cell("as it is"), "", "  \n",
    "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "1 + 1", "_", "_3, _oh, Out, len(In)", "x = 5;", "None", "x",
    "sys.argv, __name__, '__file__' in globals(), __doc__",
    "sorted(name for name in globals() if not name.startswith('_i'))",
    "_i, _ii, _ih[:2]", "sys.path", "get_ipython().set_next_input('x = 6')", "get_ipython()",
    "sys.stdout, sys.stderr, sys.displayhook",
    "sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors, sys.stdout.name, sys.stdout.closed",
    "import os\nos.environ['TERM'], os.environ['PAGER'], os.environ['FORCE_COLOR'], os.environ['MPLBACKEND']",
    "[os.environ[name] == str(os.getppid()) for name in ('JPY_PARENT_PID',)] != []",
    "import warnings\nwarnings.warn('mind')", "warnings.warn('old', DeprecationWarning)", "1 is 1",
    "import logging\nlogging.warning('logged'); logging.info('not')",
    "logging.basicConfig(level='INFO', force=True); logging.info('now')",
    "import pandas as pd\npd.DataFrame({'a': [1, None], '中': ['x', pd.Timestamp('2020')]})",
    "pd.DataFrame({'a': range(3)}).style", "list(range(1200))", "help(len)", "float('nan')", "'\\udc80'", "print('\\udc80')",
)  # fmt: skip
STREAMS = book(
    "import os, subprocess, sys, time",
    "for n in range(3): print(n, flush=True); print('e', n, file=sys.stderr, flush=True)",
    "sys.stdout.write('no end')", "print('é世界😀'); print('\\x1b[31mred\\x1b[0m'); print('a\\rb')",
    "sys.stdout.writelines(['a\\n', 'b\\n'])", "!echo hi; echo err >&2",
    "found = !echo listed\nfound", "!exit 3", "_exit_code", "%%bash\necho out\necho err >&2",
    "subprocess.check_output('echo q', shell=True)",
    "from IPython.display import display\nprint(1)\ndisplay(2)\nprint(3)\ndisplay(4)\nprint(5, file=sys.stderr)",
    "print('x' * 99 + '\\n', end='' if False else '\\n')", "print('y' * 10_000_000)",
    "for _ in range(2000): print('z' * 99)", "%%capture kept\nprint('hidden')\n2", "kept.stdout, kept.outputs", "kept.show()",
    "import threading\nthread = threading.Thread(target=lambda: print('late')); thread.start()\nthread.join(); print('c')",
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(1) as pool: list(pool.map(print, range(3)))",
)  # fmt: skip
TASKS = book(
    "import asyncio\nawait asyncio.sleep(0.01)\nprint(1)",
    "async def talk():\n    for n in range(3):\n        print('task', n)\n        await asyncio.sleep(0.1)\ntask = asyncio.create_task(talk())",
    "await asyncio.sleep(0.15)\nprint('meanwhile')", "await task", "await asyncio.gather(*(asyncio.sleep(0, result=n) for n in range(3)))",
    "async def fails(): raise ValueError('in a task')\ntask = asyncio.create_task(fails())", "await asyncio.sleep(0.05)", "await task",
)  # fmt: skip
RICH = book(
    "from IPython.display import *\nhandle = display('a', display_id='x')", "update_display('b', display_id='x')", "handle.update('c')",
    "print(1); clear_output(); print(2)", "print(1); clear_output(wait=True); print(2)", "print(1); clear_output(wait=True)",
    "display(HTML('<b>h</b>'), Markdown('*m*'), Latex('$x$'), JSON({'a': 1}), Javascript('1'))",
    "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        return {'text/plain': 'p', 'text/x': 'y'}, {'text/x': {'k': 1}}\nBundle()",
    "class Rich:\n    def _repr_html_(self): return '<i/>'\n    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\nRich()",
    "class Broken:\n    def _repr_html_(self): raise ValueError('h')\nBroken()",
    "publish_display_data({'text/html': '<p>', 'application/x+json': {'a': [1, None, 1.5]}}, metadata={'text/html': {'isolated': True}})",
    "Image(data=b'\\x89PNG\\r\\n\\x1a\\n', format='png')", "IFrame('x', 1, 1)", "Math('x')", "display({'text/plain': 'raw'}, raw=True)",
    "import matplotlib.pyplot as plt\nplt.isinteractive()", "plt.plot([1, 2, 3]);", "plt.isinteractive(), plt.get_backend()",
    "fig, ax = plt.subplots(figsize=(2, 1))\nax.bar([1], [1])\nplt.show()\nprint('drawn')", "fig", "%matplotlib inline",
    "plt.plot([3, 1])\nplt.title('图 A')\nplt.savefig('own.png')",
    "%config InlineBackend.figure_format = 'retina'\nplt.plot([1]);",
    "import geopandas, shapely\ngeopandas.GeoSeries([shapely.Point(0, 0)]).plot()", "shapely.Point(0, 0)",
)  # fmt: skip
WIDGETS = book(
    "import ipywidgets as w\nslider = w.IntSlider(value=3)\nslider", "out = w.Output()\nwith out:\n    print('in'); display(1)\nout",
    "w.interact(lambda x: print(x), x=(0, 3));", "@out.capture()\ndef says(): print('caught')\nsays()",
    "w.HBox([w.Button(description='b'), w.Text('t'), w.HTML('<b>')])", "slider.value = 7\nslider.value",
    "w.jslink((slider, 'value'), (w.IntText(), 'value'))", "w.Image(value=b'\\x89PNG')",
    "from ipykernel.comm import Comm\ncomm = Comm(target_name='t', data={'a': 1}); comm.send({'b': 2}); comm.close()",
    "other = w.Output()\ndisplay(other)\nwith other:\n    print('x')\n    other.clear_output()\n    print('y')", "other.append_stdout('z')",
    "with other:\n    1 / 0", "print('after')",
)  # fmt: skip
PROCESSES = book(
    "import multiprocessing as mp, os, pickle, signal, sys, time", "def double(n): return n * 2\nwith mp.Pool(2) as pool: print(pool.map(double, range(4)))",
            "pickle.loads(pickle.dumps(double)) is double, double.__module__", "class Kept: pass\ntype(pickle.loads(pickle.dumps(Kept()))) is Kept",
    "import __main__\n__main__.double is double", "import inspect\ninspect.getsource(double)", "import atexit\natexit.register(print, 'bye')",
    "signal.signal(signal.SIGALRM, lambda *_: print('alarm'))\nsignal.raise_signal(signal.SIGALRM)",
    "try:\n    os.kill(os.getpid(), signal.SIGINT); time.sleep(2)\nexcept KeyboardInterrupt:\n    print('caught')",
    "import subprocess\nsubprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout",
    "signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)", "threading = __import__('threading')\nthreading.current_thread().name",
)  # fmt: skip
MAGICS = book(
    "%%writefile a.py\nimport sys\nprint('ran', __name__, sys.argv)", "%run a.py 1", "%run -i a.py", "%who", "%precision 2", "3.14159", "%history",
    "%alias", "print?", "%pinfo len", "%lsmagic", "%%html\n<b>x</b>", "%%javascript\n1", "%%script python3\nprint(1)", "%%python3 --out kept\nprint(2)",
    "kept", "%load_ext autoreload\n%autoreload 2", "%env PAGER", "%env NEW=1", "!echo $TERM $NEW", "%system echo 1", "%cat a.py", "%debug",
    "%recall 1", "%save -f s.py 4", "%pdef sorted", "%pip --version", "%%time\nx = 1", "%%timeit -n1 -r1\npass", "%store", "%gui", "%dhist",
    "%doctest_mode", "1", "%reset -f", "%who", "%tb",
)  # fmt: skip
FAILURES = (
    "def f(x):\n    return g(x)\ndef g(x):\n    return 1 / x\nf(0)", "x = (1,\n  2", "if 1:\nx = 1", "def f(:\n    pass", "raise SystemExit",
    "raise SystemExit('bye')", "import sys\nsys.exit(3)", "raise KeyboardInterrupt", "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
    "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT); time.sleep(2)", "%nosuch",
    "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('x') from error", "error = ValueError('x'); error.add_note('n'); raise error",
    "class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "class B:\n    def __repr__(self): raise ValueError('r')\nB()",
    "input('Name? ')", "import getpass\ngetpass.getpass()", "%%bash\necho out\nexit 3", "import argparse\nargparse.ArgumentParser().parse_args()",
    "raise ValueError('x' * 100_000)", "%xmode Plain\n1 / 0", "%xmode Verbose\nx = 1\nx / 0", "%xmode Minimal\n1 / 0", "%xmode Context\n%tb",
    "import pandas as pd\npd.DataFrame({'a': [1]})['b']", "open('none')", "assert 1 == 2, 'not so'",
)  # fmt: skip
ERRORS = book(*(code(source, "raises-exception") for source in FAILURES))


STOPS = [
    book("1 / 0", "print('never')"),
    book("print(1)", "exit()"),
    book("raise SystemExit(0)", "print('none')"),
]


@pytest.mark.parametrize(
    "notebook",
    [
        PLAIN,
        STREAMS,
        TASKS,
        RICH,
        WIDGETS,
        PROCESSES,
        MAGICS,
        ERRORS,
        *STOPS,
    ],
)
def test_a_notebook_comes_out_as_from_papermill(notebook, tmp_path):
    assert differences(notebook, tmp_path) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"allow_errors": True, "report_mode": True, "log_output": True},
        {"coalesce_streams": True, "record_timing": False, "allow_error_names": ["ZeroDivisionError"]},
        {"force_raise_errors": True, "skip_cells_with_tag": "no"},
    ],
    ids=["allowed", "joined", "strict"],
)
@pytest.mark.parametrize("tags", [["parameters"], []], ids=["given", "at the top"])
def test_papermills_settings_and_parameters_hold(settings, tags, tmp_path):
    cells = [
        code("x = 1\nname: str = 'a'" if tags else "1", *tags),
        "import sys\nfor n in range(3): print(n, x, name); print(n, file=sys.stderr)",
        code("print('skipped?')", "no"),
        code("1 / 0", "raises-exception"),
    ]
    settings = {"parameters": {"x": [1, None, {"a": "中"}], "name": "b'"}, **settings}
    assert differences(book(*cells, "print('end')", "1 / 0", "print('on')"), tmp_path, **settings) == []


@pytest.mark.parametrize("path", sorted(notebooks_dir().glob("*.ipynb")), ids=lambda path: path.stem)
def test_our_own_notebooks_come_out_as_from_papermill_figures_byte_for_byte(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    parameters = {"figures": "figures"} if "figures" in str(notebook.cells) else {}
    assert differences(notebook, tmp_path, parameters=parameters) == []
    assert bool(parameters) == any("figures" in path.parts for path in (tmp_path / "ours").rglob("*.png"))
