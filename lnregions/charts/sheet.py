"""The sheet a chart is laid out on: its texts, its key, and margins fixed once from measured words.

A chart draws its data on ``sheet.ax``, tells the sheet what to explain, and settles it. Nothing is laid out
again when the figure is saved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from lnregions import errors as _checks
from lnregions.charts.labels import LEADING, text_size, wrap
from lnregions.errors import DataError
from lnregions.style import INK, MUTED, style

PAD = 6.0
"""Points kept free along the edge of a figure."""

GRID = "#e3e6ea"

WORDS: dict[str, tuple[str, str]] = {
    "axis_cut": ("The vertical axis does not start at zero.", "纵轴不从零开始。"),
    "actual": ("actual", "实际值"),
    "grade_c": ("weakly attested (grade C)", "佐证较弱（C级）"),
    "gap_years": ("no figure for the years between", "其间年份无数据"),
    "break": ("{letter} {years}: levels do not join", "{letter} {years}年：前后数据不可衔接"),
    "because": (" ({reason})", "（{reason}）"),
    "source": ("Source: {text}", "资料来源：{text}"),
    "no_data": ("No data", "暂无数据"),
    "no_data_because": ("No data: {reason}", "暂无数据：{reason}"),
}


class Words(TypedDict, total=False):
    """Texts and size of a chart, taken as keywords by every ``plot_`` function.

    ``title`` (bold, short), ``subtitle`` (what and where; the unit is added), ``unit`` (as the tables have
    it; values are shown in the language's habit), ``source`` (written after "Source:"), ``notes`` (lines above
    the source), ``width`` (a preset's name or millimetres), ``height_mm`` (left out: what suits the chart).
    """

    title: str
    subtitle: str
    unit: str
    source: str
    notes: Sequence[str]
    width: str | float
    height_mm: float


@dataclass(frozen=True)
class Key:
    """One entry of the key above a chart: a sample, drawn as a line or as a patch, and what it stands for."""

    text: str
    line: Mapping | None = None
    patch: Mapping | None = None


def say(words: Mapping[str, tuple[str, str]], key: str, language: str, **values) -> str:
    """Text of a table of words in one language, its fields filled in."""
    return words[key][style.LANGUAGES.index(language)].format(**values)


def need(frame: pd.DataFrame, columns: Iterable[str], *, what: str) -> pd.DataFrame:
    """Give the frame back when it has the columns, else raise DataError."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        given = ", ".join(map(str, frame.columns)) or "none"
        raise DataError(
            f"The {what} has no column {', '.join(missing)}; it has {given}. "
            f"Give a frame with the columns {', '.join(columns)}.",
        )
    return frame


@dataclass
class Sheet:
    """A chart being laid out, on axes of its own or on the caller's.

    Parameters
    ----------
    ax
        Axes to draw on; None makes a figure of the width's preset with one axes.
    language
        "en" or "zh".
    words
        See `Words`.
    """

    ax: Axes | None
    language: str
    words: Words = field(default_factory=Words)
    keys: list[Key] = field(default_factory=list)

    def __post_init__(self):
        style.check_language(self.language)
        for word in sorted(set(self.words) - set(Words.__annotations__)):
            raise _checks.unknown("keyword", word, list(Words.__annotations__))
        self.unit = self.words.get("unit", "")
        self.notes = [note for note in self.words.get("notes", ()) if note]
        self.owned = self.ax is None
        if self.owned:
            width = self.words.get("width", "double")
            self.figure = style.figure(width, language=self.language)
            self.size = self.figure.size
            self.ax = self.figure.add_axes((0.1, 0.1, 0.8, 0.8))
        else:
            self.figure = self.ax.figure
            self.size = style.size_on(self.ax)
        self.axes, self.columns, self.rows = [self.ax], 1, 1

    def scaled(self, values):
        """Values in the unit shown."""
        return style.to_unit(values, self.unit, self.language)

    def number(self, value: float, *, sign: bool = False, decimals: int | None = None) -> str:
        """Value (in the unit of the tables) as it is printed, with its per cent sign but no other unit."""
        if not np.isfinite(value):
            return style.text("no data", self.language)
        shown = float(self.scaled(value))
        percent = self.unit in ("%", "pp")
        if decimals is None and percent:
            decimals = 0 if abs(shown - round(shown)) < 1e-9 else 1
        text = style.format_number(shown, language=self.language, decimals=decimals, sign=sign)
        return text + "%" if self.unit == "%" and not sign else text

    def decimals(self, values: Iterable[float]) -> int:
        """Decimals that suit a column of values (in the unit of the tables), the same for all of them."""
        shown = [abs(float(self.scaled(float(value)))) for value in values if np.isfinite(value)]
        if all(abs(value - round(value)) < 1e-9 for value in shown):
            return 0
        return 1 if self.unit in ("%", "pp") or max(shown) >= 10 else 2

    def add_panels(self, count: int, *, columns: int):
        """Add axes to the single one for a grid of so many panels, filled row by row."""
        self.columns, self.rows = columns, -(-count // columns)
        self.axes += [self.figure.add_axes((0.1, 0.1, 0.8, 0.8)) for _ in range(count - 1)]

    def say(self, key: str, **values) -> str:
        """One of the words all charts share."""
        return say(WORDS, key, self.language, **values)

    def settle(self, *, body_mm: float | None = None, **margins: float):
        """Write the texts and fix where the axes stand.

        ``body_mm`` is the height of the plot, to which the figure grows. Margins are points kept free beside
        the axes: ``left`` (measured from the tick labels when left out), ``right``, ``top`` and ``bottom``
        (one line of tick labels when left out).
        """
        top, bottom = margins.get("top", 2.0), margins.get("bottom", self.size.small + 7)
        right = margins.get("right", 0.0)
        left = margins["left"] if "left" in margins else self._tick_width()
        width = self.span() - (2 * PAD if self.owned else 0)
        above, below = self._above(width), self._below(width)
        high = sum(step for _, step in above) + top
        low = sum(step for _, step in below) + bottom + 2
        if self.owned:
            self._fix(high + PAD, low + PAD - 1, left + PAD, right + PAD, body_mm)
            self._place_axis_labels(left, bottom)
            self._write(above, self.points((0, 1), self.figure.transFigure), PAD, -PAD)
            self._write(below, self.points((0, 0), self.figure.transFigure), PAD, low + PAD - 3 - bottom)
        else:
            box, whole = self.ax.get_position(), self.figure.bbox.width / self.figure.dpi * 72
            self.ax.set_position([box.x0, box.y0, max(box.width - right / whole, box.width / 3), box.height])
            self._write(above, self.points((0, 1), self.ax.transAxes), 0, high)
            self._write(below, self.points((0, 0), self.ax.transAxes), 0, -bottom - 2)

    def span(self) -> float:
        """Width in points the texts may take."""
        return self.figure.bbox.width / self.figure.dpi * 72 if self.owned else self.width_of()

    def width_of(self, ax: Axes | None = None) -> float:
        """Width in points of the axes, or of one of the panels."""
        return (ax or self.ax).get_window_extent().width / self.figure.dpi * 72

    def _tick_width(self) -> float:
        return max((text_size(t, size=self.size.small)[0] for t in tick_texts(self.ax.yaxis)), default=0) + 6

    def _fix(self, high: float, low: float, left: float, right: float, body_mm: float | None):
        width = self.figure.get_figwidth() * 72
        fixed = self.words.get("height_mm")
        if self.words.get("width") == "slide" and fixed is None:
            fixed = style.SIZES["slide"].height_mm
        natural = 42 + 0.36 * width * 25.4 / 72
        if body_mm is not None:
            natural = body_mm + (high + low) * 25.4 / 72
        elif fixed is None:
            natural = max(natural, 0.3 * width * 25.4 / 72 + (high + low) * 25.4 / 72)
        height = (fixed or natural) / 25.4 * 72
        self.figure.set_size_inches(width / 72, height / 72)
        box = (left / width, low / height, 1 - (left + right) / width, 1 - (high + low) / height)
        self._place(box)

    def _place(self, box: tuple[float, float, float, float]):
        """Give the axes, or each panel of the grid, its place in the box (left, bottom, width, height)."""
        wide, high = (side * 72 for side in self.figure.get_size_inches())
        across, down = 8 / wide, (self.size.small * 1.3 + 6) / high
        each = (box[2] - across * (self.columns - 1)) / self.columns
        tall = (box[3] - down * (self.rows - 1)) / self.rows
        for number, ax in enumerate(self.axes):
            row, column = divmod(number, self.columns)
            bottom = box[1] + box[3] - (row + 1) * tall - row * down
            ax.set_position((box[0] + column * (each + across), bottom, each, tall))

    def _place_axis_labels(self, left: float, bottom: float):
        """Fix where labels of the axes would stand, which drawing would look for beyond all tick labels."""
        for ax in self.axes:
            ax.xaxis.set_label_coords(0, -bottom, transform=self.points((0.5, 0), ax.transAxes))
            ax.yaxis.set_label_coords(-left, 0, transform=self.points((0, 0.5), ax.transAxes))

    def points(self, corner: tuple[float, float], within: Transform) -> Transform:
        """Transform from points, counted from a corner of the axes or the figure, to pixels."""
        return Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans + ScaledTranslation(*corner, within)

    def _above(self, width: float) -> list[tuple]:
        size, blocks = self.size, []
        unit = style.unit_label(self.unit, self.language)
        joint = "，" if self.language == "zh" else ", "
        subtitle = joint.join(part for part in (self.words.get("subtitle", ""), unit) if part)
        for name, text, points, weight in (
            ("title", self.words.get("title", ""), size.title, "bold"),
            ("subtitle", subtitle, size.normal, "normal"),
        ):
            if text:
                lines = wrap(text, width=width, size=points, weight=weight)
                high = text_size(lines, size=points, weight=weight)[1]
                blocks.append(((name, lines, points, weight, INK if name == "title" else MUTED), high + 3))
        for row in self._key_rows(width):
            blocks.append((("key", row), size.small * 1.5))
        if blocks:
            blocks[-1] = (blocks[-1][0], blocks[-1][1] + 3)
        return blocks

    def _below(self, width: float) -> list[tuple]:
        small, blocks = self.size.small, []
        source = self.words.get("source", "")
        lines = [("note", note) for note in self.notes]
        lines += [("source", self.say("source", text=source))] if source else []
        for name, text in lines:
            broken = wrap(text, width=width, size=small)
            blocks.append(((name, broken, small, "normal", MUTED), text_size(broken, size=small)[1] + 1.5))
        return blocks

    def _key_rows(self, width: float) -> list[list[tuple[float, Key]]]:
        rows: list[list[tuple[float, Key]]] = []
        x = 0.0
        for key in self.keys:
            wide = 22 + text_size(key.text, size=self.size.small)[0]
            if not rows or x + wide > width:
                rows.append([])
                x = 0.0
            rows[-1].append((x, key))
            x += wide + 9
        return rows

    def _write(self, blocks: list[tuple], transform: Transform, x: float, y: float):
        for (name, content, *looks), step in blocks:
            if name == "key":
                for shift, key in content:
                    self._sample(key, transform, x + shift, y - self.size.small * 0.75)
            else:
                points, weight, colour = looks
                self.text(x, y, content, transform, size=points, weight=weight, colour=colour, name=name)
            y -= step

    def text(self, x: float, y: float, text: str, transform: Transform, **looks) -> Text:
        """Write a text beside the axes; its label names the part it plays, such as ``_title``."""
        looks = {"va": "top", "ha": "left", "fontfamily": style.FAMILY, "linespacing": LEADING} | looks
        name, size, colour = (looks.pop(part) for part in ("name", "size", "colour"))
        looks |= {"transform": transform, "label": f"_{name}", "parse_math": False}
        host = self.figure if self.owned else self.ax
        return host.text(x, y, text, fontsize=size, color=colour, **looks)

    def _sample(self, key: Key, transform: Transform, x: float, y: float):
        if key.patch is not None:
            looks = {"linewidth": 0.5} | dict(key.patch)
            mark = Rectangle((x, y - 2.8), 17, 5.6, transform=transform, **looks)
        else:
            looks = {"markevery": [1]} | dict(key.line or {})
            mark = Line2D([x, x + 8.5, x + 17], [y, y, y], transform=transform, **looks)
        mark.set_label("_key")
        mark.set_clip_on(False)
        (self.figure if self.owned else self.ax).add_artist(mark)
        looks = {"size": self.size.small, "colour": INK, "name": "key", "va": "center_baseline"}
        self.text(x + 21, y, key.text, transform, **looks)


def tick_texts(axis) -> list[str]:
    """Labels of the ticks of an axis inside the view."""
    low, high = sorted(axis.get_view_interval())
    places = [place for place in axis.get_majorticklocs() if low - 1e-9 <= place <= high + 1e-9]
    return axis.get_major_formatter().format_ticks(places)
