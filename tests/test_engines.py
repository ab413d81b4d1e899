"""papermill finds the engines by their entry points, whatever is imported first."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook


@pytest.mark.parametrize("first", ["papermill", "lnregions.batch.kernels", "lnregions.batch.runs"])
def test_the_order_of_imports_does_not_matter(first):
    code = (
        f"import {first}\nfrom papermill.engines import papermill_engines as known\n"
        "print(all(known.get_engine(name).execute_notebook for name in ('lnregions', 'lnregions-ordinary')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr[-500:]


@pytest.mark.parametrize("engine", ["lnregions", "lnregions-ordinary"])
def test_papermills_own_command_runs_a_notebook_on_the_engine(engine, tmp_path):
    notebook = new_notebook(
        cells=[new_code_cell("x = 1", metadata={"tags": ["parameters"]}), new_code_cell("x + 1")]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    call = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--engine", engine, "-p", "x", "41"]
    done = subprocess.run([*call, "--no-progress-bar"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert cells[-1].outputs[0].data["text/plain"] == "42"


@pytest.mark.parametrize(
    "given", [["-p", "region", "belt"], ["-y", "region: belt"], ["-b", "cmVnaW9uOiBiZWx0Cg=="]]
)
def test_papermills_own_options_work_on_the_engine(given, tmp_path):
    source = "import os, sys\nprint('out', os.getcwd())\nprint('err', file=sys.stderr)\nregion"
    cells = [new_code_cell("region = 'west'", metadata={"tags": ["parameters"]}), new_code_cell(source)]
    notebook = new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    (tmp_path / "work").mkdir()
    call = [sys.executable, "-m", "papermill", "--engine", "lnregions", "in.ipynb", "out.ipynb", *given]
    call += ["--cwd", "work", "--log-output", "--request-save-on-cell-execute", "--autosave-cell-every", "1"]
    call += ["--stdout-file", str(tmp_path / "o.txt"), "--stderr-file", str(tmp_path / "e.txt")]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
    last = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1]
    assert last.outputs[-1].data["text/plain"] == "'belt'"
    assert f"out {tmp_path / 'work'}" in done.stderr, "the log has what the cell printed"
    assert (tmp_path / "o.txt").read_text() == f"out {tmp_path / 'work'}\n"
    assert (tmp_path / "e.txt").read_text() == "err\n"
