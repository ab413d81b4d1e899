"""An empty, commented plan folder for someone else's regions."""

import csv
import io
import os
import shutil
import tempfile
from pathlib import Path

from lnregions.errors import DataError, shown_path
from lnregions.tables.tables import schema

_PLAN = """\
# The plan's facts. Text behind a number sign is a remark. Lines without a value may stay as they are.
# id names folders: small letters, digits and hyphens.
id: my-plan
title_zh: ""
title_en: My plan
short_zh: ""
short_en: ""
number: ""
issuer_zh: ""
issuer_en: ""
# Dates as 2022-01-31, 2022-01 or 2022.
signed: ""
issued: ""
press_conference: ""
# First and last year of the plan, and the year its targets start from.
first_year: 2022
horizon: 2024
base_stated: "no"
baseline_year: 2021
# Where the plan was read; the tables name these ids.
sources:
  - id: p1
    title: Title of the document
    publisher: ""
    url: ""
    published: ""
"""

_EXAMPLES = {
    "regions": "north,北区,Northern area,北区,North,,,210100",
    "positioning": "north,positioning,1,先进制造业基地,Base of advanced manufacturing",
    "membership": "north,210100,city,confirmed,no,2022,,,p1",
    "targets": "north-gdp,north,210100,,level,gdp,>=,10000,亿元,strive,,2021,no,2022,2024,生产总值,GDP,"
    "力争达到1万亿元,Strive for a GDP of one trillion yuan,A,p1,,",
    "areas": "200101,city,210000,某市,Some City,某市,Some",
    "observations": "210100,gdp,2023,8122.1,亿元,2024-04-11,preliminary,A,p1,",
}
_REMARKS = {
    "regions": "One row a region. Take the number sign off the example to use it.",
    "positioning": "What each region is to become (positioning), and its tasks (task); * is the whole plan.",
    "membership": "One row for each region and area; proxy yes for an area that stands in for others.",
    "targets": "One row a clause of the plan.",
    "areas": "Areas of your own that the shipped table does not have; delete the file if there are none.",
    "observations": "Figures of your own, beside the shipped ones; delete the file if there are none.",
}


def write_plan_template(folder: str | Path) -> Path:
    """Write an empty, commented plan folder and return its path.

    Parameters
    ----------
    folder : str or path
        Folder to make; it may exist if it is empty.

    Raises
    ------
    DataError
        If the folder holds anything, or cannot be written. Nothing is left half-written.
    """
    folder = Path(folder)
    try:
        taken = (folder.exists() or folder.is_symlink()) and (not folder.is_dir() or any(folder.iterdir()))
        if taken:
            raise DataError(
                f"{shown_path(folder)} is there and not empty. Name a new folder; nothing is written.",
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        _write_all(folder)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = getattr(error, "strerror", None) or "not a possible name"
        raise DataError(
            f"The folder {shown_path(folder)} cannot be written ({reason}). Choose another place.",
        ) from error
    return folder


def _write_all(folder: Path) -> None:
    """Write to a temporary folder beside, then put it in place in one step."""
    temporary = Path(tempfile.mkdtemp(prefix=".plan-", dir=folder.parent))
    try:
        (temporary / "plan.yaml").write_text(_PLAN, encoding="utf-8", newline="\n")
        for name in _EXAMPLES:
            (temporary / f"{name}.csv").write_text(_table(name), encoding="utf-8", newline="\n")
        temporary.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        os.replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _table(name: str) -> str:
    """Header of a table, what each column holds, and an example, both as remarks."""
    fields = schema(name)["fields"]
    out = io.StringIO()
    out.write(f"# {_REMARKS[name]}\n")
    for field in fields:
        choices = field.get("constraints", {}).get("enum")
        listed = f" ({' | '.join(choices)})" if choices else ""
        out.write(f"# {field['name']}: {field['description']}{listed}\n")
    csv.writer(out, lineterminator="\n").writerow([field["name"] for field in fields])
    out.write(f"#{_EXAMPLES[name]}\n")
    return out.getvalue()
