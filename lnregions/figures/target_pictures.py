"""Targets as pictures: the scorecard, and each target against its path, its benchmark or its bounds."""

from dataclasses import replace

import pandas as pd

from lnregions import assess, charts, series
from lnregions.figures.drawn_rows import path_rows, roled, trajectory_rows
from lnregions.figures.pictures import Head, Picture, Pictures, RegionData, check_verdicts, recent_years
from lnregions.sentences import counted_sentence, verdict_sentence
from lnregions.tables import printed_decimals, shipped_plans
from lnregions.words.catalogue import tr

EMPTY_MM = 45
"""Height of a chart that has nothing to show but its reason."""
BREAKS = {
    "census": "census revision", "correction": "figures corrected", "coverage": "wider coverage",
    "survey": "another survey",
}  # fmt: skip


def draw_scorecard(plan, verdicts: pd.DataFrame, *, language: str = "en", width: str = "double") -> Picture:
    """Scorecard of all targets: what was asked for, what came, the gap and the verdict."""
    check_verdicts(verdicts)
    as_of = verdicts["as_of"].iloc[0] if len(verdicts) else ""
    data = RegionData.load(plan, as_of, language=language, width=width)
    rows = verdicts.drop(columns=["reason_zh", "reason_en"]).rename(columns={"sources": "source"})
    decimals = [printed_decimals(*one) for one in zip(verdicts["indicator"], verdicts["unit"], strict=True)]
    message = "All {number} targets and their verdicts" if len(rows) > 1 else "The target and its verdict"
    title = data.words(message, number=len(rows))
    short = {lang: data.plan.facts.get(f"short_{lang}", "") for lang in title}
    axes = charts.plot_scorecard(
        verdicts.assign(decimals=decimals),
        targets=data.plan.targets,
        regions=data.plan.regions.set_index("region")[f"short_{data.language}"].to_dict(),
        names=data.names,
        **data.labels(rows, Head(title, short)),
    )
    message = counted_sentence(data.plan, verdicts.itertuples())
    return data.picture(axes, "scorecard", rows, data.dated(title), message=message)


