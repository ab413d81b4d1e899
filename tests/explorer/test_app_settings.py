"""The app's server: this machine only, a token, one notebook, no files; and the notebook cut down to its widgets."""

import queue
import sys
from types import SimpleNamespace

import click
import nbformat
import pytest

from lnregions.explorer import app as explore_app
from lnregions.paths import notebooks_dir


def request(query="", header=""):
    return SimpleNamespace(
        get_query_argument=lambda name, default: query or default,
        request=SimpleNamespace(headers={"Accept-Language": header}),
    )


def kept(**given):
    notebook = nbformat.read(notebooks_dir() / "05_explore.ipynb", as_version=4)
    return explore_app.keep_widgets(request(**given), notebook)


def test_only_parameters_imports_and_widgets_are_left():
    sources = [cell.source for cell in kept().cells]
    assert len(sources) == 3
    assert sources[1] == "import lnregions as ln"
    assert "ln.explore(" in sources[2]


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ({}, "en"),
        ({"header": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh"),
        ({"header": "de-AT,zh;q=0.3"}, "en"),
        ({"header": "zh-CN", "query": "en"}, "en"),
        ({"query": "zh"}, "zh"),
        ({"query": 'zh"; import os'}, "zh"),
        ({"query": 'x"; import os'}, "en"),
    ],
)
def test_the_language_is_the_wanted_one_and_nothing_else_gets_in(given, language):
    notebook = kept(**given)
    assert notebook.cells[0].source.splitlines()[-1] == f'language = "{language}"'
    assert notebook.metadata["title"] == {"en": "lnregions: explore", "zh": "lnregions：探索"}[language]


def test_the_server_listens_here_only_with_a_token_and_serves_no_file():
    config = explore_app.settings(8900)
    assert (config.Voila.ip, config.Voila.port) == ("127.0.0.1", 8900)
    assert len(config.Voila.token) >= 24
    assert config.Voila.token != explore_app.settings(8900).Voila.token
    assert config.VoilaConfiguration.strip_sources is True
    assert config.VoilaConfiguration.file_allowlist == [r"(?!)"]
    assert config.AsyncMappingKernelManager.cull_idle_timeout > 0
    assert "default-src 'self'" in config.Voila.tornado_settings["headers"]["Content-Security-Policy"]


def test_without_voila_the_way_to_get_it_is_named(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setitem(sys.modules, "voila.app", None)
    with pytest.raises(click.ClickException, match=r"pip install 'lnregions\[app\]'"):
        explore_app.main(["--no-browser"], standalone_mode=False)


def test_the_address_is_printed_with_its_token_and_opened(monkeypatch, capsys):
    voila = pytest.importorskip("voila.app")
    opened = queue.Queue()
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setattr(explore_app.webbrowser, "open", opened.put)
    server = SimpleNamespace(port=8901, token="secret")
    launched = classmethod(lambda cls, argv, config: cls.launch_browser(server))
    monkeypatch.setattr(voila.Voila, "launch_instance", launched)
    explore_app.main([], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "http://127.0.0.1:8901/?token=secret\n" in printed
    assert opened.get(timeout=60) in printed
