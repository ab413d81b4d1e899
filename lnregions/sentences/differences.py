"""Two states of knowledge compared: figures that changed, verdicts that flipped and the figures behind each flip."""

import os
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lnregions.assess import changed_text, judge, load_tables, main_case, target_of
from lnregions.errors import DataError, quote
from lnregions.files import save_file
from lnregions.series import Tables as Figures
from lnregions.show import Table, Tables, figure_words, reader_table, target_labels
from lnregions.tables import Plan, load_plan, read_observations
from lnregions.words import is_day
from lnregions.words.catalogue import tr

_KEY = ["area", "indicator", "year"]
_PUBLISHED = ("final", "revised", "preliminary", "unknown")


@dataclass(frozen=True)
class Differences:
    """What differs between two states of knowledge.

    Attributes
    ----------
    figures : DataFrame
        ``area indicator year before after unit``: default figures added (no ``before``), gone or changed.
    verdicts : DataFrame
        ``target from_status to_status why_en why_zh``: main verdicts that flipped, and the changed figures that they
        rest on, in words (empty where it is the date or the target that turned them).
    pictures : DataFrame
        ``picture before after``: of two output folders the pictures with other data, and where each lies (PNG; empty
        where one has none).
    known, plan
        Tables and plan of the new state.
    """

    figures: pd.DataFrame
    verdicts: pd.DataFrame
    pictures: pd.DataFrame
    known: Figures = field(repr=False)
    plan: Plan = field(repr=False)

    def tables(self, *, language: str = "en") -> Tables:
        """Tables for readers, verdicts first."""
        labels, rows = target_labels(language, self.plan), self.figures
        flips = self.verdicts[["target", "from_status", "to_status", f"why_{language}"]]
        flips = flips.set_axis(["target", "before", "after", "reason"], axis=1)
        flips = flips.assign(target=flips["target"].map(lambda one: labels.get(one, one)))
        names = self.known.indicators.set_index("indicator")[f"name_{language}"].to_dict()
        names = self.known.names(language) | names
        shown = rows[_KEY].astype(str).map(lambda one: names.get(one, one))
        for name in ("before", "after"):
            values = zip(rows[name], rows["indicator"], rows["unit"], strict=True)
            shown[tr(name, language)] = [figure_words(v, one, language, unit=unit) for v, one, unit in values]
        title = tr("Figures that differ ({number})", language, number=len(rows))
        heads = (tr(one, language, context="column") for one in _KEY)
        figures = Table(shown.rename(columns=dict(zip(_KEY, heads, strict=True))), title, language=language)
        note = "" if len(flips) else tr("No verdict flipped.", language)
        flipped = reader_table(flips, language, title=tr("Verdicts that flipped", language), note=note)
        return Tables((flipped, figures))

    def save(self, path, *, language: str = "en") -> Path:
        """Write the tables by the file's ending, as `Tables.save`; a page shows changed pictures side by side."""
        path = self.tables(language=language).save(path)
        if path.suffix == ".html" and len(self.pictures):
            title = tr("Pictures that changed ({number})", language, number=len(self.pictures))
            body = [f"<h2>{title}</h2>"]
            for name, *pair in self.pictures.itertuples(index=False):
                places = [os.path.relpath(one, path.parent).replace(os.sep, "/") for one in pair if one]
                images = "".join(f"<img src='{escape(one)}' alt='' style='width:49%'>" for one in places)
                body.append(f"<figure><figcaption>{escape(name)}</figcaption>{images}</figure>")
            page = path.read_text("utf-8").replace("</body>", "\n".join([*body, "</body>"]))
            save_file(path, page)
        return path


