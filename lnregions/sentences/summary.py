"""Findings on a plan, a region or a city: what was promised, what happened, how it compares, how sure that is."""

import itertools
from collections.abc import Iterator

import pandas as pd

from lnregions.assess import GROWTH_OF, Verdict, figures_of, indicator_text, load_tables, members_of
from lnregions.sentences.places import Place, promise_of
from lnregions.sentences.wording import (
    Figure,
    Finding,
    counted_text,
    finding,
    promised_text,
    target_text,
    verdict_text,
)
from lnregions.series import mean_growth
from lnregions.show import Table
from lnregions.tables import place_code, plan_of, with_region
from lnregions.words import RATE_DECIMALS, check_language, places_apart, rounded, spans_of, year_span
from lnregions.words.catalogue import tr
from lnregions.words.texts import Text, listed, percent, printed, say, with_article

MOST = 8
"""Sentences at most."""
MOST_OF_PLAN = 6
"""Verdicts at most that have a sentence each for a whole plan; of a region there are as many as leave room."""


def findings(plan, place: object = "", *, as_of: str = "") -> pd.DataFrame:
    """What was promised, what happened, how it compares, what changed most, how sure that is, and what is missing.

    Parameters
    ----------
    plan : Plan, str or path
        A plan, its name or its folder.
    place : str or int, optional
        A region, a city or a group of areas by code or name (``"west"``, ``210200``, ``"Dalian"``, ``"大连"``,
        ``"Dalian+Anshan"``); the whole plan if left out.
    as_of : str, optional
        Only what was published by this date.

    Returns
    -------
    DataFrame
        A row for each figure behind a sentence: ``finding`` (number of the sentence), ``topic`` (``promised counted
        happened compared changed certainty missing``), ``sentence_en``, ``sentence_zh``, ``area``, ``indicator``,
        ``year``, ``value`` (missing where no figure is published), ``unit``, ``source`` (ids).

    Raises
    ------
    DataError
        If there is no such plan, place or date.

    Examples
    --------
    >>> found = findings("ln-2022", "belt").drop_duplicates("finding")
    >>> print(found.loc[found["topic"] == "changed", "sentence_zh"].item())
    各成员中，2022-2024年地区生产总值实际增长率最高的是大连（年均5.1%），最低的是盘锦（年均−0.4%）。
    """
    rows = [
        (number, one.topic, *one.text, *figure)
        for number, one in enumerate(_found(plan, place, as_of), 1)
        for figure in one.figures
    ]
    columns = ["finding", "topic", "sentence_en", "sentence_zh", *Figure._fields]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64", "value": float})


def show_findings(plan, place: object = "", *, as_of: str = "", language: str = "en") -> Table:
    """The findings on a plan, a region or a city as sentences."""
    check_language(language)
    found = findings(plan, place, as_of=as_of).drop_duplicates("finding")
    topics = found["topic"].map(lambda topic: tr(_TOPICS[topic], language, context="finding"))
    heads = [tr(one, language, context="finding") for one in ("On", "Finding")]
    columns = (topics.mask(topics.duplicated(), ""), found[f"sentence_{language}"])
    return Table(pd.DataFrame(dict(zip(heads, columns, strict=True))), language=language)


def lead_sentences(plan, *, as_of: str = "", language: str = "en") -> list[str]:
    """What happened under a plan, for the head of a page: the findings with verdicts, the most telling first."""
    found = findings(plan, as_of=as_of).drop_duplicates("finding")
    return found.loc[found["topic"] == "happened", f"sentence_{check_language(language)}"].tolist()


_TOPICS = {
    "promised": "What was promised", "counted": "What happened", "happened": "What happened",
    "compared": "How it compares", "changed": "What changed most", "certainty": "How sure we are",
    "missing": "What is missing",
}  # fmt: skip


