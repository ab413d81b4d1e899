"""The project's own notebooks through the command, in both languages, with the pages over them."""

import json

import nbformat
import pytest

from lnregions.__main__ import main
from lnregions.batch.fork import stop_fork_server

CALL = ["render", "--region", "belt", "--adcode", "210200", "--output"]


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("render") / "output"
    assert main([*CALL, str(folder), "--quiet"]) == 0
    yield folder
    stop_fork_server()


def test_every_notebook_ran_to_its_end_and_shows_pictures(output):
    books = sorted(output.rglob("*.ipynb"))
    assert len(books) == 2 * 4
    for path in books:
        cells = nbformat.read(path, as_version=4).cells
        outputs = [one for cell in cells for one in cell.get("outputs", [])]
        assert not [one for one in outputs if one.output_type == "error"]
        assert [one for one in outputs if "image/png" in one.get("data", {})]


def test_every_picture_of_a_run_has_its_bundle(output):
    pictures = list(output.glob("*/0*/*/figures/*.png"))
    assert {"map-belt-gdp", "location-belt"} <= {path.stem for path in pictures}
    for path in pictures:
        bundle = {one.name.removeprefix(path.stem) for one in path.parent.glob(f"{path.stem}.*")}
        assert {".png", ".svg", ".pdf", ".csv", ".json", ".caption.md"} <= bundle


def test_the_pages_load_nothing_from_outside_and_name_no_path_of_this_machine(output):
    for path in [*output.rglob("*.html"), *output.rglob("*.ipynb")]:
        page = path.read_text("utf-8")
        assert str(output.parent) not in page
        assert path.suffix == ".ipynb" or ("<script src=" not in page and 'src="http' not in page)


def test_the_index_leads_to_every_region_and_the_verdicts_to_their_sources(output):
    index = (output / "index.html").read_text("utf-8")
    assert "missed" in index
    assert all(f"en/region/{region}.html" in index for region in ("circle", "belt", "west", "east"))
    assert (output / "index.zh.html").is_file()
    page = (output / "en/03_region_trajectories/belt/03_region_trajectories.html").read_text("utf-8")
    for words in ("reached in 2025", "951.69", "1,000.21", "Sources: "):
        assert words in page


def test_a_second_render_does_nothing(output, capsys):
    before = json.loads((output / "manifest.json").read_text("utf-8"))
    assert main([*CALL, str(output)]) == 0
    assert "0 done, 8 up to date, 0 failed, pages too" in capsys.readouterr().out
    assert json.loads((output / "manifest.json").read_text("utf-8"))["runs"] == before["runs"]
