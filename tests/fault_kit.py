"""What the tests of renders share: notebooks, renders in processes of their own, and what these left."""

import contextlib
import json
import os
import select
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import nbformat

from lnregions.batch import Preload, Settings, plan_runs, render_notebooks

QUICK = """import os, pathlib
folder = pathlib.Path(figures)
folder.mkdir()
(folder / "a.svg").write_text(region)
print(region, language, os.getcwd())"""
"""A cell that leaves a file, and needs no library for it."""

RENDER = """
import json, signal, sys
from pathlib import Path
from lnregions.batch import Preload, Settings, plan_runs, render_notebooks
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # ignored where the tests run in the background
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
regions, (book, out) = sys.argv[3:], sys.argv[1:3]
result = render_notebooks(out, plan_runs(choices={"region": regions}, notebooks=book),
                          settings=Settings(html=False, preload=Preload(modules=())))
names = ("done", "failed", "stopped", "interrupted")
Path(out + ".result").write_text(json.dumps({name: getattr(result, name) for name in names}))
"""
"""A program that renders a notebook for some regions and writes down what came of it."""


def write_notebook(path, *cells, over="region", head=None, **metadata):
    """Notebook with the usual parameters, or others, and the given cells."""
    head = head or 'region: str = "circle"  # a region\nlanguage: str = "en"\nfigures: str = ""'
    made = [nbformat.v4.new_code_cell(source) for source in (head, *cells)]
    for number, cell in enumerate(made):
        cell["id"] = f"c{number}"
    made[0].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "P", "language": "python"}
    metadata = {"kernelspec": kernel, **({} if over is None else {"lnregions": {"over": over}}), **metadata}
    path.parent.mkdir(exist_ok=True, parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), path)
    return path


def render(output, book, regions=("a", "b"), *, settings=None, progress=None, **given):
    """Render a notebook in English for some regions, without pages and preloaded libraries."""
    settings = Settings(**{"html": False, "preload": Preload(modules=()), **(settings or {})})
    given = {"choices": {"region": list(regions)}, "languages": ["en"], "notebooks": book} | given
    return render_notebooks(output, plan_runs(**given), settings=settings, progress=progress)


def errors(result):
    """Error of each run of a result, by its value."""
    return {run.value: result.manifest["runs"][run.name]["error"] or {} for run in result.runs}


def code_cells(output, region, name="01"):
    """Code cells of the executed notebook of a region."""
    path = output / "en" / name / region / f"{name}.ipynb"
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def start_render(book, out, regions, *, temporary):
    """A render in a process of its own, whose processes carry the folder for temporary files as their mark."""
    environment = {**os.environ, "LN_MARK": str(temporary), "TMPDIR": str(temporary)}
    environment.pop("PYTEST_CURRENT_TEST", None)
    call = [sys.executable, "-c", RENDER, str(book), str(out), *regions]
    return subprocess.Popen(call, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)


def tree(folder):
    """Every result by its name: all files but the manifest, which holds times."""
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and ".lnregions" not in p.parts]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if p.name != "manifest.json"}


def assert_whole(folder):
    """No file below a folder is cut short, working files apart."""
    for path in folder.rglob("*") if folder.exists() else ():
        if path.is_dir() or ".lnregions" in path.relative_to(folder).parts or path.name.endswith(".part"):
            continue
        content = path.read_bytes()
        if path.suffix in (".json", ".ipynb"):
            json.loads(content)
        elif path.suffix == ".svg":
            xml.etree.ElementTree.fromstring(content)
        else:
            end = {".png": b"IEND\xaeB`\x82", ".pdf": b"%%EOF", ".html": b"</html>"}[path.suffix]
            assert content.rstrip().endswith(end), path


def leftovers(folder):
    """Temporary names and working folders anywhere below a folder."""
    names = [p.relative_to(folder).as_posix() for p in folder.rglob("*")]
    return [name for name in names if name.endswith((".part", ".old")) or "staging" in name]


def all_gone(mark):
    """Wait until no process with the mark is left; false if one stays."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"LN_MARK={mark}".encode() in path.read_bytes().split(b"\0"):
                ended = os.pidfd_open(int(path.parent.name))
                ready = select.select([ended], [], [], 120)[0]
                os.close(ended)
                if not ready:
                    return False
    return True
