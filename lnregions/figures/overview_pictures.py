"""Overviews as pictures: the target sheet of a region, gaps to a benchmark, heat maps, verdicts over time."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd

from lnregions import assess, charts, series
from lnregions.figures.drawn_rows import roled, trajectory_rows
from lnregions.figures.pictures import Head, Picture, Pictures, RegionData
from lnregions.figures.target_pictures import clause_columns, nearest_rows, verdict_in_words
from lnregions.show import figure_words, verdict_words
from lnregions.tables import printed_decimals
from lnregions.words import format_number, format_value, to_unit, unit_label, unit_places, year_span
from lnregions.words.catalogue import tr

HEATED = (
    "gdp", "gdp_growth_real", "population", "urbanisation_rate", "trade_total", "fdi_usd", "fai_growth",
    "forest_coverage",
)  # fmt: skip
"""Indicators of a heat map, where a member has a figure."""
_DOLLARS = {"en": ", in dollars", "zh": "（美元）"}
_ORIGIN = ["year", "value", "grade", "vintage", "source", "status"]
_RATES = ("growth", "average_growth", "relative_growth")
"""Kinds of clauses whose values are rates."""
_ASKED = {">=": "at least {number}", ">": "above {number}", "<=": "at most {number}", "<": "below {number}"}


def draw_target_sheet(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """All targets of a region on one page: what was asked for, how far it came or the nearest figures, the verdict."""
    data = RegionData.load(plan, as_of, region=region, **options)
    found = {one.target: one for one in reversed(assess.judge_all(data.plan, as_of=as_of))}
    own = [verdict for verdict in reversed(found.values()) if verdict.region == region]
    rows, parts = zip(*(_sheet_row(data, verdict) for verdict in own), strict=True)
    kept = pd.concat([one for one in parts if len(one)], ignore_index=True)
    marks = kept.dropna(subset=["mark"]).drop(columns=["role", "value"])
    marks = marks.rename(columns={"mark": "role", "at": "value"})
    head = Head(data.words("{area}: targets and verdicts"), data.subtitle())
    labels = data.labels(kept, head)
    labels["notes"] = [tr("Each bar has a scale of its own, from the baseline or zero.", data.language)]
    axes = charts.plot_target_sheet(pd.DataFrame(rows), marks=marks, **labels)
    drawn = kept[kept["mark"] != "time"].drop(columns=["mark", "at"])
    return data.picture(axes, f"target-sheet-{region}", trajectory_rows([drawn]), head)


def _sheet_row(data: RegionData, verdict: assess.Verdict) -> tuple[dict, pd.DataFrame]:
    """Row of a target in the sheet; the figures behind it, with their ``mark`` and place on the bar (``at``)."""
    case, language = assess.case_of(data.plan, verdict, tables=data.tables), data.language
    clause, target = case.clause, assess.target_of(data.plan, verdict.target)
    words, required, growth = verdict_in_words(verdict, language), verdict.required, clause.kind in _RATES
    if required is None and clause.kind in ("level", "share", "count", *_RATES):
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
        goal = clause_columns(data.plan, target) | {
            "value": required,
            "year": clause.horizon,
            "role": "target",
        }
        goal |= {"area": verdict.area, "indicator": verdict.indicator, "unit": verdict.unit}
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
    origin = {
        "grade": verdict.grade,
        "source": verdict.sources,
        "vintage": verdict.as_of,
        "status": "computed",
    }
    for row in rows:
        figure = known.get((row["year"], row.get("value"))) if row["role"] == "actual" else None
        row |= {name: getattr(figure, name) for name in origin} if figure else origin
    columns = ["role", "mark", "year", "value", "low", "high", "first_year", *origin]
    marks = pd.DataFrame(rows, columns=columns)
    return marks.assign(at=marks["value"], area=verdict.area, indicator=verdict.indicator, unit=verdict.unit)


def _own_words(marks: pd.DataFrame, verdict: assess.Verdict, language: str) -> str:
    """Figures of the area in words: ``baseline 724.97 billion yuan (2021); actual 902.71 billion yuan (2024)``."""
    said, unit = [], {"language": language, "unit": verdict.unit}
    for one in marks[marks["mark"] != "time"].itertuples():
        value, low, high = (
            figure_words(n, verdict.indicator, **unit) for n in (one.value, one.low, one.high)
        )
        if one.mark == "possible":
            message = "{low} to {high} possible in {year}"
            said.append(tr(message, language, low=low, high=high, year=int(one.year)))
            continue
        value = (one.mark == "actual" and verdict_words(verdict, language)["actual"]) or value
        span = year_span(one.first_year, one.year)
        said.append(
            tr("{role} {value} ({year})", language, role=tr(one.mark, language), value=value, year=span)
        )
    return ("；" if language == "zh" else "; ").join(said)


def _asked(data: RegionData, target: pd.Series) -> str:
    """What a target asks for, in few words."""
    language, kind = data.language, target["kind"]
    if kind == "qualitative":
        return tr("in words only", language)
    if target["benchmark"]:
        return tr("above {name}", language, name=data.tables.name(target["benchmark"], language))
    if kind == "direction":
        return tr("a rise", language)
    value = format_value(float(target["value"]), target["unit"], language)
    return tr(_ASKED.get(target["comparator"], "{number}"), language, number=value)


def _nearest_words(data: RegionData, known: pd.DataFrame) -> str:
    """The nearest figures with area and years: ``nearest: Benxi 76.31% → 75.00% (2020–2024)``."""
    found = []
    for _, own in known.groupby("area", sort=False):
        ends = own.iloc[[0, -1]] if own["role"].iloc[0] == "member" and len(own) > 1 else own.tail(1)
        values = [
            figure_words(one.value, one.indicator, data.language, unit=one.unit) for one in ends.itertuples()
        ]
        years = "–".join(str(int(year)) for year in ends["year"])
        words = {"area": own[f"name_{data.language}"].iloc[0], "value": " → ".join(values), "year": years}
        found.append(tr("{area} {value} ({year})", data.language, **words))
    return tr("nearest: {figures}", data.language, figures=tr(", ", data.language).join(found))


def draw_gaps(plan, region: str, *, as_of: str = "", **options) -> Pictures:
    """By how much a region grew faster or less than its benchmark in each year, for targets that compare the two."""
    data = RegionData.load(plan, as_of, region=region, **options)
    own = data.plan.targets
    own = own[(own["region"] == region) & (own["kind"] == "relative_growth")]
    cases = {name: assess.cases_of_target(data.plan, name, as_of=as_of) for name in own["target"]}
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
    rates = [
        pd.DataFrame([[getattr(row, name) for name in _ORIGIN] for row in rows], columns=_ORIGIN)
        for rows in zip(*(pairs[year] for year in sorted(pairs)), strict=True)
    ]
    own, beside = (
        roled(rates[0], "actual", area=clause.area),
        roled(rates[1], "benchmark", area=main.row["benchmark"]),
    )
    gaps = roled(own, "gap", value=own["value"] - beside["value"], unit="pp", status="computed")
    both = zip(own["source"], beside["source"], strict=True)
    gaps["source"] = [series.joined_sources(pair) for pair in both]
    data = replace(data, area=clause.area, indicator=main.indicators[0])
    name = {language: data.tables.name(main.row["benchmark"], language) for language in ("en", "zh")}
    head = data.head("difference from the growth of {name}", name=name)
    rows = trajectory_rows([own, beside, gaps])
    drawn, years = gaps.assign(derived=~gaps["year"].isin(published)), (clause.first_year, clause.horizon)
    axes = charts.plot_gaps(drawn, years=years, **data.labels(rows, head) | {"unit": "pp"})
    return data.picture(axes, f"gaps-{clause.target}", rows, head, target=clause.target)


def draw_heat_map(plan, region: str, *, as_of: str = "", **options) -> Picture:
    """Latest figure of each member by indicator, its change from the year before and its grade.

    Its data hold the figures of the year before, too.
    """
    data = RegionData.load(plan, as_of, region=region, **options)
    cells, compared = [], []
    for indicator in HEATED:
        found = replace(data, indicator=indicator).figures(data.members)
        latest = found.groupby("area")["year"].max()
        common = latest.mode().max() if len(latest) else None
        for _, own in found.groupby("area", sort=False):
            cells.append(_heat_cell(data, own, indicator, common))
            if pd.notna(cells[-1]["change"]):
                cell = {name: cells[-1][name] for name in ("area", "indicator", "unit", "change_unit")}
                compared.append(own.iloc[-2][_ORIGIN].to_dict() | cell)
    title = data.words("{area}: its members by indicator")
    head = Head(
        title,
        data.subtitle("latest figure, change from the year before (rates: points), grade; darker is higher"),
    )
    rows = pd.DataFrame(cells)
    axes = charts.plot_heat_map(rows, names=data.names, **data.labels(rows, head))
    rows = pd.concat([rows.drop(columns=["column", "words"]), pd.DataFrame(compared)], ignore_index=True)
    return data.picture(axes, f"heat-map-{region}", rows, head)


def _heat_cell(data: RegionData, own: pd.DataFrame, indicator: str, common: int) -> dict:
    """Cell of an area and indicator: the latest figure, and its change where the year before compares."""
    last, before = own.iloc[-1], own[own["year"] == own["year"].iloc[-1] - 1]
    code, language = data.tables.indicator(indicator), data.language
    unit, share = str(code["unit"]), code["measure"] != "level"
    places = max(printed_decimals(indicator, unit) + unit_places(unit, language), 0)
    words = format_number(to_unit(last["value"], unit, language), language=language, decimals=places)
    name = code[f"name_{language}"].removesuffix(_DOLLARS[language])  # which the unit says
    comma = "，" if language == "zh" else ", "
    name = comma.join(filter(None, (name, unit_label(unit, language), str(common))))
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


def draw_timeline(plan, *, as_of: str = "", **options) -> Picture:
    """The verdict on each target on every date since the plan was issued, by what had been published."""
    data = RegionData.load(plan, as_of, **options)
    now = data.tables.as_of
    flips = assess.revision_trail(data.plan)
    flips = flips[flips["date"].astype(str) < now]
    start = str(data.plan.facts.get("issued") or f"{data.plan.facts['first_year']}-01-01")
    own = data.plan.targets[data.plan.targets["kind"] != "qualitative"]
    final = assess.judge(data.plan, as_of=as_of).set_index("target")["status"]
    rows, regions = [], data.plan.regions.set_index("region")
    for target, english, chinese in zip(own["target"], own["label_en"], own["label_zh"], strict=True):
        steps = flips[flips["target"] == target]
        dates = [start, *steps["date"].astype(str).str[:10], now]
        statuses = [*steps["from_status"], final[target]]
        names = {"area": target, "name_en": english, "name_zh": chinese}
        if (own["label_en"] == english).sum() > 1:
            inside = regions.loc[own.loc[own["target"] == target, "region"].iloc[0]]
            names |= {
                "name_en": f"{english} ({inside['short_en']})",
                "name_zh": f"{chinese}（{inside['short_zh']}）",
            }
        rows += [names | {"first": a, "last": b, "status": status}
                 for (a, b), status in zip(pairwise(dates), statuses, strict=True) if a < b]  # fmt: skip
    rows = pd.DataFrame(rows)
    head = Head(
        data.words("What was known when: verdicts over time"),
        {lang: data.plan.facts.get(f"short_{lang}", "") for lang in ("en", "zh")},
    )
    axes = charts.plot_timeline(rows, **data.labels(rows, head))
    return data.picture(
        axes, "timeline", rows.rename(columns={"area": "target", "first": "from", "last": "to"}), head
    )
