"""A picture saved as one file or as a bundle, at a resolution and with letters as text."""

import io

import pytest
from figures.drawn_once import drawn
from PIL import Image

from lnregions.errors import DataError
from lnregions.figures import Pictures


@pytest.fixture(scope="module")
def picture():
    return drawn("dots", "210200", "gdp_growth_real")


def test_a_file_name_writes_that_file_only_and_a_folder_the_bundle(picture, tmp_path):
    picture.save(tmp_path / "my.png")
    assert [path.name for path in tmp_path.iterdir()] == ["my.png"]
    picture.save(tmp_path / "new" / "my.svg")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["my.svg"]
    picture.save(f"{tmp_path}/folder/", formats="png")
    names = {path.name for path in (tmp_path / "folder").iterdir()}
    assert names == {f"{picture.name}{end}" for end in (".png", ".csv", ".json", ".caption.md")}


def test_the_resolution_is_that_asked_for(picture, tmp_path):
    sizes = {}
    for dpi in (100, 300):
        picture.save(tmp_path / f"{dpi}.png", dpi=dpi)
        sizes[dpi] = Image.open(io.BytesIO((tmp_path / f"{dpi}.png").read_bytes())).size
    assert sizes[300][0] == pytest.approx(3 * sizes[100][0], abs=3)
    with pytest.raises(DataError, match="Give 72 to 1200 dots per inch"):
        picture.save(tmp_path / "no.png", dpi=20_000)
    assert not (tmp_path / "no.png").exists()


def test_letters_of_svg_are_text_where_asked_for_and_outlines_otherwise(picture, tmp_path):
    for name, options in {"text": {"svg_text": True}, "outlines": {}}.items():
        picture.save(tmp_path / f"{name}.svg", **options)
    texts = {name: (tmp_path / f"{name}.svg").read_text("utf-8") for name in ("text", "outlines")}
    assert ">Dalian</text>" in texts["text"]
    assert "Noto Sans SC" in texts["text"]
    assert "<text" not in texts["outlines"]


def test_another_format_and_many_pictures_in_one_file_are_refused(picture, tmp_path):
    with pytest.raises(DataError, match=r"Unknown format 'jpg'\. Choose one of png, svg, pdf"):
        picture.save(tmp_path / "my.jpg")
    with pytest.raises(DataError, match="2 pictures do not go into one file"):
        Pictures([picture, picture]).save(tmp_path / "my.png")
    assert not list(tmp_path.iterdir())
