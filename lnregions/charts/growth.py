"""Charts of growth: yearly rates beside a benchmark with their means, and indices chained from a base year."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lnregions.charts import lines
from lnregions.charts.lines import ACTUAL, ACTUAL_LINE, QUIET, Label
from lnregions.charts.sheet import Sheet
from lnregions.charts.trajectory import compared
from lnregions.style import HAIRLINE, INK, MUTED, ROLES, tint
from lnregions.words import RATE_DECIMALS, places_apart, year_span

BENCHMARK_DASHES = ("-", (0, (1, 1.4)), (0, (5, 1, 1, 1)))
ASSESSED = "#f3f4f6"
"""Shade of the years assessed."""
STRONG_LINE = {"color": ACTUAL, "linewidth": 1.5, "markersize": 3, "zorder": 3.2}
QUIET_LINE = {"color": QUIET, "linewidth": 0.9, "marker": "", "zorder": 2.4}
HEAVY_LINE = {"color": INK, "linewidth": 2.2, "marker": "", "linestyle": (0, (3, 1)), "zorder": 3}


def plot_growth_trajectory(
    actual: pd.DataFrame, *, benchmark: pd.DataFrame, members: pd.DataFrame, name: str,
    years: tuple[int, int] | None = None, target: Mapping | None = None, **labels,
) -> Axes:  # fmt: skip
    r"""Axes with the yearly growth of an area and its benchmark, the years assessed shaded.

    A thin line over the years assessed shows each geometric mean; a series that lacks one of these years has
    none, which a note says. The value axis includes zero. Where only benchmark or members have values, the
    ``reason`` of the labels is a note.

    Parameters
    ----------
    actual
        `year`, `value` (%); optional `grade` (C: hollow), `segment`, and `mean` of the years assessed (%), where it
        rests on the levels of both ends.
    benchmark
        `year`, `value`, `name` (one line per name); optional `mean`.
    members
        `year`, `value` of the member areas: small dots; with `name` the highest and the lowest of the latest year
        assessed are named.
    name
        Name of the area in the labels.
    years
        First and last year assessed; without them the members are called other cities.
    target
        Mapping with `value` and optional `comparator`: a line over the years assessed.

    Examples
    --------
    >>> west = pd.DataFrame({"year": [2022, 2023, 2024], "value": [2.0, 5.3, 4.0]})
    >>> none = pd.DataFrame(columns=["year", "value", "name"])
    >>> ax = plot_growth_trajectory(west, benchmark=none, members=none, years=(2022, 2024), name="West", unit="%")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['West\n2024: 4%\nmean 2022-2024: 3.8%']
    """
    sheet = Sheet(labels)
    own, members = lines.tidy_series(sheet, actual, what="growth series"), members.dropna(subset=["value"])
    series = {name: own} | lines.benchmark_series(sheet, benchmark)
    both = pd.concat([*series.values(), members])
    if both.empty:
        return sheet.empty()
    if own.empty and sheet.labels.reason:
        sheet.notes.insert(0, sheet.labels.reason + ("。" if sheet.language == "zh" else "."))
    shown = {*both["year"].astype(int), *(years or ())}
    required = [float(target["value"])] if target else []
    lines.value_axis(sheet, [*both["value"], *required], zero=True, pad=0.1)
    sheet.ax.axhline(0, color=MUTED, linewidth=0.7, zorder=1.4, label="_zero")
    ends = _draw_all_rates(sheet, series, years)
    if target:
        ends.append(_draw_target(sheet, target, years))
    inner = _draw_members(sheet, members, years) if len(members) else []
    if years:
        _shade_years(sheet, years)
    column = lines.LabelColumn(sheet, ends, share=0.31)
    sheet.settle(right=column.width, top=3)
    lines.year_axis(sheet, shown, anchor=years[1] if years else max(shown), after=0.15)
    column.write(inner)
    return sheet.ax


def _shade_years(sheet: Sheet, years: tuple[int, int]):
    """Shade the years assessed."""
    looks = {"facecolor": ASSESSED, "edgecolor": HAIRLINE, "linewidth": 0.5, "zorder": 0}
    sheet.ax.axvspan(years[0] - 0.5, years[1] + 0.5, **looks, label=sheet.tr("years assessed"))


def _draw_members(sheet: Sheet, members: pd.DataFrame, years: tuple[int, int] | None) -> list[Label]:
    """Draw the members' rates as dots, and give the names of the highest and lowest of the latest year assessed."""
    looks = {"color": tint(ACTUAL, 0.4), "marker": "o", "markersize": 2.4, "linestyle": "", "zorder": 1.8}
    called = sheet.tr("member cities" if years else "other cities")
    sheet.ax.plot(members["year"], members["value"], **looks, label=called)
    past = members[members["year"] <= (years[1] if years else members["year"].max())]
    then = past[past["year"] == past["year"].max()].sort_values("value")
    if "name" not in then or then.empty:
        return []
    ends = then.iloc[[0, -1]].drop_duplicates("name")[["name", "year", "value"]].itertuples(index=False)
    return [Label(name, point, sides=("n", "s", "w"), name="member") for name, *point in ends]


