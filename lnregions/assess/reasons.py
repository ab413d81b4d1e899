"""Results of the evaluators and the sentences of their reasons: what was required, what is known, what is missing."""

import itertools
import math
from collections.abc import Iterable

import pandas as pd

from lnregions.assess.bounds import Possible, member_weights
from lnregions.assess.cases import MULTIPLES, RULES, Case, Clause, stand_ins
from lnregions.series.growth import annual_growth
from lnregions.series.series import Tables
from lnregions.words import RATE_DECIMALS, places_shown, text
from lnregions.words.catalogue import tr
from lnregions.words.texts import NO_TEXT, Text, joined, listed, percent, printed, say, with_article

STATUS_OF = {True: "met", False: "missed", None: "too close to call"}
"""Closing status by whether a clause holds; None where rounding hides it."""


BREAKS = {
    "census": "census revision", "correction": "figures corrected", "coverage": "wider coverage",
    "survey": "another survey",
}  # fmt: skip
"""What each kind of break of a series is called."""


def sentences(texts: Iterable[Text]) -> Text:
    """Texts as sentences one after the other."""
    return joined((text.sentence() for text in texts), english=". ", chinese="。")


def result(status: str, *texts: Text, closes: bool = False, **fields) -> dict:
    """Fields of a verdict: status, reason, whether the status is final, and the numbers used."""
    return fields | {"status": status, "reason": joined(texts), "closes": closes}


def status_words(status: str, language: str = "en", *, strength: str = "", by_bounds: bool = False) -> str:
    """Return a status as a reader sees it, with what qualifies it (see `Verdict`)."""
    shown = text(status, language)
    if strength == "strive" and status in ("met", "missed"):
        shown = tr("{status} (aspirational target)", language, status=shown)
    return tr("{status}, whatever the missing figures are", language, status=shown) if by_bounds else shown


_ASKED = {
    ">=": "the plan asks for at least {value}",
    ">": "the plan asks for more than {value}",
    "<=": "the plan asks for at most {value}",
    "<": "the plan asks for less than {value}",
}
HOW = {">=": "at least {value}", ">": "above {value}", "<=": "at most {value}", "<": "below {value}"}


def indicator_text(tables: Tables, indicator: str) -> Text:
    """Name of an indicator inside a sentence."""
    row = tables.indicator(indicator)
    name, comma, of = row["name_en"].partition(", ")
    name += f" ({of})" if comma else ""
    return Text(name if name[:2].isupper() else name[:1].lower() + name[1:], row["name_zh"])


def subject_text(case: Case) -> Text:
    """What a clause is about: ``growth of trade in goods of Coastal belt``."""
    clause, tables = case.clause, case.tables
    indicator = case.indicators[-1] if clause.kind in RULES else clause.indicator
    level = clause.kind in RULES and tables.indicator(indicator)["measure"] != "growth"
    message = "growth of {indicator} of {area}" if level else "{indicator} of {area}"
    area = with_article(tables.name_text(clause.area))
    return say(message, indicator=indicator_text(tables, indicator), area=area)


def about_text(case: Case, what: Text) -> Text:
    """Something said of a clause, after what it is about."""
    return say("{subject}: {what}", subject=subject_text(case), what=what)


def seen_text(case: Case, year: int) -> Text:
    """The figure of a year, where the subject is named already."""
    value = value_printed(case.clause, case.figures.value_of(year))
    return say("in {year} it was {value}", year=year, value=value)


def figure_text(case: Case, year: int, value: float, *, decimals: int | None = None) -> Text:
    """What the figure of a year was: ``gross domestic product of Dalian was 951.7 billion yuan in 2024``."""
    shown = value_printed(case.clause, value, decimals=decimals)
    carried = case.link is not None and year > case.link.year
    message = "{subject} would be {value} in {year}" if carried else "{subject} was {value} in {year}"
    return say(message, year=year, value=shown, subject=subject_text(case))


def value_printed(clause: Clause, value: float, *, decimals: int | None = None) -> Text:
    """A value in the clause's unit, with the decimals of its indicator where none are given."""
    return printed(value, clause.unit, decimals=clause.decimals if decimals is None else decimals)


def change_unit(clause: Clause) -> str:
    """Unit of a difference: percentage points for shares and rates."""
    return "pp" if clause.unit == "%" else clause.unit


