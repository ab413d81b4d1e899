"""Which areas make which region, where regions overlap, and how well each membership is attested."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from matplotlib.lines import Line2D

from lnregions import errors as _checks
from lnregions.boundaries import remembered, union
from lnregions.maps.base import draw_areas, draw_outline, mm_box, prepare, start, units_per_mm
from lnregions.maps.fields import counted, label_areas, wordings
from lnregions.maps.legend import add_legend, swatch
from lnregions.style import palette
from lnregions.words import WORDS, text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

STATUSES = ("confirmed", "likely", "unverified")
LINES = {"confirmed": "-", "likely": (0, (3.5, 1.4)), "unverified": (0, (0.9, 1.1))}
STRENGTHS = {"confirmed": 1.0, "likely": 0.85, "unverified": 0.55}
_STRIPE_MM = 1.5
_INSET_MM = 0.45  # of the first region's line from the border
_STEP_MM = 0.8  # further in for each further region, so that lines run side by side
_LINE_POINTS = 1.1


class _Member(NamedTuple):
    region: str
    status: str


def plot_membership(
    cities: "gpd.GeoDataFrame",
    membership: "pd.DataFrame",
    *,
    counties: "gpd.GeoDataFrame | None" = None,
    regions: "pd.DataFrame | None" = None,
    labels: str = "name",
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Policy regions over one another: a colour each, stripes where they overlap, a line for their status.

    A region's line runs inside its border, each region at its own distance from it, so that two or three can
    be followed where they overlap: solid for confirmed members, dashed for likely, dotted for unverified
    ones, whose fill is paler, too. Zones within cities and cities that only stand in for their counties in
    statistics (``proxy``) are no members of their own and not drawn.

    Parameters
    ----------
    cities
        Boundaries of all cities: ``area``, ``short_en``, ``short_zh``, geometry.
    membership
        ``region area level status`` and, if there are stand-ins, ``proxy``; as ``plan.membership``.
    counties
        Boundaries of counties, needed when a member is one.
    regions
        ``region short_en short_zh`` in the order of the legend; without it, in the order of membership.
    labels
        "name", "both" or "none".
    ax
        Axes to draw on, else a new figure's.
    language
        "en" or "zh".

    Raises
    ------
    DataError
        For a member that is not among the boundaries, or an unknown status.
    """
    cities = prepare(cities, needs=("area",))
    members = _members(membership)
    by_city = _by_area(members[members["level"] == "city"], cities, "city")
    named = _names(members, regions, language)
    wanted = members[members["level"] == "county"]
    by_county: dict[str, list[_Member]] = {}
    if len(wanted):
        if counties is None:
            raise _checks.DataError(
                f"{len(wanted)} members are counties, whose boundaries were not given. "
                "Add counties=load_boundaries('county').",
            )
        counties = prepare(counties, needs=("area", "parent"))
        by_county = _by_area(wanted, counties, "county")
    facts = {name: sorted(part["area"]) for name, part in members.groupby("region", sort=False)}
    ax = start(ax, cities, language, members=facts)
    order = list(named)
    grounds = _fill(ax, cities, by_city, order)
    drawn, words = cities, wordings(cities, labels, language)
    if by_county:
        counties = counties[counties["area"].isin(list(by_county))]
        parents = counties.set_index("area")["parent"]
        both = {a: [*by_city.get(parents[a], []), *found] for a, found in by_county.items()}
        grounds += _fill(ax, counties, both, order, linewidths=0.3)
        drawn, words = _with_counties(cities, counties, words, wordings(counties, labels, language))
        by_city = {**by_city, **both}
    shapes = dict(zip(drawn["area"], drawn.geometry, strict=True))
    for place, region in enumerate(order):
        _draw_region(ax, members[members["region"] == region], shapes, region, place)
    draw_outline(ax, cities.geometry)
    key = label_areas(ax, drawn, words, grounds, ground=True)
    _legend(ax, members, named, by_city, key, language)
    return ax