def _draw_all_rates(sheet: Sheet, series: Mapping[str, pd.DataFrame], years: tuple | None) -> list[Label]:
    """Draw the rates of the area and its benchmarks; their means have the decimals that tell them apart."""
    drawn = [(called, frame, order) for order, (called, frame) in enumerate(series.items()) if len(frame)]
    means = [_mean_of(frame, years) for _, frame, _ in drawn[:2]] if years else []
    places = places_apart(*means, RATE_DECIMALS) if len(means) == 2 else RATE_DECIMALS
    return [_draw_rates(sheet, *one, years, places) for one in drawn]


def _draw_rates(
    sheet: Sheet, name: str, frame: pd.DataFrame, order: int, years: tuple | None, places: int
) -> Label:  # fmt: skip
    """Draw the rates of an area, the first of all or a benchmark, and their mean; give the label at their end."""
    looks, weight = ACTUAL_LINE | {"linewidth": 1.5}, "bold"
    if order:
        looks = {"color": ROLES["benchmark"].colour, "linewidth": 1.0, "markersize": 2.8}
        looks |= {"marker": "sv^"[(order - 1) % 3], "linestyle": BENCHMARK_DASHES[(order - 1) % 3]}
        weight = "normal"
    lines.draw_series(sheet, frame, **looks, zorder=3 - order * 0.1, label=name)
    year, value = frame["year"].iloc[-1], frame["value"].iloc[-1]
    words = sheet.tr("{name}\n{year}: {value}", name=name, year=year, value=sheet.number(value))
    words += _draw_mean(sheet, name, frame, looks["color"], years, places) if years else ""
    return Label(words, (year, value), looks["color"], weight, "end")


def _mean_of(frame: pd.DataFrame, years: tuple[int, int]) -> float | None:
    """Mean that the frame states, or the geometric one; None where a year assessed has no rate above -100 %."""
    if frame["mean"].notna().any():
        return float(frame["mean"].dropna().iloc[-1])
    within = frame[frame["year"].between(*years)]
    factors = 1 + within["value"] / 100
    if len(within) <= years[1] - years[0] or (factors <= 0).any():
        return None
    return 100 * (np.exp(np.log(factors).mean()) - 1)


def _draw_mean(
    sheet: Sheet, name: str, frame: pd.DataFrame, colour: str, years: tuple[int, int], places: int
) -> str:  # fmt: skip
    """Draw the geometric mean over the years assessed, and give its line of the label; note it if a year lacks."""
    (first, last), mean = years, _mean_of(frame, years)
    missing = sheet.listed(sorted({*range(first, last + 1)} - {*frame["year"]}))
    if mean is None:
        message = "{name}: average not shown; {years} missing." if missing else "{name}: average not shown."
        sheet.notes.append(sheet.tr(message, name=name, years=missing))
        return ""
    looks = {"color": colour, "linewidth": 0.8, "zorder": 1.6}
    looks["label"] = sheet.tr("mean of the years assessed (geometric)")
    sheet.ax.plot([first - 0.5, last + 0.5], [mean, mean], **looks)
    value = sheet.number(mean, decimals=places)
    return "\n" + sheet.tr("mean {years}: {value}", years=year_span(*years), value=value)


def _draw_target(sheet: Sheet, target: Mapping, years: tuple[int, int]) -> Label:
    """Draw the required rate over its years, and give its label."""
    value, (first, last), colour = float(target["value"]), years, ROLES["target"].colour
    looks = {"color": colour, "linewidth": 1.3, "linestyle": ROLES["required"].linestyle, "zorder": 2.4}
    sheet.ax.plot([first - 0.5, last + 0.5], [value, value], **looks, label="_target")
    number = compared(sheet, value, target.get("comparator"))
    words = sheet.tr("target {years}\n{value}", years=year_span(*years), value=number)
    return Label(words, (last + 0.4, value), colour, "bold", "target")


