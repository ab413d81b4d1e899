"""The books: hashes that see changes, reasons, and journals that survive a kill."""

import json
import os

import pytest

from lnregions import files as _files
from lnregions.batch.folder_lock import lock_folder
from lnregions.batch.hashes import Hashes
from lnregions.batch.manifest import Books, key, run_inputs, shared_inputs, versions
from lnregions.files import safe_name, swap_in, write_json, write_whole


@pytest.fixture
def books(tmp_path):
    return Books(tmp_path)


def record(books, name="en/a/all", **changes):
    folder = books.output / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text("a")
    outputs = Hashes().listing(folder)
    return {"status": "done", "folder": name, "inputs": {"data": "1"}, "outputs": outputs, **changes}


@pytest.mark.parametrize(
    ("changes", "inputs", "why"),
    [
        ({}, {"data": "1"}, ""),
        ({}, {"data": "2"}, "the data have changed"),
        ({}, {"data": "2", "shapes": "x"}, "the data have changed; the boundaries have changed"),
        ({"status": "failed"}, {"data": "1"}, "it failed last time"),
        ({"status": "stopped"}, {"data": "1"}, "it did not finish last time"),
        ({"outputs": {}}, {"data": "1"}, "it left nothing"),
    ],
)
def test_the_reason_to_run_again_is_named(books, changes, inputs, why):
    assert books.why("en/a/all", inputs) == "it has not been run yet"
    books.add("en/a/all", record(books, **changes))
    assert books.why("en/a/all", inputs) == why


def test_a_journal_is_folded_in_by_the_next_render(books, tmp_path):
    books.add("en/a/all", record(books))
    assert books.unsaved
    with (tmp_path / ".lnregions" / "journal.jsonl").open("a") as file:
        file.write('["en/b/all", {"status": "do')  # the line at which the program was killed
    after = Books(tmp_path)
    assert list(after.runs) == ["en/a/all"]
    after.save()
    assert not Books(tmp_path).unsaved
    assert list(Books(tmp_path).runs) == ["en/a/all"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": 99, "runs": {}}', '{"schema": 1, "runs": {"a": 3}}']
)
def test_a_broken_or_other_manifest_means_that_nothing_is_known(content, tmp_path):
    (tmp_path / "manifest.json").write_text(content)
    assert Books(tmp_path).runs == {}


def test_keys_depend_on_every_input():
    shared = {"package": "1", "data": "2"}
    one = run_inputs(shared, notebook="n", parameters={"region": "belt"})
    assert key(one) == key(dict(reversed(one.items())))
    assert key(one) != key(run_inputs(shared, notebook="n", parameters={"region": "west"}))
    assert key(one) != key(run_inputs({**shared, "data": "3"}, notebook="n", parameters={"region": "belt"}))


def test_shared_inputs_see_files_of_ones_own(tmp_path):
    (tmp_path / "one.csv").write_text("1")
    before = shared_inputs(Hashes(), own=[tmp_path / "one.csv", tmp_path])
    (tmp_path / "one.csv").write_text("22")
    after = shared_inputs(Hashes(), own=[tmp_path / "one.csv", tmp_path])
    assert {name for name in before if before[name] != after[name]} == {"own"}
    assert "papermill" in versions()


def test_hashes_are_remembered_by_size_and_time_and_kept(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    hashes = Hashes(tmp_path / "deep" / "hashes.json")
    first = hashes.file(path)
    hashes.save()
    again = Hashes(tmp_path / "deep" / "hashes.json")
    assert again.file(path) == first
    path.write_text("two, longer")
    assert again.file(path) != first
    (tmp_path / "deep" / "hashes.json").write_text("[1]")
    assert Hashes(tmp_path / "deep" / "hashes.json").file(path) == again.file(path)


def test_a_tree_is_hashed_with_names_and_without_caches(tmp_path):
    (tmp_path / "a").write_text("1")
    before = Hashes().tree(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_text("x")
    assert Hashes().tree(tmp_path) == before
    (tmp_path / "a").rename(tmp_path / "b")
    assert Hashes().tree(tmp_path) != before


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_json(path, {"名": 1})
    monkeypatch.setattr(
        os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert json.loads(path.read_text("utf-8")) == {"名": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("exchange", [True, False])
def test_a_finished_folder_takes_the_place_of_the_old_one(exchange, tmp_path, monkeypatch):
    if not exchange:
        monkeypatch.setattr(_files, "_exchange", lambda one, other: False)
    for text in ("one", "two"):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "a").write_text(text)
        swap_in(tmp_path / "new", tmp_path / "deep" / "final")
        assert (tmp_path / "deep" / "final" / "a").read_text() == text
        assert sorted(p.name for p in tmp_path.iterdir()) == ["deep"]


def test_a_folder_can_be_held_again_after_it_was_let_go(tmp_path):
    for _ in range(2):
        with lock_folder(tmp_path):
            pass


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("circle", "circle"),
        ("大连", "大连"),
        ("a.b", "a.b"),
        ("..", "%2e%2e"),
        (".hidden", "%2ehidden"),
        ("a/b\\c", "a%2fb%5cc"),
        ("C:x", "C%3ax"),
        ("nul", "nul_"),
        ("LPT1.txt", "LPT1_.txt"),
        ("a\0b", "a%00b"),
        ("", "%"),
        ("trail.", "trail%2e"),
    ],
)
def test_any_text_becomes_a_name_that_stays_in_its_folder(text, name):
    assert safe_name(text) == name


def test_long_names_are_cut_and_stay_different():
    one, other = safe_name("县" * 200), safe_name("县" * 201)
    assert one != other
    assert max(len(one.encode()), len(other.encode())) <= 80
