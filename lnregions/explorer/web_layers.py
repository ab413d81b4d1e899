"""Layers of an interactive map, one an indicator, with classes, circles and legend of the printed map."""

import math
import textwrap
from dataclasses import dataclass, field

import pandas as pd

from lnregions.assess import Tables, member_frame
from lnregions.errors import unknown
from lnregions.figures import class_breaks, drawn_values, one_year
from lnregions.maps import FILL, circle_steps, class_labels, rate_scale
from lnregions.show import figure_words
from lnregions.words import format_number, to_unit, unit_label
from lnregions.words.catalogue import tr

LARGEST = 34
"""Pixels from the middle of the largest circle to its edge."""
PREFERRED = (
    "gdp", "population", "gdp_growth_real", "urbanisation_rate", "manufacturing_share", "fdi_usd", "trade_total",
    "forest_coverage",
)  # fmt: skip
"""Indicators offered where none is given, in this order."""
_NAMED = 2
"""Sources of a figure that are named."""
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
    legend : list of (str, str)
        Fill, or radius in pixels, of each step, and its label; highest first.
    method : str
        How the classes were found; empty for circles.
    areas : dict
        By area: ``fill``, ``radius``, ``value`` with unit, ``year``, ``grade``, ``source``; none without a figure.
    """

    indicator: str
    title: str
    year: str
    circles: bool = False
    legend: list = field(default_factory=list)
    method: str = ""
    areas: dict = field(default_factory=dict)


def map_layer(
    tables: Tables, indicator: str, *, areas: list[str], members: list[str], year=None, language: str = "en"
) -> Layer:
    """Layer of an indicator over some members; classes and circles are those of all areas and years.

    Raises
    ------
    DataError
        When the indicator is unknown.
    """
    names = tables.indicators["indicator"].tolist()
    if indicator not in names:
        raise unknown("indicator", indicator, names)
    row = tables.indicator(indicator)
    unit, label = row["unit"], unit_label(row["unit"], language)
    title = row[f"name_{language}"] + (tr(" ({unit})", language, unit=label) if label else "")
    found = one_year(member_frame(tables, areas, indicator=indicator), len(areas), year)
    own = found[found["area"].isin(members) & found["value"].notna()]
    if own.empty:
        return Layer(indicator, title, str(year or ""))
    values, figures = drawn_values(tables, indicator), own["value"]
    circles = row["aggregation"] == "sum" and bool((figures > 0).any())
    if circles:
        fills, method = [FILL] * len(own), ""
        largest = max(figures.max(), values.max()) if len(values) else figures.max()
        radii = [_radius(value, largest) for value in figures]
        factor = to_unit(1, unit, language)
        legend = [
            (str(_radius(step, largest)), format_number(step * factor, language=language))
            for step in circle_steps(float(largest), unit, language)
        ]
    else:
        scale = rate_scale("value", figures, unit=unit, breaks=class_breaks(values, row["measure"]))
        fills = [scale.ramp[int(place)] for place in scale.classes.index(figures)]
        radii, method = [0] * len(own), scale.classes.method_label(language)
        words = class_labels(scale.classes, factor=to_unit(1, unit, language), language=language)
        legend = list(zip(reversed(scale.ramp), reversed(words), strict=True))
    titles = tables.sources.set_index("source")["title"]
    facts = {
        one.area: {
            "fill": fill, "radius": radius, "value": figure_words(one.value, indicator, language),
            "year": str(int(one.year)), "grade": one.grade, "source": _source(one.source, titles, language),
        }
        for one, fill, radius in zip(own.itertuples(), fills, radii, strict=True)
    }  # fmt: skip
    return Layer(indicator, title, _span(own["year"]), circles, legend, method, facts)


def offered_layers(tables: Tables, *, members: list[str], **given) -> list[Layer]:
    """Layers of the preferred indicators that at least two members (or the only one) have a figure of."""
    codes = [one for one in PREFERRED if one in set(tables.indicators["indicator"])]
    found = [map_layer(tables, one, members=members, **given) for one in codes]
    return [one for one in found if len(one.areas) >= min(2, len(members))]


def _radius(value: float, largest: float) -> float:
    """Pixels of a circle whose area stands for the amount."""
    return round(LARGEST * math.sqrt(max(value, 0) / largest), 1)


def _source(ids: str, titles: pd.Series, language: str) -> str:
    """Titles of the sources of a figure: two at most, and how many more; without what stands in brackets."""
    known = [str(titles[one]) for one in str(ids).split() if one in titles.index]
    short = [title.split(" (")[0] or title for title in known[:_NAMED]]
    named = tr("; ", language).join(textwrap.shorten(one, _LONGEST, placeholder="…") for one in short)
    more = len(known) - _NAMED
    return named if more <= 0 else tr("{sources}; and {count} more", language, sources=named, count=more)


def _span(years: pd.Series) -> str:
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first}–{last}"
