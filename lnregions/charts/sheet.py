"""The sheet of a chart: labels, legend and margins around its axes, laid out once from measured texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import offset_copy

from lnregions.errors import DataError, unknown
from lnregions.style import BORDER, HAIRLINE, INK, MUTED, SIZES, figure, rc, size_on, text_width, wrap
from lnregions.words import (
    MOST_DECIMALS,
    check_language,
    format_number,
    rounded,
    text,
    to_unit,
    unit_label,
    unit_places,
)
from lnregions.words.catalogue import tr

PAD = 6.0
"""Points kept free along the edge of a figure."""
LEADING = 1.15
"""Line spacing, in font sizes."""
POINT_MM = 25.4 / 72
LARGE, GROWN = 10.0, 1.5
"""Small text in points above which, as on slides, lines and markers are so many times as large as in print."""


@dataclass(frozen=True)
class Labels:
    """Texts, size and axes of a chart, which every ``plot_`` function takes as keywords.

    Parameters
    ----------
    title, subtitle
        Written above the chart; the unit is added to the subtitle.
    unit
        Unit of the values as ``data/units.csv`` has it.
    decimals
        Decimals of the values in that unit; left out, those they are written with.
    source
        Written below the chart after "Source:".
    notes
        Lines above the source.
    names
        Name to show for the code of an area; left out: the frame's ``name_en`` or ``name_zh``, or the code.
    reason
        Why there are no values, for the empty chart.
    language
        "en" or "zh".
    width
        Name of a preset of `lnregions.style.SIZES`, or millimetres.
    height_mm
        Height of the figure; left out: what suits the chart.
    ax
        Axes to draw on; left out: those of a new figure, which pyplot does not know.

    Raises
    ------
    DataError
        When a ``plot_`` function is given a keyword that is none of these, or an unknown language or width.
    """

    title: str = ""
    subtitle: str = ""
    unit: str = ""
    decimals: int | None = None
    source: str = ""
    notes: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    language: str = "en"
    width: str | float = "double"
    height_mm: float | None = None
    ax: Axes | None = None


def need(frame: pd.DataFrame, columns: Iterable[str], *, what: str) -> pd.DataFrame:
    """Give the frame back when it has the columns, else raise DataError."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        given = ", ".join(map(str, frame.columns)) or "none"
        raise DataError(
            f"The {what} has no column {', '.join(missing)}; it has {given}. "
            f"Give a frame with the columns {', '.join(columns)}."
        )
    return frame


def text_height(words: str, size: float) -> float:
    """Height in points of a text of one or more lines."""
    return LEADING * size * (1 + words.count("\n"))


def hide_frame(ax: Axes, *, keep: Sequence[str] = (), colour: str = BORDER):
    """Hide the spines of axes but for the sides named, which become thin."""
    for side, spine in ax.spines.items():
        spine.set(visible=side in keep, color=colour, linewidth=0.6)


