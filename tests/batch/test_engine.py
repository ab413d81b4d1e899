"""Notebooks in forked kernels: isolated from each other, ended cleanly, and marked where a run ended."""

import asyncio
import json
import os
import pkgutil
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import papermill  # noqa: F401 - first, as the engine's module says
import pytest
import zmq.asyncio
from jupyter_client.session import Session
from nbformat.v4 import new_code_cell, new_notebook

from lnregions.batch import Notebook, Run, Settings
from lnregions.batch import engine as engines
from lnregions.batch.execute import ENGINES, RunControl, run_notebook
from lnregions.batch.fork import Preload, can_fork, start_fork_server, stop_fork_server
from lnregions.render_command import WARM_UP

NOTEBOOKS = Path(__file__).parents[1] / "data" / "notebooks"
SPEC = {"name": "python3", "language": "python", "display_name": "Python 3"}
PRELOAD = Preload(modules=("numpy", "matplotlib.pyplot"))
FORKED, ORDINARY = "warm", "ordinary"

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")


@pytest.fixture(scope="module", autouse=True)
def server():
    yield start_fork_server(PRELOAD)
    stop_fork_server()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a notebook, by name or given as cells; its record and its code cells."""
    # with it, ipykernel leaves file descriptors alone
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)

    def run(*cells, control=None, engine=FORKED, folder="run", limits=None, **metadata):
        folder = tmp_path / folder
        folder.mkdir(exist_ok=True)
        stored = NOTEBOOKS / f"{cells[0]}.ipynb"
        source = stored.read_bytes() if len(cells) == 1 else written(*cells, **metadata)
        one = Run("out", Notebook("out", folder / "out.ipynb", (), source=source), "en", "", {})
        settings = Settings(engine=engine, html=False, **limits or {})
        record = run_notebook(one, folder, settings, control)
        executed = nbformat.read(folder / "out.ipynb", as_version=4)
        return record, [cell for cell in executed.cells if cell.cell_type == "code"]

    return run


def written(*cells, **metadata):
    cells = [new_code_cell(one) if isinstance(one, str) else one for one in cells]
    return nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": SPEC, **metadata})).encode()


def text(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def value(cell):
    return cell.outputs[0].data["text/plain"]


def failed(cells):
    return [cell for cell in cells if cell.metadata.get("papermill", {}).get("status") == "failed"]


def gone(pid):
    """Whether a process has ended: it is not there, or only waits for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_an_answer_arrives_even_if_the_event_that_it_has_come_was_consumed():
    """As when nbclient sends the message of a widget on the socket on which it waits."""
    session = Session()

    async def exchange():
        context = zmq.asyncio.Context()
        with context, context.socket(zmq.DEALER) as ours, context.socket(zmq.DEALER) as kernel:
            kernel.bind("inproc://answer")
            ours.connect("inproc://answer")
            waiting = asyncio.create_task(engines.AnswerChannel(ours, session).get_msg())
            for _ in range(5):
                await asyncio.sleep(0)
            session.send(zmq.Socket.shadow(kernel), "execute_reply", {"status": "ok"})
            zmq.Socket.shadow(ours).get(zmq.EVENTS)
            return await asyncio.wait_for(waiting, 60)

    assert asyncio.run(exchange())["content"] == {"status": "ok"}


def test_text_of_an_output_widget_is_kept_in_the_widget_and_widgets_are_numbered(run, tmp_path):
    run("widgets")
    kept = nbformat.read(tmp_path / "run" / "out.ipynb", 4).metadata.widgets
    models = kept["application/vnd.jupyter.widget-state+json"]["state"]
    (outputs,) = [m["state"]["outputs"] for m in models.values() if m["model_name"] == "OutputModel"]
    assert [output["text"] for output in outputs] == ["inside\n"]
    assert sorted(models) == [f"{number:032x}" for number in range(1, len(models) + 1)]


def test_a_run_finds_nothing_of_the_run_before_and_has_its_own_random_numbers(run):
    first, second = ([text(cell) for cell in run("state", folder=name)[1]] for name in "ab")
    assert first[0] == second[0] == "(None, 10.0, False, False)\n"
    assert first[-1] != second[-1]
    assert "LN_TEST" not in os.environ


def test_open_files_are_written_and_those_of_a_failed_run_removed(run, tmp_path):
    run(
        "import atexit\nopened = open('a.txt', 'w')\nopened.write('kept')",
        "atexit.register(open, 'b.txt', 'w')",
    )
    assert (tmp_path / "run" / "a.txt").read_text() == "kept"
    assert run("open('made', 'w')", "1 / 0")[0]["status"] == "failed"
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["a.txt", "b.txt", "out.ipynb"]


