"""Where a target's series would go if it went on as it did, and whether such projections ever worked.

A projection is no verdict: it starts from the last unbroken segment of a series, is made by whichever of trend and
last growth would have been less wrong so far, and says so when neither can be made or tested.
"""

from dataclasses import dataclass

import pandas as pd

from lnregions.assess.area_series import Tables, area_figures
from lnregions.assess.clauses import EMPTY
from lnregions.assess.growth import chain_index
from lnregions.assess.plan_figures import clause_of, figures_of, load_tables
from lnregions.assess.projections import BackTest, Projection, back_test, choose_projection
from lnregions.assess.related import plan_and_target
from lnregions.tables import load_areas, load_breaks, load_indicators, load_observations

__all__ = [
    "TESTED",
    "Outlook",
    "back_test_all",
    "back_test_summary",
    "outlook",
    "outlook_of",
    "project_segment",
]

TESTED = (
    "gdp",
    "gdp_growth_real",
    "population",
    "urbanisation_rate",
    "va_secondary",
    "va_tertiary",
    "fdi_usd",
)
"""Indicators on which `back_test_all` tries the projections; growth rates are chained to an index first."""
_COLUMNS = ("area", "indicator", "kind", "segment", "first_year", "last_year", "tested", "trend", "naive", "winner",
            "reason", "reason_zh")  # fmt: skip
_RATES = (
    "Yearly rates of growth are not projected: each year's is its own.",
    "年度增速不作推算：每年的增速各自独立。",
)
_NO_VALUE = ("The clause names no number, so there is nothing to project.", "条文没有给出数值，无从推算。")
_NO_FIGURE = ("There is no figure to project from.", "没有可供推算的数据。")


@dataclass(frozen=True)
class Outlook:
    """A projected series of a target with what it starts from and how such projections did.

    Attributes
    ----------
    target, area, indicator, unit : str
        The target and its series.
    horizon : int
        Last year projected to.
    required : float or None
        Value that the target asks for at the horizon.
    segment : pandas.DataFrame
        The figures it rests on: ``year value segment grade vintage source`` of the last unbroken segment.
    projection : Projection
        ``projection.frame`` has ``year value low high`` (in `unit`), ``projection.reason`` why this kind or none.
    test : BackTest
        One-year-ahead forecasts within the segment.
    reaches : bool or None
        Whether the projected value of the horizon fulfils the clause; None without one.
    """

    target: str
    area: str
    indicator: str
    unit: str
    horizon: int
    required: float | None
    segment: pd.DataFrame
    projection: Projection
    test: BackTest
    reaches: bool | None = None

    def reason(self, language: str = "en") -> str:
        """Why this projection was chosen, or why there is none."""
        return self.projection.reason_zh if language == "zh" else self.projection.reason


def outlook(
    plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None, level: float = 0.8
) -> Outlook:
    """Projection of a target's series to its horizon, with its interval and how such projections did before.

    Parameters
    ----------
    plan : Plan or str
        A plan from `load_plan`, or its name.
    target : str
        Name of one of its targets.
    as_of : date or str, optional
        Only what was published by then counts.
    observations : DataFrame, optional
        Figures to go by instead of the shipped ones, from `load_observations`.
    level : float, default 0.8
        Probability of the interval of a trend.

    Returns
    -------
    Outlook
        With an empty ``projection.frame`` and the reason where there is none: clauses of growth or in words, no
        figure, too few figures since the last break, or a horizon that already has its figure.

    Raises
    ------
    DataError
        If the plan, the target or the date is unknown, or `level` is not between 0 and 1.

    Examples
    --------
    >>> found = outlook("ln-2022", "circle-shenyang-gdp", as_of="2024-06-30")
    >>> found.projection.kind, found.projection.frame["year"].tolist(), found.reaches
    ('log-linear', [2024], False)
    """
    plan, row = plan_and_target(plan, target)
    tables = load_tables(plan, as_of=as_of, observations=observations)
    return outlook_of(plan, row, tables=tables, level=level)


def outlook_of(plan, row: pd.Series, *, tables: Tables, level: float = 0.8) -> Outlook:
    """Outlook of one row of a plan's targets, as `outlook` gives it, from tables at hand."""
    clause = clause_of(row, tables=tables)
    figures = figures_of(plan, clause.area, indicator=clause.indicator, tables=tables)
    segment = last_segment(figures.frame)
    value = clause.value if row["kind"] in ("level", "share", "count") else None
    head = (row["target"], clause.area, clause.indicator, clause.unit, clause.horizon, value)
    why = _nothing(row, clause, segment)
    if why:
        none = Projection(
            pd.DataFrame(columns=["year", "value", "low", "high"], dtype=float), "", None, None, None, *why
        )
        return Outlook(*head, segment, none, BackTest(pd.DataFrame(), reason=why[0], reason_zh=why[1]))
    projection = project_segment(segment, to=clause.horizon, measure=clause.measure, level=level)
    test = back_test(segment["year"], segment["value"], kind=_kind(clause.measure))
    ends = projection.frame.loc[projection.frame["year"] == clause.horizon, "value"]
    reaches = None if value is None or ends.empty else clause.holds(float(ends.iloc[0]), value)
    return Outlook(*head, segment, projection, test, reaches)


