"""The explore notebook as an app in the browser, served by Voila to this machine only.

The address carries a token, without which nothing is served; nothing is reached but the one notebook, its code is
not sent, and the page requests nothing of any other machine. `templates/app/config.json` holds Voila's settings.
"""

import argparse
import json
import os
import secrets
import sys
import threading
import webbrowser
from pathlib import Path

from lnregions.errors import DataError
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import tr

HOST = "127.0.0.1"
PORT = 8866
_TEMPLATES = Path(__file__).parents[1] / "templates" / "app"


def main(arguments=None) -> int:
    """Serve the explore notebook until it is interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m lnregions.explorer.app", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port to serve on, or the next free one (default: {PORT})"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    options = parser.parse_args(arguments)
    try:
        serve(port=options.port, browser=not options.no_browser)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def serve(*, port: int = PORT, browser: bool = True) -> None:
    """Serve the explore notebook on a port of this machine, or the next free one.

    Raises
    ------
    DataError
        Voila is not installed.
    """
    paths = [str(_TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    try:
        from voila.app import Voila
    except ImportError:
        raise DataError(
            "The app needs voila, which is not installed. Install it with: pip install 'lnregions[app]'.",
        ) from None

    class App(Voila):
        def launch_browser(self):
            address = f"http://{HOST}:{self.port}/?token={self.token}"
            print(f"The app is at {address}\nTo end it, press Control-C here.", flush=True)
            if browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    App.launch_instance([str(notebooks_dir() / "05_explore.ipynb")], config=settings(port))


def settings(port: int):
    """Settings of the server: this machine only, a token, one notebook, no files, no sources, idle kernels ended."""
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
    from traitlets.config import Config

    class QuietKernels(AsyncMappingKernelManager):
        """Kernels that print errors only: each would warn of TCP, which is this machine's own."""

        async def start_kernel(self, *args, **options):
            options.setdefault("extra_arguments", ["--log-level=ERROR"])
            return await super().start_kernel(*args, **options)

    config = Config(json.loads((_TEMPLATES / "config.json").read_text("utf-8")))
    config.Voila.update({"port": port, "token": secrets.token_urlsafe(24)})
    config.VoilaConfiguration.update(
        {"prelaunch_hook": keep_widgets, "multi_kernel_manager_class": QuietKernels}
    )
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
    sys.exit(main())
