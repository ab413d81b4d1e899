"""A target followed through the years of its plan: where it stood each year, and where it should have stood."""

import math

import pandas as pd

from lnregions._clause_parts import both
from lnregions._plan_figures import clause_of, figures_of, load_tables
from lnregions._readings import main_verdict
from lnregions._related import horizon_is_over, judged_indicators, narrow_tables, plan_and_target
from lnregions._required import required_path
from lnregions.growth import mean_growth
from lnregions.judgement import judge_row
from lnregions.trajectory import keep_better, rate_still_needed, share_of_way

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
    growth = "growth" in row["kind"] and row["kind"] != "cumulative_growth"
    holes = _figures(plan, row, tables)
    rows = [_plain(verdict, year, whole, holes) for year, verdict in verdicts.items()]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame.astype(dict.fromkeys(_NUMBERS, float)).astype({"year": int, "reached_in": "Int64"})
    frame["share_of_time"] = [_time(row, tables, year) for year in frame["year"]]
    if growth:
        return _growth_columns(frame, whole, verdicts)
    return _value_columns(frame, whole, holes.frame, clause_of(row, tables=tables))


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


def _time(row, tables, year):
    """Share of the time that is gone at the end of a year."""
    first = clause_of(row, tables=tables).baseline_year
    return (year - first) / (int(row["horizon"]) - first)


def _figures(plan, row, tables):
    """Figures of the target's area, for growth of a level those of the first way of measuring it."""
    names = judged_indicators(row, readings=False)
    return figures_of(plan, str(row["area"]), indicator=names[0] if names else "", tables=tables)


def _value_columns(frame, whole, levels, clause):
    """Paths, gaps, shares and rates of a clause that asks for a value."""
    values = dict(zip(levels["year"], levels["value"], strict=True))
    frame["actual"] = [values.get(year, math.nan) for year in frame["year"]]
    if whole.required is None or math.isnan(whole.required):
        return frame
    last = frame.index[-1]
    frame.loc[last, "required"] = whole.required
    base = whole.baseline
    if base is not None and whole.baseline_year < clause.horizon:
        segment = levels.loc[levels["year"] == whole.baseline_year, "segment"].iloc[0]
        joined = levels[levels["segment"] == segment]
        _fill_paths(frame, whole, joined, clause)
        _fill_shares(frame, whole, set(joined["year"]))
    for place, row in frame.iterrows():
        if pd.notna(row["actual"]):
            needed = rate_still_needed(
                row["actual"],
                whole.required,
                year=row["year"],
                horizon=clause.horizon,
                direction=clause.direction,
            )
            frame.loc[place, ["growth_needed", "step_needed"]] = [_nan(needed.growth), _nan(needed.step)]
    frame["gap"] = frame["actual"] - frame["required"]
    return frame


def _fill_paths(frame, whole, joined, clause):
    """The linear and geometric paths, and the one that keeps what was reached, in the plan's years."""
    ends = (whole.baseline, whole.required)
    years = {"baseline_year": whole.baseline_year, "horizon": clause.horizon}
    linear = required_path(*ends, **years)
    paths = {"required": linear, "required_kept": keep_better(linear, joined, direction=clause.direction)}
    if ends[0] * ends[1] > 0:
        paths["required_geometric"] = required_path(*ends, **years, shape="geometric")
    for name, path in paths.items():
        frame[name] = path.set_index("year")["required"].reindex(frame["year"]).to_numpy()


def _fill_shares(frame, whole, comparable):
    """Share of the way done, in the years whose figures may be compared with the baseline."""
    for place, row in frame.iterrows():
        if pd.isna(row["actual"]) or row["year"] not in comparable or row["year"] < whole.baseline_year:
            continue
        share = share_of_way(
            whole.baseline, whole.required, current=row["actual"], baseline_year=whole.baseline_year,
            year=row["year"], horizon=whole.horizon,
        )  # fmt: skip
        frame.loc[place, "share_of_way"] = _nan(share.way)


def _growth_columns(frame, whole, verdicts):
    """Rates seen and asked for, and the mean that the years left must bring."""
    numbers = verdicts[frame["year"].iloc[-1]].numbers
    for name, head in (("actual", "growth"), ("required", "needed")):
        frame[name] = [numbers.get(f"{head} {year}", math.nan) for year in frame["year"]]
    frame["gap"] = frame["actual"] - frame["required"]
    years = frame["year"].tolist()
    for place, year in enumerate(years):
        frame.loc[place, "growth_needed"] = _mean_needed(frame, years, year)
    return frame


def _mean_needed(frame, years, year):
    """Mean growth that the years after one must bring for the mean of all to be what is asked, in % a year."""
    gone, left = [y for y in years if y <= year], [y for y in years if y > year]
    rates = frame.set_index("year")
    if not left or rates.loc[gone, "actual"].isna().any() or rates["required"].isna().any():
        return math.nan
    seen = mean_growth(rates.loc[gone, "actual"].tolist()).cumulative
    asked = mean_growth(rates["required"].tolist()).cumulative
    if seen <= -100:
        return math.nan
    return 100 * (((1 + asked / 100) / (1 + seen / 100)) ** (1 / len(left)) - 1)


def _nan(number):
    return math.nan if number is None else number
