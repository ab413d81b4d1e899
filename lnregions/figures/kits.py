"""Figures in the files of others: an archive with README and citation, Word, and PowerPoint with charts to edit."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from wcwidth import wcswidth

from lnregions import __version__
from lnregions.errors import DataError, not_installed
from lnregions.figures.messages import caption_text, source_records
from lnregions.files import save_file
from lnregions.formats import EMU, archive_bytes, dateless_office, encode, plain_markdown, word_document
from lnregions.paths import root
from lnregions.style import PRINT_DPI, ROLES
from lnregions.words import check_language, text, year_span
from lnregions.words.catalogue import tr

_WIDEST_MM = 160.0
"""Width of the text of a Word file, to which pictures are kept."""
_ENDINGS = (".png", ".svg", ".pdf", ".csv", ".json", ".md", ".txt", ".docx", ".pptx", ".cff")
BY_YEAR = ("members", "indexed", "growth", "ranks", "series", "dual")
BY_AREA = ("dots", "dumbbells", "contributions")
"""Pictures over the years, and pictures by area, by the first word of their names."""
WIDTH_IN, HEIGHT_IN = 13.333, 7.5  # of a widescreen slide
_TITLE_WIDTH = 66
"""Columns of text of 24 points in a line of a slide's title."""
_NOT_FIGURES = ("required path", "target", "projection", "mean", "former basis")


def _figures(folder: Path, language: str) -> dict[str, dict]:
    """Sidecars of the figures of a folder by their path without ending, sorted; their ``words`` are the caption."""
    found = {}
    for path in sorted(folder.rglob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict) and facts.get("package") == "lnregions" and "figure" in facts:
            words = facts["caption"].get(language) or next(iter(facts["caption"].values()), "")
            found[path.relative_to(folder).with_suffix("").as_posix()] = facts | {"words": words}
    if not found:
        what = f"The folder {folder.name!r} holds no figure saved by save_figure"
        raise DataError(f"{what}. Save at least one there first.")
    return found


def bundle_zip(
    folder: Path | str, path: Path | str, *, title: str = "", language: str = "en", citation: str | None = None
) -> Path:  # fmt: skip
    """Pack the figures of a folder, and of those within it, with a README and a citation.

    The same folder gives the same bytes. `title` is the first line of the README, `citation` the content of
    ``CITATION.cff``: that of this package if left out. DataError if the folder holds no figure.
    """
    folder, path = Path(folder), Path(path)
    title = plain_markdown(title or tr("Figures", check_language(language)))
    lines = [f"# {title}", "", f"## {tr('What is in here', language)}", ""]
    for name, facts in _figures(folder, language).items():
        lines.append(f"- **{name}** {plain_markdown(facts['words'])}".rstrip())
        lines.append("  " + ", ".join(f"`{file}`" for file in facts["files"]))
    lines += ["", f"## {tr('How to cite', language)}", "", "CITATION.cff", ""]
    if citation is None:
        shipped = root() / "CITATION.cff"
        citation = shipped.read_text(encoding="utf-8") if shipped.is_file() else f"lnregions {__version__}\n"
    entries = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in _ENDINGS and file.resolve() != path.resolve()
    }
    entries |= {"README.md": "\n".join(lines).encode(), "CITATION.cff": citation.encode()}
    save_file(path, archive_bytes(entries))
    return path


def bundle_docx(folder: Path | str, path: Path | str, *, title: str = "", language: str = "en") -> Path:
    """Put the figures of a folder with their captions into one Word file, each at its own size.

    Raises
    ------
    DataError
        If python-docx is not installed, or the folder holds no figure saved as PNG.
    """
    folder, path = Path(folder), Path(path)
    title = title or tr("Figures", check_language(language))
    document = word_document(language, title=title)
    document.add_heading(title, level=1)
    for name, facts in _figures(folder, language).items():
        file = folder / f"{name}.png"
        if not file.is_file():
            what = f"The figure {name!r} was not saved as PNG, which Word needs"
            raise DataError(f"{what}. Save it with format png, too.")
        words, width = facts["words"] or name, min(facts["size_mm"][0], _WIDEST_MM)
        document.add_picture(str(file), width=round(width * EMU))
        document.inline_shapes[-1]._inline.docPr.set("descr", facts["alt"].get(language) or words)
        document.add_paragraph(words, style="Caption")
        if f"{Path(name).name}.csv" in facts["files"]:
            document.add_paragraph(tr("Data behind the picture: {file}", language, file=f"{name}.csv"))
    save_file(path, dateless_office(document))
    return path


