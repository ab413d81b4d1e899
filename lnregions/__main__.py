"""The command line: render, verdicts, evaluation, table, figures, report, plan, check and others."""

import inspect
import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from lnregions import __version__
from lnregions.errors import DataError, InputWarning
from lnregions.files import write_whole
from lnregions.paths import PLAN
from lnregions.render_command import (
    LANGUAGES,
    Command,
    flag,
    option,
    plan_option,
    render_command,
    repeatable,
    stopped,
    with_date,
)

FORMATS, BINARY = ("csv", "xlsx", "docx", "html", "latex", "markdown", "png"), ("xlsx", "docx", "png")
PIPED = (120, 24)
"""Columns and lines that a table is fitted to where neither a terminal nor ``COLUMNS`` says how many there are."""
TABLES = (
    "plan", "region", "members", "city", "sources", "city-sources", "statements", "interpretations", "methods",
    "calculations", "on-the-way", "firmness", "trail",
)  # fmt: skip
"""Tables of the command ``table``: those of the ``show_`` functions of the same names."""
with_plan = plan_option(PLAN)
with_region = option("--region", "a region of the plan (default: all)", default="")
with_output = option("--output", "(default: print; xlsx, docx and png need it)", metavar="FILE", default="")
BY_ENDING = "(default: by the ending of --output; without one a table of text)"


def with_language(of: str, default: str = "en"):
    """Option for one language."""
    return option("--language", f"of {of} (default: {default})", default=default, type=LANGUAGES)


def with_format(*formats: str, default: str | None = None, help: str = "(default: {default})"):
    """Option for the format of what is printed or written."""
    form = click.Choice(formats)
    return click.option("--format", "form", default=default, type=form, help=help.format(default=default))


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
@with_region
@option("--target", "a target of the plan (default: all)", default="")
@with_language("the table")
@with_format("table", "json", *FORMATS, help=f"{BY_ENDING}; csv and json hold codes and numbers")
@option("--method", "plan (the clause itself), open_sdg, unsd or escap (default: plan)", default="plan")
@flag("--interpretations", "every interpretation of an open wording, a row each")
@with_output
def verdicts(plan, region, target, language, interpretations, form, output, **given) -> None:
    """Print or write the verdict on every target."""
    from lnregions.assess import judge, judge_interpretations, target_of
    from lnregions.formats import data_csv
    from lnregions.show import chosen_plan, show_verdicts
    from lnregions.tables import place_code, plan_of

    region = place_code(plan_of(plan), region, kind="region")
    plan = chosen_plan(plan, region=region, language=language)
    names = [target_of(plan, target)["target"]] if target else plan.targets["target"]
    found = (judge_interpretations if interpretations else judge)(plan, **given)
    found = found[found["target"].isin(names) & (found["region"].eq(region) if region else True)]
    if found.empty and region and target:
        raise DataError(f"The target {target!r} is not of the region {region!r}. Leave one of them out.")
    kind = form or Path(output).suffix.strip(".").lower()
    if kind == "json":
        _deliver_text(found.to_json(orient="records", force_ascii=False, indent=1) + "\n", output)
    elif kind == "csv":
        # without the last digits of binary fractions, with the mark by which Excel knows UTF-8
        _deliver_text("\ufeff" * bool(output) + data_csv(found.round(9)), output)
    else:
        shown = _titled(show_verdicts(found, language=language), plan, region)
        _deliver(shown, form if form != "table" else "", output)


def _deliver_text(text: str, output: str) -> None:
    """Print text, or write it."""
    if output:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output, text)
        print(output)
    else:
        print(text, end="")


def _titled(tables, plan, place: str):
    """Tables of which each names what it is of: the place and the plan, where it has no title."""
    from lnregions.assess import load_tables
    from lnregions.show import Table, Tables
    from lnregions.tables import groups

    tables = (tables,) if isinstance(tables, Table) else tables
    language = next(iter(tables)).language
    plan = groups.with_region(plan, place) if "+" in place else plan
    name = [load_tables(plan).name(groups.place_code(plan, place), language)] if place else []
    about = " · ".join([*name, plan.name(language)])
    return Tables(tuple(replace(one, title=one.title or about) for one in tables))


