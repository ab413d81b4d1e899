"""The ground of every map: projected areas as patches, the axes in millimetres, what was drawn on them."""

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from lnregions import errors as _checks
from lnregions.boundaries import EQUAL_AREA, project, remembered, simplify_coverage, union, with_geometry
from lnregions.style import MM, MapAxes, Size, figure, palette, rc, size_of, size_on

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

BORDER_POINTS = 0.4
OUTLINE_POINTS = 0.9
_ASPECT = 1.06  # width over height of Liaoning in the projection, with a little air
_FINEST = 2500  # steps of the finest detail across a map: 0.05 mm on one 125 mm wide
_LINE = 1.32  # height of a line of text over its size
_MARGIN_MM = 2.0
_MIN_COLUMN_MM = 26.0
_PATH_SETTINGS = ("path.simplify", "path.simplify_threshold")  # which a path keeps from when it is made


@dataclass
class Drawn:
    """What a map shows: needed for its furniture, its sidecar and its tests."""

    crs: object
    geometry: object
    language: str
    facts: dict = field(default_factory=dict)


_DRAWN: "WeakKeyDictionary[Axes, Drawn]" = WeakKeyDictionary()


def drawn_on(ax: "Axes") -> Drawn | None:
    """Record of the map on an axes, None when no map function has drawn there."""
    return _DRAWN.get(ax)


def map_facts(ax: "Axes") -> dict:
    """CRS, class breaks and their method as drawn on an axes, for a figure's sidecar; empty without a map."""
    drawn = _DRAWN.get(ax)
    return {} if drawn is None else {"crs": crs_name(drawn.crs), **drawn.facts}


@cache
def crs_name(crs) -> str:
    """Code of a coordinate reference system, or its name, or its definition where it has neither."""
    code = crs.to_authority()
    if code:
        return ":".join(code)
    return crs.name if crs.name and crs.name != "unknown" else crs.srs


