"""What a render says while it works: a bar in a terminal, lines elsewhere, JSON for programs, or nothing."""

import contextlib
import json
import os
import sys
import time
from typing import TextIO

_COLUMNS = 80
KINDS = ("auto", "bar", "lines", "json", "quiet")


def progress_for(kind: str = "auto", *, stream: TextIO | None = None):
    """What to give :func:`lnregions.batch.render.render_notebooks` as ``progress``.

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
    if kind == "json":
        return JsonLines(stream)
    if kind == "bar" or (kind == "auto" and stream.isatty()):
        return Bar(stream)
    return Lines(stream)


def say(text: str, stream: TextIO) -> None:
    """Write a line; nobody who listens any more, such as ``head`` or a closed terminal, is no reason to stop."""
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "backslashreplace").decode(), file=stream, flush=True)
    except OSError:
        hush(stream)
    except ValueError:  # it is closed
        return


def hush(stream: TextIO) -> None:
    """Send what else is written to a stream nowhere, so that Python does not complain of it at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class Lines:
    """One line for each run that ends."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._done = self._todo = 0
        self._begun = time.monotonic()

    def __call__(self, kind: str, run, facts) -> None:
        """Take one event."""
        if kind == "plan" and facts["todo"]:
            self._todo = facts["todo"]
            self._say(f"{facts['todo']} of {facts['runs']} runs to do")
        elif kind == "finished":
            self._done += 1
            tail = "" if facts["status"] == "done" else f": {error_line(facts)}"
            left = time_left(self._done, self._todo, since=self._begun)
            count = f"[{self._done}/{self._todo}]"
            self._say(f"{count} {facts['status']} {run.name} {facts['seconds']:.1f} s, {left}{tail}")

    def _say(self, text: str) -> None:
        say(text, self._stream)


class Bar:
    """A bar with the runs done, in work, failed and the time left."""

    def __init__(self, stream: TextIO):
        self._stream, self._bar = stream, None
        self._working = self._failed = 0

    def __call__(self, kind: str, run, facts) -> None:
        """Take one event."""
        try:
            self._show(kind, facts)
        except OSError:
            hush(self._stream)
        except ValueError:  # the stream is closed
            return

    def _show(self, kind: str, facts) -> None:
        if kind == "plan" and facts["todo"]:
            from tqdm import tqdm

            shape = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
            self._bar = tqdm(
                total=facts["todo"],
                unit="run",
                file=self._stream,
                bar_format=shape,
                ncols=_width(self._stream),
            )
        if self._bar is None:  # it could not be drawn
            return
        if kind == "started":
            self._working += 1
        elif kind == "finished":
            self._working -= 1
            self._failed += facts["status"] != "done"
            self._bar.update(1)
        if kind != "plan":
            self._bar.set_postfix_str(f"{self._working} in work, {self._failed} failed")
            if kind == "end":
                self._bar.close()


def _width(stream: TextIO) -> int | None:
    """Columns of a terminal, also of one that does not know its own; None for anything else."""
    with contextlib.suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    return None


class JsonLines:
    """One JSON object a line: the event, the run, what it came to; as ``docs/manifest.md`` describes them."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def __call__(self, kind: str, run, facts) -> None:
        """Take one event."""
        event = {"event": kind}
        if run is not None:
            event["run"] = run.name
        if kind == "finished":
            event |= {name: facts[name] for name in ("status", "seconds", "error")}
        elif facts:
            event |= facts
        say(json.dumps(event, ensure_ascii=False), self._stream)


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
    place = f"cell {error['cell']}: " if error["cell"] else ""
    last = error["text"].strip().splitlines()[-1] if error["text"].strip() else ""
    source = f" ({error['source']})" if error["source"] else ""
    return f"{place}{error['name']}: {last}{source}"


def failure_lines(result) -> list[str]:
    """Each failed run of a result with its error in one line, then those that were stopped."""
    runs = result.manifest["runs"]
    lines = [f"failed  {name}  {error_line(runs.get(name, {}))}" for name in result.failed]
    return lines + [f"stopped {name}  {error_line(runs.get(name, {}))}".rstrip() for name in result.stopped]


def time_left(done: int, todo: int, *, since: float) -> str:
    """Time left in words, from the time that the runs so far took.

    Examples
    --------
    >>> time_left(4, 4, since=0)
    'none left'
    """
    if done >= todo:
        return "none left"
    seconds = (time.monotonic() - since) / max(done, 1) * (todo - done)
    return (
        f"{todo - done} left, about {seconds / 60:.0f} min"
        if seconds > 90
        else f"{todo - done} left, about {seconds:.0f} s"
    )
