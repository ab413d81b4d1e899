"""Notebooks in forked kernels: the same outputs as papermill's, full isolation, honest ends."""

import contextlib
import copy
import itertools
import os
import re
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from lnregions.batch import warm as _warm
from lnregions.batch.kernels import RunControl, WarmEngine, register_engines

NOTEBOOKS = Path(__file__).parent / "data" / "notebooks"
IMPORTS = ("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline")

register_engines()


@pytest.fixture(scope="module", autouse=True)
def warm():
    process = _warm.warm_process(imports=IMPORTS)
    yield process
    _warm.close_warm_process()
    assert not process.alive()


def execute(name, folder, *, engine="lnregions", control=None):
    """Executed notebook and the error papermill raised, if any."""
    source = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    control = control or RunControl()
    control.folder = str(folder)
    error = None
    settings = {"engine_name": engine, "progress_bar": False, "request_save_on_cell_execute": False}
    try:
        papermill.execute_notebook(source, None, {}, control=control, **settings)
    except PapermillExecutionError as raised:
        error = raised
    return control.notebook, error


def shown(notebook):
    """Outputs as a reader sees them: text of one stream joined, random names and times out."""
    cells = []
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", []):
            output = copy.deepcopy(dict(output))
            last = outputs[-1] if outputs else {}
            if output["output_type"] == "stream" and last.get("name") == output["name"]:
                last["text"] += output["text"]
                continue
            outputs.append(output)
        cells.append((cell.source, cell.get("execution_count"), outputs))
    texts = [re.sub(r"ipykernel_\d+", "ipykernel", str(cell)) for cell in cells]
    return [re.sub(r"\b[0-9a-f]{32}\b", "ID", re.sub(r"0x[0-9a-f]+", "0x", text)) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["outputs", "widgets", "error", "asks"])
def test_outputs_are_those_of_papermill_in_an_ordinary_kernel(name, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it, ipykernel leaves file descriptors alone
    ours, our_error = execute(name, tmp_path)
    for _ in range(3):  # on a busy machine an ordinary kernel may show its streams in another order
        theirs, their_error = execute(name, tmp_path, engine="lnregions-ordinary")
        pairs = list(itertools.zip_longest(shown(ours), shown(theirs)))
        if all(one == other for one, other in pairs):
            break
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    assert (our_error and (our_error.ename, our_error.evalue, our_error.cell_index)) == (
        their_error and (their_error.ename, their_error.evalue, their_error.cell_index)
    )
    assert ours.metadata.language_info == theirs.metadata.language_info
    kind = "application/vnd.jupyter.widget-state+json"
    states = [nb.metadata.get("widgets", {kind: {"state": {}}})[kind]["state"] for nb in (ours, theirs)]
    models = [sorted(model["model_name"] for model in state.values()) for state in states]
    assert models[0] == models[1]
    assert bool(models[0]) == (name == "widgets")


def test_text_of_an_output_widget_is_kept_in_the_widget(tmp_path):
    notebook, error = execute("widgets", tmp_path)
    assert error is None
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    kept = [m["state"]["outputs"] for m in state.values() if m["model_name"] == "OutputModel"]
    assert [output["text"] for output in kept[0]] == ["inside\n"]


def test_text_of_threads_children_and_the_descriptor_is_shown_in_order(tmp_path):
    notebook, error = execute("threads", tmp_path)
    texts = ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]
    assert error is None
    assert texts == [
        "thread 0\nthread 1\nthread 2\n",
        "[0, 2, 4, 6]\n",
        "mine\nof the child\nafter\n",
        "直接\nend\n",
        "WARNING:root:logged\n",
    ]


def test_ten_megabytes_of_text_arrive_whole(tmp_path):
    notebook, error = execute("much", tmp_path)
    assert error is None
    assert sum(len(output.text) for output in notebook.cells[0].outputs) == 10_000_000
    assert notebook.cells[1].outputs[0].data["text/plain"] == "'done'"


