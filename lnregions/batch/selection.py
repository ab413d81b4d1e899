"""Which runs a render consists of: notebooks, each with its values and languages."""

import itertools
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lnregions.batch.parameters import Choices, Notebook, check_parameters, list_notebooks
from lnregions.errors import DataError, refuse_any, shown_path, unknown, unknown_fault
from lnregions.files import safe_name

FIGURES = "figures"
"""Folder for figure files within a run's folder, given to notebooks that have this parameter with an empty default."""
LANGUAGES = ("en", "zh")
"""Languages of pages; a parameter ``language`` with one of them as default is run for each."""


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters.

    Attributes
    ----------
    name : str
        ``language/notebook/value``, which is also its folder in the output.
    notebook : Notebook
    language : str
        Language of its page.
    value : str
        Value of the parameter that the notebook is run over; empty if it runs once.
    parameters : mapping
    inputs : mapping of str to str
        Hashes of all that it depends on, see ``docs/manifest.md``; empty until the render is planned.
    why : str
        Reason why it must be done; empty if it is up to date.
    """

    name: str
    notebook: Notebook
    language: str
    value: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


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
    _check_names(found, parameters, only=only, choices=choices)
    runs = []
    for notebook in found:
        given = {name: value for name, value in parameters.items() if notebook.parameter(name)}
        own = [] if "language" in given else _languages(notebook, languages)
        values = _values(notebook, choices, only=only, given=given)
        for language, value in itertools.product(own or languages[:1], values):
            extra = {notebook.over: value} if notebook.over else {}
            extra |= {"language": language} if own else {}
            runs.append(_run(notebook, language, value=value, given=given | extra))
    runs = _each_folder_once(runs)
    if not runs:
        raise DataError("Nothing is left to render. Take away some of the filters, or give another notebook.")
    return runs


def select_notebooks(
    notebooks: Path | str | Iterable[Path | str] | None, *, choices: Choices | None = None
) -> list[Notebook]:
    """Notebooks by folder, file or name; without any, all of the project's that belong to a batch.

    Raises
    ------
    DataError
        An unknown one, or two files of one name, which would have the same folder for their results.
    """
    if notebooks is None:
        return [notebook for notebook in list_notebooks(choices=choices) if notebook.batch]
    found: dict[str, Notebook] = {}
    for item in [notebooks] if isinstance(notebooks, str | Path) else notebooks:
        for notebook in _notebooks(item, choices):
            other = found.setdefault(notebook.name, notebook)
            if other.path.resolve() != notebook.path.resolve():
                raise DataError(
                    f"{shown_path(other.path)} and {shown_path(notebook.path)} have the same name, and so the same "
                    "folder for their results. Rename one of them, or render them into two folders."
                )
    return list(found.values())


def _notebooks(item: Path | str, choices: Choices | None) -> list[Notebook]:
    if Path(item).is_dir():
        return [notebook for notebook in list_notebooks(item, choices=choices) if notebook.batch]
    if Path(item).is_file() or str(item).endswith(".ipynb"):
        return list_notebooks(item, choices=choices)
    known = {notebook.name: notebook for notebook in list_notebooks(choices=choices)}
    if str(item) not in known:
        raise unknown("notebook", str(item), known)
    return [known[str(item)]]


def _check_names(
    notebooks: Sequence[Notebook], parameters: Mapping, *, only: Mapping, choices: Choices
) -> None:
    known = sorted({one.name for notebook in notebooks for one in notebook.parameters})
    over = sorted({notebook.over for notebook in notebooks if notebook.over})
    faults = [unknown_fault("parameter", name, known) for name in parameters if name not in known]
    faults += [unknown_fault("parameter", name, over) for name in only if name not in over]
    for name, values in only.items():
        allowed, kind = choices.get(name, ()), "area" if name == "adcode" else name
        faults += [
            unknown_fault(kind, value, allowed) for value in values if allowed and value not in allowed
        ]
    refuse_any(faults)


def _languages(notebook: Notebook, languages: Sequence[str]) -> list[str]:
    """Those of the languages that a notebook's parameter ``language`` takes; none if it means something else."""
    one = notebook.parameter("language")
    if one is None or one.default not in LANGUAGES:
        return []
    return [language for language in languages if not one.choices or language in one.choices]


def _values(notebook: Notebook, choices: Choices, *, only: Mapping, given: Mapping) -> list:
    over = notebook.over
    if not over or over in given:
        return [given[over] if over else ""]
    one = notebook.parameter(over)
    values = list(choices.get(over, ())) or list(one.choices) or [one.default]
    return [value for value in values if value in only.get(over, values)]


def _run(notebook: Notebook, language: str, *, value: object, given: Mapping[str, object]) -> Run:
    parameters = dict(given)
    figures, plan = notebook.parameter(FIGURES), notebook.parameter("plan")
    if figures is not None and figures.default == "":
        parameters.setdefault(FIGURES, FIGURES)
    if plan is not None and plan.default in plan.choices:
        parameters.setdefault("plan", plan.default)  # so that manifest and page name it
    parameters = check_parameters(notebook, parameters)
    if parameters.get("language") in LANGUAGES:
        language = parameters["language"]
    name = "/".join(safe_name(part) for part in (language, notebook.name, str(value) or "all"))
    return Run(name, notebook, language, str(value), parameters)


def _each_folder_once(runs: Sequence[Run]) -> list[Run]:
    """Runs without repetition; two different ones may not have the same folder."""
    kept: dict[str, Run] = {}
    for run in runs:
        name = run.name
        if sys.platform in ("win32", "darwin"):  # whose file systems do not tell case and composition apart
            name = unicodedata.normalize("NFC", name).casefold()
        other = kept.setdefault(name, run)
        if dict(other.parameters) != dict(run.parameters):
            raise DataError(
                f"The values {other.value!r} and {run.value!r} of {run.notebook.over} have the same folder "
                f"{run.name} for their results. Rename one of them."
            )
    return list(kept.values())
