"""Where a target's series would go if it went on as it did, with an interval, and whether that ever worked.

A projection is no verdict. It starts from the last unbroken segment of a series: where levels may not be compared
they may not be fitted together either. Trend or last growth is used, whichever would have been less wrong so far.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lnregions.assess.cases import Case
from lnregions.assess.growth import chain_index, clean_series, whole_year
from lnregions.assess.interpretations import RULES, cases_of_target, main_case
from lnregions.assess.series import EMPTY, Tables, series_of
from lnregions.errors import unknown
from lnregions.tables import load_areas, load_breaks, load_indicators, load_observations
from lnregions.words.texts import NO_TEXT, Text, say

KINDS = ("log-linear", "logit")
"""Scale of a trend: logarithms for amounts, logits for shares."""
FEWEST = 4
"""Figures that a trend needs at least: two for the line, two for its spread."""
INTERVAL = 0.8
"""Probability of the interval of a trend."""
SHARE_LIMIT = 100.0
"""Upper bound of a share, in per cent."""
TESTED = (
    "gdp", "gdp_growth_real", "population", "urbanisation_rate", "va_secondary", "va_tertiary", "fdi_usd",
)  # fmt: skip
"""Indicators on which `back_test_all` tries the projections; growth rates are chained to an index first."""


@dataclass(frozen=True)
class BackTest:
    """How far one-year-ahead forecasts were off.

    `frame` has ``year actual trend naive trend_error naive_error`` (errors in % of the actual figure), `trend` and
    `naive` are the mean absolute errors in %. `winner` is "trend", "naive" (also in a tie: it is simpler) or "" when
    nothing could be tested; `text` tells the two errors, or why there is no test.
    """

    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    trend: float | None = None
    naive: float | None = None
    winner: str = ""
    text: Text = NO_TEXT


@dataclass(frozen=True)
class Projection:
    """A projected series and how it was made.

    `frame` has ``year value low high`` from the year after the last figure, and is empty where there is none. `kind` is
    "log-linear", "logit" or "naive", which has no interval. `text` tells why there is none, or why this kind.
    """

    frame: pd.DataFrame
    kind: str
    text: Text
    test: BackTest


@dataclass(frozen=True)
class Outlook:
    """The projection of a case to its horizon.

    `segment` has the figures it rests on, the last unbroken ones: ``year value segment grade vintage source``.
    `reaches` is whether the projected value of the horizon fulfils the clause, None without one.
    """

    case: Case
    segment: pd.DataFrame
    projection: Projection
    reaches: bool | None = None

    @property
    def area(self) -> str:
        """Area or region of the series."""
        return self.case.clause.area

    def reason(self, language: str = "en") -> str:
        """Why this projection was chosen, or why there is none."""
        return self.projection.text.zh if language == "zh" else self.projection.text.en


# -- one segment -------------------------------------------------------------------------------------------


def project(
    years: Iterable[int], values: Iterable[float | None], *, to: int, kind: str = "log-linear"
) -> Projection:
    r"""Return a series carried on: its trend or its last growth, whichever the back-test prefers.

    The trend is a straight line fitted by least squares to :math:`z = \ln y` (log-linear, for amounts) or
    :math:`z = \ln(y / (100 - y))` (logit, for shares). With n figures, residual standard error s and
    :math:`S = \sum (t_i - \bar t)^2` its prediction interval of 80 % is

    .. math:: \hat z_t \pm q\, s \sqrt{1 + 1/n + (t - \bar t)^2 / S},

    q being the quantile of Student's t with n - 2 degrees of freedom, carried back to the unit of the series. The last
    growth, from the figures of the years s and t, is the forecast a trend has to beat; it has no interval:

    .. math:: y_{t+k} = y_t\,(y_t / y_s)^{k/(t-s)}.

    Where the segment is too short for a back-test, the trend is used if there is one.

    Parameters
    ----------
    years, values : iterable
        One unbroken segment, in any order; None or NaN where a figure is missing.
    to : int
        Last year to project.
    kind : {"log-linear", "logit"}
        Scale of the trend.

    Returns
    -------
    Projection
        With an empty frame where there is neither: too few figures, values out of the scale's bounds, or
        nothing left to project.

    Raises
    ------
    DataError
        When the kind is unknown, or a year or value is wrong.

    References
    ----------
    N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd ed. (1998), section 3.1.

    Examples
    --------
    >>> found = project([2018, 2019, 2020, 2021, 2022], [100, 120, 121, 145, 146], to=2023)
    >>> found.kind, found.text.en
    ('log-linear', 'The trend was off by 9.2 % on average in 1 year, naive growth by 19.0 %.')
    >>> found.frame.round(1)
       year  value    low   high
    0  2023  166.3  145.9  189.5
    """
    end, series = whole_year(to, name="last year"), clean_series(years, values)
    test = back_test(series, series.values(), kind=kind)
    text = test.text if test.winner else say("Not tested: {why}", why=test.text)
    no_trend, no_naive = _why_no_trend(series, kind=kind, to=end), _why_no_naive(series, to=end)
    if no_trend is None and test.winner != "naive":
        return Projection(_trend(series, to=end, kind=kind), kind, text, test)
    if no_naive is None:
        return Projection(_last_growth(series, to=end), "naive", text, test)
    return Projection(_trend({}, to=end, kind=kind), kind, no_trend, test)


def back_test(years: Iterable[int], values: Iterable[float | None], *, kind: str = "log-linear") -> BackTest:
    r"""Return how well trend and last growth would have forecast each year from the years before it.

    For each year that has a figure in the year before, both are made from the figures up to that year and
    compared with the actual figure; the mean absolute percentage error is

    .. math:: e = \frac{100}{n} \sum \left|\frac{\hat y_t - y_t}{y_t}\right|.

    Parameters and errors are those of `project`.

    Examples
    --------
    >>> test = back_test([2018, 2019, 2020, 2021, 2022], [100, 110, 121, 133.1, 140], kind="log-linear")
    >>> round(test.trend, 3), round(test.naive, 3), test.winner
    (4.579, 4.579, 'naive')
    """
    if kind not in KINDS:
        raise unknown("kind of trend", str(kind), KINDS)
    series, rows = clean_series(years, values), []
    for year, actual in series.items():
        past = {at: value for at, value in series.items() if at < year}
        usable = year - 1 in past and actual != 0
        if usable and not _why_no_trend(past, kind=kind, to=year) and not _why_no_naive(past, to=year):
            forecasts = (_trend(past, to=year, kind=kind), _last_growth(past, to=year))
            rows.append((year, actual, *(one["value"].iloc[0] for one in forecasts)))
    frame = pd.DataFrame(rows, columns=["year", "actual", "trend", "naive"])
    for name in ("trend", "naive"):
        frame[f"{name}_error"] = 100 * (frame[name] - frame["actual"]) / frame["actual"]
    if frame.empty:
        text = say("No year has four usable figures before it, the last of them a year earlier.")
        return BackTest(frame, text=text)
    trend, naive = (float(frame[f"{name}_error"].abs().mean()) for name in ("trend", "naive"))
    better = trend < naive and not math.isclose(trend, naive, rel_tol=1e-9, abs_tol=1e-9)
    return BackTest(
        frame, trend, naive, "trend" if better else "naive", _comparison(trend, naive, better, len(frame))
    )


def _comparison(trend, naive, better, count):
    """How far each was off."""
    years = say("1 year") if count == 1 else say("{count} years", count=count)
    message = (
        "Naive growth was off by {naive} % on average in {years}, the trend by {trend} %, "
        "so naive growth is used."
    )
    if better:
        message = "The trend was off by {trend} % on average in {years}, naive growth by {naive} %."
    return say(message, trend=f"{trend:.1f}", naive=f"{naive:.1f}", years=years)


def _why_no_trend(series, *, kind, to):
    """Why a series has no trend, or None."""
    if len(series) < FEWEST:
        message = "A trend needs {fewest} figures of one unbroken segment, and there are {number}."
        return say(message, fewest=FEWEST, number=len(series))
    for year, value in series.items():
        if kind == "logit" and not 0 < value < SHARE_LIMIT:
            message = (
                "The value of {year}, {value:g}, is not between 0 and {limit:g}, as a logit trend needs."
            )
            return say(message, year=year, value=value, limit=SHARE_LIMIT)
        if value <= 0:
            message = "The value of {year}, {value:g}, is not above 0, as a log-linear trend needs."
            return say(message, year=year, value=value)
    return _nothing_left(series, to)


def _why_no_naive(series, *, to):
    """Why a series has no last growth, or None."""
    if len(series) < 2:
        message = "Growth needs two figures of one unbroken segment, and there are {number}."
        return say(message, number=len(series))
    if min(list(series.values())[-2:]) <= 0:
        return say("One of the last two values is not above 0.")
    return _nothing_left(series, to)


def _nothing_left(series, to):
    if to > max(series):
        return None
    message = "The last figure, of {year}, already covers {to}: nothing is left to project."
    return say(message, year=max(series), to=to)


def _trend(series, *, to, kind):
    """The fitted line carried on, with the prediction interval."""
    if not series:
        return pd.DataFrame(columns=["year", "value", "low", "high"], dtype=float)
    from scipy.stats import t as student

    at, value = np.array(list(series), dtype=float), np.array(list(series.values()))
    scaled = np.log(value) if kind == "log-linear" else np.log(value / (SHARE_LIMIT - value))
    middle, freedom = at.mean(), len(at) - 2
    spread = ((at - middle) ** 2).sum()
    slope = ((at - middle) * (scaled - scaled.mean())).sum() / spread
    residual = scaled - scaled.mean() - slope * (at - middle)
    error = math.sqrt((residual**2).sum() / freedom)
    ahead = np.arange(max(series) + 1, to + 1)
    line = scaled.mean() + slope * (ahead - middle)
    half = student.ppf((1 + INTERVAL) / 2, freedom) * error
    half = half * np.sqrt(1 + 1 / len(at) + (ahead - middle) ** 2 / spread)
    back = np.exp if kind == "log-linear" else lambda z: SHARE_LIMIT / (1 + np.exp(-z))
    with np.errstate(over="ignore"):
        columns = {"value": back(line), "low": back(line - half), "high": back(line + half)}
    return pd.DataFrame({"year": ahead, **columns})


def _last_growth(series, *, to):
    """The series carried on at its last growth."""
    (before, old), (last, new) = list(series.items())[-2:]
    ahead = np.arange(last + 1, to + 1)
    with np.errstate(over="ignore"):
        value = new * (new / old) ** ((ahead - last) / (last - before))
    return pd.DataFrame({"year": ahead, "value": value, "low": np.nan, "high": np.nan})


# -- targets and series ------------------------------------------------------------------------------------


def outlook(plan, target: str, *, as_of=None, observations: pd.DataFrame | None = None) -> Outlook:
    """Projection of a target's series to its horizon, with its interval and how such projections did before.

    Parameters and errors are those of `lnregions.assess.sensitivity.sensitivity`. There is no projection of clauses
    of growth or in words, without figures, with too few since the last break, or at the horizon.

    Examples
    --------
    >>> found = outlook("ln-2022", "circle-shenyang-gdp", as_of="2024-06-30")
    >>> found.projection.kind, found.projection.frame["year"].tolist(), found.reaches
    ('log-linear', [2024], False)
    """
    return project_case(cases_of_target(plan, target, as_of=as_of, observations=observations)[0])


def outlook_of(plan, row: pd.Series, *, tables: Tables) -> Outlook:
    """Outlook of one row of a plan's targets, as `outlook` gives it, from loaded tables."""
    return project_case(main_case(plan, row, tables=tables))


