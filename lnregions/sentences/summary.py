"""Findings on a plan, a region or a city: what was promised, what happened, how it compares, how sure that is."""

from collections.abc import Iterator

import pandas as pd

from lnregions.assess import (
    GROWTH_OF,
    Verdict,
    figures_of,
    indicator_text,
    load_tables,
    members_of,
)
from lnregions.sentences.places import Place, promise_of, span_of
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
from lnregions.tables import place_code, plan_of
from lnregions.words import RATE_DECIMALS, check_language, places_apart
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
        A region or a city by code or name (``"west"``, ``210200``, ``"Dalian"``, ``"大连"``); the whole plan if
        left out.
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
    各成员中，2022-2024年地区生产总值实际增长率最高的是大连（年均5.06%），最低的是盘锦（年均−0.35%）。
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
    years = span_of(sorted({*data.plan.targets["horizon"].astype(int)}))
    if not data.place:
        numbers = {"targets": len(rows), "regions": len(data.plan.regions)}
        measured = sum(row["kind"] != "qualitative" for row in rows)
        message = (
            "the plan sets {targets} targets for {years} in {regions} regions; {measured} can be measured"
        )
        yield finding("promised", say(message, years=years, measured=measured, **numbers), figures)
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
    book, year = data.tables.indicators, data.years[-1]
    cities = data.plan.areas.loc[data.plan.areas["level"] == "city", "area"].tolist()
    for indicator in book.loc[(book["measure"] == "level") & (book["aggregation"] == "sum"), "indicator"]:
        found = {area: row for area in [data.place, *cities] for row in data.rows_of(area, indicator, [year])}
        if data.place in found:
            own, codebook = found[data.place], data.tables.indicator(indicator)
            words = say(
                "{indicator} of {area} was {actual} in {years}", indicator=indicator_text(data.tables, indicator),
                area=data.name, actual=printed(own.value, codebook["unit"], decimals=int(codebook["decimals"])),
                years=year,
            )  # fmt: skip
            if data.place in cities and len(found) > 2:
                rank = 1 + sum(row.value > own.value for row in found.values())
                message = "{text}; that is rank {rank} among the {number} cities with figures"
                words = say(message, text=words, rank=rank, number=len(found))
            else:
                found = {data.place: own}
            yield finding("happened", words, [
                one for area, row in found.items() for one in data.figures(area, indicator, [row])
            ])  # fmt: skip
            return


