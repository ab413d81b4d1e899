"""The command line: ``lnregions render``, ``verdicts``, ``figures``, ``report``, ``plan new``, ``check``."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from lnregions import __version__
from lnregions._checks import DataError

WARM_UP = ("lnregions.pictures:warm_up",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 1 when a run failed or data are wrong, 2 when the call is wrong.

    Examples
    --------
    >>> main(["render", "--region", "cirlce", "--dry-run"])
    2
    """
    options = parser().parse_args(arguments)
    if not hasattr(options, "command"):
        parser().print_help()
        return 2
    try:
        return options.command(options)
    except DataError as error:
        print(error.report(getattr(options, "messages", "en")), file=sys.stderr)
        return getattr(error, "exit_status", 2)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        remedy = "No file is left half-written; mend that and give the same command again."
        print(f"{place}{error.strerror or error}. {remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as stop:
        return _stopped(getattr(stop, "signal", 2))


def parser() -> argparse.ArgumentParser:
    """Parser of the command line, with a sub-command each."""
    top = argparse.ArgumentParser(
        prog="lnregions", description="What a regional plan promised, and what happened."
    )
    top.add_argument("--version", action="version", version=f"lnregions {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _add_render(commands)
    _add_verdicts(commands)
    _add_figures(commands)
    _add_report(commands)
    _add_plan(commands)
    _add_check(commands)
    return top


# -- render -------------------------------------------------------------------------------------------------


def _add_render(commands):
    own = commands.add_parser("render", help="run the notebooks and build the pages")
    own.add_argument("notebooks", nargs="*", help="names or files of notebooks (default: all of the batch)")
    own.add_argument("--output", default="output", help="folder for the results (default: output)")
    own.add_argument("--region", action="append", default=[], help="only this region; may be given again")
    own.add_argument("--adcode", action="append", default=[], help="only this city; may be given again")
    own.add_argument(
        "--language", action="append", default=[], choices=["en", "zh"], help="only this language"
    )
    _add_common(own)
    own.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE",
                     help="a further parameter of the notebooks")  # fmt: skip
    own.add_argument("--jobs", type=_positive, default=2, help="runs at a time (default: 2)")
    own.add_argument(
        "--engine", default="warm", choices=["warm", "ordinary"], help="kernels forked warm, or ordinary"
    )
    own.add_argument("--scheduler", default="", help="address of a Dask scheduler, such as tcp://host:8786")
    own.add_argument("--force", action="store_true", help="run also what is up to date")
    own.add_argument("--why", action="store_true", help="say why each run is done")
    own.add_argument("--dry-run", action="store_true", help="say what would run, and run nothing")
    own.add_argument("--list", action="store_true", help="list the notebooks, their parameters and choices")
    own.add_argument("--cell-timeout", type=_seconds, help="seconds that a cell may take")
    own.add_argument("--run-timeout", type=_seconds, help="seconds that a run may take")
    own.add_argument("--batch-timeout", type=_seconds, help="seconds that everything may take")
    own.add_argument("--memory", type=_positive, help="megabytes that a run may take beyond what it shares")
    own.add_argument(
        "--retries", type=int, default=0, help="how often a failed run is tried again (default: 0)"
    )
    own.add_argument("--no-report", action="store_true", help="leave the pages as they are")
    own.add_argument("--quiet", action="store_true", help="print failures only")
    own.add_argument("--json", action="store_true", help="print one JSON object for each event")
    own.set_defaults(command=render)


def render(options: argparse.Namespace) -> int:
    """Run notebooks and build the pages."""
    from lnregions import render as engine
    from lnregions.choices import batch_choices

    if Path(
        options.plan
    ).is_dir():  # runs work in folders of their own, where a relative path means another place
        options.plan = str(Path(options.plan).resolve())
    choices = batch_choices(options.plan)
    if options.list:
        return _list(choices)
    asked = dict(
        choices=choices,
        notebooks=options.notebooks or None,
        languages=options.language or ["en", "zh"],
        only={k: v for k, v in (("region", options.region), ("adcode", options.adcode)) if v},
        parameters=_parameters(options),
    )
    settings = _settings(options)
    if options.dry_run or options.why:
        for run in engine.plan_render(options.output, engine.plan_runs(**asked), settings=settings):
            print(f"{run.name}: {run.why or 'up to date'}")
        if options.dry_run:
            return 0
    from lnregions.progress import failure_lines, progress_for, say

    progress = progress_for("quiet" if options.quiet else "json" if options.json else "auto")
    result = engine.render_notebooks(options.output, **asked, settings=settings, progress=progress)
    if not options.no_report and not result.interrupted:
        _write_report(options)
    for line in failure_lines(result):
        say(line, sys.stderr)
    if result.interrupted:
        return _stopped(result.interrupted)
    if not options.quiet and not options.json:
        say(_summary(result), sys.stdout)
    return 0 if result.ok else 1


def _stopped(signal: int) -> int:
    from lnregions.progress import say

    say("Stopped. What was finished is kept; the same command goes on from there.", sys.stderr)
    return 128 + signal


def _settings(options):
    from lnregions.render import Settings
    from lnregions.runs import Limits

    memory = options.memory * 1_000_000 if options.memory else None
    limits = Limits(cell=options.cell_timeout, run=options.run_timeout, memory=memory)
    return Settings(
        jobs=options.jobs, engine=options.engine, force=options.force, limits=limits, batch=options.batch_timeout,
        retries=options.retries, warm_up=WARM_UP, scheduler=options.scheduler,
    )  # fmt: skip


def _parameters(options):
    """Parameters named on the command line, as text; the notebook's annotations give their type."""
    given = {"plan": options.plan, "as_of": options.as_of}
    given = {name: value for name, value in given.items() if value}
    for pair in options.parameter:
        name, equals, value = pair.partition("=")
        if not equals:
            raise DataError(
                f"Parameter {pair!r} has no value. Give NAME=VALUE.",
                zh=f"参数 {pair!r} 没有值。请写作 NAME=VALUE。",
            )
        given[name] = value
    return given


def _list(choices):
    from lnregions.parameters import list_notebooks

    for notebook in list_notebooks(choices=choices):
        print(notebook.name)
        for one in notebook.parameters:
            allowed = f"  [{', '.join(map(str, one.choices))}]" if one.choices else ""
            print(f"  {one.name}: {one.annotation} = {one.default!r}{allowed}")
    return 0


def _summary(result):
    counts = f"{len(result.done)} done, {len(result.skipped)} up to date, {len(result.failed)} failed"
    counts += f", {len(result.stopped)} stopped" if result.stopped else ""
    return f"{counts}. Open {Path(result.output) / 'index.html'}"


def _write_report(options):
    from lnregions.report import write_report

    return write_report(options.output, plan=options.plan, as_of=options.as_of or None)


# -- the other commands -------------------------------------------------------------------------------------


def _add_common(own):
    own.add_argument("--plan", default="ln-2022", help="a plan of data/plans, or a folder of your own")
    own.add_argument(
        "--as-of", default="", metavar="DATE", help="only what was published by then (YYYY-MM-DD)"
    )
    own.add_argument("--messages", default="en", choices=["en", "zh"], help="language of error messages")


def _add_verdicts(commands):
    own = commands.add_parser("verdicts", help="print the verdict on every target")
    _add_common(own)
    own.add_argument("--language", default="en", choices=["en", "zh"])
    own.add_argument("--format", default="table", choices=["table", "csv", "json"])
    own.add_argument("--method", default="plan", help="plan (the clause itself), open_sdg, unsd or escap")
    own.add_argument("--readings", action="store_true", help="every reading of an open wording, a row each")
    own.set_defaults(command=verdicts)


def verdicts(options: argparse.Namespace) -> int:
    """Print the verdicts as a table, CSV or JSON."""
    from lnregions.judgement import judge, judge_readings

    judged = judge_readings if options.readings else judge
    found = judged(options.plan, as_of=options.as_of or None, method=options.method)
    if options.format == "csv":
        from lnregions.figures import data_csv  # safe to open in a spreadsheet

        print(data_csv(found), end="")
    elif options.format == "json":
        print(found.to_json(orient="records", force_ascii=False, indent=1))
    else:
        from lnregions.displays import verdict_text

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(verdict_text(found, language=options.language, width=width))
    return 0


def _add_figures(commands):
    own = commands.add_parser("figures", help="write figures with their data, captions and sources")
    _add_common(own)
    own.add_argument("--region", default="", help="a region of the plan (default: all)")
    own.add_argument(
        "--kind", action="append", default=[], help="kind of figure; may be given again (default: all)"
    )
    own.add_argument("--language", action="append", default=[], choices=["en", "zh"])
    own.add_argument("--width", default="double", help="single, onehalf, double, slide, a4, or millimetres")
    own.add_argument("--formats", default="png,svg,pdf", help="comma-separated: png, svg, pdf")
    own.add_argument("--output", default="figures", help="folder for the files (default: figures)")
    own.add_argument(
        "--zip", action="store_true", help="also pack them as a report kit with README and citation"
    )
    own.add_argument("--docx", action="store_true", help="also put them into a Word file (needs python-docx)")
    own.set_defaults(command=figures)


def figures(options: argparse.Namespace) -> int:
    """Write figure bundles."""
    from lnregions.figure_kinds import write_figures

    languages = options.language or ["en", "zh"]
    width = float(options.width) if options.width.replace(".", "", 1).isdigit() else options.width
    written = write_figures(
        options.output, plan=options.plan, region=options.region, kinds=options.kind, languages=languages, width=width,
        formats=options.formats.split(","), as_of=options.as_of or None,
    )  # fmt: skip
    print(f"{written} figures in {options.output}")
    for path in _kits(options, languages):
        print(path)
    return 0


def _kits(options, languages):
    """Report kits of what was written, one a language."""
    if not options.zip and not options.docx:
        return
    from lnregions.figure_kit import bundle_docx, bundle_zip
    from lnregions.plans import load_plan

    plan, output = load_plan(options.plan), Path(options.output)
    for language in languages:
        name = f"{plan.id}-{options.region or 'all'}-{language}"
        title = plan.facts[f"title_{language}"]
        if options.zip:
            yield bundle_zip(output / language, output / f"{name}.zip", title=title, language=language)
        if options.docx:
            yield bundle_docx(output / language, output / f"{name}.docx", title=title, language=language)


def _add_report(commands):
    own = commands.add_parser("report", help="build the pages anew from what was rendered")
    _add_common(own)
    own.add_argument("--output", default="output", help="folder that was rendered to (default: output)")
    own.add_argument("--region", default="", help="also one file for this region, to hand over")
    own.add_argument("--language", action="append", default=[], choices=["en", "zh"], help="of that file")
    own.add_argument("--pdf", action="store_true", help="that file as PDF (needs playwright and chromium)")
    own.add_argument("--docx", action="store_true", help="that file for Word (needs python-docx)")
    own.set_defaults(command=report)


def report(options: argparse.Namespace) -> int:
    """Build the pages, and the files of one region where one is named."""
    from lnregions.report import report_docx, report_pdf, single_file

    print(_write_report(options))
    if (options.pdf or options.docx) and not options.region:
        raise DataError("No region is named for the file. Give --region.", zh="未指定区域。请给出 --region。")
    makers = [single_file] + [report_pdf] * options.pdf + [report_docx] * options.docx
    for language in (options.language or ["en", "zh"]) if options.region else []:
        for make in makers:
            own = {"language": language, "plan": options.plan, "as_of": options.as_of or None}
            print(make(options.output, options.region, **own))
    return 0


def _add_plan(commands):
    own = commands.add_parser("plan", help="start a plan folder of your own").add_subparsers(
        metavar="ACTION", required=True
    )
    new = own.add_parser("new", help="write an empty, commented plan folder")
    new.add_argument("folder")
    new.add_argument("--messages", default="en", choices=["en", "zh"])
    new.set_defaults(command=plan_new)


def plan_new(options: argparse.Namespace) -> int:
    """Write an empty plan folder."""
    from lnregions.plans import write_plan_template

    write_plan_template(options.folder)
    print(f"Fill in the tables in {options.folder}, then run: lnregions check {options.folder}")
    return 0


def _add_check(commands):
    own = commands.add_parser(
        "check",
        help="check what is shipped, from table to picture, or report all that is wrong with a plan folder",
    )
    own.add_argument(
        "folder", nargs="?", help="a plan folder of your own (default: everything that is shipped)"
    )
    own.add_argument("--format", default="text", choices=["text", "json"])
    own.add_argument("--messages", default="en", choices=["en", "zh"])
    own.set_defaults(command=check)


def check(options: argparse.Namespace) -> int:
    """Check what is shipped, or a plan folder; 0 when nothing is wrong, else 1."""
    if options.folder is None:
        return _check_shipped(options)
    from lnregions.check_result import counted
    from lnregions.plans import check_plan

    faults = check_plan(options.folder)
    messages = [fault.message(options.messages) for fault in faults]
    if options.format == "json":
        print(json.dumps({"folder": options.folder, "faults": messages}, ensure_ascii=False, indent=1))
        return 1 if faults else 0
    for message in messages:
        print(message)
    if options.messages == "zh":
        print(f"{options.folder}：{len(faults)} 处问题" if faults else f"{options.folder}：未发现问题")
    else:
        said = counted(len(faults), "fault") + " in" if faults else "Nothing is wrong with"
        print(f"{said} {options.folder}")
    return 1 if faults else 0


def _check_shipped(options):
    """Report on everything that is shipped."""
    from lnregions.self_check import check_shipped, report_checks, report_json

    checks = check_shipped()
    if options.format == "json":
        print(json.dumps(report_json(checks), ensure_ascii=False, indent=1))
    else:
        print(report_checks(checks, language=options.messages))
    return 0 if all(check.ok for check in checks) else 1


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return number


def _seconds(text):
    number = float(text)
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above zero")
    return number


if __name__ == "__main__":
    sys.exit(main())
