"""Names of the numbers that a verdict uses."""

import re

from lnregions.words.catalogue import tr

QUANTITIES = {
    "required": "required",
    "gap": "gap",
    "change": "change",
    "multiple": "multiple of the baseline",
    "needed of the missing": "what the missing figures would have to be",
    "lowest possible": "lowest possible value",
    "highest possible": "highest possible value",
    "mean growth": "mean growth, % a year",
    "mean needed": "mean growth to compare with, % a year",
    "asked": "base year asked for",
    "baseline_year": "base year used",
    "baseline": "baseline",
    "latest_year": "year of the latest figure",
    "latest": "latest figure",
    "horizon": "horizon",
    "target": "value to reach",
    "direction": "direction (1 up, -1 down)",
    "cagr_observed": "growth seen, a year, as a fraction",
    "cagr_required": "growth required, a year, as a fraction",
    "projected": "value projected to the horizon",
    "ratio": "progress ratio",
    "score": "score",
}
"""Name of each number without a year, a message of the catalogue in the context ``quantity``."""
OF_YEAR = {
    "baseline": "baseline {year}",
    "value": "value {year}",
    "level": "level {year}",
    "growth": "growth {year}, %",
    "needed": "growth to compare with {year}, %",
    "real growth": "real growth {year}, %",
}
"""Name of each number of a year, such as ``value 2024``."""


def quantity_name(name: str, *, language: str = "en") -> str:
    """Name of a number of `Verdict.numbers` for readers; a name that is not in the tables as it is.

    Examples
    --------
    >>> quantity_name("growth 2023"), quantity_name("growth 2023", language="zh")
    ('growth 2023, %', '增速（2023年，%）')
    """
    if name in QUANTITIES:
        return tr(QUANTITIES[name], language, context="quantity")
    hit = re.fullmatch(r"(.+) (\d{4})", name)
    if hit and hit[1] in OF_YEAR:
        return tr(OF_YEAR[hit[1]], language, context="quantity", year=hit[2])
    return name
