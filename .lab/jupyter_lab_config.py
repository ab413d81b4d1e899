"""How `make lab` starts JupyterLab: on this machine only, on the first notebook, asking nothing of the internet."""

import os
import sys
from pathlib import Path

import zmq

c = get_config()  # noqa: F821 (given by Jupyter)

c.ServerApp.root_dir = str(Path(__file__).resolve().parents[1])
c.LabApp.default_url = "/lab/tree/notebooks/01_plan.ipynb"
c.ServerApp.ip = "127.0.0.1"
# Containers have no other user; on one's own machine Jupyter's refusal would stand in the way of nothing better.
c.ServerApp.allow_root = getattr(os, "geteuid", lambda: 1)() == 0
# Without a screen the address is printed and nothing opened (a text browser would take the terminal over).
c.ServerApp.open_browser = sys.platform != "linux" or any(
    os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
)
c.LabApp.extension_manager = "readonly"
c.Application.log_level = "ERROR"
# What runs is encrypted on its way to the kernel and back: other users of a shared machine cannot listen.
c.KernelManager.transport_encryption = "auto" if zmq.has("curve") else "disabled"
