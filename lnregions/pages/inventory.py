"""What a render left: its runs, their figures and small versions of these, with nothing taken on trust.

The manifest and the sidecars are files that anybody may have changed: a folder outside the output, a name that is
no text or a file that is gone is left out, and the pages say what lacks.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lnregions.batch import Manifest
from lnregions.figures import small_picture
from lnregions.files import write_json, write_whole

DOWNLOADS = ("png", "svg", "pdf", "csv", "json")
"""Endings of a figure's files, in the order in which they are offered."""
_FIRST = ("verdict-map", "scorecard", "membership", "location", "dual-core", "map", "series", "members",
          "contributions", "indexed-growth", "growth", "ranks", "dots", "coverage")  # fmt: skip
_MOST_TEXT = 4000
PREVIEWS = "previews"
"""Folder of the small versions."""


@dataclass(frozen=True)
class FigureFiles:
    """Files of one figure below the output folder, and what its sidecar states of it.

    Attributes
    ----------
    name, folder : str
        Stem of the files, and their folder relative to the output.
    files : dict
        Names by ending; only files that are there.
    caption, alt : dict
        Text by language.
    parameters : dict
        What it was drawn from: region, target, indicator, area.
    sources : tuple of str
        Ids of its sources.
    empty : bool
        Whether its data hold not one row.
    """

    name: str
    folder: str
    files: dict
    caption: dict
    alt: dict
    parameters: dict
    sources: tuple[str, ...]
    empty: bool = False

    def path(self, ending: str) -> str:
        """Return the path of one of its files relative to the output."""
        return f"{self.folder}/{self.files[ending]}"


