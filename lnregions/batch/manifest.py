"""The manifest of a render: what each run depends on, what it left, and why it must run again."""

import contextlib
import datetime
import errno
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import socket
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from lnregions.errors import DataError, Fault, refuse_any, shown_path
from lnregions.files import TEMPORARY, write_whole
from lnregions.paths import data_dir, shapes_dir

SCHEMA = 1
PACKAGE = Path(__file__).parents[1]
_DISTRIBUTIONS = (
    "babel", "folium", "geopandas", "great-tables", "ipykernel", "ipython", "ipywidgets", "lnregions", "mapclassify",
    "matplotlib", "matplotlib-inline", "matplotlib-scalebar", "nbclient", "nbconvert", "nbformat", "numpy", "pandas",
    "papermill", "pillow", "pyogrio", "pyproj", "shapely", "uharfbuzz",
)  # fmt: skip
SHARED = ("package", "data", "shapes", "own", "versions")
"""Inputs that all runs of a render have in common."""
_SKIPPED = ("__pycache__", ".ipynb_checkpoints")
_SYSTEM_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
_REASONS = {
    "notebook": "the notebook has changed",
    "parameters": "its parameters have changed",
    "package": "the package's source has changed",
    "data": "the data have changed",
    "shapes": "the boundaries have changed",
    "own": "the files given with it have changed",
    "versions": "other versions are installed",
    "html": "pages are wanted and were not, or the reverse",
}


class OutputError(DataError):
    """The output folder cannot be written to: a read-only folder, a full disk, a file in its place."""

    exit_status = 1


class Hashes:
    """SHA-256 of files, cached by path, size, times of change and inode, also in a JSON file between calls."""

    def __init__(self, cache: Path | None = None):
        self._cache = cache
        self.known: dict[str, list] = {}
        self._new = False
        with contextlib.suppress(AttributeError, OSError, ValueError, TypeError, RecursionError):
            self.known = dict(json.loads(cache.read_text("utf-8")).items())

    def file(self, path: Path | str, key: str = "") -> str:
        """Hash of one file's content; ``OSError`` for what is no ordinary file.

        It is cached under ``key``, the path that the file will have; under its own path if absent.
        """
        key, state = key or os.fspath(path), os.stat(path)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "It is no ordinary file", key)
        stamp = [state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino]
        known = self.known.get(key)
        if isinstance(known, list) and known[:-1] == stamp and isinstance(known[-1], str):
            return known[-1]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.known[key], self._new = [*stamp, digest], True
        return digest

    def tree(self, folder: Path | str) -> str:
        """Hash of all files below a folder, names included; of one file, if it is one; a missing folder has one too."""
        if os.path.isfile(folder):
            return self.file(folder)
        found = self.listing(folder, skip=(*_SKIPPED, "_shared"))
        lines = "".join(f"{name}\0{digest}\n" for name, digest in found.items())
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()

    def listing(self, folder: Path | str, *, final: Path | None = None, skip: tuple = ()) -> dict[str, str]:
        """Hash of every file below a folder by its relative name, in order; cached for its final place."""
        names = files_below(folder, skip=skip)
        return {name: self.file(f"{folder}/{name}", f"{final or folder}/{name}") for name in names}

    def save(self) -> None:
        """Keep the hashes for the next call, where the cache can be written."""
        if self._cache is not None and self._new:
            with contextlib.suppress(OSError):
                self._cache.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._cache, json.dumps(self.known))


