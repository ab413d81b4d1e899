"""The state of a plan on one map: every region with a mark for each of its targets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import shapely
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea, VPacker

from lnregions import errors as _checks
from lnregions.boundaries import remembered, union
from lnregions.maps.base import draw_areas, draw_outline, prepare, start, text_looks
from lnregions.maps.labels import largest_part
from lnregions.maps.legend import add_legend
from lnregions.style import STATUSES, palette, region_style, region_tint
from lnregions.words import text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

_MARK = 5.2  # points across
_GAP = 2.0


def plot_plan_status(
    frame: "gpd.GeoDataFrame",
    verdicts: "pd.DataFrame",
    *,
    members: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    legend: str = "",
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Regions of a plan, outlined and tinted, each with one mark a target: its shape and colour tell the status.

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
    legend
        Title of the legend, which counts each status.
    ax
        Axes to draw on, else a new figure's.
    language
        "en" or "zh".

    Raises
    ------
    DataError
        For a status that verdicts do not use, or a member that is not among the boundaries.
    """
    frame = prepare(frame, needs=("area",))
    for status in verdicts["status"]:
        if status not in STATUSES:
            raise _checks.unknown("status", status, list(STATUSES))
    ax = start(ax, frame, language)
    draw_areas(ax, frame.geometry, fills="#f4f5f6", edge=palette.HAIRLINE)
    shapes = {region: _whole(frame, areas) for region, areas in members.items()}
    for order, (region, shape) in enumerate(shapes.items()):
        looks = {"linewidths": 1.3, "zorder": 3 + 0.1 * order, "gid": f"region {region}"}
        fill = region_tint(region, order=order, strength=0.9)  # see-through, so that overlaps mix
        draw_areas(ax, [shape], fills=fill, edge="none", zorder=2.5, alpha=0.6)
        draw_areas(ax, [shape], fills="none", edge=region_style(region, order=order)[0], **looks)
    draw_areas(ax, frame.geometry, fills="none", edge=palette.HAIRLINE, zorder=2.9)
    draw_outline(ax, frame.geometry)
    for region, shape in shapes.items():
        others = [other for code, other in shapes.items() if code != region]
        _write_card(ax, _free_middle(shape, others), names[region], _in_order(verdicts, region))
    _legend(ax, verdicts, legend, language)
    return ax


def _whole(frame, areas):
    known = set(frame["area"])
    for area in areas:
        if area not in known:
            raise _checks.unknown("area", area, sorted(known))
    return union(frame.loc[frame["area"].isin(list(areas)), "geometry"])


def _free_middle(shape, others):
    """Point within a region, clear of the others as far as there is such a part; found once a process."""
    return remembered(("free middle",), [shape, *others], lambda: _middle(shape, others))


def _middle(shape, others) -> tuple[float, float]:
    alone = shapely.difference(shape, shapely.union_all(others)) if others else shape
    room = largest_part(alone if alone.area > 0.15 * shape.area else shape)
    return tuple(shapely.get_coordinates(shapely.maximum_inscribed_circle(room, tolerance=2000))[0])


def _in_order(verdicts, region):
    """Statuses of a region's targets in the order of the legend."""
    own = list(verdicts.loc[verdicts["region"] == region, "status"])
    return sorted(own, key=list(STATUSES).index)


def _write_card(ax, spot, name, statuses):
    """Name of a region over its marks, on a pale card."""
    looks = text_looks(ax)
    props = {
        "fontfamily": looks["fontfamily"],
        "fontsize": looks["fontsize"],
        "color": palette.INK,
        "weight": "bold",
    }
    words = TextArea(name, textprops=props | {"parse_math": False})
    marks = HPacker(children=[_mark(status) for status in statuses], pad=0, sep=_GAP)
    card = VPacker(children=[words, marks], align="center", pad=2, sep=2.5)
    looks = {
        "boxstyle": "round,pad=0.15",
        "facecolor": "#ffffff",
        "edgecolor": palette.BORDER,
        "linewidth": 0.4,
    }
    ax.add_artist(AnnotationBbox(card, spot, frameon=True, pad=0.1, bboxprops=looks, zorder=6))


def _mark(status):
    looks = STATUSES[status]
    place = DrawingArea(_MARK, _MARK)
    place.add_artist(_line(looks, [_MARK / 2], [_MARK / 2], status))
    return place


def _line(looks, x, y, status):
    return Line2D(
        x, y, linestyle="", marker=looks.marker, markersize=_MARK, markerfacecolor=looks.colour,
        markeredgecolor=palette.BORDER, markeredgewidth=0.5, label=f"_{status}",
    )  # fmt: skip


def _legend(ax, verdicts, title, language):
    counts = verdicts["status"].value_counts()
    present = [status for status in STATUSES if counts.get(status)]
    handles = [_line(STATUSES[status], [], [], status) for status in present]
    labels = [f"{text(status, language)} ({counts[status]})" for status in present]
    add_legend(ax, handles, labels, title=title)