def _deliver(tables, form: str | None, output: str) -> None:
    """Print tables for readers, fitted to the terminal, or write them."""
    from tabulate import tabulate

    from lnregions.show import table_content

    if form in BINARY and not output:
        raise DataError(f"A file of format {form} cannot be printed. Give --output.")
    if output:
        print(tables.save(output, form=form or ""))
    elif form:
        print(table_content(tables.tables, form).removeprefix("\ufeff"), end="")
    else:
        width = shutil.get_terminal_size(PIPED).columns
        for one in tables:
            title, note = (
                tabulate([[words]], tablefmt="plain", maxcolwidths=[width]) for words in (one.title, one.note)
            )
            parts = title, one.to_text(width=width), note and f"\n{note}"
            print(*filter(None, parts), sep="\n", end="\n\n")


@cli.command()
@with_plan
@with_date
@with_region
@with_language("the table", "zh")
@with_format(*FORMATS, help=BY_ENDING)
@with_output
def evaluation(plan, form, output, **given) -> None:
    """Print or write the table of a Chinese plan evaluation."""
    from lnregions import evaluation  # which takes names, too

    _deliver(evaluation(plan, **given), form, output)


@cli.command()
@click.argument("kind", metavar="TABLE", type=click.Choice(TABLES))
@with_plan
@with_date
@option("--region", "a region of the plan, where the table is of one", default="")
@click.option("--city", "adcode", default="", help="a city, by name or code, where the table is of one")
@with_language("the table")
@with_format(*FORMATS, help=BY_ENDING)
@with_output
def table(kind, plan, form, output, **given) -> None:
    """Print or write a table.

    Of a plan: plan, sources, statements, interpretations, methods, trail. Of a region: region, members,
    calculations, on-the-way, firmness. Of a city: city, city-sources.
    """
    import lnregions
    from lnregions.show import chosen_plan

    make = getattr(lnregions, f"show_{kind.replace('-', '_')}")
    takes = inspect.signature(make).parameters
    for name, flagged in (("region", "--region"), ("adcode", "--city"), ("as_of", "--as-of")):
        if given[name] and name not in takes:
            raise DataError(f"The table {kind!r} has no {flagged}. Leave it out.")
        if not given[name] and name in takes and takes[name].default is takes[name].empty:
            raise DataError(f"The table {kind!r} is of one {flagged[2:]}. Give {flagged}.")
    given["plan"] = chosen_plan(plan)
    found = make(**{name: value for name, value in given.items() if name in takes})
    place = given["region"] or given["adcode"]
    _deliver(_titled(found, given["plan"], place), form, output)


@cli.command()
@with_plan
@with_date
@repeatable("--region", help="a region of the plan (default: all)")
@repeatable("--city", help="a city, by name or code (default: all where a kind of a city is named)")
@repeatable("--kind", "kinds", help="kind of figure (default: all)")
@option("--compare", "another region, city or group, whose growth is drawn beside a region's", default="")
@repeatable("--language", type=LANGUAGES, help="of the figures (default: both)")
@option("--width", "single, onehalf, double (default), slide, a4, or millimetres", default="double")
@option("--formats", "comma-separated; also pptx (default: png,svg,pdf)", default="png,svg,pdf")
@option("--dpi", "dots per inch of PNG, 72 to 1200 (default: 300)", type=int, default=300)
@flag("--svg-text", "letters in SVG as text, not outlines")
@option("--output", "for the files (default: figures)", default="figures", metavar="FOLDER")
@flag("--zip", "also pack them as a report kit with README and citation")
@flag("--docx", "also put them into a Word file (needs python-docx)")
def figures(plan, region, city, language, output, **drawn) -> None:
    """Write figures with their data, captions and sources."""
    from lnregions.figures import bundle_docx, bundle_zip, write_figures
    from lnregions.tables import load_plan

    kits = (("zip", bundle_zip), ("docx", bundle_docx))
    makers = {ending: make for ending, make in kits if drawn.pop(ending)}
    width, languages = drawn["width"].removesuffix("mm").strip(), language or ["en", "zh"]
    drawn["width"] = float(width) if width.replace(".", "", 1).isdigit() else width
    drawn["formats"] = drawn["formats"].lower().replace(" ", "").split(",")
    places = [{"region": one} for one in dict.fromkeys(region)]
    places += [{"city": one} for one in dict.fromkeys(city)]
    given = {"plan": plan, "languages": languages} | drawn
    print(f"{sum(write_figures(output, **one, **given) for one in places or [{}])} figures in {output}")
    for code in languages if makers else ():
        loaded = load_plan(plan)
        for ending, make in makers.items():
            kit = Path(output, f"{loaded.id}-{'-'.join((*region, *city)) or 'all'}-{code}.{ending}")
            print(make(Path(output, code), kit, title=loaded.facts[f"title_{code}"], language=code))


