"""Where runs are executed: threads of this machine with a kernel each, or the workers of a Dask cluster.

Workers need the same packages installed and no shared folder: notebook, plan folder and the user's own files travel
with the run, results are sent back, and this machine writes them.
"""

import functools
import hashlib
import io
import os
import queue
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from lnregions.batch import notebook_page
from lnregions.batch.execute import RunControl, Settings, import_papermill, run_notebook
from lnregions.batch.fork import can_fork, start_fork_server
from lnregions.batch.manifest import SHARED, Hashes, installed, versions
from lnregions.batch.selection import Run
from lnregions.errors import DataError

CONNECT_SECONDS = 20
_HASHES = Hashes()
_TEXTS = (".ipynb", ".html", ".csv", ".json", ".md", ".svg")


def prepare(run: Run, settings: Settings) -> None:
    """Start the fork server and import meanwhile what this side of a run needs."""
    if settings.engine == "warm" and can_fork():
        state = " ".join(str(run.inputs.get(name)) for name in SHARED)
        start_fork_server(replace(settings.preload, state=state))
    import_papermill()
    if settings.html:
        notebook_page.warm_up()


class LocalRuns:
    """Thread pool for the runs of a render, of which `first` is any; `events` gets ``("started", run, None)``."""

    def __init__(self, first: Run, *, settings: Settings, events: queue.SimpleQueue):
        self._settings, self._events = settings, events
        self._controls: list[RunControl] = []
        prepare(first, settings)
        self._pool = ThreadPoolExecutor(settings.jobs)

    def submit(self, run: Run, folder: Path) -> Future:
        """Execute a run in a folder when its turn comes; the result is its record."""
        self._controls.append(control := RunControl())

        def execute() -> dict:
            self._events.put(("started", run, None))
            return run_notebook(run, folder, self._settings, control)

        return self._pool.submit(execute)

    def stop(self, text: str) -> None:
        """Cancel all runs and wait until those in progress have ended."""
        for control in self._controls:
            control.cancel(text)
        self.close()

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(cancel_futures=True)


class ClusterRuns:
    """Runs of a render on the cluster at ``settings.scheduler``; the interface of :class:`LocalRuns`.

    Raises
    ------
    DataError
        No scheduler answers, it has no workers, or one of them has another version of what draws, other data, or
        another file in the place of one of ``settings.own``.
    """

    def __init__(self, first: Run, *, settings: Settings, events: queue.SimpleQueue):
        address, self._events, self._futures = settings.scheduler, events, set()
        try:
            from distributed import Client

            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except ImportError:
            raise DataError("A cluster needs the package distributed. Install lnregions[cluster].") from None
        except (OSError, ValueError) as error:
            raise DataError(
                f"No Dask scheduler answers at {address} ({type(error).__name__}). "
                "Give the address that it printed, such as tcp://127.0.0.1:8786."
            ) from None
        try:
            own = [os.path.abspath(path) for path in settings.own]
            here, found = installation(own), self._client.run(installation, own)
            if not found:
                raise DataError(f"The cluster at {address} has no workers. Start some and try again.")
            for worker, there in found.items():
                _refuse_other(worker, there, here)
            sent = {str(path): f"{n}/{Path(path).name}" for n, path in enumerate(settings.own)}
            archive = pack({name: Path(path) for path, name in sent.items()})
            files = self._client.submit(bytes, archive, pure=False)  # made again when its worker is lost
            self._submit = functools.partial(
                self._client.submit, remote_run, settings=settings, state=here, sent=sent, files=files,
                retries=settings.retries, pure=False,  # when a worker raises; a notebook's errors are in its record
            )  # fmt: skip
        except BaseException:
            self.close()
            raise

    def submit(self, run: Run, folder: Path):
        """Have a worker execute a run; the result is its record, with the files of its folder in ``archive``.

        The worker keeps a result as long as a future of it is held here.
        """
        future = self._submit(run, key=f"lnregions-{run.name}-{id(self)}")
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        self._events.put(("started", run, None))
        return future

    def stop(self, text: str) -> None:
        """Cancel all runs; what a worker is executing ends with its own limits."""
        self._client.cancel(list(self._futures), force=True)

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close(timeout=3)


def installation(own: Iterable[str] = ()) -> dict[str, str]:
    """What runs on this machine depend on: versions of what draws, hashes of package, data, boundaries and own files.

    The hash of an own file that is not there is empty.
    """
    shared = {f"{name} of lnregions": value for name, value in installed(_HASHES).items()}
    return versions() | shared | {one: _HASHES.tree(one) if os.path.exists(one) else "" for one in own}


def _refuse_other(worker: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    if other := [name for name in here if there.get(name) not in (here[name], "")]:
        remedy = "Remove it there" if os.path.isabs(other[0]) else "Install the same versions on every worker"
        raise DataError(f"Worker {worker} has another {', '.join(other)} than this machine. {remedy}.")


def remote_run(run: Run, *, settings: Settings, state: dict, sent: dict, files: bytes) -> dict:
    """Execute one run on a worker, in a folder that is removed afterwards; its record, with its files as a tar.

    ``sent`` maps the paths of the user's files to names in the tar ``files``. A parameter that is one of these paths
    is given that of the copy, and the results name the original.
    """
    from distributed import get_worker

    worker = get_worker()
    there = installation(filter(os.path.isabs, state))
    _refuse_other(worker.address, there, state)  # it may have joined after the first check
    place = Path(worker.local_directory)  # which Dask removes also when a worker was killed
    copies = place / f"lnregions-{hashlib.sha256(files).hexdigest()[:16]}"
    if not copies.exists():
        with tempfile.TemporaryDirectory(dir=place) as folder:
            unpack(files, Path(folder, "files"))
            Path(folder, "files").rename(copies)
    moved = {path: str(copies / name) for path, name in sent.items()}
    calls = _moved(settings.preload.calls, moved)
    own = tuple(moved[str(path)] for path in settings.own)
    settings = replace(settings, own=own, preload=replace(settings.preload, calls=calls))
    prepare(run, settings)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        results = Path(folder, "run")
        record = run_notebook(replace(run, parameters=_moved(run.parameters, moved)), results, settings)
        for path in results.rglob("*") if moved else ():
            if path.suffix in _TEXTS:
                content = path.read_bytes()
                for original, copy in moved.items():
                    content = content.replace(copy.encode(), original.encode())
                path.write_bytes(content)
        return record | {"archive": pack({".": results})}


def _moved(value, moved: Mapping[str, str]):
    """The same value, in which the paths of files are those of their copies."""
    match value:
        case str():
            return moved.get(value, value)
        case Mapping():
            return {name: _moved(item, moved) for name, item in value.items()}
        case tuple() | list():
            return type(value)(_moved(item, moved) for item in value)
    return value


def pack(paths: Mapping[str, Path]) -> bytes:
    """Tar of files and folders by the names that they get in it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, path in paths.items():
            archive.add(path, arcname=name)
    return buffer.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files of a tar below a folder; one that would leave it is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        file.extractall(folder, filter="data")
