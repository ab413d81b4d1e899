"""Areas on the equal-area grid: as patches, outlined, hatched, and with labels inside them."""

from collections.abc import Sequence
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.text import Text

from lnregions.boundaries import EQUAL_AREA, project, simplify_coverage, union
from lnregions.errors import DataError, unknown
from lnregions.maps.base import DRAWN, Drawn, drawn_on, map_axes, set_extent, text_looks, units_per_mm
from lnregions.style import palette, rc, size_on, text_width
from lnregions.words import format_number, places_shown, to_unit
from lnregions.words.catalogue import tr

LABELS = ("name", "both", "value", "none")
LINE_HEIGHT = 1.24  # of the text's size, with the air between lines
SMALLEST = 6.0  # points
_FINEST = 2500  # steps of the finest detail across a map: 0.05 mm on one 125 mm wide
_LONGEST_LEAD = 36.0  # points from an area to a number outside it
_MOST_KEYS = 20
_PAD = 0.8  # points of air beside a label


def prepare(frame: gpd.GeoDataFrame, *, needs: tuple[str, ...] = ()) -> gpd.GeoDataFrame:
    """`frame` on the equal-area grid of Liaoning, thinned to a printed map's detail, its columns checked.

    Raises
    ------
    DataError
        When a column is missing, no CRS is set, or nothing is there to draw.
    """
    for column in needs:
        if column not in frame:
            raise unknown("column", column, [c for c in frame.columns if c != "geometry"])
    if frame.crs is None:
        raise DataError(
            "The areas carry no coordinate reference system, so they cannot be projected. "
            "Set it first, for longitudes and latitudes of CGCS2000 with frame.set_crs(4490)."
        )
    if not len(frame):
        raise DataError("There is no area to draw. Give at least one row.")
    return printed(frame, EQUAL_AREA) if frame.crs.is_geographic else frame


def printed(frame: gpd.GeoDataFrame, crs) -> gpd.GeoDataFrame:
    """Areas on the grid of a map without the corners that no printed map can show, shared borders kept."""
    projected = project(frame, crs=crs)
    xmin, ymin, xmax, ymax = projected.total_bounds
    return simplify_coverage(projected, max(xmax - xmin, ymax - ymin) / _FINEST)


def start(ax: Axes | None, frame: gpd.GeoDataFrame, language: str, **facts) -> Axes:
    """Axes with the extent of `frame` in force, undistorted, and the record of the map begun or extended."""
    rc(language)  # checks the language, registers the fonts
    ax = map_axes(language=language) if ax is None else ax
    if drawn_on(ax) is None:
        ax.set_axis_off()
        set_extent(ax, frame.total_bounds)
        DRAWN[ax] = Drawn(frame.crs, frame.geometry, language)
    drawn_on(ax).facts.update(facts)
    return ax


def draw_areas(ax: Axes, geometry, *, fills, edge: str = palette.BORDER, **looks) -> PathCollection:
    """Areas as one collection of patches; `fills` is one colour or one for each.

    Further looks go to matplotlib's PathCollection: hatch, linewidths, linestyles, zorder, gid, label.
    """
    looks = {"linewidths": 0.4, "zorder": 2, "joinstyle": "round", **looks}
    patches = PathCollection([_path(g) for g in geometry], facecolors=fills, edgecolors=edge, **looks)
    patches.set_hatch_linewidth(0.5)
    if looks.get("hatch"):
        patches.set_hatchcolor(palette.NO_DATA_HATCH_COLOUR)
    ax.add_collection(patches, autolim=False)
    return patches


