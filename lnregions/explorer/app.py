"""The explore notebook as an app in the browser, served by Voila to this machine only.

The address carries a token, without which nothing is served; nothing is reached but the one notebook, its code is
not sent, and the page requests nothing of any other machine. `templates/app/config.json` holds Voila's settings.
"""

import json
import os
import secrets
import threading
import webbrowser
from pathlib import Path

import click

from lnregions.errors import not_installed
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import tr

HOST = "127.0.0.1"
PORT = 8866
_TEMPLATES = Path(__file__).parents[1] / "templates" / "app"


@click.command()
@click.option("--port", default=PORT, help=f"to serve on, or the next free one (default: {PORT})")
@click.option("--no-browser", is_flag=True, help="only print the address")
def main(port: int, no_browser: bool) -> None:
    """Serve the explore notebook as an app until it is interrupted."""
    paths = [str(_TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    try:
        from voila.app import Voila
    except ImportError:
        raise click.ClickException(str(not_installed("The app", "voila", "app"))) from None

    class App(Voila):
        def launch_browser(self):
            address = f"http://{HOST}:{self.port}/?token={self.token}"
            print(f"The app is at {address}\nTo end it, press Control-C here.", flush=True)
            if not no_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    App.launch_instance([str(notebooks_dir() / "05_explore.ipynb")], config=settings(port))


def settings(port: int):
    """Settings of the server: this machine only, a token, one notebook, no files, no sources, idle kernels ended."""
    import zmq
    from traitlets.config import Config

    config = Config(json.loads((_TEMPLATES / "config.json").read_text("utf-8")))
    config.Voila.update({"port": port, "token": secrets.token_urlsafe(24)})
    config.VoilaConfiguration.prelaunch_hook = keep_widgets
    config.KernelManager.transport_encryption = "auto" if zmq.has("curve") else "disabled"
    return config


def keep_widgets(request, notebook, cwd=""):
    """The notebook down to its widgets: parameters, imports and the interactive cells, in the reader's language.

    The language is that of ``?language=``, or else what the browser asks for.
    """
    wanted = request.get_query_argument("language", "") or request.request.headers.get("Accept-Language", "")
    language = "zh" if wanted.startswith("zh") else "en"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tagged = [cell for cell in cells if "interactive" in cell.metadata.get("tags", [])]
    notebook.cells = cells[: cells.index(tagged[-1]) + 1] if tagged else cells
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += f'\nlanguage = "{language}"'
    notebook.metadata["title"] = tr("lnregions: explore", language)
    return notebook


if __name__ == "__main__":
    main()
