"""An extension of Jupyter's server that prints a line as soon as the server answers (`READY` in lab.py)."""


def _jupyter_server_extension_points():
    return [{"module": "lab_ready"}]


def _load_jupyter_server_extension(server):
    """Nothing is to be loaded."""


async def _start_jupyter_server_extension(server):
    print("The server answers.", flush=True)