def _found(plan, place, as_of):
    """Findings on a place, those that have a figure behind them, `MOST` at most."""
    plan = plan_of(plan)
    place = place_code(plan, place)
    plan = with_region(plan, place) if "+" in place else plan
    if not place and len(plan.regions) == 1:
        place = plan.regions["region"].iloc[0]
    data = Place(plan, place, load_tables(plan, as_of=as_of or None), as_of)
    first = [*_promised(data), *_counted(data)]
    rest = [*_compared(data), *_changed(data), *_certainty(data), *_missing(data)]
    room = MOST_OF_PLAN if not data.place else MOST - len(first) - len(rest)
    return [one for one in [*first, *list(_happened(data))[:room], *rest] if one.figures]


def _promised(data: Place) -> Iterator[Finding]:
    if data.plan.targets.empty:
        return
    rows = [row for _, row in data.targets.iterrows()]
    figures = [promise_of(row) for row in rows]
    horizons = data.plan.targets["horizon"]
    years = year_span(horizons.min(), horizons.max())
    if not data.place:
        values = {"targets": len(rows), "regions": len(data.plan.regions), "years": years}
        values["measured"] = sum(row["kind"] != "qualitative" for row in rows)
        message = (
            "the plan sets {targets} targets for {years} in {regions} regions; {measured} can be measured"
        )
        yield finding("promised", say(message, **values), figures)
    elif rows:
        message = "for {years} the plan sets {area} one target: {list}"
        if len(rows) > 1:
            message = "for {years} the plan sets {area} {number} targets: {list}"
        what = listed(promised_text(data.plan, row) for row in rows)
        words = say(message, years=years, area=data.name, number=len(rows), list=what)
        yield finding("promised", words, figures)
    elif inside := [one for one in data.plan.regions["region"] if data.place in members_of(data.plan, one)]:
        own = data.plan.targets[data.plan.targets["region"].isin(inside)]
        names = listed(with_article(data.tables.name_text(one)) for one in inside)
        message = "the plan sets {area} no target of its own; it belongs to {list}"
        words = say(message, area=data.name, list=names)
        yield finding("promised", words, map(promise_of, own.to_dict("records")))


def _counted(data: Place) -> Iterator[Finding]:
    if len(data.verdicts) > 2:
        words = counted_text(data.plan, data.verdicts, named=bool(data.place))
        words = say("of the {number} targets, {list}", number=len(data.verdicts), list=words)
        yield finding("counted", words, [one for verdict in data.verdicts for one in data.behind(verdict)])


def _happened(data: Place) -> Iterator[Finding]:
    """One sentence a verdict: first the targets reached late, then what was met or missed, then all others."""

    def order(verdict: Verdict) -> tuple:
        return verdict.reached_in is None or verdict.status == "met", verdict.status not in ("met", "missed")

    told = [
        finding("happened", text, data.behind(verdict))
        for verdict in sorted(data.verdicts, key=order)
        if (text := verdict_text(verdict, data.row_of[verdict.target], data.tables)).en
    ]
    yield from told or (_size(data) if data.place and data.years else ())


def _size(data: Place) -> Iterator[Finding]:
    """The first amount of the codebook that the place has for the last year; of a city its rank among the cities."""
    book, year, rows = data.tables.indicators, data.years[-1], {}
    for indicator in book.loc[(book["measure"] == "level") & (book["aggregation"] == "sum"), "indicator"]:
        if rows := data.rows_of(data.place, indicator, [year]):
            break
    if not rows:
        return
    [own] = rows
    words = say(
        "{indicator} of {area} was {actual} in {years}", indicator=indicator_text(data.tables, indicator),
        area=data.name, actual=data.printed(indicator, own.value), years=year,
    )  # fmt: skip
    found = {area: row for area in data.cities for row in data.rows_of(area, indicator, [year])}
    if data.place in found and len(found) > 2:
        rank = 1 + sum(row.value > own.value for row in found.values())
        message = "{text}; that is rank {rank} among the {number} cities with figures"
        words = say(message, text=words, rank=rank, number=len(found))
    found = {data.place: own} | (found if data.place in found and len(found) > 2 else {})
    figures = [one for area, row in found.items() for one in data.figures(area, indicator, [row])]
    yield finding("happened", words, figures)


