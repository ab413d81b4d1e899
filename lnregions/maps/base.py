"""The sheet of a map: axes placed in millimetres, the record of what is drawn on them, legend and notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform
from pyproj import CRS

from lnregions.errors import DataError
from lnregions.style import MM, figure, palette, size_of, size_on, text_width, wrap
from lnregions.words import unit_label
from lnregions.words.catalogue import tr

ASPECT = 1.06  # width over height of a map unless its areas are wider or taller
FIXED = ("slide", "a4")  # presets whose height is given, or the most that there is
FONT = "Noto Sans SC"
GAP_MM = 2.5
LEAST_MM = 20.0  # height of a map
LEGEND_ROOM = "room for a legend"  # label of axes that hold nothing but a legend
POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Options:
    """What every ``plot_`` function takes as further keywords.

    Parameters
    ----------
    unit
        Unit of the values as the tables name it, such as "%" or "亿元".
    decimals
        Decimals of the values in that unit that labels print; left out, those they are written with.
    legend
        Title of the legend, to which the unit is added.
    notes
        Lines under the legend: what a line on the map means, why there is nothing to show.
    ramp
        Function that gives the colours of a number of classes, else the package's own.
    ax
        Axes made by `map_axes` or of a figure of your own, else a new figure's.
    language
        "en" or "zh".
    """

    unit: str = ""
    decimals: int | None = None
    legend: str = ""
    notes: Sequence[str] = ()
    ramp: Callable[[int], list[str]] | None = None
    ax: Axes | None = None
    language: str = "en"

    @property
    def title(self) -> str:
        """Title of the legend with the unit; the unit alone without one."""
        unit = unit_label(self.unit, self.language)
        alone = tr("{unit}", self.language, context="legend", unit=unit) if unit else self.legend
        return counted(self.legend, unit, self.language) if unit and self.legend else alone


@dataclass
class Drawn:
    """What a map shows: for its furniture, its sidecar and its tests."""

    crs: object
    geometry: object
    language: str
    facts: dict = field(default_factory=dict)
    leads: list = field(default_factory=list)  # lines that names keep off, such as those to labels


DRAWN: WeakKeyDictionary[Axes, Drawn] = WeakKeyDictionary()


def drawn_on(ax: Axes) -> Drawn | None:
    """Record of the map on an axes, None when no map function has drawn there."""
    return DRAWN.get(ax)


def map_facts(ax: Axes) -> dict:
    """CRS, class breaks and their method as drawn on an axes, for a figure's sidecar; empty without a map."""
    drawn = DRAWN.get(ax)
    return {} if drawn is None else {"crs": _crs_name(drawn.crs), **drawn.facts}


@cache
def _crs_name(crs: CRS) -> str:
    """Code of a system; the definition of one without a name, for which the search would take a tenth of a second."""
    return crs.srs if crs.name == "unknown" else crs.to_string()


# --- millimetres --------------------------------------------------------------------------------------------


def line_mm(points: float) -> float:
    """Height in millimetres of a line of text set at `points`."""
    return 1.32 * points / POINTS_PER_MM


def foot_lines(width_mm: float) -> int:
    """Lines that a source may take at the foot of a sheet of that width."""
    return 5 if width_mm < 105 else 4 if width_mm < 150 else 3


