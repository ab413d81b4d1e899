"""Everything that is shipped, checked: tables, shapes, figures against one another, pictures, verdicts.

``lnregions check`` without a folder prints it.
"""

from collections.abc import Callable

from checks.consistency import check_consistency, load_exceptions
from checks.pictures import check_pictures
from checks.result import GROUPS, Check, report_checks, report_json
from checks.shapes import check_shapes
from checks.tables import check_tables
from checks.verdicts import check_verdicts
from lnregions.errors import DataError, Fault
from lnregions.tables.observations import load_observations

__all__ = ["Check", "check_shipped", "report_checks", "report_json"]


def _figures() -> list[Check]:
    return check_consistency(load_observations(), exceptions=load_exceptions())


PARTS: dict[str, Callable[[], list[Check]]] = {
    "tables": check_tables,
    "shapes": check_shapes,
    "consistency": _figures,
    "pictures": check_pictures,
    "verdicts": check_verdicts,
}
"""What is checked, group by group."""


def check_shipped() -> list[Check]:
    """Check what is shipped, each group whatever is wrong with the others.

    Returns
    -------
    list of Check
        With ``group``, ``name``, ``compared``, ``faults``, ``excepted`` and ``ok``. A group whose tables cannot
        be read is one check with the reason.
    """
    checks = []
    for group, check in PARTS.items():
        try:
            checks += check()
        except DataError as error:
            checks.append(_unreadable(group, error.faults))
    return checks


def _unreadable(group: str, faults: list[Fault]) -> Check:
    name, name_zh = GROUPS[group]
    return Check(
        group,
        (f"{name}: the tables and shapes can be read", f"{name_zh}：数据表和边界可以读取"),
        0,
        tuple(faults),
    )