def required_text(case: Case, required: float | Text | None = None, *, base: tuple = ()) -> Text:
    """What the plan requires: a rise or fall, more than an area has, part of a base's (year, value), or a value."""
    clause, benchmark = case.clause, str(case.row["benchmark"] or "")
    if clause.kind == "direction":
        return say("the plan asks for a rise" if clause.direction == "up" else "the plan asks for a fall")
    shown = value_printed if clause.kind == "relative_level" else lambda _, value: printed(value, clause.unit)
    value = required or NO_TEXT if isinstance(required, Text | None) else shown(clause, required)
    if clause.kind.startswith("relative"):
        message = "that of {area} ({rate})" if value.en else "that of {area}"
        value = say(message, area=case.tables.name_text(benchmark), rate=value)
    elif base:
        values = {"year": base[0], "before": value_printed(clause, base[1])}
        values["share"] = printed(100 * required / base[1], "%")
        value = say("{value} ({share} of the {before} of {year})", value=value, **values)
    return say(_ASKED[clause.comparator], value=value)


def rate_text(case: Case, year: int, rate: float, *, decimals: int = RATE_DECIMALS) -> Text:
    """Rate of a year, called expected where work reports alone print it."""
    text = percent(rate, decimals=decimals)
    sources = [row.source for row in case.figures.rows if row.year == year]
    expected = any(map(case.tables.is_expected, sources))
    return say("{rate} (expected)", rate=text) if expected else text


def how_text(clause: Clause, value: float, *, unit: str = "") -> Text:
    """A requirement of a figure: ``above 99.4%``."""
    shown = printed(value, unit, decimals=RATE_DECIMALS) if unit else value_printed(clause, value)
    return say(HOW[clause.comparator], value=shown)


def gap_text(clause: Clause, gap: float, *, met: bool, decimals: int) -> Text:
    """By how much a requirement was missed, or the margin; percentage points for shares and rates."""
    size = printed(abs(gap), change_unit(clause), decimals=decimals)
    if not gap:
        return NO_TEXT
    context = "below" if met and clause.direction == "down" else ""
    return say("a margin of {size}" if met else "missed by {size}", context=context, size=size)


def close_text(clause: Clause, low: float, high: float) -> Text:
    """The interval of a gap in which rounding leaves it open on which side it lies."""
    places = max(places_shown(end, clause.decimals + 1) for end in (low, high))
    low, high = (printed(end, change_unit(clause), sign=True, decimals=places) for end in (low, high))
    message = "the printed figures are rounded, and the gap may be anything from {low} to {high}"
    return say(message, low=low, high=high)


def years_text(years: Iterable[int]) -> Text:
    """Years as ``2022 and 2024``; more than two in a row as ``2022-2024``."""
    years = sorted(years)
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        years = [f"{years[0]}-{years[-1]}"]
    return listed(Text(f"{year}", f"{year}") for year in years)


def names_text(tables: Tables, areas: Iterable[str]) -> Text:
    """Names of areas in a row: ``Anshan, Benxi and Fuxin``."""
    return listed(tables.name_text(area) for area in areas)


def missing_text(case: Case, possible: Possible, required: float) -> Text:
    """What the figures that are missing would have to be, how far that is from published ones, and what they can be."""
    clause, tables, year = case.clause, case.tables, case.clause.horizon
    names, needed = names_text(tables, possible.missing), possible.needed(required)
    if case.members and set(possible.missing) == set(case.members):
        texts = [say("no {year} figure of its members is published", year=year)]
    elif not case.members:
        texts = [say("no {year} figure of {names} is published", year=year, names=names)]
    else:
        message = "no {year} figure of {names} is published; it would have to be {needed}"
        if len(possible.missing) > 1:
            message = "no {year} figure of {names} is published; together they would have to be {needed}"
        texts = [say(message, year=year, names=names, needed=how_text(clause, needed))]
    texts += [nearest_text(case, possible.missing, needed=needed), part_text(case, possible, required)]
    *_, change = tables.bound(clause.indicator, possible.missing[0])
    if clause.measure == "share" and change < math.inf:
        low, high = (value_printed(clause, end) for end in possible.limits)
        why = tables.bound_words(clause.indicator, possible.missing[0])
        values = {"low": low, "high": high, "why": Text(why.en[:1].lower() + why.en[1:], why.zh)}
        values["change"] = printed(change, "pp", decimals=clause.decimals)
        texts.append(say("from {low} to {high} is possible (at most {change} a year: {why})", **values))
    return joined(texts)


