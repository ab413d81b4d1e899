"""One colour for one idea: regions, roles of a line, statuses, classes of a map.

Every set can be distinguished by the colour-blind and in grey, by colour or by a second sign (line style, marker,
hatch); ``tests/style`` computes the distances.
"""

from dataclasses import dataclass

INK = "#1b1f24"
MUTED = "#59606b"
HAIRLINE = "#c9cdd3"
GROUND = "#ffffff"
BORDER = "#6b7280"
OUTLINE = "#33383f"
LAND = "#eef0f2"
SEA = "#e3edf5"

REGION_COLOURS = {"circle": "#3d2b7d", "belt": "#1670ad", "west": "#f3b73e", "east": "#4ba35b"}
REGION_TINTS = {"circle": 0.8, "belt": 0.75, "west": 0.2, "east": 0.6}
"""Share of its colour in a region's fill: distinguished by the colour-blind and in grey (``tests/style``)."""
_OTHER_REGIONS = ("#8a3b12", "#a8568f", "#7f8a1f", "#3b8f8f", "#c05a7a", "#5d6b9a")


@dataclass(frozen=True)
class Role:
    """How one idea is drawn as a line: colour, line style, marker."""

    colour: str
    linestyle: str | tuple
    marker: str


ROLES = {
    "actual": Role("#16325c", "-", "o"),
    "required": Role("#b94a12", (0, (4, 2)), ""),
    "target": Role("#b94a12", "", "D"),
    "benchmark": Role("#6b7280", (0, (1, 1.4)), "s"),
    "projection": Role("#6f9bd1", (0, (5, 1.5, 1, 1.5)), "^"),
}
BAND = "#f3d9c8"


@dataclass(frozen=True)
class Status:
    """How one verdict is drawn: fill, hatch, marker."""

    colour: str
    hatch: str
    marker: str


STATUSES = {
    "met": Status("#0b4f8a", "", "o"),
    "on track": Status("#4f9fd6", "", "^"),
    "acceleration needed": Status("#f7dc7a", "", ">"),
    "limited": Status("#e88f42", "//", "v"),
    "deterioration": Status("#c64a2e", "\\\\", "v"),
    "missed": Status("#7a1630", "xx", "X"),
    "too close to call": Status("#a58bc9", "++", "h"),
    "not assessable": Status("#a9acb2", "..", "s"),
    "no data": Status("#ffffff", "////", "P"),
    "not quantified": Status("#e6e8ec", "---", "d"),
}

NO_DATA_FILL = "#ffffff"
NO_DATA_HATCH = "////"
NO_DATA_HATCH_COLOUR = "#8a919c"

_SEQUENTIAL = {  # one spine from pale sand to deep blue, cut in even steps of lightness
    3: ("#d2e9d1", "#59a7b0", "#235e89"),
    4: ("#dcedd8", "#79bbb5", "#317c9a", "#1b4c75"),
    5: ("#e1efdc", "#8dc8b8", "#4e9baa", "#296d92", "#174269"),
    6: ("#e6f1df", "#9fd0bd", "#5fabb1", "#317c9a", "#225c86", "#13385e"),
    7: ("#ebf4e2", "#a5d3bf", "#71b6b4", "#4693a6", "#2a6f93", "#1c4e76", "#0f2f54"),
}
_DIVERGING = {  # below zero orange to brown, above zero blue
    2: ("#e08a4a", "#5b9bd0"),
    4: ("#b3500f", "#f0b789", "#a9cbe6", "#22649f"),
    6: ("#863a08", "#d5773a", "#f5cfb0", "#c5dcef", "#5b9bd0", "#134a80"),
    8: ("#692c05", "#b3500f", "#e39a63", "#f7dcc6", "#d3e4f2", "#8ab7dc", "#3477b3", "#0e3a68"),
}


def sequential(count: int) -> list[str]:
    """Fills of `count` classes (1 to 7), pale for low and deep for high."""
    return list(_SEQUENTIAL[count] if count > 2 else _SEQUENTIAL[3][1 : 1 + count])


def diverging(below: int, above: int) -> list[str]:
    """Fills of classes around zero: `below` and `above` are counts of classes.

    Examples
    --------
    >>> diverging(1, 2)
    ['#f0b789', '#a9cbe6', '#22649f']
    """
    half = max(below, above, 1)
    return list(_DIVERGING[2 * half][half - below : half + above])


def region_colour(region: str, *, order: int = 0) -> str:
    """Colour of a region; a region unknown here takes the `order`-th spare one."""
    return REGION_COLOURS.get(region, _OTHER_REGIONS[order % len(_OTHER_REGIONS)])


def luminance(colour: str) -> float:
    """Relative luminance (0 black to 1 white) of ``#rrggbb``, as defined in WCAG 2.2."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (1 to 21) of two colours, as defined in WCAG 2.2; text wants 4.5 or more."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(fill: str) -> str:
    """Ink or white, whichever is easier to read on `fill`.

    Examples
    --------
    >>> text_on("#f3b73e"), text_on("#3d2b7d")
    ('#1b1f24', '#ffffff')
    """
    return max((INK, "#ffffff"), key=lambda ink: contrast(ink, fill))


def tint(colour: str, share: float = 0.45, other: str = "#ffffff") -> str:
    """Colour mixed with white, or another colour, `share` of it left.

    Examples
    --------
    >>> tint("#000000", 0.5)
    '#808080'
    """
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def shade(colour: str, share: float = 0.75) -> str:
    """Colour darkened with black, `share` of it left, for lines on its own tint."""
    return tint(colour, share, "#000000")


def region_tint(region: str, *, order: int = 0, strength: float = 1.0) -> str:
    """Pale fill of a region, light enough for text and apart from the others in grey, too.

    Examples
    --------
    >>> region_tint("west"), region_tint("west", strength=0.5)
    ('#fdf1d8', '#fef8ec')
    """
    return tint(region_colour(region, order=order), REGION_TINTS.get(region, 0.45) * strength)