def crs_of(given):
    """Coordinate reference system of whatever names one, such as "EPSG:4490"; None stays."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return given if given is None or isinstance(given, CRS) else CRS.from_user_input(given)
    except CRSError as error:
        raise _checks.DataError(
            f"There is no coordinate reference system {_checks.quote(given)}. Give one such as EPSG:32651, "
            "or the .crs of the areas drawn.",
        ) from error


def prepare(frame: "gpd.GeoDataFrame", *, needs: tuple[str, ...] = ()) -> "gpd.GeoDataFrame":
    """`frame` on the equal-area grid of Liaoning, thinned to a printed map's detail, its columns checked.

    Raises
    ------
    DataError
        When a column is missing, no CRS is set, or nothing is there to draw.
    """
    for column in needs:
        if column not in frame:
            raise _checks.unknown("column", column, [c for c in frame.columns if c != "geometry"])
    if frame.crs is None:
        raise _checks.DataError(
            "The areas carry no coordinate reference system, so they cannot be projected. "
            "Set it first, for longitudes and latitudes of CGCS2000 with frame.set_crs(4490).",
        )
    if not len(frame):
        raise _checks.DataError("There is no area to draw. Give at least one row.")
    return printed(frame, EQUAL_AREA) if frame.crs.is_geographic else frame


def printed(frame: "gpd.GeoDataFrame", crs) -> "gpd.GeoDataFrame":
    """Areas on the grid of a map, thinned to what it can show; done once a process for the same areas."""
    task = ("printed", frame.crs.srs, crs.srs)
    shapes = remembered(
        task, frame.geometry.to_numpy(), lambda: _thin(project(frame, crs=crs)).geometry.to_numpy()
    )
    found = with_geometry(frame, shapes, crs)
    found.attrs = {}  # pandas copies them with every selection
    return found


def _thin(frame: "gpd.GeoDataFrame") -> "gpd.GeoDataFrame":
    """Projected areas without the corners no printed map can show, shared borders kept."""
    xmin, ymin, xmax, ymax = frame.total_bounds
    wanted = max(xmax - xmin, ymax - ymin) / _FINEST
    power = 10.0 ** np.floor(np.log10(wanted))
    return simplify_coverage(frame, max(lead * power for lead in (1, 2, 5) if lead * power <= wanted))


def map_axes(
    width: str | float = "double",
    *,
    language: str = "en",
    height_mm: float | None = None,
    legend: str = "auto",
) -> "Axes":
    """Axes for one map on a new figure, with room for title, legend and source line in fixed millimetres.

    The legend's room is a column to the right (120 mm and wider) or a strip below (narrower, and A4);
    ``legend="right"``, ``"below"`` or ``"none"`` decides otherwise.

    Examples
    --------
    >>> ax = map_axes("single", language="zh")
    >>> round(ax.figure.get_figwidth() * 25.4)
    85
    """
    size = size_of(width)
    if legend == "auto":
        legend = "right" if size.width_mm >= 110 and width != "a4" else "below"
    margin = 12.0 if width == "a4" else _MARGIN_MM
    head, foot = margin + line_mm(size.title) * 2 + 0.5, margin + foot_mm(size)
    inner = size.width_mm - 2 * margin
    column = {"right": max(36.0, 0.27 * inner), "below": 0.0, "none": 0.0}[legend]
    strip = line_mm(size.small) * 7 if legend == "below" else 0.0
    free = inner - column
    fixed = height_mm is not None or width in ("slide", "a4")
    if height_mm is None and width in ("slide", "a4"):
        height_mm = size.height_mm
    tall = free / _ASPECT if height_mm is None else height_mm - head - foot - strip
    if width == "a4":
        tall = min(tall, free / _ASPECT)
    if tall < 15:
        raise _checks.DataError(
            f"A map {height_mm} mm high leaves no room under its title and source line. "
            f"Give at least {head + foot + strip + 15:.0f} mm.",
        )
    height_mm = height_mm or tall + head + foot + strip
    fig = figure(width, height_mm=height_mm, language=language)
    fig.fixed = fixed
    box = (margin, height_mm - head - tall, free, tall)
    place = (box[0] / size.width_mm, box[1] / height_mm, box[2] / size.width_mm, box[3] / height_mm)
    ax = fig.add_axes(place, axes_class=MapAxes)
    ax.set_axis_off()
    return ax


def foot_lines(size: Size) -> int:
    """Lines that a source may take at the foot of a sheet of that size."""
    return 5 if size.width_mm < 100 else 4 if size.width_mm < 150 else 3


def foot_mm(size: Size) -> float:
    """Height in millimetres of the foot of a sheet, which holds source and projection."""
    return foot_lines(size) * line_mm(size.small)


def line_mm(points: float) -> float:
    """Height in millimetres of a line of text set at `points`."""
    return points * _LINE * 25.4 / 72


def start(ax: "Axes | None", frame: "gpd.GeoDataFrame", language: str, **facts) -> "Axes":
    """Axes with the extent of `frame` in force, undistorted, and the record of the map begun or extended."""
    rc(language)  # checks the language, registers the fonts
    ax = map_axes(language=language) if ax is None else ax
    previous = _DRAWN.get(ax)
    if previous is None:
        ax.set_axis_off()
        set_extent(ax, frame.total_bounds)
        _DRAWN[ax] = Drawn(frame.crs, frame.geometry, language, dict(facts))
    else:
        previous.facts.update(facts)
    return ax


def set_extent(ax: "Axes", bounds, *, margin: float = 0.02) -> None:
    """Show `bounds` (xmin, ymin, xmax, ymax) with a margin; the box of the axes stays and is filled."""
    xmin, ymin, xmax, ymax = bounds
    pad = margin * max(xmax - xmin, ymax - ymin)
    fig = ax.get_figure(root=True)
    place = ax.get_position()
    across = place.width * fig.get_figwidth()
    up = place.height * fig.get_figheight()
    scale = max((xmax - xmin + 2 * pad) / across, (ymax - ymin + 2 * pad) / up)
    middle = ((xmin + xmax) / 2, (ymin + ymax) / 2)
    ax.set_xlim(middle[0] - scale * across / 2, middle[0] + scale * across / 2)
    ax.set_ylim(middle[1] - scale * up / 2, middle[1] + scale * up / 2)
    ax.set_aspect("equal", adjustable="box")
    ax.set_autoscale_on(False)


def units_per_mm(ax: "Axes") -> float:
    """Metres on the ground that one millimetre of paper shows."""
    fig = ax.get_figure(root=True)
    low, high = ax.get_xlim()
    return (high - low) / (ax.get_position().width * fig.get_figwidth() / MM)


def mm_box(ax: "Axes") -> tuple[float, float, float, float]:
    """Place of an axes on its figure in millimetres: left, bottom, width, height."""
    fig = ax.get_figure(root=True)
    place = ax.get_position()
    across, up = fig.get_figwidth() / MM, fig.get_figheight() / MM
    return place.x0 * across, place.y0 * up, place.width * across, place.height * up


def offset(ax: "Axes", corner: tuple[float, float], shift_mm: tuple[float, float]) -> Transform:
    """Place so many millimetres from a corner of an axes (0 or 1 each way); it moves with the axes.

    Give the artist the coordinates (0, 0).
    """
    fig = ax.get_figure(root=True)
    shift = ScaledTranslation(shift_mm[0] * MM, shift_mm[1] * MM, fig.dpi_scale_trans)
    return Affine2D().translate(*corner) + ax.transAxes + shift


def fit_sheet(fig, *, above_mm: float, below_mm: float) -> None:
    """Change the height of a figure to leave so much above and below its axes, which keep their size."""
    if getattr(fig, "fixed", True):
        return
    boxes = {ax: np.array(mm_box(ax)) for ax in fig.axes}
    low = min(box[1] for box in boxes.values())
    top = max(box[1] + box[3] for box in boxes.values())
    height = top - low + above_mm + below_mm
    fig.set_figheight(height * MM)
    wide = fig.get_figwidth() / MM
    for ax, box in boxes.items():
        x, y, across, up = box
        ax.set_position((x / wide, (y - low + below_mm) / height, across / wide, up / height))


def as_path(geometry) -> Path:
    """Outline of a polygon or multipolygon, holes included, as one matplotlib path."""
    rings = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
    if not rings:
        return Path(np.empty((0, 2)))
    codes = [np.full(len(ring), Path.LINETO, dtype=Path.code_type) for ring in rings]
    for code in codes:
        code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(np.concatenate(rings), np.concatenate(codes))


def _paths(geometry) -> list[Path]:
    found = [as_path(g) for g in geometry]
    return [Path(path.vertices, path.codes, readonly=True) for path in found]


def draw_areas(ax: "Axes", geometry, *, fills, edge: str = palette.BORDER, **looks) -> PathCollection:
    """Areas as one collection of patches; `fills` is one colour or one for each.

    Further looks go to matplotlib's PathCollection: hatch, linewidths, linestyles, zorder, gid, label.
    """
    looks = {"linewidths": BORDER_POINTS, "zorder": 2, "joinstyle": "round", **looks}
    hatch_colour = looks.pop("hatch_colour", palette.NO_DATA_HATCH_COLOUR)
    paths = remembered(("paths", *map(mpl.rcParams.get, _PATH_SETTINGS)), geometry, lambda: _paths(geometry))
    patches = PathCollection(list(paths), facecolors=fills, edgecolors=edge, **looks)
    patches.set_hatch_linewidth(0.5)
    if looks.get("hatch"):
        patches.set_hatchcolor(hatch_colour)
    ax.add_collection(patches, autolim=False)
    return patches


def draw_outline(ax: "Axes", geometry, *, colour: str = palette.OUTLINE, points: float = OUTLINE_POINTS):
    """Outer border of all areas together, heavier than those within."""
    return draw_areas(
        ax, [union(geometry)], fills="none", edge=colour, linewidths=points, zorder=4, gid="outline"
    )


def text_looks(ax: "Axes", *, small: bool = True) -> dict:
    """Keywords of a text in the style that hold on any axes, in any context: bundled font, no mathematics."""
    size = size_on(ax)
    return {
        "fontfamily": "Noto Sans SC",
        "fontsize": size.small if small else size.normal,
        "color": palette.INK,
        "parse_math": False,
    }