def part_text(case: Case, possible: Possible, required: float) -> Text:
    """How large the amount is of which a share measures a part, which part of it is required, and what is possible."""
    clause, tables, year = case.clause, case.tables, case.clause.horizon
    name, of = clause.indicator, tables.share_of_whole
    areas = [area for area in case.members or (clause.area,) if of([area], name, year)]
    if not areas:
        return NO_TEXT
    share = of(areas, name, year).value
    values = {
        "whole": indicator_text(tables, tables.whole_of(name)), "year": year, "names": names_text(tables, areas),
        "total": indicator_text(tables, tables.weight_of(name)), "share": printed(share, "%", decimals=1),
        "required": printed(required, "%"), "part": printed(100 * required / share, "%", decimals=0),
        "high": value_printed(clause, possible.high),
    }  # fmt: skip
    message = (
        "it is a part of {whole}, which was {share} of {total} in {names} in {year}: at most {high} is possible, and "
        "{required} would be {part} of that whole"
    )
    text = say(message, **values)
    for one in nearest_figures(case)[:1]:
        if whole := of([one.area], name, one.year):
            known = printed(100 * one.value / whole.value, "%", decimals=0)
            values = {"area": tables.name_text(one.area), "year": one.year, "value": known}
            text = say("{text} ({value} in {area} in {year})", text=text, **values)
    return text


def nearest_text(case: Case, areas: Iterable[str], *, needed: float | None = None) -> Text:
    """The nearest published figure of each area, and by how much they fall short of what is `needed`.

    Where an area has none, those of the province or nation around; their amounts are not held against the area's.
    """
    tables, found, areas = case.tables, nearest_figures(case, areas), set(areas)
    if not found:
        return NO_TEXT
    texts = []
    for one in found:
        shown = printed(one.value, one.unit, decimals=int(tables.indicator(one.indicator)["decimals"]))
        values = {"area": tables.name_text(one.area), "value": shown, "year": one.year}
        texts.append(say("{area} {value} in {year}", **values))
    message = "nearest figure: {figures}" if len(found) == 1 else "nearest figures: {figures}"
    text = say(message, figures=joined(texts, english=", ", chinese="、"))
    own = {one.area for one in found} <= (areas or {case.clause.area})
    beside = case.clause.measure != "level" and not {one.area for one in found} & set(case.members)
    if needed is None or not (own or beside) or any(case.clause.holds(one.value, needed) for one in found):
        return text
    size = min(abs(one.value - needed) for one in found)
    size = printed(size, change_unit(case.clause), decimals=case.clause.decimals)
    message = "{size} short of that" if len(found) == 1 else "{size} or more short of that"
    if case.clause.direction == "down":
        message = "{size} above that" if len(found) == 1 else "{size} or more above that"
    return joined([text, say(message, size=size)], english=", ", chinese="，")


def nearest_figures(case: Case, areas: Iterable[str] = ()) -> list:
    """Published figures nearest to the horizon, of each of some areas, or else of those that they lie in.

    Observations of the case's indicators; the areas are those of the case where none are named. Where an amount is to
    be reached, that of a larger area tells nothing.
    """
    tables, horizon, kind = case.tables, case.clause.horizon, case.clause.kind
    amount = kind in ("level", "count") and tables.indicator(case.indicators[0])["aggregation"] == "sum"
    areas = list(areas) or list(case.members or (case.clause.area,))
    beside = str(case.row["benchmark"] or "")
    while areas and areas != [beside]:
        rows = [row for row in tables.observed_of(*case.indicators[:1]) if row.default and row.area in areas]
        if rows:
            best = sorted(rows, key=lambda row: (areas.index(row.area), abs(row.year - horizon), -row.year))
            return [row for place, row in enumerate(best) if not place or row.area != best[place - 1].area]
        around = [] if amount else [tables.parents.get(area) for area in areas]
        areas = list(dict.fromkeys(filter(None, around)))
    return []


def changes_text(case: Case) -> Text:
    """How each member's figure changed since before the plan, and what the missing ones would have to make up for."""
    clause, tables, texts, changes = case.clause, case.tables, [], {}
    for area in case.members:
        rows = [row for row in tables.figures_of_area(area, clause.indicator) if row.year <= clause.horizon]
        before, after = [row for row in rows if row.year < clause.first_year][-1:], rows[-1:]
        if not before or after[0].year < clause.first_year or after[0].segment != before[0].segment:
            continue
        first, last = before[0], after[0]
        changes[area] = last.value - first.value
        values = {"before": value_printed(clause, first.value), "after": value_printed(clause, last.value)}
        values |= {"area": tables.name_text(area), "first": first.year, "last": last.year}
        texts.append(say("{area} from {before} in {first} to {after} in {last}", **values))
    if not texts:
        return NO_TEXT
    known = say("known: {changes}", changes=joined(texts, english=", "))
    weights = member_weights(tables, case.members, indicator=clause.indicator, year=clause.horizon)
    of_horizon = {area: tables.value_of(area, clause.indicator, clause.horizon) for area in case.members}
    missing = [area for area, value in of_horizon.items() if value is None]
    if set(changes) != set(case.members) or not weights or not missing or clause.direction != "up":
        return known
    fall = -sum(weights[area] * change for area, change in changes.items())
    short = fall / sum(weights[area] for area in missing)
    if short <= 0:
        return known
    message = "for a rise, {names} together would have to be more than {size} above their last figures"
    size = printed(short, change_unit(clause), decimals=clause.decimals)
    return joined([known, say(message, names=names_text(tables, missing), size=size)])


