"""Figures as PNG, SVG and PDF, and tables as text that is safe to open elsewhere."""

import io
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from formats.figure_samples import a_map, chart
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lnregions.formats import data_csv, encode, screen_png
from lnregions.style import figure


@pytest.mark.parametrize(("width", "pixels"), [("single", 1004), ("double", 2055), (100, 1181)])
def test_a_png_has_the_nearest_whole_number_of_pixels_at_300_dpi(width, pixels):
    image = Image.open(io.BytesIO(encode(figure(width, height_mm=20), ("png",))["png"]))
    assert image.size == (pixels, 236)
    assert image.info["dpi"][0] == pytest.approx(300, abs=0.1)


def drawn(fig):
    """Image of a figure, and its pixels as matplotlib draws them."""
    fig.set_dpi(100)
    fig.canvas.draw()
    reference = np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(int)
    return Image.open(io.BytesIO(screen_png(fig, dpi=100))), reference


@pytest.mark.parametrize("make", [chart, a_map])
def test_a_png_of_a_drawing_has_a_palette_that_keeps_the_common_colours(make):
    fig = make()
    fig.set_size_inches(4, 3)
    image, reference = drawn(fig)
    assert image.mode == "P"
    found = np.asarray(image.convert("RGB")).astype(int)
    changed = np.abs(found - reference).max(axis=2)
    assert (changed > 32).mean() < 0.004
    assert changed[(reference == 255).all(axis=2)].max() == 0  # white stays white
    colours, counts = np.unique(reference.reshape(-1, 3), axis=0, return_counts=True)
    for colour in colours[np.argsort(-counts)[:8]]:
        assert changed[(reference == colour).all(axis=2)].max() <= 3


def test_a_png_of_a_smooth_picture_keeps_all_its_colours():
    fig = Figure(figsize=(4, 3))
    channels = np.random.default_rng(1).random((300, 400, 3))
    fig.add_axes((0, 0, 1, 1)).imshow(channels, interpolation="nearest", aspect="auto")
    FigureCanvasAgg(fig)
    image, reference = drawn(fig)
    assert image.mode == "RGB"
    assert (np.asarray(image) == reference).all()


def test_saving_leaves_the_figure_as_it_was():
    fig = chart()
    before = (fig.dpi, tuple(fig.get_size_inches()), fig.canvas)
    encode(fig)
    assert (fig.dpi, tuple(fig.get_size_inches()), fig.canvas) == before


def test_the_pdf_embeds_the_bundled_font_as_truetype_with_selectable_text():
    content = encode(chart())["pdf"]
    assert b"FontFile2" in content  # TrueType
    assert b"ToUnicode" in content
    assert not re.search(rb"/Subtype\s*/Type3", content)
    fonts = set(re.findall(rb"/BaseFont\s*/([^\s/]+)", content))
    assert fonts
    assert all(b"NotoSansSC" in font for font in fonts)
    assert b"CreationDate" not in content


def test_the_svg_needs_no_font_and_no_date():
    content = encode(chart(), title="GDP")["svg"].decode()
    assert "<text" not in content
    assert "<dc:date>" not in content
    assert "GDP" in content


def test_text_in_the_data_cannot_run_in_a_spreadsheet():
    cells = ["=1", "+a", "-b", "@c", "\td", "-3", "+4.5%", "−5", "ok", None]
    lines = data_csv(pd.DataFrame({"=t": cells, "v": range(-5, 5)})).split("\n")
    written = ["'=t", "'=1", "'+a", "'-b", "'@c", "'\td", "-3", "+4.5%", "−5", "ok", ""]
    assert [line.split(",")[0] for line in lines[:-1]] == written
    assert lines[1].endswith("-5")


def test_the_table_is_written_without_geometry_and_the_frame_stays_as_it_was():
    frame = gpd.GeoDataFrame({"a": ["=1"]}, geometry=[shapely.Point(0, 0)], crs=4490)
    assert data_csv(frame) == "a\n'=1\n"
    assert frame["a"].tolist() == ["=1"]
    assert "geometry" in frame
