"""Targets as pictures: the scorecard, and each target against its path, its benchmark or its bounds."""

import math
from dataclasses import replace
from functools import partial

import pandas as pd

from lnregions import assess, charts, series
from lnregions.assess.reasons import BREAKS, doubt_text
from lnregions.figures.bundles import Picture, Pictures
from lnregions.figures.drawn_rows import FIRST_SHOWN, check_verdicts, recent_years, roled, trajectory_rows
from lnregions.figures.region_data import Head, RegionData, or_reason
from lnregions.paths import PLAN
from lnregions.sentences import counted_sentence, verdict_sentence
from lnregions.sentences.wording import as_sentence
from lnregions.show import verdict_words
from lnregions.tables import printed_decimals, shipped_plans
from lnregions.words import LANGUAGES, RATE_DECIMALS, places_apart, places_shown, rounded, year_span
from lnregions.words.catalogue import tr
from lnregions.words.texts import with_article

EMPTY_MM = 45
"""Height of a chart that has nothing to show but its reason."""


@or_reason
def draw_scorecard(plan, verdicts: pd.DataFrame, **options) -> Picture:
    """Scorecard of all targets: what was asked for, what came, the gap and the verdict."""
    check_verdicts(verdicts)
    as_of = verdicts["as_of"].iloc[0] if len(verdicts) else ""
    data = RegionData.load(plan, as_of, **options)
    rows = verdicts.drop(columns=["reason_zh", "reason_en"]).rename(columns={"sources": "source"})
    decimals = [printed_decimals(*one) for one in zip(verdicts["indicator"], verdicts["unit"], strict=True)]
    message = "All {number} targets and their verdicts" if len(rows) > 1 else "The target and its verdict"
    title = data.words(message, number=len(rows))
    short = {lang: data.plan.name(lang) for lang in title}
    regions = data.plan.regions.set_index("region")[f"short_{data.language}"].to_dict()
    labels = data.labels(rows, Head(title, short)) | {"targets": data.plan.targets, "regions": regions}
    axes = charts.plot_scorecard(verdicts.assign(decimals=decimals), **labels)
    message = counted_sentence(data.plan, verdicts.itertuples())
    return data.picture(axes, "scorecard", rows, data.dated(title), message=message)


@or_reason
def draw_targets(plan, region: str, *, as_of: str = "", **options) -> Pictures:
    """Every target of a region that can be drawn, under each interpretation that names another area or measure."""
    data = RegionData.load(plan, as_of, region=region, **options)
    found = reversed(assess.judge_all(data.plan, as_of=as_of))
    own = [one for one in found if one.region == region and one.kind != "qualitative" and not one.derived]
    drawn = {(verdict.target, verdict.area, _measure(verdict)): verdict for verdict in own}
    reason = "" if drawn else tr("No picture: the plan sets no target with a number here.", data.language)
    return Pictures([draw_verdict(data, verdict) for verdict in reversed(drawn.values())], reason=reason)


@or_reason
def draw_series(adcode: str, indicator: str, *, plan=PLAN, as_of: str = "", **options) -> Picture:
    """One city's figures over the years, against its target where the plan has one for it."""
    data = RegionData.load(plan, as_of, adcode=adcode, indicator=indicator, **options)
    name = f"series-{adcode}-{indicator}"
    for verdict in assess.judge_all(data.plan, as_of=as_of):
        if (verdict.area, verdict.indicator) == (adcode, indicator) and verdict.kind in assess.VALUE_KINDS:
            return replace(draw_verdict(data, verdict), name=name)
    data.known(data.series().frame)
    return draw_plain_series(data, name)


def draw_plain_series(data: RegionData, name: str, *, reason: str = "", **parameters) -> Picture:
    """Figures of one area over the years without a target; `reason` says why there are none."""
    rows, head = _series_rows(data), data.head()
    axes = charts.plot_trajectory(rows, reason=reason, **data.labels(rows, head) | _low(rows))
    return data.picture(axes, name, trajectory_rows([roled(rows, "actual")]), head, **parameters)


def _low(rows: pd.DataFrame) -> dict:
    """Height of a picture that has only its reason to show."""
    return {} if len(rows) else {"height_mm": EMPTY_MM}


