import io
import json
import re
import sys
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from PIL import Image

from lnregions import __version__, maps
from lnregions.boundaries import boundaries
from lnregions.errors import DataError
from lnregions.figures import figure_kit, figure_words, figures
from lnregions.style import style

SOURCES = pd.DataFrame(
    {
        "source": ["s1", "s2", "s3"],
        "title": ["Bulletin 2023", "统计年鉴2024", "Never cited"],
        "url": ["https://example.org/1", "", ""],
        "published": ["2024-03-01", "", "2020"],
        "licence": ["open", np.nan, ""],
    }
)
DATA = pd.DataFrame(
    {
        "area": ["210100", "210200"],
        "year": [2023, 2023],
        "value": [8122.1, -8752.9],
        "note": ["=HYPERLINK(1)", "-12.5"],
        "grade": ["A", "C"],
        "vintage": ["2024-03-20", ""],
        "source": ["s1 s2", "s2"],
    }
)
CAPTION = {"zh": "两市地区生产总值。", "en": "GDP of two cities."}


def chart(language="en"):
    fig = style.figure("single", height_mm=50, language=language)
    ax = fig.add_axes((0.15, 0.15, 0.8, 0.7))
    ax.plot([2021, 2022], [1, 2], color=style.ROLES["actual"].colour)
    ax.set_title("辽宁 GDP")
    return fig


def a_map():
    cities = boundaries.load_boundaries("city")
    cities["rate"] = np.linspace(40, 90, 14)
    ax = maps.plot_choropleth(cities, "rate", unit="%", ax=maps.map_axes("single"))
    return maps.finish_map(ax, title="Rates", source="Source: yearbook.").figure


def test_a_bundle_holds_pictures_data_caption_and_sidecar(tmp_path):
    written = figures.save_figure(
        chart(),
        tmp_path / "new" / "gdp",
        data=DATA,
        caption=CAPTION,
        sources=SOURCES,
        parameters={"region": "circle"},
    )
    assert set(written) == {"png", "svg", "pdf", "csv", "caption", "json"}
    names = {p.name for p in (tmp_path / "new").iterdir()}
    assert names == {
        "gdp.png",
        "gdp.svg",
        "gdp.pdf",
        "gdp.csv",
        "gdp.caption.md",
        "gdp.json",
    }  # nothing half-written


@pytest.mark.parametrize("make", [chart, a_map])
def test_the_same_input_gives_the_same_bytes(tmp_path, make):
    for folder in "ab":
        figures.save_figure(make(), tmp_path / folder / "x", data=DATA, caption=CAPTION, sources=SOURCES)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_saving_twice_gives_the_same_bytes(tmp_path):
    fig = chart()
    one = figures.save_figure(fig, tmp_path / "x")
    first = {kind: path.read_bytes() for kind, path in one.items()}
    figures.save_figure(fig, tmp_path / "x")
    assert first == {kind: path.read_bytes() for kind, path in one.items()}


@pytest.mark.parametrize("width", ["single", "onehalf", "double", "slide"])
def test_the_picture_has_the_presets_size_at_300_dpi(width):
    fig = style.figure(width)
    image = Image.open(io.BytesIO(figures.picture(fig, "png")))
    size = style.SIZES[width]
    assert image.size == pytest.approx((size.width_mm / 25.4 * 300, size.height_mm / 25.4 * 300), abs=1)
    assert image.info["dpi"][0] == pytest.approx(300, abs=0.1)


def test_the_pdf_embeds_the_bundled_font_as_truetype_with_selectable_text():
    content = figures.picture(chart(), "pdf")
    assert b"FontFile2" in content  # TrueType
    assert b"ToUnicode" in content
    assert not re.search(rb"/Subtype\s*/Type3", content)
    fonts = set(re.findall(rb"/BaseFont\s*/([^\s/]+)", content))
    assert fonts
    assert all(b"NotoSansSC" in font for font in fonts)
    assert b"CreationDate" not in content