@dataclass(frozen=True)
class RunFiles:
    """One run: where its notebook and page are, how it ended, its figures."""

    name: str
    notebook: str
    language: str
    over: str
    value: str
    folder: str
    status: str
    files: dict
    error: dict
    figures: tuple[FigureFiles, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it did not come to its end."""
        return self.status != "done"


@dataclass(frozen=True)
class Inventory:
    """All runs of one plan in an output folder, sorted by name.

    Attributes
    ----------
    output : Path
    runs : tuple of RunFiles
        Those made for the pages' as-of date.
    other_dates : tuple of str
        As-of dates of further runs, whose figures would contradict the pages' verdicts; empty text for all that
        was known.
    """

    output: Path
    runs: tuple[RunFiles, ...] = ()
    other_dates: tuple[str, ...] = ()

    def failures(self) -> list[RunFiles]:
        """Return the runs that did not come to their end."""
        return [run for run in self.runs if run.failed]

    def languages(self) -> set[str]:
        """Return the languages with at least one finished run."""
        return {run.language for run in self.runs if not run.failed}

    def figures(self, language: str, *, over: str, value: str = "") -> list[FigureFiles]:
        """Return the figures of all runs for one value of a parameter (``region``, ``adcode`` or none).

        They come in reading order; one that shows no number is left out, as the pages say so in words.
        """
        own = self._runs(language, over, value)
        return [figure for run in own for figure in run.figures if not figure.empty]

    def pages(self, language: str, *, over: str, value: str = "") -> list[RunFiles]:
        """Return the runs for one value of a parameter that left a notebook or a page."""
        return [run for run in self._runs(language, over, value) if run.files]

    def _runs(self, language, over, value):
        return [run for run in self.runs if (run.language, run.over, run.value) == (language, over, value)]


def read_inventory(
    output: Path | str, *, plans: Collection[str], is_of_date: Callable[[str], bool] = lambda as_of: True
) -> Inventory:
    """Read the runs that were made for one plan, under any of its names; none where nothing was rendered yet.

    `is_of_date` tells whether a run's as-of date (empty for all that was known) is that of the pages.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_inventory(folder, plans={"ln-2022"}).runs
    ()
    """
    output, runs, others = Path(output), [], set()
    for name, record in sorted(Manifest(output).runs.items(), key=lambda item: str(item[0])):
        run = _run(output, name, record) if isinstance(record, Mapping) else None
        given = record.get("parameters") if run else None
        given = given if isinstance(given, Mapping) else {}
        if run is None or given.get("plan", "ln-2022") not in plans:
            continue
        as_of = _text(given.get("as_of"))
        if is_of_date(as_of):
            runs.append(run)
        else:
            others.add(as_of)
    return Inventory(output, tuple(runs), tuple(sorted(others)))


def _run(output: Path, name: object, record: Mapping) -> RunFiles | None:
    """A run as the manifest states it, with the files that are really there."""
    texts = {key: _text(record.get(key)) for key in ("notebook", "language", "over", "value", "status")}
    if not texts["notebook"] or texts["language"] not in ("en", "zh"):
        return None
    error = record.get("error") if isinstance(record.get("error"), Mapping) else {}
    error = {key: _text(error.get(key)) for key in ("cell", "name", "text", "source")}
    folder = _below(output, _text(record.get("folder")))
    if folder is None:
        return RunFiles(_text(name), folder="", files={}, error=error, **texts)
    shown = folder.relative_to(output.resolve()).as_posix()
    found = ((end, path) for end in ("ipynb", "html") for path in sorted(folder.glob(f"*.{end}")))
    files = {end: path.name for end, path in found if path.is_file()}
    sidecars = sorted((folder / "figures").glob("*.json"))
    figures = [one for path in sidecars if (one := _figure(path, f"{shown}/figures")) is not None]
    figures = tuple(sorted(figures, key=_order))
    return RunFiles(_text(name), folder=shown, files=files, error=error, figures=figures, **texts)


def _figure(path: Path, folder: str) -> FigureFiles | None:
    """Figure of a sidecar; None for other JSON files, or where no picture lies beside it."""
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    files = {end: f"{path.stem}.{end}" for end in DOWNLOADS if (path.parent / f"{path.stem}.{end}").is_file()}
    if not isinstance(facts, dict) or facts.get("package") != "lnregions" or "png" not in files:
        return None
    sources = facts.get("sources") if isinstance(facts.get("sources"), list) else []
    caption, alt, parameters = (_texts(facts.get(key)) for key in ("caption", "alt", "parameters"))
    ids = tuple(_text(one.get("source")) for one in sources if isinstance(one, dict))
    empty = False
    with (
        contextlib.suppress(OSError),
        path.with_suffix(".csv").open(encoding="utf-8", errors="replace") as file,
    ):
        empty = bool(file.readline().strip()) and not file.readline()
    return FigureFiles(path.stem, folder, files, caption, alt, parameters, ids, empty)


def _order(figure: FigureFiles) -> tuple[int, str]:
    kinds = [place for place, kind in enumerate(_FIRST) if re.match(rf"{kind}(-|$)", figure.name)]
    return (kinds[0] if kinds else -1, figure.name)


def _below(output: Path, folder: str) -> Path | None:
    """Folder if it is there and really lies below the output, links followed."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        place, top = (output / folder).resolve(), output.resolve()
        if place.is_dir() and place != top and place.is_relative_to(top):
            return place
    return None


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return re.sub(r"[\ud800-\udfff\x00]", "\ufffd", str(value))[:_MOST_TEXT]


def _texts(mapping: object) -> dict[str, str]:
    return {str(k): _text(v) for k, v in mapping.items()} if isinstance(mapping, Mapping) else {}


# -- small versions of the figures --------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """A small version: its path relative to the output, and its size in pixels."""

    path: str
    width: int
    height: int


def make_previews(inventory: Inventory, *, workers: int = 2) -> dict[str, Preview]:
    """Bring the small versions of all figures up to date, by the path of the figure's PNG.

    Each is made once and kept until its figure changes; a figure that cannot be read as a picture has none.
    """
    output = inventory.output
    index = output / ".lnregions" / "previews.json"
    known: dict = {}
    with contextlib.suppress(OSError, ValueError, RecursionError):
        known = json.loads(index.read_text("utf-8"))
    known = known if isinstance(known, dict) else {}
    pictures = list(dict.fromkeys(one.path("png") for run in inventory.runs for one in run.figures))
    with ThreadPoolExecutor(workers) as pool:
        entries = pool.map(lambda path: _preview(output, path, known.get(path)), pictures)
        found = {path: entry for path, entry in zip(pictures, entries, strict=True) if entry is not None}
    wanted = {output / entry["path"] for entry in found.values()}
    for path in (output / PREVIEWS).rglob("*.png"):
        if path not in wanted:
            with contextlib.suppress(OSError):
                path.unlink()
    if found != known:
        index.parent.mkdir(parents=True, exist_ok=True)
        write_json(index, found)
    return {path: Preview(one["path"], one["width"], one["height"]) for path, one in found.items()}


def _preview(output: Path, picture: str, known: object) -> dict | None:
    """Entry of a picture's small version, made anew where the picture is not the one it was made from."""
    path = f"{PREVIEWS}/{picture}"
    try:
        content = (output / picture).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        entry = known if isinstance(known, dict) and {"width", "height"} <= set(known) else {}
        if (entry.get("of"), entry.get("path")) == (digest, path) and (output / path).is_file():
            return entry
        small, width, height = small_picture(content)
    except (OSError, ValueError, SyntaxError, MemoryError):
        return None
    (output / path).parent.mkdir(parents=True, exist_ok=True)
    write_whole(output / path, small)
    return {"of": digest, "path": path, "width": width, "height": height}