class Sheet:
    """Axes to draw on with the labels, legend and notes to write around them.

    A chart draws on ``sheet.ax``, adds to ``notes``, then calls `settle` once; after it the axes have their final
    place. What has an artist label without a leading underscore is explained in the legend.
    """

    def __init__(self, labels: Mapping):
        known = [one.name for one in fields(Labels)]
        for name in set(labels) - set(known):
            raise unknown("keyword", name, known)
        self.labels = Labels(**labels)
        self.language, self.unit = check_language(self.labels.language), self.labels.unit
        self.owned = self.labels.ax is None
        self.ax = self.labels.ax or figure(self.labels.width, language=self.language).add_subplot()
        self.axes, self.columns, self.own_scale = [self.ax], 1, False
        self.figure, self.size = self.ax.get_figure(root=True), size_on(self.ax)
        self.font = {"fontfamily": rc()["font.family"], "linespacing": LEADING, "parse_math": False}
        self.notes = [note for note in self.labels.notes if note]

    def add_panels(self, count: int, *, columns: int, own_scale: bool = False):
        """Replace the axes by a grid of `count` panels, filled row by row, which get the same years and values.

        With `own_scale` each has values of its own, and room for their tick labels.
        """
        self.ax.remove()  # axes that are shared would each look through all others at every change
        grid = self.figure.subplots(-(-count // columns), columns, squeeze=False).ravel()
        self.own_scale = own_scale
        for spare in grid[count:]:
            spare.remove()
        self.axes, self.columns, self.ax = list(grid[:count]), columns, grid[0]

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the language of the chart, as `lnregions.words.catalogue.tr`."""
        return tr(message, self.language, **values)

    @property
    def span(self) -> float:
        """Width in points that texts above and below the chart may take."""
        return self.figure.get_figwidth() * 72 - 2 * PAD if self.owned else self.extent[0]

    @property
    def grown(self) -> float:
        """How many times as large as in print are lines, markers and the distance of labels from them."""
        return GROWN if self.size.small > LARGE else 1.0

    @property
    def fixed_mm(self) -> float | None:
        """Height of the figure where it is given, as that of a slide is."""
        return self.labels.height_mm or (SIZES["slide"].height_mm if self.labels.width == "slide" else None)

    @property
    def extent(self) -> np.ndarray:
        """Width and height of the axes in points."""
        return np.array(self.ax.get_window_extent().size) * 72 / self.figure.dpi

    def scaled(self, values):
        """Values (number, array or Series) in the unit shown."""
        return to_unit(values, self.unit, self.language)

    @property
    def places(self) -> int | None:
        """Decimals of the labels in the unit shown."""
        own = self.labels.decimals
        return None if own is None else max(own + unit_places(self.unit, self.language), 0)

    def number(self, shown: float, *, sign: bool = False, decimals: int | None = None) -> str:
        """Value (in the unit shown) as printed, with its per cent sign but no other unit.

        `decimals` are those printed; left out, those of the labels, and none for a whole amount.
        """
        if not np.isfinite(shown):
            return text("no data", self.language)
        whole = self.unit not in ("%", "pp") and rounded(shown, MOST_DECIMALS) % 1 == 0
        decimals = self.places if decimals is None and not whole else decimals
        printed = format_number(float(shown), language=self.language, decimals=decimals, sign=sign)
        return printed + "%" if self.unit == "%" and not sign else printed

    def names_of(self, frame: pd.DataFrame) -> dict[str, str]:
        """Name to show for the code of each area of a frame."""
        found = dict(zip(frame["area"], frame.get(f"name_{self.language}", frame["area"]), strict=True))
        return {code: self.labels.names.get(code, name) for code, name in found.items()}

    def listed(self, parts: Iterable) -> str:
        """Names or years as a list within a sentence."""
        return ("、" if self.language == "zh" else ", ").join(map(str, parts))

    def width_of(self, words: str, *, bold: bool = False) -> float:
        """Width in points of a text in the small size."""
        return text_width(words, self.size.small, bold=bold)

    def write(self, x: float, y: float, words: str, *, name: str, **looks) -> Text:
        """Write a small text on the axes, or on those given as ``ax``; `name` says what part it plays."""
        looks = {"ha": "center", "va": "center", "fontsize": self.size.small, "color": INK} | looks
        ax = looks.pop("ax", self.ax)
        return ax.text(x, y, words, label=f"_{name}", zorder=6, **self.font, **looks)

    def empty(self) -> Axes:
        """Lay out a chart without values: a frame with the reason."""
        self.settle(left=0)
        self.write_reason(self.ax, self.size.normal)
        return self.ax

    def write_reason(self, ax: Axes, size: float):
        """Write within the frame of axes that there are no values, and why."""
        hide_frame(ax, keep=tuple(ax.spines), colour=HAIRLINE)
        ax.tick_params(length=0, labelleft=False, labelbottom=False)
        ax.grid(False)
        reason = self.labels.reason
        words = self.tr("No data: {reason}", reason=reason) if reason else self.tr("No data")
        words = "\n".join(wrap(words, max(self.extent[0] - 12, 20), size))
        self.write(0.5, 0.5, words, name="no_data", ax=ax, transform=ax.transAxes, fontsize=size, color=MUTED)

    def settle(self, *, left=None, right=0.0, top=2.0, bottom=None, body: float | None = None):
        """Write labels, legend and notes, and fix the size of the figure and the place of the axes.

        ``left``, ``right``, ``top`` and ``bottom`` are the points kept free around the axes (None: what the tick
        labels need), ``body`` the height of the axes, to which the figure grows unless its height is fixed.
        """
        for line in (line for ax in self.axes for line in ax.lines):
            if line.get_markersize() < self.size.small:
                line.set_linewidth(line.get_linewidth() * self.grown)
                line.set_markersize(line.get_markersize() * self.grown)
        left = self._tick_width() if left is None else left
        bottom = self.size.small + 7 if bottom is None else bottom
        small, labels = self.size.small, self.labels
        subtitle = " · ".join(filter(None, (labels.subtitle, unit_label(self.unit, self.language))))
        source = self.tr("Source: {text}", text=labels.source) if labels.source else ""
        self.figure.source_line = source
        head = self._block("title", labels.title, self.size.title, gap=3)
        head += self._block("subtitle", subtitle, self.size.normal, gap=4)
        head += [("legend", row, {}, small * 1.5) for row in self._legend_rows()]
        head += [("space", "", {}, 3)] if head else []
        foot = [block for note in self.notes for block in self._block("note", note, small)]
        foot += self._block("source", source, small)
        above = sum(height for *_, height in head) + top
        below = sum(height for *_, height in foot) + bottom + 2
        if self.owned:
            self._place((left + PAD, below + PAD - 1, right + PAD, above + PAD), body)
        else:
            box, whole = self.ax.get_position(), self.figure.get_figwidth() * 72
            self.ax.set_position([box.x0, box.y0, max(box.width - right / whole, box.width / 3), box.height])
            left = 0.0
        last_row = (len(self.axes) - 1) // self.columns * self.columns
        self._write(head, self.ax, (0, 1), (-left, above))
        self._write(foot, self.axes[last_row], (0, 0), (-left, -bottom - 2))

    def _tick_width(self) -> float:
        axes = self.axes if self.own_scale else [self.ax]
        ticks = [(tick, sorted(ax.get_ylim())) for ax in axes for tick in ax.get_yticklabels()]
        shown = [tick for tick, (low, high) in ticks if low <= tick.get_position()[1] <= high]
        widths = [self.width_of(tick.get_text(), bold=tick.get_fontweight() == "bold") for tick in shown]
        return max(widths, default=0.0) + 6

    def _place(self, margins: tuple[float, float, float, float], body: float | None):
        """Set the height of the figure, and place the axes, or the grid of panels, within the margins."""
        left, bottom, right, top = margins
        width, fixed = self.figure.get_figwidth() * 72, self.fixed_mm
        natural = body or max(42 / POINT_MM + 0.36 * width - bottom - top, 0.4 * width)
        height = fixed / POINT_MM if fixed else natural + bottom + top
        self.figure.set_size_inches(width / 72, height / 72)
        counts = np.array([self.columns, -(-len(self.axes) // self.columns)])
        between = np.array([8 + (left - PAD) * self.own_scale, self.size.small * 1.3 + 6])
        inside = np.array([width - left - right, height - top - bottom])
        across, down = between * counts / (inside - between * (counts - 1))
        edges = {"left": left / width, "right": 1 - right / width}
        edges |= {"bottom": bottom / height, "top": 1 - top / height}
        self.figure.subplots_adjust(**edges, wspace=across, hspace=down)

    def _block(self, part: str, words: str, size: float, *, gap: float = 1) -> list[tuple]:
        """Part, wrapped text, looks and height in points of a text above or below the axes; none if it is empty."""
        bold = part == "title"
        words = "\n".join(wrap(words, self.span, size, bold=bold))
        colour, weight = (INK, "bold") if bold else (MUTED, "normal")
        looks = {"fontsize": size, "color": colour, "fontweight": weight}
        return [(part, words, looks, text_height(words, size) + gap)] if words else []

    def _legend_rows(self) -> list[dict[str, Artist]]:
        """Handles by label in the order drawn, as many in a row as fit."""
        handles: dict[str, Artist] = {}
        for ax in self.axes:
            for handle, words in zip(*ax.get_legend_handles_labels(), strict=True):
                handles.setdefault(words, handle)
        rows: list[dict[str, Artist]] = []
        free = 0.0
        for words, handle in handles.items():
            width = 30 + self.width_of(words)
            if width - 9 > free:
                rows.append({})
                free = self.span
            rows[-1][words] = handle
            free -= width
        return rows

    def _write(self, blocks: list[tuple], ax: Axes, corner: tuple[int, int], offset: tuple[float, float]):
        """Write blocks one below the other, the first at an offset in points from a corner of the axes."""
        x, y = offset
        for part, content, looks, height in blocks:
            place = offset_copy(ax.transAxes, self.figure, x=x, y=y, units="points")
            if part == "legend":
                self._add_legend(content, ax, {"bbox_to_anchor": corner, "bbox_transform": place})
            elif content:
                looks = {"va": "top", "ha": "left", "transform": place} | looks
                self.write(*corner, content, name=part, ax=ax, **looks)
            y -= height

    def _add_legend(self, handles: dict[str, Artist], ax: Axes, place: Mapping):
        small = self.size.small
        looks = {"borderpad": 0, "borderaxespad": 0, "frameon": False, "labelcolor": INK, "loc": "upper left"}
        looks |= {"handlelength": 17 / small, "handletextpad": 4 / small, "columnspacing": 9 / small}
        looks |= {"prop": {"family": self.font["fontfamily"], "size": small}, "ncols": len(handles)}
        legend = Legend(ax, list(handles.values()), list(handles), **place, **looks)
        for entry in legend.get_texts():
            entry.set(parse_math=False, label="_key")
        ax.add_artist(legend)
