"""What a verdict would be with another target, base year, membership or figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from lnregions.assess import Verdict, judge_row, load_tables, names_text, target_of
from lnregions.errors import DataError, unknown
from lnregions.figures import Picture, RegionData, draw_verdict
from lnregions.sentences.wording import finding, required_text, target_text
from lnregions.tables import place_code, plan_of, read_observations
from lnregions.words.texts import listed, printed, say, text_of


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
        Name of one of the plan's targets, such as ``belt-dalian-gdp``.
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
    With a target of more than 950 billion yuan, the verdict on GDP of Dalian would be met instead of missed.
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
        targets.loc[targets["target"] == target, name] = row[name]
    plan = replace(plan, targets=targets)
    verdict = judge_row(plan, row, tables=tables)[0]
    message = "with {changes}, the verdict on {target} would be {after} instead of {before}"
    if verdict.status == before.status:
        message = "with {changes}, the verdict on {target} would stay {after}"
    statuses = {"before": text_of(before.status), "after": text_of(verdict.status)}
    words = say(message, changes=listed(said, chinese="，"), target=target_text(plan, row), **statuses)
    data = RegionData.load(plan, as_of, language=language, width=width)
    picture = None
    if verdict.kind != "qualitative":
        picture = replace(draw_verdict(replace(data, tables=tables), verdict), name=f"what-if-{target}")
    sentence = getattr(finding("", words, ()).text, data.language)
    return WhatIf(verdict, before, sentence, picture)


def _value(plan, row, tables, given, as_of):
    if pd.isna(row["value"]) or row["kind"] == "qualitative":
        raise DataError(
            f"The target {row['target']!r} has no value that could be changed. Choose another target."
        )
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise DataError(f"The value {given!r} is not a number. Give one in {row['unit']}.")
    row["value"] = float(given)
    required = required_text(row)
    return plan, row, tables, say("a target of {required}", required=required)


def _base_year(plan, row, tables, given, as_of):
    if isinstance(given, bool) or not isinstance(given, int):
        raise DataError(
            f"The base year {given!r} is not a whole number. Give a four-digit year such as 2021."
        )
    row["baseline_year"] = given
    return plan, row, tables, say("{year} as base year", year=given)


def _members(plan, row, tables, given: Sequence[object], as_of):
    codes, rows = [place_code(plan, one, kind="area") for one in given], plan.membership
    own = rows[rows["region"] == row["area"]]
    if missing := [one for one in codes if one not in set(own["area"])] or ([] if codes else [""]):
        raise DataError(f"The region {row['area']!r} has no member {missing[0]!r}. "
                        f"Choose from {', '.join(own['area'])}.")  # fmt: skip
    kept = (rows["region"] != row["area"]) | rows["area"].isin(codes)
    names = names_text(tables, codes)
    return replace(plan, membership=rows[kept]), row, tables, say("{names} as members", names=names)


def _figures(plan, row, tables, given: Mapping, as_of):
    frame, texts = read_observations(as_of=as_of or None, plan=plan), []
    for key, value in given.items():
        area, year = key if isinstance(key, tuple) else (row["area"], key)
        area = place_code(plan, area, kind="area" if isinstance(key, tuple) else "place")
        own = frame[(frame["area"] == area) & (frame["indicator"] == row["indicator"])]
        if own.empty:
            raise DataError(f"No figure of {area!r} is kept for {row['indicator']!r}. Choose another area.")
        same = own[own["default"] & (own["year"] == year)]
        if same.empty:
            same = own[own["default"]].tail(1).assign(year=year)
            same.index = [len(frame)]
            frame = pd.concat([frame, same])
        frame.loc[same.index, "value"] = float(value)
        decimals = int(tables.indicator(row["indicator"])["decimals"])
        shown = printed(value, same["unit"].iloc[0], decimals=decimals)
        texts.append(say("a figure of {value} for {area} in {year}", value=shown, year=year,
                         area=tables.name_text(area)))  # fmt: skip
    tables = load_tables(plan, as_of=as_of or None, observations=frame)
    return plan, row, tables, listed(texts, chinese="，")


_CHANGES = {"value": _value, "baseline_year": _base_year, "members": _members, "figures": _figures}
"""What may be changed, and by which function."""
