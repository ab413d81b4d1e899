"""What the tables for readers share: headings, grades, names of targets and sources, and figures as printed."""

import math
import re

import pandas as pd

from lnregions.errors import unknown
from lnregions.show.table import Table
from lnregions.style import STATUSES
from lnregions.tables import Plan, plan_of, shipped_plans, units_and_decimals
from lnregions.words import check_language, format_number, format_value, text, units
from lnregions.words.catalogue import tr

HEADS = {
    "target": "Target", "region": "Region", "status": "Status", "required": "Required", "actual": "Actual",
    "year": "Year", "gap": "Gap", "reached": "Reached in", "grade": "Grade", "reason": "Why", "reading": "Read as",
    "coverage": "Coverage", "fact": "Fact", "value": "Value", "content": "Value", "indicator": "Indicator",
    "member": "Member", "membership": "Membership", "source": "Source", "title": "Title", "date": "Published",
    "figures": "Figures", "quantity": "Quantity", "caveat": "Caveat", "role": "Part", "path": "Path",
    "way": "Way done", "time": "Time gone", "needed": "Needed a year", "closing": "Closing", "change": "With",
    "before": "Before", "after": "After", "text": "In the plan's terms", "where": "Where",
    "concerns": "Concerns", "body": "Said by", "said": "What was said",
}  # fmt: skip
"""English heading of each column of the tables for readers."""
_CONTEXTS = {"content": "what a fact says", "title": "of a source"}
_NUMBERS = {"required", "actual", "gap", "value", "figures", "path", "way", "time", "needed"}
_STATUSES = {"status", "before", "after"}
_RATES = ("growth", "real growth", "mean growth", "needed", "mean needed", "benchmark")
"""Numbers of a verdict that are rates in per cent, whatever the target's unit."""
_PLAIN = ("multiple", "ratio", "score")
"""Numbers of a verdict that have no unit."""
_CHANGES = ("gap", "change")
"""Numbers of a verdict that are differences: they carry a sign, and those of rates are in points."""


def chosen_plan(plan, *, region: str = "", language: str = "en") -> Plan:
    """Return a plan given by itself, its name or folder, once region and language are known to exist."""
    plan = plan_of(plan)
    check_language(language)
    if region and region not in set(plan.regions["region"]):
        raise unknown("region", region, list(plan.regions["region"]))
    return plan


def head(name: str, language: str) -> str:
    """Return the heading of a column.

    Examples
    --------
    >>> head("gap", "en"), head("gap", "zh")
    ('Gap', '差距')
    """
    return tr(HEADS[name], language, context=_CONTEXTS.get(name, "heading"))


