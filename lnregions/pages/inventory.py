"""What a render left: its runs, their figures and small versions of these, with nothing taken on trust.

The manifest and the sidecars are files that anybody may have changed: a folder outside the output, a name that is
no text or a file that is gone is left out, and the pages say what lacks.
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PIL import Image

from lnregions.batch import Manifest
from lnregions.errors import LANGUAGES
from lnregions.files import write_whole
from lnregions.formats import small_picture
from lnregions.pages.writing import PREVIEWS
from lnregions.paths import PLAN

DOWNLOADS = ("png", "svg", "pdf", "csv", "json")
"""Endings of a figure's files, in the order in which they are offered."""
_FIRST = ("verdict-map", "scorecard", "timeline", "membership", "location", "dual-core", "tile-map", "map", "circles",
          "change", "years", "target-sheet", "gaps", "series", "members", "indexed-growth", "stack", "contributions",
          "dumbbells", "heat-map", "growth", "ranks", "dots", "coverage")  # fmt: skip
"""Kinds of pictures in the order of a page; those of targets, named by the target, stand before all."""
_MOST_TEXT = 4000


@dataclass(frozen=True)
class FigureFiles:
    """Files of one figure below the output folder, and what its sidecar states of it."""

    name: str  # stem of the files
    folder: str  # relative to the output
    endings: tuple[str, ...]  # those of DOWNLOADS whose file is there
    caption: dict  # text by language
    alt: dict  # text by language
    parameters: dict  # what it was drawn from: region, target, indicator, area
    sources: tuple[str, ...]  # ids

    def path(self, ending: str) -> str:
        """Return the path of one of its files relative to the output."""
        return f"{self.folder}/{self.name}.{ending}"


@dataclass(frozen=True)
class RunFiles:
    """One run: where its notebook and page are, how it ended, its figures that show a number."""

    name: str
    notebook: str
    language: str
    over: str
    value: str
    status: str
    as_of: str
    error: dict
    folder: str = ""
    files: dict = field(default_factory=dict)
    figures: tuple[FigureFiles, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it did not come to its end."""
        return self.status != "done"


def read_runs(output: Path | str, *, plans: Collection[str]) -> list[RunFiles]:
    """Read the runs that were made for one plan, under any of its names, sorted by name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_runs(folder, plans={"ln-2022"})
    []
    """
    output, runs = Path(output), []
    for name, record in sorted(Manifest(output).runs.items()):
        texts = _texts(record, "notebook", "language", "over", "value", "status")
        given = _mapping(record.get("parameters"))
        if texts["notebook"] and texts["language"] in LANGUAGES and given.get("plan", PLAN) in plans:
            error = _texts(_mapping(record.get("error")), "cell", "name", "text", "source")
            run = RunFiles(_text(name), **texts, as_of=_text(given.get("as_of")), error=error)
            runs.append(_with_files(run, output, _text(record.get("folder"))))
    return runs


def _with_files(run: RunFiles, output: Path, folder: str) -> RunFiles:
    """The run with the files that are there, if its folder really lies below the output, links followed."""
    try:
        place, top = (output / folder).resolve(), output.resolve()
        if not place.is_dir() or place == top or not place.is_relative_to(top):
            return run
    except (OSError, ValueError, RuntimeError):
        return run
    shown = place.relative_to(top).as_posix()
    found = ((end, path) for end in ("ipynb", "html") for path in sorted(place.glob(f"*.{end}")))
    files = {end: path.name for end, path in found if path.is_file()}
    figures = (_figure(path, f"{shown}/figures") for path in sorted((place / "figures").glob("*.json")))
    return replace(run, folder=shown, files=files, figures=tuple(sorted(filter(None, figures), key=_order)))


def _figure(path: Path, folder: str) -> FigureFiles | None:
    """Figure of a sidecar; None for other JSON files, and where no picture or not one row of data lies beside it."""
    endings = tuple(end for end in DOWNLOADS if path.with_name(f"{path.stem}.{end}").is_file())
    try:
        facts = json.loads(path.read_text("utf-8"))
        rows = path.with_name(f"{path.stem}.csv").read_text("utf-8", "replace") if "csv" in endings else ""
    except (OSError, ValueError, RecursionError):
        return None
    empty = bool(rows.strip()) and len(rows.splitlines()) == 1
    if _mapping(facts).get("package") != "lnregions" or "png" not in endings or empty:
        return None
    sources = facts.get("sources") if isinstance(facts.get("sources"), list) else []
    ids = tuple(_text(_mapping(one).get("source")) for one in sources)
    found = (_mapping(facts.get(key)) for key in ("caption", "alt", "parameters"))
    return FigureFiles(path.stem, folder, endings, *(_texts(one, *one) for one in found), ids)


def _order(figure: FigureFiles) -> tuple[int, str]:
    kinds = [place for place, kind in enumerate(_FIRST) if re.match(rf"{kind}(-|$)", figure.name)]
    return (kinds[0] if kinds else -1, figure.name)


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return re.sub(r"[\ud800-\udfff\x00]", "\ufffd", str(value))[:_MOST_TEXT]


def _texts(values: Mapping, *keys: str) -> dict[str, str]:
    return {key: _text(values.get(key)) for key in keys}


def _mapping(value: object) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def make_previews(output: Path, figures: Iterable[FigureFiles], *, workers: int = 2) -> dict[str, dict]:
    """Bring the small versions of figures up to date: path below the output, width and height, by the path of the PNG.

    Each is made once and kept until its figure changes, whose time of change it has; a figure that cannot be read as
    a picture has none.
    """
    pictures = list(dict.fromkeys(one.path("png") for one in figures))
    with ThreadPoolExecutor(workers) as pool:
        found = zip(pictures, pool.map(partial(_preview, output), pictures), strict=True)
        return {picture: small for picture, small in found if small}


def _preview(output: Path, picture: str) -> dict | None:
    """A picture's small version, made anew where it is not of the picture's time."""
    path = f"{PREVIEWS}/{picture}"
    small = output / path
    try:
        changed = (output / picture).stat().st_mtime_ns
        if not small.is_file() or small.stat().st_mtime_ns != changed:
            content = small_picture((output / picture).read_bytes())[0]
            small.parent.mkdir(parents=True, exist_ok=True)
            write_whole(small, content)
            os.utime(small, ns=(changed, changed))
        with Image.open(small) as image:
            return {"path": path, "width": image.width, "height": image.height}
    except (OSError, ValueError, SyntaxError, MemoryError):
        return None
