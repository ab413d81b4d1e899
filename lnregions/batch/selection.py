"""Which runs a render consists of: notebooks, each with its values and languages."""

import itertools
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lnregions.batch.parameters import Choices, Notebook, check_parameters, list_notebooks
from lnregions.errors import LANGUAGES, DataError, refuse_any, shown_path, unknown, unknown_fault, warn_input
from lnregions.files import safe_name

RUN_FOR = ("region", "adcode")
"""Parameters that a notebook of one's own is run for in a batch."""
FIGURES = "figures"
"""Folder for figure files within a run's folder, given to notebooks that have this parameter with an empty default."""


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters."""

    name: str  # language/notebook/value, which is also its folder in the output
    notebook: Notebook
    language: str  # of its page
    value: str  # of the parameter that the notebook is run over; empty if it runs once
    parameters: Mapping[str, object]
    inputs: Mapping[str, str] = field(default_factory=dict)  # hashes of all it depends on, once planned
    why: str = ""  # reason why it must be done; empty if it is up to date


def plan_runs(
    *,
    choices: Choices | None = None,
    notebooks: Path | str | Iterable[Path | str] | None = None,
    languages: Sequence[str] = LANGUAGES,
    only: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> list[Run]:
    """All runs of a selection, every parameter checked.

    Parameters
    ----------
    choices : mapping of str to list of str
        What a parameter may be; a notebook that runs over a parameter runs for each of its choices.
    notebooks : path, list of path, or None
        Folders, notebook files, or names of the project's notebooks; all of its batch notebooks if absent.
    languages : sequence of str
        For the parameter ``language``; a notebook without it, or with another language as default, runs once.
    only : mapping of str to list of str
        Values to keep of the parameters run over, for example ``{"region": ["circle"]}``; a notebook that has such
        a parameter and is not run over any by itself is run for these values.
    parameters : mapping
        For every notebook that has them.

    Raises
    ------
    DataError
        An unknown notebook, parameter or value, or a value of the wrong type.
    """
    choices, only, parameters = dict(choices or {}), dict(only or {}), dict(parameters or {})
    found = []
    for notebook in select_notebooks(notebooks, choices=choices):
        filtered = [name for name in only if notebook.parameter(name)]
        found.append(replace(notebook, over=filtered[0]) if filtered and not notebook.over else notebook)
    known = sorted({one.name for notebook in found for one in notebook.parameters})
    over = sorted({notebook.over for notebook in found if notebook.over})
    faults = [unknown_fault("parameter", name, known) for name in parameters if name not in known]
    faults += [unknown_fault("parameter", name, over) for name in only if name not in over]
    for name, values in only.items():
        allowed, kind = choices.get(name) or values, "area" if name == "adcode" else name
        faults += [unknown_fault(kind, value, allowed) for value in values if value not in allowed]
    refuse_any(faults)
    runs: dict[str, Run] = {}
    asked = {"choices": choices, "only": only, "parameters": parameters}
    for run in (run for notebook in found for run in _runs_of(notebook, languages, **asked)):
        name = run.name
        if sys.platform in ("win32", "darwin"):  # which do not tell case and composition apart
            name = unicodedata.normalize("NFC", name).casefold()
        other = runs.setdefault(name, run)
        if dict(other.parameters) != dict(run.parameters):
            text = f"The values {other.value!r} and {run.value!r} of {run.notebook.over} have the same folder"
            raise DataError(f"{text} {run.name} for their results. Rename one of them.")
    if not runs:
        raise DataError("Nothing is left to render. Take away some of the filters, or give another notebook.")
    return list(runs.values())


def _runs_of(
    notebook: Notebook, languages, *, choices: Choices, only: Mapping, parameters: Mapping
) -> Iterator[Run]:
    """Runs of a notebook, parameters checked, and those added that every notebook of the batch is given."""
    given = {name: value for name, value in parameters.items() if notebook.parameter(name)}
    figures, plan, one = map(notebook.parameter, (FIGURES, "plan", "language"))
    if figures is not None and figures.default == "":
        given.setdefault(FIGURES, FIGURES)
    if plan is not None and plan.default in plan.choices:
        given.setdefault("plan", plan.default)  # so that manifest and page name it
    own, over = [None], notebook.over
    if one is not None and one.default in LANGUAGES and "language" not in given:
        own = [language for language in languages if language in (one.choices or languages)] or own
    values = [given.get(over, "")]
    if over and over not in given:
        values = choices.get(over) or notebook.parameter(over).choices or [notebook.parameter(over).default]
        values = [value for value in values if value in only.get(over, values)]
    for language, value in itertools.product(own, values):
        extra = ({over: value} if over else {}) | ({"language": language} if language else {})
        checked = check_parameters(notebook, given | extra)
        known = checked.get("language")
        language = known if known in LANGUAGES else language or languages[0]
        name = "/".join(map(safe_name, (language, notebook.name, str(value) or "all")))
        yield Run(name, notebook, language, str(value), checked)


def select_notebooks(
    notebooks: Path | str | Iterable[Path | str] | None, *, choices: Choices | None = None
) -> list[Notebook]:
    """Notebooks by folder, file or name; without any, all of the project's that belong to a batch.

    One of your own that lies beside these belongs to it if its parameters cell names a region or a city to run for;
    any other is left alone, which an :class:`~lnregions.InputWarning` says.

    Raises
    ------
    DataError
        An unknown one, or two files of one name, which would have the same folder for their results.
    """
    if notebooks is None:
        return _project_notebooks(choices)
    found: dict[str, Notebook] = {}
    for item in [notebooks] if isinstance(notebooks, str | Path) else notebooks:
        if Path(item).is_dir():
            taken = [notebook for notebook in list_notebooks(item, choices=choices) if notebook.batch]
        elif Path(item).is_file() or str(item).endswith(".ipynb"):
            taken = list_notebooks(item, choices=choices)
        else:
            known = {notebook.name: notebook for notebook in list_notebooks(choices=choices)}
            if str(item) not in known:
                raise unknown("notebook", str(item), known)
            taken = [known[str(item)]]
        for notebook in taken:
            other = found.setdefault(notebook.name, notebook)
            if other.path.resolve() != notebook.path.resolve():
                raise DataError(
                    f"{shown_path(other.path)} and {shown_path(notebook.path)} have the same name, and so the same "
                    "folder for their results. Rename one of them, or render them into two folders."
                )
    return list(found.values())


def _project_notebooks(choices: Choices | None) -> list[Notebook]:
    """Notebooks of the project's folder that belong to a batch; your own with what they run for."""
    taken, left = [], []
    for notebook in list_notebooks(choices=choices):
        over = next((name for name in RUN_FOR if notebook.parameter(name)), "")
        if not notebook.plain:
            taken += [notebook] * notebook.batch
        elif over:
            taken.append(replace(notebook, over=over))
        else:
            left.append(notebook.path)
    names = " nor ".join(RUN_FOR)
    warn_input(
        f"{shown_path(path)} is left alone: its parameters cell names neither {names} to run for. Name the notebook "
        "to run it."
        for path in left
    )
    return taken
