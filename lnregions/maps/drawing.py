"""Areas on the equal-area grid: as patches, outlined, hatched, and with labels inside them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.patheffects import Stroke

from lnregions.boundaries import project, simplify_coverage, union
from lnregions.maps import base
from lnregions.style import palette, rc, size_on, text_width
from lnregions.words import MOST_DECIMALS, format_number, rounded, to_unit, unit_places
from lnregions.words.catalogue import tr

WEAK_HATCH = "....."
LINE_HEIGHT = 1.24  # of the text's size, with the air between lines
_FINEST = 2500  # steps of the finest detail across a map: 0.05 mm on one 125 mm wide
_LONGEST_LEAD = 36.0  # points from an area to a number outside it
_MOST_KEYS = 20
_PAD = 0.8  # points of air beside a label


def prepare(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` on an equal-area grid, unless it is on one, thinned to a printed map's detail."""
    return printed(frame, None if frame.crs.is_geographic else frame.crs)


def printed(frame: gpd.GeoDataFrame, crs) -> gpd.GeoDataFrame:
    """Areas on the grid of a map (that of their extent for None) without corners that no printed map can show.

    Borders stay shared.
    """
    projected = project(frame, crs=crs)
    xmin, ymin, xmax, ymax = projected.total_bounds
    return simplify_coverage(projected, max(xmax - xmin, ymax - ymin) / _FINEST)


def start(ax: Axes | None, frame: gpd.GeoDataFrame, language: str, **facts) -> Axes:
    """Axes with the extent of `frame` in force, undistorted, and the record of the map begun or extended."""
    rc(language)  # checks the language, registers the fonts
    ax = base.map_axes(language=language) if ax is None else ax
    if base.drawn_on(ax) is None:
        ax.set_axis_off()
        base.set_extent(ax, frame.total_bounds)
        base.DRAWN[ax] = base.Drawn(frame.crs, frame.geometry, language)
    base.drawn_on(ax).facts.update(facts)
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


def draw_ground(ax: Axes, geometry, missing, *, fills) -> None:
    """Areas filled, or hatched where a value is `missing`, with the outer border of all."""
    if not np.all(missing):
        draw_areas(ax, geometry[~missing], fills=fills, gid="areas")
    if np.any(missing):
        looks = {"hatch": palette.NO_DATA_HATCH, "gid": "no data"}
        draw_areas(ax, geometry[missing], fills=palette.NO_DATA_FILL, **looks)
    draw_outline(ax, geometry)


def weak_rows(frame: pd.DataFrame) -> np.ndarray:
    """Which areas have a low-confidence figure: grade C in the column ``grade``, if there is one."""
    return frame["grade"].eq("C").to_numpy() if "grade" in frame else np.zeros(len(frame), dtype=bool)


# --- words of labels ----------------------------------------------------------------------------------------


def wordings(frame: pd.DataFrame, language: str, values: Sequence[str] = ()) -> list[list[str]]:
    """Wordings of each area's label, the preferred first: its name, or name over value (over its year), name alone."""
    names = [str(name) for name in frame[f"short_{language}"]]
    if not len(values):
        return [[name] for name in names]
    lined = [re.sub(r" ?(?=[(（])", "\n", value) for value in values]
    rows = zip(names, values, lined, strict=True)
    return [list(dict.fromkeys((f"{name}\n{a}", f"{name}\n{b}", name))) for name, a, b in rows]


def printed_values(
    values: pd.Series, own: base.Options, *, sign: bool = False, years: pd.Series | None = None
) -> list[str]:  # fmt: skip
    """Values as labels print them: without unit, a dash for none; the year of each behind it where `years` differ.

    Examples
    --------
    >>> printed_values([12.34, 0.0371, 0.0], base.Options(unit="亿美元", decimals=2, language="zh"))
    ['12.34', '0.04', '0']
    """
    unit, language, places = own.unit, own.language, own.decimals
    places = None if places is None else max(places + unit_places(unit, language), 0)

    def printed(value: float) -> str:
        whole = unit not in ("%", "pp") and rounded(value, MOST_DECIMALS) % 1 == 0
        return format_number(value, language=language, decimals=None if whole else places, sign=sign)

    shown = [to_unit(float(value), unit, language) for value in values]
    words = [printed(value) if np.isfinite(value) else "–" for value in shown]
    if years is None or years.nunique() < 2:
        return words
    pairs = zip(words, years.astype(float), strict=True)
    return [base.counted(word, f"{year:.0f}", language) if year > 0 else word for word, year in pairs]


