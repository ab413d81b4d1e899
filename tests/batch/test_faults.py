"""Faults of the machine and of its users, brought about for real: what docs/faults.md says is what happens."""

import contextlib
import json
import os
import queue
import random
import select
import shutil
import signal
import subprocess
import sys

import fault_kit as kit
import pytest
from fault_kit import render, write_notebook

from lnregions.__main__ import main
from lnregions.batch import failure_lines
from lnregions.batch import render as render_module
from lnregions.batch.manifest import OutputError
from lnregions.batch.render import Stopped, queue_signals
from lnregions.errors import DataError

pytestmark = pytest.mark.usefixtures("stopped_server")


@pytest.fixture
def temporary(tmp_path):
    """Folder for the temporary files of a render, which leaves nothing in it and no process behind."""
    (tmp_path / "temporary").mkdir()
    yield tmp_path / "temporary"
    assert kit.all_gone(tmp_path / "temporary")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.fixture
def disk(tmp_path):
    """A disk of three megabytes; made read-only by mounting it again."""
    place = tmp_path / "disk"
    place.mkdir()
    if mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", place).returncode:
        pytest.skip("no disk can be mounted here: the same is tested by a limit of file size")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def mount(*words):
    return subprocess.run(["mount", *words], capture_output=True, check=False)


# -- stopping -----------------------------------------------------------------------------------------------


DETACHED = """import os, signal
if region in ("c", "d"):
    if os.fork() == 0:
        os.setsid()
        os.execve("/bin/sh", ["sh", "-c", "echo $$ > FOLDER/" + region + "; exec sleep 6000"], {})
    signal.pause()"""
"""A cell that never ends in two regions, and that starts a process there which hides from its kernel."""


def start_slow(tmp_path, temporary):
    """A render of which two runs are done and two are running and never end; the processes that these started."""
    marks = [tmp_path / "c", tmp_path / "d"]
    for mark in marks:
        os.mkfifo(mark)
    book = write_notebook(tmp_path / "01.ipynb", DETACHED.replace("FOLDER", str(tmp_path)))
    process = kit.start_render(book, tmp_path / "out", "abcd", temporary=temporary)
    # in English and Chinese, two at a time: the first two that do not end are English
    return process, [int(mark.read_text()) for mark in marks]


def wait_until_gone(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError), open(os.pidfd_open(pid)) as ended:
            select.select([ended], [], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_render_keeps_what_was_done_and_leaves_no_process(number, tmp_path, temporary):
    process, started = start_slow(tmp_path, temporary)
    os.killpg(process.pid, number)
    process.wait()
    wait_until_gone(started)
    result = json.loads((tmp_path / "out.result").read_text())
    assert result["interrupted"] == number
    assert sorted(result["done"]) == ["en/01/a", "en/01/b"]
    assert len(result["stopped"]) == 6
    assert kit.leftovers(tmp_path / "out") == []
    assert sorted(json.loads((tmp_path / "out/manifest.json").read_text())["runs"]) == sorted(result["done"])


def test_a_killed_render_is_completed_by_the_next_and_a_second_one_meanwhile_refused(tmp_path, temporary):
    process, started = start_slow(tmp_path, temporary)
    refused = rf"Another render \(process {process.pid} on .*\) is writing into out. Wait"
    with pytest.raises(DataError, match=refused):
        render(tmp_path / "out", tmp_path / "01.ipynb")
    assert process.poll() is None
    process.kill()
    process.wait()
    wait_until_gone(started)
    assert kit.all_gone(temporary)
    kit.assert_whole(tmp_path / "out")
    result = render(tmp_path / "out", tmp_path / "01.ipynb", "ab")
    assert (result.done, result.skipped) == ([], ["en/01/a", "en/01/b"])
    assert kit.leftovers(tmp_path / "out") == []


@pytest.mark.long
def test_fifty_killed_renders_leave_whole_files_and_the_next_completes_them(tmp_path, temporary):
    book = write_notebook(tmp_path / "01.ipynb", kit.QUICK.replace("(region)", "(f'<svg>{region}</svg>')"))
    regions, chance = [f"r{n:02}" for n in range(20)], random.Random(50)
    both = {"languages": ["en", "zh"]}  # as the renders that are killed
    whole = render(tmp_path / "whole", book, regions, **both)
    for kill in range(50):
        if kill % 10 == 0:
            shutil.rmtree(tmp_path / "out", ignore_errors=True)
        process = kit.start_render(book, tmp_path / "out", regions, temporary=temporary)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.3, 6))
        process.kill()
        process.wait()
        assert kit.all_gone(temporary)
        kit.assert_whole(tmp_path / "out")
        shutil.rmtree(temporary)
        temporary.mkdir()
    result = render(tmp_path / "out", book, regions, **both)
    assert result.failed == whole.failed == []
    assert kit.tree(tmp_path / "out") == kit.tree(tmp_path / "whole")
    assert kit.leftovers(tmp_path / "out") == []


@pytest.fixture
def signals():
    """Signals as a program that has just started has them, but SIGHUP ignored; as they were when the test is over."""
    own = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_IGN,
    }
    before = {number: signal.signal(number, handler) for number, handler in own.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler or signal.SIG_DFL)


