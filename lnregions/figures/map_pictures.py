"""Maps as pictures: the plan's regions, the figures of their members, the verdicts."""

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from lnregions import maps
from lnregions.assess import Tables, judge, load_tables, member_frame, members_of
from lnregions.boundaries import boundaries_of, boundary_words
from lnregions.figures.asked import checked
from lnregions.figures.map_finish import finish_picture_map
from lnregions.figures.picture_words import in_sentence
from lnregions.figures.pictures import Picture, make_picture, source_line
from lnregions.maps import add_legend, draw_outline, label_areas, map_axes, plot_no_data, start, wordings
from lnregions.style import BORDER

PLAIN = "#f1e8d2"
FIRST_SHOWN = 2019
"""First year that classes are made from: the first on the basis of the fourth economic census."""
MANY_VALUES = 30
"""Values from which growth gets six classes, its outer twentieths left to the open end classes."""

NO_FIGURES = {"en": "no figure of these areas is known for it", "zh": "尚无这些地区的已知数据"}
ONLY_WORDS = {"en": "described in words only, without figures", "zh": "仅有文字表述，没有数值"}


@checked
def draw_membership(plan, *, as_of: str = "", language: str = "en", width: str = "double") -> Picture:
    """Map of all regions, where they overlap, and how well each membership is attested."""
    tables = load_tables(plan, as_of=as_of)
    axes = maps.plot_membership(
        boundaries_of(plan), plan.membership, counties=boundaries_of(plan, "county"), regions=plan.regions,
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
        boundaries_of(plan), own, counties=boundaries_of(plan, "county"), regions=plan.regions,
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
    frame = _areas(plan, level)
    codes = frame["area"].tolist()
    found = one_year(member_frame(tables, codes, indicator=indicator), len(frame), year)
    inside = np.isin(codes, members)
    rows = zip(found["area"].tolist(), found["year"].tolist(), found["value"].tolist(), strict=True)
    known = {area: (one, value) for area, one, value in rows}
    drawn = frame.take(np.flatnonzero(inside))
    figures = [known.get(area, (np.nan, np.nan)) for area in drawn["area"]]
    drawn = drawn.assign(year=[one for one, _ in figures], value=[value for _, value in figures])
    axes = _plot(drawn, drawn_values(tables, indicator), tables.indicator(indicator), width, language)
    data = found[found["area"].isin(members)].sort_values("area").assign(indicator=indicator)
    words = [_map_words(tables, region, indicator, data, lang) for lang in ("en", "zh")]
    if _stand_in(plan, region, members):
        words = [f"{words[0]} (cities standing in for counties)", f"{words[1]}（以市代县）"]
    line = source_line(data, tables, language=language, boundaries=boundary_words(plan, language))
    finish_picture_map(
        axes, words[language == "zh"], line, language, others=frame.take(np.flatnonzero(~inside))
    )
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
    line = source_line(data, tables, language=language, boundaries=boundary_words(plan, language))
    finish_picture_map(axes, title[language == "zh"], line, language)
    says = (f"{title[0]}, as known on {tables.as_of}.", f"{title[1]}，截至{tables.as_of}。")
    return make_picture(
        axes, "verdict-map", tables=tables, data=data, says=says, language=language, plan=plan.id
    )


@checked
def draw_city_location(
    plan, adcode: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of a city's counties and districts within the province; of the city alone where they have no boundaries."""
    tables = load_tables(plan, as_of=as_of)
    cities, counties = boundaries_of(plan), boundaries_of(plan, "county")
    own = counties[counties["parent"] == adcode]
    parts = len(own)
    own = own if parts else cities[cities["area"] == adcode]
    names = (tables.name(adcode, "en"), tables.name(adcode, "zh"))
    axes = _plain_areas(own, width, language)
    title = _location_title(names, parts)[language == "zh"]
    finish_picture_map(
        axes, title, boundary_words(plan, language), language, others=cities[cities["area"] != adcode]
    )
    data = pd.DataFrame(own[["area", "name_en", "name_zh"]])
    says = (f"{names[0]} with its {parts} districts and counties.", f"{names[1]}及其{parts}个区县。")
    says = (
        says
        if parts
        else tuple(words + stop for words, stop in zip(_location_title(names, 0), ".。", strict=True))
    )
    return make_picture(
        axes, f"location-{adcode}", tables=tables, data=data, says=says, language=language, adcode=adcode
    )


# -- parts --------------------------------------------------------------------------------------------------


def level_of(plan, region, indicator, tables: Tables):
    """Level to draw a region at, and its members there."""
    counties = [area for area, level, _ in _rows_of(plan, region) if level == "county"]
    if not _areas_with(tables, indicator).isdisjoint(counties):
        return "county", counties
    return "city", members_of(plan, region)


def _areas(plan, level="city"):
    """Boundaries that a plan's maps show, without what pandas would copy with every selection."""
    frame = boundaries_of(plan, level)
    frame.attrs = {}
    return frame


def _rows_of(plan, region):
    """Area, level and stand-in of each row of a region's membership."""
    columns = (plan.membership[name].tolist() for name in ("region", "area", "level", "proxy"))
    return [row[1:] for row in zip(*columns, strict=True) if row[0] == region]


def _areas_with(tables, indicator):
    """Areas that have figures of an indicator; found once for each set of tables."""
    key = ("areas with figures", indicator)
    if key not in tables.made:
        rows = tables.observations
        tables.made[key] = set(rows.loc[rows["indicator"] == indicator, "area"])
    return tables.made[key]


def _drawn_members(plan):
    """Areas that make each region on a map: counties where it has any, else cities."""
    found = {}
    for region in plan.regions["region"]:
        rows = _rows_of(plan, region)
        held = {level: [area for area, own, _ in rows if own == level] for level in ("county", "city")}
        found[region] = held["county"] or held["city"]
    return found


def _all_areas(plan):
    """Cities, and the counties that are members, as one frame."""
    wanted = {area for areas in _drawn_members(plan).values() for area in areas}
    counties = _areas(plan, "county")
    return pd.concat([_areas(plan), counties[counties["area"].isin(wanted)]], ignore_index=True)


def _stand_in(plan, region, members):
    """Whether a region's areas are cities that only stand in for its counties in statistics."""
    own = [proxy for area, _, proxy in _rows_of(plan, region) if area in members]
    return bool(own) and all(own)


def one_year(found, areas, year):
    """Rows of one year, or of the latest year of each area where no year has half of the areas."""
    if found.empty:
        return found
    if year is None:
        held: dict[int, set] = {}
        for one, area in zip(found["year"].tolist(), found["area"].tolist(), strict=True):
            held.setdefault(one, set()).add(area)
        full = [one for one, named in held.items() if len(named) >= areas / 2]
        if not full:
            return found.sort_values("year").drop_duplicates("area", keep="last")
        year = max(full)
    return found[found["year"] == year]


def drawn_values(tables, indicator):
    """Values of all cities and counties in the years around the plan, which classes and circles are made from."""
    key = ("drawn values", indicator)
    if key not in tables.made:
        rows = tables.observations
        below = tables.areas.loc[tables.areas["level"].isin(["city", "county"]), "area"]
        kept = (rows["indicator"] == indicator) & rows["default"] & (rows["year"] >= FIRST_SHOWN)
        tables.made[key] = rows.loc[kept & rows["area"].isin(below), "value"]
    return tables.made[key].copy()


def _plot(drawn, values, row, width, language):
    """Circles or classes, as the indicator's aggregation asks; hatches where no area has a figure."""
    own = dict(unit=row["unit"], ax=map_axes(width, language=language), language=language, labels="value")
    own["legend"] = row[f"name_{language}"]
    if drawn["value"].isna().all():
        return _no_figures(drawn, row, width, language)
    if row["aggregation"] == "sum":
        return maps.plot_symbols(drawn, "value", largest=float(values.max()), **own)
    return maps.plot_choropleth(drawn, "value", breaks=class_breaks(values, row["measure"]), **own)


def _no_figures(drawn, row, width, language):
    """Map of areas none of which has a figure, and why: none is known, or the indicator is one of words."""
    reason = NO_FIGURES if row["unit"] else ONLY_WORDS
    own = dict(ax=map_axes(width, language=language), language=language)
    return plot_no_data(drawn, legend=row[f"name_{language}"], reason=reason[language], **own)


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


def _location_title(names, parts):
    """Title of a city's map, in both languages."""
    if parts:
        return f"{names[0]}: its districts and counties", f"{names[1]}：所辖区县"
    return f"{names[0]}: where it lies", f"{names[1]}：位置"


def _map_words(tables, region, indicator, data, language):
    """What a map shows, where and when."""
    name, where = tables.indicator(indicator)[f"name_{language}"], tables.name(region, language)
    years = sorted(set(data["year"].dropna().astype(int)))
    when = "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
    if language == "zh":
        return f"{where}：{name}，" + (f"{when}年" if when else "暂无数据")
    return f"{where}: {in_sentence(name)}, " + (when or "no data")


def _plan_line(plan, language):
    """Source line of a map that shows the plan itself."""
    named = "；" if language == "zh" else "; "
    issuers = plan.sources["publisher"].where(plan.sources["publisher"] != "", plan.sources["title"])
    listed = named.join(str(s) for s in issuers.drop_duplicates().head(2))
    head = f"资料来源：{listed}。" if language == "zh" else f"Source: {listed}. "
    return head + boundary_words(plan, language)


def _facts(axes):
    facts = maps.map_facts(axes)
    return {"crs": facts.get("crs", ""), "classes": {k: v for k, v in facts.items() if k != "crs"}}
