"""The whole batch on the real notebooks: every region, both languages, through the real engine."""

import json

import nbformat
import pytest

from lnregions.__main__ import main

REGIONS = ("circle", "belt", "west", "east")


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """Everything but most of the cities, rendered by the command."""
    folder = tmp_path_factory.mktemp("render") / "output"
    assert main(["render", "--output", str(folder), "--adcode", "210200", "--quiet"]) == 0
    return folder


def run_of(output, language, notebook, value):
    return output / language / notebook / value


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_its_maps_and_trajectories_in_both_languages(output, region, language):
    maps = run_of(output, language, "02_region_map", region) / "figures"
    charts = run_of(output, language, "03_region_trajectories", region) / "figures"
    assert len(list(maps.glob(f"map-{region}-*.png"))) >= 5
    assert (maps / f"location-{region}.png").is_file()
    assert len(list(charts.glob(f"{region}-*.png"))) >= 2
    for picture in [*maps.glob("*.png"), *charts.glob("*.png")]:
        bundle = {path.name for path in picture.parent.glob(f"{picture.stem}.*")}
        assert {
            f"{picture.stem}.{end}" for end in ("png", "svg", "pdf", "csv", "json", "caption.md")
        } <= bundle


def test_every_notebook_ran_to_its_end_without_an_error(output):
    books = sorted(output.rglob("*.ipynb"))
    assert len(books) == 2 * (1 + 4 + 4 + 1)
    for path in books:
        outputs = [o for cell in nbformat.read(path, as_version=4).cells for o in cell.get("outputs", [])]
        assert not [o for o in outputs if o.output_type == "error"]
        assert [o for o in outputs if "image/png" in o.get("data", {})]


def test_the_pages_ask_nothing_from_outside_and_name_no_place_of_the_machine(output):
    for path in output.rglob("*.html"):
        page = path.read_text("utf-8")
        assert "<script src=" not in page
        assert 'src="http' not in page
        assert str(output.parent) not in page
    for path in output.rglob("*.ipynb"):
        assert str(output.parent) not in path.read_text("utf-8")


def test_the_index_shows_the_verdicts_and_leads_to_every_region(output):
    page = (output / "index.html").read_text("utf-8")
    assert "missed" in page
    assert all(f"en/region/{region}.html" in page for region in REGIONS)
    assert (output / "index.zh.html").is_file()


def test_the_verdicts_in_the_notebook_can_be_followed_to_their_sources(output):
    page = (run_of(output, "en", "03_region_trajectories", "belt") / "03_region_trajectories.html").read_text(
        "utf-8"
    )
    for words in ("reached in 2025", "951.69", "1,000.21", "Sources: "):
        assert words in page


def test_a_second_render_does_nothing(output, capsys):
    before = json.loads((output / "manifest.json").read_text("utf-8"))
    assert main(["render", "--output", str(output), "--adcode", "210200", "--no-report"]) == 0
    assert "0 done, 20 up to date, 0 failed" in capsys.readouterr().out
    assert json.loads((output / "manifest.json").read_text("utf-8"))["runs"] == before["runs"]
