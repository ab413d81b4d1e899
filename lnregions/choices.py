"""What the batch may choose from, read without pandas so that a render with nothing to do stays quick."""

import csv
from pathlib import Path

from lnregions._checks import DataError, unknown
from lnregions._paths import data_dir


def batch_choices(plan: str = "ln-2022") -> dict[str, list[str]]:
    """Values that each parameter of the batch may take, for one plan.

    Returns
    -------
    dict
        ``region`` (codes of the plan), ``adcode`` (cities), ``language``, ``plan``.

    Raises
    ------
    DataError
        If the plan is neither a name in ``data/plans`` nor a folder, or holds no regions.

    Examples
    --------
    >>> batch_choices()["region"]
    ['circle', 'belt', 'west', 'east']
    """
    folder = plan_folder(plan)
    regions = _column(folder / "regions.csv", "region")
    areas = data_dir() / "areas.csv"
    own = folder / "areas.csv"
    cities = _column(areas, "area", level="city") + (
        _column(own, "area", level="city") if own.is_file() else []
    )
    return {
        "region": regions,
        "adcode": cities,
        "language": ["en", "zh"],
        "plan": list(dict.fromkeys([*plan_names(), plan])),
    }


def plan_names() -> list[str]:
    """Names of the plans that come with the package."""
    return sorted(path.parent.name for path in data_dir().glob("plans/*/plan.yaml"))


def plan_folder(plan: str) -> Path:
    """Folder of a plan, by name or path."""
    shipped = data_dir() / "plans" / plan
    if plan in plan_names():
        return shipped
    if Path(plan).is_dir():
        return Path(plan)
    raise unknown("plan", plan, plan_names())


def _column(path, name, **where):
    """Values of one column, of the rows where others hold what is asked."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        return [row[name] for row in rows if all(row[key] == value for key, value in where.items())]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise DataError(
            f"Table {path.name} of the plan cannot be read ({type(error).__name__}). "
            "Run `lnregions check` on its folder.",
            zh=f"无法读取规划的 {path.name}（{type(error).__name__}）。请对其文件夹运行 lnregions check。",
        ) from error
