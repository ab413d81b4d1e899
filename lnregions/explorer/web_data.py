"""What the script of an interactive map is given: areas with shapes, membership, figures and words, as plain data."""

import shapely

from lnregions.assess import Tables, members_of
from lnregions.boundaries import SOURCE, boundary_words, stands_on_shipped
from lnregions.errors import unknown
from lnregions.explorer import web_shapes
from lnregions.explorer.web_layers import Layer, map_layer, offered_layers
from lnregions.figures import level_of
from lnregions.words import text

WORDS = {
    "en": {
        "colon": ": ", "year": " ({year})", "year_word": "Year", "grade": "Grade", "source": "Source",
        "membership": "Membership", "no_data": "no data", "no_data_count": "no data ({count})",
        "not_member": "not a member", "zoom_in": "Zoom in", "zoom_out": "Zoom out", "close": "Close",
        "legend": "Legend", "indicator": "Indicator", "to_page": "All figures of this city",
    },
    "zh": {
        "colon": "：", "year": "（{year}年）", "year_word": "年份", "grade": "等级", "source": "资料来源",
        "membership": "成员身份", "no_data": "暂无数据", "no_data_count": "暂无数据（{count}）",
        "not_member": "非成员", "zoom_in": "放大", "zoom_out": "缩小", "close": "关闭",
        "legend": "图例", "indicator": "指标", "to_page": "查看该市全部数据",
    },
}  # fmt: skip
STATUSES = ("confirmed", "likely", "unverified")
_OUTLINES = {  # status: (English, Chinese)
    "confirmed": ("region, membership confirmed", "区域范围（成员已证实）"),
    "likely": ("membership likely", "成员较可能"),
    "unverified": ("membership unverified", "成员未证实"),
}
_STAND_IN = (
    "Figures are those of whole cities, which stand in for the counties outlined.",
    "数据为地级市全市数据，代替图中勾出的各县。",
)


def map_data(
    plan, tables: Tables, region: str = "", *, indicator: str = "", year: int | None = None,
    language: str = "en", links: dict[str, str] | None = None, picks: str = "",
) -> dict:  # fmt: skip
    """Everything one interactive map needs: the areas of the province, a region's members among them, its layers.

    Parameters
    ----------
    plan, tables
        The plan, and its figures as known on a date.
    region : str
        A region of the plan; empty for the whole province, all areas members.
    indicator : str
        The only layer; empty for a choice among those that have figures.
    year, language
        Year of the figures (empty: the latest that half of the areas have); "en" or "zh".
    links : dict
        Page of an area by its code.
    picks : str
        Class of the input elements that learn which area was chosen.

    Raises
    ------
    DataError
        When the region or indicator is unknown, or there is no figure to show.
    """
    regions = plan.regions["region"].tolist()
    if region and region not in regions:
        raise unknown("region", region, regions)
    level = level_of(plan, region, indicator, tables)[0] if region and indicator else "city"
    shapes = web_shapes.shapes_of(plan, level)
    frame = shapes.frame
    members = _members(plan, region, level, frame)
    asked = {"areas": frame["area"].tolist(), "members": members, "year": year, "language": language}
    layers = [map_layer(tables, indicator, **asked)] if indicator else offered_layers(tables, **asked)
    own = frame[frame["area"].isin(members)]
    statuses = _statuses(plan, region)
    outlines = _outlines(plan, region, frame, statuses)
    shown = [*own.geometry, *outlines.values()] or [*frame.geometry]
    return {
        "language": language, "label": _label(tables, plan, region, layers, language), "words": WORDS[language],
        "bounds": shapes.bounds,
        "view": web_shapes.bounds(shown),
        "ground": web_shapes.ground() if stands_on_shipped(plan) else None,
        "areas": _areas(shapes, tables, members, statuses, language, links or {}),
        "outlines": [
            {"status": status, "word": _OUTLINES[status][language == "zh"] if region else "",
             "shape": web_shapes.pack([shape])[0]}
            for status, shape in outlines.items()
        ],
        "layers": [_layer(one) for one in layers],
        "notes": [_STAND_IN[language == "zh"]] if _stands_in(plan, region, members) else [],
        "credit": _credit(plan, language),
        "picks": picks,
    }  # fmt: skip


def _credit(plan, language):
    """Whose the boundaries are."""
    if plan.boundaries is not None:
        return boundary_words(plan, language)
    return SOURCE[f"source_{language}"] + ("。" if language == "zh" else ".")


def _members(plan, region, level, frame):
    """Areas of the map that are a region's members, or lie in a member such as the province."""
    if not region:
        return frame["area"].tolist()
    named = plan.members(region, level="county") if level == "county" else members_of(plan, region)
    return frame.loc[frame["area"].isin(named) | frame["parent"].isin(named), "area"].tolist()


def _statuses(plan, region):
    """Status and note of each member of a region: area -> (status, note in English, note in Chinese)."""
    rows = plan.membership[plan.membership["region"] == region]
    kept = rows[["area", "status", "note", "note_zh"]].fillna("")
    return {r.area: (r.status, r.note, r.note_zh) for r in kept.itertuples()}


def _areas(shapes, tables, members, statuses, language, links):
    wanted = set(members)
    rows = zip(shapes.frame.itertuples(), shapes.packed, shapes.middles, strict=True)
    found = []
    for row, shape, middle in rows:
        status, note, note_zh = statuses.get(row.area, ("", "", ""))
        known = tables.name(row.area, language)
        found.append({
            "id": row.area, "name": known if known != row.area else str(getattr(row, f"short_{language}")),
            "member": row.area in wanted, "shape": shape, "middle": middle, "status": status,
            "status_word": text(status, language) if status else "",
            "note": note_zh if language == "zh" else note, "href": links.get(row.area, ""),
        })  # fmt: skip
    return found


def _outlines(plan, region, frame, statuses):
    """Outline of a region's members of each status, so that what is not attested is seen to be so."""
    if not region:
        return {"confirmed": shapely.union_all(frame.geometry.to_numpy())}
    areas = plan.members(region, level="county") or plan.members(region)
    if not set(areas) & {*frame["area"], *frame["parent"]}:
        frame = web_shapes.shapes_of(plan, "county").frame
    found = {}
    for status in STATUSES:
        own = [area for area in areas if statuses.get(area, ("",))[0] == status]
        inside = frame["area"].isin(own) | frame["parent"].isin(own)
        shapes = frame.loc[inside].geometry.to_numpy()
        if len(shapes):
            found[status] = shapely.union_all(shapes)
    return found


def _stands_in(plan, region, members):
    """Whether a region's areas are cities that only stand in for its counties in statistics."""
    own = plan.membership[(plan.membership["region"] == region) & plan.membership["area"].isin(members)]
    return bool(len(own)) and bool(own["proxy"].all())


def _label(tables, plan, region, layers, language):
    where = tables.name(region, language) if region else str(plan.facts.get(f"short_{language}") or plan.id)
    shown = f"{layers[0].title}" if len(layers) == 1 else ""
    if language == "zh":
        return f"交互地图：{where}" + (f"，{shown}" if shown else "")
    return f"Interactive map: {where}" + (f", {shown}" if shown else "")


def _layer(layer: Layer) -> dict:
    return {
        "indicator": layer.indicator, "title": layer.title, "year": layer.year, "circles": layer.circles,
        "legend": layer.legend, "method": layer.method, "areas": layer.areas,
    }  # fmt: skip
