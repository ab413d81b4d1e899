"""A target followed through the years of its plan: where it stood each year, and where it should have stood."""

import numpy as np
import pandas as pd

from lnregions.assess.assessment import missing
from lnregions.assess.clause_parts import both, same_segment
from lnregions.assess.growth import mean_growth
from lnregions.assess.judgement import judge_row
from lnregions.assess.plan_figures import clause_of, figures_of, load_tables
from lnregions.assess.readings import main_verdict
from lnregions.assess.related import horizon_is_over, judged_indicators, narrow_tables, plan_and_target
from lnregions.assess.required import required_path
from lnregions.assess.trajectory import keep_better, rate_still_needed, share_of_way

COLUMNS = (
    "year", "status", "closing", "actual", "required", "required_geometric", "required_kept", "gap", "share_of_way",
    "share_of_time", "growth_needed", "step_needed", "reached_in", "unit", "reason_en", "reason_zh",
)  # fmt: skip
_NUMBERS = COLUMNS[3:12]


def status_on_the_way(
    plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Where a target stood in each year of its plan, by the figures up to that year, and how it closed.

    Parameters
    ----------
    plan, target, as_of, observations
        As for `sensitivity`.

    Returns
    -------
    DataFrame
        One row a year, from the plan's first to its horizon: ``year``, ``status`` (of that year; in the horizon year
        of a closed plan the closing verdict), ``closing`` (in that row alone), ``actual`` (the year's figure, for
        growth the year's rate), ``required`` (linear path), ``required_geometric`` and ``required_kept`` (the linear
        path that does not fall below what had been reached), ``gap`` (actual minus required), ``share_of_way`` and
        ``share_of_time`` (fractions), ``growth_needed`` (% in each year left), ``step_needed`` (in ``unit``, each
        year left), ``reached_in``, ``unit``, ``reason_en`` and ``reason_zh``. What a clause has no use for, and what
        would have to be measured over a break of the series, is missing.

    Raises
    ------
    DataError
        If the plan, the target or the date is unknown.

    Notes
    -----
    The figures are those known on the date of the judgement; what was known at the time shows `revision_trail`.

    Examples
    --------
    >>> way = status_on_the_way("ln-2022", "circle-shenyang-gdp", as_of="2026-06-30")
    >>> way[["year", "status", "actual"]].values.tolist()
    [[2022, 'limited', 7695.8], [2023, 'limited', 8122.1], [2024, 'missed', 9027.1]]
    """
    plan, row = plan_and_target(plan, target)
    tables = narrow_tables(plan, row, tables=load_tables(plan, as_of=as_of, observations=observations))
    whole = judge_row(plan, row, tables=tables)[0]
    verdicts = {year: _verdict_of(plan, row, tables, year) for year in _years(row)}
    clause, figures = clause_of(row, tables=tables), _figures(plan, row, tables)
    rows = [_plain(verdict, year, whole, figures) for year, verdict in verdicts.items()]
    for one in rows:
        one["share_of_time"] = (one["year"] - clause.baseline_year) / (clause.horizon - clause.baseline_year)
    if "growth" in row["kind"] and row["kind"] != "cumulative_growth":
        _add_growth(rows, verdicts[clause.horizon].numbers)
    else:
        _add_values(rows, whole, figures, clause)
    return _frame(rows)


def _frame(rows):
    """The years as a frame, numbers as numbers where all are missing, too."""
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    columns |= {name: np.array(columns[name], float) for name in _NUMBERS}
    return pd.DataFrame(columns | {"reached_in": pd.array(columns["reached_in"], dtype="Int64")})


def _years(row):
    return range(int(row["first_year"]), int(row["horizon"]) + 1)


def _verdict_of(plan, row, tables, year):
    """Verdict by the figures up to a year, closed only at the horizon of a plan that is over.

    The other readings are judged, for the reason to name them, only where the verdict is told.
    """
    closed = year == int(row["horizon"]) and horizon_is_over(row, tables)
    part = tables.with_observed([one for one in tables.observed if one.year <= year])
    main = main_verdict(plan, row, part, closed=closed)
    return judge_row(plan, row, tables=part, closed=closed)[0] if _is_told(main, year) else main


def _is_told(verdict, year):
    """Whether a year has a figure of its own, or a verdict without any."""
    known = verdict.actual_year == year or f"growth {year}" in verdict.numbers
    return known or bool(verdict.closing) or verdict.status == "not quantified"


def _plain(verdict, year, whole, figures):
    """Status of one year; no data where the year has no figure of its own and the plan is not closed by it."""
    out = dict.fromkeys(COLUMNS) | {"year": year, "unit": verdict.unit}
    if not _is_told(verdict, year):
        said = both(figures.hole(year))
        return out | said | {"status": "no data", "closing": ""}
    out |= {"status": verdict.status, "closing": verdict.closing, "reason_en": verdict.reason_en}
    reached = whole.reached_in if verdict.closing else None
    return out | {"reason_zh": verdict.reason_zh, "reached_in": reached}


def _figures(plan, row, tables):
    """Figures of the target's area, for growth of a level those of the first way of measuring it."""
    names = judged_indicators(row, readings=False)
    return figures_of(plan, str(row["area"]), indicator=names[0] if names else "", tables=tables)