def _compared(data: Place) -> Iterator[Finding]:
    """Mean growth beside that of the areas around, and the rank among the plan's regions or the cities."""
    indicator, _ = data.growth
    regions = data.plan.regions["region"].tolist()
    inside = data.members or (members_of(data.plan, regions[0]) if regions else [])
    around, peers = data.around((inside or [""])[0]), regions
    if data.place and not data.is_region:
        around, peers = data.around(data.place), data.cities
    rows = data.growth_rows([*peers, *around]) if indicator else {}
    means = {area: mean_growth(row.value for row in own) for area, own in rows.items()}
    beside, own = [one for one in around if one in means], [one for one in regions if one in means]
    own = [data.place] if data.place else sorted(own, key=means.get, reverse=True)
    if not beside or not set(own) & set(means):
        return
    places = max(places_apart(means[one], means[other], RATE_DECIMALS) for one in own for other in beside)

    def named(areas):
        names = {area: with_article(data.tables.name_text(area)) for area in areas}
        rates = {area: percent(means[area], decimals=places) for area in areas}
        return listed(say("{rate} in {area}", rate=rates[area], area=names[area]) for area in areas)

    values = {"indicator": indicator_text(data.tables, indicator), "years": spans_of(data.growth[1])}
    message = "in {years} {indicator} was {rates}, against {list}"
    if len(data.growth[1]) > 1:
        message = "in {years} {indicator} averaged {rates}, against {list}"
    text = say(message, rates=named(own), list=named(beside), **values)
    ranked = [area for area in peers if area in means]
    if data.place and len(ranked) > 2 and "+" not in data.place:
        rank = 1 + sum(means[one] > means[data.place] for one in ranked)
        message = "{text}; that is rank {rank} among the {number} cities with figures"
        if data.is_region:
            message = "{text}; that is rank {rank} among the plan's {number} regions with figures"
        text = say(message, text=text, rank=rank, number=len(ranked))
    figures = [one for area in rows for one in data.figures(area, indicator, rows[area])]
    yield finding("compared", text, figures)


def _changed(data: Place) -> Iterator[Finding]:
    """The amount that changed most since the year before the plan, or the members or years of strongest growth."""
    if not data.place or not data.years:
        return
    found = list(_changes(data))
    if len(found) > 1:
        _, indicator, before, after = max(found)
        change = printed(100 * (after.value / before.value - 1), "%", decimals=1, sign=True)
        words = say(
            "of the {number} amounts known for {first} and {last}, {indicator} changed most: from {before} to "
            "{after} ({change})",
            number=len(found), first=before.year, last=after.year, indicator=indicator_text(data.tables, indicator),
            before=data.printed(indicator, before.value), after=data.printed(indicator, after.value), change=change,
        )  # fmt: skip
        yield finding("changed", words, data.figures(data.place, indicator, [before, after]))
        return
    if not data.growth[0]:
        return
    values = {"indicator": indicator_text(data.tables, data.growth[0]), "years": spans_of(data.growth[1])}
    rows = data.growth_rows(data.members or [data.place])
    figures = [one for area in rows for one in data.figures(area, data.growth[0], rows[area])]
    if data.is_region:
        means = {area: mean_growth(row.value for row in own) for area, own in rows.items()}
        names = {area: data.tables.name_text(area) for area in means}
        message = (
            "among the members, {indicator} in {years} was highest in {top} ({high} a year) and lowest in {bottom} "
            "({low} a year)"
        )
    else:
        means = {row.year: row.value for row in rows[data.place]}
        names = {year: Text(f"{year}", f"{year}年") for year in means}
        message = (
            "in {years} {indicator} in {area} was highest in {top} ({high}) and lowest in {bottom} ({low})"
        )
    if len(means) > 1:
        top, bottom = max(means, key=means.get), min(means, key=means.get)
        alike = rounded(means[top], RATE_DECIMALS) == rounded(means[bottom], RATE_DECIMALS)
        places = places_apart(means[top], means[bottom], RATE_DECIMALS) if alike else RATE_DECIMALS
        high, low = (percent(means[one], decimals=places) for one in (top, bottom))
        values |= {"area": data.name, "top": names[top], "bottom": names[bottom], "high": high, "low": low}
        yield finding("changed", say(message, **values), figures)


