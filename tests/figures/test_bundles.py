import json

import numpy as np
import pandas as pd
import pytest
from formats.figure_samples import a_map, chart
from matplotlib.figure import Figure

import lnregions as ln
from lnregions import DataError, save_figure
from lnregions.figures import messages
from lnregions.style import FAMILY, figure

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


def test_a_bundle_holds_pictures_data_caption_and_sidecar(tmp_path):
    written = save_figure(chart(), tmp_path / "new" / "gdp", data=DATA, caption=CAPTION, sources=SOURCES)
    assert set(written) == {"png", "svg", "pdf", "csv", "caption", "json"}
    names = {path.name for path in (tmp_path / "new").iterdir()}  # nothing half-written
    assert names == {f"gdp.{ending}" for ending in ("png", "svg", "pdf", "csv", "caption.md", "json")}


@pytest.mark.parametrize("make", [chart, a_map])
def test_the_same_input_gives_the_same_bytes(tmp_path, make):
    again = make()
    for folder, fig in (("a", make()), ("b", again), ("c", again)):
        save_figure(fig, tmp_path / folder / "x", data=DATA, caption=CAPTION, sources=SOURCES)
    for path in (tmp_path / "a").iterdir():
        for folder in "bc":
            assert path.read_bytes() == (tmp_path / folder / path.name).read_bytes(), path.name


def test_the_sidecar_tells_how_the_figure_was_made(tmp_path):
    parameters = {"plan": "ln-2022", "as_of": pd.Timestamp("2025-03-31")}
    written = save_figure(
        a_map(), tmp_path / "x", data=DATA, caption=CAPTION, alt={"en": "A map."}, parameters=parameters
    )
    facts = json.loads(written["json"].read_text(encoding="utf-8"))
    assert (facts["version"], facts["size_mm"][0]) == (ln.__version__, 85)
    assert facts["parameters"] == {"plan": "ln-2022", "as_of": "2025-03-31 00:00:00"}
    assert (facts["alt"], facts["caption"]) == ({"en": "A map."}, CAPTION)
    assert facts["maps"][0]["breaks"]
    assert facts["maps"][0]["class_method"] == "round"
    assert "aea" in facts["maps"][0]["crs"]
    assert set(facts["files"]) == {"x.png", "x.svg", "x.pdf", "x.csv", "x.caption.md"}


def test_only_cited_sources_are_named_with_grades_and_vintages_of_their_rows():
    records = messages.source_records(SOURCES, DATA)
    assert [r["source"] for r in records] == ["s1", "s2"]
    assert records[0]["grades"] == ["A"]
    assert records[0]["vintages"] == ["2024-03-20"]
    assert records[1]["grades"] == ["A", "C"]
    assert "licence" not in records[1]
    assert records[0]["licence"] == "open"


def test_sources_stay_as_given_where_the_data_cite_none():
    assert len(messages.source_records(SOURCES, DATA.drop(columns="source"))) == 3
    assert messages.source_records([{"title": "Plan"}]) == [{"title": "Plan"}]
    assert messages.source_records(None, DATA) == []


def test_rows_without_a_source_and_rows_of_one_label_are_told_apart():
    rows = pd.concat([DATA, DATA.assign(source=[np.nan, "s1 s1"], grade=["B", np.nan])])
    records = messages.source_records(SOURCES, rows)
    assert [(one["source"], one["grades"]) for one in records] == [("s1", ["A"]), ("s2", ["A", "C"])]


def test_the_caption_speaks_both_languages_and_counts_grades(tmp_path):
    written = save_figure(chart(), tmp_path / "x", data=DATA, caption=CAPTION, sources=SOURCES, formats=[])
    english, chinese = written["caption"].read_text(encoding="utf-8").strip().split("\n\n")
    assert english.startswith(
        "**Figure.** GDP of two cities. Sources (titles as published, in Chinese): "
        "Bulletin 2023 (2024-03-01); 统计年鉴2024."
    )
    assert "A (1), C (1)" in english
    assert chinese.startswith(
        "**图：**两市地区生产总值。资料来源：Bulletin 2023（2024-03-01）；统计年鉴2024。"
    )
    assert "A级1条，C级1条" in chinese
    assert "Never cited" not in english + chinese


def test_a_caption_claims_no_sources_grades_or_chinese_titles_that_were_not_given():
    words = messages.caption_text({"en": "Shown."}, [], DATA.drop(columns="grade"))
    assert "Sources" not in words
    assert "Grades" not in words
    assert "in Chinese" not in messages.caption_text({"en": "One."}, [{"title": "Bulletin"}], None)


def test_chinese_in_the_data_comes_back(tmp_path):
    frame = pd.DataFrame({"name": ["沈阳", "大连"], "value": [0.1, 2.0]})
    written = save_figure(chart("zh"), tmp_path / "x", data=frame, formats=[])
    pd.testing.assert_frame_equal(pd.read_csv(written["csv"]), frame, check_dtype=False)


def test_a_figure_made_elsewhere_is_saved_in_the_style_with_chinese_in_the_bundled_font(tmp_path):
    fig = Figure(figsize=(3, 2))
    title = fig.add_subplot().set_title("我的图")
    written = save_figure(fig, tmp_path / "mine", formats=["pdf", "png"])
    assert title.get_fontfamily()[0] == FAMILY
    assert json.loads(written["json"].read_text())["language"] is None


NO_FIGURE = r"no whole figure but a .*\. Give a matplotlib figure"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"caption": "GDP"}, "The caption 'GDP' is not text by language"),
        ({"alt": "GDP"}, "The alt text 'GDP' is not text by language"),
        ({"caption": {"de": "x"}}, "language of the caption 'de'"),
        ({"alt": {"fr": "x"}}, "language of the alt text 'fr'"),
        ({"formats": ["png", "gif"]}, "Unknown format 'gif'"),
        ({"formats": ["png", None]}, "Unknown format 'None'"),
        *(({"fig": one}, NO_FIGURE) for one in (Figure().add_subplot(), "figure", None)),
        *(({"stem": one}, "names no file") for one in ("", None, 3)),
        ({"data": DATA, "sources": SOURCES[:1]}, "source 's2'"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_written(tmp_path, given, said):
    with pytest.raises(DataError, match=said):
        save_figure(**{"fig": figure("single", height_mm=20), "stem": tmp_path / "x"} | given)
    assert list(tmp_path.iterdir()) == []


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
    fig = figure("single", height_mm=20)
    save_figure(fig, tmp_path / name, formats=formats)
    assert sorted(path.name for path in tmp_path.iterdir()) == written
