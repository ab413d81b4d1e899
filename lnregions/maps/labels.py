"""Labels inside their areas: placed where the area is widest, shrunk, or replaced by a number with a key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.text import Text

from lnregions.boundaries import remembered
from lnregions.maps.base import mm_box, text_looks
from lnregions.style import MM, palette, size_on, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE_HEIGHT = 1.24  # of the text's size, with the air between lines
_PAD_POINTS = 0.8
_SMALLEST = 6.0
_MOST_KEYS = 20
_NEARLY_ALL = 0.8
_LONGEST_LEAD = 36.0  # points from an area to a number outside it


@dataclass
class Placed:
    """Labels on a map: the texts drawn, and the key of those that only got a number."""

    texts: list[Text]
    key: list[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """The way from ground units to points on paper, as the axes will draw it."""

    x: float
    y: float
    scale: float

    def to_points(self, geometry):
        """Geometry in points from the lower left corner of the axes."""
        return shapely.transform(geometry, lambda c: (c - (self.x, self.y)) * self.scale)

    def to_ground(self, x: float, y: float) -> tuple[float, float]:
        """Point of the paper in units of the ground."""
        return x / self.scale + self.x, y / self.scale + self.y


def paper_of(ax: "Axes") -> Paper:
    """Paper of an axes whose limits are final."""
    (left, right), (bottom, _) = ax.get_xlim(), ax.get_ylim()
    return Paper(left, bottom, mm_box(ax)[2] * MM * 72 / (right - left))


def label_box(words: str, size: float) -> tuple[float, float]:
    """Width and height in points of a label set at `size` points."""
    return text_width(words, size) + 2 * _PAD_POINTS, LINE_HEIGHT * size * (words.count("\n") + 1)


def largest_part(geometry):
    """Largest polygon of a multipolygon: the part that gets the label."""
    return max(shapely.get_parts(geometry), key=shapely.area)


def rooms(geometry, paper: Paper) -> list:
    """Largest part of each area in points, where its label goes; found once a process."""
    return remembered(
        ("rooms", paper), geometry, lambda: [paper.to_points(largest_part(g)) for g in geometry]
    )


def _widest_place(polygon, aspect: float) -> tuple[float, float]:
    """Middle of the largest ellipse of that aspect inside the polygon: where a label has most room."""
    return _widest(shapely.to_wkb(polygon), aspect)


@lru_cache(maxsize=1024)
def _widest(polygon: bytes, aspect: float) -> tuple[float, float]:
    squeezed = shapely.transform(shapely.from_wkb(polygon), lambda c: c / (aspect, 1.0))
    tolerance = max(0.25, 0.01 * shapely.length(squeezed) / 4)
    line = shapely.maximum_inscribed_circle(squeezed, tolerance=tolerance)
    x, y = shapely.get_coordinates(line)[0]
    return x * aspect, y


def _candidates(polygon, box: tuple[float, float], near: tuple[float, float] | None) -> Iterator[np.ndarray]:
    """Middles to try, best first: the wanted or else the widest place, then a grid outwards from there."""
    aspect = box[0] / box[1] if box[1] else 1.0  # nothing but a point is looked for where there is no label
    first = near or _widest_place(polygon, max(0.6, min(aspect, 5.0)))
    yield np.array([first], dtype=float)  # nearly always this will do
    xmin, ymin, xmax, ymax = shapely.bounds(polygon)
    grid = np.stack(np.meshgrid(np.linspace(xmin, xmax, 17), np.linspace(ymin, ymax, 17)), -1).reshape(-1, 2)
    reach = np.hypot(*(grid - first).T)
    yield grid[np.argsort(reach, kind="stable")]


def _boxes(middles: np.ndarray, box: tuple[float, float]):
    half = np.array(box) / 2
    low, high = middles - half, middles + half
    return shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])


def find_place(polygon, box: tuple[float, float], *, taken: Sequence = (), near=None):
    """Middle of a free place for a box inside a polygon (all in points), or None.

    The box lies wholly inside and touches nothing in `taken`; near the point `near` where there is a choice.
    """
    shapely.prepare(polygon)
    for middles in _candidates(polygon, box, near):
        boxes = _boxes(middles, box)
        free = shapely.contains(polygon, boxes)
        if len(taken) and free.any():
            others = np.asarray(taken, dtype=object)
            free[free] = ~shapely.intersects(boxes[free, None], others).any(axis=1)
        if free.any():
            k = int(np.argmax(free))
            return tuple(middles[k]), boxes[k]
    return None


def place_labels(
    ax: "Axes",
    geometry,
    words: Sequence[Sequence[str]],
    *,
    fills: Sequence[str | None] = (),
    taken: Sequence = (),
    ground: bool = False,
    complete: bool = False,
) -> Placed:
    """Write a label into every area, each wholly inside its own and clear of all others.

    An area too small for any wording gets a number instead, and the number a line in the key; the number
    stands beside it at the end of a short line where even that has no room within. Beyond twenty of them they
    stay empty.

    Parameters
    ----------
    ax
        Axes whose limits are final.
    geometry
        One polygon or multipolygon an area, in the units of the axes; the largest part gets the label.
    words
        For every area its wordings, the preferred first; an empty list for none.
    fills
        Fill under each label: its text is ink or white accordingly; None for a label on its own white ground.
    ground
        Put a ground of the fill's colour under each label, so that lines there do not run through it.
    taken
        Geometries, in the units of the axes, that no label may touch.
    complete
        Put the preferred wording of labels that had to be shortened into the key, without a number.

    Returns
    -------
    Placed
        The texts, and the key as pairs of number and wording.
    """
    paper, sheet = paper_of(ax), size_on(ax)
    polygons = rooms(geometry, paper)
    taken = [paper.to_points(g) for g in taken]
    fills = fills or [None] * len(polygons)
    sizes = list(dict.fromkeys((sheet.normal, sheet.small, max(_SMALLEST, sheet.small - 1), _SMALLEST)))
    sizes = sizes[_common_size(polygons, words, sizes, taken) :]
    texts: list[Text] = []
    left: list[int] = []
    shortened: list[int] = []
    for k in np.argsort([p.area for p in polygons], kind="stable"):  # the small ones choose first
        tries = ((w, s) for w in words[k] for s in sizes)
        found = _first_fit(polygons[k], tries, taken)
        if found is None:
            left += [int(k)] if words[k] else []
            continue
        wording, size, middle, box = found
        taken.append(box)
        shortened += [int(k)] if wording != words[k][0] else []
        texts.append(write(ax, wording, paper.to_ground(*middle), size=size, fill=fills[k], ground=ground))
    key: list[tuple[str, str]] = []
    if len(left) <= _MOST_KEYS:
        key = _number(ax, sorted(left), polygons, words, fills, taken, texts, paper, ground)
    if complete:
        key += [("", words[k][0].replace("\n", " ")) for k in sorted(shortened)]
    return Placed(texts, key)


def _common_size(polygons, words, sizes, taken) -> int:
    """Place in `sizes` of the largest that suits nearly all labels, so that few are set smaller."""
    preferred = [(p, w[0]) for p, w in zip(polygons, words, strict=True) if w]

    def fitting(size):
        return sum(_first_fit(p, [(w, size)], taken) is not None for p, w in preferred)

    wanted = _NEARLY_ALL * fitting(sizes[-1])
    return next((k for k, size in enumerate(sizes[:-1]) if fitting(size) >= wanted), len(sizes) - 1)


def _first_fit(polygon, tries, taken):
    for wording, size in tries:
        box = label_box(wording, size)
        xmin, ymin, xmax, ymax = shapely.bounds(polygon)
        if box[0] > xmax - xmin or box[1] > ymax - ymin or box[0] * box[1] > shapely.area(polygon):
            continue
        found = find_place(polygon, box, taken=taken)
        if found is not None:
            return wording, size, *found
    return None


def _number(ax, left, polygons, words, fills, taken, texts, paper, ground) -> list[tuple[str, str]]:
    """Numbers in the areas that had no room for words, or beside them at the end of a short line."""
    key = []
    beyond = None
    for k in left:
        number, fill, grounded = str(len(key) + 1), fills[k], ground
        found = find_place(polygons[k], label_box(number, _SMALLEST), taken=taken)
        if found is None:
            if beyond is None:
                beyond = shapely.difference(frame_on(ax, paper), shapely.union_all(polygons))
            found = _outside(polygons[k], beyond, label_box(number, _SMALLEST), taken)
            if found is None:
                continue
            _lead(ax, polygons[k], found[1], paper)
            fill, grounded = palette.LAND, False
        middle, box = found
        taken.append(box)
        place = paper.to_ground(*middle)
        texts.append(write(ax, number, place, size=_SMALLEST, fill=fill, ground=grounded))
        texts[-1].set_gid("label" if fill is fills[k] else "label outside")
        key.append((number, words[k][0].replace("\n", " ")))
    return key


def frame_on(ax: "Axes", paper: Paper):
    """Frame of a map in points."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return paper.to_points(shapely.box(left, bottom, right, top))


