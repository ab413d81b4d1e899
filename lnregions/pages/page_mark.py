"""Whether the pages over a render are as they would be if they were built anew."""

import contextlib
import hashlib
import json
from pathlib import Path

from lnregions.batch import Hashes
from lnregions.files import write_json

_WHAT = ("package", "data", "shapes", "own", "versions")


def pages_mark(result, *, plan: str, as_of: str) -> str:
    """Hash of all that the pages are made from: the runs on record, data, package, plan and date."""
    inputs = result.runs[0].inputs
    runs = {
        name: [record.get("status"), record.get("outputs"), record.get("error")]
        for name, record in result.manifest["runs"].items()
    }
    content = [[inputs.get(name) for name in _WHAT], plan, as_of, runs]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def pages_stand(output: Path, mark: str) -> bool:
    """Whether pages of this mark were built and none was lost or changed since."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        known = json.loads(_file(output).read_text("utf-8"))
        return bool(known["pages"]) and known["mark"] == mark and known["pages"] == _pages(output)
    return False


def remember_pages(output: Path, mark: str) -> None:
    """Keep the mark of pages that were just built; without a word if that cannot be written."""
    with contextlib.suppress(OSError):
        write_json(_file(output), {"mark": mark, "pages": _pages(output)})


def _file(output: Path) -> Path:
    return output / ".lnregions" / "pages_mark.json"


def _pages(output: Path) -> dict[str, str]:
    """Hash of every page that the report wrote, by name."""
    hashes = Hashes(output / ".lnregions" / "page_hashes.json")
    names = json.loads((output / ".lnregions" / "pages.json").read_text("utf-8"))
    found = {name: hashes.file(output / name) for name in names}
    hashes.save()
    return found
