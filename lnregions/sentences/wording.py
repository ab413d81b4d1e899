"""Sentences on verdicts: what was asked, how many clauses came to which status, what came of one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from lnregions.assess import RULES, STATUS_WORDS, Verdict, indicator_text
from lnregions.series import Tables
from lnregions.show import AS_TARGET, required_text, verdict_words
from lnregions.tables import Plan
from lnregions.words import LANGUAGES, year_span
from lnregions.words.catalogue import trn
from lnregions.words.texts import NO_TEXT, Text, listed, say, text_of, with_article

_COUNTED = {
    "met": ("{number} was met", "{number} were met"),
    "on track": ("{number} is on track", "{number} are on track"),
    "acceleration needed": ("{number} needs acceleration", "{number} need acceleration"),
    "limited": ("{number} makes limited progress", "{number} make limited progress"),
    "deterioration": ("{number} has moved away from its target", "{number} have moved away from their targets"),
    "missed": ("{number} was missed", "{number} were missed"),
    "too close to call": ("{number} is too close to call", "{number} are too close to call"),
    "not assessable": ("{number} cannot be assessed", "{number} cannot be assessed"),
    "no data": ("{number} has no published figure", "{number} have no published figure"),
    "not quantified": ("{number} names no number", "{number} name no number"),
}  # fmt: skip


_ENDED = {
    ("met", "by bounds"): "whatever the missing figures are, {area} met its target of {required} ({indicator}) "
    "in {year}: only {actual} is possible",
    ("missed", "by bounds"): "whatever the missing figures are, {area} missed its target of {required} ({indicator}) "
    "in {year}: only {actual} is possible",
    ("missed", "late"): "{area} missed its target of {required} ({indicator}) in {year} by {gap} and reached it in "
    "{reached}",
    ("missed", ""): "{area} missed its target of {required} ({indicator}) in {year} by {gap}: it reached {actual}",
    ("met", ""): "{area} met its target of {required} ({indicator}) in {year}: it reached {actual}",
}  # fmt: skip
"""What came of a value to reach, by the status and what qualifies it."""
_STANDS = "the target of {area} for {horizon} is {required} ({indicator}); in {year} it had reached {actual}: {status}"


class Figure(NamedTuple):
    """A figure behind a sentence; its value is missing where the finding is that none is published."""

    area: str
    indicator: str
    year: int | None
    value: float | None
    unit: str
    source: str


class Finding(NamedTuple):
    """A sentence in both languages, what it is on, and the figures behind it."""

    topic: str
    text: Text
    figures: Sequence[Figure]


def as_sentence(words: Text) -> Text:
    """Words as a sentence: a capital and a full stop; empty ones stay empty."""
    words = words.sentence()
    return Text(f"{words.en}.", f"{words.zh}。") if words.en else words


def finding(topic: str, words: Text, figures: Iterable[Figure]) -> Finding:
    """A finding, its words made a sentence."""
    return Finding(topic, as_sentence(words), tuple(figures))


def target_text(plan: Plan, row: pd.Series) -> Text:
    """Short name of a target within a sentence: lower case, unless it begins with an abbreviation or a place."""
    label, places = row["label_en"], plan.areas["short_en"].tolist() + plan.regions["short_en"].tolist()
    keeps = label[:2].isupper() or any(one and label.startswith(one) for one in places)
    return Text(label if keeps else label[:1].lower() + label[1:], row["label_zh"])


def promised_text(plan: Plan, row: pd.Series) -> Text:
    """A target with the value that the plan gives it."""
    name, required = target_text(plan, row), required_text(row)
    return say("{target} ({required})", target=name, required=required) if required.en else name


def counted_text(plan: Plan, verdicts: Sequence[Verdict], *, named: bool) -> Text:
    """How many verdicts came to each status, from the best on, with the names of their targets where asked for."""
    rows, parts = plan.targets.set_index("target", drop=False), []
    for status in STATUS_WORDS:
        own = [one.target for one in verdicts if one.status == status]
        if own:
            count = Text(*(trn(*_COUNTED[status], len(own), language) for language in LANGUAGES))
            names = listed(target_text(plan, rows.loc[target]) for target in own) if named else NO_TEXT
            parts.append(say("{target} ({required})", target=count, required=names) if named else count)
    return listed(parts, chinese="，")


def counted_sentence(plan: Plan, verdicts: Iterable) -> Text:
    """How many verdicts came to each status, as a sentence."""
    verdicts = list(verdicts)
    if len(verdicts) == 1:
        return as_sentence(say("the only target: {status}", status=text_of(verdicts[0].status)))
    words = counted_text(plan, verdicts, named=False)
    message = "of the {number} targets, {list}" if len(verdicts) > 1 else "of {number} target, {list}"
    return as_sentence(say(message, number=len(verdicts), list=words))


def verdict_sentence(verdict: Verdict, row: pd.Series, tables: Tables) -> Text:
    """What came of a clause with figures, as a sentence; empty for any other."""
    return as_sentence(verdict_text(verdict, row, tables))


def verdict_text(verdict: Verdict, row: pd.Series, tables: Tables) -> Text:
    """The same within a sentence."""
    words = [verdict_words(verdict, language) for language in LANGUAGES]
    values = {name: Text(*(one[name] for one in words)) for name in ("actual", "required", "gap")}
    if not values["actual"].en or not values["required"].en:
        return NO_TEXT
    values["gap"] = Text(*(one.lstrip("+\u2212") for one in values["gap"]))
    values["area"] = with_article(tables.name_text(verdict.area))
    values["indicator"] = indicator_text(tables, verdict.indicator)
    values["status"] = Text(*(verdict.status_words(language) for language in LANGUAGES))
    if verdict.kind in RULES:
        return _growth_text(verdict, row, tables, values)
    values["year"] = verdict.horizon if verdict.by_bounds else verdict.actual_year
    if row["comparator"] in AS_TARGET:
        values["required"] = say(AS_TARGET[row["comparator"]], value=values["required"])
    kind = "late" if verdict.reached_in else ""
    kind = "by bounds" if verdict.by_bounds and not verdict.actual_year else kind
    message = _ENDED.get((verdict.status, kind)) or _ENDED.get((verdict.status, "")) or _STANDS
    return say(message, horizon=verdict.horizon, reached=verdict.reached_in, **values)


def _growth_text(verdict, row, tables, values):
    """Mean growth beside what it is compared with."""
    if tables.indicator(verdict.indicator)["measure"] != "growth":
        values["indicator"] = say("growth of {indicator}", indicator=values["indicator"])
    values["years"] = year_span(verdict.mean_from, verdict.actual_year)
    message = "{indicator} in {area} was {actual} in {years}"
    if "-" in values["years"]:
        message = "{indicator} in {area} averaged {actual} a year in {years}"
    text, required = say(message, **values), values["required"]
    if row["benchmark"]:
        beside = with_article(tables.name_text(str(row["benchmark"])))
        message = "{text}, against {rate} in {area}: {status}"
        return say(message, text=text, area=beside, rate=required, status=values["status"])
    if row["comparator"] in AS_TARGET:
        required = say(AS_TARGET[row["comparator"]], value=required)
    message = "{text}, where {required} was asked for: {status}"
    return say(message, text=text, required=required, status=values["status"])
