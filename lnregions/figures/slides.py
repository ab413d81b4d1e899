"""Pictures as PowerPoint slides: lines, bars and dots as native charts with their data, all else as pictures."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lnregions.errors import not_installed
from lnregions.figures.bundles import dateless_office
from lnregions.figures.encoding import encode
from lnregions.figures.messages import caption_text, source_records
from lnregions.files import save_file
from lnregions.style import PRINT_DPI, ROLES
from lnregions.words import text, year_span
from lnregions.words.catalogue import tr

BY_YEAR, BY_AREA = (
    ("members", "indexed", "growth", "ranks", "series", "dual"),
    ("dots", "dumbbells", "contributions"),
)
"""Pictures over the years, and pictures by area, by the first word of their names."""
WIDTH_IN, HEIGHT_IN = 13.333, 7.5
"""A widescreen slide in inches."""
_NOT_FIGURES = ("required path", "target", "projection", "mean", "former basis")


def save_slides(pictures: Sequence, path: Path | str) -> None:
    """Write a PowerPoint file with a slide for each picture: its finding as title, its caption below and in the notes.

    Pictures of lines, bars and dots become charts that can be edited, with the numbers as drawn; a line is open where
    its series breaks. Maps and tables are pictures of 300 dpi with their alternative text. The same input gives the
    same bytes. DataError if python-pptx is not installed.
    """
    try:
        import pptx
        from pptx.util import Inches, Pt
    except ImportError:
        raise not_installed("A PowerPoint file", "python-pptx", "pptx") from None
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH_IN), Inches(HEIGHT_IN)
    for picture in pictures:
        language, slide = picture.language, deck.slides.add_slide(deck.slide_layouts[5])
        parts = re.split(r"(?<=[.。])(?: (?=[A-Z])|(?=[^\W\d]))", picture.caption[language], maxsplit=1)
        box, words = slide.shapes.title, slide.shapes.add_textbox(*map(Inches, (0.5, 6.2, WIDTH_IN - 1, 1.2)))
        box.left, box.top, box.width, box.height = map(Inches, (0.5, 0.2, WIDTH_IN - 1, 0.9))
        for frame, said, size in zip((box.text_frame, words.text_frame), parts, (24, 14), strict=False):
            frame.text, frame.word_wrap = said, True
            frame.paragraphs[0].font.size = Pt(size)
        place = (Inches(0.5), Inches(1.2), Inches(WIDTH_IN - 1), Inches(5))
        if (table := chart_table(picture)) is None:
            content = encode(picture.figure, ["png"], dpi=PRINT_DPI)["png"]
            shape = slide.shapes.add_picture(io.BytesIO(content), *place[:2], height=place[3])
            if shape.width > place[2]:
                shape.width, shape.height = place[2], round(shape.height * place[2] / shape.width)
            shape.left = round((deck.slide_width - shape.width) / 2)
        else:
            shape = _chart(slide, picture, table, place)
        shape.element.xpath(".//p:cNvPr")[0].set("descr", picture.alt[language])
        records = source_records(picture.sources, picture.data)
        notes = caption_text({language: picture.caption[language]}, records, picture.data)
        slide.notes_slide.notes_text_frame.text = re.sub(r"\*\*|\\(?=[\\\[<])", "", notes).strip()
    save_file(path, dateless_office(deck))


def chart_table(picture) -> pd.DataFrame | None:
    """Return the numbers of a picture as drawn: a column a series, a row a year or an area; None for no such picture.

    Columns are pairs of a role and a name; ``attrs["breaks"]`` lists each series with the years in which it breaks.
    """
    kind, rows, language = picture.name.split("-")[0], picture.data, picture.language
    by_target = "target" in picture.parameters and "role" in rows and kind != "gaps"
    if not (by_target or kind in (*BY_YEAR, *BY_AREA, "gaps")) or not len(rows):
        return None
    rows = rows.dropna(subset=["drawn"]).assign(role=rows.get("role", "actual"))
    rows = rows[rows["role"] == "gap"] if kind == "gaps" else rows[~rows["role"].isin(["gap", "bound"])]
    names = rows["area"].map(picture.names).fillna(rows["area"])
    if kind in BY_AREA or (by_target and not rows["role"].isin(["actual", "mean"]).any()):
        goal = rows.loc[rows["role"] == "target", "drawn"].head(1)
        ends = zip(
            *(rows[one if one in rows else "year"] for one in ("first_year", "last_year")), strict=True
        )
        rows = rows.assign(name=names, series=[("actual", year_span(*one)) for one in ends])
        rows = rows[rows["role"] != "target"]
        table = rows.pivot_table("drawn", "name", "series", aggfunc="last", sort=False)
        for value in goal:
            table[("target", text("target", language))] = value
        return table
    words = rows["role"].map({one.split()[0]: tr(one, language) for one in _NOT_FIGURES})
    both = [tr("{text} ({status})", language, text=a, status=b) for a, b in zip(names, words, strict=True)]
    several = rows.groupby("role")["area"].transform("nunique") > 1
    words = words.mask(several & words.notna(), pd.Series(both, rows.index)).fillna(names)
    rows = rows.assign(series=list(zip(rows["role"], words, strict=True)))
    first = rows["first_year"] if "first_year" in rows else pd.Series(dtype=float)
    first = first.where(rows["role"].isin(["mean", "target"])).reindex(rows.index).fillna(rows["year"])
    spans = zip(first.astype(int), rows["year"].astype(int) + 1, strict=True)
    spread = rows.assign(year=[list(range(*span)) for span in spans]).explode("year")
    table = spread.pivot_table("drawn", "year", "series", aggfunc="last", sort=False)
    table = table.reindex(range(table.index.min(), table.index.max() + 1))
    if "segment" in rows:
        steps = rows.sort_values("year").groupby("series")["segment"].diff().fillna(0) != 0
        table.attrs["breaks"] = rows.loc[steps.index[steps], ["series", "year"]].to_numpy().tolist()
    return table


def _chart(slide, picture, table: pd.DataFrame, place: tuple):
    """Native chart of a table on a slide: as many decimals as are drawn, the colours of the roles, breaks open."""
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    kind = picture.name.split("-")[0]
    forms = {"contributions": XL_CHART_TYPE.BAR_CLUSTERED, "gaps": XL_CHART_TYPE.COLUMN_CLUSTERED}
    places = max(
        len(f"{value:.10g}".partition(".")[2]) for value in table.to_numpy().ravel() if pd.notna(value)
    )
    data = CategoryChartData(number_format=f"#,##0.{'0' * places}".rstrip("."))
    data.categories = [str(one) for one in table.index]
    for (_, name), values in table.items():
        data.add_series(name, [None if pd.isna(value) else float(value) for value in values])
    frame = slide.shapes.add_chart(forms.get(kind, XL_CHART_TYPE.LINE_MARKERS), *place, data)
    chart, down = frame.chart, kind in ("ranks", "contributions")
    chart.font.size, chart.has_title, chart.has_legend = Pt(14), False, len(table.columns) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.axis_title.text_frame.text = str(picture.data["drawn_unit"].dropna().iloc[0])
    chart.value_axis.axis_title.text_frame.paragraphs[0].font.size = Pt(14)
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xDD, 0xDD)
    (chart.value_axis if kind == "ranks" else chart.category_axis).reverse_order = down
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    roles = [role for role, _ in table.columns]
    for series, column in zip(
        chart.plots[0].series if kind not in forms else (), table.columns, strict=False
    ):
        role, line, series.smooth = column[0], series.format.line, False
        if roles.count(role) == 1 and role in ROLES:
            colour = RGBColor.from_string(ROLES[role].colour[1:].upper())
            series.marker.format.fill.solid()
            line.color.rgb = series.marker.format.fill.fore_color.rgb = colour
        if role in ("required", "projection", "mean"):
            line.dash_style = MSO_LINE.DASH
        if table.index.name == "name":
            line.fill.background()
        for year in (year for name, year in table.attrs.get("breaks", ()) if name == column):
            series.points[table.index.get_loc(year)].format.line.fill.background()
    return frame
