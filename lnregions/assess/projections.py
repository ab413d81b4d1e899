"""Where a target's series would go if it went on as it did, with an interval, and whether that ever worked.

A projection is no verdict. It starts from the last unbroken segment of a series: where levels may not be compared
they may not be fitted together either. It is made by whichever of trend and last growth would have been less wrong so
far, and says so when neither can be made or tested.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lnregions.assess.cases import Case
from lnregions.assess.growth import chain_index, clean_series, finite, whole_year
from lnregions.assess.interpretations import cases_of_target, main_case
from lnregions.assess.series import EMPTY, NO_TEXT, Tables, Text, say, series_of
from lnregions.errors import DataError, unknown
from lnregions.tables import load_areas, load_breaks, load_indicators, load_observations

KINDS = ("log-linear", "logit")
"""Scale of a trend: logarithms for amounts, logits for shares."""
FEWEST = 4
"""Figures that a trend needs at least: two for the line, two for its spread."""
SHARE_LIMIT = 100.0
"""Upper bound of a share, in per cent."""
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
_COLUMNS = ["year", "value", "low", "high"]


@dataclass(frozen=True)
class Projection:
    """A projected series and how it was made.

    Attributes
    ----------
    frame : pandas.DataFrame
        `year`, `value`, `low`, `high` from the year after the last figure; empty where there is none.
    kind : str
        "log-linear", "logit" or "naive".
    level : float or None
        Probability of the interval from `low` to `high`; None for the naive one, which has no interval.
    first_year, last_year : int or None
        Years of the figures it rests on.
    text : Text
        Why there is none, or why this kind was chosen.
    """

    frame: pd.DataFrame
    kind: str
    level: float | None = None
    first_year: int | None = None
    last_year: int | None = None
    text: Text = NO_TEXT


@dataclass(frozen=True)
class BackTest:
    """How far one-year-ahead forecasts were off.

    Attributes
    ----------
    frame : pandas.DataFrame
        `year`, `actual`, `trend`, `naive`, `trend_error`, `naive_error` (both in % of the actual figure).
    trend, naive : float or None
        Mean absolute percentage error of each, in %.
    winner : str
        "trend", "naive", or "" when nothing could be tested. The naive one wins a tie: it is simpler.
    kind : str
        Kind of the trend.
    text : Text
        Why nothing could be tested.
    """

    frame: pd.DataFrame
    trend: float | None = None
    naive: float | None = None
    winner: str = ""
    kind: str = "log-linear"
    text: Text = NO_TEXT


# -- trend and last growth ---------------------------------------------------------------------------------


def project_trend(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    to: int,
    kind: str = "log-linear",
    level: float = 0.8,
) -> Projection:
    r"""Return the trend of a series carried on, with its prediction interval.

    A straight line is fitted by least squares to :math:`z = \ln y` (log-linear, for amounts) or
    :math:`z = \ln(y / (100 - y))` (logit, for shares between 0 and 100). With n figures, residual
    standard error s and :math:`S = \sum (t_i - \bar t)^2` the interval is

    .. math:: \hat z_t \pm q\, s \sqrt{1 + 1/n + (t - \bar t)^2 / S},

    q being the quantile of Student's t with n - 2 degrees of freedom, carried back to the unit of the series.

    Parameters
    ----------
    years, values : iterable
        One unbroken segment, in any order; None or NaN where a figure is missing.
    to : int
        Last year to project.
    kind : {"log-linear", "logit"}
        Scale of the trend.
    level : float, default 0.8
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Projection
        An empty `frame` and a reason with fewer than four figures, values out of the scale's bounds, or
        nothing left to project.

    Raises
    ------
    DataError
        When the kind is unknown, the level is not between 0 and 1, or a year or value is wrong.

    References
    ----------
    N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd ed. (1998), section 3.1.

    Examples
    --------
    >>> found = project_trend([2019, 2020, 2021, 2022], [100, 110, 121, 133.1], to=2023)
    >>> found.frame.round(3)
       year   value     low    high
    0  2023  146.41  146.41  146.41
    """
    _check_kind(kind)
    if not 0 < finite(level, name="level") < 1:
        raise DataError(f"The level {level:g} is not a probability. Give one between 0 and 1, such as 0.8.")
    end, series = whole_year(to, name="last year"), clean_series(years, values)
    why = _no_trend(series, kind=kind, to=end)
    if why:
        return _none(kind, why)
    return Projection(_fit(series, to=end, kind=kind, level=level), kind, level, min(series), max(series))


def naive_growth(years: Iterable[int], values: Iterable[float | None], *, to: int) -> Projection:
    r"""Return a series carried on at its last growth, from the last figure (year t) and the one before (year s).

    .. math:: y_{t+k} = y_t\,(y_t / y_s)^{k/(t-s)}

    It is the forecast a trend has to beat. It has no interval: `low` and `high` are NaN. Parameters and errors are
    those of `project_trend`; with fewer than two figures, or one of the last two not above zero, there is none.

    Examples
    --------
    >>> naive_growth([2021, 2022], [100, 110], to=2024).frame.round(3)
       year  value  low  high
    0  2023  121.0  NaN   NaN
    1  2024  133.1  NaN   NaN
    """
    end, series = whole_year(to, name="last year"), clean_series(years, values)
    why = _no_naive(series, to=end)
    if why:
        return _none("naive", why)
    (before, old), (last, new) = list(series.items())[-2:]
    ahead = np.arange(last + 1, end + 1)
    with np.errstate(over="ignore"):
        value = new * (new / old) ** ((ahead - last) / (last - before))
    frame = pd.DataFrame({"year": ahead, "value": value, "low": np.nan, "high": np.nan})
    return Projection(frame, "naive", None, before, last)


def _check_kind(kind):
    if kind not in KINDS:
        raise unknown("kind of trend", str(kind), KINDS)


def _none(kind, why):
    return Projection(pd.DataFrame(columns=_COLUMNS, dtype=float), kind, text=why)


def _no_trend(series, *, kind, to):
    """Why a series has no trend, or None."""
    if len(series) < FEWEST:
        message = "A trend needs {fewest} figures of one unbroken segment, and there are {number}."
        return say(message, fewest=FEWEST, number=len(series))
    for year, value in series.items():
        if kind == "logit" and not 0 < value < SHARE_LIMIT:
            message = "The value of {year}, {value:g}, is not between 0 and {limit:g}, as a logit trend needs."
            return say(message, year=year, value=value, limit=SHARE_LIMIT)
        if value <= 0:
            message = "The value of {year}, {value:g}, is not above 0, as a log-linear trend needs."
            return say(message, year=year, value=value)
    return _nothing_left(series, to=to)


def _no_naive(series, *, to):
    """Why a series has no last growth, or None."""
    if len(series) < 2:
        message = "Growth needs two figures of one unbroken segment, and there are {number}."
        return say(message, number=len(series))
    if min(list(series.values())[-2:]) <= 0:
        return say("One of the last two values is not above 0.")
    return _nothing_left(series, to=to)


def _nothing_left(series, *, to):
    if to > max(series):
        return None
    message = "The last figure, of {year}, already covers {to}: nothing is left to project."
    return say(message, year=max(series), to=to)


def _fit(series, *, to, kind, level):
    """The line carried on, with the prediction interval."""
    from scipy.stats import t as student

    at, value = np.array(list(series), dtype=float), np.array(list(series.values()))
    scaled = np.log(value) if kind == "log-linear" else np.log(value / (SHARE_LIMIT - value))
    middle = at.mean()
    spread = ((at - middle) ** 2).sum()
    slope = ((at - middle) * (scaled - scaled.mean())).sum() / spread
    residual = scaled - scaled.mean() - slope * (at - middle)
    freedom = len(at) - 2
    error = math.sqrt((residual**2).sum() / freedom)
    ahead = np.arange(max(series) + 1, to + 1)
    line = scaled.mean() + slope * (ahead - middle)
    half = student.ppf((1 + level) / 2, freedom) * error
    half = half * np.sqrt(1 + 1 / len(at) + (ahead - middle) ** 2 / spread)
    back = np.exp if kind == "log-linear" else lambda z: SHARE_LIMIT / (1 + np.exp(-z))
    with np.errstate(over="ignore"):
        columns = {"value": back(line), "low": back(line - half), "high": back(line + half)}
    return pd.DataFrame({"year": ahead, **columns})


# -- which of the two --------------------------------------------------------------------------------------


def back_test(
    years: Iterable[int], values: Iterable[float | None], *, kind: str = "log-linear"
) -> BackTest:
    r"""Return how well trend and last growth would have forecast each year from the years before it.

    For each year that has a figure in the year before, both are made from the figures up to that year and
    compared with the actual figure; the mean absolute percentage error is

    .. math:: e = \frac{100}{n} \sum \left|\frac{\hat y_t - y_t}{y_t}\right|.

    Parameters and errors are those of `project_trend`.

    Returns
    -------
    BackTest
        An empty `frame` and a reason where no year could be forecast.

    Examples
    --------
    >>> test = back_test([2018, 2019, 2020, 2021, 2022], [100, 110, 121, 133.1, 140], kind="log-linear")
    >>> round(test.trend, 3), round(test.naive, 3), test.winner
    (4.579, 4.579, 'naive')
    """
    _check_kind(kind)
    series, rows = clean_series(years, values), []
    for year, actual in series.items():
        past = {at: value for at, value in series.items() if at < year}
        usable = year - 1 in past and actual != 0
        if usable and not _no_trend(past, kind=kind, to=year) and not _no_naive(past, to=year):
            trend = _fit(past, to=year, kind=kind, level=0.8)["value"].iloc[0]
            naive = naive_growth(past, past.values(), to=year).frame["value"].iloc[0]
            rows.append((year, actual, trend, naive))
    frame = pd.DataFrame(rows, columns=["year", "actual", "trend", "naive"])
    for name in ("trend", "naive"):
        frame[f"{name}_error"] = 100 * (frame[name] - frame["actual"]) / frame["actual"]
    if frame.empty:
        text = say("No year has four usable figures before it, the last of them a year earlier.")
        return BackTest(frame, kind=kind, text=text)
    trend, naive = (float(frame[f"{name}_error"].abs().mean()) for name in ("trend", "naive"))
    better = trend < naive and not math.isclose(trend, naive, rel_tol=1e-9, abs_tol=1e-9)
    return BackTest(frame, trend, naive, "trend" if better else "naive", kind)


def choose_projection(
    years: Iterable[int],
    values: Iterable[float | None],
    *,
    to: int,
    kind: str = "log-linear",
    level: float = 0.8,
) -> Projection:
    """Return the projection that would have done better so far, trend or last growth, and why it was chosen.

    The back-test decides. Where it cannot, because the segment is too short, the trend is used if there is
    one, else the last growth; the reason says which and that it is untested. Parameters and errors are those of
    `project_trend`.

    Examples
    --------
    >>> found = choose_projection([2018, 2019, 2020, 2021, 2022], [100, 120, 121, 145, 146], to=2023)
    >>> found.kind, found.text.en
    ('log-linear', 'The trend was off by 9.2 % on average in 1 year, naive growth by 19.0 %.')
    """
    series = clean_series(years, values)
    trend = project_trend(series, series.values(), to=to, kind=kind, level=level)
    test = back_test(series, series.values(), kind=kind)
    naive = naive_growth(series, series.values(), to=to)
    if test.winner:
        return replace(trend if test.winner == "trend" else naive, text=_comparison(test))
    chosen = naive if trend.frame.empty else trend
    return trend if chosen.frame.empty else replace(chosen, text=say("Not tested: {why}", why=test.text))


def _comparison(test):
    """How far each was off."""
    count = len(test.frame)
    years = say("1 year") if count == 1 else say("{count} years", count=count)
    errors = {"trend": f"{test.trend:.1f}", "naive": f"{test.naive:.1f}", "years": years}
    if test.winner == "trend":
        message = "The trend was off by {trend} % on average in {years}, naive growth by {naive} %."
        return say(message, **errors)
    message = (
        "Naive growth was off by {naive} % on average in {years}, the trend by {trend} %, "
        "so naive growth is used."
    )
    return say(message, **errors)


# -- targets and series ------------------------------------------------------------------------------------


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
        Value that the target requires at the horizon.
    segment : pandas.DataFrame
        The figures it rests on: ``year value segment grade vintage source`` of the last unbroken segment.
    projection : Projection
        Its frame has ``year value low high`` (in `unit`), its text says why this kind or none.
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
        return self.projection.text.zh if language == "zh" else self.projection.text.en


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
        Figures to use instead of the shipped ones, from `load_observations`.
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
    return project_case(cases_of_target(plan, target, as_of=as_of, observations=observations)[0], level=level)


def outlook_of(plan, row: pd.Series, *, tables: Tables, level: float = 0.8) -> Outlook:
    """Outlook of one row of a plan's targets, as `outlook` gives it, from loaded tables."""
    return project_case(main_case(plan, row, tables=tables), level=level)


