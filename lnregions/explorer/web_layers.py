"""Layers of an interactive map, one an indicator, with classes, circles and legend of the printed map."""

import math
import textwrap
from dataclasses import dataclass
from functools import partial

import pandas as pd

from lnregions.assess import Tables, member_frame
from lnregions.errors import DataError, unknown
from lnregions.figures import class_breaks, drawn_values, one_year
from lnregions.maps import FILL, circle_steps, class_labels, rate_scale
from lnregions.words import format_number, format_value, to_unit, unit_label
from lnregions.words.catalogue import tr

LARGEST = 34
"""Pixels from the middle of the largest circle to its edge."""
PLAIN = "#f4f5f6"
"""Ground of an area whose amount is a circle; that of the printed map."""
PREFERRED = ("gdp", "population", "gdp_growth_real", "urbanisation_rate", "manufacturing_share", "fdi_usd",
             "trade_total", "forest_coverage")  # fmt: skip
"""Indicators offered where none is given, in this order."""
_NAMED = 2  # sources named
_LONGEST = 80


@dataclass(frozen=True)
class Layer:
    """One indicator on an interactive map.

    Attributes
    ----------
    indicator, title, year : str
        Code, name with unit, and the year of the figures (a span where no year serves).
    circles : bool
        Whether the figures are circles (amounts) or fills (rates and shares).
    legend : tuple of (str, str)
        Fill, or radius in pixels, of each step, and its label; highest first.
    method : str
        How the classes were found; empty for circles.
    areas : dict
        By area: ``fill``, ``radius``, ``value`` with unit, ``year``, ``grade``, ``source``.
    """

    indicator: str
    title: str
    year: str
    circles: bool
    legend: tuple[tuple[str, str], ...]
    method: str
    areas: dict


def map_layer(
    tables: Tables, indicator: str, *, areas: list[str], members: list[str], year=None, language: str = "en"
) -> Layer:
    """Layer of an indicator over some members; classes and circles are those of all areas and years.

    Raises
    ------
    DataError
        When the indicator is unknown, has no numbers, or no member has a figure.
    """
    names = tables.indicators["indicator"].tolist()
    if indicator not in names:
        raise unknown("indicator", indicator, names)
    row = tables.indicator(indicator)
    found = one_year(member_frame(tables, areas, indicator=indicator), len(areas), year)
    own = found[found["area"].isin(members) & found["value"].notna()]
    if own.empty:
        raise _nothing(tables, row, members, year)
    values = drawn_values(tables, indicator)
    circles = row["aggregation"] == "sum" and bool((own["value"] > 0).any())
    draw = _circles if circles else partial(_fills, measure=row["measure"])
    legend, method, looks = draw(own["value"], values, row["unit"], language)
    title = row[f"name_{language}"] + _in_unit(row["unit"], language)
    titles = tables.sources.set_index("source")["title"]
    facts = {
        r.area: looks(r.value) | {
            "value": format_value(r.value, row["unit"], language), "year": str(int(r.year)), "grade": r.grade,
            "source": _source(r.source, titles, language),
        }
        for r in own.itertuples()
    }  # fmt: skip
    return Layer(indicator, title, _span(own["year"]), circles, legend, method, facts)


def offered_layers(
    tables: Tables, *, areas: list[str], members: list[str], year=None, language: str = "en"
) -> list[Layer]:
    """Layers of the preferred indicators that at least two members (or the only one) have a figure of."""
    found = []
    for indicator in PREFERRED:
        try:
            layer = map_layer(tables, indicator, areas=areas, members=members, year=year, language=language)
        except DataError:
            continue
        if len(layer.areas) >= min(2, len(members)):
            found.append(layer)
    return found


def _nothing(tables, row, members, year):
    """What is wrong when no member has a figure: the years that have one, or that there are none."""
    held = member_frame(tables, members, indicator=row.name)
    years = sorted({int(y) for y in held.loc[held["value"].notna(), "year"]})
    when = "" if year is None else f" for {year}"
    what = f"No area of this map has a figure of {row.name!r}{when} as known on {tables.as_of}."
    if not years:
        return DataError(f"{what} Choose another indicator.")
    return DataError(f"{what} Years: {', '.join(map(str, years))}.")


def _fills(own, values, unit, language, *, measure):
    """Legend of classes, their method, and the looks of a value among them."""
    breaks = class_breaks(values, measure)
    scale = rate_scale("value", own, unit=unit, breaks=breaks)
    words = class_labels(scale.classes, factor=to_unit(1, unit, language), language=language)
    legend = tuple(zip(reversed(scale.ramp), reversed(words), strict=True))

    def looks(value):
        return {"fill": scale.ramp[int(scale.classes.index([value])[0])], "radius": 0}

    return legend, scale.classes.method_label(language), looks


def _circles(own, values, unit, language):
    """Legend of circles, and the looks of a value: the area of its circle stands for the amount."""
    largest = float(max(values.max(), own.max())) if len(values) else float(own.max())

    def radius(value):
        return round(LARGEST * math.sqrt(max(value, 0) / largest), 1)

    steps = circle_steps(largest, unit, language)
    factor = to_unit(1, unit, language)
    legend = tuple((str(radius(step)), format_number(step * factor, language=language)) for step in steps)
    return legend, "", lambda value: {"fill": FILL, "radius": radius(value)}


def _source(ids: str, titles: pd.Series, language: str) -> str:
    """Titles of the sources of a figure: two at most, and how many more; without what stands in brackets."""
    known = [str(titles[one]) for one in str(ids).split() if one in titles.index]
    short = [title.split(" (")[0] or title for title in known[:_NAMED]]
    named = tr("; ", language).join(textwrap.shorten(one, _LONGEST, placeholder="…") for one in short)
    more = len(known) - _NAMED
    return named if more <= 0 else tr("{sources}; and {count} more", language, sources=named, count=more)


def _in_unit(unit: str, language: str) -> str:
    label = unit_label(unit, language)
    return tr(" ({unit})", language, unit=label) if label else ""


def _span(years: pd.Series) -> str:
    years = sorted({int(y) for y in years})
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
