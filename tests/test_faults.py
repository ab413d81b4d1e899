"""Faults of the machine and of its users, done for real: what docs/faults.md says is what happens."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import fault_kit as kit
import nbformat
import pytest

from lnregions import files as _files
from lnregions.__main__ import main
from lnregions.batch import folder_lock as _folder_lock
from lnregions.batch import render as render_module
from lnregions.batch import warm as _warm
from lnregions.batch import zygote as _zygote
from lnregions.batch.folder_lock import OutputError, lock_folder
from lnregions.batch.progress import failure_lines, progress_for
from lnregions.batch.render import Settings, plan_runs, render_notebooks
from lnregions.batch.runs import Limits
from lnregions.batch.stopping import StopAsked, stop_when_asked
from lnregions.errors import DataError
from lnregions.pages import report

DOCS = Path(__file__).parent.parent / "docs" / "faults.md"
TESTS = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def nothing_left():
    """No process is left behind."""
    yield
    _warm.close_warm_process()


@pytest.fixture(autouse=True)
def unchanging(monkeypatch):
    """Whoever edits the package or the data while the tests run gives no reason to run again."""
    fixed = {name: name for name in ("package", "data", "shapes", "versions")}
    real = render_module.shared_inputs
    monkeypatch.setattr(render_module, "shared_inputs", lambda *args, **more: real(*args, **more) | fixed)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Forks renders; their temporary files have a folder of their own."""
    temporary = tmp_path_factory.mktemp("temporary")
    process = kit.Server(temporary.as_posix(), TMPDIR=str(temporary))
    process.temporary = temporary
    yield process
    process.close()
    assert kit.all_gone(temporary.as_posix())


@pytest.fixture
def clean(server):
    """Nothing that a test starts with the server outlives it: no process, temporary file or shared memory."""
    segments = sorted(os.listdir("/dev/shm"))
    yield
    assert kit.all_gone(server.mark, but=[server.pid])
    assert list(server.temporary.iterdir()) == []
    assert sorted(os.listdir("/dev/shm")) == segments


@pytest.fixture
def disk(tmp_path):
    """A disk of three megabytes; resized or made read-only by mounting it again."""
    place = tmp_path / "disk"
    place.mkdir()
    if mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", place).returncode:
        pytest.skip("no disk can be mounted here: the same faults are tested by a limit of file size")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def mount(*words):
    return subprocess.run(["mount", *words], capture_output=True, check=False)


def render(output, book, regions=("a", "b"), **changes):
    settings = Settings(**{"html": False, "imports": (), **changes.pop("settings", {})})
    asked = {"choices": {"region": list(regions)}, "languages": ["en"], **changes}
    return render_notebooks(output, notebooks=book, settings=settings, **asked)


def errors(result):
    return {run.value: (result.manifest["runs"][run.name]["error"] or {}) for run in result.runs}


def cells(output, region, name="01"):
    path = output / "en" / name / region / f"{name}.ipynb"
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


# -- the table ----------------------------------------------------------------------------------------------


def test_every_test_that_the_fault_table_names_exists():
    named = re.findall(r"`(test_\w+)\.py::(test_\w+)`", DOCS.read_text("utf-8"))
    assert len(named) > 40
    for file, test in named:
        assert f"def {test}(" in (TESTS / f"{file}.py").read_text("utf-8"), f"{file}.py::{test}"


# -- stopping -----------------------------------------------------------------------------------------------

SLOW = "import time\nif region in ('c', 'd'):\n    open(marks + region, 'w').close()\n    time.sleep(600)"


def start_slow(server, tmp_path, do="render"):
    """A render of which two runs are done and two are in work and never end."""
    marks = tmp_path / "marks"
    marks.mkdir()
    book = kit.write_notebook(tmp_path / "01.ipynb", f"marks = {str(marks)!r} + '/'\n{SLOW}")
    ask = {"book": str(book), "regions": ["a", "b", "c", "d"], "html": False}
    pid, ended = server.start(do=do, out=str(tmp_path / "out"), **ask)
    # English and Chinese, two at a time: the first two that do not end are the English ones
    for region in "cd":
        kit.wait_for_file(marks / region, ended)
    return pid, ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_a_render_cleanly_and_keeps_what_was_done(number, server, clean, tmp_path):
    pid, ended = start_slow(server, tmp_path)
    os.kill(pid, number)
    select.select([ended], [], [])
    said = json.loads((tmp_path / "out.said").read_text())
    assert said["interrupted"] == number
    assert sorted(said["done"]) == ["en/01/a", "en/01/b"]
    assert len(said["stopped"]) == 6
    assert kit.leftovers(tmp_path / "out") == []
    assert sorted(json.loads((tmp_path / "out/manifest.json").read_text())["runs"]) == sorted(said["done"])


