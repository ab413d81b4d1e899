"""The command line: ``lnregions render``, ``verdicts``, ``figures``, ``report``, ``plan new``, ``check``."""

import datetime
import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import click

from lnregions import __version__
from lnregions.errors import DataError, InputWarning, fault, shown_path

PLAN = "ln-2022"
WARM_UP = "lnregions.figures.pictures:warm_up"
"""Called in the fork server with the plan and the date of the render."""
_OUTSIDE = ("plan", "as_of")
"""Notebook parameters that the command has options of their own for."""
_LANGUAGES = click.Choice(["en", "zh"])


class _Commands(click.Group):
    """Prints errors of data and of the system as plain lines, with the exit status that they mean."""

    def invoke(self, ctx: click.Context):
        try:
            with warnings.catch_warnings():
                _print_input_warnings()
                return super().invoke(ctx)
        except DataError as error:
            click.echo(error, err=True)
            ctx.exit(getattr(error, "exit_status", 2))
        except BrokenPipeError:  # the reader, such as head, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            remedy = "No file is left half-written; correct that and give the same command again."
            click.echo(f"{place}{error.strerror or error}. {remedy}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt as stop:
            ctx.exit(_stopped(getattr(stop, "signal", 2)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 1 when a run failed or data are wrong, 2 when the call is wrong.

    Examples
    --------
    >>> main(["render", "--region", "cirlce", "--dry-run"])
    2
    """
    try:
        return cli.main(arguments, prog_name="lnregions", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code


def _print_input_warnings() -> None:
    """Print what was unusual about a file of the user's as plain lines."""
    usual = warnings.showwarning

    def show(message, category, *place, **more):
        if isinstance(message, InputWarning):
            click.echo(message, err=True)
        else:
            usual(message, category, *place, **more)

    warnings.showwarning = show
    warnings.simplefilter("always", InputWarning)


def _stopped(signal: int) -> int:
    click.echo("Stopped. What was finished is kept; the same command goes on from there.", err=True)
    return 128 + signal


def _seconds(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value < 1e9:
        raise click.BadParameter(f"{value:g} is not a number of seconds above zero.")
    return value


def _option(*names: str, **more):
    """Option that may be given again if its help says so."""
    return click.option(*names, multiple="may be given again" in more["help"], **more)


_plan = _option("--plan", help=f"a plan of data/plans, or a folder of your own (default: {PLAN})")
_as_of = _option("--as-of", default="", metavar="DATE", help="only what was published by then (YYYY-MM-DD)")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """What a regional plan promised, and what happened."""


@cli.command(
    epilog="Exit status: 0 all is done, 1 a run failed or was stopped by a limit, 2 something asked for is unknown or "
    "wrong (nothing has run), 130 stopped by Ctrl-C. The same command goes on where it stopped."
)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@_option("--region", help="only this region; may be given again")
@_option("--adcode", metavar="CODE", help="only this city, by its code such as 210200; may be given again")
@_option("--language", type=_LANGUAGES, help="only this language; may be given again (default: both)")
@_plan
@_as_of
@_option("-p", "--parameter", metavar="NAME=VALUE", help="a further parameter of the notebooks; may be given again")
@_option("-f", "--parameters-file", metavar="FILE", help="parameters from a YAML file; those of -p override them")
@_option("--reads", metavar="PATH", help="your own file or folder that notebooks read: if it changes, they run again; "
         "may be given again")  # fmt: skip
@_option("--output", default="output", metavar="FOLDER", help="for the results (default: output)")
@_option("--jobs", type=click.IntRange(1), default=2, metavar="N", help="runs at a time (default: 2)")
@_option("--force", is_flag=True, help="run also what is up to date")
@_option("--no-report", is_flag=True, help="leave the pages over the runs as they are")
@_option("--no-html", is_flag=True, help="write notebooks and figures only, no page beside each notebook")
@_option("--engine", type=click.Choice(["warm", "ordinary"]), default="warm", help="warm: fork each run from a process "
         "that has the libraries loaded (default); ordinary: start a kernel for each, as Jupyter does")  # fmt: skip
@_option("--scheduler", default="", metavar="ADDRESS", help="let a Dask cluster do the runs: its scheduler's address, "
         "such as tcp://host:8786")  # fmt: skip
@_option("--cell-timeout", type=float, callback=_seconds, metavar="SECONDS", help="limit of a cell (default: none)")
@_option("--run-timeout", type=float, callback=_seconds, metavar="SECONDS", help="limit of a run (default: none)")
@_option("--batch-timeout", type=float, callback=_seconds, metavar="SECONDS", help="limit of the render (default: none)")
@_option("--memory", type=click.IntRange(1), metavar="MB", help="megabytes that a run may take beyond the loaded "
         "libraries, which runs share (default: no limit)")  # fmt: skip
@_option("--retries", type=click.IntRange(0), default=0, metavar="N", help="how often a failed run is tried again "
         "(default: 0)")  # fmt: skip
@_option("--list", is_flag=True, help="list notebooks, their parameters and choices; run nothing")
@_option("--dry-run", is_flag=True, help="print what would run and why, and run nothing")
@_option("--why", is_flag=True, help="print why each run is done, and do it")
@_option("--quiet", is_flag=True, help="print failures only")
@_option("--json", is_flag=True, help="one JSON object a line on standard output for each event (docs/manifest.md)")
def render(**given) -> int:
    """Run the notebooks and build the pages.

    NOTEBOOK is a name, file or folder of notebooks, your own too (default: all of the batch; see --list). Each runs
    for every region, city and language that it takes, only where something has changed since.
    """
    from lnregions import batch
    from lnregions.tables import batch_choices

    options = SimpleNamespace(**given)
    parameters = _parameters(options)
    plan_given, options.plan = options.plan, options.plan or PLAN
    if own := Path(options.plan).is_dir():
        options.plan = str(Path(options.plan).resolve())  # runs have working folders of their own
    choices = batch_choices(options.plan)
    if options.list:
        return _list(options, choices)
    if options.as_of:
        parameters["as_of"] = options.as_of
    notebooks = options.notebooks or None
    if plan_given and any(one.parameter("plan") for one in batch.select_notebooks(notebooks, choices=choices)):
        parameters["plan"] = options.plan
    asked = {
        "choices": choices,
        "notebooks": notebooks,
        "languages": options.language or ["en", "zh"],
        "only": {k: v for k, v in (("region", options.region), ("adcode", options.adcode)) if v},
        "parameters": parameters,
    }
    settings = _settings(options)
    if own or options.dry_run or options.why:
        planned = batch.plan_render(options.output, batch.plan_runs(**asked), settings=settings)
        if own and any(run.why for run in planned):
            _check_plan(options.plan, quiet=options.quiet)
        if options.dry_run or options.why:
            _print_reasons(planned, as_json=options.json)
        if options.dry_run:
            return 0
    progress = batch.progress_for("quiet" if options.quiet else "json" if options.json else "auto")
    return _finish(batch.render_notebooks(options.output, **asked, settings=settings, progress=progress), options)


def _parameters(options: SimpleNamespace) -> dict[str, object]:
    """Parameters of ``-f`` and ``-p``; those that have options of their own become these."""
    given = _parameters_file(Path(options.parameters_file)) if options.parameters_file else {}
    pairs: dict[str, str] = {}
    for pair in options.parameter:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise DataError(f"Parameter {pair!r} has no {'value' if name else 'name'}. Give NAME=VALUE.")
        if pairs.setdefault(name, value) != value:
            raise DataError(f"Parameter {name} is given twice, as {pairs[name]!r} and {value!r}. Give it once.")
    given |= pairs
    for name in _OUTSIDE:
        if name in given:
            setattr(options, name, str(given.pop(name)))
    return given


def _parameters_file(path: Path) -> dict[str, object]:
    import yaml

    from lnregions.tables import read_yaml

    if not path.exists() or not path.read_bytes().strip():
        if path.exists():
            return {}
        raise DataError([fault("it does not exist. Give a YAML file of 'name: value' lines.", shown_path(path))])
    read_yaml(path)  # which refuses what is not plain names and values; the values here keep their types
    content = yaml.safe_load(path.read_text("utf-8-sig"))
    dates = {name: value.isoformat() for name, value in content.items() if isinstance(value, datetime.date)}
    return content | dates


def _settings(options: SimpleNamespace):
    from lnregions.batch import Limits, Settings

    reads = [Path(path) for path in options.reads]
    for path in reads:
        if not path.exists():
            raise DataError(f"{shown_path(path)} does not exist. Give --reads a file or folder that notebooks read.")
    if Path(options.plan).is_dir():
        reads.append(Path(options.plan))
    memory = options.memory * 1_000_000 if options.memory else None
    return Settings(
        jobs=options.jobs,
        engine=options.engine,
        force=options.force,
        html=not options.no_html,
        limits=Limits(cell=options.cell_timeout, run=options.run_timeout, memory=memory),
        batch=options.batch_timeout,
        retries=options.retries,
        own=tuple(reads),
        warm_up=((WARM_UP, {"plan": options.plan, "as_of": options.as_of}),),
        scheduler=options.scheduler,
    )


def _list(options: SimpleNamespace, choices) -> int:
    from lnregions.batch import list_notebooks, select_notebooks

    named = options.notebooks
    for notebook in select_notebooks(named, choices=choices) if named else list_notebooks(choices=choices):
        print(notebook.name + ("" if notebook.batch or named else "  (only when it is named)"))
        for one in notebook.parameters:
            more = f"  [{', '.join(map(str, one.choices))}]" if one.choices else ""
            more = more or (f"  # {one.comment}" if one.comment else "")
            print(f"  {one.name}: {one.annotation} = {one.default!r}{more}")
    return 0


def _check_plan(folder: str, *, quiet: bool) -> None:
    """Warn of what is unusual about a plan folder, and refuse one with faults, before anything runs."""
    from lnregions.tables import load_plan

    with warnings.catch_warnings():
        if quiet:
            warnings.simplefilter("ignore", InputWarning)
        load_plan(folder)


def _print_reasons(planned: Sequence, *, as_json: bool) -> None:
    from lnregions.batch import progress_for

    for run in planned:
        if as_json:
            progress_for("json")("planned", run, {"why": run.why})
        else:
            print(f"{run.name}: {run.why or 'up to date'}")


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
    if result.interrupted:
        return _stopped(result.interrupted)
    if result.stopped and options.batch_timeout:
        limit = f"{options.batch_timeout:g} seconds of --batch-timeout"
        say(f"Stopped after the {limit}. The same command goes on from there.", sys.stderr)
    if not options.quiet and not options.json:
        counts = f"{len(result.done)} done, {len(result.skipped)} up to date, {len(result.failed)} failed"
        counts += f", {len(result.stopped)} stopped" if result.stopped else ""
        place = f"The results are in {result.output}" if options.no_report else f"Open {result.output / 'index.html'}"
        say(f"{counts}{pages}. {place}", sys.stdout)
    return 0 if result.ok else 1


@cli.command()
@_plan
@_as_of
@_option("--language", default="en", type=_LANGUAGES, help="of the table (default: en)")
@_option("--format", "form", default="table", type=click.Choice(["table", "csv", "json"]), help="(default: table)")
@_option("--method", default="plan", help="plan (the clause itself), open_sdg, unsd or escap (default: plan)")
@_option("--readings", is_flag=True, help="every interpretation of an open wording, a row each")
def verdicts(plan, as_of, language, form, method, readings) -> None:
    """Print the verdict on every target."""
    from lnregions.assess import judge, judge_readings

    found = (judge_readings if readings else judge)(plan or PLAN, as_of=as_of or None, method=method)
    if form == "csv":
        from lnregions.figures import data_csv

        print(data_csv(found), end="")
    elif form == "json":
        print(found.to_json(orient="records", force_ascii=False, indent=1))
    else:
        from lnregions.show import verdict_text

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(verdict_text(found, language=language, width=width))


@cli.command()
@_plan
@_as_of
@_option("--region", help="a region of the plan; may be given again (default: all)")
@_option("--kind", help="kind of figure; may be given again (default: all)")
@_option("--language", type=_LANGUAGES, help="may be given again (default: both)")
@_option("--width", default="double", help="single, onehalf, double (default), slide, a4, or millimetres")
@_option("--formats", default="png,svg,pdf", help="comma-separated (default: png,svg,pdf)")
@_option("--output", default="figures", metavar="FOLDER", help="for the files (default: figures)")
@_option("--zip", "packed", is_flag=True, help="also pack them as a report kit with README and citation")
@_option("--docx", is_flag=True, help="also put them into a Word file (needs python-docx)")
def figures(plan, as_of, region, kind, language, width, formats, output, packed, docx) -> None:
    """Write figures with their data, captions and sources."""
    from lnregions.figures import bundle_docx, bundle_zip, write_figures
    from lnregions.tables import load_plan

    languages = language or ["en", "zh"]
    width = float(width) if width.replace(".", "", 1).isdigit() else width
    written = [
        write_figures(
            output, plan=plan or PLAN, region=one, kinds=list(kind), languages=languages, width=width,
            formats=formats.split(","), as_of=as_of or None,
        )
        for one in region or [""]
    ]  # fmt: skip
    print(f"{sum(written)} figures in {output}")
    folder, makers = Path(output), {".zip": bundle_zip} if packed else {}
    makers |= {".docx": bundle_docx} if docx else {}
    for code in languages if makers else ():
        loaded = load_plan(plan or PLAN)
        for ending, make in makers.items():
            kit = folder / f"{loaded.id}-{'-'.join(region) or 'all'}-{code}{ending}"
            print(make(folder / code, kit, title=loaded.facts[f"title_{code}"], language=code))


@cli.command()
@_plan
@_as_of
@_option("--output", default="output", metavar="FOLDER", help="that was rendered to (default: output)")
@_option("--region", help="also one file for this region, to hand over; may be given again")
@_option("--language", type=_LANGUAGES, help="of that file; may be given again (default: both)")
@_option("--pdf", is_flag=True, help="that file as PDF (needs playwright and chromium)")
@_option("--docx", is_flag=True, help="that file for Word (needs python-docx)")
def report(plan, as_of, output, region, language, pdf, docx) -> None:
    """Build the pages anew from what was rendered."""
    from lnregions.pages import report_docx, report_pdf, single_file, write_report

    own = {"plan": plan or PLAN, "as_of": as_of or None}
    print(write_report(output, **own))
    if (pdf or docx) and not region:
        raise DataError("No region is named for the file. Give --region.")
    makers = [single_file] + [report_pdf] * pdf + [report_docx] * docx
    for one in region:
        for code in language or ["en", "zh"]:
            for make in makers:
                print(make(output, one, language=code, **own))


@cli.group()
def plan() -> None:
    """Start a plan folder of your own."""


@plan.command()
@click.argument("folder")
def new(folder: str) -> None:
    """Write an empty, commented plan folder."""
    from lnregions.tables import write_plan_template

    write_plan_template(folder)
    print(f"Fill in the tables in {folder}, then run: lnregions check {folder}")


@cli.command()
@click.argument("folder")
@_option("--format", "form", default="text", type=click.Choice(["text", "json"]), help="(default: text)")
def check(folder: str, form: str) -> int:
    """Report all that is wrong with a plan folder; exit status 1 if anything is."""
    from lnregions.tables import check_plan

    messages = [one.message() for one in check_plan(folder)]
    if form == "json":
        print(json.dumps({"folder": folder, "faults": messages}, ensure_ascii=False, indent=1))
        return 1 if messages else 0
    for message in messages:
        print(message)
    count = f"{len(messages)} fault{'s' * (len(messages) != 1)} in"
    print(f"{count if messages else 'Nothing is wrong with'} {folder}")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
