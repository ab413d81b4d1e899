"""What a check says of a plan folder: all that is wrong, what is unusual, what it has, and how far its figures go."""

import itertools
import re
import warnings
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from lnregions.assess.cases import Case
from lnregions.assess.interpretations import cases_of_plan
from lnregions.assess.verdicts import judge
from lnregions.boundaries import boundaries_of, check_plan
from lnregions.errors import DataError, Fault, InputWarning, forget_warnings, messages, quote, shown_path
from lnregions.series import implausible
from lnregions.style import missing_glyphs
from lnregions.tables import (
    LAND_AREA,
    Plan,
    load_areas,
    load_indicators,
    load_observations,
    load_plan,
    read_table,
    with_cities,
)
from lnregions.tables.plan_files import OWN_TABLES, WORKBOOK
from lnregions.tables.tables import Table, own_table

DRAWN = {
    "regions": ("name_zh", "name_en", "short_zh", "short_en"), "areas": ("name_zh", "name_en", "short_zh", "short_en"),
    "indicators": ("name_zh", "name_en", "unit"), "targets": ("label_zh", "label_en"),
}  # fmt: skip
"""Columns of a plan's tables that pictures print."""
LONGEST_SHORT = 40
"""Characters of a short name, which labels of pictures print on one line."""
RANKS = ("nation", "province", "city", "county")
YEARS = ("baseline_year", "first_year", "horizon")
ABSENT = {
    "areas.csv": "the areas are the shipped ones", "indicators.csv": "the indicators are the shipped ones",
    "observations.csv": "the figures are the shipped ones; areas of your own have none",
    "bounds.csv": "missing figures are bounded by the shipped bounds, if at all",
    "statements.csv": "pages show no statement of the issuer on the outcome",
    "boundaries.*": "maps show the shipped boundaries; areas of your own have none",
}  # fmt: skip
"""What follows where a plan folder has no such file."""


@dataclass(frozen=True)
class Report:
    """What a check found in a plan folder.

    Attributes
    ----------
    folder : str
        The folder, as given.
    faults : list of str
        What is wrong, each with file, place and remedy. Without any, every notebook renders.
    remarks : list of str
        What is read all the same: unusual writing, unlikely figures, targets that no figure can serve.
    has, lacks : list of str
        What the plan brings, and what follows from what it does not bring.
    coverage : pandas.DataFrame
        A row a target, a column a year from the baseline to the horizon: 1 and 0, or for a region ``3/4`` of its
        members, have a figure that the target is judged by.
    """

    folder: str
    faults: list[str]
    remarks: list[str] = field(default_factory=list)
    has: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame)

    def to_text(self) -> str:
        """Return the report as lines; the last counts the faults."""
        looks = {"tablefmt": "plain", "stralign": "right", "disable_numparse": True}
        table = tabulate(self.coverage, headers="keys", **looks)
        parts = {
            "The plan has:": self.has, "It does not have:": self.lacks, "Read all the same:": self.remarks,
            "Figures of each target by year (of a region: members with one; - is a clause in words):":
                table.splitlines() if len(self.coverage) else [],
            "Faults:": self.faults,
        }  # fmt: skip
        lines = [line for title, rows in parts.items() if rows for line in [title, *rows, ""]]
        count = f"{len(self.faults)} fault{'s' * (len(self.faults) != 1)} in"
        return "\n".join([*lines, f"{count if self.faults else 'Nothing is wrong with'} {self.folder}"])

    def to_dict(self) -> dict:
        """Return the report as JSON holds it."""
        return asdict(self) | {"coverage": self.coverage.reset_index().to_dict("records")}


