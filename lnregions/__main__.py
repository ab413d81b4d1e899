"""The command line: render, verdicts, evaluation, table, figures, report, plan, check and others."""

import inspect
import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import click

from lnregions import __version__
from lnregions.errors import DataError, InputWarning
from lnregions.files import write_whole
from lnregions.paths import PLAN
from lnregions.render_command import (
    LANGUAGES,
    Command,
    render_command,
    repeatable,
    stopped,
    with_date,
    with_plan,
)

FORMATS, BINARY = ("csv", "xlsx", "docx", "html", "latex", "markdown", "png"), ("xlsx", "docx", "png")
TABLES = (
    "plan", "region", "members", "city", "sources", "city-sources", "statements", "interpretations", "methods",
    "calculations", "on-the-way", "firmness", "trail",
)  # fmt: skip
"""Tables of the command ``table``: those of the ``show_`` functions of the same names."""
with_output = click.option(
    "--output", metavar="FILE", help="to write to (default: print; xlsx, docx and png need it)"
)
with_form = click.option(
    "--format", "form", type=click.Choice(FORMATS),
    help="(default: by the ending of --output; without one a table of text)",
)  # fmt: skip


class _Commands(click.Group):
    """Prints errors of data and of the system as plain lines, with the exit status that they mean."""

    command_class = Command

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
            ctx.exit(stopped(getattr(stop, "signal", 2)))


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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """What a regional plan promised, and what happened."""


cli.add_command(render_command)


@cli.command()
@with_plan
@with_date
@click.option("--region", default="", help="a region of the plan (default: all)")
@click.option("--target", default="", help="a target of the plan (default: all)")
@click.option("--language", default="en", type=LANGUAGES, help="of the table (default: en)")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", *FORMATS]),
    help="(default: by the ending of --output; without one a table of text); csv and json hold codes and numbers",
)
@click.option(
    "--method", default="plan", help="plan (the clause itself), open_sdg, unsd or escap (default: plan)"
)
@click.option("--interpretations", is_flag=True, help="every interpretation of an open wording, a row each")
@with_output
def verdicts(plan, as_of, region, target, language, form, method, interpretations, output) -> None:
    """Print or write the verdict on every target."""
    from lnregions.assess import judge, judge_interpretations, target_of
    from lnregions.show import Tables, chosen_plan, show_verdicts

    plan = chosen_plan(plan or PLAN, region=region, language=language)
    names = [target_of(plan, target)["target"]] if target else plan.targets["target"]
    found = (judge_interpretations if interpretations else judge)(plan, as_of=as_of or None, method=method)
    found = found[found["target"].isin(names) & (found["region"].eq(region) if region else True)]
    if (form or Path(output or "").suffix.strip(".")) in ("csv", "json"):
        _deliver_data(found, form, output)
    else:
        form = "" if form == "table" else form
        _deliver(Tables((show_verdicts(found, language=language),)), form, output)


def _deliver_data(found, form, output) -> None:
    """Print a frame as CSV or JSON, or write it, CSV with the byte order mark by which Excel knows its encoding."""
    from lnregions.figures import data_csv

    text = found.to_json(orient="records", force_ascii=False, indent=1) + "\n"
    if (form or Path(output).suffix) not in ("json", ".json"):
        text = data_csv(found.round(9))  # without the last digits of binary fractions
    if output:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output, "\ufeff" * (not text.startswith("[")) + text)
        print(output)
    else:
        print(text, end="")


def _deliver(tables, form, output) -> None:
    """Print tables for readers, fitted to the terminal, or write them."""
    from lnregions.show import table_content

    if form in BINARY and not output:
        raise DataError(f"A file of format {form} cannot be printed. Give --output.")
    if output:
        print(tables.save(output, form=form or ""))
    elif form:
        print(table_content(tables.tables, form).removeprefix("\ufeff"), end="")
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for one in tables:
            print(*filter(None, (one.title, one.to_text(width=width), one.note)), sep="\n", end="\n\n")


@cli.command()
@with_plan
@with_date
@click.option("--region", default="", help="a region of the plan (default: all)")
@click.option("--language", default="zh", type=LANGUAGES, help="of the table (default: zh)")
@with_form
@with_output
def evaluation(plan, as_of, region, language, form, output) -> None:
    """Print or write the table of a Chinese plan evaluation."""
    from lnregions.show import evaluation

    _deliver(evaluation(plan or PLAN, region=region, as_of=as_of or None, language=language), form, output)


