"""Regions of a plan: their members, overlaps and attestation; and the state of their targets."""

from collections.abc import Mapping, Sequence
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea, VPacker

from lnregions.boundaries import remembered, union
from lnregions.errors import DataError, unknown
from lnregions.maps import base, drawing
from lnregions.style import STATUSES, palette, region_colour, region_tint
from lnregions.words import text
from lnregions.words.catalogue import tr, trn

LINES = {"confirmed": "-", "likely": (0, (3.5, 1.4)), "unverified": (0, (0.9, 1.1))}
STRENGTHS = {"confirmed": 1.0, "likely": 0.88, "unverified": 0.72}
_INSET_MM = 0.45  # of the first region's line from the border
_STEP_MM = 0.8  # further in for each further region, so that lines run side by side
_STRIPE_MM = 1.5
_LINE_POINTS = 1.1
_MARK = 5.2  # points across
_MOST_NAMED = 15  # regions that a legend lists and that are named on a map
_MOST_LINES = 6  # lines side by side


def plot_membership(
    cities: gpd.GeoDataFrame, membership: pd.DataFrame, *,
    counties: gpd.GeoDataFrame, regions: pd.DataFrame, **options,
) -> Axes:  # fmt: skip
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
        ``region area level status proxy``, as ``plan.membership``.
    counties
        Boundaries of counties, with their city (``parent``).
    regions
        ``region short_en short_zh`` in the order of the legend, as ``plan.regions``.
    options
        Axes and language: see `Options`.

    Raises
    ------
    DataError
        Where no area is a member of its own.
    """
    own = base.Options(**options)
    members, names = _members(membership, regions, own.language)
    cities = drawing.prepare(cities)
    areas = _drawn_areas(cities, counties, members)
    facts = {region: sorted(part["area"]) for region, part in members.groupby("region", sort=False)}
    ax = drawing.start(own.ax, cities, own.language, members=facts)
    by_area = [members[members["area"].isin(pair)] for pair in areas[["area", "city"]].to_numpy()]
    grounds = _fill(ax, areas, by_area)
    millimetre = base.units_per_mm(ax) * min(1.0, base.mm_box(ax)[2] / 125)  # closer lines on a small map
    for (order, region, status), part in members.groupby(["order", "region", "status"]):
        whole = areas.geometry[areas["area"].isin(part["area"]) | areas["city"].isin(part["area"])]
        line = _within(whole, (_INSET_MM + _STEP_MM * (order % _MOST_LINES)) * millimetre)
        looks = {"linewidths": _LINE_POINTS, "linestyles": [LINES[status]], "zorder": 3}
        edge = palette.shade(region_colour(region, order=order))
        drawing.draw_areas(ax, [line], fills="none", edge=edge, gid=f"region {region} {status}", **looks)
    drawing.draw_outline(ax, cities.geometry)
    key = drawing.label_areas(ax, areas, drawing.wordings(areas, own.language), grounds)
    shared = {tuple(part["region"]): tuple(part["order"]) for part in by_area if len(part) > 1}
    _membership_legend(ax, members, names, sorted(shared, key=shared.get), key, own.language)
    return ax


def _within(shapes, distance: float):
    """Line that runs so far inside the border of shapes, found once a process."""

    def shrunk():
        return shapely.simplify(shapely.buffer(union(shapes), -distance), distance / 10)

    return remembered(("within", distance), list(shapes), shrunk)


def _members(membership, regions, language: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Cities and counties that are members in their own right, by region; the name of each of these regions."""
    members = membership[membership["level"].isin(["nation", "province", "city", "county"])]
    members = members[~members["proxy"].astype(bool)]
    if members.empty:
        raise DataError("No area is a member. Give at least one row of membership.")
    present = regions[regions["region"].isin(members["region"])]
    names = dict(zip(present["region"], present[f"short_{language}"], strict=True))
    return members.assign(order=members["region"].map(list(names).index)).sort_values("order"), names


