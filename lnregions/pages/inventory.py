"""What a render left: its runs and their figures, read from the output folder with nothing taken on trust.

The books and the sidecars are files that anybody may have changed: a folder outside the output, a name that is
no text or a file that is gone is left out, and the pages say what lacks.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lnregions.batch import Books

DOWNLOADS = ("png", "svg", "pdf", "csv", "json")
"""Endings of a figure's files, in the order in which they are offered."""
_FIRST = ("verdict-map", "scorecard", "membership", "location", "dual-core", "map", "series", "members",
          "contributions", "indexed-growth", "growth", "ranks", "dots", "coverage")  # fmt: skip
_MOST_TEXT = 4000


@dataclass(frozen=True)
class FigureFiles:
    """Files of one figure below the output folder, and what its sidecar says of it.

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
    language, notebook : str
        Language of the words in it, and the notebook that drew it.
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
    language: str
    notebook: str
    empty: bool = False

    def path(self, ending: str) -> str:
        """Path of one of its files relative to the output."""
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
        Those made as known on the pages' date.
    other_dates : tuple of str
        Dates of knowledge that further runs were made for, whose figures would contradict the pages' verdicts;
        empty text for all that was known.
    """

    output: Path
    runs: tuple[RunFiles, ...] = ()
    other_dates: tuple[str, ...] = ()
    hashes: object = field(default=None, repr=False)

    def failures(self) -> list[RunFiles]:
        """Runs that did not come to their end."""
        return [run for run in self.runs if run.failed]

    def languages(self) -> set[str]:
        """Languages with at least one finished run."""
        return {run.language for run in self.runs if not run.failed}

    def figures(self, language: str, *, over: str, value: str = "") -> list[FigureFiles]:
        """Figures of all runs for one value of a parameter (``region``, ``adcode`` or none), in reading order.

        One that shows no number but says that there is none is left out, as the pages say so in words.
        """
        own = [r for r in self.runs if (r.language, r.over, r.value) == (language, over, value)]
        return [figure for run in own for figure in run.figures if not figure.empty]

    def pages(self, language: str, *, over: str, value: str = "") -> list[RunFiles]:
        """Runs for one value of a parameter that left a notebook or a page."""
        return [r for r in self.runs if (r.language, r.over, r.value) == (language, over, value) and r.files]


def read_inventory(
    output: Path | str, *, plans: Collection[str], fits: Callable[[str], bool] = lambda as_of: True
) -> Inventory:
    """Read the runs that were made for one plan, under any of its names; none where nothing was rendered yet.

    `fits` tells whether a run's as-of date (empty for all that was known) is that of the pages.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_inventory(folder, plans={"ln-2022"}).runs
    ()
    """
    output = Path(output)
    books = Books(output)
    found = [
        _run(output, name, record) for name, record in sorted(books.runs.items(), key=lambda p: str(p[0]))
    ]
    own = [
        (run, _text(asked.get("as_of")))
        for run, asked in found
        if run is not None and asked.get("plan", "ln-2022") in plans
    ]
    runs = tuple(run for run, as_of in own if fits(as_of))
    others = {as_of for _, as_of in own if not fits(as_of)}
    return Inventory(output, runs, tuple(sorted(others)), books.hashes)


def _run(output, name, record):
    """A run as the books know it with the files that are really there, and its parameters; None if it is none."""
    if not isinstance(record, Mapping):
        return None, {}
    texts = {key: _text(record.get(key)) for key in ("notebook", "language", "over", "value", "status")}
    folder = _below(output, _text(record.get("folder")))
    parameters = record.get("parameters") if isinstance(record.get("parameters"), Mapping) else {}
    if not texts["notebook"] or texts["language"] not in ("en", "zh"):
        return None, {}
    shown, files, figures = "", {}, ()
    if folder is not None:
        shown = folder.relative_to(output.resolve()).as_posix()
        files = {
            end: p.name for end in ("ipynb", "html") for p in sorted(folder.glob(f"*.{end}")) if p.is_file()
        }
        figures = _figures(folder / "figures", f"{shown}/figures", texts)
    error = record.get("error") if isinstance(record.get("error"), Mapping) else {}
    error = {key: _text(error.get(key)) for key in ("cell", "name", "text", "source")}
    return RunFiles(_text(name), folder=shown, files=files, error=error, figures=figures, **texts), parameters


def _figures(folder, shown, run):
    found = [
        _figure(path, shown, run) for path in sorted(folder.glob("*.json")) if path.is_file()
    ] if folder.is_dir() else []  # fmt: skip
    return tuple(sorted((f for f in found if f is not None), key=_order))


def _figure(path, shown, run):
    """Figure of a sidecar; None for other JSON files, or where no picture lies beside it."""
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or facts.get("package") != "lnregions":
        return None
    files = {end: f"{path.stem}.{end}" for end in DOWNLOADS if (path.parent / f"{path.stem}.{end}").is_file()}
    if "png" not in files:
        return None
    sources = facts.get("sources") if isinstance(facts.get("sources"), list) else []
    return FigureFiles(
        path.stem, shown, files, _texts(facts.get("caption")), _texts(facts.get("alt")),
        _texts(facts.get("parameters")), tuple(_text(s.get("source")) for s in sources if isinstance(s, dict)),
        run["language"], run["notebook"], _only_heads(path.with_suffix(".csv")),
    )  # fmt: skip


def _only_heads(table):
    """Whether a table holds its heads and nothing else."""
    try:
        with table.open(encoding="utf-8", errors="replace") as file:
            return bool(file.readline().strip()) and not file.readline()
    except OSError:
        return False


def _order(figure):
    kinds = [i for i, kind in enumerate(_FIRST) if re.match(rf"{kind}(-|$)", figure.name)]
    return (kinds[0] if kinds else -1, figure.name)


def _below(output, folder):
    """Folder if it is there and really lies below the output, links followed; None otherwise."""
    try:
        place = (output / folder).resolve()
        return (
            place
            if place.is_dir() and place != output.resolve() and place.is_relative_to(output.resolve())
            else None
        )
    except (OSError, ValueError, RuntimeError):
        return None


def _text(value):
    if value is None or isinstance(value, dict | list):
        return ""
    return re.sub(r"[\ud800-\udfff\x00]", "\ufffd", str(value))[:_MOST_TEXT]


def _texts(mapping):
    return {str(k): _text(v) for k, v in mapping.items()} if isinstance(mapping, Mapping) else {}
