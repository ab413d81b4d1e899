"""The command line: ``lnregions render``, ``verdicts``, ``figures``, ``report``, ``plan new``, ``check``."""

import argparse
import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from lnregions import __version__
from lnregions.batch import add_render, stopped
from lnregions.errors import DataError, InputWarning
from lnregions.style import free_font_cache


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
        with warnings.catch_warnings():
            _say_plainly()
            return options.command(options)
    except DataError as error:
        print(error, file=sys.stderr)
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
        return stopped(getattr(stop, "signal", 2))


def _say_plainly():
    """Print what was untidy about a file of the user's as plain lines."""
    usual = warnings.showwarning

    def show(message, category, *place, **more):
        if isinstance(message, InputWarning):
            print(message, file=sys.stderr)
        else:
            usual(message, category, *place, **more)

    warnings.showwarning = show
    warnings.simplefilter("always", InputWarning)


def parser() -> argparse.ArgumentParser:
    """Parser of the command line, with a sub-command each."""
    top = argparse.ArgumentParser(
        prog="lnregions", description="What a regional plan promised, and what happened."
    )
    top.add_argument("--version", action="version", version=f"lnregions {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    add_render(commands, add_common=_add_common)
    _add_verdicts(commands)
    _add_figures(commands)
    _add_report(commands)
    _add_plan(commands)
    _add_check(commands)
    return top


def _add_common(own):
    own.add_argument("--plan", default="ln-2022", help="a plan of data/plans, or a folder of your own")
    own.add_argument(
        "--as-of", default="", metavar="DATE", help="only what was published by then (YYYY-MM-DD)"
    )


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
    from lnregions.assess import judge, judge_readings

    judged = judge_readings if options.readings else judge
    found = judged(options.plan, as_of=options.as_of or None, method=options.method)
    if options.format == "csv":
        from lnregions.figures import data_csv

        print(data_csv(found), end="")
    elif options.format == "json":
        print(found.to_json(orient="records", force_ascii=False, indent=1))
    else:
        from lnregions.show import show_verdicts

        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(show_verdicts(found, language=options.language).to_text(width=width))
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
    free_font_cache()  # before matplotlib looks for it
    from lnregions.figures import write_figures

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
    from lnregions.figures import bundle_docx, bundle_zip
    from lnregions.tables import load_plan

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
    from lnregions.pages import report_docx, report_pdf, single_file, write_report

    print(write_report(options.output, plan=options.plan, as_of=options.as_of or None))
    if (options.pdf or options.docx) and not options.region:
        raise DataError("No region is named for the file. Give --region.")
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
    new.set_defaults(command=plan_new)


def plan_new(options: argparse.Namespace) -> int:
    """Write an empty plan folder."""
    from lnregions.tables import write_plan_template

    write_plan_template(options.folder)
    print(f"Fill in the tables in {options.folder}, then run: lnregions check {options.folder}")
    return 0


def _add_check(commands):
    own = commands.add_parser(
        "check",
        help="report all that is wrong with a plan folder",
    )
    own.add_argument("folder", help="a plan folder of your own")
    own.add_argument("--format", default="text", choices=["text", "json"])
    own.set_defaults(command=check)


def check(options: argparse.Namespace) -> int:
    """Check a plan folder; 0 when nothing is wrong, else 1."""
    from lnregions.tables import check_plan

    faults = check_plan(options.folder)
    messages = [fault.message() for fault in faults]
    if options.format == "json":
        print(json.dumps({"folder": options.folder, "faults": messages}, ensure_ascii=False, indent=1))
        return 1 if faults else 0
    for message in messages:
        print(message)
    count = f"{len(faults)} fault{'s' * (len(faults) != 1)} in"
    print(f"{count if faults else 'Nothing is wrong with'} {options.folder}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
