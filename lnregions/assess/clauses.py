"""One evaluator for each kind of clause: the clause and its figures in, a verdict out.

A clause is judged at its horizon. Before the horizon, and where the plan still runs, the status on the way
is that of the Open SDG method; after it, a clause is ``met`` or ``missed``, or the reason is given why
neither can be said. Levels are compared within one segment of a series only (no census break between); the
level that the clause names is compared with the published figure of the horizon, and a break is said in the
reason.
"""

from lnregions.assess.clause_growth import growth_rates, judge_growth, judge_relative_growth
from lnregions.assess.clause_parts import EMPTY, Clause, FigureRow, Figures
from lnregions.assess.clause_values import (
    judge_cumulative,
    judge_direction,
    judge_doubling,
    judge_level,
    judge_qualitative,
    judge_relative_level,
)
from lnregions.assess.verdicts import Verdict
from lnregions.errors import unknown

__all__ = ["EMPTY", "EVALUATORS", "Clause", "FigureRow", "Figures", "growth_rates", "judge_clause"]

EVALUATORS = {
    "level": judge_level,
    "share": judge_level,
    "count": judge_level,
    "doubling": judge_doubling,
    "cumulative_growth": judge_cumulative,
    "growth": judge_growth,
    "average_growth": judge_growth,
    "relative_growth": judge_relative_growth,
    "relative_level": judge_relative_level,
    "direction": judge_direction,
    "qualitative": judge_qualitative,
}
"""Evaluator of each kind of clause."""


def judge_clause(
    clause: Clause, figures: Figures, *, benchmark: Figures | None = None, closed: bool, reading: str = ""
) -> Verdict:
    """Judge one clause under one reading.

    Parameters
    ----------
    clause : Clause
        What is asked for.
    figures : Figures
        The figures of the area judged, as known on the date of judgement.
    benchmark : Figures, optional
        Those of the area to compare with, for relative clauses.
    closed : bool
        Whether the horizon year is over on that date.
    reading : str
        Which reading of an open wording; for growth ``average``, ``every year`` or ``last year``.

    Raises
    ------
    DataError
        If the kind of the clause has no evaluator.
    """
    if clause.kind not in EVALUATORS:
        raise unknown("kind", clause.kind, sorted(EVALUATORS))
    return EVALUATORS[clause.kind](clause, figures, benchmark, closed, reading)