def test_a_signal_is_queued_a_second_interrupts_and_one_that_is_ignored_stays_so(signals):
    events = queue.SimpleQueue()
    with pytest.raises(Stopped, match="SIGINT"), queue_signals(events):  # noqa: PT012
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        assert events.get_nowait() == ("signal", None, signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert events.empty()


def test_the_command_ends_with_the_status_of_its_signal(tmp_path, monkeypatch, capsys):
    def stop(*args, **more):
        raise Stopped(signal.SIGTERM)

    monkeypatch.setattr("lnregions.batch.render_notebooks", stop)
    assert main(["render", "01_plan", "--output", str(tmp_path)]) == 143
    assert "Stopped. What was finished is kept" in capsys.readouterr().err
    result = render_module.RenderResult(tmp_path, {"runs": {}}, [], [], [], ["en/01"], [], interrupted=2)
    monkeypatch.setattr("lnregions.batch.render_notebooks", lambda *args, **more: result)
    assert main(["render", "01_plan", "--output", str(tmp_path)]) == 130
    assert "stopped en/01" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# -- progress that nobody reads -----------------------------------------------------------------------------


def test_a_reader_that_leaves_does_not_change_the_exit_status():
    code = "import sys; from lnregions.batch import say\nfor _ in range(9): say('x' * 99999, sys.stdout)"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


# -- disks --------------------------------------------------------------------------------------------------


def book_with(tmp_path, code):
    """Notebook whose run `b` does something as long as a mark is there."""
    mark = tmp_path / "mark"
    mark.touch()
    start = f"import os\nif region == 'b' and os.path.exists({str(mark)!r}):\n    "
    return write_notebook(tmp_path / "01.ipynb", f"{start}{code}\nregion"), mark


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
    assert "en/01/b/figures/a.png" not in kit.tree(disk / "out")
    kit.assert_whole(disk / "out")
    assert kit.leftovers(disk / "out") == []
    mark.unlink()
    assert render(disk / "out", book).done == ["en/01/b"]


def test_a_limit_of_file_size_fails_the_run_as_a_full_disk_does(tmp_path):
    import resource

    book, _ = book_with(tmp_path, FULL["the notebook"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, before[1]))
    try:
        result = render(tmp_path / "out", book)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (result.done, result.failed) == (["en/01/a"], ["en/01/b"])
    assert "File too large" in failure_lines(result)[0]
    assert set(kit.tree(tmp_path / "out")) == {"en/01/a/01.ipynb"}


def test_a_manifest_that_cannot_be_written_at_the_end_has_what_was_done_before(tmp_path, monkeypatch):
    real = render_module.Manifest.save

    def full(self, *, sync=False):
        if sync:
            raise OSError(28, "No space left on device")
        real(self)

    book = write_notebook(tmp_path / "01.ipynb", "region")
    with monkeypatch.context() as patch:
        patch.setattr(render_module.Manifest, "save", full)
        with pytest.raises(OutputError, match=r"manifest.json cannot be written to \(No space left"):
            render(tmp_path / "out", book)
    assert kit.leftovers(tmp_path / "out") == []
    again = render(tmp_path / "out", book)
    assert (again.done, len(again.skipped)) == ([], 2)


def test_a_read_only_disk_is_refused_before_anything_runs(disk, tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", "region")
    mount("-o", "remount,ro", disk)
    with pytest.raises(OutputError, match=r"cannot be written to \(Read-only file system\)"):
        render(disk / "out", book)


@pytest.mark.parametrize("name", ["file", "file/deeper"])
def test_an_output_that_is_a_file_is_refused(name, tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["render", "01_plan", "--output", str(tmp_path / name)]) == 1
    assert "is a file, or leads through one. Give a folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_an_output_that_is_removed_during_a_run_is_made_again_by_the_next_render(tmp_path):
    out = tmp_path / "out"
    code = f"import shutil\nif region == 'b':\n    shutil.rmtree({str(out)!r}, ignore_errors=True)\nregion"
    render(out, write_notebook(tmp_path / "01.ipynb", code), settings={"jobs": 1})
    assert render(out, write_notebook(tmp_path / "01.ipynb", "region")).ok
    assert set(kit.tree(out)) == {"en/01/a/01.ipynb", "en/01/b/01.ipynb"}


# -- links --------------------------------------------------------------------------------------------------


def test_a_link_at_the_place_of_a_run_is_replaced_and_its_target_left_alone(tmp_path):
    outside, place = tmp_path / "outside", tmp_path / "out/en/01"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    book = write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    shutil.rmtree(place / "a")
    (place / "a").symlink_to(outside)
    assert render(tmp_path / "out", book).done == ["en/01/a"]
    assert not (place / "a").is_symlink()
    assert [path.name for path in outside.iterdir()] == ["mine"]


def test_a_link_that_leads_out_of_the_output_is_refused(tmp_path):
    outside = tmp_path / "outside"
    for folder in (outside, tmp_path / "out", tmp_path / "other"):
        folder.mkdir()
    (tmp_path / "out" / "en").symlink_to(outside)
    book = write_notebook(tmp_path / "01.ipynb", "region")
    assert "leads out of the output folder" in failure_lines(render(tmp_path / "out", book))[0]
    (tmp_path / "other" / ".lnregions").symlink_to(outside)
    with pytest.raises(OutputError, match=r"\.lnregions is a link. Remove it"):
        render(tmp_path / "other", book)
    assert list(outside.iterdir()) == []


def test_links_pipes_and_closed_folders_in_a_run_do_no_harm(tmp_path):
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
    book = write_notebook(tmp_path / "01.ipynb", code)
    result = render(tmp_path / "out", book, "a", settings={"html": True})
    assert result.ok
    assert sorted(result.manifest["runs"]["en/01/a"]["outputs"]) == [
        "01.html", "01.ipynb", "closed/b.txt", "figures/a.svg", "figures/latest.svg"
    ]  # fmt: skip
    assert not any(path.is_symlink() for path in (tmp_path / "out").rglob("*"))
    assert (tmp_path / "victim").read_text() == "mine"
    assert len(render(tmp_path / "out", book, "a", settings={"html": True}).skipped) == 1
