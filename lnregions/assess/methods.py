"""Three published ways to say how a series is doing: Open SDG, UN Statistics Division, ESCAP.

Each takes the same question and gives an `Assessment` in the project's status words. All three look at the
figure of the baseline year (the next later one where it has none) and the latest figure up to the horizon;
figures after the horizon are not counted. A target that the latest figure reaches is met, whatever the
trend. Where a formula breaks down the answer is "not assessable" with the reason; no small number is put in
for a zero. None of the three knows "missed": that is for whoever closes a plan to say.
"""

from __future__ import annotations

from lnregions.assess.assessment import Assessment
from lnregions.assess.assessment_words import STATUS_WORDS
from lnregions.assess.escap import escap
from lnregions.assess.open_sdg import aggregate, open_sdg
from lnregions.assess.unsd import unsd

__all__ = ["METHODS", "STATUS_WORDS", "Assessment", "aggregate", "escap", "open_sdg", "unsd"]

METHODS = {"open_sdg": open_sdg, "unsd": unsd, "escap": escap}
"""The three methods by name."""
