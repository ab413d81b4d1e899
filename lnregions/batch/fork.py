"""Seam to the present engine; the engine branch's module of this name takes its place."""

from dataclasses import dataclass

from lnregions.batch import warm
from lnregions.batch.warm import can_fork, close_warm_process

__all__ = ["Preload", "can_fork", "start_fork_server", "stop_fork_server"]
stop_fork_server = close_warm_process


@dataclass(frozen=True)
class Preload:
    """What the fork server has loaded before the first fork."""

    modules: tuple[str, ...] = warm.IMPORTS
    calls: tuple = ()
    state: str = ""


def start_fork_server(preload: Preload | None = None):
    """Start it, or return the running one."""
    if preload is None:
        return warm.warm_process()
    return warm.warm_process(imports=preload.modules, warm_up=preload.calls, state=preload.state)
