"""Where a target's series would go if it went on as it did, with an interval, and whether that ever worked.

A projection is no verdict. It starts from the last unbroken segment of a series: where levels may not be compared
they may not be fitted together either. Trend or last growth is used, whichever would have been less wrong so far.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lnregions.assess.cases import RULES
from lnregions.assess.interpretations import main_case
from lnregions.series.series import Tables
from lnregions.words import format_number
from lnregions.words.texts import Text, plain, say

FEWEST = 4
"""Figures that a trend needs at least: two for the line, two for its spread."""
INTERVAL = 0.8
"""Probability of the interval of a trend."""
SHARE_LIMIT = 100.0
"""Upper bound of a share, in per cent."""
LINE = "log-linear"
_KINDS = {"share": "logit"}
_NOTHING = pd.DataFrame(columns=["year", "value", "low", "high"], dtype=float)


@dataclass(frozen=True)
class Projection:
    """A projected series and how it was made.

    `frame` has ``year value low high`` from the year after the last figure, and is empty where there is none. `kind` is
    "log-linear", "logit" or "naive", which has no interval. `text` tells why there is none, or why this kind; `area` is
    the area or region of the series.
    """

    frame: pd.DataFrame
    kind: str
    text: Text
    area: str = ""

    def reason(self, language: str = "en") -> str:
        """Why this projection was chosen, or why there is none."""
        return getattr(self.text, language)


def project(series: Mapping[int, float], *, to: int, measure: str = "level") -> Projection:
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
    series : mapping
        Figures of one unbroken segment by year, in their order.
    to : int
        Last year to project.
    measure : {"level", "share"}
        What the values are: a share has a logit trend, all else a log-linear one.

    References
    ----------
    N. R. Draper and H. Smith, "Applied Regression Analysis", 3rd ed. (1998), section 3.1.

    Examples
    --------
    >>> found = project({2018: 100, 2019: 120, 2020: 121, 2021: 145, 2022: 146}, to=2023)
    >>> found.kind, found.text.en
    ('log-linear', 'The trend was off by 9.2% on average in 1 year, naive growth by 19.0%.')
    >>> found.frame.round(1)
       year  value    low   high
    0  2023  166.3  145.9  189.5
    """
    kind = _KINDS.get(measure, LINE)
    better, text = _choice(back_test(series, measure=measure))
    no_trend = _why_no_trend(series, kind)
    if no_trend is None and better != "naive":
        return Projection(_trend(series, to=to, kind=kind), kind, text)
    if len(series) > 1 and min([*series.values()][-2:]) > 0:
        return Projection(_last_growth(series, to=to), "naive", text)
    return Projection(_NOTHING, kind, no_trend)


def back_test(series: Mapping[int, float], *, measure: str = "level") -> pd.DataFrame:
    r"""Return what trend and last growth would have forecast for each year from the years before it.

    For each year that has a figure in the year before, both are made from the figures up to that year and compared
    with the actual figure: ``year actual trend naive trend_error naive_error``, the errors in % of the actual figure.
    The mean absolute percentage error decides between them, a tie for the last growth, which is simpler:

    .. math:: e = \frac{100}{n} \sum \left|\frac{\hat y_t - y_t}{y_t}\right|.

    Parameters are those of `project`.

    Examples
    --------
    >>> test = back_test({2018: 100, 2019: 110, 2020: 121, 2021: 133.1, 2022: 140})
    >>> test[["trend_error", "naive_error"]].round(3).values.tolist()
    [[4.579, 4.579]]
    """
    kind, rows = _KINDS.get(measure, LINE), []
    for year, actual in series.items():
        past = {at: value for at, value in series.items() if at < year}
        if year - 1 in past and actual != 0 and not _why_no_trend(past, kind):
            forecasts = (_trend(past, to=year, kind=kind), _last_growth(past, to=year))
            rows.append((year, actual, *(one["value"].iloc[0] for one in forecasts)))
    frame = pd.DataFrame(rows, columns=["year", "actual", "trend", "naive"])
    for name in ("trend", "naive"):
        frame[f"{name}_error"] = 100 * (frame[name] - frame["actual"]) / frame["actual"]
    return frame


