"""The command ``lnregions render``: its options, and what it prints at the end."""

import json
import os
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import click

from lnregions.errors import DataError, InputWarning, shown_path, warn_input
from lnregions.paths import PLAN

LANGUAGES = click.Choice(["en", "zh"])
WARM_UP = "lnregions.figures.kinds:warm_up"
"""Called in the fork server with the plan and the date of the render."""


class Command(click.Command):
    """Command that refuses an option given twice, unless it may be given again: the first would be dropped unsaid."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, and count."""
        *_, order = self.make_parser(ctx).parse_args(args=list(args))
        once = [one for one in order if isinstance(one, click.Option) and not (one.multiple or one.is_flag)]
        for one in once:
            if once.count(one) > 1:
                raise click.UsageError(f"Option {one.opts[0]} is given twice. Give it once.", ctx)
        return super().parse_args(ctx, args)


def repeatable(*names: str, help: str, **more):
    """Option that may be given again; its value is a tuple."""
    return click.option(*names, multiple=True, help=f"{help}; may be given again", **more)


def option(name: str, help: str, **more):
    """Option with a value."""
    return click.option(name, help=help, **more)


def flag(name: str, help: str):
    """Option without a value."""
    return click.option(name, is_flag=True, help=help)


def plan_option(default: str | None):
    """Option for the plan; ``default`` may be None, to know whether it was given."""
    return option(
        "--plan", f"a plan of data/plans, or a folder of your own (default: {PLAN})", default=default
    )


def _limit(name: str, of: str):
    def check(ctx: click.Context, one: click.Parameter, value: float | None) -> float | None:
        if value is not None and not 0 < value < 1e9:
            raise click.BadParameter(f"{value:g} is not a number of seconds above zero.")
        return value

    return option(name, f"limit of {of} (default: none)", type=float, callback=check, metavar="SECONDS")


def _count(name: str, metavar: str, help: str, default: int | None = None, *, least: int = 1):
    help = f"{help} (default: {'no limit' if default is None else default})"
    return option(name, help, type=click.IntRange(least), default=default, metavar=metavar)


with_date = option("--as-of", "only what was published by then (YYYY-MM-DD)", default="", metavar="DATE")


@click.command(
    "render",
    cls=Command,
    epilog="Exit status: 0 all is done, 1 a run failed or was stopped by a limit, 2 an argument is unknown or "
    "wrong (nothing has run), 130 stopped by Ctrl-C. The same command goes on where it stopped.",
)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@repeatable("--region", help="only this region and its cities, or areas joined by +, such as 210100+210400")
@repeatable("--adcode", metavar="CITY", help="only this city, by name or code such as 210200")
@repeatable("--language", type=LANGUAGES, help="only this language (default: both)")
@plan_option(None)
@with_date
@repeatable("-p", "--parameter", metavar="NAME=VALUE", help="a further parameter of the notebooks")
@click.option("-f", "--parameters-file", metavar="FILE",
              help="parameters from a YAML file; those of -p override them")  # fmt: skip
@repeatable("--reads", metavar="PATH",
            help="your own file or folder that notebooks read: if it changes, they run again")  # fmt: skip
@option("--output", "for the results (default: output)", default="output", metavar="FOLDER")
@_count("--jobs", "N", "runs at a time", 2)
@flag("--force", "run also what is up to date")
@flag("--no-report", "leave the pages over the runs as they are")
@flag("--no-html", "write notebooks and figures only, no page beside each notebook")
@option("--engine", "warm: fork each run from a process that has the libraries loaded (default); ordinary: start a "
        "kernel for each, as Jupyter does", type=click.Choice(["warm", "ordinary"]), default="warm")  # fmt: skip
@option("--scheduler", "let a Dask cluster do the runs: its scheduler's address, such as tcp://host:8786",
        default="", metavar="ADDRESS")  # fmt: skip
