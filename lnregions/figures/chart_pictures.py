"""Charts as pictures: targets against their paths, members, cities, and how sure we are."""

import math

import pandas as pd

from lnregions import charts
from lnregions.assess import (
    GROWTH_OF,
    VALUE_KINDS,
    Tables,
    Verdict,
    chain_index,
    common_release,
    figures_of,
    growth_figures,
    joined_sources,
    judge_all,
    load_tables,
    member_frame,
    members_of,
    outlook_of,
    places_on,
    required_path,
    target_of,
)
from lnregions.figures.asked import checked
from lnregions.figures.picture_words import common_words, head_words, recent_years
from lnregions.figures.pictures import Picture, Pictures, make_picture, source_words
from lnregions.tables import shipped_plans
from lnregions.words import text

EMPTY_MM = 45
"""Height of a chart that has nothing to show but its reason."""
CITIES = ("210100", "210200")
BREAKS = {
    "census": ("census revision", "普查修订"),
    "correction": ("figures corrected", "数据更正"),
    "coverage": ("wider coverage", "统计范围扩大"),
    "survey": ("another survey", "调查不同"),
}


@checked
def draw_scorecard(plan, verdicts: pd.DataFrame, *, language: str = "en", width: str = "double") -> Picture:
    """Scorecard of all targets: what was asked for, what came, the gap and the verdict."""
    tables = load_tables(plan, as_of=verdicts["as_of"].iloc[0] if len(verdicts) else "")
    data = verdicts.drop(columns=["reason_zh", "reason_en"]).assign(source=verdicts["sources"])
    count = len(verdicts)
    all_of_them = f"All {count} targets and their verdicts" if count > 1 else "The target and its verdict"
    words = (all_of_them, f"全部{count}项目标及判断" if count > 1 else "目标及判断")
    axes = charts.plot_scorecard(
        verdicts, targets=plan.targets, regions=plan.regions.set_index("region")[f"short_{language}"].to_dict(),
        names=tables.names(language), language=language, title=words[language == "zh"],
        subtitle=plan.facts.get(f"short_{language}", ""), width=width,
        source=source_words(data, tables, language=language),
    )  # fmt: skip
    says = (f"{words[0]}, as known on {tables.as_of}.", f"{words[1]}，截至{tables.as_of}。")
    return make_picture(
        axes, "scorecard", tables=tables, data=data, says=says, language=language, plan=plan.id
    )


