"""What the tests of renders share: notebooks, renders in processes of their own, and what these left."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import xml.etree.ElementTree
from pathlib import Path

import nbformat

from lnregions.batch import Settings, render_notebooks

QUICK = """import os, pathlib
folder = pathlib.Path(figures)
folder.mkdir()
(folder / "a.svg").write_text(region)
print(region, language, os.getcwd())"""
"""A cell that leaves a file, and needs no library for it."""

PICTURES = """
import pathlib, struct, zlib
folder = pathlib.Path(figures)
folder.mkdir()
def part(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\\0" + bytes((i * j) % 251 for j in range(300)) for i in range(300))
png = b"\\x89PNG\\r\\n\\x1a\\n" + part(b"IHDR", struct.pack(">IIBBBBB", 300, 300, 8, 0, 0, 0, 0))
png += part(b"IDAT", zlib.compress(rows, 1)) + part(b"IEND", b"")
svg = "<svg xmlns='http://www.w3.org/2000/svg'>" + f"<text>{region}</text>" * 2000 + "</svg>"
for name, content in (("a.png", png), ("a.svg", svg.encode()), ("a.pdf", b"%PDF-1.4\\n" + rows + b"%%EOF\\n")):
    with open(folder / name, "wb", buffering=4096) as file:
        for start in range(0, len(content), 5000):
            file.write(content[start : start + 5000])
(folder / "a.json").write_text('{"region": "' + region + '", "rows": [' + "1, " * 5000 + "1]}")
print(region, language, "x" * 20000)
"""
"""A cell that makes files of every kind in small steps."""

SERVER = """
import json, os, signal, sys
from pathlib import Path
from lnregions.batch import Settings, render_notebooks
from lnregions.batch.execute import import_papermill
from lnregions.batch.fork import stop_fork_server
from lnregions.files import write_whole
from lnregions.pages import notebook_page
os.environ.pop("PYTEST_CURRENT_TEST", None)
import_papermill()
notebook_page.warm_up()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

def render(out, book, regions, **settings):
    settings = Settings(**{"html": True, "imports": ()} | settings)
    try:
        result = render_notebooks(out, choices={"region": regions}, notebooks=book, settings=settings)
    finally:
        stop_fork_server()
    said = {name: getattr(result, name) for name in ("done", "failed", "stopped", "interrupted")}
    Path(out + ".result").write_text(json.dumps(said))

def pages(out):
    for n in range(20):
        for language in ("en", "zh"):
            path = Path(out, language, "region", f"{n}.html")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, "<!doctype html>" + f"{n} of {language} " * 20000 + "</html>\\n")

for line in sys.stdin:
    ask = json.loads(line)
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background
            for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            globals()[ask.pop("do")](**ask)
        finally:
            os._exit(0)
    print(pid, flush=True)
"""
"""A process that has everything imported and forks another for each request."""


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


def render(output, book, regions=("a", "b"), *, settings=None, progress=None, **asked):
    """Render a notebook in English for some regions, without pages and preloaded libraries."""
    settings = Settings(**{"html": False, "imports": (), **(settings or {})})
    asked = {"choices": {"region": list(regions)}, "languages": ["en"], "notebooks": book} | asked
    return render_notebooks(output, settings=settings, progress=progress, **asked)


def errors(result):
    """Error of each run of a result, by its value."""
    return {run.value: result.manifest["runs"][run.name]["error"] or {} for run in result.runs}


def code_cells(output, region, name="01"):
    """Code cells of the executed notebook of a region."""
    path = output / "en" / name / region / f"{name}.ipynb"
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


class Server:
    """Forks a fresh process for each render, so that many of them start without as many imports."""

    def __init__(self, mark, **environment):
        self.mark = mark
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "LN_MARK": mark, **environment}, start_new_session=True,
        )  # fmt: skip
        self.pid = self._process.pid

    def start(self, **ask):
        """Have something done; the process number and a descriptor that is ready when it has ended."""
        with self._lock:
            self._process.stdin.write(json.dumps(ask) + "\n")
            self._process.stdin.flush()
            pid = int(self._process.stdout.readline())
        with contextlib.suppress(ProcessLookupError):
            return pid, os.pidfd_open(pid)
        return pid, os.open(os.devnull, os.O_RDONLY)

    def finish(self, **ask):
        """Have something done to its end."""
        _, ended = self.start(**ask)
        wait_for_end(ended)

    def kill(self, after, *, group, **ask):
        """Have something done, and kill it after so many seconds if it has not ended by then."""
        pid, ended = self.start(**ask)
        select.select([ended], [], [], after)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(pid, signal.SIGKILL)
        wait_for_end(ended)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def wait_for_end(ended):
    """Wait until the process of a descriptor has ended."""
    select.select([ended], [], [])
    os.close(ended)


def wait_for_file(path, ended):
    """Wait until a file is there; fail if the process that is to make it has ended."""
    while not path.exists():
        assert not select.select([ended], [], [], 0.02)[0], f"{path.name} was never made"


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


def marked(mark):
    """Numbers of the living processes that carry a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"LN_MARK={mark}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def all_gone(mark, *, but=()):
    """Wait until no process with the mark is left; false if one stays."""
    for pid in marked(mark):
        with contextlib.suppress(OSError):
            if pid not in but:
                ended = os.pidfd_open(pid)
                ready = select.select([ended], [], [], 120)[0]
                os.close(ended)
                if not ready:
                    return False
    return [pid for pid in marked(mark) if pid not in but] == []