def draw_verdict(data: RegionData, verdict: assess.Verdict) -> Picture:
    """One target under one interpretation; where its area has no figure, the nearest figures there are.

    A projection or declared bounds stand where the horizon has no figure.
    """
    data = replace(data, area=verdict.area, indicator=verdict.indicator)
    case = assess.case_of(data.plan, verdict, tables=data.tables)
    late = any(row.year >= case.clause.first_year - 1 for row in case.figures.rows)
    if not late and (near := nearest_rows(case)) is not None:
        return _draw_nearest(data, verdict, case, near)
    if "growth" in verdict.kind and verdict.kind not in assess.VALUE_KINDS:
        return _draw_growth(data, verdict, case)
    return _draw_value(data, verdict, case)


def nearest_rows(case: assess.Case) -> pd.DataFrame | None:
    """Figures nearest to a clause whose area has none: of its members, and of the areas around it.

    Areas and, outside the plan's years, figures are those of `lnregions.assess.nearest_figures`; None where there
    are no figures. Around a direction or a level, larger areas say nothing of a region's and are left out.

    Returns
    -------
    DataFrame
        ``role area indicator year value unit segment grade vintage status source`` and names, the area's own row
        without a value first (with ``low`` and ``high`` where its figures have bounds).
    """
    clause, tables, parts = case.clause, case.tables, []
    first = clause.first_year - ("growth" not in clause.kind)
    for near in _nearest_areas(case):
        own = series.member_frame(tables, [near.area], indicator=near.indicator)
        within = own[own["year"].between(first, clause.horizon)]
        before = own[own["year"] < first].tail(int(clause.kind == "direction"))
        rows = pd.concat([before, within]) if len(within) else own[own["year"] == near.year]
        role = "member" if near.area in (*case.members, clause.area) else "benchmark"
        parts.append(roled(rows, role, indicator=near.indicator, unit=near.unit))
    if not parts:
        return None
    own = {f"name_{language}": tables.name(clause.area, language) for language in ("en", "zh")}
    own |= {"role": "bound", "area": clause.area, "indicator": case.indicators[0], "unit": near.unit}
    possible = assess.possible_of(case, clause.horizon)
    if possible is not None and possible.known:
        ends = {"low": possible.low, "high": possible.high}
        own |= {"year": clause.horizon, "source": possible.sources} | ends
    return pd.concat([pd.DataFrame([own]), *parts], ignore_index=True)


def _nearest_areas(case: assess.Case) -> list:
    """The nearest figure of each member that has one, or else of an area around; for rates those around as well."""
    found, tables = assess.nearest_figures(case), case.tables
    level = found and tables.indicator(found[0].indicator)["measure"] == "level"
    if not found or level or case.clause.kind == "direction":
        return found
    around = tables.parents.get((case.members or (case.clause.area,))[0])
    while around:
        known = {row.area for row in found}
        found += [row for row in assess.nearest_figures(case, [around]) if row.area not in known]
        around = tables.parents.get(around)
    return found


def _draw_nearest(
    data: RegionData, verdict: assess.Verdict, case: assess.Case, rows: pd.DataFrame
) -> Picture:
    """Nearest figures of a target whose area has none, a row an area, against what the target requires."""
    clause, data = case.clause, replace(data, indicator=case.indicators[0])
    head, years = _verdict_head(data, verdict), year_span(clause.first_year, clause.horizon)
    comparable = pd.notna(clause.value) and clause.kind not in ("cumulative_growth", "doubling")
    goals = _targets(data, replace(verdict, required=clause.value)) if comparable else []
    area = with_article(data.tables.name_text(clause.area))._asdict()
    message = "No figure of {area} is published for {years}; shown are the nearest."
    note = data.words(message, area=area, years=years)
    labels = data.labels(rows, head, notes=[note[data.language]])
    axes = charts.plot_dots(rows, targets=goals, highlight=[clause.area], **labels)
    bound = rows["low"].notna() if "low" in rows else rows["value"].notna()
    parts = [rows[rows["role"] != "bound"], rows[(rows["role"] == "bound") & bound].assign(status="computed")]
    return _verdict_picture(data, axes, verdict, trajectory_rows([*parts, _goal_rows(goals)]), head)


