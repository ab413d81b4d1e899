"""Write the pages over what was rendered, and know whether they are as they would be written.

What draws is imported only where pages are written: a render with nothing to do asks here, and no further.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from lnregions.batch.manifest import SHARED, digest
from lnregions.errors import Fault, refuse_any, shown_path
from lnregions.files import write_json, write_whole
from lnregions.paths import PLAN

_MARK = b'<meta name="generator" content="lnregions">'
"""What is in the head of every page of ours."""
PREVIEWS = "previews"
"""Folder of the small versions of figures."""
_INDEX = ".lnregions/pages.json"
"""What the pages that were written last were made from, and their sizes and times of change."""


def write_report(output, *, plan=PLAN, as_of=None) -> Path:
    """Write the pages of one plan over what was rendered into a folder; nothing is rendered anew.

    Pages are written for both languages whether or not figures were rendered in both: verdicts, calculations and
    tables come from the data, and a page whose figures are missing says so. Pages of an earlier call that have no
    place any more are removed.

    Parameters
    ----------
    output : path
        Folder that ``lnregions render`` wrote into; it is made if it is not there.
    plan : str or Plan
        A plan's name, its folder, or a plan from `load_plan`.
    as_of : date or str, optional
        Only what was published by then counts.

    Returns
    -------
    Path
        The English landing page.

    Raises
    ------
    DataError
        If the plan or the date is unknown, or a file of yours has the place of a page.
    """
    _write_pages(Path(output), plan, as_of)
    return Path(output) / "index.html"


def update_report(result, *, plan: str, as_of: str) -> bool:
    """Build the pages over what a render did, unless they are as they would be built; whether they were.

    Plan and date are those of :func:`write_report`; an empty date means all that was published.
    """
    inputs = [result.runs[0].inputs.get(name) for name in SHARED]
    runs = {
        name: [record.get(key) for key in ("status", "outputs", "error")]
        for name, record in result.manifest["runs"].items()
    }
    mark = digest([inputs, plan, as_of, runs])
    known = _read_index(result.output)
    states = {name: _state(result.output / name) for name in known["pages"]}
    unchanged = (mark, states) == (known["mark"], known["pages"])
    if unchanged and not (result.done or result.failed or result.stopped):
        return False
    _write_pages(result.output, plan, as_of or None, mark)
    return True


def refuse_foreign_pages(output: Path, paths: Iterable[str] = ("index.html", "index.zh.html")) -> None:
    """Refuse to write pages where files lie that no earlier call has written and that lack the mark of our pages."""
    known = _read_index(output)["pages"]
    found = [output / path for path in paths if path not in known and os.path.lexists(output / path)]
    remedy = "is not a page of lnregions, which would replace it. Move it, give another output folder, or --no-report."
    refuse_any(Fault(f"{shown_path(path)} {remedy}") for path in found if not _is_ours(path))


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError), open(path, "rb") as file:
        return _MARK in file.read(1000)
    return False


def _write_pages(output: Path, plan, as_of, mark: str = "") -> None:
    """Write all pages, and remove those that an earlier call left and this one did not write."""
    from lnregions.pages import report, site  # which import all that draws

    made = site.read_site(output, plan=plan, as_of=as_of)
    written = report.site_pages(made)
    refuse_foreign_pages(output, written)
    known = _read_index(output)
    for path, content in written.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output / path, content)
    previews = {one["path"]: _state(output / one["path"]) for one in made.previews.values()}
    for path in ({**known["pages"], **known["previews"]}).keys() - written.keys() - previews.keys():
        with contextlib.suppress(OSError, ValueError):
            place, below = (output / path).resolve(), output.resolve()
            is_same = _state(place) == known["previews"].get(path)
            is_preview = is_same and place.is_relative_to(below / PREVIEWS)
            if is_preview or (place.is_relative_to(below) and _is_ours(place)):
                place.unlink()
    states = {path: _state(output / path) for path in sorted(written)}
    mark = mark or (known["mark"] if states == known["pages"] else "")
    (output / _INDEX).parent.mkdir(parents=True, exist_ok=True)
    write_json(output / _INDEX, {"mark": mark, "pages": states, "previews": previews})


def _read_index(output: Path) -> dict:
    known, empty = None, {"mark": "", "pages": {}, "previews": {}}
    with contextlib.suppress(OSError, ValueError, RecursionError):
        known = json.loads((output / _INDEX).read_text("utf-8"))
    known = empty | (known if isinstance(known, dict) else {})
    return {key: known[key] if isinstance(known[key], type(one)) else one for key, one in empty.items()}


def _state(path: Path) -> list[int] | None:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return [state.st_size, state.st_mtime_ns]
