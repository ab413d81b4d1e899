"""What a render prints while it runs."""

import contextlib
import fcntl
import io
import os
import pty
import struct
import sys
import termios

import pytest

from lnregions.batch import progress_for, say

RUN = type("Run", (), {"name": "en/01/a"})
ERROR = {"cell": 2, "name": "KeyError", "text": "Traceback\n'gdp'", "source": "x['gdp']"}


def finished(status="done", error=None):
    return {"status": status, "seconds": 1.25, "error": error, "attempts": 1}


def feed(progress, *ends):
    progress("plan", None, {"runs": 3, "todo": len(ends)})
    for end in ends:
        progress("started", RUN, None)
        progress("finished", RUN, end)
    progress("end", None, {"done": [], "failed": [], "stopped": []})


def test_lines_name_each_run_that_ends_with_its_error():
    stream = io.StringIO()
    feed(progress_for("lines", stream=stream), finished(), finished("failed", ERROR))
    first, second, third = stream.getvalue().splitlines()
    assert first == "2 of 3 runs to do"
    assert second.startswith("[1/2] done en/01/a 1.2 s, 1 left, about ")
    assert third == "[2/2] failed en/01/a 1.2 s, none left: cell 2: KeyError: 'gdp' (x['gdp'])"


@pytest.mark.parametrize("columns", [0, 120])
def test_a_bar_is_drawn_on_a_terminal_also_one_that_does_not_know_its_width(columns):
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 0, columns, 0, 0))
    with open(far, "w") as terminal:
        feed(progress_for("auto", stream=terminal), finished(), finished("failed", ERROR))
        shown = ""
        while "0 running, 1 failed" not in shown:
            shown += os.read(near, 10_000).decode()
    os.close(near)
    assert "2/2" in shown


@pytest.mark.parametrize("kind", ["json", "lines", "bar"])
def test_progress_that_nobody_reads_stops_no_render(kind):
    fed, (reader, writer) = [], os.pipe()
    os.close(reader)
    with contextlib.suppress(OSError), open(writer, "w") as file:  # which cannot be closed in peace
        fed.append(feed(progress_for(kind, stream=file), finished(), finished("failed", ERROR)))
    assert len(fed) == 1


def test_a_program_without_standard_error_prints_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert progress_for("auto") is None


def test_text_that_a_stream_cannot_encode_is_escaped():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    say("城市", stream)
    assert stream.buffer.getvalue() == b"\\u57ce\\u5e02\n"