def pace_text(case: Case, multiple: float) -> Text:
    """The growth a year that a multiple of the baseline would be, and the last that a member or its province showed."""
    clause, tables, texts = case.clause, case.tables, []
    needed = 100 * annual_growth(1, multiple, years=clause.horizon - clause.baseline_year)
    areas = list(case.members or (clause.area,))
    while areas and not texts:
        for area in areas:
            rows = tables.figures_of_area(area, clause.indicator)
            for start, end in itertools.pairwise([row for row in rows if row.year <= clause.horizon][-2:]):
                if start.segment == end.segment and start.value > 0 < end.value:
                    rate = percent(100 * annual_growth(start.value, end.value, years=end.year - start.year))
                    values = {
                        "area": tables.name_text(area),
                        "first": start.year,
                        "last": end.year,
                        "rate": rate,
                    }
                    texts.append(say("{rate} a year in {area} in {first}-{last}", **values))
        areas = list(dict.fromkeys(tables.parents[area] for area in areas if tables.parents.get(area)))
    message = "that is {rate} a year (seen: {seen})" if texts else "that is {rate} a year"
    return say(message, rate=percent(needed), seen=joined(texts, english=", ", chinese="，"))


def doubt_text(case: Case, years: Iterable[int]) -> Text:
    """Caveats that call figures of some years doubtful, of the areas judged."""
    places = itertools.product(case.indicators, case.members or (case.clause.area,), years)
    return joined(dict.fromkeys(itertools.starmap(case.tables.doubt, places)))


def parts_of(case, years):
    """Figures and weights of the members of a region in some years, with their names, weights with their unit."""
    for year in years:
        for area, value, weight in case.figures.parts.get(year, ()):
            name = case.tables.name_text(area)
            yield say("{area} {year}", area=name, year=year), value
            if weight is not None:
                unit = case.tables.weight_unit(case.indicators[0])
                yield say("weight of {area} in {year}, {unit}", area=name, year=year, unit=unit), weight


def years_used(case, found):
    """Years of the figures that a verdict rests on."""
    if case.clause.kind in RULES:
        return case.clause.years
    return [year for year in (found.get("baseline_year"), found.get("actual_year")) if year is not None]


def break_text(case: Case, first: int, last: int) -> Text:
    """That a break of the series parts two years, and of which kind it is."""
    kinds = case.tables.breaks_of([case.clause.area, *case.members], case.clause.indicator)
    inside = [kind for year, kind in sorted(kinds.items()) if first < year <= last]
    why = say(BREAKS[inside[-1]]) if inside else say("break in the series")
    return say("{first} and {last} are not comparable ({why})", first=first, last=last, why=why)


def linked_text(case: Case) -> Text:
    """What the level of the horizon would be on the basis before the break; empty where it is not carried on."""
    if not case.linked:
        return NO_TEXT
    clause, figures, year = case.clause, case.linked.figures, case.linked.link.year
    value = figures.value_of(clause.horizon)
    if value is None:
        return figures.hole(clause.horizon)
    level = printed(value, clause.unit, decimals=clause.decimals)
    message = "on the earlier basis {horizon} would be {level} (by published real growth, at {year} prices)"
    return say(message, horizon=clause.horizon, level=level, year=year)


def wording(case: Case, status: str, found: dict) -> list[Text]:
    """What goes with a verdict: doubtful figures, the clause's strength and base year, stand-ins; a sentence each."""
    texts, clause, base_year = [], case.clause, found.get("baseline_year")
    if status != "no data":
        years = list(years_used(case, found))
        texts.append(doubt_text(case, [clause.first_year - 1, *years] if clause.kind in RULES else years))
    if clause.strength == "strive" and status == "missed":
        texts.append(say("the plan strives for it and does not commit to it"))
    if clause.kind in (*MULTIPLES, "direction"):
        if pd.isna(case.row["baseline_year"]) or not case.row["base_stated"]:
            texts.append(say("the plan states no base year, {year} is inferred", year=clause.baseline_year))
        if clause.kind != "direction" and base_year not in (None, clause.baseline_year):
            texts.append(say("measured from {year}", year=base_year))
    if status != "not quantified" and stand_ins(case.plan, clause.area):
        texts.append(say("whole-city figures; county figures unavailable"))
    return texts
