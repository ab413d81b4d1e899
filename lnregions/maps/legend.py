"""Legends of maps, in the room beside or below them, and the corners of a map that are free."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, VPacker
from matplotlib.patches import Patch, Polygon
from matplotlib.text import Text

from lnregions.boundaries import remembered
from lnregions.maps.base import drawn_on, foot_mm, mm_box, offset, text_looks
from lnregions.style import MM, palette, size_on, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

GAP_MM = 2.5
POINTS_PER_MM = 72 / 25.4
LEGEND_ROOM = "room for a legend"  # label of axes that hold nothing but a legend
_HINTING = ("text.hinting", "text.hinting_factor")  # which the measures of text depend on
_CORNERS = ("lower left", "upper left", "upper right", "lower right")


def swatch(fill: str, *, hatch: str = "", edge: str = palette.BORDER, **looks) -> Patch:
    """Handle of an area in a legend."""
    patch = Patch(facecolor=fill, edgecolor=edge, hatch=hatch, linewidth=0.5, **looks)
    if hatch:
        patch.set_hatchcolor(looks.get("hatchcolor", palette.NO_DATA_HATCH_COLOUR))
    return patch


def legend_room(ax: "Axes") -> tuple[str, float, float]:
    """Where a legend has room ("right", "below", "inside" or its own axes), and that room in millimetres."""
    fig = ax.get_figure(root=True)
    box = left, bottom, across, up = mm_box(ax)
    if ax.get_label() == LEGEND_ROOM:
        return "own", across, up
    right_edge, lower_edge = _neighbours(ax, box)
    right = right_edge - left - across - 2 * GAP_MM
    below = bottom - lower_edge - foot_mm(size_on(ax)) - GAP_MM
    if right >= 28:
        return "right", right, up
    if below >= 10 or not getattr(fig, "fixed", True):
        return "below", across, below
    return "inside", 0.45 * across, 0.4 * up


def _neighbours(ax: "Axes", box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Where the next plots on the same sheet begin, to the right and below, in millimetres; else its edges."""
    fig = ax.get_figure(root=True)
    left, bottom, across, up = box
    right_edge, lower_edge = fig.get_figwidth() / MM, 0.0
    for other in fig.axes:
        if other is ax or other.get_subplotspec() is None or not other.get_visible():
            continue
        x, y, wide, high = mm_box(other)
        if x >= left + across and y < bottom + up and y + high > bottom:
            right_edge = min(right_edge, x)
        if y + high <= bottom and x < left + across and x + wide > left:
            lower_edge = max(lower_edge, y + high)
    return right_edge, lower_edge


def _anchor(ax: "Axes", room: tuple[str, float, float], *, lower_mm: float = 0.0) -> dict:
    """Keywords that put a legend or box into the `legend_room` found, or so much lower."""
    place, across, up = room
    if place == "inside":
        return {"loc": free_corners(ax, (across, up))[0]}
    corner, shift = {
        "own": ((0, 1), (1.0, -1.0)),
        "right": ((1, 1), (GAP_MM, 0.0)),
        "below": ((0, 0), (0.0, -1.5)),
    }[place]
    where = offset(ax, corner, (shift[0], shift[1] - lower_mm))
    return {"loc": "upper left", "bbox_to_anchor": (0, 0), "bbox_transform": where}