@pytest.mark.parametrize(
    ("name", "engine", "sentence"),
    [
        ("crashes", FORKED, "The kernel was killed by SIGSEGV while this cell ran."),
        ("ends", FORKED, "The kernel ended with status 7 while this cell ran."),
        ("ends", ORDINARY, "The kernel ended with status 7 while this cell ran."),
    ],
)
def test_a_dead_kernel_is_named_in_the_cell_that_ran(run, name, engine, sentence):
    record, cells = run(name, engine=engine)
    assert record["status"] == "failed"
    assert (record["error"]["name"], record["error"]["text"]) == ("DeadKernelError", sentence)
    assert failed(cells) == [cells[-2]]
    assert cells[-2].outputs[-1].ename == "DeadKernelError"
    assert ("Segmentation fault" in str(cells[-2].outputs[-1].traceback)) == (name == "crashes")
    assert cells[-1].outputs == []
    assert "papermill" not in cells[-1].metadata


@pytest.mark.parametrize(
    ("limits", "engine", "error", "sentence"),
    [
        ({"cell_timeout": 0.5}, FORKED, "CellTimeoutError", "This cell ran longer than 0.5 seconds."),
        ({"run_timeout": 0.5}, FORKED, "RunTimeoutError", "The run took longer than 0.5 seconds."),
        ({"run_timeout": 0.5}, ORDINARY, "RunTimeoutError", "The run took longer than 0.5 seconds."),
        ({"memory": 150 * 2**20}, FORKED, "MemoryError", ""),
    ],
)
def test_a_limit_ends_the_run_and_marks_one_cell(run, limits, engine, error, sentence):
    record, cells = run("hog" if "memory" in limits else "endless", limits=limits, engine=engine)
    assert (record["error"]["name"], record["error"]["text"]) == (error, sentence)
    (cell,) = failed(cells)
    assert cell.outputs[-1].ename == error
    assert all(one.outputs == [] for one in cells[cells.index(cell) + 1 :])


def test_a_run_that_prints_too_much_is_ended(run, monkeypatch):
    monkeypatch.setattr("lnregions.batch.engine.MOST_OUTPUT", 2**20)
    assert run("much")[0]["error"]["name"] == "OutputLimitError"


def test_what_a_run_has_printed_is_not_kept_after_it(run):
    control = RunControl()
    _, cells = run("print('a' * 1000)", "1", control=control)
    assert (len(text(cells[0])), control.notebook) == (1001, None)


def test_a_run_can_be_cancelled_before_it_begins_and_from_another_thread_and_keeps_its_text(run, tmp_path):
    begun, control, early = tmp_path / "begun", RunControl(), RunControl()
    os.mkfifo(begun)

    def cancel():
        begun.read_text()  # returns when the second cell has written
        control.cancel("The render was stopped.")

    thread = threading.Thread(target=cancel)
    thread.start()
    wait = f"import threading\nopen({str(begun)!r}, 'w').close()\nthreading.Event().wait()"
    record, cells = run("print('before')", wait, control=control)
    thread.join()
    assert (record["status"], record["error"]["text"]) == ("stopped", "The render was stopped.")
    assert (text(cells[0]), cells[1].outputs[-1].ename) == ("before\n", "Stopped")
    early.cancel("Too late.")
    record, cells = run("print('never')", "1", control=early)
    assert (record["status"], record["error"]["text"]) == ("stopped", "Too late.")
    assert [text(cell) for cell in cells] == ["", ""]


DETACHED = """import os
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(write, str(os.getpid()).encode())
        os.execve('/bin/sleep', ['sleep', '6000'], {})
    os._exit(0)
pid = int(os.read(read, 99))
pid"""


def test_detached_children_end_with_their_run_and_not_with_another(run, tmp_path):
    start, stop = tmp_path / "start", tmp_path / "stop"
    os.mkfifo(start)
    os.mkfifo(stop)
    outer = []
    waits = f"open({str(start)!r}, 'w').close()\nopen({str(stop)!r}).read()\nos.path.exists(f'/proc/{{pid}}')"
    thread = threading.Thread(target=lambda: outer.extend(run(DETACHED, waits, folder="outer")))
    thread.start()
    start.read_text()
    _, inner = run("children")
    stop.write_text("")
    thread.join()
    assert value(outer[1][1]) == "True", "it ended with another run"
    assert gone(int(value(outer[1][0])))
    assert gone(int(text(inner[0])))


def test_runs_do_not_share_the_position_in_a_file_that_the_server_has_open(run, tmp_path, monkeypatch):
    (tmp_path / "glyphs").write_text("abcdefgh")
    module = f"opened = open({str(tmp_path / 'glyphs')!r}, buffering=1)\nopened.seek(2)"
    (tmp_path / "ln_opens.py").write_text(module)
    monkeypatch.syspath_prepend(str(tmp_path))
    start_fork_server(Preload(modules=("ln_opens",)))
    try:
        for _ in range(2):
            cell = run("import os, ln_opens\nos.read(ln_opens.opened.fileno(), 3)", "1")[1][0]
            assert value(cell) == "b'cde'"
    finally:
        start_fork_server(PRELOAD)


