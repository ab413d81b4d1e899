"""The same runs on a real Dask cluster of two workers on this machine."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import time

import pytest
from test_render import QUICK, tree, write_notebook

from lnregions.batch import cluster
from lnregions.batch import warm as _warm
from lnregions.batch.render import Settings, render_notebooks
from lnregions.errors import DataError

distributed = pytest.importorskip("distributed")
CHOICES = {"region": ["circle", "belt", "west", "east"]}
KILLS = """
import os, signal
def parent(pid):
    return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
if region == "belt":
    os.kill(parent(os.getppid()), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A scheduler and two workers, each with a nanny that starts it anew when it dies."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    environment = {
        **os.environ,
        "LN_MARK": "cluster",
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    }
    common = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    common |= {"cwd": folder, "start_new_session": True}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    started = [subprocess.Popen([*dask, *options], **common)]
    address = ""
    while not address:
        assert started[0].poll() is None
        with contextlib.suppress(OSError, ValueError):  # not there yet, or being written
            address = json.loads(file.read_text())["address"]
        time.sleep(0.05)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1"]
    worker += ["--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
    started += [subprocess.Popen(worker, **common) for _ in range(2)]
    try:
        yield address
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
        for process in reversed(started):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def address(scheduler):
    """The scheduler's address, once both workers are there (again)."""
    with distributed.Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    return scheduler


def render(output, book, address="", **settings):
    return render_notebooks(
        output,
        choices=CHOICES,
        notebooks=book,
        languages=["en"],
        settings=Settings(scheduler=address, imports=(), **settings),
    )


@pytest.mark.slow
def test_a_cluster_leaves_the_same_bytes_as_this_machine(address, tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", QUICK)
    there = render(tmp_path / "there", book, address)
    here = render(tmp_path / "here", book)
    assert there.ok
    assert tree(tmp_path / "there") == tree(tmp_path / "here")
    assert {n: (r["key"], r["outputs"]) for n, r in there.manifest["runs"].items()} == {
        n: (r["key"], r["outputs"]) for n, r in here.manifest["runs"].items()
    }
    assert render(tmp_path / "there", book, address).skipped == there.done or len(there.done) == 4
    _warm.close_warm_process()


@pytest.mark.slow
def test_runs_of_a_worker_that_dies_are_done_elsewhere(address, tmp_path):
    mark = tmp_path / "mark"
    once = f"if not os.path.exists({str(mark)!r}):\n    print(os.getcwd(), file=open({str(mark)!r}, 'w'))\n"
    once += "".join(f"    {line}\n" for line in KILLS.strip().splitlines()) + "region"
    book = write_notebook(
        tmp_path / "02.ipynb", "import os\n" + once.replace('if region == "belt"', "if True")
    )
    result = render(tmp_path / "out", book, address)
    assert "/dask-scratch-space/worker-" in mark.read_text(), "Dask removes what is in a dead worker's folder"
    assert result.ok
    assert len(result.done) == 4


def allow_failures(address, count):
    def allow(dask_scheduler):
        dask_scheduler.allowed_failures = count

    with distributed.Client(address, set_as_default=False) as client:
        client.run_on_scheduler(allow)


@pytest.mark.slow
@pytest.mark.parametrize("failures", [1, 0])
def test_a_run_that_ends_every_worker_is_named_and_given_up(failures, address, tmp_path):
    """At 0 Dask gives up, with it, a run that only waited on the same worker."""
    book = write_notebook(tmp_path / "03.ipynb", KILLS)
    allow_failures(address, failures)
    result = render(tmp_path / "out", book, address)
    assert result.failed == ["en/03/belt"]
    assert len(result.done) == 3
    assert result.manifest["runs"]["en/03/belt"]["error"]["name"] == "KilledWorker"


@pytest.mark.slow
def test_a_notebook_whose_own_error_has_that_name_is_run_once(address, tmp_path):
    log = tmp_path / "log"
    fails = "class KilledWorker(Exception): pass\nif region == 'belt': raise KilledWorker('by itself')"
    book = write_notebook(tmp_path / "08.ipynb", f"open({str(log)!r}, 'a').write(region + ' ')\n{fails}")
    result = render(tmp_path / "out", book, address)
    assert result.failed == ["en/08/belt"]
    assert result.manifest["runs"]["en/08/belt"]["error"]["text"] == "by itself"
    assert sorted(log.read_text().split()) == ["belt", "circle", "east", "west"]


@pytest.mark.slow
def test_an_error_in_a_cell_comes_back_with_its_notebook(address, tmp_path):
    book = write_notebook(tmp_path / "04.ipynb", "1 / (region != 'belt')")
    result = render(tmp_path / "out", book, address)
    assert result.failed == ["en/04/belt"]
    assert result.manifest["runs"]["en/04/belt"]["error"]["name"] == "ZeroDivisionError"
    assert (tmp_path / "out/en/04/belt/04.ipynb").exists()


@pytest.mark.slow
def test_workers_with_other_data_are_refused(address, tmp_path, monkeypatch):
    book = write_notebook(tmp_path / "05.ipynb", "1")
    mine = {**cluster.shared_hashes(), "data": "other"}
    real = cluster.shared_hashes
    monkeypatch.setattr(cluster, "shared_hashes", lambda: mine)
    monkeypatch.setattr(cluster.ClusterRuns, "_hashes_of_workers", lambda self: self._client.run(real))
    with pytest.raises(DataError, match=r"holds other data than this machine. Install the same version"):
        render(tmp_path / "out", book, address)


def test_a_cluster_that_stays_without_workers_is_given_up(monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(cluster, "_NO_WORKERS_SECONDS", 0.05)
    run = type("Run", (), {"name": "en/a"})
    runs = object.__new__(cluster.ClusterRuns)
    runs._runs, runs.events, runs._came_back = {0: run}, queue.SimpleQueue(), queue.SimpleQueue()
    runs._client = type("Client", (), {"nthreads": dict})()
    runs._collect()
    kind, named, record, folder = runs.events.get_nowait()
    assert (kind, named, folder, record["status"]) == ("finished", run, None, "failed")
    assert record["error"]["text"] == "The cluster has had no workers for 0.05 seconds; given up."


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.3)
    book = write_notebook(tmp_path / "06.ipynb", "1")
    with pytest.raises(DataError, match=r"No Dask scheduler answers at tcp://127.0.0.1:9"):
        render(tmp_path / "out", book, "tcp://127.0.0.1:9")


def test_files_from_a_worker_cannot_leave_their_folder(tmp_path):
    with pytest.raises(DataError, match="leads out of its folder"):
        cluster.write_files(tmp_path / "a", {"../b": b""})
    assert not (tmp_path / "b").exists()


def test_a_cluster_without_its_package_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    book = write_notebook(tmp_path / "07.ipynb", "1")
    with pytest.raises(DataError, match=r"needs the package distributed. Install lnregions\[cluster\]"):
        render(tmp_path / "out", book, "tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://no-such-host.invalid:8786"])
def test_an_address_that_means_nothing_is_named(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.3)
    book = write_notebook(tmp_path / "08.ipynb", "1")
    with pytest.raises(DataError, match=f"No Dask scheduler answers at {address}"):
        render(tmp_path / "out", book, address)


@pytest.mark.parametrize("other", ["package", "shapes"])
def test_a_worker_of_another_version_is_named_with_what_to_do(other, monkeypatch):
    hashes = {"package": "a", "data": "b", "shapes": "c"}
    monkeypatch.setattr(cluster, "shared_hashes", lambda: hashes)
    closed = []
    runs = object.__new__(cluster.ClusterRuns)
    runs._client = type("Client", (), {"close": lambda self: closed.append(1)})()
    runs._settings = Settings(scheduler="tcp://h:1")
    runs._hashes_of_workers = lambda: {"tcp://w:1": hashes, "tcp://w:2": {**hashes, other: "x"}}
    with pytest.raises(
        DataError, match=rf"Worker tcp://w:2 holds other {other} than this machine. Install the same"
    ):
        runs._refuse_other_inputs(None)
    runs._hashes_of_workers = dict
    with pytest.raises(DataError, match=r"The cluster at tcp://h:1 has no workers\. Start some"):
        runs._refuse_other_inputs(None)
    assert closed == [1, 1]