def plot_indexed_growth(
    index: pd.DataFrame, *, base_year: int, benchmark: pd.DataFrame, highlight: Sequence[str] = (), **labels
) -> Axes:
    """Axes with chained indices of several areas, 100 in the base year, compared in one year.

    The labels give the values of the last year that half of the areas have. Lines go on pale beyond it; one
    that ends before it is labelled with its own last year.

    Parameters
    ----------
    index
        `area`, `year`, `value` (chained from real growth, 100 in the base year); optional `grade`, `segment`,
        `name_en`, `name_zh`.
    base_year
        Year that is 100.
    benchmark
        `year`, `value`, `name` (one heavy line per name).
    highlight
        Areas drawn in full colour.

    Examples
    --------
    >>> chained = pd.DataFrame({"area": ["210200"] * 2, "year": [2021, 2022], "value": [100.0, 104.0]})
    >>> ax = plot_indexed_growth(chained, base_year=2021, benchmark=chained[:0], names={"210200": "Dalian"})
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_end"]
    ['Dalian 104.0']
    """
    sheet = Sheet(labels)
    called = sheet.names_of(index)
    own = lines.series_by_area(sheet, index, called).items()
    drawn = [(called[code], one, STRONG_LINE if code in highlight else QUIET_LINE) for code, one in own]
    drawn += [(name, one, HEAVY_LINE) for name, one in lines.benchmark_series(sheet, benchmark).items()]
    both = pd.concat([one for _, one, _ in drawn])
    counts = both.groupby("year").size()
    common, last = int(counts[counts >= len(called) / 2].index.max()), int(both["year"].max())
    if common < last:
        sheet.notes.append(sheet.tr("Values of {year}; later ones are drawn pale.", year=common))
    lines.value_axis(sheet, [*both["value"], 100.0], zero=False, pad=0.06)
    sheet.ax.axhline(100, color=MUTED, linewidth=0.7, zorder=1.4, label="_base")
    ends = [_draw_index(sheet, *one, common) for one in drawn]
    column = lines.LabelColumn(sheet, ends, share=0.34, last=common)
    inner = 3 * sheet.size.small * len(column.inner)
    sheet.settle(right=column.width, top=4, body=max(column.height, 0.3 * sheet.span) + inner)
    lines.year_axis(sheet, both["year"], anchor=base_year, after=0.15)
    column.write()
    return sheet.ax


def _draw_index(sheet: Sheet, name: str, frame: pd.DataFrame, looks: Mapping, common: int) -> Label:
    """Draw an index, pale beyond the common year, and give its label."""
    upto = frame[frame["year"] <= common]
    lines.draw_series(sheet, upto, **looks)
    if len(later := frame[frame["year"] >= common]) > 1:
        lines.draw_series(sheet, later, **looks | {"alpha": 0.35, "label": "_later"})
    year, value = upto[["year", "value"]].iloc[-1]
    words = f"{name} {sheet.number(value, decimals=1)}"
    words += "" if year == common else sheet.tr(" ({year})", year=int(year))
    colour, weight = (MUTED, "normal") if looks is QUIET_LINE else (looks["color"], "bold")
    return Label(words, (year, value), colour, weight, "end")


def plot_gaps(gaps: pd.DataFrame, *, years: tuple[int, int], **labels) -> Axes:
    """Axes with a bar a year, up where an area grew faster than its benchmark and down where it grew less.

    Parameters
    ----------
    gaps
        `year`, `value` (percentage points), `derived` (a value that no page prints: a pale bar).
    years
        First and last year assessed, which are shaded; one of them without a value is marked "no figure".

    Examples
    --------
    >>> gaps = pd.DataFrame({"year": [2023, 2024], "value": [0.1, -5.6], "derived": False})
    >>> ax = plot_gaps(gaps, years=(2022, 2024), unit="pp")
    >>> [t.get_text() for t in ax.texts if t.get_label() == "_value"]
    ['+0.1', '−5.6', 'no figure']
    """
    sheet = Sheet(labels)
    lines.value_axis(sheet, gaps["value"], zero=True, pad=0.3)
    sheet.ax.axhline(0, color=ROLES["benchmark"].colour, linewidth=1.1, zorder=3, label="_zero")
    looks = {False: (1.0, "_gaps"), True: (0.45, sheet.tr("derived, not published"))}
    for derived, part in gaps.groupby("derived"):
        share, name = looks[derived]
        colours = [tint(ACTUAL if value >= 0 else ROLES["target"].colour, share) for value in part["value"]]
        sheet.ax.bar(part["year"], part["value"], 0.4, color=colours, zorder=2, label=name)
    _shade_years(sheet, years)
    shown = {*gaps["year"].astype(int), *range(years[0], years[1] + 1)}
    sheet.settle(top=3, body=max(0.2 * sheet.span, 55))
    lines.year_axis(sheet, shown, anchor=max(shown))
    point = abs(np.subtract(*sheet.ax.get_ylim())) / sheet.extent[1]
    values = dict(zip(gaps["year"], gaps["value"], strict=True))
    for year in [*values, *sorted(shown - set(values))]:
        value = values.get(year, 0.0)
        words = sheet.number(value, sign=True) if year in values else sheet.tr("no figure")
        side = {"va": "bottom" if value >= 0 else "top"}
        sheet.write(year, value + (2 if value >= 0 else -2) * point, words, name="value", **side)
    return sheet.ax
