"""The same runs on an existing Dask cluster: workers send results back, this machine writes them.

Nothing needs to be shared but the installed package: the notebook travels with the run, data, boundaries
and fonts with the package, and the finished files come back. A worker that dies has its runs done elsewhere.
Dask gives up the runs that several dead workers held, be it in work or in wait; they are tried once more, one at
a time after all others, so that only a run that ends its workers by itself is given up and named.
"""

import contextlib
import queue
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from lnregions.errors import DataError

_CONNECT_SECONDS = 20
_LOOK_SECONDS = 5.0
_NO_WORKERS_SECONDS = 120.0


class ClusterRuns:
    """Runs handed to the cluster at ``settings.scheduler``; events as those of the local runs."""

    def __init__(self, runs: Sequence, *, staging: Path, settings):
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self._staging, self._settings = staging, settings
        self._client = _connect(settings.scheduler)
        self._runs, self._futures = dict(enumerate(runs)), {}
        self._came_back: queue.SimpleQueue = queue.SimpleQueue()
        self._stopped = False
        self._refuse_other_inputs(runs[0])
        for number, run in self._runs.items():
            self._submit(number)
            self.events.put(("started", run, None, None))
        self._collector = threading.Thread(target=self._collect, daemon=True)
        self._collector.start()

    def _submit(self, number: int, *, alone: bool = False) -> None:
        run = self._runs[number]
        future = self._client.submit(
            remote_run,
            *run_content(run, self._settings),
            key=f"lnregions-{run.name}-{number}-{'alone-' * alone}{id(self)}",
            retries=self._settings.retries,
            pure=False,
        )
        self._futures[number] = future
        future.add_done_callback(lambda _: self._came_back.put(number))

    def _refuse_other_inputs(self, run) -> None:
        """Refuse a cluster whose workers hold other data or another version than this machine."""
        wanted = shared_hashes()
        found = self._hashes_of_workers()
        if not found:
            self._client.close()
            raise DataError(
                f"The cluster at {self._settings.scheduler} has no workers. Start some and try again.",
            )
        for worker, hashes in found.items():
            other = [name for name, value in wanted.items() if hashes.get(name) != value]
            if other:
                self._client.close()
                raise DataError(
                    f"Worker {worker} holds other {', '.join(other)} than this machine. "
                    "Install the same version of lnregions on every worker.",
                )

    def _hashes_of_workers(self) -> dict[str, dict]:
        return self._client.run(shared_hashes)

    def _collect(self) -> None:
        from lnregions.batch.batch import failure

        waiting = dict(self._runs)
        try:
            suspected = [number for number in self._ended(waiting) if not self._finish(number, waiting)]
            for number in suspected:  # Dask counts a death against all runs that the worker held
                self._submit(number, alone=True)
                for _ in self._ended({number}):
                    self._finish(number, waiting, alone=True)
        except Exception as error:
            for run in waiting.values():
                self.events.put(("finished", run, failure(error), None))

    def _ended(self, numbers: Collection[int]) -> Iterator[int]:
        """Numbers of the runs whose futures end, in the order in which they do."""
        left, seen = set(numbers), time.monotonic()
        while left:
            try:
                number = self._came_back.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > _NO_WORKERS_SECONDS:
                    text = f"The cluster has had no workers for {_NO_WORKERS_SECONDS:g} seconds; given up."
                    raise RuntimeError(text) from None
                continue
            left.discard(number)
            yield number

    def _finish(self, number: int, waiting: dict[int, object], *, alone: bool = False) -> bool:
        """Tell what became of a run; False if it has to be tried again, on a worker with nothing else."""
        record, folder = self._take(self._futures[number], number)
        given_up = folder is None and (record["error"] or {}).get("name") == "KilledWorker"
        if given_up and not (alone or self._stopped):
            return False
        self.events.put(("finished", waiting.pop(number), record, folder))
        return True

    def _take(self, future, number: int) -> tuple[dict, Path | None]:
        """Record and folder of a run that came back, or what kept it from coming back."""
        from distributed import KilledWorker

        from lnregions.batch.batch import failure
        from lnregions.batch.execute import sign_notebook
        from lnregions.batch.hashes import Hashes
        from lnregions.files import sync_folder

        try:
            record, files = future.result()
            if record.pop("unwritten", False):
                return {**record, "attempts": 1}, None
            folder = self._staging / str(number)
            write_files(folder, files)
            sync_folder(folder)
            for path in folder.glob("*.ipynb"):
                sign_notebook(path)
            return {**record, "attempts": 1, "outputs": Hashes().listing(folder)}, folder
        except KilledWorker as error:
            text = f"It ended every worker it was given to (last {error.last_worker.address}); given up."
            return failure(RuntimeError(text)) | {"error": _error("KilledWorker", text)}, None
        except Exception as error:
            return failure(error), None

    def stop(self, text: str) -> None:
        """Cancel what waits; what a worker is doing ends with its own limits or when the client leaves."""
        self._stopped = True
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._futures.values()), force=True)

    def close(self) -> None:
        """Leave the cluster, which goes on without us."""
        with contextlib.suppress(Exception):
            self._client.close(timeout=3)


def _error(name: str, text: str) -> dict:
    return {"cell": None, "name": name, "text": text, "source": ""}


def _connect(address: str):
    try:
        from distributed import Client
    except ImportError:
        raise DataError(
            "A cluster needs the package distributed. Install lnregions[cluster].",
        ) from None
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise DataError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}). "
            "Give the address that it printed, such as tcp://127.0.0.1:8786.",
        ) from None


def run_content(run, settings) -> tuple:
    """All that a worker needs for a run: task, limits, and what its fork server loads."""
    from lnregions.batch.batch import preload_of, task_of

    return task_of(run, settings), settings.limits, preload_of(settings, run)


def remote_run(task, limits, preload) -> tuple[dict, dict[str, bytes]]:
    """Do one run on a worker, in a folder that is gone afterwards; its record and its files."""
    from lnregions.batch.batch import get_ready
    from lnregions.batch.execute import RunControl, run_notebook
    from lnregions.batch.fork import can_fork, start_fork_server

    if task.engine == "lnregions" and can_fork():
        start_fork_server(preload)
    get_ready(html=task.html)
    place = _workers_folder()
    with tempfile.TemporaryDirectory(prefix="lnregions-", dir=place, ignore_cleanup_errors=True) as folder:
        return run_notebook(task, Path(folder), RunControl(limits)), read_files(Path(folder))


def _workers_folder() -> str | None:
    """The worker's own folder, which Dask removes when a worker was killed; None outside of one."""
    from distributed import get_worker

    try:
        return get_worker().local_directory
    except ValueError:
        return None


def read_files(folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder, by its relative name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder; a name that would leave it is refused."""
    for name, content in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise DataError(
                f"The file name {name!r} leads out of its folder. Give names below it.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def shared_hashes() -> dict[str, str]:
    """Hashes of package, data and boundaries as installed here."""
    from lnregions.batch.hashes import Hashes
    from lnregions.batch.manifest import shared_inputs

    shared = shared_inputs(Hashes())
    return {name: shared[name] for name in ("package", "data", "shapes")}
