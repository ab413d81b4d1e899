"""The lock that a killed process left on matplotlib's font cache is removed, and nothing else."""

import os
import subprocess
import sys

import matplotlib
import pytest
from matplotlib.font_manager import FontManager

from lnregions.style import font_cache as _font_cache


@pytest.fixture
def lock(tmp_path, monkeypatch):
    monkeypatch.setattr(matplotlib, "get_cachedir", lambda: str(tmp_path))
    monkeypatch.setattr(_font_cache, "_LONGEST", 0.1)
    path = tmp_path / "fontlist-v0.json.matplotlib-lock"
    path.touch()
    return path


def test_a_lock_that_stays_is_removed(lock, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.font_manager")
    _font_cache.free_font_cache()
    assert not lock.exists()


def test_a_lock_is_left_alone_where_the_fonts_are_known_already(lock):
    assert "matplotlib.font_manager" in sys.modules
    _font_cache.free_font_cache()
    assert lock.exists()


def test_a_folder_without_a_lock_costs_no_wait(lock, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.font_manager")
    monkeypatch.setattr(_font_cache.time, "sleep", lambda seconds: pytest.fail("it waited"))
    lock.unlink()
    _font_cache.free_font_cache()


def test_a_lock_that_goes_while_it_is_watched_ends_the_wait(lock, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.font_manager")
    monkeypatch.setattr(_font_cache, "_LONGEST", 60)
    monkeypatch.setattr(_font_cache.time, "sleep", lambda seconds: lock.unlink())
    _font_cache.free_font_cache()
    assert not lock.exists()


def test_nothing_is_done_without_matplotlib(lock, monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.font_manager")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    _font_cache.free_font_cache()
    assert lock.exists()


def test_the_command_that_writes_figures_does_not_wait_for_a_dead_process(tmp_path):
    lock = tmp_path / f"fontlist-v{FontManager.__version__}.json.matplotlib-lock"
    lock.touch()
    call = [sys.executable, "-m", "lnregions", "figures", "--kind", "none"]
    done = subprocess.run(
        call, env={**os.environ, "MPLCONFIGDIR": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert not lock.exists()
    assert (tmp_path / f"fontlist-v{FontManager.__version__}.json").exists()
