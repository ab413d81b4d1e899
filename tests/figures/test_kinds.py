"""Every kind of picture is written by its name, and drawn to warm up a process."""

import json
import zipfile

import pytest
from figures.drawn_once import PLAN, REGIONS, drawn, texts_of

import lnregions as ln
from lnregions import DataError
from lnregions.__main__ import main
from lnregions.figures import warm_up, write_figures


def names(folder):
    return {path.name.split(".")[0] for path in folder.iterdir()}


def test_one_kind_of_one_region_is_written_in_each_language(tmp_path, capsys):
    call = "figures --region west --kind targets --width single --formats png --output"
    assert main([*call.split(), str(tmp_path)]) == 0
    assert names(tmp_path / "en") == names(tmp_path / "zh") == {"west-gdp", "west-fai"}
    assert "4 figures" in capsys.readouterr().out
    facts = json.loads((tmp_path / "zh" / "west-gdp.json").read_text("utf-8"))
    assert facts["parameters"]["target"] == "west-gdp"


def test_a_city_has_its_kinds_in_formats_however_they_are_written(tmp_path, capsys):
    call = (
        "figures --city 大连 --city 210900 --language en --width single --kind dots --kind series --formats"
    )
    assert main([*call.split(), "PPTX, Svg", "--output", str(tmp_path)]) == 0
    assert "6 figures" in capsys.readouterr().out
    kinds = ("dots-{}-gdp_growth_real", "series-{}-gdp", "series-{}-population")
    assert names(tmp_path / "en") == {one.format(city) for one in kinds for city in ("210200", "210900")}
    assert len(list((tmp_path / "en").glob("*.svg"))) == len(list((tmp_path / "en").glob("*.pptx"))) == 6


def test_the_kit_of_several_regions_holds_figures_readme_and_citation(tmp_path, capsys):
    call = "figures --region belt --region west --kind coverage --language en --formats png --zip --docx --output"
    assert main([*call.split(), str(tmp_path)]) == 0
    assert "2 figures in" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "ln-2022-belt-west-en.zip") as kit:
        files = " ".join(kit.namelist())
    assert all(name in files for name in ("coverage-belt.png", "coverage-west.png", "README", "CITATION"))
    assert (tmp_path / "ln-2022-belt-west-en.docx").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kinds": ["scorecrad"]}, "did you mean scorecard"),
        ({"region": "wset"}, "did you mean west"),
        ({"formats": ["pgn"]}, "did you mean png"),
        ({"width": "duoble"}, "did you mean double"),
        ({"region": "west", "kinds": ["scorecard"]}, "shows a single region"),
        ({"city": "Dalain"}, "did you mean Dalian"),
        ({"city": "Dalian", "kinds": ["map"]}, "shows a single city.*city-location"),
        ({"plan": "ln-2O22"}, "did you mean ln-2022"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_is_drawn(given, message, tmp_path):
    with pytest.raises(DataError, match=message):
        write_figures(tmp_path / "out", **given)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["change", "years", "dumbbells"])
def test_a_region_without_figures_has_no_picture_of_two_years(tmp_path, kind):
    options = {"region": "west", "kinds": [kind], "languages": ["en"], "formats": ()}
    assert write_figures(tmp_path, **options) == 1
    assert write_figures(tmp_path / "none", **options, as_of="1990-01-01") == 0


def test_warming_up_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    warm_up()
    assert list(tmp_path.iterdir()) == []


OPENINGS = {
    "heat_map": (
        "Dalian has the highest figure in 6 of 8 indicators, Dandong in 1",
        "8项指标中大连有6项最高",
    ),
    "coverage": ("Figures for every year of 2022-2024: 2 of ", "4个目标中，2022-2024年每年都有数据的有2个，"),
    "circles": (
        "Gross domestic product: highest in Dalian with 951.69 billion yuan, ",
        "地区生产总值：大连最高",
    ),
}


@pytest.mark.parametrize("kind", OPENINGS)
def test_the_caption_of_an_overview_opens_with_its_finding(kind):
    picture = drawn(kind, "belt", *(["gdp", "gdp_growth_real"] if kind == "circles" else []))
    for language, opening in zip(("en", "zh"), OPENINGS[kind], strict=True):
        assert picture.caption[language].startswith(opening)
        assert picture.alt[language].startswith(opening)


def test_tiles_show_every_city_in_the_classes_of_the_maps():
    tiles, belt = drawn("tile_map", "gdp_growth_real"), drawn("map", "belt", "gdp_growth_real")
    assert len(tiles.data) == 14
    assert tiles.parameters["classes"]["breaks"] == belt.parameters["classes"]["breaks"]
    assert tiles.caption["en"].endswith("Liaoning: real GDP growth, 2024.")
    assert "Boundaries" not in " ".join(texts_of(tiles))
    assert ln.draw_tile_map(PLAN, "sei_share").reason.startswith("No picture: no city has a figure of")


def test_circles_of_amounts_that_would_all_be_specks_have_a_size_of_their_own_and_say_so():
    maps = {region: drawn("map", region, "fdi_usd") for region in REGIONS}
    largest = {region: one.parameters["classes"]["largest_circle"] for region, one in maps.items()}
    assert largest["west"] == maps["west"].data["value"].max() < 0.01 * largest["belt"]
    said = "Circles have a scale of their own"
    assert {one for one in REGIONS if any(said in text for text in texts_of(maps[one]))} == {"east", "west"}


@pytest.mark.parametrize("region", REGIONS)
def test_an_index_starts_where_the_province_goes_on_without_a_gap(region):
    data = drawn("indexed_growth", region).data
    province = data[data["area"] == "210000"].sort_values("year")
    assert province["year"].tolist() == list(range(int(data["base_year"].iloc[0]), 2026))
    assert province["value"].iloc[0] == 100


@pytest.mark.parametrize("region", REGIONS)
def test_labels_of_indices_stand_off_the_lines_at_85_mm(region):
    ax = ln.draw_indexed_growth(PLAN, region, width="single").ax
    boxes = [text.get_window_extent() for text in ax.texts if text.get_label() == "_end"]
    series = [line for line in ax.lines if line.get_label() in ("_series", "_later")]
    points = [line.get_transform().transform(line.get_path().interpolated(60).vertices) for line in series]
    assert not any(box.count_contains(part) for box in boxes for part in points)
