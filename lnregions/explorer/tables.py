"""The two tables of a view: the figures on its map, and what the plan asks of them."""

from dataclasses import replace

import pandas as pd

from lnregions.assess import figures_of, verdict_table
from lnregions.explorer.pictures import shown_figures, verdicts_on
from lnregions.show import GRADES, HEADS, Table, figure_words, show_verdicts, source_titles


def figures_table(view) -> Table:
    """Figures on a view's map, a row each area, the region last; the reason where there is none."""
    rows, tables, language = shown_figures(view), view.tables, view.language
    titles = source_titles(tables.sources)
    lines = [
        {"member": tables.name(row.area, language)} | _line(row, view.indicator, titles, language)
        for row in rows.itertuples()
    ]
    shown = pd.DataFrame([*lines, _region_row(view, rows, titles)])
    shown = shown[["member", "year", "value", "grade", "source"]]
    zh = language == "zh"
    heads = {name: HEADS[name][zh] for name in shown}
    return Table(shown.rename(columns=heads), _title(view), GRADES[language], (heads["value"],), (), language)


def verdict_view(view) -> Table:
    """Verdicts on the targets of a view's indicator; where there is none, the targets that the region has."""
    found = verdicts_on(view)
    if found:
        table = show_verdicts(verdict_table(readings[0] for readings in found), language=view.language)
        return replace(table, note="")  # the grades are told under the figures
    return _no_target(view)


def _line(row, indicator, titles, language):
    """Year, figure, grade and source of one row, or that there is none."""
    if pd.isna(row.year):
        return {"year": "", "value": _none(language), "grade": "", "source": ""}
    source = titles.get(str(row.source).split()[0], str(row.source))
    value = figure_words(row.value, indicator, language)
    return {"year": str(int(row.year)), "value": value, "grade": row.grade, "source": source}


def _region_row(view, rows, titles):
    """The region's own figure of the year on the map, or why it has none."""
    tables, language = view.tables, view.language
    name = {"member": tables.name(view.region, language)}
    figures = figures_of(view.plan, view.region, indicator=view.indicator, tables=tables)
    years = set(rows["year"].dropna().astype(int))
    if len(years) > 1:  # each area has a latest year of its own
        years_apart = "年份不一，不予合计" if language == "zh" else "Of several years, so not added up"
        return name | {"year": "", "value": _none(language), "grade": "", "source": years_apart}
    year = view.year or (years.pop() if years else int(view.plan.facts["horizon"]))
    hit = figures.frame[figures.frame["year"] == year]
    if len(hit):
        return name | _line(hit.iloc[0], view.indicator, titles, language)
    reason = figures.hole(year)[language == "zh"]
    shown = {"year": str(year), "value": _none(language), "grade": ""}
    return name | shown | {"source": reason[:1].upper() + reason[1:]}


def _title(view) -> str:
    row, language = view.tables.indicator(view.indicator), view.language
    glue = "：" if language == "zh" else ": "
    return f"{view.tables.name(view.region, language)}{glue}{row[f'name_{language}']}"


def _no_target(view) -> Table:
    """Sentence that no target is on the indicator, over the region's targets and their status."""
    language, tables = view.language, view.tables
    zh = language == "zh"
    own = view.plan.targets[view.plan.targets["region"] == view.region]
    what = tables.indicator(view.indicator)[f"name_{language}"]
    where = tables.name(view.area, language)
    title = (
        f"规划未对{where}的{what}提出目标。该区域的目标："
        if zh
        else f"The plan sets no target on this indicator ({what}) for {where}. Its targets for the region:"
    )
    frame = pd.DataFrame({HEADS["target"][zh]: own[f"label_{language}"]})
    return Table(frame.reset_index(drop=True), title, "", (), (), language)


def _none(language):
    return "暂无数据" if language == "zh" else "no data"
