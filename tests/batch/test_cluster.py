"""The same runs on a real Dask cluster of two workers on this machine."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys

import pytest
from fault_kit import QUICK, code_cells, errors, render, tree, write_notebook

from lnregions.__main__ import main
from lnregions.batch import workers
from lnregions.batch.fork import stop_fork_server
from lnregions.errors import DataError
from lnregions.paths import data_dir

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
WORKER = """import os, signal
def worker():
    \"\"\"Number of the Dask worker above this kernel: the child of the nanny that the command line started.\"\"\"
    pid = os.getpid()
    while True:
        parent = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        if "dask_worker" in open(f"/proc/{parent}/cmdline").read():
            return pid
        pid = parent"""
END = "os.kill(worker(), signal.SIGKILL)"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A scheduler and two workers, each with a nanny that starts it anew when it dies."""
    folder = tmp_path_factory.mktemp("dask")
    environment = os.environ | {
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    }
    common = {"env": environment, "cwd": folder, "start_new_session": True, "text": True}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    started = [subprocess.Popen([*dask, *options], stderr=subprocess.PIPE, **common)]
    address = ""
    while not address:  # until it prints its address
        line = started[0].stderr.readline()
        assert line, "the scheduler ended"
        address = "tcp://" + line.partition("tcp://")[2].strip() if "Scheduler at" in line else ""
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1"]
    worker += ["--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
    started += [subprocess.Popen(worker, stderr=subprocess.DEVNULL, **common) for _ in range(2)]
    try:
        yield address
    finally:
        for process in reversed(started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        started[0].stderr.close()
        stop_fork_server()


@pytest.fixture
def address(scheduler):
    """The scheduler's address, once both workers are there (again)."""
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
    return scheduler


def test_a_cluster_leaves_the_same_bytes_as_this_machine(address, tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", QUICK)
    there = render(tmp_path / "there", book, settings={"scheduler": address, "html": True})
    here = render(tmp_path / "here", book, settings={"html": True})
    assert there.ok
    assert tree(tmp_path / "there") == tree(tmp_path / "here")
    assert {n: (r["key"], r["outputs"]) for n, r in there.manifest["runs"].items()} == {
        n: (r["key"], r["outputs"]) for n, r in here.manifest["runs"].items()
    }


def test_files_of_ones_own_travel_with_the_run_and_results_name_the_original(address, tmp_path):
    (tmp_path / "own").mkdir()
    table = tmp_path / "own" / "table.csv"
    table.write_text("from this machine")
    code = f"print(table, open(table).read())\n_ = open({str(tmp_path / 'read')!r}, 'w').write(table)"
    book = write_notebook(tmp_path / "01.ipynb", code, head='region: str = "a"\ntable: str = ""')
    asked = {"parameters": {"table": str(table)}}
    there = render(tmp_path / "there", book, "a", settings={"scheduler": address, "own": (table,)}, **asked)
    assert there.ok, errors(there)
    assert (tmp_path / "read").read_text() != str(table)
    render(tmp_path / "here", book, "a", settings={"own": (table,)}, **asked)
    for name, content in tree(tmp_path / "here").items():
        assert tree(tmp_path / "there")[name].decode().splitlines() == content.decode().splitlines()
    assert b"from this machine" in tree(tmp_path / "there")["en/01/a/01.ipynb"]


@pytest.mark.usefixtures("cold")
def test_a_plan_folder_of_ones_own_travels_with_the_render(address, tmp_path):
    shutil.copytree(data_dir() / "plans" / "ln-2022", tmp_path / "plan")
    code = f"from lnregions import load_plan\nprint(load_plan(plan).id, plan == {str(tmp_path / 'plan')!r})"
    book = write_notebook(tmp_path / "01.ipynb", code, head='plan: str = ""', over=None)
    call = ["render", str(book), "--plan", str(tmp_path / "plan"), "--output", str(tmp_path / "out")]
    assert main([*call, "--language", "en", "--scheduler", address, "--quiet", "--no-report"]) == 0
    assert code_cells(tmp_path / "out", "all")[-1].outputs[0].text == "ln-2022 False\n"


def test_runs_of_a_worker_that_dies_are_executed_elsewhere(address, tmp_path):
    mark = tmp_path / "mark"
    code = f"if not os.path.exists({str(mark)!r}):\n    open({str(mark)!r}, 'w').close()\n    {END}"
    book = write_notebook(tmp_path / "02.ipynb", f"{WORKER}\n{code}")
    result = render(tmp_path / "out", book, "abcd", settings={"scheduler": address})
    assert mark.exists()
    assert len(result.done) == 4


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (f"{WORKER}\nif region == 'b':\n    {END}", "KilledWorker"),
        ("1 / (region != 'b')", "ZeroDivisionError"),
    ],
)
def test_a_run_that_ends_every_worker_or_has_an_error_is_named(code, error, address, tmp_path):
    book = write_notebook(tmp_path / "03.ipynb", code)
    result = render(tmp_path / "out", book, "b", settings={"scheduler": address})
    assert result.failed == ["en/03/b"]
    assert errors(result)["b"]["name"] == error
    assert (tmp_path / "out/en/03/b/03.ipynb").exists() == (error == "ZeroDivisionError")


def test_workers_with_another_version_of_what_draws_are_refused_by_its_name(address, tmp_path, monkeypatch):
    other = workers.versions() | {"matplotlib": "0.1"}
    monkeypatch.setattr(workers, "versions", lambda: other)
    book = write_notebook(tmp_path / "05.ipynb", "1")
    with pytest.raises(DataError, match=r"Worker tcp://.* has another matplotlib than this machine. Install"):
        render(tmp_path / "out", book, settings={"scheduler": address})


def test_another_file_at_the_path_of_ones_own_on_a_worker_is_refused(address, tmp_path, monkeypatch):
    table, book = tmp_path / "table.csv", write_notebook(tmp_path / "05.ipynb", "1")
    table.write_text("a")
    tree_of = workers.Hashes.tree
    other = lambda self, path: "another" if str(path) == str(table) else tree_of(self, path)  # noqa: E731
    monkeypatch.setattr(workers.Hashes, "tree", other)  # on this machine only
    settings = {"scheduler": address, "own": (table,)}
    with pytest.raises(
        DataError, match=rf"Worker tcp://.* has another {table} than this machine. Remove it there"
    ):
        render(tmp_path / "out", book, settings=settings)
    assert not list((tmp_path / "out").rglob("*.ipynb"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_an_address_where_no_scheduler_answers_is_named(address, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 0.3)
    book = write_notebook(tmp_path / "06.ipynb", "1")
    with pytest.raises(DataError, match=f"No Dask scheduler answers at {address}"):
        render(tmp_path / "out", book, settings={"scheduler": address})


def test_a_cluster_without_its_package_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    book = write_notebook(tmp_path / "07.ipynb", "1")
    with pytest.raises(DataError, match=r"needs the package distributed. Install lnregions\[cluster\]"):
        render(tmp_path / "out", book, settings={"scheduler": "tcp://127.0.0.1:9"})


def test_files_from_a_worker_cannot_leave_their_folder(tmp_path):
    (tmp_path / "b").write_text("b")
    archive = workers.pack({"../b": tmp_path / "b"})
    with pytest.raises(Exception, match="outside the destination"):
        workers.unpack(archive, tmp_path / "deep" / "a")
    assert not (tmp_path / "deep" / "b").exists()