def _drawn_areas(cities, counties, members) -> gpd.GeoDataFrame:
    """Cities without the ground of their member counties, then those counties; all with their ``city``."""
    cities = cities.assign(city=cities["area"])
    counties = counties[counties["area"].isin(set(members["area"]) - set(cities["area"]))]
    if counties.empty:
        return cities
    counties = drawing.printed(counties, cities.crs).rename(columns={"parent": "city"})
    whole, taken = cities.geometry.to_numpy(), union(counties.geometry)
    rest = remembered(("rest",), [*whole, taken], lambda: shapely.difference(whole, taken))
    cities = cities.set_geometry(np.where(shapely.is_empty(rest), whole, rest), crs=cities.crs)
    columns = ["area", "city", "short_en", "short_zh", cities.geometry.name]
    return pd.concat([cities[columns], counties[columns]], ignore_index=True)


def _fill(ax: Axes, areas, by_area: list) -> list[str | None]:
    """Fill areas by their regions; the ground of each label, None where it is striped."""
    width, fills, grounds = _stripe_width(ax), [], []
    for area, shape, part in zip(areas["area"], areas.geometry, by_area, strict=True):
        rows = zip(part["region"], part["order"], part["status"], strict=True)
        tints = [region_tint(r, order=order, strength=STRENGTHS[status]) for r, order, status in rows]
        fills.append(tints[0] if tints else palette.LAND)
        grounds.append(fills[-1] if len(tints) < 2 else None)
        for turn, tint in enumerate(tints[1:], start=1):
            stripes = _stripes(shape, turn, len(tints), width)
            drawing.draw_areas(ax, [stripes], fills=tint, edge="none", zorder=2.2, gid=f"stripes {area}")
    drawing.draw_areas(ax, areas.geometry, fills=fills, edge="none", gid="areas")
    drawing.draw_areas(ax, areas.geometry, fills="none", zorder=2.4, gid="borders")
    return grounds


def _stripe_width(ax: Axes) -> float:
    """Width of the stripes of overlaps, in units of the map."""
    return _STRIPE_MM * min(1.0, max(0.7, base.mm_box(ax)[2] / 125)) * base.units_per_mm(ax) * np.sqrt(2)


def _stripes(shape, turn: int, turns: int, width: float):
    """The `turn`-th of `turns` alternating diagonal stripes of an area; x - y is constant along a stripe."""
    xmin, ymin, xmax, ymax = shape.bounds
    period = width * turns
    first = np.floor((xmin - ymax) / period) * period + turn * width
    x = np.arange(first, xmax - ymin + width, period)[:, None]
    across = np.add(x, [ymin, ymin + width, ymax + width, ymax])
    stripes = shapely.polygons(np.dstack([across, np.broadcast_to([ymin, ymin, ymax, ymax], across.shape)]))
    return shapely.intersection(shapely.multipolygons(stripes), shape)


def _membership_legend(ax, members, names: dict[str, str], shared, key, language: str) -> None:
    """Regions with the number of their members, what they share, and the line of each status."""
    looks = {region: {"order": order} for order, region in enumerate(names)}
    handles, lines = [], []
    listed = names if len(names) <= _MOST_NAMED else {}
    for region, name in listed.items():
        levels = members.loc[members["region"] == region, "level"]
        cities, counties = (int((levels == level).sum()) for level in ("city", "county"))
        others = len(levels) - cities - counties
        counts = [trn("{number} city", "{number} cities", cities, language)] if cities else []
        counts += [trn("{number} county", "{number} counties", counties, language)] if counties else []
        counts += [trn("{number} area", "{number} areas", others, language)] if others else []
        edge = palette.shade(region_colour(region, **looks[region]))
        handles.append(base.swatch(region_tint(region, **looks[region]), edge=edge))
        lines.append(base.counted(name, tr(", ", language, context="list").join(counts), language))
    for regions in shared if listed else ():
        handles.append(tuple(base.swatch(region_tint(region, **looks[region])) for region in regions))
        lines.append(tr(" + ", language).join(names[region] for region in regions))
    for status, count in members["status"].value_counts().reindex(LINES).dropna().astype(int).items():
        handles.append(Line2D([], [], color=palette.INK, linewidth=_LINE_POINTS, linestyle=LINES[status]))
        lines.append(base.counted(text(status, language), count, language))
    if not listed:
        key = [trn("{number} region", "{number} regions", len(names), language), *key]
    base.add_legend(ax, handles, lines, title=tr("Regions and status of membership", language), notes=key)