def test_the_svg_needs_no_font_and_no_date():
    content = figures.picture(chart(), "svg", title="GDP").decode()
    assert "<text" not in content
    assert "<dc:date>" not in content
    assert "GDP" in content


def test_the_sidecar_tells_how_the_figure_was_made(tmp_path):
    parameters = {
        "region": "circle",
        "plan": "ln-2022",
        "as_of": pd.Timestamp("2025-03-31"),
        "width": "single",
    }
    written = figures.save_figure(
        a_map(),
        tmp_path / "x",
        data=DATA,
        caption=CAPTION,
        alt={"en": "A map."},
        sources=SOURCES,
        parameters=parameters,
    )
    facts = json.loads(written["json"].read_text(encoding="utf-8"))
    assert facts["version"] == __version__
    assert facts["size_mm"][0] == 85
    assert facts["parameters"]["plan"] == "ln-2022"
    assert facts["parameters"]["as_of"].startswith("2025-03-31")
    assert facts["alt"] == {"en": "A map."}
    assert facts["caption"]["zh"] == CAPTION["zh"]
    assert facts["maps"][0]["breaks"]
    assert facts["maps"][0]["class_method"] == "round"
    assert "aea" in facts["maps"][0]["crs"]
    assert set(facts["files"]) == {"x.png", "x.svg", "x.pdf", "x.csv", "x.caption.md"}


def test_only_cited_sources_are_named_with_grades_and_vintages_of_their_rows():
    records = figure_words.source_records(SOURCES, DATA)
    assert [r["source"] for r in records] == ["s1", "s2"]
    assert records[0]["grades"] == ["A"]
    assert records[0]["vintages"] == ["2024-03-20"]
    assert records[1]["grades"] == ["A", "C"]
    assert "licence" not in records[1]
    assert records[0]["licence"] == "open"


def test_sources_stay_as_given_where_the_data_cite_none():
    assert len(figure_words.source_records(SOURCES, DATA.drop(columns="source"))) == 3
    assert figure_words.source_records([{"title": "Plan"}]) == [{"title": "Plan"}]
    assert figure_words.source_records(None, DATA) == []


def test_rows_without_a_source_and_rows_of_one_label_are_told_apart():
    rows = pd.concat([DATA, DATA.assign(source=[np.nan, "s1 s1"], grade=["B", np.nan])])
    records = figure_words.source_records(SOURCES, rows)
    assert [(one["source"], one["grades"]) for one in records] == [("s1", ["A"]), ("s2", ["A", "C"])]


def test_a_cited_source_that_is_not_known_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(DataError, match="source 's2'"):
        figures.save_figure(chart(), tmp_path / "x", data=DATA, sources=SOURCES[:1])
    assert not list(tmp_path.iterdir())


def test_the_caption_speaks_both_languages_and_counts_grades(tmp_path):
    written = figures.save_figure(
        chart(), tmp_path / "x", data=DATA, caption=CAPTION, sources=SOURCES, formats=["png"]
    )
    english, chinese = written["caption"].read_text(encoding="utf-8").strip().split("\n\n")
    assert english.startswith(
        "**Figure.** GDP of two cities. Sources: Bulletin 2023 (2024-03-01); 统计年鉴2024."
    )
    assert "A (1), C (1)" in english
    assert chinese.startswith(
        "**图：**两市地区生产总值。资料来源：Bulletin 2023（2024-03-01）；统计年鉴2024。"
    )
    assert "A级1条，C级1条" in chinese
    assert "Never cited" not in english + chinese


def test_a_caption_claims_no_sources_or_grades_that_were_not_given():
    words = figure_words.caption_text({"en": "Shown."}, [], DATA.drop(columns="grade"))
    assert "Sources" not in words
    assert "Grades" not in words


def test_text_in_the_data_cannot_run_in_a_spreadsheet():
    frame = pd.DataFrame(
        {"t": ["=1", "+a", "-b", "@c", "\td", "-3", "+4.5%", "−5", "ok", None], "v": range(-5, 5)}
    )
    lines = figures.data_csv(frame.rename(columns={"t": "=t"})).split("\n")
    assert [line.split(",")[0] for line in lines[:-1]] == [
        *("'=t", "'=1", "'+a", "'-b", "'@c", "'\td", "-3", "+4.5%", "−5", "ok", ""),
    ]
    assert lines[1].endswith("-5")