def test_what_a_run_used_is_measured(run):
    record, _ = run("hog")
    assert record["peak_memory"] > record["own_memory"] > 350 * 2**20
    assert record["cpu_seconds"] > 0


def test_a_killed_server_is_replaced_and_what_its_runs_left_is_ended(run):
    child = "import os, signal, subprocess\nsubprocess.Popen(['sleep', '6000'], start_new_session=True).pid"
    record, cells = run(child, "os.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()")
    assert record["error"]["name"] == "DeadKernelError"
    assert run("leaves")[0]["status"] == "done"
    assert gone(int(value(cells[0])))


def test_a_failure_in_what_is_preloaded_costs_speed_only_and_stopping_removes_everything(run):
    server = start_fork_server(Preload(modules=("no_such_module",), calls=(("no_such_module:at_all", {}),)))
    try:
        assert run("leaves")[0]["status"] == "done"
        assert Path(server.folder).is_dir()
        stop_fork_server()
        assert gone(server.pid)
        assert not Path(server.folder).exists()
    finally:
        start_fork_server(PRELOAD)


def test_everything_that_is_preloaded_exists_and_matplotlib_is_left_as_imported():
    code = """import json, sys, threading
from lnregions.batch.fork import KERNEL_MODULES, MODULES, load
load(list(MODULES), [("matplotlib.pyplot:rc", {"group": "font", "size": 3})])
import matplotlib, matplotlib.pyplot
seen = [name for name in (*MODULES, *KERNEL_MODULES) if name not in sys.modules]
seen += [thread.name for thread in threading.enumerate()] + matplotlib.pyplot.get_fignums()
seen += ["matplotlib_inline.backend_inline" in sys.modules, matplotlib.rcParams["font.size"]]
print(json.dumps(seen))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert json.loads(done.stdout or "0") == ["MainThread", False, 10.0], done.stderr
    assert callable(pkgutil.resolve_name(WARM_UP))


@pytest.mark.parametrize("reason", ["this system cannot fork a process", "kernel other is not Python's"])
def test_where_no_kernel_can_be_forked_ordinary_ones_are_used(run, reason, monkeypatch, caplog):
    monkeypatch.setattr(engines, "start_fork_server", lambda: pytest.fail("a fork server was started"))
    monkeypatch.setattr(engines.ForkEngine, "_logged", False)
    kernel = SPEC
    if reason.startswith("this system"):
        monkeypatch.setattr(engines, "can_fork", lambda: False)
    else:
        kernel = SPEC | {"name": "other"}
    for _ in range(2):
        record, _ = run("print('before')", "1", kernelspec=kernel)
        assert (record["error"] or {"name": ""})["name"] == ("" if kernel is SPEC else "NoSuchKernel")
    assert caplog.text.count(f"Ordinary kernels are used, which start more slowly: {reason}") == 1


OURS_FIRST = "import lnregions.batch.execute; from papermill.cli import papermill; papermill()"


@pytest.mark.parametrize(
    ("engine", "program"), [(FORKED, ["-m", "papermill"]), (ORDINARY, ["-c", OURS_FIRST])]
)
def test_papermills_own_command_and_options_work_on_the_engine(engine, program, tmp_path):
    source = "import os, sys\nprint('out', os.getcwd())\nprint('err', file=sys.stderr)\nregion"
    parameters = new_code_cell("region = 'west'", metadata={"tags": ["parameters"]})
    (tmp_path / "in.ipynb").write_bytes(written(parameters, source))
    (tmp_path / "work").mkdir()
    arguments = f"--engine {ENGINES[engine]} in.ipynb out.ipynb -p region belt".split()
    call = [sys.executable, *program, *arguments]
    call += ["--cwd", "work", "--log-output", "--request-save-on-cell-execute", "--autosave-cell-every", "1"]
    call += ["--stdout-file", str(tmp_path / "o.txt"), "--stderr-file", str(tmp_path / "e.txt")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-800:]
    last = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1]
    assert last.outputs[-1].data["text/plain"] == "'belt'"
    assert (tmp_path / "o.txt").read_text() == f"out {tmp_path / 'work'}\n"
    assert (tmp_path / "e.txt").read_text() == "err\n"


def test_the_cell_that_failed_is_named_not_an_earlier_one_that_may_raise(run):
    record, _ = run(new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}), "undefined")
    assert (record["error"]["cell"], record["error"]["name"]) == (2, "NameError")
