"""Maps as pictures: the plan's regions, the figures of their members, the verdicts."""

import pandas as pd
from matplotlib.patches import Patch

from lnregions import maps
from lnregions._asked import checked
from lnregions.area_series import Tables, member_frame
from lnregions.boundaries import load_boundaries, load_context, load_locator
from lnregions.judgement import judge, load_tables, members_of
from lnregions.map_base import draw_outline, map_axes, start
from lnregions.map_fields import label_areas, wordings
from lnregions.map_legend import add_legend
from lnregions.palette import BORDER
from lnregions.pictures import BOUNDARIES, Picture, make_picture, source_line

PROVINCE = "210000"
PLAIN = "#f1e8d2"
FIRST_SHOWN = 2019
"""First year that classes are made from: the first on the basis of the fourth economic census."""
MANY_VALUES = 30
"""Values from which growth gets six classes, its outer twentieths left to the open end classes."""


@checked
def draw_membership(plan, *, as_of: str = "", language: str = "en", width: str = "double") -> Picture:
    """Map of all regions, where they overlap, and how well each membership is attested."""
    tables = load_tables(plan, as_of=as_of)
    axes = maps.plot_membership(
        load_boundaries(), plan.membership, counties=load_boundaries("county"), regions=plan.regions,
        ax=map_axes(width, language=language), language=language,
    )  # fmt: skip
    years = f"{plan.facts['first_year']}-{plan.facts['horizon']}"
    says = (
        f"Members of the plan's regions, {years}, and how well each is attested.",
        f"{years}年规划各区域成员及其证实程度。",
    )
    title = (f"Who belongs to the regions of the plan, {years}", f"规划各区域的成员（{years}年）")[
        language == "zh"
    ]
    data = plan.membership[["region", "area", "level", "status", "proxy", "note"]]
    line = _plan_line(plan, language)
    finish_picture_map(axes, title, line, language)
    return make_picture(
        axes, "membership", tables=tables, data=data, says=says, language=language, plan=plan.id
    )


