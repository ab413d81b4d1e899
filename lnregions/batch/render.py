"""Render notebooks over languages and values: strict, parallel, only what must run, and the books kept.

Every run has a private folder that becomes its place in the output when it is finished::

    <output>/<language>/<notebook>/<value or "all">/<notebook>.ipynb, .html, figures/...
    <output>/manifest.json
"""

import itertools
import sys
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lnregions.batch.execute import Limits
from lnregions.batch.folder_lock import cannot_write, lock_folder
from lnregions.batch.manifest import Books, run_inputs, shared_inputs
from lnregions.batch.parameters import Choices, Notebook, check_parameters, list_notebooks
from lnregions.batch.stopping import stop_when_asked
from lnregions.errors import DataError, refuse_any, shown_path, unknown, unknown_fault
from lnregions.files import remove_tree, safe_name, sweep

ENGINES = ("warm", "ordinary")
FIGURES = "figures"
"""Folder for figure files within a run's folder, given to notebooks that have this parameter, empty."""
PAGE_LANGUAGES = ("en", "zh")
"""Languages of pages; a parameter ``language`` with one of them as default is run over them."""


@dataclass(frozen=True)
class Settings:
    """How a render works, as opposed to what it renders.

    Attributes
    ----------
    jobs : int
        Runs at a time.
    engine : {"warm", "ordinary"}
        Kernels forked from a warm process, or a kernel process started for each run.
    force : bool
        Run everything, also what is up to date.
    html : bool
        Write a page beside each notebook.
    limits : Limits
        For each cell and run.
    batch : float or None
        Seconds the whole render may take.
    retries : int
        How often a failed run is tried again.
    own : tuple of Path
        Further files that runs read: a change in them is a reason to run again.
    imports : tuple of str or None
        Modules that the warm process imports; what notebooks commonly use if absent.
    warm_up : tuple of str or (str, dict)
        ``"module:function"`` called in the warm process after that, or one with its arguments by name.
    scheduler : str
        Address of a Dask scheduler that does the runs; empty: this machine does.
    """

    jobs: int = 2
    engine: str = "warm"
    force: bool = False
    html: bool = True
    limits: Limits = field(default_factory=Limits)
    batch: float | None = None
    retries: int = 0
    own: tuple = ()
    imports: tuple | None = None
    warm_up: tuple = ()
    scheduler: str = ""


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters.

    Attributes
    ----------
    name : str
        ``language/notebook/value``, which is also its folder in the output.
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


@dataclass(frozen=True)
class RenderResult:
    """What a render did.

    Attributes
    ----------
    output : Path
    manifest : dict
        As written to ``manifest.json``.
    runs : list of Run
        All that were asked for, in order.
    done, failed, stopped, skipped : list of str
        Their names by outcome; ``stopped`` holds also what was never begun.
    seconds : float
    interrupted : int
        Number of the signal that stopped it (2: Ctrl-C), or 0.
    """

    output: Path
    manifest: dict
    runs: list
    done: list
    failed: list
    stopped: list
    skipped: list
    seconds: float = 0.0
    interrupted: int = 0

    @property
    def ok(self) -> bool:
        """Whether everything asked for is there."""
        return not self.failed and not self.stopped


