"""A program that is killed while notebooks run leaves no process and no temporary file behind."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lnregions.batch.fork import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")
PROGRAM = """import sys, threading
from pathlib import Path
from lnregions.batch import Notebook, Run, Settings
from lnregions.batch.execute import run_notebook
from lnregions.batch.fork import Preload, start_fork_server
start_fork_server(Preload(modules=()))
run = Run("out", Notebook("out", Path(), (), source=Path(sys.argv[1]).read_bytes()), "en", "", {})
for name in sys.argv[2:]:
    threading.Thread(target=run_notebook, args=(run, Path(name), Settings(html=False)), daemon=True).start()
threading.Event().wait()"""
CELL = """import os
if os.fork() == 0:
    os.setsid()
    os.execve("/bin/sh", ["sh", "-c", "echo $$ > pid; echo x > begun; exec sleep 6000"], {})
os.wait()"""


def wait_until_gone(pid):
    """Wait, however long it takes, until a process has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([descriptor], [], [])
    os.close(descriptor)


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["program", "group"])
def test_a_killed_program_leaves_no_process_and_no_temporary_file(kill, number, tmp_path):
    nbformat.write(new_notebook(cells=[new_code_cell(CELL)]), tmp_path / "in.ipynb")
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        os.mkfifo(folder / "begun")
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    environment.pop("PYTEST_CURRENT_TEST")
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, tmp_path / "in.ipynb", *folders],
        env=environment, start_new_session=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for folder in folders:
        (folder / "begun").read_text()  # returns when the cell is at work
    pids = [int((folder / "pid").read_text()) for folder in folders]
    pids += [parent(pid) for pid in pids]  # the kernels
    server = parent(pids[-1])
    assert parent(server) == program.pid
    kill(program.pid, number)
    program.wait()
    for pid in (*pids, server):
        wait_until_gone(pid)
    assert list((tmp_path / "tmp").iterdir()) == []
