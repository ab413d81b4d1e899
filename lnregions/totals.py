"""Totals and means of a region from its members' figures, with the coverage they rest on.

A total takes all its members from one release: one source that covers them all, or the members' own releases
of the same standing (all preliminary, all final, all revised). Where no release covers every member, the answer
is no value and the reason; figures of different vintages are never added up.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from lnregions._checks import DataError

_TOTAL_COLUMNS = [
    "year",
    "value",
    "members",
    "present",
    "missing",
    "release",
    "grade",
    "vintage",
    "source",
    "reason",
]
_ROUNDS = ("final", "revised", "preliminary")


def region_total(observations: pd.DataFrame, members: Sequence[str], *, indicator: str) -> pd.DataFrame:
    """Sum of the members' figures, year by year.

    Parameters
    ----------
    observations : DataFrame
        Columns ``area indicator year value vintage status grade source`` (all readings, not only the default).
    members : sequence of str
        Codes of the areas that make the region.
    indicator : str
        An indicator that sums over areas.

    Returns
    -------
    DataFrame
        One row a year with any figure: ``year``, ``value`` (in the indicator's unit; missing where the total is
        refused), ``members`` and ``present`` (counts), ``missing`` (codes, space-separated), ``release`` (what
        the members have in common), ``grade`` (the worst among them), ``vintage`` (the latest), ``source``,
        ``reason`` (``""`` or ``missing members`` or ``mixed vintages``).

    Raises
    ------
    DataError
        If `members` is empty or names one area twice.

    Examples
    --------
    >>> rows = pd.DataFrame({"area": ["210100", "210200"], "indicator": "gdp", "year": 2023, "value": [8.0, 9.0],
    ...     "vintage": "", "status": "unknown", "grade": "B", "source": "s033"})
    >>> region_total(rows, ["210100", "210200"], indicator="gdp")[["year", "value", "present", "release"]]
       year  value  present release
    0  2023   17.0        2    s033
    """
    members = _checked(members)
    rows = observations[(observations["indicator"] == indicator) & observations["area"].isin(members)]
    out = [_total_of_year(year, group, members) for year, group in rows.groupby("year", sort=True)]
    return pd.DataFrame(out, columns=_TOTAL_COLUMNS)


def region_mean(
    observations: pd.DataFrame, members: Sequence[str], *, indicator: str, weight: str, lag: int = 0
) -> pd.DataFrame:
    r"""Mean of the members' figures, weighted by another indicator.

    Parameters
    ----------
    observations, members, indicator
        As in `region_total`; `indicator` is a share or a growth rate.
    weight : str
        Indicator that weighs the members, such as ``population``.
    lag : int
        Years by which the weight precedes: 1 for growth rates, whose weights are the levels of the year before.

    Returns
    -------
    DataFrame
        As `region_total`; the reason also names weights that lack.

    Notes
    -----
    .. math:: \bar x_t = \frac{\sum_i w_{i,t-lag}\, x_{i,t}}{\sum_i w_{i,t-lag}}

    With levels of the year before as weights, the mean of growth rates is the growth of the sum (a Laspeyres
    quantity index; System of National Accounts 2008, chapter 15).
    """
    members = _checked(members)
    out = region_total(observations, members, indicator=indicator)
    columns = ["area", "indicator", "year", "value", "vintage", "status", "grade", "source"]
    rows = observations.loc[observations["area"].isin(members), columns]
    out["value"] = out["value"].astype(float)
    for i, row in out.iterrows():
        if row["reason"]:
            continue
        figures = _rows_of(rows, indicator, row["year"])
        weights = _rows_of(rows, weight, row["year"] - lag)
        value, reason = _weighted(figures, weights, members)
        out.loc[i, ["value", "reason"]] = [value, reason]
    return out


def coverage_text(row: pd.Series, names: dict[str, str], *, language: str = "en") -> str:
    """Coverage in words, such as ``6 of 7 members; without Tieling``."""
    missing = [names.get(code, code) for code in str(row["missing"]).split()]
    if language == "zh":
        text = f"{row['members']}个成员中的{row['present']}个"
        return text + (f"；缺{'、'.join(missing)}" if missing else "")
    text = f"{row['present']} of {row['members']} members"
    return text + (f"; without {', '.join(missing)}" if missing else "")


def _checked(members):
    members = list(members)
    if not members:
        raise DataError("A region without members has no total. Give at least one area code.")
    twice = sorted({code for code in members if members.count(code) > 1})
    if twice:
        raise DataError(f"Area {twice[0]!r} is named twice among the members. Name each area once.")
    return members


def _rows_of(rows, indicator, year):
    return rows[(rows["indicator"] == indicator) & (rows["year"] == year)]


def _total_of_year(year, group, members):
    """Total of one year, or the reason why there is none."""
    present = [code for code in members if code in set(group["area"])]
    missing = [code for code in members if code not in present]
    row = dict(year=int(year), value=float("nan"), members=len(members), present=len(present))
    row |= dict(
        missing=" ".join(missing), release="", grade="", vintage="", source="", reason="missing members"
    )
    if missing:
        return row
    chosen = common_release(group, members)
    if chosen is None:
        return row | {"reason": "mixed vintages"}
    release, picked = chosen
    return row | dict(
        value=float(picked["value"].sum()),
        release=release,
        grade=max(picked["grade"]),
        vintage=max(picked["vintage"].astype(str)),
        source=_sources(picked, release),
        reason="",
    )


def common_release(rows: pd.DataFrame, members: Sequence[str]) -> tuple[str, pd.DataFrame] | None:
    """Release that covers all members, with one row a member; None where there is none.

    A release is one source, or else the members' own figures of the same standing (``final``, ``revised`` or
    ``preliminary``; figures of unknown standing never join others). Among several the one whose weakest figure
    is best attested is taken, then a single source before joined ones, then the latest vintage, then the
    source's name.
    """
    candidates = []
    sources = {s for ids in rows["source"] for s in str(ids).split()}
    for source in sorted(sources):
        own = rows[[source in str(ids).split() for ids in rows["source"]]]
        candidates += _candidate(source, own, members, joined=False)
    for status in _ROUNDS:
        own = rows[rows["status"] == status]
        candidates += _candidate(f"{status} figures of each member", own, members, joined=True)
    if not candidates:
        return None
    candidates.sort(key=lambda c: c.latest, reverse=True)
    candidates.sort(key=lambda c: (c.worst, c.joined))
    return candidates[0].name, candidates[0].rows


def _sources(rows, release):
    """The release itself where it is one source, else all that the rows name."""
    named = {s for ids in rows["source"] for s in str(ids).split()}
    return release if release in named else " ".join(sorted(named))


class _Candidate(NamedTuple):
    name: str
    joined: bool
    worst: str
    latest: str
    rows: pd.DataFrame


def _candidate(name, rows, members, *, joined):
    """The candidate alone in a list, or an empty list where a member lacks."""
    if not set(members) <= set(rows["area"]):
        return []
    ranked = rows.sort_values(["grade", "vintage"], ascending=[True, False], kind="stable")
    picked = ranked.drop_duplicates("area").set_index("area").loc[list(members)].reset_index()
    return [_Candidate(name, joined, max(picked["grade"]), max(picked["vintage"].astype(str)), picked)]


def _weighted(figures, weights, members):
    """Weighted mean of one year and the reason where there is none."""
    missing = sorted(set(members) - set(weights["area"]))
    if missing:
        return float("nan"), "missing weights"
    release = common_release(weights, members)
    if release is None:
        return float("nan"), "mixed vintages"
    w = release[1].set_index("area")["value"].astype(float)
    x = common_release(figures, members)[1].set_index("area")["value"].astype(float)
    if w.sum() <= 0:
        return float("nan"), "missing weights"
    return float((w * x).sum() / w.sum()), ""
