"""The command ``lnregions render``: what is asked for, read strictly, and what it says at the end."""

import argparse
import datetime
import sys
import warnings
from pathlib import Path

from lnregions.batch.render_options import DESCRIPTION, STATUSES, add_options
from lnregions.errors import DataError, shown_path

WARM_UP = "lnregions.figures.pictures:warm_up"
"""Called in the warm process with the plan and the date of the render."""
PLAN = "ln-2022"
_OUTSIDE = ("plan", "as_of")
"""Parameters that the command has options of their own for."""


def add_render(commands, *, add_common) -> None:
    """Add the command to a parser's commands."""
    own = commands.add_parser(
        "render", help="run the notebooks and build the pages", description=DESCRIPTION, epilog=STATUSES
    )
    add_options(own, add_common)
    own.set_defaults(command=render, plan=None)


def render(options: argparse.Namespace) -> int:
    """Run notebooks and build the pages."""
    from lnregions.batch import render as engine
    from lnregions.tables import batch_choices

    given = read_parameters(options)
    asked_plan, options.plan = options.plan, options.plan or PLAN
    if Path(options.plan).is_dir():
        options.plan = str(Path(options.plan).resolve())  # runs work in folders of their own
    choices = batch_choices(options.plan)
    if options.list:
        return _list(options, choices)
    asked = dict(
        choices=choices,
        notebooks=options.notebooks or None,
        languages=options.language or ["en", "zh"],
        only={k: v for k, v in (("region", options.region), ("adcode", options.adcode)) if v},
        parameters=given | _common(options, choices=choices, plan=bool(asked_plan)),
    )
    settings = _settings(options)
    own = Path(options.plan).is_dir()
    if own or options.dry_run or options.why:
        planned = engine.plan_render(options.output, engine.plan_runs(**asked), settings=settings)
        if own and any(run.why for run in planned):
            _look_over(options.plan, quiet=options.quiet)
    if options.dry_run or options.why:
        _say_why(planned, as_json=options.json)
        if options.dry_run:
            return 0
    from lnregions.batch.progress import progress_for

    progress = progress_for("quiet" if options.quiet else "json" if options.json else "auto")
    result = engine.render_notebooks(options.output, **asked, settings=settings, progress=progress)
    return _finish(result, options)


def _say_why(planned, *, as_json: bool) -> None:
    from lnregions.batch.progress import JsonLines

    for run in planned:
        if as_json:
            JsonLines(sys.stdout)("planned", run, {"why": run.why})
        else:
            print(f"{run.name}: {run.why or 'up to date'}")


def _look_over(folder: str, *, quiet: bool) -> None:
    """Say what is untidy about a plan folder of one's own, and refuse one with faults, before anything runs."""
    from lnregions.errors import InputWarning
    from lnregions.tables import load_plan

    with warnings.catch_warnings():
        if quiet:
            warnings.simplefilter("ignore", InputWarning)
        load_plan(folder)


def _finish(result, options) -> int:
    """Build the pages where something changed, say what came of it; the exit status."""
    from lnregions.batch.progress import failure_lines, say

    pages = ""
    if not options.no_report and not result.interrupted:
        pages = write_pages(options, result=result)
    for line in failure_lines(result):
        say(line, sys.stderr)
    if result.interrupted:
        return stopped(result.interrupted)
    if result.stopped and options.batch_timeout:
        limit = f"{options.batch_timeout:g} seconds of --batch-timeout"
        say(f"Stopped after the {limit}. The same command goes on from there.", sys.stderr)
    if not options.quiet and not options.json:
        place = f"Open {Path(result.output) / 'index.html'}"
        place = f"The results are in {result.output}" if options.no_report else place
        say(f"{_summary(result)}{pages}. {place}", sys.stdout)
    return 0 if result.ok else 1


def stopped(signal: int) -> int:
    """Say that a render was stopped; the exit status for the signal that did it."""
    from lnregions.batch.progress import say

    say("Stopped. What was finished is kept; the same command goes on from there.", sys.stderr)
    return 128 + signal


