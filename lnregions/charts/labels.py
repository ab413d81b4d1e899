"""Where words go on a chart: measured, wrapped, pushed apart, and checked for overlap.

Everything here is arithmetic on sizes in points or pixels; nothing knows what a chart is about. The routines
are deterministic and need no library beyond matplotlib.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from lnregions.style import PRINT_DPI, style
from lnregions.style import wrap as _wrap

POINT_MM = 25.4 / 72
"""Length of a typographic point in millimetres."""

LEADING = 1.15
"""Line spacing of every text of more than one line."""


@lru_cache(maxsize=1)
def _scratch() -> tuple[Text, RendererAgg]:
    style.font_files()
    artist = Text(0, 0, fontfamily=style.FAMILY, linespacing=LEADING, parse_math=False)
    artist.set_figure(Figure(dpi=PRINT_DPI))
    return artist, RendererAgg(64, 64, PRINT_DPI)


@lru_cache(maxsize=8192)
def _measured(text: str, size: float, weight: str) -> tuple[float, float]:
    artist, renderer = _scratch()
    artist.set(text=text, fontsize=size, fontweight=weight)
    box = artist.get_window_extent(renderer, dpi=PRINT_DPI)
    return float(box.width) * 72 / PRINT_DPI, float(box.height) * 72 / PRINT_DPI


def text_size(text: str, *, size: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height in points of a text of one or more lines, as drawn in the bundled font.

    Examples
    --------
    >>> width, height = text_size("Dalian", size=7)
    >>> wide, _ = text_size("Dalian Dalian", size=7)
    >>> wide > 2 * width > 2 * height
    True
    """
    if not text:
        return 0.0, 0.0
    return _measured(text, float(size), weight)


def wrap(text: str, *, width: float, size: float, weight: str = "normal") -> str:
    """Text broken into lines of at most ``width`` points: at blanks, and between any two Chinese characters.

    A single word longer than the line stays whole. No line begins with closing punctuation.

    Examples
    --------
    >>> print(wrap("one circle one belt", width=40, size=7))
    one circle
    one belt
    """
    return "\n".join(_wrap(text, width, size, bold=weight == "bold"))


def spread(wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float) -> np.ndarray:
    """Centres as near as can be to those wanted, whose boxes neither overlap nor leave the span.

    The sum of squared moves is least: neighbours that collide are pooled and share their mean move. If they
    cannot all fit, they are squeezed evenly over the span, and do overlap.

    Parameters
    ----------
    wanted, heights
        Centre and height of each box, in one unit; any order.
    low, high
        Ends of the span the boxes stay in.

    Returns
    -------
    numpy.ndarray
        Centres, in the order given.

    Examples
    --------
    >>> spread([1.0, 1.0, 9.0], [2.0, 2.0, 2.0], low=0, high=10).tolist()
    [1.0, 3.0, 9.0]
    """
    wanted, heights = np.asarray(wanted, dtype=float), np.asarray(heights, dtype=float)
    if not len(wanted):
        return wanted
    order = np.argsort(wanted, kind="stable")
    tall = heights[order]
    room = (high - low) / tall.sum() if tall.sum() > high - low else 1.0
    tall = tall * room
    offsets = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    blocks: list[list[float]] = []
    for value in wanted[order] - offsets:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            before, number = blocks.pop()
            blocks.append([(before * number + mean * count) / (number + count), number + count])
    fitted = np.concatenate([np.full(int(count), mean) for mean, count in blocks])
    fitted = np.clip(fitted, low + tall[0] / 2, max(low + tall[0] / 2, high - tall[-1] / 2 - offsets[-1]))
    centres = np.empty_like(fitted)
    centres[order] = fitted + offsets
    return centres


@dataclass(frozen=True)
class Label:
    """A text wanted near a point of the data.

    ``prefer`` orders the sides to try (of ``n s e w ne nw se sw``); those not named come last. ``name`` says
    what part the text plays and becomes the artist's label, with an underscore before it.
    """

    text: str
    xy: tuple[float, float]
    colour: str = "black"
    size: float = 6.5
    weight: str = "normal"
    name: str = "label"
    prefer: tuple[str, ...] = ("n", "s", "ne", "nw", "se", "sw", "e", "w")


SIDES = {
    "n": (0, 1),
    "s": (0, -1),
    "e": (1, 0),
    "w": (-1, 0),
    "ne": (1, 1),
    "nw": (-1, 1),
    "se": (1, -1),
    "sw": (-1, -1),
}