def key_lines(key: Sequence[tuple[str, str]], language: str) -> list[str]:
    """Key of numbered areas in one line; nothing for no key."""
    words = [f"{number}\u00a0{name}".strip("\u00a0") for number, name in key]  # never broken between
    return [tr(", ", language, context="list").join(words)] if words else []


# --- places of labels ---------------------------------------------------------------------------------------


def units_per_point(ax: Axes) -> float:
    """Units of the axes that one point of paper shows."""
    return base.units_per_mm(ax) * 25.4 / 72


def label_box(words: str, size: float, unit: float) -> tuple[float, float]:
    """Width and height of a label set at `size` points, in the units of the axes (`unit` to a point)."""
    lines = words.count("\n") + 1
    return (text_width(words, size) + 2 * _PAD) * unit, LINE_HEIGHT * size * lines * unit


def largest_part(geometry):
    """Largest polygon of a multipolygon: the part that gets the label."""
    return max(shapely.get_parts(geometry), key=shapely.area, default=shapely.Polygon())


@lru_cache(maxsize=1024)
def widest_place(polygon, aspect: float = 1.0) -> tuple[float, float]:
    """Middle of the largest ellipse of that aspect inside a polygon: where a label has most room.

    Where the middle of the polygon has as much room, it is that.
    """
    squeezed = shapely.transform(polygon, lambda xy: xy / (aspect, 1.0))
    circle = shapely.maximum_inscribed_circle(squeezed, tolerance=0.01 * squeezed.area**0.5)
    whole, middle = squeezed.centroid, shapely.get_point(circle, 0)
    if squeezed.contains(whole) and squeezed.exterior.distance(whole) > 0.98 * circle.length:
        middle = whole
    x, y = middle.x, middle.y
    return float(x * aspect), float(y)


def find_place(room, box: tuple[float, float], *, taken: Sequence = (), near=None, lead: tuple | None = None):
    """Rectangle of that width and height inside a polygon, clear of what is `taken`; None without room.

    It lies around `near`, or else where there is most room, as far as that is free. With a `lead`, a point and the
    lines that are drawn, the line from that point to the rectangle crosses none of these.
    """
    wide, high = box
    xmin, ymin, xmax, ymax = room.bounds
    if wide > xmax - xmin or high > ymax - ymin or wide * high > room.area:
        return None  # nor is there any in an empty one
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
        if lead and lead[1] and len(boxes):
            lines = shapely.shortest_line(lead[0], boxes)
            boxes = boxes[~shapely.intersects(lines[:, None], np.asarray(lead[1], object)).any(axis=1)]
        if len(boxes):
            return boxes[0]
    return None


def find_place_beside(ax: Axes, shape, box: tuple[float, float], reach: float, *, avoid: Sequence):
    """Rectangle within `reach` of a shape, as near as may be, inside the map's frame and clear of `avoid`.

    The line from the middle of the shape to it crosses no other such line.
    """
    room = shapely.intersection(map_frame(ax), shape.buffer(reach))
    near = (shape.centroid.x, shape.centroid.y - 3 * units_per_point(ax))  # rather below than above
    leads = base.drawn_on(ax).leads
    free = shapely.difference(room, shapely.union_all([*avoid, *leads]))
    return find_place(free, box, near=near, lead=(shape.centroid, leads))


def write(ax: Axes, words: str, box, *, size: float, fill: str | None) -> None:
    """Write a label in the middle of a box, in ink or white with a halo of its fill; on white without one."""
    looks = {**base.text_looks(ax), "fontsize": size, "ha": "center", "va": "center", "linespacing": 1.0}
    looks |= {"color": palette.INK if fill is None else palette.text_on(fill), "clip_on": True}
    x, y = box.centroid.coords[0]
    write_with_halo(ax, x, y, words, halo=fill or "#ffffff", gid="label", zorder=6, **looks)