def _summary(result) -> str:
    counts = f"{len(result.done)} done, {len(result.skipped)} up to date, {len(result.failed)} failed"
    return counts + (f", {len(result.stopped)} stopped" if result.stopped else "")


def write_pages(options: argparse.Namespace, *, result) -> str:
    """Build the pages over what was rendered, unless they are as they would be; says so in that case."""
    from lnregions.pages import pages_mark, pages_stand, remember_pages

    mark = pages_mark(result, plan=options.plan, as_of=options.as_of)
    if not (result.done or result.failed or result.stopped) and pages_stand(result.output, mark):
        return ", pages too" if result.skipped else ""
    from lnregions.pages import write_report

    write_report(options.output, plan=options.plan, as_of=options.as_of or None)
    remember_pages(result.output, mark)
    return ""


def _settings(options):
    from lnregions.batch.execute import Limits
    from lnregions.batch.render import Settings

    memory = options.memory * 1_000_000 if options.memory else None
    limits = Limits(cell=options.cell_timeout, run=options.run_timeout, memory=memory)
    reads = [Path(path) for path in options.reads]
    if missing := [path for path in reads if not path.exists()]:
        raise DataError(
            f"{shown_path(missing[0])} does not exist. Give --reads a file or folder that notebooks read.",
        )
    if Path(options.plan).is_dir():
        reads.append(Path(options.plan))
    return Settings(
        jobs=options.jobs, engine=options.engine, force=options.force, limits=limits, batch=options.batch_timeout,
        retries=options.retries, scheduler=options.scheduler, own=tuple(reads),
        html=not options.no_html, warm_up=((WARM_UP, {"plan": options.plan, "as_of": options.as_of or ""}),),
    )  # fmt: skip


def read_parameters(options: argparse.Namespace) -> dict[str, object]:
    """Parameters of ``-f`` and ``-p``; those that have options of their own become these.

    Raises
    ------
    DataError
        A pair without a value, one parameter given twice with different values, or a file that is no mapping.
    """
    given = _from_file(options.parameters_file) if options.parameters_file else {}
    pairs: dict[str, str] = {}
    for pair in options.parameter:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise DataError(
                f"Parameter {pair!r} has no {'value' if name else 'name'}. Give NAME=VALUE.",
            )
        if pairs.setdefault(name, value) != value:
            raise DataError(
                f"Parameter {name} is given twice, as {pairs[name]!r} and {value!r}. Give it once.",
            )
    given |= pairs
    for name in _OUTSIDE:
        if name in given:
            setattr(options, name, str(given.pop(name)))
    return given


def _from_file(path: str) -> dict[str, object]:
    import yaml

    try:
        content = yaml.safe_load(Path(path).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        reason = str(getattr(error, "problem", None) or getattr(error, "strerror", None) or error)
        raise DataError(
            f"{shown_path(Path(path))}: it cannot be read as YAML ({reason}). Write 'name: value' lines.",
        ) from None
    content = {} if content is None else content
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise DataError(
            f"{shown_path(Path(path))}: it does not hold 'name: value' lines. Write a parameter a line.",
        )
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in content.items()
    }


def _common(options, *, choices, plan: bool) -> dict[str, str]:
    """Plan, if one was given, and date as parameters: a date must have a notebook that takes it."""
    from lnregions.batch.render import select_notebooks

    given = {"as_of": options.as_of} if options.as_of else {}
    books = select_notebooks(options.notebooks or None, choices=choices) if plan else []
    return given | ({"plan": options.plan} if any(book.parameter("plan") for book in books) else {})


def _list(options, choices) -> int:
    from lnregions.batch.parameters import list_notebooks
    from lnregions.batch.render import select_notebooks

    asked = options.notebooks
    found = select_notebooks(asked, choices=choices) if asked else list_notebooks(choices=choices)
    for notebook in found:
        print(notebook.name + ("" if notebook.batch or asked else "  (only when it is named)"))
        for one in notebook.parameters:
            more = f"  [{', '.join(map(str, one.choices))}]" if one.choices else ""
            more = more or (f"  # {one.comment}" if one.comment else "")
            print(f"  {one.name}: {one.annotation} = {one.default!r}{more}")
    return 0