def test_the_table_is_written_without_geometry_and_the_frame_stays_as_it_was():
    frame = gpd.GeoDataFrame({"a": ["=1"]}, geometry=[shapely.Point(0, 0)], crs=4490)
    assert figures.data_csv(frame) == "a\n'=1\n"
    assert frame["a"].tolist() == ["=1"]
    assert "geometry" in frame


def test_chinese_in_the_data_comes_back(tmp_path):
    frame = pd.DataFrame({"name": ["沈阳", "大连"], "value": [0.1, 2.0]})
    written = figures.save_figure(chart("zh"), tmp_path / "x", data=frame, formats=[])
    pd.testing.assert_frame_equal(
        pd.read_csv(written["csv"], dtype={"name": "str"}), frame, check_dtype=False
    )


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"formats": ["png", "gif"]}, r"format 'gif'.*png, svg|format 'gif'"),
        ({"caption": {"de": "x"}}, "language of the caption 'de'"),
        ({"alt": {"fr": "x"}}, "language of the alt text 'fr'"),
    ],
)
def test_unknown_formats_and_languages_are_refused(tmp_path, how, message):
    with pytest.raises(DataError, match=message):
        figures.save_figure(chart(), tmp_path / "x", **how)
    assert not list(tmp_path.iterdir())


def test_text_the_font_cannot_draw_is_refused(tmp_path):
    fig = chart()
    fig.text(0.5, 0.5, "𓀀")
    with pytest.raises(DataError, match="lacks: 𓀀"):
        figures.save_figure(fig, tmp_path / "x")


def test_a_figure_made_elsewhere_is_saved_in_the_style(tmp_path):
    fig = Figure(figsize=(3, 2))
    ax = fig.add_subplot()
    ax.bar(["a", "b"], [1, 2])
    written = figures.save_figure(fig, tmp_path / "x", formats=["pdf", "png"])
    assert written["png"].stat().st_size > 1000
    assert json.loads(written["json"].read_text())["language"] is None


# --- kits ---------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for name in ("one", "deep/two"):
        figures.save_figure(
            chart(),
            tmp_path / "kit" / name,
            data=DATA,
            caption=CAPTION,
            sources=SOURCES,
            formats=["png", "svg"],
        )
    return tmp_path / "kit"


def test_a_kit_holds_every_file_a_readme_and_a_citation_in_the_same_bytes(folder, tmp_path):
    one = figure_kit.bundle_zip(folder, tmp_path / "a.zip", title="Circle", citation="cff-version: 1.2.0\n")
    two = figure_kit.bundle_zip(folder, tmp_path / "b.zip", title="Circle", citation="cff-version: 1.2.0\n")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        names = archive.namelist()
        readme = archive.read("README.md").decode()
        assert archive.read("CITATION.cff").decode().startswith("cff-version")
    assert {"one.png", "one.csv", "deep/two.svg", "deep/two.json", "README.md", "CITATION.cff"} <= set(names)
    assert names == sorted(names)
    assert readme.startswith("# Circle")
    assert "**deep/two** GDP of two cities." in readme


def test_a_kit_within_its_own_folder_does_not_hold_itself(folder):
    path = figure_kit.bundle_zip(folder, folder / "kit.zip", language="zh")
    first = path.read_bytes()
    assert figure_kit.bundle_zip(folder, folder / "kit.zip", language="zh").read_bytes() == first
    with zipfile.ZipFile(path) as archive:
        assert "两市地区生产总值" in archive.read("README.md").decode()
        assert archive.read("CITATION.cff")


def test_a_folder_without_figures_is_refused(tmp_path):
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(DataError, match="no figure saved by save_figure"):
        figure_kit.bundle_zip(tmp_path, tmp_path / "x.zip")