@checked
def draw_targets(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Pictures:
    """Every target of a region that can be drawn, under each reading that names another area or measure."""
    tables = load_tables(plan, as_of=as_of)
    own = [v for v in judge_all(plan, as_of=as_of) if v.region == region and v.kind != "qualitative"]
    drawn = {(v.target, v.area, _way(v)): v for v in reversed(own)}
    return Pictures([draw_verdict(plan, v, tables, language, width) for v in reversed(drawn.values())])


@checked
def draw_dual_core(plan, *, as_of: str = "", language: str = "en", width: str = "double") -> Picture:
    """Shenyang and Dalian side by side, against their target for gross domestic product where the plan has one."""
    tables = load_tables(plan, as_of=as_of)
    own = plan.targets[plan.targets["area"].isin(CITIES) & (plan.targets["indicator"] == "gdp")]
    data = recent_years(member_frame(tables, CITIES, indicator="gdp"))
    line, more = None, ("", "")
    if len(own):
        years = range(int(own["first_year"].min()) - 1, int(own["horizon"].max()) + 1)
        goal, name = float(own["value"].max()), ("target", "目标")[language == "zh"]
        line = pd.DataFrame({"year": list(years), "value": goal, "name": name})
        more = (" against the target", "与目标")
    words = (f"Shenyang and Dalian: gross domestic product{more[0]}", f"沈阳与大连：地区生产总值{more[1]}")
    axes = charts.plot_member_panels(
        data, members=list(CITIES), benchmark=line, names=tables.names(language), language=language, unit="亿元",
        title=words[language == "zh"], source=source_words(data, tables, language=language), width=width,
    )  # fmt: skip
    says = (f"{words[0]}.", f"{words[1]}。")
    return make_picture(
        axes, "dual-core", tables=tables, data=data, says=says, language=language, plan=plan.id
    )


@checked
def draw_members(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Small multiples of a region's member cities: the same years and the same scale."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    data = recent_years(member_frame(tables, members, indicator=indicator))
    words = head_words(tables, indicator, region, ("member cities", "成员城市"))
    axes = charts.plot_member_panels(
        data,
        members=members,
        **common_words(tables, data, indicator, words, language, width),
        language=language,
    )
    return chart_picture(axes, f"members-{region}-{indicator}", tables, data, words, language, region=region)


@checked
def draw_indexed_growth(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Real growth of the members chained from one year, beside the province."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    base = int(plan.facts["first_year"]) - 6
    rates = member_frame(tables, members, indicator="gdp_growth_real")
    data = _chained(rates, base)
    beside = member_frame(tables, ["210000"], indicator="gdp_growth_real")
    province = _chained(beside, base)
    rates = pd.concat([rates, beside], ignore_index=True)
    words = head_words(tables, "gdp_growth_real", region, (f"{base} = 100", f"{base}年为100"))
    axes = charts.plot_indexed_growth(
        data, base_year=base, benchmark=province.assign(name=tables.name("210000", language)),
        highlight=_lead(plan, region), names=tables.names(language), language=language,
        **common_words(tables, rates, "gdp_growth_real", words, language, width) | {"unit": ""},
    )  # fmt: skip
    data = pd.concat([data, province], ignore_index=True)
    return chart_picture(axes, f"indexed-growth-{region}", tables, data, words, language, region=region)


@checked
def draw_contributions(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """What each member adds to the change of its region, over the plan's years that one release covers."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    rows = figures_of(plan, region, indicator=indicator, tables=tables).rows
    start = plan.facts["first_year"] - 1
    segment = max((row.segment for row in rows if row.year <= start), default=None)
    years = sorted(row.year for row in rows if row.segment == segment and row.year >= start)
    words = head_words(tables, indicator, region, ("what each member added", "各成员的贡献"))
    data = pd.DataFrame(columns=["area", "value", "source"])
    if len(years) > 1:
        pairs = zip(*(_release_of(tables, members, indicator, years[end]) for end in (0, -1)), strict=True)
        added = [
            (b.area, b.value - a.value, a.year, b.year, b.grade, f"{a.source} {b.source}") for a, b in pairs
        ]
        data = pd.DataFrame(added, columns=["area", "value", "first_year", "last_year", "grade", "source"])
        span = f"{years[0]}-{years[-1]}"
        words = head_words(
            tables, indicator, region, (f"what each member added, {span}", f"{span}年各成员的贡献")
        )
    axes = charts.plot_contributions(
        data,
        names=tables.names(language),
        language=language,
        **common_words(tables, data, indicator, words, language, width),
    )
    return chart_picture(
        axes, f"contributions-{region}-{indicator}", tables, data, words, language, region=region
    )


@checked
def draw_coverage(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Which of the region's targets has a figure for which year, and how well it is attested."""
    tables = load_tables(plan, as_of=as_of)
    own = plan.targets[(plan.targets["region"] == region) & (plan.targets["kind"] != "qualitative")]
    years = range(int(own["first_year"].min()) - 2, int(own["horizon"].max()) + 2)
    rows = []
    for target, area, indicator in zip(own["target"], own["area"], own["indicator"], strict=True):
        figures = figures_of(plan, area, indicator=indicator, tables=tables)
        held = {row.year: (row.grade, row.source) for row in figures.rows}
        rows += [(target, year, *held.get(year, ("", ""))) for year in years]
    data = pd.DataFrame(rows, columns=["area", "year", "grade", "source"])
    names = dict(zip(own["target"], own[f"label_{language}"], strict=True))
    where = (tables.name(region, "en"), tables.name(region, "zh"))
    words = ((f"{where[0]}: figures for its targets", f"{where[1]}：各项目标的数据"), ("", ""))
    axes = charts.plot_coverage(
        data, names=names, language=language, title=words[0][language == "zh"],
        source=source_words(data, tables, language=language), width=width,
    )  # fmt: skip
    return chart_picture(axes, f"coverage-{region}", tables, data, words, language, region=region)


# -- parts --------------------------------------------------------------------------------------------------


def _way(verdict: Verdict) -> str:
    """How growth is measured: the part of the reading after the comma."""
    return verdict.reading.partition(", ")[2]


def draw_verdict(plan, verdict: Verdict, tables: Tables, language: str, width) -> Picture:
    """One target under one reading, with a projection where its horizon has no figure yet."""
    if "growth" in verdict.kind and verdict.kind not in VALUE_KINDS:
        return _draw_growth(plan, verdict, tables, language, width)
    ahead = outlook_of(plan, target_of(plan, verdict.target), tables=tables)
    own = ahead.area == verdict.area and len(ahead.frame)
    return _draw_value(plan, verdict, tables, language, width, ahead if own else None)


def _draw_value(plan, verdict: Verdict, tables, language, width, ahead):
    """Actual figures against the path from the baseline to the value asked for, and other plans' targets."""
    data = area_series_of(plan, verdict.area, verdict.indicator, tables, language)
    words = head_words(tables, verdict.indicator, verdict.area)
    path = None
    if (
        verdict.baseline is not None
        and verdict.required is not None
        and verdict.baseline_year < verdict.horizon
    ):
        path = required_path(
            verdict.baseline,
            verdict.required,
            baseline_year=verdict.baseline_year,
            horizon=verdict.horizon,
            shape="band",
        )
    low = {} if len(data) else {"height_mm": EMPTY_MM}
    low |= {"notes": [ahead.reason(language)]} if ahead else {}
    axes = charts.plot_trajectory(
        data, path=path, target=_targets(plan, verdict, language), reason=verdict.reason(language), language=language,
        projection=ahead.frame if ahead else None,
        **common_words(tables, data, verdict.indicator, words, language, width) | low,
    )  # fmt: skip
    data = data.assign(kind="figure")
    if ahead:
        data = pd.concat([data, ahead.frame.assign(kind="projection")], ignore_index=True)
    return _verdict_picture(axes, plan, verdict, tables, data, words, language)


def _targets(plan, verdict, language):
    """The target of the verdict, then those of other plans on the same area and indicator."""
    if verdict.required is None:
        return None
    row = target_of(plan, verdict.target)
    own = {"value": verdict.required, "horizon": verdict.horizon, "comparator": row["comparator"]}
    own |= {"baseline_year": verdict.baseline_year} if verdict.baseline_year else {}
    own |= {"gap": None} if verdict.status == "not assessable" else {}
    others = [
        (other.id, other.targets.iloc[place])
        for other in shipped_plans()
        for place in places_on(other.targets, verdict.indicator, area=verdict.area)
        if other.id != plan.id
    ]
    beside = [
        {"value": o["value"], "horizon": int(o["horizon"]), "comparator": o["comparator"], "label": name}
        for name, o in others
        if o["kind"] in ("level", "share") and pd.notna(o["value"])
    ]
    return [own, *sorted(beside, key=lambda one: (one["horizon"], one["label"]))]


def _draw_growth(plan, verdict: Verdict, tables, language, width):
    """Yearly growth against the benchmark's, or against the rate asked for."""
    indicators = _indicators(verdict)
    years = range(verdict.horizon - 2, verdict.horizon + 1)
    own = growth_figures(plan, verdict.area, indicators=indicators, tables=tables, years=years).frame
    target_row = target_of(plan, verdict.target)
    beside = pd.DataFrame(columns=["year", "value", "name", "source", "grade"])
    if target_row["benchmark"]:
        found = growth_figures(
            plan, target_row["benchmark"], indicators=indicators, tables=tables, years=years
        ).frame
        beside = found.assign(name=tables.name(target_row["benchmark"], language))
    members = _member_rates(plan, verdict.area, indicators[0], tables)
    target = (
        None
        if target_row["benchmark"]
        else {"value": target_row["value"], "comparator": target_row["comparator"]}
    )
    recent = [recent_years(frame, first=verdict.horizon - 6) for frame in (own, beside, members)]
    data = pd.concat([recent[0].assign(name=tables.name(verdict.area, language)), recent[1], recent[2]])
    words = head_words(tables, indicators[0], verdict.area)
    low = {} if len(data) else {"height_mm": EMPTY_MM}
    axes = charts.plot_growth_trajectory(
        recent[0], benchmark=recent[1] if len(recent[1]) else None, members=recent[2], target=target,
        years=(int(target_row["first_year"]), verdict.horizon), name=tables.name(verdict.area, language),
        reason=verdict.reason(language), language=language,
        **common_words(tables, data, indicators[0], words, language, width) | low,
    )  # fmt: skip
    return _verdict_picture(axes, plan, verdict, tables, data, words, language)


def _verdict_picture(axes, plan, verdict, tables, data, words, language):
    """Picture of a verdict: its caption carries the verdict and its reason."""
    area = "" if verdict.area == verdict.region or verdict.area in verdict.target else verdict.area
    name = "-".join(part for part in (verdict.target, area, _way(verdict).replace(" ", "-")) if part)
    status = verdict.status[:1].upper() + verdict.status[1:]
    says = (
        f"{words[0][0]}. {status}: {verdict.reason_en}.",
        f"{words[0][1]}。{text(verdict.status, 'zh')}：{verdict.reason_zh}。",
    )
    return make_picture(
        axes, name, tables=tables, data=data, says=says, language=language, plan=plan.id, region=verdict.region,
        target=verdict.target, indicator=verdict.indicator, area=verdict.area, as_of=tables.as_of,
        status=verdict.status,
    )  # fmt: skip


def _indicators(verdict):
    """Indicators that one way of measuring growth tries in turn."""
    return GROWTH_OF.get(verdict.indicator, {"": (verdict.indicator,)}).get(
        _way(verdict), (verdict.indicator,)
    )


def _member_rates(plan, area, indicator, tables):
    """Growth rates of the members of a region; none for a single area."""
    if area not in set(plan.regions["region"]):
        return pd.DataFrame(columns=["year", "value"])
    found = member_frame(tables, members_of(plan, area), indicator=indicator)
    return found if tables.indicator(indicator)["measure"] == "growth" else found.iloc[:0]


def area_series_of(plan, area, indicator, tables, language):
    """Series of an area with the reason before which it breaks."""
    frame = recent_years(figures_of(plan, area, indicator=indicator, tables=tables).frame)
    scopes = [area]
    if area in set(plan.regions["region"]):
        scopes += members_of(plan, area)
    kinds = tables.breaks_of(scopes, indicator)
    words = {first: BREAKS.get(kind, (kind, kind))[language == "zh"] for first, kind in kinds.items()}
    reasons, previous = [], None
    for year in frame["year"].tolist():
        crossed = [first for first in sorted(words) if previous is not None and previous < first <= year]
        reasons.append(words[crossed[-1]] if crossed else "")
        previous = year
    return frame.assign(reason=reasons)


def _lead(plan, region):
    """Lead city of a region in a list, or an empty list."""
    city = str(plan.regions.set_index("region").loc[region, "lead_city"] or "")
    return [city] if city else []


def _chained(rates, base):
    """Indices chained from yearly rates, 100 in the base year, with the sources of all; an area stops at a hole."""
    columns = ["area", "year", "value", "source"]
    known: dict[str, dict[int, tuple]] = {}
    for area, year, value, source in zip(*(rates[name].tolist() for name in columns), strict=True):
        if year > base:
            known.setdefault(area, {})[int(year)] = (value, source)
    rows = []
    for area, own in known.items():
        if base + 1 in own:
            chain = chain_index({year: value for year, (value, _) in own.items()})
            for year, index in zip(chain["year"].tolist(), chain["index"].tolist(), strict=True):
                used = joined_sources(source for one, (_, source) in own.items() if one <= year)
                if not math.isnan(index):  # beyond a year without a rate
                    rows.append((area, year, index, used))
    return pd.DataFrame(rows, columns=columns)


def _release_of(tables, members, indicator, year):
    """Members' figures of one year from one release, in the order of the members."""
    rows = [one for one in tables.observed_of(indicator) if one.year == year and one.area in members]
    return common_release(rows, members)[1]


def chart_picture(axes, name, tables, data, words, language, **parameters):
    """Picture of a chart whose caption is its title and subtitle."""
    says = tuple(
        title + (glue + more if more else "") + stop
        for title, more, glue, stop in zip(words[0], words[1], (", ", "，"), (".", "。"), strict=True)
    )
    return make_picture(
        axes, name, tables=tables, data=data, says=says, language=language, as_of=tables.as_of, **parameters
    )