def _draw_value(data: RegionData, verdict: assess.Verdict, case: assess.Case) -> Picture:
    """Actual figures against the path from the baseline to the target, and other plans' targets.

    Where the baseline is at or beyond the target, no path leads there and the target alone is drawn.
    """
    rows, head = _series_rows(data, verdict.baseline_year), _verdict_head(data, verdict)
    row, notes = assess.target_of(data.plan, verdict.target), []
    outlook = assess.outlook_of(data.plan, row, tables=data.tables)
    projection = outlook.frame if outlook.area == verdict.area and not verdict.by_bounds else ()
    path = _path_of(data, verdict, down=row["comparator"] in ("<", "<="))
    if path is not None and not row["base_stated"]:
        message = "The plan states no base year; the path starts from {year}."
        notes.append(tr(message, data.language, year=verdict.baseline_year))
    if len(projection):
        notes.append(outlook.reason(data.language))
    targets, bounds = _targets(data, verdict), None
    if verdict.by_bounds and verdict.low is not None:
        ends = {"low": verdict.low, "high": verdict.high}
        bounds = pd.DataFrame([{"year": verdict.horizon, "source": verdict.sources} | ends])
    former = _former_rows(case)
    drawn = rows.assign(former=rows["year"].map(dict(zip(former["year"], former["value"], strict=True))))
    axes = charts.plot_trajectory(
        drawn, path=path, target=targets, projection=projection if len(projection) else None, bounds=bounds,
        reason=verdict.reason(data.language), **data.labels(rows, head, notes=notes) | _low(rows),
    )  # fmt: skip
    parts = [roled(rows, "actual"), _goal_rows(targets), roled(former, "former")]
    if path is not None:
        parts.insert(1, roled(path.rename(columns={"required": "value"}), "required"))
    if bounds is not None:
        parts.append(roled(bounds, "bound", status="computed"))
    if len(projection):
        sources = series.joined_sources(rows["source"])
        parts.append(roled(projection, "projection", status="computed", grade="C", source=sources))
    return _verdict_picture(data, axes, verdict, trajectory_rows(parts), head)


def _path_of(data: RegionData, verdict: assess.Verdict, *, down: bool) -> pd.DataFrame | None:
    """Required path from the baseline, as well attested as the figure there; None where none leads to the target."""
    known = None not in (verdict.baseline, verdict.required) and verdict.baseline_year < verdict.horizon
    if not known or verdict.baseline == verdict.required or (verdict.baseline > verdict.required) != down:
        return None
    years = {"baseline_year": verdict.baseline_year, "horizon": verdict.horizon}
    path = series.required_path(verdict.baseline, verdict.required, **years, shape="band")
    start = data.series().frame.set_index("year").loc[verdict.baseline_year]
    return path.assign(status="computed", **start[["grade", "vintage", "source"]])


def _former_rows(case: assess.Case) -> pd.DataFrame:
    """Value at the horizon on the basis before a break, carried on by published real growth; empty without one."""
    columns = ["year", "value", "grade", "vintage", "source"]
    rows = case.linked.figures.rows if case.linked else ()
    found = [[getattr(row, name) for name in columns] for row in rows if row.year == case.clause.horizon]
    return pd.DataFrame(found, columns=columns).assign(status="computed")


def verdict_in_words(verdict: assess.Verdict, language: str) -> str:
    """Status with the gap: ``missed by 48.31 billion yuan (4.8%) in 2024; reached in 2025``."""
    words = verdict.status_words(language)
    if verdict.gap is None:
        return words
    if "growth" in verdict.kind and verdict.kind not in assess.VALUE_KINDS:
        numbers = verdict_words(verdict, language)
        message = "{status}: {actual} a year in {years} against {required} ({gap})"
        numbers["years"] = year_span(verdict.mean_from, verdict.actual_year)
        return tr(message, language, status=words, **numbers) if numbers["required"] else words
    if verdict.closing in ("met", "missed"):
        return assess.closing_words(verdict, language=language).rstrip(".。")
    return words


def _verdict_head(data: RegionData, verdict: assess.Verdict) -> Head:
    """Area and indicator, and what came of the target: the status with its gap."""
    head, said = data.head(), {}
    for language, subtitle in head.subtitle.items():
        words = verdict_in_words(verdict, language)
        said[language] = tr("; ", language).join(filter(None, (words[:1].upper() + words[1:], subtitle)))
    return Head(head.title, said)


def _targets(data: RegionData, verdict: assess.Verdict) -> list[dict]:
    """The target of the verdict, then those of other plans on the same area and indicator, with the plan's name."""
    if verdict.required is None:
        return []
    row = assess.target_of(data.plan, verdict.target)
    own = {"value": verdict.required, "horizon": verdict.horizon, **clause_columns(data.plan, row)}
    own |= {"baseline_year": verdict.baseline_year} if verdict.baseline_year else {}
    own |= {"gap": None} if verdict.status in ("not assessable", "no data") else {}
    own |= {"label": data.names[row["benchmark"]]} if verdict.kind == "relative_level" else {}
    beside, members = [], set(assess.region_members(data.plan, verdict.area))
    for other in shipped_plans():
        if other.id == data.plan.id or set(assess.region_members(other, verdict.area)) != members:
            continue  # the same plan, or another region of the same code
        rows = other.targets.iloc[list(assess.places_on(other.targets, verdict.indicator, area=verdict.area))]
        for one in rows[rows["kind"].isin(["level", "share"]) & rows["value"].notna()].to_dict("records"):
            target = {"value": one["value"], "label": other.name(data.language), **clause_columns(other, one)}
            beside.append(target | {"horizon": int(one["horizon"]), "source": ""})
    return [own, *sorted(beside, key=lambda one: (one["horizon"], one["plan"]))]