def _nothing(row, clause, segment):
    """Why a target has nothing to project, in both languages; None where it may have."""
    if row["kind"] == "qualitative":
        return _NO_VALUE
    if clause.measure == "growth" or ("growth" in row["kind"] and row["kind"] != "cumulative_growth"):
        return _RATES
    if segment.empty:
        return _NO_FIGURE
    if segment["year"].max() < clause.horizon:
        return None
    return (
        f"The horizon {clause.horizon} has its figure: nothing is left to project.",
        f"目标年份 {clause.horizon} 已有数据，无需推算。",
    )


def last_segment(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a series after its last break, by year."""
    ordered = frame.sort_values("year", ignore_index=True)
    if ordered.empty:
        return ordered
    return ordered[ordered["segment"] == ordered["segment"].iloc[-1]].reset_index(drop=True)


def project_segment(
    frame: pd.DataFrame, *, to: int, measure: str = "level", level: float = 0.8
) -> Projection:
    """Projection of one unbroken segment: a share by its logits, an amount by its logarithms, or the last growth.

    Parameters
    ----------
    frame : DataFrame
        ``year``, ``value`` of one segment.
    to : int
        Last year to project.
    measure : {"level", "share"}
        What the values are; a share is bounded by 0 and 100.
    level : float, default 0.8
        Probability of the interval of a trend.

    Raises
    ------
    DataError
        If `level` is not between 0 and 1, or a year or value is wrong.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2019, 2020, 2021, 2022], "value": [60.0, 61.0, 62.0, 63.0]})
    >>> project_segment(rows, to=2023, measure="share").frame.round(1)
       year  value   low  high
    0  2023   64.0  64.0  64.0
    """
    return choose_projection(frame["year"], frame["value"], to=to, kind=_kind(measure), level=level)


def _kind(measure):
    return "logit" if measure == "share" else "log-linear"


def back_test_all(
    indicators: tuple[str, ...] = TESTED, *, as_of=None, observations: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How trend and last growth would have foretold each next year, on the series of all cities and the province.

    Parameters
    ----------
    indicators : tuple of str
        Indicators to test on. Growth rates are chained to an index, whose year without a rate ends a segment.
    as_of : date or str, optional
        Only what was published by then counts.
    observations : DataFrame, optional
        Figures to go by instead of the shipped ones, from `load_observations`.

    Returns
    -------
    DataFrame
        One row a segment of a series: ``area indicator kind segment first_year last_year tested`` (years foretold),
        ``trend`` and ``naive`` (mean absolute error in % of the actual figure), ``winner`` (``trend``, ``naive`` or
        empty), ``reason`` and ``reason_zh`` (why nothing could be tested).

    Raises
    ------
    DataError
        If an indicator or the date is unknown.
    """
    tables = _plain_tables(as_of, observations)
    areas = tables.areas.loc[tables.areas["level"].isin(["province", "city"]), "area"]
    rows = []
    for indicator in indicators:
        measure = tables.indicator(indicator)["measure"]
        for area in areas:
            frame = area_figures(tables, area, indicator=indicator).frame
            frame = chained_segments(frame) if measure == "growth" else frame
            for segment, own in frame.groupby("segment", sort=True):
                test = back_test(own["year"], own["value"], kind=_kind(measure))
                years = (int(own["year"].min()), int(own["year"].max()), len(test.frame))
                rows.append((area, indicator, test.kind, int(segment), *years, test.trend, test.naive, test.winner,
                             test.reason, test.reason_zh))  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"trend": float, "naive": float})


def back_test_summary(tests: pd.DataFrame) -> pd.DataFrame:
    """Results of `back_test_all` by indicator.

    Returns
    -------
    DataFrame
        ``indicator``, ``series`` (segments that could be tested), ``years`` (foretold in all), ``trend`` and
        ``naive`` (mean absolute error in %, each year counting the same), ``trend_wins`` and ``naive_wins``
        (segments), ``winner`` (the smaller error; the naive one wins a tie).
    """
    tested = tests[tests["tested"] > 0]
    rows = []
    for indicator, own in tested.groupby("indicator", sort=False):
        years = own["tested"].sum()
        trend, naive = ((own[name] * own["tested"]).sum() / years for name in ("trend", "naive"))
        wins = own["winner"].value_counts()
        rows.append((indicator, len(own), int(years), trend, naive, int(wins.get("trend", 0)),
                     int(wins.get("naive", 0)), "trend" if trend < naive else "naive"))  # fmt: skip
    columns = ["indicator", "series", "years", "trend", "naive", "trend_wins", "naive_wins", "winner"]
    return pd.DataFrame(rows, columns=columns)


def chained_segments(rates: pd.DataFrame) -> pd.DataFrame:
    """Indices chained from yearly rates, 100 before the first of each run of years without a hole."""
    ordered = rates.sort_values("year", ignore_index=True)
    run = (ordered["year"].diff() != 1).cumsum() - 1
    parts = [
        chain_index(own[["year", "value"]])
        .rename(columns={"index": "value"})[["year", "value"]]
        .assign(segment=number)
        for number, own in ordered.groupby(run)
    ]
    return pd.concat(parts, ignore_index=True) if parts else EMPTY.copy()


def _plain_tables(as_of, observations):
    """Tables without a plan."""
    if observations is None:
        observations = load_observations(as_of=as_of or None)
    return Tables(observations, load_indicators(), load_areas(), load_breaks())
