"""Runs executed on an existing Dask cluster: workers send the results back, this machine writes them.

Workers need the same packages installed and no shared folder: notebook, plan folder and the user's own files travel
with the run.
"""

import functools
import hashlib
import io
import queue
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lnregions.batch.clean import without_paths
from lnregions.batch.execute import Limits, Task
from lnregions.batch.fork import Preload
from lnregions.batch.local import execute_run, preload_of, prepare, task_of
from lnregions.batch.manifest import installed, versions
from lnregions.batch.selection import Run
from lnregions.errors import DataError

CONNECT_SECONDS = 20
_TEXTS = (".ipynb", ".html", ".csv", ".json", ".md", ".svg")


class ClusterRuns:
    """Runs of a render on the cluster at ``settings.scheduler``; the interface of ``LocalRuns``.

    Raises
    ------
    DataError
        No scheduler answers, it has no workers, or one of them has another version of what draws, or other data.
    """

    def __init__(self, first: Run, *, settings, events: queue.SimpleQueue):
        self._settings, self._events = settings, events
        self._client = _connect(settings.scheduler)
        self._futures: list = []
        try:
            state = self._check_workers()
            sent = {str(path): f"{n}/{Path(path).name}" for n, path in enumerate(settings.own)}
            archive = pack({name: Path(path) for path, name in sent.items()})
            self._common = {
                "preload": preload_of(first, settings),
                "limits": settings.limits,
                "again": settings.retries,
                "state": state,
                "sent": sent,
                "files": self._client.scatter(archive, broadcast=True),
            }
        except BaseException:
            self.close()
            raise

    def _check_workers(self) -> dict[str, str]:
        here, found = installation(), self._client.run(installation)
        if not found:
            address = self._settings.scheduler
            raise DataError(f"The cluster at {address} has no workers. Start some and try again.")
        for worker, there in found.items():
            _refuse_other(f"Worker {worker}", there, here)
        return here

    def submit(self, number: int, run: Run):
        """Have a worker execute a run; the result is its record and its files."""
        future = self._client.submit(
            remote_run,
            task_of(run, self._settings),
            **self._common,
            key=f"lnregions-{run.name}-{number}-{id(self)}",
            retries=self._settings.retries,  # when a worker raises; a notebook's errors are in its record
            pure=False,
        )
        self._futures.append(future)
        self._events.put(("started", run, None))
        return future

    def record(self, future, folder: Path) -> dict:
        """Record of a run that has ended; its files are written to its folder."""
        record, archive = future.result()
        unpack(archive, folder)
        return record

    def stop(self, text: str) -> None:
        """Cancel all runs; what a worker is executing ends with its own limits."""
        self._client.cancel([future for future in self._futures if not future.done()], force=True)

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close(timeout=3)


def _connect(address: str):
    try:
        from distributed import Client
    except ImportError:
        raise DataError("A cluster needs the package distributed. Install lnregions[cluster].") from None
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise DataError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}). "
            "Give the address that it printed, such as tcp://127.0.0.1:8786."
        ) from None


@functools.cache
def installation() -> dict[str, str]:
    """Versions of what draws, and hashes of package, data and boundaries, as installed on this machine."""
    return versions() | {f"{name} of lnregions": value for name, value in installed().items()}


def _refuse_other(who: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    other = [name for name in here if there.get(name) != here[name]]
    if other:
        raise DataError(
            f"{who} has another {', '.join(other)} than this machine. Install the same versions on every worker."
        )


def remote_run(
    task: Task, *, preload: Preload | None, limits: Limits, again: int, state: dict, sent: dict, files: bytes
) -> tuple[dict, bytes]:
    """Execute one run on a worker, in a folder that is removed afterwards; its record and its files as a tar.

    ``sent`` maps the paths of the user's files to names in the tar ``files``. A parameter that is one of these paths
    is given that of the copy, and the results name the original.
    """
    from distributed import get_worker

    worker = get_worker()
    _refuse_other(
        f"Worker {worker.address}", installation(), state
    )  # it may have joined after the first check
    place = Path(worker.local_directory)  # which Dask removes also when a worker was killed
    copies = place / f"lnregions-{hashlib.sha256(files).hexdigest()[:16]}"
    if not copies.exists():
        with tempfile.TemporaryDirectory(dir=place) as folder:
            Path(folder, "files").mkdir()
            unpack(files, Path(folder, "files"))
            Path(folder, "files").rename(copies)
    moved = {path: str(copies / name) for path, name in sent.items()}
    task = replace(task, parameters={name: _moved(value, moved) for name, value in task.parameters.items()})
    if preload is not None:
        calls = [call if isinstance(call, str) else (call[0], {k: _moved(v, moved) for k, v in call[1].items()})
                 for call in preload.calls]  # fmt: skip
        preload = replace(preload, calls=tuple(calls))
    prepare(preload, html=task.html)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        results = Path(folder, "run")
        record = execute_run(task, results, limits=limits, retries=again)
        cleaned = [(without_paths(original), without_paths(copy)) for original, copy in moved.items()]
        for path in results.rglob("*") if moved else ():
            if path.suffix in _TEXTS:
                content = path.read_bytes()
                for original, copy in [*moved.items(), *cleaned]:
                    content = content.replace(copy.encode(), original.encode())
                path.write_bytes(content)
        return record, pack({".": results})


def _moved(value: object, moved: Mapping[str, str]) -> object:
    return moved.get(value, value) if isinstance(value, str) else value


def pack(paths: Mapping[str, Path]) -> bytes:
    """Tar of files and folders by the names that they get in it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, path in paths.items():
            archive.add(path, arcname=name)
    return buffer.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files of a tar below a folder; one that would leave it is refused."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        file.extractall(folder, filter="data")