class Manifest:
    """Records of the runs of one output folder by their names, kept in its ``manifest.json`` (docs/manifest.md).

    ``unread`` says why the file could not be read; it is empty if it could, or there is none.
    """

    def __init__(self, output: Path):
        self.output = output
        self.path = output / "manifest.json"
        self.hashes = Hashes(output / ".lnregions" / "hashes.json")
        self.runs: dict[str, dict] = {}
        self._texts: dict[str, str] = {}  # of the records as the file has them
        self.unread = ""
        try:
            content = json.loads(self.path.read_text("utf-8"))
            runs, schema = content["runs"].items(), content.get("schema")
            if schema != SCHEMA:
                self.unread = f"manifest.json has schema {schema!r}, which this version does not know"
            json.dumps(content, allow_nan=False)  # else it could not be written again
            self.runs = {name: one for name, one in runs if isinstance(one, dict) and not self.unread}
        except FileNotFoundError:
            pass
        except OSError as error:
            self.unread = f"manifest.json cannot be read ({error.strerror})"
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.unread = "manifest.json is damaged"
        self._foreign = bool(self.unread) and not self.hashes.known  # which a render leaves beside it

    def why(self, name: str, inputs: Mapping[str, str]) -> str:
        """Reason why a run must be done; empty if it is up to date."""
        record = self.runs.get(name)
        if record is None:
            return self.unread or "it has not been run yet"
        if record.get("status") != "done":
            return f"it {'failed' if record.get('status') == 'failed' else 'did not finish'} last time"
        outputs, before = self.outputs(name), self.outputs(name, "inputs")
        changed = [reason for key, reason in _REASONS.items() if before.get(key) != inputs.get(key)]
        if changed:
            return "; ".join(changed)
        for file, digest in outputs.items():
            try:
                if self.hashes.file(f"{self.output}/{name}/{file}") != digest:
                    return f"its {file} was changed"
            except (OSError, ValueError):
                return f"its {file} is missing"
        return "" if outputs else "it left nothing"

    def outputs(self, name: str, key: str = "outputs") -> dict[str, str]:
        """Hash of each file that a run left, by its name, or of its inputs; empty if it is not known."""
        found = self.runs.get(name, {}).get(key)
        return found if isinstance(found, dict) else {}

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Refuse to replace what no render left: at the place of a run, in its folder, or as manifest.json."""
        cached, found = self.hashes.known, [self.path] if self._foreign else []
        for name in names:
            place, known = self.output / name, self.outputs(name)
            above = [one for one in place.parents if one != self.output and one.is_relative_to(self.output)]
            found += [one for one in above if os.path.lexists(one) and not one.is_dir()]
            if place.is_dir() and not place.is_symlink():
                left = files_below(place, skip=_SKIPPED)
                found += [place / one for one in left if one not in known and f"{place}/{one}" not in cached]
            elif os.path.lexists(place) and name not in self.runs:
                found.append(place)
        remedy = "is not of a render, which would replace it. Move it, or give another output folder."
        refuse_any(Fault(f"{shown_path(path)} {remedy}") for path in dict.fromkeys(found))

    def add(self, name: str, record: dict) -> None:
        """Enter a run that has ended, also in the file, so that a render that is killed loses none."""
        self.runs[name] = record | {"finished": now()}
        self._texts.pop(name, None)
        self.save()

    def save(self, *, sync: bool = False) -> dict:
        """Write the file, on request so that it survives a power cut; its content.

        One that could not be read is kept aside. Each record is encoded once: after every run of hundreds, all of them
        would take longer than the run.
        """
        if self.unread:
            with contextlib.suppress(OSError):
                os.replace(self.path, self.output / ".lnregions" / "manifest.unread.json")
            self.unread = ""
        runs = dict(sorted(self.runs.items()))
        head = {"schema": SCHEMA, "written": now(), "versions": versions()}
        for name in runs.keys() - self._texts.keys():
            self._texts[name] = f"{_encoded(name)}: {_encoded(runs[name], inside=2)}"
        records = ",\n  ".join(self._texts[name] for name in runs)
        text = f'{_encoded(head)[:-2]},\n "runs": {{\n  {records}\n }}\n}}\n'
        write_whole(self.path, text, sync=sync)
        return head | {"runs": runs}


def _encoded(content: object, *, inside: int = 0) -> str:
    """JSON, indented as it is so deep inside another object."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    return text.replace("\n", "\n" + " " * inside)


def files_below(folder: Path | str, *, skip: tuple = ()) -> list[str]:
    """Relative names of the files below a folder, in order, without what systems, Python, writers and renders leave."""
    found = []
    for place, folders, files in os.walk(folder):
        if place != os.fspath(folder) and ".lnregions" in folders:  # results, which are no input
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in skip]
        found += [
            os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")
            for name in files
            if not name.endswith(".pyc") and name not in _SYSTEM_FILES and not TEMPORARY.fullmatch(name)
        ]
    return sorted(found)


def installed(hashes: Hashes | None = None) -> dict[str, str]:
    """Hashes of package, data and boundaries as installed on this machine."""
    hashes = hashes or Hashes()
    folders = {"package": PACKAGE, "data": data_dir(), "shapes": shapes_dir()}
    return {name: hashes.tree(folder) for name, folder in folders.items()}


def shared_inputs(hashes: Hashes, *, own: Iterable[Path] = (), html: bool = True) -> dict[str, str]:
    """Hashes of all that every run can read: package, data, boundaries, the user's own files, versions."""
    files = [[path.name, hashes.tree(path)] for path in sorted(map(Path, own))]
    return {**installed(hashes), "own": digest(files), "versions": digest(versions()), "html": str(html)}


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def digest(content: object) -> str:
    """Hash of a JSON-able object; two runs whose inputs have the same hash give the same results."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@functools.cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a run uses, by distribution."""
    found = {"python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def cannot_write(place: Path, error: OSError) -> OutputError:
    """Error for an output that cannot be written to, to be raised."""
    shown = shown_path(place)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return OutputError(f"{shown} is a file, or leads through one. Give a folder for the results.")
    return OutputError(
        f"{shown} cannot be written to ({error.strerror or error}). Free some space, or give a folder that you may "
        "write to; what is finished is kept, and the same command goes on from there."
    )


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock an output folder for one render, or raise a DataError; the lock ends with the process."""
    own = folder / ".lnregions"
    if own.is_symlink():
        raise OutputError(f"{shown_path(own)} is a link. Remove it: a render makes this folder anew.")
    lock, owner = FileLock(own / "lock", timeout=0), own / "owner.txt"
    try:
        own.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        owner.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
    except Timeout:
        with contextlib.suppress(OSError):
            who = f" ({owner.read_text('utf-8')})"
        remedy = "Wait until it has finished, or give another output folder."
        raise DataError(f"Another render{who} is writing into {folder.name}. {remedy}") from None
    except OSError as error:
        raise cannot_write(folder, error) from None
    try:
        yield
    finally:
        lock.release()
