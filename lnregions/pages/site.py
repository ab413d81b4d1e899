"""What all pages are made from: the plan, its verdicts, the figures known, what was rendered, where pages lie.

The manifest and the sidecars of a render are files that anybody may have changed: a folder outside the output, a name
that is no text or a file that is gone is left out, and the pages say what lacks.
"""

import json
import math
import os
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from PIL import Image

from lnregions.assess import STATUS_WORDS, Verdict, judge_all, load_tables, members_of
from lnregions.batch import Manifest
from lnregions.boundaries import (
    boundaries_of,
    boundary_words,
    label_points,
    nearest_areas,
    project,
    simplify_coverage,
)
from lnregions.errors import LANGUAGES, DataError
from lnregions.explorer import LARGEST
from lnregions.files import safe_name, write_whole
from lnregions.formats import small_picture
from lnregions.pages.writing import PREVIEWS
from lnregions.paths import PLAN
from lnregions.series import Tables
from lnregions.tables import Plan, plan_of, with_cities

MAP_WIDTH = 640
"""Units of the drawn map, about one a pixel on a wide screen."""
_MAP_TOLERANCE_M = 900
_KEY_WIDTH, _KEY_HEIGHT = 130, LARGEST * 2 + 20
"""Units that the key of the circles takes in the lower right corner of the drawn map."""
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