def _changes(data):
    """Size of the change, indicator, first and last row of amounts without a break between the two years.

    Amounts whose growth is published on other bases than their levels are left out (`GROWTH_OF`).
    """
    book, ends = data.tables.indicators, (data.years[0] - 1, data.years[-1])
    amounts = book[(book["measure"] == "level") & ~book["indicator"].isin(list(GROWTH_OF))]
    for indicator in amounts["indicator"]:
        found = figures_of(data.plan, data.place, indicator=indicator, tables=data.tables)
        rows = [row for row in found.rows if row.year in ends]
        if len(rows) == 2 and rows[0].segment == rows[1].segment and rows[0].value > 0:
            yield abs(rows[1].value / rows[0].value - 1), indicator, *rows


def _certainty(data: Place) -> Iterator[Finding]:
    """Grade of the weakest figure behind the verdicts and which verdicts hang on how a clause is read.

    Where no verdict has a figure, the grades of all figures of the place in the years of the plan.
    """
    judged = [one for one in data.verdicts if one.by_bounds or (one.grade and one.actual_year)]
    if judged:
        weakest = max(one.grade for one in judged)
        words = say("the weakest figure behind the verdicts is of grade {grade}", grade=weakest)
        if weakest == "A":
            words = say("all figures behind the verdicts are of grade A")
        turned = [one for one in judged if one.disagree or one.depends_en]
        if turned:
            names = listed(target_text(data.plan, data.row_of[one.target]) for one in turned)
            message = "{text}; another interpretation or membership would change the verdict on {list}"
            words = say(message, text=words, list=names)
        yield finding("certainty", words, [one for verdict in judged for one in data.behind(verdict)])
    elif len(rows := data.published):
        counts = rows["grade"].value_counts().sort_index()
        graded = [say("{number} of grade {grade}", number=n, grade=grade) for grade, n in counts.items()]
        message = "{number} published figures are used for {years}: {list}"
        words = say(message, number=len(rows), years=spans_of(data.years), list=listed(graded))
        columns = rows[list(Figure._fields)]
        yield finding("certainty", words, itertools.starmap(Figure, columns.itertuples(index=False)))


def _missing(data: Place) -> Iterator[Finding]:
    """Targets that cannot be judged for want of figures; of a city the plan's indicators that it has no figure of."""
    open_ones = [one for one in data.verdicts if one.status in ("no data", "not assessable")]
    if data.place and not data.is_region and not open_ones:
        used = data.plan.targets.loc[data.plan.targets["kind"] != "qualitative", "indicator"].unique()
        lacking = [one for one in used if one not in set(data.published["indicator"])]
        if lacking and data.years:
            message = (
                "of the {number} indicators that the plan measures, no figure of {area} is published for {years} "
                "on {list}"
            )
            words = say(message, number=len(used), area=data.name, years=spans_of(data.years),
                        list=listed(indicator_text(data.tables, one) for one in lacking))  # fmt: skip
            units = {one: data.tables.indicator(one)["unit"] for one in lacking}
            figures = [Figure(data.place, one, data.years[-1], None, units[one], "") for one in lacking]
            yield finding("missing", words, figures)
    elif open_ones:
        names = listed(dict.fromkeys(target_text(data.plan, data.row_of[one.target]) for one in open_ones))
        figures = [one for verdict in open_ones for one in data.behind(verdict)]
        yield finding("missing", say("not judged for want of published figures: {list}", list=names), figures)