def _add_values(rows, whole, figures, clause):
    """Paths, gaps, shares and rates of a clause that asks for a value."""
    for row in rows:
        row["actual"] = figures.value_of(row["year"])
    if missing(whole.required):
        return
    rows[-1]["required"] = whole.required
    if whole.baseline is not None and whole.baseline_year < clause.horizon:
        joined = same_segment(figures, whole.baseline_year)
        _add_paths(rows, whole, joined, clause)
        _add_shares(rows, whole, {figure.year for figure in joined})
    for row in rows:
        if not missing(row["actual"]):
            needed = rate_still_needed(
                row["actual"],
                whole.required,
                year=row["year"],
                horizon=clause.horizon,
                direction=clause.direction,
            )
            row |= {"growth_needed": needed.growth, "step_needed": needed.step}
    _add_gaps(rows)


def _add_gaps(rows):
    for row in rows:
        if not missing(row["actual"]) and not missing(row["required"]):
            row["gap"] = row["actual"] - row["required"]


def _add_paths(rows, whole, joined, clause):
    """The linear and geometric paths, and the one that keeps what was reached, in the plan's years."""
    ends = (whole.baseline, whole.required)
    years = {"baseline_year": whole.baseline_year, "horizon": clause.horizon}
    linear = required_path(*ends, **years)
    seen = pd.DataFrame({"year": [one.year for one in joined], "value": [one.value for one in joined]})
    paths = {"required": linear, "required_kept": keep_better(linear, seen, direction=clause.direction)}
    if ends[0] * ends[1] > 0:
        paths["required_geometric"] = required_path(*ends, **years, shape="geometric")
    for name, path in paths.items():
        values = dict(zip(path["year"].tolist(), path["required"].tolist(), strict=True))
        for row in rows:
            row[name] = values.get(row["year"])


def _add_shares(rows, whole, comparable):
    """Share of the way done, in the years whose figures may be compared with the baseline."""
    for row in rows:
        if missing(row["actual"]) or row["year"] not in comparable or row["year"] < whole.baseline_year:
            continue
        row["share_of_way"] = share_of_way(
            whole.baseline, whole.required, current=row["actual"], baseline_year=whole.baseline_year,
            year=row["year"], horizon=whole.horizon,
        ).way  # fmt: skip


def _add_growth(rows, numbers):
    """Rates seen and asked for, and the mean that the years left must bring."""
    for row in rows:
        row |= {
            "actual": numbers.get(f"growth {row['year']}"),
            "required": numbers.get(f"needed {row['year']}"),
        }
    _add_gaps(rows)
    for place, row in enumerate(rows):
        row["growth_needed"] = _mean_needed(rows[: place + 1], rows)


def _mean_needed(gone, rows):
    """Mean growth that the years left must bring for the mean of all to be what is asked, in % a year."""
    left = len(rows) - len(gone)
    seen, asked = [row["actual"] for row in gone], [row["required"] for row in rows]
    if not left or any(missing(rate) for rate in (*seen, *asked)):
        return None
    done, whole = mean_growth(seen).cumulative, mean_growth(asked).cumulative
    if done <= -100:
        return None
    return 100 * (((1 + whole / 100) / (1 + done / 100)) ** (1 / left) - 1)