def test_a_second_signal_ends_a_render_at_once(server, clean, tmp_path):
    pid, ended = start_slow(server, tmp_path, do="patient_render")
    warm = next(child for child in kit.marked(server.mark) if parent(child) == pid)
    kernels = [child for child in kit.marked(server.mark) if parent(child) == warm]
    os.kill(warm, signal.SIGSTOP)  # so that a clean stop has to wait
    os.kill(pid, signal.SIGINT)
    while not all(gone(kernel) for kernel in kernels):  # the first one has come
        assert not select.select([ended], [], [], 0.02)[0]
    os.kill(pid, signal.SIGINT)
    select.select([ended], [], [])
    kit.assert_whole(tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def test_a_signal_that_is_ignored_or_taken_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_when_asked():
            signal.raise_signal(signal.SIGHUP)
        with pytest.raises(StopAsked, match="SIGTERM"), stop_when_asked():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_papermills_own_notebook_says_where_ctrl_c_came(server, clean, tmp_path):
    mark = tmp_path / "mark"
    slow = f"open({str(mark)!r}, 'w').close()\nprint('begun', flush=True)\nimport time\ntime.sleep(600)"
    book = kit.write_notebook(tmp_path / "01.ipynb", slow, "'never'")
    pid, ended = server.start(do="papermill", book=str(book), out=str(tmp_path / "out.ipynb"))
    kit.wait_for_file(mark, ended)
    os.kill(pid, signal.SIGINT)
    select.select([ended], [], [])
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    states = [c.metadata.papermill.status for c in made.cells]
    assert states == ["completed", "failed", "pending"]
    assert made.cells[1].outputs[-1].ename == "KeyboardInterrupt"
    assert made.metadata.papermill.exception is True


def test_the_command_ends_with_the_status_of_its_signal(tmp_path, monkeypatch, capsys):
    def stop(*args, **more):
        raise StopAsked(signal.SIGTERM)

    monkeypatch.setattr(render_module, "render_notebooks", stop)
    assert main(["render", "01_plan", "--output", str(tmp_path)]) == 143
    assert "Stopped. What was finished is kept" in capsys.readouterr().err
    result = render_module.RenderResult(tmp_path, {"runs": {}}, [], [], [], ["en/01"], [], interrupted=2)
    monkeypatch.setattr(render_module, "render_notebooks", lambda *args, **more: result)
    assert main(["render", "01_plan", "--output", str(tmp_path)]) == 130
    assert "stopped en/01" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# -- who listens --------------------------------------------------------------------------------------------


def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def closed_terminal():
    master, slave = pty.openpty()
    os.close(master)
    return slave


@pytest.mark.parametrize("kind", ["json", "lines", "bar"])
@pytest.mark.parametrize("stream", [closed_pipe, closed_terminal])
def test_a_render_goes_on_when_nobody_listens_any_more(kind, stream, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    with contextlib.suppress(OSError), open(stream(), "w") as file:
        result = render(tmp_path / "out", book, progress=progress_for(kind, stream=file))
    assert result.ok
    assert len(result.done) == 2


def test_a_program_without_standard_error_says_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert progress_for("auto") is None


def test_a_reader_that_leaves_does_not_change_the_exit_status():
    code = "import sys; from lnregions.batch.progress import say\nfor _ in range(9): say('x' * 99999, sys.stdout)"
    writer = closed_pipe()
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


# -- disks --------------------------------------------------------------------------------------------------

BIG = "import os\nif region == 'b' and os.path.exists(mark):\n    "


def book_with(tmp_path, code):
    """Notebook whose run `b` does something as long as a mark is there."""
    mark = tmp_path / "mark"
    mark.touch()
    return kit.write_notebook(tmp_path / "01.ipynb", f"mark = {str(mark)!r}\n{BIG}{code}\nregion"), mark


FULL = {
    "the notebook": "print('x' * 5_000_000)",
    "a figure": "os.mkdir(figures); open(figures + '/a.png', 'wb').write(b'x' * 5_000_000)",
}


@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_fails_the_run_and_leaves_no_half_file(what, disk, tmp_path):
    book, mark = book_with(tmp_path, FULL[what])
    result = render(disk / "out", book, settings={"jobs": 1})
    assert (result.done, result.failed) == (["en/01/a"], ["en/01/b"])
    assert "No space left on device" in failure_lines(result)[0]
    names = set(kit.tree(disk / "out"))
    assert "en/01/b/figures/a.png" not in names
    assert ("en/01/b/01.ipynb" in names) == (what == "a figure")
    kit.assert_whole(disk / "out")
    assert kit.leftovers(disk / "out") == []
    mark.unlink()
    assert render(disk / "out", book).done == ["en/01/b"]
    assert kit.tree(disk / "out") == kit.tree_of(render, tmp_path / "other", book)


def test_a_limit_of_file_size_fails_the_run_as_a_full_disk_does(tmp_path):
    import resource

    book, _ = book_with(tmp_path, "print('x' * 5_000_000)")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, before[1]))
    try:
        result = render(tmp_path / "out", book)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (result.done, result.failed) == (["en/01/a"], ["en/01/b"])
    assert "File too large" in failure_lines(result)[0]
    assert set(kit.tree(tmp_path / "out")) == {"en/01/a/01.ipynb"}