def project_case(case: Case) -> Outlook:
    """Outlook of a case."""
    clause, segment = case.clause, last_segment(case.figures.frame)
    why = _nothing_to_project(clause, segment)
    if why:
        return Outlook(case, segment, Projection(_trend({}, to=0, kind=""), "", why, BackTest(text=why)))
    projection = project_segment(segment, to=clause.horizon, measure=clause.measure)
    ends = projection.frame.loc[projection.frame["year"] == clause.horizon, "value"]
    if clause.kind not in ("level", "share", "count") or ends.empty:
        return Outlook(case, segment, projection)
    return Outlook(case, segment, projection, clause.holds(float(ends.iloc[0]), clause.value))


def _nothing_to_project(clause, segment):
    """Why a target has nothing to project; None where it may have."""
    if clause.kind == "qualitative":
        return say("The clause names no number, so there is nothing to project.")
    if clause.measure == "growth" or clause.kind in RULES:
        return say("Yearly rates of growth are not projected: each year's is its own.")
    if segment.empty:
        return say("There is no figure to project from.")
    if segment["year"].max() < clause.horizon:
        return None
    return say("The horizon {horizon} has its figure: nothing is left to project.", horizon=clause.horizon)


def last_segment(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a series after its last break, by year."""
    ordered = frame.sort_values("year", ignore_index=True)
    return ordered[ordered["segment"].eq(ordered["segment"].tail(1).squeeze())].reset_index(drop=True)


def project_segment(frame: pd.DataFrame, *, to: int, measure: str = "level") -> Projection:
    """Projection of ``year value`` of one unbroken segment: a share by its logits, an amount by its logarithms.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2019, 2020, 2021, 2022], "value": [60.0, 61.0, 62.0, 63.0]})
    >>> project_segment(rows, to=2023, measure="share").frame.round(1)
       year  value   low  high
    0  2023   64.0  64.0  64.0
    """
    return project(frame["year"], frame["value"], to=to, kind=_kind(measure))


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
                reason = NO_TEXT if test.winner else test.text
                rows.append({
                    "area": area, "indicator": indicator, "kind": _kind(measure), "segment": int(segment),
                    "first_year": int(own["year"].min()), "last_year": int(own["year"].max()),
                    "tested": len(test.frame), "trend": test.trend, "naive": test.naive, "winner": test.winner,
                    "reason": reason.en, "reason_zh": reason.zh,
                })  # fmt: skip
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