def draw_targets(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Pictures:
    """Every target of a region that can be drawn, under each reading that names another area or measure."""
    data = RegionData.load(plan, as_of, region=region, language=language, width=width)
    found = reversed(assess.judge_all(data.plan, as_of=as_of))
    own = [one for one in found if one.region == region and one.kind != "qualitative" and not one.derived]
    drawn = {(verdict.target, verdict.area, _measure(verdict)): verdict for verdict in own}
    return Pictures([draw_verdict(data, verdict) for verdict in reversed(drawn.values())])


def draw_series(
    adcode: str, indicator: str, *, plan, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """One city's figures over the years, against its target where the plan has one for it."""
    data = RegionData.load(plan, as_of, adcode=adcode, indicator=indicator, language=language, width=width)
    name = f"series-{adcode}-{indicator}"
    for verdict in assess.judge_all(data.plan, as_of=as_of):
        if (verdict.area, verdict.indicator) == (adcode, indicator) and verdict.kind in assess.VALUE_KINDS:
            return replace(draw_verdict(data, verdict), name=name)
    return draw_plain_series(data, name)


def draw_plain_series(data: RegionData, name: str, *, reason: str = "", **parameters) -> Picture:
    """Figures of one area over the years without a target; `reason` says why there are none."""
    rows, head = _series_rows(data), data.head()
    low = {} if len(rows) or not reason else {"height_mm": EMPTY_MM}
    axes = charts.plot_trajectory(rows, reason=reason, **data.labels(rows, head) | low)
    return data.picture(axes, name, trajectory_rows([roled(rows, "actual")]), head, **parameters)


def draw_verdict(data: RegionData, verdict: assess.Verdict) -> Picture:
    """One target under one interpretation, with a projection or declared bounds where its horizon has no figure."""
    data = replace(data, area=verdict.area, indicator=verdict.indicator)
    if "growth" in verdict.kind and verdict.kind not in assess.VALUE_KINDS:
        return _draw_growth(data, verdict)
    return _draw_value(data, verdict)


def _draw_value(data: RegionData, verdict: assess.Verdict) -> Picture:
    """Actual figures against the path from the baseline to the target, and other plans' targets.

    Where the baseline is at or beyond the target, no path leads there and the target alone is drawn.
    """
    rows, head = _series_rows(data), _verdict_head(data, verdict)
    outlook = assess.outlook_of(data.plan, assess.target_of(data.plan, verdict.target), tables=data.tables)
    projection = outlook.frame if outlook.area == verdict.area and not verdict.by_bounds else ()
    path, start = None, None
    down = assess.target_of(data.plan, verdict.target)["comparator"] in ("<", "<=")
    known = None not in (verdict.baseline, verdict.required) and verdict.baseline_year < verdict.horizon
    if known and verdict.baseline != verdict.required and (verdict.baseline > verdict.required) == down:
        years = {"baseline_year": verdict.baseline_year, "horizon": verdict.horizon}
        path = series.required_path(verdict.baseline, verdict.required, **years, shape="band")
        start = data.series().frame.set_index("year").loc[verdict.baseline_year]
    more = {"notes": []} if len(rows) else {"notes": [], "height_mm": EMPTY_MM}
    if path is not None and not assess.target_of(data.plan, verdict.target)["base_stated"]:
        message = "The plan states no base year; the path starts from {year}."
        more["notes"].append(tr(message, data.language, year=verdict.baseline_year))
    if len(projection):
        more["notes"].append(outlook.reason(data.language))
        more["projection"] = projection
    targets, bounds = _targets(data.plan, verdict), None
    if verdict.by_bounds and verdict.low is not None:
        columns = {
            "year": verdict.horizon,
            "low": verdict.low,
            "high": verdict.high,
            "source": verdict.sources,
        }
        bounds = pd.DataFrame([columns])
    axes = charts.plot_trajectory(
        rows, path=path, target=targets, bounds=bounds, reason=verdict.reason(data.language),
        **data.labels(rows, head) | more,
    )  # fmt: skip
    parts = [roled(rows, "actual"), path_rows(path, start)]
    parts.append(roled(pd.DataFrame(targets or ()).rename(columns={"horizon": "year"}), "target"))
    if bounds is not None:
        parts.append(roled(bounds, "bound", status="computed"))
    if len(projection):
        sources = series.joined_sources(rows["source"])
        parts.append(roled(projection, "projection", status="computed", grade="C", source=sources))
    parts[2] = parts[2].drop(columns=["gap", "baseline_year", "label"], errors="ignore")
    return _verdict_picture(data, axes, verdict, trajectory_rows(parts), head)


def _verdict_head(data: RegionData, verdict: assess.Verdict) -> Head:
    """Area and indicator, and what came of the target: the status, for a level with its gap."""
    head, said = data.head(), {}
    for language in head.title:
        words = verdict.status_words(language)
        if (
            verdict.kind in assess.VALUE_KINDS
            and verdict.closing in ("met", "missed")
            and verdict.gap is not None
        ):
            words = assess.closing_words(verdict, language=language).rstrip(".。")
        said[language] = "; ".join(filter(None, (words[:1].upper() + words[1:], head.subtitle[language])))
    return Head(head.title, said)


def _targets(plan, verdict: assess.Verdict) -> list[dict] | None:
    """The target of the verdict, then those of other plans on the same area and indicator."""
    if verdict.required is None:
        return None
    row = assess.target_of(plan, verdict.target)
    own = {"value": verdict.required, "horizon": verdict.horizon, **clause_columns(plan, row)}
    own |= {"baseline_year": verdict.baseline_year} if verdict.baseline_year else {}
    own |= {"gap": None} if verdict.status == "not assessable" else {}
    beside = []
    for other in (one for one in shipped_plans() if one.id != plan.id):
        rows = other.targets.iloc[list(assess.places_on(other.targets, verdict.indicator, area=verdict.area))]
        for one in rows[rows["kind"].isin(["level", "share"]) & rows["value"].notna()].to_dict("records"):
            target = {"value": one["value"], "label": other.id, **clause_columns(other, one)}
            beside.append(target | {"horizon": int(one["horizon"]), "source": ""})
    return [own, *sorted(beside, key=lambda one: (one["horizon"], one["label"]))]


def clause_columns(plan, row) -> dict:
    """What a row of a picture's data says of a clause of a plan."""
    issued = str(plan.facts.get("issued") or plan.facts.get("signed") or "")
    columns = {
        "plan": plan.id,
        "comparator": row["comparator"],
        "grade": row["grade"],
        "source": row["sources"],
    }
    return columns | {"status": "planned", "vintage": issued}


def _draw_growth(data: RegionData, verdict: assess.Verdict) -> Picture:
    """Yearly growth against the benchmark's, or against the rate that the target asks for."""
    measures = assess.GROWTH_OF.get(verdict.indicator, {"": (verdict.indicator,)})
    indicators = measures.get(_measure(verdict), (verdict.indicator,))
    data = replace(data, indicator=indicators[0])
    row, name = assess.target_of(data.plan, verdict.target), data.tables.name(verdict.area, data.language)
    years = range(verdict.horizon - 2, verdict.horizon + 1)
    shared = {"indicators": indicators, "tables": data.tables, "years": years}
    own = assess.growth_figures(data.plan, verdict.area, **shared).frame
    beside = pd.DataFrame(columns=["year", "value", "name", "source", "grade"])
    target = {"value": row["value"], "comparator": row["comparator"]}
    if row["benchmark"]:
        beside = assess.growth_figures(data.plan, row["benchmark"], **shared).frame
        beside, target = beside.assign(name=data.tables.name(row["benchmark"], data.language)), None
    members = pd.DataFrame(columns=["year", "value"])
    if verdict.area in set(data.plan.regions["region"]):
        members = data.figures()
        members = members if data.codebook["measure"] == "growth" else members.iloc[:0]
    own, beside, members = (recent_years(one, first=verdict.horizon - 6) for one in (own, beside, members))
    rows, head = pd.concat([own.assign(name=name), beside, members]), _verdict_head(data, verdict)
    plan_years = {"first_year": int(row["first_year"]), "year": verdict.horizon}
    parts = [roled(own, "actual", area=verdict.area, name=name), roled(members, "member")]
    parts.insert(1, roled(beside, "benchmark", area=row["benchmark"]))
    parts += [_mean_row(part, **plan_years) for part in parts[:2]]
    if target:
        clause = clause_columns(data.plan, row) | plan_years | {"value": row["value"], "area": verdict.area}
        parts.append(roled(pd.DataFrame([clause]), "target"))
    axes = charts.plot_growth_trajectory(
        own, benchmark=beside if len(beside) else None, members=members, target=target,
        years=(int(row["first_year"]), verdict.horizon), name=name, reason=verdict.reason(data.language),
        **data.labels(rows, head) | ({} if len(rows) else {"height_mm": EMPTY_MM}),
    )  # fmt: skip
    return _verdict_picture(data, axes, verdict, trajectory_rows(parts), head)


def _mean_row(rates: pd.DataFrame, *, first_year: int, year: int) -> pd.DataFrame:
    """Row of the mean growth over the years assessed; none where one of them has no figure."""
    within = rates[rates["year"].between(first_year, year)]
    if len(within) <= year - first_year:
        return within.iloc[:0]
    mean = {"value": series.mean_growth(within["value"]), "status": "computed", "first_year": first_year}
    mean |= {"source": series.joined_sources(within["source"]), "grade": within["grade"].max()}
    return roled(within.tail(1).assign(**mean, vintage=within["vintage"].max()), "mean")


def _verdict_picture(data: RegionData, axes, verdict: assess.Verdict, rows, head: Head) -> Picture:
    """Picture of a verdict: its caption carries the verdict and its reason."""
    area = "" if verdict.area == verdict.region or verdict.area in verdict.target else verdict.area
    name = "-".join(part for part in (verdict.target, area, _measure(verdict).replace(" ", "-")) if part)
    status = {language: verdict.status_words(language) for language in ("en", "zh")}
    status["en"] = status["en"][:1].upper() + status["en"][1:]
    reason = {language: verdict.reason(language) for language in status}
    caption = data.words("{title}. {status}: {reason}.", title=head.title, status=status, reason=reason)
    return data.picture(
        axes, name, rows, caption, region=verdict.region, target=verdict.target, indicator=verdict.indicator,
        area=verdict.area, status=verdict.status,
        message=verdict_sentence(verdict, assess.target_of(data.plan, verdict.target), data.tables),
    )  # fmt: skip


def _measure(verdict: assess.Verdict) -> str:
    """How growth is measured: the part of the reading after the comma."""
    return verdict.reading.partition(", ")[2]


def _series_rows(data: RegionData) -> pd.DataFrame:
    """Series of an area; ``reason`` says why it breaks before a year."""
    frame = recent_years(data.series().frame)
    inside = data.area in set(data.plan.regions["region"])
    scopes = [data.area, *(data.members if inside else ())]
    kinds = data.tables.breaks_of(scopes, data.indicator)
    years, reasons = frame["year"].tolist(), []
    for previous, year in zip([None, *years], years, strict=False):
        crossed = [first for first in sorted(kinds) if previous is not None and previous < first <= year]
        kind = kinds[crossed[-1]] if crossed else ""
        reasons.append(tr(BREAKS[kind], data.language) if kind in BREAKS else kind)
    return frame.assign(reason=reasons)