def _goal_rows(targets: list[dict]) -> pd.DataFrame:
    """Rows of targets in the data of a picture."""
    rows = pd.DataFrame(targets).rename(columns={"horizon": "year"})
    return roled(rows.drop(columns=["gap", "baseline_year", "label"], errors="ignore"), "target")


def clause_columns(plan, row) -> dict:
    """What a row of a picture's data says of a clause of a plan."""
    return {
        "plan": plan.id, "comparator": row["comparator"], "grade": row["grade"], "source": row["sources"],
        "status": "planned", "vintage": str(plan.facts.get("issued") or plan.facts.get("signed") or ""),
    }  # fmt: skip


def _draw_growth(data: RegionData, verdict: assess.Verdict, case: assess.Case) -> Picture:
    """Yearly growth against the benchmark's, or against the rate that the target asks for."""
    measures = assess.GROWTH_OF.get(verdict.indicator, {"": (verdict.indicator,)})
    indicators = measures.get(_measure(verdict), (verdict.indicator,))
    data = replace(data, indicator=indicators[0])
    row, name = assess.target_of(data.plan, verdict.target), data.tables.name(verdict.area, data.language)
    years = range(verdict.horizon - 2, verdict.horizon + 1)
    rates = partial(assess.growth_figures, data.plan, indicators=indicators, tables=data.tables, years=years)
    averaged = verdict.mean_from and verdict.actual_year == verdict.horizon  # else of some of the years only
    own = rates(verdict.area).frame.assign(mean=verdict.actual if averaged else None)
    beside = pd.DataFrame(columns=["year", "value", "mean", "name", "source", "grade"])
    target = {"value": row["value"], "comparator": row["comparator"]}
    if row["benchmark"]:
        other, target = data.tables.name(row["benchmark"], data.language), None
        beside = rates(row["benchmark"]).frame.assign(name=other, mean=verdict.required if averaged else None)
    members = pd.DataFrame(columns=["year", "value"])
    if verdict.area in set(data.plan.regions["region"]):
        members = data.figures() if data.codebook["measure"] == "growth" else data.figures([])
        members = members.assign(name=members[f"name_{data.language}"])
    own, beside, members = (recent_years(one, first=verdict.horizon - 6) for one in (own, beside, members))
    rows, head = pd.concat([own.assign(name=name), beside, members]), _verdict_head(data, verdict)
    first = int(row["first_year"])
    if rows["value"].isna().all() and verdict.actual is not None:
        return _draw_means(data, verdict, case, head)
    attested = roled(own, "actual", area=verdict.area, name=name)
    attested = [attested, roled(beside, "benchmark", area=row["benchmark"])]
    parts = [*attested, roled(members, "member")]
    parts += [_mean_row(part, verdict, first_year=first) for part in attested]
    parts = [part.drop(columns="mean", errors="ignore") for part in parts]
    if target:
        clause = clause_columns(data.plan, row) | {"value": row["value"], "area": verdict.area}
        clause |= {"first_year": first, "year": verdict.horizon}
        parts.append(roled(pd.DataFrame([clause]), "target"))
    notes = doubts(data, case)
    if averaged and not {*range(verdict.mean_from, verdict.horizon + 1)} <= {*own["year"]}:
        notes.insert(0, _by_levels(data, verdict))
    axes = charts.plot_growth_trajectory(
        own, benchmark=beside, members=members, target=target,
        years=(first, verdict.horizon), name=name, reason=verdict.reason(data.language),
        **data.labels(rows, head, notes=notes) | _low(rows),
    )  # fmt: skip
    return _verdict_picture(data, axes, verdict, trajectory_rows(parts), head)


