"""Verdicts: what a clause asked for, what the figures say, how sure that is, and by which method.

`Verdict` is one answer to one clause under one reading. The published methods stand here side by side under
their names: `open_sdg`, `unsd` and `escap`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from html import escape

import pandas as pd

from lnregions.assess.methods import STATUS_WORDS, Assessment, escap, open_sdg, unsd
from lnregions.words import format_value, quantity_name, text

__all__ = [
    "METHODS",
    "STATUS_WORDS",
    "Assessment",
    "Verdict",
    "escap",
    "open_sdg",
    "status_words",
    "unsd",
    "verdict_table",
]

METHODS = {"open_sdg": open_sdg, "unsd": unsd, "escap": escap}
"""Published methods by name."""


@dataclass(frozen=True)
class Verdict:
    """One answer to one clause under one reading.

    Attributes
    ----------
    target, region, area, indicator, kind, reading, reading_zh : str
        The clause, and how it was read where the plan leaves something open.
    status : str
        One of ``STATUS_WORDS``: where the clause stands on the as-of date.
    closing : str
        ``met``, ``missed`` or ``not assessable`` once the horizon is past; empty while the plan runs.
    baseline_year, baseline, horizon, required : number
        The start of the required path, its last year and the value asked for then (in `unit`).
    actual_year, actual : number
        The figure the verdict rests on (in `unit`).
    gap : float
        `actual` minus `required`, in `unit` (percentage points for shares and rates).
    reached_in : int or None
        First year in which the figure fulfils the clause.
    rate_needed : float
        Growth a year, in per cent, that the years left ask for; missing when none are left.
    method : str
        ``plan`` (the clause itself at its horizon, Open SDG on the way) or a published method.
    strength : str
        ``strive`` or ``commit``, as the plan words it; ``status_words`` carries it.
    coverage, coverage_zh, grade, as_of : str
        Members a total rests on, the weakest grade among the figures used, and the date of knowledge.
    disagree : bool
        Whether another reading of the same target comes to another status.
    reason_en, reason_zh : str
        Why, in words.
    sources : str
        Source ids of the figures used, space-separated.
    numbers, names_zh : dict
        Every number the calculation used, by name; Chinese of the names that carry an area's.
    """

    target: str
    region: str
    area: str
    indicator: str
    kind: str
    reading: str = ""
    reading_zh: str = ""
    status: str = "not assessable"
    closing: str = ""
    strength: str = ""
    baseline_year: int | None = None
    baseline: float | None = None
    horizon: int | None = None
    required: float | None = None
    actual_year: int | None = None
    actual: float | None = None
    gap: float | None = None
    unit: str = ""
    reached_in: int | None = None
    rate_needed: float | None = None
    method: str = "plan"
    coverage: str = ""
    coverage_zh: str = ""
    grade: str = ""
    as_of: str = ""
    disagree: bool = False
    reason_en: str = ""
    reason_zh: str = ""
    sources: str = ""
    numbers: dict = field(default_factory=dict, hash=False)
    names_zh: dict = field(default_factory=dict, hash=False, repr=False)

    def __repr__(self) -> str:
        """The verdict in one line; ``dataclasses.asdict`` gives every attribute."""
        figure = f" {format_value(self.actual, self.unit)} in {self.actual_year}" if self.actual_year else ""
        asked = (
            f" of {format_value(self.required, self.unit)}" if figure and self.required is not None else ""
        )
        reading = f", {self.reading}" if self.reading else ""
        return f"<Verdict on {self.target}{reading}: {self.status}{',' * bool(figure)}{figure}{asked}>"

    def reason(self, language: str = "en") -> str:
        """Why, in one language."""
        return self.reason_zh if language == "zh" else self.reason_en

    def status_words(self, language: str = "en") -> str:
        """Status as a reader sees it, with the strength of the clause where the plan only strives for it.

        Examples
        --------
        >>> one = Verdict("t", "circle", "210100", "gdp", "level", status="missed", strength="strive")
        >>> one.status_words(), one.status_words("zh")
        ('missed (strive for)', '未实现（力争）')
        """
        return status_words(self.status, self.strength, language=language)

    def calculation(self, *, language: str = "en") -> pd.DataFrame:
        """Every number that the verdict used, by name: columns ``quantity`` and ``value`` (数量, 数值)."""
        zh = language == "zh"
        rows = [
            (
                self.names_zh.get(name)
                if zh and name in self.names_zh
                else quantity_name(name, language=language),
                value,
            )
            for name, value in self.numbers.items()
            if value is not None
        ]
        return pd.DataFrame(rows, columns=("数量", "数值") if zh else ("quantity", "value"))

    def _repr_html_(self) -> str:
        rows = [
            ("target", self.target),
            ("status", self.status_words()),
            ("required", format_value(self.required, self.unit)),
            (f"actual {self.actual_year or ''}", format_value(self.actual, self.unit)),
            ("reason", self.reason_en),
            ("as of", self.as_of),
        ]
        cells = "".join(f"<tr><th>{escape(k)}</th><td>{escape(str(v))}</td></tr>" for k, v in rows)
        return f"<table>{cells}</table>"


def verdict_table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Verdicts as a frame, one row each, with the attributes of `Verdict` but its numbers as columns.

    Years are nullable integers, numbers floats, all else text.

    Examples
    --------
    >>> rows = verdict_table([Verdict("t", "circle", "210100", "gdp", "level", status="missed", horizon=2024)])
    >>> rows[["target", "status", "horizon"]].values.tolist()
    [['t', 'missed', 2024]]
    """
    names = [f.name for f in fields(Verdict) if f.name not in ("numbers", "names_zh")]
    verdicts = list(verdicts)
    frame = pd.DataFrame({name: [getattr(one, name) for one in verdicts] for name in names})
    years = ("baseline_year", "horizon", "actual_year", "reached_in")
    numbers = ("baseline", "required", "actual", "gap", "rate_needed")
    types = dict.fromkeys(names, str) | dict.fromkeys(years, "Int64") | dict.fromkeys(numbers, float)
    return frame.astype(types | {"disagree": bool})


def status_words(status: str, strength: str = "", *, language: str = "en") -> str:
    """Status as a reader sees it; of a clause that the plan only strives for, this is said beside met and missed."""
    said = text(status, language)
    if strength != "strive" or status not in ("met", "missed"):
        return said
    return f"{said}（力争）" if language == "zh" else f"{said} (strive for)"
