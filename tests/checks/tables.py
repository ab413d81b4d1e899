"""Whether the shipped tables are whole: seals, descriptor, the loaders' own rules, keys, plans."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from checks import consistency
from checks.result import Check
from lnregions.errors import DataError, Fault, add_messages, shown_path, unknown_fault
from lnregions.paths import data_dir
from lnregions.tables import codebook, observations, plans
from lnregions.tables.tables import check_seals, read_table

__all__ = ["LOADERS", "check_tables"]

LOADERS: dict[str, Callable] = {
    "areas": codebook.load_areas,
    "units": codebook.load_units,
    "indicators": codebook.load_indicators,
    "sources": codebook.load_sources,
    "observations": observations.load_observations,
    "left_out": codebook.load_left_out,
    "breaks": codebook.load_breaks,
    "caveats": codebook.load_caveats,
    "exceptions": consistency.load_exceptions,
}
"""Loader of each table of the data folder."""

add_messages(
    {
        "descriptor": ("{text}", "Put datapackage.json right and run: python data/seal.py"),
    }
)


def check_tables() -> list[Check]:
    """Check the shipped tables and plans.

    Returns
    -------
    list of Check
        Seals, descriptor, loaders, foreign keys and plans, with their counts.
    """
    folder = data_dir()
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        resources = package["resources"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = _fault(folder / "datapackage.json", f"cannot be read ({error})", f"无法读取（{error}）")
        return [_check("the descriptor can be read", "数据说明可以读取", 1, [fault])]
    sealed = _check("every table is as it was sealed and within its schema", "各数据表与封存时一致且符合模式",
                    len(resources), check_seals())  # fmt: skip
    return [sealed, _described(folder, resources), _loaded(), _keys(folder, resources), _plans()]


def _described(folder: Path, resources: list[dict]) -> Check:
    """Every table in the descriptor and no other; its columns are the schema's, its size the stated one."""
    faults = []
    named = {entry["path"] for entry in resources if (folder / entry["path"]).is_file()}
    for entry in resources:
        path, count = folder / entry["path"], entry.get("bytes")
        if entry["path"] not in named:
            faults.append(
                _fault(path, "is in datapackage.json but not there", "列于 datapackage.json 但不存在")
            )
            continue
        data = path.read_bytes().replace(b"\r\n", b"\n")
        header = next(csv.reader([data.decode("utf-8-sig", errors="replace").partition("\n")[0]]), [])
        fields = [field["name"] for field in entry["schema"]["fields"]]
        if [name for name in fields if name in header] != header:
            faults.append(_fault(path, f"has the columns {', '.join(header)}", f"的列为 {', '.join(header)}"))
        if count != len(data):
            faults.append(
                _fault(path, f"has {len(data)} bytes, not {count}", f"为 {len(data)} 字节，而非 {count}")
            )
    for path in sorted(folder.rglob("*.csv")):
        if path.relative_to(folder).as_posix() not in {entry["path"] for entry in resources}:
            faults.append(_fault(path, "is not in datapackage.json", "未列入 datapackage.json"))
    return _check("the descriptor names every table, its columns and its size", "数据说明列出每个表及其列和大小",
                  len(resources), faults)  # fmt: skip


def _loaded() -> Check:
    """Every table through its loader."""
    faults, rows = [], 0
    for load in LOADERS.values():
        try:
            rows += len(load())
        except DataError as error:
            faults += error.faults
    return _check("every row passes the rules of its loader", "每一行均通过读取规则", rows, _once(faults))


def _keys(folder: Path, resources: list[dict]) -> Check:
    """Every foreign key that the descriptor states."""
    tables, faults, compared = {}, [], 0
    for entry in resources:
        try:
            tables[entry["name"]] = read_table(folder / entry["path"], entry["name"])
        except DataError as error:
            faults += error.faults
    for entry in resources:
        for key in entry["schema"].get("foreignKeys", []):
            (column,), reference = key["fields"], key["reference"]
            own, other = tables.get(entry["name"]), tables.get(reference["resource"] or entry["name"])
            if own is None or other is None or column not in own:
                continue
            known = set(other[reference["fields"][0]])
            for place, cell in enumerate(own[column]):
                for word in str(cell).split():
                    compared += 1
                    if word not in known:
                        faults.append(unknown_fault(column, word, sorted(known), line=place + 2,
                                                    path=shown_path(folder / entry["path"])))  # fmt: skip
    return _check(
        "every key points to a row that is there", "每个外键均指向存在的行", compared, _once(faults)
    )


def _plans() -> Check:
    """Every shipped plan, through the checks that a plan of one's own passes."""
    faults, rows = [], 0
    for name in plans.list_plans():
        found = plans.check_plan(data_dir() / "plans" / name)
        faults += found
        rows += 0 if found else len(plans.load_plan(name).targets)
    return _check(
        "every target of every plan passes the rules of plans", "各规划的每项目标均通过规划规则", rows, faults
    )


def _once(faults: list[Fault]) -> list[Fault]:
    """Faults without those that another table's check found, too."""
    return list({(f.code, f.path, f.line, f.column, str(f.value)): f for f in faults}.values())


def _check(name: str, name_zh: str, compared: int, faults: list[Fault]) -> Check:
    return Check("tables", (name, name_zh), compared, tuple(faults))


def _fault(path: Path, text: str, text_zh: str) -> Fault:
    return Fault("descriptor", shown_path(path), extra={"text": text, "text_zh": text_zh})
