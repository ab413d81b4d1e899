"""The notebooks through the command, for a region or a city, and the pages over them."""

import json

from golden.record import render_calls

from lnregions.__main__ import main


def test_the_pages_load_nothing_from_outside_and_name_no_path_of_this_machine(whole_render):
    for path in [*whole_render.rglob("*.html"), *whole_render.rglob("*.ipynb")]:
        page = path.read_text("utf-8")
        assert str(whole_render.parent) not in page
        assert path.suffix == ".ipynb" or ("<script src=" not in page and 'src="http' not in page)


def test_the_index_leads_to_every_region_and_the_verdicts_to_their_sources(whole_render):
    index = (whole_render / "index.html").read_text("utf-8")
    assert "missed" in index
    assert all(f"en/region/{region}.html" in index for region in ("circle", "belt", "west", "east"))
    assert (whole_render / "index.zh.html").is_file()
    page = (whole_render / "en/03_region_trajectories/belt/03_region_trajectories.html").read_text("utf-8")
    for words in ("reached in 2025", "951.69", "1,000.21", "Sources: "):
        assert words in page


def test_a_second_render_does_nothing(whole_render, capsys):
    before = json.loads((whole_render / "manifest.json").read_text("utf-8"))
    _, call = render_calls(whole_render)
    assert main([word for word in call if word != "--quiet"]) == 0
    assert "0 done, 2 up to date, 0 failed, pages too" in capsys.readouterr().out
    assert json.loads((whole_render / "manifest.json").read_text("utf-8"))["runs"] == before["runs"]