@checked
def draw_location(
    plan, region: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of one region: its members with status, within the province."""
    tables = load_tables(plan, as_of=as_of)
    name = (tables.name(region, "en"), tables.name(region, "zh"))
    own = plan.membership[plan.membership["region"] == region]
    axes = maps.plot_membership(
        load_boundaries(), own, counties=load_boundaries("county"), regions=plan.regions,
        ax=map_axes(width, language=language), language=language,
    )  # fmt: skip
    says = (f"{name[0]}: its members and how well each is attested.", f"{name[1]}：成员及其证实程度。")
    title = (f"{name[0]}: location and members", f"{name[1]}：位置与成员")[language == "zh"]
    finish_picture_map(axes, title, _plan_line(plan, language), language)
    data = own[["region", "area", "level", "status", "proxy", "note"]]
    return make_picture(
        axes,
        f"location-{region}",
        tables=tables,
        data=data,
        says=says,
        language=language,
        plan=plan.id,
        region=region,
    )


@checked
def draw_map(
    plan, region: str, indicator: str, *, year: int | None = None, as_of: str = "", language: str = "en",
    width: str = "double",
) -> Picture:  # fmt: skip
    """Map of an indicator over a region's members: circles for amounts, classes for rates and shares.

    Classes, and the size of circles, are those of all areas of the level, so that the regions' maps compare. A
    region of counties is drawn by county where any of its counties has a figure. Without a year the latest one
    serves that at least half of the areas have; where no year has that many, the latest figure of each area.
    """
    tables = load_tables(plan, as_of=as_of)
    level, members = level_of(plan, region, indicator, tables)
    frame = load_boundaries(level)
    found = member_frame(tables, frame["area"], indicator=indicator)
    found = one_year(found, len(frame), year)
    drawn = frame[frame["area"].isin(members)].merge(found[["area", "year", "value"]], on="area", how="left")
    axes = _plot(drawn, drawn_values(tables, indicator), tables.indicator(indicator), width, language)
    data = found[found["area"].isin(members)].sort_values("area").assign(indicator=indicator)
    words = [_map_words(tables, region, indicator, data, lang) for lang in ("en", "zh")]
    if _stand_in(plan, region, members):
        words = [f"{words[0]} (cities standing in for counties)", f"{words[1]}（以市代县）"]
    line = source_line(data, tables, language=language, boundaries=True)
    others = frame[~frame["area"].isin(members)]
    finish_picture_map(axes, words[language == "zh"], line, language, others=others)
    says = (f"{words[0]}.", f"{words[1]}。")
    return make_picture(
        axes, f"map-{region}-{indicator}", tables=tables, data=data, says=says, language=language, plan=plan.id,
        region=region, indicator=indicator, as_of=tables.as_of, **_facts(axes),
    )  # fmt: skip


@checked
def draw_verdict_map(
    plan,
    verdicts: pd.DataFrame | None = None,
    *,
    as_of: str = "",
    language: str = "en",
    width: str = "double",
) -> Picture:
    """Map of the plan's state: every region with one mark a target, whose shape and colour tell the verdict."""
    tables = load_tables(plan, as_of=as_of)
    verdicts = judge(plan, as_of=as_of) if verdicts is None else verdicts
    count = len(verdicts)
    title = (
        f"{count} targets of the plan and their verdicts, by region"
        if count > 1
        else "The plan's target and its verdict, by region",
        f"规划{count}项目标的判断（分区域）",
    )
    axes = maps.plot_plan_status(
        _all_areas(plan),
        verdicts,
        members=_drawn_members(plan),
        names=plan.regions.set_index("region")[f"short_{language}"],
        legend=("Verdict (targets)", "判断（目标数）")[language == "zh"],
        ax=map_axes(width, language=language),
        language=language,
    )
    columns = [
        "target",
        "region",
        "area",
        "status",
        "actual_year",
        "actual",
        "required",
        "gap",
        "unit",
        "grade",
    ]
    data = verdicts[columns].assign(source=verdicts["sources"])
    finish_picture_map(
        axes, title[language == "zh"], source_line(data, tables, language=language, boundaries=True), language
    )
    says = (f"{title[0]}, as known on {tables.as_of}.", f"{title[1]}，截至{tables.as_of}。")
    return make_picture(
        axes, "verdict-map", tables=tables, data=data, says=says, language=language, plan=plan.id
    )


@checked
def draw_city_location(
    plan, adcode: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of a city's counties and districts within the province."""
    tables = load_tables(plan, as_of=as_of)
    counties = load_boundaries("county")
    own = counties[counties["parent"] == adcode]
    names = (tables.name(adcode, "en"), tables.name(adcode, "zh"))
    axes = _plain_areas(own, width, language)
    title = (f"{names[0]}: its districts and counties", f"{names[1]}：所辖区县")[language == "zh"]
    finish_picture_map(
        axes, title, BOUNDARIES[language], language, others=load_boundaries()[lambda f: f["area"] != adcode]
    )
    data = pd.DataFrame(own[["area", "name_en", "name_zh"]])
    says = (f"{names[0]} with its {len(own)} districts and counties.", f"{names[1]}及其{len(own)}个区县。")
    return make_picture(
        axes, f"location-{adcode}", tables=tables, data=data, says=says, language=language, adcode=adcode
    )


# -- parts --------------------------------------------------------------------------------------------------


def level_of(plan, region, indicator, tables: Tables):
    """Level to draw a region at, and its members there."""
    counties = plan.members(region, level="county")
    rows = tables.observations
    if counties and ((rows["indicator"] == indicator) & rows["area"].isin(counties)).any():
        return "county", counties
    return "city", members_of(plan, region)


def _drawn_members(plan):
    """Areas that make each region on a map: counties where it has any, else cities."""
    regions = {
        r: (plan.members(r, level="county"), plan.members(r, level="city")) for r in plan.regions["region"]
    }
    return {region: counties or cities for region, (counties, cities) in regions.items()}


def _all_areas(plan):
    """Cities, and the counties that are members, as one frame."""
    wanted = {area for areas in _drawn_members(plan).values() for area in areas}
    counties = load_boundaries("county")
    return pd.concat([load_boundaries(), counties[counties["area"].isin(wanted)]], ignore_index=True)


def _stand_in(plan, region, members):
    """Whether a region's areas are cities that only stand in for its counties in statistics."""
    own = plan.membership[(plan.membership["region"] == region) & plan.membership["area"].isin(members)]
    return bool(len(own)) and bool(own["proxy"].all())


def one_year(found, areas, year):
    """Rows of one year, or of the latest year of each area where no year has half of the areas."""
    if found.empty:
        return found
    if year is None:
        counts = found.groupby("year")["area"].nunique()
        full = counts[counts >= areas / 2]
        if full.empty:
            return found.sort_values("year").drop_duplicates("area", keep="last")
        year = int(full.index.max())
    return found[found["year"] == year]


def drawn_values(tables, indicator):
    """Values of all cities and counties in the years around the plan, which classes and circles are made from."""
    rows = tables.observations
    rows = rows[(rows["indicator"] == indicator) & rows["default"] & (rows["year"] >= FIRST_SHOWN)]
    below = tables.areas.loc[tables.areas["level"].isin(["city", "county"]), "area"]
    return rows.loc[rows["area"].isin(below), "value"]


def _plot(drawn, values, row, width, language):
    """Circles or classes, as the indicator's aggregation asks."""
    own = dict(unit=row["unit"], ax=map_axes(width, language=language), language=language, labels="value")
    own["legend"] = row[f"name_{language}"]
    if row["aggregation"] == "sum" and drawn["value"].notna().any():
        return maps.plot_symbols(drawn, "value", largest=float(values.max()), **own)
    return maps.plot_choropleth(drawn, "value", breaks=class_breaks(values, row["measure"]), **own)


def class_breaks(values, measure):
    """Class breaks of all values of an indicator; rare extremes of growth do not stretch its classes."""
    values = values.dropna()
    if len(values) < 2:
        return None
    if measure != "growth" or len(values) < MANY_VALUES:
        return maps.round_breaks(values)
    low, high = values.quantile([0.05, 0.95])
    return maps.round_breaks(values[values.between(low, high)], classes=6)


def _plain_areas(frame, width, language):
    """Areas in one fill, with their names."""
    frame = maps.prepare(frame)
    axes = start(map_axes(width, language=language), frame, language)
    fills = [PLAIN] * len(frame)
    maps.draw_areas(axes, frame.geometry, fills=fills)
    draw_outline(axes, frame.geometry)
    key = label_areas(axes, frame, wordings(frame, "name", language), fills)
    if key:
        word = {"en": "districts and counties", "zh": "区县"}[language]
        add_legend(axes, [Patch(facecolor=PLAIN, edgecolor=BORDER)], [word], title="", notes=key)
    return axes


def _map_words(tables, region, indicator, data, language):
    """What a map shows, where and when."""
    name, where = tables.indicator(indicator)[f"name_{language}"], tables.name(region, language)
    years = sorted(set(data["year"].dropna().astype(int)))
    when = "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
    if language == "zh":
        return f"{where}：{name}，" + (f"{when}年" if when else "暂无数据")
    return f"{where}: {name[:1].lower() + name[1:] if not name[:2].isupper() else name}, " + (
        when or "no data"
    )


def finish_picture_map(axes, title: str, line: str, language: str, *, others=None) -> None:
    """Title, scale bar, arrow, source line, locator; other areas and neighbours as ground."""
    context = load_context()
    if others is not None and len(others):
        context = pd.concat(
            [context[context["area"] != PROVINCE], others.assign(kind="area")], ignore_index=True
        )
    maps.finish_map(
        axes, title=title, source=line, language=language, context=context, inset=(load_locator(), [PROVINCE])
    )


def _plan_line(plan, language):
    """Source line of a map that shows the plan itself."""
    named = "；" if language == "zh" else "; "
    issuers = plan.sources["publisher"].where(plan.sources["publisher"] != "", plan.sources["title"])
    listed = named.join(str(s) for s in issuers.drop_duplicates().head(2))
    head = f"资料来源：{listed}。" if language == "zh" else f"Source: {listed}. "
    return head + BOUNDARIES[language]


def _facts(axes):
    facts = maps.map_facts(axes)
    return {"crs": facts.get("crs", ""), "classes": {k: v for k, v in facts.items() if k != "crs"}}