@_limit("--cell-timeout", "a cell")
@_limit("--run-timeout", "a run")
@_limit("--batch-timeout", "the whole render")
@_count("--memory", "MB", "megabytes that a run may take beyond the loaded libraries, which runs share")
@_count("--retries", "N", "how often a failed run is tried again", 0, least=0)
@flag("--list", "list notebooks, their parameters and choices; run nothing")
@flag("--dry-run", "print what would run and why, and run nothing")
@flag("--why", "print why each run is done, and do it")
@flag("--quiet", "print failures only")
@flag("--json", "one JSON object a line on standard output for each event (docs/manifest.md)")
def render_command(**given) -> int:
    """Run the notebooks and build the pages.

    NOTEBOOK is a name, file or folder of notebooks, your own too (default: all of the batch; see --list). Each runs
    for every region, city and language that it takes, only where something has changed since.
    """
    from lnregions import batch
    from lnregions.tables import batch_choices

    options = SimpleNamespace(**given)
    parameters = _parameters(options)
    plan_given, options.plan = options.plan, PLAN if options.plan is None else options.plan
    if Path(options.plan).is_dir():
        options.plan = str(Path(options.plan).resolve())  # runs have working folders of their own
    choices, options.notebooks = batch_choices(options.plan), options.notebooks or None
    _take_names(options, parameters, choices)
    if options.list:
        return _list(options.notebooks, choices)
    notebooks = batch.select_notebooks(options.notebooks, choices=choices)
    if options.as_of:
        parameters["as_of"] = options.as_of
    if plan_given and any(notebook.parameter("plan") for notebook in notebooks):
        parameters["plan"] = options.plan
    runs = batch.plan_runs(
        choices=choices,
        notebooks=options.notebooks,
        languages=options.language or ["en", "zh"],
        only=_only(options, choices, {notebook.over for notebook in notebooks}),
        parameters=parameters,
    )
    settings = _settings(options)
    warn_input(filter(None, (_named_beside(notebook, settings.own) for notebook in notebooks)))
    if not _may_run(runs, settings, options):
        return 0
    progress = batch.progress_for("quiet" if options.quiet else "json" if options.json else "auto")
    result = batch.render_notebooks(options.output, runs, settings=settings, progress=progress)
    return _finish(result, options)


def _take_names(options: SimpleNamespace, parameters: dict, choices: dict) -> None:
    """Put codes in the place of names of regions, cities and what to compare, and groups of areas among the choices."""
    from lnregions.tables import load_plan, place_code, with_region

    if isinstance(parameters.get("compare"), str | int):
        plan = load_plan(options.plan)
        parameters["compare"] = place_code(plan, parameters["compare"])
        with_region(plan, parameters["compare"] or plan.regions["region"].iloc[0])
    for name, kind in (("region", "region"), ("adcode", "area")):
        own = [parameters[name]] if isinstance(parameters.get(name), str | int) else []
        if {*own, *getattr(options, name)} <= {*choices[name], ""}:
            continue
        plan = load_plan(options.plan)
        codes = [place_code(plan, one, kind=kind) for one in (*getattr(options, name), *own)]
        if own:
            parameters[name] = codes.pop()
        setattr(options, name, list(dict.fromkeys(codes)))
        if kind == "region":
            groups = [one for one in (*codes, parameters.get(name)) if one and one not in choices[name]]
            choices[name] += [with_region(plan, group) and group for group in dict.fromkeys(groups)]


def _settings(options: SimpleNamespace):
    """How to render, from the options; files to read that cannot lie in the working folder of a run are refused."""
    from lnregions import batch

    reads, places = [Path(path) for path in options.reads], {}
    for path in reads:
        other = places.setdefault(os.path.basename(os.path.abspath(path)), path)
        if not path.exists():
            remedy = "Give --reads a file or folder that notebooks read."
            raise DataError(f"{shown_path(path)} does not exist. {remedy}")
        if other.resolve() != path.resolve():
            both = f"{shown_path(other)} and {shown_path(path)} would lie at one place. "
            raise DataError(f"{both}Rename one of them, or give the folder that has both.")
    own = reads + [Path(options.plan)] * Path(options.plan).is_dir()
    output = Path(options.output).resolve()
    for path in own:
        if output == path.resolve() or (path in reads and output.is_relative_to(path.resolve())):
            where = f"The results would lie in {shown_path(path)}, which runs read"
            raise DataError(f"{where}. Give another --output.")
    same = ["jobs", "engine", "force", "cell_timeout", "run_timeout", "batch_timeout", "retries", "scheduler"]
    return batch.Settings(
        **{name: getattr(options, name) for name in same},
        html=not options.no_html,
        memory=options.memory and options.memory * 1_000_000,
        own=tuple(own),
        preload=batch.Preload(calls=((WARM_UP, {"plan": options.plan, "as_of": options.as_of}),)),
    )


def _named_beside(notebook, given: Sequence[Path]) -> str:
    """Warning of files that a notebook names, that lie beside it, and that were not given with ``--reads``."""
    given, folder = [path.resolve() for path in given], notebook.path.parent
    cells = json.loads(notebook.source)["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    named = re.findall(r"""(?:"|'|\]\()([^"'\n/][^"'\n]*?)(?:"|'|\))""", text)
    found = [name for name in dict.fromkeys(named) if os.path.isfile(folder / name)]
    found = [one for one in found if not any((folder / one).resolve().is_relative_to(path) for path in given)]
    text = f"{shown_path(notebook.path)} names {', '.join(found)}, beside it but not in the working folder of its run. "
    return text + "If it is read, give it with --reads." if found else ""