def test_a_kit_without_a_shipped_citation_names_the_package(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_kit, "root", lambda: tmp_path)
    with zipfile.ZipFile(figure_kit.bundle_zip(folder, tmp_path / "a.zip")) as archive:
        assert __version__ in archive.read("CITATION.cff").decode()


def test_a_word_file_holds_the_pictures_at_their_size_with_captions(folder, tmp_path):
    docx = pytest.importorskip("docx", reason="python-docx is an extra")
    one = figure_kit.bundle_docx(folder, tmp_path / "a.docx", title="Circle")
    two = figure_kit.bundle_docx(folder, tmp_path / "b.docx", title="Circle")
    assert one.read_bytes() == two.read_bytes()
    document = docx.Document(str(one))
    assert [round(shape.width.mm) for shape in document.inline_shapes] == [85, 85]
    assert document.inline_shapes[0]._inline.docPr.get("descr") == CAPTION["en"]
    words = [p.text for p in document.paragraphs]
    assert words[0] == "Circle"
    assert CAPTION["en"] in words


def test_a_word_file_without_python_docx_names_the_remedy(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(DataError, match=r"pip install 'lnregions\[docx\]'"):
        figure_kit.bundle_docx(folder, tmp_path / "a.docx")


def test_a_word_file_needs_the_png(tmp_path):
    pytest.importorskip("docx", reason="python-docx is an extra")
    figures.save_figure(chart(), tmp_path / "x", formats=["svg"])
    with pytest.raises(DataError, match="format png"):
        figure_kit.bundle_docx(tmp_path, tmp_path / "a.docx")


def test_chinese_text_of_a_pyplot_figure_is_set_in_the_bundled_font(tmp_path):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    title = ax.set_title("我的图")
    figures.save_figure(fig, tmp_path / "mine", formats=("png",))
    assert title.get_fontfamily() == [style.FAMILY]
    plt.close(fig)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"caption": "GDP"}, "The caption 'GDP' is not text by language"),
        ({"caption": {"en": 3}}, "The caption .* is not text by language"),
        ({"alt": "GDP"}, "The alt text 'GDP' is not text by language"),
        ({"formats": "gif"}, "Unknown format 'gif'"),
        ({"formats": 3}, "Unknown format '3'"),
        ({"formats": ["png", None]}, "Unknown format 'None'"),
    ],
)
def test_words_and_formats_of_the_wrong_kind_are_refused_before_anything_is_written(tmp_path, given, said):
    with pytest.raises(DataError, match=said) as caught:
        figures.save_figure(style.figure("single", height_mm=20), tmp_path / "x", **given)
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.report("zh"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["axes", "text", "none"])
def test_what_is_no_figure_is_refused_with_the_way_to_it(tmp_path, what):
    fig = style.figure("single", height_mm=20)
    given = {"axes": fig.add_subplot(), "text": "figure", "none": None}[what]
    with pytest.raises(DataError, match=r"no whole figure but a .*\. Give a matplotlib figure") as caught:
        figures.save_figure(given, tmp_path / "x")
    assert "整幅图" in caught.value.report("zh")


@pytest.mark.parametrize("stem", ["", None, 3])
def test_a_path_without_a_name_is_refused(stem):
    with pytest.raises(DataError, match="names no file"):
        figures.save_figure(style.figure("single", height_mm=20), stem)


@pytest.mark.parametrize(
    ("name", "formats", "written"),
    [
        ("m7.png", None, ["m7.json", "m7.png"]),
        ("m7.PDF", None, ["m7.json", "m7.pdf"]),
        ("m7.png", ("svg",), ["m7.json", "m7.svg"]),
        ("m7.v2", "png", ["m7.v2.json", "m7.v2.png"]),
        ("m7", None, ["m7.json", "m7.pdf", "m7.png", "m7.svg"]),
    ],
)
def test_an_ending_that_is_a_format_means_that_format(tmp_path, name, formats, written):
    fig = style.figure("single", height_mm=20)
    figures.save_figure(fig, tmp_path / name, formats=formats)
    assert sorted(path.name for path in tmp_path.iterdir()) == written
