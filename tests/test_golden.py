"""The program says what it said when the files of ``tests/golden`` were recorded; a change there is a decision."""

import re

import pytest
from golden import record


@pytest.mark.parametrize("plan", record.PLANS)
def test_verdicts_under_every_interpretation_are_as_recorded(plan):
    assert record.verdicts(plan) == (record.HERE / f"verdicts-{plan}.csv").read_text("utf-8")


def test_public_names_and_signatures_are_as_recorded():
    assert record.api() == (record.HERE / "api.txt").read_text("utf-8")


def test_help_of_every_command_is_as_recorded():
    assert record.helps() == (record.HERE / "help.txt").read_text("utf-8")


def test_a_render_leaves_the_recorded_files(whole_render):
    runs, known = (
        re.split(r"\n(?=\S)", text.strip())
        for text in (record.files(whole_render), (record.HERE / "files.txt").read_text("utf-8"))
    )
    assert len(runs) == 4
    assert [run for run in runs if run not in known] == []


def test_the_data_behind_every_picture_are_as_recorded(whole_render, tmp_path):
    record.draw(tmp_path, rest=True)
    names, drawn = set(), set()
    for language in record.LANGUAGES:
        found = record.pictures([tmp_path / language, whole_render / language])
        known = (record.HERE / f"pictures-{language}.txt").read_text("utf-8")
        found, known = (
            dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", text + "\n", re.M)) for text in (found, known)
        )
        assert {
            name: text.strip() for name, text in found.items() if text.strip() != known.get(name, "").strip()
        } == {}
        names, drawn = names | set(known), drawn | set(found)
    assert drawn == names


@pytest.mark.long
def test_a_whole_render_leaves_the_recorded_files_and_the_data_behind_every_picture(tmp_path):
    output, figures = tmp_path / "output", tmp_path / "figures"
    record.run("render", "--output", str(output), "--no-report")
    record.draw(figures)
    for name, text in record.rendered(output, figures).items():
        assert text == (record.HERE / name).read_text("utf-8"), name
