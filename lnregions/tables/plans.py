"""Plans by name or folder: loaded, kept while their files are unchanged, and what the batch may choose of them."""

import contextlib
import copy
import functools
import inspect
from numbers import Real
from pathlib import Path

from lnregions.errors import DataError, Fault, refuse_any, warn_input
from lnregions.paths import PLAN, data_dir
from lnregions.tables.codebook import remember_forms
from lnregions.tables.groups import place_code
from lnregions.tables.plan_files import list_plans, plan_folder
from lnregions.tables.plan_tables import Plan, read_plan
from lnregions.tables.tables import file_state


def load_plan(plan: Plan | str | Path = PLAN, *, path: Path | None = None) -> Plan:
    """Return a plan, shipped or from a folder of your own.

    Parameters
    ----------
    plan : str, path or Plan
        Id of a shipped plan, the path of a plan folder, or a plan, of which a copy is returned.
    path : path, optional
        Folder of the plan; then ``plan`` is not looked at.

    Returns
    -------
    Plan
        Facts and frames. A :class:`~lnregions.InputWarning` says what was unusual about a folder of your own.

    Raises
    ------
    DataError
        If there is no such plan, or with every fault of its folder.

    Examples
    --------
    >>> len(load_plan("ln-2022").targets)
    18
    """
    if isinstance(plan, Plan) and path is None:
        return copy.deepcopy(plan)
    kept = _kept(plan_folder(plan, path))
    warn_input(kept.warnings)
    return copy.deepcopy(kept)


def shipped_plans() -> list[Plan]:
    """Return the shipped plans as they are kept: nothing may be written into their tables."""
    return [_kept(data_dir() / "plans" / name) for name in list_plans()]


def plan_of(given: Plan | str | Path) -> Plan:
    """Return a plan as it is, or the one of a name or folder."""
    plan = given if isinstance(given, Plan) else load_plan(given)
    remember_forms(plan.indicators)
    return plan


TAKEN = {
    "region": "region", "compare": "region", "adcode": "area", "city": "area", "area": "place",
    "indicator": "indicator", "rate": "indicator",
}  # fmt: skip
"""Parameters that are codes, and what they are codes of."""


def with_names(name: str, function):
    """Return a public function that takes names as well as codes; one without such a parameter as it is.

    A function that loads tables takes the name or folder of a plan, too.

    What is neither is left to the function, which refuses it in its own words.

    Examples
    --------
    >>> def show_place(plan, region):
    ...     return region
    >>> with_names("show_place", show_place)("ln-2022", "Western Liaoning")
    'west'
    """
    signature = inspect.signature(function) if inspect.isfunction(function) else None
    known = signature.parameters if signature else {}
    reads = name.startswith("load_") and name != "load_plan" and "plan" in known
    if not reads and not TAKEN.keys() & known.keys():
        return function
    more = next((one for one, kind in known.items() if kind.kind is kind.VAR_KEYWORD), "")

    @functools.wraps(function)
    def named(*args, **given):
        try:
            bound = signature.bind_partial(*args, **given)
        except TypeError:
            return function(*args, **given)
        values = bound.arguments
        if reads and isinstance(values.get("plan"), str | Path):
            values["plan"] = load_plan(values["plan"])
        for found in (values, values.get(more, {})):
            for one in TAKEN.keys() & found.keys():
                if isinstance(found[one], str | Real | list | tuple) and found[one]:
                    with contextlib.suppress(DataError):
                        plan = plan_of(values.get("plan") or PLAN)
                        found[one] = place_code(plan, found[one], kind=TAKEN[one])
        return function(*bound.args, **bound.kwargs)

    named.__module__, named.__qualname__ = "lnregions", name  # where it is found again when unpickled
    return named


def batch_choices(plan: str = PLAN) -> dict[str, list[str]]:
    """Values that each parameter of the batch may take, for one plan: codes of regions and cities, languages, plans."""
    found, plans = _kept(plan_folder(plan, None)), list(dict.fromkeys([*list_plans(), plan]))
    regions = found.regions["region"].tolist()
    return {"region": regions, "adcode": found.cities, "language": ["en", "zh"], "plan": plans}


def _kept(folder: Path) -> Plan:
    """The plan of a folder, read when it is new or one of its files (or of the codebook) has changed."""
    files = sorted([*filter(Path.is_file, folder.iterdir()), *data_dir().glob("*.csv")])
    plan = _read_once(folder, (folder.resolve(), *((path, file_state(path)) for path in files)))
    remember_forms(plan.indicators)
    return plan


@functools.lru_cache(maxsize=16)
def _read_once(folder: Path, _state: tuple) -> Plan:
    faults: list[Fault] = []
    plan = read_plan(folder, faults)
    refuse_any(faults)
    return plan
