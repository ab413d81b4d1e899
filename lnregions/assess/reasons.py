"""Results of the evaluators and the sentences of their reasons: what was required, what is known, what is missing."""

import math
from collections.abc import Iterable

import pandas as pd

from lnregions.assess.bounds import Possible
from lnregions.assess.cases import RULES, Case, Clause, stand_ins
from lnregions.series.series import Tables
from lnregions.words import RATE_DECIMALS, places_shown, text
from lnregions.words.catalogue import tr
from lnregions.words.texts import NO_TEXT, Text, joined, listed, printed, say

STATUS_OF = {True: "met", False: "missed", None: "too close to call"}
"""Closing status by whether a clause holds; None where rounding hides it."""


def result(status: str, *texts: Text, closes: bool = False, **fields) -> dict:
    """Fields of a verdict: status, reason, whether the status is final, and the numbers used."""
    return fields | {"status": status, "reason": joined(texts), "closes": closes}


def status_words(status: str, language: str = "en", *, strength: str = "", by_bounds: bool = False) -> str:
    """Return a status as a reader sees it, with what qualifies it (see `Verdict`)."""
    shown = text(status, language)
    if strength == "strive" and status in ("met", "missed"):
        shown = tr("{status} (strive for)", language, status=shown)
    return tr("{status}, whatever the missing figures are", language, status=shown) if by_bounds else shown


_ASKED = {
    ">=": "the plan asks for at least {value}",
    ">": "the plan asks for more than {value}",
    "<=": "the plan asks for at most {value}",
    "<": "the plan asks for less than {value}",
}
_HOW = {">=": "at least {value}", ">": "above {value}", "<=": "at most {value}", "<": "below {value}"}


def indicator_text(tables: Tables, indicator: str) -> Text:
    """Name of an indicator inside a sentence."""
    row = tables.indicator(indicator)
    name = row["name_en"]
    return Text(name if name[:2].isupper() else name[:1].lower() + name[1:], row["name_zh"])


def figure_text(case: Case, year: int, value: float, *, decimals: int | None = None) -> Text:
    """What the figure of a year was: ``gross domestic product of Dalian was 951.7 billion yuan in 2024``."""
    shown = value_printed(case.clause, value, decimals=decimals)
    if case.tables is None:
        return say("{year}: {value}", year=year, value=shown)
    names = {
        "indicator": indicator_text(case.tables, case.clause.indicator),
        "area": case.tables.name_text(case.clause.area),
    }
    return say("{indicator} of {area} was {value} in {year}", year=year, value=shown, **names)


def value_printed(clause: Clause, value: float, *, decimals: int | None = None) -> Text:
    """A value in the clause's unit, with the decimals of its indicator where none are given."""
    return printed(value, clause.unit, decimals=clause.decimals if decimals is None else decimals)


def asked_text(clause: Clause, value: float) -> Text:
    """What the plan requires, as it is written."""
    return say(_ASKED[clause.comparator], value=printed(value, clause.unit))


def how_text(clause: Clause, value: float, *, unit: str = "") -> Text:
    """A requirement of a figure: ``above 99.4%``."""
    shown = printed(value, unit, decimals=RATE_DECIMALS) if unit else value_printed(clause, value)
    return say(_HOW[clause.comparator], value=shown)


def gap_text(clause: Clause, gap: float, *, met: bool, decimals: int) -> Text:
    """By how much a requirement was missed, or the margin; percentage points for shares and rates."""
    unit = "pp" if clause.unit == "%" else clause.unit
    size = printed(abs(gap), unit, decimals=decimals)
    return say("a margin of {size}", size=size) if met else say("missed by {size}", size=size)


def close_text(clause: Clause, low: float, high: float) -> Text:
    """The interval of a gap in which rounding leaves it open on which side it lies."""
    unit = "pp" if clause.unit == "%" else clause.unit
    places = max(places_shown(end, clause.decimals + 1) for end in (low, high))
    low_text, high_text = (printed(end, unit, sign=True, decimals=places) for end in (low, high))
    message = "the printed figures are rounded, and the gap may be anything from {low} to {high}"
    return say(message, low=low_text, high=high_text)


def names_text(tables: Tables, areas: Iterable[str]) -> Text:
    """Names of areas in a row: ``Anshan, Benxi and Fuxin``."""
    return listed(tables.name_text(area) for area in areas)


def missing_text(case: Case, possible: Possible, required: float) -> Text:
    """What the figures that are missing would have to be, and what they can be by the declared bounds."""
    clause, tables, year = case.clause, case.tables, case.clause.horizon
    needed = how_text(clause, possible.needed(required))
    values = {"year": year, "names": names_text(tables, possible.missing), "needed": needed}
    if not case.members:
        text = say("no {year} figure of {names} is published", year=year, names=values["names"])
    elif set(possible.missing) == set(case.members):
        message = "no {year} figure of its members is published; together they would have to be {needed}"
        text = say(message, year=year, needed=needed)
    elif len(possible.missing) == 1:
        text = say("no {year} figure of {names} is published; it would have to be {needed}", **values)
    else:
        message = "no {year} figure of {names} is published; together they would have to be {needed}"
        text = say(message, **values)
    low, high = possible.limits
    *_, change = tables.bound(clause.indicator, possible.missing[0])
    if tables.indicator(clause.indicator)["measure"] == "share" and change < math.inf:
        shown = {"low": value_printed(clause, low), "high": value_printed(clause, high)}
        shown["change"] = printed(change, "pp", decimals=clause.decimals)
        shown["why"] = tables.bound_words(clause.indicator, possible.missing[0])
        message = "from {low} to {high} is possible (at most {change} a year: {why})"
        text = joined([text, say(message, **shown)])
    return joined([text, nearest_text(case, possible.missing)])