def _draw_means(data: RegionData, verdict: assess.Verdict, case: assess.Case, head: Head) -> Picture:
    """Mean growth of an area and its benchmark by the levels of two years, where no single rate is known."""
    row, means = case.row, {verdict.area: verdict.actual}
    if row["benchmark"]:
        means[row["benchmark"]] = verdict.required
    measured = {"year": verdict.actual_year, "first_year": verdict.mean_from, "status": "computed"}
    measured |= {"grade": verdict.grade, "vintage": verdict.as_of, "source": verdict.sources}
    rows = pd.DataFrame({"area": [*means], "value": [*means.values()], "role": "mean"} | measured)
    for language in LANGUAGES:
        rows[f"name_{language}"] = [data.tables.name(area, language) for area in means]
    goals = [] if row["benchmark"] else _targets(data, verdict)
    notes = [_by_levels(data, verdict), *doubts(data, case)]
    labels = data.labels(rows, head, notes=notes)
    axes = charts.plot_dots(rows.drop(columns="year"), targets=goals, highlight=[verdict.area], **labels)
    return _verdict_picture(data, axes, verdict, trajectory_rows([rows, _goal_rows(goals)]), head)


def _by_levels(data: RegionData, verdict: assess.Verdict) -> str:
    """Note that a mean is that of the levels of two years."""
    message = "Mean growth a year in {years}, by the levels of two years."
    return tr(message, data.language, years=year_span(verdict.mean_from, verdict.actual_year))


def doubts(data: RegionData, case: assess.Case) -> list[str]:
    """Note on figures that a caveat calls doubtful and that the growth of a case rests on."""
    text = doubt_text(case, range(case.clause.first_year - 1, case.clause.horizon + 1))
    return [getattr(as_sentence(text), data.language)] if text.en else []


def _mean_row(rates: pd.DataFrame, verdict: assess.Verdict, *, first_year: int) -> pd.DataFrame:
    """Row of the mean growth over the years assessed; none where one of them has no figure and the verdict no mean.

    A mean that is not that of the rates, but of levels, rests on what the verdict rests on.
    """
    within = rates[rates["year"].between(first_year, verdict.horizon)]
    known, whole = rates["mean"].dropna(), len(within) > verdict.horizon - first_year
    if within.empty or (known.empty and not whole):
        return within.iloc[:0]
    of_rates, places = series.mean_growth(within["value"]), RATE_DECIMALS
    if verdict.mean_from:
        places = places_apart(verdict.actual, verdict.required, places)
    value = float(known.iloc[0]) if len(known) else of_rates
    mean = {"value": value, "status": "computed", "first_year": first_year, "year": verdict.horizon}
    mean["drawn"] = float(rounded(value, places_shown(value, places)))
    mean |= {"source": verdict.sources, "grade": verdict.grade, "vintage": verdict.as_of}
    if whole and math.isclose(value, of_rates):
        worst = within[["grade", "vintage"]].max()
        mean |= {"source": series.joined_sources(within["source"]), **worst}
    return roled(within.tail(1).assign(**mean), "mean")


def _verdict_picture(data: RegionData, axes, verdict: assess.Verdict, rows, head: Head) -> Picture:
    """Picture of a verdict: its caption carries the verdict and its reason."""
    area = "" if verdict.area == verdict.region or verdict.area in verdict.target else verdict.area
    name = "-".join(part for part in (verdict.target, area, _measure(verdict).replace(" ", "-")) if part)
    said = verdict_sentence(verdict, assess.target_of(data.plan, verdict.target), data.tables)
    status = {language: verdict.status_words(language) for language in LANGUAGES}
    status["en"] = status["en"][:1].upper() + status["en"][1:]
    reason = {language: verdict.reason(language) for language in LANGUAGES}
    caption = data.words("{status}: {reason}.", status=status, reason=reason)
    of = {name: getattr(verdict, name) for name in ("region", "target", "indicator", "area", "status")}
    return data.picture(axes, name, rows, caption, message=said, **of)


def _measure(verdict: assess.Verdict) -> str:
    """How growth is measured: the part of the interpretation after the comma."""
    return verdict.interpretation.partition(", ")[2]


def _series_rows(data: RegionData, baseline: int | None = None) -> pd.DataFrame:
    """Series of an area, from its baseline on if that is early; ``reason`` says why it breaks before a year."""
    frame = recent_years(data.series().frame, first=min(FIRST_SHOWN, baseline or FIRST_SHOWN))
    inside = data.area in set(data.plan.regions["region"])
    scopes = [data.area, *(data.members if inside else ())]
    kinds = data.tables.breaks_of(scopes, data.indicator)
    years, reasons = frame["year"].tolist(), []
    for previous, year in zip([None, *years], years, strict=False):
        crossed = [first for first in sorted(kinds) if previous is not None and previous < first <= year]
        kind = kinds[crossed[-1]] if crossed else ""
        reasons.append(tr(BREAKS[kind], data.language) if kind in BREAKS else kind)
    return frame.assign(reason=reasons)