def test_a_run_finds_nothing_of_the_run_before(tmp_path):
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        notebook, error = execute("state", tmp_path / name)
        assert error is None
        texts.append(
            [cell.outputs[0].text for cell in notebook.cells if cell.outputs and "text" in cell.outputs[0]]
        )
    assert texts[0][0] == texts[1][0] == "(None, 10.0, False, False)\n"
    assert texts[0][-1] != texts[1][-1], "the random numbers are the same in two runs"
    assert "LN_TEST" not in os.environ


def test_the_environment_of_the_caller_reaches_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("LN_TEST", "as it is now")
    notebook, _ = execute("state", tmp_path)
    assert notebook.cells[0].outputs[0].text.startswith("('as it is now'")


@pytest.mark.parametrize(
    ("name", "cell", "text", "before"),
    [
        ("crashes", 1, "The kernel was killed by SIGSEGV", "last words\n"),
        ("ends", 0, "The kernel ended with status 7", "so far\n"),
    ],
)
def test_a_dead_kernel_is_named_in_the_cell_that_ran(name, cell, text, before, tmp_path):
    notebook, error = execute(name, tmp_path)
    assert error.ename == "DeadKernelError"
    assert error.evalue.startswith(text)
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    assert cells[cell].outputs[0].text == before
    assert cells[cell].outputs[-1].ename == "DeadKernelError"
    assert [c.metadata.papermill.status for c in cells][cell:] == ["failed"] + ["pending"] * (
        len(cells) - cell - 1
    )
    assert cells[-1].outputs == []


def test_a_crash_says_where_in_the_code(tmp_path):
    notebook, _ = execute("crashes", tmp_path)
    failed = next(c for c in notebook.cells if c.cell_type == "code" and "ctypes" in c.source)
    assert "Segmentation fault" in "".join(o.get("text", "") for o in failed.outputs)


@pytest.mark.parametrize(
    ("control", "name", "error", "text"),
    [
        (RunControl(cell=0.5), "endless", "CellTimeoutError", "This cell ran longer than 0.5 seconds"),
        (RunControl(run=0.5), "endless", "RunTimeoutError", "The run took longer than 0.5 seconds"),
        (RunControl(memory=150 * 2**20), "hog", "MemoryError", ""),
    ],
)
def test_a_limit_ends_the_run_at_the_cell_that_went_beyond_it(control, name, error, text, tmp_path):
    notebook, raised = execute(name, tmp_path, control=control)
    assert raised.ename == error
    assert text in raised.evalue
    failed = [c for c in notebook.cells if c.metadata.get("papermill", {}).get("status") == "failed"]
    assert len(failed) == 1
    assert failed[0].outputs[-1].ename == error


def test_memory_held_by_children_counts(tmp_path, monkeypatch):
    monkeypatch.setattr("lnregions.batch.kernel._limit_memory", lambda most: None)
    monkeypatch.setattr(_warm.WarmKernel, "memory", lambda kernel: 300 * 2**20)
    _, raised = execute("slow", tmp_path, control=RunControl(memory=200 * 2**20))
    assert raised.ename == "MemoryLimitError"


def test_too_much_output_ends_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("lnregions.batch.conversation.MOST_OUTPUT", 2**20)
    _, raised = execute("much", tmp_path)
    assert raised.ename == "OutputLimitError"


def test_a_run_can_be_stopped_from_another_thread(tmp_path):
    import threading

    control = RunControl()

    def stop():
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        control.stop("Stopped", "The render was stopped.")

    thread = threading.Thread(target=stop)
    thread.start()
    notebook, raised = execute("slow", tmp_path, control=control)
    thread.join()
    assert (raised.ename, raised.evalue) == ("Stopped", "The render was stopped.")
    first = next(cell for cell in notebook.cells if "begun" in cell.source)
    assert first.outputs[0].text == "begun\n"