# -- slides -------------------------------------------------------------------------------------------------


def save_slides(pictures: Sequence, path: Path | str) -> None:
    """Write a PowerPoint file with a slide for each picture: its finding as title, its caption below and in the notes.

    Lines, bars and dots become charts to edit, with the numbers as drawn, open where a series breaks; all else is a
    picture with its alternative text. The same input gives the same bytes. DataError without python-pptx.
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
        table = chart_table(picture)
        if table is not None:  # of a picture it is drawn in the picture
            parts = [parts[0], "\n".join(filter(None, [*parts[1:], picture.source_line]))]
        sizes = (24 if wcswidth(parts[0]) <= 2 * _TITLE_WIDTH else 18, 14)
        for frame, said, size in zip((box.text_frame, words.text_frame), parts, sizes, strict=False):
            frame.text, frame.word_wrap = said, True
            for paragraph in frame.paragraphs:
                paragraph.font.size = Pt(size)
        place = (Inches(0.5), Inches(1.2), Inches(WIDTH_IN - 1), Inches(5))
        if table is None:
            size = picture.figure.get_size_inches()
            scale = min((WIDTH_IN - 1) / size[0], 5 / size[1])
            content = io.BytesIO(encode(picture.figure, ["png"], dpi=PRINT_DPI)["png"])
            left = Inches((WIDTH_IN - size[0] * scale) / 2)
            shape = slide.shapes.add_picture(content, left, place[1], Inches(size[0] * scale))
        else:
            shape = _chart(slide, picture, table, place)
        shape.element.xpath(".//p:cNvPr")[0].set("descr", picture.alt[language])
        caption = {language: picture.caption[language]}
        records = source_records(picture.sources, picture.data)
        notes = caption_text(caption, records, picture.data)
        slide.notes_slide.notes_text_frame.text = re.sub(r"\*\*|\\(?=[\\\[<])", "", notes).strip()
    save_file(path, dateless_office(deck))


def chart_table(picture) -> pd.DataFrame | None:
    """Return the numbers of a picture as drawn: a column a series, a row a year or an area; None for no such picture.

    Columns are pairs of a role and a name; ``attrs["breaks"]`` lists each series with the years in which it breaks.
    """
    kind, rows, language = picture.name.split("-")[0], picture.data, picture.language
    by_target = "target" in picture.parameters and "role" in rows and kind != "gaps"
    if not (by_target or kind in (*BY_YEAR, *BY_AREA, "gaps")) or "drawn" not in rows:
        return None
    rows = rows.dropna(subset=["drawn"]).assign(role=rows.get("role", "actual"))
    rows = rows[rows["role"].eq("gap") if kind == "gaps" else ~rows["role"].isin(["gap", "bound"])]
    if rows.empty:
        return None
    names = rows["area"].map(picture.names).fillna(rows["area"])
    if kind in BY_AREA or (by_target and not rows["role"].isin(["actual", "mean"]).any()):
        goal = rows.loc[rows["role"] == "target", "drawn"].head(1)
        first, last = (rows[one if one in rows else "year"] for one in ("first_year", "last_year"))
        spans = [("actual", year_span(*ends)) for ends in zip(first, last, strict=True)]
        rows = rows.assign(name=names, series=spans)[rows["role"] != "target"]
        table = rows.pivot_table("drawn", "name", "series", aggfunc="last", sort=False)
        table = table[sorted(table)]
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
    data = CategoryChartData()
    data.categories = [str(one) for one in table.index]
    for (_, name), values in table.items():
        data.add_series(name, [None if pd.isna(value) else float(value) for value in values])
    frame = slide.shapes.add_chart(forms.get(kind, XL_CHART_TYPE.LINE_MARKERS), *place, data)
    chart, down = frame.chart, kind in ("ranks", "contributions")
    chart.font.size, chart.has_title, chart.has_legend = Pt(14), False, len(table.columns) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.axis_title.text_frame.text = str(picture.data["drawn_unit"].dropna().iloc[0])
    (chart.value_axis if kind == "ranks" else chart.category_axis).reverse_order = down
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    for series, column in zip(chart.plots[0].series, table.columns, strict=True):
        if kind in forms:
            series.invert_if_negative = False
            continue
        role, line, series.smooth = column[0], series.format.line, False
        if role in ROLES and [one for one, _ in table.columns].count(role) == 1:
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
