"""What the batch may choose from, read without pandas so that a render with nothing to do stays quick."""

from pathlib import Path

from lnregions.errors import DataError, narrow, unknown
from lnregions.paths import data_dir
from lnregions.tables.rows import read_rows

_RANKS = ("county", "city", "province", "nation")


def batch_choices(plan: str = "ln-2022") -> dict[str, list[str]]:
    """Values that each parameter of the batch may take, for one plan.

    Returns
    -------
    dict
        ``region`` (codes of the plan), ``adcode`` (cities of the provinces that its members lie in), ``language``,
        ``plan``.

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
    return {
        "region": regions,
        "adcode": _cities(folder),
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


def _cities(folder):
    """Cities of the provinces that a plan's members lie in; of all provinces where it names no member."""
    own = folder / "areas.csv"
    areas = _areas(data_dir() / "areas.csv") | (_areas(own) if own.is_file() else {})
    province = {area: _province(area, areas) for area in areas}
    wanted = {province.get(area, "") for area in _column(folder / "membership.csv", "area")} - {""}
    cities = [area for area, (level, _) in areas.items() if level == "city"]
    return [area for area in cities if province[area] in wanted] or cities


def _areas(path):
    """Level of each area of a table, and the area it lies in."""
    columns = (_column(path, name) for name in ("area", "level", "parent"))
    return {area: (level, parent) for area, level, parent in zip(*columns, strict=True)}


def _province(area, areas):
    """Province that an area lies in; empty where there is none above it."""
    for _ in range(len(_RANKS)):
        level, parent = areas.get(area, ("", ""))
        if level == "province" or not level:
            return area if level else ""
        area = parent
    return ""


def _column(path, name, **where):
    """Values of one column, of the rows where others hold what is asked."""
    rows = read_rows(path)
    header = [column.casefold() for column in rows.header]
    absent = [column for column in (name, *where) if column not in header]
    if absent:
        raise DataError(
            f"{path.name} of the plan has no column {absent[0]}. Run `lnregions check` on its folder.",
        )
    table = [dict(zip(header, map(narrow, record), strict=True)) for record in rows.records]
    return [row[name] for row in table if all(row[key] == value for key, value in where.items())]
