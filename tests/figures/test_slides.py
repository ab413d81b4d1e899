"""Pictures as slides, opened again by python-pptx: native charts with the numbers as drawn, all else as pictures."""

import re
import sys

import pandas as pd
import pytest
from figures.drawn_once import drawn, scorecard, targets

import lnregions as ln
from lnregions import DataError
from lnregions.__main__ import main
from lnregions.figures import Pictures

pptx = pytest.importorskip("pptx", reason="python-pptx is an extra")
CHARTS = {
    "target": lambda: targets("belt")["belt-dalian-gdp-210200"],
    "rates": lambda: targets("belt")["belt-fdi-in-dollars"],
    "nearest": lambda: targets("circle")["circle-manufacturing"],
    "gaps": lambda: drawn("gaps", "west")[0],
    "members": lambda: drawn("members", "circle", "gdp"),
    "dumbbells": lambda: drawn("dumbbells", "circle", "urbanisation_rate"),
    "contributions": lambda: drawn("contributions", "belt", "gdp"),
    "ranks": lambda: drawn("ranks", "210900", language="zh"),
    "dots": lambda: drawn("dots", "210900", "gdp_growth_real"),
}
PICTURES = {"map": lambda: drawn("map", "belt", "gdp"), "scorecard": scorecard}


@pytest.fixture(scope="module")
def slides(tmp_path_factory):
    """Slide of each picture, of one file; those of a chart and a map give the same bytes again."""
    folder = tmp_path_factory.mktemp("deck")
    pictures = {name: draw() for name, draw in (CHARTS | PICTURES).items()}
    two = [pictures["target"], pictures["map"]]
    for name, own in {"all": pictures.values(), "one": two, "again": two}.items():
        Pictures(own).save(folder / f"{name}.pptx")
    assert (folder / "one.pptx").read_bytes() == (folder / "again.pptx").read_bytes()
    return dict(zip(pictures, pptx.Presentation(folder / "all.pptx").slides, strict=True))


def chart_of(slide):
    [frame] = [shape for shape in slide.shapes if shape.has_chart]
    return frame.chart


def numbers(slide):
    """Numbers of a chart by series and category."""
    [plot] = chart_of(slide).plots
    return {one.name: dict(zip(plot.categories, one.values, strict=True)) for one in plot.series}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_holds_the_numbers_as_drawn_and_no_others(slides, name):
    rows, series = CHARTS[name]().data, numbers(slides[name]).values()
    found = {value for one in series for value in one.values()} - {None}
    assert found
    assert found <= set(rows["drawn"])
    figures = rows[rows["role"].isin(["actual", "member"])] if "role" in rows else rows
    assert name == "gaps" or set(figures["drawn"].dropna()) <= found
    assert chart_of(slides[name]).value_axis.axis_title.text_frame.text == rows["drawn_unit"].dropna().iloc[0]


@pytest.mark.parametrize(
    ("name", "series", "category", "value"),
    [
        ("target", "Dalian", "2024", 951.69), ("target", "required path", "2023", 927.53),
        ("target", "target", "2024", 1000), ("target", "former basis", "2024", 920.81),
        ("rates", "Coastal belt (mean)", "2023", 6.36), ("rates", "China", "2024", -28.8),
        ("nearest", "2025", "Shenyang", 26.0), ("nearest", "target", "China", 30),
        ("gaps", "Western Liaoning", "2022", -0.2), ("dumbbells", "2023", "Tieling", 57.1),
        ("ranks", "沈阳", "2019", 2), ("contributions", "2021-2023", "Dalian", 92.7),
    ],
)  # fmt: skip
def test_a_number_stands_under_its_series_and_category(slides, name, series, category, value):
    assert numbers(slides[name])[series][category] == value


def test_lines_are_open_where_a_series_breaks(slides):
    [dalian] = [one for one in chart_of(slides["target"]).plots[0].series if one.name == "Dalian"]
    kinds = [dalian.points[place].format.line.fill.type for place in range(8)]
    rows = targets("belt")["belt-dalian-gdp-210200"].data.query("role == 'actual'").sort_values("year")
    breaks = rows["segment"].diff().fillna(0)
    assert [kind is not None for kind in kinds] == [step == 1 for step in breaks]
    assert any(breaks == 1)


@pytest.mark.parametrize("name", CHARTS | PICTURES)
def test_a_slide_opens_with_the_finding_and_carries_caption_sources_and_alternative_text(slides, name):
    picture, slide = (CHARTS | PICTURES)[name](), slides[name]
    caption = picture.caption[picture.language]
    title, below = (shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    below, *source = re.split(r"(?:\A|\n)(?=Source: |资料来源：)", below)
    assert f"{title} {below}".replace(" ", "") == caption.replace(" ", "")
    assert len(source) == (name in CHARTS)  # of a picture it is drawn in the picture
    notes = slide.notes_slide.notes_text_frame.text
    assert caption[:40] in notes
    assert ("Source" in notes) or ("资料来源" in notes)
    described = [shape.element.xpath(".//p:cNvPr/@descr") for shape in slide.shapes]
    assert [picture.alt[picture.language]] in described
    assert [shape.has_chart for shape in slide.shapes].count(True) == (name in CHARTS)
    for shape in slide.shapes:
        assert shape.left >= 0 <= shape.top
        assert shape.left + shape.width <= 12_192_000
        assert shape.top + shape.height <= 6_858_000


@pytest.mark.parametrize(("shown", "lines"), [(True, 1), (False, 0)])
def test_the_line_of_sources_is_that_of_the_chart_whatever_the_title_opens_with(tmp_path, shown, lines):
    picture = ln.draw_dots("210900", "gdp_growth_real", title="Source: mine", source_line=shown)
    picture.save(tmp_path / "a.pptx")
    [slide] = pptx.Presentation(tmp_path / "a.pptx").slides
    frames = [shape.text_frame for shape in slide.shapes if shape.has_text_frame]
    words = [line for frame in frames for line in frame.text.split("\n")]
    assert "Source: mine" not in words
    assert sum(line.startswith("Source: ") for line in words) == lines


def test_the_command_writes_a_slide_for_each_picture(tmp_path):
    call = "figures --region west --kind contributions --language en --formats pptx --output"
    assert main([*call.split(), str(tmp_path)]) == 0
    [slide] = pptx.Presentation(tmp_path / "en" / "contributions-west-gdp.pptx").slides
    table = pd.read_csv(tmp_path / "en" / "contributions-west-gdp.csv")
    assert list(numbers(slide)["2021-2023"].values()) == table["drawn"].tolist()


def test_without_python_pptx_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(DataError, match=r"pip install 'lnregions\[pptx\]'"):
        CHARTS["dots"]().save(tmp_path / "a.pptx")