def nearest_text(case: Case, areas: Iterable[str]) -> Text:
    """The nearest published figure of each area; where there is none, those of the province or nation around."""
    tables, found = case.tables, []
    for one in nearest_figures(case, areas):
        decimals = int(tables.indicator(one.indicator)["decimals"])
        shown = printed(one.value, one.unit, decimals=decimals)
        found.append(
            say("{area} {year} {value}", area=tables.name_text(one.area), year=one.year, value=shown)
        )
    return (
        say("nearest figures: {figures}", figures=joined(found, english=", ", chinese="、"))
        if found
        else NO_TEXT
    )


def nearest_figures(case: Case, areas: Iterable[str] = ()) -> list:
    """Published figures nearest to the horizon, of each of some areas, or else of those that they lie in.

    Observations of the case's indicators; the areas are those of the case where none are named.
    """
    tables, horizon = case.tables, case.clause.horizon
    areas = list(areas) or list(case.members or (case.clause.area,))
    while areas:
        rows = [row for row in tables.observed_of(*case.indicators[:1]) if row.default and row.area in areas]
        if rows:
            best = sorted(rows, key=lambda row: (areas.index(row.area), abs(row.year - horizon), -row.year))
            return [row for place, row in enumerate(best) if not place or row.area != best[place - 1].area]
        areas = list(dict.fromkeys(tables.parents[area] for area in areas if tables.parents.get(area)))
    return []


def changes_text(case: Case) -> Text:
    """What is known of each member: its last figure before the plan and its last one up to the horizon."""
    clause, tables, found = case.clause, case.tables, []
    for area in case.members:
        rows = [row for row in tables.figures_of_area(area, clause.indicator) if row.year <= clause.horizon]
        before = [row for row in rows if row.year < clause.first_year][-1:]
        if before and rows[-1].year >= clause.first_year and rows[-1].segment == before[0].segment:
            values = {
                "before": value_printed(clause, before[0].value),
                "after": value_printed(clause, rows[-1].value),
            }
            message = "{area} from {before} in {first} to {after} in {last}"
            years = {"first": before[0].year, "last": rows[-1].year}
            found.append(say(message, area=tables.name_text(area), **values, **years))
    return say("known are {changes}", changes=joined(found, english=", ")) if found else NO_TEXT


def doubt_text(case: Case, years: Iterable[int]) -> Text:
    """Caveats that call figures of some years doubtful, of the areas judged."""
    areas, tables = case.members or (case.clause.area,), case.tables
    found = [
        tables.doubt(indicator, area, year)
        for indicator in case.indicators
        for area in areas
        for year in years
    ]
    return joined(dict.fromkeys(one for one in found if one.en))


def parts_of(case, years):
    """Figures and weights of the members of a region in some years, with their names."""
    for year in years:
        for area, value, weight in case.figures.parts.get(year, ()):
            name = case.tables.name_text(area)
            yield say("{area} {year}", area=name, year=year), value
            if weight is not None:
                yield say("weight of {area} in {year}", area=name, year=year), weight


def years_used(case, found):
    """Years of the figures that a verdict rests on."""
    if case.clause.kind in RULES:
        return case.clause.years
    return [year for year in (found.get("baseline_year"), found.get("actual_year")) if year is not None]


def wording(case, status, found):
    """What goes with a verdict: doubtful figures, the linked level, the clause's strength and base year, stand-ins."""
    texts, clause, base_year = [], case.clause, found.get("baseline_year")
    if case.tables is not None:
        years = list(years_used(case, found))
        texts.append(doubt_text(case, [clause.first_year - 1, *years] if clause.kind in RULES else years))
    if case.linked:
        figures, year = case.linked.figures, case.linked.link.year
        value, result = figures.value_of(clause.horizon), figures.hole(clause.horizon)
        if value is not None:
            level = printed(value, clause.unit, decimals=clause.decimals)
            message = "at {year} prices, carried on by published real growth, {horizon} would be {level}"
            result = say(message, horizon=clause.horizon, level=level, year=year)
        texts.append(result)
    if clause.strength == "strive" and status == "missed":
        texts.append(say("the plan strives for it and does not commit to it"))
    if clause.kind in ("doubling", "cumulative_growth", "direction") and case.row is not None:
        if pd.isna(case.row["baseline_year"]) or not case.row["base_stated"]:
            year = clause.baseline_year
            texts.append(say("the plan states no base year, {year} is inferred", year=year))
        if base_year not in (None, clause.baseline_year):
            texts.append(say("measured from {year}", year=base_year))
    if case.plan is not None and status != "not quantified" and stand_ins(case.plan, clause.area):
        texts.append(say("whole-city figures; county figures unavailable"))
    return texts