def _members(membership: "pd.DataFrame") -> "pd.DataFrame":
    """Cities and counties that are members in their own right."""
    members = membership[membership["level"].isin(["city", "county"])]
    if "proxy" in members:
        members = members[~members["proxy"].astype(bool)]
    for status in members["status"]:
        if status not in STATUSES:
            raise _checks.unknown("status", status, STATUSES)
    if not len(members):
        raise _checks.DataError(
            "No city or county is a member. Give at least one row of membership.",
        )
    return members


def _by_area(members, frame, level: str) -> dict[str, list[_Member]]:
    known = list(frame["area"])
    found: dict[str, list[_Member]] = {}
    for row in members.itertuples():
        if row.area not in known:
            raise _checks.unknown(level, row.area, known)
        found.setdefault(row.area, []).append(_Member(row.region, row.status))
    return found


def _names(members, regions, language: str) -> dict[str, str]:
    """Short name of each region that has members, in the order of the legend."""
    present = list(dict.fromkeys(members["region"]))
    if regions is None:
        return {r: text(r, language) if r in WORDS else r for r in present}
    named = dict(zip(regions["region"], regions[f"short_{language}"], strict=True))
    for region in present:
        if region not in named:
            raise _checks.unknown("region", region, list(named))
    return {r: name for r, name in named.items() if r in present}


def _with_counties(cities, counties, city_words, county_words):
    """Cities without their member counties, then those counties: what is labelled and outlined."""
    import pandas as pd

    columns = ["area", "short_en", "short_zh", "geometry"]
    left = cities[columns].copy()
    task = ("without", len(left))
    left["geometry"] = remembered(
        task, [*left.geometry, *counties.geometry], lambda: _without(left.geometry, counties.geometry)
    )
    return pd.concat([left, counties[columns]], ignore_index=True), [*city_words, *county_words]


def _without(shapes, taken) -> list:
    """Shapes without the ground of others; one that would have nothing left as it was."""
    rest = shapely.difference(np.asarray(shapes), union(taken))
    return [r if not r.is_empty else g for r, g in zip(rest, shapes, strict=True)]


def _fill(ax: "Axes", frame, by_area: dict, order: list[str], **looks) -> list[str | None]:
    """Fill areas by their regions; the ground of each label, None where it is striped."""
    grounds: list[str | None] = []
    plain, fills = [], []
    for area, geometry in zip(frame["area"], frame.geometry, strict=True):
        members = sorted(by_area.get(area, []), key=lambda m: order.index(m.region))
        tints = [
            palette.region_tint(m.region, order=order.index(m.region), strength=STRENGTHS[m.status])
            for m in members
        ]
        plain.append(geometry)
        fills.append(tints[0] if tints else palette.LAND)
        grounds.append(fills[-1] if len(tints) < 2 else None)
        for k, fill in enumerate(tints[1:], start=1):
            stripes = _stripes(geometry, k, len(tints), width=_stripe_width(ax))
            draw_areas(ax, [stripes], fills=fill, edge="none", zorder=2.2, gid=f"stripes {area}")
    draw_areas(ax, plain, fills=fills, gid="areas", **looks)
    edges = {"linewidths": 0.4, "zorder": 2.4, "gid": "borders", **looks}
    draw_areas(ax, plain, fills="none", edge=palette.BORDER, **edges)
    return grounds


def _stripe_width(ax: "Axes") -> float:
    """Width of a diagonal stripe along a parallel, in the units of the axes; narrower on a small map."""
    return float(_STRIPE_MM * min(1.0, max(0.7, mm_box(ax)[2] / 125)) * units_per_mm(ax) * np.sqrt(2))


def _stripes(geometry, turn: int, turns: int, *, width: float):
    """The `turn`-th of `turns` alternating diagonal stripes of an area, cut once a process."""
    task = ("stripes", turn, turns, width)
    return remembered(task, [geometry], lambda: _cut_stripes(geometry, turn, turns, width))