def _path(geometry) -> Path:
    """Outline of a polygon or multipolygon, holes included."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))


def draw_outline(ax: Axes, geometry, *, colour: str = palette.OUTLINE, points: float = 0.9):
    """Outer border of all areas together, heavier than those within."""
    looks = {"linewidths": points, "zorder": 4, "gid": "outline"}
    return draw_areas(ax, [union(geometry)], fills="none", edge=colour, **looks)


def draw_missing(ax: Axes, geometry) -> None:
    """Hatch areas without a value."""
    if len(geometry):
        looks = {"hatch": palette.NO_DATA_HATCH, "gid": "no data"}
        draw_areas(ax, geometry, fills=palette.NO_DATA_FILL, **looks)


# --- words of labels ----------------------------------------------------------------------------------------


def wordings(
    frame: pd.DataFrame, labels: str, language: str, values: Sequence[str] | None = None
) -> list[list[str]]:
    """Wordings of each area's label, the preferred first: name, both names, or name over value.

    Raises
    ------
    DataError
        When `labels` is not one of "name", "both", "value", "none".
    """
    if labels not in LABELS:
        raise unknown("labels", labels, LABELS)
    if labels == "none":
        return [[] for _ in range(len(frame))]
    own = [str(name) for name in frame[f"short_{language}"]]
    if labels == "both":
        pairs = zip(frame["short_zh"], frame["short_en"], own, strict=True)
        return [[f"{zh}\n{en}", name] for zh, en, name in pairs]
    if labels == "value" and values is not None:
        return [[f"{name}\n{value}", name] for name, value in zip(own, values, strict=True)]
    return [[name] for name in own]


def printed_values(values, unit: str, language: str, **how) -> list[str]:
    """Values as labels print them: without unit, a dash for none; a small one is never printed as nothing.

    Examples
    --------
    >>> printed_values([12.34, 0.0371, 0.0], "亿美元", "zh")
    ['12.3', '0.04', '0.0']
    """
    shown = np.array([to_unit(float(v), unit, language) for v in values])
    known = np.abs(shown[np.isfinite(shown)])
    whole = unit not in ("%", "pp") and len(known) and np.median(known) >= 100
    return [
        format_number(v, language=language, decimals=places_shown(v, 0 if whole else 1), **how)
        if np.isfinite(v)
        else "–"
        for v in shown
    ]


def key_lines(key: Sequence[tuple[str, str]], language: str) -> list[str]:
    """Key of numbered areas in one line; nothing for no key."""
    words = [f"{number}\u00a0{name}".strip("\u00a0") for number, name in key]  # never broken between
    return [tr(", ", language, context="list").join(words)] if words else []


# --- places of labels ---------------------------------------------------------------------------------------


def units_per_point(ax: Axes) -> float:
    """Units of the axes that one point of paper shows."""
    return units_per_mm(ax) * 25.4 / 72


def label_box(words: str, size: float, unit: float) -> tuple[float, float]:
    """Width and height of a label set at `size` points, in the units of the axes (`unit` to a point)."""
    lines = words.count("\n") + 1
    return (text_width(words, size) + 2 * _PAD) * unit, LINE_HEIGHT * size * lines * unit


def largest_part(geometry):
    """Largest polygon of a multipolygon: the part that gets the label."""
    return max(shapely.get_parts(geometry), key=shapely.area, default=shapely.Polygon())


@lru_cache(maxsize=1024)
def widest_place(polygon, aspect: float = 1.0) -> tuple[float, float]:
    """Middle of the largest ellipse of that aspect inside a polygon: where a label has most room."""
    squeezed = shapely.transform(polygon, lambda xy: xy / (aspect, 1.0))
    circle = shapely.maximum_inscribed_circle(squeezed, tolerance=0.01 * squeezed.area**0.5)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x * aspect), float(y)


def find_place(room, box: tuple[float, float], *, taken: Sequence = (), near=None):
    """Rectangle of that width and height inside a polygon, clear of what is `taken`; None without room.

    It lies around `near`, or else where there is most room, as far as that is free.
    """
    wide, high = box
    if room.is_empty:
        return None
    xmin, ymin, xmax, ymax = room.bounds
    if wide > xmax - xmin or high > ymax - ymin or wide * high > room.area:
        return None
    shapely.prepare(room)
    first = near or widest_place(room, round(min(max(wide / high, 0.6), 5.0), 1))
    grid = np.stack(np.meshgrid(np.linspace(xmin, xmax, 33), np.linspace(ymin, ymax, 33)), -1).reshape(-1, 2)
    outward = grid[np.argsort(np.hypot(*(grid - first).T), kind="stable")]
    for middles in (np.array([first]), outward):
        x, y = middles.T
        boxes = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        boxes = boxes[shapely.contains(room, boxes)]
        if len(taken) and len(boxes):
            boxes = boxes[~shapely.intersects(boxes[:, None], np.asarray(taken, object)).any(axis=1)]
        if len(boxes):
            return boxes[0]
    return None


def write(ax: Axes, words: str, box, *, size: float, fill: str | None, ground: bool = False) -> Text:
    """Write a label in the middle of a box, in ink or white as its fill asks; on white without a fill."""
    looks = {**text_looks(ax), "fontsize": size, "ha": "center", "va": "center", "linespacing": 1.0}
    looks["color"] = palette.INK if fill is None else palette.text_on(fill)
    if fill is None or ground:
        face = {"facecolor": fill or "#ffffff", "alpha": 1.0 if fill else 0.85, "linewidth": 0}
        looks["bbox"] = {"boxstyle": "square,pad=0.1", **face}
    return ax.text(box.centroid.x, box.centroid.y, words, zorder=6, gid="label", clip_on=True, **looks)


def draw_lead(ax: Axes, point, box) -> None:
    """Thin line from a point to the label that stands beside it."""
    line = shapely.get_coordinates(shapely.shortest_line(point, box))
    ax.plot(*line.T, color=palette.INK, linewidth=0.5, zorder=5.5, gid="lead")


def label_areas(
    ax: Axes,
    frame: gpd.GeoDataFrame,
    words: Sequence[Sequence[str]],
    fills: Sequence[str | None],
    *,
    ground: bool = False,
    complete: bool = False,
) -> list[str]:
    """Write a label into every area, each wholly inside its own and clear of all others.

    An area too small for any wording gets a number instead, and the number a line in the key; the number
    stands beside it at the end of a short line where even that has no room within. Beyond twenty of them they
    stay empty.

    `words` are the wordings of each area, the preferred first; `fills` the fill under each label, which is
    ink or white accordingly, None for a label on its own white ground. `ground` puts a ground of the fill's
    colour under each label, so that lines do not run through it. `complete` puts the preferred wording of
    labels that had to be shortened into the key, without a number. Returns the key, for a legend's notes.
    """
    unit, sheet = units_per_point(ax), size_on(ax)
    rooms = [largest_part(g) for g in frame.geometry]
    sizes = list(dict.fromkeys((sheet.normal, sheet.small, max(SMALLEST, sheet.small - 1), SMALLEST)))
    sizes = sizes[_common_size(rooms, words, sizes, unit) :]
    taken, left, shortened = [], [], []
    for k in np.argsort(shapely.area(rooms), kind="stable"):  # the small ones choose first
        tries = [(wording, size) for wording in words[k] for size in sizes]
        for wording, size in tries:
            box = find_place(rooms[k], label_box(wording, size, unit), taken=taken)
            if box is not None:
                taken.append(box)
                write(ax, wording, box, size=size, fill=fills[k], ground=ground)
                shortened += [k] if wording != words[k][0] else []
                break
        else:
            left += [k] if tries else []
    key: list[tuple[str, str]] = []
    for k in sorted(left) if len(left) <= _MOST_KEYS else []:
        if _write_number(ax, str(len(key) + 1), rooms, k, taken, fills[k], ground):
            key.append((str(len(key) + 1), words[k][0].replace("\n", " ")))
    drawn_on(ax).facts.setdefault("key", {}).update(key)
    if complete:
        key += [("", words[k][0].replace("\n", " ")) for k in sorted(shortened)]
    return key_lines(key, drawn_on(ax).language)


def _common_size(rooms, words, sizes: Sequence[float], unit: float) -> int:
    """Place in `sizes` of the largest that suits four in five labels, so that few are set smaller."""
    preferred = [(room, w[0]) for room, w in zip(rooms, words, strict=True) if w]

    def fitting(size: float) -> int:
        return sum(find_place(room, label_box(w, size, unit)) is not None for room, w in preferred)

    enough = 0.8 * fitting(sizes[-1])
    return next(k for k, size in enumerate(sizes) if fitting(size) >= enough)


def _write_number(ax, number: str, rooms, k: int, taken: list, fill: str | None, ground: bool) -> bool:
    """Write a number into an area, or beside it at the end of a short line; whether there was room."""
    unit = units_per_point(ax)
    sides = label_box(number, SMALLEST, unit)
    box = find_place(rooms[k], sides, taken=taken)
    if box is not None:
        write(ax, number, box, size=SMALLEST, fill=fill, ground=ground)
    else:
        point = shapely.point_on_surface(rooms[k])
        around = shapely.intersection(map_frame(ax), point.buffer(_LONGEST_LEAD * unit))
        outside = shapely.difference(around, shapely.union_all(rooms))
        box = find_place(outside, sides, taken=taken, near=(point.x, point.y)) if outside.area else None
        if box is None:
            return False
        draw_lead(ax, point, box)
        write(ax, number, box, size=SMALLEST, fill=palette.LAND).set_gid("label outside")
    taken.append(box)
    return True


def map_frame(ax: Axes):
    """Frame of a map, in the units of the axes."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return shapely.box(left, bottom, right, top)