def project_case(case: Case, *, level: float = 0.8) -> Outlook:
    """Outlook of a case."""
    clause, segment = case.clause, last_segment(case.figures.frame)
    value = clause.value if clause.kind in ("level", "share", "count") else None
    head = (clause.target, clause.area, clause.indicator, clause.unit, clause.horizon, value)
    why = _nothing_to_project(clause, segment)
    if why:
        return Outlook(*head, segment, _none("", why), BackTest(pd.DataFrame(), text=why))
    projection = project_segment(segment, to=clause.horizon, measure=clause.measure, level=level)
    test = back_test(segment["year"], segment["value"], kind=_kind(clause.measure))
    ends = projection.frame.loc[projection.frame["year"] == clause.horizon, "value"]
    reaches = None if value is None or ends.empty else clause.holds(float(ends.iloc[0]), value)
    return Outlook(*head, segment, projection, test, reaches)


def _nothing_to_project(clause, segment):
    """Why a target has nothing to project; None where it may have."""
    if clause.kind == "qualitative":
        return say("The clause names no number, so there is nothing to project.")
    if clause.measure == "growth" or ("growth" in clause.kind and clause.kind != "cumulative_growth"):
        return say("Yearly rates of growth are not projected: each year's is its own.")
    if segment.empty:
        return say("There is no figure to project from.")
    if segment["year"].max() < clause.horizon:
        return None
    return say("The horizon {horizon} has its figure: nothing is left to project.", horizon=clause.horizon)


