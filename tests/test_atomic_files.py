"""Files are complete or absent, and any text becomes a name that stays in its folder."""

import json
import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnregions.files import remove_temporary, replace_folder, safe_name, write_json, write_whole


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    def full(*names):
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.json"
    write_json(path, {"名": 1})
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert json.loads(path.read_text("utf-8")) == {"名": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_file_with_the_same_content_is_left_alone(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "same")
    before = path.stat().st_ino
    write_whole(path, "same")
    assert path.stat().st_ino == before


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_files_are_written_so_that_others_cannot_write_them(tmp_path):
    old = os.umask(0o022)
    try:
        write_whole(tmp_path / "a.json", "{}")
    finally:
        os.umask(old)
    assert (tmp_path / "a.json").stat().st_mode & 0o022 == 0


def test_temporary_files_of_killed_processes_are_removed_and_nothing_else(tmp_path):
    for name in (".a.json.0123abcd.part", "mine.part", ".c.part"):
        (tmp_path / name).touch()
    remove_temporary(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".c.part", "mine.part"]


def test_a_file_whose_temporary_file_was_removed_is_written_again(tmp_path, monkeypatch):
    real, removed = os.replace, []

    def replace(old, new):
        if not removed:
            removed.append(old)
            os.unlink(old)
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)
    write_whole(tmp_path / "a.json", "whole")
    assert len(removed) == 1
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.json": "whole"}


def test_a_finished_folder_takes_the_place_of_the_old_one(tmp_path):
    for text in ("one", "two"):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "a").write_text(text)
        replace_folder(tmp_path / "new", tmp_path / "deep" / "final")
        assert (tmp_path / "deep" / "final" / "a").read_text() == text
        assert sorted(p.name for p in tmp_path.iterdir()) == ["deep"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("circle", "circle"), ("大连", "大连"), ("a.b", "a.b"), ("..", "%2e%2e"), (".hidden", "%2ehidden"),
        ("a/b\\c", "a%2fb%5cc"), ("C:x", "C%3ax"), ("nul", "nul_"), ("LPT1.txt", "LPT1_.txt"), ("a\0b", "a%00b"),
        ("", "%"), ("trail.", "trail%2e"),
    ],
)  # fmt: skip
def test_any_text_becomes_a_name_that_stays_in_its_folder(text, name):
    assert safe_name(text) == name


NAMES = (
    "../x", "CON", "nul.txt", "a ", ".", "x" * 255, "é" * 200, "COM1.tar", "aux", "e\u0301", "~", "-rf", "a/b",
    "\ud800", "lpt9", "NUL.0", "com¹",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.sampled_from(NAMES)))
def test_no_name_leaves_its_folder_and_long_ones_are_cut_and_stay_different(text):
    name = safe_name(text)
    assert not set(name) & set('/\\\0<>:"|?*\n\r\t')
    assert name not in ("", ".", "..")
    assert not name.endswith((".", " "))
    assert len(name.encode("utf-8", "surrogatepass")) <= 80
    assert safe_name(f"{text:县<100}a") != safe_name(f"{text:县<100}b")
    assert name.split(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
