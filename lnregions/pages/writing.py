"""Write the pages over what was rendered, and know whether they are as they would be written.

What draws is imported only where pages are written: a render with nothing to do asks here, and no further.
"""

import contextlib
import json
import re
from pathlib import Path

from lnregions.batch import digest
from lnregions.files import write_json, write_whole
from lnregions.paths import PLAN

_OURS = re.compile(r"(index(\.zh)?|(en|zh)/((region|city)/)?[^/]+)\.html")
_INPUTS = ("package", "data", "shapes", "own", "versions")
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
        If the plan or the date is unknown.
    """
    _write_pages(Path(output), plan, as_of)
    return Path(output) / "index.html"


def update_report(result, *, plan: str, as_of: str) -> bool:
    """Build the pages over a render, unless they are as they would be built; whether they were.

    Parameters
    ----------
    result : RenderResult
        What the render did.
    plan, as_of : str
        As for :func:`write_report`; an empty date for all that was published.
    """
    inputs = [result.runs[0].inputs.get(name) for name in _INPUTS]
    runs = {
        name: [record.get(key) for key in ("status", "outputs", "error")]
        for name, record in result.manifest["runs"].items()
    }
    mark = digest([inputs, plan, as_of, runs])
    known_mark, pages = _read_index(result.output)
    unchanged = mark == known_mark and pages == {name: _state(result.output / name) for name in pages}
    if unchanged and not (result.done or result.failed or result.stopped):
        return False
    _write_pages(result.output, plan, as_of or None, mark)
    return True


def _write_pages(output: Path, plan, as_of, mark: str = "") -> None:
    """Write all pages, and remove those that an earlier call left and this one did not write."""
    from lnregions.pages import report, site  # which import all that draws

    written = report.site_pages(site.read_site(output, plan=plan, as_of=as_of))
    known_mark, known = _read_index(output)
    for path, content in written.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output / path, content)
    for path in known:
        if _OURS.fullmatch(path) and path not in written:
            with contextlib.suppress(OSError, ValueError):
                place = (output / path).resolve()
                if place.is_relative_to(output.resolve()):
                    place.unlink()
    states = {path: _state(output / path) for path in sorted(written)}
    (output / _INDEX).parent.mkdir(parents=True, exist_ok=True)
    write_json(output / _INDEX, {"mark": mark or (known_mark if states == known else ""), "pages": states})


def _read_index(output: Path) -> tuple[str, dict]:
    with contextlib.suppress(OSError, ValueError, RecursionError, TypeError, KeyError):
        known = json.loads((output / _INDEX).read_text("utf-8"))
        return str(known["mark"]), dict(known["pages"])
    return "", {}


def _state(path: Path) -> list[int] | None:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return [state.st_size, state.st_mtime_ns]
