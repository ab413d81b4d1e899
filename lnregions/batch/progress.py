"""What a render prints: a bar on a terminal, lines elsewhere, JSON for programs, or nothing."""

import contextlib
import functools
import json
import os
import shutil
import sys
import time
from typing import TextIO


def progress_for(kind: str = "auto", *, stream: TextIO | None = None):
    """What to give :func:`lnregions.batch.render_notebooks` as ``progress``.

    Parameters
    ----------
    kind : {"auto", "bar", "lines", "json", "quiet"}
        ``auto``: a bar on a terminal, else lines.
    stream : file, optional
        Where to write: standard error, for JSON standard output, if absent.

    Examples
    --------
    >>> progress_for("quiet") is None
    True
    """
    stream = stream or (sys.stdout if kind == "json" else sys.stderr)
    if kind == "quiet" or stream is None:
        return None
    if kind == "auto":
        kind = "bar" if stream.isatty() else "lines"
    return (
        functools.partial(_json_line, stream)
        if kind == "json"
        else {"bar": _Bar, "lines": _Lines}[kind](stream)
    )


@contextlib.contextmanager
def _ignoring_closed(stream: TextIO):
    """Suppress errors of a stream that nobody reads any more, such as a closed terminal, now and at exit."""
    try:
        yield
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def say(text: str, stream: TextIO) -> None:
    """Print a line; a stream that is closed, or cannot encode it, is no reason to stop."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    with _ignoring_closed(stream):
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


class _Lines:
    """One line for each run that ends."""

    def __init__(self, stream: TextIO):
        self._stream, self._start = stream, time.monotonic()
        self._done = self._todo = 0

    def __call__(self, event: str, run, facts) -> None:
        if event == "plan" and facts["todo"]:
            self._todo = facts["todo"]
            say(f"{facts['todo']} of {facts['runs']} runs to do", self._stream)
        elif event == "finished":
            self._done += 1
            left = self._todo - self._done
            seconds = (time.monotonic() - self._start) / self._done * left
            when = f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
            text = f"{left} left, about {when}" if left else "none left"
            error = "" if facts["status"] == "done" else f": {error_line(facts)}"
            text = f"{facts['status']} {run.name} {facts['seconds']:.1f} s, {text}{error}"
            say(f"[{self._done}/{self._todo}] {text}", self._stream)


class _Bar:
    """A bar with the runs done, running, failed and the time left."""

    def __init__(self, stream: TextIO):
        self._stream, self._bar = stream, None
        self._running = self._failed = 0

    def __call__(self, event: str, run, facts) -> None:
        with _ignoring_closed(self._stream):
            if event == "plan" and facts["todo"]:
                from tqdm import tqdm

                shape = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
                width = shutil.get_terminal_size().columns
                self._bar = tqdm(total=facts["todo"], file=self._stream, bar_format=shape, ncols=width)
            if self._bar is None:
                return
            self._running += (event == "started") - (event == "finished")
            if event == "finished":
                self._failed += facts["status"] != "done"
                self._bar.update(1)
            self._bar.set_postfix_str(f"{self._running} running, {self._failed} failed")
            if event == "end":
                self._bar.close()


def _json_line(stream: TextIO, event: str, run, facts) -> None:
    """One JSON object a line: the event, the run, what it came to; see ``docs/manifest.md``."""
    line = {"event": event} | ({"run": run.name} if run is not None else {})
    if event == "finished":
        facts = {name: facts[name] for name in ("status", "seconds", "error")}
    say(json.dumps(line | (facts or {}), ensure_ascii=False), stream)


def error_line(record: dict) -> str:
    """Error of a run in one line: the cell, the error, and the line of code.

    Examples
    --------
    >>> error_line({"error": {"cell": 3, "name": "KeyError", "text": "'gdp'", "source": "x['gdp']"}})
    "cell 3: KeyError: 'gdp' (x['gdp'])"
    """
    error = record.get("error")
    if not error:
        return ""
    cell = f"cell {error['cell']}: " if error["cell"] else ""
    last = (error["text"].strip().splitlines() or [""])[-1]
    source = f" ({error['source']})" if error["source"] else ""
    return f"{cell}{error['name']}: {last}{source}"


def failure_lines(result) -> list[str]:
    """Each failed run of a result with its error in one line, then those that were stopped."""
    runs = result.manifest["runs"]
    lines = [f"failed  {name}  {error_line(runs.get(name, {}))}" for name in result.failed]
    return lines + [f"stopped {name}" for name in result.stopped]
