"""Where a map lies: neighbouring land and sea under it, pale and named, and the locator."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.ticker import NullLocator

from lnregions import errors as _checks
from lnregions.boundaries import EQUAL_AREA, remembered, union
from lnregions.maps.base import draw_areas, drawn_on, map_axes, prepare, printed, set_extent, text_looks
from lnregions.maps.labels import find_place, label_box, largest_part, paper_of
from lnregions.style import palette, size_on

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

# name in English and Chinese, and corners (longitude, latitude) of the waters that bear it; the Liaodong
# peninsula and the strait off its tip part the two
_SEAS = (
    ("Bohai Sea", "渤海", ((117, 37), (121, 37.8), (121.1, 38.7), (121.8, 39.6), (122.6, 41.2), (117, 41.2))),
    (
        "Yellow Sea",
        "黄海",
        ((121.3, 36.5), (121.3, 38.6), (122.2, 39.5), (124.8, 40.3), (127, 39), (127, 36.5)),
    ),
)
_KEPT_FREE = 1.5  # millimetres between a name of the ground and the areas of the map


def add_context(
    ax: "Axes",
    context: "gpd.GeoDataFrame",
    *,
    keep_free: Sequence = (),
    language: str = "en",
    names: bool = True,
) -> None:
    """Neighbouring land in pale grey on a pale sea, under the map and within its frame, with names.

    Names are written where they are clear of the areas, small and muted; those without room are left out.
    `keep_free` are further geometries, in the units of the axes, that no name may touch.
    """
    drawn = drawn_on(ax)
    ground = printed(context, drawn.crs if drawn else EQUAL_AREA)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    land, waters = _within(ground, shapely.box(left, bottom, right, top))
    _frame(ax, ground=palette.SEA, edge=palette.HAIRLINE)
    seen = [g for g in land if not g.is_empty]
    draw_areas(ax, seen, fills=palette.LAND, edge=palette.HAIRLINE, zorder=1, gid="context")
    if not names or drawn is None or f"short_{language}" not in ground:
        return
    named = list(zip(ground[f"short_{language}"], land, strict=True))
    named += [(sea[language == "zh"], water) for sea, water in zip(_SEAS, waters, strict=True)]
    _name(ax, named, [union(drawn.geometry), *keep_free])


def _frame(ax: "Axes", *, ground: str, edge: str) -> None:
    """Give a map its ground and a thin line around it."""
    ax.set_axis_on()
    ax.set_facecolor(ground)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_visible(False)
        axis.set_major_locator(NullLocator())  # nothing to draw, and nothing to measure for it
    for spine in ax.spines.values():
        spine.set(visible=True, color=edge, linewidth=0.5)


def _within(ground: "gpd.GeoDataFrame", frame) -> tuple[np.ndarray, np.ndarray]:
    """Land within the frame of a map, and each sea's part of what is left; found once a process."""
    shapes = ground.geometry.to_numpy()

    def cut():
        land = shapely.intersection(shapely.make_valid(shapes), frame)
        sea = shapely.difference(frame, shapely.union_all(land))
        return land, shapely.intersection(sea, _waters(ground.crs))

    return remembered(("within", ground.crs.srs), [*shapes, frame], cut)


def _waters(crs) -> np.ndarray:
    """Each sea's part of the globe on the map's grid."""
    import geopandas as gpd

    corners = [shapely.Polygon(ring) for _, _, ring in _SEAS]
    return np.asarray(gpd.GeoSeries(corners, crs=4490).to_crs(crs))


def _name(ax: "Axes", names, taken) -> None:
    """Write the names of the ground, each where it is clear of what is taken."""
    looks = {**text_looks(ax), "color": palette.MUTED, "ha": "center", "va": "center", "zorder": 1.5}
    words, grounds = zip(*names, strict=True)
    paper, size = paper_of(ax), size_on(ax).small
    places = remembered(
        ("ground names", words, paper, size, len(taken)),
        [*taken, *grounds],
        lambda: _name_places(names, taken, paper, size),
    )
    for name, place in places:
        ax.text(*place, name, gid="context name", **looks)


def _name_places(names, taken, paper, size: float) -> list[tuple[str, tuple[float, float]]]:
    """Names of the ground that have room, each with its middle in the units of the axes."""
    areas = remembered(("kept free", paper), taken, lambda: _kept_free(taken, paper))
    used: list = []
    places = []
    for words, ground in names:
        room = shapely.difference(paper.to_points(ground), areas)
        if not words or room.is_empty or room.area == 0:
            continue
        box = tuple(side + 2 for side in label_box(words, size))
        found = find_place(largest_part(room), box, taken=used)
        if found is not None:
            used.append(found[1])
            places.append((words, paper.to_ground(*found[0])))
    return places


def _kept_free(taken, paper):
    """What is taken and its surroundings, in points."""
    return shapely.union_all([paper.to_points(g) for g in taken]).buffer(_KEPT_FREE * 72 / 25.4)


def plot_location(
    frame: "gpd.GeoDataFrame",
    areas: Sequence[str],
    *,
    colour: str = palette.REGION_COLOURS["belt"],
    ax: "Axes | None" = None,
    language: str = "en",
) -> "Axes":
    """Locator: all areas of `frame` in grey, those whose code is in `areas` filled with `colour`.

    Raises
    ------
    DataError
        When a code is not among the frame's.
    """
    frame = prepare(frame, needs=("area",))
    for area in areas:
        if area not in set(frame["area"]):
            raise _checks.unknown("area", area, list(frame["area"]))
    if ax is None:
        ax = map_axes("single", language=language, legend="none")
    set_extent(ax, frame.total_bounds, margin=0.04)
    _frame(ax, ground="#ffffff", edge=palette.BORDER)
    chosen = frame["area"].isin(list(areas))
    looks = {"linewidths": 0.3, "edge": "#ffffff"}
    draw_areas(ax, frame.geometry[~chosen], fills="#cfd4da", gid="elsewhere", **looks)
    draw_areas(ax, frame.geometry[chosen], fills=colour, zorder=3, gid="here", **looks)
    return ax