def check_report(folder: Path | str) -> Report:
    """Return all that can be said of a plan folder before anything is rendered.

    Examples
    --------
    >>> from lnregions.paths import data_dir
    >>> report = check_report(data_dir() / "plans" / "ln-tourism-2025")
    >>> report.faults, report.coverage.columns.tolist()
    ([], ['2022', '2023', '2024', '2025'])
    """
    forget_warnings()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InputWarning)
        faults = check_plan(folder) + _undrawable(Path(folder))
        plan = None if faults else load_plan(Path(folder))
        has, lacks = ([], []) if plan is None else _inventory(plan)
    said = [str(one.message) for one in caught if issubclass(one.category, InputWarning)]
    remarks = list(dict.fromkeys(line for text in said for line in text.splitlines()))
    coverage = pd.DataFrame()
    if plan is not None:
        cases = {one.clause.target: one for one in reversed(cases_of_plan(plan))}
        coverage = _coverage([cases[target] for target in plan.targets["target"]])
        remarks += _odd_areas(plan) + _odd_years(plan) + _unlikely(plan) + _small_targets(plan)
        remarks += _never_served(plan, list(cases.values()))
    return Report(str(folder), messages(faults), remarks, has, lacks, coverage)


def _undrawable(folder: Path) -> list[Fault]:
    """Faults of names with characters that no font has, and of short ones that no label has room for."""
    found = []
    for name, columns in DRAWN.items():
        try:
            table = read_table(folder / f"{name}.csv", name)
        except DataError:  # which the check of the tables reports, if it is to be there
            continue
        for column, (row, text) in itertools.product(columns, enumerate(table.frame.to_dict("records"))):
            what, place = f"{column} {quote(text[column])} has", (table.path, table.lines[row], column)
            if column.startswith("short") and (size := len(text[column])) > LONGEST_SHORT:
                remedy = f"Keep it within {LONGEST_SHORT}, as labels have no more room."
                found.append(Fault(f"{what} {size} characters. {remedy}", *place))
            elif missing := missing_glyphs(str(text[column])):
                remedy = "Install a font that has them, or write it with others."
                found.append(
                    Fault(f"{what} characters that no installed font has: {missing}. {remedy}", *place)
                )
    return found


def _inventory(plan: Plan) -> tuple[list[str], list[str]]:
    """What a plan has and what it does not have, in words."""
    kinds = plan.targets["kind"].value_counts(sort=False)
    kinds = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
    has = [
        f"regions: {len(plan.regions)} (members: {plan.membership['area'].nunique()})",
        f"targets: {len(plan.targets)} ({kinds})",
    ]
    there = {f"{name}.csv" for name in ("statements", *OWN_TABLES) if _own_rows(plan, name) is not None}
    there |= {"boundaries.*"} if plan.boundaries else set()
    lacks = [f"{name}: {what}" for name, what in ABSENT.items() if name not in there]
    new = plan.indicators["indicator"][~plan.indicators["indicator"].isin(load_indicators()["indicator"])]
    has += [f"indicators of its own: {', '.join(new)}"] if len(new) else []
    areas = plan.areas[~plan.areas["area"].isin(load_areas()["area"])]
    has += [f"areas of its own: {len(areas)}"] if len(areas) else []
    own = _own_rows(plan, "observations")
    if own is not None:
        years, codes = own.frame["year"], ", ".join(own.frame["indicator"].unique())
        has.append(f"figures of its own: {len(years)} ({codes}; areas: {own.frame['area'].nunique()}; "
                   f"{years.min()} to {years.max()})")  # fmt: skip
    if plan.boundaries:
        drawn = {area for level in ("city", "county") for area in boundaries_of(plan, level)["area"]}
        has.append(f"boundaries: {plan.boundaries.name}")
        wanted = areas["area"][areas["level"].isin(["city", "county"])]
        members = with_cities(plan).membership.query("level != 'zone'")["area"]
        bare = [area for area in dict.fromkeys([*wanted, *members]) if area not in drawn]
        lacks += [f"polygons of {', '.join(bare)}: no map shows them"] if len(bare) else []
    if (plan.folder / WORKBOOK).is_file():
        name = plan.folder.name or plan.folder
        has.append(f"{WORKBOOK}, read only by: lnregions plan read {name}/{WORKBOOK} {name} --replace")
    if not (plan.regions["lead_city"] != "").any():
        lacks.append("lead_city in regions.csv: there is no picture of lead cities")
    if not len(plan.positioning):
        lacks.append("rows in positioning.csv: pages list neither positioning nor tasks")
    empty = [key for key, value in plan.facts.items() if value == ""]
    return has, [*lacks, *([f"in plan.yaml: {', '.join(empty)}"] if empty else [])]