def differences(old: object, new: object, *, plan="ln-2022") -> Differences:
    """Compare two dates, two data folders, two plan folders or two output folders.

    Parameters
    ----------
    old, new : str or path
        A date (``2024-06-30``: what was published by then), a folder with an ``observations.csv`` in place of the
        shipped one, the folder of a plan, or what `lnregions render` has left: the figures and verdicts drawn there.
    plan : str or path
        Plan to judge where neither is a plan.

    Raises
    ------
    DataError
        If one is none of these, or with the faults of its tables.

    Examples
    --------
    >>> differences("2024-12-31", "2026-06-30").verdicts.set_index("target").loc["belt-dalian-gdp"].tolist()[:2]
    ['acceleration needed', 'missed']
    """
    before, after = (_side(one, plan) for one in (old, new))
    rows = before.values.to_frame("before").join(after.values.rename("after"), how="outer").reset_index()
    rows = rows[(rows["before"] != rows["after"]) & rows[["before", "after"]].notna().any(axis=1)]
    rows = rows.assign(unit=[after.tables.indicator(one)["unit"] for one in rows["indicator"]])
    both = before.statuses.to_frame("from_status").join(after.statuses.rename("to_status"), how="inner")
    flips = both[both["from_status"] != both["to_status"]].rename_axis("target").reset_index()
    texts = [_behind(target_of(after.plan, one), rows, after) for one in flips["target"]]
    flips = flips.assign(why_en=[text.en for text in texts], why_zh=[text.zh for text in texts])
    pictures = [
        (name, *(str(side.pictures.get(name, ("", ""))[0]) for side in (before, after)))
        for name in sorted(before.pictures.keys() | after.pictures.keys())
        if before.pictures.get(name, "  ")[1] != after.pictures.get(name, "  ")[1]
    ]
    pictures = pd.DataFrame(pictures, columns=["picture", "before", "after"])
    return Differences(rows.reset_index(drop=True), flips, pictures, after.tables, after.plan)


class _Side(NamedTuple):
    """Default figures by area, indicator and year, statuses by target, place and data of each picture."""

    plan: Plan
    tables: Figures
    values: pd.Series
    statuses: pd.Series
    pictures: dict[str, tuple[Path, str]]


def _side(given, plan):
    folder, as_of, figures = Path(str(given)), None, None
    if (folder / "manifest.json").is_file():
        return _of_output(folder, load_plan(plan))
    if isinstance(given, str) and is_day(given):
        own, as_of = load_plan(plan), given
    elif (folder / "plan.yaml").is_file():
        own = load_plan(folder)
    elif (folder / "observations.csv").is_file():
        own, figures = load_plan(plan), read_observations(path=folder / "observations.csv")
    else:
        raise DataError(
            f"{quote(str(given))} is neither a date nor a folder with observations.csv, plan.yaml or manifest.json. "
            "Give a date such as 2024-06-30, or such a folder."
        )
    figures = read_observations(as_of=as_of, plan=own) if figures is None else figures
    statuses = judge(own, as_of=as_of, observations=figures).set_index("target")["status"]
    tables = load_tables(own, as_of=as_of, observations=figures)
    return _Side(own, tables, figures[figures["default"]].set_index(_KEY)["value"], statuses, {})


def _of_output(folder, plan):
    """What the data beside the pictures of a render say, each picture once by its name and language."""
    values, statuses, pictures = [], {}, {}
    for path in sorted(folder.rglob("figures/*.csv")):
        rows = pd.read_csv(path, dtype={"area": str}, encoding="utf-8-sig")
        name = f"{path.relative_to(folder).parts[0]}/{path.stem}"
        pictures[name] = (path.with_suffix(".png"), path.read_text("utf-8-sig"))
        if path.stem == "scorecard":
            statuses |= dict(zip(rows["target"], rows["status"], strict=True))
        elif {*_KEY, "value", "status"} <= set(rows):
            rows = rows[rows["status"].isin(_PUBLISHED)].dropna(subset=[*_KEY, "value"])
            values.append(rows[rows["area"].isin(plan.areas["area"])].astype({"year": int}))
    found = pd.concat(values).drop_duplicates(_KEY) if values else pd.DataFrame(columns=[*_KEY, "value"])
    statuses = pd.Series(statuses, dtype=str)
    return _Side(plan, load_tables(plan), found.set_index(_KEY)["value"], statuses, pictures)


def _behind(row, rows, side):
    """Changed figures of the plan's years that a target is judged by, in words."""
    case = main_case(side.plan, row, tables=side.tables)
    names = {*case.indicators, *map(side.tables.weight_of, case.indicators)}
    years = range(case.clause.first_year - 1, case.clause.horizon + 1)
    own = rows[rows["area"].isin(case.areas) & rows["indicator"].isin(names) & rows["year"].isin(years)]
    pairs = {tuple(key): (old, new) for *key, old, new, _ in own.itertuples(index=False)}
    return changed_text(side.tables, pairs)