def _choice(test):
    if test.empty:
        why = say("No year has four usable figures before it, the last of them a year earlier.")
        return "", say("Not tested: {why}", why=why)
    trend, naive = (float(test[f"{name}_error"].abs().mean()) for name in ("trend", "naive"))
    better = trend < naive and not math.isclose(trend, naive, rel_tol=1e-9, abs_tol=1e-9)
    years = say("1 year") if len(test) == 1 else say("{count} years", count=len(test))
    message = "The trend was off by {trend}% on average in {years}, naive growth by {naive}%."
    if not better:
        message = (
            "Naive growth was off by {naive}% on average in {years}, the trend by {trend}%, "
            "so naive growth is used."
        )
    shown = {name: format_number(one, decimals=1) for name, one in (("trend", trend), ("naive", naive))}
    return "trend" if better else "naive", say(message, years=years, **shown)


def _why_no_trend(series, kind):
    if len(series) < FEWEST:
        message = "A trend needs {fewest} figures of one unbroken segment, and there are {number}."
        return say(message, fewest=FEWEST, number=len(series))
    for year, value in series.items():
        if kind == "logit" and not 0 < value < SHARE_LIMIT:
            message = "The value of {year}, {value}, is not between 0 and {limit}, as a logit trend needs."
            return say(message, year=year, value=plain(value), limit=plain(SHARE_LIMIT))
        if value <= 0:
            message = "The value of {year}, {value}, is not above 0, as a log-linear trend needs."
            return say(message, year=year, value=plain(value))
    return None


def _trend(series, *, to, kind):
    """The fitted line carried on, with the prediction interval."""
    from scipy.stats import t as student

    at, value = np.array(list(series), dtype=float), np.array(list(series.values()))
    scaled = np.log(value) if kind == LINE else np.log(value / (SHARE_LIMIT - value))
    middle, freedom = at.mean(), len(at) - 2
    spread = ((at - middle) ** 2).sum()
    slope = ((at - middle) * (scaled - scaled.mean())).sum() / spread
    residual = scaled - scaled.mean() - slope * (at - middle)
    error = math.sqrt((residual**2).sum() / freedom)
    ahead = np.arange(max(series) + 1, to + 1)
    line = scaled.mean() + slope * (ahead - middle)
    half = student.ppf((1 + INTERVAL) / 2, freedom) * error
    half = half * np.sqrt(1 + 1 / len(at) + (ahead - middle) ** 2 / spread)
    back = np.exp if kind == LINE else lambda z: SHARE_LIMIT / (1 + np.exp(-z))
    with np.errstate(over="ignore"):
        columns = {"value": back(line), "low": back(line - half), "high": back(line + half)}
    return pd.DataFrame({"year": ahead, **columns})


def _last_growth(series, *, to):
    (before, old), (last, new) = list(series.items())[-2:]
    ahead = np.arange(last + 1, to + 1)
    with np.errstate(over="ignore"):
        value = new * (new / old) ** ((ahead - last) / (last - before))
    return pd.DataFrame({"year": ahead, "value": value, "low": np.nan, "high": np.nan})


def outlook_of(plan, row: pd.Series, *, tables: Tables) -> Projection:
    """Projection of the series of a row of a plan's targets to its horizon, by the figures of its last segment.

    There is none of clauses of growth or in words, without figures, with too few since the last break, or at the
    horizon.

    Examples
    --------
    >>> from lnregions.assess import load_tables, target_of
    >>> from lnregions.tables import load_plan
    >>> plan = load_plan("ln-2022")
    >>> found = outlook_of(plan, target_of(plan, "circle-shenyang-gdp"), tables=load_tables(plan, as_of="2024-06-30"))
    >>> found.kind, found.frame["year"].tolist()
    ('log-linear', [2024])
    """
    case, why = main_case(plan, row, tables=tables), None
    clause, latest = case.clause, max((row.year for row in case.figures.rows), default=None)
    if clause.kind == "qualitative":
        why = say("The clause names no number, so there is nothing to project.")
    elif clause.measure == "growth" or clause.kind in RULES:
        why = say("Yearly rates of growth are not projected: each year's is its own.")
    elif latest is None:
        why = say("There is no figure to project from.")
    elif latest >= clause.horizon:
        why = say("The horizon {horizon} has its figure: nothing is left to project.", horizon=clause.horizon)
    if why:
        return Projection(_NOTHING, "", why, clause.area)
    known = {row.year: row.value for row in case.figures.segment(latest)}
    found = project(known, to=clause.horizon, measure=clause.measure)
    return replace(found, area=clause.area)
