"""Three published methods to assess a series: Open SDG, UN Statistics Division, ESCAP.

All take a `Progress` and return an `Assessment` in the project's statuses. Each uses the figure of the baseline
year (the next later one where it has none) and the latest figure up to the horizon. A target that the latest figure
reaches is met, whatever the trend. Where a formula breaks down the result is "not assessable" with the reason; no
small number stands in for a zero. None of the three knows "missed".

References
----------
Open SDG documentation, "Progress Measurement Methodology for the Sustainable Development Goals" (Statistics Canada),
https://open-sdg.readthedocs.io/en/latest/progress-methodology/
UN Statistics Division, "Sustainable Development Goals Progress Chart, Technical Note" (2022 to 2024),
https://unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf
UN ESCAP, "SDG progress assessment: technical notes",
https://data.unescap.org/dataviz/methodology/technical-notes.html
A. Bidarbakht-Nia, "Tracking progress towards the SDGs", ESCAP working paper SD/WP/05 (2017).
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from lnregions.series.growth import annual_growth
from lnregions.words.texts import NO_TEXT, Text, joined, plain, say

OPEN_SDG_BANDS = (0.95, 0.60, 0.0)
"""Least ratio of "on track", "acceleration needed" and "limited" by Open SDG."""
UNSD_BANDS = (0.95, 0.10, 0.0)
"""The same by UNSD; below the second the source says "stagnation or regression", and the sign tells the two apart."""
ESCAP_ON_TRACK = 9.0
"""More than this of ESCAP's ten points is on track."""

_BEYOND_TARGET = (
    "The baseline value {baseline} ({baseline_year}) is already at or beyond the target {target}, "
    "so there is no way to go that progress could be measured on."
)
_MET_AT_BASE = "The baseline value was already at or beyond the target."


@dataclass(frozen=True)
class Assessment:
    """What one method says of one series.

    `status` is one of `STATUS_WORDS`, `ratio` the method's progress measure and `score` its score, where it has
    one; `text` tells why it is not assessable, or of a later baseline year; `numbers` holds all numbers used.
    """

    status: str
    ratio: float | None = None
    score: float | None = None
    text: Text = NO_TEXT
    numbers: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Progress:
    """A series between baseline and horizon: the figures a formula needs, or what prevents any.

    `direction` is 1 where the indicator should rise and -1 where it should fall.
    """

    asked: int
    baseline_year: int | None
    baseline: float | None
    latest_year: int | None
    latest: float | None
    horizon: int
    target: float
    direction: int
    fault: str = ""

    @classmethod
    def of(
        cls, series: Mapping[int, float], *, direction: int, baseline_year: int, target: float, horizon: int
    ) -> "Progress":
        """Return the progress of a series by year to a target value, for any of the methods."""
        used = {year: value for year, value in series.items() if baseline_year <= year <= horizon}
        first, last, fault = min(used, default=None), max(used, default=None), ""
        if horizon <= baseline_year:
            fault = "The horizon {horizon} is not after the baseline year {asked}."
        elif not used:
            fault = "There is no figure for {asked} or for a later year up to {horizon}."
        elif first == last:
            fault = "There is a figure for only one year ({baseline_year}) from {asked} to {horizon}; two are needed."
        ends = (first, used.get(first), last, used.get(last))
        return cls(baseline_year, *ends, horizon, target, direction, fault)

    @property
    def growth(self) -> float:
        """Observed growth a year, as a fraction."""
        return annual_growth(self.baseline, self.latest, years=self.latest_year - self.baseline_year)

    def reaches(self, value: float) -> bool:
        """Whether a value is at or beyond the target."""
        return self.direction * (value - self.target) >= 0

    def result(self, status: str, *, ratio=None, score=None, note: str = "", **more) -> Assessment:
        """Return the assessment; its reason is a note and the later baseline year, where one serves."""
        notes, numbers = [note] if note else [], asdict(self) | more
        del numbers["fault"]
        if self.baseline_year not in (None, self.asked):
            notes.append("{asked} has no figure; {baseline_year} serves as the baseline year.")
        shown = {name: plain(one) if isinstance(one, float) else one for name, one in numbers.items()}
        text = joined((say(one, **shown) for one in notes), english=" ", chinese="")
        return Assessment(status, ratio, score, text, numbers)

    def refused(self, fault: str) -> Assessment:
        """Return "not assessable" with its reason."""
        return self.result("not assessable", note=fault)


def _without_formula(progress, *, met_score=None, to_target=False) -> Assessment | None:
    """Assessment where no growth formula applies; None where one does."""
    fault = progress.fault or _growth_fault(progress, to_target)
    if not fault:
        return None
    if progress.fault or not progress.reaches(progress.latest):
        return progress.refused(fault)
    why = _MET_AT_BASE if progress.reaches(progress.baseline) else fault
    return progress.result("met", score=met_score, note=why)


def _growth_fault(progress, to_target):
    """What breaks the growth from the baseline to the latest value, or on to the target."""
    start, target, latest = progress.baseline, progress.target, progress.latest
    if start == 0:
        return "The baseline value ({baseline_year}) is zero, and growth from zero has no rate."
    if (start < 0 < latest) or (latest < 0 < start):
        return (
            "The value changes sign from {baseline} ({baseline_year}) to {latest} ({latest_year}), "
            "which no growth rate describes."
        )
    if not math.isfinite(latest / start) or not math.isfinite(target / start):
        return "The figures {baseline} and {latest} are too far apart for a growth rate."
    if to_target and target == 0:
        return "The target is zero, and no growth rate leads to zero."
    if to_target and (start < 0) != (target < 0):
        return "The baseline value {baseline} and the target {target} differ in sign, which no growth rate spans."
    return _BEYOND_TARGET if progress.reaches(start) else ""


