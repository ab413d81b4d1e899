"""What a render prints: a bar on a terminal, lines elsewhere, JSON for programs, or nothing."""

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO


def progress_for(kind: str = "auto", *, stream: TextIO | None = None) -> Callable | None:
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
    printed = {"json": _json_lines, "lines": _lines, "bar": _bar}[kind](stream)
    next(printed)
    return lambda *event: printed.send(event)


def _json_lines(stream: TextIO) -> Iterator[None]:
    """One JSON object a line: the event, the run, what it came to; see ``docs/manifest.md``."""
    while True:
        event, run, facts = yield
        line = {"event": event} | ({"run": run.name} if run is not None else {})
        if event == "finished":
            facts = {name: facts[name] for name in ("status", "seconds", "error")}
        say(json.dumps(line | (facts or {}), ensure_ascii=False), stream)


def _lines(stream: TextIO) -> Iterator[None]:
    """One line for each run that ends."""
    start, done, todo = time.monotonic(), 0, 0
    while True:
        event, run, facts = yield
        if event == "plan" and facts["todo"]:
            todo = facts["todo"]
            say(f"{todo} of {facts['runs']} runs to do", stream)
        elif event == "finished":
            done += 1
            seconds = (time.monotonic() - start) / done * (todo - done)
            when = f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
            left = f"{todo - done} left, about {when}" if done < todo else "none left"
            error = "" if facts["status"] == "done" else f": {error_line(facts)}"
            spent = f"{facts['status']} {run.name} {facts['seconds']:.1f} s"
            say(f"[{done}/{todo}] {spent}, {left}{error}", stream)


def _bar(stream: TextIO) -> Iterator[None]:
    """A bar with the runs done, running, failed and the time left."""
    bar, running, failed = None, 0, 0
    while True:
        event, _, facts = yield
        with _ignoring_closed(stream):
            if event == "plan" and facts["todo"]:
                from tqdm import tqdm

                shape = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
                width = shutil.get_terminal_size().columns
                bar = tqdm(total=facts["todo"], file=stream, bar_format=shape, ncols=width)
            if bar is not None:
                running += (event == "started") - (event == "finished")
                failed += event == "finished" and facts["status"] != "done"
                bar.update(event == "finished")
                bar.set_postfix_str(f"{running} running, {failed} failed")
                if event == "end":
                    bar.close()


@contextlib.contextmanager
def _ignoring_closed(stream: TextIO) -> Iterator[None]:
    """Suppress errors of a stream that nobody reads any more, such as a closed terminal, now and at exit."""
    try:
        yield
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def say(text: str, stream: TextIO) -> None:
    """Print a line; a stream that is closed, or cannot encode it, is no reason to stop."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    with _ignoring_closed(stream):
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


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