def plan_runs(
    *,
    choices: Choices | None = None,
    notebooks: Path | str | Iterable[Path | str] | None = None,
    languages: Sequence[str] = ("en", "zh"),
    only: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> list[Run]:
    """All runs that are asked for, every parameter checked.

    Parameters
    ----------
    choices : mapping of str to list of str
        What a parameter may be; a notebook that runs over a parameter runs for each of its choices.
    notebooks : path, list of path, or None
        Folder, notebook files, or names of the project's notebooks; all of its batch notebooks if absent.
    languages : sequence of str
        For the parameter ``language``; a notebook without it, or with another language as default, runs once.
    only : mapping of str to list of str
        Values to keep of the parameters run over, for example ``{"region": ["circle"]}``; a notebook with such
        a parameter that is not run over it by itself is run for these values.
    parameters : mapping
        For every notebook that has them.

    Raises
    ------
    DataError
        An unknown notebook, parameter or value, or a value of the wrong type; nothing has run then.
    """
    choices, only, parameters = dict(choices or {}), dict(only or {}), dict(parameters or {})
    found = [_over_what_is_asked(notebook, only) for notebook in select_notebooks(notebooks, choices=choices)]
    _check_names(found, parameters, only=only, choices=choices)
    runs = []
    for notebook in found:
        given = {name: value for name, value in parameters.items() if notebook.parameter(name)}
        spoken = [] if "language" in given else _spoken(notebook, languages)
        values = _values(notebook, choices, only=only, given=given)
        for language, value in itertools.product(spoken or languages[:1], values):
            runs.append(_run(notebook, language, value=value, given=given, speaks=bool(spoken)))
    runs = _each_place_once(runs)
    if not runs:
        raise DataError(
            "Nothing is left to render. Take away some of the filters, or give another notebook.",
        )
    return runs


def _over_what_is_asked(notebook: Notebook, only: Mapping) -> Notebook:
    asked = [name for name in only if notebook.parameter(name)]
    return replace(notebook, over=asked[0]) if asked and not notebook.over else notebook


def _spoken(notebook: Notebook, languages: Sequence[str]) -> list[str]:
    """Those of the languages that a notebook's parameter ``language`` takes; none if it means something else."""
    one = notebook.parameter("language")
    if one is None or one.default not in PAGE_LANGUAGES:
        return []
    return [language for language in languages if not one.choices or language in one.choices]


def select_notebooks(notebooks, *, choices: Choices | None = None) -> list[Notebook]:
    """Notebooks by folder, file or name; without any, all of the project's that belong to a batch."""
    if notebooks is None:
        return [notebook for notebook in list_notebooks(choices=choices) if notebook.batch]
    if isinstance(notebooks, (str, Path)):
        notebooks = [notebooks]
    found = []
    for item in notebooks:
        if Path(item).is_dir():
            found += [notebook for notebook in list_notebooks(item, choices=choices) if notebook.batch]
        elif Path(item).is_file() or str(item).endswith(".ipynb"):
            found += list_notebooks(item, choices=choices)
        else:
            known = {notebook.name: notebook for notebook in list_notebooks(choices=choices)}
            if str(item) not in known:
                raise unknown("notebook", str(item), known)
            found.append(known[str(item)])
    return _each_once(found)


def _each_once(found: Sequence[Notebook]) -> list[Notebook]:
    """Notebooks without repetition; two files of one name would have one place for their results."""
    kept: dict[str, Notebook] = {}
    for notebook in found:
        other = kept.setdefault(notebook.name, notebook)
        if other.path.resolve() != notebook.path.resolve():
            one, two = shown_path(other.path), shown_path(notebook.path)
            raise DataError(
                f"{one} and {two} have the same name, and so the same place for their results. "
                "Rename one of them, or render them into two folders.",
            )
    return list(kept.values())


def _check_names(notebooks, parameters, *, only, choices) -> None:
    known = {p.name for notebook in notebooks for p in notebook.parameters}
    over = {notebook.over for notebook in notebooks if notebook.over}
    faults = [unknown_fault("parameter", name, sorted(known)) for name in parameters if name not in known]
    faults += [unknown_fault("parameter", name, sorted(over)) for name in only if name not in over]
    for name, values in only.items():
        allowed = choices.get(name, ())
        kind = "area" if name == "adcode" else name
        faults += [unknown_fault(kind, v, allowed) for v in values if allowed and v not in allowed]
    refuse_any(faults)


def _values(notebook: Notebook, choices: Choices, *, only, given) -> list:
    over = notebook.over
    if not over or over in given:
        return [given[over]] if over else [""]
    values = list(choices.get(over, ())) or list(notebook.parameter(over).choices)
    if not values:
        values = [notebook.parameter(over).default]
    wanted = only.get(over)
    return [value for value in values if wanted is None or value in wanted]


def _run(notebook: Notebook, language: str, *, value: object, given: dict, speaks: bool) -> Run:
    parameters = dict(given)
    if notebook.over:
        parameters[notebook.over] = value
    if speaks:
        parameters["language"] = language
    figures, plan = notebook.parameter(FIGURES), notebook.parameter("plan")
    if figures is not None and figures.default == "":
        parameters.setdefault(FIGURES, FIGURES)
    if plan is not None and plan.default in plan.choices:
        parameters.setdefault("plan", plan.default)  # so that the books and the page name it
    if parameters.get("language") in PAGE_LANGUAGES:
        language = parameters["language"]
    name = "/".join(safe_name(part) for part in (language, notebook.name, str(value) or "all"))
    order = {one.name: place for place, one in enumerate(notebook.parameters)}
    parameters = dict(sorted(parameters.items(), key=lambda item: order.get(item[0], len(order))))
    return Run(name, notebook, language, str(value), check_parameters(notebook, parameters))


def _each_place_once(runs: Sequence[Run]) -> list[Run]:
    """Runs without repetition; two different ones may not have one place for their results."""
    kept: dict[str, Run] = {}
    for run in runs:
        other = kept.setdefault(_place(run.name), run)
        if dict(other.parameters) != dict(run.parameters):
            raise DataError(
                f"The values {other.value!r} and {run.value!r} of {run.notebook.over} have the same folder "
                f"{run.name} for their results. Rename one of them.",
            )
    return list(kept.values())


def _place(name: str) -> str:
    """Name as the file system tells names apart."""
    if sys.platform in ("win32", "darwin"):
        return unicodedata.normalize("NFC", name).casefold()
    return name


def plan_render(output: Path | str, runs: Sequence[Run], *, settings: Settings | None = None) -> list[Run]:
    """The same runs with the reason why each must be done; nothing is run or written."""
    settings = settings or Settings()
    return _with_reasons(Books(Path(output)), runs, settings=settings)


def _with_reasons(books: Books, runs: Sequence[Run], *, settings: Settings) -> list[Run]:
    shared = shared_inputs(books.hashes, own=settings.own, html=settings.html)
    planned = []
    for run in runs:
        notebook = run.notebook.mark or books.hashes.file(run.notebook.path)
        inputs = run_inputs(shared, notebook=notebook, parameters=run.parameters)
        why = books.why(run.name, inputs) or ("it is forced" if settings.force else "")
        fields = {**run.__dict__, "inputs": inputs, "why": why}
        planned.append(Run(**fields))
    return planned


def render_notebooks(
    output: Path | str,
    *,
    choices: Choices | None = None,
    notebooks: Path | str | Iterable[Path | str] | None = None,
    languages: Sequence[str] = ("en", "zh"),
    only: Mapping[str, Sequence[str]] | None = None,
    parameters: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    progress=None,
) -> RenderResult:
    """Run every notebook for every language and value, skipping what is up to date.

    Parameters
    ----------
    output : path
        Folder of the results.
    choices, notebooks, languages, only, parameters
        What to render, see :func:`plan_runs`.
    settings : Settings, optional
        How to do it.
    progress : optional
        What is told of each run, from :func:`lnregions.batch.progress.progress_for`; nothing if absent.

    Returns
    -------
    RenderResult
        A run that fails does not stop the others; ``ok`` says whether all went well.

    Raises
    ------
    DataError
        Something asked for is unknown or wrong, another render holds the folder, or it cannot be written to.
    """
    settings = settings or Settings()
    if settings.engine not in ENGINES:
        raise unknown("engine", settings.engine, ENGINES)
    began = time.perf_counter()
    runs = plan_runs(
        choices=choices, notebooks=notebooks, languages=languages, only=only, parameters=parameters
    )
    output = Path(output)
    with stop_when_asked(), lock_folder(output):
        sweep(output)
        books = Books(output)
        planned = _with_reasons(books, runs, settings=settings)
        todo = [run for run in planned if run.why]
        outcome = {"done": [], "failed": [], "stopped": []}
        if todo:
            from lnregions.batch.batch import work

            outcome = work(todo, books=books, settings=settings, progress=progress, planned=planned)
        elif progress is not None:
            progress("plan", None, {"runs": len(planned), "todo": 0})
            progress("end", None, dict(outcome))
        manifest = _close(books, keep=not todo)
    skipped = [run.name for run in planned if not run.why]
    seconds = round(time.perf_counter() - began, 3)
    return RenderResult(output, manifest, planned, skipped=skipped, seconds=seconds, **outcome)


def _close(books: Books, *, keep: bool) -> dict:
    """Write the manifest, unless it can stay as it is, and remove what the runs worked in."""
    remove_tree(books.output / ".lnregions" / "staging")
    if keep and not books.unsaved:
        books.hashes.save()
        return {"runs": books.runs}
    try:
        return books.save()
    except OSError as error:
        raise cannot_write(books.path, error) from None