def write_with_halo(
    ax: Axes, x: float, y: float, words: str, *, zorder: float, gid: str, halo: str = "#ffffff", **looks
) -> None:
    """Write a text over a halo, so that lines beside it stay and none runs through its letters.

    The halo is a text of its own, since a stroked text is no text in SVG and PDF.
    """
    stroke = Stroke(linewidth=0.42 * looks["fontsize"], foreground=halo, joinstyle="round")
    ax.text(x, y, words, zorder=zorder - 0.05, gid="halo", **looks | {"path_effects": [stroke]})
    ax.text(x, y, words, zorder=zorder, gid=gid, **looks)


def draw_lead(ax: Axes, point, box) -> None:
    """Thin line from a point to the label that stands beside it."""
    base.drawn_on(ax).leads.append(shapely.shortest_line(point, box))
    line = shapely.get_coordinates(base.drawn_on(ax).leads[-1])
    ax.plot(*line.T, color=palette.INK, linewidth=0.5, zorder=5.5, gid="lead")


def label_areas(
    ax: Axes, frame: gpd.GeoDataFrame, words: Sequence[Sequence[str]], fills: Sequence[str | None]
) -> list[str]:
    """Write a label into every area, each wholly inside its own and clear of all others.

    `words` are the wordings of each area, the preferred first; `fills` the colour under each label, None for a
    label on white. An area too small for any wording gets a number, beside it at the end of a short line if
    even that has no room within; with more than twenty of these they stay empty. Returns the key, for a
    legend's notes: the preferred wording of numbered areas, and of labels that had to be shortened.
    """
    unit, sheet = units_per_point(ax), size_on(ax)
    rooms = [largest_part(g) for g in frame.geometry]
    least = sheet.smallest
    sizes = list(dict.fromkeys((sheet.normal, sheet.small, max(least, sheet.small - 1), least)))
    sizes = _common_sizes(rooms, words, sizes, unit)
    taken, left, shortened = [], [], []
    for k in np.argsort(shapely.area(rooms), kind="stable"):  # the small ones choose first
        for wording, size in product(words[k], sizes):
            box = find_place(rooms[k], label_box(wording, size, unit), taken=taken)
            if box is not None:
                taken.append(box)
                write(ax, wording, box, size=size, fill=fills[k])
                shortened += [k] if fills[k] and wording == words[k][-1] != words[k][0] else []
                break
        else:
            left.append(k)
    key: list[tuple[str, str]] = []
    for k in sorted(left) if len(left) <= _MOST_KEYS else []:
        if _write_number(ax, str(len(key) + 1), rooms, k, taken, fills[k]):
            key.append((str(len(key) + 1), words[k][0].replace("\n", " ")))
    base.drawn_on(ax).facts.setdefault("key", {}).update(key)
    key += [("", words[k][0].replace("\n", " ")) for k in sorted(shortened)]
    return key_lines(key, base.drawn_on(ax).language)


def _common_sizes(rooms, words, sizes: Sequence[float], unit: float) -> Sequence[float]:
    """The largest of the sizes that suits four in five labels, so that few are set smaller, and those below."""

    def fitting(size: float) -> int:
        pairs = zip(rooms, words, strict=True)
        return sum(find_place(room, label_box(w[0], size, unit)) is not None for room, w in pairs)

    enough = 0.8 * fitting(sizes[-1])
    return next(sizes[k:] for k, size in enumerate(sizes) if fitting(size) >= enough)


def _write_number(ax, number: str, rooms, k: int, taken: list, fill: str | None) -> bool:
    """Write a number into an area, or beside it at the end of a short line; whether there was room."""
    unit, size = units_per_point(ax), size_on(ax).smallest
    sides = label_box(number, size, unit)
    box = find_place(rooms[k], sides, taken=taken)
    if box is not None:
        write(ax, number, box, size=size, fill=fill)
    else:
        point = shapely.Point(widest_place(rooms[k]))
        box = find_place_beside(ax, point, sides, _LONGEST_LEAD * unit, avoid=[*taken, *rooms])
        if box is None:
            return False
        draw_lead(ax, point, box)
        write(ax, number, box, size=size, fill=palette.LAND)
    taken.append(box)
    return True


def map_frame(ax: Axes):
    """Frame of a map, in the units of the axes."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return shapely.box(left, bottom, right, top)