def _at_least(value, threshold):
    """Whether a value reaches a threshold; rounding in the last digits does not decide."""
    return value >= threshold or math.isclose(value, threshold, rel_tol=1e-10, abs_tol=1e-12)


def _status(value, bounds):
    """Status whose least value is reached first, from the best down."""
    steps = zip(("on track", "acceleration needed", "limited"), bounds, strict=True)
    return next((status for status, least in steps if _at_least(value, least)), "deterioration")


def open_sdg(progress: Progress) -> Assessment:
    r"""Return the progress status and score of the Open SDG method; `ratio` is R.

    The observed growth a year is compared with the growth required to be on time,

    .. math:: R = d\,\frac{(y_t/y_0)^{1/(t-t_0)} - 1}{\left|(y_T/y_0)^{1/(T-t_0)} - 1\right|},

    with :math:`d` = 1 where more is better and -1 where less is (turned round when all values are negative):
    at least 0.95 on track, 0.60 acceleration needed, 0 limited, below deterioration. The score is
    :math:`7.1429 R - 4.2857` from 0.60 on and :math:`4.1667 R - 2.5` below, within -5 and 5; a target that
    is met scores 5.

    Examples
    --------
    >>> one = Progress.of({2015: 100, 2020: 110}, direction=1, baseline_year=2015, horizon=2030, target=150)
    >>> found = open_sdg(one)
    >>> found.status, round(found.ratio, 6), round(found.score, 6)
    ('acceleration needed', 0.702376, 0.731305)
    """
    early = _without_formula(progress, met_score=5.0, to_target=True)
    if early is not None:
        return early
    years = progress.horizon - progress.baseline_year
    seen, required = progress.growth, annual_growth(progress.baseline, progress.target, years=years)
    ratio = seen / required  # the target lies ahead, so that its sign is that of progress
    status = _status(ratio, OPEN_SDG_BANDS)
    score = 7.1429 * ratio - 4.2857 if _at_least(ratio, OPEN_SDG_BANDS[1]) else 4.1667 * ratio - 2.5
    if progress.reaches(progress.latest):
        status, score = "met", 5.0
    score = min(max(score, -5.0), 5.0)
    return progress.result(status, ratio=ratio, score=score, cagr_observed=seen, cagr_required=required)


def unsd(progress: Progress) -> Assessment:
    r"""Return the progress status of the UN Statistics Division's SDG Progress Chart; `ratio` is r.

    The value at the horizon is extrapolated at the observed compound growth g, and the change
    it covers is compared with the whole change,

    .. math:: g = (y_t/y_0)^{1/(t-t_0)} - 1, \qquad r = \frac{y_t\,(1+g)^{T-t} - y_0}{y_T - y_0}:

    at least 0.95 on track, 0.10 acceleration needed, below limited, and below zero (the wrong direction)
    deterioration. The source has one class, "stagnation or regression", for the last two. It has no score.

    Examples
    --------
    >>> one = Progress.of({2015: 100, 2020: 110}, direction=1, baseline_year=2015, horizon=2030, target=150)
    >>> found = unsd(one)
    >>> found.status, round(found.ratio, 6)
    ('acceleration needed', 0.662)
    """
    early = _without_formula(progress)
    if early is not None:
        return early
    share = (progress.horizon - progress.latest_year) / (progress.latest_year - progress.baseline_year)
    try:
        projected = progress.latest * (progress.latest / progress.baseline) ** share
    except OverflowError:
        projected = math.inf
    if not math.isfinite(projected):
        return progress.refused("The value at the horizon cannot be projected from {baseline} and {latest}.")
    ratio = (projected - progress.baseline) / (progress.target - progress.baseline)
    status = "met" if progress.reaches(progress.latest) else _status(ratio, UNSD_BANDS)
    return progress.result(status, ratio=ratio, cagr_observed=progress.growth, projected=projected)


def escap(progress: Progress) -> Assessment:
    r"""Return ESCAP's current status index as `score`, a tenth of it as `ratio`: the share of the change that is done,

    .. math:: CS = 10\,d\,\frac{y_t - y_0}{|y_T - y_0|}:

    more than 9 of 10 is on track, 0 or less is deterioration ("regression"), between is acceleration needed. A zero
    baseline has a status, too. ESCAP's index of anticipated progress is not computed: it fits a time-weighted
    regression through all figures, of which plans of few years have two or three.

    Examples
    --------
    >>> one = Progress.of({2015: 100, 2020: 110}, direction=1, baseline_year=2015, horizon=2030, target=150)
    >>> found = escap(one)
    >>> found.status, round(found.score, 6)
    ('acceleration needed', 2.0)
    """
    if progress.fault:
        return progress.refused(progress.fault)
    met = progress.reaches(progress.latest)
    if progress.reaches(progress.baseline):
        return progress.result("met", note=_MET_AT_BASE) if met else progress.refused(_BEYOND_TARGET)
    done = progress.latest - progress.baseline
    index = 10 * progress.direction * done / abs(progress.target - progress.baseline)
    status = "deterioration" if index <= 1e-11 else "acceleration needed"
    if index > ESCAP_ON_TRACK and not math.isclose(index, ESCAP_ON_TRACK, rel_tol=1e-10):
        status = "on track"
    return progress.result("met" if met else status, ratio=index / 10, score=index)


METHODS = {"open_sdg": open_sdg, "unsd": unsd, "escap": escap}
"""The three methods by name."""
METHOD_NAMES = {"open_sdg": "Open SDG", "unsd": "UNSD", "escap": "ESCAP"}
"""What readers call them."""