def _outside(polygon, beyond, box, taken):
    """Place for a number outside all areas, near its own."""
    middle = shapely.point_on_surface(polygon)
    room = shapely.intersection(beyond, shapely.buffer(middle, _LONGEST_LEAD))
    if room.is_empty:
        return None
    near = tuple(shapely.get_coordinates(middle)[0])
    return find_place(room, box, taken=taken, near=near)


def _lead(ax: "Axes", polygon, box, paper: Paper) -> None:
    """Thin line from an area to the number that stands beside it."""
    start = shapely.point_on_surface(polygon)
    end = shapely.get_coordinates(shapely.shortest_line(box, start))[0]
    points = np.array([paper.to_ground(*shapely.get_coordinates(start)[0]), paper.to_ground(*end)])
    ax.plot(*points.T, color=palette.INK, linewidth=0.5, zorder=5.5, gid="lead", scalex=False, scaley=False)


def write(
    ax: "Axes",
    words: str,
    place: tuple[float, float],
    *,
    size: float,
    fill: str | None,
    ground: bool = False,
) -> Text:
    """Write a label around a point, in ink or white as its fill asks; on a white ground without a fill."""
    looks = {**text_looks(ax), "fontsize": size, "ha": "center", "va": "center", "linespacing": 1.0}
    looks["color"] = palette.INK if fill is None else palette.text_on(fill)
    if fill is None or ground:
        face = {"facecolor": fill or "#ffffff", "alpha": 1.0 if fill else 0.85, "linewidth": 0}
        looks["bbox"] = {"boxstyle": "square,pad=0.1", **face}
    return ax.text(*place, words, zorder=6, gid="label", clip_on=True, **looks)
