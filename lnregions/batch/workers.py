"""Where runs are executed: threads of this machine with a kernel each, or the workers of a Dask cluster.

Workers need the same packages installed and no shared folder: notebook, plan folder and the user's own files travel
with the run, results are sent back, and this machine writes them.
"""

import functools
import hashlib
import io
import queue
import tarfile
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from lnregions.batch import notebook_page
from lnregions.batch.execute import ENGINES, Limits, RunControl, Task, import_papermill, run_notebook
from lnregions.batch.fork import Preload, can_fork, start_fork_server
from lnregions.batch.manifest import installed, versions
from lnregions.batch.selection import Run
from lnregions.errors import DataError

CONNECT_SECONDS = 20
_TEXTS = (".ipynb", ".html", ".csv", ".json", ".md", ".svg")


@dataclass(frozen=True)
class Settings:
    """How a render works, as opposed to what it renders.

    Attributes
    ----------
    jobs : int
        Runs at a time.
    engine : {"warm", "ordinary"}
        Kernels forked from a process with the libraries loaded, or a kernel process started for each run.
    force : bool
        Run everything, also what is up to date.
    html : bool
        Write a page beside each notebook.
    limits : Limits
        For each cell and run.
    batch : float or None
        Seconds the whole render may take.
    retries : int
        How often a failed run is tried again.
    own : tuple of Path
        Further files that runs read: a change in them is a reason to run again.
    imports : tuple of str or None
        Modules that the fork server loads; what notebooks commonly use if absent.
    warm_up : tuple of str or (str, dict)
        ``"module:function"`` called in the fork server after that, or one with its arguments by name.
    scheduler : str
        Address of a Dask scheduler that does the runs; empty: this machine does.
    """

    jobs: int = 2
    engine: str = "warm"
    force: bool = False
    html: bool = True
    limits: Limits = field(default_factory=Limits)
    batch: float | None = None
    retries: int = 0
    own: tuple = ()
    imports: tuple[str, ...] | None = None
    warm_up: tuple = ()
    scheduler: str = ""


def task_of(run: Run, settings: Settings) -> Task:
    """All that the execution of a run needs, as plain values."""
    return Task(
        source=run.notebook.path.read_bytes(),
        name=run.notebook.name,
        parameters=dict(run.parameters),
        language=run.language,
        engine=ENGINES[settings.engine],
        html=settings.html,
        limits=settings.limits,
        retries=settings.retries,
    )


def preload_of(run: Run, settings: Settings) -> Preload | None:
    """What the fork server loads for the runs of a render; None where kernels are not forked."""
    if settings.engine != "warm" or not can_fork():
        return None
    state = " ".join(str(run.inputs.get(name)) for name in ("package", "data", "shapes", "own", "versions"))
    modules = {} if settings.imports is None else {"modules": tuple(settings.imports)}
    return Preload(calls=tuple(settings.warm_up), state=state, **modules)


def prepare(preload: Preload | None, *, html: bool) -> None:
    """Start the fork server and import meanwhile what this side of a run needs."""
    if preload is not None:
        start_fork_server(preload)
    import_papermill()
    if html:
        notebook_page.warm_up()


class LocalRuns:
    """Thread pool for the runs of a render.

    Parameters
    ----------
    first : Run
        Any of the runs.
    settings : Settings
    events : queue
        Gets ``("started", run, None)`` from a run's thread.
    """

    def __init__(self, first: Run, *, settings: Settings, events: queue.SimpleQueue):
        self._settings, self._events = settings, events
        self._controls: list[RunControl] = []
        prepare(preload_of(first, settings), html=settings.html)
        self._pool = ThreadPoolExecutor(settings.jobs)

    def submit(self, run: Run, folder: Path) -> Future:
        """Execute a run in a folder when its turn comes; the result is its record."""
        self._controls.append(control := RunControl())
        return self._pool.submit(self._execute, run, folder, control)

    def _execute(self, run: Run, folder: Path, control: RunControl) -> dict:
        self._events.put(("started", run, None))
        return run_notebook(task_of(run, self._settings), folder, control)

    def record(self, future: Future, folder: Path) -> dict:
        """Record of a run that has ended, whose files are in its folder."""
        return future.result()

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
        No scheduler answers, it has no workers, or one of them has another version of what draws, or other data.
    """

    def __init__(self, first: Run, *, settings: Settings, events: queue.SimpleQueue):
        self._settings, self._events = settings, events
        self._client = _connect(settings.scheduler)
        self._futures: list = []
        try:
            here, found = installation(), self._client.run(installation)
            if not found:
                address = settings.scheduler
                raise DataError(f"The cluster at {address} has no workers. Start some and try again.")
            for worker, there in found.items():
                _refuse_other(worker, there, here)
            sent = {str(path): f"{n}/{Path(path).name}" for n, path in enumerate(settings.own)}
            archive = pack({name: Path(path) for path, name in sent.items()})
            self._common = {
                "preload": preload_of(first, settings),
                "state": here,
                "sent": sent,
                "files": self._client.submit(
                    bytes, archive, pure=False
                ),  # made again when its worker is lost
            }
        except BaseException:
            self.close()
            raise

    def submit(self, run: Run, folder: Path):
        """Have a worker execute a run; the result is its record and its files."""
        task, key = task_of(run, self._settings), f"lnregions-{run.name}-{len(self._futures)}-{id(self)}"
        again = self._settings.retries  # when a worker raises; a notebook's errors are in its record
        future = self._client.submit(remote_run, task, **self._common, key=key, retries=again, pure=False)
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


def _refuse_other(worker: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    if other := ", ".join(name for name in here if there.get(name) != here[name]):
        remedy = "Install the same versions on every worker."
        raise DataError(f"Worker {worker} has another {other} than this machine. {remedy}")


def remote_run(
    task: Task, *, preload: Preload | None, state: dict, sent: dict, files: bytes
) -> tuple[dict, bytes]:
    """Execute one run on a worker, in a folder that is removed afterwards; its record and its files as a tar.

    ``sent`` maps the paths of the user's files to names in the tar ``files``. A parameter that is one of these paths
    is given that of the copy, and the results name the original.
    """
    from distributed import get_worker

    worker = get_worker()
    _refuse_other(worker.address, installation(), state)  # it may have joined after the first check
    place = Path(worker.local_directory)  # which Dask removes also when a worker was killed
    copies = place / f"lnregions-{hashlib.sha256(files).hexdigest()[:16]}"
    if not copies.exists():
        with tempfile.TemporaryDirectory(dir=place) as folder:
            unpack(files, Path(folder, "files"))
            Path(folder, "files").rename(copies)
    moved = {path: str(copies / name) for path, name in sent.items()}
    task = replace(task, parameters=_moved(task.parameters, moved))
    if preload is not None:
        preload = replace(preload, calls=_moved(preload.calls, moved))
    prepare(preload, html=task.html)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        results = Path(folder, "run")
        record = run_notebook(task, results)
        for path in results.rglob("*") if moved else ():
            if path.suffix in _TEXTS:
                content = path.read_bytes()
                for original, copy in moved.items():
                    content = content.replace(copy.encode(), original.encode())
                path.write_bytes(content)
        return record, pack({".": results})


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