def headed(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the same frame under readers' headings, with empty text for what is missing."""
    return frame.rename(columns={name: head(name, language) for name in frame if name in HEADS}).fillna("")


def reader_table(
    frame: pd.DataFrame, language: str, *, title: str = "", note: str = "", folded: bool = False
) -> Table:
    """Return a frame as a table under readers' headings, with its statuses in words.

    The names of the columns, those of `HEADS`, tell which are numbers, statuses or links.
    """
    worded = {
        name: frame[name].map(lambda one: text(one, language) if one in STATUSES else one)
        for name in frame if name in _STATUSES
    }  # fmt: skip

    def headings(kind: set[str]) -> tuple[str, ...]:
        return tuple(head(name, language) for name in frame if name in kind)

    shown = headed(frame.assign(**worded), language)
    kinds = (headings(_NUMBERS), headings(_STATUSES), language, headings({"where"}))
    return Table(shown, title, note, *kinds, folded)


def grades(language: str) -> str:
    """Return what the grades of evidence mean, in one sentence."""
    return tr("Grades: A primary page or two agreeing sources, B one decent source, C weak.", language)


def target_labels(language: str, plan: Plan | None = None) -> dict[str, str]:
    """Return the labels of the targets of all shipped plans, and of `plan`."""
    plans = [*shipped_plans(), *([plan] if plan is not None else [])]
    frames = [one.targets for one in plans]
    return {t: label for f in frames for t, label in zip(f["target"], f[f"label_{language}"], strict=True)}


def source_titles(sources: pd.DataFrame) -> dict[str, str]:
    """Return the title of each source by its id."""
    return dict(zip(sources["source"], sources["title"], strict=True))


def source_name(source, language: str = "en") -> str:
    """Return what a source is called under a picture: its publisher, or the title and compiler of a data set.

    Parameters
    ----------
    source : pandas.Series or mapping
        ``title publisher kind`` of a row of the table of sources.
    language : {"en", "zh"}

    Examples
    --------
    >>> one = {"title": "城市GDP.xlsx, Sheet1 (repo someone/x)", "publisher": "someone/x", "kind": "compilation"}
    >>> source_name(one), source_name(one, "zh"), source_name(one | {"title": "panel_v2.csv (repo someone/x)"})
    ('城市GDP, compiled by someone', '城市GDP（someone整理）', 'data set compiled by someone')
    >>> source_name({"title": "Bulletin", "publisher": "Bureau", "kind": "official"})
    'Bureau'
    """
    title, publisher = str(source["title"]), str(source["publisher"] or "")
    in_repository = "/" in publisher or re.search(rf"(repo|GitHub) {re.escape(publisher)}", title)
    if source["kind"] != "compilation" or not publisher or not in_repository:
        return publisher or title.split(" (")[0]
    compiler = publisher.split("/")[0]
    name = re.split(r"[(（]", re.sub(r"^GitHub \S+", "", title))[0].split(", ")[0]
    name = re.sub(r"\s*\.(xlsx?|csv|json|py|js|dta)\b.*", "", name).strip()
    if name.isascii() and not re.search(r"[A-Za-z] [A-Za-z]", name):  # the name of a file, not a title
        return tr("data set compiled by {compiler}", language, compiler=compiler)
    return tr("{name}, compiled by {compiler}", language, name=name, compiler=compiler)


def value_words(value: float | None, unit: str, language: str, *, change: bool = False) -> str:
    """Return a value with its unit, rounded as charts round it; a change with its sign; empty for a missing one.

    Examples
    --------
    >>> value_words(5.23, "%", "en"), value_words(-0.5, "%", "en", change=True)
    ('5.2%', '−0.5 pp')
    """
    if pd.isna(value):
        return ""
    return format_value(value, "pp" if change and unit == "%" else unit, language, sign=change)


def figure_words(
    value: float | None, indicator: str, language: str = "en", *, unit: str = "", sign: bool = False
) -> str:
    """Return a figure of an indicator with its unit, as exact as the codebook says; empty for a missing one.

    A unit that is another in English keeps the digits: 9027.1亿元 are 902.71 billion yuan.

    Examples
    --------
    >>> figure_words(9027.1, "gdp"), figure_words(9027.1, "gdp", "zh"), figure_words(85.5, "urbanisation_rate")
    ('902.71 billion yuan', '9027.1亿元', '85.50%')
    """
    if value is None or pd.isna(value):
        return ""
    own, places = units_and_decimals()[indicator]
    unit = unit or own
    factor = units().get(unit, ("", 1.0, ""))[1] if language == "en" else 1.0
    of_codebook = unit == own or (unit == "pp" and own == "%")
    places = max(0, places - round(math.log10(factor))) if of_codebook else 1
    whole = unit not in ("%", "pp") and abs(value * factor - round(value * factor)) < 1e-9
    return format_value(float(value), unit, language, decimals=0 if whole else places, sign=sign)


def calculation_words(verdict, language: str = "en") -> list[tuple[str, str]]:
    """Return every number that a verdict used: its name, and the number with its unit.

    Examples
    --------
    >>> from lnregions.assess import Verdict
    >>> numbers = {"baseline 2021": 7249.7, "required": 10000.0, "gap": -972.9, "real growth 2024": 5.2}
    >>> one = Verdict("t", "circle", "210100", "gdp", "level", unit="亿元", numbers=numbers)
    >>> for row in calculation_words(one):
    ...     print(row)
    ('baseline 2021', '724.97 billion yuan')
    ('required', '1,000 billion yuan')
    ('gap', '−97.29 billion yuan')
    ('real growth 2024', '5.2%')
    """
    names = verdict.calculation(language=language).iloc[:, 0]
    numbers = [(key, value) for key, value in verdict.numbers.items() if value is not None]
    return [
        (re.sub(r"[,，] ?%|（%）", "", name), _number(key.rstrip("0123456789 "), value, verdict, language))
        for name, (key, value) in zip(names, numbers, strict=True)
    ]


def _number(kind, value, verdict, language):
    if pd.isna(value):
        return ""
    if kind in _PLAIN or kind in _RATES:
        return format_value(float(value), "" if kind in _PLAIN else "%", language)
    if isinstance(value, str):
        return value
    if kind.startswith("weight of"):
        return format_number(float(value), language=language)
    if kind.startswith("level"):
        return figure_words(value, verdict.indicator, language)
    unit = "pp" if kind in _CHANGES and verdict.unit == "%" else verdict.unit
    return figure_words(value, verdict.indicator, language, unit=unit, sign=kind in _CHANGES)
