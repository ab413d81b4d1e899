"""A figure drawn once for all formats: what it asks of a renderer is kept, and told to PNG, SVG and PDF in turn.

Matplotlib goes through a figure anew for every format: every text is laid out, every tick computed, every
transform multiplied out again. All our formats show the same figure in the same size, so one way through it at
72 dots per inch (a point a dot) serves them all. Whatever cannot be kept that way is drawn as matplotlib does it.
"""

import io
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.transforms import Affine2D, Bbox, TransformedPath

from lnregions.style.glyph_runs import EM, KNOWN, font_of, line_measures, measures
from lnregions.style.renderers import OutlineRenderer, PageRenderer, PixelRenderer, WholeStreams

if TYPE_CHECKING:
    from lnregions.style.style import StyledFigure

POINTS = 72
"""Points, and dots of a drawing, in an inch."""

_AS_USUAL = {
    "savefig.bbox": None, "savefig.facecolor": "auto", "savefig.edgecolor": "auto", "savefig.transparent": False,
}  # fmt: skip
"""Settings of matplotlib that would change a figure while it is saved."""


class NotKept(Exception):
    """A figure asks for something that depends on the format, such as an image or a filter."""


class Drawing(RendererBase):
    """Renderer that keeps all calls, in points from the lower left corner.

    Attributes
    ----------
    width, height : float
        Size in points.
    calls : list of tuple
        Name of the renderer's method, graphics context or None, further arguments.
    """

    def __init__(self, width: float, height: float):
        super().__init__()
        self.width, self.height = width, height
        self.calls: list[tuple] = []
        self._fixed: dict[int, tuple] = {}

    def get_canvas_width_height(self):
        """Width and height in points."""
        return self.width, self.height

    def flipy(self):
        """Whether text is placed from the top: it is not."""
        return False

    def get_text_width_height_descent(self, s, prop, ismath):
        """Measures of a line of text in points, free of any resolution."""
        if ismath:
            return self._text2path.get_text_width_height_descent(s, prop, ismath)
        scale = prop.get_size_in_points() / EM
        wide, high, deep = measures(s, font_of(prop))
        return wide * scale, high * scale, deep * scale

    get_text_width_height_descent.remembers = True

    def _get_font_height_metrics(self, prop):
        """Height above the line, depth below it and gap between lines, as matplotlib's layout of text asks for."""
        scale = prop.get_size_in_points() / EM
        return tuple(value * scale for value in line_measures(font_of(prop)))

    def open_group(self, s, gid=None):
        """Keep the beginning of a group."""
        self.calls.append(("open_group", None, s, gid))

    def close_group(self, s):
        """Keep the end of a group."""
        self.calls.append(("close_group", None, s))

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Keep a path."""
        self.calls.append(("draw_path", self._keep(gc), path, transform.frozen(), rgbFace))

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Keep markers."""
        places = (marker_path, marker_trans.frozen(), path, trans.frozen(), rgbFace)
        self.calls.append(("draw_markers", self._keep(gc), *places))

    def draw_path_collection(
        self, gc, master_transform, paths, all_transforms, offsets, offset_trans, *looks, **more
    ):
        """Keep a collection of paths."""
        places = (master_transform.frozen(), paths, all_transforms, offsets, offset_trans.frozen())
        self.calls.append(("draw_path_collection", self._keep(gc), *places, looks, more))

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Keep a line of text."""
        if mtext is not None and (mtext.get_fontfeatures() or mtext.get_language()):
            raise NotKept("a text with features of its font or a language")
        self.calls.append(("draw_text", self._keep(gc), x, y, s, prop.copy(), angle, ismath))

    def _refuse(self, *_args, **_kwargs):
        raise NotKept("something that is drawn in dots")

    draw_image = draw_gouraud_triangles = draw_quad_mesh = draw_tex = _refuse
    start_rasterizing = start_filter = _refuse

    def _keep(self, gc):
        """The graphics context as it is now, its clips in points."""
        kept = _copy(gc)
        kept._cliprect = self._once(gc._cliprect, lambda box: Bbox(np.array(box.get_points())))
        kept._clippath = self._once(gc._clippath, _fixed_clip)
        return kept

    def _once(self, value, fix):
        """What `fix` makes of a value, the same object for the same value."""
        if value is None:
            return None
        if id(value) not in self._fixed:
            self._fixed[id(value)] = (value, fix(value))
        return self._fixed[id(value)][1]


def _copy(gc):
    kept = GraphicsContextBase.__new__(GraphicsContextBase)
    kept.__dict__.update(gc.__dict__)
    return kept


def _fixed_clip(clip):
    path, transform = clip.get_transformed_path_and_affine()
    return TransformedPath(path, transform.frozen())


def keep_drawing(fig: "StyledFigure") -> Drawing | None:
    """Drawing of a figure of ours; None for one that has to be drawn for each format by itself."""
    own = {name: mpl.rcParams[name] for name in _AS_USUAL}
    if not KNOWN or fig.get_layout_engine() is not None or own != _AS_USUAL:
        return None
    width, height = (side * POINTS for side in fig.get_size_inches())
    drawing, dpi = Drawing(width, height), fig.dpi
    try:
        fig.dpi = POINTS
        fig.draw(drawing)
    except NotKept:
        return None
    finally:
        fig.dpi = dpi
    return drawing


def drawn_pixels(drawing: Drawing, width: int, height: int, *, dpi: int) -> np.ndarray:
    """Pixels of a drawing: (height, width, 4), uint8."""
    renderer = PixelRenderer(width, height, dpi)
    across, down = width / drawing.width, height / drawing.height
    grow, scaled = Affine2D().scale(across, down), {}

    def larger(gc):
        if gc._cliprect is None and gc._clippath is None:
            return gc
        key = (id(gc._cliprect), id(gc._clippath))
        if key not in scaled:
            box, clip = gc._cliprect, gc._clippath
            box = None if box is None else Bbox(box.get_points() * (across, down))
            clip = None if clip is None else _grown_clip(clip, grow)
            scaled[key] = (box, clip)
        gc = _copy(gc)
        gc._cliprect, gc._clippath = scaled[key]
        return gc

    for name, gc, *rest in drawing.calls:
        if name == "draw_path":
            path, transform, face = rest
            renderer.draw_path(larger(gc), path, transform + grow, face)
        elif name == "draw_text":
            x, y, *words = rest
            renderer.draw_text(larger(gc), x * across, height - y * down, *words)
        elif name == "draw_markers":
            marker, marker_transform, path, transform, face = rest
            renderer.draw_markers(larger(gc), marker, marker_transform + grow, path, transform + grow, face)
        elif name == "draw_path_collection":
            transform, paths, each, offsets, shift, looks, more = rest
            places = (transform + grow, paths, each, offsets, shift + grow)
            renderer.draw_path_collection(larger(gc), *places, *looks, **more)
    return np.asarray(renderer.buffer_rgba())


def _grown_clip(clip, grow):
    path, transform = clip.get_transformed_path_and_affine()
    return TransformedPath(path, transform + grow)


def drawn_svg(drawing: Drawing, *, dpi: int, metadata: dict) -> bytes:
    """Drawing as the bytes of an SVG file, its text as outlines."""
    text = io.StringIO()
    renderer = OutlineRenderer(drawing.width, drawing.height, text, image_dpi=dpi, metadata=metadata)
    for name, gc, *rest in drawing.calls:
        if name == "draw_text":
            x, y, *words = rest
            renderer.draw_text(gc, x, drawing.height - y, *words)
        elif name in ("open_group", "close_group"):
            getattr(renderer, name)(*rest)
        else:
            _tell(renderer, name, gc, rest)
    renderer.finalize()
    return text.getvalue().encode()


def drawn_pdf(drawing: Drawing, *, dpi: int, metadata: dict) -> bytes:
    """Drawing as the bytes of a PDF file, its fonts embedded."""
    stream = io.BytesIO()
    file = WholeStreams(stream, metadata=metadata)
    width, height = drawing.width / POINTS, drawing.height / POINTS
    file.newPage(width, height)
    renderer = PageRenderer(file, dpi, height, width)
    for name, gc, *rest in drawing.calls:
        if gc is not None:
            _tell(renderer, name, renderer.own_gc(gc), rest)
    renderer.finalize()
    file.finalize()
    file.close()
    return stream.getvalue()


def _tell(renderer, name, gc, rest):
    """Repeat a call as it was."""
    if name == "draw_path_collection":
        *places, looks, more = rest
        renderer.draw_path_collection(gc, *places, *looks, **more)
    else:
        getattr(renderer, name)(gc, *rest)