@dataclass(frozen=True)
class Site:
    """Everything the pages of one plan need, read once."""

    output: Path  # folder that was rendered to
    plan: Plan
    tables: Tables  # figures known on the date, with the codebook
    verdicts: tuple[Verdict, ...]  # all interpretations, the main one first within each target
    as_of: str = ""  # as it was given; empty for all that is known
    runs: tuple[RunFiles, ...] = ()  # those made for the pages' as-of date, sorted by name
    other_dates: tuple[str, ...] = ()  # of runs whose figures would contradict the verdicts
    findings: dict[str, pd.DataFrame] = field(default_factory=dict)  # by place, made when first asked for

    @cached_property
    def previews(self) -> dict[str, dict]:
        """Small versions of figures by the path of their PNG; brought up to date at first use."""
        return make_previews(self.output, [one for run in self.runs for one in run.figures])

    @cached_property
    def outlines(self) -> gpd.GeoDataFrame:
        """Simplified boundaries of all cities."""
        flat = boundaries_of(self.plan)
        return flat if flat.empty else simplify_coverage(project(flat), _MAP_TOLERANCE_M)

    def map_of(self, areas: Collection[str]) -> dict:
        """Outlines of the cities around some areas as SVG paths, for paper and for browsers without scripts.

        ``cities`` have ``area``, ``path`` and ``x y`` of the name; ``key_x`` is where the key of the circles stands,
        ``key_height`` what it adds to the height: nothing where the corner is free.
        """
        flat = nearest_areas(self.outlines, areas)
        if flat.empty:
            return {"cities": [], "width": MAP_WIDTH, "height": 0, "key_x": 0, "key_height": 0}
        west, south, east, north = flat.total_bounds
        scale = MAP_WIDTH / (east - west)

        def drawn(shapes) -> np.ndarray:
            shapes = np.asarray(shapes)
            return shapely.transform(shapes, lambda xy: ((xy - (west, north)) * (scale, -scale)).round(1))

        paths = [
            "".join(f"M{' '.join(f'{x:g} {y:g}' for x, y in ring.coords[:-1])}z" for ring in rings)
            for rings in map(shapely.get_rings, map(shapely.get_parts, drawn(flat.geometry)))
        ]
        cities = [
            {"area": area, "path": path, "x": point.x, "y": point.y}
            for area, path, point in zip(flat["area"], paths, drawn(label_points(flat)), strict=True)
        ]
        corner = shapely.box(east - _KEY_WIDTH / scale, south, east, south + _KEY_HEIGHT / scale)
        taken = _KEY_HEIGHT if flat.intersects(corner).any() else 0
        height = math.ceil((north - south) * scale)
        key = {"key_x": MAP_WIDTH - LARGEST, "key_height": taken}
        return {"cities": cities, "width": MAP_WIDTH, "height": height, **key}

    @cached_property
    def boundary_words(self) -> dict[str, str]:
        """Source of the boundaries of the plan's maps by language."""
        return {language: boundary_words(self.plan, language) for language in LANGUAGES}

    @cached_property
    def main(self) -> list[Verdict]:
        """Verdict under the main interpretation of each target, in the plan's order."""
        found: dict[str, Verdict] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.target, verdict)
        return list(found.values())

    @cached_property
    def areas(self) -> dict[str, dict]:
        """Row of each area by its code."""
        return _rows(self.plan.areas, "area")

    @cached_property
    def cities(self) -> list[str]:
        """Cities that have a page: those of the plan's provinces."""
        return self.plan.cities

    @cached_property
    def targets(self) -> dict[str, dict]:
        """Row of each target by its id."""
        return _rows(self.plan.targets, "target")

    @cached_property
    def regions(self) -> dict[str, dict]:
        """Row of each region by its code."""
        return _rows(self.plan.regions, "region")

    @cached_property
    def codebook(self) -> dict[str, dict]:
        """Row of each indicator by its id; of clauses in words only those of the plan."""
        rows = self.tables.indicators
        shown = (rows["measure"] != "none") | rows["indicator"].isin(self.plan.targets["indicator"])
        return _rows(rows[shown], "indicator")

    @cached_property
    def sources(self) -> dict[str, dict]:
        """Sources of figures and of the plan by id."""
        return _rows(self.tables.sources, "source") | _rows(self.plan.sources, "source")

    def counts(self, verdicts: list[Verdict]) -> list[tuple[str, int]]:
        """Return the statuses that occur, from best to worst, with how often."""
        held = [verdict.status for verdict in verdicts]
        return [(status, held.count(status)) for status in STATUS_WORDS if status in held]

    def regions_of(self, city: str) -> list[str]:
        """Return the codes of the regions that a city is a member of."""
        return [region for region, members in self.members.items() if city in members]

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Areas whose figures make a region, by its code."""
        return {region: members_of(with_cities(self.plan), region) for region in self.regions}

    def runs_of(self, language: str, over: str, value: str = "") -> list[RunFiles]:
        """Return the runs for one value of a parameter (``region``, ``adcode`` or none)."""
        return [run for run in self.runs if (run.language, run.over, run.value) == (language, over, value)]

    def figures_of(self, language: str, over: str, value: str = "") -> list[FigureFiles]:
        """Return the figures of these runs, in reading order."""
        return [figure for run in self.runs_of(language, over, value) for figure in run.figures]

    def path(self, language: str, kind: str, code: str = "") -> str:
        """Return the path of a page below the output.

        `kind` is ``home``, ``indicators``, ``sources``, ``methods``, ``notebooks``, or ``region``, ``city`` or
        ``target`` with the code of one; a target is a section of its region's page.
        """
        if kind == "home":
            return "index.html" if language == "en" else "index.zh.html"
        if kind == "target":
            return f"{self.path(language, 'region', self.targets[code]['region'])}#target-{anchor(code)}"
        return f"{language}/{kind}/{safe_name(code)}.html" if code else f"{language}/{kind}.html"


def _rows(frame: pd.DataFrame, key: str) -> dict[str, dict]:
    return {row[key]: row for row in frame.astype(object).fillna("").to_dict("records")}


def anchor(text: object) -> str:
    """Return text as an anchor: letters, digits and hyphens stay.

    Examples
    --------
    >>> anchor("a b")
    'a.20.b'
    """
    return re.sub(r"[^A-Za-z0-9_-]", lambda hit: f".{ord(hit[0]):x}.", str(text))


def relative(path: str, start: str) -> str:
    """Return the link from one page to a place below the output, quoted; the part after ``#`` stays an anchor.

    Examples
    --------
    >>> relative("en/city/210100.html#a b", "en/region/circle.html")
    '../city/210100.html#a%20b'
    """
    file, sharp, place = path.partition("#")
    if file == start and sharp:
        return "#" + quote(place)
    return _link_to_file(file, posixpath.dirname(start)) + sharp + quote(place)


@cache
def _link_to_file(file: str, folder: str) -> str:
    return quote(posixpath.relpath(file, folder or "."))


def read_site(output, *, plan=PLAN, as_of=None) -> Site:
    """Bring together what the pages need."""
    names = {str(plan)} if not isinstance(plan, Plan) else set()
    plan, given, output = plan_of(plan), str(as_of or ""), Path(output)
    tables = load_tables(plan, as_of=as_of)

    def is_of_date(date: str) -> bool:
        try:
            return date == given or load_tables(plan, as_of=date or None).as_of == tables.as_of
        except DataError:  # what the manifest says is no date
            return False

    runs = read_runs(output, plans=names | {plan.id})
    others = sorted(date for date in {run.as_of for run in runs} if not is_of_date(date))
    own = tuple(run for run in runs if run.as_of not in others)
    return Site(output, plan, tables, tuple(judge_all(plan, as_of=as_of)), given, own, tuple(others))


def read_runs(output: Path | str, *, plans: Collection[str]) -> list[RunFiles]:
    """Read the runs that were made for one plan, under any of its names, sorted by name."""
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