def _may_run(runs: Sequence, settings, options: SimpleNamespace) -> bool:
    """Print what would run and why where that is wanted, and refuse a plan or output with faults; False to stop."""
    from lnregions import batch
    from lnregions.tables import load_plan

    if Path(options.plan).is_dir():
        with warnings.catch_warnings():
            if options.quiet:
                warnings.simplefilter("ignore", InputWarning)
            load_plan(options.plan)
    wanted = options.dry_run or options.why
    planned = batch.plan_render(options.output, runs, settings=settings) if wanted else ()
    for run in planned:
        if options.json:
            batch.progress_for("json")("planned", run, {"why": run.why})
        else:
            print(f"{run.name}: {run.why or 'up to date'}")
    if not options.dry_run and not options.no_report:
        from lnregions.pages.writing import refuse_foreign_pages

        refuse_foreign_pages(Path(options.output))
    return not options.dry_run


def _only(options: SimpleNamespace, choices, over: set[str]) -> dict[str, Sequence[str]]:
    """Regions and cities to run for; regions without cities bring their own cities where a notebook runs over them."""
    from lnregions.tables import cities_of, load_plan, with_region

    only = {k: v for k, v in (("region", options.region), ("adcode", options.adcode)) if v}
    regions = [one for one in options.region if one in choices["region"]]
    if regions and not options.adcode and {"region", "adcode"} <= over:
        plan = load_plan(options.plan)
        own = {city for region in regions for city in cities_of(with_region(plan, region), region)}
        only["adcode"] = [city for city in choices["adcode"] if city in own]
    return only


def _parameters(options: SimpleNamespace) -> dict[str, object]:
    """Parameters of ``-f`` and ``-p``; those that have options of their own become these."""
    from lnregions import batch

    given = batch.read_parameters(Path(options.parameters_file)) if options.parameters_file else {}
    pairs: dict[str, str] = {}
    for pair in options.parameter:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise DataError(f"Parameter {pair!r} has no {'value' if name else 'name'}. Give NAME=VALUE.")
        if pairs.setdefault(name, value) != value:
            twice = f"Parameter {name} is given twice, as {pairs[name]!r} and {value!r}."
            raise DataError(f"{twice} Give it once.")
    given |= pairs
    for name in given.keys() & {"plan", "as_of"}:
        setattr(options, name, str(given.pop(name)))
    return given


def _list(named, choices) -> int:
    from lnregions.batch import list_notebooks, select_notebooks

    for notebook in select_notebooks(named, choices=choices) if named else list_notebooks(choices=choices):
        print(notebook.name + ("" if notebook.batch or named else "  (only when it is named)"))
        for one in notebook.parameters:
            more = f"  [{', '.join(map(str, one.choices))}]" if one.choices else ""
            more = more or (f"  # {one.comment}" if one.comment else "")
            print(f"  {one.name}: {one.annotation} = {one.default!r}{more}")
    return 0


def _finish(result, options: SimpleNamespace) -> int:
    """Build the pages where something changed and print what came of the render; the exit status."""
    from lnregions.batch import failure_lines, say

    pages = ""
    if not options.no_report and not result.interrupted:
        from lnregions.pages import update_report

        built = update_report(result, plan=options.plan, as_of=options.as_of)
        pages = ", pages too" if not built and result.skipped else ""
    for line in failure_lines(result):
        say(line, sys.stderr)
    runs = ((name, result.manifest["runs"][name].get("left_out")) for name in result.done)
    if found := [f"{name} ({', '.join(dict.fromkeys(kinds))})" for name, kinds in runs if kinds]:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        say(f"Outputs that a page cannot show have a note there: {'; '.join(found[:5])}{more}.", sys.stderr)
    if result.interrupted:
        return stopped(result.interrupted)
    if result.stopped and options.batch_timeout:
        limit = f"{options.batch_timeout:g} seconds of --batch-timeout"
        say(f"Stopped after the {limit}. The same command goes on from there.", sys.stderr)
    if not options.quiet and not options.json:
        counts = f"{len(result.done)} done, {len(result.skipped)} up to date, {len(result.failed)} failed"
        counts += f", {len(result.stopped)} stopped" if result.stopped else ""
        index = f"Open {result.output / 'index.html'}"
        place = f"The results are in {result.output}" if options.no_report else index
        say(f"{counts}{pages}. {place}", sys.stdout)
    return 0 if result.ok else 1


def stopped(signal: int) -> int:
    """Print that a render was stopped; the exit status for the signal that did it."""
    click.echo("Stopped. What was finished is kept; the same command goes on from there.", err=True)
    return 128 + signal
