"""Pages built again only where they would differ from those that are there."""

import contextlib
import json
from pathlib import Path

from lnregions.batch import Hashes, digest
from lnregions.files import write_json

_INPUTS = ("package", "data", "shapes", "own", "versions")


def update_report(result, *, plan: str, as_of: str) -> bool:
    """Build the pages over a render, unless they are as they would be built; whether they were.

    Parameters
    ----------
    result : RenderResult
        What the render did.
    plan, as_of : str
        As for :func:`write_report`; an empty date for all that was published.
    """
    inputs = result.runs[0].inputs
    runs = {
        name: [record.get("status"), record.get("outputs"), record.get("error")]
        for name, record in result.manifest["runs"].items()
    }
    mark = digest([[inputs.get(name) for name in _INPUTS], plan, as_of, runs])
    file = result.output / ".lnregions" / "pages_mark.json"
    if not (result.done or result.failed or result.stopped):
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
            known = json.loads(file.read_text("utf-8"))
            if known["pages"] and known["mark"] == mark and known["pages"] == _pages(result.output):
                return False
    from lnregions.pages.report import write_report  # which imports all that draws

    write_report(result.output, plan=plan, as_of=as_of or None)
    with contextlib.suppress(OSError):
        write_json(file, {"mark": mark, "pages": _pages(result.output)})
    return True


def _pages(output: Path) -> dict[str, str]:
    """Hash of every page that the report wrote, by name."""
    hashes = Hashes(output / ".lnregions" / "page_hashes.json")
    names = json.loads((output / ".lnregions" / "pages.json").read_text("utf-8"))
    found = {name: hashes.file(output / name) for name in names}
    hashes.save()
    return found