@cli.command()
@click.argument("kind", metavar="TABLE", type=click.Choice(TABLES))
@with_plan
@with_date
@click.option("--region", default="", help="a region of the plan, where the table is of one")
@click.option("--city", "adcode", default="", help="a city, by name or code, where the table is of one")
@click.option("--language", default="en", type=LANGUAGES, help="of the table (default: en)")
@with_form
@with_output
def table(kind, plan, form, output, **given) -> None:
    """Print or write a table.

    Of a plan: plan, sources, statements, interpretations, methods, trail. Of a region: region, members,
    calculations, on-the-way, firmness. Of a city: city, city-sources.
    """
    import lnregions
    from lnregions.show import Table, Tables, chosen_plan

    make = getattr(lnregions, f"show_{kind.replace('-', '_')}")
    takes = inspect.signature(make).parameters
    for name, option in (("region", "--region"), ("adcode", "--city"), ("as_of", "--as-of")):
        if given[name] and name not in takes:
            raise DataError(f"The table {kind!r} has no {option}. Leave it out.")
        if not given[name] and name in takes and takes[name].default is takes[name].empty:
            raise DataError(f"The table {kind!r} is of one {option[2:]}. Give {option}.")
    given |= {"plan": chosen_plan(plan or PLAN), "as_of": given["as_of"] or ""}
    found = make(**{name: value for name, value in given.items() if name in takes})
    _deliver(Tables((found,)) if isinstance(found, Table) else found, form, output)


