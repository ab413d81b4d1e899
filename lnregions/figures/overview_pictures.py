"""Overviews as pictures: the target sheet of a region, gaps to a benchmark, heat maps, verdicts over time."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd

from lnregions import assess, charts, series
from lnregions.charts.trajectory import ASKED, share_of_base
from lnregions.figures.bundles import Picture, Pictures
from lnregions.figures.drawn_rows import roled, trajectory_rows
from lnregions.figures.region_data import Head, NothingToShow, RegionData, or_reason
from lnregions.figures.target_pictures import clause_columns, doubts, nearest_rows, verdict_in_words
from lnregions.sentences.wording import as_sentence, counted_sentence
from lnregions.show import figure_words, verdict_words
from lnregions.tables import name_beside_unit
from lnregions.words import LANGUAGES, RATE_DECIMALS, format_number, format_value, unit_label, year_span
from lnregions.words.catalogue import tr
from lnregions.words.texts import printed, say, with_article

HEATED = (
    "gdp", "gdp_growth_real", "population", "urbanisation_rate", "trade_total", "fdi_usd", "fai_growth",
    "forest_coverage",
)  # fmt: skip
"""Indicators of a heat map, where a member has a figure; those of the plan's own join them."""
MOST_HEATED = 12
_ORIGIN = ["year", "value", "grade", "vintage", "source", "status"]


