"""Every kind of figure, written from the command line."""

import json
import zipfile

import pytest

from lnregions import DataError
from lnregions.__main__ import main
from lnregions.figures.figure_kinds import MAPPED, PLAN_KINDS, REGION_KINDS, write_figures


def names(folder):
    return {path.name.split(".")[0] for path in folder.iterdir()}


def test_one_kind_of_one_region_is_written_in_each_language(tmp_path, capsys):
    call = ["figures", "--region", "west", "--kind", "targets", "--width", "single", "--formats", "png"]
    assert main([*call, "--output", str(tmp_path)]) == 0
    assert names(tmp_path / "en") == names(tmp_path / "zh") == {"west-gdp", "west-fai"}
    assert "4 figures" in capsys.readouterr().out
    assert (
        json.loads((tmp_path / "zh" / "west-gdp.json").read_text("utf-8"))["parameters"]["target"]
        == "west-gdp"
    )


def test_a_region_has_a_map_for_each_indicator_shown(tmp_path):
    count = write_figures(
        tmp_path, region="east", kinds=["map"], languages=["en"], width="single", formats=["png"]
    )
    assert count == len(MAPPED)
    assert names(tmp_path / "en") == {f"map-east-{indicator}" for indicator in MAPPED}


def test_a_kind_of_the_whole_plan_needs_no_region(tmp_path):
    assert (
        write_figures(tmp_path, kinds=["scorecard"], languages=["zh"], formats=["svg"], width="onehalf") == 1
    )
    assert (tmp_path / "zh" / "scorecard.svg").is_file()


def test_the_kit_holds_figures_readme_and_citation(tmp_path):
    call = [
        "figures",
        "--region",
        "west",
        "--kind",
        "coverage",
        "--language",
        "en",
        "--formats",
        "png",
        "--zip",
        "--docx",
    ]
    assert main([*call, "--output", str(tmp_path)]) == 0
    with zipfile.ZipFile(tmp_path / "ln-2022-west-en.zip") as kit:
        files = kit.namelist()
    assert any(file.endswith("coverage-west.png") for file in files)
    assert any("README" in file for file in files)
    assert any("CITATION" in file for file in files)
    assert (tmp_path / "ln-2022-west-en.docx").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kinds": ["scorecrad"]}, "did you mean scorecard"),
        ({"region": "wset"}, "did you mean west"),
        ({"formats": ["pgn"]}, "did you mean png"),
        ({"width": "duoble"}, "did you mean double"),
        ({"region": "west", "kinds": ["scorecard"]}, "shows a single region"),
        ({"plan": "ln-2O22"}, "did you mean ln-2022"),
    ],
)
def test_what_is_unknown_is_refused_before_anything_is_drawn(asked, said, tmp_path):
    with pytest.raises(DataError, match=said):
        write_figures(tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


def test_a_region_without_figures_for_two_years_has_no_comparing_figure():
    from lnregions import load_plan
    from lnregions.figures.figure_kinds import COMPARING
    from lnregions.figures.year_pictures import has_change

    plan = load_plan()
    assert all(has_change(plan, "west", indicator) for indicator in COMPARING.values())
    assert not has_change(plan, "west", "sei_share")
    assert not has_change(plan, "west", "gdp", as_of="1990-01-01")


def test_every_kind_has_a_name_that_can_be_a_file():
    assert all(name.replace("-", "").isalpha() for name in [*PLAN_KINDS, *REGION_KINDS])