def _columns(labels: Sequence[str], room: float, size: float) -> int:
    """Columns of a legend under a map: as many as hold most of its labels on one line each."""
    widths = sorted(text_width(words, size) + 4.2 * size for words in labels)
    usual = widths[int(0.8 * (len(widths) - 1))]
    columns = max(1, min(int(room / usual), 4, len(labels)))
    rows = -(-len(labels) // columns)
    return -(-len(labels) // rows)


def add_legend(
    ax: "Axes", handles: Sequence, labels: Sequence[str], *, title: str, notes: Sequence[str] = ()
) -> Legend:
    """Legend in the room beside or below a map, its words wrapped to that room.

    `notes` are lines without a sign below it: the class method, the key of numbered areas.
    """
    size = size_on(ax)
    place, across, _ = found = legend_room(ax)
    room = across * POINTS_PER_MM
    columns = _columns(labels, room, size.small) if place == "below" else 1
    width = room / columns - (4.2 if columns > 1 else 3.2) * size.small
    legend = ax.legend(
        handles,
        ["\n".join(wrap(words, width, size.small)) for words in labels],
        title="\n".join(wrap(title, room - 2, size.small, bold=True)),
        alignment="left",
        fontsize=size.small,
        ncols=columns,
        borderpad=0.1,
        borderaxespad=0.4 if place == "inside" else 0.0,
        labelspacing=0.55,
        columnspacing=1.0,
        handletextpad=0.5,
        handlelength=2.3,
        handleheight=1.1,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        frameon=place == "inside",
        framealpha=0.92,
        edgecolor="none",
        **_anchor(ax, found),
    )
    legend.set_zorder(8)
    looks = {"fontfamily": "Noto Sans SC", "fontsize": size.small, "color": palette.INK, "parse_math": False}
    legend.get_title().set(**looks, fontweight="bold")
    for words in legend.get_texts():
        words.set(**looks)
    _add_notes(ax, legend, notes, found)
    return legend


def _add_notes(ax: "Axes", legend, notes: Sequence[str], found: tuple[str, float, float]) -> None:
    """Lines under a legend: the class method, the key of numbered areas."""
    if not notes:
        return
    fig, room = ax.get_figure(root=True), found[1] * POINTS_PER_MM
    looks = {**text_looks(ax), "color": palette.MUTED, "va": "top", "linespacing": 1.1, "gid": "note"}
    lines = "\n".join(line for note in notes for line in wrap(note, room - 2, looks["fontsize"]))
    if found[0] == "inside":
        high = (lines.count("\n") + 1) * 1.2 * looks["fontsize"] / POINTS_PER_MM
        corner = free_corners(ax, (room / POINTS_PER_MM, high), taken=_anchor(ax, found)["loc"].split(","))[0]
        spot, where = (0.01 + 0.98 * ("right" in corner), 0.01 + 0.98 * ("upper" in corner)), ax.transAxes
        looks |= {"va": corner.split()[0].replace("upper", "top").replace("lower", "bottom")}
        looks |= {"ha": corner.split()[1]}
        looks["bbox"] = {"boxstyle": "square,pad=0.15", "facecolor": "#ffffff", "alpha": 0.92, "linewidth": 0}
    else:
        high = extent(legend).height * 25.4 / fig.dpi
        spot, where = (0, 0), _anchor(ax, found, lower_mm=high + 1.7)["bbox_transform"]
    ax.text(*spot, lines, transform=where, clip_on=False, zorder=8, **looks)


def add_circle_legend(
    ax: "Axes", circles: Sequence[tuple[float, str]], *, title: str, notes: Sequence[str] = (), fill: str
) -> AnchoredOffsetbox:
    """Nested circles standing on one line, each with its value; `circles` are (radius in points, label)."""
    size = size_on(ax)
    place, across, _ = found = legend_room(ax)
    circles = sorted(circles, reverse=True)
    biggest, line = circles[0][0], size.small * 1.15
    heights = np.array([2 * radius for radius, _ in circles])
    spots = heights.copy()
    for k in range(len(spots) - 2, -1, -1):  # lift a label that would sit on the one below it
        spots[k] = max(spots[k], spots[k + 1] + line)
    looks = text_looks(ax)
    room = across * POINTS_PER_MM
    heading = "\n".join(wrap(title, room - 4, size.small, bold=True))
    longest = max(text_width(label, size.small) for _, label in circles)
    area = DrawingArea(2 * biggest + 13 + longest, max(spots[0] + line / 2, 2 * biggest) + 2)
    for (radius, label), height, spot in zip(circles, heights, spots, strict=True):
        corner = _circle_points(biggest + 1, radius + 1, radius)
        area.add_artist(Polygon(corner, facecolor=fill, edgecolor=palette.OUTLINE, linewidth=0.5, alpha=0.9))
        line_x, line_y = (biggest + 1, 2 * biggest + 6, 2 * biggest + 9), (height + 1, spot + 1, spot + 1)
        area.add_artist(Line2D(line_x, line_y, color=palette.BORDER, linewidth=0.4))
        area.add_artist(Text(2 * biggest + 11, spot + 1, label, va="center", **looks))
    parts = [_line_of_text(heading, {**looks, "fontweight": "bold"}), area]
    packed = VPacker(children=parts, pad=0, sep=3, align="left")
    box = AnchoredOffsetbox(
        child=packed, pad=0.1, borderpad=0, frameon=place == "inside", **_anchor(ax, found)
    )
    box.patch.set(linewidth=0, alpha=0.92)
    box.set_gid("circle legend")
    box.set_zorder(8)
    ax.add_artist(box)
    _add_notes(ax, box, notes, found)
    return box


def extent(artist: "Artist") -> "Bbox":
    """Room that an artist takes on its figure, in pixels; measured without a canvas of the figure's size."""
    dpi = artist.get_figure(root=True).dpi
    return artist.get_window_extent(_ruler(dpi, *map(mpl.rcParams.get, _HINTING)))


@lru_cache(maxsize=8)
def _ruler(dpi: float, *_settings) -> RendererAgg:
    """Renderer of a single pixel; matplotlib remembers the text that each renderer has measured."""
    return RendererAgg(1, 1, dpi)


def _circle_points(x: float, y: float, radius: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 73)
    return np.column_stack((x + radius * np.cos(angles), y + radius * np.sin(angles)))


def _line_of_text(words: str, looks: dict) -> DrawingArea:
    size, lines = looks["fontsize"], words.count("\n") + 1
    area = DrawingArea(text_width(words, size, bold="fontweight" in looks), size * 1.25 * lines)
    area.add_artist(Text(0, size * 1.25 * lines, words, va="top", linespacing=1.0, **looks))
    return area


def corner_box(ax: "Axes", corner: str, box_mm: tuple[float, float]):
    """Rectangle of that size in millimetres in a corner of the map, in the units of the axes."""
    return _corner_box(_sides(ax), corner, box_mm)


def _sides(ax: "Axes") -> tuple[float, ...]:
    """Limits of a map, and its width and height in millimetres."""
    return *ax.get_xlim(), *ax.get_ylim(), *mm_box(ax)[2:]


def _corner_box(sides: tuple[float, ...], corner: str, box_mm: tuple[float, float]):
    left, right, bottom, top, across, up = sides
    wide, high = (right - left) * box_mm[0] / across, (top - bottom) * box_mm[1] / up
    x = left if "left" in corner else right - wide
    y = bottom if "lower" in corner else top - high
    return shapely.box(x, y, x + wide, y + high)


def free_corners(ax: "Axes", box_mm: tuple[float, float], *, taken: Sequence[str] = ()) -> list[str]:
    """Corners of the map's frame, those first where a box of that size hides least of the areas."""
    drawn, sides = drawn_on(ax), _sides(ax)
    shapes = np.asarray([] if drawn is None else drawn.geometry)
    task = ("hidden", *map(float, sides), *map(float, box_mm))
    hidden = remembered(task, shapes, lambda: _hidden(shapes, sides, box_mm))
    return sorted((c for c in _CORNERS if c not in taken), key=hidden.__getitem__)


def _hidden(shapes, sides: tuple[float, ...], box_mm: tuple[float, float]) -> dict[str, float]:
    """How much of the areas a box of that size hides in each corner, as a share of the box."""
    boxes = {corner: _corner_box(sides, corner, box_mm) for corner in _CORNERS}
    return {
        corner: round(float(shapely.area(shapely.intersection(shapes, box)).sum() / box.area), 3)
        for corner, box in boxes.items()
    }
