"""Folders of plans: where they are, and the files in them."""

import contextlib
import difflib
import re
from pathlib import Path

from lnregions.errors import DataError, Fault, home, quote, shown_path, unknown
from lnregions.paths import data_dir

TABLES = ("regions", "positioning", "membership", "targets", "statements")
"""Tables of a plan; that of statements may be left out."""
BOUNDARY_KINDS = (".gpkg", ".geojson", ".json", ".shp", ".zip")
"""Endings of the files ``boundaries`` and ``context`` in a plan folder: its own areas, and what lies around them."""
TEMPLATE = Path(__file__).parent / "plan_template"
"""Empty plan folder; the remarks of its tables are the descriptions in the schemas, which a test holds."""
_NAMES = (
    "plan.yaml",
    *(f"{name}.csv" for name in (*TABLES, "areas", "indicators", "observations", "bounds")),
)
WORKBOOK = "plan.xlsx"
"""Workbook in a plan folder, of which ``lnregions plan read`` makes the tables; nothing else reads it."""
_MEANT = 0.75
"""Likeness (difflib) from which on a file of another name is taken for a misspelt one."""


def list_plans() -> list[str]:
    """Return the ids of the shipped plans.

    Examples
    --------
    >>> list_plans()
    ['belt-2025', 'ln-2022', 'ln-2025', 'ln-tourism-2025']
    """
    return sorted(path.parent.name for path in (data_dir() / "plans").glob("*/plan.yaml"))


def plan_folder(plan: str | Path, path: Path | None) -> Path:
    """Folder of a plan by its name or path."""
    names = list_plans()
    if path is None and not (isinstance(plan, Path) or (isinstance(plan, str) and plan.strip())):
        what = f"The plan {quote(plan)} is neither a plan nor the name of one"
        remedy = "Give one from load_plan, the path of a plan folder, or one of"
        raise DataError(f"{what}. {remedy} {', '.join(names)}.")
    if path is None and plan in names:
        return data_dir() / "plans" / plan
    folder = home(plan if path is None else path)
    with contextlib.suppress(OSError, ValueError):
        if folder.is_dir():
            return folder
    if path is None and not isinstance(plan, Path) and not re.search(r"[/\\.]", plan):
        raise unknown("plan", plan, names)
    what = f"The plan folder {shown_path(folder)!r} does not exist"
    raise DataError(f"{what}. Give the path of a folder with plan.yaml in it, or one of {', '.join(names)}.")


def boundary_file(folder: Path, stem: str = "boundaries") -> Path | None:
    """File of boundaries in a plan folder, or its file ``context`` of the ground around them, if there is one."""
    return next(iter(_boundary_files(folder, stem)), None)


def _boundary_files(folder: Path, stem: str) -> list[Path]:
    files = (one for one in folder.iterdir() if one.name.casefold().startswith(f"{stem}."))
    return sorted(one for one in files if one.suffix.casefold() in BOUNDARY_KINDS)


def check_files(folder: Path, faults: list[Fault]) -> list[str]:
    """Warnings of files that are not read; a fault for each that is meant for one that is not there, or is no file."""
    (boundaries, around), unread = (_boundary_files(folder, stem) for stem in ("boundaries", "context")), []
    for files in (boundaries, around):
        if len(files) > 1:
            text = f"the folder has several files of boundaries: {', '.join(one.name for one in files)}. Keep one."
            faults.append(Fault(text, shown_path(folder)))
    for path in sorted(folder.iterdir()):
        kind = path.suffix.casefold()
        names = [f"boundaries{kind}"] if kind in BOUNDARY_KINDS and kind != ".json" else _NAMES
        stems = {Path(name).stem: name for name in names}
        if path.name in (*_NAMES, WORKBOOK) or path in [*boundaries, *around]:
            if not path.is_file():
                remedy = "Put the file itself there, or take the name away."
                what = "the link leads to nothing" if path.is_symlink() else "this is no file"
                faults.append(Fault(f"{what}. {remedy}", shown_path(path)))
        elif kind in (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods", ".yaml", ".yml", *BOUNDARY_KINDS):
            close = difflib.get_close_matches(path.stem.casefold(), stems, n=1, cutoff=_MEANT)
            meant = stems[close[0]] if close else ""
            if not meant or (folder / meant).exists() or (boundaries and meant.startswith("boundaries")):
                unread.append(path.name)
            else:
                how = "Name it" if kind == Path(meant).suffix else "Save it as"
                text = f"the file is not read under this name. {how} {meant}."
                faults.append(Fault(text, shown_path(path)))
    return [f"{shown_path(folder)}: files that are not read: {', '.join(unread)}"] if unread else []
