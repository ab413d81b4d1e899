"""What the tables for readers share: headings, grades, names of targets and sources, and figures as printed."""

import re
from collections.abc import Mapping

import pandas as pd

from lnregions.assess import RULES
from lnregions.show.table import Table
from lnregions.style import STATUSES
from lnregions.tables import Plan, plan_of, printed_decimals, units_and_decimals, with_region
from lnregions.words import (
    RATE_DECIMALS,
    check_language,
    comparison_words,
    format_number,
    format_value,
    places_apart,
    text,
)
from lnregions.words.catalogue import tr
from lnregions.words.texts import NO_TEXT, Text, printed, say

HEADS = {
    "target": "Target", "region": "Region", "status": "Status", "required": "Required", "actual": "Actual",
    "year": "Year", "gap": "Gap", "reached": "Reached in", "grade": "Grade", "reason": "Why",
    "interpretation": "Interpretation", "coverage": "Coverage", "fact": "Fact", "value": "Value",
    "content": "Value", "indicator": "Indicator", "member": "Member", "membership": "Membership",
    "source": "Source", "title": "Title", "date": "Published", "figures": "Figures", "quantity": "Quantity",
    "caveat": "Caveat", "role": "Part", "path": "Path", "way": "Way done", "time": "Time gone",
    "needed": "Needed a year", "closing": "Closing", "change": "With", "before": "Before", "after": "After",
    "text": "In the plan's terms", "where": "Where", "concerns": "Concerns", "body": "Said by",
    "said": "What was said",
}  # fmt: skip
"""English heading of each column of the tables for readers."""
_CONTEXTS = {"content": "what a fact says", "title": "of a source"}
_NUMBERS = {"required", "actual", "gap", "value", "figures", "path", "way", "time", "needed"}
_STATUSES = {"status", "before", "after"}
_RATES = ("growth", "real growth", "mean growth", "needed", "mean needed", "benchmark")
"""Numbers of a verdict that are rates in per cent, whatever the target's unit."""
_FRACTIONS = ("cagr_observed", "cagr_required")
"""Numbers of a verdict that are rates as fractions of one; they are printed in per cent."""
_YEARS = ("asked", "baseline_year", "latest_year", "horizon")
_PLAIN = ("multiple", "ratio", "score", "direction")
"""Numbers of a verdict that have no unit."""
_COPY = (
    r" ?[(（](?=[^()（）]*(?:github\.com|GitHub \S+/|copy at)|经 )(?:[^()（）]|[(（][^()（）]*[)）])*[)）]"
)
_CHANGES = ("gap", "change")
"""Numbers of a verdict that are differences: they carry a sign, and those of rates are in points."""


def chosen_plan(plan, *, region: str = "", language: str = "en") -> Plan:
    """Return a plan given by itself, its name or folder, once region and language are known to exist."""
    plan = plan_of(plan)
    check_language(language)
    return with_region(plan, region) if region else plan


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
    shown, kinds = frame.copy(), (_NUMBERS, _STATUSES, {"where"})
    for name in _STATUSES.intersection(frame):
        shown[name] = [text(one, language) if one in STATUSES else one for one in frame[name]]
    numbers, statuses, links = (tuple(head(one, language) for one in frame if one in kind) for kind in kinds)
    return Table(headed(shown, language), title, note, numbers, statuses, language, links, folded)


def grades(language: str) -> str:
    """Return what the grades of evidence mean, in one sentence."""
    return tr("Grades: A primary page or two agreeing sources, B one decent source, C weak.", language)


def target_labels(language: str, plan: Plan) -> dict[str, str]:
    """Return the labels of a plan's targets."""
    return dict(zip(plan.targets["target"], plan.targets[f"label_{language}"], strict=True))


def source_titles(sources: pd.DataFrame, language: str = "en") -> dict[str, str]:
    """Return the title of each source by its id, as `source_title`."""
    return {row["source"]: source_title(row, language) for row in sources.to_dict("records")}


def source_title(source: Mapping, language: str = "en") -> str:
    """Return the title of a source without the place where a copy was read; of a data set its name and compiler.

    Examples
    --------
    >>> source_title({"title": "公报 (copy at 某库; full text in github.com/a/b, c.json)"})
    '公报'
    """
    title = str(source.get("title") or source.get("source", ""))
    return _data_set(source, language) or re.sub(_COPY, "", title)


def source_name(source: Mapping, language: str = "en") -> str:
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
    return _data_set(source, language) or str(source["publisher"] or source["title"].split(" (")[0])


def _data_set(source: Mapping, language: str) -> str:
    """Name and compiler of a data set in a repository of code; empty for any other source."""
    title, publisher = str(source.get("title", "")), str(source.get("publisher") or "")
    in_repository = "/" in publisher or re.search(rf"(repo|GitHub) {re.escape(publisher)}", title)
    if source.get("kind") != "compilation" or not publisher or not in_repository:
        return ""
    compiler = publisher.split("/")[0]
    name = re.split(r"[(（]", re.sub(r"^GitHub \S+", "", title))[0].split(", ")[0]
    name = re.sub(r"\s*\.(xlsx?|csv|json|py|js|dta)\b.*", "", name).strip()
    if name.isascii() and not re.search(r"[A-Za-z] [A-Za-z]", name):  # the name of a file, not a title
        return tr("data set compiled by {compiler}", language, compiler=compiler)
    return tr("{name}, compiled by {compiler}", language, name=name, compiler=compiler)


