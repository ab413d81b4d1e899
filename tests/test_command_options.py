"""Options of the commands: given twice, for every region, out of range, with names of one's own."""

import json
import shlex
from pathlib import Path

import pytest

from lnregions.__main__ import cli, main
from lnregions.paths import root


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An output folder that something was rendered to, and makers of files that only write their names."""
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "manifest.json").write_text("{}")
    monkeypatch.chdir(tmp_path)

    def maker(ending):
        def make(output, region, *, language, **own):
            path = Path(output, f"{region}-{language}{ending}")
            path.write_text(region)
            return path

        return make

    monkeypatch.setattr("lnregions.pages.write_report", lambda *args, **more: "index.html", raising=False)
    for name, ending in {"single_file": ".html", "report_pdf": ".pdf", "report_docx": ".docx"}.items():
        monkeypatch.setattr(f"lnregions.pages.documents.{name}", maker(ending))
    return tmp_path


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("report --plan ln-2022 --plan ln-2025", "Option --plan is given twice"),
        ("verdicts --format csv --format json", "Option --format is given twice"),
        ("render --output a --output b", "Option --output is given twice"),
        ("report --output elsewhere", "Nothing was rendered to 'elsewhere'"),
        ("report --pdf", "Give --region circle, or --all for every region"),
        ("report --all --name {regoin}", "field 'regoin'. Use {plan}, {region}, {language}, {date}"),
        ("report --all --name report-{language}", "would have one name"),
        (
            "figures --width 5",
            "Give 40 to 1200 millimetres, or one of single (85), onehalf (120), double (174)",
        ),
    ],
)
def test_what_would_be_dropped_or_makes_no_sense_is_refused(call, message, site, capsys):
    assert main(call.split()) == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in site.rglob("*")) == ["manifest.json", "output"]


def test_an_option_that_is_given_again_adds_and_a_region_that_was_not_rendered_is_named(site, capsys):
    (site / "output" / "manifest.json").write_text('{"runs": {"en/02_region_map/west": {}}}')
    assert main(["report", "--region", "west", "--region", "belt", "--language", "en"]) == 0
    said = capsys.readouterr().err
    assert "Nothing was rendered for the region belt in en" in said
    assert "west" not in said
    assert {path.name for path in (site / "output").glob("*.html")} == {"belt-en.html", "west-en.html"}


def test_every_region_has_a_report_under_a_name_of_ones_own(site, capsys):
    name = "hand/{plan}_{region}_{language}"
    assert main(["report", "--all", "--pdf", "--docx", "--language", "zh", "--name", name]) == 0
    made = {path.name for path in (site / "hand").iterdir()}
    assert made == {f"ln-2022_{one}_zh{end}" for one in ("circle", "belt", "west", "east")
                    for end in (".html", ".pdf", ".docx")}  # fmt: skip


def test_a_region_is_rendered_with_its_own_cities(tmp_path, capsys):
    call = ["render", "--region", "west", "--dry-run", "--json", "--language", "en"]
    assert main([*call, "--output", str(tmp_path)]) == 0
    runs = [json.loads(line)["run"] for line in capsys.readouterr().out.splitlines()]
    cities = [f"en/04_city_profile/{one}" for one in ("210900", "211300", "211400")]
    assert [run for run in runs if "04_city" in run] == cities
    assert "en/02_region_map/west" in runs
    assert not any("belt" in run for run in runs)


@pytest.mark.parametrize(
    ("call", "runs"),
    [
        ("--adcode 大连 --region 'Coastal belt'", {"02_region_map/belt", "04_city_profile/210200"}),
        ("-p region=belt -p adcode=dalian", {"02_region_map/belt", "04_city_profile/210200"}),
        ("--region Dalian+沈阳市", {"02_region_map/210200%2b210100", "04_city_profile/210200"}),
    ],
)
def test_a_render_takes_names_as_well_as_codes(call, runs, tmp_path, capsys):
    given = ["--language", "en", "--dry-run", "--json", "--output", str(tmp_path)]
    assert main(["render", *shlex.split(call), *given]) == 0
    found = {json.loads(line)["run"] for line in capsys.readouterr().out.splitlines()}
    assert {f"en/{one}" for one in runs} <= found
    assert len(found) <= 5


def test_the_shell_completes_options_as_the_readme_says(capsys, monkeypatch):
    assert "_LNREGIONS_COMPLETE=bash_source" in (root() / "README.md").read_text("utf-8")
    monkeypatch.setenv("_LNREGIONS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "lnregions report --re")
    monkeypatch.setenv("COMP_CWORD", "2")
    with pytest.raises(SystemExit):
        cli.main([], prog_name="lnregions")
    assert "--region" in capsys.readouterr().out
