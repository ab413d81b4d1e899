"""What the batch may choose from, read without pandas so that a render with nothing to do stays quick."""

from pathlib import Path

from lnregions._checks import DataError, narrow, unknown
from lnregions._paths import data_dir
from lnregions._rows import read_rows


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
    rows = read_rows(path)
    header = [column.casefold() for column in rows.header]
    absent = [column for column in (name, *where) if column not in header]
    if absent:
        raise DataError(
            f"{path.name} of the plan has no column {absent[0]}. Run `lnregions check` on its folder.",
            zh=f"规划的 {path.name} 没有 {absent[0]} 列。请对其文件夹运行 lnregions check。",
        )
    table = [dict(zip(header, map(narrow, record), strict=True)) for record in rows.records]
    return [row[name] for row in table if all(row[key] == value for key, value in where.items())]
