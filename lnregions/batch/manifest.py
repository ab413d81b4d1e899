"""The books of a render: what each run depends on, what it left, and why it must run again."""

import contextlib
import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from lnregions.batch.hashes import Hashes
from lnregions.files import make_folder, write_json
from lnregions.paths import data_dir, shapes_dir

SCHEMA = 1
_DISTRIBUTIONS = (
    "folium", "geopandas", "ipykernel", "ipython", "ipywidgets", "lnregions", "mapclassify", "matplotlib",
    "matplotlib-inline", "matplotlib-scalebar", "nbclient", "nbconvert", "nbformat", "numpy", "pandas",
    "papermill", "pyogrio", "pyproj", "shapely",
)  # fmt: skip
_WORDS = {
    "notebook": "the notebook has changed",
    "parameters": "its parameters have changed",
    "package": "the package's source has changed",
    "data": "the data have changed",
    "shapes": "the boundaries have changed",
    "own": "the files given with it have changed",
    "versions": "other versions are installed",
    "html": "pages are wanted and were not, or the reverse",
}


class Books:
    """What is known about the runs of one output folder, kept in its ``manifest.json``.

    Each finished run is added to a journal at once, so that a render that is killed loses none; the journal
    is folded into the manifest at the end, or by the next render.
    """

    def __init__(self, output: Path):
        self.output = output
        self.path = output / "manifest.json"
        self._journal = output / ".lnregions" / "journal.jsonl"
        self.hashes = Hashes(output / ".lnregions" / "hashes.json")
        self.runs: dict[str, dict] = {}
        self.unread = ""
        self._load()

    def _load(self) -> None:
        try:
            self.runs = self._read_manifest()
        except FileNotFoundError:
            pass
        except OSError as error:
            self.unread = f"manifest.json cannot be read ({error.strerror})"
        except (ValueError, RecursionError) as error:
            self.unread = str(error) if type(error) is ValueError else "manifest.json is damaged"
        with contextlib.suppress(OSError, ValueError):
            for line in self._journal.read_text("utf-8").splitlines():
                with contextlib.suppress(ValueError, TypeError, RecursionError):
                    name, record = json.loads(line)
                    if isinstance(name, str) and isinstance(record, dict):
                        self.runs[name] = record

    def _read_manifest(self) -> dict[str, dict]:
        content = json.loads(self.path.read_text("utf-8"))
        if not isinstance(content, dict) or not isinstance(content.get("runs"), dict):
            raise ValueError("manifest.json is damaged")
        if content.get("schema") != SCHEMA:
            found = content.get("schema")
            raise ValueError(f"manifest.json has schema {found!r}, which this version does not know")
        return {name: record for name, record in content["runs"].items() if isinstance(record, dict)}

    def why(self, name: str, inputs: Mapping[str, str]) -> str:
        """Reason why a run must be done; empty if what it left is still right."""
        record = self.runs.get(name)
        if record is None:
            return self.unread or "it has not been run yet"
        if record.get("status") != "done":
            return (
                "it failed last time" if record.get("status") == "failed" else "it did not finish last time"
            )
        before = _mapping(record.get("inputs"))
        changed = [word for key, word in _WORDS.items() if before.get(key) != inputs.get(key)]
        if changed:
            return "; ".join(changed)
        return self._missing(name, record)

    def _missing(self, run: str, record: Mapping) -> str:
        folder = self.output / run
        outputs = _mapping(record.get("outputs"))
        for name, digest in outputs.items():
            try:
                if self.hashes.file(folder / name) != digest:
                    return f"its {name} was changed"
            except (OSError, ValueError):
                return f"its {name} is missing"
        return "" if outputs else "it left nothing"

    def add(self, name: str, record: dict) -> None:
        """Enter a finished run, in the journal at once."""
        self.runs[name] = record
        folder = self.output / record["folder"]
        for file, digest in record["outputs"].items():
            self.hashes.remember(folder / file, digest)
        line = (
            "\n" + json.dumps([name, record], ensure_ascii=False) + "\n"
        )  # the last may have been cut short
        make_folder(self._journal.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(self._journal, flags, 0o666), "ab") as file:
            file.write(line.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())

    def save(self) -> dict:
        """Write the manifest, drop the journal; returns the manifest. One that was unread is kept aside."""
        if self.unread:
            with contextlib.suppress(OSError):
                os.replace(self.path, self.output / ".lnregions" / "manifest.unread.json")
        content = {
            "schema": SCHEMA,
            "written": _now(),
            "versions": versions(),
            "runs": dict(sorted(self.runs.items())),
        }
        write_json(self.path, content)
        with contextlib.suppress(OSError):
            self._journal.unlink(missing_ok=True)
        self.hashes.save()
        return content

    @property
    def unsaved(self) -> bool:
        """Whether a journal waits to be folded in, or there is no manifest yet."""
        return self._journal.exists() or not self.path.exists()


def shared_inputs(hashes: Hashes, *, own: Iterable[Path] = (), html: bool = True) -> dict[str, str]:
    """Hashes of all that every run can read: package, data, boundaries, the user's own files, versions."""
    total = hashlib.sha256()
    for path in sorted(map(Path, own)):
        digest = hashes.tree(path) if path.is_dir() else hashes.file(path)
        total.update(f"{path.name}\0{digest}\n".encode())
    skip = ("__pycache__", ".ipynb_checkpoints", "_shared")
    return {
        "package": hashes.tree(Path(__file__).parent, skip=skip),
        "data": hashes.tree(data_dir()),
        "shapes": hashes.tree(shapes_dir()),
        "own": total.hexdigest(),
        "versions": _digest(versions()),
        "html": str(html),
    }


def run_inputs(
    shared: Mapping[str, str], *, notebook: str, parameters: Mapping[str, object]
) -> dict[str, str]:
    """Hashes of all that one run depends on."""
    return {**shared, "notebook": notebook, "parameters": _digest(dict(parameters))}


def key(inputs: Mapping[str, str]) -> str:
    """One hash of all inputs: two runs with the same key give the same results."""
    return _digest(dict(inputs))


def versions() -> dict[str, str]:
    """Versions of Python and of what a run uses, by distribution."""
    found = {"python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _mapping(value: object) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
