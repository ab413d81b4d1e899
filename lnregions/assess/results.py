"""The fields of a verdict as evaluators give them."""

from collections.abc import Iterable

from lnregions.assess.series import Figures, joined_sources
from lnregions.words.texts import Text, joined

STATUS_OF = {True: "met", False: "missed", None: "too close to call"}
"""Closing status by whether a clause holds; None where rounding hides it."""


def result(status: str, *texts: Text, closes: bool = False, **fields) -> dict:
    """Fields of a verdict: status, reason, whether the status is final, and the numbers used."""
    return fields | {"status": status, "reason": joined(texts), "closes": closes}


def rows_used(figures: Figures, years: Iterable[int | None], *, beside: Figures | None = None) -> dict:
    """Weakest grade and all sources of the years used, with those of the figures they are compared with."""
    used = set(years)
    rows = [row for one in (figures, beside) if one is not None for row in one.rows if row.year in used]
    if not rows:
        return {}
    return {"grade": max(row.grade for row in rows), "sources": joined_sources(row.source for row in rows)}