def _own_rows(plan: Plan, name: str) -> Table | None:
    """Table of the plan's own, if its folder has one with any row."""
    path = own_table(plan, name)
    table = None if path is None else read_table(path, name)
    return table if table is not None and len(table.frame) else None


def _coverage(cases: list[Case]) -> pd.DataFrame:
    """Members with a figure by target and year, of the main case of each target."""
    rows = {}
    for case in cases:
        clause, areas = case.clause, case.members or (case.clause.area,)
        names = dict.fromkeys([*case.indicators, clause.indicator])  # growth may be that of the levels
        known = {(one.area, one.year) for one in case.tables.observed_of(*names)}
        counts = {year: sum((area, year) in known for area in areas)
                  for year in range(clause.baseline_year, clause.horizon + 1)}  # fmt: skip
        of = f"/{len(areas)}" if case.members else ""
        found = {str(year): f"{count}{of}" for year, count in counts.items()}
        rows[clause.target] = dict.fromkeys(found, "-") if clause.kind == "qualitative" else found
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("target")
    return table.reindex(columns=sorted(table)).fillna("")


def _places(plan: Plan, name: str, key: str) -> dict[str, str]:
    """File and line of each row of a plan's own table, by its code."""
    table = read_table(plan.folder / f"{name}.csv", name)
    places = (f"{table.path} line {line}" for line in table.lines)
    return dict(zip(table.frame[key], places, strict=True))


def _odd_areas(plan: Plan) -> list[str]:
    """Areas of the plan's own whose level does not fit their code, or that of the area they lie in."""
    if _own_rows(plan, "areas") is None:
        return []
    found, levels = [], plan.areas.set_index("area")[["level", "parent"]]
    for area, place in _places(plan, "areas", "area").items():
        level, parent = levels.loc[area]
        if level == "county" and re.fullmatch(r"\d{4}00", area):
            what = f"{area} is a county, and its code ends in 00 as those of cities do"
            found.append(f"{place}: {what}. Write city if it is one; a county has no profile of its own.")
        if parent and RANKS.index(levels["level"][parent]) >= RANKS.index(level):
            what = f"{area} ({level}) lies in {parent} ({levels['level'][parent]}), which is no larger unit"
            found.append(f"{place}: {what}. Compare level and parent of both.")
    return found


def _odd_years(plan: Plan) -> list[str]:
    """Years of targets beyond those of the plan, and a baseline that is not before the first year."""
    facts, places, found = plan.facts, _places(plan, "targets", "target"), []
    start, end = min(facts["baseline_year"], facts["first_year"] - 1), facts["horizon"]
    if facts["baseline_year"] >= facts["first_year"]:
        what = (
            "baseline_year {baseline_year} is not before first_year {first_year}. Compare both with the plan."
        )
        found.append(f"{shown_path(plan.folder / 'plan.yaml')}: {what.format_map(facts)}")
    for row in plan.targets[["target", *YEARS]].dropna().to_dict("records"):
        beyond = [f"{name} {row[name]}" for name in YEARS if not start <= row[name] <= end]
        what = f"{', '.join(beyond)} of the target {row['target']} outside {start} to {end}, the plan's years"
        if not beyond and row["baseline_year"] >= row["first_year"]:
            what = "baseline_year {baseline_year} of the target {target} is not before its first_year {first_year}"
        elif not beyond:
            continue
        found.append(f"{places[row['target']]}: {what.format_map(row)}. Compare them with plan.yaml.")
    return found