def test_a_run_that_was_stopped_before_it_began_does_not_run(tmp_path):
    control = RunControl()
    control.stop("Stopped", "Too late.")
    _, raised = execute("slow", tmp_path, control=control)
    assert raised.evalue == "Too late."


def test_leaving_by_exit_ends_the_notebook_without_an_error(tmp_path):
    notebook, error = execute("leaves", tmp_path)
    assert error is None
    assert notebook.cells[0].outputs[0].text == "before\n"
    assert notebook.cells[2].outputs == []


def test_detached_children_end_with_their_run(tmp_path):
    notebook, error = execute("children", tmp_path)
    assert error is None
    pid = int(notebook.cells[0].outputs[0].text)
    assert not Path(f"/proc/{pid}").exists()
    assert "601" not in _command_lines()


def _command_lines():
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += path.read_bytes().decode(errors="replace").split("\0")
    return found


def test_runs_do_not_share_the_place_in_a_file_that_the_warm_process_holds_open(tmp_path, monkeypatch):
    (tmp_path / "glyphs").write_text("abcdefgh")
    (tmp_path / "ln_holds.py").write_text(
        f"held = open({str(tmp_path / 'glyphs')!r}, buffering=1)\nheld.seek(2)"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    process = _warm.WarmProcess(imports=("ln_holds",))
    monkeypatch.setattr("lnregions.batch.kernels.warm_process", lambda: process)
    try:
        source = "import os, ln_holds\nos.read(ln_holds.held.fileno(), 3)"
        for _ in range(2):
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
            notebook.metadata["kernelspec"] = {"name": "python3", "language": "python"}
            done = papermill.execute_notebook(notebook, None, engine_name="lnregions", progress_bar=False)
            assert done.cells[0].outputs[0].data["text/plain"] == "b'cde'"
    finally:
        process.close()


def test_usage_is_measured(tmp_path):
    control = RunControl()
    execute("hog", tmp_path, control=control)
    assert control.usage["own_memory"] > 350 * 2**20
    assert control.usage["peak_memory"] >= control.usage["own_memory"]
    assert control.usage["cpu_seconds"] > 0


def test_a_dead_warm_process_is_replaced(tmp_path):
    before = _warm.warm_process()
    os.kill(before.pid, 9)
    before._process.wait()
    _, error = execute("leaves", tmp_path)
    assert error is None
    assert _warm.warm_process(imports=IMPORTS).pid != before.pid


def test_a_fault_in_the_warm_up_costs_nothing_but_warmth(tmp_path):
    process = _warm.WarmProcess(imports=("no_such_module",), warm_up=("no_such_module:at_all",))
    try:
        assert process.language()["name"] == "python"
    finally:
        process.close()


def test_a_warm_process_ends_by_itself_and_removes_its_folder():
    process = _warm.WarmProcess(imports=("pandas",))
    kernel = process.fork()
    assert os.path.isdir(process._temporary)
    process.close()
    kernel.end()
    assert process._process.returncode == 0
    assert not os.path.exists(process._temporary)


def test_a_warm_process_that_ends_is_named():
    process = _warm.WarmProcess(imports=())
    os.kill(process.pid, 9)
    with pytest.raises(_warm.WarmProcessError, match="The warm process ended"):
        process.fork()
    process.close()


def test_another_kernel_than_pythons_is_left_to_papermill(monkeypatch, caplog):
    called = []
    monkeypatch.setattr(
        "lnregions.batch.kernels.OrdinaryEngine.execute_managed_notebook",
        classmethod(lambda cls, nb_man, kernel_name, **kwargs: called.append(kernel_name)),
    )
    monkeypatch.setattr(WarmEngine, "_said", False)
    for _ in range(2):
        WarmEngine.execute_managed_notebook(None, "ir")
    assert called == ["ir", "ir"]
    assert caplog.text.count("Ordinary kernels are used") == 1


@pytest.mark.slow
def test_an_ordinary_kernel_that_dies_or_never_ends_is_marked_as_well(tmp_path):
    ended = []
    control = RunControl(when_ended=lambda: ended.append("ended"))
    notebook, error = execute("ends", tmp_path, engine="lnregions-ordinary", control=control)
    assert error.ename == "DeadKernelError"
    assert ended == ["ended"]
    control = RunControl(run=4)
    notebook, error = execute("endless", tmp_path, engine="lnregions-ordinary", control=control)
    assert error.ename == "RunTimeoutError"
    assert notebook.cells[-1].outputs == []


@pytest.mark.slow
def test_where_no_process_can_be_forked_ordinary_kernels_do_the_work_which_is_said_once(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("lnregions.batch.kernels.can_fork", lambda: False)
    monkeypatch.setattr(
        "lnregions.batch.kernels.warm_process", lambda: pytest.fail("a warm process was asked for")
    )
    monkeypatch.setattr(WarmEngine, "_said", False)
    for _ in range(2):
        notebook, error = execute("leaves", tmp_path)
        assert error is None
        assert notebook.cells[0].outputs[0].text == "before\n"
    assert (
        caplog.text.count("Ordinary kernels are used, which start more slowly: this system cannot fork") == 1
    )


@pytest.mark.parametrize(
    ("absent", "expected"), [("fork", False), ("nothing", True)], ids=["no fork", "as it is"]
)
def test_a_system_without_fork_is_known(absent, expected, monkeypatch):
    monkeypatch.delattr(os, absent, raising=False)
    assert _warm.can_fork() is expected


def test_a_cell_can_be_interrupted_at_its_limit_as_nbclient_does_it(tmp_path):
    source = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught')"
    cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("print('on')")]
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    done = papermill.execute_notebook(
        notebook,
        None,
        engine_name="lnregions",
        progress_bar=False,
        execution_timeout=1,
        interrupt_on_timeout=True,
    )
    assert [cell.outputs[0].text for cell in done.cells] == ["caught\n", "on\n"]


def test_text_of_a_running_cell_is_handed_on_to_whoever_follows_it(tmp_path):
    source = "import time\nfor n in range(3):\n    print(n)\n    time.sleep(0.4)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    settings = {"engine_name": "lnregions", "progress_bar": False}
    quiet = papermill.execute_notebook(notebook, None, **settings)
    followed = papermill.execute_notebook(notebook, None, log_output=True, **settings)
    assert [output.text for output in quiet.cells[0].outputs] == ["0\n1\n2\n"]
    assert "".join(output.text for output in followed.cells[0].outputs) == "0\n1\n2\n"
    assert len(followed.cells[0].outputs) > 1


@pytest.mark.parametrize(("synced", "inside"), [(True, []), (False, ["a.txt", "1"])])
def test_a_run_leaves_its_own_folder_to_whoever_brings_that_to_the_disk(synced, inside, tmp_path):
    code = f"""import os, re, pathlib
from lnregions import _files
said, real = [], os.fsync
def named(fd): return os.path.basename(os.readlink(f"/proc/self/fd/{{fd}}"))
os.fsync = lambda fd: said.append(re.sub(r"^\\.|\\.[0-9a-f]+\\.part$", "", named(fd)))
_files.write_whole("a.txt", "a")
_files.write_whole(pathlib.Path({str(tmp_path)!r}) / "10" / "b.txt", "b")
os.fsync = real
print(said)"""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    for name in ("1", "10"):
        (tmp_path / name).mkdir()
    control = RunControl(folder=str(tmp_path / "1"), synced=synced)
    papermill.execute_notebook(book, None, {}, engine_name="lnregions", progress_bar=False, control=control)
    assert control.notebook.cells[0].outputs[0].text == f"{[*inside, 'b.txt', '10']}\n"
    assert (tmp_path / "1" / "a.txt").read_text() == "a"
