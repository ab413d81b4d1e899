"""The manifest: hashes that see changes, reasons to run again, only what a render left is replaced."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from fault_kit import render, tree, write_notebook

import lnregions
from lnregions.batch import Hashes, Manifest, Settings, plan_render, plan_runs
from lnregions.batch.manifest import installed, shared_inputs, versions
from lnregions.errors import DataError

pytestmark = pytest.mark.usefixtures("stopped_server")


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / ".lnregions").mkdir()
    return Manifest(tmp_path)


def record(manifest, name="en/a/all", **changes):
    folder = manifest.output / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text("a")
    outputs = Hashes().listing(folder)
    return {"status": "done", "folder": name, "inputs": {"data": "1"}, "outputs": outputs, **changes}


def test_the_file_is_json_of_all_records_as_they_were_entered_last(manifest):
    manifest.add("en/b/辽", {"status": "failed", "error": {"text": "a\nb"}})
    manifest.add("en/a/all", {"status": "done", "outputs": {}})
    manifest.add("en/b/辽", {"status": "done"})
    text = manifest.path.read_text("utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
    assert json.loads(text)["runs"] == dict(sorted(manifest.runs.items())) == Manifest(manifest.output).runs


@pytest.mark.parametrize(
    ("changes", "inputs", "why"),
    [
        ({}, {"data": "1"}, ""),
        ({}, {"data": "2"}, "the data have changed"),
        ({}, {"data": "2", "shapes": "x"}, "the data have changed; the boundaries have changed"),
        ({"status": "failed"}, {"data": "1"}, "it failed last time"),
        ({"status": "stopped"}, {"data": "1"}, "it did not finish last time"),
        ({"outputs": {}}, {"data": "1"}, "it left nothing"),
        ({"outputs": {"b.txt": "x"}}, {"data": "1"}, "its b.txt is missing"),
        ({"outputs": {"a.txt": "x"}}, {"data": "1"}, "its a.txt was changed"),
    ],
)
def test_the_reason_to_run_again_is_named_from_the_file(manifest, changes, inputs, why):
    assert manifest.why("en/a/all", inputs) == "it has not been run yet"
    manifest.add("en/a/all", record(manifest, **changes))
    assert Manifest(manifest.output).why("en/a/all", inputs) == why  # in the file as soon as it has ended


BROKEN = {
    "no JSON": lambda text: "<html>",
    "deep": lambda text: "[" * 100_000,
    "a list": lambda text: "[]",
    "without runs": lambda text: '{"schema": 1}',
    "newer": lambda text: text.replace('"schema": 1', '"schema": 99'),
    "infinite": lambda text: text.replace('"seconds": ', '"seconds": 1e999, "old": '),
    "no number": lambda text: text.replace('"seconds": ', '"seconds": NaN, "old": '),
    "no text": lambda text: "\udcff",
    "odd records": lambda text: re.sub(r'"(inputs|outputs)": \{[^}]*\}', r'"\1": [3]', text),
    "records that are none": lambda text: '{"schema": 1, "runs": {"en/01/a": 3, "en/01/b": null}}',
}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Output of a render of one run, its notebook beside it."""
    folder = tmp_path_factory.mktemp("rendered")
    write_notebook(folder / "01.ipynb", "region")
    render(folder / "out", folder / "01.ipynb", "a")
    return folder


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_manifest_costs_a_new_run_and_is_kept_aside(how, rendered, tmp_path):
    shutil.copytree(rendered, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "out" / "manifest.json"
    bad = BROKEN[how](path.read_text()).encode("utf-8", "surrogateescape")
    path.write_bytes(bad)
    (run,) = plan_runs(choices={"region": "a"}, notebooks=rendered / "01.ipynb", languages=["en"])
    (planned,) = plan_render(tmp_path / "out", [run], settings=Settings(html=False))
    assert planned.why
    after = Manifest(tmp_path / "out")
    unread = after.unread
    after.save()
    assert json.loads(path.read_text())["schema"] == 1
    kept = tmp_path / "out/.lnregions/manifest.unread.json"
    assert kept.exists() == bool(unread)
    assert not unread or (planned.why == unread and kept.read_bytes() == bad)


def test_a_manifest_that_names_files_elsewhere_is_not_believed(tmp_path):
    book = write_notebook(tmp_path / "01.ipynb", "region")
    render(tmp_path / "out", book)
    path = tmp_path / "out" / "manifest.json"
    content = json.loads(path.read_text())
    (tmp_path / "secret").write_text("s")
    secret = {"secret": hashlib.sha256(b"s").hexdigest()}
    content["runs"]["en/01/a"] |= {"folder": "../..", "outputs": secret}
    content["runs"]["en/01/b"]["folder"] = str(tmp_path)
    path.write_text(json.dumps(content))
    assert render(tmp_path / "out", book).done == ["en/01/a"]
    assert (tmp_path / "secret").read_text() == "s"


def test_inputs_cover_the_whole_package_and_files_of_ones_own(tmp_path):
    (tmp_path / "one.csv").write_text("1")
    hashes = Hashes()
    before = shared_inputs(hashes, own=[tmp_path / "one.csv", tmp_path])
    (tmp_path / "one.csv").write_text("22")
    after = shared_inputs(hashes, own=[tmp_path / "one.csv", tmp_path])
    assert {name for name in before if before[name] != after[name]} == {"own"}
    assert {"papermill", "matplotlib", "geopandas", "numpy", "python"} <= set(versions())
    assert installed()["package"] == Hashes().tree(Path(lnregions.__file__).parent)


def test_hashes_are_cached_by_size_time_and_inode_and_kept(tmp_path, monkeypatch):
    path, cache = tmp_path / "a", tmp_path / "deep" / "hashes.json"
    path.write_text("one")
    hashes = Hashes(cache)
    first = hashes.file(path)
    hashes.save()
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", None)  # nothing is read a second time
        assert Hashes(cache).file(path) == first
    path.write_text("two, longer")
    assert Hashes(cache).file(path) != first
    cache.write_text("[1]")
    assert Hashes(cache).file(path) == hashes.file(path)


@pytest.mark.parametrize("when", [0, 1, 4_000_000_000])
def test_times_of_files_are_no_reason_to_run_again(when, rendered):
    book, out = rendered / "01.ipynb", rendered / "out"
    for path in [book, *(path for path in out.rglob("*") if path.is_file())]:
        os.utime(path, (when, when))
    assert render(out, book, "a").done == []


# -- an output folder in which other files lie, too ----


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
    with pytest.raises(DataError, match=f"out/{name} is not of a render, which would replace it. Move it"):
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
    runs = json.loads((tmp_path / "out/manifest.json").read_text())["runs"].values()
    assert [list(one["outputs"]) for one in runs] == [["01.ipynb"]] * 2
    write_notebook(book, "region")
    assert render(tmp_path / "out", book).ok