def sheet_axes(
    width: str | float, count: int = 1, *, language: str, aspect: float = ASPECT,
    spare_mm: tuple[float, float] = (0.0, 0.0), height_mm: float | None = None,
) -> list[Axes]:  # fmt: skip
    """Axes without frame and ticks on a new sheet, row by row, in fixed millimetres, as large as there is room.

    Above them is room for a title of two lines, below for the source, and for a legend a column to the right and a
    strip below of `spare_mm`. Slides have their height, others that given, or that of what stands on them; on A4 no
    more than a page.
    """
    size, fixed = size_of(width), width in FIXED or height_mm is not None
    size = size._replace(height_mm=height_mm or size.height_mm)
    margin = 2.0
    head = margin + 2 * line_mm(size.title) + 0.5
    foot = margin + foot_lines(size.width_mm) * line_mm(size.small) + spare_mm[1]
    if fixed and size.height_mm - head - foot < LEAST_MM:
        raise DataError(
            f"A height of {size.height_mm:.0f} mm leaves no room for a map. Give {head + foot + LEAST_MM:.0f}."
        )

    def cell(columns: int) -> tuple[float, float]:
        across = (size.width_mm - 2 * margin - spare_mm[0]) / columns
        most = (size.height_mm - head - foot) / -(-count // columns)
        return across, min(across / aspect, most) if fixed else across / aspect

    columns = max(1, min(count, 4, round(size.width_mm / 30)))
    if fixed:  # of the sheets with the largest maps the one with the fewest columns
        columns = max(range(1, count + 1), key=lambda one: (min(cell(one)[0], cell(one)[1] * aspect), -one))
    (across, up), rows = cell(columns), -(-count // columns)
    high = size.height_mm if fixed else head + rows * up + foot
    fig = figure(width, height_mm=high, language=language)
    fig.fixed = fixed and width != "a4"
    gap = 0.5 if count > 1 else 0.0
    boxes = [
        (margin + k % columns * across + gap, high - head - (k // columns + 1) * up + gap)
        for k in range(count)
    ]
    return [add_axes_mm(fig, (*corner, across - 2 * gap, up - 2 * gap)) for corner in boxes]


def add_axes_mm(fig: Figure, box: Sequence[float], **looks) -> Axes:
    """Axes without frame and ticks at left, bottom, width and height in millimetres."""
    sheet = np.tile(fig.get_size_inches(), 2) / MM
    ax = fig.add_axes(tuple(np.asarray(box) / sheet), xticks=[], yticks=[], **looks)
    ax.set_axis_off()
    return ax


def mm_box(ax: Axes) -> tuple[float, float, float, float]:
    """Place of an axes on its figure in millimetres: left, bottom, width, height."""
    across, up = ax.get_figure(root=True).get_size_inches() / MM
    place = ax.get_position()
    return place.x0 * across, place.y0 * up, place.width * across, place.height * up


def beside_mm(ax: Axes) -> float:
    """Millimetres to the right of a map, up to other axes or the edge of the figure."""
    own, fig = ax.get_position(), ax.get_figure(root=True)
    places = [one.get_position() for one in fig.axes if one.get_label() not in ("inset", LEGEND_ROOM)]
    ends = [one.x0 for one in places if one.x0 >= own.x1 and one.y0 < own.y1 and one.y1 > own.y0]
    return (min(ends, default=1.0) - own.x1) * fig.get_figwidth() / MM


def mm_from(ax: Axes, corner: tuple[float, float]) -> Transform:
    """Transform of millimetres from a corner of an axes (0 or 1 each way), which moves with the axes."""
    inches = ax.get_figure(root=True).dpi_scale_trans
    return Affine2D().scale(MM) + inches + ScaledTranslation(*corner, ax.transAxes)


def units_per_mm(ax: Axes) -> float:
    """Metres on the ground that one millimetre of paper shows."""
    return float(np.ptp(ax.get_xlim()) / mm_box(ax)[2])


def map_axes(
    width: str | float = "double",
    *,
    aspect: float = ASPECT,
    height_mm: float | None = None,
    language: str = "en",
) -> Axes:
    """Axes for one map on a new figure, with room for title, legend and source line in fixed millimetres.

    The legend's room is a column to the right (110 mm and wider) or a strip below (narrower, and A4). `aspect` is the
    map's width over its height, between 0.8 and 1.8.

    Examples
    --------
    >>> ax = map_axes("single", language="zh")
    >>> round(ax.figure.get_figwidth() * 25.4)
    85
    """
    size = size_of(width)
    if size.width_mm >= 110 and width != "a4":
        spare = max(36.0, 0.27 * (size.width_mm - 4)), 0.0
    else:
        spare = 0.0, 7 * line_mm(size.small)
    aspect = min(max(aspect, 0.8), 1.8)
    return sheet_axes(width, language=language, aspect=aspect, spare_mm=spare, height_mm=height_mm)[0]


def set_extent(ax: Axes, bounds, *, margin: float = 0.02) -> None:
    """Show `bounds` (xmin, ymin, xmax, ymax) with a margin, undistorted; the axes keep their box."""
    xmin, ymin, xmax, ymax = bounds
    pad = 2 * margin * max(xmax - xmin, ymax - ymin)
    _, _, across, up = mm_box(ax)
    half = max((xmax - xmin + pad) / across, (ymax - ymin + pad) / up) / 2
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    ax.set_xlim(x - half * across, x + half * across)
    ax.set_ylim(y - half * up, y + half * up)
    ax.set_aspect("equal", adjustable="box")
    ax.set_autoscale_on(False)


def fit_sheet(fig: Figure, *, above_mm: float, below_mm: float) -> None:
    """Change the height of a figure to leave so much above and below its maps, which keep their size."""
    if getattr(fig, "fixed", True):
        return
    boxes = [mm_box(ax) for ax in fig.axes]
    shown = [box for ax, box in zip(fig.axes, boxes, strict=True) if ax.get_label() != LEGEND_ROOM]
    low, top = min(y for _, y, _, _ in shown), max(y + up for _, y, _, up in shown)
    fig.set_figheight((top - low + above_mm + below_mm) * MM)
    wide, high = fig.get_size_inches() / MM
    for ax, (x, y, across, up) in zip(fig.axes, boxes, strict=True):
        ax.set_position((x / wide, (y - low + below_mm) / high, across / wide, up / high))


# --- legend and notes ---------------------------------------------------------------------------------------


def text_looks(ax: Axes, *, small: bool = True) -> dict:
    """Keywords of a text in the style that hold on any axes: bundled font, no mathematics."""
    size = size_on(ax)
    points = size.small if small else size.normal
    return {"fontfamily": FONT, "fontsize": points, "color": palette.INK, "parse_math": False}


def swatch(fill: str, *, hatch: str = "", edge: str = palette.BORDER) -> Patch:
    """Handle of an area in a legend."""
    patch = Patch(facecolor=fill, edgecolor=edge, hatch=hatch, linewidth=0.5)
    if hatch:
        patch.set_hatchcolor(palette.NO_DATA_HATCH_COLOUR)
    return patch


def counted(words: str, count: int | str, language: str) -> str:
    """Words with a count behind them, in the language's brackets."""
    return tr("{words} ({count})", language, words=words, count=count)


@dataclass
class Room:
    """Where a legend has room, how wide that is, and the keywords that put a box there."""

    place: str  # "own" axes, "right" of the map or "below" it
    across_mm: float
    anchor: dict


def legend_room(ax: Axes) -> Room:
    """Room for the legend of a map: beside it, else below; axes may be set aside for a legend alone."""
    across, right = mm_box(ax)[2], beside_mm(ax) - 2 * GAP_MM
    place, corner, shift = "below", (0, 0), (0.0, -1.5)
    if ax.get_label() == LEGEND_ROOM:
        place, corner, shift = "own", (0, 1), (1.0, -1.0)
    elif right >= 28:
        place, across, corner, shift = "right", right, (1, 1), (GAP_MM, 0.0)
    anchor = {"bbox_to_anchor": shift, "bbox_transform": mm_from(ax, corner)}
    return Room(place, across, {"loc": "upper left", "frameon": False, **anchor})


def add_legend(
    ax: Axes, handles: Sequence, labels: Sequence[str], *, title: str, notes: Sequence[str] = ()
) -> Legend:
    """Legend in the room beside or below a map, its words wrapped to that room.

    `notes` are lines without a sign below it: the class method, the key of numbered areas.
    """
    size = size_on(ax).small
    found = legend_room(ax)
    room, columns = found.across_mm * POINTS_PER_MM, 1
    if found.place == "below":  # as many columns as keep most labels on one line
        widths = sorted(text_width(words, size) + 4.2 * size for words in labels)
        columns = max(1, min(int(room / widths[int(0.8 * (len(widths) - 1))]), 4, len(labels)))
        columns = -(-len(labels) // -(-len(labels) // columns))
    width = room / columns - (4.2 if columns > 1 else 3.2) * size
    font = {"family": FONT, "size": size}
    legend = ax.legend(
        handles, ["\n".join(wrap(words, width, size)) for words in labels],
        title="\n".join(wrap(title, room - 2, size, bold=True)), alignment="left",
        prop=font, title_fontproperties={**font, "weight": "bold"}, labelcolor=palette.INK,
        ncols=columns, labelspacing=0.55, columnspacing=1.0, borderpad=0.1, borderaxespad=0.0,
        handletextpad=0.5, handlelength=2.3, handleheight=1.1,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)}, **found.anchor,
    )  # fmt: skip
    legend.set_zorder(8)
    for words in (legend.get_title(), *legend.get_texts()):
        words.set(color=palette.INK, parse_math=False)
    add_notes(ax, legend, notes)
    return legend


def add_notes(ax: Axes, legend, notes: Sequence[str]) -> None:
    """Lines under a legend: the class method, the key of numbered areas."""
    if not notes:
        return
    looks = {**text_looks(ax), "color": palette.MUTED, "linespacing": 1.1, "zorder": 8, "clip_on": False}
    lines = wrap("\n".join(notes), legend_room(ax).across_mm * POINTS_PER_MM - 2, looks["fontsize"])
    box, (left, bottom, _, _) = legend.get_window_extent(), mm_box(ax)
    x, y = np.array((box.x0, box.y0)) / ax.get_figure(root=True).dpi / MM - (left, bottom + 1.7)
    ax.text(x, y, "\n".join(lines), transform=mm_from(ax, (0, 0)), va="top", gid="note", **looks)