def _cut_stripes(geometry, turn: int, turns: int, width: float):
    xmin, ymin, xmax, ymax = shapely.bounds(geometry)
    high = ymax - ymin
    first = np.floor((xmin - ymax) / (width * turns)) * width * turns + turn * width
    stripes = []
    for x in np.arange(first, xmax - ymin + width, width * turns):  # x - y is constant along a stripe
        low, up = x + ymin, x + ymin + high
        stripes.append(shapely.Polygon([(low, ymin), (low + width, ymin), (up + width, ymax), (up, ymax)]))
    return shapely.intersection(shapely.MultiPolygon(stripes), geometry)


def _draw_region(ax: "Axes", members, shapes: dict, region: str, place: int) -> None:
    """Lines of a region inside its border, one for each status."""
    colour = palette.shade(palette.region_style(region, order=place)[0])
    crowding = min(1.0, mm_box(ax)[2] / 125)  # closer lines on a small map
    millimetre = units_per_mm(ax)
    inset = float((_INSET_MM + _STEP_MM * place) * crowding * millimetre)
    held: dict[str, set[str]] = {}
    for status, area in zip(members["status"], members["area"], strict=True):
        held.setdefault(status, set()).add(area)
    for status, areas in sorted(held.items()):
        inner = _within(_whole(areas, shapes), inset, 0.1 * millimetre)
        looks = {"linewidths": _LINE_POINTS, "linestyles": [LINES[status]], "zorder": 3}
        draw_areas(ax, [inner], fills="none", edge=colour, gid=f"region {region} {status}", **looks)


def _within(shapes, inset: float, tolerance: float):
    """Line that runs so far inside the border of shapes, found once a process."""
    task = ("inset", inset, float(tolerance))
    return remembered(
        task, shapes, lambda: shapely.simplify(shapely.buffer(union(shapes), -inset), tolerance)
    )


def _whole(areas: set[str], shapes: dict) -> list:
    """Shapes of areas, with those of the counties cut out of them."""
    prefixes = {area[:4] for area in areas if area in shapes and area.endswith("00")}
    inside = [s for area, s in shapes.items() if not area.endswith("00") and area[:4] in prefixes]
    return [*(shape for area, shape in shapes.items() if area in areas), *inside]


def _legend(ax: "Axes", members, named: dict[str, str], by_area: dict, key, language: str) -> None:
    order = list(named)
    handles, lines = [], []
    colours = {r: palette.region_style(r, order=k)[0] for k, r in enumerate(order)}
    for region, name in named.items():
        part = members[members["region"] == region]
        handles.append(
            swatch(
                palette.region_tint(region, order=order.index(region)), edge=palette.shade(colours[region])
            )
        )
        lines.append(counted(name, _counted(part, language), language))
    shared = {tuple(sorted({m.region for m in found}, key=order.index)) for found in by_area.values()}
    for regions in sorted((s for s in shared if len(s) > 1), key=lambda s: [order.index(r) for r in s]):
        handles.append(tuple(swatch(palette.region_tint(r, order=order.index(r))) for r in regions))
        lines.append((" + " if language == "en" else "＋").join(named[r] for r in regions))
    for status in STATUSES:
        count = int((members["status"] == status).sum())
        if count:
            handles.append(Line2D([], [], color=palette.INK, linewidth=_LINE_POINTS, linestyle=LINES[status]))
            lines.append(counted(text(status, language), count, language))
    title = "Regions and status of membership" if language == "en" else "区域与成员认定"
    add_legend(ax, handles, lines, title=title, notes=key)


def _counted(part, language: str) -> str:
    """Number of member cities and counties in words."""
    forms = {"city": ("city", "cities", "市"), "county": ("county", "counties", "县")}
    words = []
    for level, (one, many, chinese) in forms.items():
        count = int((part["level"] == level).sum())
        if count:
            words.append(
                f"{count} {one if count == 1 else many}" if language == "en" else f"{count}{chinese}"
            )
    return ", ".join(words) if language == "en" else "、".join(words)
