"""The near end of the warm process: it ends whatever becomes of it, and leaves nothing."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from lnregions.batch import warm as _warm
from lnregions.batch.conversation import FrontEnd


def test_a_warm_process_that_does_not_end_by_itself_is_killed(monkeypatch):
    process = _warm.WarmProcess(imports=())
    process.language()
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(_warm, "_LAST", 0.1)
    process.close()
    assert process._process.returncode == -signal.SIGKILL
    assert not Path(process._temporary).exists()


def test_a_process_that_bears_the_mark_is_ended_and_no_other():
    sleep = ["sleep", "600"]
    marked = subprocess.Popen(sleep, env={**os.environ, "LN_TEST_MARK": "7"})
    other = subprocess.Popen(sleep, env={**os.environ, "LN_TEST_MARK": "77"})
    try:
        while b"LN_TEST_MARK=7\0" not in Path(f"/proc/{marked.pid}/environ").read_bytes() + b"\0":
            pass  # it is being started
        _warm._end_marked("LN_TEST_MARK=7")
        assert marked.wait() == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for one in (marked, other):
            one.kill()
            one.wait()


def read_on(kernel):
    while True:
        kernel.receive(timeout=10)


@pytest.mark.parametrize("pidfd", [True, False])
def test_a_kernel_that_dies_is_noticed_with_and_without_a_descriptor_of_it(pidfd, monkeypatch, tmp_path):
    if not pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    process = _warm.WarmProcess(imports=())
    try:
        kernel = process.fork(folder=str(tmp_path))
        assert kernel.memory() >= 0
        kernel.kill()
        with pytest.raises(_warm.WireError):
            read_on(kernel)
        assert kernel.end()["status"] == -signal.SIGKILL
        assert kernel.end()["status"] == -signal.SIGKILL, "ended once, told again"
        kernel.interrupt()
        kernel.kill()
    finally:
        process.close()
    assert process.end_kernel(kernel.pid) == {"status": None}


def test_last_words_that_cannot_be_read_are_none():
    process = _warm.WarmProcess(imports=())
    process.close()
    assert process._last_words() == ""


def test_threads_that_wait_do_not_spin_in_the_warm_process_and_runs_see_nothing_of_it(tmp_path, monkeypatch):
    name = "OPENBLAS_THREAD_TIMEOUT"
    monkeypatch.delenv(name, raising=False)
    process = _warm.WarmProcess(imports=())
    try:
        process.language()
        assert f"{name}=4".encode() in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        kernel = process.fork(folder=str(tmp_path))
        code = f"import os; open('seen', 'w').write(str(os.environ.get({name!r}))); os._exit(0)"
        FrontEnd(kernel).execute(code)
        with pytest.raises(_warm.WireError):
            read_on(kernel)
        assert (tmp_path / "seen").read_text() == "None"
    finally:
        process.close()