def _candidates(label: Label, at: np.ndarray, size: tuple[float, float], step: float) -> Iterable[tuple]:
    """Boxes (x0, y0, x1, y1) to try in pixels with their cost: near and on a preferred side is cheap."""
    width, height = size
    sides = list(label.prefer) + [side for side in SIDES if side not in label.prefer]
    for ring, distance in enumerate((1.0, 2.2, 3.8, 6.0)):
        for rank, side in enumerate(sides):
            dx, dy = SIDES[side]
            reach = step * distance * (0.75 if dx and dy else 1.0)
            x = at[0] + dx * (reach + width / 2)
            y = at[1] + dy * (reach + height / 2)
            yield (x - width / 2, y - height / 2, x + width / 2, y + height / 2), 4 * ring + 0.3 * rank


def _hits(box: tuple, points: np.ndarray) -> int:
    x0, y0, x1, y1 = box
    inside = (points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
    return int(inside.sum())


def _shared(box: tuple, other: tuple) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def sampled(ax: Axes, x: Sequence[float], y: Sequence[float]) -> np.ndarray:
    """Points in pixels every few pixels along a line of the data (gaps where a value is missing)."""
    points = ax.transData.transform(np.column_stack([np.asarray(x, float), np.asarray(y, float)]))
    out = [points[np.isfinite(points).all(axis=1)]]
    step = 2 * ax.figure.dpi / 72
    for start, end in pairwise(points):
        length = np.hypot(*(end - start))
        if np.isfinite(length):
            out.append(start + np.linspace(0, 1, int(length / step) + 2)[:, None] * (end - start))
    return np.concatenate(out) if out else np.empty((0, 2))


def place_labels(
    ax: Axes, labels: Sequence[Label], *, lines: Sequence[np.ndarray] = (), boxes: Sequence[tuple] = ()
) -> list[Text]:
    """Write labels beside their points where they cover neither each other nor what is drawn.

    Each label in turn takes the cheapest of 32 places: inside the axes, off the words already there, off the
    lines, near its point, on the side it prefers.

    Parameters
    ----------
    ax
        Axes whose limits and position are final.
    labels
        Most important first.
    lines
        Points in pixels to keep clear of (see `sampled`).
    boxes
        Boxes (x0, y0, x1, y1) in pixels that are taken.

    Returns
    -------
    list of matplotlib.text.Text
        One text per label, in the order given.
    """
    pixel = ax.figure.dpi / 72
    points = np.concatenate([np.empty((0, 2)), *lines])
    frame, taken, drawn = ax.get_window_extent(), list(boxes), []
    for label in labels:
        width, height = text_size(label.text, size=label.size, weight=label.weight)
        at = ax.transData.transform(label.xy)
        best, least = None, np.inf
        for box, cost in _candidates(label, at, ((width + 3) * pixel, (height + 2) * pixel), 3.2 * pixel):
            outside = box[0] < frame.x0 or box[2] > frame.x1 or box[1] < frame.y0 or box[3] > frame.y1
            cost += (
                1000 * sum(_shared(box, other) for other in taken) + 400 * outside + 3 * _hits(box, points)
            )
            if cost < least:
                best, least = box, cost
        taken.append(best)
        x, y = ax.transData.inverted().transform(((best[0] + best[2]) / 2, (best[1] + best[3]) / 2))
        looks = {"colour": label.colour, "size": label.size, "weight": label.weight}
        drawn.append(word(ax, x, y, label.text, **looks, label=f"_{label.name}"))
    return drawn


class LabelColumn:
    """Labels in a column beside the axes, each as near the height of its point as the others allow.

    Make it first, to learn its ``width`` in points; `write` it once the axes have their place and limits.

    Parameters
    ----------
    labels
        Labels wanted; only the height of their points matters.
    room
        Greatest width in points of a line of text; longer ones are wrapped.
    side
        "right" or "left" of the axes.
    gap
        Points between the axes and the words.
    """

    def __init__(self, labels: Sequence[Label], *, room: float, side: str = "right", gap: float = 6.0):
        self.labels = [
            replace(m, text=wrap(m.text, width=room, size=m.size, weight=m.weight)) for m in labels
        ]
        self.sizes = [text_size(m.text, size=m.size, weight=m.weight) for m in self.labels]
        self.side, self.gap = side, gap
        self.width = max((wide for wide, _ in self.sizes), default=-gap) + gap
        self.height = sum(high + 1.0 for _, high in self.sizes)

    def write(self, ax: Axes, *, over: float = 4.0, leaders: bool = True) -> list[Text]:
        """Write the words, with a thin line to any that stand off; they may rise ``over`` points above."""
        if not self.labels:
            return []
        pixel, frame = ax.figure.dpi / 72, ax.get_window_extent()
        right = self.side == "right"
        points = ax.transData.transform([label.xy for label in self.labels])
        heights = [(high + 1.0) * pixel for _, high in self.sizes]
        low, high = frame.y0 - 2 * pixel, frame.y1 + over * pixel
        centres = spread(points[:, 1], heights, low=low, high=high)
        edge = frame.x1 + self.gap * pixel if right else frame.x0 - self.gap * pixel
        back, texts = ax.transData.inverted(), []
        for label, point, centre in zip(self.labels, points, centres, strict=True):
            x, y = back.transform((edge, centre))
            looks = {"colour": label.colour, "size": label.size, "weight": label.weight}
            looks |= {"ha": "left" if right else "right", "label": f"_{label.name}"}
            texts.append(word(ax, x, y, label.text, **looks))
            stands_off = (
                abs(point[1] - centre) > 2.5 * pixel or abs(edge - point[0]) > (self.gap + 14) * pixel
            )
            if leaders and stands_off:
                start = point[0] + (4 if right else -4) * pixel
                near = edge - (1.5 if right else -1.5) * pixel
                ends = back.transform([(start, point[1]), (near, centre)])
                looks = {"color": label.colour, "linewidth": 0.4, "zorder": 1.2, "alpha": 0.55}
                draw_line(ax, *ends.T, **looks, clip_on=False, label="_leader")
        return texts


def word(ax: Axes, x: float, y: float, text: str, *, colour: str, size: float, **keywords) -> Text:
    """Write one text at a point of the axes in the bundled font; a dollar sign is a dollar sign."""
    style.font_files()
    keywords = {"ha": "center", "va": "center", "zorder": 6, "clip_on": False} | keywords
    keywords |= {"fontfamily": style.FAMILY, "linespacing": LEADING, "parse_math": False}
    return ax.text(x, y, text, color=colour, fontsize=size, **keywords)


def draw_line(ax: Axes, x: Sequence[float], y: Sequence[float], **looks) -> Line2D:
    """Draw one line or row of markers; the limits of the axes stay as they are, and NaN leaves a gap."""
    return ax.add_line(Line2D(x, y, **looks))


def overlapping_texts(figure: Figure, *, slack: float = 0.5) -> list[tuple[str, str]]:
    """Pairs of visible texts of a printed figure whose boxes overlap by more than ``slack`` points, both ways.

    Also lists, paired with ``"(edge)"``, each text that leaves the figure. A finished figure gives an empty
    list.

    Examples
    --------
    >>> figure = Figure()
    >>> _ = figure.text(0.5, 0.5, "one"), figure.text(0.5, 0.5, "two")
    >>> overlapping_texts(figure)
    [('one', 'two')]
    """
    screen = figure.dpi
    figure.set_dpi(PRINT_DPI)
    try:
        return _overlapping(figure, slack)
    finally:
        figure.set_dpi(screen)


def _overlapping(figure: Figure, slack: float) -> list[tuple[str, str]]:
    renderer = RendererAgg(int(figure.bbox.width), int(figure.bbox.height), figure.dpi)
    figure.draw_without_rendering()
    found, unseen = [], _unseen(figure)
    for artist in figure.findobj(Text):
        if artist.get_visible() and artist.get_text().strip() and id(artist) not in unseen:
            found.append((artist.get_text(), artist.get_window_extent(renderer)))
    pixel, pairs = slack * figure.dpi / 72, []
    for number, (text, box) in enumerate(found):
        for other, against in found[number + 1 :]:
            across = min(box.x1, against.x1) - max(box.x0, against.x0)
            upright = min(box.y1, against.y1) - max(box.y0, against.y0)
            if across > pixel and upright > pixel:
                pairs.append((text, other))
        inside = figure.bbox.padded(pixel)
        if not (inside.contains(box.x0, box.y0) and inside.contains(box.x1, box.y1)):
            pairs.append((text, "(edge)"))
    return pairs


def _unseen(figure: Figure) -> set[int]:
    """Identities of the tick labels that matplotlib keeps outside the view."""
    unseen = set()
    for ax in figure.findobj(Axes):
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not (low - 1e-9 <= tick.get_loc() <= high + 1e-9) or not axis.get_visible():
                    unseen |= {id(tick.label1), id(tick.label2)}
    return unseen