def _unlikely(plan: Plan) -> list[str]:
    """Figures of the plan's own that disagree with others by the relations that hold the shipped ones.

    Of several of an indicator that break one relation the first is spelt out.
    """
    table = _own_rows(plan, "observations")
    if table is None:
        return []
    found, alike = implausible(load_observations(plan=plan), plan), defaultdict(list)
    for line, one in zip(table.lines, table.frame.itertuples(), strict=True):
        if reason := found.get((one.area, one.indicator, one.year)):
            what = f"{one.indicator} {one.value:.12g} of {one.area} in {one.year} is unlikely: {reason}"
            alike[one.indicator, reason.partition(";")[0]].append((line, what))
    remarks = []
    for (line, what), *more in alike.values():
        listed = ", ".join(str(other) for other, _ in more[:5]) + ", ..." * (len(more) > 5)
        also = f" So are {len(more)} more of its rows (lines {listed})." if more else ""
        also = f" So is the row in line {listed}." if len(more) == 1 else also
        remarks.append(f"{table.path} line {line}: {what}. Compare it with its source.{also}")
    growth = plan.indicators.loc[plan.indicators["measure"] == "growth", "indicator"]
    own = table.frame[table.frame["indicator"].isin(growth)]
    largest = own["value"].abs().groupby([own["indicator"], own["area"]]).agg(["max", "size"]).reset_index()
    small = largest[largest["max"].between(0, 1, "neither") & (largest["size"] > 3)]
    for name, areas in small.groupby("indicator")["area"]:
        what = f"all growth rates {name} of {', '.join(areas)} are below one per cent"
        remarks.append(
            f"{table.path}: {what}, as those written as fractions are (0.05 for 5%). Compare them with their source."
        )
    return remarks


def _small_targets(plan: Plan) -> list[str]:
    """Targets in per cent that are below one."""
    rows = plan.targets[(plan.targets["unit"] == "%") & plan.targets["value"].abs().between(0, 1, "neither")]
    places = _places(plan, "targets", "target") if len(rows) else {}
    return [
        f"{places[one.target]}: {one.value:g}% of the target {one.target} is below one per cent, "
        "as one written as a fraction is (0.05 for 5%). Compare it with the plan."
        for one in rows.itertuples()
    ]


def _never_served(plan: Plan, cases: list[Case]) -> list[str]:
    """Targets that stay without an answer though every member had a figure of every year.

    They are judged by made-up figures of all areas, indicators and years that their cases take.
    """
    tables = cases[0].tables if cases else None
    indicators = {name for one in cases for name in one.indicators}
    indicators |= {tables.weight_of(name) for name in indicators} - {"", LAND_AREA}
    areas = {area for one in cases for area in one.areas}
    if not indicators:
        return []
    last = max(one.clause.horizon for one in cases)
    years = range(min(one.clause.baseline_year for one in cases) - 1, last + 1)
    frame = pd.DataFrame(itertools.product(areas, indicators, years), columns=["area", "indicator", "year"])
    made = frame.assign(
        value=50.0 + frame["year"] - last, unit=frame["indicator"].map(plan.indicators.set_index("indicator")["unit"]),
        vintage=f"{last + 2}-01-01", status="final", grade="A", source=tables.sources["source"].iloc[0], note="",
        known_from=pd.Timestamp(f"{last + 2}-01-01"), default=True,
    )  # fmt: skip
    verdicts = judge(plan, observations=made).set_index("target")["status"]
    unserved = verdicts.index[verdicts.isin(["no data", "not assessable"])]
    served = {one.clause.target: one for one in reversed(cases_of_plan(plan, observations=made))}
    places = _places(plan, "targets", "target")
    return [
        f"{places[target]}: no figure can serve the target {target}: "
        f"{served[target].figures.hole(served[target].clause.horizon).en}. "
        "Judge another area or indicator, or make it qualitative."
        for target in unserved
    ]