@or_reason
def draw_target_sheet(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """All targets of a region on one page: what was asked for, how far it came or the nearest figures, the verdict."""
    data = RegionData.load(plan, as_of, region=region, **options)
    found = {one.target: one for one in reversed(assess.judge_all(data.plan, as_of=as_of))}
    own = [verdict for verdict in reversed(found.values()) if verdict.region == region]
    if not own:
        raise NothingToShow("No picture: the plan sets no target here.")
    rows, parts = zip(*(_sheet_row(data, verdict) for verdict in own), strict=True)
    kept = [one for one in parts if len(one)]
    if not kept:
        raise NothingToShow("No picture: the plan sets no target with a number here.")
    kept = pd.concat(kept, ignore_index=True)
    marks = kept.dropna(subset=["mark"]).drop(columns=["role", "value"])
    marks = marks.rename(columns={"mark": "role", "at": "value"})
    head = Head(data.words("{area}: targets and verdicts"), data.subtitle())
    note = tr("Each bar has a scale of its own, from the baseline or zero.", data.language)
    axes = charts.plot_target_sheet(pd.DataFrame(rows), marks=marks, **data.labels(kept, head, notes=[note]))
    drawn = kept[kept["mark"] != "time"].drop(columns=["mark", "at"])
    rows, counted = trajectory_rows([drawn]), counted_sentence(data.plan, own)
    return data.picture(axes, f"target-sheet-{region}", rows, head, message=counted)


def _sheet_row(data: RegionData, verdict: assess.Verdict) -> tuple[dict, pd.DataFrame]:
    """Row of a target in the sheet; the figures behind it, with their ``mark`` and place on the bar (``at``)."""
    case, language = assess.case_of(data.plan, verdict, tables=data.tables), data.language
    clause, target = case.clause, assess.target_of(data.plan, verdict.target)
    words, growth = verdict_in_words(verdict, language), clause.kind in assess.RULES
    required = verdict.required
    if required is None and clause.kind in ("level", "share", "count", *assess.RULES):
        required = clause.value
    marks = _own_marks(verdict, case, growth=growth)
    figures, near = _own_words(marks, verdict, language), None
    if clause.indicator and not {"actual", "possible"} & set(marks["mark"]):
        near = nearest_rows(case)
    if near is not None:
        marks = near[near["role"] != "bound"].assign(mark="nearest")
        figures, groups = _nearest_words(data, marks), marks.groupby("area", sort=False)["value"]
        marks["at"] = marks["value"].where(~marks["area"].duplicated(keep="last"))
        if clause.kind == "direction":
            required, several = 0.0, groups.transform("size") > 1
            marks["at"] = (marks["at"] - groups.transform("first")).where(several)
    if required is not None and not growth and clause.kind != "direction":
        goal = {"role": "target", "area": verdict.area, "unit": verdict.unit, "indicator": verdict.indicator}
        goal |= clause_columns(data.plan, target) | {"value": required, "year": clause.horizon}
        marks = pd.concat([marks, pd.DataFrame([goal])])
    row = {"target": verdict.target, "name": target[f"label_{language}"], "asked": _asked(data, target),
           "status": verdict.status, "verdict": words[:1].upper() + words[1:], "figures": figures,
           "comparator": clause.comparator, "required": required}  # fmt: skip
    return row, marks.assign(target=verdict.target)


def _own_marks(verdict: assess.Verdict, case: assess.Case, *, growth: bool) -> pd.DataFrame:
    """What a verdict states of its area: baseline, actual or possible value, and what the path requires by now.

    Figures have the origin that they are published with, all else that of the verdict.
    """
    start, now, end = verdict.baseline, verdict.actual, verdict.required
    role = {"role": "mean", "first_year": verdict.mean_from} if growth else {"role": "actual"}
    rows = [role | {"mark": "actual", "year": verdict.actual_year, "value": now}] if now is not None else []
    if start is not None:
        rows.insert(0, {"role": "actual", "mark": "baseline", "year": verdict.baseline_year, "value": start})
    if verdict.by_bounds and verdict.low is not None:
        span = {"low": verdict.low, "high": verdict.high}
        rows.append({"role": "bound", "mark": "possible", "year": verdict.horizon} | span)
    if len(rows) > 1 and None not in (now, end) and verdict.actual_year < verdict.horizon:
        path = series.required_path(start, end, baseline_year=verdict.baseline_year, horizon=verdict.horizon)
        by_now = path.set_index("year")["required"][verdict.actual_year]
        rows.append({"role": "required", "mark": "time", "year": verdict.actual_year, "value": by_now})
    known = {(row.year, row.value): row for row in case.figures.rows}
    judged = {"grade": verdict.grade, "source": verdict.sources, "vintage": verdict.as_of}
    judged["status"] = "computed"
    for row in rows:
        figure = known.get((row["year"], row.get("value"))) if row["role"] == "actual" else None
        row |= {name: getattr(figure, name) for name in judged} if figure else judged
    columns = ["role", "mark", "year", "value", "low", "high", "first_year", *judged]
    marks = pd.DataFrame(rows, columns=columns)
    return marks.assign(at=marks["value"], area=verdict.area, indicator=verdict.indicator, unit=verdict.unit)


def _own_words(marks: pd.DataFrame, verdict: assess.Verdict, language: str) -> str:
    """Figures of the area in words: ``baseline 724.97 billion yuan (2021); actual 902.71 billion yuan (2024)``."""
    said, looks = [], {"indicator": verdict.indicator, "language": language, "unit": verdict.unit}
    for one in marks[marks["mark"] != "time"].itertuples():
        values = {name: figure_words(getattr(one, name), **looks) for name in ("low", "high", "value")}
        values["year"] = year_span(one.first_year, one.year)
        if one.mark == "possible":
            said.append(tr("{low} to {high} possible in {year}", language, **values))
            continue
        if one.mark == "actual":
            values["value"] = verdict_words(verdict, language)["actual"] or values["value"]
        said.append(tr("{role} {value} ({year})", language, role=tr(one.mark, language), **values))
    return ("；" if language == "zh" else "; ").join(said)


def _asked(data: RegionData, target: pd.Series) -> str:
    """What a target asks for, in few words."""
    language, kind = data.language, target["kind"]
    if kind == "qualitative":
        return tr("in words only", language)
    if target["benchmark"]:
        message = "below {name}" if target["comparator"] in ("<", "<=") else "above {name}"
        return tr(message, language, name=data.tables.name(target["benchmark"], language))
    if kind == "direction":
        return tr("a rise" if target["comparator"] == "up" else "a fall", language)
    if kind == "doubling":
        value = share_of_base(target, language)
    else:
        value = format_value(float(target["value"]), target["unit"], language)
    comparator = target["comparator"]
    return tr(ASKED[comparator], language, number=value) if comparator in ASKED else value


def _nearest_words(data: RegionData, known: pd.DataFrame) -> str:
    """The nearest figures with area and years: ``nearest: Benxi 76.31% → 75.00% (2020-2024)``."""
    found, language = [], data.language
    for _, own in known.groupby("area", sort=False):
        ends = own.iloc[[0, -1]] if own["role"].iloc[0] == "member" and len(own) > 1 else own.tail(1)
        values = [
            figure_words(one.value, one.indicator, language, unit=one.unit) for one in ends.itertuples()
        ]
        words = {"value": " → ".join(values), "year": year_span(*ends["year"].iloc[[0, -1]])}
        found.append(tr("{area} {value} ({year})", language, area=own[f"name_{language}"].iloc[0], **words))
    return tr("nearest: {figures}", language, figures=tr(", ", language).join(found))


@or_reason
def draw_gaps(plan, region: str, *, as_of: str = "", **options) -> Pictures:
    """By how much a region grew faster or less than its benchmark in each year, for targets that compare the two."""
    data = RegionData.load(plan, as_of, region=region, **options)
    own = data.plan.targets
    own = own[(own["region"] == region) & (own["kind"] == "relative_growth")]
    cases = {name: assess.cases_of_target(data.plan, name, as_of=as_of) for name in own["target"]}
    if not cases:
        raise NothingToShow("No picture: no target here compares growth with that of another area.")
    return Pictures([_draw_gaps(data, found) for found in cases.values() if _rates(found[0])])


def _rates(case: assess.Case) -> list[tuple]:
    """Growth of the area and of its benchmark in the years that both have."""
    beside = {row.year: row for row in case.benchmark.rows if row.year >= case.clause.first_year - 3}
    return [(row, beside[row.year]) for row in case.figures.rows if row.year in beside]


def _draw_gaps(data: RegionData, cases: list[assess.Case]) -> Picture:
    """Gaps under the first of the cases of a target, in years without a published rate by derived figures."""
    main, clause = cases[0], cases[0].clause
    derived = next((case for case in cases if case.derived and case.indicators == main.indicators), main)
    pairs = {own.year: (own, beside) for case in (derived, main) for own, beside in _rates(case)}
    published = [own.year for own, _ in _rates(main)]
    columns = zip(*(pairs[year] for year in sorted(pairs)), strict=True)
    values = ([[getattr(row, name) for name in _ORIGIN] for row in rows] for rows in columns)
    own, beside = (pd.DataFrame(rows, columns=_ORIGIN) for rows in values)
    own = roled(own, "actual", area=clause.area)
    beside = roled(beside, "benchmark", area=main.row["benchmark"])
    gaps = roled(own, "gap", value=own["value"] - beside["value"], unit="pp", status="computed")
    both = zip(own["source"], beside["source"], strict=True)
    gaps["source"] = [series.joined_sources(pair) for pair in both]
    data = replace(data, area=clause.area, indicator=main.indicators[0])
    name = {language: data.tables.name(main.row["benchmark"], language) for language in ("en", "zh")}
    verdict = assess.judge_case(main)
    words = {language: verdict_in_words(verdict, language) for language in LANGUAGES}
    words = {language: one[:1].upper() + one[1:] for language, one in words.items()}
    head = data.head("{verdict}; difference from the growth of {name}", name=name, verdict=words)
    rows = trajectory_rows([own, beside, gaps])
    drawn, years = gaps.assign(derived=~gaps["year"].isin(published)), (clause.first_year, clause.horizon)
    labels = data.labels(rows, head, notes=doubts(data, main))
    axes = charts.plot_gaps(drawn, years=years, **labels | {"unit": "pp"})
    said = say(
        "{area} was above {other} in {number} of {all} years; in {year} the difference was {gap}", all=len(gaps),
        area=with_article(data.tables.name_text(clause.area)), other=data.tables.name_text(main.row["benchmark"]),
        number=int((gaps["value"] > 0).sum()), year=int(gaps["year"].iloc[-1]),
        gap=printed(float(gaps["value"].iloc[-1]), "pp", decimals=RATE_DECIMALS, sign=True),
    )  # fmt: skip
    own = {"message": as_sentence(said), "target": clause.target}
    return data.picture(axes, f"gaps-{clause.target}", rows, head, **own)


@or_reason
def draw_heat_map(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """Latest figure of each member by indicator, its change from the year before and its grade.

    Its data hold the figures of the year before, too.
    """
    data = RegionData.load(plan, as_of, region=region, **options)
    cells, compared = [], []
    for indicator in (*HEATED, *data.plan.own_indicators)[:MOST_HEATED]:
        found = replace(data, indicator=indicator).figures(data.members)
        latest = found.groupby("area")["year"].max()
        common = latest.mode().max() if len(latest) else None
        for _, own in found.groupby("area", sort=False):
            cells.append(_heat_cell(data, own, indicator, common))
            if pd.notna(cells[-1]["change"]):
                cell = {name: cells[-1][name] for name in ("area", "indicator", "unit", "change_unit")}
                compared.append(own.iloc[-2][_ORIGIN].to_dict() | cell)
    message = "latest figure, change from the year before (rates: points), grade; darker is higher"
    head = Head(data.words("{area}: its members by indicator"), data.subtitle(message))
    rows = replace(data, indicator=HEATED[0]).known(pd.DataFrame(cells))
    axes = charts.plot_heat_map(rows, **data.labels(rows, head))
    rows = pd.concat([rows.drop(columns=["column", "words"]), pd.DataFrame(compared)], ignore_index=True)
    return data.picture(axes, f"heat-map-{region}", rows, head)


def _heat_cell(data: RegionData, own: pd.DataFrame, indicator: str, common: int) -> dict:
    """Cell of an area and indicator: the latest figure, and its change where the year before compares."""
    last, before = own.iloc[-1], own[own["year"] == own["year"].iloc[-1] - 1]
    code, language = data.tables.indicator(indicator), data.language
    unit, share = str(code["unit"]), code["measure"] != "level"
    words = figure_words(last["value"], indicator, language, unit=unit)
    words = words.removesuffix(unit_label(unit, language)).rstrip()
    comma = "，" if language == "zh" else ", "
    name = comma.join(
        filter(None, (name_beside_unit(code, language), unit_label(unit, language), str(common)))
    )
    change, said = None, [words]
    if len(before) and before["segment"].iloc[0] == last["segment"]:
        change = last["value"] - before["value"].iloc[0]
        change = change if share else 100 * change / before["value"].iloc[0]
        shown = format_number(change, language=language, decimals=1, sign=True)
        said.append(shown if share else f"{shown}%")
    if last["year"] != common:
        said.insert(1, f"{last['year']:.0f}")
    cell = last[["area", *_ORIGIN]].to_dict()
    cell |= {"indicator": indicator, "unit": unit, "change": change, "change_unit": "pp" if share else "%"}
    return cell | {"column": name, "words": "\n".join(said)}


@or_reason
def draw_timeline(plan, *, as_of: str = "", **options) -> Picture:
    """The verdict on each target on every date since the plan was issued, by what had been published."""
    data = RegionData.load(plan, as_of, **options)
    now, facts, flips = data.tables.as_of, data.plan.facts, assess.revision_trail(data.plan)
    flips = flips.assign(date=flips["date"].astype(str).str[:10])[lambda rows: rows["date"] <= now]
    start = str(facts.get("issued") or f"{facts['first_year']}-01-01")
    own = data.plan.targets[data.plan.targets["kind"] != "qualitative"]
    own = own.merge(data.plan.regions[["region", "short_en", "short_zh"]], on="region")
    twice = own["label_en"].duplicated(keep=False)
    own["name_en"] = own["label_en"].where(~twice, own["label_en"] + " (" + own["short_en"] + ")")
    own["name_zh"] = own["label_zh"].where(~twice, own["label_zh"] + "（" + own["short_zh"] + "）")
    final, rows = assess.judge(data.plan, as_of=as_of).set_index("target")["status"], []
    for names in own[["target", "name_en", "name_zh"]].to_dict("records"):
        steps = flips[flips["target"] == names["target"]]
        statuses = [*steps["from_status"], final[names["target"]]]
        dates = pairwise([start, *steps["date"], now])
        rows += [names | {"from": a, "to": b, "status": status}
                 for (a, b), status in zip(dates, statuses, strict=True) if a < b or start < a == b == now]  # fmt: skip
    if own.empty:
        raise NothingToShow("No picture: the plan sets no target with a number here.")
    if not rows:
        raise NothingToShow("No picture: no figure has been published since the plan was issued.")
    rows, short = pd.DataFrame(rows), {lang: data.plan.name(lang) for lang in LANGUAGES}
    head = Head(data.words("What was known when: verdicts over time"), short)
    drawn = rows.rename(columns={"target": "area", "from": "first", "to": "last"})
    axes, count = charts.plot_timeline(drawn, **data.labels(rows, head)), rows["target"].value_counts()
    message = "{number} of {all} verdicts have changed since {date}"
    changed = as_sentence(say(message, number=int((count > 1).sum()), all=len(count), date=start))
    return data.picture(axes, "timeline", rows, head, message=changed)