def last_segment(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a series after its last break, by year."""
    ordered = frame.sort_values("year", ignore_index=True)
    return ordered[ordered["segment"] == ordered["segment"].iloc[-1]].reset_index(drop=True) if len(frame) else ordered


def project_segment(
    frame: pd.DataFrame, *, to: int, measure: str = "level", level: float = 0.8
) -> Projection:
    """Projection of ``year value`` of one unbroken segment: a share by its logits, an amount by its logarithms.

    Where the back-test prefers it, the last growth is repeated. Parameters and errors are those of `project_trend`.

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
    """How trend and last growth would have forecast each next year, on the series of all cities and the province.

    Parameters
    ----------
    indicators : tuple of str
        Indicators to test on. Growth rates are chained to an index, whose year without a rate ends a segment.
    as_of, observations
        As for `outlook`.

    Returns
    -------
    DataFrame
        One row a segment of a series: ``area indicator kind segment first_year last_year tested`` (years forecast),
        ``trend`` and ``naive`` (mean absolute error in % of the actual figure), ``winner`` (``trend``, ``naive`` or
        empty), ``reason`` and ``reason_zh`` (why nothing could be tested).

    Raises
    ------
    DataError
        If an indicator or the date is unknown.
    """
    if observations is None:
        observations = load_observations(as_of=as_of or None)
    tables = Tables(observations, load_indicators(), load_areas(), load_breaks())
    areas = tables.areas.loc[tables.areas["level"].isin(["province", "city"]), "area"]
    rows = []
    for indicator in indicators:
        if indicator not in tables.indicators_by_code:
            raise unknown("indicator", str(indicator), list(tables.indicators_by_code))
        measure = tables.indicator(indicator)["measure"]
        for area in areas:
            frame = series_of(tables, area, indicator=indicator).frame
            frame = chained_segments(frame) if measure == "growth" else frame
            for segment, own in frame.groupby("segment", sort=True):
                test = back_test(own["year"], own["value"], kind=_kind(measure))
                years = {"first_year": int(own["year"].min()), "last_year": int(own["year"].max())}
                rows.append({"area": area, "indicator": indicator, "kind": test.kind, "segment": int(segment)}
                            | years | {"tested": len(test.frame), "trend": test.trend, "naive": test.naive,
                                       "winner": test.winner, "reason": test.text.en, "reason_zh": test.text.zh}
                            )  # fmt: skip
    return pd.DataFrame(rows).astype({"trend": float, "naive": float})


def chained_segments(rates: pd.DataFrame) -> pd.DataFrame:
    """Indices chained from yearly rates, 100 before the first of each run of years without a hole."""
    ordered = rates.sort_values("year", ignore_index=True)
    run = (ordered["year"].diff() != 1).cumsum() - 1
    parts = [
        chain_index(own).rename(columns={"index": "value"})[["year", "value"]].assign(segment=number)
        for number, own in ordered.groupby(run)
    ]
    return pd.concat(parts, ignore_index=True) if parts else EMPTY.copy()