@cli.command()
@with_plan
@with_date
@option("--output", "that was rendered to (default: output)", default="output", metavar="FOLDER")
@repeatable("--region", help="also one file for this region, to hand over")
@flag("--all", "such a file for every region")
@repeatable("--language", type=LANGUAGES, help="of that file (default: both)")
@flag("--pdf", "that file as PDF (needs playwright and chromium)")
@flag("--docx", "that file for Word (needs python-docx)")
@option("--name", "for these files, such as reports/{plan}-{region}-{language}", metavar="TEMPLATE")
def report(plan, as_of, output, **wanted) -> None:
    """Build the pages anew from what was rendered."""
    from lnregions.pages import region_files, write_report

    files = region_files(plan, date=as_of, **wanted)
    if not (manifest := Path(output, "manifest.json")).is_file():
        raise DataError(f"Nothing was rendered to {output!r}. Give the --output of lnregions render.")
    print(write_report(output, plan=plan, as_of=as_of))
    runs = json.loads(manifest.read_text("utf-8")).get("runs", {})
    for make, region, language, target in files:
        if not any((language, region) == (one.split("/")[0], one.split("/")[-1]) for one in runs):
            what = f"Nothing was rendered for the region {region} in {language}: its file has no pictures."
            click.echo(f"{what} Run lnregions render --region {region} before.", err=True)
        path = make(output, region, language=language, plan=plan, as_of=as_of)
        if target:
            target = target.with_name(target.name + path.suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            path = shutil.move(path, target)
        print(path)


@cli.command()
@click.argument("old")
@click.argument("new")
@with_plan
@with_language("the tables")
@with_format("table", "json", default="table")
@option("--output", "write a page, tables or JSON by the file's ending, such as diff.html", default="")
def diff(old, new, plan, language, form, output) -> None:
    """Compare two states: figures that differ, verdicts that flipped and by which figure, pictures that changed.

    OLD and NEW are dates (YYYY-MM-DD), folders with an observations.csv, folders of plans, or outputs of a render.
    """
    from lnregions.sentences import differences

    found = differences(old, new, plan=plan)
    if form == "table" and not output.lower().endswith(".json"):
        if output:
            print(found.save(output, language=language))
        else:
            _deliver(found.tables(language=language), None, "")
        return
    frames = {name: getattr(found, name) for name in ("verdicts", "figures", "pictures")}
    records = {
        name: json.loads(one.to_json(orient="records", force_ascii=False)) for name, one in frames.items()
    }
    _deliver_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", output)


@cli.command()
@click.argument("folder")
@with_language("their texts and results")
def notebooks(folder, language) -> None:
    """Write copies of the notebooks to work in."""
    from lnregions.batch import write_notebooks

    print(f"{len(write_notebooks(folder, language=language))} notebooks in {folder}")


@cli.group()
def plan() -> None:
    """Start a plan folder of your own."""


@plan.command()
@click.option("--from", "plan", metavar="PLAN", default="",
              help="a shipped plan, or a plan folder, to copy and change")  # fmt: skip
@click.argument("folder")
def new(plan: str, folder: str) -> None:
    """Write an empty, commented plan folder, with a workbook of its tables."""
    from lnregions.tables import write_plan_template

    write_plan_template(folder, plan=plan)
    book = f"{folder}/plan.xlsx"
    print(f"Fill in the tables in {folder}, then run: lnregions check {folder}")
    print(f"Or fill in {book}, then run: lnregions plan read {book} {folder} --replace")


@plan.command()
@flag("--replace", "write the facts and tables of a folder anew; its other files stay")
@click.argument("workbook")
@click.argument("folder")
def read(workbook: str, folder: str, replace: bool) -> None:
    """Make a plan folder of a workbook with a sheet a table."""
    from lnregions.tables import read_plan_workbook

    read_plan_workbook(workbook, folder, replace=replace)
    print(f"The tables are in {folder}. Now run: lnregions check {folder}")


@cli.command()
@click.argument("folder")
@with_format("text", "json", default="text")
def check(folder: str, form: str) -> int:
    """Report all that is wrong with a plan folder, and how far its figures go; exit status 1 if anything is wrong."""
    from lnregions.show import check_report

    report = check_report(folder)
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) if form == "json" else report.to_text())
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
