"""Pictures that compare years: change between two, maps side by side, slopes."""

import pandas as pd

from lnregions import charts, maps
from lnregions.assess import load_tables, member_frame, members_of
from lnregions.boundaries import boundaries_of, boundary_words
from lnregions.errors import DataError
from lnregions.figures.asked import checked
from lnregions.figures.chart_pictures import chart_picture, common_words, head_words
from lnregions.figures.map_pictures import class_breaks, drawn_values, finish_picture_map
from lnregions.figures.picture_words import in_sentence
from lnregions.figures.pictures import Picture, make_picture, source_line
from lnregions.maps import map_axes, plot_no_data

MOST_YEARS = 6
NO_YEARS = {"en": "no two years of any member may be compared", "zh": "没有成员具备可相比较的两年数据"}


@checked
def draw_change(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Map of the change of an indicator over the plan, diverging around zero.

    Amounts change in per cent, rates and shares in percentage points, from the last year before the plan that
    all members have to the latest that all have; a member whose series breaks between them has no change.
    """
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    found = member_frame(tables, members, indicator=indicator)
    if not _comparable(found, plan, members, tables.indicator(indicator)):
        return _no_years("change", plan, region, tables.indicator(indicator), tables, language, width)
    first, last = _span(found, len(members), int(plan.facts["first_year"]) - 1)
    data, unit = _change(found, first, last, tables.indicator(indicator))
    frame = boundaries_of(plan)
    drawn = frame[frame["area"].isin(members)].merge(data, on="area", how="left")
    name = tables.indicator(indicator)[f"name_{language}"]
    axes = maps.plot_change(
        drawn, "change", unit=unit, legend=name, ax=map_axes(width, language=language), language=language
    )
    words = (
        f"{tables.name(region, 'en')}: change of {in_sentence(tables.indicator(indicator)['name_en'])}, {first}-{last}",
        f"{tables.name(region, 'zh')}：{tables.indicator(indicator)['name_zh']}的变化，{first}-{last}年",
    )
    line = source_line(data, tables, language=language, boundaries=boundary_words(plan, language))
    others = frame[~frame["area"].isin(members)]
    finish_picture_map(axes, words[language == "zh"], line, language, others=others)
    return make_picture(
        axes, f"change-{region}-{indicator}", tables=tables, data=data, says=(f"{words[0]}.", f"{words[1]}。"),
        language=language, plan=plan.id, region=region, indicator=indicator, as_of=tables.as_of,
    )  # fmt: skip


@checked
def draw_years(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Maps of a rate or share side by side by year, with the same classes and one legend."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    found = member_frame(tables, members, indicator=indicator)
    if found.empty:
        return _no_years("years", plan, region, tables.indicator(indicator), tables, language, width)
    counts = found.groupby("year")["area"].nunique()
    years = sorted(counts[counts >= min(len(members) / 2, counts.max())].index)[-MOST_YEARS:]
    data = found[found["year"].isin(years)]
    frame = boundaries_of(plan)
    row = tables.indicator(indicator)
    values = drawn_values(tables, indicator)
    axes = maps.plot_small_multiples(
        frame[frame["area"].isin(members)], data[["area", "year", "value"]], unit=row["unit"], width=width,
        breaks=class_breaks(values, row["measure"]), legend=row[f"name_{language}"], language=language,
    )  # fmt: skip
    words = (
        f"{tables.name(region, 'en')}: {in_sentence(tables.indicator(indicator)['name_en'])}, {years[0]}-{years[-1]}",
        f"{tables.name(region, 'zh')}：{row['name_zh']}，{years[0]}-{years[-1]}年",
    )
    line = source_line(data, tables, language=language, boundaries=boundary_words(plan, language))
    maps.finish_map(axes, title=words[language == "zh"], source=line, language=language)
    return make_picture(
        axes, f"years-{region}-{indicator}", tables=tables, data=data, says=(f"{words[0]}.", f"{words[1]}。"),
        language=language, plan=plan.id, region=region, indicator=indicator, as_of=tables.as_of,
    )  # fmt: skip


@checked
def draw_slope(
    plan, region: str, indicator: str, *, as_of: str = "", language: str = "en", width: str = "double"
) -> Picture:
    """Slopes of the members from the first to the last year of one unbroken segment that all have."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    found = member_frame(tables, members, indicator=indicator)
    if not _comparable(found, plan, members, tables.indicator(indicator)):
        raise DataError(
            f"{tables.name(region, 'en')} has no two years of {indicator!r} that may be compared. "
            "Choose another indicator; draw_coverage shows which years have figures.",
        )
    first, last = _span(found, len(members), int(plan.facts["first_year"]) - 1)
    data = found[found["year"].isin([first, last])]
    words = head_words(tables, indicator, region, (f"{first} and {last}", f"{first}年与{last}年"))
    axes = charts.plot_slope(
        data, years=(first, last), names=tables.names(language), language=language,
        **common_words(tables, data, indicator, words, language, width),
    )  # fmt: skip
    return chart_picture(axes, f"slope-{region}-{indicator}", tables, data, words, language, region=region)


def has_change(plan, region: str, indicator: str, *, as_of: str = "") -> bool:
    """Whether any member of a region has figures of two years that may be compared."""
    tables = load_tables(plan, as_of=as_of)
    members = members_of(plan, region)
    found = member_frame(tables, members, indicator=indicator)
    return _comparable(found, plan, members, tables.indicator(indicator))


def _comparable(found: pd.DataFrame, plan, members, row: pd.Series) -> bool:
    """Whether any member has figures of both years that would be compared."""
    if found.empty:
        return False
    first, last = _span(found, len(members), int(plan.facts["first_year"]) - 1)
    return first < last and not _change(found, first, last, row)[0].empty


def _no_years(kind, plan, region, row, tables, language, width) -> Picture:
    """Map of the members, all hatched, where no two years can be compared."""
    frame, members, indicator = boundaries_of(plan), members_of(plan, region), row.name
    axes = plot_no_data(
        frame[frame["area"].isin(members)], legend=row[f"name_{language}"], reason=NO_YEARS[language],
        ax=map_axes(width, language=language), language=language,
    )  # fmt: skip
    words = (
        f"{tables.name(region, 'en')}: {in_sentence(tables.indicator(indicator)['name_en'])}, no years to compare",
        f"{tables.name(region, 'zh')}：{row['name_zh']}，没有可比的年份",
    )
    others = frame[~frame["area"].isin(members)]
    finish_picture_map(axes, words[language == "zh"], boundary_words(plan, language), language, others=others)
    return make_picture(
        axes, f"{kind}-{region}-{indicator}", tables=tables, data=pd.DataFrame({"area": members}),
        says=(f"{words[0]}.", f"{words[1]}。"), language=language, plan=plan.id, region=region,
        indicator=indicator, as_of=tables.as_of,
    )  # fmt: skip


def _span(found: pd.DataFrame, count: int, baseline: int) -> tuple[int, int]:
    """Years to compare: the last before the plan, or else the first, and the latest, that all members have.

    Where no year has all members, years with as many as any year has serve.
    """
    counts = found.groupby("year")["area"].nunique()
    full = sorted(counts[counts >= min(count, counts.max())].index)
    before = [year for year in full if year <= baseline]
    return int(before[-1] if before else full[0]), int(full[-1])


def _change(found: pd.DataFrame, first: int, last: int, row: pd.Series) -> tuple[pd.DataFrame, str]:
    """Change of each member between two years of one segment, and its unit."""
    before, after = (found[found["year"] == year].set_index("area") for year in (first, last))
    joined = before.merge(after, left_index=True, right_index=True, suffixes=("_before", "_after"))
    joined = joined[joined["segment_before"] == joined["segment_after"]]
    amount = row["measure"] == "level"
    change = joined["value_after"] - joined["value_before"]
    data = pd.DataFrame({
        "first_year": first, "last_year": last, "before": joined["value_before"], "after": joined["value_after"],
        "change": change / joined["value_before"] * 100 if amount else change,
        "grade": joined[["grade_before", "grade_after"]].max(axis=1),
        "source": joined["source_before"] + " " + joined["source_after"],
    })  # fmt: skip
    return data.reset_index(), "%" if amount else "pp"