@cli.command()
@with_plan
@with_date
@repeatable("--region", help="a region of the plan (default: all)")
@repeatable("--kind", help="kind of figure (default: all)")
@repeatable("--language", type=LANGUAGES, help="of the figures (default: both)")
@click.option(
    "--width", default="double", help="single, onehalf, double (default), slide, a4, or millimetres"
)
@click.option("--formats", default="png,svg,pdf", help="comma-separated; also pptx (default: png,svg,pdf)")
@click.option("--dpi", type=int, default=300, help="dots per inch of PNG, 72 to 1200 (default: 300)")
@click.option("--svg-text", is_flag=True, help="letters in SVG as text, not outlines")
@click.option("--output", default="figures", metavar="FOLDER", help="for the files (default: figures)")
@click.option("--zip", "packed", is_flag=True, help="also pack them as a report kit with README and citation")
@click.option("--docx", is_flag=True, help="also put them into a Word file (needs python-docx)")
def figures(plan, as_of, region, kind, language, width, formats, output, packed, docx, **drawn) -> None:
    """Write figures with their data, captions and sources."""
    from lnregions.figures import bundle_docx, bundle_zip, write_figures
    from lnregions.tables import load_plan

    languages = language or ["en", "zh"]
    width = float(width) if width.replace(".", "", 1).isdigit() else width
    written = [
        write_figures(
            output, plan=plan or PLAN, region=one, kinds=list(kind), languages=languages, width=width,
            formats=formats.split(","), as_of=as_of or None, **drawn,
        )
        for one in dict.fromkeys(region) or [""]
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
@with_plan
@with_date
@click.option("--output", default="output", metavar="FOLDER", help="that was rendered to (default: output)")
@repeatable("--region", help="also one file for this region, to hand over")
@click.option("--all", "every", is_flag=True, help="such a file for every region")
@repeatable("--language", type=LANGUAGES, help="of that file (default: both)")
@click.option("--pdf", is_flag=True, help="that file as PDF (needs playwright and chromium)")
@click.option("--docx", is_flag=True, help="that file for Word (needs python-docx)")
@click.option(
    "--name", metavar="TEMPLATE", help="for these files, such as reports/{plan}-{region}-{language}"
)
def report(plan, as_of, output, region, every, language, pdf, docx, name) -> None:
    """Build the pages anew from what was rendered."""
    from lnregions.pages import report_docx, report_pdf, single_file, write_report
    from lnregions.tables import load_plan

    own, loaded = {"plan": plan or PLAN, "as_of": as_of or None}, load_plan(plan or PLAN)
    known = loaded.regions["region"].tolist()
    regions = known if every else list(dict.fromkeys(region))
    if (pdf or docx or name) and not regions:
        raise DataError(
            f"No region is named for the file. Give --region {known[0]}, or --all for every region."
        )
    if not Path(output, "manifest.json").is_file():
        raise DataError(f"Nothing was rendered to {output!r}. Give the --output of lnregions render.")
    files = [
        (make, one, code, _file_name(name, plan=loaded.id, region=one, language=code, date=as_of))
        for one in regions
        for code in language or ["en", "zh"]
        for make in [single_file] + [report_pdf] * pdf + [report_docx] * docx
    ]
    if name and len({target for *_, target in files}) < len(files) / (1 + pdf + docx):
        raise DataError(
            f"The files of {name!r} would have one name. Put {{region}} and {{language}} into it."
        )
    print(write_report(output, **own))
    for make, one, code, target in files:
        path = make(output, one, language=code, **own)
        if target:
            target = target.with_name(target.name + path.suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            path = shutil.move(path, target)
        print(path)


def _file_name(template: str | None, **values: str) -> Path | None:
    """Path of a file without its ending, by a template; None without one."""
    try:
        return Path(template.format(**values)) if template else None
    except (KeyError, ValueError, IndexError) as error:
        fields = ", ".join(f"{{{one}}}" for one in values)
        raise DataError(f"The template {template!r} has an unknown field {error}. Use {fields}.") from None


@cli.command()
@click.argument("old")
@click.argument("new")
@with_plan
@click.option("--language", default="en", type=LANGUAGES, help="of the tables (default: en)")
@click.option(
    "--format", "form", default="table", type=click.Choice(["table", "json"]), help="(default: table)"
)
def diff(old, new, plan, language, form) -> None:
    """Compare two dates, data folders or plan folders: figures that differ, verdicts that flipped and by which figure.

    OLD and NEW are dates (YYYY-MM-DD), folders with an observations.csv, or folders of plans.
    """
    from lnregions.sentences import differences

    found = differences(old, new, plan=plan or PLAN)
    if form == "json":
        records = {name: json.loads(getattr(found, name).to_json(orient="records", force_ascii=False))
                   for name in ("verdicts", "figures")}  # fmt: skip
        print(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        print(found.tables(language=language))


@cli.command()
@click.argument("folder")
@click.option("--language", default="en", type=LANGUAGES, help="of their texts and results (default: en)")
def notebooks(folder, language) -> None:
    """Write copies of the notebooks to work in."""
    from lnregions.batch import write_notebooks

    print(f"{len(write_notebooks(folder, language=language))} notebooks in {folder}")


@cli.group()
def plan() -> None:
    """Start a plan folder of your own."""


@plan.command()
@click.option(
    "--from",
    "source",
    metavar="PLAN",
    default="",
    help="a shipped plan, or a plan folder, to copy and change",
)
@click.argument("folder")
def new(source: str, folder: str) -> None:
    """Write an empty, commented plan folder, with a workbook of its tables."""
    from lnregions.tables import write_plan_template

    write_plan_template(folder, plan=source)
    print(f"Fill in the tables in {folder}, then run: lnregions check {folder}")
    print(
        f"Or fill in {folder}/plan.xlsx, then run: lnregions plan read {folder}/plan.xlsx {folder} --replace"
    )


@plan.command()
@click.option(
    "--replace", is_flag=True, help="write the facts and tables of a folder anew; its other files stay"
)
@click.argument("workbook")
@click.argument("folder")
def read(workbook: str, folder: str, replace: bool) -> None:
    """Make a plan folder of a workbook with a sheet a table."""
    from lnregions.tables import read_plan_workbook

    read_plan_workbook(workbook, folder, replace=replace)
    print(f"The tables are in {folder}. Now run: lnregions check {folder}")


@cli.command()
@click.argument("folder")
@click.option("--format", "form", default="text", type=click.Choice(["text", "json"]), help="(default: text)")
def check(folder: str, form: str) -> int:
    """Report all that is wrong with a plan folder, and how far its figures go; exit status 1 if anything is wrong."""
    from lnregions.show import check_report

    report = check_report(folder)
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) if form == "json" else report.to_text())
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