def _compared(data: Place) -> Iterator[Finding]:
    """Mean growth beside that of the areas around, and the rank among the plan's regions or the cities."""
    indicator, _ = data.growth
    regions = data.plan.regions["region"].tolist()
    inside = data.members or (members_of(data.plan, regions[0]) if regions else [])
    around, peers = data.around((inside or [""])[0]), regions
    if data.place and not data.is_region:
        around = data.around(data.place)
        peers = data.plan.areas.loc[data.plan.areas["level"] == "city", "area"].tolist()
    rows = data.growth_rows([*peers, *around]) if indicator else {}
    means = {area: mean_growth(row.value for row in own) for area, own in rows.items()}
    beside, own = [one for one in around if one in means], [one for one in regions if one in means]
    own = [data.place] if data.place else sorted(own, key=means.get, reverse=True)
    if not beside or not set(own) & set(means):
        return
    places = max(places_apart(means[one], means[other], RATE_DECIMALS) for one in own for other in beside)

    def named(areas):
        return listed(
            say("{rate} in {area}", rate=percent(means[area], decimals=places),
                area=with_article(data.tables.name_text(area)))
            for area in areas
        )  # fmt: skip

    values = {"indicator": indicator_text(data.tables, indicator), "years": data.growth_years}
    message = "in {years} {indicator} was {rates}, against {list}"
    if len(data.growth[1]) > 1:
        message = "in {years} {indicator} averaged {rates}, against {list}"
    text = say(message, rates=named(own), list=named(beside), **values)
    ranked = [area for area in peers if area in means]
    if data.place and len(ranked) > 2:
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
        change = 100 * (after.value / before.value - 1)
        unit, decimals = data.tables.indicator(indicator)[["unit", "decimals"]]
        values = [printed(row.value, unit, decimals=int(decimals)) for row in (before, after)]
        words = say(
            "of the {number} amounts known for {first} and {last}, {indicator} changed most: from {before} to "
            "{after} ({change})",
            number=len(found), first=before.year, last=after.year, indicator=indicator_text(data.tables, indicator),
            before=values[0], after=values[1], change=printed(change, "%", decimals=1, sign=True),
        )  # fmt: skip
        yield finding("changed", words, data.figures(data.place, indicator, [before, after]))
        return
    if not data.growth[0]:
        return
    values = {"indicator": indicator_text(data.tables, data.growth[0]), "years": data.growth_years}
    rows = data.growth_rows(data.members or [data.place])
    figures = [one for area in rows for one in data.figures(area, data.growth[0], rows[area])]
    if data.is_region:
        means = {area: mean_growth(row.value for row in own) for area, own in rows.items()}
        message = (
            "among the members, {indicator} in {years} was highest in {top} ({high} a year) and lowest in {bottom} "
            "({low} a year)"
        )
        names = {area: data.tables.name_text(area) for area in means}
    else:
        means = {row.year: row.value for row in rows[data.place]}
        message = "{indicator} in {area} was highest in {top} ({high}) and lowest in {bottom} ({low})"
        names = {year: Text(f"{year}", f"{year}年") for year in means}
    if len(means) > 1:
        top, bottom = max(means, key=means.get), min(means, key=means.get)
        places = places_apart(means[top], means[bottom], 1)
        rates = {"high": percent(means[top], decimals=places), "low": percent(means[bottom], decimals=places)}
        yield finding("changed", say(
            message, area=data.name, top=names[top], bottom=names[bottom], **rates, **values
        ), figures)  # fmt: skip


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
        turned = [one for one in judged if one.disagree or one.depends_en]
        if turned:
            names = listed(target_text(data.plan, data.row_of[one.target]) for one in turned)
            message = "{text}; another interpretation or membership would turn the verdict on {list}"
            words = say(message, text=words, list=names)
        yield finding("certainty", words, [one for verdict in judged for one in data.behind(verdict)])
        return
    rows = data.tables.observations
    areas = data.members or [data.place]
    rows = rows[rows["default"] & rows["area"].isin(areas) & rows["year"].isin(data.years)]
    counts = rows["grade"].value_counts().sort_index()
    if len(rows):
        graded = [say("{number} of grade {grade}", number=n, grade=grade) for grade, n in counts.items()]
        message = "{number} published figures are used for {years}: {list}"
        columns = ["area", "indicator", "year", "value", "unit", "source"]
        figures = [Figure(*row) for row in rows[columns].itertuples(index=False)]
        yield finding(
            "certainty", say(message, number=len(rows), years=data.span, list=listed(graded)), figures
        )


def _missing(data: Place) -> Iterator[Finding]:
    """Targets that cannot be judged for want of figures; of a city the plan's indicators that it has no figure of."""
    open_ones = [one for one in data.verdicts if one.status in ("no data", "not assessable")]
    if data.place and not data.is_region and not open_ones:
        rows = data.tables.observations
        rows = rows[rows["default"] & (rows["area"] == data.place) & rows["year"].isin(data.years)]
        used = data.plan.targets.loc[data.plan.targets["kind"] != "qualitative", "indicator"].unique()
        lacking = [one for one in used if one not in set(rows["indicator"])]
        if lacking and data.years:
            message = (
                "of the {number} indicators that the plan measures, no figure of {area} is published for {years} "
                "on {list}"
            )
            words = say(message, number=len(used), area=data.name, years=data.span,
                        list=listed(indicator_text(data.tables, one) for one in lacking))  # fmt: skip
            units = data.tables.indicators_by_code
            yield finding("missing", words, [
                Figure(data.place, one, data.years[-1], None, units[one]["unit"], "") for one in lacking
            ])  # fmt: skip
    elif open_ones:
        message = "too few figures are published to judge {list}"
        names = listed(dict.fromkeys(target_text(data.plan, data.row_of[one.target]) for one in open_ones))
        yield finding("missing", say(message, list=names), [
            one for verdict in open_ones for one in data.behind(verdict)
        ])  # fmt: skip
