"""What a verdict would be with another target, base year, membership or figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Integral, Real

import pandas as pd

from lnregions.assess import Verdict, judge_row, load_tables, names_text, target_of
from lnregions.errors import DataError, quote, unknown
from lnregions.figures import Picture, RegionData, draw_verdict
from lnregions.sentences.wording import finding, target_text
from lnregions.show import required_text
from lnregions.tables import place_code, plan_of, read_observations
from lnregions.words.texts import listed, printed, say, text_of, with_article


@dataclass(frozen=True)
class WhatIf:
    """A verdict under a changed plan or figure, shown as its sentence and chart.

    Attributes
    ----------
    verdict, before : Verdict
        With the changes, and as it is.
    sentence : str
        What the changes do to the verdict.
    picture : Picture or None
        Chart with the changes; None for a clause without a number.
    """

    verdict: Verdict
    before: Verdict
    sentence: str
    picture: Picture | None

    def __repr__(self) -> str:
        return self.sentence

    def _repr_mimebundle_(self, include=None, exclude=None):
        if self.picture is None:
            return {"text/plain": self.sentence}
        data, metadata = self.picture._repr_mimebundle_()
        return data | {"text/plain": self.sentence}, metadata


def what_if(
    plan, target: str, *, as_of: str = "", language: str = "en", width: str | float = "double", **changes
) -> WhatIf:
    """Verdict, chart and sentence for a target with another value, base year, membership or figure.

    Parameters
    ----------
    plan : Plan, str or path
    target : str
        One of the plan's targets by its id, such as ``belt-dalian-gdp``, or by its label in either language.
    as_of, language, width
        As for pictures.
    **changes
        One or more of ``value`` (to reach, in the unit of the target), ``baseline_year``, ``members`` (codes or names
        of the areas that make the target's region) and ``figures`` (``{2024: 10050}``, or by area and year
        ``{("Dalian", 2024): 10050}``, in the unit of the indicator).

    Raises
    ------
    DataError
        For an unknown target, area or change, a target without a value to change, or no change at all.

    Examples
    --------
    >>> what_if("ln-2022", "belt-dalian-gdp", value=9500)
    With a target of more than 950 billion yuan, the verdict on GDP of Dalian would be 'met' instead of 'missed'.
    """
    plan = plan_of(plan)
    row, tables = target_of(plan, target).copy(), load_tables(plan, as_of=as_of or None)
    before = judge_row(plan, row, tables=tables)[0]
    if not changes:
        raise DataError(f"Nothing is changed. Give one of {', '.join(_CHANGES)}.")
    said = []
    for name, given in changes.items():
        if name not in _CHANGES:
            raise unknown("change", name, _CHANGES)
        plan, row, tables, change = _CHANGES[name](plan, row, tables, given, as_of)
        said.append(change)
    targets = plan.targets.copy()
    for name in ("value", "baseline_year"):
        targets.loc[targets["target"] == row["target"], name] = row[name]
    plan = replace(plan, targets=targets)
    verdict = judge_row(plan, row, tables=tables)[0]
    message = "with {changes}, the verdict on {target} would be '{after}' instead of '{before}'"
    if verdict.status == before.status:
        message = "with {changes}, the verdict on {target} would stay '{after}'"
    if verdict == before:
        message = "with {changes}, the verdict on {target} would stay '{after}': it does not rest on that"
    statuses = {"before": text_of(before.status), "after": text_of(verdict.status)}
    words = say(message, changes=listed(said, chinese="，"), target=target_text(plan, row), **statuses)
    data = RegionData.load(plan, as_of, language=language, width=width)
    picture = None
    if verdict.kind != "qualitative":
        drawn = draw_verdict(replace(data, tables=tables), verdict)
        picture = replace(drawn, name=f"what-if-{row['target']}")
    sentence = getattr(finding("", words, ()).text, data.language)
    return WhatIf(verdict, before, sentence, picture)


def _value(plan, row, tables, given, as_of):
    if pd.isna(row["value"]) or row["kind"] == "qualitative":
        raise DataError(
            f"The target {row['target']!r} has no value that could be changed. Choose another target."
        )
    row["value"] = _number(given, row["unit"])
    required = required_text(row)
    return plan, row, tables, say("a target of {required}", required=required)


def _base_year(plan, row, tables, given, as_of):
    row["baseline_year"] = _year(given, before=int(row["horizon"]))
    return plan, row, tables, say("{year} as base year", year=given)


def _members(plan, row, tables, given: Sequence[object], as_of):
    given = [given] if isinstance(given, str | int) else given
    codes, rows = [place_code(plan, one, kind="area") for one in given], plan.membership
    own = rows[rows["region"] == row["area"]]
    if own.empty:
        raise DataError(
            f"The target {row['target']!r} is of a single area, without members. Choose another target."
        )
    if missing := [one for one in codes if one not in set(own["area"])] or ([] if codes else [""]):
        raise DataError(f"The region {row['area']!r} has no member {missing[0]!r}. "
                        f"Choose from {', '.join(own['area'])}.")  # fmt: skip
    kept = (rows["region"] != row["area"]) | rows["area"].isin(codes)
    names = names_text(tables, codes)
    message = "{names} as members" if len(codes) > 1 else "{names} as the only member"
    return replace(plan, membership=rows[kept]), row, tables, say(message, names=names)


def _figures(plan, row, tables, given: Mapping, as_of):
    if not isinstance(given, Mapping) or not given:
        raise DataError(f"The figures {quote(given)} are none by year. Give some such as {{2024: 10050}}.")
    frame, texts = read_observations(as_of=as_of or None, plan=plan), []
    for key, value in given.items():
        area, year = key if isinstance(key, tuple) else (row["area"], key)
        area, year = place_code(plan, area), _year(year)
        own = frame[(frame["indicator"] == row["indicator"]) & frame["default"]]
        if own.empty:
            raise DataError(f"No figure is kept for {row['indicator']!r}. Choose another target.")
        same = own[(own["area"] == area) & (own["year"] == year)]
        if same.empty:
            same = (
                own.sort_values("area", key=lambda areas: areas == area).tail(1).assign(area=area, year=year)
            )
            same.index = [len(frame)]
            frame = pd.concat([frame, same])
        frame.loc[same.index, "value"] = _number(value, same["unit"].iloc[0])
        decimals = int(tables.indicator(row["indicator"])["decimals"])
        shown = printed(value, same["unit"].iloc[0], decimals=decimals)
        texts.append(say("a figure of {value} for {area} in {year}", value=shown, year=year,
                         area=with_article(tables.name_text(area))))  # fmt: skip
    tables = load_tables(plan, as_of=as_of or None, observations=frame)
    return plan, row, tables, listed(texts, chinese="，")


def _number(given, unit: str) -> float:
    if isinstance(given, bool) or not isinstance(given, Real) or not isfinite(given):
        raise DataError(f"The value {given!r} is not a number. Give one in {unit}.")
    return float(given)


def _year(given, *, before: int = 2101) -> int:
    if isinstance(given, bool) or not isinstance(given, Integral) or not 1949 <= given < before:
        raise DataError(f"The year {given!r} is not one from 1949 to {before - 1}. Give one such as 2021.")
    return int(given)


_CHANGES = {"value": _value, "baseline_year": _base_year, "members": _members, "figures": _figures}
"""What may be changed, and by which function."""