def test_a_disk_that_is_full_at_the_end_keeps_the_journal_of_what_was_done(disk, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    count = []

    def fill(kind, run, facts):
        count.append(kind)
        if count.count("finished") == 2 and kind == "finished":
            with open(disk / "filler", "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * 4096)

    with pytest.raises(OutputError, match=r"manifest.json cannot be written to \(No space left on device\)"):
        render(disk / "out", book, progress=fill)
    assert kit.leftovers(disk / "out") == []
    (disk / "filler").unlink()
    again = render(disk / "out", book)
    assert (again.done, len(again.skipped)) == ([], 2)
    assert len(json.loads((disk / "out/manifest.json").read_text())["runs"]) == 2


def test_a_full_disk_leaves_the_report_as_it_was(disk, monkeypatch):
    old, new = ({f"en/region/{n}.html": word * 100_000 for n in range(9)} for word in ("old", "new!!"))
    monkeypatch.setattr(report, "read_site", lambda *args, **more: None)
    for pages in (old, new):
        monkeypatch.setattr(report, "site_pages", lambda site, pages=pages: pages)
        if pages is old:
            report.write_report(disk)
        else:
            with pytest.raises(OSError, match="No space left"):
                report.write_report(disk)
    found = {name: content.decode() for name, content in kit.tree(disk).items()}
    assert all(found[name] in (old[name], new[name]) for name in old)
    assert kit.leftovers(disk) == []


def test_a_disk_without_inodes_fails_the_runs_and_says_so(disk, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "import os\nos.mkdir(figures)\n"
                              "for n in range(60):\n    open(f'{figures}/{n}', 'w').close()")  # fmt: skip
    mount("-o", "remount,nr_inodes=40", disk)
    result = render(disk / "out", book, settings={"jobs": 1})
    assert result.failed == ["en/01/a", "en/01/b"]
    assert "No space left on device" in failure_lines(result)[0]
    assert kit.leftovers(disk / "out") == []


def test_a_read_only_disk_is_refused_before_anything_runs(disk, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    mount("-o", "remount,ro", disk)
    with pytest.raises(OutputError, match=r"cannot be written to \(Read-only file system\)"):
        render(disk / "out", book)
    mount("-o", "remount,rw", disk)
    render(disk / "out", book)
    mount("-o", "remount,ro", disk)
    with pytest.raises(OutputError, match="Read-only file system"):
        render(disk / "out", book, settings={"force": True})


def test_a_folder_that_one_may_not_write_to_is_refused(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir(mode=0o555)
    place, far = os.pipe()
    if os.getuid():
        with pytest.raises(OutputError, match="Permission denied"), lock_folder(folder):
            pass
        return
    pid = os.fork()
    if pid == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            with lock_folder(folder):
                pass
        except OutputError as error:
            os.write(far, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(far)
    with open(place) as file:
        assert re.search(r"cannot be written to \(Permission denied\)", file.read())


@pytest.mark.parametrize("name", ["file", "file/deeper"])
def test_an_output_that_is_a_file_is_refused(name, tmp_path):
    (tmp_path / "file").write_text("mine")
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    with pytest.raises(OutputError, match=r"is a file, or leads through one. Give a folder"):
        render(tmp_path / name, book)
    assert (tmp_path / "file").read_text() == "mine"


def test_the_command_says_in_one_line_what_it_cannot_write(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["render", "01_plan", "--output", str(tmp_path / "file")]) == 1
    assert "is a file, or leads through one" in capsys.readouterr().err
    full = OSError(28, "No space left on device", "index.html")
    monkeypatch.setattr(report, "write_report", lambda *args, **more: (_ for _ in ()).throw(full))
    assert main(["report", "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("index.html: No space left on device. ")


def test_an_output_that_vanishes_in_mid_run_is_noticed(tmp_path):
    out = tmp_path / "out"
    code = f"import shutil\nif region == 'b':\n    shutil.rmtree({str(out)!r})\nregion"
    book = kit.write_notebook(tmp_path / "01.ipynb", code)
    result = render(out, book, settings={"jobs": 1})
    assert sorted(result.failed) == ["en/01/a", "en/01/b"]
    assert "removed" in errors(result)["b"]["text"]
    assert "removed" in errors(result)["a"]["text"]
    assert render(out, kit.write_notebook(tmp_path / "01.ipynb", "region")).ok


def test_what_is_written_reaches_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    calls = []
    for name in ("fsync", "replace", "rename"):
        real = getattr(os, name)

        def record(*args, name=name, real=real):
            place = os.readlink(f"/proc/self/fd/{args[0]}") if name == "fsync" else str(args[-1])
            calls.append((name, re.sub(r"\.[0-9a-f]{8}\.part$", ".part", os.path.relpath(place, tmp_path))))
            return real(*args)

        monkeypatch.setattr(os, name, record)
    _files.write_whole(tmp_path / "a.json", "content")
    assert calls == [("fsync", ".a.json.part"), ("replace", "a.json"), ("fsync", ".")]
    calls.clear()
    (tmp_path / "new" / "deep").mkdir(parents=True)
    (tmp_path / "new" / "deep" / "b").write_text("b")
    _files.sync_folder(tmp_path / "new")
    _files.swap_in(tmp_path / "new", tmp_path / "en" / "final")
    places = [place for name, place in calls]
    assert places == ["new/deep/b", "new/deep", "new", ".", "en/final", "en"]


def test_a_sweep_takes_what_the_dead_left_and_nothing_else(tmp_path):
    names = [".a.json.0123abcd.part", ".b.json.0123abcd.part", "mine.part", ".c.part"]
    for name in names:
        (tmp_path / name).touch()
    with open(tmp_path / names[1], "rb") as held:
        assert _files.try_lock(held.fileno())
        _files.sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names[1:])


def test_a_file_that_was_swept_away_while_it_was_made_is_written_again(tmp_path, monkeypatch):
    real, swept = os.fsync, []

    def fsync(descriptor):
        if not swept:
            swept.extend(tmp_path.glob(".*.part"))
            swept[0].unlink()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    _files.write_whole(tmp_path / "a.json", "whole")
    assert len(swept) == 1
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.json": "whole"}


# -- kernels ------------------------------------------------------------------------------------------------

DEATHS = {
    "exits": ("os._exit(3)", "The kernel ended with status 3"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "The kernel was killed by SIGSEGV"),
    "killed": ("os.kill(os.getpid(), 9)", "The kernel was killed by SIGKILL"),
    "aborts": ("os.abort()", "The kernel was killed by SIGABRT"),
    "deaf": ("os.closerange(3, 4096)", "The kernel"),
}
HANGS = {
    "stops": "os.kill(os.getpid(), signal.SIGSTOP)",
    "holds": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "blocks": "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n    while True: pass",
    "ignores": (
        "while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass"
    ),
    "waits": "import threading; threading.Event().wait()",
}  # fmt: skip


def book_of(tmp_path, ways):
    code = "import os, signal\nprint('so far', flush=True)\n"
    code += "".join(f"if region == {name!r}:\n    {way}\n" for name, way in ways.items())
    return kit.write_notebook(tmp_path / "01.ipynb", code, "'after'")


def test_a_kernel_that_dies_takes_down_its_own_run_only_and_is_named(tmp_path):
    book = book_of(tmp_path, {name: way for name, (way, _) in DEATHS.items()})
    result = render(tmp_path / "out", book, [*DEATHS, "good"])
    assert result.done == ["en/01/good"]
    for name, (_, text) in DEATHS.items():
        error = errors(result)[name]
        assert (error["name"], error["cell"]) == ("DeadKernelError", 3)
        assert error["text"].startswith(text), name
        made = cells(tmp_path / "out", name)
        assert made[2].outputs[0].text.startswith("so far\n")
        assert made[2].outputs[-1].evalue == error["text"]
        states = [c.metadata.get("papermill", {}).get("status") for c in made]
        assert states == ["completed", "completed", "failed", None]


def test_a_cell_that_hangs_is_ended_at_the_limit_whatever_it_does(tmp_path):
    result = render(
        tmp_path / "out", book_of(tmp_path, HANGS), HANGS, settings={"limits": Limits(cell=2.0), "jobs": 5}
    )
    assert {error["name"] for error in errors(result).values()} == {"CellTimeoutError"}
    for name in HANGS:
        made = cells(tmp_path / "out", name)
        failed = [
            number
            for number, c in enumerate(made)
            if c.metadata.get("papermill", {}).get("status") == "failed"
        ]
        assert len(failed) == 1
        assert "longer than 2 seconds" in made[failed[0]].outputs[-1].evalue
        assert all("papermill" not in c.metadata and not c.outputs for c in made[failed[0] + 1 :])


def test_files_of_a_run_that_did_not_end_well_are_not_kept(tmp_path):
    code = "import os\nos.mkdir(figures)\nfile = open(figures + '/a.png', 'wb')\nfile.write(b'half')\nfile.flush()"
    book = kit.write_notebook(tmp_path / "01.ipynb", code, "os.abort() if region == 'b' else file.close()")
    result = render(tmp_path / "out", book)
    assert result.failed == ["en/01/b"]
    assert set(kit.tree(tmp_path / "out")) == {
        "en/01/a/01.ipynb",
        "en/01/a/figures/a.png",
        "en/01/b/01.ipynb",
    }


def test_a_killed_warm_process_is_replaced_and_what_it_left_is_ended(tmp_path):
    code = """import os, signal, subprocess
if region == "a":
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    open(PLACE, "w").write(str(child.pid))
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()""".replace("PLACE", repr(str(tmp_path / "pid")))
    book = kit.write_notebook(tmp_path / "01.ipynb", code)
    result = render(tmp_path / "out", book, settings={"jobs": 1})
    assert (result.done, result.failed) == (["en/01/b"], ["en/01/a"])
    assert errors(result)["a"]["name"] == "DeadKernelError"
    assert gone(int((tmp_path / "pid").read_text()))


def gone(pid):
    """Whether a process has ended: it is not there, or a zombie that its parent has yet to bury."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def test_a_machine_without_room_for_a_kernel_fails_that_run_only(tmp_path, monkeypatch):
    process = _warm.warm_process(imports=())
    real, asked = process._ask, []

    def ask(request, fds=()):
        asked.append(request["do"])
        full = request["do"] == "fork" and asked.count("fork") == 2
        return {"error": "Cannot allocate memory"} if full else real(request, fds)

    process.language()
    monkeypatch.setattr(process, "_ask", ask)
    monkeypatch.setattr("lnregions.batch.batch.warm_process", lambda **more: process)
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    result = render(tmp_path / "out", book, ["a", "b", "c"], settings={"jobs": 1})
    assert len(result.done) == 2
    assert "No kernel could be forked: Cannot allocate memory" in failure_lines(result)[0]


def test_the_warm_process_survives_a_fork_that_fails(monkeypatch):
    near, far = socket.socketpair()
    zygote = _zygote.Zygote(far, None, temporary="/nowhere")
    monkeypatch.setattr(
        _zygote.os, "fork", lambda: (_ for _ in ()).throw(BlockingIOError(11, "no more processes"))
    )
    thread = threading.Thread(target=zygote.serve)
    thread.start()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        pipe = os.pipe()
        socket.send_fds(near, [b'{"do": "fork", "environment": {}}\n'], pipe)
        assert json.loads(near.recv(999)) == {"error": "no more processes"}
        for fd in pipe:
            os.close(fd)
    assert len(os.listdir("/proc/self/fd")) == before
    near.close()
    thread.join()
    far.close()


def test_a_fault_before_the_first_run_is_each_runs_own(tmp_path, monkeypatch):
    monkeypatch.setattr("lnregions.batch.batch.get_ready", lambda **more: 1 / 0)
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    assert len(render(tmp_path / "out", book).failed) == 2


DAEMON = """import os, sys, time
def daemon():
    \"\"\"A process in a session of its own, with nothing in its environment, whose parent has ended.\"\"\"
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        pid = os.fork()
        if pid:
            os.write(write, str(pid).encode())
            os._exit(0)
        os.execve("/bin/sleep", ["sleep", "600"], {})
    return int(os.read(read, 20))
"""


def test_a_detached_process_ends_with_its_run_and_not_with_another(tmp_path):
    told = tmp_path / "told"
    code = DAEMON + (
        "pid = daemon()\nprint(pid)\nif region == 'b':\n"
        f"    while not os.path.exists({str(told)!r}):\n        time.sleep(0.01)\n"
        "    os.kill(pid, 0)\n    print('it lives')"
    )
    book = kit.write_notebook(tmp_path / "01.ipynb", code)
    result = render(
        tmp_path / "out", book, progress=lambda kind, run, facts: kind == "finished" and told.touch()
    )
    assert result.ok
    texts = [cells(tmp_path / "out", region)[2].outputs[0].text.split("\n") for region in "ab"]
    assert texts[1][1] == "it lives"
    assert all(gone(int(text[0])) for text in texts)


ENDS = {"ends": "", "fails": "1 / 0", "dies": "os._exit(1)", "hangs": "while True: pass"}


def test_no_process_port_temporary_file_or_shared_memory_stays(server, clean, tmp_path):
    code = DAEMON + (
        "import tempfile, socket, multiprocessing.shared_memory\n"
        "held = multiprocessing.shared_memory.SharedMemory(create=True, size=4096)\n"
        "file = tempfile.mkstemp()\nfolder = tempfile.mkdtemp()\n"
        "port = socket.create_server(('127.0.0.1', 0))\nport.set_inheritable(True)\n"
        "open(f'{PLACE}/{region}', 'w').write(f'{port.getsockname()[1]} {daemon()}')"
    ).replace("{PLACE}", str(tmp_path / "ports"))
    (tmp_path / "ports").mkdir()
    ways = "import os\n" + "".join(
        f"if region == {name!r}:\n    {way}\n" for name, way in ENDS.items() if way
    )
    book = kit.write_notebook(tmp_path / "01.ipynb", code, ways)
    server.finish(do="limited", out=str(tmp_path / "out"), book=str(book), regions=list(ENDS), cell=10.0)
    runs = json.loads((tmp_path / "out/manifest.json").read_text())["runs"]
    found = {run["value"]: (run["error"] or {}).get("name") for run in runs.values()}
    wanted = {
        "ends": None,
        "fails": "ZeroDivisionError",
        "dies": "DeadKernelError",
        "hangs": "CellTimeoutError",
    }
    assert found == wanted
    for name in ENDS:
        port, pid = map(int, (tmp_path / "ports" / name).read_text().split())
        assert gone(pid)
        assert f":{port:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text()


# -- two at once, links, damaged books ----------------------------------------------------------------------


@pytest.fixture
def without_locks(monkeypatch):
    """A file system that knows no locks, as some shared ones."""

    def refuse(descriptor):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(_folder_lock, "try_lock", refuse)


def test_a_second_render_in_another_process_is_refused_and_the_first_goes_on(server, clean, tmp_path):
    pid, ended = start_slow(server, tmp_path)
    with pytest.raises(DataError, match=rf"Another render \(process {pid}\) is writing into out. Wait"):
        render(tmp_path / "out", tmp_path / "01.ipynb")
    assert not select.select([ended], [], [], 0)[0]
    os.kill(pid, signal.SIGKILL)
    select.select([ended], [], [])
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    assert render(tmp_path / "out", book).ok


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("", ""),
        ("{me} {here}", ""),
        ("99999999 {here}", ""),
        ("1 {here}", r"process 1\) is writing"),
        ("77 far-away", r"process 77 on far-away\).*If it is no longer at work there, delete .*lock"),
        ("broken", ""),
    ],
)
def test_without_locks_the_words_in_the_lock_file_count(words, held, without_locks, tmp_path):
    (tmp_path / ".lnregions").mkdir()
    text = words.format(me=os.getpid(), here=socket.gethostname())
    (tmp_path / ".lnregions" / "lock").write_text(text)
    if held:
        with pytest.raises(DataError, match=held), lock_folder(tmp_path):
            pass
        return
    with lock_folder(tmp_path):
        assert (tmp_path / ".lnregions" / "lock").read_text().split()[0] == str(os.getpid())
    assert (tmp_path / ".lnregions" / "lock").read_text() == ""


def test_a_lock_left_by_another_machine_does_not_hold_where_locks_work(tmp_path):
    (tmp_path / ".lnregions").mkdir()
    (tmp_path / ".lnregions" / "lock").write_text("77 far-away")
    with lock_folder(tmp_path):
        pass


def test_a_link_at_the_place_of_a_run_is_replaced_and_its_target_left_alone(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    place = tmp_path / "out/en/01"
    place.mkdir(parents=True)
    (place / "a").symlink_to(outside)
    (place / "b").symlink_to(tmp_path / "nowhere")
    assert render(tmp_path / "out", book).ok
    assert not (place / "a").is_symlink()
    assert [p.name for p in outside.iterdir()] == ["mine"]
    assert not (tmp_path / "nowhere").exists()


def test_a_link_that_leads_out_of_the_output_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "en").symlink_to(outside)
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    result = render(tmp_path / "out", book)
    assert "leads out of the output folder" in failure_lines(result)[0]
    assert list(outside.iterdir()) == []
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".lnregions").symlink_to(outside)
    with pytest.raises(OutputError, match=r"\.lnregions is a link. Remove it"):
        render(tmp_path / "other", book)


@pytest.mark.parametrize("name", ["lock", "journal.jsonl", "hashes.json", "staging"])
def test_a_link_among_the_working_files_is_not_followed(name, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir() if name == "staging" else outside.write_text("mine")
    own = tmp_path / "out" / ".lnregions"
    own.mkdir(parents=True)
    (own / name).symlink_to(outside)
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    with contextlib.suppress(OutputError):
        render(tmp_path / "out", book)
    assert list(outside.iterdir()) == [] if name == "staging" else outside.read_text() == "mine"


def test_links_pipes_and_closed_folders_in_a_run_do_not_harm(tmp_path):
    code = """import os, socket
os.mkdir(figures)
open(figures + "/a.svg", "w").write("<svg/>")
os.symlink("a.svg", figures + "/latest.svg")
os.symlink("/etc/passwd", "passwd")
os.symlink("/", "root")
os.symlink(PLACE, "01.html")
os.mkfifo("pipe")
os.mkfifo("01.ipynb")
s = socket.socket(socket.AF_UNIX)
s.bind("sock")
os.mkdir("closed")
open("closed/b.txt", "w").write("b")
os.chmod("closed/b.txt", 0)
os.chmod("closed", 0)
os.chmod(".", 0)""".replace("PLACE", repr(str(tmp_path / "victim")))
    (tmp_path / "victim").write_text("mine")
    book = kit.write_notebook(tmp_path / "01.ipynb", code)
    result = render(tmp_path / "out", book, "a", settings={"html": True})
    assert result.ok
    assert sorted(result.manifest["runs"]["en/01/a"]["outputs"]) == [
        "01.html", "01.ipynb", "closed/b.txt", "figures/a.svg", "figures/latest.svg"
    ]  # fmt: skip
    assert not any(p.is_symlink() for p in (tmp_path / "out").rglob("*"))
    assert (tmp_path / "victim").read_text() == "mine"
    assert len(render(tmp_path / "out", book, "a", settings={"html": True}).skipped) == 1


BROKEN_BOOKS = {
    "cut": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "no JSON": lambda text: "<html>",
    "deep": lambda text: "[" * 100_000,
    "a list": lambda text: "[]",
    "without runs": lambda text: '{"schema": 1}',
    "newer": lambda text: text.replace('"schema": 1', '"schema": 99'),
    "no text": lambda text: "\udcff",
    "odd records": lambda text: re.sub(r'"(inputs|outputs)": \{[^}]*\}', r'"\1": [3]', text),
    "records that are none": lambda text: '{"schema": 1, "runs": {"en/01/a": 3, "en/01/b": null}}',
}


@pytest.mark.parametrize("how", BROKEN_BOOKS)
def test_damaged_books_cost_a_new_run_and_nothing_else(how, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    before = kit.tree(tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    bad = BROKEN_BOOKS[how](manifest.read_text()).encode("utf-8", "surrogateescape")
    manifest.write_bytes(bad)
    result = render(tmp_path / "out", book)
    assert sorted(result.done) == ["en/01/a", "en/01/b"]
    assert kit.tree(tmp_path / "out") == before
    assert json.loads(manifest.read_text()) == result.manifest
    if how in ("cut", "newer"):
        assert "manifest.json" in result.runs[0].why
        assert (tmp_path / "out/.lnregions/manifest.unread.json").read_bytes() == bad


def test_books_that_name_files_elsewhere_are_not_believed(tmp_path):
    import hashlib

    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    manifest = tmp_path / "out" / "manifest.json"
    content = json.loads(manifest.read_text())
    (tmp_path / "secret").write_text("s")
    digest = hashlib.sha256(b"s").hexdigest()
    content["runs"]["en/01/a"] |= {"folder": "../..", "outputs": {"secret": digest}}
    content["runs"]["en/01/b"]["folder"] = str(tmp_path)
    manifest.write_text(json.dumps(content))
    assert render(tmp_path / "out", book).done == ["en/01/a"]
    assert (tmp_path / "secret").read_text() == "s"


def test_a_journal_that_was_cut_short_does_not_swallow_the_next_line(tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    (tmp_path / "out" / "manifest.json").rename(tmp_path / "kept")
    journal = tmp_path / "out" / ".lnregions" / "journal.jsonl"
    journal.write_text('["en/01/a", {"status": "do')
    from lnregions.batch.manifest import Books

    books = Books(tmp_path / "out")
    books.add("en/01/b", json.loads((tmp_path / "kept").read_text())["runs"]["en/01/b"])
    assert list(Books(tmp_path / "out").runs) == ["en/01/b"]


# -- clocks -------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_ends_no_run_and_spoils_no_measure(tmp_path, monkeypatch):
    real, jumps = time.time, iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: real() + (-1) ** next(jumps) * 1e6)
    monkeypatch.setattr(time, "time_ns", lambda: int(time.time() * 1e9))
    jumping = (
        "import time, itertools\ncount = itertools.count()\ntime.time = lambda: (-1) ** next(count) * 1e9"
    )
    book = kit.write_notebook(tmp_path / "01.ipynb", jumping, "time.time()", "region")
    settings = {"limits": Limits(cell=600, run=600), "batch": 600}
    result = render(tmp_path / "out", book, settings=settings)
    assert result.ok
    assert all(0 <= run["seconds"] < 600 for run in result.manifest["runs"].values())
    assert len(render(tmp_path / "out", book, settings=settings).skipped) == 2


@pytest.mark.parametrize("when", [0, 1, 4_000_000_000])
def test_times_of_files_are_no_reason_to_run_again(when, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    for path in [book, *(p for p in (tmp_path / "out").rglob("*") if p.is_file())]:
        os.utime(path, (when, when))
    assert render(tmp_path / "out", book).done == []


@pytest.mark.parametrize("what", ["the notebook", "a file of one's own", "a result"])
def test_a_change_of_the_same_size_with_its_time_set_back_is_seen(what, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("1")
    book = kit.write_notebook(tmp_path / "01.ipynb", "'one'")
    settings = {"own": (own,)}
    render(tmp_path / "out", book, settings=settings)
    assert render(tmp_path / "out", book, settings=settings).done == []  # hashes are known now
    place = {"the notebook": book, "a file of one's own": own, "a result": tmp_path / "out/en/01/a/01.ipynb"}[
        what
    ]
    state = place.stat()
    place.write_bytes(place.read_bytes().replace(b"one", b"two") if what != "a file of one's own" else b"2")
    os.utime(place, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert place.stat().st_size == state.st_size
    assert len(render(tmp_path / "out", book, settings=settings).done) == (1 if what == "a result" else 2)


def test_what_the_warm_process_read_at_its_start_does_not_outlive_a_change(tmp_path, monkeypatch):
    own = tmp_path / "ln_own.py"
    own.write_text("value = 'old'")
    monkeypatch.syspath_prepend(str(tmp_path))
    book = kit.write_notebook(tmp_path / "books" / "01.ipynb", "import ln_own\nprint(ln_own.value)")
    settings = {"own": (own,), "imports": ("ln_own",)}
    render(tmp_path / "out", book, "a", settings=settings)
    own.write_text("value = 'new!'")
    assert render(tmp_path / "out", book, "a", settings=settings).done == ["en/01/a"]
    assert cells(tmp_path / "out", "a")[2].outputs[0].text == "new!\n"


# -- fonts --------------------------------------------------------------------------------------------------


def test_a_font_cache_lock_that_a_killed_process_left_costs_nobody_its_wait(tmp_path, monkeypatch):
    from matplotlib.font_manager import FontManager

    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    cache = tmp_path / f"fontlist-v{FontManager.__version__}.json"
    lock = tmp_path / (cache.name + ".matplotlib-lock")
    lock.touch()
    process = _warm.WarmProcess(imports=("matplotlib.font_manager",))
    process.language()
    process.close()
    assert not lock.exists()
    assert cache.exists()  # who waits for the lock in vain goes on without writing it


# -- isolation ----------------------------------------------------------------------------------------------

NASTY = """
import decimal, gc, importlib, locale, os, random, resource, shutil, signal, sys, time, warnings
import matplotlib, numpy, pandas
import lnregions
matplotlib.rcParams["figure.dpi"] = 7
matplotlib.rcParams["font.size"] = 99
matplotlib.use("svg")
numpy.random.seed(1); random.seed(1); numpy.seterr(all="raise"); numpy.set_printoptions(precision=1)
pandas.set_option("display.max_rows", 1); pandas.DataFrame._repr_html_ = lambda self: "spoilt"
decimal.getcontext().prec = 2
locale.setlocale(locale.LC_ALL, "C")
warnings.simplefilter("ignore"); warnings.showwarning = print
sys.path.insert(0, "/nowhere"); sys.modules["json"] = None; sys.modules["nasty"] = sys
sys.setrecursionlimit(200); sys.set_int_max_str_digits(700)
os.environ.clear(); os.environ["NASTY"] = "1"; os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
os.umask(0o777)
signal.signal(signal.SIGUSR1, lambda *_: None); signal.signal(signal.SIGINT, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
held = [open("/dev/null") for _ in range(9)]
lnregions.root = lnregions.__version__ = "spoilt"
import lnregions.paths
lnregions.paths.data_dir = lambda: "spoilt"
import builtins; builtins.sorted = lambda *args: []
gc.disable(); os.nice(5)
sys.stdin.close()
for name in os.listdir("."):
    shutil.rmtree(name, ignore_errors=True)
sys.stdout.write("nasty"); print(region)
os.chdir("/")
"""
STATE = """
import decimal, gc, hashlib, locale, os, pathlib, random, resource, signal, sys, tempfile, time, warnings
import matplotlib, numpy, pandas
import lnregions, lnregions.paths
print(os.path.basename(os.getcwd()) == os.path.basename(os.path.abspath(".")), os.listdir("."))
print({k: v for k, v in sorted(os.environ.items()) if k in ("NASTY", "TZ", "MPLBACKEND", "LANG")}, time.tzname)
print(hashlib.sha256(repr(sorted(matplotlib.rcParams.items())).encode()).hexdigest(), matplotlib.get_backend())
print(locale.setlocale(locale.LC_ALL), decimal.getcontext().prec, hash("a"), len(warnings.filters))
print(numpy.geterr(), numpy.get_printoptions()["precision"], pandas.get_option("display.max_rows"))
print(random.random() == random.Random(1).random(), numpy.random.random() == numpy.random.RandomState(1).random())
print(sys.path.count("/nowhere"), "nasty" in sys.modules, sys.getrecursionlimit(), sys.get_int_max_str_digits())
print(oct(os.umask(0o22)), signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGINT))
print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE), os.nice(0))
print(len(os.listdir("/proc/self/fd")), sys.stdin is not None and sys.stdin.closed, gc.isenabled())
print(tempfile.gettempdir(), os.environ["TMPDIR"])
print(lnregions.__version__, callable(lnregions.paths.data_dir), sorted([2, 1]))
folder = pathlib.Path(figures)
folder.mkdir()
(folder / "state.txt").write_text(region)
pandas.DataFrame({"a": [1, 2]})
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_nasty_notebook_changes_no_other_run(jobs, tmp_path):
    settings = {"imports": ("numpy", "pandas", "matplotlib.pyplot", "lnregions"), "jobs": jobs}
    kit.write_notebook(tmp_path / "alone" / "02_good.ipynb", STATE)
    for name, code in (("01_nasty", NASTY), ("02_good", STATE), ("03_nasty", NASTY)):
        kit.write_notebook(tmp_path / "mixed" / f"{name}.ipynb", code)
    assert render(tmp_path / "expected", tmp_path / "alone", settings=settings).ok
    result = render(tmp_path / "found", tmp_path / "mixed", settings=settings)
    assert result.ok, failure_lines(result)
    good = {name: content for name, content in kit.tree(tmp_path / "found").items() if "02_good" in name}
    assert good == kit.tree(tmp_path / "expected")
    text = cells(tmp_path / "expected", "a", "02_good")[2].outputs[0].text
    assert "False False" in text  # nobody's random numbers
    assert "spoilt" not in text
    assert "\n<temporary> <temporary>\n" in text


# -- odd notebooks and names --------------------------------------------------------------------------------

ODD = {
    "empty": (b"", "it is not valid JSON"),
    "no JSON": (b"<html>", "it is not valid JSON"),
    "cut": (b'{"cells": [{"cell_type"', "it is not valid JSON"),
    "a list": (b"[]", "it has no list of cells"),
    "old": (b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', "it has no list of cells"),
    "binary": (bytes(range(256)), "it is not valid JSON"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_a_file_that_is_no_notebook_is_refused_with_its_name(kind, tmp_path):
    content, text = ODD[kind]
    (tmp_path / "01_odd.ipynb").write_bytes(content)
    with pytest.raises(DataError, match=rf"01_odd.ipynb: {text}.*Open it in JupyterLab"):
        render(tmp_path / "out", tmp_path / "01_odd.ipynb")
    assert not (tmp_path / "out").exists()


def test_a_notebook_without_a_kernel_or_with_a_byte_order_mark_runs_as_python(tmp_path):
    for name, change in (("01", lambda text: text), ("02", lambda text: "\ufeff" + text)):
        path = kit.write_notebook(tmp_path / "books" / f"{name}.ipynb", "region")
        content = json.loads(path.read_text())
        del content["metadata"]["kernelspec"]
        path.write_text(change(json.dumps(content)), encoding="utf-8")
    assert render(tmp_path / "out", tmp_path / "books").ok


def test_a_notebook_of_another_language_is_a_failed_run_that_names_its_kernel(tmp_path):
    kernel = {"name": "ir", "display_name": "R", "language": "R"}
    book = kit.write_notebook(tmp_path / "01.ipynb", "region", kernelspec=kernel)
    result = render(tmp_path / "out", book)
    assert sorted(result.failed) == ["en/01/a", "en/01/b"]
    assert "No such kernel named ir" in failure_lines(result)[0]


@pytest.mark.slow
def test_two_thousand_cells_are_written_once(tmp_path, monkeypatch):
    from lnregions.batch import runs

    written, real = [], runs._write
    monkeypatch.setattr(runs, "_write", lambda *args, **more: written.append(1) or real(*args, **more))
    book = kit.write_notebook(tmp_path / "01.ipynb", *map(str, range(2000)))
    assert render(tmp_path / "out", book, "a").ok
    assert len(cells(tmp_path / "out", "a")[-1].outputs) == 1
    assert written == [1]


def test_two_files_of_one_name_are_refused(tmp_path):
    one, two = (kit.write_notebook(tmp_path / place / "01.ipynb", f"'{place}'") for place in ("a", "b"))
    with pytest.raises(DataError, match=r"a/01.ipynb and .*b/01.ipynb have the same name"):
        render(tmp_path / "out", [one, two])
    assert len(plan_runs(notebooks=[one, one], languages=["en", "en"])) == 1


@pytest.mark.parametrize("values", [("CON", "CON_"), ("", "all")])
def test_two_values_of_one_folder_are_refused(values, tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    with pytest.raises(
        DataError, match=rf"values {values[0]!r} and {values[1]!r} of region have the same folder"
    ):
        render(tmp_path / "out", book, values)


def test_values_that_only_some_systems_tell_apart_are_told_apart_where_they_are(tmp_path, monkeypatch):
    book = kit.write_notebook(tmp_path / "01.ipynb", "region")
    assert render(tmp_path / "out", book, ["West", "west"]).ok
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(DataError, match="have the same folder"):
        plan_runs(choices={"region": ["West", "west"]}, notebooks=book)


ODD_VALUES = [
    "a/b",
    "a\\b",
    "..",
    ".",
    " ",
    "a:b*?",
    "沈阳",
    "e\u0301",
    "\U0001f5fa",
    "-rf",
    "a\nb",
    "x" * 500,
    "%",
    "'\"$",
]


def test_values_with_odd_characters_have_a_folder_each(tmp_path):
    book = kit.write_notebook(tmp_path / "01.ipynb", "print(region)")
    result = render(tmp_path / "out", book, ODD_VALUES)
    assert result.ok
    assert len({run.name for run in result.runs}) == len(ODD_VALUES)
    for run in result.runs:
        made = nbformat.read(tmp_path / "out" / run.name / "01.ipynb", as_version=4)
        assert made.cells[-1].outputs[0].text == run.value + "\n"