def verdict_words(verdict, language: str = "en") -> dict[str, str]:
    """Return ``required``, ``actual`` and ``gap`` of a verdict, or of a row of a table of verdicts, as printed.

    Examples
    --------
    >>> one = {"indicator": "urbanisation_rate", "kind": "level", "unit": "%", "required": 85.0, "actual": 85.55}
    >>> verdict_words(one)
    {'actual': '85.55%', 'required': '85%', 'gap': '+0.55 pp'}
    """
    row = verdict if isinstance(verdict, Mapping) else vars(verdict)
    indicator, unit, kind = (row.get(name) or "" for name in ("indicator", "unit", "kind"))
    found = comparison_words(
        row.get("actual"), row.get("required"), unit, decimals=printed_decimals(indicator, unit),
        language=language, planned=not kind.startswith("relative"),
    )  # fmt: skip
    if not found["gap"]:  # a direction has a change without a value to reach
        points = "pp" if unit == "%" else unit
        found["gap"] = figure_words(row.get("gap"), indicator, language, unit=points, sign=True)
    if row.get("by_bounds") and not found["actual"] and not pd.isna(row.get("low")):
        low, high = (figure_words(row[name], indicator, language, unit=unit) for name in ("low", "high"))
        found["actual"] = tr("{low} to {high}", language, low=low, high=high)
    return found


AS_TARGET = {
    ">=": "at least {value}",
    ">": "more than {value}",
    "<=": "at most {value}",
    "<": "less than {value}",
}
"""How a value to reach is meant, by the comparator of its clause."""


def required_text(row: pd.Series, *, interpretation: str = "") -> Text:
    """The value that the plan gives a target, as it is written; empty for one without.

    Of growth it is that of a mean year, unless it is interpreted as that of every year or of the last.
    """
    if pd.isna(row["value"]) or row["comparator"] not in AS_TARGET or row["kind"] == "qualitative":
        return NO_TEXT
    required = say(AS_TARGET[row["comparator"]], value=printed(row["value"], row["unit"] or ""))
    others = RULES.get(row["kind"], ("", ""))[1:]
    return required if interpretation.startswith(others) else say("{value} a year", value=required)


def asked_words(verdict, row: pd.Series, language: str = "en") -> str:
    """Return what a clause asks for: what its verdict was compared with, or else what the plan gives its target."""
    if row["kind"] == "direction":
        return tr("a rise" if row["comparator"] == "up" else "a fall", language)
    words = verdict if isinstance(verdict, Mapping) else vars(verdict)
    required = verdict_words(words, language)["required"]
    if required and row["comparator"] in AS_TARGET:
        return tr(AS_TARGET[row["comparator"]], language, value=required)
    return required or getattr(required_text(row, interpretation=words["interpretation"]), language)


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
    places = printed_decimals(indicator, unit)
    unit = unit or units_and_decimals()[indicator][0]
    return format_value(float(value), unit, language, decimals=places, sign=sign)


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
    names = names.str.replace(r"[,，] ?%|（%）|(?<=\d), [^,]+$|(?<=年)，[^，]+(?=）$)", "", regex=True)
    numbers = [(key, value) for key, value in verdict.numbers.items() if value is not None]
    printed = (_number(key.rstrip("0123456789 "), value, verdict, language) for key, value in numbers)
    return [(name, number) for name, number in zip(names, printed, strict=True) if number]


def _number(kind, value, verdict, language):
    if kind.startswith("weight of"):
        return format_value(float(value), kind.rpartition(", ")[2], language)
    if kind.startswith("level"):
        return figure_words(value, verdict.indicator, language)
    if pd.isna(value) or kind in _YEARS:
        return "" if pd.isna(value) else str(int(value))
    if kind in _PLAIN:
        return format_number(float(value), language=language)
    if kind in ("required", "gap", "mean needed") and verdict.required is not None:
        return verdict_words(verdict, language)["gap" if kind == "gap" else "required"]
    places = printed_decimals(verdict.indicator, verdict.unit)
    if value == verdict.actual:
        places = places_apart(value, verdict.required, places)
    if kind in _RATES or kind in _FRACTIONS:
        rate = float(value) * (100 if kind in _FRACTIONS else 1)
        own = verdict.unit == "%" and kind in _RATES
        return format_value(rate, "%", language, decimals=places if own else RATE_DECIMALS)
    unit = "pp" if kind in _CHANGES and verdict.unit == "%" else verdict.unit
    return format_value(float(value), unit, language, decimals=places, sign=kind in _CHANGES)
