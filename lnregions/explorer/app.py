"""The explore notebook as an app in the browser, served by Voila to this machine only.

The address carries a token, without which nothing is served; nothing is reached but the one notebook, its code is
not sent, and the page requests nothing of any other machine.
"""

import argparse
import os
import secrets
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from lnregions.errors import DataError
from lnregions.paths import notebooks_dir
from lnregions.words.catalogue import tr

HOST = "127.0.0.1"
PORT = 8866
_TRIES = 20
IDLE_SECONDS = 600
"""After so long without use the kernel of a page that is gone is ended."""
_PING_MS = 30_000
_TEMPLATES = Path(__file__).parents[1] / "templates" / "app"
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws://{host}:*; "
    "frame-ancestors 'self'; form-action 'self'"
)


def main(arguments=None) -> int:
    """Serve the explore notebook until it is interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m lnregions.explorer.app", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--port", type=int, default=0, help=f"port to serve on (default: {PORT}, or the next free)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    options = parser.parse_args(arguments)
    try:
        serve(port=options.port or free_port(), browser=not options.no_browser)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def serve(*, port: int, token: str = "", browser: bool = True) -> None:
    """Serve the explore notebook on one port of this machine.

    Raises
    ------
    DataError
        Voila is not installed.
    """
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(_TEMPLATES), os.environ.get("JUPYTER_PATH", "")])
    )
    try:
        from voila.app import Voila
    except ImportError:
        raise DataError(
            "The app needs voila, which is not installed. Install it with: pip install 'lnregions[app]'.",
        ) from None
    token = token or secrets.token_urlsafe(24)
    address = f"http://{HOST}:{port}/?token={token}"

    class App(Voila):
        def launch_browser(self):
            print(f"The app is at {address}\nTo end it, press Control-C here.", flush=True)
            if browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    App.launch_instance([str(notebooks_dir() / "05_explore.ipynb")], config=settings(port, token))


def settings(port: int, token: str):
    """Settings of the server: this machine only, one notebook, no files, no sources, idle kernels ended."""
    from traitlets.config import Config

    config = Config()
    config.Voila.update({
        "ip": HOST, "port": port, "port_retries": 0, "token": token, "open_browser": True, "log_level": "ERROR",
        "tornado_settings": {
            "allow_remote_access": False, "ws_ping_interval": _PING_MS, "ws_ping_timeout": _PING_MS,
            "headers": {"Content-Security-Policy": _POLICY.format(host=HOST), "Referrer-Policy": "no-referrer"},
        },
    })  # fmt: skip
    config.VoilaConfiguration.update({
        "template": "lnregions", "theme": "light", "strip_sources": True, "show_tracebacks": False,
        "allow_template_override": "NO", "allow_theme_override": "NO", "file_allowlist": [r"(?!)"],
        "prelaunch_hook": keep_widgets, "multi_kernel_manager_class": _quiet_kernels(),
    })  # fmt: skip
    config.MappingKernelManager.update({"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 60})
    config.AsyncMappingKernelManager.update({"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 60})
    return config


def _quiet_kernels():
    """Manager of kernels that print errors only: every page's kernel would warn of TCP, which is this machine's own."""
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    class QuietKernels(AsyncMappingKernelManager):
        async def start_kernel(self, *args, **options):
            options.setdefault("extra_arguments", ["--log-level=ERROR"])
            return await super().start_kernel(*args, **options)

    return QuietKernels


def keep_widgets(request, notebook, cwd=""):
    """The notebook down to its widgets: parameters, imports and the interactive cells, in the reader's language.

    The language is that of ``?language=``, or else what the browser asks for.
    """
    wanted = request.get_query_argument("language", "") or request.request.headers.get("Accept-Language", "")
    language = "zh" if wanted.startswith("zh") else "en"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tagged = [cell for cell in cells if "interactive" in cell.metadata.get("tags", [])]
    kept = cells[: cells.index(tagged[-1]) + 1] if tagged else cells
    for cell in kept:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += f'\nlanguage = "{language}"'
    notebook.cells = kept
    notebook.metadata["title"] = tr("lnregions: explore", language)
    return notebook


def free_port(first: int = PORT) -> int:
    """First port from `first` on that nothing on this machine uses."""
    for port in range(first, first + _TRIES):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise DataError(
        f"The ports {first} to {first + _TRIES - 1} are all in use. Give another with --port.",
    )


if __name__ == "__main__":
    sys.exit(main())
