"""An output folder in which other files lie, too: only what a render left is replaced."""

import json

import pytest
from fault_kit import render, tree, write_notebook

from lnregions.errors import DataError

pytestmark = pytest.mark.usefixtures("stopped_server")
FOREIGN = {
    "en/01/a/notes.txt": "in the folder of a run",
    "en/01/b": "at the place of a run",
    "en/01": "above the place of a run",
    "en": "above all of them",
    "manifest.json": '{"name": "a web app", "icons": []}',
}


@pytest.fixture
def book(tmp_path):
    return write_notebook(tmp_path / "01.ipynb", "region")


@pytest.mark.parametrize("name", FOREIGN)
def test_what_no_render_left_is_named_and_stays_and_nothing_runs(name, book, tmp_path):
    path = tmp_path / "out" / name
    path.parent.mkdir(parents=True)
    path.write_text(FOREIGN[name])
    with pytest.raises(
        DataError, match=f"out/{name} is not of a render, which would replace it. Move it, or"
    ):
        render(tmp_path / "out", book)
    assert tree(tmp_path / "out") == ({} if name == "manifest.json" else {name: FOREIGN[name].encode()})
    assert path.read_text() == FOREIGN[name]


def test_a_file_added_to_the_folder_of_a_run_is_not_lost_when_the_run_is_done_again(book, tmp_path):
    render(tmp_path / "out", book)
    (tmp_path / "out/en/01/a/figures").mkdir()
    (tmp_path / "out/en/01/a/figures/own.png").write_text("own")
    assert len(render(tmp_path / "out", book).skipped) == 2
    with pytest.raises(DataError, match=r"en/01/a/figures/own.png is not of a render"):
        render(tmp_path / "out", book, settings={"force": True})
    assert (tmp_path / "out/en/01/a/figures/own.png").read_text() == "own"


def test_other_files_and_what_systems_leave_are_no_hindrance(book, tmp_path):
    render(tmp_path / "out", book)
    others = ["index.md", "en/own.csv", "en/01/a/.DS_Store", "en/01/a/.ipynb_checkpoints/01-checkpoint.ipynb"]
    for name in others:
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text("x")
    assert len(render(tmp_path / "out", book, settings={"force": True}).done) == 2
    assert (tmp_path / "out/index.md").exists()
    assert (tmp_path / "out/en/own.csv").exists()


def test_results_are_known_when_the_manifest_is_damaged_or_the_folder_of_the_cache_is_gone(book, tmp_path):
    render(tmp_path / "out", book)
    (tmp_path / "out/manifest.json").write_text("{")
    assert len(render(tmp_path / "out", book).done) == 2
    for path in (tmp_path / "out/.lnregions").iterdir():
        path.unlink()
    (tmp_path / "out").rename(tmp_path / "moved")
    assert len(render(tmp_path / "moved", book, settings={"force": True}).done) == 2


def test_a_run_that_could_not_be_written_keeps_the_old_result_and_its_name(book, tmp_path):
    render(tmp_path / "out", book)
    (tmp_path / "out/.lnregions/hashes.json").unlink()
    before = tree(tmp_path / "out")
    write_notebook(book, "import os\nos.rmdir('.') if region == 'a' else 1\nos.symlink('/dev/full', 'x')")
    (tmp_path / "out/en/01").rename(tmp_path / "elsewhere")
    (tmp_path / "out/en/01").symlink_to(tmp_path / "elsewhere")  # leads out of the output
    assert len(render(tmp_path / "out", book).failed) == 2
    (tmp_path / "out/en/01").unlink()
    (tmp_path / "elsewhere").rename(tmp_path / "out/en/01")
    assert tree(tmp_path / "out") == before
    outputs = [
        one["outputs"] for one in json.loads((tmp_path / "out/manifest.json").read_text())["runs"].values()
    ]
    assert [list(one) for one in outputs] == [["01.ipynb"]] * 2
    write_notebook(book, "region")
    assert render(tmp_path / "out", book).ok
