"""Two states of knowledge compared: figures that changed, verdicts that flipped and the figures behind each flip."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from lnregions.assess import cases_of_plan, judge
from lnregions.errors import DataError, quote
from lnregions.show import Table, Tables, figure_words, reader_table, target_labels
from lnregions.tables import Plan, load_areas, load_indicators, load_plan, read_observations
from lnregions.words import is_day
from lnregions.words.catalogue import tr

_KEY = ["area", "indicator", "year"]


@dataclass(frozen=True)
class Differences:
    """What differs between two states of knowledge.

    Attributes
    ----------
    figures : DataFrame
        ``area indicator year before after unit``: default figures added (no ``before``), gone or changed.
    verdicts : DataFrame
        ``target from_status to_status figures``: main verdicts that flipped, and the changed figures that they rest on
        (``210200 gdp 2024; ...``; empty where it is the date or the target that turned them).
    plan : Plan
        That of the new state.
    """

    figures: pd.DataFrame
    verdicts: pd.DataFrame
    plan: Plan = field(repr=False)

    def tables(self, *, language: str = "en") -> Tables:
        """Tables for readers, verdicts first."""
        labels = target_labels(language, self.plan)
        flips = self.verdicts.set_axis(["target", "before", "after", "reason"], axis=1)
        flips = flips.assign(target=flips["target"].map(lambda one: labels.get(one, one)))
        rows = self.figures
        names = load_areas().set_index("area")[f"short_{language}"].to_dict()
        names |= load_indicators().set_index("indicator")[f"name_{language}"].to_dict()
        shown = rows[_KEY].astype(str).replace(names)
        for name in ("before", "after"):
            values = zip(rows[name], rows["indicator"], rows["unit"], strict=True)
            shown[tr(name, language)] = [figure_words(v, one, language, unit=unit) for v, one, unit in values]
        title = tr("Figures that differ ({number})", language, number=len(rows))
        heads = (tr(one, language, context="column") for one in _KEY)
        figures = Table(shown.rename(columns=dict(zip(_KEY, heads, strict=True))), title, language=language)
        return Tables((reader_table(flips, language, title=tr("Verdicts that flipped", language)), figures))


def differences(old: object, new: object, *, plan="ln-2022") -> Differences:
    """Compare two dates, two data folders or two plan folders.

    Parameters
    ----------
    old, new : str or path
        A date (``2024-06-30``: what was published by then), a folder with an ``observations.csv`` in place of the
        shipped one, or the folder of a plan.
    plan : str or path
        Plan to judge where neither is a plan.

    Raises
    ------
    DataError
        If one is neither date nor folder, or with the faults of its tables.

    Examples
    --------
    >>> differences("2024-12-31", "2026-06-30").verdicts.set_index("target").loc["belt-dalian-gdp"].tolist()[:2]
    ['acceleration needed', 'missed']
    """
    sides = [_side(one, plan) for one in (old, new)]
    before, after = (
        figures[figures["default"]].set_index(_KEY)[["value", "unit"]].add_suffix(end)
        for (_, figures, _), end in zip(sides, ("_before", "_after"), strict=True)
    )
    rows = before.join(after, how="outer").reset_index()
    rows = rows.rename(columns={"value_before": "before", "value_after": "after"})
    rows["unit"] = rows["unit_after"].fillna(rows["unit_before"])
    rows = rows[(rows["before"] != rows["after"]) & ~(rows["before"].isna() & rows["after"].isna())]
    rows = rows[[*_KEY, "before", "after", "unit"]].reset_index(drop=True)
    statuses = [
        judge(own, as_of=as_of, observations=figures).set_index("target")["status"]
        for own, figures, as_of in sides
    ]
    both = statuses[0].to_frame("from_status").join(statuses[1].rename("to_status"), how="inner")
    flips = both[both["from_status"] != both["to_status"]].reset_index()
    own, figures, as_of = sides[1]
    flips["figures"] = [
        _behind(one, rows, own, figures, as_of) for one in flips["target"]
    ]  # fmt: skip
    return Differences(rows, flips, own)


def _side(given, plan):
    """Plan, figures and date of one side."""
    if isinstance(given, str) and is_day(given):
        own = load_plan(plan)
        return own, read_observations(as_of=given, plan=own), given
    folder = Path(str(given))
    if (folder / "plan.yaml").is_file():
        own = load_plan(folder)
        return own, read_observations(plan=own), None
    if not (folder / "observations.csv").is_file():
        raise DataError(
            f"{quote(str(given))} is neither a date nor a folder with observations.csv or plan.yaml. "
            "Give a date such as 2024-06-30, or such a folder."
        )
    return load_plan(plan), read_observations(path=folder / "observations.csv"), None


def _behind(target, rows, plan, figures, as_of):
    """Changed figures that a target is judged by."""
    cases = [c for c in cases_of_plan(plan, as_of=as_of, observations=figures) if c.clause.target == target]
    areas = {area for case in cases for area in case.areas}
    names = {name for case in cases for name in case.indicators}
    names |= {weight for case in cases for name in case.indicators if (weight := case.tables.weight_of(name))}
    own = rows[rows["area"].isin(areas) & rows["indicator"].isin(names)]
    return "; ".join(" ".join(map(str, one)) for one in own[_KEY].itertuples(index=False))
