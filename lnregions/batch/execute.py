"""Seam to the present engine; the engine branch's module of this name takes its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnregions.batch import runs
from lnregions.batch.runs import Limits, sign_notebook
from lnregions.batch.runs import papermill_modules as import_papermill

__all__ = ["Limits", "RunControl", "Task", "import_papermill", "run_notebook", "sign_notebook"]


@dataclass(frozen=True)
class Task:
    """What a run is made from."""

    source: bytes
    name: str
    parameters: Mapping[str, object]
    language: str = "en"
    engine: str = "lnregions"
    html: bool = True


class RunControl:
    """Limits of a run, and the means to cancel it."""

    def __init__(self, limits: Limits = Limits(), *, when_ended=None):  # noqa: B008
        import_papermill()
        from lnregions.batch import kernels

        self.own = kernels.RunControl(limits.cell, limits.run, limits.memory, when_ended=when_ended)

    def cancel(self, text: str) -> None:
        """End it."""
        self.own.stop("Stopped", text)


def run_notebook(task: Task, folder: Path, control: RunControl | None = None) -> dict:
    """Execute a notebook in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return runs.run_notebook(
        task.source, folder, name=task.name, parameters=task.parameters, language=task.language,
        engine=task.engine, control=(control or RunControl()).own, html=task.html,
    )  # fmt: skip