def plot_plan_status(
    frame: gpd.GeoDataFrame, verdicts: pd.DataFrame, *,
    members: Mapping[str, Sequence[str]], names: Mapping[str, str], **options,
) -> Axes:  # fmt: skip
    """Regions of a plan, outlined and tinted, each with one mark a target whose shape tells the status.

    Parameters
    ----------
    frame
        Boundaries that the members are among: ``area``, geometry.
    verdicts
        ``region`` and ``status``, one row a target; marks keep the order of the statuses.
    members
        Areas of each region, in the order of drawing.
    names
        Name of each region.
    options
        Title of the legend, which counts each status, axes and language: see `Options`.

    Raises
    ------
    DataError
        For a status that verdicts do not use.
    """
    own = base.Options(**options)
    frame = drawing.prepare(frame)
    for status in set(verdicts["status"]) - set(STATUSES):
        raise unknown("status", status, STATUSES)
    ax = drawing.start(own.ax, frame, own.language)
    drawing.draw_areas(ax, frame.geometry, fills="#f4f5f6", edge="none")
    shapes = {region: union(frame.geometry[frame["area"].isin(areas)]) for region, areas in members.items()}
    near, codes = shapely.STRtree(list(shapes.values())), list(shapes)
    for order, (region, shape) in enumerate(shapes.items()):
        fill, edge = region_tint(region, order=order), region_colour(region, order=order)
        drawing.draw_areas(ax, [shape], fills=fill, edge="none", zorder=2.5)
        for turn in sorted(near.query(shape, predicate="intersects")):
            overlap = shape.intersection(shapes[codes[turn]])
            if turn < order and overlap.area:
                stripes = _stripes(overlap, 1, 2, _stripe_width(ax))
                earlier = region_tint(codes[turn], order=turn)
                drawing.draw_areas(ax, [stripes], fills=earlier, edge="none", zorder=2.6)
        looks = {"linewidths": 1.3, "zorder": 3 + 0.1 * order, "gid": f"region {region}"}
        drawing.draw_areas(ax, [shape], fills="none", edge=edge, **looks)
    drawing.draw_areas(ax, frame.geometry, fills="none", edge=palette.HAIRLINE, zorder=2.9)
    drawing.draw_outline(ax, frame.geometry)
    for k, (region, shape) in enumerate(shapes.items()):
        others = [near.geometries[n] for n in near.query(shape, predicate="intersects") if n != k]
        middle = remembered(("middle",), [shape, *others], partial(_free_middle, shape, others))
        statuses = verdicts.loc[verdicts["region"] == region, "status"]
        name = names[region] if len(shapes) <= _MOST_NAMED else ""
        _write_card(ax, middle, name, sorted(statuses, key=list(STATUSES).index))
    counts = verdicts["status"].value_counts().reindex(STATUSES).dropna().astype(int)
    words = [base.counted(text(one, own.language), count, own.language) for one, count in counts.items()]
    base.add_legend(ax, [_mark(status) for status in counts.index], words, title=own.title)
    return ax


def _free_middle(shape, others) -> tuple[float, float]:
    """Widest place of a region, clear of the others as far as there is such a part."""
    alone = shape.difference(shapely.union_all(others))
    return drawing.widest_place(drawing.largest_part(alone if alone.area > 0.15 * shape.area else shape))


def _mark(status: str, x=(), y=()) -> Line2D:
    looks = STATUSES[status]
    edge = {"markeredgecolor": palette.BORDER, "markeredgewidth": 0.5}
    face = {"marker": looks.marker, "markersize": _MARK, "markerfacecolor": looks.colour}
    return Line2D(x, y, linestyle="", label=f"_{status}", **face, **edge)


def _write_card(ax: Axes, middle, name: str, statuses: Sequence[str]) -> None:
    """Name of a region over its marks, on a pale card."""
    marks = []
    for status in statuses:
        marks.append(DrawingArea(_MARK, _MARK))
        marks[-1].add_artist(_mark(status, [_MARK / 2], [_MARK / 2]))
    words = TextArea(name, textprops={**base.text_looks(ax), "weight": "bold"})
    rows = [*([words] if name else []), *([HPacker(children=marks, pad=0, sep=2.0)] if marks else [])]
    if not rows:
        return
    card = VPacker(children=rows, align="center", pad=2, sep=2.5)
    face = {"boxstyle": "round,pad=0.15", "facecolor": "#ffffff", "edgecolor": palette.BORDER}
    ax.add_artist(AnnotationBbox(card, middle, pad=0.1, bboxprops={**face, "linewidth": 0.4}, zorder=6))
